import { type Insertable, sql, type Updateable } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { AppError } from '../kernel/errors.ts';

export interface TaskFilter {
  state: 'open' | 'done';
  whose?: 'mine' | 'given' | undefined;
  cardIds?: readonly string[] | undefined;
  dueBy?: string | undefined;
}

export interface TaskRow {
  task_id: string;
  title: string;
  note: string | null;
  owner_id: string;
  owner: string;
  created_by: string;
  creator: string;
  card_id: string | null;
  request: 'mine' | 'asked' | null;
  due_on: string | null;
  due_time: string | null;
  remind_at: Date | null;
  done_at: Date | null;
  created_at: Date;
  /** Where it stands in its list. */
  position: string;
}

/** In one order, as text: open ones by due day, those without one last; done ones from the newest on. */
const position = (state: TaskFilter['state']) =>
  state === 'open'
    ? sql<string>`coalesce(t.due_on::text, '9999') || ' ' || coalesce(t.due_time, '99')`
    : sql<string>`to_char(t.done_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;

/** The actor's own and given tasks; row security shows no others. */
export async function listTasks(
  tx: Tx,
  actor: Actor,
  filter: TaskFilter,
  after: readonly [position: string, id: string] | null,
  limit: number,
): Promise<TaskRow[]> {
  const open = filter.state === 'open';
  const beyond = open ? sql`>` : sql`<`;
  return readTasks(
    tx,
    actor,
    sql`(t.done_at is null) = ${open}
      and ${filter.whose === 'mine' ? sql`t.owner_id = ${actor.memberId}` : sql`true`}
      and ${filter.whose === 'given' ? sql`t.created_by = ${actor.memberId} and t.owner_id <> ${actor.memberId}` : sql`true`}
      and ${filter.cardIds ? sql`t.card_id = any(${filter.cardIds})` : sql`true`}
      and ${filter.dueBy ? sql`t.due_on <= ${filter.dueBy}::date` : sql`true`}
      and ${after ? sql`(${position(filter.state)}, t.task_id) ${beyond} (${after[0]}, ${after[1]}::uuid)` : sql`true`}`,
    filter.state,
    limit,
  );
}

export async function findTask(tx: Tx, actor: Actor, taskId: string): Promise<TaskRow | undefined> {
  return (await readTasks(tx, actor, sql`t.task_id = ${taskId}`, 'open', 1))[0];
}

/** As the keeper, who sees all: a task, if it is the actor's to do. */
export async function findOwned(tx: Tx, actor: Actor, taskId: string): Promise<TaskRow | undefined> {
  return (await readTasks(tx, actor, sql`t.task_id = ${taskId} and t.owner_id = ${actor.memberId}`, 'open', 1))[0];
}

/** Whether an id is of a request of the actor's or of one that they are asked; row security shows no others. */
const kindOfRequest = ({ workspaceId }: Actor, requestId: ReturnType<typeof sql>) => sql<'mine' | 'asked' | null>`
  case when exists (select from introductions.request r where r.workspace_id = ${workspaceId} and r.request_id = ${requestId})
    then 'mine'
  when exists (select from introductions.ask a where a.workspace_id = ${workspaceId} and a.ask_id = ${requestId})
    then 'asked' end`;

export async function findRequest(tx: Tx, actor: Actor, requestId: string): Promise<'mine' | 'asked' | null> {
  const { rows } = await sql<{ request: 'mine' | 'asked' | null }>`
    select ${kindOfRequest(actor, sql`${requestId}::uuid`)} as request`.execute(tx);
  return rows[0]!.request;
}

async function readTasks(
  tx: Tx,
  actor: Actor,
  condition: ReturnType<typeof sql>,
  state: TaskFilter['state'],
  limit: number,
): Promise<TaskRow[]> {
  const { workspaceId } = actor;
  const direction = state === 'open' ? sql`asc` : sql`desc`;
  const { rows } = await sql<TaskRow>`
    select t.task_id, t.title, t.note, t.owner_id, coalesce(o.name, '') as owner, t.created_by, coalesce(c.name, '') as creator,
      t.card_id, ${kindOfRequest(actor, sql`t.request_id`)} as request, t.due_on, t.due_time, t.remind_at, t.done_at, t.created_at, ${position(state)} as position
    from tasks.task t
    left join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = t.owner_id
    left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = t.created_by
    where t.workspace_id = ${workspaceId} and ${condition}
    order by ${position(state)} ${direction}, t.task_id ${direction} limit ${limit}`.execute(tx);
  return rows;
}

type NewTask = Omit<Insertable<DB['tasks.task']>, 'workspace_id' | 'created_by'>;

/** @throws AppError invalid_input when the owner is nobody here */
export async function addTask(tx: Tx, actor: Actor, task: NewTask): Promise<void> {
  await tx
    .insertInto('tasks.task')
    .values({ workspace_id: actor.workspaceId, created_by: actor.memberId, ...task })
    .execute()
    .catch(ownerUnknown);
}

/** @throws AppError invalid_input when the owner is nobody here */
export async function updateTask(
  tx: Tx,
  actor: Actor,
  taskId: string,
  changes: Updateable<DB['tasks.task']>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  await tx
    .updateTable('tasks.task')
    .set(changes)
    .where('workspace_id', '=', actor.workspaceId)
    .where('task_id', '=', taskId)
    .execute()
    .catch(ownerUnknown);
}

function ownerUnknown(error: { code?: string; constraint?: string }): never {
  if (error.code === '23503') throw new AppError('invalid_input', { fields: { ownerId: 'unknown' } });
  if (error.constraint === 'task_time_ck') throw new AppError('invalid_input', { fields: { dueTime: 'invalid' } });
  throw error;
}

/** @returns false when the actor wrote no such task */
export async function deleteTask(tx: Tx, actor: Actor, taskId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('tasks.task')
    .where('workspace_id', '=', actor.workspaceId)
    .where('task_id', '=', taskId)
    .where('created_by', '=', actor.memberId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Ends an open task, as the keeper: it is done, or (`gone`) not there any more. @returns whom it concerned; nobody where it was ended before */
export async function endTask(tx: Tx, actor: Actor, taskId: string, gone: boolean): Promise<string[]> {
  const { workspaceId, memberId } = actor;
  type Parties = { owner_id: string; created_by: string };
  const open = sql`task_id = ${taskId} and done_at is null returning owner_id, created_by`;
  const { rows } = await (gone
    ? sql<Parties>`delete from tasks.task where workspace_id = ${workspaceId} and ${open}`
    : sql<Parties>`update tasks.task set done_at = now(), done_by = ${memberId} where workspace_id = ${workspaceId} and ${open}`
  ).execute(tx);
  return rows.flatMap(({ owner_id, created_by }) => [owner_id, created_by]);
}

/**
 * Marks a task as recalled, as the keeper, if this instant is still the one that is meant and it is not done.
 * @returns whom to remind; undefined: nobody
 */
export async function takeReminder(
  tx: Tx,
  workspaceId: string,
  taskId: string,
  at: string,
): Promise<string | undefined> {
  const row = await tx
    .updateTable('tasks.task')
    .set({ reminded_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('task_id', '=', taskId)
    .where('remind_at', '=', new Date(at))
    .where('reminded_at', 'is', null)
    .where('done_at', 'is', null)
    .returning('owner_id')
    .executeTakeFirst();
  return row?.owner_id;
}
