import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import * as queries from './queries.ts';
import { settleEvent } from './settling.ts';
import { enqueueTelling, tell } from './telling.ts';

export const eventsTasks: Task[] = [
  defineTask({
    name: 'events.forgetGuests',
    payload: z.object({ cardIds: z.array(z.uuid()), contactPointIds: z.array(z.uuid()) }),
    run: (said, { app, workspaceId }) => app.db.asSystem('keeper', (tx) => queries.forgetGuests(tx, workspaceId, said)),
  }),
  defineTask({
    name: 'events.tell',
    payload: z.object({
      guestId: z.uuid(),
      kind: z.enum(['confirmed', 'seat', 'nudge', 'reminder', 'changed', 'cancelled']),
      occasion: z.string(),
    }),
    run: (occasion, { app, workspaceId }) => tell(app, workspaceId, occasion),
  }),
];

/** Has those who come reminded, when it is time. Found again they were told already. */
async function remind(app: App): Promise<void> {
  const due = await app.db.asSystem('keeper', queries.listToRemind);
  for (const { workspace_id: workspaceId, event_id } of due)
    await app.db.asSystem('keeper', async (tx) => {
      const event = await queries.findEvent(tx, workspaceId, event_id);
      if (!event) return;
      const guestIds = await queries.listToTell(tx, workspaceId, event_id, ['coming']);
      for (const guestId of guestIds)
        await enqueueTelling(app, tx, workspaceId, guestId, 'reminder', String(event.sequence));
    });
}

async function settleOld(app: App): Promise<void> {
  const due = await app.db.asSystem('keeper', queries.listToSettle);
  for (const { workspace_id, event_id } of due)
    await app.db.asSystem('keeper', (tx) => settleEvent(app, tx, workspace_id, event_id));
}

export const eventsCrons: Cron[] = [
  { name: 'events.remind', schedule: '10 * * * *', run: remind },
  { name: 'events.settle', schedule: '40 * * * *', run: settleOld },
  {
    name: 'events.forgetBadges',
    schedule: '25 3 * * *',
    run: (app) => app.db.asSystem('keeper', queries.forgetBadges),
  },
];
