import type { Cron } from '../kernel/jobs.ts';
import { purge } from './queries.ts';

export const contentCrons: Cron[] = [
  { name: 'content.purge', schedule: '50 3 * * *', run: (app) => app.db.asSystem('keeper', purge) },
];
