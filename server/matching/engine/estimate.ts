import type { BlockIndex } from './blocking.ts';
import { type Comparer, FAMILY, FURTHER, GIVEN } from './compare.ts';
import { KEY_TYPES } from './keys.ts';
import { type Estimate, type FeatureModel, type Model, maximise, Patterns, type Prior, priorOf } from './model.ts';
import type { Population } from './population.ts';
import { random } from './random.ts';

/**
 * Estimates a model from the cards themselves, without labels: u from random pairs (nearly all of them are of different persons),
 * m by EM within blocks that agree on a key, leaving out what the key makes equal. Few cards leave the defaults nearly untouched.
 *
 * The same cards, in the same order, give the same model.
 *
 * @param chance what random pairs say (`byChance`)
 */
export function estimate(population: Population, comparer: Comparer, index: BlockIndex, chance: Chance): Model {
  const priors = priorsOf(population, comparer);
  const sessions = train(population, comparer, index, chance.u, priors);
  const features = comparer.features.map(
    (feature, at): FeatureModel => ({
      name: feature.name,
      levels: feature.levels,
      m: combine(sessions, at, priors[at]!),
      u: chance.u[at]!,
      rarity: chance.rarity[at]!,
    }),
  );
  return {
    features,
    prior: -Math.log2(Math.max(2, population.size)),
    converged: sessions.every(({ estimate: one }) => one.converged),
    trainedOn: sessions.reduce((sum, session) => sum + session.pairs, 0),
  };
}

/** So many cards are assumed where there are too few to estimate anything from. */
const ASSUMED = 200;
/** An address is hardly ever two persons': at random so rarely. */
const SHARED_ADDRESS = 5e-7;

/**
 * A model for a handful of cards: what is assumed of every address book. Rarity has no part in it, so that the answer for two
 * cards does not depend on which others are there.
 */
export function assume(population: Population, comparer: Comparer): Model {
  const features = comparer.features.map((feature, at): FeatureModel => {
    const kind = at < FURTHER ? undefined : population.further[at - FURTHER]!.field.kind;
    const { m, u } = priorOf(feature, kind);
    const exact = feature.name === 'email' || kind === 'identifier';
    return {
      name: feature.name,
      levels: feature.levels,
      m: [...m],
      u: exact ? withTop(u, SHARED_ADDRESS) : [...u],
      rarity: feature.levels.map(() => 0),
    };
  });
  return { features, prior: -Math.log2(ASSUMED), converged: true, trainedOn: 0 };
}

function priorsOf(population: Population, comparer: Comparer): Prior[] {
  return comparer.features.map((feature, at) =>
    priorOf(feature, at < FURTHER ? undefined : population.further[at - FURTHER]!.field.kind),
  );
}

/** How often two persons agree by chance, and how rare their values are then; by feature and level. */
export interface Chance {
  u: number[][];
  rarity: number[][];
}

/**
 * Levels of random pairs. Names are drawn more often than the rest, because their lesser levels are rare and weigh much; that two
 * values are equal follows from how many persons hold each. Stops early when each level was seen often enough.
 *
 * @param persons a first answer to who is one (`firstPersons`): pairs within it are no random pairs of different persons
 * @param seed the same cards and seed give the same answer
 */
export function byChance(population: Population, comparer: Comparer, persons: Int32Array, seed: number): Chance {
  const tally = new Tally(comparer);
  const next = random(seed);
  const possible = (population.size * (population.size - 1)) / 2;
  for (let drawn = 0; drawn < Math.min(NAMES_DRAWN, possible); drawn++) {
    const [i, j] = [Math.floor(next() * population.size), Math.floor(next() * population.size)];
    if (persons[i] === persons[j]) continue;
    if (drawn < ALL_DRAWN) {
      comparer.compare(i, j);
      tally.add(0, comparer.features.length);
    } else {
      comparer.compareNames(i, j);
      tally.add(GIVEN, FAMILY + 1);
    }
    if (drawn % 20_000 === 19_999 && tally.isEnough(drawn < ALL_DRAWN ? comparer.features.length : FAMILY + 1)) break;
  }
  return tally.chance(priorsOf(population, comparer), equalByChance(comparer));
}

const NAMES_DRAWN = 400_000;
const ALL_DRAWN = 60_000;
const ENOUGH = 400;
const PRIOR_WEIGHT = 200;
/** Fewer sightings of a level say nothing of how rare its values are. */
const FEW = 30;

/** Counts levels, and adds up the rarity of what agreed. */
class Tally {
  private readonly counts: number[][];
  private readonly rarity: number[][];
  private readonly comparer: Comparer;

  constructor(comparer: Comparer) {
    this.comparer = comparer;
    this.counts = comparer.features.map((feature) => feature.levels.map(() => 0));
    this.rarity = comparer.features.map((feature) => feature.levels.map(() => 0));
  }

  add(from: number, to: number): void {
    for (let feature = from; feature < to; feature++) {
      const level = this.comparer.levels[feature]!;
      if (level < 0) continue;
      this.counts[feature]![level]!++;
      this.rarity[feature]![level]! += this.comparer.rarity[feature]!;
    }
  }

  isEnough(features: number): boolean {
    return this.counts.slice(0, features).every((levels) => Math.min(...levels) >= ENOUGH);
  }

  chance(priors: readonly Prior[], equal: readonly (number | undefined)[]): Chance {
    const u = this.counts.map((levels, feature) => {
      const seen = levels.reduce((a, b) => a + b, 0);
      const told = levels.map(
        (count, level) => (count + PRIOR_WEIGHT * priors[feature]!.u[level]!) / (seen + PRIOR_WEIGHT),
      );
      return equal[feature] === undefined ? told : withTop(told, equal[feature]);
    });
    const rarity = this.rarity.map((sums, feature) =>
      sums.map((sum, level) => {
        if (equal[feature] !== undefined && level === sums.length - 1) return 1 / equal[feature];
        const count = this.counts[feature]![level]!;
        return count < FEW ? 0 : sum / count;
      }),
    );
    return { u, rarity };
  }
}

/** How often two persons hold an equal value, by feature; undefined where too few say anything, or where levels are mixed. */
function equalByChance({ holders }: Comparer): (number | undefined)[] {
  const given = holders.names.map((held, name) => held - (holders.families[name] ?? 0));
  return [
    equal(given),
    equal(holders.families),
    equal(holders.emails),
    equal(holders.phones),
    equal(holders.organizations),
    undefined,
    ...holders.further.map(equal),
  ];
}

function equal(held: Float64Array): number | undefined {
  let holders = 0;
  let meetings = 0;
  let values = 0;
  for (const count of held) {
    holders += count;
    meetings += count * (count - 1);
    if (count > 0) values++;
  }
  // Where no two persons were seen to share a value, one pair in a thousand values is taken to.
  return holders < 20 ? undefined : Math.max(meetings, values / 1000, 0.5) / (holders * (holders - 1));
}

function withTop(levels: readonly number[], top: number): number[] {
  const rest = 1 - levels.at(-1)!;
  return levels.map((u, level) => (level === levels.length - 1 ? top : (u * (1 - top)) / rest));
}

interface Session {
  estimate: Estimate;
  fixed: ReadonlySet<number>;
  pairs: number;
}

function train(
  population: Population,
  comparer: Comparer,
  index: BlockIndex,
  u: readonly (readonly number[])[],
  priors: readonly Prior[],
): Session[] {
  const trained = KEY_TYPES.map((type, at) => ({ type, at })).filter(({ type }) => TRAINING.has(type.name));
  const collected = trained.map(() => ({ patterns: new Patterns(comparer.features), pairs: 0 }));
  const places = new Map(trained.map(({ at }, place) => [at, place]));
  // Cards from everywhere, so that the first ones of a file do not speak for all; a step without common divisor meets each once.
  const step = population.size % STEP === 0 ? 1 : STEP;
  const most = Math.min(population.size, MOST_CARDS);
  for (let drawn = 0; drawn < most && collected.some(({ pairs }) => pairs < MOST_TRAINING); drawn++) {
    const card = (drawn * step) % population.size;
    index.walkOlder(card, (other, type) => {
      const into = collected[places.get(type) ?? -1];
      if (into === undefined || into.pairs >= MOST_TRAINING) return;
      comparer.compare(card, other);
      into.patterns.add(comparer.levels);
      into.pairs++;
    });
  }
  return collected.flatMap(({ patterns, pairs }, place) => {
    if (pairs < 10) return [];
    const fixed = new Set(fixedBy(population, trained[place]!.at));
    const start = priors.map((prior) => prior.m);
    return [{ estimate: maximise(patterns.list(), start, u, priors, fixed), fixed, pairs }];
  });
}

function fixedBy(population: Population, type: number): number[] {
  return KEY_TYPES[type]!.fixes.flatMap((feature) =>
    feature === FURTHER ? population.further.map((_, at) => FURTHER + at) : [feature],
  );
}

/** Tight keys only: in loose blocks too few pairs are matches for EM to find them. */
const TRAINING = new Set(['e-mail', 'phone', 'full name', 'street and place', 'identifier', 'date', 'date and sound']);
const MOST_TRAINING = 40_000;
/** A prime. */
const STEP = 7919;
/** Rare kinds of keys are not looked for beyond so many cards. */
const MOST_CARDS = 200_000;

/** The sessions that could learn a feature, weighed by the matches that they learned from. */
function combine(sessions: readonly Session[], feature: number, prior: Prior): number[] {
  const able = sessions.filter(({ fixed, estimate: one }) => !fixed.has(feature) && one.seen[feature]! > 0);
  const weight = able.reduce((sum, { estimate: one }) => sum + one.seen[feature]!, 0);
  if (weight === 0) return [...prior.m];
  return prior.m.map(
    (_, level) =>
      able.reduce((sum, { estimate: one }) => sum + one.m[feature]![level]! * one.seen[feature]!, 0) / weight,
  );
}
