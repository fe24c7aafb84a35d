import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCard } from './index.ts';
import { type CardLine, type CardReader, openCardReader } from './ocr.ts';

/** Seconds of the processor: a busy machine makes no test fail. */
function busySince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

/** Lines as a recogniser gives them: text, left, top, height; letters are half as wide as high. */
const lines = (...rows: [string, number, number, number][]): CardLine[] =>
  rows.map(([text, left, top, height]) => ({
    text,
    left,
    top,
    right: left + (text.length * height) / 2,
    bottom: top + height,
    confidence: 0.95,
  }));

const read = (...rows: [string, number, number, number][]): string[] =>
  readCard(lines(...rows), 'FR')
    .map(({ kind, phone, value }) => [kind, phone, value].filter(Boolean).join(' '))
    .toSorted();

describe('the lines of a card', () => {
  it('say who, as what, for whom, and how to reach them', () => {
    expect(
      read(
        ['Lumière SAS', 40, 40, 60],
        ['Hélène Lefèvre', 40, 150, 40],
        ['Directrice des achats', 40, 200, 28],
        ['12 rue de la République', 40, 270, 28],
        ['69002 Lyon', 40, 310, 28],
        ['Tél. 04 65 71 00 01', 600, 270, 28],
        ['Mob. 06 39 98 12 34', 600, 310, 28],
        ['h.lefevre@lumiere.example', 40, 370, 28],
      ),
    ).toEqual([
      'address 12 rue de la République\n69002 Lyon',
      'email h.lefevre@lumiere.example',
      'name Hélène Lefèvre',
      'organization Lumière SAS',
      'phone mobile 06 39 98 12 34',
      'phone work 04 65 71 00 01',
      'title Directrice des achats',
    ]);
  });

  it('keep the name where the organisation is written larger, and join a sign of two lines', () => {
    expect(
      read(
        ['GLOBAL', 700, 40, 90],
        ['TRAVEL', 700, 140, 90],
        ['Amit Kumar', 40, 60, 40],
        ['Chief Executive Officer', 40, 110, 28],
        ['hello@global.example', 40, 300, 28],
      ),
    ).toEqual([
      'email hello@global.example',
      'name Amit Kumar',
      'organization GLOBAL TRAVEL',
      'title Chief Executive Officer',
    ]);
  });

  it.each([
    ['hello @ global.example', 'email hello@global.example'],
    ['hello©global.example', 'email hello@global.example'],
    ['Da hello@global.example', 'email hello@global.example'],
    ['www. global.example', 'url www.global.example'],
    ['Service (818) 901-2345', 'phone work (818) 901-2345'],
    ['(202) 228-5417 fax', 'phone fax (202) 228-5417'],
    ['Cell: 718-444-8546', 'phone mobile 718-444-8546'],
  ])('as it was recognised, "%s" is %s', (text, field) => {
    expect(read([text, 0, 0, 30])).toEqual([field]);
  });

  it('of any kind are read without failing, and each field has a line of the card', () => {
    const number = fc.integer({ min: -10, max: 3000 });
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('Jane Doe', 'a@b.example', '75001 Paris', 'CEO'),
    );
    const line = fc.record({
      text,
      left: number,
      top: number,
      right: number,
      bottom: number,
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (card) => {
        for (const field of readCard(card, 'FR')) {
          expect(card.map((one) => one.text)).toContain(field.line);
          expect(field.confidence).toBeGreaterThanOrEqual(0);
          expect(field.confidence).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('without end are read in bounded time', () => {
    const began = process.cpuUsage();
    readCard(
      lines(...Array.from({ length: 20_000 }, (_, at): [string, number, number, number] => ['Jane Doe', 0, at, 2])),
      'FR',
    );
    readCard(lines(['x @'.repeat(100_000), 0, 0, 10], ['1 '.repeat(100_000), 0, 20, 10]), 'FR');
    expect(busySince(began)).toBeLessThan(3);
  });
});

describe('the picture of a card', () => {
  let reader: CardReader;
  beforeAll(async () => {
    reader = await openCardReader();
  });
  afterAll(() => reader.close());

  it('that is dark and a little askew is recognised and read', async () => {
    const { lines: found, width } = await reader.read(readFileSync(new URL('card.png', import.meta.url)));
    expect(width).toBeGreaterThan(700);
    const fields = readCard(found, 'FR').map(({ kind, phone, value }) =>
      [kind, phone, value].filter(Boolean).join(' '),
    );
    expect(fields).toEqual(
      expect.arrayContaining([
        'email h.lefevre@lumiere.example',
        'name Hélène Lefèvre',
        'organization Lumière SAS',
        'phone mobile 06 39 98 12 34',
        'phone work 04 65 71 00 01',
        'title Directrice des achats',
      ]),
    );
  });

  it('is refused when it is none, or claims more points than are unpacked', async () => {
    await expect(reader.read(Buffer.from('no picture'))).rejects.toThrow();
    const bomb = readFileSync(new URL('card.png', import.meta.url));
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    await expect(reader.read(bomb)).rejects.toThrow();
  });
});
