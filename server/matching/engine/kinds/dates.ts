import { parseBirthday } from '../../../formats/normalise/date.ts';
import { hashText } from '../hash.ts';
import { editDistance } from '../similarity.ts';
import type { Kind } from './kind.ts';

export interface DateValue {
  /** `YYYY-MM-DD`, or `--MM-DD` when the year is unknown. */
  key: string;
  year: string;
  month: string;
  day: string;
}

export const dates: Kind<DateValue> = {
  levels: ['different', 'one part', 'close', 'two parts', 'same'],
  keyOf(raw) {
    const text = raw.trim();
    const compact = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
    return compact ? `${compact[1]}-${compact[2]}-${compact[3]}` : (parseBirthday(text) ?? yearOnly(text));
  },
  parse(key) {
    return key.startsWith('--')
      ? { key, year: '', month: key.slice(2, 4), day: key.slice(5) }
      : { key, year: key.slice(0, 4), month: key.slice(5, 7), day: key.slice(8, 10) };
  },
  compare(a, b) {
    const [year, month, day] = [a.year === b.year, a.month === b.month, a.day === b.day];
    if (a.year === '' || b.year === '') return month && day ? 3 : 0;
    if (a.month === '' || b.month === '') return year ? 2 : 0;
    const equal = Number(year) + Number(month) + Number(day);
    if (equal === 2) return 3;
    if (year && a.month === b.day && a.day === b.month) return 3;
    if (editDistance(a.key, b.key, 2) <= 2 || isSoon(a, b)) return 2;
    return equal === 1 && year ? 1 : 0;
  },
  mark: ({ key }) => [hashText(key, 20)],
};

function yearOnly(text: string): string | undefined {
  return /^(?:1\d|20)\d\d$/.test(text) ? text : undefined;
}

/** Within six weeks: wrong by a month or by some days. */
function isSoon(a: DateValue, b: DateValue): boolean {
  return Math.abs(Date.parse(a.key) - Date.parse(b.key)) <= 42 * 86_400_000;
}
