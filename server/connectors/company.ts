import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';

/** A connection of the company, and who can look after it in place of its member. */
interface Stranded {
  workspace_id: string;
  connection_id: string;
  source_id: string;
  member_id: string;
  kind: string;
  next_id: string;
  /** Of theirs, or of the workspace's. */
  book_id: string;
}

/**
 * Connections of these kinds whose member holds or looks after the book as an active member no more, or as an admin, with whoever does, admins
 * first. Of all workspaces; as the keeper.
 */
export async function listStranded(tx: Tx, kinds: readonly string[]): Promise<Stranded[]> {
  // No workspace: members leave all of them.
  const { rows } = await sql<Stranded>`
    with held as (
      select b.workspace_id, b.book_id, b.holder_id as member_id from delegation.book b where b.holder_id is not null
      union all select s.workspace_id, s.book_id, s.member_id from delegation.steward s)
    select distinct on (c.workspace_id, c.connection_id) c.workspace_id, c.connection_id, c.source_id, c.member_id, c.kind, c.book_id,
      n.member_id as next_id
    from connectors.connection c
    join identity.member m on m.workspace_id = c.workspace_id and m.member_id = c.member_id
    join held h on h.workspace_id = c.workspace_id and h.book_id = c.book_id and h.member_id <> c.member_id
    join identity.member n on n.workspace_id = c.workspace_id and n.member_id = h.member_id and n.status = 'active'
    left join held o on o.workspace_id = c.workspace_id and o.book_id = c.book_id and o.member_id = c.member_id
    where c.kind = any(${kinds}) and c.state <> 'ending'
      and (m.status <> 'active' or o.member_id is null or m.role <> 'admin' and n.role = 'admin')
    order by c.workspace_id, c.connection_id, n.role = 'admin' desc, n.member_id`.execute(tx);
  return rows;
}

/** Those of kinds to which their book means nothing, whose member is no active admin any more, with the admin who joined first, and their main book. */
export async function listStrandedBookless(tx: Tx, kinds: readonly string[]): Promise<Stranded[]> {
  // No workspace: members leave all of them.
  const { rows } = await sql<Stranded>`
    select distinct on (c.workspace_id, c.connection_id) c.workspace_id, c.connection_id, c.source_id, c.member_id, c.kind, b.book_id,
      n.member_id as next_id
    from connectors.connection c
    join identity.member m on m.workspace_id = c.workspace_id and m.member_id = c.member_id
    join identity.member n on n.workspace_id = c.workspace_id and n.status = 'active' and n.role = 'admin'
    join delegation.book b on b.workspace_id = c.workspace_id and b.holder_id = n.member_id and b.main
    where c.kind = any(${kinds}) and c.state <> 'ending' and (m.status <> 'active' or m.role <> 'admin')
    order by c.workspace_id, c.connection_id, n.member_id`.execute(tx);
  return rows;
}

/** Gives a connection to who can look after it. @returns false where it is somebody else's by now */
export async function setMember(tx: Tx, of: Stranded): Promise<boolean> {
  const { workspace_id, connection_id, member_id, next_id, book_id } = of;
  const done = await sql`update connectors.connection set member_id = ${next_id}, book_id = ${book_id},
      state = case when problem = 'book_gone' then 'retrying' else state end,
      next_at = case when problem = 'book_gone' then now() else next_at end
    where workspace_id = ${workspace_id} and connection_id = ${connection_id} and member_id = ${member_id} and state <> 'ending'`.execute(
    tx,
  );
  if (done.numAffectedRows === 0n) return false;
  await sql`update connectors.run set member_id = ${next_id}
    where workspace_id = ${workspace_id} and connection_id = ${connection_id}`.execute(tx);
  return true;
}

/** Connections of these kinds whose member left and is not back, a day after the time in which they could be. Of all workspaces; as the keeper. */
export async function listLeftBehind(tx: Tx, kinds: readonly string[]) {
  // No workspace: time passes in all.
  const { rows } = await sql<{ workspace_id: string; connection_id: string }>`
    select c.workspace_id, c.connection_id from connectors.connection c
    join identity.member m on m.workspace_id = c.workspace_id and m.member_id = c.member_id and m.status = 'left'
    where c.kind = any(${kinds}) and c.state <> 'ending'
      and greatest(c.created_at, c.synced_at, c.next_at) < now() - interval '31 days'`.execute(tx);
  return rows;
}

/** @returns false where it ends already */
export async function setEnding(tx: Tx, workspaceId: string, connectionId: string): Promise<boolean> {
  const done = await tx
    .updateTable('connectors.connection')
    .set({ state: 'ending' })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('state', '<>', 'ending')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}
