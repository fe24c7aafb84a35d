import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { createTeam } from '../identity/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import { addOpportunity, everybody } from '../opportunities/testing.ts';
import * as groups from '../relations/groups-contract.ts';
import * as contracts from './contract.ts';
import { addSegment, namesIn } from './testing.ts';

// What is asked of opportunities, groups and categories, and who learns nothing by asking.

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;
let ada: string;
let zoe: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Colleague');
  bookId = (await bob.call(delegation.createBook, { name: 'Customers' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
  ada = await addContact(bob, { name: 'Ada Buyer', email: 'ada@client.example', bookId });
  zoe = await addContact(bob, { name: 'Zoe User', email: 'zoe@client.example', bookId });
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

/** Who is found with the grants of an audience, as one edits. */
const found = async (who: Member, filter: string, audience: contracts.Audience = { kind: 'workspace' }) => {
  const { problem, sample } = await who.call(contracts.countFilter, { filter, audience, exact: true });
  return problem?.problem ?? sample.map(({ name }) => name).sort();
};

describe('opportunities', () => {
  test('are asked for by state, stage, amount and role, and followed step by step', async () => {
    const open = await addSegment(alice, 'count(opportunity where state = open and amount >= 1000) > 0');
    const won = await addSegment(alice, 'count(opportunity where state = won last 12 months) > 0');
    const worth = await addSegment(alice, 'sum(amount of opportunity where currency = "EUR") > 1400');
    const decider = await addSegment(alice, 'count(opportunity where role = decider and stage = proposal) = 1');
    const unknown = await addSegment(alice, 'count(opportunity where amount is unknown) > 0');
    const { id, version } = await addOpportunity(bob, {
      ...everybody,
      value: { cents: 150_000, currency: 'EUR' },
    } as never);
    for (const [personId, role] of [
      [ada, 'decider'],
      [zoe, 'user'],
    ] as const)
      await bob.call(opportunities.setParticipant, { opportunityId: id, personId, roles: [role] });
    await app.settle();
    expect(await namesIn(alice, open.id)).toEqual(['Ada Buyer', 'Zoe User']);
    expect(await namesIn(alice, worth.id)).toEqual(['Ada Buyer', 'Zoe User']);
    expect(await namesIn(alice, unknown.id)).toEqual([]);
    expect(await namesIn(alice, decider.id)).toEqual([]);
    const { stages } = await bob.call(opportunities.listStages, {} as never).then((all) => ({ stages: all.items }));
    await bob.call(opportunities.moveOpportunity, {
      ...{ opportunityId: id, version },
      stageId: stages.find(({ key }) => key === 'proposal')!.id,
    } as never);
    await app.settle();
    expect(await namesIn(alice, decider.id)).toEqual(['Ada Buyer']);
    await bob.call(opportunities.removeParticipant, { opportunityId: id, personId: zoe });
    await app.settle();
    expect(await namesIn(alice, open.id)).toEqual(['Ada Buyer']);
    const now = await bob.call(opportunities.getOpportunity, { opportunityId: id });
    await bob.call(opportunities.closeOpportunity, {
      opportunityId: id,
      version: now.version,
      outcome: 'won',
      reasons: ['trust'],
    } as never);
    await app.settle();
    expect(await namesIn(alice, open.id)).toEqual([]);
    expect(await namesIn(alice, won.id)).toEqual(['Ada Buyer']);
    const closed = await bob.call(opportunities.getOpportunity, { opportunityId: id });
    await bob.call(opportunities.removeOpportunity, { opportunityId: id, version: closed.version } as never);
    await app.settle();
    expect(await namesIn(alice, won.id)).toEqual([]);
  });

  test('count once for somebody of several cards', async () => {
    const again = await addContact(bob, { name: 'Dora Twice', email: 'dora@client.example', bookId });
    const other = await addContact(bob, { name: 'Dora Twice', email: 'dora@client.example', bookId });
    await app.settle();
    const { id } = await addOpportunity(bob, everybody);
    for (const personId of [again, other]) {
      await bob.call(opportunities.setParticipant, { opportunityId: id, personId, roles: [] });
      const [row] = await app.query<{ card_id: string }>(
        'select card_id from cards.participant where opportunity_id = $1',
        [id],
      );
      await app.query(
        `insert into cards.participant select workspace_id, opportunity_id, $2, book_no, exposure, roles, author_id, added_at, owner_id, audience_id
         from cards.participant where opportunity_id = $1 on conflict do nothing`,
        [id, row!.card_id === again ? other : again],
      );
    }
    expect(await found(alice, 'count(opportunity) = 1 and name contains dora')).toEqual(['Dora Twice']);
  });

  test('that somebody does not see find nobody for them', async () => {
    const { id } = await addOpportunity(bob, { name: 'Bob’s own' });
    await bob.call(opportunities.setParticipant, { opportunityId: id, personId: zoe, roles: [] });
    const filter = 'count(opportunity where state = open) > 0 and name contains zoe';
    expect(await found(bob, filter, { kind: 'mine' })).toEqual(['Zoe User']);
    expect(await found(bob, filter)).toEqual([]);
    expect(await found(alice, filter)).toEqual([]);
    expect(await found(alice, filter, { kind: 'mine' })).toEqual([]);
    const mine = await addSegment(bob, filter, { audience: { kind: 'mine' }, shownTo: [{ kind: 'workspace' }] });
    await app.settle();
    expect(await namesIn(bob, mine.id)).toEqual(['Zoe User']);
    expect(await namesIn(alice, mine.id)).toEqual([]);
  });

  test('are no facts that come one after the other, and are known by the day', async () => {
    expect(await found(alice, 'did (opportunity then opportunity)')).toBe('wrong_comparison');
    expect(await found(alice, 'count(opportunity last 3 hours) > 0')).toBe('wrong_comparison');
    expect(await found(alice, 'count(opportunity where stage = nowhere) > 0')).toBe('unknown_choice');
    expect(await found(alice, 'count(opportunity where color = red) > 0')).toBe('unknown_property');
  });
});

describe('groups and categories', () => {
  test('are asked for by name, whatever the size of letters and accents, and followed', async () => {
    const group = await bob.call(groups.createGroup, { name: 'Élus de Lyon', kind: 'other', visibleTo: 'workspace' });
    const segment = await addSegment(alice, 'group = "elus de lyon"');
    const other = await addSegment(alice, 'group is unknown and name contains ada');
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual([]);
    expect(await namesIn(alice, other.id)).toEqual(['Ada Buyer']);
    const { batchId } = await bob.call(groups.addToGroup, { groupId: group.id, personIds: [ada] });
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual(['Ada Buyer']);
    expect(await namesIn(alice, other.id)).toEqual([]);
    await bob.call(groups.takeBackBatch, { groupId: group.id, batchId: batchId! });
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual([]);
  });

  test('of others’ own are unknown, and a word that somebody keeps to themselves finds nobody for others', async () => {
    const team = { name: 'Sales', memberIds: [carl.me.memberId], leadIds: [] };
    const teamId = (await alice.call(createTeam, team)).id;
    const secret = await carl.call(groups.createGroup, {
      name: 'Carls secret',
      kind: 'other',
      visibleTo: 'team',
      teamId,
    });
    await carl.call(groups.addToGroup, { groupId: secret.id, personIds: [ada], shared: true });
    expect(await found(carl, 'group = "Carls secret"', { kind: 'team', id: teamId })).toEqual(['Ada Buyer']);
    expect(await found(carl, 'group = "Carls secret"')).toBe('unknown_group');
    expect(await found(bob, 'group = "Carls secret"', { kind: 'mine' })).toBe('unknown_group');
    const all = await carl.call(groups.createGroup, { name: 'Everybody', kind: 'other', visibleTo: 'workspace' });
    await carl.call(groups.addToGroup, { groupId: all.id, personIds: [zoe], shared: false });
    expect(await found(carl, 'group = everybody', { kind: 'mine' })).toEqual(['Zoe User']);
    expect(await found(carl, 'group = everybody')).toEqual([]);
    expect(await found(bob, 'group = everybody', { kind: 'mine' })).toEqual([]);
  });

  test('that is closed, or removed, finds nobody once its change has been followed, by no clock', async () => {
    const said = { name: 'Union', kind: 'other', visibleTo: 'workspace' } as const;
    const group = await bob.call(groups.createGroup, said);
    await bob.call(groups.addToGroup, { groupId: group.id, personIds: [ada] });
    const segment = await addSegment(alice, 'group = union');
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual(['Ada Buyer']);
    await bob.call(groups.changeGroup, { ...said, groupId: group.id, version: group.version, visibleTo: 'maker' });
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual([]);
    const { version } = await bob.call(groups.getGroup, { groupId: group.id });
    await bob.call(groups.changeGroup, { ...said, groupId: group.id, version });
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual(['Ada Buyer']);
    await bob.call(groups.removeGroup, { groupId: group.id });
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual([]);
  });

  test('by a category on cards whose categories one reads', async () => {
    const hidden = (await bob.call(delegation.createBook, { name: 'Without categories' })).id;
    await lend(bob, hidden, { grantee: { kind: 'workspace' }, acts: ['read'], except: ['more'] });
    const kept = await addContact(bob, { name: 'Kim Kept', email: 'kim@client.example', bookId: hidden });
    const add = (cardId: string) =>
      bob.call(cards.updateCard, { cardId, add: [{ kind: 'category', value: { value: 'Salon  2025' } }] });
    const segment = await addSegment(alice, 'category = "SALON 2025"');
    await bob.call(groups.createGroup, { name: 'Fair', kind: 'event', visibleTo: 'workspace', label: 'salon 2025' });
    const fair = await addSegment(alice, 'group = fair');
    await app.settle();
    await add(ada);
    await add(kept);
    await app.settle();
    expect(await namesIn(alice, segment.id)).toEqual(['Ada Buyer']);
    expect(await namesIn(alice, fair.id)).toEqual(['Ada Buyer']);
    expect(await found(bob, 'category = "salon 2025"', { kind: 'mine' })).toEqual(['Ada Buyer', 'Kim Kept']);
    expect(await found(alice, 'category is known')).toEqual(['Ada Buyer']);
  });
});
