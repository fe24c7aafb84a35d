import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { DeviceBook } from './resources.ts';
import { exposures, setHanging, takeChangeNos } from './rows.ts';

/** What a device takes out of a book in one go: as long as one follows the other within ten minutes. */
export interface Removal {
  removalId: string;
  count: number;
  /** Cards that devices saw in the book when the first went. */
  bookSize: number;
  /** Its cards are held already. */
  held: boolean;
}

/** Counts cards that a device takes out now. As the keeper, under the lock of the book. */
export async function countRemoval(tx: Tx, from: DeviceBook, count: number): Promise<Removal> {
  const { workspaceId, memberId, sourceId, bookNo } = from;
  const { rows } = await sql<Removal>`
    update cards.device_removal set card_count = card_count + ${count}, last_at = now()
    where workspace_id = ${workspaceId} and source_id = ${sourceId} and book_no = ${bookNo} and decided_at is null
      and last_at > now() - interval '10 minutes'
    returning removal_id as "removalId", card_count as count, book_size as "bookSize", held_at is not null as held`.execute(
    tx,
  );
  if (rows[0]) return rows[0];
  const removalId = newId();
  const made = await sql<{ book_size: number }>`
    insert into cards.device_removal (workspace_id, removal_id, member_id, source_id, book_no, book_size, card_count)
    values (${workspaceId}, ${removalId}, ${memberId}, ${sourceId}, ${bookNo}, (
      select count(*) from cards.card where workspace_id = ${workspaceId} and book_no = ${bookNo} and exposure < 2 and held_at is null),
      ${count})
    returning book_size`.execute(tx);
  return { removalId, count, bookSize: made.rows[0]!.book_size, held: false };
}

/** Notes by which removal cards went. */
export async function setRemoval(
  tx: Tx,
  workspaceId: string,
  removalId: string,
  cardIds: readonly string[],
): Promise<void> {
  await sql`update cards.card set removal_id = ${removalId}
    where workspace_id = ${workspaceId} and card_id = any(${cardIds})`.execute(tx);
}

/** Takes cards off the devices and leaves them here. */
export async function holdCards(
  tx: Tx,
  { workspaceId, bookId }: DeviceBook,
  removalId: string,
  cardIds: readonly string[],
): Promise<void> {
  const first = await takeChangeNos(tx, workspaceId, bookId, cardIds.length);
  await sql`update cards.card c set held_at = now(), removal_id = ${removalId}, change_no = n.change_no
    from unnest(${cardIds}::uuid[], ${cardIds.map((_id, index) => first + index)}::bigint[]) n(card_id, change_no)
    where c.workspace_id = ${workspaceId} and c.card_id = n.card_id`.execute(tx);
  await sql`update cards.device_removal set held_at = coalesce(held_at, now())
    where workspace_id = ${workspaceId} and removal_id = ${removalId}`.execute(tx);
}

/**
 * Brings back here, off the devices, what went of a removal before it was seen to be a large one. @returns the cards, as they stand now
 */
export async function holdEarlier(
  tx: Tx,
  { workspaceId, bookId, bookNo }: DeviceBook,
  removalId: string,
): Promise<{ card_id: string; exposure: number; change_no: number }[]> {
  const { rows } = await sql<{ card_id: string; exposure: number }>`
    select card_id, coalesce(exposure_before, ${sql.lit(exposures.lendable)}) as exposure from cards.card
    where workspace_id = ${workspaceId} and removal_id = ${removalId} and book_no = ${bookNo} and exposure = ${sql.lit(exposures.removed)}
    order by card_id for update`.execute(tx);
  const ids = rows.map((row) => row.card_id);
  const first = await takeChangeNos(tx, workspaceId, bookId, ids.length);
  await sql`update cards.card c set exposure = coalesce(c.exposure_before, ${sql.lit(exposures.lendable)}), exposure_before = null,
      removed_at = null, purge_at = null, held_at = now(), change_no = n.change_no
    from unnest(${ids}::uuid[], ${ids.map((_id, index) => first + index)}::bigint[]) n(card_id, change_no)
    where c.workspace_id = ${workspaceId} and c.card_id = n.card_id`.execute(tx);
  for (const [exposure, group] of Map.groupBy(rows, (row) => row.exposure)) {
    const same = group.map((row) => row.card_id);
    await setHanging(tx, workspaceId, same, 'exposure', exposure);
  }
  return rows.map((row, index) => ({ ...row, change_no: first + index }));
}

/** A removal whose cards wait for the member's word. */
export interface HeldRemoval {
  removalId: string;
  device: string;
  book: string;
  count: number;
  heldAt: Date;
}

/** The member's own, as far as there are cards left to decide about. In their transaction. */
export async function listHeldRemovals(tx: Tx, { workspaceId, memberId }: Actor): Promise<HeldRemoval[]> {
  const { rows } = await sql<HeldRemoval>`
    select r.removal_id as "removalId", s.name as device, b.name as book, r.held_at as "heldAt", held.count
    from cards.device_removal r
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = r.source_id
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = r.book_no
    cross join lateral (select count(*) as count from cards.card c
      where c.workspace_id = ${workspaceId} and c.removal_id = r.removal_id and c.held_at is not null) held
    where r.workspace_id = ${workspaceId} and r.member_id = ${memberId} and r.held_at is not null and r.decided_at is null
      and held.count > 0
    order by r.held_at`.execute(tx);
  return rows;
}

/** Cards that are held, by their book. */
export interface HeldCards {
  bookId: string;
  bookNo: number;
  cardIds: string[];
}

/**
 * Takes the decision about a removal of the member's, and with it what is held of it in books that they hold or look after still; the books'
 * rows are locked. As the keeper. @returns null when there is no such removal, or it has been decided
 */
export async function takeDecision(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  removalId: string,
): Promise<{ sourceId: string; held: HeldCards[] } | null> {
  const decided = await sql<{ source_id: string }>`
    update cards.device_removal set decided_at = now()
    where workspace_id = ${workspaceId} and removal_id = ${removalId} and member_id = ${memberId} and held_at is not null
      and decided_at is null
    returning source_id`.execute(tx);
  if (!decided.rows[0]) return null;
  const books = await sql<{ book_id: string; book_no: number }>`
    select b.book_id, b.book_no from delegation.book b
    where b.workspace_id = ${workspaceId} and b.book_no in (select c.book_no from cards.card c
        where c.workspace_id = ${workspaceId} and c.removal_id = ${removalId} and c.held_at is not null)
      and (b.holder_id = ${memberId} or (b.holder_id is null and exists (select from delegation.steward s
        where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${memberId})))
    order by b.book_no for update`.execute(tx);
  const cards = await sql<{ card_id: string; book_no: number }>`
    select card_id, book_no from cards.card
    where workspace_id = ${workspaceId} and removal_id = ${removalId} and held_at is not null and exposure < 2
    order by card_id for update`.execute(tx);
  const byBook = Map.groupBy(cards.rows, (row) => row.book_no);
  const held = books.rows.map(({ book_id, book_no }) => ({
    bookId: book_id,
    bookNo: book_no,
    cardIds: (byBook.get(book_no) ?? []).map((row) => row.card_id),
  }));
  return { sourceId: decided.rows[0].source_id, held };
}

/** Puts held cards on the devices again; where a name was taken meanwhile, the card goes on under its id. */
export async function putOnDevices(tx: Tx, workspaceId: string, { bookId, bookNo, cardIds }: HeldCards): Promise<void> {
  const first = await takeChangeNos(tx, workspaceId, bookId, cardIds.length);
  await sql`update cards.card c set held_at = null, removal_id = null, change_no = n.change_no,
      resource_name = case when exists (select from cards.card o
        where o.workspace_id = ${workspaceId} and o.book_no = ${bookNo} and o.exposure < 2 and o.held_at is null
          and o.resource_name is not null and (o.resource_name = c.resource_name or o.uid = c.uid)) then null else c.resource_name end
    from unnest(${cardIds}::uuid[], ${cardIds.map((_id, index) => first + index)}::bigint[]) n(card_id, change_no)
    where c.workspace_id = ${workspaceId} and c.card_id = n.card_id`.execute(tx);
  // A whole book that was taken off them is back as well.
  await sql`update delegation.book set on_devices = true where workspace_id = ${workspaceId} and book_id = ${bookId}`.execute(
    tx,
  );
}

/** Of cards that go for good, nothing is held any more. */
export async function endHolding(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  await sql`update cards.card set held_at = null where workspace_id = ${workspaceId} and card_id = any(${cardIds})`.execute(
    tx,
  );
}
