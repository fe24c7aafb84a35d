import { infiniteQueryOptions } from '@tanstack/react-query';
import type { Input } from '../../../../server/kernel/contract.ts';
import { deleteTask, listTasks, type Task, updateTask } from '../../../../server/tasks/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { offerUndo, say, sayError } from '../../ui/undo.tsx';
import { dayAfter } from './words.ts';

type Filter = Pick<Input<typeof listTasks>, 'state' | 'whose'>;

export const tasksQuery = (filter: Filter) =>
  infiniteQueryOptions({
    queryKey: [listTasks.name, 'pages', filter],
    queryFn: ({ pageParam }) => call(listTasks, { ...filter, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
export const tasksOfQuery = (personId: string) => reading(listTasks, { personId });
/** Mine that are due within a week, or late. */
export const dueQuery = () => reading(listTasks, { whose: 'mine', dueBy: dayAfter(7), limit: 20 });

export async function setDone(task: Task, done: boolean): Promise<void> {
  try {
    await call(updateTask, { taskId: task.id, done });
    await refresh(listTasks);
    if (done) offerUndo(t('tasks.done'), () => setDone(task, false));
  } catch (error) {
    sayError(error);
  }
}

export async function remove(task: Task): Promise<void> {
  try {
    await call(deleteTask, { taskId: task.id });
    await refresh(listTasks);
    say(t('tasks.deleted'));
  } catch (error) {
    sayError(error);
  }
}
