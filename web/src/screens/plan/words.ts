import type { Campaign, Objective, SegmentRef } from '../../../../server/plan/contract.ts';
import { money, number, percent } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';

/** A value of an objective, as it is measured: "12 customers", "25 %", "340", "€12,000". */
export function figureWords(
  { measuredBy, unit, currency }: Pick<Objective, 'measuredBy' | 'unit' | 'currency'>,
  value: number,
): string {
  if (currency) return money({ cents: Math.round(value * 100), currency });
  if (measuredBy === 'share')
    return new Intl.NumberFormat(currentLanguage(), { style: 'percent', maximumFractionDigits: 1 }).format(value / 100);
  // By hand "%" is written as any unit; each language sets it off in its own way.
  if (measuredBy === 'hand' && unit === '%') return percent(value / 100, 2);
  const said = number(Math.round(value * 100) / 100);
  return measuredBy === 'hand' && unit ? `${said}\u00a0${unit}` : said;
}

/** The same of a value that was worked out, not said: two decimals would claim what nobody knows. */
export const reckonedWords = (objective: Parameters<typeof figureWords>[0], value: number): string =>
  figureWords(objective, Math.round(value * 10) / 10);

/** For whom it is: a segment, words, or nobody has said. */
export function audienceOf({ segment, target }: { segment: SegmentRef | null; target: string }): string | null {
  if (segment) return segment.name ?? t('plan.segment.hidden');
  return target === '' ? null : target;
}

export const amount = (cents: number | null, currency: string): string | null =>
  cents === null ? null : money({ cents, currency });

/** What of a campaign is next: whose turn it is for which step, that it runs, or that it is done. */
export function stateOf(campaign: Pick<Campaign, 'step' | 'endedOn' | 'beganOn'>): 'open' | 'running' | 'done' {
  if (campaign.step === null) return 'done';
  return campaign.beganOn !== null && campaign.endedOn === null ? 'running' : 'open';
}

/** Money in a field: units of the currency, empty for none. */
export const euros = (cents: number | null): number | '' => (cents === null ? '' : cents / 100);
export const centsOf = (value: number | ''): number | null => (value === '' ? null : Math.round(value * 100));

/** The list behind what an objective counts, where there is one. */
export function listOf({ measuredBy, segment }: Pick<Objective, 'measuredBy' | 'segment'>): string | null {
  if (segment?.name) return `/knowledge/segments/${segment.id}`;
  if (measuredBy === 'won' || measuredBy === 'won_amount') return '/opportunities/outcomes';
  if (measuredBy === 'attendance') return '/plan/events';
  if (measuredBy === 'voices') return '/voices';
  return measuredBy === 'conversations' ? '/conversations' : null;
}
