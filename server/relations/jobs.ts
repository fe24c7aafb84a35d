import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { suggest } from './near-operations.ts';
import { deleteOldSuggestions } from './queries.ts';
import { listWeighed, weighMember } from './weighing.ts';

export const relationsTasks: Task[] = [
  defineTask({
    name: 'relations.weigh',
    payload: z.object({ memberId: z.uuid() }),
    run: ({ memberId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => weighMember(tx, workspaceId, memberId)),
  }),
];

export const relationsCrons: Cron[] = [
  {
    // What is not seen again fades from day to day.
    name: 'relations.weigh',
    schedule: '20 3 * * *',
    async run(app) {
      for (const { workspace_id, member_id } of await app.db.asSystem('keeper', listWeighed))
        await app.db.asSystem('keeper', (tx) => weighMember(tx, workspace_id, member_id));
    },
  },
  {
    name: 'relations.suggest',
    schedule: '40 3 * * 1',
    async run(app) {
      await app.db.asSystem('keeper', deleteOldSuggestions);
      for (const { workspace_id, member_id } of await app.db.asSystem('keeper', listWeighed))
        await suggest(app, { workspaceId: workspace_id, memberId: member_id });
    },
  },
];
