import { type Dialect, sampleRows } from './delimited.ts';
import { countKnown } from './headerRow.ts';

/** Delimiters with the doubt that each carries: colons stand in times and URLs, carets hardly anywhere. */
const DELIMITERS: [string, number][] = [
  [',', 1],
  [';', 1],
  ['\t', 1],
  ['|', 0.95],
  ['^', 0.9],
  [':', 0.4],
];

const ROWS = 100;

/** Finds the delimiter under which the text's rows agree best in width, and whose header is best understood. */
export function sniffDialect(text: string, complete: boolean): Dialect {
  const newline = !text.includes('\n') && text.includes('\r') ? '\r' : '\n';
  const declared = /^sep=(.)\r?\n/i.exec(text)?.[1];
  if (declared) return { delimiter: declared, newline };
  let best: Dialect = { delimiter: ',', newline };
  let bestScore = 0;
  for (const [delimiter, trust] of DELIMITERS) {
    if (!text.includes(delimiter)) continue;
    const dialect: Dialect = { delimiter, newline };
    const score = agreement(text, dialect, complete) * trust;
    if (score > bestScore) {
      bestScore = score;
      best = dialect;
    }
  }
  return best;
}

function agreement(text: string, dialect: Dialect, complete: boolean): number {
  const rows = sampleRows(text.slice(0, 200_000), dialect, complete)
    .slice(0, ROWS)
    .map((row) => row.cells)
    .filter((cells) => cells.some((cell) => cell.trim() !== ''));
  const widths = new Map<number, number>();
  for (const cells of rows) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  let best = 0;
  for (const [width, count] of widths) {
    if (width > 1) best = Math.max(best, (count / rows.length) * (1 + Math.log2(width)));
  }
  const known = Math.max(
    0,
    ...rows.slice(0, 15).map((cells) => (cells.length > 1 && cells.length < 500 ? countKnown(cells) : 0)),
  );
  return best + Math.min(known, 20) * 0.5;
}
