import type { ContactName } from '../contact.ts';
import { fold } from './fold.ts';

export { fold } from './fold.ts';

/** In which order a source writes names that do not tell it themselves. */
export type NameOrder = 'given-first' | 'family-first';

const PREFIXES = new Set(
  `m mr mme mlle mmes mm mrs ms miss mister monsieur madame mademoiselle me maitre maître dr dre docteur doctor pr prof professeur
  professor herr frau sir dame lady lord rev hon ing ir dipl dipl-ing dipl-kfm mag dott dottssa sig sigra avv geom sra srta señor
  señora dña capt col gen lt maj sgt cdt hrh`
    .split(/\s+/)
    .map(fold),
);

/** Follow a title and belong to it: "Dr. med.", "Prof. Dr. h.c.", "Dipl. Ing.". */
const PREFIX_TAILS = new Set([
  'med',
  'dent',
  'vet',
  'jur',
  'rer',
  'nat',
  'phil',
  'hc',
  'ing',
  'iur',
  'habil',
  'univ',
  'oec',
  'pol',
]);

const SUFFIXES = new Set(
  `jr sr jnr snr ii iii iv phd md mba esq dds dvm cpa cfa mbe obe cbe kbe rn msc bsc ma ba llm llb junior senior jd qc kc acp
  frcs mp mep`.split(/\s+/),
);

/** Only in small letters: "Dumas fils". */
const SMALL_SUFFIXES = new Set(['fils', 'père']);

const PARTICLES = new Set(
  `de du des d' von vom zu zum zur van der den ter ten te la le les l' di da del dell' della dello degli delle dei dal dalla dos das do
  af av el al bin ibn ben bint abu mac st saint sainte san santa 't op vander vanden`.split(/\s+/),
);

/** First names that open a compound one written without hyphen, and the names that follow them. */
const COMPOUND: [RegExp, RegExp][] = [
  [
    /^(jean|pierre|paul|louis|charles|marc|francois|henri|yves|guy)$/,
    /^(pierre|paul|claude|louis|luc|marc|marie|michel|jacques|francois|philippe|yves|baptiste|christophe|noel|charles|rene|robert|denis|daniel|bernard|guy|joseph|sebastien|christian|gabriel|henri|andre|olivier|antoine|edouard|emmanuel|loup|xavier|didier|alain|etienne|eudes|eric|simon|maurice|albert|roger|hugues|francois-xavier)$/,
  ],
  [
    /^(marie|anne|rose|eve|lise|laure)$/,
    /^(claire|claude|christine|france|francoise|helene|laure|louise|noelle|odile|paule|pierre|rose|sophie|therese|ange|anne|cecile|dominique|josephe|josee|jose|jeanne|line|lou|madeleine|marguerite|michele|charlotte|elisabeth|lise|catherine|gabrielle|marie|sylvie|veronique|caroline|isabelle|lyne|solange|ondine|astrid|agnes|aude|brigitte|estelle|alice|eve|emmanuelle|flore|gaelle|ines|amelie|luce|lucie|celine|chantal|sarah)$/,
  ],
  [
    /^(jose|juan|miguel|luis|maria|ana|carlos)$/,
    /^(luis|carlos|manuel|maria|antonio|jose|angel|pablo|carmen|dolores|pilar|isabel|teresa|belen|alberto|ignacio|cruz|angeles)$/,
  ],
  [
    /^(hans|karl|klaus|heinz|ernst|franz)$/,
    /^(peter|heinz|jurgen|joachim|georg|josef|dieter|werner|otto|ulrich|michael|christian|friedrich|josef)$/,
  ],
  [/^(john|mary|sarah|anna|gian)$/, /^(paul|ann|jane|lou|beth|jo|grace|luca|carlo|franco|paolo|marco|maria)$/],
];

/**
 * Takes a name written as one string apart. `full` is what was written. A name that cannot be taken apart without doubt
 * (one word in a script without blanks, an e-mail address) gives `full` alone.
 *
 * Capitals ("DUPONT Jean") and a comma ("Dupont, Jean") tell the order; `order` decides where neither does.
 */
export function splitName(full: string, order: NameOrder = 'given-first'): ContactName {
  const written = clean(full);
  if (written === '') return {};
  if (written.length > 200 || written.includes('@') || !/\p{L}/u.test(written)) return { full: written };
  const { text, nickname } = takeNickname(written);
  const parts = takeApart(text, order);
  return withoutEmpty({ full: written, ...parts, nickname });
}

function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, (c) =>
      c === '\t' || c === '\n' || c === '\r' ? ' ' : c === '\u200d' || c === '\u200c' ? c : '',
    )
    .replace(/\s+/g, ' ')
    .trim();
}

function takeNickname(text: string): { text: string; nickname?: string } {
  const quoted = /\s["“”«]\s?([^"“”«»]+?)\s?["“”»](?=\s|$)/.exec(text);
  const bare = (quoted ? text.replace(quoted[0], '') : text).replace(/\s*\([^)]*\)/g, '').trim();
  return { text: bare === '' ? text : bare, nickname: quoted?.[1] };
}

function takeApart(text: string, order: NameOrder): ContactName {
  const pieces = text.split(/\s*,\s*/).filter((piece) => piece !== '');
  const suffixes: string[] = [];
  while (pieces.length > 1 && isSuffix(pieces.at(-1)!)) suffixes.unshift(pieces.pop()!);
  if (pieces.length === 2) return byComma(pieces[0]!, pieces[1]!, suffixes);
  const { words, prefix, suffix } = stripTitles(tokens(pieces.join(' ')));
  const titles = { prefix, suffix: [...suffix, ...suffixes].join(' ') };
  return { ...titles, ...divide(words, order, prefix !== '') };
}

function tokens(text: string): string[] {
  return text
    .replace(/(\p{L}) ?- (\p{L})|(\p{L}) -(\p{L})/gu, (all) => all.replace(/ /g, ''))
    .split(' ')
    .filter((word) => word !== '');
}

function byComma(family: string, rest: string, suffixes: string[]): ContactName {
  const before = stripTitles(tokens(family));
  const after = stripTitles(tokens(rest));
  const [given, additional] = givenNames(after.words);
  return {
    prefix: [before.prefix, after.prefix].filter(Boolean).join(' '),
    given,
    additional,
    family: before.words.join(' '),
    suffix: [...before.suffix, ...after.suffix, ...suffixes].join(' '),
  };
}

function bare(word: string): string {
  return fold(word).replace(/\./g, '');
}

function isSuffix(piece: string): boolean {
  return piece.split(/[\s/]+/).every((word) => SUFFIXES.has(bare(word)));
}

/** Takes titles off the front and suffixes off the end; at least one word stays. */
function stripTitles(all: string[]): { words: string[]; prefix: string; suffix: string[] } {
  let start = 0;
  while (start < all.length - 1 && isTitle(all, start)) start++;
  let end = all.length;
  while (end - start > 2 && (SUFFIXES.has(bare(all[end - 1]!)) || SMALL_SUFFIXES.has(all[end - 1]!))) end--;
  return { words: all.slice(start, end), prefix: all.slice(0, start).join(' '), suffix: all.slice(end) };
}

/** "M. et Mme Dupont" */
const AND = new Set(['et', 'and', 'und', '&']);

function isTitle(all: string[], at: number): boolean {
  const word = bare(all[at]!);
  if (at > 0 && at < all.length - 2 && AND.has(word)) return isTitle(all, at + 1);
  if (at > 0 && PREFIX_TAILS.has(word)) return true;
  if (word === 'st' || (word === 'sr' && all[at]!.endsWith('.'))) return word === 'sr';
  return PREFIXES.has(word) && !(all[at]! === 'M' && /^.\.?$/.test(all[at + 1]!));
}

function divide(words: string[], order: NameOrder, titled: boolean): ContactName {
  if (words.length === 0) return {};
  if (words.length === 1) return single(words[0]!, titled);
  const capitals = byCapitals(words);
  if (capitals) return capitals;
  if (order === 'family-first' || isHan(words[0]!)) return familyFirst(words);
  const particle = words.findIndex((word, i) => i > 0 && i < words.length - 1 && isParticle(word));
  const start = particle > 0 ? particle : words.findIndex((word, i) => i > 0 && /^(?:d|l|dell)['’]\p{L}/iu.test(word));
  if (start > 0) {
    const [given, additional] = givenNames(words.slice(0, start));
    return { given, additional, family: words.slice(start).join(' ') };
  }
  const [given, additional] = givenNames(words.slice(0, -1));
  return { given, additional, family: words.at(-1)! };
}

function single(word: string, titled: boolean): ContactName {
  if (isHan(word)) return {};
  return titled || isCapital(word) ? { family: word } : { given: word };
}

/** One run of words in capitals among others that are not: the family name, particles beside it included. */
function byCapitals(words: string[]): ContactName | undefined {
  const first = words.findIndex(isCapital);
  if (first < 0 || words.every((word) => isCapital(word) || isParticle(word))) return undefined;
  let start = first;
  let end = first + 1;
  while (end < words.length && isCapital(words[end]!)) end++;
  if (words.some((word, i) => (i < start || i >= end) && isCapital(word))) return undefined;
  while (start > 0 && isParticle(words[start - 1]!)) start--;
  const others = [...words.slice(0, start), ...words.slice(end)];
  if (others.length === 0) return undefined;
  const [given, additional] = givenNames(others);
  return { given, additional, family: words.slice(start, end).join(' ') };
}

function familyFirst(words: string[]): ContactName {
  let end = 0;
  while (end < words.length - 2 && isParticle(words[end]!)) end++;
  const [given, additional] = givenNames(words.slice(end + 1));
  return { given, additional, family: words.slice(0, end + 1).join(' ') };
}

/** First name and further ones: "Marie Claire" is one, "John Quincy" two. */
function givenNames(words: string[]): [given: string, additional: string] {
  const [first = '', second] = words;
  if (second === undefined) return [first, ''];
  const compound = COMPOUND.some(([opens, follows]) => opens.test(fold(first)) && follows.test(fold(second)));
  const taken = compound ? 2 : 1;
  return [words.slice(0, taken).join(' '), words.slice(taken).join(' ')];
}

function isParticle(word: string): boolean {
  return PARTICLES.has(fold(word));
}

/** Written in capitals, and no initials: "JP" and "J.-C." are given names, "LI" is a family name. */
function isCapital(word: string): boolean {
  const letters = word.replace(/[^\p{L}]/gu, '');
  if (
    letters.length < 2 ||
    /\./.test(word) ||
    !/\p{Lu}/u.test(letters) ||
    /\p{Ll}/u.test(letters.replace(/^Mc|^Mac|ß/, ''))
  )
    return false;
  return letters.length > 2 || /[AEIOUY]/.test(fold(letters).toUpperCase());
}

function isHan(word: string): boolean {
  return /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u.test(word);
}

function withoutEmpty(name: ContactName): ContactName {
  const kept: ContactName = {};
  for (const key of ['full', 'given', 'additional', 'family', 'prefix', 'suffix', 'nickname'] as const) {
    if (name[key]) kept[key] = name[key];
  }
  return kept;
}

/** The name as it is shown: what the source wrote, else its parts in western order, else the nickname, else "". */
export function fullName(name: ContactName): string {
  if (name.full) return name.full;
  const parts = [name.prefix, name.given, name.additional, name.family, name.suffix].filter(Boolean).join(' ');
  return parts || (name.nickname ?? '');
}

/** How a house writes the names of people: as each writer does, in usual letters, or with family names in capitals. */
export type NamingHabit = 'as_typed' | 'usual' | 'capitals';

/** Written small before a family name; articles are not: "Jean de La Tour", "Anne Le Goff". */
const SMALL =
  /^(de|du|des|d'|von|vom|zu|zum|zur|van|der|den|ter|ten|te|di|da|del|dell'|della|dello|degli|delle|dei|dal|dalla|dos|das|do)$/;

/** Its capital, of which some letters of old scripts have none of their own: theirs is two letters, which no case makes one again. */
function capitalOf(letter: string): string {
  const capital = letter.toLocaleUpperCase('fr');
  return [...capital].length === 1 || letter === 'ß' ? capital : letter;
}

/**
 * A name as the house writes names. Words wholly in capitals or wholly in small letters get usual ones ("DUPONT", "dupont" → "Dupont");
 * whoever mixed them meant it ("McDonald", "deGrasse"). Under `capitals` the family name is in capitals, but for its particle ("Jean de
 * LA FONTAINE"). `full` follows where it is made of the parts.
 */
export function writeName(name: ContactName, habit: NamingHabit): ContactName {
  if (habit === 'as_typed') return name;
  const written = { ...name };
  for (const part of ['given', 'additional'] as const)
    if (name[part]) written[part] = name[part].replace(/[\p{L}\p{M}]+/gu, usual);
  if (name.family) {
    const words = name.family.split(/(?<=[\s'’-])/u);
    const rest = habit === 'capitals' ? (word: string) => word.replace(/\p{L}/gu, capitalOf) : usual;
    written.family = words
      .map((word, at) => {
        const small = word.toLowerCase();
        return at < words.length - 1 && SMALL.test(small.trim().replace('’', "'")) ? small : rest(word);
      })
      .join('');
  }
  const made = (one: ContactName) => fullName({ ...one, full: '' });
  if (!name.full || name.full === made(name)) written.full = made(written);
  return written;
}

/** A word in usual letters. Two capitals may be initials ("JP"), and stay. */
function usual(word: string): string {
  const [small, capital] = [word.toLocaleLowerCase('fr'), word.toLocaleUpperCase('fr')];
  if (word !== small && (word !== capital || word.length < 3)) return word;
  // No word begins with ß, whose capital is two letters.
  return small.replace(/^\P{L}*[\p{L}--ß]|(?<=^mc)\p{L}/gv, capitalOf);
}

/**
 * What exact matching compares: all first and family names, folded, their words sorted, so that order, accents, hyphens and
 * capitals do not count. "" when there is no name.
 */
export function nameKey(name: ContactName): string {
  const parts = name.given || name.family ? name : splitName(name.full ?? '');
  const text = [parts.given, parts.additional, parts.family].filter(Boolean).join(' ') || (parts.full ?? '');
  const words = fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.sort().join(' ');
}
