/**
 * Record linkage for contacts, without labels: finds which cards are one person or organisation and says why. Pure: no database,
 * no network, no clock; the same cards and the same seed give the same answer.
 */
export { BlockIndex, type SharedIndex } from './blocking.ts';
export type { Verdict } from './cluster.ts';
export { Comparer } from './compare.ts';
export {
  chooseThresholds,
  conclude,
  indexAll,
  learn,
  learnFrom,
  type MatchOptions,
  type MatchResult,
  match,
  type ScoredParts,
  type Survey,
  scoreParts,
  scorerOf,
  survey,
  type Thresholds,
} from './engine.ts';
export { assume } from './estimate.ts';
export { bestThreshold, evaluateClusters, evaluatePairs, type Quality } from './evaluate.ts';
export { hashText } from './hash.ts';
export { countHolders, type Holders } from './holders.ts';
export { Incremental, type Move } from './incremental.ts';
export { keysOf } from './keys.ts';
export type { FeatureModel, Model } from './model.ts';
export { type Field, type FieldKind, Population, type SharedPopulation } from './population.ts';
export { type Evidence, type Explanation, probability, Scorer } from './score.ts';
export { type SharedTexts, Texts } from './texts.ts';
