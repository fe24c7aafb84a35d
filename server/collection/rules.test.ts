import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wilson } from '../kernel/shares.ts';
import { choose, describeFilling, isAsked, newcombe } from './rules.ts';

const counts = fc
  .integer({ min: 1, max: 5000 })
  .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));

describe('intervals', () => {
  test('Wilson’s are those of the literature (Newcombe 1998, tables I and II)', () => {
    const cases = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [count, of, low, high] of cases) {
      const found = wilson(count, of);
      expect([found.low, found.high].map((one) => Math.round(one * 10_000) / 10_000)).toEqual([low, high]);
    }
  });

  test('the difference is that of method 10', () => {
    // 56/70 less 48/80: 0.0524 to 0.3339; 9/10 less 3/10: 0.1705 to 0.8090.
    const cases = [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
    ] as const;
    for (const [a, m, b, n, low, high] of cases) {
      const found = newcombe(wilson(a, m), wilson(b, n));
      expect([found.low, found.high].map((one) => Math.round(one * 10_000) / 10_000)).toEqual([low, high]);
    }
  });

  test('a share lies within its interval, which lies within nought and one', () => {
    fc.assert(
      fc.property(counts, ([count, of]) => {
        const { share, low, high } = wilson(count, of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low - 1e-9 <= share && share <= high + 1e-9).toBe(true);
      }),
    );
  });

  test('halves turned round are the difference turned round, within one and less than one', () => {
    fc.assert(
      fc.property(counts, counts, ([a, m], [b, n]) => {
        const [one, other] = [newcombe(wilson(a, m), wilson(b, n)), newcombe(wilson(b, n), wilson(a, m))];
        expect(one.low).toBeCloseTo(-other.high, 9);
        expect(one.low).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(one.high).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

describe('who is asked what', () => {
  const question = fc.record({
    mechanismId: fc.uuid(),
    itemId: fc.uuid(),
    attributeNo: fc.integer({ min: 0, max: 12 }),
    testId: fc.option(fc.uuid()),
  });
  const about = fc.record({
    most: fc.integer({ min: 1, max: 5 }),
    unitId: fc.uuid(),
    known: fc.uniqueArray(fc.integer({ min: 0, max: 12 })).map((all) => new Set(all)),
  });

  test('at most so many, nothing twice, nothing that is known, and the lot alone takes from those asked', () => {
    fc.assert(
      fc.property(fc.array(question, { maxLength: 20 }), about, (wanted, { most, unitId, known }) => {
        const { asked, control } = choose(wanted, { most, unitId, known });
        const all = [...asked, ...control];
        const numbers = all.map(({ attributeNo }) => attributeNo);
        const open = new Set(wanted.map(({ attributeNo }) => attributeNo).filter((no) => !known.has(no)));
        expect(numbers).toHaveLength(Math.min(most, open.size));
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(numbers.some((no) => known.has(no))).toBe(false);
        for (const { testId } of control) expect(isAsked(testId!, unitId)).toBe(false);
        for (const { testId } of asked) expect(testId === null || isAsked(testId, unitId)).toBe(true);
        expect(choose(wanted, { most, unitId, known })).toEqual({ asked, control });
      }),
    );
  });

  test('the lot falls on about half, the same for ever, and not alike in two tests', () => {
    const units = Array.from({ length: 4000 }, (_none, at) => `unit ${at}`);
    const [one, other] = ['test a', 'test b'].map((testId) => units.map((unit) => isAsked(testId, unit)));
    expect(Math.abs(one!.filter(Boolean).length - 2000)).toBeLessThan(160);
    expect(Math.abs(one!.filter((is, at) => is === other![at]).length - 2000)).toBeLessThan(160);
    expect(units.map((unit) => isAsked('test a', unit))).toEqual(one);
  });
});

test('fewer than five are not told, and all others in steps of five', () => {
  const of = (people: number, filled: number) => describeFilling({ day: '2026-01-01', people, filled });
  expect(of(4, 2)).toMatchObject({ people: null, filled: null, share: null });
  expect(of(12, 4)).toMatchObject({ people: 10, filled: null, share: null });
  expect(of(101, 52)).toMatchObject({ people: 100, filled: 50, share: 50 });
});
