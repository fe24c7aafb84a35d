import { joinPersons } from '../cards/persons.ts';
import { implement, implementOutside, type Operation } from '../kernel/http.ts';
import { rounded } from '../kernel/rounded.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { count, overlapsOf } from './rules.ts';
import { systemsOperations } from './systems-operations.ts';

const byCards = (a: { cards: number }, b: { cards: number }) => b.cards - a.cards;

export const dataMapOperations: Operation[] = [
  ...systemsOperations,
  implement(contracts.getMyMap, async (_input, { tx, actor }) => {
    const cards = await queries.listMine(tx, actor);
    const links = await queries.listLinks(
      tx,
      actor,
      cards.map(({ cardId }) => cardId),
    );
    const loans = await queries.listLoans(tx, actor);
    const names = await queries.nameAll(tx, actor);
    const { elsewhere, people } = overlapsOf(cards, links, joinPersons(links));
    const bySource = Map.groupBy(cards, (card) => card.sourceId);
    const byBook = Map.groupBy(cards, (card) => card.bookId);
    const standing = loans.filter(({ book_id }) => byBook.has(book_id));
    const name = (id: string) => names.get(id)?.name ?? '';
    return {
      sources: [...bySource]
        .map(([id, of]) => ({ id, name: name(id), kind: names.get(id)?.kind ?? '', ...count(of, elsewhere) }))
        .sort(byCards),
      books: [...byBook]
        .map(([id, of]) => ({
          id,
          name: name(id),
          lent: standing.some(({ book_id }) => book_id === id),
          ...count(of, elsewhere),
        }))
        .sort(byCards),
      audiences: [...Map.groupBy(standing, (loan) => loan.audience_id)]
        .map(([id, of]) => ({
          id,
          kind: of[0]!.kind,
          name: of[0]!.name,
          cards: of.reduce((sum, { book_id }) => sum + byBook.get(book_id)!.length, 0),
        }))
        .sort(byCards),
      feeds: [...Map.groupBy(cards, ({ sourceId, bookId }) => `${sourceId} ${bookId}`).values()].map((of) => ({
        sourceId: of[0]!.sourceId,
        bookId: of[0]!.bookId,
        cards: of.length,
      })),
      loans: standing.map(({ book_id, audience_id }) => ({ bookId: book_id, audienceId: audience_id })),
      people,
    };
  }),

  implementOutside(contracts.getWorkspaceMap, (_input, { actor, asSystem }) =>
    asSystem('keeper', async (tx) => {
      const held = await queries.countHeld(tx, actor);
      return {
        kinds: (await queries.countKinds(tx, actor)).map(({ kind, cards, complete, fresh, only_here }) => ({
          kind,
          cards: rounded(cards),
          complete: rounded(complete),
          fresh: rounded(fresh),
          onlyHere: rounded(only_here),
        })),
        flows: (await queries.countFlows(tx, actor)).map(({ kind, reach, cards }) => ({
          kind,
          reach,
          cards: rounded(cards),
        })),
        overlaps: (await queries.countOverlaps(tx, actor)).map(({ one, other, people }) => ({
          kinds: [one, other] as [string, string],
          people: rounded(people),
        })),
        people: {
          total: rounded(held.total),
          heldByOne: rounded(held.by_one),
          heldByOneAndLent: rounded(held.by_one_lent),
        },
      };
    }),
  ),
];
