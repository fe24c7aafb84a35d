import { sql } from 'kysely';
import type { Cron } from './jobs.ts';

export const kernelCrons: Cron[] = [
  {
    name: 'kernel.forgetAnswers',
    schedule: '50 * * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        // No workspace: retention is the same for all.
        await sql`delete from kernel.idempotent_answer where created_at < now() - interval '24 hours'`.execute(tx);
      }),
  },
];
