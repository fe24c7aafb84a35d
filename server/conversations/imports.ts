import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { ImportedFile } from './imports-contract.ts';
import { excerptOf } from './rules.ts';

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
    await sql`update conversations.import set state = 'queued', tried = 0, channel_id = ${channelId}, options = ${JSON.stringify(options)}
    where workspace_id = ${workspaceId} and import_id = ${importId} and state in ('ready', 'failed')`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** Counts, committed, that it is begun. @returns how often it was; undefined where it does not wait for it */
export async function noteTry(tx: Tx, workspaceId: string, importId: string): Promise<number | undefined> {
  const { rows } = await sql<{ tried: number }>`update conversations.import set tried = tried + 1
    where workspace_id = ${workspaceId} and import_id = ${importId} and state = 'queued' returning tried`.execute(tx);
  return rows[0]?.tried;
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
  if (state === 'done') await forgetParts(tx, workspaceId, importId);
}

/**
 * Takes out what a file brought, and the conversations in which nothing else stands. What was erased stays, by its id: it would come back when
 * the file is brought in again.
 * @returns what is gone, for whoever has read it; null where it cannot be undone (any more)
 */
export async function undoImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
): Promise<{ conversationId: string; messageId: string }[] | null> {
  const done = await sql`update conversations.import set state = 'undone'
    where workspace_id = ${workspaceId} and import_id = ${importId} and state in ('done', 'failed')
      and finished_at > now() - make_interval(days => ${undoDays})`.execute(tx);
  if (done.numAffectedRows !== 1n) return null;
  const { rows } = await sql<{ conversationId: string; messageId: string }>`
    delete from conversations.message m using conversations.conversation c
    where m.workspace_id = ${workspaceId} and m.import_id = ${importId}
      and c.workspace_id = ${workspaceId} and c.conversation_id = m.conversation_id and c.erased_at is null
    returning m.conversation_id as "conversationId", m.message_id as "messageId"`.execute(tx);
  const touched = [...new Set(rows.map(({ conversationId }) => conversationId))];
  await sql`delete from conversations.conversation c where c.workspace_id = ${workspaceId} and c.conversation_id = any(${touched}::uuid[])
    and not exists (select from conversations.message m where m.workspace_id = ${workspaceId} and m.conversation_id = c.conversation_id
      and m.kind <> 'event')`.execute(tx);
  await tellAnew(tx, workspaceId, touched);
  await forgetParts(tx, workspaceId, importId);
  return rows;
}

/** What lists say of conversations, from what is left in them. Who is waiting there wrote after our last word. */
async function tellAnew(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ conversation_id: string; text: string }>`
    update conversations.conversation c set subject = l.subject, last_in_at = l.last_in_at, last_at = l.last_at, last_kind = l.last_kind,
      waiting_since = case when c.status = 'open' or c.waiting_since is not null then l.waiting_since end, version = c.version + 1
    from unnest(${ids}::uuid[]) n (id), lateral (
      select coalesce((array_agg(m.subject order by m.sent_at, m.message_id) filter (where m.subject is not null))[1], '') as subject,
        max(m.sent_at) filter (where m.kind = 'in') as last_in_at, max(m.sent_at) as last_at,
        (array_agg(m.kind order by m.sent_at desc, m.message_id desc))[1] as last_kind,
        (array_agg(left(m.text, 2000) order by m.sent_at desc, m.message_id desc))[1] as text,
        min(m.sent_at) filter (where m.kind = 'in' and not m.automatic and not exists (select from conversations.message o
          where o.workspace_id = ${workspaceId} and o.conversation_id = n.id and o.kind = 'out' and o.sent_at >= m.sent_at)) as waiting_since
      from conversations.message m where m.workspace_id = ${workspaceId} and m.conversation_id = n.id and m.kind <> 'event') l
    where c.workspace_id = ${workspaceId} and c.conversation_id = n.id
    returning c.conversation_id, l.text`.execute(tx);
  const excerpts = rows.map(({ text }) => excerptOf(text));
  await sql`update conversations.conversation c set excerpt = n.excerpt
    from unnest(${rows.map((row) => row.conversation_id)}::uuid[], ${excerpts}::text[]) n (id, excerpt)
    where c.workspace_id = ${workspaceId} and c.conversation_id = n.id`.execute(tx);
}

async function forgetParts(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  await sql`delete from conversations.import_part where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(
    tx,
  );
}

/** Days after which a file that nobody brought in, or that failed, is forgotten; of the latter it stays that it was there. */
const waitingDays = 7;

export async function forgetImports(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from conversations.import where state = 'ready' and created_at < now() - make_interval(days => ${waitingDays})`.execute(
    tx,
  );
  // No workspace: housekeeping of all of them.
  await sql`delete from conversations.import_part p using conversations.import i
    where i.workspace_id = p.workspace_id and i.import_id = p.import_id and i.state = 'failed'
      and i.finished_at < now() - make_interval(days => ${waitingDays})`.execute(tx);
}

/** How many messages stand here that a file brought. */
export async function countTagged(tx: Tx, workspaceId: string, importId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from conversations.message
    where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(tx);
  return rows[0]!.count;
}
