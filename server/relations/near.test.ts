import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import { importFile } from '../sources/testing.ts';
import { relationsCrons } from './jobs.ts';
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

let books = 0;
async function lentBook(member: Member, except: 'privateNumbers'[] = []): Promise<{ bookId: string; grantId: string }> {
  books++;
  const { id: bookId } = await member.call(delegation.createBook, { name: `Lent ${books}` });
  const grant = {
    bookId,
    grantee: { kind: 'workspace' as const },
    acts: ['discover' as const, 'read' as const],
    except,
  };
  return { bookId, grantId: (await member.call(delegation.createGrant, grant)).id };
}
const near = async (member: Member, personId: string) =>
  (await member.call(contracts.listNear, { personId })).items.map(({ person, reason }) => `${person.name}: ${reason}`);
const tie = (member: Member, personId: string, otherId: string) =>
  member.call(contracts.declareTie, { personId, otherId, kind: 'knows', strength: 80, shared: true });
const week = () => relationsCrons.find(({ name }) => name === 'relations.suggest')!.run(app.app);

test('somebody whom two of us know at the prospect is near, as long as both lend them', async () => {
  const [of, other] = [await lentBook(bob), await lentBook(carol)];
  const organization = 'Papeteries Vasseur';
  const target = await addContact(alice, { name: 'Hortense Vasseur', organization });
  const email = 'lucien@vasseur.example';
  await addContact(bob, { name: 'Lucien Brun', organization, email, bookId: of.bookId });
  await addContact(carol, { name: 'Lucien Brun', organization, email, bookId: other.bookId });
  await addContact(bob, { name: 'Odette Noir', organization, bookId: of.bookId });
  await app.settle();
  const { items } = await alice.call(contracts.listNear, { personId: target });
  expect(items).toMatchObject([{ person: { name: 'Lucien Brun' }, reason: 'known_by_several' }]);
  expect(items[0]!.through.sort()).toEqual(['Bob Stone', 'Carol Wood']);
  const around = async (member: Member, personIds: string[]) =>
    (await member.call(contracts.listNearPeople, { personIds })).items;
  const lucien = items[0]!.person.id;
  expect(await around(alice, [target])).toEqual([{ ...items[0], subject: { id: target, name: 'Hortense Vasseur' } }]);
  // None of those around whom one looks; and what one does not see is left out.
  expect(await around(alice, [target, lucien])).toEqual([]);
  expect(await around(bob, [target])).toEqual([]);
  await carol.call(delegation.endGrant, { grantId: other.grantId });
  expect(await near(alice, target)).toEqual([]);
  expect(await codeOf(near(bob, target))).toBe('not_found');
});

test('somebody who worked where the client’s new director did is near', async () => {
  const { bookId } = await lentBook(bob);
  const before = 'Chantiers Morvan';
  await alice.call(cards.createCard, {
    kind: 'organization',
    fields: [
      { kind: 'name', value: { full: before } },
      { kind: 'organization', value: { name: before } },
    ],
  });
  await addContact(bob, { name: 'Clarisse Thibault', organization: before, bookId });
  const file = (company: string) =>
    `Given Name,Family Name,E-mail 1 - Value,Organization 1 - Name\nBaptiste,Rolin,baptiste@rolin.example,${company}`;
  const { sourceId } = await importFile(app, alice, 'jobs.csv', file(before));
  await importFile(app, alice, 'jobs.csv', file('Arsenal de Brest'), sourceId);
  const { items } = await alice.call(cards.listPeople, { q: 'Rolin' });
  const director = items[0]!.id;
  expect(await near(alice, director)).toContain('Clarisse Thibault: former_colleague');
});

test('somebody who knows two of those whom a person knows is near, and stays away once dismissed, which is remembered by its kind', async () => {
  const { bookId } = await lentBook(bob);
  const [target, one, two, found] = [
    await addContact(bob, { name: 'Ulysse Garnier', bookId }),
    await addContact(bob, { name: 'Victoire Hamel', bookId }),
    await addContact(bob, { name: 'Wilfried Isnard', bookId }),
    await addContact(bob, { name: 'Xaviere Jolivet', bookId }),
  ];
  for (const between of [one, two]) {
    await tie(bob, target, between);
    await tie(bob, between, found);
  }
  expect(await near(alice, target)).toEqual(['Xaviere Jolivet: in_common']);
  const note = (became: 'dismissed' | 'reopened') =>
    alice.call(contracts.noteNear, { personId: target, nearId: found, reason: 'in_common', became });
  await note('dismissed');
  expect(await near(alice, target)).toEqual([]);
  // What Alice does not want to see, Bob may.
  expect(await near(bob, target)).toEqual(['Xaviere Jolivet: in_common']);
  // It is remembered by its kind, which is then worth less (strength.test.ts).
  const counted = await app.query(
    `select reason from relations.suggestion where dismissed_at is not null and member_id = $1`,
    [alice.me.memberId],
  );
  expect(counted).toEqual([{ reason: 'in_common' }]);
  await note('reopened');
  expect(await near(alice, target)).toHaveLength(1);
  const hidden = await addContact(bob, { name: 'Yolande Kerr' });
  expect(
    await codeOf(
      alice.call(contracts.noteNear, { personId: target, nearId: hidden, reason: 'in_common', became: 'dismissed' }),
    ),
  ).toBe('not_found');
});

test('the week brings what is near to those one was busy with, once, and nothing that has gone out of sight', async () => {
  const { bookId, grantId } = await lentBook(carol);
  const [target, one, two] = [
    await addContact(carol, { name: 'Zacharie Lambin', bookId }),
    await addContact(carol, { name: 'Apolline Mercier', bookId }),
    await addContact(carol, { name: 'Benoit Noailles', bookId }),
  ];
  const found = await addContact(carol, { name: 'Cassandre Orsini', bookId });
  for (const between of [one, two]) {
    await tie(carol, target, between);
    await tie(carol, between, found);
  }
  await bob.call(cards.addNote, { personId: target, text: 'Met at the fair' });
  await week();
  await week();
  const suggested = async (member = bob) =>
    (await member.call(contracts.listSuggested, {})).items.filter(({ subject }) => subject.id === target);
  expect(await suggested()).toMatchObject([
    { person: { name: 'Cassandre Orsini' }, subject: { name: 'Zacharie Lambin' }, reason: 'in_common' },
  ]);
  expect(await suggested(alice)).toEqual([]);
  await carol.call(delegation.endGrant, { grantId });
  expect(await suggested()).toEqual([]);
});

test('two contacts that only a number which is not lent makes one are not somebody whom two of us know', async () => {
  const [of, other] = [await lentBook(bob, ['privateNumbers']), await lentBook(carol, ['privateNumbers'])];
  const organization = 'Tannerie Wolff';
  const phone = '+33 6 39 98 01 78';
  const target = await addContact(alice, { name: 'Prosper Wolff', organization });
  await addContact(bob, { name: 'Ursule Quint', organization, phone, bookId: of.bookId });
  await addContact(carol, { name: 'Ursule Quint', organization, phone, bookId: other.bookId });
  await app.settle();
  expect(await near(alice, target)).toEqual([]);
});

test('whom somebody has in common with another is nothing of a contact whom only a number which is not lent makes one with them', async () => {
  const [of, other] = [await lentBook(bob, ['privateNumbers']), await lentBook(carol, ['privateNumbers'])];
  const phone = '+33 6 39 98 01 79';
  const one = await addContact(bob, { name: 'Ulysse Brandt', phone, bookId: of.bookId });
  const two = await addContact(carol, { name: 'Ulysse Brandt', phone, bookId: other.bookId });
  const [x, y, z] = [
    await addContact(carol, { name: 'Xenia Moll', bookId: other.bookId }),
    await addContact(carol, { name: 'Yann Moreau', bookId: other.bookId }),
    await addContact(carol, { name: 'Zelda Prinz', bookId: other.bookId }),
  ];
  await app.settle();
  for (const friend of [x, y]) {
    await tie(carol, two, friend);
    await tie(carol, z, friend);
  }
  expect(await near(alice, two)).toEqual(['Zelda Prinz: in_common']);
  expect(await near(alice, one)).toEqual([]);
});

test('the week brings what is near to the people of an opportunity that one owns and that moved, for its owner alone', async () => {
  const { bookId } = await lentBook(carol);
  const [target, one, two] = [
    await addContact(carol, { name: 'Damien Pasquier', bookId }),
    await addContact(carol, { name: 'Elvire Quentin', bookId }),
    await addContact(carol, { name: 'Firmin Rossi', bookId }),
  ];
  const found = await addContact(carol, { name: 'Gaspard Sarda', bookId });
  for (const between of [one, two]) {
    await tie(carol, target, between);
    await tie(carol, between, found);
  }
  const visibility = { kind: 'workspace' as const };
  const { id: opportunityId } = await bob.call(opportunities.createOpportunity, { name: 'Moved', visibility });
  await alice.call(opportunities.setParticipant, { opportunityId, personId: target, roles: [] });
  await app.query(`update opportunities.move set at = now() - interval '60 days'`);
  const suggested = async (member: Member) =>
    (await member.call(contracts.listSuggested, {})).items.filter(({ subject }) => subject.id === target);
  await week();
  expect(await suggested(bob)).toEqual([]);
  const { items } = await bob.call(opportunities.listStages, {});
  await bob.call(opportunities.moveOpportunity, { opportunityId, version: 1, stageId: items[1]!.id });
  await week();
  expect(await suggested(bob)).toMatchObject([
    { person: { name: 'Gaspard Sarda' }, subject: { name: 'Damien Pasquier' }, reason: 'in_common' },
  ]);
  expect(await suggested(alice)).toEqual([]);
});
