/** Two cards that may be one, with the log2 odds that they are. */
export interface ScoredPairs {
  length: number;
  a: Int32Array;
  b: Int32Array;
  score: Float32Array;
}

export interface ClusterRules {
  /** Least score of two clusters to be joined, log2 odds. */
  threshold: number;
  /** Log2 odds of any two cards; pairs that blocking did not bring are asked for too. */
  score(i: number, j: number): number;
  /** Whether two cards must not be in one cluster, whatever their score: verdicts, two cards of one careful source. */
  forbids?(i: number, j: number): boolean;
}

/**
 * Puts cards together, best pairs first, cluster to cluster: two clusters are joined when their best pair holds against what
 * their other pairs say to the contrary. A chain of lookalikes is cut where its ends contradict each other.
 *
 * The answer depends on the cards and pairs only, not on their order: pairs of equal score are taken by their cards' numbers.
 *
 * @param pairs need not be sorted; each pair once
 * @returns for every card the smallest card of its cluster
 */
export function cluster(size: number, pairs: ScoredPairs, rules: ClusterRules): Int32Array {
  const root = new Int32Array(size).map((_, card) => card);
  const members = new Map<number, number[]>();
  for (const at of order(pairs, rules.threshold)) {
    const [one, other] = [find(root, pairs.a[at]!), find(root, pairs.b[at]!)];
    if (one === other) continue;
    const [left, right] = [members.get(one) ?? [one], members.get(other) ?? [other]];
    if (!holds(left, right, pairs.score[at]!, rules)) continue;
    const [keep, go] = one < other ? [one, other] : [other, one];
    root[go] = keep;
    members.set(keep, [...left, ...right]);
    members.delete(go);
  }
  for (let card = 0; card < size; card++) root[card] = find(root, card);
  return root;
}

/** Numbers of the pairs at or above the threshold, best first. */
function order(pairs: ScoredPairs, threshold: number): Int32Array {
  const kept: number[] = [];
  for (let at = 0; at < pairs.length; at++) if (pairs.score[at]! >= threshold) kept.push(at);
  const { a, b, score } = pairs;
  return Int32Array.from(kept).sort((x, y) => score[y]! - score[x]! || a[x]! - a[y]! || b[x]! - b[y]!);
}

export function find(root: Int32Array, card: number): number {
  let at = card;
  while (root[at] !== at) {
    root[at] = root[root[at]!]!;
    at = root[at]!;
  }
  return at;
}

/** All pairs between two clusters, up to a bound: a cluster of hundreds of cards is judged by the first of them. */
function holds(left: readonly number[], right: readonly number[], best: number, rules: ClusterRules): boolean {
  if (left.length === 1 && right.length === 1) return !rules.forbids?.(left[0]!, right[0]!);
  const [few, many] = [left.slice(0, WITNESSES), right.slice(0, WITNESSES)];
  let against = 0;
  for (const i of few) {
    for (const j of many) {
      if (rules.forbids?.(i, j)) return false;
      against += Math.max(0, -rules.score(i, j));
    }
  }
  return best - (CONTRADICTION * against) / (few.length * many.length) >= rules.threshold;
}

const WITNESSES = 12;
/** How much the mean of the pairs that speak against counts. */
const CONTRADICTION = 0.5;
