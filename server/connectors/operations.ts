import { z } from 'zod';
import { recordAudit } from '../identity/audit.ts';
import { getMember } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { addSource, listOwnBooks } from '../sources/queries.ts';
import { type Access, type AnyConnector, troubleOf } from './connector.ts';
import * as contracts from './contract.ts';
import { findGiven, type Granted, isSameAccount, keepGranted } from './oauth/authorising.ts';
import { clientsOf } from './oauth/clients.ts';
import { oauthOperations } from './oauth/operations.ts';
import { isConnected, listClients, spendAuthorisation } from './oauth/queries.ts';
import * as queries from './queries.ts';
import { goOn, outside, wake } from './syncing.ts';

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
    deals: describeDeals(row),
    state,
    problem: row.problem === null ? null : contracts.problemCode.parse(row.problem),
    running: row.wanted_at !== null && state !== 'paused',
    cards: row.cards ?? 0,
    syncedAt: row.synced_at?.toISOString() ?? null,
    nextAt: state === 'ok' || state === 'retrying' ? row.next_at.toISOString() : null,
    createdAt: row.created_at.toISOString(),
  };
}

function describeDeals({ workspace_id, member_id, deals_audience: audience, deals_currency }: queries.ShownRow) {
  if (audience === null) return null;
  const currency = deals_currency!;
  if (audience === member_id) return { visibility: { kind: 'owner' as const }, currency };
  if (audience === workspace_id) return { visibility: { kind: 'workspace' as const }, currency };
  return { visibility: { kind: 'team' as const, teamId: audience }, currency };
}

/** Whom deals are read for, as columns. @throws AppError invalid_input for a team that is not the caller's, or no currency */
async function toDealColumns({ tx, actor }: Context, wanted: contracts.Connection['deals']) {
  if (wanted === null) return {};
  const { visibility, currency } = wanted;
  if (!Intl.supportedValuesOf('currency').includes(currency))
    throw new AppError('invalid_input', { fields: { currency: 'unknown' } });
  if (visibility.kind === 'team' && !(await queries.isOfTeam(tx, actor, visibility.teamId)))
    throw new AppError('invalid_input', { fields: { teamId: 'unknown' } });
  const others = visibility.kind === 'team' ? visibility.teamId : actor.workspaceId;
  return { deals_audience: visibility.kind === 'owner' ? actor.memberId : others, deals_currency: currency };
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

interface Account {
  connector: AnyConnector;
  settings: unknown;
  secret: unknown;
  /** What opened it, where that was its service's page. */
  authorisationId?: string;
}

/** What was entered, as its connector reads it. @throws AppError invalid_input, also for a kind that is not offered */
async function readEntered(
  connectors: readonly AnyConnector[],
  context: OutsideContext,
  entered: Entered,
): Promise<Account> {
  const connector = (await context.asCaller((inside) => offered(connectors, inside))).find(
    ({ kind }) => kind === entered.kind,
  );
  if (!connector) throw new AppError('invalid_input', { fields: { kind: 'unknown' } });
  if (connector.opening)
    return { connector, ...(await findGiven(context.app, context.actor, entered.kind, entered.secret)) };
  // Both at once, so that all that is wrong is told together.
  const { settings, secret } = z.object({ settings: connector.settings, secret: connector.secret }).parse(entered);
  return { connector, settings, secret };
}

/** The kinds that the caller can connect: of those that a service opens, where the company is known to it. */
async function offered(
  connectors: readonly AnyConnector[],
  { app, tx, actor, role }: Context,
): Promise<AnyConnector[]> {
  const known = new Set((await listClients(tx, actor.workspaceId)).map(({ provider }) => provider));
  return connectors.filter(
    (one) =>
      (one.isAvailable?.(app.config) ?? true) &&
      (!one.ofCompany || role === 'admin') &&
      (!one.opening || known.has(one.opening.provider)),
  );
}

/** Asks the service what there is. @throws AppError connection_failed with the code of what it would not do */
async function explore(connector: AnyConnector, access: Access, withDeals: boolean): Promise<contracts.Place[]> {
  try {
    const places = await connector.connect(access);
    if (withDeals) await connector.deals?.try(access);
    return places;
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
  { connector, settings, secret, authorisationId }: Account,
  withDeals = false,
): Promise<{ places: contracts.Place[]; secret: unknown }> {
  const member = await asCaller(({ tx }) => getMember(tx, actor));
  const gone = new AbortController();
  request.raw.once('close', () => gone.abort());
  let latest = secret;
  const keepSecret = async (next: unknown) => {
    latest = next;
    if (authorisationId !== undefined)
      await keepGranted(app, actor, authorisationId, { settings, secret: next } as Granted);
  };
  const entered = { settings, secret, country: member!.country };
  const findClient = clientsOf(app, actor.workspaceId);
  const access: Access = { ...entered, signal: gone.signal, keepSecret, findClient, ...outside(app) };
  return { places: await explore(connector, access, withDeals), secret: latest };
}

/** One connection is made of what a service gave, and of each account one. @throws AppError connection_failed */
async function spendGranted(
  { tx, actor }: Context,
  { connector, settings, authorisationId }: Account,
  place: contracts.Place,
) {
  const { accountId } = settings as Granted['settings'];
  if (await isConnected(tx, actor, { kind: connector.kind, place: place.id, accountId }))
    throw new AppError('connection_failed', { fields: { problem: 'already_connected' } });
  if (!(await spendAuthorisation(tx, actor, authorisationId!)))
    throw new AppError('connection_failed', { fields: { problem: 'authorisation_ended' } });
}

export const connectorsOperations = (connectors: readonly AnyConnector[]): Operation[] => [
  implement(contracts.listKinds, async (_input, context) => ({
    items: (await offered(connectors, context)).map(({ kind, writing, deals, ofCompany = false, opening }) => ({
      kind,
      writes: writing !== undefined,
      ofCompany,
      deals: deals !== undefined,
      opens: opening?.provider ?? null,
    })),
  })),

  implementOutside(contracts.listPlaces, async (input, context) => {
    const entered = await readEntered(connectors, context, input);
    return { items: (await tryAccount(context, entered)).places };
  }),

  implementOutside(contracts.addConnection, async (input, context) => {
    await context.asCaller((inside) => checkBook(inside, input.bookId));
    const entered = await readEntered(connectors, context, input);
    const { connector, settings } = entered;
    if (input.deals && !connector.deals) throw new AppError('invalid_input', { fields: { deals: 'unknown' } });
    const tried = await tryAccount(context, entered, input.deals !== null);
    const place = tried.places.find(({ id }) => id === input.place);
    if (!place) throw new AppError('invalid_input', { fields: { place: 'unknown' } });
    if (input.twoWay && !(connector.writing && place.writable))
      throw new AppError('invalid_input', { fields: { twoWay: 'read_only' } });
    return context.asCaller(async (inside) => {
      const { app, tx, actor } = inside;
      await checkBook(inside, input.bookId);
      const dealColumns = await toDealColumns(inside, input.deals);
      // Two accounts would write each other's contacts to and fro.
      if (
        input.twoWay &&
        (await queries.listConnections(tx, actor)).some((one) => one.two_way && one.book_id === input.bookId)
      )
        throw new AppError('invalid_input', { fields: { twoWay: 'taken' } });
      if (entered.authorisationId !== undefined) await spendGranted(inside, entered, place);
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
        ...dealColumns,
        wanted_at: new Date(),
      });
      if (connector.ofCompany) await recordAudit(tx, actor, 'connection.made', connectionId, { kind: connector.kind });
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
    const { kind, settings, deals } = await context.asCaller((inside) => getShown(inside, connectionId));
    const entered = await readEntered(connectors, context, { kind, settings, secret: input.secret });
    if (entered.connector.opening && !isSameAccount(settings, entered.settings as Granted['settings']))
      throw new AppError('connection_failed', { fields: { problem: 'other_account' } });
    const { secret } = await tryAccount(context, entered, deals !== null);
    const sealed = context.app.secrets.encrypt(JSON.stringify(secret));
    return context.asCaller(async (inside) => {
      const { authorisationId } = entered;
      if (authorisationId !== undefined) await spendAuthorisation(inside.tx, inside.actor, authorisationId);
      if (!(await goOn(inside, connectionId, { secret: sealed }))) throw notFound();
      if (entered.connector.ofCompany)
        await recordAudit(inside.tx, inside.actor, 'connection.renewed', connectionId, { kind });
      return getShown(inside, connectionId);
    });
  }),

  implement(contracts.syncConnection, async ({ connectionId, removals }, context) => {
    if (!(await goOn(context, connectionId, {}, removals))) throw notFound();
    return getShown(context, connectionId);
  }),

  implement(contracts.pauseConnection, async ({ connectionId }, context) => {
    const { tx, actor } = context;
    if (!(await queries.setConnection(tx, actor, connectionId, { state: 'paused', problem: null }))) throw notFound();
    return getShown(context, connectionId);
  }),

  implement(contracts.endConnection, async ({ connectionId, cards }, context) => {
    const { app, tx, actor } = context;
    const { kind } = await getShown(context, connectionId);
    if (connectors.some((one) => one.kind === kind && one.ofCompany))
      await recordAudit(tx, actor, 'connection.ended', connectionId, { kind });
    if (!(await queries.setConnection(tx, actor, connectionId, { state: 'ending' }))) throw notFound();
    const { workspaceId } = actor;
    const job = { workspaceId, task: 'connectors.end', payload: { connectionId, cards } };
    // After what is under way, which ends with its batch.
    await app.enqueue(tx, { ...job, queue: `connection ${connectionId}` });
    return {};
  }),

  ...oauthOperations(connectors),
];
