import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { listNotices } from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { addDevice, syncBook, type TestDevice } from './testing.ts';

let app: TestApp;
let alice: Member;
beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const vcard = (uid: string, title = 'Friend') =>
  `BEGIN:VCARD\r\nVERSION:3.0\r\nUID:${uid}\r\nFN:Person ${uid}\r\nN:${uid};Person;;;\r\nTITLE:${title}\r\nEND:VCARD\r\n`;
const letters = 'abcdefghijklmnopqrstuvwxyz';
/** A family name that is a word for each number. */
const uidOf = (prefix: string, no: number) => `${prefix}${letters[Math.floor(no / 26)]}${letters[no % 26]}`;

/** A phone with a full address book, which it has synchronised. */
async function fill(prefix: string, count: number) {
  const member = await app.invite(alice, `Tester ${prefix}`);
  const phone = await addDevice(app, member);
  const book = await phone.book();
  const all = Array.from({ length: count }, (_, no) => uidOf(prefix, no));
  const put = await Promise.all(all.map((uid) => phone.send('PUT', `${book}${uid}.vcf`, vcard(uid))));
  expect(put.every(({ status }) => status === 201)).toBe(true);
  await app.settle();
  return { member, phone, book, all, token: (await syncBook(phone, book)).token };
}

async function removeAll(phone: TestDevice, book: string, uids: readonly string[]) {
  for (const uid of uids) expect((await phone.send('DELETE', `${book}${uid}.vcf`)).status).toBe(204);
  await app.settle();
}

const held = async (member: Member) => (await member.call(contracts.listHeldRemovals, {})).items;
const countOf = async (member: Member) => (await member.call(cards.listPeople, { limit: 200 })).items.length;
const files = (uids: readonly string[]) => uids.map((uid) => `${uid}.vcf`).sort();

describe('many contacts that a phone removes at once', () => {
  test('are gone from the devices and still here, every one of them, and the member is told once', async () => {
    const { member, phone, book, all, token } = await fill('q', 60);
    await removeAll(phone, book, all);
    expect(await countOf(member)).toBe(60);
    expect(await syncBook(phone, book, token)).toMatchObject({ there: [], gone: files(all) });
    expect((await syncBook(phone, book)).there).toEqual([]);
    expect((await phone.send('GET', `${book}${all[0]}.vcf`)).status).toBe(404);
    expect((await phone.send('DELETE', `${book}${all[0]}.vcf`)).status).toBe(404);
    expect(await held(member)).toMatchObject([{ device: 'Phone', contacts: 60 }]);
    const { items } = await member.call(listNotices, {});
    expect(items.filter(({ kind }) => kind === 'removal_held')).toMatchObject([
      { text: expect.stringContaining('“Phone” removed many contacts'), path: '/settings/devices' },
    ]);
  });

  test('are back on the devices when the member says so, with all they say', async () => {
    const { member, phone, book, all } = await fill('r', 60);
    await removeAll(phone, book, all);
    const { token } = await syncBook(phone, book);
    const [removal] = await held(member);
    await member.call(contracts.decideRemoval, { removalId: removal!.id, decision: 'put_back' });
    expect(await syncBook(phone, book, token)).toMatchObject({ there: files(all), gone: [] });
    expect(await (await phone.send('GET', `${book}${all[3]}.vcf`)).text()).toContain(`FN:Person ${all[3]}`);
    expect(await held(member)).toEqual([]);
    expect(await codeOf(member.call(contracts.decideRemoval, { removalId: removal!.id, decision: 'take_out' }))).toBe(
      'not_found',
    );
    expect(await countOf(member)).toBe(60);
  });

  test('go here too when the member says so, and can be restored', async () => {
    const { member, phone, book, all } = await fill('s', 60);
    const [some] = (await member.call(cards.listPeople, {})).items;
    await removeAll(phone, book, all);
    const [removal] = await held(member);
    await member.call(contracts.decideRemoval, { removalId: removal!.id, decision: 'take_out' });
    await app.settle();
    expect(await countOf(member)).toBe(0);
    const { token } = await syncBook(phone, book);
    await member.call(cards.restoreCard, { cardId: some!.id });
    expect((await syncBook(phone, book, token)).there).toHaveLength(1);
  });

  test('without one that their member removed by hand', async () => {
    const { member, phone, book, all } = await fill('c', 60);
    const { items } = await member.call(cards.listPeople, { limit: 200 });
    const { id: cardId } = items.find(({ name }) => name === `Person ${all[0]}`)!;
    await removeAll(phone, book, all.slice(0, 40));
    await member.call(cards.restoreCard, { cardId });
    await member.call(cards.removeCard, { cardId });
    await removeAll(phone, book, all.slice(40, 55));
    const [removal] = await held(member);
    expect(removal!.contacts).toBe(54);
    await member.call(contracts.decideRemoval, { removalId: removal!.id, decision: 'put_back' });
    expect((await syncBook(phone, book)).there).toHaveLength(59);
  });

  test('are decided about by their member alone', async () => {
    const { member, phone, book, all } = await fill('t', 55);
    await removeAll(phone, book, all);
    const [removal] = await held(member);
    for (const decision of ['put_back', 'take_out'] as const)
      expect(await codeOf(alice.call(contracts.decideRemoval, { removalId: removal!.id, decision }))).toBe('not_found');
    expect(await held(alice)).toEqual([]);
    expect(await held(member)).toHaveLength(1);
    expect((await syncBook(phone, book)).there).toEqual([]);
  });

  test('and are put again by a phone, are its contacts again, with their history; a name that was taken is no obstacle', async () => {
    const { member, phone, book, all } = await fill('u', 55);
    await removeAll(phone, book, all);
    const again = await phone.send('PUT', `${book}${all[0]}.vcf`, vcard(all[0]!, 'Neighbour'), {
      'if-none-match': '*',
    });
    expect(again.status).toBe(201);
    expect((await phone.send('PUT', `${book}${all[1]}.vcf`, vcard('stranger'))).status).toBe(201);
    const [removal] = await held(member);
    expect(removal!.contacts).toBe(54);
    await member.call(contracts.decideRemoval, { removalId: removal!.id, decision: 'put_back' });
    await app.settle();
    const { there } = await syncBook(phone, book);
    expect(there).toHaveLength(56);
    expect(there).toEqual(expect.arrayContaining([`${all[0]}.vcf`, `${all[1]}.vcf`, `${all[2]}.vcf`]));
    expect(await countOf(member)).toBe(56);
  });

  test('with a whole book come back with it', async () => {
    const member = await app.invite(alice, 'Tester Whole');
    const phone = await addDevice(app, member);
    await phone.send('MKCOL', 'clients/');
    const book = await phone.book('clients');
    const all = Array.from({ length: 52 }, (_, no) => uidOf('v', no));
    await Promise.all(all.map((uid) => phone.send('PUT', `${book}${uid}.vcf`, vcard(uid))));
    await app.settle();
    expect((await phone.send('DELETE', book)).status).toBe(204);
    await app.settle();
    expect((await phone.send('PROPFIND', book, undefined, { depth: '0' })).status).toBe(404);
    expect(await countOf(member)).toBe(52);
    const [removal] = await held(member);
    await member.call(contracts.decideRemoval, { removalId: removal!.id, decision: 'put_back' });
    expect((await syncBook(phone, book)).there).toEqual(files(all));
  });

  test('that are lent stay lent while they are held', async () => {
    const { member, phone, book, all } = await fill('w', 55);
    const reader = await app.invite(alice, 'Reader Rita');
    const main = (await member.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
    const grantee = { kind: 'member' as const, memberId: reader.me.memberId };
    await member.call(delegation.createGrant, { bookId: main.id, grantee, acts: ['read'] });
    await removeAll(phone, book, all);
    expect(await countOf(reader)).toBe(55);
  });
});

test('some contacts that a phone removes are gone, as its member meant it', async () => {
  const { member, phone, book, all } = await fill('x', 60);
  await removeAll(phone, book, all.slice(0, 49));
  expect(await countOf(member)).toBe(11);
  expect(await held(member)).toEqual([]);
});

test('a phone whose request fails half-way has removed nothing by it', async () => {
  const { member, phone, book, all } = await fill('y', 55);
  await removeAll(phone, book, all.slice(0, 49));
  // What makes it a large one is undone as a whole: the cards that went before are as they were.
  await app.query(`alter table cards.device_removal add constraint no_more check (held_at is null) not valid`);
  expect((await phone.send('DELETE', `${book}${all[49]}.vcf`)).status).toBe(500);
  expect(app.errors.splice(0)).toHaveLength(1);
  await app.query('alter table cards.device_removal drop constraint no_more');
  expect((await syncBook(phone, book)).there).toEqual(files(all.slice(49)));
  expect(await held(member)).toEqual([]);
  await removeAll(phone, book, all.slice(49));
  expect(await held(member)).toMatchObject([{ contacts: 55 }]);
  expect(await countOf(member)).toBe(55);
});
