import pg from 'pg';
import type { TestApp } from '../kernel/testing.ts';
import type * as contracts from './contract.ts';

export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** A BI program: PostgreSQL's own client, logged in as the access. */
export async function openProgram<T>(
  app: TestApp,
  { login }: Pick<contracts.Access, 'login'>,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const url = new URL(app.databaseUrl.replace('@/', '@localhost/'));
  const host = url.searchParams.get('host') ?? url.hostname;
  const client = new pg.Client({
    host,
    port: Number(url.searchParams.get('port') ?? url.port) || 5432,
    database: url.pathname.slice(1),
    user: login,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(async (sql) => (await client.query(sql)).rows);
  } finally {
    await client.end().catch(() => {});
  }
}
