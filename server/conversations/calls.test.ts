import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { signHeaders } from './channels/webhook/signing.ts';
import * as channels from './channels-contract.ts';
import { list, messagesOf } from './testing.ts';

// What platforms call with, over HTTP, many at the same time.

let app: TestApp;
let alice: Member;
const signing = `whsec_${randomBytes(32).toString('base64')}`;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());

const openProgram = (name: string) =>
  alice.call(channels.addChannel, {
    kind: 'webhook',
    name,
    settings: {},
    secret: { signing },
    access: [{ kind: 'workspace' }],
  });

const said = (externalId: string, text: string, from = 'lea@client.example') => ({
  kind: 'message',
  message: {
    externalId,
    thread: from,
    correspondent: { point: { channel: 'email', address: from }, name: 'Léa' },
    direction: 'in',
    at: new Date().toISOString(),
    text,
  },
});

const post = (hookUrl: string, body: string, secret = signing) =>
  fetch(hookUrl, { method: 'POST', headers: signHeaders(secret, 'msg_1', Date.now(), body), body }).then(
    ({ status }) => status,
  );
const bringing = (...events: object[]) => JSON.stringify({ events });

test('calls that come at once are each answered for themselves: forged ones and unreadable ones keep nobody from theirs', async () => {
  const { hookUrl } = await openProgram('Flood');
  const texts = Array.from({ length: 60 }, (_, n) => `n${n}`);
  const sound = texts.map((text, n) => post(hookUrl!, bringing(said(text, text, `f${n % 7}@client.example`))));
  const again = texts
    .slice(0, 20)
    .map((text, n) => post(hookUrl!, bringing(said(text, text, `f${n % 7}@client.example`))));
  const forged = Array.from({ length: 5 }, (_, n) =>
    post(hookUrl!, bringing(said(`forged${n}`, 'forged')), `whsec_${randomBytes(32).toString('base64')}`),
  );
  const unreadable = Array.from({ length: 5 }, () => post(hookUrl!, '{"events": 1}'));
  expect(new Set(await Promise.all([...sound, ...again]))).toEqual(new Set([204]));
  expect(new Set(await Promise.all(forged))).toEqual(new Set([403]));
  expect(new Set(await Promise.all(unreadable))).toEqual(new Set([400]));
  const conversations = await list(alice);
  expect(conversations).toHaveLength(7);
  const kept = (await Promise.all(conversations.map(({ id }) => messagesOf(alice, id)))).flat();
  expect(kept.map(({ text }) => text).sort()).toEqual([...texts].sort());
});

test('a channel that is not there, or was ended, takes nothing', async () => {
  const { id, hookUrl } = await openProgram('Ended');
  const body = bringing(said('late', 'late'));
  const elsewhere = hookUrl!.replace(id, newId());
  expect(await Promise.all([post(elsewhere, body), post(elsewhere, body)])).toEqual([404, 404]);
  await alice.call(channels.endChannel, { channelId: id });
  expect(await Promise.all([post(hookUrl!, body), post(hookUrl!, body)])).toEqual([404, 404]);
  expect(await app.query(`select from conversations.message where external_id = 'late'`)).toEqual([]);
});
