import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as identity from '../identity/contract.ts';
import { type Client, codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import {
  type Assertion,
  claimsFor,
  clientOf,
  type Forger,
  openForger,
  openIssuer,
  type Person,
  requestIn,
  samlAnswer,
  samlMetadata,
  type TestIssuer,
} from './testing.ts';

let app: TestApp;
let admin: Member;
let issuer: TestIssuer;
let forger: Forger;
let person: Person = { sub: 'nobody' };
const opened: string[] = [];

beforeAll(async () => {
  app = await openTestApp(['--local-issuers']);
  admin = await app.setUp();
  issuer = await openIssuer(`${app.url}/api/v1/sign-in/company/oidc`, () => person);
  forger = await openForger();
});
afterAll(async () => {
  await issuer?.close();
  await forger?.close();
  await app?.close();
});
afterEach(async () => {
  for (const providerId of opened.splice(0)) await admin.call(contracts.removeProvider, { providerId }).catch(() => {});
});

const general = {
  name: 'Exemple',
  domains: ['exemple.example'],
  newcomers: true,
  role: 'member' as const,
  teamIds: [],
  onlyWay: false,
};
type Options = Partial<typeof general> & { trustsEmail?: boolean; by?: Member };

async function addOidc(
  from: TestIssuer,
  { by = admin, trustsEmail = false, ...others }: Options = {},
): Promise<contracts.Provider> {
  const made = await by.call(contracts.addOidcProvider, {
    ...general,
    ...others,
    ...clientOf,
    issuer: from.issuer,
    trustsEmail,
  });
  opened.push(made.id);
  return made;
}

const start = async (client: Client, providerId: string, back?: string) =>
  (await client.call(contracts.startCompanySignIn, { providerId, ...(back === undefined ? {} : { back }) })).url;

/** Where a request leads, told from the path on. */
async function leadsTo(client: Client, path: string, init: RequestInit = {}): Promise<string> {
  const answer = await client.fetch(path, { ...init, redirect: 'manual' });
  return answer.headers.get('location') ?? `${answer.status}`;
}
const back = (client: Client, query: string) => leadsTo(client, `/sign-in/company/oidc?${query}`);

/** A browser at the real provider, from our start to where we send it at last. */
async function byProvider(client: Client, providerId: string, then?: string): Promise<string> {
  let url = await start(client, providerId, then);
  const cookies = new Map<string, string>();
  for (let step = 0; step < 8; step++) {
    if (url.startsWith(app.url)) return back(client, new URL(url).search.slice(1));
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie())
      cookies.set(...(/^([^=]+)=([^;]*)/.exec(line)!.slice(1) as [string, string]));
    url = new URL(answer.headers.get('location')!, url).href;
  }
  throw new Error('The provider never came back.');
}

/** Comes back from the forger with a token that holds, but for what is `wrong`. */
async function byForger(
  client: Client,
  providerId: string,
  who: Person,
  wrong: Record<string, unknown> = {},
): Promise<string> {
  const url = await start(client, providerId);
  forger.claims = { ...claimsFor(forger, url, who), ...wrong };
  return back(client, `code=abc&state=${new URL(url).searchParams.get('state')}`);
}

const ada = { sub: 'ada', email: 'Ada@exemple.example', email_verified: true, name: 'Ada Lovelace' };
const me = (client: Client) => client.call(identity.getMe, {});

describe('with a real OpenID provider', () => {
  test('somebody of an allowed domain becomes a member at the first sign-in and is the same one at the second', async () => {
    const team = await admin.call(identity.createTeam, { name: 'Sales' });
    const { id } = await addOidc(issuer, { role: 'member', teamIds: [team.id] as never[] });
    person = ada;
    const client = app.client();
    expect(await byProvider(client, id, '/people?q=x')).toBe('/people?q=x');
    const first = await me(client);
    expect(first).toMatchObject({
      name: 'Ada Lovelace',
      email: 'Ada@exemple.example',
      role: 'member',
      teams: [{ name: 'Sales' }],
    });
    const again = app.client();
    // They have no password, and nothing that begins with one is theirs to set up.
    expect(await client.call(identity.getSecondFactor, {})).toMatchObject({ hasPassword: false, on: false });
    expect(await admin.call(identity.getSecondFactor, {})).toMatchObject({ hasPassword: true });
    // Their address may change: the subject counts.
    person = { ...ada, email: 'ada@married.example' };
    expect(await byProvider(again, id)).toBe('/');
    expect((await me(again)).memberId).toBe(first.memberId);
    const { items } = await admin.call(identity.listAudit, {});
    expect(items.filter((one) => one.subject === 'Ada Lovelace').map((one) => one.code)).toEqual([
      'sign_in.linked',
      'member.joined',
    ]);
  });

  test('two browsers of one newcomer at once make one member', async () => {
    const { id } = await addOidc(issuer);
    person = { ...ada, sub: 'twice', email: 'twice@exemple.example' };
    const clients = [app.client(), app.client()];
    await Promise.all(clients.map((client) => byProvider(client, id)));
    const ids = await Promise.all(clients.map(async (client) => (await me(client)).memberId));
    expect(ids[0]).toBe(ids[1]);
  });

  test('the sign-in page learns of it by the domain of an address, and nothing else of the address', async () => {
    const { id } = await addOidc(issuer);
    const ways = (email: string) => app.client().call(contracts.findWays, { email });
    expect((await ways('Whoever@Exemple.example')).ways).toEqual([{ id, name: 'Exemple' }]);
    expect((await ways('ada@elsewhere.example')).ways).toEqual([]);
  });
});

describe('what opens nothing', () => {
  test('a provider that has gone is told to who signs in, not to who set it up', async () => {
    const gone = await openIssuer(`${app.url}/api/v1/sign-in/company/oidc`, () => person);
    const { id } = await addOidc(gone);
    await gone.close();
    expect(await codeOf(start(app.client(), id))).toBe('company_unreachable');
  });

  test('a forged state, another browser, and a code that comes back twice', async () => {
    const { id } = await addOidc(forger);
    const client = app.client();
    const url = await start(client, id);
    const state = new URL(url).searchParams.get('state')!;
    forger.claims = claimsFor(forger, url, ada);
    forger.exchanged = 0;
    const query = `code=abc&state=${state}`;
    const other = state.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await back(client, `code=abc&state=${other}`)).toBe('/sign-in?refused=expired');
    expect(await back(client, 'code=abc&state=forged')).toBe('/sign-in?refused=expired');
    expect(await back(app.client(), query)).toBe('/sign-in?refused=expired');
    expect(forger.exchanged).toBe(0);
    const both = await Promise.all([back(client, query), back(client, query)]);
    expect(both.sort()).toEqual(['/', '/sign-in?refused=expired']);
    expect(await back(client, query)).toBe('/sign-in?refused=expired');
    expect(forger.exchanged).toBe(1);
  });

  test.each([
    ['nonce', { nonce: 'another' }],
    ['audience', { aud: 'another' }],
    ['issuer', { iss: 'https://another.example' }],
    ['time', { exp: 1_000_000 }],
  ])('an id token with a wrong %s', async (_what, wrong) => {
    const { id } = await addOidc(forger);
    expect(await byForger(app.client(), id, ada, wrong)).toBe('/sign-in?refused=invalid');
  });

  test('an id token signed by a key that the issuer does not publish', async () => {
    const { id } = await addOidc(forger);
    forger.stranger = true;
    expect(await byForger(app.client(), id, ada)).toBe('/sign-in?refused=invalid');
    forger.stranger = false;
  });

  test('an address that is not verified, unless the admin believes those without a mark', async () => {
    const strict = await addOidc(forger);
    const who = { sub: 'eve', email: 'eve@exemple.example' };
    expect(await byForger(app.client(), strict.id, { ...who, email_verified: false })).toBe(
      '/sign-in?refused=unverified',
    );
    expect(await byForger(app.client(), strict.id, who)).toBe('/sign-in?refused=unverified');
    const lenient = await addOidc(forger, { trustsEmail: true });
    expect(await byForger(app.client(), lenient.id, { ...who, email_verified: false })).toBe(
      '/sign-in?refused=unverified',
    );
    expect(await byForger(app.client(), lenient.id, who)).toBe('/');
  });

  test('an address of another domain', async () => {
    const { id } = await addOidc(forger);
    for (const email of ['eve@elsewhere.example', 'eve@sub.exemple.example', 'eve@exemple.example.evil.example'])
      expect(await byForger(app.client(), id, { sub: email, email, email_verified: true })).toBe(
        '/sign-in?refused=other_domain',
      );
  });

  test('somebody uninvited, where only invited people are let in; an invitation to their address lets them in', async () => {
    const { id } = await addOidc(forger, { newcomers: false });
    const who = { sub: 'ines', email: 'ines@exemple.example', email_verified: true };
    const client = app.client();
    expect(await byForger(client, id, who)).toBe('/sign-in?refused=not_invited');
    await admin.call(identity.createInvitation, { email: 'Ines@exemple.example', role: 'marketing' });
    expect(await byForger(client, id, who)).toBe('/');
    expect((await me(client)).role).toBe('marketing');
  });

  test('a member who is suspended', async () => {
    const { id } = await addOidc(forger);
    const who = { sub: 'sam', email: 'sam@exemple.example', email_verified: true };
    const client = app.client();
    await byForger(client, id, who);
    await admin.call(identity.updateMember, { memberId: (await me(client)).memberId, status: 'suspended' });
    expect(await byForger(app.client(), id, who)).toBe('/sign-in?refused=not_active');
  });

  test('a redirect beyond this site', async () => {
    const { id } = await addOidc(forger);
    for (const then of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
    ]) {
      const client = app.client();
      const url = await start(client, id, then);
      forger.claims = claimsFor(forger, url, ada);
      expect(await back(client, `code=abc&state=${new URL(url).searchParams.get('state')}`)).toBe('/');
    }
  });
});

describe('other workspaces', () => {
  /** Another company on this installation, whose admin runs a provider that says what they like. */
  async function otherCompany(): Promise<Member> {
    const mallory = await app.invite(admin, `Mallory ${Math.random().toString(36).replaceAll(/\d|\./g, '')}`, {
      role: 'admin',
    });
    const { id } = await mallory.call(identity.createWorkspace, { name: 'Mallory SA' });
    await mallory.call(identity.chooseWorkspace, { workspaceId: id });
    return mallory;
  }

  test("another workspace's provider opens neither an account of this one nor this one", async () => {
    const mallory = await otherCompany();
    const { id } = await addOidc(forger, { by: mallory, domains: ['example.com'] });
    const alice = { sub: 'x', email: admin.me.email, email_verified: true };
    expect(await byForger(app.client(), id, alice)).toBe('/sign-in?refused=has_account');
    // Nor does it open what else a member of both has: here Mallory's own account, which is one of ours too.
    const client = app.client();
    expect(await byForger(client, id, { ...alice, sub: 'm', email: mallory.me.email })).toBe('/');
    const seen = await me(client);
    expect(seen.workspaces.map((one) => one.name)).toEqual(['Mallory SA']);
    expect(await codeOf(client.call(identity.chooseWorkspace, { workspaceId: admin.me.workspace.id }))).toBe(
      'not_found',
    );
    expect((await client.call(identity.listSessions, {})).items).toHaveLength(1);
    await mallory.call(contracts.removeProvider, { providerId: id });
  });

  test('a provider is changed and removed by its own admins only', async () => {
    const mallory = await otherCompany();
    const { id } = await addOidc(forger);
    expect(await codeOf(mallory.call(contracts.removeProvider, { providerId: id }))).toBe('not_found');
    const input = { ...general, ...clientOf, issuer: forger.issuer, trustsEmail: true, providerId: id };
    expect(await codeOf(mallory.call(contracts.changeOidcProvider, input))).toBe('not_found');
    const member = await app.invite(admin, 'Bob Member');
    expect(await codeOf(member.call(contracts.listProviders, {}))).toBe('forbidden');
    expect((await admin.call(contracts.listProviders, {})).items.map((one) => one.id)).toContain(id);
  });
});

describe('the only way', () => {
  test('members of the domain no longer sign in by password, nor keep a session it opened; an operator’s link lets the admin in', async () => {
    const { id } = await addOidc(forger, { domains: ['example.com'] });
    const change = {
      ...general,
      domains: ['example.com'],
      onlyWay: true,
      ...clientOf,
      issuer: forger.issuer,
      trustsEmail: false,
    };
    // Nobody locks themselves out: it must have worked for who switches it on.
    expect(await codeOf(admin.call(contracts.changeOidcProvider, { ...change, providerId: id }))).toBe('invalid_input');
    const client = app.client();
    expect(await byForger(client, id, { sub: 'alice', email: admin.me.email, email_verified: true })).toBe('/');
    await client.call(contracts.changeOidcProvider, { ...change, providerId: id });
    expect(await codeOf(me(admin))).toBe('unauthenticated');
    const password = { email: admin.me.email, password: admin.password };
    expect(await codeOf(app.client().call(identity.signIn, password))).toBe('company_sign_in');
    expect((await me(client)).memberId).toBe(admin.me.memberId);
    // entregent reset-access makes a link that no admin has made.
    const { url } = await client.call(identity.createResetLink, { memberId: admin.me.memberId });
    await app.query(`update identity.link set created_by = null where purpose = 'reset'`);
    await app.client().call(identity.resetPassword, { token: tokenOf(url), password: 'eight red bicycles' });
    const inAgain = app.client();
    await inAgain.call(identity.signIn, { email: admin.me.email, password: 'eight red bicycles' });
    await inAgain.call(contracts.changeOidcProvider, { ...change, onlyWay: false, providerId: id });
    admin = { ...inAgain, me: admin.me, password: 'eight red bicycles' };
  });
});

describe('what an admin may name as issuer', () => {
  test('nothing unencrypted beyond this machine, nothing that speaks for everybody, nothing that does not answer', async () => {
    const add = (url: string) =>
      codeOf(admin.call(contracts.addOidcProvider, { ...general, ...clientOf, issuer: url, trustsEmail: false }));
    expect(await add('http://idp.example')).toBe('invalid_input');
    expect(await add('https://login.microsoftonline.com/common/v2.0')).toBe('invalid_input');
    expect(await add('ftp://127.0.0.1/')).toBe('invalid_input');
    expect(await add('http://127.0.0.1:9')).toBe('provider_unreachable');
  });

  test('the client secret is sealed and never told', async () => {
    const made = await addOidc(forger);
    const [row] = await app.query<{ text: string }>(
      `select encode(client_secret, 'escape') as text from sso.provider where provider_id = $1`,
      [made.id],
    );
    expect(row!.text).not.toContain('secret of the tests');
    expect(JSON.stringify(await admin.call(contracts.listProviders, {}))).not.toContain(clientOf.clientSecret);
  });
});

describe('SAML', () => {
  const addSaml = async () => {
    const made = await admin.call(contracts.addSamlProvider, { ...general, metadata: samlMetadata });
    opened.push(made.id);
    return made;
  };
  const post = (client: Client, { id }: contracts.Provider, xml: string) =>
    leadsTo(client, `/sign-in/company/saml/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: '' },
      body: new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64') }).toString(),
    });
  /** Begins, and answers as the provider would but for what is `wrong`. */
  async function begin(provider: contracts.Provider, wrong: Partial<Assertion> = {}) {
    const client = app.client();
    const request = requestIn(await start(client, provider.id, '/home'));
    const xml = samlAnswer({ request, entity: provider.ours.entity, email: 'grace@exemple.example', ...wrong });
    return { client, xml };
  }
  const come = (client: Client, path: string) => leadsTo(client, path.replace('/api/v1', ''));

  test('a signed assertion opens, once, in the browser that asked for it', async () => {
    const provider = await addSaml();
    const { client, xml } = await begin(provider);
    const path = await post(client, provider, xml);
    expect(path).toContain('/api/v1/sign-in/company/saml?state=');
    expect(await post(client, provider, xml)).toBe('/sign-in?refused=invalid');
    expect(await come(app.client(), path)).toBe('/sign-in?refused=expired');
    expect(await come(client, path)).toBe('/home');
    expect(await me(client)).toMatchObject({ name: 'Grace Hopper', email: 'grace@exemple.example' });
    expect(await come(client, path)).toBe('/sign-in?refused=expired');
    expect(await post(client, provider, xml)).toBe('/sign-in?refused=invalid');
  });

  test('of several answers to one request that come at the same moment, one counts', async () => {
    const provider = await addSaml();
    const { client, xml } = await begin(provider);
    // All are found good before the first of them is kept.
    const { posts } = await app.app.db.asSystem('identity', async (tx) => {
      await tx.selectFrom('sso.attempt').select('attempt_id').forUpdate().execute();
      const sent = Array.from({ length: 3 }, () => post(client, provider, xml));
      await new Promise((done) => setTimeout(done, 1000));
      return { posts: sent };
    });
    const paths = await Promise.all(posts);
    expect(paths.filter((path) => path.includes('?state='))).toHaveLength(1);
  });

  test.each<[string, Partial<Assertion>]>([
    ['forged by another key', { stranger: true }],
    ['expired', { until: -10 }],
    ['meant for another audience', { audience: 'https://another.example' }],
    ['sent to another recipient', { recipient: 'https://another.example' }],
    ['of another issuer', { issuer: 'https://another.example' }],
    ['nobody asked for', { request: '_0193ffff-0000-7000-8000-000000000000' }],
  ])('an assertion %s opens nothing', async (_what, wrong) => {
    const provider = await addSaml();
    const { client, xml } = await begin(provider, wrong);
    expect(await post(client, provider, xml)).toBe('/sign-in?refused=invalid');
  });

  test('an assertion that was changed, stripped of its signature, or wrapped around another opens nothing', async () => {
    const provider = await addSaml();
    const { client, xml } = await begin(provider);
    const evil = xml.replaceAll('grace@', 'alice@');
    const unsigned = xml.replace(/<(?:ds:)?Signature[\s\S]*<\/(?:ds:)?Signature>/, '');
    const assertion = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)![0];
    const forged = assertion.replaceAll('grace@', 'alice@').replace(/ID="[^"]+"/, 'ID="_evil"');
    const wrapped = [
      xml.replace(assertion, forged + assertion),
      xml.replace(assertion, assertion + forged),
      xml.replace(
        assertion,
        forged.replace('</saml:Subject>', `</saml:Subject><saml:Advice>${assertion}</saml:Advice>`),
      ),
      xml.replace(assertion, `<samlp:Extensions>${assertion}</samlp:Extensions>${forged}`),
    ];
    for (const bad of [
      evil,
      unsigned,
      ...wrapped,
      'no xml at all',
      xml.replace('grace@exemple.example</', 'grace@exemple.example<!-- -->.evil.example</'),
    ])
      expect(await post(client, provider, bad)).toBe('/sign-in?refused=invalid');
    expect(await post(client, provider, xml)).toContain('state=');
  });

  test('our metadata says who we are and where answers go; what is no metadata is refused', async () => {
    const provider = await addSaml();
    const text = await (await app.client().fetch(`/sign-in/company/saml/${provider.id}`)).text();
    expect(text).toContain(`entityID="${provider.ours.entity}"`);
    expect(text).toContain('WantAssertionsSigned="true"');
    const add = (metadata: string) => codeOf(admin.call(contracts.addSamlProvider, { ...general, metadata }));
    expect(await add('<a/>')).toBe('invalid_input');
    expect(await add(`<!DOCTYPE a [<!ENTITY b "c">]>${samlMetadata}`)).toBe('invalid_input');
    expect(await add(samlMetadata.replace('https://idp.example/sso', 'javascript:alert(1)'))).toBe('invalid_input');
  });
});
