import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as connectors from '../connectors/contract.ts';
import { onLoopback } from '../connectors/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as leaving from '../leaving/contract.ts';
import * as contracts from './contract.ts';
import { calendarOf, event, letter, openTestMailbox } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let mine: string;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  mine = alice.me.email;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const find = async (q: string, show: 'all' | 'new' | 'aside' = 'all', member = alice) =>
  (await member.call(contracts.listCorrespondents, { q, show })).items;
const drop = (...events: string[][]) => alice.call(contracts.readCalendarFile, { text: calendarOf(...events) });

describe('a calendar that is dropped', () => {
  test('tells whom I met, how often, how long, who called the meeting and who said no', async () => {
    const who = 'paul@voisin.example';
    const read = await drop(
      event('v1', -40, [`=${mine}`, `+${who}`]),
      event('v2', -10, [`=${who}`, `+${mine}`, 'anne@tiers.example']),
      event('v3', -5, [`=${mine}`, `-${who}`]),
      event('v4', 12, [`=${mine}`, who]),
    );
    expect(read).toEqual({ meetings: 3, private: 0, leftOut: 0 });
    const [paul] = await find('voisin');
    expect(paul).toMatchObject({ email: who, received: 0, sent: 0, cardId: null });
    expect(paul!.meetings).toMatchObject({ count: 2, alone: 1, byMe: 1, byThem: 1, minutes: 60, declined: 1 });
    expect(paul!.meetings!.nextAt! > new Date().toISOString()).toBe(true);
    expect(paul!.lastAt).toBe(paul!.meetings!.lastAt);
    expect(await find('tiers')).toMatchObject([{ meetings: { count: 1, alone: 0 } }]);
  });

  test('counts an event as it stands, however often it is read: moved, called off, made longer', async () => {
    const who = 'rita@deux.example';
    const weekly = 'RRULE:FREQ=WEEKLY;COUNT=4';
    await drop(event('r1', -30, [`=${mine}`, who], weekly));
    await Promise.all([
      drop(event('r1', -30, [`=${mine}`, who], weekly)),
      drop(event('r1', -30, [`=${mine}`, who], weekly)),
    ]);
    expect(await find('deux')).toMatchObject([{ meetings: { count: 4 } }]);
    await drop(event('r1', -16, [`=${mine}`, who], weekly));
    expect(await find('deux')).toMatchObject([{ meetings: { count: 3 } }]);
    await drop(event('r1', -16, [`=${mine}`, who], weekly, 'STATUS:CANCELLED'));
    expect(await find('deux')).toEqual([]);
  });

  test.each([
    ['that is private', [`=alice`, 'x@secret.example'], ['CLASS:PRIVATE'], { private: 1, leftOut: 0 }],
    ['whose title says so', [`=alice`, 'x@secret.example'], ['SUMMARY:Perso : coiffeur'], { private: 1, leftOut: 0 }],
    ['that I declined', ['-alice', '=x@secret.example'], [], { private: 0, leftOut: 1 }],
    ['in which I am not named', ['=y@secret.example', 'x@secret.example'], [], { private: 0, leftOut: 1 }],
    ['with nobody but machines', ['=alice', 'no-reply@secret.example'], [], { private: 0, leftOut: 1 }],
    [
      'of more than thirty',
      ['=alice', ...Array.from({ length: 30 }, (_, i) => `p${i}@secret.example`)],
      [],
      { private: 0, leftOut: 1 },
    ],
  ])('tells nothing of an event %s', async (_which, people, lines, expected) => {
    const named = people.map((one) => one.replace('alice', mine));
    expect(await drop(event(`none ${_which}`, -3, named, ...lines))).toEqual({ meetings: 0, ...expected });
    expect(await find('secret')).toEqual([]);
  });

  test('says of thirty that they met', async () => {
    await drop(event('thirty', -3, [`=${mine}`, ...Array.from({ length: 29 }, (_, i) => `p${i}@trente.example`)]));
    expect(await find('trente')).toHaveLength(29);
    // In so large a circle one meeting is no reason to ask for a card.
    expect(await find('trente', 'new')).toEqual([]);
  });

  test('has no title, place or description anywhere in the database', async () => {
    await drop(
      event(
        'words',
        -2,
        [`=${mine}`, 'zoe@mots.example'],
        'SUMMARY:Zanzibar merger',
        'LOCATION:Zanzibar',
        'DESCRIPTION:Zanzibar',
      ),
    );
    const tables = await app.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('correspondents', 'sources', 'connectors', 'kernel', 'cards', 'graphile_worker') and table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables)
      expect(await app.query(`select from ${name} t where t::text ilike '%zanzibar%'`), name).toEqual([]);
  });

  test('proposes whom I met and have no card of, and a card is made at one word', async () => {
    await drop(event('new', -2, [`=${mine}`, '+ines@trois.example']));
    const [ines] = await find('trois', 'new');
    await alice.call(contracts.setAside, { correspondentId: ines!.id, aside: true });
    expect([await find('trois', 'new'), (await find('trois', 'aside')).length]).toEqual([[], 1]);
    await alice.call(contracts.setAside, { correspondentId: ines!.id, aside: false });
    const { id } = await alice.call(contracts.makeCard, { correspondentId: ines!.id });
    expect(await find('trois')).toMatchObject([{ cardId: id }]);
    expect((await alice.call(contracts.listExchanges, { personId: id })).items).toMatchObject([
      { meetings: { count: 1 } },
    ]);
  });

  test('is refused when it is none', async () => {
    for (const text of ['', 'BEGIN:VCARD\r\nEND:VCARD\r\n', '<html>'])
      expect(await codeOf(alice.call(contracts.readCalendarFile, { text }))).toBe('unreadable_file');
  });

  test('is forgotten at a word, with all that it told', async () => {
    await drop(event('gone', -2, [`=${mine}`, 'otto@oubli.example']));
    const { items } = await alice.call(contracts.listCalendars, {});
    expect(items).toMatchObject([{ name: 'Calendar files', connectionId: null }]);
    await alice.call(contracts.forgetCalendar, { calendarId: items[0]!.id });
    expect([await find('oubli'), (await alice.call(contracts.listCalendars, {})).items]).toEqual([[], []]);
    expect(await app.query('select from correspondents.meeting')).toEqual([]);
  });
});

describe('what was met', () => {
  test('stands beside the mail on a person, for me alone: colleagues and admins see nothing of it', async () => {
    const who = 'lena@paire.example';
    const personId = await addContact(bob, { name: 'Lena Paire', email: who });
    await bob.call(contracts.readCalendarFile, { text: calendarOf(event('l1', -4, [`=${bob.me.email}`, who])) });
    const box = await openTestMailbox(app, bob, bob.me.email);
    await box.receive(letter({ from: bob.me.email, to: who }), { sent: true });
    expect((await bob.call(contracts.listExchanges, { personId })).items).toMatchObject([
      { email: who, sent: 1, meetings: { count: 1, alone: 1, byMe: 1 } },
    ]);
    const { items: books } = await bob.call(delegation.listBooks, {});
    await bob.call(delegation.createGrant, {
      bookId: books.find((one) => one.main)!.id,
      grantee: { kind: 'workspace' },
      acts: ['discover', 'read'],
    } as never);
    expect((await alice.call(contracts.listExchanges, { personId })).items).toEqual([]);
    expect(await find('paire')).toEqual([]);
    const [calendar] = (await bob.call(contracts.listCalendars, {})).items;
    expect((await alice.call(contracts.listCalendars, {})).items).toEqual([]);
    expect(await codeOf(alice.call(contracts.forgetCalendar, { calendarId: calendar!.id }))).toBe('not_found');
    expect((await bob.call(contracts.listCalendars, {})).items).toMatchObject([{ meetings: 1, people: 1 }]);
  });

  test('is kept from colleagues by the database itself, whatever a query forgets to say', async () => {
    const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
    for (const table of ['calendar', 'calendar_entry', 'meeting', 'attendee'] as const) {
      const [all] = await app.query<{ count: number }>(
        `select count(*)::int from correspondents.${table} where member_id <> $1`,
        [actor.memberId],
      );
      expect(all!.count, table).toBeGreaterThan(0);
      const seen = await app.app.db.asActor(actor, (tx) =>
        tx.selectFrom(`correspondents.${table}`).select('member_id').execute(),
      );
      expect(
        seen.filter(({ member_id }) => member_id !== actor.memberId),
        table,
      ).toEqual([]);
    }
  });

  test('goes with who leaves', async () => {
    const dan = await app.invite(alice, 'Dan Depart');
    await dan.call(contracts.readCalendarFile, {
      text: calendarOf(event('d1', -4, [`=${dan.me.email}`, 'x@depart.example'])),
    });
    const { id: departureId } = await alice.call(leaving.openDeparture, { memberId: dan.me.memberId });
    await alice.call(leaving.confirmDeparture, { departureId, name: 'Dan Depart' });
    await app.settle();
    expect(await app.query('select from correspondents.attendee where member_id = $1', [dan.me.memberId])).toEqual([]);
  });
});

describe('a calendar at a secret address', () => {
  let server: Server;
  let url: string;
  let events: string[][] = [];
  let etag = '';
  let asked: (string | undefined)[] = [];
  let meddle: ((answer: ServerResponse) => void) | undefined;

  beforeAll(async () => {
    server = createServer((request, answer) => {
      asked.push(request.headers['if-none-match'] as string | undefined);
      if (meddle) return meddle(answer);
      if (etag && request.headers['if-none-match'] === etag) return answer.writeHead(304).end();
      answer.writeHead(200, { 'content-type': 'text/calendar', ...(etag && { etag }) });
      answer.end(calendarOf(...events).replace('VERSION:2.0', 'VERSION:2.0\r\nX-WR-CALNAME:Alice at work'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/very-secret-42.ics`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    meddle = undefined;
    asked = [];
  });

  const entered = (secret: string) => ({
    kind: 'calendar_at_address',
    settings: { addresses: ['alias@maison.example'] },
    secret: { url: secret },
  });
  let connectionId: string;
  const rest = async () => {
    for (;;) {
      const { running, state, runs } = await alice.call(connectors.getConnection, { connectionId });
      if (!running) return { state, outcome: runs[0]!.outcome, counts: runs[0]!.counts };
      await sleep(20);
    }
  };
  const again = async () => {
    await alice.call(connectors.syncConnection, { connectionId });
    return rest();
  };
  const seen = async (q: string) => (await find(q)).map(({ meetings }) => meetings!.count);

  test('is connected by it, tried first, and the address is shown to nobody again', async () => {
    events = [
      event('f1', -50, ['=alias@maison.example', 'tom@flux.example']),
      event('f2', -20, ['=tom@flux.example', mine]),
    ];
    const book = (await alice.call(delegation.listBooks, {})).items[0]!.id;
    expect(await codeOf(alice.call(connectors.listPlaces, entered('not an address')))).toBe('invalid_input');
    const { items } = await alice.call(connectors.listPlaces, entered(url));
    expect(items).toEqual([{ id: 'calendar', name: 'Alice at work', writable: false }]);
    const made = await alice.call(connectors.addConnection, {
      ...entered(url),
      name: 'Alice at work',
      place: 'calendar',
      bookId: book,
    });
    connectionId = made.id;
    expect(await rest()).toMatchObject({ state: 'ok', outcome: 'ok', counts: { meetings: 2 } });
    expect(await seen('flux')).toEqual([2]);
    const answer = await (await alice.fetch(`/connections/${connectionId}`)).text();
    expect(answer).not.toContain('very-secret');
    const [row] = await app.query<{ text: string }>(
      'select c::text as text from connectors.connection c where connection_id = $1',
      [connectionId],
    );
    expect(row!.text).not.toContain('very-secret');
  });

  test('what is moved or taken away there counts so here; what did not change is not written again', async () => {
    events = [
      event('f1', -45, ['=alias@maison.example', 'tom@flux.example']),
      event('f2', -20, ['=tom@flux.example', mine]),
    ];
    expect((await again()).counts).toEqual({ meetings: 1 });
    events = [event('f1', -45, ['=alias@maison.example', 'tom@flux.example'])];
    await again();
    expect(await seen('flux')).toEqual([1]);
  });

  test('what lies before the first event that is shown has not been taken away', async () => {
    events = [event('f3', -5, [`=${mine}`, 'una@flux.example']), event('f4', 20, [`=${mine}`, 'una@flux.example'])];
    await again();
    expect(await seen('tom@flux')).toEqual([1]);
    events = [event('f3', -5, [`=${mine}`, 'una@flux.example'])];
    await again();
    expect((await find('una@'))[0]!.meetings).toMatchObject({ count: 1, nextAt: null });
  });

  test('is not read when it says that nothing has changed, but whole once a month', async () => {
    etag = '"7"';
    await again();
    expect((await again()).counts).toEqual({});
    expect(asked).toEqual([undefined, '"7"']);
    await app.query(
      `update connectors.connection set cursor = jsonb_set(cursor, '{readAt}', '"2026-01-01T00:00:00Z"')`,
    );
    expect((await again()).counts).toEqual({ meetings: 1 });
    expect(asked.at(-1)).toBeUndefined();
    etag = '';
  });

  test.each([
    ['a page in its place', (answer: ServerResponse) => answer.end('<html>sign in</html>'), 'malformed'],
    [
      'an address that is good for nothing any more',
      (answer: ServerResponse) => answer.writeHead(404).end(),
      'place_gone',
    ],
    ['a circle of redirects', (answer: ServerResponse) => answer.writeHead(302, { location: url }).end(), 'malformed'],
    [
      'a redirect into a private network',
      (answer: ServerResponse) => answer.writeHead(302, { location: 'http://10.0.0.1/x' }).end(),
      'private_network',
    ],
    [
      'thirty megabytes',
      (answer: ServerResponse) => answer.end(`BEGIN:VCALENDAR\r\n${'X'.repeat(30 << 20)}`),
      'too_large',
    ],
  ])('%s is told in a word, and nothing that was known is lost', async (_what, answer, problem) => {
    meddle = answer;
    expect((await again()).outcome).toBe(problem);
    expect(await seen('una@')).toEqual([1]);
  });

  test('disconnecting forgets all of it', async () => {
    await alice.call(connectors.endConnection, { connectionId, cards: 'stay' });
    await app.settle();
    expect(await find('flux')).toEqual([]);
    expect(await app.query('select from correspondents.calendar where connection_id is not null')).toEqual([]);
  });
});
