import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Noir');
  carol = await app.invite(alice, 'Carol Roux');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const sees = async (viewer: Member) => (await viewer.call(cards.listPeople, {})).items.map(({ name }) => name);
const terms = (changes: object = {}) => ({
  name: 'Autumn seminar',
  purpose: 'Invite our customers',
  endsAt: new Date(Date.now() + 86_400_000).toISOString(),
  memberIds: [carol.me.memberId],
  ...changes,
});

test('who runs a named use sees what is lent to it, until it is over', async () => {
  const { id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' });
  await bob.call(cards.createCard, { bookId, fields: [{ kind: 'name', value: { given: 'Jeanne', family: 'Lent' } }] });
  const use = await alice.call(contracts.createProcess, terms());
  const grantee = { kind: 'process' as const, processId: use.id };
  const grant = await bob.call(delegation.createGrant, { bookId, grantee, acts: ['read'] });
  expect(grant.sentence).toBe('Autumn seminar may find and read the contacts of “Clients”.');
  await app.settle();
  expect([await sees(carol), await sees(alice)]).toEqual([['Jeanne Lent'], []]);
  // Its day is over, and no job has noticed.
  await app.query(`update identity.team set ends_at = now() where team_id = $1`, [use.id]);
  expect(await sees(carol)).toEqual([]);
  // What was lent until then does not begin again.
  const again = { processId: use.id, ...terms({ endsAt: null }) };
  expect(await codeOf(alice.call(contracts.changeProcess, again))).toBe('conflict');
  await alice.call(contracts.endProcess, { processId: use.id });
  expect(await sees(carol)).toEqual([]);
  expect(await codeOf(bob.call(delegation.createGrant, { bookId, grantee, acts: ['read'] }))).toBe('not_found');
});

test('a named use is opened by an admin, has its own name, and is no team', async () => {
  expect(await codeOf(bob.call(contracts.createProcess, terms({ name: 'Mine' })))).toBe('forbidden');
  expect(await codeOf(alice.call(contracts.createProcess, terms()))).toBe('conflict');
  const [use] = (await bob.call(contracts.listProcesses, {})).items;
  expect(use).toMatchObject({ name: 'Autumn seminar', purpose: 'Invite our customers', over: true });
  expect((await bob.call(contracts.listTeams, {})).items).toEqual([]);
  expect(await codeOf(alice.call(contracts.updateTeam, { teamId: use!.id, name: 'Team' }))).toBe('not_found');
  expect(await codeOf(bob.call(contracts.endProcess, { processId: use!.id }))).toBe('forbidden');
});

test('marketing opens and ends uses; who runs one, and what for, is changed by an admin', async () => {
  const mark = await app.invite(alice, 'Mark Vert');
  await alice.call(contracts.updateMember, { memberId: mark.me.memberId, role: 'marketing' });
  const use = await mark.call(contracts.createProcess, terms({ name: 'Winter letter' }));
  const mine = { processId: use.id, ...terms({ name: 'Winter letter', memberIds: [mark.me.memberId] }) };
  expect(await codeOf(mark.call(contracts.changeProcess, mine))).toBe('forbidden');
  const changed = await alice.call(contracts.changeProcess, { ...mine, purpose: 'Wish them well' });
  expect(changed).toMatchObject({ purpose: 'Wish them well', members: [{ name: 'Mark Vert' }] });
  await mark.call(contracts.endProcess, { processId: use.id });
});
