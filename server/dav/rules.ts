import { randomBytes } from 'node:crypto';
import type { Condition } from '../cards/putting.ts';

/** Letters and digits that nobody mistakes for another (Crockford's base32). */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** The password of a device: four groups of five signs, 100 random bits. It is typed on a phone once, so that it is short. */
export function newDevicePassword(): string {
  const signs = Array.from(randomBytes(20), (octet) => alphabet[octet & 31]).join('');
  return signs.replace(/(.{5})(?=.)/g, '$1-');
}

/** A password as somebody typed it, in the form whose hash is kept: without dashes and blanks, in small letters. */
export const plainPassword = (typed: string): string => typed.toLowerCase().replaceAll(/[\s-]+/g, '');

/** User and password of `Authorization: Basic` (RFC 7617); null when there are none. */
export function readBasic(header: string | undefined): { user: string; password: string } | null {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(header ?? '')?.[1];
  if (!encoded) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The strong ETag of a card's state. Its number rises with each change of its book, so that no state of a name ever has the tag of another;
 * the other version of the vCard format has other octets, and another tag (RFC 9110, 8.8.3).
 */
export const etagOf = (changeNo: number, converted?: '3.0' | '4.0'): string =>
  `"${changeNo}${converted ? `-v${converted[0]}` : ''}"`;

const changeNosIn = (header: string): number[] =>
  [...header.matchAll(/"(\d{1,15})(?:-v[34])?"/g)].map((match) => Number(match[1]));

/** What a request asks of the state it meets. A tag that we never gave matches nothing. */
export function readCondition(headers: { 'if-match'?: string; 'if-none-match'?: string }): Condition {
  const match = headers['if-match']?.trim();
  if (match === '*') return { kind: 'present' };
  if (match !== undefined) return { kind: 'state', changeNos: changeNosIn(match) };
  return headers['if-none-match']?.trim() === '*' ? { kind: 'absent' } : { kind: 'any' };
}

/** Whether a GET's `If-None-Match` names this tag. */
export const namesTag = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((one) => one.trim() === etag));

/** The state of a book as a URI (RFC 6578, 4). It never expires: what is gone is remembered. */
export const syncToken = (bookId: string, changeNo: number): string => `urn:entregent:sync:${bookId}:${changeNo}`;

/** @returns the change number of a token; 0 for none (all is new); null for one that is not of this book */
export function readSyncToken(token: string, bookId: string): number | null {
  if (token === '') return 0;
  const match = /^urn:entregent:sync:([0-9a-f-]{36}):(\d{1,15})$/.exec(token);
  return match?.[1] === bookId ? Number(match[2]) : null;
}
