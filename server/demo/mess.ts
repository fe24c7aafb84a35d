import { nicknames, notes } from './names.ts';
import { mix, type Random, random } from './random.ts';
import { type Organization, organizationAt, type Person, personAt, staff, type World } from './world.ts';

/** A contact as somebody keyed it in: what a source file is written from. */
export interface Entry {
  /** The person behind it, for sources that give ids; shared mailboxes and companies have none. */
  person: number | null;
  prefix: string;
  given: string;
  family: string;
  nickname: string;
  organization: string;
  title: string;
  workEmail: string;
  privateEmail: string;
  mobile: string;
  workPhone: string;
  homePhone: string;
  street: string;
  postcode: string;
  city: string;
  country: string;
  birthday: string;
  note: string;
  groups: string[];
}

/** What a kind of source usually holds. Probabilities, but for `tidy`: the share of entries nobody wrote carelessly. */
export interface Habits {
  tidy: number;
  work: number;
  email: number;
  privateEmail: number;
  mobile: number;
  landline: number;
  home: number;
  address: number;
  birthday: number;
  note: number;
  /** Written down when the person still had the earlier job. */
  stale: number;
}

export const phoneHabits: Habits = {
  tidy: 0.6,
  work: 0.7,
  email: 0.45,
  privateEmail: 0.12,
  mobile: 0.93,
  landline: 0.3,
  home: 0.12,
  address: 0.06,
  birthday: 0.1,
  note: 0.06,
  stale: 0.12,
};
export const mailboxHabits: Habits = {
  ...phoneHabits,
  tidy: 0.75,
  work: 0.9,
  email: 0.96,
  mobile: 0.5,
  landline: 0.55,
  home: 0.02,
  address: 0.35,
  birthday: 0.02,
  note: 0.08,
};
export const networkHabits: Habits = {
  ...phoneHabits,
  tidy: 0.95,
  work: 0.98,
  email: 0.12,
  privateEmail: 0,
  mobile: 0,
  landline: 0,
  home: 0,
  address: 0,
  birthday: 0,
  note: 0,
  stale: 0.04,
};
export const listHabits: Habits = {
  ...mailboxHabits,
  tidy: 0.5,
  email: 0.9,
  mobile: 0.45,
  address: 0.8,
  birthday: 0,
  note: 0.02,
  stale: 0.06,
};
export const ledgerHabits: Habits = { ...listHabits, tidy: 0.7, landline: 0.9, address: 0.97, stale: 0.1 };

const withoutAccents = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '');

/** One slip of the finger: two letters swapped, one doubled, one left out. */
function misspell(text: string, r: Random): string {
  if (text.length < 4) return text;
  const at = 1 + r.below(text.length - 2);
  const kind = r.below(3);
  if (kind === 0) return text.slice(0, at) + text[at + 1]! + text[at]! + text.slice(at + 2);
  return kind === 1 ? text.slice(0, at) + text[at]! + text.slice(at) : text.slice(0, at) + text.slice(at + 1);
}

/** The same number as different hands and phones write it. */
function rewritePhone(number: string, r: Random): string {
  const compact = number.replaceAll(' ', '');
  if (number.startsWith('+')) return r.chance(0.5) ? number : compact.replace('+', r.chance(0.3) ? '00' : '+');
  switch (r.below(6)) {
    case 0:
      return number;
    case 1:
      return number.replaceAll(' ', '.');
    case 2:
      return `+33${compact.slice(1)}`;
    case 3:
      return `+33 ${number.slice(1)}`;
    case 4:
      return `0033${compact.slice(1)}`;
    default:
      return compact;
  }
}

const empty: Entry = {
  person: null,
  prefix: '',
  given: '',
  family: '',
  nickname: '',
  organization: '',
  title: '',
  workEmail: '',
  privateEmail: '',
  mobile: '',
  workPhone: '',
  homePhone: '',
  street: '',
  postcode: '',
  city: '',
  country: '',
  birthday: '',
  note: '',
  groups: [],
};

const countryNames = { FR: 'France', DE: 'Allemagne', GB: 'Royaume-Uni' } as const;

function address(organization: Organization): Pick<Entry, 'street' | 'postcode' | 'city' | 'country'> {
  const { street, town, country } = organization;
  return { street, postcode: town.postcode, city: town.city, country: countryNames[country] };
}

/** Names as careless people write them: capitals, lost accents, a slip, an initial, a nickname. */
function writeName(person: Person, tidy: boolean, r: Random): Pick<Entry, 'given' | 'family' | 'nickname'> {
  const { given, family } = person;
  const short = nicknames[given];
  const nickname = short && r.chance(0.15) ? short : '';
  if (tidy) return { given, family, nickname };
  switch (r.below(9)) {
    case 0:
      return { given, family: family.toUpperCase(), nickname };
    case 1:
      return { given: given.toUpperCase(), family: withoutAccents(family).toUpperCase(), nickname };
    case 2:
      return { given: withoutAccents(given), family: withoutAccents(family), nickname };
    case 3:
      return { given: given.toLowerCase(), family: family.toLowerCase(), nickname };
    case 4:
      return { given, family: misspell(family, r), nickname };
    case 5:
      return { given: `${given[0]}.`, family, nickname };
    case 6:
      return { given: short ?? given, family, nickname: '' };
    case 7:
      return { given: '', family: r.chance(0.5) ? `${family.toUpperCase()} ${given}` : family, nickname };
    default:
      return { given, family: withoutAccents(family), nickname };
  }
}

/** How one source writes a person down. The same seed writes the same. */
export function writeDown(person: Person, habits: Habits, r: Random): Entry {
  const tidy = r.chance(habits.tidy);
  const stale = r.chance(habits.stale);
  const at = stale ? person.earlier : person.organization;
  const works = r.chance(habits.work);
  const number = (value: string) => (tidy ? value : rewritePhone(value, r));
  const mail = stale ? person.earlierEmail : person.email;
  const entry: Entry = {
    ...empty,
    ...writeName(person, tidy, r),
    person: person.index,
    prefix: r.chance(0.12) ? (person.female ? 'Mme' : 'M.') : '',
    organization: works ? (tidy ? at.name : at.name.replace(/ (SAS|SARL|SA|GmbH|Ltd|plc)$/, '')) : '',
    title: works && r.chance(0.65) ? person.title : '',
    workEmail: r.chance(habits.email) ? (r.chance(0.05) ? mail.toUpperCase() : mail) : '',
    privateEmail: r.chance(habits.privateEmail) ? person.privateEmail : '',
    mobile: r.chance(habits.mobile) ? number(person.mobile) : '',
    workPhone: r.chance(habits.landline) ? number(r.chance(0.6) ? person.direct : at.switchboard) : '',
    homePhone: r.chance(habits.home) ? number(person.home.phone) : '',
    birthday: r.chance(habits.birthday) ? person.birthday : '',
    note: r.chance(habits.note) ? r.pick(notes) : '',
    ...(r.chance(habits.address) ? address(at) : {}),
  };
  // Nobody keeps a contact by which nobody can be reached, unless it is a name to remember.
  if (!entry.workEmail && !entry.mobile && !entry.workPhone && !entry.organization) entry.mobile = person.mobile;
  return entry;
}

/** Two people under one name and one number, as couples stand in phones. */
export function writeCouple(person: Person): Entry {
  return { ...empty, given: '', family: `${person.given} et famille ${person.family}`, homePhone: person.home.phone };
}

export function writeSharedMailbox(organization: Organization, r: Random): Entry {
  const local = r.pick(['contact', 'accueil', 'info', 'compta', 'achats']);
  return {
    ...empty,
    organization: organization.name,
    workEmail: `${local}@${organization.domain}`,
    workPhone: organization.switchboard,
  };
}

export function writeCompany(organization: Organization): Entry {
  return { ...writeSharedMailbox(organization, random(organization.index)), ...address(organization) };
}

/**
 * The n-th contact of an endless messy list: one in six is somebody met before, written down anew. What benches import.
 */
export function contactAt(world: World, index: number): Entry {
  const r = random(mix(world.seed ^ 0x1b873593, index));
  if (r.chance(0.01))
    return writeSharedMailbox(organizationAt(world, Math.floor(index / staff) % world.organizations), r);
  const person = index > 20 && r.chance(1 / 6) ? Math.max(0, index - 1 - r.below(20_000)) : index;
  return writeDown(personAt(world, person), r.chance(0.5) ? mailboxHabits : listHabits, r);
}
