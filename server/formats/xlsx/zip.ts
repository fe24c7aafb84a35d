import { createInflateRaw } from 'node:zlib';
import { UnreadableFile } from '../contact.ts';

/** One file in a ZIP archive, as its central directory tells (PKWARE APPNOTE 4.3.12). */
export interface ZipEntry {
  name: string;
  method: number;
  compressed: number;
  /** Octets it claims to inflate to. */
  declared: number;
  offset: number;
}

/** Octets that all parts of one workbook may inflate to. */
const MAX_INFLATED = 1 << 30;
/** Spreadsheet XML shrinks 10 to 60 times; above this ratio, and this size, it was made to do harm. */
const MAX_RATIO = 250;
const HARMLESS = 64 << 20;
const MAX_ENTRIES = 20_000;

/**
 * Lists the files of an archive.
 *
 * @throws UnreadableFile `truncated` without a central directory, `damaged`, `encrypted`, `zip_bomb` by declared sizes
 */
export function listZip(bytes: Buffer): Map<string, ZipEntry> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 20 > bytes.length) throw new UnreadableFile('truncated');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count > MAX_ENTRIES) throw new UnreadableFile('zip_bomb', { entries: count });
  const entries = new Map<string, ZipEntry>();
  let total = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw new UnreadableFile('damaged', { what: 'zip' });
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const entry: ZipEntry = {
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/'),
      method: bytes.readUInt16LE(at + 10),
      compressed: bytes.readUInt32LE(at + 20),
      declared: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    };
    if ((bytes.readUInt16LE(at + 8) & 1) === 1) throw new UnreadableFile('encrypted');
    total += entry.declared;
    entries.set(entry.name, entry);
    at += 46 + nameLength + extraLength + commentLength;
  }
  if (total > 4 * MAX_INFLATED) throw new UnreadableFile('zip_bomb', { size: total, limit: MAX_INFLATED });
  return entries;
}

/** Inflates the parts of one archive, and stops where they grow beyond what is believable, whatever they declare. */
export class Inflater {
  private readonly bytes: Buffer;
  private inflated = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** @throws UnreadableFile `zip_bomb`, `damaged`, `truncated` */
  async *inflate(entry: ZipEntry): AsyncGenerator<Buffer> {
    const data = this.slice(entry);
    let size = 0;
    try {
      for await (const chunk of this.chunks(entry, data)) {
        size += chunk.length;
        this.inflated += chunk.length;
        this.check(entry, size);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof UnreadableFile || !isZlibError(error)) throw error;
      throw new UnreadableFile('damaged', { what: 'zip' });
    }
  }

  private slice(entry: ZipEntry): Buffer {
    const { offset } = entry;
    if (offset + 30 > this.bytes.length || this.bytes.readUInt32LE(offset) !== 0x04034b50) {
      throw new UnreadableFile('damaged', { what: 'zip' });
    }
    const start = offset + 30 + this.bytes.readUInt16LE(offset + 26) + this.bytes.readUInt16LE(offset + 28);
    if (start + entry.compressed > this.bytes.length) throw new UnreadableFile('truncated');
    return this.bytes.subarray(start, start + entry.compressed);
  }

  private async *chunks(entry: ZipEntry, data: Buffer): AsyncGenerator<Buffer> {
    if (entry.method === 0) {
      yield data;
      return;
    }
    if (entry.method !== 8) throw new UnreadableFile('damaged', { what: 'zip' });
    const stream = createInflateRaw({ chunkSize: 1 << 17 });
    stream.end(data);
    for await (const chunk of stream) yield chunk as Buffer;
  }

  private check(entry: ZipEntry, size: number): void {
    if (size > entry.declared || this.inflated > MAX_INFLATED || isSwollen(size, entry.compressed)) {
      throw new UnreadableFile('zip_bomb', { size, limit: MAX_INFLATED });
    }
  }
}

/** Whether so many octets cannot come of so few honestly. */
export const isSwollen = (size: number, packed: number): boolean => size > HARMLESS && size > packed * MAX_RATIO;

export function isZlibError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR_'));
}
