import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { getPlannedCampaign, markBegun } from '../plan/index.ts';
import { giveTask, tell, withdrawTask } from '../tasks/giving.ts';
import * as queries from './queries.ts';

/** The one task that a holder has of a hunt. */
const taskOf = (huntId: string, holderId: string): string => hashedId(`hunt ${huntId} ${holderId}`);

/**
 * Gives each person of the campaign's segment to whoever of ours knows them best, and each of these a task. In one transaction under the hunt's lock: run
 * again after a crash it changes nothing. As the keeper.
 */
export async function shareOut(app: App, tx: Tx, workspaceId: string, huntId: string): Promise<void> {
  const hunt = await queries.lockHunt(tx, workspaceId, huntId);
  if (!hunt || hunt.shared_out_at || hunt.ended_at) return;
  const opener = { workspaceId, memberId: hunt.opened_by };
  const campaign = await getPlannedCampaign(tx, opener, hunt.campaign_id);
  const known = campaign.segmentId ? await queries.listKnown(tx, workspaceId, hunt, campaign.segmentId) : [];
  const held = known.flatMap(({ holder_id, card_id }) =>
    holder_id && card_id ? { holderId: holder_id, cardId: card_id } : [],
  );
  await queries.addApproaches(tx, workspaceId, huntId, held, false);
  await queries.markSharedOut(tx, workspaceId, huntId, known.length - held.length);
  await markBegun(tx, workspaceId, hunt.campaign_id, new Date().toISOString().slice(0, 10), null);
  for (const { holder_id, locale, people } of await queries.listHolders(tx, workspaceId, huntId)) {
    const say = translator(locale as Locale);
    const title = say('hunting.task', { people, campaign: campaign.name }).slice(0, 300);
    // Their own: given by the opener, its end would tell when somebody has let all go that is left.
    await giveTask(
      { app, tx, actor: { workspaceId, memberId: holder_id } },
      {
        ...{ task_id: taskOf(huntId, holder_id), title, owner_id: holder_id, due_on: hunt.ends_on },
        ...{ note: say('plan.task.note', { path: `/hunts/${huntId}` }), remind_at: null },
      },
    );
    await tell({ app, tx, actor: opener }, 'task_given', holder_id, taskOf(huntId, holder_id));
  }
}

/** Takes back the tasks of those who have not decided. As the keeper. */
export async function endTasks(tx: Tx, workspaceId: string, hunt: queries.HuntRow): Promise<void> {
  for (const { holder_id } of await queries.listHolders(tx, workspaceId, hunt.hunt_id))
    await withdrawTask({ tx, actor: { workspaceId, memberId: holder_id } }, taskOf(hunt.hunt_id, holder_id), 'gone');
}

/** Whoever has decided on each of theirs has done the task. As the keeper. */
export async function followTask(tx: Tx, workspaceId: string, huntId: string, holderId: string): Promise<void> {
  if (await queries.hasUndecided(tx, workspaceId, huntId, holderId)) return;
  await withdrawTask({ tx, actor: { workspaceId, memberId: holderId } }, taskOf(huntId, holderId), 'done');
}
