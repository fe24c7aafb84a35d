import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Locale } from '../kernel/messages.ts';
import type { granteeKinds } from './contract.ts';
import { isLost } from './rules.ts';

export interface AccessRow {
  access_id: string;
  name: string;
  grantee_kind: (typeof granteeKinds)[number];
  grantee_id: string;
  grantee: string;
  short: string;
  created_by: string;
  creator: string;
  created_at: Date;
  password_at: Date;
  ends_at: Date;
  grants_no: number;
  made_of: string | null;
  filled_at: Date | null;
  row_count: number;
}

const described = (workspaceId: string) => sql`
  select a.access_id, a.name, a.grantee_kind, a.grantee_id, coalesce(t.name, g.name, '') as grantee, a.short, a.created_by,
    coalesce(c.name, '') as creator, a.created_at, a.password_at, a.ends_at, a.grants_no, a.made_of, a.filled_at, a.row_count
  from bi.access a
  left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = a.grantee_id
  left join identity.member g on g.workspace_id = ${workspaceId} and g.member_id = a.grantee_id
  left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = a.created_by`;

/** Those that stand: of the actor's audiences, or, for who oversees them, all. */
export async function listAccesses(tx: Tx, { workspaceId }: Actor, all: boolean): Promise<AccessRow[]> {
  const { rows } = await sql<AccessRow>`${described(workspaceId)}
    where a.workspace_id = ${workspaceId} and a.ended_at is null
      and (${all} or strpos(current_setting('app.audiences', true), a.grantee_id::text) > 0)
    order by a.created_at, a.access_id`.execute(tx);
  return rows;
}

/** One that stands, as the keeper. */
export async function findAccess(tx: Tx, workspaceId: string, accessId: string): Promise<AccessRow | undefined> {
  const { rows } = await sql<AccessRow>`${described(workspaceId)}
    where a.workspace_id = ${workspaceId} and a.access_id = ${accessId} and a.ended_at is null`.execute(tx);
  return rows[0];
}

/** A team or use of the actor's by its id, with its kind; undefined: they are not in it, or it is over. */
export async function findOwnTeam(tx: Tx, { workspaceId, memberId }: Actor, teamId: string) {
  const { rows } = await sql<{ purpose: string | null }>`
    select t.purpose from identity.team t
    join identity.team_member m on m.workspace_id = ${workspaceId} and m.team_id = t.team_id and m.member_id = ${memberId}
    where t.workspace_id = ${workspaceId} and t.team_id = ${teamId} and coalesce(t.ends_at, 'infinity') > now()`.execute(
    tx,
  );
  return rows[0];
}

/** How many stand in the workspace. */
export async function countAccesses(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from bi.access where workspace_id = ${workspaceId} and ended_at is null`.execute(tx);
  return rows[0]!.count;
}

/** Those that an account made, and those of it as a member. */
export async function listMadeBy(tx: Tx, workspaceId: string, accountId: string) {
  const { rows } = await sql<{ access_id: string; short: string }>`
    select a.access_id, a.short from bi.access a
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.created_by and m.account_id = ${accountId}
    where a.workspace_id = ${workspaceId} and a.ended_at is null`.execute(tx);
  return rows;
}

export async function addAccess(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  access: { accessId: string; name: string; kind: string; granteeId: string; short: string; endsAt: Date },
): Promise<void> {
  await sql`
    insert into bi.access (workspace_id, access_id, name, grantee_kind, grantee_id, short, created_by, ends_at)
    values (${workspaceId}, ${access.accessId}, ${access.name}, ${access.kind}, ${access.granteeId}, ${access.short}, ${memberId},
      ${access.endsAt})`.execute(tx);
}

export async function notePassword(tx: Tx, workspaceId: string, accessId: string): Promise<void> {
  await sql`update bi.access set password_at = now() where workspace_id = ${workspaceId} and access_id = ${accessId}`.execute(
    tx,
  );
}

/** Ends one: from here on it is filled by nobody. */
export async function markEnded(tx: Tx, workspaceId: string, accessId: string): Promise<void> {
  await sql`update bi.access set ended_at = now(), row_count = 0
    where workspace_id = ${workspaceId} and access_id = ${accessId} and ended_at is null`.execute(tx);
  await sql`delete from bi.row where workspace_id = ${workspaceId} and access_id = ${accessId}`.execute(tx);
}

/** All that stand, of every workspace, as the keeper: whether they still may, and for whom. */
export async function listStanding(tx: Tx) {
  // No workspace: the clock looks after those of all.
  const { rows } = await sql<{ workspace_id: string; access_id: string; sound: boolean; stale: boolean }>`
    select a.workspace_id, a.access_id, a.ends_at > now() and exists (
        select from identity.member m where m.workspace_id = a.workspace_id and m.member_id = a.created_by and m.status = 'active')
      and (a.created_at > now() - interval '1 minute' or exists (select from pg_catalog.pg_roles where rolname = 'entregent_bi_' || a.short))
      and (a.grantee_kind = 'member' or exists (select from identity.team_member t
        join identity.team n on n.workspace_id = a.workspace_id and n.team_id = t.team_id and coalesce(n.ends_at, 'infinity') > now()
        where t.workspace_id = a.workspace_id and t.team_id = a.grantee_id and t.member_id = a.created_by)) as sound,
      coalesce(a.filled_at, '-infinity') < now() - interval '15 minutes' as stale
    from bi.access a where a.ended_at is null order by 1, 2`.execute(tx);
  return rows;
}

/**
 * For each access that stands and each of these books, the bits of it that may be taken along now: of a book that the grantee holds, all.
 * @param books what follows `from delegation.book b where`
 */
const openNow = (workspaceId: string, books: ReturnType<typeof sql>, accesses: ReturnType<typeof sql>) => sql`
  select a.access_id, a.short, b.book_no, case
      when a.grantee_kind = 'member' and (b.holder_id = a.grantee_id or exists (select from delegation.steward s
        where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = a.grantee_id)) then -1
      else coalesce((
        select bit_or((g.field_mask & x'7ffffffe'::int) | 1) from delegation.grant g
        where g.workspace_id = ${workspaceId} and g.book_id = b.book_id and g.exports and g.starts_at <= now()
          and coalesce(g.ends_at, 'infinity') > now()
          and (g.grantee_id = a.grantee_id or g.grantee_kind = 'workspace' or a.grantee_kind = 'member' and exists (
            select from identity.team_member t where t.workspace_id = ${workspaceId} and t.team_id = g.grantee_id and t.member_id = a.grantee_id))
          and not exists (select from identity.team n where n.workspace_id = ${workspaceId} and n.team_id = g.grantee_id
            and n.ends_at <= now())), 0) end as mask
  from bi.access a, delegation.book b
  where a.workspace_id = ${workspaceId} and a.ended_at is null and ${accesses} and b.workspace_id = ${workspaceId} and ${books}`;

interface Open {
  access_id: string;
  short: string;
  book_no: number;
  mask: number;
}

/** What may be taken of one book, for each access; whoever may change its grants may ask. */
export async function findOpenOfBook(tx: Tx, workspaceId: string, bookId: string): Promise<Open[]> {
  const { rows } = await sql<Open>`${openNow(workspaceId, sql`b.book_id = ${bookId}`, sql`true`)}`.execute(tx);
  return rows;
}

/** What may be taken of the books of which an access holds rows, as the keeper. */
export async function findOpenOfAccess(tx: Tx, workspaceId: string, accessId: string): Promise<Open[]> {
  const { rows } = await sql<Open>`
    ${openNow(
      workspaceId,
      sql`b.book_no in (select unnest(r.book_nos) from bi.row r where r.workspace_id = ${workspaceId} and r.access_id = ${accessId})`,
      sql`a.access_id = ${accessId}`,
    )}`.execute(tx);
  return rows;
}

/** Says that what was read for these accesses until now must not be written any more. */
export async function outdate(tx: Tx, workspaceId: string, accessIds: readonly string[]): Promise<void> {
  await sql`update bi.access set grants_no = grants_no + 1
    where workspace_id = ${workspaceId} and access_id = any(${accessIds}::uuid[])`.execute(tx);
}

/** Forgets the rows that were made through what is open no longer. @returns their ids */
export async function takeBack(tx: Tx, workspaceId: string, { access_id, book_no, mask }: Open): Promise<string[]> {
  const { rows } = await sql<{ row_id: string; masks: number[]; books: number[] }>`
    select row_id, book_masks as masks, book_nos as books from bi.row
    where workspace_id = ${workspaceId} and access_id = ${access_id} and ${book_no} = any(book_nos)`.execute(tx);
  const lost = rows.filter(({ masks, books }) => isLost(masks[books.indexOf(book_no)]!, mask)).map((row) => row.row_id);
  if (lost.length > 0) await forgetRows(tx, workspaceId, access_id, lost);
  return lost;
}

export async function forgetRows(
  tx: Tx,
  workspaceId: string,
  accessId: string,
  rowIds: readonly string[],
): Promise<void> {
  await sql`delete from bi.row
    where workspace_id = ${workspaceId} and access_id = ${accessId} and row_id = any(${rowIds}::uuid[])`.execute(tx);
}

/** Those of a kind that an access holds. */
export async function listRowIds(tx: Tx, workspaceId: string, accessId: string): Promise<string[]> {
  const { rows } = await sql<{ row_id: string }>`
    select row_id from bi.row where workspace_id = ${workspaceId} and access_id = ${accessId}`.execute(tx);
  return rows.map((row) => row.row_id);
}

/**
 * Locks an access so that it can be written to.
 * @returns false when it has ended, or its grants have changed since `grantsNo`
 */
export async function lockAccess(tx: Tx, workspaceId: string, accessId: string, grantsNo: number): Promise<boolean> {
  const { rows } = await sql`
    select from bi.access where workspace_id = ${workspaceId} and access_id = ${accessId} and ended_at is null
      and grants_no = ${grantsNo} for update`.execute(tx);
  return rows.length > 0;
}

export interface Through {
  id: string;
  organization: boolean;
  bookNos: number[];
  bookMasks: number[];
}

export async function putThrough(
  tx: Tx,
  workspaceId: string,
  accessId: string,
  rows: readonly Through[],
): Promise<void> {
  await sql`
    insert into bi.row as r (workspace_id, access_id, row_id, organization, book_nos, book_masks)
    select ${workspaceId}, ${accessId}, n.id, n.organization, n."bookNos", n."bookMasks"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (id uuid, organization boolean, "bookNos" int[], "bookMasks" int[])
    on conflict on constraint row_pk do update
    set organization = excluded.organization, book_nos = excluded.book_nos, book_masks = excluded.book_masks
    where (r.organization, r.book_nos, r.book_masks) is distinct from (excluded.organization, excluded.book_nos, excluded.book_masks)`.execute(
    tx,
  );
}

export async function noteFill(
  tx: Tx,
  workspaceId: string,
  accessId: string,
  madeOf: string,
  count: number,
): Promise<void> {
  await sql`update bi.access set filled_at = now(), made_of = ${madeOf}, row_count = ${count}
    where workspace_id = ${workspaceId} and access_id = ${accessId}`.execute(tx);
}

/** The audiences that the grantee of an access `a` belongs to, compared with one. */
const isOf = (
  workspaceId: string,
  audience: ReturnType<typeof sql>,
) => sql`(${audience} = ${workspaceId}::uuid or ${audience} = a.grantee_id
  or a.grantee_kind = 'member' and exists (select from identity.team_member t
    join identity.team n on n.workspace_id = ${workspaceId} and n.team_id = t.team_id and coalesce(n.ends_at, 'infinity') > now()
    where t.workspace_id = ${workspaceId} and t.team_id = ${audience} and t.member_id = a.grantee_id))`;
/** Whether facts of a kind are open to the grantee. */
const opensKind = (workspaceId: string, kindId: ReturnType<typeof sql>) => sql`exists (select from facts.kind_access k
  where k.workspace_id = ${workspaceId} and k.kind_id = ${kindId} and ${isOf(workspaceId, sql`k.audience_id`)})`;
/** Whether the grantee sees that a segment `s` is there. */
const showsSegment = (
  workspaceId: string,
) => sql`s.ended_at is null and (${isOf(workspaceId, sql`s.audience_id`)} or s.owner_id = a.grantee_id
  or exists (select from unnest(s.shown_to) u (id) where ${isOf(workspaceId, sql`u.id`)}))`;

interface Closed {
  access_id: string;
  short: string;
}

/** Accesses to whose grantee a kind of fact is not open (any more), with its key. */
export async function findClosedKind(
  tx: Tx,
  workspaceId: string,
  kindId: string,
): Promise<(Closed & { key: string })[]> {
  const { rows } = await sql<Closed & { key: string }>`
    select a.access_id, a.short, f.key from bi.access a
    join facts.kind f on f.workspace_id = ${workspaceId} and f.kind_id = ${kindId}
    where a.workspace_id = ${workspaceId} and a.ended_at is null and not ${opensKind(workspaceId, sql`f.kind_id`)}`.execute(
    tx,
  );
  return rows;
}

/** Accesses whose grantee does not see a segment (any more). */
export async function findClosedSegment(tx: Tx, workspaceId: string, segmentId: string): Promise<Closed[]> {
  const { rows } = await sql<Closed>`
    select a.access_id, a.short from bi.access a
    where a.workspace_id = ${workspaceId} and a.ended_at is null and not exists (select from segments.segment s
      where s.workspace_id = ${workspaceId} and s.segment_id = ${segmentId} and ${showsSegment(workspaceId)})`.execute(
    tx,
  );
  return rows;
}

/**
 * What an access is made of: its grants, the state of each book that they open, the kinds of fact and the segments that its grantee sees. Where it is
 * the same, so are the rows of persons.
 */
export async function readMadeOf(tx: Tx, workspaceId: string, accessId: string): Promise<string> {
  const { rows } = await sql<{ made_of: string | null }>`
    select md5(concat_ws('|',
      (select string_agg(o.book_no || ' ' || o.mask || ' ' || b.change_no || ' ' || coalesce(b.lists_due_at::text, ''), ',' order by o.book_no)
        from (${openNow(workspaceId, sql`true`, sql`a.access_id = ${accessId}`)}) o
        join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = o.book_no where o.mask <> 0),
      (select string_agg(f.kind_no::text, ',' order by f.kind_no) from facts.kind f, bi.access a
        where f.workspace_id = ${workspaceId} and a.workspace_id = ${workspaceId} and a.access_id = ${accessId}
          and ${opensKind(workspaceId, sql`f.kind_id`)}),
      (select string_agg(s.segment_id || ' ' || s.version || ' ' || coalesce(s.made_of, ''), ',' order by s.segment_id) from segments.segment s, bi.access a
        where s.workspace_id = ${workspaceId} and a.workspace_id = ${workspaceId} and a.access_id = ${accessId} and ${showsSegment(workspaceId)}))) as made_of`.execute(
    tx,
  );
  return rows[0]?.made_of ?? 'nothing';
}

/** Through which books the rows of these persons were made. */
export async function findBooksOf(tx: Tx, workspaceId: string, accessId: string, rowIds: readonly string[]) {
  const { rows } = await sql<{ row_id: string; book_nos: number[] }>`
    select row_id, book_nos from bi.row
    where workspace_id = ${workspaceId} and access_id = ${accessId} and row_id = any(${rowIds}::uuid[])`.execute(tx);
  return rows;
}

/** Who knows whom and how well, of the cards that this transaction reaches, as far as each member lets it be known. */
export async function listTies(tx: Tx, { workspaceId }: Actor, after: string, limit: number) {
  const { rows } = await sql<{ card_id: string; cluster_id: string; colleague: string; strength: number }>`
    select a.card_id, c.cluster_id, m.name as colleague, a.strength from cards.acquaintance a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.member_id and m.status = 'active'
    -- Who takes it back is obeyed before anything is weighed anew.
    join relations.connector k on k.workspace_id = ${workspaceId} and k.member_id = a.member_id and k.tells = 'strength'
    where a.workspace_id = ${workspaceId} and a.shared and not a.hidden and a.grounds <> '{}' and a.card_id > ${after}
    order by a.card_id limit ${limit}`.execute(tx);
  return rows;
}

const bits = sql`coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea`;

/** Conversations by month, channel and topic, and of all topics together ('*'), on the channels that the viewer tends. */
export async function countConversations(tx: Tx, { workspaceId }: Actor, locale: Locale) {
  const { rows } = await sql<{ month: string; channel: string; topic: string; opened: number; answered: number }>`
    with own as (
      select c.conversation_id, to_char(c.opened_at, 'YYYY-MM-01') as month, k.name as channel, c.first_answer_at, c.closed_at
      from conversations.conversation c
      join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_id = c.channel_id
      where c.workspace_id = ${workspaceId} and c.status <> 'spam' and get_bit(${bits}, c.channel_no) = 1
    ), said as (
      select o.*, '*' as topic from own o
      union all
      select distinct o.*, ${sql.ref(`t.name_${locale}`)} from own o
      join voices.reading_topic r on r.workspace_id = ${workspaceId} and r.conversation_id = o.conversation_id
      join voices.topic t on t.workspace_id = ${workspaceId} and t.topic_id = r.topic_id
    )
    select month, channel, topic, count(*)::int as opened, count(first_answer_at)::int as answered, count(closed_at)::int as closed
    from said group by 1, 2, 3`.execute(tx);
  return rows;
}

/** Voices by month, channel and topic: one person raising one topic once a month on a channel. */
export async function countVoices(tx: Tx, { workspaceId }: Actor, locale: Locale) {
  const { rows } = await sql<{ month: string; channel: string; topic: string; voices: number }>`
    select to_char(v.month, 'YYYY-MM-DD') as month, k.name as channel, ${sql.ref(`t.name_${locale}`)} as topic,
      count(distinct v.contact_point_id)::int as voices,
      count(distinct v.contact_point_id) filter (where v.tone = 'negative')::int as negative,
      count(distinct v.contact_point_id) filter (where v.tone = 'neutral')::int as neutral,
      count(distinct v.contact_point_id) filter (where v.tone = 'positive')::int as positive
    from voices.voice v
    join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_no = v.channel_no
    join voices.topic t on t.workspace_id = ${workspaceId} and t.topic_id = v.topic_id
    where v.workspace_id = ${workspaceId} and get_bit(${bits}, v.channel_no) = 1
    group by 1, 2, 3`.execute(tx);
  return rows;
}
