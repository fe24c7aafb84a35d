import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Mail, MailServer } from '../deliver.ts';
import { type MailSink, openMailSink } from '../testing.ts';
import { Mailer } from './mailer.ts';

let sink: MailSink;
let server: MailServer;
const mailer = new Mailer();

beforeAll(async () => {
  sink = await openMailSink();
  server = {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, password: null, replyTo: null },
    sender: { name: 'Exemple', address: 'crm@example.com' },
    signer: {
      domain: 'example.com',
      selector: 'autumn',
      privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    },
  };
});
afterAll(async () => {
  await mailer.end();
  await sink.close();
});

const mailTo = (name: string): Mail => ({
  messageId: `<${name}@example.com>`,
  to: { name, address: `${name}@reader.example` },
  ...{ subject: 'Été', text: 'Bonjour', html: '<p>Bonjour</p>', headers: {} },
});

test('several conversations take one mail after the other, signed, and each hears of its own outcome', async () => {
  const lines = [mailer.openLine(server), mailer.openLine(server)];
  const nobody = mailer.openLine({ ...server, port: 1 });
  const outcomes = await Promise.all([
    ...lines.map(async (line, at) => [await line.deliver(mailTo(`anne${at}`)), await line.deliver(mailTo(`bo${at}`))]),
    nobody.deliver(mailTo('zoe')),
  ]);
  for (const line of [...lines, nobody]) line.close();
  const sent = { state: 'sent' };
  expect(outcomes).toEqual([[sent, sent], [sent, sent], { state: 'later', answer: 'connection' }]);
  expect(sink.mails.flatMap(({ to }) => to).sort()).toEqual(
    ['anne0', 'anne1', 'bo0', 'bo1'].map((name) => `${name}@reader.example`),
  );
  expect(sink.mails.every(({ raw }) => /^DKIM-Signature: .*s=autumn/s.test(raw))).toBe(true);
});

test('of a mail that the thread had in hand when it was lost nobody knows; the next goes by a new thread', async () => {
  const confirm = sink.hold();
  const before = sink.mails.length;
  const line = mailer.openLine(server);
  const inHand = line.deliver(mailTo('carl'));
  await expect.poll(() => sink.mails.length).toBe(before + 1);
  await mailer.end();
  expect(await inHand).toEqual({ state: 'in_doubt', answer: 'no_answer' });
  expect(await line.deliver(mailTo('dora'))).toEqual({ state: 'later', answer: 'connection' });
  line.close();
  confirm();
  const next = mailer.openLine(server);
  expect(await next.deliver(mailTo('emil'))).toEqual({ state: 'sent' });
  next.close();
  expect(sink.mails.flatMap(({ to }) => to)).not.toContain('dora@reader.example');
});
