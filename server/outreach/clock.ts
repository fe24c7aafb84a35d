import type { LaterReason, Quiet } from './contract.ts';
import { isHoliday } from './holidays.ts';

// When people are left alone, in their own time. Offsets of zones come from the ICU tables that Node.js brings.

const minute = 60_000;
const day = 86_400_000;

/** What a clock on the wall says. */
interface Wall {
  /** Milliseconds of this date's midnight, read as if it were UTC. */
  date: number;
  /** Minutes since midnight. */
  minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const [two, hourCycle] = ['2-digit', 'h23'] as const;
    const parts = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'iso8601', hourCycle, ...parts });
    formats.set(zone, format);
  }
  return format;
}

/** Milliseconds that a zone's clocks are ahead of UTC at an instant. */
export function offsetOf(zone: string, at: number): number {
  const parts = formatOf(zone).formatToParts(at);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)])) as Record<
    'year' | 'month' | 'day' | 'hour' | 'minute' | 'second',
    number
  >;
  const wall = Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second);
  return wall - Math.floor(at / 1000) * 1000;
}

function wallOf(zone: string, at: number): Wall {
  const wall = at + offsetOf(zone, at);
  const date = Math.floor(wall / day) * day;
  return { date, minutes: Math.floor((wall - date) / minute) };
}

/** The first instant from `from` on at which a wall clock reads this or later: in a night whose clocks go forward over it, when they have. */
function nextReading(zone: string, from: number, reading: number): number {
  // Two hours at most that a change makes of it, and more for zones that changed their day.
  const guesses = [offsetOf(zone, reading - day), offsetOf(zone, reading + day)].map((offset) => reading - offset);
  const reads = (at: number) => at + offsetOf(zone, at) >= reading;
  const sound = guesses.filter((at) => at >= from && reads(at) && !reads(at - minute)).sort((a, b) => a - b);
  if (sound[0] !== undefined) return sound[0];
  // It falls into the gap: clocks jump over it between the two guesses.
  let [low, high] = [Math.max(from, Math.min(...guesses) - day), Math.max(...guesses) + day];
  if (reads(low)) return low;
  while (high - low > minute) {
    const middle = low + Math.floor((high - low) / 2 / minute) * minute;
    if (reads(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Minutes of that day, from and to, in which nothing leaves; over midnight it is two pieces. */
function piecesOf({ from, to }: Pick<Quiet, 'from' | 'to'>): [number, number][] {
  const [first, last] = [minutesOf(from), minutesOf(to)];
  if (first === last) return [];
  return first < last
    ? [[first, last]]
    : [
        [0, last],
        [first, 1440],
      ];
}

/** Days after which nobody waits any longer: a rule that leaves no time at all would keep what is written for ever. */
const longest = 400;

/**
 * Until when somebody is left alone.
 * @param zone theirs (IANA)
 * @returns the first instant at or after `at` (of whole minutes, where it is later) at which they are not, with why; null where that is now
 */
export function quietUntil(
  at: Date,
  zone: string,
  quiet: Pick<Quiet, 'from' | 'to' | 'weekdays' | 'dates' | 'holidays'>,
): { at: Date; reasons: LaterReason[] } | null {
  const reasons = new Set<LaterReason>();
  const pieces = piecesOf(quiet);
  let now = at.getTime();
  for (let tries = 0; tries < longest * 3; tries++) {
    const { date, minutes } = wallOf(zone, now);
    const weekday = new Date(date).getUTCDay() || 7;
    const piece = pieces.find(([from, to]) => minutes >= from && minutes < to);
    const single = quiet.dates.includes(new Date(date).toISOString().slice(0, 10));
    if (quiet.weekdays.includes(weekday) || single || isHoliday(date, quiet.holidays ?? [])) {
      reasons.add('quiet_day');
      now = nextReading(zone, now, date + day);
    } else if (piece) {
      reasons.add('quiet_hours');
      now = nextReading(zone, now, date + piece[1] * minute);
    } else break;
  }
  return reasons.size === 0 ? null : { at: new Date(now), reasons: [...reasons] };
}

/**
 * The first instant at or after `from` at which it is such a time on the wall, on one of these days.
 * @param zone IANA
 * @param on days of the week (ISO, Monday is 1; none: any), and a time `HH:MM`; where clocks jump over it, it is when they have, and of an hour that comes
 *   twice it is the first
 */
export function nextAt(from: Date, zone: string, on: { weekdays: readonly number[]; time: string }): Date {
  const { date: today, minutes: now } = wallOf(zone, from.getTime());
  const wanted = minutesOf(on.time);
  // A week and a day: the same day of the week may have passed its time today.
  for (let ahead = 0; ahead <= 8; ahead++) {
    const date = today + ahead * day;
    if (on.weekdays.length > 0 && !on.weekdays.includes(new Date(date).getUTCDay() || 7)) continue;
    if (ahead === 0 && now > wanted) continue;
    if (ahead === 0 && now === wanted) return from;
    return new Date(nextReading(zone, from.getTime(), date + wanted * minute));
  }
  throw new Error('no such day of the week');
}

/** When a clock on the wall shows a time on a day (`YYYY-MM-DD`), or has jumped over it. @param zone IANA */
export const instantOf = (zone: string, date: string, time: string): Date => {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return new Date(nextReading(zone, midnight - 2 * day, midnight + minutesOf(time) * minute));
};

const zonesOf = new Map<string, readonly string[]>();

/**
 * The time zone of a country, where all its zones show the same time at that instant (Germany has two that always do; the United States do not).
 * @param country ISO 3166-1 alpha-2
 * @returns null where they differ, or there is no such country
 */
export function zoneOf(country: string, at: Date): string | null {
  let zones = zonesOf.get(country);
  if (!zones) {
    try {
      const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
        getTimeZones?(): string[] | undefined;
        /** As Node.js 22 has it. */
        timeZones?: string[];
      };
      zones = locale.getTimeZones?.() ?? locale.timeZones ?? [];
    } catch {
      zones = [];
    }
    zonesOf.set(country, zones);
  }
  const [first, ...rest] = zones;
  if (first === undefined) return null;
  const offset = offsetOf(first, at.getTime());
  return rest.every((zone) => offsetOf(zone, at.getTime()) === offset) ? first : null;
}
