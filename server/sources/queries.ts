import { type Insertable, sql } from 'kysely';
import type { FieldKind } from '../cards/contract.ts';
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

/** A source that is looked after by another member from now on; as the keeper. */
export async function setSourceHolder(tx: Tx, to: Actor, sourceId: string): Promise<void> {
  await tx
    .updateTable('sources.source')
    .set({ holder_id: to.memberId })
    .where('workspace_id', '=', to.workspaceId)
    .where('source_id', '=', sourceId)
    .execute();
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
export async function openImport(tx: Tx, importId: string): Promise<void> {
  await sql`set local app.import = ${sql.lit(importId)}`.execute(tx);
}

export async function addImport(tx: Tx, row: Insertable<DB['sources.import']>): Promise<void> {
  await tx.insertInto('sources.import').values(row).execute();
}

/** Forgets an import whose file never came whole, with the pieces that came. */
export async function deleteImport(tx: Tx, actor: Actor, importId: string): Promise<void> {
  await tx
    .deleteFrom('sources.import')
    .where('workspace_id', '=', actor.workspaceId)
    .where('import_id', '=', importId)
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
