import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { matchCards } from './matching.ts';
import { purgePostponed } from './proposals.ts';
import { runFully, startNightlyRuns, startRun } from './runs.ts';

const batch = 2000;

export const matchingTasks: Task[] = [
  defineTask({
    name: 'cards.changed',
    payload: z.object({ cardIds: z.array(z.uuid()), refresh: z.boolean().default(false) }),
    async run({ cardIds, refresh }, { app, workspaceId, signal }) {
      for (let at = 0; at < cardIds.length; at += batch) {
        if (signal.aborted) throw new Error('aborted');
        const { outgrown } = await matchCards(app, workspaceId, cardIds.slice(at, at + batch), refresh);
        if (outgrown) await app.db.asSystem('keeper', (tx) => startRun(app, tx, workspaceId, null));
      }
    },
  }),
  defineTask({
    name: 'matching.run',
    payload: z.object({ runId: z.uuid() }),
    run: ({ runId }, { app, workspaceId, signal }) => runFully(app, workspaceId, runId, signal),
  }),
];

/** Nothing that was missed on the way stays missed for longer than a day. */
export const matchingCrons: Cron[] = [
  { name: 'matching.nightly', schedule: '40 2 * * *', run: startNightlyRuns },
  { name: 'matching.purge', schedule: '20 3 * * *', run: purgePostponed },
];
