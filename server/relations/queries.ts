import { sql } from 'kysely';
import type { TieKind } from '../cards/tie-contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';

/** Ties of a person that are looked at: the strongest. Bounds what a node with a million of them costs. */
const tiesLooked = 40;

/** Books that the viewer holds or looks after, by number. */
export async function listOwnBookNos(tx: Tx, { workspaceId }: Actor): Promise<number[]> {
  const { rows } = await sql<{ book_no: number }>`
    select book_no from delegation.book
    where workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), book_id::text) > 0`.execute(
    tx,
  );
  return rows.map((row) => row.book_no);
}

/** The clusters that cards lie in. */
export async function findClusters(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ cluster_id: string }>`
    select distinct cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds})`.execute(
    tx,
  );
  return rows.map((row) => row.cluster_id);
}

export interface Step {
  /** Index in the clusters that were asked for. */
  from: number;
  to: string;
  strength: number;
}

/**
 * One step along ties, from each cluster to the strongest of those that the viewer may see.
 *
 * @param into only where one of these books has a card of the other end; null: anywhere
 */
export async function stepAlongTies(
  tx: Tx,
  clusterIds: readonly string[],
  into: readonly number[] | null,
): Promise<Step[]> {
  const { rows } = await sql<Step>`
    select from_no as "from", cluster_id as "to", strength
    -- No workspace: the function takes it from the viewer's settings.
    from cards.step_along_ties(${clusterIds}::uuid[], ${into}::int[], ${tiesLooked})`.execute(tx);
  return rows;
}

/** A card by which a member knows somebody, and may be asked about. */
export interface HeldRow {
  cluster_id: string;
  card_id: string;
  holder_id: string;
  mine: boolean;
  /** As the viewer may know it; null: that they hold the card, and no more. */
  strength: number | null;
  grounds: string[] | null;
}

/** Who knows the persons of these clusters by a card that the viewer may read: the viewer, and those who let themselves be asked. */
export async function listHolders(tx: Tx, { workspaceId }: Actor, clusterIds: readonly string[]): Promise<HeldRow[]> {
  const { rows } = await sql<HeldRow>`
    -- Cards first: met from the books, they would be looked for once a book.
    with there as materialized (
      select c.cluster_id, c.card_id, c.book_no from cards.card c
      where c.workspace_id = ${workspaceId} and c.cluster_id = any(${clusterIds}) and c.kind = 'person' and c.exposure < 2)
    select c.cluster_id, c.card_id, b.holder_id, o.mine, case when t.told then a.strength end as strength, case when t.told then a.grounds end as grounds
    from there c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id is not null and b.once_for is null
    cross join lateral (select b.holder_id = nullif(current_setting('app.member', true), '')::uuid as mine) o
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = b.holder_id and m.status = 'active'
    left join cards.acquaintance a on a.workspace_id = ${workspaceId} and a.card_id = c.card_id and a.shared = not o.mine
      and a.member_id = b.holder_id
    left join relations.connector k on k.workspace_id = ${workspaceId} and k.member_id = b.holder_id
    -- What was taken back holds before it is weighed anew; who hid somebody and shows them again leaves a row that says nothing.
    cross join lateral (select (o.mine or k.tells = 'strength') and a.grounds <> '{}' as told) t
    where (o.mine or (coalesce(k.tells, 'held') <> 'nothing' and not coalesce(a.hidden, false)))
    order by c.card_id`.execute(tx);
  return rows;
}

/**
 * The organisations, as the list sorts them, that the persons of these clusters name.
 *
 * @param cardIds only the person of whom these are the cards; null: all of them
 */
export async function listOrganizationsOf(
  tx: Tx,
  { workspaceId }: Actor,
  clusterIds: readonly string[],
  cardIds: readonly string[] | null,
): Promise<string[]> {
  const { rows } = await sql<{ sort_organization: string }>`
    select distinct sort_organization from cards.entry
    where workspace_id = ${workspaceId} and cluster_id = any(${clusterIds}) and kind = 'person' and sort_organization <> ''
      and (${cardIds}::uuid[] is null or person_id = any(${cardIds}::uuid[]))
    order by 1 limit 5`.execute(tx);
  return rows.map((row) => row.sort_organization);
}

export interface ColleagueRow {
  person_id: string;
  cluster_id: string;
}

/** Persons that name an organisation, as the viewer's list has them. */
export async function listAtOrganization(
  tx: Tx,
  sortOrganization: string,
  most: number,
  order: 'none' | 'name' = 'none',
): Promise<ColleagueRow[]> {
  const { rows } = await sql<ColleagueRow>`
    select person_id, cluster_id
    -- No workspace: the function takes it from the viewer's settings.
    from cards.find_entries(null, null, ${JSON.stringify({ sortOrganization, kind: 'person' })}::jsonb, ${order}, null, null, ${most})`.execute(
    tx,
  );
  return rows;
}

/** All cards of these clusters that the viewer may see, each with those that a link they may see joins to it. */
export async function listCardsOf(tx: Tx, { workspaceId }: Actor, clusterIds: readonly string[]) {
  const { rows } = await sql<{ card_id: string; cluster_id: string; links: string[] }>`
    select c.card_id, c.cluster_id, array(
      select l.card_b from cards.link l
      where l.workspace_id = ${workspaceId} and l.card_a = c.card_id)::text[] as links
    from cards.card c
    where c.workspace_id = ${workspaceId} and c.cluster_id = any(${clusterIds}) and c.exposure < 2
    order by c.card_id`.execute(tx);
  return rows;
}

export interface TieAmong {
  tie_id: string;
  kind: TieKind;
  card_a: string;
  card_b: string;
  strength: number;
  declared: boolean;
  seen_at: Date;
  author_id: string;
  author: string;
}

/** Ties with both ends in these clusters. */
export async function listTiesWithin(
  tx: Tx,
  { workspaceId }: Actor,
  clusterIds: readonly string[],
): Promise<TieAmong[]> {
  const { rows } = await sql<TieAmong>`
    select t.tie_id, t.kind, t.card_a, t.card_b, t.strength, t.declared, t.seen_at, t.author_id, coalesce(m.name, '') as author
    from unnest(${clusterIds}::uuid[]) f(cluster_id)
    cross join lateral (select * from cards.tie t
      where t.workspace_id = ${workspaceId} and t.cluster_a = f.cluster_id and t.cluster_b = any(${clusterIds}) and t.ended_at is null
      order by t.strength desc, t.tie_id limit ${sql.lit(tiesLooked)}) t
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = t.author_id
    order by t.tie_id`.execute(tx);
  return rows;
}

/** Members with their teams; those who share one with the viewer say so. */
export async function describeMembers(tx: Tx, { workspaceId, memberId }: Actor, memberIds: readonly string[]) {
  const { rows } = await sql<{ member_id: string; name: string; near: boolean }>`
    select m.member_id, m.name, exists (select from identity.team_member mine
      join identity.team_member theirs on theirs.workspace_id = ${workspaceId} and theirs.team_id = mine.team_id and theirs.member_id = m.member_id
      where mine.workspace_id = ${workspaceId} and mine.member_id = ${memberId}) as near
    from identity.member m
    where m.workspace_id = ${workspaceId} and m.member_id = any(${memberIds})`.execute(tx);
  return new Map(rows.map((row) => [row.member_id, row]));
}

/** Cards whose person should not be called upon, as viewpoints say that the viewer sees. */
export async function listUnwilling(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select distinct card_id from cards.viewpoint
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and ended_at is null and callable = false`.execute(
    tx,
  );
  return rows.map((row) => row.card_id);
}

export type Tells = 'nothing' | 'held' | 'strength';

/** What the member lets others know of whom they know. */
export async function findTells(tx: Tx, { workspaceId, memberId }: Actor): Promise<Tells> {
  const row = await tx
    .selectFrom('relations.connector')
    .select('tells')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return (row?.tells ?? 'held') as Tells;
}

export async function setTells(tx: Tx, { workspaceId, memberId }: Actor, tells: Tells): Promise<void> {
  await sql`insert into relations.connector (workspace_id, member_id, tells) values (${workspaceId}, ${memberId}, ${tells})
    on conflict on constraint connector_pk do update set tells = excluded.tells, changed_at = now()`.execute(tx);
}

/** Whether a house rule keeps paths from who tells nothing. */
export async function findReciprocal(tx: Tx, { workspaceId }: Actor): Promise<boolean> {
  const row = await tx
    .selectFrom('relations.house')
    .select('reciprocal')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row?.reciprocal ?? false;
}

export async function setReciprocal(tx: Tx, { workspaceId }: Actor, reciprocal: boolean): Promise<void> {
  await sql`insert into relations.house (workspace_id, reciprocal) values (${workspaceId}, ${reciprocal})
    on conflict on constraint house_pk do update set reciprocal = excluded.reciprocal`.execute(tx);
}

/** What may be said of contacts that match and may only be found: up to three hints, the strongest first. */
export async function findHints(tx: Tx, terms: readonly string[], kind: string | null) {
  const { rows } = await sql<{ team: string | null; band: string }>`
    -- No workspace: the function takes it from the viewer's settings.
    select team, band from relations.find_hints(${terms}, ${kind})
    order by case band when 'strong' then 0 when 'good' then 1 else 2 end, team nulls last`.execute(tx);
  return rows;
}

export interface AcquaintanceRow {
  card_id: string;
  strength: number;
  grounds: string[];
  hidden: boolean;
}

/** Those whom the viewer knows by more than holding their card, the strongest first. */
export async function listAcquaintances(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  after: { strength: number; cardId: string } | null,
  limit: number,
): Promise<AcquaintanceRow[]> {
  const { rows } = await sql<AcquaintanceRow>`
    select a.card_id, a.strength, a.grounds, coalesce(s.hidden, false) as hidden
    from cards.acquaintance a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id and c.exposure < 2
    left join cards.acquaintance s on s.workspace_id = ${workspaceId} and s.card_id = a.card_id and s.shared
    where a.workspace_id = ${workspaceId} and a.member_id = ${memberId} and not a.shared
      and ${after ? sql`(a.strength, a.card_id) < (${after.strength}, ${after.cardId}::uuid)` : sql`true`}
    order by a.strength desc, a.card_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Whether the viewer may be asked about the persons of cards that they hold. @returns how many there are */
export async function setHidden(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  cardIds: readonly string[],
  hidden: boolean,
): Promise<number> {
  const done = await sql`
    insert into cards.acquaintance as a (workspace_id, card_id, shared, member_id, book_no, exposure, strength, grounds, hidden)
    select ${workspaceId}, c.card_id, true, ${memberId}, c.book_no, c.exposure, 0, '{}', ${hidden}
    from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id = ${memberId}
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds})
    on conflict on constraint acquaintance_pk do update set hidden = excluded.hidden`.execute(tx);
  // What their meetings show names the member too; shown again it is told when it is next weighed.
  if (hidden)
    await sql`update cards.tie set shared = false
      where workspace_id = ${workspaceId} and author_id = ${memberId} and not declared and shared
        and (card_a = any(${cardIds}) or card_b = any(${cardIds}))`.execute(tx);
  await stir(tx, workspaceId, 'tie', cardIds);
  return Number(done.numAffectedRows ?? 0n);
}

/** How often reasons of each kind were followed and dismissed by the member. */
export async function countSuggestions(tx: Tx, { workspaceId, memberId }: Actor) {
  const { rows } = await sql<{ reason: string; taken: number; dismissed: number }>`
    select reason, count(taken_at)::int as taken, count(dismissed_at)::int as dismissed from relations.suggestion
    where workspace_id = ${workspaceId} and member_id = ${memberId} group by reason`.execute(tx);
  return new Map(rows.map(({ reason, ...counts }) => [reason, counts]));
}

/** Whom the member wants not to be shown again, and for which reason. */
export async function listDismissed(tx: Tx, { workspaceId, memberId }: Actor): Promise<(readonly [string, string])[]> {
  const { rows } = await sql<{ card_id: string; reason: string }>`
    select card_id, reason from relations.suggestion
    where workspace_id = ${workspaceId} and member_id = ${memberId} and dismissed_at is not null`.execute(tx);
  return rows.map(({ card_id, reason }) => [card_id, reason] as const);
}

export interface SuggestionRow {
  suggestion_id: string;
  subject_id: string;
  card_id: string;
  reason: string;
}

/** Keeps a suggestion with what became of it; the same one stands once. */
export async function putSuggestion(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { suggestion_id, subject_id, card_id, reason }: SuggestionRow,
  became: 'shown' | 'dismissed' | 'taken' | 'reopened',
): Promise<void> {
  const dismissed = became === 'dismissed' ? sql`now()` : sql`null`;
  const taken = became === 'taken' ? sql`now()` : sql`null`;
  const change =
    became === 'shown'
      ? sql`made_at = case when s.dismissed_at is null then now() else s.made_at end`
      : became === 'taken'
        ? sql`taken_at = now()`
        : sql`dismissed_at = excluded.dismissed_at`;
  await sql`insert into relations.suggestion as s (workspace_id, suggestion_id, member_id, subject_id, card_id, reason, dismissed_at, taken_at)
    values (${workspaceId}, ${suggestion_id}, ${memberId}, ${subject_id}, ${card_id}, ${reason}, ${dismissed}::timestamptz, ${taken}::timestamptz)
    on conflict on constraint suggestion_once_uq do update set subject_id = excluded.subject_id, ${change}`.execute(tx);
}

/** What the member was shown in the last days and has neither dismissed nor followed, the newest first. */
export async function listSuggested(tx: Tx, { workspaceId, memberId }: Actor, days: number): Promise<SuggestionRow[]> {
  const { rows } = await sql<SuggestionRow>`
    select suggestion_id, subject_id, card_id, reason from relations.suggestion
    where workspace_id = ${workspaceId} and member_id = ${memberId} and dismissed_at is null and taken_at is null
      and made_at > now() - make_interval(days => ${days})
    order by made_at desc, suggestion_id limit 5`.execute(tx);
  return rows;
}

/** Of one opportunity so many people are looked at: others come up as well. */
const perOpportunity = 2;

/**
 * With whom the member was busy lately: whom they thought, wrote or tied something of, have something to do about, or who has a part in an open
 * opportunity of theirs that moved. The latest first.
 */
export async function listSubjects(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  days: number,
  most: number,
): Promise<string[]> {
  const since = sql`now() - make_interval(days => ${days})`;
  const { rows } = await sql<{ card_id: string }>`
    select card_id from (
      select card_id, created_at as at from cards.viewpoint
        where workspace_id = ${workspaceId} and author_id = ${memberId} and created_at > ${since}
      union all select card_id, created_at from cards.note
        where workspace_id = ${workspaceId} and author_id = ${memberId} and created_at > ${since}
      union all select card_a, created_at from cards.tie
        where workspace_id = ${workspaceId} and author_id = ${memberId} and declared and created_at > ${since}
      union all select card_id, created_at from tasks.task
        where workspace_id = ${workspaceId} and owner_id = ${memberId} and card_id is not null and created_at > ${since}
      union all select p.card_id, o.moved_at from (
          select o.opportunity_id, max(v.at) as moved_at from opportunities.opportunity o
          join opportunities.move v on v.workspace_id = ${workspaceId} and v.opportunity_id = o.opportunity_id and v.at > ${since}
          where o.workspace_id = ${workspaceId} and o.owner_id = ${memberId} and o.removed_at is null and o.outcome is null
          group by o.opportunity_id) o
        cross join lateral (select p.card_id from cards.participant p
          join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = p.card_id and c.exposure < 2
          where p.workspace_id = ${workspaceId} and p.opportunity_id = o.opportunity_id
          order by p.added_at, p.card_id limit ${sql.lit(perOpportunity)}) p) busy
    group by card_id order by max(at) desc, card_id limit ${most}`.execute(tx);
  return rows.map((row) => row.card_id);
}

/** Suggestions of more than a year ago are forgotten. As the keeper. */
export async function deleteOldSuggestions(tx: Tx): Promise<void> {
  // No workspace: the nightly round goes through all of them.
  await sql`delete from relations.suggestion where made_at < now() - interval '1 year'`.execute(tx);
}

/** The clusters of cards that the viewer may see. */
export async function listClustersOf(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]) {
  const { rows } = await sql<{ card_id: string; cluster_id: string }>`
    select card_id, cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds})`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.card_id, row.cluster_id]));
}
