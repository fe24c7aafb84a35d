import type { AddressInfo } from 'node:net';
import ICAL from 'ical.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { historyOf } from '../facts/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { eventsCrons } from './jobs.ts';
import { tell } from './telling.ts';
import { anEvent } from './testing.ts';

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

const everybody = { kind: 'workspace' as const };
const mine = { kind: 'mine' as const };
const words = { subject: 'Come to us', text: 'Hello', locale: 'en' as const };
const plan = (by: Member, said = {}, audience: typeof everybody | typeof mine = everybody) =>
  by.call(contracts.addEvent, { audience, ...anEvent(said) });
const invite = (by: Member, eventId: string, ...personIds: string[]) =>
  by.call(contracts.inviteGuests, { eventId, personIds, ...words });
const reasonsOf = ({ items }: Awaited<ReturnType<typeof invite>>) => items.map(({ reasons }) => reasons);
const client = (by: Member, name: string) =>
  addContact(by, {
    name,
    email: `${name.toLowerCase().replaceAll(' ', '.')}@client.example`,
    organization: 'Client SA',
  });

const mailsTo = (email: string) => sink.mails.filter(({ to }) => to.includes(email)).map(({ mail }) => mail);
/** The link in the first mail to an address. */
async function linkTo(email: string): Promise<string> {
  await app.settle();
  return /\/e\/([\w-]{64})/.exec(mailsTo(email)[0]!.text!)![1]!;
}
let visitors = 0;
/** A page of ours, as a browser without scripts asks for it. */
async function page(token: string, form?: Record<string, string>, query = '') {
  const { port } = app.server.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/e/${token}${query}`, {
    headers: { 'x-forwarded-for': `203.0.113.${(++visitors % 250) + 1}`, 'accept-language': 'en' },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}
const guestsOf = async (by: Member, eventId: string) => (await by.call(contracts.listGuests, { eventId })).items;
const statesOf = async (eventId: string) =>
  Object.fromEntries((await guestsOf(alice, eventId)).map(({ name, state }) => [name, state]));

/** Invites contacts of Alice's, each with their link. */
async function invited(eventId: string, ...names: string[]): Promise<string[]> {
  const personIds = [];
  for (const name of names) personIds.push(await client(alice, name));
  expect(reasonsOf(await invite(alice, eventId, ...personIds)).flat()).toEqual([]);
  const links = [];
  for (const name of names) links.push(await linkTo(`${name.toLowerCase().replaceAll(' ', '.')}@client.example`));
  return links;
}
const coming = (badge: string, companions = '0') => ({ coming: 'yes', badge, companions });

test('inviting passes the gate; the link is the guest’s alone, and holders hear of invitation and answer', async () => {
  const lent = (await bob.call(delegation.createBook, { name: 'Lent' })).id;
  const first = (await bob.call(delegation.createBook, { name: 'Ask first' })).id;
  for (const bookId of [lent, first]) {
    await bob.call(delegation.createGrant, { bookId, grantee: everybody, acts: ['read'] });
    await bob.call(delegation.createGrant, {
      ...{ bookId, grantee: everybody, acts: ['contact'], askFirst: bookId === first },
    });
  }
  const [lea, noe] = [
    await addContact(bob, { name: 'Lea Lent', email: 'lea@lent.example', bookId: lent }),
    await addContact(bob, { name: 'Noe First', email: 'noe@lent.example', bookId: first }),
  ];
  const mute = await addContact(carl, { name: 'Max Mute' });
  await app.settle();
  const { id: eventId } = await plan(alice);
  const preview = await carl.call(contracts.previewInviting, { eventId, personIds: [lea, noe, mute] });
  expect(reasonsOf(preview)).toEqual([[], ['ask_first'], ['no_address']]);
  expect(await guestsOf(carl, eventId)).toEqual([]);
  expect(reasonsOf(await invite(carl, eventId, lea, noe, mute))).toEqual([[], ['ask_first'], ['no_address']]);
  expect(reasonsOf(await invite(carl, eventId, lea))).toEqual([['invited_already']]);
  const token = await linkTo('lea@lent.example');
  expect(JSON.stringify(await carl.call(outreach.listMyMessages, {}))).not.toContain(token);
  expect((await page(token, coming('Lea L.'))).text).toContain('You are coming');
  await app.settle();
  const told = (await bob.call(home.listHappenings, {})).items.map(({ kind }) => kind);
  expect(told).toEqual(expect.arrayContaining(['invited', 'answered']));
  // Who does not see the contact reads what she told the door, and no more.
  expect(await guestsOf(carl, eventId)).toMatchObject([{ name: 'Lea Lent', personId: lea, mine: true }]);
  await bob.call(cards.updateCard, { cardId: lea, withheld: true });
  await app.settle();
  expect(await guestsOf(carl, eventId)).toMatchObject([{ name: 'Lea L.', personId: null }]);
});

test('looking changes nothing, whatever the link chooses; what is missing or altered is said', async () => {
  const { id: eventId } = await plan(alice, { mostCompanions: 2 });
  const [token] = await invited(eventId, 'Ann Look');
  const looked = await page(token!, undefined, '?coming=yes&lang=fr');
  expect(looked.text).toMatch(/value="yes" required checked/);
  expect(looked.text).toContain('Petit déjeuner');
  expect(looked.text).not.toContain('<script');
  expect(looked.headers.get('x-robots-tag')).toContain('noindex');
  expect(await statesOf(eventId)).toEqual({ 'Ann Look': 'invited' });
  expect((await page(token!, { coming: 'yes' })).status).toBe(422);
  expect((await page(token!, { coming: 'perhaps', badge: 'Ann' })).status).toBe(422);
  const changed = `${token!.slice(0, 30)}${token![30] === 'A' ? 'B' : 'A'}${token!.slice(31)}`;
  expect((await page(changed)).status).toBe(404);
  expect((await page(changed, coming('Ann'))).status).toBe(404);
  expect(await statesOf(eventId)).toEqual({ 'Ann Look': 'invited' });
  expect((await page(token!, coming('<b>Ann</b>', '9'))).text).toContain('with 2 companions');
  expect((await page(token!)).text).toContain('&lt;b&gt;Ann');
  expect((await page(token!)).text).toContain('<svg role="img"');
});

test('of two who want the last seat at once one gets it and the other waits; who goes gives it on, and it is told', async () => {
  const { id: eventId } = await plan(alice, { seats: 1 });
  const [ann, ben] = await invited(eventId, 'Ann Race', 'Ben Race');
  await Promise.all([page(ann!, coming('Ann')), page(ben!, coming('Ben'))]);
  const before = await statesOf(eventId);
  expect(Object.values(before).sort()).toEqual(['coming', 'waiting']);
  const [first, second] = before['Ann Race'] === 'coming' ? [ann, 'ben'] : [ben, 'ann'];
  await page(first!, { coming: 'no' });
  expect(Object.values(await statesOf(eventId)).sort()).toEqual(['coming', 'declined']);
  await app.settle();
  expect(mailsTo(`${second}.race@client.example`).map(({ subject }) => subject)).toEqual([
    'Come to us',
    'Waiting list: Breakfast',
    'A seat for you: Breakfast',
  ]);
});

test('where nobody may wait, who comes too late is told so; more seats go to those who wait longest', async () => {
  const { id: eventId } = await plan(alice, { seats: 1, waitingList: false });
  const [ann, ben] = await invited(eventId, 'Ann Full', 'Ben Full');
  await page(ann!, coming('Ann'));
  const late = await page(ben!, coming('Ben'));
  expect([late.status, late.text.includes('not enough seats')]).toEqual([409, true]);
  expect(await statesOf(eventId)).toMatchObject({ 'Ben Full': 'invited' });
  await alice.call(contracts.updateEvent, { eventId, ...anEvent({ seats: 1 }) });
  await page(ben!, coming('Ben'));
  expect(await statesOf(eventId)).toMatchObject({ 'Ben Full': 'waiting' });
  await alice.call(contracts.updateEvent, { eventId, ...anEvent({ seats: 2 }) });
  expect(await statesOf(eventId)).toMatchObject({ 'Ben Full': 'coming' });
});

test('seats kept for a team are for whom it invites', async () => {
  const { id: teamId } = await alice.call(identity.createTeam, { name: 'Sales' });
  const tom = await app.invite(alice, 'Tom Team', { teamIds: [teamId] });
  const { id: eventId } = await plan(alice, { seats: 2, quotas: [{ teamId, seats: 1 }] });
  const [ann, ben] = await invited(eventId, 'Ann Quota', 'Ben Quota');
  const tim = await client(tom, 'Tim Quota');
  await invite(tom, eventId, tim);
  const token = await linkTo('tim.quota@client.example');
  await page(ann!, coming('Ann'));
  await page(ben!, coming('Ben'));
  await page(token, coming('Tim'));
  const guests = Object.fromEntries((await guestsOf(tom, eventId)).map((one) => [one.name, one.state]));
  expect(guests).toEqual({ Ann: 'coming', Ben: 'waiting', 'Tim Quota': 'coming' });
  const { quotas } = await alice.call(contracts.getEvent, { eventId });
  expect(quotas).toEqual([{ teamId, team: 'Sales', seats: 1, taken: 1 }]);
});

test('an answer is told to the guest each time; after a crash between message and note it is told once', async () => {
  const { id: eventId } = await plan(alice);
  const [token] = await invited(eventId, 'Ann Told');
  await page(token!, coming('Ann'));
  await page(token!, coming('Ann'));
  await app.settle();
  expect(mailsTo('ann.told@client.example')).toHaveLength(2);
  const [{ id: guestId }] = (await guestsOf(alice, eventId)) as [contracts.Guest];
  const { workspace } = alice.me;
  const nudge = { guestId, kind: 'changed' as const, occasion: '7' };
  // The worker calls a job again whose end it did not hear of; two may have it at once.
  await Promise.all([tell(app.app, workspace.id, nudge), tell(app.app, workspace.id, nudge)]);
  await tell(app.app, workspace.id, nudge);
  await app.settle();
  expect(mailsTo('ann.told@client.example')).toHaveLength(3);
});

test('the calendar takes over what stands, changes and is called off, by the same UID', async () => {
  const { id: eventId } = await plan(alice, { onlineUrl: 'https://meet.example/room' });
  const [token] = await invited(eventId, 'Ann Calendar');
  await page(token!, coming('Ann'));
  const read = async () => {
    const { text, headers } = await page(token!, undefined, '/event.ics');
    expect(headers.get('content-type')).toContain('text/calendar');
    const calendar = new ICAL.Component(ICAL.parse(text));
    const event = calendar.getFirstSubcomponent('vevent')!;
    const value = (name: string) => event.getFirstPropertyValue(name);
    return {
      ...{ method: calendar.getFirstPropertyValue('method'), uid: value('uid'), sequence: value('sequence') },
      ...{
        status: value('status'),
        start: (value('dtstart') as ICAL.Time).toJSDate().toISOString(),
        summary: value('summary'),
      },
    };
  };
  const before = await alice.call(contracts.getEvent, { eventId });
  const first = await read();
  expect(first).toMatchObject({ method: 'PUBLISH', sequence: 0, status: 'CONFIRMED', summary: 'Breakfast' });
  expect(Date.parse(first.start)).toBe(Math.floor(Date.parse(before.startsAt) / 1000) * 1000);
  const later = anEvent({ place: 'Elsewhere' });
  await alice.call(contracts.updateEvent, { eventId, ...later, tell: true });
  expect(await read()).toMatchObject({ uid: first.uid, sequence: 1 });
  await alice.call(contracts.cancelEvent, { eventId });
  expect(await read()).toMatchObject({ uid: first.uid, sequence: 2, status: 'CANCELLED', method: 'CANCEL' });
  await app.settle();
  const subjects = mailsTo('ann.calendar@client.example').map(({ subject }) => subject);
  expect(subjects.slice(2)).toEqual(['Changed: Breakfast', 'Called off: Breakfast']);
  expect((await page(token!, { coming: 'no' })).status).toBe(410);
  expect(await codeOf(alice.call(contracts.cancelEvent, { eventId }))).toBe('conflict');
});

test('reminders go once to those who come; those who have not answered are asked once in five days', async () => {
  const soon = Date.now() + 86_400_000;
  const times = { startsAt: new Date(soon).toISOString(), endsAt: new Date(soon + 3_600_000).toISOString() };
  const { id: eventId } = await plan(alice, { ...times, remindDays: 2 });
  const [ann] = await invited(eventId, 'Ann Remind', 'Ben Remind', 'Cy Remind');
  await page(ann!, coming('Ann'));
  // What says that they are seated has left before anything reminds of it.
  await app.settle();
  const remind = eventsCrons.find(({ name }) => name === 'events.remind')!;
  for (let no = 0; no < 2; no++) {
    await remind.run(app.app);
    await app.settle();
  }
  expect(
    mailsTo('ann.remind@client.example')
      .map(({ subject }) => subject)
      .slice(2),
  ).toEqual(['Soon: Breakfast']);
  expect(mailsTo('ben.remind@client.example')).toHaveLength(1);
  expect(await alice.call(contracts.nudgeGuests, { eventId })).toEqual({ asked: 0 });
  await app.query(`update events.guest set invited_at = now() - interval '6 days' where event_id = $1`, [eventId]);
  expect(await codeOf(bob.call(contracts.nudgeGuests, { eventId }))).toBe('forbidden');
  expect(await alice.call(contracts.nudgeGuests, { eventId })).toEqual({ asked: 2 });
  await app.settle();
  expect(await alice.call(contracts.nudgeGuests, { eventId })).toEqual({ asked: 0 });
  expect(mailsTo('ben.remind@client.example').map(({ subject }) => subject)).toEqual([
    'Come to us',
    'Will you come? Breakfast',
  ]);
});

test('who may no longer be written to is not, and their inviter reads why', async () => {
  const { id: eventId } = await plan(alice);
  const [token] = await invited(eventId, 'Ann Objects');
  const message = (await alice.call(outreach.listMyMessages, { limit: 1 })).items[0]!;
  await app.query(
    `insert into outreach.objection (workspace_id, contact_point_id, purpose, message_id)
     select workspace_id, contact_point_id, 'invitation', message_id from outreach.message where message_id = $1`,
    [message.id],
  );
  await app.query(`update events.guest set invited_at = now() - interval '6 days' where event_id = $1`, [eventId]);
  expect(await alice.call(contracts.nudgeGuests, { eventId })).toEqual({ asked: 1 });
  await app.settle();
  expect(mailsTo('ann.objects@client.example')).toHaveLength(1);
  expect(await guestsOf(alice, eventId)).toMatchObject([{ told: { kind: 'nudge', reasons: ['objected_purpose'] } }]);
  // What she asks for herself is an answer, unless she wants no mail at all.
  expect((await page(token!, coming('Ann'))).text).toContain('You are coming');
  await app.settle();
  expect(mailsTo('ann.objects@client.example')).toHaveLength(2);
  await app.query(
    `update cards.contact_point set consent = 'objected' where contact_point_id = (select contact_point_id from outreach.message where message_id = $1)`,
    [message.id],
  );
  await page(token!, { coming: 'no' });
  await app.settle();
  expect(mailsTo('ann.objects@client.example')).toHaveLength(2);
  expect(await guestsOf(alice, eventId)).toMatchObject([
    { state: 'declined', told: { kind: 'confirmed', reasons: ['objected'] } },
  ]);
});

test('at the door the last word holds, by name or ticket, on however many phones; walk-ins are put on the list', async () => {
  const { id: eventId } = await plan(alice, { mostCompanions: 3 });
  const [ann] = await invited(eventId, 'Ann Door', 'Ben Door');
  await page(ann!, coming('Ann at the door', '2'));
  const { items } = await carl.call(contracts.listDoor, { eventId });
  // Ben, whom he does not see and who has not answered, is nobody to him; Alice sees both.
  expect(items.map(({ name }) => name)).toEqual(['Ann at the door']);
  const hers = (await alice.call(contracts.listDoor, { eventId })).items;
  expect(hers.map(({ name }) => name)).toEqual(['Ann at the door', 'Ben Door']);
  expect(hers[0]!.ticket).toMatch(/^[0-9a-f]{16}$/);
  expect(hers[0]!.ticket).not.toBe(hers[1]!.ticket);
  const guestId = items[0]!.id;
  const at = (seconds: number) => new Date(Date.now() - 3_600_000 + seconds * 1000).toISOString();
  const say = (by: Member, attended: boolean, seconds: number, companions = 0) =>
    by.call(contracts.letIn, { eventId, items: [{ guestId, attended, companions, at: at(seconds) }] });
  await say(carl, true, 20, 1);
  // A phone that was away says later what it saw earlier.
  await say(bob, false, 10);
  const read = async () => (await carl.call(contracts.listDoor, { eventId })).items[0]!;
  expect(await read()).toMatchObject({ attendedCompanions: 1 });
  expect((await read()).attendedAt).not.toBeNull();
  await say(bob, false, 30);
  expect((await read()).attendedAt).toBeNull();
  await say(bob, true, 40, 2);
  await say(bob, true, 40, 2);
  expect(await read()).toMatchObject({ attendedCompanions: 2 });
  const walkIn = await client(carl, 'Wim Walkin');
  const put = { eventId, personId: walkIn, attended: true, locale: 'en' as const };
  expect(await carl.call(contracts.addGuest, put)).toMatchObject({ state: 'coming', full: false });
  expect(await codeOf(carl.call(contracts.addGuest, put))).toBe('conflict');
  expect((await alice.call(contracts.getEvent, { eventId })).counts).toMatchObject({
    ...{ invited: 1, coming: 2, companions: 2, attended: 2, attendedCompanions: 2 },
  });
});

test('closing attendance tells holders, stands among facts, and happens once; inviters get tasks, once for each guest', async () => {
  const book = (await bob.call(delegation.createBook, { name: 'Guests' })).id;
  await bob.call(delegation.createGrant, { bookId: book, grantee: everybody, acts: ['read'] });
  await bob.call(delegation.createGrant, { bookId: book, grantee: everybody, acts: ['contact'] });
  const gil = await addContact(bob, { name: 'Gil Guest', email: 'gil@guest.example', bookId: book });
  const nia = await addContact(bob, { name: 'Nia Absent', email: 'nia@guest.example', bookId: book });
  await app.settle();
  const { id: eventId } = await plan(alice);
  await invite(carl, eventId, gil, nia);
  for (const email of ['gil@guest.example', 'nia@guest.example']) await page(await linkTo(email), coming('Guest'));
  // Put on the list by hand, without a mail, she is a lent contact all the same.
  const wen = await addContact(bob, { name: 'Wen Walkin', email: 'wen@guest.example', bookId: book });
  await app.settle();
  const { items } = await carl.call(contracts.listDoor, { eventId });
  await carl.call(contracts.addGuest, { eventId, personId: wen, attended: true, locale: 'en' });
  const at = new Date().toISOString();
  await carl.call(contracts.letIn, { eventId, items: [{ guestId: items[0]!.id, attended: true, at }] });
  expect(await codeOf(carl.call(contracts.settleEvent, { eventId }))).toBe('forbidden');
  expect(await alice.call(contracts.settleEvent, { eventId })).toMatchObject({ settled: true });
  expect(await codeOf(alice.call(contracts.settleEvent, { eventId }))).toBe('conflict');
  expect(
    await codeOf(carl.call(contracts.letIn, { eventId, items: [{ guestId: items[1]!.id, attended: true, at }] })),
  ).toBe('conflict');
  await app.settle();
  const attended = (await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'attended');
  expect(attended).toMatchObject([{ count: 2, user: { name: 'Carl Colleague' } }]);
  expect((await historyOf(carl, gil)).map(({ kind }) => kind.key)).toContain('attendance');
  expect((await historyOf(carl, nia)).map(({ kind }) => kind.key)).not.toContain('attendance');
  const follow = { eventId, of: 'attended' as const, title: 'Call Gil', dueOn: '2030-01-01' };
  expect(await codeOf(carl.call(contracts.giveFollowUps, follow))).toBe('forbidden');
  expect(await alice.call(contracts.giveFollowUps, follow)).toEqual({ given: 2 });
  expect(await alice.call(contracts.giveFollowUps, follow)).toEqual({ given: 0 });
  const { items: given } = await carl.call(tasks.listTasks, { state: 'open' });
  expect(given.map(({ contact }) => contact?.id).sort()).toEqual([gil, wen].sort());
});

test('an event of one’s own is nobody else’s; only admins and marketing plan for everybody, only its owner and admins change it', async () => {
  expect(await codeOf(plan(bob))).toBe('forbidden');
  const { id: eventId } = await plan(bob, {}, mine);
  for (const other of [alice, carl]) {
    expect(await codeOf(other.call(contracts.getEvent, { eventId }))).toBe('not_found');
    expect(await codeOf(other.call(contracts.listGuests, { eventId }))).toBe('not_found');
    expect(await codeOf(other.call(contracts.listDoor, { eventId }))).toBe('not_found');
  }
  const { id: common } = await plan(alice);
  expect(await codeOf(carl.call(contracts.updateEvent, { eventId: common, ...anEvent() }))).toBe('forbidden');
  expect(await codeOf(carl.call(contracts.cancelEvent, { eventId: common }))).toBe('forbidden');
  const ends = new Date(Date.now() - 1000).toISOString();
  expect(await codeOf(alice.call(contracts.updateEvent, { eventId: common, ...anEvent({ endsAt: ends }) }))).toBe(
    'invalid_input',
  );
  expect(
    await codeOf(alice.call(contracts.updateEvent, { eventId: common, ...anEvent({ zone: 'Mars/Olympus' }) })),
  ).toBe('invalid_input');
  // A colleague’s guest is theirs, or the owner’s, to answer for.
  const [token] = await invited(common, 'Ann Whose');
  expect(token).toBeDefined();
  const [{ id: guestId }] = (await guestsOf(alice, common)) as [contracts.Guest];
  const answer = { eventId: common, guestId, coming: true };
  expect(await codeOf(carl.call(contracts.answerFor, answer))).toBe('forbidden');
  expect(await alice.call(contracts.answerFor, answer)).toEqual({ state: 'coming', full: false });
  expect(await guestsOf(alice, common)).toMatchObject([{ answeredBy: 'Alice Martin' }]);
});

test('what guests called themselves goes a month after the event', async () => {
  const { id: eventId } = await plan(alice);
  const [token] = await invited(eventId, 'Ann Forgotten');
  await page(token!, coming('Annie'));
  const forget = eventsCrons.find(({ name }) => name === 'events.forgetBadges')!;
  const badges = () => app.query<{ badge: string }>(`select badge from events.guest where event_id = $1`, [eventId]);
  await forget.run(app.app);
  expect(await badges()).toEqual([{ badge: 'Annie' }]);
  await app.query(
    `update events.event set starts_at = now() - interval '40 days', ends_at = now() - interval '39 days' where event_id = $1`,
    [eventId],
  );
  await forget.run(app.app);
  expect(await badges()).toEqual([{ badge: '' }]);
});
