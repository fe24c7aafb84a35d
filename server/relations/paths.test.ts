import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as correspondents from '../correspondents/contract.ts';
import { calendarOf, event, letter, openTestMailbox } from '../correspondents/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as introductions from '../introductions/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as viewpoints from './contract.ts';
import * as groups from './groups-contract.ts';
import * as contracts from './paths-contract.ts';
import { setTells } from './queries.ts';

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

const acts = { read: ['discover', 'read'], discover: ['discover'] } as const;
let books = 0;
/** A book of a member's that is lent to all. */
async function lentBook(member: Member, act: keyof typeof acts = 'read') {
  books++;
  const { id: bookId } = await member.call(delegation.createBook, { name: `Lent ${books}` });
  const grantee = { kind: 'workspace' as const };
  const { id: grantId } = await member.call(delegation.createGrant, { bookId, grantee, acts: [...acts[act]] });
  return { bookId, grantId };
}
const tie = (member: Member, personId: string, otherId: string, said: object = {}) =>
  member.call(contracts.declareTie, { personId, otherId, kind: 'knows', strength: 80, shared: true, ...said });
const close = async (member: Member, personId: string, closeness: number) => {
  const unsaid = {
    roles: [],
    importance: null,
    influence: null,
    stance: null,
    callable: null,
    note: '',
    shared: false,
  };
  await member.call(viewpoints.writeViewpoint, { personId, ...unsaid, closeness });
  await app.settle();
};
const tell = (member: Member, tells: 'nothing' | 'held' | 'strength') =>
  member.call(contracts.updateTieSettings, { tells });
const paths = async (viewer: Member, personId: string) =>
  (await viewer.call(contracts.listPaths, { personId })).items.map(({ places }) =>
    places.map((place) => ('name' in place ? place.name : 'me')).join(' > '),
  );

describe('a path', () => {
  test('leads through the colleague who lends the contact, or through a contact of one’s own who knows them', async () => {
    const { bookId } = await lentBook(bob);
    const target = await addContact(bob, { name: 'Irene Sauvage', bookId });
    expect(await paths(alice, target)).toEqual(['me > Bob Stone > Irene Sauvage']);
    expect(await paths(bob, target)).toEqual(['me > Irene Sauvage']);

    const own = await addContact(alice, { name: 'Olaf Brandt' });
    await tie(alice, own, target, { kind: 'works_with', shared: false });
    await close(alice, own, 4);
    expect(await paths(alice, target)).toEqual(['me > Olaf Brandt > Irene Sauvage', 'me > Bob Stone > Irene Sauvage']);
    const [first] = (await alice.call(contracts.listPaths, { personId: target })).items;
    expect(first).toMatchObject({
      strength: 76,
      askByCard: null,
      bonds: [
        { by: 'card', strength: 95, band: 'strong', grounds: ['said'] },
        { by: 'tie', kind: 'works_with', strength: 80, author: { name: 'Alice Martin' } },
      ],
    });
    // What Alice keeps to herself makes no way for Bob.
    expect(await paths(bob, target)).toEqual(['me > Irene Sauvage']);
  });

  test('goes four steps, and not five', async () => {
    const { bookId } = await lentBook(bob);
    const chain: string[] = [];
    for (const name of ['Wanda Pool', 'Quentin Abel', 'Ysabel Crane', 'Ferdinand Ott', 'Gisela Maas'])
      chain.push(await addContact(bob, { name, bookId }));
    await tell(bob, 'nothing');
    const own = await addContact(alice, { name: 'Boris Keller' });
    await tie(alice, own, chain[0]!, { shared: false });
    for (let at = 0; at < 4; at++) await tie(bob, chain[at]!, chain[at + 1]!);
    expect(await paths(alice, chain[2]!)).toEqual(['me > Boris Keller > Wanda Pool > Quentin Abel > Ysabel Crane']);
    expect(await paths(alice, chain[3]!)).toEqual([]);
    await tell(bob, 'held');
    expect(await paths(alice, chain[3]!)).toContain('me > Bob Stone > Ferdinand Ott');
  });

  test('uses nothing that one may not see: no lent card once it is withdrawn, no tie between cards of which one is hidden', async () => {
    const [{ bookId, grantId }, own] = [await lentBook(bob), await lentBook(carol)];
    const target = await addContact(carol, { name: 'Hector Vidal', bookId: own.bookId });
    const between = await addContact(bob, { name: 'Sigrid Holm', bookId });
    await tie(bob, between, target, { shared: false });
    // Both are lent; what Bob says of them he says to himself.
    expect(await paths(alice, target)).toEqual(['me > Carol Wood > Hector Vidal']);
    expect((await alice.call(contracts.listTies, { personId: target })).items).toEqual([]);
    await tie(bob, between, target);
    expect(await paths(alice, target)).toEqual([
      'me > Carol Wood > Hector Vidal',
      'me > Bob Stone > Sigrid Holm > Hector Vidal',
    ]);
    expect((await alice.call(contracts.listTies, { personId: target })).items).toMatchObject([
      { kind: 'knows', other: { name: 'Sigrid Holm' }, author: { name: 'Bob Stone' }, mine: false },
    ]);
    await bob.call(cards.updateCard, { cardId: between, withheld: true });
    expect(await paths(alice, target)).toEqual(['me > Carol Wood > Hector Vidal']);
    expect((await alice.call(contracts.listTies, { personId: target })).items).toEqual([]);
    await bob.call(cards.updateCard, { cardId: between, withheld: false });
    expect(await paths(alice, target)).toHaveLength(2);
    await bob.call(delegation.endGrant, { grantId });
    expect(await paths(alice, target)).toEqual(['me > Carol Wood > Hector Vidal']);
    expect(await codeOf(paths(alice, between))).toBe('not_found');
    expect(await paths(bob, target)).toContain('me > Sigrid Holm > Hector Vidal');
  });

  test('leads through somebody who works in the same place, the less the larger it is', async () => {
    const [{ bookId }, there] = [await lentBook(bob), 'Filature du Nord'];
    const target = await addContact(bob, { name: 'Agathe Lenoir', organization: there, bookId });
    const own = await addContact(alice, { name: 'Tibor Nagy', organization: there });
    await close(alice, own, 3);
    expect(await paths(alice, target)).toContain('me > Tibor Nagy > Agathe Lenoir');
    const strength = async () =>
      (await alice.call(contracts.listPaths, { personId: target })).items
        .flatMap(({ bonds }) => bonds)
        .find(({ by }) => by === 'organization')?.strength;
    expect(await strength()).toBe(60);
    for (const name of ['Uma Reyes', 'Victor Prat', 'Xenia Roth'])
      await addContact(bob, { name, organization: there, bookId });
    expect(await strength()).toBe(30);
  });

  test('leads through somebody who belongs to a group with them, as far as one sees the group', async () => {
    const { bookId } = await lentBook(bob);
    const target = await addContact(bob, { name: 'Roseline Savary', bookId });
    const own = await addContact(alice, { name: 'Thibaud Ulrich' });
    const { id: groupId } = await alice.call(groups.createGroup, { name: 'Alumni 1998', kind: 'alumni' });
    await alice.call(groups.addToGroup, { groupId, personIds: [target, own] });
    const found = (await alice.call(contracts.listPaths, { personId: target })).items.find(
      ({ places }) => places.length === 3 && places[1]!.kind === 'person',
    );
    expect(found?.bonds[1]).toMatchObject({ by: 'group', name: 'Alumni 1998' });
    expect((await alice.call(contracts.listNear, { personId: target })).items).toMatchObject([
      { person: { name: 'Thibaud Ulrich' }, reason: 'same_group', organization: 'Alumni 1998' },
    ]);
    expect(await paths(bob, target)).toEqual(['me > Roseline Savary']);
  });

  test('comes last where somebody says that who stands on it is not to be called upon', async () => {
    const { bookId } = await lentBook(bob);
    const target = await addContact(bob, { name: 'Philippa Dorn', bookId });
    const own = await addContact(alice, { name: 'Rainer Falk' });
    await tie(alice, own, target, { shared: false });
    await close(alice, own, 4);
    expect((await paths(alice, target))[0]).toBe('me > Rainer Falk > Philippa Dorn');
    await alice.call(viewpoints.writeViewpoint, {
      ...{ personId: own, roles: [], importance: null, influence: null, stance: null, closeness: 4, note: '' },
      ...{ callable: false, shared: false },
    });
    await app.settle();
    const { items } = await alice.call(contracts.listPaths, { personId: target });
    const at = items.findIndex(({ places }) => places.some((place) => 'unwilling' in place && place.unwilling));
    expect(items[at]!.strength).toBe(15);
  });

  test('of a person merged of several cards starts from each of them, and only as far as one sees that they are one', async () => {
    const [of, other] = [await lentBook(bob), await lentBook(carol)];
    const email = 'celeste@moreau.example';
    const target = await addContact(bob, { name: 'Celeste Moreau', email, bookId: of.bookId });
    await addContact(carol, { name: 'Celeste Moreau', email, bookId: other.bookId });
    await app.settle();
    expect((await paths(alice, target)).sort()).toEqual([
      'me > Bob Stone > Celeste Moreau',
      'me > Carol Wood > Celeste Moreau',
    ]);
    await carol.call(delegation.endGrant, { grantId: other.grantId });
    expect(await paths(alice, target)).toEqual(['me > Bob Stone > Celeste Moreau']);
  });
});

describe('a member', () => {
  test('is no way for others when they say so, at all or about one contact', async () => {
    const { bookId } = await lentBook(carol);
    const target = await addContact(carol, { name: 'Dimitri Vogel', bookId });
    expect(await paths(alice, target)).toEqual(['me > Carol Wood > Dimitri Vogel']);
    const { knownBy } = await alice.call(contracts.listTies, { personId: target });
    await carol.call(contracts.hideAcquaintance, { personId: target, hidden: true });
    expect(await paths(alice, target)).toEqual([]);
    expect((await alice.call(contracts.listTies, { personId: target })).knownBy).toEqual([]);
    await app.settle();
    await carol.call(contracts.hideAcquaintance, { personId: target, hidden: false });
    expect(await paths(alice, target)).toHaveLength(1);
    // Nothing says that it was hidden meanwhile.
    expect((await alice.call(contracts.listTies, { personId: target })).knownBy).toEqual(knownBy);
    await tell(carol, 'nothing');
    expect(await paths(alice, target)).toEqual([]);
    await tell(carol, 'held');
    expect(await paths(alice, target)).toHaveLength(1);
    // Hiding a contact of somebody else's is nobody's to do.
    expect(await codeOf(alice.call(contracts.hideAcquaintance, { personId: target, hidden: true }))).toBe('not_found');
  });

  test('tells how well they know whom they lend only when they say so', async () => {
    const { bookId } = await lentBook(carol);
    const target = await addContact(carol, { name: 'Eulalia Prinz', bookId });
    await close(carol, target, 3);
    const known = async (viewer: Member) => (await viewer.call(contracts.listTies, { personId: target })).knownBy;
    expect(await known(carol)).toMatchObject([{ mine: true, strength: 75, grounds: ['said'] }]);
    expect(await known(alice)).toMatchObject([{ mine: false, strength: 10, band: 'weak', grounds: ['held'] }]);
    await tell(carol, 'strength');
    expect(await known(alice)).toMatchObject([{ strength: 75, band: 'strong', grounds: ['said'] }]);
    // Taken back it holds at once, before anything is weighed anew.
    const actor = { workspaceId: carol.me.workspace.id, memberId: carol.me.memberId };
    await app.app.db.asActor(actor, (tx) => setTells(tx, actor, 'held'));
    expect(await known(alice)).toMatchObject([{ strength: 10, grounds: ['held'] }]);
    await tell(carol, 'held');
    expect(await known(alice)).toMatchObject([{ strength: 10, grounds: ['held'] }]);
    // Nothing of it is left for others, not even unasked.
    const told = `select from cards.acquaintance where card_id = $1 and shared and grounds <> '{}'`;
    expect(await app.query(told, [target])).toHaveLength(0);
  });

  test('sees what their own ties rest on: mail in both directions, meetings, what they say', async () => {
    const email = 'noor@haddad.example';
    const personId = await addContact(bob, { name: 'Noor Haddad', email });
    const mine = async () =>
      (await bob.call(contracts.listAcquaintances, {})).items.find(({ person }) => person.id === personId);
    expect(await mine()).toBeUndefined();
    const mailbox = await openTestMailbox(app, bob, bob.me.email);
    await mailbox.receive(letter({ from: email, to: bob.me.email }));
    await mailbox.receive(letter({ from: bob.me.email, to: email }), { sent: true });
    await bob.call(correspondents.readCalendarFile, {
      text: calendarOf(event('n1', -20, [`=${bob.me.email}`, `+${email}`])),
    });
    await app.settle();
    const before = (await mine())!;
    expect(before).toMatchObject({
      mail: { received: 1, sent: 1 },
      meetings: 1,
      grounds: ['held', 'mail', 'meetings'],
    });
    expect(before.strength).toBeGreaterThan(15);
    await close(bob, personId, 0);
    expect(await mine()).toMatchObject({ strength: 2, grounds: ['said'], closeness: 0 });
    // Nobody else is told any of it.
    expect((await alice.call(contracts.listAcquaintances, {})).items.map(({ person }) => person.id)).not.toContain(
      personId,
    );
  });

  test('finds no paths while telling nothing, where the house wants it so', async () => {
    const { bookId } = await lentBook(bob);
    const target = await addContact(bob, { name: 'Leopold Zeh', bookId });
    expect(await codeOf(bob.call(contracts.updateReciprocity, { reciprocal: true }))).toBe('forbidden');
    await alice.call(contracts.updateReciprocity, { reciprocal: true });
    await tell(carol, 'nothing');
    expect(await carol.call(contracts.listPaths, { personId: target })).toMatchObject({ items: [], closed: true });
    expect(await carol.call(contracts.searchPaths, { q: 'Leopold' })).toMatchObject({ items: [], closed: true });
    // Nor by another way: who knows them, what is near, the picture.
    expect((await carol.call(contracts.listTies, { personId: target })).knownBy).toEqual([]);
    expect((await carol.call(contracts.listNear, { personId: target })).items).toEqual([]);
    const { members } = await carol.call(contracts.getPicture, { scope: 'all' });
    expect(members.filter(({ mine }) => !mine)).toEqual([]);
    await tell(carol, 'held');
    expect(await paths(carol, target)).toHaveLength(1);
    await alice.call(contracts.updateReciprocity, { reciprocal: false });
  });
});

describe('a search', () => {
  test('finds the best way to each of those whom words find, and says that others may be asked for', async () => {
    const [read, found] = [await lentBook(bob), await lentBook(carol, 'discover')];
    const there = 'Verrerie Dax';
    await addContact(bob, { name: 'Odile Marchal', organization: there, bookId: read.bookId });
    await addContact(carol, { name: 'Henrik Solberg', organization: there, bookId: found.bookId });
    await app.settle();
    const answer = await alice.call(contracts.searchPaths, { q: 'verrerie' });
    expect(answer.items.map(({ person, path }) => [person.name, path?.places.length])).toEqual([['Odile Marchal', 3]]);
    expect(answer).toMatchObject({ discoverable: 1, hints: [], closed: false });
    // The same question has the same answer.
    expect(await alice.call(contracts.searchPaths, { q: 'verrerie' })).toEqual(answer);
  });

  test('says how well somebody knows those who may only be found where they tell it, and in which team where that names nobody', async () => {
    const { bookId } = await lentBook(carol, 'discover');
    const personId = await addContact(carol, { name: 'Ingmar Thorsen', bookId });
    await close(carol, personId, 4);
    const hints = async () => (await alice.call(contracts.searchPaths, { q: 'Thorsen' })).hints;
    expect(await hints()).toEqual([]);
    await tell(carol, 'strength');
    expect(await hints()).toEqual([{ team: null, band: 'strong' }]);
    await app.query(`insert into identity.team (workspace_id, team_id, name) values ($1, $2, 'Finance')`, [
      alice.me.workspace.id,
      personId,
    ]);
    const join = (member: Member) =>
      app.query('insert into identity.team_member (workspace_id, team_id, member_id) values ($1, $2, $3)', [
        alice.me.workspace.id,
        personId,
        member.me.memberId,
      ]);
    await join(carol);
    expect(await hints()).toEqual([{ team: null, band: 'strong' }]);
    for (const name of ['Una Frey', 'Otto Lang', 'Mia Graf', 'Jan Beck']) await join(await app.invite(alice, name));
    expect(await hints()).toEqual([{ team: 'Finance', band: 'strong' }]);
    // At the very next question, before anything is weighed anew.
    await app.query(`update relations.connector set tells = 'held' where member_id = $1`, [carol.me.memberId]);
    expect(await hints()).toEqual([]);
    await tell(carol, 'nothing');
    expect(await hints()).toEqual([]);
    await tell(carol, 'held');
  });
});

describe('a tie', () => {
  test('is said once of two persons, from whichever side, and taken back', async () => {
    const [one, other] = [
      await addContact(alice, { name: 'Pia Nord' }),
      await addContact(alice, { name: 'Sven Klug' }),
    ];
    await tie(alice, one, other, { kind: 'works_with' });
    await tie(alice, other, one, { kind: 'works_with', note: 'Same floor' });
    const list = (personId: string) => alice.call(contracts.listTies, { personId });
    expect((await list(one)).items).toMatchObject([{ other: { id: other }, note: 'Same floor', mine: true }]);
    await tie(alice, one, other, { kind: 'reports_to' });
    expect((await list(one)).items.find(({ kind }) => kind === 'reports_to')).toMatchObject({ forward: true });
    expect((await list(other)).items.find(({ kind }) => kind === 'reports_to')).toMatchObject({ forward: false });
    const { id: tieId } = await tie(alice, one, other, { kind: 'assists', backward: true });
    expect((await list(one)).items.find(({ kind }) => kind === 'assists')).toMatchObject({ forward: false });
    expect(await codeOf(bob.call(contracts.endTie, { tieId }))).toBe('not_found');
    await alice.call(contracts.endTie, { tieId });
    expect((await list(one)).items.map(({ kind }) => kind).sort()).toEqual(['reports_to', 'works_with']);
    expect(await codeOf(alice.call(contracts.endTie, { tieId }))).toBe('not_found');
    expect(await codeOf(tie(alice, one, one))).toBe('invalid_input');
  });

  test('is its author’s to take back, also when they do not see any more of whom they said it', async () => {
    const { bookId, grantId } = await lentBook(bob);
    const [one, other] = [
      await addContact(bob, { name: 'Rita Quell', bookId }),
      await addContact(bob, { name: 'Udo Falk', bookId }),
    ];
    const { id: tieId } = await tie(alice, one, other, { kind: 'works_with', shared: true });
    await bob.call(delegation.endGrant, { grantId });
    expect(await codeOf(alice.call(contracts.listTies, { personId: one }))).toBe('not_found');
    for (const stranger of [bob, carol])
      expect(await codeOf(stranger.call(contracts.endTie, { tieId }))).toBe('not_found');
    expect((await bob.call(contracts.listTies, { personId: one })).items).toHaveLength(1);
    await alice.call(contracts.endTie, { tieId });
    expect((await bob.call(contracts.listTies, { personId: one })).items).toEqual([]);
  });

  test('that ends in a contact one does not see cannot be said', async () => {
    const hidden = await addContact(bob, { name: 'Walter Grau' });
    const own = await addContact(alice, { name: 'Ruth Blau' });
    expect(await codeOf(tie(alice, own, hidden))).toBe('not_found');
    expect(await codeOf(tie(alice, hidden, own))).toBe('not_found');
  });

  test('follows its cards from person to person, and is deleted with them', async () => {
    const [first, second] = [await lentBook(bob), await lentBook(bob)];
    const [email, name] = ['mireille@aubert.example', 'Mireille Aubert'];
    const one = await addContact(bob, { name, email, bookId: first.bookId });
    const own = await addContact(alice, { name: 'Ignace Bourdin' });
    const same = await addContact(alice, { name });
    await tie(alice, own, same, { shared: false });
    await tie(bob, one, await addContact(bob, { name: 'Solange Petrov', bookId: second.bookId }));
    await alice.call(cards.updateCard, { cardId: same, add: [{ kind: 'email', value: { value: email } }] });
    await app.settle();
    expect(await paths(alice, one)).toContain('me > Bob Stone > Solange Petrov > Mireille Aubert');
    // To another book, and the one it was in is lent no more.
    await bob.call(cards.updateCard, { cardId: one, bookId: second.bookId });
    await bob.call(delegation.endGrant, { grantId: first.grantId });
    expect(await paths(alice, one)).toContain('me > Bob Stone > Solange Petrov > Mireille Aubert');
    expect(await paths(alice, same)).toContain('me > Ignace Bourdin > Mireille Aubert');
    const strays = await app.query(
      `select from cards.tie t join cards.card a on a.card_id = t.card_a join cards.card b on b.card_id = t.card_b
       where t.cluster_a <> a.cluster_id or t.cluster_b <> b.cluster_id`,
    );
    expect(strays).toHaveLength(0);
    await alice.call(cards.removeCard, { cardId: own });
    expect(await paths(alice, same)).not.toContain('me > Ignace Bourdin > Mireille Aubert');
    await app.query('update cards.card set purge_at = now() where card_id = $1', [own]);
    await purgeNow(app);
    expect(await app.query('select from cards.tie where card_a = $1 or card_b = $1', [own])).toHaveLength(0);
  });

  test('that is shared about a lent contact is told to its holder', async () => {
    const { bookId } = await lentBook(bob);
    const [one, other] = [
      await addContact(bob, { name: 'Clovis Hardy', bookId }),
      await addContact(bob, { name: 'Denise Imbert', bookId }),
    ];
    const told = async () =>
      (await bob.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'tied').length;
    await tie(alice, one, other, { shared: false });
    const before = await told();
    await tie(alice, one, other, { shared: true });
    expect(await told()).toBe(before + 1);
  });

  test('is found between two who were at small meetings together, for the member who was there', async () => {
    const [one, other] = ['lars@oberg.example', 'mina@sato.example'];
    const personId = await addContact(alice, { name: 'Lars Oberg', email: one });
    await addContact(alice, { name: 'Mina Sato', email: other });
    await alice.call(correspondents.readCalendarFile, {
      text: calendarOf(event('m1', -3, [`=${alice.me.email}`, `+${one}`, `+${other}`])),
    });
    await app.settle();
    const found = async () => (await alice.call(contracts.listTies, { personId })).items;
    expect(await found()).toMatchObject([
      { kind: 'met', other: { name: 'Mina Sato' }, declared: false, shared: false },
    ]);
    expect(await codeOf(alice.call(contracts.endTie, { tieId: (await found())[0]!.id }))).toBe('not_found');
  });

  test('that a colleague’s meetings show is told without a date, and not of whom they hide', async () => {
    const { bookId } = await lentBook(bob);
    const [one, other] = ['arvid@lind.example', 'bodil@kern.example'];
    const personId = await addContact(bob, { name: 'Arvid Lind', email: one, bookId });
    const otherId = await addContact(bob, { name: 'Bodil Kern', email: other, bookId });
    await bob.call(correspondents.readCalendarFile, {
      text: calendarOf(event('b1', -3, [`=${bob.me.email}`, `+${one}`, `+${other}`])),
    });
    await app.settle();
    const seen = async (viewer: Member) => (await viewer.call(contracts.listTies, { personId })).items;
    expect(await seen(alice)).toEqual([]);
    await tell(bob, 'strength');
    expect(await seen(alice)).toMatchObject([{ kind: 'met', author: { name: 'Bob Stone' }, seenAt: null }]);
    expect((await seen(bob))[0]!.seenAt).not.toBeNull();
    await bob.call(contracts.hideAcquaintance, { personId: otherId, hidden: true });
    expect(await seen(alice)).toEqual([]);
    await tell(bob, 'strength');
    expect(await seen(alice)).toEqual([]);
    expect(await seen(bob)).toMatchObject([{ kind: 'met', shared: false }]);
    await bob.call(contracts.hideAcquaintance, { personId: otherId, hidden: false });
    await tell(bob, 'strength');
    expect(await seen(alice)).toHaveLength(1);
    await tell(bob, 'held');
    expect(await seen(alice)).toEqual([]);
  });
});

describe('two on the same messages of a member', () => {
  test('are tied for that member, by what they wrote to few, counted once', async () => {
    const [one, other] = ['ingrid@falk.example', 'pavel@horak.example'];
    const personId = await addContact(carol, { name: 'Ingrid Falk', email: one });
    await addContact(carol, { name: 'Pavel Horak', email: other });
    const mailbox = await openTestMailbox(app, carol, carol.me.email);
    const ofBoth = letter({ from: one, to: carol.me.email, cc: other });
    const crowd = Array.from({ length: 8 }, (_, n) => `p${n}@crowd.example`).join(', ');
    await mailbox.receive([ofBoth, letter({ from: one, to: carol.me.email, cc: `${other}, ${crowd}` })]);
    await mailbox.receive(ofBoth);
    await tell(carol, 'held');
    await app.settle();
    const [pair] = await app.query<{ messages: number }>('select messages from correspondents.pair');
    expect(pair).toEqual({ messages: 1 });
    expect((await carol.call(contracts.listTies, { personId })).items).toMatchObject([
      { kind: 'copied', other: { name: 'Pavel Horak' }, declared: false, shared: false, band: 'weak' },
    ]);
  });
});

describe('an introduction asked for along a path', () => {
  test('reaches the colleague whose card it is and nobody else, and looks the same when they are not to be asked', async () => {
    const { bookId } = await lentBook(bob);
    const target = await addContact(bob, { name: 'Konrad Elm', bookId });
    const [found] = (await alice.call(contracts.listPaths, { personId: target })).items;
    const ask = (cardId: string) =>
      alice.call(introductions.askForIntroduction, {
        sought: 'Konrad Elm',
        cardId,
        purpose: 'prospecting',
        message: 'Could you introduce me?',
      });
    const request = await ask(found!.askByCard!);
    await app.settle();
    const asks = async (member: Member) => (await member.call(introductions.listAsks, {})).items;
    expect(await asks(bob)).toMatchObject([{ contacts: [{ id: target }], asker: { name: 'Alice Martin' } }]);
    expect(await asks(carol)).toEqual([]);
    const hiding = await addContact(bob, { name: 'Lothar Esche', bookId });
    await bob.call(contracts.hideAcquaintance, { personId: hiding, hidden: true });
    const again = await ask(hiding);
    await app.settle();
    expect(await asks(bob)).toHaveLength(1);
    const same = ({ id: _id, createdAt: _at, expiresAt: _until, ...rest }: typeof request) => rest;
    expect(same(again)).toEqual(same(request));
    const own = await addContact(alice, { name: 'Jo Marsh' });
    expect(await codeOf(ask(own))).toBe('not_found');
    // Asked once more, whether anybody was asked or not, each leads to the one that is open.
    for (const [cardId, first] of [
      [found!.askByCard!, request],
      [hiding, again],
    ] as const)
      expect(await ask(cardId)).toMatchObject({ id: first.id, earlier: true });
    expect([request.earlier, again.earlier]).toEqual([false, false]);
    await app.settle();
    expect(await asks(bob)).toHaveLength(1);
    await alice.call(introductions.updateRequest, { requestId: request.id, withdrawn: true });
    expect(await ask(found!.askByCard!)).toMatchObject({ earlier: false });
  });
});
