import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ArchiveReader, archiveEnd, BadBackup, type Header, header, RowSum, tableEnd, tableLine } from './archive.ts';
import { holdsWorkspace } from './backup.ts';
import { rememberKey } from './key-check.ts';
import { apply, ownSchemas, readMigrations } from './migrate.ts';
import { type BackupKey, readSealed } from './sealing.ts';

export interface Checked {
  header: Header;
  rows: number;
  sums: TableSum[];
}

/** What a backup says of a table. */
export interface TableSum {
  table: string;
  columns: string[];
  rows: number;
  sha256: string;
}

class RestoreRefused extends Error {
  readonly code: 'not_empty' | 'newer' | 'other_key';
  constructor(code: RestoreRefused['code']) {
    super(code);
    this.code = code;
  }
}

interface Section {
  table: string;
  columns: string[];
  pieces: AsyncGenerator<Buffer>;
}

/**
 * Reads a backup from its beginning to its end; `begin` gets what stands in front, `take` the rows of each table.
 * @throws BadBackup when a count or checksum is wrong, or the file ends too early
 */
async function readArchive(
  file: string,
  begin: (header: Header) => Promise<void>,
  take: (section: Section) => Promise<void>,
  key?: BackupKey,
): Promise<Checked> {
  const input = await readSealed(file, key);
  const bytes = createGunzip();
  input.on('error', (error) => bytes.destroy(error));
  const reader = new ArchiveReader(input.pipe(bytes));
  try {
    const head = await reader.line(header, 'not_a_backup');
    await begin(head);
    let rows = 0;
    const sums: TableSum[] = [];
    for (const table of head.tables) {
      const next = await reader.line(tableLine);
      if (next.table !== table) throw new BadBackup('damaged');
      const sum = new RowSum();
      await take({ ...next, pieces: summed(reader.pieces(), sum) });
      const [found, wanted] = [sum.end(), await reader.line(tableEnd)];
      if (found.rows !== wanted.rows || found.sha256 !== wanted.sha256) throw new BadBackup('damaged');
      rows += found.rows;
      sums.push({ ...next, ...found });
    }
    const end = await reader.line(archiveEnd);
    if (end.rows !== rows || end.tables !== head.tables.length) throw new BadBackup('damaged');
    await reader.finished();
    return { header: head, rows, sums };
  } finally {
    input.destroy();
    bytes.destroy();
  }
}

async function* summed(pieces: AsyncIterable<Buffer>, sum: RowSum): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    sum.add(piece);
    yield piece;
  }
}

/** Reads a backup to its end without a database. @throws BadBackup */
export function checkBackup(file: string, key?: BackupKey): Promise<Checked> {
  return readArchive(
    file,
    async () => {},
    async ({ pieces }) => {
      for await (const _piece of pieces);
    },
    key,
  );
}

/**
 * Puts a backup into a database: the whole file is checked first, then everything happens in one transaction, at the schema
 * version of the backup. The caller migrates afterwards.
 * @throws BadBackup when the file is no good; RestoreRefused when the database is in use, the backup comes from a newer
 *   version, or from an installation with another master key (`force` overrides the first and the last)
 */
export async function restore(
  url: string,
  file: string,
  { keyCheck, force, key }: { keyCheck: string; force: boolean; key?: BackupKey | undefined },
): Promise<Checked> {
  const { header: head } = await checkBackup(file, key);
  const known = readMigrations();
  const wanted = head.migrations.map(({ name, hash }) => known.find((one) => one.name === name && one.hash === hash));
  if (wanted.includes(undefined)) throw new RestoreRefused('newer');
  if (!force && head.keyCheck !== keyCheck) throw new RestoreRefused('other_key');
  if (!force && (await holdsWorkspace(url))) throw new RestoreRefused('not_empty');
  const client = new pg.Client({ connectionString: url, application_name: 'entregent-restore' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`set local datestyle = 'ISO, YMD'`);
    await clear(client);
    for (const migration of wanted) await apply(client, migration!);
    const checked = await readArchive(
      file,
      async ({ definitions }) => {
        await client.query('set local role entregent_identity');
        for (const definition of definitions) await client.query(definition);
        await client.query('reset role');
      },
      (section) => load(client, section),
      key,
    );
    await rememberKey(client, keyCheck);
    await client.query('commit');
    return checked;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    await client.end();
  }
}

/** Takes out what stands there. Jobs go too: their causes are not there any more. */
async function clear(client: pg.ClientBase): Promise<void> {
  // Also those of a newer version that this one does not know: left behind, they would stand in the way of the next upgrade.
  const { rows } = await client.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspowner = any(select oid from pg_roles where rolname like 'entregent\\_%' or rolname = current_user)
       and nspname !~ '^(pg_|information_schema$|public$|graphile_worker$)'`,
  );
  const schemas = new Set([...ownSchemas, ...rows.map(({ name }) => name)]);
  for (const schema of schemas) await client.query(`drop schema if exists ${client.escapeIdentifier(schema)} cascade`);
  await client.query('drop table if exists public.entregent_migration');
  await client.query(`do $$ begin
    if to_regclass('graphile_worker._private_jobs') is not null then delete from graphile_worker._private_jobs; end if;
  end $$`);
}

async function load(client: pg.ClientBase, { table, columns, pieces }: Section): Promise<void> {
  const { rows } = await client.query<{ owner: string }>(
    'select pg_get_userbyid(relowner) as owner from pg_class where oid = $1::regclass',
    [table],
  );
  await client.query(`set local role ${client.escapeIdentifier(rows[0]!.owner)}`);
  // A migration may have put rows there; those of the backup are the truth.
  await client.query(`delete from ${table}`);
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  await pipeline(
    Readable.from(pieces, { objectMode: false }),
    client.query(copyFrom(`copy ${table} (${list}) from stdin`)),
  );
  await client.query('reset role');
}

/** The queue is not backed up: jobs are made again from the causes in the outbox. Runs on the migrated database. */
export async function wakeCauses(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local role entregent_keeper');
    await client.query(
      'select kernel.wake_again(workspace_id, outbox_id, topic, queue, greatest(0, ceil(extract(epoch from due_at - now())))::int) from kernel.outbox order by workspace_id, outbox_id',
    );
    await client.query('commit');
  } finally {
    await client.end();
  }
}
