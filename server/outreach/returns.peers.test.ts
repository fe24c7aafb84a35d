import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dovecot, findDovecot, openDovecot } from '../../tools/dovecot.ts';
import * as cards from '../cards/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { readReturns } from './returning.ts';
import * as returns from './returns-contract.ts';
import { deliveryReport, type MailSink, openMailSink, setUpMail } from './testing.ts';

describe.runIf(findDovecot())('a mailbox of Dovecot', { timeout: 120_000 }, () => {
  let dovecot: Dovecot;
  let app: TestApp;
  let alice: Member;
  let bob: Member;
  let sink: MailSink;
  beforeAll(async () => {
    dovecot = await openDovecot();
    app = await openTestApp(['--private-network', '127.0.0.1']);
    alice = await app.setUp();
    bob = await app.invite(alice, 'Bob Stone');
    sink = await openMailSink();
    await setUpMail(alice, sink.port);
  });
  afterAll(async () => {
    await app.close();
    await sink.close();
    await dovecot.close();
  });

  async function someone() {
    const address = 'anne@exemple.fr';
    const { id: personId } = await alice.call(cards.createCard, {
      fields: [
        { kind: 'name', value: { full: 'Anne Durand' } },
        { kind: 'organization', value: { name: 'Exemple' } },
        { kind: 'email', value: { value: address, type: 'work' } },
      ],
    });
    const { values } = await alice.call(cards.getPerson, { personId });
    return { personId, address, contactPointId: values.flatMap(({ contactPoint }) => contactPoint?.id ?? [])[0]! };
  }
  type Someone = Awaited<ReturnType<typeof someone>>;
  const to = ({ personId, contactPointId }: Someone) => ({ personId, contactPointId, purpose: 'service' as const });
  async function send(anne: Someone) {
    sink.mails.length = 0;
    const { messageId } = await alice.call(contracts.writeToContact, { ...to(anne), subject: 'Salut', text: 'Salut' });
    await app.settle();
    return { messageId: messageId!, mailId: sink.mails[0]!.mail.messageId! };
  }
  const ask = async (anne: Someone) => (await alice.call(contracts.askGate, to(anne))).reasons;
  const mine = async (messageId: string) =>
    (await alice.call(contracts.listMyMessages, { limit: 100 })).items.find(({ id }) => id === messageId)!;
  const box = () => ({ host: '127.0.0.1', port: dovecot.port, security: 'none' as const, username: 'crm@example.com' });
  const look = () => readReturns(app.app, alice.me.workspace.id, AbortSignal.timeout(60_000));

  test('is read once for each mail, further each time, and anew where its numbers are others', async () => {
    expect(await codeOf(bob.call(returns.saveReturnBox, { ...box(), password: 'secret' }))).toBe('forbidden');
    expect(await codeOf(alice.call(returns.saveReturnBox, box()))).toBe('invalid_input');
    expect(await codeOf(alice.call(returns.saveReturnBox, { ...box(), password: 'wrong' }))).toBe('connection_failed');
    const anne = await someone();
    const first = await send(anne);
    dovecot.deliver('crm@example.com', 'INBOX', 'From: paul@x.example\r\nSubject: Bonjour\r\n\r\nBonjour');
    dovecot.deliver(
      'crm@example.com',
      'INBOX',
      deliveryReport({ to: anne.address, mailId: first.mailId, status: '4.2.2' }),
    );
    await alice.call(returns.saveReturnBox, { ...box(), password: 'secret' });
    await app.settle();
    expect(await mine(first.messageId)).toMatchObject({ bounce: '4.2.2' });
    const { box: kept } = await alice.call(returns.getReturnBox, {});
    expect(kept).toMatchObject({ username: 'crm@example.com', failure: null, readAt: expect.any(String) });
    const second = await send(anne);
    dovecot.deliver('crm@example.com', 'INBOX', deliveryReport({ to: anne.address, mailId: second.mailId }));
    await look();
    expect(await ask(anne)).toEqual(['dead']);
    await dovecot.stop();
    dovecot.renumber('crm@example.com', 'INBOX');
    await dovecot.start();
    await look();
    const counted = await app.query('select from outreach.bounce where contact_point_id = $1', [anne.contactPointId]);
    expect(counted).toHaveLength(2);
    await dovecot.stop();
    await look();
    expect((await alice.call(returns.getReturnBox, {})).box!.failure).toBe('unreachable');
    await dovecot.start();
  });

  test('its password is sealed, and read by no role of members', async () => {
    const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
    const read = app.app.db.asActor(actor, (tx) =>
      tx.selectFrom('outreach.return_box').select('password').where('workspace_id', '=', actor.workspaceId).execute(),
    );
    await expect(read).rejects.toThrow(/permission denied/);
    await alice.call(returns.removeReturnBox, {});
    expect((await alice.call(returns.getReturnBox, {})).box).toBeNull();
  });
});
