import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { countProgress, findPlans } from './progress.ts';
import { deleteTrials } from './queries.ts';

export const collectionTasks: Task[] = [
  defineTask({
    name: 'collection.count',
    payload: z.object({}),
    run: (_said, { app, workspaceId }) => app.db.asSystem('keeper', (tx) => countProgress(tx, workspaceId)),
  }),
];

export const collectionCrons: Cron[] = [
  {
    name: 'collection.progress',
    schedule: '20 2 * * *',
    async run(app) {
      for (const workspaceId of await app.db.asSystem('keeper', findPlans))
        await app.db.asSystem('keeper', (tx) => countProgress(tx, workspaceId));
    },
  },
  {
    name: 'collection.deleteTrials',
    schedule: '40 3 * * *',
    run: (app) => app.db.asSystem('keeper', deleteTrials),
  },
];
