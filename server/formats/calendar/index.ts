import ICAL from 'ical.js';
import { personalTitle } from '../mail-facts/personal.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { type Blocks, readBlocks } from './lines.ts';
import { expand, type Span, wallOf } from './recurring.ts';
import { toInstant, toWall } from './zones.ts';

type Answer = 'accepted' | 'declined' | 'tentative' | 'none';

/** Somebody who was asked to a meeting, or asks to it. Rooms, resources and lists are nobody. */
export interface Participant {
  email: string;
  name: string;
  organiser: boolean;
  answer: Answer;
}

/** A meeting, or a series of them with the same people. Nothing of what it was about. */
export interface Occasion {
  /** What tells it from others of the same event: empty, or the time that one of a series stands in for (RECURRENCE-ID). */
  recurrence: string;
  /** In rising order; at least one. */
  starts: Date[];
  minutes: number;
  people: Participant[];
}

/** An event as its calendar holds it, with all exceptions to its series. */
export interface CalendarEvent {
  uid: string;
  /** It, or an exception of its series, is marked as private: nothing of it was read. */
  private: boolean;
  occasions: Occasion[];
}

export interface Calendar {
  /** As the file calls itself; empty: it does not. */
  name: string;
  events: CalendarEvent[];
}

/** Of one event: what goes beyond is not read. A meeting of more is none of anybody's. */
const mostParticipants = 200;
const mostRules = 5;
const mostDates = 2000;
const longestMinutes = 24 * 60;

/** Whether a text is a calendar at all (RFC 5545, 3.4). */
export const isCalendar = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCALENDAR\s/i.test(text.slice(0, 200));

/**
 * Reads who meets whom and when out of a calendar (RFC 5545). All-day events, cancelled ones, those longer than a day and those of nobody else
 * give no occasion. What is unreadable is passed over, event by event.
 *
 * @param pause called between events: a long file lets other work go on
 */
export async function readCalendar(text: string, span: Span, pause?: () => Promise<void>): Promise<Calendar> {
  const blocks = readBlocks(text);
  const byUid = Map.groupBy(
    blocks.events.flatMap((lines) => parseEvent(lines) ?? []),
    (event) => String(event.getFirstPropertyValue('uid') ?? '').slice(0, 1000),
  );
  const events: CalendarEvent[] = [];
  for (const [uid, components] of byUid) {
    if (uid === '') continue;
    if (events.length % 100 === 99) await pause?.();
    events.push({ uid, ...readEvent(components, blocks, span) });
  }
  return { name: blocks.name, events };
}

function readEvent(components: readonly ICAL.Component[], blocks: Blocks, span: Span): Omit<CalendarEvent, 'uid'> {
  try {
    if (components.some(isMarkedPrivate)) return { private: true, occasions: [] };
    return { private: false, occasions: occasionsOf(components, blocks, span) };
  } catch {
    // The library reads a value when it is asked for it, and throws where it is none.
    return { private: false, occasions: [] };
  }
}

function parseEvent(lines: readonly string[]): ICAL.Component | undefined {
  try {
    return new ICAL.Component(ICAL.parse(`BEGIN:VEVENT\r\n${lines.join('\r\n')}\r\nEND:VEVENT`));
  } catch {
    return undefined;
  }
}

function isMarkedPrivate(event: ICAL.Component): boolean {
  const textOf = (name: string) => String(event.getFirstPropertyValue(name) ?? '');
  if (/^(?:private|confidential)$/i.test(textOf('class').trim())) return true;
  const categories = event.getAllProperties('categories').flatMap((one) => one.getValues().map(String));
  return [textOf('summary'), ...categories.slice(0, 50)].some(personalTitle);
}

/** A property that holds a time, and where its clock stands. */
interface Clock {
  wall: number;
  zone: string | undefined;
  isDate: boolean;
}

function clockOf(property: ICAL.Property | null, value: unknown = property?.getFirstValue()): Clock | undefined {
  const time = value instanceof ICAL.Period ? value.start : value;
  if (!(time instanceof ICAL.Time)) return undefined;
  const wall = wallOf(time);
  if (!Number.isFinite(wall) || Math.abs(wall) > 8e15) return undefined;
  const zone = time.zone === ICAL.Timezone.utcTimezone ? undefined : property?.getFirstParameter('tzid');
  return { wall, zone, isDate: time.isDate };
}

function occasionsOf(components: readonly ICAL.Component[], blocks: Blocks, span: Span): Occasion[] {
  const instantOf = ({ wall, zone }: Clock) => toInstant(wall, zone, blocks.offsets);
  const replaced = new Set<number>();
  for (const one of components) {
    const of = clockOf(one.getFirstProperty('recurrence-id'));
    if (of) replaced.add(instantOf(of));
  }
  const found = new Map<string, Occasion>();
  for (const event of components) {
    const start = clockOf(event.getFirstProperty('dtstart'));
    if (!start || start.isDate || /^cancelled$/i.test(String(event.getFirstPropertyValue('status') ?? ''))) continue;
    const of = clockOf(event.getFirstProperty('recurrence-id'));
    const minutes = minutesOf(event, start, instantOf);
    const people = participantsOf(event);
    if (minutes > longestMinutes || people.length === 0) continue;
    const starts = of ? [instantOf(start)] : startsOf(event, start, blocks, span).filter((at) => !replaced.has(at));
    const within = starts.filter((at) => at >= span.from && at <= span.to).sort((a, b) => a - b);
    const recurrence = of ? new Date(instantOf(of)).toISOString() : '';
    // Of several versions the last one counts.
    found.delete(recurrence);
    if (within.length > 0)
      found.set(recurrence, { recurrence, starts: within.map((at) => new Date(at)), minutes, people });
  }
  return [...found.values()];
}

/** How long it takes, in whole minutes; what has no end (RFC 5545, 3.6.1) takes none. */
function minutesOf(event: ICAL.Component, start: Clock, instantOf: (clock: Clock) => number): number {
  const end = clockOf(event.getFirstProperty('dtend'));
  const duration = event.getFirstPropertyValue('duration');
  const seconds = end
    ? (instantOf(end) - instantOf(start)) / 1000
    : duration instanceof ICAL.Duration
      ? duration.toSeconds()
      : 0;
  return Math.max(0, Math.round(seconds / 60));
}

/** All times at which an event begins, as instants: its own, those of its rules and further dates, without its exceptions. */
function startsOf(event: ICAL.Component, start: Clock, { offsets }: Blocks, span: Span): number[] {
  const wallOfInstant = (instant: number) => toWall(instant, start.zone, offsets);
  // Clocks differ from UTC by 14 hours at most.
  const bounds = { from: wallOfInstant(span.from) - 86_400_000, to: wallOfInstant(span.to) + 86_400_000 };
  const rules = event.getAllProperties('rrule').slice(0, mostRules);
  const walls = rules.flatMap((property) => {
    const rule = property.getFirstValue();
    if (!(rule instanceof ICAL.Recur)) return [];
    const until = rule.until ?? undefined;
    const isUtc = until?.zone === ICAL.Timezone.utcTimezone;
    // A day means all of it.
    const ends = until && wallOf(until) + (until.isDate ? 86_399_000 : 0);
    return expand(rule, start.wall, ends !== undefined && isUtc ? wallOfInstant(ends) : ends, bounds);
  });
  const instants = new Set([start.wall, ...walls].map((wall) => toInstant(wall, start.zone, offsets)));
  for (const at of datesIn(event, 'rdate', offsets)) instants.add(at);
  for (const at of datesIn(event, 'exdate', offsets)) instants.delete(at);
  return [...instants];
}

function datesIn(event: ICAL.Component, name: 'rdate' | 'exdate', offsets: ReadonlyMap<string, number>): number[] {
  return event.getAllProperties(name).flatMap((property) =>
    property
      .getValues()
      .slice(0, mostDates)
      .flatMap((value: unknown) => {
        const clock = clockOf(property, value);
        return clock && !clock.isDate ? [toInstant(clock.wall, clock.zone, offsets)] : [];
      }),
  );
}

const ANSWERS: Record<string, Answer> = { ACCEPTED: 'accepted', DECLINED: 'declined', TENTATIVE: 'tentative' };

/** People by address; of one named twice the answer counts, wherever it stands. */
function participantsOf(event: ICAL.Component): Participant[] {
  const people = new Map<string, Participant>();
  const properties = [...event.getAllProperties('organizer').slice(0, 1), ...event.getAllProperties('attendee')];
  for (const property of properties.slice(0, mostParticipants)) {
    const parameter = (name: string) => String(property.getFirstParameter(name) ?? '').trim();
    if (/^(?:room|resource|group)$/i.test(parameter('cutype'))) continue;
    const email = normaliseEmail(String(property.getFirstValue() ?? '')) ?? normaliseEmail(parameter('email'));
    if (!email) continue;
    const name = parameter('cn').slice(0, 200);
    const before = people.get(email);
    const answer = ANSWERS[parameter('partstat').toUpperCase()] ?? 'none';
    people.set(email, {
      email,
      name: before?.name || (normaliseEmail(name) === undefined ? name : ''),
      organiser: before?.organiser || property.name === 'organizer',
      answer: answer === 'none' ? (before?.answer ?? 'none') : answer,
    });
  }
  return [...people.values()];
}
