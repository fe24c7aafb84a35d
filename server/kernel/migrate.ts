import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { root } from './config.ts';
import { Explained } from './messages.ts';

const folder = join(root, 'db/migrations');

/** What migrations make; `auth` is filled by the sign-in library. The queue's schema is the queue library's own. */
export const ownSchemas = [
  'kernel',
  'mcp',
  'identity',
  'delegation',
  'sources',
  'connectors',
  'cards',
  'matching',
  'charter',
  'leaving',
  'outreach',
  'relations',
  'notices',
  'tasks',
  'introductions',
  'sso',
  'scim',
  'dav',
  'self_update',
  'correspondents',
  'lead_days',
  'opportunities',
  'conversations',
  'voices',
  'decisions',
  'forms',
  'surveys',
  'pages',
  'events',
  'community',
  'content',
  'bi',
  'data_map',
  'adoption',
  'audit',
  'attributes',
  'facts',
  'segments',
  'collection',
  'plan',
  'campaigns',
  'letters',
  'hunting',
  'scenarios',
  'cleaning',
  'distribution',
  'auth',
];

export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the text: a migration that ran is never edited. */
  hash: string;
}

export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    });
}

/** The migrations that this database lacks. @throws Explained when the database is newer than the code, Error when one that ran was edited */
export async function pendingMigrations(client: pg.ClientBase): Promise<Migration[]> {
  const exists = await client.query(`select to_regclass('public.entregent_migration') is not null as here`);
  const done = new Map<string, string>();
  if (exists.rows[0].here) {
    for (const row of (await client.query('select name, hash from public.entregent_migration')).rows)
      done.set(row.name, row.hash);
  }
  const all = readMigrations();
  for (const name of done.keys()) {
    if (!all.some((migration) => migration.name === name)) {
      throw new Explained('start.newer_database', { migration: name });
    }
  }
  for (const migration of all) {
    const hash = done.get(migration.name);
    if (hash && hash !== migration.hash) throw new Error(`Migration ${migration.name} was changed after it ran.`);
  }
  return all.filter((migration) => !done.has(migration.name));
}

/**
 * Loads the library of pg_trgm where it is installed: only then may the settings it brings be named in a function by an owner who
 * is no superuser.
 */
async function loadTrigrams(client: pg.ClientBase): Promise<void> {
  const { rowCount } = await client.query(`select from pg_extension where extname = 'pg_trgm'`);
  if (rowCount) await client.query('select public.show_limit()');
}

/** Runs a migration in the transaction that the connection is in, unless it ran already. */
export async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query(`create table if not exists public.entregent_migration (
    name text primary key, hash text not null, at timestamptz not null default now())`);
  await client.query('lock table public.entregent_migration in exclusive mode');
  const done = await client.query('select from public.entregent_migration where name = $1', [migration.name]);
  if (done.rowCount !== 0) return;
  await loadTrigrams(client);
  await client.query('set local search_path = pg_catalog');
  await client.query(migration.sql);
  await client.query('insert into public.entregent_migration (name, hash) values ($1, $2)', [
    migration.name,
    migration.hash,
  ]);
}

/** Runs each pending migration in a transaction of its own, under a lock, so that several processes may start at once. */
export async function migrate(client: pg.ClientBase, pending: Migration[]): Promise<void> {
  for (const migration of pending) {
    await client.query('begin');
    try {
      await apply(client, migration);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
    }
  }
}
