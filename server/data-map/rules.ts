import { shareOf, type WantedRow } from '../collection/progress.ts';
import type { FieldGroup } from '../delegation/field-classes.ts';
import { type DeclaredFlow, reference } from './systems-contract.ts';

/** A card of one's own, as far as the map asks. */
export interface OwnCard {
  cardId: string;
  sourceId: string;
  bookId: string;
  person: boolean;
  complete: boolean;
  fresh: boolean;
}

export interface Counted {
  cards: number;
  complete: number;
  fresh: number;
  elsewhere: number;
}

/** What is known of cards. @param elsewhere those whose person stands in another source, too */
export const count = (cards: readonly OwnCard[], elsewhere: ReadonlySet<string>): Counted => ({
  cards: cards.length,
  complete: cards.filter((card) => card.complete).length,
  fresh: cards.filter((card) => card.fresh).length,
  elsewhere: cards.filter((card) => elsewhere.has(card.cardId)).length,
});

/**
 * Who is one on one's own cards, by the links that one sees: cards whose person stands in several sources, how many people there are, and how
 * many of them without a card of anybody else. @param personOf see `joinPersons`
 */
export function overlapsOf(
  cards: readonly OwnCard[],
  links: readonly (readonly [string, string])[],
  personOf: (cardId: string) => string,
): { elsewhere: Set<string>; people: { total: number; onlyMine: number } } {
  const groups = Map.groupBy(cards, ({ cardId }) => personOf(cardId));
  const mine = new Set(cards.map(({ cardId }) => cardId));
  const shared = new Set(links.flatMap((pair) => (pair.every((id) => mine.has(id)) ? [] : pair.map(personOf))));
  const several = [...groups.values()].filter((group) => new Set(group.map(({ sourceId }) => sourceId)).size > 1);
  const people = [...groups].filter(([, group]) => group.some(({ person }) => person));
  return {
    elsewhere: new Set(several.flat().map(({ cardId }) => cardId)),
    people: { total: people.length, onlyMine: people.filter(([person]) => !shared.has(person)).length },
  };
}

interface Declared {
  id: string;
  flows: readonly DeclaredFlow[];
}

/** The flows of a system that lead to the reference, or to a system that is still on the map. */
export const keptFlows = <F extends { other: string }>(flows: readonly F[], systems: readonly { id: string }[]): F[] =>
  flows.filter(({ other }) => other === reference || systems.some(({ id }) => id === other));

/** All arrows of declared systems, each told once, whichever end told it. */
export function arrowsOf(systems: readonly Declared[]): { from: string; to: string }[] {
  const all = systems.flatMap(({ id, flows }) =>
    flows.map(({ direction, other }) => (direction === 'to' ? { from: id, to: other } : { from: other, to: id })),
  );
  return [...new Map(all.map((arrow) => [`${arrow.from} ${arrow.to}`, arrow])).values()];
}

/** Whether nothing of a system reaches the reference, directly or through others. */
export function isStranded({ id }: { id: string }, systems: readonly Declared[]): boolean {
  const arrows = arrowsOf(systems);
  const reached = new Set([id]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { from, to } of arrows) if (reached.has(from)) reached.add(to);
  }
  return !reached.has(reference);
}

/** In which groups of fields a system would hold what a plan wants of a card. */
const groupsOf: Record<string, readonly FieldGroup[]> = {
  email: ['emails', 'privateEmails'],
  phone: ['numbers', 'privateNumbers'],
  organization: ['work'],
  title: ['work'],
  address: ['addresses', 'privateAddresses'],
  birthday: ['birthday'],
};

interface Gap {
  need: { id: string; name: string };
  item: { id: string; kind: WantedRow['kind']; name: string };
  unsupplied: boolean;
  wanted: number | null;
  share: number | null;
}

/** What needs ask for and nothing supplies (no value here, no system from which something flows here, no mechanism), or is known of fewer than wanted. */
export function gapsOf(
  needed: readonly WantedRow[],
  systems: readonly (Declared & { fields: readonly FieldGroup[] })[],
): Gap[] {
  const flowing = new Set(systems.filter((one) => !isStranded(one, systems)).flatMap(({ fields }) => fields));
  return needed.flatMap((row): Gap[] => {
    const share = shareOf(row);
    const held = row.kind === 'field' && (groupsOf[row.ref] ?? []).some((group) => flowing.has(group));
    // By the share as it is told: exact, it would tell the first value from none.
    const unsupplied = !row.collected && !row.told && !held && (share ?? 0) === 0;
    const below = row.wanted !== null && share !== null && share < row.wanted;
    if (!unsupplied && !below) return [];
    return [
      {
        need: { id: row.need_id, name: row.need },
        item: { id: row.item_id, kind: row.kind, name: row.name ?? row.ref },
        ...{ unsupplied, wanted: row.wanted, share },
      },
    ];
  });
}
