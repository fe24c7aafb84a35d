import { sql } from 'kysely';
import { Liquid } from 'liquidjs';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';

export interface SavedReplyRow {
  reply_id: string;
  name: string;
  texts: { fr?: string; en?: string };
  audience_id: string;
  author_id: string;
}

export async function listSavedReplies(tx: Tx, { workspaceId }: Actor): Promise<SavedReplyRow[]> {
  const { rows } = await sql<SavedReplyRow>`
    select reply_id, name, texts, audience_id, author_id from conversations.saved_reply
    where workspace_id = ${workspaceId} and strpos(current_setting('app.audiences', true), audience_id::text) > 0
    order by name, reply_id`.execute(tx);
  return rows;
}

/** @param replyId null: a new one @returns its id; undefined where it is not the actor's to change */
export async function saveReply(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  replyId: string | null,
  row: Pick<SavedReplyRow, 'name' | 'texts' | 'audience_id'>,
): Promise<string | undefined> {
  const values = { ...row, texts: JSON.stringify(row.texts), changed_at: sql<Date>`now()` };
  if (replyId === null) {
    const made = newId();
    const of = { workspace_id: workspaceId, reply_id: made, author_id: memberId };
    await tx
      .insertInto('conversations.saved_reply')
      .values({ ...of, ...values })
      .execute();
    return made;
  }
  const { numUpdatedRows } = await tx
    .updateTable('conversations.saved_reply')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('reply_id', '=', replyId)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? replyId : undefined;
}

export async function removeReply(tx: Tx, { workspaceId }: Actor, replyId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('conversations.saved_reply')
    .where('workspace_id', '=', workspaceId)
    .where('reply_id', '=', replyId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** What a saved text may name. */
export interface Filling {
  contact: { name: string; first_name: string };
  agent: { name: string; first_name: string };
  conversation: { subject: string; channel: string };
}

const liquid = new Liquid({
  // A text of a colleague is no program: no files, little time, little memory.
  templates: {},
  ownPropertyOnly: true,
  renderLimit: 100,
  parseLimit: 20_000,
  memoryLimit: 1_000_000,
});

/**
 * A saved text with its variables filled in (Liquid); where a name is unknown, no blank is left before the comma that followed it.
 * @throws Error where it is no sound template
 */
export async function fill(text: string, filling: Filling): Promise<string> {
  const filled: string = await liquid.parseAndRender(text, filling);
  return filled.replaceAll(/[ \u00a0]+,/g, ',');
}

const sample: Filling = {
  contact: { name: 'Léa Martin', first_name: 'Léa' },
  agent: { name: 'Bob Stone', first_name: 'Bob' },
  conversation: { subject: 'Order', channel: 'Shop' },
};

/** Whether a text is a template that comes to its end, tried with somebody made up. */
export const isSound = (text: string): Promise<boolean> =>
  fill(text, sample).then(
    () => true,
    () => false,
  );
