import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { historyOf } from '../facts/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as voices from '../voices/contract.ts';
import * as contracts from './contract.ts';
import { aSurvey } from './testing.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let carl: Member;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Colleague');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

const words = { subject: 'Your opinion', text: 'Hello', locale: 'fr' as const };
const send = (by: Member, surveyId: string, ...personIds: string[]) =>
  by.call(contracts.sendSurvey, { surveyId, personIds, ...words });
const reasonsOf = ({ items }: Awaited<ReturnType<typeof send>>) => items.map(({ reasons }) => reasons);

/** The link in the last mail to an address. */
async function linkTo(email: string): Promise<string> {
  await app.settle();
  const mail = sink.mails.findLast(({ to }) => to.includes(email))!;
  return /\/s\/([\w-]{86})(?=\s|$)/m.exec(mail.mail.text!)![1]!;
}
let visitors = 0;
/** A page of ours, as a browser without scripts asks for it. */
async function page(token: string, form?: Record<string, string>, query = '') {
  const { port } = app.server.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/s/${token}${query}`, {
    headers: { 'x-forwarded-for': `203.0.113.${(++visitors % 250) + 1}`, 'accept-language': 'en' },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}
const answersOf = async (by: Member, surveyId: string) => (await by.call(contracts.listAnswers, { surveyId })).items;

test('asking passes the gate, and every reason is told for whom it refuses', async () => {
  const lent = (await bob.call(delegation.createBook, { name: 'Lent' })).id;
  const first = (await bob.call(delegation.createBook, { name: 'Ask first' })).id;
  const grantee = { kind: 'workspace' as const };
  for (const bookId of [lent, first]) {
    await bob.call(delegation.createGrant, { bookId, grantee, acts: ['read'] });
    const more = bookId === first ? { askFirst: true } : { purposes: ['survey' as const] };
    await bob.call(delegation.createGrant, { bookId, grantee, acts: ['contact'], ...more });
  }
  const [lea, noe] = [
    await addContact(bob, { name: 'Lea Lent', email: 'lea@client.example', bookId: lent }),
    await addContact(bob, { name: 'Noe First', email: 'noe@client.example', bookId: first }),
  ];
  const mute = await addContact(carl, { name: 'Max Mute' });
  await app.settle();
  const { id } = await carl.call(contracts.addSurvey, aSurvey());
  const preview = await carl.call(contracts.previewSending, { surveyId: id, personIds: [lea, noe, mute] });
  expect(reasonsOf(preview)).toEqual([[], ['ask_first'], ['no_address']]);
  expect(await app.query('select from surveys.asked')).toEqual([]);
  expect(reasonsOf(await send(carl, id, lea, noe, mute))).toEqual([[], ['ask_first'], ['no_address']]);
  const token = await linkTo('lea@client.example');
  expect(sink.mails.map(({ to }) => to[0])).toEqual(['lea@client.example']);
  const told = (await bob.call(home.listHappenings, {})).items.map(({ kind }) => kind);
  expect(told).toContain('contacted');
  // Whoever asks reads neither the link nor the numbers in what they wrote.
  expect(JSON.stringify(await carl.json('/messages'))).not.toContain(token);
  expect((await page(token, { q_a: '9' })).status).toBe(200);
  await app.settle();
  expect((await bob.call(home.listHappenings, {})).items.map(({ kind }) => kind)).toContain('answered');
  expect(await answersOf(carl, id)).toMatchObject([
    { given: { a: 9 }, via: 'mail', person: { id: lea, name: 'Lea Lent' } },
  ]);
});

test('nobody is asked twice within the days of a survey, by whomever', async () => {
  const [ann, other] = [
    await addContact(alice, { name: 'Ann Once', email: 'ann@once.example', organization: 'Once SA' }),
    await addContact(carl, { name: 'Ann Once', email: 'ann@once.example', organization: 'Once SA' }),
  ];
  const { id } = await alice.call(contracts.addSurvey, aSurvey());
  const others = [];
  for (let no = 0; no < 4; no++) others.push((await carl.call(contracts.addSurvey, aSurvey())).id);
  const all = await Promise.all([send(alice, id, ann), ...others.map((one) => send(carl, one, other))]);
  const late = ['asked_lately'];
  expect(all.flatMap(reasonsOf).sort()).toEqual([[], late, late, late, late]);
  expect(reasonsOf(await send(alice, id, ann))).toEqual([['asked_lately']]);
  await app.query(`update surveys.asked set asked_at = now() - interval '91 days'`);
  expect(reasonsOf(await send(alice, id, ann))).toEqual([[]]);
});

test('an objection to surveys keeps them from being asked', async () => {
  const eve = await addContact(alice, { name: 'Eve No', email: 'eve@no.example', organization: 'No SA' });
  const point = (await alice.call(cards.getPerson, { personId: eve })).values.find(({ kind }) => kind === 'email')!
    .contactPoint!.id;
  await app.query(
    `insert into outreach.objection (workspace_id, contact_point_id, purpose, message_id) values ($1, $2, 'survey', $2)`,
    [alice.me.workspace.id, point],
  );
  const { id } = await alice.call(contracts.addSurvey, aSurvey());
  expect(reasonsOf(await send(alice, id, eve))).toEqual([['objected_purpose']]);
});

async function asked(name: string, email: string, said = {}) {
  const personId = await addContact(alice, { name, email, organization: 'Client SA' });
  const { id } = await alice.call(contracts.addSurvey, aSurvey(said));
  await send(alice, id, personId);
  return { id, token: await linkTo(email) };
}

test('looking records nothing, one click chooses a number, sending keeps it; it is changed until the survey is closed', async () => {
  const { id, token } = await asked('Joe Twice', 'joe@twice.example');
  const looked = await page(token, undefined, '?q_a=8&lang=en');
  expect(looked.text).toMatch(/value="8" checked/);
  expect(looked.text).not.toContain('<script');
  expect(looked.headers.get('x-robots-tag')).toContain('noindex');
  expect(looked.headers.get('cache-control')).toBe('no-store');
  expect(await answersOf(alice, id)).toEqual([]);
  expect((await page(token, { q_b: 'no number' })).status).toBe(422);
  expect((await page(token, { q_a: '8', q_b: 'The delivery was late <b>again</b>' })).text).toContain('Merci');
  expect((await page(token)).text).toContain('&lt;b&gt;again');
  await Promise.all([page(token, { q_a: '3' }), page(token, { q_a: '3' })]);
  expect(await answersOf(alice, id)).toMatchObject([{ given: { a: 3 } }]);
  await alice.call(contracts.updateSurvey, { surveyId: id, closed: true });
  expect((await page(token, { q_a: '10' })).text).toContain('close');
  expect(await answersOf(alice, id)).toMatchObject([{ given: { a: 3 } }]);
  const [row] = await app.query<{ row: string }>(
    `select i::text as row from surveys.invitation i where survey_id = $1`,
    [id],
  );
  expect(row!.row).not.toContain(token.slice(-43));
});

test('that somebody answered is a fact for everybody where the survey is, and where it is not anonymous', async () => {
  const told = async (said: Parameters<typeof aSurvey>[0], email: string) => {
    const { id } = await alice.call(contracts.addSurvey, aSurvey(said));
    const personId = await addContact(alice, { name: 'Ulla Told', email });
    await send(alice, id, personId);
    const token = await linkTo(email);
    await page(token, { q_a: '3' });
    await page(token, { q_a: '8' });
    return (await historyOf(alice, personId)).map(({ kind, props }) => [
      kind.key,
      props.find(({ key }) => key === 'score')?.value,
    ]);
  };
  expect(await told({ audience: { kind: 'workspace' } }, 'ulla1@told.example')).toEqual([['survey', 8]]);
  expect(await told({ audience: { kind: 'mine' } }, 'ulla2@told.example')).toEqual([]);
  expect(await told({ audience: { kind: 'workspace' }, anonymous: true }, 'ulla3@told.example')).toEqual([]);
});

test('a link that was altered, or is of nobody, opens nothing', async () => {
  const { id, token } = await asked('Ida Link', 'ida@link.example');
  const wrong = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  for (const one of [wrong, token.slice(0, 43), 'x', '%00'])
    expect([400, 404]).toContain((await page(one, { q_a: '1' })).status);
  expect(await answersOf(alice, id)).toEqual([]);
});

test('what is written becomes a voice, changed with the answer and gone with it', async () => {
  const { id, token } = await asked('Vic Voice', 'vic@voice.example');
  await page(token, { q_a: '2', q_b: 'The delivery is late again and I am very disappointed.' });
  const [answer] = await answersOf(alice, id);
  expect(answer).toMatchObject({ tone: 'negative', topics: [{ en: 'Delivery and delays' }] });
  const topics = (await alice.call(voices.listTopics, {})).items;
  const delivery = topics.find(({ name }) => name.en === 'Delivery and delays')!.id;
  const heard = () => alice.call(voices.listElsewhere, { topicId: delivery });
  expect((await heard()).items.filter(({ originId }) => originId === id)).toMatchObject([
    { origin: 'survey', tone: 'negative' },
  ]);
  expect((await carl.call(voices.listElsewhere, { topicId: delivery })).items).toEqual([]);
  expect((await alice.call(contracts.getResults, { surveyId: id })).byTopic).toMatchObject([
    { topicId: delivery, answers: 1, score: -100 },
  ]);
  await page(token, { q_a: '2' });
  expect((await heard()).items.filter(({ originId }) => originId === id)).toEqual([]);
});

test('of an anonymous survey nobody can be found, and nothing is shown before five have answered', async () => {
  const { id } = await alice.call(contracts.addSurvey, aSurvey({ anonymous: true, name: 'Secret' }));
  const people = [];
  for (const n of [1, 2, 3, 4, 5]) {
    people.push(
      await addContact(alice, { name: `Nemo ${n}`, email: `nemo${n}@anon.example`, organization: 'Anon SA' }),
    );
  }
  await send(alice, id, ...people);
  const tokens = [];
  for (const n of [1, 2, 3, 4, 5]) tokens.push(await linkTo(`nemo${n}@anon.example`));
  for (const token of tokens.slice(0, 4))
    await page(token, { q_a: '10', q_b: 'The delivery is late, I am very disappointed.' });
  expect(await answersOf(alice, id)).toEqual([]);
  expect(await alice.call(contracts.getResults, { surveyId: id })).toMatchObject({
    held: true,
    answers: 4,
    questions: [],
  });
  expect(await app.query(`select from voices.elsewhere where origin_id = $1`, [id])).toEqual([]);
  // Once for each link, and not to be changed: nobody knows which answer it would be.
  expect((await page(tokens[0]!, { q_a: '0' })).text).toContain('Vous avez répondu');
  await page(tokens[4]!, { q_a: '10', q_b: 'The delivery is late, I am very disappointed.' });
  const shown = await answersOf(alice, id);
  expect(shown.map(({ person }) => person)).toEqual([null, null, null, null, null]);
  expect(
    await app.query(`select from voices.elsewhere where origin_id = $1 and contact_point_id is null`, [id]),
  ).toHaveLength(5);
  const results = await alice.call(contracts.getResults, { surveyId: id });
  expect(results).toMatchObject({
    held: false,
    questions: [{ nps: { score: 100 } }, {}],
    byMonth: [{ answers: 5, score: 100 }],
  });
  // Voices of it lead to no answer, and answers say neither what they are about, nor by which way and on which day they came.
  const voiced = await app.query<{ id: string }>('select item_id as id from voices.elsewhere where origin_id = $1', [
    id,
  ]);
  expect(voiced).toHaveLength(5);
  expect(voiced.filter((one) => shown.some((answer) => answer.id === one.id))).toEqual([]);
  expect(new Set(shown.map(({ via, tone, topics, on }) => JSON.stringify([via, tone, topics, on.slice(8)])))).toEqual(
    new Set([JSON.stringify(['link', null, [], '01'])]),
  );
  expect(results.byTopic).toEqual([]);
  // The next ones are shown when there are five of them, too: one by itself would be that of who was asked last.
  const more = [];
  for (const n of [6, 7, 8, 9, 10])
    more.push(await addContact(alice, { name: `Nemo ${n}`, email: `nemo${n}@anon.example`, organization: 'Anon SA' }));
  await send(alice, id, ...more);
  for (const n of [6, 7, 8, 9]) await page(await linkTo(`nemo${n}@anon.example`), { q_a: '0', q_b: 'Late again.' });
  expect(await answersOf(alice, id)).toHaveLength(5);
  await page(await linkTo('nemo10@anon.example'), { q_a: '0', q_b: 'Late again.' });
  expect(await answersOf(alice, id)).toHaveLength(10);
  // Nothing of an answer stands with the invitation, and nothing of who it is with the answer.
  const links = await app.query(
    `select from surveys.answer a join surveys.invitation i on i.survey_id = a.survey_id
       and (i.invitation_id = a.answer_id or i.contact_point_id = a.contact_point_id) where a.survey_id = $1`,
    [id],
  );
  expect(links).toEqual([]);
  const kept = await app.query<{ id: string }>('select answer_id as id from surveys.answer where survey_id = $1', [id]);
  expect(
    kept.every(({ id: one }) => one[14] === '4'),
    'ids tell no order',
  ).toBe(true);
  await app.settle();
  expect(
    (await alice.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'answered'),
    'nobody is told that they answered',
  ).toEqual([]);
});

test('an open link takes an answer once for each page that was opened, and none where it is not open', async () => {
  const survey = await alice.call(contracts.addSurvey, aSurvey({ openLink: true, anonymous: false }));
  const token = survey.openUrl!.split('/s/')[1]!;
  const drawn = /name="answer" value="([^"]+)"/.exec((await page(token)).text)![1]!;
  await page(token, { q_a: '7', answer: drawn });
  await page(token, { q_a: '9', answer: drawn });
  await page(token, { q_a: '1', answer: 'not an id' });
  expect((await answersOf(alice, survey.id)).map(({ given }) => given.a).sort()).toEqual([1, 9]);
  // An answer of who was asked is not written over by who knows its id.
  const { id, token: own } = await asked('Una Own', 'una@own.example', { openLink: true });
  await page(own, { q_a: '9' });
  const [mine] = await answersOf(alice, id);
  const open = (await alice.call(contracts.getSurvey, { surveyId: id })).openUrl!.split('/s/')[1]!;
  await page(open, { q_a: '0', answer: mine!.id });
  expect((await answersOf(alice, id)).find((one) => one.id === mine!.id)).toMatchObject({ given: { a: 9 } });
  await alice.call(contracts.updateSurvey, { surveyId: survey.id, openLink: false });
  expect((await page(token, { q_a: '7' })).status).toBe(404);
});

test('whoever answers in a conversation offers a survey there once, on the contact point that it is with', async () => {
  const chat = await addChat(alice, [{ kind: 'member', id: carl.me.memberId }]);
  const { messages } = await bring(app, alice, chat.id, incoming({ from: 'solved@client.example' }));
  const { conversationId } = messages[0]!;
  const { id } = await carl.call(contracts.addSurvey, aSurvey({ kind: 'csat' }));
  const mine = await alice.call(contracts.addSurvey, aSurvey({ kind: 'csat', audience: { kind: 'workspace' } }));
  expect(
    await codeOf(alice.call(contracts.offerInConversation, { conversationId, surveyId: mine.id, locale: 'en' })),
  ).toBe('not_found');
  const offered = await carl.call(contracts.offerInConversation, { conversationId, surveyId: id, locale: 'en' });
  const token = /\/s\/([\w-]+)/.exec(offered.text!)![1]!;
  expect(await carl.call(contracts.offerInConversation, { conversationId, surveyId: id, locale: 'en' })).toEqual({
    text: null,
    reasons: ['asked_lately'],
  });
  await page(token, { q_a: '10' });
  expect(await answersOf(carl, id)).toMatchObject([{ via: 'conversation', given: { a: 10 } }]);
});

test('a survey is seen by whom it was made for, changed by its owner, and for everybody made by few', async () => {
  const team = await alice.call(identity.createTeam, { name: 'Care', memberIds: [bob.me.memberId, carl.me.memberId] });
  const { id } = await carl.call(contracts.addSurvey, aSurvey({ audience: { kind: 'team', id: team.id } }));
  expect((await bob.call(contracts.getSurvey, { surveyId: id })).mine).toBe(false);
  expect(await codeOf(bob.call(contracts.updateSurvey, { surveyId: id, name: 'Mine' }))).toBe('forbidden');
  expect(await codeOf(alice.call(contracts.getSurvey, { surveyId: id }))).toBe('not_found');
  expect(await codeOf(carl.call(contracts.addSurvey, aSurvey({ audience: { kind: 'workspace' } })))).toBe('forbidden');
  await alice.call(contracts.addSurvey, aSurvey({ audience: { kind: 'workspace' }, name: 'All' }));
  expect((await bob.call(contracts.listSurveys, {})).items.map(({ name }) => name)).toContain('All');
});

test('questions stand once somebody was asked', async () => {
  const { id } = await asked('Fay Fixed', 'fay@fixed.example');
  const [first] = aSurvey().questions;
  expect(await codeOf(alice.call(contracts.updateSurvey, { surveyId: id, questions: [first!] }))).toBe('conflict');
  expect((await alice.call(contracts.updateSurvey, { surveyId: id, name: 'Renamed' })).name).toBe('Renamed');
});
