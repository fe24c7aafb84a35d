import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { purgeLots } from './queries.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let teamId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [bob.me.memberId] }));
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const mine = async (who: Member) => (await who.call(contracts.getMyParts, {})).parts;
const first = (over: object = {}) => ({
  ...{ name: 'First lot', startsOn: '2026-01-05', teamIds: [teamId], parts: ['network' as const] },
  ...over,
});

test('a new company begins with the simple parts; a lot that has begun opens its parts to its teams alone', async () => {
  expect(await mine(bob)).toEqual(['scan', 'quality']);
  const { id: lotId } = await alice.call(contracts.addLot, first());
  expect(await mine(bob)).toEqual(['scan', 'quality']);
  await alice.call(contracts.changeLot, { ...first({ state: 'running' }), lotId, version: 1 });
  expect(await mine(bob)).toEqual(['scan', 'quality', 'network']);
  expect(await mine(alice)).toEqual(['scan', 'quality']);
  // What is hidden is no right: who knows the address goes there.
  expect(await codeOf(alice.call(contracts.changeLot, { ...first(), lotId, version: 1 }))).toBe('conflict');
  await alice.call(contracts.removeLot, { lotId });
  expect(await mine(bob)).toEqual(['scan', 'quality']);
  await alice.call(contracts.restoreLot, { lotId });
  expect(await mine(bob)).toEqual(['scan', 'quality', 'network']);
});

test('parts open to everybody are an admin’s word, and stand in the audit', async () => {
  expect(await codeOf(bob.call(contracts.openParts, { allOpen: true, open: [] }))).toBe('forbidden');
  expect(await codeOf(bob.call(contracts.getPlan, {}))).toBe('forbidden');
  await alice.call(contracts.openParts, { allOpen: false, open: ['voices'] });
  expect(await mine(alice)).toEqual(['scan', 'quality', 'voices']);
  await alice.call(contracts.openParts, { allOpen: true, open: [] });
  expect(await mine(alice)).toEqual([...contracts.parts]);
  expect((await alice.call(identity.listAudit, {})).items[0]!.code).toBe('parts.opened');
  await alice.call(contracts.openParts, { allOpen: false, open: [] });
});

test('a lot of fewer than five people tells no number of them; of more, rounded ones that point at nobody', async () => {
  const lot = async () => (await alice.call(contracts.getPlan, {})).lots[0]!;
  expect(await lot()).toMatchObject({ people: null, figures: { active: null, cards: null } });
  expect((await lot()).readiness.every(({ done }) => done === null)).toBe(true);
  const others: Member[] = [];
  for (const name of ['Ann', 'Ben', 'Cyd', 'Dan', 'Eve'])
    others.push(await app.invite(alice, `${name} Zoe`, { teamIds: [teamId] }));
  const fields = (n: number) => ({ fields: [{ kind: 'name' as const, value: { given: `G${n}`, family: `F${n}` } }] });
  for (let n = 0; n < 7; n++) await bob.call(cards.createCard, fields(n));
  await app.settle();
  const told = await lot();
  expect(told).toMatchObject({ people: 5, figures: { cards: 5, active: null } });
  // All six have joined. Five of six would name the one who has not.
  const done = (check: string) => told.readiness.find((one) => one.check === check)!.done;
  expect(done('joined')).toBe(5);
  expect(done('lent')).toBeNull();
  await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [others[0]!.me.memberId]);
  expect((await lot()).readiness.find(({ check }) => check === 'joined')!.done).toBeNull();
  expect(JSON.stringify(told)).not.toMatch(/Bob|Zoe/);
});

test('lessons are kept with their lot, and a lot that was taken away is deleted after 30 days', async () => {
  const [{ id: lotId }] = (await alice.call(contracts.getPlan, {})).lots as [contracts.Lot];
  await alice.call(contracts.addLesson, { lotId, text: 'Begin with phones' });
  const [lesson] = (await alice.call(contracts.getPlan, {})).lots[0]!.lessons;
  expect(lesson).toMatchObject({ text: 'Begin with phones', mine: true });
  expect(await codeOf(bob.call(contracts.addLesson, { lotId, text: 'x' }))).toBe('forbidden');
  await alice.call(contracts.removeLesson, { lessonId: lesson!.id });
  expect((await alice.call(contracts.getPlan, {})).lots[0]!.lessons).toEqual([]);
  await alice.call(contracts.removeLot, { lotId });
  await app.query(`update adoption.lot set removed_at = now() - interval '31 days'`);
  await app.app.db.asSystem('keeper', purgeLots);
  expect(await codeOf(alice.call(contracts.restoreLot, { lotId }))).toBe('not_found');
});

test('a lot is for teams of the company', async () => {
  const stranger = '00000000-0000-7000-8000-000000000000';
  expect(await codeOf(alice.call(contracts.addLot, first({ teamIds: [stranger] })))).toBe('invalid_input');
});
