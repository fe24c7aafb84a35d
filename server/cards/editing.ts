import { findNaming } from '../charter/queries.ts';
import { findConcerned } from '../delegation/queries.ts';
import { getMember } from '../identity/queries.ts';
import { announce as tellPages } from '../kernel/announce.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import type { FieldInput, FieldKind } from './contract.ts';
import { leftOrganization } from './employments.ts';
import { asField, completeInput, type Field, type Habits, toStored } from './fields.ts';
import { findPersonCards, type LoadedCard, loadCards } from './queries.ts';
import { addDeparted, freeName, getName } from './resources.ts';
import {
  addChange,
  addContactPoints,
  addRedirect,
  deleteField,
  dropEntries,
  getCardRow,
  getOwnSource,
  insertCardRows,
  insertFields,
  lockCard,
  type NewFieldRow,
  openRemoved,
  setHanging,
  takeChangeNos,
  updateCardRow,
  updateField,
} from './rows.ts';
import { addressKey, contactPointId, toFieldRows } from './writing.ts';

/** What an edit needs of the request. */
export interface Editing extends Habits {
  app: AppInside;
  tx: Tx;
  actor: Actor;
  /** Whose word is written, where the actor accepts somebody else's; null for a source's. */
  authorId?: string | null;
  /** Contact points that the actor reads on colleagues' cards of the person they write about. */
  lentPoints?: ReadonlySet<string>;
  /** Takes the cards that change, which are announced all together afterwards. */
  together?: Set<string>;
  afterCommit(work: () => Promise<void>): void;
}

export async function toEditing({
  app,
  tx,
  actor,
  afterCommit,
}: Omit<Editing, keyof Habits | 'authorId' | 'lentPoints' | 'together'>): Promise<Editing> {
  return { app, tx, actor, ...(await habitsOf({ tx, actor })), afterCommit };
}

/** How what the actor types is read and written. */
export async function habitsOf({ tx, actor }: Pick<Editing, 'tx' | 'actor'>): Promise<Habits> {
  const member = await getMember(tx, actor);
  return { country: member?.country ?? 'FR', naming: await findNaming(tx, actor.workspaceId) };
}

/** The contact points that the actor has of colleagues: none that stands on a card of their own, unless it was copied itself. */
export function lentPointsOf(cards: readonly LoadedCard[]): Set<string> {
  const [own, lent] = [new Set<string>(), new Set<string>()];
  for (const { mine, fields } of cards)
    for (const field of fields)
      for (const point of [...(field.contact_point_id ? [field.contact_point_id] : []), ...addressKey(field)])
        (mine && !field.copied ? own : lent).add(point);
  return new Set([...lent].filter((point) => !own.has(point)));
}

/** Those of the person of a card. In the actor's transaction. */
export async function findLentPoints(tx: Tx, actor: Actor, cardId: string): Promise<Set<string>> {
  const person = await findPersonCards(tx, actor, cardId);
  return lentPointsOf(await loadCards(tx, actor, person?.cardIds ?? []));
}

/** A card the actor holds. @throws AppError not_found for any other, visible or not */
export async function getOwnCard({ tx, actor }: Pick<Editing, 'tx' | 'actor'>, cardId: string): Promise<LoadedCard> {
  const [card] = await loadCards(tx, actor, [cardId]);
  if (!card?.mine) throw notFound();
  return card;
}

/** A card the actor holds, which nobody else changes until the transaction ends. @throws AppError not_found for any other */
export async function holdCard(editing: Pick<Editing, 'tx' | 'actor'>, cardId: string): Promise<LoadedCard> {
  const { book_id } = await getOwnCard(editing, cardId);
  await takeChangeNos(editing.tx, editing.actor.workspaceId, book_id, 0);
  return getOwnCard(editing, cardId);
}

/**
 * Begins a change of a card: takes its change number and takes out the index rows made of it, so that no list shows what is
 * true no more. Locks are taken in the order book, card, index rows, as imports and matching do.
 */
async function beginChange(editing: Editing, card: { card_id: string; book_id: string }): Promise<number> {
  const { tx, actor } = editing;
  const changeNo = await takeChangeNos(tx, actor.workspaceId, card.book_id, 1);
  await lockCard(tx, actor.workspaceId, card.card_id);
  await dropEntries(tx, actor.workspaceId, [card.card_id]);
  return changeNo;
}

/**
 * After a change: matching and the list follow before the answer, so that the editor sees their own work. Should the process
 * end in between, the job enqueued with the change does it.
 */
export async function announce(editing: Editing, cardIds: readonly string[]): Promise<void> {
  const { app, tx, actor, together, afterCommit } = editing;
  if (together) {
    for (const cardId of cardIds) together.add(cardId);
    return;
  }
  const payload = { cardIds, refresh: true };
  const job = {
    workspaceId: actor.workspaceId,
    task: 'cards.changed',
    payload,
    queue: `matching ${actor.workspaceId}`,
    delaySeconds: 20,
  };
  const outboxId = await app.enqueue(tx, job);
  afterCommit(() => app.runNow(actor.workspaceId, outboxId, 'cards.changed'));
}

/** What colleagues see of a book has changed by more than a value: their open pages ask again. */
async function announceToReaders({ tx, actor }: Editing, bookNo: number): Promise<void> {
  await tellPages(tx, actor.workspaceId, await findConcerned(tx, actor.workspaceId, bookNo), 'visibility');
}

async function fieldRows(
  editing: Editing,
  card: { cardId: string; bookNo: number; exposure: number },
  fields: readonly Field[],
  firstNo: number,
) {
  const { app, tx, actor } = editing;
  const points = new Map<string, 'email' | 'phone'>();
  const authorId = editing.authorId === undefined ? actor.memberId : editing.authorId;
  const by = { workspaceId: actor.workspaceId, authorId, seenAt: new Date() };
  const of = { ...card, ...by, lentPoints: editing.lentPoints };
  const rows = toFieldRows(app.secrets, of, fields.map(toStored), firstNo, points);
  await addContactPoints(tx, actor.workspaceId, points);
  return rows;
}

export interface NewCard {
  kind: 'person' | 'organization';
  uid?: string | undefined;
  /** What identifies it at its source; without it, its uid or its own id. */
  sourceKey?: string;
  fields: readonly FieldInput[];
}

/**
 * Writes cards that a person or an app typed, or that another source of the actor's gave; each is a person of its own until matching has
 * looked at it.
 */
export async function insertCards(
  editing: Editing,
  book: { book_id: string; book_no: number },
  cards: readonly NewCard[],
  from?: string,
): Promise<string[]> {
  const { tx, actor } = editing;
  const sourceId = from ?? (await getOwnSource(tx, actor));
  const first = await takeChangeNos(tx, actor.workspaceId, book.book_id, cards.length);
  const now = new Date();
  const made = cards.map((card) => ({
    id: newId(),
    card,
    fields: card.fields.map((field) => completeInput(field, editing)),
  }));
  await insertCardRows(
    tx,
    made.map(({ id, card, fields }, index) => ({
      workspace_id: actor.workspaceId,
      card_id: id,
      book_no: book.book_no,
      source_id: sourceId,
      source_key: card.sourceKey ?? (card.uid ? `uid ${card.uid}` : `own ${id}`),
      uid: card.uid ?? null,
      kind: card.kind,
      cluster_id: id,
      change_no: first + index,
      content_hash: sha256(JSON.stringify(fields)),
      created_at: now,
      created_by: actor.memberId,
      seen_at: now,
    })),
  );
  const rows: NewFieldRow[] = [];
  for (const { id, fields } of made)
    rows.push(...(await fieldRows(editing, { cardId: id, bookNo: book.book_no, exposure: 0 }, fields, 0)));
  await insertFields(tx, rows);
  const ids = made.map(({ id }) => id);
  await announce(editing, ids);
  return ids;
}

export interface FieldEdits<F = FieldInput> {
  set?: readonly { no: number; field: F }[];
  add?: readonly F[];
  remove?: readonly number[];
  restore?: readonly number[];
}

/** Corrects values of a card by what somebody typed. @throws AppError not_found when a field does not exist */
export function editFields(editing: Editing, card: LoadedCard, { set = [], add = [], ...edits }: FieldEdits) {
  const complete = (field: FieldInput) => completeInput(field, editing);
  return writeFields(editing, card, {
    ...edits,
    set: set.map(({ no, field }) => ({ no, field: complete(field) })),
    add: add.map(complete),
  });
}

/**
 * Corrects values of a card. What its source wrote is kept beside the correction, so that the next import can tell what the
 * source changed from what a person did.
 * @throws AppError not_found when a field does not exist
 */
export async function writeFields(editing: Editing, card: LoadedCard, edits: FieldEdits<Field>): Promise<void> {
  const { tx, actor } = editing;
  const changeNo = await beginChange(editing, card);
  const touched = new Set<string>();
  const at = (no: number) => {
    const found = card.fields.find((one) => one.no === no);
    if (!found) throw notFound();
    touched.add(found.kind);
    return found;
  };
  for (const { no, field } of edits.set ?? []) {
    const before = at(no);
    const [row] = await fieldRows(
      editing,
      { cardId: card.card_id, bookNo: card.book_no, exposure: card.exposure },
      [field],
      no,
    );
    await replaceField(editing, card.card_id, before, row!);
    touched.add(field.kind);
  }
  for (const no of edits.remove ?? []) await removeField(editing, card.card_id, at(no));
  for (const no of edits.restore ?? []) await giveBack(editing, card, at(no));
  const added = edits.add ?? [];
  for (const field of added) touched.add(field.kind);
  const firstNo = Math.max(-1, ...card.fields.map((field) => field.no)) + 1;
  const rows = await fieldRows(
    editing,
    { cardId: card.card_id, bookNo: card.book_no, exposure: card.exposure },
    added,
    firstNo,
  );
  await insertFields(tx, rows);
  await updateCardRow(tx, actor.workspaceId, card.card_id, { change_no: changeNo });
  const { fields } = await getCardRow(tx, actor.workspaceId, card.card_id);
  await recordChange(editing, card, changeNo, 'edited', {
    fields: [...touched].sort(),
    before: { fields: card.fields },
    left: leftOrganization(card.fields.map(asField), fields.map(asField)),
  });
  await announce(editing, [card.card_id]);
}

type StoredRow = LoadedCard['fields'][number];

/** What the source last said: kept from an earlier correction, or the value itself where the source wrote it. */
function sourceValueOf(before: StoredRow): string | null {
  if (before.author_id !== null) return before.source_value === null ? null : JSON.stringify(before.source_value);
  return JSON.stringify(before.value);
}

export async function replaceField(
  { tx, actor }: Pick<Editing, 'tx' | 'actor'>,
  cardId: string,
  before: StoredRow,
  row: NewFieldRow,
): Promise<void> {
  const { class: fieldClass, kind, value, contact_point_id, copied, author_id, seen_at } = row;
  await updateField(tx, actor.workspaceId, cardId, before.no, {
    class: fieldClass,
    kind,
    value,
    contact_point_id,
    copied,
    author_id,
    seen_at,
    source_value: sourceValueOf(before),
  });
}

/** A value the source wrote stays as an empty one, lest the next import bring it back; one a person wrote goes. */
export async function removeField(
  { tx, actor }: Pick<Editing, 'tx' | 'actor'>,
  cardId: string,
  before: StoredRow,
): Promise<void> {
  const source = sourceValueOf(before);
  if (source === null) {
    await deleteField(tx, actor.workspaceId, cardId, before.no);
    return;
  }
  await updateField(tx, actor.workspaceId, cardId, before.no, {
    value: '{}',
    contact_point_id: null,
    copied: false,
    author_id: actor.memberId,
    seen_at: new Date(),
    source_value: source,
  });
}

/** What the source last said stands there again, as its own. @throws AppError not_found when it said nothing there */
async function giveBack({ app, tx, actor }: Editing, card: LoadedCard, before: StoredRow): Promise<void> {
  if (before.author_id === null || before.source_value === null) throw notFound();
  const value = before.source_value as Record<string, unknown>;
  const field = toStored({ kind: before.kind as FieldKind, value });
  await updateField(tx, actor.workspaceId, card.card_id, before.no, {
    class: field.class,
    value: JSON.stringify(value),
    contact_point_id: field.contactPoint && contactPointId(app.secrets, actor.workspaceId, field.contactPoint),
    copied: false,
    author_id: null,
    source_value: null,
    seen_at: card.seen_at,
  });
}

async function recordChange(
  { tx, actor, authorId }: Editing,
  { card_id, book_no, exposure }: { card_id: string; book_no: number; exposure: number },
  changeNo: number,
  kind: string,
  { fields = [], before = null, left = null }: { fields?: string[]; before?: object | null; left?: string | null } = {},
): Promise<void> {
  const at = { card_id, book_no, exposure, change_no: changeNo };
  await addChange(tx, actor.workspaceId, {
    ...at,
    kind,
    member_id: authorId ?? actor.memberId,
    accepted_by: authorId ? actor.memberId : null,
    fields,
    before,
    left_organization: left,
  });
}

/** Whatever stands elsewhere in its place is to follow: copies that were lent for once (introductions). */
async function announceKeptBack({ app, tx, actor, afterCommit }: Editing, cardId: string): Promise<void> {
  const { workspaceId } = actor;
  const outboxId = await app.enqueue(tx, {
    workspaceId,
    task: 'cards.keptBack',
    payload: { cardId },
    delaySeconds: 20,
  });
  afterCommit(() => app.runNow(workspaceId, outboxId, 'cards.keptBack'));
}

/** Leaves a card out of what its book lends, or lends it again. */
export async function setWithheld(editing: Editing, card: LoadedCard, withheld: boolean): Promise<void> {
  const exposure = withheld ? 1 : 0;
  if (card.exposure === exposure) return;
  const changeNo = await beginChange(editing, card);
  await updateCardRow(editing.tx, editing.actor.workspaceId, card.card_id, { exposure });
  await setHanging(editing.tx, editing.actor.workspaceId, [card.card_id], 'exposure', exposure);
  await recordChange(editing, { ...card, exposure }, changeNo, withheld ? 'withheld' : 'lent_again');
  if (withheld) await announceKeptBack(editing, card.card_id);
  await announceToReaders(editing, card.book_no);
  await announce(editing, [card.card_id]);
}

/** Moves a card to another of the holder's books, with its history. */
export async function moveCard(
  editing: Editing,
  card: LoadedCard,
  to: { book_id: string; book_no: number },
): Promise<void> {
  if (card.book_id === to.book_id) return;
  const { tx, actor } = editing;
  const gone = await beginChange(editing, card);
  const changeNo = await takeChangeNos(tx, actor.workspaceId, to.book_id, 1);
  const name = await getName(tx, actor.workspaceId, card.card_id);
  await addDeparted(tx, actor.workspaceId, [{ bookNo: card.book_no, name, changeNo: gone }]);
  await freeName(tx, actor.workspaceId, card.card_id, to.book_no);
  await updateCardRow(tx, actor.workspaceId, card.card_id, { book_no: to.book_no, change_no: changeNo });
  await setHanging(tx, actor.workspaceId, [card.card_id], 'book_no', to.book_no);
  await recordChange(editing, { ...card, book_no: to.book_no }, changeNo, 'moved', {
    before: { bookNo: card.book_no },
  });
  await announceToReaders(editing, card.book_no);
  await announce(editing, [card.card_id]);
}

/** Takes a card out of sight; what else is known of the person is found under its id from now on. */
export async function hideCard(
  editing: Editing,
  card: LoadedCard,
  others: readonly string[],
  days: number,
): Promise<Date> {
  const { tx, actor } = editing;
  const changeNo = await beginChange(editing, card);
  const until = new Date(Date.now() + days * 86_400_000);
  await recordChange(editing, card, changeNo, 'removed');
  await announceKeptBack(editing, card.card_id);
  const [next] = others;
  if (next) await addRedirect(tx, actor.workspaceId, card.card_id, next);
  await openRemoved(tx, true);
  const removed = {
    exposure: 2,
    removed_at: new Date(),
    purge_at: until,
    change_no: changeNo,
    exposure_before: card.exposure,
    // Gone by somebody's hand, it is not among what a phone lost.
    removal_id: null,
    held_at: null,
  };
  await updateCardRow(tx, actor.workspaceId, card.card_id, removed);
  await setHanging(tx, actor.workspaceId, [card.card_id], 'exposure', 2);
  await announceToReaders(editing, card.book_no);
  await announce(editing, [card.card_id, ...others]);
  return until;
}

/** Brings a card back into sight. @throws AppError not_found when it is not there, or another one has taken its place */
export async function restoreCard(editing: Editing, cardId: string): Promise<void> {
  const { tx, actor } = editing;
  await openRemoved(tx, true);
  const card = await getOwnCard(editing, cardId);
  if (card.exposure !== 2) throw notFound();
  const changeNo = await takeChangeNos(tx, actor.workspaceId, card.book_id, 1);
  // A card that was withheld comes back withheld.
  const exposure = card.exposure_before ?? 0;
  await freeName(tx, actor.workspaceId, cardId, card.book_no);
  const back = {
    exposure,
    removed_at: null,
    purge_at: null,
    change_no: changeNo,
    exposure_before: null,
    removal_id: null,
  };
  await updateCardRow(tx, actor.workspaceId, cardId, back);
  await setHanging(tx, actor.workspaceId, [cardId], 'exposure', exposure);
  await openRemoved(tx, false);
  await recordChange(editing, { ...card, exposure }, changeNo, 'restored');
  await announce(editing, [cardId]);
}
