import { createHash } from 'node:crypto';
import type { Measure } from './contract.ts';
import { type Share, type Uplift, upliftOf } from './uplift.ts';

// The variants of a campaign: who gets which, and what may be said of them.

/** A number between nought (in) and one (out) that the words alone decide. */
const lot = (words: string): number => createHash('sha256').update(words).digest().readUInt32BE(0) / 2 ** 32;

/**
 * Which variant somebody gets: decided by the campaign and the person alone, so that gathering again decides the same, and apart from the lot by which
 * people are held back. @param shares so many of a hundred for each variant, in their order; together 100 @param test so many of a hundred are dealt one
 * @returns its number, from 1 on; null: they wait until one is chosen
 */
export function variantOf(
  campaignId: string,
  personId: string,
  shares: readonly number[],
  test: number,
): number | null {
  if (lot(`test ${campaignId} ${personId}`) >= test / 100) return null;
  const drawn = lot(`variant ${campaignId} ${personId}`) * 100;
  let upTo = 0;
  for (const [at, share] of shares.entries()) {
    upTo += share;
    if (drawn < upTo) return at + 1;
  }
  return shares.length;
}

/** Shares in which the first variant has what the others leave. @param others those of the second and the following */
export const sharesOf = (others: readonly number[]): number[] => [100 - others.reduce((a, b) => a + b, 0), ...others];

/**
 * The standard normal's quantile of the upper tail: Wichura's algorithm AS 241, PPND7 (Applied Statistics 37, 1988), right to seven figures.
 * @param tail what lies above it, between 1e-10 and 0.05
 */
export function normalAbove(tail: number): number {
  const r = Math.sqrt(-Math.log(tail)) - 1.6;
  const above = ((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777;
  return above / ((0.12021132975 * r + 0.7370016425) * r + 1);
}

/** What is said of a variant beside the first; null where nothing may be said yet, or either had nobody. */
export interface Compared extends Share {
  no: number;
  uplift: Uplift | null;
}

/**
 * Each variant's share beside that of the first. As many comparisons as are made at once share the error of 5 %, each with an interval at 1 − 0.05 / m
 * (Bonferroni; O. J. Dunn, Journal of the American Statistical Association 56, 1961), so that not even one of them is wrong more often than once in twenty.
 * @param arms in the order of variants @param comparisons m @param over the time that was set beforehand has passed: who looks earlier, and again and again,
 * finds differences where there are none (P. Armitage et al., Journal of the Royal Statistical Society A 132, 1969)
 */
export function compare(
  arms: readonly (Share & { no: number })[],
  { comparisons, over }: { comparisons: number; over: boolean },
): Compared[] {
  const [first] = arms;
  const z = normalAbove(0.025 / Math.max(1, comparisons));
  return arms.map((arm, at) => ({ ...arm, uplift: at === 0 || !over || !first ? null : upliftOf(arm, first, z) }));
}

/**
 * Which variant the machine proposes for those who wait: of those that do certainly better than the first by what was set beforehand, the one that does
 * best. @returns null where nothing can be told
 */
export function proposed(compared: readonly Compared[]): number | null {
  const better = compared.filter(({ uplift }) => uplift !== null && uplift.from > 0);
  const [best] = better.sort((a, b) => b.uplift!.difference - a.uplift!.difference);
  return best?.no ?? null;
}

/** How many comparisons with the first are made at once of what was set beforehand, or of each of the others that are shown beside it. */
export const comparisonsOf = (measure: Measure, aim: Measure, variants: number, measures: number): number =>
  measure === aim ? variants - 1 : (variants - 1) * (measures - 1);
