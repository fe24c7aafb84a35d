import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** Cards of these that a book of the workspace holds and the viewer reads, with the book's name. */
export async function listCompanyCards(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]) {
  const { rows } = await sql<{ card_id: string; name: string }>`
    select c.card_id, b.name from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id is null
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds})
    order by c.card_id`.execute(tx);
  return rows;
}
