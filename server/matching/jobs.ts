import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { matchCards } from './matching.ts';

const batch = 2000;

export const matchingTasks: Task[] = [
  defineTask({
    name: 'cards.changed',
    payload: z.object({ cardIds: z.array(z.uuid()), refresh: z.boolean().default(false) }),
    async run({ cardIds, refresh }, { app, workspaceId, signal }) {
      for (let at = 0; at < cardIds.length; at += batch) {
        if (signal.aborted) throw new Error('aborted');
        await matchCards(app, workspaceId, cardIds.slice(at, at + batch), refresh);
      }
    },
  }),
];

export const matchingCrons: Cron[] = [];
