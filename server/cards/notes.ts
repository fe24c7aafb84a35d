import type { Insertable } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';

export async function addNote(
  tx: Tx,
  actor: Actor,
  note: Omit<Insertable<DB['cards.note']>, 'workspace_id'>,
): Promise<void> {
  await tx
    .insertInto('cards.note')
    .values({ workspace_id: actor.workspaceId, ...note })
    .execute();
}

/** Only its author takes a note back. @returns false when there is none of theirs */
export async function deleteNote(tx: Tx, actor: Actor, noteId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('cards.note')
    .where('workspace_id', '=', actor.workspaceId)
    .where('note_id', '=', noteId)
    .where('author_id', '=', actor.memberId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}
