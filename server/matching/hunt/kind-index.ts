import {
  assume,
  BlockIndex,
  Comparer,
  chooseThresholds,
  countHolders,
  Incremental,
  learn,
  type Model,
  Population,
  Scorer,
  scorerOf,
} from '../engine/index.ts';
import { chanceOf } from '../rules.ts';
import type { Kind, Values } from './facts.ts';
import { contradicts } from './homonyms.ts';
import type { ReadCard } from './reader.ts';
import { Readers, type Told } from './readings.ts';

/** What is kept of what was learned: weights and the least score of a link made without asking. */
export interface Learned {
  model: Model;
  sure: number;
}

/** The last word about a pair of cards. */
export interface Decided {
  a: string;
  b: string;
  same: boolean;
  origin: string;
  /** Grows with time. */
  order: number;
}

interface RawReason {
  feature: string;
  level: string;
  /** In bits, without what comes of how rare the value is. */
  weight: number;
  /** Whether a household or an office shares it; see the engine's group cap. */
  ofGroup: boolean;
}

/** Two cards that are one for those of whose reading it is told. */
export interface FoundLink extends Told {
  a: string;
  b: string;
  evidence: string[];
  /**
   * Books of third cards that speak against it: whoever reads everything of one of them, and of both cards' books, is not told. Below 0: who
   * holds all three (the book is -1 - number).
   */
  cut: number[];
}

/** Why two cards may be one. */
export interface Explained {
  a: string;
  b: string;
  kind: Kind;
  probability: number;
  prior: number;
  reasons: RawReason[];
}

/** Two cards that may be one, offered to those of whose reading it is told; null: to none from whom something is kept. */
export interface FoundProposal extends Explained {
  /** Whether to whoever reads everything of both. */
  toAll: boolean;
  offered: Told | null;
}

/** Two cards of which there may be something to say, by their numbers. */
type Pair = readonly [number, number];

/** Under so many cards nothing is learned: what is assumed of every address book is used. */
const LEARN_FROM = 200;

/** Pairs less likely than one in five (log2 odds) are not offered. */
const OFFERED = -2;

/** The cards of one kind of one workspace, compared and put together. */
export class KindIndex {
  readonly kind: Kind;
  readonly learned: Learned;
  private readonly population: Population;
  private readonly scorer: Scorer;
  private readonly incremental: Incremental;
  private readonly ids: string[];
  private readonly numbers = new Map<string, number>();
  /** A hash of what each card says, to tell whether it changed. */
  private readonly prints: number[];
  private readonly edited = new Set<string>();

  /**
   * @param cards in the order of their ids
   * @param learned what an earlier run learned; without it, it is learned from the cards, where they are enough
   * @param wrong the share of links that may be wrong
   */
  constructor(
    kind: Kind,
    cards: { ids: string[]; population: Population; prints: number[] },
    decided: readonly Decided[],
    { learned, wrong }: { learned: Learned | undefined; wrong: number },
  ) {
    this.kind = kind;
    this.population = cards.population;
    this.ids = cards.ids;
    cards.ids.forEach((id, card) => {
      this.numbers.set(id, card);
    });
    this.prints = cards.prints;
    // A card is no less and no more than itself: of two pairs with one card in common the other ones decide.
    const compare = (i: number, j: number): number => (i === j ? 0 : this.ids[i]! < this.ids[j]! ? -1 : 1);
    const index = new BlockIndex(compare);
    index.addAll(this.population);
    this.scorer = makeScorer(this.population, index, learned?.model);
    this.incremental = new Incremental(this.population, this.scorer, 0, compare, {
      kept: OFFERED,
      contradicts: (i, j) => contradicts(this.population, this.scorer, i, j),
      index,
    });
    let sure = learned?.sure ?? 0;
    this.incremental.fill(this.toDecisions(decided), (pairs) => {
      if (!learned) sure = this.scorer.model.trainedOn > 0 ? chooseThresholds(pairs, wrong).sure : oddsOf(wrong);
      return sure;
    });
    this.learned = { model: this.scorer.model, sure };
  }

  get size(): number {
    return this.numbers.size;
  }

  has(id: string): boolean {
    return this.numbers.has(id);
  }

  /** Does several changes as one. */
  together(work: () => void): void {
    this.incremental.together(work);
  }

  /** Brings in what a card says now. */
  put(id: string, values: Values, print: number, decided: readonly Decided[]): void {
    const before = this.numbers.get(id);
    if (before !== undefined && this.prints[before] === print) {
      this.incremental.redecide(before, this.toDecisions(decided));
      return;
    }
    if (before !== undefined) this.incremental.remove(before);
    const card = this.population.add(values);
    this.ids[card] = id;
    this.prints[card] = print;
    this.numbers.set(id, card);
    this.incremental.add(card);
    if (decided.length > 0) this.incremental.redecide(card, this.toDecisions(decided));
  }

  remove(id: string): void {
    const card = this.numbers.get(id);
    if (card === undefined) return;
    this.incremental.remove(card);
    this.numbers.delete(id);
  }

  /** Cards whose pairs, verdicts or cluster changed since this was last asked. */
  takeChanged(): string[] {
    return [...this.incremental.takeChanged()].flatMap((card) => {
      const id = this.ids[card]!;
      return this.numbers.get(id) === card ? [id] : [];
    });
  }

  /** The pairs that the given cards take part in, and the cards of them. */
  pairsOf(ids: readonly string[]): { pairs: Pair[]; cardIds: string[] } {
    const pairs: Pair[] = [];
    const asked = new Set(ids.flatMap((id) => this.numbers.get(id) ?? []));
    for (const card of asked) {
      const others = new Set(this.incremental.pairsOf(card).keys());
      for (const { a, b } of this.incremental.decisionsOf(card)) others.add(a === card ? b : a);
      for (const other of others) if (!asked.has(other) || other > card) pairs.push(this.inOrder(card, other));
    }
    const cards = new Set(pairs.flat());
    for (const card of [...cards]) for (const other of this.aroundOf(card)) cards.add(other);
    return { pairs, cardIds: [...cards].map((card) => this.ids[card]!) };
  }

  /**
   * All links and proposals of pairs.
   *
   * @param cards as they are now: those that `pairsOf` names
   */
  judge(
    pairs: readonly Pair[],
    cards: ReadonlyMap<string, ReadCard>,
  ): { links: FoundLink[]; proposals: FoundProposal[] } {
    const [links, proposals]: [FoundLink[], FoundProposal[]] = [[], []];
    const readers = new Readers(this.population, this.kind);
    try {
      for (const pair of pairs) {
        const [a, b] = pair.map((card) => cards.get(this.ids[card]!));
        const { shown, offered, cut } = a && b ? this.tell(pair, a, b, readers, cards) : nobody;
        if (shown) links.push({ ...this.namesOf(pair), evidence: this.evidenceOf(pair), ...shown, cut });
        const toAll = this.isOffered(pair, cut);
        if (toAll || offered) proposals.push({ ...this.explained(pair), toAll, offered: offered ?? null });
      }
    } finally {
      readers.letGo();
    }
    return { links, proposals };
  }

  /** Why two living cards are one or not; undefined when one of them is not here. */
  explain(idA: string, idB: string): Explained | undefined {
    const [a, b] = [this.numbers.get(idA), this.numbers.get(idB)];
    return a === undefined || b === undefined ? undefined : this.explained(this.inOrder(a, b));
  }

  private inOrder(card: number, other: number): Pair {
    return this.ids[card]! < this.ids[other]! ? [card, other] : [other, card];
  }

  private namesOf([a, b]: Pair): { a: string; b: string } {
    return { a: this.ids[a]!, b: this.ids[b]! };
  }

  private decisionOf([a, b]: Pair) {
    return this.incremental.decisionsOf(a).find((one) => one.a === b || one.b === b);
  }

  /** Whether two cards are one by what they say, whatever others say. */
  private isOne(i: number, j: number): boolean {
    return this.scorer.score(i, j) >= this.incremental.least && !contradicts(this.population, this.scorer, i, j);
  }

  private isTogether([a, b]: Pair): boolean {
    return this.incremental.clusterOfCard(a) === this.incremental.clusterOfCard(b);
  }

  /**
   * For whom two cards are one, and to whom they are offered. What a person says holds for whoever sees both. Else each viewer is told what the
   * engine says of what they read, so that nothing that is kept from them joins the cards or parts them.
   */
  private tell(pair: Pair, a: ReadCard, b: ReadCard, readers: Readers, cards: ReadonlyMap<string, ReadCard>): ForWhom {
    const decision = this.decisionOf(pair);
    if (decision) return decision.same && this.isTogether(pair) ? everybody : nobody;
    this.scorer.score(...pair);
    const { best } = this.scorer;
    // Of two cards of one book only its holder is asked.
    const asked = a.bookNo !== b.bookNo;
    if (best < (asked ? OFFERED : this.incremental.least) || this.incremental.areParted(...pair)) return nobody;
    const [shown, offered] = readers.tell(a, b, (i, j) => {
      const score = this.scorer.scoreCandidate(i, j);
      if (score < OFFERED || !readers.meet(i, j)) return [false, false];
      const isOne = score >= this.incremental.least && !contradicts(this.population, this.scorer, i, j);
      return [isOne, asked && !isOne && this.isWorthAsking(score, i, j)];
    });
    const cut = shown && this.isOne(...pair) ? this.cutsOf(pair, cards) : [];
    return { shown: shown && cut.length > 0 ? { ...shown, told: shown.told || '01' } : shown, offered, cut };
  }

  /**
   * The books whose cards, with those of the pair's own books, speak against a pair that is one by itself: a card between two homonyms goes with
   * one of them. Each is asked for itself, so that the answer rests on nothing but what is told to those who read all of it; and once more
   * with the cards that are withheld, for who holds them all.
   */
  private cutsOf([a, b]: Pair, cards: ReadonlyMap<string, ReadCard>): number[] {
    const around = this.aroundOf(a).filter((card) => card !== b);
    if (around.length === 0) return [];
    const read = (card: number) => cards.get(this.ids[card]!);
    const [one, other] = [read(a)!.bookNo, read(b)!.bookNo];
    // What hangs together was put together as a whole already: only parts of it have to be asked.
    const isKnown = [a, b, ...around].every((card) => this.incremental.decisionsOf(card).length === 0);
    const parts = (among: readonly number[]): boolean =>
      isKnown && among.length === around.length
        ? !this.isTogether([a, b])
        : among.length > 0 && this.incremental.parts(a, b, [a, b, ...among]);
    const cuts: number[] = [];
    for (const book of new Set([one, ...around.flatMap((card) => read(card)?.bookNo ?? [])])) {
      const near = around.filter((card) => [one, other, book].includes(read(card)?.bookNo ?? -1));
      const lent = near.filter((card) => !read(card)!.withheld);
      if (parts(lent)) cuts.push(book);
      if (near.length > lent.length && parts(near)) cuts.push(forHolder(book));
    }
    return cuts.sort((x, y) => x - y);
  }

  /** The cards that a card hangs together with; none where they are too many to be asked. */
  private aroundOf(card: number): number[] {
    const around = this.incremental.around(card, MOST_AROUND);
    return around.length === MOST_AROUND ? [] : around;
  }

  private evidenceOf(pair: Pair): string[] {
    const decided = this.decisionOf(pair) !== undefined;
    const said = decided ? [this.edited.has(pairKey(...pair)) ? 'edited' : 'verdict'] : [];
    const seen = decided && !this.isOne(...pair) ? [] : evidenceOf(this.scorer.explain(...pair).evidence);
    return [...said, ...seen].sort();
  }

  /** Whether whoever reads everything is asked about a pair, unless it is one for them. */
  private isOffered(pair: Pair, cut: readonly number[]): boolean {
    const [a, b] = pair;
    const score = this.incremental.pairsOf(a).get(b);
    if (score === undefined || score < OFFERED || !this.isWorthAsking(score, a, b)) return false;
    if (this.decisionOf(pair) || this.incremental.areParted(a, b)) return false;
    return cut.length > 0 || !this.isOne(a, b);
  }

  /** Colleagues at one address with other names are likely two, whatever they share. */
  private isWorthAsking(score: number, a: number, b: number): boolean {
    return score >= 0 || !this.scorer.haveTwoNames(a, b);
  }

  /**
   * What is told of a pair leaves out how rare its values are: that is counted over everybody's cards, so that two cards of one's own
   * with a name or an address on them would tell whether it stands in somebody's private book. What is linked is decided with it.
   */
  private explained(pair: Pair): Explained {
    const { prior, evidence } = this.scorer.explain(...pair);
    const reasons = evidence.map(({ feature, level, ofGroup, ...of }) => {
      const weight = of.weight - of.frequency;
      return { feature, level: level.replaceAll(/[^a-z]+/g, '_'), weight, ofGroup: weight > 0 && ofGroup };
    });
    return { ...this.namesOf(pair), kind: this.kind, prior, probability: chanceOf(prior, reasons), reasons };
  }

  private toDecisions(decided: readonly Decided[]) {
    return decided.flatMap(({ a, b, same, origin, order }) => {
      const [one, other] = [this.numbers.get(a), this.numbers.get(b)];
      if (one === undefined || other === undefined) return [];
      if (origin === 'edited') this.edited.add(pairKey(one, other));
      else this.edited.delete(pairKey(one, other));
      return [{ a: one, b: other, same, order }];
    });
  }
}

const forHolder = (bookNo: number): number => -1 - bookNo;

/** Cards that hang together and are asked whether they speak against a pair: of more, each pair is taken for itself. */
const MOST_AROUND = 40;

/** For which readings a pair is one, and is offered. */
interface ForWhom {
  shown?: Told | undefined;
  offered?: Told | undefined;
  cut: number[];
}
const nobody: ForWhom = { cut: [] };
const everybody: ForWhom = { shown: { asksA: [], asksB: [], told: '' }, cut: [] };

const pairKey = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

const oddsOf = (wrong: number): number => Math.log2((1 - wrong) / wrong);

function makeScorer(population: Population, index: BlockIndex, model: Model | undefined): Scorer {
  if (model && model.trainedOn > 0) return scorerOf(population, model);
  if (!model && population.size >= LEARN_FROM) {
    const scorer = learn(population, index, SEED);
    if (scorer.model.trainedOn > 0) return scorer;
  }
  // Nobody holds anything yet: how rare a value is has no part in it.
  const comparer = new Comparer(population, countHolders(new Population(population.fields), new Int32Array(0)));
  return new Scorer(population, comparer, assume(population, comparer));
}

const SEED = 1;

const AGREEING = new Set(['same', 'near', 'form', 'initial']);

/** What joins two cards, in codes; what a viewer is told of it, and what of their addresses and towns, says cards/evidence.ts. */
function evidenceOf(evidence: readonly { feature: string; level: string }[]): string[] {
  const level = new Map(evidence.map((one) => [one.feature, one.level]));
  const is = (feature: string, ...levels: string[]) => levels.includes(level.get(feature) ?? '');
  const codes = ['email', 'phone', 'identifier', 'domain'].filter((feature) => is(feature, 'same'));
  const named = AGREEING.has(level.get('given') ?? '') && AGREEING.has(level.get('family') ?? '');
  const organization = is('organization', 'same', 'near', 'part');
  const called = named || (organization && !level.has('given'));
  if (named && organization) codes.push('name_organization');
  if (called && is('birthday', 'same')) codes.push('name_birthday');
  codes.push(called ? 'name' : 'details');
  return codes;
}
