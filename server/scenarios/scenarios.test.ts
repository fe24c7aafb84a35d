import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as attributes from '../attributes/contract.ts';
import { addAttribute } from '../attributes/testing.ts';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as plan from '../plan/contract.ts';
import { addKind, addSegment, told } from '../segments/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { runScenario } from './engine.ts';
import { scenariosCrons } from './jobs.ts';
import {
  aContent,
  aDrawing,
  approveAsSeen,
  approved,
  checked,
  type DrawnNode,
  inARow,
  planned,
  running,
} from './testing.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let maud: Member;
let bob: Member;
let bookId: string;
let letter: string;

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.0/8']);
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  maud = await app.invite(alice, 'Maud Marketer', { role: 'marketing' });
  bob = await app.invite(alice, 'Bob Holder');
  bookId = (await bob.call(delegation.createBook, { name: 'Customers' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  letter = await aContent(maud);
  await addKind(app, alice, 'purchase', { fields: [{ key: 'shop', name: 'Shop', type: 'text' }] });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

const day = 86_400_000;
const inDays = (n: number) => new Date(Date.now() + n * day);
const run = (scenarioId: string, at?: Date) =>
  runScenario(app.app, alice.me.workspace.id, scenarioId, at ? { clock: () => at } : {});
const client = (by: Member, name: string) =>
  addContact(by, {
    name,
    email: `${name.toLowerCase().replaceAll(' ', '.')}@client.example`,
    ...(by === bob ? { bookId } : {}),
  });
const peopleOf = async (scenarioId: string, by = maud) => (await by.call(contracts.listPeople, { scenarioId })).items;
const mailsTo = (name: string) =>
  sink.mails.filter(({ to }) => to[0]?.startsWith(name.toLowerCase().replaceAll(' ', '.')));
/** What somebody passed, step by step. */
async function wayOf(scenarioId: string, name: string, by = maud): Promise<string[]> {
  const one = (await peopleOf(scenarioId, by)).find((person) => person.name === name)!;
  const { steps } = await by.call(contracts.getPath, { scenarioId, journeyId: one.id });
  return steps.map(({ nodeId, result }) => `${nodeId} ${result}`);
}
const message = () => ({ kind: 'message', contentId: letter });
const wait = (n: number, unit = 'days') => ({ kind: 'wait', for: { n, unit } });

describe('what is drawn', () => {
  test('runs once somebody else has approved it, by whoever answers for it alone', async () => {
    const scenarioId = await planned(maud);
    const definition = aDrawing(inARow(wait(1)));
    expect(await codeOf(bob.call(contracts.saveDraft, { scenarioId, edition: 0, definition }))).toBe('forbidden');
    const { edition } = await maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition });
    expect(
      await codeOf(maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition: aDrawing(inARow()) })),
    ).toBe('conflict');
    expect(await codeOf(maud.call(contracts.publish, { scenarioId, edition }))).toBe('conflict');
    expect(await codeOf(maud.call(contracts.enter, { scenarioId, personIds: [await client(maud, 'Too Early')] }))).toBe(
      'conflict',
    );
    await approved(maud, alice, scenarioId);
    // An admin may approve it, not have it run with another's rights.
    expect(await codeOf(alice.call(contracts.publish, { scenarioId, edition }))).toBe('forbidden');
    expect(await maud.call(contracts.publish, { scenarioId, edition })).toEqual({ version: 1, moved: 0, stayed: 0 });
    expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({
      state: 'running',
      version: 1,
      changed: false,
      approved: true,
    });
    expect((await maud.call(plan.getCampaign, { campaignId: scenarioId })).beganOn).not.toBeNull();
  });

  test('falls back to its content when it is drawn anew, and who drew it does not approve it', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(1))));
    const { edition } = await alice.call(contracts.saveDraft, {
      scenarioId,
      edition: 1,
      definition: aDrawing(inARow(wait(2))),
    });
    expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({
      approved: false,
      changed: true,
      state: 'running',
    });
    // Alice drew it now: she does not approve it, and that she says so in the plan lets nobody publish it.
    await checked(maud, scenarioId);
    expect(await codeOf(approveAsSeen(alice, scenarioId))).toBe('forbidden');
    await alice.call(plan.moveStep, { campaignId: scenarioId, step: 'approval', done: true });
    expect(await codeOf(maud.call(contracts.publish, { scenarioId, edition }))).toBe('conflict');
  });

  test('says what to change', async () => {
    const scenarioId = await planned(maud);
    const { id: sms } = await maud.call(content.addContent, { name: 'Texto', ready: 'news_sms' });
    const nodes = [
      { id: 'a', kind: 'condition', filter: 'nonsense = 1', yes: 'b', no: 'c' },
      {
        id: 'b',
        kind: 'split',
        parts: [
          { percent: 50, next: 'a' },
          { percent: 40, next: 'out' },
        ],
      },
      { id: 'c', kind: 'message', contentId: scenarioId, next: null },
      { id: 'd', kind: 'webhook', url: 'ftp://x', next: 'zz' },
      { id: 'e', kind: 'message', contentId: sms, next: 'out' },
      { id: 'out', kind: 'exit' },
    ] as unknown as DrawnNode[];
    const { problems } = await maud.call(contracts.saveDraft, {
      ...{
        scenarioId,
        edition: 0,
        definition: aDrawing({ start: 'a', nodes }, { entry: { kind: 'segment', segmentId: null } }),
      },
    });
    expect(problems.map(({ nodeId, code }) => `${nodeId} ${code}`).sort()).toEqual(
      [
        'a circle',
        'a filter',
        'b shares',
        'c content_gone',
        'c no_next',
        'd gone_next',
        'd unreachable',
        'd url',
        'e content_kind',
        'e unreachable',
        'null no_segment',
      ].sort(),
    );
  });

  test('sends what was approved: a content that was written on since stops it', async () => {
    const own = await aContent(maud);
    const scenarioId = await planned(maud);
    const definition = aDrawing(inARow({ kind: 'message', contentId: own }));
    const { edition } = await maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition });
    await approved(maud, alice, scenarioId);
    const { edition: written } = await maud.call(content.getContent, { contentId: own });
    await maud.call(content.saveContent, { contentId: own, edition: written, said: { en: aSaying('Buy now.') } });
    const refused = await maud
      .call(contracts.publish, { scenarioId, edition })
      .catch((error: ProblemAnswer) => error.problem);
    expect(refused).toMatchObject({ code: 'invalid_input', fields: { definition: 'content_changed' } });
  });
});

describe('somebody on their way', () => {
  test('gets what is drawn, each step once, with why', async () => {
    const tag = await addAttribute(alice, 'greeted');
    const steps = inARow(
      message(),
      wait(3),
      { kind: 'task', title: 'Call them', owner: 'holder', dueInDays: 2 },
      { kind: 'attribute', attribute: tag.key, value: 'yes' },
    );
    const scenarioId = await running(maud, alice, aDrawing(steps));
    const [lent, own] = [await client(bob, 'Lea Lent'), await client(maud, 'Otto Own')];
    await app.settle();
    expect(await maud.call(contracts.enter, { scenarioId, personIds: [lent, own] })).toEqual({ entered: 2 });
    expect(await maud.call(contracts.enter, { scenarioId, personIds: [lent] })).toEqual({ entered: 0 });
    await app.settle();
    expect([mailsTo('Lea Lent').length, mailsTo('Otto Own').length]).toEqual([1, 1]);
    expect(mailsTo('Lea Lent')[0]!.mail.text).toContain('Bonjour Lea');
    expect(await run(scenarioId)).toBe(0);
    expect(await run(scenarioId, inDays(2.9))).toBe(0);
    expect(await run(scenarioId, inDays(3.1))).toBe(8);
    await app.settle();
    expect(await wayOf(scenarioId, 'Lea Lent')).toEqual([
      's1 entered',
      's1 sent',
      's2 waited',
      's3 given',
      's4 set',
      'out exit',
    ]);
    const given = await bob.call(tasks.listTasks, { state: 'open' });
    expect(given.items.map(({ title }) => title)).toEqual(['Call them']);
    const values = await maud.call(attributes.listValues, { personId: lent });
    expect(values.items.find(({ attribute }) => attribute.key === tag.key)?.value).toBe('yes');
    expect(mailsTo('Lea Lent').length).toBe(1);
  });

  test('is refused by the gate with reasons, and goes the other way', async () => {
    const nodes = [
      { id: 'm', kind: 'message', contentId: letter, next: 'out', refused: 't' },
      { id: 't', kind: 'task', title: 'Write yourself', owner: 'owner', dueInDays: 1, next: 'out' },
      { id: 'out', kind: 'exit' },
    ] as unknown as DrawnNode[];
    const scenarioId = await running(maud, alice, aDrawing({ start: 'm', nodes }));
    const mute = await addContact(maud, { name: 'Max Mute' });
    await app.settle();
    await maud.call(contracts.enter, { scenarioId, personIds: [mute] });
    await app.settle();
    expect(await wayOf(scenarioId, 'Max Mute')).toEqual(['m entered', 'm refused', 't given', 'out exit']);
    const [one] = await peopleOf(scenarioId);
    const { steps } = await maud.call(contracts.getPath, { scenarioId, journeyId: one!.id });
    expect(steps[1]!.said.reasons).toEqual(['no_address']);
  });

  test('is asked of by conditions as whoever answers for it sees them, and leaves where the goal is reached', async () => {
    const nodes = [
      { id: 'c', kind: 'condition', filter: 'city = "Lyon"', yes: 'w', no: 'out' },
      { id: 'w', kind: 'wait', for: { n: 1, unit: 'days' }, next: 'm' },
      { id: 'm', kind: 'message', contentId: letter, next: 'out' },
      { id: 'out', kind: 'exit' },
    ] as unknown as DrawnNode[];
    const goal = 'count(purchase last 1 months) > 0';
    const scenarioId = await running(maud, alice, aDrawing({ start: 'c', nodes }, { goal }));
    const at = (city: string) => [{ kind: 'address' as const, value: { city } }];
    const add = (name: string, city: string) =>
      bob.call(cards.createCard, {
        bookId,
        fields: [
          { kind: 'name' as const, value: { full: name } },
          { kind: 'email' as const, value: { value: `${name.replace(' ', '.').toLowerCase()}@client.example` } },
          ...at(city),
        ],
      });
    const [lyon, paris, buyer] = [
      await add('Lise Lyon', 'Lyon'),
      await add('Paul Paris', 'Paris'),
      await add('Bea Buyer', 'Lyon'),
    ];
    await app.settle();
    await maud.call(contracts.enter, { scenarioId, personIds: [lyon.id, paris.id, buyer.id] });
    await app.settle();
    await told(app, alice, 'bea.buyer@client.example', 'purchase', { at: new Date() });
    await app.settle();
    await run(scenarioId, inDays(1.1));
    await app.settle();
    expect(await wayOf(scenarioId, 'Lise Lyon')).toEqual(['c entered', 'c yes', 'w waited', 'm sent', 'out exit']);
    expect(await wayOf(scenarioId, 'Paul Paris')).toEqual(['c entered', 'c no', 'out exit']);
    expect(await wayOf(scenarioId, 'Bea Buyer')).toEqual(['c entered', 'c yes', 'w goal']);
    expect(mailsTo('Bea Buyer')).toEqual([]);
    expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({ inFlight: 0, goal: 1, ended: 2 });
  });

  test('whom the owner does not see never goes on, and is absent', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(1), message())));
    const lea = await client(bob, 'Lia Withheld');
    await app.settle();
    await maud.call(contracts.enter, { scenarioId, personIds: [lea, await client(maud, 'Moa Mine')] });
    await bob.call(cards.updateCard, { cardId: lea, withheld: true });
    await app.settle();
    expect((await peopleOf(scenarioId)).map(({ name }) => name)).toEqual(['Moa Mine']);
    expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({
      inFlight: 1,
      at: [{ nodeId: 's1', people: 1 }],
    });
    await run(scenarioId, inDays(2));
    await app.settle();
    expect(mailsTo('Lia Withheld')).toEqual([]);
    expect(mailsTo('Moa Mine').length).toBe(1);
    // Nor does one whom she may not see come in.
    const secret = await addContact(bob, { name: 'Sid Secret', email: 'sid@secret.example' });
    await app.settle();
    expect(await maud.call(contracts.enter, { scenarioId, personIds: [secret] })).toEqual({ entered: 0 });
    expect(await codeOf(maud.call(contracts.dryRun, { scenarioId, personIds: [secret] }))).toBe('not_found');
  });

  test('their holder is asked: they go on, write themself, leave it, or do not answer', async () => {
    const nodes = [
      {
        id: 'q',
        kind: 'ask_holder',
        words: 'May we congratulate them?',
        withinDays: 3,
        write: 'out',
        go: 'm',
        leave: 'out',
        unanswered: 'm',
      },
      { id: 'm', kind: 'message', contentId: letter, next: 'out' },
      { id: 'out', kind: 'exit' },
    ] as unknown as DrawnNode[];
    const scenarioId = await running(maud, alice, aDrawing({ start: 'q', nodes }));
    const names = ['Ask Go', 'Ask Write', 'Ask Silent'];
    const ids: string[] = [];
    for (const name of names) ids.push(await client(bob, name));
    await app.settle();
    await maud.call(contracts.enter, { scenarioId, personIds: ids });
    await app.settle();
    expect((await maud.call(contracts.listQuestions, {})).items).toEqual([]);
    const { items } = await bob.call(contracts.listQuestions, {});
    expect(items.map(({ name }) => name).sort()).toEqual([...names].sort());
    const ask = (name: string) => items.find((one) => one.name === name)!.id;
    expect(await codeOf(maud.call(contracts.answerQuestion, { questionId: ask('Ask Go'), answer: 'go' }))).toBe(
      'not_found',
    );
    await bob.call(contracts.answerQuestion, { questionId: ask('Ask Go'), answer: 'go' });
    await bob.call(contracts.answerQuestion, { questionId: ask('Ask Write'), answer: 'write' });
    expect(await codeOf(bob.call(contracts.answerQuestion, { questionId: ask('Ask Go'), answer: 'leave' }))).toBe(
      'not_found',
    );
    await app.settle();
    expect(await wayOf(scenarioId, 'Ask Go')).toEqual(['q entered', 'q asked', 'q go', 'm sent', 'out exit']);
    expect(await wayOf(scenarioId, 'Ask Write')).toEqual(['q entered', 'q asked', 'q write', 'out exit']);
    expect(await wayOf(scenarioId, 'Ask Silent')).toEqual(['q entered', 'q asked']);
    await run(scenarioId, inDays(3.1));
    await app.settle();
    expect(await wayOf(scenarioId, 'Ask Silent')).toEqual([
      'q entered',
      'q asked',
      'q unanswered',
      'm sent',
      'out exit',
    ]);
    const open = (await bob.call(tasks.listTasks, { state: 'open' })).items.filter(({ title }) =>
      title.includes('By itself'),
    );
    expect(open).toEqual([]);
  });
});

describe('what lets people in', () => {
  test('a segment: who comes into it, and who is in it already where that is wished', async () => {
    await client(bob, 'Early Bird');
    const segment = await addSegment(alice, 'name contains "bird"');
    await app.settle();
    const entry = { kind: 'segment' as const, segmentId: segment.id };
    const late = await running(maud, alice, aDrawing(inARow(wait(1)), { entry }));
    const all = await running(maud, alice, aDrawing(inARow(wait(1)), { entry }), { takeIn: true });
    await client(bob, 'Late Bird');
    await app.settle();
    for (const id of [late, all, late, all]) await run(id);
    expect((await peopleOf(late)).map(({ name }) => name)).toEqual(['Late Bird']);
    expect((await peopleOf(all)).map(({ name }) => name).sort()).toEqual(['Early Bird', 'Late Bird']);
  });

  test('a fact, each once, and again only after so many days', async () => {
    await client(bob, 'Fay Fact');
    await app.settle();
    const entry = { kind: 'fact' as const, fact: 'purchase', where: { property: 'shop', value: 'lyon' } };
    const scenarioId = await running(maud, alice, aDrawing(inARow(), { entry, again: { days: 5 } }));
    const buys = (shop: string) =>
      told(app, alice, 'fay.fact@client.example', 'purchase', { at: new Date(), props: { shop } });
    await buys('Paris');
    await run(scenarioId);
    expect(await peopleOf(scenarioId)).toEqual([]);
    await buys('Lyon');
    for (let time = 0; time < 3; time++) await run(scenarioId);
    expect((await peopleOf(scenarioId)).length).toBe(1);
    await buys('Lyon');
    await run(scenarioId);
    expect((await peopleOf(scenarioId)).length).toBe(1);
    await buys('Lyon');
    await run(scenarioId, inDays(6));
    expect((await peopleOf(scenarioId)).length).toBe(2);
  });

  test('a birthday: on its day, on their clock, once a year', async () => {
    const at = new Date(Date.UTC(2027, 4, 17, 4));
    const add = (name: string, birthday: string, country?: string) =>
      bob.call(cards.createCard, {
        bookId,
        fields: [
          { kind: 'name' as const, value: { full: name } },
          { kind: 'birthday' as const, value: { value: birthday } },
          ...(country ? [{ kind: 'address' as const, value: { country } }] : []),
        ],
      });
    await add('Born Here', '1980-05-17');
    await add('Born Far', '1980-05-17', 'Japan');
    await add('Born Else', '1980-05-20');
    await app.settle();
    const entry = { kind: 'date' as const, of: 'birthday', at: '09:00' };
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(1)), { entry, again: { days: 300 } }));
    await app.settle();
    await run(scenarioId, at);
    await run(scenarioId, at);
    const due = Object.fromEntries((await peopleOf(scenarioId)).map(({ name, dueAt }) => [name, dueAt]));
    expect(due).toEqual({ 'Born Here': '2027-05-18T07:00:00.000Z', 'Born Far': '2027-05-18T00:00:00.000Z' });
  });
});

describe('versions', () => {
  test('those on their way stay on theirs, or go on by the new one where their step is there', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(5), message())));
    const [ann, ben] = [await client(maud, 'Ann Stays'), await client(maud, 'Ben Moves')];
    await app.settle();
    await maud.call(contracts.enter, { scenarioId, personIds: [ann] });
    await app.settle();
    const changed = aDrawing(inARow(wait(5), { kind: 'task', title: 'Instead', owner: 'owner', dueInDays: 1 }));
    await running(maud, alice, changed, { scenarioId, inFlight: 'stay' });
    await maud.call(contracts.enter, { scenarioId, personIds: [ben] });
    const moved = aDrawing(inARow(wait(5)));
    await maud.call(contracts.saveDraft, { scenarioId, edition: 2, definition: moved });
    await approved(maud, alice, scenarioId);
    expect(await maud.call(contracts.publish, { scenarioId, edition: 3, inFlight: 'move' })).toEqual({
      version: 3,
      moved: 2,
      stayed: 0,
    });
    await run(scenarioId, inDays(6));
    await app.settle();
    expect(mailsTo('Ann Stays')).toEqual([]);
    expect(await wayOf(scenarioId, 'Ann Stays')).toEqual(['s1 entered', 's1 waited', 'out exit']);
  });

  test('a scenario that is held does nothing, and ends for all when it is ended', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(1), message())));
    await maud.call(contracts.enter, { scenarioId, personIds: [await client(maud, 'Held Up')] });
    await app.settle();
    await maud.call(contracts.setState, { scenarioId, state: 'paused' });
    expect(await run(scenarioId, inDays(2))).toBe(0);
    await maud.call(contracts.setState, { scenarioId, state: 'ended' });
    expect(await wayOf(scenarioId, 'Held Up')).toEqual(['s1 entered', 's1 stopped']);
    expect(await codeOf(maud.call(contracts.setState, { scenarioId, state: 'running' }))).toBe('conflict');
    expect(mailsTo('Held Up')).toEqual([]);
  });
});

test('a dry run says what each would get and when, with the gate’s answer, and writes nothing', async () => {
  const scenarioId = await planned(maud);
  const steps = inARow(
    { kind: 'wait', until: { weekdays: [2], time: '09:00' } },
    message(),
    wait(2),
    { kind: 'ask_holder', words: 'May we?', withinDays: 3, write: 'out', go: 's5', leave: 'out', unanswered: 'out' },
    message(),
  );
  const definition = aDrawing(steps);
  await maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition });
  const [dry, mute] = [await client(bob, 'Dora Dry'), await addContact(maud, { name: 'Mute Dry' })];
  await app.settle();
  const tables = [
    'scenarios.journey',
    'scenarios.passage',
    'outreach.decision',
    'outreach.message',
    'tasks.task',
    'kernel.outbox',
    'delegation.use',
  ];
  const count = async () => {
    const counts: number[] = [];
    for (const table of tables)
      counts.push((await app.query<{ n: number }>(`select count(*)::int as n from ${table}`))[0]!.n);
    return counts;
  };
  const before = await count();
  const { people, problems } = await maud.call(contracts.dryRun, {
    scenarioId,
    personIds: [dry, mute],
    at: '2026-03-26T12:00:00.000Z',
  });
  expect(problems).toEqual([]);
  const of = (name: string) => people.find((one) => one.name === name)!;
  // 31 March 2026 is a Tuesday, two days after clocks went forward in Paris.
  expect(of('Dora Dry').steps.map(({ at, nodeId, result }) => [at, nodeId, result])).toEqual([
    ['2026-03-26T12:00:00.000Z', null, 'entered'],
    ['2026-03-31T07:00:00.000Z', 's1', 'waited'],
    ['2026-03-31T07:00:00.000Z', 's2', 'sent'],
    ['2026-04-02T07:00:00.000Z', 's3', 'waited'],
    ['2026-04-02T07:00:00.000Z', 's4', 'asked'],
    ['2026-04-02T07:00:00.000Z', 's4', 'go'],
    ['2026-04-02T07:00:00.000Z', 's5', 'sent'],
    ['2026-04-02T07:00:00.000Z', 'out', 'exit'],
  ]);
  expect(of('Dora Dry').steps[2]!.said.subject).toBe('Une nouvelle');
  expect(of('Mute Dry').steps[2]).toMatchObject({ result: 'refused', said: { reasons: ['no_address'] } });
  expect(await count()).toEqual(before);
});

describe('calls to other programs', () => {
  test('bear a key and no name; what breaks off is in doubt, and made again only by hand, with the same key', async () => {
    const heard: { key: string | undefined; body: string }[] = [];
    let how: 'ok' | 'break' | 'refuse' = 'break';
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += piece));
      request.on('end', () => {
        heard.push({ key: request.headers['idempotency-key'] as string, body });
        if (how === 'break') return request.socket.destroy();
        response.writeHead(how === 'ok' ? 204 : 422).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const scenarioId = await running(maud, alice, aDrawing(inARow({ kind: 'webhook', url })));
    await maud.call(contracts.enter, { scenarioId, personIds: [await client(maud, 'Hook One')] });
    await app.settle();
    const { items } = await maud.call(contracts.listEffects, { scenarioId });
    expect(items).toMatchObject([{ state: 'in_doubt', attempts: 1 }]);
    await run(scenarioId);
    await app.settle();
    expect(heard.length).toBe(1);
    expect(heard[0]!.body).not.toContain('Hook');
    how = 'ok';
    await maud.call(contracts.settleEffect, { scenarioId, effectId: items[0]!.id, as: 'again' });
    await app.settle();
    expect((await maud.call(contracts.listEffects, { scenarioId })).items).toEqual([]);
    expect(heard.map(({ key }) => key)).toEqual([`"${items[0]!.id}"`, `"${items[0]!.id}"`]);
    how = 'refuse';
    await maud.call(contracts.enter, { scenarioId, personIds: [await client(maud, 'Hook Two')] });
    await app.settle();
    const [failed] = (await maud.call(contracts.listEffects, { scenarioId })).items;
    expect(failed).toMatchObject({ state: 'failed', answer: '422' });
    await maud.call(contracts.settleEffect, { scenarioId, effectId: failed!.id, as: 'looked' });
    expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({ doubts: 0 });
    server.close();
  });

  test('one that was in hand when the process died is in doubt', async () => {
    const scenarioId = await running(
      maud,
      alice,
      aDrawing(inARow({ kind: 'webhook', url: 'https://10.0.0.1/private' })),
    );
    await maud.call(contracts.enter, { scenarioId, personIds: [await client(maud, 'Hook Three')] });
    await app.settle();
    // A private network is refused before anybody is asked.
    expect((await maud.call(contracts.listEffects, { scenarioId })).items).toMatchObject([
      { state: 'failed', answer: 'private_network' },
    ]);
    await app.query(
      `update scenarios.effect set state = 'sending', claimed_at = now() - interval '6 minutes' where scenario_id = $1`,
      [scenarioId],
    );
    await scenariosCrons.find(({ name }) => name === 'scenarios.doubtStranded')!.run(app.app);
    expect((await maud.call(contracts.listEffects, { scenarioId })).items).toMatchObject([{ state: 'in_doubt' }]);
  });
});

test('ready scenarios are drafts without a problem, in the language of whoever takes them, with mails that can be sent', async () => {
  const { id: programmeId } = await maud.call(plan.saveProgramme, { name: 'Ready', objectiveIds: [] });
  const { items } = await maud.call(contracts.listReady, {});
  expect(items.length).toBe(7);
  expect(await codeOf(bob.call(contracts.addReady, { key: 'welcome', programmeId }))).toBe('forbidden');
  const customer = await client(bob, 'Rita Ready');
  await app.settle();
  for (const { key, mails } of items) {
    const { id: scenarioId } = await maud.call(contracts.addReady, { key, programmeId });
    const { problems, edition, draft, state } = await maud.call(contracts.getScenario, { scenarioId });
    expect([key, problems, state]).toEqual([key, [], 'draft']);
    expect(draft.nodes.filter(({ kind }) => kind === 'message').length).toBe(mails);
    const { people } = await maud.call(contracts.dryRun, { scenarioId, personIds: [customer], holders: 'go' });
    expect([key, people[0]!.outcome === null]).toEqual([key, false]);
    await approved(maud, alice, scenarioId);
    // Sealed, so that the checker lets its mails leave.
    expect(await maud.call(contracts.publish, { scenarioId, edition })).toMatchObject({ version: 1 });
    await maud.call(contracts.setState, { scenarioId, state: 'ended' });
  }
});

test('a content that asks for a page that nobody gives is not approved; for a survey it says which', async () => {
  const asking = async (ready: 'invitation' | 'satisfaction') => {
    const { id } = await maud.call(content.addContent, { name: 'Asks', ready, audience: { kind: 'workspace' } });
    const scenarioId = await planned(maud);
    const definition = aDrawing(inARow({ kind: 'message', contentId: id }));
    await maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition });
    await checked(maud, scenarioId);
    return (await approveAsSeen(alice, scenarioId)).problems.map(({ code }) => code);
  };
  expect(await asking('invitation')).toEqual(['content_page']);
  expect(await asking('satisfaction')).toEqual(['no_survey']);
});

test('nothing goes on in the name of who has left', async () => {
  const owner = await app.invite(alice, 'Olga Owner', { role: 'marketing' });
  const scenarioId = await running(owner, alice, aDrawing(inARow(wait(1), message())));
  await owner.call(contracts.enter, { scenarioId, personIds: [await client(bob, 'Left Alone')] });
  await app.settle();
  await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [owner.me.memberId]);
  expect(await run(scenarioId, inDays(2))).toBe(0);
  expect(mailsTo('Left Alone')).toEqual([]);
  expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({ standstill: 'owner_gone' });
});
