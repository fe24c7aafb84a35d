import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { IncomingFile } from './channels/channel.ts';
import { judgeFile } from './channels/file-type.ts';
import { mostFile } from './contract.ts';

/** A file of a message, ready to be kept. */
export interface FileToKeep {
  fileId: string;
  messageId: string;
  conversationId: string;
  name: string;
  mediaType: string;
  size: number;
  shown: boolean;
  state: 'kept' | 'waiting' | 'refused';
  reason: string | null;
  remote: { url: string } | { id: string } | null;
  contentId: string | null;
  octets: Uint8Array | null;
}

/** Octets of a piece. */
const pieceSize = 2 ** 20;

/** A name that is one on every system, whatever signs stand in it. */
export const fileNameOf = (name: string): string =>
  [...name.toWellFormed()]
    .filter((sign) => !/[\p{Cc}\p{Cf}/\\:*?"<>|]/u.test(sign))
    .join('')
    .trim()
    .slice(0, 200)
    .toWellFormed() || 'file';

/** What is said of a file whose octets are here: what it is, whether pages may show it, and what people are warned of. */
export async function judged(
  name: string,
  claimed: string,
  octets: Uint8Array,
): Promise<Pick<FileToKeep, 'mediaType' | 'shown' | 'reason'>> {
  const { mediaType, agrees, inline, dangerous } = await judgeFile(name, claimed, octets);
  return { mediaType, shown: inline && agrees, reason: dangerous ? 'dangerous' : agrees ? null : 'disagrees' };
}

/** What is kept of a file: all of it, that it is still to be fetched, or that it is too large. */
export async function toKeep(
  file: IncomingFile,
  of: { messageId: string; conversationId: string },
): Promise<FileToKeep> {
  const octets = file.content instanceof Uint8Array ? file.content : null;
  const size = octets?.length ?? file.size ?? 0;
  const base = { ...of, fileId: newId(), name: fileNameOf(file.name), size, contentId: file.contentId ?? null };
  const unread = { mediaType: plainType(file.mediaType), shown: false, octets: null };
  if (size > mostFile) return { ...base, ...unread, state: 'refused', reason: 'too_large', remote: null };
  if (!octets)
    return {
      ...base,
      ...unread,
      state: 'waiting',
      reason: null,
      remote: file.content as { url: string } | { id: string },
    };
  return { ...base, ...(await judged(base.name, file.mediaType, octets)), state: 'kept', remote: null, octets };
}

const plainType = (type: string): string =>
  /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/.test(type) ? type.toLowerCase() : 'application/octet-stream';

/** @returns those whose octets are still to be fetched */
export async function keepFiles(
  tx: Tx,
  { workspaceId, channelNo }: { workspaceId: string; channelNo: number },
  files: readonly FileToKeep[],
): Promise<string[]> {
  if (files.length === 0) return [];
  const rows = files.map(({ octets: _, ...file }) => file);
  await sql`
    insert into conversations.file (workspace_id, conversation_id, message_id, file_id, channel_no, shared_with, name, media_type, size, shown,
      state, reason, remote, content_id)
    select ${workspaceId}, n."conversationId", n."messageId", n."fileId", ${channelNo}, c.shared_with, n.name, n."mediaType", n.size, n.shown,
      n.state, n.reason, n.remote, n."contentId"
    from jsonb_to_recordset(${toJsonb(rows)}::jsonb) n ("conversationId" uuid, "messageId" uuid, "fileId" uuid, name text,
      "mediaType" text, size int, shown boolean, state text, reason text, remote jsonb, "contentId" text)
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = n."conversationId"`.execute(
    tx,
  );
  for (const { fileId, octets } of files) if (octets) await keepOctets(tx, workspaceId, channelNo, fileId, octets);
  return files.filter(({ state }) => state === 'waiting').map(({ fileId }) => fileId);
}

/** Writes the octets of a file in pieces: a row of 25 MB would stand in memory several times. */
async function keepOctets(
  tx: Tx,
  workspaceId: string,
  channelNo: number,
  fileId: string,
  octets: Uint8Array,
): Promise<void> {
  for (let no = 0; no * pieceSize < octets.length; no++)
    await sql`
      insert into conversations.file_part (workspace_id, file_id, no, channel_no, shared_with, data)
      select ${workspaceId}, ${fileId}, ${no}, ${channelNo}, f.shared_with, ${Buffer.from(octets.subarray(no * pieceSize, (no + 1) * pieceSize))}
      from conversations.file f where f.workspace_id = ${workspaceId} and f.file_id = ${fileId}`.execute(tx);
}

/** Keeps a file that is to leave with an answer; until then it is its author's alone. */
export async function addLoose(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  {
    conversation_id,
    channel_no,
    shared_with,
  }: { conversation_id: string; channel_no: number; shared_with: string | null },
  file: { fileId: string; name: string; octets: Uint8Array } & Pick<FileToKeep, 'mediaType' | 'shown' | 'reason'>,
): Promise<void> {
  await tx
    .insertInto('conversations.file')
    .values({
      ...{
        workspace_id: workspaceId,
        conversation_id,
        file_id: file.fileId,
        channel_no,
        shared_with,
        author_id: memberId,
      },
      ...{
        name: file.name,
        media_type: file.mediaType,
        size: file.octets.length,
        shown: file.shown,
        reason: file.reason,
      },
      state: 'kept',
    })
    .execute();
  await keepOctets(tx, workspaceId, channel_no, file.fileId, file.octets);
}

/** Puts the actor's own loose files with the answer they leave with. @throws AppError invalid_input where one is not there */
export async function attachFiles(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { conversationId, messageId }: { conversationId: string; messageId: string },
  fileIds: readonly string[],
): Promise<void> {
  if (fileIds.length === 0) return;
  const done = await tx
    .updateTable('conversations.file')
    .set({ message_id: messageId })
    .where('workspace_id', '=', workspaceId)
    .where('conversation_id', '=', conversationId)
    .where('author_id', '=', memberId)
    .where('message_id', 'is', null)
    .where('file_id', 'in', [...fileIds])
    .executeTakeFirst();
  if (done.numUpdatedRows !== BigInt(new Set(fileIds).size))
    throw new AppError('invalid_input', { fields: { fileIds: 'unknown' } });
}

/** The files of a message with their octets, to leave with it. As the keeper. */
export async function readFiles(tx: Tx, workspaceId: string, conversationId: string, messageId: string) {
  const files = await tx
    .selectFrom('conversations.file')
    .select(['file_id', 'name', 'media_type'])
    .where('workspace_id', '=', workspaceId)
    .where('conversation_id', '=', conversationId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'kept')
    .orderBy('file_id')
    .execute();
  const read: { name: string; mediaType: string; content: Uint8Array }[] = [];
  for (const { file_id, name, media_type } of files)
    read.push({ name, mediaType: media_type, content: await readOctets(tx, workspaceId, file_id) });
  return read;
}

/** A file whose octets the channel still has. */
export interface RemoteFile {
  file_id: string;
  channel_id: string;
  channel_no: number;
  name: string;
  media_type: string;
  remote: { url: string } | { id: string };
}

export async function findRemote(tx: Tx, workspaceId: string, fileId: string): Promise<RemoteFile | undefined> {
  const { rows } = await sql<RemoteFile>`
    select f.file_id, c.channel_id, f.channel_no, f.name, f.media_type, f.remote from conversations.file f
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = f.conversation_id
    where f.workspace_id = ${workspaceId} and f.file_id = ${fileId} and f.state = 'waiting'`.execute(tx);
  return rows[0];
}

/** What became of fetching it. */
export async function settleFile(
  tx: Tx,
  workspaceId: string,
  { file_id, channel_no }: RemoteFile,
  outcome: ({ octets: Uint8Array } & Pick<FileToKeep, 'mediaType' | 'shown' | 'reason'>) | { refused: string },
): Promise<void> {
  const said =
    'refused' in outcome
      ? { state: 'refused', reason: outcome.refused }
      : {
          state: 'kept',
          reason: outcome.reason,
          media_type: outcome.mediaType,
          shown: outcome.shown,
          size: outcome.octets.length,
        };
  const done = await tx
    .updateTable('conversations.file')
    .set(said)
    .where('workspace_id', '=', workspaceId)
    .where('file_id', '=', file_id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (done.numUpdatedRows === 1n && 'octets' in outcome)
    await keepOctets(tx, workspaceId, channel_no, file_id, outcome.octets);
}

/** Hours after which a file that left with nothing is forgotten. */
const looseHours = 24;

export async function forgetLoose(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from conversations.file where message_id is null and created_at < now() - make_interval(hours => ${looseHours})`.execute(
    tx,
  );
}

export interface FileRow {
  file_id: string;
  conversation_id: string;
  name: string;
  media_type: string;
  size: number;
  shown: boolean;
  state: 'kept' | 'waiting' | 'refused';
}

/** A file as the viewer may have it. */
export async function findFile(tx: Tx, workspaceId: string, fileId: string): Promise<FileRow | undefined> {
  return tx
    .selectFrom('conversations.file')
    .select(['file_id', 'conversation_id', 'name', 'media_type', 'size', 'shown', 'state'])
    .where('workspace_id', '=', workspaceId)
    .where('file_id', '=', fileId)
    .executeTakeFirst() as Promise<FileRow | undefined>;
}

/** Its octets, whole. */
export async function readOctets(tx: Tx, workspaceId: string, fileId: string): Promise<Buffer> {
  const parts = await tx
    .selectFrom('conversations.file_part')
    .select('data')
    .where('workspace_id', '=', workspaceId)
    .where('file_id', '=', fileId)
    .orderBy('no')
    .execute();
  return Buffer.concat(parts.map(({ data }) => data));
}
