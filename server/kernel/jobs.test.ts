import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTask, enqueue, startWorker, type Task } from './jobs.ts';
import { root } from './root.ts';
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
  startWorker(app.app, app.databaseUrl, { tasks: [task], crons: [] }, stopWithin);

/** As if it had waited for longer than a start leaves to others. */
const growOld = () =>
  app.query(
    `update kernel.outbox set created_at = created_at - interval '2 minutes', due_at = due_at - interval '2 minutes'`,
  );

/** Milliseconds in which workers look several times for jobs of those that are gone. */
const someLooks = 5500;

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
  await sleep(someLooks);
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
  const asleep = await startWorker(app.app, app.databaseUrl, { tasks: [], crons: [] });
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
  await ask(task.name, 'on and on');
  await expect.poll(() => runs).toBe(1);
  await first.stop();
  expect(app.errors.splice(0)).toEqual([expect.stringMatching(/^job cut off .*test\.stubborn/)]);
  ended.resolve();
  await sleep(200);
  process.off('unhandledRejection', hear);
  expect(rejected).toEqual([]);
  const second = await start(task);
  await app.settle();
  expect(runs).toBe(2);
  await second.stop();
});

test('the job of a killed process, and what waits behind it, is done by another that runs, once', async () => {
  const { task, seen, letGo } = makeTask('test.killed');
  letGo();
  const script = join(root, 'server/kernel/testing-worker.ts');
  const child = spawn(process.execPath, [script, app.databaseUrl, task.name], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const taken = await ask(task.name, 'one', 'killed queue');
    const [said] = await once(child.stdout, 'data');
    expect(String(said)).toBe('one\n');
    await ask(task.name, 'two', 'killed queue');
    const other = await start(task);
    await sleep(someLooks);
    // As long as it lives, it is its job.
    expect(await jobsOf(taken)).toEqual([{ queue: 'killed queue', attempts: 1 }]);
    expect(seen.begun).toEqual([]);
    child.kill('SIGKILL');
    await app.settle();
    expect(seen.begun).toEqual(['one', 'two']);
    await other.stop();
  } finally {
    child.kill('SIGKILL');
  }
});

test('processes that start at once do not take each other’s jobs, nor one whose connection breaks', async () => {
  const { task, seen, letGo } = makeTask('test.atOnce');
  for (const what of ['one', 'two', 'three', 'four']) await ask(task.name, what);
  const both = await Promise.all([start(task), start(task)]);
  await expect.poll(() => seen.begun.length).toBe(4);
  const held = () => app.query('select id, locked_by from graphile_worker._private_jobs order by id');
  const before = await held();
  await sleep(someLooks);
  await app.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'entregent-presence'
      and pid in (select pid from pg_locks l join graphile_worker._private_jobs j
        on l.locktype = 'advisory' and l.objid::bigint = hashtextextended('entregent worker ' || j.locked_by, 0) & 4294967295) limit 1`);
  await sleep(someLooks);
  // All hands are full: what was taken away would be begun later.
  expect(await held()).toEqual(before);
  expect(seen.begun.toSorted()).toEqual(['four', 'one', 'three', 'two']);
  letGo();
  await app.settle();
  await Promise.all(both.map((one) => one.stop()));
});
