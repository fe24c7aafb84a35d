import { z } from 'zod';
import type { App } from '../kernel/app.ts';
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

/** One member after the other; what fails for one is logged, and the next have their turn. */
async function forEach(app: App, work: (workspaceId: string, memberId: string) => Promise<void>): Promise<void> {
  for (const { workspace_id, member_id } of await app.db.asSystem('keeper', listWeighed))
    await work(workspace_id, member_id).catch((error: Error) =>
      app.log.error('relations of a member', { member: member_id, error: error.name }),
    );
}

export const relationsCrons: Cron[] = [
  {
    // What is not seen again fades from day to day.
    name: 'relations.weigh',
    schedule: '20 3 * * *',
    async run(app) {
      await forEach(app, (workspaceId, memberId) =>
        app.db.asSystem('keeper', (tx) => weighMember(tx, workspaceId, memberId)),
      );
    },
  },
  {
    name: 'relations.suggest',
    schedule: '40 3 * * 1',
    async run(app) {
      await app.db.asSystem('keeper', deleteOldSuggestions);
      await forEach(app, (workspaceId, memberId) => suggest(app, { workspaceId, memberId }));
    },
  },
];
