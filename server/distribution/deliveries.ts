import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import type { Endpoint, EventName, Wanted } from './contract.ts';

// Messages on their way out. As the keeper.

/** Whom an endpoint `e` is for is there still, and whoever made it may speak for them. */
const isSound = sql`coalesce(e.key_ends_at, 'infinity') > now()
  and exists (select from identity.member m where m.workspace_id = e.workspace_id and m.member_id = e.created_by and m.status = 'active')
  and case e.grantee_kind
    when 'member' then true
    when 'app' then exists (select from identity.app a where a.workspace_id = e.workspace_id and a.app_id = e.grantee_id and a.ended_at is null)
    else exists (select from identity.team t
      join identity.team_member i on i.workspace_id = t.workspace_id and i.team_id = t.team_id and i.member_id = e.created_by
      where t.workspace_id = e.workspace_id and t.team_id = e.grantee_id and coalesce(t.ends_at, 'infinity') > now()) end`;

/** An endpoint to which something is to leave now. */
export interface Leaving {
  workspace_id: string;
  endpoint_id: string;
  url: string;
  events: Wanted[];
  grantee_kind: Endpoint['grantee']['kind'];
  grantee_id: string;
  created_by: string;
  secret: Buffer;
  /** Null where it signs no more. */
  former_secret: Buffer | null;
  /** Otherwise it hears of who is withdrawn, and of nothing else. */
  sound: boolean;
}

export async function findLeaving(tx: Tx): Promise<Leaving[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<Leaving>`
    select e.workspace_id, e.endpoint_id, e.url, e.events, e.grantee_kind, e.grantee_id, e.created_by, e.secret,
      case when e.former_until > now() then e.former_secret end as former_secret, s.sound
    from distribution.endpoint e cross join lateral (select e.ending_at is null and ${isSound} as sound) s
    where e.state = 'active' and exists (select from distribution.delivery d
      where d.workspace_id = e.workspace_id and d.endpoint_id = e.endpoint_id and d.state = 'waiting' and d.due_at <= now()
        and (s.sound or d.event = 'person.withdrawn'))`.execute(tx);
  return rows;
}

export interface Claimed {
  delivery_id: string;
  event: EventName;
  subject_id: string;
  happened_at: Date;
  /** Those before this one. */
  attempts: number;
  due_at: Date;
  since: Date;
  told: boolean;
}

/** Takes some that are due, to see what of them may leave: nobody else takes them until the time is over. */
export async function claim(
  tx: Tx,
  { workspace_id, endpoint_id, sound }: Pick<Leaving, 'workspace_id' | 'endpoint_id' | 'sound'>,
  limit: number,
  seconds: number,
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    -- Materialized: asked again for each row, it would lock and give others each time, and more than the limit.
    with due as materialized (
      select delivery_id, due_at from distribution.delivery
      where workspace_id = ${workspace_id} and endpoint_id = ${endpoint_id} and state = 'waiting' and due_at <= now()
        and (${sound} or event = 'person.withdrawn')
      order by due_at limit ${limit} for update skip locked)
    update distribution.delivery d set due_at = now() + make_interval(secs => ${seconds}) from due
    where d.workspace_id = ${workspace_id} and d.delivery_id = due.delivery_id
    returning d.delivery_id, d.event, d.subject_id, d.happened_at, d.attempts, due.due_at, d.since, d.told`.execute(tx);
  return rows;
}

/** Of what was taken, what has no room to leave now stands where it stood. */
export async function giveBack(tx: Tx, workspaceId: string, all: readonly Claimed[]): Promise<void> {
  await sql`
    update distribution.delivery d set due_at = n.due_at
    from unnest(${all.map((one) => one.delivery_id)}::uuid[], ${all.map((one) => one.attempts)}::int[],
      ${all.map((one) => one.due_at)}::timestamptz[]) n (id, attempts, due_at)
    where d.workspace_id = ${workspaceId} and d.delivery_id = n.id and d.attempts = n.attempts and d.state = 'waiting'`.execute(
    tx,
  );
}

/**
 * Writes down that these leave now, and that their holders were told: nobody else sends them, until the time is over in which whoever does must
 * have said what came of it. @returns those that nobody else has sent since they were taken
 */
export async function markLeaving(tx: Tx, workspaceId: string, all: readonly Claimed[], seconds: number) {
  const { rows } = await sql<{ delivery_id: string }>`
    update distribution.delivery d set attempts = d.attempts + 1, told = true, due_at = now() + make_interval(secs => ${seconds})
    from unnest(${all.map((one) => one.delivery_id)}::uuid[], ${all.map((one) => one.attempts)}::int[]) n (id, attempts)
    where d.workspace_id = ${workspaceId} and d.delivery_id = n.id and d.attempts = n.attempts and d.state = 'waiting'
    returning d.delivery_id`.execute(tx);
  return new Set(rows.map((row) => row.delivery_id));
}

/** What is not (or no longer) open to the grantee: as if it had never been, or, where something of it has left already, kept back. */
export async function dropUnseen(tx: Tx, workspaceId: string, deliveryIds: readonly string[]): Promise<void> {
  await sql`delete from distribution.delivery
    where workspace_id = ${workspaceId} and delivery_id = any(${deliveryIds}::uuid[]) and state = 'waiting' and last_at is null
      and not told`.execute(tx);
  await sql`update distribution.delivery set state = 'withheld', last_at = coalesce(last_at, now())
    where workspace_id = ${workspaceId} and delivery_id = any(${deliveryIds}::uuid[]) and state = 'waiting'`.execute(
    tx,
  );
}

export interface Outcome {
  state: 'sent' | 'waiting' | 'dead';
  dueAt: Date | null;
  status: number | null;
  trouble: string | null;
  tookMs: number;
}

/** What came of an attempt; said by whoever made the last one. @returns false where another was made meanwhile */
export async function settle(
  tx: Tx,
  workspaceId: string,
  { delivery_id, attempts }: Pick<Claimed, 'delivery_id' | 'attempts'>,
  { state, dueAt, status, trouble, tookMs }: Outcome,
): Promise<boolean> {
  const { rows } = await sql`
    update distribution.delivery set state = ${state}, due_at = coalesce(${dueAt}, due_at), last_at = now(), status = ${status},
      trouble = ${trouble}, took_ms = ${tookMs}
    where workspace_id = ${workspaceId} and delivery_id = ${delivery_id} and attempts = ${attempts} and state = 'waiting'
    returning delivery_id`.execute(tx);
  return rows.length > 0;
}

/** It answered that it is not there any more (RFC 9110, 15.5.11). */
export async function markGone(tx: Tx, workspaceId: string, endpointId: string): Promise<void> {
  await sql`update distribution.endpoint set state = 'gone'
    where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} and state = 'active'`.execute(tx);
}

/** Whom the failing of an endpoint concerns: the admins, who alone open the page where it stands. */
export async function findConcerned(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select member_id from identity.member
    where workspace_id = ${workspaceId} and status = 'active' and role = 'admin'`.execute(tx);
  return rows.map((row) => row.member_id);
}

/** The API keys with which endpoints were made that have not ended. */
export async function listKeys(tx: Tx): Promise<string[]> {
  // No workspace: all are looked after.
  const { rows } = await sql<{ key_id: string }>`
    select distinct key_id from distribution.endpoint
    where key_id is not null and state <> 'ended' and coalesce(key_ends_at, 'infinity') > now()`.execute(tx);
  return rows.map((row) => row.key_id);
}

/** What was made with these API keys ends with them. */
export async function endKeys(tx: Tx, keyIds: readonly string[]): Promise<void> {
  // No workspace: the id of a key is one everywhere.
  await sql`update distribution.endpoint set key_ends_at = now()
    where key_id = any(${keyIds}::uuid[]) and coalesce(key_ends_at, 'infinity') > now()`.execute(tx);
}

/** Has those end whose grantee is not there any more, or whose maker may not speak for it; what waits there of all else never leaves. */
export async function markEnding(tx: Tx): Promise<void> {
  // No workspace: all are looked after.
  await sql`update distribution.endpoint e set ending_at = case when e.ending_at is null then now() end
    where e.state <> 'ended' and (e.ending_at is null) = not (${isSound})`.execute(tx);
  // No workspace: all are looked after.
  await sql`delete from distribution.delivery d using distribution.endpoint e
    where e.workspace_id = d.workspace_id and e.endpoint_id = d.endpoint_id and e.ending_at is not null and d.state = 'waiting'
      and d.event <> 'person.withdrawn'`.execute(tx);
}

/** Ends them when whoever was told of somebody has heard that they are withdrawn, or cannot be reached, or after three days. */
export async function endUnsound(tx: Tx): Promise<void> {
  // No workspace: all are looked after.
  await sql`update distribution.endpoint e set state = 'ended'
    where e.ending_at is not null and e.state <> 'ended' and (e.state = 'gone' or e.ending_at < now() - interval '3 days'
      or not exists (select from distribution.known k where k.workspace_id = e.workspace_id and k.endpoint_id = e.endpoint_id)
        and not exists (select from distribution.delivery d
          where d.workspace_id = e.workspace_id and d.endpoint_id = e.endpoint_id and d.state = 'waiting'))`.execute(
    tx,
  );
  // No workspace: all are looked after.
  await sql`delete from distribution.delivery d using distribution.endpoint e
    where e.workspace_id = d.workspace_id and e.endpoint_id = d.endpoint_id and e.state = 'ended' and d.state = 'waiting'`.execute(
    tx,
  );
  // No workspace: all are looked after.
  await sql`delete from distribution.known k using distribution.endpoint e
    where e.workspace_id = k.workspace_id and e.endpoint_id = k.endpoint_id and e.state = 'ended'`.execute(tx);
}

/** What waited too long while an endpoint was held, and the log of before 30 days. */
export async function forgetOld(tx: Tx): Promise<void> {
  // No workspace: all are looked after.
  await sql`delete from distribution.delivery where happened_at < now() - interval '30 days'`.execute(tx);
}

/** What the log says of these contacts, who asked to be forgotten. What is to tell receivers that they go is sent first. */
export async function forget(tx: Tx, workspaceId: string, subjectIds: readonly string[]): Promise<void> {
  await sql`delete from distribution.delivery
    where workspace_id = ${workspaceId} and subject_id = any(${subjectIds}::uuid[])
      and not (event = 'person.withdrawn' and state = 'waiting')`.execute(tx);
}
