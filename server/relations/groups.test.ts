import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { groupsCrons } from './groups-jobs.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let teamId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  const team = { name: 'Sales', memberIds: [alice.me.memberId], leadIds: [] };
  teamId = (await alice.call(identity.createTeam, team)).id;
  bob = await app.invite(alice, 'Bob Stone', { teamIds: [teamId] });
  carol = await app.invite(alice, 'Carol Wood');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let made = 0;
const make = async (member: Member, said: Partial<Input<typeof contracts.createGroup>> = {}) =>
  member.call(contracts.createGroup, { name: `Group ${++made}`, kind: 'other', visibleTo: 'workspace', ...said });
const put = (member: Member, groupId: string, personIds: string[], said: { shared?: boolean; role?: 'board' } = {}) =>
  member.call(contracts.addToGroup, { groupId, personIds, ...said });
const see = (member: Member, groupId: string) => member.call(contracts.getGroup, { groupId });
const listed = async (member: Member, groupId: string) =>
  (await member.call(contracts.listGroupPeople, { groupId })).items;
const names = async (member: Member, groupId: string) =>
  (await listed(member, groupId)).map(({ person }) => person.name);
const groupsOf = async (member: Member, personId: string) =>
  (await member.call(contracts.listGroupsOf, { personId })).items;

const bookOf = async (member: Member, name: string) => (await member.call(delegation.createBook, { name })).id;
const lend = (bookId: string) =>
  alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['discover', 'read'] });
/** A book of Alice's that everybody may read. */
async function lentBook(name: string): Promise<string> {
  const bookId = await bookOf(alice, name);
  await lend(bookId);
  return bookId;
}
const label = (member: Member, personId: string, value: string) =>
  member.call(cards.updateCard, { cardId: personId, add: [{ kind: 'category', value: { value } }] });
const told = async (bookId: string) =>
  (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind === 'grouped');

describe('a group', () => {
  test('is seen by its maker, by a team or by everybody, as its maker says', async () => {
    const own = await make(alice, { visibleTo: 'maker' });
    const ofTeam = await make(alice, { visibleTo: 'team', teamId });
    const ofAll = await make(alice, { visibleTo: 'workspace' });
    const seen = async (member: Member) =>
      (await member.call(contracts.listGroups, { limit: 200 })).items.map(({ id }) => id);
    const shows = async (member: Member) => {
      const list = await seen(member);
      return [own, ofTeam, ofAll].map(({ id }) => list.includes(id));
    };
    expect(await shows(alice)).toEqual([true, true, true]);
    expect(await shows(bob)).toEqual([false, true, true]);
    expect(await shows(carol)).toEqual([false, false, true]);
    expect(await see(bob, ofTeam.id)).toMatchObject({ visibleTo: 'team', team: { name: 'Sales' }, mine: false });
    for (const [member, { id: groupId }] of [[bob, own] as const, [carol, ofTeam] as const]) {
      const personId = await addContact(member, { name: 'Nobody Here' });
      expect(await codeOf(see(member, groupId))).toBe('not_found');
      expect(await codeOf(put(member, groupId, [personId]))).toBe('not_found');
      expect(await codeOf(listed(member, groupId))).toBe('not_found');
      expect(await codeOf(member.call(contracts.removeGroup, { groupId }))).toBe('not_found');
      const said = { groupId, role: 'member' as const, since: null, until: null };
      expect(await codeOf(member.call(contracts.joinGroup, said))).toBe('not_found');
    }
  });

  test('of a team is made by who is in it', async () => {
    expect(await codeOf(make(carol, { visibleTo: 'team', teamId }))).toBe('not_found');
    expect(await codeOf(make(carol, { visibleTo: 'team' }))).toBe('not_found');
  });

  test('is changed and removed by its maker, or by an admin who sees it', async () => {
    const group = await make(bob, { name: 'Of Bob' });
    const change = (member: Member, said: object) =>
      member.call(contracts.changeGroup, {
        ...{ groupId: group.id, version: 1, name: 'Of Bob', kind: 'board' as const, visibleTo: 'workspace' as const },
        ...said,
      });
    expect(await codeOf(change(carol, {}))).toBe('forbidden');
    expect(await codeOf(carol.call(contracts.removeGroup, { groupId: group.id }))).toBe('forbidden');
    expect((await change(alice, { name: 'By the admin' })).name).toBe('By the admin');
    expect(await codeOf(change(alice, { version: 2, visibleTo: 'maker' }))).toBe('forbidden');
    expect(await codeOf(change(bob, { version: 1 }))).toBe('conflict');
    expect(await change(bob, { version: 2, visibleTo: 'maker' })).toMatchObject({ visibleTo: 'maker', version: 3 });
    expect(await codeOf(see(alice, group.id))).toBe('not_found');
  });

  test('changed by two at once keeps one, and tells the other', async () => {
    const { id: groupId } = await make(alice);
    const changes = ['a', 'b', 'c'].map((name) =>
      alice.call(contracts.changeGroup, { groupId, version: 1, name, kind: 'other', visibleTo: 'workspace' }),
    );
    const results = await Promise.allSettled(changes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await see(alice, groupId)).version).toBe(2);
  });

  test('that is removed is out of everybody’s sight, comes back with its people, and is deleted after 30 days', async () => {
    const { id: groupId } = await make(alice);
    const personId = await addContact(alice, { name: 'Edgar Back' });
    await put(alice, groupId, [personId]);
    await alice.call(contracts.removeGroup, { groupId });
    expect(await codeOf(see(alice, groupId))).toBe('not_found');
    expect(await groupsOf(alice, personId)).toEqual([]);
    expect(await codeOf(bob.call(contracts.restoreGroup, { groupId }))).toBe('not_found');
    expect(await alice.call(contracts.restoreGroup, { groupId })).toMatchObject({ people: 1 });

    await alice.call(contracts.removeGroup, { groupId });
    const kept = () => app.query(`select from cards.membership where group_id = $1`, [groupId]);
    await groupsCrons[0]!.run(app.app);
    expect(await kept()).toHaveLength(1);
    await app.query(`update relations.group set removed_at = now() - interval '31 days' where group_id = $1`, [
      groupId,
    ]);
    await groupsCrons[0]!.run(app.app);
    expect(await kept()).toEqual([]);
    expect(await codeOf(alice.call(contracts.restoreGroup, { groupId }))).toBe('not_found');
  });

  test('whose name is nearly that of another is proposed, not put together', async () => {
    await make(alice, { name: 'Centrale Nantes Alumni', kind: 'alumni' });
    const hidden = await make(bob, { name: 'Centrale-Nantes alumni', visibleTo: 'maker' });
    const near = async (member: Member) =>
      (await member.call(contracts.findNearGroups, { name: 'Anciens de Centrale Nantes' })).items.map(({ id }) => id);
    expect(await near(carol)).toHaveLength(1);
    expect(await near(alice)).not.toContain(hidden.id);
    expect(await near(bob)).toHaveLength(2);
  });

  test('is found by words of its name, by kind and by page', async () => {
    for (const name of ['Évian one', 'evian two', 'Évian three']) await make(alice, { name, kind: 'board' });
    const first = await bob.call(contracts.listGroups, { q: 'EVIAN', kind: 'board', limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['Évian one', 'Évian three']);
    const next = await bob.call(contracts.listGroups, { q: 'evian', kind: 'board', limit: 2, after: first.next! });
    expect(next).toMatchObject({ items: [{ name: 'evian two' }], next: null });
    expect((await bob.call(contracts.listGroups, { q: 'evian', kind: 'event' })).items).toEqual([]);
  });

  test.each([
    ['dates that go backwards', { startsOn: '2025-05-02', endsOn: '2025-05-01' }],
    ['no name', { name: '  ' }],
    ['a day that does not exist', { startsOn: '2025-02-30' }],
    ['a day before anybody living', { startsOn: '0001-01-01' }],
    ['a kind nobody knows', { kind: 'cult' }],
  ])('of %s is refused', async (_what, said) => {
    expect(await codeOf(make(alice, said as object))).toBe('invalid_input');
  });
});

describe('who belongs', () => {
  test('is seen by who may read the contact, and counted so', async () => {
    const bookId = await bookOf(alice, 'Lent for groups');
    const { id: grantId } = await lend(bookId);
    const lent = await addContact(alice, { name: 'Lena Lent', organization: 'Acme', bookId });
    const own = await addContact(alice, { name: 'Olga Own' });
    const { id: groupId } = await make(alice);
    expect(await put(alice, groupId, [lent, own], { role: 'board' })).toMatchObject({ added: 2, already: 0 });
    expect(await names(alice, groupId)).toEqual(['Lena Lent', 'Olga Own']);
    expect(await names(bob, groupId)).toEqual(['Lena Lent']);
    expect((await see(alice, groupId)).people).toBe(2);
    expect((await see(bob, groupId)).people).toBe(1);
    const [seen] = await listed(bob, groupId);
    expect(seen).toMatchObject({
      person: { organization: 'Acme' },
      memberships: [{ by: { name: 'Alice Martin' }, mine: false, role: 'board' }],
    });
    expect((await groupsOf(bob, lent))[0]).toMatchObject({ group: { id: groupId }, fellows: { count: 0, some: [] } });
    await alice.call(delegation.endGrant, { grantId });
    expect(await names(bob, groupId)).toEqual([]);
    expect((await see(bob, groupId)).people).toBe(0);
    expect(await codeOf(groupsOf(bob, lent))).toBe('not_found');
    expect(await codeOf(put(bob, groupId, [lent]))).toBe('not_found');
  });

  test('that is not shared is its author’s own word', async () => {
    const bookId = await lentBook('Lent for words');
    const personId = await addContact(alice, { name: 'Petra Quiet', bookId });
    const { id: groupId } = await make(alice);
    await put(alice, groupId, [personId], { shared: false });
    expect(await names(alice, groupId)).toEqual(['Petra Quiet']);
    expect(await names(bob, groupId)).toEqual([]);
    expect(await groupsOf(bob, personId)).toEqual([]);
    const [{ memberships }] = (await listed(alice, groupId)) as [contracts.Belonger];
    const said = { membershipId: memberships[0]!.id, role: 'chair' as const, since: '2020-01-01', until: null };
    expect(await codeOf(bob.call(contracts.changeMembership, { ...said, shared: true }))).toBe('not_found');
    await alice.call(contracts.changeMembership, { ...said, shared: true });
    expect((await listed(bob, groupId))[0]!.memberships).toMatchObject([{ role: 'chair', since: '2020-01-01' }]);
    expect(await codeOf(bob.call(contracts.endMembership, { membershipId: said.membershipId }))).toBe('not_found');
    await alice.call(contracts.endMembership, { membershipId: said.membershipId });
    expect(await names(bob, groupId)).toEqual([]);
    expect(await codeOf(alice.call(contracts.endMembership, { membershipId: said.membershipId }))).toBe('not_found');
    const reversed = { ...said, since: '2020-01-02', until: '2020-01-01', shared: true };
    expect(await codeOf(alice.call(contracts.changeMembership, reversed))).toBe('invalid_input');
  });

  test('follows the card: to another book, kept back, removed and restored, and is deleted with it', async () => {
    const [lent, own] = [await lentBook('Lent to follow'), await bookOf(alice, 'Own to follow')];
    const personId = await addContact(alice, { name: 'Fiona Follow', bookId: lent });
    const { id: groupId } = await make(alice);
    await put(alice, groupId, [personId]);
    const stored = () =>
      app.query<{ book: string; exposure: number }>(
        `select b.name as book, s.exposure from cards.membership s join delegation.book b using (workspace_id, book_no) where card_id = $1`,
        [personId],
      );
    await alice.call(cards.updateCard, { cardId: personId, bookId: own });
    expect(await stored()).toEqual([{ book: 'Own to follow', exposure: 0 }]);
    expect(await names(bob, groupId)).toEqual([]);
    await alice.call(cards.updateCard, { cardId: personId, bookId: lent });
    await alice.call(cards.updateCard, { cardId: personId, withheld: true });
    expect(await stored()).toEqual([{ book: 'Lent to follow', exposure: 1 }]);
    expect(await names(bob, groupId)).toEqual([]);
    await alice.call(cards.removeCard, { cardId: personId });
    expect((await see(alice, groupId)).people).toBe(0);
    await alice.call(cards.restoreCard, { cardId: personId });
    expect(await names(alice, groupId)).toEqual(['Fiona Follow']);
    await alice.call(cards.removeCard, { cardId: personId });
    await app.query(`update cards.card set purge_at = now() where card_id = $1`, [personId]);
    await purgeNow(app);
    expect(await stored()).toEqual([]);
  });

  test('on a lent contact, where others see it, is told to the holder; what one keeps to oneself is not', async () => {
    const bookId = await lentBook('Lent to be told');
    const [first, second, third] = [
      await addContact(alice, { name: 'Ursula Used', bookId }),
      await addContact(alice, { name: 'Vera Used', bookId }),
      await addContact(alice, { name: 'Wanda Used', bookId }),
    ];
    const [shared, own] = [await make(bob), await make(bob, { visibleTo: 'maker' })];
    await put(bob, shared.id, [first], { shared: false });
    await put(bob, own.id, [second]);
    expect(await told(bookId)).toEqual([]);
    await put(bob, shared.id, [third]);
    expect((await told(bookId)).map(({ count }) => count)).toEqual([1]);
    // What was his own is told once others see it.
    const [{ memberships }] = (await listed(bob, shared.id)) as [contracts.Belonger];
    const said = { role: 'member' as const, since: null, until: null, shared: true };
    await bob.call(contracts.changeMembership, { membershipId: memberships[0]!.id, ...said });
    expect((await told(bookId)).map(({ count }) => count)).toEqual([2]);
    const open = { groupId: own.id, version: 1, name: own.name, kind: own.kind, visibleTo: 'workspace' as const };
    await bob.call(contracts.changeGroup, open);
    expect((await told(bookId)).map(({ count }) => count)).toEqual([3]);
  });

  test('is said once, however often and by how many at the same moment', async () => {
    const bookId = await lentBook('Lent once');
    const personId = await addContact(alice, { name: 'Oscar Once', bookId });
    const { id: groupId } = await make(bob);
    const results = await Promise.all([1, 2, 3, 4].map(() => put(bob, groupId, [personId])));
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(1);
    expect(await put(bob, groupId, [personId])).toMatchObject({ added: 0, already: 1 });
    expect((await listed(bob, groupId))[0]!.memberships).toHaveLength(1);
    expect((await told(bookId)).map(({ count }) => count)).toEqual([1]);
  });

  test('is one person, however many cards come together, and each word stays where it was said', async () => {
    const [name, email] = ['Tina Twin', 'tina@twin.example'];
    const first = await addContact(alice, { name, email });
    const { id: groupId } = await make(alice);
    await put(alice, groupId, [first]);
    const second = await addContact(alice, { name, email });
    await app.settle();
    expect(await put(alice, groupId, [second])).toMatchObject({ added: 0, already: 1 });
    expect(await names(alice, groupId)).toEqual(['Tina Twin']);
    expect((await groupsOf(alice, second))[0]!.fellows.count).toBe(0);
  });

  test('are persons: an organisation is refused, and nobody is put in with it', async () => {
    const { id: personId } = await alice.call(cards.createCard, {
      fields: [{ kind: 'name', value: { given: 'Paul', family: 'Person' } }],
    });
    const fields = [{ kind: 'organization' as const, value: { name: 'Acme SA' } }];
    const { id: organizationId } = await alice.call(cards.createCard, { kind: 'organization', fields });
    const { id: groupId } = await make(alice);
    expect(await codeOf(put(alice, groupId, [personId, organizationId]))).toBe('invalid_input');
    expect(await names(alice, groupId)).toEqual([]);
  });

  test('and was put in at once is taken back at once, by whoever put them in', async () => {
    const bookId = await lentBook('Lent to take back');
    const ids = await Promise.all(['Ann A', 'Ben B', 'Cid C'].map((name) => addContact(alice, { name, bookId })));
    const { id: groupId } = await make(alice);
    await put(alice, groupId, ids.slice(0, 1));
    const { batchId } = await put(alice, groupId, ids.slice(1, 2));
    const more = { groupId, personIds: ids, batchId };
    expect(await alice.call(contracts.addToGroup, more)).toMatchObject({ batchId, added: 1, already: 2 });
    expect(await bob.call(contracts.takeBackBatch, { groupId, batchId })).toEqual({ ended: 0 });
    expect(await alice.call(contracts.takeBackBatch, { groupId, batchId })).toEqual({ ended: 2 });
    expect(await names(bob, groupId)).toEqual(['Ann A']);
  });

  test('is listed by name, page by page', async () => {
    const { id: groupId } = await make(alice);
    const ids = await Promise.all(
      ['Zoe Alpha', 'Éric Beta', 'Amy Éclair', 'Bea Zulu'].map((name) => addContact(alice, { name })),
    );
    await put(alice, groupId, ids);
    const page = (after?: string) =>
      alice.call(contracts.listGroupPeople, { groupId, limit: 2, ...(after ? { after } : {}) });
    const first = await page();
    const second = await page(first.next!);
    expect([...first.items, ...second.items].map(({ person }) => person.name)).toEqual([
      'Zoe Alpha',
      'Éric Beta',
      'Amy Éclair',
      'Bea Zulu',
    ]);
    expect(second.next).toBeNull();
  });
});

describe('colleagues', () => {
  const join = (member: Member, groupId: string) =>
    member.call(contracts.joinGroup, { groupId, role: 'board', since: '2010-09-01', until: null });

  test('belong by their own word, and leave by it', async () => {
    const { id: groupId } = await make(alice);
    await join(bob, groupId);
    await join(bob, groupId);
    const { colleagues } = await see(carol, groupId);
    expect(colleagues).toEqual([
      { id: bob.me.memberId, name: 'Bob Stone', me: false, role: 'board', since: '2010-09-01', until: null },
    ]);
    expect((await see(bob, groupId)).colleagues[0]!.me).toBe(true);
    const joined = async (member: Member) =>
      (await member.call(contracts.listGroups, { joined: 'yes' })).items.map(({ id }) => id);
    expect(await joined(bob)).toContain(groupId);
    expect(await joined(carol)).not.toContain(groupId);
    // Nobody says it for another, nor takes it back.
    expect(await codeOf(carol.call(contracts.leaveGroup, { groupId }))).toBe('not_found');
    expect((await see(carol, groupId)).colleagues).toHaveLength(1);
    await bob.call(contracts.leaveGroup, { groupId });
    expect((await see(carol, groupId)).colleagues).toEqual([]);
  });

  test('who belong are shown with a person of the group, as natural introducers', async () => {
    const bookId = await lentBook('Lent to introduce');
    const personId = await addContact(alice, { name: 'Irene Intro', bookId });
    const { id: groupId } = await make(alice);
    await put(alice, groupId, [personId]);
    await join(bob, groupId);
    const [seen] = await groupsOf(carol, personId);
    expect(seen!.colleagues.map(({ name }) => name)).toEqual(['Bob Stone']);
    const { items, colleagues } = await carol.call(contracts.listGroupFellows, { personId });
    expect(items).toEqual([]);
    expect(colleagues).toEqual([
      {
        member: { id: bob.me.memberId, name: 'Bob Stone' },
        me: false,
        strength: 50,
        groups: [{ id: groupId, name: (await see(carol, groupId)).name, kind: 'other' }],
      },
    ]);
  });
});

describe('persons who share groups', () => {
  test('are near by how small the groups are and how many, of those that one sees', async () => {
    const bookId = await lentBook('Lent fellows');
    const [ada, ben, cleo, dan] = await Promise.all(
      ['Ada Fell', 'Ben Fell', 'Cleo Fell', 'Dan Fell'].map((name) => addContact(alice, { name, bookId })),
    );
    const hidden = await addContact(alice, { name: 'Hidden Fell' });
    const [small, large] = [await make(alice), await make(alice)];
    await put(alice, small.id, [ada!, ben!]);
    await put(alice, large.id, [ada!, ben!, cleo!, dan!, hidden]);
    const fellows = async (member: Member) =>
      (await member.call(contracts.listGroupFellows, { personId: ada! })).items.map(
        ({ person: { name }, strength }) => `${name} ${strength}`,
      );
    expect(await fellows(bob)).toEqual(['Ben Fell 67', 'Cleo Fell 33', 'Dan Fell 33']);
    expect((await fellows(alice)).map((line) => line.split(' ')[0])).toEqual(['Ben', 'Cleo', 'Dan', 'Hidden']);
    const seen = await groupsOf(bob, ada!);
    expect(seen.map(({ fellows: { count } }) => count).sort()).toEqual([1, 3]);
  });

  test('are less near where one left before the other came', async () => {
    const [ada, ben] = await Promise.all(['Ada Time', 'Ben Time'].map((name) => addContact(alice, { name })));
    const { id: groupId } = await make(alice);
    await alice.call(contracts.addToGroup, { groupId, personIds: [ada!], until: '1995-06-30' });
    await alice.call(contracts.addToGroup, { groupId, personIds: [ben!], since: '2005-09-01' });
    const { items } = await alice.call(contracts.listGroupFellows, { personId: ada! });
    expect(items.map(({ strength }) => strength)).toEqual([25]);
  });
});

describe('a label', () => {
  test('puts in at once all who have it now, of those that one sees', async () => {
    const ids = await Promise.all(['Lou Label', 'Max Label'].map((name) => addContact(bob, { name })));
    await label(bob, ids[0]!, 'Fair 2025');
    await label(bob, ids[1]!, 'FAIR  2025');
    const { id: groupId } = await make(bob);
    const labels = (await bob.call(contracts.listLabels, { q: 'fair' })).items;
    expect(labels).toEqual([{ label: expect.stringMatching(/^fair +2025$/i), cards: 2 }]);
    expect((await carol.call(contracts.listLabels, { q: 'fair' })).items).toEqual([]);
    const added = await bob.call(contracts.addLabelled, { groupId, label: 'fair 2025' });
    expect(added).toMatchObject({ added: 2, already: 0 });
    expect(await carol.call(contracts.addLabelled, { groupId, label: 'fair 2025' })).toMatchObject({ added: 0 });
    const later = await addContact(bob, { name: 'Ned Late' });
    await label(bob, later, 'Fair 2025');
    expect(await names(bob, groupId)).toEqual(['Lou Label', 'Max Label']);
  });

  test('of a group goes on putting in whoever has it, as far as each sees it on the card', async () => {
    const bookId = await lentBook('Lent with labels');
    const lent = await addContact(alice, { name: 'Lily Live', bookId });
    const own = await addContact(alice, { name: 'Mia Live' });
    const { id: groupId } = await make(alice, { label: 'Club 25' });
    expect(await names(alice, groupId)).toEqual([]);
    await label(alice, lent, 'club 25');
    await label(alice, own, 'Club 25');
    expect(await listed(alice, groupId)).toMatchObject([
      { person: { name: 'Lily Live' }, memberships: [], labelled: true },
      { person: { name: 'Mia Live' }, labelled: true },
    ]);
    expect(await names(bob, groupId)).toEqual(['Lily Live']);
    expect(await groupsOf(bob, lent)).toMatchObject([{ labelled: true, memberships: [] }]);
    expect((await groupsOf(alice, lent))[0]!.fellows.count).toBe(1);
    const { fields } = await alice.call(cards.getCard, { cardId: lent });
    const no = fields.find(({ kind }) => kind === 'category')!.no;
    await alice.call(cards.updateCard, { cardId: lent, remove: [no] });
    expect(await names(bob, groupId)).toEqual([]);
  });
});

describe('a list of addresses', () => {
  const read = (member: Member, groupId: string, text: string | Buffer, fileName = 'people.csv') =>
    member.call(contracts.readGroupFile, { groupId, fileName, data: Buffer.from(text).toString('base64') });

  test('puts in whom the reader sees; the others are told by their row and nothing is guessed', async () => {
    const seen = await addContact(bob, { name: 'Rita Read', email: 'rita@read.example' });
    await addContact(alice, { name: 'Sara Secret', email: 'sara@read.example' });
    const twins = ['Uma One', 'Ugo Two'].map((name) => addContact(bob, { name, email: 'office@read.example' }));
    await Promise.all(twins);
    await app.settle();
    const { id: groupId } = await make(bob);
    const csv =
      'Nom;Courriel;Ville\r\nRita;RITA@read.example;Lyon\r\nSara;sara@read.example;Paris\r\nX;office@read.example;\r\nY;;Nice\r\n;;\r\nRita;rita@read.example;\r\n';
    const report = await read(bob, groupId, csv);
    expect(report).toMatchObject({
      added: 1,
      already: 0,
      unseen: [{ row: 3, email: 'sara@read.example' }],
      ambiguous: [{ row: 4, email: 'office@read.example' }],
      without: [5],
    });
    expect((await listed(bob, groupId)).map(({ person }) => person.id)).toEqual([seen]);
    expect(await read(bob, groupId, csv)).toMatchObject({ added: 0, already: 1 });
    await bob.call(contracts.takeBackBatch, { groupId, batchId: report.batchId });
    expect(await names(bob, groupId)).toEqual([]);
  });

  test('may have one column and no head', async () => {
    await addContact(bob, { name: 'Cora Column', email: 'cora@column.example' });
    const { id: groupId } = await make(bob);
    expect(await read(bob, groupId, 'cora@column.example\nnobody@column.example\n')).toMatchObject({
      added: 1,
      unseen: [{ row: 2, email: 'nobody@column.example' }],
    });
  });

  test.each([
    ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 3])],
    ['nothing', Buffer.from([])],
    ['a card', Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:X\r\nEND:VCARD\r\n')],
  ])('that is %s is refused', async (_what, octets) => {
    const { id: groupId } = await make(bob);
    expect(await codeOf(read(bob, groupId, octets, 'people.bin'))).toBe('unreadable_file');
  });

  test('beyond ten thousand rows is refused whole', async () => {
    const { id: groupId } = await make(bob);
    const text = Array.from({ length: 10_001 }, (_, at) => `p${at}@many.example`).join('\n');
    expect(await codeOf(read(bob, groupId, text))).toBe('too_large');
  });
});
