import { createHmac, randomBytes } from 'node:crypto';

/** A secret as Standard Webhooks 1.0 writes it: `whsec_` and 32 octets in base64. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

const signatureOf = (secret: string, signed: string): string => {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
};

/**
 * The headers of a message (Standard Webhooks 1.0): HMAC-SHA256 over id, time and body, each after a dot, one signature for each secret.
 * @param secrets the one that holds, and while it is being replaced the one before
 * @param now milliseconds since 1970
 */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  now: number,
  body: string,
): Record<string, string> {
  const seconds = String(Math.floor(now / 1000));
  const signed = `${id}.${seconds}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': secrets.map((secret) => signatureOf(secret, signed)).join(' '),
  };
}
