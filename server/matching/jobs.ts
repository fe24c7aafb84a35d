import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { addressCards } from '../cards/postal.ts';
import { findUnsettled, settleUpTo } from '../cards/resources.ts';
import { tellReaders } from '../cards/visibility.ts';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { letRequestsPass } from '../kernel/pace.ts';
import { matchCards } from './matching.ts';
import { purgePostponed } from './proposals.ts';
import { runFully, startNightlyRuns, startRun } from './runs.ts';

const batch = 2000;
/** After devices have written: some 100 ms of work in one go, which their next requests may have to wait for. */
const piece = 500;
/** Milliseconds for which more may come together while a device goes on writing: what joins the same persons is done once, not card by card. */
const gathering = 2000;

async function follow(app: App, workspaceId: string, cardIds: readonly string[], refresh: boolean): Promise<void> {
  await addressCards(app, workspaceId, cardIds);
  const { outgrown } = await matchCards(app, workspaceId, cardIds, refresh);
  if (outgrown) await app.db.asSystem('keeper', (tx) => startRun(app, tx, workspaceId, null));
}

export const matchingTasks: Task[] = [
  defineTask({
    name: 'cards.changed',
    payload: z.object({ cardIds: z.array(z.uuid()), refresh: z.boolean().default(false) }),
    async run({ cardIds, refresh }, { app, workspaceId, signal }) {
      for (let at = 0; at < cardIds.length; at += batch) {
        if (signal.aborted) throw new Error('aborted');
        await follow(app, workspaceId, cardIds.slice(at, at + batch), refresh);
      }
    },
  }),
  // After devices have written in a book: all they wrote since the list and matching last followed.
  defineTask({
    name: 'cards.settleBook',
    payload: z.object({ bookNo: z.number().int() }),
    async run({ bookNo }, { app, workspaceId, signal }) {
      for (;;) {
        if (signal.aborted) throw new Error('aborted');
        await letRequestsPass();
        const due = await app.db.asSystem('keeper', (tx) => findUnsettled(tx, workspaceId, bookNo, piece));
        if (!due) return;
        if (due.cardIds.length > 0) await follow(app, workspaceId, due.cardIds, true);
        const done = await app.db.asSystem('keeper', async (tx) => {
          await tellReaders(tx, workspaceId, [bookNo]);
          return settleUpTo(tx, workspaceId, bookNo, due.upTo);
        });
        if (done) return;
        if (due.cardIds.length < piece) await sleep(gathering, undefined, { signal });
      }
    },
  }),
  defineTask({
    name: 'matching.run',
    payload: z.object({ runId: z.uuid() }),
    run: ({ runId }, { app, workspaceId, signal }) => runFully(app, workspaceId, runId, signal),
  }),
];

/** Nothing that was missed on the way stays missed for longer than a day. */
export const matchingCrons: Cron[] = [
  { name: 'matching.nightly', schedule: '40 2 * * *', run: startNightlyRuns },
  { name: 'matching.purge', schedule: '20 3 * * *', run: purgePostponed },
];
