import type { ImportRecord } from '../../../../server/sources/contract.ts';

/** Percent done, or null when the total is not known yet. */
export function progressOf({ progress }: Pick<ImportRecord, 'progress'>): number | null {
  return progress.total === null || progress.total === 0 ? null : Math.min(100, (100 * progress.read) / progress.total);
}

/** Seconds left at the speed seen so far, or null before there is a speed to speak of. */
export function secondsLeft(read: number, total: number | null, elapsed: number): number | null {
  if (total === null || read < total / 50 || elapsed < 2) return null;
  return Math.max(1, Math.round(((total - read) * elapsed) / read));
}
