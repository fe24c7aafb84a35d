import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Forged } from './channel.ts';

type Algorithm = 'sha1' | 'sha256';

export const sign = (algorithm: Algorithm, secret: string | Uint8Array, ...said: (string | Uint8Array)[]): Buffer => {
  const hmac = createHmac(algorithm, secret);
  for (const piece of said) hmac.update(piece);
  return hmac.digest();
};

/** Whether two secrets are the same, in a time that says neither where they differ nor how long the right one is. */
export function isSame(said: string | undefined, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(said ?? ''), digest(right)) && said !== undefined;
}

/** `sha256=<hex>` over the octets of the body: Meta's X-Hub-Signature-256, Discourse's X-Discourse-Event-Signature. @throws Forged */
export function checkBodySignature(header: string | undefined, secret: string, body: Uint8Array): void {
  if (!isSame(header?.toLowerCase(), `sha256=${sign('sha256', secret, body).toString('hex')}`)) throw new Forged();
}

/** Milliseconds that a signed time may lie before or behind ours (Standard Webhooks). */
const tolerance = 5 * 60_000;

/** @param seconds since 1970, as the header has it @throws Forged when it is none, or older than it may be */
export function checkTime(seconds: string | undefined, now: Date): void {
  if (!/^\d{1,12}$/.test(seconds ?? '')) throw new Forged();
  if (Math.abs(Number(seconds) * 1000 - now.getTime()) > tolerance) throw new Forged();
}
