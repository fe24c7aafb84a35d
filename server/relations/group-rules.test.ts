import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelKey, mayBeOne, nearness, overlap, strengthOf } from './group-rules.ts';

describe('a group says of two who belong to it', () => {
  test.each([
    [2, 50],
    [10, 23],
    [100, 13],
    [1000, 9],
  ])('with %i people, %i of 100', (size, strength) => {
    expect(Math.round(strengthOf(size))).toBe(strength);
  });

  test('never more for being larger, and something always', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), fc.integer({ min: 0, max: 100_000 }), (size, more) => {
        expect(strengthOf(size + more)).toBeLessThanOrEqual(strengthOf(size));
        expect(strengthOf(size + more)).toBeGreaterThan(0);
      }),
    );
  });
});

const common = fc.record({ size: fc.integer({ min: 2, max: 5000 }), together: fc.boolean() });

describe('several groups in common', () => {
  test('bring two nearer than fewer do, never beyond all, and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(common, { minLength: 1, maxLength: 8 }), common, (some, one) => {
        const near = nearness(some);
        expect(nearness([...some, one])).toBeGreaterThanOrEqual(near);
        expect(near).toBeGreaterThanOrEqual(0);
        expect(near).toBeLessThanOrEqual(100);
        expect(nearness(some.toReversed())).toBe(near);
      }),
    );
  });

  test('say half as much where the two belonged at different times', () => {
    expect(nearness([{ size: 2, together: true }])).toBe(50);
    expect(nearness([{ size: 2, together: false }])).toBe(25);
    expect(
      nearness([
        { size: 2, together: true },
        { size: 2, together: true },
      ]),
    ).toBe(75);
    expect(nearness([])).toBe(0);
  });
});

const period = (since: string | null, until: string | null) => ({ since, until });

describe('two have belonged at the same time', () => {
  test.each([
    ['unless one left before the other came', period('1990-01-01', '1995-06-30'), period('1995-07-01', null), false],
    ['where one came the day the other left', period('1990-01-01', '1995-07-01'), period('1995-07-01', null), true],
    ['where nothing is said of one', period(null, null), period('1995-07-01', '1996-07-01'), true],
    ['where only ends are known', period(null, '1980-01-01'), period(null, '2020-01-01'), true],
  ])('%s', (_name, one, other, together) => {
    expect(overlap(one, other)).toBe(together);
    expect(overlap(other, one)).toBe(together);
  });
});

describe('two names may mean one group', () => {
  test.each([
    ['Centrale Nantes Alumni', 'Alumni Centrale Nantes', true],
    ['Anciens de Centrale Nantes', 'Centrale-Nantes alumni', true],
    ['Club utilisateurs Sage', 'Club des utilisateurs de Sage', true],
    ['Salon de l’agriculture 2025', 'salon agriculture 2025', true],
    ['Salon 2024', 'Salon 2025', false],
    ['HEC Alumni', 'ESSEC Alumni', false],
    ['Alumni', 'Anciens élèves', false],
    ['Rotary Lyon', 'Rotary Lille', false],
    ['Rotary', 'Rotarry', true],
  ])('%s, %s: %s', (one, other, same) => {
    expect(mayBeOne(one, other)).toBe(same);
    expect(mayBeOne(other, one)).toBe(same);
  });

  test('each its own, if it has a letter, and in either order the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 60 }), (one, other) => {
        expect(mayBeOne(one, other)).toBe(mayBeOne(other, one));
        if (/[a-z]/i.test(other)) expect(mayBeOne(other, other)).toBe(true);
      }),
    );
  });
});

test('a label is the same however it is written', () => {
  expect(labelKey('  Salon  2025 ')).toBe(labelKey('SALON 2025'));
  expect(labelKey('Élus')).toBe(labelKey('elus'));
  expect(labelKey('Salon 2025')).not.toBe(labelKey('Salon 2024'));
});
