import type { Kind } from '../../../../server/facts/contract.ts';
import { spoken, t, told } from '../../i18n.ts';

/** How a kind is called: by its name, or, of those that every company has, by its key in the reader's language. */
export const kindName = ({ key, name }: Pick<Kind, 'key' | 'name'>): string =>
  name || (told(`facts.kindName.${key}`) ?? key);

export const fieldName = ({ key, name }: { key: string; name: string }): string =>
  name || (told(`facts.fieldName.${key}`) ?? key);

/** What a kind is kept for: in the company's words, or, of those that every company has, in ours. */
export const purposeOf = ({ purpose, builtin }: Pick<Kind, 'purpose' | 'builtin'>): string =>
  (builtin && told(`facts.purpose.${purpose}`)) || purpose;

/** Who sees facts of a kind, in one phrase. */
export const seenBy = ({ access }: Pick<Kind, 'access'>): string =>
  access.length === 0
    ? t('facts.seenByNobody')
    : new Intl.ListFormat(spoken()).format(
        access.map((one) => (one.kind === 'workspace' ? t('facts.everybody') : one.name)),
      );

/** "49,90 €": an amount as a source told it, in digits. */
export const money = ({ value, currency }: { value: string; currency: string }): string =>
  new Intl.NumberFormat(spoken(), { style: 'currency', currency }).format(Number(value));

export const valueWords = (value: string | number | boolean, unit: string): string =>
  typeof value === 'boolean'
    ? t(value ? 'facts.yes' : 'facts.no')
    : typeof value === 'number'
      ? `${new Intl.NumberFormat(spoken()).format(value)}${unit && `\u00a0${unit}`}`
      : value;
