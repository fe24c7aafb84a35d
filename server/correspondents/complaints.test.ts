import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as home from '../home/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { letter, openTestMailbox, type TestMailbox } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let sink: MailSink;
/** Where reports arrive: the mailbox that the company writes from. */
let box: TestMailbox;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
  box = await openTestMailbox(app, alice, 'crm@example.com');
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

/** What a provider sends on behalf of somebody who pressed "unwanted" (RFC 5965, appendix B). */
const report = (messageId: string, { type = 'abuse', recipient = '' } = {}) =>
  letter({
    from: 'feedback@provider.example',
    to: 'crm@example.com',
    subject: 'FW: Bonjour',
    headers: ['Content-Type: multipart/report; report-type=feedback-report; boundary="b"'],
    text: [
      '--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n',
      `--b\nContent-Type: message/feedback-report\n\nFeedback-Type: ${type}\nUser-Agent: Provider/1.0\nVersion: 1`,
      ...(recipient ? [`Original-Rcpt-To: <${recipient}>`] : []),
      `\n--b\nContent-Type: message/rfc822\n\nFrom: crm@example.com\nMessage-ID: ${messageId}\nSubject: Bonjour\n\nText\n--b--`,
    ].join('\n'),
  }).replace('Content-Type: text/plain; charset=utf-8\n', '');

let contacts = 0;

/** Somebody whom Bob holds and has written to. */
async function written() {
  const email = `rosa${++contacts}@unwanted.example`;
  const { id: personId } = await bob.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Rosa', family: `Unwanted${contacts}` } },
      { kind: 'email', value: { value: email, type: 'work' } },
      { kind: 'organization', value: { name: 'Unwanted SA' } },
    ],
  });
  const point = async () =>
    (await bob.call(cards.getPerson, { personId })).values.find(({ kind }) => kind === 'email')!.contactPoint!;
  const { id: contactPointId } = await point();
  const wish = { personId, contactPointId, purpose: 'prospecting' as const };
  await bob.call(outreach.writeToContact, { ...wish, subject: 'Bonjour', text: 'Une offre.' });
  await app.settle();
  const messageId = sink.mails.at(-1)!.mail.messageId!;
  const ask = async () => (await bob.call(outreach.askGate, { ...wish, purpose: 'service' })).reasons;
  return { email, personId, messageId, ask, consent: async () => (await point()).consent };
}
const told = async () =>
  (await bob.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'complained').map(({ text }) => text);

test('a message that is reported as unwanted is an objection at once, and whoever wrote is told, once', async () => {
  const rosa = await written();
  expect(await rosa.ask()).toEqual([]);
  await box.receive(report(rosa.messageId));
  await Promise.all([box.receive(report(rosa.messageId)), box.receive(report(rosa.messageId, { type: 'fraud' }))]);
  await app.settle();
  expect(await rosa.ask()).toEqual(['objected']);
  expect(await told()).toEqual([
    'Rosa Unwanted1 reported a message of yours as unwanted. Nobody here writes to this address any more.',
  ]);
  const { items } = await bob.call(home.listHappenings, {});
  expect(items.filter(({ kind }) => kind === 'objected')).toHaveLength(1);
});

test.each([
  'not-spam',
  'auth-failure',
  'virus',
  'other',
  '',
])('a report of the kind “%s” is no complaint', async (type) => {
  const rosa = await written();
  await box.receive(report(rosa.messageId, { type }));
  expect(await rosa.consent()).toBe('unknown');
});

test('a report about a message that nobody here sent changes nothing, whomever it names', async () => {
  const rosa = await written();
  await box.receive(report('<guessed@example.com>', { recipient: rosa.email }));
  await box.receive(report('<0191f000-0000-7000-8000-000000000000@example.com>', { recipient: rosa.email }));
  expect(await rosa.consent()).toBe('unknown');
});

test('a message that the mailbox’s owner wrote themself counts too, for an address that they wrote to', async () => {
  const rosa = await written();
  await box.receive(letter({ from: 'crm@example.com', to: 'else@unwanted.example', id: 'own-1' }), { sent: true });
  await box.receive(report('<own-1@test.example>', { recipient: rosa.email }));
  expect(await rosa.consent()).toBe('unknown');
  await box.receive(letter({ from: 'crm@example.com', to: rosa.email, id: 'own-2' }), { sent: true });
  await box.receive(report('<own-2@test.example>', { recipient: rosa.email }));
  expect(await rosa.consent()).toBe('objected');
});
