import type { Population, Scorer } from '../engine/index.ts';

/**
 * The homonym guard: first names, birthdays or identifiers that cannot be one person's. What they part is proposed at most, and
 * joined by people only.
 */
export function contradicts(population: Population, scorer: Scorer, i: number, j: number): boolean {
  if (scorer.haveTwoNames(i, j)) return true;
  if (differInGivenName(population, i, j)) return true;
  return population.further.some(({ field, column }) => {
    const [a, b] = [population.value(i, column), population.value(j, column)];
    if (a < 0 || b < 0 || a === b) return false;
    if (field.kind === 'identifier') return true;
    return field.kind === 'date' && !areOneDay(column.dictionary.value(a).key, column.dictionary.value(b).key);
  });
}

/** A birthday without its year is another's with the year, when month and day agree. */
function areOneDay(a: string, b: string): boolean {
  return (a.startsWith('--') || b.startsWith('--')) && a.slice(-5) === b.slice(-5);
}

const FEMININE = new Set(['e', 'le', 'ne', 'te', 'se', 'a']);

/** "René" and "Renée", "Jean" and "Jeanne", "Daniel" and "Danielle", "Frédéric" and "Frédérique": near, and two. */
function differInGivenName(population: Population, i: number, j: number): boolean {
  const { given, names } = population;
  const [a, b] = [population.value(i, given), population.value(j, given)];
  if (a < 0 || b < 0 || a === b) return false;
  const [one, other] = [names.value(a).letters, names.value(b).letters];
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length < 3 || short === long) return false;
  if (long.startsWith(short) && FEMININE.has(long.slice(short.length))) return true;
  return short.endsWith('ic') && long === `${short.slice(0, -1)}que`;
}
