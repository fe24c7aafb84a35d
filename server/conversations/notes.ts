import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Held } from './channels/channel.ts';
import { addChannel } from './channels.ts';
import { wordsOf } from './rules.ts';

// What is kept of field notes: each member's own channel of them, and a conversation for each person of a note.

export interface NoteChannel {
  channel_id: string;
  channel_no: number;
  /** Whom the next ones are shared with; null: nobody. */
  shared_with: string | null;
}

/** The actor's own channel of notes. */
export async function findNoteChannel(tx: Tx, { workspaceId, memberId }: Actor): Promise<NoteChannel | undefined> {
  const { rows } = await sql<NoteChannel>`
    select channel_id, channel_no, (settings ->> 'sharedWith')::uuid as shared_with from conversations.channel
    where workspace_id = ${workspaceId} and owner_id = ${memberId} and kind = 'note' and state <> 'ended'
    order by channel_id limit 1`.execute(tx);
  return rows[0];
}

/** The same; made where there is none. Two at once wait for each other. */
export async function openNoteChannel(tx: Tx, actor: Actor, name: string): Promise<NoteChannel> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`notes ${actor.memberId}`}, 0))`.execute(tx);
  const known = await findNoteChannel(tx, actor);
  if (known) return known;
  const settings = { sharedWith: null };
  await addChannel(tx, actor, { kind: 'note', name, ownerId: actor.memberId, settings, secret: null, pulled: false });
  return (await findNoteChannel(tx, actor))!;
}

export async function saveSharing(
  tx: Tx,
  { workspaceId }: Actor,
  { channel_id }: NoteChannel,
  sharedWith: string | null,
): Promise<void> {
  await tx
    .updateTable('conversations.channel')
    .set({ settings: JSON.stringify({ sharedWith }) })
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channel_id)
    .execute();
}

export interface NewNote {
  /** The same however often it is sent. */
  thread: string;
  point: { id: string; channel: string; address: string };
  name: string;
  nature: string;
  at: Date;
  text: string;
  excerpt: string;
  held: Held;
  /** Of whom else it tells. */
  others: readonly string[];
  sharedWith: string | null;
}

/** The conversations of a note that stands already, in order. */
export async function findNote(
  tx: Tx,
  { workspaceId }: Actor,
  { channel_id }: NoteChannel,
  threads: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ conversation_id: string }>`
    select c.conversation_id from unnest(${threads}::text[]) with ordinality t (thread, no)
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.channel_id = ${channel_id} and c.thread = t.thread
    order by t.no`.execute(tx);
  return rows.map((row) => row.conversation_id);
}

/** Writes a note as a conversation with one of those whom it tells of: nobody waits in it. @returns where it stands */
export async function addNote(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { channel_id, channel_no }: NoteChannel,
  note: NewNote,
): Promise<{ conversationId: string; messageId: string }> {
  const [conversationId, messageId] = [newId(), newId()];
  await sql`
    insert into conversations.conversation (workspace_id, conversation_id, channel_id, channel_no, shared_with, thread, contact_point_id,
      point_channel, address, contact_name, status, excerpt, last_kind, last_at, opened_at, closed_at, owner_id)
    values (${workspaceId}, ${conversationId}, ${channel_id}, ${channel_no}, ${note.sharedWith}, ${note.thread}, ${note.point.id},
      ${note.point.channel}, ${note.point.address}, ${note.name}, 'closed', ${note.excerpt}, 'note', ${note.at}, ${note.at}, ${note.at},
      ${memberId})`.execute(tx);
  await sql`
    insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, shared_with, kind, author_id, text,
      external_id, sent_at, nature, held, others, words)
    values (${workspaceId}, ${conversationId}, ${messageId}, ${channel_id}, ${channel_no}, ${note.sharedWith}, 'note', ${memberId}, ${note.text},
      ${note.thread}, ${note.at}, ${note.nature}, ${JSON.stringify(note.held)}, ${[...note.others]}, to_tsvector('simple', ${wordsOf(note.text, note.name)}))`.execute(
    tx,
  );
  return { conversationId, messageId };
}

/** A note of the actor's own, to which a recording is put. */
export async function findOwnNote(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  conversationId: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ message_id: string }>`
    select m.message_id from conversations.message m
    join conversations.channel ch on ch.workspace_id = ${workspaceId} and ch.channel_id = m.channel_id and ch.kind = 'note'
    where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId} and m.kind = 'note' and m.author_id = ${memberId}
      and m.held is not null order by m.sent_at limit 1`.execute(tx);
  return rows[0]?.message_id;
}

/** Contact points that stand on these cards, as far as the actor reads them, with their addresses. */
export async function listPoints(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]) {
  const { rows } = await sql<{ id: string; channel: 'email' | 'phone'; address: string }>`
    select distinct f.contact_point_id as id, f.kind as channel, coalesce(f.value ->> 'e164', f.value ->> 'normalised', f.value ->> 'value') as address
    from cards.card_field f
    where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}) and f.contact_point_id is not null and f.kind in ('email', 'phone')
      and coalesce(f.value ->> 'e164', f.value ->> 'normalised') is not null
    order by address`.execute(tx);
  return rows;
}

/** Members by the addresses of their accounts, in lower case. As the keeper. */
export async function nameAgents(tx: Tx, workspaceId: string, emails: readonly string[]): Promise<Map<string, string>> {
  if (emails.length === 0) return new Map();
  const { rows } = await sql<{ email: string; name: string }>`
    select lower(email) as email, name from identity.member where workspace_id = ${workspaceId} and lower(email) = any(${emails})`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.email, row.name]));
}
