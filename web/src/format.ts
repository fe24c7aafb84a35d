import { spoken } from './i18n.ts';

const day = 86_400_000;

/** The first of a month as the French write it, "1er mars"; Intl says "1 mars". */
const dayFirst = (text: string): string => (spoken() === 'fr' ? text.replace(/^1(?=\s)/, '1er') : text);

/** "14 mars 2025", "1er mai 2025" */
export function longDate(instant: string): string {
  return dayFirst(new Intl.DateTimeFormat(spoken(), { dateStyle: 'long' }).format(new Date(instant)));
}

/** "14 mars", for a day of the calendar (`YYYY-MM-DD`). */
export function shortDay(day: string): string {
  const parts = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return dayFirst(new Intl.DateTimeFormat(spoken(), parts).format(new Date(`${day}T00:00:00Z`)));
}

/** "mars 2025" */
export function monthOf(instant: string): string {
  return new Intl.DateTimeFormat(spoken(), { month: 'long', year: 'numeric' }).format(new Date(instant));
}

/** "14 mars 2025 à 10:12" */
export function longInstant(instant: string): string {
  return dayFirst(
    new Intl.DateTimeFormat(spoken(), { dateStyle: 'long', timeStyle: 'short' }).format(new Date(instant)),
  );
}

/** How long ago, in the largest unit that fits: "il y a 3 mois", "yesterday". */
export function ago(instant: string, now = Date.now()): string {
  const days = Math.round((new Date(instant).getTime() - now) / day);
  const relative = new Intl.RelativeTimeFormat(spoken(), { numeric: 'auto' });
  if (days > -14) return relative.format(Math.min(days, 0), 'day');
  if (days > -60) return relative.format(Math.round(days / 7), 'week');
  if (days > -365) return relative.format(Math.round(days / 30.44), 'month');
  return relative.format(Math.round(days / 365.25), 'year');
}

export function number(value: number): string {
  return new Intl.NumberFormat(spoken()).format(value);
}

/** "94 %", with the narrow space of the language. */
export function percent(share: number, digits = 0): string {
  return new Intl.NumberFormat(spoken(), { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** Minutes as hours: "1,5 h", "12 hr". */
export function hours(minutes: number): string {
  const unit = { style: 'unit', unit: 'hour', maximumFractionDigits: minutes < 600 ? 1 : 0 } as const;
  return new Intl.NumberFormat(spoken(), unit).format(minutes / 60);
}

/** "1,8 ko", "48 MB": decimal units. */
export function fileSize(octets: number): string {
  const [divisor, unit] =
    octets < 1e3
      ? [1, 'byte']
      : octets < 1e6
        ? [1e3, 'kilobyte']
        : octets < 1e9
          ? [1e6, 'megabyte']
          : [1e9, 'gigabyte'];
  const style = { style: 'unit', unit: unit as string, unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(spoken(), style).format(octets / (divisor as number));
}

/** `YYYY-MM-DD`, or `--MM-DD` without the year (RFC 6350, 4.3.1), as people write it. */
export function birthday(value: string): string {
  const withoutYear = value.startsWith('--');
  const date = new Date(`${withoutYear ? `2000-${value.slice(2)}` : value}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return value;
  const parts = { day: 'numeric', month: 'long', timeZone: 'UTC' } as const;
  return dayFirst(new Intl.DateTimeFormat(spoken(), withoutYear ? parts : { ...parts, year: 'numeric' }).format(date));
}

/** "France", "Belgique"… from ISO 3166-1 alpha-2. */
export function countryName(code: string): string {
  return new Intl.DisplayNames(spoken(), { type: 'region' }).of(code) ?? code;
}

/** The prefixes of one and of two digits (ITU E.164); all others have three. */
const shortPrefixes = new Set(
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);

/** A French or North American number in E.164 with its usual spaces; any other with its country's prefix apart: their groups differ. */
export function phoneNumber(number: string): string {
  const groups =
    /^\+(33)(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number) ??
    /^\+(1)(\d{3})(\d{3})(\d{4})$/.exec(number) ??
    abroad(number);
  return groups === null ? number : `+${groups.slice(1).join('\u00a0')}`;
}

function abroad(number: string): string[] | null {
  const digits = /^\+(\d{7,15})$/.exec(number)?.[1];
  if (digits === undefined) return null;
  const length = [1, 2, 3].find((size) => size === 3 || shortPrefixes.has(digits.slice(0, size)))!;
  return [number, digits.slice(0, length), digits.slice(length)];
}

/** "1 250 €", "CHF 70.50": an amount in hundredths of its currency (ISO 4217); whole ones without decimals. */
export function money({ cents, currency }: { cents: number; currency: string }): string {
  const digits = cents % 100 === 0 ? 0 : 2;
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(spoken(), style).format(cents / 100);
}

/** "14 mars 2025", "1er mai 2025", for a day of the calendar (`YYYY-MM-DD`), wherever the clock stands. */
export function calendarDay(day: string): string {
  return dayFirst(
    new Intl.DateTimeFormat(spoken(), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`)),
  );
}
