import { type SqlBool, sql } from 'kysely';
import type { z } from 'zod';
import type { UsedCard } from '../delegation/ledger.ts';
import { fold } from '../formats/normalise/fold.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { searchTerms, type VisibleCard } from './compose.ts';
import type { Entry, FieldKind, filter, sort } from './contract.ts';
import { isTaken } from './fields.ts';
import { freshnessOf, spanOf } from './freshness.ts';

export type EntryFilter = Partial<{ [Key in keyof typeof filter]: z.output<(typeof filter)[Key]> }>;
export type EntrySort = z.output<typeof sort>;

interface EntryRow {
  person_id: string;
  cluster_id: string;
  kind: 'person' | 'organization';
  name: string;
  sort_name: string;
  sort_organization: string | null;
  organization: string | null;
  title: string | null;
  email: string | null;
  phone: string | null;
  city: string | null;
  photo: string | null;
  card_count: number;
  seen_at: Date;
  book_nos: number[];
  source_ids: string[];
}

/** The filter in the terms of `find_entries`, or null when it asks for a book or source that does not exist for the viewer. */
async function toFilters(tx: Tx, actor: Actor, filter: EntryFilter): Promise<Record<string, unknown> | null> {
  const filters: Record<string, unknown> = filter.freshness ? spanOf(filter.freshness) : {};
  if (filter.kind) filters.kind = filter.kind;
  if (filter.organization) filters.sortOrganization = fold(filter.organization).slice(0, 200);
  if (filter.sourceId) filters.sourceId = filter.sourceId;
  if (filter.toVerify) filters.toVerify = true;
  if (filter.bookId) {
    const book = await tx
      .selectFrom('delegation.book')
      .select('book_no')
      .where('workspace_id', '=', actor.workspaceId)
      .where('book_id', '=', filter.bookId)
      .executeTakeFirst();
    if (!book) return null;
    filters.bookNo = book.book_no;
  }
  return filters;
}

export interface EntryCursor {
  key: string;
  id: string;
}

/**
 * A page of the viewer's list. Words are found by their beginning; when that finds nothing at all, the nearest spellings are
 * given (trigram similarity).
 */
export async function findEntries(
  tx: Tx,
  actor: Actor,
  filter: EntryFilter,
  order: EntrySort,
  after: EntryCursor | null,
  limit: number,
): Promise<EntryRow[]> {
  const filters = await toFilters(tx, actor, filter);
  if (!filters) return [];
  const terms = searchTerms(filter.q ?? '');
  const search = async (parts: string[], fuzzy: string[] | null) =>
    (
      await sql<EntryRow>`select * from cards.find_entries(${parts}, ${fuzzy}, ${JSON.stringify(filters)}::jsonb, ${order}, ${after?.key ?? null}, ${after?.id ?? null}, ${limit})`.execute(
        tx,
      )
    ).rows;
  if (asksNothing(filter.q)) return [];
  const exact = await search(terms, null);
  const guess = guessable(terms);
  return exact.length > 0 || after || !guess ? exact : search([], guess);
}

/** Signs only ("%"): no words that could be found. */
const asksNothing = (q: string | undefined): boolean => Boolean(q) && !/[\p{L}\p{N}]/u.test(q!);

/** The words to look for in the nearest spellings, or null when they are too short, or numbers. */
function guessable(terms: readonly string[]): string[] | null {
  const words = terms.map((term) => term.trim());
  return words.every((word) => word.length < 4 || /^\d+$/.test(word)) ? null : words;
}

export function describeEntry(row: EntryRow): Entry {
  return {
    id: row.person_id,
    kind: row.kind,
    name: row.name,
    organization: row.organization,
    title: row.title,
    email: row.email,
    phone: row.phone,
    city: row.city,
    photo: row.photo,
    cards: row.card_count,
    seenAt: row.seen_at.toISOString(),
  };
}

export function cursorOf(row: EntryRow, order: EntrySort): string[] {
  const key =
    order === 'recent'
      ? row.seen_at.toISOString()
      : order === 'organization'
        ? (row.sort_organization ?? '')
        : row.sort_name;
  return [key, row.person_id];
}

/** The cards of the person that an id stands for, as far as the viewer may see them: the component of that card. */
export async function findPersonCards(
  tx: Tx,
  actor: Actor,
  personId: string,
): Promise<{ cardIds: string[]; links: PersonLink[] } | null> {
  const start = await findStart(tx, actor, personId);
  if (!start) return null;
  const cards = await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('cluster_id', '=', start.cluster_id)
    .execute();
  const visible = cards.map((card) => card.card_id);
  const links = await tx
    .selectFrom('cards.link')
    .select(['card_a', 'card_b', 'evidence'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`card_a = any(${visible})`)
    .execute();
  // Along visible links: what hidden cards alone would join stays apart.
  const personOf = joinPersons(links.map((link) => [link.card_a, link.card_b] as const));
  const ids = visible.filter((id) => personOf(id) === personOf(start.card_id)).sort();
  return { cardIds: ids, links };
}

/** `findPersonCards` of many; of whom the viewer sees nothing, there is nothing. */
export async function findCardsOfPersons(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
): Promise<Map<string, string[]>> {
  const { workspaceId } = actor;
  const { rows: cards } = await sql<{ card_id: string; cluster_id: string }>`
    select card_id, cluster_id from cards.card where workspace_id = ${workspaceId} and cluster_id = any(array(
      select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${personIds}::uuid[])))`.execute(
    tx,
  );
  const { rows: links } = await sql<{ card_a: string; card_b: string }>`
    select card_a, card_b from cards.link
    where workspace_id = ${workspaceId} and card_a = any(${cards.map(({ card_id }) => card_id)}::uuid[])`.execute(tx);
  const personOf = joinPersons(links.map((link) => [link.card_a, link.card_b] as const));
  const byPerson = Map.groupBy(cards, ({ card_id }) => personOf(card_id));
  const seen = new Set(cards.map(({ card_id }) => card_id));
  return new Map(
    personIds
      .filter((one) => seen.has(one))
      .map((one) => [
        one,
        byPerson
          .get(personOf(one))!
          .map(({ card_id }) => card_id)
          .sort(),
      ]),
  );
}

export interface PersonLink {
  card_a: string;
  card_b: string;
  evidence: string[];
}

async function findStart(tx: Tx, actor: Actor, personId: string) {
  const find = (id: string) =>
    tx
      .selectFrom('cards.card')
      .select(['card_id', 'cluster_id'])
      .where('workspace_id', '=', actor.workspaceId)
      .where('card_id', '=', id)
      .executeTakeFirst();
  const direct = await find(personId);
  if (direct) return direct;
  const redirect = await tx
    .selectFrom('cards.person_redirect')
    .select('card_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return redirect ? find(redirect.card_id) : undefined;
}

/** Puts cards together along links. @returns for a card the smallest id of those that it is one with, itself included */
export function joinPersons(links: readonly (readonly [string, string])[]): (cardId: string) => string {
  const root = new Map<string, string>();
  const find = (cardId: string): string => {
    let at = cardId;
    for (let next = root.get(at); next !== undefined; next = root.get(at)) at = next;
    return at;
  };
  for (const [a, b] of links) {
    const [one, other] = [find(a), find(b)].sort() as [string, string];
    if (one !== other) root.set(other, one);
  }
  return find;
}

/** In which books cards lie, for the ledger. */
export async function findUsedCards(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
): Promise<(UsedCard & { exposure: number })[]> {
  return tx
    .selectFrom('cards.card as c')
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_no', '=', 'c.book_no').on('b.workspace_id', '=', actor.workspaceId),
    )
    .select([
      'c.card_id',
      'c.book_no',
      'c.exposure',
      'b.book_id',
      sql<boolean>`strpos(current_setting('app.own_books', true), b.book_id::text) > 0`.as('mine'),
    ])
    .where('c.workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`c.card_id = any(${cardIds})`)
    .execute();
}

/** Cards with what the viewer may see of them, and of their book, holder and source. */
export async function loadCards(tx: Tx, actor: Actor, cardIds: readonly string[]) {
  const cards = await tx
    .selectFrom('cards.card as c')
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_no', '=', 'c.book_no').on('b.workspace_id', '=', actor.workspaceId),
    )
    .innerJoin('sources.source as s', (join) =>
      join.onRef('s.source_id', '=', 'c.source_id').on('s.workspace_id', '=', actor.workspaceId),
    )
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'b.holder_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .leftJoin('cards.card_original as o', (join) =>
      join.onRef('o.card_id', '=', 'c.card_id').on('o.workspace_id', '=', actor.workspaceId),
    )
    .select([
      'c.card_id',
      'c.book_no',
      'c.uid',
      'c.kind',
      'c.exposure',
      'c.exposure_before',
      'c.ended_at',
      'c.created_at',
      'c.created_by',
      'c.seen_at',
      'c.import_id',
      'b.book_id',
      'b.name as book',
      'b.holder_id',
      'm.name as holder',
      's.source_id',
      's.name as source',
      's.kind as source_kind',
      's.holder_id as source_holder_id',
      'o.media_type',
      sql<number | null>`octet_length(o.data)`.as('original_size'),
      sql<boolean>`strpos(current_setting('app.own_books', true), b.book_id::text) > 0`.as('mine'),
    ])
    .where('c.workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`c.card_id = any(${cardIds})`)
    .orderBy('c.created_at')
    .orderBy('c.card_id')
    .execute();
  const fields = await tx
    .selectFrom('cards.card_field')
    .selectAll()
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`card_id = any(${cardIds})`)
    .orderBy('card_id')
    .orderBy('no')
    .execute();
  const byCard = Map.groupBy(fields, (field) => field.card_id);
  return cards.map((card) => ({ ...card, fields: byCard.get(card.card_id) ?? [] }));
}
export type LoadedCard = Awaited<ReturnType<typeof loadCards>>[number];

/**
 * Of many cards only these kinds of fields, and nothing of their book and source: what they are called, for one, takes a quarter of the time
 * that whole cards take.
 */
export async function loadSome(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  kinds: readonly FieldKind[],
): Promise<VisibleCard[]> {
  if (cardIds.length === 0) return [];
  const cards = await tx
    .selectFrom('cards.card')
    .select(['card_id', 'book_no', 'source_id', 'kind', 'ended_at', 'seen_at'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`card_id = any(${cardIds})`)
    .execute();
  const fields = await tx
    .selectFrom('cards.card_field')
    .select(['card_id', 'no', 'kind', 'value', 'author_id', 'seen_at', 'contact_point_id'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`card_id = any(${cardIds})`)
    .where(sql<SqlBool>`kind = any(${kinds})`)
    .orderBy('card_id')
    .orderBy('no')
    .execute();
  const byCard = Map.groupBy(fields, (field) => field.card_id);
  return cards.map((card) => toVisible({ ...card, source_kind: '', fields: byCard.get(card.card_id) ?? [] }));
}

/** What a visible card is made of. */
type Composable = Pick<
  LoadedCard,
  'card_id' | 'book_no' | 'source_id' | 'source_kind' | 'kind' | 'ended_at' | 'seen_at'
> & {
  fields: Pick<LoadedCard['fields'][number], 'no' | 'kind' | 'value' | 'author_id' | 'seen_at' | 'contact_point_id'>[];
};

export function toVisible(card: Composable): VisibleCard {
  return {
    cardId: card.card_id,
    bookNo: card.book_no,
    sourceId: card.source_id,
    sourceKind: card.source_kind,
    kind: card.kind as VisibleCard['kind'],
    ended: card.ended_at !== null,
    seenAt: card.seen_at,
    fields: card.fields
      .filter((field) => !isTaken(field))
      .map((field) => ({
        no: field.no,
        kind: field.kind as FieldKind,
        value: field.value as Record<string, unknown>,
        authorId: field.author_id,
        seenAt: field.seen_at,
        contactPointId: field.contact_point_id,
      })),
  };
}

export async function findContactPoints(tx: Tx, actor: Actor, ids: readonly string[]) {
  const rows = await tx
    .selectFrom('cards.contact_point')
    .select(['contact_point_id', 'consent', 'health'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`contact_point_id = any(${ids})`)
    .execute();
  return new Map(rows.map((row) => [row.contact_point_id, row]));
}

/** The books the actor holds, the main one first. */
export async function listOwnBooks(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('delegation.book')
    .select(['book_id', 'book_no', 'main'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`strpos(current_setting('app.own_books', true), book_id::text) > 0`)
    .orderBy(sql`holder_id is distinct from ${actor.memberId}`)
    .orderBy('main', 'desc')
    .orderBy('book_no')
    .execute();
}

/** How many persons match in books lent for discovery only; asked with a word of three letters or more, and no filter but the kind. */
export async function countDiscoverable(tx: Tx, filter: EntryFilter): Promise<number> {
  const { q, kind, ...others } = filter;
  const terms = searchTerms(q ?? '').filter((term) => term.trim().length >= 3);
  if (terms.length === 0 || Object.values(others).some((value) => value !== undefined)) return 0;
  const { rows } = await sql<{
    count: number;
  }>`select cards.count_discoverable(${terms}, ${kind ?? null}) as count`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Where a page of companies goes on. */
interface CompanyRow {
  sort_organization: string;
  organization: string;
  /** 0: none, the row only says where to go on. */
  people: number;
}

export async function listCompanies(tx: Tx, q: string, after: string, limit: number): Promise<CompanyRow[]> {
  if (asksNothing(q)) return [];
  const { rows } = await sql<CompanyRow>`
    select * from cards.list_companies(${searchTerms(q)}, ${fold(q)}, ${after}, ${limit})`.execute(tx);
  return rows;
}

export interface FacetRow {
  facet: 'total' | 'kind' | 'book' | 'source' | 'organization' | 'age';
  value: string;
  label: string;
  count: number;
}

/** How many of the viewer's list have details to verify, up to `most`. */
export async function countToVerify(
  tx: Tx,
  actor: Actor,
  filter: Pick<EntryFilter, 'kind'>,
  most: number,
): Promise<number> {
  const filters = await toFilters(tx, actor, { ...filter, toVerify: 'yes' });
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from cards.find_entries(
    '{}', null, ${JSON.stringify(filters)}::jsonb, 'none', null, null, ${most})`.execute(tx);
  return rows[0]!.count;
}

/** How many there are (at most `sample` are looked at), and the most frequent values among them. */
export async function countFacets(
  tx: Tx,
  actor: Actor,
  filter: EntryFilter,
  sample: number,
): Promise<{ rows: FacetRow[]; approximate: boolean }> {
  const filters = await toFilters(tx, actor, filter);
  if (!filters || asksNothing(filter.q)) return { rows: [], approximate: false };
  const terms = searchTerms(filter.q ?? '');
  const exact = await countFound(tx, actor, filters, terms, null, sample);
  const guess = exact[0]?.count === 0 ? guessable(terms) : null;
  // As many as a page of the nearest shows.
  return guess
    ? { rows: await countFound(tx, actor, filters, [], guess, nearest), approximate: true }
    : { rows: exact, approximate: false };
}

const nearest = 50;

async function countFound(
  tx: Tx,
  actor: Actor,
  filters: Record<string, unknown>,
  terms: string[],
  fuzzy: string[] | null,
  sample: number,
): Promise<FacetRow[]> {
  const { rows } = await sql<FacetRow>`
    with e as materialized (
      select kind, book_nos, source_ids, organization, sort_organization, seen_at
      from cards.find_entries(${terms}, ${fuzzy}, ${JSON.stringify(filters)}::jsonb, 'none', null, null, ${sample})
    ), books as (
      select unnest(book_nos) as no, count(*)::int as count from e group by 1
    ), origins as (
      select unnest(source_ids) as id, count(*)::int as count from e group by 1
    )
    select 'total' as facet, '' as value, '' as label, count(*)::int as count from e
    union all select 'kind', kind, kind, count(*)::int from e group by kind
    union all select 'age', a, a, count(*)::int from (
      select ${freshnessOf} as a from e) ages group by a
    union all (select 'organization', min(organization), min(organization), count(*)::int from e
      where sort_organization is not null group by sort_organization order by 4 desc, 2 limit 20)
    -- "My contacts" is what half of the members call their book, and "Phone" their source: those of others say whose they are.
    union all (select 'book', b.book_id::text, case when m.member_id is null then b.name else b.name || ' · ' || m.name end, books.count
      from books
      join delegation.book b on b.workspace_id = ${actor.workspaceId} and b.book_no = books.no
      left join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = b.holder_id
        and m.member_id <> ${actor.memberId}
      order by 4 desc limit 20)
    union all (select 'source', s.source_id::text, case when m.member_id is null then s.name else s.name || ' · ' || m.name end, origins.count
      from origins
      join sources.source s on s.workspace_id = ${actor.workspaceId} and s.source_id = origins.id
      left join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = s.holder_id
        and m.member_id <> ${actor.memberId}
      order by 4 desc limit 20)`.execute(tx);
  return rows;
}

export async function nameMembers(tx: Tx, actor: Actor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('identity.member')
    .select(['member_id', 'name'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`member_id = any(${[...new Set(ids)]})`)
    .execute();
  return new Map(rows.map((row) => [row.member_id, row.name]));
}

/** The photo of a person, if the viewer may see a card that carries it. */
export async function findPhoto(tx: Tx, actor: Actor, cardIds: readonly string[], hash: string) {
  const shown = await tx
    .selectFrom('cards.card_field')
    .select('card_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<SqlBool>`card_id = any(${cardIds})`)
    .where('kind', '=', 'photo')
    .where(sql<SqlBool>`value->>'hash' = ${hash}`)
    .limit(1)
    .executeTakeFirst();
  if (!shown) return undefined;
  return tx
    .selectFrom('kernel.blob')
    .select(['media_type', 'data'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('hash', '=', Buffer.from(hash, 'hex'))
    .executeTakeFirst();
}

/** A page of the cards the actor holds, by id: for the export of one's own contacts. */
export async function pageOwnCards(tx: Tx, actor: Actor, after: string, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('card_id', '>', after)
    .where(
      sql<SqlBool>`get_bit(nullif(current_setting('app.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | 31) = 1`,
    )
    .orderBy('card_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.card_id);
}
