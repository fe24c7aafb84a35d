import { sql } from 'kysely';
import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';

// What was said is erased: by a person's decision, or when its time is over.

/** Conversations of one transaction. */
const together = 100;

/**
 * Erases what was said in conversations, by both sides and among ourselves, with names, addresses and files. That a message came stays, by its
 * platform's id, so that nothing brings it back; what has not left does not leave, and what is just leaving is noted by its id. As the keeper.
 */
export async function eraseConversations(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  // What arrives meanwhile is here before, or finds an erased conversation and begins another.
  await sql`select from conversations.conversation where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])
    order by conversation_id for update`.execute(tx);
  const { rows: read } = await sql<{ conversationId: string; messageId: string }>`
    select conversation_id as "conversationId", message_id as "messageId" from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[]) and kind in ('in', 'note')`.execute(
    tx,
  );
  for (const table of ['file', 'seen', 'mention', 'presence'])
    await sql`delete from ${sql.table(`conversations.${table}`)}
      where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])`.execute(tx);
  await sql`
    delete from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[]) and (kind in ('note', 'event') or external_id is null and state is distinct from 'sending')`.execute(
    tx,
  );
  await sql`
    update conversations.message set text = '', subject = null, html = null, quoted = null, words = null, reactions = null, others = null, url = null,
      rating = null, author_name = null, template = null, decision = null, held = null, shared_with = null, deleted_at = coalesce(deleted_at, now()),
      state = case when state in ('queued', 'in_doubt') then 'cancelled' else state end
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])`.execute(tx);
  await sql`
    update conversations.conversation c set thread = 'erased ' || conversation_id, is_current = false, address = '', reply_to = null,
      contact_name = '', subject = '', excerpt = '', shared_with = null, status = 'closed', snoozed_until = null, waiting_since = null,
      assignee_id = null, team_id = null, closed_at = coalesce(closed_at, now()), erased_at = now(), version = version + 1
    where c.workspace_id = ${workspaceId} and c.conversation_id = any(${ids}::uuid[])`.execute(tx);
  if (read.length > 0) await app.enqueue(tx, { workspaceId, task: 'voices.read', payload: { messages: read } });
}

/** Erases what is older than its channel keeps, in steps, each a transaction. */
export async function eraseExpired(app: App): Promise<void> {
  for (;;) {
    const found = await app.db.asSystem('keeper', async (tx) => {
      // No workspace: retention looks in all of them.
      const { rows } = await sql<{ workspace_id: string; ids: string[] }>`
        select workspace_id, array_agg(conversation_id) as ids from (
          select c.workspace_id, c.conversation_id from conversations.channel ch
          join conversations.conversation c on c.workspace_id = ch.workspace_id and c.channel_id = ch.channel_id and c.erased_at is null
            -- A note of something long ago, and what a file brought, is as old as it is here.
            and greatest(c.last_at, c.created_at) < now() - make_interval(months => ch.keep_months)
          limit ${together} for update of c skip locked) expired
        group by workspace_id`.execute(tx);
      for (const { workspace_id, ids } of rows) await eraseConversations(app, tx, workspace_id, ids);
      return rows.reduce((sum, { ids }) => sum + ids.length, 0);
    });
    if (found < together) return;
  }
}
