import { fold } from '../formats/normalise/fold.ts';

/**
 * What it says of two people that they belong to the same group, 0 to 100: the smaller it is, the more. Two share 50, ten 23, a hundred 13,
 * a thousand 9: at a dinner one has spoken to everybody, of a school one knows a few.
 *
 * @param size people who belong, as far as the viewer sees them, colleagues included; two at least
 */
export const strengthOf = (size: number): number => 100 / (1 + Math.log2(Math.max(2, size)));

/** From when to when somebody belonged; null: not said. */
export interface Period {
  since: string | null;
  until: string | null;
}

/** Whether two can have met there: not where one is known to have left before the other came. */
export function overlap(one: Period, other: Period): boolean {
  const before = (a: Period, b: Period) => a.until !== null && b.since !== null && a.until < b.since;
  return !before(one, other) && !before(other, one);
}

/** Having belonged at different times says half as much. */
const apart = 0.5;

/**
 * How near several groups in common bring two people, 0 to 100: each further one closes a part of the distance that is left, so that more is
 * never less, and never all.
 */
export function nearness(shared: readonly { size: number; together: boolean }[]): number {
  const distance = shared.reduce(
    (left, { size, together }) => left * (1 - (strengthOf(size) * (together ? 1 : apart)) / 100),
    1,
  );
  return Math.round(100 * (1 - distance));
}

/** What says nothing of which group it is. */
const fillers = new Set(
  `the of and for a an de des du la le les et l d a au aux en club association asso amicale groupe group network reseau anciens alumni eleves
  etudiants students alumnae`.split(/\s+/),
);

const wordsOf = (name: string): string[] =>
  fold(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** Pairs of neighbouring letters, the ends of words included. */
function pairsOf(words: readonly string[]): Set<string> {
  return new Set(
    words.flatMap((word) => Array.from({ length: word.length + 1 }, (_, at) => ` ${word} `.slice(at, at + 2))),
  );
}

/** Two names with this share of their pairs of letters in common (Dice, 1945) may be one group. */
const near = 0.7;

/**
 * Whether two names may mean one group: what they are made of besides words such as "club" or "alumni" is written nearly the same, and no number
 * differs ("Salon 2024" and "Salon 2025" are two). It is for people to say.
 */
export function mayBeOne(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  const numbers = (words: readonly string[]) =>
    words
      .filter((word) => /\d/.test(word))
      .sort()
      .join(' ');
  if (numbers(a) !== numbers(b)) return false;
  const telling = (words: readonly string[]) => {
    const left = words.filter((word) => !fillers.has(word));
    return left.length > 0 ? left : words;
  };
  const [first, second] = [pairsOf(telling(a)), pairsOf(telling(b))];
  const common = [...first].filter((pair) => second.has(pair)).length;
  return common > 0 && (2 * common) / (first.size + second.size) >= near;
}

export { labelKey } from '../formats/normalise/fold.ts';
