import { expect, test } from 'vitest';
import { afterFailure, afterSuccess } from './rules.ts';

const now = new Date('2026-03-02T10:00:00Z');
const secondsTo = (date: Date) => (date.getTime() - now.getTime()) / 1000;

test('each failure in a row doubles the wait, up to six hours', () => {
  const waits = [0, 1, 2, 3, 8, 9, 500].map((failures) =>
    secondsTo(afterFailure('unreachable', failures, now, 0.5).nextAt),
  );
  expect(waits).toEqual([60, 120, 240, 480, 15_360, 21_600, 21_600]);
});

test('what failed together does not come back together', () => {
  const waits = [0, 0.5, 1].map((random) => secondsTo(afterFailure('timeout', 0, now, random).nextAt));
  expect(waits).toEqual([48, 60, 72]);
  expect(secondsTo(afterSuccess(900, now, 0).nextAt)).toBe(720);
});

test('a service that says when to come back is believed, up to a day', () => {
  expect(secondsTo(afterFailure('busy', 0, now, 0.5, 3600).nextAt)).toBe(3600);
  expect(secondsTo(afterFailure('busy', 0, now, 0.5, 1e9).nextAt)).toBe(86_400);
});

test.each([
  ['unreachable', 'retrying'],
  ['server_error', 'retrying'],
  ['internal', 'retrying'],
  ['refused', 'attention'],
  ['forbidden', 'attention'],
  ['place_gone', 'attention'],
  ['private_network', 'attention'],
  ['book_gone', 'attention'],
] as const)('after %s it is %s', (problem, state) => {
  expect(afterFailure(problem, 3, now, 0.5)).toMatchObject({ state, problem, failures: 4 });
});
