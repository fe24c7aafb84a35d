import { restorableDays } from '../cards/rows.ts';
import type { HeldBook } from './queries.ts';

/** Until when a departure can be taken back; what went is deleted after that. */
export const returnableUntil = (doneAt: Date): Date => new Date(doneAt.getTime() + restorableDays * 86_400_000);

/** Whether a book stays with the company: somebody may read it now, something in it is lent, and the charter says so. */
export const bookStays = (book: HeldBook, lentStays: boolean): boolean =>
  lentStays && book.mask !== null && book.lendable > 0;

/** What becomes of a book, in numbers. @param own the holder asks, who knows its name */
export function partOf(book: HeldBook, lentStays: boolean, own: boolean) {
  const stays = bookStays(book, lentStays);
  return {
    id: book.book_id,
    name: stays || own ? book.name : null,
    stays: stays ? book.lendable : 0,
    goes: book.private + (stays ? 0 : book.lendable),
  };
}
