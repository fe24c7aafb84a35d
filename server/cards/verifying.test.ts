import { afterAll, beforeAll, expect, test } from 'vitest';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { measureDecay } from './verifying.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const contact = (given: string): contracts.FieldInput[] => [
  { kind: 'name' as const, value: { given, family: 'Averell' } },
  { kind: 'title' as const, value: { value: 'Engineer' } },
  { kind: 'email' as const, value: { value: `${given}@averell.example`, type: 'work' as const } },
  { kind: 'phone' as const, value: { raw: '+33 6 39 98 07 21', place: 'home' as const } },
];

async function add(member: Member, given: string, years: number): Promise<string> {
  const { id } = await member.call(contracts.createCard, { fields: contact(given) });
  await app.query(`update cards.card_field set seen_at = now() - make_interval(days => $2) where card_id = $1`, [
    id,
    Math.round(years * 365.25),
  ]);
  return id;
}

const toVerify = async (member: Member) => (await member.call(contracts.listToVerify, { limit: 200 })).items;

test('what is likelier wrong than right is listed, the worst first, page by page, for who holds it alone', async () => {
  const old = await add(alice, 'Odile', 5);
  await add(alice, 'Fresh', 1);
  const items = await toVerify(alice);
  expect(items.map(({ name, kind }) => [name, kind])).toEqual([
    ['Odile Averell', 'title'],
    ['Odile Averell', 'email'],
  ]);
  expect(items[0]!.likely).toBeCloseTo(0.8 ** 5, 2);
  const first = await alice.call(contracts.listToVerify, { limit: 1 });
  const second = await alice.call(contracts.listToVerify, { limit: 1, after: first.next! });
  expect([first.items[0]!.kind, second.items[0]!.kind, second.next]).toEqual(['title', 'email', null]);
  const main = (await alice.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
  await lend(alice, main.id, { grantee: { kind: 'workspace' }, acts: ['read'] });
  expect(await toVerify(bob), 'what is lent to him is others’ to verify').toEqual([]);
  expect(await codeOf(bob.call(contracts.confirmFields, { cardId: old, fieldNos: [items[0]!.fieldNo] }))).toBe(
    'not_found',
  );
});

test('said to be right it leaves the list, stands in the history, and comes back when that is taken back', async () => {
  const cardId = await add(alice, 'Pia', 6);
  const mine = async () => (await toVerify(alice)).filter((item) => item.cardId === cardId);
  const before = await mine();
  expect(before.map(({ kind }) => kind)).toEqual(['title', 'email', 'phone'].slice(0, before.length));
  const { freshness: stale } = await alice.call(contracts.getPerson, { personId: cardId });
  const fieldNos = before.map(({ fieldNo }) => fieldNo);
  await alice.call(contracts.confirmFields, { cardId, fieldNos });
  expect(await mine()).toEqual([]);
  const person = await alice.call(contracts.getPerson, { personId: cardId });
  expect(person.freshness!).toBeGreaterThan(stale!);
  expect(person.values.find(({ kind }) => kind === 'title')!.age).toMatchObject({ signs: [] });
  expect(person.values.find(({ kind }) => kind === 'title')!.age!.likely).toBeCloseTo(1, 3);
  expect(person.values.find(({ kind }) => kind === 'title')!.provenance[0]!.writtenBy).toBe('member');
  const { items: history } = await alice.call(contracts.listHistory, { personId: cardId, limit: 10 });
  expect(history[0]).toMatchObject({ kind: 'confirmed', fields: expect.arrayContaining(['email', 'title']) });
  await alice.call(contracts.confirmFields, { cardId, fieldNos, confirm: false });
  expect((await mine()).map(({ seenAt }) => seenAt)).toEqual(before.map(({ seenAt }) => seenAt));
  expect(await codeOf(alice.call(contracts.confirmFields, { cardId, fieldNos: [99] }))).toBe('not_found');
});

test('an address from which messages come back is worse, one that is dead is worst, and a new employer ages what is of work', async () => {
  const cardId = await add(alice, 'Rosa', 1);
  const likely = async (kind: string) => {
    const { values } = await alice.call(contracts.getPerson, { personId: cardId });
    return values.find((value) => value.kind === kind)!.age;
  };
  const point = async (health: string) =>
    app.query(
      `update cards.contact_point set health = $2 where contact_point_id =
         (select contact_point_id from cards.card_field where card_id = $1 and kind = 'email')`,
      [cardId, health],
    );
  const fine = (await likely('email'))!.likely;
  await point('failing');
  expect((await likely('email'))!.likely).toBeLessThan(fine);
  expect((await likely('email'))!.signs).toEqual(['failing']);
  await point('dead');
  expect(await likely('email')).toEqual({ likely: 0, signs: ['dead'] });
  expect((await toVerify(alice))[0]).toMatchObject({ cardId, kind: 'email', likely: 0, signs: ['dead'] });
  await point('unknown');
  await alice.call(contracts.updateCard, { cardId, add: [{ kind: 'organization', value: { name: 'Newly Ltd' } }] });
  const [work] = (await toVerify(alice)).filter((item) => item.cardId === cardId);
  expect(work).toMatchObject({ signs: ['moved'] });
});

test('who reads a lent card in part does not hear which of its values were said to be right', async () => {
  const cardId = await add(alice, 'Vera', 3);
  const { fields } = await alice.call(contracts.getCard, { cardId });
  const fieldNos = fields.flatMap(({ kind, no }) => (kind === 'phone' ? [no] : []));
  await alice.call(contracts.confirmFields, { cardId, fieldNos });
  const kinds = async (member: Member) =>
    (await member.call(contracts.listHistory, { personId: cardId, limit: 20 })).items.map(({ kind }) => kind);
  expect(await kinds(alice)).toContain('confirmed');
  expect(await kinds(bob), 'the card is lent to him').toContain('created');
  expect(await kinds(bob)).not.toContain('confirmed');
});

test('taken back after the value was written anew, a confirmation changes nothing', async () => {
  const cardId = await add(alice, 'Walt', 6);
  const { fields } = await alice.call(contracts.getCard, { cardId });
  const { no } = fields.find(({ kind }) => kind === 'title')!;
  await alice.call(contracts.confirmFields, { cardId, fieldNos: [no] });
  await alice.call(contracts.updateCard, {
    cardId,
    set: [{ no, field: { kind: 'title', value: { value: 'Director' } } }],
  });
  await alice.call(contracts.confirmFields, { cardId, fieldNos: [no], confirm: false });
  const { values } = await alice.call(contracts.getPerson, { personId: cardId });
  expect(values.find(({ kind }) => kind === 'title')!.age!.likely).toBeCloseTo(1, 3);
});

test('what the company loses is counted, of several holders only told, and moves what is taken for usual', async () => {
  const title = async (member: Member) =>
    (await member.call(contracts.getDecay, {})).items.find((item) => item.class === 'title')!;
  const { usual, measured } = await title(alice);
  expect([usual, measured]).toEqual([0.2, null]);
  const ids: string[] = [];
  for (const given of ['Sam', 'Tam', 'Uma']) ids.push(await add(alice, given, 0));
  await app.query(`update cards.card set created_at = now() - interval '300 years' where card_id = any($1)`, [ids]);
  for (const cardId of ids) {
    const { fields } = await alice.call(contracts.getCard, { cardId });
    const { no } = fields.find(({ kind }) => kind === 'title')!;
    const field = { kind: 'title' as const, value: { value: 'Director' } };
    await alice.call(contracts.updateCard, { cardId, set: [{ no, field }] });
  }
  await measureDecay(app.app);
  const counted = 'select lost, years, holders from cards.decay where class = 3';
  const [before] = await app.query<{ lost: number; years: number; holders: number }>(counted);
  expect(before).toMatchObject({ lost: 4, holders: 1 });
  expect(before!.years).toBeGreaterThan(1700);
  expect((await title(bob)).measured, 'it would be hers').toBeNull();
  for (const name of ['Carl', 'Dora', 'Emil', 'Fay']) await add(await app.invite(alice, `${name} Five`), name, 0);
  await measureDecay(app.app);
  expect((await title(bob)).measured).toBe(0.01);
  // What is out of sight counts no more.
  await alice.call(contracts.removeCard, { cardId: ids[0]! });
  await measureDecay(app.app);
  const [after] = await app.query<{ lost: number; years: number; holders: number }>(counted);
  expect([after!.lost, after!.holders]).toEqual([3, 5]);
});
