import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxHeight, boxWidth, place } from './layers.ts';

const node = fc.record({
  id: fc.uuid(),
  label: fc.string(),
  note: fc.string(),
  column: fc.constantFrom(0 as const, 1 as const, 2 as const),
});

test('boxes never overlap and stay within the picture; arrows join boxes that are there', () => {
  fc.assert(
    fc.property(fc.uniqueArray(node, { selector: ({ id }) => id, maxLength: 40 }), fc.nat(), (nodes, seed) => {
      const arrows = nodes.map(({ id }, at) => ({
        from: id,
        to: nodes[(at * 7 + seed) % nodes.length]!.id,
        manual: at % 2 === 0,
      }));
      const drawn = place(nodes, [...arrows, { from: 'nobody', to: 'nowhere', manual: false }]);
      for (const one of drawn.nodes) {
        expect(one.x).toBeGreaterThanOrEqual(0);
        expect(one.x + boxWidth).toBeLessThanOrEqual(drawn.width);
        expect(one.y).toBeGreaterThanOrEqual(0);
        expect(one.y + boxHeight).toBeLessThanOrEqual(drawn.height + 0.001);
        for (const other of drawn.nodes)
          if (one.id !== other.id && one.column === other.column)
            expect(Math.abs(one.y - other.y)).toBeGreaterThanOrEqual(boxHeight);
      }
      expect(drawn.arrows).toHaveLength(arrows.filter(({ from, to }) => from !== to).length);
    }),
  );
});
