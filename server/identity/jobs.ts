import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import type * as contracts from './contract.ts';
import { forgetDevices } from './known-devices.ts';
import { addMember, addWorkspace, getMember, hasWorkspace } from './queries.ts';
import { openingTask } from './workspaces.ts';

export const identityTasks: Task[] = [
  defineTask({
    name: openingTask,
    payload: z.object({ id: z.uuid(), name: z.string(), country: z.string(), memberId: z.uuid() }),
    run: ({ id, name, country, memberId }, { app, workspaceId }) =>
      app.db.asSystem('identity', async (tx) => {
        if (await hasWorkspace(tx, id)) return;
        const founder = (await getMember(tx, { workspaceId, memberId }))!;
        await addWorkspace(tx, name, country, false, id);
        await addMember(tx, id, {
          accountId: founder.account_id,
          name: founder.name,
          email: founder.email,
          role: 'admin',
          locale: founder.locale as contracts.Me['locale'],
        });
      }),
  }),
];

export const identityCrons: Cron[] = [
  { name: 'identity.forgetDevices', schedule: '40 3 * * *', run: (app) => app.db.asSystem('identity', forgetDevices) },
];
