import { z } from 'zod';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { addInvitations, forgetEnded } from './queries.ts';

export const communityTasks: Task[] = [
  defineTask({
    name: 'community.noteInvited',
    payload: z.object({
      ...{
        memberId: z.uuid(),
        communityId: z.uuid(),
        spaceId: z.uuid().nullable(),
        contactPointIds: z.array(z.uuid()),
      },
    }),
    run: ({ memberId, communityId, spaceId, contactPointIds }, { app, workspaceId }) =>
      app.db.asSystem('keeper', (tx) =>
        addInvitations(tx, { workspaceId, memberId }, communityId, spaceId, contactPointIds),
      ),
  }),
];

export const communityCrons: Cron[] = [
  { name: 'community.forget', schedule: '25 * * * *', run: (app) => app.db.asSystem('keeper', forgetEnded) },
];
