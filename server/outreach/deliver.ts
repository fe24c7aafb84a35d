import type { KeyObject } from 'node:crypto';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { judgeFailure, type Outcome } from './answers.ts';

export interface MailServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  username: string | null;
  password: string | null;
  sender: { name: string; address: string };
  replyTo: string | null;
  /** Signs what leaves (RFC 6376); left out: nothing does here. */
  signer?: Signer | undefined;
}

interface Signer {
  domain: string;
  selector: string;
  /** Read once: reading the PEM anew for each mail took longer than signing it. */
  privateKey: KeyObject;
}

export interface Mail {
  messageId: string;
  /** Instead of the workspace's own name and the addresses of its settings. */
  from?: { name: string; address: string };
  replyTo?: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** Milliseconds: to connect, to be greeted, and without a word. A server that accepts slowly still has its minute. */
const patience = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000, dnsTimeout: 10_000 };

/** A server that takes mail, by its address; and its name, where its certificate is to say it. */
export interface Relay extends Pick<MailServer, 'host' | 'port' | 'security' | 'username' | 'password' | 'signer'> {
  servername?: string;
}

const silent = () => {};

/** What a signature covers (RFC 6376, 5.4.1), the fields of unsubscribing among it, as the one-click button asks (RFC 8058, 4). */
const signedFields =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:In-Reply-To:References:List-Unsubscribe:List-Unsubscribe-Post:Auto-Submitted';

const dkimOf = ({ domain, selector, privateKey }: Signer) => ({
  ...{ domainName: domain, keySelector: selector, privateKey },
  headerFieldNames: signedFields,
});

/** What the library logs holds addresses and goes nowhere. @param listen hears each line of the conversation */
const optionsOf = (relay: Relay, listen: (meta: unknown, line: unknown) => void) => ({
  host: relay.host,
  port: relay.port,
  secure: relay.security === 'tls',
  requireTLS: relay.security === 'starttls',
  ignoreTLS: relay.security === 'none',
  ...(relay.servername ? { tls: { servername: relay.servername } } : {}),
  ...(relay.username ? { auth: { user: relay.username, pass: relay.password ?? '' } } : {}),
  ...(relay.signer ? { dkim: dkimOf(relay.signer) } : {}),
  ...patience,
  disableFileAccess: true,
  disableUrlAccess: true,
  transactionLog: true,
  logger: { trace: silent, debug: listen, info: silent, warn: silent, error: silent, fatal: silent },
});

const openRelay = (relay: Relay, listen: (meta: unknown, line: unknown) => void = silent) =>
  createTransport(optionsOf(relay, listen));

/** A conversation with a mail server that takes one mail after the other. */
export interface Line {
  /** Hands one mail over. It never throws. One at a time. */
  deliver(mail: Mail): Promise<Outcome>;
  close(): void;
}

/** Mails that one conversation takes before the next is begun: servers end those that go on. */
const mostOnALine = 100;

export function openLine(server: MailServer): Line {
  let handedOver = false;
  const listen = (_meta: unknown, line: unknown) => {
    if (typeof line === 'string' && line.startsWith('354')) handedOver = true;
  };
  const pool = { pool: true as const, maxConnections: 1, maxMessages: mostOnALine };
  const transport = createTransport({ ...optionsOf(server, listen), ...pool });
  return {
    async deliver(mail) {
      handedOver = false;
      try {
        await transport.sendMail({
          from: server.sender,
          ...(server.replyTo ? { replyTo: server.replyTo } : {}),
          ...mail,
        });
        return { state: 'sent' };
      } catch (error) {
        return judge(error, handedOver);
      }
    },
    close: () => transport.close(),
  };
}

/** Hands one mail over. It never throws: what went wrong is the outcome. */
export const deliver = (server: MailServer, mail: Mail): Promise<Outcome> =>
  handOver(server, { from: server.sender, ...(server.replyTo ? { replyTo: server.replyTo } : {}), ...mail });

/** The same for a mail of any kind. The conversation is listened to for the one reply after which the content is the server's. */
export async function handOver(relay: Relay, mail: SendMailOptions): Promise<Outcome> {
  let handedOver = false;
  const transport = openRelay(relay, (_meta, line) => {
    if (typeof line === 'string' && line.startsWith('354')) handedOver = true;
  });
  try {
    await transport.sendMail(mail);
    return { state: 'sent' };
  } catch (error) {
    return judge(error, handedOver);
  } finally {
    transport.close();
  }
}

/** Signs in and leaves. It never throws. */
export async function greet(relay: Relay): Promise<Outcome> {
  const transport = openRelay(relay);
  try {
    await transport.verify();
    return { state: 'sent' };
  } catch (error) {
    return judge(error, false);
  } finally {
    transport.close();
  }
}

function judge(error: unknown, handedOver: boolean): Outcome {
  const { code, command, responseCode, response, message } = error as {
    code?: string;
    command?: string;
    responseCode?: number;
    response?: string;
    message?: string;
  };
  return judgeFailure({
    code,
    command,
    replyCode: responseCode,
    enhanced: /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1],
    certificate: /certificate|self.signed|altname/i.test(message ?? ''),
    handedOver,
  });
}
