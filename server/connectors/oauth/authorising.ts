import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../kernel/app.ts';
import type { Actor } from '../../kernel/database.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { apiPrefix, authorise, type Context } from '../../kernel/http.ts';
import { newId, newToken } from '../../kernel/ids.ts';
import { type AnyConnector, troubleOf } from '../connector.ts';
import { type RefusedCode, returnPath } from '../contract.ts';
import { listConnections } from '../queries.ts';
import { goOn, outside } from '../syncing.ts';
import { clientsOf } from './clients.ts';
import * as queries from './queries.ts';
import { type Account, account, addressOfPage, exchange, newVerifier, redirectOf, tokens } from './tokens.ts';

const cookieName = 'entregent_connection';

function cookieOf(value: string, seconds: number, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  // Lax: the browser comes back from another site, by a link.
  return `${cookieName}=${value}; Path=${apiPrefix}${returnPath}; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
}

const readCookie = (header: string | undefined): string =>
  new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(header ?? '')?.[1] ?? '';

/** What a service gave: whose account it is, and what opens it. */
const granted = z.object({ settings: account, secret: tokens });
export type Granted = z.output<typeof granted>;

/** Sends a member's browser to a service; only it can come back, once. @throws AppError not_found */
export async function begin(
  { app, tx, actor, reply }: Context,
  { kind, opening }: AnyConnector,
  connectionId: string | null,
): Promise<string> {
  const row = (await queries.listClients(tx, actor.workspaceId)).find((one) => one.provider === opening?.provider);
  if (!row || !opening) throw notFound();
  const [before] = connectionId === null ? [] : await listConnections(tx, actor, connectionId);
  if (connectionId !== null && before?.kind !== kind) throw notFound();
  const { publicUrl } = app.config;
  const [authorisationId, browser, verifier] = [newId(), newToken(), newVerifier()];
  const known = { clientId: row.client_id, tenant: row.tenant };
  const expected = { redirect: redirectOf(publicUrl, returnPath), state: authorisationId, verifier };
  const hint = account.safeParse(before?.settings).data?.account;
  const way = { ...outside(app), signal: AbortSignal.timeout(1000) };
  const url = await addressOfPage(way, opening, known, expected, hint);
  const sealed = app.secrets.encrypt(JSON.stringify(expected));
  await queries.addAuthorisation(tx, actor, { authorisationId, kind, connectionId, browser, sealed });
  reply.header('set-cookie', cookieOf(browser, 600, publicUrl));
  return url;
}

/** A browser came back, and brought no account. */
class Refused extends Error {
  readonly code: RefusedCode;
  readonly connectionId: string | null;
  constructor(code: RefusedCode, connectionId: string | null = null) {
    super(code);
    this.code = code;
    this.connectionId = connectionId;
  }
}

const page = (connectionId: string | null, said: Record<string, string>): string =>
  `/settings/connections${connectionId === null ? '' : `/${connectionId}`}?${new URLSearchParams(said)}`;

/** The browser is back. @returns where it goes: to a page that says what came of it, without the code in its address */
export async function comeBack(
  app: App,
  connectors: readonly AnyConnector[],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  reply.header('set-cookie', cookieOf('', 0, app.config.publicUrl));
  try {
    return await finish(app, connectors, request);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return page(error.connectionId, { refused: error.code });
  }
}

/** @throws Refused */
async function finish(app: App, connectors: readonly AnyConnector[], request: FastifyRequest): Promise<string> {
  const asked = { access: 'member', scope: 'imports:write', method: 'GET' } as const;
  const caller = await authorise(app, request, asked).catch((error) => {
    throw error instanceof AppError ? new Refused('expired') : error;
  });
  const { actor } = caller;
  const query = z.object({ state: z.uuid(), error: z.string().optional() }).safeParse(request.query).data;
  const browser = readCookie(request.headers.cookie);
  const taken =
    query &&
    caller.cookie &&
    (await app.db.asSystem('keeper', (tx) => queries.takeAuthorisation(tx, actor, query.state, browser)));
  if (!taken) throw new Refused('expired');
  const { kind, connection_id: connectionId } = taken;
  if (query.error) throw new Refused(query.error === 'access_denied' ? 'denied' : 'failed', connectionId);
  const connector = connectors.find((one) => one.kind === kind)!;
  const { search } = new URL(request.url, app.config.publicUrl);
  const expected = z.object({ redirect: z.string(), state: z.string(), verifier: z.string() });
  const sent = expected.parse(JSON.parse(app.secrets.decrypt(taken.sealed)));
  const given = await open(app, actor.workspaceId, connector, search.slice(1), sent).catch((error) => {
    throw toRefused(error, connectionId);
  });
  if (connectionId !== null) return renew(app, actor, connectionId, given);
  await keepGranted(app, actor, query.state, given);
  return page(null, { kind, authorised: query.state });
}

/** Exchanges the code, and asks whose account it is. @throws Trouble | Unreached */
async function open(
  app: App,
  workspaceId: string,
  { opening }: AnyConnector,
  query: string,
  expected: Parameters<typeof exchange>[4],
): Promise<Granted> {
  const way = { ...outside(app), findClient: clientsOf(app, workspaceId), signal: AbortSignal.timeout(60_000) };
  const known = await way.findClient(opening!.provider);
  if (!known) throw new Refused('client_refused');
  const secret = await exchange(way, opening!, known, query, expected);
  const access = { ...way, secret, settings: { account: '', accountId: '' }, country: '', keepSecret: async () => {} };
  const { id: accountId, name } = await opening!.whose(access);
  return { settings: { account: name, accountId }, secret: access.secret };
}

function toRefused(error: unknown, connectionId: string | null): unknown {
  if (error instanceof Refused) return new Refused(error.code, connectionId);
  const code = troubleOf(error)?.code;
  if (code === undefined) return error;
  if (code === 'client_refused') return new Refused(code, connectionId);
  return new Refused(code === 'forbidden' ? 'not_allowed' : 'failed', connectionId);
}

/** Opens a connection again, if it is of this account. @throws Refused */
async function renew(app: App, actor: Actor, connectionId: string, { settings, secret }: Granted): Promise<string> {
  await app.db.asActor(actor, async (tx) => {
    const [row] = await listConnections(tx, actor, connectionId);
    if (!row) throw new Refused('expired');
    if (!isSameAccount(row.settings, settings)) throw new Refused('other_account', connectionId);
    await goOn({ app, tx, actor }, connectionId, { secret: app.secrets.encrypt(JSON.stringify(secret)) });
  });
  return page(connectionId, { renewed: 'yes' });
}

export const isSameAccount = (before: unknown, now: Account): boolean =>
  account.safeParse(before).data?.accountId === now.accountId;

export const keepGranted = (app: App, actor: Actor, authorisationId: string, given: Granted): Promise<void> =>
  app.db.asSystem('keeper', (tx) =>
    queries.grantAuthorisation(tx, actor, authorisationId, app.secrets.encrypt(JSON.stringify(given))),
  );

const reference = z.object({ authorisation: z.uuid() });

/** What a member's authorisation brought, as `{ authorisation: id }` names it. @throws AppError connection_failed where it is over */
export async function findGiven(
  app: App,
  actor: Actor,
  kind: string,
  named: unknown,
): Promise<Granted & { authorisationId: string }> {
  const id = reference.safeParse(named).data?.authorisation;
  const sealed = id && (await app.db.asSystem('keeper', (tx) => queries.findGranted(tx, actor, kind, id)));
  if (!sealed) throw new AppError('connection_failed', { fields: { problem: 'authorisation_ended' } });
  return { ...granted.parse(JSON.parse(app.secrets.decrypt(sealed))), authorisationId: id };
}
