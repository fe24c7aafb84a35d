import type { Context } from '../kernel/http.ts';
import { setListsDue } from './queries.ts';

/**
 * What follows a change of a book's grants. Withdrawal holds from the next request on (row security). Of the list's index the
 * rows made of this book and others' follow before the answer, so that nobody misses a contact of their own; the rest follows
 * in the background, and once more when a dated grant begins or ends.
 */
export async function followGrants(
  { app, tx, actor, afterCommit }: Context,
  bookNo: number,
  dates: (string | null)[] = [],
) {
  const { workspaceId } = actor;
  await setListsDue(tx, workspaceId, bookNo);
  const payload = { bookNo };
  const joined = 'delegation.joinedShared';
  const outboxId = await app.enqueue(tx, { workspaceId, task: joined, payload, delaySeconds: 20 });
  afterCommit(() => app.runNow(workspaceId, outboxId, joined));
  const queue = `matching ${workspaceId}`;
  await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload, queue });
  for (const date of dates) {
    const delaySeconds = date ? (Date.parse(date) - Date.now()) / 1000 : 0;
    if (delaySeconds > 0)
      await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload, queue, delaySeconds });
  }
}
