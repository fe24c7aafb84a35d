import type { Event } from '../../../../server/events/contract.ts';
import { spoken, t } from '../../i18n.ts';

/** When it is, in its own time zone. */
export function whenOf({ startsAt, endsAt, zone }: Event): string {
  const format = new Intl.DateTimeFormat(spoken() === 'fr' ? 'fr-FR' : 'en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' },
    timeZone: zone,
  } as Intl.DateTimeFormatOptions);
  return format.formatRange(new Date(startsAt), new Date(endsAt));
}

export const isOver = ({ endsAt }: Event): boolean => Date.parse(endsAt) < Date.now();

/** What kind it is, and how it stands. */
export const aboutEvent = (event: Event): string =>
  [
    t(`events.kind.${event.kind}`),
    ...(event.place ? [event.place] : []),
    event.audience.kind === 'team' ? event.audience.name : t(`surveys.audience.${event.audience.kind}`),
    ...(event.registration ? [t(event.registration.open ? 'events.open.isOpen' : 'events.open.isClosed')] : []),
    ...(event.cancelled ? [t('events.isCancelled')] : []),
    ...(event.settled ? [t('events.isSettled')] : []),
  ].join(' · ');

/** Several names as they are said one after the other. */
export const listed = (names: readonly string[]): string => new Intl.ListFormat(spoken()).format(names);
