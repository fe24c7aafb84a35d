import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId, newToken, sha256 } from '../kernel/ids.ts';

const cookieName = 'entregent_device';
/** Seconds: as long as browsers keep a cookie at most (RFC 6265bis, 5.5). */
const kept = 400 * 86_400;

/**
 * Remembers from which browser a member signs in, by a cookie of which the hash alone is kept, and tells the member when one of theirs was
 * not known. The first of all is told to nobody.
 * @returns the cookie to be set
 */
export async function noteDevice(app: App, request: FastifyRequest, actor: Actor): Promise<string> {
  const held = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];
  const token = held ?? newToken();
  await app.db.asSystem('identity', async (tx) => {
    const { isNew, others } = await keepDevice(tx, actor, sha256(token));
    if (isNew && others) await tellMember(app, tx, actor, 'signed_in');
  });
  const secure = app.config.publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${kept}${secure}`;
}

/** Tells a member what concerns their access: that it was used from elsewhere, or that what opens it is another. */
export async function tellMember(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  { workspaceId, memberId }: Actor,
  kind: 'signed_in' | 'access_changed',
): Promise<void> {
  const told = { kind, memberIds: [memberId], subjectId: memberId, actorId: null, occasion: newId() };
  await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: told });
}

/** Whether it was not known, and whether others were. Of two sign-ins at once from one new browser one says so. */
async function keepDevice(tx: Tx, { workspaceId, memberId }: Actor, tokenHash: Buffer) {
  const { rows } = await sql<{ isNew: boolean; others: boolean }>`
    with kept as (
      insert into identity.known_device as d (workspace_id, member_id, token_hash) values (${workspaceId}, ${memberId}, ${tokenHash})
      on conflict on constraint known_device_pk do update set last_at = now() returning xmax = 0 as "isNew")
    select "isNew", exists (select from identity.known_device
      where workspace_id = ${workspaceId} and member_id = ${memberId} and token_hash <> ${tokenHash}) as others from kept`.execute(
    tx,
  );
  return rows[0]!;
}

/** Those that have not been seen for longer than their cookie lives. */
export async function forgetDevices(tx: Tx): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from identity.known_device where last_at < now() - interval '400 days'`.execute(tx);
}
