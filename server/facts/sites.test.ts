import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { forget } from './jobs.ts';
import * as sources from './sources-contract.ts';
import {
  addSite,
  anEvent,
  anOrder,
  daysAgo,
  historyOf,
  newVisitor,
  openProgram,
  type Site,
  sayFrom,
  signToken,
  tell,
} from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let site: Site;
let lea: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Colleague');
  site = await addSite(alice);
  lea = await addContact(alice, { name: 'Lea Moreau', email: 'lea@client.example' });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const say = async (said: object, headers: Record<string, string> = {}) =>
  (await sayFrom(app, site, said, headers)).status;
const count = (table: string, where = 'true') =>
  app.query<{ n: number }>(`select count(*)::int as n from facts.${table} where ${where}`).then(([row]) => row!.n);
const visitsOf = async (personId: string) => (await historyOf(alice, personId)).length;

test('the script is small, stands on pages of other sites, and says nothing of itself to a page that it does not know', async () => {
  const { port } = app.server.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/t/${site.key}.js`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toContain('text/javascript');
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(Buffer.byteLength(text)).toBeLessThan(5000);
  expect(answer.headers.get('set-cookie')).toBe(null);
  expect((await fetch(`http://127.0.0.1:${port}/t/nothing.js`)).status).toBe(404);
});

test('what a browser tells is kept of nobody that is known, told twice once; the site may read that it worked, and gets no cookie', async () => {
  const visitor = newVisitor();
  const event = anEvent();
  const answer = await sayFrom(app, site, { visitor, events: [event] });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe(site.origin);
  expect(answer.headers.get('access-control-allow-credentials')).toBe(null);
  expect(answer.headers.get('set-cookie')).toBe(null);
  expect(await say({ visitor, events: [event, anEvent()] })).toBe(204);
  expect(await count('fact')).toBe(2);
  expect(await count('visitor')).toBe(1);
});

test('pages of other sites, programs that visit, and nonsense leave nothing', async () => {
  const visitor = newVisitor();
  const said = { visitor, events: [anEvent()] };
  const before = await count('fact');
  expect(await say(said, { origin: 'https://elsewhere.example' })).toBe(403);
  expect(await say(said, { origin: 'https://shop.example.evil.example' })).toBe(403);
  const bot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  expect(await say(said, { 'user-agent': bot })).toBe(204);
  expect(await say({ visitor: 'short', events: [] })).toBe(400);
  expect(await say({ visitor, events: Array.from({ length: 51 }, () => anEvent()) })).toBe(400);
  expect(await say({ visitor, events: [anEvent({ ago: -5 })] })).toBe(400);
  expect(await say({ visitor, events: [anEvent({ props: { page: 'x'.repeat(70_000) } })] })).toBe(413);
  expect((await sayFrom(app, { ...site, key: site.key.replace(/^./, 'B') }, said)).status).toBe(404);
  expect(await count('fact')).toBe(before);
});

test('a browser tells what tracking tells, and makes up no orders', async () => {
  const visitor = newVisitor();
  const order = anEvent({ kind: 'order', props: { number: '1' } });
  expect(
    await say({
      visitor,
      events: [order, anEvent({ kind: 'download', props: { file: 'a.pdf' } }), anEvent({ props: { secret: 'x' } })],
    }),
  ).toBe(204);
  const kinds = await app.query<{ kind_no: number }>(
    'select kind_no from facts.fact order by received_at desc limit 1',
  );
  expect(kinds).toEqual([{ kind_no: 9 }]);
  expect(await count('fact', 'kind_no = 2')).toBe(0);
  const { refused } = await alice.call(sources.getHealth, {});
  expect(refused.map(({ source, code, field }) => [source, code, field]).sort()).toEqual([
    ['Shop', 'unknown_field', 'props.secret'],
    ['Shop', 'unknown_kind', 'kind'],
  ]);
});

test('who a visitor is, the company’s server signs; an address that somebody types joins nothing', async () => {
  const [visitor, other] = [newVisitor(), newVisitor()];
  const email = 'lea@client.example';
  expect(await say({ visitor, events: [anEvent(), anEvent()] })).toBe(204);
  expect(await say({ visitor, identify: { email } })).toBe(204);
  const now = Math.floor(Date.now() / 1000);
  for (const forged of [
    signToken('another secret', { email }),
    signToken(site.secret, { email }, 'none'),
    `${signToken(site.secret, { email }).split('.').slice(0, 2).join('.')}.`,
    signToken(site.secret, { email, exp: now - 1 }),
    signToken(site.secret, { email, exp: now + 10 * 86_400 }),
    signToken(site.secret, { email, exp: undefined }),
    signToken(site.secret, {}),
  ])
    expect(await say({ visitor, identify: forged })).toBe(204);
  expect(await visitsOf(lea)).toBe(0);
  expect(await count('visitor', 'claimed_id is not null')).toBe(1);
  expect(await say({ visitor, identify: signToken(site.secret, { email }) })).toBe(204);
  expect(await visitsOf(lea)).toBe(2);
  expect(await say({ visitor, events: [anEvent()] })).toBe(204);
  expect(await visitsOf(lea)).toBe(3);
  expect(await say({ visitor: other, events: [anEvent()] })).toBe(204);
  expect(await visitsOf(lea)).toBe(3);
});

test('who does not agree any more is forgotten by the browser, and nothing of it is taken again', async () => {
  const visitor = newVisitor();
  const shop = await openProgram(app, alice);
  const noe = await addContact(alice, { name: 'Noe Gone', email: 'noe@client.example' });
  await say({ visitor, events: [anEvent()], identify: signToken(site.secret, { email: 'noe@client.example' }) });
  await tell(shop, anOrder({ email: 'noe@client.example' }), anOrder({ visitor, at: daysAgo(2) }));
  expect(await visitsOf(noe)).toBe(3);
  expect(await say({ visitor, withdrawn: true })).toBe(204);
  // What they bought is kept by contract, what they looked at is not.
  expect((await historyOf(alice, noe)).map(({ kind }) => kind.key)).toEqual(['order', 'order']);
  const late = { externalId: 'late', kind: 'visit', visitor, at: daysAgo(1), props: { page: '/' } };
  expect(await tell(shop, late, { ...late, externalId: 'late 2', consent: true })).toEqual([
    'no_consent',
    'no_consent',
  ]);
  expect(await say({ visitor, identify: signToken(site.secret, { email: 'noe@client.example' }) })).toBe(204);
  await say({ visitor, withdrawn: true });
  expect(await count('alias', "via = 'signed'")).toBe(1);
});

test('who objected is not joined to what their browser did', async () => {
  const visitor = newVisitor();
  const zoe = await addContact(alice, { name: 'Zoe Objects', email: 'zoe@client.example' });
  await app.query(
    "update cards.contact_point set consent = 'objected', consent_since = now() where contact_point_id in (select contact_point_id from cards.card_field where card_id = $1)",
    [zoe],
  );
  await say({ visitor, events: [anEvent()], identify: signToken(site.secret, { email: 'zoe@client.example' }) });
  expect(await visitsOf(zoe)).toBe(0);
});

test('the night deletes what is older than its kind is kept, browsers that did not come again, and what tracking told of who objects', async () => {
  const shop = await openProgram(app, alice);
  const ida = await addContact(alice, { name: 'Ida Old', email: 'ida@client.example' });
  await tell(
    shop,
    anOrder({ email: 'ida@client.example', at: daysAgo(40) }),
    anOrder({ email: 'ida@client.example', at: daysAgo(20) }),
  );
  const open = { externalId: 'o', kind: 'open', email: 'ida@client.example', at: daysAgo(5), consent: true };
  await tell(shop, open);
  const gone = newVisitor();
  await say({ visitor: gone, events: [anEvent()] });
  await app.query(
    "update facts.visitor set seen_on = current_date - interval '14 months' where visitor_id = (select subject_id from facts.fact order by received_at desc limit 1)",
  );
  const visits = await count('fact', 'kind_no = 1');
  await forget(app.app);
  expect(await count('fact', 'kind_no = 1')).toBe(visits - 1);
  expect(await visitsOf(ida)).toBe(3);
  const { items } = await alice.call(contracts.listKinds, {});
  await alice.call(contracts.updateKind, { kindId: items.find(({ key }) => key === 'order')!.id, keepMonths: 1 });
  await app.query(
    "update cards.contact_point set consent = 'objected', consent_since = '2020-01-01' where contact_point_id in (select contact_point_id from cards.card_field where card_id = $1)",
    [ida],
  );
  await forget(app.app);
  expect((await historyOf(alice, ida)).map(({ kind }) => kind.key)).toEqual(['order']);
  const { kinds } = await alice.call(sources.getHealth, {});
  expect(kinds.find(({ kindId }) => kindId === items.find(({ key }) => key === 'order')!.id)!.kept).toBe(
    await count('fact', 'kind_no = 2'),
  );
});

test('browsers of nobody known are counted, and shown to nobody', async () => {
  const { anonymous, known } = await alice.call(sources.getHealth, {});
  expect([anonymous > 0, known]).toEqual([true, 1]);
  expect(await codeOf(bob.call(sources.getHealth, {}))).toBe('forbidden');
});

const hookOf = async (mapping: sources.Mapping | null) => {
  const { source, secret } = await alice.call(sources.addSource, { kind: 'hook', name: 'Till', settings: { mapping } });
  return { path: new URL(source.url!).pathname, secret, source };
};
async function bring(
  { path, secret }: { path: string; secret: string },
  said: unknown,
  change: { at?: number; secret?: string } = {},
) {
  const { port } = app.server.server.address() as AddressInfo;
  const body = JSON.stringify(said);
  const seconds = String(change.at ?? Math.floor(Date.now() / 1000));
  const key = Buffer.from((change.secret ?? secret).slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`msg_1.${seconds}.${body}`).digest('base64');
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as { items?: contracts.Answered[] } };
}

test('a program brings facts that it signs; what is not signed, or was a while ago, is refused', async () => {
  const hook = await hookOf(null);
  const order = anOrder({ email: 'lea@client.example' });
  const brought = await bring(hook, { facts: [order, { ...order, kind: 'nothing', externalId: 'x' }] });
  expect([brought.status, brought.body.items!.map(({ code, state }) => code ?? state)]).toEqual([
    200,
    ['kept', 'unknown_kind'],
  ]);
  expect((await bring(hook, { facts: [order] })).body.items![0]!.state).toBe('unchanged');
  expect(
    (await bring(hook, { facts: [order] }, { secret: `whsec_${Buffer.alloc(32).toString('base64')}` })).status,
  ).toBe(403);
  expect((await bring(hook, { facts: [order] }, { at: Math.floor(Date.now() / 1000) - 3600 })).status).toBe(403);
  expect((await bring(hook, { nothing: 1 })).status).toBe(400);
  const { secret } = await alice.call(sources.renewSecret, { sourceId: hook.source.id });
  expect((await bring(hook, { facts: [order] })).status).toBe(403);
  expect((await bring({ ...hook, secret }, { facts: [order] })).status).toBe(200);
  await alice.call(sources.updateSource, { sourceId: hook.source.id, ended: true });
  expect((await bring({ ...hook, secret }, { facts: [order] })).status).toBe(404);
});

const mapping: sources.Mapping = {
  ...{
    items: 'data.orders',
    externalId: 'id',
    at: 'created',
    kind: { fixed: 'order', path: '' },
    email: 'buyer.email',
    phone: '',
  },
  ...{
    customerSystem: 'shop',
    customerId: 'buyer.no',
    amount: 'total',
    currency: { fixed: 'EUR', path: 'currency' },
    props: { number: 'id', items: 'lines' },
  },
};

test('JSON of another make is read by saying where what stands; one may try that first', async () => {
  const order = {
    id: 12,
    created: Math.floor(Date.now() / 1000) - 60,
    buyer: { email: 'lea@client.example', no: 7 },
    total: 12.5,
    lines: 2,
  };
  const example = {
    data: {
      orders: [
        order,
        { ...order, id: 13, buyer: { no: 7 }, currency: 'CHF' },
        { ...order, id: 14, created: 'yesterday' },
      ],
    },
  };
  const tried = await alice.call(sources.tryMapping, { mapping, example: JSON.stringify(example) });
  expect(tried.facts).toHaveLength(3);
  expect(tried.problems.map(({ no, code }) => [no, code])).toEqual([
    [0, 'wrong_type'],
    [1, 'wrong_type'],
    [2, 'bad_time'],
  ]);
  const hook = await hookOf({ ...mapping, props: { items: 'lines' } });
  const { body } = await bring(hook, example);
  expect(body.items!.map(({ code, state }) => code ?? state)).toEqual(['kept', 'kept', 'bad_time']);
  expect((await historyOf(alice, lea)).map(({ amount, source }) => [source.kind, amount?.value])).toContainEqual([
    'hook',
    '12.5',
  ]);
  expect(await codeOf(alice.call(sources.tryMapping, { mapping, example: '{' }))).toBe('invalid_input');
  const inherited = await alice.call(sources.tryMapping, {
    mapping: { ...mapping, externalId: 'constructor.name', props: {} },
    example: '{"data":{"orders":[{}]}}',
  });
  expect(inherited.facts[0]).not.toHaveProperty('externalId', 'Object');
});
