import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf } from './saving.ts';

/** As RFC 4180 reads it. */
function read(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (let match = cell.exec(text); match && match.index < text.length; match = cell.exec(text)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n' && cell.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

test('whatever stands in a table, a reader of CSV gets it back, and no spreadsheet takes it for a formula', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 2, maxLength: 2 }), { minLength: 1 }),
      (rows) => {
        const back = read(csvOf(rows).slice(1));
        expect(back).toHaveLength(rows.length);
        for (const [at, row] of rows.entries())
          for (const [column, value] of row.entries()) {
            const got = back[at]![column]!;
            expect(got === String(value) || got === `'${value}`).toBe(true);
            if (typeof value === 'string' && !/^-?\d/.test(got)) expect(got).not.toMatch(/^[=+\-@\t\r]/);
          }
      },
    ),
  );
});
