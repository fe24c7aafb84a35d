/** Fewer than so many are not told, and what is told is rounded to as many, so that differences tell of nobody either. */
const step = 5;

/** A count of the whole workspace as it may be told: in steps of five; null: fewer than five. */
export const rounded = (count: number): number | null => (count < step ? null : Math.round(count / step) * step);
