import { z } from 'zod';
import { nameCards } from '../cards/persons.ts';
import { id } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, localeOf, type Operation, type PublicContext } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { readLink } from '../kernel/tokens.ts';
import { answerAsk } from './answering.ts';
import { makeRequest } from './asking.ts';
import * as contracts from './contract.ts';
import { findReachable } from './lending.ts';
import { writeLetters } from './letters.ts';
import * as queries from './queries.ts';

async function describeRequests(
  viewer: { tx: Tx; actor: Actor },
  rows: readonly queries.RequestRow[],
): Promise<contracts.Request[]> {
  const names = await nameCards(
    viewer,
    rows.flatMap((row) => row.lent_card_id ?? []),
  );
  return rows.map((row) => ({
    id: row.request_id,
    sought: row.sought,
    kind: row.kind as contracts.Request['kind'],
    purpose: row.purpose as contracts.Request['purpose'],
    message: row.message,
    state: row.state as contracts.Request['state'],
    answer:
      row.answer && row.answered_by && row.answered_at
        ? {
            kind: row.answer as NonNullable<contracts.Request['answer']>['kind'],
            by: { id: row.answered_by, name: row.answerer ?? '' },
            text: row.answer_text,
            contact:
              row.lent_card_id && names.has(row.lent_card_id)
                ? { id: row.lent_card_id, name: names.get(row.lent_card_id)! }
                : null,
            at: row.answered_at.toISOString(),
          }
        : null,
    outcome: row.outcome as contracts.Request['outcome'],
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

async function getRequest({ tx, actor }: Context, requestId: string): Promise<contracts.Request> {
  const row = await queries.findRequest(tx, actor, requestId);
  if (!row) throw notFound();
  return (await describeRequests({ tx, actor }, [row]))[0]!;
}

async function describeAsks(
  viewer: { tx: Tx; actor: Actor },
  rows: readonly queries.AskRow[],
): Promise<contracts.Ask[]> {
  const names = await nameCards(
    viewer,
    rows.flatMap((row) => row.card_ids),
  );
  const reachable = await findReachable(
    viewer,
    rows.flatMap((row) => row.card_ids),
  );
  return rows.map((row) => ({
    id: row.ask_id,
    asker: { id: row.asker_id, name: row.asker ?? '' },
    sought: row.sought,
    purpose: row.purpose as contracts.Ask['purpose'],
    message: row.message,
    contacts: row.card_ids.flatMap((cardId) =>
      names.has(cardId) ? [{ id: cardId, name: names.get(cardId)!, reachable: reachable.has(cardId) }] : [],
    ),
    state: row.state as contracts.AskState,
    contactId: row.card_id,
    answerText: row.answer_text,
    outcome: row.outcome as contracts.Ask['outcome'],
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

async function getAsk(viewer: { tx: Tx; actor: Actor }, askId: string): Promise<contracts.Ask> {
  const row = await queries.findAsk(viewer.tx, viewer.actor, askId);
  if (!row) throw notFound();
  return (await describeAsks(viewer, [row]))[0]!;
}

const readPage = (after: string | undefined): string | null => (after ? decodeCursor(after, z.tuple([id]))[0] : null);

/** Acts as the member for whom a link was signed. @throws AppError link_expired for any other link, or when they have left */
async function byLink<T>(
  { app }: PublicContext,
  token: string,
  work: (viewer: { tx: Tx; actor: Actor }, askId: string) => Promise<T>,
): Promise<{ result: T; actor: Actor }> {
  const link = readLink(app.secrets, 'introduction', token);
  if (!link) throw new AppError('link_expired');
  const { actor } = link;
  const result = await app.db
    .asActor(actor, (tx) => work({ tx, actor }, link.subject))
    .catch((error: unknown) => {
      const gone = error instanceof AppError && ['unauthenticated', 'not_found'].includes(error.code);
      throw gone ? new AppError('link_expired') : error;
    });
  return { result, actor };
}

export const introductionsOperations: Operation[] = [
  implement(contracts.askForIntroduction, async (input, context) => {
    const { requestId, earlier } = await makeRequest(context, input);
    return { ...(await getRequest(context, requestId)), earlier };
  }),

  implement(contracts.listRequests, async ({ after, limit }, { tx, actor }) => {
    const rows = await queries.listRequests(tx, actor, readPage(after), limit + 1);
    const items = await describeRequests({ tx, actor }, rows.slice(0, limit));
    return { items, next: rows.length > limit ? encodeCursor([items.at(-1)!.id]) : null };
  }),

  implement(contracts.updateRequest, async ({ requestId, withdrawn, outcome }, context) => {
    const { app, tx, actor } = context;
    await getRequest(context, requestId);
    if (withdrawn && !(await queries.changeRequest(tx, actor, requestId, 'waiting', { state: 'withdrawn' })))
      throw new AppError('conflict');
    if (outcome && !(await queries.changeRequest(tx, actor, requestId, 'answered', { outcome })))
      throw new AppError('conflict');
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'introductions.follow', payload: { requestId } });
    return getRequest(context, requestId);
  }),

  implement(contracts.listAsks, async ({ after, limit, waiting }, { tx, actor }) => {
    const rows = await queries.listAsks(tx, actor, waiting === true, readPage(after), limit + 1);
    const items = await describeAsks({ tx, actor }, rows.slice(0, limit));
    return { items, next: rows.length > limit ? encodeCursor([items.at(-1)!.id]) : null };
  }),

  implement(contracts.getLetters, async ({ askId, contactId }, { tx, actor, request }) => {
    const ask = await queries.findAsk(tx, actor, askId);
    if (!ask) throw notFound();
    return writeLetters({ tx, actor }, translator(localeOf(request)), ask, contactId);
  }),

  implement(contracts.answerAsk, async ({ askId, ...given }, { app, tx, actor, afterCommit }) => {
    const cause = await answerAsk({ app, tx, actor }, askId, given);
    afterCommit(() => app.runNow(actor.workspaceId, cause, 'introductions.settle'));
    return getAsk({ tx, actor }, askId);
  }),

  implement(contracts.openLink, async ({ token }, context) => {
    const { result } = await byLink(context, token, getAsk);
    const { id: askId, sought, purpose, message, contacts, state, asker } = result;
    return { id: askId, sought, purpose, message, contacts, state, asker: asker.name };
  }),

  implement(contracts.answerLink, async ({ token, ...given }, context) => {
    const { app } = context;
    const { result, actor } = await byLink(context, token, (viewer, askId) =>
      answerAsk({ app, ...viewer }, askId, given),
    );
    await app.runNow(actor.workspaceId, result, 'introductions.settle');
    return {};
  }),
];
