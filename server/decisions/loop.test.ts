import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as channels from '../conversations/channels-contract.ts';
import * as conversations from '../conversations/contract.ts';
import { addChat, bring, incoming, messagesOf } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as introductions from '../introductions/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as voices from '../voices/contract.ts';
import * as contracts from './contract.ts';
import * as loop from './loop-contract.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
/** Both tend the channels; Carol holds contacts that Bob may read. */
let bob: Member;
let carol: Member;
let mallory: Member;
let topics: voices.Topic[];
/** A program that takes our answers, or does not. */
let program: Server;
let programUrl: string;
let takes = true;
let delivered: string[] = [];

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  mallory = await app.invite(alice, 'Mallory Idle');
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
  topics = (await bob.call(voices.listTopics, {})).items;
  program = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { data } = JSON.parse(Buffer.concat(pieces).toString()) as { data: { text: string; messageId: string } };
    if (!takes) return response.writeHead(422).end('{"code":"blocked"}');
    delivered.push(data.text);
    response.writeHead(200).end(JSON.stringify({ externalId: data.messageId }));
  });
  program.listen(0, '127.0.0.1');
  await once(program, 'listening');
  programUrl = `http://127.0.0.1:${(program.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  program.close();
  await sink.close();
  await app.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const texts: Record<string, string> = {
  'Delivery and delays': 'My parcel never arrived, the delivery is late and I am very disappointed.',
  Price: 'Far too expensive, the price is a shame, I am very disappointed.',
  'Billing and refunds': 'The invoice is wrong, I was charged twice, terrible, I want a refund.',
  'Website and account': 'The login does not work, the website is awful.',
  Usability: 'It is so complicated and confusing to use, a terrible interface.',
  Competition: 'Your competitor does it better, I am very disappointed and look elsewhere.',
};
const french = 'La livraison est en retard, mon colis n’est jamais arrivé, c’est inadmissible, je suis très déçue.';
const tenders = () => [bob, carol].map(({ me }) => ({ kind: 'member' as const, id: me.memberId }));

let people = 0;
const strangers = (count: number) => Array.from({ length: count }, () => `stranger${++people}@client.example`);

/** A channel of its own, on which these complain of a topic; and the case that this opens. */
async function caseOf(topic: string, from: string[], channel?: channels.FullChannel) {
  const shop = channel ?? (await addChat(alice, tenders(), `Shop of ${topic}`));
  const topicId = topics.find(({ name }) => name.en === topic)!.id;
  const threshold = { ...contracts.usualThreshold, people: 5 };
  await alice.call(contracts.setThreshold, { topicId, threshold });
  await bring(app, alice, shop.id, ...from.map((one) => incoming({ from: one, text: texts[topic]! })));
  await app.settle();
  const { items } = await bob.call(contracts.listCases, {});
  const caseId = items.find((one) => one.topic.id === topicId)!.id;
  return { caseId, shop };
}
const raised = async (member: Member, caseId: string, which: 'all' | 'unanswered' | 'answered' = 'all') =>
  (await member.call(loop.listRaised, { caseId, which, limit: 100 })).items;
const thanks = {
  en: 'Dear {{ contact.first_name }}, we changed it. {{ agent.first_name }}',
  fr: 'Bonjour, c’est changé.',
};
const preview = async (member: Member, caseId: string, keys: string[], more: object = {}) =>
  (await member.call(loop.previewAnswers, { caseId, texts: thanks, keys, ...more })).items;
const send = async (member: Member, caseId: string, keys: string[], more: object = {}) => {
  const planned = await preview(member, caseId, keys, more);
  const targets = planned.map(({ key, seen }) => ({ key, seen }));
  const { items } = await member.call(loop.sendAnswers, { caseId, texts: thanks, targets, ...more });
  await app.settle();
  return items.map(({ became }) => became);
};
const keysOf = (all: loop.Raised[]) => all.map(({ key }) => key);

describe('closing the loop', () => {
  test('answers each where they spoke, in their language, and their next words come back with their tone', async () => {
    const { caseId, shop } = await caseOf('Delivery and delays', strangers(5));
    await bring(app, alice, shop.id, incoming({ from: 'marie@client.example', text: french }));
    await app.settle();
    const before = await raised(bob, caseId, 'unanswered');
    expect(before).toHaveLength(6);
    const planned = await preview(bob, caseId, keysOf(before));
    expect(planned.every(({ way, refusals }) => way === 'reply' && refusals.length === 0)).toBe(true);
    expect(planned.filter(({ language }) => language === 'fr').map(({ text }) => text)).toEqual([thanks.fr]);
    expect(planned.find(({ language }) => language === 'en')!.text).toBe('Dear Léa, we changed it. Bob');
    expect(await send(bob, caseId, keysOf(before))).toEqual(Array(6).fill('reply'));
    const after = await raised(bob, caseId);
    expect(after.every(({ answered, answer }) => answered && answer!.by.name === 'Bob Stone')).toBe(true);
    const { conversationId } = before[0]!;
    expect((await messagesOf(bob, conversationId!)).filter(({ kind }) => kind === 'out')).toHaveLength(1);
    expect(await bob.call(contracts.getCase, { caseId })).toMatchObject({ unanswered: 0, allAnswered: true });
    expect(await mallory.call(contracts.getCase, { caseId })).toMatchObject({ heard: 0, allAnswered: true });
    const glad = 'Thank you so much, I am delighted, great!';
    await bring(app, alice, shop.id, incoming({ from: 'marie@client.example', text: glad }));
    await app.settle();
    const marie = (await raised(bob, caseId)).find(({ text }) => text === french)!;
    expect(marie.reactions).toMatchObject([{ text: glad, tone: 'positive' }]);
    expect((await bob.call(contracts.getCase, { caseId })).reactions).toEqual({ negative: 0, neutral: 0, positive: 1 });
  });

  test('writes to nobody twice: neither again, nor at once, nor after it died between writing and noting', async () => {
    const { caseId } = await caseOf('Price', strangers(5));
    const keys = keysOf(await raised(bob, caseId));
    await app.query(
      `create function public.die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    );
    await app.query('create trigger die before insert on decisions.answer for each row execute function public.die()');
    await expect(send(bob, caseId, keys)).rejects.toThrow();
    app.errors.splice(0);
    const sent = async () => {
      const all = await Promise.all(
        (await raised(bob, caseId)).map(({ conversationId }) => messagesOf(bob, conversationId!)),
      );
      return all.flat().filter(({ kind }) => kind === 'out').length;
    };
    expect(await sent()).toBe(0);
    await app.query('drop trigger die on decisions.answer');
    const [one, other] = await Promise.all([send(bob, caseId, keys), send(carol, caseId, keys)]);
    expect(one!.concat(other!).filter((became) => became === 'reply')).toHaveLength(5);
    expect(await sent()).toBe(5);
    expect(await send(bob, caseId, keys)).toEqual(Array(5).fill('earlier'));
    expect(await sent()).toBe(5);
  });

  test('answers a person once, whichever of their contact points they used, and holds back what they overtook', async () => {
    const topic = 'Billing and refunds';
    const ana = await addContact(bob, { name: 'Ana Two', email: 'ana@work.example' });
    const value = { value: 'ana@home.example', type: 'home' as const };
    await bob.call(cards.updatePerson, { personId: ana, set: [{ kind: 'email', value }] });
    const { caseId, shop } = await caseOf(topic, [...strangers(4), 'ana@work.example', 'ana@home.example']);
    const all = await raised(bob, caseId);
    expect(all).toHaveLength(5);
    const [two] = all.filter(({ name }) => name === 'Ana Two');
    const [planned] = await preview(bob, caseId, [two!.key]);
    for (const from of ['ana@home.example', 'ana@work.example'])
      await bring(app, alice, shop.id, incoming({ from, text: 'Wait, one more thing.' }));
    const target = { key: two!.key, seen: planned!.seen };
    const sending = { caseId, texts: thanks, targets: [target] };
    expect((await bob.call(loop.sendAnswers, sending)).items).toMatchObject([{ became: 'newer' }]);
    expect(await raised(bob, caseId, 'answered')).toEqual([]);
    expect(await send(bob, caseId, [two!.key])).toEqual(['reply']);
    expect((await raised(bob, caseId, 'answered')).map(({ name }) => name)).toEqual(['Ana Two']);
    expect((await raised(bob, caseId, 'unanswered')).map(({ name }) => name)).not.toContain('Ana Two');
    expect(await bob.call(contracts.getCase, { caseId })).toMatchObject({ heard: 6, unanswered: 4 });
    // For Carol, who does not know her, she is two people; both have had the answer.
    expect(await raised(carol, caseId, 'unanswered')).toHaveLength(4);
  });

  test('goes through the gate where the channel is shut, with all reasons; whoever wants to be asked first is asked', async () => {
    const topic = 'Website and account';
    const lent = async (name: string, email: string, more: object | null) => {
      const bookId = (await carol.call(delegation.createBook, { name })).id;
      await addContact(carol, { name, email, organization: 'Acme', bookId });
      const grantee = { kind: 'member' as const, memberId: bob.me.memberId };
      await carol.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
      if (more) await carol.call(delegation.createGrant, { bookId, grantee, acts: ['contact'], ...more });
    };
    await lent('Free Lent', 'free@acme.example', {});
    await lent('Asked Lent', 'asked@acme.example', { askFirst: true });
    await lent('Read Lent', 'read@acme.example', null);
    const from = ['free@acme.example', 'asked@acme.example', 'read@acme.example', ...strangers(2)];
    const { caseId, shop } = await caseOf(topic, from);
    await alice.call(channels.endChannel, { channelId: shop.id });
    const before = await raised(bob, caseId);
    const planned = await preview(bob, caseId, keysOf(before));
    const of = (name: string) => planned.find((one) => one.name === name)!;
    expect(of('Free Lent')).toMatchObject({ way: 'mail', refusals: ['channel_ended'], reasons: [] });
    expect(of('Asked Lent')).toMatchObject({ way: 'introduction', reasons: ['ask_first'] });
    expect(of('Read Lent')).toMatchObject({ way: 'none', refusals: ['channel_ended'], reasons: ['no_grant'] });
    expect(of('Léa Martin')).toMatchObject({ way: 'none', refusals: ['channel_ended'], reasons: [] });
    await send(bob, caseId, keysOf(before));
    const mails = sink.mails.filter(({ to }) => !to[0]!.endsWith('@example.com'));
    expect(mails.map(({ to }) => to)).toEqual([['free@acme.example']]);
    expect(mails[0]!.mail.text).toContain('Dear Free, we changed it. Bob');
    const [request] = (await bob.call(introductions.listRequests, {})).items;
    expect(request).toMatchObject({ sought: 'Asked Lent', state: 'waiting' });
    const left = await raised(bob, caseId, 'unanswered');
    expect(left.map(({ name }) => name).sort()).toEqual(['Asked Lent', 'Léa Martin', 'Léa Martin', 'Read Lent']);
    expect(left.find(({ name }) => name === 'Asked Lent')!.answer).toMatchObject({ kind: 'introduction' });
    // Who lends hears of it.
    const happened = (await carol.call(home.listHappenings, {})).items;
    expect(happened.some(({ kind }) => kind === 'contacted')).toBe(true);
  });

  test('is done by the colleague whom they know, who is told; else by who has their conversation', async () => {
    const topic = 'Usability';
    const bookId = (await carol.call(delegation.createBook, { name: 'Known' })).id;
    await addContact(carol, { name: 'Kim Known', email: 'kim@acme.example', bookId });
    const grantee = { kind: 'member' as const, memberId: bob.me.memberId };
    await carol.call(delegation.createGrant, { bookId, grantee, acts: ['read'] });
    const { caseId } = await caseOf(topic, ['kim@acme.example', ...strangers(4)]);
    const kim = (await raised(bob, caseId)).find(({ name }) => name === 'Kim Known')!;
    expect(kim).toMatchObject({ colleague: { name: 'Carol Wood' }, because: 'tie' });
    const other = (await raised(bob, caseId)).find(({ name }) => name !== 'Kim Known')!;
    const { version } = await bob.call(conversations.getConversation, { conversationId: other.conversationId! });
    const assigned = { conversationId: other.conversationId!, version, memberId: carol.me.memberId };
    await bob.call(conversations.assign, assigned);
    expect(await send(bob, caseId, [kim.key, other.key])).toEqual(['handed', 'handed']);
    const handed = (await raised(carol, caseId, 'unanswered')).filter(({ answer }) => answer?.kind === 'handed');
    expect(handed).toHaveLength(2);
    const by = { to: { name: 'Carol Wood' }, by: { name: 'Bob Stone' }, text: thanks.en };
    expect(handed[0]!.answer).toMatchObject(by);
    const given = (await carol.call(tasks.listTasks, {})).items.map(({ title }) => title);
    expect(given).toContain('Answer 2 people whom you know: Usability');
    expect(await send(carol, caseId, [kim.key])).toEqual(['reply']);
    // Who does not want to wait writes themself.
    expect(await send(bob, caseId, [other.key], { byColleagues: false })).toEqual(['reply']);
    expect(await raised(bob, caseId, 'unanswered')).toHaveLength(3);
    // Whoever lends her hears that Bob's company wrote, where it was not they.
    expect((await raised(carol, caseId, 'answered')).map(({ answer }) => answer!.by.name).sort()).toEqual([
      'Bob Stone',
      'Carol Wood',
    ]);
  });

  test('holds back what they overtook in another of their conversations, and refuses one that is gone without the rest', async () => {
    const { items } = await bob.call(contracts.listCases, {});
    const caseId = items.find(({ topic }) => topic.name.en === 'Billing and refunds')!.id;
    const { items: open } = await bob.call(channels.listChannels, {});
    const shop = open.find(({ name }) => name === 'Shop of Billing and refunds')!;
    const email = 'zita@work.example';
    const zita = await addContact(bob, { name: 'Zita Two', email });
    const value = { value: 'zita@home.example', type: 'home' as const };
    await bob.call(cards.updatePerson, { personId: zita, set: [{ kind: 'email', value }] });
    for (const from of [email, 'zita@home.example'])
      await bring(app, alice, shop.id, incoming({ from, text: texts['Billing and refunds']! }));
    await app.settle();
    const all = await raised(bob, caseId, 'unanswered');
    const two = all.find(({ name }) => name === 'Zita Two')!;
    const other = all.find(({ name }) => name !== 'Zita Two')!;
    const planned = await preview(bob, caseId, [two.key, other.key]);
    const targets = planned.map(({ key, seen }) => ({ key, seen }));
    // Where they spoke first, on something else.
    await bring(app, alice, shop.id, incoming({ from: email, text: 'Never mind, it is settled.' }));
    await app.settle();
    const gone = { key: newId(), seen: null };
    const sending = { caseId, texts: thanks, targets: [gone, ...targets] };
    const became = new Map((await bob.call(loop.sendAnswers, sending)).items.map((one) => [one.key, one.became]));
    expect([became.get(gone.key), became.get(two.key), became.get(other.key)]).toEqual(['refused', 'newer', 'reply']);
  });

  test('tells the colleague in the transaction in which somebody is handed to them, though the next one fails', async () => {
    const topic = 'Billing and refunds';
    const { items } = await bob.call(contracts.listCases, {});
    const caseId = items.find((one) => one.topic.name.en === topic)!.id;
    const [first, second] = (await raised(bob, caseId, 'unanswered')).filter(({ name }) => name === 'Léa Martin');
    for (const { conversationId } of [first!, second!]) {
      const { version } = await bob.call(conversations.getConversation, { conversationId: conversationId! });
      const assigned = { conversationId: conversationId!, version, memberId: carol.me.memberId };
      await bob.call(conversations.assign, assigned);
    }
    const targets = (await preview(bob, caseId, [first!.key, second!.key])).map(({ key, seen }) => ({ key, seen }));
    const dies = targets[1]!.key;
    await app.query(`create function public.die_at() returns trigger language plpgsql as $$
      begin if new.point_id = '${dies}' then raise exception 'killed'; end if; return new; end $$`);
    await app.query('create trigger die_at before insert on decisions.answer for each row execute function die_at()');
    await expect(bob.call(loop.sendAnswers, { caseId, texts: thanks, targets })).rejects.toThrow();
    app.errors.splice(0);
    await app.query('drop trigger die_at on decisions.answer');
    const given = async () => (await carol.call(tasks.listTasks, {})).items.map(({ title }) => title);
    expect(await given()).toContain(`Answer 1 person whom you know: ${topic}`);
  });

  test('keeps in the list who was not reached, until they are', async () => {
    const signing = `whsec_${randomBytes(32).toString('base64')}`;
    const shop = await alice.call(channels.addChannel, {
      ...{ kind: 'webhook', name: 'Program', settings: { url: programUrl }, secret: { signing } },
      access: tenders(),
    });
    const { caseId } = await caseOf('Competition', strangers(5), shop);
    takes = false;
    const keys = keysOf(await raised(bob, caseId));
    expect(await send(bob, caseId, keys.slice(0, 2))).toEqual(['reply', 'reply']);
    const left = await raised(bob, caseId, 'unanswered');
    expect(left).toHaveLength(5);
    expect(left.filter(({ answer }) => answer?.state === 'failed')).toHaveLength(2);
    expect(await bob.call(contracts.getCase, { caseId })).toMatchObject({ unanswered: 5, allAnswered: false });
    takes = true;
    delivered = [];
    expect(await send(bob, caseId, keys)).toEqual(Array(5).fill('reply'));
    expect(delivered).toHaveLength(5);
    expect(await raised(bob, caseId, 'unanswered')).toEqual([]);
  });
});

describe('who has not been answered', () => {
  test('leaves the list by an answer, or by a reason that stays for all who see it, and by nothing else', async () => {
    const { items } = await bob.call(contracts.listCases, {});
    const caseId = items.find(({ topic }) => topic.name.en === 'Usability')!.id;
    const [one] = await raised(bob, caseId, 'unanswered');
    const { key } = one!;
    expect(await codeOf(bob.call(loop.leaveUnanswered, { caseId, key, reason: ' ' }))).toBe('invalid_input');
    expect(await codeOf(mallory.call(loop.leaveUnanswered, { caseId, key, reason: 'Not ours' }))).toBe('not_found');
    await bob.call(loop.leaveUnanswered, { caseId, key, reason: 'She asked us not to write.' });
    expect((await raised(carol, caseId)).find((each) => each.key === key)!.answer).toMatchObject({
      ...{ kind: 'not_answered', reason: 'She asked us not to write.', by: { name: 'Bob Stone' } },
    });
    expect(keysOf(await raised(carol, caseId, 'unanswered'))).not.toContain(key);
    const [answered] = (await raised(bob, caseId, 'answered')).filter(({ answer }) => answer!.kind === 'reply');
    const hiding = { caseId, key: answered!.key, reason: 'Hidden' };
    expect(await codeOf(bob.call(loop.leaveUnanswered, hiding))).toBe('conflict');
    // Read as something else afterwards, they are still to be answered.
    const [left] = await raised(bob, caseId, 'unanswered');
    const { items: quotes } = await bob.call(contracts.listQuotes, { caseId });
    const { voiceId, conversationId } = quotes.find((quote) => quote.conversationId === left!.conversationId)!;
    const place = { conversationId: conversationId!, messageId: voiceId };
    await bob.call(voices.correct, { ...place, tone: 'positive', topicIds: [] });
    await app.settle();
    expect(keysOf(await raised(bob, caseId, 'unanswered'))).toContain(left!.key);
    expect(await send(bob, caseId, [key])).toEqual(['reply']);
  });

  test('is seen by who tends the channel alone, and answered by nobody else', async () => {
    const { items } = await bob.call(contracts.listCases, {});
    const caseId = items.find(({ topic }) => topic.name.en === 'Usability')!.id;
    const [left] = await raised(bob, caseId, 'unanswered');
    expect(await raised(mallory, caseId)).toEqual([]);
    expect(await preview(mallory, caseId, [left!.key])).toEqual([]);
    const sending = { caseId, texts: thanks, targets: [{ key: left!.key, seen: null }] };
    expect((await mallory.call(loop.sendAnswers, sending)).items).toMatchObject([{ became: 'refused' }]);
    expect(await codeOf(mallory.call(loop.sendAnswers, { ...sending, caseId: newId() }))).toBe('not_found');
    expect(await codeOf(bob.call(loop.listRaised, { caseId: newId() }))).toBe('not_found');
  });

  test('pages', async () => {
    const { items } = await bob.call(contracts.listCases, {});
    const caseId = items.find(({ topic }) => topic.name.en === 'Usability')!.id;
    const first = await bob.call(loop.listRaised, { caseId, limit: 2 });
    const rest = await bob.call(loop.listRaised, { caseId, limit: 100, after: first.next! });
    expect(new Set(keysOf([...first.items, ...rest.items])).size).toBe(5);
  });

  test('is not written to with a text that is no sound template', async () => {
    const { items } = await bob.call(contracts.listCases, {});
    const [left] = await raised(bob, items[0]!.id);
    const wrong = { caseId: items[0]!.id, texts: { en: '{{ contact.name' }, keys: [left!.key] };
    expect(await codeOf(bob.call(loop.previewAnswers, wrong))).toBe('invalid_input');
  });
});
