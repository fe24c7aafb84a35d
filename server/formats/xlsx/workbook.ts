import { UnreadableFile } from '../contact.ts';
import type { ByteSource } from '../source.ts';
import type { Table } from '../table/read.ts';
import { type NumberStyle, numberStyle } from './number.ts';
import { readMerges, readSheet, type SheetContext, scan } from './sheet.ts';
import { Texts } from './texts.ts';
import { attribute } from './xml.ts';
import { Archive, type ZipEntry } from './zip.ts';

/** Octets of a workbook as it lies on disk. */
const MAX_FILE = 256 << 20;
/** Characters of one shared text; Excel writes 32,767 at most. */
const MAX_TEXT = 4_000_000;

/**
 * The visible sheets of an Excel workbook (ECMA-376), in order, each read row by row: texts, numbers as they are shown, dates
 * as ISO 8601, formulas by their last value.
 *
 * @throws UnreadableFile `too_large`, `zip_bomb`, `encrypted`, `truncated`, `damaged`, `no_contacts` for another kind of archive
 */
export async function* readSheets(source: ByteSource): AsyncGenerator<Table> {
  const archive = await Archive.open(source, MAX_FILE);
  const { entries } = archive;
  const book = await readBook(archive);
  const context: SheetContext = {
    strings: await readStrings(entries.get(book.strings), archive),
    styles: await readStyles(entries.get(book.styles), archive),
    date1904: book.date1904,
  };
  for (const { name, path } of book.sheets) {
    const entry = entries.get(path);
    if (!entry) continue;
    const merges = await readMerges(archive.inflate(entry));
    yield { name, rows: readSheet(archive.inflate(entry), merges, context) };
  }
}

interface Book {
  sheets: { name: string; path: string }[];
  strings: string;
  styles: string;
  date1904: boolean;
}

async function readBook(archive: Archive): Promise<Book> {
  const { entries } = archive;
  const path = await findWorkbook(archive);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const links = await readLinks(entries.get(`${folder}_rels/${path.slice(folder.length)}.rels`), archive, folder);
  const listed: { name: string; id: string; hidden: boolean }[] = [];
  let date1904 = false;
  await scan(archive.inflate(entries.get(path)!), {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '');
      if (name !== 'sheet') return;
      const hidden = /hidden/i.test(attribute(attributes, 'state') ?? '');
      listed.push({ name: attribute(attributes, 'name') ?? '', id: attribute(attributes, '\\w+:id') ?? '', hidden });
    },
    close() {},
    text() {},
  });
  const visible = listed.some((sheet) => !sheet.hidden) ? listed.filter((sheet) => !sheet.hidden) : listed;
  return {
    sheets: visible.flatMap(({ name, id }) => (links.get(id) ? [{ name, path: links.get(id)!.path }] : [])),
    strings: linkOfType(links, 'sharedStrings') ?? `${folder}sharedStrings.xml`,
    styles: linkOfType(links, 'styles') ?? `${folder}styles.xml`,
    date1904,
  };
}

async function findWorkbook(archive: Archive): Promise<string> {
  const { entries } = archive;
  const links = await readLinks(entries.get('_rels/.rels'), archive, '');
  const path = linkOfType(links, 'officeDocument') ?? 'xl/workbook.xml';
  if (!entries.has(path) || !/workbook/i.test(path)) {
    const what = entries.has('word/document.xml') ? 'docx' : entries.has('content.xml') ? 'opendocument' : 'archive';
    throw new UnreadableFile('no_contacts', { what });
  }
  return path;
}

type Links = Map<string, { path: string; type: string }>;

/** Relationships of a part (ECMA-376 part 2, 9.3): id → path from the archive's root. */
async function readLinks(entry: ZipEntry | undefined, archive: Archive, folder: string): Promise<Links> {
  const links: Links = new Map();
  if (!entry) return links;
  await scan(archive.inflate(entry), {
    open(name, attributes) {
      if (name !== 'Relationship') return;
      const target = attribute(attributes, 'Target') ?? '';
      const path = target.startsWith('/') ? target.slice(1) : `${folder}${target}`;
      links.set(attribute(attributes, 'Id') ?? '', {
        path: path.replace(/(^|\/)\.\//g, '$1'),
        type: attribute(attributes, 'Type') ?? '',
      });
    },
    close() {},
    text() {},
  });
  return links;
}

function linkOfType(links: Links, type: string): string | undefined {
  for (const link of links.values()) if (link.type.endsWith(`/${type}`)) return link.path;
  return undefined;
}

async function readStrings(entry: ZipEntry | undefined, archive: Archive): Promise<Texts> {
  const strings = new Texts();
  if (!entry) return strings;
  let current = '';
  let reading = false;
  let phonetic = false;
  await scan(archive.inflate(entry), {
    open(name) {
      if (name === 'si') current = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') reading = !phonetic;
    },
    close(name) {
      if (name === 't') reading = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') strings.add(current);
    },
    text(text) {
      if (!reading) return;
      current += text;
      if (current.length > MAX_TEXT) throw new UnreadableFile('too_large', { limit: MAX_TEXT });
    },
  });
  return strings;
}

async function readStyles(entry: ZipEntry | undefined, archive: Archive): Promise<NumberStyle[]> {
  const styles: NumberStyle[] = [];
  if (!entry) return styles;
  const codes = new Map<number, string>();
  let inCells = false;
  await scan(archive.inflate(entry), {
    open(name, attributes) {
      if (name === 'numFmt')
        codes.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name !== 'xf' || !inCells) return;
      const id = Number(attribute(attributes, 'numFmtId') ?? 0);
      styles.push(numberStyle(id, codes.get(id)));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
    text() {},
  });
  return styles;
}
