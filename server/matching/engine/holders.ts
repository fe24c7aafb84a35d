import type { Column, ListColumn, Population } from './population.ts';

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
  /** By corporate mail domain. */
  domains: Map<string, number>;
  further: Float64Array[];
}

/** How many persons hold each value, when cards have been put together to persons already. */
export function countHolders(population: Population, personOf: Int32Array): Holders {
  const count = <V extends { key: string }>(column: Column<V>) => countColumn(population, column, personOf);
  const families = count(population.family);
  const named = addCounts(count(population.given), families);
  const persons = new Set(personOf.subarray(0, population.size)).size;
  return {
    persons: Math.max(1, persons),
    names: named,
    families,
    emails: countList(population, population.emails, personOf),
    phones: countList(population, population.phones, personOf),
    organizations: count(population.organization),
    streets: count(population.street),
    postcodes: count(population.postcode),
    cities: count(population.city),
    domains: countDomains(population, personOf),
    further: population.further.map(({ column }) => count(column)),
  };
}

/** Persons, not cards, because cards of one person repeat its values: each value counts once per person that holds it. */
function countColumn<V extends { key: string }>(
  population: Population,
  column: Column<V>,
  personOf: Int32Array,
): Float64Array {
  const counts = new Float64Array(column.dictionary.values.length);
  const seen = new Set<number>();
  for (let card = 0; card < population.size; card++) {
    const id = population.value(card, column);
    if (id < 0) continue;
    const person = personOf[card]!;
    if (person !== card) {
      const pair = person * 0x4000000 + id;
      if (population.value(person, column) === id || seen.has(pair)) continue;
      seen.add(pair);
    }
    counts[id]!++;
  }
  return counts;
}

function countList<V extends { key: string }>(
  population: Population,
  column: ListColumn<V>,
  personOf: Int32Array,
): Float64Array {
  const counts = new Float64Array(column.dictionary.values.length);
  const last = new Int32Array(counts.length).fill(-1);
  for (let card = 0; card < population.size; card++) {
    for (const id of population.list(card, column)) {
      if (last[id] === personOf[card]) continue;
      last[id] = personOf[card]!;
      counts[id]!++;
    }
  }
  return counts;
}

function addCounts(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(Math.max(a.length, b.length));
  a.forEach((count, id) => {
    sum[id] = count;
  });
  b.forEach((count, id) => {
    sum[id]! += count;
  });
  return sum;
}

function countDomains(population: Population, personOf: Int32Array): Map<string, number> {
  const { dictionary } = population.emails;
  const domains = new Map<string, number>();
  for (let i = 0; i < population.size; i++) {
    if (personOf[i] !== i) continue;
    for (const id of population.list(i, population.emails)) {
      const { corporate, domain } = dictionary.values[id]!;
      if (corporate) domains.set(domain, (domains.get(domain) ?? 0) + 1);
    }
  }
  return domains;
}
