import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';
import { addChat, bring, incoming, list, messagesOf } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
/** A team of Bob's, and its channel. */
let teamId: string;
let support: channels.FullChannel;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Support', memberIds: [bob.me.memberId] }));
  support = await addChat(alice, [{ kind: 'team', id: teamId }], 'Support');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const get = (member: Member, conversationId: string) => member.call(contracts.getConversation, { conversationId });
const reply = (member: Member, conversationId: string, text: string, more: object = {}) =>
  member.call(contracts.reply, { conversationId, text, ...more });

/** A new conversation on the team's channel. */
async function begin(from = `${newId()}@client.example`, said: Parameters<typeof incoming>[0] = {}) {
  const { messages } = await bring(app, alice, support.id, incoming({ from, ...said }));
  return { conversationId: messages[0]!.conversationId, messageId: messages[0]!.messageId, from };
}

describe('who sees a conversation', () => {
  test('is who tends its channel, and nobody else: not in lists, counts, search, nor by its id', async () => {
    const { conversationId } = await begin(undefined, { text: 'Where is my zanzibar order?' });
    expect((await list(bob)).map(({ id }) => id)).toContain(conversationId);
    expect((await bob.call(contracts.searchMessages, { q: 'zanzibar' })).items).toHaveLength(1);
    for (const other of [alice, carol]) {
      expect(await list(other)).toEqual([]);
      expect(await codeOf(get(other, conversationId))).toBe('not_found');
      expect(await codeOf(other.call(contracts.listMessages, { conversationId }))).toBe('not_found');
      expect(await codeOf(reply(other, conversationId, 'Hello'))).toBe('not_found');
      expect(await codeOf(other.call(contracts.addNote, { conversationId, text: 'x' }))).toBe('not_found');
      expect((await other.call(contracts.searchMessages, { q: 'zanzibar' })).items).toEqual([]);
      expect(await other.call(contracts.countConversations, {})).toMatchObject({ tends: false, all: 0, unassigned: 0 });
    }
  });

  test('finds theirs by their words, however many others say the same elsewhere', async () => {
    const { conversationId } = await begin(undefined, { text: 'A quokka for Bob' });
    const other = await addChat(alice, [{ kind: 'member', id: carol.me.memberId }], 'Zoo');
    const at = new Date(Date.now() + 1000);
    await bring(app, alice, other.id, ...Array.from({ length: 60 }, () => incoming({ text: 'quokka', at })));
    const found = (member: Member) => member.call(contracts.searchMessages, { q: 'quok' });
    expect((await found(bob)).items.map(({ conversation }) => conversation.id)).toEqual([conversationId]);
    const first = await found(carol);
    const second = await carol.call(contracts.searchMessages, { q: 'quok', after: first.next! });
    expect(new Set([...first.items, ...second.items].map(({ messageId }) => messageId)).size).toBe(60);
    expect(second.next).toBeNull();
  });

  test('follows the channel’s team at the next request', async () => {
    const { conversationId } = await begin();
    await alice.call(channels.updateChannel, {
      channelId: support.id,
      access: [{ kind: 'member', id: carol.me.memberId }],
    });
    expect(await codeOf(get(bob, conversationId))).toBe('not_found');
    expect((await get(carol, conversationId)).mayAnswer).toBe(true);
    await alice.call(channels.updateChannel, { channelId: support.id, access: [{ kind: 'team', id: teamId }] });
    expect(await codeOf(get(carol, conversationId))).toBe('not_found');
  });
});

describe('what arrives', () => {
  test('stands once however often it is brought, and in the order in which it was said', async () => {
    const at = (seconds: number) => new Date(Date.now() - 60_000 + seconds * 1000);
    const from = `${newId()}@client.example`;
    const [one, two, three] = ['one', 'two', 'three'].map((text, no) => incoming({ from, text, at: at(no) })) as [
      ReturnType<typeof incoming>,
      ReturnType<typeof incoming>,
      ReturnType<typeof incoming>,
    ];
    const first = await bring(app, alice, support.id, three, one);
    await bring(app, alice, support.id, two, three, three);
    expect((await bring(app, alice, support.id, one, two, three)).messages).toEqual([]);
    const { conversationId } = first.messages[0]!;
    expect((await messagesOf(bob, conversationId)).map(({ text }) => text)).toEqual(['three', 'two', 'one']);
    // What came late is not the last word.
    expect((await get(bob, conversationId)).excerpt).toBe('three');
  });

  test('stands once where two bring it at the same time', async () => {
    const from = `${newId()}@client.example`;
    const messages = Array.from({ length: 10 }, (_, no) => incoming({ from, text: `n${no}` }));
    await Promise.all(Array.from({ length: 6 }, () => bring(app, alice, support.id, ...messages)));
    const rows = await app.query<{ count: number }>(
      `select count(*)::int as count from conversations.message m join conversations.conversation c using (workspace_id, conversation_id)
       where c.thread = $1 and m.kind = 'in'`,
      [from],
    );
    expect(rows[0]!.count).toBe(10);
    expect((await app.query(`select from conversations.conversation where thread = $1`, [from])).length).toBe(1);
  });

  test('brought again after it was closed opens nothing', async () => {
    const from = `${newId()}@client.example`;
    const message = incoming({ from, at: new Date(Date.now() + 60_000) });
    const { messages } = await bring(app, alice, support.id, message);
    const { conversationId } = messages[0]!;
    const { version } = await get(bob, conversationId);
    await bob.call(contracts.setStatus, { conversationId, version, status: 'closed' });
    await bring(app, alice, support.id, message);
    expect(await get(bob, conversationId)).toMatchObject({ status: 'closed', waitingSince: null });
  });

  test('edits, is taken back, and is reacted to, also before it has come', async () => {
    const from = `${newId()}@client.example`;
    const said = { ...incoming({ from, externalId: `e-${from}`, text: 'helo' }) };
    const now = Date.now();
    const news = (more: object) => ({ externalId: `e-${from}`, ...more }) as never;
    await bring(app, alice, support.id, news({ kind: 'edited', text: 'hello', at: new Date(now + 2000) }));
    const { messages } = await bring(
      app,
      alice,
      support.id,
      said,
      news({ kind: 'edited', text: 'hallo', at: new Date(now + 1000) }),
    );
    const { conversationId } = messages[0]!;
    expect((await messagesOf(bob, conversationId))[0]).toMatchObject({ text: 'hello', deletedAt: null });
    const correspondent = { point: { channel: 'email', address: from }, name: '' };
    await bring(app, alice, support.id, news({ kind: 'reacted', correspondent, emoji: '👍', at: new Date() }));
    expect((await messagesOf(bob, conversationId))[0]!.reactions).toEqual(['👍']);
    await bring(app, alice, support.id, news({ kind: 'deleted', at: new Date() }));
    await bring(app, alice, support.id, news({ kind: 'edited', text: 'again', at: new Date(now + 9000) }));
    expect((await messagesOf(bob, conversationId))[0]).toMatchObject({
      text: '',
      reactions: [],
      deletedAt: expect.any(String),
    });
    expect((await bob.call(contracts.searchMessages, { q: 'hallo' })).items).toEqual([]);
  });

  test('from a clock that is ahead stands where it arrived', async () => {
    const { conversationId, from } = await begin(undefined, { at: new Date('2199-01-01') });
    await bring(app, alice, support.id, incoming({ from, text: 'later' }));
    expect((await messagesOf(bob, conversationId))[0]!.text).toBe('later');
  });

  test('with half an emoji at every end, or signs that no database keeps, holds nothing up', async () => {
    const long = (most: number) => `${'a'.repeat(most - 1)}😀`;
    const from = `${newId()}@client.example`;
    const correspondent = { point: { channel: 'email' as const, address: from }, name: long(200) };
    const text = `${long(200_000)} ${`a${'𐌰'.repeat(40)}`} \u0000`;
    const { messages } = await bring(
      app,
      alice,
      support.id,
      incoming({
        correspondent,
        thread: from,
        subject: long(500),
        text,
        files: [{ name: long(200), mediaType: 'text/plain', content: Buffer.from('x') }],
      }),
      incoming({ from, text: 'and the next one' }),
    );
    expect(messages).toHaveLength(2);
  });

  test('to a thread that is over by two at the same moment stands in one new conversation, both of it', async () => {
    const { conversationId, from } = await begin();
    await app.query(
      `update conversations.conversation set status = 'closed', closed_at = now() - interval '15 days' where conversation_id = $1`,
      [conversationId],
    );
    const both = await Promise.all(
      ['one', 'two', 'three'].map((text) => bring(app, alice, support.id, incoming({ from, text }))),
    );
    const ids = new Set(both.flatMap(({ messages }) => messages.map((one) => one.conversationId)));
    expect(ids.size).toBe(1);
    expect((await messagesOf(bob, [...ids][0]!)).map(({ text }) => text).toSorted()).toEqual(['one', 'three', 'two']);
  });

  test('with the news of a new number, from who has written by it already, keeps both', async () => {
    const { from } = await begin();
    const to = `new-${from}`;
    const point = (address: string) => ({ channel: 'email' as const, address });
    await bring(app, alice, support.id, incoming({ from: to, text: 'My new number' }), {
      kind: 'moved',
      from: point(from),
      to: point(to),
      at: new Date(),
    });
    const rows = await app.query<{ count: number }>(
      `select count(*)::int as count from conversations.conversation where address = $1 and is_current`,
      [to],
    );
    expect(rows[0]!.count).toBe(2);
  });

  test('and taken back is gone from the list, with its files', async () => {
    const { conversationId, from } = await begin(undefined, { text: 'fine' });
    const said = { from, externalId: `secret ${from}`, text: 'My card is 1234', at: new Date(Date.now() + 1000) };
    const files = [{ name: 'card.txt', mediaType: 'text/plain', content: Buffer.from('1234') }];
    await bring(app, alice, support.id, incoming({ ...said, files }));
    const [file] = (await messagesOf(bob, conversationId))[0]!.files;
    expect((await bob.fetch(`/conversation-files/${file!.id}`)).status).toBe(200);
    await bring(app, alice, support.id, { kind: 'deleted', externalId: said.externalId, at: new Date() });
    expect((await get(bob, conversationId)).excerpt).toBe('');
    expect((await bob.fetch(`/conversation-files/${file!.id}`)).status).toBe(404);
  });

  test('goes where a message stands that it answers, whatever its thread is called', async () => {
    const { conversationId, from } = await begin(undefined, { externalId: 'root-1' });
    await bring(
      app,
      alice,
      support.id,
      incoming({ from, thread: 'elsewhere', answers: ['unknown', 'root-1'], text: 'Re' }),
    );
    expect((await messagesOf(bob, conversationId)).map(({ text }) => text)).toContain('Re');
  });

  test('opens again what was closed, and begins another after a fortnight', async () => {
    const { conversationId, from } = await begin();
    const { version } = await get(bob, conversationId);
    await bob.call(contracts.setStatus, { conversationId, version, status: 'closed' });
    expect(await get(bob, conversationId)).toMatchObject({ status: 'closed', waitingSince: null });
    await bring(app, alice, support.id, incoming({ from, text: 'One more thing', at: new Date(Date.now() + 1000) }));
    expect(await get(bob, conversationId)).toMatchObject({ status: 'open', waitingSince: expect.any(String) });
    await app.query(
      `update conversations.conversation set status = 'closed', closed_at = now() - interval '15 days' where conversation_id = $1`,
      [conversationId],
    );
    const { messages } = await bring(app, alice, support.id, incoming({ from, text: 'Hello again' }));
    expect(messages[0]!.conversationId).not.toBe(conversationId);
    expect((await get(bob, messages[0]!.conversationId)).earlier).toBe(1);
  });

  test('of a machine opens nothing and waits for nobody', async () => {
    const { conversationId, from } = await begin();
    await reply(bob, conversationId, 'Done', { afterwards: 'closed' });
    await bring(
      app,
      alice,
      support.id,
      incoming({ from, text: 'I am away', automatic: true, at: new Date(Date.now() + 1000) }),
    );
    expect(await get(bob, conversationId)).toMatchObject({ status: 'closed', waitingSince: null });
  });

  test('in the middle of a crash leaves nothing, and comes whole the next time', async () => {
    const from = `${newId()}@client.example`;
    const message = incoming({ from });
    const failing = app.app.db.asSystem('keeper', async (tx) => {
      const { arrived } = await import('./arriving.ts');
      const { findWorking } = await import('./channels.ts');
      const row = (await findWorking(tx, alice.me.workspace.id, support.id))!;
      await arrived(app.app, tx, row, [message]);
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await app.query(`select from conversations.conversation where thread = $1`, [from])).toEqual([]);
    expect((await bring(app, alice, support.id, message)).messages).toHaveLength(1);
  });

  test('with a new address for the same person goes on there', async () => {
    const { conversationId, from } = await begin();
    await bring(app, alice, support.id, {
      kind: 'moved',
      from: { channel: 'email', address: from },
      to: { channel: 'email', address: `new-${from}` },
      at: new Date(),
    });
    expect((await get(bob, conversationId)).address).toBe(`new-${from}`);
    expect((await messagesOf(bob, conversationId))[0]!.event).toEqual({ kind: 'moved', from, to: `new-${from}` });
    const { messages } = await bring(app, alice, support.id, incoming({ from: `new-${from}` }));
    expect(messages[0]!.conversationId).toBe(conversationId);
  });
});

describe('an answer', () => {
  test('leaves on the conversation’s own contact point, ends the waiting and becomes its author’s', async () => {
    const { conversationId } = await begin();
    expect((await get(bob, conversationId)).waitingSince).not.toBeNull();
    const sent = await reply(bob, conversationId, 'Hello Léa');
    expect(sent).toMatchObject({
      kind: 'out',
      text: 'Hello Léa',
      state: 'sent',
      author: { name: 'Bob Stone' },
      refusals: [],
    });
    expect(await get(bob, conversationId)).toMatchObject({
      status: 'pending',
      waitingSince: null,
      assignee: { id: bob.me.memberId },
      excerpt: 'Hello Léa',
      lastKind: 'out',
    });
  });

  test('is held back where the customer has said more meanwhile', async () => {
    const { conversationId, messageId, from } = await begin();
    await bring(app, alice, support.id, incoming({ from, text: 'Never mind' }));
    expect(await codeOf(reply(bob, conversationId, 'Here it is', { after: messageId }))).toBe('conflict');
    expect((await messagesOf(bob, conversationId)).some(({ kind }) => kind === 'out')).toBe(false);
  });

  test('does not leave, with all the reasons, where they objected since, the address is dead, or the channel rests', async () => {
    const { conversationId } = await begin();
    await app.query(
      `update cards.contact_point p set consent = 'objected', consent_since = now() + interval '1 second', health = 'dead'
       from conversations.conversation c where c.conversation_id = $1 and p.contact_point_id = c.contact_point_id`,
      [conversationId],
    );
    await alice.call(channels.updateChannel, { channelId: support.id, state: 'paused' });
    expect((await get(bob, conversationId)).refusals.toSorted()).toEqual(['channel_paused', 'dead', 'objected']);
    const kept = await reply(bob, conversationId, 'Hello');
    expect(kept.state).toBe('refused');
    expect(kept.refusals.toSorted()).toEqual(['channel_paused', 'dead', 'objected']);
    expect((await get(bob, conversationId)).waitingSince).not.toBeNull();
    await alice.call(channels.updateChannel, { channelId: support.id, state: 'working' });
  });

  test('may go to who objected and wrote afterwards: they ask for it', async () => {
    const { conversationId } = await begin();
    await app.query(
      `update cards.contact_point p set consent = 'objected', consent_since = now() - interval '1 day'
       from conversations.conversation c where c.conversation_id = $1 and p.contact_point_id = c.contact_point_id`,
      [conversationId],
    );
    expect((await reply(bob, conversationId, 'Hello')).state).toBe('sent');
  });

  test('is told to who lends the contact, and shows who it is to whom it is lent', async () => {
    const { conversationId, from } = await begin();
    const person = await addContact(carol, { name: 'Léa Martin', email: from });
    expect((await get(bob, conversationId)).people).toEqual([]);
    const [book] = (await carol.call(delegation.listBooks, {})).items;
    await lend(carol, book!.id, { grantee: { kind: 'team', teamId }, acts: ['read', 'contact'] });
    expect((await get(bob, conversationId)).people).toEqual([{ id: person, name: 'Léa Martin' }]);
    await reply(bob, conversationId, 'Hello Léa');
    const told = (await carol.call(home.listHappenings, {})).items;
    expect(told.find(({ kind }) => kind === 'contacted')).toMatchObject({ kind: 'contacted' });
  });
});

describe('working together', () => {
  test('one decides on what one has seen: an older version is refused', async () => {
    const { conversationId } = await begin();
    const { version } = await get(bob, conversationId);
    const taken = await bob.call(contracts.assign, { conversationId, version, memberId: bob.me.memberId });
    expect(taken.assignee?.name).toBe('Bob Stone');
    expect(await codeOf(bob.call(contracts.assign, { conversationId, version, memberId: null }))).toBe('conflict');
    expect((await messagesOf(bob, conversationId))[0]!.event).toEqual({
      kind: 'assigned',
      to: { id: bob.me.memberId, name: 'Bob Stone' },
    });
  });

  test('nobody is handed or called into a conversation that they do not see', async () => {
    const { conversationId } = await begin();
    const { version } = await get(bob, conversationId);
    expect(await codeOf(bob.call(contracts.assign, { conversationId, version, memberId: carol.me.memberId }))).toBe(
      'invalid_input',
    );
    const note = { conversationId, text: '@Carol?', mentions: [carol.me.memberId] };
    expect(await codeOf(bob.call(contracts.addNote, note))).toBe('invalid_input');
  });

  test('who is called upon is told, and finds it among theirs; notes never leave', async () => {
    const chat = await addChat(alice, [{ kind: 'workspace' }], 'Shop');
    const { messages } = await bring(app, alice, chat.id, incoming({ from: 'visitor@client.example' }));
    const { conversationId } = messages[0]!;
    const note = await bob.call(contracts.addNote, {
      conversationId,
      text: 'Carol, you know them',
      mentions: [carol.me.memberId],
    });
    expect(note).toMatchObject({ kind: 'note', state: null });
    await app.settle();
    expect((await list(carol, { whose: 'mentioned' })).map(({ id }) => id)).toEqual([conversationId]);
    const [notice] = (await carol.call(notices.listNotices, {})).items;
    expect(notice).toMatchObject({ kind: 'mentioned', path: `/conversations/${conversationId}` });
    expect(notice!.text).toContain('Bob Stone');
  });

  test('who only reads along notes, and neither answers nor decides', async () => {
    const { conversationId } = await begin();
    const shared = (who: string | null) =>
      app.query(
        `with c as (update conversations.conversation set shared_with = $2 where conversation_id = $1 returning 1)
         update conversations.message set shared_with = $2 where conversation_id = $1`,
        [conversationId, who],
      );
    await shared(carol.me.memberId);
    const seen = await get(carol, conversationId);
    expect(seen).toMatchObject({ mayAnswer: false, refusals: [] });
    expect((await carol.call(contracts.addNote, { conversationId, text: 'I know them' })).kind).toBe('note');
    expect(await codeOf(reply(carol, conversationId, 'Hello'))).toBe('forbidden');
    const decided = { conversationId, version: seen.version };
    expect(await codeOf(carol.call(contracts.setStatus, { ...decided, status: 'closed' }))).toBe('forbidden');
    expect(await codeOf(carol.call(contracts.assign, { ...decided, memberId: null }))).toBe('forbidden');
    await shared(null);
    expect(await codeOf(get(carol, conversationId))).toBe('not_found');
  });

  test('the list goes on where its page ended, each one once', async () => {
    const chat = await addChat(alice, [{ kind: 'member', id: carol.me.memberId }], 'Pages');
    const made = await bring(
      app,
      alice,
      chat.id,
      ...Array.from({ length: 7 }, (_, no) => incoming({ from: `p${no}@client.example` })),
    );
    // Answered one after the other: they differ by less than a millisecond at times.
    for (const { conversationId } of made.messages) await reply(carol, conversationId, 'Hello', { afterwards: 'open' });
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: { items: contracts.Conversation[]; next: string | null } = await carol.call(
        contracts.listConversations,
        {
          ...{ channelId: chat.id, limit: 2 },
          ...(after ? { after } : {}),
        },
      );
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toEqual(made.messages.map(({ conversationId }) => conversationId).toReversed());
  });

  test('a snoozed one comes back at its time, and at once when they write', async () => {
    const { conversationId, from } = await begin();
    const { version } = await get(bob, conversationId);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await bob.call(contracts.setStatus, { conversationId, version, status: 'snoozed', snoozedUntil: tomorrow });
    expect(
      await codeOf(bob.call(contracts.setStatus, { conversationId, version: version + 1, status: 'snoozed' })),
    ).toBe('invalid_input');
    await bring(app, alice, support.id, incoming({ from, text: 'And?' }));
    expect(await get(bob, conversationId)).toMatchObject({ status: 'open', snoozedUntil: null });
  });

  test('who looks and who writes is shown to the others', async () => {
    const chat = await addChat(alice, [{ kind: 'workspace' }], 'Desk');
    const { messages } = await bring(app, alice, chat.id, incoming());
    const { conversationId } = messages[0]!;
    await bob.call(contracts.setPresence, { conversationId, doing: 'writing' });
    expect((await get(carol, conversationId)).present).toEqual([
      { id: bob.me.memberId, name: 'Bob Stone', writing: true },
    ]);
    expect((await get(bob, conversationId)).present).toEqual([]);
    await bob.call(contracts.setPresence, { conversationId, doing: 'gone' });
    expect((await get(carol, conversationId)).present).toEqual([]);
  });

  test('what one has read is one’s own', async () => {
    const { conversationId, from } = await begin();
    expect((await get(bob, conversationId)).unread).toBe(true);
    await bob.call(contracts.markSeen, { conversationId });
    expect((await get(bob, conversationId)).unread).toBe(false);
    await bring(app, alice, support.id, incoming({ from, at: new Date(Date.now() + 1000) }));
    expect((await get(bob, conversationId)).unread).toBe(true);
  });

  test('figures count what was opened and answered, and nobody by name', async () => {
    const chat = await addChat(alice, [{ kind: 'member', id: carol.me.memberId }], 'Figures');
    const { messages } = await bring(
      app,
      alice,
      chat.id,
      incoming({ at: new Date(Date.now() - 100_000) }),
      incoming({ from: 'two@client.example' }),
    );
    await reply(carol, messages[0]!.conversationId, 'Hello', { afterwards: 'closed' });
    const { total, channels: by, mine } = await carol.call(contracts.getFigures, { channelId: chat.id });
    expect(total).toMatchObject({ opened: 2, answered: 1, closed: 1, waiting: 1 });
    expect(total.firstAnswer!.median).toBeGreaterThan(99);
    expect(by.map(({ name }) => name)).toEqual(['Figures']);
    expect(mine).toEqual({ open: 0, waiting: 0 });
    expect((await bob.call(contracts.getFigures, { channelId: chat.id })).total.opened).toBe(0);
  });
});

describe('saved replies', () => {
  test('are filled with who it goes to, in the language asked for', async () => {
    const { conversationId } = await begin();
    const texts = {
      fr: 'Bonjour {{ contact.first_name }}, ici {{ agent.name }}.',
      en: 'Hello {{ contact.first_name | default: "there" }}',
    };
    const { id: replyId } = await bob.call(contracts.saveReply, { name: 'Hello', texts, audience: { kind: 'mine' } });
    expect((await bob.call(contracts.fillReply, { conversationId, replyId, language: 'fr' })).text).toBe(
      'Bonjour Léa, ici Bob Stone.',
    );
    expect((await bob.call(contracts.fillReply, { conversationId, replyId, language: 'en' })).text).toBe('Hello Léa');
    const nameless = await begin(undefined, {
      correspondent: { point: { channel: 'email', address: `${newId()}@client.example` }, name: '' },
    });
    const named = await bob.call(contracts.fillReply, {
      conversationId: nameless.conversationId,
      replyId,
      language: 'fr',
    });
    expect(named.text).toBe('Bonjour, ici Bob Stone.');
    expect((await carol.call(contracts.listSavedReplies, {})).items).toEqual([]);
    expect(await codeOf(carol.call(contracts.removeReply, { replyId }))).toBe('not_found');
    expect(
      await codeOf(carol.call(contracts.saveReply, { replyId, name: 'Mine', texts, audience: { kind: 'mine' } })),
    ).toBe('not_found');
  });

  test('are put before no team that one is not in', async () => {
    const said = { name: 'x', texts: { en: 'Hello' }, audience: { kind: 'team' as const, teamId } };
    expect(await codeOf(carol.call(contracts.saveReply, said))).toBe('invalid_input');
    expect((await bob.call(contracts.saveReply, said)).audience).toEqual({ kind: 'team', teamId });
  });

  test('that are no sound template are refused, and none reads a file or runs for ever', async () => {
    const save = (en: string) =>
      bob.call(contracts.saveReply, { name: 'x', texts: { en }, audience: { kind: 'mine' } });
    expect(await codeOf(save('{{ contact.name'))).toBe('invalid_input');
    expect(await codeOf(save('{% include "/etc/passwd" %}'))).toBe('invalid_input');
    expect(await codeOf(save('{% for i in (1..100000000) %}{{ i }}{% endfor %}'))).toBe('invalid_input');
  });
});

describe('channels', () => {
  test('are an admin’s to open; everybody sees that they are there, never their secret', async () => {
    expect(await codeOf(addChat(bob))).toBe('forbidden');
    const { items } = await carol.call(channels.listChannels, {});
    expect(items.find(({ id }) => id === support.id)).toMatchObject({ name: 'Support', tends: false });
    expect(JSON.stringify(items)).not.toContain('secret');
    const wrong = { kind: 'chat' as const, name: 'x', settings: { colour: 'red' }, access: [] };
    expect(await codeOf(alice.call(channels.addChannel, wrong))).toBe('invalid_input');
  });

  test('once ended take nothing, and what was said stays', async () => {
    const chat = await addChat(alice, [{ kind: 'workspace' }], 'Old');
    const { messages } = await bring(app, alice, chat.id, incoming());
    await alice.call(channels.endChannel, { channelId: chat.id });
    const kept = await get(bob, messages[0]!.conversationId);
    expect(kept.refusals).toEqual(['channel_ended']);
    expect(await codeOf(alice.call(channels.updateChannel, { channelId: chat.id, state: 'working' }))).toBe(
      'not_found',
    );
  });
});
