import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Book, Sharing } from './contract.ts';

/** Books the viewer may see: their own, and those that grants open. Row security decides; sharing and counts only of own ones. */
export async function listBooks(tx: Tx, actor: Actor): Promise<(Book & { no: number })[]> {
  const books = await tx
    .selectFrom('delegation.book as b')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'b.holder_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .select(['b.book_id', 'b.book_no', 'b.holder_id', 'b.name', 'b.main', 'm.name as holder'])
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
  const sharing = await listSharing(
    tx,
    actor,
    mine.map((book) => book.book_id),
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
    cards: isMine(book) ? (counts.get(book.book_no) ?? 0) : null,
    sharing: sharing.get(book.book_id) ?? [],
  }));
}

async function countCards(tx: Tx, actor: Actor, bookNos: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ book_no: number; count: number }>`
    select book_no, count(*)::int as count from cards.card
    where workspace_id = ${actor.workspaceId} and book_no = any(${bookNos}) group by book_no`.execute(tx);
  return new Map(rows.map((row) => [row.book_no, row.count]));
}

const activeGrant = sql<boolean>`g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())`;

async function listSharing(tx: Tx, actor: Actor, bookIds: readonly string[]): Promise<Map<string, Sharing[]>> {
  const rows = await tx
    .selectFrom('delegation.grant as g')
    .leftJoin('identity.team as t', (join) =>
      join.onRef('t.team_id', '=', 'g.grantee_id').on('t.workspace_id', '=', actor.workspaceId),
    )
    .select(['g.book_id', 'g.grantee_kind', 'g.grantee_id', 'g.acts', 't.name'])
    .where('g.workspace_id', '=', actor.workspaceId)
    .where(sql<boolean>`g.book_id = any(${bookIds})`)
    .where(activeGrant)
    .orderBy('g.created_at')
    .execute();
  const result = new Map<string, Sharing[]>();
  for (const row of rows) {
    const grantee: Sharing['grantee'] =
      row.grantee_kind === 'team'
        ? { kind: 'team', teamId: row.grantee_id, name: row.name ?? '' }
        : { kind: 'workspace' };
    const list = result.get(row.book_id) ?? [];
    list.push({ grantee, level: row.acts.includes('read') ? 'read' : 'discover' });
    result.set(row.book_id, list);
  }
  return result;
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
}

/** Ends the grants of a book that are not wanted any more and makes those that are missing. A change is an end and a new version. */
export async function replaceSharing(tx: Tx, actor: Actor, bookId: string, wanted: readonly Sharing[]): Promise<void> {
  await sql`select from delegation.book where workspace_id = ${actor.workspaceId} and book_id = ${bookId} for update`.execute(
    tx,
  );
  const granteeOf = (sharing: Sharing) =>
    sharing.grantee.kind === 'team' ? sharing.grantee.teamId : actor.workspaceId;
  const acts = (sharing: Sharing) => (sharing.level === 'read' ? ['discover', 'read'] : ['discover']);
  const active = await tx
    .selectFrom('delegation.grant as g')
    .select(['g.grant_id', 'g.version', 'g.grantee_id', 'g.acts'])
    .where('g.workspace_id', '=', actor.workspaceId)
    .where('g.book_id', '=', bookId)
    .where(activeGrant)
    .execute();
  const kept = new Set<string>();
  for (const grant of active) {
    const same = wanted.find(
      (sharing) => granteeOf(sharing) === grant.grantee_id && acts(sharing).join() === grant.acts.join(),
    );
    if (same) {
      kept.add(grant.grantee_id);
      continue;
    }
    await tx
      .updateTable('delegation.grant')
      .set({ ends_at: sql`now()`, ended_by: actor.memberId })
      .where('workspace_id', '=', actor.workspaceId)
      .where('grant_id', '=', grant.grant_id)
      .where('version', '=', grant.version)
      .execute();
  }
  for (const sharing of wanted) {
    if (kept.has(granteeOf(sharing))) continue;
    const previous = active.find((grant) => grant.grantee_id === granteeOf(sharing));
    await tx
      .insertInto('delegation.grant')
      .values({
        workspace_id: actor.workspaceId,
        grant_id: previous?.grant_id ?? newId(),
        version: (previous?.version ?? 0) + 1,
        book_id: bookId,
        grantee_kind: sharing.grantee.kind,
        grantee_id: granteeOf(sharing),
        acts: acts(sharing),
        created_by: actor.memberId,
      })
      .execute();
  }
  await refreshReach(tx, actor.workspaceId, bookId);
}

export async function addBook(
  tx: Tx,
  actor: Actor,
  book: { bookNo: number; name: string; holderId: string | null },
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
