import { getMember } from '../identity/queries.ts';
import type { App, AppInside } from '../kernel/app.ts';
import type { Role } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { giveTask, withdrawTask } from '../tasks/giving.ts';
import * as campaigns from './campaigns.ts';
import type { Step } from './contract.ts';
import { findProduction, getCampaignRow, today } from './describing.ts';
import { hasWritten, mayMove, reopenedWith, taskChange } from './rules.ts';

/** Who moves a step, in a transaction that sees the campaign. `memberId` null: the product itself, as the keeper. */
export interface Moving {
  app: Pick<AppInside, 'enqueue'>;
  tx: Tx;
  workspaceId: string;
  memberId: string | null;
  role: Role;
}

/** Seconds until the worker takes up what the request does itself after its commit. */
const ownTime = 20;

/** The tasks of a campaign's steps follow. @returns the cause, which the caller may run at once */
export function followTasks(
  { app, tx, workspaceId, memberId }: Omit<Moving, 'role'>,
  campaignId: string,
): Promise<string> {
  const payload = { campaignId, memberId };
  return app.enqueue(tx, { workspaceId, task: 'plan.followTasks', payload, delaySeconds: ownTime });
}

/**
 * Says that a step is done, or opens it again with all that come after it. What the product itself moves waits for its order, too.
 * @throws AppError not_found, forbidden (not theirs; four eyes), conflict (its order, no day, or it stands so already)
 */
export async function moveStep(
  moving: Moving,
  campaignId: string,
  step: Step,
  done: boolean,
  words = '',
): Promise<void> {
  const { tx, workspaceId, memberId, role } = moving;
  if (!(await campaigns.lockCampaign(tx, workspaceId, campaignId))) throw notFound();
  const viewer = { tx, actor: { workspaceId, memberId: memberId ?? '' } };
  const row = await getCampaignRow(viewer, campaignId);
  const production = await findProduction(viewer, row);
  const who = memberId === null ? { memberId: production.programmeOwnerId, role } : { memberId, role };
  const may = mayMove(production, step, who);
  if (may === 'others' || may === 'four_eyes') throw new AppError('forbidden', { fields: { step: may } });
  const is = production.steps.find((one) => one.step === step)!.done;
  if (row.archived || row.programme_archived || is === done || may !== 'yes')
    throw new AppError('conflict', { fields: { step: may === 'yes' ? 'stands' : may } });
  const doneNow = production.steps.filter((one) => one.done).map((one) => one.step);
  const moved = done ? [step] : reopenedWith(step, doneNow);
  await campaigns.setDone(tx, workspaceId, campaignId, moved, done, memberId);
  const alone = done && step === 'approval' && memberId !== null && hasWritten(production, memberId);
  await campaigns.addMove(tx, workspaceId, memberId, {
    ...{ campaignId, act: done ? 'done' : 'reopened', step, alone },
    said: { words },
  });
}

/**
 * Brings the tasks of a campaign's steps to where the steps stand: given to who answers for one by when, done with it, withdrawn when it is somebody
 * else's. Run again it changes nothing. As the keeper.
 * @param memberId who changed the steps: they give the tasks; null: the product, in the name of the programme's owner
 */
export async function bringTasks(
  app: App,
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  memberId: string | null,
): Promise<void> {
  if (!(await campaigns.lockCampaign(tx, workspaceId, campaignId))) return;
  const [row] = await campaigns.listCampaigns(tx, workspaceId, { campaignId });
  if (!row) return;
  const actor: Actor = { workspaceId, memberId: memberId ?? row.programme_owner_id };
  const archived = row.archived || row.programme_archived;
  for (const step of await campaigns.listSteps(tx, workspaceId, [campaignId])) {
    const change = taskChange(
      {
        ...{ responsibleId: step.responsible_id, dueOn: step.due_on, done: step.done_at !== null },
        ...{ taskId: step.task_id, taskOwnerId: step.task_owner_id, taskDueOn: step.task_due_on },
      },
      archived,
    );
    if (change === 'keep') continue;
    if (step.task_id) await withdrawTask({ tx, actor }, step.task_id, change === 'end' ? 'done' : 'gone');
    if (change === 'end' || change === 'withdraw')
      await campaigns.setTask(tx, workspaceId, campaignId, step.step, null);
    else await giveStepTask({ app, tx, actor }, row, step);
  }
}

async function giveStepTask(
  writing: { app: App; tx: Tx; actor: Actor },
  { campaign_id, name }: campaigns.CampaignRow,
  { step, responsible_id, due_on }: campaigns.StepRow,
): Promise<void> {
  const { tx, actor } = writing;
  const { workspaceId } = actor;
  const [id, ownerId, dueOn] = [newId(), responsible_id!, due_on!];
  const owner = await getMember(tx, { workspaceId, memberId: ownerId });
  const say = translator((owner?.locale ?? 'en') as Locale);
  await giveTask(writing, {
    ...{ task_id: id, title: say(`plan.task.${step}`, { name }).slice(0, 300), owner_id: ownerId, due_on: dueOn },
    note: say('plan.task.note', { path: `/plan/campaigns/${campaign_id}` }),
    remind_at: dueOn < today() ? null : `${dueOn}T08:00:00.000Z`,
  });
  await campaigns.setTask(tx, workspaceId, campaign_id, step, { id, ownerId, dueOn });
}
