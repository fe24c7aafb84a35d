import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxWidth, draw } from './picture.ts';

const boxes = (prefix: string) =>
  fc
    .array(fc.nat(100_000), { maxLength: 20 })
    .map((all) => all.map((cards, at) => ({ id: `${prefix}${at}`, label: prefix, cards })));

test('boxes lie beside each other within the picture, and bands join those that are drawn', () => {
  fc.assert(
    fc.property(boxes('s'), boxes('b'), boxes('a'), (sources, books, audiences) => {
      const flows = [
        { from: 's0', to: 'b0', cards: 3 },
        { from: 'b0', to: 'nowhere', cards: 1 },
      ];
      const { columns, bands, width, height } = draw([sources, books, audiences], flows);
      for (const column of columns)
        column.forEach((box, at) => {
          const next = column[at + 1];
          expect(box.x + boxWidth).toBeLessThanOrEqual(width);
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.y + box.height).toBeLessThanOrEqual(height + 0.001);
          if (next) expect(next.y).toBeGreaterThan(box.y + box.height);
        });
      expect(bands.length).toBe(sources.length > 0 && books.length > 0 ? 1 : 0);
    }),
  );
});
