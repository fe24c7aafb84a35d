import { sql } from 'kysely';
import { themself } from '../cards/contract.ts';
import type { UseKind } from '../delegation/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';

interface HappeningRow {
  happening_id: string;
  kind: UseKind;
  count: number;
  at: Date;
  /** `at` in microseconds, which a Date does not hold. */
  cursor: string;
  user_id: string;
  user: string;
  /** Who authorised it, where an app did it. */
  authorised_by: string | null;
  book_id: string;
  book: string;
  card_ids: string[];
}

/** The books of the actor; the feed is read book by book, newest first in each, so that its cost does not grow with the past. */
const ownBooks = (actor: Actor, bookId: string | undefined) => sql`
  select b.book_id, b.book_no, b.name from delegation.book b
  where b.workspace_id = ${actor.workspaceId} and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
    and ${bookId ? sql`b.book_id = ${bookId}` : sql`true`}`;

/** The last three cards of a happening, or those of before an answer to it: it goes on growing during its day. */
const lastCards = (actor: Actor, happening: string, before?: string) => sql`
  (select coalesce(array_agg(u.card_id order by u.at desc), '{}') from (
    select card_id, max(use_id::text) as last, max(at) as at from (
      select card_id, use_id, at from delegation.use
      where workspace_id = ${actor.workspaceId} and happening_id = ${sql.ref(happening)}
        and ${before ? sql`at <= ${sql.ref(before)}` : sql`true`} order by use_id desc limit 12) newest
    group by card_id order by max(at) desc, 2 desc limit 3) u)`;

export async function listHappenings(
  tx: Tx,
  actor: Actor,
  bookId: string | undefined,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<HappeningRow[]> {
  const { rows } = await sql<HappeningRow>`
    with page as (
      select h.*, b.book_id, b.name as book from (${ownBooks(actor, bookId)}) b
      cross join lateral (
        select happening_id, kind, count, at, user_id from delegation.happening
        where workspace_id = ${actor.workspaceId} and book_no = b.book_no
          and ${before ? sql`(at, happening_id) < (${before.at}::timestamptz, ${before.id})` : sql`true`}
        order by at desc, happening_id desc limit ${limit}) h
      order by h.at desc, h.happening_id desc limit ${limit})
    select p.*, to_json(p.at) #>> '{}' as cursor, coalesce(m.name, a.name, '') as user, authoriser.name as authorised_by,
      ${lastCards(actor, 'p.happening_id')} as card_ids
    from page p
    left join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = p.user_id
    left join identity.app a on a.workspace_id = ${actor.workspaceId} and a.app_id = p.user_id
    left join identity.member authoriser on authoriser.workspace_id = ${actor.workspaceId} and authoriser.member_id = a.member_id
    order by p.at desc, p.happening_id desc`.execute(tx);
  return rows;
}

/** A happening of one of the actor's books. */
export async function findHappening(tx: Tx, actor: Actor, happeningId: string) {
  const { rows } = await sql<{ book_no: number; user_id: string }>`
    select h.book_no, h.user_id from delegation.happening h
    join delegation.book b on b.workspace_id = ${actor.workspaceId} and b.book_no = h.book_no
      and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
    where h.workspace_id = ${actor.workspaceId} and h.happening_id = ${happeningId}`.execute(tx);
  return rows[0];
}

export async function listUses(tx: Tx, actor: Actor, happeningId: string, before: string | null, limit: number) {
  return tx
    .selectFrom('delegation.use')
    .select(['use_id', 'card_id', 'at', 'grant_id'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('happening_id', '=', happeningId)
    .where(before ? sql<boolean>`use_id < ${before}` : sql<boolean>`true`)
    .orderBy('use_id', 'desc')
    .limit(limit)
    .execute();
}

export async function addReply(
  tx: Tx,
  actor: Actor,
  reply: { replyId: string; happeningId: string; bookNo: number; userId: string; text: string },
): Promise<void> {
  await tx
    .insertInto('delegation.use_reply')
    .values({
      workspace_id: actor.workspaceId,
      reply_id: reply.replyId,
      happening_id: reply.happeningId,
      book_no: reply.bookNo,
      author_id: actor.memberId,
      user_id: reply.userId,
      text: reply.text,
    })
    .execute();
}

/** What was said to happenings, oldest first. */
export async function findReplies(tx: Tx, actor: Actor, happeningIds: readonly string[]) {
  return tx
    .selectFrom('delegation.use_reply as r')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'r.author_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .select(['r.reply_id', 'r.happening_id', 'r.text', 'r.at', 'm.name as author'])
    .where('r.workspace_id', '=', actor.workspaceId)
    .where(sql<boolean>`r.happening_id = any(${happeningIds})`)
    .orderBy('r.at')
    .execute();
}

interface ReplyRow {
  reply_id: string;
  text: string;
  at: Date;
  cursor: string;
  author: string;
  kind: UseKind;
  count: number;
  book: string;
  card_ids: string[];
  seen: boolean;
}

/** What holders said to the actor. Book and contacts are told as far as the actor still sees them. */
export async function listReplies(
  tx: Tx,
  actor: Actor,
  unseen: boolean,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<ReplyRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<ReplyRow>`
    select r.reply_id, r.text, r.at, to_json(r.at) #>> '{}' as cursor, coalesce(m.name, '') as author, h.kind, h.count,
      coalesce(b.name, '') as book, r.seen_at is not null as seen, ${lastCards(actor, 'h.happening_id', 'r.at')} as card_ids
    from delegation.use_reply r
    join delegation.happening h on h.workspace_id = ${workspaceId} and h.happening_id = r.happening_id
    left join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = r.book_no
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = r.author_id
    where r.workspace_id = ${workspaceId} and r.user_id = ${actor.memberId}
      and (${!unseen} or r.seen_at is null)
      and ${before ? sql`(r.at, r.reply_id) < (${before.at}::timestamptz, ${before.id})` : sql`true`}
    order by r.at desc, r.reply_id desc limit ${limit}`.execute(tx);
  return rows;
}

export async function markRepliesSeen(tx: Tx, actor: Actor, replyIds: readonly string[]): Promise<void> {
  await tx
    .updateTable('delegation.use_reply')
    .set({ seen_at: sql`now()` })
    .where('workspace_id', '=', actor.workspaceId)
    .where('user_id', '=', actor.memberId)
    .where(sql<boolean>`reply_id = any(${replyIds})`)
    .execute();
}

/** Cards of the actor's books: those that a standing grant lets somebody read, and the others. */
export async function countLent(tx: Tx, actor: Actor): Promise<{ lent: number; private: number }> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ lent: number; private: number }>`
    with own as (
      select b.book_no, exists (select from delegation.grant g where g.workspace_id = ${workspaceId} and g.book_id = b.book_id
        and g.reads and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())) as lent
      from (${ownBooks(actor, undefined)}) b)
    select count(*) filter (where o.lent and c.exposure = 0)::int as lent,
      count(*) filter (where not (o.lent and c.exposure = 0))::int as private
    from cards.card c join own o on o.book_no = c.book_no
    where c.workspace_id = ${workspaceId}`.execute(tx);
  return rows[0]!;
}

/** Uses of the actor's cards since `days`, by kind, and by how many colleagues; what contacts said of themselves is none. */
export async function countUses(tx: Tx, actor: Actor, days: number) {
  const { rows } = await sql<{ kind: UseKind; count: number; users: string[] }>`
    select h.kind, sum(h.count)::int as count,
      coalesce(array_agg(distinct m.member_id) filter (where m.member_id is not null), '{}') as users
    from (${ownBooks(actor, undefined)}) b
    join delegation.happening h on h.workspace_id = ${actor.workspaceId} and h.book_no = b.book_no
    left join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = h.user_id
    where h.at > now() - make_interval(days => ${days}) and h.user_id <> ${themself}
    group by h.kind order by 2 desc`.execute(tx);
  return rows;
}
