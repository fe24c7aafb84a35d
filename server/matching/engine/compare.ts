import { emails, isExplainedBy, SAME_USER } from './kinds/emails.ts';
import type { Kind } from './kinds/kind.ts';
import { names } from './kinds/names.ts';
import { type OrganizationValue, organizations } from './kinds/organizations.ts';
import { phones } from './kinds/phones.ts';
import { cities, postcodes, streets } from './kinds/places.ts';
import type { Column, Dictionary, ListColumn, Population } from './population.ts';

/** One line of evidence: what is compared and how far it can agree. */
export interface Feature {
  name: string;
  /** From "different" upwards. */
  levels: readonly string[];
}

/** Neither side, or only one, says anything. */
export const MISSING = -1;

/** The positions of the features that every population has; further fields follow. */
export const GIVEN = 0;
export const FAMILY = 1;
export const EMAIL = 2;
export const PHONE = 3;
export const ORGANIZATION = 4;
export const ADDRESS = 5;
export const FURTHER = 6;

const EMAIL_NEAR = 1;
const EMAIL_SAME = 3;
const PHONE_SAME = 3;
const ORGANIZATION_LEVELS = ['different', 'similar', 'domain', 'part', 'near', 'same'];
const ADDRESS_LEVELS = ['different', 'same city, other street', 'same city', 'same postcode', 'near', 'same'];

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

/** Remembers the level of pairs of values; two pairs that fall into one place overwrite each other, which costs time only. */
class Remembered<V extends { key: string }> {
  private readonly kind: Kind<V>;
  private readonly dictionary: Dictionary<V>;
  private readonly pairs = new Float64Array(1 << 16).fill(-1);
  private readonly levels = new Int8Array(1 << 16);

  constructor(kind: Kind<V>, dictionary: Dictionary<V>) {
    this.kind = kind;
    this.dictionary = dictionary;
  }

  level(a: number, b: number): number {
    if (a === b) return this.kind.levels.length - 1;
    const [low, high] = a < b ? [a, b] : [b, a];
    const pair = low * 0x4000000 + high;
    const place = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 16;
    if (this.pairs[place] === pair) return this.levels[place]!;
    const level = this.kind.compare(this.dictionary.values[low]!, this.dictionary.values[high]!);
    this.pairs[place] = pair;
    this.levels[place] = level;
    return level;
  }
}

/**
 * Compares cards of a population. The answer to `compare` stands in `levels` (one per feature, `MISSING` where there is nothing
 * to compare) and `rarity` (one over the share of persons who hold what agrees; 0 where frequency has no part).
 */
export class Comparer {
  readonly features: readonly Feature[];
  readonly levels: Int8Array;
  readonly rarity: Float64Array;
  /** Whether the phones agree in a number that one person carries. */
  byMobile = false;
  private readonly population: Population;
  readonly holders: Holders;
  private readonly name: Remembered<Population['names']['values'][number]>;
  private readonly organization;
  private readonly street;
  private readonly postcode;
  private readonly city;
  private readonly further: Remembered<{ key: string }>[];

  constructor(population: Population, holders: Holders) {
    this.population = population;
    this.holders = holders;
    this.features = featuresOf(population);
    this.levels = new Int8Array(this.features.length);
    this.rarity = new Float64Array(this.features.length);
    this.name = new Remembered(names, population.names);
    this.organization = new Remembered(organizations, population.organization.dictionary);
    this.street = new Remembered(streets, population.street.dictionary);
    this.postcode = new Remembered(postcodes, population.postcode.dictionary);
    this.city = new Remembered(cities, population.city.dictionary);
    this.further = population.further.map(({ kind, column }) => new Remembered(kind, column.dictionary));
  }

  /**
   * The cheap part first. @returns false when neither name agrees and no address, number, date or identifier is equal: then the
   * rest is not worth the comparison, and `levels` are not to be read
   */
  isWorthwhile(i: number, j: number): boolean {
    this.compareNames(i, j);
    return this.levels[GIVEN] !== 0 || this.levels[FAMILY] !== 0 || this.shareValue(i, j);
  }

  private shareValue(i: number, j: number): boolean {
    for (const { starts, ids } of [this.population.emails, this.population.phones])
      for (let x = starts.array[i]!; x < starts.array[i + 1]!; x++)
        for (let y = starts.array[j]!; y < starts.array[j + 1]!; y++) if (ids.array[x] === ids.array[y]) return true;
    return this.population.further.some(
      ({ field, column: { ids } }) =>
        field.kind !== 'category' && field.kind !== 'text' && ids.array[i]! >= 0 && ids.array[i] === ids.array[j],
    );
  }

  compare(i: number, j: number): void {
    this.compareNames(i, j);
    this.compareRest(i, j);
  }

  /** What `isWorthwhile` left out. */
  compareRest(i: number, j: number): void {
    this.compareEmails(i, j);
    this.comparePhones(i, j);
    this.compareOrganizations(i, j);
    this.compareAddresses(i, j);
    for (let at = 0; at < this.further.length; at++) {
      const { ids } = this.population.further[at]!.column;
      this.compareSingle(FURTHER + at, ids.array[i]!, ids.array[j]!, this.further[at]!, this.holders.further[at]!);
    }
  }

  private set(feature: number, level: number, rarity: number): void {
    this.levels[feature] = level;
    this.rarity[feature] = rarity;
  }

  private rare(held: Float64Array, id: number): number {
    return this.holders.persons / Math.max((held[id] ?? 1) - 1, UNSEEN);
  }

  /** First and family names; the other way round where that agrees better, since sources swap them. */
  private compareNames(i: number, j: number): void {
    const { given, family } = this.population;
    const [g1, g2] = [given.ids.array[i]!, given.ids.array[j]!];
    const [f1, f2] = [family.ids.array[i]!, family.ids.array[j]!];
    const straightGiven = this.nameLevel(g1, g2);
    const straightFamily = this.nameLevel(f1, f2);
    if (straightGiven < 2 || straightFamily < 2) {
      const crossGiven = this.nameLevel(g1, f2);
      const crossFamily = this.nameLevel(f1, g2);
      if (WORTH[crossGiven + 1]! + WORTH[crossFamily + 1]! > WORTH[straightGiven + 1]! + WORTH[straightFamily + 1]!) {
        return this.setCrossed(crossGiven, crossFamily, g1, f1, g2, f2);
      }
    }
    this.setName(GIVEN, straightGiven, g1, g2);
    this.setName(FAMILY, straightFamily, f1, f2);
  }

  /** Across, the pair of words that are mostly family names for others is the pair of family names. */
  private setCrossed(crossGiven: number, crossFamily: number, g1: number, f1: number, g2: number, f2: number): void {
    const lean = this.familyShare(g1) + this.familyShare(f2) - this.familyShare(f1) - this.familyShare(g2);
    const turned = lean > 0 || (lean === 0 && crossGiven < crossFamily);
    this.setName(turned ? FAMILY : GIVEN, crossGiven, g1, f2);
    this.setName(turned ? GIVEN : FAMILY, crossFamily, f1, g2);
  }

  /** Of those who bear a name, the share for whom it is the family name; one half where nothing is known. */
  private familyShare(name: number): number {
    const held = name < 0 ? 0 : (this.holders.names[name] ?? 0);
    return held === 0 ? 0.5 : this.holders.families[name]! / held;
  }

  private nameLevel(a: number, b: number): number {
    return a < 0 || b < 0 ? MISSING : this.name.level(a, b);
  }

  private setName(feature: number, level: number, a: number, b: number): void {
    if (level < 2) return this.set(feature, level, 0);
    const held = this.holders.names;
    this.set(feature, level, a === b ? this.rare(held, a) : (this.rare(held, a) + this.rare(held, b)) / 2);
  }

  private compareSingle<V extends { key: string }>(
    feature: number,
    a: number,
    b: number,
    remembered: Remembered<V>,
    held: Float64Array,
  ): void {
    if (a < 0 || b < 0) return this.set(feature, MISSING, 0);
    this.set(feature, remembered.level(a, b), a === b ? this.rare(held, a) : 0);
  }

  private compareEmails(i: number, j: number): void {
    const { starts, ids, dictionary } = this.population.emails;
    let best = MISSING;
    let rarity = 0;
    for (let x = starts.array[i]!; x < starts.array[i + 1]!; x++) {
      const a = ids.array[x]!;
      if (dictionary.values[a]!.shared) continue;
      for (let y = starts.array[j]!; y < starts.array[j + 1]!; y++) {
        const b = ids.array[y]!;
        if (dictionary.values[b]!.shared) continue;
        let level = a === b ? EMAIL_SAME : emails.compare(dictionary.values[a]!, dictionary.values[b]!);
        if (level === SAME_USER && this.isExplained(dictionary.values[a]!.user, i, j)) level = 0;
        // Of two people in one house, near addresses are near names.
        if (
          level === EMAIL_NEAR &&
          this.levels[GIVEN] === 0 &&
          dictionary.values[a]!.domain === dictionary.values[b]!.domain
        )
          level = 0;
        if (level < best) continue;
        rarity = level === EMAIL_SAME ? Math.max(level > best ? 0 : rarity, this.rare(this.holders.emails, a)) : 0;
        best = level;
      }
    }
    this.set(EMAIL, best, rarity);
  }

  private isExplained(user: string, i: number, j: number): boolean {
    return (
      isExplainedBy(user, this.part('given', i), this.part('family', i)) ||
      isExplainedBy(user, this.part('given', j), this.part('family', j))
    );
  }

  private part(slot: 'given' | 'family', card: number): string {
    const id = this.population[slot].ids.array[card]!;
    return id < 0 ? '' : this.population.names.values[id]!.letters;
  }

  private comparePhones(i: number, j: number): void {
    const { starts, ids, dictionary } = this.population.phones;
    let best = MISSING;
    let rarity = 0;
    for (let x = starts.array[i]!; x < starts.array[i + 1]!; x++) {
      for (let y = starts.array[j]!; y < starts.array[j + 1]!; y++) {
        const [a, b] = [ids.array[x]!, ids.array[y]!];
        const level = a === b ? PHONE_SAME : phones.compare(dictionary.values[a]!, dictionary.values[b]!);
        if (level < best) continue;
        const mobile = dictionary.values[ids.array[x]!]!.mobile || dictionary.values[ids.array[y]!]!.mobile;
        this.byMobile = level > best ? mobile : this.byMobile || mobile;
        rarity =
          level === PHONE_SAME ? Math.max(level > best ? 0 : rarity, this.rare(this.holders.phones, ids.array[x]!)) : 0;
        best = level;
      }
    }
    this.set(PHONE, best, rarity);
  }

  /** By name, and by the mail domains of employers; a domain counts only where the addresses themselves differ. */
  private compareOrganizations(i: number, j: number): void {
    const { ids, dictionary } = this.population.organization;
    const [a, b] = [ids.array[i]!, ids.array[j]!];
    let level = MISSING;
    let rarity = 0;
    if (a >= 0 && b >= 0) {
      const told = this.organization.level(a, b);
      level = told > 1 ? told + 1 : told;
      if (told > 1)
        rarity = Math.min(this.rare(this.holders.organizations, a), this.rare(this.holders.organizations, b));
    }
    if (level < 2 && this.levels[EMAIL] !== EMAIL_SAME) {
      const domain = this.commonDomain(
        i,
        j,
        a < 0 ? undefined : dictionary.values[a]!,
        b < 0 ? undefined : dictionary.values[b]!,
      );
      if (domain !== undefined) {
        level = 2;
        rarity = this.holders.persons / Math.max((this.holders.domains.get(domain) ?? 1) - 1, UNSEEN);
      }
    }
    this.set(ORGANIZATION, level, rarity);
  }

  private commonDomain(
    i: number,
    j: number,
    a: OrganizationValue | undefined,
    b: OrganizationValue | undefined,
  ): string | undefined {
    const { starts, ids, dictionary } = this.population.emails;
    const [startI, endI, startJ, endJ] = [
      starts.array[i]!,
      starts.array[i + 1]!,
      starts.array[j]!,
      starts.array[j + 1]!,
    ];
    for (let x = startI; x < endI; x++) {
      const one = dictionary.values[ids.array[x]!]!;
      if (!one.corporate) continue;
      if (b && isDomainOf(one.domain, b)) return one.domain;
      for (let y = startJ; y < endJ; y++)
        if (dictionary.values[ids.array[y]!]!.domain === one.domain) return one.domain;
    }
    if (!a) return undefined;
    for (let y = startJ; y < endJ; y++) {
      const other = dictionary.values[ids.array[y]!]!;
      if (other.corporate && isDomainOf(other.domain, a)) return other.domain;
    }
    return undefined;
  }

  private compareAddresses(i: number, j: number): void {
    const { street, postcode, city } = this.population;
    const [s1, s2] = [street.ids.array[i]!, street.ids.array[j]!];
    const [p1, p2] = [postcode.ids.array[i]!, postcode.ids.array[j]!];
    const [c1, c2] = [city.ids.array[i]!, city.ids.array[j]!];
    const byStreet = s1 < 0 || s2 < 0 ? MISSING : this.street.level(s1, s2);
    const byPostcode = p1 < 0 || p2 < 0 ? MISSING : this.postcode.level(p1, p2);
    const byCity = c1 < 0 || c2 < 0 ? MISSING : this.city.level(c1, c2);
    const samePlace = byPostcode === 2 || byCity > 0;
    if (byStreet > 0 && (samePlace || byPostcode === 1 || (byPostcode === MISSING && byCity === MISSING)))
      return this.set(ADDRESS, byStreet === 2 ? 5 : 4, byStreet === 2 ? this.rare(this.holders.streets, s1) : 0);
    if (!samePlace)
      return this.set(ADDRESS, byStreet === MISSING && byPostcode === MISSING && byCity === MISSING ? MISSING : 0, 0);
    const rarity = c1 >= 0 && byCity === 2 ? this.rare(this.holders.cities, c1) : 0;
    if (byStreet === 0) return this.set(ADDRESS, 1, rarity);
    if (byPostcode === 2) return this.set(ADDRESS, 3, this.rare(this.holders.postcodes, p1));
    this.set(ADDRESS, 2, rarity);
  }
}

/** What is taken for the number of other persons with a value when none is known. */
const UNSEEN = 0.4;

/** How much better one way of reading two names is than the other, by level from "missing". */
const WORTH = [0, -3, -0.5, 1, 2, 3, 4];

function featuresOf(population: Population): Feature[] {
  return [
    { name: 'given', levels: names.levels },
    { name: 'family', levels: names.levels },
    { name: 'email', levels: emails.levels },
    { name: 'phone', levels: phones.levels },
    { name: 'organization', levels: ORGANIZATION_LEVELS },
    { name: 'address', levels: ADDRESS_LEVELS },
    ...population.further.map(({ field, kind }) => ({ name: field.name, levels: kind.levels })),
  ];
}

/** "agrimedia.fr" of "Agrimédia Consulting". */
function isDomainOf(domain: string, organization: OrganizationValue): boolean {
  const label = domain.split('.').at(-2) ?? '';
  const letters = label.replace(/[^a-z]/g, '');
  if (letters.length < 4) return false;
  return organization.letters.startsWith(letters) || letters.startsWith(organization.letters);
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
