import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root } from '../server/kernel/config.ts';
import { newDataFolder, type Product, startProduct } from './product.ts';

const data = newDataFolder();
let product: Product | undefined;

afterAll(async () => {
  await product?.stop();
  data.remove();
});

const status = async ({ url }: Product) => (await fetch(`${url}/api/v1/status`)).json();

/** The embedded server of the folder, by its own word. */
function databasePid(): number | undefined {
  const file = join(data.path, 'postgres/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

test('a fresh folder becomes an installation with a one-time link', async () => {
  product = await startProduct(data.path);
  expect(product.setupLink).toMatch(/^http:\/\/localhost:\d+\/setup#token=.{43}$/);
  expect(await status(product)).toMatchObject({ setUp: false });
  const page = await fetch(product.url);
  expect(page.headers.get('content-type')).toContain('text/html');
});

test('a second instance on the same folder is refused and does the first no harm', async () => {
  const second = startProduct(data.path);
  await expect(second).rejects.toThrow(/Ended with 1:[\s\S]*already runs on the data folder/);
  expect(await status(product!)).toMatchObject({ setUp: false });
});

test('a command works beside the running product', () => {
  const done = spawnSync(process.execPath, [join(root, 'cli/main.ts'), 'doctor', '--data', data.path], {
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: '', LC_ALL: 'en_US.UTF-8' },
  });
  expect(done.stdout).toContain('Schema up to date');
  expect(done.status).toBe(0);
});

test('after kill -9 the next start takes the database over and goes on', async () => {
  await product!.stop('SIGKILL');
  const left = databasePid();
  product = await startProduct(data.path);
  expect(databasePid()).toBe(left);
  expect(product.output()).toContain('taken over');
  expect(await status(product)).toMatchObject({ setUp: false });
});

test('a process of the database that dies lets no second instance in', async () => {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(databasePid())], { encoding: 'utf8' });
  const backend = stdout.split('\n').find((line) => / idle$/.test(line))!;
  process.kill(Number.parseInt(backend, 10), 'SIGKILL');
  await expect.poll(() => status(product!).catch(() => null), { timeout: 30_000 }).toMatchObject({ setUp: false });
  await expect(startProduct(data.path)).rejects.toThrow(/Ended with 1:[\s\S]*already runs on the data folder/);
  expect(await status(product!)).toMatchObject({ setUp: false });
});

test('SIGTERM stops everything, and it starts again', async () => {
  const pid = databasePid()!;
  expect(await product!.stop()).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow();
  product = await startProduct(data.path);
  expect(await status(product)).toMatchObject({ setUp: false });
});

test('without its master key, or with another, it does not start, and changes nothing', async () => {
  await product!.stop();
  const file = join(data.path, 'master.key');
  const key = readFileSync(file, 'utf8');
  rmSync(file);
  await expect(startProduct(data.path)).rejects.toThrow(
    /Ended with 1:[\s\S]*The master key of this installation is missing/,
  );
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, `${'ab'.repeat(32)}\n`);
  await expect(startProduct(data.path)).rejects.toThrow(
    /Ended with 1:[\s\S]*The master key is not the one of this database/,
  );
  writeFileSync(file, key);
  product = await startProduct(data.path);
  expect(await status(product)).toMatchObject({ setUp: false });
});
