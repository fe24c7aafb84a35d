import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Campaign } from '../../../../server/plan/contract.ts';
import { addDays, addMonths, collisions, mondayOf, shownDays, stretches, weekday, weeksOf } from './days.ts';

const day = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));

test('a view shows whole weeks, with every day of its month or quarter', () => {
  fc.assert(
    fc.property(day, fc.constantFrom('month' as const, 'quarter' as const), (at, view) => {
      const days = shownDays(view, at);
      expect(weekday(days[0]!)).toBe(0);
      expect(days.length % 7).toBe(0);
      expect(new Set(days).size).toBe(days.length);
      expect(days).toContain(at);
      expect(weeksOf(days).every((week) => week.length === 7 && mondayOf(week[6]!) === week[0])).toBe(true);
    }),
  );
  expect(shownDays('month', '2026-02-10')).toHaveLength(35);
  expect(shownDays('quarter', '2026-11-30').slice(0, 1)).toEqual(['2026-09-28']);
});

test('a month on is the same day, or the last of a shorter month', () => {
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
  expect(addMonths('2026-12-15', 1)).toBe('2027-01-15');
  expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
});

const campaign = (id: string, plannedOn: string | null, more: Partial<Campaign> = {}) =>
  ({ id, plannedOn, kind: 'campaign', segment: { id: 's', name: 'S' }, target: '', ...more }) as Campaign;

test('two for the same people in one week meet; in two weeks, of other people or by themselves they do not', () => {
  const all = [
    campaign('a', '2026-11-30'),
    campaign('b', '2026-12-06'),
    campaign('c', '2026-12-07'),
    campaign('d', '2026-12-01', { segment: { id: 'other', name: null } }),
    campaign('e', '2026-12-01', { kind: 'scenario' }),
    campaign('f', null),
    campaign('g', '2026-12-02', { segment: null }),
    campaign('h', '2026-12-02', { segment: null, target: 'Clients' }),
    campaign('i', '2026-12-03', { segment: null, target: ' clients' }),
  ];
  const met = [...collisions(all)].map(([id, others]) => [id, others.map((one) => one.id)]);
  expect(met).toEqual([
    ['a', ['b']],
    ['b', ['a']],
    ['h', ['i']],
    ['i', ['h']],
  ]);
});

test('items of a row cover their own column and no two the same one, and stay within the row', () => {
  const row = fc
    .record({ columns: fc.integer({ min: 1, max: 42 }), most: fc.integer({ min: 1, max: 6 }) })
    .chain((one) =>
      fc
        .uniqueArray(fc.integer({ min: 0, max: one.columns - 1 }), { maxLength: one.columns })
        .map((at) => ({ ...one, at: at.toSorted((a, b) => a - b) })),
    );
  fc.assert(
    fc.property(row, ({ at, columns, most }) => {
      const covered = new Set<number>();
      for (const [column, { before, over }] of stretches(at, columns, most)) {
        expect(before).toBeLessThan(over);
        expect(over).toBeLessThanOrEqual(most);
        for (let no = column - before; no < column - before + over; no++) {
          expect(no >= 0 && no < columns && !covered.has(no)).toBe(true);
          covered.add(no);
        }
        expect(covered.has(column)).toBe(true);
      }
    }),
  );
  expect(stretches([10, 12, 34], 35, 4)).toEqual(
    new Map([
      [10, { before: 0, over: 2 }],
      [12, { before: 0, over: 4 }],
      [34, { before: 3, over: 4 }],
    ]),
  );
});
