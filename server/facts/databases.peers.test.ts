import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findMariadb, type Mariadb, openMariadb } from '../../tools/mariadb.ts';
import { addContact } from '../cards/testing.ts';
import { readFrom, toAsked } from '../connectors/sql/engines.ts';
import { onLoopback, problemOf } from '../connectors/testing.ts';
import { openGuarded } from '../kernel/guarded.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './databases-contract.ts';
import { getHealth } from './sources-contract.ts';
import { historyOf } from './testing.ts';

describe.runIf(findMariadb())('MariaDB', { timeout: 60_000 }, () => {
  let shop: Mariadb;
  let app: TestApp;
  let alice: Member;
  let lea: string;
  let id: string;

  beforeAll(async () => {
    shop = await openMariadb();
    app = await openTestApp(onLoopback);
    alice = await app.setUp();
    lea = await addContact(alice, { name: 'Léa Moreau', email: 'lea@client.example' });
    await shop.query(`create table orders (id bigint primary key auto_increment, mail varchar(200), total decimal(20,6), placed datetime,
      paid tinyint(1), label varchar(100), changed timestamp(6) not null default current_timestamp(6) on update current_timestamp(6))`);
    await shop.query(`create user reader@'%' identified by 'secret'`);
    await shop.query('grant select, insert, update, delete, execute on shop.* to reader');
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
  });
  afterEach(() => expect(app.errors.splice(0)).toEqual([]));

  const settings = (said: Partial<contracts.DatabaseSettings> = {}): contracts.DatabaseSettings => ({
    ...{ engine: 'mysql', address: `127.0.0.1:${shop.port}`, username: 'reader', database: 'shop' },
    ...{ zone: 'Europe/Paris', every: 60, customerSystem: '' },
    query: 'select id, mail, total, placed, paid, label, changed from orders where changed > :since # the newest',
    order: { column: 'changed', type: 'time' },
    columns: {
      ...{
        externalId: 'id',
        at: 'placed',
        kind: { fixed: 'order', column: '' },
        email: 'mail',
        phone: '',
        customerId: '',
      },
      ...{ amount: 'total', currency: { fixed: 'EUR', column: '' }, consent: '', props: { number: 'label' } },
    },
    ...said,
  });
  let times = 0;
  const attempt = (said: Partial<contracts.DatabaseSettings> = {}, password = 'secret') =>
    alice.call(
      contracts.tryDatabase,
      { settings: settings(said), password },
      { headers: { 'x-forwarded-for': `198.51.206.${++times}` } },
    );
  const sourceOf = async (sourceId: string) =>
    (await alice.call(getHealth, {})).sources.find((one) => one.id === sourceId)!;
  async function read() {
    await alice.call(contracts.readDatabase, { sourceId: id });
    await app.settle();
    return (await sourceOf(id)).database!;
  }
  async function add(said: Partial<contracts.DatabaseSettings>) {
    const made = await alice.call(contracts.addDatabase, {
      name: 'Till',
      settings: settings(said),
      password: 'secret',
    });
    await app.settle();
    return made.id;
  }
  /** The day before yesterday at ten of somebody's clock. */
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);

  test('a trial reads times of no zone by that of the shop, and amounts without the noughts of their column', async () => {
    await shop.query(`insert into orders (mail, total, placed, paid, label) values (?, 49.9, ?, 1, 'Nº 1 – été')`, [
      'lea@client.example',
      `${day} 10:00:00`,
    ]);
    await shop.query(`insert into orders (mail, total, placed, label) values (null, 1, ?, 'x')`, [`${day} 10:00:00`]);
    const { columns, rows } = await attempt();
    expect(columns).toEqual(['id', 'mail', 'total', 'placed', 'paid', 'label', 'changed']);
    expect(rows.map(({ problem }) => problem?.code ?? null)).toEqual([null, 'no_subject']);
    const { at, ...fact } = rows[0]!.fact;
    expect(fact).toEqual({
      ...{ externalId: '1', kind: 'order', email: 'lea@client.example' },
      ...{ amount: { value: '49.9', currency: 'EUR' }, props: { number: 'Nº 1 – été' } },
    });
    const inParis = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit' }).format(
      new Date(String(at)),
    );
    expect(inParis).toBe('10 h');
  });

  test('rows are read since the last time, by time or number, and stand once', async () => {
    id = await add({});
    expect((await sourceOf(id)).database).toMatchObject({ state: 'ok', report: { kept: 1, refused: 1 } });
    expect((await read()).report).toEqual({ kept: 0, changed: 0, unchanged: 0, counted: 0, refused: 0 });
    await shop.query('update orders set total = 59.9 where id = 1');
    await shop.query(`insert into orders (mail, total, placed) values ('lea@client.example', 5, ?)`, [
      `${day} 11:00:00`,
    ]);
    expect((await read()).report).toMatchObject({ kept: 1, changed: 1 });
    expect((await historyOf(alice, lea)).map(({ amount }) => amount!.value).sort()).toEqual(['5', '59.9']);
    await shop.query(
      `insert into orders (mail, total, placed) select concat('many', seq, '@client.example'), 1, ? from seq_1_to_1500`,
      [`${day} 12:00:00`],
    );
    const byNo = await add({
      query: 'select * from orders where id > :since',
      order: { column: 'id', type: 'number' },
    });
    expect((await sourceOf(byNo)).database).toMatchObject({ state: 'ok', report: { kept: 1502, refused: 1 } });
  });

  test.each([
    ['a query that is none', { query: 'selct :since' }, 'bad_query'],
    ['a query that changes something', { query: 'delete from orders where changed > :since' }, 'bad_query'],
    [
      'a second query behind it',
      { query: 'select * from orders where changed > :since) x; delete from orders; select (1' },
      'bad_query',
    ],
    [
      'a file that is written',
      { query: `select * from orders where changed > :since into outfile '/tmp/entregent-never'` },
      'bad_query',
    ],
    [
      'a table that is somebody else’s',
      { query: 'select User as id, now() as changed from mysql.user where now() > :since' },
      'forbidden',
    ],
    ['somebody unknown', { username: 'nobody' }, 'refused'],
    ['another database', { database: 'nothing' }, 'forbidden'],
    ['a machine that is not there', { address: '127.0.0.1:1' }, 'unreachable'],
    ['a machine of the company', { address: '10.0.0.1' }, 'private_network'],
  ] as [
    string,
    Partial<contracts.DatabaseSettings>,
    string,
  ][])('%s is told as what it is', async (_what, wrong, problem) => {
    const before = await shop.query('select count(*) as n from orders');
    expect(await problemOf(attempt(wrong))).toBe(problem);
    expect(await shop.query('select count(*) as n from orders')).toEqual(before);
  });

  test('a wrong password is told; a function that writes is refused', async () => {
    expect(await problemOf(attempt({}, 'wrong'))).toBe('refused');
    await shop.query(
      `create function bump() returns int modifies sql data begin insert into orders (label) values ('planted'); return 1; end`,
    );
    expect(await problemOf(attempt({ query: 'select o.*, bump() as b from orders o where changed > :since' }))).toBe(
      'forbidden',
    );
    expect(await shop.query(`select * from orders where label = 'planted'`)).toEqual([]);
  });

  test('outside of what the operator allows, a server without encryption is told no password', async () => {
    const guarded = { ...openGuarded([]), resolve: async () => ({ address: '127.0.0.1', inside: false }) };
    const { query, order, ...where } = settings();
    const access = { settings: where, secret: { password: 'secret' }, guarded, signal: new AbortController().signal };
    const asked = toAsked('mysql', query, order, '1970-01-01 00:00:00', { rows: 5, octets: 2 ** 20 });
    await expect(readFrom('mysql', access, asked).next()).rejects.toMatchObject({ code: 'not_encrypted' });
  });

  test('a result without end is left where it is', async () => {
    const { query: _, order, ...where } = settings();
    const access = {
      settings: where,
      secret: { password: 'secret' },
      guarded: openGuarded(['127.0.0.0/8']),
      signal: new AbortController().signal,
    };
    const endless = `select seq as changed, repeat('x', 100000) as l from seq_1_to_300 where 1 > :since`;
    const asked = toAsked('mysql', endless, { ...order, type: 'number' }, '0', { rows: 1_000_000, octets: 2 ** 20 });
    const all = async () => {
      for await (const _page of readFrom('mysql', access, asked));
    };
    await expect(all()).rejects.toMatchObject({ code: 'too_large' });
  });
});
