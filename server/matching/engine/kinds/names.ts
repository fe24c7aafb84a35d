import { fold } from '../../../formats/normalise/fold.ts';
import { formsOf } from '../diminutives.ts';
import { hashText } from '../hash.ts';
import { soundEnglish, soundFrench } from '../phonetics.ts';
import { editDistance, jaroWinkler } from '../similarity.ts';
import { countBits, type Kind } from './kind.ts';

/** One part of a human's name, first or family: they are compared alike, because many sources swap them. */
export interface NameValue {
  /** Words with single blanks between them. */
  key: string;
  /** The same without blanks. */
  letters: string;
  words: string[];
  /** Sounds are made when they are first asked for; undefined before. */
  french: string | undefined;
  english: string | undefined;
  /** Familiar forms and translations, by number of their groups. */
  forms: readonly number[] | undefined;
}

/** Positions among the marks: which letters there are, hashes of all of them, the sound, the first and the last three; for `glance`. */
export const LETTERS_OF = 0;
export const NAME_HASH = 1;
export const SOUND_HASH = 2;
export const START_HASH = 3;
export const END_HASH = 4;
const ENGLISH_HASH = 5;
const LENGTH_AND_FIRST = 6;
const LETTERS_TWICE = 7;

const DIFFERENT = 0;
const INITIAL = 1;
const SIMILAR = 2;
const FORM = 3;
const NEAR = 4;
export const SAME = 5;

/** Cyrillic and Greek as French and English passports write them (roughly ICAO 9303, part 3). */
const LETTERS: Record<string, string> = Object.fromEntries(
  `а=a б=b в=v г=g д=d е=e ё=e ж=j з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=tch ш=ch щ=chtch ъ= ы=y ь= э=e ю=iou я=ia
  і=i ї=i є=ie ґ=g α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o`
    .split(/\s+/)
    .map((pair) => pair.split('=') as [string, string]),
);

/** Words that open or stand in family names and are left out or glued at will. */
const PARTICLES = new Set(
  'de du des d da di do dos van von der den ter ten la le les l el al bin ben ibn af av zu zum'.split(' '),
);

function latin(text: string): string {
  return /[\u0370-\u04ff]/.test(text) ? text.replace(/[\u0370-\u04ff]/g, (letter) => LETTERS[letter] ?? letter) : text;
}

export const names: Kind<NameValue> = {
  levels: ['different', 'initial', 'similar', 'form', 'near', 'same'],
  keyOf: (raw) =>
    latin(fold(raw))
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' '),
  parse(key) {
    const words = key.split(' ');
    return { key, letters: words.join(''), words, french: undefined, english: undefined, forms: formsOf(key) };
  },
  compare(a, b) {
    if (a.letters === b.letters) return SAME;
    const [short, long] = a.letters.length < b.letters.length ? [a, b] : [b, a];
    if (short.letters.length === 1) return long.letters.startsWith(short.letters) ? INITIAL : DIFFERENT;
    if (a.forms && b.forms?.some((form) => a.forms!.includes(form))) return FORM;
    if (a.words.length > 1 || b.words.length > 1) {
      const level = compareWords(a, b);
      if (level > 0) return level;
    }
    return compareLetters(short.letters, long.letters) || (soundAlike(a, b) ? SIMILAR : DIFFERENT);
  },
  mark(value) {
    const { letters } = value;
    return [
      sketch(value),
      hashText(letters, 1),
      hashText(soundFrench(letters), 2),
      hashText(letters.slice(0, 3), 3),
      hashText(letters.slice(-3), 4),
      hashText(soundEnglish(letters), 5),
      (letters.length << 16) | letters.charCodeAt(0),
      twice(letters),
    ];
  },
  glance,
};

/** Names that only sound alike differ in some letters; more than these are not looked for. */
const MOST_LETTERS_APART = 6;
/** Beside a bit for each letter: names of several words and names with familiar forms must be looked at. */
const LOOK = 1 << 30;
const HAS_FORMS = 1 << 29;
const LETTER_BITS = (1 << 28) - 1;

const bitOf = (letters: string, at: number): number => 1 << ((letters.charCodeAt(at) & 31) % 28);

function sketch({ letters, words, forms }: NameValue): number {
  let mask = words.length > 1 ? LOOK : 0;
  if (forms) mask |= HAS_FORMS;
  for (let at = 0; at < letters.length; at++) mask |= bitOf(letters, at);
  return mask;
}

/** A bit for each letter that stands there more than once. */
function twice(letters: string): number {
  let [once, more] = [0, 0];
  for (let at = 0; at < letters.length; at++) {
    more |= once & bitOf(letters, at);
    once |= bitOf(letters, at);
  }
  return more;
}

/** In one number, roughly: sounds (nine bits each), length and first letter (seven each). */
export function brief(marks: Int32Array, at: number): number {
  const head = marks[at + LENGTH_AND_FIRST]!;
  const sounds = ((marks[at + SOUND_HASH]! & 0x1ff) << 9) | (marks[at + ENGLISH_HASH]! & 0x1ff);
  return (sounds << 14) | (Math.min(head >>> 16, 0x7f) << 7) | (head & 0x7f);
}

/** Whether `LETTERS_OF` and `brief` of two names tell that `glance` would find them different; most of them do. */
export function areBrieflyDifferent(lettersA: number, briefA: number, lettersB: number, briefB: number): boolean {
  if (((lettersA | lettersB) & LOOK) !== 0 || (lettersA & lettersB & HAS_FORMS) !== 0) return false;
  const n = (briefA >>> 7) & 0x7f;
  const m = (briefB >>> 7) & 0x7f;
  if (n === 1 || m === 1 || n === 0x7f || m === 0x7f) return false;
  const apart = countBits((lettersA ^ lettersB) & LETTER_BITS);
  if (apart > MOST_LETTERS_APART) return true;
  const unlike = briefA ^ briefB;
  if (unlike >>> 23 === 0 || ((unlike >>> 14) & 0x1ff) === 0) return false;
  return areLettersFar(apart, n, m, (unlike & 0x7f) === 0);
}

/** What `compare` says of single words without a familiar form in common, as far as letters, lengths and sounds rule it out. */
export function glance(marks: Int32Array, a: number, b: number): number {
  const one = marks[a + LETTERS_OF]!;
  const other = marks[b + LETTERS_OF]!;
  if (((one | other) & LOOK) !== 0) return -1;
  const head = marks[a + LENGTH_AND_FIRST]!;
  const tail = marks[b + LENGTH_AND_FIRST]!;
  const n = head >>> 16;
  const m = tail >>> 16;
  const isFirstSame = ((head ^ tail) & 0xffff) === 0;
  if (n === 1 || m === 1) return isFirstSame ? INITIAL : DIFFERENT;
  if ((one & other & HAS_FORMS) !== 0) return -1;
  const few = countBits((one ^ other) & LETTER_BITS);
  if (few > MOST_LETTERS_APART) return DIFFERENT;
  if (marks[a + SOUND_HASH] === marks[b + SOUND_HASH] || marks[a + ENGLISH_HASH] === marks[b + ENGLISH_HASH]) return -1;
  return areLettersFar(few + countBits(marks[a + LETTERS_TWICE]! ^ marks[b + LETTERS_TWICE]!), n, m, isFirstSame)
    ? DIFFERENT
    : -1;
}

/**
 * Whether `compareLetters` cannot but find two words different.
 *
 * @param apart letters of one that are not among those of the other, on both sides, or fewer
 */
function areLettersFar(apart: number, n: number, m: number, isFirstSame: boolean): boolean {
  const limit = Math.min(n, m) < 6 ? 1 : 2;
  // A changed letter makes two, an inserted one one, two swapped ones none.
  if (apart <= 2 * limit - Math.abs(n - m)) return false;
  // A Jaro–Winkler similarity of 0.9 needs so many letters in common, even with the longest prefix that counts.
  return !isFirstSame || apart > n + m - 2 * Math.ceil((1.5 * n * m) / (n + m));
}

function soundAlike(a: NameValue, b: NameValue): boolean {
  a.french ??= soundFrench(a.letters);
  b.french ??= soundFrench(b.letters);
  if (a.french.length > 1 && a.french === b.french) return true;
  a.english ??= soundEnglish(a.letters);
  b.english ??= soundEnglish(b.letters);
  return a.english.length > 2 && a.english === b.english;
}

function compareLetters(short: string, long: string): number {
  if (short.length < 3) return DIFFERENT;
  const limit = short.length < 6 ? 1 : 2;
  const distance = editDistance(short, long, limit);
  if (distance === 1) return short.length < 4 ? SIMILAR : NEAR;
  if (distance <= limit) return SIMILAR;
  return short.length > 3 && short[0] === long[0] && jaroWinkler(short, long) >= 0.9 ? SIMILAR : DIFFERENT;
}

/** "Marie Claire" and "Claire Marie"; "J P" and "Jean Pierre"; "Jean" and "Jean Pierre"; "van der Meulen" and "Meulen". */
function compareWords(a: NameValue, b: NameValue): number {
  const sameLength = a.words.length === b.words.length;
  if (sameLength) return Math.max(compareTo(a, b), compareTo(b, a));
  return a.words.length < b.words.length ? compareTo(a, b) : compareTo(b, a);
}

function compareTo(few: NameValue, many: NameValue): number {
  const meant = few.words.filter((word) => !PARTICLES.has(word) && word.length > 1);
  if (meant.length > 0 && meant.every((word) => many.words.includes(word)))
    return few.words.length === many.words.length ? NEAR : FORM;
  const initials = few.letters.length === many.words.length && few.letters.length > 1;
  if (initials && many.words.every((word, i) => word[0] === few.letters[i])) return FORM;
  const first = many.words.find((word) => !PARTICLES.has(word)) ?? '';
  if (few.words.length === 1 && first.length > 3 && editDistance(few.letters, first, 1) === 1) return SIMILAR;
  return DIFFERENT;
}
