import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { many } from '../delegation/ledger.ts';
import { lend } from '../delegation/testing.ts';
import * as identity from '../identity/contract.ts';
import { root } from '../kernel/config.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { sealAll, verifyChain } from './sealing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let otto: Member;
let card: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  otto = await app.invite(alice, 'Otto Auditor', { role: 'auditor' });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const verified = () => verifyChain(app.app, alice.me.workspace.id);
/** Seals all that stands there, as the hour's job does minutes later. */
async function seal(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    await app.settle();
    await sleep(20);
    await sealAll(app.app, 0);
    const [left] = await app.query<{ left: boolean }>(
      `with sealed as (select coalesce(max(until_id::text), '')::text as id from audit.seal)
       select exists (select from identity.audit, sealed where audit_id::text >= id)
         or exists (select from delegation.use, sealed where use_id::text >= id) as left`,
    );
    if (!left!.left) return;
  }
  throw new Error('Something is under way all the time.');
}

/** Opens a contact of Alice's, which she is told. */
async function lendAndOpen(): Promise<void> {
  const books = await alice.call(delegation.listBooks, {});
  await lend(alice, books.items[0]!.id, { grantee: { kind: 'workspace' }, acts: ['read'] });
  card = await addContact(alice, { name: 'Zelda Quint', bookId: books.items[0]!.id });
  await app.settle();
  await bob.call(cards.getPerson, { personId: card });
}

test('what was written down is sealed in a chain, and the chain verifies', async () => {
  expect(await verified()).toMatchObject({ seals: 0, breaks: [], fingerprint: null });
  await seal();
  await lendAndOpen();
  await seal();
  const found = await verified();
  expect(found).toMatchObject({ seals: 2, uses: 1, breaks: [] });
  expect(found.fingerprint).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  const [{ entries }] = (await app.query<{ entries: number }>(
    'select count(*)::int as entries from identity.audit where workspace_id = $1',
    [alice.me.workspace.id],
  )) as [{ entries: number }];
  expect(found.entries).toBe(entries);
  // Where nothing was written down, nothing is sealed.
  await seal();
  expect((await verified()).seals).toBe(2);
});

const workspace = () => alice.me.workspace.id;
const audited = `select audit_id from identity.audit where workspace_id = $1 order by audit_id limit 1`;
const tampers: { what: string; sealNo: number; problem: string; does: string; undoes: string }[] = [
  {
    what: 'an entry that was changed',
    ...{ sealNo: 1, problem: 'entries_changed' },
    does: `update identity.audit set code = 'x' || code where audit_id = (${audited})`,
    undoes: `update identity.audit set code = substr(code, 2) where audit_id = (${audited})`,
  },
  {
    what: 'an entry of which the time was changed by a microsecond',
    ...{ sealNo: 1, problem: 'entries_changed' },
    does: `update identity.audit set at = at + interval '1 microsecond' where audit_id = (${audited})`,
    undoes: `update identity.audit set at = at - interval '1 microsecond' where audit_id = (${audited})`,
  },
  {
    what: 'an entry that was taken out',
    ...{ sealNo: 1, problem: 'entries_counted' },
    does: `update identity.audit set workspace_id = '00000000-0000-7000-8000-000000000000' where audit_id = (${audited}) and workspace_id = $1`,
    undoes: `update identity.audit set workspace_id = $1 where workspace_id = '00000000-0000-7000-8000-000000000000'`,
  },
  {
    what: 'an entry that was slipped in',
    ...{ sealNo: 1, problem: 'entries_counted' },
    does: `insert into identity.audit (workspace_id, audit_id, code) values ($1, '00000000-0000-7000-8000-000000000001', 'member.role')`,
    undoes: `delete from identity.audit where workspace_id = $1 and audit_id = '00000000-0000-7000-8000-000000000001'`,
  },
  {
    what: 'a use that somebody else is said to have made',
    ...{ sealNo: 2, problem: 'uses_changed' },
    does: `update delegation.use set user_id = card_id, card_id = user_id where workspace_id = $1`,
    undoes: `update delegation.use set user_id = card_id, card_id = user_id where workspace_id = $1`,
  },
  {
    what: 'a use that was taken out',
    ...{ sealNo: 2, problem: 'uses_counted' },
    does: `update delegation.use set use_id = 'ffffffff-ffff-7fff-bfff-ffffffffffff', purpose = use_id::text where workspace_id = $1`,
    undoes: `update delegation.use set use_id = purpose::uuid, purpose = null where workspace_id = $1`,
  },
  {
    what: 'a seal that was made to fit',
    ...{ sealNo: 1, problem: 'seal_changed' },
    does: `update audit.seal set entries = entries + 1 where workspace_id = $1 and seal_no = 1`,
    undoes: `update audit.seal set entries = entries - 1 where workspace_id = $1 and seal_no = 1`,
  },
  {
    what: 'a seal that is missing',
    ...{ sealNo: 2, problem: 'seal_missing' },
    does: `update audit.seal set seal_no = 1000 where workspace_id = $1 and seal_no = 1`,
    undoes: `update audit.seal set seal_no = 1 where workspace_id = $1 and seal_no = 1000`,
  },
];

test.each(tampers)('$what is found', async ({ sealNo, problem, does, undoes }) => {
  const run = (sql: string) => app.query(sql, sql.includes('$1') ? [workspace()] : []);
  await run(does);
  const { breaks } = await verified();
  await run(undoes);
  expect(breaks[0]).toEqual({ sealNo, problem });
  expect((await verified()).breaks).toEqual([]);
});

test('a chain of which the end was cut off has no longer the fingerprint that somebody noted', async () => {
  const known = (await verified()).fingerprint!.replaceAll(' ', '');
  expect(await verifyChain(app.app, workspace(), known)).toMatchObject({ known: true, breaks: [] });
  const cut = await app.query(`delete from audit.seal where workspace_id = $1 and seal_no = 2 returning *`, [
    workspace(),
  ]);
  expect(await verifyChain(app.app, workspace(), known)).toMatchObject({ known: false, breaks: [] });
  // Made anew it verifies, and is another: its time is another.
  await seal();
  expect(await verifyChain(app.app, workspace(), known)).toMatchObject({ known: false, seals: 2, breaks: [] });
  expect(cut).toHaveLength(1);
});

test('two that seal at once make one chain', async () => {
  await bob.call(cards.getPerson, { personId: card });
  await alice.call(identity.createTeam, { name: 'Sales', memberIds: [] });
  const before = (await verified()).seals;
  await Promise.allSettled([seal(), seal(), seal()]);
  expect(await verified()).toMatchObject({ seals: before + 1, breaks: [] });
});

test('what a transaction under way writes is sealed when it has been committed, not before', async () => {
  const slow = new pg.Client({ connectionString: app.databaseUrl });
  await slow.connect();
  await slow.query('begin');
  await slow.query('select now()');
  const team = await alice.call(identity.createTeam, { name: 'Late', memberIds: [] });
  await slow.query(
    `insert into identity.audit (workspace_id, audit_id, code, subject_id) values ($1, $2, 'team.created', $3)`,
    [workspace(), newId(), team.id],
  );
  const before = (await verified()).seals;
  await sealAll(app.app, 0);
  await slow.query('commit');
  await slow.end();
  await seal();
  expect(await verified()).toMatchObject({ seals: before + 1, breaks: [] });
});

test('overseers read how far it is sealed and have it checked; what is broken is told to them, once', async () => {
  expect(await codeOf(bob.call(contracts.getStanding, {}))).toBe('forbidden');
  expect(await codeOf(bob.call(contracts.verify, {}))).toBe('forbidden');
  await otto.call(contracts.verify, {});
  await app.settle();
  const whole = await otto.call(contracts.getStanding, {});
  expect(whole).toMatchObject({ seals: whole.last!.sealNo, verification: { breaks: [] } });
  expect(whole.last!.fingerprint).toBe((await verified()).fingerprint);
  expect(whole.verification!.entries).toBeGreaterThan(3);

  await app.query(tampers[0]!.does, [workspace()]);
  for (let n = 0; n < 2; n++) await alice.call(contracts.verify, {}).then(() => app.settle());
  expect((await alice.call(contracts.getStanding, {})).verification!.breaks).toEqual([
    { sealNo: 1, problem: 'entries_changed' },
  ]);
  const toldTo = async (who: Member) =>
    (await who.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'audit_broken').length;
  expect([await toldTo(alice), await toldTo(otto), await toldTo(bob)]).toEqual([1, 1, 0]);
  await app.query(tampers[0]!.undoes, [workspace()]);
  expect(app.errors.splice(0).every((line) => line.startsWith('audit does not verify'))).toBe(true);
});

test('overseers see who used whose contacts, never which; that they looked stands in the audit', async () => {
  expect(await codeOf(bob.call(contracts.listUsesOf, { memberId: bob.me.memberId }))).toBe('forbidden');
  const { items } = await otto.call(contracts.listUsesOf, { memberId: bob.me.memberId });
  expect(items).toMatchObject([{ who: { name: 'Bob Stone' }, kind: 'opened', count: 1, holder: 'Alice Martin' }]);
  expect(JSON.stringify(items)).not.toMatch(/Zelda|Quint/);
  expect((await alice.call(identity.listAudit, {})).items[0]).toMatchObject({
    ...{ code: 'uses.read', actor: 'Otto Auditor', subject: 'Bob Stone' },
  });
  expect(await codeOf(otto.call(contracts.listUsesOf, { memberId: newId() }))).toBe('not_found');
});

test('of a person their holder sees who looked, everybody else what they did themselves', async () => {
  const carl = await app.invite(alice, 'Carl Young');
  const seen = async (who: Member) =>
    (await who.call(contracts.listUsesOfPerson, { personId: card })).items.map(({ who: { name }, kind }) => [
      name,
      kind,
    ]);
  expect(await seen(alice)).toEqual([['Bob Stone', 'opened']]);
  expect(await seen(bob)).toEqual([['Bob Stone', 'opened']]);
  expect(await seen(carl)).toEqual([]);
  expect(await seen(otto)).toEqual([['Bob Stone', 'opened']]);
  const book = (await alice.call(delegation.listBooks, {})).items[0]!.id;
  await lend(alice, book);
  for (const who of [bob, carl, otto]) expect(await codeOf(seen(who))).toBe('not_found');
  expect(await seen(alice)).toEqual([['Bob Stone', 'opened']]);
});

test('the audit as a file: each entry with its seal, what looks like a formula escaped, for overseers only', async () => {
  await alice.call(identity.createTeam, { name: '=1+1', memberIds: [] });
  await seal();
  expect((await bob.fetch(contracts.auditExportPath)).status).toBe(403);
  const answer = await otto.fetch(contracts.auditExportPath);
  const lines = (await answer.text()).trim().split('\r\n');
  // `text` takes the byte order mark off.
  expect(lines[0]).toBe('at,actor,code,subject,detail,id,seal,fingerprint');
  expect(lines.find((line) => line.includes('1+1'))).toMatch(/,Alice Martin,team\.created,'=1\+1,/);
  const { last } = await otto.call(contracts.getStanding, {});
  expect(lines.some((line) => line.endsWith(`,${last!.sealNo},${last!.fingerprint}`))).toBe(true);
  expect((await alice.call(identity.listAudit, {})).items[0]).toMatchObject({ code: 'audit.exported' });
  const none = await otto.fetch(`${contracts.auditExportPath}?until=2020-01-01`);
  expect((await none.text()).trim().split('\r\n')).toHaveLength(1);
  expect((await otto.fetch(`${contracts.auditExportPath}?from=never`)).status).toBe(400);
});

test('`entregent verify` tells each chain, and fails where one is broken or has not the fingerprint', async () => {
  const run = (...args: string[]) => {
    const command = ['cli/main.ts', 'verify', '--data', app.app.config.dataDir, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      cwd: root,
      env: { ...process.env, LC_ALL: 'C', DATABASE_URL: app.databaseUrl },
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };
  const { fingerprint } = await verified();
  expect(run()).toMatchObject({ status: 0, said: expect.stringContaining(`last seal ${fingerprint}`) });
  expect(run(...fingerprint!.split(' '))).toMatchObject({ status: 0 });
  expect(run('0'.repeat(32))).toMatchObject({ status: 1, said: expect.stringContaining('No chain has') });
  expect(run('what')).toMatchObject({ status: 2 });
  await app.query(tampers[0]!.does, [workspace()]);
  expect(run()).toMatchObject({ status: 1, said: expect.stringContaining('seal 1: an entry of the audit') });
  await app.query(tampers[0]!.undoes, [workspace()]);
});

test('who takes many contacts of others along in a day is told to overseers, once a day', async () => {
  const book = (await alice.call(delegation.listBooks, {})).items[0]!.id;
  await lend(alice, book, { grantee: { kind: 'workspace' }, acts: ['read', 'export'] });
  await app.settle();
  const toldTo = async (who: Member) => {
    await app.settle();
    return (await who.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'many_exported');
  };
  const take = async () => expect((await bob.fetch(`/people/${card}/vcard`)).status).toBe(200);
  await take();
  expect(await toldTo(alice)).toEqual([]);
  // As if the others of the day had been taken before.
  await app.query(`update delegation.happening set count = count + $2 where kind = 'exported' and user_id = $1`, [
    bob.me.memberId,
    many - 2,
  ]);
  await take();
  expect(await toldTo(alice)).toMatchObject([{ text: expect.stringMatching(/^Bob Stone took along hundreds/) }]);
  await take();
  for (const [who, times] of [
    [alice, 1],
    [otto, 1],
    [bob, 0],
  ] as const)
    expect(await toldTo(who)).toHaveLength(times);
});
