import { random } from './random.ts';

/**
 * Invented contacts with the truth beside them, as several sources of a French company would hold them: typing errors, swapped
 * and abbreviated names, other addresses, old jobs. Two thirds of the persons stand in one source only.
 */
export const HEADER =
  'unique_id,cluster,source,first_name,last_name,email,phone,phone2,company,title,street,postcode,city,dob';

/** Share of the cards of a source that fill a field. */
const SOURCES: { name: string; weight: number; fills: Record<string, number> }[] = [
  {
    name: 'gmail',
    weight: 21,
    fills: { email: 0.86, phone: 0.4, phone2: 0.02, company: 0.13, title: 0.01, address: 0.05, dob: 0.05 },
  },
  {
    name: 'phone',
    weight: 17,
    fills: { email: 0.2, phone: 0.96, phone2: 0.18, company: 0.13, address: 0.05, dob: 0.08 },
  },
  {
    name: 'outlook',
    weight: 15,
    fills: { email: 0.8, phone: 0.69, phone2: 0.17, company: 0.69, title: 0.42, address: 0.25, dob: 0.08 },
  },
  {
    name: 'linkedin',
    weight: 13,
    fills: { email: 0.49, phone: 0.14, company: 0.82, title: 0.78, city: 0.6, dob: 0.1 },
  },
  {
    name: 'crm',
    weight: 12,
    fills: { email: 0.76, phone: 0.76, phone2: 0.23, company: 0.78, title: 0.55, address: 0.6, dob: 0.15 },
  },
  {
    name: 'invoice',
    weight: 11,
    fills: { email: 0.71, phone: 0.59, phone2: 0.12, company: 0.35, title: 0.03, address: 0.95, dob: 0.35 },
  },
  { name: 'whatsapp', weight: 11, fills: { phone: 1, company: 0.05 } },
];

const ALL_GIVEN =
  'Marie Nathalie Isabelle Sylvie Catherine Sophie Céline Valérie Sandrine Stéphanie Émilie Aurélie Julie Laure Hélène Chloé Inès Zoé Léa Manon Camille Anaïs Mélanie Audrey Florence Brigitte Véronique Anne-Sophie Françoise Agnès Bénédicte Élodie Jean Philippe Michel Nicolas Christophe Pierre Laurent Frédéric Stéphane Thomas Julien David Sébastien François Éric Olivier Guillaume Antoine Maxime Alexandre Jérôme Benoît Mathieu Romain Vincent Jean-Pierre Loïc Hervé Rémi Cédric Hugo Lucas Raphaël Étienne Sabine Petra Monika Andreas Jürgen Wolfgang Jörg Emma Rebecca Fiona James Andrew Callum'.split(
    ' ',
  );
const STARTS =
  'ab al an ar bar bel ber bon bou bru car cha cor cou da del des du fa fer fon fou ga gau ger gi gou gra ha her jac jou la lam lan le ler lo ma mar mer mi mo mon mor na nor or pa pel per pi poi por ra ren ri ro rou sa sal sau ser si ta tar ter tho ti tou val var ver vi vil za'.split(
    ' ',
  );
const MIDDLES =
  'ba be bi bo ca ce che co da de di do fa fi ga gi gna go la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si ta te ti to va ve vi zo'.split(
    ' ',
  );
const ENDS =
  'ard aud ault eau el er et ez ier in is let lin man mond nier nois on ot ou rd ret rin ron roux sen ski sson teau tier ton vert ville'.split(
    ' ',
  );
const FORMS = ['SARL', 'SAS', 'SA', 'Group', 'Consulting', '& Fils', 'France', ''];
const TITLES =
  'Directeur général|Responsable achats|Comptable|Ingénieur|Consultant|Chef de projet|DRH|Acheteur|Architecte|Office Manager|CTO|CFO|CEO|Avocat|Gérante'.split(
    '|',
  );
const PROVIDERS = ['gmail.com', 'orange.fr', 'free.fr', 'hotmail.fr', 'yahoo.fr', 'sfr.fr', 'laposte.net'];
const CITIES = STARTS.slice(0, 60).map(
  (start, at) => `${capital(start)}${MIDDLES[at % MIDDLES.length]}${ENDS[(at * 7) % ENDS.length]}`,
);

interface Person {
  given: string;
  family: string;
  company: string;
  domain: string;
  title: string;
  emails: string[];
  mobile: string;
  landline: string;
  street: string;
  postcode: string;
  city: string;
  dob: string;
}

/** Lines of CSV without header, in no order of persons. */
export function* contactLines(count: number, seed: number): Generator<string> {
  const next = random(seed);
  const persons: number[] = [];
  for (let person = 0; persons.length < count; person++) {
    const draw = next();
    const cards = draw < 0.66 ? 1 : draw < 0.86 ? 2 : draw < 0.95 ? 3 : draw < 0.98 ? 4 : 5 + Math.floor(next() * 4);
    for (let card = 0; card < cards && persons.length < count; card++) persons.push(person);
  }
  for (let at = persons.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1));
    [persons[at], persons[other]] = [persons[other]!, persons[at]!];
  }
  const owners = new Map<string, number>();
  for (let id = 0; id < count; id++) {
    const person = personAt(persons[id]!, count, seed);
    person.emails = person.emails.map((address) => ownAddress(address, persons[id]!, owners));
    yield [id, persons[id], ...card(person, next)].join(',');
  }
}

/** An address is one person's: who comes to one that is taken gets a number, as from any provider. */
function ownAddress(address: string, person: number, owners: Map<string, number>): string {
  const owner = owners.get(address) ?? person;
  if (owner !== person) return address.replace('@', `${person}@`);
  owners.set(address, person);
  return address;
}

/** Few values often, many rarely: Zipf's law with an exponent of one half. */
const skewed = (next: () => number, size: number): number => Math.floor(next() ** 2 * size);

function personAt(person: number, count: number, seed: number): Person {
  const next = random(Math.imul(person + 1, 0x9e3779b1) ^ seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const given = next() < 0.35 ? ALL_GIVEN[skewed(next, ALL_GIVEN.length)]! : capital(word(skewed(next, 6000), 1));
  const family = capital(word(skewed(next, 60_000), 2));
  const firm = skewed(next, Math.max(50, count / 8));
  const company = `${capital(word(firm, 3))}${firm % 3 === 0 ? ` ${capital(word(firm, 4))}` : ''}`;
  const domain = `${plain(company)}.${firm % 2 === 0 ? 'fr' : 'com'}`;
  const user = pick([
    `${given}.${family}`,
    `${given[0]}.${family}`,
    `${given[0]}${family}`,
    `${given}${family}`,
    `${given}${Math.floor(next() * 1000)}`,
  ]);
  return {
    given,
    family,
    company,
    domain,
    title: pick(TITLES),
    emails: [
      `${plain(user)}@${pick(PROVIDERS)}`,
      `${plain(pick([`${given[0]}.${family}`, `${given}.${family}`]))}@${domain}`,
    ],
    mobile: `${next() < 0.7 ? 6 : 7}${digits(next, 8)}`,
    landline: `${1 + Math.floor(next() * 5)}${digits(next, 8)}`,
    street: `${1 + Math.floor(next() * 150)} rue de ${capital(word(skewed(next, 2000), 5))}`,
    postcode: digits(next, 5),
    city: pick(CITIES),
    dob: `${1940 + Math.floor(next() * 65)}-${two(1 + Math.floor(next() * 12))}-${two(1 + Math.floor(next() * 28))}`,
  };
}

function card(person: Person, next: () => number): string[] {
  const source = draw(next);
  const has = (field: string): boolean => next() < (source.fills[field] ?? 0);
  let [given, family] = [written(person.given, next), written(person.family, next)];
  if (next() < 0.07) given = given[0]!;
  if (next() < 0.03) family = '';
  if (next() < 0.05) [given, family] = [family, given];
  const address = has('address');
  return [
    source.name,
    given,
    family,
    has('email') ? cased(person.emails[next() < 0.6 ? 0 : 1]!, next) : '',
    has('phone') ? phone(next() < 0.8 ? person.mobile : person.landline, next) : '',
    has('phone2') ? phone(person.landline, next) : '',
    has('company')
      ? `${cased(next() < 0.08 ? capital(word(skewed(next, 5000), 3)) : person.company, next)} ${FORMS[Math.floor(next() * FORMS.length)]}`.trim()
      : '',
    has('title') ? person.title : '',
    address ? (next() < 0.1 ? mistyped(person.street, next) : person.street) : '',
    address ? person.postcode : '',
    address || has('city') ? person.city : '',
    has('dob') ? person.dob : '',
  ];
}

function draw(next: () => number): (typeof SOURCES)[number] {
  let left = next() * SOURCES.reduce((sum, { weight }) => sum + weight, 0);
  for (const source of SOURCES) {
    left -= source.weight;
    if (left < 0) return source;
  }
  return SOURCES[0]!;
}

/** A pronounceable word for a number; two kinds of words never mix. */
function word(number: number, kind: number): string {
  let rest = Math.imul(number + 1, 2_654_435) + kind * 7919;
  rest = Math.abs(rest ^ (rest >>> 15));
  const start = STARTS[rest % STARTS.length]!;
  rest = Math.floor(rest / STARTS.length);
  const middle = number % 4 === 0 ? '' : MIDDLES[rest % MIDDLES.length]!;
  rest = Math.floor(rest / MIDDLES.length);
  return start + middle + ENDS[rest % ENDS.length]!;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^\w.]/g, '')
    .toLowerCase();
}

function written(name: string, next: () => number): string {
  const typed = next() < 0.08 ? mistyped(name, next) : name;
  return next() < 0.2 ? typed.normalize('NFD').replace(/\p{M}/gu, '') : cased(typed, next);
}

function cased(text: string, next: () => number): string {
  const how = next();
  return how < 0.12 ? text.toUpperCase() : how < 0.18 ? text.toLowerCase() : text;
}

function mistyped(text: string, next: () => number): string {
  const at = Math.floor(next() * text.length);
  const letter = 'abcdefghijklmnopqrstuvwxyz'[Math.floor(next() * 26)]!;
  const how = next();
  if (how < 0.25) return text.slice(0, at) + text.slice(at + 1);
  if (how < 0.5) return text.slice(0, at) + letter + text.slice(at);
  if (how < 0.75) return text.slice(0, at) + letter + text.slice(at + 1);
  return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
}

function phone(national: string, next: () => number): string {
  const wrong = next() < 0.02 ? mistyped(national, next).replace(/\D/g, '5') : national;
  const pairs = `0${wrong}`.replace(/(\d\d)(?=\d)/g, '$1 ');
  return [`0${wrong}`, pairs, pairs.replaceAll(' ', '.'), `+33${wrong}`, `+33 (0)${wrong}`, `0033${wrong}`][
    Math.floor(next() * 6)
  ]!;
}

function digits(next: () => number, count: number): string {
  return Array.from({ length: count }, () => Math.floor(next() * 10)).join('');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
