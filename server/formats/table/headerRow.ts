import { looksLikeData, looksLikeEmail, looksLikePhone } from './guess.ts';
import { foldHeader, targetOfHeader } from './header.ts';
import { LAYOUTS } from './layouts.ts';

/** The row that names the columns. */
export interface HeaderRow {
  /** Position from 0 among all rows of the sample. */
  row: number;
  cells: string[];
  /** Whether known words told it; otherwise only its place above data did. */
  known: boolean;
}

/** Preambles and title rows are looked through this far. */
const DEPTH = 40;

const LAYOUT_HEADERS: ReadonlySet<string> = new Set(LAYOUTS.flatMap((layout) => Object.keys(layout.headers)));

/** How many cells of a row are headers that some dictionary knows. */
export function countKnown(cells: string[]): number {
  let known = 0;
  for (const cell of cells) {
    if (cell.length > 100) continue;
    const folded = foldHeader(cell);
    if (LAYOUT_HEADERS.has(folded) || targetOfHeader(cell) !== undefined) known++;
  }
  return known;
}

/** Finds the header below any preamble or title rows; undefined for a table without one. A leading '#' is no part of it. */
export function findHeader(sample: string[][]): HeaderRow | undefined {
  const rows = sample.slice(0, DEPTH);
  const widest = Math.max(0, ...sample.map(countFilled));
  const candidates = rows
    .map((cells, row) => ({ row, cells, filled: countFilled(cells), known: countKnown(cells) }))
    .filter(
      ({ cells, filled }) =>
        filled > 0 && (filled > 1 || widest === 1) && !cells.some((cell) => looksLikeData(cell.trim())),
    );
  const best = Math.max(0, ...candidates.map(({ known }) => known));
  const found = candidates.find(
    ({ known, filled }) => known > 0 && known >= 0.6 * best && (known >= 2 || known >= filled / 2),
  );
  if (found) return { row: found.row, cells: withoutHash(found.cells), known: true };
  const above = candidates.find(({ row, cells }) => standsAboveData(cells, sample.slice(row + 1)));
  return above && { row: above.row, cells: withoutHash(above.cells), known: false };
}

/** Words over a column of e-mail addresses or phone numbers are its header, even if unknown. */
function standsAboveData(cells: string[], below: string[][]): boolean {
  return cells.some((cell, column) => {
    if (cell.trim() === '') return false;
    const values = below.map((row) => row[column]?.trim() ?? '').filter((value) => value !== '');
    const data = values.filter((value) => looksLikeEmail(value) || looksLikePhone(value));
    return values.length > 0 && data.length >= values.length * 0.7;
  });
}

function countFilled(cells: string[]): number {
  return cells.filter((cell) => cell.trim() !== '').length;
}

function withoutHash(cells: string[]): string[] {
  return cells.map((cell, column) => (column === 0 ? cell.replace(/^\s*#\s*/, '') : cell).trim());
}
