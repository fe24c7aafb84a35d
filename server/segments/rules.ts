import type { Stirred } from '../kernel/stirring.ts';
import type { Problem } from './contract.ts';
import { FilterProblem } from './dictionary.ts';
import { type Filter, FilterSyntaxError, isName, printFilter, type Value } from './language-contract.ts';

/** What is wrong with a condition; anything else is thrown on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof FilterSyntaxError) return { problem: error.problem, about: error.found, at: error.at };
  if (error instanceof FilterProblem) return { problem: error.problem, about: error.about };
  throw error;
}

/** A key made of a name: small letters, digits and `_`; another where it is taken. */
export function keyFrom(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 34);
  const base = isName(plain) ? plain : `s_${plain}`.slice(0, 34).replace(/_$/, '');
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base}_${n}`;
    if (isName(key) && !taken.has(key)) return key;
  }
}

/** A part of a condition as it is explained, outer before inner. */
export interface Part {
  depth: number;
  text: string;
  filter: Filter;
  /** What it compares, where that can be shown. */
  value: Value | null;
}

export function partsOf(filter: Filter, depth = 0): Part[] {
  const value = filter.is === 'test' || filter.is === 'within' ? filter.value : null;
  const inner = filter.is === 'all' || filter.is === 'any' ? filter.of : filter.is === 'not' ? [filter.of] : [];
  return [{ depth, text: printFilter(filter), filter, value }, ...inner.flatMap((one) => partsOf(one, depth + 1))];
}

/** The stages that every company begins with; they are called in the reader's language. */
export const usualStages = [
  { key: 'back', filter: 'count(order last 3 months) > 0 and did (order then no order within 12 months)' },
  { key: 'customer', filter: 'count(order last 12 months) > 0' },
  { key: 'quiet', filter: 'count(order last 24 months) > 0' },
  { key: 'lost', filter: 'count(order) > 0' },
  { key: 'lead', filter: 'count(message last 12 months) > 0 or count(attendance last 12 months) > 0' },
  { key: 'prospect', filter: 'everyone' },
].map((one) => ({ ...one, name: '' }));

/** Whether a change of these is one that a segment follows. A fact of whatever kind is one of each; a segment built by an older version follows all. */
export function isConcerned(follows: readonly Stirred[], about: ReadonlySet<Stirred>): boolean {
  const isFact = (one: Stirred) => one === 'fact' || one.startsWith('fact:');
  if (follows.some((one) => about.has(one))) return true;
  return (about.has('fact') && follows.some(isFact)) || (follows.includes('fact') && [...about].some(isFact));
}
