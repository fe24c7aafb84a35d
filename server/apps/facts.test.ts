import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import { type Client, codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { authorise, type Program, register } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let program: Program;
let client: Client;
let lent: string;
let hidden: string;
let withheld: string;

const fact = (changes: Partial<Parameters<typeof report>[0]> = {}) => ({
  externalId: 'f1',
  email: 'jeanne@example.org',
  kind: 'subscribed' as const,
  at: '2026-11-20T10:00:00.000Z',
  title: 'Newsletter of November',
  ...changes,
});
const report = (...facts: contracts.FactInput[]) => client.call(contracts.reportFacts, { facts });
const facts = async (by: Client, personId: string) => (await by.call(contracts.listFacts, { personId })).items;

async function add(bookId: string, family: string, email: string): Promise<string> {
  const fields = [
    { kind: 'name' as const, value: { given: 'Jeanne', family } },
    { kind: 'email' as const, value: { value: email, type: 'work' as const } },
    { kind: 'phone' as const, value: { raw: '06 12 34 56 78' } },
  ];
  return (await bob.call(cards.createCard, { bookId, fields })).id;
}

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Noir');
  program = await register(alice, { scopes: ['contacts:read', 'contacts:contact', 'facts:write'] });
  const open = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
  const closed = (await bob.call(delegation.createBook, { name: 'Friends' })).id;
  lent = await add(open, 'Lent', 'jeanne@example.org');
  withheld = await add(open, 'Withheld', 'withheld@example.org');
  await bob.call(cards.updateCard, { cardId: withheld, withheld: true });
  hidden = await add(closed, 'Hidden', 'hidden@example.org');
  const lending = { bookIds: [open], acts: ['read' as const, 'contact' as const], purposes: ['newsletter' as const] };
  ({ client } = await authorise(app, bob, program, { ...lending, except: ['numbers', 'privateNumbers'] }));
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

describe('what apps say', () => {
  test('hangs on the contacts that they may read, and is told to the holder', async () => {
    const amount = { cents: 12_050, currency: 'EUR' };
    expect((await report(fact({ amount, url: 'https://shop.example/1' }))).items).toEqual([
      { externalId: 'f1', kept: true },
    ]);
    expect(await facts(bob, lent)).toMatchObject([
      {
        kind: 'subscribed',
        title: 'Newsletter of November',
        amount,
        url: 'https://shop.example/1',
        app: 'Mailing tool (Bob Noir)',
        mine: true,
      },
    ]);
    const { items } = await bob.call(home.listHappenings, {});
    expect(items[0]).toMatchObject({
      kind: 'reported',
      count: 1,
      user: { name: 'Mailing tool', authorisedBy: 'Bob Noir' },
    });
  });

  test('stands once, however often and together it is said', async () => {
    await Promise.all([
      report(fact({ title: 'Second' })),
      report(fact({ title: 'Second' })),
      report(fact({ title: 'Second' })),
    ]);
    await report(fact({ externalId: 'f2', title: 'Twice' }), fact({ externalId: 'f2', title: 'Twice, corrected' }));
    expect((await facts(bob, lent)).map(({ title }) => title).sort()).toEqual(['Second', 'Twice, corrected']);
    const [use] = (await bob.call(home.listHappenings, {})).items;
    expect(use).toMatchObject({ kind: 'reported', count: 3 });
  });

  test('is told to the holder when an app says it otherwise, and not when it says it again', async () => {
    const told = async () => (await bob.call(home.listHappenings, {})).items[0]!.count;
    const before = await told();
    await report(fact({ title: 'Second' }));
    expect(await told()).toBe(before);
    await report(fact({ title: 'Third' }));
    expect(await told()).toBe(before + 1);
    await report(fact({ title: 'Second' }));
  });

  test('of contacts that an app may not read is unknown to it, in the same words as of nobody', async () => {
    const unknown = await report(
      fact({ externalId: 'a', email: 'hidden@example.org' }),
      fact({ externalId: 'b', email: 'withheld@example.org' }),
      fact({ externalId: 'c', email: 'nobody@example.org' }),
      { ...fact({ externalId: 'd' }), email: undefined, cardId: hidden },
      // The number is left out of the grant.
      { ...fact({ externalId: 'e' }), email: undefined, phone: '06 12 34 56 78' },
    );
    expect(unknown.items.map(({ kept }) => kept)).toEqual([false, false, false, false, false]);
    expect([await facts(bob, hidden), await facts(bob, withheld)]).toEqual([[], []]);
    expect(await codeOf(client.call(contracts.listFacts, { personId: hidden }))).toBe('not_found');
  });

  test('is shown to whoever sees the contact, until the contact is kept back, and follows it', async () => {
    const carol = await app.invite(alice, 'Carol Roux');
    expect(await codeOf(facts(carol, lent))).toBe('not_found');
    const book = (await bob.call(delegation.listBooks, {})).items.find(({ name }) => name === 'Clients')!;
    await bob.call(delegation.createGrant, { bookId: book.id, grantee: { kind: 'workspace' }, acts: ['read'] });
    expect((await facts(carol, lent)).map(({ mine }) => mine)).toEqual([false, false]);
    await bob.call(cards.updateCard, { cardId: lent, withheld: true });
    expect(await codeOf(facts(carol, lent))).toBe('not_found');
    expect(await facts(bob, lent)).toHaveLength(2);
    await bob.call(cards.updateCard, { cardId: lent, withheld: false });
    expect(
      await codeOf(carol.call(contracts.deleteFact, { personId: lent, factId: (await facts(carol, lent))[0]!.id })),
    ).toBe('not_found');
  });

  test('can be deleted by who holds the contact', async () => {
    const [first] = await facts(bob, lent);
    await bob.call(contracts.deleteFact, { personId: lent, factId: first!.id });
    expect(await facts(bob, lent)).toHaveLength(1);
  });

  test('is refused where it could run, is too much, or comes from no app', async () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'https:evil', ' http://x'])
      expect(await codeOf(report(fact({ externalId: 'x', url }))), url).toBe('invalid_input');
    const many = Array.from({ length: 501 }, (_, at) => fact({ externalId: String(at) }));
    expect(await codeOf(report(...many))).toBe('invalid_input');
    expect(await codeOf(bob.call(contracts.reportFacts, { facts: [fact()] }))).toBe('forbidden');
    const markup = '<script>alert(1)</script>';
    await report(fact({ externalId: 'x', title: markup }));
    const answer = await bob.fetch(`/people/${lent}/facts`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(((await answer.json()) as { items: { title: string }[] }).items.map(({ title }) => title)).toContain(markup);
  });
});

describe('looking somebody up', () => {
  test('finds by address or number whom the caller may see, and nobody else', async () => {
    expect((await client.call(contracts.lookUp, { email: 'Jeanne@Example.org' })).name).toBe('Jeanne Lent');
    expect((await bob.call(contracts.lookUp, { phone: '+33 6 12 34 56 78' })).name).toContain('Jeanne');
    for (const asked of [
      { email: 'hidden@example.org' },
      { email: 'nobody@example.org' },
      { email: '' },
      {},
      { phone: '0612345678' },
    ])
      expect(await codeOf(client.call(contracts.lookUp, asked)), JSON.stringify(asked)).toBe('not_found');
  });
});

test('whoever tries addresses by the hundred is slowed down', async () => {
  const tries = Array.from({ length: 125 }, (_, at) =>
    codeOf(client.call(contracts.lookUp, { email: `guess${at}@example.org` })),
  );
  expect(new Set(await Promise.all(tries))).toEqual(new Set(['not_found', 'too_many_requests']));
});

describe('contacts to be written to', () => {
  const list = async (purpose: 'newsletter' | 'prospecting' | 'invitation', by = client) =>
    (await by.call(contracts.listContactable, { purpose })).items.map(({ email }) => email);
  const pointOf = (cardId: string) =>
    app
      .query<{ id: string }>(
        `select contact_point_id as id from cards.card_field where card_id = $1 and kind = 'email'`,
        [cardId],
      )
      .then(([row]) => row!.id);
  const workspaceId = () => bob.me.workspace.id;

  test('are those lent for it, and no member asks for them', async () => {
    expect(await list('newsletter')).toEqual(['jeanne@example.org']);
    expect(await list('prospecting')).toEqual([]);
    expect(await codeOf(bob.call(contracts.listContactable, { purpose: 'newsletter' }))).toBe('forbidden');
  });

  test('are without an address that asked for no more of this purpose, and with it for others', async () => {
    const both = ['newsletter' as const, 'invitation' as const];
    const { id: bookId } = await bob.call(delegation.createBook, { name: 'Two purposes' });
    const cardId = await add(bookId, 'Purposes', 'purposes@example.org');
    const lending = { bookIds: [bookId], acts: ['read' as const, 'contact' as const], purposes: both };
    const other = await register(alice, { scopes: ['contacts:read', 'contacts:contact'] });
    const { client: second } = await authorise(app, bob, other, lending);
    expect(await list('newsletter', second)).toEqual(['purposes@example.org']);
    await app.query(
      `insert into outreach.objection (workspace_id, contact_point_id, purpose, message_id) values ($1, $2, 'newsletter', gen_random_uuid())`,
      [workspaceId(), await pointOf(cardId)],
    );
    expect(await list('newsletter', second)).toEqual([]);
    expect(await list('invitation', second)).toEqual(['purposes@example.org']);
    await app.query(`insert into outreach.suppression (workspace_id, contact_point_id, by_id) values ($1, $2, $3)`, [
      workspaceId(),
      await pointOf(cardId),
      alice.me.memberId,
    ]);
    expect(await list('invitation', second)).toEqual([]);
  });

  test('are without a private address that did not agree to advertising, and without one whose field the grant leaves out', async () => {
    const { id: bookId } = await bob.call(delegation.createBook, { name: 'Private addresses' });
    const cardId = await add(bookId, 'Private', 'jeanne.private@gmail.com');
    const other = await register(alice, { scopes: ['contacts:read', 'contacts:contact'] });
    const lending = { bookIds: [bookId], acts: ['read' as const, 'contact' as const] };
    const { client: second } = await authorise(app, bob, other, lending);
    expect(await list('newsletter', second)).toEqual([]);
    expect(await list('invitation', second)).toEqual(['jeanne.private@gmail.com']);
    await app.query(`update cards.contact_point set consent = 'given' where contact_point_id = $1`, [
      await pointOf(cardId),
    ]);
    expect(await list('newsletter', second)).toEqual(['jeanne.private@gmail.com']);
    // One grant lets it be read, another one be written to without its address.
    const { items } = await bob.call(delegation.listGrants, { bookId });
    await bob.call(delegation.endGrant, { grantId: items[0]!.id });
    const { grantee } = items[0]!;
    await bob.call(delegation.createGrant, { bookId, grantee, acts: ['read'] });
    await bob.call(delegation.createGrant, { bookId, grantee, acts: ['contact'], except: ['emails', 'privateEmails'] });
    expect(await list('newsletter', second)).toEqual([]);
  });

  test('are without those who object to everything', async () => {
    await app.query(`update cards.contact_point set consent = 'objected'`);
    expect(await list('newsletter')).toEqual([]);
  });
});
