import { hash, randomInt, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { purpose as purposeSchema } from '../delegation/contract.ts';
import { sha256 } from '../kernel/ids.ts';

type Purpose = z.output<typeof purposeSchema>;

/** What opens details: 6 digits, for a quarter of an hour, five tries each, ten codes a link: five in a hundred thousand for a guesser. */
export const code = { minutes: 15, tries: 5, most: 10, pauseSeconds: 30 } as const;
/** How long a visit lasts. */
export const visitMinutes = 60;
/**
 * How long somebody who asked to be forgotten waits for an answer at most, how much longer once they are told why (RGPD art. 12, 3: the shortest
 * two months), and how long they can look it up.
 */
export const forgetDays = { answer: 30, extension: 59, shown: 60 } as const;

export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');
/** Bound to its link: the same code of another one is another. */
export const hashCode = (linkId: string, digits: string): Buffer => sha256(`${linkId} ${digits}`);

export const same = (kept: Uint8Array | null, given: Buffer): boolean =>
  kept !== null && kept.length === given.length && timingSafeEqual(kept, given);

const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Workspace (16 octets) ‖ link (16) ‖ a secret (32), in base64url: nothing of the person. Only the hash of the secret is kept. */
export function writeToken(workspaceId: string, linkId: string, secret: Buffer): string {
  return Buffer.concat([octets(workspaceId), octets(linkId), secret]).toString('base64url');
}

/** @returns null for what cannot be one of ours */
export function readToken(token: string): { workspaceId: string; linkId: string; secretHash: Buffer } | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 64 || bytes.toString('base64url') !== token) return null;
  return {
    workspaceId: uuid(bytes.subarray(0, 16)),
    linkId: uuid(bytes.subarray(16, 32)),
    secretHash: hash('sha256', bytes.subarray(32), 'buffer'),
  };
}

/** What is known at an address or number: the one word for all of it, and purposes that are objected to. */
export interface Standing {
  consent: 'unknown' | 'given' | 'objected';
  objectedTo: readonly string[];
  /** For what they agreed, where they said so; null or left out: whatever for. */
  agreedTo?: readonly string[] | null;
}

const purposes: readonly Purpose[] = ['invitation', 'newsletter', 'prospecting', 'service', 'survey', 'recruiting'];
/** Asks for consent first where the address is private (CPCE art. L34-5). */
const advertising: readonly Purpose[] = ['newsletter', 'prospecting'];

/** What somebody may be written to for, as things stand. Silence is no consent: advertising is in it only where they gave theirs. */
export function allowedBy(channel: 'email' | 'phone', { consent, objectedTo, agreedTo }: Standing): Purpose[] {
  if (consent === 'objected') return [];
  if (channel === 'phone') return ['service'];
  const agreed = (one: Purpose) => consent === 'given' && (agreedTo?.includes(one) ?? true);
  return purposes.filter((one) => !objectedTo.includes(one) && (agreed(one) || !advertising.includes(one)));
}

/** What stands once somebody has chosen what they may be written to for. Wanting advertising is consent; wanting nothing objects to all. */
export function standingOf(channel: 'email' | 'phone', wanted: readonly string[], before: Standing): Standing {
  if (wanted.length === 0) return { consent: 'objected', objectedTo: before.objectedTo };
  if (channel === 'phone') return { consent: 'given', objectedTo: [] };
  const given = advertising.some((one) => wanted.includes(one)) || before.consent === 'given';
  return { consent: given ? 'given' : 'unknown', objectedTo: purposes.filter((one) => !wanted.includes(one)) };
}
