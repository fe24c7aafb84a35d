import type { Locale } from '../kernel/messages.ts';
import type { EventRow } from './queries.ts';

/** What is said of an event in pages and mails, in one language; its hours in its own time zone. */
export function wordsOf(
  event: EventRow,
  locale: Locale,
): { event: string; when: string; where: string; intro: string } {
  const { zone, starts_at, ends_at, place } = event;
  const format = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
    ...{ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' },
    ...{ timeZone: zone, timeZoneName: 'short' },
  } as Intl.DateTimeFormatOptions);
  return {
    event: locale === 'fr' ? event.name_fr : event.name_en,
    intro: locale === 'fr' ? event.intro_fr : event.intro_en,
    when: format.formatRange(starts_at, ends_at),
    where: place,
  };
}
