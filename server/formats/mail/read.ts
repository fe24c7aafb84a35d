import PostalMime, { type Email } from 'postal-mime';
import { type Contact, type ReadOptions, UnreadableFile } from '../contact.ts';
import { parseAddress } from '../normalise/address.ts';
import { isSharedMailbox } from '../normalise/email.ts';
import { fullName, splitName } from '../normalise/name.ts';
import { looksLikeOrganization } from '../normalise/organization.ts';
import { parsePhone } from '../normalise/phone.ts';
import { type Field, proposeContact } from '../signatures/index.ts';
import { detectCharset } from '../text.ts';
import { KeptContacts } from './kept.ts';
import { splitMbox } from './mbox.ts';
import { type Correspondent, correspondents } from './people.ts';

/** Octets of one message that are read; what lies behind are attachments. */
const MAX_MESSAGE = 32 << 20;
const MAX_HEAD = 4096;
/** Octets of all correspondents: some 150,000 of them, so that `read` stays below 300 MB; an import keeps originals too. */
const MOST_KEPT = 64 << 20;
const MOST_WITH_ORIGINALS = 512 << 20;

/**
 * Reads the correspondents of a message (RFC 5322) or a mailbox (RFC 4155), and what their signatures say. Each address comes
 * once a file, in the order of its first appearance. Memory: one message, and all correspondents.
 *
 * @throws UnreadableFile `no_contacts` when only robots, lists and reports are in it; `too_large` with more correspondents than
 *   can be kept
 */
export async function* readMailbox(
  source: AsyncIterable<Uint8Array>,
  format: 'eml' | 'mbox',
  options: ReadOptions,
): AsyncGenerator<Contact> {
  const messages = format === 'mbox' ? splitMbox(source, MAX_MESSAGE) : wholeMessage(source);
  const known = new KeptContacts(options.octets === false ? MOST_KEPT : MOST_WITH_ORIGINALS);
  for await (const message of messages) {
    const mail = await parseMessage(message);
    if (mail) addMessage(known, mail, message, options);
  }
  if (known.size === 0) throw new UnreadableFile('no_contacts', { what: 'mail' });
  yield* known.values();
}

async function* wholeMessage(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= MAX_MESSAGE) break;
  }
  yield Buffer.concat(parts);
}

/** Takes a message apart. A message beyond the parser's limits (nesting, headers) names nobody: undefined. */
export async function parseMessage(message: Buffer): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(prepared(message));
  } catch {
    return undefined;
  }
}

const UNKNOWN = /charset="?(?:x-unknown|unknown-8bit|unknown|x-user-defined)"?/gi;
const FLOWED = /format="?flowed"?/gi;

/**
 * Mailers that do not know their charset say so; it is then found by the octets. Flowing lines (RFC 3676) are left as they
 * stand: signatures live by their lines, and the parser joins a quoted line with the reply below it.
 */
export function prepared(message: Buffer): Buffer {
  const text = message.toString('latin1');
  if (text.search(UNKNOWN) < 0 && text.search(FLOWED) < 0) return message;
  const charset = detectCharset(message).charset;
  return Buffer.from(text.replace(UNKNOWN, `charset="${charset}"`).replace(FLOWED, 'format=fixed'), 'latin1');
}

function addMessage(known: KeptContacts, mail: Email, message: Buffer, options: ReadOptions): void {
  for (const one of correspondents(mail)) {
    let contact = known.get(one.email);
    if (!contact) {
      contact = newContact(one);
      keepOriginal(contact, message, [], options);
    }
    if (one.name && !contact.name.full) setName(contact, one.name);
    if (one.author) addSignature(contact, mail, message, options);
    known.set(one.email, contact);
  }
}

/** One for all whose octets nobody asked for. */
const NO_ORIGINAL: Contact['original'] = { mediaType: 'message/rfc822', data: new Uint8Array(0) };

function newContact(one: Correspondent): Contact {
  return {
    kind: isSharedMailbox(one.email) && !one.name ? 'organization' : 'person',
    name: {},
    emails: [{ value: one.written, normalised: one.email }],
    phones: [],
    addresses: [],
    urls: [],
    categories: [],
    extra: [],
    warnings: [],
    original: NO_ORIGINAL,
  };
}

function setName(contact: Contact, name: string): void {
  if (looksLikeOrganization(name)) {
    contact.kind = 'organization';
    contact.organization ??= name;
    contact.name.full = name;
    return;
  }
  contact.kind = 'person';
  const parts = splitName(name);
  contact.name = { ...parts, full: name.includes(',') ? fullName({ ...parts, full: undefined }) || name : name };
}

function addSignature(contact: Contact, mail: Email, message: Buffer, options: ReadOptions): void {
  const date = mail.date && /^\d{4}-/.test(mail.date) ? mail.date : undefined;
  const newer = !contact.revision || (date !== undefined && date > contact.revision);
  if (date && newer) contact.revision = date;
  const fields = proposeContact(mail, options.country)?.fields ?? [];
  if (fields.length === 0) return;
  for (const field of fields) addField(contact, field, newer, options.country);
  keepOriginal(contact, message, fields, options);
}

const phoneMarks = {
  mobile: { type: 'mobile' },
  work: { place: 'work' },
  fax: { type: 'fax', place: 'work' },
  home: { place: 'home' },
} as const;

/** Adds what a signature says; a newer one changes job and company. */
function addField(contact: Contact, { kind, value, phone = 'work' }: Field, newer: boolean, country: string): void {
  const isNew = (known: readonly string[]) => !known.includes(value);
  if (kind === 'name') {
    if (!contact.name.full) setName(contact, value);
  } else if (kind === 'title' || kind === 'organization') {
    if (newer || !contact[kind]) contact[kind] = value;
  } else if (kind === 'email') {
    if (isNew(contact.emails.map(({ normalised }) => normalised ?? '')))
      contact.emails.push({ value, normalised: value });
  } else if (kind === 'phone') {
    const parsed = parsePhone(value, country);
    const known = contact.phones.some(({ raw, e164 }) => raw === value || (parsed.e164 && e164 === parsed.e164));
    if (!known) contact.phones.push({ raw: value, ...parsed, ...phoneMarks[phone] });
  } else if (kind === 'address') {
    if (isNew(contact.addresses.map(({ raw }) => raw ?? '')))
      contact.addresses.push({ raw: value, ...parseAddress(value, country), type: 'work' });
  } else if (isNew(contact.urls.map((url) => url.value))) contact.urls.push({ value });
}

const KEPT = /^(?:from|to|cc|reply-to|date|subject|message-id|organization)$/i;

/** The header fields that say who wrote to whom, and the signature: nothing else of a mail is kept. */
function keepOriginal(contact: Contact, message: Buffer, signature: readonly Field[], options: ReadOptions): void {
  if (options.octets === false) return;
  const text = message.toString('latin1', 0, 65_536);
  const blank = /\r?\n\r?\n/.exec(text);
  const fields = text.slice(0, blank?.index ?? text.length).split(/\r?\n(?![ \t])/);
  const head = fields.filter((field) => KEPT.test(field.split(':')[0]!)).map((field) => field.slice(0, MAX_HEAD));
  const lines = [...new Set(signature.map(({ line }) => line))];
  const body = ['', '', ...lines].join('\r\n');
  const data = Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), Buffer.from(body, 'utf8')]);
  contact.original = { mediaType: 'message/rfc822', data: new Uint8Array(data) };
}
