import { isUtf8 } from 'node:buffer';
import { decodeStream, decodeText } from '../text.ts';

/**
 * Decodes a table's octets as they come. UTF-8 is checked line by line: a line that is none (pasted from another system) is
 * decoded by itself, so that one bad line spoils neither the others nor itself. Memory: one piece and one line.
 *
 * @param newline octet that ends a line: 10, or 13 in old Macintosh files
 */
export async function* decodeLines(
  source: AsyncIterable<Uint8Array>,
  charset: string,
  newline: 10 | 13,
): AsyncGenerator<string> {
  if (charset !== 'utf-8') {
    let first = true;
    for await (const text of decodeStream(source, charset)) {
      yield first ? text.replace(/^\ufeff/, '') : text;
      if (text !== '') first = false;
    }
    return;
  }
  let first = true;
  for await (const block of wholeLines(source, newline)) {
    const text = isUtf8(block) ? block.toString('utf8') : decodeEachLine(block, newline);
    yield first ? text.replace(/^\ufeff/, '') : text;
    first = false;
  }
}

/** A line this long is handed on in pieces; the splitter refuses it. */
const LONGEST_LINE = 1 << 25;

async function* wholeLines(source: AsyncIterable<Uint8Array>, newline: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const end = bytes.lastIndexOf(newline) + 1;
    if (end > 0) {
      yield held.length > 0 ? Buffer.concat([...held, bytes.subarray(0, end)]) : bytes.subarray(0, end);
      held = [];
      length = 0;
    }
    if (end < bytes.length) held.push(Buffer.from(bytes.subarray(end)));
    length += bytes.length - end;
    if (length > LONGEST_LINE) {
      yield Buffer.concat(held);
      held = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(held);
}

function decodeEachLine(block: Buffer, newline: number): string {
  let text = '';
  let start = 0;
  while (start < block.length) {
    const found = block.indexOf(newline, start);
    const end = found < 0 ? block.length : found + 1;
    const line = block.subarray(start, end);
    text += isUtf8(line) ? line.toString('utf8') : decodeText(line).text;
    start = end;
  }
  return text;
}
