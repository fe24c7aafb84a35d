/** Two cards that may be one, with the log2 odds that they are. */
export interface ScoredPairs {
  length: number;
  a: Int32Array;
  b: Int32Array;
  score: Float32Array;
}

/** What a human decided of two cards. Later verdicts outrank earlier ones, and any verdict outranks any score. */
export interface Verdict {
  a: number;
  b: number;
  same: boolean;
}

export interface ClusterRules {
  /** Least score of two clusters to be joined, log2 odds. */
  threshold: number;
  /** Log2 odds of any two cards; pairs that blocking did not bring are asked for too. */
  score(i: number, j: number): number;
  /** Whether two cards contradict each other in a way that no score makes good; clusters that hold such a pair are not joined. */
  contradicts?(i: number, j: number): boolean;
  /** Oldest first. */
  verdicts?: readonly Verdict[];
  /** What orders the cards, so that the answer does not depend on how they are numbered; their numbers by default. */
  compare?(i: number, j: number): number;
}

/**
 * Puts cards together: first what people decided, then the best pairs first, cluster to cluster. Two clusters are joined when
 * their best pair holds against what their other pairs say to the contrary; a chain of lookalikes is cut where its ends contradict
 * each other. No score joins what a verdict parts.
 *
 * The answer depends on the cards, pairs and verdicts only, and on a group of connected cards only through that group.
 *
 * @param pairs need not be sorted; each pair once
 * @returns for every card the first card of its cluster, in the order of the cards
 */
export function cluster(size: number, pairs: ScoredPairs, rules: ClusterRules): Int32Array {
  const clusters = new Clusters(size, rules.compare ?? ((i, j) => i - j));
  applyVerdicts(clusters, rules.verdicts ?? []);
  for (const at of order(pairs, rules)) {
    const [one, other] = [clusters.of(pairs.a[at]!), clusters.of(pairs.b[at]!)];
    if (one === other || clusters.areParted(one, other)) continue;
    if (holds(clusters.witnesses(one), clusters.witnesses(other), pairs.score[at]!, rules)) clusters.join(one, other);
  }
  return clusters.leaders();
}

/** The last word counts: from the newest verdict to the oldest, those that contradict newer ones are left out. */
function applyVerdicts(clusters: Clusters, verdicts: readonly Verdict[]): void {
  for (const { a, b, same } of verdicts.toReversed()) {
    const [one, other] = [clusters.of(a), clusters.of(b)];
    if (one === other || clusters.areParted(one, other)) continue;
    if (same) clusters.join(one, other);
    else clusters.part(one, other);
  }
}

/** Disjoint sets that know their first cards and which sets must not meet. Joined by size: a million cards of one person join fast. */
class Clusters {
  private readonly root: Int32Array;
  private readonly sizes: Int32Array;
  /** By root, the first cards of a cluster in the order of the cards; of a single card, nothing. */
  private readonly firsts = new Map<number, number[]>();
  private readonly parted = new Map<number, Set<number>>();
  private readonly compare: (i: number, j: number) => number;

  constructor(size: number, compare: (i: number, j: number) => number) {
    this.root = new Int32Array(size).map((_, card) => card);
    this.sizes = new Int32Array(size).fill(1);
    this.compare = compare;
  }

  of(card: number): number {
    return find(this.root, card);
  }

  /** Up to `WITNESSES` first cards. */
  witnesses(root: number): readonly number[] {
    return this.firsts.get(root) ?? [root];
  }

  areParted(one: number, other: number): boolean {
    return this.parted.get(one)?.has(other) ?? false;
  }

  part(one: number, other: number): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const)
      this.parted.set(from, (this.parted.get(from) ?? new Set()).add(to));
  }

  join(one: number, other: number): void {
    const [keep, go] = this.sizes[one]! >= this.sizes[other]! ? [one, other] : [other, one];
    const firsts = [...this.witnesses(keep), ...this.witnesses(go)].sort(this.compare).slice(0, WITNESSES);
    this.firsts.set(keep, firsts);
    this.firsts.delete(go);
    this.sizes[keep]! += this.sizes[go]!;
    this.root[go] = keep;
    for (const enemy of this.parted.get(go) ?? []) {
      this.parted.get(enemy)!.delete(go);
      this.part(keep, enemy);
    }
    this.parted.delete(go);
  }

  /** For every card the first card of its cluster. */
  leaders(): Int32Array {
    return this.root.map((_, card) => {
      const root = this.of(card);
      return this.sizes[root] === 1 ? root : this.witnesses(root)[0]!;
    });
  }
}

/** Numbers of the pairs at or above the threshold, best first. */
function order({ a, b, score, length }: ScoredPairs, { threshold, compare }: ClusterRules): Int32Array {
  const kept: number[] = [];
  for (let at = 0; at < length; at++) if (score[at]! >= threshold) kept.push(at);
  if (!compare) return inOrder(Int32Array.from(kept), [b, a, descending(score)]);
  const first = (at: number): number => (compare(a[at]!, b[at]!) < 0 ? a[at]! : b[at]!);
  const last = (at: number): number => (compare(a[at]!, b[at]!) < 0 ? b[at]! : a[at]!);
  return Int32Array.from(kept).sort(
    (x, y) => score[y]! - score[x]! || compare(first(x), first(y)) || compare(last(x), last(y)),
  );
}

/** Whole numbers in the order of the scores, highest first. */
function descending(score: Float32Array): Int32Array {
  const bits = new Int32Array(score.map((one) => one + 0).buffer);
  return bits.map((one) => (one < 0 ? one ^ SIGN : ~one));
}

const SIGN = 1 << 31;

/** Sorts by several keys, the last one first in rank, 16 bits at a time: a tenth of the time of comparing two by two. */
function inOrder(numbers: Int32Array, keys: readonly Int32Array[]): Int32Array {
  let from = numbers;
  let to: Int32Array = new Int32Array(numbers.length);
  const starts = new Int32Array((1 << 16) + 1);
  for (const key of keys) {
    for (const shift of [0, 16]) {
      // The highest bit is the sign: turned round, negative numbers come first.
      const digit = (at: number): number => ((key[at]! ^ SIGN) >>> shift) & 0xffff;
      starts.fill(0);
      for (const at of from) starts[digit(at) + 1]!++;
      for (let bucket = 0; bucket < 1 << 16; bucket++) starts[bucket + 1]! += starts[bucket]!;
      for (const at of from) to[starts[digit(at)]!++] = at;
      [from, to] = [to, from];
    }
  }
  return from;
}

export function find(root: Int32Array, card: number): number {
  let at = card;
  while (root[at] !== at) {
    root[at] = root[root[at]!]!;
    at = root[at]!;
  }
  return at;
}

/** All pairs between the first cards of two clusters: a cluster of hundreds of cards is judged by some of them. */
function holds(left: readonly number[], right: readonly number[], best: number, rules: ClusterRules): boolean {
  if (rules.contradicts && left.some((i) => right.some((j) => rules.contradicts!(i, j)))) return false;
  if (left.length === 1 && right.length === 1) return true;
  let against = 0;
  for (const i of left) for (const j of right) against += Math.max(0, -rules.score(i, j));
  return best - (CONTRADICTION * against) / (left.length * right.length) >= rules.threshold;
}

const WITNESSES = 12;
/** How much the mean of the pairs that speak against counts. */
const CONTRADICTION = 0.5;
