import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCard } from './index.ts';
import { type CardLine, type CardReader, openCardReader } from './ocr.ts';
import { findCards } from './several.ts';

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

describe('a picture of several cards', () => {
  interface Laid {
    x: number;
    y: number;
    turn: number;
    colour: string;
  }
  /** Cards of 170 × 110 points with what cards have on them, on a table. */
  async function photograph(cards: readonly Laid[], table: string, width = 900, height = 600): Promise<Buffer> {
    const { default: sharp } = await import('sharp');
    const drawn = cards.map(
      ({ x, y, turn, colour }) => `<g transform="translate(${x} ${y}) rotate(${turn})"><rect x="-85" y="-55" width="170"
        height="110" fill="${colour}"/><rect x="30" y="-45" width="40" height="25" fill="#a33"/><text x="-70" y="-10"
        font-size="14">Hélène Lefèvre</text><text x="-70" y="35" font-size="9">h.lefevre@lumiere.example</text></g>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}"
      height="${height}" fill="${table}"/>${drawn.join('')}</svg>`;
    return sharp(Buffer.from(svg)).jpeg().toBuffer();
  }
  const white = '#fcfcfa';

  it('says of each where it lies and how it is turned, wherever they lie', async () => {
    const turn = fc.integer({ min: -30, max: 30 });
    const colour = fc.constantFrom(white, '#f4ead2', '#dfe8f5');
    const table = fc.constantFrom('#6b4f3a', '#23262b', '#3f6f57');
    const card = fc.option(fc.record({ turn, colour, x: fc.integer({ min: -15, max: 15 }) }), { freq: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(card, { minLength: 6, maxLength: 6 }), table, async (laid, ground) => {
        const cards = laid.flatMap((one, at) =>
          one ? [{ ...one, x: 150 + (at % 3) * 300 + one.x, y: 150 + Math.floor(at / 3) * 300 }] : [],
        );
        const found = await findCards(await photograph(cards, ground));
        expect(found).toHaveLength(cards.length < 2 ? 0 : cards.length);
        for (const { x, y, width, height, turn: turned } of found) {
          const near = cards.find((one) => Math.hypot(one.x - x, one.y - y) < 6)!;
          expect(Math.abs(near.turn - turned)).toBeLessThanOrEqual(2);
          expect(Math.abs(width - 170) + Math.abs(height - 110)).toBeLessThan(20);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('is not what a card with coloured parts is, nor cards that touch, nor a card beside a pen', async () => {
    const one = { x: 150, y: 100, turn: 0, colour: white };
    for (const cards of [[one], [one, { ...one, x: 316 }], []])
      expect(await findCards(await photograph(cards, '#6b4f3a', 500, 300)), `${cards.length}`).toEqual([]);
    expect(await findCards(await photograph([{ ...one, x: 85, y: 55 }], white, 170, 110))).toEqual([]);
    const pictures = ['card.png'].map((name) => readFileSync(new URL(name, import.meta.url)));
    for (const picture of pictures) expect(await findCards(picture)).toEqual([]);
  });

  it('of any octets is refused, or nothing is found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (octets) => {
        await expect(findCards(octets)).rejects.toMatchObject({ code: 'no_picture' });
      }),
    );
  });
});
