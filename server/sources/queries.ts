import { type Insertable, sql } from 'kysely';
import type { FieldKind } from '../cards/contract.ts';
import type { Field } from '../cards/fields.ts';
import { exposures } from '../cards/rows.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { newId } from '../kernel/ids.ts';

/** The member's import, or undefined: row security lets nobody else's through. */
export async function findImport(tx: Tx, workspaceId: string, importId: string) {
  return tx
    .selectFrom('sources.import')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .executeTakeFirst();
}

/** Locks an import and tells whether it is (still) in one of these states: a cancel may have come in between. */
export async function isStill(tx: Tx, workspaceId: string, importId: string, ...states: string[]): Promise<boolean> {
  const row = await tx
    .selectFrom('sources.import')
    .select('state')
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined && states.includes(row.state);
}
export type ImportRow = NonNullable<Awaited<ReturnType<typeof findImport>>>;

export async function listImports(
  tx: Tx,
  actor: Actor,
  after: { createdAt: string; id: string } | null,
  limit: number,
): Promise<(ImportRow & { cursor: string })[]> {
  return (
    tx
      .selectFrom('sources.import')
      .selectAll()
      // Microseconds, which a Date does not hold.
      .select(sql<string>`to_json(created_at) #>> '{}'`.as('cursor'))
      .where('workspace_id', '=', actor.workspaceId)
      .where('member_id', '=', actor.memberId)
      .$if(after !== null, (query) =>
        query.where(sql<boolean>`(created_at, import_id) < (${after!.createdAt}::timestamptz, ${after!.id}::uuid)`),
      )
      .orderBy('created_at', 'desc')
      .orderBy('import_id', 'desc')
      .limit(limit)
      .execute()
  );
}

/** @returns false when the import is in none of the states `onlyIn`, where any are given */
export async function setImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
  changes: Record<string, unknown>,
  ...onlyIn: string[]
): Promise<boolean> {
  const values = Object.fromEntries(
    Object.entries(changes).map(([key, value]) => [
      key,
      value !== null && typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value,
    ]),
  );
  const done = await tx
    .updateTable('sources.import')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .$if(onlyIn.length > 0, (query) => query.where('state', 'in', onlyIn))
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Whether a file of this source is being imported, or about to be. */
export async function isImporting(tx: Tx, workspaceId: string, sourceId: string): Promise<boolean> {
  const found = await tx
    .selectFrom('sources.import')
    .select('import_id')
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .where('state', 'in', ['queued', 'running', 'undoing'])
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Has the imports of a source that are done undone, as far as they can be. @returns their ids, the newest first */
export async function beginUndoing(tx: Tx, workspaceId: string, sourceId: string): Promise<string[]> {
  const rows = await tx
    .updateTable('sources.import')
    .set({ state: 'undoing' })
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .where('state', 'in', ['done', 'queued', 'running'])
    .returning('import_id')
    .execute();
  return rows
    .map((row) => row.import_id)
    .sort()
    .reverse();
}

/** Takes an import that brought nothing out of the list. @returns false when it brought something, or may still */
export async function deleteFruitless(tx: Tx, actor: Actor, importId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('sources.import')
    .where('workspace_id', '=', actor.workspaceId)
    .where('import_id', '=', importId)
    .where('state', 'in', ['unreadable', 'failed', 'cancelled'])
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** The uploaded file, piece by piece; each piece is a query of its own, so that memory holds one. */
export async function* readPieces(
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  workspaceId: string,
  importId: string,
): AsyncGenerator<Uint8Array> {
  for (let no = 0; ; no++) {
    const piece = await inTx((tx) =>
      tx
        .selectFrom('sources.file_piece')
        .select('data')
        .where('workspace_id', '=', workspaceId)
        .where('import_id', '=', importId)
        .where('no', '=', no)
        .executeTakeFirst(),
    );
    if (!piece) return;
    yield piece.data;
  }
}

export async function listSources(tx: Tx, actor: Actor) {
  const { rows } = await sql<{
    source_id: string;
    name: string;
    kind: string;
    holder_id: string | null;
    cards: number;
    last_import_at: Date | null;
  }>`
    select s.source_id, s.name, s.kind, s.holder_id,
      (select count(*)::int from cards.card c where c.workspace_id = ${actor.workspaceId} and c.source_id = s.source_id) as cards,
      (select max(i.finished_at) from sources.import i where i.workspace_id = ${actor.workspaceId} and i.source_id = s.source_id and i.state = 'done') as last_import_at
    from sources.source s
    where s.workspace_id = ${actor.workspaceId} and s.holder_id = ${actor.memberId}
    order by s.created_at desc, s.source_id`.execute(tx);
  return rows;
}

export async function addSource(tx: Tx, actor: Actor, name: string, kind: string): Promise<string> {
  const sourceId = newId();
  await tx
    .insertInto('sources.source')
    .values({ workspace_id: actor.workspaceId, source_id: sourceId, holder_id: actor.memberId, name, kind })
    .execute();
  return sourceId;
}

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

/** The numbers of a member's own books in which there is a card. */
export async function listFilledBooks(tx: Tx, actor: Actor): Promise<number[]> {
  const { rows } = await sql<{ book_no: number }>`
    select b.no as book_no from unnest(${(await listOwnBooks(tx, actor)).map((book) => book.book_no)}::int[]) b(no)
    where exists (select from cards.card c where c.workspace_id = ${actor.workspaceId} and c.book_no = b.no)`.execute(
    tx,
  );
  return rows.map((row) => row.book_no);
}

/** The books a member holds or is a steward of. */
export async function listOwnBooks(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('delegation.book as b')
    .select(['b.book_id', 'b.book_no', 'b.main'])
    .where('b.workspace_id', '=', actor.workspaceId)
    .where((e) =>
      e.or([
        e('b.holder_id', '=', actor.memberId),
        e.exists(
          e
            .selectFrom('delegation.steward as s')
            .select('s.book_id')
            .where('s.workspace_id', '=', actor.workspaceId)
            .where('s.member_id', '=', actor.memberId)
            .whereRef('s.book_id', '=', 'b.book_id'),
        ),
      ]),
    )
    .orderBy('b.main', 'desc')
    .orderBy('b.book_no')
    .execute();
}

/** Keeps what the reader remarked on these cards. Sent as rows, in parts that stay below PostgreSQL's 65,535 parameters. */
export async function addWarnings(
  tx: Tx,
  workspaceId: string,
  importId: string,
  cards: readonly { cardId: string; warnings: readonly string[] }[],
): Promise<void> {
  const rows = cards.flatMap(({ cardId, warnings }) =>
    [...new Set(warnings)].map((code) => ({ workspace_id: workspaceId, import_id: importId, card_id: cardId, code })),
  );
  for (let at = 0; at < rows.length; at += 5000) {
    await tx
      .insertInto('sources.import_warning')
      .values(rows.slice(at, at + 5000))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** A page of an import's cards that had remarks, as far as they can still be seen, with the values that name them. */
export async function listWarnings(tx: Tx, actor: Actor, importId: string, after: string, limit: number) {
  await openImport(tx, importId);
  const { rows } = await sql<{
    card_id: string;
    kind: 'person' | 'organization';
    codes: string[];
    fields: { kind: FieldKind; value: Record<string, unknown> }[];
  }>`
    select w.card_id, c.kind, w.codes, coalesce(f.fields, '[]') as fields from (
      select card_id, array_agg(code order by code) as codes from sources.import_warning
      where workspace_id = ${actor.workspaceId} and import_id = ${importId} and card_id > ${after}::uuid
      group by card_id
    ) w
    join cards.card c on c.workspace_id = ${actor.workspaceId} and c.card_id = w.card_id
    left join lateral (
      select jsonb_agg(jsonb_build_object('kind', f.kind, 'value', f.value) order by f.no) as fields from cards.card_field f
      where f.workspace_id = ${actor.workspaceId} and f.card_id = w.card_id and f.kind in ('name', 'organization', 'email', 'phone')
    ) f on true
    order by w.card_id limit ${limit}`.execute(tx);
  return rows;
}

/** A book, by its id. @throws when it is not there */
export async function getBook(tx: Tx, workspaceId: string, bookId: string) {
  return tx
    .selectFrom('delegation.book')
    .select(['book_id', 'book_no'])
    .where('workspace_id', '=', workspaceId)
    .where('book_id', '=', bookId)
    .executeTakeFirstOrThrow();
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

/** Runs a part of a transaction that may be refused without the rest of it. */
export async function inSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(tx);
  try {
    return await work();
  } catch (error) {
    await sql`rollback to savepoint part`.execute(tx);
    throw error;
  } finally {
    await sql`release savepoint part`.execute(tx);
  }
}

/** Keeps a contact that could not be written, for the report. */
export async function addFailure(
  tx: Tx,
  row: Pick<ImportRow, 'workspace_id' | 'import_id'>,
  failure: { position: number; code: string; original: string },
): Promise<void> {
  const last = await tx
    .selectFrom('sources.import_failure')
    .select((e) => e.fn.max('position').as('position'))
    .where('workspace_id', '=', row.workspace_id)
    .where('import_id', '=', row.import_id)
    .executeTakeFirst();
  const position = Math.max(failure.position, (last?.position ?? 0) + 1);
  await tx
    .insertInto('sources.import_failure')
    .values({ workspace_id: row.workspace_id, import_id: row.import_id, ...failure, position })
    .execute();
}

/** What could not be imported, in the order of the file. */
export async function listFailures(tx: Tx, actor: Actor, importId: string) {
  await openImport(tx, importId);
  return tx
    .selectFrom('sources.import_failure')
    .select(['position', 'code', 'original'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('import_id', '=', importId)
    .orderBy('position')
    .execute();
}

/** Lets the member reach what hangs on one import of theirs. */
async function openImport(tx: Tx, importId: string): Promise<void> {
  await sql`set local app.import = ${sql.lit(importId)}`.execute(tx);
}

export async function addImport(tx: Tx, row: Insertable<DB['sources.import']>): Promise<void> {
  await tx.insertInto('sources.import').values(row).execute();
}

export async function addPiece(tx: Tx, actor: Actor, importId: string, no: number, data: Buffer): Promise<void> {
  await openImport(tx, importId);
  await tx
    .insertInto('sources.file_piece')
    .values({ workspace_id: actor.workspaceId, import_id: importId, no, data })
    .execute();
}

/** Lets the uploaded file go: nothing will read it any more. */
export async function dropPieces(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  await tx
    .deleteFrom('sources.file_piece')
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .execute();
}

/** Forgets an import whose file never came whole, with the pieces that came. */
export async function deleteImport(tx: Tx, actor: Actor, importId: string): Promise<void> {
  await tx
    .deleteFrom('sources.import')
    .where('workspace_id', '=', actor.workspaceId)
    .where('import_id', '=', importId)
    .execute();
}

/** Lets go of the files of uploads that broke off and of previews that nobody acted on for a week; the record stays. */
export async function dropStaleFiles(tx: Tx): Promise<void> {
  await sql`
    with stale as (
      update sources.import set state = 'cancelled', finished_at = now()
      where state in ('uploading', 'ready') and created_at < now() - interval '7 days'
      returning workspace_id, import_id
    )
    delete from sources.file_piece p using stale s
    where p.workspace_id = s.workspace_id and p.import_id = s.import_id`.execute(tx);
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

/** Ends an undoing. */
export async function settleUndo(
  tx: Tx,
  workspaceId: string,
  importId: string,
  state: 'undone' | 'cancelled' | 'failed',
): Promise<void> {
  await tx
    .updateTable('sources.import')
    .set({ state, undone_at: new Date(), finished_at: sql`coalesce(finished_at, now())` })
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .where('state', '=', 'undoing')
    .execute();
}

/** Of the same member, one card after the other: the second of two taps sees what the first has written. */
export async function lockKeeping(tx: Tx, actor: Actor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`business cards ${actor.memberId}`}, 0))`.execute(tx);
}
