import { z } from 'zod';
import { forgetSubjects } from '../facts/index.ts';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { eraseWritten } from '../outreach/queries.ts';
import { prolong } from './queries.ts';
import { runRound } from './sending.ts';

export const selfUpdateTasks: Task[] = [
  defineTask({
    name: 'selfUpdate.round',
    payload: z.object({ roundId: z.uuid() }),
    run: ({ roundId }, { app, workspaceId, signal }) => runRound(app, workspaceId, roundId, signal),
  }),
  defineTask({
    name: 'selfUpdate.eraseWritten',
    payload: z.object({ memberId: z.uuid(), cardIds: z.array(z.uuid()), contactPointIds: z.array(z.uuid()) }),
    run: ({ memberId, cardIds, contactPointIds }, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        await eraseWritten(tx, { workspaceId, memberId }, cardIds, contactPointIds);
        // What they did is forgotten with what was written to them.
        await forgetSubjects(tx, workspaceId, [...cardIds, ...contactPointIds]);
        await app.enqueue(tx, { workspaceId, task: 'events.forgetGuests', payload: { cardIds, contactPointIds } });
        const subjectIds = [...cardIds, ...contactPointIds];
        await app.enqueue(tx, { workspaceId, task: 'distribution.forget', payload: { subjectIds } });
        await app.enqueue(tx, { workspaceId, task: 'destinations.look', payload: {} });
      }),
  }),
  defineTask({
    name: 'selfUpdate.prolong',
    payload: z.object({ linkId: z.uuid(), until: z.iso.datetime() }),
    run: ({ linkId, until }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) => prolong(tx, { workspace_id: workspaceId, link_id: linkId }, new Date(until))),
  }),
];
