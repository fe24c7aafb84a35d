import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { openMessage } from '../formats/mail-facts/message.ts';
import { returnedIds } from '../formats/mail-facts/returned.ts';
import type { Tx } from '../kernel/database.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { judgeReturn, softMost, takeReturn } from './returning.ts';
import { countReturnsOf } from './returns.ts';
import * as returns from './returns-contract.ts';
import { deliveryReport, type MailSink, openMailSink, setUpMail } from './testing.ts';

let app: TestApp;
let alice: Member;
let sink: MailSink;
let no = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
beforeEach(() => {
  no++;
});

/** Somebody new, and mail that has left for them. */
async function someone() {
  const address = `anne${no}@exemple.fr`;
  const { id: personId } = await alice.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { full: `Anne ${no}` } },
      { kind: 'organization', value: { name: 'Exemple' } },
      { kind: 'email', value: { value: address, type: 'work' } },
    ],
  });
  const { values } = await alice.call(cards.getPerson, { personId });
  const contactPointId = values.flatMap(({ contactPoint }) => contactPoint?.id ?? [])[0]!;
  return { personId, contactPointId, address };
}
type Someone = Awaited<ReturnType<typeof someone>>;

async function send({ personId, contactPointId }: Someone, purpose: 'service' | 'invitation' = 'service') {
  sink.mails.length = 0;
  const { messageId } = await alice.call(contracts.writeToContact, {
    personId,
    contactPointId,
    purpose,
    subject: 'Salut',
    text: 'Salut',
  });
  await app.settle();
  return { messageId: messageId!, mailId: sink.mails[0]!.mail.messageId! };
}

const take = async (raw: string) => {
  const opened = (await openMessage(Buffer.from(raw)))!;
  return app.app.db.asSystem('keeper', (tx: Tx) => takeReturn(app.app, tx, alice.me.workspace.id, opened));
};
const ask = async ({ personId, contactPointId }: Someone) =>
  (await alice.call(contracts.askGate, { personId, contactPointId, purpose: 'service' })).reasons;
const mine = async (messageId: string) =>
  (await alice.call(contracts.listMyMessages, { limit: 100 })).items.find(({ id }) => id === messageId)!;

test('an identifier with a sign that no text may hold is none', async () => {
  const part = Buffer.from('Message-ID: <abc\u0000d@x.example>\r\n').toString('base64');
  const report = [
    'From: MAILER-DAEMON@x.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b\r\nContent-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: base64\r\n',
    part,
    '--b--\r\n',
  ];
  expect(await take(report.join('\r\n'))).toBe('nothing');
});

test('an address that does not exist is dead from the report on, and the message says that it came back', async () => {
  const anne = await someone();
  const { messageId, mailId } = await send(anne, 'invitation');
  const before = (await alice.call(contracts.getPressureOf, { personId: anne.personId })).months.at(-1)!.weight;
  expect(await take(deliveryReport({ to: anne.address, mailId }))).toBe('bounce');
  expect(await ask(anne)).toEqual(['dead']);
  expect(await mine(messageId)).toMatchObject({ state: 'sent', bounce: '5.1.1' });
  expect(before - (await alice.call(contracts.getPressureOf, { personId: anne.personId })).months.at(-1)!.weight).toBe(
    2,
  );
});

test('a forged report suppresses nobody: without the Message-ID of a message that left here it says nothing', async () => {
  const anne = await someone();
  const { messageId, mailId } = await send(anne);
  const other = mailId.replace(/^<..../, '<ffff');
  expect(await take(deliveryReport({ to: anne.address, mailId: other }))).toBe('nothing');
  expect(await take(deliveryReport({ to: anne.address, mailId: '<x@example.com>' }))).toBe('nothing');
  expect(await ask(anne)).toEqual([]);
  expect((await mine(messageId)).bounce).toBeNull();
});

test('a report that names somebody else does not touch them, nor holds dead whom the message was for', async () => {
  const anne = await someone();
  const { mailId } = await send(anne);
  no++;
  const victim = await someone();
  await send(victim);
  const { messageId, mailId: own } = await send(anne);
  expect(await take(deliveryReport({ to: victim.address, mailId: own }))).toBe('nothing');
  expect(await take(deliveryReport({ to: victim.address, mailId }))).toBe('nothing');
  expect(await ask(victim)).toEqual([]);
  expect(await ask(anne)).toEqual([]);
  expect((await mine(messageId)).bounce).toBeNull();
});

test('of several reports on one message the worst holds, in whichever order they come', async () => {
  for (const [first, second, dead] of [
    ['4.2.2', '5.1.1', true],
    ['5.1.1', '4.2.2', true],
    ['4.4.7', '5.7.1', false],
  ] as const) {
    no++;
    const anne = await someone();
    const { messageId, mailId } = await send(anne);
    await take(deliveryReport({ to: anne.address, mailId, status: first }));
    await take(deliveryReport({ to: anne.address, mailId, status: second }));
    expect(await mine(messageId)).toMatchObject({ bounce: first.startsWith('5') ? first : second });
    expect(await ask(anne)).toEqual(dead ? ['dead'] : []);
  }
});

test('what is only late changes nothing; what was refused for what it says holds no address dead', async () => {
  const anne = await someone();
  const { messageId, mailId } = await send(anne);
  expect(await take(deliveryReport({ to: anne.address, mailId, action: 'delayed', status: '4.4.1' }))).toBe('nothing');
  expect((await mine(messageId)).bounce).toBeNull();
  expect(await take(deliveryReport({ to: anne.address, mailId, status: '5.7.1' }))).toBe('bounce');
  expect(await mine(messageId)).toMatchObject({ bounce: '5.7.1' });
  expect(await ask(anne)).toEqual([]);
});

test(`an address is given up when ${softMost.messages} messages came back within ${softMost.days} days, each counted once`, async () => {
  const anne = await someone();
  let last = '';
  for (let at = 1; at <= softMost.messages; at++) {
    const { mailId } = await send(anne);
    const raw = deliveryReport({ to: anne.address, mailId, status: at === 2 ? '5.2.2' : '4.2.2', encoded: at === 1 });
    expect(await take(raw)).toBe('bounce');
    await take(raw);
    last = raw;
    expect(await ask(anne)).toEqual(at < softMost.messages ? [] : ['suppressed']);
  }
  expect((await alice.call(returns.getReturnBox, {})).given).toBe(1);
  // An admin may allow it again.
  await alice.call(contracts.suppressAddress, { email: anne.address, suppressed: false });
  expect(await ask(anne)).toEqual([]);
  // A report that is read once more has nothing more to say.
  await take(last);
  expect(await ask(anne)).toEqual([]);
});

test('a complaint that comes by mail is an objection to all, once', async () => {
  const anne = await someone();
  const { mailId } = await send(anne);
  const complaint = (id: string) =>
    `From: fbl@provider.example
To: crm@example.com
Message-ID: <c${Math.random()}@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Abuse.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1

--b
Content-Type: message/rfc822

Message-ID: ${id}
Subject: Salut

x
--b--
`.replaceAll('\n', '\r\n');
  expect(await take(complaint('<none@example.com>'))).toBe('nothing');
  expect(await ask(anne)).toEqual([]);
  expect(await take(complaint(mailId))).toBe('complaint');
  expect(await ask(anne)).toEqual(['objected', 'objected_purpose']);
});

test('what came of a campaign after its messages left is counted', async () => {
  const anne = await someone();
  const { messageId, mailId } = await send(anne);
  const campaignId = '00000000-0000-7000-8000-00000000ca3b';
  await app.query('update outreach.message set campaign_id = $2 where message_id = $1', [messageId, campaignId]);
  const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
  const count = () => app.app.db.asActor(actor, (tx) => countReturnsOf(tx, actor.workspaceId, campaignId));
  expect(await count()).toEqual({ bounced: 0, complained: 0 });
  await take(deliveryReport({ to: anne.address, mailId }));
  expect(await count()).toEqual({ bounced: 1, complained: 0 });
});

test('whatever a mail holds, it is read in bounds and no message that is not ours is found in it', async () => {
  const part = fc.constantFrom(
    'Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n',
    'Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <a@b.example>\r\n',
    'Content-Type: message/rfc822\r\n\r\nMessage-ID:\r\n <c@d.example>\r\n\r\nx',
    'Message-ID: <>\r\n',
    '\r\n--b--\r\n',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(part, fc.string()), { maxLength: 12 }), async (parts) => {
      const raw = Buffer.from(
        `From: MAILER-DAEMON@x.example\r\nMessage-ID: <own@x.example>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n${parts.map((one) => `--b\r\n${one}\r\n`).join('')}--b--\r\n`,
      );
      const opened = await openMessage(raw);
      if (!opened) return;
      const ids = returnedIds(opened.mail, opened.raw);
      expect(ids).not.toContain('<own@x.example>');
      expect(ids.length).toBeLessThanOrEqual(20);
      for (const id of ids) expect(raw.toString('latin1')).toContain(id);
      expect(await take(raw.toString('latin1'))).toBe('nothing');
    }),
    { numRuns: 60 },
  );
});

test('what a report says is judged by recipient and status', () => {
  const ours = (address: string) => address === 'a@x.example';
  const bounce = (status: string, recipient = 'a@x.example', more = {}) => ({
    ...{ recipient, status, kind: status.startsWith('5') ? ('hard' as const) : ('soft' as const) },
    ...{ invalidates: status === '5.1.1', ...more },
  });
  expect(judgeReturn([], ours)).toBeNull();
  expect(judgeReturn([bounce('4.4.1', undefined, { delayed: true })], ours)).toBeNull();
  expect(judgeReturn([bounce('5.1.1', 'b@y.example'), bounce('5.1.1')], ours)).toMatchObject({
    dead: true,
    counts: false,
  });
  expect(judgeReturn([bounce('5.1.1', 'b@y.example')], ours)).toBeNull();
  const passedOn = bounce('5.1.1', 'b@y.example', { original: 'a@x.example' });
  expect(judgeReturn([passedOn], ours)).toMatchObject({ dead: false, counts: true });
  expect(judgeReturn([bounce('4.2.2'), bounce('5.1.1')], ours)).toMatchObject({ status: '5.1.1', dead: true });
  expect(judgeReturn([bounce('5.2.2')], ours)).toMatchObject({ dead: false, counts: true });
  expect(judgeReturn([bounce('4.4.7')], ours)).toMatchObject({ dead: false, counts: true });
  expect(judgeReturn([bounce('5.7.1')], ours)).toMatchObject({ dead: false, counts: false });
});
