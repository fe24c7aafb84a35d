// Google and Microsoft are played on loopback (oauth/testing.ts); the real ones were never reached.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { type PlayedGoogle, personOf, playGoogle } from './google/testing.ts';
import { type PlayedMicrosoft, playMicrosoft } from './microsoft/testing.ts';
import { failing } from './oauth/testing.ts';
import { onLoopback, rest, sync } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let google: PlayedGoogle;
let microsoft: PlayedMicrosoft;

beforeAll(async () => {
  google = await playGoogle();
  microsoft = await playMicrosoft();
  const services = [
    '--service-address',
    `google=${google.address}`,
    '--service-address',
    `microsoft=${microsoft.address}`,
  ];
  app = await openTestApp([...onLoopback, ...services]);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  for (const [provider, { client }] of [
    ['google', google],
    ['microsoft', microsoft],
  ] as const)
    await alice.call(contracts.setOauthClient, { provider, clientId: client.id, clientSecret: client.secret });
});
afterAll(async () => {
  google.close();
  microsoft.close();
  await app.close();
});
let people = 0;
beforeEach(() => {
  // Each test has accounts of its own.
  for (const played of [google, microsoft]) {
    played.who = { id: `u${++people}`, email: `user${people}@example.com` };
    Object.assign(played, { meddle: null, allows: null, lasts: 3600, rotates: false, seen: [] });
  }
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

/** A member's browser goes to the service, which leads it back. @returns the page that it ends on */
async function authorise(
  member: Member,
  kind: string,
  { decision = 'allow', connectionId }: { decision?: string; connectionId?: string } = {},
): Promise<URL> {
  const from = { headers: { 'x-forwarded-for': `198.51.201.${(++people % 250) + 1}` } };
  const { url } = await member.call(
    contracts.beginAuthorisation,
    { kind, ...(connectionId !== undefined && { connectionId }) },
    from,
  );
  return comeBack(member, await leadBack(url, decision));
}
async function leadBack(url: string, decision = 'allow'): Promise<string> {
  const answer = await fetch(`${url}&decision=${decision}`, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  return answer.headers.get('location')!;
}
async function comeBack(member: Member, back: string): Promise<URL> {
  const { search, pathname } = new URL(back);
  expect(pathname).toBe(`/api/v1${contracts.returnPath}`);
  const answer = await member.fetch(contracts.returnPath + search, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  return new URL(answer.headers.get('location')!, 'http://localhost');
}

async function connect(member: Member, kind: string, placeName?: string) {
  const { searchParams } = await authorise(member, kind);
  const entered = { kind, secret: { authorisation: searchParams.get('authorised')! } };
  const from = { headers: { 'x-forwarded-for': `198.51.202.${(++people % 250) + 1}` } };
  const { items } = await member.call(contracts.listPlaces, entered, from);
  const place = items.find(({ name }) => placeName === undefined || name === placeName)!.id;
  const { id: bookId } = await member.call(delegation.createBook, { name: `Book ${++people}` });
  const { id } = await member.call(contracts.addConnection, { ...entered, name: 'Account', place, bookId }, from);
  return { ...(await rest(member, id)), entered };
}

const inBook = async (bookId: string) => (await alice.call(cards.listPeople, { bookId, limit: 200 })).items;
const namesIn = async (bookId: string) => (await inBook(bookId)).map(({ name }) => name).sort();
const refusal = async (going: Promise<URL>) => (await going).searchParams.get('refused');
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error) => (error instanceof ProblemAnswer ? error.problem.fields?.problem : String(error)),
  );
const secretOf = async (connectionId: string) => {
  const [row] = await app.query<{ secret: Buffer }>(
    'select secret from connectors.connection where connection_id = $1',
    [connectionId],
  );
  return JSON.parse(app.app.secrets.decrypt(row!.secret)) as { refreshToken: string; expiresAt: number };
};

describe('opening an account by its service’s page', () => {
  test('the browser comes back with an account, whose contacts come; no token stands in an address of ours', async () => {
    google.set('people/c1', personOf('1', 'Anne', 'Aubry', { emailAddresses: [{ value: 'anne@aubry.example' }] }));
    const page = await authorise(alice, 'google_contacts');
    expect([...page.searchParams.keys()].sort()).toEqual(['authorised', 'kind']);
    const { bookId, settings } = await connect(alice, 'google_contacts');
    expect(settings).toEqual({ account: google.who.email, accountId: google.who.id });
    expect(await namesIn(bookId)).toEqual(['Anne Aubry']);
    google.remove('people/c1');
  });
});

describe('the way there and back', () => {
  test('who declines is told so, and who does not allow what is asked too; nothing is connected', async () => {
    expect(await refusal(authorise(alice, 'google_contacts', { decision: 'deny' }))).toBe('denied');
    google.allows = (scopes) => scopes.filter((scope) => !scope.includes('contacts'));
    expect(await refusal(authorise(alice, 'google_contacts'))).toBe('not_allowed');
  });

  test('it leads back once, in the browser that set out, and to no other member', async () => {
    const { url } = await alice.call(contracts.beginAuthorisation, { kind: 'google_contacts' });
    const back = await leadBack(url);
    expect(await refusal(comeBack(bob, back))).toBe('expired');
    const elsewhere = app.client();
    await elsewhere.call(identity.signIn, { email: alice.me.email, password: alice.password });
    expect(await refusal(comeBack({ ...elsewhere, me: alice.me, password: '' }, back))).toBe('expired');
    expect(await refusal(comeBack(alice, back))).toBeNull();
    expect(await refusal(comeBack(alice, back))).toBe('expired');
  });

  test('of two that come back at once, one does', async () => {
    const { url } = await alice.call(contracts.beginAuthorisation, { kind: 'google_contacts' });
    const back = await leadBack(url);
    const both = await Promise.all([refusal(comeBack(alice, back)), refusal(comeBack(alice, back))]);
    expect(both.sort()).toEqual(['expired', null]);
  });

  test('signed out, by a key, or after ten minutes it leads nowhere', async () => {
    const { url } = await bob.call(contracts.beginAuthorisation, { kind: 'google_contacts' });
    const back = await leadBack(url);
    expect(await refusal(comeBack({ ...app.client(), me: bob.me, password: '' }, back))).toBe('expired');
    const { key } = await bob.call(identity.createApiKey, { name: 'k', scopes: ['imports:write'] });
    expect(await refusal(comeBack({ ...app.client(key), me: bob.me, password: '' }, back))).toBe('expired');
    await app.query(`update connectors.authorisation set began_at = began_at - interval '11 minutes'`);
    expect(await refusal(comeBack(bob, back))).toBe('expired');
  });

  test('a code that another browser’s flow got opens nothing (PKCE)', async () => {
    const [mine, theirs] = [
      await alice.call(contracts.beginAuthorisation, { kind: 'google_contacts' }),
      await bob.call(contracts.beginAuthorisation, { kind: 'google_contacts' }),
    ].map(({ url }) => url);
    const back = new URL(await leadBack(mine!));
    back.searchParams.set('code', new URL(await leadBack(theirs!)).searchParams.get('code')!);
    expect(await refusal(comeBack(alice, back.href))).toBe('failed');
  });

  test('what was opened is used by nobody else, and for one connection', async () => {
    const { entered, bookId } = await connect(alice, 'google_contacts');
    const again = { ...entered, name: 'Again', place: 'contacts', bookId };
    expect(await problemOf(alice.call(contracts.addConnection, again))).toBe('authorisation_ended');
    const { searchParams } = await authorise(alice, 'google_contacts');
    const fresh = { ...entered, secret: { authorisation: searchParams.get('authorised')! } };
    expect(await problemOf(bob.call(contracts.listPlaces, fresh))).toBe('authorisation_ended');
    const other = { ...fresh, kind: 'microsoft_contacts' };
    expect(await problemOf(alice.call(contracts.listPlaces, other))).toBe('authorisation_ended');
    expect(microsoft.seen).toEqual([]);
    expect(await problemOf(alice.call(contracts.addConnection, { ...again, ...fresh }))).toBe('already_connected');
  });
});

describe('the company at a service', () => {
  test('only an admin enters its id and secret; the secret is sealed, and never given back', async () => {
    const entered = { provider: 'google', clientId: 'x', clientSecret: 'y' } as const;
    expect(await codeOf(bob.call(contracts.setOauthClient, entered))).toBe('forbidden');
    const told = await alice.call(contracts.listOauthClients, {});
    expect(told.redirect).toMatch(/^http:\/\/localhost:\d+\/api\/v1\/connection-return$/);
    expect(JSON.stringify(told)).not.toContain(google.client.secret);
    const rows = await app.query<{ client_secret: Buffer }>('select client_secret from connectors.oauth_client');
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row.client_secret.toString('latin1')).not.toContain('sesame');
  });

  test('where it is not known, the service is not offered', async () => {
    const kinds = async () => (await bob.call(contracts.listKinds, {})).items.map(({ kind }) => kind);
    expect(await kinds()).toContain('microsoft_contacts');
    await alice.call(contracts.removeOauthClient, { provider: 'microsoft' });
    expect(await kinds()).not.toContain('microsoft_contacts');
    expect(await codeOf(bob.call(contracts.beginAuthorisation, { kind: 'microsoft_contacts' }))).toBe('not_found');
    const { id: clientId, secret: clientSecret } = microsoft.client;
    await alice.call(contracts.setOauthClient, { provider: 'microsoft', clientId, clientSecret });
  });

  test('where only a directory’s accounts are let in, its page is asked', async () => {
    const { id: clientId, secret: clientSecret } = microsoft.client;
    const set = { provider: 'microsoft', clientId, clientSecret } as const;
    const pageOf = async () =>
      new URL((await alice.call(contracts.beginAuthorisation, { kind: 'microsoft_contacts' })).url);
    expect((await pageOf()).pathname).toBe('/common/oauth2/v2.0/authorize');
    await alice.call(contracts.setOauthClient, { ...set, tenant: 'exemple.example' });
    expect((await pageOf()).pathname).toBe('/exemple.example/oauth2/v2.0/authorize');
    expect(await codeOf(alice.call(contracts.setOauthClient, { ...set, tenant: '../evil' }))).toBe('invalid_input');
    await alice.call(contracts.setOauthClient, set);
  });

  test('a secret that does not hold any more is told, and connections go on with a new one', async () => {
    google.lasts = 60;
    const { id } = await connect(alice, 'google_contacts');
    google.client.secret = 'another';
    expect(await sync(alice, id)).toMatchObject({ state: 'attention', problem: 'client_refused' });
    const { id: clientId, secret: clientSecret } = google.client;
    await alice.call(contracts.setOauthClient, { provider: 'google', clientId, clientSecret });
    expect((await alice.call(contracts.getConnection, { connectionId: id })).state).toBe('retrying');
    expect(await sync(alice, id)).toMatchObject({ state: 'ok', problem: null });
  });

  test('who entered it, and that it was changed, stands in the audit without it', async () => {
    const { items } = await alice.call(identity.listAudit, {});
    const lines = items.filter(({ code }) => code.startsWith('client.'));
    expect(lines.map(({ code }) => code)).toContain('client.removed');
    expect(lines.at(-1)).toMatchObject({ actor: 'Alice Martin', code: 'client.set', detail: { provider: 'google' } });
    expect(JSON.stringify(lines)).not.toContain('sesame');
  });
});

describe('tokens', () => {
  test('they are renewed before they end, and what replaces them is kept', async () => {
    Object.assign(google, { lasts: 60, rotates: true });
    const { id } = await connect(alice, 'google_contacts');
    const first = await secretOf(id);
    for (let time = 0; time < 2; time++) expect((await sync(alice, id)).state).toBe('ok');
    expect((await secretOf(id)).refreshToken).not.toBe(first.refreshToken);
    const told = JSON.stringify(await alice.call(contracts.getConnection, { connectionId: id }));
    expect(told).not.toContain((await secretOf(id)).refreshToken);
  });

  test('one that is refused early is renewed once', async () => {
    const { id } = await connect(alice, 'google_contacts');
    let refused = 0;
    google.meddle = ({ url = '' }, answer) => {
      if (!url.startsWith('/v1/contactGroups') || refused++ > 0) return false;
      answer.writeHead(401).end('{}');
      return true;
    };
    expect(await sync(alice, id)).toMatchObject({ state: 'ok' });
    expect(google.seen.filter((one) => one === 'POST /token')).toHaveLength(2);
  });

  test('what its member has opened meanwhile is not overwritten by a token that was renewed', async () => {
    google.lasts = 60;
    const { id } = await connect(alice, 'google_contacts');
    const newer = app.app.secrets.encrypt(JSON.stringify({ ...(await secretOf(id)), refreshToken: 'newer' }));
    google.meddle = async ({ url }) => {
      if (url === '/token')
        await app.query('update connectors.connection set secret = $1 where connection_id = $2', [newer, id]);
      return false;
    };
    await sync(alice, id);
    expect((await secretOf(id)).refreshToken).toBe('newer');
  });

  test('closed at the service, the account waits for its member, and goes on with its cards', async () => {
    google.set('people/c7', personOf('7', 'Gaspard', 'Gilles'));
    const { id, bookId } = await connect(alice, 'google_contacts');
    const [before] = await inBook(bookId);
    google.closeAccount();
    expect(await sync(alice, id)).toMatchObject({ state: 'attention', problem: 'authorisation_ended', nextAt: null });
    const { who } = google;
    google.who = { id: 'somebody', email: 'else@example.com' };
    expect(await refusal(authorise(alice, 'google_contacts', { connectionId: id }))).toBe('other_account');
    expect(await codeOf(bob.call(contracts.beginAuthorisation, { kind: 'google_contacts', connectionId: id }))).toBe(
      'not_found',
    );
    google.who = who;
    const page = await authorise(alice, 'google_contacts', { connectionId: id });
    expect(page.pathname).toBe(`/settings/connections/${id}`);
    expect(await rest(alice, id)).toMatchObject({ state: 'ok', problem: null, cards: 1 });
    expect((await inBook(bookId))[0]!.id).toBe(before!.id);
    google.remove('people/c7');
  });

  test('disconnected, they are given back', async () => {
    const { id } = await connect(alice, 'google_contacts');
    await alice.call(contracts.endConnection, { connectionId: id, cards: 'stay' });
    await app.settle();
    expect(google.seen).toContain('POST /revoke');
  });
});

describe('a service in trouble', () => {
  test('it is asked again when it says so, and by itself', async () => {
    const { id } = await connect(alice, 'google_contacts');
    google.meddle = failing(429, /connections/, { 'retry-after': '7200' });
    const busy = await sync(alice, id);
    expect(busy).toMatchObject({ state: 'retrying', problem: 'busy' });
    expect(Date.parse(busy.nextAt!) - Date.now()).toBeGreaterThan(7_000_000);
    google.meddle = failing(500, /contactGroups/);
    expect(await sync(alice, id)).toMatchObject({ state: 'retrying', problem: 'server_error' });
    google.meddle = null;
    expect(await sync(alice, id)).toMatchObject({ state: 'ok' });
  });

  test.each([
    ['RATE_LIMIT_EXCEEDED', 'busy', 'retrying'],
    ['SERVICE_DISABLED', 'client_refused', 'attention'],
    ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'forbidden', 'attention'],
  ])('Google says %s', async (reason, problem, state) => {
    const { id } = await connect(alice, 'google_contacts');
    google.meddle = ({ url = '' }, answer) => {
      if (!url.includes('connections')) return false;
      answer
        .writeHead(403)
        .end(JSON.stringify({ error: { code: 403, status: 'PERMISSION_DENIED', details: [{ reason }] } }));
      return true;
    };
    expect(await sync(alice, id)).toMatchObject({ state, problem });
  });
});

describe('Google', () => {
  const ids = ['people/g1', 'people/g2', 'people/g3', 'people/g4', 'people/g5'];
  afterAll(() => {
    google.pageSize = 100;
  });

  test('what changed since comes, page by page; what was deleted has ended', async () => {
    google.pageSize = 2;
    for (const [no, key] of ids.entries()) google.set(key, personOf(`g${no}`, 'Hélène', `Numéro${no}`));
    const { id, bookId, counts } = await connect(alice, 'google_contacts');
    expect(counts).toEqual({ created: 5 });
    expect((await sync(alice, id)).counts).toEqual({});
    google.set(ids[0]!, personOf('g0', 'Hélène', 'Numéro0', { organizations: [{ title: 'Directrice' }] }));
    google.set('people/g6', personOf('g6', 'Ida', 'Isnard'));
    google.remove(ids[4]!);
    expect((await sync(alice, id)).counts).toEqual({ created: 1, updated: 1, ended: 1 });
    expect(await namesIn(bookId)).toHaveLength(6);
  });

  test('with a token that is too old all is read, and nothing comes twice', async () => {
    google.pageSize = 2;
    const { id, bookId, counts } = await connect(alice, 'google_contacts');
    google.remove('people/g6');
    google.set('people/g7', personOf('g7', 'Jules', 'Joly'));
    google.expireTokens();
    expect((await sync(alice, id)).counts).toEqual({ created: 1, unchanged: 4, ended: 1 });
    expect(await namesIn(bookId)).toHaveLength(counts.created! + 1);
  });

  test('what breaks off between two pages goes on, and nothing comes twice', async () => {
    google.pageSize = 2;
    google.meddle = failing(500, /pageToken/);
    const broken = await connect(alice, 'google_contacts');
    expect(broken).toMatchObject({ state: 'retrying', problem: 'server_error', counts: { created: 2 } });
    google.meddle = null;
    const { counts } = await sync(alice, broken.id);
    expect(counts.unchanged).toBe(2);
    expect(await namesIn(broken.bookId)).toHaveLength(2 + counts.created!);
    expect((await sync(alice, broken.id)).counts).toEqual({});
  });

  test('labels are categories, also those that are renamed', async () => {
    google.groups.set('contactGroups/1', 'Clients');
    const memberships = ['myContacts', '1'].map((name) => ({
      contactGroupMembership: { contactGroupResourceName: `contactGroups/${name}` },
    }));
    google.set('people/g8', personOf('g8', 'Karine', 'Klein', { memberships }));
    const { id, bookId } = await connect(alice, 'google_contacts');
    const karine = (await inBook(bookId)).find(({ name }) => name === 'Karine Klein')!;
    const labels = async () =>
      (await alice.call(cards.getCard, { cardId: karine.id })).fields.filter(({ kind }) => kind === 'category');
    expect((await labels()).map(({ value }) => value.value)).toEqual(['Clients']);
    google.groups.set('contactGroups/1', 'Grands comptes');
    await sync(alice, id);
    expect((await labels()).map(({ value }) => value.value)).toEqual(['Grands comptes']);
  });

  test('a contact that was joined with another one is called otherwise, and is the same', async () => {
    google.set('people/g9', personOf('g9', 'Léon', 'Lang'));
    const { id, bookId } = await connect(alice, 'google_contacts');
    const idOf = async () => (await inBook(bookId)).find(({ name }) => name === 'Léon Lang')!.id;
    const before = await idOf();
    const sources = [{ type: 'CONTACT', id: 'g9' }];
    const joined = { ...personOf('g9', 'Léon', 'Lang'), metadata: { sources, previousResourceNames: ['people/g9'] } };
    google.set('people/g10', joined);
    google.remove('people/g9');
    expect((await sync(alice, id)).counts.created).toBeUndefined();
    expect(await idOf()).toBe(before);
  });

  test('what it said of a contact is kept as it was', async () => {
    google.set('people/g11', personOf('g11', 'Maud', 'Morel', { skills: [{ value: 'unheard of' }] }));
    const { bookId } = await connect(alice, 'google_contacts');
    const maud = (await inBook(bookId)).find(({ name }) => name === 'Maud Morel')!;
    const [row] = await app.query<{ data: Buffer }>('select o.data from cards.card_original o where o.card_id = $1', [
      maud.id,
    ]);
    expect(JSON.parse(row!.data.toString())).toMatchObject({
      resourceName: 'people/g11',
      skills: [{ value: 'unheard of' }],
    });
  });
});

describe('Microsoft', () => {
  const contactOf = (givenName: string, surname: string, more: object = {}) => ({
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    ...more,
  });

  test('a folder is chosen, and what changed in it since comes', async () => {
    microsoft.folders.set('AAA=', 'Fournisseurs');
    microsoft.pageSize = 2;
    for (const [no, name] of ['Noé', 'Olga', 'Paul'].entries())
      microsoft.set('AAA=', `m${no}`, contactOf(name, 'Petit'));
    microsoft.set('', 'other', contactOf('Quentin', 'Quiet'));
    const { id, bookId, counts } = await connect(alice, 'microsoft_contacts', 'Fournisseurs');
    expect(counts).toEqual({ created: 3 });
    expect((await sync(alice, id)).counts).toEqual({});
    microsoft.set('AAA=', 'm0', contactOf('Noé', 'Petit', { jobTitle: 'Acheteur' }));
    microsoft.set('AAA=', 'm1', null);
    expect((await sync(alice, id)).counts).toEqual({ updated: 1, ended: 1 });
    microsoft.forgetLinks();
    microsoft.set('AAA=', 'm2', null);
    microsoft.set('AAA=', 'm3', contactOf('Rita', 'Petit'));
    expect((await sync(alice, id)).counts).toEqual({ created: 1, unchanged: 1, ended: 1 });
    expect(await namesIn(bookId)).toEqual(['Noé Petit', 'Olga Petit', 'Paul Petit', 'Rita Petit']);
    microsoft.pageSize = 100;
  });

  test('of a contact of which only the change is said, nothing is lost', async () => {
    microsoft.set('', 's1', contactOf('Sara', 'Simon', { mobilePhone: '+33 6 39 98 00 01' }));
    const { id, bookId } = await connect(alice, 'microsoft_contacts');
    microsoft.brief = () => ({ jobTitle: 'Avocate' });
    microsoft.set('', 's1', contactOf('Sara', 'Simon', { mobilePhone: '+33 6 39 98 00 01', jobTitle: 'Avocate' }));
    expect((await sync(alice, id)).counts).toEqual({ updated: 1 });
    microsoft.brief = null;
    const sara = (await inBook(bookId)).find(({ name }) => name === 'Sara Simon')!;
    const { fields } = await alice.call(cards.getCard, { cardId: sara.id });
    expect(fields.map(({ kind }) => kind).sort()).toEqual(['name', 'phone', 'title']);
  });

  test('an answer that leads to somebody else’s address does not get the token', async () => {
    const { id } = await connect(alice, 'microsoft_contacts');
    const thief = await playMicrosoft();
    microsoft.elsewhere = thief.address;
    await sync(alice, id);
    expect(await sync(alice, id)).toMatchObject({ state: 'retrying', problem: 'malformed' });
    expect(thief.seen).toEqual([]);
    microsoft.elsewhere = null;
    thief.close();
  });

  test('a folder that is gone is told', async () => {
    microsoft.folders.set('BBB=', 'Éphémère');
    const { id } = await connect(alice, 'microsoft_contacts', 'Éphémère');
    microsoft.folders.delete('BBB=');
    expect(await sync(alice, id)).toMatchObject({ state: 'attention', problem: 'place_gone' });
  });
});
