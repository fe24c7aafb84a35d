import { cluster, type ScoredPairs } from './cluster.ts';

/** Quality against the truth: of the pairs that were put together, the share that is right; of the true pairs, the share found. */
export interface Quality {
  precision: number;
  recall: number;
  /** Harmonic mean of both. */
  f1: number;
}

function quality(right: number, found: number, all: number): Quality {
  const precision = found === 0 ? 1 : right / found;
  const recall = all === 0 ? 1 : right / all;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

const pairsOf = (count: number): number => (count * (count - 1)) / 2;

/** Number of pairs of cards whose truth is one. Cards of truth -1 are of nobody and make no pair. */
function countTruePairs(truth: Int32Array): number {
  const sizes = new Map<number, number>();
  for (const one of truth) if (one >= 0) sizes.set(one, (sizes.get(one) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + pairsOf(size), 0);
}

/** Quality of the pairs that a threshold lets through, before clusters are made. */
export function evaluatePairs(pairs: ScoredPairs, truth: Int32Array, threshold: number): Quality {
  let right = 0;
  let found = 0;
  for (let at = 0; at < pairs.length; at++) {
    if (pairs.score[at]! < threshold) continue;
    found++;
    if (isOne(truth, pairs.a[at]!, pairs.b[at]!)) right++;
  }
  return quality(right, found, countTruePairs(truth));
}

/** Quality of the pairs that clusters imply. */
export function evaluateClusters(clusters: Int32Array, truth: Int32Array): Quality {
  const sizes = new Map<number, number>();
  const both = new Map<number, number>();
  clusters.forEach((root, card) => {
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
    const pair = root * 0x4000000 + truth[card]!;
    if (truth[card]! >= 0) both.set(pair, (both.get(pair) ?? 0) + 1);
  });
  const found = [...sizes.values()].reduce((sum, size) => sum + pairsOf(size), 0);
  const right = [...both.values()].reduce((sum, size) => sum + pairsOf(size), 0);
  return quality(right, found, countTruePairs(truth));
}

/** The threshold, in steps of half a bit, at which F1 is greatest: for pairs, or for the clusters made there. */
export function bestThreshold(
  pairs: ScoredPairs,
  truth: Int32Array,
  score?: (i: number, j: number) => number,
): { threshold: number; quality: Quality } {
  let best = { threshold: 0, quality: evaluatePairs(pairs, truth, Number.POSITIVE_INFINITY) };
  for (let threshold = -5; threshold <= 12; threshold += 0.5) {
    const found = score
      ? evaluateClusters(cluster(truth.length, pairs, { threshold, score }), truth)
      : evaluatePairs(pairs, truth, threshold);
    if (found.f1 > best.quality.f1) best = { threshold, quality: found };
  }
  return best;
}

function isOne(truth: Int32Array, a: number, b: number): boolean {
  return truth[a]! >= 0 && truth[a] === truth[b];
}
