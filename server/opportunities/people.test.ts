import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import * as relations from '../relations/contract.ts';
import * as contracts from './contract.ts';
import { addOpportunity, everybody, seen } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
/** A team of Bob's. */
let teamId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [bob.me.memberId] }));
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const get = (member: Member, opportunityId: string) => member.call(contracts.getOpportunity, { opportunityId });
async function lentBook(holder: Member, name: string) {
  const { id: bookId } = await holder.call(delegation.createBook, { name });
  const grant = { bookId, grantee: { kind: 'workspace' as const }, acts: ['discover' as const, 'read' as const] };
  const { id: grantId } = await holder.call(delegation.createGrant, grant);
  return { bookId, grantId };
}

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
