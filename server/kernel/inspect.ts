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
  /** Jobs that were tried as often as they may be, and failed. */
  failedJobs: number;
}

export async function inspectDatabase(client: pg.ClientBase): Promise<Inspection> {
  const { rows } = await client.query<Omit<Inspection, 'failedJobs'>>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
       pg_size_pretty(pg_database_size(current_database())) as size`,
  );
  return { ...rows[0]!, failedJobs: await countFailedJobs(client) };
}

async function countFailedJobs(client: pg.ClientBase): Promise<number> {
  const there = await client.query(`select to_regclass('graphile_worker._private_jobs') is not null as here`);
  if (!there.rows[0].here) return 0;
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from graphile_worker._private_jobs
     where attempts >= max_attempts and last_error is not null`,
  );
  return rows[0]!.count;
}

/** @throws Explained for a PostgreSQL that lacks what we need, before anything is changed in it */
export async function checkVersion(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if (rows[0]!.number < oldestPostgres) throw new Explained('start.database_old', { version: rows[0]!.version });
}
