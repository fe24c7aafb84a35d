import type pg from 'pg';
import { sayConsent } from '../cards/consent.ts';
import { eraseCards } from '../cards/retention.ts';
import { dropEntries, hideCards } from '../cards/rows.ts';
import { type Suppressed, sourceKeyId, suppress } from '../cards/suppression.ts';
import { findClusters, refreshClusters } from '../cards/upkeep.ts';
import { announceGone } from '../cards/visibility.ts';
import { eraseConversations } from '../conversations/erasing.ts';
import { forgetSubjects } from '../facts/index.ts';
import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { tell } from '../kernel/telling.ts';
import { eraseHeld } from './held.ts';
import * as queries from './queries.ts';

/** What is erased, by ids and keyed hashes. */
export interface Erasure {
  workspaceId: string;
  erasureId: string;
  requestId: string | null;
  cardIds: readonly string[];
  /** Of these, what hangs on contact points goes too. */
  pointIds: readonly string[];
  suppressed: readonly Suppressed[];
}

type Jobs = Pick<AppInside, 'enqueue'>;

/**
 * Erases in the transaction of `tx`, all of it or nothing: cards with all that hangs on them, what was said, written, counted and read of their contact
 * points; keeps what they are known again by; says so to lists, matching, devices and receivers of webhooks, by jobs of the same transaction.
 * @returns how many rows of each table
 */
export async function erase(
  app: Jobs,
  client: pg.PoolClient,
  tx: Tx,
  erasure: Erasure,
): Promise<Record<string, number>> {
  const { workspaceId, cardIds, pointIds } = erasure;
  const cards = await queries.lockCards(tx, workspaceId, cardIds);
  const ids = cards.map(({ card_id }) => card_id);
  const clusters = await findClusters(tx, workspaceId, ids);
  await hideCards(tx, workspaceId, cards);
  await dropEntries(tx, workspaceId, ids);
  const conversationIds = await queries.listConversations(tx, workspaceId, pointIds);
  await eraseConversations(app, tx, workspaceId, conversationIds);
  const counts = await eraseHeld(tx, erasure);
  await queries.forgetEarlier(tx, workspaceId, pointIds);
  await forgetSubjects(tx, workspaceId, [...ids, ...pointIds]);
  await eraseCards(tx, workspaceId, ids);
  for (const pointId of pointIds) await sayConsent(tx, workspaceId, pointId, 'objected', 'erased');
  await suppress(tx, workspaceId, erasure.suppressed);
  await queries.addErasure(tx, erasure);
  await refreshClusters(client, tx, workspaceId, clusters);
  await follow(app, tx, erasure, cards);
  return {
    ...counts,
    'cards.card': ids.length,
    'conversations.conversation': conversationIds.length,
  };
}

/** Whoever has copies, counts or a list of them hears of it. */
async function follow(
  app: Jobs,
  tx: Tx,
  { workspaceId, erasureId, pointIds }: Erasure,
  cards: readonly queries.LockedCard[],
): Promise<void> {
  const ids = cards.map(({ card_id }) => card_id);
  await tell(tx, workspaceId, 'card_change', ids);
  await announceGone({ app: app as AppInside, tx }, workspaceId, cards);
  const job = { workspaceId, queue: `matching ${workspaceId}` };
  await app.enqueue(tx, { ...job, task: 'cards.changed', payload: { cardIds: ids, refresh: true } });
  const subjectIds = [...ids, ...pointIds];
  await app.enqueue(tx, { workspaceId, task: 'distribution.forget', payload: { subjectIds } });
  await app.enqueue(tx, { workspaceId, task: 'compliance.keepErasure', payload: { erasureId } });
}

/**
 * What is to be erased of a person: these cards, what hangs on the address they proved, and on addresses and numbers of these cards that no other card
 * bears. As the keeper.
 * @param whole nobody keeps cards of theirs: without it, only the cards go, and no address
 */
export async function planErasure(
  { secrets }: Pick<App, 'secrets'>,
  tx: Tx,
  { workspaceId, contactPointId, cardIds }: { workspaceId: string; contactPointId: string; cardIds: readonly string[] },
  whole: boolean,
): Promise<Pick<Erasure, 'cardIds' | 'pointIds' | 'suppressed'>> {
  const keys = await queries.listSourceKeys(tx, workspaceId, cardIds);
  const sources: Suppressed[] = keys.map(({ source_id, source_key }) => ({
    id: sourceKeyId(secrets, workspaceId, source_id, source_key),
    channel: 'source',
  }));
  if (!whole) return { cardIds, pointIds: [], suppressed: sources };
  const points = await queries.listOwnPoints(tx, workspaceId, contactPointId, cardIds);
  const pointIds = points.map(({ contact_point_id }) => contact_point_id);
  const known: Suppressed[] = points.flatMap(({ contact_point_id: id, channel }) =>
    channel === 'email' || channel === 'phone' ? [{ id, channel }] : [],
  );
  return { cardIds, pointIds, suppressed: [...sources, ...known] };
}
