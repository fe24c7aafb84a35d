import { sha256 } from '../kernel/ids.ts';
import { rounded } from '../kernel/rounded.ts';
import type { Interval } from '../kernel/shares.ts';
import type { Filling, Share } from './contract.ts';

/** Whether the lot of a test falls on somebody: the same for ever, and half of all. */
export const isAsked = (testId: string, unitId: string): boolean => (sha256(`${testId} ${unitId}`)[0]! & 1) === 1;

/** The difference of two shares with its interval at 95 % (R. G. Newcombe, Statist. Med. 17, 1998, method 10), from those of Wilson. */
export function newcombe(a: Interval, b: Interval): Interval {
  const share = a.share - b.share;
  return {
    share,
    low: share - Math.hypot(a.share - a.low, b.high - b.share),
    high: share + Math.hypot(a.high - a.share, b.share - b.low),
  };
}

/** In hundredths, to a tenth. */
const hundredths = (share: number): number => Math.round(share * 1000) / 10;
export const shown = ({ share, low, high }: Interval): Share => ({
  value: hundredths(share),
  low: hundredths(low),
  high: hundredths(high),
});

export function describeFilling({ day, people, filled }: { day: string; people: number; filled: number }): Filling {
  const [of, some] = [rounded(people), rounded(filled)];
  return {
    day,
    people: of,
    filled: some,
    share: of === null || some === null ? null : hundredths(Math.min(1, some / of)),
  };
}

/** Something that a page may ask. */
export interface Wanted {
  mechanismId: string;
  itemId: string;
  attributeNo: number;
  /** A test that runs asks one half only. */
  testId: string | null;
}

/** What somebody is asked, and in which tests they are in the half that is not. */
export interface Asking<W> {
  asked: W[];
  control: W[];
}

/**
 * Chooses what somebody is asked: the first ones wanted that are not known, at most so many, each item once. Where a test runs, the lot decides; who
 * is not asked for its sake is asked nothing in its place, or the halves would not be alike.
 * @param known attributes of which nothing is to be asked
 */
export function choose<W extends Wanted>(
  wanted: readonly W[],
  { most, unitId, known }: { most: number; unitId: string; known: ReadonlySet<number> },
): Asking<W> {
  const seen = new Set<number>();
  const chosen: W[] = [];
  for (const one of wanted) {
    if (chosen.length === most) break;
    if (known.has(one.attributeNo) || seen.has(one.attributeNo)) continue;
    seen.add(one.attributeNo);
    chosen.push(one);
  }
  const inControl = ({ testId }: W) => testId !== null && !isAsked(testId, unitId);
  return { asked: chosen.filter((one) => !inControl(one)), control: chosen.filter(inControl) };
}
