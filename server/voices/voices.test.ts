import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as channels from '../conversations/channels-contract.ts';
import * as conversations from '../conversations/contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as identity from '../identity/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let teamId: string;
/** Bob's team's channel. */
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

const late = 'My parcel never arrived, the delivery is late and I am very disappointed.';
const glad = 'Thank you, the delivery was on time, I am delighted with it, great!';

async function say(text: string, said: Parameters<typeof incoming>[0] = {}, channel = support) {
  const { messages } = await bring(
    app,
    alice,
    channel.id,
    incoming({ from: `${newId()}@client.example`, text, ...said }),
  );
  await app.settle();
  return messages[0]!;
}

const board = (member: Member, more: object = {}) => member.call(contracts.getBoard, more);
const topicsOf = async (member: Member) => (await member.call(contracts.listTopics, {})).items;
const topicNamed = async (name: string) => (await topicsOf(alice)).find((one) => one.name.en === name)!;
const readingOf = async (
  member: Member,
  { conversationId, messageId }: { conversationId: string; messageId: string },
) => (await member.call(contracts.listReadings, { conversationId })).items.find((one) => one.messageId === messageId);
const correct = (member: Member, at: { conversationId: string; messageId: string }, said: object) =>
  member.call(contracts.correct, {
    ...{ conversationId: at.conversationId, messageId: at.messageId, tone: null, topicIds: null },
    ...said,
  });

async function cellOf(member: Member, name: string, channel = support, more: object = {}) {
  const { id } = await topicNamed(name);
  const { rows } = await board(member, more);
  return rows.find(({ topicId }) => topicId === id)?.cells.find(({ column }) => column === channel.id);
}

describe('a message that arrives', () => {
  test('is read: its tone, its topics, the words that tell them; its cell holds it', async () => {
    const before = await cellOf(bob, 'Delivery and delays');
    const message = await say(late);
    const reading = (await readingOf(bob, message))!;
    expect(reading).toMatchObject({ language: 'en', tone: 'negative', corrected: null });
    expect(reading.why.join(' ')).toContain('disappointed');
    expect(reading.topics[0]).toMatchObject({ name: { fr: 'Livraison et délais' }, said: false });
    expect(reading.topics[0]!.why).toContain('late');
    const after = (await cellOf(bob, 'Delivery and delays'))!;
    expect(after.negative).toBe((before?.negative ?? 0) + 1);
    const topic = await topicNamed('Delivery and delays');
    const { items } = await bob.call(contracts.listMessages, {
      topicId: topic.id,
      channelId: support.id,
      tone: 'negative',
    });
    expect(items).toHaveLength(after.negative);
    expect(items[0]).toMatchObject({ messageId: message.messageId, text: late, channel: { name: 'Support' } });
  });

  test('is not read where a machine or we wrote it, nor is a note', async () => {
    const machine = await say(late, { automatic: true });
    expect(await readingOf(bob, machine)).toBeUndefined();
    const ours = await say(late, { direction: 'out' });
    expect(await readingOf(bob, ours)).toBeUndefined();
    const { conversationId } = await say('x');
    const note = await bob.call(conversations.addNote, { conversationId, text: late });
    await app.settle();
    expect(await readingOf(bob, { conversationId, messageId: note.id })).toBeUndefined();
  });

  test('is read once its job is done again after a crash, and counted once', async () => {
    const from = `${newId()}@client.example`;
    const before = (await cellOf(bob, 'Delivery and delays'))!;
    const { messages } = await bring(app, alice, support.id, incoming({ from, text: late }));
    const [place] = messages.map(({ conversationId, messageId }) => ({ conversationId, messageId }));
    // As after a crash between the reading and the end of the job: its cause is still there.
    for (let again = 0; again < 2; again++) {
      await app.app.db.asSystem('keeper', (tx) =>
        app.app.enqueue(tx, {
          workspaceId: alice.me.workspace.id,
          task: 'voices.read',
          payload: { messages: [place!, place!] },
        }),
      );
      await app.settle();
    }
    expect((await cellOf(bob, 'Delivery and delays'))!.negative).toBe(before.negative + 1);
  });

  test('is read anew when it is edited, and nothing of it is left when it is taken back', async () => {
    const message = await say(late, { externalId: 'edited-1' });
    const before = (await cellOf(bob, 'Delivery and delays'))!;
    const now = Date.now();
    const news = (more: object) => ({ externalId: 'edited-1', ...more }) as never;
    await bring(app, alice, support.id, news({ kind: 'edited', text: glad, at: new Date(now + 1000) }));
    await app.settle();
    expect(await readingOf(bob, message)).toMatchObject({ tone: 'positive' });
    expect(await cellOf(bob, 'Delivery and delays')).toMatchObject({
      negative: before.negative - 1,
      positive: before.positive + 1,
    });
    await correct(bob, message, { tone: 'neutral' });
    await bring(app, alice, support.id, news({ kind: 'deleted', at: new Date() }));
    await app.settle();
    expect(await readingOf(bob, message)).toBeUndefined();
    expect(await cellOf(bob, 'Delivery and delays')).toMatchObject({
      negative: before.negative - 1,
      positive: before.positive,
    });
    const left = await app.query('select from voices.correction where message_id = $1', [message.messageId]);
    expect(left).toHaveLength(0);
  });

  test('is no voice while its conversation is unwanted', async () => {
    const message = await say(late);
    const of = await bob.call(conversations.getConversation, message);
    const spam = await bob.call(conversations.setStatus, { ...message, version: of.version, status: 'spam' });
    await app.settle();
    expect(await readingOf(bob, message)).toBeUndefined();
    await bob.call(conversations.setStatus, { ...message, version: spam.version, status: 'open' });
    await app.settle();
    expect(await readingOf(bob, message)).toMatchObject({ tone: 'negative' });
  });
});

describe('who does not tend a channel', () => {
  test('sees none of its readings, counts, messages, proposals, and corrects nothing', async () => {
    const message = await say(late);
    const place = { conversationId: message.conversationId, messageId: message.messageId };
    const topic = await topicNamed('Delivery and delays');
    for (const other of [alice, carol]) {
      expect(await codeOf(other.call(contracts.listReadings, place))).toBe('not_found');
      for (const by of ['channel', 'week'] as const)
        for (const count of ['messages', 'voices'] as const)
          expect(await board(other, { by, count })).toEqual({ columns: [], rows: [] });
      expect((await other.call(contracts.listMessages, { topicId: topic.id })).items).toEqual([]);
      expect(await codeOf(correct(other, place, { tone: 'positive' }))).toBe('not_found');
      expect(await codeOf(other.call(contracts.takeBack, place))).toBe('not_found');
      expect((await other.call(contracts.listProposals, {})).items).toEqual([]);
      expect((await other.call(contracts.listRises, {})).items).toEqual([]);
    }
    expect((await readingOf(bob, place))!.tone).toBe('negative');
  });

  test('follows the channel’s team at the next request', async () => {
    await alice.call(channels.updateChannel, {
      channelId: support.id,
      access: [{ kind: 'member', id: carol.me.memberId }],
    });
    expect((await board(bob)).rows).toEqual([]);
    expect((await board(carol)).rows).not.toEqual([]);
    await alice.call(channels.updateChannel, { channelId: support.id, access: [{ kind: 'team', id: teamId }] });
    expect((await board(carol)).rows).toEqual([]);
  });
});

describe('a member’s own channel', () => {
  test('is read for its owner alone: who reads along corrects nothing, and the company learns nothing of it', async () => {
    const own = await addChat(alice, [], 'Bob’s own');
    await app.query('update conversations.channel set owner_id = $1 where channel_id = $2', [bob.me.memberId, own.id]);
    const message = await say('A numbat was here', {}, own);
    const { version } = await bob.call(conversations.getConversation, message);
    await bob.call(conversations.share, { ...message, version, with: { kind: 'workspace' } });
    await app.settle();
    expect((await carol.call(conversations.listMessages, message)).items.some(({ kind }) => kind === 'in')).toBe(true);
    expect((await carol.call(contracts.listReadings, message)).items).toEqual([]);
    expect(await codeOf(correct(carol, message, { tone: 'positive' }))).toBe('not_found');
    expect((await board(carol)).rows).toEqual([]);
    expect((await board(bob)).columns.map(({ name }) => name)).toContain('Bob’s own');
    await correct(bob, message, { topicIds: [(await topicNamed('Competition')).id] });
    await app.settle();
    expect((await readingOf(bob, message))!.topics).toMatchObject([{ name: { en: 'Competition' }, said: true }]);
    const [row] = await app.query<{ state: object }>('select state from voices.learnt');
    expect(JSON.stringify(row?.state ?? {})).not.toContain('numbat');
  });
});

describe('a correction', () => {
  test('stands at once in the reading and in the picture, and is taken back', async () => {
    const message = await say(late);
    const before = (await cellOf(bob, 'Delivery and delays'))!;
    await correct(bob, message, { tone: 'neutral' });
    expect(await readingOf(bob, message)).toMatchObject({
      tone: 'neutral',
      corrected: { by: 'Bob Stone', tone: 'neutral', topicIds: null },
    });
    expect(await cellOf(bob, 'Delivery and delays')).toMatchObject({
      negative: before.negative - 1,
      neutral: before.neutral + 1,
    });
    await bob.call(contracts.takeBack, message);
    expect(await readingOf(bob, message)).toMatchObject({ tone: 'negative', corrected: null });
    expect(await cellOf(bob, 'Delivery and delays')).toEqual(before);
  });

  test('teaches: what is said of a word is read from it next time, and no more when it is taken back', async () => {
    const topic = await topicNamed('Competition');
    const taught: Awaited<ReturnType<typeof say>>[] = [];
    for (let no = 0; no < 6; no++) taught.push(await say(`The quokka ${no} is here`));
    for (const message of taught) await correct(bob, message, { topicIds: [topic.id] });
    // As many that are on something else: a word tells a topic only where it does not stand everywhere.
    for (let no = 0; no < 6; no++) await correct(bob, await say(`The wallaby ${no} is there`), { topicIds: [] });
    await app.settle();
    const next = await say('There goes a quokka again');
    expect((await readingOf(bob, next))!.topics).toMatchObject([{ id: topic.id, said: false, why: ['quokka'] }]);
    for (const message of taught) await bob.call(contracts.takeBack, message);
    await app.settle();
    const later = await say('There goes a quokka again');
    expect((await readingOf(bob, later))!.topics).toEqual([]);
    const [row] = await app.query<{ state: object }>('select state from voices.learnt');
    expect(JSON.stringify(row!.state)).not.toContain('quokka');
  });

  test('names topics that there are', async () => {
    expect(await codeOf(correct(bob, await say(late), { topicIds: [newId()] }))).toBe('invalid_input');
  });
});

describe('topics', () => {
  test('are changed by an admin, for all that came in the last weeks', async () => {
    const message = await say('Your marmalade was so bitter');
    expect((await readingOf(bob, message))!.topics).toEqual([]);
    const topic = { topicId: newId(), parentId: null, name: { fr: 'Confiture', en: 'Jam' }, words: ['marmalade*'] };
    expect(await codeOf(bob.call(contracts.saveTopic, topic))).toBe('forbidden');
    await alice.call(contracts.saveTopic, topic);
    await app.settle();
    expect((await readingOf(bob, message))!.topics).toMatchObject([{ id: topic.topicId, why: ['marmalade'] }]);
    // The tree that everybody begins with stands beside it.
    expect((await topicsOf(carol)).map(({ name }) => name.en)).toEqual(expect.arrayContaining(['Jam', 'Price']));
    await alice.call(contracts.saveTopic, { ...topic, ended: true });
    await app.settle();
    expect((await readingOf(bob, message))!.topics).toEqual([]);
  });

  test('stand in two levels, without a circle', async () => {
    const [price, bugs] = [await topicNamed('Price'), await topicNamed('Availability and bugs')];
    const under = (one: contracts.Topic, parentId: string) =>
      alice.call(contracts.saveTopic, { topicId: one.id, parentId, name: one.name, words: one.words });
    await under(price, bugs.id);
    expect(await codeOf(under(bugs, price.id))).toBe('invalid_input');
    expect(await codeOf(under(bugs, bugs.id))).toBe('invalid_input');
    expect(await codeOf(under(bugs, newId()))).toBe('invalid_input');
  });

  test('are proposed from what fits none, until one does not want to see it any more', async () => {
    for (let no = 0; no < 6; no++) await say(`Le perroquet ${no} chante`);
    const { items } = await bob.call(contracts.listProposals, {});
    const proposal = items.find(({ words }) => words.includes('perroquet'))!;
    expect(proposal).toMatchObject({ people: 6, messages: 6 });
    expect(proposal.examples[0]!.text).toContain('perroquet');
    await bob.call(contracts.dismissProposal, { word: proposal.words[0]! });
    const { items: left } = await bob.call(contracts.listProposals, {});
    expect(left.some(({ words }) => words.includes('perroquet'))).toBe(false);
  });
});

describe('the picture', () => {
  test('counts one voice for one person on one topic in a month, however often they say it', async () => {
    const channel = await addChat(alice, [{ kind: 'workspace' }], 'Shop');
    const from = 'often@client.example';
    for (let no = 0; no < 3; no++) await say(late, { from }, channel);
    await say(late, { from: 'once@client.example' }, channel);
    expect(await cellOf(carol, 'Delivery and delays', channel)).toMatchObject({ negative: 4, all: 4 });
    expect(await cellOf(carol, 'Delivery and delays', channel, { count: 'voices' })).toMatchObject({
      negative: 2,
      all: 2,
    });
    await say(glad, { from }, channel);
    // Satisfied, too, but no other person.
    expect(await cellOf(carol, 'Delivery and delays', channel, { count: 'voices' })).toMatchObject({
      ...{ negative: 2, positive: 1, all: 2 },
    });
  });

  test('goes back as far as it says, by week too, and its cells hold the messages of their week', async () => {
    const channel = await addChat(alice, [{ kind: 'workspace' }], 'Old');
    const ago = (days: number) => ({ at: new Date(Date.now() - days * 86_400_000) });
    await say(late, ago(40), channel);
    await say(late, ago(20), channel);
    await say(late, ago(0), channel);
    const counts = async (days: number) => (await cellOf(carol, 'Delivery and delays', channel, { days }))!.all;
    expect([await counts(7), await counts(30), await counts(90)]).toEqual([1, 2, 3]);
    const { id: topicId } = await topicNamed('Delivery and delays');
    const { rows, columns } = await board(carol, { days: 90, by: 'week', channelId: channel.id });
    const { cells } = rows.find((row) => row.topicId === topicId)!;
    expect(columns.map(({ key }) => key)).toEqual(cells.map(({ column }) => column).sort());
    for (const { column: week, all } of cells) {
      const asked = { topicId, days: 90, week, channelId: channel.id };
      expect((await carol.call(contracts.listMessages, asked)).items).toHaveLength(all);
    }
  });

  test('pages through the messages of a cell', async () => {
    const channel = await addChat(alice, [{ kind: 'workspace' }], 'Pages');
    for (let no = 0; no < 5; no++) await say(late, {}, channel);
    const { id: topicId } = await topicNamed('Delivery and delays');
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const asked = { topicId, channelId: channel.id, limit: 2, ...(after ? { after } : {}) };
      const { items, next } = await carol.call(contracts.listMessages, asked);
      seen.push(...items.map(({ messageId }) => messageId));
      after = next ?? undefined;
    } while (after);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });

  test('tells an unusual rise of what is complained of', async () => {
    const channel = await addChat(alice, [{ kind: 'workspace' }], 'Rises');
    const { id: topicId } = await topicNamed('Delivery and delays');
    const ago = (days: number) => ({ at: new Date(Date.now() - days * 86_400_000) });
    for (let day = 2; day < 50; day += 5) await say(late, ago(day), channel);
    const { messages } = await bring(
      app,
      alice,
      channel.id,
      ...Array.from({ length: 25 }, () => incoming({ from: `${newId()}@client.example`, text: late, ...ago(1) })),
    );
    expect(messages).toHaveLength(25);
    await app.settle();
    const day = ago(1).at.toISOString().slice(0, 10);
    expect((await carol.call(contracts.listRises, {})).items).toMatchObject([
      { day, topicId, count: 25, channel: { name: 'Rises' } },
    ]);
  });
});

test('what stood here before anything was read is read by the night’s walk, and what was purged is forgotten', async () => {
  const message = await say(late);
  await app.query('delete from voices.reading where message_id = $1', [message.messageId]);
  await app.query('delete from voices.tally');
  await app.query('delete from voices.voice');
  await app.query('delete from voices.reading');
  const walk = async () => {
    await app.app.db.asSystem('keeper', (tx) =>
      app.app.enqueue(tx, { workspaceId: alice.me.workspace.id, task: 'voices.goOn', payload: {} }),
    );
    await app.settle();
  };
  await walk();
  expect(await readingOf(bob, message)).toMatchObject({ tone: 'negative' });
  const before = (await cellOf(bob, 'Delivery and delays'))!;
  await app.query('delete from conversations.conversation where conversation_id = $1', [message.conversationId]);
  await walk();
  expect(await app.query('select from voices.reading where message_id = $1', [message.messageId])).toEqual([]);
  expect((await cellOf(bob, 'Delivery and delays'))!.negative).toBe(before.negative - 1);
});
