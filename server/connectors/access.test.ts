import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addDevice, type TestDevice } from '../dav/testing.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as leaving from '../leaving/contract.ts';
import * as contracts from './contract.ts';
import { type Account, connect, entered, onLoopback, sync } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let phone: TestDevice;
let account: Account;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  phone = await addDevice(app, bob);
  account = { address: phone.base, username: phone.user, password: phone.password };
  const card = 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:z\r\nFN:Zoé Zola\r\nN:Zola;Zoé;;;\r\nEND:VCARD\r\n';
  await phone.send('PUT', `${await phone.book()}z.vcf`, card, { 'content-type': 'text/vcard' });
  await app.settle();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error) => (error instanceof ProblemAnswer ? error.problem.fields?.problem : String(error)),
  );

test('an account says what there is to connect, and nothing is kept', async () => {
  const { items } = await alice.call(contracts.listPlaces, entered(account));
  expect(items).toMatchObject([{ name: 'My contacts', writable: true }]);
  expect((await alice.call(contracts.listConnections, {})).items).toEqual([]);
});

test.each([
  ['a wrong password', { password: 'guessed' }, 'refused'],
  ['a machine that is not there', { address: 'http://127.0.0.1:1' }, 'unreachable'],
  ['an address in the company’s network', { address: 'https://10.0.0.1/dav' }, 'private_network'],
  ['the metadata of a cloud', { address: 'http://169.254.169.254/' }, 'private_network'],
  ['an address in the clear', { address: 'http://93.184.216.34/' }, 'not_encrypted'],
])('%s is told as what it is', async (_what, wrong, problem) => {
  expect(await problemOf(alice.call(contracts.listPlaces, entered({ ...account, ...wrong })))).toBe(problem);
});

test('a password is sealed, and never given back', async () => {
  const { id } = await connect(alice, account);
  const told = JSON.stringify([
    await alice.call(contracts.getConnection, { connectionId: id }),
    await alice.call(contracts.listConnections, {}),
  ]);
  expect(told).not.toContain(account.password);
  const [row] = await app.query<{ secret: Buffer }>('select secret from connectors.connection');
  expect(row!.secret.toString('latin1')).not.toContain(account.password);
  await alice.call(contracts.endConnection, { connectionId: id, cards: 'stay' });
  await app.settle();
});

test('nobody else sees a connection or does anything with it', async () => {
  const { id } = await connect(alice, account);
  const connectionId = id;
  expect((await bob.call(contracts.listConnections, {})).items).toEqual([]);
  for (const call of [
    () => bob.call(contracts.getConnection, { connectionId }),
    () => bob.call(contracts.syncConnection, { connectionId }),
    () => bob.call(contracts.pauseConnection, { connectionId }),
    () => bob.call(contracts.renewConnection, { connectionId, secret: { password: 'x' } }),
    () => bob.call(contracts.endConnection, { connectionId, cards: 'remove' }),
  ])
    expect(await codeOf(call())).toBe('not_found');
  expect(await sync(alice, id)).toMatchObject({ state: 'ok', cards: 1 });
  await alice.call(contracts.endConnection, { connectionId, cards: 'stay' });
  await app.settle();
});

test('nothing is connected to somebody else’s book', async () => {
  const { items } = await alice.call(contracts.listPlaces, entered(account));
  const { bookId } = await connect(bob, account);
  const into = { ...entered(account), name: 'n', place: items[0]!.id, bookId };
  expect(await codeOf(alice.call(contracts.addConnection, into))).toBe('not_found');
});

test('two accounts are not written from one book', async () => {
  const { id, bookId } = await connect(alice, account, { twoWay: true });
  const { items } = await alice.call(contracts.listPlaces, entered(account));
  const again = { ...entered(account), name: 'n', place: items[0]!.id, bookId };
  expect(await codeOf(alice.call(contracts.addConnection, { ...again, twoWay: true }))).toBe('invalid_input');
  await alice.call(contracts.endConnection, { connectionId: id, cards: 'stay' });
  await app.settle();
});

test('a paused connection rests until it is told to go on; a new password is tried first', async () => {
  const { id: connectionId } = await connect(alice, account);
  expect(await alice.call(contracts.pauseConnection, { connectionId })).toMatchObject({
    state: 'paused',
    nextAt: null,
  });
  await app.query(`update connectors.connection set next_at = now() - interval '1 day'`);
  const wrong = { connectionId, secret: { password: 'guessed' } };
  expect(await problemOf(alice.call(contracts.renewConnection, wrong))).toBe('refused');
  expect((await alice.call(contracts.getConnection, { connectionId })).state).toBe('paused');
  await alice.call(contracts.renewConnection, { connectionId, secret: { password: account.password } });
  await app.settle();
  expect(await alice.call(contracts.getConnection, { connectionId })).toMatchObject({ state: 'ok', running: false });
});

test('disconnected, its cards stay or go out of sight, as was said', async () => {
  const [stays, goes] = [await connect(alice, account), await connect(alice, account)];
  const countIn = async (bookId: string) => (await alice.call(cards.listPeople, { bookId })).items.length;
  await alice.call(contracts.endConnection, { connectionId: stays.id, cards: 'stay' });
  await alice.call(contracts.endConnection, { connectionId: goes.id, cards: 'remove' });
  expect(await codeOf(alice.call(contracts.getConnection, { connectionId: goes.id }))).toBe('not_found');
  await app.settle();
  expect([await countIn(stays.bookId), await countIn(goes.bookId)]).toEqual([1, 0]);
  const left = await app.query<{ count: number }>(
    'select count(*)::int from connectors.connection where member_id = $1',
    [alice.me.memberId],
  );
  expect(left).toEqual([{ count: 1 }]);
});

test('of the log the last hundred are kept', async () => {
  const { items } = await alice.call(contracts.listConnections, {});
  const connectionId = items[0]!.id;
  await app.query(
    `insert into connectors.run (workspace_id, connection_id, run_id, member_id, outcome, ended_at)
     select workspace_id, connection_id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, member_id, 'ok', now()
     from connectors.connection, generate_series(1, 120) n where connection_id = $1`,
    [connectionId],
  );
  await sync(alice, connectionId);
  expect((await alice.call(contracts.getConnection, { connectionId })).runs).toHaveLength(100);
  expect(await app.query('select from connectors.run where connection_id = $1', [connectionId])).toHaveLength(100);
});

test('who leaves takes their accounts along', async () => {
  const leo = await app.invite(alice, 'Leo Gone');
  await connect(leo, account);
  const { id: departureId } = await alice.call(leaving.openDeparture, { memberId: leo.me.memberId });
  await alice.call(leaving.confirmDeparture, { departureId, name: 'Leo Gone' });
  await app.settle();
  expect(await app.query('select from connectors.connection where member_id = $1', [leo.me.memberId])).toEqual([]);
});
