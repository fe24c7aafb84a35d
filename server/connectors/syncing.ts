import type pg from 'pg';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { NoConnection } from '../kernel/database.ts';
import { openGuarded } from '../kernel/guarded.ts';
import { type Bringing, noReport } from '../sources/state.ts';
import { type Access, type AnyConnector, type Batch, Trouble, troubleOf } from './connector.ts';
import { hasWaiting, keepDeals, listDeals } from './deals.ts';
import { mergeTwoWay } from './merging.ts';
import { clientsOf } from './oauth/clients.ts';
import { takeContacts } from './pulling.ts';
import { push } from './pushing.ts';
import type { ConnectionRow, RunOf } from './queries.ts';
import * as queries from './queries.ts';
import { afterFailure, afterSuccess } from './rules.ts';

/**
 * Wakes the job of a connection, in the transaction that says that a synchronisation is wanted. One runs after the other.
 * @param removals many contacts may be taken away at the service
 */
export async function wake(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  removals = false,
): Promise<void> {
  const job = { workspaceId, task: 'connectors.sync', payload: { connectionId, removals } };
  await app.enqueue(tx, { ...job, queue: `connection ${connectionId}` });
}

/** Says that a synchronisation is wanted now, as the keeper: for what hears of changes at the service by itself. */
export async function want(app: App, workspaceId: string, connectionId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    if (await queries.setWanted(tx, workspaceId, connectionId)) await wake(app, tx, workspaceId, connectionId);
  });
}

/** What a connector works with, of a connection that is kept. Its settings are as they were checked when they were entered. */
export function openAccess(app: App, row: ConnectionRow, signal: AbortSignal): Access {
  const { settings, country } = row;
  const secret: unknown = JSON.parse(app.secrets.decrypt(row.secret));
  let sealed = row.secret;
  // One that its member has entered meanwhile is newer.
  const keepSecret = async (next: unknown) => {
    const fresh = app.secrets.encrypt(JSON.stringify(next));
    const of = { workspaceId: row.workspace_id, connectionId: row.connection_id, before: sealed };
    if (await app.db.asSystem('keeper', (tx) => queries.keepSecret(tx, of, fresh))) sealed = fresh;
  };
  return {
    settings,
    secret,
    country,
    signal,
    keepSecret,
    ...outside(app),
    findClient: clientsOf(app, row.workspace_id),
  };
}

/** The way out, as the operator has set it. */
export const outside = ({ config }: Pick<App, 'config'>) => ({ config, guarded: openGuarded(config.privateNetworks) });

/** Has a connection synchronise now, whatever held it back. @returns false where it is not there (any more) */
export async function goOn(
  { app, tx, actor }: { app: Pick<App, 'enqueue'>; tx: Tx; actor: Actor },
  connectionId: string,
  values: { secret?: Buffer } = {},
  removals = false,
): Promise<boolean> {
  const fresh = { state: 'ok', problem: null, failures: 0, wanted_at: new Date(), ...values };
  if (!(await queries.setConnection(tx, actor, connectionId, fresh))) return false;
  await wake(app, tx, actor.workspaceId, connectionId, removals);
  return true;
}

/** A synchronisation under way. */
export interface Sync {
  app: App;
  connector: AnyConnector;
  row: ConnectionRow;
  of: RunOf;
  access: Access;
  /** What it has come to so far, for the log. */
  counts: Record<string, number>;
}

/** It was paused or ended meanwhile. */
class Stopped extends Error {}

/**
 * Synchronises a connection for which that is wanted. What a batch brings is written with the cursor in one transaction, so that a crash
 * neither loses nor doubles; after it the job runs again and goes on from there. What the service would not do is the connection's health, and
 * no failure of the job.
 */
export async function synchronise(
  app: App,
  connectors: readonly AnyConnector[],
  { workspaceId, connectionId, removals }: { workspaceId: string; connectionId: string; removals: boolean },
  signal: AbortSignal,
): Promise<void> {
  const sync = await app.db.asSystem('keeper', (tx) => begin(app, connectors, tx, workspaceId, connectionId, signal));
  if (!sync) return;
  const { row, of, counts, connector } = sync;
  const random = Math.random();
  const settle = (outcome: string, health: Parameters<typeof queries.settleHealth>[3]) =>
    app.db.asSystem('keeper', async (tx) => {
      await queries.endRun(tx, of, outcome, counts);
      await queries.settleHealth(tx, of, row.wanted!, health);
    });
  try {
    await exchange(sync, removals);
    await settle('ok', afterSuccess(connector.every, new Date(), random));
  } catch (error) {
    // A process that ends, or a database that is away, says nothing of the service: the job runs again.
    if (signal.aborted || error instanceof NoConnection) throw error;
    if (error instanceof Stopped) return settle('interrupted', null);
    const trouble = troubleOf(error) ?? new Trouble('internal');
    if (trouble.code === 'internal') app.log.error('synchronisation failed', { connectionId, error });
    await settle(trouble.code, afterFailure(trouble.code, row.failures, new Date(), random, trouble.afterSeconds));
  }
}

/** @returns null where nothing is wanted, or its member is not there to have it */
async function begin(
  app: App,
  connectors: readonly AnyConnector[],
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  signal: AbortSignal,
): Promise<Sync | null> {
  const row = await queries.lockConnection(tx, workspaceId, connectionId);
  const connector = connectors.find(({ kind }) => kind === row?.kind);
  if (!row || !connector || row.wanted === null || !goesOn(row)) return null;
  // A suspended member's accounts wait for their return.
  if (!row.active) {
    await queries.settleHealth(tx, { workspaceId, connectionId }, row.wanted, null);
    return null;
  }
  const runId = await queries.beginRun(tx, row);
  const of = { workspaceId, connectionId, runId };
  return { app, connector, row, of, access: openAccess(app, row, signal), counts: {} };
}

const goesOn = ({ state }: Pick<ConnectionRow, 'state'>): boolean => state !== 'paused' && state !== 'ending';

/** Runs a step that writes, with the connection locked. @throws Stopped where it was paused or ended, Trouble where its book is gone */
export function inStep<T>(
  sync: Sync,
  work: (client: pg.PoolClient, tx: Tx, row: ConnectionRow & { bookNo: number }) => Promise<T>,
): Promise<T> {
  const { workspaceId, connectionId } = sync.of;
  return sync.app.db.withClient('keeper', async (client, tx) => {
    const row = await queries.lockConnection(tx, workspaceId, connectionId);
    if (!row || !goesOn(row)) throw new Stopped();
    const { bookNo } = row;
    if (bookNo === null) throw new Trouble('book_gone');
    return work(client, tx, { ...row, bookNo });
  });
}

/** Rounds until nothing moves any more; what a service that never says the same twice leaves over waits for the next time. */
const mostRounds = 4;

/** Reads, then writes on what was read; where something else stands there by then, reads again. */
async function exchange(sync: Sync, removals: boolean): Promise<void> {
  const { writing } = sync.connector;
  for (let round = 1; ; round++) {
    await pull(sync);
    if (!writing || !sync.row.two_way || !(await push(sync, writing, removals)) || round === mostRounds) break;
  }
  await pullDeals(sync);
}

async function pull(sync: Sync): Promise<void> {
  const { app, connector, of, access } = sync;
  const row = await app.db.asSystem('keeper', (tx) => queries.lockConnection(tx, of.workspaceId, of.connectionId));
  if (!row) throw new Stopped();
  const known = () =>
    app.db.asSystem('keeper', (tx) =>
      connector.known
        ? connector.known(tx, of.workspaceId, row.source_id)
        : queries.listStates(tx, of.workspaceId, of.connectionId),
    );
  for await (const batch of connector.pull(access, { place: row.place, cursor: row.cursor, known })) {
    access.signal.throwIfAborted();
    await inStep(sync, async (client, tx, now) => {
      await count(sync, tx, await take(sync, client, tx, now, batch));
      if (batch.cursor !== undefined) await queries.setCursor(tx, of, batch.cursor);
    });
  }
}

async function count(sync: Sync, tx: Tx, counts: Record<string, number>): Promise<void> {
  for (const [name, number] of Object.entries(counts))
    if (number > 0) sync.counts[name] = (sync.counts[name] ?? 0) + number;
  await queries.setCounts(tx, sync.of, sync.counts);
}

/**
 * Reads deals, after the contacts that have a part in them. What they say is kept with the cursor; a job makes opportunities of it as the member,
 * who need not see all that we do.
 */
async function pullDeals(sync: Sync): Promise<void> {
  const { app, access, of, row, connector } = sync;
  if (!connector.deals || row.deals_audience === null) return;
  const { workspaceId, connectionId } = of;
  const known = () => app.db.asSystem('keeper', (tx) => listDeals(tx, of));
  for await (const batch of connector.deals.pull(access, { cursor: row.deals_cursor, known })) {
    access.signal.throwIfAborted();
    await inStep(sync, async (_client, tx, now) => {
      await count(sync, tx, await keepDeals(tx, { workspaceId, connectionId, memberId: now.member_id }, batch));
      if (batch.cursor !== undefined) await queries.setDealsCursor(tx, of, batch.cursor);
      if (!(await hasWaiting(tx, of))) return;
      const job = { task: 'opportunities.takeDeals', payload: { connectionId, memberId: now.member_id } };
      await app.enqueue(tx, { workspaceId, ...job, queue: `deals ${connectionId}` });
    });
  }
}

async function take(
  { app, connector, of }: Sync,
  client: pg.PoolClient,
  tx: Tx,
  row: ConnectionRow & { bookNo: number },
  batch: Batch,
): Promise<Record<string, number>> {
  const { workspace_id: workspaceId, connection_id: connectionId, member_id: memberId } = row;
  const { source_id: sourceId, book_id: bookId, bookNo } = row;
  if (connector.take)
    return connector.take({ app, client, tx, workspaceId, connectionId, memberId, sourceId, bookId }, batch);
  const to = { workspaceId, bookId, bookNo, sourceId, sourceKind: row.kind, memberId, at: new Date() };
  // What it brings bears its id where an import's would stand: to be taken out together, and what it says of consent with it.
  const bringing: Bringing = {
    app,
    to: { ...to, importId: of.connectionId },
    report: { ...noReport },
    ...(row.two_way && { merge: mergeTwoWay }),
  };
  await takeContacts({ bringing, client, tx, connectionId }, batch);
  const { created, updated, unchanged, ended, failed, suppressed } = bringing.report;
  // Said only where there are some: most connections never meet one.
  return { created, updated, unchanged, ended, failed, ...(suppressed > 0 && { suppressed }) };
}
