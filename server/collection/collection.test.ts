import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as attributes from '../attributes/contract.ts';
import { addAttribute } from '../attributes/testing.ts';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as channels from '../conversations/channels-contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as forms from '../forms/contract.ts';
import { type Visitor, visit } from '../forms/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as selfUpdate from '../self-update/contract.ts';
import * as contracts from './contract.ts';
import { planQuestion, rollOut } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let maud: Member;
let sink: MailSink;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  maud = await app.invite(alice, 'Maud Planner', { role: 'marketing' });
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
  bookId = (await alice.call(delegation.createBook, { name: 'Site', stewardIds: [alice.me.memberId] })).id;
  await alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const both = (text: string) => ({ fr: text, en: text });
async function makeForm(more: Record<string, unknown> = {}) {
  const settings = {
    title: both('Tell us'),
    fields: [
      { key: 'name', kind: 'name' },
      { key: 'email', kind: 'email', required: true },
    ],
    profile: { most: 2 },
    bookId,
    ...more,
  };
  const access = [{ kind: 'workspace' as const }];
  const channel = await alice.call(channels.addChannel, { kind: 'form', name: 'Tell us', settings, access });
  return { channel, path: new URL(channel.pageUrl!).pathname };
}

/** Opens a form, lets its stamp ripen, and gives the questions that it asks. */
async function openForm(path: string, query = '') {
  const visitor = visit(app, path);
  const { html, stamp } = await visitor.open(query);
  const asked = [...html.matchAll(/name="(p_\d+)"/g)].map(([, name]) => name!);
  return { visitor, html, asked: [...new Set(asked)], stamp };
}
type Opened = Awaited<ReturnType<typeof openForm>>;
const ripe = () => new Promise((done) => setTimeout(done, 2100));

const send = async ({ visitor, stamp }: Opened, path: string, typed: Record<string, string>) => {
  const answer = await visitor.post(path, new URLSearchParams({ stamp, f_name: 'Léa Martin', ...typed }));
  return { status: answer.status, html: await answer.text() };
};
/** Says by the link of the mail that it was them. */
async function confirm(email: string, visitor: Visitor) {
  await app.settle();
  const mail = sink.mails.findLast(({ to }) => to[0] === email)!;
  const { pathname } = new URL(/https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(mail.mail.text!)![0]);
  const html = await (await visitor.get(pathname)).text();
  const body = new URLSearchParams();
  for (const [, id] of html.matchAll(/name="sent" value="([^"]+)"/g)) body.append('sent', id!);
  await visitor.post(pathname, body);
  await app.settle();
}
const personOf = async (viewer: Member, q: string) => (await viewer.call(cards.listPeople, { q })).items[0]?.id;
const knownOf = async (viewer: Member, personId: string, key: string) =>
  (await viewer.call(attributes.listValues, { personId })).items.find((one) => one.attribute.key === key)!;
const unique = (word: string) => `${word}.${randomBytes(3).toString('hex')}@client.example`;

describe('the plan', () => {
  test('is read by everybody and written by admins and marketing; anybody proposes', async () => {
    const { id: itemId } = await maud.call(contracts.saveItem, { kind: 'field', ref: 'birthday' });
    expect((await maud.call(contracts.saveItem, { kind: 'field', ref: 'birthday', staleMonths: 12 })).id).toBe(itemId);
    expect(await codeOf(maud.call(contracts.saveItem, { kind: 'field', ref: 'shoe' }))).toBe('invalid_input');
    expect(await codeOf(maud.call(contracts.saveItem, { kind: 'attribute', ref: itemId }))).toBe('invalid_input');
    const { id: touchpointId } = await maud.call(contracts.saveTouchpoint, { name: 'Shop' });
    await maud.call(contracts.saveNeed, { name: 'Birthday cards', kind: 'programme', itemIds: [itemId] });
    expect(await codeOf(bob.call(contracts.saveTouchpoint, { name: 'Mine' }))).toBe('forbidden');
    const idea = { itemId, touchpointId, kind: 'till_prompt' as const, idea: 'Ask at the till' };
    const proposed = await bob.call(contracts.proposeMechanism, idea);
    expect(proposed).toMatchObject({ state: 'idea', mine: true, proposedBy: { name: 'Bob Holder' } });
    const plan = await bob.call(contracts.getPlan, {});
    expect(plan).toMatchObject({
      needs: [{ name: 'Birthday cards', itemIds: [itemId] }],
      items: [{ ref: 'birthday', staleMonths: 12, filling: null }],
      touchpoints: [{ name: 'Shop' }],
      mechanisms: [{ idea: 'Ask at the till' }],
    });
  });

  test('an idea is its author’s until it was studied, then its responsible member’s and the planners’', async () => {
    const [{ id: mechanismId, version }] = (await bob.call(contracts.getPlan, {})).mechanisms as [contracts.Mechanism];
    const said = {
      ...{ mechanismId, kind: 'till_prompt' as const, idea: 'Ask kindly', question: both(''), channelId: null },
      ...{
        business: null,
        businessNote: '',
        it: null,
        itNote: '',
        costEuros: 200,
        responsibleId: null,
        dueOn: '2027-01-31',
      },
    };
    expect(await bob.call(contracts.updateMechanism, { ...said, version })).toMatchObject({
      state: 'idea',
      version: 2,
    });
    expect(await codeOf(bob.call(contracts.updateMechanism, { ...said, version }))).toBe('conflict');
    const carl = await app.invite(alice, 'Carl Colleague');
    expect(await codeOf(carl.call(contracts.updateMechanism, { ...said, version: 2 }))).toBe('forbidden');
    const given = { ...said, version: 2, business: 3, responsibleId: carl.me.memberId };
    expect(await maud.call(contracts.updateMechanism, given)).toMatchObject({ state: 'studied' });
    expect(await codeOf(bob.call(contracts.updateMechanism, { ...said, version: 3 }))).toBe('forbidden');
    expect(await carl.call(contracts.updateMechanism, { ...given, version: 3, it: 2 })).toMatchObject({ it: 2 });
    const wrong = { ...given, version: 4, channelId: bookId };
    expect(await codeOf(maud.call(contracts.updateMechanism, wrong))).toBe('invalid_input');
    expect(await codeOf(carl.call(contracts.decide, { mechanismId, outcome: 'dropped', why: 'No' }))).toBe('forbidden');
    expect(await codeOf(maud.call(contracts.startTest, { mechanismId }))).toBe('invalid_input');
  });

  test('a decision says who took it, when and why', async () => {
    const [{ id: mechanismId }] = (await bob.call(contracts.getPlan, {})).mechanisms as [contracts.Mechanism];
    const decided = await maud.call(contracts.decide, {
      mechanismId,
      outcome: 'dropped',
      why: 'Nobody answers at a till',
    });
    expect(decided).toMatchObject({
      state: 'dropped',
      decision: { by: 'Maud Planner', why: 'Nobody answers at a till' },
    });
    expect((await alice.call(identity.listAudit, {})).items.map(({ code }) => code)).toContain('collection.dropped');
  });

  test('who ends an attribute is told that the plan rests on it', async () => {
    const attribute = await addAttribute(alice, 'used_by_plan');
    const { id } = await maud.call(contracts.saveItem, { kind: 'attribute', ref: attribute.id });
    const { uses } = await alice.call(attributes.getAttribute, { attributeId: attribute.id });
    expect(uses).toEqual([{ kind: 'plan', count: 1 }]);
    await maud.call(contracts.setEnded, { part: 'item', id, ended: true });
    expect((await bob.call(contracts.getPlan, {})).items.map((item) => item.ref)).not.toContain(attribute.id);
  });
});

describe('a form that asks what is missing', () => {
  let staff: attributes.Attribute;
  let colour: attributes.Attribute;
  let path: string;
  let channelId: string;

  beforeAll(async () => {
    staff = await addAttribute(alice, 'staff', { type: 'number', bounds: { min: 0, whole: true } });
    const choices = ['red', 'blue'].map((key) => ({ key, fr: key, en: key }));
    colour = await addAttribute(alice, 'colour', { type: 'choice', choices, many: true });
    const secret = await addAttribute(alice, 'faith', {
      ...{ sensitivity: 'special', specialBasis: 'explicit_consent', basis: 'consent' },
      access: [{ kind: 'member', id: alice.me.memberId, writes: true }],
    });
    for (const [attribute, words] of [
      [staff, 'How many are you?'],
      [colour, 'Your colours?'],
      [secret, 'Your faith?'],
    ] as const)
      await rollOut(maud, await planQuestion(maud, attribute, words));
    const made = await makeForm();
    path = made.path;
    channelId = made.channel.id;
  });

  test('asks only what a need wants and is rolled out, and nothing of a special category', async () => {
    const { html, asked } = await openForm(path);
    expect(asked).toEqual([`p_${staff.no}`, `p_${colour.no}`]);
    expect(html).toContain('How many are you?');
    expect(html).not.toContain('Your faith?');
    const { items } = await maud.call(contracts.getPlan, {});
    const item = items.find(({ ref }) => ref === colour.id)!;
    await maud.call(contracts.setEnded, { part: 'item', id: item.id, ended: true });
    expect((await openForm(path)).asked).toEqual([`p_${staff.no}`]);
    await maud.call(contracts.setEnded, { part: 'item', id: item.id, ended: false });
    const without = await makeForm({ profile: null });
    expect((await openForm(without.path)).asked).toEqual([]);
  });

  test('is not set up where nobody is asked whether it was them', async () => {
    expect(await codeOf(makeForm({ confirm: false }))).toBe('invalid_input');
  });

  test('says what is impossible, and answers stand as the person’s own word once they confirmed', async () => {
    const email = unique('lea');
    const opened = await openForm(path);
    await ripe();
    const again = await send(opened, path, { f_email: email, [`p_${staff.no}`]: '-4' });
    expect(again.status).toBe(422);
    expect(again.html).toContain('less than is possible');
    expect(again.html).toContain('name="tries" value="1"');
    expect(
      (await send(opened, path, { f_email: email, [`p_${staff.no}`]: '12', [`p_${colour.no}`]: 'blue' })).status,
    ).toBe(303);
    await app.settle();
    expect(await app.query('select from attributes.value where attribute_no = $1', [staff.no])).toEqual([]);
    await confirm(email, opened.visitor);
    const personId = (await personOf(bob, 'Léa Martin'))!;
    expect(await knownOf(bob, personId, 'staff')).toMatchObject({
      ...{ value: 12, reason: 'confirmed', said: [{ writtenBy: 'themself', origin: 'form', cardId: null }] },
    });
    expect(await knownOf(bob, personId, 'colour')).toMatchObject({ value: ['blue'] });
  });

  test('a stranger who types an address learns nothing of it: they are asked what everybody is asked', async () => {
    const email = unique('known');
    await alice.call(attributes.setValues, { items: [{ attribute: 'staff', email, value: 3 }] });
    const opened = await openForm(path);
    await ripe();
    const { html, status } = await send(opened, path, { f_email: email, [`p_${staff.no}`]: 'many' });
    expect(status).toBe(422);
    expect([...html.matchAll(/name="(p_\d+)"/g)].map(([, name]) => name)).toContain(`p_${staff.no}`);
    expect(html).not.toContain('value="3"');
  });

  test('whom we send here is asked only what is missing, until it is stale, and by no link of another form or of nobody', async () => {
    const email = unique('sent');
    const cardId = await addContact(alice, { name: 'Zoe Sent', email, bookId });
    await alice.call(attributes.setValues, { items: [{ attribute: 'staff', email, value: 3 }] });
    const contactPointId = (await bob.call(cards.getPerson, { personId: cardId })).values.find(
      ({ kind }) => kind === 'email',
    )!.contactPoint!.id;
    const link = { personId: cardId, channelId, contactPointId };
    const { url } = await bob.call(forms.linkContact, link);
    const { search } = new URL(url);
    expect(url).not.toContain(email);
    expect((await openForm(path, search)).asked).toEqual([`p_${colour.no}`]);
    const other = await makeForm();
    expect((await openForm(other.path, search)).asked).toHaveLength(2);
    expect((await openForm(path, `${search}x`)).asked).toHaveLength(2);
    expect(await codeOf(bob.call(forms.linkContact, { ...link, contactPointId: cardId }))).toBe('not_found');
    const own = await addContact(alice, { name: 'Private', email: unique('private') });
    expect(await codeOf(bob.call(forms.linkContact, { ...link, personId: own }))).toBe('not_found');
    await maud.call(contracts.saveItem, { kind: 'attribute', ref: staff.id, staleMonths: 6 });
    await app.query(`update attributes.value set at = now() - interval '7 months' where subject_id = $1`, [
      contactPointId,
    ]);
    expect((await openForm(path, search)).asked).toHaveLength(2);
  });

  test('a test asks one half by lot, and what it has shown is counted with nothing said of too few', async () => {
    const size = await addAttribute(alice, 'size');
    const tested = await makeForm({ profile: { most: 5 } });
    const mechanism = await planQuestion(maud, size, 'Your size?', { channelId: tested.channel.id, costEuros: 30 });
    await maud.call(contracts.startTest, { mechanismId: mechanism.id });
    expect(await codeOf(maud.call(contracts.startTest, { mechanismId: mechanism.id }))).toBe('conflict');
    const name = `p_${size.no}`;
    const opened: Opened[] = [];
    for (let at = 0; at < 24; at++) opened.push(await openForm(tested.path));
    const asked = opened.filter((one) => one.asked.includes(name));
    const control = opened.filter((one) => !one.asked.includes(name));
    expect(asked.length + control.length).toBe(24);
    await ripe();
    for (const [at, one] of [...asked.slice(0, 2), ...control.slice(0, 1)].entries()) {
      const email = unique(`tested${at}`);
      // Who is in the control half and answers what they were not asked is not heard.
      await send(one, tested.path, { f_email: email, [name]: at === 1 ? '' : 'L' });
      await confirm(email, one.visitor);
    }
    const { results } = await bob.call(contracts.getResults, { mechanismId: mechanism.id });
    expect(results).toMatchObject({
      asked: { sent: 2, confirmed: 2, filled: 1, rate: null },
      control: { sent: 1, confirmed: 1, filled: 0, rate: null },
      ...{ gain: null, askedShare: null, eurosPerValue: 30, quality: { answers: 1, firstTry: null } },
    });
    expect(await rollOut(maud, mechanism)).toMatchObject({ state: 'rolled_out', testedSince: null });
    expect((await openForm(tested.path)).asked).toContain(name);
    expect((await openForm(path)).asked).not.toContain(name);
  });
});

test('the page on which contacts correct what is held of them asks what is missing, and takes their answers as their word', async () => {
  const wish = await addAttribute(alice, 'wish');
  const had = await addAttribute(alice, 'had_already');
  for (const attribute of [wish, had])
    await rollOut(maud, await planQuestion(maud, attribute, `${attribute.name}?`, { kind: 'self_update' }));
  const email = unique('self');
  const personId = await addContact(bob, { name: 'Sofia Self', email });
  await bob.call(attributes.setValue, { personId, attributeId: had.id, value: 'known' });
  const person = await bob.call(cards.getPerson, { personId });
  const contactPointId = person.values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
  await bob.call(selfUpdate.sendLink, { personId, contactPointId, locale: 'en' });
  await app.settle();
  const token = tokenOf(/http\S+my-details#token=\S+/.exec(sink.mails.at(-1)!.mail.text!)![0]);
  const client = app.client();
  await client.call(selfUpdate.sendCode, { token });
  await app.settle();
  const code = /Your code: (\d{6})/.exec(sink.mails.at(-1)!.mail.text!)![1]!;
  const { visit: opened, questions } = await client.call(selfUpdate.enter, { token, code });
  expect(questions.map(({ no }) => no)).toEqual([wish.no]);
  const answer = (value: attributes.Given, no = wish.no) =>
    client.call(selfUpdate.answer, { token, visit: opened, answers: [{ no, value }] });
  expect(await codeOf(answer(4))).toBe('invalid_input');
  await answer('not asked', had.no);
  await answer('A garden');
  expect(await knownOf(bob, personId, 'wish')).toMatchObject({
    ...{ value: 'A garden', reason: 'confirmed', said: [{ writtenBy: 'themself', origin: 'self_update' }] },
  });
  expect(await knownOf(bob, personId, 'had_already')).toMatchObject({ value: 'known' });
});

test('progress counts whom the company may read, through what it may see of them, and no more', async () => {
  const known = await addAttribute(alice, 'counted');
  const { id: itemId } = await maud.call(contracts.saveItem, { kind: 'attribute', ref: known.id });
  const { id: birthdayId } = await maud.call(contracts.saveItem, { kind: 'field', ref: 'birthday' });
  const hidden = (await alice.call(delegation.createBook, { name: 'Hidden' })).id;
  for (const [book, count] of [
    [bookId, 6],
    [hidden, 7],
  ] as const)
    for (let at = 0; at < count; at++) {
      const cardId = await addContact(alice, { name: `Count${at} Of${book.slice(-4)}`, bookId: book });
      await alice.call(cards.updateCard, {
        cardId,
        add: [{ kind: 'birthday', value: { value: `1980-01-0${2 + at}` } }],
      });
      await alice.call(attributes.setValues, { items: [{ attribute: 'counted', cardId, value: 'x' }] });
    }
  await app.settle();
  expect(await codeOf(bob.call(contracts.countNow, {}))).toBe('forbidden');
  await maud.call(contracts.countNow, {});
  const rows = await app.query<{ item_id: string; filled: number }>('select item_id, filled from collection.progress');
  const filled = (id: string) => rows.find((row) => row.item_id === id)?.filled;
  expect([filled(itemId), filled(birthdayId)]).toEqual([6, 6]);
  const { items } = await bob.call(contracts.getProgress, { itemId });
  expect(items).toMatchObject([{ filled: 5 }]);
});
