import { hashText } from '../hash.ts';
import { editDistance } from '../similarity.ts';
import type { Kind } from './kind.ts';

export interface PhoneValue {
  /** E.164, or the digits that were written. */
  key: string;
  /** The same device may differ in kind: a mobile says nothing against a landline. */
  mobile: boolean;
}

/** Which lines follow a person: the mobile ranges of the countries around; others count as landlines. */
const MOBILE = /^\+(?:33[67]|324|417|41[67]|49(?:15|16|17)|447|346|347|393|3519|316|352[6]|4366|467|479|454|3584)/;

/** Numbers come in E.164: who reads the file knows the country. Others are compared by their digits. */
export const phones: Kind<PhoneValue> = {
  levels: ['different', 'other kind', 'near', 'same'],
  keyOf(raw) {
    const digits = raw.replace(/\D/g, '');
    if (digits.length < 5) return undefined;
    return raw.trim().startsWith('+') ? `+${digits}` : digits;
  },
  parse: (key) => ({ key, mobile: MOBILE.test(key) }),
  compare(a, b) {
    if (
      a.key.length > 8 &&
      b.key.length > 8 &&
      (a.key.endsWith(b.key.slice(-9)) || editDistance(a.key, b.key, 1) === 1)
    )
      return 2;
    return a.mobile === b.mobile ? 0 : 1;
  },
  mark: ({ key, mobile }) => [
    hashText(key, 5),
    hashText(key.slice(-6), 6),
    hashText(key.slice(0, -3), 7),
    (key.length << 1) | (mobile ? 1 : 0),
    hashText(key.slice(0, -5), 8),
    hashText(key.slice(-4), 9),
  ],
  /** One slip leaves the last four digits as they are, or all but the last five. */
  glance(marks, a, b) {
    const one = marks[a + LENGTH_AND_MOBILE]!;
    const other = marks[b + LENGTH_AND_MOBILE]!;
    const level = (one ^ other) & 1;
    const apart = Math.abs((one >> 1) - (other >> 1));
    if (one >> 1 < 9 || other >> 1 < 9) return level;
    if (marks[a + TAIL] === marks[b + TAIL]) return -1;
    return apart > 1 || (apart === 0 && marks[a + BODY] !== marks[b + BODY]) ? level : -1;
  },
};

/** Positions among the marks: all digits, the last six, all but the last three; those that only `glance` reads. */
export const NUMBER_HASH = 0;
export const END_HASH = 1;
export const START_HASH = 2;
export const LENGTH_AND_MOBILE = 3;
const BODY = 4;
const TAIL = 5;
