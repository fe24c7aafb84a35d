import { countryCode } from '../normalise/address.ts';
import { fold } from '../normalise/fold.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';

/** What a column's values look like, from a sample. */
export interface Guess {
  target: string;
  /** 0 to 1. */
  confidence: number;
}

const EMAIL = /[^\s@<>"(),;:]+@[^\s@<>"(),;:]+\.[^\s@<>"(),;:]{2,}/;
const WEB = /^(https?:\/\/|www\.)\S+$/i;
const PHONE =
  /^(?:(?:tel|tél|fax|mob)\w*\.?\s*:?\s*)?[+(]?\d[\d\s().\-/]{6,24}(?:\s*(?:x|ext|poste|p)\.?\s*\d{1,6})?$/i;
const DATE = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})/;

export function looksLikeEmail(value: string): boolean {
  return value.length < 400 && value.includes('@') && EMAIL.test(value);
}

/** A number with separators or a prefix, or ten digits: bare years, counts and identifiers are no phones. */
export function looksLikePhone(value: string): boolean {
  if (value.length > 60 || !PHONE.test(value) || DATE.test(value)) return false;
  const digits = value.replace(/\D/g, '').length;
  return digits >= 8 && digits <= 15 && (/^(\+|00|0\d)/.test(value) || /\d[\s.)/-]+\d/.test(value));
}

/** Whether a cell can be a value only, never a header. */
export function looksLikeData(value: string): boolean {
  return looksLikeEmail(value) || WEB.test(value) || looksLikePhone(value) || DATE.test(value);
}

const RULES: { target: string; share: number; confidence: number; test: (value: string) => boolean }[] = [
  { target: 'email', share: 0.5, confidence: 0.95, test: looksLikeEmail },
  { target: 'url', share: 0.6, confidence: 0.9, test: (value) => WEB.test(value) },
  { target: 'phone', share: 0.6, confidence: 0.8, test: looksLikePhone },
  {
    target: 'country',
    share: 0.9,
    confidence: 0.6,
    test: (value) => value.length > 3 && countryCode(value) !== undefined,
  },
  {
    target: 'organization',
    share: 0.3,
    confidence: 0.6,
    test: (value) => value.length < 200 && looksLikeOrganization(value),
  },
];

/** Guesses a column without a known header by its values alone; undefined when nothing speaks clearly enough. */
export function guessValues(values: string[]): Guess | undefined {
  const filled = values.map((value) => value.trim()).filter((value) => value !== '');
  if (filled.length === 0) return undefined;
  for (const rule of RULES) {
    const share = filled.filter(rule.test).length / filled.length;
    if (share >= rule.share) return { target: rule.target, confidence: round(share * rule.confidence) };
  }
  return undefined;
}

export interface NameColumn extends Guess {
  column: number;
}

/**
 * Finds the name columns of a table without known headers. The best witness is the e-mail address in the same row: a value that
 * stands in its local part is a name, and the one that stands first is the given name.
 */
export function guessNames(rows: string[][], emailColumn: number | undefined, free: number[]): NameColumn[] {
  const witnessed = emailColumn === undefined ? [] : free.map((column) => witness(rows, emailColumn, column));
  const names = witnessed.filter((found) => found.share >= 0.35).sort((a, b) => b.share - a.share);
  const [first, second] = names;
  if (first && first.words >= 1.6)
    return [{ column: first.column, target: 'full', confidence: round(first.share * 0.8) }];
  if (first && second) {
    const [given, family] = first.position <= second.position ? [first, second] : [second, first];
    return [
      { column: given.column, target: 'given', confidence: round(given.share * 0.8) },
      { column: family.column, target: 'family', confidence: round(family.share * 0.8) },
    ];
  }
  return guessByShape(rows, free);
}

interface Witness {
  column: number;
  share: number;
  /** Mean place in the local part. */
  position: number;
  /** Mean number of words. */
  words: number;
}

function witness(rows: string[][], emailColumn: number, column: number): Witness {
  let seen = 0;
  let hits = 0;
  let position = 0;
  let words = 0;
  for (const row of rows) {
    const local = fold((row[emailColumn] ?? '').slice(0, 200).split('@')[0] ?? '');
    const parts = fold((row[column] ?? '').slice(0, 200))
      .split(/[^\p{L}]+/u)
      .filter((part) => part.length > 1);
    if (local === '' || parts.length === 0) continue;
    seen++;
    words += parts.length;
    const at = parts.map((part) => local.indexOf(part)).filter((index) => index >= 0);
    if (at.length === 0) continue;
    hits++;
    position += Math.min(...at);
  }
  if (seen === 0) return { column, share: 0, position: 0, words: 0 };
  return { column, share: hits / seen, position: hits ? position / hits : 0, words: words / seen };
}

const NAME_WORD = /^\p{Lu}[\p{L}'’.-]*$/u;

function guessByShape(rows: string[][], free: number[]): NameColumn[] {
  const shapes = free
    .map((column) => {
      const filled = rows.map((row) => (row[column] ?? '').trim()).filter((value) => value !== '');
      const named = filled.filter(
        (value) => value.length < 60 && value.split(/\s+/).every((word) => NAME_WORD.test(word)),
      );
      const words = named.reduce((sum, value) => sum + value.split(/\s+/).length, 0) / (named.length || 1);
      const upper = named.filter((value) => value === value.toUpperCase()).length / (named.length || 1);
      const varied = new Set(filled).size / (filled.length || 1);
      return { column, share: filled.length ? named.length / filled.length : 0, words, upper, varied };
    })
    .filter((shape) => shape.share >= 0.8 && shape.varied >= 0.5);
  const full = shapes.find((shape) => shape.words >= 1.7 && shape.words <= 3.5);
  if (full) return [{ column: full.column, target: 'full', confidence: 0.5 }];
  const [one, two] = shapes;
  if (!one || !two) return [];
  const familyFirst = one.upper > 0.8 && two.upper < 0.5;
  return [
    { column: one.column, target: familyFirst ? 'family' : 'given', confidence: 0.4 },
    { column: two.column, target: familyFirst ? 'given' : 'family', confidence: 0.4 },
  ];
}

function round(share: number): number {
  return Math.round(share * 100) / 100;
}
