import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import { type MailSink, openMailSink } from '../outreach/testing.ts';
import * as contracts from './contract.ts';
import { digestTask, periodOf, startDigests } from './digest.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
const monday = new Date();
monday.setUTCDate(monday.getUTCDate() + ((8 - monday.getUTCDay()) % 7));
const tuesday = new Date(monday.getTime() + 86_400_000);

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  await app.query(
    `insert into outreach.mail_setup (workspace_id, host, port, security, sender_name, sender_address, changed_by)
     values ($1, '127.0.0.1', $2, 'none', 'Exemple SA', 'crm@example.com', $3)`,
    [alice.me.workspace.id, sink.port, alice.me.memberId],
  );
  const { id: bookId } = await alice.call(delegation.createBook, { name: 'Clients' });
  for (const given of ['Anne', 'Bruno']) {
    const fields = [{ kind: 'name' as const, value: { given, family: 'Durand' } }];
    const { personId } = await alice.call(cards.createCard, { bookId, fields });
    if (given === 'Anne') await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await bob.call(cards.getPerson, { personId });
  }
  await app.settle();
  sink.mails.length = 0;
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

async function send(now: Date) {
  sink.mails.length = 0;
  await startDigests(app.app, now);
  await app.settle();
  return sink.mails.map(({ to, mail }) => ({ to: to[0], subject: mail.subject, text: mail.text! }));
}

test('the week begins on Monday', () => {
  const at = (day: string) => new Date(`${day}T06:00:00Z`);
  expect(periodOf('day', at('2026-11-28'))).toBe('2026-11-28');
  expect(periodOf('week', at('2026-11-29'))).toBe('2026-11-23');
  expect(periodOf('week', at('2026-11-30'))).toBe('2026-11-30');
});

describe('the digest', () => {
  test('tells who did what with my contacts, in my language, and nobody to whom nothing happened', async () => {
    const mails = await send(monday);
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([[alice.me.email, 'Your week in Entregent']]);
    expect(mails[0]!.text).toContain('– Bob Stone opened 2 contacts of the book “Clients”.');
    // No contact's name travels by mail.
    expect(mails[0]!.text).not.toMatch(/Anne|Bruno|Durand/);
  });

  test('comes once a period, whatever runs again', async () => {
    expect(await send(monday)).toEqual([]);
    const payload = { memberId: alice.me.memberId, every: 'week', period: periodOf('week', monday) };
    const context = { app: app.app, workspaceId: alice.me.workspace.id, signal: new AbortController().signal };
    await Promise.all([1, 2, 3].map(() => digestTask.run(payload as never, context)));
    await app.settle();
    expect(sink.mails).toEqual([]);
  });

  test('comes as often as a member wants', async () => {
    expect(await send(tuesday)).toEqual([]);
    await alice.call(contracts.updateSettings, { digest: 'day' });
    await app.query(`update delegation.happening set at = $1`, [tuesday]);
    expect((await send(tuesday)).map(({ subject }) => subject)).toEqual(['Your day in Entregent']);
    await alice.call(contracts.updateSettings, { digest: 'never' });
    expect(await send(new Date(tuesday.getTime() + 86_400_000))).toEqual([]);
  });

  test('is ended by the link that stands in it, and by no other', async () => {
    await alice.call(contracts.updateSettings, { digest: 'day' });
    await app.query('delete from notices.digest');
    const [mail] = await send(tuesday);
    const token = tokenOf(/(http\S+\/digest#token=\S+)/.exec(mail!.text)![1]!);
    const anybody = app.client();
    expect(await codeOf(anybody.call(contracts.stopDigest, { token: `${token}x` }))).toBe('link_expired');
    expect((await alice.call(contracts.getSettings, {})).digest).toBe('day');
    await anybody.call(contracts.stopDigest, { token });
    expect((await alice.call(contracts.getSettings, {})).digest).toBe('never');
  });
});
