import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What an unsubscribing link is about: a message, which knows address and purpose. Neither stands in the link. */
export interface LinkOf {
  workspaceId: string;
  messageId: string;
}

export const octetsOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
export const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const sign = (key: KeyObject, ids: Buffer): Buffer =>
  createHmac('sha256', key).update('unsubscribe').update(ids).digest().subarray(0, 16);

/** Workspace (16 octets) ‖ message (16) ‖ the first 128 bits of their HMAC-SHA-256, in base64url. It never ends. */
export function makeToken(key: KeyObject, { workspaceId, messageId }: LinkOf): string {
  const ids = Buffer.concat([octetsOf(workspaceId), octetsOf(messageId)]);
  return Buffer.concat([ids, sign(key, ids)]).toString('base64url');
}

/** @returns null for a token that is not ours, or was altered */
export function readToken(key: KeyObject, token: string): LinkOf | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 48 || bytes.toString('base64url') !== token) return null;
  const ids = bytes.subarray(0, 32);
  if (!timingSafeEqual(sign(key, ids), bytes.subarray(32))) return null;
  return { workspaceId: uuidOf(ids.subarray(0, 16)), messageId: uuidOf(ids.subarray(16)) };
}

/** Signs that are not taken for one another (Crockford's base 32). */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The short address of a letter, which people type: the first 60 bits of an HMAC of its id. Nobody guesses one of so many. */
export function shortCode(key: KeyObject, { workspaceId, messageId }: LinkOf): string {
  const ids = Buffer.concat([octetsOf(workspaceId), octetsOf(messageId)]);
  const digest = createHmac('sha256', key).update('short link').update(ids).digest();
  const sign = Array.from({ length: 12 }, (_, at) => signs[digest[at]! & 31]!).join('');
  return sign.replace(/^(.{4})(.{4})(.{4})$/, '$1-$2-$3');
}

/** What somebody typed, as it was printed; null: it is no such code. Small letters, blanks, and signs that look alike are understood. */
export function readShortCode(typed: string): string | null {
  const plain = typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  if (plain.length !== 12 || [...plain].some((sign) => !signs.includes(sign))) return null;
  return plain.replace(/^(.{4})(.{4})(.{4})$/, '$1-$2-$3');
}
