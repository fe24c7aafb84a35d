import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Secrets } from '../kernel/secrets.ts';

/** Milliseconds that a fingerprint stands. */
const lasts = 10 * 60_000;

/** What a fingerprint stands for: who was shown what, asked in which words. */
export interface Shown {
  workspaceId: string;
  memberId: string;
  appId: string;
  tool: string;
  arguments: unknown;
  /** All that was shown or that it was made of: another state, another fingerprint. */
  state: unknown;
}

/** One text for one value, whatever order its names came in. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

function mark(secrets: Secrets, shown: Shown, once: string, until: number): Buffer {
  const { workspaceId, memberId, appId, tool, state } = shown;
  const all = [workspaceId, memberId, appId, tool, shown.arguments, state, once, until];
  return createHmac('sha256', secrets.links)
    .update(`mcp ${inOrder(all)}`)
    .digest();
}

/** A fingerprint of what was shown; nothing is kept of it. */
export function makeFingerprint(secrets: Secrets, shown: Shown, now = Date.now()) {
  const [once, until] = [newId(), now + lasts];
  return {
    fingerprint: `${once}.${until}.${mark(secrets, shown, once, until).toString('base64url')}`,
    expiresAt: new Date(until).toISOString(),
  };
}

const parts = z.tuple([z.uuid(), z.string().regex(/^\d{1,15}$/), z.string()]);

/**
 * What has to be spent with the deed, so that it is done once.
 * @throws AppError not_as_shown when it is no fingerprint of ours, is over, or was made of another state, in other words, for somebody else
 */
export function readFingerprint(secrets: Secrets, shown: Shown, fingerprint: string, now = Date.now()): string {
  const read = parts.safeParse(fingerprint.split('.'));
  if (!read.success) throw new AppError('not_as_shown');
  const [once, until, given] = read.data;
  const [due, got] = [mark(secrets, shown, once, Number(until)), Buffer.from(given, 'base64url')];
  if (got.length !== due.length || !timingSafeEqual(got, due)) throw new AppError('not_as_shown');
  if (Number(until) < now) throw new AppError('not_as_shown');
  return once;
}
