import { createTransport } from 'nodemailer';
import { judgeFailure, type Outcome } from './answers.ts';

export interface MailServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  username: string | null;
  password: string | null;
  sender: { name: string; address: string };
  replyTo: string | null;
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

/**
 * Hands one mail over. It never throws: what went wrong is the outcome. What the library logs holds addresses and goes nowhere;
 * it is listened to for the one reply after which the content is the server's.
 */
export async function deliver(server: MailServer, mail: Mail): Promise<Outcome> {
  let handedOver = false;
  const listen = (_meta: unknown, line: unknown) => {
    if (typeof line === 'string' && line.startsWith('354')) handedOver = true;
  };
  const silent = () => {};
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.username ? { auth: { user: server.username, pass: server.password ?? '' } } : {}),
    ...patience,
    disableFileAccess: true,
    disableUrlAccess: true,
    transactionLog: true,
    logger: { trace: silent, debug: listen, info: silent, warn: silent, error: silent, fatal: silent },
  });
  try {
    await transport.sendMail({
      from: server.sender,
      ...(server.replyTo ? { replyTo: server.replyTo } : {}),
      ...mail,
    });
    return { state: 'sent' };
  } catch (error) {
    return judge(error, handedOver);
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
