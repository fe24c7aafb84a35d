import { sql } from 'kysely';
import type { Cron } from './jobs.ts';

export const kernelCrons: Cron[] = [
  {
    name: 'kernel.forgetAnswers',
    schedule: '50 * * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        await sql`delete from kernel.idempotent_answer where created_at < now() - interval '24 hours'`.execute(tx);
      }),
  },
];
