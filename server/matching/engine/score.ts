import { ADDRESS, type Comparer, EMAIL, FAMILY, FURTHER, GIVEN, ORGANIZATION, PHONE } from './compare.ts';
import { type Model, weightOf } from './model.ts';
import type { Population } from './population.ts';

/** One line of an explanation: what was compared, how far it agrees, and what that is worth. */
export interface Evidence {
  feature: string;
  level: string;
  /** Bits: +3 makes one person eight times as likely, −3 eight times less. */
  weight: number;
  /** How much of the weight comes from how rare the agreeing value is. */
  frequency: number;
  /** Whether a household or an office shares such values, so that they cannot tell its members apart. */
  ofGroup: boolean;
}

export interface Explanation {
  /** Bits that two cards drawn at random start with. */
  prior: number;
  evidence: Evidence[];
  /** Bits taken off because all that a group shares cannot make more than even odds; at most 0. */
  groupCap: number;
  score: number;
  probability: number;
}

/**
 * Even odds: family name, address, landline and employer together say that two cards belong to one household or office, and
 * which of its members they are must be said by something else.
 */
const GROUP_CAP = 0;

/** The score of pairs whose names differ and that share no value: fewer than one in a million of them are one. */
const HOPELESS = -20;

/** Matches that are assumed where none is found, so that an address book without duplicates keeps a prior. */
const FEWEST = 0.5;

/** Scores pairs of cards: log2 of the odds that both are one person (or one organisation). */
export class Scorer {
  readonly model: Model;
  private readonly population: Population;
  private readonly comparer: Comparer;
  /** log2(m / u) without the part of frequency, by feature and level. */
  private readonly weights: number[][];
  private readonly means: number[][];
  /** By further field: whether many hold the same, as with titles and categories, and unlike with dates and identifiers. */
  private readonly isCommon: boolean[];
  private group = 0;
  private own = 0;
  /** What speaks against, names apart, in bits; at most 0. */
  private against = 0;

  constructor(population: Population, comparer: Comparer, model: Model) {
    this.population = population;
    this.comparer = comparer;
    this.model = model;
    this.isCommon = population.further.map(({ field }) => field.kind === 'text' || field.kind === 'category');
    this.weights = model.features.map((feature) => feature.levels.map((_, level) => weightOf(feature, level, 0)));
    this.means = model.features.map((feature) => feature.rarity.map((mean) => (mean > 0 ? Math.log2(mean) : 0)));
  }

  /** What the pair that was scored last would score for somebody who reads the names and nothing of what speaks against. */
  get best(): number {
    return Math.min(this.model.prior + this.group, GROUP_CAP) + this.own - this.against;
  }

  /** For candidates, most of which are not one: those that cannot be are given up early, with a score far below any threshold. */
  scoreCandidate(i: number, j: number): number {
    if (!this.comparer.isWorthwhile(i, j)) {
      this.group = this.against = 0;
      this.own = HOPELESS;
      return HOPELESS;
    }
    this.comparer.compareRest(i, j);
    this.weigh(i, j);
    return Math.min(this.model.prior + this.group, GROUP_CAP) + this.own;
  }

  score(i: number, j: number): number {
    this.comparer.compare(i, j);
    this.weigh(i, j);
    return Math.min(this.model.prior + this.group, GROUP_CAP) + this.own;
  }

  /**
   * Sets the prior so that it agrees with the number of pairs that it makes likely, among candidates of some cards.
   *
   * @param candidates all pairs of a card and the cards before it that blocking brings, for cards drawn evenly
   * @param share of all cards that were drawn
   */
  fitPrior(candidates: Iterable<[number, number]>, share: number): void {
    const parts: number[] = [];
    for (const [i, j] of candidates) {
      if (!this.comparer.isWorthwhile(i, j)) continue;
      this.comparer.compareRest(i, j);
      this.weigh(i, j);
      parts.push(this.group, this.own);
    }
    const { size } = this.population;
    const pairs = (size * (size - 1)) / 2;
    for (let round = 0; round < 50; round++) {
      let matches = 0;
      for (let at = 0; at < parts.length; at += 2)
        matches += probability(Math.min(this.model.prior + parts[at]!, GROUP_CAP) + parts[at + 1]!);
      const prior = Math.log2((matches / share + FEWEST) / pairs);
      if (Math.abs(prior - this.model.prior) < 0.01) break;
      this.model.prior = prior;
    }
  }

  /** Evidence that a group shares, and evidence of the person's own, in bits. */
  private weigh(i: number, j: number): void {
    const { levels, rarity } = this.comparer;
    let group = 0;
    let own = 0;
    let against = 0;
    for (let at = 0; at < levels.length; at++) {
      const level = levels[at]!;
      if (level < 0) continue;
      let weight = this.weights[at]![level]!;
      if (rarity[at]! > 0 && this.means[at]![level]! > 0) weight += Math.log2(rarity[at]!) - this.means[at]![level]!;
      if (weight > 0 && this.isOfGroup(at, i, j)) group += weight;
      else own += weight;
      if (weight < 0 && at > FAMILY) against += weight;
    }
    this.group = group;
    this.own = own;
    this.against = against;
  }

  /** Whether the first names are those of two. */
  haveTwoNames(i: number, j: number): boolean {
    this.comparer.compareNames(i, j);
    return this.comparer.levels[GIVEN] === 0;
  }

  explain(i: number, j: number): Explanation {
    const score = this.score(i, j);
    const { levels, rarity } = this.comparer;
    const evidence = this.model.features.flatMap((feature, at): Evidence[] => {
      const level = levels[at]!;
      if (level < 0) return [];
      const plain = weightOf(feature, level, 0);
      const weight = weightOf(feature, level, rarity[at]!);
      return [
        {
          feature: feature.name,
          level: feature.levels[level]!,
          weight,
          frequency: weight - plain,
          ofGroup: this.isOfGroup(at, i, j),
        },
      ];
    });
    const sum = evidence.reduce((total, one) => total + one.weight, this.model.prior);
    return { prior: this.model.prior, evidence, groupCap: score - sum, score, probability: probability(score) };
  }

  private isOfGroup(feature: number, i: number, j: number): boolean {
    switch (feature) {
      case ADDRESS:
        return true;
      case FAMILY:
        return true;
      case ORGANIZATION:
        return this.hasName(i) || this.hasName(j) || this.comparer.levels[ORGANIZATION]! < 4;
      case PHONE:
        return !this.comparer.byMobile || this.comparer.levels[GIVEN] === 0;
      case EMAIL:
        return this.comparer.levels[EMAIL] === 1 || this.comparer.levels[GIVEN] === 0;
      case GIVEN:
        return false;
      default:
        return this.isCommon[feature - FURTHER]! && this.haveOtherNames();
    }
  }

  /** Whether given or family names differ outright: then a title or a town says no more than that two are colleagues. */
  private haveOtherNames(): boolean {
    return this.comparer.levels[GIVEN] === 0 || this.comparer.levels[FAMILY] === 0;
  }

  private hasName(card: number): boolean {
    return (
      this.population.value(card, this.population.given) >= 0 ||
      this.population.value(card, this.population.family) >= 0
    );
  }
}

/** Of odds given as log2. */
export function probability(score: number): number {
  return 1 / (1 + 2 ** -score);
}
