import { afterAll, beforeAll, expect, test } from 'vitest';
import * as apps from '../apps/contract.ts';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import * as introductions from '../introductions/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';

// Carol looks after what stays. Whatever the company was not lent must not come to her by that.

let app: TestApp;
let admin: Member;
let carol: Member;
let dave: Member;

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
  carol = await app.invite(admin, 'Carol Wood');
  dave = await app.invite(admin, 'Dave Note');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

async function leave(member: Member): Promise<string> {
  const { id } = await admin.call(contracts.openDeparture, { memberId: member.me.memberId });
  await admin.call(contracts.confirmDeparture, {
    departureId: id,
    name: member.me.name,
    successorId: carol.me.memberId,
  });
  await app.settle();
  return id;
}

async function comeBack(member: Member, departureId: string): Promise<Member> {
  await admin.call(contracts.undoDeparture, { departureId });
  await app.settle();
  const client = app.client();
  const { email } = member.me;
  return { ...client, me: await client.call(identity.signIn, { email, password: member.password }), password: '' };
}

const names = async (one: Member) =>
  JSON.stringify((await one.call(cards.listPeople, { limit: 200 })).items.map((person) => person.name));
const history = async (one: Member, personId: string) => (await one.fetch(`/people/${personId}/history`)).text();
const toCarol = () => ({ grantee: { kind: 'member' as const, memberId: carol.me.memberId }, acts: ['read' as const] });

test('a book that only the leaver’s own key reads was lent to nobody, and goes with them', async () => {
  const leo = await app.invite(admin, 'Leo Key');
  const { id: bookId } = await leo.call(delegation.createBook, { name: 'Friends' });
  const cardId = await addContact(leo, { name: 'Quentin Privatefriend', bookId });
  const key = { name: 'backup', scopes: ['contacts:read' as const], bookIds: [bookId], acts: ['read' as const] };
  await leo.call(apps.createKey, key);
  await app.settle();
  await leave(leo);
  expect(await names(carol)).not.toContain('Privatefriend');
  expect((await carol.fetch(`/people/${cardId}`)).status).toBe(404);
});

test('a key that reads more of a lent book than colleagues may does not widen what stays', async () => {
  const leo = await app.invite(admin, 'Leo Wide');
  const { id: bookId } = await leo.call(delegation.createBook, { name: 'Wide' });
  const personId = await addContact(leo, { name: 'Hedy Widened', bookId });
  await leo.call(cards.updatePerson, { personId, set: [{ kind: 'note', value: { value: 'Wideword' } }], remove: [] });
  await leo.call(delegation.createGrant, { bookId, ...toCarol(), except: ['notes'] });
  await leo.call(apps.createKey, { name: 'backup', scopes: ['contacts:read'], bookIds: [bookId], acts: ['read'] });
  await leave(leo);
  const seen = JSON.stringify(await carol.call(cards.getPerson, { personId }));
  expect(seen).toContain('Widened');
  expect(seen).not.toContain('Wideword');
});

test('a card that the leaver had removed is not restored by the steward, and is theirs again when they come back', async () => {
  const leo = await app.invite(admin, 'Leo Removed');
  const { id: bookId } = await leo.call(delegation.createBook, { name: 'Clients' });
  await addContact(leo, { name: 'Hedy Stays', bookId });
  const cardId = await addContact(leo, { name: 'Grace Removedcard', bookId });
  await leo.call(delegation.createGrant, { bookId, ...toCarol(), except: ['notes'] });
  await app.settle();
  await leo.call(cards.removeCard, { cardId });
  const departure = await leave(leo);
  expect(await codeOf(carol.call(cards.restoreCard, { cardId }))).toBe('not_found');
  const back = await comeBack(leo, departure);
  await back.call(cards.restoreCard, { cardId });
  expect((await back.call(cards.getCard, { cardId })).book.id).toBe(bookId);
});

test('a card lent once to one colleague does not become the company’s', async () => {
  const leo = await app.invite(admin, 'Leo Once');
  const emma = await app.invite(admin, 'Emma Once');
  const { id: bookId } = await leo.call(delegation.createBook, { name: 'Discoverable' });
  await leo.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['discover'] });
  await addContact(leo, { name: 'Radia Oncelent', bookId });
  await app.settle();
  const wanted = { sought: 'Oncelent', purpose: 'prospecting' as const, message: 'Please.' };
  await emma.call(introductions.askForIntroduction, wanted);
  await app.settle();
  const [ask] = (await leo.call(introductions.listAsks, { waiting: 'true' })).items;
  await leo.call(introductions.answerAsk, { askId: ask!.id, choice: 'lend', days: 3 });
  await app.settle();
  expect(await names(emma)).toContain('Oncelent');
  await leave(leo);
  expect(await names(carol)).not.toContain('Oncelent');
  expect(await names(emma)).not.toContain('Oncelent');
});

test('a value that was taken off a card, and notes that nobody was lent, do not come to the steward, and are back with the leaver', async () => {
  const leo = await app.invite(admin, 'Leo Source');
  await importFile(
    app,
    leo,
    'src.csv',
    'First Name,Last Name,E-mail,E-mail 2\nGrace,Sourced,g@work.example,old@hidden.example\n',
  );
  const cardId = (await leo.call(cards.listPeople, { q: 'sourced' })).items[0]!.id;
  const main = (await leo.call(delegation.listBooks, {})).items.find((one) => one.main && one.mine)!;
  const card = await leo.call(cards.getCard, { cardId });
  const { no } = card.fields.find((one) => JSON.stringify(one).includes('old@hidden'))!;
  await leo.call(cards.updateCard, { cardId, remove: [no] });
  await leo.call(delegation.createGrant, {
    bookId: main.id,
    grantee: { kind: 'workspace' },
    acts: ['read'],
    except: ['notes'],
  });
  await app.settle();
  await dave.call(cards.addNote, { personId: cardId, text: 'Between us: davesecret' });
  const departure = await leave(leo);
  expect(await history(carol, cardId)).not.toContain('davesecret');
  // Whatever she asks for, by number or by name, the value is not there.
  await carol.call(cards.updateCard, { cardId, restore: [no] }).catch(() => undefined);
  for (const path of [`/people/${cardId}`, `/cards/${cardId}`])
    expect(await (await carol.fetch(path)).text()).not.toContain('old@hidden');
  const back = await comeBack(leo, departure);
  expect(await history(back, cardId)).toContain('davesecret');
  await back.call(cards.updateCard, { cardId, restore: [no] });
  expect(JSON.stringify(await back.call(cards.getCard, { cardId }))).toContain('old@hidden');
});
