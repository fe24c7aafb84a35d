import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { announce } from './announce.ts';
import { livePath } from './contract.ts';
import { type Client, type Member, openTestApp, type TestApp } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let bookId: string;
let personId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  bookId = (await alice.call(delegation.createBook, { name: 'Clients' })).id;
  personId = await add('Anne');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const add = async (given: string) =>
  (await alice.call(cards.createCard, { bookId, fields: [{ kind: 'name', value: { given, family: 'Durand' } }] })).id;

interface Stream {
  text(): string;
  /** Waits until this was said. @throws after two seconds */
  heard(topic: string): Promise<void>;
  ended: Promise<void>;
  close(): void;
}

/** Listens as `client`, from the greeting on. */
async function listen(client: Client): Promise<Stream> {
  const stop = new AbortController();
  const answer = await client.fetch(livePath, { signal: stop.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('content-encoding')).toBeNull();
  let text = '';
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const part of answer.body!) text += decoder.decode(part as Uint8Array);
    } catch {
      // Closed by us.
    }
  })();
  const heard = async (topic: string) => {
    for (let waited = 0; waited < 2000; waited += 20) {
      if (text.includes(`event: ${topic}\n`)) return;
      await sleep(20);
    }
    throw new Error(`Not told of ${topic}: ${text}`);
  };
  await sleep(0);
  const stream = { text: () => text, heard, ended, close: () => stop.abort() };
  await heard('hello');
  return stream;
}

describe('an open page', () => {
  test('is told that somebody used a contact of mine, and nobody else’s page is', async () => {
    await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    const [hers, others] = [await listen(alice), await listen(carol)];
    await bob.call(cards.getPerson, { personId });
    await hers.heard('feed');
    await sleep(100);
    expect(others.text()).not.toContain('feed');
    hers.close();
    others.close();
  });

  test('is told that the holder answered', async () => {
    const [happening] = (await alice.call(home.listHappenings, { bookId })).items;
    const his = await listen(bob);
    await alice.call(home.replyToHappening, { happeningId: happening!.id, text: 'Please ask me first.' });
    await his.heard('feed');
    his.close();
  });

  test('is told that what it may see has changed: lent, withdrawn, withheld, by a date, by a team', async () => {
    bookId = (await alice.call(delegation.createBook, { name: 'Suppliers' })).id;
    personId = await add('Bruno');
    await app.settle();
    const steps: [string, () => Promise<unknown>][] = [
      ['lent', () => lend(alice, bookId, { grantee: { kind: 'member', memberId: bob.me.memberId }, acts: ['read'] })],
      ['withheld', () => alice.call(cards.updateCard, { cardId: personId, withheld: true })],
      ['lent again', () => alice.call(cards.updateCard, { cardId: personId, withheld: false })],
      ['withdrawn', () => lend(alice, bookId)],
    ];
    for (const [name, step] of steps) {
      const [his, other] = [await listen(bob), await listen(carol)];
      await step();
      await his.heard('visibility').catch((error: Error) => expect.fail(`${name}: ${error.message}`));
      expect(other.text(), name).not.toContain('visibility');
      await app.settle();
      his.close();
      other.close();
    }
    const team = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [] });
    const his = await listen(bob);
    await alice.call(identity.updateTeam, { teamId: team.id, memberIds: [bob.me.memberId] });
    await his.heard('visibility');
    his.close();
  });

  test('is told when a grant has come to its date', async () => {
    const endsAt = new Date(Date.now() + 1500).toISOString();
    await lend(alice, bookId, { grantee: { kind: 'member', memberId: bob.me.memberId }, acts: ['read'], endsAt });
    await sleep(300);
    const his = await listen(bob);
    const before = his.text().split('visibility').length;
    await app.settle();
    await sleep(200);
    expect(his.text().split('visibility').length).toBeGreaterThan(before);
    his.close();
  });

  test('learns topics only, no id and no name', async () => {
    const hers = await listen(alice);
    await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await bob.call(cards.getPerson, { personId });
    await hers.heard('visibility');
    expect(
      hers
        .text()
        .replaceAll(/^(event: (hello|feed|visibility|notices|tasks)|data:|retry: \d+|:|)$/gm, '')
        .trim(),
    ).toBe('');
    hers.close();
  });

  test('is told once of what happens many times within a moment', async () => {
    const hers = await listen(alice);
    const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
    for (let index = 0; index < 40; index++)
      await app.app.db.asActor(actor, (tx) => announce(tx, actor.workspaceId, [actor.memberId], 'tasks'));
    await hers.heard('tasks');
    await sleep(500);
    expect(hers.text().split('event: tasks').length - 1).toBeLessThan(5);
    hers.close();
  });

  test('hears nothing of a transaction that failed', async () => {
    const hers = await listen(alice);
    const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
    const failing = app.app.db.asActor(actor, async (tx) => {
      await announce(tx, actor.workspaceId, 'all', 'tasks');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await sleep(150);
    expect(hers.text()).not.toContain('tasks');
    hers.close();
  });
});

describe('the stream', () => {
  test('needs somebody signed in', async () => {
    expect((await app.client().fetch(livePath)).status).toBe(401);
  });

  test('ends with the session, and with the member’s suspension, at once', async () => {
    const dora = await app.invite(alice, 'Dora Brown');
    const elsewhere = app.client();
    await elsewhere.call(identity.signIn, { email: dora.me.email, password: dora.password });
    const [here, there] = [await listen(dora), await listen(elsewhere)];
    await dora.call(identity.endOtherSessions, {});
    await there.ended;
    const third = app.client();
    await third.call(identity.signIn, { email: dora.me.email, password: dora.password });
    const left = await listen(third);
    await third.call(identity.signOut, {});
    await left.ended;
    await alice.call(identity.updateMember, { memberId: dora.me.memberId, status: 'suspended' });
    await here.ended;
    expect((await dora.fetch(livePath)).status).toBe(401);
  });

  test('is given to one member eight times, not more', async () => {
    const streams = await Promise.all(Array.from({ length: 8 }, () => listen(carol)));
    expect((await carol.fetch(livePath)).status).toBe(429);
    for (const stream of streams) stream.close();
    for (let waited = 0; waited < 2000; waited += 50) {
      await sleep(50);
      const answer = await listen(carol).catch(() => undefined);
      answer?.close();
      if (answer) return;
    }
    expect.fail('No stream was given again.');
  });

  test('goes on when the connection that listens has broken, and says that something may have been missed', async () => {
    const hers = await listen(alice);
    await app.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'entregent-live' and datname = current_database()`);
    await hers.heard('again');
    await bob.call(home.listReplies, {});
    await alice.call(delegation.renameBook, { bookId, name: 'Customers' });
    await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await hers.heard('visibility');
    hers.close();
  });
});
