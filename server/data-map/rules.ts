/** Fewer than so many are not told, and what is told is rounded to as many, so that differences tell of nobody either. */
const step = 5;

export const rounded = (count: number): number | null => (count < step ? null : Math.round(count / step) * step);

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
