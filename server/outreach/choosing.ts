import type { Actor, Tx } from '../kernel/database.ts';
import { type Asked, askGates, type Wish } from './gate.ts';
import * as people from './people.ts';
import type { Way } from './ways-contract.ts';

/** Where a person can be written to, as the actor sees them. */
export interface Reachable {
  /** The card that stands for them, the same for whichever of their cards they were asked by. */
  cardId: string;
  /** Their addresses of a way: those on the actor's own cards first, each once. */
  points: string[];
  /** All their cards that the actor sees. */
  cardIds: string[];
}

/** By what many are reached by a way, in as many queries as of one. Whom the actor does not see is left out. */
export async function findReachable(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
  way: Way = 'email',
): Promise<Map<string, Reachable>> {
  const held = await people.findPeople(tx, actor, [...new Set(personIds)]);
  const cardIds = [...new Set([...held.values()].flat().map(({ cardId }) => cardId))];
  const fieldsOf = Map.groupBy(await people.findHeldFields(tx, actor.workspaceId, cardIds), ({ cardId }) => cardId);
  return new Map(
    [...held].map(([personId, cards]) => {
      const fields = [...cards.filter(({ mine }) => mine), ...cards.filter(({ mine }) => !mine)].flatMap(
        ({ cardId }) => fieldsOf.get(cardId) ?? [],
      );
      const reached = fields.filter((field) => people.isReached(way, field));
      return [
        personId,
        {
          cardId: cards[0]!.cardId,
          points: [...new Set(reached.flatMap(({ pointId }) => pointId ?? []))],
          cardIds: cards.map(({ cardId }) => cardId),
        },
      ];
    }),
  );
}

/** An address of a person at which the gate lets them be written to; where there is none, what it said against the first. */
export interface Chosen extends Reachable {
  /** Null: they have no address. */
  contactPointId: string | null;
  /** What the gate answers of that address; null: they have none. */
  asked: Asked | null;
}

/**
 * Chooses one address for each of many, with as many questions to the gate as anybody has addresses. Nothing is kept, nothing taken.
 * @returns in order; null for whom the actor does not see
 */
export async function chooseAddresses(
  tx: Tx,
  actor: Actor,
  wishes: readonly Omit<Wish, 'contactPointId' | 'way'>[],
  way: Way = 'email',
): Promise<(Chosen | null)[]> {
  const ids = wishes.map(({ personId }) => personId);
  const reachable = await findReachable(tx, actor, ids, way);
  const chosen = wishes.map(({ personId }): Chosen | null => {
    const one = reachable.get(personId);
    return one ? { ...one, contactPointId: null, asked: null } : null;
  });
  let open = chosen.flatMap((one, at) => (one && one.points.length > 0 ? [{ one, at }] : []));
  for (let round = 0; open.length > 0; round++) {
    const asking = open.map(({ one, at }) => ({ ...wishes[at]!, way, contactPointId: one.points[round]! }));
    const answers = await askGates(tx, actor, asking, 'look');
    for (const [no, { one }] of open.entries()) {
      const asked = answers[no] ?? null;
      if (round > 0 && !asked?.allowed) continue;
      one.contactPointId = one.points[round]!;
      one.asked = asked;
    }
    open = open.filter(({ one }) => !one.asked?.allowed && one.points.length > round + 1);
  }
  return chosen;
}
