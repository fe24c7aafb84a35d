import { createHash } from 'node:crypto';
import type { SFTPWrapper } from 'ssh2';
import { z } from 'zod';
import { Trouble } from '../../connectors/connector.ts';
import { Unreached } from '../../kernel/guarded.ts';
import { type Access, type Kind, nothingRefused, OwnTrouble } from '../kind.ts';
import { csvOf, fileName } from './csv.ts';

const settings = z.object({
  host: z
    .string()
    .trim()
    .max(253)
    .regex(/^[A-Za-z0-9.:-]+$/),
  port: z.coerce.number().int().min(1).max(65_535).default(22),
  username: z.string().trim().min(1).max(200),
  /** Where files are put; it is there already. */
  folder: z.string().trim().max(1000).default('.'),
  /** Of the server's key, as `ssh-keygen -l` shows it: kept when it is first seen, and asked for ever after. */
  fingerprint: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/)
    .optional(),
});
/** A password, or a key in the format of OpenSSH or PEM. */
const secret = z
  .object({ password: z.string().max(1000).default(''), privateKey: z.string().trim().max(20_000).default('') })
  .refine(({ password, privateKey }) => password !== '' || privateKey !== '', {
    path: ['password'],
    message: 'required',
  });
type SftpAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

/** Milliseconds: to open a session, and to do all that is done in it. */
const openWithin = 20_000;
const doneWithin = 120_000;

/** RFC 4255's hash in the words of OpenSSH. */
const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

interface Session {
  sftp: SFTPWrapper;
  fingerprint: string;
}

/** @throws Trouble | OwnTrouble host_changed | Unreached */
async function inSession<T>(access: SftpAccess, work: (session: Session) => Promise<T>): Promise<T> {
  const { settings: to, secret: held, guarded, signal } = access;
  // The name is judged by where it leads to, and that is where the connection goes.
  const { address } = await guarded.resolve(to.host);
  // Loaded with the first destination that needs it, and not when the product starts.
  const { Client } = await import('ssh2');
  const client = new Client();
  let seen = '';
  let changed = false;
  const time = AbortSignal.any([signal, AbortSignal.timeout(doneWithin)]);
  const end = () => client.destroy();
  time.addEventListener('abort', end, { once: true });
  try {
    const sftp = await new Promise<SFTPWrapper>((done, failed) => {
      client
        .on('ready', () => client.sftp((error, opened) => (error ? failed(new Trouble('forbidden')) : done(opened))))
        .on('error', (error) => failed(changed ? new OwnTrouble('host_changed') : meaningOf(error)))
        .on('close', () => failed(new Unreached(time.aborted ? 'timeout' : 'unreachable')));
      try {
        client.connect({
          ...{ host: address, port: to.port, username: to.username, readyTimeout: openWithin },
          ...(held.privateKey ? { privateKey: held.privateKey } : { password: held.password }),
          hostVerifier: (key: Buffer) => {
            seen = fingerprintOf(key);
            changed = to.fingerprint !== undefined && to.fingerprint !== seen;
            return !changed;
          },
        });
      } catch {
        // A key that cannot be read, or wants a word of its own.
        failed(new Trouble('refused'));
      }
    });
    return await Promise.race([work({ sftp, fingerprint: seen }), aborted(time)]);
  } finally {
    time.removeEventListener('abort', end);
    client.end();
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_done, failed) => {
    signal.addEventListener('abort', () => failed(new Unreached('timeout')), { once: true });
  });

/** What the library says went wrong. */
function meaningOf(error: Error & { level?: string; code?: string }): Error {
  if (error.level === 'client-authentication') return new Trouble('refused');
  if (error.level === 'client-timeout') return new Unreached('timeout', error);
  return new Unreached('unreachable', error);
}

/** What a server would not do (SFTP version 3, section 7): 2 no such file, 3 permission denied. */
function refusalOf(error: Error & { code?: number }): Trouble {
  if (error.code === 2) return new Trouble('place_gone');
  if (error.code === 3) return new Trouble('forbidden');
  return new Trouble('server_error');
}

const ask = <T>(work: (answer: (error: Error | null | undefined, result?: T) => void) => void): Promise<T> =>
  new Promise((done, failed) => work((error, result) => (error ? failed(refusalOf(error)) : done(result as T))));

const pathOf = ({ folder }: z.output<typeof settings>, name: string): string =>
  `${folder.replace(/\/$/, '') || ''}/${name}`;

/** Files of what differs, put into a folder by SFTP: under a name in the making first, so that nobody reads half a file. */
export const sftp: Kind<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'sftp',
  settings,
  secret,
  whole: true,
  together: 5000,
  pace: 0,
  keyOf: ({ id }) => id,
  check: (access) =>
    inSession(access, async ({ sftp: session, fingerprint }) => {
      const found = await ask<{ isDirectory(): boolean }>((answer) => session.stat(access.settings.folder, answer));
      if (!found.isDirectory()) throw new Trouble('place_gone');
      return { ...access.settings, fingerprint };
    }),
  async send(access, batch) {
    const name = fileName(batch);
    const [making, made] = [pathOf(access.settings, `.${name}.part`), pathOf(access.settings, name)];
    await inSession(access, async ({ sftp: session }) => {
      try {
        await ask<void>((answer) => session.writeFile(making, csvOf(batch), answer));
        await ask<void>((answer) => session.rename(making, made, answer));
      } catch (error) {
        // Nothing of anybody is left under the name in the making.
        await ask<void>((answer) => session.unlink(making, answer)).catch(() => {});
        throw error;
      }
    });
    return nothingRefused;
  },
};
