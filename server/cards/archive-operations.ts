import { z } from 'zod';
import { id, instant } from '../kernel/contract.ts';
import { implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as archive from './archive.ts';
import * as contracts from './contract.ts';
import { toEditing } from './editing.ts';
import { describeSides } from './persons.ts';

const countedTo = 1000;

export const archiveOperations: Operation[] = [
  implement(contracts.listDead, async ({ after, limit, ...filter }, { tx, actor }) => {
    const from = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await archive.findDead(tx, actor, filter, from, limit + 1);
    const shown = rows.slice(0, limit);
    const sides = await describeSides(
      { tx, actor },
      shown.map((row) => row.card_id),
    );
    return {
      items: shown.map((row) => ({
        ...sides.get(row.card_id)!,
        reasons: row.reasons,
        quietSince: row.quiet_since.toISOString(),
      })),
      next: rows.length > limit ? encodeCursor([shown.at(-1)!.card_id]) : null,
    };
  }),

  implement(contracts.countDead, async ({ months }, { tx, actor }) => {
    const rows = await archive.findDead(tx, actor, { months }, null, countedTo + 1);
    const counted = rows.slice(0, countedTo);
    return {
      total: counted.length,
      more: rows.length > countedTo,
      reasons: contracts.deadReason.options.map((reason) => ({
        reason,
        count: counted.filter((row) => row.reasons.includes(reason)).length,
      })),
      archived: await archive.withHidden(tx, () => archive.countArchived(tx, actor)),
    };
  }),

  implement(contracts.archiveCards, async ({ cardIds, months }, context) => {
    const dead = await archive.findDead(context.tx, context.actor, { months, cardIds }, null, cardIds.length);
    const ids = [...new Set(cardIds)];
    await archive.archiveCards(
      await toEditing(context),
      ids,
      new Map(dead.map((card) => [card.card_id, card.reasons])),
    );
    return { archived: ids.length };
  }),

  implement(contracts.unarchiveCards, async ({ cardIds }, context) => {
    const ids = [...new Set(cardIds)];
    await archive.unarchiveCards(await toEditing(context), ids);
    return { restored: ids.length };
  }),

  implement(contracts.keepCards, async ({ cardIds, keep }, context) => {
    await archive.keepCards(await toEditing(context), cardIds, keep);
    return {};
  }),

  implement(contracts.listArchived, async ({ after, limit }, { tx, actor }) => {
    const cursor = after ? decodeCursor(after, z.tuple([instant, id])) : null;
    return archive.withHidden(tx, async () => {
      const rows = await archive.listArchived(tx, actor, cursor && { at: cursor[0], id: cursor[1] }, limit + 1);
      const shown = rows.slice(0, limit);
      const sides = await describeSides(
        { tx, actor },
        shown.map((row) => row.card_id),
      );
      const last = shown.at(-1);
      return {
        items: shown.map((row) => ({
          ...sides.get(row.card_id)!,
          reasons: row.archived_for,
          archivedAt: row.archived_at.toISOString(),
        })),
        next: rows.length > limit && last ? encodeCursor([last.cursor, last.card_id]) : null,
      };
    });
  }),
];
