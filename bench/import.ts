import type pg from 'pg';
import { googleLines } from '../server/demo/files.ts';
import { contactAt, type Entry } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { copyRows } from '../server/kernel/copy.ts';
import { newId } from '../server/kernel/ids.ts';
import { startWorker } from '../server/kernel/jobs.ts';
import { hunterOf } from '../server/matching/hunt/hunter.ts';
import { matchingTasks } from '../server/matching/jobs.ts';
import { analyseImport } from '../server/sources/analyse.ts';
import { runImport } from '../server/sources/run.ts';
import { print, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'import of 100,000 contacts from CSV, against COPY; --million adds a run of 1,000,000; --count N another size';

const world: World = { seed: 42, organizations: 125_000, reservedNumbers: false };

function* contacts(count: number): Generator<Entry> {
  for (let index = 0; index < count; index++) yield contactAt(world, index);
}

function writePieces(count: number): Buffer[] {
  const pieces: Buffer[] = [];
  let text = '';
  for (const line of googleLines(contacts(count))) {
    text += line;
    if (text.length < 2 ** 20) continue;
    pieces.push(Buffer.from(text));
    text = '';
  }
  if (text) pieces.push(Buffer.from(text));
  return pieces;
}

/** What the promise is measured by: the same contacts into one plain table with a primary key and one trigram index. */
async function copyPlainly(client: pg.Client, count: number): Promise<number> {
  await client.query(`create table public.yardstick (id uuid primary key, given text, family text, organization text,
    title text, email text, mobile text, phone text, street text, postcode text, city text, note text, search text)`);
  await client.query('create index on public.yardstick using gin (search public.gin_trgm_ops)');
  const rows = [...contacts(count)].map((e) => [
    newId(),
    e.given,
    e.family,
    e.organization,
    e.title,
    e.workEmail,
    e.mobile,
    e.workPhone,
    e.street,
    e.postcode,
    e.city,
    e.note,
    `${e.given} ${e.family} ${e.organization} ${e.title} ${e.workEmail} ${e.mobile} ${e.workPhone} ${e.city}`.toLowerCase(),
  ]);
  const columns = 'id,given,family,organization,title,email,mobile,phone,street,postcode,city,note,search'.split(',');
  const taken = await seconds(() => copyRows(client, 'public.yardstick', columns, rows));
  await client.query('drop table public.yardstick');
  return taken;
}

async function upload({ owner, workspaceId, memberId, bookId }: Stage, pieces: readonly Buffer[]): Promise<string> {
  const importId = newId();
  await owner.query(
    `insert into sources.import (workspace_id, import_id, member_id, file_name, state, country, book_id)
     values ($1, $2, $3, 'bench.csv', 'analysing', 'FR', $4)`,
    [workspaceId, importId, memberId, bookId],
  );
  for (const [no, data] of pieces.entries())
    await owner.query('insert into sources.file_piece values ($1, $2, $3, $4)', [workspaceId, importId, no, data]);
  return importId;
}

interface Taken {
  analysed: number;
  listed: number;
  settled: number;
}

async function importPieces(stage: Stage, pieces: readonly Buffer[]): Promise<Taken> {
  const { app, owner, workspaceId } = stage;
  const importId = await upload(stage, pieces);
  const { signal } = new AbortController();
  const analysed = await seconds(() => analyseImport(app, workspaceId, importId, signal));
  await owner.query(`update sources.import set state = 'queued' where import_id = $1`, [importId]);
  const worker = await startWorker(app, stage.url, { tasks: matchingTasks, crons: [] });
  const began = performance.now();
  const listed = await seconds(() => runImport(app, workspaceId, importId, signal));
  while ((await owner.query('select from kernel.outbox limit 1')).rowCount)
    await new Promise((done) => setTimeout(done, 20));
  const settled = (performance.now() - began) / 1000;
  await worker.stop();
  return { analysed, listed, settled };
}

/** Imports so many contacts and waits until they are matched. */
export async function importContacts(stage: Stage, count: number): Promise<void> {
  await importPieces(stage, writePieces(count));
}

async function measure(count: number): Promise<{ copied: number; taken: Taken }> {
  const stage = await openStage();
  try {
    const copied = await copyPlainly(stage.owner, count);
    const taken = await importPieces(stage, writePieces(count));
    const { rows } = await stage.owner.query('select count(*)::int as entries from cards.entry');
    process.stderr.write(`${count} contacts: ${rows[0].entries} persons listed\n`);
    return { copied, taken };
  } finally {
    await hunterOf(stage.app).close();
    await stage.close();
  }
}

function printRun(count: number, copied: number, taken: Taken): void {
  const size = count.toLocaleString('en');
  print({ name: `COPY of ${size} into one table, the yardstick`, measured: copied, unit: 's' });
  print({ name: `import of ${size}: analysed for the preview`, measured: taken.analysed, unit: 's' });
  print({ name: `import of ${size}: listed and searchable`, measured: taken.listed, unit: 's', asked: copied * 8 });
  print({ name: `import of ${size}: matching settled`, measured: taken.settled, unit: 's', asked: copied * 8 * 4 });
}

/** A smaller import goes before, so that code and caches are warm; each run has a database of its own. */
export async function run(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--count');
  const count = at >= 0 ? Number(args[at + 1]) : 100_000;
  await measure(Math.ceil(count / 20));
  const { copied, taken } = await measure(count);
  printRun(count, copied, taken);
  if (!args.includes('--million')) return;
  const large = await measure(1_000_000);
  printRun(1_000_000, large.copied, large.taken);
  print({
    name: 'time per contact at 1,000,000, over that at 100,000',
    measured: large.taken.settled / taken.settled / 10,
    unit: '×',
    asked: 1.3,
  });
}
