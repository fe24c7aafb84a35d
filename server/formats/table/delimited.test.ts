import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dialect, readRows } from './delimited.ts';
import { MAX_COLUMNS, type Row } from './rows.ts';

const COMMA: Dialect = { delimiter: ',', newline: '\n' };

async function* pieces(text: string, cuts: number[]): AsyncGenerator<string> {
  let at = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const end = Math.min(cut, text.length);
    yield text.slice(at, end);
    at = end;
  }
  yield text.slice(at);
}

async function rows(text: string, dialect = COMMA, cuts: number[] = []): Promise<Row[]> {
  return Array.fromAsync(readRows(pieces(text, cuts), dialect));
}

const cells = async (text: string, dialect = COMMA) => (await rows(text, dialect)).map((row) => row.cells);

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

describe('delimited text', () => {
  it('keeps line breaks and doubled quotes inside quoted cells', async () => {
    expect(await cells('a,"b ""c""\r\nd",e\r\nf,g,h\r\n')).toEqual([
      ['a', 'b "c"\r\nd', 'e'],
      ['f', 'g', 'h'],
    ]);
  });

  it('takes ragged rows, stray quotes and blanks before a quote as they come', async () => {
    expect(await cells('a\n5" pipe,b\n x, "y z" ,w\n')).toEqual([['a'], ['5" pipe', 'b'], [' x', 'y z', 'w']]);
  });

  it('reads the line of a quote that is never closed by itself and says so', async () => {
    const [first, second, third] = await rows('a,"b\nc,d\ne,f\n');
    expect(first).toEqual({ cells: ['a', '"b'], raw: 'a,"b', warnings: ['quote.unclosed'] });
    expect([second?.cells, third?.cells]).toEqual([
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('cuts lines at a bare CR in old Macintosh files', async () => {
    expect(await cells('a;b\rc;d', { delimiter: ';', newline: '\r' })).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('refuses a table with too many columns but not one with trailing delimiters', async () => {
    await expect(cells(`${'x,'.repeat(100_000)}x\n`)).rejects.toMatchObject({ code: 'too_many_columns' });
    const wide = await cells(`a${','.repeat(MAX_COLUMNS * 8)}\n`);
    expect(wide[0]?.slice(0, 2)).toEqual(['a']);
  });

  it('gives back what was quoted, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 6,
        }),
        async (table) => {
          const text = table.map((row) => row.map(quote).join(',')).join('\r\n');
          expect(await cells(text)).toEqual(table);
        },
      ),
    );
  });

  it('gives the same rows however the text comes in pieces', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', '""', ',"', '"\n') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 8 }), async (value, cuts) => {
        expect(await rows(value, COMMA, cuts)).toEqual(await rows(value));
      }),
      { numRuns: 500 },
    );
  });
});
