import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import {
  ask,
  askConsent,
  authorise,
  consent,
  makePkce,
  type Program,
  post,
  question,
  redeem,
  refresh,
  register,
} from './testing.ts';

// Attacks by name; each of these fails when its guard is taken out.

let app: TestApp;
let alice: Member;
let program: Program;
let bookId: string;
const terms = () => ({ bookIds: [bookId], acts: ['read' as const] });

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  program = await register(alice);
  bookId = (await alice.call(delegation.createBook, { name: 'Clients' })).id;
  await alice.call(cards.createCard, {
    bookId,
    fields: [{ kind: 'name', value: { given: 'Jeanne', family: 'Lent' } }],
  });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const people = (token: string) => codeOf(app.client(token).call(cards.listPeople, {}));

/** Whether the database itself lets an app of a member in, whatever was asked of its token before. */
async function enters({ me }: Member, name = 'Mailing tool'): Promise<boolean> {
  const [one] = await app.query<{ app_id: string }>(
    'select app_id from identity.app where member_id = $1 and name = $2 order by created_at desc',
    [me.memberId, name],
  );
  const actor = { workspaceId: me.workspace.id, memberId: one!.app_id, app: true as const };
  return app.app.db.asActor(actor, async () => true).catch((error) => error.code !== 'unauthenticated');
}

describe('tokens', () => {
  test('one that is forged opens nothing', async () => {
    const { tokens } = await authorise(app, alice, program, terms());
    const last = tokens.access_token.at(-1) === 'a' ? 'b' : 'a';
    expect(await people(tokens.access_token.slice(0, -1) + last)).toBe('invalid_token');
    expect(await people('enta_')).toBe('invalid_token');
    const refused = await app.client('enta_').fetch('/people');
    expect(refused.headers.get('www-authenticate')).toMatch(/resource_metadata="http\S+\/api\/v1"/);
    expect(await people(tokens.refresh_token)).toBe('invalid_api_key');
    // What the database keeps is no token.
    const [kept] = await app.query<{ token: string }>(`select token from auth."oauthAccessToken" limit 1`);
    expect(await people(`enta_${kept!.token}`)).toBe('invalid_token');
  });

  test('a code that is replayed is refused and takes back what it gave', async () => {
    const pkce = makePkce();
    const code = await consent(alice, program, pkce, terms());
    const first = await redeem(app, program, code, pkce.verifier);
    expect(first.status).toBe(200);
    await app.client(first.body.access_token).call(cards.listPeople, {});
    expect((await redeem(app, program, code, pkce.verifier)).body.error).toBe('invalid_grant');
    expect(await people(first.body.access_token)).toBe('invalid_token');
  });

  test('a refresh token that is replayed ends its whole family', async () => {
    const { tokens } = await authorise(app, alice, program, terms());
    const next = await refresh(app, program, tokens.refresh_token);
    expect(next.status).toBe(200);
    expect((await refresh(app, program, tokens.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(app, program, next.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('one that is revoked opens nothing, and introspection says so to its own program only', async () => {
    const { tokens } = await authorise(app, alice, program, terms());
    const other = await register(alice, { name: 'Other tool' });
    const introspect = async (by: Program) =>
      (await post(app, 'introspect', by, { token: tokens.access_token })).body.active;
    expect([await introspect(program), await introspect(other)]).toEqual([true, false]);
    await post(app, 'revoke', program, { token: tokens.access_token, token_type_hint: 'access_token' });
    expect(await people(tokens.access_token)).toBe('invalid_token');
    expect(await introspect(program)).toBe(false);
  });

  test('one whose program is ended opens nothing at the next request', async () => {
    const other = await register(alice, { name: 'Short-lived tool' });
    const { client } = await authorise(app, alice, other, terms());
    await client.call(cards.listPeople, {});
    await alice.call(contracts.endClient, { clientId: other.clientId });
    const { items } = await alice.call(identity.listAudit, { limit: 2 });
    expect(items.map(({ code, subject }) => [code, subject])).toEqual([
      ['program.ended', 'Short-lived tool'],
      ['program.registered', 'Short-lived tool'],
    ]);
    expect(await enters(alice, 'Short-lived tool')).toBe(false);
    expect(await codeOf(client.call(cards.listPeople, {}))).toBe('invalid_token');
    expect((await ask(alice, question(other, makePkce()))).searchParams.has('refused')).toBe(true);
  });

  test('one is taken back that has had nothing to open for a while, and one whose program was cut off', async () => {
    const own = await register(alice, { name: 'Idle tool' });
    const { client } = await authorise(app, alice, own, terms());
    const grantOf = async () =>
      (await alice.call(delegation.listGrants, {})).items.find(
        ({ grantee }) => grantee.kind === 'app' && grantee.name?.startsWith('Idle'),
      )!;
    const grant = await grantOf();
    const { grantee } = grant;
    const appId = grantee.kind === 'app' ? grantee.appId : '';
    await alice.call(delegation.endGrant, { grantId: grant.id });
    // Ten minutes later.
    const workspaceId = alice.me.workspace.id;
    await app.app.db.asSystem('keeper', (tx) =>
      app.app.enqueue(tx, { workspaceId, task: 'apps.forgetIdle', payload: { appId } }),
    );
    await app.settle();
    await alice.call(delegation.changeGrant, { grantId: grant.id, grantee, acts: ['read'] });
    expect(await codeOf(client.call(cards.listPeople, {}))).toBe('invalid_token');
    const again = await authorise(app, alice, own, terms());
    await again.client.call(cards.listPeople, {});
    await app.query(`update auth."oauthClient" set disabled = true where "clientId" = $1`, [own.clientId]);
    expect(await codeOf(again.client.call(cards.listPeople, {}))).toBe('invalid_token');
  });

  test('one whose member has left opens nothing', async () => {
    const gone = await app.invite(alice, 'Gina Partie');
    const { id } = await gone.call(delegation.createBook, { name: 'Hers' });
    const { client } = await authorise(app, gone, program, { bookIds: [id], acts: ['read'] });
    await client.call(cards.listPeople, {});
    await alice.call(identity.updateMember, { memberId: gone.me.memberId, status: 'suspended' });
    expect(await codeOf(client.call(cards.listPeople, {}))).toBe('invalid_token');
    expect(await enters(gone)).toBe(false);
  });

  test('one in flight when its grant is withdrawn sees nothing of the rest', async () => {
    const own = await register(alice, { name: 'Flying tool' });
    const { client } = await authorise(app, alice, own, terms());
    await app.settle();
    const run = Promise.allSettled(Array.from({ length: 10 }, () => client.call(cards.listPeople, {})));
    const grants = (await alice.call(delegation.listGrants, {})).items;
    const { id } = grants.find(({ grantee }) => grantee.kind === 'app' && grantee.name?.startsWith('Flying'))!;
    await alice.call(delegation.endGrant, { grantId: id });
    await run;
    expect(await codeOf(client.call(cards.listPeople, {}))).toBe('unauthenticated');
  });
});

describe('the authorization server', () => {
  test('leads nowhere but to an address that is registered, to the letter', async () => {
    for (const uri of [
      'https://evil.example/callback',
      'http://127.0.0.1:9/callback/../evil',
      'http://127.0.0.1:9/callback?next=https://evil.example',
      'http://127.0.0.1:9/callback#x',
      'http://127.0.0.1.evil.example:9/callback',
      'http://user@127.0.0.1:9/callback',
      'http://127.0.0.1:9/Callback',
      '//evil.example/callback',
      'javascript:alert(1)',
    ]) {
      const to = await ask(alice, question(program, makePkce(), { redirect_uri: uri }));
      expect([to.hostname, to.pathname, to.searchParams.has('request')], uri).toEqual([
        '127.0.0.1',
        '/authorise',
        false,
      ]);
    }
  });

  test('asks for PKCE with SHA-256', async () => {
    const pkce = makePkce();
    for (const changes of [
      { code_challenge: null, code_challenge_method: null },
      { code_challenge_method: null },
      { code_challenge_method: 'plain', code_challenge: pkce.verifier },
    ])
      expect((await ask(alice, question(program, pkce, changes))).searchParams.get('error')).toBe('invalid_request');
    const code = await consent(alice, program, pkce, terms());
    expect((await redeem(app, program, code, makePkce().verifier)).status).toBe(401);
    const again = await consent(alice, program, pkce, terms());
    expect((await redeem(app, program, again, '')).body.error).toBe('invalid_request');
  });

  test('gives a code to the program only that it was made for', async () => {
    const pkce = makePkce();
    const thief = await register(alice, { name: 'Thief' });
    const code = await consent(alice, program, pkce, terms());
    expect((await redeem(app, thief, code, pkce.verifier)).body.error).toBe('invalid_grant');
  });

  test('says who it is in its answer, so that one server cannot pass for another (RFC 9207)', async () => {
    const request = await askConsent(alice, question(program, makePkce()));
    const { url } = await alice.call(contracts.authorise, { request, ...terms() });
    const metadata = await (await alice.fetch('/../../.well-known/oauth-authorization-server/api/auth')).json();
    expect(new URL(url).searchParams.get('iss')).toBe(metadata.issuer);
    expect(metadata).toMatchObject({ code_challenge_methods_supported: ['S256'], response_types_supported: ['code'] });
    expect(metadata.registration_endpoint).toBeUndefined();
    const resource = await (await alice.fetch('/../../.well-known/oauth-protected-resource/api/v1')).json();
    expect(resource.authorization_servers).toEqual([metadata.issuer]);
  });

  test('knows one resource, and no other (RFC 8707)', async () => {
    const { resource } = await (await alice.fetch('/../../.well-known/oauth-protected-resource/api/v1')).json();
    expect((await ask(alice, question(program, makePkce(), { resource }))).searchParams.has('request')).toBe(true);
    const other = await ask(alice, question(program, makePkce(), { resource: 'https://other.example/api' }));
    expect(other.searchParams.get('error')).toBe('invalid_target');
  });

  test('does not let a program of another company be authorised', async () => {
    const [foreign] = await app.query<{ clientId: string }>(
      `insert into auth."oauthClient" (id, "clientId", name, "redirectUris", "tokenEndpointAuthMethod", "referenceId", scopes, "createdAt", "grantTypes")
       select gen_random_uuid(), 'foreign', 'Foreign', "redirectUris", "tokenEndpointAuthMethod", gen_random_uuid()::text, scopes, now(), "grantTypes"
       from auth."oauthClient" where "clientId" = $1 returning "clientId"`,
      [program.clientId],
    );
    const request = await askConsent(alice, question({ ...program, clientId: foreign!.clientId }, makePkce()));
    expect(await codeOf(alice.call(contracts.getRequest, { request }))).toBe('not_found');
    expect(await codeOf(alice.call(contracts.authorise, { request, ...terms() }))).toBe('not_found');
    expect(await codeOf(alice.call(contracts.endClient, { clientId: foreign!.clientId }))).toBe('not_found');
  });
});

describe('the consent', () => {
  test('cannot be given from another site', async () => {
    const request = await askConsent(alice, question(program, makePkce()));
    const options = { headers: { 'x-entregent-csrf': '', origin: 'https://evil.example' } };
    expect(await codeOf(alice.call(contracts.authorise, { request, ...terms() }, options))).toBe('forbidden');
    expect(
      (
        await alice.fetch('/../auth/oauth2/consent', {
          method: 'POST',
          body: JSON.stringify({ accept: true, oauth_query: request }),
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(404);
  });

  test('cannot be given to a question that was changed, or to none', async () => {
    const request = await askConsent(alice, question(program, makePkce()));
    const before = await alice.call(delegation.listGrants, {});
    for (const changed of [
      request.replace('contacts%3Aread', 'contacts%3Aexport'),
      request.replace('callback', 'other'),
      question(program, makePkce()),
      request.replace(/sig=[^&]+/, 'sig=AAAA'),
    ]) {
      expect(changed).not.toBe(request);
      expect(await codeOf(alice.call(contracts.authorise, { request: changed, ...terms() }))).toBe('link_expired');
    }
    // Nothing was lent on the way.
    expect(await alice.call(delegation.listGrants, {})).toEqual(before);
  });

  test('is about one’s own books', async () => {
    const bob = await app.invite(alice, 'Bob Consent');
    const request = await askConsent(bob, question(program, makePkce()));
    expect(await codeOf(bob.call(contracts.authorise, { request, ...terms() }))).toBe('not_found');
  });

  test('is asked each time, and never in a frame', async () => {
    const page = await alice.fetch('/../../authorise?request=x');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    await authorise(app, alice, program, terms());
    expect(await askConsent(alice, question(program, makePkce()))).not.toBe('');
    const nobody = await ask(app.client(), question(program, makePkce()));
    expect([nobody.pathname, nobody.searchParams.has('ask')]).toEqual(['/authorise', true]);
  });

  test('page aside, the panel of a person stands in frames of the sites that an admin named, and in no other', async () => {
    const policy = async (path: string) =>
      (await alice.fetch(`/../../${path}`)).headers.get('content-security-policy') ?? '';
    expect(await policy('embed/person')).toContain("frame-ancestors 'none'");
    const embedOrigins = ['https://mail.example.org'];
    await alice.call(contracts.changeSettings, { selfRegistration: false, embedOrigins });
    expect(await policy('embed/person')).toContain('frame-ancestors https://mail.example.org');
    expect(await policy('people')).toContain("frame-ancestors 'none'");
    for (const origin of ['*', "'self'", 'https://x.example; script-src *', 'javascript:x'])
      expect(
        await codeOf(alice.call(contracts.changeSettings, { selfRegistration: false, embedOrigins: [origin] })),
      ).toBe('invalid_input');
    await alice.call(contracts.changeSettings, { selfRegistration: false, embedOrigins: [] });
  });

  test('that is refused gives nothing', async () => {
    const request = await askConsent(alice, question(program, makePkce()));
    const { url } = await alice.call(contracts.decline, { request });
    const back = new URL(url);
    expect([back.searchParams.get('error'), back.searchParams.has('code')]).toEqual(['access_denied', false]);
  });
});

describe('a program that registers itself', () => {
  const metadata = (changes: object = {}) => ({
    client_name: '<img src=x onerror=alert(1)>',
    redirect_uris: ['http://127.0.0.1:9/callback'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...changes,
  });
  const registerItself = async (changes: object = {}) => {
    const answer = await app.client().fetch('/../auth/oauth2/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(metadata(changes)),
    });
    return { status: answer.status, body: (await answer.json()) as { client_id: string; client_secret?: string } };
  };

  test('may not, unless an admin allows it; then it cannot give itself more than reading and reporting', async () => {
    expect((await registerItself()).status).toBe(404);
    await alice.call(contracts.changeSettings, { selfRegistration: true, embedOrigins: [] });
    const greedy = await registerItself({ scope: 'contacts:read contacts:export' });
    expect(greedy.status).toBe(400);
    const { status, body } = await registerItself();
    expect(status).toBe(201);
    const itself = { clientId: body.client_id, secret: null, scopes: ['contacts:read'] };
    const wants = await ask(alice, question(itself, makePkce(), { scope: 'contacts:read contacts:export' }));
    expect(wants.searchParams.get('error')).toBe('invalid_scope');
    const request = await askConsent(alice, question(itself, makePkce()));
    // The name stays text: the page shows it as such, and the API as JSON.
    expect(await alice.call(contracts.getRequest, { request })).toMatchObject({
      name: '<img src=x onerror=alert(1)>',
      selfRegistered: true,
      scopes: ['contacts:read'],
    });
    const { client } = await authorise(app, alice, itself, terms());
    await client.call(cards.listPeople, {});
    await alice.call(contracts.changeSettings, { selfRegistration: false, embedOrigins: [] });
    expect((await registerItself()).status).toBe(404);
  });
});
