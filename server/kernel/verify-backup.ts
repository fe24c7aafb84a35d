import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { BadBackup, RowSum } from './archive.ts';
import { openEmbedded } from './attach.ts';
import { asWritten } from './backup.ts';
import { startEmbedded } from './embedded.ts';
import { type Checked, checkBackup, restore, type TableSum } from './restore.ts';
import type { BackupKey } from './sealing.ts';

/** Folders of this process's trials. Its number is no sign of theirs: in a container the next process has the same one. */
const underWay = new Set<string>();

/**
 * Restores a backup into a PostgreSQL that is made for it and taken away, and compares each table with what the file says of it: the number of rows, and their octets.
 * Room is needed in the folder for temporary files (TMPDIR), about what the database takes.
 * @throws BadBackup when the file is no good, or what it gives back is not what was saved; Explained where no PostgreSQL of ours runs
 */
export async function verifyBackup(file: string, key?: BackupKey): Promise<Checked> {
  const { header } = await checkBackup(file, key);
  await clearLeft();
  const folder = mkdtempSync(join(tmpdir(), `entregent-verify-${process.pid}-`));
  underWay.add(folder);
  // PostgreSQL's own account passes through.
  chmodSync(folder, 0o711);
  const embedded = await openEmbedded(folder).catch((error) => {
    endTrial(folder);
    throw error;
  });
  try {
    const checked = await restore(embedded.url, file, { keyCheck: header.keyCheck, force: true, key });
    await compare(embedded.url, checked);
    return checked;
  } finally {
    await embedded.stop();
    endTrial(folder);
  }
}

function endTrial(folder: string): void {
  remove(folder);
  underWay.delete(folder);
}

/** What cannot be taken away says nothing of the backup: the next trial tries again. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}

/** A process that was killed in the middle has left its trial's PostgreSQL running: it is ended, and its folder taken away. */
async function clearLeft(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^entregent-verify-(\d+)-/.exec(name) ?? [];
    const folder = join(tmpdir(), name);
    if (pid === undefined || underWay.has(folder) || !isOurs(folder)) continue;
    if (Number(pid) !== process.pid && isAlive(Number(pid))) continue;
    // A link would lead to the PostgreSQL of somebody else.
    if (isFolder(join(folder, 'postgres')))
      await startEmbedded(folder)
        .then((left) => left.stop())
        .catch(() => {});
    remove(folder);
  }
}

const lookAt = (path: string) => lstatSync(path, { throwIfNoEntry: false });
const isFolder = (path: string): boolean => lookAt(path)?.isDirectory() === true;

/** Anybody may make what has such a name in the folder for temporary files, links too. */
const isOurs = (path: string): boolean =>
  isFolder(path) && (process.getuid === undefined || lookAt(path)?.uid === process.getuid());

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's lives, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function compare(url: string, { header, sums }: Checked): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    for (const setting of asWritten) await client.query(setting);
    for (const wanted of sums) {
      const found = await sumUp(client, wanted);
      const same = found.rows === wanted.rows && (!header.steady || found.sha256 === wanted.sha256);
      if (!same) throw new BadBackup('differs');
    }
    await client.query('rollback');
  } finally {
    await client.end();
  }
}

async function sumUp(client: pg.Client, { table, columns }: TableSum): Promise<ReturnType<RowSum['end']>> {
  const sum = new RowSum();
  const { rows } = await client.query<{ owner: string }>(
    'select pg_get_userbyid(relowner) as owner from pg_class where oid = $1::regclass',
    [table],
  );
  await client.query(`set local role ${client.escapeIdentifier(rows[0]!.owner)}`);
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  for await (const piece of client.query(copyTo(`copy ${table} (${list}) to stdout`)) as AsyncIterable<Buffer>)
    sum.add(piece);
  await client.query('reset role');
  return sum.end();
}
