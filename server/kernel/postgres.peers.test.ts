import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostgres } from '../../tools/peers.ts';
import * as cards from '../cards/contract.ts';
import * as identity from '../identity/contract.ts';
import { importFile } from '../sources/testing.ts';
import { root } from './config.ts';
import { restore } from './restore.ts';
import { openSecrets } from './secrets.ts';
import { openTestApp } from './testing.ts';

const programs = findPostgres();
const folder = mkdtempSync(join(tmpdir(), 'entregent-peer-'));
const server = join(folder, 'server');
const dataDir = join(folder, 'data');
const asRoot = process.getuid?.() === 0;

/** Runs a program of PostgreSQL, which refuses root, as its own user. */
function run(program: string, ...args: string[]): string {
  const command = [join(programs!, program), ...args];
  const [file, ...rest] = asRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
  // What the server inherits would keep a pipe of ours open.
  const stdio = program === 'pg_ctl' ? 'ignore' : 'pipe';
  const done = spawnSync(file!, rest, { encoding: 'utf8', cwd: '/', stdio, timeout: 60_000 });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr ?? done.status}`);
  return done.stdout ?? '';
}

const psql = (sql: string) =>
  run('psql', '-h', server, '-U', 'super', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-c', sql);
const urlOf = (name: string) => `postgresql://entregent:plain@localhost/${name}?host=${encodeURIComponent(server)}`;

beforeAll(() => {
  if (!programs) return;
  chmodSync(folder, 0o711);
  for (const one of [server, dataDir]) mkdirSync(one, { mode: 0o700 });
  if (asRoot) {
    const [user, group] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
    );
    chownSync(server, user!, group!);
    chmodSync(server, 0o711);
  }
  const cluster = join(server, 'cluster');
  run('initdb', '-D', cluster, '-U', 'super', '--auth=trust', '-E', 'UTF8', '--no-locale');
  run('pg_ctl', '-D', cluster, '-w', '-l', join(server, 'log'), '-o', `-c listen_addresses='' -k ${server}`, 'start');
  psql(`create role entregent login createrole password 'plain'`);
  for (const name of ['ours', 'copy', 'older']) psql(`create database ${name} owner entregent`);
}, 60_000);

afterAll(() => {
  if (programs) run('pg_ctl', '-D', join(server, 'cluster'), '-m', 'immediate', 'stop');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the product as an operator does, until it says that it is ready; then asks it to stop. @returns what it said */
async function startOnce(name = 'ours', last = '/setup#token='): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'server/main.ts'), '--data', dataDir, '--port', '0'], {
    env: { ...process.env, DATABASE_URL: urlOf(name), LC_ALL: 'en_US.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (part) => {
    output += part;
    // It listens for signals once it has said that it is ready.
    if (output.includes(last)) setTimeout(() => child.kill('SIGTERM'), 500);
  });
  const code = await new Promise((done) => child.once('close', done));
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

function command(name: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, DATABASE_URL: urlOf(name), ENTREGENT_DATA: dataDir, LC_ALL: 'en_US.UTF-8' },
  });
  return { status, stdout, stderr };
}

const vcard = `BEGIN:VCARD
VERSION:3.0
N:Lefèvre;Éloïse;;;
FN:Éloïse Lefèvre
EMAIL:eloise@acme.example
TEL;TYPE=CELL:06 12 34 56 78
END:VCARD
`.replaceAll('\n', '\r\n');

describe.skipIf(!programs)("Debian's PostgreSQL 15 (apt install postgresql-15), with a plain owner", () => {
  test('the product makes its schema there and starts again on it', async () => {
    expect(await startOnce()).toMatch(/Preparing the database[\s\S]*ready after/);
    expect(await startOnce()).not.toContain('Preparing');
  });

  test('what an older version left there is upgraded, after a backup', async () => {
    const { keyCheck } = openSecrets(dataDir, {});
    await restore(urlOf('older'), join(root, 'db/backups/0.1.0.entregent'), { keyCheck, force: true });
    expect(await startOnce('older', 'ready after')).toMatch(/Saving a backup[\s\S]*Preparing[\s\S]*ready after/);
    expect(command('older', 'doctor').stdout).toContain('Schema up to date');
  });

  test('a file is imported, listed, found with a typo, backed up and restored', async () => {
    const app = await openTestApp([], { database: urlOf('ours'), dataDir });
    try {
      const alice = await app.setUp();
      expect(await importFile(app, alice, 'phone.vcf', vcard)).toMatchObject({ state: 'done', report: { created: 1 } });
      for (const q of ['eloise', 'lefevvre', '0612345678']) {
        const { items } = await alice.call(cards.listPeople, { q });
        expect(items, q).toMatchObject([{ name: 'Éloïse Lefèvre', phone: '+33612345678' }]);
      }
      expect(app.errors).toEqual([]);
    } finally {
      await app.close();
    }
    const file = join(folder, 'all.entregent');
    expect(command('ours', 'backup', file)).toMatchObject({ status: 0, stderr: '' });
    expect(command('copy', 'restore', file)).toMatchObject({ status: 0, stderr: '' });
    expect(command('copy', 'doctor').stdout).toContain('Schema up to date');
    const copy = await openTestApp([], { database: urlOf('copy'), dataDir });
    try {
      const client = copy.client();
      await client.call(identity.signIn, { email: 'alice.martin@example.com', password: 'seven green bicycles' });
      const { items } = await client.call(cards.listPeople, {});
      expect(items.map(({ name }) => name)).toEqual(['Éloïse Lefèvre']);
    } finally {
      await copy.close();
    }
  });
});
