import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';

export interface PublicationRow {
  slug: string;
  version: number;
  channel_id: string | null;
  indexed: boolean;
  published_at: Date;
  withdrawn_at: Date | null;
  author: string;
  openings: number;
}

/** As a member: of a content that they see. */
export async function findPublication(
  tx: Tx,
  { workspaceId }: Actor,
  contentId: string,
): Promise<PublicationRow | undefined> {
  const { rows } = await sql<PublicationRow>`
    select p.slug, p.version, p.channel_id, p.indexed, p.published_at, p.withdrawn_at, m.name as author,
      coalesce((select sum(o.count) from pages.opening o
        where o.workspace_id = ${workspaceId} and o.content_id = p.content_id), 0)::int as openings
    from pages.publication p
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = p.published_by
    where p.workspace_id = ${workspaceId} and p.content_id = ${contentId}`.execute(tx);
  return rows[0];
}

/** @throws AppError invalid_input where the address is another page's, of whatever workspace: addresses are the installation's */
export async function putPublication(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  row: { contentId: string; slug: string; version: number; channelId: string | null; indexed: boolean },
): Promise<void> {
  const now = { slug: row.slug, version: row.version, channel_id: row.channelId, indexed: row.indexed };
  const set = { ...now, published_by: memberId, published_at: sql<Date>`now()`, withdrawn_at: null };
  await tx
    .insertInto('pages.publication')
    .values({ workspace_id: workspaceId, content_id: row.contentId, ...set })
    .onConflict((conflict) => conflict.constraint('publication_pk').doUpdateSet(set))
    .execute()
    .catch((error: { code?: string }) => {
      if (error.code === '23505') throw new AppError('invalid_input', { fields: { slug: 'taken' } });
      throw error;
    });
}

/** @returns false where it is not online */
export async function setWithdrawn(tx: Tx, { workspaceId }: Actor, contentId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('pages.publication')
    .set({ withdrawn_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('content_id', '=', contentId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forms of the company's that can be filled in. */
export async function listForms(tx: Tx, { workspaceId }: Actor): Promise<{ channel_id: string; name: string }[]> {
  const { rows } = await sql<{ channel_id: string; name: string }>`
    select channel_id, name from conversations.channel
    where workspace_id = ${workspaceId} and kind = 'form' and state = 'working' order by name, channel_id`.execute(tx);
  return rows;
}

export interface Shown {
  workspace_id: string;
  content_id: string;
  version: number;
  channel_id: string | null;
  indexed: boolean;
}

/** The page of an address, where it is online and was not put away. As the keeper. */
export async function findShown(tx: Tx, slug: string): Promise<Shown | undefined> {
  // No workspace: an address is followed before one is known.
  const { rows } = await sql<Shown>`
    select p.workspace_id, p.content_id, p.version, p.channel_id, p.indexed from pages.publication p
    join content.content c on c.workspace_id = p.workspace_id and c.content_id = p.content_id and c.removed_at is null
    where p.slug = ${slug} and p.withdrawn_at is null`.execute(tx);
  return rows[0];
}

/** One more opening today. As the keeper. */
export async function countOpening(tx: Tx, { workspace_id, content_id }: Shown): Promise<void> {
  await sql`insert into pages.opening as o (workspace_id, content_id, day, count)
    values (${workspace_id}, ${content_id}, (now() at time zone 'UTC')::date, 1)
    on conflict on constraint opening_pk do update set count = o.count + 1`.execute(tx);
}
