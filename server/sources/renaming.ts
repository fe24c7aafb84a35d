import { contactPointId } from '../cards/writing.ts';
import type { Tx } from '../kernel/database.ts';
import { findByContactPoint, findNamesakes, type KnownCard } from './known.ts';
import { keySeparator, nameKeyOf } from './rules.ts';
import type { Run, WarnedCard } from './state.ts';

/**
 * Contacts without an id whose key has changed at the source: the one earlier card with the same name, or with one of the
 * same contact points, that no contact of this file claims by its own key.
 */
export async function findRenamed(run: Run, tx: Tx, cards: WarnedCard[]): Promise<Map<WarnedCard, KnownCard>> {
  const { workspaceId, sourceId } = run.to;
  const result = new Map<WarnedCard, KnownCard>();
  const taken = new Set<string>();
  const named = new Map(
    cards.filter((card) => !card.uid).map((card) => [`${nameKeyOf(card.fields)}${keySeparator}`, card]),
  );
  named.delete(keySeparator);
  const free = (one: KnownCard) =>
    !run.met.has(one.source_key) && !run.seen.has(one.card_id) && !taken.has(one.card_id);
  const namesakes = Map.groupBy(
    await findNamesakes(tx, workspaceId, sourceId, [...named.keys()]),
    (one) => one.beginning,
  );
  for (const [beginning, all] of namesakes) {
    const [only, another] = all.filter(free);
    if (!only || another) continue;
    result.set(named.get(beginning)!, only);
    taken.add(only.card_id);
  }
  const points = new Map<string, WarnedCard>();
  for (const card of cards) {
    if (card.uid || result.has(card)) continue;
    for (const field of card.fields)
      if (field.contactPoint) points.set(contactPointId(run.app.secrets, workspaceId, field.contactPoint), card);
  }
  for (const one of await findByContactPoint(tx, workspaceId, sourceId, [...points.keys()])) {
    const card = points.get(one.contact_point_id)!;
    if (result.has(card) || !free(one)) continue;
    result.set(card, one);
    taken.add(one.card_id);
  }
  return result;
}
