import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type CopyValue = string | number | boolean | null | Date | Uint8Array | readonly string[] | readonly number[];

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeText(text: string): string {
  // PostgreSQL's text cannot hold U+0000; it carries no meaning in a contact.
  return /[\\\n\r\t\0]/.test(text) ? text.replaceAll(/[\\\n\r\t]|\0/g, (sign) => escapes[sign] ?? '') : text;
}

function arrayText(values: readonly (string | number)[]): string {
  return `{${values.map((value) => (typeof value === 'number' ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

function fieldText(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escapeText(value);
  if (value instanceof Uint8Array)
    return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return escapeText(arrayText(value));
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value);
}

/** About what fits a socket's buffer; larger pieces only cost memory. */
const pieceSize = 64 * 1024;

function* pieces(rows: Iterable<readonly CopyValue[]>): Generator<Buffer> {
  let piece = '';
  for (const row of rows) {
    piece += `${row.map(fieldText).join('\t')}\n`;
    if (piece.length > pieceSize) {
      yield Buffer.from(piece);
      piece = '';
    }
  }
  if (piece) yield Buffer.from(piece);
}

/** Sends rows with COPY, several times faster than inserts. The table's owner only: COPY is refused under row security. */
export async function copyRows(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly CopyValue[]>,
): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  await pipeline(Readable.from(pieces(rows), { objectMode: false }), stream);
}
