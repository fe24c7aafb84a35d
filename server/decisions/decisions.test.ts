import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import type * as channels from '../conversations/channels-contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import { addOpportunity, everybody } from '../opportunities/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as voices from '../voices/contract.ts';
import * as contracts from './contract.ts';
import { watchTopics } from './watching.ts';

let app: TestApp;
let alice: Member;
/** Tends the channel. */
let bob: Member;
/** Decides, and tends nothing. */
let petra: Member;
/** Neither. */
let mallory: Member;
let shop: channels.FullChannel;
let teamId: string;
let topics: voices.Topic[];
const workspaceId = () => alice.me.workspace.id;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  petra = await app.invite(alice, 'Petra Product');
  mallory = await app.invite(alice, 'Mallory Idle');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Product', memberIds: [petra.me.memberId] }));
  shop = await addChat(alice, [{ kind: 'member', id: bob.me.memberId }], 'Shop');
  topics = (await bob.call(voices.listTopics, {})).items;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const topicNamed = (name: string) => topics.find((one) => one.name.en === name)!.id;
const texts: Record<string, string> = {
  'Delivery and delays': 'My parcel never arrived, the delivery is late and I am very disappointed.',
  Price: 'Far too expensive, the price is a shame, I am very disappointed.',
  'Billing and refunds': 'The invoice is wrong, I was charged twice, terrible, I want a refund.',
  'Website and account': 'The login does not work, the website is awful.',
  Usability: 'It is so complicated and confusing to use, a terrible interface.',
  Competition: 'Your competitor does it better, I am very disappointed and look elsewhere.',
};

async function say(topic: string, from: string[], ago = 0, channel = shop) {
  const at = new Date(Date.now() - ago * 86_400_000);
  const all = from.map((one) => incoming({ from: one, text: texts[topic]!, at }));
  const { messages } = await bring(app, alice, channel.id, ...all);
  await app.settle();
  return messages;
}
let people = 0;
const strangers = (count: number) => Array.from({ length: count }, () => `stranger${++people}@client.example`);
const five = { ...contracts.usualThreshold, people: 5 };
const threshold = (topic: string, more: Partial<contracts.Threshold> = {}) =>
  alice.call(contracts.setThreshold, { topicId: topicNamed(topic), threshold: { ...five, teamId, ...more } });
const casesOf = async (member: Member, topic: string, state: 'open' | 'settled' = 'open') =>
  (await member.call(contracts.listCases, { state })).items.filter((one) => one.topic.id === topicNamed(topic));
const told = async (member: Member, kind = 'case_opened') =>
  (await member.call(notices.listNotices, { limit: 200 })).items.filter((one) => one.kind === kind);

describe('a threshold', () => {
  test('of fewer than five people there is none: everybody would know who they are', async () => {
    expect(await codeOf(threshold('Price', { people: 4 }))).toBe('invalid_input');
    expect(await codeOf(bob.call(contracts.setThreshold, { topicId: contracts.allOthers, threshold: five }))).toBe(
      'forbidden',
    );
    expect(await codeOf(threshold('Price', { teamId: newId() }))).toBe('invalid_input');
  });

  test('opens a case when it is reached, once, and tells its team and who tends the channel', async () => {
    await threshold('Delivery and delays');
    const [often] = strangers(1);
    for (let no = 0; no < 3; no++) await say('Delivery and delays', [often!]);
    await say('Delivery and delays', strangers(3));
    await app.settle();
    expect(await casesOf(bob, 'Delivery and delays')).toEqual([]);
    await say('Delivery and delays', strangers(1));
    await app.settle();
    const [one] = await casesOf(bob, 'Delivery and delays');
    expect(one).toMatchObject({ heard: 5, unanswered: 5, outcome: null, team: { name: 'Product' } });
    await say('Delivery and delays', strangers(1));
    await app.settle();
    expect(await casesOf(bob, 'Delivery and delays')).toMatchObject([{ id: one!.id, heard: 6 }]);
    for (const member of [bob, petra]) expect(await told(member)).toHaveLength(1);
    expect(await told(mallory)).toEqual([]);
    expect((await told(petra))[0]!.path).toBe(`/voices/decisions/${one!.id}`);
  });

  test('counts only what is said in its days and in its tone, and of a topic that is not watched nothing', async () => {
    await threshold('Price', { days: 10 });
    await say('Price', strangers(4), 20);
    await say('Price', strangers(4));
    await app.settle();
    expect(await casesOf(bob, 'Price')).toEqual([]);
    await threshold('Price', { off: true });
    await say('Price', strangers(2));
    await app.settle();
    expect(await casesOf(bob, 'Price')).toEqual([]);
    // Said anew, it is asked of what was said before.
    await threshold('Price');
    await app.settle();
    expect(await casesOf(bob, 'Price')).toHaveLength(1);
  });

  test('counts people, organisations and value by what everybody in the company may see, and nothing else', async () => {
    const topic = 'Competition';
    await threshold(topic, { accounts: 2 });
    const bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
    const write = (name: string, email: string, organization: string, where: object = { bookId }) =>
      addContact(bob, { name, email, organization, ...where });
    await write('Una One', 'una@acme.example', 'Acme');
    const two = await write('Duo Two', 'duo@globex.example', 'Globex');
    await bob.call(cards.updatePerson, {
      personId: two,
      set: [{ kind: 'email', value: { value: 'duo@home.example', type: 'work' } }],
    });
    await say(topic, ['una@acme.example', 'duo@globex.example', 'duo@home.example', ...strangers(3)]);
    await app.settle();
    // Private contacts tell the company neither organisations nor that two addresses are one person.
    expect(await casesOf(bob, topic)).toEqual([]);
    await threshold(topic, { accounts: 2, cents: 1_000_000 });
    await bob.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    await addOpportunity(bob, { organizationName: 'acme', value: { cents: 2_000_000, currency: 'EUR' } });
    await threshold(topic, { accounts: 2, cents: 1_000_000 });
    await app.settle();
    // An opportunity of Bob's own is his own.
    expect(await casesOf(bob, topic)).toEqual([]);
    await addOpportunity(bob, {
      ...everybody,
      organizationName: 'acme',
      value: { cents: 1_000_000, currency: 'EUR' },
    });
    await threshold(topic, { people: 6, accounts: 2, cents: 1_000_000 });
    await app.settle();
    // Six addresses, five people.
    expect(await casesOf(bob, topic)).toEqual([]);
    await threshold(topic, { accounts: 2, cents: 1_000_000 });
    await app.settle();
    const [one] = await casesOf(bob, topic);
    expect((await bob.call(contracts.getCase, { caseId: one!.id })).weight).toEqual({
      people: 5,
      accounts: 2,
      values: [{ currency: 'EUR', cents: 3_000_000 }],
    });
  });

  test('does not count what stands in a member’s own mailbox', async () => {
    await threshold('Usability');
    const own = await addChat(alice, [], 'Bob’s own');
    await app.query('update conversations.channel set owner_id = $1 where channel_id = $2', [bob.me.memberId, own.id]);
    await say('Usability', strangers(6), 0, own);
    await app.settle();
    expect(await casesOf(bob, 'Usability')).toEqual([]);
  });

  test('is reached once though the job dies on its way, and however often it is done', async () => {
    const topic = 'Billing and refunds';
    await threshold(topic, { off: true });
    await say(topic, strangers(5));
    await alice.call(contracts.setThreshold, { topicId: topicNamed(topic), threshold: { ...five, teamId } });
    // Not by the threshold that was said anew: by what was said.
    await app.query('delete from decisions.case where topic_id = $1', [topicNamed(topic)]);
    await app.settle();
    await app.query('delete from decisions.case where topic_id = $1', [topicNamed(topic)]);
    const before = (await told(petra)).length;
    const mark = () =>
      app.query('insert into voices.stirred values ($1, $2) on conflict do nothing', [
        workspaceId(),
        topicNamed(topic),
      ]);
    await mark();
    const dying = { db: app.app.db, enqueue: () => Promise.reject(new Error('killed')) };
    await expect(watchTopics(dying, workspaceId())).rejects.toThrow('killed');
    expect(await casesOf(bob, topic)).toEqual([]);
    // Its mark stands still.
    await watchTopics(app.app, workspaceId());
    await mark();
    await Promise.all([watchTopics(app.app, workspaceId()), watchTopics(app.app, workspaceId())]);
    await app.settle();
    expect(await casesOf(bob, topic)).toHaveLength(1);
    expect(await told(petra)).toHaveLength(before + 1);
  });
});

describe('who does not tend the channel', () => {
  test('learns of a case that its threshold was reached, and of nobody who said so', async () => {
    const { id: caseId } = (await casesOf(bob, 'Delivery and delays'))[0]!;
    for (const member of [petra, mallory]) {
      const seen = await member.call(contracts.getCase, { caseId });
      expect(seen).toMatchObject({ heard: 0, unanswered: 0, allAnswered: false, threshold: { people: 5 } });
      expect(seen.weight).toEqual({ people: 0, accounts: 0, values: [] });
      expect((await member.call(contracts.listQuotes, { caseId })).items).toEqual([]);
    }
    const { items } = await bob.call(contracts.listQuotes, { caseId });
    expect(items.length).toBeGreaterThan(5);
    expect(items[0]).toMatchObject({ byName: false, channel: { name: 'Shop' } });
    const { voiceId } = items[0]!;
    expect(await codeOf(mallory.call(contracts.setConsent, { caseId, voiceId, agreed: true }))).toBe('not_found');
    await bob.call(contracts.setConsent, { caseId, voiceId, agreed: true });
    expect((await bob.call(contracts.listQuotes, { caseId })).items[0]).toMatchObject({ byName: true });
    await bob.call(contracts.setConsent, { caseId, voiceId, agreed: false });
    expect((await bob.call(contracts.listQuotes, { caseId })).items[0]).toMatchObject({ byName: false });
  });

  test('pages through quotes, of which one that was taken back is gone', async () => {
    const topic = 'Website and account';
    await threshold(topic);
    const from = strangers(5);
    const all = from.map((one, no) => incoming({ externalId: `w${no}`, from: one, text: texts[topic]! }));
    await bring(app, alice, shop.id, ...all);
    await app.settle();
    const { id: caseId } = (await casesOf(bob, topic))[0]!;
    const first = await bob.call(contracts.listQuotes, { caseId, limit: 3 });
    const rest = await bob.call(contracts.listQuotes, { caseId, limit: 3, after: first.next! });
    expect(new Set([...first.items, ...rest.items].map(({ voiceId }) => voiceId)).size).toBe(5);
    await bring(app, alice, shop.id, { kind: 'deleted', externalId: 'w0', at: new Date() } as never);
    await app.settle();
    expect((await bob.call(contracts.listQuotes, { caseId })).items).toHaveLength(4);
    // Nor is who took it back counted, or left to be answered.
    expect(await bob.call(contracts.getCase, { caseId })).toMatchObject({ heard: 4, unanswered: 4 });
  });
});

describe('a decision', () => {
  const decideOn = (member: Member, caseId: string, version: number, more: object = {}) =>
    member.call(contracts.decide, {
      ...{ caseId, version, outcome: 'will_do', words: 'Another carrier.', ownerId: petra.me.memberId },
      ...{ dueOn: '2030-01-15', ...more },
    });

  test('is the team’s, has an owner with a task, and stands for everybody with its history', async () => {
    const { id: caseId } = (await casesOf(bob, 'Delivery and delays'))[0]!;
    expect(await codeOf(decideOn(mallory, caseId, 1))).toBe('forbidden');
    expect(await codeOf(decideOn(bob, caseId, 1))).toBe('forbidden');
    await decideOn(petra, caseId, 1);
    expect(await codeOf(decideOn(alice, caseId, 1, { outcome: 'will_not_do' }))).toBe('conflict');
    const seen = await mallory.call(contracts.getCase, { caseId });
    expect(seen).toMatchObject({ outcome: 'will_do', words: 'Another carrier.', owner: { name: 'Petra Product' } });
    expect(seen.history.map(({ kind }) => kind)).toEqual(['decided', 'opened']);
    expect(seen.history[0]).toMatchObject({ by: 'Petra Product', dueOn: '2030-01-15' });
    const [task] = (await petra.call(tasks.listTasks, {})).items;
    expect(task).toMatchObject({ title: 'Do what was decided: Delivery and delays', dueOn: '2030-01-15' });
    expect(task!.remindAt).toContain('2030-01-15');
    const done = await decideOn(petra, caseId, 2, { outcome: 'done', dueOn: null });
    expect(done).toMatchObject({ settled: true, mayDecide: true });
    expect((await petra.call(tasks.listTasks, {})).items).toEqual([]);
    expect(await casesOf(bob, 'Delivery and delays')).toEqual([]);
    expect(await casesOf(bob, 'Delivery and delays', 'settled')).toHaveLength(1);
  });

  test('answers what was said before it: what is said afterwards is another case, and the first stays settled', async () => {
    const [before] = await casesOf(bob, 'Delivery and delays', 'settled');
    await say('Delivery and delays', strangers(4));
    await app.settle();
    expect(await casesOf(bob, 'Delivery and delays')).toEqual([]);
    await say('Delivery and delays', strangers(1));
    await app.settle();
    const [after] = await casesOf(bob, 'Delivery and delays');
    expect(after).toMatchObject({ heard: 5 });
    expect(after!.id).not.toBe(before!.id);
    const { version } = await petra.call(contracts.getCase, { caseId: before!.id });
    expect(await codeOf(decideOn(petra, before!.id, version))).toBe('conflict');
  });

  test('has an owner who is here', async () => {
    const { id: caseId } = (await casesOf(bob, 'Price'))[0]!;
    expect(await codeOf(decideOn(petra, caseId, 1, { ownerId: newId() }))).toBe('invalid_input');
  });
});

test('everybody reads the thresholds; those without their own are as all others', async () => {
  await alice.call(contracts.setThreshold, { topicId: contracts.allOthers, threshold: { ...five, people: 7 } });
  const { usual, items } = await mallory.call(contracts.listThresholds, {});
  expect(usual.people).toBe(7);
  expect(items.find(({ topicId }) => topicId === topicNamed('Price'))!.own).toMatchObject({ people: 5 });
  await alice.call(contracts.setThreshold, { topicId: topicNamed('Price'), threshold: null });
  expect(
    (await mallory.call(contracts.listThresholds, {})).items.find(({ topicId }) => topicId === topicNamed('Price'))!
      .own,
  ).toBeNull();
});

test('the night takes into a case what came late', async () => {
  const { id: caseId } = (await casesOf(bob, 'Website and account'))[0]!;
  const { heard } = await bob.call(contracts.getCase, { caseId });
  await say('Website and account', strangers(1), 20);
  expect((await bob.call(contracts.getCase, { caseId })).heard).toBe(heard);
  await app.app.db.asSystem('keeper', (tx) =>
    app.app.enqueue(tx, { workspaceId: workspaceId(), task: 'decisions.gather', payload: {} }),
  );
  await app.settle();
  expect((await bob.call(contracts.getCase, { caseId })).heard).toBe(heard + 1);
});
