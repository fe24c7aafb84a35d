/**
 * Record linkage for contacts, without labels: finds which cards are one person or organisation and says why. Pure: no database,
 * no network, no clock; the same cards and the same seed give the same answer.
 */
export { type MatchOptions, type MatchResult, match, type Thresholds } from './engine.ts';
export { bestThreshold, evaluateClusters, evaluatePairs, type Quality } from './evaluate.ts';
export { Incremental, type Move } from './incremental.ts';
export type { FeatureModel, Model } from './model.ts';
export { type Field, type FieldKind, Population } from './population.ts';
export { type Evidence, type Explanation, probability, Scorer } from './score.ts';
