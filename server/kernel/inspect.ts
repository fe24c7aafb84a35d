import type pg from 'pg';
import { Explained } from './messages.ts';

/** As `server_version_num`: 15. */
export const oldestPostgres = 150_000;

/** What an operator asks a database before trusting it. */
export interface Inspection {
  /** As `server_version_num`. */
  number: number;
  version: string;
  /** Readable, with its unit. */
  size: string;
  /** Jobs that were tried as often as they may be, and failed, or whose process ended each time. */
  failedJobs: number;
  /** Jobs that are to be done now. */
  due: number;
  /** Minutes that the one that is due for the longest time has waited; 0: none. */
  waited: number;
  /** Seconds that the database's clock is ahead of ours, less than what the question took; negative: behind. */
  clock: number;
  /** Extensions that migrations ask for and that are not there. */
  missing: string[];
}

/** What migrations make. */
export const extensions = ['btree_gin', 'pg_trgm'];

export async function inspectDatabase(client: pg.ClientBase): Promise<Inspection> {
  const { rows } = await client.query<Pick<Inspection, 'number' | 'version' | 'size' | 'missing'>>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
       pg_size_pretty(pg_database_size(current_database())) as size,
       array(select name from unnest($1::text[]) name where name not in (select extname from pg_extension)) as missing`,
    [extensions],
  );
  return { ...rows[0]!, clock: await compareClocks(client), ...(await countJobs(client)) };
}

async function compareClocks(client: pg.ClientBase): Promise<number> {
  const asked = Date.now();
  const { rows } = await client.query<{ now: number }>(
    'select extract(epoch from clock_timestamp())::float * 1000 as now',
  );
  const answered = Date.now();
  const { now } = rows[0]!;
  const off = now < asked ? now - asked : now > answered ? now - answered : 0;
  return Math.round(off / 1000);
}

async function countJobs(client: pg.ClientBase): Promise<Pick<Inspection, 'failedJobs' | 'due' | 'waited'>> {
  const there = await client.query(`select to_regclass('graphile_worker._private_jobs') is not null as here`);
  if (!there.rows[0].here) return { failedJobs: 0, due: 0, waited: 0 };
  const { rows } = await client.query<Pick<Inspection, 'failedJobs' | 'due' | 'waited'>>(
    `select count(*) filter (where attempts >= max_attempts and (last_error is not null or locked_at is null))::int as "failedJobs",
       count(*) filter (where is_due)::int as due,
       floor(coalesce(extract(epoch from now() - min(run_at) filter (where is_due)), 0) / 60)::int as waited
     from (select *, run_at <= now() and attempts < max_attempts and locked_at is null as is_due
       from graphile_worker._private_jobs) j`,
  );
  return rows[0]!;
}

/** @throws Explained for a PostgreSQL that lacks what we need, before anything is changed in it */
export async function checkVersion(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if (rows[0]!.number < oldestPostgres) throw new Explained('start.database_old', { version: rows[0]!.version });
}
