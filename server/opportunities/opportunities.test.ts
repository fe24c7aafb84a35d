import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as maps from '../maps/contract.ts';
import { allModules } from '../modules.ts';
import * as notices from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { addOpportunity, everybody, fieldsOf, seen } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let stages: contracts.Stage[];
/** A team of Bob's. */
let teamId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  stages = (await carol.call(contracts.listStages, {})).items;
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [bob.me.memberId] }));
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const get = (member: Member, opportunityId: string) => member.call(contracts.getOpportunity, { opportunityId });
const move = (member: Member, { id, version }: { id: string; version: number }, stageId: string) =>
  member.call(contracts.moveOpportunity, { opportunityId: id, version, stageId });

describe('an opportunity', () => {
  test('begins with the workspace’s first stage, and nobody but its owner sees it', async () => {
    expect(stages.map(({ key, probability }) => [key, probability])).toEqual([
      ['lead', 10],
      ['qualified', 30],
      ['proposal', 50],
      ['negotiation', 75],
    ]);
    const value = { cents: 1_250_000, currency: 'EUR' };
    const made = await addOpportunity(alice, {
      name: 'Private',
      organizationName: 'Acme',
      value,
      expectedOn: '2100-03-01',
    });
    expect(made).toMatchObject({
      stageId: stages[0]!.id,
      value,
      outcome: null,
      version: 1,
      visibility: { kind: 'owner' },
    });
    expect(made).toMatchObject({ organization: { id: null, name: 'Acme' }, mine: true, participants: [] });
    expect(made.moves.map(({ kind, to }) => [kind, to])).toEqual([['opened', stages[0]!.id]]);
    expect(await codeOf(get(bob, made.id))).toBe('not_found');
    expect(await seen(bob)).toEqual([]);
    expect((await bob.call(contracts.getSums, {})).items).toEqual([]);
    const { id: opportunityId, version } = made;
    expect(await codeOf(bob.call(contracts.updateOpportunity, { opportunityId, version, name: 'Owned' }))).toBe(
      'not_found',
    );
    expect(await codeOf(move(bob, made, stages[1]!.id))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.closeOpportunity, { opportunityId, version, outcome: 'won' }))).toBe(
      'not_found',
    );
    expect(await codeOf(bob.call(contracts.removeOpportunity, { opportunityId }))).toBe('not_found');
  });

  test('is seen by a team, or by the workspace, when its owner says so, with its history; and not any more when they say otherwise', async () => {
    const { id: opportunityId } = await addOpportunity(alice, {
      name: 'Of a team',
      visibility: { kind: 'team', teamId },
    });
    expect(await get(bob, opportunityId)).toMatchObject({
      visibility: { kind: 'team', teamId, name: 'Sales' },
      mine: false,
    });
    expect(await codeOf(get(carol, opportunityId))).toBe('not_found');
    const shared = await alice.call(contracts.updateOpportunity, { opportunityId, version: 1, ...everybody });
    expect(shared.opportunity!.version).toBe(2);
    expect((await get(carol, opportunityId)).moves).toHaveLength(1);
    await alice.call(contracts.updateOpportunity, { opportunityId, version: 2, visibility: { kind: 'owner' } });
    for (const other of [bob, carol]) expect(await codeOf(get(other, opportunityId))).toBe('not_found');
    const [row] = await app.query(
      `select from opportunities.move where opportunity_id = $1 and audience_id = owner_id`,
      [opportunityId],
    );
    expect(row).toBeDefined();
  });

  test('may be changed by whoever sees it; its owner, and admins who see it, alone hand it on, hide it and remove it', async () => {
    const { id: opportunityId } = await addOpportunity(bob, { name: 'Bob’s', ...everybody });
    const changed = await carol.call(contracts.updateOpportunity, {
      opportunityId,
      version: 1,
      note: 'Asked for a quote',
    });
    expect(changed.opportunity).toMatchObject({ note: 'Asked for a quote', version: 2 });
    const version = 2;
    for (const beyond of [{ ownerId: carol.me.memberId }, { visibility: { kind: 'owner' as const } }])
      expect(await codeOf(carol.call(contracts.updateOpportunity, { opportunityId, version, ...beyond }))).toBe(
        'forbidden',
      );
    expect(await codeOf(carol.call(contracts.removeOpportunity, { opportunityId }))).toBe('forbidden');
    const handed = await alice.call(contracts.updateOpportunity, {
      opportunityId,
      version,
      ownerId: carol.me.memberId,
    });
    expect(handed.opportunity!.owner.name).toBe('Carol Wood');
    await carol.call(contracts.removeOpportunity, { opportunityId });
    expect(await codeOf(get(bob, opportunityId))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.restoreOpportunity, { opportunityId }))).toBe('forbidden');
    await carol.call(contracts.restoreOpportunity, { opportunityId });
    expect(await get(bob, opportunityId)).toMatchObject({ note: 'Asked for a quote' });
  });

  test('that nobody else sees is handed on with all that hangs on it, and leaves the sight of who gave it', async () => {
    const personId = await addContact(alice, { name: 'Hanna Arend' });
    const { id: opportunityId } = await addOpportunity(alice, { name: 'Handed on' });
    await alice.call(contracts.setParticipant, { opportunityId, personId, roles: ['decider'] });
    const given = await alice.call(contracts.updateOpportunity, {
      opportunityId,
      version: 1,
      ownerId: bob.me.memberId,
    });
    expect(given).toEqual({ opportunity: null });
    expect(await codeOf(get(alice, opportunityId))).toBe('not_found');
    await app.settle();
    const { items } = await bob.call(notices.listNotices, {});
    expect(items[0]).toMatchObject({
      kind: 'opportunity_given',
      text: 'Alice Martin hands you an opportunity: Handed on.',
    });
    // He does not see her card.
    expect(await get(bob, opportunityId)).toMatchObject({
      mine: true,
      visibility: { kind: 'owner' },
      participants: [],
    });
  });

  test('changed by two at once keeps the first change, and tells the second', async () => {
    const made = await addOpportunity(alice, { name: 'Two at once', ...everybody });
    const results = await Promise.allSettled([
      move(alice, made, stages[1]!.id),
      move(bob, made, stages[2]!.id),
      move(carol, made, stages[3]!.id),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await get(alice, made.id)).moves).toHaveLength(2);
    const stale = alice.call(contracts.updateOpportunity, { opportunityId: made.id, version: 1, note: 'late' });
    expect(await codeOf(stale)).toBe('conflict');
    const now = await get(alice, made.id);
    expect(now).toMatchObject({ note: '', version: 2 });
    // Who was quicker, and when.
    expect(now.changed).toEqual({ by: now.moves[0]!.member, at: expect.any(String) });
    expect(made.changed).toBeNull();
  });

  test.each([
    ['a negative value', { value: { cents: -1, currency: 'EUR' } }, 'value.cents'],
    ['an absurd value', { value: { cents: contracts.maxCents + 1, currency: 'EUR' } }, 'value.cents'],
    ['part of a cent', { value: { cents: 1.5, currency: 'EUR' } }, 'value.cents'],
    ['a currency that is none', { value: { cents: 1, currency: 'ZZZ' } }, 'currency'],
    ['an end before its beginning', { openedOn: '2026-03-02', expectedOn: '2026-03-01' }, 'expectedOn'],
    ['a date of no calendar', { expectedOn: '2026-02-30' }, 'expectedOn'],
    ['a year far away', { expectedOn: '9999-12-31' }, 'expectedOn'],
    ['no name', { name: '  ' }, 'name'],
    ['an owner who is nobody here', { ownerId: crypto.randomUUID(), ...everybody }, 'ownerId'],
    ['a team that is not there', { visibility: { kind: 'team' as const, teamId: crypto.randomUUID() } }, 'teamId'],
  ])('with %s is refused at its field', async (_what, said, field) => {
    expect(Object.keys(await fieldsOf(addOpportunity(alice, said)))).toEqual([field]);
  });

  test('is not written for somebody whose eyes alone it would be for', async () => {
    expect(await fieldsOf(addOpportunity(alice, { ownerId: bob.me.memberId }))).toEqual({ ownerId: 'unseen' });
  });

  test('stands in a list by the day it is expected, by stage, owner and words, page by page', async () => {
    const dora = await app.invite(alice, 'Dora List');
    const of = (name: string, expectedOn: string | null, stageId = stages[0]!.id) =>
      addOpportunity(dora, { name, expectedOn, stageId, organizationName: 'Zebra Ltd' });
    await of('Undated', null);
    await of('Second', '2100-05-02');
    await of('Undated too', null);
    await of('First', '2100-05-01', stages[2]!.id);
    const mine = { whose: 'mine' as const };
    expect(await seen(dora, mine)).toEqual(['First', 'Second', 'Undated', 'Undated too']);
    const pages = async (filter: object) => {
      const names: string[] = [];
      for (let after: string | undefined; ; ) {
        const { items, next } = await dora.call(contracts.listOpportunities, {
          ...filter,
          limit: 1,
          ...(after ? { after } : {}),
        });
        names.push(...items.map(({ name }) => name));
        if (next === null) return names;
        after = next;
      }
    };
    expect(await pages(mine)).toEqual(['First', 'Second', 'Undated', 'Undated too']);
    expect(await seen(dora, { ...mine, stageId: stages[2]!.id })).toEqual(['First']);
    expect(await seen(dora, { ...mine, q: 'zebra' })).toHaveLength(4);
    expect(await seen(dora, { ...mine, q: 'dated too' })).toEqual(['Undated too']);
    const { items } = await dora.call(contracts.listOpportunities, mine);
    for (const [at, { id: opportunityId, version }] of items.entries()) {
      const closedOn = `2100-06-0${at < 2 ? 1 : 2}`;
      const end = { opportunityId, version, outcome: 'won' as const, closedOn };
      await dora.call(contracts.closeOpportunity, end);
    }
    const won = { ...mine, state: 'won' as const };
    expect(await pages(won)).toEqual(['Undated too', 'Undated', 'First', 'Second']);
    expect(await seen(dora, won)).toEqual(await pages(won));
  });

  test('is summed up by stage and currency, which are never added up', async () => {
    const emil = await app.invite(alice, 'Emil Sum');
    const of = (cents: number | null, currency = 'EUR', stageId = stages[1]!.id) =>
      addOpportunity(emil, { stageId, value: cents === null ? null : { cents, currency } });
    await Promise.all([of(100_00), of(50_00), of(70_00, 'CHF'), of(null), of(80_00, 'EUR', stages[3]!.id)]);
    const { items } = await emil.call(contracts.getSums, { whose: 'mine' });
    expect(items.map(({ stageId: _, ...sum }) => sum)).toEqual([
      { currency: 'CHF', count: 1, cents: 70_00, likelyCents: 21_00 },
      { currency: 'EUR', count: 2, cents: 150_00, likelyCents: 45_00 },
      { currency: null, count: 1, cents: 0, likelyCents: 0 },
      { currency: 'EUR', count: 1, cents: 80_00, likelyCents: 60_00 },
    ]);
  });

  test('of a team is what its members own or what is shown to it', async () => {
    const fred = await app.invite(alice, 'Fred Team');
    await alice.call(identity.createTeam, { name: 'Pair', memberIds: [fred.me.memberId, bob.me.memberId] });
    await addOpportunity(bob, { name: 'Of a team mate', ...everybody });
    await addOpportunity(carol, { name: 'Of somebody else', ...everybody });
    expect(await seen(fred, { whose: 'team' })).toContain('Of a team mate');
    expect(await seen(fred, { whose: 'team' })).not.toContain('Of somebody else');
    expect(await seen(fred)).toContain('Of somebody else');
  });

  test('removed longer than thirty days ago is gone, with what was said of people in it and with its maps', async () => {
    const { id: opportunityId } = await addOpportunity(alice, { name: 'Old' });
    const personId = await addContact(alice, { name: 'Olga Old' });
    await alice.call(contracts.setParticipant, { opportunityId, personId, roles: [] });
    const { id: mapId } = await alice.call(maps.createMapOfOpportunity, { opportunityId, name: 'Old map' });
    const adviser = await addContact(alice, { name: 'Oscar Old' });
    await alice.call(maps.changeMap, {
      ...{ mapId, revision: 0, lines: [{ fromId: adviser, toId: personId, drawn: true }] },
      places: [{ personId: adviser, place: { influence: 1, stance: 0, leftOut: false } }],
    });
    await alice.call(contracts.removeOpportunity, { opportunityId });
    const { crons } = allModules({} as Parameters<typeof allModules>[0]);
    const purge = () => crons.find(({ name }) => name === 'opportunities.purge')!.run(app.app);
    const mapped = async () => {
      const counts = [];
      for (const table of ['power_map', 'map_node', 'map_line'])
        counts.push((await app.query(`select from cards.${table} where map_id = $1`, [mapId])).length);
      return counts;
    };
    await purge();
    expect(await mapped()).toEqual([1, 1, 1]);
    await app.query(
      `update opportunities.opportunity set removed_at = now() - interval '31 days' where opportunity_id = $1`,
      [opportunityId],
    );
    expect(await codeOf(alice.call(contracts.restoreOpportunity, { opportunityId }))).toBe('not_found');
    await purge();
    expect(await mapped()).toEqual([0, 0, 0]);
    expect(await app.query(`select from opportunities.opportunity where opportunity_id = $1`, [opportunityId])).toEqual(
      [],
    );
    expect(await app.query(`select from cards.participant where opportunity_id = $1`, [opportunityId])).toEqual([]);
  });
});

describe('stages', () => {
  test('are an admin’s to order, rename, add and end; what stands in an ended one stays', async () => {
    const { items } = await alice.call(contracts.listStages, {});
    const inLast = await addOpportunity(alice, { name: 'In the last', stageId: items[3]!.id });
    const wanted = [
      { id: items[1]!.id, name: 'Qualifié', probability: 35 },
      { id: items[0]!.id, probability: 10 },
      { id: items[2]!.id, probability: 60 },
      { name: 'Signature', probability: 90 },
    ];
    expect(await codeOf(bob.call(contracts.saveStages, { stages: wanted }))).toBe('forbidden');
    const saved = await alice.call(contracts.saveStages, { stages: wanted });
    expect(saved.items.map(({ key, name, probability, ended }) => [key ?? name, probability, ended])).toEqual([
      ['Qualifié', 35, false],
      ['lead', 10, false],
      ['proposal', 60, false],
      ['Signature', 90, false],
      ['negotiation', 75, true],
    ]);
    expect((await get(alice, inLast.id)).stageId).toBe(items[3]!.id);
    expect(await codeOf(addOpportunity(alice, { stageId: items[3]!.id }))).toBe('invalid_input');
    expect(
      await codeOf(alice.call(contracts.saveStages, { stages: [{ id: crypto.randomUUID(), probability: 1 }] })),
    ).toBe('invalid_input');
    const twice = [items[0]!, items[0]!].map(({ id }) => ({ id, probability: 1 }));
    expect(await codeOf(alice.call(contracts.saveStages, { stages: twice }))).toBe('invalid_input');
    const back = items.map(({ id, probability }) => ({ id, probability }));
    await alice.call(contracts.saveStages, { stages: back });
  });

  test('are the same for all who write the first opportunity at one moment', async () => {
    await app.query(`delete from opportunities.opportunity`);
    await app.query(`delete from opportunities.stage`);
    await Promise.all([alice, bob, carol].map((one) => addOpportunity(one, { name: 'At once' })));
    for (const one of [alice, bob, carol])
      expect((await one.call(contracts.listStages, {})).items.map(({ id }) => id)).toEqual(stages.map(({ id }) => id));
  });
});
