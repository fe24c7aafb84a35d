import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Actor } from './database.ts';
import type { Secrets } from './secrets.ts';

/** What a link in a mail may be used for: one thing, about one subject. */
export type LinkPurpose = 'introduction' | 'digest';

const claim = z.tuple([z.string(), z.uuid(), z.uuid(), z.string(), z.number()]);

const sign = (secrets: Secrets, body: string): Buffer => createHmac('sha256', secrets.links).update(body).digest();

/**
 * A signed token with which a link of a mail acts for its reader, without signing in: for one purpose and subject, until an
 * instant. It holds ids; nothing is kept of it.
 */
export function signLink(
  secrets: Secrets,
  purpose: LinkPurpose,
  { workspaceId, memberId }: Actor,
  subject: string,
  expires: Date,
): string {
  const claims = [purpose, workspaceId, memberId, subject, Math.floor(expires.getTime() / 1000)];
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${sign(secrets, body).toString('base64url')}`;
}

/** For whom a token acts and about what; null for one that we did not sign, of another purpose, or that has expired. */
export function readLink(
  secrets: Secrets,
  purpose: LinkPurpose,
  token: string,
): { actor: Actor; subject: string } | null {
  const [body = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const due = sign(secrets, body);
  if (given.length !== due.length || !timingSafeEqual(given, due)) return null;
  const [signedFor, workspaceId, memberId, subject, expires] = claim.parse(
    JSON.parse(Buffer.from(body, 'base64url').toString()),
  );
  if (signedFor !== purpose || expires * 1000 < Date.now()) return null;
  return { actor: { workspaceId, memberId }, subject };
}
