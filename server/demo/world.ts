import {
  type Country,
  companyBegin,
  companyEnd,
  companyMiddle,
  familyNames,
  givenNames,
  legalForms,
  particles,
  rareNames,
  sectors,
  streets,
  type Town,
  titles,
  towns,
} from './names.ts';
import { mix, type Random, random } from './random.ts';

/** An invented world: people and companies are functions of it and of their number, so that nothing need be kept. */
export interface World {
  seed: number;
  organizations: number;
  /**
   * Phone numbers from the ranges reserved for fiction only (ARCEP, Ofcom, BNetzA). They hold 10,000 numbers each; benches
   * with a million people, whose data never leaves them, set it to false.
   */
  reservedNumbers: boolean;
}

export interface Organization {
  index: number;
  name: string;
  country: Country;
  domain: string;
  town: Town;
  street: string;
  switchboard: string;
}

export interface Person {
  index: number;
  country: Country;
  female: boolean;
  given: string;
  family: string;
  organization: Organization;
  /** Where they worked before: what old address books still say. */
  earlier: Organization;
  title: string;
  email: string;
  earlierEmail: string;
  privateEmail: string;
  mobile: string;
  direct: string;
  home: { street: string; town: Town; phone: string };
  birthday: string;
}

/** People per company; the lower numbers are better known. */
export const staff = 8;

const ascii = (text: string) =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

function digits(value: number, count: number): string {
  const text = String(value % 10 ** count).padStart(count, '0');
  return count === 4 ? `${text.slice(0, 2)} ${text.slice(2)}` : text;
}

/** A bijection of the numbers below 10,000, so that neighbours do not have neighbouring numbers. */
const scatter = (index: number) => (index * 7919 + 1234) % 10_000;

function landline(world: World, country: Country, town: Town, index: number): string {
  if (!world.reservedNumbers && country === 'FR') {
    const text = String(10_000_000 + ((index * 7919) % 90_000_000));
    return `0${town.area[1]} ${text.replaceAll(/(\d\d)(?=\d)/g, '$1 ')}`;
  }
  if (country === 'DE') return `+49 ${town.area.slice(1)} ${digits(scatter(index), 3)}`;
  if (country === 'GB') return `+44 ${town.area.slice(1)} 0${digits(scatter(index), 3)}`;
  return `${town.area} ${digits(scatter(index), 4)}`;
}

function mobile(world: World, country: Country, index: number): string {
  if (!world.reservedNumbers) {
    const text = String(10_000_000 + ((index * 7919) % 89_999_993));
    return `0${index % 3 === 0 ? 7 : 6} ${text.replaceAll(/(\d\d)(?=\d)/g, '$1 ')}`;
  }
  if (country === 'GB') return `+44 7700 900${digits(scatter(index), 3)}`;
  if (country === 'DE') return `+49 30 23125 ${digits(scatter(index + 500), 3)}`;
  return `06 39 98 ${digits(scatter(index), 4)}`;
}

function countryOf(r: Random): Country {
  const u = r.next();
  return u < 0.8 ? 'FR' : u < 0.91 ? 'DE' : 'GB';
}

export function organizationAt(world: World, index: number): Organization {
  const r = random(mix(world.seed ^ 0x5f356495, index));
  const country = countryOf(r);
  const word = r.pick(companyBegin) + (r.chance(0.6) ? r.pick(companyMiddle) : '') + r.pick(companyEnd);
  const sector = r.pick(sectors[country]);
  const name = [country === 'FR' ? sector : word, country === 'FR' ? word : sector, r.pick(legalForms[country])];
  const town = r.pick(towns[country]);
  const shown = name.filter(Boolean).join(' ');
  return {
    index,
    name: shown,
    country,
    // The number keeps two companies of one name apart.
    domain: `${ascii(word)}${index}.example`,
    town,
    street: `${1 + r.below(180)} ${r.pick(streets[country])}`,
    switchboard: landline(world, country, town, index * staff + 9000),
  };
}

function familyName(r: Random, country: Country): string {
  if (r.chance(0.45)) return r.pickSkewed(familyNames[country]);
  const { begin, middle, end } = rareNames[country];
  const name = r.pick(begin) + (r.chance(0.5) ? r.pick(middle) : '') + r.pick(end);
  if (country !== 'FR') return name;
  if (r.chance(0.04)) return `${r.pick(particles)} ${name}`.replace("' ", "'");
  return r.chance(0.04) ? `${name}-${r.pickSkewed(familyNames.FR)}` : name;
}

const titleOf = (title: string, female: boolean) =>
  female
    ? title
        .replace('Directeur', 'Directrice')
        .replace('Technicien', 'Technicienne')
        .replace('Assistant ', 'Assistante ')
        .replace('Acheteur', 'Acheteuse')
    : title;

/** Of a pair of neighbours, one couple in thirty: the second lives with the first and bears the same name. */
const isCouple = (world: World, index: number) => mix(world.seed ^ 0x2c1b3c6d, index >> 1) % 30 === 0;

export function personAt(world: World, index: number): Person {
  const partner = (index & 1) === 1 && isCouple(world, index) ? personAt(world, index - 1) : undefined;
  const r = random(mix(world.seed, index));
  const organization = organizationAt(world, Math.floor(index / staff) % world.organizations);
  const earlier = organizationAt(world, (organization.index * 31 + index * 17 + 7) % world.organizations);
  const { country } = organization;
  const female = partner ? !partner.female : r.chance(0.45);
  const given = r.pickSkewed<string>(givenNames[country][female ? 'female' : 'male']);
  const family = partner?.family ?? familyName(r, country);
  const town = r.pick(towns[country]);
  const local = `${ascii(given)}.${ascii(family)}`;
  // Homonyms of one company are told apart by their number, as mail administrators do.
  const mailbox = r.chance(0.75) ? local : `${ascii(given)[0]}${ascii(family)}${index % staff}`;
  return {
    index,
    country,
    female,
    given,
    family,
    organization,
    earlier,
    title: titleOf(r.pick(titles[country]), female),
    email: `${mailbox}@${organization.domain}`,
    earlierEmail: `${local}@${earlier.domain}`,
    privateEmail: `${local}${1 + (index % 9973)}@courriel.example`,
    mobile: mobile(world, country, index),
    direct: landline(world, country, organization.town, index + 40_000),
    home: partner?.home ?? {
      street: `${1 + r.below(120)} ${r.pick(streets[country])}`,
      town,
      phone: landline(world, country, town, index + 73_331),
    },
    birthday: `${1955 + r.below(48)}-${String(1 + r.below(12)).padStart(2, '0')}-${String(1 + r.below(28)).padStart(2, '0')}`,
  };
}
