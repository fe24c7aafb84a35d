import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { hearInterview } from './hearing.ts';

export const surveysTasks: Task[] = [
  defineTask({
    name: 'surveys.hearInterview',
    payload: z.object({ opportunityId: z.uuid() }),
    run: ({ opportunityId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => hearInterview(tx, workspaceId, opportunityId)),
  }),
];
