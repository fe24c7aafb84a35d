/** Round numbers up to the first that is no less than the greatest value: 0 and two to five more. */
export function ticksOf(most: number): number[] {
  const rough = Math.max(1, most) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!);
  const count = Math.ceil(most / step) || 1;
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

/** Where columns stand between two sides. */
export function columnsOf(count: number, from: number, to: number): { from: number; step: number; gap: number } {
  const step = (to - from) / Math.max(1, count);
  return { from, step, gap: Math.min(12, step * 0.3) };
}
