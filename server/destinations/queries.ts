import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Destination, DestinationKind, SentField } from './contract.ts';

export interface DestinationRow {
  destination_id: string;
  name: string;
  kind: DestinationKind;
  settings: Record<string, unknown>;
  grantee_kind: Destination['grantee']['kind'];
  grantee_id: string;
  grantee: string;
  segment_id: string;
  fields: SentField[];
  every_minutes: number;
  state: Destination['state'];
  version: number;
  created_by: string;
  creator: string;
  created_at: Date;
  due_at: Date | null;
  running: boolean;
  succeeded_at: Date | null;
  failures: number;
  trouble: string | null;
}

/** Those that row security shows: to an admin all. @param destinationId only this one */
export async function listDestinations(
  tx: Tx,
  { workspaceId }: Actor,
  destinationId: string | null = null,
): Promise<DestinationRow[]> {
  const { rows } = await sql<DestinationRow>`
    select d.destination_id, d.name, d.kind, d.settings, d.grantee_kind, d.grantee_id, coalesce(g.name, t.name, '') as grantee, d.segment_id,
      d.fields, d.every_minutes, case when d.ending_at is null then d.state else 'ending' end as state, d.version, d.created_by, m.name as creator,
      d.created_at, d.due_at, coalesce(d.held_until > now(), false) as running, d.succeeded_at, d.failures, d.trouble
    from destinations.destination d
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = d.created_by
    left join identity.member g on g.workspace_id = ${workspaceId} and g.member_id = d.grantee_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = d.grantee_id
    where d.workspace_id = ${workspaceId} and (${destinationId}::uuid is null or d.destination_id = ${destinationId})
    order by d.created_at, d.destination_id`.execute(tx);
  return rows;
}

/** One of these, locked against being changed at once by somebody else. */
export async function holdDestination(tx: Tx, { workspaceId }: Actor, destinationId: string): Promise<boolean> {
  const { rows } = await sql`select from destinations.destination
    where workspace_id = ${workspaceId} and destination_id = ${destinationId} for update`.execute(tx);
  return rows.length > 0;
}

/** A destination's numbers. As the keeper, who alone reads what stands where. */
export async function countSent(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{ destination_id: string; there: number; refused: number; doubtful: number }>`
    select s.destination_id, count(*) filter (where s.arrived)::int as there, count(*) filter (where s.state = 'refused')::int as refused,
      count(*) filter (where s.state in ('leaving', 'removing') and coalesce(d.held_until, '-infinity') < now())::int as doubtful
    from destinations.sent s
    join destinations.destination d on d.workspace_id = ${workspaceId} and d.destination_id = s.destination_id
    where s.workspace_id = ${workspaceId} group by s.destination_id`.execute(tx);
  return new Map(rows.map((row) => [row.destination_id, row]));
}

/** As the keeper: how many there are in the workspace, whoever made them. */
export async function countDestinations(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from destinations.destination
    where workspace_id = ${workspaceId} and state <> 'ended'`.execute(tx);
  return rows[0]!.count;
}

export interface NewDestination {
  destinationId: string;
  name: string;
  kind: DestinationKind;
  settings: object;
  secret: Buffer;
  granteeKind: Destination['grantee']['kind'];
  granteeId: string;
  segmentId: string;
  fields: readonly SentField[];
  everyMinutes: number;
  /** Made with a key, it ends with it. */
  key: { id: string; endsAt: Date | null } | null;
}

export async function addDestination(tx: Tx, { workspaceId, memberId }: Actor, one: NewDestination): Promise<void> {
  await sql`
    insert into destinations.destination (workspace_id, destination_id, name, kind, settings, secret, grantee_kind, grantee_id, segment_id,
      fields, every_minutes, created_by, key_id, key_ends_at)
    values (${workspaceId}, ${one.destinationId}, ${one.name}, ${one.kind}, ${JSON.stringify(one.settings)}, ${one.secret}, ${one.granteeKind},
      ${one.granteeId}, ${one.segmentId}, ${one.fields}::text[], ${one.everyMinutes}, ${memberId}, ${one.key?.id ?? null}, ${one.key?.endsAt ?? null})`.execute(
    tx,
  );
}

export interface Changes {
  name?: string | undefined;
  settings?: object | undefined;
  secret?: Buffer | undefined;
  segmentId?: string | undefined;
  fields?: readonly SentField[] | undefined;
  everyMinutes?: number | undefined;
  state?: 'draft' | 'active' | 'paused' | undefined;
}

/** A change of what leaves or where to is another version. */
export async function changeDestination(
  tx: Tx,
  { workspaceId }: Actor,
  destinationId: string,
  { name, settings, secret, segmentId, fields, everyMinutes, state }: Changes,
): Promise<void> {
  const other = settings !== undefined || segmentId !== undefined || fields !== undefined;
  await sql`
    update destinations.destination set name = coalesce(${name ?? null}, name),
      settings = coalesce(${settings ? JSON.stringify(settings) : null}::jsonb, settings),
      segment_id = coalesce(${segmentId ?? null}, segment_id), fields = coalesce(${fields ?? null}::text[], fields),
      every_minutes = coalesce(${everyMinutes ?? null}, every_minutes), state = coalesce(${state ?? null}, state),
      version = version + ${other ? 1 : 0}
    where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
  // Nobody but the keeper reads a secret: it is written without a look at the one before.
  if (secret)
    await sql`update destinations.destination set secret = ${secret}
      where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
}

/** Its turn comes now; what failed before is forgotten. */
export async function setTurn(
  tx: Tx,
  { workspaceId }: Actor,
  destinationId: string,
  state: 'active' | null,
): Promise<void> {
  await sql`update destinations.destination set due_at = now(), failures = 0, trouble = null, state = coalesce(${state}, state)
    where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
}

/** All that was sent is taken back, and then it goes. */
export async function setEnding(tx: Tx, { workspaceId }: Actor, destinationId: string): Promise<void> {
  await sql`update destinations.destination set ending_at = now(), due_at = now(), failures = 0, state = 'active'
    where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
}

export async function removeDestination(tx: Tx, { workspaceId }: Actor, destinationId: string): Promise<void> {
  await sql`delete from destinations.destination
    where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
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

/** With what a destination is reached. As the keeper, who alone reads secrets. */
export async function findSecret(tx: Tx, workspaceId: string, destinationId: string): Promise<Buffer | undefined> {
  const { rows } = await sql<{ secret: Buffer }>`select secret from destinations.destination
    where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
  return rows[0]?.secret;
}

export async function listRuns(tx: Tx, { workspaceId }: Actor, destinationId: string) {
  const { rows } = await sql<{
    run_id: string;
    started_at: Date;
    ended_at: Date | null;
    outcome: string | null;
    added: number;
    changed: number;
    removed: number;
    refused: number;
  }>`
    select run_id, started_at, ended_at, outcome, added, changed, removed, refused from destinations.run
    where workspace_id = ${workspaceId} and destination_id = ${destinationId} order by started_at desc, run_id desc limit 50`.execute(
    tx,
  );
  return rows;
}
