import type { Attribute, Bounds, Given, PersonValue } from '../../../../server/attributes/contract.ts';
import { calendarDay, number } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';

type Typed = Pick<PersonValue['attribute'], 'type' | 'unit' | 'choices'>;

/** A value as people read it. */
export function wordsOf({ type, unit, choices }: Typed, value: Given): string {
  if (type === 'boolean') return t(value === true ? 'attributes.yes' : 'attributes.no');
  if (type === 'date') return calendarDay(String(value));
  if (type === 'number') return [number(Number(value)), unit].filter(Boolean).join('\u00a0');
  if (type !== 'choice') return String(value);
  const language = currentLanguage();
  const keys = Array.isArray(value) ? value : [String(value)];
  return keys.map((key) => choices.find((one) => one.key === key)?.[language] ?? key).join(', ');
}

/** What is possible, in a sentence; empty: whatever is of its type. */
export function boundsOf({ bounds, unit }: { bounds: Bounds; unit: string | null }): string {
  const { min, max, whole, from, to, past, most } = bounds;
  const of = (value: number) => [number(value), unit].filter(Boolean).join('\u00a0');
  return [
    min !== undefined && t('attributes.bound.min', { value: of(min) }),
    max !== undefined && t('attributes.bound.max', { value: of(max) }),
    whole && t('attributes.bound.whole'),
    from !== undefined && t('attributes.bound.from', { day: calendarDay(from) }),
    to !== undefined && t('attributes.bound.to', { day: calendarDay(to) }),
    past && t('attributes.bound.past'),
    most !== undefined && t('attributes.bound.most', { count: most }),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Who reads or writes, by name. */
export const whoOf = (attribute: Attribute, company: string, writes: boolean): string =>
  attribute.access
    .filter((one) => !writes || one.writes)
    .map(({ kind, name }) => (kind === 'workspace' ? t('attributes.everybody', { company }) : name))
    .join(', ') || t('attributes.nobody');
