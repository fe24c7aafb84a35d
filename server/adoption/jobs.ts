import type { Cron } from '../kernel/jobs.ts';
import { purgeLots } from './queries.ts';

export const adoptionCrons: Cron[] = [
  { name: 'adoption.purge', schedule: '35 3 * * *', run: (app) => app.db.asSystem('keeper', purgeLots) },
];
