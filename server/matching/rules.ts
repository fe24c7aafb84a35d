import type { Reason } from './contract.ts';

/** A line of evidence as it is kept, with the field classes of both cards that it rests on, as bits. */
export interface StoredReason {
  feature: string;
  level: string;
  weight: number;
  /** Whether a household or an office shares it. */
  ofGroup: boolean;
  a: number;
  b: number;
}

/** What a viewer may see in the books of two cards; negative: all of it. See delegation.reach_of. */
export interface Reached {
  a: number;
  b: number;
}

export interface Judgement {
  probability: number;
  reasons: readonly StoredReason[];
}

/** Pairs less likely than this are not offered. */
export const offeredFrom = 0.2;

const reads = (reach: number, classes: number): boolean => reach < 0 || (classes & ~reach) === 0;

/** What all that a group shares can make at most: even odds (see the engine's score.ts). */
const groupCap = 0;

/** The chance that two cards are one, of its prior odds (log2) and the reasons for and against. */
export function chanceOf(prior: number, reasons: readonly Pick<StoredReason, 'weight' | 'ofGroup'>[]): number {
  const sum = (ofGroup: boolean) =>
    reasons.filter((one) => one.ofGroup === ofGroup).reduce((bits, { weight }) => bits + weight, 0);
  const score = Math.min(prior + sum(true), groupCap) + sum(false);
  return 1 / (1 + 2 ** -score);
}

/**
 * What the machine would say of two cards if it knew only what the viewer sees of both: hidden evidence counts neither for nor
 * against, so that nothing can be read from it.
 */
export function judge(prior: number, all: readonly StoredReason[], probability: number, reached: Reached): Judgement {
  const reasons = all.filter(({ a, b }) => reads(reached.a, a) && reads(reached.b, b));
  return { probability: reasons.length === all.length ? probability : chanceOf(prior, reasons), reasons };
}

const rounded = (bits: number): number => Math.round(bits * 10) / 10;

export function toReason({ feature, level, weight }: StoredReason): Reason {
  return { feature: feature as Reason['feature'], level, weight: rounded(weight) };
}

/** What pairs of one kind have in common: how far each thing that both say agrees. */
export function groupOf(reasons: readonly StoredReason[]): string {
  return reasons
    .map(({ feature, level }) => `${feature}:${level}`)
    .sort()
    .join(' ');
}

/** A pair's id: the smaller card first. */
export function pairOf(pair: string): { a: string; b: string } {
  const [one, other] = pair.split('.') as [string, string];
  return one < other ? { a: one, b: other } : { a: other, b: one };
}
