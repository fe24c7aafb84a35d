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

/** Takes what happened, the oldest first; what somebody else is at is left out. It is forgotten with this transaction. */
export async function takeTold(tx: Tx, workspaceId: string, limit: number): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow>`
    with next as materialized (
      select told_id from kernel.told where workspace_id = ${workspaceId} order by told_id limit ${limit} for update skip locked)
    delete from kernel.told where workspace_id = ${workspaceId} and told_id in (select told_id from next)
    returning told_id, kind, subject_ids, to_json(at) #>> '{}' as at`.execute(tx);
  return rows;
}

/** Whether a grant changed among what is to be taken next. */
export async function hasGrants(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } =
    await sql`select from kernel.told where workspace_id = ${workspaceId} and kind = 'grant' limit 1`.execute(tx);
  return rows.length > 0;
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
    where workspace_id = ${workspaceId} and state in ('active', 'paused')`.execute(tx);
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
}

/** Endpoints that have been told of somebody. @param workspaceId null: of all workspaces */
export async function listKnowing(tx: Tx, workspaceId: string | null): Promise<Knowing[]> {
  const { rows } = await sql<Knowing>`
    select e.workspace_id, e.endpoint_id, e.grantee_id from distribution.endpoint e
    where (${workspaceId}::uuid is null or e.workspace_id = ${workspaceId}) and e.state <> 'ended'
      and exists (select from distribution.known k where k.workspace_id = e.workspace_id and k.endpoint_id = e.endpoint_id)`.execute(
    tx,
  );
  return rows;
}

/** Of whom an endpoint has been told, some at a time. */
export async function listKnown(tx: Tx, workspaceId: string, endpointId: string, after: string, limit: number) {
  const { rows } = await sql<{ card_id: string; since: string }>`
    select card_id, to_json(since) #>> '{}' as since from distribution.known
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} and card_id > ${after}
    order by card_id limit ${limit}`.execute(tx);
  return rows;
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
