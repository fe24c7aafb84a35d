import { spoken } from './i18n.ts';

const day = 86_400_000;

/** "14 mars 2025" */
export function longDate(instant: string): string {
  return new Intl.DateTimeFormat(spoken(), { dateStyle: 'long' }).format(new Date(instant));
}

/** "mars 2025" */
export function monthOf(instant: string): string {
  return new Intl.DateTimeFormat(spoken(), { month: 'long', year: 'numeric' }).format(new Date(instant));
}

/** "14 mars 2025 à 10:12" */
export function longInstant(instant: string): string {
  return new Intl.DateTimeFormat(spoken(), { dateStyle: 'long', timeStyle: 'short' }).format(new Date(instant));
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
  return new Intl.DateTimeFormat(spoken(), withoutYear ? parts : { ...parts, year: 'numeric' }).format(date);
}

/** "France", "Belgique"… from ISO 3166-1 alpha-2. */
export function countryName(code: string): string {
  return new Intl.DisplayNames(spoken(), { type: 'region' }).of(code) ?? code;
}

/** A French number in E.164 with its usual spaces; any other as it comes: their groups differ from country to country. */
export function phoneNumber(number: string): string {
  const [, first, ...pairs] = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number) ?? [];
  return first === undefined ? number : ['+33', first, ...pairs].join('\u00a0');
}
