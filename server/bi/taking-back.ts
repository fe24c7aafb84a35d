import { followGrants } from '../delegation/copies.ts';
import { followKinds } from '../facts/index.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { enqueue } from '../kernel/jobs.ts';
import { followSegments } from '../segments/index.ts';
import { dropLogin } from './logins.ts';
import * as queries from './queries.ts';
import { dropRows, dropWhere } from './tables.ts';

/** Takes out of the tables what was made through more than is open now. What is left of a person comes back with the next fill. */
async function takeBack(
  tx: Tx,
  workspaceId: string,
  open: Awaited<ReturnType<typeof queries.findOpenOfBook>>,
): Promise<void> {
  if (open.length === 0) return;
  const accesses = new Map(open.map(({ access_id, short }) => [access_id, short]));
  // First of all: whoever fills one waits for this, or has written what is taken back below.
  await queries.outdate(tx, workspaceId, [...accesses.keys()].sort());
  for (const one of open) {
    const lost = await queries.takeBack(tx, workspaceId, one);
    if (lost.length > 0) await dropRows(tx, one.short, lost);
  }
  for (const accessId of accesses.keys()) await enqueueFill(tx, workspaceId, accessId);
}

/** A little later, so that several changes in a row are one fill. */
const pause = 1;

export function enqueueFill(tx: Tx, workspaceId: string, accessId: string, delaySeconds = pause): Promise<string> {
  const queue = `bi ${accessId}`;
  return enqueue(tx, { workspaceId, task: 'bi.fill', payload: { accessId }, queue, delaySeconds });
}

// A grant that is withdrawn or narrowed: in the same transaction, so that the next query of a BI program sees nothing of it.
followGrants(async (tx, workspaceId, bookId) =>
  takeBack(tx, workspaceId, await queries.findOpenOfBook(tx, workspaceId, bookId)),
);

// A kind of fact that is open to the grantee no longer, a segment that they see no longer: so, too.
followKinds(async (tx, workspaceId, kindId) => {
  const closed = await queries.findClosedKind(tx, workspaceId, kindId);
  await queries.outdate(tx, workspaceId, closed.map(({ access_id }) => access_id).sort());
  for (const { short, key } of closed) await dropWhere(tx, short, 'facts', key);
});
followSegments(async (tx, workspaceId, segmentId) => {
  const closed = await queries.findClosedSegment(tx, workspaceId, segmentId);
  await queries.outdate(tx, workspaceId, closed.map(({ access_id }) => access_id).sort());
  for (const { short } of closed) await dropWhere(tx, short, 'segments', segmentId);
});

/** The same after what no grant's change tells of: a date has come, somebody is no longer in a team. */
export async function recheck(app: App, workspaceId: string, accessId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    const open = await queries.findOpenOfAccess(tx, workspaceId, accessId);
    const access = await queries.findAccess(tx, workspaceId, accessId);
    if (!access || (await queries.readMadeOf(tx, workspaceId, accessId)) === access.made_of) return;
    await takeBack(tx, workspaceId, open);
    if (open.length === 0) await enqueueFill(tx, workspaceId, accessId);
  });
}

/** Ends those that somebody made who leaves. */
export async function endAccessesOf(app: App, workspaceId: string, accountId: string): Promise<void> {
  const made = await app.db.asSystem('keeper', (tx) => queries.listMadeBy(tx, workspaceId, accountId));
  for (const { access_id, short } of made) await endOne(app, workspaceId, access_id, short);
}

/** Ends an access: first for whoever fills it, then the schema and the login. Done again after a crash it finds nothing more to do. */
export async function endOne(app: App, workspaceId: string, accessId: string, short: string): Promise<void> {
  await app.db.asSystem('keeper', (tx) => queries.markEnded(tx, workspaceId, accessId));
  await app.db.asOwner((tx) => dropLogin(tx, short));
}
