import { isIP } from 'node:net';
import type { ImapFlow } from 'imapflow';
import { type Guarded, Unreached } from '../kernel/guarded.ts';
import { Trouble } from './connector.ts';

/** What a mailbox is reached with. */
export interface ImapAccess {
  settings: { host: string; port: number; security: 'tls' | 'starttls' | 'none'; user: string };
  secret: { password: string };
  guarded: Guarded;
  signal: AbortSignal;
}

/** Of an answer of the server: the UIDs of 500,000 messages take 4 MB. */
const LONGEST_LINE = 32 << 20;

/** Signs in. The connection is closed with the signal. @throws Trouble | Unreached */
export async function openImap(access: ImapAccess): Promise<ImapFlow> {
  const { settings, secret, guarded, signal } = access;
  const { address, inside } = await guarded.resolve(settings.host);
  if (settings.security === 'none' && !inside) throw new Unreached('not_encrypted');
  // Loaded when a mailbox is first connected: starting takes no time for it.
  const { ImapFlow } = await import('imapflow');
  const client = new ImapFlow({
    // The address that was judged, whatever the name says by now.
    host: address,
    ...(isIP(settings.host) ? {} : { servername: settings.host }),
    port: settings.port,
    secure: settings.security === 'tls',
    doSTARTTLS: settings.security === 'tls' ? undefined : settings.security === 'starttls',
    auth: { user: settings.user, pass: secret.password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 15_000,
    socketTimeout: 120_000,
    maxLineLength: LONGEST_LINE,
    maxLiteralSize: 1 << 20,
    maxResponseSize: 2 * LONGEST_LINE,
  });
  // Without a listener a broken connection would end the process; what waits for it fails by itself.
  client.on('error', () => {});
  const close = () => client.close();
  signal.addEventListener('abort', close, { once: true });
  client.on('close', () => signal.removeEventListener('abort', close));
  try {
    await client.connect();
  } catch (error) {
    client.close();
    throw toTrouble(error, signal);
  }
  return client;
}

/** What the library says went wrong, in a word for people. */
export function toTrouble(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof Trouble || error instanceof Unreached) return error;
  const {
    code = '',
    authenticationFailed = false,
    message = '',
  } = error as {
    code?: string;
    authenticationFailed?: boolean;
    message?: string;
  };
  if (authenticationFailed) return new Trouble('refused');
  if (/TooLarge$/.test(code)) return new Trouble('too_large');
  if (/TIMEOUT|Timeout/i.test(code)) return new Trouble('timeout');
  if (/^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|HOSTNAME_)/.test(code))
    return new Trouble('certificate');
  if (/STARTTLS/i.test(message)) return new Trouble('not_encrypted');
  // Faults of ours have no code.
  if (code === '' && !(error as { responseStatus?: string }).responseStatus) return error;
  return new Trouble('unreachable');
}

/** On a connection that is gone the library finds nothing, and says nothing: what was not read would count as read. */
export function mustStand(client: ImapFlow): void {
  if (!client.usable) throw new Trouble('unreachable');
}
