import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as identity from '../server/identity/contract.ts';
import { root } from '../server/kernel/config.ts';
import { type Member, openTestApp, openTestDatabase, type TestApp, tokenOf } from '../server/kernel/testing.ts';

let app: TestApp;
let alice: Member;
const folder = mkdtempSync(join(tmpdir(), 'entregent-cli-'));
const file = join(folder, 'all.entregent');

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command line as an operator does, beside the running application. */
function entregent(args: string[], url = app.databaseUrl, language = 'en_US.UTF-8') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, DATABASE_URL: url, ENTREGENT_DATA: app.app.config.dataDir, LC_ALL: language },
  });
  return { status, stdout, stderr };
}

describe('entregent backup and restore', () => {
  test('carry an installation to another database', async () => {
    expect(entregent(['backup', file])).toMatchObject({ status: 0, stdout: expect.stringContaining(file) });
    const database = await openTestDatabase('empty');
    try {
      expect(entregent(['restore', file], database.url)).toMatchObject({ status: 0, stderr: '' });
      expect(await database.query('select email from identity.member')).toEqual([{ email: alice.me.email }]);
      const again = entregent(['restore', file], database.url);
      expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('--force') });
    } finally {
      await database.drop();
    }
  });

  test('check a file without touching anything', () => {
    const { status, stdout } = entregent(['restore', '--check', file]);
    expect(status).toBe(0);
    expect(stdout).toContain('The backup is intact');
    expect(entregent(['restore', '--check', join(root, 'package.json')])).toMatchObject({
      status: 1,
      stderr: 'This file is no backup of Entregent.\n',
    });
  });

  test('say what is wrong in the language of the terminal', () => {
    const missing = join(folder, 'missing.entregent');
    expect(entregent(['restore', missing]).stderr).toMatch(/^Not found: /);
    expect(entregent(['restore', missing], app.databaseUrl, 'fr_FR.UTF-8').stderr).toMatch(/^Introuvable\u00a0: /);
    expect(entregent(['backup'])).toMatchObject({ status: 2, stdout: expect.stringContaining('Usage') });
  });

  test('leave no half-written file where the disk or the path refuses', () => {
    const { status } = entregent(['backup', join(root, 'package.json', 'x.entregent')]);
    expect(status).toBe(1);
    expect(existsSync(join(root, 'package.json', 'x.entregent.part'))).toBe(false);
  });
});

describe('a database that a newer version has changed', () => {
  test('is told of in a sentence, in the language of the terminal', async () => {
    const database = await openTestDatabase();
    try {
      await database.query(`insert into public.entregent_migration (name, hash) values ('9999_future.sql', 'x')`);
      expect(entregent(['doctor'], database.url).stdout).toMatch(/newer Entregent has changed.*9999_future.*--force/);
      expect(entregent(['doctor'], database.url, 'fr_FR.UTF-8').stdout).toMatch(/version plus récente d’Entregent/);
    } finally {
      await database.drop();
    }
  });
});

describe('a mistake in DATABASE_URL', () => {
  test.each([
    ['postgresql://anne:se/cret@localhost/crm', 'DATABASE_URL is no address of a PostgreSQL'],
    ['postgresql://anne:secret@127.0.0.1:1/crm', 'No PostgreSQL listens at 127.0.0.1:1'],
  ])('%s is told in a sentence, without the password', (url, sentence) => {
    const { status, stdout, stderr } = entregent(['start', '--port', '0'], url);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stdout + stderr).not.toMatch(/secret|se\/cret|at .*\.ts:/);
    expect(entregent(['backup', join(folder, 'none')], url).stderr).toContain(sentence);
  });

  test('a database that is not there is named', () => {
    const url = app.databaseUrl.replace(/\/[^/?]+(\?|$)/, '/nowhere$1');
    expect(entregent(['start', '--port', '0'], url, 'fr_FR.UTF-8').stderr).toContain(
      'Il n’y a pas de base «\u00a0nowhere\u00a0»',
    );
  });
});

describe('a data folder that is none', () => {
  test('is told in a sentence', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, 'server/main.ts'), '--port', '0', '--data', join(root, 'package.json', 'data')],
      { encoding: 'utf8', timeout: 60_000, env: { ...process.env, DATABASE_URL: '', LC_ALL: 'en_US.UTF-8' } },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/The data folder .* cannot be written/);
    expect(stderr).not.toContain('.ts:');
  });
});

describe('entregent reset-access', () => {
  test('prints a link that gives the last admin a new password, once', async () => {
    const { status, stdout } = entregent(['reset-access', alice.me.email.toUpperCase()]);
    expect(status).toBe(0);
    expect(stdout).toContain(`${app.url}/reset#token=`);
    const token = tokenOf(/http\S+/.exec(stdout)![0]);
    await app.client().call(identity.resetPassword, { token, password: 'nine blue kites' });
    const client = app.client();
    await client.call(identity.signIn, { email: alice.me.email, password: 'nine blue kites' });
    const { items } = await client.call(identity.listAudit, {});
    expect(items).toMatchObject([
      { code: 'member.reset', subject: alice.me.name },
      { actor: null, code: 'member.reset_on_server', subject: alice.me.name },
    ]);
  });

  test('knows nobody else', () => {
    expect(entregent(['reset-access', 'nobody@example.com'])).toMatchObject({ status: 1 });
  });
});

describe('entregent doctor', () => {
  test('finds nothing wrong with an installation that runs', () => {
    const { status, stdout } = entregent(['doctor']);
    expect(stdout).not.toContain('✗');
    expect(status).toBe(0);
  });

  test('tells a database that does not answer', () => {
    const { status, stdout } = entregent(['doctor'], 'postgresql://nobody@127.0.0.1:1/none');
    expect(status).toBe(1);
    expect(stdout).toContain('The database does not answer');
  });
});
