import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import * as cards from '../cards/contract.ts';
import { addContact, everywhere, lookFor, nowhere, readable } from '../cards/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { deleteEmptyBook, refreshReach } from './queries.ts';
import { lend } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let sales: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  sales = (await alice.call(identity.createTeam, { name: 'Sales' })).id;
  carol = await app.invite(alice, 'Carol Wood', { teamIds: [sales] });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let books = 0;

/** A book of Alice's with one contact in it. */
async function makeBook(word: string): Promise<{ bookId: string; cardId: string }> {
  const { id: bookId } = await alice.call(contracts.createBook, { name: `Book ${++books}` });
  const cardId = await addContact(alice, {
    name: `Jean ${word}`,
    email: `${word.toLowerCase()}@example.org`,
    organization: `${word} SA`,
    bookId,
  });
  await app.settle();
  return { bookId, cardId };
}

type Terms = z.input<typeof contracts.grantTerms>;
const share = (bookId: string, ...terms: Terms[]) => lend(alice, bookId, ...terms);
const withAll: Terms = { grantee: { kind: 'workspace' }, acts: ['read'] };
const withSales = (): Terms => ({ grantee: { kind: 'team', teamId: sales }, acts: ['read'] });

describe('a book', () => {
  test('is private by default: to others it does not exist, admins included', async () => {
    const { bookId, cardId } = await makeBook('Quercy');
    expect(await lookFor(alice, cardId, 'Quercy')).toEqual(everywhere);
    expect(await lookFor(bob, cardId, 'Quercy')).toEqual(nowhere);
    const theirs = await addContact(bob, { name: 'Anne Lozère', email: 'lozere@example.org' });
    await app.settle();
    expect(await lookFor(alice, theirs, 'Lozère')).toEqual(nowhere);
    expect((await bob.call(contracts.listBooks, {})).items.map(({ id }) => id)).not.toContain(bookId);
    expect((await bob.call(cards.listPeople, { bookId })).items).toEqual([]);
  });

  test('shared with the workspace is seen by all, before and after the index has followed', async () => {
    const { bookId, cardId } = await makeBook('Aubrac');
    await share(bookId, withAll);
    expect(await lookFor(bob, cardId, 'Aubrac')).toMatchObject({ person: 200, card: 200, history: 200 });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Aubrac')).toEqual(readable);
    expect(await lookFor(carol, cardId, 'Aubrac')).toEqual(readable);
    const labelFor = async (client: typeof bob) =>
      (await client.call(cards.getFacets, { q: 'Aubrac' })).books.find(({ value }) => value === bookId)?.label;
    expect(await labelFor(alice)).toMatch(/^Book \d+$/);
    expect(await labelFor(bob)).toMatch(/^Book \d+ · Alice Martin$/);
    const seen = (await bob.call(contracts.listBooks, {})).items.find(({ id }) => id === bookId);
    expect(seen).toMatchObject({ mine: false, cards: null, holder: { name: 'Alice Martin' } });
  });

  test('says that the lists of those it is lent to have yet to follow, until they have', async () => {
    const { bookId } = await makeBook('Causses');
    const following = async (viewer: Member) =>
      (await viewer.call(contracts.listBooks, {})).items.find(({ id }) => id === bookId)?.following;
    expect(await following(alice)).toBe(false);
    // Until this lets go, the lists cannot follow.
    await app.query('begin');
    await app.query('select from cards.card for update');
    await share(bookId, withAll);
    expect(await following(alice)).toBe(true);
    await app.query('commit');
    await app.settle();
    expect([await following(alice), await following(bob)]).toEqual([false, false]);
  });

  test('is deleted once it is empty, by its holder alone; the main one stays', async () => {
    const { bookId, cardId } = await makeBook('Chartreuse');
    await share(bookId, withAll);
    expect(await codeOf(bob.call(contracts.deleteBook, { bookId }))).toBe('not_found');
    expect(await codeOf(alice.call(contracts.deleteBook, { bookId }))).toBe('conflict');
    await alice.call(cards.removeCard, { cardId });
    // The card can be restored into it for 30 days.
    expect(await codeOf(alice.call(contracts.deleteBook, { bookId }))).toBe('conflict');
    await alice.call(cards.restoreCard, { cardId });
    const books = (await alice.call(contracts.listBooks, {})).items;
    const main = books.find(({ main }) => main)!.id;
    await alice.call(cards.updateCard, { cardId, bookId: main });
    expect(await codeOf(alice.call(contracts.deleteBook, { bookId: main }))).toBe('conflict');
    // Asked again by the keeper: it may have come into other hands since it was looked for.
    const byBob = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
    expect(await app.app.db.asSystem('keeper', (tx) => deleteEmptyBook(tx, byBob, bookId))).toBe(false);
    await alice.call(contracts.deleteBook, { bookId });
    await app.settle();
    for (const viewer of [alice, bob])
      expect((await viewer.call(contracts.listBooks, {})).items.map(({ id }) => id)).not.toContain(bookId);
    expect(await app.query(`select from delegation.grant where book_id = $1`, [bookId])).toEqual([]);
  });

  test('shared with a team is seen by its members only', async () => {
    const { bookId, cardId } = await makeBook('Morvan');
    await share(bookId, withSales());
    await app.settle();
    expect(await lookFor(carol, cardId, 'Morvan')).toEqual(readable);
    expect(await lookFor(bob, cardId, 'Morvan')).toEqual(nowhere);
  });

  test('is gone at the very next request when it is withdrawn, not when a job has run', async () => {
    const { bookId, cardId } = await makeBook('Sologne');
    await share(bookId, withAll);
    await app.settle();
    expect(await lookFor(bob, cardId, 'Sologne')).toEqual(readable);
    await share(bookId);
    expect(await lookFor(bob, cardId, 'Sologne')).toEqual(nowhere);
    await app.settle();
    expect(await lookFor(bob, cardId, 'Sologne')).toEqual(nowhere);
    expect(await lookFor(alice, cardId, 'Sologne')).toEqual(everywhere);
  });

  test('takes none of the readers’ own contacts with it when it is withdrawn, not even until a job has run', async () => {
    const { bookId } = await makeBook('Trièves');
    await share(bookId, withAll);
    await addContact(bob, { name: 'J. Trièves', email: 'trièves@example.org' });
    await app.settle();
    const found = async () => (await bob.call(cards.listPeople, { q: 'Trièves' })).items;
    expect(await found()).toMatchObject([{ cards: 2, organization: 'Trièves SA' }]);
    await share(bookId);
    expect(await found()).toMatchObject([{ name: 'J. Trièves', cards: 1, organization: null }]);
    expect((await bob.call(cards.getFacets, { q: 'Trièves' })).total.count).toBe(1);
  });

  test('that may only be discovered shows nothing of its persons', async () => {
    const { bookId, cardId } = await makeBook('Vercors');
    await share(bookId, { grantee: { kind: 'workspace' }, acts: ['discover'] });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Vercors')).toEqual(nowhere);
    const hint = async (client: typeof bob, q: string) => (await client.call(cards.getFacets, { q })).discoverable;
    expect(await hint(bob, 'Vercors')).toBe(1);
    expect(await hint(alice, 'Vercors')).toBe(0);
    expect(await hint(bob, 'Quercy')).toBe(0);
    expect((await bob.call(cards.getFacets, { q: 'Vercors', bookId })).discoverable).toBe(0);
    await share(bookId);
    expect(await hint(bob, 'Vercors')).toBe(0);
    await share(bookId, { grantee: { kind: 'workspace' }, acts: ['discover'] }, withSales());
    expect(await hint(carol, 'Vercors')).toBe(0);
  });

  test('follows its grant into a team and out of it', async () => {
    const { bookId, cardId } = await makeBook('Margeride');
    await share(bookId, withSales());
    await app.settle();
    const team = (memberIds: string[]) => alice.call(identity.updateTeam, { teamId: sales, memberIds });
    await team([bob.me.memberId]);
    expect((await carol.fetch(`/people/${cardId}`)).status).toBe(404);
    expect((await bob.fetch(`/people/${cardId}`)).status).toBe(200);
    await app.settle();
    expect(await lookFor(carol, cardId, 'Margeride')).toEqual(nowhere);
    expect(await lookFor(bob, cardId, 'Margeride')).toEqual(readable);
    await team([carol.me.memberId]);
    await app.settle();
  });

  test('can be shared, renamed and filled by its holder only; to others it is not there', async () => {
    const { bookId } = await makeBook('Ardèche');
    await share(bookId, withAll);
    const attempts = [
      bob.call(contracts.createGrant, { bookId, ...withAll }),
      bob.call(contracts.renameBook, { bookId, name: 'Mine' }),
      bob.call(cards.createCard, { bookId, fields: [{ kind: 'name', value: { full: 'Intruder' } }] }),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'not_found'));
  });

  test('of the workspace is held by its stewards', async () => {
    const { id: bookId } = await alice.call(contracts.createBook, { name: 'Clients', stewardIds: [bob.me.memberId] });
    const cardId = await addContact(bob, { name: 'Luc Camargue', bookId });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Camargue')).toEqual(everywhere);
    expect(await lookFor(alice, cardId, 'Camargue')).toEqual(nowhere);
    const refused = bob.call(contracts.createBook, { name: 'Coup', stewardIds: [bob.me.memberId] });
    expect(await codeOf(refused)).toBe('forbidden');
  });
});

describe('a card', () => {
  test('that is withheld leaves a shared book at once and comes back', async () => {
    const { bookId, cardId } = await makeBook('Béarn');
    await share(bookId, withAll);
    await app.settle();
    await alice.call(cards.updateCard, { cardId, withheld: true });
    expect(await lookFor(bob, cardId, 'Béarn')).toEqual(nowhere);
    await app.settle();
    expect(await lookFor(bob, cardId, 'Béarn')).toEqual(nowhere);
    expect(await lookFor(alice, cardId, 'Béarn')).toEqual(everywhere);
    await alice.call(cards.updateCard, { cardId, withheld: false });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Béarn')).toEqual(readable);
  });

  test('that is read cannot be changed, withheld, moved or removed by who reads it', async () => {
    const { bookId, cardId } = await makeBook('Cantal');
    await share(bookId, withAll);
    await app.settle();
    const [own] = (await bob.call(contracts.listBooks, {})).items;
    const name = { kind: 'name' as const, value: { full: 'Changed' } };
    const attempts = [
      bob.call(cards.updateCard, { cardId, add: [name] }),
      bob.call(cards.updateCard, { cardId, withheld: true }),
      bob.call(cards.updateCard, { cardId, bookId: own!.id }),
      bob.call(cards.removeCard, { cardId }),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'not_found'));
    expect((await alice.call(cards.getPerson, { personId: cardId })).name).toBe('Jean Cantal');
  });

  test('moved out of a shared book is out of sight at once', async () => {
    const { bookId, cardId } = await makeBook('Velay');
    await share(bookId, withAll);
    await app.settle();
    const { id: privateBook } = await alice.call(contracts.createBook, { name: `Private ${books}` });
    await alice.call(cards.updateCard, { cardId, bookId: privateBook });
    expect(await lookFor(bob, cardId, 'Velay')).toEqual(nowhere);
  });
});

describe('a person seen by two', () => {
  test('is composed for each from the cards they may see, and from nothing else', async () => {
    const { bookId, cardId } = await makeBook('Forez');
    await addContact(alice, { name: 'Jean Forez', email: 'forez@example.org', phone: '06 12 34 56 78' });
    const bobs = await addContact(bob, { name: 'Jean Forez', email: 'forez@example.org', phone: '06 98 76 54 32' });
    await share(bookId, withAll);
    await app.settle();
    const forBob = await bob.call(cards.getPerson, { personId: cardId });
    expect(forBob.cards.map(({ id }) => id).sort()).toEqual([cardId, bobs].sort());
    const text = JSON.stringify(forBob);
    expect(text).toContain('+33698765432');
    expect(text).not.toContain('612345678');
    const forAlice = JSON.stringify(await alice.call(cards.getPerson, { personId: cardId }));
    expect(forAlice).toContain('+33612345678');
    expect(forAlice).not.toContain('698765432');
    expect((await bob.call(cards.listPeople, { q: '0612345678' })).items).toEqual([]);
    expect((await bob.call(cards.getFacets, { q: 'forez' })).total.count).toBe(1);
  });

  test('is two where the card that joins them cannot be seen', async () => {
    const { bookId, cardId } = await makeBook('Gévaudan');
    const other = await addContact(alice, { name: 'Jean Gévaudan', email: 'jg@example.net', bookId });
    // Only the hidden card has both addresses. The youngest of the three: links are looked for from the older card.
    const hidden = await addContact(alice, { name: 'Jean Gévaudan', email: 'gévaudan@example.org' });
    await alice.call(cards.updateCard, {
      cardId: hidden,
      add: [
        { kind: 'email', value: { value: 'jg@example.net' } },
        { kind: 'email', value: { value: (await emailOf(cardId)) ?? '' } },
      ],
    });
    await share(bookId, withAll);
    await app.settle();
    const mine = await alice.call(cards.getPerson, { personId: cardId });
    expect(mine.cards.map(({ id }) => id).sort()).toEqual([cardId, hidden, other].sort());
    const theirs = await bob.call(cards.getPerson, { personId: cardId });
    expect(theirs.cards.map(({ id }) => id)).not.toContain(hidden);
    expect(theirs.cards.map(({ id }) => id)).not.toContain(other);
    expect((await bob.call(cards.listPeople, { q: 'gevaudan' })).items).toHaveLength(2);
  });

  test('stays in the list when the team that lent a part of it is dissolved', async () => {
    const team = await alice.call(identity.createTeam, { name: 'Passing', memberIds: [bob.me.memberId] });
    const open = await makeBook('Cévennes');
    const lent = await alice.call(contracts.createBook, { name: `Book ${++books}` });
    const same = { name: 'Jean Cévennes', email: 'cévennes@example.org' };
    await addContact(alice, { ...same, phone: '06 11 22 33 55', bookId: lent.id });
    await addContact(bob, same);
    await share(open.bookId, withAll);
    await share(lent.id, { grantee: { kind: 'team', teamId: team.id }, acts: ['read'] });
    await app.settle();
    const listed = async () => (await bob.call(cards.listPeople, { q: 'cevennes' })).items.map((item) => item.cards);
    expect(await listed()).toEqual([3]);
    await alice.call(identity.deleteTeam, { teamId: team.id });
    await app.settle();
    expect(await listed()).toEqual([2]);
  });

  async function emailOf(cardId: string): Promise<string | undefined> {
    const { fields } = await alice.call(cards.getCard, { cardId });
    return fields.find(({ kind }) => kind === 'email')?.value.value as string | undefined;
  }
});

/** What no operation offers yet: grants with a mask or an end. */
async function changeGrants(bookId: string, change: { field_mask?: number; ends_at?: Date }): Promise<void> {
  const { id: workspaceId } = alice.me.workspace;
  await app.app.db.asSystem('keeper', async (tx) => {
    await tx
      .updateTable('delegation.grant')
      .set(change)
      .where('workspace_id', '=', workspaceId)
      .where('book_id', '=', bookId)
      .execute();
    await refreshReach(tx, workspaceId, bookId);
  });
}

describe('the fields of a grant', () => {
  test('leave out what its mask leaves out, everywhere', async () => {
    const { id: bookId } = await alice.call(contracts.createBook, { name: `Book ${++books}` });
    const cardId = await addContact(alice, {
      name: 'Rose Lauragais',
      email: 'rose@lauragais.example',
      phone: '06 11 22 33 44',
      organization: 'Lauragais SA',
      bookId,
    });
    await share(bookId, withAll);
    // Bits 1, 2 and 4: name, organisation, work e-mail.
    await changeGrants(bookId, { field_mask: (1 << 1) | (1 << 2) | (1 << 4) });
    await app.settle();
    await alice.call(cards.updateCard, { cardId, add: [{ kind: 'title', value: { value: 'Directrice' } }] });
    await app.settle();
    const person = JSON.stringify(await bob.call(cards.getPerson, { personId: cardId }));
    expect(person).toContain('rose@lauragais.example');
    expect(person).not.toMatch(/611223344|Directrice/);
    const { items } = await bob.call(cards.listPeople, { q: 'lauragais' });
    expect(items).toMatchObject([{ email: 'rose@lauragais.example', phone: null, title: null }]);
    expect((await bob.call(cards.listPeople, { q: '0611223344' })).items).toEqual([]);
    expect((await bob.call(cards.listPeople, { q: 'directrice' })).items).toEqual([]);
    for (const format of ['csv', 'vcf'])
      expect(await (await bob.fetch(`/people/export?format=${format}`)).text()).not.toMatch(
        /11 ?22 ?33 ?44|Directrice/,
      );
    expect((await bob.fetch(`/cards/${cardId}/original`)).status).toBe(404);
    await changeAll(cardId);
    const told = (await bob.call(cards.listHistory, { personId: cardId })).items;
    expect(JSON.stringify(told)).not.toMatch(/11 ?22 ?33 ?44|55 ?66|Directrice|title|phone/);
    expect(told.map(({ kind, changes }) => [kind, changes])).toEqual([
      ['edited', [{ kind: 'email', before: 'rose@lauragais.example', after: 'rose@new.example', giveBack: null }]],
      ['created', []],
    ]);
    const whole = (await alice.call(cards.listHistory, { personId: cardId })).items;
    expect(whole[0]!.changes.map(({ kind, after }) => `${kind} ${after}`).toSorted()).toEqual([
      'email rose@new.example',
      'phone 06 11 22 55 66',
    ]);
    expect(whole[1]!.changes).toEqual([{ kind: 'title', before: null, after: 'Directrice', giveBack: null }]);
  });

  /** Changes the e-mail, which the mask shows, and the number, which it hides, at once. */
  async function changeAll(cardId: string): Promise<void> {
    const { fields } = await alice.call(cards.getCard, { cardId });
    const at = (kind: string) => fields.find((field) => field.kind === kind)!.no;
    await alice.call(cards.updateCard, {
      cardId,
      set: [
        { no: at('email'), field: { kind: 'email', value: { value: 'rose@new.example', type: 'work' } } },
        { no: at('phone'), field: { kind: 'phone', value: { raw: '06 11 22 55 66' } } },
      ],
    });
  }

  test('an expired grant opens nothing, without anybody doing anything', async () => {
    const { bookId, cardId } = await makeBook('Comminges');
    await share(bookId, withAll);
    const ends = Date.now() + 1500;
    await changeGrants(bookId, { ends_at: new Date(ends) });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Comminges')).toMatchObject({ list: true, person: 200 });
    await new Promise((done) => setTimeout(done, ends + 20 - Date.now()));
    expect(await lookFor(bob, cardId, 'Comminges')).toEqual(nowhere);
  });
});

describe('sources', () => {
  test('of others are not listed', async () => {
    const names = (await bob.call(cards.getFacets, {})).sources.map(({ label }) => label);
    expect(names.filter((name) => !/^Entregent( · Alice Martin)?$/.test(name))).toEqual([]);
  });
});
