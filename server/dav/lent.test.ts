import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import { publishCharter } from '../charter/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { listHappenings } from '../home/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { addDevice, syncBook, type TestDevice } from './testing.ts';

let app: TestApp;
let alice: Member;
beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

let pairs = 0;
/** Somebody who holds a book with two contacts, and a colleague with a phone that wants what is lent. */
async function makePair(acts: ('read' | 'export')[] = ['export'], except: delegation.GrantTerms['except'] = []) {
  const letter = 'abcdefghijklmnop'[pairs++];
  const holder = await app.invite(alice, `Holder ${letter}`);
  const member = await app.invite(alice, `Reader ${letter}`);
  const { id: bookId } = await holder.call(delegation.createBook, { name: 'Clients' });
  const contact = (name: string, no: string) =>
    addContact(holder, {
      name,
      email: `${no}${letter}@lent.example`,
      phone: '+33 6 55 44 33 22',
      organization: 'Radium SA',
      bookId,
    });
  const marie = await contact('Marie Curie', '1');
  const ada = await contact('Ada Lovelace', '2');
  const grantee = { kind: 'member' as const, memberId: member.me.memberId };
  const grant = await holder.call(delegation.createGrant, { bookId, grantee, acts, except });
  const phone = await addDevice(app, member);
  await member.call(contracts.updateDevice, { deviceId: phone.id, lent: true });
  await app.settle();
  return { holder, member, phone, bookId, grant, marie, ada, lent: await phone.book('lent-to-me') };
}

async function multiget(phone: TestDevice, book: string, files: readonly string[], version = '3.0'): Promise<string> {
  const hrefs = files.map((file) => `<D:href>${book}${file}</D:href>`).join('');
  const body = `<C:addressbook-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:prop><D:getetag/><C:address-data content-type="text/vcard" version="${version}"/></D:prop>${hrefs}</C:addressbook-multiget>`;
  return (await phone.send('REPORT', book, body)).text();
}

const query = async (phone: TestDevice, book: string, prop: string, filter: string): Promise<string> => {
  const body = `<C:addressbook-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:prop>${prop}</D:prop><C:filter>${filter}</C:filter></C:addressbook-query>`;
  return (await phone.send('REPORT', book, body)).text();
};

/** How often the holder was told that a contact was taken along. */
const told = async (cardId: string) =>
  (await app.query(`select from delegation.use where card_id = $1 and kind = 'exported'`, [cardId])).length;
const homeOf = (phone: TestDevice) =>
  phone.send('PROPFIND', '', undefined, { depth: '1' }).then((answer) => answer.text());

describe('the contacts that others lend', () => {
  test('are on no device that was not asked to have them', async () => {
    const { member, phone, lent } = await makePair();
    await member.call(contracts.updateDevice, { deviceId: phone.id, lent: false });
    expect(await homeOf(phone)).not.toContain(lent);
    expect((await phone.send('PROPFIND', lent, undefined, { depth: '1' })).status).toBe(404);
    expect((await phone.send('GET', `${lent}x.vcf`)).status).toBe(404);
    const another = await addDevice(app, member);
    expect(await homeOf(another)).not.toContain(lent);
  });

  test('are an address book of their own, for reading: no request changes anything in it', async () => {
    const { holder, phone, lent, marie } = await makePair();
    const home = await homeOf(phone);
    expect(home).toContain(lent);
    expect(home).toContain('Lent by colleagues');
    const own = await phone.book();
    const privileges = async (path: string) => {
      const body = '<D:propfind xmlns:D="DAV:"><D:prop><D:current-user-privilege-set/></D:prop></D:propfind>';
      return (await phone.send('PROPFIND', path, body, { depth: '0' })).text();
    };
    for (const path of [lent, `${lent}${marie}.vcf`]) {
      expect(await privileges(path)).toContain('<D:read/>');
      expect(await privileges(path)).not.toContain('<D:write');
    }
    expect(await privileges(own)).toContain('<D:write/>');
    const vcard = 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x\r\nFN:Someone Else\r\nN:Else;Someone;;;\r\nEND:VCARD\r\n';
    await phone.send('PUT', `${own}mine.vcf`, vcard);
    const tries = [
      phone.send('PUT', `${lent}${marie}.vcf`, vcard),
      phone.send('PUT', `${lent}new.vcf`, vcard),
      phone.send('DELETE', `${lent}${marie}.vcf`),
      phone.send('DELETE', lent),
      phone.send('MKCOL', 'lent-to-me/'),
      phone.send('MOVE', `${lent}${marie}.vcf`, undefined, { destination: `${phone.base}${own}${marie}.vcf` }),
      phone.send('MOVE', `${own}mine.vcf`, undefined, { destination: `${phone.base}${lent}mine.vcf` }),
      phone.send(
        'PROPPATCH',
        lent,
        '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:displayname>x</D:displayname></D:prop></D:set></D:propertyupdate>',
      ),
    ];
    for (const answer of await Promise.all(tries)) {
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('<D:need-privileges>');
    }
    expect((await holder.call(cards.getCard, { cardId: marie })).book.name).toBe('Clients');
    expect((await syncBook(phone, own)).there).toEqual(['mine.vcf']);
  });

  test('are told to their holder with the first copy on each device, and not again', async () => {
    const { holder, member, phone, lent, bookId, marie, ada } = await makePair();
    // To know that they are there is no copy.
    expect((await syncBook(phone, lent)).there).toEqual([`${marie}.vcf`, `${ada}.vcf`].sort());
    expect([await told(marie), await told(ada)]).toEqual([0, 0]);
    const text = await multiget(phone, lent, [`${marie}.vcf`]);
    expect(text).toContain('FN:Marie Curie');
    expect([await told(marie), await told(ada)]).toEqual([1, 0]);
    await multiget(phone, lent, [`${marie}.vcf`, `${ada}.vcf`], '4.0');
    expect((await phone.send('GET', `${lent}${ada}.vcf`)).status).toBe(200);
    expect([await told(marie), await told(ada)]).toEqual([1, 1]);
    const second = await addDevice(app, member);
    await member.call(contracts.updateDevice, { deviceId: second.id, lent: true });
    expect((await second.send('GET', `${lent}${ada}.vcf`)).status).toBe(200);
    expect([await told(marie), await told(ada)]).toEqual([1, 2]);
    const { items } = await holder.call(listHappenings, { bookId });
    expect(items.filter(({ kind }) => kind === 'exported').length).toBeGreaterThan(0);
  });

  test('and that are asked for by their words are told when they are given, not when they are looked through', async () => {
    const { phone, lent, marie, ada } = await makePair();
    const lovelace = '<C:prop-filter name="FN"><C:text-match>lovelace</C:text-match></C:prop-filter>';
    expect(await query(phone, lent, '<D:getetag/>', lovelace)).toContain(`${ada}.vcf`);
    expect([await told(marie), await told(ada)]).toEqual([0, 0]);
    expect(await query(phone, lent, '<C:address-data/>', lovelace)).toContain('FN:Ada Lovelace');
    expect([await told(marie), await told(ada)]).toEqual([0, 1]);
  });

  test.each([
    ['has', '<C:text-match>1', '1 0'],
    ['has not', '<C:text-match negate-condition="yes">nobody', '1 1'],
    ['has none of', '<C:is-not-defined/><C:text-match>x', '1 1'],
  ])('and that are looked through for what somebody %s are told of: it says as much as a copy', async (_, match, all) => {
    const { phone, lent, marie, ada } = await makePair();
    const filter = `<C:prop-filter name="EMAIL">${match}</C:text-match></C:prop-filter>`;
    await query(phone, lent, '<D:getetag/>', filter);
    expect(`${await told(marie)} ${await told(ada)}`).toBe(all);
  });

  test('are told again when more of them is lent, and not when less is', async () => {
    const { holder, member, phone, lent, grant, marie } = await makePair(['export'], ['numbers', 'privateNumbers']);
    const grantee = { kind: 'member' as const, memberId: member.me.memberId };
    const change = (except: delegation.GrantTerms['except']) =>
      holder.call(delegation.changeGrant, { grantId: grant.id, grantee, acts: ['export'], except });
    const copy = () => phone.send('GET', `${lent}${marie}.vcf`).then((answer) => answer.text());
    expect(await copy()).not.toContain('TEL');
    await change(['numbers', 'privateNumbers', 'emails']);
    expect(await copy()).not.toContain('EMAIL');
    expect(await told(marie)).toBe(1);
    await change([]);
    expect(await copy()).toContain('TEL');
    expect(await told(marie)).toBe(2);
    // A device that had thrown its copies away takes new ones.
    for (const wants of [false, true]) await member.call(contracts.updateDevice, { deviceId: phone.id, lent: wants });
    expect(await copy()).toContain('TEL');
    expect(await told(marie)).toBe(3);
  });

  test('say what the grant lends, and nothing of what it leaves out', async () => {
    const { phone, lent, marie } = await makePair(['export'], ['numbers', 'privateNumbers']);
    const octets = await (await phone.send('GET', `${lent}${marie}.vcf`)).text();
    expect(octets).toContain('@lent.example');
    expect(octets).not.toContain('55 44 33');
    expect(octets).not.toContain('TEL');
  });

  test('only to be read are on no device', async () => {
    const { member, phone, lent, marie } = await makePair(['read']);
    expect((await member.call(cards.listPeople, {})).items).toHaveLength(2);
    expect((await syncBook(phone, lent)).there).toEqual([]);
    expect((await phone.send('GET', `${lent}${marie}.vcf`)).status).toBe(404);
    expect(await multiget(phone, lent, [`${marie}.vcf`])).not.toContain('Curie');
    expect(await told(marie)).toBe(0);
  });

  test('follow what is lent: changed, withheld, narrowed, withdrawn and lent again', async () => {
    const { holder, member, phone, lent, bookId, grant, marie, ada } = await makePair();
    const [m, a] = [`${marie}.vcf`, `${ada}.vcf`];
    let { token } = await syncBook(phone, lent);
    const next = async () => {
      const { token: reached, ...rest } = await syncBook(phone, lent, token);
      token = reached;
      return rest;
    };
    expect(await next()).toEqual({ there: [], gone: [] });
    await multiget(phone, lent, [m]);
    const { fields } = await holder.call(cards.getCard, { cardId: marie });
    const no = fields.find(({ kind }) => kind === 'organization')!.no;
    await holder.call(cards.updateCard, {
      cardId: marie,
      set: [{ no, field: { kind: 'organization', value: { name: 'Polonium SA' } } }],
    });
    expect(await next()).toEqual({ there: [m], gone: [] });
    expect(await multiget(phone, lent, [m])).toContain('ORG:Polonium SA');
    await holder.call(cards.updateCard, { cardId: ada, withheld: true });
    expect(await next()).toEqual({ there: [], gone: [a] });
    const grantee = { kind: 'member' as const, memberId: member.me.memberId };
    await holder.call(delegation.changeGrant, {
      grantId: grant.id,
      grantee,
      acts: ['export'],
      except: ['numbers', 'privateNumbers'],
    });
    expect(await next()).toEqual({ there: [m], gone: [] });
    expect(await multiget(phone, lent, [m])).not.toContain('TEL');
    await holder.call(delegation.endGrant, { grantId: grant.id });
    expect((await phone.send('GET', lent + m)).status).toBe(404);
    expect(await next()).toEqual({ there: [], gone: [m] });
    expect(await told(marie)).toBe(1);
    await holder.call(delegation.createGrant, { bookId, grantee, acts: ['export'] });
    expect(await next()).toEqual({ there: [m], gone: [] });
    // A device that was away all the time, and one that begins.
    expect((await syncBook(phone, lent)).there).toEqual([m]);
    // What it is lent again is a copy again.
    await multiget(phone, lent, [m]);
    expect(await told(marie)).toBe(2);
  });

  test('of a device that is let in no more, or of another member, nobody gets', async () => {
    const { member, phone, lent, marie } = await makePair();
    const { phone: other } = await makePair();
    expect((await other.send('GET', `${lent}${marie}.vcf`)).status).toBe(404);
    const otherLent = await other.book('lent-to-me');
    expect((await other.send('GET', `${otherLent}${marie}.vcf`)).status).toBe(404);
    expect((await phone.send('GET', `${lent}${marie}.vcf`)).status).toBe(200);
    await member.call(contracts.endDevice, { deviceId: phone.id });
    expect((await phone.send('GET', `${lent}${marie}.vcf`)).status).toBe(401);
    expect(await codeOf(member.call(contracts.updateDevice, { deviceId: phone.id, lent: true }))).toBe('not_found');
  });

  test('are on no phone of a member who has yet to accept the charter', async () => {
    const { phone, lent, marie } = await makePair();
    expect((await phone.send('GET', `${lent}${marie}.vcf`)).status).toBe(200);
    await alice.call(publishCharter, { textFr: 'Charte', textEn: 'Charter', least: 'nothing', onLeaving: 'stay' });
    expect((await phone.send('GET', `${lent}${marie}.vcf`)).status).toBe(404);
    expect(await homeOf(phone)).not.toContain(lent);
  });
});
