import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as plan from '../plan/contract.ts';
import { told } from '../segments/testing.ts';
import * as selfUpdate from '../self-update/contract.ts';
import * as surveys from '../surveys/contract.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { runScenario } from './engine.ts';
import { approved } from './testing.ts';

// The ready scenarios as they come out of the box: tried, and gone through for real over time that is not waited for.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let maud: Member;
let bob: Member;
let bookId: string;
let programmeId: string;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  maud = await app.invite(alice, 'Maud Marketer', { role: 'marketing' });
  bob = await app.invite(alice, 'Bob Holder');
  bookId = (await bob.call(delegation.createBook, { name: 'Customers' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  ({ id: programmeId } = await maud.call(plan.saveProgramme, { name: 'Ready', objectiveIds: [] }));
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000);
const run = async (scenarioId: string, at: Date) => {
  await runScenario(app.app, alice.me.workspace.id, scenarioId, { clock: () => at });
  await app.settle();
};
const mailOf = (name: string) => `${name.toLowerCase().replaceAll(' ', '.')}@client.example`;
const own = (name: string) => addContact(maud, { name, email: mailOf(name) });
const lent = (name: string) => addContact(bob, { name, email: mailOf(name), bookId });
const mailsTo = (name: string) => sink.mails.filter(({ to }) => to[0] === mailOf(name));

/** Takes a ready scenario, looks whether it is without a problem, tries it on somebody, has it approved and lets it run. */
async function begun(key: (typeof contracts.readyKeys)[number], tried: string) {
  const { id: scenarioId } = await maud.call(contracts.addReady, { key, programmeId });
  const { problems, edition } = await maud.call(contracts.getScenario, { scenarioId });
  expect(problems).toEqual([]);
  const dry = await maud.call(contracts.dryRun, { scenarioId, personIds: [tried], holders: 'go' });
  await approved(maud, alice, scenarioId);
  await maud.call(contracts.publish, { scenarioId, edition });
  return { scenarioId, tried: dry.people[0]!.steps.map(({ nodeId, result }) => `${nodeId} ${result}`) };
}
const putIn = async (scenarioId: string, ...personIds: string[]) => {
  await app.settle();
  expect(await maud.call(contracts.enter, { scenarioId, personIds })).toEqual({ entered: personIds.length });
  await app.settle();
};
/** Goes on day by day, at noon. */
const goOn = async (scenarioId: string, from: number, to: number, step = 1) => {
  for (let days = from; days <= to; days += step) await run(scenarioId, inDays(days));
};
async function wayOf(scenarioId: string, name: string) {
  const { items } = await maud.call(contracts.listPeople, { scenarioId });
  const { id: journeyId } = items.find((one) => one.name === name)!;
  const { steps } = await maud.call(contracts.getPath, { scenarioId, journeyId });
  return steps;
}
const wentBy = async (scenarioId: string, name: string) =>
  (await wayOf(scenarioId, name)).map(({ nodeId, result }) => `${nodeId} ${result}`);

test('the mail that asks whether details are right leads to the page of its reader, and to nobody else’s', async () => {
  const [sue, sam, lena] = [await own('Sue Self'), await own('Sam Self'), await lent('Lena Lent')];
  await app.settle();
  // Nobody has confirmed them for more than a year.
  await app.query(`update cards.entry set seen_at = now() - interval '400 days'`);
  const { scenarioId, tried } = await begun('selfupdate', sue);
  expect(tried).toContain('question sent');
  await putIn(scenarioId, sue, sam, lena);
  await goOn(scenarioId, 1, 8);
  const tokenFor = (name: string) => {
    expect(mailsTo(name).length).toBe(1);
    const { text, html } = mailsTo(name)[0]!.mail;
    const [, token] = /https?:\S+\/my-details#token=([\w-]+)/.exec(text!)!;
    expect(html).toContain(`/my-details#token=${token}`);
    return token!;
  };
  const [sues, sams] = [tokenFor('Sue Self'), tokenFor('Sam Self')];
  expect(await app.client().call(selfUpdate.openLink, { token: sues })).toMatchObject({ firstName: 'Sue' });
  expect(await app.client().call(selfUpdate.openLink, { token: sams })).toMatchObject({ firstName: 'Sam' });
  const altered = `${sues.slice(0, -4)}${sues.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  expect(await codeOf(app.client().call(selfUpdate.openLink, { token: altered }))).toBe('link_expired');
  // It stands with the links of who holds the contact, who reads neither it nor the token.
  expect((await maud.call(selfUpdate.listLinks, { personId: sue })).links.length).toBe(1);
  const written = JSON.stringify(await maud.call(outreach.listMyMessages, { limit: 50 }));
  expect(written).not.toContain(sues);
  // A link is its holder's to give: of a colleague's contact they have the task.
  expect(mailsTo('Lena Lent')).toEqual([]);
  const way = await wayOf(scenarioId, 'Lena Lent');
  expect(way.map(({ nodeId, result }) => `${nodeId} ${result}`).slice(1, 4)).toEqual([
    'morning waited',
    'question aside',
    'verify given',
  ]);
  expect(way[2]!.said.reasons).toEqual(['no_own_card']);
  expect((await bob.call(tasks.listTasks, { state: 'open' })).items.length).toBe(1);
  // Nobody is asked twice within a year, by this or by a round.
  const again = await maud.call(contracts.dryRun, { scenarioId, personIds: [sue] });
  expect(again.people[0]!.steps.find(({ nodeId }) => nodeId === 'question')).toMatchObject({
    result: 'aside',
    said: { reasons: ['link_stands'] },
  });
});

test('the mail after a sale leads to the survey, each by a link of their own; whoever is unhappy is called', async () => {
  await lent('Ugo Unhappy');
  const hal = await lent('Hal Happy');
  await app.settle();
  const { scenarioId, tried } = await begun('satisfaction', hal);
  expect(tried).toContain('question sent');
  for (const name of ['Ugo Unhappy', 'Hal Happy'])
    await told(app, alice, mailOf(name), 'order', { at: new Date(), amount: 10 });
  await run(scenarioId, new Date());
  await goOn(scenarioId, 9, 18);
  const urlFor = (name: string) => /https?:\S+\/s\/[\w-]+/.exec(mailsTo(name)[0]!.mail.text!)![0];
  const [ugos, hals] = [urlFor('Ugo Unhappy'), urlFor('Hal Happy')];
  expect(ugos).not.toBe(hals);
  const { port } = app.server.server.address() as AddressInfo;
  const here = (url: string) => `http://127.0.0.1:${port}${new URL(url).pathname}`;
  expect(await (await fetch(here(ugos))).text()).toMatch(/Nous recommanderiez-vous|Would you recommend us/);
  const answer = async (url: string, score: number) =>
    (await fetch(here(url), { method: 'POST', body: new URLSearchParams({ q_recommend: String(score) }) })).status;
  expect([await answer(ugos, 2), await answer(hals, 10)]).toEqual([200, 200]);
  await app.settle();
  const { items } = await maud.call(surveys.listSurveys, {});
  const answers = (await maud.call(surveys.listAnswers, { surveyId: items[0]!.id, limit: 10 })).items;
  const scores = answers.map(({ person, given }) => [person?.name, given.recommend]).sort();
  expect(scores).toEqual([
    ['Hal Happy', 10],
    ['Ugo Unhappy', 2],
  ]);
  await goOn(scenarioId, 19, 24);
  expect((await wentBy(scenarioId, 'Ugo Unhappy')).slice(-3)).toEqual(['unhappy yes', 'call given', 'out exit']);
  expect((await wentBy(scenarioId, 'Hal Happy')).slice(-3)).toEqual(['unhappy no', 'said yes', 'reached goal']);
});

test('welcome: a word, a question after a month, a call where nothing came', async () => {
  const nora = await lent('Nora New');
  await app.settle();
  const { scenarioId } = await begun('welcome', nora);
  await told(app, alice, mailOf('Nora New'), 'order', { at: new Date(), amount: 10 });
  await run(scenarioId, new Date());
  await goOn(scenarioId, 1, 60, 2);
  expect(await wentBy(scenarioId, 'Nora New')).toEqual([
    ...['new entered', 'new yes', 'morning waited', 'hello sent', 'month waited', 'quiet no', 'howisit sent'],
    ...['fortnight waited', 'still no', 'call given', 'out exit'],
  ]);
  expect(mailsTo('Nora New').map(({ mail }) => mail.subject)).toEqual([
    expect.stringMatching(/Bienvenue chez|Welcome to/),
    expect.stringMatching(/Un mois déjà|A month already/),
  ]);
});

test('win back: a question, then the holder', async () => {
  const wim = await lent('Wim Winback');
  await app.settle();
  const { scenarioId, tried } = await begun('winback', wim);
  expect(tried).toContain('question sent');
  await putIn(scenarioId, wim);
  await goOn(scenarioId, 1, 24);
  expect(await wentBy(scenarioId, 'Wim Winback')).toEqual([
    ...['morning entered', 'morning waited', 'waits no', 'question sent', 'ten waited', 'answered no', 'own given'],
    'out exit',
  ]);
  expect(mailsTo('Wim Winback').length).toBe(1);
});

test('after an event: thanks on a working day, a call after a week of silence', async () => {
  const eve = await lent('Eve Event');
  await app.settle();
  const { scenarioId } = await begun('event', eve);
  await told(app, alice, mailOf('Eve Event'), 'attendance', { at: new Date() });
  await run(scenarioId, new Date());
  await goOn(scenarioId, 1, 14);
  expect(await wentBy(scenarioId, 'Eve Event')).toEqual([
    ...['next entered', 'next waited', 'thanks sent', 'week waited', 'answered no', 'call given', 'out exit'],
  ]);
  expect(mailsTo('Eve Event').length).toBe(1);
});

test('after a lost deal: the holder is asked, thanks are sent, and half a year later somebody asks how things are', async () => {
  const lou = await lent('Lou Lostdeal');
  await app.settle();
  const { scenarioId } = await begun('lostdeal', lou);
  await putIn(scenarioId, lou);
  const [question] = (await bob.call(contracts.listQuestions, {})).items;
  await bob.call(contracts.answerQuestion, { questionId: question!.id, answer: 'go' });
  await app.settle();
  await goOn(scenarioId, 1, 190, 27);
  expect(await wentBy(scenarioId, 'Lou Lostdeal')).toEqual([
    ...['holder entered', 'holder asked', 'holder go', 'thanks sent', 'half waited', 'call given', 'out exit'],
  ]);
  expect(mailsTo('Lou Lostdeal').length).toBe(1);
});
