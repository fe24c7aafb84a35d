import type { Score } from './contract.ts';

export type Counts = Omit<Score, 'points'>;

/** Quality weighs more than number: a contact that is new gives one point, three when it is complete, and so does care for what is there. */
export const pointsOf = ({ fresh, complete, corrected, settled }: Counts): number =>
  fresh + 2 * complete + corrected + settled;

export const scoreOf = (counts: Counts): Score => ({ ...counts, points: pointsOf(counts) });

export function sumOf(all: readonly Counts[]): Score {
  const sum = (of: (one: Counts) => number) => all.reduce((total, one) => total + of(one), 0);
  return scoreOf({
    fresh: sum((one) => one.fresh),
    complete: sum((one) => one.complete),
    corrected: sum((one) => one.corrected),
    settled: sum((one) => one.settled),
  });
}

/** Below it, whoever takes part could tell another one's numbers from the sum and their own. */
const enough = 3;

/** Whether the sum of a team may be told: enough take part, or all of them want to be named anyway. */
export const maySum = (entrants: readonly { named: boolean }[]): boolean =>
  entrants.length >= enough || (entrants.length > 0 && entrants.every(({ named }) => named));

/** Where a day stands. @param today `YYYY-MM-DD`, UTC */
export function stateOf(on: string, endedAt: Date | null, today: string): 'planned' | 'open' | 'over' {
  if (endedAt !== null) return 'over';
  return on > today ? 'planned' : 'open';
}

/** How far back contacts are new to somebody who takes part for the first time. */
const firstTime = 365;

/** Since when contacts are new: since the last lead day that they took part in, or for a year. */
export function sinceFor(lastOn: string | null, on: string): Date {
  return new Date(lastOn ?? Date.parse(on) - firstTime * 86_400_000);
}
