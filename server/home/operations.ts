import { z } from 'zod';
import { nameCards } from '../cards/persons.ts';
import { getMember } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import { id, instant } from '../kernel/contract.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';

const position = z.tuple([instant, id]);

function readCursor(after: string | undefined): { at: string; id: string } | null {
  if (!after) return null;
  const [at, last] = decodeCursor(after, position);
  return { at, id: last };
}

/** The page shown of rows that were asked for one more than fits, and where the next begins. */
function cut<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => string[],
): { shown: readonly T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  return { shown, next: rows.length > limit ? encodeCursor(keyOf(shown.at(-1)!)) : null };
}

/** Those of the cards that the viewer sees, by name. */
async function nameContacts(context: Context, lists: readonly (readonly string[])[]) {
  const names = await nameCards(context, lists.flat());
  return (cardIds: readonly string[]) =>
    cardIds.flatMap((cardId) => (names.has(cardId) ? [{ id: cardId, name: names.get(cardId)! }] : []));
}

export const homeOperations: Operation[] = [
  implement(contracts.listHappenings, async ({ after, limit, bookId }, context) => {
    const { tx, actor } = context;
    const rows = await queries.listHappenings(tx, actor, bookId, readCursor(after), limit + 1);
    const { shown, next } = cut(rows, limit, (row) => [row.cursor, row.happening_id]);
    const named = await nameContacts(
      context,
      shown.map((row) => row.card_ids),
    );
    const ids = shown.map((row) => row.happening_id);
    const replies = Map.groupBy(await queries.findReplies(tx, actor, ids), (reply) => reply.happening_id);
    return {
      items: shown.map((row) => ({
        id: row.happening_id,
        kind: row.kind,
        count: row.count,
        user: { id: row.user_id, name: row.user, authorisedBy: row.authorised_by },
        book: { id: row.book_id, name: row.book },
        contacts: named(row.card_ids),
        replies: (replies.get(row.happening_id) ?? []).map((reply) => ({
          id: reply.reply_id,
          text: reply.text,
          authorName: reply.author ?? '',
          at: reply.at.toISOString(),
        })),
        at: row.at.toISOString(),
      })),
      next,
    };
  }),

  implement(contracts.listUses, async ({ happeningId, after, limit }, context) => {
    const { tx, actor } = context;
    if (!(await queries.findHappening(tx, actor, happeningId))) throw notFound();
    const before = after ? decodeCursor(after, z.tuple([id]))[0] : null;
    const rows = await queries.listUses(tx, actor, happeningId, before, limit + 1);
    const { shown, next } = cut(rows, limit, (row) => [row.use_id]);
    const named = await nameContacts(context, [shown.map((row) => row.card_id)]);
    return {
      items: shown.map((row) => ({
        id: row.use_id,
        contact: named([row.card_id])[0] ?? { id: row.card_id, name: '' },
        at: row.at.toISOString(),
        grantId: row.grant_id,
      })),
      next,
    };
  }),

  implement(contracts.replyToHappening, async ({ happeningId, text }, { app, tx, actor }) => {
    const found = await queries.findHappening(tx, actor, happeningId);
    if (!found) throw notFound();
    const replyId = newId();
    await queries.addReply(tx, actor, { replyId, happeningId, bookNo: found.book_no, userId: found.user_id, text });
    await announce(tx, actor.workspaceId, [found.user_id], 'feed');
    const told = { kind: 'reply', memberIds: [found.user_id], subjectId: replyId, actorId: actor.memberId };
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload: told });
    const member = await getMember(tx, actor);
    return { id: replyId, text, authorName: member?.name ?? '', at: new Date().toISOString() };
  }),

  implement(contracts.listReplies, async ({ after, limit, unseen }, context) => {
    const rows = await queries.listReplies(context.tx, context.actor, unseen === true, readCursor(after), limit + 1);
    const { shown, next } = cut(rows, limit, (row) => [row.cursor, row.reply_id]);
    const named = await nameContacts(
      context,
      shown.map((row) => row.card_ids),
    );
    return {
      items: shown.map((row) => ({
        id: row.reply_id,
        text: row.text,
        authorName: row.author,
        at: row.at.toISOString(),
        kind: row.kind,
        count: row.count,
        book: row.book,
        contacts: named(row.card_ids),
        seen: row.seen,
      })),
      next,
    };
  }),

  implement(contracts.seeReplies, async ({ ids }, { tx, actor }) => {
    await queries.markRepliesSeen(tx, actor, ids);
    return {};
  }),

  implement(contracts.getReturn, async ({ days }, { tx, actor }) => {
    const [counted, uses] = [await queries.countLent(tx, actor), await queries.countUses(tx, actor, days)];
    return {
      ...counted,
      colleagues: new Set(uses.flatMap((one) => one.users)).size,
      uses: uses.map(({ kind, count }) => ({ kind, count })),
    };
  }),
];
