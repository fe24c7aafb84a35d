import type { Feature } from './compare.ts';

/**
 * The parameters of a Fellegi–Sunter model (Fellegi and Sunter 1969): how often each level of agreement is seen among cards of
 * one person (m) and among cards of different persons (u).
 */
export interface Model {
  features: readonly FeatureModel[];
  /** Odds, as log2, that two cards drawn at random are one person's. */
  prior: number;
  /** Whether every run of the estimation came to rest; if not, the weights are the best that was found. */
  converged: boolean;
  /** Pairs that were looked at to estimate m; 0 means that all of m is the default. */
  trainedOn: number;
}

export interface FeatureModel {
  name: string;
  levels: readonly string[];
  /** By level; each sums to 1. */
  m: number[];
  u: number[];
  /** Mean of the rarity of agreeing values among cards of different persons, by level; 0 where frequency has no part. */
  rarity: number[];
}

/** What is assumed of a kind of evidence before anything is seen, and how strongly: the weight of so many pairs. */
export interface Prior {
  m: readonly number[];
  u: readonly number[];
  /** The most that cards of one person may be found to differ outright, whatever EM would rather believe. */
  mostDifferent?: number;
}

/**
 * Names of one person differ outright by marriage, or where they stand in the wrong field: on one pair in five at most. Where EM
 * finds more, it has taken colleagues for one person, who share number, employer and title (a family name of 57 % was seen).
 */
const NAME: Prior = {
  m: [0.08, 0.02, 0.03, 0.04, 0.08, 0.75],
  u: [0.92, 0.03, 0.03, 0.005, 0.005, 0.01],
  mostDifferent: 0.2,
};

/** By feature name; further fields by their kind. Judged from address books of our own making; data soon outweighs them. */
const PRIORS: Record<string, Prior> = {
  given: NAME,
  family: NAME,
  email: { m: [0.4, 0.05, 0.05, 0.5], u: [0.9985, 0.0004, 0.0006, 0.0005] },
  phone: { m: [0.2, 0.2, 0.05, 0.55], u: [0.72, 0.2794, 0.0001, 0.0005] },
  organization: { m: [0.2, 0.02, 0.1, 0.12, 0.06, 0.5], u: [0.97, 0.01, 0.005, 0.005, 0.002, 0.008] },
  address: { m: [0.2, 0.1, 0.15, 0.15, 0.1, 0.3], u: [0.95, 0.02, 0.02, 0.008, 0.0005, 0.0015] },
  date: { m: [0.04, 0.02, 0.06, 0.1, 0.78], u: [0.955, 0.03, 0.003, 0.0119, 0.0001] },
  identifier: { m: [0.05, 0.05, 0.9], u: [0.9989, 0.0006, 0.0005] },
  text: { m: [0.3, 0.1, 0.6], u: [0.9, 0.04, 0.06] },
  category: { m: [0.1, 0.9], u: [0.7, 0.3] },
};

export function priorOf(feature: Feature, kind: string | undefined): Prior {
  return PRIORS[feature.name] ?? PRIORS[kind ?? 'text']!;
}

/** Counts of patterns of agreement: a pattern is one level per feature, written in a mixed radix. */
export class Patterns {
  readonly counts = new Map<number, number>();
  private readonly radices: number[];

  constructor(features: readonly Feature[]) {
    this.radices = features.map((feature) => feature.levels.length + 1);
  }

  add(levels: Int8Array): void {
    let pattern = 0;
    for (let at = 0; at < this.radices.length; at++) pattern = pattern * this.radices[at]! + levels[at]! + 1;
    this.counts.set(pattern, (this.counts.get(pattern) ?? 0) + 1);
  }

  /** Levels of every pattern seen, and how often it was. */
  list(): { levels: number[]; count: number }[] {
    return [...this.counts].map(([pattern, count]) => {
      const levels: number[] = [];
      let rest = pattern;
      for (let at = this.radices.length - 1; at >= 0; at--) {
        levels[at] = (rest % this.radices[at]!) - 1;
        rest = Math.floor(rest / this.radices[at]!);
      }
      return { levels, count };
    });
  }
}

export interface Estimate {
  m: number[][];
  /** Expected number of pairs of one person, and those with something to compare, by feature. */
  matches: number;
  seen: number[];
  converged: boolean;
}

/**
 * Estimates m and the share of matches from counts of patterns by expectation–maximisation (Dempster, Laird and Rubin 1977; for
 * record linkage Winkler 1988, Jaro 1989). u is held, missing levels say nothing, and `priors` weigh as `PRIOR_PAIRS` pairs.
 *
 * @param trained which features are to be learned; the others count with what `m` they have only when they are not fixed
 */
export function maximise(
  patterns: readonly { levels: number[]; count: number }[],
  m: readonly (readonly number[])[],
  u: readonly (readonly number[])[],
  priors: readonly Prior[],
  fixed: ReadonlySet<number>,
): Estimate {
  const total = patterns.reduce((sum, pattern) => sum + pattern.count, 0);
  let current = m.map((levels) => [...levels]);
  let share = 0.3;
  let converged = false;
  let matches = 0;
  let seen: number[] = [];
  for (let round = 0; round < ROUNDS && !converged; round++) {
    const sums = current.map((levels) => levels.map(() => 0));
    matches = 0;
    for (const { levels, count } of patterns) {
      let odds = share / (1 - share);
      levels.forEach((level, feature) => {
        if (level >= 0 && !fixed.has(feature)) odds *= current[feature]![level]! / u[feature]![level]!;
      });
      const expected = count * (odds / (1 + odds));
      matches += expected;
      levels.forEach((level, feature) => {
        if (level >= 0) sums[feature]![level]! += expected;
      });
    }
    seen = sums.map((levels) => levels.reduce((a, b) => a + b, 0));
    const next = sums.map((levels, feature) =>
      bounded(
        levels.map((sum, level) => (sum + PRIOR_PAIRS * priors[feature]!.m[level]!) / (seen[feature]! + PRIOR_PAIRS)),
        priors[feature]!.mostDifferent,
      ),
    );
    const found = Math.min(0.999, Math.max(1e-6, matches / total));
    const moved = Math.max(
      Math.abs(found - share),
      ...next.flatMap((levels, feature) =>
        fixed.has(feature) ? [0] : levels.map((value, level) => Math.abs(value - current[feature]![level]!)),
      ),
    );
    current = next;
    share = found;
    converged = moved < 1e-4;
  }
  return { m: current, matches, seen, converged };
}

/** Shares of levels with that of the first, "different", not above a bound; what is taken off it goes to the others alike. */
function bounded(levels: number[], most = 1): number[] {
  const different = levels[0]!;
  return different <= most
    ? levels
    : levels.map((m, level) => (level === 0 ? most : (m * (1 - most)) / (1 - different)));
}

const ROUNDS = 500;
const PRIOR_PAIRS = 20;

/** Evidence of one feature, in bits: positive speaks for one person. `rarity` as the comparison gave it. */
export function weightOf(feature: FeatureModel, level: number, rarity: number): number {
  if (level < 0) return 0;
  const weight = Math.log2(feature.m[level]! / feature.u[level]!);
  const mean = feature.rarity[level]!;
  return rarity > 0 && mean > 0 ? weight + Math.log2(rarity / mean) : weight;
}
