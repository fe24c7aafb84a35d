import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import * as cards from '../cards/contract.ts';
import { addContact, everywhere, lookFor, nowhere, readable } from '../cards/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { fieldClass } from './field-classes.ts';
import { groupsLeftOut, maskWithout, withImplied } from './rules.ts';

type Terms = z.input<typeof contracts.grantTerms>;

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
const company: Terms = { grantee: { kind: 'workspace' }, acts: ['read'] };
const toBob = (): Terms => ({ grantee: { kind: 'member', memberId: bob.me.memberId }, acts: ['read'] });

/** A book of Alice's with one contact in it who has a work number, a private one and a note. */
async function makeBook(word: string, terms?: Terms): Promise<{ bookId: string; cardId: string; grantId: string }> {
  const { id: bookId } = await alice.call(contracts.createBook, { name: `Grants ${++books}` });
  const { id: cardId } = await alice.call(cards.createCard, {
    bookId,
    fields: [
      { kind: 'name', value: { given: 'Jean', family: word } },
      { kind: 'email', value: { value: `${word.toLowerCase()}@example.org`, type: 'work' } },
      { kind: 'phone', value: { raw: '01 44 55 66 77', place: 'work' } },
      { kind: 'phone', value: { raw: '06 11 22 33 44', type: 'mobile' } },
      { kind: 'note', value: { value: `Sings in ${word}` } },
    ],
  });
  const grantId = terms ? (await alice.call(contracts.createGrant, { bookId, ...terms })).id : '';
  await app.settle();
  return { bookId, cardId, grantId };
}

describe('what a grant says', () => {
  test('acts bring those they suppose', () => {
    expect(withImplied(['export'])).toEqual(['discover', 'read', 'export']);
    expect(withImplied(['contact'])).toEqual(['discover', 'contact']);
    expect(withImplied(['enrich', 'contact'])).toEqual(['discover', 'read', 'contact', 'enrich']);
  });

  test('fields left out are left out, the original with any of them, and read back as they were said', () => {
    expect(maskWithout([])).toBe(0x7ffffffe);
    const mask = maskWithout(['privateNumbers', 'notes']);
    for (const name of ['phonePrivate', 'mobileUnlabelled', 'note', 'original'] as const)
      expect(mask & (1 << fieldClass[name]), name).toBe(0);
    for (const name of ['name', 'phoneWork', 'emailPrivate'] as const)
      expect(mask & (1 << fieldClass[name]), name).not.toBe(0);
    expect(groupsLeftOut(mask)).toEqual(['privateNumbers', 'notes']);
    expect(groupsLeftOut(0x7fffffff)).toEqual([]);
  });

  test('is one sentence, in the language of who reads it', async () => {
    const { bookId } = await makeBook('Sentence');
    const terms: Terms = {
      grantee: { kind: 'team', teamId: sales },
      acts: ['read', 'contact'],
      except: ['privateNumbers', 'notes'],
      purposes: ['invitation'],
      channels: ['email', 'phone'],
      quota: { count: 2, period: 'month', each: true },
      endsAt: '2036-06-30T20:00:00.000Z',
      askFirst: true,
    };
    const made = await alice.call(
      contracts.createGrant,
      { bookId, ...terms },
      { headers: { 'accept-language': 'en' } },
    );
    const name = `Grants ${books}`;
    expect(made.sentence).toBe(
      `Sales may find, read and contact by e-mail and phone for invitations the contacts of “${name}”, without private numbers and notes, until 30 June 2036, at most 2 times a month to each person. Each time, the holder is asked first.`,
    );
    expect(made).toMatchObject({
      ...terms,
      grantee: { name: 'Sales' },
      acts: ['discover', 'read', 'contact'],
      state: 'standing',
      version: 1,
    });
    const { items } = await alice.call(contracts.listGrants, { bookId }, { headers: { 'accept-language': 'fr' } });
    expect(items[0]!.sentence).toBe(
      `Sales peut trouver, lire et contacter par courriel et téléphone pour des invitations les contacts du carnet «\u00a0${name}\u00a0», sans les numéros privés et les notes, jusqu’au 30 juin 2036, au plus 2 fois par mois et par personne. Le détenteur est consulté à chaque fois.`,
    );
  });
});

describe('a grant', () => {
  test('to one colleague opens the book to them and to nobody else', async () => {
    const { cardId } = await makeBook('Aubusson', toBob());
    expect(await lookFor(bob, cardId, 'Aubusson')).toEqual(readable);
    expect(await lookFor(carol, cardId, 'Aubusson')).toEqual(nowhere);
  });

  test('that lets take along opens exports, and only it', async () => {
    const { bookId, cardId, grantId } = await makeBook('Brioude', company);
    const kept = await makeBook('Langeac', company);
    expect(await lookFor(bob, cardId, 'Brioude')).toEqual(readable);
    expect(await codeOf(bob.json(`/people/${cardId}/vcard`))).toBe('not_exportable');
    const exportable = async (one: Member) => (await one.call(cards.getPerson, { personId: cardId })).exportable;
    expect([await exportable(alice), await exportable(bob)]).toEqual([true, false]);
    await alice.call(contracts.changeGrant, { grantId, ...company, acts: ['export'] });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Brioude')).toEqual(everywhere);
    expect(await exportable(bob)).toBe(true);
    expect(await lookFor(bob, kept.cardId, 'Langeac')).toEqual(readable);
    // The octets that the source gave are a file to take along, too.
    await app.query(
      `insert into cards.card_original (workspace_id, card_id, book_no, exposure, media_type, data)
       select workspace_id, card_id, book_no, exposure, 'text/vcard', 'BEGIN:VCARD' from cards.card where card_id = any($1)`,
      [[cardId, kept.cardId]],
    );
    const original = async (id: string) => [
      (await bob.fetch(`/cards/${id}/original`)).status,
      (await bob.call(cards.getCard, { cardId: id })).original !== null,
      (await bob.call(cards.getPerson, { personId: id })).cards[0]!.original !== null,
    ];
    expect(await original(cardId)).toEqual([200, true, true]);
    expect(await original(kept.cardId)).toEqual([404, false, false]);
    // Nor is what its source calls it theirs to know: that may be an address.
    const fields = [{ kind: 'name' as const, value: { given: 'Una', family: 'Langeac' } }];
    const una = await alice.call(cards.createCard, { bookId: kept.bookId, uid: 'una@home.example', fields });
    const uid = async (one: Member) => (await one.call(cards.getCard, { cardId: una.id })).uid;
    expect([await uid(alice), await uid(bob)]).toEqual(['una@home.example', null]);
    await alice.call(cards.removeCard, { cardId: una.id });
    // Somebody made of a card that may be taken along and one that may not: only of the first.
    const { id: same } = await alice.call(cards.createCard, {
      bookId: kept.bookId,
      fields: [
        { kind: 'name', value: { given: 'Jean', family: 'Brioude' } },
        { kind: 'email', value: { value: 'brioude@example.org', type: 'work' } },
        { kind: 'title', value: { value: 'Luthier' } },
      ],
    });
    await app.settle();
    expect((await bob.call(cards.getPerson, { personId: cardId })).cards.map(({ id }) => id)).toContain(same);
    const exported = await (await bob.fetch('/people/export?format=csv&q=Brioude')).text();
    expect(exported).toContain('brioude@example.org');
    expect(exported).not.toContain('Luthier');
    expect(await (await bob.fetch(`/people/${cardId}/vcard`)).text()).not.toContain('Luthier');
    expect(bookId).not.toBe(kept.bookId);
  });

  test('shows no field it leaves out, at the next request after it was narrowed, before any job has run', async () => {
    const { cardId, grantId } = await makeBook('Chaource', company);
    const shows = async () => {
      const person = JSON.stringify(await bob.call(cards.getPerson, { personId: cardId }));
      const { items } = await bob.call(cards.listPeople, { q: '0611223344' });
      return { person: /611223344/.test(person), listed: items.some(({ name }) => name.includes('Chaource')) };
    };
    expect(await shows()).toEqual({ person: true, listed: true });
    await alice.call(contracts.changeGrant, { grantId, ...company, except: ['privateNumbers', 'notes'] });
    expect(await shows()).toEqual({ person: false, listed: false });
    await app.settle();
    expect(await shows()).toEqual({ person: false, listed: false });
    expect((await bob.call(cards.listPeople, { q: 'Chaource' })).items).toHaveLength(1);
    expect((await bob.call(cards.listPeople, { q: 'sings' })).items.map(({ name }) => name)).not.toContain(
      'Jean Chaource',
    );
    expect((await bob.fetch(`/cards/${cardId}/original`)).status).toBe(404);
  });

  test('that asks first opens nothing but the knowledge that somebody is there', async () => {
    const { cardId, bookId } = await makeBook('Dole', { ...company, acts: ['export'], askFirst: true });
    expect(await lookFor(bob, cardId, 'Dole')).toEqual(nowhere);
    expect((await bob.call(cards.getFacets, { q: 'Dole' })).discoverable).toBe(1);
    expect((await bob.call(contracts.listBooks, {})).items.map(({ id }) => id)).not.toContain(bookId);
  });

  test('that only lets contacts be found confirms no detail of theirs, and counts none that is kept back', async () => {
    const { cardId, bookId, grantId } = await makeBook('Espalion', { ...company, acts: ['discover'] });
    const { fields } = await alice.call(cards.getCard, { cardId });
    const work = { kind: 'organization' as const, value: { name: 'Ferronnerie Lot' } };
    await alice.call(cards.updateCard, { cardId, add: [work, { kind: 'title', value: { value: 'Ferronnière' } }] });
    await app.settle();
    const hint = async (q: string) => (await bob.call(cards.getFacets, { q })).discoverable;
    expect(fields.map(({ kind }) => kind)).toContain('note');
    for (const told of ['Espalion', 'jean espalion', 'ferronnerie', 'ferronniere'])
      expect(await hint(told), told).toBe(1);
    for (const detail of ['sings', 'espalion@example.org', '0611223344', '0144556677', 'espalion sings'])
      expect(await hint(detail), detail).toBe(0);
    // Where company and title stay with the holder, they are not found either.
    await alice.call(contracts.changeGrant, { grantId, ...company, acts: ['discover'], except: ['work'] });
    expect([await hint('Espalion'), await hint('ferronnerie'), await hint('ferronniere')]).toEqual([1, 0, 0]);
    const kept = await addContact(alice, { name: 'Odile Espalion', bookId });
    await alice.call(cards.updateCard, { cardId: kept, withheld: true });
    await app.settle();
    expect(await hint('Espalion')).toBe(1);
    expect(await hint('Odile')).toBe(0);
    // Nor somebody of whom a part is kept back: the name could be of that part.
    const more = await addContact(alice, { name: 'Jean Espalion', email: 'espalion@example.org', bookId });
    await app.settle();
    expect(await hint('Espalion')).toBe(1);
    await alice.call(cards.updateCard, { cardId: more, withheld: true });
    await app.settle();
    expect(await hint('Espalion')).toBe(0);
  });

  test('to a team that is dissolved opens nothing, and does not read as if it were made to everybody', async () => {
    const { id: teamId } = await alice.call(identity.createTeam, { name: 'Passing', memberIds: [bob.me.memberId] });
    const { bookId, cardId } = await makeBook('Ernée', { grantee: { kind: 'team', teamId }, acts: ['read'] });
    expect(await lookFor(bob, cardId, 'Ernée')).toEqual(readable);
    await alice.call(identity.deleteTeam, { teamId });
    await app.settle();
    expect(await lookFor(bob, cardId, 'Ernée')).toEqual(nowhere);
    const [grant] = (await alice.call(contracts.listGrants, { bookId }, { headers: { 'accept-language': 'en' } }))
      .items;
    expect(grant!.sentence).toMatch(/^A team that no longer exists may find and read/);
  });

  test('that is to come opens nothing before its date', async () => {
    const { cardId, grantId } = await makeBook('Embrun', { ...company, startsAt: '2036-01-01T00:00:00Z' });
    expect(await lookFor(bob, cardId, 'Embrun')).toEqual(nowhere);
    const [only] = (await alice.call(contracts.listGrantVersions, { grantId })).items;
    expect(only).toMatchObject({ state: 'planned', endedBy: null });
    await alice.call(contracts.endGrant, { grantId });
    expect((await alice.call(contracts.listGrantVersions, { grantId })).items[0]).toMatchObject({ state: 'ended' });
  });

  test('that comes to its end closes the book by itself, and the list follows by itself', async () => {
    const { cardId, grantId } = await makeBook('Figeac', company);
    // A contact of Bob's that shows as one with it must not go with it.
    await addContact(bob, { name: 'Jean Figeac', email: 'figeac@example.org' });
    await app.settle();
    const names = async () => (await bob.call(cards.listPeople, { q: 'Figeac' })).items.map(({ cards: n }) => n);
    expect(await names()).toEqual([2]);
    const ends = Date.now() + 1500;
    await alice.call(contracts.changeGrant, { grantId, ...company, endsAt: new Date(ends).toISOString() });
    await new Promise((done) => setTimeout(done, ends + 20 - Date.now()));
    expect((await bob.fetch(`/cards/${cardId}`)).status).toBe(404);
    await expect.poll(names, { timeout: 8000 }).toEqual([1]);
  });

  test('keeps its versions: who said what, and who ended it', async () => {
    const { grantId } = await makeBook('Gien', company);
    await alice.call(contracts.changeGrant, { grantId, ...company, except: ['notes'] });
    await alice.call(contracts.endGrant, { grantId });
    const { items } = await alice.call(contracts.listGrantVersions, { grantId });
    expect(items.map(({ version, state, endedBy, except }) => ({ version, state, endedBy, except }))).toEqual([
      { version: 2, state: 'ended', endedBy: 'Alice Martin', except: ['notes'] },
      { version: 1, state: 'ended', endedBy: 'Alice Martin', except: [] },
    ]);
    expect((await alice.call(contracts.listGrants, { state: 'ended' })).items.map(({ id }) => id)).toContain(grantId);
    await alice.call(contracts.changeGrant, { grantId, ...company });
    expect((await alice.call(contracts.listGrants, {})).items.find(({ id }) => id === grantId)).toMatchObject({
      version: 3,
      state: 'standing',
    });
  });

  test('changed twice at once has versions that follow each other', async () => {
    const { grantId } = await makeBook('Honfleur', company);
    await Promise.all([
      alice.call(contracts.changeGrant, { grantId, ...company, except: ['notes'] }),
      alice.call(contracts.changeGrant, { grantId, ...company, except: ['photo'] }),
      alice.call(contracts.changeGrant, { grantId, ...company, except: ['birthday'] }),
    ]);
    const { items } = await alice.call(contracts.listGrantVersions, { grantId });
    expect(items.map(({ version, state }) => [version, state])).toEqual([
      [4, 'standing'],
      [3, 'ended'],
      [2, 'ended'],
      [1, 'ended'],
    ]);
  });

  test('is known to whom it is made, with its terms, unless it only lets somebody be found', async () => {
    const open = await makeBook('Issoire', toBob());
    const found = await makeBook('Joigny', { ...toBob(), acts: ['discover'] });
    const mine = (await bob.call(contracts.listGrants, { direction: 'to_me' })).items.map(({ id }) => id);
    expect(mine).toContain(open.grantId);
    expect(mine).not.toContain(found.grantId);
    expect((await carol.call(contracts.listGrants, { direction: 'to_me' })).items.map(({ id }) => id)).not.toContain(
      open.grantId,
    );
  });

  test('is made, changed, ended and read by who holds the book only; to others it is not there', async () => {
    const { bookId, grantId } = await makeBook('Lodève', company);
    const attempts = [
      bob.call(contracts.createGrant, { bookId, ...toBob() }),
      bob.call(contracts.changeGrant, { grantId, ...company, acts: ['export'] }),
      bob.call(contracts.endGrant, { grantId }),
      bob.call(contracts.listGrantVersions, { grantId }),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'not_found'));
    expect((await bob.call(contracts.listGrants, { bookId })).items).toEqual([]);
  });

  test('is refused to nobody, and with an end before its beginning', async () => {
    const { bookId } = await makeBook('Mende');
    const none = '01900000-0000-7000-8000-000000000000';
    const make = (terms: Partial<Terms>) => codeOf(alice.call(contracts.createGrant, { bookId, ...company, ...terms }));
    expect(await make({ grantee: { kind: 'team', teamId: none } })).toBe('not_found');
    expect(await make({ grantee: { kind: 'member', memberId: none } })).toBe('not_found');
    expect(await make({ endsAt: '2020-01-01T00:00:00Z' })).toBe('invalid_input');
    expect(await make({ startsAt: '2036-02-01T00:00:00Z', endsAt: '2036-01-01T00:00:00Z' })).toBe('invalid_input');
    expect(await make({ acts: [] })).toBe('invalid_input');
  });
});

describe('the preview of a grant', () => {
  test('says how many contacts and which fields it would open, and shows some as the grantee would see them', async () => {
    const { bookId, cardId } = await makeBook('Nérac');
    const held = await addContact(alice, { name: 'Kept Back', bookId });
    await alice.call(cards.updateCard, { cardId: held, withheld: true });
    const look = (terms: Terms, asMemberId?: string) =>
      alice.call(cards.previewGrant, { bookId, ...terms, ...(asMemberId ? { asMemberId } : {}) });
    const shown = await look({ ...company, except: ['privateNumbers', 'notes'] });
    expect(shown).toMatchObject({ persons: 1, organizations: 0, withheld: 1, readable: true });
    expect(shown.fields).toEqual([
      { group: 'privateNumbers', shown: false, values: 1 },
      { group: 'numbers', shown: true, values: 1 },
      { group: 'emails', shown: true, values: 1 },
      { group: 'notes', shown: false, values: 1 },
    ]);
    const [example] = shown.examples;
    expect(example).toMatchObject({ id: cardId, name: 'Jean Nérac', hidden: 2 });
    expect(example!.values.map(({ kind }) => kind)).toEqual(['email', 'phone']);
    // What it shows is what the grantee then sees.
    await alice.call(contracts.createGrant, { bookId, ...company, except: ['privateNumbers', 'notes'] });
    const seen = await bob.call(cards.getPerson, { personId: cardId });
    const values = seen.values.filter(({ kind }) => kind !== 'name').map(({ kind, display }) => ({ kind, display }));
    expect(values).toEqual(example!.values);
    // Somebody for whom more stands already sees more; somebody to whom it is not made sees what stands.
    await alice.call(contracts.createGrant, { bookId, ...toBob() });
    expect((await look({ ...company, except: ['emails'] }, bob.me.memberId)).examples[0]!.hidden).toBe(0);
    expect((await look({ ...toBob(), acts: ['discover'] }, carol.me.memberId)).examples[0]!.hidden).toBe(2);
    expect(await look({ ...company, askFirst: true })).toMatchObject({ readable: false, examples: [] });
  });

  test('is for the holder only', async () => {
    const { bookId } = await makeBook('Orange', company);
    expect(await codeOf(bob.call(cards.previewGrant, { bookId, ...company }))).toBe('not_found');
  });
});
