import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import * as campaigns from '../plan/campaigns.ts';
import { steps } from '../plan/contract.ts';
import { writeExample } from '../plan/example.ts';
import { markBegun, markEnded } from '../plan/index.ts';
import * as plan from '../plan/queries.ts';
import { weekOf } from '../plan/rules.ts';
import type { DemoState } from './queries.ts';

// The plan of the demo company: some months old, with figures week by week, campaigns on their way, and one that is over.

const week = 7 * 86_400_000;
const dayAt = (weeksAgo: number): string => new Date(Date.now() - weeksAgo * week).toISOString().slice(0, 10);

/** How the objectives went: new customers rise by fits, renewals hardly. */
const won = [0, 0, 1, 1, 1, 2, 2, 3];
const kept = [82, 82.4, 82.1, 83, 83.2, 83.1, 83.6, 84];

/** How far each campaign of the example is: steps that are done. */
const done = [4, 5, 2, 1, 0, 3];

/** Writes it down once; interrupted, nothing of it stands. As the keeper. */
export async function fillPlan(tx: Tx, { workspaceId, memberIds }: DemoState): Promise<void> {
  const [planner, writer, checker] = memberIds as [string, string, string];
  const actor: Actor = { workspaceId, memberId: planner };
  if ((await plan.findBeginnings(tx, actor)).planned) return;
  const { objectives, campaignIds, programmes } = await writeExample(tx, actor, 'fr', false);
  for (const [no, value] of won.entries())
    await plan.sayFigure(tx, actor, objectives.winning, weekOf(dayAt(won.length - 1 - no)), value);
  for (const [no, value] of kept.entries())
    await plan.sayFigure(tx, actor, objectives.keeping, weekOf(dayAt(kept.length - 1 - no)), value);
  const who = {
    brief: planner,
    content: writer,
    check: checker,
    approval: planner,
    scheduled: writer,
    measured: checker,
  };
  for (const [at, campaignId] of campaignIds.entries()) {
    for (const step of steps) await campaigns.giveStep(tx, workspaceId, campaignId, step, who[step], null);
    for (const step of steps.slice(0, done[at])) {
      await campaigns.setDone(tx, workspaceId, campaignId, [step], true, who[step]);
      await campaigns.addMove(tx, workspaceId, who[step], { campaignId, act: 'done', step });
    }
  }
  await addPast(tx, actor, programmes.keep!, writer);
}

/** A letter that went out two months ago, with what it brought. */
async function addPast(tx: Tx, actor: Actor, programmeId: string, writer: string): Promise<void> {
  const { workspaceId, memberId } = actor;
  const campaignId = newId();
  await plan.add(tx, actor, 'campaign', {
    ...{ campaign_id: campaignId, programme_id: programmeId, kind: 'campaign', name: 'Lettre d’automne' },
    ...{ purpose: 'newsletter', channel: 'email', target: 'Clients sous contrat', planned_on: dayAt(9) },
    ...{
      budget_cents: 40_000,
      brief: 'Préparer l’hiver : trois contrôles à faire avant le gel.',
      created_by: memberId,
    },
  });
  await campaigns.addSteps(tx, workspaceId, campaignId);
  await campaigns.setDone(tx, workspaceId, campaignId, steps, true, writer);
  await markBegun(tx, workspaceId, campaignId, dayAt(8), memberId);
  const brought = '41 réponses, 6 demandes de visite';
  await markEnded(tx, workspaceId, campaignId, { day: dayAt(7), spentCents: 36_500, brought }, memberId);
}
