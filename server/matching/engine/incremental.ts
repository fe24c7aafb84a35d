import { BlockIndex, keysOf } from './blocking.ts';
import { cluster, type ScoredPairs, type Verdict } from './cluster.ts';
import type { Population } from './population.ts';
import type { Scorer } from './score.ts';

/** What became of clusters: cards that changed theirs, with the first card of the cluster before and after. */
export interface Move {
  card: number;
  from: number;
  to: number;
}

/**
 * Keeps links and clusters up to date card by card, with a model that was estimated before. Whatever the order in which cards
 * come, go and come again, the answer is the one that a full run over the living cards with the same model would give.
 */
export class Incremental {
  private readonly population: Population;
  private readonly scorer: Scorer;
  private readonly threshold: number;
  private readonly compareCards: (i: number, j: number) => number;
  private readonly index: BlockIndex;
  private readonly pairs = new Map<number, Map<number, number>>();
  private readonly living = new Set<number>();
  private readonly clusterOf = new Map<number, number>();
  private readonly members = new Map<number, Set<number>>();
  private verdicts: Verdict[] = [];
  private indexed = 0;

  /**
   * @param threshold least score of what is put together, log2 odds
   * @param compare what orders the cards apart from the order of their arrival, for instance their ids
   */
  constructor(population: Population, scorer: Scorer, threshold: number, compare: (i: number, j: number) => number) {
    this.population = population;
    this.scorer = scorer;
    this.threshold = threshold;
    this.compareCards = compare;
    this.index = new BlockIndex(0, compare);
  }

  /** Takes in a card that was just added to the population. @returns the cards whose cluster changed, this one included */
  add(card: number): Move[] {
    while (this.indexed < card) this.index.add(this.indexed++, () => {});
    this.index.add(card, (sink) => keysOf(this.population, card, sink));
    this.indexed = card + 1;
    this.living.add(card);
    this.clusterOf.set(card, card);
    this.members.set(card, new Set([card]));
    const touched = new Set([card]);
    for (const block of this.index.tooBig(card)) this.forget(block, touched);
    const seen = new Set<number>();
    this.index.walkOlder(card, (other) => {
      if (this.living.has(other)) seen.add(other);
    });
    for (const other of seen) this.compare(card, other, touched);
    return this.recluster(touched);
  }

  /** Takes a card out. @returns the cards whose cluster changed */
  remove(card: number): Move[] {
    if (!this.living.delete(card)) return [];
    const touched = new Set(this.members.get(this.clusterOf.get(card)!) ?? []);
    for (const other of this.pairs.get(card)?.keys() ?? []) {
      this.pairs.get(other)?.delete(card);
      touched.add(other);
    }
    this.pairs.delete(card);
    for (const block of this.index.remove(card)) this.compareAll(block, touched);
    touched.delete(card);
    this.members.get(this.clusterOf.get(card)!)?.delete(card);
    this.clusterOf.delete(card);
    this.verdicts = this.verdicts.filter(({ a, b }) => a !== card && b !== card);
    return this.recluster(touched);
  }

  /** Records a verdict, or takes it back. @returns the cards whose cluster changed */
  decide(verdict: Verdict, taken = true): Move[] {
    const { a, b, same } = verdict;
    this.verdicts = this.verdicts.filter((one) => !(one.same === same && isPair(one, a, b)));
    if (taken) this.verdicts.push(verdict);
    return this.recluster(new Set([a, b]));
  }

  /** The first card of the cluster of a living card. */
  clusterOfCard(card: number): number {
    return this.clusterOf.get(card)!;
  }

  /** Pairs of a card that are kept, with their scores. */
  pairsOf(card: number): ReadonlyMap<number, number> {
    return this.pairs.get(card) ?? new Map();
  }

  private compare(a: number, b: number, touched: Set<number>): void {
    if (this.pairs.get(a)?.has(b)) return;
    const score = Math.fround(this.scorer.scoreCandidate(a, b));
    if (score < this.threshold) return;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      if (!this.pairs.has(from)) this.pairs.set(from, new Map());
      this.pairs.get(from)!.set(to, score);
    }
    touched.add(a).add(b);
  }

  /** A block that became small enough, or whose first cards changed, may bring pairs that it did not bring before. */
  private compareAll(block: number, touched: Set<number>): void {
    const cards = this.index.cardsAt(block);
    for (const card of cards)
      for (const other of this.index.partnersAt(block, card)) if (other !== card) this.compare(card, other, touched);
  }

  /** A block that became too big brings fewer pairs; those that another block brings stay. */
  private forget(block: number, touched: Set<number>): void {
    for (const card of this.index.loosenedAt(block)) {
      for (const other of this.pairs.get(card)?.keys() ?? []) {
        if (this.index.share(card, other)) continue;
        this.pairs.get(card)!.delete(other);
        this.pairs.get(other)!.delete(card);
        touched.add(card).add(other);
      }
    }
  }

  /** Makes the clusters anew of all that hangs together with the touched cards, through pairs, verdicts or clusters of before. */
  private recluster(touched: ReadonlySet<number>): Move[] {
    const cards = this.component(touched);
    const place = new Map(cards.map((card, at) => [card, at]));
    const verdicts = this.verdicts.flatMap(({ a, b, same }) =>
      place.has(a) && place.has(b) ? [{ a: place.get(a)!, b: place.get(b)!, same }] : [],
    );
    const roots = cluster(cards.length, this.pairsAmong(cards, place), {
      threshold: this.threshold,
      score: (i, j) => this.scorer.score(cards[i]!, cards[j]!),
      compare: (i, j) => this.compareCards(cards[i]!, cards[j]!),
      verdicts,
    });
    const moves: Move[] = [];
    for (const card of cards) this.members.delete(this.clusterOf.get(card)!);
    cards.forEach((card, at) => {
      const [from, to] = [this.clusterOf.get(card)!, cards[roots[at]!]!];
      if (!this.members.has(to)) this.members.set(to, new Set());
      this.members.get(to)!.add(card);
      if (from === to) return;
      this.clusterOf.set(card, to);
      moves.push({ card, from, to });
    });
    return moves;
  }

  private component(touched: ReadonlySet<number>): number[] {
    const found = new Set<number>();
    const waiting = [...touched].filter((card) => this.living.has(card));
    const partners = new Map<number, number[]>();
    for (const { a, b } of this.verdicts) {
      partners.set(a, [...(partners.get(a) ?? []), b]);
      partners.set(b, [...(partners.get(b) ?? []), a]);
    }
    for (let card = waiting.pop(); card !== undefined; card = waiting.pop()) {
      if (found.has(card)) continue;
      found.add(card);
      waiting.push(...(this.pairs.get(card)?.keys() ?? []), ...(partners.get(card) ?? []));
      for (const other of this.members.get(this.clusterOf.get(card)!) ?? [])
        if (this.living.has(other)) waiting.push(other);
    }
    return [...found];
  }

  private pairsAmong(cards: readonly number[], place: ReadonlyMap<number, number>): ScoredPairs {
    const found: [number, number, number][] = [];
    cards.forEach((card, at) => {
      for (const [other, score] of this.pairs.get(card) ?? [])
        if (place.get(other)! < at) found.push([place.get(other)!, at, score]);
    });
    return {
      length: found.length,
      a: Int32Array.from(found, ([a]) => a),
      b: Int32Array.from(found, ([, b]) => b),
      score: Float32Array.from(found, ([, , score]) => score),
    };
  }
}

function isPair(verdict: Verdict, a: number, b: number): boolean {
  return (verdict.a === a && verdict.b === b) || (verdict.a === b && verdict.b === a);
}
