import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UnreadableFile } from './contact.ts';
import { isSwollen, isZlibError } from './xlsx/zip.ts';

/** Whether octets begin as a gzip file does (RFC 1952, 2.3.1). */
export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * What a gzip file holds, as a stream. Memory: one piece.
 *
 * @throws UnreadableFile `truncated`, `damaged`, `zip_bomb` where it grows beyond what texts ever do
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [packed, size] = [0, 0];
  const counted = Readable.from(source, { objectMode: false }).on('data', (chunk: Buffer) => {
    packed += chunk.length;
  });
  const stream = createGunzip({ chunkSize: 1 << 16 });
  pipeline(counted, stream, () => {});
  try {
    for await (const chunk of stream) {
      size += (chunk as Buffer).length;
      if (isSwollen(size, packed)) throw new UnreadableFile('zip_bomb', { size });
      yield chunk as Buffer;
    }
  } catch (error) {
    if (error instanceof UnreadableFile || !isZlibError(error)) throw error;
    throw new UnreadableFile((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'truncated' : 'damaged');
  }
}
