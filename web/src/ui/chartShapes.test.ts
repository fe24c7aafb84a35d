import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, ticksOf } from './chartShapes.ts';

test('the scale begins at nought, goes in whole equal steps, and holds the greatest value', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (most) => {
      const ticks = ticksOf(most);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)!).toBeGreaterThanOrEqual(most);
      expect(ticks.at(-2)!).toBeLessThan(most);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(new Set(ticks.slice(1).map((tick, at) => tick - ticks[at]!)).size).toBe(1);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }),
  );
});

test('columns fill the room without overlapping', () => {
  fc.assert(
    fc.property(fc.nat(400), fc.nat(100), fc.integer({ min: 200, max: 2000 }), (count, from, to) => {
      const { step, gap } = columnsOf(count, from, to);
      expect(from + step * Math.max(1, count)).toBeCloseTo(to);
      expect(gap).toBeLessThan(step);
    }),
  );
});
