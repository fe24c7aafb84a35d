import { createHash, createHmac, pbkdf2Sync, randomBytes, randomInt } from 'node:crypto';

const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** What the names of a login and a schema end in: by lot, so that they tell nothing of whose they are. */
export const drawShort = (): string => Array.from({ length: 12 }, () => signs[randomInt(signs.length)]).join('');

export const loginOf = (short: string): string => `entregent_bi_${checked(short)}`;
export const schemaOf = (short: string): string => `bi_${checked(short)}`;

/** These stand in statements that take no parameters. */
function checked(short: string): string {
  if (!/^[a-z0-9]{12}$/.test(short)) throw new Error('This is no short name.');
  return short;
}

/** 192 bits, of signs that need no quoting in an address. */
export const drawPassword = (): string => randomBytes(24).toString('base64url');

/** As many as PostgreSQL itself takes. */
const rounds = 4096;

/**
 * What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5802 and 7677), so that the password itself is in no statement.
 * @param salt for tests
 */
export function verifierOf(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, rounds, 32, 'sha256');
  const key = (word: string) => createHmac('sha256', salted).update(word).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}

/** What was made through a book's bits that are open no longer. Bit 31: as who holds it. */
export const isLost = (mask: number, open: number): boolean => (mask & ~open) !== 0;
