import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { forgetDevices } from './known-devices.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

/** How often a member was told of a kind. */
async function told(who: Member, kind: string): Promise<number> {
  await app.settle();
  const [row] = await app.query<{ count: number }>(
    'select count(*)::int as count from notices.notice where member_id = $1 and kind = $2',
    [who.me.memberId, kind],
  );
  return row!.count;
}
const signIn = (client: ReturnType<TestApp['client']>, who: Member) =>
  client.call(contracts.signIn, { email: who.me.email, password: who.password });

test('who signs in from a browser that was not known is told of it, once; the first of all is told to nobody', async () => {
  expect(await told(bob, 'signed_in')).toBe(0);
  await signIn(bob, bob);
  expect(await told(bob, 'signed_in')).toBe(0);
  const other = app.client();
  await signIn(other, bob);
  expect(await told(bob, 'signed_in')).toBe(1);
  await signIn(other, bob);
  expect(await told(bob, 'signed_in')).toBe(1);
  // A browser that a colleague uses is new to Bob.
  await signIn(alice, bob);
  expect(await told(bob, 'signed_in')).toBe(2);
  expect(await told(alice, 'signed_in')).toBe(0);
  await signIn(alice, alice);
});

test('a wrong password makes no browser known', async () => {
  const stranger = app.client();
  const wrong = { email: bob.me.email, password: 'seven red bicycles' };
  expect(await codeOf(stranger.call(contracts.signIn, wrong))).toBe('wrong_credentials');
  await signIn(stranger, bob);
  expect(await told(bob, 'signed_in')).toBe(3);
});

test('of a browser the hash of its cookie is kept, and a cookie that we did not give out is replaced', async () => {
  const path = contracts.signIn.path;
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: 'entregent_device=short' },
    body: JSON.stringify({ email: bob.me.email, password: bob.password }),
  };
  const answer = await app.client().fetch(path, init);
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('entregent_device='))!;
  expect(cookie).toMatch(/^entregent_device=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  const [{ found }] = (await app.query<{ found: number }>(
    `select count(*)::int as found from identity.known_device where encode(token_hash, 'escape') like '%' || $1 || '%'`,
    [/=([\w-]{43});/.exec(cookie)![1]],
  )) as [{ found: number }];
  expect(found).toBe(0);
});

test('a browser is forgotten when its cookie is over', async () => {
  await app.query(`update identity.known_device set last_at = now() - interval '401 days' where member_id = $1`, [
    alice.me.memberId,
  ]);
  await app.app.db.asSystem('identity', forgetDevices);
  const left = await app.query('select from identity.known_device where member_id = $1', [alice.me.memberId]);
  expect(left).toHaveLength(0);
});

test('who changes the password, makes a key or follows an admin’s link has it told to the member', async () => {
  const before = await told(bob, 'access_changed');
  await bob.call(contracts.createApiKey, { name: 'k', scopes: ['contacts:read'] });
  expect(await told(bob, 'access_changed')).toBe(before + 1);
  await bob.call(contracts.changePassword, { current: bob.password, password: 'eight green bicycles' });
  expect(await told(bob, 'access_changed')).toBe(before + 2);
  const { url } = await alice.call(contracts.createResetLink, { memberId: bob.me.memberId });
  await app.client().call(contracts.resetPassword, { token: tokenOf(url), password: 'nine green bicycles' });
  expect(await told(bob, 'access_changed')).toBe(before + 3);
});
