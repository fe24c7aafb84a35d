import { z } from 'zod';
import { findConcerned, findListsDue, listBooksLentTo, settleListsDue } from '../delegation/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { settleMade } from './offering.ts';
import { findAccepted } from './offers.ts';
import { addressEarlier } from './postal.ts';
import { purgeCards } from './retention.ts';
import { refreshBook, refreshJoined } from './upkeep.ts';
import { measureDecay } from './verifying.ts';

/** The lists have followed (or a date has come): the open pages of those concerned ask again. */
function tellConcerned(app: App, workspaceId: string, bookNo: number): Promise<void> {
  return app.db.asSystem('keeper', async (tx) =>
    announce(tx, workspaceId, await findConcerned(tx, workspaceId, bookNo), 'visibility'),
  );
}

export const cardsTasks: Task[] = [
  defineTask({
    name: 'delegation.bookShared',
    // `ifDue`: after a change; of several in a row the first job does for all. Without it a date has come.
    payload: z.object({ bookNo: z.number().int(), ifDue: z.boolean().optional() }),
    async run({ bookNo, ifDue }, { app, workspaceId, signal }) {
      const due = await app.db.asSystem('keeper', (tx) => findListsDue(tx, workspaceId, bookNo));
      if (ifDue && !due) return;
      await refreshBook(app, workspaceId, bookNo, signal);
      if (due) await app.db.asSystem('keeper', (tx) => settleListsDue(tx, workspaceId, bookNo, due));
      await tellConcerned(app, workspaceId, bookNo);
    },
  }),
  defineTask({
    name: 'delegation.joinedShared',
    payload: z.object({ bookNo: z.number().int() }),
    run: ({ bookNo }, { app, workspaceId }) => refreshJoined(app, workspaceId, bookNo),
  }),
  // Who is in a team decides who sees the books lent to it, and which rows of the list their members need.
  defineTask({
    name: 'cards.refreshTeam',
    payload: z.object({ teamIds: z.array(z.uuid()) }),
    async run({ teamIds }, { app, workspaceId, signal }) {
      const bookNos = await app.db.asSystem('keeper', (tx) => listBooksLentTo(tx, workspaceId, teamIds));
      for (const bookNo of bookNos) await refreshJoined(app, workspaceId, bookNo);
      for (const bookNo of bookNos) {
        await refreshBook(app, workspaceId, bookNo, signal);
        await tellConcerned(app, workspaceId, bookNo);
      }
    },
  }),
  defineTask({
    name: 'cards.offersMade',
    payload: z.object({ offerIds: z.array(z.uuid()) }),
    run: ({ offerIds }, { app, workspaceId }) => settleMade(app, workspaceId, offerIds),
  }),
  // Later than the acceptance, which can be taken back meanwhile.
  defineTask({
    name: 'cards.offerAccepted',
    payload: z.object({ offerId: z.uuid() }),
    run: ({ offerId }, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        const offer = await findAccepted(tx, workspaceId, offerId);
        if (!offer) return;
        const { card_id: subjectId, author_id } = offer;
        const payload = { kind: 'offer_accepted', memberIds: [author_id], subjectId, actorId: null, occasion: offerId };
        await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
      }),
  }),
];

export const cardsCrons: Cron[] = [
  { name: 'cards.addressEarlier', schedule: '* * * * *', run: addressEarlier },
  { name: 'cards.purge', schedule: '10 3 * * *', run: purgeCards },
  { name: 'cards.measureDecay', schedule: '40 3 * * *', run: measureDecay },
];
