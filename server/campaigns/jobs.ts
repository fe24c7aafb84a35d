import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { planSome } from './planning.ts';
import { listPreparedWith } from './queries.ts';
import { followChange, followLetters, run, takeBack, wake } from './running.ts';

export const campaignsTasks: Task[] = [
  defineTask({
    name: 'campaigns.run',
    payload: z.object({ campaignId: z.uuid(), chain: z.uuid() }),
    run: ({ campaignId, chain }, { app, workspaceId, signal }) => run(app, { workspaceId, campaignId, chain }, signal),
  }),
  defineTask({
    name: 'campaigns.plan',
    payload: z.object({ campaignId: z.uuid(), chain: z.uuid() }),
    run: ({ campaignId, chain }, { app, workspaceId }) => planSome(app, { workspaceId, campaignId, chain }),
  }),
  defineTask({
    name: 'campaigns.takeBack',
    payload: z.object({ campaignId: z.uuid() }),
    run: ({ campaignId }, { app, workspaceId }) => takeBack(app, workspaceId, campaignId),
  }),
  defineTask({
    name: 'campaigns.followChange',
    payload: z.object({ campaignId: z.uuid() }),
    run: ({ campaignId }, { app, workspaceId }) => followChange(app, workspaceId, campaignId),
  }),
  // Told by letters.
  defineTask({
    name: 'campaigns.followLetters',
    payload: z.object({ campaignId: z.uuid() }),
    run: ({ campaignId }, { app, workspaceId }) => followLetters(app, workspaceId, campaignId),
  }),
  // Told by contents.
  defineTask({
    name: 'campaigns.followContent',
    payload: z.object({ contentId: z.uuid() }),
    async run({ contentId }, { app, workspaceId }) {
      const of = await app.db.asSystem('keeper', (tx) => listPreparedWith(tx, workspaceId, contentId));
      for (const campaignId of of) await followChange(app, workspaceId, campaignId);
    },
  }),
];

export const campaignsCrons: Cron[] = [{ name: 'campaigns.wake', schedule: '* * * * *', run: wake }];
