import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { isPushService } from './rules.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
/** A push service on loopback: what it was given, and what it answers. */
let service: Server;
const given: { url: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
let status = 201;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  await app.settle();
  service = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    given.push({ url: request.url!, headers: request.headers, body: Buffer.concat(parts) });
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
});
afterAll(async () => {
  await app.close();
  service.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const keys = () => {
  const browser = createECDH('prime256v1');
  return { p256dh: browser.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') };
};

/** A device of Bob's, whose push service is ours: no browser could have it taken. */
async function deviceOnLoopback(): Promise<string> {
  const { id } = await bob.call(contracts.addDevice, {
    endpoint: `https://fcm.googleapis.com/fcm/send/${randomBytes(8).toString('hex')}`,
    keys: keys(),
  });
  const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}/push/${id}`;
  const sealed = app.app.secrets.encrypt(JSON.stringify({ endpoint, keys: keys() }));
  await app.query('update notices.device set subscription = $1 where device_id = $2', [sealed, id]);
  return id;
}

async function tellBob(occasion: string): Promise<void> {
  given.length = 0;
  const payload = {
    kind: 'request_received',
    memberIds: [bob.me.memberId],
    subjectId: alice.me.memberId,
    actorId: alice.me.memberId,
    occasion,
  };
  await app.app.db.asSystem('keeper', (tx) =>
    app.app.enqueue(tx, { workspaceId: bob.me.workspace.id, task: 'notices.tell', payload }),
  );
  await app.settle();
}

const devices = () => app.query('select from notices.device');

describe('an endpoint', () => {
  test('is taken only where a known push service of a browser is, over HTTPS', async () => {
    const good = [
      'https://fcm.googleapis.com/fcm/send/abc',
      'https://updates.push.services.mozilla.com/wpush/v2/abc',
      'https://web.push.apple.com/abc',
      'https://db5p.notify.windows.com/w/?token=abc',
    ];
    const bad = [
      'http://fcm.googleapis.com/fcm/send/abc',
      'https://fcm.googleapis.com:8443/x',
      'https://fcm.googleapis.com@127.0.0.1/x',
      'https://user:word@fcm.googleapis.com/x',
      'https://fcm.googleapis.com.evil.example/x',
      'https://evilpush.apple.com/x',
      'https://push.apple.com.evil.example/x',
      'https://127.0.0.1/x',
      'https://[::1]/x',
      'https://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'x',
    ];
    expect(good.filter((one) => !isPushService(one))).toEqual([]);
    expect(bad.filter(isPushService)).toEqual([]);
    for (const endpoint of bad)
      expect(await codeOf(bob.call(contracts.addDevice, { endpoint, keys: keys() }))).toBe('invalid_input');
    expect(await devices()).toEqual([]);
  });
});

describe('a pushed notice', () => {
  test('reaches each device of its member encrypted, signed with the installation’s key, and names nobody', async () => {
    await deviceOnLoopback();
    await deviceOnLoopback();
    const { key } = await bob.call(contracts.getPushKey, {});
    await tellBob('first');
    expect(given).toHaveLength(2);
    for (const { headers, body } of given) {
      expect(headers['content-encoding']).toBe('aes128gcm');
      expect(headers.authorization).toContain(`k=${key}`);
      expect(headers.ttl).toBe('86400');
      expect(body.toString('latin1')).not.toMatch(/colleague|Alice/);
    }
    expect((await alice.call(contracts.getPushKey, {})).key).toBe(key);
    const [kept] = await app.query<{ value: object }>(`select value from kernel.installation where key = 'vapid'`);
    expect(Object.keys(kept!.value)).toEqual(['sealed', 'publicKey']);
  });

  test('is not sent where the member does not want it', async () => {
    await bob.call(contracts.updateSettings, { switches: [{ kind: 'request_received', way: 'push', wanted: false }] });
    await tellBob('unwanted');
    expect(given).toEqual([]);
    await bob.call(contracts.updateSettings, { switches: [{ kind: 'request_received', way: 'push', wanted: true }] });
  });

  test('that a service refuses is not sent again, and no redirect is followed', async () => {
    for (status of [500, 429, 302]) await tellBob(`refused ${status}`);
    expect(given).toHaveLength(2);
    expect(await devices()).toHaveLength(2);
    status = 201;
  });

  test('ends the device of which the service says that it is gone', async () => {
    for (const gone of [404, 410]) {
      await app.query('delete from notices.device');
      await deviceOnLoopback();
      status = gone;
      await tellBob(`gone ${gone}`);
      expect(await devices()).toEqual([]);
    }
    status = 201;
  });
});

describe('a device', () => {
  test('is removed by its member alone, and the same browser again is the same device', async () => {
    const endpoint = 'https://fcm.googleapis.com/fcm/send/same';
    const first = await bob.call(contracts.addDevice, { endpoint, keys: keys() });
    expect(await bob.call(contracts.addDevice, { endpoint, keys: keys() })).toEqual(first);
    expect(await codeOf(alice.call(contracts.removeDevice, { deviceId: first.id }))).toBe('not_found');
    await bob.call(contracts.removeDevice, { deviceId: first.id });
    expect(await devices()).toEqual([]);
    const rows = await app.query('select * from notices.device');
    expect(JSON.stringify(rows)).not.toContain('googleapis');
  });
});
