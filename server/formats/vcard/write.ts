import type {
  Contact,
  ContactAddress,
  ContactEmail,
  ContactPhone,
  ContactPhoto,
  ContactUrl,
  Place,
} from '../contact.ts';
import { fullName } from '../normalise/name.ts';
import { consentProperty } from './consent.ts';
import { isSocial, propertyOfService } from './points.ts';
import { parseVcard, quoteParameter, serialise, type VcardParameter, type VcardProperty } from './property.ts';
import { escapeText } from './value.ts';

export type VcardVersion = '3.0' | '4.0';

/**
 * Writes a contact as a vCard 3.0 (RFC 2426) or 4.0 (RFC 6350). `readVcards` gives the same contact back; what vCard has no property
 * for travels in properties of our own (`X-ENTREGENT-…`). Values are written as their source wrote them, not as normalised.
 */
export function writeVcard(contact: Contact, version: VcardVersion): string {
  return serialise(vcardProperties(contact, version));
}

/** The properties of `writeVcard`. @param group number of the first group "itemN" that may be given */
export function vcardProperties(
  contact: Contact,
  version: VcardVersion,
  group: number = firstFreeGroup(contact),
): VcardProperty[] {
  const writer: Writer = { version, properties: [], nextGroup: group };
  add(writer, 'VERSION', version);
  if (contact.uid) addText(writer, 'UID', contact.uid);
  writeName(writer, contact);
  for (const email of contact.emails) writeEmail(writer, email);
  for (const phone of contact.phones) writePhone(writer, phone);
  if (contact.organization || contact.department)
    add(writer, 'ORG', structured([contact.organization, contact.department], 1));
  if (contact.title) addText(writer, 'TITLE', contact.title);
  for (const address of contact.addresses) writeAddress(writer, address);
  for (const url of contact.urls) writeUrl(writer, url);
  if (contact.birthday) writeBirthday(writer, contact.birthday);
  if (contact.note) addText(writer, 'NOTE', contact.note);
  if (contact.categories.length > 0) add(writer, 'CATEGORIES', contact.categories.map(escapeText).join(','));
  if (contact.photo) writePhoto(writer, contact.photo);
  for (const consent of contact.consent ?? []) writer.properties.push(consentProperty(consent));
  if (contact.revision)
    add(writer, 'REV', version === '4.0' ? contact.revision.replace(/[-:]/g, '') : contact.revision);
  for (const extra of contact.extra) writeExtra(writer, extra.name, extra.value, isVcard(contact));
  return writer.properties;
}

interface Writer {
  version: VcardVersion;
  properties: VcardProperty[];
  /** Number of the next group "itemN" that no extra uses. */
  nextGroup: number;
}

function add(writer: Writer, name: string, value: string, params: VcardParameter[] = [], group?: string): void {
  writer.properties.push({ group, name, params, value });
}

function addText(writer: Writer, name: string, text: string, params: VcardParameter[] = []): void {
  add(writer, name, escapeText(text), params);
}

/** Components of a structured value, at least so many. */
function structured(components: (string | undefined)[], least: number): string {
  const kept = [...components];
  while (kept.length > least && !kept.at(-1)) kept.pop();
  return kept.map((component) => escapeText(component ?? '')).join(';');
}

function isVcard(contact: Contact): boolean {
  return contact.original.mediaType.startsWith('text/vcard');
}

function firstFreeGroup({ extra }: Contact): number {
  const used = extra.map(({ name }) => Number(/^item(\d{1,6})\./i.exec(name)?.[1] ?? 0));
  return used.reduce((most, number) => Math.max(most, number), 0) + 1;
}

/** `FN` must be there and `N` in 3.0 too (RFC 2426, 3.1.2); a nameless contact is shown by its first address or number. */
function writeName(writer: Writer, contact: Contact): void {
  const { name, kind } = contact;
  const organization = kind === 'organization';
  const shown = (organization && contact.organization) || fullName(name) || contact.organization;
  addText(writer, 'FN', shown || contact.emails[0]?.value || contact.phones[0]?.raw || '');
  const parts = [name.family, name.given, name.additional, name.prefix, name.suffix];
  if (writer.version === '3.0' || parts.some(Boolean)) add(writer, 'N', structured(parts, 5));
  if (name.nickname) addText(writer, 'NICKNAME', name.nickname);
  if (writer.version === '4.0') add(writer, 'KIND', organization ? 'org' : 'individual');
  else if (organization) add(writer, 'X-ABShowAs', 'COMPANY');
}

function writeEmail(writer: Writer, { value, type, label, preferred }: ContactEmail): void {
  addPoint(writer, 'EMAIL', escapeText(value), typeParameters(writer, [place(type)], preferred), label);
}

const DEVICES: Record<string, string> = {
  mobile: 'CELL',
  fax: 'FAX',
  pager: 'PAGER',
  main: 'MAIN',
  voip: 'VOIP',
  landline: 'VOICE',
};

function writePhone(writer: Writer, { raw, type, place: where, label, preferred }: ContactPhone): void {
  const params = typeParameters(writer, [place(where), type && DEVICES[type]], preferred);
  if (writer.version === '4.0' && raw.startsWith('tel:')) params.unshift({ name: 'VALUE', value: 'uri' });
  addPoint(writer, 'TEL', raw.startsWith('tel:') ? raw : escapeText(raw), params, label);
}

function place(type: Place | undefined): string | undefined {
  return type?.toUpperCase();
}

function typeParameters(
  writer: Writer,
  types: (string | undefined)[],
  preferred: boolean | undefined,
): VcardParameter[] {
  const given = types.filter((type) => type !== undefined);
  if (preferred && writer.version === '3.0') given.push('PREF');
  const params = given.length > 0 ? [{ name: 'TYPE', value: given.join(',') }] : [];
  return preferred && writer.version === '4.0' ? [...params, { name: 'PREF', value: '1' }] : params;
}

/** A property with a label of its own needs a group to hang it on. */
function addPoint(
  writer: Writer,
  name: string,
  value: string,
  params: VcardParameter[],
  label: string | undefined,
): void {
  if (!label) {
    add(writer, name, value, params);
    return;
  }
  const group = `item${writer.nextGroup++}`;
  add(writer, name, value, params, group);
  add(writer, 'X-ABLabel', escapeText(label), [], group);
}

function writeAddress(writer: Writer, address: ContactAddress): void {
  const { raw, street, city, region, postcode, country, countryCode: code, type, label } = address;
  const parts = [street, city, region, postcode, country].some(Boolean)
    ? [street, city, region, postcode, country]
    : [raw];
  const params = typeParameters(writer, [place(type)], false);
  const value = structured(['', '', ...parts], 7);
  if (raw !== parts.filter(Boolean).join('\n')) params.push({ name: 'LABEL', value: quoteParameter(raw) });
  if (!code || writer.version === '4.0')
    addPoint(writer, 'ADR', value, code ? [...params, { name: 'CC', value: code }] : params, label);
  else {
    const group = `item${writer.nextGroup++}`;
    add(writer, 'ADR', value, params, group);
    add(writer, 'X-ABADR', code.toLowerCase(), [], group);
    if (label) add(writer, 'X-ABLabel', escapeText(label), [], group);
  }
}

function writeUrl(writer: Writer, url: ContactUrl): void {
  const { value, type } = url;
  const service = type && propertyOfService(type);
  const param = type ? [{ name: 'TYPE', value: quoteParameter(type) }] : [];
  if (isSocial(url)) add(writer, 'X-SOCIALPROFILE', escapeText(value), param);
  else if (service && /^[a-z][a-z0-9+.-]*:/i.test(value)) {
    add(writer, 'IMPP', escapeText(value), [{ name: 'X-SERVICE-TYPE', value: type }]);
  } else add(writer, service ?? 'URL', escapeText(value), service ? [] : param);
}

/** 3.0 has no date without year; Apple's parameter says which year is none. */
function writeBirthday(writer: Writer, birthday: string): void {
  const yearless = birthday.startsWith('--');
  if (writer.version === '4.0')
    add(writer, 'BDAY', yearless ? `--${birthday.slice(2).replace('-', '')}` : birthday.replaceAll('-', ''));
  else if (yearless) add(writer, 'BDAY', `1604${birthday.slice(1)}`, [{ name: 'X-APPLE-OMIT-YEAR', value: '1604' }]);
  else add(writer, 'BDAY', birthday);
}

function writePhoto(writer: Writer, { type, data, url }: ContactPhoto): void {
  const known = type !== 'image/*';
  if (url) {
    const params = [{ name: 'VALUE', value: 'uri' }];
    if (known)
      params.push(writer.version === '4.0' ? { name: 'MEDIATYPE', value: type } : { name: 'TYPE', value: type });
    add(writer, 'PHOTO', url, params);
  } else if (data) {
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
    if (writer.version === '4.0') add(writer, 'PHOTO', `data:${type};base64,${text}`);
    else
      add(writer, 'PHOTO', text, [
        { name: 'ENCODING', value: 'b' },
        { name: 'TYPE', value: shortType(type) },
      ]);
  }
}

/** RFC 2426, 3.1.4, writes "JPEG" for image/jpeg. */
function shortType(type: string): string {
  const short = /^image\/([a-z]+)$/.exec(type)?.[1];
  return short ? short.toUpperCase() : type;
}

/** A vCard's own property goes back as it came; a column of another source becomes a property that names it. */
function writeExtra(writer: Writer, name: string, value: string, fromVcard: boolean): void {
  const property = fromVcard ? parseVcard(`${name}:${value.replace(/\r\n|\r|\n/g, '\\n')}`)[0] : undefined;
  if (property && !/^(?:begin|end|version)$/i.test(property.name)) writer.properties.push(property);
  else add(writer, 'X-ENTREGENT-FIELD', escapeText(value), [{ name: 'X-NAME', value: quoteParameter(name) }]);
}
