import { z } from 'zod';
import { findPersonCards, nameCards } from '../cards/persons.ts';
import { announce } from '../kernel/announce.ts';
import { id } from '../kernel/contract.ts';
import type { Actor } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import * as contracts from './contract.ts';
import { enqueueReminder, giveTask, tell, type Writing } from './giving.ts';
import * as queries from './queries.ts';

async function describeTasks(context: Context, rows: readonly queries.TaskRow[]): Promise<contracts.Task[]> {
  const names = await nameCards(
    context,
    rows.flatMap(({ card_id }) => card_id ?? []),
  );
  return rows.map((row) => ({
    id: row.task_id,
    title: row.title,
    note: row.note,
    owner: { id: row.owner_id, name: row.owner },
    createdBy: { id: row.created_by, name: row.creator },
    contact: row.card_id && names.has(row.card_id) ? { id: row.card_id, name: names.get(row.card_id)! } : null,
    request: row.request,
    dueOn: row.due_on,
    dueTime: row.due_time,
    remindAt: row.remind_at?.toISOString() ?? null,
    doneAt: row.done_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }));
}

/** @throws AppError not_found for a task that is neither mine nor given by me */
async function getTask({ tx, actor }: Context, taskId: string): Promise<queries.TaskRow> {
  const row = await queries.findTask(tx, actor, taskId);
  if (!row) throw notFound();
  return row;
}

/** The cards of a person that the actor may see. @throws AppError not_found when there is none */
async function cardsOf({ tx, actor }: Context, personId: string): Promise<string[]> {
  const found = await findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  return found.cardIds;
}

/** What changes on a task, as columns. */
function toColumns(input: z.output<typeof contracts.updateTask.input>, before: queries.TaskRow, memberId: string) {
  const { title, note, ownerId, dueOn, dueTime, remindAt, done } = input;
  const isDone = before.done_at !== null;
  return {
    ...(title === undefined ? {} : { title }),
    ...(note === undefined ? {} : { note }),
    ...(ownerId === undefined ? {} : { owner_id: ownerId }),
    ...(dueOn === undefined ? {} : { due_on: dueOn }),
    ...(dueTime === undefined ? {} : { due_time: dueTime }),
    ...(remindAt === undefined ? {} : { remind_at: remindAt, reminded_at: null }),
    ...(done === undefined || done === isDone
      ? {}
      : { done_at: done ? new Date() : null, done_by: done ? memberId : null }),
  };
}

/**
 * Whether somebody gives away a task that another wrote: they do not see it any more then, and row security lets nobody write
 * what they would not see.
 */
function handsOn(
  { ownerId }: z.output<typeof contracts.updateTask.input>,
  before: queries.TaskRow,
  actor: Actor,
): boolean {
  return ownerId !== undefined && ownerId !== actor.memberId && before.created_by !== actor.memberId;
}

/** Writes the change and what follows of it, in one transaction. */
async function change(
  context: Writing,
  input: z.output<typeof contracts.updateTask.input>,
  before: queries.TaskRow,
): Promise<void> {
  const { tx, actor } = context;
  await queries.updateTask(tx, actor, input.taskId, toColumns(input, before, actor.memberId));
  if (input.remindAt) await enqueueReminder(context, input.taskId, input.remindAt);
  if (input.ownerId && input.ownerId !== before.owner_id)
    await tell(context, 'task_given', input.ownerId, input.taskId);
  if (input.done && before.done_at === null) await tell(context, 'task_done', before.created_by, input.taskId);
  const parties = [before.owner_id, before.created_by, ...(input.ownerId ? [input.ownerId] : [])];
  await announce(tx, actor.workspaceId, parties, 'tasks');
}

export const tasksOperations: Operation[] = [
  implement(contracts.listTasks, async ({ after, limit, state, whose, personId, dueBy }, context) => {
    const cursor = after ? decodeCursor(after, z.tuple([z.string(), id])) : null;
    const cardIds = personId ? await cardsOf(context, personId) : undefined;
    const rows = await queries.listTasks(
      context.tx,
      context.actor,
      { state, whose, cardIds, dueBy },
      cursor,
      limit + 1,
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: await describeTasks(context, rows.slice(0, limit)),
      next: last ? encodeCursor([last.position, last.task_id]) : null,
    };
  }),

  implement(contracts.createTask, async (input, context) => {
    const { tx, actor } = context;
    const taskId = newId();
    const [cardId] = input.personId ? await cardsOf(context, input.personId) : [];
    if (input.requestId && !(await queries.findRequest(tx, actor, input.requestId))) throw notFound();
    await giveTask(context, {
      task_id: taskId,
      title: input.title,
      note: input.note || null,
      owner_id: input.ownerId ?? actor.memberId,
      card_id: cardId ?? null,
      request_id: input.requestId ?? null,
      due_on: input.dueOn ?? null,
      due_time: input.dueTime ?? null,
      remind_at: input.remindAt ?? null,
    });
    return (await describeTasks(context, [await getTask(context, taskId)]))[0]!;
  }),

  implementOutside(contracts.updateTask, async (input, { app, actor, asCaller, asSystem }) => {
    const { task, given } = await asCaller(async (context) => {
      const before = await getTask(context, input.taskId);
      const away = handsOn(input, before, actor);
      if (!away) await change(context, input, before);
      const [described] = await describeTasks(context, [away ? before : await getTask(context, input.taskId)]);
      return { task: described!, given: away };
    });
    if (given)
      await asSystem('keeper', async (tx) => {
        const before = await queries.findOwned(tx, actor, input.taskId);
        if (!before) throw notFound();
        await change({ app, tx, actor }, input, before);
      });
    return task;
  }),

  implement(contracts.deleteTask, async ({ taskId }, context) => {
    const { owner_id } = await getTask(context, taskId);
    if (!(await queries.deleteTask(context.tx, context.actor, taskId))) throw notFound();
    await announce(context.tx, context.actor.workspaceId, [owner_id, context.actor.memberId], 'tasks');
    return {};
  }),
];
