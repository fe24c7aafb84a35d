import { createHmac, timingSafeEqual } from 'node:crypto';

/** Milliseconds that a signed time may lie before or behind ours (Standard Webhooks 1.0). */
const tolerance = 5 * 60_000;

const single = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');

/** Whether a body was signed with this secret a moment ago (Standard Webhooks 1.0): HMAC-SHA256 over id, time and body, each after a dot. */
export function isSigned(
  headers: Record<string, string | string[] | undefined>,
  body: Uint8Array,
  secret: Buffer,
  now: Date,
): boolean {
  const [id, seconds, signatures] = ['id', 'timestamp', 'signature'].map((name) => single(headers[`webhook-${name}`]));
  if (!id || id.length > 500 || !/^\d{1,12}$/.test(seconds!)) return false;
  if (Math.abs(Number(seconds) * 1000 - now.getTime()) > tolerance) return false;
  const due = createHmac('sha256', secret).update(`${id}.${seconds}.`).update(body).digest();
  // Several, while a secret is being replaced.
  const isRight = (one: string) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return one.startsWith('v1,') && given.length === due.length && timingSafeEqual(given, due);
  };
  return signatures!.slice(0, 5000).split(' ').map(isRight).includes(true);
}
