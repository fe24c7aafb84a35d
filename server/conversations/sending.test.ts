import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { channels as kinds } from './channels/kinds.ts';
import { signHeaders } from './channels/webhook/signing.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';
import { claim, doubtStranded } from './leaving.ts';
import { sendMessage } from './sending.ts';
import { bring, incoming, messagesOf } from './testing.ts';

// What leaves, against a program on loopback that answers as it is told to.

let app: TestApp;
let alice: Member;
let peer: Server;
let channel: channels.FullChannel;
const signing = `whsec_${randomBytes(32).toString('base64')}`;
/** What the program was asked to send, and how it answers. */
const received: { messageId: string; text: string; earlier: string[] }[] = [];
let answer: (response: ServerResponse) => void;

let sent = 0;
const agrees = (response: ServerResponse) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ externalId: `out-${++sent}` }));
};

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  peer = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const said = JSON.parse(Buffer.concat(pieces).toString());
      if (said.type === 'ping') return agrees(response);
      received.push(said.data);
      answer(response);
    });
  });
  await new Promise<void>((ready) => peer.listen(0, '127.0.0.1', ready));
  const settings = { url: `http://127.0.0.1:${(peer.address() as AddressInfo).port}/` };
  const access = [{ kind: 'workspace' as const }];
  channel = await alice.call(channels.addChannel, {
    kind: 'webhook',
    name: 'Program',
    settings,
    secret: { signing },
    access,
  });
});
beforeEach(() => {
  received.length = 0;
  answer = agrees;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  await app.close();
  peer.close();
});

async function begin() {
  const { messages } = await bring(
    app,
    alice,
    channel.id,
    incoming({ from: `${randomBytes(6).toString('hex')}@client.example` }),
  );
  return messages[0]!.conversationId;
}
const reply = (conversationId: string, text = 'Hello') => alice.call(contracts.reply, { conversationId, text });
const last = async (conversationId: string) =>
  (await messagesOf(alice, conversationId)).find(({ kind }) => kind === 'out')!;

/** As the program would: signed, of now. */
function deliver(...events: object[]): Promise<Response> {
  const body = JSON.stringify({ events });
  return fetch(channel.hookUrl!, { method: 'POST', headers: signHeaders(signing, 'msg_1', Date.now(), body), body });
}

test('an answer leaves once, and says what it answers', async () => {
  const conversationId = await begin();
  expect((await reply(conversationId)).state).toBe('queued');
  await app.settle();
  expect((await last(conversationId)).state).toBe('sent');
  expect(received).toMatchObject([{ text: 'Hello', earlier: [expect.any(String)] }]);
});

test('what is refused says why, and what is busy goes again by itself', async () => {
  answer = (response) => response.writeHead(422, { 'content-type': 'application/json' }).end('{"code":"no_recipient"}');
  const refused = await begin();
  await reply(refused);
  await app.settle();
  expect(await last(refused)).toMatchObject({ state: 'failed', answer: 'no_recipient' });
  answer = (response) => response.writeHead(429, { 'retry-after': '30' }).end();
  const busy = await begin();
  const { id: messageId } = await reply(busy);
  await app.settle();
  expect(await last(busy)).toMatchObject({ state: 'queued', answer: 'busy' });
  answer = agrees;
  await sendMessage(
    app.app,
    kinds,
    alice.me.workspace.id,
    { conversationId: busy, messageId },
    new AbortController().signal,
  );
  expect(await last(busy)).toMatchObject({ state: 'sent', answer: null });
});

test('a crash while it leaves leaves it in doubt: nothing repeats it but a person', async () => {
  const conversationId = await begin();
  answer = (response) => response.writeHead(429, { 'retry-after': '3600' }).end();
  const { id: messageId } = await reply(conversationId);
  await app.settle();
  received.length = 0;
  answer = agrees;
  const { workspaceId } = { workspaceId: alice.me.workspace.id };
  // Claimed and committed; then whoever had it is gone.
  await app.app.db.asSystem('keeper', (tx) => claim(tx, workspaceId, conversationId, messageId));
  const again = () =>
    sendMessage(app.app, kinds, workspaceId, { conversationId, messageId }, new AbortController().signal);
  await again();
  expect(received).toEqual([]);
  await app.query(`update conversations.message set claimed_at = now() - interval '6 minutes' where message_id = $1`, [
    messageId,
  ]);
  await app.app.db.asSystem('keeper', doubtStranded);
  expect((await last(conversationId)).state).toBe('in_doubt');
  await again();
  expect(received).toEqual([]);
  await alice.call(contracts.settleDoubt, { conversationId, messageId, arrived: false });
  await app.settle();
  expect((await last(conversationId)).state).toBe('sent');
  expect(received).toHaveLength(1);
  expect(await codeOf(alice.call(contracts.settleDoubt, { conversationId, messageId, arrived: true }))).toBe(
    'conflict',
  );
});

test('it is asked again when it leaves: who objected meanwhile gets nothing', async () => {
  const conversationId = await begin();
  answer = (response) => response.writeHead(429, { 'retry-after': '3600' }).end();
  const { id: messageId } = await reply(conversationId);
  await app.settle();
  await app.query(
    `update cards.contact_point p set consent = 'objected', consent_since = now() from conversations.conversation c
     where c.conversation_id = $1 and p.contact_point_id = c.contact_point_id`,
    [conversationId],
  );
  received.length = 0;
  answer = agrees;
  await sendMessage(app.app, kinds, alice.me.workspace.id, { conversationId, messageId }, new AbortController().signal);
  expect(await last(conversationId)).toMatchObject({ state: 'refused', refusals: ['objected'] });
  expect(received).toEqual([]);
});

test('what is written after a message that waits for a busy platform does not overtake it', async () => {
  const conversationId = await begin();
  answer = (response) => response.writeHead(429, { 'retry-after': '3600' }).end();
  const { id: messageId } = await reply(conversationId, 'first');
  await app.settle();
  received.length = 0;
  answer = agrees;
  await reply(conversationId, 'second');
  await reply(conversationId, 'third');
  await app.settle();
  expect(received).toEqual([]);
  const { workspace } = alice.me;
  await sendMessage(app.app, kinds, workspace.id, { conversationId, messageId }, new AbortController().signal);
  await app.settle();
  expect(received.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
});

test('what the platform tells of our message before it answers us is the same message', async () => {
  const conversationId = await begin();
  const { address } = await alice.call(contracts.getConversation, { conversationId });
  const point = { channel: 'email', address };
  answer = (response) => {
    const echo = { externalId: 'echo-1', thread: address, correspondent: { point, name: '' }, direction: 'out' };
    const message = { ...echo, at: new Date().toISOString(), text: 'Hello' };
    void deliver({ kind: 'message', message }).then(({ status }) => {
      expect(status).toBe(204);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ externalId: 'echo-1' }));
    });
  };
  await reply(conversationId);
  await app.settle();
  const ours = (await messagesOf(alice, conversationId)).filter(({ kind }) => kind === 'out');
  expect(ours).toMatchObject([{ state: 'sent', author: { id: alice.me.memberId } }]);
  await deliver({ kind: 'settled', externalId: 'echo-1', state: 'read', at: new Date().toISOString() });
  await deliver({ kind: 'settled', externalId: 'echo-1', state: 'delivered', at: new Date().toISOString() });
  expect((await last(conversationId)).state).toBe('read');
});

test('what became of it is known, though it is told before the answer to our request', async () => {
  const conversationId = await begin();
  answer = (response) => {
    const event = { kind: 'settled', externalId: 'quick-1', state: 'read', at: new Date().toISOString() };
    void deliver(event).then(() => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ externalId: 'quick-1' }));
    });
  };
  await reply(conversationId);
  await app.settle();
  expect((await last(conversationId)).state).toBe('read');
});

test('another host gets the secret from who knows it, not from here', async () => {
  const settings = { url: `http://127.0.0.1:${(peer.address() as AddressInfo).port}/elsewhere` };
  expect(await codeOf(alice.call(channels.updateChannel, { channelId: channel.id, settings }))).toBe('invalid_input');
  const named = await alice.call(channels.updateChannel, {
    channelId: channel.id,
    settings: channel.settings,
    name: 'Renamed',
  });
  expect(named.name).toBe('Renamed');
});

test('a platform that gives one id twice has sent both', async () => {
  answer = (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ externalId: 'same' }));
  };
  const [one, other] = [await begin(), await begin()];
  await reply(one);
  await reply(other);
  await app.settle();
  expect([(await last(one)).state, (await last(other)).state]).toEqual(['sent', 'sent']);
});

test('a request that is not theirs, or is repeated later, is refused and keeps nothing', async () => {
  const body = JSON.stringify({ events: [{ kind: 'deleted', externalId: 'x', at: new Date().toISOString() }] });
  const post = (headers: Record<string, string>) => fetch(channel.hookUrl!, { method: 'POST', headers, body });
  const old = signHeaders(signing, 'msg_1', Date.now() - 6 * 60_000, body);
  const other = signHeaders(`whsec_${randomBytes(32).toString('base64')}`, 'msg_1', Date.now(), body);
  expect([(await post(old)).status, (await post(other)).status, (await post({})).status]).toEqual([403, 403, 403]);
  expect((await fetch(channel.hookUrl!.replace(/.$/, (sign) => (sign === '0' ? '1' : '0')))).status).toBe(404);
});
