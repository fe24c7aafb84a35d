import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Delivery, Endpoint, EventName, Wanted } from './contract.ts';

const columns = sql`e.endpoint_id, e.name, e.url, e.events, e.grantee_kind, e.grantee_id, e.hook, e.former_until, case when e.ending_at is null then e.state else 'ended' end as state,
  e.created_by, e.created_at`;

export interface EndpointRow {
  endpoint_id: string;
  name: string;
  url: string;
  events: Wanted[];
  grantee_kind: Endpoint['grantee']['kind'];
  grantee_id: string;
  hook: boolean;
  former_until: Date | null;
  state: Endpoint['state'];
  created_by: string;
  created_at: Date;
  grantee: string;
  creator: string;
}

/** With its messages of the last 30 days. */
export interface CountedRow extends EndpointRow {
  waiting: number;
  sent: number;
  dead: number;
  last_sent_at: Date | null;
}

/** So far is counted: a backlog of a million is no slower to look at than one of a thousand. */
const mostCounted = 1000;

/** How many messages of endpoint `e` are of a state, as far as is counted. @param tried only those that were tried at least once */
const counted = (workspaceId: string, state: Delivery['state'], tried: boolean) => sql`(select count(*)::int from (
  select from distribution.delivery d where d.workspace_id = ${workspaceId} and d.endpoint_id = e.endpoint_id and d.state = ${sql.lit(state)}
    ${tried ? sql`and d.last_at is not null` : sql``} limit ${mostCounted}) n)`;

const named = (workspaceId: string) => sql`
  from distribution.endpoint e
  join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = e.created_by
  left join identity.member g on g.workspace_id = ${workspaceId} and g.member_id = e.grantee_id
  left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = e.grantee_id
  left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = e.grantee_id`;
const names = sql`m.name as creator, coalesce(g.name, t.name, a.name, '') as grantee`;

/**
 * Those that row security shows: to an admin all, to others what is for them.
 * @param own only what programs of the caller made
 * @param endpointId only this one
 */
export async function listEndpoints(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { own = false, endpointId = null }: { own?: boolean; endpointId?: string | null } = {},
): Promise<CountedRow[]> {
  const { rows } = await sql<CountedRow>`
    select ${columns}, ${names}, ${counted(workspaceId, 'waiting', false)} as waiting, ${counted(workspaceId, 'sent', true)} as sent,
      ${counted(workspaceId, 'dead', true)} as dead, (select d.last_at from distribution.delivery d
        where d.workspace_id = ${workspaceId} and d.endpoint_id = e.endpoint_id and d.state = 'sent' and d.last_at is not null
        order by d.last_at desc limit 1) as last_sent_at
    ${named(workspaceId)}
    where e.workspace_id = ${workspaceId} and (not ${own} or e.grantee_id = ${memberId} and e.hook)
      and (${endpointId}::uuid is null or e.endpoint_id = ${endpointId})
    order by e.created_at, e.endpoint_id`.execute(tx);
  return rows;
}

/** One of these; nothing is counted. */
export async function findEndpoint(
  tx: Tx,
  { workspaceId }: Actor,
  endpointId: string,
): Promise<EndpointRow | undefined> {
  const { rows } = await sql<EndpointRow>`
    select ${columns}, ${names} ${named(workspaceId)}
    where e.workspace_id = ${workspaceId} and e.endpoint_id = ${endpointId}`.execute(tx);
  return rows[0];
}

/** One of these, locked against being changed at once by somebody else. */
export async function holdEndpoint(tx: Tx, { workspaceId }: Actor, endpointId: string): Promise<boolean> {
  const { rows } = await sql`select from distribution.endpoint e
    where e.workspace_id = ${workspaceId} and e.endpoint_id = ${endpointId} for update`.execute(tx);
  return rows.length > 0;
}

interface NewEndpoint {
  endpointId: string;
  name: string;
  url: string;
  events: readonly Wanted[];
  kind: Endpoint['grantee']['kind'];
  granteeId: string;
  hook: boolean;
  secret: Buffer;
  createdBy: string;
  /** The API key that made it, with which it ends. */
  key?: { id: string; endsAt: Date | null } | undefined;
}

export async function addEndpoint(tx: Tx, workspaceId: string, one: NewEndpoint): Promise<void> {
  await sql`
    insert into distribution.endpoint (workspace_id, endpoint_id, name, url, events, grantee_kind, grantee_id, hook, secret, created_by, key_id, key_ends_at)
    values (${workspaceId}, ${one.endpointId}, ${one.name}, ${one.url}, ${JSON.stringify(one.events)}, ${one.kind}, ${one.granteeId},
      ${one.hook}, ${one.secret}, ${one.createdBy}, ${one.key?.id ?? null}, ${one.key?.endsAt ?? null})`.execute(tx);
}

export async function changeEndpoint(
  tx: Tx,
  { workspaceId }: Actor,
  endpointId: string,
  { name, url, events, state }: { name?: string; url?: string; events?: readonly Wanted[]; state?: string },
): Promise<void> {
  await sql`
    update distribution.endpoint set name = coalesce(${name ?? null}, name), url = coalesce(${url ?? null}, url),
      events = coalesce(${events ? JSON.stringify(events) : null}::jsonb, events), state = coalesce(${state ?? null}, state)
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId}`.execute(tx);
}

/** The former secret signs as long as its time is not over. As the keeper, who alone reads secrets. */
export async function replaceSecret(tx: Tx, workspaceId: string, endpointId: string, secret: Buffer): Promise<void> {
  await sql`
    update distribution.endpoint set former_secret = secret, former_until = now() + interval '1 day', secret = ${secret}
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId}`.execute(tx);
}

export async function removeEndpoint(tx: Tx, { workspaceId }: Actor, endpointId: string): Promise<boolean> {
  const { rows } = await sql`delete from distribution.endpoint
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} returning endpoint_id`.execute(tx);
  return rows.length > 0;
}

/** A team or named use that the actor belongs to. */
export async function findOwnTeam(tx: Tx, { workspaceId, memberId }: Actor, teamId: string) {
  const { rows } = await sql<{ purpose: string | null }>`
    select t.purpose from identity.team t
    join identity.team_member m on m.workspace_id = ${workspaceId} and m.team_id = t.team_id and m.member_id = ${memberId}
    where t.workspace_id = ${workspaceId} and t.team_id = ${teamId} and coalesce(t.ends_at, 'infinity') > now()`.execute(
    tx,
  );
  return rows[0];
}

/** Who authorised an app. As the keeper. */
export async function findMaker(tx: Tx, { workspaceId, memberId }: Actor): Promise<string | undefined> {
  const { rows } = await sql<{ member_id: string }>`select member_id from identity.app
    where workspace_id = ${workspaceId} and app_id = ${memberId}`.execute(tx);
  return rows[0]?.member_id;
}

/** As the keeper: how many there are in the workspace, whoever made them; what has ended takes no room. */
export async function countEndpoints(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from distribution.endpoint
    where workspace_id = ${workspaceId} and state <> 'ended' and ending_at is null`.execute(tx);
  return rows[0]!.count;
}

export interface DeliveryRow {
  delivery_id: string;
  event: EventName;
  happened_at: Date;
  state: Delivery['state'];
  attempts: number;
  due_at: Date;
  last_at: Date | null;
  status: number | null;
  trouble: string | null;
  took_ms: number | null;
  cursor: string;
}

/** Those that were tried at least once, the last first. */
export async function listDeliveries(
  tx: Tx,
  { workspaceId }: Actor,
  { endpointId, state }: { endpointId: string; state?: string | undefined },
  after: { at: string; id: string } | null,
  limit: number,
): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select d.delivery_id, d.event, d.happened_at, d.state, d.attempts, d.due_at, d.last_at, d.status, d.trouble, d.took_ms,
      to_json(d.last_at) #>> '{}' as cursor
    from distribution.delivery d
    where d.workspace_id = ${workspaceId} and d.endpoint_id = ${endpointId} and d.last_at is not null
      and (${state ?? null}::text is null or d.state = ${state ?? null})
      and (${after === null} or (d.last_at, d.delivery_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by d.last_at desc, d.delivery_id desc limit ${limit}`.execute(tx);
  return rows;
}

export async function addTest(
  tx: Tx,
  { workspaceId }: Actor,
  { endpointId, granteeId, deliveryId }: { endpointId: string; granteeId: string; deliveryId: string },
): Promise<void> {
  await sql`
    insert into distribution.delivery (workspace_id, delivery_id, endpoint_id, grantee_id, event, subject_id, happened_at)
    values (${workspaceId}, ${deliveryId}, ${endpointId}, ${granteeId}, 'test.ping', ${deliveryId}, now())`.execute(tx);
}

/** Has messages tried again for three days, under the ids they had; their holders hear of it again. @returns how many */
export async function replay(
  tx: Tx,
  { workspaceId }: Actor,
  endpointId: string,
  { deliveryId, failedSince }: { deliveryId?: string | undefined; failedSince?: string | undefined },
): Promise<number> {
  const which = deliveryId
    ? sql`delivery_id = ${deliveryId} and last_at is not null`
    : sql`state = 'dead' and last_at >= ${failedSince ?? null}::timestamptz`;
  const { rows } = await sql`
    update distribution.delivery set state = 'waiting', attempts = 0, told = false, due_at = now(), since = now()
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} and ${which} returning delivery_id`.execute(tx);
  return rows.length;
}

/** Has end what somebody made who leaves, and what was for them. As the keeper. */
export async function endEndpointsOf(tx: Tx, workspaceId: string, accountId: string): Promise<void> {
  await sql`
    update distribution.endpoint e set ending_at = coalesce(e.ending_at, now()) from identity.member m
    where e.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.account_id = ${accountId}
      and m.member_id in (e.created_by, e.grantee_id)`.execute(tx);
}
