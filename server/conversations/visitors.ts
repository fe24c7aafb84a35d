import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { WorkingChannel } from './channels.ts';
import type { ChatMessage } from './chat-contract.ts';

// What visitors of a site see and say of themselves. As the keeper, which is told by a visitor's own word whose conversation it is.

/** A visitor of a channel: `thread` is what their word comes to, which nobody makes the word from. */
export interface Visitor {
  channel: WorkingChannel;
  thread: string;
}

export interface VisitorState {
  /** The conversation that goes on now; undefined: they have not written. */
  conversation_id: string;
  claimed: boolean;
  contact_name: string;
  address: string;
  agent_writes: boolean;
}

export async function findVisit(tx: Tx, { channel, thread }: Visitor): Promise<VisitorState | undefined> {
  const { rows } = await sql<VisitorState>`
    select c.conversation_id, c.claimed, c.contact_name, c.address, exists (select from conversations.presence p
      where p.workspace_id = ${channel.workspace_id} and p.conversation_id = c.conversation_id and p.writing and p.until > now()) as agent_writes
    from conversations.conversation c
    where c.workspace_id = ${channel.workspace_id} and c.channel_id = ${channel.channel_id} and c.thread = ${thread} and c.is_current`.execute(
    tx,
  );
  return rows[0];
}

/** Messages that a visitor is shown. */
const mostShown = 100;

/** What was said with a visitor, in all their conversations on this channel; never notes, nor what became of it. Oldest first. */
export async function listSaid(tx: Tx, { channel, thread }: Visitor): Promise<ChatMessage[]> {
  const { rows } = await sql<{
    message_id: string;
    kind: 'in' | 'out';
    author: string | null;
    text: string;
    sent_at: Date;
    deleted_at: Date | null;
    files: ChatMessage['files'];
  }>`
    select m.message_id, m.kind, a.name as author, m.text, m.sent_at, m.deleted_at,
      coalesce((select json_agg(json_build_object('id', f.file_id, 'name', f.name, 'size', f.size,
          'image', f.shown and f.media_type like 'image/%') order by f.file_id)
        from conversations.file f where f.workspace_id = ${channel.workspace_id} and f.conversation_id = m.conversation_id
          and f.message_id = m.message_id and f.state = 'kept'), '[]') as files
    from conversations.conversation c
    join conversations.message m on m.workspace_id = ${channel.workspace_id} and m.conversation_id = c.conversation_id
      and m.kind in ('in', 'out') and (m.kind = 'in' or m.state in ('sent', 'delivered', 'read'))
    left join identity.member a on a.workspace_id = ${channel.workspace_id} and a.member_id = m.author_id
    where c.workspace_id = ${channel.workspace_id} and c.channel_id = ${channel.channel_id} and c.thread = ${thread}
    order by m.sent_at desc, m.message_id desc limit ${mostShown}`.execute(tx);
  return rows.toReversed().map((row) => ({
    id: row.message_id,
    mine: row.kind === 'in',
    author: row.kind === 'out' ? ((row.author ?? '').split(' ')[0] ?? '') : '',
    text: row.text,
    at: row.sent_at.toISOString(),
    deleted: row.deleted_at !== null,
    files: row.files,
  }));
}

/** How many messages a visitor has written in the last minute. */
export async function countRecent(tx: Tx, { channel, thread }: Visitor): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from conversations.conversation c
    join conversations.message m on m.workspace_id = ${channel.workspace_id} and m.conversation_id = c.conversation_id and m.kind = 'in'
      and m.created_at > now() - interval '1 minute'
    where c.workspace_id = ${channel.workspace_id} and c.channel_id = ${channel.channel_id} and c.thread = ${thread} and c.is_current`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** Puts what a visitor says of themself on all their conversations here; what was said before stays with them. @returns the current one */
export async function identify(
  tx: Tx,
  { channel, thread }: Visitor,
  said: { contactPointId: string; email: string; name: string },
): Promise<string | undefined> {
  const { workspace_id: workspaceId, channel_id: channelId, channel_no: channelNo } = channel;
  await sql`insert into cards.contact_point (workspace_id, contact_point_id, channel)
    values (${workspaceId}, ${said.contactPointId}, 'email') on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ conversation_id: string; is_current: boolean }>`
    update conversations.conversation set contact_point_id = ${said.contactPointId}, point_channel = 'email', address = ${said.email},
      claimed = true, contact_name = coalesce(nullif(${said.name}, ''), contact_name), reply_to = thread
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and thread = ${thread}
      and (address <> ${said.email} or contact_name <> ${said.name})
    returning conversation_id, is_current`.execute(tx);
  const current = rows.find((row) => row.is_current)?.conversation_id;
  if (current)
    await sql`insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, kind, text, sent_at, event)
      values (${workspaceId}, ${current}, ${newId()}, ${channelId}, ${channelNo}, 'event', '', now(),
        ${toJsonb({ kind: 'identified', name: said.name, address: said.email })})`.execute(tx);
  return current;
}

/** Seconds for which a visitor is taken to be writing. */
const writingHolds = 6;

/** @returns the conversation, where they have one */
export async function noteWriting(tx: Tx, { channel, thread }: Visitor): Promise<string | undefined> {
  const { rows } = await sql<{ conversation_id: string }>`
    update conversations.conversation set writing_until = now() + make_interval(secs => ${writingHolds})
    where workspace_id = ${channel.workspace_id} and channel_id = ${channel.channel_id} and thread = ${thread} and is_current
    returning conversation_id`.execute(tx);
  return rows[0]?.conversation_id;
}

/** A file of this visitor's conversation. */
export async function findVisitorFile(tx: Tx, { channel, thread }: Visitor, fileId: string) {
  const { rows } = await sql<{ file_id: string; name: string; media_type: string; shown: boolean }>`
    select f.file_id, f.name, f.media_type, f.shown from conversations.file f
    join conversations.conversation c on c.workspace_id = ${channel.workspace_id} and c.conversation_id = f.conversation_id
    join conversations.message m on m.workspace_id = ${channel.workspace_id} and m.conversation_id = f.conversation_id
      and m.message_id = f.message_id and m.kind in ('in', 'out')
    where f.workspace_id = ${channel.workspace_id} and f.file_id = ${fileId} and f.state = 'kept'
      and c.channel_id = ${channel.channel_id} and c.thread = ${thread}`.execute(tx);
  return rows[0];
}

/** The members who tend a channel, by whom one is answered; and how the company is called. */
export async function findHosts(tx: Tx, { channel }: Visitor): Promise<{ company: string; memberIds: string[] }> {
  const { rows } = await sql<{ company: string; member_ids: string[] }>`
    select w.name as company, coalesce((select array_agg(distinct m.member_id) from conversations.access a
      join identity.member m on m.workspace_id = ${channel.workspace_id} and m.status = 'active' and (a.audience_id in (m.member_id, m.workspace_id)
        or exists (select from identity.team_member t where t.workspace_id = ${channel.workspace_id} and t.team_id = a.audience_id
          and t.member_id = m.member_id))
      where a.workspace_id = ${channel.workspace_id} and a.channel_id = ${channel.channel_id}), '{}') as member_ids
    from identity.workspace w where w.workspace_id = ${channel.workspace_id}`.execute(tx);
  return { company: rows[0]?.company ?? '', memberIds: rows[0]?.member_ids ?? [] };
}
