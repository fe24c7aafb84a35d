import { Forged, type HookRequest } from '../channel.ts';
import { checkTime, isSame, sign } from '../verifying.ts';

/** `whsec_` and 24 to 64 octets in base64 (Standard Webhooks 1.0, "Signature scheme"). */
export const isSecret = (secret: string): boolean => {
  const octets = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length;
  return /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) && octets >= 24 && octets <= 64;
};

const keyOf = (secret: string) => Buffer.from(secret.slice('whsec_'.length), 'base64');

/** HMAC-SHA256 over id, time and body, each after a dot. */
const signatureOf = (secret: string, id: string, seconds: string, body: Uint8Array | string): string =>
  `v1,${sign('sha256', keyOf(secret), `${id}.${seconds}.`, body).toString('base64')}`;

/** Headers of a request that we send. @param now milliseconds since 1970 */
export function signHeaders(secret: string, id: string, now: number, body: string): Record<string, string> {
  const seconds = String(Math.floor(now / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': signatureOf(secret, id, seconds, body),
  };
}

/** @throws Forged for another signature, and for one that is older than five minutes */
export function checkHeaders({ headers, body }: HookRequest, secret: string, now: Date): void {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures } = headers;
  if (!id || id.length > 500 || !seconds || !signatures) throw new Forged();
  const right = signatureOf(secret, id, seconds, body);
  // Several, while a secret is being replaced.
  const known = signatures
    .slice(0, 5000)
    .split(' ')
    .map((signature) => isSame(signature, right));
  if (!known.includes(true)) throw new Forged();
  checkTime(seconds, now);
}
