import { fold } from '../../../formats/normalise/fold.ts';
import { hashText } from '../hash.ts';
import { editDistance, jaroWinkler } from '../similarity.ts';
import type { Kind } from './kind.ts';

export interface TextValue {
  key: string;
}

const keyOf = (raw: string): string | undefined =>
  fold(raw)
    .match(/[\p{L}\p{N}]+/gu)
    ?.join(' ');

const parse = (key: string): TextValue => ({ key });

/** Titles, places of birth, occupations: words that may be written a little differently. */
export const texts: Kind<TextValue> = {
  levels: ['different', 'similar', 'same'],
  keyOf,
  parse,
  compare(a, b) {
    const length = Math.min(a.key.length, b.key.length);
    return length > 3 && (editDistance(a.key, b.key, 2) <= (length > 6 ? 2 : 1) || jaroWinkler(a.key, b.key) >= 0.9)
      ? 1
      : 0;
  },
};

/** Few values, equal or not: gender, country, region. */
export const categories: Kind<TextValue> = { levels: ['different', 'same'], keyOf, parse, compare: () => 0 };

/** Numbers that are given to one person or organisation only: SIREN, social security, customer number. */
export const identifiers: Kind<TextValue> = {
  levels: ['different', 'near', 'same'],
  keyOf: (raw) => fold(raw).replace(/[^\p{L}\p{N}]+/gu, '') || undefined,
  parse,
  compare: (a, b) => (Math.min(a.key.length, b.key.length) > 4 && editDistance(a.key, b.key, 2) <= 2 ? 1 : 0),
  mark: ({ key }) => [hashText(key, 20)],
};
