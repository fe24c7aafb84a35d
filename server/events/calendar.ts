import ICAL from 'ical.js';
import type { Locale } from '../kernel/messages.ts';
import type { EventRow } from './queries.ts';
import { wordsOf } from './words.ts';

/**
 * An event as a calendar takes it over (RFC 5545, METHOD:PUBLISH of RFC 5546): the same UID each time, its sequence counts what has changed.
 *
 * @param url the guest's page
 */
export function toCalendar(event: EventRow, locale: Locale, url: string): string {
  const words = wordsOf(event, locale);
  const one = new ICAL.Component('vevent');
  const instant = (at: Date) => ICAL.Time.fromJSDate(at, true);
  one.addPropertyWithValue('uid', `${event.event_id}@events.entregent`);
  one.addPropertyWithValue('sequence', event.sequence);
  one.addPropertyWithValue('dtstamp', instant(new Date()));
  one.addPropertyWithValue('dtstart', instant(event.starts_at));
  one.addPropertyWithValue('dtend', instant(event.ends_at));
  one.addPropertyWithValue('summary', words.event);
  one.addPropertyWithValue('status', event.cancelled_at ? 'CANCELLED' : 'CONFIRMED');
  const where = event.place || event.online_url;
  if (where) one.addPropertyWithValue('location', where);
  const about = [words.intro, event.online_url, url].filter(Boolean).join('\n\n');
  one.addPropertyWithValue('description', about);
  one.addPropertyWithValue('url', url);
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Entregent//Events//EN');
  calendar.addPropertyWithValue('method', event.cancelled_at ? 'CANCEL' : 'PUBLISH');
  calendar.addSubcomponent(one);
  return `${calendar.toString()}\r\n`;
}
