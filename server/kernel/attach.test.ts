import { afterAll, beforeAll, expect, test } from 'vitest';
import { joinOthers } from './attach.ts';
import { openTestDatabase } from './testing.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  database = await openTestDatabase('empty');
});
afterAll(() => database.drop());

test('of several processes on one database only the first is alone, and nobody is once the first has gone', async () => {
  const first = await joinOthers(database.url);
  const second = await joinOthers(database.url);
  expect([first.alone, second.alone]).toEqual([true, false]);
  await first.end();
  const third = await joinOthers(database.url);
  expect(third.alone).toBe(false);
  await Promise.all([second.end(), third.end()]);
  const last = await joinOthers(database.url);
  expect(last.alone).toBe(true);
  await last.end();
});

test('a process whose connection broke is still one that the next meets', async () => {
  const first = await joinOthers(database.url);
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'entregent-instance'`,
  );
  await expect
    .poll(async () => {
      const next = await joinOthers(database.url);
      await next.end();
      return next.alone;
    })
    .toBe(false);
  await first.end();
});
