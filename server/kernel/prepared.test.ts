import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { openTestDatabase, type TestDatabase } from './testing.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  db = openDatabase(database.url, 1);
  await database.query('create table public.thing (one int); grant select on public.thing to entregent_keeper');
  await database.query('insert into public.thing values (1)');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const ask = (text: string) => db.withClient('keeper', async (client) => (await client.query(text, [])).rows);
const plans = async () =>
  (await ask('select statement from pg_prepared_statements')).map(({ statement }) => statement as string);

test('a connection keeps the plan of what it is asked again, and of nothing that is asked once', async () => {
  await ask('select 1 as once');
  for (let times = 0; times < 3; times++) expect(await ask('select 2 as often')).toEqual([{ often: 2 }]);
  expect(await plans()).toContain('select 2 as often');
  expect(await plans()).not.toContain('select 1 as once');
});

test('a table that gets another column is read again, after one answer that could not be given', async () => {
  const all = 'select * from public.thing';
  for (let times = 0; times < 3; times++) expect(await ask(all)).toEqual([{ one: 1 }]);
  await database.query('alter table public.thing add column two int default 2');
  await expect(ask(all)).rejects.toMatchObject({ code: '0A000' });
  expect(await ask(all)).toEqual([{ one: 1, two: 2 }]);
  expect(await ask(all)).toEqual([{ one: 1, two: 2 }]);
});
