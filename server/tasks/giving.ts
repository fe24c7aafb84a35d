import { announce } from '../kernel/announce.ts';
import type { Context } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as queries from './queries.ts';

/** A transaction in which somebody's task is written: theirs, or the keeper's. */
export type Writing = Pick<Context, 'app' | 'tx' | 'actor'>;

/** Asks for a job at the instant of the reminder; one that has passed is told at once. */
export async function enqueueReminder({ app, tx, actor }: Writing, taskId: string, at: string): Promise<void> {
  const delaySeconds = Math.max(0, (Date.parse(at) - Date.now()) / 1000);
  const payload = { taskId, at: new Date(at).toISOString() };
  await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'tasks.remind', payload, delaySeconds });
}

export async function tell({ app, tx, actor }: Writing, kind: string, memberId: string, taskId: string): Promise<void> {
  if (memberId === actor.memberId) return;
  const payload = { kind, memberIds: [memberId], subjectId: taskId, actorId: actor.memberId, occasion: newId() };
  await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload });
}

type GivenTask = Parameters<typeof queries.addTask>[2] & { remind_at?: string | null };

/** Writes a task of the actor's down, for them or for somebody who is told, with its reminder. @throws AppError invalid_input when the owner is nobody here */
export async function giveTask(writing: Writing, task: GivenTask): Promise<void> {
  const { tx, actor } = writing;
  await queries.addTask(tx, actor, task);
  if (task.remind_at) await enqueueReminder(writing, task.task_id, task.remind_at);
  await tell(writing, 'task_given', task.owner_id, task.task_id);
  await announce(tx, actor.workspaceId, [task.owner_id, actor.memberId], 'tasks');
}

/**
 * Takes a task back that a job gave, as the keeper: what it asks for is `done`, or is theirs to do no more (`gone`). One that somebody has ticked off
 * stays as it is.
 */
export async function withdrawTask(
  { tx, actor }: Pick<Writing, 'tx' | 'actor'>,
  taskId: string,
  why: 'done' | 'gone',
): Promise<void> {
  const parties = await queries.endTask(tx, actor, taskId, why === 'gone');
  await announce(tx, actor.workspaceId, parties, 'tasks');
}
