import { createHmac, hash, type KeyObject, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A new id: UUIDv7 (RFC 9562), so that rows born together lie together. */
export const newId = (): string => v7();

/** A token for a link: 32 random bytes in base64url. Only its hash is kept. */
export const newToken = (): string => randomBytes(32).toString('base64url');

export const sha256 = (data: string | Uint8Array): Buffer => hash('sha256', data, 'buffer');

/** A UUIDv8 (RFC 9562, 5.8) derived from a text with a key: the same text gives the same id, which tells nothing of the text. */
export function derivedId(key: KeyObject, text: string): string {
  const bytes = createHmac('sha256', key).update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
