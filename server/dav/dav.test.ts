import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { findCandidates, listChanges } from '../cards/resources.ts';
import { purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as leaving from '../leaving/contract.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';
import { addDevice, syncBook as sync, type TestDevice } from './testing.ts';

let app: TestApp;
let alice: Member;
beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let people = 0;
/** Each test has a member with a phone of their own. */
async function newPhone(writes = true): Promise<{ member: Member; phone: TestDevice; book: string }> {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const member = await app.invite(alice, `Tester ${letters[people % 26]}${letters[Math.floor(people++ / 26)]}`);
  const phone = await addDevice(app, member, writes);
  return { member, phone, book: await phone.book() };
}

const vcard = (uid: string, name: string, ...more: string[]) =>
  [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `UID:${uid}`,
    `FN:${name}`,
    `N:${name.split(' ')[1] ?? ''};${name.split(' ')[0]};;;`,
    ...more,
    'END:VCARD',
    '',
  ].join('\r\n');

const listed = async (member: Member) => (await member.call(cards.listPeople, {})).items;
const names = async (member: Member) => (await listed(member)).map(({ name }) => name).sort();

test('what devices ask of a whole book, the database answers to its holder alone', async () => {
  const { member, phone, book } = await newPhone();
  await phone.send('PUT', `${book}curie.vcf`, vcard('curie', 'Marie Curie'));
  const { id: bookId } = (await member.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
  const reader = await app.invite(alice, 'Reader Whole');
  const grantee = { kind: 'member' as const, memberId: reader.me.memberId };
  await member.call(delegation.createGrant, { bookId, grantee, acts: ['read', 'export'] });
  const [row] = await app.query<{ book_no: number; workspace_id: string }>(
    'select book_no, workspace_id from delegation.book where book_id = $1',
    [bookId],
  );
  const askedBy = ({ me }: Member) =>
    app.app.db.asActor({ workspaceId: row!.workspace_id, memberId: me.memberId }, async (tx) => [
      (await listChanges(tx, row!.book_no, 0)).changes.length,
      (await findCandidates(tx, row!.book_no, ['curie'])).length,
      (await findCandidates(tx, row!.book_no, ['joliot'])).length,
    ]);
  expect(await askedBy(member)).toEqual([1, 1, 0]);
  expect(await askedBy(reader)).toEqual([0, 0, 0]);
});

describe('a device', () => {
  test('is let in by its own password, until it is ended', async () => {
    const { member, phone, book } = await newPhone();
    expect((await phone.send('PROPFIND', book, undefined, { depth: '0' })).status).toBe(207);
    const { items } = await member.call(contracts.listDevices, {});
    expect(items).toMatchObject([{ name: 'Phone', writes: true, lastUsedAt: expect.any(String) }]);
    await member.call(contracts.endDevice, { deviceId: phone.id });
    const refused = await phone.send('PROPFIND', book, undefined, { depth: '0' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('Basic');
  });

  test('that was let in a moment ago is let in no more at the next request, whatever it asks', async () => {
    const { member, phone, book } = await newPhone();
    const asks = [
      () => phone.send('PUT', `${book}m.vcf`, vcard('m', 'Marie Curie')),
      () => phone.send('GET', `${book}m.vcf`),
      () => phone.send('REPORT', book, '<D:sync-collection xmlns:D="DAV:"><D:sync-token/></D:sync-collection>'),
      () => phone.send('REPORT', '/dav/', '<D:expand-property xmlns:D="DAV:"/>'),
      () => phone.send('OPTIONS', book),
      () => phone.send('DELETE', `${book}m.vcf`),
    ];
    for (const ask of asks) expect((await ask()).status).toBeLessThan(300);
    await member.call(contracts.updateDevice, { deviceId: phone.id, writes: false });
    expect((await asks[0]!()).status).toBe(403);
    await member.call(contracts.endDevice, { deviceId: phone.id });
    for (const ask of asks) expect((await ask()).status).toBe(401);
  });

  test('is let in no more when its member is suspended', async () => {
    const { member, phone, book } = await newPhone();
    expect((await phone.send('GET', `${book}x.vcf`)).status).toBe(404);
    await alice.call(identity.updateMember, { memberId: member.me.memberId, status: 'suspended' });
    expect((await phone.send('GET', `${book}x.vcf`)).status).toBe(401);
    expect((await phone.send('PROPFIND', book, undefined, { depth: '0' })).status).toBe(401);
    expect((await phone.send('PUT', `${book}x.vcf`, vcard('x', 'Marie Curie'))).status).toBe(401);
  });

  test('is let in no more once its member has left, nor when they come back', async () => {
    const { member, phone, book } = await newPhone();
    const { memberId } = member.me;
    const { id: departureId } = await alice.call(leaving.openDeparture, { memberId });
    await alice.call(leaving.confirmDeparture, { departureId, name: member.me.name });
    await app.settle();
    expect((await phone.send('PROPFIND', book, undefined, { depth: '0' })).status).toBe(401);
    await alice.call(leaving.undoDeparture, { departureId });
    await app.settle();
    expect((await phone.send('PROPFIND', book, undefined, { depth: '0' })).status).toBe(401);
  });

  test('is its member’s: to others it is not there', async () => {
    const { phone } = await newPhone();
    const { member: other } = await newPhone();
    expect(await codeOf(other.call(contracts.endDevice, { deviceId: phone.id }))).toBe('not_found');
    expect(await codeOf(other.call(contracts.updateDevice, { deviceId: phone.id, writes: false }))).toBe('not_found');
  });

  test('finds nothing of others, under any address', async () => {
    const { phone, book } = await newPhone();
    const { phone: other, book: otherBook } = await newPhone();
    await other.send('PUT', `${otherBook}secret.vcf`, vcard('secret', 'Marie Curie'));
    const strange = `${book.replace(/[^/]+\/$/, '')}${otherBook.split('/').at(-2)}/`;
    for (const path of [otherBook, strange])
      for (const [method, name] of [
        ['GET', 'secret.vcf'],
        ['PUT', 'new.vcf'],
        ['DELETE', 'secret.vcf'],
        ['PROPFIND', ''],
      ] as const) {
        const answer = await phone.send(method, path + name, method === 'PUT' ? vcard('new', 'A B') : undefined, {
          depth: '0',
        });
        expect([404, 409], `${method} ${path}${name}`).toContain(answer.status);
      }
    expect((await other.send('GET', `${otherBook}secret.vcf`)).status).toBe(200);
  });

  test('that may only read changes nothing', async () => {
    const { member, phone, book } = await newPhone(false);
    expect((await phone.send('PUT', `${book}x.vcf`, vcard('x', 'Marie Curie'))).status).toBe(403);
    expect((await phone.send('MKCOL', 'new/')).status).toBe(403);
    expect((await phone.send('DELETE', `${book}x.vcf`)).status).toBe(403);
    expect(await names(member)).toEqual([]);
  });
});

describe('a contact put by a phone', () => {
  test('is given back octet for octet, is in the list, and says where it comes from', async () => {
    const { member, phone, book } = await newPhone();
    const octets = vcard('u1', 'Marie Curie', 'EMAIL:marie@radium.example', 'X-ODD;FOO="a,b":kept ^n as it is');
    const made = await phone.send('PUT', `${book}marie.vcf`, octets, { 'if-none-match': '*' });
    expect(made.status).toBe(201);
    const got = await phone.send('GET', `${book}marie.vcf`);
    expect(await got.text()).toBe(octets);
    expect(got.headers.get('etag')).toBe(made.headers.get('etag'));
    await app.settle();
    const [person] = await listed(member);
    expect(person).toMatchObject({ name: 'Marie Curie', email: 'marie@radium.example' });
    const { values } = await member.call(cards.getPerson, { personId: person!.id });
    expect(values.find(({ kind }) => kind === 'email')!.provenance).toMatchObject([
      { writtenBy: 'source', cardId: person!.id, memberName: null },
    ]);
  });

  test('meets what it says elsewhere: the phone and a typed card are one person', async () => {
    const { member, phone, book } = await newPhone();
    await member.call(cards.createCard, {
      kind: 'person',
      fields: [
        { kind: 'name', value: { given: 'Marie', family: 'Curie' } },
        { kind: 'email', value: { value: 'marie@radium.example' } },
      ],
    });
    await phone.send('PUT', `${book}m.vcf`, vcard('u2', 'Marie Curie', 'EMAIL:marie@radium.example'));
    await app.settle();
    expect(await listed(member)).toMatchObject([{ name: 'Marie Curie', cards: 2 }]);
  });

  test('corrected here, comes to the phone with all that the phone alone knows', async () => {
    const { member, phone, book } = await newPhone();
    await phone.send('PUT', `${book}m.vcf`, vcard('u3', 'Marie Curie', 'TITLE:Directrice', 'X-ODD:kept'));
    await app.settle();
    const { token } = await sync(phone, book);
    const [person] = await listed(member);
    const card = (await member.call(cards.getPerson, { personId: person!.id })).cards[0]!;
    const { fields } = await member.call(cards.getCard, { cardId: card.id });
    const no = fields.find(({ kind }) => kind === 'title')!.no;
    await member.call(cards.updateCard, {
      cardId: card.id,
      set: [{ no, field: { kind: 'title', value: { value: 'Professeure' } } }],
    });
    expect((await sync(phone, book, token)).there).toEqual(['m.vcf']);
    const octets = await (await phone.send('GET', `${book}m.vcf`)).text();
    expect(octets).toContain('TITLE:Professeure');
    expect(octets).toContain('X-ODD:kept');
    expect(octets).toContain('UID:u3');
  });

  test('typed here first and changed on the phone, is the correction of its member, in the history too', async () => {
    const { member, phone, book } = await newPhone();
    const { id: cardId } = await member.call(cards.createCard, {
      kind: 'person',
      fields: [
        { kind: 'name', value: { given: 'Ada', family: 'Lovelace' } },
        { kind: 'phone', value: { raw: '06 12 00 00 03' } },
      ],
    });
    const { there } = await sync(phone, book);
    expect(there).toEqual([`${cardId}.vcf`]);
    const got = await phone.send('GET', `${book}${cardId}.vcf`);
    const changed = (await got.text()).replace('06 12 00 00 03', '06 12 00 00 99');
    const put = await phone.send('PUT', `${book}${cardId}.vcf`, changed, { 'if-match': got.headers.get('etag')! });
    expect(put.status).toBe(204);
    await app.settle();
    const { fields } = await member.call(cards.getCard, { cardId });
    expect(fields.filter(({ kind }) => kind === 'phone').map(({ value }) => value)).toMatchObject([
      { raw: '06 12 00 00 99' },
    ]);
    const { items } = await member.call(cards.listHistory, { personId: cardId });
    expect(items[0]).toMatchObject({
      kind: 'edited',
      changes: [{ kind: 'phone', before: '06 12 00 00 03', after: '06 12 00 00 99' }],
    });
  });

  test('from a file, corrected on the phone, stays so when the file is imported again', async () => {
    const { member, phone, book } = await newPhone();
    const file = (title: string) =>
      `First Name,Last Name,E-mail,Mobile,Title\nAda,Lovelace,ada@engine.example,06 12 00 00 03,${title}\n`;
    await importFile(app, member, 'clients.csv', file('Analyst'));
    const [person] = await listed(member);
    const name = `${book}${person!.id}.vcf`;
    const octets = await (await phone.send('GET', name)).text();
    expect((await phone.send('PUT', name, octets.replace('06 12 00 00 03', '06 12 00 00 99'))).status).toBe(204);
    await app.settle();
    await importFile(app, member, 'clients.csv', file('Countess'));
    const { fields } = await member.call(cards.getCard, { cardId: person!.id });
    const said = (kind: string) => fields.filter((field) => field.kind === kind).map(({ value }) => value);
    expect(said('phone')).toMatchObject([{ raw: '06 12 00 00 99' }]);
    expect(said('title')).toMatchObject([{ value: 'Countess' }]);
    // And the phone gets the new title beside the number that it wrote.
    const given = await (await phone.send('GET', name)).text();
    expect(given).toContain('TITLE:Countess');
    expect(given).toContain('06 12 00 00 99');
  });

  test('comes into the list once, also when what brings it there is cut off', async () => {
    const { member, phone, book } = await newPhone();
    await phone.send('PUT', `${book}m.vcf`, vcard('u10', 'Marie Curie'));
    const [{ book_no: bookNo }] = (await app.query<{ book_no: number }>(
      `select book_no from cards.card where uid = 'u10'`,
    )) as [{ book_no: number }];
    const task = app.tasks.find(({ name }) => name === 'cards.settleBook')!;
    const context = { app: app.app, workspaceId: member.me.workspace.id };
    await expect(task.run({ bookNo }, { ...context, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(await app.query('select from cards.unsettled where book_no = $1', [bookNo])).toHaveLength(1);
    await task.run({ bookNo }, { ...context, signal: new AbortController().signal });
    await app.settle();
    expect(await names(member)).toEqual(['Marie Curie']);
    expect(await app.query('select from cards.unsettled where book_no = $1', [bookNo])).toEqual([]);
  });

  test('takes a colleague’s address over as a copy: to read it makes nobody an address of their own', async () => {
    const { member, phone, book } = await newPhone();
    const holder = await app.invite(alice, 'Holder Hanna');
    await holder.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
        { kind: 'email', value: { value: 'hedy@known.example', type: 'work' } },
        { kind: 'email', value: { value: 'hedy@lent.example', type: 'work' } },
      ],
    });
    const main = (await holder.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
    const grantee = { kind: 'member' as const, memberId: member.me.memberId };
    await holder.call(delegation.createGrant, { bookId: main.id, grantee, acts: ['read'] });
    const put = (...more: string[]) =>
      phone.send('PUT', `${book}h.vcf`, vcard('u9', 'Hedy Lamarr', 'EMAIL:hedy@known.example', ...more));
    await put();
    await app.settle();
    expect(await listed(member)).toMatchObject([{ cards: 2 }]);
    const copied = () =>
      app.query(
        `select value->>'value' as value, copied from cards.card_field f join cards.card c using (workspace_id, card_id)
         where c.uid = 'u9' and f.kind = 'email' and f.value->>'value' <> 'hedy@known.example' and c.exposure < 2`,
      );
    await put('EMAIL;TYPE=WORK:hedy@lent.example');
    expect(await copied()).toEqual([{ value: 'hedy@lent.example', copied: true }]);
    // Another label, another book: it stays what it is.
    await put('EMAIL;TYPE=HOME:hedy@lent.example');
    expect(await copied()).toEqual([{ value: 'hedy@lent.example', copied: true }]);
    await phone.send('MKCOL', 'copies/');
    const other = await phone.book('copies');
    const moved = vcard('u9', 'Hedy Lamarr', 'EMAIL:hedy@lent.example');
    await phone.send('PUT', `${other}h.vcf`, moved);
    await phone.send('DELETE', `${book}h.vcf`);
    expect(await copied()).toEqual([{ value: 'hedy@lent.example', copied: true }]);
  });

  test('stays a card, and a group a group, whatever is put under its name', async () => {
    const { phone, book } = await newPhone();
    const group = vcard('g2', 'Team', 'X-ADDRESSBOOKSERVER-KIND:group');
    await phone.send('PUT', `${book}x.vcf`, vcard('g2', 'Marie Curie'));
    expect((await phone.send('PUT', `${book}x.vcf`, group)).status).toBe(204);
    expect(await (await phone.send('GET', `${book}x.vcf`)).text()).toBe(group);
    expect((await sync(phone, book)).there).toEqual(['x.vcf']);
  });

  test('of eight writers with one ETag exactly one wins', async () => {
    const { phone, book } = await newPhone();
    const { headers } = await phone.send('PUT', `${book}r.vcf`, vcard('u4', 'Race Zero'));
    const tries = Array.from({ length: 8 }, (_, no) =>
      phone.send('PUT', `${book}r.vcf`, vcard('u4', `Race ${no}`), { 'if-match': headers.get('etag')! }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([204, 412, 412, 412, 412, 412, 412, 412]);
  });

  test('is a group: kept for devices, and nobody in the list', async () => {
    const { member, phone, book } = await newPhone();
    const group = vcard('g1', 'Team', 'X-ADDRESSBOOKSERVER-KIND:group', 'X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:u1');
    expect((await phone.send('PUT', `${book}g.vcf`, group)).status).toBe(201);
    await app.settle();
    expect(await (await phone.send('GET', `${book}g.vcf`)).text()).toBe(group);
    expect(await names(member)).toEqual([]);
    const { token, there } = await sync(phone, book);
    expect(there).toEqual(['g.vcf']);
    await phone.send('DELETE', `${book}g.vcf`);
    expect((await sync(phone, book, token)).gone).toEqual(['g.vcf']);
  });
});

describe('many contacts at once', () => {
  test('are each answered for themselves: one that meets another state, a bad one and one with a photo among them', async () => {
    const { member, phone, book } = await newPhone();
    const { headers } = await phone.send('PUT', `${book}0.vcf`, vcard('many-0', 'Person Zero'));
    const put = (no: number, ...more: string[]) =>
      phone.send('PUT', `${book}${no}.vcf`, vcard(`many-${no}`, `Person ${'abcdefghij'[no]}`, ...more));
    const photo = `PHOTO;ENCODING=b;TYPE=PNG:${Buffer.from('a picture').toString('base64')}`;
    const statuses = await Promise.all([
      phone.send('PUT', `${book}0.vcf`, vcard('many-0', 'Person Nought'), { 'if-match': headers.get('etag')! }),
      phone.send('PUT', `${book}0.vcf`, vcard('many-0', 'Person Null'), { 'if-match': '"1"' }),
      put(1),
      put(2, photo),
      phone.send('PUT', `${book}3.vcf`, 'no card'),
      // The UID of another name, of the same moment.
      phone.send('PUT', `${book}4.vcf`, vcard('many-1', 'Person Four')),
      put(5),
    ]).then((answers) => answers.map(({ status }) => status));
    expect(statuses).toEqual([204, 412, 201, 201, 403, 409, 201]);
    expect((await sync(phone, book)).there).toEqual(['0.vcf', '1.vcf', '2.vcf', '5.vcf']);
    await app.settle();
    expect(await names(member)).toEqual(['Person Nought', 'Person b', 'Person c', 'Person f']);
  });

  test('are found by their words: as put, as corrected here, as typed here', async () => {
    const { member, phone, book } = await newPhone();
    await phone.send('PUT', `${book}a.vcf`, vcard('w1', 'Zoé Brontë', 'NOTE:100% kept_as is'));
    await phone.send('PUT', `${book}b.vcf`, vcard('w2', 'Hedy Lamarr', 'TITLE:Inventor'));
    await app.settle();
    const found = async (property: string, words: string) => {
      const filter = `<C:filter><C:prop-filter name="${property}"><C:text-match>${words}</C:text-match></C:prop-filter></C:filter>`;
      const body = `<C:addressbook-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/></D:prop>${filter}</C:addressbook-query>`;
      const text = await (await phone.send('REPORT', book, body)).text();
      return [...text.matchAll(/<D:href>([^<]*)</g)].map(([, href]) => href!.slice(book.length)).sort();
    };
    expect(await found('FN', 'BRONTË')).toEqual(['a.vcf']);
    expect(await found('NOTE', '0% KEPT_')).toEqual(['a.vcf']);
    expect(await found('NOTE', '0_ kept')).toEqual([]);
    expect(await found('TITLE', 'inventor')).toEqual(['b.vcf']);
    const person = (await listed(member)).find(({ name }) => name === 'Hedy Lamarr')!;
    const { fields } = await member.call(cards.getCard, { cardId: person.id });
    const no = fields.find(({ kind }) => kind === 'title')!.no;
    await member.call(cards.updateCard, {
      cardId: person.id,
      set: [{ no, field: { kind: 'title', value: { value: 'Actress' } } }],
    });
    expect([await found('TITLE', 'inventor'), await found('TITLE', 'actress')]).toEqual([[], ['b.vcf']]);
    const { id } = await member.call(cards.createCard, {
      fields: [{ kind: 'name', value: { given: 'Ada', family: 'Brontë' } }],
    });
    expect(await found('FN', 'brontë')).toEqual([`${id}.vcf`, 'a.vcf'].sort());
  });
});

describe('a contact removed', () => {
  test('on the phone can be restored here, and is back on the phone then', async () => {
    const { member, phone, book } = await newPhone();
    await phone.send('PUT', `${book}m.vcf`, vcard('u5', 'Marie Curie'));
    await app.settle();
    const [person] = await listed(member);
    const { token } = await sync(phone, book);
    expect((await phone.send('DELETE', `${book}m.vcf`)).status).toBe(204);
    await app.settle();
    expect(await names(member)).toEqual([]);
    await member.call(cards.restoreCard, { cardId: person!.id });
    expect(await sync(phone, book, token)).toMatchObject({ there: ['m.vcf'], gone: [] });
  });

  test('here, is gone from the phone at its next sync, however long it was away', async () => {
    const { member, phone, book } = await newPhone();
    await phone.send('PUT', `${book}m.vcf`, vcard('u6', 'Marie Curie'));
    await app.settle();
    const { token } = await sync(phone, book);
    const [person] = await listed(member);
    await member.call(cards.removeCard, { cardId: person!.id });
    expect((await sync(phone, book, token)).gone).toEqual(['m.vcf']);
    await app.query(`update cards.card set purge_at = now() - interval '1 hour' where card_id = $1`, [person!.id]);
    await purgeNow(app);
    expect(await app.query(`select from cards.card where card_id = $1`, [person!.id])).toEqual([]);
    expect((await sync(phone, book, token)).gone).toEqual(['m.vcf']);
  });

  test('and put again under another name is the same card, with its history', async () => {
    const { member, phone, book } = await newPhone();
    await phone.send('PUT', `${book}a.vcf`, vcard('u7', 'Marie Curie'));
    await app.settle();
    const [before] = await listed(member);
    await phone.send('DELETE', `${book}a.vcf`);
    expect((await phone.send('PUT', `${book}b.vcf`, vcard('u7', 'Marie Curie', 'TITLE:Dr'))).status).toBe(201);
    await app.settle();
    expect(await listed(member)).toMatchObject([{ id: before!.id, title: 'Dr' }]);
  });
});

describe('a contact moved on the phone', () => {
  const setUp = async () => {
    const { member, phone, book } = await newPhone();
    expect((await phone.send('MKCOL', 'clients/')).status).toBe(201);
    const other = await phone.book('clients');
    await phone.send('PUT', `${book}m.vcf`, vcard('u8', 'Marie Curie'));
    await app.settle();
    const [person] = await listed(member);
    const books = (await member.call(delegation.listBooks, {})).items;
    const bookOf = async () => (await member.call(cards.getCard, { cardId: person!.id })).book.id;
    return { member, phone, book, other, person: person!, clients: books.find(({ main }) => !main)!, bookOf };
  };

  test('by DELETE and PUT goes along with its history', async () => {
    const { member, phone, book, other, person, clients, bookOf } = await setUp();
    await phone.send('DELETE', `${book}m.vcf`);
    await phone.send('PUT', `${other}n.vcf`, vcard('u8', 'Marie Curie'));
    await app.settle();
    expect(await bookOf()).toBe(clients.id);
    const { items } = await member.call(cards.listHistory, { personId: person.id });
    expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['removed', 'restored', 'moved']));
    expect(await names(member)).toEqual(['Marie Curie']);
  });

  test('by PUT and DELETE too, which some programs do for fear of losing it', async () => {
    const { member, phone, book, other, clients, bookOf } = await setUp();
    const { token } = await sync(phone, book);
    await phone.send('PUT', `${other}n.vcf`, vcard('u8', 'Marie Curie', 'TITLE:Dr'));
    await phone.send('DELETE', `${book}m.vcf`);
    await app.settle();
    expect(await bookOf()).toBe(clients.id);
    expect(await listed(member)).toMatchObject([{ name: 'Marie Curie', title: 'Dr', cards: 1 }]);
    expect((await sync(phone, book, token)).gone).toEqual(['m.vcf']);
    expect((await sync(phone, other)).there).toEqual(['n.vcf']);
  });

  test('by MOVE as well; and what its new book lends, it is lent', async () => {
    const { member, phone, book, other, person, clients } = await setUp();
    const reader = await app.invite(alice, 'Reader Robin');
    await member.call(delegation.createGrant, {
      bookId: clients.id,
      grantee: { kind: 'member', memberId: reader.me.memberId },
      acts: ['read'],
    });
    await app.settle();
    expect(await names(reader)).toEqual([]);
    const { port } = app.server.server.address() as { port: number };
    const destination = `http://127.0.0.1:${port}${other}m.vcf`;
    expect((await phone.send('MOVE', `${book}m.vcf`, undefined, { destination })).status).toBe(201);
    await app.settle();
    expect(await listed(reader)).toMatchObject([{ id: person.id }]);
  });

  test('here, leaves one book of the phone and comes into the other', async () => {
    const { member, phone, book, other, person, clients } = await setUp();
    const before = await sync(phone, book);
    await member.call(cards.updateCard, { cardId: person.id, bookId: clients.id });
    expect((await sync(phone, book, before.token)).gone).toEqual(['m.vcf']);
    expect((await sync(phone, other)).there).toEqual(['m.vcf']);
  });
});

describe('a whole book', () => {
  test('deleted on the phone is off the phone; its contacts can be restored here', async () => {
    const { member, phone } = await newPhone();
    await phone.send('MKCOL', 'old/');
    const book = await phone.book('old');
    for (const no of [1, 2, 3]) await phone.send('PUT', `${book}${no}.vcf`, vcard(`o${no}`, `Old ${'abc'[no - 1]}`));
    await app.settle();
    const all = await listed(member);
    expect(all).toHaveLength(3);
    expect((await phone.send('DELETE', book)).status).toBe(204);
    await app.settle();
    expect(await names(member)).toEqual([]);
    expect((await phone.send('PROPFIND', book, undefined, { depth: '0' })).status).toBe(404);
    await member.call(cards.restoreCard, { cardId: all[0]!.id });
    expect(await names(member)).toEqual([all[0]!.name]);
  });

  test('the main one cannot be deleted from a phone', async () => {
    const { phone, book } = await newPhone();
    expect((await phone.send('DELETE', book)).status).toBe(403);
  });
});

test('two phones that change one address book at random end with the same contacts', async () => {
  const { member, phone, book } = await newPhone();
  const second = await addDevice(app, member);
  const step = fc.record({
    device: fc.constantFrom(phone, second),
    name: fc.constantFrom('a.vcf', 'b.vcf', 'c.vcf', 'd.vcf'),
    what: fc.constantFrom('put', 'put', 'delete', 'sync'),
    title: fc.nat(99),
  });
  /** A phone as it keeps its address book: what it holds, and the token it goes on from. */
  const memory = new Map([phone, second].map((device) => [device, { token: '', held: new Map<string, string>() }]));
  const pull = async (device: TestDevice) => {
    const mine = memory.get(device)!;
    const { there, gone, token } = await sync(device, book, mine.token);
    for (const name of gone) mine.held.delete(name);
    for (const name of there) mine.held.set(name, await (await device.send('GET', book + name)).text());
    mine.token = token;
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      for (const { device, name, what, title } of steps) {
        if (what === 'sync') await pull(device);
        else if (what === 'delete') await device.send('DELETE', book + name);
        else await device.send('PUT', book + name, vcard(`uid-${name}`, `Person ${name[0]}`, `TITLE:${title}`));
      }
      await pull(phone);
      await pull(second);
      expect(memory.get(phone)!.held).toEqual(memory.get(second)!.held);
      const fresh = await sync(phone, book);
      expect([...memory.get(phone)!.held.keys()].sort()).toEqual(fresh.there);
    }),
    { numRuns: 10 },
  );
}, 120_000);
