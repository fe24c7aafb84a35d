import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Reach } from './contract.ts';
import type { OwnCard } from './rules.ts';

/** Of each card: whether it is complete, and fresh. `cards` names the rows, with card_id, seen_at. */
const judged = (workspaceId: string, cards: ReturnType<typeof sql>) => sql`
  select c.*, coalesce(k.kinds @> '{name,organization}' and k.kinds && '{email,phone}', false) as complete,
    greatest(c.seen_at, k.seen_at) > now() - interval '1 year' as fresh
  from ${cards} c
  left join lateral (
    select array_agg(distinct f.kind) as kinds, max(f.seen_at) as seen_at from cards.card_field f
    where f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.value <> '{}') k on true`;

/** The actor's own cards, with their source and book. Row security shows what is read; what is counted is one's own. */
export async function listMine(tx: Tx, { workspaceId }: Actor): Promise<OwnCard[]> {
  const { rows } = await sql<OwnCard>`
    with mine as (
      select c.card_id, c.source_id, c.seen_at, c.kind, b.book_id from delegation.book b
      join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = b.book_no and c.exposure < 2 and c.ended_at is null
      where b.workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), b.book_id::text) > 0 and b.once_for is null
    )
    select card_id as "cardId", source_id as "sourceId", book_id as "bookId", kind = 'person' as person, complete, fresh
    from (${judged(workspaceId, sql`mine`)}) j`.execute(tx);
  return rows;
}

/** Pairs with one of these cards, as far as the actor sees both and what joins them. */
export async function listLinks(
  tx: Tx,
  { workspaceId }: Actor,
  cardIds: readonly string[],
): Promise<[string, string][]> {
  const { rows } = await sql<{ card_a: string; card_b: string }>`
    select card_a, card_b from cards.link where workspace_id = ${workspaceId} and card_a = any(${cardIds}::uuid[])
    union
    select card_a, card_b from cards.link where workspace_id = ${workspaceId} and card_b = any(${cardIds}::uuid[])`.execute(
    tx,
  );
  return rows.map(({ card_a, card_b }) => [card_a, card_b]);
}

/** What these sources and books are called. */
export async function nameAll(tx: Tx, { workspaceId }: Actor) {
  const { rows } = await sql<{ id: string; name: string; kind: string }>`
    select source_id as id, name, kind from sources.source where workspace_id = ${workspaceId}
    union all
    select book_id, name, 'book' from delegation.book where workspace_id = ${workspaceId}`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

interface LoanRow {
  book_id: string;
  audience_id: string;
  kind: 'workspace' | 'team' | 'member' | 'process' | 'app';
  name: string;
}

/** To whom the actor's books are lent to be read, as it stands now. */
export async function listLoans(tx: Tx, { workspaceId }: Actor): Promise<LoanRow[]> {
  const { rows } = await sql<LoanRow>`
    select distinct g.book_id, g.grantee_id as audience_id, g.grantee_kind as kind,
      coalesce(t.name, m.name, a.name, w.name, '') as name
    from delegation.grant g
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = g.grantee_id
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = g.grantee_id
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = g.grantee_id
    left join identity.workspace w on w.workspace_id = ${workspaceId} and g.grantee_kind = 'workspace'
    where g.workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), g.book_id::text) > 0 and g.reads
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
    order by 2, 1`.execute(tx);
  return rows;
}

/**
 * All cards of the workspace but the actor's with their kind of source, and how far their book is lent; as the keeper, for sums. Counted with their
 * own, who oversees could find out by adding cards whom colleagues know.
 */
const everyCard = ({ workspaceId, memberId }: Actor) => sql`
  lent as (
    select b.book_no, coalesce(b.holder_id, b.book_id) as holder, case
      when bool_or(g.grantee_kind = 'workspace') then 'workspace' when bool_or(g.grantee_kind = 'team') then 'teams'
      when count(g.grant_id) > 0 then 'some' else 'nobody' end as reach
    from delegation.book b
    left join delegation.grant g on g.workspace_id = ${workspaceId} and g.book_id = b.book_id and g.reads
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
    where b.workspace_id = ${workspaceId} and b.once_for is null and b.holder_id is distinct from ${memberId}
      and not exists (select from delegation.steward st
        where st.workspace_id = ${workspaceId} and st.book_id = b.book_id and st.member_id = ${memberId})
    group by 1, 2
  ), every as (
    -- A program in French or in English is one kind.
    select c.card_id, c.cluster_id, c.seen_at, regexp_replace(s.kind, '-(fr|en)$', '') as kind, l.holder, case when c.exposure = 0 then l.reach else 'nobody' end as reach
    from cards.card c
    join lent l on l.book_no = c.book_no
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id
    where c.workspace_id = ${workspaceId} and c.exposure < 2 and c.ended_at is null and c.kind = 'person'
  )`;

export async function countKinds(tx: Tx, actor: Actor) {
  const { rows } = await sql<{ kind: string; cards: number; complete: number; fresh: number; only_here: number }>`
    with ${everyCard(actor)}, kinds_of as (
      select cluster_id, count(distinct kind) as kinds from every group by cluster_id
    )
    select j.kind, count(*)::int as cards, count(*) filter (where j.complete)::int as complete,
      count(*) filter (where j.fresh)::int as fresh, count(distinct j.cluster_id) filter (where k.kinds = 1)::int as only_here
    from (${judged(actor.workspaceId, sql`every`)}) j join kinds_of k on k.cluster_id = j.cluster_id
    group by 1 order by cards desc, 1`.execute(tx);
  return rows;
}

export async function countFlows(tx: Tx, actor: Actor) {
  const { rows } = await sql<{ kind: string; reach: Reach; cards: number }>`
    with ${everyCard(actor)} select kind, reach, count(*)::int as cards from every group by 1, 2 order by cards desc, 1, 2`.execute(
    tx,
  );
  return rows;
}

export async function countOverlaps(tx: Tx, actor: Actor) {
  const { rows } = await sql<{ one: string; other: string; people: number }>`
    with ${everyCard(actor)}, of_person as (select distinct cluster_id, kind from every)
    select a.kind as one, b.kind as other, count(*)::int as people from of_person a
    join of_person b on b.cluster_id = a.cluster_id and a.kind < b.kind group by 1, 2 order by people desc, 1, 2`.execute(
    tx,
  );
  return rows;
}

export async function countHeld(tx: Tx, actor: Actor) {
  const { rows } = await sql<{ total: number; by_one: number; by_one_lent: number }>`
    with ${everyCard(actor)}, held as (
      select cluster_id, count(distinct holder) as holders, bool_or(reach in ('workspace', 'teams')) as lent from every group by 1
    )
    select count(*)::int as total, count(*) filter (where holders = 1)::int as by_one,
      count(*) filter (where holders = 1 and lent)::int as by_one_lent from held`.execute(tx);
  return rows[0]!;
}
