import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import type { App } from '../kernel/app.ts';
import { codeOf, type Member, openTestApp, type ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as plan from '../plan/contract.ts';
import { addKind, told } from '../segments/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { takeBack } from './ending.ts';
import { runScenario } from './engine.ts';
import { enterAll } from './entering.ts';
import { scenariosCrons } from './jobs.ts';
import * as journeys from './journeys.ts';
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

// What a scenario holds to: who is told what, what goes with it when it ends, who is taken out and who is not, what was approved.

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
  await addKind(app, alice, 'purchase', {});
  await addKind(app, alice, 'visit', {});
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
const mailOf = (name: string) => `${name.toLowerCase().replaceAll(' ', '.')}@client.example`;
const lent = (name: string) => addContact(bob, { name, email: mailOf(name), bookId });
const mailsTo = (name: string) => sink.mails.filter(({ to }) => to[0] === mailOf(name));
const message = (contentId = letter) => ({ kind: 'message', contentId });
const wait = (n: number, unit = 'days') => ({ kind: 'wait', for: { n, unit } });
const task = { kind: 'task', title: 'Call them', owner: 'holder', dueInDays: 2 };
const peopleOf = async (scenarioId: string, by = maud) => (await by.call(contracts.listPeople, { scenarioId })).items;
const outcomesOf = async (scenarioId: string) =>
  (await peopleOf(scenarioId)).map(({ name, outcome }) => `${name} ${outcome}`).sort();
const putIn = async (scenarioId: string, ...personIds: string[]) => {
  await app.settle();
  expect(await maud.call(contracts.enter, { scenarioId, personIds })).toEqual({ entered: personIds.length });
  await app.settle();
};
/** While `work` runs, automated messages wait. */
async function whileQuiet(work: () => Promise<void>): Promise<void> {
  const { rules } = await alice.call(outreach.getGateRules, {});
  const save = (quiet: outreach.Quiet | null) => alice.call(outreach.saveGateRules, { ...rules, quiet });
  const time = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  await save({ from: time(-1), to: time(2), weekdays: [], dates: [], personal: false, zone: 'UTC' });
  await work();
  await save(null);
}

describe('what rests on what its owner alone sees', () => {
  test('is told to them alone: steps, numbers, reasons, and addresses of other programs', async () => {
    const lea = await lent('Lea Told');
    // On a card of Maud's own, which nobody else sees: the condition holds by it.
    await maud.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { given: 'Lea', family: 'Told' } },
        { kind: 'email', value: { value: mailOf('Lea Told') } },
        { kind: 'address', value: { city: 'Brest' } },
      ],
    });
    await app.settle();
    const nodes = [
      { id: 'c', kind: 'condition', filter: 'city = "Brest"', yes: 'w', no: 'out' },
      { id: 'w', kind: 'wait', for: { n: 1, unit: 'days' }, next: 'h' },
      { id: 'h', kind: 'webhook', url: 'https://hooks.example/secret-of-maud', next: 'g' },
      { id: 'g', kind: 'goal' },
      { id: 'out', kind: 'exit' },
    ] as unknown as DrawnNode[];
    const scenarioId = await running(maud, alice, aDrawing({ start: 'c', nodes }));
    await putIn(scenarioId, lea);
    const seenBy = async (member: Member) => member.call(contracts.getScenario, { scenarioId });
    expect(await seenBy(maud)).toMatchObject({ byMe: true, inFlight: 1, goal: 0, at: [{ nodeId: 'w', people: 1 }] });
    expect((await seenBy(maud)).passed).toContainEqual({ nodeId: 'c', result: 'yes', times: 1 });
    for (const other of [alice, bob])
      expect(await seenBy(other)).toMatchObject({ byMe: false, inFlight: 1, goal: null, at: [], passed: [] });
    const [journey] = await peopleOf(scenarioId);
    expect(journey).toMatchObject({ nodeId: 'w', asked: false });
    expect(await peopleOf(scenarioId, alice)).toMatchObject([{ nodeId: null, dueAt: null, outcome: null }]);
    const atStep = (await alice.call(contracts.listPeople, { scenarioId, nodeId: 'w' })).items;
    expect(atStep).toEqual([]);
    expect(await codeOf(alice.call(contracts.getPath, { scenarioId, journeyId: journey!.id }))).toBe('forbidden');
    const urlOf = async (member: Member) => (await seenBy(member)).draft.nodes.find(({ kind }) => kind === 'webhook');
    expect(await urlOf(alice)).toMatchObject({ url: 'https://hooks.example/secret-of-maud' });
    expect(JSON.stringify(await seenBy(bob))).not.toContain('secret-of-maud');
    await app.query(`update scenarios.journey set node_id = 'g', due_at = now() where scenario_id = $1`, [scenarioId]);
    await run(scenarioId);
    expect(await outcomesOf(scenarioId)).toEqual(['Lea Told goal']);
    expect((await peopleOf(scenarioId, alice)).map(({ outcome }) => outcome)).toEqual(['ended']);
    expect(await seenBy(maud)).toMatchObject({ goal: 1, ended: 0 });
    expect(await seenBy(alice)).toMatchObject({ goal: null, ended: 1 });
  });

  test('calls for whom one does not see are absent', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow({ kind: 'webhook', url: 'https://10.0.0.1/x' })));
    await putIn(scenarioId, await addContact(maud, { name: 'Hugo Hidden', email: mailOf('Hugo Hidden') }));
    const [effect] = (await maud.call(contracts.listEffects, { scenarioId })).items;
    expect(effect).toMatchObject({ state: 'failed' });
    expect((await alice.call(contracts.listEffects, { scenarioId })).items).toEqual([]);
    expect(await alice.call(contracts.getScenario, { scenarioId })).toMatchObject({ doubts: 0, inFlight: 0, ended: 0 });
    const settle = { scenarioId, effectId: effect!.id, as: 'looked' as const };
    expect(await codeOf(alice.call(contracts.settleEffect, settle))).toBe('not_found');
  });
});

describe('what has not left', () => {
  /** A program that asks to be called later. */
  async function busy(): Promise<{ url: string; heard: () => number; close: () => void }> {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      request.resume().on('end', () => response.writeHead(503).end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/hook`, heard: () => calls, close: () => server.close() };
  }
  const statesOf = async (scenarioId: string) => {
    const [row] = await app.query<{ mails: string[]; calls: string[] }>(
      `select array(select state from outreach.message where campaign_id = $1 order by message_id) as mails,
        array(select state from scenarios.effect where scenario_id = $1 order by effect_id) as calls`,
      [scenarioId],
    );
    return row!;
  };
  const openTasks = async (title: string) =>
    (await bob.call(tasks.listTasks, { state: 'open' })).items.filter((one) => one.title === title).length;

  test('is taken back when a scenario ends, also where the process dies in between', async () => {
    const program = await busy();
    const steps = inARow(message(), { ...task, title: 'Call Ends' }, { kind: 'webhook', url: program.url }, wait(9));
    const scenarioId = await running(maud, alice, aDrawing(steps));
    const people = [await lent('Ella Ends'), await lent('Enzo Ends')];
    await whileQuiet(async () => {
      await putIn(scenarioId, ...people);
      expect(await statesOf(scenarioId)).toEqual({ mails: ['queued', 'queued'], calls: ['queued', 'queued'] });
      expect(await openTasks('Call Ends')).toBe(2);
      const before = program.heard();
      let transactions = 0;
      const mortal: App = Object.assign(Object.create(app.app), {
        db: Object.assign(Object.create(app.app.db), {
          asSystem: (...asked: Parameters<App['db']['asSystem']>) => {
            transactions += 1;
            if (transactions > 1) throw new Error('died');
            return app.app.db.asSystem(...asked);
          },
        }),
      });
      await maud.call(contracts.setState, { scenarioId, state: 'paused' });
      await app.query(`update scenarios.scenario set state = 'ended' where scenario_id = $1`, [scenarioId]);
      const workspaceId = alice.me.workspace.id;
      await expect(takeBack(mortal, workspaceId, scenarioId, null)).rejects.toThrow('died');
      expect(await statesOf(scenarioId)).toEqual({ mails: ['queued', 'queued'], calls: ['cancelled', 'cancelled'] });
      // Nobody says it again: each five minutes it is looked for.
      await scenariosCrons.find(({ name }) => name === 'scenarios.takeLeftovers')!.run(app.app);
      await app.settle();
      await takeBack(app.app, workspaceId, scenarioId, null);
      expect(program.heard()).toBe(before);
    });
    expect(await statesOf(scenarioId)).toEqual({
      mails: ['cancelled', 'cancelled'],
      calls: ['cancelled', 'cancelled'],
    });
    expect(await openTasks('Call Ends')).toBe(0);
    expect(mailsTo('Ella Ends')).toEqual([]);
    program.close();
  });

  test('is taken back at once by whoever ends it, and nobody comes in any more, whoever was just looking', async () => {
    const entry = { kind: 'fact' as const, fact: 'visit', where: null };
    const definition = aDrawing(inARow(message(), { ...task, title: 'Call Stops' }, wait(9)), { entry });
    const scenarioId = await running(maud, alice, definition);
    const stan = await lent('Stan Stops');
    await lent('Later Stops');
    await whileQuiet(async () => {
      await putIn(scenarioId, stan);
      expect((await statesOf(scenarioId)).mails).toEqual(['queued']);
      await told(app, alice, mailOf('Later Stops'), 'visit', { at: new Date() });
      await maud.call(contracts.setState, { scenarioId, state: 'ended' });
      expect((await statesOf(scenarioId)).mails).toEqual(['cancelled']);
      expect(await openTasks('Call Stops')).toBe(0);
    });
    const actor = { workspaceId: alice.me.workspace.id, memberId: maud.me.memberId };
    const stale = { actor, scenarioId, version: 1, definition: contracts.definition.parse(definition) };
    expect(await enterAll(app.app, stale, new Date())).toBe(0);
    expect(await outcomesOf(scenarioId)).toEqual(['Stan Stops stopped']);
  });

  test('is taken back of whom somebody takes out, and of nobody else', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(message(), { ...task, title: 'Call Out' }, wait(9))));
    const people = [await lent('Otto Out'), await lent('Stella Stays')];
    await whileQuiet(async () => {
      await putIn(scenarioId, ...people);
      const otto = (await peopleOf(scenarioId)).find(({ name }) => name === 'Otto Out')!;
      await maud.call(contracts.takeOut, { scenarioId, journeyId: otto.id });
      expect((await statesOf(scenarioId)).mails.sort()).toEqual(['cancelled', 'queued']);
      expect(await openTasks('Call Out')).toBe(1);
    });
    expect(await outcomesOf(scenarioId)).toEqual(['Otto Out taken_out', 'Stella Stays null']);
  });

  test('a run that is under way stops where it is held', async () => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(1), task)));
    await putIn(scenarioId, await lent('Hanna Held'));
    let looks = 0;
    const held: App = Object.assign(Object.create(app.app), {
      db: Object.assign(Object.create(app.app.db), {
        asActor: async (...asked: Parameters<App['db']['asActor']>) => {
          // Somebody holds it after it was looked who is due, and before they take their step.
          looks += 1;
          if (looks === 4) await maud.call(contracts.setState, { scenarioId, state: 'paused' });
          return app.app.db.asActor(...asked);
        },
      }),
    });
    const at = inDays(2);
    const steps = await runScenario(held, alice.me.workspace.id, scenarioId, { clock: () => at });
    expect([looks >= 4, steps]).toEqual([true, 0]);
    expect(await peopleOf(scenarioId)).toMatchObject([{ nodeId: 's1' }]);
  });
});

describe('whom the owner does not see', () => {
  const missed = async (name: string) => {
    const scenarioId = await running(maud, alice, aDrawing(inARow(wait(1), message())));
    const cardId = await lent(name);
    await putIn(scenarioId, cardId);
    await bob.call(cards.updateCard, { cardId, withheld: true });
    await app.settle();
    const outcome = async () =>
      (
        await app.query<{ outcome: string | null }>('select outcome from scenarios.journey where scenario_id = $1', [
          scenarioId,
        ])
      )[0]!.outcome;
    return { scenarioId, outcome };
  };

  test('is taken out after seven days on which they were looked for', async () => {
    const { scenarioId, outcome } = await missed('Uma Unseen');
    for (let days = 2; days < 8; days++) for (let time = 0; time < 2; time++) await run(scenarioId, inDays(days));
    expect(await outcome()).toBeNull();
    await run(scenarioId, inDays(8.1));
    expect(await outcome()).toBe('out_of_sight');
  });

  test('is not taken out for a week in which nobody looked, nor while its owner is gone', async () => {
    const { scenarioId, outcome } = await missed('Urs Unseen');
    await run(scenarioId, inDays(2));
    await run(scenarioId, inDays(12));
    for (const { run: cron } of scenariosCrons) await cron(app.app);
    expect(await outcome()).toBeNull();
    await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [maud.me.memberId]);
    for (let days = 13; days < 25; days++) await run(scenarioId, inDays(days));
    expect(await outcome()).toBeNull();
    await app.query(`update identity.member set status = 'active' where member_id = $1`, [maud.me.memberId]);
  });
});

describe('what lets people in', () => {
  test('what happened before another entry was published lets nobody in', async () => {
    await lent('Vera Before');
    await app.settle();
    const entering = (fact: string) => aDrawing(inARow(wait(1)), { entry: { kind: 'fact', fact, where: null } });
    const scenarioId = await running(maud, alice, entering('purchase'));
    await told(app, alice, mailOf('Vera Before'), 'visit', { at: new Date() });
    await running(maud, alice, entering('visit'), { scenarioId });
    await run(scenarioId);
    expect(await peopleOf(scenarioId)).toEqual([]);
    // The same entry in a new version loses nothing of what came meanwhile.
    await told(app, alice, mailOf('Vera Before'), 'visit', { at: new Date() });
    const again = entering('visit');
    await running(maud, alice, { ...again, again: { days: 1 } }, { scenarioId });
    await run(scenarioId);
    expect((await peopleOf(scenarioId)).map(({ name }) => name)).toEqual(['Vera Before']);
  });

  test('a birthday on two cards of one person is one', async () => {
    const add = (by: Member) =>
      by.call(cards.createCard, {
        ...(by === bob ? { bookId } : {}),
        fields: [
          { kind: 'name', value: { given: 'Twice', family: 'Born' } },
          { kind: 'email', value: { value: 'twice@client.example' } },
          { kind: 'birthday', value: { value: '1980-05-17' } },
        ],
      });
    await add(bob);
    await add(maud);
    await app.settle();
    const entry = { kind: 'date' as const, of: 'birthday', at: '09:00' };
    const scenarioId = await running(maud, alice, aDrawing(inARow(), { entry, again: { days: 0 } }));
    for (let hours = 0; hours < 96; hours += 6) await run(scenarioId, new Date(Date.UTC(2028, 4, 16, hours)));
    expect((await peopleOf(scenarioId)).length).toBe(1);
  });

  test.each([
    ['in France', '1980-06-17', 'France', '2027-06-17T07:00:00.000Z'],
    ['in Japan', '1980-07-17', 'Japan', '2027-07-17T00:00:00.000Z'],
    ['of a leap day', '1980-02-29', 'France', '2027-02-28T08:00:00.000Z'],
    ['over the change of clocks', '1980-03-28', 'France', '2027-03-28T07:00:00.000Z'],
  ])('the ready birthday comes on the day, whenever the holder answers: %s', async (name, value, country, at) => {
    const { id: programmeId } = await maud.call(plan.saveProgramme, { name, objectiveIds: [] });
    const { id: scenarioId } = await maud.call(contracts.addReady, { key: 'birthday', programmeId });
    const { edition } = await maud.call(contracts.getScenario, { scenarioId });
    await approved(maud, alice, scenarioId);
    await maud.call(contracts.publish, { scenarioId, edition });
    const add = (who: string) =>
      bob.call(cards.createCard, {
        bookId,
        fields: [
          { kind: 'name', value: { full: `${who} ${name}` } },
          { kind: 'email', value: { value: `${who}.${name.replaceAll(' ', '')}@client.example`.toLowerCase() } },
          { kind: 'birthday', value: { value } },
          { kind: 'address', value: { country } },
        ],
      });
    await add('Quick');
    await add('Slow');
    await app.settle();
    const from = new Date(at).getTime() - 5 * day;
    for (let hours = 0; hours < 6 * 24; hours += 3) {
      const now = new Date(from + hours * 3_600_000);
      await run(scenarioId, now);
      const asked = (await bob.call(contracts.listQuestions, {})).items.find((one) => one.name === `Quick ${name}`);
      if (asked) await bob.call(contracts.answerQuestion, { questionId: asked.id, answer: 'go' });
    }
    const passed = await app.query<{ at: Date }>(
      `select at from scenarios.passage where scenario_id = $1 and node_id = 'wish' order by at`,
      [scenarioId],
    );
    // Each three hours it goes on: on the day, at nine or at the next time that it is looked.
    expect(passed.map((one) => one.at.toISOString())).toEqual([at, at]);
    await maud.call(contracts.setState, { scenarioId, state: 'ended' });
  });
});

describe('what was approved', () => {
  const drawn = async (contentId: string) => {
    const scenarioId = await planned(maud);
    const definition = aDrawing(inARow(message(contentId)));
    const { edition } = await maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition });
    await checked(maud, scenarioId);
    return { scenarioId, edition, definition };
  };
  const problemOf = (call: Promise<unknown>) => call.catch((error: ProblemAnswer) => error.problem);

  test('is what somebody has seen: not a drawing, nor a content, that was written on since they opened it', async () => {
    const contentId = await aContent(maud);
    const { scenarioId, edition, definition } = await drawn(contentId);
    const { contents } = await alice.call(contracts.getScenario, { scenarioId });
    const seen = { scenarioId, edition, contents: contents.map((one) => ({ id: one.id, edition: one.edition })) };
    const { edition: before } = await maud.call(content.getContent, { contentId });
    await maud.call(content.saveContent, { contentId, edition: before, said: { en: aSaying('Buy now.') } });
    expect(await problemOf(alice.call(contracts.approve, seen))).toMatchObject({
      code: 'conflict',
      fields: { content: 'changed' },
    });
    expect(await problemOf(alice.call(contracts.approve, { ...seen, edition: edition + 1 }))).toMatchObject({
      fields: { edition: 'changed' },
    });
    expect(await alice.call(contracts.getScenario, { scenarioId })).toMatchObject({
      approved: false,
      mayApprove: true,
    });
    expect(await approveAsSeen(alice, scenarioId)).toEqual({ problems: [] });
    expect(await alice.call(contracts.getScenario, { scenarioId })).toMatchObject({
      approved: true,
      mayApprove: false,
    });
    // Saved as it is, with its keys in another order, nothing has changed and the approval stands.
    const turned = Object.fromEntries(Object.entries(definition).reverse()) as typeof definition;
    expect(await maud.call(contracts.saveDraft, { scenarioId, edition, definition: turned })).toMatchObject({
      edition,
    });
    expect(await maud.call(contracts.publish, { scenarioId, edition })).toMatchObject({ version: 1 });
  });

  test('is approved by who neither drew it nor wrote in its contents, and not by hand in the plan alone', async () => {
    const contentId = await aContent(alice);
    const { scenarioId, edition } = await drawn(contentId);
    expect(await problemOf(approveAsSeen(alice, scenarioId))).toMatchObject({ fields: { step: 'four_eyes' } });
    expect(await problemOf(approveAsSeen(maud, scenarioId))).toMatchObject({ code: 'forbidden' });
    await alice.call(plan.moveStep, { campaignId: scenarioId, step: 'approval', done: true });
    expect(await maud.call(contracts.getScenario, { scenarioId })).toMatchObject({ approved: false });
    expect(await problemOf(maud.call(contracts.publish, { scenarioId, edition }))).toMatchObject({
      fields: { step: 'approval' },
    });
  });

  test('is the edition that is published: an older one is refused', async () => {
    const { scenarioId, edition } = await drawn(await aContent(maud));
    await approveAsSeen(alice, scenarioId);
    expect(await codeOf(maud.call(contracts.publish, { scenarioId, edition: edition - 1 }))).toBe('conflict');
    const definition = aDrawing(inARow(wait(1), message()));
    const { edition: next } = await maud.call(contracts.saveDraft, { scenarioId, edition, definition });
    expect(await codeOf(maud.call(contracts.publish, { scenarioId, edition: next }))).toBe('conflict');
  });
});

test('why somebody did not get a message of a scenario is told on their page', async () => {
  const scenarioId = await running(maud, alice, aDrawing(inARow(message())));
  const rita = await addContact(maud, { name: 'Rita Refused', email: mailOf('Rita Refused') });
  await app.settle();
  await alice.call(outreach.suppressAddress, { email: mailOf('Rita Refused'), suppressed: true });
  await putIn(scenarioId, rita);
  const { items } = await maud.call(outreach.listDecisionsAbout, { personId: rita });
  expect(items).toMatchObject([{ allowed: false, manner: 'automated', reasons: ['suppressed'], messageId: null }]);
});

test('a holder who answers as the time runs out is heard, or told that it is too late', async () => {
  const nodes = [
    {
      id: 'q',
      kind: 'ask_holder',
      words: 'May we?',
      withinDays: 1,
      write: 'out',
      go: 'm',
      leave: 'out',
      unanswered: 'm',
    },
    { id: 'm', kind: 'message', contentId: letter, next: 'out' },
    { id: 'out', kind: 'exit' },
  ] as unknown as DrawnNode[];
  const scenarioId = await running(maud, alice, aDrawing({ start: 'q', nodes }));
  await putIn(scenarioId, await lent('Lara Late'), await lent('Luc Late'));
  const questions = (await bob.call(contracts.listQuestions, {})).items;
  const idOf = (name: string) => questions.find((one) => one.name === name)!.id;
  const actor = { workspaceId: alice.me.workspace.id, memberId: maud.me.memberId };
  const ids = (await peopleOf(scenarioId)).map(({ id, name }) => ({ id, name }));
  const lara = ids.find(({ name }) => name === 'Lara Late')!.id;
  // The engine holds her, and has found no answer; the answer comes before it commits.
  let answered: Promise<string> | undefined;
  await app.app.db.asActor(actor, async (tx) => {
    const [held] = await journeys.lockDue(tx, actor, [lara], inDays(2));
    expect(held!.answer).toBeNull();
    answered = codeOf(bob.call(contracts.answerQuestion, { questionId: idOf('Lara Late'), answer: 'leave' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const passage = {
      journeyId: lara,
      stepNo: held!.step_no,
      version: 1,
      nodeId: 'q',
      result: 'unanswered' as const,
      said: {},
    };
    await journeys.addPassages(tx, actor.workspaceId, scenarioId, [passage], new Date());
    const place = {
      journeyId: lara,
      nodeId: 'out',
      stepNo: held!.step_no + 1,
      phase: 'moving' as const,
      dueAt: inDays(3),
      tries: 0,
    };
    await journeys.advance(tx, actor.workspaceId, [{ ...place, outcome: null }], new Date());
  });
  expect(await answered).toBe('conflict');
  // And an answer that is committed while the engine has found them due, before it holds them, counts.
  const luc = ids.find(({ name }) => name === 'Luc Late')!.id;
  await app.query(
    `update scenarios.question set answer = 'leave', answered_at = now(), answered_by = holder_id where journey_id = $1`,
    [luc],
  );
  await run(scenarioId, inDays(2));
  await app.settle();
  expect(mailsTo('Luc Late')).toEqual([]);
});
