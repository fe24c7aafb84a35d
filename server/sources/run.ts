import type pg from 'pg';
import { consentsOf, stateConsents } from '../cards/consent.ts';
import type { FieldKind } from '../cards/contract.ts';
import { leftOrganization } from '../cards/employments.ts';
import { toStored } from '../cards/fields.ts';
import {
  addChange,
  addContactPoints,
  deleteSourceFields,
  findOriginal,
  getCardRow,
  insertFields,
  setHanging,
  takeChangeNo,
  updateCardRow,
  updateField,
  updateOriginal,
} from '../cards/rows.ts';
import { findClusters, loadReach, refreshClusters, tidySearch } from '../cards/upkeep.ts';
import { addCards, contactPointId, type Destination, type PreparedCard } from '../cards/writing.ts';
import type { Recognised } from '../formats/contact.ts';
import { UnreadableFile } from '../formats/contact.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { inBatches, kindOf, openContacts, prepareAll, readAhead } from './analyse.ts';
import {
  addFailure,
  addSource,
  addWarnings,
  dropPieces,
  findByContactPoint,
  findImport,
  findKnown,
  findNamesakes,
  getBook,
  hasEarlier,
  type ImportRow,
  inSavepoint,
  isStill,
  type KnownCard,
  listLiving,
  setImport,
} from './queries.ts';
import { distinct, type ExistingField, keySeparator, mergeFields, nameKeyOf } from './rules.ts';

export interface Report {
  created: number;
  updated: number;
  unchanged: number;
  identical: number;
  failed: number;
  ended: number;
  /** Archived cards that changed at their source, and are back. */
  revived: number;
  warnings: number;
}

const ARCHIVED = 3;

/** Contacts per transaction: large enough that COPY pays, small enough that a cancel and a crash lose little time. */
const batchSize = 2000;

/** A contact with the codes of what its reader remarked. */
interface WarnedCard extends PreparedCard {
  warnings: string[];
}

interface Run {
  app: App;
  row: ImportRow;
  to: Destination;
  report: Report;
  /** Source keys met in this file, with the content met first under each: the same content again is one contact. */
  met: Map<string, string>;
  /** Cards of earlier imports that this file still holds. */
  seen: Set<string>;
  /** Whether the source had cards before; only then can contacts be known, changed or missing. */
  hasEarlier: boolean;
}

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
    for await (const batch of readAhead(inBatches(prepareAll(openContacts(app, run.row)), batchSize))) {
      if (signal.aborted) throw new Error('aborted');
      const cards = distinct(
        run.met,
        batch.map(({ card, contact }) => ({ ...card, warnings: contact.warnings.map(({ code }) => code) })),
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
    const fresh = await writeParts({ run, client, tx, position, settled }, cards);
    if (settled) return true;
    run.report.identical = position - run.met.size;
    await setImport(tx, workspaceId, run.row.import_id, {
      settled: position,
      progress_read: position,
      report: run.report,
    });
    if (fresh.length > 0) {
      await run.app.enqueue(tx, {
        workspaceId,
        task: 'cards.changed',
        payload: { cardIds: fresh },
        queue: `matching ${workspaceId}`,
        delaySeconds: Math.min(LONGEST_DELAY, Math.floor(((run.row.progress_total ?? 0) - position) / PACE)),
      });
    }
    return true;
  });
}

/** 22: data exception, 54: program limit exceeded (a value too large for an index). */
const refusedForData = /^(22|54)/;

/**
 * Writes cards; those that the database refuses for their data are written half by half, so that one bad row costs only itself.
 * @returns the ids of the new ones
 */
async function writeParts(batch: Batch, cards: WarnedCard[]): Promise<string[]> {
  const { run, tx, settled } = batch;
  const before = { report: { ...run.report }, seen: run.seen.size };
  try {
    return await inSavepoint(tx, () => writeCards(batch, cards));
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (!refusedForData.test(code)) throw error;
    Object.assign(run.report, before.report);
    if (cards.length === 1) {
      if (!settled) await keepFailure(batch, code, cards[0]!);
      return [];
    }
    // What this part claimed is free for its halves to claim.
    for (const cardId of [...run.seen].slice(before.seen)) run.seen.delete(cardId);
  }
  const half = Math.ceil(cards.length / 2);
  const first = await writeParts(batch, cards.slice(0, half));
  return [...first, ...(await writeParts(batch, cards.slice(half)))];
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
    report: {
      created: 0,
      updated: 0,
      unchanged: 0,
      identical: 0,
      failed: 0,
      ended: 0,
      revived: 0,
      warnings: 0,
      ...(row.report as Partial<Report>),
    },
    met: new Map(),
    seen: new Set(),
    hasEarlier: earlier,
  };
}

/** @returns the ids of the new ones */
async function writeCards({ run, client, tx, settled }: Batch, cards: WarnedCard[]): Promise<string[]> {
  const { workspaceId } = run.to;
  const { known, fresh } = await sort(run, tx, cards);
  for (const { card } of known) run.seen.add(card.card_id);
  if (settled) return [];
  const changed = known.filter(({ card, now }) => !card.content_hash.equals(now.contentHash) || card.ended_at !== null);
  const reach = await loadReach(tx, workspaceId, [run.to.bookNo]);
  await addCards(client, tx, run.app.secrets, run.to, fresh, reach);
  await updateCards(run, client, tx, changed);
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
  cards: WarnedCard[],
): Promise<{ known: { card: KnownCard; now: WarnedCard }[]; fresh: WarnedCard[] }> {
  // After a crash, cards of this very import can be there already.
  if (!run.hasEarlier && run.row.settled === 0) return { known: [], fresh: cards };
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

/**
 * Contacts without an id whose key has changed at the source: the one earlier card with the same name, or with one of the
 * same contact points, that no contact of this file claims by its own key.
 */
async function findRenamed(run: Run, tx: Tx, cards: WarnedCard[]): Promise<Map<WarnedCard, KnownCard>> {
  const { workspaceId, sourceId } = run.to;
  const result = new Map<WarnedCard, KnownCard>();
  const taken = new Set<string>();
  const named = new Map(
    cards.filter((card) => !card.uid).map((card) => [`${nameKeyOf(card.fields)}${keySeparator}`, card]),
  );
  named.delete(keySeparator);
  const free = (one: KnownCard) =>
    !run.met.has(one.source_key) && !run.seen.has(one.card_id) && !taken.has(one.card_id);
  const namesakes = Map.groupBy(
    await findNamesakes(tx, workspaceId, sourceId, [...named.keys()]),
    (one) => one.beginning,
  );
  for (const [beginning, all] of namesakes) {
    const [only, another] = all.filter(free);
    if (!only || another) continue;
    result.set(named.get(beginning)!, only);
    taken.add(only.card_id);
  }
  const points = new Map<string, WarnedCard>();
  for (const card of cards) {
    if (card.uid || result.has(card)) continue;
    for (const field of card.fields)
      if (field.contactPoint) points.set(contactPointId(run.app.secrets, workspaceId, field.contactPoint), card);
  }
  for (const one of await findByContactPoint(tx, workspaceId, sourceId, [...points.keys()])) {
    const card = points.get(one.contact_point_id)!;
    if (result.has(card) || !free(one)) continue;
    result.set(card, one);
    taken.add(one.card_id);
  }
  return result;
}

/** Brings what the source changed onto its cards; what members corrected stays (see `mergeFields`). */
async function updateCards(
  run: Run,
  client: pg.PoolClient,
  tx: Tx,
  changes: { card: KnownCard; now: WarnedCard }[],
): Promise<void> {
  if (changes.length === 0) return;
  const { workspaceId } = run.to;
  for (const change of changes) if (await updateCard(run, tx, change)) run.report.revived++;
  const ids = changes.map(({ card }) => card.card_id);
  await refreshClusters(client, tx, workspaceId, await findClusters(tx, workspaceId, ids));
  await run.app.enqueue(tx, {
    workspaceId,
    task: 'cards.changed',
    payload: { cardIds: ids },
    queue: `matching ${workspaceId}`,
  });
}

/** @returns whether the card comes back from the archive: what its source changes is no dead record */
async function updateCard(run: Run, tx: Tx, { card, now }: { card: KnownCard; now: WarnedCard }): Promise<boolean> {
  const { workspaceId, importId, at } = run.to;
  const cardId = card.card_id;
  const { card: before, fields } = await getCardRow(tx, workspaceId, cardId);
  const existing = fields.map(toExisting);
  const merged = mergeFields(existing, now.fields);
  const revived = before.exposure === ARCHIVED;
  const exposure = revived ? (before.exposure_before ?? 0) : before.exposure;
  const changeNo = await takeChangeNo(tx, workspaceId, before.book_no);
  await deleteSourceFields(tx, workspaceId, cardId);
  for (const { no, sourceValue } of merged.kept) {
    if (sourceValue === undefined) continue;
    await updateField(tx, workspaceId, cardId, no, { source_value: JSON.stringify(sourceValue) });
  }
  await insertFromSource(run, tx, { ...before, exposure }, now, merged);
  await updateCardRow(tx, workspaceId, cardId, {
    content_hash: now.contentHash,
    source_key: now.sourceKey,
    kind: now.kind,
    seen_at: now.seenAt ?? at,
    ended_at: null,
    change_no: changeNo,
    ...(revived && { exposure, exposure_before: null, archived_at: null, archived_for: null }),
  });
  const original = await replaceOriginal(tx, workspaceId, cardId, now);
  const { content_hash, source_key, kind, seen_at, ended_at, exposure_before, archived_at, archived_for } = before;
  const archive = revived && { exposure_before, archived_at, archived_for };
  const state = { content_hash: content_hash.toString('hex'), source_key, kind, seen_at, ended_at, ...archive };
  await addChange(tx, workspaceId, {
    card_id: cardId,
    change_no: changeNo,
    book_no: before.book_no,
    exposure,
    kind: 'updated_by_import',
    member_id: run.to.memberId,
    import_id: importId,
    fields: merged.changed,
    left_organization: leftOrganization(existing, [
      ...merged.source,
      ...existing.filter(({ authorId }) => authorId !== null),
    ]),
    before: { card: state, fields, original },
  });
  if (revived) await setHanging(tx, workspaceId, [cardId], 'exposure', exposure);
  return revived;
}

type CardRow = Awaited<ReturnType<typeof getCardRow>>;

function toExisting(field: CardRow['fields'][number]): ExistingField {
  const said = field.source_value as Record<string, unknown> | null | undefined;
  return {
    no: field.no,
    kind: field.kind as FieldKind,
    value: field.value as Record<string, unknown>,
    authorId: field.author_id,
    sourceValue: field.author_id === null ? undefined : said,
  };
}

/** Writes what the source says now behind the fields that stay, with its contact points and what it says of consent. */
async function insertFromSource(
  run: Run,
  tx: Tx,
  card: CardRow['card'],
  now: WarnedCard,
  { source, kept }: ReturnType<typeof mergeFields>,
): Promise<void> {
  const { workspaceId, importId, at } = run.to;
  const firstNo = Math.max(-1, ...kept.map((one) => one.no)) + 1;
  const stored = source.map(toStored);
  const points = new Map<string, 'email' | 'phone'>();
  const pointIds = stored.map(({ contactPoint }) => {
    if (!contactPoint) return null;
    const id = contactPointId(run.app.secrets, workspaceId, contactPoint);
    points.set(id, contactPoint.channel);
    return id;
  });
  await addContactPoints(tx, workspaceId, points);
  if (importId) await stateConsents(tx, workspaceId, importId, consentsOf(stored, pointIds));
  const rows = stored.map((field, index) => ({
    workspace_id: workspaceId,
    card_id: card.card_id,
    no: firstNo + index,
    book_no: card.book_no,
    exposure: card.exposure,
    class: field.class,
    kind: field.kind,
    value: JSON.stringify(field.value),
    contact_point_id: pointIds[index]!,
    seen_at: now.seenAt ?? at,
  }));
  await insertFields(tx, rows);
}

/** @returns the original as it was, for going back */
async function replaceOriginal(
  tx: Tx,
  workspaceId: string,
  cardId: string,
  now: WarnedCard,
): Promise<{ mediaType: string; data: string } | null> {
  const before = await findOriginal(tx, workspaceId, cardId);
  if (now.original) await updateOriginal(tx, workspaceId, cardId, now.original);
  return before ? { mediaType: before.media_type, data: before.data.toString('base64') } : null;
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

/** Less than half of the source's cards in the file: it is an extract, and says nothing about the others. */
const extractBelow = 0.5;

async function endVanished(run: Run, tx: Tx): Promise<number> {
  const { workspaceId, sourceId, importId, at } = run.to;
  const earlier = await listLiving(tx, workspaceId, sourceId, importId!);
  const vanished = earlier.filter((card) => !run.seen.has(card.card_id));
  if (vanished.length > earlier.length * extractBelow) return 0;
  for (const { card_id, book_no, exposure } of vanished) {
    const changeNo = await takeChangeNo(tx, workspaceId, book_no);
    await updateCardRow(tx, workspaceId, card_id, { ended_at: at, change_no: changeNo });
    await addChange(tx, workspaceId, {
      card_id,
      change_no: changeNo,
      book_no,
      exposure,
      kind: 'ended',
      member_id: run.to.memberId,
      import_id: importId,
    });
  }
  if (vanished.length > 0) {
    await run.app.enqueue(tx, {
      workspaceId,
      task: 'cards.changed',
      payload: { cardIds: vanished.map((card) => card.card_id), refresh: true },
    });
  }
  return vanished.length;
}
