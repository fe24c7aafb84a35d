import { type Insertable, type SqlBool, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import type { Counts } from './rules.ts';

const ofDay = ['day_id', 'goal', 'prizes', 'on_date', 'team_ids', 'planned_by', 'ended_at'] as const;

/** Days that the actor may see, the latest first; row security shows no others. */
export async function listDays(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('lead_days.day')
    .select(ofDay)
    .where('workspace_id', '=', workspaceId)
    .orderBy('on_date', 'desc')
    .orderBy('day_id', 'desc')
    .limit(50)
    .execute();
}
export type DayRow = Awaited<ReturnType<typeof listDays>>[number];

export async function findDay(tx: Tx, workspaceId: string, dayId: string): Promise<DayRow | undefined> {
  return tx
    .selectFrom('lead_days.day')
    .select(ofDay)
    .where('workspace_id', '=', workspaceId)
    .where('day_id', '=', dayId)
    .executeTakeFirst();
}

export async function addDay(tx: Tx, day: Insertable<DB['lead_days.day']>): Promise<void> {
  await tx.insertInto('lead_days.day').values(day).execute();
}

/** @returns false when the actor may not delete it */
export async function deleteDay(tx: Tx, workspaceId: string, dayId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('lead_days.day')
    .where('workspace_id', '=', workspaceId)
    .where('day_id', '=', dayId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The teams of the workspace (no named uses), and in which the actor is or which they lead. */
export async function listTeams(tx: Tx, { workspaceId, memberId }: Actor) {
  const { rows } = await sql<{ team_id: string; name: string; member: boolean; lead: boolean }>`
    select t.team_id, t.name, m.member_id is not null as member, coalesce(m.lead, false) as lead from identity.team t
    left join identity.team_member m on m.workspace_id = ${workspaceId} and m.team_id = t.team_id and m.member_id = ${memberId}
    where t.workspace_id = ${workspaceId} and t.purpose is null order by t.name collate "fr-x-icu"`.execute(tx);
  return rows;
}
export type TeamRow = Awaited<ReturnType<typeof listTeams>>[number];

export async function findEntrant(tx: Tx, actor: Actor, dayId: string) {
  return tx
    .selectFrom('lead_days.entrant')
    .select(['team_id', 'named', 'since'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('day_id', '=', dayId)
    .where('member_id', '=', actor.memberId)
    .executeTakeFirst();
}

/** The last day before this one in which the actor took part. */
export async function findLastTime(tx: Tx, actor: Actor, on: string): Promise<string | null> {
  const row = await tx
    .selectFrom('lead_days.entrant as e')
    .innerJoin('lead_days.day as d', (join) =>
      join.onRef('d.day_id', '=', 'e.day_id').on('d.workspace_id', '=', actor.workspaceId),
    )
    .select(sql<string | null>`max(d.on_date)`.as('last'))
    .where('e.workspace_id', '=', actor.workspaceId)
    .where('e.member_id', '=', actor.memberId)
    .where('d.on_date', '<', on)
    .executeTakeFirst();
  return row?.last ?? null;
}

export async function setEntrant(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  entrant: { dayId: string; teamId: string; named: boolean; since: Date },
): Promise<void> {
  const { dayId, teamId, named, since } = entrant;
  await tx
    .insertInto('lead_days.entrant')
    .values({ workspace_id: workspaceId, day_id: dayId, member_id: memberId, team_id: teamId, named, since })
    .onConflict((conflict) => conflict.constraint('entrant_pk').doUpdateSet({ team_id: teamId, named }))
    .execute();
}

export async function removeEntrant(tx: Tx, { workspaceId, memberId }: Actor, dayId: string): Promise<void> {
  for (const table of ['lead_days.entrant', 'lead_days.choice'] as const)
    await tx
      .deleteFrom(table)
      .where('workspace_id', '=', workspaceId)
      .where('day_id', '=', dayId)
      .where('member_id', '=', memberId)
      .execute();
}

export async function setChoice(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  dayId: string,
  bookId: string,
  decided: boolean,
): Promise<void> {
  if (decided)
    await tx
      .insertInto('lead_days.choice')
      .values({ workspace_id: workspaceId, day_id: dayId, member_id: memberId, book_id: bookId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  else
    await tx
      .deleteFrom('lead_days.choice')
      .where('workspace_id', '=', workspaceId)
      .where('day_id', '=', dayId)
      .where('member_id', '=', memberId)
      .where('book_id', '=', bookId)
      .execute();
}

/** A standing grant by which the whole company or one of the day's teams reads a book. */
const isLent = (workspaceId: string, bookId: ReturnType<typeof sql>, teamIds: readonly string[]) => sql<boolean>`
  exists (select from delegation.grant g where g.workspace_id = ${workspaceId} and g.book_id = ${bookId} and g.reads
    and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
    and (g.grantee_kind = 'workspace' or g.grantee_id = any(${teamIds}::uuid[])))`;

/** New cards in the actor's own books, by book and source; as the actor, of all of whose cards it is. */
export async function countFresh(tx: Tx, actor: Actor, dayId: string, teamIds: readonly string[], since: Date) {
  const { workspaceId } = actor;
  const { rows } = await sql<{
    book_id: string;
    book: string;
    lent: boolean;
    decided: boolean;
    source_id: string;
    source: string;
    kind: string;
    count: number;
  }>`
    select b.book_id, b.name as book, ${isLent(workspaceId, sql`b.book_id`, teamIds)} as lent,
      exists (select from lead_days.choice h where h.workspace_id = ${workspaceId} and h.day_id = ${dayId}
        and h.member_id = ${actor.memberId} and h.book_id = b.book_id) as decided,
      n.source_id, s.name as source, s.kind, n.count
    from delegation.book b
    join lateral (
      select c.source_id, count(*)::int as count from cards.card c
      where c.workspace_id = ${workspaceId} and c.book_no = b.book_no and c.created_at >= ${since} and c.exposure < 2 and c.ended_at is null
      group by c.source_id) n on true
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = n.source_id and s.kind <> 'self'
    where b.workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
      and b.once_for is null
    order by b.main desc, b.name collate "fr-x-icu", n.count desc, s.source_id`.execute(tx);
  return rows;
}

/** Who takes part, by their own choice, for the scoreboard; as the keeper, whose reader gets sums and the names that are wanted. */
export async function listEntrants(tx: Tx, workspaceId: string, dayId: string) {
  return tx
    .selectFrom('lead_days.entrant as e')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'e.member_id').on('m.workspace_id', '=', workspaceId),
    )
    .select([
      'e.member_id',
      'e.team_id',
      'e.named',
      'e.since',
      'e.fresh',
      'e.complete',
      'e.corrected',
      'e.settled',
      'm.name',
    ])
    .where('e.workspace_id', '=', workspaceId)
    .where('e.day_id', '=', dayId)
    .where('m.status', '=', 'active')
    .orderBy(sql`m.name collate "fr-x-icu"`)
    .execute();
}
export type EntrantRow = Awaited<ReturnType<typeof listEntrants>>[number];

/**
 * What counts of somebody on a day, as the keeper: of lent cards only, whoever looks. A person counts once, and not when an older card of
 * theirs was in these books before; joined by the holder's own cards only, lest the number tell what a colleague's card would join.
 */
export async function countFor(
  tx: Tx,
  workspaceId: string,
  { team_ids: teamIds, on_date: on }: Pick<DayRow, 'team_ids' | 'on_date'>,
  { member_id: memberId, since }: Pick<EntrantRow, 'member_id' | 'since'>,
): Promise<Counts> {
  const today = sql<SqlBool>`>= ${on}::date::timestamp at time zone 'UTC'`;
  const { rows } = await sql<Counts>`
    with own as (
      select b.book_no, ${isLent(workspaceId, sql`b.book_id`, teamIds)} as lent from delegation.book b
      where b.workspace_id = ${workspaceId} and b.holder_id = ${memberId} and b.once_for is null
    ), held as (
      select c.card_id, c.created_at, o.lent and c.exposure = 0 and c.ended_at is null and c.created_at >= ${since} as counts from own o
      join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = o.book_no and c.exposure < 2
      join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id and s.kind <> 'self'
    ), pairs as (
      select card_a as one, card_b as other from cards.link where workspace_id = ${workspaceId} and card_a in (select card_id from held)
      union all
      select card_b, card_a from cards.link where workspace_id = ${workspaceId} and card_b in (select card_id from held)
    ), came as (
      select h.card_id from held h where h.counts and not exists (select from pairs p join held e on e.card_id = p.other
        where p.one = h.card_id and (e.created_at < ${since} or e.counts and e.card_id < h.card_id))
    ), said as (
      select came.card_id, array_agg(distinct f.kind) as kinds from came
      join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = came.card_id and f.value <> '{}'
      group by came.card_id
    )
    select (select count(*)::int from came) as fresh,
      (select count(*)::int from said where kinds @> '{name,organization}' and kinds && '{email,phone}') as complete,
      (select count(distinct h.card_id)::int from own o
        join cards.card_change h on h.workspace_id = ${workspaceId} and h.book_no = o.book_no and h.member_id = ${memberId}
          and h.kind in ('edited', 'confirmed') and h.exposure = 0 and h.at ${today}
        where o.lent) as corrected,
      (select count(distinct (v.card_a, v.card_b))::int from matching.verdict v
        join own a on a.book_no = v.book_no_a and a.lent join own b on b.book_no = v.book_no_b and b.lent
        where v.workspace_id = ${workspaceId} and v.member_id = ${memberId} and v.withdrawn_at is null
          and v.exposure_a = 0 and v.exposure_b = 0 and v.at ${today}) as settled`.execute(tx);
  return rows[0]!;
}

/** Keeps what counted, so that it stands whatever is withdrawn later; as the keeper. */
export async function keepResult(
  tx: Tx,
  workspaceId: string,
  dayId: string,
  memberId: string,
  counts: Counts,
): Promise<void> {
  await tx
    .updateTable('lead_days.entrant')
    .set(counts)
    .where('workspace_id', '=', workspaceId)
    .where('day_id', '=', dayId)
    .where('member_id', '=', memberId)
    .execute();
}

/** @returns false when its result stands already */
export async function endDay(tx: Tx, workspaceId: string, dayId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('lead_days.day')
    .set({ ended_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('day_id', '=', dayId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Days that are over and whose result was not counted. */
export async function findPast(tx: Tx): Promise<{ workspace_id: string; day_id: string }[]> {
  // No workspace: the night asks for none.
  const { rows } = await sql<{ workspace_id: string; day_id: string }>`
    select workspace_id, day_id from lead_days.day where ended_at is null and on_date < (now() at time zone 'UTC')::date`.execute(
    tx,
  );
  return rows;
}

/** Everything of days that were so long ago, the numbers of who took part with them. */
export async function deleteOld(tx: Tx, days: number): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from lead_days.day where on_date < (now() at time zone 'UTC')::date - ${days}::int`.execute(tx);
}

/** Who is in any of these teams, and active. */
export async function listTeamMembers(tx: Tx, workspaceId: string, teamIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select distinct t.member_id from identity.team_member t
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = t.member_id and m.status = 'active'
    where t.workspace_id = ${workspaceId} and t.team_id = any(${teamIds}::uuid[])`.execute(tx);
  return rows.map(({ member_id }) => member_id);
}
