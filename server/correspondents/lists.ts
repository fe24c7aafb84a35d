import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** The member's mailboxes with their counts. */
export async function listMailboxes(tx: Tx, { workspaceId, memberId }: Actor) {
  const { rows } = await sql<{
    source_id: string;
    name: string;
    read_count: number;
    machine_count: number;
    private_count: number;
    correspondents: number;
    created_at: Date;
    caught_up_at: Date | null;
  }>`
    select m.source_id, s.name, m.read_count, m.machine_count, m.private_count, m.created_at, m.caught_up_at,
      (select count(*)::int from correspondents.correspondent c
        where c.workspace_id = ${workspaceId} and c.source_id = m.source_id) as correspondents
    from correspondents.mailbox m
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = m.source_id
    where m.workspace_id = ${workspaceId} and m.member_id = ${memberId}
    order by m.created_at, m.source_id`.execute(tx);
  return rows;
}

export interface CorrespondentRow {
  id: string;
  email: string;
  name: string;
  received: number;
  sent: number;
  beside: number;
  first_at: Date;
  last_at: Date;
  last_received_at: Date | null;
  last_sent_at: Date | null;
  away_until: string | null;
  left_at: Date | null;
  set_aside: boolean;
  card_id: string | null;
  cursor: string;
}

interface Wanted {
  q?: string | undefined;
  /** In touch, without a card, not set aside; everybody; those set aside. */
  show: 'new' | 'all' | 'aside' | { id: string };
  leastReceived: number;
}

/** Correspondents of all the member's mailboxes, one row an address, the latest first. Their own cards by row security's own books. */
export async function listCorrespondents(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { q, show, leastReceived }: Wanted,
  after: { at: string; id: string } | null,
  limit: number,
): Promise<CorrespondentRow[]> {
  const words = (q ?? '').toLowerCase();
  const wanted = {
    all: sql`true`,
    aside: sql`c.set_aside`,
    new: sql`k.card_id is null and not c.set_aside and (c.sent > 0 or c.received >= ${leastReceived})`,
  };
  const { rows } = await sql<CorrespondentRow>`
    select c.*, k.card_id, c.last_at::text as cursor from (
      select contact_point_id as id, min(email) as email, max(name) as name, sum(received)::int as received, sum(sent)::int as sent,
        sum(beside)::int as beside, min(first_at) as first_at, max(last_at) as last_at, max(last_received_at) as last_received_at,
        max(last_sent_at) as last_sent_at, max(away_until)::text as away_until, max(left_at) as left_at, bool_or(set_aside) as set_aside
      from correspondents.correspondent
      where workspace_id = ${workspaceId} and member_id = ${memberId}
        and ${typeof show === 'object' ? sql`contact_point_id = ${show.id}` : sql`true`}
        and (${words} = '' or strpos(lower(name || ' ' || email), ${words}) > 0)
      group by contact_point_id) c
    left join lateral (
      select f.card_id from cards.card_field f
      join cards.card d on d.workspace_id = ${workspaceId} and d.card_id = f.card_id and d.exposure < 2
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = f.book_no
      where f.workspace_id = ${workspaceId} and f.contact_point_id = c.id and f.kind = 'email'
        and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
      order by d.created_at, f.card_id limit 1) k on true
    where ${typeof show === 'object' ? sql`true` : wanted[show]}
      and ${after ? sql`(c.last_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql`true`}
    order by c.last_at desc, c.id desc limit ${limit}`.execute(tx);
  return rows;
}

/** @returns false when the member has no such correspondent */
export async function setAside(tx: Tx, { workspaceId }: Actor, id: string, aside: boolean): Promise<boolean> {
  const done = await tx
    .updateTable('correspondents.correspondent')
    .set({ set_aside: aside })
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', id)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** The mailbox in which the member exchanged mail with somebody, the latest one. */
export async function findSourceOf(tx: Tx, { workspaceId }: Actor, id: string): Promise<string> {
  const found = await tx
    .selectFrom('correspondents.correspondent')
    .select('source_id')
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', id)
    .orderBy('last_at', 'desc')
    .executeTakeFirstOrThrow();
  return found.source_id;
}
