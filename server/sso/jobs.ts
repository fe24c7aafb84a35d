import type { Cron } from '../kernel/jobs.ts';
import { forgetAttempts } from './queries.ts';

export const ssoCrons: Cron[] = [
  {
    name: 'sso.forgetAttempts',
    schedule: '20 * * * *',
    run: (app) => app.db.asSystem('identity', forgetAttempts),
  },
];
