import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { buildSegments, tick } from './following.ts';
import { forgetOld, listSegmented } from './members.ts';

const eachWorkspace = async (app: App, work: (workspaceId: string) => Promise<void>): Promise<void> => {
  for (const workspaceId of await app.db.asSystem('keeper', listSegmented)) await work(workspaceId);
};

export const segmentsTasks: Task[] = [
  defineTask({
    name: 'segments.build',
    /** Without one: all, those of which nothing has changed left alone. */
    payload: z.object({ segmentId: z.uuid().optional() }),
    run: ({ segmentId }, { app, workspaceId }) => buildSegments(app, workspaceId, segmentId),
  }),
];

export const segmentsCrons: Cron[] = [
  {
    name: 'segments.tick',
    schedule: '* * * * *',
    run: (app) => eachWorkspace(app, (workspaceId) => tick(app, workspaceId)),
  },
  {
    // What their words mean is another module's: an attribute ended, a team with other members, a channel opened to somebody.
    name: 'segments.review',
    schedule: '*/5 * * * *',
    run: (app) => eachWorkspace(app, (workspaceId) => buildSegments(app, workspaceId)),
  },
  {
    name: 'segments.forgetOld',
    schedule: '40 3 * * *',
    run: (app) => eachWorkspace(app, (workspaceId) => app.db.asSystem('keeper', (tx) => forgetOld(tx, workspaceId))),
  },
];
