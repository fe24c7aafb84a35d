import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';
import type { Entry } from '../server/demo/mess.ts';

interface Packed {
  name: string;
  size: number;
  packed: number;
  offset: number;
}

/** Texts joined to pieces of 64 kB: a stream of single lines costs more than what they say. */
function* pieces(lines: Iterable<string>): Generator<Buffer> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 16) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

/** A file written piece by piece, whatever its size; the archive's directory comes last (PKWARE APPNOTE 4.3). */
class ZipFile {
  private readonly out: WriteStream;
  private readonly parts: Packed[] = [];
  private at = 0;

  constructor(file: string) {
    this.out = createWriteStream(file);
  }

  private async write(data: Buffer): Promise<void> {
    this.at += data.length;
    if (!this.out.write(data)) await once(this.out, 'drain');
  }

  async add(name: string, lines: Iterable<string>): Promise<void> {
    const part: Packed = { name, size: 0, packed: 0, offset: this.at };
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(8, 8);
    header.writeUInt16LE(name.length, 26);
    await this.write(Buffer.concat([header, Buffer.from(name)]));
    const deflate = createDeflateRaw();
    const counted = Readable.from(pieces(lines)).on('data', (data: Buffer) => {
      part.size += data.length;
    });
    const began = this.at;
    for await (const data of counted.pipe(deflate)) await this.write(data as Buffer);
    part.packed = this.at - began;
    this.parts.push(part);
  }

  async end(): Promise<void> {
    const began = this.at;
    for (const { name, size, packed, offset } of this.parts) {
      const entry = Buffer.alloc(46);
      entry.writeUInt32LE(0x02014b50, 0);
      entry.writeUInt16LE(8, 10);
      entry.writeUInt32LE(packed, 20);
      entry.writeUInt32LE(size, 24);
      entry.writeUInt16LE(name.length, 28);
      entry.writeUInt32LE(offset, 42);
      await this.write(Buffer.concat([entry, Buffer.from(name)]));
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(this.parts.length, 8);
    end.writeUInt16LE(this.parts.length, 10);
    end.writeUInt32LE(this.at - began, 12);
    end.writeUInt32LE(began, 16);
    await this.write(end);
    this.out.end();
    await once(this.out, 'close');
  }
}

/**
 * Writes a workbook of one sheet as Excel does: each text once in the table of shared texts, in the order of its first cell.
 *
 * @param rows called twice; all cells are taken as different from each other
 */
export async function writeWorkbook(file: string, rows: () => Iterable<string[]>): Promise<void> {
  const zip = new ZipFile(file);
  await zip.add('xl/workbook.xml', ['<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>']);
  await zip.add('xl/_rels/workbook.xml.rels', [
    '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>',
    '<Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
  ]);
  await zip.add('xl/worksheets/sheet1.xml', sheetLines(rows()));
  await zip.add('xl/sharedStrings.xml', textLines(rows()));
  await zip.end();
}

function* sheetLines(rows: Iterable<string[]>): Generator<string> {
  yield '<worksheet><sheetData>';
  let [number, text] = [0, 0];
  for (const cells of rows) {
    number++;
    const written = cells.map(
      (_, column) => `<c r="${String.fromCharCode(65 + column)}${number}" t="s"><v>${text++}</v></c>`,
    );
    yield `<row r="${number}">${written.join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function* textLines(rows: Iterable<string[]>): Generator<string> {
  yield '<sst>';
  for (const cells of rows) yield cells.map((cell) => `<si><t>${escaped(cell)}</t></si>`).join('');
  yield '</sst>';
}

/** A mailbox, a message of each contact, with a signature (RFC 4155). */
export function* mailboxTexts(contacts: Iterable<Entry>): Generator<string> {
  let at = 0;
  for (const { given, family, title, organization, mobile } of contacts) {
    const address = `p${++at}@courrier.example`;
    yield [
      `From ${address} Mon Jan  5 10:00:00 2026`,
      `From: "${given} ${family}" <${address}>`,
      'To: "Anne Favre" <anne@maison.example>',
      `Subject: Message ${at}`,
      `Date: Mon, 05 Jan 2026 10:00:00 +0100`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Bonjour Anne,',
      '',
      'Merci pour votre envoi, je reviens vers vous lundi.',
      '',
      '-- ',
      `${given} ${family}`,
      title,
      organization,
      mobile,
      '',
      '',
    ].join('\n');
  }
}
