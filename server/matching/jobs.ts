import type pg from 'pg';
import { z } from 'zod';
import { refreshClusters } from '../cards/upkeep.ts';
import type { Tx } from '../kernel/database.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import {
  deleteOrphanKeys,
  findCandidates,
  type Link,
  loadClusterGraph,
  loadFacts,
  moveToClusters,
  replaceKeys,
  replaceLinks,
} from './queries.ts';
import { blockingKeys, sameContact } from './rules.ts';

/**
 * Matches new or changed cards against all others and brings links, clusters and the list up to date. Idempotent, and the
 * order in which cards are given does not matter: links are pairs decided by the two cards alone, clusters follow from links.
 */
export async function matchCards(
  client: pg.ClientBase,
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  refresh: boolean,
): Promise<void> {
  const facts = await loadFacts(tx, workspaceId, cardIds);
  const keys = new Map(cardIds.map((id) => [id, facts.has(id) ? blockingKeys(facts.get(id)!) : []]));
  await replaceKeys(client, tx, workspaceId, keys);
  const candidates = await findCandidates(tx, workspaceId, [...facts.keys()]);
  const others = await loadFacts(
    tx,
    workspaceId,
    [...new Set(candidates.flat())].filter((id) => !facts.has(id)),
  );
  const links: Link[] = [];
  for (const [a, b] of candidates) {
    const [one, other] = [facts.get(a) ?? others.get(a), facts.get(b) ?? others.get(b)];
    const evidence = one && other ? sameContact(one, other) : null;
    if (evidence) links.push({ a, b, evidence });
  }
  const touched = await replaceLinks(tx, workspaceId, cardIds, links);
  const stale = await recluster(tx, workspaceId, cardIds, touched);
  if (refresh) for (const id of (await loadClusterGraph(tx, workspaceId, cardIds)).cards) stale.add(id.cluster_id);
  await refreshClusters(client, tx, workspaceId, [...stale]);
}

/**
 * Cuts and joins clusters along their links. @returns the clusters, old and new, whose rows in the list must be made anew:
 * those that changed, and those of `touched` cards
 */
async function recluster(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  touched: ReadonlySet<string>,
): Promise<Set<string>> {
  const { cards, links } = await loadClusterGraph(tx, workspaceId, cardIds);
  const root = new Map(cards.map((card) => [card.card_id, card.card_id]));
  const find = (id: string): string => {
    let at = id;
    while (root.get(at) !== at) {
      root.set(at, root.get(root.get(at)!)!);
      at = root.get(at)!;
    }
    return at;
  };
  for (const { card_a, card_b } of links) {
    if (!root.has(card_a) || !root.has(card_b)) continue;
    const [a, b] = [find(card_a), find(card_b)];
    // The smaller id wins, so that the cluster's id is its oldest card's, whatever the order of links.
    if (a !== b) root.set(a < b ? b : a, a < b ? a : b);
  }
  const moves = cards.flatMap((card) =>
    find(card.card_id) === card.cluster_id ? [] : [{ cardId: card.card_id, clusterId: find(card.card_id) }],
  );
  await moveToClusters(tx, workspaceId, moves);
  const moved = new Set(moves.map((move) => move.cardId));
  return new Set(
    cards.flatMap((card) =>
      moved.has(card.card_id) || touched.has(card.card_id) ? [card.cluster_id, find(card.card_id)] : [],
    ),
  );
}

const batch = 2000;

export const matchingTasks: Task[] = [
  defineTask({
    name: 'cards.changed',
    payload: z.object({ cardIds: z.array(z.uuid()), refresh: z.boolean().default(false) }),
    async run({ cardIds, refresh }, { app, workspaceId, signal }) {
      for (let at = 0; at < cardIds.length; at += batch) {
        if (signal.aborted) throw new Error('aborted');
        await app.db.withClient('keeper', (client, tx) =>
          matchCards(client, tx, workspaceId, cardIds.slice(at, at + batch), refresh),
        );
      }
    },
  }),
];

/** Keys of cards that have been purged. */
export const matchingCrons: Cron[] = [
  { name: 'matching.purge', schedule: '40 3 * * *', run: (app) => app.db.asSystem('keeper', deleteOrphanKeys) },
];
