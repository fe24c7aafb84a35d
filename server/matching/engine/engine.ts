import { BlockIndex } from './blocking.ts';
import { cluster, type ScoredPairs } from './cluster.ts';
import { Comparer } from './compare.ts';
import { byChance, type Chance, estimate } from './estimate.ts';
import { countHolders, type Holders } from './holders.ts';
import type { Model } from './model.ts';
import { firstPersons } from './persons.ts';
import type { Population } from './population.ts';
import { probability, Scorer } from './score.ts';
import { Ints } from './texts.ts';

export interface Thresholds {
  /** Least score of pairs and clusters that are called one: where the expected F1 is greatest. */
  same: number;
  /** Least score of links made without asking: of these at most `wrong` are expected to be wrong. */
  sure: number;
}

/** Pairs that are kept, best first. */
export interface MatchResult {
  model: Model;
  /** To score and to explain any pair. */
  scorer: Scorer;
  pairs: ScoredPairs;
  thresholds: Thresholds;
  /** For every card the smallest card of its cluster. */
  clusters: Int32Array;
  /** What blocking let through and passed over. */
  blocking: { name: string; used: number; passedOver: number }[];
  compared: number;
}

export interface MatchOptions {
  /** The same cards and seed give the same answer. */
  seed?: number;
  /** The share of links without asking that may be wrong; 1 in 500 by default. */
  wrong?: number;
}

/**
 * Finds which cards are one person or organisation, with no labels: values are compared within blocks, weighed by a
 * Fellegi–Sunter model that is estimated from the cards themselves, and put together cluster to cluster.
 *
 * On two threads the steps are the same: `survey` beside `indexAll`, `scoreParts` on both.
 */
export function match(population: Population, options: MatchOptions = {}): MatchResult {
  const index = indexAll(population);
  const scorer = learnFrom(population, index, survey(population, options.seed ?? 1));
  let part = 0;
  const parts = scoreParts(population.size, index, scorer, () => part++);
  return conclude(population, index, scorer, [parts], options);
}

/** The last step: thresholds and clusters from all pairs that were scored, whoever scored which. */
export function conclude(
  population: Population,
  index: BlockIndex,
  scorer: Scorer,
  parts: readonly ScoredParts[],
  options: MatchOptions,
): MatchResult {
  const pairs = joinParts(parts);
  const thresholds = chooseThresholds(pairs, options.wrong ?? 0.002);
  const clusters = cluster(population.size, pairs, { threshold: thresholds.same, score: (i, j) => scorer.score(i, j) });
  const compared = parts.reduce((sum, one) => sum + one.compared, 0);
  return { model: scorer.model, scorer, pairs, thresholds, clusters, blocking: index.report(), compared };
}

/** The keys of all cards of a population to which none will be added. */
export function indexAll(population: Population): BlockIndex {
  const index = new BlockIndex();
  index.addAll(population, true);
  return index;
}

/** What can be learned of the cards before their keys are known. */
export interface Survey {
  holders: Holders;
  chance: Chance;
}

/** Counts who holds what, and what two persons agree in by chance. The same cards and seed give the same answer. */
export function survey(population: Population, seed: number): Survey {
  const persons = firstPersons(population);
  const holders = countHolders(population, persons);
  return { holders, chance: byChance(population, new Comparer(population, holders), persons, seed) };
}

/** Estimates a model from the cards themselves. The same cards in the same order and the same seed give the same model. */
export function learn(population: Population, index: BlockIndex, seed: number): Scorer {
  return learnFrom(population, index, survey(population, seed));
}

/** The same, when the cards have been surveyed. */
export function learnFrom(population: Population, index: BlockIndex, { holders, chance }: Survey): Scorer {
  const comparer = new Comparer(population, holders);
  const scorer = new Scorer(population, comparer, estimate(population, comparer, index, chance));
  scorer.fitPrior(sample(population.size, index), Math.min(1, SAMPLE / population.size));
  return scorer;
}

/** Scores with a model that was learned before; how rare values are is counted among the cards of this population. */
export function scorerOf(population: Population, model: Model): Scorer {
  return new Scorer(population, new Comparer(population, countHolders(population, firstPersons(population))), model);
}

/** Candidates of some cards, drawn evenly over the whole. */
function* sample(size: number, index: BlockIndex): Generator<[number, number]> {
  const step = Math.max(1, size / SAMPLE);
  for (let drawn = 0; drawn < Math.min(size, SAMPLE); drawn++) {
    const card = Math.floor(drawn * step);
    const others = new Set<number>();
    index.walkOlder(card, (other) => {
      others.add(other);
    });
    for (const other of others) yield [card, other];
  }
}

const SAMPLE = 10_000;

/** Pairs under these odds (1 : 32) are neither linked nor proposed. */
const KEPT = -5;

/** Cards whose older candidates are scored at one go. */
const PART = 2048;

/** Pairs of some parts of the cards, part after part; to be handed on between threads as they are. */
export interface ScoredParts {
  a: Int32Array;
  b: Int32Array;
  score: Float32Array;
  /** Two numbers a part: which it is, and where its pairs begin. */
  parts: number[];
  compared: number;
}

/**
 * Scores the candidates of some parts of the cards.
 *
 * @param take the next part to be scored: every number from 0 on is given to somebody once
 * @param isKept whether a pair of that score is kept, asked right after it was scored
 */
export function scoreParts(
  size: number,
  index: BlockIndex,
  scorer: Scorer,
  take: () => number,
  isKept = (score: number): boolean => score >= KEPT,
): ScoredParts {
  const [a, b] = [new Ints(), new Ints()];
  const scores: number[] = [];
  const parts: number[] = [];
  const seen = new Int32Array(size).fill(-1);
  let compared = 0;
  let card = 0;
  const visit = (other: number): void => {
    if (seen[other] === card) return;
    seen[other] = card;
    compared++;
    const score = scorer.scoreCandidate(card, other);
    if (!isKept(score)) return;
    a.push(other);
    b.push(card);
    scores.push(score);
  };
  for (let part = take(); part * PART < size; part = take()) {
    parts.push(part, scores.length);
    const end = Math.min(size, (part + 1) * PART);
    for (card = part * PART; card < end; card++) index.walkOlder(card, visit);
  }
  return { a: a.array, b: b.array, score: Float32Array.from(scores), parts, compared };
}

/** All pairs in the order of the cards, whoever scored them. */
export function joinParts(shares: readonly ScoredParts[]): ScoredPairs {
  const length = shares.reduce((sum, { score }) => sum + score.length, 0);
  const pairs = { length, a: new Int32Array(length), b: new Int32Array(length), score: new Float32Array(length) };
  const spans = shares.flatMap((share) =>
    Array.from({ length: share.parts.length / 2 }, (_, at) => ({
      share,
      part: share.parts[at * 2]!,
      from: share.parts[at * 2 + 1]!,
      to: share.parts[at * 2 + 3] ?? share.score.length,
    })),
  );
  let at = 0;
  for (const { share, from, to } of spans.sort((one, other) => one.part - other.part)) {
    pairs.a.set(share.a.subarray(from, to), at);
    pairs.b.set(share.b.subarray(from, to), at);
    pairs.score.set(share.score.subarray(from, to), at);
    at += to - from;
  }
  return pairs;
}

/**
 * Where to cut, from the scores alone, taking them for the log odds that they are. The F1 that is to be expected is greatest
 * where the probability is half of it (Lipton, Elkan and Narayanaswamy 2014).
 */
export function chooseThresholds(pairs: Pick<ScoredPairs, 'score'>, wrong: number): Thresholds {
  const sorted = Float32Array.from(pairs.score).sort().reverse();
  const all = sorted.reduce((sum, score) => sum + probability(score), 0);
  let right = 0;
  let best = 0;
  const thresholds = { same: 0, sure: SUREST };
  sorted.forEach((score, at) => {
    right += probability(score);
    const f1 = (2 * right) / (at + 1 + all);
    if (f1 >= best) {
      best = f1;
      thresholds.same = score;
    }
    // The scores know nothing of what they leave out, so half of what is allowed is kept in reserve.
    if (at + 1 - right <= (at + 1) * wrong * RESERVE) thresholds.sure = Math.min(thresholds.sure, score);
  });
  return { same: Math.min(Math.max(thresholds.same, -1), 1), sure: Math.max(thresholds.sure, 3) };
}

const SUREST = 10;
const RESERVE = 0.5;
