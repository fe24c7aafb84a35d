import { type Insertable, sql, type Updateable } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import type { AskState } from './contract.ts';

type NewRequest = Omit<Insertable<DB['introductions.request']>, 'workspace_id' | 'asker_id'>;

export async function addRequest(tx: Tx, actor: Actor, request: NewRequest): Promise<void> {
  await tx
    .insertInto('introductions.request')
    .values({ workspace_id: actor.workspaceId, asker_id: actor.memberId, ...request })
    .execute();
}

/** How often the actor asked in the last 24 hours; counted under a lock, so that requests at once do not exceed a limit. */
export async function countRecent(tx: Tx, actor: Actor): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`introductions ${actor.memberId}`}, 0))`.execute(tx);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from introductions.request
    where workspace_id = ${actor.workspaceId} and asker_id = ${actor.memberId} and created_at > now() - interval '24 hours'`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** A request of the actor's by the same words to the holder of the same card that waits still. */
export async function findOpen(tx: Tx, actor: Actor, cardId: string, sought: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('introductions.request')
    .select('request_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('asker_id', '=', actor.memberId)
    .where('card_id', '=', cardId)
    .where(sql<boolean>`lower(sought) = lower(${sought})`)
    .where('state', '=', 'waiting')
    .orderBy('request_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.request_id;
}

const requestRows = (tx: Tx, actor: Actor) =>
  tx
    .selectFrom('introductions.request as r')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'r.answered_by').on('m.workspace_id', '=', actor.workspaceId),
    )
    .selectAll('r')
    .select('m.name as answerer')
    .where('r.workspace_id', '=', actor.workspaceId)
    .where('r.asker_id', '=', actor.memberId);

export async function findRequest(tx: Tx, actor: Actor, requestId: string) {
  return requestRows(tx, actor).where('r.request_id', '=', requestId).executeTakeFirst();
}
export type RequestRow = NonNullable<Awaited<ReturnType<typeof findRequest>>>;

export async function listRequests(tx: Tx, actor: Actor, before: string | null, limit: number): Promise<RequestRow[]> {
  return requestRows(tx, actor)
    .where(before ? sql<boolean>`r.request_id < ${before}` : sql<boolean>`true`)
    .orderBy('r.request_id', 'desc')
    .limit(limit)
    .execute();
}

/** Changes a request of the actor's that is in one of these states. @returns false when it is not */
export async function changeRequest(
  tx: Tx,
  actor: Actor,
  requestId: string,
  from: string,
  changes: { state?: string; outcome?: string },
): Promise<boolean> {
  const done = await tx
    .updateTable('introductions.request')
    .set(changes)
    .where('workspace_id', '=', actor.workspaceId)
    .where('asker_id', '=', actor.memberId)
    .where('request_id', '=', requestId)
    .where('state', '=', from)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

const askRows = (tx: Tx, actor: Actor) =>
  tx
    .selectFrom('introductions.ask as a')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'a.asker_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .selectAll('a')
    .select(['m.name as asker', 'm.email as asker_email'])
    .where('a.workspace_id', '=', actor.workspaceId)
    .where('a.holder_id', '=', actor.memberId);

export async function findAsk(tx: Tx, actor: Actor, askId: string) {
  return askRows(tx, actor).where('a.ask_id', '=', askId).executeTakeFirst();
}
export type AskRow = NonNullable<Awaited<ReturnType<typeof findAsk>>>;

export async function listAsks(
  tx: Tx,
  actor: Actor,
  waiting: boolean,
  before: string | null,
  limit: number,
): Promise<AskRow[]> {
  return askRows(tx, actor)
    .where(waiting ? sql<boolean>`a.state in ('waiting', 'introducing')` : sql<boolean>`true`)
    .where(before ? sql<boolean>`a.ask_id < ${before}` : sql<boolean>`true`)
    .orderBy('a.ask_id', 'desc')
    .limit(limit)
    .execute();
}

/** @returns false when it is in another state by now: of two answers at once one counts */
export async function moveAsk(
  tx: Tx,
  actor: Actor,
  askId: string,
  from: string,
  changes: Updateable<DB['introductions.ask']>,
): Promise<boolean> {
  const done = await tx
    .updateTable('introductions.ask')
    .set(changes)
    .where('workspace_id', '=', actor.workspaceId)
    .where('holder_id', '=', actor.memberId)
    .where('ask_id', '=', askId)
    .where('state', '=', from)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

// What follows is the keeper's: it sees both sides, and answers nobody.

/** A request, locked until the end of the transaction. */
export async function lockRequest(tx: Tx, workspaceId: string, requestId: string) {
  return tx
    .selectFrom('introductions.request')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('request_id', '=', requestId)
    .forUpdate()
    .executeTakeFirst();
}

export type KeptRequest = NonNullable<Awaited<ReturnType<typeof lockRequest>>>;

export async function getAsk(tx: Tx, workspaceId: string, askId: string) {
  return tx
    .selectFrom('introductions.ask')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('ask_id', '=', askId)
    .executeTakeFirst();
}
export type KeptAsk = NonNullable<Awaited<ReturnType<typeof getAsk>>>;

/** Takes on a member's settings, for functions that ask what somebody may find. @returns false where they are not active */
export async function enterAs(tx: Tx, { workspaceId, memberId }: Actor): Promise<boolean> {
  const { rows } = await sql<{ entered: boolean }>`
    select delegation.enter(${workspaceId}, ${memberId}, 'read') as entered`.execute(tx);
  return rows[0]!.entered;
}

interface Match {
  holder_id: string;
  card_ids: string[];
}

/**
 * Whose cards match, of those that a search of the asker's counts, in books that they may find in. Left out are cards about which
 * the same asker's ask waits with this holder, or was declined in the last `rest` days. After `enterAs`.
 */
export async function findMatches(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  terms: readonly string[],
  kind: string | null,
  rest: number,
): Promise<Match[]> {
  const { rows } = await sql<Match>`
    select h.holder_id, array_agg(h.card_id order by h.card_id) as card_ids from (
      select distinct c.card_id, coalesce(b.holder_id, s.member_id) as holder_id
      from cards.find_discoverable(${terms}, ${kind}) f (cluster_id)
      join cards.card c on c.workspace_id = ${workspaceId} and c.cluster_id = f.cluster_id and c.exposure = 0
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.once_for is null
        and delegation.reach_of(b.book_no) & 1 = 0
      left join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id
      where exists (select from delegation.grant g where g.workspace_id = ${workspaceId} and g.book_id = b.book_id
        and strpos(current_setting('app.audiences', true), g.grantee_id::text) > 0 and 'discover' = any(g.acts)
        and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now()))) h
    where h.holder_id is not null and not exists (select from introductions.ask a
      where a.workspace_id = ${workspaceId} and a.holder_id = h.holder_id and a.asker_id = ${memberId}
        and h.card_id = any(a.card_ids) and (a.state in ('waiting', 'introducing')
          or a.state = 'declined' and a.answered_at > now() - make_interval(days => ${rest})))
    group by h.holder_id`.execute(tx);
  return rows;
}

/**
 * The holder of a card that the asker reads, unless they want not to be asked, about it or at all; left out as in `findMatches`. After `enterAs`.
 */
export async function findNamed(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  cardId: string,
  rest: number,
): Promise<Match[]> {
  const { rows } = await sql<Match>`
    select b.holder_id, array[c.card_id] as card_ids
    from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.once_for is null
      and b.holder_id <> ${memberId} and delegation.reach_of(b.book_no) & 1 = 1
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = b.holder_id and m.status = 'active'
    left join relations.connector k on k.workspace_id = ${workspaceId} and k.member_id = b.holder_id
    left join cards.acquaintance s on s.workspace_id = ${workspaceId} and s.card_id = c.card_id and s.shared
    where c.workspace_id = ${workspaceId} and c.card_id = ${cardId} and c.exposure = 0
      and coalesce(k.tells, 'held') <> 'nothing' and not coalesce(s.hidden, false)
      and not exists (select from introductions.ask a
        where a.workspace_id = ${workspaceId} and a.holder_id = b.holder_id and a.asker_id = ${memberId}
          and c.card_id = any(a.card_ids) and (a.state in ('waiting', 'introducing')
            or a.state = 'declined' and a.answered_at > now() - make_interval(days => ${rest})))`.execute(tx);
  return rows;
}

/** @returns false when this holder has been asked already for this request */
export async function addAsk(tx: Tx, ask: Insertable<DB['introductions.ask']>): Promise<boolean> {
  const row = await tx
    .insertInto('introductions.ask')
    .values(ask)
    .onConflict((conflict) => conflict.constraint('ask_request_uq').doNothing())
    .returning('ask_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Moves the asks of a request that are in one of these states, but for one. */
export async function moveAsks(
  tx: Tx,
  workspaceId: string,
  requestId: string,
  from: readonly AskState[],
  to: AskState,
  but: string | null,
): Promise<string[]> {
  const { rows } = await sql<{ holder_id: string }>`
    update introductions.ask set state = ${to}
    where workspace_id = ${workspaceId} and request_id = ${requestId} and state = any(${from})
      and ask_id is distinct from ${but}::uuid
    returning holder_id`.execute(tx);
  return rows.map((row) => row.holder_id);
}

/** Asks of a request that nobody has answered yet. */
export async function listWaiting(tx: Tx, workspaceId: string, requestId: string) {
  return tx
    .selectFrom('introductions.ask')
    .select(['ask_id', 'holder_id', 'asker_id'])
    .where('workspace_id', '=', workspaceId)
    .where('request_id', '=', requestId)
    .where('state', '=', 'waiting')
    .execute();
}

export async function setRequest(
  tx: Tx,
  workspaceId: string,
  requestId: string,
  changes: Updateable<DB['introductions.request']>,
): Promise<void> {
  await tx
    .updateTable('introductions.request')
    .set(changes)
    .where('workspace_id', '=', workspaceId)
    .where('request_id', '=', requestId)
    .execute();
}

/** Writes what came of it on the ask of who answered. */
export async function setOutcome(tx: Tx, workspaceId: string, requestId: string, holderId: string, outcome: string) {
  return tx
    .updateTable('introductions.ask')
    .set({ outcome })
    .where('workspace_id', '=', workspaceId)
    .where('request_id', '=', requestId)
    .where('holder_id', '=', holderId)
    .returning('ask_id')
    .executeTakeFirst();
}

/** The holder's book of copies for this member, if there is one. */
export async function findOnceBook(tx: Tx, { workspaceId, memberId }: Actor, askerId: string) {
  return tx
    .selectFrom('delegation.book')
    .select(['book_id', 'book_no'])
    .where('workspace_id', '=', workspaceId)
    .where('holder_id', '=', memberId)
    .where('once_for', '=', askerId)
    .executeTakeFirst();
}

/** Makes it. A name that the holder gave to another book already gets a number. */
export async function addOnceBook(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  askerId: string,
  book: { bookId: string; bookNo: number; name: string },
): Promise<void> {
  await sql`insert into delegation.book (workspace_id, book_id, book_no, holder_id, name, once_for)
    select ${workspaceId}::uuid, ${book.bookId}::uuid, ${book.bookNo}::int, ${memberId}::uuid,
      ${book.name} || case when exists (select from delegation.book b where b.workspace_id = ${workspaceId}
        and b.holder_id = ${memberId} and b.name = ${book.name}) then ${` (${book.bookNo})`} else '' end, ${askerId}::uuid`.execute(
    tx,
  );
}

/** The copies that are in sight in a book of copies. */
export async function listCopies(tx: Tx, workspaceId: string, bookNo: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', workspaceId)
    .where('book_no', '=', bookNo)
    .where('exposure', '<', 2)
    .orderBy('card_id')
    .execute();
  return rows.map((row) => row.card_id);
}

/** The copies that were lent of these cards. */
export async function findCopiesOf(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select r.lent_card_id as card_id from introductions.ask a
    join introductions.request r on r.workspace_id = ${workspaceId} and r.request_id = a.request_id and r.answered_by = a.holder_id
    where a.workspace_id = ${workspaceId} and a.card_id = any(${cardIds}) and a.state = 'lent' and r.lent_card_id is not null`.execute(
    tx,
  );
  return rows.map((row) => row.card_id);
}

/** Cards with their books, and who holds those. */
export async function findCard(tx: Tx, workspaceId: string, cardId: string) {
  return tx
    .selectFrom('cards.card as c')
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_no', '=', 'c.book_no').on('b.workspace_id', '=', workspaceId),
    )
    .select(['c.card_id', 'c.book_no', 'c.exposure', 'c.kind', 'c.content_hash', 'c.seen_at', 'b.book_id'])
    .where('c.workspace_id', '=', workspaceId)
    .where('c.card_id', '=', cardId)
    .executeTakeFirst();
}
