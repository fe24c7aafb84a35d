import { expect, test } from 'vitest';
import { dayAfter, remindAt, remindOf } from './words.ts';

test('days are those of the device’s calendar', () => {
  expect(dayAfter(1, new Date(2026, 1, 28, 23, 59))).toBe('2026-03-01');
  expect(dayAfter(0, new Date(2026, 11, 31, 0, 1))).toBe('2026-12-31');
});

test('a reminder is at the time that was said, else in the morning, or the day before', () => {
  const local = (text: string) => new Date(text).toISOString();
  expect(remindAt('never', '2026-12-01', '10:00')).toBeNull();
  expect(remindAt('due', '', '')).toBeNull();
  expect(remindAt('due', '2026-12-01', '')).toBe(local('2026-12-01T09:00:00'));
  expect(remindAt('due', '2026-12-01', '15:30')).toBe(local('2026-12-01T15:30:00'));
  expect(remindAt('dayBefore', '2026-12-01', '')).toBe(local('2026-11-30T09:00:00'));
  for (const remind of ['due', 'dayBefore'] as const) {
    const task = { remindAt: remindAt(remind, '2026-12-01', '15:30'), dueOn: '2026-12-01', dueTime: '15:30' };
    expect(remindOf(task as never)).toBe(remind);
  }
});
