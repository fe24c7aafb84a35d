import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Erasure, erase } from './erasing.ts';
import * as queries from './queries.ts';

// What was erased, kept beside the database: a backup from before knows nothing of it.

const line = z.object({
  workspaceId: z.uuid(),
  erasureId: z.uuid(),
  requestId: z.uuid().nullable(),
  cardIds: z.array(z.uuid()),
  pointIds: z.array(z.uuid()),
  suppressed: z.array(z.object({ id: z.uuid(), channel: z.enum(['email', 'phone', 'source']) })),
  at: z.iso.datetime({ offset: true }),
});
type Line = z.output<typeof line>;

/** Ids and keyed hashes, a line an erasure; to be kept with the backups. */
const keptFile = (dataDir: string): string => join(dataDir, 'erasures.jsonl');

/** @throws Error at a line that is none: the product does not start before somebody has looked */
export function readKept(dataDir: string): Line[] {
  const file = keptFile(dataDir);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // A crash leaves half a line at the end, whose erasure is written again by its job.
  const whole = lines.slice(0, -1);
  return whole.filter((text) => text !== '').map((text) => line.parse(JSON.parse(text)));
}

/** Adds what is not there yet. Idempotent. */
function keep(dataDir: string, erasures: readonly Line[]): void {
  const known = new Set(readKept(dataDir).map(({ erasureId }) => erasureId));
  const fresh = erasures.filter(({ erasureId }) => !known.has(erasureId));
  if (fresh.length === 0) return;
  const file = keptFile(dataDir);
  mkdirSync(dirname(file), { recursive: true });
  const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  // Half a line would stand in the middle as one that is none, and nobody could read the file any more.
  const whole = text.lastIndexOf('\n') + 1;
  if (whole < text.length) truncateSync(file, whole);
  appendFileSync(file, `${fresh.map((one) => JSON.stringify(one)).join('\n')}\n`, { mode: 0o600, flush: true });
}

/** Before a database is replaced by a backup: what it knows to be erased is kept beside it. A database without such a table knows nothing. */
export async function carryOver(url: string, dataDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    keep(dataDir, (await queries.listErasuresOf(client)).map(toLine));
  } finally {
    await client.end();
  }
}

const toLine = (row: queries.ErasureRow): Line => ({
  workspaceId: row.workspace_id,
  erasureId: row.erasure_id,
  requestId: row.request_id,
  cardIds: row.card_ids,
  pointIds: row.contact_point_ids,
  suppressed: line.shape.suppressed.parse(row.suppressed),
  at: row.at.toISOString(),
});

export async function keepErasure(app: App, workspaceId: string, erasureId: string): Promise<void> {
  const row = await app.db.asSystem('keeper', (tx) => queries.findErasure(tx, workspaceId, erasureId));
  if (row) keep(app.config.dataDir, [toLine(row)]);
}

/**
 * Erases again what the database does not know to be erased, each in a transaction: it was made from a backup of before. To be called before anybody is
 * answered. @returns how many
 */
export async function eraseAgain(app: App): Promise<number> {
  let count = 0;
  for (const { at: _at, ...one } of readKept(app.config.dataDir)) {
    const done = await app.db.withClient('keeper', async (client, tx) => {
      if (!(await queries.knowsWorkspace(tx, one.workspaceId))) return false;
      if (await queries.findErasure(tx, one.workspaceId, one.erasureId)) return false;
      await erase(app, client, tx, one satisfies Erasure);
      return true;
    });
    if (done) count++;
  }
  return count;
}
