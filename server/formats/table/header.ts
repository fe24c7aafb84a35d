import { formatTarget, parseTarget } from './columns.ts';
import { DICTIONARY, FILLERS, PLACES } from './dictionary.ts';

/** Folds a header for look-up: "Tél. mobile" → "tel mobile", "libelleVoie" → "libelle voie", "E-mail" → "e mail". */
export function foldHeader(header: string): string {
  return header
    .slice(0, 200)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/œ/g, 'oe')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * What a header says its column holds, in English, French, German, Spanish or Italian; undefined when no word is known.
 * Numbers and place words become part of the target: "Téléphone 2 (bureau)" → `phone.2:work`.
 */
export function targetOfHeader(header: string): string | undefined {
  const folded = foldHeader(header);
  if (folded === '') return undefined;
  const exact = DICTIONARY.get(folded);
  if (exact) return exact;
  const { words, number } = withoutNumbers(folded.split(' '));
  return (
    qualified(DICTIONARY.get(words.join(' ')), number) ??
    withoutPlaces(words, number) ??
    withoutPlaces(
      words.filter((word) => !FILLERS.has(word)),
      number,
    )
  );
}

function withoutNumbers(tokens: string[]): { words: string[]; number: number } {
  const words: string[] = [];
  let number = 0;
  for (const token of tokens) {
    const parts = /^(\p{L}*)(\d{1,3})$/u.exec(token);
    if (!parts) {
      words.push(token);
      continue;
    }
    number = Number(parts[2]);
    if (parts[1]) words.push(parts[1]);
  }
  return { words, number };
}

function withoutPlaces(words: string[], number: number): string | undefined {
  const plain = qualified(DICTIONARY.get(words.join(' ')), number);
  if (plain) return plain;
  const at = words.findIndex((word) => PLACES.has(word));
  if (at < 0 || words.length < 2) return undefined;
  const place = PLACES.get(words[at]!)!;
  const rest = words.filter((word, index) => index !== at && !FILLERS.has(word));
  const base = DICTIONARY.get(words.filter((_, index) => index !== at).join(' ')) ?? DICTIONARY.get(rest.join(' '));
  return qualified(base, number, place);
}

/** Fields that can be several times in a row, or have a place; for the others a number or place means something else. */
const PLACEABLE = new Set([
  'email',
  'phone',
  'url',
  'street',
  'streetPart',
  'extended',
  'pobox',
  'city',
  'region',
  'postcode',
  'country',
  'formatted',
]);
const NUMBERED = new Set(['email', 'phone', 'url', 'emailType', 'phoneType', 'urlType']);
/** Repeated columns of these are joined; "Company 2" or "Last name 2" is another person's or another job's. */
const REPEATABLE = new Set(['category', 'street', 'extended', 'note', 'ignore']);

function qualified(base: string | undefined, number: number, place?: string): string | undefined {
  const target = base ? parseTarget(base) : undefined;
  if (!target) return undefined;
  if (place && !PLACEABLE.has(target.field)) return undefined;
  if (number > 1 && !NUMBERED.has(target.field) && !REPEATABLE.has(target.field)) return undefined;
  const qualifiers = place && !target.qualifiers.includes(place) ? [...target.qualifiers, place] : target.qualifiers;
  return formatTarget({ field: target.field, number: NUMBERED.has(target.field) ? number : 0, qualifiers });
}
