import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as collection from '../collection/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { purgeSystems } from './systems.ts';
import * as contracts from './systems-contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let maud: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  maud = await app.invite(alice, 'Maud Hill', { role: 'marketing' });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const erp = (over: object = {}) => ({
  name: 'The ERP',
  kind: 'erp' as const,
  ownerId: bob.me.memberId,
  fields: ['addresses' as const],
  volume: 12_000,
  freshness: 'daily' as const,
  ...over,
});
const map = () => bob.call(contracts.getSystems, {});

test('marketing and admins declare systems, everybody sees them, and what they hold that flows nowhere is said', async () => {
  expect(await codeOf(bob.call(contracts.addSystem, erp()))).toBe('forbidden');
  const { id: systemId } = await maud.call(contracts.addSystem, erp());
  expect((await map()).systems).toMatchObject([
    { id: systemId, name: 'The ERP', owner: 'Bob Stone', volume: 12_000, version: 1, changedBy: 'Maud Hill' },
  ]);
  expect((await map()).mayEdit).toBe(false);
  expect((await map()).fields).toContainEqual({ group: 'addresses', share: 0, systems: [systemId], stranded: true });
  const flows = [{ direction: 'to' as const, other: contracts.reference, how: 'file' as const, what: 'each Monday' }];
  await maud.call(contracts.changeSystem, { ...erp({ flows }), systemId, version: 1 });
  expect((await map()).fields).toContainEqual(expect.objectContaining({ group: 'addresses', stranded: false }));
  // Somebody else began from what it was before.
  expect(await codeOf(alice.call(contracts.changeSystem, { ...erp(), systemId, version: 1 }))).toBe('conflict');
  expect(await codeOf(maud.call(contracts.addSystem, erp({ name: 'the erp' })))).toBe('conflict');
});

test('a system that is taken away comes back with its flows, and is deleted after 30 days', async () => {
  const [{ id: systemId }] = (await map()).systems as [contracts.System];
  const { id: shopId } = await maud.call(contracts.addSystem, {
    ...erp({ name: 'Shop', kind: 'shop' }),
    flows: [{ direction: 'to', other: systemId, how: 'automatic' }],
  });
  const shop = async () => (await map()).systems.find(({ id }) => id === shopId)!;
  expect((await shop()).flows).toHaveLength(1);
  expect(await codeOf(bob.call(contracts.removeSystem, { systemId }))).toBe('forbidden');
  await maud.call(contracts.removeSystem, { systemId });
  expect((await shop()).flows).toEqual([]);
  expect(await codeOf(maud.call(contracts.removeSystem, { systemId }))).toBe('not_found');
  await maud.call(contracts.restoreSystem, { systemId });
  expect((await shop()).flows).toHaveLength(1);
  await maud.call(contracts.removeSystem, { systemId });
  await app.query(`update data_map.system set removed_at = now() - interval '31 days' where system_id = $1`, [
    systemId,
  ]);
  await app.app.db.asSystem('keeper', purgeSystems);
  expect(await codeOf(maud.call(contracts.restoreSystem, { systemId }))).toBe('not_found');
});

test('what is named must be there: its owner a member, its flows between systems of the map', async () => {
  const stranger = '00000000-0000-7000-8000-000000000000';
  expect(await codeOf(maud.call(contracts.addSystem, erp({ name: 'x', ownerId: stranger })))).toBe('invalid_input');
  const flows = [{ direction: 'to' as const, other: stranger, how: 'hand' as const }];
  expect(await codeOf(maud.call(contracts.addSystem, erp({ name: 'x', flows })))).toBe('invalid_input');
});

test('what is connected is counted in steps of five, and one’s own cards move no number of the reference', async () => {
  const add = (who: Member, n: number) =>
    who.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { given: `Given${n}`, family: `Family${n}` } },
        { kind: 'email', value: { value: `p${n}@company${n}.example` } },
      ],
    });
  for (let n = 0; n < 7; n++) await add(alice, n);
  await app.settle();
  const before = await map();
  expect(before.people).toBe(5);
  expect(before.connected).toContainEqual({
    key: 'source.entregent',
    side: 'source',
    kind: 'entregent',
    count: null,
    items: 5,
  });
  for (let n = 0; n < 7; n++) await add(bob, n);
  await app.settle();
  const after = await map();
  expect({ people: after.people, fields: after.fields }).toEqual({ people: before.people, fields: before.fields });
  expect(JSON.stringify(after)).not.toMatch(/Given|company\d/);
});

test('what a need of the collection plan asks for and nothing brings is a gap, until a system or a mechanism does', async () => {
  const { id: birthday } = await maud.call(collection.saveItem, { kind: 'field', ref: 'birthday', staleMonths: null });
  const need = { name: 'Birthday cards', kind: 'programme' as const, itemIds: [birthday], wanted: 40 };
  const { id: needId } = await maud.call(collection.saveNeed, need);
  expect((await map()).gaps).toEqual([
    {
      need: { id: needId, name: 'Birthday cards' },
      item: { id: birthday, kind: 'field', name: 'birthday' },
      ...{ unsupplied: true, wanted: 40, share: null },
    },
  ]);
  const flows = [{ direction: 'to' as const, other: contracts.reference, how: 'file' as const, what: '' }];
  const till = erp({ name: 'Till', fields: ['birthday'], flows });
  const { id: systemId } = await maud.call(contracts.addSystem, till);
  expect((await map()).gaps).toEqual([]);
  await maud.call(contracts.removeSystem, { systemId });
  // Counted: known of 10 of 100, where 40 are wanted.
  await app.query(
    `insert into collection.progress (workspace_id, item_id, day, people, filled) values ($1, $2, current_date, 100, 10)`,
    [alice.me.workspace.id, birthday],
  );
  expect((await map()).gaps).toMatchObject([{ unsupplied: false, wanted: 40, share: 10 }]);
  await maud.call(collection.saveNeed, { ...need, needId, wanted: 10 });
  expect((await map()).gaps).toEqual([]);
});
