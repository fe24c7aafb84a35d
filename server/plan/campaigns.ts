import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { acts, Campaign, Step } from './contract.ts';
import { type CampaignKind, memberName, segmentName } from './queries.ts';

// Campaigns and scenarios, the steps of their production, and who moved what.

export interface CampaignRow {
  campaign_id: string;
  programme_id: string;
  programme_owner_id: string;
  programme_archived: boolean;
  kind: CampaignKind;
  name: string;
  purpose: Campaign['purpose'];
  segment_id: string | null;
  segment: string | null;
  target: string;
  channel: Campaign['channel'];
  planned_on: string | null;
  planned_time: string | null;
  priority: number;
  budget_cents: number | null;
  brief: string;
  began_on: string | null;
  ended_on: string | null;
  spent_cents: number | null;
  brought: string;
  example: boolean;
  version: number;
  archived: boolean;
}

/** By the day that is planned, those without one last. */
export async function listCampaigns(
  tx: Tx,
  workspaceId: string,
  which: { archived: boolean } | { campaignId: string } | { programmeId: string },
): Promise<CampaignRow[]> {
  const condition =
    'campaignId' in which
      ? sql`c.campaign_id = ${which.campaignId}`
      : 'programmeId' in which
        ? sql`c.programme_id = ${which.programmeId} and c.archived_at is null`
        : sql`(c.archived_at is not null or p.archived_at is not null) = ${which.archived}`;
  const { rows } = await sql<CampaignRow>`
    select c.campaign_id, c.programme_id, p.owner_id as programme_owner_id, p.archived_at is not null as programme_archived, c.kind, c.name,
      c.purpose, c.segment_id, ${segmentName(workspaceId, 'c.segment_id')} as segment, c.target, c.channel, c.planned_on::text, c.planned_time,
      c.priority, c.budget_cents::float8 as budget_cents, c.brief, c.began_on::text, c.ended_on::text, c.spent_cents::float8 as spent_cents,
      c.brought, c.example, c.version, c.archived_at is not null as archived
    from plan.campaign c
    join plan.programme p on p.workspace_id = ${workspaceId} and p.programme_id = c.programme_id
    where c.workspace_id = ${workspaceId} and ${condition}
    order by c.planned_on nulls last, c.created_at, c.campaign_id`.execute(tx);
  return rows;
}

export interface StepRow {
  campaign_id: string;
  step: Step;
  responsible_id: string | null;
  responsible: string;
  due_on: string | null;
  done_at: Date | null;
  doer: string | null;
  task_id: string | null;
  task_owner_id: string | null;
  task_due_on: string | null;
}

/** The steps of campaigns, in order. */
export async function listSteps(tx: Tx, workspaceId: string, campaignIds: readonly string[]): Promise<StepRow[]> {
  const { rows } = await sql<StepRow>`
    select t.campaign_id, t.step, t.responsible_id, ${memberName(workspaceId, 't.responsible_id')} as responsible, t.due_on::text, t.done_at,
      case when t.done_by is not null then ${memberName(workspaceId, 't.done_by')} end as doer, t.task_id, t.task_owner_id, t.task_due_on::text
    from plan.step t
    where t.workspace_id = ${workspaceId} and t.campaign_id = any(${campaignIds}::uuid[])
    order by t.campaign_id, array_position(array['brief', 'content', 'check', 'approval', 'scheduled', 'measured'], t.step)`.execute(
    tx,
  );
  return rows;
}

/** Keeps others from moving a campaign until the end of the transaction. @returns false where there is none */
export async function lockCampaign(tx: Tx, workspaceId: string, campaignId: string): Promise<boolean> {
  const { rows } = await sql`
    select campaign_id from plan.campaign where workspace_id = ${workspaceId} and campaign_id = ${campaignId} for update`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function addSteps(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  await sql`
    insert into plan.step (workspace_id, campaign_id, step)
    select ${workspaceId}, ${campaignId}, step from unnest(array['brief', 'content', 'check', 'approval', 'scheduled', 'measured']) s (step)`.execute(
    tx,
  );
}

export async function giveStep(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  step: Step,
  responsibleId: string | null,
  dueOn: string | null,
): Promise<void> {
  await sql`update plan.step set responsible_id = ${responsibleId}, due_on = ${dueOn}
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and step = ${step}`.execute(tx);
}

/** @param by null: the product itself */
export async function setDone(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  steps: readonly Step[],
  done: boolean,
  by: string | null,
): Promise<void> {
  await sql`update plan.step set done_at = ${done ? sql`now()` : null}, done_by = ${done ? by : null}
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and step = any(${steps})`.execute(tx);
}

/** When and by whom a step was done; null: it is not. */
export async function findDone(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  step: Step,
): Promise<{ done_at: Date; done_by: string | null } | null> {
  const { rows } = await sql<{ done_at: Date; done_by: string | null }>`
    select done_at, done_by from plan.step
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and step = ${step} and done_at is not null`.execute(
    tx,
  );
  return rows[0] ?? null;
}

/** The task that is given for a step now. */
export async function setTask(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  step: Step,
  task: { id: string; ownerId: string; dueOn: string } | null,
): Promise<void> {
  await sql`update plan.step set task_id = ${task?.id ?? null}, task_owner_id = ${task?.ownerId ?? null}, task_due_on = ${task?.dueOn ?? null}
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and step = ${step}`.execute(tx);
}

interface Said {
  memberId?: string | null;
  day?: string | null;
  from?: string | null;
  words?: string;
}

interface NewMove {
  campaignId: string;
  act: (typeof acts)[number];
  step?: Step | null;
  alone?: boolean;
  said?: Said;
}

/** @param memberId who moves; null: the product itself, as the keeper */
export async function addMove(tx: Tx, workspaceId: string, memberId: string | null, move: NewMove): Promise<void> {
  const { campaignId, act, step = null, alone = false, said = {} } = move;
  await sql`
    insert into plan.move (workspace_id, move_id, campaign_id, act, step, member_id, alone, said)
    values (${workspaceId}, ${newId()}, ${campaignId}, ${act}, ${step}, ${memberId}, ${alone}, ${JSON.stringify(said)}::jsonb)`.execute(
    tx,
  );
}

export interface MoveRow {
  move_id: string;
  act: (typeof acts)[number];
  step: Step | null;
  member_id: string | null;
  mover: string;
  alone: boolean;
  said: Said;
  receiver: string;
  at: Date;
}

/** The newest first. */
export async function listMoves(tx: Tx, workspaceId: string, campaignId: string): Promise<MoveRow[]> {
  const { rows } = await sql<MoveRow>`
    select v.move_id, v.act, v.step, v.member_id, ${memberName(workspaceId, 'v.member_id')} as mover, v.alone, v.said,
      ${memberName(workspaceId, "(v.said ->> 'memberId')::uuid")} as receiver, v.at
    from plan.move v where v.workspace_id = ${workspaceId} and v.campaign_id = ${campaignId}
    order by v.at desc, v.move_id desc limit 500`.execute(tx);
  return rows;
}

/** Who has ever said that the content of a campaign is written. */
export async function listWriters(tx: Tx, workspaceId: string, campaignId: string): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select distinct member_id from plan.move
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and act = 'done' and step = 'content' and member_id is not null`.execute(
    tx,
  );
  return rows.map((row) => row.member_id);
}

/** Whether nobody could look at what somebody wrote: the workspace has one active member. */
export async function isAlone(tx: Tx, { workspaceId }: Actor): Promise<boolean> {
  const { rows } = await sql<{ alone: boolean }>`
    select count(*) < 2 as alone from identity.member where workspace_id = ${workspaceId} and status = 'active'`.execute(
    tx,
  );
  return rows[0]!.alone;
}

/** @returns false where it had begun before */
export async function setBegun(tx: Tx, workspaceId: string, campaignId: string, day: string): Promise<boolean> {
  const done = await sql`update plan.campaign set began_on = ${day}, version = version + 1
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and began_on is null`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** @returns false where there is none */
export async function setEnded(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  { day, spentCents, brought }: { day: string; spentCents: number | null; brought: string },
): Promise<boolean> {
  const done = await sql`
    update plan.campaign set began_on = least(coalesce(began_on, ${day}::date), ${day}::date), ended_on = ${day},
      spent_cents = coalesce(${spentCents}::bigint, spent_cents), brought = ${brought}, version = version + 1
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(tx);
  return done.numAffectedRows === 1n;
}
