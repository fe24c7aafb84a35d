import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, type NewContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import * as relations from '../relations/contract.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
/** A book of Alice's that everybody reads, and one that nobody else does. */
let lent: string;
let kept: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  ({ id: lent } = await alice.call(delegation.createBook, { name: 'Lent' }));
  ({ id: kept } = await alice.call(delegation.createBook, { name: 'Kept' }));
  const grantee = { kind: 'workspace' as const };
  await alice.call(delegation.createGrant, { bookId: lent, grantee, acts: ['discover', 'read'] });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const everybody = { visibility: { kind: 'workspace' as const } };
const contact = (name: string, more: Partial<NewContact> = {}) => addContact(alice, { name, bookId: lent, ...more });
const part = (opportunityId: string, personId: string, roles: relations.Role[] = [], member = alice) =>
  member.call(opportunities.setParticipant, { opportunityId, personId, roles });
const see = (member: Member, mapId: string) => member.call(contracts.getMap, { mapId });
const at = (personId: string, influence: number | null, stance: number | null, leftOut = false) => ({
  personId,
  place: { influence, stance, leftOut },
});
const place = (member: Member, mapId: string, revision: number, ...places: ReturnType<typeof at>[]) =>
  member.call(contracts.changeMap, { mapId, revision, places, lines: [] });
const think = (member: Member, personId: string, said: Partial<Input<typeof relations.writeViewpoint>>) =>
  member.call(relations.writeViewpoint, {
    personId,
    ...{ roles: [], importance: null, influence: null, stance: null, closeness: null, callable: null, note: '' },
    shared: true,
    ...said,
  });

async function make(name: string, more: Partial<Input<typeof opportunities.createOpportunity>> = everybody) {
  const { id } = await alice.call(opportunities.createOpportunity, { name, ...more });
  return id;
}
async function begin(opportunityId: string, shared = true): Promise<string> {
  const { id: mapId } = await alice.call(contracts.createMapOfOpportunity, { opportunityId, name: 'Who decides' });
  if (shared) await alice.call(contracts.updateMap, { mapId, shared });
  return mapId;
}
const makeOrganization = async (name: string) =>
  (
    await alice.call(cards.createCard, {
      ...{ kind: 'organization', bookId: lent },
      fields: [
        { kind: 'name', value: { full: name } },
        { kind: 'organization', value: { name } },
      ],
    })
  ).id;

test('a map of an opportunity draws its people with the roles said there, and others as they are put on it', async () => {
  const organizationId = await makeOrganization('Forges Delorme');
  const opportunityId = await make('New furnace', { ...everybody, organizationId });
  const [decider, user, adviser] = [
    await contact('Ana Décide'),
    await contact('Ben Utilise'),
    await contact('Cy Conseil'),
  ];
  await contact('Dan Ailleurs', { organization: 'Forges Delorme' });
  await part(opportunityId, decider, ['decider']);
  await part(opportunityId, user);
  // Of who has no role in it the roles are those that viewpoints name.
  await think(alice, user, { roles: ['technical_validator'] });
  await think(alice, decider, { roles: ['opponent'] });
  const mapId = await begin(opportunityId);
  const map = await see(bob, mapId);
  expect(map).toMatchObject({ subject: { kind: 'opportunity', id: opportunityId }, subjectName: 'New furnace' });
  expect(map.people).toMatchObject([
    { name: 'Ana Décide', roles: ['decider'], rolesBy: 'opportunity', drawn: true, elsewhere: false },
    { name: 'Ben Utilise', roles: ['technical_validator'], rolesBy: 'viewpoints', drawn: true, elsewhere: false },
  ]);
  expect(map.people).toHaveLength(2);
  expect(map.gaps).toEqual([
    { kind: 'role', role: 'economic_buyer' },
    { kind: 'untouched', personId: decider, role: 'decider' },
    { kind: 'untouched', personId: user, role: 'technical_validator' },
  ]);
  await place(bob, mapId, 0, at(adviser, 4, 1), at(user, null, null, true));
  const { people } = await see(alice, mapId);
  expect(people.find(({ id }) => id === adviser)).toMatchObject({ elsewhere: true, drawn: true, influence: 4 });
  expect(people.find(({ id }) => id === user)!.drawn).toBe(false);
  await alice.call(opportunities.removeParticipant, { opportunityId, personId: decider });
  expect((await see(alice, mapId)).people.map(({ name }) => name).sort()).toEqual(['Ben Utilise', 'Cy Conseil']);
});

test('what somebody said in the opportunity goes before what they said in general, scale by scale, and stays off other maps', async () => {
  const organizationId = await makeOrganization('Moulins Garance');
  const [one, other] = [await make('First mill', { ...everybody, organizationId }), await make('Second mill')];
  const person = await contact('Eve Meunier', { organization: 'Moulins Garance' });
  for (const each of [one, other]) await part(each, person);
  await think(bob, person, { influence: 2, stance: -1, roles: ['user'] });
  await think(bob, person, { opportunityId: one, stance: 2 });
  await think(carol, person, { opportunityId: other, stance: -2 });
  const where = async (mapId: string) => {
    const { influence, stance, stanceBy, roles } = (await see(alice, mapId)).people.find(({ id }) => id === person)!;
    return { influence, stance, stanceBy, roles };
  };
  const said = { influence: 2, roles: ['user'] };
  expect(await where(await begin(one))).toEqual({ ...said, stance: 2, stanceBy: 'others' });
  expect(await where(await begin(other))).toEqual({ ...said, stance: null, stanceBy: 'spread' });
  const { id: general } = await alice.call(contracts.createMap, { organizationId, name: 'In general' });
  expect(await where(general)).toEqual({ ...said, stance: -1, stanceBy: 'others' });
});

test('a shared map of an opportunity is there for those who see the opportunity, as long as they do', async () => {
  const person = await contact('Fay Vue');
  const opportunityId = await make('Kept close', {});
  await part(opportunityId, person, ['decider']);
  const mapId = await begin(opportunityId);
  const refused = (member: Member) => [
    () => see(member, mapId),
    () => place(member, mapId, 0, at(person, 1, 1)),
    () => member.call(contracts.keepVersion, { mapId, label: 'x' }),
    () => member.call(contracts.restoreVersion, { mapId, revision: 0 }),
    () => member.call(contracts.updateMap, { mapId, shared: false }),
    () => member.call(contracts.listMapsOfOpportunity, { opportunityId }),
    () => member.call(contracts.createMapOfOpportunity, { opportunityId, name: 'Mine' }),
  ];
  for (const act of refused(bob)) expect(await codeOf(act())).toBe('not_found');
  await alice.call(opportunities.updateOpportunity, { opportunityId, version: 1, ...everybody });
  expect((await see(bob, mapId)).people.map(({ name }) => name)).toEqual(['Fay Vue']);
  expect((await bob.call(contracts.listMapsOfOpportunity, { opportunityId })).items.map(({ id }) => id)).toEqual([
    mapId,
  ]);
  // Handed on to Bob for his eyes alone, even its author sees it no more, nor shares, names or removes it.
  const handed = { opportunityId, version: 2, ownerId: bob.me.memberId, visibility: { kind: 'owner' as const } };
  await alice.call(opportunities.updateOpportunity, handed);
  for (const member of [alice, carol]) for (const act of refused(member)) expect(await codeOf(act())).toBe('not_found');
  expect((await see(bob, mapId)).people).toHaveLength(1);
  await bob.call(opportunities.removeOpportunity, { opportunityId });
  for (const act of refused(bob)) expect(await codeOf(act())).toBe('not_found');
  await bob.call(opportunities.restoreOpportunity, { opportunityId });
  expect((await see(bob, mapId)).people).toHaveLength(1);
});

test('a map kept to oneself stays so, and shows nobody whose contact one may not read', async () => {
  const [seen, hidden] = [await contact('Gil Vu'), await contact('Hana Cachée', { bookId: kept })];
  const opportunityId = await make('Half seen');
  for (const each of [seen, hidden]) await part(opportunityId, each, ['decider']);
  const mapId = await begin(opportunityId, false);
  expect(await codeOf(see(bob, mapId))).toBe('not_found');
  expect((await bob.call(contracts.listMapsOfOpportunity, { opportunityId })).items).toEqual([]);
  await place(alice, mapId, 0, at(hidden, 5, -2));
  await alice.call(contracts.updateMap, { mapId, shared: true });
  const answer = await see(bob, mapId);
  expect(answer.people.map(({ name }) => name)).toEqual(['Gil Vu']);
  expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${hidden}|Cachée`));
  expect(await codeOf(place(bob, mapId, 1, at(hidden, 1, 1)))).toBe('not_found');
  expect((await see(alice, mapId)).people.map(({ name }) => name)).toEqual(['Gil Vu', 'Hana Cachée']);
});

test('a map begins where there is an organisation or somebody whose contact one may read', async () => {
  const opportunityId = await make('Nobody yet');
  const canBegin = async (member: Member) =>
    (await member.call(contracts.listMapsOfOpportunity, { opportunityId })).canBegin;
  const beginning = (member: Member) =>
    member.call(contracts.createMapOfOpportunity, { opportunityId, name: 'Too early' });
  expect(await canBegin(alice)).toBe(false);
  expect(await codeOf(beginning(alice))).toBe('invalid_input');
  await part(opportunityId, await contact('Ida Cachée', { bookId: kept }));
  expect([await canBegin(alice), await canBegin(bob)]).toEqual([true, false]);
  expect(await codeOf(beginning(bob))).toBe('invalid_input');
  await part(opportunityId, await contact('Jon Vu'));
  expect(await canBegin(bob)).toBe(true);
  const { id: mapId } = await beginning(bob);
  expect((await see(bob, mapId)).people.map(({ name }) => name)).toEqual(['Jon Vu']);
});
