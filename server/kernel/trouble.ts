import { statfsSync } from 'node:fs';
import type { Config } from './config.ts';
import { Explained } from './messages.ts';

/** PostgreSQL's and the system's codes for a disk that takes no more. */
export const isDiskFull = (code: string): boolean => code === '53100' || code === 'ENOSPC';

/** Octets below which PostgreSQL cannot be trusted to go on: it makes its log in pieces of 16 MiB. */
const least = 32 * 2 ** 20;

/** Whether the disk of a folder is as good as full. A folder that cannot be asked says nothing. */
export function hasNoRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < least;
  } catch {
    return false;
  }
}

/** What a PostgreSQL of one's own says, by its code or the network's, and which sentence tells it. */
const ofDatabase: Record<string, string> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'silent',
  EHOSTUNREACH: 'silent',
  ENETUNREACH: 'silent',
  ENOTFOUND: 'no_host',
  EAI_AGAIN: 'no_host',
  '28P01': 'password',
  '28000': 'password',
  '3D000': 'no_database',
  '42501': 'rights',
  '53300': 'crowded',
  '57P03': 'starting',
  '25006': 'read_only',
};

/** `postgresql://user@/database?host=/folder` is right for PostgreSQL and for no reader of addresses. */
const withHost = (databaseUrl: string): string => databaseUrl.replace(/^(\w+:\/\/)([^/?#]*@)?\//, '$1$2localhost/');

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether this can be the address of a PostgreSQL. */
export function isDatabaseUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text)) return false;
  const whole = withHost(text);
  const [before = '', ...behind] = text.split('?');
  // So does an unescaped ?, with an @ behind it only.
  if (!before.includes('@') && behind.some((part) => part.includes('@'))) return false;
  // An unescaped / or # in the password ends the host early, and what is left of it looks like a port or a path.
  if (!URL.canParse(whole)) return false;
  const { username, password, pathname, hash } = new URL(whole);
  return !pathname.includes('@') && !hash && [username, password, pathname].every(isEncoded);
}

/** The parts of a database's address that may be shown. */
export function partsOf(databaseUrl: string): { host: string; user: string; database: string } {
  const { searchParams, hostname, port, username, pathname } = new URL(withHost(databaseUrl));
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  return {
    host: port === '' ? host : `${host}:${port}`,
    user: decodeURIComponent(username),
    database: decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username),
  };
}

/** libpq's words that come without a code. */
function wordsOf({ message = '' }: { message?: string }): string | undefined {
  if (/does not support SSL|certificate|SSL routines/i.test(message)) return 'encryption';
  if (/password must be a string|no password/i.test(message)) return 'password';
  return /terminated|timeout/i.test(message) ? 'silent' : undefined;
}

/**
 * What an operator can mend, as a sentence: a mistake in DATABASE_URL, a folder that cannot be written, a full disk.
 * @returns undefined for what is none of these
 */
export function explain(error: unknown, config: Config): Explained | undefined {
  if (error instanceof Explained || !(error instanceof Error)) return undefined;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const folder = { folder: config.dataDir };
  if (isDiskFull(code)) return new Explained('start.disk_full', folder);
  const ofFolder = code === 'EROFS' || code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR';
  // A port below 1024 and a socket are refused with the same codes.
  if (ofFolder && syscall !== 'listen' && syscall !== 'connect') return new Explained('start.folder_closed', folder);
  if (config.databaseUrl === undefined) return undefined;
  const noSocket = syscall === 'connect' && (code === 'ENOENT' || code === 'EACCES');
  const key =
    (noSocket ? 'refused' : ofDatabase[code]) ?? (code === '' || /^[A-Z_]+$/.test(code) ? wordsOf(error) : undefined);
  return key === undefined ? undefined : new Explained(`start.database_${key}`, partsOf(config.databaseUrl));
}
