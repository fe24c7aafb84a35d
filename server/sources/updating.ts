import type pg from 'pg';
import { consentsOf, stateConsents } from '../cards/consent.ts';
import type { FieldKind } from '../cards/contract.ts';
import { leftOrganization } from '../cards/employments.ts';
import { toStored } from '../cards/fields.ts';
import {
  addChange,
  addContactPoints,
  deleteField,
  deleteSourceFields,
  exposures,
  findOriginal,
  getCardRow,
  insertFields,
  setHanging,
  takeChangeNo,
  updateCardRow,
  updateField,
  updateOriginal,
} from '../cards/rows.ts';
import { findClusters, refreshClusters } from '../cards/upkeep.ts';
import { tellReaders } from '../cards/visibility.ts';
import { contactPointId, type PreparedCard } from '../cards/writing.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { type KnownCard, listLiving } from './known.ts';
import { type ExistingField, type Merged, mergeFields } from './rules.ts';
import type { Bringing, Run } from './state.ts';

/** Tells matching, in whose queue one job runs after the other, what cards are new or say something else now. */
export async function announceChanged(
  app: App,
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  how: { refresh?: boolean; delaySeconds?: number } = {},
): Promise<void> {
  const { delaySeconds = 0, ...also } = how;
  const payload = { cardIds, ...also };
  await app.enqueue(tx, {
    workspaceId,
    task: 'cards.changed',
    payload,
    queue: `matching ${workspaceId}`,
    delaySeconds,
  });
}

/** Brings what the source changed onto its cards; what members corrected stays (see `mergeFields`). */
export async function updateCards(
  run: Bringing,
  client: pg.PoolClient,
  tx: Tx,
  changes: { card: KnownCard; now: PreparedCard }[],
): Promise<void> {
  if (changes.length === 0) return;
  const { workspaceId } = run.to;
  const { revived } = run.report;
  for (const change of changes) if (await updateCard(run, tx, change)) run.report.revived++;
  if (run.report.revived > revived) await tellReaders(tx, workspaceId, [run.to.bookNo]);
  const ids = changes.map(({ card }) => card.card_id);
  await refreshClusters(client, tx, workspaceId, await findClusters(tx, workspaceId, ids));
  await announceChanged(run.app, tx, workspaceId, ids);
}

/** @returns whether the card comes back from the archive: what its source changes is no dead record */
async function updateCard(
  run: Bringing,
  tx: Tx,
  { card, now }: { card: KnownCard; now: PreparedCard },
): Promise<boolean> {
  const { workspaceId, importId, at } = run.to;
  const cardId = card.card_id;
  const { card: before, fields } = await getCardRow(tx, workspaceId, cardId);
  const existing = fields.map(toExisting);
  const merged = (run.merge ?? mergeFields)(existing, now.fields);
  if (saysNothingNew(before, now, merged)) {
    const { contentHash: content_hash, sourceKey: source_key, seenAt } = now;
    await updateCardRow(tx, workspaceId, cardId, { content_hash, source_key, seen_at: seenAt ?? at });
    return false;
  }
  const revived = before.exposure === exposures.archived;
  const exposure = revived ? (before.exposure_before ?? exposures.lendable) : before.exposure;
  const changeNo = await takeChangeNo(tx, workspaceId, before.book_no);
  await deleteSourceFields(tx, workspaceId, cardId);
  for (const no of merged.yielding ?? []) await deleteField(tx, workspaceId, cardId, no);
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
  const of = { card_id: cardId, change_no: changeNo, book_no: before.book_no, exposure, import_id: importId };
  await addChange(tx, workspaceId, {
    ...of,
    kind: 'updated_by_import',
    member_id: run.to.memberId,
    fields: merged.changed,
    left_organization: leftOrganization(existing, [
      ...merged.source,
      ...existing.filter(({ authorId }) => authorId !== null),
    ]),
    before: { card: state, fields, original },
  });
  if (merged.overruled) await addOverruled(tx, workspaceId, of, fields, merged.overruled);
  if (revived) await setHanging(tx, workspaceId, [cardId], 'exposure', exposure);
  return revived;
}

type CardRow = Awaited<ReturnType<typeof getCardRow>>;

/** The source said it in other words, or something has changed that no card keeps. */
const saysNothingNew = ({ kind, ended_at, exposure }: CardRow['card'], now: PreparedCard, merged: Merged): boolean =>
  merged.changed.length === 0 &&
  !merged.yielding?.length &&
  kind === now.kind &&
  ended_at === null &&
  exposure < exposures.removed;

/** What a member's word stays over stands in the history, as if it had been on the card for a moment. */
async function addOverruled(
  tx: Tx,
  workspaceId: string,
  of: { card_id: string; change_no: number; book_no: number; exposure: number; import_id: string | null },
  fields: CardRow['fields'],
  overruled: NonNullable<Merged['overruled']>,
): Promise<void> {
  if (overruled.length === 0) return;
  const values = new Map(overruled.map(({ no, value }) => [no, value]));
  const said = fields.map((field) => ({ ...field, value: values.get(field.no) ?? field.value }));
  const kinds = new Set(fields.filter(({ no }) => values.has(no)).map(({ kind }) => kind));
  await addChange(tx, workspaceId, { ...of, kind: 'kept_here', fields: [...kinds].sort(), before: { fields: said } });
}

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
  run: Bringing,
  tx: Tx,
  card: CardRow['card'],
  now: PreparedCard,
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
  now: PreparedCard,
): Promise<{ mediaType: string; data: string } | null> {
  const before = await findOriginal(tx, workspaceId, cardId);
  if (now.original) await updateOriginal(tx, workspaceId, cardId, now.original);
  return before ? { mediaType: before.media_type, data: before.data.toString('base64') } : null;
}

/** Less than half of the source's cards in the file: it is an extract, and says nothing about the others. */
const extractBelow = 0.5;

/** Ends the cards that the file holds no more, unless it is an extract. @returns how many */
export async function endVanished(run: Run, tx: Tx): Promise<number> {
  const { workspaceId, sourceId, importId } = run.to;
  const earlier = await listLiving(tx, workspaceId, sourceId, importId!);
  const vanished = earlier.filter((card) => !run.seen.has(card.card_id));
  if (vanished.length > earlier.length * extractBelow) return 0;
  await endCards(run, tx, vanished);
  return vanished.length;
}

/** Says of cards that their source holds them no more. They stay. */
export async function endCards(
  { app, to }: Bringing,
  tx: Tx,
  cards: readonly { card_id: string; book_no: number; exposure: number }[],
): Promise<void> {
  const { workspaceId, importId, memberId, at } = to;
  for (const { card_id, book_no, exposure } of cards) {
    const changeNo = await takeChangeNo(tx, workspaceId, book_no);
    await updateCardRow(tx, workspaceId, card_id, { ended_at: at, change_no: changeNo });
    const of = { card_id, change_no: changeNo, book_no, exposure };
    await addChange(tx, workspaceId, { ...of, kind: 'ended', member_id: memberId, import_id: importId });
  }
  const ids = cards.map((card) => card.card_id);
  if (ids.length > 0) await announceChanged(app, tx, workspaceId, ids, { refresh: true });
}
