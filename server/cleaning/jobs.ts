import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { undoableDays } from './contract.ts';
import { carryOut } from './mending.ts';
import { forgetChanges } from './queries.ts';

const payload = z.object({ runId: z.uuid() });

export const cleaningTasks: Task[] = [
  defineTask({
    name: 'cleaning.run',
    payload,
    run: ({ runId }, { app, workspaceId, signal }) => carryOut(app, workspaceId, runId, 'running', signal),
  }),
  defineTask({
    name: 'cleaning.undo',
    payload,
    run: ({ runId }, { app, workspaceId, signal }) => carryOut(app, workspaceId, runId, 'undoing', signal),
  }),
];

export const cleaningCrons: Cron[] = [
  {
    name: 'cleaning.forget',
    schedule: '45 3 * * *',
    run: (app) => app.db.asSystem('keeper', (tx) => forgetChanges(tx, undoableDays)),
  },
];
