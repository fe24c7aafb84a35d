import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { callBackAll, callBackSome } from '../letters/index.ts';
import { takeBackOf } from '../outreach/planning.ts';
import { withdrawTask } from '../tasks/giving.ts';
import * as effects from './effects.ts';
import * as journeys from './journeys.ts';

// What a scenario has begun and not done yet goes with it: messages that have not left, letters that are not posted, calls that nobody has made, tasks that nobody has done.

/** Messages that are taken back in one transaction. */
const together = 500;

/** Has taken back what waits of a scenario that has ended, or of somebody who was taken out; in the transaction of who does so. @returns the cause, which one may run at once */
export const queueTakeBack = (
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  journeyId: string | null,
  delaySeconds = 0,
): Promise<string> =>
  app.enqueue(tx, { workspaceId, task: 'scenarios.takeBack', payload: { scenarioId, journeyId }, delaySeconds });

/** Takes back what waits; done again it changes nothing. What is in the hands of a mail server, or of another program, is not called back. */
export async function takeBack(
  app: App,
  workspaceId: string,
  scenarioId: string,
  journeyId: string | null,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const which = journeyId === null ? ('all' as const) : { journeyId };
  await asKeeper((tx) => effects.cancelEffects(tx, workspaceId, scenarioId, which));
  for (let more = true; more; )
    more = await asKeeper(async (tx) => {
      const of = journeyId === null ? undefined : await journeys.listMessages(tx, workspaceId, journeyId);
      return (await takeBackOf(tx, workspaceId, scenarioId, together, of)).length === together;
    });
  await asKeeper(async (tx) => {
    if (journeyId === null) await callBackAll(tx, workspaceId, scenarioId);
    else
      await callBackSome(
        tx,
        { workspaceId, campaignId: scenarioId },
        await journeys.listMessages(tx, workspaceId, journeyId),
      );
  });
  await asKeeper(async (tx) => {
    for (const taskId of await journeys.listOpenTasks(tx, workspaceId, scenarioId, which))
      await withdrawTask({ tx, actor: { workspaceId, memberId: '' } }, taskId, 'gone');
  });
}
