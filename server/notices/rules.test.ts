import { expect, test } from 'vitest';
import { noticeKind } from './contract.ts';
import { mailKindOf, pathOf, waysOf } from './rules.ts';

test('every kind leads somewhere, and what a member says of a way outranks what is usual', () => {
  for (const kind of noticeKind.options) {
    expect(pathOf(kind, 'x')).toMatch(/^\/[a-z]/);
    expect(waysOf(kind, []).app).toBe(true);
    for (const way of ['app', 'push', 'mail'] as const)
      for (const wanted of [true, false]) expect(waysOf(kind, [{ kind, way, wanted }])[way]).toBe(wanted);
  }
  const other = [{ kind: 'reply', way: 'app', wanted: false }];
  expect(waysOf('joined', other)).toEqual(waysOf('joined', []));
  expect(mailKindOf('request_received')).toBe('request');
  expect(mailKindOf('task_due')).toBe('reminder');
  expect(mailKindOf('grant_made')).toBe('account');
});
