import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { framed, type Header, line, RowSum } from './archive.ts';
import { version } from './config.ts';
import { ownSchemas } from './migrate.ts';
import { type BackupKey, seal } from './sealing.ts';

export interface BackedUp {
  tables: number;
  rows: number;
}

interface Table {
  name: string;
  owner: string;
  columns: string[];
}

/** All tables of ours, each after those that its foreign keys point to. */
async function listTables(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table & { id: number; needs: number[] }>(
    `
    select c.oid::int as id, format('%I.%I', n.nspname, c.relname) as name, pg_get_userbyid(c.relowner) as owner,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
      array(select k.confrelid::int from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any($1) order by 2`,
    [ownSchemas],
  );
  const sorted: typeof rows = [];
  while (sorted.length < rows.length) {
    const next = rows.filter(
      (table) => !sorted.includes(table) && table.needs.every((id) => sorted.some((one) => one.id === id)),
    );
    if (next.length === 0) throw new Error('Foreign keys form a circle: there is no order to restore the tables in.');
    sorted.push(...next);
  }
  return sorted;
}

/** Statements that make the tables of the sign-in library: it migrates itself, so no migration of ours describes them. */
async function describeAuth(client: pg.ClientBase): Promise<string[]> {
  const tables = await client.query<{ statement: string }>(`
    select format('create table %I.%I (%s)', n.nspname, c.relname, string_agg(
      format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
        ' default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' order by a.attnum)) as statement
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'auth'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' group by n.nspname, c.relname order by c.relname`);
  const keys = await client.query<{ statement: string }>(`
    select format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as statement
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace and n.nspname = 'auth'
    where k.contype in ('p', 'u', 'f') order by array_position(array['p', 'u', 'f'], k.contype::text), k.conname`);
  const indexes = await client.query<{ statement: string }>(`
    select pg_get_indexdef(x.indexrelid) as statement from pg_index x join pg_class i on i.oid = x.indexrelid
    join pg_namespace n on n.oid = i.relnamespace and n.nspname = 'auth'
    where not exists (select from pg_constraint k where k.conindid = x.indexrelid) order by i.relname`);
  return [...tables.rows, ...keys.rows, ...indexes.rows].map(({ statement }) => statement);
}

/** Settings under which rows are written the same by every server. The first: names in definitions are qualified, whoever reads them. */
export const asWritten = [
  'set local search_path = pg_catalog',
  `set local datestyle = 'ISO, YMD'`,
  `set local timezone = 'UTC'`,
  `set local intervalstyle = 'postgres'`,
  `set local bytea_output = 'hex'`,
  'set local extra_float_digits = 1',
  // From the first row to the last, as they were written.
  'set local synchronize_seqscans = off',
];

async function* dump(client: pg.ClientBase, keyCheck: string, done: BackedUp): AsyncGenerator<Buffer> {
  await client.query('begin isolation level repeatable read read only');
  for (const setting of asWritten) await client.query(setting);
  const tables = await listTables(client);
  const migrations = await client.query('select name, hash from public.entregent_migration order by name');
  const header: Header = {
    entregent: 1,
    version,
    createdAt: new Date().toISOString(),
    migrations: migrations.rows,
    keyCheck,
    definitions: await describeAuth(client),
    tables: tables.map(({ name }) => name),
    steady: true,
  };
  yield line(header);
  for (const { name, owner, columns } of tables) {
    yield line({ table: name, columns });
    // The owner's rights: row security would hide rows, or refuse the copy, for anybody else.
    await client.query(`set local role ${client.escapeIdentifier(owner)}`);
    const sum = new RowSum();
    const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
    for await (const piece of client.query(copyTo(`copy ${name} (${list}) to stdout`)) as AsyncIterable<Buffer>) {
      sum.add(piece);
      yield framed(piece);
    }
    await client.query('reset role');
    yield Buffer.alloc(4);
    yield line(sum.end());
    done.tables++;
    done.rows += sum.rows;
  }
  await client.query('commit');
  yield line({ end: true, ...done });
}

/**
 * Writes everything that the database holds into one compressed file, as it stood at one moment, while work goes on. The
 * file gets its name only when it is whole. The master key is not in it.
 * @param key seals it; without one, whoever has the file reads it
 */
export async function backUp(url: string, file: string, keyCheck: string, key?: BackupKey): Promise<BackedUp> {
  const done: BackedUp = { tables: 0, rows: 0 };
  const unfinished = `${file}.part`;
  mkdirSync(dirname(file), { recursive: true });
  const client = new pg.Client({ connectionString: url, application_name: 'entregent-backup' });
  await client.connect();
  try {
    const output = createWriteStream(unfinished, { mode: 0o600 });
    const rows = Readable.from(dump(client, keyCheck, done), { objectMode: false });
    const packed = createGzip({ level: 4 });
    if (key) await Promise.all([pipeline(rows, packed), seal(packed, key).then((sealed) => pipeline(sealed, output))]);
    else await pipeline(rows, packed, output);
    const handle = await open(unfinished, 'r+');
    await handle.sync().finally(() => handle.close());
    renameSync(unfinished, file);
    return done;
  } finally {
    await client.end();
    rmSync(unfinished, { force: true });
  }
}

const automatic = /^before-.*\.entregent$/;
/** Automatic backups that are kept. */
const kept = 5;

/**
 * Before a migration touches a database that holds a workspace: a backup in `<dataDir>/backups`.
 * @returns the file, or undefined when there is nothing to lose
 */
export async function backUpBeforeMigration(
  url: string,
  dataDir: string,
  migration: string,
  keyCheck: string,
  report: (file: string) => void,
): Promise<string | undefined> {
  if (!(await holdsWorkspace(url))) return undefined;
  const folder = join(dataDir, 'backups');
  const moment = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const file = join(folder, `before-${migration.replace(/\.sql$/, '')}-${moment}.entregent`);
  report(file);
  await backUp(url, file, keyCheck);
  const byAge = readdirSync(folder)
    .filter((name) => automatic.test(name))
    .sort((a, b) => (a.slice(-30) < b.slice(-30) ? 1 : -1));
  for (const name of byAge.slice(kept)) rmSync(join(folder, name));
  return file;
}

/** Whether the database was ever set up. */
export async function holdsWorkspace(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`select to_regclass('identity.workspace') is not null as here`);
    if (!rows[0].here) return false;
    await client.query('begin');
    await client.query('set local role entregent_keeper');
    const found = await client.query('select from identity.workspace limit 1');
    await client.query('rollback');
    return found.rowCount === 1;
  } finally {
    await client.end();
  }
}
