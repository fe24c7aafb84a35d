import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import type { TellKind } from '../kernel/telling.ts';
import type { EventName, Wanted } from './contract.ts';

// What happened, on its way into what each endpoint is to be told. As the keeper.

export interface ToldRow {
  told_id: string;
  kind: TellKind;
  subject_ids: string[];
  at: string;
}

/** The workspaces in which something happened. */
export async function findTold(tx: Tx): Promise<string[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{ workspace_id: string }>`select distinct workspace_id from kernel.told`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

/**
 * Takes what happened, the oldest first; what somebody else is at is left out. It is forgotten with this transaction.
 * @param subjects about so many of them: of a row that has more, the rest stays
 */
export async function takeTold(tx: Tx, workspaceId: string, subjects: number): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow & { whole: boolean }>`
    with next as materialized (
      select told_id, kind, subject_ids, at from kernel.told where workspace_id = ${workspaceId} and kind <> 'grant'
      order by told_id limit 20 for update skip locked),
    counted as (select *, sum(cardinality(subject_ids)) over (order by told_id) - cardinality(subject_ids) as before from next)
    select told_id, kind, subject_ids[1:(${subjects} - before)::int] as subject_ids, to_json(at) #>> '{}' as at,
      before + cardinality(subject_ids) <= ${subjects} as whole
    from counted where before < ${subjects} order by told_id`.execute(tx);
  const whole = rows.filter((row) => row.whole).map((row) => row.told_id);
  await forgetTold(tx, workspaceId, whole);
  for (const { told_id, subject_ids } of rows.filter((row) => !row.whole))
    await sql`update kernel.told set subject_ids = subject_ids[${subject_ids.length + 1}::int:]
      where workspace_id = ${workspaceId} and told_id = ${told_id}`.execute(tx);
  return rows;
}

export async function forgetTold(tx: Tx, workspaceId: string, toldIds: readonly string[]): Promise<void> {
  await sql`delete from kernel.told where workspace_id = ${workspaceId} and told_id = any(${toldIds}::uuid[])`.execute(
    tx,
  );
}

/** That grants changed: forgotten one by one, when it has been looked who is withdrawn. */
export async function listGrants(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ told_id: string }>`
    select told_id from kernel.told where workspace_id = ${workspaceId} and kind = 'grant' order by told_id limit 1000`.execute(
    tx,
  );
  return rows.map((row) => row.told_id);
}

export interface Listener {
  endpoint_id: string;
  grantee_id: string;
  events: Wanted[];
  created_at: Date;
}

/** Endpoints that are told of what happens; what is paused is told later. */
export async function listListeners(tx: Tx, workspaceId: string): Promise<Listener[]> {
  const { rows } = await sql<Listener>`
    select endpoint_id, grantee_id, events, created_at from distribution.endpoint
    where workspace_id = ${workspaceId} and state in ('active', 'paused') and ending_at is null`.execute(tx);
  return rows;
}

export interface NewDelivery {
  deliveryId: string;
  endpointId: string;
  granteeId: string;
  event: EventName;
  subjectId: string;
  at: string;
}

/** Written once, whoever writes it how often. */
export async function addDeliveries(tx: Tx, workspaceId: string, all: readonly NewDelivery[]): Promise<void> {
  const perInsert = 5000;
  for (let from = 0; from < all.length; from += perInsert) {
    const some = all.slice(from, from + perInsert);
    await sql`
      insert into distribution.delivery (workspace_id, delivery_id, endpoint_id, grantee_id, event, subject_id, happened_at)
      select ${workspaceId}, n.* from unnest(${some.map((one) => one.deliveryId)}::uuid[], ${some.map((one) => one.endpointId)}::uuid[],
        ${some.map((one) => one.granteeId)}::uuid[], ${some.map((one) => one.event)}::text[], ${some.map((one) => one.subjectId)}::uuid[],
        ${some.map((one) => one.at)}::timestamptz[]) n
      on conflict on constraint delivery_pk do nothing`.execute(tx);
  }
}

export interface Knowing {
  workspace_id: string;
  endpoint_id: string;
  grantee_id: string;
  /** It may hear of nobody any more. */
  ending: boolean;
}

/** Endpoints that have been told of somebody. @param workspaceId null: of all workspaces */
export async function listKnowing(tx: Tx, workspaceId: string | null): Promise<Knowing[]> {
  const { rows } = await sql<Knowing>`
    select e.workspace_id, e.endpoint_id, e.grantee_id, e.ending_at is not null as ending from distribution.endpoint e
    where (${workspaceId}::uuid is null or e.workspace_id = ${workspaceId}) and e.state <> 'ended'
      and exists (select from distribution.known k where k.workspace_id = e.workspace_id and k.endpoint_id = e.endpoint_id)`.execute(
    tx,
  );
  return rows;
}

/** What is known of the last look at those of whom an endpoint was told. */
export interface Held {
  reach: string | null;
  /** All were looked at within a day. */
  fresh: boolean;
  /** How far the books have changed by now. */
  marks: Record<string, number>;
}

/**
 * Holds the look of one endpoint for a while: a row, since no lock outlives a transaction, and a crash must not keep it for ever.
 * @returns null where somebody else is at it
 */
export async function holdLook(tx: Tx, { workspace_id, endpoint_id }: Knowing): Promise<Held | null> {
  const { rows } = await sql<Held>`
    update distribution.endpoint e set looking_until = now() + interval '5 minutes'
    where e.workspace_id = ${workspace_id} and e.endpoint_id = ${endpoint_id} and coalesce(e.looking_until, '-infinity') < now()
    returning e.looked_reach as reach, coalesce(e.looked_whole_at > now() - interval '1 day', false) as fresh,
      (select coalesce(jsonb_object_agg(b.book_no, b.change_no), '{}') from delegation.book b where b.workspace_id = ${workspace_id}) as marks`.execute(
    tx,
  );
  return rows[0] ?? null;
}

/** The look goes on. */
async function keepLook(tx: Tx, { workspace_id, endpoint_id }: Knowing): Promise<void> {
  await sql`update distribution.endpoint set looking_until = now() + interval '5 minutes'
    where workspace_id = ${workspace_id} and endpoint_id = ${endpoint_id}`.execute(tx);
}

/** @param seen null: it was not looked to the end */
export async function endLook(
  tx: Tx,
  { workspace_id, endpoint_id }: Knowing,
  seen: { reach: string; marks: Record<string, number>; began: Date; whole: boolean } | null,
): Promise<void> {
  await sql`update distribution.endpoint set looking_until = null,
      looked_reach = coalesce(${seen?.reach ?? null}, looked_reach), looked_marks = coalesce(${seen ? JSON.stringify(seen.marks) : null}::jsonb, looked_marks),
      looked_at = coalesce(${seen?.began ?? null}, looked_at), looked_whole_at = coalesce(${seen?.whole ? seen.began : null}, looked_whole_at)
    where workspace_id = ${workspace_id} and endpoint_id = ${endpoint_id}`.execute(tx);
}

/** A contact of whom an endpoint was told. */
export interface KnownRow {
  card_id: string;
  since: string;
}

/** Of whom an endpoint has been told, some at a time, while the look is held. */
export async function listKnown(tx: Tx, knowing: Knowing, after: string, limit: number): Promise<KnownRow[]> {
  await keepLook(tx, knowing);
  const { rows } = await sql<KnownRow>`
    select card_id, to_json(since) #>> '{}' as since from distribution.known
    where workspace_id = ${knowing.workspace_id} and endpoint_id = ${knowing.endpoint_id} and card_id > ${after}
    order by card_id limit ${limit}`.execute(tx);
  return rows;
}

/**
 * Those of them whose card changed since the last look (removed, in another book: what changes a card in its place counts its book on), those
 * marked by `markChanged`, and those of whom it has been told since: what was read before something closed is written down after it.
 */
export async function listChangedKnown(tx: Tx, { workspace_id, endpoint_id }: Knowing): Promise<KnownRow[]> {
  const { rows } = await sql<KnownRow>`
    select k.card_id, to_json(k.since) #>> '{}' as since
    from distribution.endpoint e
    join delegation.book b on b.workspace_id = ${workspace_id} and b.change_no > coalesce((e.looked_marks->>b.book_no::text)::bigint, 0)
    join cards.card c on c.workspace_id = ${workspace_id} and c.book_no = b.book_no
      and c.change_no > coalesce((e.looked_marks->>b.book_no::text)::bigint, 0)
    join distribution.known k on k.workspace_id = ${workspace_id} and k.endpoint_id = ${endpoint_id} and k.card_id = c.card_id
    where e.workspace_id = ${workspace_id} and e.endpoint_id = ${endpoint_id}
    union
    select k.card_id, to_json(k.since) #>> '{}'
    from distribution.endpoint e
    join distribution.known k on k.workspace_id = ${workspace_id} and k.endpoint_id = ${endpoint_id} and k.since > e.looked_at - interval '5 minutes'
    where e.workspace_id = ${workspace_id} and e.endpoint_id = ${endpoint_id}
    order by 1`.execute(tx);
  return rows;
}

/** Something of these cards changed, be it that they are kept back: whoever was told of them is looked at at the next look. */
export async function markChanged(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  await sql`update distribution.known set since = now()
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[])`.execute(tx);
}

/** Of these contacts, those of whom an endpoint was told. */
export async function listKnownOf(
  tx: Tx,
  { workspace_id, endpoint_id }: Knowing,
  cardIds: readonly string[],
): Promise<KnownRow[]> {
  const { rows } = await sql<KnownRow>`
    select card_id, to_json(since) #>> '{}' as since from distribution.known
    where workspace_id = ${workspace_id} and endpoint_id = ${endpoint_id} and card_id = any(${cardIds}::uuid[])`.execute(
    tx,
  );
  return rows;
}

/** All on which it depends which cards the transaction reaches, as one hash: row security of cards asks nothing else. As the grantee. */
export async function readReach(tx: Tx, workspaceId: string): Promise<string> {
  const { rows } = await sql<{ reach: string }>`
    select md5(coalesce(string_agg(coalesce(current_setting('app.reach_' || n, true), ''), ',' order by n), '')) as reach
    from generate_series(0, (select max(book_no) >> 6 from delegation.book where workspace_id = ${workspaceId})) n`.execute(
    tx,
  );
  return rows[0]!.reach;
}

export async function addKnown(tx: Tx, workspaceId: string, endpointId: string, cardIds: readonly string[]) {
  await sql`
    insert into distribution.known (workspace_id, endpoint_id, card_id)
    select ${workspaceId}, ${endpointId}, n from unnest(${cardIds}::uuid[]) n order by n
    on conflict on constraint known_pk do nothing`.execute(tx);
}

/** @returns those that were known still: who forgets them first tells of it */
export async function forgetKnown(tx: Tx, workspaceId: string, endpointId: string, cardIds: readonly string[]) {
  const { rows } = await sql<{ card_id: string }>`
    delete from distribution.known
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} and card_id = any(${cardIds}::uuid[])
    returning card_id`.execute(tx);
  return new Set(rows.map((row) => row.card_id));
}

/** Which of these cards the transaction reaches. As the grantee. */
export async function keepReached(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[]) and exposure < 2`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.card_id));
}
