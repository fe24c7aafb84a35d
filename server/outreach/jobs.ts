import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { findDoubts, forgetAsked, forgetFlows } from './queries.ts';
import { sendMany, sendMessage } from './sending.ts';

export const outreachTasks: Task[] = [
  defineTask({
    name: 'outreach.send',
    payload: z.object({ messageId: z.uuid() }),
    run: ({ messageId }, { app, workspaceId }) => sendMessage(app, workspaceId, messageId),
  }),
  defineTask({
    name: 'outreach.sendMany',
    payload: z.object({ messageIds: z.array(z.uuid()) }),
    run: ({ messageIds }, { app, workspaceId, signal }) => sendMany(app, workspaceId, messageIds, signal),
  }),
];

export const outreachCrons: Cron[] = [
  { name: 'outreach.findDoubts', schedule: '* * * * *', run: (app) => app.db.asSystem('keeper', findDoubts) },
  { name: 'outreach.forgetAsked', schedule: '20 * * * *', run: (app) => app.db.asSystem('keeper', forgetAsked) },
  { name: 'outreach.forgetFlows', schedule: '40 3 * * *', run: (app) => app.db.asSystem('keeper', forgetFlows) },
];
