import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { fillAccess } from './filling.ts';
import * as queries from './queries.ts';
import { endOne, enqueueFill, recheck } from './taking-back.ts';

export const biTasks: Task[] = [
  defineTask({
    name: 'bi.fill',
    // After a change; of several in a row the first job does for all.
    payload: z.object({ accessId: z.uuid() }),
    async run({ accessId }, { app, workspaceId }) {
      if (await isDue(app, workspaceId, accessId)) await fillAccess(app, workspaceId, accessId);
    },
  }),
];

/** Milliseconds. */
const quarter = 15 * 60_000;

const isDue = (app: App, workspaceId: string, accessId: string): Promise<boolean> =>
  app.db.asSystem('keeper', async (tx) => {
    const access = await queries.findAccess(tx, workspaceId, accessId);
    if (!access) return false;
    const stale = Date.now() - (access.filled_at?.getTime() ?? 0) >= quarter;
    return stale || access.made_of !== (await queries.readMadeOf(tx, workspaceId, accessId));
  });

/**
 * Looks after all accesses: ends those that are over, whose maker has left or is in the team no longer, or whose login is gone (a backup was restored); takes back what dates and teams closed;
 * fills those of which something changed, and each at least every quarter of an hour.
 */
export async function lookAfterAccesses(app: App): Promise<void> {
  for (const { workspace_id, access_id, sound, stale } of await app.db.asSystem('keeper', queries.listStanding)) {
    if (!sound) {
      const access = await app.db.asSystem('keeper', (tx) => queries.findAccess(tx, workspace_id, access_id));
      if (access) await endOne(app, workspace_id, access_id, access.short);
      continue;
    }
    await recheck(app, workspace_id, access_id);
    if (stale) await app.db.asSystem('keeper', (tx) => enqueueFill(tx, workspace_id, access_id, 0));
  }
}

export const biCrons: Cron[] = [{ name: 'bi.lookAfter', schedule: '* * * * *', run: lookAfterAccesses }];
