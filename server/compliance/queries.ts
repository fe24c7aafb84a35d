import { type Insertable, type Selectable, sql } from 'kysely';
import type pg from 'pg';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { newId } from '../kernel/ids.ts';
import type { Erasure } from './erasing.ts';

type RequestRow = Selectable<DB['compliance.request']>;
type AskedRow = Selectable<DB['compliance.asked']>;
export type ErasureRow = Selectable<DB['compliance.erasure']>;

/** Dates as text, whichever day it is where the server stands. */
const requestColumns = sql`request_id, kind, state, contact_point_id, address, said, locale, received_on::text, due_on::text, extended_at,
  asked, answered, recorded_by, created_at, closed_at`;
export type Request = Omit<RequestRow, 'workspace_id' | 'received_on' | 'due_on'> & {
  received_on: string;
  due_on: string;
};

export async function addRequest(
  tx: Tx,
  workspaceId: string,
  request: Omit<Insertable<DB['compliance.request']>, 'workspace_id'>,
): Promise<void> {
  await tx
    .insertInto('compliance.request')
    .values({ workspace_id: workspaceId, ...request })
    .execute();
}

/** Open ones first, by the day on which they are due; then the latest. */
export async function listRequests(tx: Tx, workspaceId: string): Promise<Request[]> {
  const { rows } = await sql<Request>`
    select ${requestColumns} from compliance.request where workspace_id = ${workspaceId}
    order by closed_at is not null, case when closed_at is null then due_on end, request_id desc limit 500`.execute(tx);
  return rows;
}

export async function findRequest(tx: Tx, workspaceId: string, requestId: string): Promise<Request | undefined> {
  const { rows } = await sql<Request>`
    select ${requestColumns} from compliance.request where workspace_id = ${workspaceId} and request_id = ${requestId}`.execute(
    tx,
  );
  return rows[0];
}

/** The same, held until the end of the transaction. As the keeper. */
export async function lockRequest(tx: Tx, workspaceId: string, requestId: string): Promise<Request | undefined> {
  const { rows } = await sql<Request>`
    select ${requestColumns} from compliance.request where workspace_id = ${workspaceId} and request_id = ${requestId} for update`.execute(
    tx,
  );
  return rows[0];
}

/** Whether somebody asks for the same at the same address, and is not answered yet. */
export async function isOpen(tx: Tx, workspaceId: string, kind: string, contactPointId: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`privacy ${workspaceId} ${kind} ${contactPointId}`}, 0))`.execute(
    tx,
  );
  const { rows } = await sql`select from compliance.request where workspace_id = ${workspaceId} and kind = ${kind}
    and contact_point_id = ${contactPointId} and closed_at is null`.execute(tx);
  return rows.length > 0;
}

export async function closeRequest(
  tx: Tx,
  workspaceId: string,
  requestId: string,
  state: 'done' | 'partly' | 'refused',
): Promise<void> {
  await sql`update compliance.request set state = ${state}, closed_at = now()
    where workspace_id = ${workspaceId} and request_id = ${requestId}`.execute(tx);
}

export async function setErasing(tx: Tx, workspaceId: string, requestId: string): Promise<void> {
  await sql`update compliance.request set state = 'erasing' where workspace_id = ${workspaceId} and request_id = ${requestId}`.execute(
    tx,
  );
}

/** @returns false when it was extended already */
export async function extend(tx: Tx, workspaceId: string, requestId: string, dueOn: string): Promise<boolean> {
  const { rows } = await sql`update compliance.request set due_on = ${dueOn}, extended_at = now()
    where workspace_id = ${workspaceId} and request_id = ${requestId} and extended_at is null returning request_id`.execute(
    tx,
  );
  if (rows.length === 0) return false;
  await sql`update compliance.asked set due_on = ${dueOn}
    where workspace_id = ${workspaceId} and request_id = ${requestId} and outcome is null`.execute(tx);
  return true;
}

export interface Bearing {
  card_id: string;
  book_no: number;
  holders: string[];
}

/**
 * The cards that bear an address, whoever holds them and wherever they are out of sight, with the members who act as holder of each. As the keeper.
 */
export async function listBearing(tx: Tx, workspaceId: string, contactPointId: string): Promise<Bearing[]> {
  const { rows } = await sql<Bearing>`
    select c.card_id, c.book_no,
      coalesce((select array_agg(m.member_id order by m.member_id) from identity.member m
        where m.workspace_id = ${workspaceId} and m.status = 'active' and (m.member_id = b.holder_id or (b.holder_id is null and exists (
          select from delegation.steward s where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = m.member_id)))),
        '{}') as holders
    from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and exists (select from cards.card_field f
      where f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.contact_point_id = ${contactPointId})
    order by c.card_id`.execute(tx);
  return rows;
}

/** Admins who are here: who looks after the desk. */
export async function listAdmins(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select member_id from identity.member where workspace_id = ${workspaceId} and role = 'admin' and status = 'active'
    order by member_id`.execute(tx);
  return rows.map((row) => row.member_id);
}

export async function addAsked(
  tx: Tx,
  workspaceId: string,
  asked: Omit<Insertable<DB['compliance.asked']>, 'workspace_id'>,
): Promise<void> {
  await tx
    .insertInto('compliance.asked')
    .values({ workspace_id: workspaceId, ...asked })
    .execute();
  await sql`update compliance.request set asked = asked + 1
    where workspace_id = ${workspaceId} and request_id = ${asked.request_id}`.execute(tx);
}

export type Asked = Omit<AskedRow, 'workspace_id' | 'due_on'> & { due_on: string };
const askedColumns = sql`asked_id, request_id, member_id, task_id, kind, due_on::text, card_ids, left_out, outcome, created_at, answered_at`;

/** What is asked of the actor: what waits first. In their transaction. */
export async function listAskedOf(tx: Tx, { workspaceId, memberId }: Actor): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    select ${askedColumns} from compliance.asked where workspace_id = ${workspaceId} and member_id = ${memberId}
    order by outcome is not null, due_on, asked_id limit 200`.execute(tx);
  return rows;
}

export async function findAskedOf(tx: Tx, actor: Actor, askedId: string): Promise<Asked | undefined> {
  const { rows } = await sql<Asked>`
    select ${askedColumns} from compliance.asked
    where workspace_id = ${actor.workspaceId} and member_id = ${actor.memberId} and asked_id = ${askedId}`.execute(tx);
  return rows[0];
}

/** All that was asked for a request. As the keeper. */
export async function listAsked(tx: Tx, workspaceId: string, requestId: string): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    select ${askedColumns} from compliance.asked where workspace_id = ${workspaceId} and request_id = ${requestId}
    order by asked_id`.execute(tx);
  return rows;
}

/** Takes an answer, once, and counts it. As the keeper. @returns false when it was answered already, or the request is closed */
export async function answerAsked(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  askedId: string,
  answer: { outcome: string; leftOut: readonly string[] },
): Promise<boolean> {
  const { rows } = await sql<{ request_id: string }>`
    update compliance.asked a set outcome = ${answer.outcome}, left_out = ${[...answer.leftOut]}::uuid[], answered_at = now()
    from compliance.request r
    where a.workspace_id = ${workspaceId} and a.asked_id = ${askedId} and a.member_id = ${memberId} and a.outcome is null
      and r.workspace_id = ${workspaceId} and r.request_id = a.request_id and r.state = 'asking'
    returning a.request_id`.execute(tx);
  if (!rows[0]) return false;
  await sql`update compliance.request set answered = answered + 1
    where workspace_id = ${workspaceId} and request_id = ${rows[0].request_id}`.execute(tx);
  return true;
}

/** Everybody who has not answered yet, of requests that are open. */
export async function listWaiting(tx: Tx) {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{
    workspace_id: string;
    request_id: string;
    asked_id: string;
    member_id: string;
    due_on: string;
  }>`
    select a.workspace_id, a.request_id, a.asked_id, a.member_id, a.due_on::text from compliance.asked a
    join compliance.request r on r.workspace_id = a.workspace_id and r.request_id = a.request_id and r.state = 'asking'
    where a.outcome is null order by a.workspace_id, a.asked_id`.execute(tx);
  return rows;
}

export async function listOpen(tx: Tx) {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string; request_id: string; due_on: string }>`
    select workspace_id, request_id, due_on::text from compliance.request where closed_at is null
    order by workspace_id, request_id`.execute(tx);
  return rows;
}

type StepKind =
  | 'recorded'
  | 'receipt_sent'
  | 'not_sent'
  | 'confirmed'
  | 'reminded'
  | 'extended'
  | 'objected'
  | 'proposed'
  | 'answer_sent'
  | 'opened'
  | 'erasing'
  | 'erased'
  | 'done'
  | 'refused';

export async function addStep(
  tx: Tx,
  workspaceId: string,
  requestId: string,
  kind: StepKind,
  memberId: string | null = null,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await tx
    .insertInto('compliance.step')
    .values({
      workspace_id: workspaceId,
      request_id: requestId,
      step_id: newId(),
      kind,
      member_id: memberId,
      detail: JSON.stringify(detail),
    })
    .execute();
}

/** Row security shows them to who oversees. */
export async function listSteps(tx: Tx, workspaceId: string, requestId: string) {
  const { rows } = await sql<{
    kind: StepKind;
    by: string | null;
    detail: Record<string, number | string | Record<string, number>>;
    at: Date;
  }>`
    select s.kind, m.name as by, s.detail, s.at from compliance.step s
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.member_id
    where s.workspace_id = ${workspaceId} and s.request_id = ${requestId} order by s.step_id`.execute(tx);
  return rows;
}

export async function putAnswer(
  tx: Tx,
  workspaceId: string,
  answer: { requestId: string; secretHash: Buffer; content: Buffer; expiresAt: Date },
): Promise<void> {
  await sql`insert into compliance.answer (workspace_id, request_id, secret_hash, content, expires_at)
    values (${workspaceId}, ${answer.requestId}, ${answer.secretHash}, ${answer.content}, ${answer.expiresAt})
    on conflict on constraint answer_pk do update
    set secret_hash = excluded.secret_hash, content = excluded.content, created_at = now(), expires_at = excluded.expires_at`.execute(
    tx,
  );
}

/** What a link opens, while it does. As the keeper. */
export async function findAnswer(tx: Tx, workspaceId: string, requestId: string) {
  const { rows } = await sql<{ secret_hash: Buffer; content: Buffer; created_at: Date; expires_at: Date }>`
    select secret_hash, content, created_at, expires_at from compliance.answer
    where workspace_id = ${workspaceId} and request_id = ${requestId} and expires_at > now()`.execute(tx);
  return rows[0];
}

/** Answers that open no more, and addresses of requests that ended long ago. */
export async function forgetOld(tx: Tx, addressDays: number): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from compliance.answer where expires_at <= now()`.execute(tx);
  await sql`update compliance.request set address = null, said = null
    where closed_at < now() - make_interval(days => ${addressDays}) and (address is not null or said is not null)`.execute(
    tx,
  );
}

export interface LockedCard {
  card_id: string;
  book_id: string;
  book_no: number;
}

/** Cards with their books, in the order in which locks are taken: the books first. As the keeper. */
export async function lockCards(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<LockedCard[]> {
  await sql`select from delegation.book b where b.workspace_id = ${workspaceId} and b.book_no in (
      select c.book_no from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]))
    order by b.book_no for update`.execute(tx);
  const { rows } = await sql<LockedCard>`
    select c.card_id, b.book_id, c.book_no from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]) order by c.card_id for update of c`.execute(
    tx,
  );
  return rows;
}

export async function listConversations(tx: Tx, workspaceId: string, pointIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ conversation_id: string }>`
    select conversation_id from conversations.conversation
    where workspace_id = ${workspaceId} and contact_point_id = any(${pointIds}::uuid[]) and erased_at is null
    order by conversation_id`.execute(tx);
  return rows.map((row) => row.conversation_id);
}

export async function listSourceKeys(tx: Tx, workspaceId: string, cardIds: readonly string[]) {
  const { rows } = await sql<{ source_id: string; source_key: string }>`
    select source_id, source_key from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[])`.execute(
    tx,
  );
  return rows;
}

/** An address, and those of cards that no other card bears. */
export async function listOwnPoints(
  tx: Tx,
  workspaceId: string,
  contactPointId: string,
  cardIds: readonly string[],
): Promise<{ contact_point_id: string; channel: string }[]> {
  const { rows } = await sql<{ contact_point_id: string; channel: string }>`
    select p.contact_point_id, p.channel from cards.contact_point p
    where p.workspace_id = ${workspaceId} and (p.contact_point_id = ${contactPointId} or (
      p.contact_point_id in (select f.contact_point_id from cards.card_field f
        where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}::uuid[]))
      and not exists (select from cards.card_field o
        where o.workspace_id = ${workspaceId} and o.contact_point_id = p.contact_point_id and o.card_id <> all(${cardIds}::uuid[]))))
    order by p.contact_point_id`.execute(tx);
  return rows;
}

export async function addErasure(
  tx: Tx,
  { workspaceId, erasureId, requestId, cardIds, pointIds, suppressed }: Erasure,
): Promise<void> {
  await sql`insert into compliance.erasure (workspace_id, erasure_id, request_id, card_ids, contact_point_ids, suppressed)
    values (${workspaceId}, ${erasureId}, ${requestId}, ${[...cardIds]}::uuid[], ${[...pointIds]}::uuid[], ${JSON.stringify(suppressed)}::jsonb)`.execute(
    tx,
  );
}

export async function findErasure(tx: Tx, workspaceId: string, erasureId: string): Promise<ErasureRow | undefined> {
  return tx
    .selectFrom('compliance.erasure')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('erasure_id', '=', erasureId)
    .executeTakeFirst();
}

export async function knowsWorkspace(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await sql`select from identity.workspace where workspace_id = ${workspaceId}`.execute(tx);
  return rows.length > 0;
}

/** All erasures of a database that is about to be replaced, whose version may be older than the table. */
export async function listErasuresOf(client: pg.ClientBase): Promise<ErasureRow[]> {
  const there = await client.query<{ is: boolean }>(`select to_regclass('compliance.erasure') is not null as is`);
  if (!there.rows[0]!.is) return [];
  // No workspace: the whole installation is replaced.
  const { rows } = await client.query<ErasureRow>('select * from compliance.erasure');
  return rows;
}

/** Whom the books of these cards are lent to just now, by kind: of members and teams no name, of the company's uses and programs theirs. As the keeper. */
export async function listRecipients(tx: Tx, workspaceId: string, cardIds: readonly string[]) {
  const { rows } = await sql<{ kind: string; name: string | null; purposes: string[] }>`
    select g.grantee_kind as kind, case when g.grantee_kind in ('process', 'app') then coalesce(t.name, a.name) end as name,
      coalesce(array_agg(distinct p.purpose) filter (where p.purpose is not null), '{}') as purposes
    from delegation.grant g
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = g.grantee_id and g.grantee_kind = 'process'
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = g.grantee_id and g.grantee_kind = 'app'
    left join lateral unnest(g.purposes) p(purpose) on true
    where g.workspace_id = ${workspaceId} and (g.ends_at is null or g.ends_at > now()) and (g.starts_at is null or g.starts_at <= now())
      and g.book_id in (select b.book_id from delegation.book b join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = b.book_no
        where b.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]) and c.exposure = 0)
    group by 1, 2 order by 1, 2`.execute(tx);
  return rows;
}

/** The address of a request that is done with, at once. */
export async function forgetAddress(tx: Tx, workspaceId: string, requestId: string): Promise<void> {
  await sql`update compliance.request set address = null, said = null where workspace_id = ${workspaceId} and request_id = ${requestId}`.execute(
    tx,
  );
}

/** What was answered to who is erased, and the address of what they asked before and is closed. */
export async function forgetEarlier(tx: Tx, workspaceId: string, pointIds: readonly string[]): Promise<void> {
  await sql`delete from compliance.answer a using compliance.request r
    where a.workspace_id = ${workspaceId} and r.workspace_id = ${workspaceId} and r.request_id = a.request_id
      and r.contact_point_id = any(${[...pointIds]}::uuid[])`.execute(tx);
  await sql`update compliance.request set address = null, said = null
    where workspace_id = ${workspaceId} and contact_point_id = any(${[...pointIds]}::uuid[]) and closed_at is not null
      and (address is not null or said is not null)`.execute(tx);
}

/** Of a request that is closed, nothing is asked any more. */
export async function dropUnanswered(tx: Tx, workspaceId: string, requestId: string): Promise<void> {
  await sql`delete from compliance.asked where workspace_id = ${workspaceId} and request_id = ${requestId} and outcome is null`.execute(
    tx,
  );
}
