import { describe, expect, test } from 'vitest';
import { maySum, pointsOf, sinceFor, stateOf, sumOf } from './rules.ts';

const counts = { fresh: 2, complete: 1, corrected: 3, settled: 4 };

test('points: one for what is new or cared for, two more for what is complete', () => {
  expect(pointsOf(counts)).toBe(2 + 2 + 3 + 4);
  expect(sumOf([counts, counts])).toEqual({ fresh: 4, complete: 2, corrected: 6, settled: 8, points: 22 });
  expect(sumOf([])).toMatchObject({ points: 0 });
});

describe('a sum of a team', () => {
  test.each([
    [[], false],
    [[false], false],
    [[true], true],
    [[true, true], true],
    [[true, false], false],
    [[false, false, false], true],
  ])('of %j (who wants to be named) may be told: %s', (named, told) => {
    expect(maySum(named.map((one) => ({ named: one })))).toBe(told);
  });
});

test.each([
  ['2026-11-29', null, 'planned'],
  ['2026-11-28', null, 'open'],
  ['2026-11-27', null, 'open'],
  ['2026-11-28', new Date(), 'over'],
] as const)('a day on %s, ended %s, is %s on 2026-11-28', (on, ended, state) => {
  expect(stateOf(on, ended, '2026-11-28')).toBe(state);
});

test('new is what came since last time, or within a year', () => {
  expect(sinceFor('2026-05-01', '2026-11-28').toISOString()).toBe('2026-05-01T00:00:00.000Z');
  expect(sinceFor(null, '2026-11-28').toISOString()).toBe('2025-11-28T00:00:00.000Z');
});
