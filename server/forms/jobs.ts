import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { makeCard } from './cards.ts';
import { ask } from './confirming.ts';
import { doubtStranded, forgetUnconfirmed } from './queries.ts';

export const formsTasks: Task[] = [
  defineTask({
    name: 'forms.ask',
    payload: z.object({ submissionId: z.uuid(), attempt: z.number().int().default(1) }),
    run: (said, { app, workspaceId, signal }) => ask(app, workspaceId, said, signal),
  }),
  defineTask({
    name: 'forms.makeCard',
    payload: z.object({ submissionId: z.uuid() }),
    run: ({ submissionId }, { app, workspaceId }) => makeCard(app, workspaceId, submissionId),
  }),
];

export const formsCrons: Cron[] = [
  {
    name: 'forms.doubt',
    schedule: '*/5 * * * *',
    run: (app) => app.db.asSystem('keeper', doubtStranded),
  },
  {
    name: 'forms.forget',
    schedule: '50 3 * * *',
    run: (app) => app.db.asSystem('keeper', forgetUnconfirmed),
  },
];
