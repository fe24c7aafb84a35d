import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import type { Input, Output } from '../kernel/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import * as relations from '../relations/contract.ts';
import * as contracts from './contract.ts';

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

/** A name each: organisations of one name would be each other's rivals. */
const names =
  'Aubert Besson Carton Dumas Estève Fabre Giraud Henry Imbert Joly Klein Leroy Morel Noël Olivier Petit Quentin Rey Simon Thomas Urbain Vidal Weber Xavier Yvon Zola Arnaud Blin Colas Denis Ernst'.split(
    ' ',
  );
let made = 0;
interface Place {
  name: string;
  bookId: string;
  organizationId: string;
  grantId: string | undefined;
  /** Adds somebody with a title. */
  add: (name: string, title?: string, more?: { member?: Member; bookId?: string; email?: string }) => Promise<string>;
}

/** An organisation of Alice's with a book of its own, lent to everybody or to nobody. */
async function makeOrganization(lent = true): Promise<Place> {
  const name = `Verrerie ${names[made++]}`;
  const { id: bookId } = await alice.call(delegation.createBook, { name });
  const lending = { bookId, grantee: { kind: 'workspace' as const }, acts: ['discover' as const, 'read' as const] };
  const grantId = lent ? (await alice.call(delegation.createGrant, lending)).id : undefined;
  const { id: organizationId } = await alice.call(cards.createCard, {
    ...{ kind: 'organization' as const, bookId },
    fields: [
      { kind: 'name', value: { full: name } },
      { kind: 'organization', value: { name } },
    ],
  });
  const add: Place['add'] = async (person, title, { member = alice, bookId: into = bookId, email } = {}) => {
    const [given, family] = person.split(' ');
    const { id } = await member.call(cards.createCard, {
      ...(member === alice ? { bookId: into } : {}),
      fields: [
        { kind: 'name', value: { given, family } },
        { kind: 'organization', value: { name } },
        ...(title ? [{ kind: 'title' as const, value: { value: title } }] : []),
        ...(email ? [{ kind: 'email' as const, value: { value: email } }] : []),
      ],
    });
    return id;
  };
  return { name, bookId, organizationId, grantId, add };
}

const chart = (member: Member, personId: string) => member.call(contracts.getChart, { personId });
const drawn = async (member: Member, personId: string) => {
  const { people } = await chart(member, personId);
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return Object.fromEntries(people.map((one) => [one.name, `${one.line} ${names.get(one.chiefId ?? '') ?? '–'}`]));
};
const place = (member: Member, organizationId: string, personId: string, chiefId: string | null, shared = false) =>
  member.call(contracts.placeInChart, { organizationId, personId, chiefId, shared });

describe('an org chart', () => {
  test('says of each line whether somebody says it or titles tell it, and invents nobody', async () => {
    const { organizationId, add } = await makeOrganization();
    const [head, buyer] = [await add('Paula Haut', 'PDG'), await add('Bea Acheteuse', 'Acheteuse')];
    await add('Rob Achats', 'Responsable achats');
    await add('Nils Rien');
    expect(await drawn(alice, organizationId)).toEqual({
      'Paula Haut': 'top –',
      'Bea Acheteuse': 'inferred Rob Achats',
      'Rob Achats': 'inferred Paula Haut',
      'Nils Rien': 'open –',
    });
    await place(alice, organizationId, buyer, head);
    const { people } = await chart(alice, organizationId);
    const bea = people.find(({ id }) => id === buyer)!;
    expect(bea).toMatchObject({ line: 'said', chiefId: head, inferred: { reason: 'field' } });
    expect(bea.statements).toMatchObject([
      { chiefId: head, mine: true, shared: false, member: { name: 'Alice Martin' } },
    ]);
    expect((await drawn(bob, organizationId))['Bea Acheteuse']).toBe('inferred Rob Achats');
  });

  test('shows what people say side by side where they differ, mine first, and follows what each takes back', async () => {
    const { organizationId, add } = await makeOrganization();
    const [a, b, c] = [
      await add('Ada Un', 'DAF'),
      await add('Bo Deux', 'DSI'),
      await add('Cy Trois', 'Chargé de mission'),
    ];
    await place(alice, organizationId, c, a, true);
    await place(bob, organizationId, c, b, true);
    const of = async (member: Member) => (await chart(member, organizationId)).people.find(({ id }) => id === c)!;
    expect(await of(alice)).toMatchObject({ chiefId: a, contradicted: true });
    expect(await of(bob)).toMatchObject({ chiefId: b, contradicted: true });
    expect((await of(carol)).statements.map(({ chiefId, member }) => [chiefId, member.name])).toEqual([
      [a, 'Alice Martin'],
      [b, 'Bob Stone'],
    ]);
    await place(bob, organizationId, c, null);
    expect(await of(bob)).toMatchObject({ chiefId: a, contradicted: false });
    await place(alice, organizationId, c, organizationId, true);
    expect(await of(carol)).toMatchObject({ chiefId: null, line: 'said', statements: [{ chiefId: null }] });
  });

  test('keeps one word of each member, however many they say at the same moment', async () => {
    const { organizationId, add } = await makeOrganization();
    const chiefs = await Promise.all(
      ['Ada', 'Bo', 'Cy', 'Di', 'Ea', 'Fé', 'Gus', 'Hal'].map((name) => add(`${name} Chef`, 'Directeur')),
    );
    const id = await add('Ed Seul', 'Comptable');
    for (const turn of [chiefs, [...chiefs].reverse(), chiefs]) {
      const done = await Promise.allSettled(turn.map((chief) => place(alice, organizationId, id, chief)));
      expect(done.map(({ status }) => status)).toEqual(chiefs.map(() => 'fulfilled'));
      const { people } = await chart(alice, organizationId);
      expect(people.find((one) => one.id === id)!.statements).toHaveLength(1);
    }
  });

  test('of a circle is told in words and drawn without going round', async () => {
    const { organizationId, add } = await makeOrganization();
    const ids = [await add('Eve Ronde', 'DAF'), await add('Flo Ronde', 'DSI'), await add('Gil Ronde', 'DRH')];
    for (const [at, id] of ids.entries()) await place(alice, organizationId, id, ids[(at + 1) % 3]!);
    const { circles, people } = await chart(alice, organizationId);
    expect(circles.map((circle) => [...circle].sort())).toEqual([[...ids].sort()]);
    expect(people.map(({ line }) => line).sort()).toEqual(['cut', 'said', 'said']);
  });

  test('refuses that somebody reports to themself, and whoever is not there', async () => {
    const [{ organizationId, add }, elsewhere] = [await makeOrganization(), await makeOrganization()];
    const [one, other] = [await add('Hal Seul', 'DAF'), await elsewhere.add('Ivo Autre', 'DAF')];
    expect(await codeOf(place(alice, organizationId, one, one))).toBe('invalid_input');
    expect(await codeOf(place(alice, organizationId, one, other))).toBe('not_found');
    expect(await codeOf(place(alice, organizationId, other, one))).toBe('not_found');
    expect(await codeOf(place(alice, organizationId, organizationId, one))).toBe('not_found');
  });

  test('shows nothing of people whose contact one may not read, nor of lines to them', async () => {
    const { organizationId, add, bookId, grantId } = await makeOrganization();
    const { id: secret } = await alice.call(delegation.createBook, { name: `Secret ${bookId}` });
    const [hidden, seen] = [await add('Jo Cachée', 'PDG', { bookId: secret }), await add('Kim Vue', 'DAF')];
    await place(alice, organizationId, seen, hidden, true);
    const answer = await chart(bob, organizationId);
    expect(answer.people.map(({ name }) => name)).toEqual(['Kim Vue']);
    expect(JSON.stringify(answer)).not.toContain(hidden);
    expect(answer.people[0]!.statements).toEqual([]);
    expect(await codeOf(place(bob, organizationId, seen, hidden))).toBe('not_found');
    await alice.call(delegation.endGrant, { grantId: grantId! });
    expect(await codeOf(chart(bob, organizationId))).toBe('not_found');
    expect(await codeOf(place(bob, organizationId, seen, null))).toBe('not_found');
  });

  test('shows vacant positions to whom they are told, under whom one may see; who left stands apart', async () => {
    const { organizationId, add } = await makeOrganization();
    const [chief, gone] = [await add('Lou Chef', 'DAF'), await add('Max Parti', 'Comptable')];
    const title = 'Contrôleur de gestion';
    const { id: own } = await alice.call(contracts.addVacancy, {
      organizationId,
      title,
      chiefId: chief,
      shared: false,
    });
    await alice.call(contracts.addVacancy, { organizationId, title: 'DSI', chiefId: null, shared: true });
    expect((await chart(alice, organizationId)).vacancies).toMatchObject([
      { title, chiefId: chief, mine: true },
      { title: 'DSI', chiefId: null },
    ]);
    expect((await chart(bob, organizationId)).vacancies.map((one) => one.title)).toEqual(['DSI']);
    expect(await codeOf(bob.call(contracts.endVacancy, { vacancyId: own }))).toBe('not_found');
    // Not the holder’s of the card that it hangs on either.
    const said = { organizationId, title: 'Juriste', chiefId: null, shared: true };
    const { id: bobs } = await bob.call(contracts.addVacancy, said);
    expect(await codeOf(alice.call(contracts.endVacancy, { vacancyId: bobs }))).toBe('not_found');
    await bob.call(contracts.endVacancy, { vacancyId: bobs });
    await alice.call(contracts.endVacancy, { vacancyId: own });
    expect(await codeOf(alice.call(contracts.endVacancy, { vacancyId: own }))).toBe('not_found');
    await app.query(`update cards.card_field set seen_at = seen_at - interval '90 days' where card_id = $1`, [gone]);
    await alice.call(cards.updatePerson, {
      personId: gone,
      set: [{ kind: 'organization', value: { name: 'Ailleurs SARL' } }],
    });
    const { people, before } = await chart(alice, organizationId);
    expect(people.map(({ name }) => name)).toEqual(['Lou Chef']);
    expect(before).toMatchObject([{ name: 'Max Parti', title: 'Comptable' }]);
  });

  test('names what each source says where titles differ', async () => {
    const { organizationId, add } = await makeOrganization();
    const email = 'nora.pont@verrerie.example';
    const first = await add('Nora Pont', 'Comptable', { email });
    await add('Nora Pont', 'Cheffe comptable', { email });
    await app.settle();
    const { people } = await chart(alice, organizationId);
    expect(people).toHaveLength(1);
    expect(people[0]!.titles.map(({ title }) => title).sort()).toEqual(['Cheffe comptable', 'Comptable']);
    expect((await alice.call(cards.getPerson, { personId: first })).cards).toHaveLength(2);
  });

  test('tells the holder what is said for others of a contact they lend', async () => {
    const { organizationId, add, bookId } = await makeOrganization();
    const [a, b] = [await add('Olga Un', 'DAF'), await add('Paul Deux', 'Comptable')];
    const told = async () =>
      (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'viewpoint').length;
    await place(bob, organizationId, b, a);
    expect(await told()).toBe(0);
    await place(bob, organizationId, b, a, true);
    expect(await told()).toBe(1);
  });
});

type Map_ = Output<typeof contracts.getMap>;
const see = (member: Member, mapId: string, revision?: number) =>
  member.call(contracts.getMap, { mapId, ...(revision === undefined ? {} : { revision }) });
const change = (member: Member, mapId: string, revision: number, what: Partial<Input<typeof contracts.changeMap>>) =>
  member.call(contracts.changeMap, { mapId, revision, places: [], lines: [], ...what });
const at = (personId: string, influence: number | null, stance: number | null, leftOut = false) => ({
  personId,
  place: { influence, stance, leftOut },
});
const where = ({ people }: Map_, id: string) => {
  const { influence, influenceBy, stance, stanceBy, drawn } = people.find((one) => one.id === id)!;
  return { influence, influenceBy, stance, stanceBy, drawn };
};
const think = (member: Member, personId: string, said: Partial<Input<typeof relations.writeViewpoint>>) =>
  member.call(relations.writeViewpoint, {
    personId,
    ...{ roles: [], importance: null, influence: null, stance: null, closeness: null, callable: null, note: '' },
    shared: true,
    ...said,
  });
const begin = async (organizationId: string, shared = true) => {
  const { id } = await alice.call(contracts.createMap, { organizationId, name: 'Renewal' });
  if (shared) await alice.call(contracts.updateMap, { mapId: id, shared });
  return id;
};
const later = () => app.query(`update cards.power_map set changed_at = changed_at - interval '2 hours'`);

describe('a power map', () => {
  test('puts people where I think, else where the others agree, else where a hand put them, and never between', async () => {
    const { organizationId, add } = await makeOrganization();
    const [a, b, c] = [await add('Ana Un'), await add('Ben Deux'), await add('Cat Trois')];
    await think(alice, a, { influence: 5, stance: 2 });
    await think(bob, a, { influence: 2, stance: -1 });
    await think(bob, b, { influence: 3, stance: 1 });
    const mapId = await begin(organizationId);
    const mine = await see(alice, mapId);
    expect(where(mine, a)).toEqual({ influence: 5, influenceBy: 'mine', stance: 2, stanceBy: 'mine', drawn: true });
    expect(where(mine, b)).toEqual({ influence: 3, influenceBy: 'others', stance: 1, stanceBy: 'others', drawn: true });
    expect(where(mine, c)).toEqual({
      influence: null,
      influenceBy: 'none',
      stance: null,
      stanceBy: 'none',
      drawn: false,
    });
    const seen = await see(carol, mapId);
    expect(where(seen, a)).toMatchObject({ influence: null, influenceBy: 'spread', stance: null, stanceBy: 'spread' });
    expect(
      seen.people
        .find(({ id }) => id === a)!
        .said.map(({ stance }) => stance)
        .sort(),
    ).toEqual([-1, 2]);
    const { revision } = await change(alice, mapId, 0, {
      places: [at(a, 4, null), at(c, 1, 0), at(b, null, null, true)],
    });
    expect(revision).toBe(1);
    const moved = await see(carol, mapId);
    expect(where(moved, a)).toMatchObject({ influence: 4, influenceBy: 'hand', stance: null, stanceBy: 'spread' });
    expect(where(moved, c)).toMatchObject({ influence: 1, stance: 0, drawn: true });
    expect(where(moved, b).drawn).toBe(false);
    expect(moved.people.find(({ id }) => id === c)!.placedBy).toMatchObject({ name: 'Alice Martin' });
    await change(alice, mapId, 1, { places: [{ personId: a, place: null }] });
    expect(where(await see(alice, mapId), a).influenceBy).toBe('mine');
  });

  test('is its author’s alone until shared, and then shows nobody whom one may not read', async () => {
    const { organizationId, add, bookId, grantId } = await makeOrganization();
    const { id: secret } = await alice.call(delegation.createBook, { name: `Kept ${bookId}` });
    const [hidden, seen] = [await add('Dora Cachée', 'PDG', { bookId: secret }), await add('Edda Vue', 'DAF')];
    const mapId = await begin(organizationId, false);
    await change(alice, mapId, 0, {
      places: [at(hidden, 5, -2), at(seen, 3, 1)],
      lines: [{ fromId: hidden, toId: seen, drawn: true }],
    });
    const refused = [
      () => see(bob, mapId),
      () => change(bob, mapId, 1, { places: [at(seen, 1, 1)] }),
      () => bob.call(contracts.keepVersion, { mapId, label: 'x' }),
      () => bob.call(contracts.restoreVersion, { mapId, revision: 0 }),
      () => bob.call(contracts.updateMap, { mapId, shared: true }),
    ];
    for (const act of refused) expect(await codeOf(act())).toBe('not_found');
    expect((await bob.call(contracts.listMaps, { organizationId })).items).toEqual([]);
    await alice.call(contracts.updateMap, { mapId, shared: true });
    const answer = await see(bob, mapId);
    expect(answer.people.map(({ name }) => name)).toEqual(['Edda Vue']);
    expect(where(answer, seen)).toMatchObject({ influence: 3, influenceBy: 'hand' });
    expect(answer.lines).toEqual([]);
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${hidden}|Cachée`));
    expect(await codeOf(change(bob, mapId, 1, { places: [at(hidden, 1, 1)] }))).toBe('not_found');
    expect(await codeOf(change(bob, mapId, 1, { lines: [{ fromId: hidden, toId: seen, drawn: true }] }))).toBe(
      'not_found',
    );
    // What Bob changes leaves what he does not see where it was.
    await change(bob, mapId, 1, { places: [at(seen, 2, 0)] });
    expect(where(await see(alice, mapId), hidden)).toMatchObject({ influence: 5, stance: -2 });
    expect((await see(alice, mapId)).lines).toHaveLength(1);
    expect(await codeOf(bob.call(contracts.updateMap, { mapId, name: 'Mine now' }))).toBe('not_found');
    expect(await bob.call(contracts.getMap, { mapId })).toMatchObject({ renamable: false });
    // Whose author is gone would bear its name for ever.
    const status = (to: string) =>
      app.query('update identity.member set status = $1 where member_id = $2', [to, alice.me.memberId]);
    await status('left');
    expect(await bob.call(contracts.getMap, { mapId })).toMatchObject({ renamable: true, mine: false });
    await bob.call(contracts.updateMap, { mapId, name: 'Named by Bob' });
    expect(await bob.call(contracts.getMap, { mapId })).toMatchObject({ name: 'Named by Bob' });
    for (const more of [{ shared: false }, { removed: true }])
      expect(await codeOf(bob.call(contracts.updateMap, { mapId, name: 'x', ...more }))).toBe('not_found');
    await status('active');
    await alice.call(contracts.updateMap, { mapId, shared: false });
    expect(await codeOf(see(bob, mapId))).toBe('not_found');
    await alice.call(contracts.updateMap, { mapId, shared: true });
    await alice.call(delegation.endGrant, { grantId: grantId! });
    expect(await codeOf(see(bob, mapId))).toBe('not_found');
  });

  test('brought back by somebody who does not see all of it leaves the rest as it is', async () => {
    const { organizationId, add, bookId } = await makeOrganization();
    const { id: secret } = await alice.call(delegation.createBook, { name: `Apart ${bookId}` });
    const [hidden, seen] = [await add('Rita Cachée', 'PDG', { bookId: secret }), await add('Sven Vu', 'DAF')];
    const mapId = await begin(organizationId);
    await change(alice, mapId, 0, { places: [at(hidden, 5, -2), at(seen, 3, 1)] });
    await alice.call(contracts.keepVersion, { mapId, label: 'First' });
    await change(alice, mapId, 1, { places: [at(hidden, 1, 2), at(seen, 1, -1)] });
    await bob.call(contracts.restoreVersion, { mapId, revision: 1 });
    const now = await see(alice, mapId);
    expect(where(now, seen)).toMatchObject({ influence: 3, stance: 1 });
    expect(where(now, hidden)).toMatchObject({ influence: 1, stance: 2 });
  });

  test('shows people where they stand when their card moves to a book that one reads', async () => {
    const { organizationId, add, bookId } = await makeOrganization();
    const { id: secret } = await alice.call(delegation.createBook, { name: `Aside ${bookId}` });
    const [a, b] = [await add('Tess Une', 'DAF', { bookId: secret }), await add('Ugo Deux', 'DSI')];
    const mapId = await begin(organizationId);
    await change(alice, mapId, 0, { places: [at(a, 4, 2)], lines: [{ fromId: a, toId: b, drawn: true }] });
    expect((await see(bob, mapId)).people.map(({ name }) => name)).toEqual(['Ugo Deux']);
    await alice.call(cards.updateCard, { cardId: a, bookId });
    const answer = await see(bob, mapId);
    expect(where(answer, a)).toMatchObject({ influence: 4, influenceBy: 'hand' });
    expect(answer.lines).toHaveLength(1);
  });

  test('changed by two at once keeps both: the second is told, and theirs goes on top of a version', async () => {
    const { organizationId, add } = await makeOrganization();
    const [a, b] = [await add('Finn Un'), await add('Gus Deux')];
    const mapId = await begin(organizationId);
    const ways = await Promise.allSettled([
      change(alice, mapId, 0, { places: [at(a, 5, 2)] }),
      change(bob, mapId, 0, { places: [at(b, 1, -2)] }),
    ]);
    expect(ways.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const first = ways[0]!.status === 'fulfilled';
    const [second, what] = first ? ([bob, at(b, 1, -2)] as const) : ([alice, at(a, 5, 2)] as const);
    expect(await codeOf(change(second, mapId, 0, { places: [what] }))).toBe('conflict');
    await change(second, mapId, 1, { places: [what], keepBefore: 'Before' });
    const now = await see(carol, mapId);
    expect([where(now, a), where(now, b)]).toMatchObject([
      { influence: 5, stance: 2 },
      { influence: 1, stance: -2 },
    ]);
    expect(now.versions).toMatchObject([{ revision: 1, label: 'Before' }]);
    const then = await see(carol, mapId, 1);
    expect(where(then, first ? b : a).influence).toBeNull();
  });

  test('is looked at as it was, viewpoints included, and comes back so; what was until then becomes a version', async () => {
    const { organizationId, add } = await makeOrganization();
    const [a, b] = [await add('Hugo Un'), await add('Inga Deux')];
    await think(alice, b, { influence: 2, stance: 1 });
    await app.query(`update cards.viewpoint set created_at = created_at - interval '3 hours'`);
    const mapId = await begin(organizationId);
    await change(alice, mapId, 0, { places: [at(a, 5, 2)], lines: [{ fromId: a, toId: b, drawn: true }] });
    await alice.call(contracts.keepVersion, { mapId, label: 'At the kick-off' });
    await later();
    await app.query(
      `update cards.power_map set versions = jsonb_set(versions, '{0,at}', to_jsonb(now() - interval '2 hours')) where map_id = $1`,
      [mapId],
    );
    await think(alice, b, { influence: 4, stance: -1 });
    await change(bob, mapId, 1, { places: [at(a, 1, -2)], lines: [{ fromId: a, toId: b, drawn: false }] });
    const then = await see(alice, mapId, 1);
    expect(where(then, a)).toMatchObject({ influence: 5, stance: 2 });
    expect(where(then, b)).toMatchObject({ influence: 2, stance: 1 });
    expect(then.lines).toMatchObject([{ fromId: a, toId: b }]);
    expect((await see(alice, mapId)).lines).toEqual([]);
    expect(await codeOf(see(alice, mapId, 7))).toBe('not_found');
    await bob.call(contracts.restoreVersion, { mapId, revision: 1 });
    const back = await see(alice, mapId);
    expect(where(back, a)).toMatchObject({ influence: 5, stance: 2 });
    expect(back.lines).toHaveLength(1);
    expect(back.versions.map(({ revision, label }) => [revision, label])).toEqual([
      [2, ''],
      [1, 'At the kick-off'],
    ]);
    expect(where(await see(alice, mapId, 2), a)).toMatchObject({ influence: 1, stance: -2 });
  });

  test('takes somebody from elsewhere, for whoever may read them', async () => {
    const [here, there] = [await makeOrganization(), await makeOrganization()];
    const hidden = await makeOrganization(false);
    const adviser = await there.add('Ada Conseil', 'Avocate');
    const owner = await hidden.add('Ben Actionnaire', 'Gérant');
    const mapId = await begin(here.organizationId);
    await change(alice, mapId, 0, { places: [at(adviser, 5, 1), at(owner, 5, 2)] });
    const names = async (member: Member) =>
      (await see(member, mapId)).people.map(({ name, title, elsewhere }) => [name, title, elsewhere]).sort();
    expect(await names(alice)).toEqual([
      ['Ada Conseil', 'Avocate', true],
      ['Ben Actionnaire', 'Gérant', true],
    ]);
    expect(await names(bob)).toEqual([['Ada Conseil', 'Avocate', true]]);
  });

  test('keeps a version by itself when a change comes an hour after the one before', async () => {
    const { organizationId, add } = await makeOrganization();
    const a = await add('Jan Seul');
    const mapId = await begin(organizationId);
    for (const influence of [1, 2]) await change(alice, mapId, influence - 1, { places: [at(a, influence, 0)] });
    expect((await see(alice, mapId)).versions).toEqual([]);
    await later();
    await change(alice, mapId, 2, { places: [at(a, 3, 0)] });
    expect((await see(alice, mapId)).versions).toMatchObject([{ revision: 2, label: '' }]);
    expect(where(await see(alice, mapId, 2), a).influence).toBe(2);
  });

  test('follows people whose cards come together and are split while it is open', async () => {
    const { organizationId, add } = await makeOrganization();
    const email = 'kai.nord@verrerie.example';
    const [a, b] = [await add('Kai Nord', 'DAF'), await add('Lea Sud')];
    const mapId = await begin(organizationId);
    await change(alice, mapId, 0, { places: [at(a, 2, 0)], lines: [{ fromId: b, toId: a, drawn: true }] });
    const twin = await add('Kai Nord', 'DAF', { email });
    await alice.call(cards.updateCard, { cardId: a, add: [{ kind: 'email', value: { value: email } }] });
    await app.settle();
    await change(alice, mapId, 1, { places: [at(twin, 4, 1)], lines: [{ fromId: a, toId: b, drawn: true }] });
    const joined = await see(alice, mapId);
    const kai = joined.people.filter(({ name }) => name === 'Kai Nord');
    expect(kai).toMatchObject([{ influence: 4, stance: 1 }]);
    expect(joined.lines).toHaveLength(2);
    expect(await codeOf(change(alice, mapId, 2, { lines: [{ fromId: a, toId: twin, drawn: true }] }))).toBe(
      'invalid_input',
    );
    expect((await see(alice, mapId)).revision).toBe(2);
    await alice.call(matching.splitPerson, { personId: a, cardIds: [twin] });
    await app.settle();
    const split = await see(alice, mapId);
    expect(split.people.filter(({ name }) => name === 'Kai Nord')).toHaveLength(2);
    expect(split.people.filter(({ influence }) => influence === 4)).toHaveLength(1);
  });

  test('says who of us knows each, as far as they let it be known, and what is missing', async () => {
    const { organizationId, add } = await makeOrganization();
    const [a, b] = [await add('Mia Valide'), await add('Noa Décide')];
    await think(alice, a, { roles: ['technical_validator'], influence: 4, stance: 0 });
    await think(bob, b, { roles: ['decider'], influence: 5, stance: -1, closeness: 3 });
    const mapId = await begin(organizationId);
    const of = async (member: Member, id: string) =>
      (await see(member, mapId)).people.find((one) => one.id === id)!.access;
    expect(await of(bob, a)).toMatchObject([{ member: { name: 'Alice Martin' }, mine: false, strength: null }]);
    expect((await of(carol, b)).map(({ member, closeness }) => [member.name, closeness])).toEqual([
      ['Alice Martin', null],
      ['Bob Stone', 3],
    ]);
    expect((await see(carol, mapId)).gaps).toEqual([
      { kind: 'role', role: 'economic_buyer' },
      { kind: 'untouched', personId: a, role: 'technical_validator' },
      { kind: 'support' },
    ]);
    const acquainted = (shared: boolean, strength: number) =>
      app.query(
        `insert into cards.acquaintance (workspace_id, card_id, shared, member_id, book_no, exposure, strength, grounds)
         select workspace_id, card_id, $2, $3, book_no, exposure, $4, '{mail}' from cards.card where card_id = $1`,
        [a, shared, alice.me.memberId, strength],
      );
    await acquainted(false, 70);
    expect((await of(alice, a))[0]!.strength).toBe(70);
    expect((await of(bob, a))[0]!.strength).toBeNull();
    await acquainted(true, 40);
    // Told is what they say may be told, whatever row is left.
    expect((await of(bob, a))[0]!.strength).toBeNull();
    const tell = (tells: string) =>
      app.query(
        `insert into relations.connector (workspace_id, member_id, tells) values ($1, $2, $3)
         on conflict on constraint connector_pk do update set tells = excluded.tells`,
        [alice.me.workspace.id, alice.me.memberId, tells],
      );
    await tell('strength');
    expect((await of(bob, a))[0]!.strength).toBe(40);
    expect((await see(bob, mapId)).gaps.map(({ kind }) => kind)).toEqual(['role', 'support']);
    await tell('nothing');
    expect(await of(bob, a)).toEqual([]);
    expect(await of(alice, a)).toHaveLength(1);
  });

  test('is removed and brought back by its author; goes with the organisation’s card, and people with theirs', async () => {
    const { organizationId, add } = await makeOrganization();
    const a = await add('Otto Seul');
    const mapId = await begin(organizationId);
    await change(alice, mapId, 0, { places: [at(a, 1, 1)] });
    await alice.call(contracts.updateMap, { mapId, removed: true });
    expect(await codeOf(see(alice, mapId))).toBe('not_found');
    await alice.call(contracts.updateMap, { mapId, removed: false });
    expect((await see(bob, mapId)).people).toHaveLength(1);
    const counts = () =>
      app.query<{ nodes: number; maps: number }>(
        `select (select count(*)::int from cards.map_node where map_id = $1) as nodes, (select count(*)::int from cards.power_map where map_id = $1) as maps`,
        [mapId],
      );
    for (const [cardId, left] of [
      [a, { nodes: 0, maps: 1 }],
      [organizationId, { nodes: 0, maps: 0 }],
    ] as const) {
      await alice.call(cards.removeCard, { cardId });
      if (cardId === organizationId) expect(await codeOf(see(bob, mapId))).toBe('not_found');
      else expect((await see(bob, mapId)).people).toEqual([]);
      await app.query(`update cards.card set purge_at = now() where card_id = $1`, [cardId]);
      await purgeNow(app);
      expect(await counts()).toEqual([left]);
    }
  });

  test('tells the holder who put a contact they lend on a shared map', async () => {
    const { organizationId, add, bookId } = await makeOrganization();
    const a = await add('Pia Seule');
    const told = async () =>
      (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'viewpoint').length;
    const mapId = await begin(organizationId);
    const { id: own } = await bob.call(contracts.createMap, { organizationId, name: 'Bob’s own' });
    await change(bob, own, 0, { places: [at(a, 1, 1)] });
    expect(await told()).toBe(0);
    await change(bob, mapId, 0, { places: [at(a, 1, 1)] });
    expect(await told()).toBe(1);
    const elsewhere = await makeOrganization();
    const b = await elsewhere.add('Quim Seul');
    const toldOf = async () =>
      (await alice.call(home.listHappenings, { bookId: elsewhere.bookId })).items.filter(
        ({ kind }) => kind === 'viewpoint',
      ).length;
    const { id: later } = await bob.call(contracts.createMap, {
      organizationId: elsewhere.organizationId,
      name: 'Later',
    });
    await change(bob, later, 0, { places: [at(b, 1, 1)] });
    expect(await toldOf()).toBe(0);
    await bob.call(contracts.updateMap, { mapId: later, shared: true });
    expect(await toldOf()).toBe(1);
  });

  test.each([
    ['too much influence', { places: [at('01890000-0000-7000-8000-000000000000', 6, 0)] }],
    ['half a step', { places: [at('01890000-0000-7000-8000-000000000000', 1, 0.5)] }],
    ['somebody without an id', { places: [at('x', 1, 0)] }],
  ])('refuses %s', async (_what, wrong) => {
    const { organizationId } = await makeOrganization();
    const mapId = await begin(organizationId);
    expect(await codeOf(change(alice, mapId, 0, wrong))).toBe('invalid_input');
    expect((await see(alice, mapId)).revision).toBe(0);
  });
});
