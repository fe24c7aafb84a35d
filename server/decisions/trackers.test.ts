import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as voices from '../voices/contract.ts';
import * as contracts from './contract.ts';
import * as trackers from './trackers-contract.ts';

// Trackers of others are servers on loopback here: what is asked of them is what their pages of the API say.

let app: TestApp;
let alice: Member;
let bob: Member;
let caseId: string;
let server: Server;
let url: string;
/** What was asked of the trackers, and what they answer next. */
const asked: { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
let answer: { status: number; body: unknown } | 'hang up';

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    asked.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) });
    if (answer === 'hang up') return request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shop = await addChat(alice, [{ kind: 'workspace' }], 'Shop');
  const topicId = (await alice.call(voices.listTopics, {})).items.find(({ name }) => name.en === 'Price')!.id;
  await alice.call(contracts.setThreshold, { topicId, threshold: { ...contracts.usualThreshold, people: 5 } });
  for (let no = 0; no < 5; no++) {
    const text = `Far too expensive, the price is a shame, I am very disappointed. Call me on 06 11 22 33 4${no}, Léa Martin`;
    await bring(app, alice, shop.id, incoming({ from: `p${no}@client.example`, text }));
  }
  await app.settle();
  caseId = (await alice.call(contracts.listCases, {})).items[0]!.id;
});
afterAll(async () => {
  server.close();
  await app.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const signing = `whsec_${randomBytes(32).toString('base64')}`;
const kinds = {
  github: {
    settings: () => ({ url, repository: 'acme/shop' }),
    secret: { token: 'ghp_xyz', signing },
    answers: { number: 12, html_url: 'https://github.example/acme/shop/issues/12' },
    path: '/repos/acme/shop/issues',
    authorised: (headers: IncomingHttpHeaders) => headers.authorization === 'Bearer ghp_xyz',
    said: (body: Record<string, unknown>) => [body.title, body.body],
    event: (closed: boolean) => ({
      headers: { 'x-github-event': 'issues' },
      body: {
        ...{ action: closed ? 'closed' : 'reopened', repository: { full_name: 'Acme/shop' } },
        issue: { number: 12, state: closed ? 'closed' : 'open' },
      },
    }),
    sign: (body: string) => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', signing).update(body).digest('hex')}`,
    }),
  },
  gitlab: {
    settings: () => ({ url, project: 'acme/tools/shop' }),
    secret: { token: 'glpat-xyz', signing },
    answers: { iid: 7, web_url: 'https://gitlab.example/acme/shop/-/issues/7' },
    path: '/api/v4/projects/acme%2Ftools%2Fshop/issues',
    authorised: (headers: IncomingHttpHeaders) => headers['private-token'] === 'glpat-xyz',
    said: (body: Record<string, unknown>) => [body.title, body.description],
    event: (closed: boolean) => ({
      headers: { 'x-gitlab-event': 'Issue Hook' },
      body: {
        ...{ object_kind: 'issue', project: { id: 42, path_with_namespace: 'acme/tools/Shop' } },
        object_attributes: { iid: 7, action: closed ? 'close' : 'reopen' },
      },
    }),
    sign: () => ({ 'x-gitlab-token': signing }),
  },
  jira: {
    settings: () => ({ url, project: 'SHOP', email: 'bot@acme.example' }),
    secret: { token: 'jira-xyz', signing },
    answers: { id: '10001', key: 'SHOP-3' },
    path: '/rest/api/2/issue',
    authorised: (headers: IncomingHttpHeaders) =>
      headers.authorization === `Basic ${Buffer.from('bot@acme.example:jira-xyz').toString('base64')}`,
    said: ({ fields }: Record<string, unknown>) => {
      const { summary, description } = fields as { summary: string; description: string };
      return [summary, description];
    },
    event: (closed: boolean) => ({
      headers: {},
      body: {
        webhookEvent: 'jira:issue_updated',
        issue: { key: 'SHOP-3', fields: { status: { statusCategory: { key: closed ? 'done' : 'indeterminate' } } } },
      },
    }),
    sign: (body: string) => ({
      'x-hub-signature': `sha256=${createHmac('sha256', signing).update(body).digest('hex')}`,
    }),
  },
  webhook: {
    settings: () => ({ url: `${url}/issues` }),
    secret: { signing },
    answers: { externalId: 'own-9', url: 'https://own.example/9' },
    path: '/issues',
    authorised: (headers: IncomingHttpHeaders) => String(headers['webhook-signature']).startsWith('v1,'),
    said: ({ data }: Record<string, unknown>) => {
      const { title, text } = data as { title: string; text: string };
      return [title, text];
    },
    event: (closed: boolean) => ({ headers: {}, body: { externalId: 'own-9', state: closed ? 'closed' : 'open' } }),
    sign: (body: string) => {
      const seconds = String(Math.floor(Date.now() / 1000));
      const key = Buffer.from(signing.slice(6), 'base64');
      const mac = createHmac('sha256', key).update(`msg_1.${seconds}.${body}`).digest('base64');
      return { 'webhook-id': 'msg_1', 'webhook-timestamp': seconds, 'webhook-signature': `v1,${mac}` };
    },
  },
} as const;

const read = () => alice.call(contracts.getCase, { caseId });
const issueOf = async (trackerId: string) => (await read()).issues.findLast(({ tracker }) => tracker.id === trackerId)!;

async function make(trackerId: string, title = 'Price'): Promise<contracts.Issue> {
  await alice.call(trackers.createIssue, { caseId, trackerId, title, text: 'As decided.' });
  await app.settle();
  return issueOf(trackerId);
}

const connect = (kind: keyof typeof kinds) =>
  alice.call(trackers.addTracker, { kind, name: kind, settings: kinds[kind].settings(), secret: kinds[kind].secret });

async function tell(
  hookUrl: string,
  kind: keyof typeof kinds,
  closed: boolean,
  { signed = true, more = {} }: { signed?: boolean; more?: object } = {},
): Promise<number> {
  const { headers, body } = kinds[kind].event(closed);
  const text = JSON.stringify({ ...body, ...more });
  const path = new URL(hookUrl).pathname.replace('/api/v1', '');
  const all = { ...headers, ...(signed ? kinds[kind].sign(text) : {}), 'content-type': 'application/json' };
  return (await app.client().fetch(path, { method: 'POST', headers: all as Record<string, string>, body: text }))
    .status;
}

for (const kind of trackers.trackerKinds)
  test(`an issue is made in ${kind} with the words that were shown; closed there, “done” is proposed to who has it in hand`, async () => {
    const { settings, secret, answers, path, authorised, said } = kinds[kind];
    expect(settings()).toBeTruthy();
    const tracker = await connect(kind);
    expect(JSON.stringify(await bob.call(trackers.listTrackers, {}))).not.toContain(
      'token' in secret ? secret.token : secret.signing,
    );
    const { version } = await read();
    const decision = { outcome: 'will_do' as const, words: 'Cheaper.', ownerId: bob.me.memberId, dueOn: null };
    await alice.call(contracts.decide, { caseId, version, ...decision });
    answer = { status: 201, body: answers };
    const issue = await make(tracker.id, `Price ${kind}`);
    expect(issue).toMatchObject({ state: 'open', answer: null });
    expect(issue.url).toContain('://');
    const { path: where, headers, body } = asked.at(-1)!;
    expect(where).toBe(path);
    expect(authorised(headers)).toBe(true);
    expect(said(body)).toEqual([`Price ${kind}`, 'As decided.']);
    // Whoever signs nothing tells nothing.
    expect(await tell(tracker.hookUrl, kind, true, { signed: false })).toBe(403);
    expect(await read()).toMatchObject({ proposed: null });
    expect(await tell(tracker.hookUrl, kind, true)).toBe(204);
    expect(await tell(tracker.hookUrl, kind, true)).toBe(204);
    expect(await read()).toMatchObject({ proposed: 'done', settled: false });
    expect((await read()).history.filter(({ kind: what }) => what === 'issue_closed')[0]!.title).toBe(`Price ${kind}`);
    expect(await tell(tracker.hookUrl, kind, false)).toBe(204);
    expect(await read()).toMatchObject({ proposed: null });
    await app.settle();
    const heard = (await bob.call(notices.listNotices, {})).items.filter((one) => one.kind === 'case_proposed');
    expect(heard.length).toBeGreaterThan(0);
    // Proposed again, when no issue of it is open any more.
    expect(await tell(tracker.hookUrl, kind, true)).toBe(204);
    expect(await read()).toMatchObject({ proposed: 'done' });
    await alice.call(trackers.endTracker, { trackerId: tracker.id });
    expect(await tell(tracker.hookUrl, kind, true)).toBe(404);
  });

describe('what comes', () => {
  const others = {
    github: { repository: { full_name: 'acme/other' } },
    gitlab: { project: { id: 43, path_with_namespace: 'acme/tools/other' } },
  };
  for (const kind of ['github', 'gitlab'] as const)
    test(`of another repository in ${kind}, whose issue has the same number, closes none of ours`, async () => {
      const tracker = await connect(kind);
      answer = { status: 201, body: kinds[kind].answers };
      await make(tracker.id);
      expect(await tell(tracker.hookUrl, kind, true, { more: others[kind] })).toBe(204);
      expect(await tell(tracker.hookUrl, kind, true, { more: { repository: undefined, project: undefined } })).toBe(
        204,
      );
      expect(await issueOf(tracker.id)).toMatchObject({ state: 'open' });
      expect(await tell(tracker.hookUrl, kind, true)).toBe(204);
      expect(await issueOf(tracker.id)).toMatchObject({ state: 'closed' });
    });

  test('of a project that is connected by its number is heard', async () => {
    const settings = { url, project: '42' };
    const tracker = await alice.call(trackers.addTracker, {
      ...{ kind: 'gitlab', name: 'By number', settings, secret: kinds.gitlab.secret },
    });
    answer = { status: 201, body: kinds.gitlab.answers };
    await make(tracker.id);
    expect(await tell(tracker.hookUrl, 'gitlab', true)).toBe(204);
    expect(await issueOf(tracker.id)).toMatchObject({ state: 'closed' });
  });
});

describe('what leaves', () => {
  test('is nothing of anybody, unless quotes are chosen: then their words without names, addresses and numbers', async () => {
    const plain = await bob.call(trackers.draftIssue, { caseId });
    expect(plain.title).toBe('Price');
    expect(plain.text).toContain('At least 5 people');
    expect(plain.text).not.toMatch(/expensive|Léa|Martin|06 11|client\.example/);
    const { items } = await bob.call(contracts.listQuotes, { caseId });
    const { voiceId } = items[0]!;
    const quoted = await bob.call(trackers.draftIssue, { caseId, voiceIds: [voiceId] });
    expect(quoted.text).toContain('> Far too expensive');
    expect(quoted.text).not.toMatch(/Léa|Martin|06 11/);
    await bob.call(contracts.setConsent, { caseId, voiceId, agreed: true });
    expect((await bob.call(trackers.draftIssue, { caseId, voiceIds: [voiceId] })).text).toContain('> – Léa Martin');
  });

  test('is not made twice: of what nobody knows, a person says whether it is there', async () => {
    const tracker = await connect('github');
    answer = 'hang up';
    const before = asked.length;
    const issue = await make(tracker.id);
    expect(issue.state).toBe('in_doubt');
    await app.settle();
    expect(asked.length).toBe(before + 1);
    answer = { status: 201, body: kinds.github.answers };
    await alice.call(trackers.settleIssue, { caseId, issueId: issue.id, arrived: false });
    await app.settle();
    expect(await issueOf(tracker.id)).toMatchObject({ state: 'open' });
    expect(await codeOf(alice.call(trackers.settleIssue, { caseId, issueId: issue.id, arrived: true }))).toBe(
      'conflict',
    );
  });

  test('by a token that the tracker refuses is not made, and says why', async () => {
    const tracker = await connect('gitlab');
    answer = { status: 401, body: {} };
    expect(await make(tracker.id)).toMatchObject({ state: 'failed', answer: 'refused' });
  });

  test('goes to trackers whose settings are sound, made by admins, for cases that are one’s to decide', async () => {
    const wrong = {
      kind: 'github' as const,
      name: 'x',
      settings: { repository: 'no' },
      secret: { token: 't', signing },
    };
    expect(await codeOf(alice.call(trackers.addTracker, wrong))).toBe('invalid_input');
    expect(await codeOf(bob.call(trackers.addTracker, wrong))).toBe('forbidden');
    const carol = await app.invite(alice, 'Carol Wood');
    const { items } = await alice.call(trackers.listTrackers, {});
    const issue = { caseId, trackerId: items[0]!.id, title: 'x', text: 'x' };
    expect(await codeOf(carol.call(trackers.createIssue, issue))).toBe('forbidden');
    const [row] = await app.query<{ secret: Buffer }>(
      `select secret from decisions.tracker where ended_at is null limit 1`,
    );
    expect(row!.secret.toString()).not.toContain('ghp');
  });
});
