import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { findDoubts, forgetAsked } from './queries.ts';
import { sendMessage } from './sending.ts';

export const outreachTasks: Task[] = [
  defineTask({
    name: 'outreach.send',
    payload: z.object({ messageId: z.uuid() }),
    run: ({ messageId }, { app, workspaceId }) => sendMessage(app, workspaceId, messageId),
  }),
];

export const outreachCrons: Cron[] = [
  { name: 'outreach.findDoubts', schedule: '* * * * *', run: (app) => app.db.asSystem('keeper', findDoubts) },
  { name: 'outreach.forgetAsked', schedule: '20 * * * *', run: (app) => app.db.asSystem('keeper', forgetAsked) },
];
