import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { findMeasured, keepFigures } from './queries.ts';
import { bringTasks } from './workflow.ts';

export const planTasks: Task[] = [
  defineTask({
    name: 'plan.followTasks',
    payload: z.object({ campaignId: z.uuid(), memberId: z.uuid().nullable() }),
    run: ({ campaignId, memberId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => bringTasks(app, tx, workspaceId, campaignId, memberId)),
  }),
  defineTask({
    name: 'plan.keepFigures',
    payload: z.object({}),
    run: (_said, { app, workspaceId }) => app.db.asSystem('keeper', (tx) => keepFigures(tx, workspaceId)),
  }),
];

export const planCrons: Cron[] = [
  {
    // After the night's look at what changes in segments with the calendar.
    name: 'plan.keepFigures',
    schedule: '25 2 * * *',
    async run(app) {
      for (const workspaceId of await app.db.asSystem('keeper', findMeasured))
        await app.db.asSystem('keeper', (tx) => keepFigures(tx, workspaceId));
    },
  },
];
