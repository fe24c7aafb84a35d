import type { Dictionary } from './dictionary.ts';
import type { Holders } from './holders.ts';
import { CORPORATE, DOMAIN_HASH, emails, FLAGS, isExplainedBy, LABEL_HEAD, SAME_USER, SHARED } from './kinds/emails.ts';
import { areBrieflyDifferent, brief, glance, LETTERS_OF, names, SAME } from './kinds/names.ts';
import { HEAD, type OrganizationValue } from './kinds/organizations.ts';
import { LENGTH_AND_MOBILE, type PhoneValue, phones } from './kinds/phones.ts';
import { FIRST_FURTHER, type ListColumn, type Population } from './population.ts';
import { Remembered } from './remembered.ts';

/** One line of evidence: what is compared and how far it can agree. */
export interface Feature {
  name: string;
  /** From "different" upwards. */
  levels: readonly string[];
}

/** Neither side, or only one, says anything. */
const MISSING = -1;

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
  private readonly name;
  /** Two numbers a name, by which most pairs are told: they stay in the processor's cache. */
  private readonly briefs: Int32Array;
  private readonly organization;
  private readonly street;
  private readonly postcode;
  private readonly city;
  private readonly further: Remembered<{ key: string }>[];
  /** Where in a card's row stand the further columns of which one equal value is much. */
  private readonly telling: readonly number[];

  constructor(population: Population, holders: Holders) {
    this.population = population;
    this.holders = holders;
    this.features = featuresOf(population);
    this.levels = new Int8Array(this.features.length);
    this.rarity = new Float64Array(this.features.length);
    this.name = new Remembered(population.names);
    const { marks, stride, size } = population.names;
    this.briefs = new Int32Array(size * 2);
    for (let name = 0; name < size; name++) {
      this.briefs[name * 2] = marks.array[name * stride + LETTERS_OF]!;
      this.briefs[name * 2 + 1] = brief(marks.array, name * stride);
    }
    this.organization = new Remembered(population.organization.dictionary);
    this.street = new Remembered(population.street.dictionary);
    this.postcode = new Remembered(population.postcode.dictionary);
    this.city = new Remembered(population.city.dictionary);
    this.further = population.further.map(({ column }) => new Remembered(column.dictionary));
    this.telling = population.further.flatMap(({ field, column }) =>
      field.kind === 'category' || field.kind === 'text' ? [] : [column.at],
    );
  }

  /**
   * The cheap part first. @returns false when a name differs and no address, number, employer, date or identifier is equal: nearly
   * equal ones would not outweigh it, so the rest is not worth the comparison; `levels` are then not to be read
   */
  isWorthwhile(i: number, j: number): boolean {
    this.compareNames(i, j);
    return (this.levels[GIVEN] !== 0 && this.levels[FAMILY] !== 0) || this.shareValue(i, j);
  }

  private shareValue(i: number, j: number): boolean {
    const { rows, stride, emails, phones, organization, street } = this.population;
    const one = i * stride;
    const other = j * stride;
    if (rows[one + organization.at]! >= 0 && rows[one + organization.at] === rows[other + organization.at]) return true;
    if (rows[one + street.at]! >= 0 && rows[one + street.at] === rows[other + street.at]) return true;
    for (const at of this.telling) if (rows[one + at]! >= 0 && rows[one + at] === rows[other + at]) return true;
    return shareOne(rows, one, other, stride, emails) || shareOne(rows, one, other, stride, phones);
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
    const { rows, stride } = this.population;
    for (let at = 0; at < this.further.length; at++) {
      const column = FIRST_FURTHER + at;
      const a = rows[i * stride + column]!;
      const b = rows[j * stride + column]!;
      this.compareSingle(FURTHER + at, a, b, this.further[at]!, this.holders.further[at]!);
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
  compareNames(i: number, j: number): void {
    const { rows, stride } = this.population;
    const g1 = rows[i * stride]!;
    const f1 = rows[i * stride + 1]!;
    const g2 = rows[j * stride]!;
    const f2 = rows[j * stride + 1]!;
    const straightGiven = this.nameLevel(g1, g2);
    const straightFamily = this.nameLevel(f1, f2);
    if (straightGiven < 2 || straightFamily < 2) {
      const straight = WORTH[straightGiven + 1]! + WORTH[straightFamily + 1]!;
      const crossGiven = this.nameLevel(g1, f2);
      if (WORTH[crossGiven + 1]! + WORTH[SAME + 1]! > straight) {
        const crossFamily = this.nameLevel(f1, g2);
        if (WORTH[crossGiven + 1]! + WORTH[crossFamily + 1]! > straight) {
          this.setCrossed(crossGiven, crossFamily, g1, f1, g2, f2);
          return;
        }
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
    if (a < 0 || b < 0) return MISSING;
    if (a === b) return SAME;
    const { briefs } = this;
    const isBrief = a * 2 < briefs.length && b * 2 < briefs.length;
    if (isBrief && areBrieflyDifferent(briefs[a * 2]!, briefs[a * 2 + 1]!, briefs[b * 2]!, briefs[b * 2 + 1]!))
      return 0;
    const { marks, stride } = this.population.names;
    const glanced = glance(marks.array, a * stride, b * stride);
    return glanced < 0 ? this.name.level(a, b) : glanced;
  }

  private setName(feature: number, level: number, a: number, b: number): void {
    const held = this.holders.names;
    this.set(feature, level, level < 2 ? 0 : (this.rare(held, a) + this.rare(held, b)) / 2);
  }

  private compareSingle<V extends { key: string }>(
    feature: number,
    a: number,
    b: number,
    remembered: Remembered<V>,
    held: Float64Array,
  ): void {
    if (a < 0 || b < 0) this.set(feature, MISSING, 0);
    else this.set(feature, remembered.level(a, b), a === b ? this.rare(held, a) : 0);
  }

  private compareEmails(i: number, j: number): void {
    const { rows, stride } = this.population;
    const { at, ids, dictionary } = this.population.emails;
    const marks = dictionary.marks.array;
    const startJ = rows[j * stride + at]!;
    const endJ = rows[(j + 1) * stride + at]!;
    let best = MISSING;
    let rarity = 0;
    for (let x = rows[i * stride + at]!; x < rows[(i + 1) * stride + at]!; x++) {
      const a = ids.array[x]!;
      if ((marks[a * dictionary.stride + FLAGS]! & SHARED) !== 0) continue;
      for (let y = startJ; y < endJ; y++) {
        const b = ids.array[y]!;
        if ((marks[b * dictionary.stride + FLAGS]! & SHARED) !== 0) continue;
        const level = a === b ? EMAIL_SAME : this.emailLevel(a, b, i, j);
        if (level < best) continue;
        rarity = level === EMAIL_SAME ? Math.max(level > best ? 0 : rarity, this.rare(this.holders.emails, a)) : 0;
        best = level;
      }
    }
    this.set(EMAIL, best, rarity);
  }

  private emailLevel(a: number, b: number, i: number, j: number): number {
    const { dictionary } = this.population.emails;
    const glanced = emails.glance!(dictionary.marks.array, a * dictionary.stride, b * dictionary.stride);
    if (glanced >= 0) return glanced;
    const one = dictionary.value(a);
    const other = dictionary.value(b);
    const level = emails.compare(one, other);
    if (level === SAME_USER && this.isExplained(one.user, i, j)) return 0;
    // Of two people in one house, near addresses are near names.
    return level === EMAIL_NEAR && this.levels[GIVEN] === 0 && one.domain === other.domain ? 0 : level;
  }

  private isExplained(user: string, i: number, j: number): boolean {
    return (
      isExplainedBy(user, this.part('given', i), this.part('family', i)) ||
      isExplainedBy(user, this.part('given', j), this.part('family', j))
    );
  }

  private part(slot: 'given' | 'family', card: number): string {
    const id = this.population.value(card, this.population[slot]);
    return id < 0 ? '' : this.population.names.value(id).letters;
  }

  private comparePhones(i: number, j: number): void {
    const { rows, stride } = this.population;
    const { at, ids, dictionary } = this.population.phones;
    const startJ = rows[j * stride + at]!;
    const endJ = rows[(j + 1) * stride + at]!;
    let best = MISSING;
    let rarity = 0;
    for (let x = rows[i * stride + at]!; x < rows[(i + 1) * stride + at]!; x++) {
      for (let y = startJ; y < endJ; y++) {
        const a = ids.array[x]!;
        const b = ids.array[y]!;
        const level = a === b ? PHONE_SAME : phoneLevel(dictionary, a, b);
        if (level < best) continue;
        const mobile = isMobile(dictionary, a) || isMobile(dictionary, b);
        this.byMobile = level > best ? mobile : this.byMobile || mobile;
        rarity = level === PHONE_SAME ? Math.max(level > best ? 0 : rarity, this.rare(this.holders.phones, a)) : 0;
        best = level;
      }
    }
    this.set(PHONE, best, rarity);
  }

  /** By name, and by the mail domains of employers; a domain counts only where the addresses themselves differ. */
  private compareOrganizations(i: number, j: number): void {
    const { rows, stride } = this.population;
    const { at } = this.population.organization;
    const a = rows[i * stride + at]!;
    const b = rows[j * stride + at]!;
    let level = MISSING;
    let rarity = 0;
    if (a >= 0 && b >= 0) {
      const told = this.organization.level(a, b);
      level = told > 1 ? told + 1 : told;
      if (told > 1)
        rarity = Math.min(this.rare(this.holders.organizations, a), this.rare(this.holders.organizations, b));
    }
    if (level < 2 && this.levels[EMAIL] !== EMAIL_SAME) {
      const email = this.emailAtWork(i, j, a, b);
      if (email >= 0) {
        level = 2;
        const domain = this.emailMark(email, DOMAIN_HASH);
        rarity = this.holders.persons / Math.max((this.holders.domains.get(domain) ?? 1) - 1, UNSEEN);
      }
    }
    this.set(ORGANIZATION, level, rarity);
  }

  /** An address of one card at the employer's domain where the other card works or has an address; -1 when there is none. */
  private emailAtWork(i: number, j: number, a: number, b: number): number {
    const { rows, stride } = this.population;
    const { at, ids, dictionary } = this.population.emails;
    const startJ = rows[j * stride + at]!;
    const endJ = rows[(j + 1) * stride + at]!;
    for (let x = rows[i * stride + at]!; x < rows[(i + 1) * stride + at]!; x++) {
      const one = ids.array[x]!;
      if ((this.emailMark(one, FLAGS) & CORPORATE) === 0) continue;
      if (b >= 0 && this.isDomainOf(one, b)) return one;
      for (let y = startJ; y < endJ; y++) {
        const other = ids.array[y]!;
        if (this.emailMark(one, DOMAIN_HASH) !== this.emailMark(other, DOMAIN_HASH)) continue;
        if (dictionary.value(one).domain === dictionary.value(other).domain) return one;
      }
    }
    if (a < 0) return -1;
    for (let y = startJ; y < endJ; y++) {
      const other = ids.array[y]!;
      if ((this.emailMark(other, FLAGS) & CORPORATE) !== 0 && this.isDomainOf(other, a)) return other;
    }
    return -1;
  }

  private emailMark(email: number, mark: number): number {
    const { marks, stride } = this.population.emails.dictionary;
    return marks.array[email * stride + mark]!;
  }

  /** "agrimedia.fr" of "Agrimédia Consulting". */
  private isDomainOf(email: number, organization: number): boolean {
    const { dictionary } = this.population.organization;
    const label = this.emailMark(email, LABEL_HEAD);
    const head = dictionary.marks.array[organization * dictionary.stride + HEAD]!;
    if (label === 0 || (head !== 0 && head !== label)) return false;
    const { domain } = this.population.emails.dictionary.value(email);
    return isDomainOf(domain, dictionary.value(organization));
  }

  private compareAddresses(i: number, j: number): void {
    const { rows, stride, street, postcode, city } = this.population;
    const one = i * stride;
    const other = j * stride;
    const s1 = rows[one + street.at]!;
    const s2 = rows[other + street.at]!;
    const p1 = rows[one + postcode.at]!;
    const p2 = rows[other + postcode.at]!;
    const c1 = rows[one + city.at]!;
    const c2 = rows[other + city.at]!;
    const byStreet = s1 < 0 || s2 < 0 ? MISSING : this.street.level(s1, s2);
    const byPostcode = p1 < 0 || p2 < 0 ? MISSING : this.postcode.level(p1, p2);
    const byCity = c1 < 0 || c2 < 0 ? MISSING : this.city.level(c1, c2);
    const level = addressLevel(byStreet, byPostcode, byCity);
    if (level === 5) this.set(ADDRESS, level, this.rare(this.holders.streets, s1));
    else if (level === 3) this.set(ADDRESS, level, this.rare(this.holders.postcodes, p1));
    else this.set(ADDRESS, level, level > 0 && byCity === 2 && level < 4 ? this.rare(this.holders.cities, c1) : 0);
  }
}

/** Position among `ADDRESS_LEVELS`; a street alone is an address only where nothing is said of the place. */
function addressLevel(byStreet: number, byPostcode: number, byCity: number): number {
  const samePlace = byPostcode === 2 || byCity > 0;
  const nowhere = byPostcode === MISSING && byCity === MISSING;
  if (byStreet > 0 && (samePlace || byPostcode === 1 || nowhere)) return byStreet === 2 ? 5 : 4;
  if (!samePlace) return nowhere && byStreet === MISSING ? MISSING : 0;
  if (byStreet === 0) return 1;
  return byPostcode === 2 ? 3 : 2;
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

function shareOne(
  rows: Int32Array,
  one: number,
  other: number,
  stride: number,
  { at, ids }: Pick<ListColumn<{ key: string }>, 'at' | 'ids'>,
): boolean {
  for (let x = rows[one + at]!; x < rows[one + stride + at]!; x++)
    for (let y = rows[other + at]!; y < rows[other + stride + at]!; y++) if (ids.array[x] === ids.array[y]) return true;
  return false;
}

function phoneLevel(dictionary: Dictionary<PhoneValue>, a: number, b: number): number {
  const glanced = phones.glance!(dictionary.marks.array, a * dictionary.stride, b * dictionary.stride);
  return glanced >= 0 ? glanced : phones.compare(dictionary.value(a), dictionary.value(b));
}

function isMobile({ marks, stride }: Dictionary<PhoneValue>, phone: number): boolean {
  return (marks.array[phone * stride + LENGTH_AND_MOBILE]! & 1) === 1;
}

function isDomainOf(domain: string, organization: OrganizationValue): boolean {
  const label = domain.split('.').at(-2) ?? '';
  const letters = label.replace(/[^a-z]/g, '');
  if (letters.length < 4) return false;
  return organization.letters.startsWith(letters) || letters.startsWith(organization.letters);
}
