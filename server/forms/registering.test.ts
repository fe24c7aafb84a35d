import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as channels from '../conversations/channels-contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as events from '../events/contract.ts';
import { forgetBadges } from '../events/queries.ts';
import { anEvent } from '../events/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { makeCard } from './cards.ts';
import * as contracts from './contract.ts';
import { writeStamp } from './rules.ts';
import { visit } from './testing.ts';

// Anybody registers for an event on its page, confirms their address, and has a place; nobody has two.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let bookId: string;
let channelId: string;

const both = (en: string, fr = en) => ({ en, fr });
const settings = () => ({
  title: both('Our events', 'Nos événements'),
  fields: [
    { key: 'name', kind: 'name', required: true },
    { key: 'email', kind: 'email', required: true },
    { key: 'company', kind: 'company' },
  ],
  consents: [{ key: 'news', purpose: 'newsletter', words: both('Send me the newsletter.', 'Envoyez-moi la lettre.') }],
  bookId,
});

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  const { rules } = await alice.call(outreach.getGateRules, {});
  await alice.call(outreach.saveGateRules, { ...rules, quiet: null });
  bob = await app.invite(alice, 'Bob Steward');
  ({ id: bookId } = await alice.call(delegation.createBook, { name: 'Events', stewardIds: [bob.me.memberId] }));
  const access = [{ kind: 'workspace' as const }];
  const form = { kind: 'form' as const, name: 'Events', access };
  ({ id: channelId } = await alice.call(channels.addChannel, { ...form, settings: settings() }));
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

const everybody = { kind: 'workspace' as const };
async function opened(said = {}): Promise<string> {
  const { id: eventId } = await alice.call(events.addEvent, { audience: everybody, ...anEvent(said) });
  await alice.call(contracts.openEvent, { eventId, channelId, open: true });
  return eventId;
}
const pathOf = (eventId: string) =>
  events.registrationPath.replace(':workspaceId', alice.me.workspace.id).replace(':eventId', eventId);
const look = async (eventId: string, query = '') => {
  const { html, answer } = await visit(app, pathOf(eventId)).open(query);
  return { html, status: answer.status };
};
const nonce = () => randomBytes(16).toString('base64url');
const ripe = (bound: string, at = Date.now() - 5000) =>
  writeStamp(app.app.secrets.links, bound, { at, nonce: nonce() });
const stampOf = (eventId: string) => ripe(`${channelId} ${eventId}`);

/** Fills the page of an event in, as somebody with this address. */
async function send(eventId: string, name: string, email: string, more: Record<string, string> = {}) {
  const typed = { f_name: name, f_email: email, stamp: stampOf(eventId), ...more };
  return visit(app, pathOf(eventId)).post(pathOf(eventId), new URLSearchParams(typed));
}
const mailsTo = async (address: string) => {
  await app.settle();
  return sink.mails.filter(({ to }) => to[0] === address).map(({ mail }) => mail);
};
/** The way of the link by which an address is confirmed. */
async function linkTo(email: string): Promise<string> {
  const mail = (await mailsTo(email)).find(({ text }) => text!.includes('/forms/confirm/'))!;
  return new URL(/https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(mail.text!)![0]).pathname;
}
async function confirm(path: string) {
  const visitor = visit(app, path);
  const ids = [...(await (await visitor.get(path)).text()).matchAll(/name="sent" value="([^"]+)"/g)].map(
    ([, id]) => id!,
  );
  return (await visitor.post(path, new URLSearchParams(ids.map((id) => ['sent', id])))).text();
}
async function register(eventId: string, name: string, email: string, more: Record<string, string> = {}) {
  expect((await send(eventId, name, email, more)).status).toBe(303);
  return confirm(await linkTo(email));
}
const guestsOf = async (eventId: string) => (await bob.call(events.listGuests, { eventId })).items;
const statesOf = async (eventId: string) => (await guestsOf(eventId)).map(({ name, state }) => [name, state]);
const guestPath = (html: string) => new URL(/href="([^"]+\/e\/[\w-]{64})"/.exec(html)![1]!).pathname;

test('a place is taken once the address is confirmed, and a card is made where the form says', async () => {
  const eventId = await opened({ mostCompanions: 2 });
  const page = await look(eventId);
  expect(page.status).toBe(200);
  expect(page.html).toContain('Breakfast');
  expect(page.html).not.toContain('<script');
  expect((await look(eventId, '?lang=fr')).html).toContain('Petit déjeuner');
  const party = { companions: '1', given_1: 'Ada', family_1: '<b>Lovelace', given_2: '', family_2: '' };
  expect((await send(eventId, 'Rita Register', 'rita@open.example', { ...party, c_news: '1' })).status).toBe(303);
  const path = await linkTo('rita@open.example');
  expect(await guestsOf(eventId)).toEqual([]);
  // Following the link changes nothing; only the button does.
  expect(await (await visit(app, path).get(path)).text()).toContain('Breakfast');
  expect(await guestsOf(eventId)).toEqual([]);
  const done = await confirm(path);
  expect(done).toContain('You are coming: Breakfast');
  await app.settle();
  expect(await guestsOf(eventId)).toMatchObject([
    {
      name: 'Rita Register',
      state: 'coming',
      companions: 1,
      registered: true,
      party: [{ no: 1, name: 'Ada <b>Lovelace' }],
    },
  ]);
  const { items } = await bob.call(cards.listPeople, { q: 'Rita' });
  expect(items).toMatchObject([{ name: 'Rita Register' }]);
  // Companions are nobody's contacts.
  expect((await bob.call(cards.listPeople, { q: 'Lovelace' })).items).toEqual([]);
  expect((await mailsTo('rita@open.example')).map(({ subject }) => subject)).toEqual([
    'Please confirm your address: Breakfast',
    'You are coming: Breakfast',
  ]);
  expect((await bob.call(events.getEvent, { eventId })).counts).toMatchObject({ coming: 1, companions: 1 });
  // Their own page shows whom they named, and lets them change it.
  const own = guestPath(done);
  const answer = await visit(app, own).get(own);
  expect(await answer.text()).toContain('value="&lt;b&gt;Lovelace"');
});

test('a link that was used, or was passed on, does nothing more', async () => {
  const eventId = await opened();
  await send(eventId, 'Uma Used', 'uma@open.example');
  const path = await linkTo('uma@open.example');
  const first = visit(app, path);
  const html = await (await first.get(path)).text();
  const ids = [...html.matchAll(/name="sent" value="([^"]+)"/g)].map(([, id]) => ['sent', id!]);
  const pages = await Promise.all([1, 2].map(async () => (await first.post(path, new URLSearchParams(ids))).text()));
  expect(pages.filter((page) => page.includes('You are coming'))).toHaveLength(1);
  const later = await (await visit(app, path).post(path, new URLSearchParams(ids))).text();
  expect(later).toContain('This is confirmed already.');
  expect(later).not.toContain('/e/');
  expect(await statesOf(eventId)).toEqual([['Uma Used', 'coming']]);
});

test('of two who confirm for the last place at once one has it and the other waits; without a waiting list nobody is left on it', async () => {
  for (const waitingList of [true, false]) {
    const eventId = await opened({ seats: 1, waitingList });
    const who = ['una', 'otto'].map((one) => `${one}.${waitingList}@open.example`);
    for (const email of who) await send(eventId, email.split('.')[0]!, email);
    const links = [await linkTo(who[0]!), await linkTo(who[1]!)];
    const pages = await Promise.all(links.map(confirm));
    expect(pages.filter((page) => page.includes('You are coming'))).toHaveLength(1);
    expect(pages.filter((page) => page.includes(waitingList ? 'waiting list' : 'not enough places'))).toHaveLength(1);
    const states = (await statesOf(eventId)).map(([, state]) => state).sort();
    expect(states).toEqual(waitingList ? ['coming', 'waiting'] : ['coming']);
    expect((await look(eventId)).html).toContain(waitingList ? 'put on the waiting list' : 'All places are taken');
    if (!waitingList) expect((await look(eventId)).html).not.toContain('<form');
  }
});

test('seats that are kept for a team are not given to who registers', async () => {
  const { id: teamId } = await alice.call(identity.createTeam, { name: 'Sales' });
  const eventId = await opened({ seats: 1, quotas: [{ teamId, seats: 1 }] });
  expect(await register(eventId, 'Kay Quota', 'kay@open.example')).toContain('waiting list');
});

test('who is invited already is recognised once they confirmed, and not seated twice', async () => {
  const eventId = await opened({ seats: 5 });
  const ina = await addContact(alice, { name: 'Ina Invited', email: 'ina@client.example', organization: 'Client SA' });
  const words = { subject: 'Come', text: 'Hello', locale: 'en' as const };
  await alice.call(events.inviteGuests, { eventId, personIds: [ina], ...words });
  // The page is the same for whoever is on the list.
  expect(await register(eventId, 'Ina I.', 'ina@client.example')).toContain('You are coming');
  const hers = async () => (await alice.call(events.listGuests, { eventId })).items;
  expect(await hers()).toMatchObject([{ state: 'coming', registered: false, personId: ina }]);
  await app.query(`update forms.confirmation set created_at = created_at - interval '2 hours'`);
  expect(await register(eventId, 'Ina I.', 'ina@client.example')).toContain('already');
  expect(await hers()).toHaveLength(1);
});

test('another address of whoever is invited is theirs; somebody else at it is not', async () => {
  const eventId = await opened({ seats: 5 });
  const { id: ivo } = await alice.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Ivo', family: 'Éluard' } },
      { kind: 'email', value: { value: 'ivo@client.example', type: 'work' } },
      { kind: 'email', value: { value: 'office@client.example', type: 'work' } },
      { kind: 'organization', value: { name: 'Client SA' } },
    ],
  });
  const put = { eventId, personId: ivo, locale: 'en' as const };
  const { guestId } = await alice.call(events.addGuest, put);
  const second = await register(eventId, 'eluard IVO', 'office@client.example');
  expect(second).toContain('already');
  expect(second).not.toContain('/e/');
  await app.query(`update forms.confirmation set created_at = created_at - interval '2 hours'`);
  expect(await register(eventId, 'Zoe Other', 'office@client.example')).toContain('You are coming');
  const { items } = await alice.call(events.listGuests, { eventId });
  expect(items.map(({ id, registered }) => [id === guestId, registered])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test('closed, called off and past say so in plain words; what was never open does not exist', async () => {
  const eventId = await opened();
  await send(eventId, 'Lee Late', 'lee@open.example');
  const link = await linkTo('lee@open.example');
  await alice.call(contracts.openEvent, { eventId, channelId, open: false });
  expect((await look(eventId)).html).toContain('Registration is closed.');
  expect(await confirm(link)).toContain('registration has been closed meanwhile');
  expect(await guestsOf(eventId)).toEqual([]);
  // Sent from a page that was open before, it is not taken.
  const sent = await send(eventId, 'Lou Late', 'lou@open.example');
  expect([sent.status, (await sent.text()).includes('Registration is closed.')]).toEqual([200, true]);
  expect(await mailsTo('lou@open.example')).toEqual([]);
  const off = await opened();
  await alice.call(events.cancelEvent, { eventId: off });
  expect((await look(off)).html).toContain('will not take place');
  const past = await opened();
  await app.query(
    `update events.event set starts_at = now() - interval '2 days', ends_at = now() - interval '1 day' where event_id = $1`,
    [past],
  );
  expect((await look(past)).html).toContain('This event is over.');
  const { id: never } = await alice.call(events.addEvent, { audience: everybody, ...anEvent() });
  expect((await look(never)).status).toBe(404);
  expect((await look('00000000-0000-4000-8000-000000000000')).status).toBe(404);
});

test('its guards are those of forms: nothing of programs, of another page, or sent twice', async () => {
  const eventId = await opened();
  const other = await opened();
  const robot = await send(eventId, 'Rob Ot', 'rob@open.example', { website: 'https://spam.example' });
  expect(robot.status).toBe(303);
  expect(
    (await send(eventId, 'Eve', 'eve@open.example', { stamp: ripe(`${channelId} ${eventId}`, Date.now()) })).status,
  ).toBe(422);
  expect((await send(eventId, 'Eve', 'eve@open.example', { stamp: stampOf(other) })).status).toBe(422);
  expect((await send(eventId, 'Eve', 'eve@open.example', { stamp: ripe(channelId) })).status).toBe(422);
  expect((await send(eventId, '', 'eve@open.example')).status).toBe(422);
  const stamp = stampOf(eventId);
  for (let no = 0; no < 2; no++) expect((await send(eventId, 'Eve', 'eve@open.example', { stamp })).status).toBe(303);
  await app.settle();
  expect(await app.query('select from forms.submission where event_id = $1', [eventId])).toHaveLength(1);
  expect([await mailsTo('rob@open.example'), await guestsOf(eventId)]).toEqual([[], []]);
});

test('after a crash between card and word, the guest has one card and hears once', async () => {
  const eventId = await opened();
  await send(eventId, 'Cra Sh', 'cra@open.example');
  const link = await linkTo('cra@open.example');
  const [sent] = (await app.query<{ id: string; said: Buffer }>(
    `select submission_id as id, said from forms.submission where event_id = $1`,
    [eventId],
  )) as [{ id: string; said: Buffer }];
  await confirm(link);
  await app.settle();
  const cardOf = async () =>
    (await app.query<{ card_id: string }>(`select card_id from events.guest where event_id = $1`, [eventId]))[0]!
      .card_id;
  const made = await cardOf();
  // The card was written, and what was to be noted with it lost; the job is called again, by two workers.
  await app.query(`update events.guest set card_id = null where event_id = $1`, [eventId]);
  await app.query(`update forms.submission set said = $2 where submission_id = $1`, [sent.id, sent.said]);
  const { workspace } = alice.me;
  await Promise.all([makeCard(app.app, workspace.id, sent.id), makeCard(app.app, workspace.id, sent.id)]);
  await app.settle();
  expect(await cardOf()).toBe(made);
  expect((await mailsTo('cra@open.example')).map(({ subject }) => subject)).toEqual([
    'Please confirm your address: Breakfast',
    'You are coming: Breakfast',
  ]);
  expect((await bob.call(cards.listPeople, { q: 'Cra Sh' })).items).toHaveLength(1);
});

test('only its organiser or an admin opens an event, by a form that fits, and only one for everybody', async () => {
  const marc = await app.invite(alice, 'Marc Marketing', { role: 'marketing' });
  const { id: eventId } = await alice.call(events.addEvent, { audience: everybody, ...anEvent() });
  const open = { eventId, channelId, open: true };
  expect(await codeOf(bob.call(contracts.openEvent, open))).toBe('forbidden');
  expect(await codeOf(marc.call(contracts.openEvent, open))).toBe('forbidden');
  expect((await look(eventId)).status).toBe(404);
  const { id: mine } = await bob.call(events.addEvent, { audience: { kind: 'mine' }, ...anEvent() });
  expect(await codeOf(bob.call(contracts.openEvent, { ...open, eventId: mine }))).toBe('conflict');
  expect(await codeOf(alice.call(contracts.openEvent, { ...open, eventId: mine }))).toBe('not_found');
  const access = [{ kind: 'workspace' as const }];
  const lacking = [
    { ...settings(), bookId: null },
    { ...settings(), fields: settings().fields.slice(1) },
    { ...settings(), consents: [], confirm: false },
  ];
  for (const one of lacking) {
    const { id } = await alice.call(channels.addChannel, { kind: 'form', name: 'Lacking', settings: one, access });
    expect(await codeOf(alice.call(contracts.openEvent, { ...open, channelId: id }))).toBe('invalid_input');
  }
  expect((await marc.call(contracts.listRegistrationForms, {})).items).toEqual([{ id: channelId, name: 'Events' }]);
  const { id: hers } = await marc.call(events.addEvent, { audience: everybody, ...anEvent() });
  const shown = await marc.call(contracts.openEvent, { ...open, eventId: hers });
  expect(shown.registration).toEqual({ channelId, open: true, url: expect.stringContaining(pathOf(hers)) });
});

test('companions are named by their guest, let in one by one, and forgotten with the event or with the guest', async () => {
  const eventId = await opened({ mostCompanions: 3 });
  const names = { companions: '1', given_1: 'Ada', family_1: 'Lovelace', given_3: 'Alan', family_3: 'Turing' };
  const own = guestPath(await register(eventId, 'Gus Guest', 'gus@open.example', names));
  await app.settle();
  const door = async () => (await bob.call(events.listDoor, { eventId })).items[0]!;
  // Two names are two companions, whatever number was said.
  const { id: guestId, companions, party } = await door();
  expect([companions, party.map(({ name }) => name)]).toEqual([2, ['Ada Lovelace', 'Alan Turing']]);
  const at = (seconds: number) => new Date(Date.now() - 3_600_000 + seconds * 1000).toISOString();
  const say = (companionNo: number | undefined, attended: boolean, seconds: number) =>
    bob.call(events.letIn, {
      eventId,
      items: [{ guestId, ...(companionNo && { companionNo }), attended, companions: 0, at: at(seconds) }],
    });
  await say(2, true, 10);
  expect(await door()).toMatchObject({
    attendedAt: null,
    party: [{ attendedAt: null }, { attendedAt: expect.any(String) }],
  });
  await say(undefined, true, 20);
  // A phone that was away says later what it saw earlier.
  await say(2, false, 5);
  await say(1, true, 30);
  await say(1, false, 40);
  expect((await bob.call(events.getEvent, { eventId })).counts).toMatchObject({ attended: 1, attendedCompanions: 1 });
  // Who is named anew is not there yet; fewer come.
  const change = { coming: 'yes', badge: 'Gus', companions: '1', given_1: 'Grace', family_1: 'Hopper' };
  await visit(app, own).post(own, new URLSearchParams(change));
  expect((await door()).party).toEqual([{ no: 1, name: 'Grace Hopper', attendedAt: null }]);
  const kept = () =>
    app.query(
      `select c.given from events.companion c join events.guest g using (workspace_id, guest_id) where g.event_id = $1`,
      [eventId],
    );
  const forget = () => app.app.db.asSystem('keeper', forgetBadges);
  await forget();
  expect(await kept()).toHaveLength(1);
  await app.query(
    `update events.event set starts_at = now() - interval '40 days', ends_at = now() - interval '39 days' where event_id = $1`,
    [eventId],
  );
  await forget();
  expect(await kept()).toEqual([]);
});

test('who asks to be forgotten is forgotten at the door, with whom they bring', async () => {
  const eventId = await opened({ mostCompanions: 1 });
  await register(eventId, 'Flo Forget', 'flo@open.example', { given_1: 'Ada', family_1: 'L.' });
  await register(eventId, 'Ned Next', 'ned@open.example', { given_1: 'Alan', family_1: 'T.' });
  const [{ point }] = (await app.query<{ point: string }>(
    `select contact_point_id as point from events.guest where event_id = $1 and badge = 'Flo Forget'`,
    [eventId],
  )) as [{ point: string }];
  await app.app.db.asSystem('keeper', (tx) =>
    app.app.enqueue(tx, {
      ...{ workspaceId: alice.me.workspace.id, task: 'events.forgetGuests' },
      payload: { cardIds: [], contactPointIds: [point] },
    }),
  );
  await app.settle();
  const left = await app.query<{ badge: string; given: string | null }>(
    `select g.badge, c.given from events.guest g left join events.companion c using (workspace_id, guest_id)
     where g.event_id = $1 order by g.guest_id`,
    [eventId],
  );
  expect(left).toEqual([
    { badge: '', given: null },
    { badge: 'Ned Next', given: 'Alan' },
  ]);
});
