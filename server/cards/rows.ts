import { type Insertable, type SqlBool, sql, type Updateable } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { stir } from '../kernel/stirring.ts';
import { tell } from '../kernel/telling.ts';

/** The rows that cards are kept in: the card, its fields, its original, its changes, and what is said of it and another. */

export type NewCardRow = Insertable<DB['cards.card']>;
export type NewFieldRow = Insertable<DB['cards.card_field']>;

/** Rows per insert, below PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 3000;

/** @throws AppError conflict when a card with this uid is there already */
export async function insertCardRows(tx: Tx, rows: readonly NewCardRow[]): Promise<void> {
  await tx
    .insertInto('cards.card')
    .values(rows)
    .execute()
    .catch((error: { code?: string }) => {
      if (error.code === '23505') throw new AppError('conflict', { fields: { uid: 'taken' } });
      throw error;
    });
  for (const [workspaceId, of] of Map.groupBy(rows, (row) => row.workspace_id))
    await tell(
      tx,
      workspaceId,
      'card_added',
      of.map(({ card_id }) => card_id),
    );
}

export async function insertFields(tx: Tx, rows: readonly NewFieldRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerInsert)
    await tx
      .insertInto('cards.card_field')
      .values(rows.slice(at, at + rowsPerInsert))
      .execute();
}

/** The fields of a card in order, those taken away included. */
export function listFields(tx: Tx, workspaceId: string, cardId: string) {
  return tx
    .selectFrom('cards.card_field')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .orderBy('no')
    .execute();
}

/** A card as it stands, with its fields in order. @throws when it is not there */
export async function getCardRow(tx: Tx, workspaceId: string, cardId: string) {
  const card = await tx
    .selectFrom('cards.card')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .executeTakeFirstOrThrow();
  const fields = await listFields(tx, workspaceId, cardId);
  return { card, fields };
}

/** Keeps others from changing a card until the end of the transaction. */
export async function lockCard(tx: Tx, workspaceId: string, cardId: string): Promise<void> {
  await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .forUpdate()
    .execute();
}

/** @throws AppError conflict when another card has taken its place */
export async function updateCardRow(
  tx: Tx,
  workspaceId: string,
  cardId: string,
  values: Updateable<DB['cards.card']>,
): Promise<void> {
  await tx
    .updateTable('cards.card')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .execute()
    .catch((error: { code?: string }) => {
      if (error.code === '23505') throw new AppError('conflict');
      throw error;
    });
}

export async function updateField(
  tx: Tx,
  workspaceId: string,
  cardId: string,
  no: number,
  values: Updateable<DB['cards.card_field']>,
): Promise<void> {
  await tx
    .updateTable('cards.card_field')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .where('no', '=', no)
    .execute();
}

export async function deleteField(tx: Tx, workspaceId: string, cardId: string, no: number): Promise<void> {
  await tx
    .deleteFrom('cards.card_field')
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .where('no', '=', no)
    .execute();
}

/** Takes away what the source wrote on a card; what members wrote stays. */
export async function deleteSourceFields(tx: Tx, workspaceId: string, cardId: string): Promise<void> {
  await tx
    .deleteFrom('cards.card_field')
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .where('author_id', 'is', null)
    .execute();
}

export interface Original {
  mediaType: string;
  data: Uint8Array;
}

export async function findOriginal(tx: Tx, workspaceId: string, cardId: string) {
  return tx
    .selectFrom('cards.card_original')
    .select(['media_type', 'data'])
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .executeTakeFirst();
}

/** Keeps what a card was made of. */
export async function addOriginal(
  tx: Tx,
  workspaceId: string,
  { cardId, bookNo }: { cardId: string; bookNo: number },
  { mediaType, data }: Original,
): Promise<void> {
  await tx
    .insertInto('cards.card_original')
    .values({
      workspace_id: workspaceId,
      card_id: cardId,
      book_no: bookNo,
      exposure: exposures.lendable,
      media_type: mediaType,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    })
    .execute();
}

/** The card that a source knows by this key, out of sight or not. */
export async function findBySourceKey(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  sourceKey: string,
): Promise<string | undefined> {
  await openRemoved(tx, true);
  const found = await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .where('source_key', '=', sourceKey)
    .executeTakeFirst();
  await openRemoved(tx, false);
  return found?.card_id;
}

export async function updateOriginal(tx: Tx, workspaceId: string, cardId: string, to: Original): Promise<void> {
  await tx
    .updateTable('cards.card_original')
    .set({ media_type: to.mediaType, data: Buffer.from(to.data) })
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .execute();
}

type NewChange = Omit<Insertable<DB['cards.card_change']>, 'workspace_id' | 'change_id' | 'before'> & {
  before?: object | null;
};

/** Writes down what was done to a card. `before` is what going back needs. */
export async function addChange(tx: Tx, workspaceId: string, change: NewChange): Promise<void> {
  await addChanges(tx, workspaceId, [change]);
}

export async function addChanges(tx: Tx, workspaceId: string, changes: readonly NewChange[]): Promise<void> {
  const rows = changes.map(({ before, ...values }) => ({
    workspace_id: workspaceId,
    change_id: newId(),
    ...values,
    before: before ? JSON.stringify(before) : null,
  }));
  for (let at = 0; at < rows.length; at += rowsPerInsert)
    await tx
      .insertInto('cards.card_change')
      .values(rows.slice(at, at + rowsPerInsert))
      .execute();
  await tell(
    tx,
    workspaceId,
    'card_change',
    rows.map(({ card_id }) => card_id),
  );
}

/** Forgets a change that was gone back on. */
export async function deleteChange(tx: Tx, workspaceId: string, cardId: string, changeId: string): Promise<void> {
  await tx
    .deleteFrom('cards.card_change')
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .where('change_id', '=', changeId)
    .execute();
}

/** What is said of two cards carries book and exposure of both, because row security reads columns only. */
const ofPairs = ['cards.link', 'cards.tie', 'cards.map_line', 'matching.proposal', 'matching.verdict'] as const;
const hanging = [
  'card_field',
  'card_original',
  'card_change',
  'note',
  'fact',
  'offer',
  'viewpoint',
  'participant',
  'acquaintance',
  'vacancy',
  'power_map',
  'map_node',
  'membership',
] as const;

/** What stands on a card and on every row that hangs on it; from `removed` on it is out of sight. */
export const exposures = { lendable: 0, withheld: 1, removed: 2, archived: 3 } as const;
export type Exposure = (typeof exposures)[keyof typeof exposures];

/** Brings the rows that hang on cards to their cards' exposure or book. */
export async function setHanging(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  column: 'exposure' | 'book_no',
  value: number,
): Promise<void> {
  if (cardIds.length === 0) return;
  for (const table of hanging) {
    await sql`update ${sql.raw(`cards.${table}`)} set ${sql.raw(column)} = ${value} where workspace_id = ${workspaceId} and card_id = any(${cardIds})`.execute(
      tx,
    );
  }
  await setFollowing(tx, true);
  await sql`update attributes.value set ${sql.raw(column)} = ${value} where workspace_id = ${workspaceId} and subject_id = any(${cardIds})`.execute(
    tx,
  );
  await setFollowing(tx, false);
  for (const table of ofPairs) {
    for (const side of ['a', 'b']) {
      await sql`update ${sql.raw(table)} set ${sql.raw(`${column}_${side}`)} = ${value} where workspace_id = ${workspaceId} and ${sql.raw(`card_${side}`)} = any(${cardIds})`.execute(
        tx,
      );
    }
  }
}

/** Lets what is said of attributes follow its cards, also where their holder may not see it. */
async function setFollowing(tx: Tx, open: boolean): Promise<void> {
  await sql`set local app.following = ${sql.lit(open ? 'on' : '')}`.execute(tx);
}

/** How long what was taken out of sight can be restored (domain.md, 3). */
export const restorableDays = 30;

/** Puts cards out of sight, restorable for 30 days; everything that hangs on them follows. */
export async function hideCards(
  tx: Tx,
  workspaceId: string,
  cards: readonly { card_id: string; book_id: string }[],
): Promise<void> {
  for (const [bookId, group] of Map.groupBy(cards, (card) => card.book_id)) {
    const ids = group.map((card) => card.card_id);
    const first = await takeChangeNos(tx, workspaceId, bookId, ids.length);
    await sql`update cards.card c set exposure = ${sql.lit(exposures.removed)}, removed_at = now(), purge_at = now() + make_interval(days => ${restorableDays}), change_no = n.change_no,
        exposure_before = coalesce(c.exposure_before, c.exposure), archived_at = null, archived_for = null
      from unnest(${ids}::uuid[], ${ids.map((_id, index) => first + index)}::bigint[]) n(card_id, change_no)
      where c.workspace_id = ${workspaceId} and c.card_id = n.card_id`.execute(tx);
    await setHanging(tx, workspaceId, ids, 'exposure', exposures.removed);
  }
}

/** Lets the holder reach their cards that are out of sight, from here to the end of the transaction or to `false`. */
export async function openRemoved(tx: Tx, open: boolean): Promise<void> {
  await sql`set local app.restoring = ${sql.lit(open ? 'on' : '')}`.execute(tx);
}

/** Takes `count` change numbers of a book. The book's row stays locked until the end, so numbers grow in commit order. */
export async function takeChangeNos(tx: Tx, workspaceId: string, bookId: string, count: number): Promise<number> {
  const row = await tx
    .updateTable('delegation.book')
    .set({ change_no: sql`change_no + ${count}` })
    .where('workspace_id', '=', workspaceId)
    .where('book_id', '=', bookId)
    .returning('change_no')
    .executeTakeFirstOrThrow();
  return row.change_no - count + 1;
}

/** A change number of the book with this number. */
export async function takeChangeNo(tx: Tx, workspaceId: string, bookNo: number): Promise<number> {
  const row = await tx
    .updateTable('delegation.book')
    .set({ change_no: sql`change_no + 1` })
    .where('workspace_id', '=', workspaceId)
    .where('book_no', '=', bookNo)
    .returning('change_no')
    .executeTakeFirstOrThrow();
  return row.change_no;
}

/** Contact points that are not there yet. Sent as rows, in one order, so that two imports at once cannot block each other. */
export async function addContactPoints(
  tx: Tx,
  workspaceId: string,
  points: ReadonlyMap<string, 'email' | 'phone' | 'postal'>,
): Promise<void> {
  const sorted = [...points].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let at = 0; at < sorted.length; at += 5000) {
    const part = sorted.slice(at, at + 5000);
    await sql`insert into cards.contact_point (workspace_id, contact_point_id, channel)
      select ${workspaceId}, p.id, p.channel from unnest(${part.map(([id]) => id)}::uuid[], ${part.map(([, channel]) => channel)}::text[]) p(id, channel)
      on conflict do nothing`.execute(tx);
  }
}

/** Keeps a content once per workspace. */
export async function addBlob(
  tx: Tx,
  workspaceId: string,
  blob: { hash: Buffer; type: string; data: Uint8Array },
): Promise<void> {
  await tx
    .insertInto('kernel.blob')
    .values({ workspace_id: workspaceId, hash: blob.hash, media_type: blob.type, data: Buffer.from(blob.data) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Takes out the index rows made of cards. */
export async function dropEntries(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  const clusters = await tx
    .selectFrom('cards.card')
    .select('cluster_id')
    .distinct()
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`card_id = any(${cardIds})`)
    .execute();
  const ids = clusters.map((row) => row.cluster_id);
  await sql`delete from cards.entry where workspace_id = ${workspaceId} and cluster_id = any(${ids})`.execute(tx);
  await stir(tx, workspaceId, 'person', ids);
}

/** Leads from the id of a person whose card goes to one that stays. */
export async function addRedirect(tx: Tx, workspaceId: string, personId: string, cardId: string): Promise<void> {
  await tx
    .insertInto('cards.person_redirect')
    .values({ workspace_id: workspaceId, person_id: personId, card_id: cardId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Joins a card of the actor's to one they can see, because they wrote it about that person. */
export async function linkByEdit(tx: Tx, actor: Actor, own: string, other: string): Promise<void> {
  const [a, b] = own < other ? [own, other] : [other, own];
  await sql`
    insert into cards.link (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, evidence)
    select ${actor.workspaceId}, ca.card_id, cb.card_id, ca.book_no, cb.book_no, ca.exposure, cb.exposure, array['edited']
    from cards.card ca join cards.card cb on cb.workspace_id = ${actor.workspaceId} and cb.card_id = ${b}
    where ca.workspace_id = ${actor.workspaceId} and ca.card_id = ${a}
    on conflict do nothing`.execute(tx);
}

/** The member's own source "Entregent", for what they type here. */
export async function getOwnSource(
  tx: Tx,
  actor: Actor,
  kind: 'entregent' | 'business_card' | 'self' | 'web_form' = 'entregent',
  name = 'Entregent',
): Promise<string> {
  const here = await tx
    .selectFrom('sources.source')
    .select('source_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('holder_id', '=', actor.memberId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (here) return here.source_id;
  const sourceId = newId();
  await tx
    .insertInto('sources.source')
    .values({
      workspace_id: actor.workspaceId,
      source_id: sourceId,
      holder_id: actor.memberId,
      name,
      kind,
    })
    .execute();
  return sourceId;
}
