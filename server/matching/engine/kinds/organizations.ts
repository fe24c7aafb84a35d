import { organizationKey } from '../../../formats/normalise/organization.ts';
import { hashText } from '../hash.ts';
import { editDistance, jaroWinkler } from '../similarity.ts';
import type { Kind } from './kind.ts';

export interface OrganizationValue {
  /** Folded, without legal forms. */
  key: string;
  letters: string;
  words: string[];
  initials: string;
}

/** Words that say what a company does or where, not which one it is. */
const COMMON = new Set(
  `groupe group holding france international europe services service conseil consulting solutions industrie industries technologies
  technology systems systemes fils freres associes partners partenaires deutschland italia espana suisse belgique uk usa`.split(
    /\s+/,
  ),
);

export const organizations: Kind<OrganizationValue> = {
  levels: ['different', 'similar', 'part', 'near', 'same'],
  keyOf: (raw) => organizationKey(raw) || undefined,
  parse(key) {
    const words = key.split(' ');
    return { key, letters: words.join(''), words, initials: words.map((word) => word[0]).join('') };
  },
  compare(a, b) {
    if (a.letters === b.letters) return 4;
    const limit = Math.min(a.letters.length, b.letters.length) < 6 ? 0 : 1;
    if (limit > 0 && editDistance(a.letters, b.letters, limit) <= limit) return 3;
    const [few, many] = a.words.length <= b.words.length ? [a, b] : [b, a];
    if (isPart(few, many)) return 2;
    if (a.letters.length > 5 && jaroWinkler(a.letters, b.letters) >= 0.92) return 1;
    return few.words.length === 1 && few.letters.length > 2 && few.letters === many.initials ? 1 : 0;
  },
  mark: ({ letters }) => [hashText(letters, 12), headOf(letters)],
};

/** Positions among the marks: all letters, and the first four (0 where there are fewer). */
export const LETTERS_HASH = 0;
export const HEAD = 1;

/** A hash of the first four letters, never 0; 0 where there are fewer. */
export const headOf = (letters: string): number => (letters.length < 4 ? 0 : hashText(letters.slice(0, 4), 18) || 1);

/** "Greenvista" of "Greenvista International"; the words that tell a company from others must all be there. */
function isPart(few: OrganizationValue, many: OrganizationValue): boolean {
  const telling = few.words.filter((word) => word.length > 2 && !COMMON.has(word));
  return telling.length > 0 && telling.every((word) => many.words.includes(word));
}
