import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAST, risesOn } from './rises.ts';
import { quietCells, until } from './simulated.ts';

const flat = (count: number, last: number) => [...new Array<number>(PAST).fill(count), last];

describe('unusual rises', () => {
  it.each([
    [1, 0.02],
    [2, 0.02],
    [3, 0.02],
  ])('are hardly ever seen in 200 quiet days of 60 cells (spread %d, seed 7)', (spread, allowed) => {
    const cells = quietCells(7, 60, 260, spread);
    const alarms = Array.from({ length: 200 }, (_, day) => risesOn(until(cells, 60 + day)).length);
    expect(alarms.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2.5 * allowed * 200);
  });

  it('are seen where a cell has four times its usual messages, in nine of ten at least (seed 7)', () => {
    const cells = quietCells(7, 60, 120, 1);
    const planted = cells.flatMap(({ key, counts }) => {
      const usual = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      if (usual < 3) return [];
      return [80, 100, 119].map((day) =>
        risesOn(until(cells, day, key, Math.ceil(3 * usual))).some((rise) => rise.key === key),
      );
    });
    expect(planted.length).toBeGreaterThan(50);
    expect(planted.filter(Boolean).length / planted.length).toBeGreaterThanOrEqual(0.9);
  });

  it('say how many were expected, and how unlikely so many are', () => {
    const [rise] = risesOn([{ key: 'price', counts: flat(4, 20) }]);
    expect(rise!.expected).toBeCloseTo(4, 0);
    expect(rise!.chance).toBeLessThan(1e-6);
  });

  it('know the week: a Monday is not a rise over a Sunday, a Sunday like a Monday is', () => {
    const week = (day: number) => (day % 7 === 0 ? 30 : 3);
    const monday = Array.from({ length: 64 }, (_, day) => week(day));
    expect(risesOn([{ key: 'a', counts: monday }])).toEqual([]);
    expect(risesOn([{ key: 'a', counts: [...monday.slice(0, 63), 3, 30] }])).toHaveLength(1);
  });

  it('are not hidden by one before them', () => {
    const counts = flat(4, 20);
    counts[40] = 400;
    expect(risesOn([{ key: 'a', counts }])).toHaveLength(1);
  });

  it('need a past and more than a few people', () => {
    expect(risesOn([{ key: 'a', counts: [0, 0, 0, 90] }])).toEqual([]);
    expect(risesOn([{ key: 'a', counts: flat(0, 4) }])).toEqual([]);
    expect(risesOn([{ key: 'a', counts: flat(0, 9) }])).toHaveLength(1);
    expect(risesOn([])).toEqual([]);
  });

  it('never throw, are counts above what was expected, and are the same twice', () => {
    const counts = fc.array(fc.oneof(fc.nat(3), fc.nat(1_000_000)), { minLength: 0, maxLength: 70 });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 5 }), (all) => {
        const cells = all.map((one, key) => ({ key: `${key}`, counts: one }));
        const rises = risesOn(cells);
        expect(risesOn(cells)).toEqual(rises);
        for (const { count, expected, chance } of rises) {
          expect(count).toBeGreaterThan(expected);
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(0.02);
        }
      }),
    );
  });
});
