import type { FastifyRequest } from 'fastify';
import type { Database } from '../kernel/database.ts';
import type { Caller } from '../kernel/http.ts';
import { type Accounts, keyPrefix } from './accounts.ts';
import { headersOf } from './operations.ts';
import { findMemberships } from './queries.ts';

/** Finds out who sent a request: an API key in `Authorization: Bearer`, else the session cookie. */
export function makeIdentify(accounts: Accounts, db: Database): (request: FastifyRequest) => Promise<Caller | null> {
  return async (request) => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const key = bearer?.startsWith(keyPrefix) ? await accounts.ofKey(bearer) : null;
    if (bearer && !key) return null;
    const accountId = key?.accountId ?? (request.headers.cookie ? await accounts.ofSession(headersOf(request)) : null);
    if (!accountId) return null;
    const [membership] = await db.asSystem('identity', (tx) => findMemberships(tx, accountId));
    if (!membership) return null;
    return {
      actor: { workspaceId: membership.workspace_id, memberId: membership.member_id },
      role: membership.role === 'admin' ? 'admin' : 'member',
      cookie: !key,
      ...(key ? { scopes: key.scopes } : {}),
    };
  };
}
