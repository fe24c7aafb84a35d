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
  parse(raw) {
    const digits = raw.replace(/\D/g, '');
    if (digits.length < 5) return undefined;
    const key = raw.trim().startsWith('+') ? `+${digits}` : digits;
    return { key, mobile: MOBILE.test(key) };
  },
  compare(a, b) {
    if (
      a.key.length > 8 &&
      b.key.length > 8 &&
      (a.key.endsWith(b.key.slice(-9)) || editDistance(a.key, b.key, 1) === 1)
    )
      return 2;
    return a.mobile === b.mobile ? 0 : 1;
  },
};
