import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { readDatabase, wakeDue } from './database-reading.ts';
import * as forgetting from './forgetting.ts';
import { runImport } from './importing.ts';
import { forgetImports } from './imports.ts';

/** Facts of a kind are deleted when their months are over; what tracking told of who objects, the night after at the latest. */
export async function forget(app: App): Promise<void> {
  for (const kind of await app.db.asSystem('keeper', forgetting.listDue))
    while (await app.db.asSystem('keeper', (tx) => forgetting.forgetOld(tx, kind)));
  while (await app.db.asSystem('keeper', forgetting.forgetVisitors));
  for (const { workspace_id, point_ids } of await app.db.asSystem('keeper', forgetting.listObjected))
    await app.db.asSystem('keeper', (tx) => forgetting.forgetTracked(tx, workspace_id, point_ids));
  await app.db.asSystem('keeper', forgetting.forgetRefusals);
  await app.db.asSystem('keeper', forgetImports);
}

export const factsTasks: Task[] = [
  defineTask({
    name: 'facts.import',
    payload: z.object({ importId: z.uuid() }),
    run: ({ importId }, { app, workspaceId, signal }) => runImport(app, workspaceId, importId, signal),
  }),
  defineTask({
    name: 'facts.readDatabase',
    payload: z.object({ sourceId: z.uuid() }),
    run: ({ sourceId }, { app, workspaceId, signal }) => readDatabase(app, workspaceId, sourceId, signal),
  }),
];

export const factsCrons: Cron[] = [
  { name: 'facts.forget', schedule: '35 2 * * *', run: forget },
  { name: 'facts.wakeDatabases', schedule: '* * * * *', run: wakeDue },
];
