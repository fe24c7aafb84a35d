import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, everywhere, lookFor, nowhere, purgeNow } from '../cards/testing.ts';
import * as charter from '../charter/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let admin: Member;
let carol: Member;
let run = 0;

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
  carol = await app.invite(admin, 'Carol Wood');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

/** A word that no search for another takes for a slip of the pen. */
function wordFor(what: string): string {
  const digest = createHash('sha256').update(`${run} ${what}`).digest();
  return `Q${[...digest.subarray(0, 11)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')}`;
}

interface Leaver {
  member: Member;
  name: string;
  lentBook: string;
  lent: string;
  withheld: string;
  unlent: string;
}

let leaver: Leaver;

/** A member with a book that Carol may read without notes, one of its cards withheld, and a private card in the main book. */
beforeEach(async () => {
  run++;
  const name = `Leo ${wordFor('leaver')}`;
  const member = await app.invite(admin, name);
  const { id: lentBook } = await member.call(delegation.createBook, { name: `Clients ${run}` });
  const lent = await addContact(member, {
    name: `Hedy ${wordFor('lent')}`,
    email: `${wordFor('address').toLowerCase()}@lent.example`,
    bookId: lentBook,
  });
  await member.call(cards.updatePerson, {
    personId: lent,
    set: [{ kind: 'note', value: { value: wordFor('secret') } }],
    remove: [],
  });
  const withheld = await addContact(member, { name: `Grace ${wordFor('withheld')}`, bookId: lentBook });
  await member.call(cards.updateCard, { cardId: withheld, withheld: true });
  const unlent = await addContact(member, { name: `Ada ${wordFor('private')}` });
  await member.call(delegation.createGrant, {
    bookId: lentBook,
    grantee: { kind: 'member', memberId: carol.me.memberId },
    acts: ['read'],
    except: ['notes'],
  });
  await app.settle();
  leaver = { member, name, lentBook, lent, withheld, unlent };
});

const open = () => admin.call(contracts.openDeparture, { memberId: leaver.member.me.memberId });
const confirm = (departureId: string, name = leaver.name) =>
  admin.call(contracts.confirmDeparture, { departureId, name, successorId: carol.me.memberId });
async function leave(): Promise<string> {
  const { id } = await open();
  await confirm(id);
  await app.settle();
  return id;
}

describe('before it is confirmed', () => {
  test('the admin sees in numbers what stays and what goes, and no name of a private book', async () => {
    const seen = await open();
    expect(seen).toMatchObject({ state: 'open', onLeaving: 'stay', needsSuccessor: true, orphaned: [] });
    expect(seen.books.map(({ id: _id, ...part }) => part)).toEqual([
      { name: null, stays: 0, goes: 1 },
      { name: `Clients ${run}`, stays: 1, goes: 1 },
    ]);
    expect(JSON.stringify(seen)).not.toMatch(/Hedy|Grace|Ada Private|My contacts/);
  });

  test('nothing has happened, and it can be cancelled', async () => {
    const { id } = await open();
    expect(await lookFor(leaver.member, leaver.unlent, wordFor('private'))).toEqual(everywhere);
    expect((await leaver.member.call(contracts.getMyDeparture, {})).departure?.books).toHaveLength(2);
    await admin.call(contracts.cancelDeparture, { departureId: id });
    expect((await leaver.member.call(contracts.getMyDeparture, {})).departure).toBeNull();
    expect(await codeOf(confirm(id))).toBe('conflict');
  });

  test('opened twice it is one', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await open()).id));
    expect(new Set(ids).size).toBe(1);
  });

  test('it asks for the typed name and for somebody who looks after what stays', async () => {
    const { id } = await open();
    expect(await codeOf(confirm(id, 'Somebody Else'))).toBe('invalid_input');
    const alone = { departureId: id, name: leaver.name };
    expect(await codeOf(admin.call(contracts.confirmDeparture, alone))).toBe('invalid_input');
    const self = { ...alone, successorId: leaver.member.me.memberId };
    expect(await codeOf(admin.call(contracts.confirmDeparture, self))).toBe('invalid_input');
    expect((await leaver.member.call(identity.getMe, {})).name).toBe(leaver.name);
  });

  test('members can neither open, see nor confirm one', async () => {
    const { id } = await open();
    const codes = [
      codeOf(carol.call(contracts.openDeparture, { memberId: admin.me.memberId })),
      codeOf(carol.call(contracts.listDepartures, {})),
      codeOf(carol.call(contracts.getDeparture, { departureId: id })),
      codeOf(carol.call(contracts.confirmDeparture, { departureId: id, name: 'x' })),
      codeOf(carol.call(contracts.undoDeparture, { departureId: id })),
    ];
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['forbidden']));
    expect((await carol.call(contracts.getMyDeparture, {})).departure).toBeNull();
  });

  test('the only admin cannot leave', async () => {
    const { id } = await admin.call(contracts.openDeparture, { memberId: admin.me.memberId });
    const input = { departureId: id, name: 'Alice Martin', successorId: carol.me.memberId };
    expect(await codeOf(admin.call(contracts.confirmDeparture, input))).toBe('last_admin');
    await admin.call(contracts.cancelDeparture, { departureId: id });
  });
});

describe('once it is confirmed', () => {
  test('the leaver is out at once, with every key', async () => {
    const { key } = await leaver.member.call(identity.createApiKey, { name: 'k', scopes: ['contacts:read'] });
    const { id } = await open();
    await confirm(id);
    expect(await codeOf(leaver.member.call(identity.getMe, {}))).toBe('unauthenticated');
    expect(await codeOf(app.client(key).call(cards.listPeople, {}))).toBe('invalid_api_key');
    await app.settle();
    const again = app
      .client()
      .call(identity.signIn, { email: leaver.member.me.email, password: leaver.member.password });
    expect(await codeOf(again)).toBe('wrong_credentials');
    expect((await admin.call(identity.listMembers, {})).items.map(({ name, status }) => [name, status])).toContainEqual(
      [leaver.name, 'left'],
    );
  });

  test('what was lent stays with its steward, without what was kept back; the rest is seen by nobody', async () => {
    await leave();
    const person = await carol.call(cards.getPerson, { personId: leaver.lent });
    expect(JSON.stringify(person)).toContain(wordFor('lent'));
    // As the steward she holds the book now, and still nobody shows her what was not lent.
    for (const text of [
      JSON.stringify(person),
      await (await carol.fetch('/people/export?format=csv&mine=true')).text(),
    ])
      expect(text).not.toContain(wordFor('secret'));
    expect((await carol.fetch(`/people/${leaver.lent}/history`)).status).toBe(200);
    expect(await (await carol.fetch(`/people/${leaver.lent}/history`)).text()).not.toContain(wordFor('secret'));
    for (const viewer of [carol, admin]) {
      expect(await lookFor(viewer, leaver.withheld, wordFor('withheld'))).toEqual(nowhere);
      expect(await lookFor(viewer, leaver.unlent, wordFor('private'))).toEqual(nowhere);
    }
    const { items } = await carol.call(delegation.listBooks, {});
    expect(items.find((book) => book.id === leaver.lentBook)).toMatchObject({
      mine: true,
      name: `Clients ${run} (${leaver.name})`,
      cards: 1,
    });
  });

  test('the new steward cannot bring back what went', async () => {
    await leave();
    for (const cardId of [leaver.withheld, leaver.unlent])
      expect(await codeOf(carol.call(cards.restoreCard, { cardId }))).toBe('not_found');
    // Withholding and lending again moves what hangs on a card; nothing that was set aside comes along.
    await carol.call(cards.updateCard, { cardId: leaver.lent, withheld: true });
    await carol.call(cards.updateCard, { cardId: leaver.lent, withheld: false });
    await app.settle();
    expect(JSON.stringify(await carol.call(cards.getPerson, { personId: leaver.lent }))).not.toContain(
      wordFor('secret'),
    );
  });

  test('within 30 days all of it can be taken back', async () => {
    const before = await leaver.member.call(cards.getPerson, { personId: leaver.lent });
    const id = await leave();
    await carol.call(cards.updatePerson, {
      personId: leaver.lent,
      set: [{ kind: 'title', value: { value: 'Inventor' } }],
      remove: [],
    });
    expect(await admin.call(contracts.undoDeparture, { departureId: id })).toMatchObject({ state: 'returning' });
    await app.settle();
    const { password } = leaver.member;
    const { email } = leaver.member.me;
    const back = app.client();
    const me = await back.call(identity.signIn, { email, password });
    const returned = { ...back, me, password };
    expect(await lookFor(returned, leaver.unlent, wordFor('private'))).toEqual(everywhere);
    expect(await lookFor(returned, leaver.withheld, wordFor('withheld'))).toEqual(everywhere);
    const after = await returned.call(cards.getPerson, { personId: leaver.lent });
    const said = (one: typeof before) => one.values.map(({ kind, value }) => `${kind} ${JSON.stringify(value)}`).sort();
    expect(said(after)).toEqual([...said(before), 'title {"value":"Inventor"}'].sort());
    expect(await lookFor(carol, leaver.withheld, wordFor('withheld'))).toEqual(nowhere);
    expect((await carol.fetch(`/people/${leaver.lent}`)).status).toBe(200);
    const { items } = await returned.call(delegation.listBooks, {});
    expect(items.filter(({ mine }) => mine).map(({ name, main }) => [name, main])).toEqual([
      ['My contacts', true],
      [`Clients ${run}`, false],
    ]);
    expect(await codeOf(admin.call(contracts.undoDeparture, { departureId: id }))).toBe('not_undoable');
  });

  test('after 30 days it is gone for good', async () => {
    const id = await leave();
    await app.query(`update leaving.departure set done_at = done_at - interval '31 days' where departure_id = $1`, [
      id,
    ]);
    expect(await codeOf(admin.call(contracts.undoDeparture, { departureId: id }))).toBe('not_undoable');
    const kept = () => app.query('select from cards.set_aside where occasion_id = $1', [id]);
    await purgeNow(app);
    expect((await kept()).length).toBeGreaterThan(0);
    await app.query(`update cards.set_aside set purge_at = now() - interval '1 minute' where occasion_id = $1`, [id]);
    await purgeNow(app);
    expect(await kept()).toEqual([]);
  });

  test('a crash between two books neither loses nor doubles', async () => {
    const { id } = await open();
    await confirm(id);
    await app.settle();
    const rows = () =>
      app.query(
        `select book_id, stays, cards_stay, cards_go from leaving.departure_book where departure_id = $1 order by 1`,
        [id],
      );
    const once = await rows();
    // The job dies before it has said that it was done: its cause is still there, and it runs again.
    await app.query(`update leaving.departure set state = 'leaving' where departure_id = $1`, [id]);
    const workspaceId = admin.me.workspace.id;
    await app.app.db.asSystem('keeper', (tx) =>
      app.app.enqueue(tx, { workspaceId, task: 'leaving.carryOut', payload: { departureId: id } }),
    );
    await app.settle();
    expect(await rows()).toEqual(once);
    expect((await admin.call(contracts.getDeparture, { departureId: id })).state).toBe('done');
  });

  test('where the charter says that lent contacts go, all go', async () => {
    const { version } = await admin.call(charter.publishCharter, {
      textFr: 'x',
      textEn: 'x',
      least: 'nothing',
      onLeaving: 'go',
    });
    for (const who of [admin, carol]) await who.call(charter.acceptCharter, { version });
    const seen = await open();
    expect(seen).toMatchObject({ onLeaving: 'go', needsSuccessor: false });
    await admin.call(contracts.confirmDeparture, { departureId: seen.id, name: leaver.name });
    await app.settle();
    expect(await lookFor(carol, leaver.lent, wordFor('lent'))).toEqual(nowhere);
  });
});
