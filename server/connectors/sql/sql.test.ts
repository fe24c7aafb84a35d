// A database of the tests' own PostgreSQL stands for that of an ERP.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fieldsOf } from '../../cards/fields.ts';
import { openGuarded } from '../../kernel/guarded.ts';
import {
  codeOf,
  type Member,
  openTestApp,
  openTestDatabase,
  type TestApp,
  type TestDatabase,
} from '../../kernel/testing.ts';
import * as contracts from '../contract.ts';
import { synchronise } from '../syncing.ts';
import { connectService, namesIn, onLoopback, openByAddress, problemOf, readCard, sync } from '../testing.ts';
import { sql } from './index.ts';
import { planRows, toItem, toStatement } from './rows.ts';

let app: TestApp;
let alice: Member;
let erp: TestDatabase;
let there: Awaited<ReturnType<typeof openByAddress>>;
/** Who may read there. */
const reader = `entregent_reader_${process.pid}`;
/** Her connection, and the book that it fills. */
let id: string;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  erp = await openTestDatabase('empty');
  there = await openByAddress(erp.url);
  await erp.query(`create table client (num int primary key, prenom text, nom text, email text, mobile text, societe text,
    opt_out boolean not null default false, modifie_le timestamptz not null default now())`);
  await erp.query(`create role ${reader} login`);
  await erp.query(`grant select, insert, delete on client to ${reader}`);
});
afterAll(async () => {
  there.close();
  await app.close();
  await erp.query(`drop owned by ${reader}`);
  await erp.query(`drop role ${reader}`);
  await erp.drop();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const all = 'select num, prenom, nom, email, mobile, societe, opt_out as "Email Opt Out", modifie_le from client';
const account = (wrong: Record<string, string> = {}) => ({
  kind: 'sql',
  settings: {
    address: there.address,
    database: new URL(erp.url.replace(/^\w+:/, 'http:').replace('@/', '@localhost/')).pathname.slice(1),
    username: reader,
    query: `${all} order by num`,
    key: 'num',
    ...wrong,
  },
  secret: { password: 'secret' },
});
let times = 0;
/** Who tries so often is told to slow down: each time it is from elsewhere. */
const asked = (wrong: Record<string, string>) =>
  alice.call(contracts.listPlaces, account(wrong), { headers: { 'x-forwarded-for': `198.51.201.${++times}` } });
const put = (num: number, prenom: string, nom: string, more: Record<string, unknown> = {}) => {
  const row = { num, prenom, nom, ...more };
  const names = Object.keys(row);
  return erp.query(
    `insert into client (${names.join(', ')}) values (${names.map((_, no) => `$${no + 1}`).join(', ')})
     on conflict (num) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    Object.values(row),
  );
};

test('rows come as contacts, their columns read as those of a file; what is as it was says nothing', async () => {
  await put(1, 'Anne', 'Aubry', {
    email: 'anne@aubry.example',
    mobile: '06 39 98 00 01',
    societe: 'Aubry Conseil',
    opt_out: true,
  });
  await put(2, 'Bruno', 'Blanc', { email: 'bruno@blanc.example' });
  ({ id, bookId } = await connectService(alice, account()));
  expect(await namesIn(alice, bookId)).toEqual(['Anne Aubry', 'Bruno Blanc']);
  const anne = await readCard(alice, bookId, 'Anne Aubry');
  expect(anne.values('organization')).toEqual([{ name: 'Aubry Conseil' }]);
  expect(anne.values('phone')).toMatchObject([{ e164: '+33639980001' }]);
  expect(anne.values('consent')).toMatchObject([{ channel: 'email', state: 'objected' }]);
  expect((await readCard(alice, bookId, 'Bruno Blanc')).values('consent')).toEqual([]);
  expect((await sync(alice, id)).counts).toEqual({});
  await put(2, 'Bruno', 'Blanc', { email: 'b.blanc@new.example' });
  await erp.query('delete from client where num = 1');
  expect((await sync(alice, id)).counts).toEqual({ updated: 1, ended: 1 });
  await put(1, 'Anne', 'Aubry');
  await sync(alice, id);
  expect((await readCard(alice, bookId, 'Anne Aubry')).endedAt).toBeNull();
});

test('with :since only what has changed is asked for, and once a day everything', async () => {
  await erp.query(`update client set modifie_le = now() - interval '1 day'`);
  const since = account({ query: `${all} where modifie_le >= :since order by num;` });
  const recent = await connectService(alice, since);
  expect(await namesIn(alice, recent.bookId)).toEqual(['Anne Aubry', 'Bruno Blanc']);
  await put(3, 'Chloé', 'Caron');
  // Changed without a word: nobody asks for it.
  await erp.query(`update client set societe = 'Unsaid' where num = 2`);
  await erp.query('delete from client where num = 1');
  expect((await sync(alice, recent.id)).counts).toEqual({ created: 1 });
  await app.query(`update connectors.connection set cursor = cursor || '{"listed": 0}' where connection_id = $1`, [
    recent.id,
  ]);
  expect((await sync(alice, recent.id)).counts).toEqual({ updated: 1, ended: 1 });
});

test('a process that ends in the middle loses nothing, and nothing comes twice', async () => {
  await erp.query(
    `insert into client (num, prenom, nom) select no, 'Many', 'No' || no from generate_series(1000, 2199) no`,
  );
  const ends = new AbortController();
  const dying = {
    ...sql,
    async *pull(...args: Parameters<typeof sql.pull>) {
      let pages = 0;
      for await (const batch of sql.pull(...args)) {
        yield batch;
        if (++pages === 1) ends.abort();
      }
    },
  };
  await app.query('update connectors.connection set wanted_at = now() where connection_id = $1', [id]);
  const of = { workspaceId: alice.me.workspace.id, connectionId: id, removals: false };
  await expect(synchronise(app.app, [dying], of, ends.signal)).rejects.toThrow();
  expect((await sync(alice, id)).counts.created).toBeLessThan(1200);
  const names = (await namesIn(alice, bookId)).filter((name) => name.startsWith('Many'));
  expect([names.length, new Set(names).size]).toEqual([1200, 1200]);
});

test('a function that writes is refused', async () => {
  await erp.query(
    `create function bump() returns int language sql security definer as 'insert into client (num) values (-1) returning num'`,
  );
  const bumping = { query: `select bump() as num, nom, email from client` };
  expect(await problemOf(asked(bumping))).toBe('forbidden');
  expect(await erp.query('select from client where num = -1')).toEqual([]);
});

test('outside of what the operator allows, a server without encryption is told no password', async () => {
  const guarded = { ...openGuarded([]), resolve: async () => ({ address: '127.0.0.1', inside: false }) };
  const keepSecret = async () => {};
  const findClient = async () => null;
  const { signal } = new AbortController();
  const access = { ...account(), guarded, keepSecret, findClient, signal, config: app.app.config, country: 'FR' };
  await expect(sql.connect(access)).rejects.toMatchObject({ code: 'not_encrypted' });
});

test.each([
  'delete from client returning *',
  'with gone as (delete from client returning *) select * from gone',
  "select num, nom, set_config('transaction_read_only', 'off', false) from client",
  'select 1; drop table client',
  'select num, email from client; commit; delete from client',
])('nothing is changed there by “%s”', async (query) => {
  const count = async () => (await erp.query('select count(*)::int from client'))[0];
  const before = await count();
  await problemOf(asked({ query }));
  expect(await count()).toEqual(before);
});

test.each([
  ['a query that is none', { query: 'selct' }, 'bad_query'],
  ['a query that changes something', { query: 'delete from client returning *' }, 'bad_query'],
  ['a second query behind it', { query: `${all}; select 2` }, 'bad_query'],
  ['a key that is no column', { key: 'id' }, 'bad_query'],
  ['a table that is not there', { query: 'select * from nothing' }, 'bad_query'],
  ['columns without contacts', { query: 'select num, opt_out from client' }, 'no_contacts'],
  ['a table that is somebody else’s', { query: 'select * from pg_authid', key: 'oid' }, 'forbidden'],
  ['somebody unknown', { username: 'nobody_at_all' }, 'refused'],
  ['another database', { database: 'nothing_of_the_kind' }, 'place_gone'],
  ['a machine that is not there', { address: '127.0.0.1:1' }, 'unreachable'],
  ['the metadata of a cloud', { address: '169.254.169.254' }, 'private_network'],
  ['a machine of the company', { address: '10.0.0.1:5432' }, 'private_network'],
  ['a name that leads into the company', { address: 'localhost.localdomain' }, 'unreachable'],
])('%s is told as what it is', async (_what, wrong, problem) => {
  expect(await problemOf(asked(wrong))).toBe(problem);
});

test('what lies beside a host in an address is refused', async () => {
  for (const address of ['user:pass@db.example', 'db.example/other', '', '/var/run/postgresql'])
    expect(await codeOf(asked({ address }))).toBe('invalid_input');
});

test('a server that speaks no PostgreSQL, or says nothing, is left alone', async () => {
  const strange = createServer((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await once(strange.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(strange.address() as AddressInfo).port}`;
  expect(await problemOf(asked({ address }))).toBe('unreachable');
  strange.close();
});

test('a result without end is left where it is', async () => {
  const { id: endless } = await connectService(alice, account({ query: `${all} where num < 3`, key: 'num' }));
  await app.query(
    `update connectors.connection set settings = settings || jsonb_build_object('query', $2::text) where connection_id = $1`,
    [
      endless,
      `select no as num, null as prenom, null as nom, null as email, null as mobile, null as societe, null as "Email Opt Out",
      repeat('x', 800000) as modifie_le from generate_series(1, 1000) no`,
    ],
  );
  expect(await sync(alice, endless)).toMatchObject({ problem: 'too_large', state: 'retrying' });
});

test('only admins ask a database: it is the company’s', async () => {
  const bob = await app.invite(alice, 'Bob Stone');
  expect(await codeOf(bob.call(contracts.listPlaces, account()))).toBe('invalid_input');
  const kinds = async (member: Member) => (await member.call(contracts.listKinds, {})).items.map(({ kind }) => kind);
  expect(await kinds(alice)).toContain('sql');
  expect(await kinds(bob)).not.toContain('sql');
});

test.each([
  ['select a::since from t;', 'select a::since from t', false],
  ['select * from t where at > :since', 'select * from t where at > $1::timestamptz', true],
  [':sincerely', ':sincerely', false],
])('“%s” is sent as “%s”', (query, text, since) => {
  expect(toStatement(query)).toEqual({ text, since });
});

test('whatever a row holds, it is read without inventing anything', () => {
  const value = fc.oneof(fc.string(), fc.constant(null), fc.emailAddress());
  const headers = ['num', 'prenom', 'nom', 'email', 'societe'];
  const rows = fc.array(fc.tuple(fc.string(), value, value, value, value), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(rows, (said) => {
      const plan = planRows(headers, [['1', 'Anne', 'Aubry', 'a@aubry.example', 'Aubry'], ...said], 'num');
      for (const row of said) {
        const item = toItem(plan, row, 'num', 'FR');
        expect(item === undefined).toBe(row[0].trim() === '');
        if (!item) continue;
        for (const email of item.contact.emails) expect(row.join(' ')).toContain(email.value);
        expect(item.contact.consent).toBeUndefined();
        fieldsOf(item.contact, null);
      }
    }),
  );
});
