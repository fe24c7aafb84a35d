import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './paths-contract.ts';

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

/** A book lent to all, without private numbers. */
async function lentBook(member: Member): Promise<string> {
  const { id: bookId } = await member.call(delegation.createBook, { name: 'Lent' });
  const grantee = { kind: 'workspace' as const };
  await member.call(delegation.createGrant, { bookId, grantee, acts: ['read'], except: ['privateNumbers'] });
  return bookId;
}

/** Who is known by whom on a picture. */
const drawn = async (viewer: Member, q: string) => {
  const { members, persons, ties } = await viewer.call(contracts.getPicture, { scope: 'all', q });
  return {
    known: persons.map(({ id, knownBy }) => [id, ...knownBy.map(({ member }) => members[member]!.name)]).sort(),
    ties: ties.map(({ a, b }) => [persons[a]!.id, persons[b]!.id].sort()),
  };
};

test('a picture keeps apart two contacts that only a number which is not lent makes one', async () => {
  const [of, other] = [await lentBook(bob), await lentBook(carol)];
  const phone = '+33 6 39 98 01 77';
  const one = await addContact(bob, { name: 'Sixtine Orval', phone, bookId: of });
  const two = await addContact(carol, { name: 'Sixtine Orval', phone, bookId: other });
  const friend = await addContact(carol, { name: 'Tancrède Orval', bookId: other });
  await app.settle();
  // They are one in truth.
  const [cluster] = await app.query<{ count: number }>(
    'select count(distinct cluster_id)::int as count from cards.card where card_id = any($1)',
    [[one, two]],
  );
  expect(cluster!.count).toBe(1);
  await carol.call(contracts.declareTie, { personId: two, otherId: friend, kind: 'knows', strength: 80, shared: true });
  expect(await drawn(alice, 'Orval')).toEqual({
    known: [
      [one, 'Bob Stone'],
      [two, 'Carol Wood'],
      [friend, 'Carol Wood'],
    ].sort(),
    ties: [[two, friend].sort()],
  });
});
