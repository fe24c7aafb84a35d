import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { takeReminder } from './queries.ts';

export const tasksTasks: Task[] = [
  defineTask({
    name: 'tasks.remind',
    payload: z.object({ taskId: z.uuid(), at: z.iso.datetime() }),
    run: ({ taskId, at }, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        const ownerId = await takeReminder(tx, workspaceId, taskId, at);
        if (!ownerId) return;
        const payload = { kind: 'task_due', memberIds: [ownerId], subjectId: taskId, actorId: null, occasion: at };
        await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
      }),
  }),
];
