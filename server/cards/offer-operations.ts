import { z } from 'zod';
import { id } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import { toEditing } from './editing.ts';
import { acceptOffer, describeOffers, ignoreOffer, reopenOffer, trustAuthor } from './offering.ts';
import * as offers from './offers.ts';
import { findPersonCards } from './queries.ts';

export const offerOperations: Operation[] = [
  implement(contracts.listOffers, async ({ personId, after, limit }, { tx, actor }) => {
    const found = personId ? await findPersonCards(tx, actor, personId) : null;
    if (personId && !found) throw notFound();
    const from = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await offers.listWaiting(tx, actor, { cardIds: found?.cardIds }, from, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: await describeOffers({ tx, actor }, shown),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.offer_id]) : null,
    };
  }),

  implement(contracts.acceptOffer, async ({ offerId, replaces, always }, context) => {
    const editing = await toEditing(context);
    const offer = await acceptOffer(editing, offerId, replaces);
    if (always) await trustAuthor(editing, offer);
    return {};
  }),

  implement(contracts.ignoreOffer, async ({ offerId }, context) => {
    await ignoreOffer(await toEditing(context), offerId);
    return {};
  }),

  implement(contracts.reopenOffer, async ({ offerId }, context) => {
    await reopenOffer(await toEditing(context), offerId);
    return {};
  }),

  implement(contracts.listTrusted, async (_input, { tx, actor }) => ({
    items: (await offers.listTrusted(tx, actor)).map((row) => ({
      book: { id: row.book_id, name: row.book },
      member: { id: row.member_id, name: row.member },
    })),
  })),

  implement(contracts.endTrust, async ({ bookId, memberId }, { tx, actor }) => {
    if (!(await offers.endTrust(tx, actor, bookId, memberId))) throw notFound();
    return {};
  }),
];
