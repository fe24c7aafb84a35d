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
  /** Meetings that have begun, to which both did not say no; of them those of the two alone, and by whom they were called. */
  met: number;
  met_alone: number;
  met_by_me: number;
  met_by_them: number;
  met_minutes: number;
  /** Meetings that have begun without them: they said no. */
  missed: number;
  last_met_at: Date | null;
  next_met_at: Date | null;
  set_aside: boolean;
  card_id: string | null;
  cursor: string;
}

interface Wanted {
  q?: string | undefined;
  /** In touch, without a card, not set aside; everybody; those set aside; those with these ids. */
  show: 'new' | 'all' | 'aside' | { ids: readonly string[] };
  /** From how many mails, or meetings, on somebody counts as in touch who was never written to; and among how many one meeting is enough. */
  least: number;
  small: number;
}

/** Whom the member exchanges mail with, an address a row. */
const written = ({ workspaceId, memberId }: Actor, some: ReturnType<typeof sql>) => sql`
  select contact_point_id as id, min(email) as email, max(name) as name, sum(received)::int as received, sum(sent)::int as sent,
    sum(beside)::int as beside, min(first_at) as first_at, max(last_at) as last_at, max(last_received_at) as last_received_at,
    max(last_sent_at) as last_sent_at, max(away_until)::text as away_until, max(left_at) as left_at
  from correspondents.correspondent c
  where c.workspace_id = ${workspaceId} and c.member_id = ${memberId} and ${some}
  group by contact_point_id`;

/** Whom they meet, an address a row. A meeting that stands in two of their calendars counts once. */
const met = ({ workspaceId, memberId }: Actor, some: ReturnType<typeof sql>, small: number) => sql`
  select a.contact_point_id as id, min(a.email) as email, max(a.name) as name,
    (count(*) filter (where a.there and t.at <= now()))::int as met,
    (count(*) filter (where a.there and t.at <= now() and a.people = 2))::int as met_alone,
    (count(*) filter (where a.there and t.at <= now() and a.by_me))::int as met_by_me,
    (count(*) filter (where a.there and t.at <= now() and a.by_them))::int as met_by_them,
    (coalesce(sum(a.minutes) filter (where a.there and t.at <= now()), 0))::int as met_minutes,
    (count(*) filter (where not a.there and t.at <= now()))::int as missed,
    min(t.at) filter (where a.there and t.at <= now()) as first_met_at,
    max(t.at) filter (where a.there and t.at <= now()) as last_met_at,
    min(t.at) filter (where a.there and t.at > now()) as next_met_at,
    bool_or(a.there and t.at <= now() and a.people <= ${small}) as met_closely
  from (
    select distinct on (c.contact_point_id, c.meeting_key) c.contact_point_id, c.email, c.name, c.answer <> 'declined' as there,
      c.organised as by_them, m.organised as by_me, m.people, m.minutes, m.starts
    from correspondents.attendee c
    join correspondents.meeting m on m.workspace_id = ${workspaceId} and m.source_id = c.source_id and m.meeting_key = c.meeting_key
    where c.workspace_id = ${workspaceId} and c.member_id = ${memberId} and ${some}
    order by c.contact_point_id, c.meeting_key, c.source_id) a
  cross join unnest(a.starts) t(at)
  group by a.contact_point_id`;

/** Everybody whom the member exchanges mail with or has met, one row an address, the latest first. Their own cards by row security's own books. */
export async function listCorrespondents(
  tx: Tx,
  actor: Actor,
  { q, show, least, small }: Wanted,
  after: { at: string; id: string } | null,
  limit: number,
): Promise<CorrespondentRow[]> {
  const { workspaceId, memberId } = actor;
  const words = (q ?? '').toLowerCase();
  const some = typeof show === 'object' ? sql`c.contact_point_id = any(${show.ids}::uuid[])` : sql`true`;
  const wanted = {
    all: sql`true`,
    aside: sql`c.set_aside`,
    new: sql`k.card_id is null and not c.set_aside and (c.sent > 0 or c.received >= ${least} or c.met >= ${least} or c.met_closely)`,
  };
  const { rows } = await sql<CorrespondentRow>`
    select c.*, k.card_id, c.last_at::text as cursor from (
      select id, coalesce(w.email, m.email) as email, coalesce(nullif(w.name, ''), m.name, '') as name,
        coalesce(w.received, 0) as received, coalesce(w.sent, 0) as sent, coalesce(w.beside, 0) as beside,
        least(w.first_at, m.first_met_at) as first_at, greatest(w.last_at, m.last_met_at) as last_at, w.last_received_at, w.last_sent_at,
        w.away_until, w.left_at, coalesce(m.met, 0) as met, coalesce(m.met_alone, 0) as met_alone, coalesce(m.met_by_me, 0) as met_by_me,
        coalesce(m.met_by_them, 0) as met_by_them, coalesce(m.met_minutes, 0) as met_minutes, coalesce(m.missed, 0) as missed,
        m.last_met_at, m.next_met_at, coalesce(m.met_closely, false) as met_closely,
        exists (select from correspondents.aside a
          where a.workspace_id = ${workspaceId} and a.member_id = ${memberId} and a.contact_point_id = id) as set_aside
      from (${written(actor, some)}) w full join (${met(actor, some, small)}) m using (id)) c
    left join lateral (
      select f.card_id from cards.card_field f
      join cards.card d on d.workspace_id = ${workspaceId} and d.card_id = f.card_id and d.exposure < 2
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = f.book_no
      where f.workspace_id = ${workspaceId} and f.contact_point_id = c.id and f.kind = 'email'
        and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
      order by d.created_at, f.card_id limit 1) k on true
    where ${typeof show === 'object' ? sql`true` : wanted[show]}
      and (${words} = '' or strpos(lower(c.name || ' ' || c.email), ${words}) > 0)
      -- Who is only to be met has not been met yet.
      and c.last_at is not null
      and ${after ? sql`(c.last_at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql`true`}
    order by c.last_at desc, c.id desc limit ${limit}`.execute(tx);
  return rows;
}

/** @returns false when the member has no such correspondent */
export async function setAside(tx: Tx, actor: Actor, id: string, aside: boolean): Promise<boolean> {
  const { workspaceId, memberId } = actor;
  if (!(await findSourceOf(tx, actor, id))) return false;
  const row = { workspace_id: workspaceId, member_id: memberId, contact_point_id: id };
  if (aside)
    await tx
      .insertInto('correspondents.aside')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  else
    await tx
      .deleteFrom('correspondents.aside')
      .where('workspace_id', '=', workspaceId)
      .where('member_id', '=', memberId)
      .where('contact_point_id', '=', id)
      .execute();
  return true;
}

/** Where the member exchanged mail with somebody, the latest one; else a calendar in which they stand. */
export async function findSourceOf(tx: Tx, { workspaceId, memberId }: Actor, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ source_id: string }>`
    select source_id from (
      select source_id, last_at from correspondents.correspondent
      where workspace_id = ${workspaceId} and member_id = ${memberId} and contact_point_id = ${id}
      union all
      select source_id, null from correspondents.attendee
      where workspace_id = ${workspaceId} and member_id = ${memberId} and contact_point_id = ${id}) s
    order by last_at desc nulls last limit 1`.execute(tx);
  return rows[0]?.source_id;
}

/** The addresses of cards, as the caller sees them. */
export async function findPointsOf(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct contact_point_id as id from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[]) and kind = 'email' and contact_point_id is not null`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}
