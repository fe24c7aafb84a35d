import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import { arrived } from './arriving.ts';
import { findWorking } from './channels.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';
import { eraseExpired } from './erasing.ts';
import { settle } from './leaving.ts';
import { addChat, bring, incoming, list, messagesOf } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
/** A channel that Alice and Bob tend, and one of Bob's own. */
let support: channels.FullChannel;
let own: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  const tended = [alice, bob].map(({ me }) => ({ kind: 'member' as const, id: me.memberId }));
  support = await addChat(alice, tended, 'Support');
  own = newId();
  await app.query(
    `insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, owner_id, settings, created_by)
     select workspace_id, $1, conversations.next_channel_no(workspace_id), 'mail', 'Mine', member_id, '{}', member_id
     from identity.member where member_id = $2`,
    [own, bob.me.memberId],
  );
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const get = (member: Member, conversationId: string) => member.call(contracts.getConversation, { conversationId });

async function begin(said: Parameters<typeof incoming>[0] = {}, channelId = support.id) {
  const from = said.from ?? `${newId()}@client.example`;
  const { messages } = await bring(app, alice, channelId, incoming({ ...said, from }));
  return { conversationId: messages[0]!.conversationId, messageId: messages[0]!.messageId, from };
}

async function shareWith(member: Member, conversationId: string, readers: object) {
  const { version } = await get(member, conversationId);
  return member.call(contracts.share, { conversationId, version, with: readers as { kind: 'nobody' } });
}

const heardOf = async (member: Member) =>
  (await member.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'wrote');

const toldOf = async (member: Member) =>
  (await member.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'followed_wrote');

describe('a holder', () => {
  test('hears that a contact they lend wrote, by whom and when, not what; of one they keep to themselves nothing', async () => {
    const [from, kept] = [`${newId()}@client.example`, `${newId()}@client.example`];
    const person = await addContact(carol, { name: 'Léa Martin', email: from });
    await begin({ from, text: 'Zanzibar' });
    const [book] = (await carol.call(delegation.listBooks, {})).items;
    await lend(carol, book!.id, { grantee: { kind: 'workspace' }, acts: ['discover'] });
    await begin({ from });
    expect(await heardOf(carol)).toEqual([]);
    await lend(carol, book!.id, { grantee: { kind: 'member', memberId: bob.me.memberId }, acts: ['read'] });
    await begin({ from, text: 'Zanzibar' });
    await begin({ from: kept });
    const heard = await heardOf(carol);
    expect(heard.map(({ contacts, count }) => [contacts, count])).toEqual([[[{ id: person, name: 'Léa Martin' }], 1]]);
    expect(JSON.stringify(heard)).not.toContain('Zanzibar');
  });

  test('is told once an hour however much they write', async () => {
    const from = `${newId()}@client.example`;
    const person = await addContact(carol, { name: 'Anne Often', email: from });
    for (let no = 0; no < 5; no++) await bring(app, alice, support.id, incoming({ from, text: `n${no}` }));
    const [rows] = await app.query<{ count: number }>(
      `select count(*)::int as count from delegation.use where kind = 'wrote' and card_id = $1`,
      [person],
    );
    expect(rows!.count).toBe(1);
  });

  test('hears nothing of what came to a colleague’s own mailbox, from a machine, or under an address that is only claimed', async () => {
    const from = `${newId()}@client.example`;
    const person = await addContact(carol, { name: 'Paul Quiet', email: from });
    await begin({ from }, own);
    await begin({ from, automatic: true });
    const correspondent = { point: { channel: 'email' as const, address: from }, name: '', claimed: true };
    await begin({ from, correspondent, thread: 'claimed' });
    const rows = await app.query(`select from delegation.use where kind = 'wrote' and card_id = $1`, [person]);
    expect(rows).toEqual([]);
  });

  test('hears nothing of what is unwanted, or was brought from a file of long ago', async () => {
    const from = `${newId()}@client.example`;
    const person = await addContact(carol, { name: 'Sam Spam', email: from });
    const row = await app.app.db.asSystem('keeper', (tx) => findWorking(tx, alice.me.workspace.id, support.id));
    const { messages } = await app.app.db.asSystem('keeper', (tx) =>
      arrived(app.app, tx, row!, [incoming({ from })], { told: false }),
    );
    const { conversationId } = messages[0]!;
    const { version } = await get(bob, conversationId);
    await bob.call(contracts.setStatus, { conversationId, version, status: 'spam' });
    await bring(app, alice, support.id, incoming({ from, text: 'Buy now' }));
    expect(await app.query(`select from delegation.use where kind = 'wrote' and card_id = $1`, [person])).toEqual([]);
  });
});

describe('who follows', () => {
  test('is told when they write, on whichever channel, where they may read it, and no longer than they want', async () => {
    const { conversationId, from } = await begin();
    await bob.call(contracts.follow, { conversationId, follows: true });
    expect((await get(bob, conversationId)).follows).toBe(true);
    expect((await get(alice, conversationId)).follows).toBe(false);
    const elsewhere = await addChat(alice, [{ kind: 'member', id: alice.me.memberId }], 'Elsewhere');
    await begin({ from }, elsewhere.id);
    await app.settle();
    expect(await toldOf(bob)).toEqual([]);
    await bring(app, alice, support.id, incoming({ from, text: 'Me again' }));
    await bring(app, alice, support.id, incoming({ from, text: 'And again' }));
    await app.settle();
    expect((await toldOf(bob)).map(({ path }) => path)).toEqual([`/conversations/${conversationId}`]);
    expect(await toldOf(alice)).toEqual([]);
    await bob.call(contracts.follow, { conversationId, follows: false });
    await app.query(`delete from notices.notice`);
    await bring(app, alice, support.id, incoming({ from, text: 'Once more' }));
    await app.settle();
    expect(await toldOf(bob)).toEqual([]);
  });

  test('was let read along: they see, note and follow, and neither answer, share nor erase; withdrawn, it is gone', async () => {
    const { conversationId, from } = await begin({ text: 'About the quetzal' });
    expect(await codeOf(carol.call(contracts.follow, { conversationId, follows: true }))).toBe('not_found');
    const shared = await shareWith(bob, conversationId, { kind: 'member', memberId: carol.me.memberId });
    expect(shared.sharing).toEqual({ mine: true, with: { id: carol.me.memberId, name: 'Carol Wood' } });
    expect(await get(carol, conversationId)).toMatchObject({
      mayAnswer: false,
      mayErase: false,
      sharing: { mine: false },
    });
    await carol.call(contracts.follow, { conversationId, follows: true });
    await bring(app, alice, support.id, incoming({ from, text: 'More' }));
    await app.settle();
    expect(await toldOf(carol)).toHaveLength(1);
    const { version } = await get(carol, conversationId);
    const refused = [
      carol.call(contracts.share, { conversationId, version, with: { kind: 'workspace' } }),
      carol.call(contracts.reply, { conversationId, text: 'Hello' }),
      carol.call(contracts.eraseConversation, { conversationId }),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(['forbidden', 'forbidden', 'forbidden']);
    await shareWith(bob, conversationId, { kind: 'nobody' });
    await app.query(`delete from notices.notice`);
    await bring(app, alice, support.id, incoming({ from, text: 'Not for Carol' }));
    await app.settle();
    expect(await toldOf(carol)).toEqual([]);
    expect(await codeOf(get(carol, conversationId))).toBe('not_found');
  });

  test('finds by their words what is shared with them, and nothing else', async () => {
    const { conversationId } = await begin({ text: 'A pangolin for Carol' });
    const elsewhere = `${newId()}@client.example`;
    const { conversationId: other } = await begin({ from: elsewhere, text: 'A pangolin for somebody else' });
    const later = new Date(Date.now() + 1000);
    const many = Array.from({ length: 60 }, () => incoming({ from: elsewhere, text: 'pangolin', at: later }));
    await bring(app, alice, support.id, ...many);
    await shareWith(bob, other, { kind: 'member', memberId: alice.me.memberId });
    const found = async () =>
      (await carol.call(contracts.searchMessages, { q: 'pangolin' })).items.map(({ conversation }) => conversation.id);
    expect(await found()).toEqual([]);
    await shareWith(bob, conversationId, { kind: 'member', memberId: carol.me.memberId });
    expect(await found()).toEqual([conversationId]);
    await bring(
      app,
      alice,
      support.id,
      ...Array.from({ length: 510 }, (_, no) => incoming({ from: 'many@client.example', text: `pangolin ${no}` })),
    );
    expect(await found()).toEqual([conversationId]);
  });

  test('may call upon the owner of a mailbox, and is not handed to strangers', async () => {
    const { conversationId } = await begin({}, own);
    await shareWith(bob, conversationId, { kind: 'member', memberId: carol.me.memberId });
    const note = await carol.call(contracts.addNote, {
      ...{ conversationId, text: '@Bob what do you think?', mentions: [bob.me.memberId] },
    });
    expect(note.kind).toBe('note');
    const stranger = { conversationId, text: '@Alice', mentions: [alice.me.memberId] };
    expect(await codeOf(carol.call(contracts.addNote, stranger))).toBe('invalid_input');
    const unknown = shareWith(bob, conversationId, { kind: 'member', memberId: newId() });
    expect(await codeOf(unknown)).toBe('invalid_input');
  });
});

describe('of a person', () => {
  test('all conversations that one sees are listed, open or done, not what is unwanted', async () => {
    const from = `${newId()}@client.example`;
    const personId = await addContact(bob, { name: 'Zoé List', email: from });
    const first = await begin({ from, thread: 'one' });
    const second = await begin({ from, thread: 'two' });
    const spam = await begin({ from, thread: 'three' });
    const say = async (conversationId: string, status: 'closed' | 'spam') =>
      bob.call(contracts.setStatus, { conversationId, status, version: (await get(bob, conversationId)).version });
    await say(first.conversationId, 'closed');
    await say(spam.conversationId, 'spam');
    const found = await list(bob, { personId, status: 'any' });
    expect(found.map(({ id }) => id).sort()).toEqual([first.conversationId, second.conversationId].sort());
    expect(await codeOf(list(bob, { status: 'any' }))).toBe('invalid_input');
  });
});

describe('what is erased', () => {
  const word = 'okapi';
  /** Everything that the database holds of conversations and what was read in them, as text. */
  const everything = async () => {
    const rows = await app.query<{ all: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as all from (
         select to_jsonb(m)::text as t from conversations.message m union all select to_jsonb(c)::text from conversations.conversation c
         union all select to_jsonb(f)::text from conversations.file f union all select to_jsonb(r)::text from voices.reading_topic r) t`,
    );
    return rows[0]!.all;
  };

  test('is gone from lists, search, counts and the database, does not come again, and what waited to leave does not', async () => {
    const from = `${word}@client.example`;
    const message = incoming({ from, text: `The ${word} delivery was late`, subject: word });
    const { messages } = await bring(app, alice, support.id, message);
    const { conversationId } = messages[0]!;
    await bob.call(contracts.addNote, { conversationId, text: `A note on ${word}` });
    await app.query(
      `insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, kind, author_id, text, sent_at, state, external_id)
       select workspace_id, conversation_id, $2, channel_id, channel_no, 'out', $3, 'okapi answer', now(), 'queued', 'waits'
       from conversations.conversation where conversation_id = $1`,
      [conversationId, newId(), bob.me.memberId],
    );
    await app.settle();
    expect(await everything()).toContain(word);
    // Bob tends it and is no admin.
    expect((await get(bob, conversationId)).mayErase).toBe(false);
    expect(await codeOf(bob.call(contracts.eraseConversation, { conversationId }))).toBe('forbidden');
    await alice.call(contracts.eraseConversation, { conversationId });
    await app.settle();
    expect((await everything()).toLowerCase()).not.toContain(word);
    for (const member of [alice, bob]) {
      expect(await codeOf(get(member, conversationId))).toBe('not_found');
      expect((await member.call(contracts.searchMessages, { q: word })).items).toEqual([]);
      expect((await list(member, { status: 'closed' })).map(({ id }) => id)).not.toContain(conversationId);
    }
    expect((await bring(app, alice, support.id, message)).messages).toEqual([]);
    const [waiting] = await app.query<{ state: string }>(
      `select state from conversations.message where external_id = 'waits'`,
    );
    expect(waiting!.state).toBe('cancelled');
    // They may write again.
    const again = await bring(app, alice, support.id, incoming({ from, text: 'Hello again' }));
    expect((await messagesOf(bob, again.messages[0]!.conversationId)).map(({ text }) => text)).toEqual(['Hello again']);
  });

  test('while a platform has an answer of ours in hand is not brought back by what the platform tells of it', async () => {
    const { conversationId, from } = await begin();
    const messageId = newId();
    await app.query(
      `insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, kind, author_id, text, sent_at, state, claimed_at)
       select workspace_id, conversation_id, $2, channel_id, channel_no, 'out', $3, 'numbat answer', now(), 'sending', now()
       from conversations.conversation where conversation_id = $1`,
      [conversationId, messageId, bob.me.memberId],
    );
    await alice.call(contracts.eraseConversation, { conversationId });
    const { workspace } = alice.me;
    await app.app.db.asSystem('keeper', (tx) =>
      settle(tx, workspace.id, conversationId, messageId, { state: 'sent', answer: null, externalId: 'echo-erased' }),
    );
    const echo = incoming({ from, externalId: 'echo-erased', direction: 'out', text: 'numbat answer' });
    expect((await bring(app, alice, support.id, echo)).messages).toEqual([]);
    expect(await everything()).not.toContain('numbat');
    const reaction = { kind: 'reacted' as const, externalId: 'echo-erased', emoji: '👍', at: new Date() };
    await bring(app, alice, support.id, {
      ...{ ...reaction, correspondent: { point: { channel: 'phone', address: '+33612345678' }, name: '' } },
    });
    expect(await everything()).not.toContain('612345678');
  });

  test('is erased whole though something arrives at the same time', async () => {
    const { conversationId, from } = await begin();
    await Promise.all([
      bring(app, alice, support.id, incoming({ from, text: 'A dugong at the same time' })),
      alice.call(contracts.eraseConversation, { conversationId }),
    ]);
    const rows = await app.query(
      `select from conversations.message m join conversations.conversation c using (workspace_id, conversation_id)
       where m.text like '%dugong%' and c.erased_at is not null`,
    );
    expect(rows).toEqual([]);
  });

  test('goes by itself when its channel keeps it no longer, and what is younger stays', async () => {
    const at = (months: number) => new Date(Date.now() - months * 31 * 86_400_000);
    const old = await begin({ at: at(5) });
    // As old here as what was said: a file that brings it today is kept as long as anything of today.
    await app.query(`update conversations.conversation set created_at = last_at where conversation_id = $1`, [
      old.conversationId,
    ]);
    const young = await begin({ at: at(1) });
    await eraseExpired(app.app);
    expect((await get(bob, old.conversationId)).id).toBe(old.conversationId);
    await alice.call(channels.updateChannel, { channelId: support.id, keepMonths: 3 });
    await eraseExpired(app.app);
    expect(await codeOf(get(bob, old.conversationId))).toBe('not_found');
    expect((await get(bob, young.conversationId)).id).toBe(young.conversationId);
    const wrong = { channelId: support.id, keepMonths: 0 };
    expect(await codeOf(alice.call(channels.updateChannel, wrong))).toBe('invalid_input');
  });

  test('of one’s own mailbox is for oneself to say', async () => {
    const { conversationId } = await begin({}, own);
    expect(await codeOf(alice.call(contracts.eraseConversation, { conversationId }))).toBe('not_found');
    await bob.call(contracts.eraseConversation, { conversationId });
    expect(await codeOf(get(bob, conversationId))).toBe('not_found');
  });
});
