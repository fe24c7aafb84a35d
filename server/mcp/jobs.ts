import type { Cron } from '../kernel/jobs.ts';
import { forgetSpent } from './queries.ts';

export const mcpCrons: Cron[] = [
  { name: 'mcp.forgetSpent', schedule: '25 3 * * *', run: (app) => app.db.asSystem('keeper', forgetSpent) },
];
