import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { takeStirred } from '../voices/index.ts';

export const decisionsTasks: Task[] = [
  defineTask({
    name: 'decisions.weigh',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        await takeStirred(tx, workspaceId);
      }),
  }),
];
