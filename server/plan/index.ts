import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as campaigns from './campaigns.ts';
import { type Campaign, type Step, steps } from './contract.ts';
import { findProduction, getCampaignRow, isMine } from './describing.ts';
import * as queries from './queries.ts';
import { hasWritten, mayMove } from './rules.ts';
import { followTasks, type Moving, moveStep } from './workflow.ts';

/** What `campaigns` uses of the plan, whose rows it extends: it reads a campaign, moves its steps, says when it began and ended and what it brought. */

export interface PlannedCampaign {
  id: string;
  name: string;
  kind: Campaign['kind'];
  purpose: Campaign['purpose'];
  channel: Campaign['channel'];
  segmentId: string | null;
  plannedOn: string | null;
  /** `HH:MM`, as people write it. */
  plannedTime: string | null;
  /** Its weight where two want the same person, 1–5; then that of its programme decides. */
  priority: number;
  budgetCents: number | null;
  brief: string;
  beganOn: string | null;
  endedOn: string | null;
  /** It or its programme is in the archive: nothing of it is sent. */
  archived: boolean;
  /** Steps that are done: nothing leaves before `approval` is among them. */
  done: Step[];
  /** Who answers for one of its steps. */
  responsibleIds: string[];
  /** What was said to have come of it. */
  brought: string;
  programme: { id: string; name: string; priority: number; ownerId: string; currency: string };
}

/** A campaign with its programme, as any member of the workspace, or the keeper, reads it. @throws AppError not_found */
export async function getPlannedCampaign(tx: Tx, actor: Actor, campaignId: string): Promise<PlannedCampaign> {
  const row = await getCampaignRow({ tx, actor }, campaignId);
  const [programme] = await queries.listProgrammes(tx, actor, { programmeId: row.programme_id });
  if (!programme) throw notFound();
  const of = await campaigns.listSteps(tx, actor.workspaceId, [campaignId]);
  return {
    ...{ id: row.campaign_id, name: row.name, kind: row.kind, purpose: row.purpose, channel: row.channel },
    ...{ segmentId: row.segment_id, plannedOn: row.planned_on, plannedTime: row.planned_time, priority: row.priority },
    ...{ budgetCents: row.budget_cents, brief: row.brief, beganOn: row.began_on, endedOn: row.ended_on },
    archived: row.archived || row.programme_archived,
    responsibleIds: [...new Set(of.flatMap(({ responsible_id }) => responsible_id ?? []))],
    brought: row.brought,
    done: steps.filter((step) => of.some((one) => one.step === step && one.done_at !== null)),
    programme: {
      ...{ id: programme.programme_id, name: programme.name, priority: programme.priority },
      ...{ ownerId: programme.owner_id, currency: programme.currency },
    },
  };
}

export { findSight, type Sight } from './measuring.ts';

/** The programmes that serve an objective, those in the archive left out, as any member of the workspace reads them. @throws AppError not_found */
export async function listServing(tx: Tx, actor: Actor, objectiveId: string): Promise<string[]> {
  if ((await queries.listObjectives(tx, actor, { objectiveId })).length === 0) throw notFound();
  const programmes = await queries.listProgrammes(tx, actor, { archived: false });
  return programmes.filter((one) => one.objective_ids.includes(objectiveId)).map((one) => one.programme_id);
}

/** What a programme plans, that in the archive left out, as any member of the workspace reads it. @throws AppError not_found */
export async function listOfProgramme(
  tx: Tx,
  actor: Actor,
  programmeId: string,
): Promise<{ id: string; name: string; kind: Campaign['kind'] }[]> {
  if ((await queries.listProgrammes(tx, actor, { programmeId })).length === 0) throw notFound();
  const rows = await campaigns.listCampaigns(tx, actor.workspaceId, { programmeId });
  return rows.map((row) => ({ id: row.campaign_id, name: row.name, kind: row.kind }));
}

/** A scenario of the plan, as any member of the workspace reads it. */
export interface PlannedScenario {
  id: string;
  name: string;
  programme: { id: string; name: string; ownerId: string };
}

/** The scenarios that are planned, those in the archive left out. */
export async function listPlannedScenarios(tx: Tx, actor: Actor): Promise<PlannedScenario[]> {
  const rows = await campaigns.listCampaigns(tx, actor.workspaceId, { archived: false });
  const programmes = new Map(
    (await queries.listProgrammes(tx, actor, { archived: false })).map((one) => [one.programme_id, one.name]),
  );
  return rows
    .filter(({ kind }) => kind === 'scenario')
    .map((row) => ({
      ...{ id: row.campaign_id, name: row.name },
      programme: {
        ...{ id: row.programme_id, name: programmes.get(row.programme_id) ?? '' },
        ownerId: row.programme_owner_id,
      },
    }));
}

/** Who approved a campaign, and when; null: it is not approved. `alone`: nobody else is there who could. */
export async function findApproval(
  tx: Tx,
  actor: Actor,
  campaignId: string,
): Promise<{ by: string | null; at: Date; alone: boolean } | null> {
  const done = await campaigns.findDone(tx, actor.workspaceId, campaignId, 'approval');
  return done && { by: done.done_by, at: done.done_at, alone: await campaigns.isAlone(tx, actor) };
}

/** Keeps others from moving steps of a campaign until the transaction ends. */
export const lockPlanned = (tx: Tx, { workspaceId }: Actor, campaignId: string): Promise<boolean> =>
  campaigns.lockCampaign(tx, workspaceId, campaignId);

/** Whether the caller may approve a campaign, as it stands with its steps; one that was approved before, anew. */
export async function mayApprove(
  { tx, actor, role }: Pick<Context, 'tx' | 'actor' | 'role'>,
  campaignId: string,
): Promise<boolean> {
  const row = await getCampaignRow({ tx, actor }, campaignId);
  const production = await findProduction({ tx, actor }, row);
  const steps = production.steps.map((one) => (one.step === 'approval' ? { ...one, done: false } : one));
  const may = mayMove({ ...production, steps }, 'approval', { memberId: actor.memberId, role });
  return may === 'yes' && !row.archived && !row.programme_archived;
}

/** Plans a scenario in a programme. @returns its id @throws AppError forbidden for who neither plans nor owns the programme, not_found */
export async function planScenario(
  { tx, actor, role }: Pick<Context, 'tx' | 'actor' | 'role'>,
  programmeId: string,
  said: { name: string; purpose: Campaign['purpose']; brief: string },
): Promise<string> {
  const [programme] = await queries.listProgrammes(tx, actor, { programmeId });
  if (!programme) throw notFound();
  if (!isMine({ actor, role }, programme.owner_id)) throw new AppError('forbidden');
  const id = newId();
  await queries.add(tx, actor, 'campaign', {
    ...{ campaign_id: id, programme_id: programmeId, kind: 'scenario', channel: 'email', created_by: actor.memberId },
    ...said,
  });
  await campaigns.addSteps(tx, actor.workspaceId, id);
  await campaigns.addMove(tx, actor.workspaceId, actor.memberId, { campaignId: id, act: 'made' });
  return id;
}

/** Whether somebody wrote the content of a campaign, and so may not approve it where there is somebody else. */
export async function wroteContent(tx: Tx, actor: Actor, campaignId: string): Promise<boolean> {
  const row = await getCampaignRow({ tx, actor }, campaignId);
  return hasWritten(await findProduction({ tx, actor }, row), actor.memberId);
}

/**
 * Moves a step of a campaign with the same rights and order as `plan.moveStep`; its tasks follow by a job. Content that is changed is to be opened again:
 * approval falls with it.
 * @returns the cause of that job (`plan.followTasks`), which the caller may run at once
 * @throws AppError not_found, forbidden, conflict
 */
export async function moveCampaignStep(moving: Moving, campaignId: string, step: Step, done: boolean): Promise<string> {
  await moveStep(moving, campaignId, step, done);
  return followTasks(moving, campaignId);
}

/** Says when a campaign began: the day it first did stands. @param memberId null: the product itself, as the keeper */
export async function markBegun(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  day: string,
  memberId: string | null,
): Promise<void> {
  if (await campaigns.setBegun(tx, workspaceId, campaignId, day))
    await campaigns.addMove(tx, workspaceId, memberId, { campaignId, act: 'outcome', said: { day } });
}

/** Says when a campaign ended, what it cost (null: what stands) and, in words, what it brought. Said again it stands anew. */
export async function markEnded(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  ended: { day: string; spentCents: number | null; brought: string },
  memberId: string | null,
): Promise<void> {
  if (!(await campaigns.setEnded(tx, workspaceId, campaignId, ended))) throw notFound();
  const said = { day: ended.day, words: ended.brought };
  await campaigns.addMove(tx, workspaceId, memberId, { campaignId, act: 'outcome', said });
}
