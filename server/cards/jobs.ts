import { sql } from 'kysely';
import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { purgeCards } from './retention.ts';
import { refreshBook, refreshJoined } from './upkeep.ts';

export const cardsTasks: Task[] = [
  defineTask({
    name: 'delegation.bookShared',
    payload: z.object({ bookNo: z.number().int() }),
    run: ({ bookNo }, { app, workspaceId, signal }) => refreshBook(app, workspaceId, bookNo, signal),
  }),
  defineTask({
    name: 'delegation.joinedShared',
    payload: z.object({ bookNo: z.number().int() }),
    run: ({ bookNo }, { app, workspaceId }) => refreshJoined(app, workspaceId, bookNo),
  }),
  // Who is in a team decides who sees the books lent to it, and which rows of the list their members need.
  defineTask({
    name: 'cards.refreshTeam',
    payload: z.object({ teamIds: z.array(z.uuid()) }),
    async run({ teamIds }, { app, workspaceId, signal }) {
      const { rows } = await app.db.asSystem('keeper', (tx) =>
        sql<{ book_no: number }>`
          select distinct b.book_no from delegation.grant g
          join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
          where g.workspace_id = ${workspaceId} and g.grantee_id = any(${teamIds})`.execute(tx),
      );
      for (const { book_no } of rows) await refreshJoined(app, workspaceId, book_no);
      for (const { book_no } of rows) await refreshBook(app, workspaceId, book_no, signal);
    },
  }),
];

export const cardsCrons: Cron[] = [{ name: 'cards.purge', schedule: '10 3 * * *', run: purgeCards }];
