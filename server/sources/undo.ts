import { sql } from 'kysely';
import type pg from 'pg';
import { takeBackConsents } from '../cards/consent.ts';
import { findClusters, refreshClusters } from '../cards/upkeep.ts';
import { hideCards, setExposure, takeChangeNos } from '../cards/writing.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { findImport, REMOVED } from './queries.ts';

const batchSize = 1000;
/**
 * Takes out exactly what an import brought: its cards go out of sight, what it changed goes back to what it was, what it ended
 * lives again. In steps, each a transaction; run again after a crash it goes on where it stopped.
 */
export async function undoImport(
  app: App,
  workspaceId: string,
  importId: string,
  finalState: 'undone' | 'cancelled' | 'failed',
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    if (signal.aborted) throw new Error('aborted');
    const left = await app.db.withClient('keeper', async (client, tx) => {
      const row = await findImport(tx, workspaceId, importId);
      if (row?.state !== 'undoing') return false;
      return (
        (await removeCreated(client, tx, workspaceId, importId)) ||
        (await revertChanged(client, tx, workspaceId, importId))
      );
    });
    if (!left) break;
  }
  await app.db.asSystem('keeper', async (tx) => {
    await takeBackConsents(tx, workspaceId, importId);
    await tx
      .deleteFrom('sources.file_piece')
      .where('workspace_id', '=', workspaceId)
      .where('import_id', '=', importId)
      .execute();
    await tx
      .updateTable('sources.import')
      .set({ state: finalState, undone_at: new Date(), finished_at: sql`coalesce(finished_at, now())` })
      .where('workspace_id', '=', workspaceId)
      .where('import_id', '=', importId)
      .where('state', '=', 'undoing')
      .execute();
  });
}

async function removeCreated(client: pg.ClientBase, tx: Tx, workspaceId: string, importId: string): Promise<boolean> {
  const cards = await tx
    .selectFrom('cards.card as c')
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_no', '=', 'c.book_no').on('b.workspace_id', '=', workspaceId),
    )
    .select(['c.card_id', 'b.book_id'])
    .where('c.workspace_id', '=', workspaceId)
    .where('c.import_id', '=', importId)
    .where('c.exposure', '<>', REMOVED)
    .limit(batchSize)
    .execute();
  if (cards.length === 0) return false;
  await hideCards(tx, workspaceId, cards);
  const ids = cards.map((card) => card.card_id);
  await refreshClusters(client, tx, workspaceId, await findClusters(tx, workspaceId, ids));
  return true;
}

interface Before {
  card: {
    content_hash: string;
    source_key: string;
    kind: string;
    seen_at: string;
    ended_at: string | null;
    /** The import brought the card back from the archive. */
    archived_at?: string;
    archived_for?: string[];
    exposure_before?: number | null;
  };
  fields: Record<string, unknown>[];
  original: { mediaType: string; data: string } | null;
}

async function revertChanged(client: pg.ClientBase, tx: Tx, workspaceId: string, importId: string): Promise<boolean> {
  const changes = await tx
    .selectFrom('cards.card_change')
    .select(['card_id', 'change_id', 'book_no', 'kind', 'before'])
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .where('kind', 'in', ['updated_by_import', 'ended'])
    .orderBy('change_no', 'desc')
    .limit(batchSize)
    .execute();
  if (changes.length === 0) return false;
  for (const change of changes) {
    if (change.kind === 'ended') {
      await tx
        .updateTable('cards.card')
        .set({ ended_at: null })
        .where('workspace_id', '=', workspaceId)
        .where('card_id', '=', change.card_id)
        .execute();
    } else {
      await restoreState(tx, workspaceId, change.card_id, change.before as Before);
    }
    await tx
      .deleteFrom('cards.card_change')
      .where('workspace_id', '=', workspaceId)
      .where('card_id', '=', change.card_id)
      .where('change_id', '=', change.change_id)
      .execute();
    await renumber(tx, workspaceId, change.card_id, change.book_no);
  }
  await refreshClusters(
    client,
    tx,
    workspaceId,
    await findClusters(
      tx,
      workspaceId,
      changes.map((change) => change.card_id),
    ),
  );
  return true;
}

async function renumber(tx: Tx, workspaceId: string, cardId: string, bookNo: number): Promise<void> {
  const book = await tx
    .selectFrom('delegation.book')
    .select('book_id')
    .where('workspace_id', '=', workspaceId)
    .where('book_no', '=', bookNo)
    .executeTakeFirstOrThrow();
  const changeNo = await takeChangeNos(tx, workspaceId, book.book_id, 1);
  await tx
    .updateTable('cards.card')
    .set({ change_no: changeNo })
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .execute();
}

/** What the import brought back from the archive goes there again, with its date and reasons. */
async function archiveAgain(tx: Tx, workspaceId: string, cardId: string, card: Before['card']): Promise<void> {
  await tx
    .updateTable('cards.card')
    .set({
      exposure: 3,
      exposure_before: card.exposure_before ?? 0,
      archived_at: card.archived_at!,
      archived_for: card.archived_for ?? [],
    })
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .execute();
  await setExposure(tx, workspaceId, [cardId], 3);
}

/** The source's fields go back; what members wrote since stays. */
async function restoreState(tx: Tx, workspaceId: string, cardId: string, before: Before): Promise<void> {
  const { card, fields, original } = before;
  const now = await tx
    .selectFrom('cards.card')
    .select(['exposure', 'book_no'])
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('cards.card')
    .set({
      content_hash: Buffer.from(card.content_hash, 'hex'),
      source_key: card.source_key,
      kind: card.kind,
      seen_at: card.seen_at,
      ended_at: card.ended_at,
    })
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .execute();
  await tx
    .deleteFrom('cards.card_field')
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .where('author_id', 'is', null)
    .execute();
  const present = await tx
    .selectFrom('cards.card_field')
    .select('no')
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .execute();
  const taken = new Set(present.map((field) => field.no));
  for (const field of fields) {
    if (field.author_id === null && !taken.has(field.no as number)) {
      await tx
        .insertInto('cards.card_field')
        .values({
          ...field,
          value: JSON.stringify(field.value),
          source_value: null,
          exposure: now.exposure,
          book_no: now.book_no,
        } as never)
        .execute();
    } else if (field.author_id !== null) {
      await tx
        .updateTable('cards.card_field')
        .set({ source_value: field.source_value === null ? null : JSON.stringify(field.source_value) })
        .where('workspace_id', '=', workspaceId)
        .where('card_id', '=', cardId)
        .where('no', '=', field.no as number)
        .execute();
    }
  }
  if (card.archived_at && now.exposure < REMOVED) await archiveAgain(tx, workspaceId, cardId, card);
  if (original) {
    await tx
      .updateTable('cards.card_original')
      .set({ media_type: original.mediaType, data: Buffer.from(original.data, 'base64') })
      .where('workspace_id', '=', workspaceId)
      .where('card_id', '=', cardId)
      .execute();
  }
}
