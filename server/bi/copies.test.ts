// Segments, who is in them, and facts, as BI programs find them.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as facts from '../facts/contract.ts';
import { anOrder } from '../facts/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './contract.ts';
import { fillAccess } from './filling.ts';
import { openProgram } from './testing.ts';

let app: TestApp;
/** An admin; the holder of a book that her team may take along; who is in that team; who is in none. */
let alice: Member;
let bob: Member;
let carl: Member;
let dora: Member;
let teamId: string;
let bookId: string;
let grantId: string;
let ofTeam: contracts.Access;
let ofDora: contracts.Access;
let team: { id: string; key: string };
let company: { id: string; key: string };
let shown: { id: string; key: string };

const lend = async (acts: ('read' | 'export')[], except: ('emails' | 'numbers')[] = []) =>
  (await bob.call(delegation.createGrant, { bookId, grantee: { kind: 'team', teamId }, acts, except })).id;
const add = (given: string, inBook = bookId) =>
  bob.call(cards.createCard, {
    bookId: inBook,
    fields: [
      { kind: 'name', value: { given, family: 'Xanthe' } },
      { kind: 'email', value: { value: `${given.toLowerCase()}@xanthe.example` } },
      { kind: 'phone', value: { raw: '+33 1 23 45 67 89', type: 'landline', place: 'work' } },
    ],
  });
const make = async (who: Member, granteeKind: 'member' | 'team', granteeId: string) => {
  const { access } = await who.call(contracts.createAccess, { name: 'Metabase', granteeKind, granteeId });
  await app.settle();
  return access;
};
const fill = async (access: contracts.Access) => {
  await app.settle();
  await fillAccess(app.app, alice.me.workspace.id, access.id);
};
const ask = (access: contracts.Access, sql: string) => openProgram(app, access, (asking) => asking(sql));
const namesIn = async (access: contracts.Access, segment: { id: string }) =>
  (
    await ask(
      access,
      `select name from segment_members join persons using (person_id) where segment_id = '${segment.id}' order by name`,
    )
  ).map(({ name }) => String(name).split(' ')[0]);
const factsIn = (access: contracts.Access) =>
  ask(
    access,
    'select name, kind, amount, currency, fields from facts join persons using (person_id) order by name, amount',
  );

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carl = await app.invite(alice, 'Carl Pond');
  dora = await app.invite(alice, 'Dora Outside');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [carl.me.memberId] }));
  ({ id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' }));
  grantId = await lend(['export']);
  await add('Zephyrine');
  await add('Quentin');
  // Read by everybody, taken along by nobody.
  const { id: readOnly } = await bob.call(delegation.createBook, { name: 'To read' });
  await bob.call(delegation.createGrant, { bookId: readOnly, grantee: { kind: 'workspace' }, acts: ['read'] });
  await add('Prudence', readOnly);
  // Of her the team may take one card along, and everybody reads another.
  for (const id of [bookId, readOnly])
    await bob.call(cards.createCard, {
      bookId: id,
      fields: [
        { kind: 'name', value: { given: 'Aurore', family: 'Both' } },
        { kind: 'email', value: { value: 'aurore@both.example' } },
      ],
    });
  const told = (given: string, value: number, more: Record<string, unknown> = {}) =>
    anOrder({ email: `${given}@xanthe.example`, amount: { value, currency: 'EUR' }, ...more });
  await alice.call(facts.recordFacts, {
    facts: [
      told('zephyrine', 49.9, { props: { number: 'Z-1' } }),
      told('zephyrine', 5),
      told('prudence', 7),
      anOrder({ phone: '+33123456789', amount: { value: 3, currency: 'EUR' } }),
    ],
  });
  await app.settle();
  const filter = { kind: 'filter' as const, description: 'Who bought', filter: 'count(order) >= 1' };
  team = await carl.call(segments.addSegment, { name: 'Buyers', ...filter, audience: { kind: 'team', id: teamId } });
  company = await alice.call(segments.addSegment, {
    name: 'All',
    ...filter,
    filter: 'everyone',
    audience: { kind: 'workspace' },
  });
  // Carl's own, shown to everybody.
  const mine = { audience: { kind: 'mine' as const }, shownTo: [{ kind: 'workspace' as const }] };
  shown = await carl.call(segments.addSegment, { name: 'Carl’s', ...filter, ...mine });
  await app.settle();
  ofTeam = await make(carl, 'team', teamId);
  ofDora = await make(dora, 'member', dora.me.memberId);
  await fill(ofTeam);
  await fill(ofDora);
});
afterAll(async () => {
  for (const { id } of (await alice.call(contracts.listAccesses, {})).items)
    await alice.call(contracts.endAccess, { accessId: id });
  await app.close();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

test('facts stand there of the kinds that are open to the grantee, on whom they may take along, and of nobody else', async () => {
  const found = await factsIn(ofTeam);
  expect(found).toEqual([
    // The number of both: shared, it counts for each who has it.
    { name: 'Quentin Xanthe', kind: 'order', amount: '3', currency: 'EUR', fields: { number: 'A-1' } },
    { name: 'Zephyrine Xanthe', kind: 'order', amount: '3', currency: 'EUR', fields: { number: 'A-1' } },
    { name: 'Zephyrine Xanthe', kind: 'order', amount: '5', currency: 'EUR', fields: { number: 'A-1' } },
    { name: 'Zephyrine Xanthe', kind: 'order', amount: '49.9', currency: 'EUR', fields: { number: 'Z-1' } },
  ]);
});

test('segments stand there that the grantee sees, with whom of them may be taken along', async () => {
  expect(await ask(ofTeam, 'select name, description, kind, members from segments order by name')).toEqual([
    { name: 'All', description: 'Who bought', kind: 'filter', members: 0 },
    { name: 'Buyers', description: 'Who bought', kind: 'filter', members: 2 },
    { name: 'Carl’s', description: 'Who bought', kind: 'filter', members: 2 },
  ]);
  expect(await namesIn(ofTeam, team)).toEqual(['Quentin', 'Zephyrine']);
  // She stands in the company's by what may not be taken along: of that nothing is told, though she is there.
  expect(await ask(ofTeam, `select name from persons where name like 'Aurore%'`)).toHaveLength(1);
  expect(await namesIn(ofTeam, company)).toEqual([]);
  // Of Carl's own, shown to all, whom it finds by the team's grants.
  expect(await namesIn(ofTeam, shown)).toEqual(['Quentin', 'Zephyrine']);
  const [one] = await ask(ofTeam, `select since from segment_members where segment_id = '${team.id}' limit 1`);
  expect(one!.since).toBeInstanceOf(Date);
});

test('who may take nothing along sees no row of it, though they read some of it here', async () => {
  expect(await ask(ofDora, 'select * from persons')).toEqual([]);
  expect(await ask(ofDora, 'select * from facts')).toEqual([]);
  expect(await ask(ofDora, 'select * from segment_members')).toEqual([]);
  // Of the company's segments they see that these are there, of a team's not.
  expect(await ask(ofDora, 'select name, members from segments order by name')).toEqual([
    { name: 'All', members: 0 },
    { name: 'Carl’s', members: 0 },
  ]);
  // Here they see who bought.
  const { items } = await dora.call(segments.listMembers, { segmentId: company.id, limit: 50 });
  expect(items.map(({ name }) => name)).toEqual(['Aurore Both', 'Prudence Xanthe']);
});

test('its holder hears once of each who went, however much is known of them', async () => {
  const told = (await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'analysed');
  expect(told).toMatchObject([{ count: 3, user: { name: 'Carl Pond' }, book: { name: 'Clients' } }]);
  await fill(ofTeam);
  expect((await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'analysed')).toEqual(told);
});

test('a kind that is closed to the grantee is gone at the next query, and comes back when it is open again', async () => {
  const { items } = await alice.call(facts.listKinds, {});
  const kindId = items.find(({ key }) => key === 'order')!.id;
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'member', id: dora.me.memberId }] });
  expect(await factsIn(ofTeam)).toEqual([]);
  await fill(ofTeam);
  expect(await factsIn(ofTeam)).toEqual([]);
  // Nor does who is in a segment tell of it.
  expect(await namesIn(ofTeam, team)).toEqual([]);
  expect(await namesIn(ofTeam, shown)).toEqual([]);
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'team', id: teamId }] });
  await fill(ofTeam);
  expect(await factsIn(ofTeam)).toHaveLength(4);
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'workspace' }] });
  expect(await factsIn(ofTeam)).toHaveLength(4);
});

test('a segment that ends, or is shown no longer, is gone with its members at the next query', async () => {
  await fill(ofTeam);
  await fill(ofDora);
  const { version } = await carl.call(segments.getSegment, { segmentId: shown.id });
  await carl.call(segments.changeSegment, { segmentId: shown.id, version, shownTo: [] });
  const names = async (access: contracts.Access) =>
    (await ask(access, 'select name from segments order by name')).map(({ name }) => name);
  expect(await names(ofDora)).toEqual(['All']);
  expect(await names(ofTeam)).toEqual(['All', 'Buyers']);
  expect(await namesIn(ofTeam, shown)).toEqual([]);
  await carl.call(segments.endSegment, { segmentId: team.id });
  expect(await names(ofTeam)).toEqual(['All']);
  await fill(ofTeam);
  expect(await names(ofTeam)).toEqual(['All']);
  await carl.call(segments.restoreSegment, { segmentId: team.id });
  await fill(ofTeam);
  expect(await namesIn(ofTeam, team)).toEqual(['Quentin', 'Zephyrine']);
});

test('what is withdrawn or narrowed is gone with all that hangs on it, before any job has run', async () => {
  const both = async () => [(await factsIn(ofTeam)).length, (await namesIn(ofTeam, team)).length];
  expect(await both()).toEqual([4, 2]);
  // Without numbers, what was told of a number is not there any more.
  await bob.call(delegation.changeGrant, {
    ...{ grantId, grantee: { kind: 'team', teamId }, acts: ['export'], except: ['numbers'] },
  });
  expect(await both()).toEqual([0, 0]);
  // To be read with their numbers is not to be taken along with them.
  const toRead = await lend(['read']);
  await fill(ofTeam);
  expect((await factsIn(ofTeam)).map(({ amount }) => amount)).toEqual(['5', '49.9']);
  await bob.call(delegation.endGrant, { grantId: toRead });
  await bob.call(delegation.endGrant, { grantId });
  expect(await ask(ofTeam, 'select * from facts')).toEqual([]);
  expect(await ask(ofTeam, 'select * from segment_members')).toEqual([]);
  // To be read is not to be taken along.
  grantId = await lend(['read']);
  await fill(ofTeam);
  expect(await ask(ofTeam, 'select * from facts')).toEqual([]);
  expect(await ask(ofTeam, 'select * from segment_members')).toEqual([]);
});
