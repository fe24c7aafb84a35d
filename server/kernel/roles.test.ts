import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as identity from '../identity/contract.ts';
import { openApp } from '../start.ts';
import { readConfig } from './config.ts';
import { readyPath } from './operating.ts';
import { openTestApp, type TestApp } from './testing.ts';

// What a process does of all that is done, where several share a database.

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
  await app.setUp();
});
afterAll(() => app.close());

const shared = {
  DATABASE_URL: 'postgresql://entregent@localhost/entregent',
  PUBLIC_URL: 'https://contacts.example.com',
};

/** A further process on the database of the test. */
async function withRole(role: string, look: (url: string) => Promise<void>): Promise<void> {
  const config = readConfig(['--role', role, '--port', '0', '--data', app.app.config.dataDir], shared);
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const { server } = await openApp(config, app.databaseUrl, { web: Promise.resolve(), clock: false }, closers);
    await look(`http://127.0.0.1:${(server.server.address() as { port: number }).port}`);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

const workers = async () =>
  (
    await app.query(
      `select from pg_stat_activity where datname = current_database() and application_name = 'entregent-presence'`,
    )
  ).length;

describe('a role', () => {
  test('needs a database that several may work on, and the address that all of them name', () => {
    expect(readConfig(['--role', 'worker'], shared).role).toBe('worker');
    expect(readConfig([], { ...shared, ENTREGENT_ROLE: 'http' }).role).toBe('http');
    expect(readConfig([], {}).role).toBe('all');
    for (const [args, env] of [
      [['--role', 'worker'], {}],
      [['--role', 'http'], { DATABASE_URL: shared.DATABASE_URL }],
      [['--role', 'http'], { PUBLIC_URL: shared.PUBLIC_URL }],
      [['--role', 'both'], shared],
    ] as const)
      expect(() => readConfig([...args], env)).toThrow();
  });

  test('worker does jobs, says how it is, and answers nothing else', async () => {
    const before = await workers();
    await withRole('worker', async (url) => {
      expect((await fetch(url + readyPath)).status).toBe(200);
      for (const path of ['/api/v1/status', '/api/v1/people', '/api/openapi.json', '/'])
        expect((await fetch(url + path)).status, path).toBe(404);
      await expect.poll(workers).toBe(before + 1);
    });
  });

  test('http answers, and leaves jobs to others', async () => {
    const before = await workers();
    await withRole('http', async (url) => {
      expect((await fetch(url + readyPath)).status).toBe(200);
      expect((await fetch(`${url}/api/v1${identity.getStatus.path}`)).status).toBe(200);
      await sleep(500);
      expect(await workers()).toBe(before);
    });
  });
});
