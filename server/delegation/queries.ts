import { type RawBuilder, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Book } from './contract.ts';
import { tellFollowers } from './copies.ts';

/** A book that the actor holds or looks after, without what stands in it: cards are counted at a microsecond each. */
export async function findOwnBook(
  tx: Tx,
  actor: Actor,
  bookId: string,
): Promise<{ id: string; no: number } | undefined> {
  return tx
    .selectFrom('delegation.book')
    .select(['book_id as id', 'book_no as no'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('book_id', '=', bookId)
    .where(sql<boolean>`strpos(current_setting('app.own_books', true), book_id::text) > 0`)
    .executeTakeFirst();
}

/** Books the viewer may see: their own, and those that grants open. Row security decides; counts only of own ones. */
export async function listBooks(tx: Tx, actor: Actor): Promise<(Book & { no: number })[]> {
  const books = await tx
    .selectFrom('delegation.book as b')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'b.holder_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .select(['b.book_id', 'b.book_no', 'b.holder_id', 'b.name', 'b.main', 'b.lists_due_at', 'm.name as holder'])
    .where('b.workspace_id', '=', actor.workspaceId)
    .orderBy(sql`b.holder_id is distinct from ${actor.memberId}`)
    .orderBy('b.main', 'desc')
    .orderBy(sql`b.name collate "fr-x-icu"`)
    .execute();
  const stewards = await tx
    .selectFrom('delegation.steward as s')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 's.member_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .select(['s.book_id', 'm.member_id', 'm.name'])
    .where('s.workspace_id', '=', actor.workspaceId)
    .execute();
  const byBook = Map.groupBy(stewards, (row) => row.book_id);
  const isMine = (book: (typeof books)[number]) =>
    book.holder_id === actor.memberId ||
    (byBook.get(book.book_id) ?? []).some((row) => row.member_id === actor.memberId);
  const mine = books.filter(isMine);
  const counts = await countCards(
    tx,
    actor,
    mine.map((book) => book.book_no),
  );
  return books.map((book) => ({
    id: book.book_id,
    no: book.book_no,
    name: book.name,
    main: book.main,
    holder: book.holder_id
      ? { kind: 'member', memberId: book.holder_id, name: book.holder ?? '' }
      : {
          kind: 'workspace',
          stewards: (byBook.get(book.book_id) ?? []).map((row) => ({ id: row.member_id, name: row.name })),
        },
    mine: isMine(book),
    cards: isMine(book) ? (counts.get(book.book_no)?.cards ?? 0) : null,
    organizations: isMine(book) ? (counts.get(book.book_no)?.organizations ?? 0) : null,
    following: book.lists_due_at !== null,
  }));
}

interface Counted {
  cards: number;
  organizations: number;
}

async function countCards(tx: Tx, actor: Actor, bookNos: readonly number[]): Promise<Map<number, Counted>> {
  const { rows } = await sql<Counted & { book_no: number }>`
    select book_no, count(*)::int as cards, count(*) filter (where kind = 'organization')::int as organizations from cards.card
    where workspace_id = ${actor.workspaceId} and book_no = any(${bookNos}) group by book_no`.execute(tx);
  return new Map(rows.map((row) => [row.book_no, row]));
}

/**
 * Writes down what the standing grants of a book open to whom (`delegation.reach`). To be called in the transaction of every
 * change of its grants, after it; the book must have been locked before, so that two changes do not count out each other's past.
 */
export async function refreshReach(tx: Tx, workspaceId: string, bookId: string): Promise<void> {
  const { rows } = await sql<{ audience_id: string; book_no: number; mask: number }>`
    select g.grantee_id as audience_id, b.book_no, coalesce(bit_or((g.field_mask & x'7ffffffe'::int) | 1) filter (
      where g.reads and g.ends_at is null and g.starts_at <= g.created_at), 0) as mask
    from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    where g.workspace_id = ${workspaceId} and g.book_id = ${bookId}
    group by g.grantee_id, b.book_no
    order by g.grantee_id`.execute(tx);
  for (const { audience_id, book_no, mask } of rows) {
    const at = (book_no & 63) * 32;
    await sql`
      insert into delegation.reach as r (workspace_id, audience_id, chunk_no, bits)
      values (${workspaceId}, ${audience_id}, ${book_no >> 6}, delegation.bits_of(${mask})::bit(2048) >> ${at})
      on conflict on constraint reach_pk do update
      set bits = overlay(r.bits placing delegation.bits_of(${mask}) from ${at + 1})`.execute(tx);
  }
  await tellFollowers(tx, workspaceId, bookId);
}

/**
 * Whom it concerns that a book opens something else now: those who look after it, and whoever a grant of it names, or named
 * a minute ago.
 */
export async function findConcerned(tx: Tx, workspaceId: string, bookNo: number): Promise<string[] | 'all'> {
  const { rows } = await sql<{ member_id: string; everybody: boolean }>`
    with b as (select book_id, holder_id from delegation.book where workspace_id = ${workspaceId} and book_no = ${bookNo})
    select holder_id as member_id, false as everybody from b where holder_id is not null
    union
    select s.member_id, false from b
    join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id
    union
    select coalesce(t.member_id, g.grantee_id), g.grantee_kind = 'workspace' from b
    join delegation.grant g on g.workspace_id = ${workspaceId} and g.book_id = b.book_id
      and (g.ends_at is null or g.ends_at > now() - interval '1 minute')
    left join identity.team_member t on t.workspace_id = ${workspaceId} and g.grantee_kind in ('team', 'process')
      and t.team_id = g.grantee_id`.execute(tx);
  return rows.some(({ everybody }) => everybody) ? 'all' : rows.map(({ member_id }) => member_id);
}

/** Who looks after these books. */
export async function findHolders(tx: Tx, workspaceId: string, bookNos: readonly number[]): Promise<string[]> {
  const { rows } = await holdersOf(workspaceId, sql`any(${bookNos})`).execute(tx);
  return rows.map(({ member_id }) => member_id);
}

/** The query of `findHolders`. @param bookNos what stands right of `book_no =` */
export const holdersOf = (workspaceId: string, bookNos: RawBuilder<unknown>) => sql<{ member_id: string }>`
  select distinct coalesce(b.holder_id, s.member_id) as member_id from delegation.book b
  left join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id
  where b.workspace_id = ${workspaceId} and b.book_no = ${bookNos} and coalesce(b.holder_id, s.member_id) is not null`;

/** Says that the lists of those a book is lent to have yet to follow its grants. */
export async function setListsDue(tx: Tx, workspaceId: string, bookNo: number): Promise<void> {
  await tx
    .updateTable('delegation.book')
    .set({ lists_due_at: sql`clock_timestamp()` })
    .where('workspace_id', '=', workspaceId)
    .where('book_no', '=', bookNo)
    .execute();
}

export async function findListsDue(tx: Tx, workspaceId: string, bookNo: number): Promise<string | null> {
  const { rows } = await sql<{ due: string | null }>`
    select to_json(lists_due_at) #>> '{}' as due from delegation.book
    where workspace_id = ${workspaceId} and book_no = ${bookNo}`.execute(tx);
  return rows[0]?.due ?? null;
}

/** Says that they have followed, unless its grants have changed again since `due`. */
export async function settleListsDue(tx: Tx, workspaceId: string, bookNo: number, due: string): Promise<void> {
  await sql`update delegation.book set lists_due_at = null
    where workspace_id = ${workspaceId} and book_no = ${bookNo} and lists_due_at = ${due}::timestamptz`.execute(tx);
}

/**
 * Deletes a book in which nothing stands, with its grants, as the keeper; the caller has made sure that it is the member's.
 * @returns false for the main one, and while a card (out of sight included) or an import under way belongs to it
 */
export async function deleteEmptyBook(tx: Tx, { workspaceId, memberId }: Actor, bookId: string): Promise<boolean> {
  // Whoever writes a card takes a change number, which locks the book as this does.
  const { rows } = await sql<{ book_no: number }>`select b.book_no from delegation.book b
    where b.workspace_id = ${workspaceId} and b.book_id = ${bookId} and not b.main
      and (b.holder_id = ${memberId} or b.holder_id is null and exists (select from delegation.steward s
        where s.workspace_id = ${workspaceId} and s.book_id = ${bookId} and s.member_id = ${memberId}))
    for update of b`.execute(tx);
  const bookNo = rows[0]?.book_no;
  if (bookNo === undefined) return false;
  const used = await sql`
    select from cards.card where workspace_id = ${workspaceId} and book_no = ${bookNo}
    union all
    select from sources.import where workspace_id = ${workspaceId} and book_id = ${bookId}
      and state in ('uploading', 'analysing', 'ready', 'queued', 'running', 'undoing')
    limit 1`.execute(tx);
  if (used.rows.length > 0) return false;
  // Ended before it is deleted, so that what its grants opened is closed.
  await sql`update delegation.grant set ends_at = now()
    where workspace_id = ${workspaceId} and book_id = ${bookId} and (ends_at is null or ends_at > now())`.execute(tx);
  await refreshReach(tx, workspaceId, bookId);
  await tx
    .deleteFrom('delegation.book')
    .where('workspace_id', '=', workspaceId)
    .where('book_id', '=', bookId)
    .execute();
  return true;
}

export async function addBook(
  tx: Tx,
  actor: Actor,
  book: { bookNo: number; name: string; holderId: string | null; resourceName?: string },
): Promise<string> {
  const bookId = newId();
  await tx
    .insertInto('delegation.book')
    .values({
      workspace_id: actor.workspaceId,
      book_id: bookId,
      book_no: book.bookNo,
      holder_id: book.holderId,
      name: book.name,
      resource_name: book.resourceName ?? null,
    })
    .execute();
  return bookId;
}

export async function renameBook(tx: Tx, actor: Actor, bookId: string, name: string): Promise<void> {
  await tx
    .updateTable('delegation.book')
    .set({ name })
    .where('workspace_id', '=', actor.workspaceId)
    .where('book_id', '=', bookId)
    .execute();
}

export async function addStewards(
  tx: Tx,
  workspaceId: string,
  bookId: string,
  memberIds: readonly string[],
): Promise<void> {
  for (const memberId of memberIds) {
    await tx
      .insertInto('delegation.steward')
      .values({ workspace_id: workspaceId, book_id: bookId, member_id: memberId })
      .execute();
  }
}

/** Member → name. */
export async function nameMembers(tx: Tx, workspaceId: string): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('identity.member')
    .select(['member_id', 'name'])
    .where('workspace_id', '=', workspaceId)
    .execute();
  return new Map(rows.map((row) => [row.member_id, row.name]));
}

/** The numbers of the books that are lent, or were, to any of these. */
export async function listBooksLentTo(tx: Tx, workspaceId: string, granteeIds: readonly string[]): Promise<number[]> {
  const { rows } = await sql<{ book_no: number }>`
    select distinct b.book_no from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    where g.workspace_id = ${workspaceId} and g.grantee_id = any(${granteeIds})`.execute(tx);
  return rows.map((row) => row.book_no);
}
