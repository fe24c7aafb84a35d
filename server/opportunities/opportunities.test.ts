import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import { allModules } from '../modules.ts';
import * as notices from '../notices/contract.ts';
import * as relations from '../relations/contract.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { addOpportunity, everybody, seen } from './testing.ts';

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
async function fieldsOf(call: Promise<unknown>): Promise<Record<string, string>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProblemAnswer) return error.problem.fields ?? {};
    throw error;
  }
  throw new Error('The call succeeded.');
}
async function lentBook(holder: Member, name: string) {
  const { id: bookId } = await holder.call(delegation.createBook, { name });
  const grant = { bookId, grantee: { kind: 'workspace' as const }, acts: ['discover' as const, 'read' as const] };
  const { id: grantId } = await holder.call(delegation.createGrant, grant);
  return { bookId, grantId };
}

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
    expect(await get(alice, made.id)).toMatchObject({ note: '', version: 2 });
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

  test('removed longer than thirty days ago is gone, with what was said of people in it', async () => {
    const { id: opportunityId } = await addOpportunity(alice, { name: 'Old' });
    const personId = await addContact(alice, { name: 'Olga Old' });
    await alice.call(contracts.setParticipant, { opportunityId, personId, roles: [] });
    await alice.call(contracts.removeOpportunity, { opportunityId });
    await app.query(
      `update opportunities.opportunity set removed_at = now() - interval '31 days' where opportunity_id = $1`,
      [opportunityId],
    );
    expect(await codeOf(alice.call(contracts.restoreOpportunity, { opportunityId }))).toBe('not_found');
    const { crons } = allModules({} as Parameters<typeof allModules>[0]);
    await crons.find(({ name }) => name === 'opportunities.purge')!.run(app.app);
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

describe('people', () => {
  test('have a part in an opportunity as far as one may read their cards; their holder is told where others see it', async () => {
    const { bookId, grantId } = await lentBook(alice, 'Lent one');
    const personId = await addContact(alice, { name: 'Anne Durand', bookId });
    const own = await addContact(bob, { name: 'Private Friend' });
    const { id: opportunityId } = await addOpportunity(bob, { name: 'With people' });
    const told = async () =>
      (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'opportunity').length;
    const before = await told();
    await bob.call(contracts.setParticipant, { opportunityId, personId, roles: ['decider'] });
    await bob.call(contracts.setParticipant, { opportunityId, personId: own, roles: [] });
    expect(await told()).toBe(before);
    await bob.call(contracts.updateOpportunity, { opportunityId, version: 1, ...everybody });
    expect(await told()).toBe(before + 1);
    const names = async (member: Member) =>
      (await get(member, opportunityId)).participants.map(({ person }) => person.name);
    expect(await names(bob)).toEqual(['Anne Durand', 'Private Friend']);
    expect(await names(carol)).toEqual(['Anne Durand']);
    expect(await seen(carol, { personId })).toEqual(['With people']);
    expect((await carol.call(contracts.listOpportunities, { personId })).items[0]!.people).toBe(1);
    await alice.call(delegation.endGrant, { grantId });
    expect(await names(carol)).toEqual([]);
    expect(await names(bob)).toEqual(['Private Friend']);
    expect(await codeOf(carol.call(contracts.listOpportunities, { personId }))).toBe('not_found');
    expect(await codeOf(carol.call(contracts.setParticipant, { opportunityId, personId, roles: [] }))).toBe(
      'not_found',
    );
  });

  test('added to what others see are told to their holder at once, once', async () => {
    const { bookId } = await lentBook(alice, 'Lent two');
    const personId = await addContact(alice, { name: 'Bruno Told', bookId });
    const { id: opportunityId } = await addOpportunity(bob, { name: 'Seen', ...everybody });
    for (const roles of [['buyer' as const], ['user' as const]])
      await carol.call(contracts.setParticipant, { opportunityId, personId, roles });
    const uses = await app.query(`select from delegation.use where card_id = $1 and kind = 'opportunity'`, [personId]);
    expect(uses).toHaveLength(1);
    expect((await get(bob, opportunityId)).participants).toMatchObject([
      { roles: ['user'], addedBy: { name: 'Carol Wood' } },
    ]);
    await bob.call(contracts.removeParticipant, { opportunityId, personId });
    expect((await get(bob, opportunityId)).participants).toEqual([]);
    expect(await codeOf(bob.call(contracts.removeParticipant, { opportunityId, personId }))).toBe('not_found');
  });

  test('follow their card: to another book, kept back, removed and restored, and are deleted with it', async () => {
    const { bookId } = await lentBook(alice, 'Lent three');
    const personId = await addContact(alice, { name: 'Yves Carrel', bookId });
    const { id: opportunityId } = await addOpportunity(bob, { name: 'Follows', ...everybody });
    await bob.call(contracts.setParticipant, { opportunityId, personId, roles: ['buyer'] });
    const stored = () =>
      app.query<{ exposure: number }>(
        `select p.exposure, b.name as book from cards.participant p join delegation.book b using (workspace_id, book_no) where card_id = $1`,
        [personId],
      );
    const { id: own } = await alice.call(delegation.createBook, { name: 'Not lent' });
    await alice.call(cards.updateCard, { cardId: personId, bookId: own });
    expect(await stored()).toEqual([{ book: 'Not lent', exposure: 0 }]);
    expect((await get(bob, opportunityId)).participants).toEqual([]);
    await alice.call(cards.updateCard, { cardId: personId, withheld: true });
    expect(await stored()).toEqual([{ book: 'Not lent', exposure: 1 }]);
    expect((await get(alice, opportunityId)).participants).toHaveLength(1);
    await alice.call(cards.removeCard, { cardId: personId });
    expect((await get(alice, opportunityId)).participants).toEqual([]);
    await alice.call(cards.restoreCard, { cardId: personId });
    expect((await get(alice, opportunityId)).participants).toHaveLength(1);
    await alice.call(cards.removeCard, { cardId: personId });
    await app.query(`update cards.card set purge_at = now() where card_id = $1`, [personId]);
    await purgeNow(app);
    expect(await stored()).toEqual([]);
    expect((await get(bob, opportunityId)).name).toBe('Follows');
  });

  test('in a private opportunity follow their card too, by a holder who does not see it', async () => {
    const { bookId } = await lentBook(alice, 'Lent four');
    const personId = await addContact(alice, { name: 'Zoe Hidden', bookId });
    const { id: opportunityId } = await addOpportunity(bob, { name: 'Bob’s alone' });
    await bob.call(contracts.setParticipant, { opportunityId, personId, roles: [] });
    await alice.call(cards.updateCard, { cardId: personId, withheld: true });
    const rows = await app.query(`select exposure from cards.participant where card_id = $1`, [personId]);
    expect(rows).toEqual([{ exposure: 1 }]);
    expect(await seen(alice, { personId })).toEqual([]);
    expect((await get(bob, opportunityId)).participants).toEqual([]);
  });

  test('whose cards have come together are shown once', async () => {
    const first = await addContact(alice, { name: 'Sami Tall', email: 'sami@tall.example' });
    const { id: opportunityId } = await addOpportunity(alice, { name: 'Twice' });
    await alice.call(contracts.setParticipant, { opportunityId, personId: first, roles: ['buyer'] });
    const second = await addContact(alice, { name: 'Sami T', email: 'other@tall.example' });
    await alice.call(contracts.setParticipant, { opportunityId, personId: second, roles: ['user'] });
    expect((await get(alice, opportunityId)).participants).toHaveLength(2);
    await alice.call(cards.updateCard, {
      cardId: second,
      add: [
        { kind: 'email', value: { value: 'sami@tall.example' } },
        { kind: 'name', value: { given: 'Sami', family: 'Tall' } },
      ],
    });
    await app.settle();
    expect((await alice.call(cards.getPerson, { personId: first })).cards).toHaveLength(2);
    const { participants } = await get(alice, opportunityId);
    expect(participants).toMatchObject([{ roles: ['buyer', 'user'] }]);
    await alice.call(contracts.setParticipant, { opportunityId, personId: first, roles: ['ally'] });
    expect((await get(alice, opportunityId)).participants).toMatchObject([{ roles: ['ally'] }]);
  });

  test('and organisations that turn out to be one show the opportunity of either', async () => {
    const make = () =>
      alice.call(cards.createCard, {
        kind: 'organization',
        fields: [{ kind: 'organization' as const, value: { name: 'Initech' } }],
      });
    const [one, other] = [(await make()).id, (await make()).id];
    const made = await addOpportunity(alice, { name: 'Initech deal', organizationId: one });
    await alice.call(matching.decide, { pairs: [[one, other].sort().join('.')], same: true });
    await app.settle();
    expect(await seen(alice, { personId: other })).toEqual(['Initech deal']);
    expect((await get(alice, made.id)).organization.name).toBe('Initech');
  });

  test('and organisations keep their opportunity when the card of the organisation is removed', async () => {
    const fields = [{ kind: 'organization' as const, value: { name: 'Globex' } }];
    const { id } = await alice.call(cards.createCard, { kind: 'organization', fields });
    const made = await addOpportunity(alice, { name: 'Globex deal', organizationId: id, organizationName: 'Globex' });
    expect(made.organization).toEqual({ id, name: 'Globex' });
    expect(await seen(alice, { personId: id })).toEqual(['Globex deal']);
    await alice.call(cards.removeCard, { cardId: id });
    expect((await get(alice, made.id)).organization).toEqual({ id: null, name: 'Globex' });
    expect(await codeOf(addOpportunity(bob, { organizationId: id }))).toBe('not_found');
  });
});

describe('an opportunity that is over', () => {
  const close = (member: Member, { id, version }: { id: string; version: number }, more: object = {}) =>
    member.call(contracts.closeOpportunity, { opportunityId: id, version, outcome: 'lost', ...more });
  const wordsOf = (member: Member, name: string) =>
    member.call(tasks.listTasks, { limit: 200 }).then(({ items }) => items.filter(({ title }) => title.includes(name)));

  test('is won or lost for reasons, leaves the open ones, and is opened again', async () => {
    const made = await addOpportunity(alice, { name: 'Won one' });
    const won = await close(alice, made, { outcome: 'won', reasons: ['trust', 'price'], note: 'They know Bob' });
    expect(won).toMatchObject({
      outcome: 'won',
      reasons: ['trust', 'price'],
      outcomeNote: 'They know Bob',
      wordDueOn: null,
    });
    expect(await seen(alice, { state: 'won' })).toEqual(['Won one']);
    expect(await seen(alice)).not.toContain('Won one');
    expect(await codeOf(close(alice, won))).toBe('conflict');
    expect(await codeOf(move(alice, won, stages[1]!.id))).toBe('conflict');
    const { id: opportunityId, version } = won;
    const open = await alice.call(contracts.reopenOpportunity, { opportunityId, version });
    expect(open).toMatchObject({ outcome: null, closedOn: null, reasons: [], outcomeNote: '' });
    expect(open.moves.map(({ kind }) => kind)).toEqual(['reopened', 'won', 'opened']);
    expect(open.moves[1]).toMatchObject({ reasons: ['trust', 'price'], note: 'They know Bob' });
    expect(await wordsOf(alice, 'Won one')).toEqual([]);
  });

  test('is not lost for a reason to win, nor before it began', async () => {
    const made = await addOpportunity(alice, { name: 'Wrong', openedOn: '2026-01-02' });
    expect(await fieldsOf(close(alice, made, { reasons: ['trust'] }))).toEqual({ reasons: 'unknown' });
    expect(await fieldsOf(close(alice, made, { closedOn: '2026-01-01' }))).toEqual({ closedOn: 'reversed' });
    expect((await get(alice, made.id)).outcome).toBeNull();
  });

  test('and lost keeps its people, and gives its owner a word with them in three months, in the owner’s language', async () => {
    await bob.call(identity.updateMe, { locale: 'fr' });
    const personId = await addContact(bob, { name: 'Paul Warm' });
    const { id: opportunityId } = await addOpportunity(bob, { name: 'Lost one', ...everybody });
    await bob.call(contracts.setParticipant, { opportunityId, personId, roles: ['decider'] });
    const lost = await close(bob, await get(bob, opportunityId), { reasons: ['price'], word: { personId } });
    expect(lost.participants).toHaveLength(1);
    const [word] = await wordsOf(bob, 'Lost one');
    expect(word).toMatchObject({ contact: { id: personId, name: 'Paul Warm' }, dueOn: lost.wordDueOn });
    expect(word!.title).toContain('Prendre des nouvelles');
    const months = (Date.parse(lost.wordDueOn!) - Date.now()) / 86_400_000 / 30.4;
    expect(Math.round(months)).toBe(3);
    await bob.call(identity.updateMe, { locale: 'en' });
  });

  test('gives the word to who says that it is lost, where its owner is not here any more', async () => {
    const gone = await app.invite(alice, 'Gone Soon');
    const made = await addOpportunity(gone, { name: 'Orphaned', ...everybody });
    await alice.call(identity.updateMember, { memberId: gone.me.memberId, status: 'suspended' });
    await close(bob, made);
    expect(await wordsOf(bob, 'Orphaned')).toHaveLength(1);
  });

  test('tells nobody a person whom they may not see: the task names the opportunity', async () => {
    const personId = await addContact(carol, { name: 'Secret Person' });
    const made = await addOpportunity(bob, { name: 'Lost by Carol', ...everybody });
    await close(carol, made, { word: { months: 1, personId } });
    const [word] = await wordsOf(bob, 'Lost by Carol');
    expect(word).toMatchObject({ contact: null, createdBy: { name: 'Carol Wood' } });
    expect(JSON.stringify(word)).not.toContain('Secret');
  });

  test('gives one word only: not by two clicks at once, nor lost anew; and none where that is declined', async () => {
    const made = await addOpportunity(alice, { name: 'Clicked twice' });
    const clicks = await Promise.allSettled([1, 2, 3].map(() => close(alice, made)));
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await wordsOf(alice, 'Clicked twice')).toHaveLength(1);
    const declined = await addOpportunity(alice, { name: 'Declined' });
    expect((await close(alice, declined, { word: null })).wordDueOn).toBeNull();
    expect(await wordsOf(alice, 'Declined')).toEqual([]);

    const other = await addOpportunity(bob, { name: 'Lost anew', ...everybody });
    const lost = await close(carol, other);
    // Carol gave it; Bob, whose word it is, opens again: it stays his.
    const open = await bob.call(contracts.reopenOpportunity, { opportunityId: other.id, version: lost.version });
    await close(bob, open);
    expect(await wordsOf(bob, 'Lost anew')).toHaveLength(1);
  });

  test('takes its word back with it when who gave it opens it again', async () => {
    const made = await addOpportunity(alice, { name: 'By mistake' });
    const { version } = await close(alice, made);
    expect(await wordsOf(alice, 'By mistake')).toHaveLength(1);
    const open = await alice.call(contracts.reopenOpportunity, { opportunityId: made.id, version });
    expect(open.wordDueOn).toBeNull();
    expect(await wordsOf(alice, 'By mistake')).toEqual([]);
  });

  test('leaves no word behind when the loss itself does not come to stand', async () => {
    const made = await addOpportunity(alice, { name: 'Broken off' });
    expect(await codeOf(close(alice, made, { word: { personId: crypto.randomUUID() } }))).toBe('not_found');
    expect((await get(alice, made.id)).outcome).toBeNull();
    expect(await wordsOf(alice, 'Broken off')).toEqual([]);
  });
});

describe('a viewpoint in an opportunity', () => {
  const nothing = { roles: [], importance: null, influence: null, stance: null, closeness: null, callable: null };
  const say = (member: Member, personId: string, note: string, opportunityId?: string, shared = true) =>
    member.call(relations.writeViewpoint, {
      personId,
      ...nothing,
      note,
      shared,
      ...(opportunityId ? { opportunityId } : {}),
    });
  const notes = async (member: Member, personId: string, opportunityId?: string) =>
    (await member.call(relations.listViewpoints, { personId, opportunityId })).items.map(({ note }) => note).sort();

  test('stands beside the general one, and of each opportunity is its own', async () => {
    const personId = await addContact(alice, { name: 'Rita Two' });
    const [one, other] = await Promise.all([addOpportunity(alice), addOpportunity(alice)]);
    await say(alice, personId, 'In general');
    await say(alice, personId, 'In one', one.id);
    await say(alice, personId, 'In the other', other.id);
    expect(await notes(alice, personId)).toEqual(['In general']);
    expect(await notes(alice, personId, one.id)).toEqual(['In one']);
    await alice.call(relations.endViewpoint, { personId, opportunityId: one.id });
    expect(await notes(alice, personId, one.id)).toEqual([]);
    expect(await notes(alice, personId)).toEqual(['In general']);
    const { items } = await alice.call(relations.listPastViewpoints, { personId, opportunityId: one.id });
    expect(items.map(({ note }) => note)).toEqual(['In one']);
    expect((await alice.call(relations.listViewpoints, { personId })).past).toBe(false);
  });

  test('is shared with those who may read the contact and see the opportunity, and with nobody else', async () => {
    const { bookId } = await lentBook(alice, 'Lent five');
    const personId = await addContact(alice, { name: 'Sven Shared', bookId });
    const { id: opportunityId } = await addOpportunity(alice, { name: 'Viewed', visibility: { kind: 'team', teamId } });
    await say(alice, personId, 'For the team', opportunityId);
    expect(await notes(bob, personId, opportunityId)).toEqual(['For the team']);
    expect(await notes(bob, personId)).toEqual([]);
    for (const act of [
      () => notes(carol, personId, opportunityId),
      () => say(carol, personId, 'Mine', opportunityId),
      () => carol.call(relations.endViewpoint, { personId, opportunityId }),
      () => carol.call(relations.listPastViewpoints, { personId, opportunityId }),
    ])
      expect(await codeOf(act())).toBe('not_found');
    await say(bob, personId, 'What Bob thinks', opportunityId);
    await alice.call(contracts.updateOpportunity, { opportunityId, version: 1, visibility: { kind: 'owner' } });
    const rows = await app.query(
      `select from cards.viewpoint where opportunity_id = $1 and opportunity_audience_id = $2`,
      [opportunityId, alice.me.memberId],
    );
    expect(rows).toHaveLength(2);
    expect(await codeOf(notes(bob, personId, opportunityId))).toBe('not_found');
  });
});
