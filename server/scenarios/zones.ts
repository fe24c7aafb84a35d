import type { Actor, Tx } from '../kernel/database.ts';
import { zoneOf } from '../outreach/clock.ts';
import { zoneOn } from '../outreach/gate.ts';
import { findGround, findHeldFields, type HeldCard } from '../outreach/people.ts';

/** Whose zone it is, by any of their cards. */
export type Zones = (cardId: string) => string;

/** The time zones of people, as the gate knows them: by an address on their cards, else a number, else the workspace's. */
export async function findZones(
  tx: Tx,
  { workspaceId }: Actor,
  cardsOf: ReadonlyMap<string, readonly HeldCard[]>,
  now: Date,
): Promise<Zones> {
  const cardIds = [...new Set([...cardsOf.values()].flat().map(({ cardId }) => cardId))];
  const fields = Map.groupBy(await findHeldFields(tx, workspaceId, cardIds), ({ cardId }) => cardId);
  const { country, rules } = await findGround(tx, workspaceId);
  const usual = rules?.quiet?.zone ?? zoneOf(country, now) ?? 'UTC';
  const zones = new Map(
    [...cardsOf].map(([id, cards]) => [
      id,
      zoneOn(
        cards.flatMap(({ cardId }) => fields.get(cardId) ?? []),
        now,
      ),
    ]),
  );
  return (cardId) => zones.get(cardId) ?? usual;
}
