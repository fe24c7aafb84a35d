import { type Insertable, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { AppError } from '../kernel/errors.ts';
import type { Locale } from '../kernel/messages.ts';
import type { ForgetOutcome } from './contract.ts';
import { code, visitMinutes } from './rules.ts';

/** Acts with a member's reach from here on, as the keeper. @returns false when they are gone */
export async function enterAs(tx: Tx, { workspaceId, memberId }: Actor): Promise<boolean> {
  const { rows } = await sql<{ entered: boolean }>`
    select delegation.enter(${workspaceId}, ${memberId}, 'read') as entered`.execute(tx);
  return rows[0]!.entered;
}

/** @throws AppError conflict while a link of the holder's to the address stands */
export async function addLink(tx: Tx, link: Insertable<DB['self_update.link']>): Promise<void> {
  await tx
    .insertInto('self_update.link')
    .values(link)
    .execute()
    .catch((error: { constraint?: string }) => {
      if (error.constraint === 'link_open_uq') throw new AppError('conflict');
      throw error;
    });
}

/** Those whose days are over stand in nobody's way. */
export async function endOverdue(tx: Tx, actor: Actor, contactPointId: string): Promise<void> {
  await sql`update self_update.link set ended_at = now(), ended_by = 'time'
    where workspace_id = ${actor.workspaceId} and holder_id = ${actor.memberId} and contact_point_id = ${contactPointId}
      and ended_at is null and expires_at < now()`.execute(tx);
}

const told = [
  'link_id',
  'card_id',
  'created_at',
  'expires_at',
  'ended_at',
  'ended_by',
  'answered_at',
  'successor',
] as const;

/** The actor's links to any of these cards, newest first; row security shows no others'. */
export async function listLinks(tx: Tx, actor: Actor, cardIds: readonly string[]) {
  return tx
    .selectFrom('self_update.link')
    .select(told)
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', 'in', [...cardIds])
    .orderBy('link_id', 'desc')
    .limit(20)
    .execute();
}
export type LinkRow = Awaited<ReturnType<typeof listLinks>>[number];

export async function findOwnLink(tx: Tx, actor: Actor, linkId: string): Promise<LinkRow | undefined> {
  return tx
    .selectFrom('self_update.link')
    .select(told)
    .where('workspace_id', '=', actor.workspaceId)
    .where('link_id', '=', linkId)
    .executeTakeFirst();
}

/** @returns false when it stands no more */
export async function endLink(tx: Tx, workspaceId: string, linkId: string, by: 'holder' | 'contact'): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('self_update.link')
    .set({ ended_at: sql`now()`, ended_by: by })
    .where('workspace_id', '=', workspaceId)
    .where('link_id', '=', linkId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Takes out what a contact said of who took over. @returns null when it was decided already */
export async function takeSuccessor(tx: Tx, actor: Actor, linkId: string): Promise<Uint8Array | null> {
  const { rows } = await sql<{ successor: Uint8Array }>`
    with kept as (select link_id, successor from self_update.link
      where workspace_id = ${actor.workspaceId} and link_id = ${linkId} and successor is not null for update)
    update self_update.link l set successor = null from kept
    where l.workspace_id = ${actor.workspaceId} and l.link_id = kept.link_id returning kept.successor`.execute(tx);
  return rows[0]?.successor ?? null;
}

/** A link as it is followed, locked until the end; as the keeper. */
export async function lockLink(tx: Tx, workspaceId: string, linkId: string) {
  return tx
    .selectFrom('self_update.link')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('link_id', '=', linkId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
}
export type OpenLink = NonNullable<Awaited<ReturnType<typeof lockLink>>>;

/** A new code takes the place of the last one. @returns false after too many, or too soon after the last */
export async function setCode(tx: Tx, { workspace_id, link_id }: OpenLink, codeHash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    update self_update.link set code_hash = ${codeHash}, code_sent_at = now(), code_tries = 0, code_count = code_count + 1,
      code_until = now() + make_interval(mins => ${code.minutes})
    where workspace_id = ${workspace_id} and link_id = ${link_id} and code_count < ${code.most}
      and (code_sent_at is null or code_sent_at < now() - make_interval(secs => ${code.pauseSeconds}))
    returning link_id`.execute(tx);
  return rows.length > 0;
}

/** Counts a try of the code that was sent. @returns false when it is not to be tried (any more) */
export async function countTry(tx: Tx, { workspace_id, link_id }: OpenLink): Promise<boolean> {
  const { rows } = await sql`
    update self_update.link set code_tries = code_tries + 1
    where workspace_id = ${workspace_id} and link_id = ${link_id} and code_hash is not null and code_until > now()
      and code_tries < ${code.tries}
    returning link_id`.execute(tx);
  return rows.length > 0;
}

/** The code has done what it was for: it opens this visit, and none after it. */
export async function openVisit(tx: Tx, { workspace_id, link_id }: OpenLink, visitHash: Buffer): Promise<void> {
  await sql`update self_update.link set code_hash = null, visit_hash = ${visitHash},
      visit_until = now() + make_interval(mins => ${visitMinutes})
    where workspace_id = ${workspace_id} and link_id = ${link_id}`.execute(tx);
}

export async function setAnswered(
  tx: Tx,
  { workspace_id, link_id }: OpenLink,
  successor: Buffer | undefined,
): Promise<void> {
  await tx
    .updateTable('self_update.link')
    .set({ answered_at: sql`now()`, ...(successor && { successor }) })
    .where('workspace_id', '=', workspace_id)
    .where('link_id', '=', link_id)
    .execute();
}

/** A link goes on showing what became of a wish until then, at least. */
export async function prolong(
  tx: Tx,
  { workspace_id, link_id }: Pick<OpenLink, 'workspace_id' | 'link_id'>,
  until: Date,
): Promise<void> {
  await tx
    .updateTable('self_update.link')
    .set({ expires_at: sql`greatest(expires_at, ${until})` })
    .where('workspace_id', '=', workspace_id)
    .where('link_id', '=', link_id)
    .execute();
}

/**
 * Takes the one time in a year that an address is asked in bulk. Of two at once, in whatever books, one gets it: the other waits for the row
 * and finds it taken.
 */
export async function takeYear(tx: Tx, workspaceId: string, contactPointId: string): Promise<boolean> {
  const { rows } = await sql`
    insert into self_update.asked as a (workspace_id, contact_point_id) values (${workspaceId}, ${contactPointId})
    on conflict on constraint asked_pk do update set asked_at = now() where a.asked_at < now() - interval '1 year'
    returning contact_point_id`.execute(tx);
  return rows.length > 0;
}

/** Whether an address was asked in bulk, or by a holder, within a year. */
export async function wasAskedThisYear(tx: Tx, workspaceId: string, contactPointId: string): Promise<boolean> {
  const { rows } = await sql`
    select from self_update.asked where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId}
      and asked_at >= now() - interval '1 year'`.execute(tx);
  return rows.length > 0;
}

/** Nobody was asked after all: what this transaction took is there again. */
export async function giveYearBack(tx: Tx, workspaceId: string, contactPointId: string): Promise<void> {
  await sql`delete from self_update.asked where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and asked_at = now()`.execute(
    tx,
  );
}

/** Whether a link of the actor's to an address stands. */
export async function hasOpenLink(tx: Tx, actor: Actor, contactPointId: string): Promise<boolean> {
  const { rows } = await sql`
    select from self_update.link where workspace_id = ${actor.workspaceId} and holder_id = ${actor.memberId}
      and contact_point_id = ${contactPointId} and ended_at is null and expires_at >= now()`.execute(tx);
  return rows.length > 0;
}

/** Asked by a holder for one: the next round leaves them out. */
export async function noteAsked(tx: Tx, workspaceId: string, contactPointId: string): Promise<void> {
  await sql`insert into self_update.asked (workspace_id, contact_point_id) values (${workspaceId}, ${contactPointId})
    on conflict on constraint asked_pk do update set asked_at = now()`.execute(tx);
}

/** @throws AppError already_running while a round of the book does */
export async function addRound(
  tx: Tx,
  actor: Actor,
  round: { roundId: string; bookId: string; locale: Locale },
): Promise<void> {
  await tx
    .insertInto('self_update.round')
    .values({
      workspace_id: actor.workspaceId,
      round_id: round.roundId,
      book_id: round.bookId,
      member_id: actor.memberId,
      locale: round.locale,
    })
    .execute()
    .catch((error: { constraint?: string }) => {
      if (error.constraint === 'round_running_uq') throw new AppError('already_running');
      throw error;
    });
}

const ofRound = [
  'round_id',
  'book_id',
  'member_id',
  'locale',
  'state',
  'asked',
  'left_out',
  'at_card',
  'created_at',
  'done_at',
] as const;

export async function findRound(tx: Tx, workspaceId: string, roundId: string) {
  return tx
    .selectFrom('self_update.round')
    .select(ofRound)
    .where('workspace_id', '=', workspaceId)
    .where('round_id', '=', roundId)
    .executeTakeFirst();
}
export type RoundRow = NonNullable<Awaited<ReturnType<typeof findRound>>>;

export async function findLastRound(tx: Tx, workspaceId: string, bookId: string): Promise<RoundRow | undefined> {
  return tx
    .selectFrom('self_update.round')
    .select(ofRound)
    .where('workspace_id', '=', workspaceId)
    .where('book_id', '=', bookId)
    .orderBy('round_id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** A card was looked at, in the transaction that did what was to be done for it. @returns false when another one was quicker */
export async function stepRound(
  tx: Tx,
  workspaceId: string,
  { round_id, at_card }: Pick<RoundRow, 'round_id' | 'at_card'>,
  cardId: string,
  asked: boolean,
): Promise<boolean> {
  const { rows } = await sql`
    update self_update.round set at_card = ${cardId}, asked = asked + ${asked ? 1 : 0}, left_out = left_out + ${asked ? 0 : 1}
    where workspace_id = ${workspaceId} and round_id = ${round_id} and state = 'running' and at_card is not distinct from ${at_card}
    returning round_id`.execute(tx);
  return rows.length > 0;
}

export async function endRound(tx: Tx, workspaceId: string, roundId: string): Promise<void> {
  await tx
    .updateTable('self_update.round')
    .set({ state: 'done', done_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('round_id', '=', roundId)
    .execute();
}

/** People of a book of the actor's that have an address which is theirs to use, with the first one of each. */
const reachable = (workspaceId: string, bookNo: number) => sql`
  select distinct on (c.card_id) c.card_id, f.contact_point_id from cards.card c
  join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id and s.kind <> 'self'
  join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.kind = 'email'
    and f.contact_point_id is not null and not f.copied
  where c.workspace_id = ${workspaceId} and c.book_no = ${bookNo} and c.kind = 'person' and c.exposure < 2 and c.ended_at is null`;

export async function countReachable(tx: Tx, workspaceId: string, bookNo: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct contact_point_id)::int as count from (${reachable(workspaceId, bookNo)} order by c.card_id, f.no) r`.execute(
    tx,
  );
  return rows[0]!.count;
}

export async function findReachable(
  tx: Tx,
  workspaceId: string,
  bookNo: number,
  after: string | null,
): Promise<{ card_id: string; contact_point_id: string } | undefined> {
  const { rows } = await sql<{ card_id: string; contact_point_id: string }>`
    ${reachable(workspaceId, bookNo)} and ${after ? sql`c.card_id > ${after}` : sql`true`}
    order by c.card_id, f.no limit 1`.execute(tx);
  return rows[0];
}

type NewForget = Omit<Insertable<DB['self_update.forget']>, 'workspace_id'>;

export async function addForget(tx: Tx, workspaceId: string, forget: NewForget): Promise<void> {
  await tx
    .insertInto('self_update.forget')
    .values({ workspace_id: workspaceId, ...forget })
    .execute();
}

/** What became of a wish that was told by a link, for the contact themself; as the keeper. */
export async function listForgetsOf(tx: Tx, workspaceId: string, linkId: string) {
  return tx
    .selectFrom('self_update.forget')
    .select(['asked_at', 'due_at', 'outcome', 'extension_reason'])
    .where('workspace_id', '=', workspaceId)
    .where('link_id', '=', linkId)
    .execute();
}

/** Wishes that the actor is to answer: about these cards. */
export async function listForgets(tx: Tx, actor: Actor, cardIds: readonly string[]) {
  return tx
    .selectFrom('self_update.forget')
    .select(['forget_id', 'card_id', 'asked_at', 'due_at', 'outcome', 'answered_at', 'extended_at'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('card_id', 'in', [...cardIds])
    .orderBy('forget_id', 'desc')
    .execute();
}

export async function findForget(tx: Tx, actor: Actor, forgetId: string) {
  return tx
    .selectFrom('self_update.forget')
    .select(['card_id', 'task_id', 'outcome'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('forget_id', '=', forgetId)
    .executeTakeFirst();
}

/** A wish with the link that it came by, whoever has to answer it; as the keeper. */
export async function findAnyForget(tx: Tx, workspaceId: string, forgetId: string) {
  return tx
    .selectFrom('self_update.forget as f')
    .innerJoin('self_update.link as l', (join) =>
      join.onRef('l.link_id', '=', 'f.link_id').on('l.workspace_id', '=', workspaceId),
    )
    .select([
      'f.member_id',
      'f.card_id',
      'f.task_id',
      'f.asked_at',
      'f.due_at',
      'f.link_id',
      'l.contact_point_id',
      'l.locale',
    ])
    .where('f.workspace_id', '=', workspaceId)
    .where('f.forget_id', '=', forgetId)
    .executeTakeFirst();
}
export type AnyForget = NonNullable<Awaited<ReturnType<typeof findAnyForget>>>;

/** @returns false when it was answered or extended already, or is overdue */
export async function extendForget(
  tx: Tx,
  actor: Actor,
  forgetId: string,
  reason: string,
  dueAt: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('self_update.forget')
    .set({ due_at: dueAt, extended_at: sql`now()`, extension_reason: reason })
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('forget_id', '=', forgetId)
    .where('outcome', 'is', null)
    .where('extended_at', 'is', null)
    .where('due_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** @returns false when it was answered already */
export async function setOutcome(tx: Tx, actor: Actor, forgetId: string, outcome: ForgetOutcome): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('self_update.forget')
    .set({ outcome, answered_at: sql`now()` })
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('forget_id', '=', forgetId)
    .where('outcome', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** All of the workspace, those that wait first; row security shows them to who oversees. */
export async function listAllForgets(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('self_update.forget as f')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'f.member_id').on('m.workspace_id', '=', workspaceId),
    )
    .select(['f.forget_id', 'f.asked_at', 'f.due_at', 'f.outcome', 'f.answered_at', 'f.extended_at', 'm.name'])
    .where('f.workspace_id', '=', workspaceId)
    .orderBy(sql`f.outcome is not null`)
    .orderBy('f.due_at')
    .limit(200)
    .execute();
}
