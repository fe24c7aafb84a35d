import type { Proposal, Reason } from '../../../../server/matching/contract.ts';
import { percent } from '../../format.ts';
import { t, told } from '../../i18n.ts';

/** "The first names are forms of each other" */
export function reasonWords({ feature, level }: Pick<Reason, 'feature' | 'level'>): string {
  return told(`quality.reason.${feature}.${level.replaceAll(/[ ,]+/g, '_')}`) ?? t('quality.reason.other');
}

/** Bits of evidence as a word: 7 bits make something 128 times as likely, 3 bits eight times. */
export function strengthOf(weight: number): 'decisive' | 'strong' | 'some' | 'little' | 'against' | 'stronglyAgainst' {
  if (weight <= -3) return 'stronglyAgainst';
  if (weight <= -0.5) return 'against';
  if (weight < 0.5) return 'little';
  return weight < 3 ? 'some' : weight < 7 ? 'strong' : 'decisive';
}

/** How many times as likely (or unlikely) the evidence makes it, rounded so that nobody takes it for a measure. */
export function timesOf(weight: number): number {
  const times = 2 ** Math.abs(weight);
  const digit = 10 ** Math.floor(Math.log10(times));
  return times < 10 ? Math.round(times) : Math.round(times / digit) * digit;
}

export function chanceOf(probability: number): 'certain' | 'veryProbable' | 'probable' | 'even' | 'possible' {
  if (probability >= 0.99) return 'certain';
  if (probability >= 0.9) return 'veryProbable';
  if (probability >= 0.6) return 'probable';
  return probability >= 0.4 ? 'even' : 'possible';
}

/** "Very probably the same (94 %)" */
export function chanceWords(probability: number, kind: Proposal['kind']): string {
  return t(`quality.chance.${chanceOf(probability)}`, { kind, share: chanceShare(probability) });
}

/** Never 100 %: nothing the machine finds is certain. */
export function chanceShare(probability: number): string {
  const near = probability > 0.99 || probability < 0.01;
  return percent(Math.min(0.999, Math.max(0.001, probability)), near ? 1 : 0);
}

/** What counts most first. */
export function byWeight(reasons: Reason[]): Reason[] {
  return [...reasons].sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
}

export function nameOf({ name }: { name: string }): string {
  return name || t('contacts.nameless');
}

/** "Same last name; the first names are forms of each other" */
export function sentenceOf(reasons: Reason[]): string {
  if (reasons.length === 0) return t('quality.groups.other');
  const words = byWeight(reasons).map(reasonWords);
  return words.map((word, at) => (at === 0 ? word : word.charAt(0).toLocaleLowerCase() + word.slice(1))).join(', ');
}
