import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fieldsOf } from '../../cards/fields.ts';
import { type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as contracts from '../contract.ts';
import { connectService, namesIn, onLoopback, problemOf, readCard, sync } from '../testing.ts';
import { toContact } from './partners.ts';
import { openOdoo } from './testing.ts';

let app: TestApp;
let alice: Member;
let there: Awaited<ReturnType<typeof openOdoo>>;
/** Her connection, and the book that it fills. */
let id: string;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  there = await openOdoo();
});
afterAll(async () => {
  there.close();
  await app.close();
});
afterEach(() => {
  there.fake.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = ({ address = there.url, database = 'acme', password = 'odoo-key' } = {}) => ({
  kind: 'odoo',
  settings: { address, database, username: 'anne' },
  secret: { password },
});
const past = new Date('2026-03-02T10:00:00.100Z');

test('persons and companies come, and again only what has changed', async () => {
  there.put(
    1,
    { name: 'Aubry Conseil', is_company: true, website: 'https://aubry.example', phone: '+33 6 39 98 00 02' },
    past,
  );
  there.put(
    2,
    {
      name: 'Anne Aubry',
      parent_id: [1, 'Aubry Conseil'],
      function: 'Directrice',
      email: 'anne@aubry.example',
      phone: '06 39 98 00 01',
      city: 'Rouen',
      state_id: [76, 'Normandie (FR)'],
      country_id: [75, 'France'],
      comment: '<p>Aime le <b>thé</b></p>',
    },
    past,
  );
  there.put(3, { name: 'Entrepôt', type: 'delivery', parent_id: [1, 'Aubry Conseil'] }, past);
  there.put(4, { name: 'Denis Dumas', active: false }, past);
  ({ id, bookId } = await connectService(alice, account({ address: `${there.url}/web#action=contacts` })));
  expect(await namesIn(alice, bookId)).toEqual(['Anne Aubry', 'Aubry Conseil']);
  const anne = await readCard(alice, bookId, 'Anne Aubry');
  expect(anne.values('name')).toMatchObject([{ given: 'Anne', family: 'Aubry' }]);
  expect(anne.values('organization')).toEqual([{ name: 'Aubry Conseil' }]);
  expect(anne.values('address')).toMatchObject([{ city: 'Rouen', region: 'Normandie', countryCode: 'FR' }]);
  expect(anne.values('note')).toEqual([{ value: 'Aime le thé' }]);
  expect(anne.values('phone')).toMatchObject([{ e164: '+33639980001' }]);
  expect(await readCard(alice, bookId, 'Aubry Conseil')).toMatchObject({ kind: 'organization' });
  expect((await sync(alice, id)).counts).toEqual({});
  there.put(2, { function: 'Présidente' });
  expect((await sync(alice, id)).counts).toEqual({ updated: 1 });
  expect((await sync(alice, id)).counts).toEqual({ unchanged: 1 });
});

test('who is archived there, or deleted, has ended here; who is back there is back', async () => {
  const endedAt = async (name: string) => (await readCard(alice, bookId, name)).endedAt;
  there.put(2, { active: false });
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  expect(await endedAt('Anne Aubry')).not.toBeNull();
  there.put(2, { active: true });
  await sync(alice, id);
  expect(await endedAt('Anne Aubry')).toBeNull();
  there.delete(1);
  await sync(alice, id);
  expect(await endedAt('Aubry Conseil')).toBeNull();
  await app.query(`update connectors.connection set cursor = cursor || '{"listed": 0}' where connection_id = $1`, [id]);
  expect((await sync(alice, id)).counts).toMatchObject({ ended: 1 });
  expect(await endedAt('Aubry Conseil')).not.toBeNull();
});

test('a list that lacks most of what was there says nothing of it', async () => {
  const more = Array.from({ length: 30 }, (_, no) => 100 + no);
  for (const no of more) there.put(no, { name: `Kept No${no}` });
  await sync(alice, id);
  for (const no of more) there.delete(no);
  await app.query(`update connectors.connection set cursor = cursor || '{"listed": 0}' where connection_id = $1`, [id]);
  expect((await sync(alice, id)).counts).not.toHaveProperty('ended');
});

test('more than two pages of one second come once each', async () => {
  for (let no = 0; no < 1100; no++)
    there.put(1000 + no, { name: `Many No${no}` }, new Date('2026-04-01T08:00:00.700Z'));
  await connectService(alice, account(), { bookId });
  const names = (await namesIn(alice, bookId)).filter((name) => name.startsWith('Many'));
  expect([names.length, new Set(names).size]).toEqual([1100, 1100]);
});

test.each([
  ['a wrong key', { password: 'guessed' }, 'refused'],
  ['another database', { database: 'other' }, 'place_gone'],
  ['an address within the company', { address: 'https://10.0.0.1' }, 'private_network'],
  ['an address in the clear', { address: 'http://93.184.216.34' }, 'not_encrypted'],
  ['no address at all', { address: 'https://' }, 'bad_address'],
])('%s is told as what it is', async (_what, wrong, problem) => {
  expect(await problemOf(alice.call(contracts.listPlaces, account(wrong)))).toBe(problem);
});

test('a site that is no Odoo is told as that', async () => {
  there.fake.meddle = () => ({ status: 404, body: '<html>' });
  expect(await problemOf(alice.call(contracts.listPlaces, account()))).toBe('malformed');
  there.fake.meddle = () => ({ body: { result: 'yes' } });
  expect(await problemOf(alice.call(contracts.listPlaces, account()))).toBe('malformed');
});

test('whatever Odoo says of a partner, it is read without inventing anything', () => {
  const value = fc.oneof(fc.string(), fc.constant(false), fc.tuple(fc.integer(), fc.string()), fc.jsonValue());
  const names = [
    'name',
    'title',
    'email',
    'phone',
    'parent_id',
    'state_id',
    'country_id',
    'comment',
    'website',
    'is_company',
  ];
  fc.assert(
    fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value]))), (said) => {
      const contact = toContact(
        { active: true, ...said, is_company: said.is_company, id: 1, write_date: '2026-03-02 10:00:00' },
        'FR',
      );
      expect(contact).toMatchObject({ uid: '1', revision: '2026-03-02T10:00:00Z' });
      expect(contact.consent).toBeUndefined();
      for (const email of contact.emails) expect(String(said.email)).toContain(email.value);
      fieldsOf(contact, null);
    }),
  );
});
