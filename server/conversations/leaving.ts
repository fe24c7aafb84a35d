import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { stateOf } from './channels.ts';
import type { ChannelKind, SendingState } from './contract.ts';

// What leaves: the queue of messages of ours, claimed and settled. As the keeper.

export interface Leaving {
  workspace_id: string;
  message_id: string;
  conversation_id: string;
  channel_id: string;
  kind: ChannelKind;
  settings: unknown;
  secret: Buffer | null;
  channel_state: 'working' | 'paused' | 'ended';
  thread: string;
  subject: string;
  point_channel: 'email' | 'phone' | 'handle' | 'visitor';
  address: string;
  reply_to: string | null;
  contact_name: string;
  contact_point_id: string;
  claimed: boolean;
  last_in_at: Date | null;
  text: string;
  template: { name: string; language: string; values: string[] } | null;
  attempts: number;
  author: string | null;
  locale: 'fr' | 'en' | null;
}

/** Takes a waiting message in hand: whoever comes later, after a crash too, finds it so and leaves it alone. */
export async function claim(
  tx: Tx,
  workspaceId: string,
  conversationId: string,
  messageId: string,
): Promise<Leaving | undefined> {
  const { rows } = await sql<Leaving>`
    update conversations.message m set state = 'sending', attempts = m.attempts + 1, claimed_at = now()
    from conversations.conversation c, conversations.channel ch
    where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId} and m.message_id = ${messageId} and m.state = 'queued' and c.erased_at is null
      -- What was written before it waits for a busy platform: it goes first, and wakes this one.
      and not exists (select from conversations.message e where e.workspace_id = ${workspaceId} and e.conversation_id = ${conversationId}
        and e.state = 'queued' and (e.sent_at, e.message_id) < (m.sent_at, m.message_id))
      and c.workspace_id = ${workspaceId} and c.conversation_id = ${conversationId}
      and ch.workspace_id = ${workspaceId} and ch.channel_id = c.channel_id
    returning m.workspace_id, m.message_id, m.conversation_id, c.channel_id, ch.kind, ch.settings, ch.secret, ${stateOf} as channel_state, c.thread, c.subject,
      c.point_channel, c.address, c.reply_to, c.contact_name, c.contact_point_id, c.claimed, c.last_in_at, m.text, m.template, m.attempts,
      (select a.name from identity.member a where a.workspace_id = ${workspaceId} and a.member_id = m.author_id) as author,
      (select a.locale from identity.member a where a.workspace_id = ${workspaceId} and a.member_id = m.author_id) as locale`.execute(
    tx,
  );
  return rows[0];
}

/** The next message of a conversation that waits to leave. */
export async function findWaiting(tx: Tx, workspaceId: string, conversationId: string): Promise<string | undefined> {
  const { rows } = await sql<{ message_id: string }>`
    select message_id from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and state = 'queued'
    order by sent_at, message_id limit 1`.execute(tx);
  return rows[0]?.message_id;
}

/** Notes the id that a message in hand will have at the platform, before anything of it leaves. */
export async function noteId(
  tx: Tx,
  workspaceId: string,
  { conversation_id, message_id }: Leaving,
  externalId: string,
): Promise<void> {
  await sql`update conversations.message set external_id = ${externalId.slice(0, 500)}
    where workspace_id = ${workspaceId} and conversation_id = ${conversation_id} and message_id = ${message_id}`.execute(
    tx,
  );
}

/** Their last word. */
export async function findAnswered(tx: Tx, workspaceId: string, { conversation_id, contact_name }: Leaving) {
  const { rows } = await sql<{ at: Date; name: string; text: string }>`
    select sent_at as at, coalesce(author_name, ${contact_name}) as name, text from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = ${conversation_id} and kind = 'in' and deleted_at is null and not automatic
    order by sent_at desc, message_id desc limit 1`.execute(tx);
  return rows[0] ?? null;
}

/** The platform's ids of what was said before, the last one last: by these a network finds where an answer belongs. */
export async function findEarlier(tx: Tx, workspaceId: string, conversationId: string): Promise<string[]> {
  const { rows } = await sql<{ external_id: string }>`
    select external_id from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and external_id is not null
      and (state is null or state in ('sent', 'delivered', 'read'))
    order by sent_at desc, message_id desc limit 20`.execute(tx);
  return rows.map((row) => row.external_id).reverse();
}

export interface Settlement {
  state: Extract<SendingState, 'queued' | 'sent' | 'failed' | 'refused' | 'in_doubt'>;
  answer: string | null;
  externalId?: string;
  refusals?: readonly string[];
}

/** Writes what became of a message in hand. Where the platform has told us of it before it answered, that word of it goes: it is ours. */
export async function settle(
  tx: Tx,
  workspaceId: string,
  conversationId: string,
  messageId: string,
  said: Settlement,
): Promise<void> {
  const id = said.externalId?.slice(0, 500);
  // Two that are given one id at once wait for each other: what has left must not fail over it.
  if (id) await sql`select pg_advisory_xact_lock(hashtextextended(${`sent ${workspaceId} ${id}`}, 0))`.execute(tx);
  if (id)
    await sql`
      delete from conversations.message e using conversations.message m
      where e.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId}
        and m.message_id = ${messageId} and e.channel_id = m.channel_id and e.external_id = ${id}
        and e.message_id <> m.message_id and e.kind = 'out' and e.author_id is null and m.state in ('sending', 'in_doubt')`.execute(
      tx,
    );
  await tx
    .updateTable('conversations.message')
    .set({
      ...{ state: said.state, answer: said.answer },
      // A platform that gives an id twice has sent all the same: the second goes without one.
      ...(id
        ? {
            external_id: sql<string | null>`(select ${id}::text where not exists (
              select from conversations.message o where o.workspace_id = ${workspaceId} and o.channel_id = conversations.message.channel_id
                and o.external_id = ${id} and o.message_id <> conversations.message.message_id))`,
          }
        : {}),
      ...(said.refusals ? { decision: JSON.stringify({ refusals: said.refusals }) } : {}),
    })
    .where('workspace_id', '=', workspaceId)
    .where('conversation_id', '=', conversationId)
    .where('message_id', '=', messageId)
    // One that took longer than anybody waits for has arrived all the same.
    .where('state', 'in', said.state === 'sent' ? ['sending', 'in_doubt'] : ['sending'])
    .execute();
}

/** Minutes after which a message in hand is in doubt: whoever had it is gone. */
const inHandAtMost = 5;

/** @returns the conversations in which something is in doubt from now on */
export async function doubtStranded(tx: Tx) {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string; conversation_id: string; channel_id: string }>`
    update conversations.message set state = 'in_doubt', answer = 'interrupted'
    where state = 'sending' and claimed_at < now() - make_interval(mins => ${inHandAtMost})
    returning workspace_id, conversation_id, channel_id`.execute(tx);
  return rows;
}

/** What came back of its sleep. */
export async function wakeSnoozed(tx: Tx) {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string; conversation_id: string; channel_id: string }>`
    update conversations.conversation set status = 'open', snoozed_until = null, version = version + 1
    where snoozed_until <= now() returning workspace_id, conversation_id, channel_id`.execute(tx);
  return rows;
}

export async function forgetPresence(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from conversations.presence where until < now() - interval '1 hour'`.execute(tx);
}
