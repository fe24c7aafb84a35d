import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeTypes } from '../../tools/db-types.ts';
import { describeSchema, schemaFile } from '../../tools/schema.ts';
import { root } from './config.ts';
import { ownSchemas } from './migrate.ts';
import { openTestDatabase, type TestDatabase } from './testing.ts';

const schemas = ownSchemas.filter((schema) => schema !== 'auth');

/** The installation's own, not of a workspace. */
const withoutWorkspace = ['kernel.installation'];

/** Read before a workspace is known (sign-in, links), or of a method that cannot hold a uuid beside a text. */
const freeIndexes = [
  'identity.member_account_ix',
  'identity.link_token_ix',
  'cards.entry_search_ix',
  'community.community_slug_ix',
  'dav.device_secret_ix',
  'pages.publication_slug_uq',
];

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());

async function names(sql: string): Promise<string[]> {
  return (await database.query<{ name: string }>(sql, [schemas])).map(({ name }) => name);
}

test('backups know every schema', async () => {
  const made = await database.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public', 'graphile_worker')`,
  );
  expect(made.map(({ name }) => name).sort()).toEqual([...ownSchemas].sort());
});

test('every table belongs to a workspace', async () => {
  const others = await names(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname = any($1)
       and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull)`,
  );
  expect(others).toEqual(withoutWorkspace);
});

test('every table of a workspace has row security', async () => {
  const open = await names(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where c.relkind in ('r', 'p') and n.nspname = any($1) and not c.relrowsecurity`,
  );
  expect(open).toEqual([]);
});

test('every table that members may read or write has a policy for them that asks for the workspace', async () => {
  const careless = await names(
    `select schemaname || '.' || tablename || ' ' || policyname as name from pg_policies
     where schemaname = any($1) and 'entregent_member' = any(roles)
       and coalesce(qual, with_check) !~ 'workspace_id = .*app\\.workspace'`,
  );
  expect(careless).toEqual([]);
});

test('no policy holds a subquery', async () => {
  const slow = await names(
    `select schemaname || '.' || tablename || ' ' || policyname as name from pg_policies
     where schemaname = any($1) and coalesce(qual, '') || coalesce(with_check, '') ~* '\\mselect\\M'`,
  );
  expect(slow).toEqual([]);
});

test('nobody but identity has a policy that lets all rows through', async () => {
  const open = await names(
    `select schemaname || '.' || tablename || ' ' || policyname as name from pg_policies
     where schemaname = any($1) and (qual = 'true' or with_check = 'true') and roles <> '{entregent_identity}'`,
  );
  expect(open).toEqual([]);
});

test('every key and index is led by the workspace', async () => {
  const others = await names(
    `select n.nspname || '.' || i.relname as name from pg_index x join pg_class i on i.oid = x.indexrelid
     join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
     left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
     where n.nspname = any($1) and a.attname is distinct from 'workspace_id'
       and exists (select from pg_attribute w where w.attrelid = t.oid and w.attname = 'workspace_id')
     order by 1`,
  );
  expect(others).toEqual([...freeIndexes].sort());
});

test('every foreign key stays within the workspace', async () => {
  const others = await names(
    `select n.nspname || '.' || k.conname as name from pg_constraint k join pg_namespace n on n.oid = k.connamespace
     join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where k.contype = 'f' and n.nspname = any($1) and a.attname <> 'workspace_id'`,
  );
  expect(others).toEqual([]);
});

test('no key is counted by the database and no rule hides in a trigger', async () => {
  const hidden = await names(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'S'
     union all
     select n.nspname || '.' || g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid
     join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($1) and not g.tgisinternal`,
  );
  expect(hidden).toEqual([]);
});

test('a connection that has not said who it acts for may do nothing', async () => {
  const allowed = await names(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind in ('r', 'p', 'v')
       and has_table_privilege('entregent_none', c.oid, 'select, insert, update, delete')`,
  );
  expect(allowed).toEqual([]);
});

test('functions that run with the rights of their owner are kept from the public and have a fixed search path', async () => {
  const loose = await names(
    `select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = any($1) and p.prosecdef
       and (has_function_privilege('entregent_none', p.oid, 'execute') or not coalesce(array_to_string(p.proconfig, ',') ~ 'search_path', false))`,
  );
  expect(loose).toEqual([]);
});

test('db-types.ts describes the migrated schema', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const types = await describeTypes(client).finally(() => client.end());
  expect(readFileSync(join(root, 'server/kernel/db-types.ts'), 'utf8')).toBe(types);
});

test('the schema to be read, db/schema.sql, is the one that the migrations make', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const schema = await describeSchema(client).finally(() => client.end());
  expect(readFileSync(schemaFile, 'utf8')).toBe(schema);
});
