import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

export interface AccessRow {
  card_id: string;
  /** Null: a book of the workspace holds the card. */
  member_id: string | null;
  name: string;
  /** 0 to 100; null: the card is held, and more is not known. */
  strength: number | null;
}

/**
 * Who of us holds cards of these persons that the viewer reads, and how well they know them where they let it be known. Who wants to be
 * proposed to nobody, or not for this person, is named to nobody else.
 */
export async function listAccess(tx: Tx, actor: Actor, cardIds: readonly string[]): Promise<AccessRow[]> {
  const { workspaceId, memberId } = actor;
  const { rows } = await sql<AccessRow>`
    select c.card_id, b.holder_id as member_id, coalesce(m.name, b.name) as name, k.strength
    from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = b.holder_id
    left join relations.connector w on w.workspace_id = ${workspaceId} and w.member_id = b.holder_id
    left join cards.acquaintance k on k.workspace_id = ${workspaceId} and k.card_id = c.card_id
      and k.shared = (b.holder_id is distinct from ${memberId}) and k.member_id = b.holder_id
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds})
      and (b.holder_id is null or b.holder_id = ${memberId} or (coalesce(w.tells, 'held') <> 'nothing' and not coalesce(k.hidden, false)))
    order by k.strength desc nulls last, c.card_id`.execute(tx);
  return rows.map((row) => (row.strength === 0 ? { ...row, strength: null } : row));
}
