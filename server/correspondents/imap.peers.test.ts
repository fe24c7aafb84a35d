import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Dovecot, findDovecot, openDovecot } from '../../tools/dovecot.ts';
import * as connectors from '../connectors/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { letter } from './testing.ts';

const mine = 'alice@maison.example';

describe.runIf(findDovecot())('Dovecot', { timeout: 60_000 }, () => {
  let dovecot: Dovecot;
  let app: TestApp;
  let alice: Member;
  let bookId: string;

  beforeAll(async () => {
    dovecot = await openDovecot();
    app = await openTestApp(['--private-network', '127.0.0.1']);
    alice = await app.setUp();
    bookId = (await alice.call(delegation.listBooks, {})).items[0]!.id;
  });
  afterAll(async () => {
    await app.close();
    await dovecot.close();
  });
  afterEach(() => expect(app.errors.splice(0)).toEqual([]));

  const settings = (user: string) => ({ host: '127.0.0.1', port: dovecot.port, security: 'none', user });
  const connect = (user = mine, secret = { password: 'secret' }) =>
    alice.call(connectors.addConnection, {
      kind: 'imap',
      settings: settings(user),
      secret,
      name: user,
      place: 'mailbox',
      bookId,
    });
  const find = async (q: string) =>
    (await alice.call(contracts.listCorrespondents, { q, show: 'all', limit: 200 })).items;
  const state = async () => {
    await app.settle();
    const [mailbox] = (await alice.call(contracts.listMailboxes, {})).items;
    return mailbox;
  };
  const from = (who: string, more: Partial<Parameters<typeof letter>[0]> = {}) =>
    letter({ from: `${who} <${who}@voisins.example>`, to: mine, ...more });

  test('refuses a wrong password, an address inside the company’s network, and mail in the clear beyond it', async () => {
    const problem = (call: Promise<unknown>) =>
      call.then(
        () => 'done',
        (error: unknown) => (error instanceof ProblemAnswer ? error.problem.fields?.problem : error),
      );
    expect(await problem(connect(mine, { password: 'wrong' }))).toBe('refused');
    const places = (more: object) =>
      alice.call(connectors.listPlaces, {
        kind: 'imap',
        settings: { ...settings(mine), ...more },
        secret: { password: 'secret' },
      });
    expect(await problem(places({ host: '10.0.0.1' }))).toBe('private_network');
    expect(await problem(places({ host: '169.254.169.254' }))).toBe('private_network');
    expect(await problem(places({ host: '192.0.2.1' }))).toBe('not_encrypted');
    expect(await problem(places({ security: 'starttls' }))).toBe('not_encrypted');
    expect(await codeOf(places({ port: 0 }))).toBe('invalid_input');
  });

  test('what was sent, received and filed is read; what is private, thrown away or unwanted is not', async () => {
    dovecot.deliver(mine, 'Sent', letter({ from: mine, to: 'paul@voisins.example' }));
    dovecot.deliver(mine, 'INBOX', from('paul'));
    dovecot.deliver(mine, 'Clients', from('rita'));
    for (const folder of ['Personnel', 'Junk', 'Trash', 'Drafts'])
      dovecot.deliver(mine, folder, from(folder.toLowerCase()));
    dovecot.deliver(mine, 'INBOX', from('lea', { subject: 'Privé : dimanche' }));
    const connection = await connect();
    expect(await state()).toMatchObject({ read: 3, private: 1, machines: 0, correspondents: 2 });
    expect((await state())!.caughtUpAt).not.toBeNull();
    expect((await find('')).map(({ email, sent, received }) => `${email} ${sent} ${received}`).sort()).toEqual([
      'paul@voisins.example 1 1',
      'rita@voisins.example 0 1',
    ]);
    // The watch may have had it read once more meanwhile.
    const outcome = async () =>
      (await alice.call(connectors.getConnection, { connectionId: connection.id })).runs[0]?.outcome;
    await expect.poll(outcome, { timeout: 60_000 }).toBe('ok');
  });

  test('a new mail shows by itself', async () => {
    // The watch is there once it has had the mailbox read.
    await expect
      .poll(async () => (await app.query(`select from connectors.run`)).length, { timeout: 60_000 })
      .toBeGreaterThan(1);
    await app.settle();
    for (const who of ['eva', 'max']) {
      const began = performance.now();
      dovecot.deliver(mine, 'INBOX', from(who));
      await expect.poll(() => find(who), { timeout: 60_000, interval: 50 }).toHaveLength(1);
      process.stdout.write(`A new mail showed after ${Math.round(performance.now() - began)} ms.\n`);
    }
  });

  test('other UIDs are no other messages', async () => {
    await dovecot.stop();
    dovecot.renumber(mine, 'INBOX');
    await dovecot.start();
    const connectionId = (await alice.call(connectors.listConnections, {})).items[0]!.id;
    await alice.call(connectors.syncConnection, { connectionId });
    expect(await state()).toMatchObject({ read: 5 });
    expect(await find('paul')).toMatchObject([{ sent: 1, received: 1 }]);
  });

  test('ended in the middle, of the server or of our own connections, every message counts once', async () => {
    const user = 'many@maison.example';
    const senders = Array.from({ length: 40 }, (_, no) => `s${no}`);
    for (let no = 0; no < 1000; no++)
      dovecot.deliver(user, 'INBOX', letter({ from: `${senders[no % 40]}@nombreux.example`, to: user }));
    const { id: connectionId } = await connect(user);
    const read = async () =>
      (await alice.call(contracts.listMailboxes, {})).items.find(({ name }) => name === user)?.read ?? 0;
    const goOn = () =>
      alice.call(connectors.syncConnection, { connectionId }).then(
        () => true,
        () => false,
      );
    await expect.poll(read, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    await dovecot.stop();
    const problem = async () => (await alice.call(connectors.getConnection, { connectionId })).problem;
    await expect.poll(problem, { timeout: 20_000 }).not.toBeNull();
    const half = await read();
    expect(half).toBeLessThan(1000);
    await dovecot.start();
    await goOn();
    await expect.poll(read, { timeout: 20_000, interval: 20 }).toBeGreaterThan(half);
    await app.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'entregent' and datname = current_database()`,
    );
    // The first to ask may be given a connection that is just breaking.
    await expect.poll(goOn, { timeout: 20_000 }).toBe(true);
    await expect.poll(read, { timeout: 30_000 }).toBe(1000);
    expect(new Set((await find('nombreux')).map(({ received }) => received))).toEqual(new Set([25]));
    app.errors.splice(0);
  });

  test('copies in the drop-box are read for who sent them', async () => {
    const box = 'copies@maison.example';
    const bob = await app.invite(alice, 'Bob Stone');
    const connection = await alice.call(connectors.addConnection, {
      kind: 'drop_box',
      settings: { ...settings(box), address: box },
      secret: { password: 'secret' },
      name: box,
      place: 'mailbox',
      bookId,
    });
    await app.settle();
    const { address } = await bob.call(contracts.getDropBox, {});
    dovecot.deliver(box, 'INBOX', letter({ from: bob.me.email, to: 'rosa@dehors.example', cc: address! }));
    dovecot.deliver(box, 'INBOX', letter({ from: 'mal@dehors.example', to: 'faux@dehors.example', cc: address! }));
    const found = async () => (await bob.call(contracts.listCorrespondents, { show: 'all' })).items;
    await expect.poll(found, { timeout: 15_000 }).toMatchObject([{ email: 'rosa@dehors.example', sent: 1 }]);
    await app.settle();
    const { runs } = await alice.call(connectors.getConnection, { connectionId: connection.id });
    expect(runs.reduce((sum, { counts }) => sum + (counts.not_taken ?? 0), 0)).toBe(1);
    expect(await codeOf(bob.call(connectors.listPlaces, { kind: 'drop_box', settings: settings(box) }))).toBe(
      'invalid_input',
    );
  });

  test('disconnected, all that was read is forgotten', async () => {
    for (const { id: connectionId } of (await alice.call(connectors.listConnections, {})).items)
      await alice.call(connectors.endConnection, { connectionId, cards: 'stay' });
    await app.settle();
    expect((await alice.call(contracts.listMailboxes, {})).items).toEqual([]);
    expect(await app.query('select from correspondents.message')).toEqual([]);
    expect(await app.query('select from correspondents.correspondent')).toEqual([]);
  });
});
