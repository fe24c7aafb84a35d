import type { Filling, Item, Share } from '../../../../server/collection/contract.ts';
import { number } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';

/** What a data item is called: an attribute by its name, a field or a kind of fact by ours. */
export const nameOf = ({ kind, ref, name }: Item): string =>
  kind === 'field' ? (told(`collection.field.${ref}`) ?? ref) : name;

/** Hundredths, as people write them. */
export const hundredths = (value: number): string =>
  new Intl.NumberFormat(currentLanguage(), { style: 'percent', maximumFractionDigits: 1 }).format(value / 100);

/** A share with its interval. */
export const withInterval = ({ value, low, high }: Share): string =>
  t('collection.interval', { value: hundredths(value), low: hundredths(low), high: hundredths(high) });

/** How full a data item is, of so many contacts. */
export function fillingOf(filling: Filling | null): string {
  if (!filling) return t('collection.notCounted');
  if (filling.people === null || filling.share === null) return t('collection.fewFilled');
  return t('collection.filled', { share: hundredths(filling.share), people: number(filling.people) });
}
