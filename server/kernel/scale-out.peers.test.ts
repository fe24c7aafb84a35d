import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNginx } from '../../tools/peers.ts';
import * as cards from '../cards/contract.ts';
import * as identity from '../identity/contract.ts';
import * as sources from '../sources/contract.ts';
import * as tasks from '../tasks/contract.ts';
import { livePath } from './contract.ts';
import { readyPath } from './operating.ts';
import { root } from './root.ts';
import { type Client, openClientAt, openTestDatabase, type TestDatabase } from './testing.ts';

// Three processes that answer and three that work behind, on one database, behind nginx as deploy/ sets it up; one after the other is killed under load.

/** Seconds of load; a longer run: SCALE_OUT_SECONDS=1800 npm test -- server/kernel/scale-out.peers.test.ts */
const seconds = Number(process.env.SCALE_OUT_SECONDS ?? 20);
/** Seconds between two kills. */
const killEvery = Number(process.env.SCALE_OUT_KILL_EVERY ?? 4);
const contacts = 3000;

const nginx = findNginx();
const folder = mkdtempSync(join(tmpdir(), 'entregent-scale-'));
const env = {
  ...process.env,
  LC_ALL: 'C',
  ENTREGENT_MASTER_KEY: randomBytes(32).toString('hex'),
  TRUSTED_PROXIES: '127.0.0.1',
};

interface Process {
  role: 'http' | 'worker';
  port: number;
  child: ChildProcess;
  told: string;
}

let database: TestDatabase;
let proxy: ChildProcess | undefined;
let origin: string;
let alice: Client;
const processes: Process[] = [];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function launch(role: Process['role'], port: number): Process {
  const args = ['--role', role, '--port', String(port), '--data', folder, '--public-url', origin];
  const child = spawn(process.execPath, [join(root, 'server/main.ts'), ...args], {
    env: { ...env, DATABASE_URL: database.url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const started: Process = { role, port, child, told: '' };
  child.stderr!.on('data', (part) => {
    started.told += part;
  });
  return started;
}

async function untilReady(one: Process): Promise<void> {
  while (one.child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${one.port}${readyPath}`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`A process ended: ${one.told}`);
}

/** The example's, at addresses of this test and without a certificate. */
function configure(listen: number, ports: readonly number[]): string {
  const example = readFileSync(join(root, 'deploy/proxy/nginx.conf'), 'utf8');
  const [line] = /^ *server 127\.0\.0\.1:8080.*$/m.exec(example)!;
  const servers = ports.map((port) => line.replace('8080', String(port))).join('\n');
  const site = example
    .replace(line, servers)
    .replace(/server \{\n {2}listen 80;[\s\S]*?\n\}\n/, '')
    .replaceAll(/^ *(?:listen \[::\]|ssl_).*$/gm, '')
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${listen};`)
    .replaceAll('$scheme', 'http')
    .replaceAll(' $host;', ' $http_host;');
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 512; }
    http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${folder}/${one};`).join(' ')}
    ${site} }`;
}

beforeAll(async () => {
  if (!nginx) return;
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, 'data'), { recursive: true });
  database = await openTestDatabase();
  const listen = await freePort();
  origin = `http://127.0.0.1:${listen}`;
  const ports = await Promise.all(Array.from({ length: 6 }, freePort));
  writeFileSync(join(folder, 'nginx.conf'), configure(listen, ports.slice(0, 3)));
  proxy = spawn(nginx, ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'inherit' });
  alice = openClientAt(origin, { ask: askAgain });
  // The guide says so: one first, which sets the database up.
  processes.push(launch('http', ports[0]!));
  await untilReady(processes[0]!);
  await setUp(processes[0]!);
  for (const [at, port] of ports.entries()) if (at > 0) processes.push(launch(at < 3 ? 'http' : 'worker', port));
  await Promise.all(processes.map(untilReady));
}, 180_000);

async function setUp(first: Process): Promise<void> {
  let token: string | undefined;
  while (!token) {
    token = /\/setup#token=(\S+)/.exec(first.told)?.[1];
    await sleep(50);
  }
  const person = { name: 'Alice Martin', email: 'alice@example.com', password: 'seven green bicycles' };
  await alice.call(identity.setUp, { token, workspace: 'Exemple SA', locale: 'en', ...person });
}

afterAll(async () => {
  if (!nginx) return;
  const ended = [...processes.map(({ child }) => child), proxy!].map((child) => {
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    child.kill(child === proxy ? 'SIGTERM' : 'SIGKILL');
    return once(child, 'exit');
  });
  await Promise.all(ended);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** How often a request was sent again, and those that failed all the same. */
const tally = { requests: 0, again: 0, failed: [] as string[] };

/** As a program does that means it: what finds nobody, or is cut off, is sent again; a write bears the key by which it is done once. */
const askAgain: typeof fetch = async (input, init) => {
  tally.requests++;
  const headers = new Headers(init?.headers);
  if (init?.method && init.method !== 'GET') headers.set('idempotency-key', randomUUID());
  for (let attempt = 0; attempt < 12; attempt++) {
    if (attempt > 0) {
      tally.again++;
      await sleep(100 * attempt);
    }
    const answer = await fetch(input, { ...init, headers })
      .then(async (got) => new Response(await got.arrayBuffer(), got))
      .catch(() => undefined);
    if (answer && ![502, 503, 504].includes(answer.status)) return answer;
  }
  tally.failed.push(`${init?.method ?? 'GET'} ${String(input)}`);
  throw new Error(`No answer: ${String(input)}`);
};

/** Somebody who reads and writes until the load ends. @returns the names of the contacts written, as often as an answer said so */
async function work(who: number, until: number): Promise<string[]> {
  const written: string[] = [];
  while (Date.now() < until) {
    const full = `Person ${who} ${written.length}`;
    const fields = [
      { kind: 'name' as const, value: { full } },
      { kind: 'email' as const, value: { value: `p${who}.${written.length}@example.org` } },
    ];
    const { personId } = await alice.call(cards.createCard, { fields });
    written.push(full);
    await alice.call(cards.getPerson, { personId });
    await alice.call(cards.listPeople, { limit: 20 });
    await sleep(50);
  }
  return written;
}

interface Page {
  /** When it was last told to ask anew. */
  at: number;
  heard: string[];
  close(): void;
}

/** An open page, which listens again when it was cut off: what it has missed it asks for when it is back. */
function openPage(at: string): Page {
  const stop = new AbortController();
  const page: Page = { at: 0, heard: [], close: () => stop.abort() };
  const client = openClientAt(at, { ask: (input, init) => fetch(input, { ...init, headers: withCookies(init) }) });
  void (async () => {
    while (!stop.signal.aborted) {
      try {
        const answer = await client.fetch(livePath, { signal: stop.signal });
        for await (const part of answer.body!.pipeThrough(new TextDecoderStream()))
          for (const [, topic] of part.matchAll(/event: (\w+)/g)) {
            page.at = Date.now();
            page.heard.push(topic!);
          }
      } catch {
        // Cut off.
      }
      await sleep(200);
    }
  })();
  return page;
}

let cookies = '';
function withCookies(init: RequestInit | undefined): Headers {
  const headers = new Headers(init?.headers);
  headers.set('cookie', cookies);
  return headers;
}

async function rememberCookies(): Promise<void> {
  await openClientAt(origin, {
    ask: async (input, init) => {
      const answer = await fetch(input, init);
      cookies = answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      return answer;
    },
  }).call(identity.signIn, { email: 'alice@example.com', password: 'seven green bicycles' });
}

/** Something changes, and every page hears of it. */
async function tellPages(pages: readonly Page[], title: string): Promise<void> {
  const began = Date.now();
  await alice.call(tasks.createTask, { title });
  await expect.poll(() => pages.filter((page) => page.at < began).length, { timeout: 30_000 }).toBe(0);
}

/** Ends one after the other as a crash would, and starts it again, as who looks after them does. @returns how many */
async function killInTurn(until: number): Promise<number> {
  let kills = 0;
  while (Date.now() + killEvery * 500 < until) {
    await sleep(killEvery * 1000);
    // One that works, one that answers, and so on.
    const at = [3, 0, 4, 1, 5, 2][kills % 6]!;
    const { child, role, port } = processes[at]!;
    child.kill('SIGKILL');
    await once(child, 'exit');
    processes[at] = launch(role, port);
    kills++;
  }
  await Promise.all(processes.map(untilReady));
  return kills;
}

async function importMany(): Promise<string> {
  const rows = Array.from({ length: contacts }, (_, at) => `First${at},Last${at},imported${at}@example.net`);
  const { id } = await alice.json<sources.ImportRecord>(`${sources.uploadPath}?fileName=many.csv`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: ['First Name,Last Name,E-mail', ...rows].join('\n'),
  });
  const state = async () => (await alice.call(sources.getImport, { importId: id })).state;
  await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('ready');
  await alice.call(sources.startImport, { importId: id });
  return id;
}

const counts = async () => {
  const [row] = await database.query<Record<string, number>>(`
    select (select count(*)::int from cards.card where source_key is not null) as keys,
      (select count(distinct (source_id, source_key))::int from cards.card where source_key is not null) as apart,
      (select count(*)::int from kernel.outbox where due_at < created_at + interval '30 seconds') as causes,
      (select count(*)::int from graphile_worker._private_jobs where last_error is not null) as failed`);
  return row!;
};

test.skipIf(!nginx)(
  'of three processes that answer and three that work one is killed again and again under load: nothing fails, is lost or done twice, and every page hears',
  async () => {
    expect(spawnSync(nginx!, ['-v'], { encoding: 'utf8' }).stderr).toContain('nginx');
    await rememberCookies();
    const pages = [origin, origin, origin].map(openPage);
    await expect.poll(() => pages.every((page) => page.heard.includes('hello'))).toBe(true);
    const until = Date.now() + seconds * 1000;
    const importing = importMany();
    const telling = (async () => {
      for (let no = 0; Date.now() < until; no++) {
        await tellPages(pages, `Told ${no}`);
        await sleep(500);
      }
    })();
    const [kills, importId, written] = await Promise.all([
      killInTurn(until),
      importing,
      Promise.all([0, 1, 2, 3].map((who) => work(who, until))),
      telling,
    ]);
    expect(tally.failed).toEqual([]);
    expect(kills).toBeGreaterThan(2);

    // What was begun comes to its end, whoever had it in hand.
    const state = async () => (await alice.call(sources.getImport, { importId })).state;
    await expect.poll(state, { timeout: 120_000, interval: 500 }).toBe('done');
    await expect.poll(async () => (await counts()).causes, { timeout: 120_000, interval: 200 }).toBe(0);
    const { keys, apart, failed } = await counts();
    expect([apart, failed]).toEqual([keys, 0]);
    expect((await alice.call(sources.getImport, { importId })).report).toMatchObject({ created: contacts });
    const own = await database.query<{ full: string }>(
      `select value ->> 'full' as full from cards.card_field where kind = 'name' and value ->> 'full' like 'Person %'`,
    );
    expect(own.map(({ full }) => full).toSorted()).toEqual(written.flat().toSorted());

    // All three answer again, and each tells its own page.
    const direct = processes
      .filter(({ role }) => role === 'http')
      .map(({ port }) => openPage(`http://127.0.0.1:${port}`));
    await expect.poll(() => direct.every((page) => page.heard.includes('hello'))).toBe(true);
    for (const page of direct) page.heard.length = 0;
    await alice.call(tasks.createTask, { title: 'The last one' });
    await expect.poll(() => direct.every((page) => page.heard.includes('tasks'))).toBe(true);
    for (const page of [...pages, ...direct]) page.close();
    process.stdout.write(`scale-out: ${tally.requests} requests, ${tally.again} sent again, ${kills} kills\n`);
  },
  (seconds + 240) * 1000,
);
