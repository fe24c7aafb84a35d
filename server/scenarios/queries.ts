import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Definition, states } from './contract.ts';

// What is drawn and published.

/** What somebody approved, and when: the edition, and of each content the version that was sealed then. */
export interface Approved {
  edition: number;
  at: string;
  versions: Record<string, number>;
}

export interface ScenarioRow {
  scenario_id: string;
  draft: Definition;
  edition: number;
  writer_ids: string[];
  version: number;
  state: (typeof states)[number];
  since: Date | null;
  looked_at: Date | null;
  taking_in_after: string | null;
  problem: 'owner_gone' | 'archived' | 'unreadable' | null;
  approved: Approved | null;
  /** What lets people in, and who published it; null before. */
  published: Definition | null;
  published_by: string | null;
}

export async function listScenarios(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  scenarioId?: string,
): Promise<ScenarioRow[]> {
  const { rows } = await sql<ScenarioRow>`
    select s.scenario_id, s.draft, s.edition, s.writer_ids, s.version, s.state, s.since, s.looked_at, s.taking_in_after, s.problem, s.approved,
      v.definition as published, v.published_by
    from scenarios.scenario s
    left join scenarios.version v on v.workspace_id = ${workspaceId} and v.scenario_id = s.scenario_id and v.version = s.version
    where s.workspace_id = ${workspaceId} and ${scenarioId ? sql`s.scenario_id = ${scenarioId}` : sql`true`}`.execute(
    tx,
  );
  return rows;
}

/** Held until the transaction ends, so that two who write follow each other. */
export async function lockScenario(
  tx: Tx,
  actor: Pick<Actor, 'workspaceId'>,
  scenarioId: string,
): Promise<ScenarioRow | undefined> {
  const { workspaceId } = actor;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`scenario ${workspaceId} ${scenarioId}`}, 0))`.execute(tx);
  return (await listScenarios(tx, actor, scenarioId))[0];
}

/** @returns its edition; null where somebody else has saved since */
export async function saveDraft(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  scenarioId: string,
  edition: number,
  draft: Definition,
): Promise<number | null> {
  if (edition === 0) {
    const { rows } = await sql`
      insert into scenarios.scenario (workspace_id, scenario_id, draft, writer_ids)
      values (${workspaceId}, ${scenarioId}, ${JSON.stringify(draft)}, array[${memberId}::uuid])
      on conflict on constraint scenario_pk do nothing returning scenario_id`.execute(tx);
    return rows.length === 1 ? 1 : null;
  }
  const { rows } = await sql<{ edition: number }>`
    update scenarios.scenario set draft = ${JSON.stringify(draft)}, edition = edition + 1, changed_at = now(), approved = null,
      writer_ids = array(select distinct w from unnest(writer_ids || ${memberId}::uuid) w)
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and edition = ${edition} returning edition`.execute(
    tx,
  );
  return rows[0]?.edition ?? null;
}

/** Before all ids. */
const first = '00000000-0000-0000-0000-000000000000';

/** @param anew what lets people in is another now, or was held: what happened before lets nobody in */
export async function addVersion(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  scenarioId: string,
  { version, definition, takeIn, anew }: { version: number; definition: Definition; takeIn: boolean; anew: boolean },
): Promise<void> {
  await sql`
    insert into scenarios.version (workspace_id, scenario_id, version, definition, published_by)
    values (${workspaceId}, ${scenarioId}, ${version}, ${JSON.stringify(definition)}, ${memberId})`.execute(tx);
  await sql`
    update scenarios.scenario set version = ${version}, state = 'running', problem = null, writer_ids = '{}',
      since = case when ${anew} then now() else coalesce(since, now()) end, looked_at = case when not ${anew} then looked_at end,
      taking_in_after = case when ${takeIn} then ${first}::uuid when not ${anew} then taking_in_after end
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId}`.execute(tx);
}

export interface VersionRow {
  version: number;
  definition: Definition;
}

export async function listVersions(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  versions?: readonly number[],
): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select version, definition from scenarios.version
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and ${versions ? sql`version = any(${versions}::int[])` : sql`true`}
    order by version desc`.execute(tx);
  return rows;
}

export async function setState(
  tx: Tx,
  { workspaceId }: Actor,
  scenarioId: string,
  state: ScenarioRow['state'],
): Promise<void> {
  // What happened while it was held lets nobody in: it begins anew.
  await sql`update scenarios.scenario set state = ${state}, since = case when ${state} = 'running' then now() else since end, problem = null,
      looked_at = null
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId}`.execute(tx);
}

/** Whether a version still lets people in, held until the end of the transaction: nobody ends or holds the scenario meanwhile. */
export async function isStillRunning(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  scenarioId: string,
  version?: number,
): Promise<boolean> {
  const { rows } = await sql`
    select from scenarios.scenario where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and state = 'running'
      and ${version === undefined ? sql`true` : sql`version = ${version}`} for share`.execute(tx);
  return rows.length > 0;
}

/** Writes down what somebody approved. */
export async function setApproved(
  tx: Tx,
  { workspaceId }: Actor,
  scenarioId: string,
  approved: Approved,
): Promise<void> {
  await sql`update scenarios.scenario set approved = ${JSON.stringify(approved)}::jsonb
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId}`.execute(tx);
}

/** Why it stands still; null: it goes on. */
export async function setProblem(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  problem: ScenarioRow['problem'],
): Promise<void> {
  await sql`update scenarios.scenario set problem = ${problem}
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and problem is distinct from ${problem}`.execute(
    tx,
  );
}

/** Those that run, of a workspace or of all. As the keeper. */
export async function listRunning(tx: Tx): Promise<{ workspace_id: string; scenario_id: string }[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{ workspace_id: string; scenario_id: string }>`
    select workspace_id, scenario_id from scenarios.scenario where state = 'running' order by workspace_id, scenario_id`.execute(
    tx,
  );
  return rows;
}

/** Whether nobody could look at what somebody drew: the workspace has one active member. */
export async function isAlone(tx: Tx, { workspaceId }: Actor): Promise<boolean> {
  const { rows } = await sql<{ alone: boolean }>`
    select count(*) < 2 as alone from identity.member where workspace_id = ${workspaceId} and status = 'active'`.execute(
    tx,
  );
  return rows[0]!.alone;
}

/** Members who are there, by id, with their names. */
export async function nameActive(
  tx: Tx,
  workspaceId: string,
  memberIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ member_id: string; name: string }>`
    select member_id, name from identity.member
    where workspace_id = ${workspaceId} and member_id = any(${memberIds}::uuid[]) and status = 'active'`.execute(tx);
  return new Map(rows.map((row) => [row.member_id, row.name]));
}

/** Segments of the audiences to which the caller belongs, by id, with their names. */
export async function nameSegments(
  tx: Tx,
  { workspaceId }: Actor,
  segmentIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ segment_id: string; name: string }>`
    select segment_id, name from segments.segment
    where workspace_id = ${workspaceId} and segment_id = any(${segmentIds}::uuid[]) and ended_at is null
      and strpos(current_setting('app.audiences', true), audience_id::text) > 0`.execute(tx);
  return new Map(rows.map((row) => [row.segment_id, row.name]));
}

/** A kind of fact that the caller may see. */
export async function findKind(tx: Tx, { workspaceId }: Actor, key: string): Promise<{ kind_no: number } | undefined> {
  const { rows } = await sql<{ kind_no: number }>`
    select k.kind_no from facts.kind k where k.workspace_id = ${workspaceId} and k.key = ${key} and k.ended_at is null
      and exists (select from facts.kind_access a where a.workspace_id = ${workspaceId} and a.kind_id = k.kind_id
        and strpos(current_setting('app.audiences', true), a.audience_id::text) > 0)`.execute(tx);
  return rows[0];
}

/** Whether it is to go on already: a job that was given up leaves its cause behind, which is none any more after a while. */
export async function isAwake(tx: Tx, workspaceId: string, scenarioId: string): Promise<boolean> {
  const { rows } = await sql`
    select from kernel.outbox where workspace_id = ${workspaceId} and topic = 'scenarios.run' and payload ->> 'scenarioId' = ${scenarioId}
      and created_at > now() - interval '10 minutes' limit 1`.execute(tx);
  return rows.length > 0;
}
