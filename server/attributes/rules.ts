import { themself } from '../cards/contract.ts';
import type { AttributeType, Bounds, Given, Origin, Refusal, reasons } from './contract.ts';
import { mostWritten } from './contract.ts';

/** What decides whether a value is possible. */
export interface Definition {
  type: AttributeType;
  choices: readonly { key: string }[];
  many: boolean;
  bounds: Bounds;
}

/** A value as its row holds it: as JSON, and as PostgreSQL compares it. */
export interface Stored {
  value: Given;
  text: string | null;
  number: number | null;
  day: string | null;
}

const stored = (value: Given, more: Partial<Stored> = {}): Stored => ({
  value,
  text: null,
  number: null,
  day: null,
  ...more,
});

/** Today, UTC. */
const today = (): string => new Date().toISOString().slice(0, 10);

/** Reads what was given as a value of an attribute. @returns why it cannot be one */
export function readValue(of: Definition, given: Given): Stored | Refusal {
  switch (of.type) {
    case 'text':
      return typeof given === 'string' ? readText(of.bounds, given) : 'type';
    case 'number':
      return typeof given === 'number' ? readNumber(of.bounds, given) : 'type';
    case 'boolean':
      return typeof given === 'boolean' ? stored(given) : 'type';
    case 'date':
      return typeof given === 'string' ? readDay(of.bounds, given) : 'type';
    case 'choice':
      return readChoice(of, given);
  }
}

function readText({ most = mostWritten }: Bounds, given: string): Stored | Refusal {
  // PostgreSQL keeps no NUL, and no half of a pair (RFC 3629).
  const text = given.replaceAll('\u0000', '').toWellFormed().trim();
  if (text === '') return 'empty';
  return text.length > most ? 'too_long' : stored(text, { text });
}

function readNumber({ min, max, whole }: Bounds, number: number): Stored | Refusal {
  if (!Number.isFinite(number)) return 'type';
  if (whole && !Number.isInteger(number)) return 'not_whole';
  if (min !== undefined && number < min) return 'too_small';
  return max !== undefined && number > max ? 'too_large' : stored(number, { number });
}

function readDay({ from, to, past }: Bounds, day: string): Stored | Refusal {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return 'no_day';
  const at = new Date(`${day}T00:00:00Z`);
  // 30 February is read as 1 or 2 March; and there was no year 0.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== day || day < '0001') return 'no_day';
  if (past && day > today()) return 'future';
  if (from !== undefined && day < from) return 'too_early';
  return to !== undefined && day > to ? 'too_late' : stored(day, { day });
}

function readChoice({ choices, many }: Definition, given: Given): Stored | Refusal {
  const wanted = typeof given === 'string' ? [given] : Array.isArray(given) ? given : null;
  if (!wanted) return 'type';
  if (wanted.length === 0) return 'empty';
  // In the order in which they are offered, each once.
  const keys = choices.map(({ key }) => key).filter((key) => wanted.includes(key));
  if (wanted.some((key) => !keys.includes(key))) return 'unknown_choice';
  if (!many && keys.length > 1) return 'one_only';
  return stored(keys, many ? {} : { text: keys[0]! });
}

/** A value as it is given out: of a choice that allows one only, its key alone. */
export const shownValue = ({ type, many }: Pick<Definition, 'type' | 'many'>, value: Given): Given =>
  type === 'choice' && !many && Array.isArray(value) ? value[0]! : value;

/**
 * Reads what somebody typed or ticked on a page, as people write it: `1 250,5`, `1.250,5` is none. @returns undefined where nothing was said
 */
export function readTyped(of: Definition, typed: readonly string[]): Stored | Refusal | undefined {
  const [first = ''] = typed.map((one) => one.trim()).filter(Boolean);
  if (first === '') return undefined;
  if (of.type === 'choice') return readValue(of, [...typed].filter(Boolean));
  if (of.type === 'boolean') return first === 'yes' || first === 'no' ? stored(first === 'yes') : 'type';
  if (of.type !== 'number') return readValue(of, first);
  const plain = first.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(plain) ? readValue(of, Number(plain)) : 'type';
}

export const isRefusal = (read: Stored | Refusal): read is Refusal => typeof read === 'string';

/** A word about somebody, of one card or contact point. */
export interface Word {
  subjectId: string;
  value: Given;
  origin: Origin;
  saidBy: string;
  at: Date;
}

type Reason = (typeof reasons)[number];

const day = 86_400_000;
/** Whose words are kept by hand say more than what a program brought. */
const trust: Record<Origin, number> = { form: 3, self_update: 3, member: 3, import: 2, api: 1 };

const isOwn = ({ saidBy }: Word): boolean => saidBy === themself;
/** A member who wrote it here, not a program or file in their name. */
const isCorrection = (word: Word): boolean => !isOwn(word) && word.origin === 'member';

interface Candidate {
  identity: string;
  words: Word[];
}
const last = (words: readonly Word[]): number => Math.max(0, ...words.map(({ at }) => at.getTime()));

/** The visible rules, in their order: confirmed by the person themself > corrected > recent > trusted > frequent (domain.md, 3). */
const rules: [Exclude<Reason, 'only'>, (one: Candidate) => number][] = [
  ['confirmed', ({ words }) => last(words.filter(isOwn))],
  ['corrected', ({ words }) => last(words.filter(isCorrection))],
  // Days, so that two imports of one afternoon count as equally recent.
  ['recent', ({ words }) => Math.floor(last(words) / day)],
  ['trusted', ({ words }) => Math.max(...words.map(({ origin }) => trust[origin]))],
  ['frequent', ({ words }) => words.length],
];

function compare(a: Candidate, b: Candidate): number {
  for (const [, rank] of rules) {
    const difference = rank(b) - rank(a);
    if (difference !== 0) return difference;
  }
  return a.identity < b.identity ? -1 : 1;
}

/**
 * Composes what several cards and contact points of a person say of one attribute: deterministic, whatever their order.
 * @returns what stands and why, and all words, its own first; null: nothing is said
 */
export function composeWords(words: readonly Word[]): { value: Given; reason: Reason; said: Word[] } | null {
  const groups = Map.groupBy(words, ({ value }) => JSON.stringify(value));
  const [first, second, ...others] = [...groups]
    .map(
      ([identity, group]): Candidate => ({
        identity,
        words: group.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.subjectId < b.subjectId ? -1 : 1)),
      }),
    )
    .sort(compare);
  if (!first) return null;
  const reason = second
    ? (rules.find(([, rank]) => rank(first) !== rank(second))?.[0] ?? 'frequent')
    : first.words.some(isOwn)
      ? 'confirmed'
      : 'only';
  return {
    value: first.words[0]!.value,
    reason,
    said: [first, ...(second ? [second] : []), ...others].flatMap((one) => one.words),
  };
}
