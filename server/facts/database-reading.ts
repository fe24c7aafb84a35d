import { Trouble, troubleOf } from '../connectors/connector.ts';
import { afterFailure, afterSuccess } from '../connectors/rules.ts';
import type { Database, Page } from '../connectors/sql/asking.ts';
import { readFrom, toAsked } from '../connectors/sql/engines.ts';
import type { App } from '../kernel/app.ts';
import { NoConnection, type Tx } from '../kernel/database.ts';
import { openGuarded } from '../kernel/guarded.ts';
import {
  beginAt,
  digestOf,
  furthest,
  missingColumns,
  type Row,
  rowToFact,
  type Seen,
  stillSeen,
  toMark,
} from './database-rules.ts';
import * as databases from './databases.ts';
import type { DatabaseReport, DatabaseSettings } from './databases-contract.ts';
import { loadRules } from './kinds.ts';
import { record } from './recording.ts';

/** Rows of one transaction. */
const together = 500;
/** Of one reading: what is behind them is the next one's. */
const most = { rows: 1_000_000, octets: 2 ** 30 };

/** Wakes the job of a database, in the transaction that says that a reading is wanted. One runs after the other. */
export async function wake(app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string, sourceId: string): Promise<void> {
  await app.enqueue(tx, {
    workspaceId,
    task: 'facts.readDatabase',
    payload: { sourceId },
    queue: `fact source ${sourceId}`,
  });
}

export async function wakeDue(app: App): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const { workspace_id, source_id } of await databases.wakeDue(tx)) await wake(app, tx, workspace_id, source_id);
  });
}

/** What asks a database: its settings, its password, and the way out as the operator has set it. */
export const openDatabase = (
  { config }: Pick<App, 'config'>,
  { address, database, username }: DatabaseSettings,
  password: string,
  signal: AbortSignal,
): Database => ({
  settings: { address, database, username },
  secret: { password },
  guarded: openGuarded(config.privateNetworks),
  signal,
});

/** It was paused, changed or ended meanwhile. */
class Stopped extends Error {}

/**
 * Reads a database for which that is wanted. What a batch brings is kept with the cursor behind it in one transaction, so that a crash neither loses
 * nor doubles; after it the job runs again and goes on there. What the database would not do is its health, and no failure of the job.
 */
export async function readDatabase(
  app: App,
  workspaceId: string,
  sourceId: string,
  signal: AbortSignal,
): Promise<void> {
  const row = await app.db.asSystem('keeper', (tx) => databases.lockReading(tx, workspaceId, sourceId));
  if (!row) return;
  const random = Math.random();
  const settle = (health: Parameters<typeof databases.settle>[3], isMore = false) =>
    app.db.asSystem('keeper', async (tx) => {
      if ((await databases.settle(tx, workspaceId, row, health, isMore)) && isMore)
        await wake(app, tx, workspaceId, sourceId);
    });
  try {
    const isMore = await readRows(app, workspaceId, row, signal);
    await settle(afterSuccess(row.settings.every * 60, new Date(), random), isMore);
  } catch (error) {
    // A process that ends, or a database of ours that is away, says nothing of theirs: the job runs again.
    if (signal.aborted || error instanceof NoConnection) throw error;
    if (error instanceof Stopped) return;
    const trouble = troubleOf(error) ?? new Trouble('internal');
    if (trouble.code === 'internal') app.log.error('reading facts failed', { sourceId, error });
    await settle(afterFailure(trouble.code, row.failures, new Date(), random));
  }
}

/** How far a reading has come. */
interface Progress {
  mark: string | null;
  seen: Map<string, string>;
  report: DatabaseReport;
}

/** @returns whether there is more behind what one reading takes @throws Trouble | Unreached | Stopped */
async function readRows(app: App, workspaceId: string, row: databases.Reading, signal: AbortSignal): Promise<boolean> {
  const { settings, cursor } = row;
  const { engine, query, order } = settings;
  const password = app.secrets.decrypt(row.secret);
  const progress: Progress = {
    mark: cursor,
    seen: new Map(row.seen),
    report: { kept: 0, changed: 0, unchanged: 0, counted: 0, refused: 0 },
  };
  const asked = toAsked(engine, query, order, beginAt(order.type, cursor), most);
  let waiting: Row[] = [];
  let count = 0;
  let last: Page | undefined;
  const keep = async () => {
    signal.throwIfAborted();
    await keepBatch(app, workspaceId, row, progress, last!, waiting);
    waiting = [];
  };
  for await (const page of readFrom(engine, openDatabase(app, settings, password, signal), asked)) {
    if (!last && missingColumns(settings, page.headers).length > 0) throw new Trouble('bad_query');
    last = page;
    count += page.rows.length;
    waiting.push(...page.rows);
    if (waiting.length >= together) await keep();
  }
  await keep();
  if (count < most.rows) return false;
  // So many stand at one time that the next reading would meet them again and nothing else.
  if (progress.mark === cursor) throw new Trouble('too_large');
  return true;
}

/** Keeps what is new among some rows, with the cursor behind all of them. */
async function keepBatch(
  app: App,
  workspaceId: string,
  row: databases.Reading,
  progress: Progress,
  { headers, began }: Page,
  rows: readonly Row[],
): Promise<void> {
  const { settings, source_id: sourceId } = row;
  const { type, column } = settings.order;
  const place = headers.indexOf(column);
  let { mark } = progress;
  const fresh: { row: Row; digest: string; at: string | undefined }[] = [];
  const digests = new Set<string>();
  for (const one of rows) {
    const value = one[place];
    const at = value == null ? undefined : toMark(type, value);
    if (value != null && at === undefined) throw new Trouble('bad_query');
    if (at !== undefined) mark = furthest(type, mark, at, began);
    const digest = digestOf(one);
    if (progress.seen.has(digest) || digests.has(digest)) continue;
    digests.add(digest);
    fresh.push({ row: one, digest, at });
  }
  const known: Seen = [...progress.seen, ...fresh.map(({ digest, at }): Seen[number] => [digest, at ?? mark ?? ''])];
  const seen =
    mark === null
      ? []
      : stillSeen(
          type,
          known.filter(([, at]) => at !== ''),
          mark,
        );
  const report = await app.db.asSystem('keeper', async (tx) => {
    // Paused, ended or changed meanwhile: nothing of it is kept.
    const now = await databases.lockReading(tx, workspaceId, sourceId);
    if (now?.version !== row.version) throw new Stopped();
    const kinds = await loadRules(tx, workspaceId);
    const facts = fresh.map((one) => rowToFact(settings, headers, one.row, kinds));
    const { lines } = await record(app, tx, workspaceId, row, facts, { cards: new Set(), points: 'all' });
    const added = { ...progress.report };
    for (const { state } of lines) added[state]++;
    await databases.setCursor(tx, workspaceId, sourceId, { cursor: mark, seen, report: added });
    return added;
  });
  Object.assign(progress, { mark, seen: new Map(seen), report });
}
