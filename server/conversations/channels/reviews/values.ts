import { parseBirthday, parseInstant, parseWrittenDay } from '../../../formats/normalise/date.ts';
import { readTruth } from '../../../formats/table/cells.ts';

interface Rating {
  value: number;
  of: number;
}

const written = /^(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:(?:\/|sur|out of|von)\s*(\d{1,3})|(%)|(?:stars?|[ée]toiles?|★))?$/i;

/** Of how many the best one has, by the largest in a column: 5, 10 or 100. */
export function scaleOf(column: readonly string[]): number {
  const largest = column.reduce((most, cell) => {
    const match = written.exec(cell);
    return match && !match[2] && !match[3] ? Math.max(most, numberOf(match[1]!)) : most;
  }, 0);
  return [5, 10, 100].find((scale) => largest <= scale) ?? 100;
}

const numberOf = (digits: string): number => Number(digits.replace(',', '.'));

/** @returns null where it says none, undefined where nobody can tell */
export function ratingOf(stars: string, thumb: string, scale: number): Rating | null | undefined {
  if (stars !== '') return starsOf(stars, scale);
  if (thumb === '') return null;
  const liked =
    /^(?:👍|up|positi(?:ve|f))/iu.test(thumb) ||
    (readTruth(thumb) ?? (/^(?:👎|down|n[ée]gati)/iu.test(thumb) ? false : undefined));
  return liked === undefined ? undefined : { value: liked ? 1 : 0, of: 1 };
}

function starsOf(stars: string, scale: number): Rating | undefined {
  const drawn = /^([★⭐]️?)+([☆✩])*$/u.test(stars)
    ? [...stars].filter((sign) => sign === '★' || sign === '⭐').length
    : 0;
  if (drawn > 0) return drawn <= 5 ? { value: drawn, of: 5 } : undefined;
  const match = written.exec(stars);
  if (!match) return undefined;
  const value = numberOf(match[1]!);
  const of = match[2] ? Number(match[2]) : match[3] ? 100 : scale;
  return of > 0 && value <= of ? { value, of } : undefined;
}

const earliest = Date.UTC(1990, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/** When it was; what says no zone is read as UTC. @returns undefined where nobody can tell */
export function timeOf(millis: string, date: string): Date | undefined {
  const time = /^\d{11,14}$/.test(millis) ? Number(millis) : readTime(date);
  return time !== undefined && time >= earliest && time < latest ? new Date(time) : undefined;
}

function readTime(text: string): number | undefined {
  if (/^\d{4}-\d{2}-\d{2}[T ]\d/.test(text)) {
    const instant = parseInstant(text.replace(/\s*UTC$/i, 'Z'));
    return instant === undefined ? undefined : Date.parse(/Z$/.test(instant) ? instant : `${instant}Z`);
  }
  const day = dayOf(text);
  const time = /(?:^|[\s,Tà])(\d{1,2})(?:[:h.](\d{2}))(?::(\d{2}))?\s*([ap]\.?m\.?)?(?:\s*(?:utc|gmt))?$/i.exec(text);
  if (day === undefined || !time) return day;
  const half = time[4]?.toLowerCase().startsWith('p');
  const hours = (Number(time[1]) % (time[4] ? 12 : 24)) + (half ? 12 : 0);
  return day + ((hours * 60 + Number(time[2])) * 60 + Number(time[3] ?? 0)) * 1000;
}

function dayOf(text: string): number | undefined {
  const day = parseWrittenDay(text);
  if (day) {
    const whole = new Date(Date.UTC(day.year, day.month - 1, day.day));
    return whole.getUTCDate() === day.day ? whole.getTime() : undefined;
  }
  // "03/04/2026" is read day first, as everywhere here.
  const numeric = parseBirthday(text);
  return numeric && /^\d{4}/.test(numeric) ? Date.parse(`${numeric}T00:00:00Z`) : undefined;
}
