// A process of its own that works on the queue, for tests that kill it: `node testing-worker.ts DATABASE_URL TASK`. Writes what it has begun, and never ends it.
import { z } from 'zod';
import type { App } from './app.ts';
import { openDatabase } from './database.ts';
import { defineTask, startWorker } from './jobs.ts';

const [url = '', name = ''] = process.argv.slice(2);
const task = defineTask({
  name,
  payload: z.object({ what: z.string() }),
  run({ what }) {
    process.stdout.write(`${what}\n`);
    return new Promise(() => {});
  },
});
// All that a worker asks of the application.
const app = { db: openDatabase(url), log: { info() {}, error: console.error } } as unknown as App;
await startWorker(app, url, { tasks: [task], crons: [] });
