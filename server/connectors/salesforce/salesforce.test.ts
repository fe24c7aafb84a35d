import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fieldsOf } from '../../cards/fields.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as contracts from '../contract.ts';
import { services } from '../services.ts';
import { connectService, namesIn, onLoopback, problemOf, readCard, sync } from '../testing.ts';
import { toContact } from './contacts.ts';
import { openSalesforce } from './testing.ts';

let app: TestApp;
let alice: Member;
let there: Awaited<ReturnType<typeof openSalesforce>>;
/** Her connection, and the book that it fills. */
let id: string;
let bookId: string;
const real = services.salesforce;
/** Which host would have been asked. */
let host = '';

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  there = await openSalesforce();
  services.salesforce = (asked) => {
    host = asked;
    return there.url;
  };
});
afterAll(async () => {
  services.salesforce = real;
  there.close();
  await app.close();
});
afterEach(() => {
  there.fake.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = ({ address = 'https://acme.my.salesforce.com', password = 'secret' } = {}) => ({
  kind: 'salesforce',
  settings: { address, username: 'consumer' },
  secret: { password },
});
const past = new Date('2026-03-02T10:00:00Z');

test('contacts come with their accounts, of the fields that this company shows, and again only what has changed', async () => {
  const refused = { HasOptedOutOfEmail: true, DoNotCall: true };
  const anne = {
    FirstName: 'Anne',
    LastName: 'Aubry',
    Email: 'anne@aubry.example',
    MobilePhone: '06 39 98 00 01',
    ...refused,
  };
  there.put(
    1,
    { ...anne, Title: 'Directrice', Account: { Name: 'Aubry Conseil' }, MailingCity: 'Lyon', Description: 'hidden' },
    past,
  );
  there.put(
    2,
    { FirstName: 'Bruno', LastName: 'Blanc', HasOptedOutOfEmail: false, DoNotCall: false, Email: 'b@blanc.example' },
    past,
  );
  there.put(3, { LastName: 'Deleted', IsDeleted: true }, past);
  ({ id, bookId } = await connectService(alice, account()));
  expect(await namesIn(alice, bookId)).toEqual(['Anne Aubry', 'Bruno Blanc']);
  const card = await readCard(alice, bookId, 'Anne Aubry');
  expect(card.values('organization')).toEqual([{ name: 'Aubry Conseil' }]);
  expect(card.values('phone')).toMatchObject([{ e164: '+33639980001', type: 'mobile' }]);
  const consents = card.values('consent').map(({ channel, state }) => [channel, state]);
  expect(consents).toEqual([
    ['email', 'objected'],
    ['phone', 'objected'],
  ]);
  expect((await readCard(alice, bookId, 'Bruno Blanc')).values('consent')).toEqual([]);
  expect(card.values('note')).toEqual([]);
  expect((await sync(alice, id)).counts).toEqual({});
  there.put(2, { Title: 'Acheteur' });
  expect((await sync(alice, id)).counts).toEqual({ updated: 1 });
});

test('who is put into the bin there has ended here, who is taken out of it is back, and who is gone for good is missed once a day', async () => {
  const endedAt = async (name: string) => (await readCard(alice, bookId, name)).endedAt;
  there.put(1, { IsDeleted: true });
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  there.put(1, { IsDeleted: false });
  await sync(alice, id);
  expect(await endedAt('Anne Aubry')).toBeNull();
  there.purge(2);
  await app.query(`update connectors.connection set cursor = cursor || '{"listed": 0}' where connection_id = $1`, [id]);
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  expect(await endedAt('Bruno Blanc')).not.toBeNull();
});

test('more than two pages of one second come once each', async () => {
  const at = new Date(Date.now() - 60_000);
  for (let no = 0; no < 1100; no++) there.put(1000 + no, { FirstName: 'Many', LastName: `No${no}` }, at);
  await sync(alice, id);
  const names = (await namesIn(alice, bookId)).filter((name) => name.startsWith('Many'));
  expect([names.length, new Set(names).size]).toEqual([1100, 1100]);
});

test.each([
  ['requests of the day are used up', 403, 'REQUEST_LIMIT_EXCEEDED', 'busy', 3500],
  ['the session has ended', 401, 'INVALID_SESSION_ID', 'busy', 30],
  ['contacts are not this user’s to see', 400, 'INVALID_TYPE', 'forbidden', 0],
])('when %s it is told as that, and it comes back in its time', async (_what, status, errorCode, problem, seconds) => {
  there.fake.meddle = ({ url }) => (url.pathname.includes('query') ? { status, body: [{ errorCode }] } : undefined);
  const rested = await sync(alice, id);
  expect(rested).toMatchObject({ problem, state: problem === 'busy' ? 'retrying' : 'attention' });
  if (rested.nextAt) expect(Date.parse(rested.nextAt) - Date.now()).toBeGreaterThan(seconds * 1000);
});

test('a secret that opens nothing is told as that', async () => {
  expect(await problemOf(alice.call(contracts.listPlaces, account({ password: 'guessed' })))).toBe('refused');
});

test.each([
  ['acme.my.salesforce.com', 'acme.my.salesforce.com'],
  ['https://acme.lightning.force.com/lightning/page/home', 'acme.my.salesforce.com'],
  ['https://acme--test.sandbox.my.salesforce.com/', 'acme--test.sandbox.my.salesforce.com'],
])('“%s” is asked at %s', async (address, expected) => {
  await alice.call(contracts.listPlaces, account({ address }));
  expect(host).toBe(expected);
  expect(real(expected)).toBe(`https://${expected}`);
});

test.each([
  'https://salesforce.com.evil.example',
  'https://evil.example/acme.my.salesforce.com',
  'https://evil.example#.salesforce.com',
  'https://acme.my.salesforce.com@evil.example',
  'https://acme.my.salesforce.com:8443',
  'https://10.0.0.1',
  'evilsalesforce.com',
  '',
])('nobody but Salesforce is given a secret: not “%s”', async (address) => {
  there.fake.asked.splice(0);
  expect(await codeOf(alice.call(contracts.listPlaces, account({ address })))).toBe('invalid_input');
  expect(there.fake.asked).toEqual([]);
});

test('whatever Salesforce says of a contact, it is read without inventing anything', () => {
  const value = fc.oneof(fc.string(), fc.constant(null), fc.boolean(), fc.jsonValue());
  const names = ['FirstName', 'LastName', 'Email', 'Phone', 'Birthdate', 'Account', 'MailingCity', 'Description'];
  const opted = fc.oneof(fc.boolean(), fc.constant(null));
  const said = fc.record({ ...Object.fromEntries(names.map((name) => [name, value])), HasOptedOutOfEmail: opted });
  fc.assert(
    fc.property(said, (of: Record<string, unknown>) => {
      const base = { Id: '003000000000001AAA', SystemModstamp: '2026-03-02T10:00:00.000+0000', IsDeleted: false };
      const contact = toContact({ ...of, ...base, Account: of.Account }, 'FR');
      expect(contact.uid).toBe(base.Id);
      expect((contact.consent ?? []).map(({ state }) => state)).toEqual(
        of.HasOptedOutOfEmail === true ? ['objected'] : [],
      );
      for (const email of contact.emails) expect(String(of.Email)).toContain(email.value);
      fieldsOf(contact, null);
    }),
  );
});
