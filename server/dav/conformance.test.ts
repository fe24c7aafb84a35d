import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../kernel/config.ts';
import { openTestApp, type TestApp } from '../kernel/testing.ts';
import { addDevice } from './testing.ts';

/** 130 black-box checks of any CardDAV server, where they lie beside the project. */
const checks = join(root, '../shared/tools/carddav/conformance.mjs');

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

test.runIf(existsSync(checks))(
  'meets every MUST of the CardDAV checks, and nearly every SHOULD',
  async () => {
    const alice = await app.setUp();
    const bob = await app.invite(alice, 'Bob Durand');
    const [first, second] = [await addDevice(app, alice), await addDevice(app, bob)];
    const args = ['--base', `${first.base}/`, '--user', first.user, '--password', first.password];
    args.push('--user2', second.user, '--password2', second.password);
    const output = await new Promise<string>((done) => {
      execFile(process.execPath, [checks, ...args], { timeout: 60_000 }, (_error, out) => done(out));
    });
    if (process.env.CONFORMANCE) process.stdout.write(output);
    const [, must, ofMust, should, ofShould] = /MUST (\d+)\/(\d+), SHOULD (\d+)\/(\d+)/.exec(output)!.map(Number);
    expect(output.split('\n').filter((line) => /^FAIL M/.test(line))).toEqual([]);
    expect([must, ofMust]).toEqual([77, 77]);
    expect(ofShould).toBe(42);
    expect(should).toBeGreaterThanOrEqual(40);
    expect(app.errors).toEqual([]);
  },
  90_000,
);
