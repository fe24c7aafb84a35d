import { hash, timingSafeEqual } from 'node:crypto';

const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** An id (16 octets) ‖ a secret (32), in base64url. Only the hash of the secret is kept. */
export const writeToken = (linkId: string, secret: Buffer): string =>
  Buffer.concat([octets(linkId), secret]).toString('base64url');

/** @returns null for what cannot be one of ours */
export function readToken(token: string): { linkId: string; secretHash: Buffer } | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 48 || bytes.toString('base64url') !== token) return null;
  return { linkId: uuid(bytes.subarray(0, 16)), secretHash: hash('sha256', bytes.subarray(16), 'buffer') };
}

export const same = (kept: Buffer, given: Buffer): boolean =>
  kept.length === given.length && timingSafeEqual(kept, given);

/** What turns the direction of writing around for all that follows, and what is not seen at all: kept out of names and texts. */
const unseen = /[\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\u00ad]|[\p{Cc}](?<!\n)/gu;

/** What people write, as it is kept: emoji and any script, no hidden signs, no half of a pair. */
export const cleanText = (text: string, most: number): string =>
  [...text.toWellFormed().replaceAll('\r\n', '\n').replaceAll(unseen, '')].slice(0, most).join('').trim();

/** What shows as nothing, letters among it (Hangul fillers, the blank of Braille): in a name it tells nobody apart. */
const blank = /[\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A name as it is shown: one line, all of which is seen. */
export const cleanName = (text: string): string => cleanText(text.replaceAll(blank, '').replaceAll(/\s+/g, ' '), 40);

/** Letters of other scripts that look like Latin ones (the commonest of Unicode TR39). */
const twins: Record<string, string> = Object.fromEntries(
  [
    ['аαɑ', 'a'],
    ['вβ', 'b'],
    ['сϲ', 'c'],
    ['ԁ', 'd'],
    ['еεє', 'e'],
    ['һ', 'h'],
    ['іιı', 'i'],
    ['ј', 'j'],
    ['кκ', 'k'],
    ['ӏ', 'l'],
    ['мμ', 'm'],
    ['нη', 'h'],
    ['оοσ', 'o'],
    ['рρ', 'p'],
    ['ѕ', 's'],
    ['тτ', 't'],
    ['υ', 'u'],
    ['νѵ', 'v'],
    ['ԝω', 'w'],
    ['хχ', 'x'],
    ['уγ', 'y'],
  ].flatMap(([from, to]) => [...from!].map((sign) => [sign, to!])),
);
const digits: Record<string, string> = { '0': 'o', '1': 'l', '3': 'e', '5': 's' };

/**
 * By which names that look alike are one: small letters without marks and what is not seen, signs of other scripts and digits as the letters that
 * they look like.
 */
export const nameKey = (name: string): string =>
  [...name.normalize('NFKD').toLowerCase().normalize('NFKD')]
    .map((sign) => digits[sign] ?? twins[sign] ?? sign)
    .filter((sign) => /[\p{L}\p{N}\p{So}]/u.test(sign))
    .join('')
    .replaceAll(blank, '')
    .replaceAll('i', 'l');

/** Whether a name would pass for one of ours: a colleague's, or the company's within it. @param taken keys of colleagues */
export const poses = (key: string, taken: readonly string[], company: string): boolean =>
  taken.includes(key) || (company.length >= 3 && key.includes(company));

/** Posts of one person: so many within ten minutes, and within a day. */
export const mostPosts = { tenMinutes: 5, day: 30 } as const;
/** Days that a session lasts, and minutes that a link does. */
export const lasts = { sessionDays: 60, linkMinutes: 60 } as const;
export const most = { title: 120, text: 4000, story: 3000, reason: 500 } as const;

/** Whether proposals are taken, on a day (UTC). */
export const isOpen = ({ closes_on }: { closes_on: string | null }, today: string): boolean =>
  closes_on === null || closes_on >= today;
