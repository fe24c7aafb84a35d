import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../../cards/contract.ts';
import { fieldsOf } from '../../cards/fields.ts';
import { type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as contracts from '../contract.ts';
import { services } from '../services.ts';
import { connectService, namesIn, onLoopback, problemOf, readBook, readCard, sync } from '../testing.ts';
import { member, toContact } from './members.ts';
import { openMailchimp } from './testing.ts';

let app: TestApp;
let alice: Member;
let there: Awaited<ReturnType<typeof openMailchimp>>;
/** Her connection, and the book that it fills. */
let id: string;
let bookId: string;
const real = services.mailchimp;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  there = await openMailchimp();
  services.mailchimp = () => there.url;
});
afterAll(async () => {
  services.mailchimp = real;
  there.close();
  await app.close();
});
afterEach(() => {
  there.fake.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = (password = 'secret-us21') => ({ kind: 'mailchimp', settings: {}, secret: { password } });
const past = new Date('2026-03-02T10:00:00Z');

/** What is known of the e-mail address of somebody in the book. */
async function pointOf(name: string) {
  const personId = (await readBook(alice, bookId)).find((one) => one.name === name)!.id;
  const { values } = await alice.call(cards.getPerson, { personId });
  const { consent, health } = values.find(({ kind }) => kind === 'email')!.contactPoint!;
  return [consent, health];
}

test('members of an audience come, and what they agreed to or refused', async () => {
  const merge_fields = {
    FNAME: 'Anne',
    LNAME: 'Aubry',
    PHONE: '06 39 98 00 01',
    BIRTHDAY: '09/24',
    ADDRESS: { addr1: '1 rue des Lilas', city: 'Lyon', zip: '69001', country: 'FR' },
    SIZE: 42,
  };
  const tags = [{ id: 1, name: 'Client' }];
  there.put(
    1,
    { email_address: 'anne@aubry.example', merge_fields, tags, timestamp_opt: '2020-01-02T03:04:05+00:00' },
    past,
  );
  const named = (FNAME: string, LNAME: string) => ({ merge_fields: { FNAME, LNAME } });
  there.put(2, { email_address: 'bruno@blanc.example', ...named('Bruno', 'Blanc'), status: 'unsubscribed' }, past);
  there.put(3, { email_address: 'chloe@caron.example', ...named('Chloé', 'Caron'), status: 'cleaned' }, past);
  there.put(4, { email_address: 'denis@dumas.example', ...named('Denis', 'Dumas'), status: 'pending' }, past);
  there.put(5, { email_address: 'elsa@evrard.example', ...named('Elsa', 'Evrard'), status: 'archived' }, past);
  const stated = { status: 'transactional', timestamp_opt: '2020-01-02T03:04:05+00:00' };
  there.put(6, { email_address: 'farid@fabre.example', ...named('Farid', 'Fabre'), ...stated }, past);
  ({ id, bookId } = await connectService(alice, account(), { name: 'Newsletter' }));
  expect(await namesIn(alice, bookId)).toEqual([
    'Anne Aubry',
    'Bruno Blanc',
    'Chloé Caron',
    'Denis Dumas',
    'Farid Fabre',
  ]);
  const anne = await readCard(alice, bookId, 'Anne Aubry');
  expect(anne.values('birthday')).toEqual([{ value: '--09-24' }]);
  expect(anne.values('address')).toMatchObject([{ city: 'Lyon', postcode: '69001', countryCode: 'FR' }]);
  expect(anne.values('category')).toEqual([{ value: 'Client' }]);
  expect(anne.values('extra')).toEqual([{ name: 'SIZE', value: '42' }]);
  expect(anne.values('consent')).toMatchObject([{ channel: 'email', state: 'given', since: '2020-01-02T03:04:05Z' }]);
  expect(await pointOf('Anne Aubry')).toEqual(['given', 'unknown']);
  expect(await pointOf('Bruno Blanc')).toEqual(['objected', 'unknown']);
  expect(await pointOf('Chloé Caron')).toEqual(['unknown', 'dead']);
  expect(await pointOf('Denis Dumas')).toEqual(['unknown', 'unknown']);
  expect(await pointOf('Farid Fabre')).toEqual(['unknown', 'unknown']);
  expect((await sync(alice, id)).counts).toEqual({});
});

test('who unsubscribes there objects here, under another address too, and subscribing again takes nothing back', async () => {
  there.put(1, { status: 'unsubscribed', email_address: 'anne.aubry@new.example' });
  expect((await sync(alice, id)).counts).toEqual({ updated: 1 });
  expect(await namesIn(alice, bookId)).toHaveLength(5);
  expect(await pointOf('Anne Aubry')).toEqual(['objected', 'unknown']);
  there.put(1, { status: 'subscribed' });
  await sync(alice, id);
  expect(await pointOf('Anne Aubry')).toEqual(['objected', 'unknown']);
});

test('who is archived there, or deleted, has ended here', async () => {
  there.put(4, { status: 'archived' });
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  there.delete(6);
  await app.query(`update connectors.connection set cursor = cursor || '{"listed": 0}' where connection_id = $1`, [id]);
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  expect((await readCard(alice, bookId, 'Farid Fabre')).endedAt).not.toBeNull();
});

test('more than two pages of one second come once each, also when some of them change meanwhile', async () => {
  const at = new Date(Date.now() - 60_000);
  for (let no = 0; no < 1100; no++)
    there.put(
      1000 + no,
      { email_address: `many${no}@list.example`, merge_fields: { FNAME: 'Many', LNAME: `No${no}` } },
      at,
    );
  let pages = 0;
  there.fake.meddle = ({ url }) => {
    // Those at the beginning leave the second that is being read: everything behind them moves up.
    if (url.searchParams.has('before_last_changed') && ++pages === 2)
      for (let no = 0; no < 60; no++) there.put(1000 + no, { tags: [{ name: 'Changed' }] });
    return undefined;
  };
  await sync(alice, id);
  const names = (await namesIn(alice, bookId)).filter((name) => name.startsWith('Many'));
  expect([names.length, new Set(names).size]).toEqual([1100, 1100]);
});

test.each([
  'secret',
  'secret-us21.evil.example',
  'secret-us21/../..',
  'secret@evil.example#-us21',
])('a key such as “%s” leads nowhere', async (password) => {
  there.fake.asked.splice(0);
  expect(await problemOf(alice.call(contracts.listPlaces, account(password)))).not.toBeUndefined();
  expect(there.fake.asked.filter(({ url }) => url.pathname !== '/3.0/lists')).toEqual([]);
  expect(real('us21')).toBe('https://us21.api.mailchimp.com');
});

test('a key that opens nothing is told as that', async () => {
  expect(await problemOf(alice.call(contracts.listPlaces, account('other-us21')))).toBe('refused');
});

test('whatever Mailchimp says of a member, nothing is invented: no consent but of who has subscribed', () => {
  const value = fc.oneof(fc.string(), fc.jsonValue());
  const names = ['FNAME', 'LNAME', 'PHONE', 'ADDRESS', 'BIRTHDAY', 'COMPANY', 'OTHER'];
  const said = fc.record({
    status: fc.oneof(fc.constantFrom('subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional'), fc.string()),
    email_address: fc.oneof(fc.emailAddress(), fc.string()),
    timestamp_opt: fc.oneof(fc.constant('2020-01-02T03:04:05+00:00'), fc.jsonValue()),
    merge_fields: fc.record(Object.fromEntries(names.map((name) => [name, value]))),
  });
  const expected = new Map([
    ['subscribed', ['given']],
    ['unsubscribed', ['objected']],
  ]);
  fc.assert(
    fc.property(said, (of) => {
      const one = member.parse({ ...of, id: '0'.repeat(32), last_changed: '2026-03-02T10:00:00+00:00' });
      const contact = toContact(one, 'FR');
      const states = (contact.consent ?? []).map(({ state }) => state);
      expect(states).toEqual(expected.get(of.status) ?? []);
      for (const email of contact.emails) expect(of.email_address).toContain(email.value);
      fieldsOf(contact, null);
    }),
  );
});
