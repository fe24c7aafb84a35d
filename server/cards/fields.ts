import { fieldClass } from '../delegation/field-classes.ts';
import type {
  Contact,
  ContactAddress,
  ContactEmail,
  ContactName,
  ContactPhone,
  ContactUrl,
  ExtraValue,
} from '../formats/contact.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { fullName, type NamingHabit, writeName } from '../formats/normalise/name.ts';
import { parsePhone } from '../formats/normalise/phone.ts';
import { classOf } from './classes.ts';
import type { FieldInput, FieldKind } from './contract.ts';

/** A value on its way to, or from, a card. */
export interface Field {
  kind: FieldKind;
  value: Record<string, unknown>;
}

/** A field as it is stored: with its class, and the address of its contact point where it has one. */
export interface StoredField extends Field {
  class: number;
  contactPoint: { channel: 'email' | 'phone'; address: string } | null;
}

/** jsonb holds neither U+0000 nor half a surrogate pair; both carry no meaning in a contact. The original keeps them. */
function cleanText(part: unknown): unknown {
  return typeof part === 'string' ? part.replaceAll('\0', '').toWellFormed() : part;
}

function clean(value: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    const kept = cleanText(part);
    if (kept !== undefined && kept !== '' && kept !== false) result[name] = kept;
  }
  return result;
}

function contactPointOf(kind: FieldKind, value: Record<string, unknown>): StoredField['contactPoint'] {
  if (kind === 'email' && typeof value.normalised === 'string') return { channel: 'email', address: value.normalised };
  if (kind === 'phone' && typeof value.e164 === 'string') return { channel: 'phone', address: value.e164 };
  return null;
}

/** Adds class and contact point. */
export function toStored(field: Field): StoredField {
  return {
    ...field,
    class: fieldClass[classOf(field.kind, field.value)],
    contactPoint: contactPointOf(field.kind, field.value),
  };
}

/** How what people type is read and written: the country of their numbers, and how the house writes names. */
export interface Habits {
  country: string;
  naming: NamingHabit;
}

/** What people type is normalised the way a file's values are; what they wrote stays beside it. */
export function completeInput(field: FieldInput, { country, naming }: Habits): Field {
  if (field.kind === 'email') {
    const normalised = normaliseEmail(field.value.value);
    return { kind: 'email', value: clean({ ...field.value, normalised }) };
  }
  if (field.kind === 'phone') {
    const parsed = parsePhone(field.value.raw, country);
    return {
      kind: 'phone',
      value: {
        ...clean({ ...field.value, type: field.value.type ?? parsed.type, extension: parsed.extension }),
        e164: parsed.e164,
      },
    };
  }
  if (field.kind === 'name') {
    const name = writeName(field.value, naming);
    return { kind: 'name', value: clean({ ...name, full: name.full ?? fullName(name) }) };
  }
  if (field.kind === 'address') {
    const { street, postcode, city, region, country: land, raw } = field.value;
    const lines = [street, [postcode, city].filter(Boolean).join(' '), region, land].filter(Boolean);
    return { kind: 'address', value: clean({ ...field.value, raw: raw ?? lines.join('\n') }) };
  }
  return { kind: field.kind, value: clean(field.value) };
}

/** The fields of a contact as a file gave it, in a fixed order. The photo's content is stored apart, under `photoHash`. */
export function fieldsOf(contact: Contact, photoHash: string | null): Field[] {
  const fields: Field[] = [];
  const add = (kind: FieldKind, value: object) => {
    const kept = clean(value);
    if (Object.keys(kept).length > 0) fields.push({ kind, value: kept });
  };
  add('name', contact.name);
  add('organization', { name: contact.organization, department: contact.department });
  if (contact.title) add('title', { value: contact.title });
  for (const email of contact.emails) add('email', email);
  for (const phone of contact.phones) fields.push({ kind: 'phone', value: { ...clean(phone), e164: phone.e164 } });
  for (const address of contact.addresses) add('address', address);
  for (const url of contact.urls) add('url', url);
  if (contact.birthday) add('birthday', { value: contact.birthday });
  if (contact.note) add('note', { value: contact.note });
  for (const category of contact.categories) add('category', { value: category });
  if (contact.photo) {
    const { type, size, url } = contact.photo;
    add('photo', { type, size, url, ...(photoHash ? { hash: photoHash } : {}) });
  }
  for (const consent of contact.consent ?? []) add('consent', consent);
  for (const extra of contact.extra) add('extra', extra);
  return fields;
}

/** The other way: what the fields say, as a contact. Photos and consent, which have contents of their own, are the caller's to add. */
export function contactOf(uid: string, kind: Contact['kind'], fields: readonly Field[]): Contact {
  const all = <T>(wanted: FieldKind) =>
    fields.filter((field) => field.kind === wanted).map(({ value }) => value as unknown as T);
  const texts = (wanted: FieldKind) => all<{ value: string }>(wanted).map(({ value }) => value);
  const [organization] = all<{ name?: string; department?: string }>('organization');
  const [title] = texts('title');
  const [birthday] = texts('birthday');
  const notes = texts('note');
  return {
    kind,
    uid,
    name: all<ContactName>('name')[0] ?? {},
    emails: all<ContactEmail>('email'),
    phones: all<ContactPhone>('phone'),
    ...(organization?.name ? { organization: organization.name } : {}),
    ...(organization?.department ? { department: organization.department } : {}),
    ...(title ? { title } : {}),
    addresses: all<ContactAddress>('address'),
    urls: all<ContactUrl>('url'),
    ...(birthday ? { birthday } : {}),
    ...(notes.length > 0 ? { note: notes.join('\n\n') } : {}),
    categories: texts('category'),
    extra: all<ExtraValue>('extra'),
    warnings: [],
    original: { mediaType: 'text/vcard', data: new Uint8Array() },
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A name that a table writes around a comma ("Smith, Zoë", even "Zoë, Smith") reads as its parts do. */
function nameWords(name: Contact['name']): string {
  const { full, given, family } = name;
  const turned = given && family && (full === `${given}, ${family}` || full === `${family}, ${given}`);
  return fullName(turned ? { ...name, full: '' } : name);
}

/** A value as one line of text, for lists, search and screen readers. */
export function displayOf({ kind, value }: Field): string {
  switch (kind) {
    case 'name':
      return nameWords(value as Contact['name']);
    case 'email':
    case 'title':
    case 'birthday':
    case 'category':
    case 'url':
    case 'note':
      return text(value.value);
    case 'phone':
      return text(value.raw) || text(value.e164);
    case 'organization':
      return [text(value.name), text(value.department)].filter(Boolean).join(', ');
    case 'address':
      return text(value.raw).replaceAll(/\s*\n\s*/g, ', ');
    case 'extra':
      return `${text(value.name)}: ${text(value.value)}`;
    case 'consent':
      return text(value.evidence);
    case 'photo':
      return text(value.type);
  }
}

/** Two values that say the same have the same key, however they are written. */
export function identityOf(field: Field): string {
  const { kind, value } = field;
  if (kind === 'email' && value.normalised) return `email ${text(value.normalised)}`;
  if (kind === 'phone' && value.e164) return `phone ${text(value.e164)} ${text(value.extension)}`;
  if (kind === 'photo') return `photo ${text(value.hash) || text(value.url)}`;
  if (kind === 'consent') return `consent ${text(value.channel)} ${text(value.state)} ${text(value.evidence)}`;
  return `${kind} ${displayOf(field)
    .toLowerCase()
    .replaceAll(/[\s\p{P}]+/gu, ' ')
    .trim()}`;
}

/** The same to the last part, labels and marks included; in whatever order the parts were stored. */
export const fullIdentityOf = ({ kind, value }: Field): string =>
  `${kind} ${JSON.stringify(Object.entries(value).sort())}`;

/** A stored row as a field. */
export const asField = ({ kind, value }: { kind: string; value: unknown }): Field => ({
  kind: kind as FieldKind,
  value: value as Record<string, unknown>,
});

/** An empty value stands for one that a member took away from what the source says. */
export const isTaken = ({ value }: { value: unknown }): boolean => Object.keys(value as object).length === 0;

/**
 * What a device changed: its word is the whole state of the card, for it has seen the last one. What an import said of consent is no part
 * of it.
 */
export function compareFields<Row extends { no: number; kind: string; value: unknown }>(
  existing: readonly Row[],
  incoming: readonly StoredField[],
): { set: { before: Row; field: StoredField }[]; add: StoredField[]; remove: Row[] } {
  let before = existing.filter((row) => row.kind !== 'consent' && !isTaken(row));
  let after = incoming.filter(({ kind }) => kind !== 'consent');
  const set: { before: Row; field: StoredField }[] = [];
  /** Pairs what is one by `same`, and leaves the rest. */
  const pair = (same: (row: Row) => string, of: (field: StoredField) => string, changed: boolean) => {
    const waiting = Map.groupBy(after, of);
    const paired = new Set<StoredField>();
    before = before.filter((row) => {
      const field = waiting.get(same(row))?.shift();
      if (!field) return true;
      paired.add(field);
      if (changed) set.push({ before: row, field });
      return false;
    });
    after = after.filter((field) => !paired.has(field));
  };
  pair((row) => fullIdentityOf(asField(row)), fullIdentityOf, false);
  pair((row) => identityOf(asField(row)), identityOf, true);
  pair(
    ({ kind }) => kind,
    ({ kind }) => kind,
    true,
  );
  return { set, add: after, remove: before };
}
