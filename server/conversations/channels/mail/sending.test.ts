import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ownText } from '../../../formats/mail/quotes.ts';
import { Unreached } from '../../../kernel/guarded.ts';
import { type MailSink, openMailSink } from '../../../outreach/testing.ts';
import { accessTo, outgoing } from '../testing.ts';
import { ourId } from './ids.ts';
import { mail } from './index.ts';
import { quoteOf } from './sending.ts';
import { mailSettings } from './settings.ts';

const address = 'help@us.example';
let sink: MailSink;
afterEach(() => sink?.close());

const settingsFor = (port: number, more: object = {}) =>
  mailSettings.parse({
    ...{ address, name: 'Exemple SA', copies: 'server' },
    imap: { host: '127.0.0.1', port: 1, security: 'none' },
    smtp: { host: '127.0.0.1', port, security: 'none' },
    ...more,
  });
const send = (port: number, more: Partial<Parameters<typeof outgoing>[1]> = {}, host = '127.0.0.1') =>
  mail.send!(
    accessTo(settingsFor(port, { smtp: { host, port, security: 'none' } }), { user: 'u', password: 'p' }),
    outgoing('lea@client.example', more),
  );
const { messageId } = outgoing('');

describe('an answer', () => {
  test('is in the thread, from the channel’s address, signed, with what it answers below', async () => {
    sink = await openMailSink({ onAuth: (_auth, _session, done) => done(null, { user: 'u' }) });
    const content = Buffer.from('%PDF-1.4 devis');
    const sent = await send(sink.port, {
      ...{ subject: 'RE: Re: Commande\r\nBcc: evil@x.example', signedBy: 'Bob Stone' },
      earlier: ['<one@client.example>', 'sha256:00', '<two@us.example>'],
      answering: { at: new Date('2026-03-04T10:00:00Z'), name: 'Léa Martin', text: 'Où est-elle ?\n\nMerci' },
      files: [{ name: 'devis été.pdf', mediaType: 'application/pdf', content }],
    });
    expect(sent).toEqual({ kind: 'sent', externalId: ourId(messageId, address) });
    const [{ mail: got, from, to, raw }] = sink.mails as [MailSink['mails'][number]];
    expect([from, to]).toEqual([address, ['lea@client.example']]);
    expect(got).toMatchObject({
      from: { name: 'Bob Stone – Exemple SA', address },
      messageId: ourId(messageId, address),
      inReplyTo: '<two@us.example>',
      references: '<one@client.example> <two@us.example>',
    });
    expect(got.subject).toMatch(/^Re: Commande/);
    expect(got.bcc).toBeUndefined();
    expect(raw).not.toMatch(/^bcc:/im);
    expect(got.text).toContain('Bonjour 👋🏽 مرحبا');
    expect(got.text).toContain('Le 4 mars 2026, Léa Martin a écrit :\n> Où est-elle ?\n>\n> Merci');
    expect(ownText(got.text!)).toBe('Bonjour 👋🏽 مرحبا');
    expect(got.attachments).toMatchObject([{ filename: 'devis été.pdf', mimeType: 'application/pdf' }]);
    expect(Buffer.from(got.attachments[0]!.content as ArrayBuffer).equals(content)).toBe(true);
  });

  test('goes where they asked, and never to what is no address', async () => {
    sink = await openMailSink({ onAuth: (_auth, _session, done) => done(null, { user: 'u' }) });
    const to = (replyTo: string) => ({
      to: { point: { channel: 'email' as const, address: 'lea@client.example' }, name: 'Léa', replyTo },
    });
    await send(sink.port, to('other@client.example'));
    expect(sink.mails[0]!.to).toEqual(['other@client.example']);
    expect(await send(sink.port, to('a@b.example\r\nRCPT TO:<x@y.example>'))).toEqual({
      kind: 'refused',
      code: 'no_recipient',
    });
    expect(sink.mails).toHaveLength(1);
  });

  test.each([
    [550, 'refused', 'no_recipient'],
    [552, 'refused', 'too_long'],
    [554, 'refused', 'rejected'],
    [451, 'later', 'busy'],
  ])('that the server takes with %i is %s', async (responseCode, kind, code) => {
    sink = await openMailSink({
      onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
      onRcptTo: (_to, _session, done) => done(Object.assign(new Error('no'), { responseCode })),
    });
    expect(await send(sink.port)).toEqual({ kind, code });
  });

  test('waits where the password does not open, or nobody is there', async () => {
    sink = await openMailSink({ onAuth: (_auth, _session, done) => done(new Error('no')) });
    expect(await send(sink.port)).toEqual({ kind: 'later', code: 'refused' });
    expect(await send(1)).toEqual({ kind: 'later', code: 'unreachable' });
  });

  test('of which nobody knows whether it arrived is not sent again by itself', async () => {
    // Takes the mail whole, and hangs up.
    const server = createServer((socket) => {
      socket.write('220 x\r\n');
      let data = false;
      socket.on('error', () => {});
      socket.on('data', (octets) => {
        const said = String(octets);
        if (data) {
          if (said.endsWith('\r\n.\r\n')) socket.destroy();
        } else if (/^EHLO/.test(said)) socket.write('250-x\r\n250 AUTH PLAIN\r\n');
        else if (/^AUTH/.test(said)) socket.write('235 ok\r\n');
        else if (/^DATA/.test(said)) {
          data = true;
          socket.write('354 go\r\n');
        } else socket.write('250 ok\r\n');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await send((server.address() as AddressInfo).port)).toEqual({ kind: 'unsure' });
    server.close();
  });

  test('leaves for no place within networks that are not for it', async () => {
    await expect(send(25, {}, '10.0.0.1')).rejects.toEqual(new Unreached('private_network'));
    await expect(send(25, {}, '192.0.2.1')).rejects.toEqual(new Unreached('not_encrypted'));
  });
});

test('what is quoted is read as a quote, in both languages', () => {
  const answering = { at: new Date('2026-03-04T10:00:00Z'), name: 'Max\nRe', text: 'one\ntwo' };
  for (const locale of ['fr', 'en'] as const) expect(ownText(`Hi${quoteOf(answering, locale)}`)).toBe('Hi');
  expect(quoteOf({ ...answering, text: ' ' }, 'en')).toBe('');
});
