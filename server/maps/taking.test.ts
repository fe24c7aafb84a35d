import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { fieldsOf } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
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

type Terms = Pick<Input<typeof delegation.createGrant>, 'acts' | 'except'>;

/** A contact of Alice's in a book that she lends to all in these terms. */
async function lent(name: string, terms: Terms): Promise<{ personId: string; bookId: string }> {
  const { id: bookId } = await alice.call(delegation.createBook, { name: `Book of ${name}` });
  await alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, ...terms });
  const fields = [...fieldsOf({ name }), { kind: 'title' as const, value: { value: 'Buyer' } }];
  return { personId: (await alice.call(cards.createCard, { bookId, fields })).id, bookId };
}
const take = async (member: Member, ...personIds: string[]) =>
  (await member.call(contracts.takePeople, { personIds })).ids;
const exported = async (bookId: string) =>
  (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'exported').length;

test('a drawing takes along whom one holds, and those who are lent for that: their holder hears of it', async () => {
  const read = await lent('Hugo Vernier', { acts: ['discover', 'read'] });
  const takable = await lent('Iris Lacombe', { acts: ['discover', 'read', 'export'] });
  const withoutTitle = await lent('Jonas Petri', { acts: ['discover', 'read', 'export'] });
  await app.query(`update delegation.grant set acts = '{discover,read}' where book_id = $1`, [withoutTitle.bookId]);
  await alice.call(delegation.createGrant, {
    ...{ bookId: withoutTitle.bookId, grantee: { kind: 'member' as const, memberId: bob.me.memberId } },
    ...{ acts: ['export' as const, 'read' as const], except: ['work' as const] },
  });
  const all = [read, takable, withoutTitle];
  const ids = all.map(({ personId }) => personId);
  expect(await take(bob, ...ids)).toEqual([takable.personId]);
  expect(await Promise.all(all.map(({ bookId }) => exported(bookId)))).toEqual([0, 1, 0]);
  expect(await take(alice, ...ids)).toEqual(ids);
  expect(await exported(takable.bookId)).toBe(1);
});

test('who is not seen at all is not taken along either', async () => {
  const { id } = await alice.call(cards.createCard, { fields: fieldsOf({ name: 'Private Person' }) });
  expect(await take(bob, id)).toEqual([]);
});
