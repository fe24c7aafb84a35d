import fc from 'fast-check';
import { expect, test } from 'vitest';
import { daysUntil, lastDay, warningOn } from './rules.ts';

test('a month ends on the same date of the next one, on its last day where it has no such date, and on Monday where that is a weekend', () => {
  const cases: [string, number, string][] = [
    ['2026-03-05', 1, '2026-04-06'],
    ['2026-03-10', 1, '2026-04-10'],
    ['2026-08-31', 1, '2026-09-30'],
    ['2026-01-30', 1, '2026-03-02'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-11-30', 3, '2027-03-01'],
    ['2026-05-12', 3, '2026-08-12'],
  ];
  for (const [received, months, due] of cases) expect(lastDay(received, months), received).toBe(due);
});

test('a month has 28 to 33 days, never ends on a weekend, and a later day never ends earlier', () => {
  const days = fc.integer({ min: 0, max: 20_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
  fc.assert(
    fc.property(days, fc.constantFrom(1, 3), (received, months) => {
      const due = lastDay(received, months);
      const length = daysUntil(due, received);
      expect(length).toBeGreaterThanOrEqual(28 * months);
      expect(length).toBeLessThanOrEqual(31 * months + 2);
      expect([0, 6]).not.toContain(new Date(`${due}T00:00:00Z`).getUTCDay());
      const next = new Date(Date.parse(`${received}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
      expect(lastDay(next, months) >= due).toBe(true);
    }),
  );
});

test('a warning comes on the days before the last one, and each day after it', () => {
  const due = '2026-06-30';
  const on = (day: string) => warningOn(due, day);
  expect(
    ['2026-06-10', '2026-06-16', '2026-06-22', '2026-06-23', '2026-06-27', '2026-06-29', '2026-06-30'].map(on),
  ).toEqual([null, 14, 14, 7, 3, 1, 0]);
  expect(on('2026-07-01')).toBe('late');
});
