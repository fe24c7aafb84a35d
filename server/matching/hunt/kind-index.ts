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
  weight: number;
  /** Whether a household or an office shares it; see the engine's group cap. */
  ofGroup: boolean;
}

export interface FoundLink {
  a: string;
  b: string;
  evidence: string[];
}

export interface FoundProposal {
  a: string;
  b: string;
  kind: Kind;
  probability: number;
  prior: number;
  reasons: RawReason[];
}

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
    const compare = (i: number, j: number): number => (this.ids[i]! < this.ids[j]! ? -1 : 1);
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

  /** All links and proposals that the given cards take part in. */
  find(ids: readonly string[]): { links: FoundLink[]; proposals: FoundProposal[] } {
    const [links, proposals]: [FoundLink[], FoundProposal[]] = [[], []];
    const asked = new Set(ids.flatMap((id) => this.numbers.get(id) ?? []));
    for (const card of asked) {
      const others = new Set(this.incremental.pairsOf(card).keys());
      for (const { a, b } of this.incremental.decisionsOf(card)) others.add(a === card ? b : a);
      for (const other of others) {
        if (asked.has(other) && other < card) continue;
        const link = this.linkOf(card, other);
        if (link) links.push(link);
        else if (this.isOffered(card, other)) proposals.push(this.proposalOf(card, other));
      }
    }
    return { links, proposals };
  }

  /** Why two living cards are one or not; undefined when one of them is not here. */
  explain(idA: string, idB: string): (FoundProposal & { together: boolean }) | undefined {
    const [a, b] = [this.numbers.get(idA), this.numbers.get(idB)];
    if (a === undefined || b === undefined) return undefined;
    const together = this.incremental.clusterOfCard(a) === this.incremental.clusterOfCard(b);
    return { ...this.proposalOf(a, b), together };
  }

  private linkOf(card: number, other: number): FoundLink | undefined {
    if (this.incremental.clusterOfCard(card) !== this.incremental.clusterOfCard(other)) return undefined;
    const decision = this.incremental.decisionsOf(card).find(({ a, b }) => a === other || b === other);
    if (decision && !decision.same) return undefined;
    const score = this.incremental.pairsOf(card).get(other) ?? Number.NEGATIVE_INFINITY;
    const sure = score >= this.incremental.least && !contradicts(this.population, this.scorer, card, other);
    if (!decision && !sure) return undefined;
    const said = decision ? [this.edited.has(pairKey(card, other)) ? 'edited' : 'verdict'] : [];
    const seen = sure ? evidenceOf(this.scorer.explain(card, other).evidence) : [];
    return { ...this.pairOf(card, other), evidence: [...said, ...seen].sort() };
  }

  private isOffered(card: number, other: number): boolean {
    const score = this.incremental.pairsOf(card).get(other);
    // Colleagues at one address with other names are likely two, whatever they share.
    if (score === undefined || (score < 0 && this.scorer.haveTwoNames(card, other))) return false;
    return (
      !this.incremental.decisionsOf(card).some(({ a, b }) => a === other || b === other) &&
      !this.incremental.areParted(card, other)
    );
  }

  /**
   * What is told of a pair leaves out how rare its values are: that is counted over everybody's cards, so that two cards of one's own
   * with a name or an address on them would tell whether it stands in somebody's private book. What is linked is decided with it.
   */
  private proposalOf(card: number, other: number): FoundProposal {
    const { a, b } = this.pairOf(card, other);
    const { prior, evidence } = this.scorer.explain(card, other);
    const reasons = evidence.map(({ feature, level, ofGroup, ...of }) => {
      const weight = of.weight - of.frequency;
      return { feature, level: level.replaceAll(/[^a-z]+/g, '_'), weight, ofGroup: weight > 0 && ofGroup };
    });
    return { a, b, kind: this.kind, prior, probability: chanceOf(prior, reasons), reasons };
  }

  private pairOf(card: number, other: number): { a: string; b: string } {
    const [one, two] = [this.ids[card]!, this.ids[other]!];
    return one < two ? { a: one, b: two } : { a: two, b: one };
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
const AT_WORK = new Set(['same', 'near', 'part', 'domain']);

/** What joins two cards, in the codes of links (`contacts.evidence.*` in the catalogues). */
function evidenceOf(evidence: readonly { feature: string; level: string }[]): string[] {
  const level = new Map(evidence.map((one) => [one.feature, one.level]));
  const is = (feature: string, ...levels: string[]) => levels.includes(level.get(feature) ?? '');
  const codes: string[] = [];
  for (const feature of ['email', 'phone', 'identifier', 'domain']) if (is(feature, 'same')) codes.push(feature);
  const named = AGREEING.has(level.get('given') ?? '') && AGREEING.has(level.get('family') ?? '');
  const organization = AT_WORK.has(level.get('organization') ?? '');
  const called = named || (organization && !level.has('given'));
  if (named && organization) codes.push('name_organization');
  if (called && is('birthday', 'same')) codes.push('name_birthday');
  if (called && is('address', 'same', 'near')) codes.push('name_address');
  if (called && is('address', 'same city', 'same postcode')) codes.push('name_city');
  if (codes.length === 0) codes.push(called ? 'name' : 'details');
  return codes;
}
