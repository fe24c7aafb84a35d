import { CORPORATE, DOMAIN_HASH, FLAGS } from './kinds/emails.ts';
import type { Column, ListColumn, Population } from './population.ts';
import { sharedFloats } from './texts.ts';

/** How many persons hold a value: the rarer it is, the more its agreement says. */
export interface Holders {
  /** Persons in all, at least 1. */
  persons: number;
  names: Float64Array;
  /** Of these, the ones who hold it as a family name. */
  families: Float64Array;
  emails: Float64Array;
  phones: Float64Array;
  organizations: Float64Array;
  streets: Float64Array;
  postcodes: Float64Array;
  cities: Float64Array;
  /** By the hash of a corporate mail domain. */
  domains: Map<number, number>;
  further: Float64Array[];
}

/** How many persons hold each value, when cards have been put together to persons already. */
export function countHolders(population: Population, personOf: Int32Array): Holders {
  const { order, persons } = byPerson(population.size, personOf);
  const count = <V extends { key: string }>(column: Column<V>) => countColumn(population, column, personOf, order);
  const families = count(population.family);
  const named = addCounts(count(population.given), families);
  return {
    persons: Math.max(1, persons),
    names: named,
    families,
    emails: countList(population, population.emails, personOf, order),
    phones: countList(population, population.phones, personOf, order),
    organizations: count(population.organization),
    streets: count(population.street),
    postcodes: count(population.postcode),
    cities: count(population.city),
    domains: countDomains(population, personOf),
    further: population.further.map(({ column }) => count(column)),
  };
}

/** The cards, those of one person side by side. */
function byPerson(size: number, personOf: Int32Array): { order: Int32Array; persons: number } {
  const starts = new Int32Array(size + 1);
  for (let card = 0; card < size; card++) starts[personOf[card]! + 1]!++;
  let persons = 0;
  for (let card = 0; card < size; card++) {
    if (starts[card + 1]! > 0) persons++;
    starts[card + 1]! += starts[card]!;
  }
  const order = new Int32Array(size);
  for (let card = 0; card < size; card++) order[starts[personOf[card]!]!++] = card;
  return { order, persons };
}

/** Persons, not cards, because cards of one person repeat its values: each value counts once per person that holds it. */
function countColumn<V extends { key: string }>(
  population: Population,
  column: Column<V>,
  personOf: Int32Array,
  order: Int32Array,
): Float64Array {
  const counts = sharedFloats(column.dictionary.size);
  const last = new Int32Array(counts.length).fill(-1);
  for (const card of order) {
    const id = population.value(card, column);
    if (id < 0 || last[id] === personOf[card]) continue;
    last[id] = personOf[card]!;
    counts[id]!++;
  }
  return counts;
}

function countList<V extends { key: string }>(
  population: Population,
  { at, ids, dictionary }: ListColumn<V>,
  personOf: Int32Array,
  order: Int32Array,
): Float64Array {
  const { rows, stride } = population;
  const counts = sharedFloats(dictionary.size);
  const last = new Int32Array(counts.length).fill(-1);
  for (const card of order) {
    for (let x = rows[card * stride + at]!; x < rows[(card + 1) * stride + at]!; x++) {
      const id = ids.array[x]!;
      if (last[id] === personOf[card]) continue;
      last[id] = personOf[card]!;
      counts[id]!++;
    }
  }
  return counts;
}

function addCounts(a: Float64Array, b: Float64Array): Float64Array {
  const sum = sharedFloats(Math.max(a.length, b.length));
  sum.set(a);
  for (let id = 0; id < b.length; id++) sum[id]! += b[id]!;
  return sum;
}

function countDomains(population: Population, personOf: Int32Array): Map<number, number> {
  const { marks, stride } = population.emails.dictionary;
  const domains = new Map<number, number>();
  for (let card = 0; card < population.size; card++) {
    if (personOf[card] !== card) continue;
    for (const id of population.list(card, population.emails)) {
      if ((marks.array[id * stride + FLAGS]! & CORPORATE) === 0) continue;
      const domain = marks.array[id * stride + DOMAIN_HASH]!;
      domains.set(domain, (domains.get(domain) ?? 0) + 1);
    }
  }
  return domains;
}
