import { z } from 'zod';
import { defineTask, type Task } from '../kernel/jobs.ts';
import { addInvitations } from './queries.ts';

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
