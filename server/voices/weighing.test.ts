import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import type * as channels from '../conversations/channels-contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import * as notices from '../notices/contract.ts';
import * as opportunities from '../opportunities/contract.ts';
import { addOpportunity } from '../opportunities/testing.ts';
import * as contracts from './contract.ts';
import { reportVoice, withdrawVoice } from './index.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
/** Bob's and Carol's. */
let shop: channels.FullChannel;
let topics: contracts.Topic[];

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  const tenders = [bob, carol].map(({ me }) => ({ kind: 'member' as const, id: me.memberId }));
  shop = await addChat(alice, tenders, 'Shop');
  topics = (await bob.call(contracts.listTopics, {})).items;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const late = 'My parcel never arrived, the delivery is late and I am very disappointed.';
const dear = 'Far too expensive, the price is a shame, I am very disappointed.';
const topicNamed = (name: string) => topics.find((one) => one.name.en === name)!.id;

async function say(from: string, text: string, daysAgo = 0) {
  const at = new Date(Date.now() - daysAgo * 86_400_000);
  await bring(app, alice, shop.id, incoming({ from, text, at }));
  await app.settle();
}

const weightOf = async (member: Member, topic: string) =>
  (await member.call(contracts.getWeights, {})).items.find((one) => one.topicId === topicNamed(topic));
const voicesOf = (member: Member, topic: string, more: object = {}) =>
  member.call(contracts.listVoices, { topicId: topicNamed(topic), ...more });

describe('voices on a topic', () => {
  test('are people, once each, by the contacts that the viewer has; their organisations and what is at stake weigh', async () => {
    const lea = await addContact(bob, { name: 'Lea Roux', email: 'lea@acme.example', organization: 'Acme' });
    await bob.call(cards.updatePerson, {
      personId: lea,
      set: [{ kind: 'email', value: { value: 'lea@home.example', type: 'home' } }],
    });
    await addContact(bob, { name: 'Max Roy', email: 'max@acme.example', organization: 'ACME' });
    const deal = await addOpportunity(bob, { name: 'Big deal', value: { cents: 2_000_000, currency: 'EUR' } });
    await bob.call(opportunities.setParticipant, { opportunityId: deal.id, personId: lea, roles: ['buyer'] });
    const won = { organizationName: 'acme', value: { cents: 500_000, currency: 'USD' } };
    await addOpportunity(bob, { name: 'Small deal', ...won });
    for (const from of ['lea@acme.example', 'lea@home.example', 'max@acme.example', 'zoe@nobody.example'])
      await say(from, late);
    await say('lea@acme.example', `${late} Again.`);
    const { people, accounts, values, weight } = (await weightOf(bob, 'Delivery and delays'))!;
    expect({ people, accounts, values }).toEqual({
      people: 3,
      accounts: 1,
      values: [
        { currency: 'EUR', cents: 2_000_000 },
        { currency: 'USD', cents: 500_000 },
      ],
    });
    // 3 people at 1, an account at 2, 20 thousand euros at a tenth; dollars are shown and weigh nothing.
    expect(weight).toBe(3 + 2 + 2);
    const { items } = await voicesOf(bob, 'Delivery and delays');
    expect(items.map(({ name, account, times }) => ({ name, account, times }))).toEqual(
      expect.arrayContaining([
        { name: 'Lea Roux', account: 'Acme', times: 3 },
        { name: 'Max Roy', account: 'ACME', times: 1 },
        { name: 'Léa Martin', account: null, times: 1 },
      ]),
    );
    expect(items.find(({ name }) => name === 'Lea Roux')!.worth.map(({ name }) => name)).toEqual([
      'Big deal',
      'Small deal',
    ]);
  });

  test('tell a colleague who has other contacts nothing of these: neither whose points they are, nor what is at stake', async () => {
    const { people, accounts, values } = (await weightOf(carol, 'Delivery and delays'))!;
    expect({ people, accounts, values }).toEqual({ people: 4, accounts: 0, values: [] });
    const { items } = await voicesOf(carol, 'Delivery and delays');
    expect(items.every(({ person, account, worth }) => !person && !account && worth.length === 0)).toBe(true);
    expect(JSON.stringify(items)).not.toMatch(/Roux|Acme|deal/i);
  });

  test('are nothing to who does not tend the channel', async () => {
    expect((await alice.call(contracts.getWeights, {})).items).toEqual([]);
    expect((await voicesOf(alice, 'Delivery and delays')).items).toEqual([]);
    expect((await bob.call(contracts.listVoices, { topicId: newId() })).items).toEqual([]);
  });

  test('join no further than the viewer’s own verdicts: split, they are two voices', async () => {
    const point = { email: 'split@client.example' };
    const [one, other] = [
      await addContact(bob, { name: 'Ana Split', ...point }),
      await addContact(bob, { name: 'Ana Split', phone: '+33 6 11 22 33 44' }),
    ];
    await app.settle();
    await bob.call(matching.decide, { pairs: [[one, other].sort().join('.')], same: true });
    await app.settle();
    await say('split@client.example', dear);
    await bring(
      app,
      alice,
      shop.id,
      incoming({
        thread: 'sms',
        correspondent: { point: { channel: 'phone', address: '+33611223344' }, name: 'Ana' },
        text: dear,
      }),
    );
    await app.settle();
    expect(await weightOf(bob, 'Price')).toMatchObject({ people: 1 });
    await bob.call(matching.decide, { pairs: [[one, other].sort().join('.')], same: false });
    await app.settle();
    expect(await weightOf(bob, 'Price')).toMatchObject({ people: 2 });
  });

  test('of one address that several people share are one voice of nobody in particular', async () => {
    await addContact(bob, { name: 'Jean Deux', email: 'family@client.example' });
    await addContact(bob, { name: 'Paul Deux', email: 'family@client.example' });
    await say('family@client.example', 'The invoice is wrong, I was charged twice, terrible.');
    const { items } = await voicesOf(bob, 'Billing and refunds');
    expect(items).toMatchObject([{ person: null }]);
  });

  test('count in their days and in their tone only', async () => {
    await say('old@client.example', 'The login does not work, the website is awful.', 40);
    expect((await voicesOf(bob, 'Website and account')).items).toHaveLength(0);
    expect((await voicesOf(bob, 'Website and account', { days: 90 })).items).toHaveLength(1);
    await say('glad@client.example', 'Great website, thank you, I am delighted!');
    expect((await voicesOf(bob, 'Website and account')).items).toHaveLength(0);
    expect((await voicesOf(bob, 'Website and account', { tone: 'any' })).items).toHaveLength(1);
  });
});

test('what counts how much is said by an admin, for everybody, and shown beside every weight', async () => {
  const weighing = { person: 2, account: 0, thousand: 1, currency: 'USD' };
  expect(await codeOf(bob.call(contracts.setWeighing, weighing))).toBe('forbidden');
  await alice.call(contracts.setWeighing, weighing);
  const weights = await bob.call(contracts.getWeights, {});
  expect(weights.weighing).toEqual(weighing);
  expect(await weightOf(bob, 'Delivery and delays')).toMatchObject({ weight: 3 * 2 + 5 });
});

test('topics say of what they speak, and an admin says otherwise', async () => {
  const delivery = topics.find(({ id }) => id === topicNamed('Delivery and delays'))!;
  expect(delivery.aspect).toBe('service');
  const { id: topicId, ...said } = delivery;
  await alice.call(contracts.saveTopic, { topicId, ...said, aspect: 'image' });
  expect(await weightOf(bob, 'Delivery and delays')).toMatchObject({ aspect: 'image' });
  await alice.call(contracts.saveTopic, { topicId, ...said });
});

describe('a voice that is reported by another part of the product', () => {
  const report = (audienceId: string, more: object = {}) =>
    app.app.db.asSystem('keeper', async (tx) => {
      const voice = {
        ...{ origin: 'note' as const, originId: newId(), contactPointId: newId(), cardId: null, audienceId },
        ...{ at: new Date(), text: 'They said that our slogan is misleading, very disappointing.', quotable: false },
        ...more,
      };
      await reportVoice({ app: app.app, tx, workspaceId: alice.me.workspace.id }, voice);
      return voice;
    });
  const about = 'Our message and image';

  test('is read, counted for its audience alone, replaced when reported again, and gone when taken back', async () => {
    const note = await report(bob.me.memberId);
    await app.settle();
    expect((await voicesOf(bob, about)).items).toMatchObject([{ origins: ['note'], times: 1 }]);
    for (const other of [alice, carol]) expect((await voicesOf(other, about)).items).toEqual([]);
    await report(bob.me.memberId, { ...note, tone: 'positive' });
    await app.settle();
    expect((await voicesOf(bob, about)).items).toEqual([]);
    await report(bob.me.memberId, { ...note, topicIds: [topicNamed(about)], tone: 'negative' });
    expect((await voicesOf(bob, about)).items).toHaveLength(1);
    await app.app.db.asSystem('keeper', (tx) =>
      withdrawVoice({ app: app.app, tx, workspaceId: alice.me.workspace.id }, note),
    );
    expect((await voicesOf(bob, about)).items).toEqual([]);
    await app.settle();
  });

  test('of somebody’s card is that person for who sees the card, and somebody for who does not', async () => {
    const cardId = await addContact(bob, { name: 'Nora Noted', organization: 'Noted SA' });
    const note = await report(alice.me.workspace.id, { contactPointId: null, cardId });
    await app.settle();
    expect((await voicesOf(bob, about)).items).toMatchObject([{ person: { name: 'Nora Noted' }, account: 'Noted SA' }]);
    expect((await voicesOf(carol, about)).items).toMatchObject([{ person: null, name: '', account: null }]);
    await app.app.db.asSystem('keeper', (tx) =>
      withdrawVoice({ app: app.app, tx, workspaceId: alice.me.workspace.id }, note),
    );
  });
});

describe('an unusual rise', () => {
  const tell = async () => {
    await app.app.db.asSystem('keeper', (tx) =>
      app.app.enqueue(tx, { workspaceId: alice.me.workspace.id, task: 'voices.tellRises', payload: {} }),
    );
    await app.settle();
  };
  const told = async (member: Member) =>
    (await member.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'voices_rise');

  test('is told once to those who tend the channel, as they wish, and opens its messages', async () => {
    await carol.call(notices.updateSettings, { switches: [{ kind: 'voices_rise', way: 'app', wanted: false }] });
    for (let day = 2; day < 50; day += 5) await say(`${newId()}@client.example`, dear, day);
    const yesterday = new Date(Date.now() - 86_400_000);
    const many = Array.from({ length: 25 }, () =>
      incoming({ from: `${newId()}@client.example`, text: dear, at: yesterday }),
    );
    await bring(app, alice, shop.id, ...many);
    await app.settle();
    await tell();
    await tell();
    expect(await told(bob)).toHaveLength(1);
    expect(await told(alice)).toEqual([]);
    expect(await told(carol)).toEqual([]);
    const [{ text, path }] = (await told(bob)) as [notices.Notice];
    expect(text).toContain('Shop');
    const riseId = path.split('/').at(-1)!;
    const rise = await bob.call(contracts.getRise, { riseId });
    expect(rise).toMatchObject({ count: 25, channel: { name: 'Shop' }, topicId: topicNamed('Price') });
    const { topicId, day, channel } = rise;
    const asked = { topicId, day, channelId: channel.id, tone: 'negative' as const, limit: 50 };
    expect((await bob.call(contracts.listMessages, asked)).items).toHaveLength(25);
    expect(await codeOf(alice.call(contracts.getRise, { riseId }))).toBe('not_found');
  });
});
