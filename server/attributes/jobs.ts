import type { Cron } from '../kernel/jobs.ts';
import { restorableDays } from './contract.ts';
import { deleteOver } from './queries.ts';

export const attributesCrons: Cron[] = [
  {
    name: 'attributes.deleteOver',
    schedule: '35 3 * * *',
    async run(app) {
      while (await app.db.asSystem('keeper', (tx) => deleteOver(tx, restorableDays)));
    },
  },
];
