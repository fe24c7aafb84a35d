import { extension, type FileKind } from './files.ts';
import {
  type Entry,
  type Habits,
  ledgerHabits,
  listHabits,
  mailboxHabits,
  networkHabits,
  phoneHabits,
  writeCompany,
  writeCouple,
  writeDown,
  writeSharedMailbox,
} from './mess.ts';
import { givenNames, rareNames } from './names.ts';
import { mix, type Random, random } from './random.ts';
import { organizationAt, personAt, staff, type World } from './world.ts';

/** The fictional company: an industrial maintenance group in Lyon with customers in France, Germany and Britain. */
export const companyName = 'Groupe Orvessy';
const domain = 'orvessy.example';

export const teamNames = ['Ventes', 'Marketing', 'Direction et finance'] as const;
type TeamName = (typeof teamNames)[number];

interface PlannedMember {
  name: string;
  email: string;
  team: TeamName | null;
  admin: boolean;
  locale: 'fr' | 'en';
}

export interface PlannedBook {
  /** Null: the workspace holds it; then its stewards act. */
  holder: number | null;
  stewards: number[];
  /** Null: the holder's main book. */
  name: string | null;
  sharing: { to: 'workspace' | TeamName; level: 'read' | 'discover' }[];
}

export interface PlannedFile {
  member: number;
  book: PlannedBook;
  kind: FileKind;
  source: string;
  fileName: string;
  daysAgo: number;
  entries(): Entry[];
}

export interface Company {
  members: PlannedMember[];
  books: PlannedBook[];
  files: PlannedFile[];
}

const seed = 20_261_122;
const world: World = { seed, organizations: 1100, reservedNumbers: true };
const population = world.organizations * staff;

/** Whose place the person takes who sets the demo up: member number 0. */
export const seat = 0;

const headcount: [TeamName | null, number][] = [
  ['Ventes', 18],
  ['Marketing', 9],
  ['Direction et finance', 8],
  [null, 5],
];

const ascii = (text: string) =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');

function planMembers(): PlannedMember[] {
  const r = random(seed);
  const members: PlannedMember[] = [];
  const taken = new Set<string>();
  for (const [team, count] of headcount) {
    for (let left = count; left > 0; left--) {
      const { begin, middle, end } = rareNames.FR;
      const given = r.pick<string>(givenNames.FR[r.chance(0.5) ? 'female' : 'male']);
      const family = r.pick(begin) + r.pick(middle) + r.pick(end);
      const email = `${ascii(given)}.${ascii(family)}@${domain}`;
      if (taken.has(email)) continue;
      taken.add(email);
      const first = team === 'Direction et finance' && left === count;
      members.push({ name: `${given} ${family}`, email, team, admin: first, locale: r.chance(0.06) ? 'en' : 'fr' });
    }
  }
  return members;
}

/** People a member deals with: mostly of the companies they look after, the better known ones more often. */
function acquaintances(member: number, count: number): number[] {
  const r = random(mix(seed + 1, member));
  const territory = r.below(world.organizations);
  const known = new Set<number>();
  for (let tries = 0; known.size < count && tries < count * 4; tries++) {
    const near = (territory + r.below(55)) % world.organizations;
    const company = r.chance(0.7) ? near : Math.floor(r.next() ** 2 * world.organizations);
    known.add(company * staff + Math.floor(r.next() ** 1.5 * staff));
  }
  return [...known];
}

function write(people: readonly number[], habits: Habits, share: number, r: Random): Entry[] {
  return people.filter(() => r.chance(share)).map((index) => writeDown(personAt(world, index), habits, r));
}

/** What stands in phones and mailboxes beside colleagues and customers. */
function strays(people: readonly number[], r: Random): Entry[] {
  const couples = [1, 2, 3].map(() => writeCouple(personAt(world, r.pick(people))));
  const mailboxes = [1, 2, 3, 4].map(() => writeSharedMailbox(organizationAt(world, r.below(world.organizations)), r));
  return [...couples, ...mailboxes];
}

interface Habit {
  kind: FileKind;
  source: string;
  habits: Habits;
  share: number;
}

const phone = (kind: FileKind, source: string, share: number): Habit => ({ kind, source, habits: phoneHabits, share });
const mailbox = (share: number): Habit => ({ kind: 'outlook-fr', source: 'Outlook', habits: mailboxHabits, share });
const network = (share: number): Habit => ({ kind: 'linkedin', source: 'LinkedIn', habits: networkHabits, share });

function sourcesOf(team: TeamName | null, member: number): Habit[] {
  const old = member % 3 === 1;
  const device = phone(old ? 'vcard21' : 'vcard30', old ? 'Ancien téléphone' : 'Téléphone', 0.65);
  if (team === 'Ventes') return [device, mailbox(0.55), network(0.4)];
  if (team === 'Marketing')
    return [{ kind: 'google', source: 'Google Contacts', habits: mailboxHabits, share: 0.8 }, network(0.5)];
  return team ? [mailbox(0.6), device] : [device];
}

function planPersonalFiles(member: number, { team }: PlannedMember, book: PlannedBook): PlannedFile[] {
  return sourcesOf(team, member).map(({ kind, source, habits, share }, index) => ({
    member,
    book,
    kind,
    source,
    fileName: `${ascii(source)}.${extension[kind]}`,
    daysAgo: Math.floor(random(mix(seed + 2, member * 8 + index)).next() ** 2 * 1300),
    entries: () => {
      const r = random(mix(seed + 3, member * 8 + index));
      const people = acquaintances(member, team ? 310 : 130);
      return [...write(people, habits, share, r), ...(kind === 'linkedin' ? [] : strays(people, r))];
    },
  }));
}

/** Most keep their book to themselves; some lend it to all, to their team, or let it be found only. */
function sharingOf(member: number, team: TeamName | null): PlannedBook['sharing'] {
  if (member % 8 === 1) return [{ to: 'workspace', level: 'read' }];
  if (member % 8 === 3 || member % 8 === 6) return team ? [{ to: team, level: 'read' }] : [];
  return member % 8 === 4 ? [{ to: 'workspace', level: 'discover' }] : [];
}

interface SharedList {
  book: PlannedBook;
  kind: FileKind;
  source: string;
  daysAgo: number;
  entries: (r: Random) => Entry[];
}

const anybody = (r: Random, count: number) =>
  [...new Set(Array.from({ length: count }, () => Math.floor(r.next() ** 1.3 * population)))].sort((a, b) => a - b);

function planWorkspace(): { books: PlannedBook[]; files: PlannedFile[] } {
  const customers: PlannedBook = {
    holder: null,
    stewards: [1, 2],
    name: 'Clients',
    sharing: [{ to: 'workspace', level: 'read' }],
  };
  const fairs: PlannedBook = {
    holder: null,
    stewards: [18, 19],
    name: 'Salons',
    sharing: [
      { to: 'Ventes', level: 'read' },
      { to: 'Marketing', level: 'read' },
    ],
  };
  const suppliers: PlannedBook = {
    holder: null,
    stewards: [28],
    name: 'Fournisseurs',
    sharing: [{ to: 'Direction et finance', level: 'read' }],
  };
  const list = (habits: Habits, count: number) => (r: Random) => write(anybody(r, count), habits, 1, r);
  const companies = () =>
    Array.from({ length: 700 }, (_, index) => writeCompany(organizationAt(world, index % world.organizations)));
  const lists: SharedList[] = [
    { book: customers, kind: 'ledger', source: 'ERP, contacts', daysAgo: 40, entries: list(ledgerHabits, 1500) },
    { book: customers, kind: 'ledger', source: 'ERP, sociétés', daysAgo: 41, entries: companies },
    { book: fairs, kind: 'fair', source: 'Salon Maintenance 2024', daysAgo: 900, entries: list(listHabits, 480) },
    { book: fairs, kind: 'fair', source: 'Salon Maintenance 2025', daysAgo: 530, entries: list(listHabits, 520) },
    { book: fairs, kind: 'fair', source: 'Salon Usine 2026', daysAgo: 60, entries: list(listHabits, 560) },
    { book: suppliers, kind: 'ledger', source: 'Comptabilité', daysAgo: 120, entries: list(ledgerHabits, 450) },
  ];
  return {
    books: [customers, fairs, suppliers],
    files: lists.map(({ entries, source, ...rest }, index) => ({
      ...rest,
      source,
      member: rest.book.stewards[0]!,
      fileName: `${ascii(source)}.${extension[rest.kind]}`,
      entries: () => entries(random(mix(seed + 4, index))),
    })),
  };
}

/** The whole company as a plan; the files' contents are made when asked for. The same every time. */
export function planCompany(): Company {
  const members = planMembers();
  const own = members.map(({ team }, holder): PlannedBook => {
    return { holder, stewards: [], name: null, sharing: sharingOf(holder, team) };
  });
  const personal = members.flatMap((member, index) => planPersonalFiles(index, member, own[index]!));
  const workspace = planWorkspace();
  return { members, books: [...workspace.books, ...own], files: [...workspace.files, ...personal] };
}
