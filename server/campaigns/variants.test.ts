import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, comparisonsOf, normalAbove, proposed, sharesOf, variantOf } from './variants.ts';

const people = Array.from({ length: 20_000 }, (_, at) => `person ${at}`);

describe('the lot that deals variants', () => {
  test('deals each its share, the same each time, and apart from who is tested', () => {
    const shares = sharesOf([30, 20]);
    expect(shares).toEqual([50, 30, 20]);
    const dealt = people.map((person) => variantOf('a', person, shares, 40));
    expect(people.map((person) => variantOf('a', person, shares, 40))).toEqual(dealt);
    const of = (no: number | null) => dealt.filter((one) => one === no).length / people.length;
    for (const [no, share] of [
      [null, 0.6],
      [1, 0.2],
      [2, 0.12],
      [3, 0.08],
    ] as const)
      expect(Math.abs(of(no) - share)).toBeLessThan(0.01);
    expect(people.map((person) => variantOf('b', person, shares, 40))).not.toEqual(dealt);
    expect(people.every((person) => variantOf('a', person, shares, 100) !== null)).toBe(true);
  });

  test('gives everybody a variant that is there, whatever the shares', () => {
    const others = fc.array(fc.integer({ min: 1, max: 33 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(others, fc.uuid(), fc.uuid(), (some, campaign, person) => {
        const no = variantOf(campaign, person, sharesOf(some), 100)!;
        expect(no).toBeGreaterThanOrEqual(1);
        expect(no).toBeLessThanOrEqual(some.length + 1);
      }),
    );
  });
});

describe('what is said of variants', () => {
  test('the normal’s quantiles are those of the tables', () => {
    expect(normalAbove(0.025)).toBeCloseTo(1.959964, 5);
    expect(normalAbove(0.0125)).toBeCloseTo(2.241403, 5);
    expect(normalAbove(0.005)).toBeCloseTo(2.575829, 5);
    expect(normalAbove(0.0005)).toBeCloseTo(3.290527, 5);
  });

  const arms = [
    { no: 1, did: 100, people: 1000 },
    { no: 2, did: 130, people: 1000 },
    { no: 3, did: 160, people: 1000 },
  ];

  test('more comparisons at once widen each interval, and before its time no difference is told', () => {
    const alone = compare(arms, { comparisons: 1, over: true });
    const three = compare(arms, { comparisons: 3, over: true });
    expect(alone[1]!.uplift!.from).toBeGreaterThan(0);
    expect(three[1]!.uplift!.from).toBeLessThan(0);
    expect(three[2]!.uplift!.from).toBeGreaterThan(0);
    expect(alone[0]!.uplift).toBeNull();
    expect(compare(arms, { comparisons: 1, over: false }).every(({ uplift }) => uplift === null)).toBe(true);
  });

  test('the one is proposed that does best of those that certainly do better; else none', () => {
    expect(proposed(compare(arms, { comparisons: 2, over: true }))).toBe(3);
    expect(proposed(compare(arms.slice(0, 2), { comparisons: 2, over: true }))).toBeNull();
    expect(proposed(compare(arms, { comparisons: 2, over: false }))).toBeNull();
    expect(proposed([])).toBeNull();
  });

  test('what was set beforehand is compared with fewer others than what is shown beside it', () => {
    expect(comparisonsOf('wrote', 'wrote', 3, 6)).toBe(2);
    expect(comparisonsOf('bought', 'wrote', 3, 6)).toBe(10);
  });

  test('of variants that do the same not one in twenty campaigns is told to have a better or worse one', () => {
    // Drawn with a fixed seed (mulberry32): 800 campaigns with three variants, all at 8 %.
    let state = 7;
    const draw = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    let wrong = 0;
    for (let campaign = 0; campaign < 800; campaign++) {
      const same = [1, 2, 3].map((no) => ({
        ...{ no, people: 300 },
        did: Array.from({ length: 300 }, draw).filter((one) => one < 0.08).length,
      }));
      const told = compare(same, { comparisons: 2, over: true });
      if (told.some(({ uplift }) => uplift && (uplift.from > 0 || uplift.to < 0))) wrong++;
    }
    expect(wrong / 800).toBeLessThan(0.06);
    expect(wrong).toBeGreaterThan(0);
  });
});
