import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { hideCards, restorableDays, setHanging, takeChangeNos } from './rows.ts';

/** A book, as the keeper writes in it. */
export interface BookAt {
  book_id: string;
  book_no: number;
}

/** Numbers of field classes (delegation/field-classes.ts) that decide about a whole row. */
const [noteClass, originalClass] = [15, 20];
const allFields = 0x7ffffffe;

/**
 * Moves the cards of a book that nobody was lent (withheld, archived) to another one, out of sight, for an occasion that can be
 * taken back for 30 days. As the keeper.
 *
 * @param all also those that were lent
 * @returns the ids of all cards that are out of sight now
 */
export async function hideForOccasion(
  tx: Tx,
  workspaceId: string,
  occasionId: string,
  from: BookAt,
  to: BookAt,
  all: boolean,
): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card
    where workspace_id = ${workspaceId} and book_no = ${from.book_no} and exposure <> 2 and (${all} or exposure <> 0)
    order by card_id for update`.execute(tx);
  const ids = rows.map((row) => row.card_id);
  // What was out of sight already stays so, and restorable, but not by whoever looks after the book from now on.
  if (from.book_no !== to.book_no) await moveRemoved(tx, workspaceId, from, to);
  await hideCards(
    tx,
    workspaceId,
    ids.map((card_id) => ({ card_id, book_id: from.book_id })),
  );
  await sql`update cards.card set removed_for = ${occasionId}, book_no = ${to.book_no}
    where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(tx);
  if (from.book_no !== to.book_no) await setHanging(tx, workspaceId, ids, 'book_no', to.book_no);
  return ids;
}

/** Moves the cards of a book that are out of sight to another one, as they are. */
async function moveRemoved(tx: Tx, workspaceId: string, from: BookAt, to: BookAt): Promise<void> {
  const { rows } = await sql<{ card_id: string }>`
    update cards.card set book_no = ${to.book_no}
    where workspace_id = ${workspaceId} and book_no = ${from.book_no} and exposure = 2 returning card_id`.execute(tx);
  const ids = rows.map((row) => row.card_id);
  await setHanging(tx, workspaceId, ids, 'book_no', to.book_no);
}

/**
 * Takes out of the cards of a book that stay what no grant opened: values, original octets, what stood there before, notes; and of
 * every value what its source says beside it, and those that were taken off the card, which nobody but the holder saw. Kept apart for
 * 30 days, where nobody but the keeper reads it.
 *
 * @param mask the field classes that were opened, as bits
 */
export async function setFieldsAside(
  tx: Tx,
  workspaceId: string,
  occasionId: string,
  { bookNo, mask }: { bookNo: number; mask: number },
): Promise<void> {
  const isOpen = (one: number) => ((mask >>> one) & 1) === 1;
  const take = async (kind: 'card_field' | 'card_original' | 'card_change' | 'note', item: string, which: string) => {
    await sql`
      with gone as (
        delete from ${sql.raw(`cards.${kind}`)} r
        where r.workspace_id = ${workspaceId} and r.book_no = ${bookNo} and r.exposure = 0 and ${sql.raw(which)} returning r.*)
      insert into cards.set_aside (workspace_id, occasion_id, kind, card_id, item, content, purge_at)
      select workspace_id, ${occasionId}, ${kind}, card_id, ${sql.raw(item)}, to_jsonb(gone), now() + make_interval(days => ${restorableDays})
      from gone`.execute(tx);
  };
  await take('card_field', 'no::text', `((${mask | 0} >> r.class) & 1 = 0 or r.value = '{}')`);
  await setSourceAside(tx, workspaceId, occasionId, bookNo);
  if (!isOpen(originalClass)) await take('card_original', `''`, 'true');
  if ((mask & allFields) !== allFields) await take('card_change', 'change_id::text', 'r.before is not null');
  if (!isOpen(noteClass)) await take('note', 'note_id::text', 'true');
}

/** What the source says beside a corrected value: a steward could bring it back with a click. */
async function setSourceAside(tx: Tx, workspaceId: string, occasionId: string, bookNo: number): Promise<void> {
  await sql`
    with said as (
      select card_id, no, source_value from cards.card_field
      where workspace_id = ${workspaceId} and book_no = ${bookNo} and exposure = 0 and source_value is not null),
    cleared as (
      update cards.card_field f set source_value = null from said s
      where f.workspace_id = ${workspaceId} and f.card_id = s.card_id and f.no = s.no)
    insert into cards.set_aside (workspace_id, occasion_id, kind, card_id, item, content, purge_at)
    select ${workspaceId}, ${occasionId}, 'source_value', card_id, no::text, jsonb_build_object('source_value', source_value),
      now() + make_interval(days => ${restorableDays}) from said`.execute(tx);
}

/** The book's cards that are in sight. */
export async function listCardsInSight(tx: Tx, workspaceId: string, bookNo: number): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card where workspace_id = ${workspaceId} and book_no = ${bookNo} and exposure < 2
    order by card_id`.execute(tx);
  return rows.map((row) => row.card_id);
}

/**
 * Brings back what an occasion took out of sight from a book: its cards to where they were, its values to their cards. What was
 * written there meanwhile stays. As the keeper. @returns the ids of the cards concerned
 */
export async function bringBack(
  tx: Tx,
  workspaceId: string,
  occasionId: string,
  from: BookAt,
  to: BookAt,
): Promise<string[]> {
  const { rows } = await sql<{ card_id: string; exposure: number }>`
    select card_id, coalesce(exposure_before, 0) as exposure from cards.card
    where workspace_id = ${workspaceId} and removed_for = ${occasionId} and book_no = ${from.book_no}
    order by card_id for update`.execute(tx);
  const ids = rows.map((row) => row.card_id);
  if (ids.length > 0) {
    const first = await takeChangeNos(tx, workspaceId, to.book_id, ids.length);
    await sql`update cards.card c set exposure = coalesce(c.exposure_before, 0), exposure_before = null, removed_at = null,
        purge_at = null, removed_for = null, book_no = ${to.book_no}, change_no = n.change_no
      from unnest(${ids}::uuid[], ${ids.map((_id, index) => first + index)}::bigint[]) n(card_id, change_no)
      where c.workspace_id = ${workspaceId} and c.card_id = n.card_id`.execute(tx);
    if (from.book_no !== to.book_no) await setHanging(tx, workspaceId, ids, 'book_no', to.book_no);
    for (const [exposure, group] of Map.groupBy(rows, (row) => row.exposure)) {
      const same = group.map((row) => row.card_id);
      await setHanging(tx, workspaceId, same, 'exposure', exposure);
    }
  }
  if (from.book_no !== to.book_no) await moveRemoved(tx, workspaceId, from, to);
  return [...ids, ...(await putBack(tx, workspaceId, occasionId, to.book_no))];
}

/** What an occasion set aside of cards that are in the book still, taken out of where it was kept, as their card stands now. */
const takeBack = (workspaceId: string, occasionId: string, kind: string, bookNo: number, also = sql``) => sql`
  delete from cards.set_aside s using cards.card c
  where s.workspace_id = ${workspaceId} and s.occasion_id = ${occasionId} and s.kind = ${kind}
    and c.workspace_id = ${workspaceId} and c.card_id = s.card_id and c.book_no = ${bookNo}
  returning s.card_id, s.content || jsonb_build_object('book_no', c.book_no, 'exposure', c.exposure) as content${also}`;

/** @returns the ids of the cards to which something came back */
async function putBack(tx: Tx, workspaceId: string, occasionId: string, bookNo: number): Promise<string[]> {
  // A value whose number was taken meanwhile gets one above all of its card's.
  const fields = await sql<{ card_id: string }>`
    with back as (${takeBack(workspaceId, occasionId, 'card_field', bookNo)}),
      top as (select b.card_id, 1 + greatest(max((b.content ->> 'no')::int), (
        select coalesce(max(f.no), 0) from cards.card_field f where f.workspace_id = ${workspaceId} and f.card_id = b.card_id)) as no
        from back b group by b.card_id)
    insert into cards.card_field
    select r.* from back b
    join top on top.card_id = b.card_id
    left join cards.card_field t on t.workspace_id = ${workspaceId} and t.card_id = b.card_id and t.no = (b.content ->> 'no')::int
    cross join jsonb_populate_record(null::cards.card_field,
      b.content || jsonb_build_object('no', (b.content ->> 'no')::int + case when t.no is null then 0 else top.no end)) r
    returning card_id`.execute(tx);
  const cardIds = new Set(fields.rows.map((row) => row.card_id));
  await sql`
    with back as (${takeBack(workspaceId, occasionId, 'source_value', bookNo, sql`, s.item`)})
    update cards.card_field f set source_value = b.content -> 'source_value' from back b
    where f.workspace_id = ${workspaceId} and f.card_id = b.card_id and f.no = b.item::int and f.source_value is null`.execute(
    tx,
  );
  for (const kind of ['card_original', 'card_change', 'note']) {
    const { rows } = await sql<{ card_id: string }>`
      with back as (${takeBack(workspaceId, occasionId, kind, bookNo)})
      insert into ${sql.raw(`cards.${kind}`)}
      select r.* from back b cross join jsonb_populate_record(null::${sql.raw(`cards.${kind}`)}, b.content) r
      on conflict do nothing returning card_id`.execute(tx);
    for (const row of rows) cardIds.add(row.card_id);
  }
  return [...cardIds];
}
