import { z } from 'zod';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { addSource, listOwnBooks } from '../sources/queries.ts';
import { type Access, type AnyConnector, troubleOf } from './connector.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { outside, wake } from './syncing.ts';

function describe(row: queries.ShownRow): contracts.Connection {
  const state = contracts.connectionState.parse(row.state);
  return {
    id: row.connection_id,
    kind: row.kind,
    name: row.name,
    settings: row.settings as Record<string, unknown>,
    place: { id: row.place, name: row.place_name },
    sourceId: row.source_id,
    bookId: row.book_id,
    twoWay: row.two_way,
    state,
    problem: row.problem === null ? null : contracts.problemCode.parse(row.problem),
    running: row.wanted_at !== null && state !== 'paused',
    cards: row.cards ?? 0,
    syncedAt: row.synced_at?.toISOString() ?? null,
    nextAt: state === 'ok' || state === 'retrying' ? row.next_at.toISOString() : null,
    createdAt: row.created_at.toISOString(),
  };
}

async function getShown({ tx, actor }: Context, connectionId: string): Promise<contracts.Connection> {
  const [row] = await queries.listConnections(tx, actor, connectionId);
  if (!row) throw notFound();
  return describe(row);
}

interface Entered {
  kind: string;
  settings: Record<string, unknown>;
  secret: Record<string, unknown>;
}

/** What was entered, as its connector reads it. @throws AppError invalid_input, also for a kind that is not offered */
function readEntered(connectors: readonly AnyConnector[], { app, role }: OutsideContext, entered: Entered) {
  const connector = offered(connectors, app, role).find(({ kind }) => kind === entered.kind);
  if (!connector) throw new AppError('invalid_input', { fields: { kind: 'unknown' } });
  // Both at once, so that all that is wrong is told together.
  const { settings, secret } = z.object({ settings: connector.settings, secret: connector.secret }).parse(entered);
  return { connector, settings, secret };
}

const offered = (connectors: readonly AnyConnector[], { config }: Pick<App, 'config'>, role: string): AnyConnector[] =>
  connectors.filter((one) => (one.isAvailable?.(config) ?? true) && (!one.ofCompany || role === 'admin'));

/** Asks the service what there is. @throws AppError connection_failed with the code of what it would not do */
async function explore(connector: AnyConnector, access: Access): Promise<contracts.Place[]> {
  try {
    return await connector.connect(access);
  } catch (error) {
    const trouble = troubleOf(error);
    if (!trouble) throw error;
    throw new AppError('connection_failed', { fields: { problem: trouble.code } });
  }
}

/** @throws AppError not_found where the book is not (any more) the caller's, or one that they look after */
async function checkBook({ tx, actor }: Context, bookId: string): Promise<void> {
  if (!(await listOwnBooks(tx, actor)).some(({ book_id }) => book_id === bookId)) throw notFound();
}

/** Asks an account what there is. @returns its secret as it is to be kept: the service may have replaced it meanwhile */
async function tryAccount(
  { app, actor, asCaller, request }: OutsideContext,
  connector: AnyConnector,
  settings: unknown,
  secret: unknown,
): Promise<{ places: contracts.Place[]; secret: unknown }> {
  const member = await asCaller(({ tx }) => getMember(tx, actor));
  const gone = new AbortController();
  request.raw.once('close', () => gone.abort());
  let latest = secret;
  const keepSecret = async (next: unknown) => {
    latest = next;
  };
  const entered = { settings, secret, country: member!.country };
  const access: Access = { ...entered, signal: gone.signal, keepSecret, ...outside(app) };
  return { places: await explore(connector, access), secret: latest };
}

export const connectorsOperations = (connectors: readonly AnyConnector[]): Operation[] => [
  implement(contracts.listKinds, async (_input, { app, role }) => {
    const { config } = app;
    return {
      items: offered(connectors, { config }, role).map(({ kind, writing, ofCompany = false }) => ({
        kind,
        writes: writing !== undefined,
        ofCompany,
      })),
    };
  }),

  implementOutside(contracts.listPlaces, async (input, context) => {
    const { connector, settings, secret } = readEntered(connectors, context, input);
    return { items: (await tryAccount(context, connector, settings, secret)).places };
  }),

  implementOutside(contracts.addConnection, async (input, context) => {
    await context.asCaller((inside) => checkBook(inside, input.bookId));
    const { connector, settings, secret } = readEntered(connectors, context, input);
    const tried = await tryAccount(context, connector, settings, secret);
    const place = tried.places.find(({ id }) => id === input.place);
    if (!place) throw new AppError('invalid_input', { fields: { place: 'unknown' } });
    if (input.twoWay && !(connector.writing && place.writable))
      throw new AppError('invalid_input', { fields: { twoWay: 'read_only' } });
    return context.asCaller(async (inside) => {
      const { app, tx, actor } = inside;
      await checkBook(inside, input.bookId);
      // Two accounts would write each other's contacts to and fro.
      if (
        input.twoWay &&
        (await queries.listConnections(tx, actor)).some((one) => one.two_way && one.book_id === input.bookId)
      )
        throw new AppError('invalid_input', { fields: { twoWay: 'taken' } });
      const connectionId = newId();
      await queries.addConnection(tx, {
        workspace_id: actor.workspaceId,
        connection_id: connectionId,
        member_id: actor.memberId,
        source_id: await addSource(tx, actor, input.name, connector.kind),
        book_id: input.bookId,
        kind: connector.kind,
        settings: JSON.stringify(settings),
        secret: app.secrets.encrypt(JSON.stringify(tried.secret)),
        place: place.id,
        place_name: place.name,
        two_way: input.twoWay,
        wanted_at: new Date(),
      });
      await wake(app, tx, actor.workspaceId, connectionId);
      return getShown(inside, connectionId);
    });
  }),

  implement(contracts.listConnections, async (_input, { tx, actor }) => ({
    items: (await queries.listConnections(tx, actor)).map(describe),
  })),

  implement(contracts.getConnection, async ({ connectionId }, context) => {
    const shown = await getShown(context, connectionId);
    const runs = await queries.listRuns(context.tx, context.actor, connectionId);
    return {
      ...shown,
      runs: runs.map((run) => ({
        id: run.run_id,
        startedAt: run.started_at.toISOString(),
        endedAt: run.ended_at?.toISOString() ?? null,
        outcome: run.outcome as contracts.ConnectionRun['outcome'],
        counts: run.counts as Record<string, number>,
      })),
    };
  }),

  implementOutside(contracts.renewConnection, async ({ connectionId, ...input }, context) => {
    const { kind, settings } = await context.asCaller((inside) => getShown(inside, connectionId));
    const entered = readEntered(connectors, context, { kind, settings, secret: input.secret });
    const { secret } = await tryAccount(context, entered.connector, entered.settings, entered.secret);
    const sealed = context.app.secrets.encrypt(JSON.stringify(secret));
    return context.asCaller((inside) => goOn(inside, connectionId, { secret: sealed }));
  }),

  implement(contracts.syncConnection, ({ connectionId, removals }, context) =>
    goOn(context, connectionId, {}, removals),
  ),

  implement(contracts.pauseConnection, async ({ connectionId }, context) => {
    const { tx, actor } = context;
    if (!(await queries.setConnection(tx, actor, connectionId, { state: 'paused', problem: null }))) throw notFound();
    return getShown(context, connectionId);
  }),

  implement(contracts.endConnection, async ({ connectionId, cards }, { app, tx, actor }) => {
    if (!(await queries.setConnection(tx, actor, connectionId, { state: 'ending' }))) throw notFound();
    const { workspaceId } = actor;
    const job = { workspaceId, task: 'connectors.end', payload: { connectionId, cards } };
    // After what is under way, which ends with its batch.
    await app.enqueue(tx, { ...job, queue: `connection ${connectionId}` });
    return {};
  }),
];

/** Has a connection synchronise now, whatever held it back. @throws AppError not_found */
async function goOn(
  context: Context,
  connectionId: string,
  values: { secret?: Buffer } = {},
  removals = false,
): Promise<contracts.Connection> {
  const { app, tx, actor } = context;
  const fresh = { state: 'ok', problem: null, failures: 0, wanted_at: new Date(), ...values };
  if (!(await queries.setConnection(tx, actor, connectionId, fresh))) throw notFound();
  await wake(app, tx, actor.workspaceId, connectionId, removals);
  return getShown(context, connectionId);
}
