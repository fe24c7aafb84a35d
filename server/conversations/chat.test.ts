import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { type Client, codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as channels from './channels-contract.ts';
import * as chats from './chat-contract.ts';
import * as contracts from './contract.ts';
import { addChat, list, messagesOf } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let place: { workspaceId: string; channelId: string };

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  const chat = await addChat(alice, [{ kind: 'member', id: bob.me.memberId }]);
  place = { workspaceId: alice.me.workspace.id, channelId: chat.id };
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

interface Visitor {
  say(text: string, messageId?: string): Promise<unknown>;
  read(): Promise<chats.Chat>;
  client: Client;
  headers: Record<string, string>;
}

/** Somebody at a site, with a browser of their own. */
async function visit(): Promise<Visitor> {
  const client = app.client();
  const { visitor } = await client.call(chats.openChat, place);
  const headers = { [chats.visitorHeader]: visitor };
  return {
    ...{ client, headers },
    say: (text, messageId = newId()) => client.call(chats.sayInChat, { ...place, messageId, text }, { headers }),
    read: () => client.call(chats.readChat, place, { headers }),
  };
}

/** The conversation in which this was said last. */
async function find(text: string) {
  const found = (await list(bob)).find(({ excerpt }) => excerpt === text);
  return found!;
}

describe('a visitor', () => {
  test('writes without saying who they are, and reads what is answered, by first name', async () => {
    const visitor = await visit();
    expect((await visitor.read()).messages).toEqual([]);
    await visitor.say('Do you deliver to Lyon?');
    const conversation = await find('Do you deliver to Lyon?');
    expect(conversation).toMatchObject({ address: null, contactName: '', people: [], claimed: false });
    await bob.call(contracts.reply, { conversationId: conversation.id, text: 'We do.' });
    await bob.call(contracts.addNote, { conversationId: conversation.id, text: 'secret note' });
    const { messages } = await visitor.read();
    expect(messages.map(({ mine, author, text }) => [mine, author, text])).toEqual([
      [true, '', 'Do you deliver to Lyon?'],
      [false, 'Bob', 'We do.'],
    ]);
  });

  test('is one message however often their browser sends it', async () => {
    const visitor = await visit();
    const messageId = newId();
    await Promise.all(Array.from({ length: 5 }, () => visitor.say('Only once', messageId)));
    expect((await visitor.read()).messages).toHaveLength(1);
  });

  test('sees nobody else’s words, files, or stream, and nothing without their own word', async () => {
    const [one, other] = [await visit(), await visit()];
    await one.say('Mine alone');
    expect((await other.read()).messages).toEqual([]);
    expect(await codeOf(app.client().call(chats.readChat, place))).toBe('unauthenticated');
    const forged = { headers: { [chats.visitorHeader]: 'short' } };
    expect(await codeOf(app.client().call(chats.readChat, place, forged))).toBe('unauthenticated');
    const query = new URLSearchParams({ name: 'a.txt', type: 'text/plain', messageId: newId() });
    const path = `/chat/${place.workspaceId}/${place.channelId}`;
    const octets = { 'content-type': 'application/octet-stream' };
    const put = { method: 'POST', headers: { ...one.headers, ...octets }, body: 'hello' };
    expect((await one.client.fetch(`${path}/files?${query}`, put)).status).toBe(200);
    const [file] = (await one.read()).messages.at(-1)!.files;
    expect(await (await one.client.fetch(`${path}/files/${file!.id}`, { headers: one.headers })).text()).toBe('hello');
    expect((await other.client.fetch(`${path}/files/${file!.id}`, { headers: other.headers })).status).toBe(404);
    expect((await other.client.fetch(`${path}/live`, { headers: other.headers })).status).toBe(404);
  });

  test('who says who they are keeps what was said, and is taken at their word for nothing', async () => {
    const visitor = await visit();
    await visitor.say('Hello from before');
    const { id: conversationId } = await find('Hello from before');
    const said = { name: 'Léa Martin', email: 'Lea@Client.example' };
    await visitor.client.call(chats.identifyVisitor, { ...place, ...said }, { headers: visitor.headers });
    expect(await bob.call(contracts.getConversation, { conversationId })).toMatchObject({
      claimed: true,
      address: 'lea@client.example',
      contactName: 'Léa Martin',
    });
    expect((await messagesOf(bob, conversationId))[0]!.event).toEqual({
      kind: 'identified',
      name: 'Léa Martin',
      address: 'lea@client.example',
    });
    await visitor.say('And after');
    expect((await visitor.read()).messages.map(({ text }) => text)).toEqual(['Hello from before', 'And after']);
    expect((await visitor.read()).known).toEqual({ name: 'Léa Martin', email: 'lea@client.example' });
    // Nor a fortnight after it was closed, when another conversation begins.
    await app.query(
      `update conversations.conversation set status = 'closed', closed_at = now() - interval '15 days' where conversation_id = $1`,
      [conversationId],
    );
    await visitor.say('Back again');
    expect(await find('Back again')).toMatchObject({ claimed: true, address: 'lea@client.example' });
    // Another browser that says the same sees nothing of it.
    const impostor = await visit();
    await impostor.client.call(chats.identifyVisitor, { ...place, ...said }, { headers: impostor.headers });
    expect((await impostor.read()).messages).toEqual([]);
  });

  test('who floods is asked to wait, and nothing that was taken is lost', async () => {
    const visitor = await visit();
    const codes: string[] = [];
    for (let no = 0; no < 25; no++)
      codes.push(
        await visitor.say(`flood ${no}`).then(
          () => 'ok',
          (error) => error.problem.code as string,
        ),
      );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(20);
    expect(new Set(codes)).toEqual(new Set(['ok', 'too_many_requests']));
    expect((await visitor.read()).messages).toHaveLength(20);
  });

  test('hears at once that there is an answer, and nothing of what is among ourselves', async () => {
    const visitor = await visit();
    await visitor.say('Anybody there?');
    const { id: conversationId } = await find('Anybody there?');
    const stream = await fetch(`${app.url}/api/v1/chat/${place.workspaceId}/${place.channelId}/live`, {
      headers: visitor.headers,
    });
    const reader = stream.body!.getReader();
    let heard = 0;
    const reading = (async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        heard += new TextDecoder().decode(piece.value).split('data:').length - 1;
    })().catch(() => {});
    await expect.poll(() => heard).toBe(1);
    await bob.call(contracts.setPresence, { conversationId, doing: 'looking' });
    await bob.call(contracts.addNote, { conversationId, text: 'a note' });
    await bob.call(contracts.assign, { conversationId, version: 1, memberId: bob.me.memberId });
    await bob.call(contracts.reply, { conversationId, text: 'Here I am' });
    await expect.poll(() => heard).toBe(2);
    await reader.cancel();
    await reading;
  });

  test('sees that an answer is being written, and is seen writing', async () => {
    const visitor = await visit();
    await visitor.say('Typing?');
    const { id: conversationId } = await find('Typing?');
    expect((await visitor.read()).writing).toBe(false);
    await bob.call(contracts.setPresence, { conversationId, doing: 'writing' });
    expect((await visitor.read()).writing).toBe(true);
    await visitor.client.call(chats.writeInChat, place, { headers: visitor.headers });
    expect((await bob.call(contracts.getConversation, { conversationId })).theyWrite).toBe(true);
  });
});

describe('the window', () => {
  test('stands within the sites that the channel names, and its script may be loaded by all', async () => {
    const origins = ['https://shop.example'];
    const chat = await alice.call(channels.addChannel, {
      kind: 'chat',
      name: 'Shop',
      settings: { origins },
      access: [],
    });
    expect(chat.embed).toContain(`data-channel="${place.workspaceId}/${chat.id}"`);
    const page = await fetch(`${app.url}/chat/${place.workspaceId}/${chat.id}`);
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors https://shop.example;');
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect((await fetch(`${app.url}/chat/${place.workspaceId}/${newId()}`)).status).toBe(404);
  });

  test('of a channel that rests takes nothing, and says that nobody is there', async () => {
    const chat = await addChat(alice, [], 'Resting');
    await alice.call(channels.updateChannel, { channelId: chat.id, state: 'paused' });
    const client = app.client();
    const at = { workspaceId: place.workspaceId, channelId: chat.id };
    const { visitor } = await client.call(chats.openChat, at);
    const headers = { [chats.visitorHeader]: visitor };
    expect((await client.call(chats.readChat, at, { headers })).online).toBe(false);
    expect(await codeOf(client.call(chats.sayInChat, { ...at, messageId: newId(), text: 'x' }, { headers }))).toBe(
      'unavailable',
    );
  });
});
