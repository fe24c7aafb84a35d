import type { Cron } from '../kernel/jobs.ts';
import { keptDays } from './contract.ts';
import { endDay } from './counting.ts';
import { deleteOld, findPast } from './queries.ts';

export const leadDaysCrons: Cron[] = [
  {
    name: 'leadDays.end',
    schedule: '5 0 * * *',
    async run(app) {
      for (const { workspace_id, day_id } of await app.db.asSystem('keeper', findPast))
        await endDay(app, workspace_id, day_id);
    },
  },
  {
    name: 'leadDays.forget',
    schedule: '45 3 * * *',
    run: (app) => app.db.asSystem('keeper', (tx) => deleteOld(tx, keptDays)),
  },
];
