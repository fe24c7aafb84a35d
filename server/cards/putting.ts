import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { type Arrivals, insertArrivals } from './arrivals.ts';
import { findLentPoints, removeField, replaceField } from './editing.ts';
import { leftOrganization } from './employments.ts';
import { asField, compareFields, type StoredField } from './fields.ts';
import { searchTextOf } from './octets.ts';
import {
  addDeparted,
  type CardContent,
  type DeviceBook,
  findKnown,
  findMeant,
  getContent,
  type KnownRow,
  putGroup,
  putOriginal,
  setUnsettled,
} from './resources.ts';
import {
  addBlob,
  addChange,
  addContactPoints,
  deleteField,
  type Exposure,
  insertFields,
  setHanging,
  updateCardRow,
  updateField,
} from './rows.ts';
import { findSuppressed } from './suppression.ts';
import { tellReaders } from './visibility.ts';
import { type PreparedCard, toFieldRows } from './writing.ts';

/** One card that a device puts under a name. */
export interface Put {
  name: string;
  uid: string;
  /** Its fields and its photo, ready to be written. */
  card: Pick<PreparedCard, 'cardId' | 'kind' | 'fields' | 'photo' | 'contentHash'>;
  /** UTF-8, as they are to be given back. */
  octets: string;
  /** A group of contacts is kept for devices only. */
  group: boolean;
  condition: Condition;
  /**
   * Contact points that the member reads on colleagues' cards of the person: a device makes no own address of them either. Null: not asked
   * yet, which only the member's own transaction can (`findLentPointsAt`).
   */
  lentPoints: ReadonlySet<string> | null;
}

/** What must stand under the name (RFC 9110, 13.1): anything, nothing (`If-None-Match: *`), something, or one of these states. */
export type Condition =
  | { kind: 'any' }
  | { kind: 'absent' }
  | { kind: 'present' }
  | { kind: 'state'; changeNos: number[] };

export type Outcome =
  | { kind: 'created' | 'updated'; changeNo: number }
  | { kind: 'precondition_failed' }
  /** The person asked to be forgotten: what a device brings of them is not taken. */
  | { kind: 'suppressed' }
  /** RFC 6352, 6.3.2.1: the book holds this UID under another name. */
  | { kind: 'uid_conflict'; name: string }
  /** Nothing is written: colleagues may have cards of the person, and what the member reads of them was not asked. */
  | { kind: 'lent_points_wanted' };

export function meets(here: KnownRow | undefined, condition: Condition): boolean {
  if (condition.kind === 'any') return true;
  if (condition.kind === 'absent') return here === undefined;
  if (condition.kind === 'present') return here !== undefined;
  return here !== undefined && condition.changeNos.includes(here.change_no);
}

/** Contact points that the member has of colleagues where a device writes: on a card of theirs they are copies (`card_field.copied`). */
export async function findLentPointsAt(
  tx: Tx,
  actor: Actor,
  bookNo: number,
  put: { name: string; uid: string },
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const cardId of await findMeant(tx, actor.workspaceId, bookNo, put))
    for (const point of await findLentPoints(tx, actor, cardId)) found.add(point);
  return found;
}

/** A card on its way into a book. */
interface Arrival {
  put: Put;
  changeNo: number;
}

/**
 * Writes what devices put into a book, in one transaction, each after the one before. A UID that the holder has removed in the last 30 days
 * comes back, from whichever of their books: a DELETE and a PUT are how a phone moves a contact, and its history and verdicts go along.
 * As the keeper: the caller has made sure that the device may write in this book. The list and matching follow within seconds.
 * @param first of as many change numbers as there are puts: the book's row is locked @param puts of as many names and UIDs
 */
export async function putResources(
  app: AppInside,
  tx: Tx,
  to: DeviceBook,
  first: number,
  puts: readonly Put[],
): Promise<Outcome[]> {
  const all = await findKnown(tx, to, puts);
  const known = all.filter(({ mine }) => mine);
  const outcomes: Outcome[] = [];
  const fresh: Arrival[] = [];
  const suppressed = await findSuppressed(
    tx,
    app.secrets,
    to,
    puts.map(({ uid, card }) => ({ ...card, sourceKey: `uid ${uid}`, uid })),
  );
  const forgotten = new Set([...suppressed].map(({ uid }) => uid));
  for (const [index, put] of puts.entries()) {
    const changeNo = first + index;
    const inSight = known.filter((row) => isOnDevices(row) && row.book_no === to.bookNo);
    const here = inSight.find((row) => row.name === put.name);
    const twin = inSight.find((row) => row.uid === put.uid && row.name !== put.name);
    if (!meets(here, put.condition)) outcomes.push({ kind: 'precondition_failed' });
    else if (!put.lentPoints && all.some((row) => (row.shared || !row.mine) && means(put, row)))
      outcomes.push({ kind: 'lent_points_wanted' });
    else if (twin) outcomes.push({ kind: 'uid_conflict', name: twin.name });
    else {
      const removed = known.find((row) => !isOnDevices(row) && row.uid === put.uid && row.card_id !== null);
      const target = here ?? (put.group ? undefined : removed);
      // What stands under the name stays what it is, a card or a group.
      if (here ? here.card_id === null : put.group) await putGroup(tx, to, put, changeNo);
      else if (target) await rewriteCard(app, tx, to, target, put, changeNo);
      else if (forgotten.has(put.uid)) {
        outcomes.push({ kind: 'suppressed' });
        continue;
      } else fresh.push({ put, changeNo });
      outcomes.push({ kind: here ? 'updated' : 'created', changeNo });
    }
  }
  await insertFresh(app, tx, to, fresh, first - 1);
  const written = outcomes.filter(({ kind }) => kind === 'created' || kind === 'updated');
  if (written.length > fresh.length) await setUnsettled(app, tx, to, first - 1);
  return outcomes;
}

/** Devices see it: it has not been taken out, here or there. */
export const isOnDevices = ({ exposure, held }: KnownRow): boolean => exposure < 2 && !held;

const means = (put: Put, row: KnownRow): boolean => row.uid === put.uid || row.name === put.name;

/** New cards, each a person of its own until matching has looked at it. */
async function insertFresh(
  app: AppInside,
  tx: Tx,
  to: DeviceBook,
  fresh: readonly Arrival[],
  afterNo: number,
): Promise<void> {
  if (fresh.length === 0) return;
  const points = new Map<string, 'email' | 'phone'>();
  const { workspaceId, bookNo } = to;
  const of = { workspaceId, bookNo, exposure: 0, authorId: null, seenAt: new Date() };
  const arrivals: Arrivals = { cards: [], points, fields: [], originals: [] };
  for (const { put, changeNo } of fresh) {
    const { name, uid, octets, card, lentPoints } = put;
    const { cardId, kind, contentHash, fields } = card;
    const row = { card_id: cardId, uid, resource_name: name, kind, change_no: changeNo, content_hash: contentHash };
    arrivals.cards.push(row);
    const about = { ...of, cardId, lentPoints: lentPoints ?? undefined };
    arrivals.fields.push(...toFieldRows(app.secrets, about, fields, 0, points));
    arrivals.originals.push({ card_id: cardId, octets, search: searchTextOf(octets), change_no: changeNo });
  }
  await insertArrivals(app, tx, to, arrivals, afterNo);
  for (const { put } of fresh) if (put.card.photo) await addBlob(tx, workspaceId, put.card.photo);
}

/** Brings what a device says now onto a card that is there, or comes back; from another book it moves here. */
export async function rewriteCard(
  app: AppInside,
  tx: Tx,
  to: DeviceBook,
  target: KnownRow,
  put: Put,
  changeNo: number,
): Promise<void> {
  const { workspaceId, bookNo } = to;
  const cardId = target.card_id!;
  const content = await getContent(tx, workspaceId, cardId);
  const removed = target.exposure === 2;
  const exposure = (removed ? (target.exposure_before ?? 0) : target.exposure) as Exposure;
  const now = new Date();
  const changed = await writeFields(app, tx, to, content, exposure, put, now);
  if (put.card.photo) await addBlob(tx, workspaceId, put.card.photo);
  await updateCardRow(tx, workspaceId, cardId, {
    book_no: bookNo,
    resource_name: put.name,
    uid: put.uid,
    kind: put.card.kind,
    content_hash: put.card.contentHash,
    change_no: changeNo,
    seen_at: now,
    exposure,
    held_at: null,
    removal_id: null,
    ...(removed && { removed_at: null, purge_at: null, exposure_before: null, removed_for: null }),
  });
  if (removed) await setHanging(tx, workspaceId, [cardId], 'exposure', exposure);
  await putOriginal(tx, to, exposure, [{ cardId, octets: put.octets, changeNo }]);
  const at = { card_id: cardId, book_no: bookNo, exposure, change_no: changeNo, member_id: to.memberId };
  if (removed) await addChange(tx, workspaceId, { ...at, kind: 'restored' });
  if (target.book_no !== bookNo) await bringAlong(tx, to, target, at);
  // It is back under another name: other devices are to hear that the old one holds nothing.
  else if (target.name !== put.name) await addDeparted(tx, workspaceId, [{ bookNo, name: target.name, changeNo }]);
  if (changed.length === 0) return;
  const { fields, original } = content;
  await addChange(tx, workspaceId, {
    ...at,
    kind: 'edited',
    fields: changed,
    before: { fields, original },
    left_organization: leftOrganization(fields.map(asField), put.card.fields),
  });
}

/** A card has come from another book: what hangs on it follows, and whoever reads either book is told. */
export async function bringAlong(
  tx: Tx,
  { workspaceId, bookNo }: DeviceBook,
  from: KnownRow,
  at: { card_id: string; book_no: number; exposure: number; change_no: number; member_id: string },
): Promise<void> {
  await setHanging(tx, workspaceId, [at.card_id], 'book_no', bookNo);
  await addDeparted(tx, workspaceId, [{ bookNo: from.book_no, name: from.name, changeNo: from.change_no }]);
  await addChange(tx, workspaceId, { ...at, kind: 'moved', before: { bookNo: from.book_no } });
  await tellReaders(tx, workspaceId, [from.book_no, bookNo]);
}

/**
 * A device's own card says what the device says now. On a card of another source that is a correction by the member, which the source's
 * next state does not undo. @returns the kinds of what has changed
 */
async function writeFields(
  app: AppInside,
  tx: Tx,
  to: DeviceBook,
  { cardId, fields, ofDevice }: CardContent,
  exposure: Exposure,
  { card, lentPoints }: Put,
  seenAt: Date,
): Promise<string[]> {
  const { workspaceId, memberId, bookNo } = to;
  const { set, add, remove } = compareFields(fields, card.fields);
  const points = new Map<string, 'email' | 'phone'>();
  const of = {
    workspaceId,
    cardId,
    bookNo,
    exposure,
    authorId: ofDevice ? null : memberId,
    seenAt,
    lentPoints: lentPoints ?? undefined,
  };
  const rowsOf = (some: readonly StoredField[], firstNo: number) => toFieldRows(app.secrets, of, some, firstNo, points);
  const replacing = set.map(({ before, field }) => ({ before, row: rowsOf([field], before.no)[0]! }));
  const added = rowsOf(add, Math.max(-1, ...fields.map(({ no }) => no)) + 1);
  await addContactPoints(tx, workspaceId, points);
  const editing = { tx, actor: { workspaceId, memberId } };
  for (const { before, row } of replacing) {
    if (!ofDevice) await replaceField(editing, cardId, before, row);
    else {
      const { class: fieldClass, value, contact_point_id, copied, author_id, seen_at } = row;
      const now = { class: fieldClass, value, contact_point_id, copied, author_id, seen_at };
      await updateField(tx, workspaceId, cardId, before.no, { ...now, source_value: null });
    }
  }
  for (const before of remove) {
    if (ofDevice) await deleteField(tx, workspaceId, cardId, before.no);
    else await removeField(editing, cardId, before);
  }
  await insertFields(tx, added);
  return [...new Set([...set.map(({ field }) => field), ...add, ...remove].map(({ kind }) => kind))].sort();
}
