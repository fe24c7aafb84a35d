import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Break } from './contract.ts';

/** What a seal says of the entries between two ids. */
export interface Sealed {
  sealNo: number;
  fromId: string;
  untilId: string;
  entries: number;
  entriesDigest: Buffer;
  uses: number;
  usesDigest: Buffer;
  sealedAt: Date;
}

export interface Seal extends Sealed {
  mac: Buffer;
}

/** What is found between the two ids of a seal now. */
export type Found = Pick<Sealed, 'entries' | 'entriesDigest' | 'uses' | 'usesDigest'>;

/** Before the first seal. */
export const beginning = '00000000-0000-0000-0000-000000000000';

/** The least id that is made at an instant or later: a UUIDv7 begins with its time in milliseconds (RFC 9562, 5.7). */
export function firstIdOf(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Until when all is sealed by a seal that ends before this id. */
export const instantOf = (untilId: string): Date =>
  new Date(Number.parseInt(untilId.replaceAll('-', '').slice(0, 12), 16));

/**
 * What binds a seal to its entries and to the seal before it (a hash chain as in RFC 9162, kept with a key as in Schneier and Kelsey, "Secure
 * audit logs", 1999): who has the database, but not the master key, cannot make it.
 * @param before the mac of the seal before; empty for the first
 */
export function macOf(key: KeyObject, workspaceId: string, seal: Sealed, before: Uint8Array): Buffer {
  const said = [
    workspaceId,
    seal.sealNo,
    seal.fromId,
    seal.untilId,
    seal.entries,
    seal.entriesDigest.toString('hex'),
    seal.uses,
    seal.usesDigest.toString('hex'),
    seal.sealedAt.toISOString(),
  ];
  return createHmac('sha256', key).update(before).update(JSON.stringify(said)).digest();
}

/** What is wrong with a seal. @param before the seal before it, as it stands */
export function breakOf(
  key: KeyObject,
  workspaceId: string,
  seal: Seal,
  before: Seal | undefined,
  found: Found,
): Break | undefined {
  const { sealNo } = seal;
  if (sealNo !== (before?.sealNo ?? 0) + 1) return { sealNo, problem: 'seal_missing' };
  const due = macOf(key, workspaceId, seal, before?.mac ?? Buffer.alloc(0));
  if (seal.mac.length !== due.length || !timingSafeEqual(seal.mac, due)) return { sealNo, problem: 'seal_changed' };
  if (seal.fromId !== (before?.untilId ?? beginning)) return { sealNo, problem: 'seal_missing' };
  if (found.entries !== seal.entries) return { sealNo, problem: 'entries_counted' };
  if (!found.entriesDigest.equals(seal.entriesDigest)) return { sealNo, problem: 'entries_changed' };
  if (found.uses !== seal.uses) return { sealNo, problem: 'uses_counted' };
  return found.usesDigest.equals(seal.usesDigest) ? undefined : { sealNo, problem: 'uses_changed' };
}

/** A seal as people compare it: the beginning of its mac, in fours. */
export const fingerprintOf = (mac: Buffer): string =>
  mac
    .toString('hex')
    .slice(0, 32)
    .replaceAll(/(.{4})(?=.)/g, '$1 ');
