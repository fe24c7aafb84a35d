import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { forgetPurged, listWorkspaces } from './crossing.ts';
import { doubtStranded, sendIssue } from './issues-sending.ts';
import { considerTopics, gatherAll, watchTopics } from './watching.ts';

export const decisionsTasks: Task[] = [
  defineTask({
    name: 'decisions.weigh',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) => watchTopics(app, workspaceId),
  }),
  defineTask({
    name: 'decisions.consider',
    payload: z.object({ topicIds: z.array(z.uuid()) }),
    run: ({ topicIds }, { app, workspaceId }) => considerTopics(app, workspaceId, topicIds),
  }),
  defineTask({
    name: 'decisions.gather',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) => gatherAll(app, workspaceId),
  }),
  defineTask({
    name: 'decisions.sendIssue',
    payload: z.object({ issueId: z.uuid() }),
    run: ({ issueId }, { app, workspaceId, signal }) => sendIssue(app, workspaceId, issueId, signal),
  }),
];

export const decisionsCrons: Cron[] = [
  {
    // What came late, or was read anew by other words.
    name: 'decisions.gather',
    schedule: '20 3 * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        await forgetPurged(tx);
        for (const workspaceId of await listWorkspaces(tx))
          await app.enqueue(tx, {
            ...{ workspaceId, task: 'decisions.gather', payload: {} },
            queue: `decisions ${workspaceId}`,
          });
      }),
  },
  { name: 'decisions.findDoubts', schedule: '* * * * *', run: (app) => app.db.asSystem('keeper', doubtStranded) },
];
