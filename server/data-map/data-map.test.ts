import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const add = (who: Member, n: number, bookId?: string, complete = true) =>
  who.call(cards.createCard, {
    ...(bookId ? { bookId } : {}),
    fields: [
      { kind: 'name', value: { given: `Given${n}`, family: `Family${n}` } },
      ...(complete
        ? [
            { kind: 'email' as const, value: { value: `p${n}@company${n}.example` } },
            { kind: 'organization' as const, value: { name: `Company ${n}` } },
          ]
        : []),
    ],
  });

test('one’s own map says what feeds what, to whom it is lent, and what only oneself holds', async () => {
  const { id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' });
  await bob.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
  await add(bob, 1, bookId);
  await add(bob, 2, bookId, false);
  await app.settle();
  const map = await bob.call(contracts.getMyMap, {});
  const own = map.sources.find(({ kind }) => kind === 'entregent')!;
  expect(own.cards).toBe(2);
  expect(map.books.find(({ id }) => id === bookId)).toMatchObject({
    name: 'Clients',
    lent: true,
    cards: 2,
    complete: 1,
    fresh: 2,
  });
  expect(map.feeds).toContainEqual({ sourceId: own.id, bookId, cards: 2 });
  expect(map.audiences).toMatchObject([{ kind: 'workspace', name: 'Exemple SA', cards: 2 }]);
  expect(map.loans).toEqual([{ bookId, audienceId: map.audiences[0]!.id }]);
  expect(map.people).toEqual({ total: 2, onlyMine: 2 });
  // Whoever reads it holds nothing of it, and finds none of it on theirs.
  expect(await alice.call(contracts.getMyMap, {})).toMatchObject({
    sources: [],
    books: [],
    audiences: [],
    feeds: [],
    people: { total: 0 },
  });
  await add(alice, 1);
  await app.settle();
  expect((await alice.call(contracts.getMyMap, {})).people).toEqual({ total: 1, onlyMine: 0 });
  // What a colleague keeps private changes nothing of one's own map.
  expect((await bob.call(contracts.getMyMap, {})).people.onlyMine).toBe(map.people.onlyMine);
});

test('the workspace’s is rounded, by kind, for who oversees: fewer than five are not told, and nobody is named', async () => {
  expect(await codeOf(bob.call(contracts.getWorkspaceMap, {}))).toBe('forbidden');
  const few = await alice.call(contracts.getWorkspaceMap, {});
  expect(few.flows.every(({ cards: told }) => told === null || told % 5 === 0)).toBe(true);
  for (let n = 20; n < 27; n++) await add(bob, n);
  await app.settle();
  const map = await alice.call(contracts.getWorkspaceMap, {});
  expect(map.flows).toContainEqual({ kind: 'entregent', reach: 'nobody', cards: expect.any(Number) as number });
  expect(map.people.total! % 5).toBe(0);
  expect(JSON.stringify(map)).not.toMatch(/Bob|Given|Clients|[0-9a-f]{8}-/);
  // Adding whom one guesses changes nothing of it: what colleagues keep private is not found out by trying.
  for (let n = 20; n < 27; n++) await add(alice, n);
  await app.settle();
  expect(await alice.call(contracts.getWorkspaceMap, {})).toEqual(map);
});
