import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';

/** A member's saved filters, by name. */
export async function listViews(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('cards.view')
    .select(['view_id', 'name', 'filter'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .orderBy('name')
    .execute();
}

/** Keeps a filter under a name; one of that name is replaced. @returns the view's id */
export async function saveView(tx: Tx, actor: Actor, name: string, filter: object): Promise<string> {
  const row = await tx
    .insertInto('cards.view')
    .values({
      workspace_id: actor.workspaceId,
      view_id: newId(),
      member_id: actor.memberId,
      name,
      filter: JSON.stringify(filter),
    })
    .onConflict((conflict) => conflict.constraint('view_name_uq').doUpdateSet({ filter: JSON.stringify(filter) }))
    .returning('view_id')
    .executeTakeFirstOrThrow();
  return row.view_id;
}

/** @returns false when the member has no such view */
export async function deleteView(tx: Tx, actor: Actor, viewId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('cards.view')
    .where('workspace_id', '=', actor.workspaceId)
    .where('view_id', '=', viewId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}
