import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { ImportedFile } from './imports-contract.ts';

// What is kept of files that are brought in. As the keeper, but for what is shown to admins.

export type Role = 'main' | 'comments' | 'users';

export interface ImportRow {
  import_id: string;
  kind: ImportedFile['kind'];
  file_name: string;
  options: { source?: string; own?: string };
  state: ImportedFile['state'];
  channel_id: string | null;
  channel_name: string | null;
  report: ImportedFile['report'];
  created_at: Date;
  finished_at: Date | null;
}

/** Days within which what came can be taken out again. */
export const undoDays = 30;

const shown = (workspaceId: string) => sql`
  select i.import_id, i.kind, i.file_name, i.options, i.state, i.channel_id, ch.name as channel_name, i.report, i.created_at, i.finished_at
  from conversations.import i
  left join conversations.channel ch on ch.workspace_id = ${workspaceId} and ch.channel_id = i.channel_id
  where i.workspace_id = ${workspaceId}`;

export async function listImports(tx: Tx, { workspaceId }: Actor): Promise<ImportRow[]> {
  const { rows } =
    await sql<ImportRow>`${shown(workspaceId)} and i.state <> 'ready' order by i.created_at desc limit 50`.execute(tx);
  return rows;
}

export async function findImport(tx: Tx, workspaceId: string, importId: string): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`${shown(workspaceId)} and i.import_id = ${importId}`.execute(tx);
  return rows[0];
}

export async function addImport(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  said: { importId: string; kind: string; fileName: string },
): Promise<void> {
  await tx
    .insertInto('conversations.import')
    .values({
      ...{ workspace_id: workspaceId, import_id: said.importId, kind: said.kind },
      ...{ file_name: said.fileName, created_by: memberId },
    })
    .execute();
}

/** Octets of a piece. */
const pieceSize = 2 ** 20;

/** Keeps a file in place of what stood in its role. */
export async function keepParts(
  tx: Tx,
  workspaceId: string,
  importId: string,
  role: Role,
  octets: Buffer,
): Promise<void> {
  await sql`delete from conversations.import_part where workspace_id = ${workspaceId} and import_id = ${importId} and role = ${role}`.execute(
    tx,
  );
  for (let no = 0; no * pieceSize < octets.length; no++)
    await tx
      .insertInto('conversations.import_part')
      .values({
        ...{ workspace_id: workspaceId, import_id: importId, role, no },
        data: octets.subarray(no * pieceSize, (no + 1) * pieceSize),
      })
      .execute();
}

/** The files, by their roles. */
export async function readParts(tx: Tx, workspaceId: string, importId: string): Promise<Map<string, Buffer>> {
  const rows = await tx
    .selectFrom('conversations.import_part')
    .select(['role', 'data'])
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .orderBy('role')
    .orderBy('no')
    .execute();
  return new Map(
    [...Map.groupBy(rows, ({ role }) => role)].map(([role, parts]) => [
      role,
      Buffer.concat(parts.map(({ data }) => data)),
    ]),
  );
}

/** @returns false where it is in hand already, or done */
export async function queueImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
  { channelId, options }: { channelId: string; options: object },
): Promise<boolean> {
  const done =
    await sql`update conversations.import set state = 'queued', channel_id = ${channelId}, options = ${JSON.stringify(options)}
    where workspace_id = ${workspaceId} and import_id = ${importId} and state in ('ready', 'failed')`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** Says of messages which file brought them. */
export async function tagMessages(
  tx: Tx,
  workspaceId: string,
  importId: string,
  messages: readonly { conversationId: string; messageId: string }[],
): Promise<void> {
  await sql`update conversations.message m set import_id = ${importId}
    from unnest(${messages.map(({ conversationId }) => conversationId)}::uuid[], ${messages.map(({ messageId }) => messageId)}::uuid[]) n (c, m)
    where m.workspace_id = ${workspaceId} and m.conversation_id = n.c and m.message_id = n.m`.execute(tx);
}

/** Days for which what was said before still waits for an answer. */
const freshDays = 14;

/** What was said long ago waits for nobody: conversations of a file whose last word is older than a fortnight are closed. */
export async function closeOld(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  await sql`
    update conversations.conversation c set status = 'closed', waiting_since = null, closed_at = c.last_at
    where c.workspace_id = ${workspaceId} and c.status = 'open' and c.assignee_id is null
      and c.last_at < now() - make_interval(days => ${freshDays})
      and exists (select from conversations.message m where m.workspace_id = ${workspaceId} and m.conversation_id = c.conversation_id
        and m.import_id = ${importId})`.execute(tx);
}

export async function settleImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
  state: 'done' | 'failed',
  report: object | null,
): Promise<void> {
  await sql`update conversations.import set state = ${state}, report = ${report ? JSON.stringify(report) : null}, finished_at = now()
    where workspace_id = ${workspaceId} and import_id = ${importId} and state = 'queued'`.execute(tx);
  if (state === 'done')
    await sql`delete from conversations.import_part where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(
      tx,
    );
}

/**
 * Takes out what a file brought, and the conversations in which nothing else stands.
 * @returns what is gone, for whoever has read it; null where it cannot be undone (any more)
 */
export async function undoImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
): Promise<{ conversationId: string; messageId: string }[] | null> {
  const done = await sql`update conversations.import set state = 'undone'
    where workspace_id = ${workspaceId} and import_id = ${importId} and state = 'done'
      and finished_at > now() - make_interval(days => ${undoDays})`.execute(tx);
  if (done.numAffectedRows !== 1n) return null;
  const { rows } = await sql<{ conversationId: string; messageId: string }>`
    delete from conversations.message where workspace_id = ${workspaceId} and import_id = ${importId}
    returning conversation_id as "conversationId", message_id as "messageId"`.execute(tx);
  const touched = [...new Set(rows.map(({ conversationId }) => conversationId))];
  await sql`delete from conversations.conversation c where c.workspace_id = ${workspaceId} and c.conversation_id = any(${touched}::uuid[])
    and not exists (select from conversations.message m where m.workspace_id = ${workspaceId} and m.conversation_id = c.conversation_id
      and m.kind <> 'event')`.execute(tx);
  return rows;
}

/** Days after which a file that nobody brought in is forgotten. */
const waitingDays = 7;

export async function forgetImports(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from conversations.import where state = 'ready' and created_at < now() - make_interval(days => ${waitingDays})`.execute(
    tx,
  );
}

/** How many messages stand here that a file brought. */
export async function countTagged(tx: Tx, workspaceId: string, importId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from conversations.message
    where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(tx);
  return rows[0]!.count;
}
