import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTask, enqueue, startWorker, type Task } from './jobs.ts';
import { type Member, openTestApp, type TestApp } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

interface Seen {
  /** How often each piece of work was begun, in this order. */
  begun: string[];
  atOnce: number;
  most: number;
}

/** A task that says when it runs, and lasts until it is let go. */
function makeTask(name: string): { task: Task; seen: Seen; letGo(): void } {
  const seen: Seen = { begun: [], atOnce: 0, most: 0 };
  const gate = Promise.withResolvers<void>();
  const task = defineTask({
    name,
    payload: z.object({ what: z.string() }),
    async run({ what }) {
      seen.begun.push(what);
      seen.most = Math.max(seen.most, ++seen.atOnce);
      await gate.promise;
      seen.atOnce--;
    },
  });
  return { task, seen, letGo: gate.resolve };
}

const ask = (task: string, what: string, queue?: string) =>
  app.app.db.asSystem('keeper', (tx) =>
    enqueue(tx, { workspaceId: alice.me.workspace.id, task, payload: { what }, ...(queue ? { queue } : {}) }),
  );

const start = (task: Task, stopWithin?: number) =>
  startWorker(app.app, app.databaseUrl, { tasks: [task], crons: [] }, false, stopWithin);

/** As if it had waited for longer than a start leaves to others. */
const growOld = () =>
  app.query(
    `update kernel.outbox set created_at = created_at - interval '2 minutes', due_at = due_at - interval '2 minutes'`,
  );

const jobsOf = (outboxId: string) =>
  app.query<{ queue: string | null; attempts: number }>(
    `select queue_name as queue, attempts from graphile_worker._private_jobs j
     left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
     where j.payload ->> 'outboxId' = $1`,
    [outboxId],
  );

test('a second process that starts leaves the job that runs alone, and those that wait in their queue', async () => {
  const { task, seen, letGo } = makeTask('test.inQueue');
  const first = await start(task);
  const running = await ask(task.name, 'one', 'test queue');
  const waiting = await ask(task.name, 'two', 'test queue');
  await expect.poll(() => seen.begun).toEqual(['one']);
  await growOld();
  const second = await start(task);
  // Longer than a worker takes to find a job.
  await sleep(1500);
  expect(await jobsOf(running)).toHaveLength(1);
  expect(await jobsOf(waiting)).toEqual([{ queue: 'test queue', attempts: 0 }]);
  expect(seen.begun).toEqual(['one']);
  letGo();
  await app.settle();
  expect(seen).toMatchObject({ begun: ['one', 'two'], most: 1 });
  await Promise.all([first.stop(), second.stop()]);
});

test('a cause that has lost its job gets another in the same queue, one that was given up is tried again', async () => {
  const { task, seen, letGo } = makeTask('test.lost');
  letGo();
  const lost = await ask(task.name, 'lost', 'test queue');
  const givenUp = await ask(task.name, 'given up', 'other queue');
  await app.query(`delete from graphile_worker._private_jobs where key = $1`, [lost]);
  await app.query(`update graphile_worker._private_jobs set attempts = max_attempts where key = $1`, [givenUp]);
  await growOld();
  const asleep = await startWorker(app.app, app.databaseUrl, { tasks: [], crons: [] }, false);
  await asleep.stop();
  expect(await jobsOf(lost)).toEqual([{ queue: 'test queue', attempts: 0 }]);
  expect(await jobsOf(givenUp)).toEqual([{ queue: 'other queue', attempts: 0 }]);
  const worker = await start(task);
  await app.settle();
  expect(seen.begun.toSorted()).toEqual(['given up', 'lost']);
  await worker.stop();
});

test('a job that outlasts the end of its worker fails unheard, and is done after the next start', async () => {
  const rejected: unknown[] = [];
  const hear = (reason: unknown) => void rejected.push(reason);
  process.on('unhandledRejection', hear);
  const ended = Promise.withResolvers<void>();
  let runs = 0;
  const task = defineTask({
    name: 'test.stubborn',
    payload: z.object({ what: z.string() }),
    async run() {
      if (++runs > 1) return;
      await ended.promise;
      throw new Error('its database is gone');
    },
  });
  const first = await start(task, 100);
  const outboxId = await ask(task.name, 'on and on');
  await expect.poll(() => runs).toBe(1);
  await first.stop();
  expect(app.errors.splice(0)).toEqual([expect.stringMatching(/^job cut off .*test\.stubborn/)]);
  ended.resolve();
  await sleep(200);
  process.off('unhandledRejection', hear);
  expect(rejected).toEqual([]);
  // As a start frees what a process that has gone held.
  await app.query(
    `select graphile_worker.force_unlock_workers(array(select locked_by from graphile_worker._private_jobs where key = $1))`,
    [outboxId],
  );
  const second = await start(task);
  await app.settle();
  expect(runs).toBe(2);
  await second.stop();
});
