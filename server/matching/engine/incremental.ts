import { BlockIndex } from './blocking.ts';
import { cluster, type ScoredPairs, type Verdict } from './cluster.ts';
import { joinParts, scoreParts } from './engine.ts';
import { keysOf } from './keys.ts';
import { Cards, PairStore } from './pair-store.ts';
import type { Population } from './population.ts';
import type { Scorer } from './score.ts';

/** What became of clusters: cards that changed theirs, with the first card of the cluster before and after. */
export interface Move {
  card: number;
  from: number;
  to: number;
}

export interface IncrementalOptions {
  /**
   * Pairs are remembered, though they may join nothing, that would score so much without what speaks against them, names apart (see
   * `Scorer.best`); the threshold by default.
   */
  kept?: number;
  /** Whether two cards contradict each other in a way that no score makes good. */
  contradicts?(i: number, j: number): boolean;
  /** Keys of the cards that are there from the start; `fill` makes pairs and clusters of them. */
  index?: BlockIndex;
}

/** A verdict and its place among all verdicts: higher ones are newer. */
export interface Decision extends Verdict {
  order: number;
}

/**
 * Keeps links and clusters up to date card by card, with a model that was estimated before. Whatever the order in which cards
 * come, go and come again, the answer is the one that a full run over the living cards with the same model would give.
 */
export class Incremental {
  private readonly population: Population;
  private readonly scorer: Scorer;
  private threshold: number;
  private readonly kept: number;
  private readonly contradicts: ((i: number, j: number) => boolean) | undefined;
  private readonly compareCards: (i: number, j: number) => number;
  private readonly index: BlockIndex;
  private readonly pairs = new PairStore();
  private readonly living = new Cards();
  /** Of cards that are not the first of their cluster. */
  private readonly roots = new Map<number, number>();
  /** Of clusters of more than one card, by their first. */
  private readonly members = new Map<number, Set<number>>();
  private readonly decisions = new Map<number, Decision[]>();
  private changed = new Set<number>();
  private waiting: Set<number> | undefined;
  private decided = 0;
  private indexed: number;

  /**
   * @param threshold least score of what is put together, log2 odds
   * @param compare what orders the cards apart from the order of their arrival, for instance their ids
   */
  constructor(
    population: Population,
    scorer: Scorer,
    threshold: number,
    compare: (i: number, j: number) => number,
    options: IncrementalOptions = {},
  ) {
    this.population = population;
    this.scorer = scorer;
    this.threshold = threshold;
    this.kept = Math.min(options.kept ?? threshold, threshold);
    this.contradicts = options.contradicts;
    this.compareCards = compare;
    this.index = options.index ?? new BlockIndex(compare);
    this.indexed = options.index ? population.size : 0;
  }

  /**
   * Compares all cards of the index given at the start, at once, and puts them together.
   *
   * @param choose the threshold, from the scores of all pairs that are kept
   */
  fill(decisions: readonly Decision[], choose: (pairs: ScoredPairs) => number): void {
    const { size } = this.population;
    for (let card = 0; card < size; card++) this.living.add(card);
    let part = 0;
    const pairs = joinParts([
      scoreParts(
        size,
        this.index,
        this.scorer,
        () => part++,
        () => this.scorer.best >= this.kept,
      ),
    ]);
    this.pairs.fill(size, pairs);
    for (const decision of decisions) this.note(decision);
    this.threshold = choose(pairs);
    const roots = cluster(size, pairs, { ...this.rules((card) => card), verdicts: sorted(decisions) });
    roots.forEach((root, card) => {
      if (root !== card) this.putInto(card, root);
    });
    this.changed = new Set();
  }

  /** Makes clusters once for all that happens meanwhile; moves of single steps are not told. */
  together(work: () => void): void {
    const waiting = new Set<number>();
    this.waiting = waiting;
    try {
      work();
    } finally {
      this.waiting = undefined;
      this.recluster(waiting);
    }
  }

  /** Takes in a card that was just added to the population. @returns the cards whose cluster changed */
  add(card: number): Move[] {
    while (this.indexed < card) this.index.add(this.indexed++, () => {});
    this.index.add(card, (sink) => keysOf(this.population, card, sink));
    this.indexed = card + 1;
    this.living.add(card);
    const touched = new Set([card]);
    for (const block of this.index.tooBig(card)) this.forget(block, touched);
    const seen = new Set<number>();
    this.index.walkOlder(card, (other) => {
      if (this.living.has(other)) seen.add(other);
    });
    for (const other of seen) if (this.compare(card, other)) touched.add(other);
    return this.recluster(touched);
  }

  /** Takes a card out. @returns the cards whose cluster changed */
  remove(card: number): Move[] {
    if (!this.living.delete(card)) return [];
    const touched = new Set(this.membersOf(card));
    for (const other of [...this.pairsOf(card).keys()]) {
      this.pairs.delete(card, other);
      touched.add(other);
    }
    for (const { a, b } of this.decisions.get(card) ?? []) touched.add(a === card ? b : a);
    this.dropDecisions(card);
    for (const block of this.index.remove(card)) this.compareAll(block, touched);
    const root = this.clusterOfCard(card);
    const rest = [...this.membersOf(card)].filter((one) => one !== card);
    this.members.delete(root);
    // What is left of its cluster is named anew by `recluster`; until then each stands for itself.
    const moves = rest.map((one): Move => ({ card: one, from: root, to: one }));
    for (const one of [card, ...rest]) this.roots.delete(one);
    touched.delete(card);
    return merge(moves, this.recluster(touched));
  }

  /** Records a verdict, or takes it back. @returns the cards whose cluster changed */
  decide(verdict: Verdict, taken = true): Move[] {
    const { a, b, same } = verdict;
    for (const card of [a, b])
      this.decisions.set(
        card,
        this.decisionsOf(card).filter((one) => !(one.same === same && isPair(one, a, b))),
      );
    if (taken) this.note({ ...verdict, order: ++this.decided });
    return this.recluster(new Set([a, b]));
  }

  /** Puts other verdicts in the place of all that a card takes part in. @returns the cards whose cluster changed */
  redecide(card: number, decisions: readonly Decision[]): Move[] {
    const touched = new Set([card]);
    for (const { a, b } of this.decisionsOf(card)) touched.add(a).add(b);
    this.dropDecisions(card);
    for (const decision of decisions) {
      this.note(decision);
      touched.add(decision.a).add(decision.b);
    }
    for (const one of touched) this.changed.add(one);
    return this.recluster(touched);
  }

  /** The first card of the cluster of a living card. */
  clusterOfCard(card: number): number {
    return this.roots.get(card) ?? card;
  }

  /** The cards of the cluster of a card. */
  membersOf(card: number): Iterable<number> {
    const root = this.clusterOfCard(card);
    return this.members.get(root) ?? [root];
  }

  /** Pairs of a card that are kept, with their scores. */
  pairsOf(card: number): ReadonlyMap<number, number> {
    return this.pairs.of(card);
  }

  decisionsOf(card: number): readonly Decision[] {
    return this.decisions.get(card) ?? [];
  }

  /** Whether a verdict keeps the clusters of two cards apart, or says so of these two. */
  areParted(a: number, b: number): boolean {
    if (this.decisionsOf(a).some((one) => !one.same && isPair(one, a, b))) return true;
    const [one, other] = [this.clusterOfCard(a), this.clusterOfCard(b)];
    if (one === other) return false;
    for (const card of this.membersOf(a))
      for (const { a: x, b: y, same } of this.decisionsOf(card))
        if (!same && this.clusterOfCard(x === card ? y : x) === other) return true;
    return false;
  }

  /** The least score of what is put together. */
  get least(): number {
    return this.threshold;
  }

  /** Cards whose pairs, verdicts or cluster changed since this was last asked. */
  takeChanged(): Set<number> {
    const changed = this.changed;
    this.changed = new Set();
    return changed;
  }

  private note(decision: Decision): void {
    this.decided = Math.max(this.decided, decision.order);
    for (const card of [decision.a, decision.b]) this.decisions.set(card, [...this.decisionsOf(card), decision]);
  }

  private dropDecisions(card: number): void {
    for (const { a, b } of this.decisionsOf(card)) {
      const other = a === card ? b : a;
      const left = this.decisionsOf(other).filter((one) => one.a !== card && one.b !== card);
      if (left.length > 0) this.decisions.set(other, left);
      else this.decisions.delete(other);
    }
    this.decisions.delete(card);
  }

  /** @returns whether the pair is kept, and was not yet */
  private compare(a: number, b: number): boolean {
    if (this.pairsOf(a).has(b)) return false;
    const score = Math.fround(this.scorer.scoreCandidate(a, b));
    if (this.scorer.best < this.kept) return false;
    this.pairs.set(a, b, score);
    this.changed.add(a).add(b);
    return true;
  }

  /** A block that became small enough, or whose first cards changed, may bring pairs that it did not bring before. */
  private compareAll(block: number, touched: Set<number>): void {
    for (const card of this.index.cardsAt(block))
      for (const other of this.index.partnersAt(block, card))
        if (other !== card && this.compare(card, other)) touched.add(card).add(other);
  }

  /** A block that became too big brings fewer pairs; those that another block brings stay. */
  private forget(block: number, touched: Set<number>): void {
    for (const card of this.index.loosenedAt(block)) {
      for (const other of [...this.pairsOf(card).keys()]) {
        if (this.index.share(card, other)) continue;
        this.pairs.delete(card, other);
        touched.add(card).add(other);
      }
    }
  }

  private putInto(card: number, root: number): void {
    this.roots.set(card, root);
    if (!this.members.has(root)) this.members.set(root, new Set([root]));
    this.members.get(root)!.add(card);
  }

  private rules(cardAt: (place: number) => number) {
    const { contradicts } = this;
    return {
      threshold: this.threshold,
      score: (i: number, j: number) => this.scorer.score(cardAt(i), cardAt(j)),
      compare: (i: number, j: number) => this.compareCards(cardAt(i), cardAt(j)),
      ...(contradicts && { contradicts: (i: number, j: number) => contradicts(cardAt(i), cardAt(j)) }),
    };
  }

  /** Makes the clusters anew of all that hangs together with the touched cards, through pairs, verdicts or clusters of before. */
  private recluster(touched: ReadonlySet<number>): Move[] {
    for (const card of touched) {
      this.changed.add(card);
      this.waiting?.add(card);
    }
    if (this.waiting) return [];
    const cards = this.component(touched);
    const place = new Map(cards.map((card, at) => [card, at]));
    const decisions = new Set(cards.flatMap((card) => this.decisionsOf(card)));
    const verdicts = sorted(decisions).flatMap(({ a, b, same }) =>
      place.has(a) && place.has(b) ? [{ a: place.get(a)!, b: place.get(b)!, same }] : [],
    );
    const pairs = this.listPairs(cards, (card) => place.get(card));
    const roots = cluster(cards.length, pairs, { ...this.rules((at) => cards[at]!), verdicts });
    const before = cards.map((card) => this.clusterOfCard(card));
    for (const card of cards) {
      this.members.delete(card);
      this.roots.delete(card);
    }
    return cards.flatMap((card, at): Move[] => {
      const [from, to] = [before[at]!, cards[roots[at]!]!];
      if (card !== to) this.putInto(card, to);
      if (from === to) return [];
      this.changed.add(card);
      return [{ card, from, to }];
    });
  }

  private component(touched: ReadonlySet<number>): number[] {
    const found = new Set<number>();
    const waiting = [...touched].filter((card) => this.living.has(card));
    const wait = (card: number): void => {
      if (!found.has(card) && this.living.has(card)) waiting.push(card);
    };
    for (let card = waiting.pop(); card !== undefined; card = waiting.pop()) {
      if (found.has(card)) continue;
      found.add(card);
      for (const [other, score] of this.pairsOf(card)) if (score >= this.threshold) wait(other);
      for (const { a, b } of this.decisionsOf(card)) wait(a === card ? b : a);
      for (const other of this.membersOf(card)) wait(other);
    }
    return [...found];
  }

  /** Each pair of the given cards once; those under the threshold join nothing and are listed all the same. */
  private listPairs(cards: Iterable<number>, placeOf: (card: number) => number | undefined): ScoredPairs {
    const [a, b, score]: [number[], number[], number[]] = [[], [], []];
    for (const card of cards) {
      const at = placeOf(card)!;
      for (const [other, one] of this.pairsOf(card)) {
        const place = placeOf(other);
        if (place === undefined || place >= at) continue;
        a.push(place);
        b.push(at);
        score.push(one);
      }
    }
    return {
      length: a.length,
      a: Int32Array.from(a),
      b: Int32Array.from(b),
      score: Float32Array.from(score),
    };
  }
}

function sorted(decisions: Iterable<Decision>): Decision[] {
  return [...decisions].sort((a, b) => a.order - b.order);
}

/** Moves one after the other as one move each. */
function merge(first: readonly Move[], then: readonly Move[]): Move[] {
  const moves = new Map(first.map((move) => [move.card, move]));
  for (const move of then) moves.set(move.card, { ...move, from: moves.get(move.card)?.from ?? move.from });
  return [...moves.values()].filter(({ from, to }) => from !== to);
}

function isPair(verdict: Verdict, a: number, b: number): boolean {
  return (verdict.a === a && verdict.b === b) || (verdict.a === b && verdict.b === a);
}
