import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { mailMember } from './members.ts';
import { type MailSink, openMailSink } from './testing.ts';

let app: TestApp;
let alice: Member;
let sink: MailSink;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  sink = await openMailSink();
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

const mail = (subject: string) => ({
  workspaceId: alice.me.workspace.id,
  memberId: alice.me.memberId,
  kind: 'digest' as const,
  write: (_t: unknown, locale: string) => ({
    subject,
    paragraphs: ['Bob <b>opened</b> 3 contacts.', `In ${locale}.`],
    action: { label: 'Look', url: 'https://example.org/?a=1&b=2' },
    footer: 'You get this because you asked for it. Stop: https://example.org/settings',
  }),
});

test('without outgoing mail nothing is queued, and the caller is told so', async () => {
  expect(await app.app.db.asSystem('keeper', (tx) => mailMember(app.app, tx, mail('None')))).toBe(false);
  expect(await app.query('select from outreach.message')).toEqual([]);
});

test('a member gets mail about their own affairs, as text and as a page, whoever caused it', async () => {
  await app.query(
    `insert into outreach.mail_setup (workspace_id, host, port, security, sender_name, sender_address, changed_by)
     values ($1, '127.0.0.1', $2, 'none', 'Exemple SA', 'crm@example.com', $3)`,
    [alice.me.workspace.id, sink.port, alice.me.memberId],
  );
  const bob = await app.invite(alice, 'Bob Stone');
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  expect(await app.app.db.asActor(actor, (tx) => mailMember(app.app, tx, mail('Yours')))).toBe(true);
  await app.settle();
  expect(sink.mails).toHaveLength(1);
  const { mail: got, from, to } = sink.mails[0]!;
  expect([from, to]).toEqual(['crm@example.com', ['alice.martin@example.com']]);
  expect(got).toMatchObject({ subject: 'Yours', from: { name: 'Exemple SA', address: 'crm@example.com' } });
  expect(got.text).toContain('Bob <b>opened</b> 3 contacts.\n\nIn en.\n\nLook\nhttps://example.org/?a=1&b=2');
  expect(got.html).toContain('Bob &lt;b&gt;opened&lt;/b&gt;');
  expect(await app.query('select state, attempts, answer from outreach.message')).toEqual([
    { state: 'sent', attempts: 1, answer: null },
  ]);
});

test('a mail whose transaction fails is never sent', async () => {
  const failing = app.app.db.asSystem('keeper', async (tx) => {
    await mailMember(app.app, tx, mail('Never'));
    throw new Error('afterwards');
  });
  await expect(failing).rejects.toThrow('afterwards');
  await app.settle();
  expect(sink.mails.map((one) => one.mail.subject)).not.toContain('Never');
});
