import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import type { AnyConnector } from './connector.ts';
import { endConnection } from './ending.ts';
import { handOver } from './handing-over.ts';
import { forgetAuthorisations } from './oauth/queries.ts';
import { listDue } from './queries.ts';
import { synchronise, want } from './syncing.ts';

/** @param connectors all kinds there are, those of modules above included */
export const connectorsTasks = (connectors: readonly AnyConnector[]): Task[] => [
  defineTask({
    name: 'connectors.sync',
    payload: z.object({ connectionId: z.uuid(), removals: z.boolean() }),
    run: ({ connectionId, removals }, { app, workspaceId, signal }) =>
      synchronise(app, connectors, { workspaceId, connectionId, removals }, signal),
  }),
  defineTask({
    name: 'connectors.end',
    payload: z.object({ connectionId: z.uuid(), cards: z.enum(['stay', 'remove']) }),
    run: ({ connectionId, cards }, { app, workspaceId, signal }) =>
      endConnection(app, connectors, workspaceId, connectionId, cards, signal),
  }),
];

export const connectorsCrons = (connectors: readonly AnyConnector[]): Cron[] => [
  {
    name: 'connectors.forgetAuthorisations',
    schedule: '25 * * * *',
    run: (app) => app.db.asSystem('keeper', forgetAuthorisations),
  },
  {
    name: 'connectors.wakeDue',
    schedule: '* * * * *',
    async run(app) {
      await handOver(app, connectors);
      for (const { workspace_id, connection_id } of await app.db.asSystem('keeper', listDue))
        await want(app, workspace_id, connection_id);
    },
  },
];
