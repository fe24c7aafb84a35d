import { UnreadableFile } from '../contact.ts';

/** Octets of all texts together. A full sheet of contacts (1,048,576 rows of six different texts) has 150 million. */
const MAX_OCTETS = 256 << 20;
/** Texts packed together, as a power of two. */
const SHIFT = 12;
const TOGETHER = 1 << SHIFT;

interface Block {
  octets: Buffer;
  /** Where each text ends. */
  ends: Uint32Array;
}

/**
 * The shared texts of a workbook, by number, kept as octets: strings cut out of the file would each keep a piece of the file
 * in memory, 130 octets a text where 20 are enough.
 */
export class Texts {
  private readonly blocks: Block[] = [];
  private fresh: string[] = [];
  private size = 0;

  /** @throws UnreadableFile `too_large` when all texts together go beyond the limit */
  add(text: string): void {
    this.fresh.push(text);
    if (this.fresh.length === TOGETHER) this.pack();
  }

  /** The text with this number; undefined when there is none. */
  get(number: number): string | undefined {
    const block = this.blocks[number >> SHIFT];
    if (!block) return this.fresh[number - this.blocks.length * TOGETHER];
    const at = number & (TOGETHER - 1);
    return block.octets.toString('utf8', at === 0 ? 0 : block.ends[at - 1], block.ends[at]);
  }

  private pack(): void {
    const ends = new Uint32Array(TOGETHER);
    const texts = this.fresh.map((text) => Buffer.from(text));
    let end = 0;
    texts.forEach((text, at) => {
      end += text.length;
      ends[at] = end;
    });
    this.size += end;
    if (this.size > MAX_OCTETS) throw new UnreadableFile('too_large', { limit: MAX_OCTETS });
    this.blocks.push({ octets: Buffer.concat(texts), ends });
    this.fresh = [];
  }
}
