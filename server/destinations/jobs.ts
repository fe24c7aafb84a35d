import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import * as sent from './sent.ts';

export const destinationsTasks: Task[] = [
  // Grants changed, somebody came into or left a segment, objected, or is erased: whoever stands elsewhere is looked at.
  defineTask({
    name: 'destinations.look',
    payload: z.object({}),
    run: (_nothing, { app, workspaceId }) => app.db.asSystem('keeper', (tx) => sent.setDue(tx, workspaceId)),
  }),
];

export const destinationsCrons: Cron[] = [
  {
    name: 'destinations.endUnsound',
    schedule: '* * * * *',
    run: (app) => app.db.asSystem('keeper', sent.endUnsound),
  },
  {
    name: 'destinations.forgetOld',
    schedule: '55 3 * * *',
    run: (app) => app.db.asSystem('keeper', sent.forgetOld),
  },
];
