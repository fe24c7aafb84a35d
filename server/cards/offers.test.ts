import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { cardsTasks } from './jobs.ts';
import { fieldsOf } from './testing.ts';

type Act = z.input<typeof delegation.act>;

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

// Nothing in common, lest they be joined.
const names = [
  'Ada Lovelace',
  'Boris Vian',
  'Clara Zetkin',
  'Denis Diderot',
  'Elsa Triolet',
  'Farid Boudjellal',
  'Gilda Radner',
].concat([
  'Hugo Pratt',
  'Irma Boom',
  'Jules Verne',
  'Kira Muratova',
  'Louis Aragon',
  'Maud Fontenoy',
  'Nina Simone',
  'Oscar Wilde',
  'Pablo Neruda',
]);
let made = 0;
let name = '';

/** A contact in a book of Alice's that is lent to the company for these acts. */
async function lend(acts: Act[], except: z.input<typeof delegation.grantTerms>['except'] = []) {
  const { id: bookId } = await alice.call(delegation.createBook, { name: `Offers ${++made}` });
  name = names[made]!;
  const [given] = name.toLowerCase().split(' ');
  const fields = [
    ...fieldsOf({ name, email: `${given}@${given}.example`, phone: `01 44 55 66 ${10 + made}` }),
    { kind: 'title' as const, value: { value: 'Engineer' } },
  ];
  const { id: cardId } = await alice.call(contracts.createCard, { bookId, fields });
  const terms = { grantee: { kind: 'workspace' as const }, acts, except };
  const { id: grantId } = await alice.call(delegation.createGrant, { bookId, ...terms });
  return { bookId, cardId, grantId };
}

/** The code of the problem, or `done`. */
const outcome = (call: Promise<unknown>) =>
  codeOf(call.then(() => Promise.reject(done))).catch((error: unknown) => {
    if (error === done) return 'done';
    throw error;
  });
const done = new Error('done');

const title = (value: string) => [{ kind: 'title' as const, value: { value } }];

async function correct(member: Member, personId: string, set: contracts.FieldInput[]): Promise<void> {
  await member.call(contracts.updatePerson, { personId, set });
  await app.settle();
}

const offersOf = async (member: Member, personId: string) =>
  (await member.call(contracts.listOffers, { personId })).items;
const valuesOf = async (cardId: string, kind: string) =>
  (await alice.call(contracts.getCard, { cardId })).fields.filter((field) => field.kind === kind);
const told = async (member: Member, kind: string) =>
  (await member.call(notices.listNotices, { limit: 200 })).items.filter((notice) => notice.kind === kind);

/** The job of some seconds later, now. */
async function tellAccepted(offerId: string): Promise<void> {
  const context = { app: app.app, workspaceId: alice.me.workspace.id, signal: new AbortController().signal };
  const task = cardsTasks.find(({ name }) => name === 'cards.offerAccepted')!;
  await task.run({ offerId } as never, context);
  await app.settle();
}

describe('what a colleague corrects', () => {
  test('is offered to the holder of the card where the book is lent to be added to', async () => {
    const { cardId, bookId } = await lend(['enrich']);
    await correct(bob, cardId, [...title('Director'), { kind: 'phone', value: { raw: `06 12 34 56 ${10 + made}` } }]);
    expect(await offersOf(alice, cardId)).toMatchObject([
      {
        contact: { id: cardId, name: name },
        book: { id: bookId },
        kind: 'title',
        display: 'Director',
        replaces: 'Engineer',
        from: { id: bob.me.memberId, name: 'Bob Stone' },
      },
      { kind: 'phone', display: `06 12 34 56 ${10 + made}`, replaces: null },
    ]);
    expect(await told(alice, 'offer_received')).toMatchObject([
      { text: `Bob Stone offers you a correction of ${name}.`, path: `/people/${cardId}` },
    ]);
    expect((await valuesOf(cardId, 'title')).map(({ value }) => value)).toEqual([{ value: 'Engineer' }]);
  });

  test('is not offered where the book is lent to be read only, nor once the grant has ended', async () => {
    const { cardId } = await lend(['export', 'contact']);
    await correct(bob, cardId, title('Director'));
    expect(await offersOf(alice, cardId)).toEqual([]);
    const other = await lend(['enrich']);
    await bob.call(contracts.updatePerson, { personId: other.cardId, set: title('Director') });
    await alice.call(delegation.endGrant, { grantId: other.grantId });
    await outcome(bob.call(contracts.updatePerson, { personId: other.cardId, set: title('President') }));
    expect((await offersOf(alice, other.cardId)).map(({ display }) => display)).toEqual(['Director']);
  });

  test('is offered neither where the card says so already, seen or not by who writes, nor what one notes for oneself', async () => {
    const { cardId } = await lend(['enrich'], ['numbers', 'privateNumbers']);
    const before = (await told(alice, 'offer_received')).length;
    await correct(bob, cardId, [
      ...title('Engineer'),
      { kind: 'phone', value: { raw: `01.44.55.66.${10 + made}` } },
      { kind: 'note', value: { value: 'Talks a lot' } },
    ]);
    expect(await offersOf(alice, cardId)).toEqual([]);
    expect(await told(alice, 'offer_received')).toHaveLength(before);
  });

  test('is seen and decided by the holder alone, and not at all from another workspace', async () => {
    const { cardId } = await lend(['enrich']);
    await correct(bob, cardId, title('Director'));
    const [offer] = await offersOf(alice, cardId);
    const offerId = offer!.id;
    const deciding = (member: Member) => [
      () => member.call(contracts.acceptOffer, { offerId, replaces: 'Engineer' }),
      () => member.call(contracts.ignoreOffer, { offerId }),
      () => member.call(contracts.reopenOffer, { offerId }),
    ];
    for (const member of [bob, carol]) {
      expect(await offersOf(member, cardId)).toEqual([]);
      for (const act of deciding(member)) expect(await codeOf(act())).toBe('not_found');
    }
    const other = crypto.randomUUID();
    await app.query('update cards.offer set workspace_id = $1 where offer_id = $2', [other, offerId]);
    expect(await offersOf(alice, cardId)).toEqual([]);
    for (const act of deciding(alice)) expect(await codeOf(act())).toBe('not_found');
  });

  test('goes with the card that is removed, and comes back with it', async () => {
    const { cardId } = await lend(['enrich']);
    await correct(bob, cardId, title('Director'));
    const [offer] = await offersOf(alice, cardId);
    await alice.call(contracts.removeCard, { cardId });
    expect(await codeOf(alice.call(contracts.acceptOffer, { offerId: offer!.id, replaces: 'Engineer' }))).toBe(
      'not_found',
    );
    const { items } = await alice.call(contracts.listOffers, { limit: 200 });
    expect(items.map(({ id }) => id)).not.toContain(offer!.id);
    await alice.call(contracts.restoreCard, { cardId });
    expect((await offersOf(alice, cardId)).map(({ id }) => id)).toEqual([offer!.id]);
  });
});

describe('an offer', () => {
  test('accepted is written as the word of who offered it, and taken back as if nothing had been', async () => {
    const { cardId, grantId } = await lend(['enrich']);
    await correct(bob, cardId, title('Director'));
    await alice.call(delegation.endGrant, { grantId });
    const [offer] = await offersOf(alice, cardId);
    await alice.call(contracts.acceptOffer, { offerId: offer!.id, replaces: 'Engineer' });
    expect(await valuesOf(cardId, 'title')).toMatchObject([{ value: { value: 'Director' }, writtenBy: 'member' }]);
    const { items } = await alice.call(contracts.listHistory, { personId: cardId });
    expect(items[0]).toMatchObject({
      kind: 'edited',
      memberName: 'Bob Stone',
      acceptedBy: 'Alice Martin',
      changes: [{ before: 'Engineer', after: 'Director' }],
    });
    expect(await offersOf(alice, cardId)).toEqual([]);
    await alice.call(contracts.reopenOffer, { offerId: offer!.id });
    expect((await valuesOf(cardId, 'title')).map(({ value }) => value)).toEqual([{ value: 'Engineer' }]);
    expect(await offersOf(alice, cardId)).toHaveLength(1);
  });

  test('accepted is told once to who offered it, ignored or taken back never', async () => {
    const { cardId } = await lend(['enrich']);
    await correct(bob, cardId, [...title('Director'), { kind: 'url', value: { value: 'https://page.example' } }]);
    const [first, second] = await offersOf(alice, cardId);
    const before = (await told(bob, 'offer_accepted')).length;
    await alice.call(contracts.ignoreOffer, { offerId: second!.id });
    await alice.call(contracts.acceptOffer, { offerId: first!.id, replaces: 'Engineer' });
    await alice.call(contracts.reopenOffer, { offerId: first!.id });
    for (const { id } of [first!, second!]) await tellAccepted(id);
    expect(await told(bob, 'offer_accepted')).toHaveLength(before);
    await alice.call(contracts.acceptOffer, { offerId: first!.id, replaces: 'Engineer' });
    // As when the process ends between the telling and the end of its job.
    await tellAccepted(first!.id);
    await tellAccepted(first!.id);
    const after = await told(bob, 'offer_accepted');
    expect(after).toHaveLength(before + 1);
    expect(after[0]!.text).toBe(`Your correction of ${name} was accepted.`);
  });

  test('ignored is not made again for the same value, by anybody, until that is taken back', async () => {
    const { cardId } = await lend(['enrich']);
    await correct(bob, cardId, title('Director'));
    const [offer] = await offersOf(alice, cardId);
    await alice.call(contracts.ignoreOffer, { offerId: offer!.id });
    await correct(bob, cardId, title('director'));
    await correct(carol, cardId, title('Director'));
    expect(await offersOf(alice, cardId)).toEqual([]);
    await correct(carol, cardId, title('President'));
    expect((await offersOf(alice, cardId)).map(({ display }) => display)).toEqual(['President']);
    await alice.call(contracts.reopenOffer, { offerId: offer!.id });
    expect((await offersOf(alice, cardId)).map(({ display }) => display)).toEqual(['Director', 'President']);
  });

  test('of two for one field both stand, and the one that was read before the other was accepted says so', async () => {
    const { cardId } = await lend(['enrich']);
    await correct(bob, cardId, title('Director'));
    await correct(carol, cardId, title('President'));
    const [first, second] = await offersOf(alice, cardId);
    await alice.call(contracts.acceptOffer, { offerId: first!.id, replaces: 'Engineer' });
    const stale = alice.call(contracts.acceptOffer, { offerId: second!.id, replaces: 'Engineer' });
    expect(await codeOf(stale)).toBe('conflict');
    expect(await offersOf(alice, cardId)).toMatchObject([{ display: 'President', replaces: 'Director' }]);
    await alice.call(contracts.acceptOffer, { offerId: second!.id, replaces: 'Director' });
    expect(await codeOf(alice.call(contracts.reopenOffer, { offerId: first!.id }))).toBe('conflict');
  });

  test('accepted several times at once, or while the card changes, is written once and overwrites nothing unseen', async () => {
    const { cardId } = await lend(['enrich']);
    await correct(bob, cardId, [{ kind: 'phone', value: { raw: `06 12 34 56 ${10 + made}` } }, ...title('Director')]);
    const offers = await offersOf(alice, cardId);
    const phone = offers.find(({ kind }) => kind === 'phone')!;
    const accept = () => outcome(alice.call(contracts.acceptOffer, { offerId: phone.id, replaces: null }));
    const answers = await Promise.all(Array.from({ length: 5 }, accept));
    expect(answers.filter((code) => code === 'conflict')).toHaveLength(4);
    expect(await valuesOf(cardId, 'phone')).toHaveLength(2);
    const { no } = (await valuesOf(cardId, 'title'))[0]!;
    const job = offers.find(({ kind }) => kind === 'title')!;
    const [edited, accepted] = await Promise.all([
      outcome(alice.call(contracts.updateCard, { cardId, set: [{ no, field: title('Founder')[0]! }] })),
      outcome(alice.call(contracts.acceptOffer, { offerId: job.id, replaces: 'Engineer' })),
    ]);
    const now = (await valuesOf(cardId, 'title')).map(({ value }) => value.value);
    expect([
      ['done', 'conflict', 'Founder'],
      ['done', 'done', 'Founder'],
    ]).toContainEqual([edited, accepted, now[0]]);
  });

  test('of somebody whose offers are always accepted for the book is written at once, until that is ended', async () => {
    const { cardId, bookId } = await lend(['enrich']);
    await correct(bob, cardId, title('Director'));
    const [offer] = await offersOf(alice, cardId);
    await alice.call(contracts.acceptOffer, { offerId: offer!.id, replaces: 'Engineer', always: true });
    const { items } = await alice.call(contracts.listTrusted, {});
    expect(items).toMatchObject([{ book: { id: bookId }, member: { id: bob.me.memberId, name: 'Bob Stone' } }]);
    for (const member of [bob, carol]) {
      expect((await member.call(contracts.listTrusted, {})).items).toEqual([]);
      const ending = member.call(contracts.endTrust, { bookId, memberId: bob.me.memberId });
      expect(await codeOf(ending)).toBe('not_found');
    }
    const waiting = (await told(alice, 'offer_received')).length;
    await correct(bob, cardId, title('President'));
    expect((await valuesOf(cardId, 'title')).map(({ value }) => value)).toEqual([{ value: 'President' }]);
    expect(await told(alice, 'offer_received')).toHaveLength(waiting);
    await correct(carol, cardId, title('Founder'));
    expect((await offersOf(alice, cardId)).map(({ display }) => display)).toEqual(['Founder']);
    await alice.call(contracts.endTrust, { bookId, memberId: bob.me.memberId });
    await correct(bob, cardId, title('Chair'));
    expect((await offersOf(alice, cardId)).map(({ display }) => display)).toEqual(['Founder', 'Chair']);
    const elsewhere = await lend(['enrich']);
    await correct(bob, elsewhere.cardId, title('Director'));
    expect(await offersOf(alice, elsewhere.cardId)).toHaveLength(1);
  });
});

describe('what a colleague corrects where there can be several of the kind', () => {
  test('takes the place of the value that they corrected, also where there can be several, and gives it back', async () => {
    const { cardId } = await lend(['enrich']);
    const [before] = await valuesOf(cardId, 'phone');
    const set = [{ kind: 'phone' as const, value: { raw: `01 55 66 77 ${10 + made}` } }];
    await bob.call(contracts.updatePerson, { personId: cardId, set, instead: [{ cardId, fieldNo: before!.no }] });
    await app.settle();
    const [offer] = await offersOf(alice, cardId);
    expect(offer).toMatchObject({ display: `01 55 66 77 ${10 + made}`, replaces: `01 44 55 66 ${10 + made}` });
    await alice.call(contracts.acceptOffer, { offerId: offer!.id, replaces: offer!.replaces });
    expect(await valuesOf(cardId, 'phone')).toMatchObject([{ no: before!.no, value: set[0]!.value }]);
    await alice.call(contracts.reopenOffer, { offerId: offer!.id });
    expect(await valuesOf(cardId, 'phone')).toMatchObject([{ value: before!.value }]);
    expect(await offersOf(alice, cardId)).toMatchObject([{ replaces: offer!.replaces }]);
  });

  test('is added where the value that they corrected is no longer there, or is another card’s', async () => {
    const { cardId } = await lend(['enrich']);
    const [before] = await valuesOf(cardId, 'phone');
    const [email] = await valuesOf(cardId, 'email');
    const set = [
      { kind: 'phone' as const, value: { raw: `01 55 66 88 ${10 + made}` } },
      { kind: 'email' as const, value: { value: `other${made}@else.example` } },
    ];
    const elsewhere = { cardId: crypto.randomUUID(), fieldNo: email!.no };
    const instead = [{ cardId, fieldNo: before!.no }, elsewhere];
    await bob.call(contracts.updatePerson, { personId: cardId, set, instead });
    await app.settle();
    const moved = { kind: 'phone' as const, value: { raw: `01 99 88 77 ${10 + made}` } };
    await alice.call(contracts.updateCard, { cardId, set: [{ no: before!.no, field: moved }] });
    const offers = await offersOf(alice, cardId);
    expect(offers).toMatchObject([
      { kind: 'phone', replaces: null },
      { kind: 'email', replaces: null },
    ]);
    await alice.call(contracts.acceptOffer, { offerId: offers[0]!.id, replaces: null });
    expect(await valuesOf(cardId, 'phone')).toHaveLength(2);
  });
});
