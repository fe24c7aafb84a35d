import { pipeline, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { UnreadableFile } from '../contact.ts';
import type { ByteSource } from '../source.ts';

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

/** Octets kept of a file's end: smaller files are read once, the directory of larger ones stands there. */
const TAIL = 4 << 20;
/** A field of 32 bits that says: see the field of 64 bits (APPNOTE 4.5.3). */
const BEYOND = 0xffffffff;

const damaged = () => new UnreadableFile('damaged', { what: 'zip' });

/**
 * A ZIP archive whose parts are inflated one by one, each from the file read anew: nothing but its end stays in memory. Stops
 * where the parts grow beyond what is believable, whatever they declare.
 */
export class Archive {
  readonly entries: Map<string, ZipEntry>;
  private readonly source: ByteSource;
  private readonly tail: Buffer;
  private readonly length: number;
  private inflated = 0;

  private constructor(source: ByteSource, tail: Buffer, length: number) {
    this.source = source;
    this.tail = tail;
    this.length = length;
    this.entries = listEntries(tail, length - tail.length);
  }

  /**
   * Reads a file once, for the directory at its end.
   *
   * @throws UnreadableFile `too_large` beyond `limit` octets, `truncated` without a directory, `damaged`, `encrypted`, `zip_bomb`
   *   by declared sizes
   */
  static async open(source: ByteSource, limit: number): Promise<Archive> {
    let [length, kept] = [0, 0];
    const chunks: Uint8Array[] = [];
    for await (const chunk of source()) {
      length += chunk.length;
      kept += chunk.length;
      if (length > limit) throw new UnreadableFile('too_large', { limit });
      chunks.push(chunk);
      while (kept - chunks[0]!.length >= TAIL) kept -= chunks.shift()!.length;
    }
    return new Archive(source, Buffer.concat(chunks), length);
  }

  /** @throws UnreadableFile `zip_bomb`, `damaged`, `truncated` */
  async *inflate(entry: ZipEntry): AsyncGenerator<Buffer> {
    let size = 0;
    try {
      for await (const chunk of this.unpacked(entry)) {
        size += chunk.length;
        this.inflated += chunk.length;
        this.check(entry, size);
        yield chunk;
      }
    } catch (error) {
      if (error instanceof UnreadableFile || !isZlibError(error)) throw error;
      throw damaged();
    }
  }

  private unpacked(entry: ZipEntry): AsyncIterable<Buffer> {
    if (entry.method === 0) return this.packed(entry);
    if (entry.method !== 8) throw damaged();
    const stream = createInflateRaw({ chunkSize: 1 << 17 });
    pipeline(Readable.from(this.packed(entry), { objectMode: false }), stream, () => {});
    return stream;
  }

  /** The octets of a part as they lie in the file, behind its own header (APPNOTE 4.3.7). */
  private async *packed({ offset, compressed }: ZipEntry): AsyncGenerator<Buffer> {
    let [left, head, skip]: [number, Buffer, number | undefined] = [compressed, Buffer.alloc(0), undefined];
    for await (const chunk of this.from(offset)) {
      let data = chunk;
      if (skip === undefined) {
        data = head = Buffer.concat([head, chunk]);
        if (head.length < 30) continue;
        if (head.readUInt32LE(0) !== 0x04034b50) throw damaged();
        skip = 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
      }
      const piece: Buffer = data.subarray(skip, skip + left);
      skip = Math.max(0, skip - data.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
      if (left === 0) return;
    }
    throw skip === undefined ? damaged() : new UnreadableFile('truncated');
  }

  private async *from(offset: number): AsyncGenerator<Buffer> {
    const kept = offset - (this.length - this.tail.length);
    if (kept >= 0) {
      yield this.tail.subarray(kept);
      return;
    }
    let at = 0;
    for await (const chunk of this.source()) {
      const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      at += chunk.length;
      if (at > offset) yield at - chunk.length < offset ? piece.subarray(offset - at) : piece;
    }
  }

  private check(entry: ZipEntry, size: number): void {
    if (size > entry.declared || this.inflated > MAX_INFLATED || isSwollen(size, entry.compressed)) {
      throw new UnreadableFile('zip_bomb', { limit: MAX_INFLATED });
    }
  }
}

/** @param start where the octets given stand in the file */
function listEntries(bytes: Buffer, start: number): Map<string, ZipEntry> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 20 > bytes.length) throw new UnreadableFile('truncated');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16) - start;
  if (count > MAX_ENTRIES) throw new UnreadableFile('zip_bomb', { limit: MAX_INFLATED });
  const entries = new Map<string, ZipEntry>();
  let total = 0;
  for (let index = 0; index < count; index++) {
    if (at < 0 || at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw damaged();
    if ((bytes.readUInt16LE(at + 8) & 1) === 1) throw new UnreadableFile('encrypted');
    const name = at + 46 + bytes.readUInt16LE(at + 28);
    const extra = name + bytes.readUInt16LE(at + 30);
    const entry = readEntry(bytes, at, bytes.toString('utf8', at + 46, name), bytes.subarray(name, extra));
    total += entry.declared;
    entries.set(entry.name, entry);
    at = extra + bytes.readUInt16LE(at + 32);
  }
  if (total > 4 * MAX_INFLATED) throw new UnreadableFile('zip_bomb', { limit: MAX_INFLATED });
  return entries;
}

function readEntry(bytes: Buffer, at: number, name: string, extra: Buffer): ZipEntry {
  const wide = wideFields(extra);
  const field = (offset: number): number => {
    const value = bytes.readUInt32LE(at + offset);
    return value === BEYOND ? (wide.shift() ?? value) : value;
  };
  // In the order in which the wide fields stand for them: size, packed size, offset.
  const [declared, compressed, offset] = [field(24), field(20), field(42)];
  return { name: name.replaceAll('\\', '/'), method: bytes.readUInt16LE(at + 10), compressed, declared, offset };
}

/** Fields of 64 bits, in which large parts and streaming writers give their sizes (APPNOTE 4.5.3). */
function wideFields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const data = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    return Array.from({ length: data.length >> 3 }, (_, index) => Number(data.readBigUInt64LE(index * 8)));
  }
  return [];
}

/** Whether so many octets cannot come of so few honestly. */
export const isSwollen = (size: number, packed: number): boolean => size > HARMLESS && size > packed * MAX_RATIO;

export function isZlibError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR_'));
}
