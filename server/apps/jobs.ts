import { z } from 'zod';
import { endGrantsTo, hasGrants } from '../delegation/grants.ts';
import { setListsDue } from '../delegation/queries.ts';
import type { Accounts } from '../identity/accounts.ts';
import { defineTask, type Task } from '../kernel/jobs.ts';

const payload = z.object({ appId: z.uuid() });

/** What follows when an app has been ended (it opens nothing any more): its grants and tokens end too. */
export const appsTasks = (accounts: Accounts): Task[] => [
  defineTask({
    name: 'apps.ended',
    payload,
    async run({ appId }, { app, workspaceId }) {
      await app.db.asSystem('keeper', async (tx) => {
        for (const bookNo of await endGrantsTo(tx, workspaceId, appId)) {
          await setListsDue(tx, workspaceId, bookNo);
          const queue = `matching ${workspaceId}`;
          await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload: { bookNo }, queue });
        }
      });
      await accounts.oauth.revoke(workspaceId, appId);
    },
  }),
  defineTask({
    name: 'apps.forgetIdle',
    payload,
    async run({ appId }, { app, workspaceId }) {
      const lent = await app.db.asSystem('keeper', (tx) => hasGrants(tx, workspaceId, appId));
      if (!lent) await accounts.oauth.revoke(workspaceId, appId);
    },
  }),
];
