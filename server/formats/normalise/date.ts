import { fold } from './fold.ts';

/** The year that Apple, Thunderbird CardBook and others write for "no year" in formats that need one. */
const NO_YEAR = 1604;

/**
 * A birthday as `YYYY-MM-DD`, or `--MM-DD` without year (RFC 6350, 4.3.1). Undefined when there is none ("0/0/00") or when the
 * value is no date. A time of day is left out without moving the day. "03/04/1970" is read day first; a two-digit year is the
 * last one that is not in the future.
 */
export function parseBirthday(raw: string): string | undefined {
  const text = raw.trim();
  if (text.length < 3 || text.length > 60) return undefined;
  const found = isoDate(text) ?? numericDate(text) ?? wordDate(text);
  return found && written(found.year, found.month, found.day);
}

/**
 * A whole day of any time as its parts, in ISO 8601 or with its month in words ("4 mars 2026", "Mar 4, 2026"); undefined where there is none. Two
 * digits of a year are of this century.
 */
export function parseWrittenDay(raw: string): { year: number; month: number; day: number } | undefined {
  const text = raw.trim();
  if (text.length < 3 || text.length > 60) return undefined;
  const found = isoDate(text) ?? wordDate(text);
  if (found?.year === undefined) return undefined;
  const short = !text.includes(String(found.year));
  return { ...found, year: short && found.year < 2000 ? found.year + 100 : found.year };
}

interface DateParts {
  year: number | undefined;
  month: number;
  day: number;
}

function isoDate(text: string): DateParts | undefined {
  const full = /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|(\d{2})(\d{2}))(?![\d/])/.exec(text);
  if (full) {
    const month = full[2] ?? full[4] ?? full[6];
    const day = full[3] ?? full[5] ?? full[7];
    return { year: Number(full[1]), month: Number(month), day: Number(day) };
  }
  const partial = /^--(\d{2})-?(\d{2})(?!\d)/.exec(text);
  return partial ? { year: undefined, month: Number(partial[1]), day: Number(partial[2]) } : undefined;
}

function numericDate(text: string): DateParts | undefined {
  const match = /^(\d{1,2})([/.\- ])(\d{1,2})\.?(?:\2\s*(\d{4}|\d{2}))?(?:[\sT].*)?$/.exec(text);
  if (!match) return undefined;
  const [first, second] = [Number(match[1]), Number(match[3])];
  const year = match[4] === undefined ? undefined : century(match[4]);
  return second > 12 ? { year, month: first, day: second } : { year, month: second, day: first };
}

function century(digits: string): number {
  if (digits.length === 4) return Number(digits);
  const now = new Date().getFullYear();
  const year = now - (now % 100) + Number(digits);
  return year > now ? year - 100 : year;
}

/** First letters that tell the months apart in French, English, German, Spanish and Italian, folded. */
const MONTHS: [RegExp, number][] = [
  [/^(jan|gen|ene)/, 1],
  [/^(fe[bv])/, 2],
  [/^(mar[sczt]?|maer|mrz|mars)/, 3],
  [/^(a[vpb]r)/, 4],
  [/^(mai|may|mag)/, 5],
  [/^(juin|jun|giu)/, 6],
  [/^(juil|jul|lug|jui$)/, 7],
  [/^(aou|aug|ago)/, 8],
  [/^(sep|set)/, 9],
  [/^(oct|okt|ott|out)/, 10],
  [/^nov/, 11],
  [/^(dec|dez|dic)/, 12],
];

function wordDate(text: string): DateParts | undefined {
  const words = fold(text).match(/[a-z]+|\d+/g);
  if (!words || words.length > 8) return undefined;
  const monthAt = words.findIndex((word) => monthOf(word) !== undefined);
  if (monthAt < 0) return undefined;
  const numbers = words.filter((word) => /^\d+$/.test(word));
  const day = numbers.find((number) => number.length <= 2);
  if (day === undefined) return undefined;
  const year = numbers.find((number) => number !== day && number.length === 4) ?? numbers[numbers.indexOf(day) + 1];
  const plausible = year !== undefined && (year.length === 4 || year.length === 2) ? century(year) : undefined;
  return { year: plausible, month: monthOf(words[monthAt]!)!, day: Number(day) };
}

function monthOf(word: string): number | undefined {
  return MONTHS.find(([pattern]) => pattern.test(word))?.[1];
}

function written(year: number | undefined, month: number, day: number): string | undefined {
  const known = year === undefined || year <= 1 || year === NO_YEAR ? undefined : year;
  if (known !== undefined && (known < 1800 || known > new Date().getFullYear() + 1)) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(known ?? 2000, month)) return undefined;
  const tail = `${two(month)}-${two(day)}`;
  return known === undefined ? `--${tail}` : `${known}-${tail}`;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/**
 * A point in time in extended ISO 8601: a date ("1997-11-15"), or a date-time in UTC when the source gives a zone
 * ("2012-10-12T21:05:25Z") and without zone when it gives none. Reads the basic and extended formats of RFC 6350, 4.3.
 */
export function parseInstant(raw: string): string | undefined {
  const match = INSTANT.exec(raw.trim());
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', , sign, zoneHour, zoneMinute = '00'] = match;
  const date = `${year}-${month}-${day}`;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) {
    return undefined;
  }
  if (hour === undefined) return date;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const local = `${date}T${hour}:${minute}:${second}`;
  if (sign === undefined) return match[7] === undefined ? local : `${local}Z`;
  const shift = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? 1 : -1);
  return new Date(Date.parse(`${local}Z`) + shift * 60_000).toISOString().replace('.000Z', 'Z');
}

const INSTANT =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?\s*(Z|([+-])(\d{2}):?(\d{2})?)?)?$/i;
