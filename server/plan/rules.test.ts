import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Step, steps } from './contract.ts';
import {
  expectedOn,
  type Given,
  hurts,
  loses,
  mayMove,
  type Production,
  reopenedWith,
  standingOf,
  taskChange,
  weekOf,
} from './rules.ts';

test('a week is known by its Monday', () => {
  expect(['2026-11-30', '2026-12-01', '2026-12-06', '2026-12-07', '2027-01-01'].map(weekOf)).toEqual([
    '2026-11-30',
    '2026-11-30',
    '2026-11-30',
    '2026-12-07',
    '2026-12-28',
  ]);
  const days = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (at) => {
      const day = at.toISOString().slice(0, 10);
      const monday = weekOf(day);
      expect(new Date(monday).getUTCDay()).toBe(1);
      expect((Date.parse(day) - Date.parse(monday)) / 86_400_000).toBeLessThan(7);
      expect(monday <= day).toBe(true);
      expect(weekOf(monday)).toBe(monday);
    }),
  );
});

const rising = { from: 10, to: 20, startsOn: '2026-01-01', dueOn: '2026-01-11' };
const falling = { ...rising, from: 20, to: 10 };
const held = { ...rising, from: 90, to: 90 };

test('the path is straight, and keeps its ends before and after', () => {
  expect(
    ['2025-12-01', '2026-01-01', '2026-01-06', '2026-01-11', '2026-02-01'].map((day) => expectedOn(rising, day)),
  ).toEqual([10, 10, 15, 20, 20]);
  expect(expectedOn(falling, '2026-01-06')).toBe(15);
});

test.each([
  ['nothing is known', rising, null, '2026-01-06', 'unmeasured'],
  ['above a path that rises', rising, 15, '2026-01-06', 'ahead'],
  ['below it', rising, 14.9, '2026-01-06', 'behind'],
  ['there before its day', rising, 20, '2026-01-06', 'reached'],
  ['its day has passed', rising, 19, '2026-01-12', 'missed'],
  ['below a path that falls', falling, 14, '2026-01-06', 'ahead'],
  ['above it', falling, 16, '2026-01-06', 'behind'],
  ['fallen far enough', falling, 10, '2026-01-06', 'reached'],
  ['what is to be held is', held, 90, '2026-01-06', 'ahead'],
  ['what is to be held is not', held, 89, '2026-01-06', 'behind'],
  ['it was held to the end', held, 91, '2026-01-12', 'reached'],
] as const)('an objective stands: %s', (_what, path, now, day, standing) => {
  expect(standingOf(path, now, day)).toBe(standing);
});

const production = (
  done: readonly Step[],
  more: Partial<Production> = {},
  who: Partial<Record<Step, string>> = {},
) => ({
  steps: steps.map((step) => ({ step, responsibleId: who[step] ?? null, done: done.includes(step) })),
  ...{ programmeOwnerId: 'owner', writerIds: [], plannedOn: '2026-01-01', alone: false, ...more },
});
const before = (step: Step) => steps.slice(0, steps.indexOf(step));
const member = (memberId: string) => ({ memberId, role: 'member' as const });
const admin = { memberId: 'admin', role: 'admin' as const };

test.each([
  ['a stranger does not move a step', production([]), 'brief', member('stranger'), 'others'],
  [
    'nor does marketing that does not own the programme',
    production([]),
    'brief',
    { memberId: 'm', role: 'marketing' },
    'others',
  ],
  ['who answers for it does', production([], {}, { brief: 'bob' }), 'brief', member('bob'), 'yes'],
  ['but not the others', production(['brief'], {}, { brief: 'bob' }), 'content', member('bob'), 'others'],
  ['the owner of the programme does', production([]), 'brief', member('owner'), 'yes'],
  ['an admin does', production([]), 'brief', admin, 'yes'],
  ['each waits for those before it', production(['brief']), 'check', admin, 'order'],
  ['what is done is opened again', production(['brief']), 'brief', member('owner'), 'yes'],
  [
    'nobody approves what they wrote',
    production(before('approval'), { writerIds: ['admin'] }),
    'approval',
    admin,
    'four_eyes',
  ],
  [
    'nor what they answer for',
    production(before('approval'), {}, { content: 'owner' }),
    'approval',
    member('owner'),
    'four_eyes',
  ],
  ['another does', production(before('approval'), { writerIds: ['admin'] }), 'approval', member('owner'), 'yes'],
  [
    'who is alone does',
    production(before('approval'), { writerIds: ['admin'], alone: true }),
    'approval',
    admin,
    'yes',
  ],
  [
    'nothing is scheduled without a day',
    production(before('scheduled'), { plannedOn: null }),
    'scheduled',
    admin,
    'day',
  ],
] as const)('%s', (_what, of, step, who, may) => {
  expect(mayMove(of as Production, step, who)).toBe(may);
});

test('a step is open again with all that came after it', () => {
  expect(reopenedWith('content', ['brief', 'content', 'check', 'approval'])).toEqual(['content', 'check', 'approval']);
  expect(reopenedWith('approval', ['brief', 'content', 'check', 'approval'])).toEqual(['approval']);
});

const open: Given = {
  ...{ responsibleId: 'bob', dueOn: '2026-01-01', done: false },
  ...{ taskId: null, taskOwnerId: null, taskDueOn: null },
};
const given: Given = { ...open, taskId: 't', taskOwnerId: 'bob', taskDueOn: '2026-01-01' };
test.each([
  ['is given to who answers for the step', open, false, 'give'],
  ['not without a day', { ...open, dueOn: null }, false, 'keep'],
  ['not of what is done', { ...open, done: true }, false, 'keep'],
  ['not of what is in the archive', open, true, 'keep'],
  ['stays as it is', given, false, 'keep'],
  ['ends with the step', { ...given, done: true }, false, 'end'],
  ['goes to another', { ...given, responsibleId: 'carl' }, false, 'replace'],
  ['has another day', { ...given, dueOn: '2026-02-01' }, false, 'replace'],
  ['is withdrawn where nobody answers for it', { ...given, responsibleId: null }, false, 'withdraw'],
  ['is withdrawn with the campaign', given, true, 'withdraw'],
] as const)('a task %s', (_what, step, archived, change) => {
  expect(taskChange(step, archived)).toBe(change);
});

test('what the data show is enough to be proposed from five voices and one in four on, or where most of ten leave', () => {
  expect(hurts({ voices: 20, negative: 5 })).toBe(true);
  expect(hurts({ voices: 21, negative: 5 })).toBe(false);
  expect(hurts({ voices: 4, negative: 4 })).toBe(false);
  expect(loses({ came: 10, wentOn: 4 })).toBe(true);
  expect(loses({ came: 10, wentOn: 5 })).toBe(false);
  expect(loses({ came: 9, wentOn: 0 })).toBe(false);
});
