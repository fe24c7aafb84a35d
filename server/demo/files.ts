import iconv from 'iconv-lite';
import writeXlsx from 'write-excel-file/node';
import type { Entry } from './mess.ts';
import { initialsPng } from './photo.ts';

/** Columns of a table: header → what stands in it. */
type Columns = readonly (readonly [header: string, cell: (entry: Entry) => string])[];

const quote = (cell: string, delimiter: string) =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

function* tableLines(columns: Columns, entries: Iterable<Entry>, delimiter: string): Generator<string> {
  yield `${columns.map(([header]) => quote(header, delimiter)).join(delimiter)}\r\n`;
  for (const entry of entries) yield `${columns.map(([, cell]) => quote(cell(entry), delimiter)).join(delimiter)}\r\n`;
}

const label = (value: string, text: string) => (value ? text : '');

const googleColumns: Columns = [
  ['First Name', (e) => e.given],
  ['Middle Name', () => ''],
  ['Last Name', (e) => e.family],
  ['Name Prefix', (e) => e.prefix],
  ['Nickname', (e) => e.nickname],
  ['Organization Name', (e) => e.organization],
  ['Organization Title', (e) => e.title],
  ['Birthday', (e) => e.birthday],
  ['Notes', (e) => e.note],
  ['Labels', (e) => ['* myContacts', ...e.groups].join(' ::: ')],
  ['E-mail 1 - Label', (e) => label(e.workEmail, 'Work')],
  ['E-mail 1 - Value', (e) => e.workEmail],
  ['E-mail 2 - Label', (e) => label(e.privateEmail, 'Home')],
  ['E-mail 2 - Value', (e) => e.privateEmail],
  ['Phone 1 - Label', (e) => label(e.mobile, 'Mobile')],
  ['Phone 1 - Value', (e) => e.mobile],
  ['Phone 2 - Label', (e) => label(e.workPhone, 'Work')],
  ['Phone 2 - Value', (e) => e.workPhone],
  ['Phone 3 - Label', (e) => label(e.homePhone, 'Home')],
  ['Phone 3 - Value', (e) => e.homePhone],
  ['Address 1 - Label', (e) => label(e.street, 'Work')],
  ['Address 1 - Street', (e) => e.street],
  ['Address 1 - City', (e) => e.city],
  ['Address 1 - Postal Code', (e) => e.postcode],
  ['Address 1 - Country', (e) => e.country],
];

/** The export of Google Contacts, line by line. */
export const googleLines = (entries: Iterable<Entry>): Generator<string> => tableLines(googleColumns, entries, ',');

const frenchDate = (iso: string) => iso.split('-').reverse().join('/');

const outlookColumns: Columns = [
  ['Titre', (e) => e.prefix],
  ['Prénom', (e) => e.given],
  ['Deuxième prénom', () => ''],
  ['Nom', (e) => e.family],
  ['Suffixe', () => ''],
  ['Société', (e) => e.organization],
  ['Service', () => ''],
  ['Titre', (e) => e.title],
  ['Rue (bureau)', (e) => e.street],
  ['Ville (bureau)', (e) => e.city],
  ['Code postal (bureau)', (e) => e.postcode],
  ['Pays/Région (bureau)', (e) => e.country],
  ['Téléphone (bureau)', (e) => e.workPhone],
  ['Téléphone (domicile)', (e) => e.homePhone],
  ['Tél. mobile', (e) => e.mobile],
  ['Adresse de messagerie', (e) => e.workEmail],
  ['Adresse de messagerie 2', (e) => e.privateEmail],
  ['Anniversaire', (e) => (e.birthday ? frenchDate(e.birthday) : '')],
  ['Catégories', (e) => e.groups.join(';')],
  ['Notes', (e) => e.note],
];

const ledgerColumns: Columns = [
  ['Société', (e) => e.organization],
  ['Civilité', (e) => e.prefix],
  ['Nom', (e) => e.family],
  ['Prénom', (e) => e.given],
  ['Fonction', (e) => e.title],
  ['Téléphone', (e) => e.workPhone],
  ['Portable', (e) => e.mobile],
  ['E-mail', (e) => e.workEmail],
  ['Adresse', (e) => e.street],
  ['Code postal', (e) => e.postcode],
  ['Ville', (e) => e.city],
  ['Pays', (e) => e.country],
];

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const linkedinColumns: Columns = [
  ['First Name', (e) => e.given],
  ['Last Name', (e) => e.family],
  ['URL', (e) => `https://www.linkedin.com/in/fictif-${e.person ?? 0}`],
  ['Email Address', (e) => e.workEmail],
  ['Company', (e) => e.organization],
  ['Position', (e) => e.title],
  [
    'Connected On',
    (e) => `${1 + ((e.person ?? 0) % 28)} ${months[(e.person ?? 0) % 12]} ${2014 + ((e.person ?? 0) % 12)}`,
  ],
];

const linkedinPreamble =
  'Notes:\r\n"When exporting your connection data, you may notice that some of the email addresses are missing."\r\n\r\n';

const escapeVcard = (text: string) => text.replaceAll(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');

/** RFC 2045, 6.7; soft breaks after 70 characters. */
function quotedPrintable(text: string): string {
  const encoded = [...Buffer.from(text)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x3d
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
  return encoded.replaceAll(/(?:=..|[^=]){60}(?=.)/g, '$&=\r\n');
}

function oldProperty(name: string, parts: readonly string[]): string {
  const plain = parts.every((part) => /^[\x20-\x7e]*$/.test(part));
  const text = parts.map((part) => part.replaceAll(';', '\\;')).join(';');
  return plain
    ? `${name}:${text}`
    : `${name};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${parts.map(quotedPrintable).join(';')}`;
}

const shownName = (e: Entry) => [e.given, e.family].filter(Boolean).join(' ') || e.organization;

/** vCard 2.1 as older phones write it: bare parameters, quoted-printable. */
function oldVcard(e: Entry): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:2.1',
    oldProperty('N', [e.family, e.given, '', e.prefix, '']),
    oldProperty('FN', [shownName(e)]),
    e.mobile && `TEL;CELL:${e.mobile}`,
    e.workPhone && `TEL;WORK;VOICE:${e.workPhone}`,
    e.homePhone && `TEL;HOME:${e.homePhone}`,
    e.workEmail && `EMAIL;WORK:${e.workEmail}`,
    e.privateEmail && `EMAIL;HOME:${e.privateEmail}`,
    e.organization && oldProperty('ORG', [e.organization]),
    e.title && oldProperty('TITLE', [e.title]),
    e.street && oldProperty('ADR;WORK', ['', '', e.street, e.city, '', e.postcode, e.country]),
    e.birthday && `BDAY:${e.birthday}`,
    e.note && oldProperty('NOTE', [e.note]),
    'END:VCARD',
  ];
  return `${lines.filter(Boolean).join('\r\n')}\r\n`;
}

/** Folds a line after 75 octets (RFC 6350, 3.2); all that is folded here is ASCII. */
const fold = (line: string) => line.replaceAll(/.{74}(?=.)/g, '$&\r\n ');

/** vCard 3.0 as present phones write it; one in `photoEvery` has a picture. */
function vcard(e: Entry, photoEvery: number): string {
  const id = e.person ?? 0;
  const hasPhoto = e.given !== '' && photoEvery > 0 && id % photoEvery === 0;
  const photo = hasPhoto ? initialsPng(e.given[0]! + (e.family[0] ?? ''), id % 360).toString('base64') : '';
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${[e.family, e.given, '', e.prefix, ''].map(escapeVcard).join(';')}`,
    `FN:${escapeVcard(shownName(e))}`,
    e.nickname && `NICKNAME:${escapeVcard(e.nickname)}`,
    e.mobile && `TEL;type=CELL;type=VOICE;type=pref:${e.mobile}`,
    e.workPhone && `TEL;type=WORK;type=VOICE:${e.workPhone}`,
    e.homePhone && `TEL;type=HOME;type=VOICE:${e.homePhone}`,
    e.workEmail && `EMAIL;type=INTERNET;type=WORK:${e.workEmail}`,
    e.privateEmail && `EMAIL;type=INTERNET;type=HOME:${e.privateEmail}`,
    e.organization && `ORG:${escapeVcard(e.organization)};`,
    e.title && `TITLE:${escapeVcard(e.title)}`,
    e.street && `ADR;type=WORK:;;${[e.street, e.city, '', e.postcode, e.country].map(escapeVcard).join(';')}`,
    e.birthday && `BDAY:${e.birthday}`,
    e.groups.length > 0 && `CATEGORIES:${e.groups.map(escapeVcard).join(',')}`,
    e.note && `NOTE:${escapeVcard(e.note)}`,
    photo && fold(`PHOTO;ENCODING=b;TYPE=PNG:${photo}`),
    'END:VCARD',
  ];
  return `${lines.filter(Boolean).join('\r\n')}\r\n`;
}

export function* vcardTexts(entries: Iterable<Entry>, photoEvery: number): Generator<string> {
  for (const entry of entries) yield vcard(entry, photoEvery);
}

async function fairWorkbook(title: string, entries: readonly Entry[]): Promise<Buffer> {
  const cell = (value: string) => ({ value, type: String });
  const rows = entries.map((entry) => ledgerColumns.map(([, text]) => cell(text(entry))));
  return writeXlsx([[cell(title)], [], ledgerColumns.map(([header]) => cell(header)), ...rows]).toBuffer();
}

export type FileKind = 'google' | 'outlook-fr' | 'linkedin' | 'vcard21' | 'vcard30' | 'ledger' | 'fair';

export const extension: Record<FileKind, string> = {
  google: 'csv',
  'outlook-fr': 'csv',
  linkedin: 'csv',
  vcard21: 'vcf',
  vcard30: 'vcf',
  ledger: 'csv',
  fair: 'xlsx',
};

/** Writes entries the way a product does, octet for octet: its columns, its encoding, its preamble. */
export async function writeFile(kind: FileKind, title: string, entries: readonly Entry[]): Promise<Uint8Array> {
  switch (kind) {
    case 'google':
      return Buffer.from([...googleLines(entries)].join(''));
    case 'outlook-fr':
      return iconv.encode([...tableLines(outlookColumns, entries, ',')].join(''), 'win1252');
    case 'linkedin':
      return Buffer.from(linkedinPreamble + [...tableLines(linkedinColumns, entries, ',')].join(''));
    case 'vcard21':
      return Buffer.from(entries.map(oldVcard).join(''));
    case 'vcard30':
      return Buffer.from([...vcardTexts(entries, 9)].join(''));
    case 'ledger':
      return iconv.encode([...tableLines(ledgerColumns, entries, ';')].join(''), 'win1252');
    case 'fair':
      return fairWorkbook(title, entries);
  }
}
