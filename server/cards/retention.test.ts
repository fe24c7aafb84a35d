import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../kernel/testing.ts';
import { kept, purged } from './retention.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

test('whatever hangs on a card goes with it, or says why it stays', async () => {
  const tables = await database.query<{ name: string }>(
    `select distinct table_schema || '.' || table_name as name from information_schema.columns
     where column_name in ('card_id', 'card_a') and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const known = [...purged, ...Object.keys(kept)].sort();
  expect(
    tables.map(({ name }) => name),
    'add the table to `purged` or `kept` in server/cards/retention.ts',
  ).toEqual(known);
});
