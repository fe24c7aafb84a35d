import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { authorise, register } from '../apps/testing.ts';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink } from '../outreach/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let sink: MailSink;
let bookId: string;
let personId: string;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  // Two are told by two jobs, which need not end in the order in which they began.
  await app.settle();
  carol = await app.invite(alice, 'Carol Wood');
  bookId = (await alice.call(delegation.createBook, { name: 'Clients of Lyon' })).id;
  const fields = [{ kind: 'name' as const, value: { given: 'Anne', family: 'Durand' } }];
  personId = (await alice.call(cards.createCard, { bookId, fields })).id;
  await app.query(
    `insert into outreach.mail_setup (workspace_id, host, port, security, sender_name, sender_address, changed_by)
     values ($1, '127.0.0.1', $2, 'none', 'Exemple SA', 'crm@example.com', $3)`,
    [alice.me.workspace.id, sink.port, alice.me.memberId],
  );
  await app.settle();
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const told = async (member: Member) => (await member.call(contracts.listNotices, {})).items;
const texts = async (member: Member) => (await told(member)).map(({ text }) => text);
/** What is told only after a while is told now. */
async function tellNow(): Promise<void> {
  const rows = await app.query<{ workspace_id: string; outbox_id: string; topic: string }>(
    `select workspace_id, outbox_id, topic from kernel.outbox where topic = 'notices.tell' and due_at < now() + interval '1 minute'`,
  );
  for (const { workspace_id, outbox_id, topic } of rows) await app.app.runNow(workspace_id, outbox_id, topic);
  await app.settle();
}
const toBob = { kind: 'member' as const, memberId: '' };

describe('a member is told', () => {
  test('who joined by their invitation', async () => {
    expect(await texts(alice)).toEqual([
      'Carol Wood joined the workspace by your invitation.',
      'Bob Stone joined the workspace by your invitation.',
    ]);
    expect(await texts(bob)).toEqual([]);
  });

  test('what is lent to them, and that it no longer is, without the name of what they may not see any more', async () => {
    toBob.memberId = bob.me.memberId;
    const [grantId] = await lend(alice, bookId, { grantee: toBob, acts: ['read'] });
    await app.settle();
    expect(await texts(bob)).toEqual(['Alice Martin lends you contacts of the book “Clients of Lyon”.']);
    expect(await texts(carol)).toEqual([]);
    await alice.call(delegation.endGrant, { grantId: grantId! });
    await tellNow();
    expect(await texts(bob)).toEqual([
      'Alice Martin no longer lends you some contacts.',
      'Alice Martin lends you contacts.',
    ]);
  });

  test('nothing of a withdrawal that was taken back at once', async () => {
    const before = await texts(bob);
    const terms = { grantee: toBob, acts: ['read' as const] };
    const [grantId] = await lend(alice, bookId, terms);
    await app.settle();
    await alice.call(delegation.endGrant, { grantId: grantId! });
    await alice.call(delegation.changeGrant, { grantId: grantId!, ...terms });
    await tellNow();
    expect(await texts(bob)).toHaveLength(before.length + 1);
    expect((await texts(bob))[0]).toBe('Alice Martin lends you contacts of the book “Clients of Lyon”.');
    await alice.call(delegation.endGrant, { grantId: grantId! });
    await tellNow();
    expect((await texts(bob))[0]).toBe('Alice Martin no longer lends you some contacts.');
  });

  test('who run a named use, what is lent to it; who lent it, that the use was changed', async () => {
    const terms = { name: 'Seminar', purpose: 'Invite', endsAt: null, memberIds: [carol.me.memberId] };
    const use = await alice.call(identity.createProcess, terms);
    const main = (await bob.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
    const grantee = { kind: 'process' as const, processId: use.id };
    await lend(bob, main.id, { grantee, acts: ['read'] });
    await app.settle();
    expect((await texts(carol))[0]).toBe(`Bob Stone lends you contacts of the book “${main.name}”.`);
    const before = (await texts(bob)).length;
    await alice.call(identity.changeProcess, { processId: use.id, ...terms, purpose: 'Recruit' });
    await app.settle();
    expect((await told(bob)).slice(0, -before || undefined)).toMatchObject([
      {
        kind: 'use_changed',
        path: '/delegations',
        text: 'Alice Martin changed “Seminar”, to which you lend contacts: see what it is for, until when, and who runs it.',
      },
    ]);
    await lend(bob, main.id);
    await app.settle();
    await app.query(`delete from notices.notice where member_id = any($1)`, [[bob.me.memberId, carol.me.memberId]]);
  });

  test('that a use was changed, as a steward of a book of the workspace that is lent to it', async () => {
    const dave = await app.invite(alice, 'Dave Steward');
    const { id } = await alice.call(delegation.createBook, { name: 'House', stewardIds: [dave.me.memberId] });
    const terms = { name: 'Fair', purpose: 'Invite', endsAt: null, memberIds: [carol.me.memberId] };
    const use = await alice.call(identity.createProcess, terms);
    await lend(dave, id, { grantee: { kind: 'process', processId: use.id }, acts: ['read'] });
    await alice.call(identity.changeProcess, { processId: use.id, ...terms, purpose: 'Recruit' });
    await app.settle();
    expect((await told(dave)).map(({ kind }) => kind)).toEqual(['use_changed']);
    await app.query(`delete from notices.notice where member_id = $1`, [carol.me.memberId]);
  });

  test('and an app, to which contacts are lent, is not', async () => {
    await app.query('delete from notices.notice where member_id = $1', [bob.me.memberId]);
    const main = (await bob.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
    await authorise(app, bob, await register(alice), { bookIds: [main.id], acts: ['read'] });
    await lend(bob, main.id);
    await app.settle();
    expect(
      await app.query(
        'select kind from notices.notice n where not exists (select from identity.member m where m.member_id = n.member_id)',
      ),
    ).toEqual([]);
    expect(await told(bob)).toEqual([]);
  });

  test('nothing of a grant that only lets contacts be found, nor of one to the whole company', async () => {
    const before = (await told(bob)).map(({ id }) => id);
    await lend(alice, bookId, { grantee: toBob, acts: ['discover'] });
    await lend(alice, bookId, { grantee: toBob, acts: ['read'], askFirst: true });
    await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await app.settle();
    expect((await told(bob)).map(({ id }) => id)).toEqual(before);
  });

  test('that a grant has come to its date, by itself and once', async () => {
    const endsAt = new Date(Date.now() + 1200).toISOString();
    await lend(alice, bookId, { grantee: toBob, acts: ['read'], endsAt });
    await sleep(2300);
    await app.settle();
    const ended = (await texts(bob)).filter((text) => text.includes('come to their end date'));
    expect(ended).toHaveLength(1);
  });

  test('what a holder answers', async () => {
    await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await bob.call(cards.getPerson, { personId });
    const [happening] = (await alice.call(home.listHappenings, { bookId })).items;
    await alice.call(home.replyToHappening, { happeningId: happening!.id, text: 'Please call first.' });
    await app.settle();
    const [first] = await told(bob);
    expect(first).toMatchObject({
      kind: 'reply',
      text: 'Alice Martin answered you about their contacts.',
      path: '/home',
    });
  });
});

describe('a notice', () => {
  test('is told once, however often its job runs and however many run at once', async () => {
    const payload = {
      kind: 'task_due',
      memberIds: [carol.me.memberId],
      subjectId: personId,
      actorId: null,
      occasion: 'once',
    };
    const { workspaceId } = { workspaceId: carol.me.workspace.id };
    await app.app.db.asSystem('keeper', async (tx) => {
      for (let index = 0; index < 5; index++) await app.app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
    });
    await app.settle();
    expect(await texts(carol)).toEqual(['A task is waiting for you.']);
  });

  test('is its reader’s alone, read one by one or all at once', async () => {
    const [first] = await told(bob);
    await carol.call(contracts.markRead, { ids: [first!.id] });
    expect((await told(bob))[0]!.read).toBe(false);
    const { count } = await bob.call(contracts.countUnread, {});
    await bob.call(contracts.markRead, { ids: [first!.id] });
    expect((await bob.call(contracts.countUnread, {})).count).toBe(count - 1);
    await bob.call(contracts.markRead, {});
    expect((await bob.call(contracts.countUnread, {})).count).toBe(0);
    expect((await told(carol)).some(({ read }) => read)).toBe(false);
  });

  test('is read page by page, in the reader’s language', async () => {
    const page = await bob.call(contracts.listNotices, { limit: 1 }, { headers: { 'accept-language': 'fr' } });
    expect(page.items[0]!.text).toBe('Alice Martin vous a répondu à propos de ses contacts.');
    const next = await bob.call(contracts.listNotices, { limit: 1, after: page.next! });
    expect(next.items[0]!.id).not.toBe(page.items[0]!.id);
  });

  test('comes by the ways that a member wants, and by no other', async () => {
    sink.mails.length = 0;
    const switches = [
      { kind: 'reply' as const, way: 'mail' as const, wanted: true },
      { kind: 'reply' as const, way: 'app' as const, wanted: false },
    ];
    const settings = await bob.call(contracts.updateSettings, { switches });
    expect(settings.kinds.find(({ kind }) => kind === 'reply')!.ways).toMatchObject({ app: false, mail: true });
    expect(settings.mail).toBe(true);
    const before = await told(bob);
    const [happening] = (await alice.call(home.listHappenings, { bookId })).items;
    await alice.call(home.replyToHappening, { happeningId: happening!.id, text: 'Secret words.' });
    await app.settle();
    expect(await told(bob)).toEqual(before);
    expect(sink.mails.map(({ to, mail }) => [to[0], mail.subject])).toEqual([
      [bob.me.email, 'A colleague answered you about their contacts'],
    ]);
    expect(sink.mails[0]!.mail.text).toContain('Alice Martin answered you about their contacts.');
    expect(sink.mails[0]!.mail.text).not.toContain('Secret words');
    expect(sink.mails[0]!.mail.text).toContain('/settings/notices');
  });

  test('holds ids and codes only, and is forgotten after 90 days', async () => {
    const rows = await app.query('select * from notices.notice');
    expect(JSON.stringify(rows)).not.toMatch(/Lyon|Durand|Stone|Martin|@/);
    await app.query(`update notices.notice set at = now() - interval '91 days' where member_id = $1`, [
      carol.me.memberId,
    ]);
    const { noticesCrons } = await import('./jobs.ts');
    await noticesCrons.find(({ name }) => name === 'notices.forget')!.run(app.app);
    expect(await told(carol)).toEqual([]);
    expect((await told(bob)).length).toBeGreaterThan(0);
  });

  test('reaches nobody who is suspended', async () => {
    const dora = await app.invite(alice, 'Dora Brown');
    await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [dora.me.memberId]);
    const payload = { kind: 'joined', memberIds: [dora.me.memberId], subjectId: personId, actorId: null };
    await app.app.db.asSystem('keeper', (tx) =>
      app.app.enqueue(tx, { workspaceId: alice.me.workspace.id, task: 'notices.tell', payload }),
    );
    await app.settle();
    expect(await app.query('select from notices.notice where member_id = $1', [dora.me.memberId])).toEqual([]);
  });
});
