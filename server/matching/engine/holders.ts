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
  const count = <V extends { key: string }>(column: Column<V>) => countColumn(column, personOf, population.size);
  const families = count(population.family);
  const named = addCounts(count(population.given), families);
  const persons = new Set(personOf.subarray(0, population.size)).size;
  return {
    persons: Math.max(1, persons),
    names: named,
    families,
    emails: countList(population.emails, personOf, population.size),
    phones: countList(population.phones, personOf, population.size),
    organizations: count(population.organization),
    streets: count(population.street),
    postcodes: count(population.postcode),
    cities: count(population.city),
    domains: countDomains(population, personOf),
    further: population.further.map(({ column }) => count(column)),
  };
}

/** Persons, not cards, because cards of one person repeat its values: each value counts once per person that holds it. */
function countColumn<V extends { key: string }>(column: Column<V>, personOf: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(column.dictionary.values.length);
  const seen = new Set<number>();
  for (let i = 0; i < size; i++) {
    const id = column.ids.array[i]!;
    if (id < 0) continue;
    if (personOf[i] === i) {
      counts[id]!++;
      continue;
    }
    const pair = personOf[i]! * 0x4000000 + id;
    if (column.ids.array[personOf[i]!] === id || seen.has(pair)) continue;
    seen.add(pair);
    counts[id]!++;
  }
  return counts;
}

function countList<V extends { key: string }>(column: ListColumn<V>, personOf: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(column.dictionary.values.length);
  const last = new Int32Array(counts.length).fill(-1);
  for (let i = 0; i < size; i++) {
    for (let at = column.starts.array[i]!; at < column.starts.array[i + 1]!; at++) {
      const id = column.ids.array[at]!;
      if (last[id] === personOf[i]) continue;
      last[id] = personOf[i]!;
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
  const { starts, ids, dictionary } = population.emails;
  const domains = new Map<string, number>();
  for (let i = 0; i < population.size; i++) {
    if (personOf[i] !== i) continue;
    for (let at = starts.array[i]!; at < starts.array[i + 1]!; at++) {
      const { corporate, domain } = dictionary.values[ids.array[at]!]!;
      if (corporate) domains.set(domain, (domains.get(domain) ?? 0) + 1);
    }
  }
  return domains;
}
