import { sql } from 'kysely';
import type pg from 'pg';
import type { App } from '../kernel/app.ts';
import { copyRows } from '../kernel/copy.ts';
import type { Tx } from '../kernel/database.ts';
import { letRequestsPass } from '../kernel/pace.ts';
import { stir } from '../kernel/stirring.ts';
import { type Entry, entriesOfCluster, type Reach, type WholeCard } from './audiences.ts';
import type { FieldKind } from './contract.ts';

/** Who holds the given books and to whom they are granted now. */
export async function loadReach(tx: Tx, workspaceId: string, bookNos: readonly number[]): Promise<Reach> {
  const books: Reach['books'] = new Map();
  const held = await sql<{ book_no: number; holders: string[] }>`
    select b.book_no, array_remove(array_agg(distinct coalesce(b.holder_id, s.member_id)), null) as holders
    from delegation.book b
    left join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id
    where b.workspace_id = ${workspaceId} and b.book_no = any(${bookNos})
    group by b.book_no`.execute(tx);
  for (const row of held.rows) books.set(row.book_no, { holders: row.holders, grants: [] });
  const grants = await sql<{ book_no: number; grantee_kind: string; grantee_id: string; field_mask: number }>`
    select b.book_no, g.grantee_kind, g.grantee_id, g.field_mask
    from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    where g.workspace_id = ${workspaceId} and b.book_no = any(${bookNos}) and g.reads
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())`.execute(tx);
  const apps: Reach['apps'] = new Set();
  for (const row of grants.rows) {
    books.get(row.book_no)?.grants.push({ granteeId: row.grantee_id, mask: row.field_mask & 0x7ffffffe });
    if (row.grantee_kind === 'app') apps.add(row.grantee_id);
  }
  const teams: Reach['teams'] = new Map();
  const memberships = await tx
    .selectFrom('identity.team as t')
    .leftJoin('identity.team_member as m', (join) =>
      join.onRef('m.team_id', '=', 't.team_id').on('m.workspace_id', '=', workspaceId),
    )
    .select(['t.team_id', 'm.member_id'])
    .where('t.workspace_id', '=', workspaceId)
    // A use that is over is nobody's audience.
    .where(sql<boolean>`coalesce(t.ends_at, 'infinity') > now()`)
    .execute();
  for (const { team_id, member_id } of memberships) {
    const team = teams.get(team_id) ?? new Set();
    if (member_id) team.add(member_id);
    teams.set(team_id, team);
  }
  return { workspaceId, books, teams, apps };
}

/** The cards of clusters with all their fields, and the links between them. */
async function loadClusters(tx: Tx, workspaceId: string, clusterIds: readonly string[]) {
  const cards = await tx
    .selectFrom('cards.card as c')
    .innerJoin('sources.source as s', (join) =>
      join.onRef('s.source_id', '=', 'c.source_id').on('s.workspace_id', '=', workspaceId),
    )
    .select([
      'c.card_id',
      'c.book_no',
      'c.cluster_id',
      'c.exposure',
      'c.source_id',
      's.kind as source_kind',
      'c.kind',
      'c.ended_at',
      'c.seen_at',
    ])
    .where('c.workspace_id', '=', workspaceId)
    .where(sql<boolean>`c.cluster_id = any(${clusterIds})`)
    .where('c.exposure', '<', 2)
    .execute();
  const ids = cards.map((card) => card.card_id);
  const fields = await tx
    .selectFrom('cards.card_field')
    .select(['card_id', 'no', 'class', 'kind', 'value', 'author_id', 'seen_at', 'contact_point_id'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`card_id = any(${ids})`)
    .where(sql<boolean>`value <> '{}'`)
    .orderBy('card_id')
    .orderBy('no')
    .execute();
  const links = await tx
    .selectFrom('cards.link')
    .select(['card_a', 'card_b', 'asks_a', 'asks_b', 'shown', 'cut'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`card_a = any(${ids})`)
    .execute();
  const byCard = Map.groupBy(fields, (field) => field.card_id);
  const whole = cards.map((card) => {
    const own = byCard.get(card.card_id) ?? [];
    const result: WholeCard & { clusterId: string } = {
      cardId: card.card_id,
      clusterId: card.cluster_id,
      bookNo: card.book_no,
      sourceId: card.source_id,
      sourceKind: card.source_kind,
      kind: card.kind as WholeCard['kind'],
      ended: card.ended_at !== null,
      seenAt: card.seen_at,
      withheld: card.exposure === 1,
      classes: own.map((field) => field.class),
      fields: own.map((field) => ({
        no: field.no,
        kind: field.kind as FieldKind,
        value: field.value as Record<string, unknown>,
        authorId: field.author_id,
        seenAt: field.seen_at,
        contactPointId: field.contact_point_id,
      })),
    };
    return result;
  });
  return { cards: whole, links };
}

export interface ClusterEntry {
  clusterId: string;
  entry: Entry;
}

const entryColumns = [
  'workspace_id',
  'audience_id',
  'person_id',
  'cluster_id',
  'kind',
  'name',
  'sort_name',
  'sort_organization',
  'organization',
  'title',
  'email',
  'phone',
  'city',
  'photo',
  'card_count',
  'seen_at',
  'book_nos',
  'source_ids',
  'search',
  'book_masks',
  'subject_ids',
  'categories',
];

/** From so many rows on, they wait in a longer list before they are sorted into the search index. */
const many = 500;

/** Sorts into the search index what long imports left waiting (see `copyEntries`), so that no search has to read through it. */
export async function tidySearch(tx: Tx): Promise<void> {
  await sql`select pg_catalog.gin_clean_pending_list('cards.entry_search_ix'::regclass)`.execute(tx);
}

/** Writes index rows with COPY; the rows of these clusters must have been taken out before. */
export async function copyEntries(
  client: pg.ClientBase,
  workspaceId: string,
  entries: readonly ClusterEntry[],
): Promise<void> {
  // Sorting 16 MB at once instead of 4 makes an import a quarter faster (bench import).
  if (entries.length >= many) await client.query(`set local gin_pending_list_limit = '16MB'`);
  await copyRows(
    client,
    'cards.entry',
    entryColumns,
    entries.map(({ clusterId, entry: e }) => [
      workspaceId,
      e.audienceId,
      e.personId,
      clusterId,
      e.kind,
      e.name,
      e.sortName,
      e.sortOrganization,
      e.organization,
      e.title,
      e.email,
      e.phone,
      e.city,
      e.photo,
      e.cardCount,
      e.seenAt,
      e.bookNos,
      e.sourceIds,
      e.search,
      e.bookMasks,
      e.subjectIds,
      e.categories,
    ]),
  );
  // What is one for a wider audience can be two for a narrower one, which reads more: both rows cover the one.
  const covers = new Map(
    entries.flatMap(({ clusterId, entry }) =>
      entry.covers.map((one) => [
        `${entry.audienceId} ${one.audienceId} ${one.personId}`,
        [workspaceId, entry.audienceId, one.audienceId, one.personId, clusterId],
      ]),
    ),
  );
  if (covers.size > 0) {
    await copyRows(
      client,
      'cards.entry_cover',
      ['workspace_id', 'audience_id', 'covered_audience_id', 'covered_person_id', 'cluster_id'],
      [...covers.values()],
    );
  }
}

/** Makes the index rows of clusters anew from cards, links and grants. Idempotent; the clusters are locked while it works. */
export async function refreshClusters(
  client: pg.ClientBase,
  tx: Tx,
  workspaceId: string,
  clusterIds: readonly string[],
): Promise<void> {
  if (clusterIds.length === 0) return;
  // Two refreshes of one cluster at once would both insert: the cards are locked in one order.
  await sql`select from cards.card where workspace_id = ${workspaceId} and cluster_id = any(${clusterIds}) order by card_id for update`.execute(
    tx,
  );
  const { cards, links } = await loadClusters(tx, workspaceId, clusterIds);
  const reach = await loadReach(tx, workspaceId, [...new Set(cards.map((card) => card.bookNo))]);
  const linksByCard = Map.groupBy(links, (link) => link.card_a);
  const entries: ClusterEntry[] = [];
  for (const [clusterId, group] of Map.groupBy(cards, (card) => card.clusterId)) {
    const own = group.flatMap((card) => linksByCard.get(card.cardId) ?? []);
    for (const entry of entriesOfCluster(group, own, reach)) entries.push({ clusterId, entry });
  }
  await sql`delete from cards.entry where workspace_id = ${workspaceId} and cluster_id = any(${clusterIds})`.execute(
    tx,
  );
  await sql`delete from cards.entry_cover where workspace_id = ${workspaceId} and cluster_id = any(${clusterIds})`.execute(
    tx,
  );
  await copyEntries(client, workspaceId, entries);
  await stir(tx, workspaceId, 'person', clusterIds);
}

/** The clusters of cards, those out of sight included (their rows must go). */
export async function findClusters(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<string[]> {
  const rows = await tx
    .selectFrom('cards.card')
    .select('cluster_id')
    .distinct()
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`card_id = any(${cardIds})`)
    .execute();
  return rows.map((row) => row.cluster_id);
}

const batch = 2000;
/** Made in one go in the background: some 30 ms of work, which a request may have to wait for. */
const piece = 100;

/**
 * Makes the index rows anew of persons who have a card in the book and one in another: until then whoever holds the other does
 * not find their own contact in the list, because its row is made of both. At most one step of them; `refreshBook` does all.
 */
export async function refreshJoined(app: App, workspaceId: string, bookNo: number): Promise<void> {
  await app.db.withClient('keeper', async (client, tx) => {
    const { rows } = await sql<{ cluster_id: string }>`
      select c.cluster_id from (
        select distinct cluster_id from cards.card where workspace_id = ${workspaceId} and book_no = ${bookNo}) c
      -- One after another by the index: as a join, all cards of the workspace would be read.
      cross join lateral (select from cards.card o
        where o.workspace_id = ${workspaceId} and o.cluster_id = c.cluster_id and o.book_no <> ${bookNo} limit 1) other
      order by c.cluster_id limit ${batch}`.execute(tx);
    const ids = rows.map((row) => row.cluster_id);
    await refreshClusters(client, tx, workspaceId, ids);
  });
}

/**
 * Makes the index rows of all cards of a book anew, in steps, each a transaction: after its grants have changed. Nobody waits for it (row
 * security holds already), so that requests go first.
 */
export async function refreshBook(app: App, workspaceId: string, bookNo: number, signal: AbortSignal): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (let made = 0; ; made += piece) {
    // Stopped in the middle: the job is run again, from the start.
    if (signal.aborted) throw new Error('aborted');
    await letRequestsPass();
    const clusters = await app.db.withClient('keeper', async (client, tx) => {
      const { rows } = await sql<{ cluster_id: string }>`
        select distinct cluster_id from cards.card
        where workspace_id = ${workspaceId} and book_no = ${bookNo} and cluster_id > ${after}
        order by cluster_id limit ${piece}`.execute(tx);
      const ids = rows.map((row) => row.cluster_id);
      await refreshClusters(client, tx, workspaceId, ids);
      return ids;
    });
    if (clusters.length === piece) after = clusters.at(-1)!;
    else if (made >= batch) return app.db.asSystem('keeper', tidySearch);
    else return;
  }
}
