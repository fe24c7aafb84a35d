import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as apps from '../apps/contract.ts';
import * as testing from '../apps/testing.ts';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { type Assistant, connect } from './testing.ts';

// A hostile client, by what it tries; each of these fails when its guard is taken out.

let app: TestApp;
let alice: Member;
let bookId: string;
let personId: string;
let assistant: Assistant;
const terms = () => ({ bookIds: [bookId], acts: ['read' as const] });

/** A request as the protocol's revision of before sends it: nothing but JSON-RPC. */
const ask = (method: string, params: object = {}) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const toolCall = (name: string, given: object = {}) => ask('tools/call', { name, arguments: given });

async function post(token: string | null, body: string, headers: Record<string, string> = {}, method = 'POST') {
  const answer = await app.client(token ?? undefined).fetch('/../../mcp', {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    ...(method === 'POST' && { body }),
  });
  const text = await answer.text();
  // Of a stream the one message that it holds.
  const data = /^data: (.+)$/m.exec(text)?.[1] ?? text;
  return { status: answer.status, headers: answer.headers, body: data.startsWith('{') ? JSON.parse(data) : data };
}

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  await alice.call(apps.changeSettings, { selfRegistration: true, embedOrigins: [] });
  bookId = (await alice.call(delegation.createBook, { name: 'Clients' })).id;
  const fields = [{ kind: 'name' as const, value: { given: 'Jeanne', family: 'Lent' } }];
  personId = (await alice.call(cards.createCard, { bookId, fields })).id;
  assistant = await connect(app, alice, terms());
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

describe('tokens', () => {
  test('without one, nothing is said but where to be authorised', async () => {
    const { status, headers } = await post(null, ask('tools/list'));
    expect(status).toBe(401);
    const said = headers.get('www-authenticate')!;
    expect(said).toContain('scope="contacts:read assistant:read"');
    const { publicUrl } = app.app.config;
    expect(said).toContain(`resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp"`);
    const metadata = await app.client().fetch('/../../.well-known/oauth-protected-resource/mcp');
    expect(await metadata.json()).toMatchObject({
      resource: `${publicUrl}/mcp`,
      authorization_servers: [`${publicUrl}/api/auth`],
      scopes_supported: ['contacts:read', 'assistant:read', 'assistant:write'],
    });
  });

  test('one that was made for the API opens nothing here, and one for here nothing of the API', async () => {
    const program = await testing.register(alice, { name: 'Mailing tool' });
    const { tokens } = await testing.authorise(app, alice, program, terms());
    expect((await post(tokens.access_token, ask('tools/list'))).status).toBe(401);
    expect(await codeOf(app.client(assistant.token()).call(cards.listPeople, {}))).toBe('invalid_token');
  });

  test('a forged one, a key, and a browser that is signed in open nothing', async () => {
    const { key } = await alice.call(apps.createKey, { name: 'Key', scopes: ['contacts:read'], ...terms() });
    const forged = `${assistant.token().slice(0, -2)}xx`;
    for (const token of [forged, key, 'x', 'enta_']) {
      const { status, headers } = await post(token, ask('tools/list'));
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/error="invalid_token", resource_metadata="[^"]+\/mcp"/);
    }
    const answer = await alice.fetch('/../../mcp', { method: 'POST', body: ask('tools/list') });
    expect(answer.status).toBe(401);
  });

  test('one that may only read writes nothing, and is told what it would need', async () => {
    const { status, headers } = await post(assistant.token(), toolCall('log_note', { personId, text: 'x' }));
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(headers.get('www-authenticate')).toContain('assistant:write');
    // Nor among others, nor where the consent page took it away again.
    const both = `[${toolCall('search_people', { query: 'x' })},${toolCall('log_note', { personId, text: 'x' })}]`;
    expect((await post(assistant.token(), both)).status).toBe(403);
    const narrow = await connect(app, alice, { ...terms(), scopes: ['contacts:read'] }, { name: 'Narrow' }).catch(
      (error: Error) => error,
    );
    expect(narrow).not.toBeInstanceOf(Error);
    const denied = await post((narrow as Assistant).token(), toolCall('who_knows', { personId }));
    expect(denied.status).toBe(403);
    // Nor behind a mark that some readers pass over.
    const marked = await post(assistant.token(), `\uFEFF${toolCall('log_note', { personId, text: 'x' })}`);
    expect(marked.status).toBe(403);
  });

  test('ended by its member, or with nothing lent to it any more, it opens nothing at the next request', async () => {
    const ended = await connect(app, alice, terms(), { name: 'Ended' });
    const idle = await connect(app, alice, terms(), { name: 'Idle' });
    const list = (one: Assistant) => post(one.token(), toolCall('search_people', { query: 'Jeanne' }));
    for (const one of [ended, idle]) expect((await list(one)).status).toBe(200);
    const of = async (name: string) => (await alice.call(apps.listApps, {})).items.find((one) => one.name === name)!.id;
    const [endedId, idleId] = [await of('Ended'), await of('Idle')];
    await alice.call(apps.endApp, { appId: endedId });
    expect((await list(ended)).status).toBe(401);
    const grants = (await alice.call(delegation.listGrants, {})).items;
    const [grant] = grants.filter(({ grantee }) => grantee.kind === 'app' && grantee.appId === idleId);
    await alice.call(delegation.endGrant, { grantId: grant!.id });
    const { status, headers } = await list(idle);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/error="invalid_token", resource_metadata="[^"]+\/mcp"/);
  });

  test('whose member has a charter to accept, does nothing before that', async () => {
    const member = await app.invite(alice, 'Max New');
    const own = (await member.call(delegation.createBook, { name: 'Own' })).id;
    const due = await connect(app, member, { bookIds: [own], acts: ['read'] }, { name: 'Due' });
    await app.query('update identity.workspace set charter_version = charter_version + 1');
    expect((await post(due.token(), ask('tools/list'))).status).toBe(403);
    await app.query('update identity.workspace set charter_version = charter_version - 1');
  });

  test('one of another company sees that company only', async () => {
    const elsewhere = await alice.call(identity.createWorkspace, { name: 'Elsewhere' });
    await alice.call(identity.chooseWorkspace, { workspaceId: elsewhere.id });
    const eve = await app.invite(alice, 'Eve Elsewhere', { role: 'admin' });
    await alice.call(identity.chooseWorkspace, { workspaceId: alice.me.workspace.id });
    await eve.call(apps.changeSettings, { selfRegistration: true, embedOrigins: [] });
    const own = (await eve.call(delegation.createBook, { name: 'Own' })).id;
    const theirs = await connect(app, eve, { bookIds: [own], acts: ['read'] }, { name: 'Theirs' });
    expect((await theirs.use(contracts.searchPeople, { query: 'Jeanne' })).people).toEqual([]);
    await expect(theirs.use(contracts.briefPerson, { personId })).rejects.toThrow('This is not here');
  });
});

describe('requests', () => {
  afterAll(() => alice.call(identity.updateMe, { locale: 'en' }));

  test('a page of another site does not come in, whatever it calls this computer', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1'])
      expect((await post(assistant.token(), ask('tools/list'), { origin })).status).toBe(403);
    const { origin } = new URL(app.app.config.publicUrl);
    expect((await post(assistant.token(), ask('tools/list'), { origin })).status).toBe(200);
  });

  test('what is no JSON-RPC is answered as such, and a body too large not read', async () => {
    const token = assistant.token();
    for (const body of ['{', '', '"x"', 'null', '[]', '{"jsonrpc":"1.0","id":1,"method":"tools/list"}', '{"id":{}}']) {
      const { status, body: answer } = await post(token, body);
      expect(status, body).toBe(400);
      expect(answer.error.code, body).toBeLessThan(0);
    }
    expect((await post(token, `"${'x'.repeat(300_000)}"`)).status).toBe(413);
    expect((await post(token, ask('resources/list'))).body.error.code).toBe(-32601);
    expect((await post(token, ask('__proto__'))).body.error.code).toBe(-32601);
    for (const method of ['GET', 'DELETE']) expect((await post(token, '', {}, method)).status).toBe(405);
  });

  test('a tool that is not there, or asked in a wrong way, is an error in its member’s language', async () => {
    for (const name of ['drop_table', '__proto__', 'constructor', 'toString']) {
      const { body } = await post(assistant.token(), toolCall(name));
      expect(body.result).toMatchObject({ isError: true });
    }
    await alice.call(identity.updateMe, { locale: 'fr' });
    const { body } = await post(assistant.token(), toolCall('brief_person', { personId: "' or 1=1" }));
    expect(body.result).toMatchObject({ isError: true });
    expect(body.result.content[0].text).toContain('personId: Un identifiant');
    await alice.call(identity.updateMe, { locale: 'en' });
  });

  test('no stream is kept open', async () => {
    const answer = await assistant.client
      .transport!.send({ jsonrpc: '2.0', id: 'listen', method: 'subscriptions/listen', params: {} })
      .then(() => 'answered')
      .catch(() => 'refused');
    expect(['answered', 'refused']).toContain(answer);
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const { body } = await post(
      assistant.token(),
      ask('subscriptions/listen', { _meta: meta, notifications: { toolsListChanged: true } }),
      {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
    );
    expect(body.error.code).toBeLessThan(0);
  });

  test('whoever tries one token after the other from an address is stopped; who has one goes on from there', async () => {
    const from = { 'x-forwarded-for': '203.0.113.77' };
    const seen = new Set<number>();
    for (let calls = 0; calls < 610; calls++) seen.add((await post(`guess-${calls}`, ask('ping'), from)).status);
    expect([...seen].sort()).toEqual([401, 429]);
    expect((await post(assistant.token(), ask('ping'), from)).status).toBe(200);
  });

  test('one token has so many calls a minute, from wherever', async () => {
    const busy = await connect(app, alice, terms(), { name: 'Busy' });
    const seen = new Set<number>();
    for (let calls = 0; calls < 125; calls++) seen.add((await post(busy.token(), ask('ping'))).status);
    expect([...seen].sort()).toEqual([200, 429]);
    expect((await post(assistant.token(), ask('ping'))).status).toBe(200);
  });
});

test('what fails half-way is not done, and its fingerprint still stands: it is done once', async () => {
  const writer = await connect(app, alice, terms(), { name: 'Writer' });
  const given = { personId, text: 'Once' };
  const { fingerprint } = await writer.use(contracts.logNote, given);
  const again = { ...given, fingerprint: fingerprint! };
  await app.query('alter table cards.note add constraint broken_ck check (false) not valid');
  await expect(writer.use(contracts.logNote, again)).rejects.toThrow();
  expect(app.errors.splice(0)).toHaveLength(1);
  await app.query('alter table cards.note drop constraint broken_ck');
  expect(await writer.use(contracts.logNote, again)).toMatchObject({ done: true });
  await expect(writer.use(contracts.logNote, again)).rejects.toThrow('not, or no longer');
  expect(await app.query(`select from cards.note where text = 'Once'`)).toHaveLength(1);
});
