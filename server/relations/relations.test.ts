import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

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

const nothing = {
  roles: [] as contracts.Role[],
  importance: null,
  influence: null,
  stance: null,
  closeness: null,
  callable: null,
  note: '',
  shared: false,
};
const say = (member: Member, personId: string, said: Partial<Input<typeof contracts.writeViewpoint>>) =>
  member.call(contracts.writeViewpoint, { personId, ...nothing, ...said });
const see = (member: Member, personId: string) => member.call(contracts.listViewpoints, { personId });
const notes = async (member: Member, personId: string) =>
  (await see(member, personId)).items.map(({ member: { name }, note }) => `${name}: ${note}`).sort();
const past = async (member: Member, personId: string) =>
  (await member.call(contracts.listPastViewpoints, { personId })).items.map(({ note }) => note);
/** Time goes by: what was said is no slip of the hand any more. */
const later = () => app.query(`update cards.viewpoint set created_at = created_at - interval '1 hour'`);

const [grantee, acts] = [{ kind: 'workspace' as const }, ['discover', 'read'] as const];
async function makeBook(name: string): Promise<string> {
  return (await alice.call(delegation.createBook, { name })).id;
}
const lend = (bookId: string) => alice.call(delegation.createGrant, { bookId, grantee, acts: [...acts] });

describe('a viewpoint', () => {
  test('is its author’s alone until they share it, and then of whoever may read the contact', async () => {
    const personId = await addContact(alice, { name: 'Anne Durand' });
    await say(alice, personId, { roles: ['decider'], importance: 5, note: 'Decides alone' });
    const [mine] = (await see(alice, personId)).items;
    expect(mine).toMatchObject({ mine: true, roles: ['decider'], importance: 5, shared: false, until: null });
    expect(await codeOf(see(bob, personId))).toBe('not_found');

    const bookId = await makeBook('Lent');
    await alice.call(cards.updateCard, { cardId: personId, bookId });
    const { id: grantId } = await lend(bookId);
    expect(await notes(bob, personId)).toEqual([]);
    await say(alice, personId, { note: 'For all', shared: true });
    expect(await notes(bob, personId)).toEqual(['Alice Martin: For all']);
    await say(bob, personId, { note: 'Bob’s own' });
    expect(await notes(bob, personId)).toEqual(['Alice Martin: For all', 'Bob Stone: Bob’s own']);
    expect(await notes(alice, personId)).toEqual(['Alice Martin: For all']);

    await alice.call(delegation.endGrant, { grantId });
    for (const act of [() => see(bob, personId), () => say(bob, personId, {}), () => past(bob, personId)])
      expect(await codeOf(act())).toBe('not_found');
    expect(await codeOf(bob.call(contracts.endViewpoint, { personId }))).toBe('not_found');
  });

  test('follows its card: to another book, kept back, removed and restored, and is deleted with it', async () => {
    const [lent, own] = [await makeBook('Lent too'), await makeBook('Not lent')];
    await lend(lent);
    const personId = await addContact(alice, { name: 'Yves Carrel', bookId: lent });
    await say(alice, personId, { note: 'Seen', shared: true });
    expect(await notes(bob, personId)).toEqual(['Alice Martin: Seen']);
    const stored = () =>
      app.query<{ book: string; exposure: number }>(
        `select b.name as book, v.exposure from cards.viewpoint v join delegation.book b using (workspace_id, book_no) where card_id = $1`,
        [personId],
      );
    await alice.call(cards.updateCard, { cardId: personId, bookId: own });
    expect(await stored()).toEqual([{ book: 'Not lent', exposure: 0 }]);
    await alice.call(cards.updateCard, { cardId: personId, bookId: lent });
    await alice.call(cards.updateCard, { cardId: personId, withheld: true });
    expect(await stored()).toEqual([{ book: 'Lent too', exposure: 1 }]);
    expect(await notes(alice, personId)).toEqual(['Alice Martin: Seen']);
    await alice.call(cards.removeCard, { cardId: personId });
    expect(await codeOf(see(alice, personId))).toBe('not_found');
    await alice.call(cards.restoreCard, { cardId: personId });
    expect(await notes(alice, personId)).toEqual(['Alice Martin: Seen']);
    await alice.call(cards.removeCard, { cardId: personId });
    await app.query(`update cards.card set purge_at = now() where card_id = $1`, [personId]);
    await purgeNow(app);
    expect(await stored()).toEqual([]);
  });

  test('becomes history when another one is said, not by a slip of the hand', async () => {
    const personId = await addContact(alice, { name: 'Nina Roy' });
    await say(alice, personId, { note: 'Frist' });
    await say(alice, personId, { note: 'First' });
    expect(await past(alice, personId)).toEqual([]);
    for (const note of ['Second', 'Third']) {
      await later();
      await sleep(2);
      await say(alice, personId, { note });
    }
    expect(await notes(alice, personId)).toEqual(['Alice Martin: Third']);
    expect(await past(alice, personId)).toEqual(['Second', 'First']);
    const first = await alice.call(contracts.listPastViewpoints, { personId, limit: 1 });
    const next = await alice.call(contracts.listPastViewpoints, { personId, limit: 1, after: first.next! });
    expect([first, next].map(({ items }) => items[0]!.note)).toEqual(['Second', 'First']);
    expect(next.next).toBeNull();
    await alice.call(contracts.endViewpoint, { personId });
    expect(await see(alice, personId)).toMatchObject({ items: [], past: true });
    expect(await codeOf(alice.call(contracts.endViewpoint, { personId }))).toBe('not_found');
  });

  test('that is shared no more leaves the others’ sight with what went before', async () => {
    const bookId = await makeBook('Lent three');
    await lend(bookId);
    const personId = await addContact(alice, { name: 'Omar Sy', bookId });
    await say(alice, personId, { note: 'Shared first', shared: true });
    await later();
    await say(alice, personId, { note: 'Shared second', shared: true });
    expect(await past(bob, personId)).toEqual(['Shared first']);
    await say(alice, personId, { note: 'Mine', shared: false });
    expect(await notes(bob, personId)).toEqual([]);
    expect(await past(bob, personId)).toEqual([]);
    expect(await past(alice, personId)).toEqual(['Shared first']);
  });

  test('that is shared no more leaves their sight on every card of the person that it was said of', async () => {
    const bookId = await makeBook('Lent seven');
    await lend(bookId);
    const [name, email] = ['Vera Nord', 'vera@nord.example'];
    const first = await addContact(alice, { name, bookId });
    await say(alice, first, { note: 'Of the first', shared: true });
    const second = await addContact(alice, { name, email, bookId });
    await say(alice, second, { note: 'Of the second', shared: true });
    await alice.call(cards.updateCard, { cardId: first, add: [{ kind: 'email', value: { value: email } }] });
    await app.settle();
    expect((await alice.call(cards.getPerson, { personId: first })).cards).toHaveLength(2);
    await say(alice, first, { note: 'Mine', shared: false });
    expect(await notes(bob, first)).toEqual([]);
    const shared = await app.query(`select from cards.viewpoint where card_id = any($1) and shared`, [[first, second]]);
    expect(shared).toEqual([]);
  });

  test('stands once, however many are written at the same moment', async () => {
    const personId = await addContact(alice, { name: 'Paul Mole' });
    await say(alice, personId, { note: 'Old' });
    await later();
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((note) => say(alice, personId, { note })));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await see(alice, personId)).items).toHaveLength(1);
    const [count] = await app.query<{ count: number }>(
      `select count(*)::int as count from cards.viewpoint where card_id = $1 and ended_at is null`,
      [personId],
    );
    expect(count).toEqual({ count: 1 });
  });

  test('about a lent contact that is shared is told to its holder; what one keeps to oneself is not', async () => {
    const bookId = await makeBook('Lent four');
    await lend(bookId);
    const personId = await addContact(alice, { name: 'Quentin Blaise', bookId });
    const told = async () =>
      (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'viewpoint').length;
    const before = await told();
    await say(bob, personId, { note: 'To myself' });
    expect(await told()).toBe(before);
    await say(bob, personId, { note: 'To all', shared: true });
    expect(await told()).toBe(before + 1);
    expect(await notes(alice, personId)).toEqual(['Bob Stone: To all']);
  });

  test('of several says where they differ, and averages nothing', async () => {
    const bookId = await makeBook('Lent five');
    await lend(bookId);
    const personId = await addContact(alice, { name: 'Rosa Parc', bookId });
    await say(alice, personId, { roles: ['ally'], stance: 2, importance: 4, shared: true });
    await say(bob, personId, { roles: ['opponent'], stance: -1, importance: 5, shared: true });
    const { items, differences } = await see(carol, personId);
    expect(items.map(({ stance }) => stance).sort()).toEqual([-1, 2]);
    expect(differences).toEqual(['roles', 'stance']);
  });

  test('stays where it was said when cards come together, and each author is shown once', async () => {
    const first = await addContact(alice, { name: 'Sami Tall', email: 'sami@tall.example' });
    await say(alice, first, { note: 'Of the first' });
    const second = await addContact(alice, { name: 'Sami Tall', email: 'sami@tall.example' });
    await app.settle();
    expect(await notes(alice, second)).toEqual(['Alice Martin: Of the first']);
    await later();
    await say(alice, second, { note: 'Anew' });
    const rows = await app.query<{ card_id: string }>(
      `select card_id from cards.viewpoint where card_id = any($1) and ended_at is null`,
      [[first, second]],
    );
    expect(rows).toEqual([{ card_id: first }]);
  });

  test('is said anew where it stands, so that whoever reads that card alone is not left with the one of before', async () => {
    const bookId = await makeBook('Lent six');
    await lend(bookId);
    const lent = await addContact(alice, { name: 'Ute Lang', email: 'ute@lang.example', bookId });
    await say(bob, lent, { note: 'Before', shared: true });
    const own = await addContact(bob, { name: 'Ute Lang', email: 'ute@lang.example' });
    await app.settle();
    await later();
    await say(bob, own, { note: 'Now', shared: true });
    expect(await notes(carol, lent)).toEqual(['Bob Stone: Now']);
    expect(await past(carol, lent)).toEqual(['Before']);
  });

  test.each([
    ['a role nobody has', { roles: ['king'] }],
    ['too much importance', { importance: 6 }],
    ['half a step', { stance: 0.5 }],
    ['a novel', { note: 'x'.repeat(2001) }],
  ])('of %s is refused', async (_what, said) => {
    const personId = await addContact(alice, { name: 'Tom Thumb' });
    expect(await codeOf(say(alice, personId, said as object))).toBe('invalid_input');
    expect((await see(alice, personId)).items).toEqual([]);
  });
});
