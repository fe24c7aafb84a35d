// A file in a folder stands for what is the company's.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as leaving from '../leaving/contract.ts';
import { allModules } from '../modules.ts';
import * as contracts from './contract.ts';
import { rest, sync } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-company-'));
let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
const place = 'clients.csv';

beforeAll(async () => {
  writeFileSync(join(folder, place), 'First Name,Last Name,E-mail\nAnne,Aubry,anne@aubry.example\n');
  utimesSync(join(folder, place), 1_700_000_000, 1_700_000_000);
  app = await openTestApp(['--watched-folder', folder]);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood', { role: 'admin' });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

/** An admin of whom the company connects a file, into a book with these stewards; without: into one of their own. */
async function connectBy(admin: Member, stewards?: Member[]): Promise<string> {
  const stewardIds = stewards?.map(({ me }) => me.memberId);
  const name = `Company ${Math.random()}`;
  const { id: bookId } = await admin.call(delegation.createBook, { name, ...(stewardIds && { stewardIds }) });
  const entered = { kind: 'file_in_folder', name: 'ERP', place, bookId };
  const { id } = await admin.call(contracts.addConnection, entered);
  await rest(admin, id);
  await app.settle();
  return id;
}
const idsOf = async (member: Member) => (await member.call(contracts.listConnections, {})).items.map(({ id }) => id);
const { crons } = allModules({} as Parameters<typeof allModules>[0]);
const sweep = async () => {
  await crons.find(({ name }) => name === 'connectors.wakeDue')!.run(app.app);
  await app.settle();
};
const codes = async () =>
  (await alice.call(identity.listAudit, { limit: 50 })).items
    .filter(({ code }) => code.startsWith('connection.'))
    .map(({ code, actor, subject, detail }) => [code, actor, subject, detail.kind]);
const leave = async (member: Member, successorId?: string) => {
  const { id: departureId } = await alice.call(leaving.openDeparture, { memberId: member.me.memberId });
  const confirmed = { departureId, name: member.me.name, ...(successorId && { successorId }) };
  await alice.call(leaving.confirmDeparture, confirmed);
  await app.settle();
  return departureId;
};

test('when an admin leaves, what they connected for the company goes on with another steward', async () => {
  const dan = await app.invite(alice, 'Dan Gone', { role: 'admin' });
  const id = await connectBy(dan, [dan, bob, carol]);
  await leave(dan);
  await sweep();
  expect(await idsOf(bob)).toEqual([]);
  expect(await idsOf(carol)).toEqual([id]);
  expect(await sync(carol, id)).toMatchObject({ state: 'ok' });
  expect((await carol.call(contracts.getConnection, { connectionId: id })).runs).toHaveLength(2);
  expect(await codes()).toEqual([
    ['connection.handed_over', null, 'Carol Wood', 'file_in_folder'],
    ['connection.made', 'Dan Gone', null, 'file_in_folder'],
  ]);
  await carol.call(contracts.endConnection, { connectionId: id, cards: 'stay' });
  await app.settle();
  expect((await codes())[0]).toEqual(['connection.ended', 'Carol Wood', null, 'file_in_folder']);
});

test('who administers no more hands it to an admin; where there is none, it stays with them as a steward', async () => {
  const eve = await app.invite(alice, 'Eve Former', { role: 'admin' });
  const [withAdmin, without] = [await connectBy(eve, [eve, carol]), await connectBy(eve, [eve, bob])];
  await sweep();
  expect(await idsOf(eve)).toEqual([withAdmin, without]);
  await alice.call(identity.updateMember, { memberId: eve.me.memberId, role: 'member' });
  await sweep();
  await sweep();
  expect(await idsOf(carol)).toEqual([withAdmin]);
  expect(await idsOf(eve)).toEqual([without]);
  expect(await codeOf(eve.call(contracts.getConnection, { connectionId: withAdmin }))).toBe('not_found');
  await app.query(`delete from delegation.steward where member_id = $1`, [eve.me.memberId]);
  utimesSync(join(folder, place), 1_700_000_100, 1_700_000_100);
  expect(await sync(eve, without)).toMatchObject({ problem: 'book_gone' });
  await sweep();
  expect(await sync(bob, without)).toMatchObject({ state: 'ok', problem: null });
});

test('where nobody can, it rests, and ends when whoever left can be back no more', async () => {
  const finn = await app.invite(alice, 'Finn Alone', { role: 'admin' });
  const id = await connectBy(finn);
  await leave(finn);
  await sweep();
  const states = async () =>
    (await app.query<{ state: string }>('select state from connectors.connection where connection_id = $1', [id])).map(
      ({ state }) => state,
    );
  expect(await states()).toEqual(['ok']);
  await app.query(
    `update connectors.connection set created_at = now() - interval '40 days', synced_at = null, next_at = now() - interval '32 days'
     where connection_id = $1`,
    [id],
  );
  await sweep();
  await app.settle();
  expect(await states()).toEqual([]);
});

test('from a book of their own that stays, it goes on with whoever looks after it; when they are back, with them', async () => {
  const gina = await app.invite(alice, 'Gina Back', { role: 'admin' });
  const id = await connectBy(gina);
  const { bookId } = await gina.call(contracts.getConnection, { connectionId: id });
  await gina.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
  await app.settle();
  const departureId = await leave(gina, bob.me.memberId);
  await sweep();
  expect(await idsOf(bob)).toContain(id);
  expect(await sync(bob, id)).toMatchObject({ state: 'ok' });
  await alice.call(leaving.undoDeparture, { departureId });
  await app.settle();
  await sweep();
  expect(await idsOf(bob)).not.toContain(id);
});

test('a drop-box needs no book: any admin looks after it', async () => {
  const hans = await app.invite(alice, 'Hans Mail', { role: 'admin' });
  const [id, sourceId] = ['0193ffff-0000-7000-8000-0000000000c1', '0193ffff-0000-7000-8000-0000000000c2'];
  const of = [hans.me.workspace.id, hans.me.memberId, sourceId];
  await app.query(
    `insert into sources.source (workspace_id, holder_id, source_id, name, kind) values ($1, $2, $3, 'Drop-box', 'drop_box')`,
    of,
  );
  await app.query(
    `insert into connectors.connection (workspace_id, member_id, source_id, connection_id, book_id, kind, settings, secret, place, place_name, two_way, next_at)
     select $1, $2, $3, $4, book_id, 'drop_box', '{}', '', 'mailbox', 'copies', false, now() + interval '1 day' from delegation.book
     where workspace_id = $1 and holder_id = $2 and main`,
    [...of, id],
  );
  await sweep();
  expect(await idsOf(hans)).toEqual([id]);
  await alice.call(identity.updateMember, { memberId: hans.me.memberId, role: 'member' });
  await sweep();
  expect(await idsOf(alice)).toEqual([id]);
  const { bookId } = await alice.call(contracts.getConnection, { connectionId: id });
  expect((await alice.call(delegation.listBooks, {})).items.find((book) => book.id === bookId)).toMatchObject({
    mine: true,
  });
});
