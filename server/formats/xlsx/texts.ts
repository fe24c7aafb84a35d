import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { UnreadableFile } from '../contact.ts';

/** Octets of all texts together. A full sheet of contacts (1,048,576 rows of six different texts) has 150 million. */
const MAX_OCTETS = 256 << 20;
/** Texts kept together, as a power of two: about 8 kB, which inflates in 40 µs. */
const SHIFT = 9;
const TOGETHER = 1 << SHIFT;
/** Where the octets of a block begin, behind the ends of its texts. */
const HEAD = TOGETHER * 4;
/** Octets kept as they are. What rows share (towns, given names) comes early; what comes later is read row by row. */
const MAX_PLAIN = 24 << 20;
/** Blocks kept open, 2 MB of them. */
const OPEN = 256;

/** 512 texts: where each ends (4 octets), then their octets. */
interface Block {
  data: Buffer;
  packed: boolean;
}

/**
 * The shared texts of a workbook, by number, kept as octets, which take 20 a text where strings cut out of the file would take
 * 130; beyond 24 MB deflated, so that a full sheet takes 75 MB. Texts are looked up mostly in the order they came: a sheet sorted
 * anew that has more than this takes some minutes longer.
 */
export class Texts {
  private readonly blocks: Block[] = [];
  private readonly open = new Map<number, Buffer>();
  private fresh: string[] = [];
  private size = 0;

  /** @throws UnreadableFile `too_large` when all texts together go beyond the limit */
  add(text: string): void {
    this.fresh.push(text);
    if (this.fresh.length === TOGETHER) this.close();
  }

  /** The text with this number; undefined when there is none. */
  get(number: number): string | undefined {
    const block = this.block(number >> SHIFT);
    if (!block) return this.fresh[number - this.blocks.length * TOGETHER];
    const at = number & (TOGETHER - 1);
    const start = at === 0 ? 0 : block.readUInt32LE((at - 1) * 4);
    return block.toString('utf8', HEAD + start, HEAD + block.readUInt32LE(at * 4));
  }

  private block(number: number): Buffer | undefined {
    const block = this.blocks[number];
    if (!block?.packed) return block?.data;
    const found = this.open.get(number);
    if (found) return found;
    const data = inflateRawSync(block.data);
    this.open.set(number, data);
    if (this.open.size > OPEN) this.open.delete(this.open.keys().next().value!);
    return data;
  }

  private close(): void {
    const size = this.fresh.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    this.size += size;
    if (this.size > MAX_OCTETS) throw new UnreadableFile('too_large', { limit: MAX_OCTETS });
    const data = Buffer.allocUnsafeSlow(HEAD + size);
    let end = HEAD;
    this.fresh.forEach((text, at) => {
      end += data.write(text, end);
      data.writeUInt32LE(end - HEAD, at * 4);
    });
    const packed = this.size > MAX_PLAIN;
    this.blocks.push({ data: packed ? pack(data) : data, packed });
    this.fresh = [];
  }
}

/** What zlib returns is a piece of a larger allocation, which it would keep. */
function pack(data: Buffer): Buffer {
  const packed = deflateRawSync(data, { level: 1 });
  const kept = Buffer.allocUnsafeSlow(packed.length);
  packed.copy(kept);
  return kept;
}
