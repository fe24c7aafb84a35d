import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Client, codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

async function signInElsewhere(member: Member): Promise<Client> {
  const client = app.client();
  const { email } = member.me;
  await client.call(contracts.signIn, { email, password: member.password }, { headers: { 'user-agent': firefox } });
  return client;
}
const sessionsOf = async (client: Client) => (await client.call(contracts.listSessions, {})).items;
const currentOf = async (client: Client) => (await sessionsOf(client)).find(({ current }) => current)!.id;

test('each of my devices is listed with its browser and system, the one that asks marked', async () => {
  const bea = await app.invite(alice, 'Bea');
  const phone = await signInElsewhere(bea);
  const items = await sessionsOf(phone);
  expect(items).toHaveLength(2);
  expect(items.filter(({ current }) => current)).toEqual([
    expect.objectContaining({ browser: 'Firefox', system: 'Linux' }),
  ]);
  expect(items.find(({ current }) => !current)).toMatchObject({ browser: null, system: null });
  expect((await sessionsOf(bea)).find(({ current }) => current)).toMatchObject({ browser: null });
});

test('a device that is used again is seen again', async () => {
  const carl = await app.invite(alice, 'Carl');
  const id = await currentOf(carl);
  await app.query(
    `update auth.session set "updatedAt" = "updatedAt" - interval '1 day', "expiresAt" = "expiresAt" - interval '1 day' where id = $1`,
    [id],
  );
  await carl.call(contracts.getMe, {});
  const [seen] = await sessionsOf(carl);
  expect(Date.now() - Date.parse(seen!.lastSeenAt)).toBeLessThan(60_000);
});

test('an ended session is refused at its next request, and the others stay', async () => {
  const dora = await app.invite(alice, 'Dora');
  const lost = await signInElsewhere(dora);
  await dora.call(contracts.endSession, { sessionId: await currentOf(lost) });
  expect(await codeOf(lost.call(contracts.getMe, {}))).toBe('unauthenticated');
  expect(await sessionsOf(dora)).toEqual([expect.objectContaining({ current: true })]);
});

test('all others end at once, and only mine', async () => {
  const eve = await app.invite(alice, 'Eve');
  const others = [await signInElsewhere(eve), await signInElsewhere(eve)];
  expect(await eve.call(contracts.endOtherSessions, {})).toEqual({ ended: 2 });
  for (const other of others) expect(await codeOf(other.call(contracts.getMe, {}))).toBe('unauthenticated');
  expect((await eve.call(contracts.getMe, {})).memberId).toBe(eve.me.memberId);
  expect((await alice.call(contracts.getMe, {})).memberId).toBe(alice.me.memberId);
});

test("nobody sees or ends another account's session, an admin included", async () => {
  const fay = await app.invite(alice, 'Fay');
  const id = await currentOf(fay);
  expect((await sessionsOf(alice)).map((session) => session.id)).not.toContain(id);
  expect(await codeOf(alice.call(contracts.endSession, { sessionId: id }))).toBe('not_found');
  expect((await fay.call(contracts.getMe, {})).memberId).toBe(fay.me.memberId);
});

test('a session that has run out is no longer listed', async () => {
  const gus = await app.invite(alice, 'Gus');
  const old = await signInElsewhere(gus);
  await app.query(`update auth.session set "expiresAt" = now() - interval '1 second' where id = $1`, [
    await currentOf(old),
  ]);
  expect(await sessionsOf(gus)).toHaveLength(1);
});

test('an API key neither lists nor ends sessions', async () => {
  const { key } = await alice.call(contracts.createApiKey, { name: 'k', scopes: ['workspace:write'] });
  expect(await codeOf(app.client(key).call(contracts.listSessions, {}))).toBe('forbidden');
  expect(await codeOf(app.client(key).call(contracts.endOtherSessions, {}))).toBe('forbidden');
});
