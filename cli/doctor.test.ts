import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extensions } from '../server/kernel/inspect.ts';
import { root } from '../server/kernel/root.ts';
import { openTestApp, type TestApp } from '../server/kernel/testing.ts';

let app: TestApp;
const folder = mkdtempSync(join(tmpdir(), 'entregent-doctor-'));

beforeAll(async () => {
  app = await openTestApp();
  await app.setUp();
  // As the first start of an installation does.
  await app.query(`insert into kernel.installation (key, value) values ('key_check', to_jsonb($1::text))`, [
    app.app.secrets.keyCheck,
  ]);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

/** Runs a command as an operator does; the application answers meanwhile. */
async function entregent(args: string[], more: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    env: {
      ...{ ...process.env, LC_ALL: 'en_US.UTF-8' },
      ...{ DATABASE_URL: app.databaseUrl, ENTREGENT_DATA: app.app.config.dataDir, ...more },
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
  const status = await new Promise<number | null>((done) => child.once('close', done));
  return { status, said };
}

const backups = (name: string) => {
  const path = join(folder, name);
  return { path, args: ['doctor', '--backup-to', path] };
};

describe('entregent doctor', () => {
  test('knows the extensions that migrations make', async () => {
    const there = await app.query<{ name: string }>(
      `select extname as name from pg_extension where extname <> 'plpgsql' order by 1`,
    );
    expect(there.map(({ name }) => name)).toEqual(extensions);
  });

  test('tells the age of the last backup, and one that failed', async () => {
    const { path, args } = backups('kept');
    mkdirSync(path);
    expect(await entregent(args)).toMatchObject({ status: 0, said: expect.stringContaining('✓ No backup yet') });
    const at = new Date(Date.now() - 50.5 * 3_600_000).toISOString();
    writeFileSync(join(path, `entregent-${at.replaceAll(':', '-')}.backup`), '');
    expect(await entregent(args)).toMatchObject({ status: 1, said: expect.stringMatching(/✗ .* is 50 hours old/) });
    expect(await entregent([...args, '--backup-every', '72'])).toMatchObject({ status: 0 });
    const last = { at, file: 'x', verified: false, rows: 0, size: 0, failed: 'ENOSPC' };
    writeFileSync(join(path, 'entregent-backups.json'), JSON.stringify(last));
    expect(await entregent(args)).toMatchObject({ status: 1, said: expect.stringMatching(/✗ .*failed .*ENOSPC/) });
  });

  test('tells a backup that could not be tried, and one whose trial never ended', async () => {
    const { path, args } = backups('untried');
    mkdirSync(path);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const nameOf = (at: string) => `entregent-${at.replaceAll(':', '-')}.backup`;
    const [older, newer, youngest] = [hoursAgo(20), hoursAgo(3), hoursAgo(0.1)];
    const note = (more: object) =>
      writeFileSync(
        join(path, 'entregent-backups.json'),
        JSON.stringify({ at: older, file: nameOf(older), verified: true, rows: 1, size: 1, failed: null, ...more }),
      );
    writeFileSync(join(path, nameOf(older)), 'x');
    note({ verified: false, failed: 'ENOSPC' });
    const { said, status } = await entregent(args);
    expect(said).toContain(`✗ The last backup (${nameOf(older)}) is there, but could not be tried: ENOSPC`);
    expect(status).toBe(1);
    note({});
    writeFileSync(join(path, nameOf(newer)), 'x');
    expect(await entregent(args)).toMatchObject({
      status: 1,
      said: expect.stringContaining(`✗ The last backup (${nameOf(newer)}) was not tried`),
    });
    rmSync(join(path, nameOf(newer)));
    // Its trial is under way.
    writeFileSync(join(path, nameOf(youngest)), 'x');
    expect(await entregent(args)).toMatchObject({
      status: 0,
      said: expect.stringMatching(/✓ Last backup 20 hours ago in .*, restored for a trial \(2 kept\)/),
    });
  });

  test('tells another master key, an address that does not answer, and jobs that nobody does', async () => {
    const key = { ENTREGENT_MASTER_KEY: 'ab'.repeat(32) };
    expect((await entregent(['doctor'], key)).said).toContain('✗ The master key is not the one of this database');
    const { said } = await entregent(['doctor', '--public-url', 'http://127.0.0.1:1']);
    expect(said).toMatch(/✗ http:\/\/127\.0\.0\.1:1 does not answer/);
    expect((await entregent(['doctor', '--public-url', app.url])).said).toContain(`✓ ${app.url} answers`);
    await app.query(
      `select graphile_worker.add_job('nobody.doesThis', '{}'::json, run_at := now() - interval '1 hour')`,
    );
    expect((await entregent(['doctor'])).said).toMatch(/✗ Jobs wait: .*60 minutes/);
    await app.query(`delete from graphile_worker._private_jobs`);
    // Each try ended its process, so none could say why; the second is tried for the last time just now.
    await app.query(`select graphile_worker.add_job('nobody.doesThis', '{}'::json) from generate_series(1, 2)`);
    await app.query(`update graphile_worker._private_jobs set attempts = max_attempts,
      locked_at = case when id = (select max(id) from graphile_worker._private_jobs) then now() end`);
    expect((await entregent(['doctor'])).said).toContain('✗ 1 job has failed');
    await app.query(`delete from graphile_worker._private_jobs`);
  });
});

describe('entregent backup', () => {
  test('seals, and restores for a trial, what only the key opens', async () => {
    const [file, key] = [join(folder, 'sealed'), join(folder, 'key')];
    writeFileSync(key, 'correct horse battery staple\n');
    expect(await entregent(['backup', file, '--backup-key', key])).toMatchObject({ status: 0 });
    expect(await entregent(['backup', 'verify', file])).toEqual({
      status: 1,
      said: expect.stringContaining('The backup is sealed'),
    });
    expect(await entregent(['backup', 'verify', file, '--backup-key', key])).toEqual({
      status: 0,
      said: expect.stringContaining('was restored for a trial'),
    });
  }, 240_000);
});
