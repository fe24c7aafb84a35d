import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { runRound } from './sending.ts';

export const selfUpdateTasks: Task[] = [
  defineTask({
    name: 'selfUpdate.round',
    payload: z.object({ roundId: z.uuid() }),
    run: ({ roundId }, { app, workspaceId, signal }) => runRound(app, workspaceId, roundId, signal),
  }),
];
