import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { anOrder, daysAgo, openProgram, tell } from '../facts/testing.ts';
import * as home from '../home/contract.ts';
import { type Client, codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let sink: MailSink;
let run = 0;
let anne: { personId: string; contactPointId: string; email: string };

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const surnames = [
  'Lovelace',
  'Vian',
  'Zetkin',
  'Diderot',
  'Triolet',
  'Boudjellal',
  'Radner',
  'Pratt',
  'Boom',
  'Verne',
  'Muratova',
];
surnames.push(
  'Aragon',
  'Fontenoy',
  'Simone',
  'Wilde',
  'Neruda',
  'Quignard',
  'Yourcenar',
  'Sarraute',
  'Perec',
  'Woolf',
  'Morrison',
  'Tokarczuk',
  'Lessing',
  'Duras',
);

/** Bob holds Anne, with a title, a private note and a number. */
beforeEach(async () => {
  const family = surnames[run++]!;
  sink.mails.length = 0;
  const email = `anne@${family.toLowerCase()}.example`;
  anne = await contactOf(bob, family, email);
});

const extra: cards.FieldInput[] = [
  { kind: 'title', value: { value: 'Buyer' } },
  { kind: 'phone', value: { raw: '06 12 34 56 78', type: 'mobile' } },
  { kind: 'note', value: { value: 'Secretly dull' } },
];

async function contactOf(member: Member, family: string, email: string, more = extra, bookId?: string) {
  const { id: personId } = await member.call(cards.createCard, {
    ...(bookId ? { bookId } : {}),
    fields: [
      { kind: 'name', value: { given: 'Anne', family } },
      { kind: 'email', value: { value: email, type: 'work' } },
      { kind: 'organization', value: { name: `${family} SA` } },
      ...more,
    ],
  });
  const person = await member.call(cards.getPerson, { personId });
  const point = person.values.find(({ kind }) => kind === 'email')!.contactPoint!;
  return { personId, contactPointId: point.id, email };
}

async function sendLink(member = bob, to = anne): Promise<string> {
  const sent = await member.call(contracts.sendLink, { ...pick(to), locale: 'en' });
  expect(sent).toMatchObject({ allowed: true, reasons: [], link: { state: 'open' } });
  await app.settle();
  return tokenOf(/http\S+my-details#token=\S+/.exec(sink.mails.at(-1)!.mail.text!)![0]);
}
const pick = ({ personId, contactPointId }: typeof anne) => ({ personId, contactPointId });

const lastCode = () => /Your code: (\d{6})/.exec(sink.mails.at(-1)!.mail.text!)![1]!;

/** Follows a link to the end. */
async function visit(token: string, client: Client = app.client()) {
  expect(await client.call(contracts.sendCode, { token })).toEqual({ sent: true });
  await app.settle();
  return { client, ...(await client.call(contracts.enter, { token, code: lastCode() })) };
}
type Visit = Awaited<ReturnType<typeof visit>>;
const keysOf = ({ values }: Visit, ...kinds: string[]) =>
  values.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ key }) => key);
const keyOf = (one: Visit, kind: string) => keysOf(one, kind)[0]!;

const personOf = (member: Member, personId = anne.personId) => member.call(cards.getPerson, { personId });
const chosenOf = async (member: Member, kind: string, personId = anne.personId) =>
  (await personOf(member, personId)).values.find((one) => one.kind === kind && one.chosen);
const offersOf = async (member: Member, personId: string) => {
  await app.settle();
  return (await member.call(cards.listOffers, { personId })).items;
};
const tellsOf = async (member: Member, kind: string) =>
  (await member.call(notices.listNotices, {})).items.filter((one) => one.kind === kind);

describe('a link', () => {
  test('shows who asks and a first name, changes nothing, and opens the rest with a code sent to the same address only', async () => {
    const token = await sendLink();
    const anybody = app.client();
    const before = await personOf(bob);
    const opened = await anybody.call(contracts.openLink, { token });
    expect(opened).toMatchObject({ workspace: 'Exemple SA', holder: 'Bob Stone', firstName: 'Anne', locale: 'en' });
    expect(JSON.stringify(opened)).not.toMatch(/lovelace|buyer|6 12|@/i);
    expect(await personOf(bob)).toEqual(before);
    expect(await codeOf(anybody.call(contracts.enter, { token, code: '000000' }))).toBe('wrong_code');
    const one = await visit(token, anybody);
    expect(sink.mails.at(-1)!.to).toEqual([anne.email]);
    expect(one.values.map(({ kind }) => kind)).toEqual(['name', 'organization', 'title', 'email', 'phone']);
    expect(JSON.stringify(one)).not.toContain('dull');
    // The code has done what it was for.
    expect(await codeOf(anybody.call(contracts.enter, { token, code: lastCode() }))).toBe('wrong_code');
  });

  test('is not read by who sent it, nor its code: neither stands in their messages or in the database', async () => {
    const token = await sendLink();
    await visit(token);
    const { items } = await bob.call(outreach.listMyMessages, {});
    expect(items.slice(0, 2).map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(JSON.stringify(items)).not.toMatch(/token=|my-details|Your code:|\d{6}\. It works/);
    const [kept] = await app.query<{ all: string }>(
      `select (select string_agg(m::text, ' ') from outreach.message_content m) || (select string_agg(l::text, ' ') from self_update.link l) as all`,
    );
    expect(kept!.all).not.toContain(token.slice(-40));
    expect(kept!.all).not.toContain(`Your code: ${lastCode()}`);
  });

  test('stands once for an address, and ends by its holder or by whom it is about', async () => {
    const token = await sendLink();
    expect(await codeOf(bob.call(contracts.sendLink, { ...pick(anne), locale: 'en' }))).toBe('conflict');
    const { links } = await bob.call(contracts.listLinks, { personId: anne.personId });
    await bob.call(contracts.endLink, { linkId: links[0]!.id });
    expect(await codeOf(app.client().call(contracts.openLink, { token }))).toBe('link_expired');
    const second = await sendLink();
    await app.client().call(contracts.endOwnLink, { token: second });
    for (const attempt of [contracts.openLink, contracts.sendCode, contracts.endOwnLink])
      expect(await codeOf(app.client().call(attempt, { token: second }))).toBe('link_expired');
    const after = await bob.call(contracts.listLinks, { personId: anne.personId });
    expect(after.links.map(({ state, endedBy }) => [state, endedBy])).toEqual([
      ['ended', 'contact'],
      ['ended', 'holder'],
    ]);
  });

  test('that was altered, that is another one’s, or whose days are over opens nothing', async () => {
    const token = await sendLink();
    const bytes = Buffer.from(token, 'base64url');
    bytes[60]! ^= 1;
    for (const wrong of ['', 'guessed', bytes.toString('base64url'), `${token}A`])
      expect(await codeOf(app.client().call(contracts.openLink, { token: wrong }))).toBe('link_expired');
    await app.query(`update self_update.link set expires_at = now() - interval '1 second' where ended_at is null`);
    expect(await codeOf(app.client().call(contracts.openLink, { token }))).toBe('link_expired');
    expect((await bob.call(contracts.listLinks, { personId: anne.personId })).links[0]!.state).toBe('expired');
    // It stands in nobody's way.
    await sendLink();
  });

  test('bounds who stole it: five tries a code, and no more codes than ten', async () => {
    const token = await sendLink();
    const thief = app.client();
    await thief.call(contracts.sendCode, { token });
    // Again too soon.
    expect(await codeOf(thief.call(contracts.sendCode, { token }))).toBe('too_many_codes');
    await app.settle();
    const right = lastCode();
    const wrong = right === '000000' ? '000001' : '000000';
    // At once, so that none slips through between counting and comparing.
    const tries = await Promise.all(
      [1, 2, 3, 4, 5].map(() => codeOf(thief.call(contracts.enter, { token, code: wrong }))),
    );
    expect(new Set(tries)).toEqual(new Set(['wrong_code']));
    expect(await codeOf(thief.call(contracts.enter, { token, code: right }))).toBe('wrong_code');
    await app.query(
      `update self_update.link set code_count = 10, code_sent_at = now() - interval '1 hour' where ended_at is null`,
    );
    expect(await codeOf(thief.call(contracts.sendCode, { token }))).toBe('too_many_codes');
    expect((await personOf(bob)).cards).toHaveLength(1);
  });

  test('leads nobody to an answer without a visit, nor after its hour', async () => {
    const token = await sendLink();
    const one = await visit(token);
    const answer = { token, right: keysOf(one) };
    expect(await codeOf(one.client.call(contracts.answer, { ...answer, visit: 'guessed' }))).toBe('unauthenticated');
    expect(await codeOf(one.client.call(contracts.askForget, { token, visit: 'guessed' }))).toBe('unauthenticated');
    await app.query(`update self_update.link set visit_until = now() where ended_at is null`);
    expect(await codeOf(one.client.call(contracts.answer, { ...answer, visit: one.visit }))).toBe('unauthenticated');
    expect((await personOf(bob)).cards).toHaveLength(1);
  });

  test('is sent by the gate: not to who objects, not by who only reads, not to an address that was copied', async () => {
    await app.query(`update cards.contact_point set consent = 'objected' where contact_point_id = $1`, [
      anne.contactPointId,
    ]);
    expect(await bob.call(contracts.sendLink, { ...pick(anne), locale: 'en' })).toEqual({
      allowed: false,
      reasons: ['objected'],
      link: null,
    });
    expect(await codeOf(carol.call(contracts.sendLink, { ...pick(anne), locale: 'en' }))).toBe('not_found');
  });

  test('shows the holder’s own cards only, not what they read on a colleague’s', async () => {
    const family = `Copied${run}`;
    const { id: bookId } = await carol.call(delegation.createBook, { name: `Lent ${run}` });
    const hers = await contactOf(
      carol,
      family,
      `x@copied${run}.example`,
      [{ kind: 'title', value: { value: 'Spy' } }],
      bookId,
    );
    await carol.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
    expect(await codeOf(bob.call(contracts.sendLink, { ...pick(hers), locale: 'en' }))).toBe('not_found');
    await bob.call(cards.updatePerson, {
      personId: hers.personId,
      set: [
        { kind: 'email', value: { value: hers.email } },
        { kind: 'phone', value: { raw: '01 44 55 66 77' } },
      ],
    });
    expect(await codeOf(bob.call(contracts.sendLink, { ...pick(hers), locale: 'en' }))).toBe('not_found');
  });

  test('does not show the number that the holder read on a colleague’s card, beside an address of their own', async () => {
    const { id: bookId } = await carol.call(delegation.createBook, { name: `Also lent ${run}` });
    const number = '01 44 55 66 77';
    const phone: cards.FieldInput[] = [{ kind: 'phone', value: { raw: number } }];
    const hers = await contactOf(carol, surnames[run - 1]!, anne.email, phone, bookId);
    await carol.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    expect(JSON.stringify(await personOf(bob))).toContain(hers.personId);
    await bob.call(cards.updatePerson, { personId: anne.personId, set: phone });
    const one = await visit(await sendLink());
    expect(one.values.map(({ display }) => display)).toContain('06 12 34 56 78');
    expect(JSON.stringify(one)).not.toContain(number);
  });
});

describe('an answer', () => {
  test('is the most trusted word, seen today, and proposed to the holder’s own card', async () => {
    await app.query(`update cards.card_field set seen_at = now() - interval '3 years' where card_id = $1`, [
      anne.personId,
    ]);
    const token = await sendLink();
    const one = await visit(token);
    await one.client.call(contracts.answer, {
      token,
      visit: one.visit,
      right: keysOf(one, 'name', 'email', 'organization'),
      changed: [{ key: keyOf(one, 'title'), to: { kind: 'title', value: { value: 'Director' } } }],
      gone: [keyOf(one, 'phone')],
      added: [{ kind: 'phone', value: { raw: '07 11 22 33 44' } }],
    });
    await app.settle();
    expect(await chosenOf(bob, 'title')).toMatchObject({ display: 'Director', reason: 'confirmed' });
    const email = await chosenOf(bob, 'email');
    expect(email).toMatchObject({ reason: 'confirmed', age: { likely: 1 } });
    const [own] = await app.query<{ fresh: boolean }>(
      `select bool_and(seen_at > now() - interval '1 hour') as fresh from cards.card_field where card_id = $1 and kind in ('email', 'organization')`,
      [anne.personId],
    );
    expect(own!.fresh).toBe(true);
    const offers = await offersOf(bob, anne.personId);
    expect(offers.map(({ kind, display, replaces, from }) => [kind, display, replaces, from.id])).toEqual([
      ['title', 'Director', 'Buyer', cards.themself],
      ['phone', '', '06 12 34 56 78', cards.themself],
      ['phone', '07 11 22 33 44', null, cards.themself],
    ]);
    expect(await tellsOf(bob, 'self_updated')).toHaveLength(1);
    expect((await bob.call(home.listHappenings, {})).items[0]).toMatchObject({
      kind: 'self_updated',
      user: { name: '' },
    });
    // Accepted, it stands on the holder's own card as their word; taken back, the card is as it was.
    for (const { id: offerId, replaces } of offers) await bob.call(cards.acceptOffer, { offerId, replaces });
    const numbers = async () =>
      (await bob.call(cards.getCard, { cardId: anne.personId })).fields.flatMap(({ kind, value }) =>
        kind === 'phone' ? (value.raw ?? []) : [],
      );
    expect(await numbers()).toEqual(['07 11 22 33 44']);
    for (const { id: offerId } of offers.toReversed()) await bob.call(cards.reopenOffer, { offerId });
    expect(await numbers()).toEqual(['06 12 34 56 78']);
  });

  test('reaches who else holds them at that address, who learns neither who asked nor what the asker holds', async () => {
    const theirs = await contactOf(carol, surnames[run - 1]!, anne.email, []);
    // One person by name, company and number, without that address.
    const number: cards.FieldInput = { kind: 'phone', value: { raw: '06 12 34 56 78', type: 'mobile' } };
    const elsewhere = await contactOf(carol, surnames[run - 1]!, `other@${run}.example`, [number]);
    await app.settle();
    const token = await sendLink();
    const one = await visit(token);
    await one.client.call(contracts.answer, {
      token,
      visit: one.visit,
      right: keysOf(one),
      added: [{ kind: 'title', value: { value: 'Architect' } }],
    });
    const offers = await offersOf(carol, theirs.personId);
    expect(offers.map(({ kind, display, from }) => [kind, display, from.name])).toEqual([['title', 'Architect', '']]);
    const [joined] = await app.query<{ clusters: number }>(
      `select count(distinct cluster_id)::int as clusters from cards.card where card_id = any($1)`,
      [[anne.personId, theirs.personId, elsewhere.personId]],
    );
    expect(joined).toEqual({ clusters: 1 });
    const offered = (await carol.call(cards.listOffers, {})).items.map(({ contact }) => contact.id);
    expect(offered).not.toContain(elsewhere.personId);
    const told = JSON.stringify([
      (await carol.call(home.listHappenings, {})).items[0],
      (await carol.call(notices.listNotices, {})).items,
      await personOf(carol, theirs.personId),
    ]);
    expect(told).not.toMatch(/Bob Stone|06 12 34/);
    expect(told).toContain('self_updated');
    expect(await codeOf(carol.call(cards.acceptOffer, { offerId: offers[0]!.id, replaces: null, always: true }))).toBe(
      'invalid_input',
    );
    await carol.call(cards.acceptOffer, { offerId: offers[0]!.id, replaces: null });
    expect(await chosenOf(carol, 'title', theirs.personId)).toMatchObject({
      display: 'Architect',
      reason: 'confirmed',
    });
  });

  test('stays with who asked where the person does not share it', async () => {
    const theirs = await contactOf(carol, surnames[run - 1]!, anne.email, []);
    await app.settle();
    const token = await sendLink();
    const one = await visit(token);
    const added = [{ kind: 'title' as const, value: { value: 'Hermit' } }];
    await one.client.call(contracts.answer, { token, visit: one.visit, added, share: false });
    expect(await offersOf(carol, theirs.personId)).toEqual([]);
  });

  test('given again replaces the one before, and says nothing to a device', async () => {
    const token = await sendLink();
    const one = await visit(token);
    const to = (value: string) => ({ key: keyOf(one, 'title'), to: { kind: 'title' as const, value: { value } } });
    await one.client.call(contracts.answer, {
      token,
      visit: one.visit,
      right: keysOf(one, 'email'),
      changed: [to('First')],
    });
    await app.query(`update self_update.link set code_sent_at = null where ended_at is null`);
    const two = await visit(token);
    expect(two.values.find(({ kind }) => kind === 'title')!.display).toBe('First');
    const changed = [{ key: keyOf(two, 'title'), to: { kind: 'title' as const, value: { value: 'Second' } } }];
    await two.client.call(contracts.answer, { token, visit: two.visit, right: keysOf(two, 'email'), changed });
    await app.settle();
    expect(await chosenOf(bob, 'title')).toMatchObject({ display: 'Second' });
    const selves = await app.query<{ held: boolean }>(
      `select c.held_at is not null as held from cards.card c join sources.source s on s.workspace_id = c.workspace_id and s.source_id = c.source_id
       where s.kind = 'self' and c.cluster_id = (select cluster_id from cards.card where card_id = $1)`,
      [anne.personId],
    );
    expect(selves).toEqual([{ held: true }]);
  });

  test('about values that have changed meanwhile is refused whole', async () => {
    const token = await sendLink();
    const one = await visit(token);
    await bob.call(cards.updatePerson, {
      personId: anne.personId,
      set: [{ kind: 'title', value: { value: 'Moved' } }],
    });
    const answer = { token, visit: one.visit, right: keysOf(one) };
    expect(await codeOf(one.client.call(contracts.answer, answer))).toBe('conflict');
    expect((await personOf(bob)).cards).toHaveLength(1);
  });

  test('names who took over: sealed, for the holder alone to decide, once', async () => {
    const token = await sendLink();
    const one = await visit(token);
    const successor = { name: 'Zoé Relève', email: 'zoe@releve.example', phone: null, title: 'Buyer' };
    await one.client.call(contracts.answer, {
      token,
      visit: one.visit,
      gone: keysOf(one, 'title', 'organization'),
      successor,
    });
    const [kept] = await app.query<{ row: string }>(
      `select l::text as row from self_update.link l where has_successor`,
    );
    expect(kept!.row).not.toContain('Relève');
    const { links } = await bob.call(contracts.listLinks, { personId: anne.personId });
    expect(links[0]).toMatchObject({ state: 'answered', successor });
    const linkId = links[0]!.id;
    expect(await codeOf(carol.call(contracts.decideSuccessor, { linkId, add: true }))).toBe('not_found');
    const { cardId } = await bob.call(contracts.decideSuccessor, { linkId, add: true });
    expect(await personOf(bob, cardId!)).toMatchObject({ name: 'Zoé Relève' });
    expect(await codeOf(bob.call(contracts.decideSuccessor, { linkId, add: true }))).toBe('not_found');
  });

  test('says what they may be written to for, and it holds at the gate at once', async () => {
    const token = await sendLink();
    const one = await visit(token);
    const [email, phone] = one.preferences;
    expect(email).toMatchObject({ channel: 'email', purposes: ['invitation', 'service', 'survey', 'recruiting'] });
    expect(phone).toMatchObject({ channel: 'phone', purposes: ['service'] });
    await one.client.call(contracts.answer, {
      token,
      visit: one.visit,
      preferences: [
        { key: email!.key, purposes: ['service', 'newsletter'] },
        { key: phone!.key, purposes: [] },
      ],
    });
    const ask = (purpose: 'newsletter' | 'invitation' | 'service') =>
      bob.call(outreach.askGate, { ...pick(anne), purpose });
    expect(await ask('newsletter')).toMatchObject({ allowed: true });
    expect(await ask('invitation')).toMatchObject({ reasons: ['objected_purpose'] });
    expect((await chosenOf(bob, 'phone'))!.contactPoint).toMatchObject({ consent: 'objected' });
    expect((await chosenOf(bob, 'email'))!.contactPoint).toMatchObject({ consent: 'given' });
  });
});

describe('somebody who asks to be forgotten', () => {
  test('is written to no more at once, and whoever holds them answers by a date', async () => {
    const theirs = await contactOf(carol, surnames[run - 1]!, anne.email, []);
    await app.settle();
    const token = await sendLink();
    const one = await visit(token);
    const shop = await openProgram(app, alice);
    const opened = { externalId: `open ${run}`, kind: 'open', at: daysAgo(1), email: anne.email, consent: true };
    expect(await tell(shop, opened, anOrder({ email: anne.email }))).toEqual(['kept', 'kept']);
    const facts = () => app.query<{ kind_no: number }>('select kind_no from facts.fact order by kind_no');
    const { dueAt } = await one.client.call(contracts.askForget, { token, visit: one.visit });
    // What tracking told goes at once, what they bought when whoever holds them says so.
    expect(await facts()).toEqual([{ kind_no: 2 }]);
    expect(await one.client.call(contracts.askForget, { token, visit: one.visit })).toEqual({ dueAt });
    await app.settle();
    expect(await bob.call(outreach.askGate, { ...pick(anne), purpose: 'service' })).toMatchObject({
      reasons: ['objected'],
    });
    expect(await one.client.call(contracts.openLink, { token })).toMatchObject({
      forget: { waiting: 2, outcomes: [] },
    });
    for (const [member, personId] of [
      [bob, anne.personId],
      [carol, theirs.personId],
    ] as const) {
      expect((await member.call(tasks.listTasks, { personId })).items).toMatchObject([{ dueOn: dueAt.slice(0, 10) }]);
      expect(await tellsOf(member, 'forget_asked')).toHaveLength(1);
    }
    // Who oversees sees that it waits, and not whom it is about.
    const { items } = await alice.call(contracts.listForgets, {});
    expect(items.map(({ holder, outcome }) => [holder, outcome]).sort()).toEqual([
      ['Bob Stone', null],
      ['Carol Wood', null],
    ]);
    expect(await codeOf(bob.call(contracts.listForgets, {}))).toBe('forbidden');
    const { forgets } = await bob.call(contracts.listLinks, { personId: anne.personId });
    const forgetId = forgets[0]!.id;
    expect(await codeOf(carol.call(contracts.answerForget, { forgetId, outcome: 'erased' }))).toBe('not_found');
    await bob.call(contracts.answerForget, { forgetId, outcome: 'erased' });
    await app.settle();
    expect(await facts()).toEqual([]);
    expect(await codeOf(bob.call(contracts.answerForget, { forgetId, outcome: 'law' }))).toBe('conflict');
    expect(await codeOf(personOf(bob))).toBe('not_found');
    expect((await personOf(carol, theirs.personId)).name).toContain('Anne');
    expect(await one.client.call(contracts.openLink, { token })).toMatchObject({
      firstName: null,
      forget: { waiting: 1, outcomes: ['erased'] },
    });
  });
});

describe('a wish to be forgotten', () => {
  const written = async (member: Member) =>
    (await member.call(outreach.listMyMessages, { limit: 200 })).items.map(({ subject, text }) => [subject, text]);

  async function wish() {
    const token = await sendLink();
    const one = await visit(token);
    const { dueAt } = await one.client.call(contracts.askForget, { token, visit: one.visit });
    await app.settle();
    const { forgets } = await bob.call(contracts.listLinks, { personId: anne.personId });
    const look = async () => (await one.client.call(contracts.openLink, { token })).forget!;
    return { forgetId: forgets[0]!.id, dueAt, look };
  }

  test('that is carried out erases what was written to them, by whomever, and leaves that it was', async () => {
    const { items: books } = await bob.call(delegation.listBooks, {});
    const bookId = books.find(({ main }) => main)!.id;
    const [grantId] = await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
    await bob.call(outreach.writeToContact, {
      ...pick(anne),
      purpose: 'service',
      subject: `Tell ${run}`,
      text: 'Secret.',
    });
    await alice.call(outreach.writeToContact, {
      ...pick(anne),
      purpose: 'service',
      subject: `Hers ${run}`,
      text: 'Secret.',
    });
    const other = await contactOf(bob, `Other${run}`, `other@kept${run}.example`);
    await bob.call(outreach.writeToContact, {
      ...pick(other),
      purpose: 'service',
      subject: `Kept ${run}`,
      text: 'Kept.',
    });
    await app.settle();
    const { forgetId } = await wish();
    const before = await written(bob);
    await bob.call(contracts.answerForget, { forgetId, outcome: 'erased' });
    await app.settle();
    const after = await written(bob);
    expect(after).toHaveLength(before.length);
    expect(after.flat()).not.toContain(`Tell ${run}`);
    expect((await written(alice)).flat()).not.toContain(`Hers ${run}`);
    expect(after.flat()).toContain(`Kept ${run}`);
    // Not their link, their code or their name either.
    const rows = await app.query<{ text: string }>('select c::text as text from outreach.message_content c');
    expect(rows.filter(({ text }) => text.includes(`Tell ${run}`) || text.includes(`Hers ${run}`))).toEqual([]);
    await bob.call(delegation.endGrant, { grantId: grantId! });
  });

  test('that is answered otherwise leaves what was written', async () => {
    const { forgetId } = await wish();
    const before = await written(bob);
    await bob.call(contracts.answerForget, { forgetId, outcome: 'contract' });
    await app.settle();
    expect(await written(bob)).toEqual(before);
  });

  test('may take two months more, once: they are told why by mail, though they object, and by their link', async () => {
    const { forgetId, dueAt, look } = await wish();
    const reason = 'We have to look through the files of three subsidiaries.';
    const extend = (member: Member) => member.call(contracts.extendForget, { forgetId, reason });
    expect(await codeOf(extend(carol))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.extendForget, { forgetId, reason: 'Busy' }))).toBe('invalid_input');
    const results = await Promise.allSettled([extend(bob), extend(bob), extend(alice)]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await app.settle();
    const mails = sink.mails.filter(({ mail }) => mail.subject === 'Your request to be forgotten will take longer');
    expect(mails).toHaveLength(1);
    expect(mails[0]!.to).toEqual([anne.email]);
    expect(mails[0]!.mail.text).toContain(reason);
    const now = await look();
    expect(now.extensions).toEqual([reason]);
    const more = (Date.parse(now.dueAt) - Date.parse(dueAt)) / 86_400_000;
    expect(more).toBe(59);
    const [task] = (await bob.call(tasks.listTasks, { personId: anne.personId })).items;
    expect(task!.dueOn).toBe(now.dueAt.slice(0, 10));
    expect((await bob.call(contracts.listLinks, { personId: anne.personId })).forgets).toMatchObject([
      { extended: true },
    ]);
    // The link goes on working until the answer is there to be read.
    const [link] = await app.query<{ days: number }>(
      `select extract(epoch from max(expires_at) - now())::int / 86400 as days from self_update.link`,
    );
    expect(link!.days).toBeGreaterThan(110);
    // Any other mail stays refused.
    expect(await bob.call(outreach.askGate, { ...pick(anne), purpose: 'service' })).toMatchObject({
      reasons: ['objected'],
    });
  });

  test('is not extended after the month, after the answer, or where they cannot be told', async () => {
    const reason = 'There are very many requests.';
    const late = await wish();
    await app.query(`update self_update.forget set due_at = now() - interval '1 minute' where forget_id = $1`, [
      late.forgetId,
    ]);
    expect(await codeOf(alice.call(contracts.extendForget, { forgetId: late.forgetId, reason }))).toBe('conflict');
    await app.query(`update self_update.forget set due_at = now() + interval '1 day' where forget_id = $1`, [
      late.forgetId,
    ]);
    await app.query(`update cards.contact_point set health = 'dead' where contact_point_id = $1`, [
      anne.contactPointId,
    ]);
    const refused = await bob.call(contracts.extendForget, { forgetId: late.forgetId, reason });
    expect(refused).toMatchObject({ allowed: false, reasons: ['dead'] });
    expect((await late.look()).extensions).toEqual([]);
    await bob.call(contracts.answerForget, { forgetId: late.forgetId, outcome: 'law' });
    expect(await codeOf(bob.call(contracts.extendForget, { forgetId: late.forgetId, reason }))).toBe('conflict');
  });
});

describe('a whole book', () => {
  async function bookOf(member: Member, emails: readonly string[]): Promise<string> {
    const { id: bookId } = await member.call(delegation.createBook, {
      name: `Book ${member.me.memberId} ${run} ${emails.length}`,
    });
    for (const [at, email] of emails.entries())
      await addContact(member, { name: `Person${at} Nr${run}`, email, bookId });
    await addContact(member, { name: 'Without Address', bookId });
    return bookId;
  }
  const round = async (member: Member, bookId: string) => {
    await member.call(contracts.askBook, { bookId, locale: 'fr' });
    await app.settle();
    return (await member.call(contracts.getRound, { bookId })).round!;
  };

  test('is asked once a year for each address, whoever asks', async () => {
    const emails = [1, 2, 3].map((at) => `p${at}@book${run}.example`);
    const bookId = await bookOf(bob, emails);
    expect(await bob.call(contracts.getRound, { bookId })).toEqual({ reachable: 3, mail: true, round: null });
    expect(await codeOf(carol.call(contracts.askBook, { bookId, locale: 'fr' }))).toBe('not_found');
    expect(await round(bob, bookId)).toMatchObject({ state: 'done', asked: 3, leftOut: 0 });
    expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual(emails);
    expect(sink.mails[0]!.mail.subject).toMatch(/coordonnées/);
    expect(await round(bob, bookId)).toMatchObject({ asked: 0, leftOut: 3 });
    const hers = await bookOf(carol, emails);
    expect(await round(carol, hers)).toMatchObject({ asked: 0, leftOut: 3 });
    expect(sink.mails).toHaveLength(3);
    await app.query(`update self_update.asked set asked_at = now() - interval '366 days'`);
    expect(await round(carol, hers)).toMatchObject({ asked: 3, leftOut: 0 });
  });

  test('of two rounds at the same moment each address is asked by one', async () => {
    const emails = Array.from({ length: 8 }, (_, at) => `r${at}@race${run}.example`);
    const [his, hers] = [await bookOf(bob, emails), await bookOf(carol, emails)];
    await Promise.all([
      bob.call(contracts.askBook, { bookId: his, locale: 'en' }),
      carol.call(contracts.askBook, { bookId: hers, locale: 'en' }),
    ]);
    expect(await codeOf(bob.call(contracts.askBook, { bookId: his, locale: 'en' })).catch(() => 'done')).toMatch(
      /already_running|done/,
    );
    await app.settle();
    expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual(emails);
  });

  test('that is cut off goes on where it was: nobody is asked twice', async () => {
    const emails = Array.from({ length: 4 }, (_, at) => `c${at}@cut${run}.example`);
    const bookId = await bookOf(bob, emails);
    expect(await round(bob, bookId)).toMatchObject({ asked: 4 });
    // As after a crash before the job was done: it is run again.
    await app.query(`update self_update.round set state = 'running', done_at = null where book_id = $1`, [bookId]);
    const { runRound } = await import('./sending.ts');
    const { id } = (await bob.call(contracts.getRound, { bookId })).round!;
    await runRound(app.app, bob.me.workspace.id, id, new AbortController().signal);
    await app.settle();
    expect((await bob.call(contracts.getRound, { bookId })).round).toMatchObject({
      state: 'done',
      asked: 4,
      leftOut: 0,
    });
    expect(sink.mails).toHaveLength(4);
  });
});

describe('being seen', () => {
  const agreed = async () =>
    (
      await app.query<{ evidence: string }>(
        `select tracking_evidence as evidence from cards.contact_point where tracking_since is not null`,
      )
    ).map(({ evidence }) => evidence);

  test('is asked where an admin says so alone, kept with its words, and taken back on the same page', async () => {
    const token = await sendLink();
    const unasked = await visit(token);
    expect(unasked.tracking).toBeNull();
    const say = ({ client, visit: open }: Visit, tracking: boolean) =>
      client.call(contracts.answer, { token, visit: open, tracking });
    await say(unasked, true);
    expect(await agreed()).toEqual([]);
    const { rules } = await alice.call(outreach.getGateRules, {});
    await alice.call(outreach.saveGateRules, { ...rules, quiet: null, askTracking: true });
    await app.query(`update self_update.link set code_sent_at = code_sent_at - interval '1 minute'`);
    const asked = await visit(token);
    expect(asked.tracking).toBe(false);
    await say(asked, true);
    expect(await agreed()).toEqual([
      expect.stringMatching(/^link \S+, version 1: .*may see whether I open its messages/),
    ]);
    // What was agreed to can be taken back also where nobody is asked any more.
    await alice.call(outreach.saveGateRules, { ...rules, quiet: null, askTracking: false });
    await say(asked, false);
    expect(await agreed()).toEqual([]);
  });
});
