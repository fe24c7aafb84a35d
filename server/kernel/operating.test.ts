import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { serveHealth } from './operating.ts';
import { type Member, openTestApp, type TestApp } from './testing.ts';

// What operators' programs ask.

const token = 'figures-for-the-operator';
let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp(['--metrics-token', token]);
  alice = await app.setUp();
});
afterAll(() => app.close());

const get = (path: string, headers: Record<string, string> = {}) => app.server.inject({ url: path, headers });
const figures = async () => (await get('/metrics', { authorization: `Bearer ${token}` })).body;
const figureOf = async (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await figures())?.[1]);

describe('health', () => {
  test('says that it lives, and whether it can serve', async () => {
    expect((await get('/health/live')).json()).toEqual({ status: 'live' });
    const ready = await get('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ready' }]);
    expect(ready.headers['cache-control']).toBe('no-store');
  });

  test('is not ready where the database refuses, or is silent, and says no more than that', async () => {
    for (const query of [() => Promise.reject(new Error('no')), () => new Promise(() => {})]) {
      const server = Fastify();
      serveHealth(server, { query });
      const answer = await server.inject({ url: '/health/ready' });
      expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'unavailable' }]);
      expect((await server.inject({ url: '/health/live' })).statusCode).toBe(200);
      await server.close();
    }
  });

  test('asks the database once, however many ask', async () => {
    let asked = 0;
    const server = Fastify();
    serveHealth(server, { query: async () => asked++ });
    await Promise.all(Array.from({ length: 50 }, () => server.inject({ url: '/health/ready' })));
    expect(asked).toBe(1);
    await server.close();
  });
});

describe('figures', () => {
  test('are for who bears the token, and are not there where none was set', async () => {
    for (const authorization of [
      undefined,
      'Bearer',
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      token,
      `Basic ${token}`,
    ]) {
      const answer = await get('/metrics', authorization === undefined ? {} : { authorization });
      expect([answer.statusCode, answer.body]).toEqual([401, '']);
    }
    // Members are no operators, not even admins.
    expect((await alice.fetch('/../../metrics')).status).toBe(401);
    const without = await openTestApp();
    const answer = await without.server.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } });
    expect(answer.statusCode).toBe(404);
    await without.close();
    expect(() => readConfig(['--metrics-token', 'short'], {})).toThrow();
  });

  test('tell of requests by route, and of nobody', async () => {
    const secret = 'Zephyrine';
    await alice.fetch(`/people?search=${secret}`);
    await alice.fetch(`/people/${alice.me.memberId}`);
    await get(`/${secret}`);
    const text = await figures();
    expect(text).toMatch(
      /entregent_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/people",status="2xx"\} \d/,
    );
    expect(text).toContain('route="/api/v1/people/:personId",status="4xx"');
    for (const told of [secret, alice.me.memberId, alice.me.workspace.id, alice.me.email, 'Alice'])
      expect(text).not.toContain(told);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(await figureOf('entregent_data_free_bytes')).toBeGreaterThan(0);
  });

  test('count jobs that are due, since when, and those that were given up', async () => {
    await app.settle();
    const before = await figureOf('entregent_jobs_failed');
    await app.query(
      `select graphile_worker.add_job('nobody.doesThis', '{}'::json, run_at := now() - interval '1 hour')`,
    );
    const [{ id } = { id: '' }] = await app.query<{ id: string }>(
      `select graphile_worker.add_job('nobody.doesThat', '{}'::json, max_attempts := 1)::text as id`,
    );
    expect(id).not.toBe('');
    await app.query(
      `update graphile_worker._private_jobs set attempts = 1 where task_id = (select id from graphile_worker._private_tasks where identifier = 'nobody.doesThat')`,
    );
    expect(await figureOf('entregent_jobs_due')).toBe(1);
    expect(await figureOf('entregent_jobs_oldest_due_seconds')).toBeGreaterThan(3590);
    expect(await figureOf('entregent_jobs_failed')).toBe(before + 1);
    await app.query(`delete from graphile_worker._private_jobs where task_id in
      (select id from graphile_worker._private_tasks where identifier like 'nobody.%')`);
  });
});
