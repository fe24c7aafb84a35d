import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fieldsOf } from '../../cards/fields.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as contracts from '../contract.ts';
import { services } from '../services.ts';
import { synchronise } from '../syncing.ts';
import { connectService, namesIn, onLoopback, problemOf, readCard, sync } from '../testing.ts';
import { toContact } from './contacts.ts';
import { hubspot } from './index.ts';
import { openHubspot } from './testing.ts';

let app: TestApp;
let alice: Member;
/** Her connection, and the book that it fills. */
let id: string;
let bookId: string;
let there: Awaited<ReturnType<typeof openHubspot>>;
const real = services.hubspot;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  there = await openHubspot();
  services.hubspot = () => there.url;
});
afterAll(async () => {
  services.hubspot = real;
  there.close();
  await app.close();
});
afterEach(() => {
  there.fake.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = (password = 'pat-eu1-secret') => ({ kind: 'hubspot', settings: {}, secret: { password } });
const past = '2026-03-02T10:00:00.123Z';

test('contacts come with what HubSpot says of them, and again only what has changed', async () => {
  there.companies.set('7', 'Aubry Conseil');
  there.put(
    101,
    {
      firstname: 'Anne',
      lastname: 'Aubry',
      email: 'anne@aubry.example',
      hs_additional_emails: 'a.aubry@perso.example;anne2@aubry.example',
      mobilephone: '06 39 98 00 01',
      jobtitle: 'Directrice',
      company: 'Aubry',
      associatedcompanyid: '7',
      hs_email_optout: 'true',
      city: 'Lyon',
      zip: '69001',
    },
    past,
  );
  there.put(102, { firstname: 'Bruno', lastname: 'Blanc', hs_email_optout: 'false', email: 'b@blanc.example' }, past);
  there.put(103, {}, past);
  ({ id, bookId } = await connectService(alice, account()));
  expect(await namesIn(alice, bookId)).toEqual(['Anne Aubry', 'Bruno Blanc']);
  const anne = await readCard(alice, bookId, 'Anne Aubry');
  expect(anne.values('organization')).toEqual([{ name: 'Aubry Conseil' }]);
  expect(anne.values('email').map(({ normalised }) => normalised)).toEqual([
    'anne@aubry.example',
    'a.aubry@perso.example',
    'anne2@aubry.example',
  ]);
  expect(anne.values('phone')).toMatchObject([{ e164: '+33639980001', type: 'mobile' }]);
  expect(anne.values('address')).toMatchObject([{ city: 'Lyon', postcode: '69001' }]);
  expect(anne.values('consent')).toMatchObject([{ channel: 'email', state: 'objected' }]);
  // "Not unsubscribed" is no consent.
  expect((await readCard(alice, bookId, 'Bruno Blanc')).values('consent')).toEqual([]);
  expect(anne.original).toMatchObject({ mediaType: 'application/json' });
  expect((await sync(alice, id)).counts).toEqual({});
  there.put(102, { jobtitle: 'Acheteur' });
  expect((await sync(alice, id)).counts).toEqual({ updated: 1 });
  expect((await sync(alice, id)).counts).toEqual({ unchanged: 1 });
});

test('who was put into the bin there, or was deleted for good, has ended here; who comes back is back', async () => {
  const endedAt = async (name: string) => (await readCard(alice, bookId, name)).endedAt;
  there.archive(101);
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  expect(await endedAt('Anne Aubry')).not.toBeNull();
  there.put(101, {});
  await sync(alice, id);
  expect(await endedAt('Anne Aubry')).toBeNull();
  there.purge(102);
  await sync(alice, id);
  expect(await endedAt('Bruno Blanc')).toBeNull();
  // Nothing says so but a list of all that is there, once a day.
  await app.query(`update connectors.connection set cursor = cursor || '{"listed": 0}' where connection_id = $1`, [id]);
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  expect(await endedAt('Bruno Blanc')).not.toBeNull();
  expect((await sync(alice, id)).counts).not.toHaveProperty('ended');
});

test('more contacts than a page holds, many of one second, come once each, whatever breaks off in between', async () => {
  const start = Date.parse('2026-04-01T08:00:00.500Z');
  for (let no = 0; no < 430; no++) {
    // More than half of them by one import there.
    const at = new Date(no % 2 === 0 || no < 20 ? start : start + no * 700).toISOString();
    there.put(1000 + no, { firstname: 'Many', lastname: `No${no}` }, at);
  }
  const many = await connectService(alice, account());
  expect(new Set(await namesIn(alice, many.bookId)).size).toBe(431);
  await alice.call(contracts.endConnection, { connectionId: many.id, cards: 'remove' });
});

test('after a crash it goes on behind the last page that was written', async () => {
  const before = await namesIn(alice, bookId);
  for (let no = 0; no < 250; no++)
    there.put(
      5000 + no,
      { firstname: 'Late', lastname: `No${no}` },
      new Date(Date.now() - 60_000 + no * 100).toISOString(),
    );
  const ends = new AbortController();
  let pages = 0;
  there.fake.meddle = ({ body }) => {
    if (body.includes('filterGroups') && ++pages === 2) ends.abort();
    return undefined;
  };
  await app.query('update connectors.connection set wanted_at = now() where connection_id = $1', [id]);
  const of = { workspaceId: alice.me.workspace.id, connectionId: id, removals: false };
  await expect(synchronise(app.app, [hubspot], of, ends.signal)).rejects.toThrow();
  there.fake.meddle = null;
  const { created = 0 } = (await sync(alice, id)).counts;
  expect(created).toBeGreaterThan(0);
  expect(created).toBeLessThan(60);
  expect(new Set(await namesIn(alice, bookId)).size).toBe(before.length + 250);
});

test('it asks too much for a moment, and waits; for longer, and comes back then', async () => {
  let refused = 0;
  there.fake.meddle = () => (++refused === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined);
  expect(await sync(alice, id)).toMatchObject({ outcome: 'ok' });
  there.fake.meddle = () => ({ status: 429, headers: { 'retry-after': '3600' }, body: { policyName: 'DAILY' } });
  const { state, problem, nextAt } = await sync(alice, id);
  expect({ state, problem }).toEqual({ state: 'retrying', problem: 'busy' });
  expect(Date.parse(nextAt!) - Date.now()).toBeGreaterThan(3_500_000);
});

test.each([
  ['a token that is none', { status: 401, body: {} }, 'refused'],
  ['a token without the right', { status: 403, body: { category: 'MISSING_SCOPES' } }, 'forbidden'],
  ['a page instead of data', { body: '<html>Sign in</html>' }, 'malformed'],
  ['data of another shape', { body: { results: [{ id: 7, properties: 'none' }] } }, 'malformed'],
  ['a way to somewhere else', { status: 302, headers: { location: 'https://elsewhere.example' } }, 'elsewhere'],
  ['a fault of its own', { status: 502, body: '' }, 'server_error'],
])('%s is told as what it is', async (_what, answered, problem) => {
  there.fake.meddle = () => answered;
  expect(await problemOf(alice.call(contracts.listPlaces, account()))).toBe(problem);
});

test.each([
  ['always says that there is more', { results: [], paging: { next: { after: '1' } } }],
  [
    'goes back in time',
    {
      results: ['2026-05-02T00:00:00Z', '2026-05-01T00:00:00Z'].map((lastmodifieddate, id) => {
        return { id: `${9000 + id}`, properties: { lastname: 'Back', lastmodifieddate } };
      }),
    },
  ],
  ['says no time', { results: [{ id: '1', properties: { lastname: 'X' } }] }],
])('a service that %s is left alone', async (_what, body) => {
  there.fake.meddle = () => ({ body });
  expect(await sync(alice, id)).toMatchObject({ problem: 'malformed', state: 'retrying', counts: {} });
});

test('a token opens nothing but HubSpot, and its owner alone sees the connection', async () => {
  const bob = await app.invite(alice, 'Bob Stone');
  expect(await codeOf(bob.call(contracts.getConnection, { connectionId: id }))).toBe('not_found');
  expect(real()).toBe('https://api.hubapi.com');
  // An address that a member adds is nobody's.
  const elsewhere = {
    ...account(),
    settings: { address: 'https://elsewhere.example', url: 'https://elsewhere.example' },
  };
  there.fake.asked.splice(0);
  await alice.call(contracts.listPlaces, elsewhere);
  expect(there.fake.asked).toHaveLength(1);
});

test('whatever HubSpot says of a contact, it is read without inventing anything', () => {
  const value = fc.oneof(fc.string(), fc.constant(null), fc.jsonValue());
  const names = [
    'firstname',
    'lastname',
    'email',
    'hs_additional_emails',
    'phone',
    'company',
    'date_of_birth',
    'hs_email_optout',
    'city',
  ];
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value]))), (properties) => {
      const contact = toContact({ id: '1', properties }, undefined, 'FR');
      expect(contact).toMatchObject({ uid: '1', kind: 'person' });
      const said = JSON.stringify(properties);
      for (const email of contact.emails) expect(said).toContain(JSON.stringify(email.value).slice(1, -1));
      for (const consent of contact.consent ?? [])
        expect([consent.state, consent.channel]).toEqual(['objected', 'email']);
      fieldsOf(contact, null);
    }),
  );
});
