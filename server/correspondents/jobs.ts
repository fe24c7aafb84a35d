import type { Cron } from '../kernel/jobs.ts';
import { forgetDecided } from './proposals.ts';

export const correspondentsCrons: Cron[] = [
  {
    name: 'correspondents.forget',
    schedule: '20 3 * * *',
    run: (app) => app.db.asSystem('keeper', forgetDecided),
  },
];
