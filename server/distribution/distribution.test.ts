import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as facts from '../facts/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as opportunities from '../opportunities/contract.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './contract.ts';
import { startDelivering } from './delivering.ts';
import { lookAfterEndpoints } from './jobs.ts';
import { objects, openReceiver, type Receiver } from './testing.ts';

let app: TestApp;
/** An admin, who is in the team. */
let alice: Member;
/** The holder of a book that the team may take along. */
let bob: Member;
let dora: Member;
let teamId: string;
let bookId: string;
let grantId: string;
let receiver: Receiver;

const anOrder = (email: string, number: string) => ({
  ...{ externalId: number, kind: 'order', at: new Date(Date.now() - 60_000).toISOString(), email },
  ...{ amount: { value: 49.9, currency: 'EUR' }, props: { number } },
});

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  dora = await app.invite(alice, 'Dora Outside');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [alice.me.memberId] }));
  ({ id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' }));
  await lend();
});
afterAll(() => app.close());
afterEach(() => {
  receiver?.close();
  expect(app.errors.splice(0)).toEqual([]);
});

async function lend(): Promise<void> {
  const grantee = { kind: 'team' as const, teamId };
  ({ id: grantId } = await bob.call(delegation.createGrant, { bookId, grantee, acts: ['export'] }));
}

let people = 0;
async function add(inBook = bookId): Promise<{ id: string; email: string }> {
  const email = `person${++people}@xanthe.example`;
  const { id } = await bob.call(cards.createCard, {
    bookId: inBook,
    fields: [
      { kind: 'name', value: { given: `Person${people}`, family: 'Xanthe' } },
      { kind: 'email', value: { value: email } },
      { kind: 'phone', value: { raw: '+33 1 23 45 67 89', type: 'landline', place: 'work' } },
    ],
  });
  await app.settle();
  return { id, email };
}

/** The name is the first value of each card, the number the third. */
const named = (given: string) => ({ no: 0, field: { kind: 'name' as const, value: { given, family: 'Xanthe' } } });
const rename = (cardId: string, given: string) => bob.call(cards.updateCard, { cardId, set: [named(given)] });

async function make(
  events: { event: contracts.ChosenEvent; only?: string[] }[],
  said: Partial<{ granteeKind: 'member' | 'team'; granteeId: string; url: string }> = {},
) {
  receiver?.close();
  receiver = await openReceiver();
  const made = await alice.call(contracts.createEndpoint, {
    ...{ name: 'Tool', url: receiver.url, events, granteeKind: 'team', granteeId: teamId },
    ...said,
  });
  return { ...made, endpointId: made.endpoint.id };
}

const logOf = async (endpointId: string) => (await alice.call(contracts.listDeliveries, { endpointId })).items;
const remove = (endpointId: string) => alice.call(contracts.removeEndpoint, { endpointId });
/** All that is on its way has left, or is to be tried again. */
async function quiet(): Promise<void> {
  await app.settle();
  for (let waited = 0; waited < 20_000; waited += 50) {
    const [row] = await app.query<{ open: number }>(
      `select count(*)::int as open from distribution.delivery d join distribution.endpoint e using (workspace_id, endpoint_id)
       where d.state = 'waiting' and d.attempts = 0 and e.state = 'active'`,
    );
    if (row!.open === 0) break;
    await sleep(50);
  }
  await sleep(150);
}
const until = (what: () => unknown, wanted: unknown) => expect.poll(what, { timeout: 20_000 }).toEqual(wanted);

test('a message is signed as Standard Webhooks says, and the official library takes it', async () => {
  const { endpointId, secret } = await make([{ event: 'person.changed' }]);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(() => receiver.got.length, 1);
  const [{ headers, body }] = receiver.got as [(typeof receiver.got)[0]];
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
    ...{ type: 'test.ping', timestamp: expect.any(String), data: {} },
  });
  expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
  await until(async () => (await logOf(endpointId))[0]?.state, 'sent');
  expect((await logOf(endpointId))[0]).toMatchObject({ event: 'test.ping', attempts: 1, status: 204, trouble: null });
  // Nowhere in the clear: neither in the table nor in an answer but the one.
  const [row] = await app.query<{ secret: Buffer }>('select secret from distribution.endpoint where endpoint_id = $1', [
    endpointId,
  ]);
  expect(row!.secret.toString('latin1')).not.toContain(secret.slice(6));
  expect(JSON.stringify(await alice.call(contracts.listEndpoints, {}))).not.toContain(secret.slice(6));
  await remove(endpointId);
});

test('while a secret is replaced both sign, for a day', async () => {
  const { endpointId, secret } = await make([{ event: 'person.changed' }]);
  const next = await alice.call(contracts.rotateSecret, { endpointId });
  expect(next.secret).not.toBe(secret);
  expect(next.endpoint.formerUntil).not.toBeNull();
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(() => receiver.got.length, 1);
  const [{ headers, body }] = receiver.got as [(typeof receiver.got)[0]];
  for (const one of [secret, next.secret]) new Webhook(one).verify(body, headers as Record<string, string>);
  await app.query(`update distribution.endpoint set former_until = now() where endpoint_id = $1`, [endpointId]);
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(() => receiver.got.length, 2);
  const last = receiver.got[1]!;
  new Webhook(next.secret).verify(last.body, last.headers as Record<string, string>);
  expect(() => new Webhook(secret).verify(last.body, last.headers as Record<string, string>)).toThrow();
  await remove(endpointId);
});

test('a change of a contact is told by ids alone, and its holder hears that it was', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(id, 'Other');
  await until(() => receiver.said().length, 1);
  const [type, data] = receiver.said()[0]!;
  expect(type).toBe('person.changed');
  expect(data).toEqual({ personId: id, fields: expect.arrayContaining(['name']) });
  expect(receiver.got[0]!.body).not.toMatch(/Xanthe|xanthe|Other/);
  await quiet();
  const told = (await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'sent_out');
  expect(told).toMatchObject([{ count: 1, user: { name: 'Alice Martin' }, book: { name: 'Clients' } }]);
  const uses = await app.query<{ grant_id: string | null }>(
    `select grant_id from delegation.use where kind = 'sent_out' and card_id = $1`,
    [id],
  );
  expect(uses).toEqual([{ grant_id: expect.any(String) }]);
  await remove(endpointId);
});

test('what the grants do not open is not told: neither what may be read only, nor details left out, nor who is in no book of theirs', async () => {
  const { id: privateBook } = await bob.call(delegation.createBook, { name: 'Private' });
  const { id: readBook } = await bob.call(delegation.createBook, { name: 'To read' });
  await bob.call(delegation.createGrant, { bookId: readBook, grantee: { kind: 'workspace' }, acts: ['read'] });
  const { id: shortBook } = await bob.call(delegation.createBook, { name: 'Without numbers' });
  await bob.call(delegation.createGrant, {
    ...{ bookId: shortBook, grantee: { kind: 'team', teamId }, acts: ['export'], except: ['numbers'] },
  });
  const [hidden, read, short] = [await add(privateBook), await add(readBook), await add(shortBook)];
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(hidden.id, 'Hidden');
  await rename(read.id, 'Read');
  // Of her, only a number changes.
  await bob.call(cards.updateCard, {
    cardId: short.id,
    set: [{ no: 2, field: { kind: 'phone', value: { raw: '+33 1 98 76 54 32', type: 'landline', place: 'work' } } }],
  });
  await quiet();
  expect(receiver.said()).toEqual([]);
  expect(await logOf(endpointId)).toEqual([]);
  expect(
    (await alice.call(contracts.listEndpoints, {})).items.find(({ id }) => id === endpointId)!.counts.waiting,
  ).toBe(0);
  await remove(endpointId);
});

test('withdrawn between the cause and the delivery, nothing leaves', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await alice.call(contracts.changeEndpoint, { endpointId, paused: true });
  await rename(id, 'Paused');
  await app.settle();
  await until(async () => (await alice.call(contracts.listEndpoints, {})).items[0]!.counts.waiting, 1);
  await bob.call(delegation.endGrant, { grantId });
  await alice.call(contracts.changeEndpoint, { endpointId, paused: false });
  await quiet();
  expect(receiver.said()).toEqual([]);
  expect(await logOf(endpointId)).toEqual([]);
  await lend();
  await remove(endpointId);
});

test('of whom it was told, it hears that they are withdrawn, once', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(id, 'Known');
  await until(() => receiver.said().length, 1);
  await bob.call(delegation.endGrant, { grantId });
  await until(() => receiver.said().slice(1), [['person.withdrawn', { personId: id }]]);
  await lookAfterEndpoints(app.app);
  await quiet();
  expect(receiver.said()).toHaveLength(2);
  await lend();
  // Told of again, and kept back: no grant changes.
  await rename(id, 'Again');
  await until(() => receiver.said().length, 3);
  await bob.call(cards.updateCard, { cardId: id, withheld: true });
  await app.settle();
  await lookAfterEndpoints(app.app);
  await until(() => receiver.said().at(-1), ['person.withdrawn', { personId: id }]);
  await remove(endpointId);
});

test('facts, consent, segments and opportunities are told, each narrowed as was said', async () => {
  const { id, email } = await add();
  const other = await add();
  const stages = (await alice.call(opportunities.listStages, {})).items;
  // The kind of fact is there from the first on.
  await alice.call(facts.recordFacts, { facts: [anOrder('nobody@xanthe.example', 'W-0')] });
  const filter = { kind: 'filter' as const, description: 'Who bought', filter: 'count(order) >= 1' };
  const segment = await alice.call(segments.addSegment, {
    ...{ name: 'Buyers', ...filter, audience: { kind: 'team', id: teamId } },
  });
  await app.settle();
  const { endpointId } = await make([
    { event: 'fact.recorded', only: ['order'] },
    { event: 'segment.entered', only: [segment.id] },
    { event: 'segment.left', only: ['01900000-0000-7000-8000-000000000001'] },
    { event: 'opportunity.moved', only: [stages[1]!.id] },
    { event: 'consent.changed', only: [bookId] },
  ]);
  await alice.call(facts.recordFacts, { facts: [anOrder(email, 'W-1')] });
  const opportunity = await alice.call(opportunities.createOpportunity, {
    ...{ name: 'Deal', organizationName: 'Xanthe', visibility: { kind: 'team', teamId } },
  });
  const { version } = opportunity;
  const moved = { opportunityId: opportunity.id, version, stageId: stages[1]!.id };
  await alice.call(opportunities.moveOpportunity, moved);
  await objects(app, alice.me.workspace.id, other.id);
  const kinds = ['consent.changed', 'fact.recorded', 'opportunity.moved', 'segment.entered'];
  await until(
    () =>
      receiver
        .said()
        .map(([type]) => type)
        .sort(),
    kinds,
  );
  const said = Object.fromEntries(receiver.said());
  expect(said['fact.recorded']).toMatchObject({ kind: 'order', personIds: [id] });
  expect(said['segment.entered']).toEqual({ segmentId: segment.id, personId: id });
  expect(said['opportunity.moved']).toEqual({
    ...{ opportunityId: opportunity.id, change: 'moved', fromStageId: stages[0]!.id, toStageId: stages[1]!.id },
  });
  expect(said['consent.changed']).toMatchObject({ channel: 'email', personIds: [other.id], consent: 'objected' });
  // Another kind is closed to whom it is for: nothing of it is told.
  const kindId = (await alice.call(facts.listKinds, {})).items.find(({ key }) => key === 'order')!.id;
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'member', id: dora.me.memberId }] });
  await alice.call(facts.recordFacts, { facts: [anOrder(email, 'W-2')] });
  await quiet();
  expect(receiver.said()).toHaveLength(4);
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'workspace' }] });
  await remove(endpointId);
});

test('what does not arrive is tried again under the same id, and sent again by hand', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  receiver.answer((answer) => void answer.writeHead(500).end('secret of theirs'));
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(async () => (await logOf(endpointId))[0]?.status, 500);
  const [failed] = await logOf(endpointId);
  expect(failed).toMatchObject({ state: 'waiting', attempts: 1, nextAt: expect.any(String) });
  // Three days later.
  await app.query(
    `update distribution.delivery set since = now() - interval '3 days', due_at = now() where endpoint_id = $1`,
    [endpointId],
  );
  await until(async () => (await logOf(endpointId))[0]?.state, 'dead');
  await app.settle();
  const told = (await alice.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'webhook_failed');
  expect(told).toMatchObject([{ path: '/settings/webhooks' }]);
  receiver.answer((answer) => void answer.writeHead(200).end());
  const failedSince = new Date(Date.now() - 60_000).toISOString();
  expect(await alice.call(contracts.replay, { endpointId, failedSince })).toEqual({ count: 1 });
  await until(async () => (await logOf(endpointId))[0]?.state, 'sent');
  expect(await alice.call(contracts.replay, { endpointId, failedSince })).toEqual({ count: 0 });
  expect(await alice.call(contracts.replay, { endpointId, deliveryId: failed!.id })).toEqual({ count: 1 });
  await until(() => receiver.got.length, 4);
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([`msg_${failed!.id}`]));
  const kept = JSON.stringify(
    await app.query('select * from distribution.delivery where endpoint_id = $1', [endpointId]),
  );
  expect(kept).not.toContain('secret of theirs');
  await remove(endpointId);
});

test('a crash between the delivery and its note repeats it under the same id, and doubles nothing here', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(id, 'Crashed');
  await until(async () => (await logOf(endpointId))[0]?.state, 'sent');
  // As a process leaves it that was killed after the answer came: claimed, its time over, and nothing noted.
  await app.query(
    `update distribution.delivery set state = 'waiting', last_at = null, status = null, due_at = now() where endpoint_id = $1`,
    [endpointId],
  );
  await until(() => receiver.got.length, 2);
  await until(async () => (await logOf(endpointId)).map(({ state, attempts }) => [state, attempts]), [['sent', 2]]);
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const uses = await app.query(`select from delegation.use where kind = 'sent_out' and card_id = $1`, [id]);
  expect(uses).toHaveLength(1);
  await remove(endpointId);
});

test('sent again by hand, its holder hears of it again, and who gets it hears when they are withdrawn', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(id, 'Repeated');
  await until(async () => (await logOf(endpointId))[0]?.state, 'sent');
  const uses = () => app.query(`select from delegation.use where kind = 'sent_out' and card_id = $1`, [id]);
  const known = () => app.query('select from distribution.known where endpoint_id = $1', [endpointId]);
  expect(await uses()).toHaveLength(1);
  await app.query('delete from distribution.known where endpoint_id = $1', [endpointId]);
  await alice.call(contracts.replay, { endpointId, deliveryId: (await logOf(endpointId))[0]!.id });
  await until(() => receiver.got.length, 2);
  expect(await uses()).toHaveLength(2);
  expect(await known()).toHaveLength(1);
  // By itself, after a crash: known again, and no use more.
  await app.query('delete from distribution.known where endpoint_id = $1', [endpointId]);
  await until(async () => (await logOf(endpointId))[0]?.state, 'sent');
  await app.query(`update distribution.delivery set state = 'waiting', due_at = now() where endpoint_id = $1`, [
    endpointId,
  ]);
  await until(() => receiver.got.length, 3);
  expect(await uses()).toHaveLength(2);
  expect(await known()).toHaveLength(1);
  await remove(endpointId);
});

test('what happened is spread once, though the process ends before it is forgotten', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await app.query(
    `create function public.cut() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
  );
  await app.query(
    'create trigger cut before insert on distribution.delivery for each row execute function public.cut()',
  );
  await rename(id, 'Spread');
  await until(() => app.errors.length > 0, true);
  expect(await app.query('select from kernel.told')).not.toEqual([]);
  await app.query('drop trigger cut on distribution.delivery');
  await until(() => receiver.said().length, 1);
  app.errors.splice(0);
  await quiet();
  expect(receiver.said()).toHaveLength(1);
  await app.query('drop function public.cut()');
  await remove(endpointId);
});

test('a receiver that hangs holds up nobody else', async () => {
  const slow = await make([{ event: 'person.changed' }]);
  const hanging = receiver;
  hanging.answer(() => {});
  for (let n = 0; n < 12; n++) await alice.call(contracts.testEndpoint, { endpointId: slow.endpointId });
  await until(() => hanging.got.length, 4);
  receiver = await openReceiver();
  const quick = await alice.call(contracts.createEndpoint, {
    ...{
      name: 'Quick',
      url: receiver.url,
      events: [{ event: 'person.changed' }],
      granteeKind: 'team',
      granteeId: teamId,
    },
  });
  await alice.call(contracts.testEndpoint, { endpointId: quick.endpoint.id });
  await until(() => receiver.got.length, 1);
  // No more than four at once.
  expect(hanging.got).toHaveLength(4);
  hanging.close();
  await remove(slow.endpointId);
  await remove(quick.endpoint.id);
  await quiet();
});

/** So much that happened to somebody who is open to nobody else, before anything else. */
const addHidden = (endpointId: string, count: number) =>
  app.query(
    `insert into distribution.delivery (workspace_id, delivery_id, endpoint_id, grantee_id, event, subject_id, happened_at, due_at)
     select workspace_id, gen_random_uuid(), endpoint_id, grantee_id, 'person.changed', gen_random_uuid(), now(), now() - interval '1 hour'
     from distribution.endpoint, generate_series(1, $2) where endpoint_id = $1`,
    [endpointId, count],
  );

test('what is not open keeps what is waiting for no longer than it takes to look at it', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await addHidden(endpointId, 5000);
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(() => receiver.got.length, 1);
  await until(async () => (await logOf(endpointId)).map(({ state }) => state), ['sent']);
  await remove(endpointId);
});

test('what was looked at and has no room to leave waits where it stood, as if nobody had looked', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  receiver.answer(() => {});
  await alice.call(contracts.changeEndpoint, { endpointId, paused: true });
  await addHidden(endpointId, 500);
  await app.query(
    `insert into distribution.delivery (workspace_id, delivery_id, endpoint_id, grantee_id, event, subject_id, happened_at)
     select workspace_id, gen_random_uuid(), endpoint_id, grantee_id, 'test.ping', gen_random_uuid(), now()
     from distribution.endpoint, generate_series(1, 30) where endpoint_id = $1`,
    [endpointId],
  );
  await alice.call(contracts.changeEndpoint, { endpointId, paused: false });
  await until(() => receiver.got.length, 4);
  const [waiting] = await app.query<{ count: number; attempts: number; later: number }>(
    `select count(*)::int as count, sum(attempts)::int as attempts, count(*) filter (where due_at > now())::int as later
     from distribution.delivery where endpoint_id = $1 and state = 'waiting'`,
    [endpointId],
  );
  expect(waiting).toEqual({ count: 30, attempts: 4, later: 4 });
  receiver.close();
  await remove(endpointId);
  await quiet();
});

test('what waits is counted up to a thousand', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await alice.call(contracts.changeEndpoint, { endpointId, paused: true });
  await addHidden(endpointId, 1500);
  const { counts } = await alice.call(contracts.changeEndpoint, { endpointId, name: 'Many' });
  expect(counts).toEqual({ waiting: 1000, sent: 0, dead: 0 });
  await remove(endpointId);
});

test('one that answers 410 is stopped, and its admin told; it can go on again', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  receiver.answer((answer) => void answer.writeHead(410).end());
  await alice.call(contracts.testEndpoint, { endpointId });
  const stateOf = async () =>
    (await alice.call(contracts.listEndpoints, {})).items.find(({ id }) => id === endpointId)!.state;
  await until(stateOf, 'gone');
  expect(await codeOf(alice.call(contracts.testEndpoint, { endpointId }))).toBe('conflict');
  await app.settle();
  const told = (await alice.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'webhook_failed');
  expect(told).toHaveLength(2);
  await alice.call(contracts.changeEndpoint, { endpointId, paused: false });
  expect(await stateOf()).toBe('active');
  await remove(endpointId);
});

test('no redirect is followed into the network, and private addresses are refused, by number and by name', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  const inside = await openReceiver('127.0.0.2');
  receiver.answer((answer) => void answer.writeHead(307, { location: inside.url }).end());
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(async () => (await logOf(endpointId))[0]?.trouble, 'redirected');
  expect(inside.got).toEqual([]);
  const problemOf = (url: string) =>
    alice
      .call(contracts.createEndpoint, {
        ...{ name: 'x', url, events: [{ event: 'person.changed' }], granteeKind: 'team', granteeId: teamId },
      })
      .then(
        () => 'taken',
        (error: ProblemAnswer) => error.problem.fields?.url,
      );
  const secure = inside.url.replace('http:', 'https:');
  expect(await problemOf(secure)).toBe('private_network');
  expect(await problemOf('https://169.254.169.254/latest')).toBe('private_network');
  expect(await problemOf('http://example.com/')).toBe('not_encrypted');
  expect(await problemOf('ftp://example.com/')).toBeDefined();
  expect(await problemOf('https://user:pass@example.com/')).toBeDefined();
  // What was taken before the network was closed, or leads elsewhere now, is asked for again when it is to leave.
  await app.query('update distribution.endpoint set url = $2 where endpoint_id = $1', [endpointId, secure]);
  await alice.call(contracts.testEndpoint, { endpointId });
  await until(async () => (await logOf(endpointId))[0]?.trouble, 'private_network');
  expect(inside.got).toEqual([]);
  inside.close();
  await remove(endpointId);
});

test('a name that leads to this machine is as good as its address', async () => {
  const bare = await openTestApp();
  const admin = await bare.setUp();
  const inside = await openReceiver();
  const url = `https://localhost:${new URL(inside.url).port}/`;
  const grantee = { granteeKind: 'member' as const, granteeId: admin.me.memberId };
  const asked = { name: 'x', url, events: [{ event: 'person.changed' as const }], ...grantee };
  expect(await codeOf(admin.call(contracts.createEndpoint, asked))).toBe('invalid_input');
  await bare.query(
    `insert into distribution.endpoint (workspace_id, endpoint_id, name, url, events, grantee_kind, grantee_id, secret, created_by)
     values ($1, $2, 'x', $3, '[]', 'member', $4, $5, $4)`,
    [
      admin.me.workspace.id,
      '01900000-0000-7000-8000-000000000001',
      url,
      admin.me.memberId,
      bare.app.secrets.encrypt(`whsec_${'a'.repeat(43)}=`),
    ],
  );
  const endpointId = '01900000-0000-7000-8000-000000000001';
  await admin.call(contracts.testEndpoint, { endpointId });
  const log = async () => (await admin.call(contracts.listDeliveries, { endpointId })).items[0]?.trouble;
  await expect.poll(log, { timeout: 20_000 }).toBe('private_network');
  expect(inside.got).toEqual([]);
  inside.close();
  expect(bare.errors).toEqual([]);
  await bare.close();
});

test('several processes send each message once', async () => {
  const { endpointId } = await make([{ event: 'person.changed' }]);
  const more = [startDelivering(app.app), startDelivering(app.app)];
  for (let n = 0; n < 20; n++) await alice.call(contracts.testEndpoint, { endpointId });
  await until(async () => (await logOf(endpointId)).filter(({ state }) => state === 'sent').length, 20);
  expect(receiver.got).toHaveLength(20);
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(20);
  for (const one of more) await one.stop();
  await remove(endpointId);
});

test('only admins make them, for nobody but themselves, a team or a use of theirs; it ends with whom it is for', async () => {
  const asked = { name: 'x', url: 'https://tool.example/', events: [{ event: 'person.changed' as const }] };
  const tried = (who: Member, granteeKind: 'member' | 'team', granteeId: string) =>
    codeOf(who.call(contracts.createEndpoint, { ...asked, granteeKind, granteeId }));
  expect(await tried(bob, 'member', bob.me.memberId)).toBe('forbidden');
  expect(await tried(alice, 'member', bob.me.memberId)).toBe('not_found');
  const { id: others } = await alice.call(identity.createTeam, { name: 'Others', memberIds: [bob.me.memberId] });
  expect(await tried(alice, 'team', others)).toBe('not_found');
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await alice.call(identity.updateTeam, { teamId, memberIds: [dora.me.memberId] });
  await lookAfterEndpoints(app.app);
  expect((await alice.call(contracts.listEndpoints, {})).items.find(({ id }) => id === endpointId)!.state).toBe(
    'ended',
  );
  expect(await codeOf(alice.call(contracts.testEndpoint, { endpointId }))).toBe('conflict');
  await alice.call(identity.updateTeam, { teamId, memberIds: [alice.me.memberId] });
  await remove(endpointId);
  await app.settle();
});

test('before it ends with whom it is for, it hears of whom it was told that they are withdrawn, and of nothing else', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(id, 'Ending');
  await until(() => receiver.said().length, 1);
  await rename(id, 'Never told');
  await alice.call(contracts.changeEndpoint, { endpointId, paused: true });
  const stateOf = async () =>
    (
      await app.query<{ state: string }>('select state from distribution.endpoint where endpoint_id = $1', [endpointId])
    )[0]!.state;
  await alice.call(identity.updateTeam, { teamId, memberIds: [dora.me.memberId] });
  await quiet();
  const said = receiver.said().length;
  await app.query(`update distribution.endpoint set state = 'active' where endpoint_id = $1`, [endpointId]);
  await quiet();
  await lookAfterEndpoints(app.app);
  await until(() => receiver.said().slice(said), [['person.withdrawn', { personId: id }]]);
  await until(async () => (await logOf(endpointId)).filter(({ state }) => state === 'waiting').length, 0);
  expect((await alice.call(contracts.listEndpoints, {})).items.find((one) => one.id === endpointId)!.state).toBe(
    'ended',
  );
  await lookAfterEndpoints(app.app);
  expect(await stateOf()).toBe('ended');
  await alice.call(identity.updateTeam, { teamId, memberIds: [alice.me.memberId] });
  await remove(endpointId);
});

test('one that cannot be told that somebody is withdrawn ends after three days, and keeps nothing', async () => {
  const { id } = await add();
  const { endpointId } = await make([{ event: 'person.changed' }]);
  await rename(id, 'Ended');
  await until(() => receiver.said().length, 1);
  await quiet();
  receiver.answer((answer) => void answer.writeHead(500).end());
  await alice.call(identity.updateTeam, { teamId, memberIds: [dora.me.memberId] });
  await lookAfterEndpoints(app.app);
  await until(() => receiver.said().length, 2);
  await quiet();
  await lookAfterEndpoints(app.app);
  const stands = () =>
    app.query(`select from distribution.endpoint where endpoint_id = $1 and state <> 'ended'`, [endpointId]);
  expect(await stands()).toHaveLength(1);
  await app.query(`update distribution.endpoint set ending_at = now() - interval '73 hours' where endpoint_id = $1`, [
    endpointId,
  ]);
  await lookAfterEndpoints(app.app);
  expect(await stands()).toEqual([]);
  expect(
    await app.query(`select from distribution.delivery where endpoint_id = $1 and state = 'waiting'`, [endpointId]),
  ).toEqual([]);
  await alice.call(identity.updateTeam, { teamId, memberIds: [alice.me.memberId] });
  await remove(endpointId);
});
