import type { App } from '../kernel/app.ts';
import type { Role, Scope } from '../kernel/contract.ts';
import type { Database } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Caller } from '../kernel/http.ts';
import { type Accounts, headersOf, keyPrefix } from './accounts.ts';
import { findStandingApp } from './apps.ts';
import { accessTokenPrefix, type Resource } from './oauth.ts';
import { findMemberships, type Membership } from './queries.ts';
import { openedBy, pickMembership, toWorkspace } from './workspaces.ts';

/**
 * Finds out who sent a request: an API key or an app's token in `Authorization: Bearer`, else the session cookie; and in which
 * of their workspaces: a key or token opens its own, a session the one chosen in it.
 * @throws AppError invalid_api_key or invalid_token for one that opens nothing; workspace_changed when the page that asks shows another
 *   workspace than the session's, as a second tab may
 */
export function makeIdentify(accounts: Accounts, db: Database): App['identify'] {
  const memberships = (accountId: string) => db.asSystem('identity', (tx) => findMemberships(tx, accountId));

  async function ofKey(bearer: string): Promise<Caller> {
    const key = bearer.startsWith(keyPrefix) ? await accounts.ofKey(bearer) : null;
    const own = key ? await memberships(key.accountId) : [];
    const membership = key?.workspaceId ? own.find((one) => one.workspace_id === key.workspaceId) : own[0];
    if (!key || !membership) throw new AppError('invalid_api_key');
    const shown = { id: key.id, endsAt: key.endsAt };
    if (key.appId === null)
      return { ...toCaller(membership, [membership]), cookie: false, scopes: key.scopes, key: shown };
    const app = await findApp(membership.workspace_id, key.appId);
    return { ...asApp(app, key.scopes, 'invalid_api_key'), key: shown };
  }

  const findApp = (workspaceId: string, appId: string) =>
    db.asSystem('identity', (tx) => findStandingApp(tx, workspaceId, appId));

  async function ofToken(bearer: string, resource: Resource): Promise<Caller> {
    const token = await accounts.oauth.ofToken(bearer, resource);
    const app = token ? await findApp(token.workspaceId, token.appId) : undefined;
    return asApp(app, token?.scopes.filter((scope) => app?.scopes.includes(scope)) ?? [], 'invalid_token');
  }

  return async (request, resource = 'api') => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Assistants come with a token that was made for them, and with nothing else.
    if (resource !== 'api') return bearer ? ofToken(bearer, resource) : null;
    if (bearer) return bearer.startsWith(accessTokenPrefix) ? ofToken(bearer, resource) : ofKey(bearer);
    const session = request.headers.cookie ? await accounts.ofSession(headersOf(request)) : null;
    const own = session ? openedBy(session.boundTo, await memberships(session.accountId)) : [];
    const membership = pickMembership(own, session?.workspaceId);
    if (!membership) return null;
    const shown = request.headers['x-entregent-workspace'];
    if (shown !== undefined && shown !== membership.workspace_id) throw new AppError('workspace_changed');
    return { ...toCaller(membership, own), cookie: true };
  };
}

/** An app acts with nothing of its member's: no role, no other workspace. @throws AppError `otherwise` where there is none */
function asApp(
  app: Awaited<ReturnType<typeof findStandingApp>>,
  scopes: readonly Scope[],
  otherwise: 'invalid_api_key' | 'invalid_token',
): Caller {
  if (!app) throw new AppError(otherwise);
  return {
    actor: { workspaceId: app.workspace_id, memberId: app.app_id, app: true },
    behalf: { memberId: app.member_id, role: app.role as Role },
    role: 'member',
    charterDue: app.charter_due,
    workspaces: [{ id: app.workspace_id, name: app.workspace }],
    cookie: false,
    scopes,
  };
}

function toCaller(membership: Membership, own: readonly Membership[]): Omit<Caller, 'cookie'> {
  return {
    actor: { workspaceId: membership.workspace_id, memberId: membership.member_id },
    role: membership.role as Role,
    charterDue: membership.charter_due,
    workspaces: own.map(toWorkspace),
  };
}
