import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { openMessage } from '../formats/mail-facts/message.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { defaultRules } from './pressure.ts';
import { takeReturn } from './returning.ts';

/** A mail server on loopback that keeps what it is given. */
export interface MailSink {
  port: number;
  mails: { from: string; to: string[]; raw: string; mail: Email }[];
  /** From now on mails are taken, and not confirmed until what this gives is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function openMailSink(options: SMTPServerOptions = {}): Promise<MailSink> {
  const mails: MailSink['mails'] = [];
  let confirmed = Promise.resolve();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    async onData(stream, session, done) {
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part as Buffer);
      const raw = Buffer.concat(parts).toString('utf8');
      const { mailFrom, rcptTo } = session.envelope;
      mails.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        raw,
        mail: await PostalMime.parse(raw),
      });
      await confirmed;
      done();
    },
    ...options,
  });
  // A conversation broken off by a test is none of the sink's errors.
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      confirmed = promise;
      return resolve;
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** Has an admin set outgoing mail up towards a sink; whatever the time of day and the day, nobody is left alone. */
export async function setUpMail(admin: Member, port: number) {
  await admin.call(contracts.saveGateRules, { ...defaultRules, quiet: null });
  return admin.call(contracts.saveMailSetup, {
    host: '127.0.0.1',
    port,
    security: 'none',
    username: null,
    senderName: 'Exemple SA',
    senderAddress: 'crm@example.com',
    replyTo: null,
  });
}

/** Has the mailbox of the sender's address bring a mail. */
export async function bringBack(app: TestApp, admin: Member, mail: string): Promise<void> {
  const opened = (await openMessage(Buffer.from(mail.replaceAll(/\r?\n/g, '\r\n'))))!;
  await app.app.db.asSystem('keeper', (tx) => takeReturn(app.app, tx, admin.me.workspace.id, opened));
}

interface Report {
  to: string;
  status?: string;
  action?: string;
  mailId: string;
  encoded?: boolean;
}
/** A report that a message could not be delivered (RFC 3464), with its headers given back. */
export const deliveryReport = ({ to, status = '5.1.1', action = 'failed', mailId, encoded }: Report): string => {
  const headers = `From: crm@example.com\r\nTo: ${to}\r\nMessage-ID: ${mailId}\r\nSubject: Salut\r\n`;
  return `From: MAILER-DAEMON@mx.example
To: crm@example.com
Message-ID: <${Math.random()}@mx.example>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ${to}
Action: ${action}
Status: ${status}

--b
Content-Type: text/rfc822-headers${encoded ? '\nContent-Transfer-Encoding: base64' : ''}

${encoded ? Buffer.from(headers).toString('base64') : headers}
--b--
`.replaceAll(/\r?\n/g, '\r\n');
};
