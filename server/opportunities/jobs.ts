import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { restorableFor } from './contract.ts';
import { takeDeals, undoDeals } from './deals.ts';
import { hearInterview } from './interviewing.ts';
import { purgeRemoved } from './queries.ts';

const ofConnection = z.object({ connectionId: z.uuid(), memberId: z.uuid() });

export const opportunitiesTasks: Task[] = [
  defineTask({
    name: 'opportunities.hear',
    payload: z.object({ opportunityId: z.uuid() }),
    run: ({ opportunityId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => hearInterview(tx, workspaceId, opportunityId)),
  }),
  defineTask({
    name: 'opportunities.takeDeals',
    payload: ofConnection,
    run: ({ connectionId, memberId }, { app, workspaceId, signal }) =>
      takeDeals(app, { workspaceId, memberId }, connectionId, signal),
  }),
  defineTask({
    name: 'opportunities.undoDeals',
    payload: ofConnection,
    run: ({ connectionId, memberId }, { app, workspaceId }) => undoDeals(app, { workspaceId, memberId }, connectionId),
  }),
];

export const opportunitiesCrons: Cron[] = [
  {
    name: 'opportunities.purge',
    schedule: '35 3 * * *',
    run: (app) => app.db.asSystem('keeper', (tx) => purgeRemoved(tx, restorableFor)),
  },
];
