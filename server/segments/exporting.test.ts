import { afterAll, beforeAll, expect, test } from 'vitest';
import * as attributes from '../attributes/contract.ts';
import { addAttribute } from '../attributes/testing.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { readContacts } from '../formats/index.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { leftOutHeader, takenHeader } from './export-contract.ts';
import { addSegment } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let segmentId: string;
let freeCard: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  const book = async (name: string, terms: Parameters<typeof lend>[2]) => {
    const { id } = await bob.call(delegation.createBook, { name });
    await lend(bob, id, terms);
    return id;
  };
  const free = await book('Free', {
    ...{ grantee: { kind: 'workspace' }, acts: ['read', 'export'] },
    except: ['privateNumbers'],
  });
  const read = await book('To read', { grantee: { kind: 'workspace' }, acts: ['read'] });
  freeCard = await addContact(bob, {
    ...{
      name: 'Fred Free',
      email: 'fred@free.example',
      phone: '06 11 22 33 44',
      organization: 'Freedom',
      bookId: free,
    },
  });
  await addContact(bob, { name: 'Rita Read', email: 'rita@read.example', bookId: read });
  // Somebody of two cards, of which one may be taken along.
  await addContact(bob, { name: 'Tom Two', email: 'tom@two.example', bookId: free });
  await addContact(bob, { name: 'Tom Two', email: 'tom@two.example', organization: 'Kept Within', bookId: read });
  await app.settle();
  segmentId = (await addSegment(alice, 'email contains "example"')).id;
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const take = (who: Member, fields: string, format = 'csv', more = '') =>
  who.fetch(`/segments/${segmentId}/export?format=${format}&fields=${fields}&locale=en${more}`);

test('a file holds whom one may take along with the fields one chooses; the others are left out, and counted', async () => {
  const answer = await take(alice, 'name,email,organization,phone');
  expect(answer.status).toBe(200);
  const text = await answer.text();
  const [header, ...lines] = text.replace('\uFEFF', '').trim().split('\r\n');
  expect(header).toMatch(/^Name Prefix,First Name,.*Full Name,Organization,Department,E-mail 1,.*Phone 3/);
  expect(lines).toHaveLength(1);
  expect(text).toContain('fred@free.example');
  // Tom stands in it through a card that may only be read, too: that he is in it is that card's word as well.
  expect(text).not.toMatch(/Rita|Tom|Kept Within|22 ?33 ?44/);
  expect([answer.headers.get(takenHeader), answer.headers.get(leftOutHeader)]).toEqual(['1', '2']);
  const few = await (await take(alice, 'email')).text();
  expect(few.split('\r\n')[0]).not.toContain('Name');
  const since = await (await take(alice, 'name,since')).text();
  const today = new Date().toISOString().slice(0, 10);
  expect(since.split('\r\n')[1]).toMatch(new RegExp(`^.*Fred Free.*,${today}$`));
  const workbook = await take(alice, 'name,since', 'xlsx');
  expect(workbook.headers.get(leftOutHeader)).toBe('2');
  const octets = Buffer.from(await workbook.arrayBuffer());
  async function* once() {
    yield octets;
  }
  const found = await Array.fromAsync(readContacts(once, { country: 'FR', fileName: 'segment.xlsx' }));
  expect(found.map(({ name, extra }) => [name?.given, extra.map(({ value }) => value)])).toEqual([['Fred', [today]]]);
  expect((await take(alice, 'password')).status).toBe(400);
});

test('its holder is told of whom was taken, and of nobody who stayed', async () => {
  await app.query('delete from delegation.use');
  await take(alice, 'name').then((answer) => answer.text());
  const used = await app.query<{ card_id: string; kind: string }>(
    'select card_id, kind from delegation.use where user_id = $1',
    [alice.me.memberId],
  );
  expect(used).toEqual([{ card_id: freeCard, kind: 'exported' }]);
});

test('attributes of the dictionary come along from cards that do; one that is not seen is refused', async () => {
  const { id: attributeId } = await addAttribute(alice, 'color');
  await addAttribute(alice, 'secret', { access: [{ kind: 'member', id: bob.me.memberId, writes: true }] });
  await bob.call(attributes.setValue, { personId: freeCard, attributeId, value: 'red' });
  const text = await (await take(alice, 'name', 'csv', '&attributes=color')).text();
  expect(text.split('\r\n').find((line) => line.includes('Fred'))).toMatch(/,red$/);
  expect((await take(alice, 'name', 'csv', '&attributes=secret')).status).toBe(400);
});
