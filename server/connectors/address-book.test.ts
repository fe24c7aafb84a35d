// Another member's books here stand for an address book online: they are a real CardDAV server, with 130 checks of its own.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addDevice, type TestDevice } from '../dav/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { addressBook } from './carddav/index.ts';
import * as contracts from './contract.ts';
import { synchronise } from './syncing.ts';
import { type Account, type Between, connect, onLoopback, openBetween, sync } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
/** Bob's phone: what it does, happens at the service. */
let phone: TestDevice;
let between: Between;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  phone = await addDevice(app, bob);
  between = await openBetween(phone.base);
});
afterAll(async () => {
  between.close();
  await app.close();
});
afterEach(() => {
  between.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = (address = between.address): Account => ({
  address,
  username: phone.user,
  password: phone.password,
});

const vcard = (uid: string, given: string, family: string, ...more: string[]) =>
  [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `UID:${uid}`,
    `FN:${given} ${family}`,
    `N:${family};${given};;;`,
    ...more,
    'END:VCARD',
    '',
  ].join('\r\n');

/** A book of Bob's with these cards, by the names of its files. */
async function atService(name: string, files: Record<string, string> = {}) {
  const { id } = await bob.call(delegation.createBook, { name });
  const path = await phone.book(id);
  const put = async (file: string, octets: string) => {
    const { status } = await phone.send('PUT', path + file, octets, { 'content-type': 'text/vcard' });
    expect(status).toBeLessThan(300);
  };
  await Promise.all(Object.entries(files).map(([file, octets]) => put(file, octets)));
  return {
    put,
    get: async (file: string) => (await phone.send('GET', path + file)).text(),
    remove: async (file: string) => expect((await phone.send('DELETE', path + file)).status).toBe(204),
    list: async () => {
      const text = await (await phone.send('PROPFIND', path, undefined, { depth: '1' })).text();
      return [...text.matchAll(/<D:href>([^<]*\.vcf)<\/D:href>/g)].map(([, href]) => href!.slice(path.length)).sort();
    },
  };
}

const inBook = async (bookId: string, by = alice) => (await by.call(cards.listPeople, { bookId, limit: 200 })).items;
const namesIn = async (bookId: string) => (await inBook(bookId)).map(({ name }) => name).sort();
const idOf = async (bookId: string, name: string) => (await inBook(bookId)).find((one) => one.name === name)!.id;
/** Ids of cards serve: each contact of these tests has one. */
const getCard = (cardId: string) => alice.call(cards.getCard, { cardId });
const valuesOf = async (cardId: string, kind: string) =>
  (await getCard(cardId)).fields
    .filter((field) => field.kind === kind)
    .map(({ value }) => String(value.value ?? value.raw))
    .sort();
const edit = async (cardId: string, kind: string, field: cards.FieldInput) => {
  const { no } = (await getCard(cardId)).fields.find((one) => one.kind === kind)!;
  await alice.call(cards.updateCard, { cardId, set: [{ no, field }] });
};

describe('reading an address book', () => {
  test('its contacts come, and reading it again changes nothing', async () => {
    const there = await atService('Clients', {
      'a.vcf': vcard('a', 'Anne', 'Aubry', 'EMAIL:anne@aubry.example'),
      'b.vcf': vcard('b', 'Bruno', 'Blanc', 'TEL:+33 6 39 98 00 01'),
    });
    const { id, bookId } = await connect(alice, account(), { name: 'Clients' });
    expect(await namesIn(bookId)).toEqual(['Anne Aubry', 'Bruno Blanc']);
    const anne = await idOf(bookId, 'Anne Aubry');
    expect(await sync(alice, id)).toMatchObject({ state: 'ok', outcome: 'ok', counts: {}, cards: 2 });
    await there.put('a.vcf', vcard('a', 'Anne', 'Aubry', 'EMAIL:anne@aubry.example', 'TITLE:Directrice'));
    await there.put('c.vcf', vcard('c', 'Chloé', 'Caron'));
    await there.remove('b.vcf');
    expect((await sync(alice, id)).counts).toEqual({ created: 1, updated: 1, ended: 1 });
    expect(await valuesOf(anne, 'title')).toEqual(['Directrice']);
    // What has vanished there stays, and says so.
    expect(await namesIn(bookId)).toEqual(['Anne Aubry', 'Bruno Blanc', 'Chloé Caron']);
  });

  test('what was corrected here stays, and what was removed here stays so', async () => {
    const there = await atService('Corrected', {
      'a.vcf': vcard('ca', 'Denis', 'Dumas', 'TITLE:Acheteur', 'NOTE:old'),
      'b.vcf': vcard('cb', 'Elsa', 'Evrard'),
    });
    const { id, bookId } = await connect(alice, account(), { name: 'Corrected' });
    const denis = await idOf(bookId, 'Denis Dumas');
    await edit(denis, 'title', { kind: 'title', value: { value: 'Directeur des achats' } });
    await alice.call(cards.removeCard, { cardId: await idOf(bookId, 'Elsa Evrard') });
    await there.put('a.vcf', vcard('ca', 'Denis', 'Dumas', 'TITLE:Acheteur', 'NOTE:new'));
    await there.put('b.vcf', vcard('cb', 'Elsa', 'Evrard', 'TITLE:Juriste'));
    await sync(alice, id);
    expect(await valuesOf(denis, 'title')).toEqual(['Directeur des achats']);
    expect(await valuesOf(denis, 'note')).toEqual(['new']);
    expect(await namesIn(bookId)).toEqual(['Denis Dumas']);
    // It writes nothing there.
    expect(await there.get('a.vcf')).toContain('TITLE:Acheteur');
    expect(await there.list()).toEqual(['a.vcf', 'b.vcf']);
  });

  test('a contact under another name there is the same one, with its history', async () => {
    const there = await atService('Renamed', { 'old.vcf': vcard('r', 'Farid', 'Fabre') });
    const { id, bookId } = await connect(alice, account(), { name: 'Renamed' });
    const before = await idOf(bookId, 'Farid Fabre');
    await there.remove('old.vcf');
    await there.put('new.vcf', vcard('r', 'Farid', 'Fabre'));
    await sync(alice, id);
    expect(await namesIn(bookId)).toEqual(['Farid Fabre']);
    expect(await idOf(bookId, 'Farid Fabre')).toBe(before);
  });

  test('a token that the service knows no more means a new list, and nothing comes twice', async () => {
    const there = await atService('Forgetful', {
      'a.vcf': vcard('fa', 'Gilles', 'Garnier'),
      'b.vcf': vcard('fb', 'Hugo', 'Hamel'),
    });
    const { id, bookId } = await connect(alice, account(), { name: 'Forgetful' });
    await there.remove('b.vcf');
    await there.put('c.vcf', vcard('fc', 'Inès', 'Imbert'));
    between.meddle = ({ request, body, answer }) => {
      if (request.method !== 'REPORT' || !body.includes('sync-collection')) return false;
      answer.writeHead(403, { 'content-type': 'application/xml' });
      answer.end('<D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>');
      return true;
    };
    expect((await sync(alice, id)).counts).toEqual({ created: 1, ended: 1 });
    expect(await namesIn(bookId)).toEqual(['Gilles Garnier', 'Hugo Hamel', 'Inès Imbert']);
  });

  test('a service without tokens is asked for what has changed by its ETags', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, no) => [`${no}.vcf`, vcard(`plain${no}`, 'Jeanne', `Numéro${no}`)]),
    );
    const there = await atService('Plain', files);
    between.meddle = async ({ request, answer, forward }) => {
      if (request.method !== 'PROPFIND') return false;
      const { status, headers, body } = await forward();
      const told = body.toString().replaceAll(/<D:supported-report-set>.*?<\/D:supported-report-set>/gs, '');
      answer.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(told) }).end(told);
      return true;
    };
    const { id, bookId } = await connect(alice, account(), { name: 'Plain' });
    expect(await inBook(bookId)).toHaveLength(60);
    between.seen.length = 0;
    expect((await sync(alice, id)).counts).toEqual({});
    expect(between.seen.filter((line) => line.startsWith('REPORT'))).toEqual([]);
    await there.put('7.vcf', vcard('plain7', 'Jeanne', 'Sept'));
    await there.remove('8.vcf');
    expect((await sync(alice, id)).counts).toEqual({ updated: 1, ended: 1 });
  });
});

test('a process that ends in the middle loses nothing, and nothing comes twice', async () => {
  const there = await atService('Broken off', { 'first.vcf': vcard('bo', 'Sami', 'Sabatier') });
  const { id: connectionId, bookId } = await connect(alice, account(), { name: 'Broken off' });
  const many = Array.from({ length: 60 }, (_, no) => there.put(`${no}.vcf`, vcard(`bo${no}`, 'Théo', `Numéro${no}`)));
  await Promise.all(many);
  const ends = new AbortController();
  let fetched = 0;
  between.meddle = ({ body }) => {
    if (body.includes('addressbook-multiget') && ++fetched === 2) ends.abort();
    return false;
  };
  await app.query('update connectors.connection set wanted_at = now() where connection_id = $1', [connectionId]);
  const of = { workspaceId: alice.me.workspace.id, connectionId, removals: false };
  await expect(synchronise(app.app, [addressBook], of, ends.signal)).rejects.toThrow();
  expect(await inBook(bookId)).toHaveLength(51);
  between.meddle = null;
  const { counts } = await sync(alice, connectionId);
  expect(counts).toEqual({ created: 10, unchanged: 50 });
  expect(await inBook(bookId)).toHaveLength(61);
  const { runs } = await alice.call(contracts.getConnection, { connectionId });
  expect(runs.map(({ outcome }) => outcome)).toEqual(['ok', 'interrupted', 'ok']);
});

describe('two ways', () => {
  test('what changes here is written there, and what nobody here has a word for survives', async () => {
    const there = await atService('Both', {
      'a.vcf': vcard(
        'ba',
        'Karim',
        'Klein',
        'EMAIL:karim@klein.example',
        'X-LODGE:Grand Orient',
        'item1.URL:https://klein.example',
        'item1.X-ABLabel:Site',
      ),
    });
    const { id, bookId } = await connect(alice, account(), { name: 'Both', twoWay: true });
    const karim = await idOf(bookId, 'Karim Klein');
    await edit(karim, 'email', { kind: 'email', value: { value: 'k.klein@klein.example' } });
    expect((await sync(alice, id)).counts).toEqual({ sent_changed: 1 });
    const now = await there.get('a.vcf');
    expect(now).toContain('k.klein@klein.example');
    expect(now).not.toContain('karim@klein.example');
    expect(now).toContain('X-LODGE:Grand Orient');
    expect(now).toContain('item1.X-ABLabel:Site');
    expect(now).toContain('UID:ba');
    // Our own change coming back is no change.
    expect((await sync(alice, id)).counts).not.toHaveProperty('created');
    expect(await namesIn(bookId)).toEqual(['Karim Klein']);
    const { items } = await alice.call(cards.listHistory, { personId: karim });
    expect(items.map(({ kind }) => kind)).toEqual(['edited', 'imported']);
  });

  test('what is added here is added there, once, and what is removed is removed', async () => {
    const there = await atService('Added', { 'a.vcf': vcard('aa', 'Léa', 'Lambert') });
    const { id, bookId } = await connect(alice, account(), { name: 'Added', twoWay: true });
    const made = await alice.call(cards.createCard, {
      bookId,
      fields: [
        { kind: 'name', value: { given: 'Marc', family: 'Morel' } },
        { kind: 'phone', value: { raw: '06 39 98 00 02' } },
      ],
    });
    expect((await sync(alice, id)).counts).toEqual({ sent_new: 1 });
    const file = (await there.list()).find((name) => name !== 'a.vcf')!;
    expect(await there.get(file)).toContain('Marc');
    await sync(alice, id);
    expect(await namesIn(bookId)).toEqual(['Léa Lambert', 'Marc Morel']);
    expect(await there.list()).toHaveLength(2);
    // From now on it is a contact of that account.
    expect((await getCard(made.id)).source.name).toBe('Account');
    await alice.call(cards.removeCard, { cardId: await idOf(bookId, 'Léa Lambert') });
    expect((await sync(alice, id)).counts).toMatchObject({ sent_gone: 1 });
    expect(await there.list()).toEqual([file]);
  });

  test('what is added here and removed there at once has ended, though the service does not mention it', async () => {
    const there = await atService('Come and gone');
    const { id, bookId } = await connect(alice, account(), { name: 'Come and gone', twoWay: true });
    const fields = [{ kind: 'name' as const, value: { given: 'Maud', family: 'Marin' } }];
    const { id: maud } = await alice.call(cards.createCard, { bookId, fields });
    expect((await sync(alice, id)).counts).toEqual({ sent_new: 1 });
    const [file] = await there.list();
    await there.remove(file!);
    // Of what came and went since the token, nothing need be said (RFC 6578, 3.5.2), as Xandikos does.
    between.meddle = async ({ request, body, answer, forward }) => {
      if (request.method !== 'REPORT' || !body.includes('sync-collection')) return false;
      const { status, headers, body: told } = await forward();
      const silent = told.toString().replaceAll(/<D:response>(?:(?!<\/D:response>).)*404.*?<\/D:response>/gs, '');
      answer.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(silent) }).end(silent);
      return true;
    };
    expect((await sync(alice, id)).counts).toEqual({ ended: 1 });
    expect((await getCard(maud)).endedAt).not.toBeNull();
    expect(await there.list()).toEqual([]);
  });

  test('both change something: each takes over what only the other has changed', async () => {
    const there = await atService('Merged', {
      'a.vcf': vcard('ma', 'Nina', 'Noël', 'TITLE:Juriste', 'TEL:+33 6 39 98 00 03'),
    });
    const { id, bookId } = await connect(alice, account(), { name: 'Merged', twoWay: true });
    const nina = await idOf(bookId, 'Nina Noël');
    await edit(nina, 'title', { kind: 'title', value: { value: 'Directrice juridique' } });
    await there.put('a.vcf', vcard('ma', 'Nina', 'Noël', 'TITLE:Juriste', 'TEL:+33 6 39 98 00 04'));
    await sync(alice, id);
    expect(await valuesOf(nina, 'title')).toEqual(['Directrice juridique']);
    expect(await valuesOf(nina, 'phone')).toEqual(['+33 6 39 98 00 04']);
    const now = await there.get('a.vcf');
    expect(now).toContain('TITLE:Directrice juridique');
    expect(now).toContain('TEL:+33 6 39 98 00 04');
    // And later, what was sent from here is theirs to change.
    await there.put('a.vcf', now.replace('Directrice juridique', 'Secrétaire générale'));
    await sync(alice, id);
    expect(await valuesOf(nina, 'title')).toEqual(['Secrétaire générale']);
  });

  test('both change the same value: the word here stays, the other one is in the history', async () => {
    const there = await atService('Conflict', { 'a.vcf': vcard('xa', 'Omar', 'Olivier', 'TITLE:Vendeur') });
    const { id, bookId } = await connect(alice, account(), { name: 'Conflict', twoWay: true });
    const omar = await idOf(bookId, 'Omar Olivier');
    await edit(omar, 'title', { kind: 'title', value: { value: 'Directeur' } });
    await there.put('a.vcf', vcard('xa', 'Omar', 'Olivier', 'TITLE:Chef des ventes'));
    await sync(alice, id);
    expect(await valuesOf(omar, 'title')).toEqual(['Directeur']);
    expect(await there.get('a.vcf')).toContain('TITLE:Directeur');
    const { items } = await alice.call(cards.listHistory, { personId: omar });
    const kept = items.find(({ kind }) => kind === 'kept_here')!;
    expect(kept.changes).toMatchObject([{ kind: 'title', before: 'Chef des ventes', after: 'Directeur' }]);
  });

  test('what was removed here and changed there since is back', async () => {
    const there = await atService('Back', { 'a.vcf': vcard('ka', 'Paul', 'Petit') });
    const { id, bookId } = await connect(alice, account(), { name: 'Back', twoWay: true });
    await alice.call(cards.removeCard, { cardId: await idOf(bookId, 'Paul Petit') });
    await there.put('a.vcf', vcard('ka', 'Paul', 'Petit', 'TITLE:Maire'));
    await sync(alice, id);
    expect(await namesIn(bookId)).toEqual(['Paul Petit']);
    expect(await there.list()).toEqual(['a.vcf']);
  });

  test('many that were removed here go there only when their member says so', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, no) => [`${no}.vcf`, vcard(`many${no}`, 'Rose', `Numéro${no}`)]),
    );
    const there = await atService('Many', files);
    const { id, bookId } = await connect(alice, account(), { name: 'Many', twoWay: true });
    const removed = (await inBook(bookId)).slice(0, 50);
    await Promise.all(removed.map(({ id: cardId }) => alice.call(cards.removeCard, { cardId })));
    expect(await sync(alice, id)).toMatchObject({ state: 'attention', problem: 'many_removed' });
    expect(await there.list()).toHaveLength(60);
    expect(await sync(alice, id, true)).toMatchObject({ state: 'ok', counts: { sent_gone: 50 } });
    expect(await there.list()).toHaveLength(10);
  });
});

describe('a service in trouble', () => {
  let id: string;
  let bookId: string;
  let there: Awaited<ReturnType<typeof atService>>;

  beforeAll(async () => {
    there = await atService('Trouble', { 'a.vcf': vcard('ta', 'Quentin', 'Quéré') });
    ({ id, bookId } = await connect(alice, account(), { name: 'Trouble', twoWay: true }));
  });

  const answering =
    (status: number, headers: Record<string, string> = {}, body = ''): Between['meddle'] =>
    ({ answer }) => {
      answer.writeHead(status, headers).end(body);
      return true;
    };
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>';

  test.each([
    ['answers 500', answering(500), 'server_error', 'retrying'],
    ['asks to wait', answering(429, { 'retry-after': '7200' }), 'busy', 'retrying'],
    ['knows the password no more', answering(401), 'refused', 'attention'],
    ['lets nobody in', answering(403), 'forbidden', 'attention'],
    ['has the address book no more', answering(404), 'place_gone', 'attention'],
    ['answers with a page', answering(207, { 'content-type': 'text/html' }, '<p>Welcome'), 'malformed', 'retrying'],
    ['sends entities to unfold', answering(207, {}, bomb), 'malformed', 'retrying'],
    ['leads elsewhere', answering(302, { location: 'https://thief.example/' }), 'elsewhere', 'attention'],
    ['leads in a circle', answering(302, { location: '/again' }), 'malformed', 'retrying'],
    ['leads into this machine', answering(302, { location: 'http://169.254.169.254/' }), 'elsewhere', 'attention'],
    ['breaks off', ({ answer }) => !!answer.destroy(), 'unreachable', 'retrying'],
  ] as [string, Between['meddle'], string, string][])('%s', async (_what, meddle, problem, state) => {
    between.meddle = meddle;
    const went = await sync(alice, id);
    expect(went).toMatchObject({ outcome: problem, problem, state });
    expect(went.nextAt === null).toBe(state === 'attention');
    expect(await namesIn(bookId)).toEqual(['Quentin Quéré']);
    between.meddle = null;
    expect(await sync(alice, id)).toMatchObject({ state: 'ok', problem: null });
  });

  test('an answer to a change that is lost makes no second contact and no second change', async () => {
    const { id: cardId } = await alice.call(cards.createCard, {
      bookId,
      fields: [{ kind: 'name', value: { given: 'Renée', family: 'Roux' } }],
    });
    await edit(await idOf(bookId, 'Quentin Quéré'), 'name', {
      kind: 'name',
      value: { given: 'Quentin', family: 'Quéré-Le Goff' },
    });
    let lost = 0;
    between.meddle = async ({ request, answer, forward }) => {
      if (request.method !== 'PUT') return false;
      await forward();
      lost++;
      answer.destroy();
      return true;
    };
    expect((await sync(alice, id)).problem).toBe('unreachable');
    expect((await sync(alice, id)).problem).toBe('unreachable');
    expect(lost).toBe(2);
    between.meddle = null;
    expect(await sync(alice, id)).toMatchObject({ state: 'ok' });
    await sync(alice, id);
    expect(await there.list()).toHaveLength(2);
    expect(await namesIn(bookId)).toEqual(['Quentin Quéré-Le Goff', 'Renée Roux']);
    expect((await getCard(cardId)).source.name).toBe('Account');
    const seen = between.seen.length;
    await sync(alice, id);
    expect(between.seen.slice(seen).filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  test('a colleague who writes in between is not overwritten', async () => {
    const name = 'Quentin Quéré-Le Goff';
    await edit(await idOf(bookId, name), 'name', { kind: 'name', value: { given: 'Quentin', family: 'Quéré' } });
    let once = true;
    between.meddle = async ({ request }) => {
      if (request.method === 'PUT' && once) {
        once = false;
        const now = await there.get('a.vcf');
        await there.put('a.vcf', now.replace('END:VCARD', 'NOTE:in between\r\nEND:VCARD'));
      }
      return false;
    };
    expect(await sync(alice, id)).toMatchObject({ state: 'ok', counts: { sent_changed: 1 } });
    const now = await there.get('a.vcf');
    expect(now).toContain('NOTE:in between');
    expect(now).toContain('FN:Quentin Quéré\r\n');
  });
});
