import type { Contact, ContactKind, ReadOptions } from '../contact.ts';
import { parseBirthday, parseInstant } from '../normalise/date.ts';
import { fullName, splitName } from '../normalise/name.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';
import { addAddress, addLabels } from './address.ts';
import { addConsent } from './consent.ts';
import { type Draft, keepExtra, labelOf, warn } from './draft.ts';
import { addPhoto } from './photo.ts';
import { addEmail, addPhone, addUrl, retryPhones, serviceOf } from './points.ts';
import { parameter, type VcardProperty } from './property.ts';
import { type CardText, componentsOf, decodeValue, listOf, textOf, unescapeText } from './value.ts';

type Handler = (draft: Draft, property: VcardProperty) => void;

/**
 * What a card's properties say of a contact. What the contact has no place for, and what it has a place for only once, goes to
 * `extra` as written. `original` is left empty for the caller to fill.
 */
export function interpretCard(properties: readonly VcardProperty[], card: CardText, options: ReadOptions): Contact {
  const draft = newDraft(properties, card, options);
  for (const property of properties) {
    const handler = HANDLERS.get(property.name) ?? HANDLERS.get(property.name.toUpperCase());
    if (handler) handler(draft, property);
    else if (serviceOf(property)) addUrl(draft, property);
    else keepExtra(draft, property);
  }
  addLabels(draft);
  retryPhones(draft.contact);
  nameContact(draft);
  keepUnusedLabels(draft, properties);
  return draft.contact;
}

function newDraft(properties: readonly VcardProperty[], card: CardText, options: ReadOptions): Draft {
  const labels = new Map<string, string>();
  for (const property of properties) {
    if (property.group !== undefined && property.name.toUpperCase() === 'X-ABLABEL') {
      labels.set(property.group.toLowerCase(), textOf(property, card));
    }
  }
  const contact: Contact = {
    kind: 'person',
    name: {},
    emails: [],
    phones: [],
    addresses: [],
    urls: [],
    categories: [],
    extra: [],
    warnings: [],
    original: { mediaType: 'text/vcard', data: NOTHING },
  };
  return { contact, card, options, labels, usedLabels: new Set(), regions: regionsOf(properties), addressLabels: [] };
}

const NOTHING = new Uint8Array(0);

/** Apple writes an address's country code beside it: `item1.X-ABADR:ch`. */
function regionsOf(properties: readonly VcardProperty[]): Map<string, string> {
  const regions = new Map<string, string>();
  for (const { group, name, value } of properties) {
    if (group !== undefined && name.toUpperCase() === 'X-ABADR') regions.set(group.toLowerCase(), value.trim());
  }
  return regions;
}

/** Used by the address of its group when it is a code. */
function takeRegion(draft: Draft, property: VcardProperty): void {
  if (property.group === undefined || !/^[a-z]{2}$/i.test(property.value.trim())) keepExtra(draft, property);
}

const ignore: Handler = () => {};

const HANDLERS = new Map<string, Handler>([
  ['VERSION', ignore],
  ['FN', takeFullName],
  ['N', takeName],
  ['NICKNAME', takeNickname],
  ['KIND', takeKind],
  ['X-ADDRESSBOOKSERVER-KIND', takeKind],
  ['X-ABSHOWAS', takeShowAs],
  ['X-ABSHOWAS-ABSHOWAS', takeShowAs],
  ['ORG', takeOrganization],
  ['X-DEPARTMENT', takeDepartment],
  ['X-KADDRESSBOOK-X-DEPARTMENT', takeDepartment],
  ['TITLE', once('title')],
  ['ROLE', takeRole],
  ['EMAIL', addEmail],
  ['TEL', addPhone],
  ['ADR', addAddress],
  ['LABEL', (draft, property) => draft.addressLabels.push(property)],
  ['URL', addUrl],
  ['BDAY', takeBirthday],
  ['NOTE', takeNote],
  ['CATEGORIES', takeCategories],
  ['PHOTO', addPhoto],
  ['REV', takeRevision],
  ['UID', once('uid')],
  ['X-ABLABEL', ignore],
  ['X-ABADR', takeRegion],
  ['X-ENTREGENT-CONSENT', addConsent],
  ['X-ENTREGENT-FIELD', takeField],
]);

/** A text that a contact has once: the first that says something counts, the others are kept as extra. */
function once(key: 'title' | 'uid'): Handler {
  return (draft, property) => {
    const text = textOf(property, draft.card);
    if (text === '') return;
    if (draft.contact[key] === undefined) draft.contact[key] = text;
    else keepExtra(draft, property);
  };
}

function takeFullName(draft: Draft, property: VcardProperty): void {
  const text = textOf(property, draft.card);
  if (text === '') return;
  if (draft.contact.name.full === undefined) draft.contact.name.full = text;
  else if (draft.contact.name.full !== text) keepExtra(draft, property);
}

/** RFC 6350, 6.2.2: family; given; additional; prefixes; suffixes. The first counts, also among ALTID representations. */
function takeName(draft: Draft, property: VcardProperty): void {
  const [family, given, additional, prefix, suffix] = componentsOf(property, draft.card, ' ');
  const parts = { given, additional, family, prefix, suffix: suffix && suffixes(draft, property) };
  if (!Object.values(parts).some(Boolean)) return;
  if (draft.named) {
    keepExtra(draft, property);
    return;
  }
  draft.named = true;
  for (const key of ['given', 'additional', 'family', 'prefix', 'suffix'] as const) {
    if (parts[key]) draft.contact.name[key] = parts[key];
  }
}

function suffixes(draft: Draft, property: VcardProperty): string | undefined {
  return componentsOf(property, draft.card, ', ')[4];
}

function takeNickname(draft: Draft, property: VcardProperty): void {
  const names = draft.card.old ? [textOf(property, draft.card)] : listOf(property, draft.card);
  const { name } = draft.contact;
  const joined = [name.nickname, ...names].filter(Boolean).join(', ');
  if (joined !== '') name.nickname = joined;
}

/** RFC 6350, 6.1.4. What is neither a person nor an organisation (group, location, device) is kept, told, and shown as one. */
function takeKind(draft: Draft, property: VcardProperty): void {
  const kind = textOf(property, draft.card).toLowerCase();
  if (kind === 'individual' || kind === 'person') draft.kind = 'person';
  else if (kind === 'org' || kind === 'organization') draft.kind = 'organization';
  else if (kind !== '') {
    draft.kind = 'organization';
    warn(draft, 'kind.unusual', kind);
    keepExtra(draft, property);
  }
}

function takeShowAs(draft: Draft, property: VcardProperty): void {
  if (/^company$/i.test(property.value.trim())) draft.kind = 'organization';
  else keepExtra(draft, property);
}

function takeOrganization(draft: Draft, property: VcardProperty): void {
  const [name, ...units] = componentsOf(property, draft.card, ', ');
  const department = units.filter((unit) => unit !== '').join(', ');
  if (!name && department === '') return;
  const { contact } = draft;
  if (draft.organized) {
    keepExtra(draft, property);
    return;
  }
  draft.organized = true;
  if (name) contact.organization = name;
  if (department !== '') contact.department = department;
  labelOf(draft, property);
}

function takeDepartment(draft: Draft, property: VcardProperty): void {
  const text = textOf(property, draft.card);
  if (text !== '' && draft.contact.department === undefined) draft.contact.department = text;
  else keepExtra(draft, property);
}

function takeRole(draft: Draft, property: VcardProperty): void {
  draft.role ??= property;
  if (draft.role !== property) keepExtra(draft, property);
}

function takeBirthday(draft: Draft, property: VcardProperty): void {
  const text = textOf(property, draft.card);
  if (text === '') return;
  const birthday = parseBirthday(text);
  if (birthday === undefined || draft.contact.birthday !== undefined) {
    if (birthday === undefined && !/^[0/.-]+$/.test(text)) warn(draft, 'date.invalid', text);
    keepExtra(draft, property);
    return;
  }
  const omitted = parameter(property, 'X-APPLE-OMIT-YEAR');
  draft.contact.birthday = omitted && birthday.startsWith(omitted) ? `-${birthday.slice(4)}` : birthday;
}

function takeNote(draft: Draft, property: VcardProperty): void {
  const text = unescapeText(decodeValue(property, draft.card)).replace(/\r\n?/g, '\n');
  if (text.trim() === '') return;
  const { contact } = draft;
  contact.note = contact.note === undefined ? text : `${contact.note}\n${text}`;
}

/** Outlook parts categories by semicolons too. */
function takeCategories(draft: Draft, property: VcardProperty): void {
  const items = listOf(property, draft.card);
  for (const item of draft.card.old ? items.flatMap((one) => one.split(';')) : items) {
    const category = item.trim();
    if (category !== '' && !draft.contact.categories.includes(category)) draft.contact.categories.push(category);
  }
}

function takeRevision(draft: Draft, property: VcardProperty): void {
  const revision = parseInstant(property.value);
  if (revision !== undefined && draft.contact.revision === undefined) draft.contact.revision = revision;
  else if (property.value.trim() !== '') keepExtra(draft, property);
}

/** What our own export wrote of a source that is no vCard. */
function takeField(draft: Draft, property: VcardProperty): void {
  const name = parameter(property, 'X-NAME');
  if (name) draft.contact.extra.push({ name, value: unescapeText(decodeValue(property, draft.card)) });
  else keepExtra(draft, property);
}

/** Settles title, name and kind once all properties are known. */
function nameContact(draft: Draft): void {
  const { contact, card } = draft;
  if (draft.role) {
    if (contact.title === undefined) contact.title = textOf(draft.role, card) || undefined;
    else keepExtra(draft, draft.role);
  }
  if (contact.title === undefined) delete contact.title;
  contact.kind = draft.kind ?? guessKind(draft);
  if (contact.kind === 'organization') nameOrganization(draft);
  else if (!draft.named && contact.name.full) contact.name = { ...splitName(contact.name.full), ...contact.name };
  else if (contact.name.full === undefined) {
    const full = fullName({ ...contact.name, nickname: undefined });
    if (full !== '') contact.name.full = full;
  }
}

/** A card without name of a person whose shown name is its company, or reads like one. */
function guessKind({ contact, named }: Draft): ContactKind {
  const { full } = contact.name;
  if (named) return 'person';
  if (full === undefined)
    return contact.organization !== undefined && !contact.name.nickname ? 'organization' : 'person';
  return full === contact.organization || looksLikeOrganization(full) ? 'organization' : 'person';
}

/** The organisation's own name is shown; another shown name beside it (a person there) is kept as extra. */
function nameOrganization({ contact }: Draft): void {
  const { name } = contact;
  if (contact.organization === undefined) {
    const full = fullName(name);
    if (full !== '') contact.organization = full;
  }
  if (name.full !== undefined && name.full !== contact.organization)
    contact.extra.push({ name: 'FN', value: name.full });
  if (contact.organization !== undefined) name.full = contact.organization;
}

/** Labels of properties that went to `extra`, or that no property of their group used. */
function keepUnusedLabels(draft: Draft, properties: readonly VcardProperty[]): void {
  for (const property of properties) {
    if (property.name.toUpperCase() !== 'X-ABLABEL') continue;
    if (property.group === undefined || !draft.usedLabels.has(property.group.toLowerCase())) keepExtra(draft, property);
  }
}
