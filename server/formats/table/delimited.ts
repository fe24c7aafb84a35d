import { UnreadableFile } from '../contact.ts';
import { MAX_COLUMNS, MAX_RECORD, type Row } from './rows.ts';

/** How delimited text is cut. */
export interface Dialect {
  delimiter: string;
  newline: '\n' | '\r';
}

const QUOTE = '"';

/**
 * Cuts delimited text into rows (RFC 4180, and what products make of it: any delimiter, ragged rows, stray quotes, bare CR).
 * Rows do not depend on how the text comes in pieces. Memory: one piece and one record.
 *
 * A quote that is never closed would swallow the rest of the file: its line is then read with the quote as a plain character
 * and the warning `quote.unclosed`.
 *
 * @throws UnreadableFile `too_many_columns`, `too_large` (one record over `MAX_RECORD` characters)
 */
export async function* readRows(text: AsyncIterable<string>, dialect: Dialect): AsyncGenerator<Row> {
  const splitter = new RowSplitter(dialect);
  for await (const piece of text) yield* splitter.push(piece);
  yield* splitter.end();
}

/** The same for text at hand; the last record may be cut off by the end of a sample and is then left out. */
export function sampleRows(text: string, dialect: Dialect, complete: boolean): Row[] {
  const splitter = new RowSplitter(dialect);
  const rows = [...splitter.push(text)];
  return complete || rows.length === 0 ? [...rows, ...splitter.end()] : rows;
}

class RowSplitter {
  private readonly delimiter: string;
  private readonly newline: string;
  private buffer = '';
  private position = 0;
  /** Not tried again before the buffer is this long: a huge record costs a bounded number of scans. */
  private patience = 0;

  constructor(dialect: Dialect) {
    this.delimiter = dialect.delimiter;
    this.newline = dialect.newline;
  }

  *push(piece: string): Generator<Row> {
    this.buffer = this.position > 0 ? this.buffer.slice(this.position) + piece : this.buffer + piece;
    this.position = 0;
    if (this.buffer.length < this.patience) return;
    yield* this.rows(false);
    const left = this.buffer.length - this.position;
    this.patience = left > 65_536 ? left * 2 : 0;
  }

  *end(): Generator<Row> {
    yield* this.rows(true);
  }

  private *rows(last: boolean): Generator<Row> {
    while (this.position < this.buffer.length) {
      const row = this.next(last);
      if (!row) return;
      checkWidth(row.cells);
      yield row;
    }
  }

  private next(last: boolean): Row | undefined {
    const found = this.buffer.indexOf(this.newline, this.position);
    if (found < 0 && !last) return this.waitOrRefuse();
    const end = found < 0 ? this.buffer.length : found;
    if (end - this.position > MAX_RECORD) refuseRecord(this.buffer.slice(this.position, end), this.delimiter);
    const line = this.buffer.slice(this.position, withoutReturn(this.buffer, this.position, end));
    if (!line.includes(QUOTE)) {
      this.position = end + 1;
      return { cells: line.split(this.delimiter), raw: line };
    }
    return this.quoted(line, end, last);
  }

  /** A line with quotes in it: the record may go on over several lines. */
  private quoted(line: string, lineEnd: number, last: boolean): Row | undefined {
    const record = cutRecord(this.buffer, this.position, this.delimiter, this.newline);
    const length = (record?.end ?? this.buffer.length) - this.position;
    const cutOff = !record || record.end === this.buffer.length;
    if (cutOff && !last && length <= MAX_RECORD) return undefined;
    if (record && length <= MAX_RECORD) {
      const raw = this.buffer.slice(this.position, withoutReturn(this.buffer, this.position, record.end));
      this.position = record.end + 1;
      return { cells: record.cells, raw };
    }
    this.position = lineEnd + 1;
    return { cells: line.split(this.delimiter), raw: line, warnings: ['quote.unclosed'] };
  }

  private waitOrRefuse(): undefined {
    if (this.buffer.length - this.position > MAX_RECORD) {
      refuseRecord(this.buffer.slice(this.position), this.delimiter);
    }
  }
}

function withoutReturn(text: string, start: number, end: number): number {
  return end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
}

/** Cuts one record that has quotes; undefined when the text ends before the record does. */
function cutRecord(
  text: string,
  start: number,
  delimiter: string,
  newline: string,
): { cells: string[]; end: number } | undefined {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const opened = skipBlanks(text, at);
    let cell = '';
    if (text[opened] === QUOTE) {
      const closed = closeQuote(text, opened + 1);
      if (closed === undefined) return undefined;
      cell = closed.value;
      at = closed.end;
    }
    const stop = nextStop(text, at, delimiter, newline);
    const rest = text.slice(at, text[stop] === newline ? withoutReturn(text, at, stop) : stop);
    cells.push(cell === '' ? rest : cell + rest.trimEnd());
    if (stop >= text.length || text[stop] === newline) return { cells, end: stop };
    at = stop + 1;
  }
}

/** Blanks before an opening quote are no part of the cell; before anything else they are. */
function skipBlanks(text: string, at: number): number {
  let next = at;
  while (text[next] === ' ') next++;
  return text[next] === QUOTE ? next : at;
}

function closeQuote(text: string, start: number): { value: string; end: number } | undefined {
  let at = text.indexOf(QUOTE, start);
  let doubled = false;
  while (at >= 0 && text[at + 1] === QUOTE) {
    doubled = true;
    at = text.indexOf(QUOTE, at + 2);
  }
  if (at < 0) return undefined;
  const value = text.slice(start, at);
  return { value: doubled ? value.replaceAll('""', QUOTE) : value, end: at + 1 };
}

function nextStop(text: string, from: number, delimiter: string, newline: string): number {
  const cut = text.indexOf(delimiter, from);
  const line = text.indexOf(newline, from);
  if (cut < 0) return line < 0 ? text.length : line;
  return line < 0 ? cut : Math.min(cut, line);
}

function refuseRecord(text: string, delimiter: string): never {
  const columns = text.split(delimiter).length;
  if (columns > MAX_COLUMNS) throw new UnreadableFile('too_many_columns', { columns, limit: MAX_COLUMNS });
  throw new UnreadableFile('too_large', { what: 'record', limit: MAX_RECORD });
}

function checkWidth(cells: string[]): void {
  if (cells.length <= MAX_COLUMNS) return;
  const filled = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  if (filled > MAX_COLUMNS) throw new UnreadableFile('too_many_columns', { columns: filled, limit: MAX_COLUMNS });
  cells.length = filled;
}
