import { randomBytes, scryptSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyPassword } from 'better-auth/crypto';
import pg from 'pg';
import { expect, inject } from 'vitest';
import type { z } from 'zod';
import type { Passwords } from '../identity/accounts.ts';
import * as identity from '../identity/contract.ts';
import { type Opened, openApp } from '../start.ts';
import { readConfig } from './config.ts';
import type { Contract, ErrorCode, Input, Output, Problem, Role } from './contract.ts';
import { apiPrefix } from './http.ts';
import { databaseUrl } from './testing-database.ts';

/** A problem+json answer, thrown by `Client.call`. */
export class ProblemAnswer extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code} ${JSON.stringify(problem.fields ?? {})}`);
    this.problem = problem;
  }
}

interface CallOptions {
  headers?: Record<string, string>;
}

/** Somebody at a browser or a program with a key: speaks HTTP to the running application and keeps its cookies. */
export interface Client {
  /** Calls an operation and checks the answer against its contract, undeclared fields included. @throws ProblemAnswer */
  call<I extends z.ZodObject, O extends z.ZodType>(
    contract: Contract<I, O>,
    input: Input<Contract<I, O>>,
    options?: CallOptions,
  ): Promise<Output<Contract<I, O>>>;
  /** Any request below /api/v1, cookies and CSRF header added unless `headers` says otherwise. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The answer of an upload, download or other route as JSON. @throws ProblemAnswer */
  json<T>(path: string, init?: RequestInit): Promise<T>;
}

export interface Member extends Client {
  me: identity.Me;
  password: string;
}

export interface TestApp extends Opened {
  databaseUrl: string;
  /** Lines that the application logged as errors; a test that expects some empties it. */
  errors: string[];
  /** A client that nobody has signed in with, from an address of its own (rate limits count by address). */
  client(bearer?: string): Client;
  /** Sets the installation up; the first member is an admin. */
  setUp(name?: string): Promise<Member>;
  /** Has `by` invite somebody, who joins. */
  invite(by: Member, name: string, options?: { role?: Role; teamIds?: string[] }): Promise<Member>;
  /** Waits until no job is left but those that wait for a date. @throws Error when one failed */
  settle(): Promise<void>;
  /** A query as the owner of the database, past row security. */
  query<T extends object>(sql: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export interface TestDatabase {
  url: string;
  /** A query as the owner of the database, past row security. */
  query<T extends object>(sql: string, values?: unknown[]): Promise<T[]>;
  drop(): Promise<void>;
}

async function connect(url: string): Promise<TestDatabase> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  return {
    url,
    query: async <T extends object>(sql: string, values?: unknown[]) => (await owner.query<T>(sql, values)).rows,
    drop: () => owner.end(),
  };
}

/** A database of one's own: a copy of the migrated one, or empty. */
export async function openTestDatabase(kind: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const server = inject('databaseServer');
  const name = `entregent_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const template = kind === 'migrated' ? inject('databaseTemplate') : 'template0';
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create database ${name} template ${template} strategy file_copy`);
  const url = databaseUrl(server, name);
  const connection = await connect(url);
  return {
    ...connection,
    async drop() {
      await connection.drop();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/**
 * scrypt as the product's, at a thousandth of its cost: that of one password is 90 ms, and most tests have several people. What was kept by the
 * product's own (an old backup) is compared by it; the product started as a process (e2e, cli) has no other.
 */
const passwords: Passwords = {
  hash: async (password) => quick(password, `quick${randomBytes(16).toString('hex')}`),
  verify: async (known) =>
    known.hash.startsWith('quick')
      ? quick(known.password, known.hash.split(':')[0]!) === known.hash
      : verifyPassword(known),
};
const quick = (password: string, salt: string): string =>
  `${salt}:${scryptSync(password.normalize('NFKC'), salt, 64, { N: 16, r: 16, p: 1 }).toString('hex')}`;

let addresses = 0;

/** Instead of a fresh one: a database and data folder that the test made, and takes away. */
interface Existing {
  database: string;
  dataDir: string;
}

/** Opens the real application on a copy of the migrated database and a port of its own. */
export async function openTestApp(argv: string[] = [], existing?: Existing): Promise<TestApp> {
  const database = existing ? await connect(existing.database) : await openTestDatabase();
  const folder = existing?.dataDir ?? mkdtempSync(join(tmpdir(), 'entregent-test-'));
  const config = readConfig(['--port', '0', '--data', folder, '--trust-proxy', '127.0.0.1', ...argv], {});
  const errors: string[] = [];
  const log = {
    info: () => {},
    error: (message: string, fields?: object) => void errors.push(describe(message, fields)),
  };
  const closers: (() => Promise<unknown>)[] = [];
  const opened = await openApp(config, database.url, { web: Promise.resolve(), log, clock: false, passwords }, closers);
  const app: TestApp = {
    ...opened,
    databaseUrl: database.url,
    errors,
    query: database.query,
    client: (bearer) => openClient(opened, bearer),
    setUp: (person = 'Alice Martin') => setUp(app, person),
    invite: (by, person, options = {}) => invite(app, by, person, options),
    settle: () => settle(database.query),
    async close() {
      for (const close of closers.reverse()) await close();
      await database.drop();
      if (!existing) rmSync(folder, { recursive: true, force: true });
    },
  };
  return app;
}

function describe(message: string, fields: object = {}): string {
  const { error } = fields as { error?: unknown };
  return `${message} ${error instanceof Error ? error.stack : JSON.stringify(fields)}`;
}

function openClient(opened: Opened, bearer?: string): Client {
  const { port } = opened.server.server.address() as AddressInfo;
  return openClientAt(`http://127.0.0.1:${port}`, { bearer });
}

/**
 * A client of a product that is a process of its own.
 * @param ask what sends a request, `fetch` unless told
 */
export function openClientAt(
  origin: string,
  { bearer, ask = fetch }: { bearer?: string | undefined; ask?: typeof fetch } = {},
): Client {
  const cookies = new Map<string, string>();
  const address = `198.51.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ 'x-entregent-csrf': '1', 'x-forwarded-for': address });
    if (bearer) headers.set('authorization', `Bearer ${bearer}`);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    new Headers(init.headers).forEach((value, name) => {
      if (value) headers.set(name, value);
      else headers.delete(name);
    });
    const answer = await ask(`${origin}${apiPrefix}${path}`, { ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [, cookie, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value && !/max-age=0/i.test(line)) cookies.set(cookie!, value);
      else cookies.delete(cookie!);
    }
    return answer;
  }

  async function json<T>(path: string, init?: RequestInit): Promise<T> {
    const answer = await send(path, init);
    const body = await answer.json();
    if (answer.ok) return body as T;
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    throw new ProblemAnswer(body as Problem);
  }

  return {
    fetch: send,
    json,
    async call(contract, input, { headers = {} } = {}) {
      const { path, init } = requestOf(contract, input as Record<string, unknown>, headers);
      const body = await json<unknown>(path, init);
      const parsed = contract.output.parse(body);
      expect(parsed, `${contract.name} answers what its contract says`).toEqual(body);
      return parsed as Output<typeof contract>;
    },
  };
}

function requestOf(contract: Contract, input: Record<string, unknown>, headers: Record<string, string>) {
  const rest = { ...input };
  let path = contract.path.replaceAll(/:(\w+)/g, (_all, name: string) => {
    const value = encodeURIComponent(String(rest[name]));
    delete rest[name];
    return value;
  });
  const init: RequestInit = { method: contract.method, headers };
  if (contract.method === 'GET' || contract.method === 'DELETE') {
    const query = new URLSearchParams(
      Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
    if (query.size > 0) path += `?${query}`;
  } else {
    init.body = JSON.stringify(rest);
    init.headers = { 'content-type': 'application/json', ...headers };
  }
  return { path, init };
}

const emailOf = (name: string) => `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`;
const password = 'seven green bicycles';

async function setUp(app: TestApp, name: string): Promise<Member> {
  const client = app.client();
  const me = await client.call(identity.setUp, {
    token: app.setupToken ?? '',
    workspace: 'Exemple SA',
    name,
    email: emailOf(name),
    password,
    locale: 'en',
  });
  return { ...client, me, password };
}

async function invite(
  app: TestApp,
  by: Member,
  name: string,
  options: { role?: Role; teamIds?: string[] },
): Promise<Member> {
  const { url } = await by.call(identity.createInvitation, options);
  const client = app.client();
  const me = await client.call(identity.acceptInvitation, {
    token: tokenOf(url),
    name,
    email: emailOf(name),
    password,
    locale: 'en',
  });
  return { ...client, me, password };
}

/** The token that a one-time link carries behind its `#`. */
export function tokenOf(url: string): string {
  return url.split('#token=')[1]!;
}

/** What is done has no cause left in the outbox; a job that waits without one does nothing when its time comes. */
async function settle(query: TestApp['query']): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    const [state] = await query<{ open: number; failed: string | null }>(
      `select (select count(*)::int from kernel.outbox where due_at < created_at + interval '30 seconds')
           + (select count(*)::int from kernel.stirred) + (select count(*)::int from kernel.told) as open,
         (select string_agg(last_error, '; ') from graphile_worker._private_jobs where last_error is not null) as failed`,
    );
    if (state?.failed) throw new Error(`A job failed: ${state.failed}`);
    if (state?.open === 0) return;
    await sleep(20);
  }
  throw new Error('Jobs were still pending after a minute.');
}

/** Runs a call that must fail and gives its code. */
export async function codeOf(call: Promise<unknown>): Promise<ErrorCode> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProblemAnswer) return error.problem.code;
    throw error;
  }
  throw new Error('The call succeeded.');
}
