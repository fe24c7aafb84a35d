import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { compose } from './compose.ts';
import type { FieldInput } from './contract.ts';
import { type Editing, insertCards, toEditing } from './editing.ts';
import * as queries from './queries.ts';
import { linkByEdit } from './rows.ts';

/** A book that the actor holds, or their first. @throws AppError not_found for any other */
export async function pickBook({ tx, actor }: Pick<Editing, 'tx' | 'actor'>, bookId: string | undefined) {
  const books = await queries.listOwnBooks(tx, actor);
  const book = bookId ? books.find((one) => one.book_id === bookId) : books[0];
  if (!book) throw notFound();
  return book;
}

/** The card of the actor's own on which they write of a person whose cards these are. */
export function ownAmong(cards: readonly queries.LoadedCard[]): queries.LoadedCard | undefined {
  const mine = cards.filter((card) => card.mine && !card.ended_at && card.source_kind !== 'self');
  return mine.find((one) => one.source_kind === 'entregent') ?? mine[0];
}

/** Makes a card of the actor's own, named like the person of these cards, and joins it to what they see of them. @returns its id */
export async function makeOwn(
  edit: Editing,
  cards: readonly queries.LoadedCard[],
  fields: readonly FieldInput[],
): Promise<string> {
  const name = compose(cards.map(queries.toVisible)).find((value) => value.kind === 'name' && value.chosen);
  const named =
    fields.some((field) => field.kind === 'name') || !name
      ? fields
      : [{ kind: 'name' as const, value: name.value }, ...fields];
  const [made] = await insertCards(edit, await pickBook(edit, undefined), [
    { kind: cards[0]!.kind as 'person', fields: named },
  ]);
  await linkByEdit(edit.tx, edit.actor, made!, cards[0]!.card_id);
  return made!;
}

/** The card of the actor's own of a person, made if need be, with what guards rows on it. @throws AppError not_found for a person they do not see */
export async function getOwnCardOf(context: Context, personId: string): Promise<queries.LoadedCard> {
  const { tx, actor } = context;
  const found = await queries.findPersonCards(tx, actor, personId);
  if (!found) throw notFound();
  const cards = await queries.loadCards(tx, actor, found.cardIds);
  const own = ownAmong(cards);
  if (own) return own;
  const [made] = await queries.loadCards(tx, actor, [await makeOwn(await toEditing(context), cards, [])]);
  return made!;
}
