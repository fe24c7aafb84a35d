import { getMember } from '../identity/queries.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { giveTask } from '../tasks/giving.ts';
import * as queries from './queries.ts';

/** Days that somebody is given to have letters made. */
const daysToMake = 3;

/**
 * Letters that the actor's scenario has written wait to be made: they are asked for it by one task, however many letters come. In the transaction that writes
 * the letters, as the actor.
 * @param of the scenario, and how it is called
 */
export async function layOnPile(
  { app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>,
  { campaignId, name }: { campaignId: string; name: string },
  now: Date,
): Promise<void> {
  const { workspaceId, memberId } = actor;
  const taskId = newId();
  if (!(await queries.layOnPile(tx, { workspaceId, campaignId, senderId: memberId }, taskId))) return;
  const say = translator(((await getMember(tx, actor))?.locale ?? 'en') as Locale);
  const due = new Date(now.getTime() + daysToMake * 86_400_000);
  await giveTask(
    { app, tx, actor },
    {
      ...{ task_id: taskId, title: say('letters.task', { name }).slice(0, 300), owner_id: memberId, card_id: null },
      ...{ note: say('letters.task.note'), due_on: due.toISOString().slice(0, 10) },
    },
  );
}
