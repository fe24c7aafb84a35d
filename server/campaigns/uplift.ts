import { createHash } from 'node:crypto';

// What a campaign changed: those it was for against those held back by lot.

/** Whether somebody is held back: decided by the campaign and the person alone, so that gathering again decides the same. @param percent 0 to 50 */
export function isHeld(campaignId: string, personId: string, percent: number): boolean {
  if (percent === 0) return false;
  const lot = createHash('sha256').update(`${campaignId} ${personId}`).digest().readUInt32BE(0) / 2 ** 32;
  return lot < percent / 100;
}

/** So many of all. */
export interface Share {
  did: number;
  people: number;
}

export interface Uplift {
  /** Of those it was for, less that of those held back; between −1 and 1. */
  difference: number;
  /** Between which it lies, at 95 %. */
  from: number;
  to: number;
}

/** The standard normal's quantile of 97.5 %. */
const z95 = 1.959963984540054;

/** Between which shares the true one lies (Wilson 1927, the score interval). @param z the normal's quantile of the level; left out: 95 % */
export function wilson({ did, people }: Share, z = z95): [from: number, to: number] {
  const share = did / people;
  const middle = share + (z * z) / (2 * people);
  const spread = z * Math.sqrt((share * (1 - share)) / people + (z * z) / (4 * people * people));
  const scale = 1 + (z * z) / people;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

/**
 * The difference of two shares with its interval at 95 %: Newcombe's hybrid score method (Statistics in Medicine 17, 1998, method 10), which holds for
 * small numbers and shares near nought, too. @param z the normal's quantile of another level @returns null where either has nobody
 */
export function upliftOf(reached: Share, held: Share, z = z95): Uplift | null {
  if (reached.people === 0 || held.people === 0) return null;
  const [one, other] = [reached.did / reached.people, held.did / held.people];
  const [[fromOne, toOne], [fromOther, toOther]] = [wilson(reached, z), wilson(held, z)];
  const difference = one - other;
  return {
    difference,
    from: difference - Math.hypot(one - fromOne, toOther - other),
    to: difference + Math.hypot(toOne - one, other - fromOther),
  };
}
