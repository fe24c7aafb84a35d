import type pg from 'pg';
import { takeBackConsents } from '../cards/consent.ts';
import {
  deleteChange,
  deleteSourceFields,
  exposures,
  getCardRow,
  hideCards,
  insertFields,
  type NewFieldRow,
  setHanging,
  takeChangeNo,
  updateCardRow,
  updateField,
  updateOriginal,
} from '../cards/rows.ts';
import { findClusters, refreshClusters } from '../cards/upkeep.ts';
import { announceGone } from '../cards/visibility.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { dropPieces } from './files.ts';
import { listChanged, listCreated } from './known.ts';
import { findImport, settleUndo } from './queries.ts';
import { announceChanged } from './updating.ts';
import { takeBackValues } from './values.ts';

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
        (await removeBrought(app, client, tx, { workspaceId, importId })) ||
        (await revertChanged(app, client, tx, { workspaceId, importId }))
      );
    });
    if (!left) break;
  }
  await app.db.asSystem('keeper', async (tx) => {
    await takeBackConsents(tx, workspaceId, importId);
    await takeBackValues(tx, workspaceId, importId);
    await dropPieces(tx, workspaceId, importId);
    await settleUndo(tx, workspaceId, importId, finalState);
  });
}

interface Undone {
  workspaceId: string;
  importId: string;
}

/** Takes what an import, or a connection, has brought out of sight, a thousand cards at most. @returns whether there were any */
export async function removeBrought(
  app: App,
  client: pg.ClientBase,
  tx: Tx,
  { workspaceId, importId }: Undone,
): Promise<boolean> {
  const cards = await listCreated(tx, workspaceId, importId, batchSize);
  if (cards.length === 0) return false;
  await hideCards(tx, workspaceId, cards);
  await announceGone({ app, tx }, workspaceId, cards);
  const ids = cards.map((card) => card.card_id);
  await follow(app, client, tx, workspaceId, ids);
  return true;
}

/** The list at once, and matching behind it: what joined these cards to others may have been what the import said. */
async function follow(
  app: App,
  client: pg.ClientBase,
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
): Promise<void> {
  await refreshClusters(client, tx, workspaceId, await findClusters(tx, workspaceId, cardIds));
  await announceChanged(app, tx, workspaceId, cardIds);
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
  fields: NewFieldRow[];
  original: { mediaType: string; data: string } | null;
}

async function revertChanged(
  app: App,
  client: pg.ClientBase,
  tx: Tx,
  { workspaceId, importId }: Undone,
): Promise<boolean> {
  const changes = await listChanged(tx, workspaceId, importId, batchSize);
  if (changes.length === 0) return false;
  const archived: typeof changes = [];
  for (const change of changes) {
    if (change.kind !== 'ended' && (await restoreState(tx, workspaceId, change.card_id, change.before as Before)))
      archived.push(change);
    const changeNo = await takeChangeNo(tx, workspaceId, change.book_no);
    const values = { change_no: changeNo, ...(change.kind === 'ended' ? { ended_at: null } : {}) };
    await updateCardRow(tx, workspaceId, change.card_id, values);
    await deleteChange(tx, workspaceId, change.card_id, change.change_id);
  }
  await announceGone({ app, tx }, workspaceId, archived);
  const ids = [...new Set(changes.map((change) => change.card_id))];
  await follow(app, client, tx, workspaceId, ids);
  return true;
}

/** The source's fields go back; what members wrote since stays. @returns whether the card is in the archive again */
async function restoreState(tx: Tx, workspaceId: string, cardId: string, before: Before): Promise<boolean> {
  const { card, fields, original } = before;
  const { archived_at, archived_for = [], exposure_before, ...state } = card;
  await updateCardRow(tx, workspaceId, cardId, { ...state, content_hash: Buffer.from(card.content_hash, 'hex') });
  await deleteSourceFields(tx, workspaceId, cardId);
  const now = await getCardRow(tx, workspaceId, cardId);
  const taken = new Set(now.fields.map((field) => field.no));
  const { exposure, book_no } = now.card;
  const [written, corrected] = [fields.filter(fromSource), fields.filter((field) => !fromSource(field))];
  const back = written.filter(({ no }) => !taken.has(no));
  await insertFields(
    tx,
    back.map((field) => ({ ...field, value: JSON.stringify(field.value), source_value: null, exposure, book_no })),
  );
  for (const { no, source_value } of corrected) {
    const value = source_value === null ? null : JSON.stringify(source_value);
    await updateField(tx, workspaceId, cardId, no, { source_value: value });
  }
  const again = archived_at !== undefined && exposure < exposures.removed;
  if (again) {
    // What the import brought back from the archive goes there again, with its date and reasons.
    const archived = {
      exposure: exposures.archived,
      exposure_before: exposure_before ?? exposures.lendable,
      archived_at,
      archived_for,
    };
    await updateCardRow(tx, workspaceId, cardId, archived);
    await setHanging(tx, workspaceId, [cardId], 'exposure', exposures.archived);
  }
  if (original) {
    const data = Buffer.from(original.data, 'base64');
    await updateOriginal(tx, workspaceId, cardId, { mediaType: original.mediaType, data });
  }
  return again;
}

const fromSource = (field: NewFieldRow): boolean => field.author_id === null;
