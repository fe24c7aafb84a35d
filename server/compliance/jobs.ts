import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { newId } from '../kernel/ids.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { erase, planErasure } from './erasing.ts';
import { keepErasure } from './kept.ts';
import { writeToPerson } from './letters.ts';
import * as queries from './queries.ts';
import { dropTasks, today, wordOfHolders } from './requests.ts';
import { addressDays, warningOn } from './rules.ts';

/**
 * Erases what a request asks for, tells the person, and forgets their address, in one transaction: a crash at any point has erased nothing, and the job
 * begins anew. Idempotent: a request that is not being erased is left alone.
 */
async function eraseRequested(app: App, workspaceId: string, requestId: string): Promise<void> {
  await app.db.withClient('keeper', async (client, tx) => {
    const request = await queries.lockRequest(tx, workspaceId, requestId);
    if (request?.state !== 'erasing') return;
    const { cardIds, stays, kept } = await wordOfHolders(tx, workspaceId, request);
    await dropTasks(tx, workspaceId, requestId);
    const contactPointId = request.contact_point_id;
    const plan = await planErasure(app, tx, { workspaceId, contactPointId, cardIds }, !stays);
    const counts = await erase(app, client, tx, { workspaceId, erasureId: newId(), requestId, ...plan });
    await queries.closeRequest(tx, workspaceId, requestId, stays ? 'partly' : 'done');
    await queries.addStep(tx, workspaceId, requestId, 'erased', null, { counts });
    const reason = !stays ? 'whole' : kept ? 'kept' : 'partly';
    const sent = await writeToPerson(app, tx, workspaceId, request, 'erased', { reason });
    if (!sent) await queries.addStep(tx, workspaceId, requestId, 'not_sent');
    await queries.forgetAddress(tx, workspaceId, requestId);
  });
}

/** Tells who has to answer, and the desk, that the last days of a request have come; once for each of the days of `warnings`, and each day that is late. */
async function warn(app: App): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const { workspace_id: workspaceId, asked_id, member_id, due_on } of await queries.listWaiting(tx)) {
      const warning = warningOn(due_on, today());
      if (warning === null) continue;
      const occasion = `${asked_id} ${due_on} ${warning === 'late' ? today() : warning}`;
      const payload = { kind: 'privacy_due', memberIds: [member_id], subjectId: asked_id, actorId: null, occasion };
      await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
    }
    for (const { workspace_id: workspaceId, request_id, due_on } of await queries.listOpen(tx)) {
      const warning = warningOn(due_on, today());
      if (warning === null) continue;
      const occasion = `${request_id} ${due_on} ${warning === 'late' ? today() : warning}`;
      const memberIds = await queries.listAdmins(tx, workspaceId);
      const payload = { kind: 'privacy_due', memberIds, subjectId: request_id, actorId: null, occasion };
      await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
    }
  });
}

export const complianceTasks: Task[] = [
  defineTask({
    name: 'compliance.erase',
    payload: z.object({ requestId: z.uuid() }),
    run: ({ requestId }, { app, workspaceId }) => eraseRequested(app, workspaceId, requestId),
  }),
  defineTask({
    name: 'compliance.keepErasure',
    payload: z.object({ erasureId: z.uuid() }),
    run: ({ erasureId }, { app, workspaceId }) => keepErasure(app, workspaceId, erasureId),
  }),
];

export const complianceCrons: Cron[] = [
  { name: 'compliance.warn', schedule: '20 6 * * *', run: warn },
  {
    name: 'compliance.forgetOld',
    schedule: '35 2 * * *',
    run: (app) => app.db.asSystem('keeper', (tx) => queries.forgetOld(tx, addressDays)),
  },
];
