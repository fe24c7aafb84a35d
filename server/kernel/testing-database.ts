import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openAccounts } from '../identity/accounts.ts';
import { prepare } from '../start.ts';
import { readConfig } from './config.ts';
import { startEmbedded } from './embedded.ts';
import { openSecrets } from './secrets.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Maintenance database of the server that all test files of this run share. */
    databaseServer: string;
    /** Name of the migrated database that each test file clones. */
    databaseTemplate: string;
  }
}

/** The same server, another database. */
export function databaseUrl(server: string, name: string): string {
  return server.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);
}

/**
 * Once a run: a PostgreSQL in a temporary folder (or the one of DATABASE_URL, whose user may create databases) with one
 * migrated database, from which each test file takes a copy in a tenth of a second.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'entregent-test-'));
  chmodSync(folder, 0o711);
  let embedded = process.env.DATABASE_URL ? undefined : await startEmbedded(folder);
  // A run that is broken off leaves no server behind: the request to stop is sent before this process is gone.
  process.once('exit', () => void embedded?.stop());
  process.once('SIGTERM', () => process.exit(143));
  const server = process.env.DATABASE_URL ?? embedded!.url;
  const template = `entregent_test_${process.pid}`;
  const maintain = async (sql: string, url = server) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  // What a power cut would take is of no matter here, and waiting for the disk takes most of the time of a test.
  for (const setting of embedded ? ['fsync', 'synchronous_commit', 'full_page_writes'] : [])
    await maintain(`alter system set ${setting} = off`);
  if (embedded) {
    // An application in a burst takes up to 24 connections, a test may have several of them, and two tests run at a time: more than the 60 of
    // the product. None stays open after its test (counted over 57 files).
    await maintain('alter system set max_connections = 400');
    await embedded.stop();
    embedded = await startEmbedded(folder);
  }
  await maintain(`create database ${template}`);
  const url = databaseUrl(server, template);
  const config = readConfig(['--data', folder], {});
  await prepare(url, config, () => {});
  // Each application of a test has a key of its own.
  await maintain(`delete from kernel.installation where key = 'key_check'`, url);
  const accounts = openAccounts(url, config, openSecrets(folder, process.env));
  await accounts.migrate();
  await accounts.close();
  project.provide('databaseServer', server);
  project.provide('databaseTemplate', template);
  return async () => {
    await maintain(`drop database ${template} with (force)`);
    await embedded?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
