import type { Cron } from '../kernel/jobs.ts';
import { restorableDays } from './contract.ts';
import { deleteOver, valuesAtOnce } from './queries.ts';

export const attributesCrons: Cron[] = [
  {
    name: 'attributes.deleteOver',
    schedule: '35 3 * * *',
    async run(app) {
      for (;;) {
        const deleted = await app.db.asSystem('keeper', (tx) => deleteOver(tx, restorableDays));
        if (deleted.length < valuesAtOnce) return;
      }
    },
  },
];
