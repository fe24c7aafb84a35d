import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as relations from '../relations/contract.ts';
import * as paths from '../relations/paths-contract.ts';
import * as contracts from './contract.ts';
import { fillAccess } from './filling.ts';
import { lookAfterAccesses } from './jobs.ts';
import { type Ask, openProgram } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let teamId: string;
let bookId: string;
let grantId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carl = await app.invite(alice, 'Carl Pond');
  const memberIds = [carl.me.memberId, alice.me.memberId];
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds }));
  ({ id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' }));
  grantId = await lend();
  await add('Zephyrine', 'zephyrine@xanthe.example', bookId);
  await add('Quentin', 'quentin@xanthe.example', bookId);
  await app.settle();
});
afterAll(async () => {
  for (const { id } of (await alice.call(contracts.listAccesses, {})).items)
    await alice.call(contracts.endAccess, { accessId: id });
  await app.close();
});
afterEach(() => expect(app.errors).toEqual([]));

async function lend(acts: ('read' | 'export')[] = ['export']): Promise<string> {
  const terms = { grantee: { kind: 'team' as const, teamId }, acts, except: ['numbers' as const] };
  return (await bob.call(delegation.createGrant, { bookId, ...terms })).id;
}

const add = (given: string, email: string, inBook?: string, who = bob) =>
  who.call(cards.createCard, {
    ...(inBook ? { bookId: inBook } : {}),
    fields: [
      { kind: 'name', value: { given, family: 'Xanthe' } },
      { kind: 'email', value: { value: email } },
      { kind: 'phone', value: { raw: '+33 1 23 45 67 89', type: 'landline', place: 'work' } },
      { kind: 'organization', value: { name: 'Xanthe' } },
    ],
  });

const make = async (who: Member, granteeKind: 'member' | 'team' | 'process', granteeId: string) => {
  const made = await who.call(contracts.createAccess, { name: 'Metabase', granteeKind, granteeId });
  await app.settle();
  return made;
};

const asProgram = <T>(access: Pick<contracts.Access, 'login'>, work: (ask: Ask) => Promise<T>) =>
  openProgram(app, access, work);

const refusal = (of: Promise<unknown>): Promise<string> =>
  of.then(
    () => 'nothing',
    (error: { code?: string }) => error.code ?? String(error),
  );

test('an access holds what its grantee may take along, documented in the company’s language, and nothing left out of the grant', async () => {
  const { access, password } = await make(carl, 'team', teamId);
  expect(password).toMatch(/^[\w-]{32}$/);
  expect(access).toMatchObject({ grantee: { kind: 'team', name: 'Sales' }, mine: true });
  await asProgram(access, async (ask) => {
    const persons = await ask('select * from persons order by name');
    expect(persons).toMatchObject([
      { name: 'Quentin Xanthe', email: 'quentin@xanthe.example', organisation: 'Xanthe', phone: null, cards: 1 },
      { name: 'Zephyrine Xanthe', email: 'zephyrine@xanthe.example', phone: null },
    ]);
    expect(await ask(`select row_count from fills where table_name = 'persons'`)).toEqual([{ row_count: 2 }]);
    const undocumented = await ask(`
      select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = '${access.schema}'::regnamespace and c.relkind = 'r'
        and coalesce(col_description(c.oid, a.attnum), '') !~ '[a-zé]{3}.*[.]$'`);
    expect(undocumented).toEqual([]);
    expect(await ask(`select obj_description('persons'::regclass) as meaning`)).toEqual([
      { meaning: expect.stringMatching(/^Les personnes qui peuvent être emportées/) as string },
    ]);
  });
  const seen = await carl.call(contracts.seeAccess, { accessId: access.id });
  expect(seen.tables.find(({ name }) => name === 'persons')).toMatchObject({ rows: 2 });
  expect(seen.sample.map(({ name }) => name).sort()).toEqual(['Quentin Xanthe', 'Zephyrine Xanthe']);
});

test('its holder is told once for the day how many went, by whom, and not one by one', async () => {
  const { items } = await bob.call(home.listHappenings, {});
  const told = items.filter(({ kind }) => kind === 'analysed');
  expect(told).toMatchObject([{ count: 2, user: { name: 'Carl Pond' }, book: { name: 'Clients' } }]);
  // Filled again, nothing new has left.
  const [{ id: accessId }] = (await carl.call(contracts.listAccesses, {})).items as [contracts.Access];
  await carl.call(contracts.fillAccess, { accessId });
  expect((await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'analysed')).toEqual(told);
});

test('a login reads its own tables and no other relation, makes nothing, calls nothing of ours, and settings open nothing', async () => {
  const { access } = await make(carl, 'team', teamId);
  const { access: other } = await make(alice, 'member', alice.me.memberId);
  await asProgram(access, async (ask) => {
    const relations = (await ask(`
      select format('%I.%I', n.nspname, c.relname) as name, n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`)) as {
      name: string;
      schema: string;
    }[];
    expect(relations.length).toBeGreaterThan(150);
    const opened: string[] = [];
    for (const { name, schema } of relations) {
      const code = await refusal(ask(`select * from ${name} limit 1`));
      if ((code === 'nothing') !== (schema === access.schema)) opened.push(`${name} ${code}`);
    }
    expect(opened).toEqual([]);
    const rights = await ask(`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and has_table_privilege(c.oid, 'insert, update, delete, truncate, references, trigger')`);
    expect(rights).toEqual([]);
    // Of no schema of ours, so that no function there can be called.
    expect(
      await ask(`select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public', '${access.schema}')
        and has_schema_privilege(oid, 'usage, create')`),
    ).toEqual([]);
    // What bodies of functions say is how things are found, never who: none of ours holds a name, an address or a secret.
    expect(
      await ask(`select proname from pg_proc where prosrc ~* 'xanthe|password|secret_|BEGIN PRIVATE' and proname !~ '^pg_'
        and pronamespace not in ('pg_catalog'::regnamespace, 'public'::regnamespace)`),
    ).toEqual([]);
    await ask('set default_transaction_read_only = off');
    for (const sql of [
      'create table t (a int)',
      `create table ${access.schema}.t (a int)`,
      'create temporary table t (a int)',
      'create schema t',
      'create table public.t (a int)',
      'select lo_create(0)',
      'select pg_advisory_lock(1)',
      'insert into persons (person_id, name, cards, sources, last_seen) select person_id, name, cards, sources, last_seen from persons',
      'delete from persons',
      'set role entregent_member',
      'set role entregent_keeper',
      `set role ${other.login}`,
      'set session authorization postgres',
      `select * from ${other.schema}.persons`,
      `select pg_read_file('postgresql.conf')`,
      'copy persons to program $$cat$$',
    ])
      expect([sql, await refusal(ask(sql))]).toEqual([sql, expect.stringMatching(/^42501$|^42704$/)]);
    const before = await ask('select count(*) from persons');
    await ask(`set app.workspace = '${alice.me.workspace.id}'`);
    await ask(`set app.reach_0 = '\\x${'ff'.repeat(256)}'`);
    expect(await ask('select count(*) from persons')).toEqual(before);
  });
});

test('what is withdrawn or narrowed is gone from the tables at the next query, before any job has run', async () => {
  const { access } = await make(carl, 'team', teamId);
  await asProgram(access, async (ask) => {
    const names = async () => (await ask('select name, email from persons order by name')).map(({ name }) => name);
    expect(await names()).toHaveLength(2);
    await bob.call(delegation.endGrant, { grantId });
    expect(await names()).toEqual([]);
    // To be read is not to be taken along.
    await lend(['read']);
    await app.settle();
    await fillAccess(app.app, alice.me.workspace.id, access.id);
    expect(await names()).toEqual([]);
    grantId = await lend();
    await app.settle();
    await fillAccess(app.app, alice.me.workspace.id, access.id);
    expect(await names()).toHaveLength(2);
    // Without their addresses: what was made with them goes, and comes back without.
    await bob.call(delegation.changeGrant, {
      grantId,
      grantee: { kind: 'team', teamId },
      acts: ['export'],
      except: ['emails'],
    });
    expect(await names()).toEqual([]);
    await app.settle();
    await fillAccess(app.app, alice.me.workspace.id, access.id);
    expect(await ask('select distinct email from persons')).toEqual([{ email: null }]);
    await bob.call(delegation.changeGrant, { grantId, grantee: { kind: 'team', teamId }, acts: ['export'] });
    await app.settle();
    await fillAccess(app.app, alice.me.workspace.id, access.id);
    expect(await ask('select distinct email is null as none from persons')).toEqual([{ none: false }]);
  });
});

test('of somebody who may only partly be taken along, that part stands there', async () => {
  const { id: readOnly } = await bob.call(delegation.createBook, { name: 'To read' });
  await bob.call(delegation.createGrant, { bookId: readOnly, grantee: { kind: 'workspace' }, acts: ['read'] });
  const both = { fields: [{ kind: 'name' as const, value: { given: 'Aurore', family: 'Both' } }] };
  const email = (value: string) => ({ kind: 'email' as const, value: { value } });
  await bob.call(cards.createCard, { bookId, fields: [...both.fields, email('aurore@both.example')] });
  await bob.call(cards.createCard, {
    bookId: readOnly,
    fields: [...both.fields, email('aurore@both.example'), { kind: 'organization', value: { name: 'Hidden SA' } }],
  });
  await app.settle();
  const { access } = await make(carl, 'member', carl.me.memberId);
  await asProgram(access, async (ask) =>
    expect(await ask(`select name, cards, organisation from persons where name like 'Aurore%'`)).toEqual([
      { name: 'Aurore Both', cards: 1, organisation: null },
    ]),
  );
});

test('what a colleague keeps private, keeps back or removes is not there, and what one holds oneself is', async () => {
  await add('Prudence', 'prudence@private.example');
  await add('Mine', 'mine@own.example', undefined, carl);
  const kept = await add('Withheld', 'withheld@xanthe.example', bookId);
  await app.settle();
  const { access } = await make(carl, 'member', carl.me.memberId);
  const names = () =>
    asProgram(access, async (ask) => (await ask('select name from persons')).map(({ name }) => String(name)));
  expect((await names()).sort()).toEqual(
    ['Aurore Both', 'Mine Xanthe', 'Quentin Xanthe', 'Withheld Xanthe', 'Zephyrine Xanthe'].sort(),
  );
  await bob.call(cards.updateCard, { cardId: kept.id, withheld: true });
  await app.settle();
  await lookAfterAccesses(app.app);
  await app.settle();
  await fillAccess(app.app, alice.me.workspace.id, access.id);
  expect(await names()).not.toContain('Withheld Xanthe');
});

test('one makes an access for oneself and for teams and uses that one is in; a stranger finds none of it', async () => {
  const { items } = await carl.call(contracts.listAccesses, {});
  const accessId = items.find(({ mine }) => mine)!.id;
  const tried = (who: Member, granteeKind: 'member' | 'team', granteeId: string) =>
    codeOf(who.call(contracts.createAccess, { name: 'x', granteeKind, granteeId }));
  expect(await tried(bob, 'team', teamId)).toBe('not_found');
  expect(await tried(alice, 'member', bob.me.memberId)).toBe('not_found');
  expect((await bob.call(contracts.listAccesses, {})).items).toEqual([]);
  for (const contract of [contracts.renewPassword, contracts.endAccess, contracts.fillAccess, contracts.seeAccess])
    expect(await codeOf(bob.call(contract, { accessId }))).toBe('not_found');
  // An admin sees that it is there and may end it, and reads nothing by it.
  const own = items.find(({ grantee }) => grantee.kind === 'member')!;
  expect((await alice.call(contracts.listAccesses, {})).items.map(({ id }) => id)).toContain(own.id);
  expect(await codeOf(alice.call(contracts.seeAccess, { accessId: own.id }))).toBe('not_found');
  // Who is in the team sees what was made for it; its password is its maker's.
  const ofTeam = items.find(({ grantee, mine }) => grantee.kind === 'team' && mine)!;
  await alice.call(contracts.seeAccess, { accessId: ofTeam.id });
  expect(await codeOf(alice.call(contracts.renewPassword, { accessId: ofTeam.id }))).toBe('not_found');
  expect(await codeOf(alice.call(contracts.renewPassword, { accessId: own.id }))).toBe('not_found');
});

test('who leaves the team loses what they made for it; a date, and who is suspended, end it too', async () => {
  const dora = await app.invite(alice, 'Dora Suspended');
  const { access: ofDora } = await make(dora, 'member', dora.me.memberId);
  await alice.call(identity.updateMember, { memberId: dora.me.memberId, status: 'suspended' });
  const { access: ofTeam } = await make(carl, 'team', teamId);
  const { access: own } = await make(carl, 'member', carl.me.memberId);
  await alice.call(identity.updateTeam, { teamId, memberIds: [alice.me.memberId] });
  await app.settle();
  await lookAfterAccesses(app.app);
  for (const ended of [ofTeam, ofDora]) expect(await refusal(asProgram(ended, async () => {}))).toBe('28000');
  // Their own stands, without what was lent to the team.
  await asProgram(own, async (ask) => {
    expect((await ask('select name from persons')).map(({ name }) => name)).toEqual(['Mine Xanthe']);
    await app.query('update bi.access set ends_at = now() where access_id = $1', [own.id]);
    await lookAfterAccesses(app.app);
    expect(await refusal(ask('select 1'))).not.toBe('nothing');
  });
  expect(await refusal(asProgram(own, async () => {}))).toBe('28000');
  expect(await app.query(`select from pg_namespace where nspname = $1`, [own.schema])).toEqual([]);
  await alice.call(identity.updateTeam, { teamId, memberIds: [alice.me.memberId, carl.me.memberId] });
  await app.settle();
});

test('another password cuts off who is connected, and ending takes login and tables away; both are in the audit', async () => {
  const { access, password } = await make(carl, 'member', carl.me.memberId);
  await asProgram(access, async (ask) => {
    const again = await carl.call(contracts.renewPassword, { accessId: access.id });
    expect(again.password).not.toBe(password);
    expect(await refusal(ask('select 1'))).not.toBe('nothing');
  });
  const [{ kept }] = (await app.query<{ kept: string }>(
    `select rolpassword as kept from pg_authid where rolname = $1`,
    [access.login],
  )) as [{ kept: string }];
  expect(kept).toMatch(/^SCRAM-SHA-256\$4096:/);
  await carl.call(contracts.endAccess, { accessId: access.id });
  expect(await refusal(asProgram(access, async () => {}))).toBe('28000');
  const codes = (await alice.call(identity.listAudit, {})).items.map(({ code, subject }) => `${code} ${subject}`);
  expect(codes.slice(0, 3)).toEqual(['bi.ended Metabase', 'bi.renewed Metabase', 'bi.made Metabase']);
});

test('after a backup was restored elsewhere, accesses whose login is not there are ended', async () => {
  const { access } = await make(carl, 'member', carl.me.memberId);
  await app.query(`drop owned by ${access.login}`);
  await app.query(`drop role ${access.login}`);
  await app.query(`update bi.access set created_at = now() - interval '1 hour' where access_id = $1`, [access.id]);
  await lookAfterAccesses(app.app);
  expect((await carl.call(contracts.listAccesses, {})).items.map(({ id }) => id)).not.toContain(access.id);
});

test('who knows whom stands there in bands, as far as each colleague lets it be known', async () => {
  const { access } = await make(carl, 'team', teamId);
  await asProgram(access, async (ask) => {
    const ties = async () => {
      await app.settle();
      await fillAccess(app.app, alice.me.workspace.id, access.id);
      return ask('select colleague, band, name from ties join persons using (person_id) order by name limit 1');
    };
    expect(await ties()).toEqual([]);
    const personId = (await bob.call(cards.listPeople, { q: 'Zephyrine' })).items[0]!.id;
    const said = {
      roles: [],
      importance: null,
      influence: null,
      stance: null,
      callable: null,
      note: '',
      shared: false,
    };
    await bob.call(relations.writeViewpoint, { personId, ...said, closeness: 4 });
    expect(await ties()).toEqual([]);
    await bob.call(paths.updateTieSettings, { tells: 'strength' });
    expect(await ties()).toEqual([{ colleague: 'Bob Stone', band: 'strong', name: 'Zephyrine Xanthe' }]);
    await bob.call(paths.updateTieSettings, { tells: 'held' });
    expect(await ties()).toEqual([]);
  });
});

test('whatever a login shouts where pages listen, the product goes on', async () => {
  const { access } = await make(carl, 'member', carl.me.memberId);
  await asProgram(access, async (ask) => {
    for (const payload of ['x', '{}', '{"workspaceId":1}', 'null']) await ask(`notify entregent_live, '${payload}'`);
    for (const name of ['"jobs:insert"', '"worker:migrate"']) await ask(`notify ${name}, 'x'`);
  });
  expect((await carl.call(contracts.listAccesses, {})).items.length).toBeGreaterThan(0);
  await app.settle();
});
