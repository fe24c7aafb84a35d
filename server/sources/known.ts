import { sql } from 'kysely';
import type { Field } from '../cards/fields.ts';
import { exposures } from '../cards/rows.ts';
import type { Tx } from '../kernel/database.ts';

/** A card by which what comes from its source is known again. */
export interface KnownCard {
  card_id: string;
  source_key: string;
  content_hash: Buffer;
  ended_at: Date | null;
}

/** An archived card still stands for its contact at the source; a removed one does not. */
const REMOVED = exposures.removed;

/** The source's cards with these keys. */
export async function findKnown(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  keys: readonly string[],
): Promise<Map<string, KnownCard>> {
  const rows = await tx
    .selectFrom('cards.card')
    .select(['card_id', 'source_key', 'content_hash', 'ended_at'])
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .where('exposure', '<>', REMOVED)
    .where(sql<boolean>`source_key = any(${keys})`)
    .execute();
  return new Map(rows.map((row) => [row.source_key, row]));
}

/** What cards are called and reached by, as their source said it; by card. */
export async function findNaming(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
): Promise<Map<string, Field[]>> {
  const rows = await tx
    .selectFrom('cards.card_field')
    .select(['card_id', 'kind', 'value', 'source_value', 'author_id'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`card_id = any(${cardIds})`)
    .where('kind', 'in', ['name', 'organization', 'email', 'phone'])
    .execute();
  const fields = rows.map((row) => ({
    cardId: row.card_id,
    kind: row.kind as Field['kind'],
    value: (row.author_id === null ? row.value : (row.source_value ?? {})) as Field['value'],
  }));
  return Map.groupBy(fields, (field) => field.cardId);
}

/** The source's cards whose key begins with this name: candidates for a contact whose e-mail or number has changed there. */
export async function findNamesakes(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  beginnings: readonly string[],
): Promise<(KnownCard & { beginning: string })[]> {
  const { rows } = await sql<KnownCard & { beginning: string }>`
    select c.card_id, c.source_key, c.content_hash, c.ended_at, b.beginning
    from unnest(${beginnings}::text[]) b(beginning)
    join cards.card c on c.workspace_id = ${workspaceId} and c.source_id = ${sourceId} and c.exposure <> ${REMOVED}
      and c.source_key >= b.beginning and c.source_key < left(b.beginning, -1) || chr(10)`.execute(tx);
  return rows;
}

/** The source's cards that carry one of these contact points. */
export async function findByContactPoint(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  points: readonly string[],
): Promise<(KnownCard & { contact_point_id: string })[]> {
  const { rows } = await sql<KnownCard & { contact_point_id: string }>`
    select c.card_id, c.source_key, c.content_hash, c.ended_at, f.contact_point_id
    from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.source_id = ${sourceId} and c.exposure <> ${REMOVED}
    where f.workspace_id = ${workspaceId} and f.contact_point_id = any(${points}::uuid[])`.execute(tx);
  return rows;
}

/** Which of these contact points stand on cards of the holder's books, whatever their source. */
export async function findOwnPoints(
  tx: Tx,
  workspaceId: string,
  bookNos: readonly number[],
  points: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ contact_point_id: string }>`
    select distinct contact_point_id from cards.card_field
    where workspace_id = ${workspaceId} and contact_point_id = any(${points}::uuid[]) and book_no = any(${bookNos}) and exposure < ${sql.lit(REMOVED)}`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.contact_point_id));
}

/** Cards of a source that another import brought, or people wrote. */
const broughtBefore = (tx: Tx, workspaceId: string, sourceId: string, importId: string) =>
  tx
    .selectFrom('cards.card')
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .where((e) => e.or([e('import_id', 'is', null), e('import_id', '!=', importId)]));

export async function hasEarlier(tx: Tx, workspaceId: string, sourceId: string, importId: string): Promise<boolean> {
  const query = broughtBefore(tx, workspaceId, sourceId, importId).select('card_id').limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** The cards that earlier imports of a source brought and that it still held at the last. */
export async function listLiving(tx: Tx, workspaceId: string, sourceId: string, importId: string) {
  return broughtBefore(tx, workspaceId, sourceId, importId)
    .select(['card_id', 'book_no', 'exposure'])
    .where('exposure', '<>', REMOVED)
    .where('ended_at', 'is', null)
    .execute();
}

/** Cards that an import brought and that are in sight, with their book. */
export async function listCreated(tx: Tx, workspaceId: string, importId: string, limit: number) {
  return tx
    .selectFrom('cards.card as c')
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_no', '=', 'c.book_no').on('b.workspace_id', '=', workspaceId),
    )
    .select(['c.card_id', 'c.book_no', 'b.book_id'])
    .where('c.workspace_id', '=', workspaceId)
    .where('c.import_id', '=', importId)
    .where('c.exposure', '<>', REMOVED)
    .limit(limit)
    .execute();
}

/** What an import changed or ended, the last first. */
export async function listChanged(tx: Tx, workspaceId: string, importId: string, limit: number) {
  return tx
    .selectFrom('cards.card_change')
    .select(['card_id', 'change_id', 'book_no', 'kind', 'before'])
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .where('kind', 'in', ['updated_by_import', 'ended'])
    .orderBy('change_no', 'desc')
    .limit(limit)
    .execute();
}
