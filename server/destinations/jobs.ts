import { z } from 'zod';
import { findStandingKeys } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import * as sent from './sent.ts';

export const destinationsTasks: Task[] = [
  // Grants changed, somebody came into or left a segment, objected, or is erased: whoever stands elsewhere is looked at.
  defineTask({
    name: 'destinations.look',
    payload: z.object({}),
    run: (_nothing, { app, workspaceId }) => app.db.asSystem('keeper', (tx) => sent.setDue(tx, workspaceId)),
  }),
];

/** A key may go without a word: it is asked which stand. What no change of a grant tells of is looked for, too: a date that has come, somebody who left. */
export async function lookAfterDestinations(app: App): Promise<void> {
  const keyIds = await app.db.asSystem('keeper', sent.listKeys);
  if (keyIds.length > 0) {
    const standing = await app.db.asSystem('identity', (tx) => findStandingKeys(tx, keyIds));
    const over = keyIds.filter((keyId) => !standing.has(keyId));
    if (over.length > 0) await app.db.asSystem('keeper', (tx) => sent.endKeys(tx, over));
  }
  await app.db.asSystem('keeper', sent.endUnsound);
}

export const destinationsCrons: Cron[] = [
  {
    name: 'destinations.endUnsound',
    schedule: '* * * * *',
    run: lookAfterDestinations,
  },
  {
    name: 'destinations.forgetOld',
    schedule: '55 3 * * *',
    run: (app) => app.db.asSystem('keeper', sent.forgetOld),
  },
];
