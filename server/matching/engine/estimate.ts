import { type BlockIndex, KEY_TYPES } from './blocking.ts';
import { type Comparer, FURTHER } from './compare.ts';
import { type Estimate, type FeatureModel, type Model, maximise, Patterns, type Prior, priorOf } from './model.ts';
import type { Population } from './population.ts';
import { random } from './random.ts';

/**
 * Estimates a model from the cards themselves, without labels: u from random pairs (nearly all of them are of different persons),
 * m by EM within blocks that agree on a key, leaving out what the key makes equal. Few cards leave the defaults nearly untouched.
 *
 * The same cards, in the same order, and the same seed give the same model.
 */
export function estimate(population: Population, comparer: Comparer, index: BlockIndex, seed: number): Model {
  const priors = comparer.features.map((feature, at) =>
    priorOf(feature, at < FURTHER ? undefined : population.further[at - FURTHER]!.field.kind),
  );
  const chance = byChance(population, comparer, priors, seed);
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

interface Chance {
  u: number[][];
  rarity: number[][];
}

/** Levels of random pairs; stops early once each level of each feature was seen often enough to be known within some percent. */
function byChance(population: Population, comparer: Comparer, priors: readonly Prior[], seed: number): Chance {
  const next = random(seed);
  const counts = comparer.features.map((feature) => feature.levels.map(() => 0));
  const rarity = comparer.features.map((feature) => feature.levels.map(() => 0));
  const most = Math.min(MOST_RANDOM, (population.size * (population.size - 1)) / 2);
  for (let pair = 0; pair < most; pair++) {
    const i = Math.floor(next() * population.size);
    const j = Math.floor(next() * population.size);
    if (i === j) continue;
    comparer.compare(i, j);
    comparer.levels.forEach((level, feature) => {
      if (level < 0) return;
      counts[feature]![level]!++;
      rarity[feature]![level]! += comparer.rarity[feature]!;
    });
    if (pair % 50_000 === 49_999 && counts.every((levels) => Math.min(...levels) >= ENOUGH)) break;
  }
  const exact = exactByChance(comparer);
  const u = counts.map((levels, feature) => {
    const seen = levels.reduce((a, b) => a + b, 0);
    const told = levels.map(
      (count, level) => (count + PRIOR_WEIGHT * priors[feature]!.u[level]!) / (seen + PRIOR_WEIGHT),
    );
    return exact[feature] === undefined ? told : withTop(told, exact[feature]);
  });
  const means = rarity.map((sums, feature) =>
    sums.map((sum, level) => {
      if (exact[feature] !== undefined && level === sums.length - 1) return 1 / exact[feature];
      if (sum === 0) return 0;
      return counts[feature]![level]! < 30 ? 1 / u[feature]![level]! : sum / counts[feature]![level]!;
    }),
  );
  return { u, rarity: means };
}

/** Random pairs hardly ever meet in an e-mail address; how often they would follows from how many persons hold each. */
function exactByChance(comparer: Comparer): (number | undefined)[] {
  const { persons, names, emails, phones, further } = comparer.holders;
  const same = (held: Float64Array): number | undefined => {
    let holders = 0;
    let meet = 0;
    for (const count of held) {
      holders += count;
      meet += count * (count - 1);
    }
    return holders < 2 ? undefined : Math.max(meet, held.length / persons, 0.5) / (holders * (holders - 1));
  };
  const byFurther = further.map(same);
  return [undefined, undefined, same(emails), same(phones), undefined, undefined, ...byFurther].map((u, at) =>
    at < 2 && names.length === 0 ? undefined : u,
  );
}

function withTop(levels: readonly number[], top: number): number[] {
  const rest = 1 - levels.at(-1)!;
  return levels.map((u, level) => (level === levels.length - 1 ? top : (u * (1 - top)) / rest));
}

const MOST_RANDOM = 100_000;
const ENOUGH = 400;
const PRIOR_WEIGHT = 200;

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
  for (let card = 0; card < population.size; card++) {
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
