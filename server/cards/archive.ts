import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { DeadReason } from './contract.ts';
import { announce, type Editing } from './editing.ts';
import { listOwnBooks } from './queries.ts';
import { dropEntries, type Exposure, exposures, setHanging, takeChangeNos } from './rows.ts';
import { announceGone, tellReaders } from './visibility.ts';

const [lendable, removed, archived] = [exposures.lendable, exposures.removed, exposures.archived].map(sql.lit);

export interface DeadCard {
  card_id: string;
  reasons: DeadReason[];
  quiet_since: Date;
}

export interface DeadFilter {
  /** Nothing new was seen for so many months. */
  months: number;
  reason?: DeadReason | undefined;
  /** Only among these. */
  cardIds?: readonly string[];
}

/** A value that a message, a call or a letter can be sent to; a page of one's own can be written through. `dead` is a CTE. */
const usable = (field: string) =>
  sql.raw(`(${field}.kind = 'url' or ${field}.kind = 'address' and (${field}.value ? 'street' or ${field}.value ? 'postcode')
    or ${field}.kind in ('email', 'phone') and ${field}.contact_point_id is not null
      and ${field}.contact_point_id not in (select contact_point_id from dead))`);

/** How registers and spreadsheets say that a company is no more: INSEE's one letter, a word, or a date. */
const saysClosed = (field: string) =>
  sql.raw(`(${field}.kind = 'extra' and (
    ${field}.value->>'name' ~* '[ée]tat ?administratif' and ${field}.value->>'value' ~* '^\\s*[CF]\\s*$'
    or ${field}.value->>'name' ~* '^\\s*([ée]tat|statut|status|state|situation)'
      and ${field}.value->>'value' ~* '^\\s*(cess|ferm[ée]|radi[ée]|liquid|dissou|dissol|closed|ceased|defunct|struck off)'
    or ${field}.value->>'name' ~* '^\\s*(date ?(de ?)?(fermeture|radiation|cessation|liquidation)|clos(ing|ed|ure) ?(date|on)?)\\s*$'
      and ${field}.value->>'value' ~ '\\d'))`);

/** Whether a card joined to the card `c` can be reached. */
const reachedThroughOthers = (workspaceId: string) => sql`exists (
  select from cards.card_field o where o.workspace_id = ${workspaceId} and ${usable('o')} and o.card_id in (
    select l.card_b from cards.link l where l.workspace_id = ${workspaceId} and l.card_a = c.card_id
    union all select l.card_a from cards.link l where l.workspace_id = ${workspaceId} and l.card_b = c.card_id))`;

/**
 * Cards that the viewer holds and that look dead, by rules that a person can check:
 * - `ended`: vanished at its source;
 * - `empty`: neither e-mail nor number, and nothing else to reach them by;
 * - `unreachable`: all e-mails and numbers are badly written or out of service;
 * - `closed`: the organisation, or the one a person belongs to, has closed.
 * Of all, nothing new for some months. What a card joined to it can be reached by counts for it too.
 */
export async function findDead(
  tx: Tx,
  actor: Actor,
  { months, reason, cardIds }: DeadFilter,
  after: string | null,
  limit: number,
): Promise<DeadCard[]> {
  const { workspaceId } = actor;
  const bookNos = (await listOwnBooks(tx, actor)).map((book) => book.book_no);
  const { rows } = await sql<DeadCard>`
    with dead as materialized (
      select contact_point_id from cards.contact_point where workspace_id = ${workspaceId} and health = 'dead'
    ), closed as materialized (
      select distinct lower(coalesce(n.value->>'name', n.value->>'full')) as name
      from cards.card o
      join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = o.card_id and ${saysClosed('f')}
      join cards.card_field n on n.workspace_id = ${workspaceId} and n.card_id = o.card_id and n.kind in ('organization', 'name')
      where o.workspace_id = ${workspaceId} and o.kind = 'organization'
        and coalesce(n.value->>'name', n.value->>'full') is not null
    )
    select c.card_id, q.since as quiet_since, r.reasons
    from cards.card c
    -- Each card's values once: asked one by one, 50,000 cards took seven seconds.
    cross join lateral (
      select coalesce(bool_or(f.kind in ('email', 'phone') and f.value <> '{}'), false) as addressed,
        coalesce(bool_or(${usable('f')}), false) as reachable,
        coalesce(bool_or(f.kind = 'extra' and c.kind = 'organization' and ${saysClosed('f')}
          or f.kind = 'organization' and lower(f.value->>'name') in (select name from closed)), false) as closed,
        max(f.seen_at) filter (where f.author_id is not null) as written_at
      from cards.card_field f where f.workspace_id = ${workspaceId} and f.card_id = c.card_id) s
    cross join lateral (select case when c.ended_at is null and s.reachable and not s.closed then null else array_remove(array[
      case when c.ended_at is not null then 'ended' end,
      case when not s.reachable and not ${reachedThroughOthers(workspaceId)} then
        case when s.addressed then 'unreachable' else 'empty' end end,
      case when s.closed then 'closed' end], null) end as reasons) r
    cross join lateral (select greatest(c.seen_at, c.ended_at, c.kept_at, s.written_at, case when cardinality(r.reasons) > 0 then
      (select max(n.created_at) from cards.note n where n.workspace_id = ${workspaceId} and n.card_id = c.card_id) end) as since) q
    where c.workspace_id = ${workspaceId} and c.book_no = any(${bookNos}) and c.exposure < ${removed}
      and greatest(c.seen_at, c.ended_at, c.kept_at) < now() - make_interval(months => ${months})
      and q.since < now() - make_interval(months => ${months})
      and (${reason ?? null}::text = any(r.reasons) or ${reason ?? null}::text is null and cardinality(r.reasons) > 0)
      and (${cardIds ?? null}::uuid[] is null or c.card_id = any(${cardIds ?? null}::uuid[]))
      and (${after}::uuid is null or c.card_id > ${after}::uuid)
    order by c.card_id limit ${limit}`.execute(tx);
  return rows;
}

export interface ArchivedCard {
  card_id: string;
  archived_for: DeadReason[];
  archived_at: Date;
  /** `archived_at` in microseconds: a Date holds milliseconds only. */
  cursor: string;
}

/**
 * Lets the rest of a work see what is out of sight (removed and archived cards), and only that work: what one holds, by row
 * security.
 */
export async function withHidden<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`set local app.restoring = 'on'`.execute(tx);
  const result = await work();
  await sql`set local app.restoring = ''`.execute(tx);
  return result;
}

/** The archived cards that the viewer holds, the last ones first; to be asked `withHidden`. */
export async function listArchived(
  tx: Tx,
  actor: Actor,
  after: { at: string; id: string } | null,
  limit: number,
): Promise<ArchivedCard[]> {
  const bookNos = (await listOwnBooks(tx, actor)).map((book) => book.book_no);
  const { rows } = await sql<ArchivedCard>`
    select card_id, archived_for, archived_at, to_json(archived_at) #>> '{}' as cursor from cards.card
    where workspace_id = ${actor.workspaceId} and book_no = any(${bookNos}) and exposure = ${archived}
      and (${after === null} or (archived_at, card_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by archived_at desc, card_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** How many cards of the viewer's are archived; to be asked `withHidden`. */
export async function countArchived(tx: Tx, actor: Actor): Promise<number> {
  const bookNos = (await listOwnBooks(tx, actor)).map((book) => book.book_no);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from cards.card
    where workspace_id = ${actor.workspaceId} and book_no = any(${bookNos}) and exposure = ${archived}`.execute(tx);
  return rows[0]!.count;
}

interface Taken {
  card_id: string;
  book_no: number;
  exposure: number;
  exposure_before: Exposure | null;
  change_no: number;
}

/**
 * Takes hold of cards of the actor's for a change: a change number each, and the locks in the order book, card, as imports and
 * matching do. @throws AppError not_found when one of them is not the actor's, or not in or out of the archive as asked
 */
async function take({ tx, actor }: Editing, cardIds: readonly string[], inArchive: boolean): Promise<Taken[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ card_id: string; book_id: string }>`
    select c.card_id, b.book_id from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}) and delegation.reach_of(c.book_no) < 0
    order by b.book_id, c.card_id`.execute(tx);
  if (rows.length < new Set(cardIds).size) throw notFound();
  const changeNos = new Map<string, number>();
  for (const [bookId, group] of Map.groupBy(rows, (row) => row.book_id)) {
    const first = await takeChangeNos(tx, workspaceId, bookId, group.length);
    group.forEach((row, index) => {
      changeNos.set(row.card_id, first + index);
    });
  }
  const { rows: locked } = await sql<Omit<Taken, 'change_no'>>`
    select card_id, book_no, exposure, exposure_before from cards.card
    where workspace_id = ${workspaceId} and card_id = any(${cardIds})
      and exposure = any(${inArchive ? [exposures.archived] : [exposures.lendable, exposures.withheld]})
    order by card_id for update`.execute(tx);
  if (locked.length < new Set(cardIds).size) throw notFound();
  return locked.map((card) => ({ ...card, change_no: changeNos.get(card.card_id)! }));
}

async function addChanges({ tx, actor }: Editing, cards: readonly Taken[], kind: string): Promise<void> {
  await tx
    .insertInto('cards.card_change')
    .values(
      cards.map((card) => ({
        workspace_id: actor.workspaceId,
        card_id: card.card_id,
        change_id: newId(),
        change_no: card.change_no,
        book_no: card.book_no,
        exposure: card.exposure,
        kind,
        member_id: actor.memberId,
      })),
    )
    .execute();
}

/** Cards joined to these, which go on without them: where the address of a person leads whose card is archived. */
async function listJoined({ tx, actor }: Editing, cardIds: readonly string[]) {
  const { rows } = await sql<{ card_id: string; other: string }>`
    select card_a as card_id, card_b as other from cards.link
    where workspace_id = ${actor.workspaceId} and card_a = any(${cardIds}) and card_b <> all(${cardIds})
    union all
    select card_b, card_a from cards.link
    where workspace_id = ${actor.workspaceId} and card_b = any(${cardIds}) and card_a <> all(${cardIds})
    order by 1, 2`.execute(tx);
  return rows;
}

/**
 * Archives cards of the actor's: nobody sees them any more, nothing is lost, and they come back when their source changes them or
 * the actor says so.
 *
 * @param reasons by card, why it looks dead; none: by hand
 * @throws AppError not_found when one of them is not the actor's, or not in sight
 */
export async function archiveCards(
  editing: Editing,
  cardIds: readonly string[],
  reasons: ReadonlyMap<string, readonly DeadReason[]>,
): Promise<void> {
  const { tx, actor } = editing;
  const cards = await take(editing, cardIds, false);
  const joined = await listJoined(editing, cardIds);
  await dropEntries(tx, actor.workspaceId, cardIds);
  await addChanges(editing, cards, 'archived');
  const redirects = [...new Map(joined.map((one) => [one.card_id, one.other]))];
  if (redirects.length > 0)
    await tx
      .insertInto('cards.person_redirect')
      .values(redirects.map(([person_id, card_id]) => ({ workspace_id: actor.workspaceId, person_id, card_id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  await withHidden(tx, async () => {
    await sql`update cards.card c set exposure = ${archived}, exposure_before = c.exposure, archived_at = now(), change_no = n.change_no,
        archived_for = string_to_array(n.reasons, ',')
      from unnest(${cards.map((card) => card.card_id)}::uuid[], ${cards.map((card) => card.change_no)}::bigint[],
        ${cards.map((card) => (reasons.get(card.card_id) ?? []).join())}::text[]) n(card_id, change_no, reasons)
      where c.workspace_id = ${actor.workspaceId} and c.card_id = n.card_id`.execute(tx);
    await setHanging(tx, actor.workspaceId, cardIds, 'exposure', exposures.archived);
  });
  await announceGone(editing, actor.workspaceId, cards);
  await announce(editing, [...new Set([...cardIds, ...joined.map((one) => one.other)])]);
}

/**
 * Brings cards of the actor's back from the archive, lendable or withheld as they were.
 * @throws AppError not_found when one of them is not the actor's, or not archived
 */
export async function unarchiveCards(editing: Editing, cardIds: readonly string[]): Promise<void> {
  const { tx, actor } = editing;
  const cards = await withHidden(tx, async () => {
    const cards = await take(editing, cardIds, true);
    await sql`update cards.card c set exposure = coalesce(c.exposure_before, ${lendable}), exposure_before = null, archived_at = null,
        archived_for = null, change_no = n.change_no
      from unnest(${cards.map((card) => card.card_id)}::uuid[], ${cards.map((card) => card.change_no)}::bigint[]) n(card_id, change_no)
      where c.workspace_id = ${actor.workspaceId} and c.card_id = n.card_id`.execute(tx);
    for (const [exposure, group] of Map.groupBy(cards, (card) => card.exposure_before ?? exposures.lendable)) {
      const ids = group.map((card) => card.card_id);
      await setHanging(tx, actor.workspaceId, ids, 'exposure', exposure);
      await addChanges(
        editing,
        group.map((card) => ({ ...card, exposure })),
        'unarchived',
      );
    }
    return cards;
  });
  await tellReaders(
    tx,
    actor.workspaceId,
    cards.map((card) => card.book_no),
  );
  await announce(editing, cardIds);
}

/**
 * Keeps cards of the actor's from looking dead for as long as if something new had been seen of them, or takes that back.
 * @throws AppError not_found when one of them is not the actor's, or not in sight
 */
export async function keepCards({ tx, actor }: Editing, cardIds: readonly string[], keep: boolean): Promise<void> {
  const { rows } = await sql`
    update cards.card set kept_at = ${keep ? new Date() : null}
    where workspace_id = ${actor.workspaceId} and card_id = any(${cardIds}) and exposure < ${removed} and delegation.reach_of(book_no) < 0
    returning card_id`.execute(tx);
  if (rows.length < new Set(cardIds).size) throw notFound();
}
