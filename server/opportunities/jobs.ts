import type { Cron } from '../kernel/jobs.ts';
import { restorableFor } from './contract.ts';
import { purgeRemoved } from './queries.ts';

export const opportunitiesCrons: Cron[] = [
  {
    name: 'opportunities.purge',
    schedule: '35 3 * * *',
    run: (app) => app.db.asSystem('keeper', (tx) => purgeRemoved(tx, restorableFor)),
  },
];
