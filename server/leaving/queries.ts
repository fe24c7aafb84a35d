import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Departure } from './contract.ts';

export interface DepartureRow {
  departure_id: string;
  member_id: string;
  member: string;
  account_id: string;
  state: Departure['state'];
  origin: Departure['origin'];
  opened_at: Date;
  opened_by: string | null;
  confirmed_by_id: string | null;
  done_at: Date | null;
  successor_id: string | null;
  successor: string | null;
  lent_stays: boolean | null;
}

/** Departures, the latest first: all that row security shows, or one. */
export async function listDepartures(
  tx: Tx,
  workspaceId: string,
  only: { departureId?: string; openOf?: string } = {},
): Promise<DepartureRow[]> {
  const { rows } = await sql<DepartureRow>`
    select d.departure_id, d.member_id, coalesce(m.name, '') as member, m.account_id, d.state, d.origin, d.opened_at, o.name as opened_by,
      d.confirmed_by as confirmed_by_id, d.done_at, d.successor_id, s.name as successor, d.lent_stays
    from leaving.departure d
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = d.member_id
    left join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = d.opened_by
    left join identity.member s on s.workspace_id = ${workspaceId} and s.member_id = d.successor_id
    where d.workspace_id = ${workspaceId}
      and (${only.departureId ?? null}::uuid is null or d.departure_id = ${only.departureId ?? null}::uuid)
      and (${only.openOf ?? null}::uuid is null or d.member_id = ${only.openOf ?? null}::uuid and d.state = 'open')
    order by d.departure_id desc limit 500`.execute(tx);
  return rows;
}

/** Opens a departure, or finds the one that is open. @returns its id */
export async function openDeparture(
  tx: Tx,
  workspaceId: string,
  memberId: string,
  by: { origin: Departure['origin']; openedBy: string | null },
): Promise<string> {
  await sql`
    insert into leaving.departure (workspace_id, departure_id, member_id, origin, opened_by)
    values (${workspaceId}, ${newId()}, ${memberId}, ${by.origin}, ${by.openedBy})
    on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ departure_id: string }>`
    select departure_id from leaving.departure where workspace_id = ${workspaceId} and member_id = ${memberId}
      and state in ('open', 'leaving', 'returning')`.execute(tx);
  return rows[0]!.departure_id;
}

/** Goes from one state to the next. @returns false when it was not in that state (any more) */
export async function setState(
  tx: Tx,
  workspaceId: string,
  departureId: string,
  from: Departure['state'],
  to: Departure['state'],
): Promise<boolean> {
  const done = await tx
    .updateTable('leaving.departure')
    .set({ state: to, ...(to === 'done' ? { done_at: sql`now()` } : {}) })
    .where('workspace_id', '=', workspaceId)
    .where('departure_id', '=', departureId)
    .where('state', '=', from)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function confirm(
  tx: Tx,
  actor: Actor,
  departureId: string,
  { successorId, lentStays }: { successorId: string | undefined; lentStays: boolean },
): Promise<void> {
  await tx
    .updateTable('leaving.departure')
    .set({
      confirmed_by: actor.memberId,
      confirmed_at: sql`now()`,
      successor_id: successorId ?? null,
      lent_stays: lentStays,
    })
    .where('workspace_id', '=', actor.workspaceId)
    .where('departure_id', '=', departureId)
    .execute();
}

export interface HeldBook {
  book_id: string;
  book_no: number;
  name: string;
  main: boolean;
  /** What standing grants open of its fields, as bits; null where none lets anybody read. */
  mask: number | null;
  lendable: number;
  private: number;
}

/**
 * The books of a member with what of them is lent to others now, in numbers. What they let their own keys and programs read is lent
 * to nobody, and copies of single cards that were lent for once (introductions) end with their holder. As the keeper.
 */
export async function listHeldBooks(tx: Tx, workspaceId: string, memberId: string): Promise<HeldBook[]> {
  const { rows } = await sql<HeldBook>`
    select b.book_id, b.book_no, b.name, b.main, g.mask, coalesce(c.lendable, 0) as lendable, coalesce(c.private, 0) as private
    from delegation.book b
    left join lateral (
      select bit_or(g.field_mask & x'7ffffffe'::int) as mask from delegation.grant g
      where g.workspace_id = ${workspaceId} and g.book_id = b.book_id and g.reads and b.once_for is null
        and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
        and not exists (select from identity.app a where a.workspace_id = ${workspaceId} and a.app_id = g.grantee_id
          and a.member_id = ${memberId})) g on true
    left join lateral (
      select count(*) filter (where c.exposure = 0)::int as lendable, count(*) filter (where c.exposure in (1, 3))::int as private
      from cards.card c where c.workspace_id = ${workspaceId} and c.book_no = b.book_no) c on true
    where b.workspace_id = ${workspaceId} and b.holder_id = ${memberId}
    order by b.main desc, b.book_no`.execute(tx);
  return rows;
}

/** Books of the workspace whose only steward is this member. */
export async function listOrphaned(tx: Tx, workspaceId: string, memberId: string) {
  const { rows } = await sql<{ id: string; name: string }>`
    select b.book_id as id, b.name from delegation.book b
    join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${memberId}
    where b.workspace_id = ${workspaceId} and b.holder_id is null and not exists (
      select from delegation.steward o where o.workspace_id = ${workspaceId} and o.book_id = b.book_id and o.member_id <> ${memberId})
    order by b.name collate "fr-x-icu"`.execute(tx);
  return rows;
}

export interface HandledBook {
  book_id: string;
  book_no: number;
  stays: boolean;
  name: string;
  main: boolean;
  kept_book_id: string | null;
  kept_book_no: number | null;
  cards_stay: number;
  cards_go: number;
}

/** What a departure has done with books so far. */
export async function listHandled(tx: Tx, workspaceId: string, departureId: string): Promise<HandledBook[]> {
  const { rows } = await sql<HandledBook>`
    select d.book_id, b.book_no, d.stays, d.name, d.main, d.kept_book_id, k.book_no as kept_book_no, d.cards_stay, d.cards_go
    from leaving.departure_book d
    left join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = d.book_id
    left join delegation.book k on k.workspace_id = ${workspaceId} and k.book_id = d.kept_book_id
    where d.workspace_id = ${workspaceId} and d.departure_id = ${departureId} order by d.book_id`.execute(tx);
  return rows;
}

export async function addHandled(
  tx: Tx,
  workspaceId: string,
  departureId: string,
  book: Omit<HandledBook, 'book_no' | 'kept_book_no'>,
): Promise<void> {
  await tx
    .insertInto('leaving.departure_book')
    .values({ workspace_id: workspaceId, departure_id: departureId, ...book })
    .execute();
}

/** A name that no book of the workspace has yet. */
async function freeName(tx: Tx, workspaceId: string, wanted: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from delegation.book
    where workspace_id = ${workspaceId} and holder_id is null and starts_with(name, ${wanted})`.execute(tx);
  const taken = new Set(rows.map((row) => row.name));
  for (let n = 2; ; n++) {
    const name = taken.has(wanted) ? `${wanted} ${n}` : wanted;
    if (!taken.has(name)) return name;
  }
}

/** Makes a member's book the workspace's, looked after by a steward, and gives the member an own one of its name. */
export async function handOver(
  tx: Tx,
  workspaceId: string,
  book: HeldBook,
  to: { member: { id: string; name: string }; stewardId: string; keptNo: number },
): Promise<{ book_id: string; book_no: number }> {
  const name = await freeName(tx, workspaceId, `${book.name} (${to.member.name})`.slice(0, 100));
  await sql`update delegation.book set holder_id = null, main = false, name = ${name}
    where workspace_id = ${workspaceId} and book_id = ${book.book_id}`.execute(tx);
  await addSteward(tx, workspaceId, book.book_id, to.stewardId);
  const kept = { book_id: newId(), book_no: to.keptNo };
  await tx
    .insertInto('delegation.book')
    .values({ workspace_id: workspaceId, ...kept, holder_id: to.member.id, name: book.name, main: book.main })
    .execute();
  return kept;
}

export async function addSteward(tx: Tx, workspaceId: string, bookId: string, memberId: string): Promise<void> {
  await sql`insert into delegation.steward (workspace_id, book_id, member_id) values (${workspaceId}, ${bookId}, ${memberId})
    on conflict do nothing`.execute(tx);
}

/** The reverse of `handOver`. The kept book must be empty. */
export async function takeOver(tx: Tx, workspaceId: string, memberId: string, book: HandledBook): Promise<void> {
  await sql`delete from delegation.book where workspace_id = ${workspaceId} and book_id = ${book.kept_book_id}`.execute(
    tx,
  );
  await sql`delete from delegation.steward where workspace_id = ${workspaceId} and book_id = ${book.book_id}`.execute(
    tx,
  );
  await sql`update delegation.book set holder_id = ${memberId}, main = ${book.main}, name = ${book.name}
    where workspace_id = ${workspaceId} and book_id = ${book.book_id}`.execute(tx);
}

/** Forgets that a book was handled: it is again as before. */
export async function deleteHandled(tx: Tx, workspaceId: string, departureId: string, bookId: string): Promise<void> {
  await tx
    .deleteFrom('leaving.departure_book')
    .where('workspace_id', '=', workspaceId)
    .where('departure_id', '=', departureId)
    .where('book_id', '=', bookId)
    .execute();
}
