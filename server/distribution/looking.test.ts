import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { lookAfterEndpoints } from './jobs.ts';
import { openReceiver, type Receiver } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let teamId: string;
let bookId: string;
let endpointId: string;
let receiver: Receiver;

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [alice.me.memberId] }));
  ({ id: bookId } = await bob.call(delegation.createBook, { name: 'Clients' }));
  await bob.call(delegation.createGrant, { bookId, grantee: { kind: 'team', teamId }, acts: ['export'] });
  receiver = await openReceiver();
  ({
    endpoint: { id: endpointId },
  } = await alice.call(contracts.createEndpoint, {
    ...{
      name: 'Tool',
      url: receiver.url,
      events: [{ event: 'person.changed' }],
      granteeKind: 'team',
      granteeId: teamId,
    },
  }));
});
afterAll(async () => {
  receiver.close();
  await app.close();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const until = (what: () => unknown, wanted: unknown) => expect.poll(what, { timeout: 20_000 }).toEqual(wanted);
const withdrawn = (cardId: string) =>
  receiver.said().filter(([type, { personId }]) => type === 'person.withdrawn' && personId === cardId).length;

/** A contact of whom the endpoint was told, and who was looked at since. */
async function addKnown(): Promise<string> {
  const fields = [{ kind: 'name' as const, value: { given: 'Zephyrine', family: 'Xanthe' } }];
  const { id: cardId } = await bob.call(cards.createCard, { bookId, fields });
  await app.settle();
  const field = { kind: 'name' as const, value: { given: 'Zoe', family: 'Xanthe' } };
  await bob.call(cards.updateCard, { cardId, set: [{ no: 0, field }] });
  await until(() => receiver.said().filter(([, { personId }]) => personId === cardId).length, 1);
  await lookAfterEndpoints(app.app);
  // As if that had been a while ago.
  await app.query(`update distribution.known set since = now() - interval '1 hour'`);
  await lookAfterEndpoints(app.app);
  return cardId;
}
/** All that happened is spread, but what waits for somebody who looks. */
const spread = () => until(() => app.query(`select from kernel.told where kind <> 'grant'`), []);
const look = async () => {
  await app.settle();
  await spread();
  await lookAfterEndpoints(app.app);
};

test('of whom it was told is looked through again only where something has changed for it', async () => {
  const cardId = await addKnown();
  // Somebody whom no book holds: only a look at all finds them.
  const stray = '01900000-0000-7000-8000-00000000000a';
  const strange = () =>
    app.query(
      `insert into distribution.known (workspace_id, endpoint_id, card_id, since) values ($1, $2, $3, now() - interval '1 hour')`,
      [alice.me.workspace.id, endpointId, stray],
    );
  await strange();
  await look();
  expect(await app.query('select from distribution.known where card_id = $1', [stray])).toHaveLength(1);
  // A day later, all are.
  await app.query(`update distribution.endpoint set looked_whole_at = now() - interval '25 hours'`);
  await look();
  await until(() => withdrawn(stray), 1);
  // What its grantee reaches changes: all are.
  await strange();
  const { id: other } = await bob.call(delegation.createBook, { name: 'Others' });
  await bob.call(delegation.createGrant, { bookId: other, grantee: { kind: 'team', teamId }, acts: ['export'] });
  await until(() => app.query('select from distribution.known where card_id = $1', [stray]), []);
  expect(withdrawn(cardId)).toBe(0);
});

test('a contact that is kept back is heard of at the next look', async () => {
  const cardId = await addKnown();
  await bob.call(cards.updateCard, { cardId, withheld: true });
  await look();
  await until(() => withdrawn(cardId), 1);
});

test('a contact that is removed is heard of at the next look, too', async () => {
  const cardId = await addKnown();
  await bob.call(cards.removeCard, { cardId });
  await look();
  await until(() => withdrawn(cardId), 1);
});

test('what was told after the last look, from before something closed, is looked at', async () => {
  const cardId = await addKnown();
  await bob.call(cards.updateCard, { cardId, withheld: true });
  await look();
  await until(() => withdrawn(cardId), 1);
  // As a process writes it down that had read before.
  await app.query(`insert into distribution.known (workspace_id, endpoint_id, card_id) values ($1, $2, $3)`, [
    ...[alice.me.workspace.id, endpointId, cardId],
  ]);
  await look();
  await until(() => withdrawn(cardId), 2);
});

test('a withdrawal that somebody else is not looking at yet waits until it is looked at', async () => {
  const cardId = await addKnown();
  await app.query(`update distribution.endpoint set looking_until = now() + interval '1 hour'`);
  const { items } = await bob.call(delegation.listGrants, { bookId });
  await bob.call(delegation.endGrant, { grantId: items[0]!.id });
  await lookAfterEndpoints(app.app);
  await sleep(1000);
  expect(withdrawn(cardId)).toBe(0);
  expect(await app.query(`select from kernel.told where kind = 'grant'`)).not.toEqual([]);
  await app.query('update distribution.endpoint set looking_until = null');
  await until(() => withdrawn(cardId), 1);
  await until(() => app.query(`select from kernel.told where kind = 'grant'`), []);
});

test('much that happens at once is spread in pieces, each of it once', async () => {
  await alice.call(contracts.changeEndpoint, { endpointId, paused: true });
  const made = [];
  for (const name of ['B', 'C']) {
    const { endpoint } = await alice.call(contracts.createEndpoint, {
      ...{ name, url: receiver.url, events: [{ event: 'person.changed' }], granteeKind: 'team', granteeId: teamId },
    });
    await alice.call(contracts.changeEndpoint, { endpointId: endpoint.id, paused: true });
    made.push(endpoint.id);
  }
  await app.query(
    `insert into kernel.told (workspace_id, told_id, kind, subject_ids)
     select $1, gen_random_uuid(), 'card_change', array(select gen_random_uuid() from generate_series(1, 2000 + 0 * n)) from generate_series(1, 2) n`,
    [alice.me.workspace.id],
  );
  const messages = () =>
    app.query<{ count: number }>(
      `select count(*)::int as count from distribution.delivery where state = 'waiting' and last_at is null and event = 'person.changed'
       group by due_at`,
    );
  await until(async () => (await messages()).reduce((sum, { count }) => sum + count, 0), 12_000);
  expect(Math.max(...(await messages()).map(({ count }) => count))).toBeLessThanOrEqual(5001);
  await until(() => app.query('select from kernel.told'), []);
  for (const id of made) await alice.call(contracts.removeEndpoint, { endpointId: id });
});
