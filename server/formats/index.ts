import { type Contact, type ReadOptions, type Recognised, UnreadableFile } from './contact.ts';
import { gunzip, isGzip } from './gzip.ts';
import { readMailbox } from './mail/read.ts';
import { HEAD, recognise } from './recognise.ts';
import { type ByteSource, type Peeked, peek } from './source.ts';
import { decodeLines } from './table/decode.ts';
import { readRows } from './table/delimited.ts';
import { readTables, type SheetPlan, type Table, type TextForm } from './table/read.ts';
import type { Row } from './table/rows.ts';
import { sniffDialect } from './table/sniff.ts';
import { decodeAs, detectCharset } from './text.ts';
import { readVcards } from './vcard/read.ts';
import { readSheets } from './xlsx/workbook.ts';

export type { ByteSource } from './source.ts';

/**
 * Reads the contacts of any file we know, one after the other, in constant memory (XLSX and mailboxes: in proportion to their
 * texts and correspondents). A file packed with gzip is unpacked on the way; a workbook is opened several times.
 *
 * @throws UnreadableFile when the file is damaged, beyond a limit, or holds no contacts; contacts given before stay valid, an
 *   import must undo them
 */
export function readContacts(source: ByteSource, options: ReadOptions, report?: Report): AsyncGenerator<Contact> {
  return read(source, options, report);
}

/** Contacts of the preview. */
const PREVIEW = 20;

export interface Preview {
  recognised: Recognised;
  contacts: Contact[];
}

/**
 * Reads just enough of a file to show what an import would make of it.
 *
 * @throws UnreadableFile
 */
export async function preview(source: ByteSource, options: ReadOptions): Promise<Preview> {
  let recognised: Recognised | undefined;
  const contacts: Contact[] = [];
  for await (const contact of read(source, options, (found) => {
    recognised = found;
  })) {
    contacts.push(contact);
    if (contacts.length >= PREVIEW) break;
  }
  if (!recognised) throw new UnreadableFile('no_contacts');
  return { recognised, contacts };
}

/** Called once the file is recognised; of a table, the sheets are added to the record as they are reached. */
export type Report = (recognised: Recognised) => void;

async function* read(source: ByteSource, options: ReadOptions, report?: Report): AsyncGenerator<Contact> {
  const opened = await unpack(source, options.fileName);
  const { recognised } = opened;
  report?.(recognised);
  const planned = (plan: SheetPlan): void => {
    const { layout, ...sheet } = plan;
    if (recognised.layout === 'unknown') recognised.layout = layout;
    recognised.sheets = [...(recognised.sheets ?? []), sheet];
  };
  let found = false;
  for await (const contact of open(opened, options, planned)) {
    found = true;
    yield contact;
  }
  if (!found) throw new UnreadableFile('no_contacts', { what: recognised.format });
}

function open(
  { recognised, peeked, unpacked }: Opened,
  options: ReadOptions,
  planned: (plan: SheetPlan) => void,
): AsyncIterable<Contact> {
  switch (recognised.format) {
    case 'vcard':
      return readVcards(peeked.all, options);
    case 'csv':
      return readTables(textTable(recognised, peeked), options, planned);
    case 'xlsx':
      return readTables(readSheets(unpacked), options, planned);
    case 'eml':
    case 'mbox':
      return readMailbox(peeked.all, recognised.format, options);
  }
}

async function* textTable(recognised: Recognised, peeked: Peeked, packed = true): AsyncGenerator<Table> {
  const charset = recognised.charset ?? detectCharset(peeked.head).charset;
  const { newline } = sniffDialect(decodeAs(peeked.head, charset), peeked.complete);
  const form = { charset, delimiter: recognised.delimiter ?? ',', newline };
  const isPlain = !packed && newline === '\n' && !charset.startsWith('utf-16');
  yield { name: '', rows: readTextRows(peeked.all, form), ...(isPlain && { text: form }) };
}

/** The rows of delimited text. @throws UnreadableFile when a row is beyond a limit */
export function readTextRows(
  source: AsyncIterable<Uint8Array>,
  { charset, ...dialect }: TextForm,
): AsyncGenerator<Row> {
  return readRows(decodeLines(source, charset, dialect.newline === '\n' ? 10 : 13), dialect);
}

/**
 * The raw tables of a file of rows and columns (CSV, XLSX), for those who need other columns than contacts have. Undefined when
 * the file is of another kind.
 *
 * @throws UnreadableFile when it is damaged or beyond a limit
 */
export async function openTables(source: ByteSource, fileName?: string): Promise<AsyncIterable<Table> | undefined> {
  const { peeked, recognised, packed, unpacked } = await unpack(source, fileName);
  if (recognised.format === 'csv') return textTable(recognised, peeked, packed);
  return recognised.format === 'xlsx' ? readSheets(unpacked) : undefined;
}

interface Opened {
  recognised: Recognised;
  peeked: Peeked;
  /** Whether the file itself is gzip. */
  packed: boolean;
  /** The file from its first octet, taken out of gzip, as often as needed. */
  unpacked: ByteSource;
}

/** Recognises a file, taken out of gzip where it is packed. @throws UnreadableFile */
async function unpack(source: ByteSource, name: string | undefined): Promise<Opened> {
  const outer = await peek(source(), HEAD);
  const packed = isGzip(outer.head);
  const unpacked = packed ? () => gunzip(source()) : source;
  const peeked = packed ? await peek(gunzip(outer.all), HEAD) : outer;
  const fileName = packed ? name?.replace(/\.gz$/i, '') : name;
  const recognised = recognise(peeked.head, { fileName, complete: peeked.complete });
  // A workbook is read from its end: what was opened for its beginning is closed.
  if (recognised.format === 'xlsx') await peeked.close();
  return { peeked, recognised, packed, unpacked };
}
