import { createHash, timingSafeEqual } from 'node:crypto';
import { statfsSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { App } from './app.ts';
import type { Database } from './database.ts';
import { notFound } from './errors.ts';

// What operators' programs ask: whether it lives, whether it can serve, and figures. Nothing here tells of anybody: no workspace, no id, no address.

/** Whether the process answers at all: for whoever starts it anew where it does not. */
export const livePath = '/health/live';
/** Whether it can serve now: for whoever sends requests to one of several. */
export const readyPath = '/health/ready';
/** Figures in the text format of Prometheus, for who knows the token. */
export const metricsPath = '/metrics';

/** Milliseconds that the database has to answer. */
const patience = 2000;
/** Milliseconds for which an answer holds: whoever asks often asks the database no more often than this. */
const holds = 500;

/**
 * Serves `GET /health/live` (200 as long as the process answers) and `GET /health/ready` (200, or 503 where the database does not answer within two seconds).
 */
export function serveHealth(server: FastifyInstance, pool: { query(text: string): Promise<unknown> }): void {
  let asked: { at: number; answer: Promise<boolean> } | undefined;
  const isReady = (): Promise<boolean> => {
    // No clock that is set back keeps an answer.
    const now = performance.now();
    if (!asked || now - asked.at > holds) asked = { at: now, answer: within(patience, pool.query('select')) };
    return asked.answer;
  };
  server.get(livePath, (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));
  server.get(readyPath, async (_request, reply) => {
    const ready = await isReady();
    reply.header('cache-control', 'no-store').code(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'unavailable' };
  });
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(done, milliseconds, false);
  });
  const answered = work.then(
    () => true,
    () => false,
  );
  const ready = await Promise.race([answered, late]);
  clearTimeout(timer);
  return ready;
}

/** Jobs as the queue holds them. */
interface JobCounts {
  /** To be done now. */
  due: number;
  /** Tried as often as they may be. */
  failed: number;
  /** Seconds that the one that is due for the longest time has waited; 0: none. */
  oldestDue: number;
}

const countJobs = ({ asOwner }: Pick<Database, 'asOwner'>): Promise<JobCounts> =>
  asOwner(async (tx) => {
    // No workspace: the queue holds the jobs of all, and only their number is told.
    const { rows } = await sql<JobCounts>`
      select count(*) filter (where is_due)::int as due, count(*) filter (where attempts >= max_attempts)::int as failed,
        coalesce(extract(epoch from now() - min(run_at) filter (where is_due)), 0)::float as "oldestDue"
      from (select attempts, max_attempts, run_at, run_at <= now() and attempts < max_attempts and locked_at is null as is_due
        from graphile_worker._private_jobs) j`.execute(tx);
    return rows[0]!;
  });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a header bears the token; compared without telling by its time how much of it is right. */
const bears = (header: string | undefined, token: string): boolean =>
  timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));

/** Seconds: from a list that is there at once to a long export. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Serves `GET /metrics` where the operator has set a token (`--metrics-token`), to whoever bears it (`Authorization: Bearer`, RFC 6750): of the process, of requests by
 * route (its pattern, never what stands in its place), of jobs, and the room on the disk. Without a token there is no such page.
 */
export async function serveMetrics(server: FastifyInstance, { config, db }: Pick<App, 'config' | 'db'>): Promise<void> {
  const token = config.metricsToken;
  if (token === undefined) {
    // Not the interface either, which is served for what nobody knows.
    server.get(metricsPath, () => {
      throw notFound();
    });
    return;
  }
  // Loaded where it is asked for: most installations do without.
  const { collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    ...{ name: 'entregent_http_request_duration_seconds', help: 'Requests, by route and outcome.', registers, buckets },
    labelNames: ['method', 'route', 'status'] as const,
  });
  const gauge = (name: string, help: string) => new Gauge({ name: `entregent_${name}`, help, registers });
  const due = gauge('jobs_due', 'Jobs that are to be done now.');
  const failed = gauge('jobs_failed', 'Jobs that were tried as often as they may be.');
  const oldest = gauge('jobs_oldest_due_seconds', 'How long the job that is due for the longest time has waited.');
  const room = gauge('data_free_bytes', 'Free room on the disk of the data folder.');
  server.addHook('onResponse', async (request, reply) => {
    // What nobody serves has no pattern of its own: strangers do not make figures.
    const route = request.routeOptions.url ?? 'none';
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    requests.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
  });
  server.get(metricsPath, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!bears(request.headers.authorization, token))
      return reply.code(401).header('www-authenticate', 'Bearer').type('text/plain').send('');
    const jobs = await countJobs(db).catch(() => null);
    // Without a database the other figures are wanted all the more.
    due.set(jobs?.due ?? Number.NaN);
    failed.set(jobs?.failed ?? Number.NaN);
    oldest.set(jobs?.oldestDue ?? Number.NaN);
    const { bavail, bsize } = statfsSync(config.dataDir);
    room.set(bavail * bsize);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
