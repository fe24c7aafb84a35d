/** A share, and between which ones it lies 19 times in 20. */
export interface Interval {
  share: number;
  low: number;
  high: number;
}

/** The quantile of the normal distribution for 95 %, both sides. */
const z = 1.959964;

/** A share with its interval by Wilson's score (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927): right for few and for rare ones, too. Of none, anything. */
export function wilson(count: number, of: number): Interval {
  if (of === 0) return { share: 0, low: 0, high: 1 };
  const share = count / of;
  const centre = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))) / (1 + z ** 2 / of);
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
