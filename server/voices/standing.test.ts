import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import type * as channels from '../conversations/channels-contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import * as contracts from './contract.ts';

// Who speaks is grouped by the opportunities that the viewer sees: Bob's are his own, Alice sees none.

let app: TestApp;
let alice: Member;
let bob: Member;
let site: channels.FullChannel;
const addressOf = (name: string) => `${name}@client.example`;
const late = 'My parcel never arrived, the delivery is late and I am very disappointed.';

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  site = await addChat(alice, [{ kind: 'workspace' }]);
  for (const [name, outcomes] of [
    ['won', ['lost', 'won']],
    ['open', ['lost', undefined]],
    ['gone', ['lost']],
  ] as const) {
    const personId = await addContact(bob, { name, email: addressOf(name) });
    for (const outcome of outcomes) {
      const { id: opportunityId } = await bob.call(opportunities.createOpportunity, { name: `${name} ${outcome}` });
      await bob.call(opportunities.setParticipant, { opportunityId, personId, roles: [] });
      const { version } = await bob.call(opportunities.getOpportunity, { opportunityId });
      if (outcome) await bob.call(opportunities.closeOpportunity, { opportunityId, version, outcome, word: null });
    }
  }
  for (const name of ['won', 'won', 'open', 'gone', 'stranger', 'stranger', 'nobody'])
    await bring(app, alice, site.id, incoming({ from: addressOf(name), text: late }));
  await app.settle();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

/** The sum over all topics of a column, by column. */
async function sums(member: Member, count: 'messages' | 'voices', by: 'standing' | 'channel' = 'standing') {
  const { rows, columns } = await member.call(contracts.getBoard, { by, count });
  const delivery = rows.find(({ name }) => name?.en === 'Delivery and delays')!;
  return columns.map(({ key }) => [key, delivery.cells.find(({ column }) => column === key)!.negative]);
}

test('messages and voices are shown by how it stands with who wrote them, and add up to the whole', async () => {
  expect(await sums(bob, 'messages')).toEqual([
    ['customer', 2],
    ['in_talks', 1],
    ['lost', 1],
    ['other', 3],
  ]);
  expect(await sums(bob, 'messages', 'channel')).toEqual([[site.id, 7]]);
  expect(await sums(bob, 'voices')).toEqual([
    ['customer', 1],
    ['in_talks', 1],
    ['lost', 1],
    ['other', 2],
  ]);
});

test('whoever does not see the opportunities learns nothing of them', async () => {
  expect(await sums(alice, 'messages')).toEqual([['other', 7]]);
});

test('each cell opens the very messages', async () => {
  const { rows } = await bob.call(contracts.getBoard, { by: 'standing' });
  const { topicId } = rows.find(({ name }) => name?.en === 'Delivery and delays')!;
  for (const [standing, count] of [
    ['customer', 2],
    ['in_talks', 1],
    ['lost', 1],
    ['other', 3],
  ] as const) {
    const { items } = await bob.call(contracts.listMessages, { topicId, standing });
    expect(items).toHaveLength(count);
  }
  expect((await alice.call(contracts.listMessages, { topicId, standing: 'customer' })).items).toEqual([]);
});
