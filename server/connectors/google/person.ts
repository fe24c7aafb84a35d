import type { Contact, PhoneType, Place } from '../../formats/contact.ts';
import { parseBirthday, parseInstant } from '../../formats/normalise/date.ts';
import { Gathered } from '../gathering.ts';
import { isThing, type Thing, textOf, thingOf, thingsOf } from '../json.ts';

/** What is asked of each person (People API v1, `personFields`). */
export const personFields = [
  'addresses',
  'biographies',
  'birthdays',
  'calendarUrls',
  'emailAddresses',
  'events',
  'externalIds',
  'imClients',
  'interests',
  'memberships',
  'metadata',
  'names',
  'nicknames',
  'occupations',
  'organizations',
  'phoneNumbers',
  'photos',
  'relations',
  'sipAddresses',
  'urls',
  'userDefined',
].join(',');

/** `work`, `workFax` and `home` name a place; anything else that somebody typed is a label. */
const placeOf = (type: string): Place | undefined =>
  /^work/.test(type) ? 'work' : /^home/.test(type) ? 'home' : /^other/.test(type) ? 'other' : undefined;

const devices: [RegExp, PhoneType][] = [
  [/fax$/i, 'fax'],
  [/pager$/i, 'pager'],
  [/mobile$/i, 'mobile'],
  [/^main$/, 'main'],
  [/^googleVoice$/, 'voip'],
];

/** The type as a label, where it is none of Google's own. */
const known = /^(?:home|work|other|mobile|main|pager|googleVoice|(?:home|work|other)Fax|work(?:Mobile|Pager))$/;
const labelOf = (type: string): string | undefined => (type === '' || known.test(type) ? undefined : type);

/** The contact that a person is in the account's address book. @param groups names of labels, by resource name */
export function toContact(person: Thing, groups: ReadonlyMap<string, string>, country: string): Contact {
  const sources = thingsOf(thingOf(person, 'metadata'), 'sources');
  const source = sources.find((one) => textOf(one, 'type') === 'CONTACT') ?? {};
  const gathered = new Gathered(textOf(source, 'id') || textOf(person, 'resourceName'), person, country);
  addPoints(gathered, person);
  addWork(gathered, person);
  addRest(gathered, person, groups);
  const { contact } = gathered;
  const birthday = thingsOf(person, 'birthdays').map(birthdayOf).find(Boolean);
  if (birthday) contact.birthday = birthday;
  const photo = thingsOf(person, 'photos').find((one) => one.default !== true && /^https?:/i.test(textOf(one, 'url')));
  if (photo) contact.photo = { type: 'image/*', size: 0, url: textOf(photo, 'url') };
  const revision = parseInstant(textOf(source, 'updateTime'));
  if (revision) contact.revision = revision;
  return named(gathered, person);
}

function addPoints(gathered: Gathered, person: Thing): void {
  const marks = (one: Thing) => {
    const type = textOf(one, 'type');
    return { type: placeOf(type), label: labelOf(type) };
  };
  for (const one of thingsOf(person, 'emailAddresses')) gathered.email(textOf(one, 'value'), marks(one));
  for (const one of thingsOf(person, 'phoneNumbers')) {
    const device = devices.find(([is]) => is.test(textOf(one, 'type')))?.[1];
    gathered.phone(textOf(one, 'value') || textOf(one, 'canonicalForm'), { ...marks(one), device });
  }
  for (const one of thingsOf(person, 'addresses')) {
    const street = ['streetAddress', 'extendedAddress', 'poBox'].map((name) => textOf(one, name)).filter(Boolean);
    const parts = {
      street: street.join('\n'),
      postcode: textOf(one, 'postalCode'),
      city: textOf(one, 'city'),
      region: textOf(one, 'region'),
      country: textOf(one, 'country'),
      countryCode: textOf(one, 'countryCode'),
    };
    gathered.address(parts, marks(one), textOf(one, 'formattedValue'));
  }
  for (const one of thingsOf(person, 'urls')) gathered.url(textOf(one, 'value'), textOf(one, 'type'));
}

/** The present employment, else the first; the others are kept as they are called. */
function addWork(gathered: Gathered, person: Thing): void {
  const all = thingsOf(person, 'organizations');
  const present = all.find(({ current }) => current === true) ?? all[0];
  for (const one of all) {
    const [name, department, title] = ['name', 'department', 'title'].map((part) => textOf(one, part));
    if (one === present) gathered.organization(name!, department!, title!);
    else gathered.extra('organization', [name, department, title].filter(Boolean).join(', '));
  }
  for (const one of thingsOf(person, 'occupations')) gathered.extra('occupation', textOf(one, 'value'));
}

function addRest(gathered: Gathered, person: Thing, groups: ReadonlyMap<string, string>): void {
  for (const one of thingsOf(person, 'biographies')) gathered.note(textOf(one, 'value'));
  for (const one of thingsOf(person, 'memberships'))
    gathered.category(groups.get(textOf(thingOf(one, 'contactGroupMembership'), 'contactGroupResourceName')) ?? '');
  const say = (list: string, name: string, value: string, about: string) => {
    for (const one of thingsOf(person, list))
      gathered.extra([name, textOf(one, about)].filter(Boolean).join(' '), textOf(one, value));
  };
  say('imClients', 'im', 'username', 'protocol');
  say('sipAddresses', 'sip', 'value', 'type');
  say('relations', 'relation', 'person', 'type');
  say('externalIds', 'id', 'value', 'type');
  say('calendarUrls', 'calendar', 'url', 'type');
  say('interests', 'interest', 'value', '');
  for (const one of thingsOf(person, 'userDefined'))
    gathered.extra(textOf(one, 'key') || 'field', textOf(one, 'value'));
  for (const one of thingsOf(person, 'events')) {
    const date = dateOf(thingOf(one, 'date'));
    if (date) gathered.extra(['event', textOf(one, 'type')].filter(Boolean).join(' '), date);
  }
}

function birthdayOf(one: Thing): string | undefined {
  return isThing(one.date) ? dateOf(one.date) : parseBirthday(textOf(one, 'text'));
}

/** `google.type.Date`: a year of 0 says that it is not known. */
function dateOf({ year, month, day }: Thing): string | undefined {
  const [y, m, d] = [year, month, day].map((part) => (Number.isInteger(part) ? (part as number) : 0));
  if (y! < 0 || y! > 9999 || m! < 1 || m! > 12 || d! < 1 || d! > 31) return undefined;
  const two = (part: number) => String(part).padStart(2, '0');
  return parseBirthday(`${y === 0 ? '-' : `${String(y).padStart(4, '0')}`}-${two(m!)}-${two(d!)}`);
}

function named(gathered: Gathered, person: Thing): Contact {
  const [name = {}] = thingsOf(person, 'names');
  for (const part of ['phoneticFullName', 'phoneticGivenName', 'phoneticFamilyName'])
    gathered.extra(part, textOf(name, part));
  const nicknames = thingsOf(person, 'nicknames').map((one) => textOf(one, 'value'));
  return gathered.named({
    full: textOf(name, 'displayName') || textOf(name, 'unstructuredName'),
    given: textOf(name, 'givenName'),
    additional: textOf(name, 'middleName'),
    family: textOf(name, 'familyName'),
    prefix: textOf(name, 'honorificPrefix'),
    suffix: textOf(name, 'honorificSuffix'),
    nickname: nicknames.filter(Boolean).join(', '),
  });
}
