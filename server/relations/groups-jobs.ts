import { deleteMembershipsOf } from '../cards/memberships.ts';
import type { Cron } from '../kernel/jobs.ts';
import { deleteRemoved } from './groups.ts';
import { groupRestorableDays } from './groups-contract.ts';

export const groupsCrons: Cron[] = [
  {
    name: 'relations.purgeGroups',
    schedule: '50 3 * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        for (const [workspaceId, groupIds] of await deleteRemoved(tx, groupRestorableDays))
          await deleteMembershipsOf(tx, workspaceId, groupIds);
      }),
  },
];
