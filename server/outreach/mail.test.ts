import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let sink: MailSink | undefined;
let run = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
});
afterAll(() => app.close());
beforeEach(() => run++);
afterEach(async () => {
  await sink?.close();
  sink = undefined;
  expect(app.errors).toEqual([]);
});

const password = 'seven-secret-words';
const setup = {
  host: '127.0.0.1',
  port: 1,
  security: 'none' as const,
  username: 'crm',
  senderName: 'Exemple SA',
  senderAddress: 'crm@example.com',
  replyTo: 'office@example.com',
};

describe('outgoing mail', () => {
  test('is set up by admins alone, and its password is given back nowhere', async () => {
    const saved = await alice.call(contracts.saveMailSetup, { ...setup, password });
    expect(saved.setup).toMatchObject({ host: '127.0.0.1', username: 'crm', hasPassword: true });
    const answers = [saved, await alice.call(contracts.getMailSetup, {}), await alice.call(contracts.sendTestMail, {})];
    expect(JSON.stringify([answers, app.errors])).not.toContain(password);
    const rows = await app.query<{ password: Buffer }>('select * from outreach.mail_setup');
    expect(rows[0]!.password.toString('latin1')).not.toContain(password);
    const { items } = await alice.call(identity.listAudit, { limit: 1 });
    expect(items).toMatchObject([{ actor: alice.me.name, code: 'mail.changed', subject: '127.0.0.1' }]);
    const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
    const read = app.app.db.asActor(actor, (tx) => tx.selectFrom('outreach.mail_setup').select('password').execute());
    await expect(read).rejects.toThrow('permission denied');
  });

  test('is nobody else’s to read, change, test or look through', async () => {
    await setUpMail(alice, 1);
    const calls = [
      () => bob.call(contracts.getMailSetup, {}),
      () => bob.call(contracts.saveMailSetup, { ...setup, password }),
      () => bob.call(contracts.removeMailSetup, {}),
      () => bob.call(contracts.sendTestMail, {}),
      () => bob.call(contracts.getMailHealth, {}),
      () => bob.call(contracts.listOutbox, {}),
      () => bob.call(contracts.suppressAddress, { email: 'a@example.org', suppressed: true }),
    ];
    for (const call of calls) expect(await codeOf(call())).toBe('forbidden');
    const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
    const changed = await app.app.db.asActor(actor, (tx) =>
      tx
        .updateTable('outreach.mail_setup')
        .set({ host: 'evil.example' })
        .where('workspace_id', '=', actor.workspaceId)
        .executeTakeFirst(),
    );
    expect(changed.numUpdatedRows).toBe(0n);
  });

  test('keeps its password for the server it was given for', async () => {
    await alice.call(contracts.saveMailSetup, { ...setup, password });
    await alice.call(contracts.saveMailSetup, { ...setup, senderName: 'Exemple' });
    const elsewhere = alice.call(contracts.saveMailSetup, { ...setup, host: 'localhost' });
    expect(await codeOf(elsewhere)).toBe('invalid_input');
    await alice.call(contracts.saveMailSetup, { ...setup, username: null });
    expect((await alice.call(contracts.getMailSetup, {})).setup).toMatchObject({ hasPassword: false });
  });

  test('leaves the machine encrypted only', async () => {
    const open = alice.call(contracts.saveMailSetup, { ...setup, host: 'mail.example.com', password });
    expect(await codeOf(open)).toBe('invalid_input');
  });

  test('is tested by a message to oneself, and says when it works', async () => {
    sink = await openMailSink({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password: given }, _session, done) =>
        given === password ? done(null, { user: username }) : done(new Error('Invalid login')),
    });
    await alice.call(contracts.saveMailSetup, { ...setup, port: sink.port, password });
    expect(await alice.call(contracts.sendTestMail, {})).toEqual({
      to: 'alice.martin@example.com',
      state: 'sent',
      answer: null,
    });
    expect(sink.mails[0]!.mail).toMatchObject({ replyTo: [{ address: 'office@example.com' }] });
    const health = await alice.call(contracts.getMailHealth, {});
    expect(health.lastSuccessAt).not.toBeNull();
    await alice.call(contracts.saveMailSetup, { ...setup, port: sink.port, password: 'wrong one' });
    expect(await alice.call(contracts.sendTestMail, {})).toMatchObject({
      state: 'later',
      answer: 'authentication 535',
    });
    expect(await alice.call(contracts.getMailHealth, {})).toMatchObject({ lastFailure: 'authentication 535' });
  });

  test('says that nobody listens, that the certificate is wrong, that an address is refused', async () => {
    await setUpMail(alice, 1);
    expect(await alice.call(contracts.sendTestMail, {})).toMatchObject({ answer: 'connection' });
    sink = await openMailSink({ secure: true, disabledCommands: [] });
    const encrypted = { ...setup, username: null, port: sink.port, security: 'tls' as const };
    await alice.call(contracts.saveMailSetup, encrypted);
    expect(await alice.call(contracts.sendTestMail, {})).toMatchObject({ answer: 'certificate' });
    await sink.close();
    sink = await openMailSink({
      onMailFrom: (_address, _session, done) => done(Object.assign(new Error('not yours'), { responseCode: 553 })),
    });
    await setUpMail(alice, sink.port);
    expect(await alice.call(contracts.sendTestMail, {})).toMatchObject({ state: 'failed', answer: 'sender 553' });
    await sink.close();
    // The server offers no encryption: nothing is said to it in the clear.
    sink = await openMailSink();
    await alice.call(contracts.saveMailSetup, { ...encrypted, port: sink.port, security: 'starttls' });
    expect((await alice.call(contracts.sendTestMail, {})).state).toBe('later');
    expect(sink.mails).toEqual([]);
  });
});

describe('a message', () => {
  async function write(): Promise<string> {
    const personId = await addContact(alice, { name: `Queue ${run}`, email: `queue${run}@exemple.fr` });
    const person = await alice.call(cards.getPerson, { personId });
    const contactPointId = person.values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
    const { messageId } = await alice.call(contracts.writeToContact, {
      personId,
      contactPointId,
      purpose: 'service',
      subject: 'Hello',
      text: 'You',
    });
    await app.settle();
    return messageId!;
  }
  const last = async () => (await alice.call(contracts.listMyMessages, { limit: 1 })).items[0]!;
  const refusing = (responseCode: number, message: string) =>
    openMailSink({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error(message), { responseCode })),
    });

  test('to a mailbox that does not exist fails at once, and the address is dead from then on', async () => {
    sink = await refusing(550, '5.1.1 No such user');
    await setUpMail(alice, sink.port);
    await write();
    const failed = await last();
    expect(failed).toMatchObject({ state: 'failed', attempts: 1, answer: 'recipient 550 5.1.1' });
    const person = await alice.call(cards.getPerson, { personId: failed.contact!.id });
    expect(person.values.find(({ kind }) => kind === 'email')!.contactPoint!.health).toBe('dead');
  });

  test('put off by the mail server is tried again later, and arrives', async () => {
    sink = await refusing(451, '4.7.1 Greylisted');
    await setUpMail(alice, sink.port);
    const messageId = await write();
    const waiting = await last();
    expect(waiting).toMatchObject({ state: 'queued', attempts: 1, answer: 'recipient 451 4.7.1' });
    const wait = Date.parse(waiting.nextAt!) - Date.now();
    expect(wait).toBeGreaterThan(100_000);
    expect((await alice.call(contracts.getMailHealth, {})).waiting).toBe(1);
    await sink.close();
    sink = await openMailSink();
    await setUpMail(alice, sink.port);
    await app.query(`update outreach.message set next_at = now() where message_id = $1`, [messageId]);
    const [{ outbox_id }] = (await app.query(`select outbox_id from kernel.outbox where topic = 'outreach.send'`)) as [
      { outbox_id: string },
    ];
    await app.app.runNow(alice.me.workspace.id, outbox_id, 'outreach.send');
    expect(await last()).toMatchObject({ state: 'sent', attempts: 2 });
    expect(sink.mails).toHaveLength(1);
  });

  test('whose connection breaks after it was handed over is in doubt, and is not sent again', async () => {
    const conversation = await breakOff('content');
    await setUpMail(alice, conversation.port);
    await write();
    expect(await last()).toMatchObject({ state: 'in_doubt', answer: 'no_answer' });
    await app.settle();
    expect(conversation.count()).toBe(1);
    await conversation.close();
  });

  test('whose connection breaks before that is tried again', async () => {
    const conversation = await breakOff('RCPT');
    await setUpMail(alice, conversation.port);
    await write();
    expect(await last()).toMatchObject({ state: 'queued', answer: 'connection' });
    await conversation.close();
  });

  test('is shown in the outbox without text, address or name of the contact', async () => {
    const { items } = await alice.call(contracts.listOutbox, {});
    expect(items.length).toBeGreaterThan(2);
    expect(JSON.stringify(items)).not.toMatch(/exemple\.fr|Queue|Hello/);
  });
});

/** A mail server that hangs up without a word: when it hears of the recipient, or has taken the whole message. */
async function breakOff(when: 'RCPT' | 'content'): Promise<{ port: number; count(): number; close(): Promise<void> }> {
  let taken = 0;
  const server: Server = createServer((socket) => {
    let content = false;
    socket.on('error', () => {});
    socket.write('220 sink\r\n');
    socket.on('data', (bytes) => {
      const text = bytes.toString();
      if (content ? text.endsWith('\r\n.\r\n') : when === 'RCPT' && text.startsWith('RCPT')) {
        taken++;
        socket.destroy();
      } else if (!content) {
        content = text.startsWith('DATA');
        socket.write(content ? '354 go on\r\n' : '250 yes\r\n');
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as { port: number }).port,
    count: () => taken,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
