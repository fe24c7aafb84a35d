import type pg from 'pg';
import { findClusters, refreshClusters } from '../cards/upkeep.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { hunterOf } from './hunt/hunter.ts';
import type { Found } from './hunt/workspace-index.ts';
import {
  bindVerdicts,
  listCompanions,
  loadClusterGraph,
  moveToClusters,
  replaceLinks,
  replaceProposals,
  takeTurn,
} from './queries.ts';

/** The index missed what another process wrote; it has been let go of and is read anew. */
class StaleIndex extends Error {}

export interface Counts {
  linked: number;
  unlinked: number;
  proposed: number;
  /** The model was learned from far fewer cards. */
  outgrown: boolean;
}

/**
 * Brings links, proposals, clusters and the list to what the engine says of new or changed cards and of all that hangs together
 * with them. Idempotent: what an answer that was not written touched is part of the next one.
 *
 * @param refresh whether the cards' own lines in the list are stale
 */
export async function matchCards(
  app: App,
  workspaceId: string,
  cardIds: readonly string[],
  refresh: boolean,
): Promise<Counts> {
  const hunter = hunterOf(app);
  if (!hunter.isReady(workspaceId)) {
    // Reading a large workspace takes a while: nobody waits for it to see a card they wrote.
    if (refresh) await refreshOf(app, workspaceId, cardIds);
    await hunter.ask({ ask: 'open', workspaceId });
  }
  await app.db.asSystem('keeper', (tx) => bindVerdicts(tx, workspaceId, cardIds));
  return inTurn(app, workspaceId, { changed: cardIds, others: cardIds, refresh });
}

/** Brings links and proposals of cards to what the engine says of them, as they were read last. */
export async function matchAgain(app: App, workspaceId: string, cardIds: readonly string[]): Promise<Counts> {
  return inTurn(app, workspaceId, { changed: [], others: cardIds, refresh: false });
}

interface Asked {
  /** Cards to be read anew. */
  changed: readonly string[];
  /** Cards to answer for, with those that are one with them. */
  others: readonly string[];
  refresh: boolean;
}

async function inTurn(app: App, workspaceId: string, asked: Asked): Promise<Counts> {
  const hunter = hunterOf(app);
  for (let attempt = 1; ; attempt++) {
    try {
      return await hunter.inTurn(workspaceId, () => matchInTurn(app, workspaceId, asked));
    } catch (error) {
      if (!(error instanceof StaleIndex) || attempt === 5) throw error;
      await hunter.ask({ ask: 'open', workspaceId });
    }
  }
}

async function refreshOf(app: App, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  await app.db.withClient('keeper', async (client, tx) =>
    refreshClusters(client, tx, workspaceId, await findClusters(tx, workspaceId, cardIds)),
  );
}

async function matchInTurn(app: App, workspaceId: string, { changed, others, refresh }: Asked): Promise<Counts> {
  const hunter = hunterOf(app);
  const { version, counts } = await app.db.withClient('keeper', async (client, tx) => {
    const version = await takeTurn(tx, workspaceId);
    const context = await listCompanions(tx, workspaceId, others);
    const found = await hunter.ask({ ask: 'change', workspaceId, version, cardIds: [...changed], context });
    if (!found) throw new StaleIndex();
    return { version, counts: await write(client, tx, workspaceId, found, refresh ? changed : []) };
  });
  await hunter.ask({ ask: 'confirm', workspaceId, version });
  return counts;
}

async function write(
  client: pg.ClientBase,
  tx: Tx,
  workspaceId: string,
  { touched, links, proposals, outgrown }: Found,
  stale: readonly string[],
): Promise<Counts> {
  const written = await replaceLinks(tx, workspaceId, touched, links);
  const clusters = await recluster(tx, workspaceId, touched, new Set([...written.touched, ...stale]));
  await refreshClusters(client, tx, workspaceId, [...clusters]);
  const proposed = await replaceProposals(tx, workspaceId, touched, proposals);
  return { linked: written.linked, unlinked: written.unlinked, proposed, outgrown };
}

/**
 * Cuts and joins clusters along their links. @returns the clusters, old and new, whose rows in the list must be made anew:
 * those that changed, and those of `stale` cards
 */
async function recluster(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  stale: ReadonlySet<string>,
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
  const changed = cards.filter((card) => moved.has(card.card_id) || stale.has(card.card_id));
  return new Set(changed.flatMap((card) => [card.cluster_id, find(card.card_id)]));
}
