import { sql } from 'kysely';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import type { FieldInput, FieldKind } from './contract.ts';
import { leftOrganization } from './employments.ts';
import { completeInput, type Field, toStored } from './fields.ts';
import { type LoadedCard, loadCards } from './queries.ts';
import { addContactPoints, contactPointId, ofPairs, takeChangeNos } from './writing.ts';

/** What an edit needs of the request. */
export interface Editing {
  app: App;
  tx: Tx;
  actor: Actor;
  country: string;
  afterCommit(work: () => Promise<void>): void;
}

export async function toEditing({ app, tx, actor, afterCommit }: Omit<Editing, 'country'>): Promise<Editing> {
  const member = await getMember(tx, actor);
  return { app, tx, actor, country: member?.country ?? 'FR', afterCommit };
}

/** A card the actor holds. @throws AppError not_found for any other, visible or not */
export async function getOwnCard({ tx, actor }: Pick<Editing, 'tx' | 'actor'>, cardId: string): Promise<LoadedCard> {
  const [card] = await loadCards(tx, actor, [cardId]);
  if (!card?.mine) throw notFound();
  return card;
}

/**
 * Begins a change of a card: takes its change number and takes out the index rows made of it, so that no list shows what is
 * true no more. Locks are taken in the order book, card, index rows, as imports and matching do.
 */
async function beginChange(editing: Editing, card: { card_id: string; book_id: string }): Promise<number> {
  const { tx, actor } = editing;
  const changeNo = await takeChangeNos(tx, actor.workspaceId, card.book_id, 1);
  await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', card.card_id)
    .forUpdate()
    .execute();
  await dropEntries(editing, [card.card_id]);
  return changeNo;
}

/** Takes out the index rows made of cards. */
export async function dropEntries({ tx, actor }: Editing, cardIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ cluster_id: string }>`
    select distinct cluster_id from cards.card where workspace_id = ${actor.workspaceId} and card_id = any(${cardIds})`.execute(
    tx,
  );
  await sql`delete from cards.entry where workspace_id = ${actor.workspaceId} and cluster_id = any(${rows.map((row) => row.cluster_id)})`.execute(
    tx,
  );
}

/**
 * After a change: matching and the list follow before the answer, so that the editor sees their own work. Should the process
 * end in between, the job enqueued with the change does it.
 */
export async function announce({ app, tx, actor, afterCommit }: Editing, cardIds: readonly string[]): Promise<void> {
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

async function fieldRows(
  editing: Editing,
  card: { cardId: string; bookNo: number; exposure: number },
  fields: readonly Field[],
  firstNo: number,
) {
  const { app, tx, actor } = editing;
  const points = new Map<string, 'email' | 'phone'>();
  const rows = fields.map(toStored).map((field, index) => {
    const point = field.contactPoint ? contactPointId(app.secrets, actor.workspaceId, field.contactPoint) : null;
    if (point) points.set(point, field.contactPoint!.channel);
    return {
      workspace_id: actor.workspaceId,
      card_id: card.cardId,
      no: firstNo + index,
      book_no: card.bookNo,
      exposure: card.exposure,
      class: field.class,
      kind: field.kind,
      value: JSON.stringify(field.value),
      contact_point_id: point,
      author_id: actor.memberId,
      seen_at: new Date(),
    };
  });
  await addContactPoints(tx, actor.workspaceId, points);
  return rows;
}

/** The member's own source "Entregent", for what they type here. */
async function getOwnSource({ tx, actor }: Pick<Editing, 'tx' | 'actor'>): Promise<string> {
  const here = await tx
    .selectFrom('sources.source')
    .select('source_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('holder_id', '=', actor.memberId)
    .where('kind', '=', 'entregent')
    .executeTakeFirst();
  if (here) return here.source_id;
  const sourceId = newId();
  await tx
    .insertInto('sources.source')
    .values({
      workspace_id: actor.workspaceId,
      source_id: sourceId,
      holder_id: actor.memberId,
      name: 'Entregent',
      kind: 'entregent',
    })
    .execute();
  return sourceId;
}

export interface NewCard {
  kind: 'person' | 'organization';
  uid?: string | undefined;
  fields: readonly FieldInput[];
}

const rowsPerInsert = 3000;

/** Writes cards that a person or an app typed; each is a person of its own until matching has looked at it. */
export async function insertCards(
  editing: Editing,
  book: { book_id: string; book_no: number },
  cards: readonly NewCard[],
): Promise<string[]> {
  const { tx, actor } = editing;
  const sourceId = await getOwnSource(editing);
  const first = await takeChangeNos(tx, actor.workspaceId, book.book_id, cards.length);
  const now = new Date();
  const made = cards.map((card) => ({
    id: newId(),
    card,
    fields: card.fields.map((field) => completeInput(field, editing.country)),
  }));
  await tx
    .insertInto('cards.card')
    .values(
      made.map(({ id, card, fields }, index) => ({
        workspace_id: actor.workspaceId,
        card_id: id,
        book_no: book.book_no,
        source_id: sourceId,
        source_key: card.uid ? `uid ${card.uid}` : `own ${id}`,
        uid: card.uid ?? null,
        kind: card.kind,
        cluster_id: id,
        change_no: first + index,
        content_hash: sha256(JSON.stringify(fields)),
        created_at: now,
        created_by: actor.memberId,
        seen_at: now,
      })),
    )
    .execute()
    .catch((error: { code?: string }) => {
      if (error.code === '23505') throw new AppError('conflict', { fields: { uid: 'taken' } });
      throw error;
    });
  const rows = [];
  for (const { id, fields } of made)
    rows.push(...(await fieldRows(editing, { cardId: id, bookNo: book.book_no, exposure: 0 }, fields, 0)));
  for (let at = 0; at < rows.length; at += rowsPerInsert)
    await tx
      .insertInto('cards.card_field')
      .values(rows.slice(at, at + rowsPerInsert))
      .execute();
  const ids = made.map(({ id }) => id);
  await announce(editing, ids);
  return ids;
}

export interface FieldEdits {
  set?: readonly { no: number; field: FieldInput }[];
  add?: readonly FieldInput[];
  remove?: readonly number[];
  restore?: readonly number[];
}

/**
 * Corrects values of a card. What its source wrote is kept beside the correction, so that the next import can tell what the
 * source changed from what a person did.
 * @throws AppError not_found when a field does not exist
 */
export async function editFields(editing: Editing, card: LoadedCard, edits: FieldEdits): Promise<void> {
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
      [completeInput(field, editing.country)],
      no,
    );
    await replaceField(editing, card.card_id, before, row!);
    touched.add(field.kind);
  }
  for (const no of edits.remove ?? []) await removeField(editing, card.card_id, at(no));
  for (const no of edits.restore ?? []) await giveBack(editing, card, at(no));
  const added = (edits.add ?? []).map((field) => completeInput(field, editing.country));
  for (const field of added) touched.add(field.kind);
  const firstNo = Math.max(-1, ...card.fields.map((field) => field.no)) + 1;
  const rows = await fieldRows(
    editing,
    { cardId: card.card_id, bookNo: card.book_no, exposure: card.exposure },
    added,
    firstNo,
  );
  if (rows.length > 0) await tx.insertInto('cards.card_field').values(rows).execute();
  await tx
    .updateTable('cards.card')
    .set({ change_no: changeNo })
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', card.card_id)
    .execute();
  const left = leftOrganization(card.fields.map(toField), await listFields(editing, card.card_id));
  await addChange(editing, card, changeNo, 'edited', [...touched].sort(), { fields: card.fields }, left);
  await announce(editing, [card.card_id]);
}

const toField = ({ kind, value }: { kind: string; value: unknown }): Field => ({
  kind: kind as FieldKind,
  value: value as Record<string, unknown>,
});

async function listFields({ tx, actor }: Editing, cardId: string): Promise<Field[]> {
  const rows = await tx
    .selectFrom('cards.card_field')
    .select(['kind', 'value'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', cardId)
    .execute();
  return rows.map(toField);
}

type StoredRow = LoadedCard['fields'][number];

/** What the source last said: kept from an earlier correction, or the value itself where the source wrote it. */
function sourceValueOf(before: StoredRow): string | null {
  if (before.author_id !== null) return before.source_value === null ? null : JSON.stringify(before.source_value);
  return JSON.stringify(before.value);
}

async function replaceField(
  { tx, actor }: Editing,
  cardId: string,
  before: StoredRow,
  row: {
    class: number;
    kind: string;
    value: string;
    contact_point_id: string | null;
    author_id: string;
    seen_at: Date;
  },
): Promise<void> {
  await tx
    .updateTable('cards.card_field')
    .set({
      class: row.class,
      kind: row.kind,
      value: row.value,
      contact_point_id: row.contact_point_id,
      author_id: row.author_id,
      seen_at: row.seen_at,
      source_value: sourceValueOf(before),
    })
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', cardId)
    .where('no', '=', before.no)
    .execute();
}

/** A value the source wrote stays as an empty one, lest the next import bring it back; one a person wrote goes. */
async function removeField({ tx, actor }: Editing, cardId: string, before: StoredRow): Promise<void> {
  const source = sourceValueOf(before);
  if (source === null) {
    await tx
      .deleteFrom('cards.card_field')
      .where('workspace_id', '=', actor.workspaceId)
      .where('card_id', '=', cardId)
      .where('no', '=', before.no)
      .execute();
    return;
  }
  await tx
    .updateTable('cards.card_field')
    .set({ value: '{}', contact_point_id: null, author_id: actor.memberId, seen_at: new Date(), source_value: source })
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', cardId)
    .where('no', '=', before.no)
    .execute();
}

/** What the source last said stands there again, as its own. @throws AppError not_found when it said nothing there */
async function giveBack({ app, tx, actor }: Editing, card: LoadedCard, before: StoredRow): Promise<void> {
  if (before.author_id === null || before.source_value === null) throw notFound();
  const value = before.source_value as Record<string, unknown>;
  const field = toStored({ kind: before.kind as FieldKind, value });
  await tx
    .updateTable('cards.card_field')
    .set({
      class: field.class,
      value: JSON.stringify(value),
      contact_point_id: field.contactPoint && contactPointId(app.secrets, actor.workspaceId, field.contactPoint),
      author_id: null,
      source_value: null,
      seen_at: card.seen_at,
    })
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', card.card_id)
    .where('no', '=', before.no)
    .execute();
}

async function addChange(
  { tx, actor }: Editing,
  card: { card_id: string; book_no: number; exposure: number },
  changeNo: number,
  kind: string,
  fields: string[],
  before: object | null,
  left: string | null = null,
): Promise<void> {
  await tx
    .insertInto('cards.card_change')
    .values({
      workspace_id: actor.workspaceId,
      card_id: card.card_id,
      change_id: newId(),
      change_no: changeNo,
      book_no: card.book_no,
      exposure: card.exposure,
      kind,
      member_id: actor.memberId,
      fields,
      before: before ? JSON.stringify(before) : null,
      left_organization: left,
    })
    .execute();
}

const hanging = ['card', 'card_field', 'card_original', 'card_change', 'note'] as const;

async function setHanging(
  { tx, actor }: Editing,
  cardId: string,
  column: 'exposure' | 'book_no',
  value: number,
): Promise<void> {
  for (const table of hanging) {
    await sql`update ${sql.raw(`cards.${table}`)} set ${sql.raw(column)} = ${value} where workspace_id = ${actor.workspaceId} and card_id = ${cardId}`.execute(
      tx,
    );
  }
  for (const table of ofPairs) {
    for (const side of ['a', 'b']) {
      await sql`update ${sql.raw(table)} set ${sql.raw(`${column}_${side}`)} = ${value} where workspace_id = ${actor.workspaceId} and ${sql.raw(`card_${side}`)} = ${cardId}`.execute(
        tx,
      );
    }
  }
}

/** Leaves a card out of what its book lends, or lends it again. */
export async function setWithheld(editing: Editing, card: LoadedCard, withheld: boolean): Promise<void> {
  const exposure = withheld ? 1 : 0;
  if (card.exposure === exposure) return;
  const changeNo = await beginChange(editing, card);
  await setHanging(editing, card.card_id, 'exposure', exposure);
  await addChange(editing, { ...card, exposure }, changeNo, withheld ? 'withheld' : 'lent_again', [], null);
  await announce(editing, [card.card_id]);
}

/** Moves a card to another of the holder's books, with its history. */
export async function moveCard(
  editing: Editing,
  card: LoadedCard,
  to: { book_id: string; book_no: number },
): Promise<void> {
  if (card.book_id === to.book_id) return;
  await beginChange(editing, card);
  const changeNo = await takeChangeNos(editing.tx, editing.actor.workspaceId, to.book_id, 1);
  await setHanging(editing, card.card_id, 'book_no', to.book_no);
  await editing.tx
    .updateTable('cards.card')
    .set({ change_no: changeNo })
    .where('workspace_id', '=', editing.actor.workspaceId)
    .where('card_id', '=', card.card_id)
    .execute();
  await addChange(editing, { ...card, book_no: to.book_no }, changeNo, 'moved', [], { bookNo: card.book_no });
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
  await addChange(editing, card, changeNo, 'removed', [], null);
  const [next] = others;
  if (next) {
    await tx
      .insertInto('cards.person_redirect')
      .values({ workspace_id: actor.workspaceId, person_id: card.card_id, card_id: next })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  await sql`set local app.restoring = 'on'`.execute(tx);
  await tx
    .updateTable('cards.card')
    .set({ removed_at: new Date(), purge_at: until, change_no: changeNo, exposure_before: card.exposure })
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', card.card_id)
    .execute();
  await setHanging(editing, card.card_id, 'exposure', 2);
  await announce(editing, [card.card_id, ...others]);
  return until;
}

/** Brings a card back into sight. @throws AppError not_found when it is not there, or another one has taken its place */
export async function restoreCard(editing: Editing, cardId: string): Promise<void> {
  const { tx, actor } = editing;
  await sql`set local app.restoring = 'on'`.execute(tx);
  const card = await getOwnCard(editing, cardId);
  if (card.exposure !== 2) throw notFound();
  const changeNo = await takeChangeNos(tx, actor.workspaceId, card.book_id, 1);
  // A card that was withheld comes back withheld.
  const exposure = card.exposure_before ?? 0;
  await setHanging(editing, cardId, 'exposure', exposure);
  await tx
    .updateTable('cards.card')
    .set({ removed_at: null, purge_at: null, change_no: changeNo, exposure_before: null })
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '=', cardId)
    .execute()
    .catch((error: { code?: string }) => {
      if (error.code === '23505') throw new AppError('conflict');
      throw error;
    });
  await sql`set local app.restoring = ''`.execute(tx);
  await addChange(editing, { ...card, exposure }, changeNo, 'restored', [], null);
  await announce(editing, [cardId]);
}

/** Joins a card of the actor's to one they can see, because they wrote it about that person. */
export async function linkByEdit({ tx, actor }: Editing, own: string, other: string): Promise<void> {
  const [a, b] = own < other ? [own, other] : [other, own];
  await sql`
    insert into cards.link (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, evidence)
    select ${actor.workspaceId}, ca.card_id, cb.card_id, ca.book_no, cb.book_no, ca.exposure, cb.exposure, array['edited']
    from cards.card ca join cards.card cb on cb.workspace_id = ${actor.workspaceId} and cb.card_id = ${b}
    where ca.workspace_id = ${actor.workspaceId} and ca.card_id = ${a}
    on conflict do nothing`.execute(tx);
}
