import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { findDoubts, forgetAsked, forgetFlows } from './queries.ts';
import { readReturns } from './returning.ts';
import { listBoxes } from './returns.ts';
import { type Ports, sendMany, sendMessage } from './sending.ts';

/** @param ports what stands above this module */
export const outreachTasks = (ports: Ports): Task[] => [
  defineTask({
    name: 'outreach.send',
    payload: z.object({ messageId: z.uuid() }),
    run: ({ messageId }, { app, workspaceId, signal }) => sendMessage(app, ports, workspaceId, messageId, signal),
  }),
  defineTask({
    name: 'outreach.sendMany',
    payload: z.object({ messageIds: z.array(z.uuid()) }),
    run: ({ messageIds }, { app, workspaceId, signal }) => sendMany(app, ports, workspaceId, messageIds, signal),
  }),
  defineTask({
    name: 'outreach.readReturns',
    payload: z.object({}),
    run: (_payload, { app, workspaceId, signal }) => readReturns(app, workspaceId, signal),
  }),
];

/** Has the mailboxes read where mail comes back to, one look after the other in each workspace. */
const lookAtReturns = (app: App) =>
  app.db.asSystem('keeper', async (tx) => {
    for (const workspaceId of await listBoxes(tx))
      await app.enqueue(tx, {
        workspaceId,
        task: 'outreach.readReturns',
        payload: {},
        queue: `returns ${workspaceId}`,
      });
  });

export const outreachCrons: Cron[] = [
  { name: 'outreach.findDoubts', schedule: '* * * * *', run: (app) => app.db.asSystem('keeper', findDoubts) },
  { name: 'outreach.lookAtReturns', schedule: '*/5 * * * *', run: lookAtReturns },
  { name: 'outreach.forgetAsked', schedule: '20 * * * *', run: (app) => app.db.asSystem('keeper', forgetAsked) },
  { name: 'outreach.forgetFlows', schedule: '40 3 * * *', run: (app) => app.db.asSystem('keeper', forgetFlows) },
];
