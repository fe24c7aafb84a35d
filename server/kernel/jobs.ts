import { EventEmitter } from 'node:events';
import {
  type JobHelpers,
  Logger,
  parseCronItems,
  type Runner,
  run,
  runMigrations,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { sql } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import type { App, JobRequest } from './app.ts';
import type { Tx } from './database.ts';
import { newId } from './ids.ts';
import { holdPresence } from './presence.ts';

/** A kind of background work. `run` is idempotent: after a crash it is called again with the same payload. */
export interface Task<S extends z.ZodObject = z.ZodObject> {
  name: string;
  payload: S;
  run(payload: z.output<S>, context: { app: App; workspaceId: string; signal: AbortSignal }): Promise<void>;
}

export function defineTask<S extends z.ZodObject>(task: Task<S>): Task {
  return task as unknown as Task;
}

/** Housekeeping that no fact causes, at its time of day (UTC). Idempotent. */
export interface Cron {
  name: string;
  /** Five fields as in crontab(5). */
  schedule: string;
  run(app: App): Promise<void>;
}

const envelope = z.object({ workspaceId: z.uuid(), outboxId: z.uuid() });

/**
 * Writes the cause of a job as a row of the workspace, in the transaction of the fact, and wakes the worker with it. Should
 * the wake-up be lost (a crash, a sharded database), `sweepOutbox` finds the row.
 */
export async function enqueue(tx: Tx, job: JobRequest): Promise<string> {
  const outboxId = newId();
  await tx
    .insertInto('kernel.outbox')
    .values({
      workspace_id: job.workspaceId,
      outbox_id: outboxId,
      topic: job.task,
      payload: JSON.stringify(job.payload),
      queue: job.queue ?? null,
      ...(job.delaySeconds ? { due_at: new Date(Date.now() + job.delaySeconds * 1000) } : {}),
    })
    .execute();
  await sql`select kernel.wake_worker(${job.workspaceId}, ${outboxId}, ${job.task}, ${job.queue ?? null}, ${Math.ceil(job.delaySeconds ?? 0)})`.execute(
    tx,
  );
  return outboxId;
}

/** Does what a cause asks for, unless it has been done, and forgets the cause. */
async function perform(
  app: App,
  tasks: readonly Task[],
  name: string,
  workspaceId: string,
  outboxId: string,
  signal: AbortSignal,
): Promise<void> {
  const task = tasks.find((one) => one.name === name);
  const cause = await app.db.asSystem('keeper', (tx) =>
    tx
      .selectFrom('kernel.outbox')
      .select('payload')
      .where('workspace_id', '=', workspaceId)
      .where('outbox_id', '=', outboxId)
      .executeTakeFirst(),
  );
  if (!cause || !task) return;
  await task.run(task.payload.parse(cause.payload), { app, workspaceId, signal });
  await app.db.asSystem('keeper', (tx) =>
    tx.deleteFrom('kernel.outbox').where('workspace_id', '=', workspaceId).where('outbox_id', '=', outboxId).execute(),
  );
}

/** Milliseconds that a request waits for what it caused; after that the work goes on behind its answer. */
const patience = 5000;

/** See `App.runNow`. A failure is left to the worker, which tries again. */
export function makeRunNow(app: () => App, tasks: readonly Task[]): App['runNow'] {
  return async (workspaceId, outboxId, task) => {
    const { signal } = new AbortController();
    const done = perform(app(), tasks, task, workspaceId, outboxId, signal).catch((error) =>
      app().log.error('job left to the worker', { task, error }),
    );
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([done, new Promise((resume) => (timer = setTimeout(resume, patience)))]);
    clearTimeout(timer);
  };
}

/** The jobs that are being done, and whether anybody still waits for them. */
interface Shift {
  over: boolean;
  running: Set<{ task: string }>;
}

/**
 * What a job comes to once nobody waits any more is told to nobody: the library would write it down through a pool that is
 * closed, and reject a promise that nobody holds. The job is still locked, as after a crash, and done again after it.
 */
function within<A extends unknown[]>(shift: Shift, task: string, work: (...args: A) => Promise<void>) {
  return async (...args: A): Promise<void> => {
    const mine = { task };
    shift.running.add(mine);
    try {
      await work(...args);
    } finally {
      shift.running.delete(mine);
      if (shift.over) await new Promise(() => {});
    }
  };
}

function toTaskList(app: App, tasks: readonly Task[], shift: Shift): TaskList {
  return Object.fromEntries(
    tasks.map((task) => [
      task.name,
      within(shift, task.name, async (raw: unknown, helpers: JobHelpers) => {
        const { workspaceId, outboxId } = envelope.parse(raw);
        await perform(
          app,
          tasks,
          task.name,
          workspaceId,
          outboxId,
          helpers.abortSignal ?? new AbortController().signal,
        );
      }),
    ]),
  );
}

/** The queue's tables belong to the library and are made by it. Runs with the owner's connection. */
export async function migrateJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, logger: quiet() });
}

function quiet() {
  // The library logs payloads of failing jobs; ours hold ids only, but nothing is gained from them.
  return new Logger(() => () => {});
}

/** Milliseconds that jobs in hand get to come to their end, of which the first 5,000 pass before their signal asks them to. */
const patienceAtEnd = 10_000;

/** Starts working, beside other processes that may do so too. */
export async function startWorker(
  app: App,
  url: string,
  { tasks, crons }: { tasks: readonly Task[]; crons: readonly Cron[] },
  stopWithin = patienceAtEnd,
): Promise<{ stop(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: url, max: 4, application_name: 'entregent-worker' });
  // The library asks for listeners on the pool and on each of its connections; broken ones are replaced.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const presence = holdPresence(url);
  const events: WorkerEvents = new EventEmitter();
  events.once('pool:create', ({ workerPool }) => presence.as(workerPool.id));
  const logger = new Logger(() => (level, message, meta) => {
    if (level !== 'error') return;
    const failed = (meta as { error?: unknown } | undefined)?.error;
    app.log.error('job failed', failed === undefined ? { reason: message.slice(0, 80) } : { error: failed });
  });
  const shift: Shift = { over: false, running: new Set() };
  const runner: Runner = await run({
    pgPool: pool,
    taskList: {
      ...toTaskList(app, tasks, shift),
      ...Object.fromEntries(crons.map((cron) => [cron.name, within(shift, cron.name, () => cron.run(app))])),
    },
    parsedCronItems: parseCronItems(crons.map((cron) => ({ task: cron.name, match: cron.schedule }))),
    concurrency: 2,
    noHandleSignals: true,
    pollInterval: 1000,
    // Asked before each job: whoever the others do not know to be there would have it taken away.
    forbiddenFlags: async () => {
      await presence.known();
      return null;
    },
    events,
    logger,
  });
  // The library looks for a queue's next job before it has let go of the last one, finds the queue busy, and then sleeps until
  // its next poll: a second per job. A word shortly after spares the wait; should it be lost, the poll comes.
  runner.events.on('job:complete', ({ job }) => {
    if (job.job_queue_id === null) return;
    setTimeout(() => void pool.query('notify "jobs:insert"').catch(() => {}), 20).unref();
  });
  await sweepOutbox(app);
  return {
    async stop() {
      // A job that ignores its abort signal must not keep the process from ending.
      const stopped = runner.stop();
      presence.takeNoMore();
      await Promise.race([stopped, new Promise((done) => setTimeout(done, stopWithin).unref())]);
      shift.over = true;
      for (const { task } of shift.running) app.log.error('job cut off', { task });
      await presence.end();
      await pool.end().catch(() => {});
    },
  };
}

/** Wakes the worker for causes that have no job (any more), or one that was given up. */
async function sweepOutbox(app: App): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    await sql`select kernel.wake_again(workspace_id, outbox_id, topic, queue,
      greatest(0, ceil(extract(epoch from due_at - now())))::int) from kernel.outbox where created_at < now() - interval '1 minute'`.execute(
      tx,
    );
  });
}
