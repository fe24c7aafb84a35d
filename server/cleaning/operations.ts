import { getOwnCard } from '../cards/editing.ts';
import { asField } from '../cards/fields.ts';
import { findOwnBook } from '../delegation/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import { hashOf, previewRule } from './mending.ts';
import * as queries from './queries.ts';

const day = 86_400_000;

function describeRun(row: queries.RunRow): contracts.Run {
  const until = row.done_at && new Date(row.done_at.getTime() + contracts.undoableDays * day);
  const undoable =
    (row.state === 'done' || row.state === 'cancelled') && row.changed > 0 && until && until > new Date();
  return {
    ...{ id: row.run_id, rule: row.rule, bookId: row.book_id, state: row.state, lookedAt: row.looked_at },
    ...{ changed: row.changed, leftAlone: row.left_alone, startedAt: row.started_at.toISOString() },
    doneAt: row.done_at?.toISOString() ?? null,
    undoableUntil: undoable ? until.toISOString() : null,
  };
}

async function getRun({ tx, actor }: Context, runId: string): Promise<contracts.Run> {
  const [row] = await queries.listRuns(tx, actor, runId);
  if (!row) throw notFound();
  return describeRun(row);
}

/** @throws AppError not_found for a book that is not the actor's */
async function checkBook({ tx, actor }: Context, bookId: string | undefined): Promise<void> {
  if (bookId && !(await findOwnBook(tx, actor, bookId))) throw notFound();
}

export const cleaningOperations: Operation[] = [
  implement(contracts.listRuns, async (_input, { tx, actor }) => ({
    items: (await queries.listRuns(tx, actor)).map(describeRun),
  })),

  implement(contracts.preview, async ({ rule, bookId }, context) => {
    await checkBook(context, bookId);
    return previewRule(context.tx, context.actor, rule, bookId ?? null, contracts.mostPreviewed);
  }),

  implement(contracts.startRun, async ({ rule, bookId }, context) => {
    const { app, tx, actor } = context;
    await checkBook(context, bookId);
    const runId = newId();
    if (!(await queries.addRun(tx, actor, { runId, rule, bookId: bookId ?? null })))
      throw new AppError('already_running');
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'cleaning.run', payload: { runId } });
    return getRun(context, runId);
  }),

  implement(contracts.cancelRun, async ({ runId }, context) => {
    const { state } = await getRun(context, runId);
    if (state === 'running') await queries.advance(context.tx, context.actor, runId, { state: 'cancelled' });
    return {};
  }),

  implement(contracts.undoRun, async ({ runId }, context) => {
    const { app, tx, actor } = context;
    const { undoableUntil } = await getRun(context, runId);
    if (undoableUntil === null) throw new AppError('not_undoable');
    await queries.advance(tx, actor, runId, { state: 'undoing' });
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'cleaning.undo', payload: { runId } });
    return {};
  }),

  implement(contracts.setException, async ({ rule, cardId, fieldNo, leave }, context) => {
    const { tx, actor } = context;
    const field = (await getOwnCard(context, cardId)).fields.find(({ no }) => no === fieldNo);
    if (!field) throw notFound();
    await queries.setException(tx, actor, rule, cardId, hashOf(asField(field)), leave);
    return {};
  }),
];
