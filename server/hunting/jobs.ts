import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import * as queries from './queries.ts';
import { endTasks, followTask, shareOut } from './sharing.ts';
import { writeDue } from './writing.ts';

const ofHunt = z.object({ huntId: z.uuid() });

export const huntingTasks: Task[] = [
  defineTask({
    name: 'hunting.shareOut',
    payload: ofHunt,
    run: ({ huntId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => shareOut(app, tx, workspaceId, huntId)),
  }),
  defineTask({
    name: 'hunting.followTask',
    payload: ofHunt.extend({ holderId: z.uuid() }),
    run: ({ huntId, holderId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => followTask(tx, workspaceId, huntId, holderId)),
  }),
  defineTask({
    name: 'hunting.endTasks',
    payload: ofHunt,
    run: ({ huntId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        const hunt = await queries.findHunt(tx, workspaceId, { huntId });
        if (hunt) await endTasks(tx, workspaceId, hunt);
      }),
  }),
];

/** Writes what it is time for; found again it has been written. */
export async function write(app: App, now = new Date()): Promise<void> {
  await app.db.asSystem('keeper', queries.reopenUnsent);
  const due = await app.db.asSystem('keeper', queries.listDue);
  for (const { workspace_id, holder_id } of due)
    try {
      await writeDue(app, workspace_id, holder_id, now);
    } catch (error) {
      // What goes wrong for one keeps nobody else's letters.
      app.log.error('letters of a hunt not written', { error });
    }
}

/** Ends hunts whose last day has passed, and proposes again what was put off until today. */
export async function passDays(app: App): Promise<void> {
  await app.db.asSystem('keeper', queries.proposeAgain);
  for (const { workspace_id: workspaceId, hunt_id: huntId } of await app.db.asSystem('keeper', queries.listOverdue))
    await app.db.asSystem('keeper', async (tx) => {
      const hunt = await queries.lockHunt(tx, workspaceId, huntId);
      if (!hunt || !(await queries.endHunt(tx, workspaceId, huntId))) return;
      await endTasks(tx, workspaceId, hunt);
    });
}

export const huntingCrons: Cron[] = [
  { name: 'hunting.write', schedule: '* * * * *', run: (app) => write(app) },
  { name: 'hunting.passDays', schedule: '15 4 * * *', run: passDays },
  {
    name: 'hunting.hear',
    schedule: '*/10 * * * *',
    run: async (app) => {
      await app.db.asSystem('keeper', queries.markAnswered);
    },
  },
];
