import { UnreadableFile } from '../contact.ts';
import { MAX_COLUMNS, type Row } from '../table/rows.ts';
import { type NumberStyle, showNumber } from './number.ts';
import type { Texts } from './texts.ts';
import { attribute, type XmlHandler, XmlScanner } from './xml.ts';

/** What the cells of a sheet refer to. */
export interface SheetContext {
  strings: Texts;
  styles: NumberStyle[];
  date1904: boolean;
}

/** Cells that one value covers; rows and columns from 0, both ends included. */
export interface Merge {
  top: number;
  bottom: number;
  left: number;
}

/** Blank rows between two rows are given as such, up to here; a sheet may leave out a million. */
const MAX_GAP = 50;
const MAX_MERGES = 50_000;

/** Decodes and scans the parts of a workbook; the handler's findings are its own affair. */
export async function scan(part: AsyncIterable<Buffer>, handler: XmlHandler, after?: () => void): Promise<void> {
  const scanner = new XmlScanner(handler);
  const decoder = new TextDecoder();
  for await (const chunk of part) {
    scanner.push(decoder.decode(chunk, { stream: true }));
    after?.();
  }
}

/** The rows of a sheet, one after the other. A value merged over several rows is given in each of them. */
export async function* readSheet(
  part: AsyncIterable<Buffer>,
  merges: Merge[],
  context: SheetContext,
): AsyncGenerator<Row> {
  const reader = new SheetReader(context, merges);
  const scanner = new XmlScanner(reader);
  const decoder = new TextDecoder();
  for await (const chunk of part) {
    scanner.push(decoder.decode(chunk, { stream: true }));
    yield* reader.take();
  }
}

/** Finds the merges that go over several rows. They stand behind the cells, hence a pass of their own. */
export async function readMerges(part: AsyncIterable<Buffer>): Promise<Merge[]> {
  const merges: Merge[] = [];
  await scan(part, {
    open(name, attributes) {
      if (name !== 'mergeCell' || merges.length >= MAX_MERGES) return;
      const [from, to] = (attribute(attributes, 'ref') ?? '').split(':').map(parseReference);
      if (from && to && to.row > from.row) merges.push({ top: from.row, bottom: to.row, left: from.column });
    },
    close() {},
    text() {},
  });
  return merges.sort((a, b) => a.top - b.top);
}

function parseReference(reference: string): { row: number; column: number } | undefined {
  const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(reference);
  return match ? { row: Number(match[2]) - 1, column: columnNumber(match[1]!) } : undefined;
}

function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number - 1;
}

class SheetReader implements XmlHandler {
  private readonly context: SheetContext;
  private readonly merges: Merge[];
  private nextMerge = 0;
  private covering: { merge: Merge; value: string }[] = [];
  private rows: Row[] = [];
  private cells: string[] = [];
  private row = -1;
  private column = -1;
  private type = '';
  private style: NumberStyle = { kind: 'plain' };
  private value = '';
  private reading = false;
  private phonetic = 0;

  constructor(context: SheetContext, merges: Merge[]) {
    this.context = context;
    this.merges = merges;
  }

  take(): Row[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  open(name: string, attributes: string): void {
    if (name === 'c') this.openCell(attributes);
    else if (name === 'row') this.openRow(attributes);
    else if (name === 'v' || name === 't') this.reading = this.phonetic === 0;
    else if (name === 'rPh') this.phonetic++;
  }

  text(text: string): void {
    if (this.reading) this.value += text;
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.reading = false;
    else if (name === 'rPh') this.phonetic--;
    else if (name === 'c') this.closeCell();
    else if (name === 'row') this.closeRow();
  }

  private openRow(attributes: string): void {
    const number = Number(attribute(attributes, 'r') ?? this.row + 2) - 1;
    const gap = number - this.row - 1;
    if (gap > 0 && gap <= MAX_GAP) for (let blank = 0; blank < gap; blank++) this.rows.push({ cells: [] });
    this.row = number;
    this.column = -1;
    this.cells = [];
  }

  private openCell(attributes: string): void {
    const reference = attribute(attributes, 'r');
    const letters = reference && /^[A-Z]{1,3}/.exec(reference)?.[0];
    this.column = letters ? columnNumber(letters) : this.column + 1;
    this.type = attribute(attributes, 't') ?? 'n';
    this.style = this.context.styles[Number(attribute(attributes, 's') ?? 0)] ?? { kind: 'plain' };
    this.value = '';
  }

  private closeCell(): void {
    const value = this.shown();
    if (value === '') return;
    if (this.column >= MAX_COLUMNS) {
      throw new UnreadableFile('too_many_columns', { columns: this.column + 1, limit: MAX_COLUMNS });
    }
    while (this.cells.length < this.column) this.cells.push('');
    this.cells[this.column] = value;
  }

  private shown(): string {
    switch (this.type) {
      case 's':
        return this.context.strings.get(Number(this.value)) ?? '';
      case 'n':
        return this.value === '' ? '' : showNumber(this.value, this.style, this.context.date1904);
      case 'b':
        return this.value === '1' ? 'TRUE' : 'FALSE';
      case 'e':
        return '';
      default:
        return this.value;
    }
  }

  private closeRow(): void {
    this.fillMerged();
    this.rows.push({ cells: this.cells });
    this.cells = [];
  }

  private fillMerged(): void {
    this.covering = this.covering.filter(({ merge }) => merge.bottom >= this.row);
    for (const { merge, value } of this.covering) {
      while (this.cells.length < merge.left) this.cells.push('');
      this.cells[merge.left] ||= value;
    }
    for (; this.merges[this.nextMerge] && this.merges[this.nextMerge]!.top <= this.row; this.nextMerge++) {
      const merge = this.merges[this.nextMerge]!;
      const value = this.cells[merge.left];
      if (value && merge.top === this.row && merge.left < MAX_COLUMNS) this.covering.push({ merge, value });
    }
  }
}
