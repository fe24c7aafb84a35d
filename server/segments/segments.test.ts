import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { tick } from './following.ts';
import { addKind, addSegment, namesIn, told } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Colleague');
  bookId = (await bob.call(delegation.createBook, { name: 'Customers' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
  await addKind(app, alice, 'purchase', { fields: [{ key: 'shop', name: 'Shop', type: 'text' }], hasAmount: true });
  await addKind(app, alice, 'basket', {});
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const days = (n: number) => new Date(Date.now() - n * 86_400_000);

describe('a segment', () => {
  test('keeps itself: who does something comes in, and time takes them out', async () => {
    await addContact(bob, { name: 'Ada Buyer', email: 'ada@client.example', bookId });
    await addContact(bob, { name: 'Zoe Idle', email: 'zoe@client.example', bookId });
    const { id } = await addSegment(alice, 'count(purchase where shop = lyon last 30 days) >= 2');
    await app.settle();
    expect(await namesIn(alice, id)).toEqual([]);
    await told(app, alice, 'ada@client.example', 'purchase', { at: days(2), props: { shop: 'Lyon' } });
    await told(app, alice, 'ada@client.example', 'purchase', { at: days(29), props: { shop: 'Lyon' } });
    await told(app, alice, 'zoe@client.example', 'purchase', { at: days(3), props: { shop: 'Paris' } });
    await app.settle();
    expect(await namesIn(alice, id)).toEqual(['Ada Buyer']);
    expect(await namesIn(carl, id)).toEqual(['Ada Buyer']);
    await tick(app.app, alice.me.workspace.id);
    // The second last purchase has become 30 days old meanwhile.
    await app.query(`update segments.clock set ticked_at = now() - interval '3 days'`);
    await app.query(`update facts.fact set at = at - interval '2 days'`);
    await tick(app.app, alice.me.workspace.id);
    await app.settle();
    expect(await namesIn(alice, id)).toEqual([]);
    const { items } = await alice.call(contracts.listMovements, { segmentId: id });
    expect(items.map(({ name, entered }) => [name, entered])).toEqual([
      ['Ada Buyer', false],
      ['Ada Buyer', true],
    ]);
    const { days: trend } = await alice.call(contracts.getSegment, { segmentId: id });
    expect(trend).toMatchObject([{ members: 0, entered: 1, left: 1 }]);
  });

  test('asks what came after what, within how long, and what did not', async () => {
    await addContact(bob, { name: 'Then Buyer', email: 'then@client.example', bookId });
    await addContact(bob, { name: 'Late Buyer', email: 'late@client.example', bookId });
    await addContact(bob, { name: 'Gone Basket', email: 'gone@client.example', bookId });
    for (const [email, bought] of [
      ['then', 8],
      ['late', 2],
      ['gone', null],
    ] as const) {
      await told(app, alice, `${email}@client.example`, 'basket', { at: days(9) });
      if (bought) await told(app, alice, `${email}@client.example`, 'purchase', { at: days(bought) });
    }
    const quick = await addSegment(alice, 'did (basket then purchase within 2 days)');
    const dropped = await addSegment(alice, 'did (basket then no purchase within 3 days)');
    const never = await addSegment(alice, 'did (basket then no purchase)');
    await app.settle();
    expect(await namesIn(alice, quick.id)).toEqual(['Then Buyer']);
    expect(await namesIn(alice, dropped.id)).toEqual(['Gone Basket', 'Late Buyer']);
    expect(await namesIn(alice, never.id)).toEqual(['Gone Basket']);
    await told(app, alice, 'gone@client.example', 'purchase', { at: days(0) });
    await app.settle();
    expect(await namesIn(alice, never.id)).toEqual([]);
  });

  test('shows a viewer what their grants open, and a withdrawn one at the next request', async () => {
    const own = (await carl.call(delegation.createBook, { name: 'Own' })).id;
    await addContact(carl, { name: 'Carls Secret', email: 'secret@client.example', bookId: own });
    await told(app, alice, 'secret@client.example', 'purchase', { at: days(1) });
    const company = await addSegment(alice, 'count(purchase last 7 days) > 0');
    const mine = await addSegment(carl, 'count(purchase last 7 days) > 0', { audience: { kind: 'mine' } });
    await app.settle();
    expect(await namesIn(alice, company.id)).not.toContain('Carls Secret');
    expect(await namesIn(carl, mine.id)).toContain('Carls Secret');
    expect(await codeOf(alice.call(contracts.getSegment, { segmentId: mine.id }))).toBe('not_found');
    const lent = (await carl.call(delegation.createBook, { name: 'Lent for now' })).id;
    const [grantId] = await lend(carl, lent, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await addContact(carl, { name: 'Lent Buyer', email: 'lent@client.example', bookId: lent });
    await told(app, alice, 'lent@client.example', 'purchase', { at: days(1) });
    await app.settle();
    expect(await namesIn(alice, company.id)).toContain('Lent Buyer');
    const before = (await alice.call(contracts.getSegment, { segmentId: company.id })).members!;
    await carl.call(delegation.endGrant, { grantId: grantId! });
    expect(await namesIn(alice, company.id)).not.toContain('Lent Buyer');
    expect((await alice.call(contracts.getSegment, { segmentId: company.id })).members).toBe(before - 1);
    const counted = await alice.call(contracts.countFilter, {
      filter: 'count(purchase last 7 days) > 0',
      audience: { kind: 'workspace' },
      exact: true,
    });
    expect(counted.sample.map(({ name }) => name)).not.toContain('Lent Buyer');
    expect(counted.people).toBe(before - 1);
  });
});

test('an unknown id is nobody’s', async () => {
  expect(await codeOf(alice.call(contracts.getSegment, { segmentId: randomUUID() }))).toBe('not_found');
});
