import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, version } from '../server/kernel/root.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-package-'));
const installed = join(folder, 'node_modules/entregent');
const command = join(folder, 'node_modules/.bin/entregent');
const env = { ...process.env, LC_ALL: 'C', DATABASE_URL: '' };

/** Packs the product and unpacks it as npm does, beside the libraries of this checkout. */
beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'tools/build.ts')], { cwd: root });
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' });
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, `entregent-${version}.tgz`), '-C', join(folder, 'node_modules')]);
  execFileSync('mv', [join(folder, 'node_modules/package'), installed]);
  symlinkSync(realpathSync(join(root, 'node_modules')), join(installed, 'node_modules'));
  symlinkSync('../entregent/dist/cli/main.js', command);
  chmodSync(join(installed, 'dist/cli/main.js'), 0o755);
  // As root the database runs as another user, who may reach the folder but not the packages: it gets its own binaries.
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'node_modules'), 0o700);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  writeFileSync(join(folder, 'people.csv'), 'Nom,Prénom,Tél\nDupont,Zoé,0612345678\n');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const npx = (...args: string[]) =>
  spawnSync('npx', ['--no', '--offline', 'entregent', ...args], { cwd: folder, encoding: 'utf8', env });

/** Whether packages can be had; without the network this checkout's own stand for them, above. */
const reachesRegistry =
  spawnSync('npm', ['ping', '--fetch-timeout=5000', '--fetch-retries=0'], { stdio: 'ignore' }).status === 0;

describe('one command in an empty folder', () => {
  test.skipIf(!reachesRegistry)(
    'brings the packed product with its libraries, starts it, and it can serve',
    async () => {
      const empty = mkdtempSync(join(tmpdir(), 'entregent-npx-'));
      chmodSync(empty, 0o711);
      const args = ['exec', '--yes', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
      const product = `--package=${join(folder, `entregent-${version}.tgz`)}`;
      // A folder of npm's own for it, which goes with the test; what is fetched comes from the cache where it stands there.
      const child = spawn('npm', [...args, product, '--', 'entregent', 'start', '--port', '0'], {
        cwd: empty,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      const ended = once(child, 'exit');
      try {
        const url = await readyAt(child.stderr);
        expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ready' });
        expect(existsSync(join(empty, 'data/master.key'))).toBe(true);
      } finally {
        process.kill(-child.pid!, 'SIGTERM');
        await ended;
        await expect.poll(() => existsSync(join(empty, 'data/postgres/postmaster.pid'))).toBe(false);
        rmSync(empty, { recursive: true, force: true });
      }
    },
    300_000,
  );
});

/** The address that the product prints when it is ready. */
async function readyAt(stderr: NodeJS.ReadableStream): Promise<string> {
  let told = '';
  for await (const part of stderr) {
    told += part;
    const ready = /ready after .*?: (http\S+)/.exec(told);
    if (ready) return ready[1]!;
  }
  throw new Error(told);
}

describe('the packed product', () => {
  test('holds built code and what it reads, no sources and no tests', () => {
    for (const part of [
      'dist/server/start.js',
      'dist/web/index.html',
      'dist/sbom.cdx.json',
      'locales/fr/cli.json',
      'db/migrations',
    ])
      expect(existsSync(join(installed, part)), part).toBe(true);
    for (const part of ['server', 'web', 'e2e', 'dist/server/kernel/testing.js', 'dist/server/formats/corpus.js'])
      expect(existsSync(join(installed, part)), part).toBe(false);
  });

  test('reads a file without a database', () => {
    const { status, stdout } = npx('read', 'people.csv', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ name: { full: 'Zoé Dupont' }, phones: [{ e164: '+33612345678' }] }]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('reads a business card in a thread of its own', () => {
    const scanner = pathToFileURL(join(installed, 'dist/server/sources/scanning/scanner.js')).href;
    const picture = join(root, 'server/formats/business-cards/card.png');
    const script = `
      const { Scanner } = await import(${JSON.stringify(scanner)});
      const { readFileSync } = await import('node:fs');
      const reader = new Scanner();
      const alive = setInterval(() => {}, 1000);
      const { fields } = await reader.read({ octets: readFileSync(${JSON.stringify(picture)}), country: 'FR' });
      console.log(JSON.stringify(fields.map(({ field }) => field.value)));
      clearInterval(alive);
      await reader.close();`;
    // A file: threads take the options of the command line with them.
    writeFileSync(join(folder, 'scan.mjs'), script);
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'scan.mjs')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toContainEqual({ value: 'h.lefevre@lumiere.example' });
  }, 60_000);

  test('says how it is used, command by command', () => {
    expect(npx('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: entregent COMMAND/) });
    expect(npx('start', '--help').stdout).toMatch(/^Usage: npx entregent start \[--port N\]/);
    expect(npx('backup', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('backup FILE') });
  });

  test('starts with a database of its own beside it, serves the sign-in page, and stops when told', async () => {
    const child = spawn(command, ['start', '--port', '0'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    const url = await new Promise<string>((done, fail) => {
      child.stderr.on('data', (part) => {
        told += part;
        const ready = /ready after .*?: (http\S+)/.exec(told);
        if (ready) done(ready[1]!);
      });
      child.once('exit', () => fail(new Error(told)));
    });
    const page = await (await fetch(url)).text();
    expect(page).toContain('<title>Entregent</title>');
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)![1]!;
    expect((await fetch(`${url}${script}`)).headers.get('content-type')).toContain('javascript');
    expect((await fetch(`${url}/api/docs/assets/swagger-ui.css`)).status).toBe(200);
    expect(existsSync(join(folder, 'data/master.key'))).toBe(true);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 60_000);
});
