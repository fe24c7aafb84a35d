import { z } from 'zod';
import { findStandingKeys } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import * as deliveries from './deliveries.ts';
import { withdraw, withdrawOf } from './spreading.ts';

export const distributionTasks: Task[] = [
  defineTask({
    name: 'distribution.forget',
    payload: z.object({ subjectIds: z.array(z.uuid()) }),
    async run({ subjectIds }, { app, workspaceId }) {
      // First of all: who was told of them hears that they go.
      await withdrawOf(app, workspaceId, subjectIds);
      await app.db.asSystem('keeper', (tx) => deliveries.forget(tx, workspaceId, subjectIds));
    },
  }),
  defineTask({
    name: 'distribution.keyEnded',
    payload: z.object({}),
    run: (_nothing, { app }) => lookAfterEndpoints(app),
  }),
];

/** A key may go without a word (its time is over, its account is not there any more): it is asked which stand. */
async function endWithKeys(app: App): Promise<void> {
  const keyIds = await app.db.asSystem('keeper', deliveries.listKeys);
  if (keyIds.length === 0) return;
  const standing = await app.db.asSystem('identity', (tx) => findStandingKeys(tx, keyIds));
  const over = keyIds.filter((keyId) => !standing.has(keyId));
  if (over.length > 0) await app.db.asSystem('keeper', (tx) => deliveries.endKeys(tx, over));
}

/** What no change of a grant tells of: a date has come, somebody left a team, a card is kept back or gone. */
export async function lookAfterEndpoints(app: App): Promise<void> {
  await endWithKeys(app);
  await app.db.asSystem('keeper', deliveries.markEnding);
  await withdraw(app, null);
  await app.db.asSystem('keeper', deliveries.endUnsound);
}

export const distributionCrons: Cron[] = [
  { name: 'distribution.lookAfter', schedule: '* * * * *', run: lookAfterEndpoints },
  {
    name: 'distribution.forgetOld',
    schedule: '50 3 * * *',
    run: (app) => app.db.asSystem('keeper', deliveries.forgetOld),
  },
];
