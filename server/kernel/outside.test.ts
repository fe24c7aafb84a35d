// Operations that have a system do some of their work, or wait for somebody outside: many at once, and each as a whole.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import * as leaving from '../leaving/contract.ts';
import * as matching from '../matching/contract.ts';
import * as notices from '../notices/contract.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as tasks from '../tasks/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let sink: MailSink;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood', { role: 'marketing' });
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

/** More than there are connections. */
const many = Array.from({ length: 20 }, (_, no) => no);

/** What became of as many calls at once. */
async function atOnce(call: (no: number) => Promise<unknown>): Promise<Set<string>> {
  const answers = many.map((no) =>
    call(no).then(
      () => 'done',
      (error) => codeOf(Promise.reject(error)),
    ),
  );
  return new Set(await Promise.all(answers));
}

describe('more calls at once than there are connections are all answered', () => {
  test('explaining a pair', async () => {
    const twins = [1, 2].map(() => addContact(alice, { name: 'Zélie Quintrand', email: 'zelie@sablon.example' }));
    const pair = (await Promise.all(twins)).toSorted().join('.');
    expect(await atOnce(() => alice.call(matching.explainPair, { pair }))).toEqual(new Set(['done']));
  });

  test('stopping a message, which one of them does', async () => {
    const personId = await addContact(alice, { name: 'Anne Sas', email: 'anne@exemple.example' });
    const { values } = await alice.call(cards.getPerson, { personId });
    const contactPointId = values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
    // The queue stands still, so that it can be stopped.
    const confirm = sink.hold();
    const words = { purpose: 'service' as const, subject: 'Good day', text: 'Words.' };
    const write = () => alice.call(outreach.writeToContact, { personId, contactPointId, ...words });
    await write();
    const { messageId } = await write();
    const stop = () => alice.call(outreach.cancelMessage, { messageId: messageId! });
    expect(await atOnce(stop)).toEqual(new Set(['done', 'conflict']));
    expect(await codeOf(bob.call(outreach.cancelMessage, { messageId: messageId! }))).toBe('not_found');
    confirm();
  });

  test('looking at a departure', async () => {
    const dan = await app.invite(alice, 'Dan Field');
    const { id: departureId } = await alice.call(leaving.openDeparture, { memberId: dan.me.memberId });
    expect(await atOnce(() => alice.call(leaving.getDeparture, { departureId }))).toEqual(new Set(['done']));
    expect(await atOnce(() => dan.call(leaving.getMyDeparture, {}))).toEqual(new Set(['done']));
  });

  test('deleting books', async () => {
    const books = await Promise.all(many.map((no) => bob.call(delegation.createBook, { name: `Book ${no}` })));
    expect(await atOnce((no) => bob.call(delegation.deleteBook, { bookId: books[no]!.id }))).toEqual(new Set(['done']));
    expect((await bob.call(delegation.listBooks, {})).items.filter(({ mine }) => mine)).toHaveLength(1);
  });

  test('handing on tasks that another wrote', async () => {
    const given = await Promise.all(
      many.map((no) => alice.call(tasks.createTask, { title: `Task ${no}`, ownerId: bob.me.memberId })),
    );
    const ownerId = carol.me.memberId;
    expect(await atOnce((no) => bob.call(tasks.updateTask, { taskId: given[no]!.id, ownerId }))).toEqual(
      new Set(['done']),
    );
    const { items } = await carol.call(tasks.listTasks, { state: 'open', whose: 'mine', limit: 200 });
    expect(items.filter(({ title }) => title.startsWith('Task '))).toHaveLength(many.length);
  });

  test('saying who is in a team, as its lead, and what a use is for, as marketing', async () => {
    const memberIds = [bob.me.memberId, carol.me.memberId];
    const { id: teamId } = await alice.call(identity.createTeam, { name: 'Crew', memberIds, leadIds: memberIds });
    expect(await atOnce(() => bob.call(identity.updateTeam, { teamId, memberIds }))).toEqual(new Set(['done']));
    const terms = { purpose: 'To invite', endsAt: null, memberIds };
    expect(await atOnce((no) => carol.call(identity.createProcess, { name: `Use ${no}`, ...terms }))).toEqual(
      new Set(['done']),
    );
  });

  test('asking for the key to push services', async () => {
    expect(await atOnce(() => alice.call(notices.getPushKey, {}))).toEqual(new Set(['done']));
  });
});

test('no transaction waits for a mail server that does not answer', async () => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  await setUpMail(alice, (silent.address() as AddressInfo).port);
  const called = once(silent, 'connection');
  const answer = alice.call(outreach.sendTestMail, {});
  const [socket] = await called;
  // What works in the background beside it comes to its end; what waits for the mail server would not.
  const open = () =>
    app.query(
      `select query from pg_stat_activity where datname = current_database() and application_name = 'entregent' and xact_start is not null`,
    );
  await expect.poll(open, { timeout: 5000 }).toEqual([]);
  socket.destroy();
  silent.close();
  expect((await answer).state).not.toBe('sent');
  await setUpMail(alice, sink.port);
});

describe('when all connections are in use', () => {
  test('a request is answered so after a while', async () => {
    const { pool } = app.app.db;
    const { connectionTimeoutMillis } = pool.options;
    const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    pool.options.connectionTimeoutMillis = 100;
    const code = await codeOf(alice.call(identity.getMe, {}));
    pool.options.connectionTimeoutMillis = connectionTimeoutMillis;
    for (const client of taken) client.release();
    expect(code).toBe('unavailable');
    expect(app.errors.splice(0).join()).toContain('NoConnection');
    expect((await alice.call(identity.getMe, {})).memberId).toBe(alice.me.memberId);
  });
});

describe('an idempotency key on an operation of several transactions', () => {
  const uses = async (name: string) =>
    (await alice.call(identity.listProcesses, {})).items.filter((one) => one.name === name);
  const terms = (name: string) => ({ name, purpose: 'Once', endsAt: null, memberIds: [] });
  const make = (name: string, key: string) =>
    alice.call(identity.createProcess, terms(name), { headers: { 'idempotency-key': key } });

  test('has it done once, and gives the same answer again', async () => {
    const first = await make('Once', 'outside 1');
    expect(await make('Once', 'outside 1')).toEqual(first);
    expect(await uses('Once')).toHaveLength(1);
    expect(await codeOf(make('Another', 'outside 1'))).toBe('idempotency_mismatch');
  });

  test('is free again after a refusal', async () => {
    const taken = await make('Taken', 'outside 2');
    expect(await codeOf(make('Taken', 'outside 3'))).toBe('conflict');
    await alice.call(identity.changeProcess, { processId: taken.id, ...terms('Renamed') });
    expect((await make('Taken', 'outside 3')).name).toBe('Taken');
  });

  test('stays taken where nobody knows what came of it', async () => {
    await make('Doubtful', 'outside 4');
    // As a crash between the work and the keeping of its answer leaves it.
    await app.query(`update kernel.idempotent_answer set status = 102, body = null where key = 'outside 4'`);
    expect(await codeOf(make('Doubtful', 'outside 4'))).toBe('already_running');
    expect(await uses('Doubtful')).toHaveLength(1);
  });
});

test('a workspace whose making failed is made by the worker, as its kept answer says', async () => {
  await app.query('revoke insert on identity.workspace from entregent_identity');
  const ask = () =>
    alice.call(identity.createWorkspace, { name: 'Troisième SAS' }, { headers: { 'idempotency-key': 'third' } });
  const { id } = await ask();
  expect(app.errors.splice(0).join()).toContain('job left to the worker');
  await app.query('grant insert on identity.workspace to entregent_identity');
  expect((await ask()).id).toBe(id);
  await app.query(`update graphile_worker._private_jobs set run_at = now()`);
  const mine = async () =>
    (
      await app.client().call(identity.signIn, {
        email: alice.me.email,
        password: alice.password,
        workspaceId: id,
      })
    ).workspace.id;
  await expect.poll(mine, { timeout: 10_000 }).toBe(id);
});
