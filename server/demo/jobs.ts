import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { tellConversations } from './conversing.ts';
import { readState } from './queries.ts';
import { decideCase, tellCommunity, tellSurvey } from './telling.ts';

/** Seconds between two looks whether voices have been read and a case is open, and how often that is looked at. */
const [lookAgain, mostLooks] = [5, 24];

/** After the start, so that nobody waits for it: what customers said, and what was decided about it. */
export const demoTasks: Task[] = [
  defineTask({
    name: 'demo.tell',
    payload: z.object({}),
    async run(_payload, { app, workspaceId }) {
      const state = await app.db.asSystem('keeper', readState);
      if (!state) return;
      await tellConversations(app, state);
      await tellSurvey(app, state);
      await tellCommunity(app, state);
      await app.db.asSystem('keeper', (tx) =>
        app.enqueue(tx, { workspaceId, task: 'demo.decide', payload: { looks: 1 }, delaySeconds: lookAgain }),
      );
    },
  }),
  defineTask({
    name: 'demo.decide',
    payload: z.object({ looks: z.int() }),
    async run({ looks }, { app, workspaceId }) {
      const state = await app.db.asSystem('keeper', readState);
      if (!state || (await decideCase(app, state)) || looks >= mostLooks) return;
      await app.db.asSystem('keeper', (tx) =>
        app.enqueue(tx, { workspaceId, task: 'demo.decide', payload: { looks: looks + 1 }, delaySeconds: lookAgain }),
      );
    },
  }),
];
