import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Seconds for which a code is shown. */
const period = 30;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, without padding; `bytes` in multiples of five. */
function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** 160 bits, as RFC 4226 asks, in the letters that authenticator apps take. */
export function newTotpSecret(): string {
  return toBase32(randomBytes(20));
}

/** Which period an instant (milliseconds) falls into. */
export function totpStep(now: number): number {
  return Math.floor(now / 1000 / period);
}

/** The six digits of a period (RFC 6238 with HMAC-SHA-1, which is what every authenticator app computes). */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = digest.at(-1)! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/**
 * The period whose code this is, among now, the one before and the one after (clocks differ), and later than `after`, so that
 * no code opens twice; null when it is none of them.
 */
export function matchTotp(secret: string, code: string, now: number, after: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const steps = [-1, 0, 1].map((shift) => totpStep(now) + shift);
  const same = (step: number) => timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code));
  return steps.find((step) => step > after && same(step)) ?? null;
}

/** What the QR code says to an authenticator app (Google's Key URI format). */
export function totpUri(secret: string, email: string): string {
  return `otpauth://totp/Entregent:${encodeURIComponent(email)}?secret=${secret}&issuer=Entregent`;
}

/** Ten codes of 80 bits, which opens each once: too many bits to be guessed from a hash. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => toBase32(randomBytes(10)).match(/.{4}/g)!.join('-'));
}
