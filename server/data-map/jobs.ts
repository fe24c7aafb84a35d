import type { Cron } from '../kernel/jobs.ts';
import { purgeSystems } from './systems.ts';

export const dataMapCrons: Cron[] = [
  { name: 'dataMap.purge', schedule: '25 3 * * *', run: (app) => app.db.asSystem('keeper', purgeSystems) },
];
