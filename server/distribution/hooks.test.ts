// Programs subscribe by the API, with a member's key or an app's.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as apps from '../apps/contract.ts';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { type Client, codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { lookAfterEndpoints } from './jobs.ts';
import { openReceiver, type Receiver } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let bookId: string;
let cardId: string;
let receiver: Receiver;

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  ({ id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' }));
  const fields = [{ kind: 'name' as const, value: { given: 'Zephyrine', family: 'Xanthe' } }];
  ({ id: cardId } = await bob.call(cards.createCard, { bookId, fields }));
  await app.settle();
});
afterAll(() => app.close());
afterEach(() => {
  receiver.close();
  expect(app.errors.splice(0)).toEqual([]);
});

const until = (what: () => unknown, wanted: unknown) => expect.poll(what, { timeout: 20_000 }).toEqual(wanted);
let names = 0;
const rename = () =>
  bob.call(cards.updateCard, {
    cardId,
    set: [{ no: 0, field: { kind: 'name', value: { given: `Name${++names}`, family: 'Xanthe' } } }],
  });
const keyOf = async (who: Member, scopes: string[]): Promise<Client> =>
  app.client((await who.call(identity.createApiKey, { name: 'Zap', scopes: scopes as ['contacts:read'] })).key);

test('a member’s key subscribes to what its member may take along, and to nothing of anybody else', async () => {
  receiver = await openReceiver();
  const program = await keyOf(bob, ['contacts:read']);
  const { items: events } = await program.call(contracts.listEvents, {});
  expect(events.map(({ event }) => event)).toEqual(contracts.chosenEvents);
  expect(events.every(({ sentence }) => /^[A-Z].*[a-z]$/.test(sentence))).toBe(true);
  const { items } = await program.call(contracts.sampleEvent, { event: 'person.changed' });
  const asked = { url: receiver.url, event: 'person.changed' as const };
  const { id, secret } = await program.call(contracts.subscribe, asked);
  expect(secret).toMatch(/^whsec_/);
  const others = await openReceiver();
  const ofAlice = await keyOf(alice, ['contacts:read']);
  await ofAlice.call(contracts.subscribe, { ...asked, url: others.url });
  await rename();
  await until(() => receiver.said().length, 1);
  // A sample has the shape of what comes.
  const shapeOf = (data: object) => Object.keys(data).sort();
  expect(shapeOf(receiver.said()[0]![1])).toEqual(shapeOf(items[0]!.data));
  expect(others.got).toEqual([]);
  // Their own contacts are told to nobody.
  expect((await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'sent_out')).toEqual([]);
  // It is the caller's: another sees nothing of it and ends nothing.
  expect((await program.call(contracts.listHooks, {})).items.map((one) => one.id)).toEqual([id]);
  expect(await codeOf(ofAlice.call(contracts.unsubscribe, { endpointId: id }))).toBe('not_found');
  await program.call(contracts.unsubscribe, { endpointId: id });
  expect((await program.call(contracts.listHooks, {})).items).toEqual([]);
  others.close();
});

test('an app’s key subscribes to what is lent to the app, holders hear of it by its name, and it ends with the app', async () => {
  receiver = await openReceiver();
  const { key } = await bob.call(apps.createKey, {
    ...{ name: 'Newsletter', scopes: ['contacts:read', 'contacts:export'], bookIds: [bookId], acts: ['export'] },
  });
  const program = app.client(key);
  expect(await codeOf(program.call(contracts.subscribe, { url: receiver.url, event: 'segment.entered' }))).toBe(
    'invalid_input',
  );
  const { id } = await program.call(contracts.subscribe, { url: receiver.url, event: 'person.changed' });
  await app.settle();
  await rename();
  await until(() => receiver.said().length, 1);
  await until(
    async () =>
      (await bob.call(home.listHappenings, {})).items
        .filter(({ kind }) => kind === 'sent_out')
        .map(({ user }) => user.name),
    ['Newsletter'],
  );
  const { items } = await alice.call(contracts.listEndpoints, {});
  expect(items.find((one) => one.id === id)).toMatchObject({
    hook: true,
    grantee: { kind: 'app', name: 'Newsletter' },
  });
  const [{ app_id }] = (await app.query<{ app_id: string }>(
    `select app_id from identity.app where name = 'Newsletter'`,
  )) as [{ app_id: string }];
  // Withdrawn: it hears so, and then nothing more.
  const [grant] = await app.query<{ grant_id: string }>(
    'select grant_id from delegation.grant where grantee_id = $1 and ends_at is null',
    [app_id],
  );
  await bob.call(delegation.endGrant, { grantId: grant!.grant_id });
  await until(() => receiver.said().slice(1), [['person.withdrawn', { personId: cardId }]]);
  await rename();
  await app.settle();
  await lookAfterEndpoints(app.app);
  expect(receiver.said()).toHaveLength(2);
  await app.query('update identity.app set ended_at = now() where app_id = $1', [app_id]);
  await lookAfterEndpoints(app.app);
  expect((await alice.call(contracts.listEndpoints, {})).items.find((one) => one.id === id)!.state).toBe('ended');
});

test('who asks to be forgotten is forgotten by the log, and who was told of them hears that they go', async () => {
  receiver = await openReceiver();
  const program = await keyOf(bob, ['contacts:read']);
  const { id } = await program.call(contracts.subscribe, { url: receiver.url, event: 'person.changed' });
  await rename();
  await until(() => receiver.said().length, 1);
  await bob.call(cards.removeCard, { cardId });
  await app.app.db.asSystem('keeper', (tx) =>
    app.app.enqueue(tx, {
      ...{ workspaceId: bob.me.workspace.id, task: 'selfUpdate.eraseWritten' },
      payload: { memberId: bob.me.memberId, cardIds: [cardId], contactPointIds: [] },
    }),
  );
  await app.settle();
  await until(() => receiver.said().at(-1), ['person.withdrawn', { personId: cardId }]);
  // The removal itself may be spread a moment later; nothing of it is open to anybody.
  await until(
    () => app.query(`select from distribution.delivery where subject_id = $1 and event = 'person.changed'`, [cardId]),
    [],
  );
  expect(await app.query('select from distribution.known where card_id = $1', [cardId])).toEqual([]);
  await program.call(contracts.unsubscribe, { endpointId: id });
});

test('that a program is not reached is told to admins, who can open the page that it leads to, and not to its member', async () => {
  receiver = await openReceiver();
  receiver.answer((answer) => void answer.writeHead(410).end());
  const { id: book } = await bob.call(delegation.createBook, { name: 'Gone' });
  const fields = [{ kind: 'name' as const, value: { given: 'Zephyrine', family: 'Gone' } }];
  const { id: gone } = await bob.call(cards.createCard, { bookId: book, fields });
  await app.settle();
  const program = await keyOf(bob, ['contacts:read']);
  const { id } = await program.call(contracts.subscribe, { url: receiver.url, event: 'person.changed' });
  const field = { kind: 'name' as const, value: { given: 'Zoe', family: 'Gone' } };
  await bob.call(cards.updateCard, { cardId: gone, set: [{ no: 0, field }] });
  await until(async () => (await program.call(contracts.listHooks, {})).items[0]?.state, 'gone');
  await app.settle();
  const told = async (who: Member) =>
    (await who.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'webhook_failed').length;
  expect([await told(alice), await told(bob)]).toEqual([1, 0]);
  await program.call(contracts.unsubscribe, { endpointId: id });
});

test('another admin turns neither a colleague’s webhook nor a program’s to themself: they pause it, let it go on and remove it', async () => {
  receiver = await openReceiver();
  const carol = await app.invite(alice, 'Carol Chief');
  await alice.call(identity.updateMember, { memberId: carol.me.memberId, role: 'admin' });
  const { endpoint } = await carol.call(contracts.createEndpoint, {
    ...{ name: 'Of Carol', url: receiver.url, events: [{ event: 'person.changed' }] },
    ...{ granteeKind: 'member', granteeId: carol.me.memberId },
  });
  expect(endpoint.mine).toBe(true);
  const asked = { url: receiver.url, event: 'person.changed' as const };
  const hook = await (await keyOf(bob, ['contacts:read'])).call(contracts.subscribe, asked);
  const ofAlice = await (await keyOf(alice, ['contacts:read'])).call(contracts.subscribe, asked);
  for (const endpointId of [endpoint.id, hook.id, ofAlice.id]) {
    const tried = [
      alice.call(contracts.changeEndpoint, { endpointId, url: `${receiver.url}/mine` }),
      alice.call(contracts.changeEndpoint, { endpointId, events: [{ event: 'fact.recorded' }] }),
      alice.call(contracts.rotateSecret, { endpointId }),
      alice.call(contracts.testEndpoint, { endpointId }),
      alice.call(contracts.replay, { endpointId, failedSince: new Date(0).toISOString() }),
    ];
    expect(await Promise.all(tried.map(codeOf))).toEqual(tried.map(() => 'forbidden'));
    const paused = await alice.call(contracts.changeEndpoint, { endpointId, paused: true });
    expect(paused).toMatchObject({ mine: false, state: 'paused', url: receiver.url });
    expect((await alice.call(contracts.changeEndpoint, { endpointId, paused: false })).state).toBe('active');
    await alice.call(contracts.removeEndpoint, { endpointId });
  }
});

const lent = (family: string) => bob.call(delegation.createBook, { name: family });
async function hookOf(family: string, expiresInDays?: number) {
  receiver = await openReceiver();
  const { id: book } = await lent(family);
  const { id: card } = await bob.call(cards.createCard, {
    ...{ bookId: book, fields: [{ kind: 'name', value: { given: 'Zephyrine', family } }] },
  });
  await app.settle();
  const made = { name: 'Zap', scopes: ['contacts:read' as const], ...(expiresInDays && { expiresInDays }) };
  const { apiKey, key } = await bob.call(identity.createApiKey, made);
  const program = app.client(key);
  const { id } = await program.call(contracts.subscribe, { url: receiver.url, event: 'person.changed' });
  const change = (given: string) =>
    bob.call(cards.updateCard, { cardId: card, set: [{ no: 0, field: { kind: 'name', value: { given, family } } }] });
  await change('Zoe');
  await until(() => receiver.said().length, 1);
  const stateOf = async () => (await alice.call(contracts.listEndpoints, {})).items.find((one) => one.id === id)?.state;
  return { id, card, apiKey, change, stateOf };
}

test('a hook ends with the key that made it: it hears that it may keep nobody, and nothing of what comes', async () => {
  const { card, apiKey, change, stateOf } = await hookOf('Kept');
  await bob.call(identity.deleteApiKey, { apiKeyId: apiKey.id });
  await app.settle();
  expect(await stateOf()).toBe('ended');
  await until(() => receiver.said().slice(1), [['person.withdrawn', { personId: card }]]);
  await change('Zita');
  await app.settle();
  await lookAfterEndpoints(app.app);
  expect(receiver.said()).toHaveLength(2);
});

test('a hook ends when the time of its key is over, though nobody says so', async () => {
  const { id, card, apiKey, change, stateOf } = await hookOf('Timed', 30);
  const over = [apiKey.id] as unknown[];
  // Its time was 30 days; the endpoint knows of it, and so does whoever asks for the key.
  const [kept] = await app.query<{ days: number }>(
    `select round(extract(epoch from key_ends_at - now()) / 86400)::int as days from distribution.endpoint where endpoint_id = $1`,
    [id],
  );
  expect(kept!.days).toBe(30);
  await app.query(`update auth.apikey set "expiresAt" = now() - interval '1 second' where id::text = $1`, over);
  await change('Zita');
  await app.settle();
  await lookAfterEndpoints(app.app);
  expect(await stateOf()).toBe('ended');
  await until(() => receiver.said().at(-1), ['person.withdrawn', { personId: card }]);
});

test('a key that went without a word, as after a crash between its end and what follows, takes its hooks along', async () => {
  const { apiKey, stateOf } = await hookOf('Crashed');
  await app.query('delete from auth.apikey where id::text = $1', [apiKey.id]);
  expect(await stateOf()).toBe('active');
  await lookAfterEndpoints(app.app);
  expect(await stateOf()).toBe('ended');
});

test('that a contact is new is told of those that may be taken along, narrowed by book, and to apps as well', async () => {
  receiver = await openReceiver();
  const { id: book } = await lent('Newcomers');
  const { id: other } = await lent('Others');
  const { key } = await bob.call(apps.createKey, {
    ...{ name: 'Newcomers', scopes: ['contacts:read', 'contacts:export'], bookIds: [book, other], acts: ['export'] },
  });
  const asked = { url: receiver.url, event: 'person.added' as const, only: [book] };
  await app.client(key).call(contracts.subscribe, asked);
  await app.settle();
  const add = (bookId: string, given: string) =>
    bob.call(cards.createCard, { bookId, fields: [{ kind: 'name', value: { given, family: 'Newcomer' } }] });
  await add(other, 'Ada');
  const { id: bea } = await add(book, 'Bea');
  await until(() => receiver.said(), [['person.added', { personId: bea }]]);
  // What is lent to nobody is nobody's to hear of.
  const { id: own } = await lent('Kept back');
  await add(own, 'Cleo');
  await app.settle();
  await lookAfterEndpoints(app.app);
  expect(receiver.said()).toHaveLength(1);
});
