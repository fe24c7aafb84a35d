import type { Locale, Translate } from '../kernel/messages.ts';
import type { GrantTerms } from './contract.ts';

/** What a sentence speaks of besides the terms. */
interface Named {
  book: string;
  /** The team's or member's name; null for the whole company, and for a team that has been dissolved. */
  grantee: string | null;
}

/** Britain's English: day before month, no comma before the last of a list. */
const region = { fr: 'fr-FR', en: 'en-GB' } as const;

const dates = new Map<Locale, Intl.DateTimeFormat>(
  (['fr', 'en'] as const).map((locale) => [
    locale,
    new Intl.DateTimeFormat(region[locale], { dateStyle: 'long', timeZone: 'UTC' }),
  ]),
);

/**
 * A grant in words: what history, consent screens and mails say, and what the form says while one fills it.
 * @param t sentences of `locale`
 */
export function grantSentence(t: Translate, locale: Locale, terms: GrantTerms, named: Named): string {
  const list = (words: readonly string[]) => new Intl.ListFormat(region[locale], { type: 'conjunction' }).format(words);
  const day = (at: string) => dates.get(locale)!.format(new Date(at));
  const acts = list(terms.acts.map((act) => actInWords(t, list, act, terms)));
  const parts = [
    t('grant.may', {
      grantee: named.grantee ?? t(`grant.${terms.grantee.kind === 'workspace' ? 'company' : 'gone'}`),
      acts,
      book: named.book,
    }),
    terms.except.length > 0 &&
      t('grant.except', { fields: list(terms.except.map((group) => t(`grant.field.${group}`))) }),
    terms.startsAt && t('grant.from', { day: day(terms.startsAt) }),
    terms.endsAt && t('grant.until', { day: day(terms.endsAt) }),
    terms.quota && t(terms.quota.each ? 'grant.quotaEach' : 'grant.quota', terms.quota),
  ];
  const sentence = `${parts.filter(Boolean).join(', ')}.`;
  return terms.askFirst ? `${sentence} ${t('grant.askFirst')}` : sentence;
}

function actInWords(
  t: Translate,
  list: (words: readonly string[]) => string,
  act: GrantTerms['acts'][number],
  { channels, purposes }: GrantTerms,
): string {
  if (act !== 'contact') return t(`grant.act.${act}`);
  const by =
    channels.length > 0
      ? ` ${t('grant.by', { channels: list(channels.map((one) => t(`grant.channel.${one}`))) })}`
      : '';
  const why =
    purposes.length > 0
      ? ` ${t('grant.for', { purposes: list(purposes.map((one) => t(`grant.purpose.${one}`))) })}`
      : '';
  return `${t('grant.act.contact')}${by}${why}`;
}
