import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

const day = z.iso.date();
/** On the clock of who reads it. */
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const title = z.string().trim().min(1).max(300);
const note = z.string().trim().max(5000).nullable();

export const task = z.object({
  id,
  title: z.string(),
  note: z.string().nullable(),
  owner: z.object({ id, name: z.string() }),
  createdBy: z.object({ id, name: z.string() }),
  /** The contact it is about, where I may see them. */
  contact: z.object({ id, name: z.string() }).nullable(),
  /** It is about an introduction: one that I asked for, or one that I am asked for. */
  request: z.enum(['mine', 'asked']).nullable(),
  dueOn: day.nullable(),
  dueTime: time.nullable(),
  remindAt: instant.nullable(),
  doneAt: instant.nullable(),
  createdAt: instant,
});
export type Task = z.output<typeof task>;

export const listTasks = contract({
  name: 'tasks.listTasks',
  method: 'GET',
  path: '/tasks',
  summary:
    'Tasks that are mine to do, that I gave to others, or about a person: the open ones by due day, the done ones newest first',
  input: z.object({
    ...paging,
    state: z.enum(['open', 'done']).default('open'),
    /** `mine`: mine to do; `given`: written by me for others; left out: both. */
    whose: z.enum(['mine', 'given']).optional(),
    personId: id.optional(),
    /** Due on this day or before. */
    dueBy: day.optional(),
  }),
  output: page(task),
  access: 'member',
  scope: 'contacts:read',
});

const due = {
  dueOn: day.nullable().optional(),
  dueTime: time.nullable().optional(),
  /** An instant: when it is to be recalled. The one who writes knows which clock they mean. */
  remindAt: instant.nullable().optional(),
};

export const createTask = contract({
  name: 'tasks.createTask',
  method: 'POST',
  path: '/tasks',
  summary: 'Write down something to do, for me or for a colleague, about a contact if need be',
  input: z.object({
    title,
    note: note.optional(),
    /** Left out: me. */
    ownerId: id.optional(),
    personId: id.optional(),
    /** A request of mine for an introduction, or one that I am asked (introductions.listRequests, listAsks). */
    requestId: id.optional(),
    ...due,
  }),
  output: task,
  access: 'member',
  scope: 'contacts:write',
});

export const updateTask = contract({
  name: 'tasks.updateTask',
  method: 'PATCH',
  path: '/tasks/:taskId',
  summary: 'Change a task, mark it as done, or take that back',
  input: z.object({
    taskId: id,
    title: title.optional(),
    note: note.optional(),
    ownerId: id.optional(),
    ...due,
    done: z.boolean().optional(),
  }),
  output: task,
  access: 'member',
  scope: 'contacts:write',
});

export const deleteTask = contract({
  name: 'tasks.deleteTask',
  method: 'DELETE',
  path: '/tasks/:taskId',
  summary: 'Delete a task that I wrote',
  input: z.object({ taskId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
