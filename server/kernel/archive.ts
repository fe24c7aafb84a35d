import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * The inside of a backup file, before compression. Lines of JSON tell what follows; the rows of a table follow its line in
 * pieces, each behind its length (4 bytes, big-endian), up to a piece of length 0:
 *
 *     header \n ( table \n piece* end-of-table \n )* end \n
 *
 * Rows are those of PostgreSQL's COPY in text format, which every version reads.
 */
export const header = z.object({
  entregent: z.literal(1),
  version: z.string(),
  createdAt: z.iso.datetime(),
  /** What was migrated, in order; the hash is that of the file's text. */
  migrations: z.array(z.object({ name: z.string(), hash: z.string() })),
  /** Tells whether a master key is the one of this backup without telling the key. */
  keyCheck: z.string(),
  /** Makes the tables of the sign-in library as they were. */
  definitions: z.array(z.string()),
  tables: z.array(z.string()),
  /** Rows are written the same by every server: what a restored table gives has the sum that stands here. */
  steady: z.boolean().default(false),
});
export type Header = z.output<typeof header>;

export const tableLine = z.object({ table: z.string(), columns: z.array(z.string()) });
export const tableEnd = z.object({ rows: z.number().int(), sha256: z.string() });
export const archiveEnd = z.object({ end: z.literal(true), tables: z.number().int(), rows: z.number().int() });

/**
 * The file is no backup, is damaged, or ends too early; it is sealed, and there is no key or another one; or what it gives back differs from what was saved.
 */
export class BadBackup extends Error {
  readonly code: 'not_a_backup' | 'damaged' | 'sealed' | 'other_backup_key' | 'differs';
  constructor(code: BadBackup['code']) {
    super(code);
    this.code = code;
  }
}

/** Counts and sums up the rows of a table as they pass. */
export class RowSum {
  rows = 0;
  readonly #hash = createHash('sha256');
  add(piece: Uint8Array): void {
    this.#hash.update(piece);
    // COPY escapes the newlines of values, so each one ends a row.
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) this.rows++;
  }
  end(): z.output<typeof tableEnd> {
    return { rows: this.rows, sha256: this.#hash.digest('hex') };
  }
}

export const line = (record: object): Buffer => Buffer.from(`${JSON.stringify(record)}\n`);

export function framed(piece: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(piece.length);
  return Buffer.concat([length, piece]);
}

/** What no other file begins with. */
const beginning = '{"entregent":';

/** A header holds the definitions of a few dozen tables; anything longer is no backup. */
const longestLine = 2 ** 22;
const longestPiece = 2 ** 30;

/** Takes lines and pieces off a stream of bytes. */
export class ArchiveReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** The next bytes; undefined at the end. */
  async #next(): Promise<Buffer | undefined> {
    try {
      const next = await this.#chunks.next();
      this.#begun = true;
      return next.done ? undefined : next.value;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (!code?.startsWith('Z_')) throw error;
      // zlib names a file that does not begin like one of its own so; all else is damage further on.
      const foreign = message === 'incorrect header check' || (code === 'Z_BUF_ERROR' && !this.#begun);
      throw new BadBackup(foreign ? 'not_a_backup' : 'damaged');
    }
  }

  async #more(): Promise<void> {
    const next = await this.#next();
    if (!next) throw new BadBackup('damaged');
    this.#held = this.#held.length === 0 ? next : Buffer.concat([this.#held, next]);
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  /** @throws BadBackup with this code when the next line is not of this shape */
  async line<T>(shape: z.ZodType<T>, otherwise: BadBackup['code'] = 'damaged'): Promise<T> {
    let end = this.#held.indexOf(10);
    while (end < 0) {
      if (this.#held.length > longestLine) throw new BadBackup(otherwise);
      await this.#more();
      end = this.#held.indexOf(10);
    }
    const text = this.#take(end + 1).toString('utf8');
    try {
      return shape.parse(JSON.parse(text));
    } catch {
      // What begins like a header and does not go on like one was a backup once.
      throw new BadBackup(text.startsWith(beginning) ? 'damaged' : otherwise);
    }
  }

  /** The pieces of the table whose line was just read. */
  async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      while (this.#held.length < 4) await this.#more();
      const length = this.#take(4).readUInt32BE();
      if (length === 0) return;
      if (length > longestPiece) throw new BadBackup('damaged');
      let left = length;
      while (left > 0) {
        if (this.#held.length === 0) await this.#more();
        const piece = this.#take(Math.min(left, this.#held.length));
        left -= piece.length;
        yield piece;
      }
    }
  }

  /** @throws BadBackup when anything follows */
  async finished(): Promise<void> {
    if (this.#held.length > 0 || (await this.#next())) throw new BadBackup('damaged');
  }
}
