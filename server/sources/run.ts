import type pg from 'pg';
import { findSuppressed } from '../cards/suppression.ts';
import { loadReach, tidySearch } from '../cards/upkeep.ts';
import { addCards } from '../cards/writing.ts';
import { type Recognised, UnreadableFile } from '../formats/contact.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { dropPieces } from './files.ts';
import { findKnown, hasEarlier, type KnownCard } from './known.ts';
import { writeParts } from './parts.ts';
import { addFailure, addSource, addWarnings, findImport, getBook, isStill, setImport } from './queries.ts';
import { inBatches, kindOf, openContacts, prepareAll, readAhead } from './reading.ts';
import { findRenamed } from './renaming.ts';
import { distinct } from './rules.ts';
import { noReport, type Report, type Run, type WarnedCard } from './state.ts';
import { announceChanged, endVanished, updateCards } from './updating.ts';
import { bringValues, findWritable } from './values.ts';

/** Contacts per transaction: large enough that COPY pays, small enough that a cancel and a crash lose little time. */
const batchSize = 2000;

/**
 * Imports a file in the background: a transaction a batch, so that what is settled stays settled. After a crash it is run
 * again, reads the settled contacts over and goes on behind them.
 */
export async function runImport(app: App, workspaceId: string, importId: string, signal: AbortSignal): Promise<void> {
  const inTx = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const run = await inTx((tx) => beginRun(app, tx, workspaceId, importId));
  if (!run) return;
  let position = 0;
  try {
    const writable = await findWritable(app, { workspaceId, memberId: run.row.member_id });
    for await (const batch of readAhead(inBatches(prepareAll(openContacts(app, run.row), writable), batchSize))) {
      if (signal.aborted) throw new Error('aborted');
      const cards = distinct(
        run.met,
        batch.map(({ card, contact, values }) => ({
          ...card,
          ...{ values, warnings: contact.warnings.map(({ code }) => code) },
        })),
      );
      position += batch.length;
      const settled = position <= run.row.settled;
      if (!settled) run.report.warnings += cards.filter(({ warnings }) => warnings.length > 0).length;
      if (!(await settle(run, cards, position, settled))) return;
    }
    await inTx((tx) => finish(run, tx, position));
    if (run.report.created >= batchSize) await inTx(tidySearch);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    // Readable at first, damaged further on: nothing may stay half-imported.
    await inTx(async (tx) => {
      if (!(await isStill(tx, workspaceId, importId, 'running'))) return;
      const problem = { code: error.code, details: error.details };
      await setImport(tx, workspaceId, importId, { state: 'undoing', problem });
      await app.enqueue(tx, { workspaceId, task: 'sources.undoImport', payload: { importId, finalState: 'failed' } });
    });
  }
}

/** What a batch is written in: one transaction, so that it is settled whole or not at all. */
interface Batch {
  run: Run;
  client: pg.PoolClient;
  tx: Tx;
  /** Contacts read up to its end. */
  position: number;
  /** Read over after a crash: it is written already. */
  settled: boolean;
}

/** @returns false when the import was cancelled meanwhile */
function settle(run: Run, cards: WarnedCard[], position: number, settled: boolean): Promise<boolean> {
  const { workspaceId } = run.to;
  return run.app.db.withClient('keeper', async (client, tx) => {
    if (!(await isStill(tx, workspaceId, run.row.import_id, 'running'))) return false;
    const fresh = await writeBatch({ run, client, tx, position, settled }, cards);
    if (settled) return true;
    run.report.identical = position - run.met.size;
    await setImport(tx, workspaceId, run.row.import_id, {
      settled: position,
      progress_read: position,
      report: run.report,
    });
    const delaySeconds = Math.min(LONGEST_DELAY, Math.floor(((run.row.progress_total ?? 0) - position) / PACE));
    if (fresh.length > 0) await announceChanged(run.app, tx, workspaceId, fresh, { delaySeconds });
    return true;
  });
}

/** @returns the ids of the new ones */
function writeBatch(batch: Batch, cards: WarnedCard[]): Promise<string[]> {
  const { run, tx, settled } = batch;
  const refuse = async (card: WarnedCard, code: string) => {
    if (!settled) await keepFailure(batch, code, card);
  };
  const write = async (part: readonly WarnedCard[]) => {
    const before = { report: { ...run.report }, seen: run.seen.size };
    try {
      return await writeCards(batch, part);
    } catch (error) {
      Object.assign(run.report, before.report);
      // What this part claimed is free for its halves to claim.
      for (const cardId of [...run.seen].slice(before.seen)) run.seen.delete(cardId);
      throw error;
    }
  };
  return writeParts(tx, cards, write, refuse);
}

async function keepFailure({ run, tx, position }: Batch, code: string, card: WarnedCard): Promise<void> {
  const octets = card.original?.data ?? new Uint8Array();
  const original = Buffer.from(octets).toString('utf8').replaceAll('\0', '').toWellFormed();
  run.report.failed++;
  await addFailure(tx, run.row, { position, code, original });
}

async function beginRun(app: App, tx: Tx, workspaceId: string, importId: string): Promise<Run | null> {
  if (!(await isStill(tx, workspaceId, importId, 'queued', 'running'))) return null;
  const row = (await findImport(tx, workspaceId, importId))!;
  const recognised = row.recognised as Recognised;
  const kind = kindOf(recognised);
  const sourceId =
    row.source_id ??
    (await addSource(tx, { workspaceId, memberId: row.member_id }, row.source_name ?? row.file_name, kind));
  const book = await getBook(tx, workspaceId, row.book_id!);
  const earlier = await hasEarlier(tx, workspaceId, sourceId, importId);
  const at = row.started_at ?? new Date();
  await setImport(tx, workspaceId, importId, { state: 'running', source_id: sourceId, started_at: at });
  return {
    app,
    row,
    to: {
      workspaceId,
      bookId: book.book_id,
      bookNo: book.book_no,
      sourceId,
      sourceKind: kind,
      importId,
      memberId: row.member_id,
      at,
    },
    report: { ...noReport, ...(row.report as Partial<Report>) },
    met: new Map(),
    seen: new Set(),
    hasEarlier: earlier,
  };
}

/** @returns the ids of the new ones */
async function writeCards({ run, client, tx, settled }: Batch, read: readonly WarnedCard[]): Promise<string[]> {
  const { workspaceId } = run.to;
  const suppressed = await findSuppressed(tx, run.app.secrets, run.to, read);
  if (!settled) run.report.suppressed += suppressed.size;
  const cards = read.filter((card) => !suppressed.has(card));
  const { known, fresh } = await sort(run, tx, cards);
  for (const { card } of known) run.seen.add(card.card_id);
  if (settled) return [];
  const changed = known.filter(({ card, now }) => !card.content_hash.equals(now.contentHash) || card.ended_at !== null);
  const reach = await loadReach(tx, workspaceId, [run.to.bookNo]);
  await addCards(client, tx, run.app.secrets, run.to, fresh, reach);
  await updateCards(run, client, tx, changed);
  await bringValues(tx, { workspaceId, importId: run.row.import_id, memberId: run.to.memberId, at: run.to.at }, [
    ...fresh.map(({ cardId, values }) => ({ cardId, values })),
    ...known.map(({ card, now }) => ({ cardId: card.card_id, values: now.values })),
  ]);
  await addWarnings(tx, workspaceId, run.row.import_id, [
    ...fresh.map((card) => ({ cardId: card.cardId, warnings: card.warnings })),
    ...known.map(({ card, now }) => ({ cardId: card.card_id, warnings: now.warnings })),
  ]);
  run.report.created += fresh.length;
  run.report.updated += changed.length;
  run.report.unchanged += known.length - changed.length;
  return fresh.map((card) => card.cardId);
}

/**
 * Contacts that an import lists in a second. Matching waits for the rest of a large import: both at once share the processors, and
 * listing 100,000 takes 44 s instead of 28.
 */
const PACE = 3000;
const LONGEST_DELAY = 900;

/** Tells the contacts that this source already brought from those it brings for the first time. */
async function sort(
  run: Run,
  tx: Tx,
  cards: readonly WarnedCard[],
): Promise<{ known: { card: KnownCard; now: WarnedCard }[]; fresh: WarnedCard[] }> {
  // After a crash, cards of this very import can be there already.
  if (!run.hasEarlier && run.row.settled === 0) return { known: [], fresh: [...cards] };
  const { workspaceId, sourceId } = run.to;
  const byKey = await findKnown(
    tx,
    workspaceId,
    sourceId,
    cards.map((card) => card.sourceKey),
  );
  const known = cards.flatMap((now) => (byKey.has(now.sourceKey) ? [{ card: byKey.get(now.sourceKey)!, now }] : []));
  const rest = cards.filter((card) => !byKey.has(card.sourceKey));
  const renamed = run.hasEarlier ? await findRenamed(run, tx, rest) : new Map<WarnedCard, KnownCard>();
  return {
    known: [...known, ...[...renamed].map(([now, card]) => ({ card, now }))],
    fresh: rest.filter((card) => !renamed.has(card)),
  };
}

/** The last contact is settled: what vanished at the source is ended, the file is let go, the report stands. */
async function finish(run: Run, tx: Tx, total: number): Promise<void> {
  const { workspaceId, importId } = run.to;
  if (!(await isStill(tx, workspaceId, importId!, 'running'))) return;
  run.report.identical = total - run.met.size;
  run.report.ended = run.hasEarlier ? await endVanished(run, tx) : 0;
  await dropPieces(tx, workspaceId, importId!);
  await setImport(tx, workspaceId, importId!, {
    state: 'done',
    report: run.report,
    progress_read: total,
    progress_total: total,
    finished_at: new Date(),
  });
  const told = { kind: 'import_done', memberIds: [run.to.memberId], subjectId: importId, actorId: null };
  await run.app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: told });
}
