// Calendars of real servers of others: Radicale and Xandikos, as Debian packages them.
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Collection, type DavServer, davServers } from '../../tools/dav-servers.ts';
import * as connectors from '../connectors/contract.ts';
import { onLoopback } from '../connectors/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { calendarOf, event } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

/** How often each address was met, as Alice sees it. */
const met = async (domain: string): Promise<Record<string, number>> => {
  const { items } = await alice.call(contracts.listCorrespondents, { q: domain, show: 'all', limit: 200 });
  return Object.fromEntries(items.map(({ email, meetings }) => [email.split('@')[0]!, meetings!.count]));
};

describe.each(davServers())('with %s', (_name, open) => {
  let server: DavServer;
  beforeAll(async () => {
    server = await open();
  });
  afterAll(() => server?.close());

  const entered = () => {
    const { address, username, password } = server.account;
    return { kind: 'calendar', settings: { service: 'other', address, username }, secret: { password } };
  };
  let connectionId: string;
  const rest = async () => {
    for (;;) {
      const { running, runs } = await alice.call(connectors.getConnection, { connectionId });
      if (!running) return { outcome: runs[0]!.outcome, counts: runs[0]!.counts };
      await sleep(20);
    }
  };
  const sync = async () => {
    await alice.call(connectors.syncConnection, { connectionId });
    return rest();
  };
  const connect = async (name: string) => {
    const { items } = await alice.call(connectors.listPlaces, entered());
    const place = items.find((one) => one.name === name)!;
    const bookId = (await alice.call(delegation.listBooks, {})).items[0]!.id;
    const made = await alice.call(connectors.addConnection, { ...entered(), name, place: place.id, bookId });
    connectionId = made.id;
    return rest();
  };
  const disconnect = async () => {
    await alice.call(connectors.endConnection, { connectionId, cards: 'stay' });
    await app.settle();
  };
  const put = (there: Collection, uid: string, days: number, people: string[], ...lines: string[]) =>
    there.put(
      `${uid}.ics`,
      calendarOf(event(uid, days, people, 'DTSTAMP:20260101T000000Z', ...lines)).replace(
        'VERSION:2.0',
        'VERSION:2.0\r\nPRODID:-//test//EN',
      ),
    );

  test('a calendar is found, read, and what is moved, cancelled or deleted there counts so here', async () => {
    const there = await server.make('calendar', 'work');
    await server.make('addressbook', 'friends');
    const { email } = alice.me;
    await put(there, 'a', -20, [`=${email}`, 'anne@pair.example'], 'RRULE:FREQ=WEEKLY;COUNT=2');
    await put(there, 'b', -4, ['=anne@pair.example', `+${email}`, 'bruno@pair.example']);
    await put(there, 'p', -4, [`=${email}`, 'secret@pair.example'], 'CLASS:PRIVATE');
    // Address books are no calendars.
    const { items } = await alice.call(connectors.listPlaces, entered());
    expect(items.map((one) => one.name)).not.toContain('friends');
    expect(await connect('work')).toMatchObject({ outcome: 'ok', counts: { meetings: 3, private_events: 1 } });
    expect(await met('pair.example')).toEqual({ anne: 3, bruno: 1 });
    await put(there, 'a', -10, [`=${email}`, 'anne@pair.example'], 'RRULE:FREQ=WEEKLY;COUNT=1');
    await there.remove('b.ics');
    expect((await sync()).counts).toEqual({ meetings: 1 });
    expect(await met('pair.example')).toEqual({ anne: 1 });
    expect((await sync()).counts).toEqual({});
    await disconnect();
    expect(await met('pair.example')).toEqual({});
  });

  // What is asked: after any changes, however often the calendar is read in between, the counts are those of the calendar as it stands.
  test('after random changes the counts are those of what stands there', { timeout: 120_000 }, async () => {
    let world = 0;
    const step = fc.record({
      do: fc.constantFrom('put', 'put', 'remove', 'sync'),
      uid: fc.nat({ max: 3 }),
      who: fc.nat({ max: 2 }),
      weeks: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        const name = `world${++world}`;
        const there = await server.make('calendar', name);
        await connect(name);
        const expected = new Map<number, { who: number; weeks: number }>();
        for (const { do: what, uid, who, weeks } of steps) {
          if (what === 'sync') await sync();
          else if (what === 'remove') {
            if (expected.delete(uid)) await there.remove(`u${uid}.ics`);
          } else {
            expected.set(uid, { who, weeks });
            await put(
              there,
              `u${uid}`,
              -30,
              [`=${alice.me.email}`, `w${who}@random.example`],
              `RRULE:FREQ=WEEKLY;COUNT=${weeks}`,
            );
          }
        }
        await sync();
        const counts: Record<string, number> = {};
        for (const { who, weeks } of expected.values()) counts[`w${who}`] = (counts[`w${who}`] ?? 0) + weeks;
        expect(await met('random.example')).toEqual(counts);
        await disconnect();
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});
