// A database of the tests' own PostgreSQL stands for that of a shop.

import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import { toAsked } from '../connectors/sql/engines.ts';
import { onLoopback, openByAddress, problemOf } from '../connectors/testing.ts';
import {
  codeOf,
  type Member,
  openTestApp,
  openTestDatabase,
  type TestApp,
  type TestDatabase,
} from '../kernel/testing.ts';
import { readDatabase, wakeDue } from './database-reading.ts';
import { beginAt, furthest, isLater, toMark } from './database-rules.ts';
import * as contracts from './databases-contract.ts';
import { getHealth, updateSource } from './sources-contract.ts';
import { daysAgo, historyOf } from './testing.ts';

let app: TestApp;
let alice: Member;
let lea: string;
let shop: TestDatabase;
let there: Awaited<ReturnType<typeof openByAddress>>;
const reader = `entregent_shop_${process.pid}`;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  lea = await addContact(alice, { name: 'Lea Moreau', email: 'lea@client.example' });
  shop = await openTestDatabase('empty');
  there = await openByAddress(shop.url);
  await shop.query(`create table orders (no int primary key, mail text, total numeric(20,6), day timestamptz not null, label text,
    changed timestamptz not null default now())`);
  await shop.query(`create role ${reader} login`);
  await shop.query(`grant select, insert, delete on orders to ${reader}`);
});
afterAll(async () => {
  await app.close();
  there.close();
  await shop.query(`drop owned by ${reader}`);
  await shop.query(`drop role ${reader}`);
  await shop.drop();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const settings = (said: Partial<contracts.DatabaseSettings> = {}): contracts.DatabaseSettings => ({
  ...{ engine: 'postgresql', address: there.address, username: reader, zone: 'Europe/Paris', every: 60 },
  database: new URL(shop.url.replace(/^\w+:/, 'http:').replace('@/', '@localhost/')).pathname.slice(1),
  query: 'select no, mail, total, day, label, changed from orders where no < 1000 and changed > :since -- the newest;',
  order: { column: 'changed', type: 'time' },
  columns: {
    ...{ externalId: 'no', at: 'day', kind: { fixed: 'order', column: '' }, email: 'mail', phone: '', customerId: '' },
    ...{ amount: 'total', currency: { fixed: 'EUR', column: '' }, consent: '', props: { number: 'label' } },
  },
  customerSystem: '',
  ...said,
});
let times = 0;
/** Who tries so often is told to slow down: each time it is from elsewhere. */
const attempt = (
  said: Partial<contracts.DatabaseSettings> = {},
  more: { password?: string; sourceId?: string } = { password: 'x' },
) =>
  alice.call(
    contracts.tryDatabase,
    { settings: settings(said), ...more },
    { headers: { 'x-forwarded-for': `198.51.205.${++times}` } },
  );
const put = (no: number, mail: string | null, total: number | null, more: { day?: string; label?: string } = {}) =>
  shop.query(
    `insert into orders (no, mail, total, day, label) values ($1, $2, $3, $4, $5)
     on conflict (no) do update set mail = excluded.mail, total = excluded.total, changed = clock_timestamp()`,
    [no, mail, total, more.day ?? daysAgo(2), more.label ?? `A-${no}`],
  );
const sourceOf = async (id: string) => (await alice.call(getHealth, {})).sources.find((one) => one.id === id)!;
async function read(id: string, again = false) {
  await alice.call(contracts.readDatabase, { sourceId: id, again });
  await app.settle();
  return (await sourceOf(id)).database!;
}
const count = (where = 'true') =>
  app.query<{ n: number }>(`select count(*)::int as n from facts.fact where ${where}`).then(([row]) => row!.n);
let id: string;
let named = 0;
async function add(said: Partial<contracts.DatabaseSettings> = {}) {
  const made = await alice.call(contracts.addDatabase, {
    name: `Shop ${++named}`,
    settings: settings(said),
    password: 'x',
  });
  await app.settle();
  return made.id;
}

test('a trial shows the first rows as facts, or why not, and keeps nothing', async () => {
  await put(1, 'lea@client.example', 49.9);
  await put(2, null, 12);
  const { columns, rows } = await attempt();
  expect(columns).toEqual(['no', 'mail', 'total', 'day', 'label', 'changed']);
  expect(rows.map(({ problem }) => problem?.code ?? null)).toEqual([null, 'no_subject']);
  expect(rows[0]!.fact).toMatchObject({
    ...{ externalId: '1', kind: 'order', email: 'lea@client.example', props: { number: 'A-1' } },
    amount: { value: '49.9', currency: 'EUR' },
  });
  expect(rows[1]!.problem!.message).not.toBe('');
  expect(await count()).toBe(0);
});

test('rows come as facts on whom they name; what is refused is counted with its reason, once', async () => {
  id = await add();
  const { database, ...source } = await sourceOf(id);
  expect(database).toMatchObject({ state: 'ok', problem: null, running: false, report: { kept: 1, refused: 1 } });
  expect(source).toMatchObject({ kind: 'database', kept: 1, refused: 1 });
  expect(await historyOf(alice, lea)).toMatchObject([
    { kind: { key: 'order' }, amount: { value: '49.9', currency: 'EUR' } },
  ]);
  // Read again around the cursor, nothing is said twice.
  expect(await read(id)).toMatchObject({ report: { kept: 0, changed: 0, unchanged: 0, refused: 0 } });
  expect((await sourceOf(id)).refused).toBe(1);
  expect((await alice.call(getHealth, {})).refused).toMatchObject([{ source: 'Shop 1', code: 'no_subject', count: 1 }]);
});

test('only what is newer is asked for, and what is said again under its id stands once', async () => {
  await put(1, 'lea@client.example', 59.9);
  await put(3, 'lea@client.example', 5);
  expect(await read(id)).toMatchObject({ report: { kept: 1, changed: 1, unchanged: 0 } });
  expect((await historyOf(alice, lea)).map(({ amount }) => amount!.value).sort()).toEqual(['5', '59.9']);
  // Changed without a word: nobody asks for it, until all is read again.
  await shop.query(`update orders set total = 7 where no = 3`);
  await shop.query(`update orders set changed = now() - interval '3 days' where no = 3`);
  expect(await read(id)).toMatchObject({ report: { kept: 0, changed: 0 } });
  expect(await read(id, true)).toMatchObject({ report: { kept: 0, changed: 1 } });
});

test('what commits late with an earlier time is read all the same, and a time to come does not hide what comes until then', async () => {
  await shop.query(
    `insert into orders (no, mail, total, day, changed) values (4, 'lea@client.example', 1, $1, now() - interval '5 minutes'),
      (5, 'lea@client.example', 1, $1, now() + interval '1 year')`,
    [daysAgo(1)],
  );
  expect(await read(id)).toMatchObject({ report: { kept: 2 } });
  await put(6, 'lea@client.example', 1);
  expect(await read(id)).toMatchObject({ report: { kept: 1, refused: 0, unchanged: 0 } });
  await shop.query('delete from orders where no in (5, 6)');
});

test('numbers tell what is newer, too, in batches, each with the cursor behind it', async () => {
  await shop.query(
    `insert into orders (no, mail, total, day) select no, 'many' || no || '@client.example', 1, now() - interval '1 day' from generate_series(1000, 2799) no`,
  );
  const byNo = {
    query: 'select * from orders where no > :since and no >= 1000',
    order: { column: 'no', type: 'number' as const },
  };
  const many = await add(byNo);
  expect((await sourceOf(many)).database).toMatchObject({ report: { kept: 1800, refused: 0 } });
  expect(await app.query('select cursor from facts.database where source_id = $1', [many])).toEqual([
    { cursor: '2799' },
  ]);
  await put(2800, 'new@client.example', 1);
  expect((await read(many)).report).toEqual({ kept: 1, changed: 0, unchanged: 0, counted: 0, refused: 0 });
});

test('a crash between what was fetched and its commit loses nothing and doubles nothing', async () => {
  const before = await count();
  // Planted: the second batch breaks off after its facts were written, before the cursor stands.
  await app.query(`create function facts.crash() returns trigger language plpgsql as $$ begin
    if (new.report->>'kept')::int > 700 then raise exception 'planted crash'; end if; return new; end $$`);
  await app.query('create trigger crash before update on facts.database for each row execute function facts.crash()');
  const byNo = {
    query: 'select * from orders where no > :since and no >= 1000',
    order: { column: 'no', type: 'number' as const },
  };
  const crashed = await add(byNo);
  expect((await sourceOf(crashed)).database).toMatchObject({
    state: 'retrying',
    problem: 'internal',
    report: { kept: 500 },
  });
  expect(app.errors.splice(0)).toHaveLength(1);
  expect(await count()).toBe(before + 500);
  await app.query('drop trigger crash on facts.database');
  await app.query('drop function facts.crash()');
  // It goes on around the cursor: of the first batch nothing is told again.
  expect((await read(crashed)).report).toMatchObject({ kept: 1301, changed: 0, refused: 0 });
  expect(await count()).toBe(before + 1801);
  expect((await sourceOf(crashed)).kept).toBe(1801);
  // A process that ends in the middle: the job runs again.
  const ends = AbortSignal.abort();
  await app.query(`update facts.database set wanted_at = now(), cursor = null, seen = '[]' where source_id = $1`, [
    crashed,
  ]);
  await expect(readDatabase(app.app, alice.me.workspace.id, crashed, ends)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect((await read(crashed)).report).toMatchObject({ kept: 0, changed: 0 });
  expect(await count()).toBe(before + 1801);
});

test('paused it is not read, whatever time it is; taken up again it goes on; ended it is never read', async () => {
  await alice.call(contracts.updateDatabase, { sourceId: id, paused: true });
  await put(7, 'lea@client.example', 1);
  const due = () =>
    app.query(`update facts.database set next_at = now() - interval '1 minute' where source_id = $1`, [id]);
  const passing = async () => {
    await due();
    await wakeDue(app.app);
    await app.settle();
    return (await sourceOf(id)).database!;
  };
  expect(await passing()).toMatchObject({ state: 'paused', running: false, nextAt: null });
  await alice.call(contracts.updateDatabase, { sourceId: id, paused: false });
  await app.settle();
  expect((await sourceOf(id)).database).toMatchObject({ state: 'ok', report: { kept: 1 } });
  await put(8, 'lea@client.example', 1);
  expect(await passing()).toMatchObject({ report: { kept: 1 } });
  await alice.call(contracts.updateDatabase, { sourceId: id, ended: true });
  await put(9, 'lea@client.example', 1);
  const before = await count();
  expect(await passing()).toMatchObject({ running: false });
  expect(await codeOf(alice.call(contracts.readDatabase, { sourceId: id }))).toBe('not_found');
  expect(await count()).toBe(before);
  await alice.call(contracts.updateDatabase, { sourceId: id, ended: false });
  await app.settle();
  expect(await count()).toBe(before + 1);
});

test('read in another way, all is read again and stands once under its ids; how often it is read changes nothing', async () => {
  const before = await count();
  await alice.call(contracts.updateDatabase, { sourceId: id, settings: settings({ every: 5 }) });
  await app.settle();
  expect((await sourceOf(id)).database!.report).toMatchObject({ changed: 0, unchanged: 0 });
  const columns = { ...settings().columns, props: {} };
  await alice.call(contracts.updateDatabase, { sourceId: id, settings: settings({ columns }) });
  await app.settle();
  expect((await sourceOf(id)).database!.report!.changed).toBeGreaterThan(3);
  expect(await count()).toBe(before);
});

test('what was being read when its settings were changed is not kept', async () => {
  const slow =
    'select no, mail, total, day, label, changed, pg_sleep(2)::text as nap from orders where no = 1 and changed > :since';
  const { id: sourceId } = await alice.call(contracts.addDatabase, {
    ...{ name: 'Slow', settings: settings({ query: slow }), password: 'x' },
  });
  const asleep = () =>
    shop.query(`select from pg_stat_activity where usename = '${reader}' and wait_event = 'PgSleep'`);
  await expect.poll(async () => (await asleep()).length, { interval: 20 }).toBeGreaterThan(0);
  const query = 'select * from orders where no < 0 and changed > :since';
  await alice.call(contracts.updateDatabase, { sourceId, settings: settings({ query }) });
  await app.settle();
  expect(await sourceOf(sourceId)).toMatchObject({
    kept: 0,
    database: { state: 'ok', running: false, report: { kept: 0 } },
  });
});

test('what it would not do is its health, and mends itself or waits for somebody', async () => {
  const broken = await add({ query: 'select * from nothing where 1 > :since' });
  expect((await sourceOf(broken)).database).toMatchObject({ state: 'attention', problem: 'bad_query', nextAt: null });
  const away = await add({ address: '127.0.0.1:1' });
  expect((await sourceOf(away)).database).toMatchObject({ state: 'retrying', problem: 'unreachable' });
  for (const sourceId of [broken, away]) await alice.call(contracts.updateDatabase, { sourceId, ended: true });
});

test.each([
  ['a query that is none', { query: 'selct :since' }, 'bad_query'],
  ['a query that changes something', { query: 'delete from orders where changed > :since returning *' }, 'bad_query'],
  [
    'a second query behind it',
    { query: 'select * from orders where changed > :since) x; delete from orders; select (1' },
    'bad_query',
  ],
  [
    'a column that holds another thing',
    { query: 'select *, label as l from orders where changed > :since', order: { column: 'label', type: 'number' } },
    'bad_query',
  ],
  [
    'a table that is somebody else’s',
    { query: 'select rolname as no, now() as changed from pg_authid where now() > :since' },
    'forbidden',
  ],
  ['somebody unknown', { username: 'nobody_at_all' }, 'refused'],
  ['another database', { database: 'nothing_of_the_kind' }, 'place_gone'],
  ['a machine that is not there', { address: '127.0.0.1:1' }, 'unreachable'],
  ['the metadata of a cloud', { address: '169.254.169.254' }, 'private_network'],
  ['a machine of the company', { address: '10.0.0.1:5432' }, 'private_network'],
] as [
  string,
  Partial<contracts.DatabaseSettings>,
  string | null,
][])('%s is told as what it is', async (_what, wrong, problem) => {
  const before = await shop.query('select count(*)::int from orders');
  expect(await problemOf(attempt(wrong))).toBe(problem);
  expect(await shop.query('select count(*)::int from orders')).toEqual(before);
});

test('a function that writes is refused, and what is no server, no query for what is newer, or names no column', async () => {
  await shop.query(
    `create function bump() returns int language sql security definer as 'insert into orders (no, day) values (-1, now()) returning no'`,
  );
  expect(
    await problemOf(
      attempt({ query: 'select bump() as no, mail, total, day, label, changed from orders where changed > :since' }),
    ),
  ).toBe('forbidden');
  expect(await shop.query('select from orders where no = -1')).toEqual([]);
  const misnamed = await attempt({ columns: { ...settings().columns, amount: 'price' } });
  expect(misnamed).toMatchObject({ missing: ['price'], rows: [] });
  expect(misnamed.columns).toContain('total');
  for (const wrong of [
    { address: 'user:pass@db.example' },
    { address: '/var/run/postgresql' },
    { query: 'select * from orders' },
    { zone: 'Nowhere' },
    { columns: { ...settings().columns, email: '' } },
    { columns: { ...settings().columns, customerId: 'no' } },
  ])
    expect(await codeOf(attempt(wrong))).toBe('invalid_input');
});

test('the password is sealed, comes back to nobody, and is not taken along to another place', async () => {
  await alice.call(contracts.updateDatabase, { sourceId: id, password: 'hidden-word' });
  await app.settle();
  const [{ secret }] = (await app.query<{ secret: Buffer }>('select secret from facts.source where source_id = $1', [
    id,
  ])) as [{ secret: Buffer }];
  expect(secret.toString('latin1')).not.toContain('hidden-word');
  expect(JSON.stringify(await alice.call(getHealth, {}))).not.toContain('hidden-word');
  expect(
    JSON.stringify(
      await app.query('select d.*, s.settings as said from facts.database d join facts.source s using (source_id)'),
    ),
  ).not.toContain('hidden-word');
  await attempt({}, { sourceId: id });
  expect(await codeOf(attempt({ address: '127.0.0.1:1' }, { sourceId: id }))).toBe('invalid_input');
  expect(await codeOf(attempt({ username: 'other' }, { sourceId: id }))).toBe('invalid_input');
  const elsewhere = { sourceId: id, settings: settings({ address: '127.0.0.1:1' }) };
  expect(await codeOf(alice.call(contracts.updateDatabase, elsewhere))).toBe('invalid_input');
  expect(await codeOf(attempt({}, {}))).toBe('invalid_input');
});

test('only admins set one up, try one and change one; who addresses contacts sees how it goes', async () => {
  const bob = await app.invite(alice, 'Bob Colleague');
  const mara = await app.invite(alice, 'Mara Marketing', { role: 'marketing' });
  for (const who of [bob, mara])
    for (const call of [
      () => who.call(contracts.tryDatabase, { settings: settings(), password: 'x' }),
      () => who.call(contracts.addDatabase, { name: 'Mine', settings: settings(), password: 'x' }),
      () => who.call(contracts.updateDatabase, { sourceId: id, paused: true }),
      () => who.call(contracts.readDatabase, { sourceId: id }),
    ])
      expect(await codeOf(call())).toBe('forbidden');
  expect((await mara.call(getHealth, {})).sources.find((one) => one.id === id)!.database).toMatchObject({
    state: 'ok',
  });
  expect(await codeOf(bob.call(getHealth, {}))).toBe('forbidden');
  // It is no site, and no program that calls.
  expect(await codeOf(alice.call(updateSource, { sourceId: id, name: 'Other' }))).toBe('not_found');
});

test.each([
  [
    'postgresql',
    'time',
    'select a::since from t where b > :since;',
    'select a::since from t where b > $1::timestamptz',
    1,
  ],
  ['postgresql', 'number', 'select :since, :since', 'select $1::bigint, $1::bigint', 1],
  [
    'mysql',
    'time',
    'where a > :since or b > :since',
    'where a > cast(? as datetime(6)) or b > cast(? as datetime(6))',
    2,
  ],
] as const)('in %s, by %s, “%s” is sent with parameters', (engine, type, query, text, values) => {
  const asked = toAsked(engine, query, { column: 'a"`b', type }, "'; drop table t", { rows: 5, octets: 1 });
  expect(asked.text).toContain(`(\n${text}\n)`);
  expect(asked.text).toMatch(engine === 'mysql' ? /order by `a"``b` limit 5$/ : /order by "a""`b" limit 5$/);
  expect(asked.values).toEqual(Array.from({ length: values }, () => "'; drop table t"));
});

test('cursors never go back, and the next reading begins before them', () => {
  const time = fc
    .date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => toMark('time', date.toISOString().replace('T', ' ').replace('Z', '+00'))!);
  const number = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((no) => toMark('number', String(no))!);
  for (const [type, marks] of [
    ['time', time],
    ['number', number],
  ] as const)
    fc.assert(
      fc.property(marks, marks, (one, other) => {
        const far = furthest(type, one, other, Date.parse('2101-01-01'));
        expect([one, other]).toContain(far);
        expect(isLater(type, one, far) || isLater(type, other, far)).toBe(false);
        expect(isLater(type, far, beginAt(type, far))).toBe(true);
        expect(toMark(type, beginAt(type, far))).toBe(beginAt(type, far));
      }),
    );
  expect(toMark('time', 'infinity')).toBe(undefined);
  expect(toMark('number', '1.5')).toBe(undefined);
});
