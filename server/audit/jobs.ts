import { z } from 'zod';
import { listOverseers } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { sha256 } from '../kernel/ids.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import * as queries from './queries.ts';
import { sealAll, verifyWorkspace } from './sealing.ts';

export const auditTasks: Task[] = [
  defineTask({
    name: 'audit.verify',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) => verifyWorkspace(app, workspaceId),
  }),
  defineTask({
    name: 'audit.tellBreak',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        const found = await queries.findLastVerification(tx, workspaceId);
        if (!found || found.breaks.length === 0) return;
        const memberIds = await listOverseers(tx, workspaceId);
        const told = { kind: 'audit_broken', memberIds, subjectId: workspaceId, actorId: null };
        const occasion = sha256(JSON.stringify(found.breaks)).toString('hex');
        await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: { ...told, occasion } });
      }),
  }),
];

async function verifyAll(app: App): Promise<void> {
  for (const workspaceId of await app.db.asSystem('keeper', queries.listWorkspaces))
    await verifyWorkspace(app, workspaceId);
  await app.db.asSystem('keeper', queries.purgeVerifications);
}

export const auditCrons: Cron[] = [
  { name: 'audit.seal', schedule: '7 * * * *', run: (app) => sealAll(app) },
  { name: 'audit.verifyAll', schedule: '20 4 * * *', run: verifyAll },
];
