import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Secrets } from '../kernel/secrets.ts';
import { contactPointId, type PreparedCard } from './writing.ts';

// Who asked to be forgotten, known again by keyed hashes alone.

/** The keyed hash of what identifies a contact at its source. */
export const sourceKeyId = (secrets: Secrets, workspaceId: string, sourceId: string, sourceKey: string): string =>
  derivedId(secrets.contactPoints, `${workspaceId} source ${sourceId} ${sourceKey}`);

export interface Suppressed {
  id: string;
  channel: 'email' | 'phone' | 'source';
}

/** Keeps hashes of who was forgotten. Idempotent. As the keeper. */
export async function suppress(tx: Tx, workspaceId: string, them: readonly Suppressed[]): Promise<void> {
  const sorted = [...them].sort((a, b) => (a.id < b.id ? -1 : 1));
  await sql`insert into cards.suppressed (workspace_id, suppressed_id, channel)
    select ${workspaceId}, s.id, s.channel from unnest(${sorted.map(({ id }) => id)}::uuid[], ${sorted.map(({ channel }) => channel)}::text[]) s(id, channel)
    on conflict do nothing`.execute(tx);
}

/** Which of these ids are kept of somebody who was forgotten. As the keeper. */
export async function listForgotten(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select suppressed_id as id from cards.suppressed where workspace_id = ${workspaceId} and suppressed_id = any(${[...ids]}::uuid[])`.execute(
    tx,
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Which of the contacts that a source brings asked to be forgotten: one that the source knows by the same key, one with an e-mail address of theirs, or
 * one of whom every address and number is theirs. A switchboard's number alone hides nobody who has an address of their own. As the keeper.
 */
export async function findSuppressed<C extends Pick<PreparedCard, 'sourceKey' | 'fields'>>(
  tx: Tx,
  secrets: Secrets,
  { workspaceId, sourceId }: { workspaceId: string; sourceId: string },
  cards: readonly C[],
): Promise<Set<C>> {
  const any = await sql`select from cards.suppressed where workspace_id = ${workspaceId} limit 1`.execute(tx);
  if (any.rows.length === 0) return new Set();
  const ids = cards.map((card) => ({
    card,
    key: sourceKeyId(secrets, workspaceId, sourceId, card.sourceKey),
    points: card.fields.flatMap(({ contactPoint }) =>
      contactPoint ? [{ ...contactPoint, id: contactPointId(secrets, workspaceId, contactPoint) }] : [],
    ),
  }));
  const asked = ids.flatMap(({ key, points }) => [key, ...points.map(({ id }) => id)]);
  const known = await listForgotten(tx, workspaceId, asked);
  const isTheirs = ({ key, points }: (typeof ids)[number]) =>
    known.has(key) ||
    points.some(({ channel, id }) => channel === 'email' && known.has(id)) ||
    (points.length > 0 && points.every(({ id }) => known.has(id)));
  return new Set(ids.filter(isTheirs).map(({ card }) => card));
}
