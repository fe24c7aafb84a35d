import { type Insertable, type RawBuilder, sql, type Updateable } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import type { campaignKinds, colours, measures, objectiveKinds } from './contract.ts';

// The plan as it is kept: objectives with their figures, programmes. Row security lets members of the workspace read all of it.

/** A segment as the viewer sees it: without a name, it is not shown to them. */
export const segmentName = (workspaceId: string, segmentId: string) => sql<string | null>`
  (select s.name from segments.segment s where s.workspace_id = ${workspaceId} and s.segment_id = ${sql.raw(segmentId)} and s.ended_at is null)`;
export const memberName = (workspaceId: string, memberId: string) => sql<string>`
  coalesce((select m.name from identity.member m where m.workspace_id = ${workspaceId} and m.member_id = ${sql.raw(memberId)}), '')`;

export interface ObjectiveRow {
  objective_id: string;
  name: string;
  kind: (typeof objectiveKinds)[number];
  why: string;
  measured_by: (typeof measures)[number];
  unit: string;
  currency: string | null;
  segment_id: string | null;
  segment: string | null;
  base_segment_id: string | null;
  base: string | null;
  from_value: number;
  to_value: number;
  starts_on: string;
  due_on: string;
  owner_id: string;
  owner: string;
  example: boolean;
  version: number;
  archived: boolean;
}

/** Those that win first, then those that keep; each by the day it is due. */
export async function listObjectives(
  tx: Tx,
  { workspaceId }: Actor,
  which: { archived: boolean } | { objectiveId: string },
): Promise<ObjectiveRow[]> {
  const { rows } = await sql<ObjectiveRow>`
    select o.objective_id, o.name, o.kind, o.why, o.measured_by, o.unit, o.currency, o.segment_id, ${segmentName(workspaceId, 'o.segment_id')} as segment,
      o.base_segment_id, ${segmentName(workspaceId, 'o.base_segment_id')} as base, o.from_value, o.to_value, o.starts_on::text, o.due_on::text,
      o.owner_id, ${memberName(workspaceId, 'o.owner_id')} as owner, o.example, o.version, o.archived_at is not null as archived
    from plan.objective o
    where o.workspace_id = ${workspaceId} and ${
      'objectiveId' in which
        ? sql`o.objective_id = ${which.objectiveId}`
        : sql`(o.archived_at is not null) = ${which.archived}`
    }
    order by o.kind desc, o.due_on, o.created_at, o.objective_id`.execute(tx);
  return rows;
}

export interface FigureRow {
  objective_id: string;
  week: string;
  value: number;
  at: Date;
  sayer: string | null;
}

/** Of the last two years, in order. */
export async function listFigures(
  tx: Tx,
  { workspaceId }: Actor,
  objectiveIds: readonly string[],
): Promise<FigureRow[]> {
  if (objectiveIds.length === 0) return [];
  const { rows } = await sql<FigureRow>`
    select f.objective_id, f.week::text, f.value, f.at, case when f.said_by is not null then ${memberName(workspaceId, 'f.said_by')} end as sayer
    from plan.figure f
    where f.workspace_id = ${workspaceId} and f.objective_id = any(${objectiveIds}::uuid[]) and f.week > current_date - 735
    order by f.objective_id, f.week`.execute(tx);
  return rows;
}

/** What was said of a week, if anything. */
export async function findFigure(
  tx: Tx,
  { workspaceId }: Actor,
  objectiveId: string,
  week: string,
): Promise<number | null> {
  const { rows } = await sql<{ value: number }>`
    select value from plan.figure where workspace_id = ${workspaceId} and objective_id = ${objectiveId} and week = ${week}`.execute(
    tx,
  );
  return rows[0]?.value ?? null;
}

/** Says, or takes back, what stands for a week. */
export async function sayFigure(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  objectiveId: string,
  week: string,
  value: number | null,
): Promise<void> {
  if (value === null)
    await sql`delete from plan.figure where workspace_id = ${workspaceId} and objective_id = ${objectiveId} and week = ${week}`.execute(
      tx,
    );
  else
    await sql`
      insert into plan.figure (workspace_id, objective_id, week, value, said_by) values (${workspaceId}, ${objectiveId}, ${week}, ${value}, ${memberId})
      on conflict on constraint figure_pk do update set value = excluded.value, said_by = excluded.said_by, at = now()`.execute(
      tx,
    );
}

/** A segment whose number everybody may know: the company's own, that asks for no ties; as it stands. */
const open = (workspaceId: string, s: string) =>
  sql`${sql.raw(s)}.workspace_id = ${workspaceId} and ${sql.raw(s)}.audience_id = ${workspaceId} and ${sql.raw(s)}.ended_at is null
    and not ${sql.raw(s)}.asks_ties`;
const counted = (s: string) => sql`${sql.raw(s)}.problem is null and ${sql.raw(s)}.built_at is not null`;

/** Of these segments those whose number everybody may know. As the viewer. */
export async function countOpenSegments(
  tx: Tx,
  { workspaceId }: Actor,
  segmentIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from segments.segment s where ${open(workspaceId, 's')} and s.segment_id = any(${segmentIds}::uuid[])`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** Of these segments those that the viewer sees. */
export async function countSeenSegments(
  tx: Tx,
  { workspaceId }: Actor,
  segmentIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from segments.segment s
    where s.workspace_id = ${workspaceId} and s.ended_at is null and s.segment_id = any(${segmentIds}::uuid[])`.execute(
    tx,
  );
  return rows[0]!.count;
}

/**
 * Keeps where each objective that is measured by a segment stands this week; again, it stands anew. What can no longer be counted (its segment ended,
 * cannot be computed, or has come to ask for ties) keeps its last figure. As the keeper.
 */
export async function keepFigures(tx: Tx, workspaceId: string): Promise<void> {
  await sql`
    insert into plan.figure (workspace_id, objective_id, week, value)
    select ${workspaceId}, o.objective_id, date_trunc('week', now() at time zone 'UTC')::date,
      case o.measured_by when 'members' then s.members when 'organizations' then firms.count
        else coalesce(round(1000.0 * part.count / nullif(whole.count, 0)) / 10, 0) end
    from plan.objective o
    join segments.segment s on ${open(workspaceId, 's')} and ${counted('s')} and s.segment_id = o.segment_id
    left join segments.segment b on ${open(workspaceId, 'b')} and ${counted('b')} and b.segment_id = o.base_segment_id
    left join lateral (select case when b.segment_id is null then s.members else (
        select count(*) from segments.member m
        where m.workspace_id = ${workspaceId} and m.segment_id = s.segment_id and exists (select from segments.member n
          where n.workspace_id = ${workspaceId} and n.segment_id = b.segment_id and n.person_id = m.person_id)) end as count) part
      on o.measured_by = 'share'
    left join lateral (select case when b.segment_id is not null then b.members else (
        select count(*) from cards.entry e
        where e.workspace_id = ${workspaceId} and e.audience_id = ${workspaceId} and e.kind = 'person') end as count) whole
      on o.measured_by = 'share'
    left join lateral (select count(distinct e.sort_organization) as count from segments.member m
        join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = ${workspaceId} and e.person_id = m.person_id
        where m.workspace_id = ${workspaceId} and m.segment_id = s.segment_id) firms
      on o.measured_by = 'organizations'
    where o.workspace_id = ${workspaceId} and o.archived_at is null and (o.base_segment_id is null or b.segment_id is not null)
    on conflict on constraint figure_pk do update set value = excluded.value, said_by = null, at = now()`.execute(tx);
}

/** The workspaces that measure something by a segment. As the keeper. */
export async function findMeasured(tx: Tx): Promise<string[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{ workspace_id: string }>`
    select distinct workspace_id from plan.objective where archived_at is null and segment_id is not null`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

export interface ProgrammeRow {
  programme_id: string;
  name: string;
  why: string;
  objective_ids: string[];
  segment_id: string | null;
  segment: string | null;
  target: string;
  priority: number;
  budget_cents: number | null;
  currency: string;
  owner_id: string;
  owner: string;
  colour: (typeof colours)[number];
  starts_on: string | null;
  ends_on: string | null;
  example: boolean;
  version: number;
  archived: boolean;
}

/** The most important first. */
export async function listProgrammes(
  tx: Tx,
  { workspaceId }: Actor,
  which: { archived: boolean } | { programmeId: string },
): Promise<ProgrammeRow[]> {
  const { rows } = await sql<ProgrammeRow>`
    select p.programme_id, p.name, p.why, p.objective_ids, p.segment_id, ${segmentName(workspaceId, 'p.segment_id')} as segment, p.target,
      p.priority, p.budget_cents::float8 as budget_cents, p.currency, p.owner_id, ${memberName(workspaceId, 'p.owner_id')} as owner, p.colour,
      p.starts_on::text, p.ends_on::text, p.example, p.version, p.archived_at is not null as archived
    from plan.programme p
    where p.workspace_id = ${workspaceId} and ${
      'programmeId' in which
        ? sql`p.programme_id = ${which.programmeId}`
        : sql`(p.archived_at is not null) = ${which.archived}`
    }
    order by p.priority desc, p.created_at, p.programme_id`.execute(tx);
  return rows;
}

/** Of these objectives those that there are. */
export async function countObjectives(
  tx: Tx,
  { workspaceId }: Actor,
  objectiveIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from plan.objective where workspace_id = ${workspaceId} and objective_id = any(${objectiveIds}::uuid[])`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** What is written down and changed as a whole, with its version. */
type Kept = 'objective' | 'programme' | 'campaign' | 'journey' | 'moment';

export async function add<K extends Kept>(
  tx: Tx,
  { workspaceId }: Actor,
  part: K,
  row: Omit<Insertable<DB[`plan.${K}`]>, 'workspace_id'>,
): Promise<void> {
  await tx
    .insertInto(`plan.${part}` as 'plan.objective')
    .values({ workspace_id: workspaceId, ...row } as unknown as Insertable<DB['plan.objective']>)
    .execute();
}

/** What somebody changes is an example no more. @returns false where somebody else has changed it since that version, or row security keeps it */
export async function change<K extends Kept>(
  tx: Tx,
  { workspaceId }: Actor,
  part: K,
  id: string,
  version: number,
  row: Updateable<DB[`plan.${K}`]>,
): Promise<boolean> {
  const done = await tx
    .updateTable(`plan.${part}` as 'plan.objective')
    .set({ ...(row as Updateable<DB['plan.objective']>), example: false, version: version + 1 })
    .where('workspace_id', '=', workspaceId)
    .where(sql<string>`${sql.ref(`${part}_id`)}`, '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function setArchived(
  tx: Tx,
  { workspaceId }: Actor,
  part: Kept,
  id: string,
  archived: boolean,
): Promise<void> {
  await sql`update plan.${sql.raw(part)} set archived_at = ${archived ? sql`coalesce(archived_at, now())` : null}, version = version + 1
    where workspace_id = ${workspaceId} and ${sql.raw(`${part}_id`)} = ${id}`.execute(tx);
}

/** What stands of the example as it came goes into the archive, or comes back; a programme in which there is something of one's own stays. */
export async function setExampleArchived(tx: Tx, { workspaceId }: Actor, archived: boolean): Promise<string[]> {
  const set = (part: Kept, more: RawBuilder<unknown> = sql`true`) =>
    sql<{
      id: string;
    }>`update plan.${sql.raw(part)} p set archived_at = ${archived ? sql`now()` : null}, version = version + 1
      where p.workspace_id = ${workspaceId} and p.example and (p.archived_at is null) = ${archived} and ${more} returning ${sql.raw(`${part}_id`)} as id`.execute(
      tx,
    );
  const { rows } = await set('campaign');
  await set('moment');
  await set('journey');
  await set('objective');
  await set(
    'programme',
    sql`not exists (select from plan.campaign c where c.workspace_id = ${workspaceId} and c.programme_id = p.programme_id
      and not c.example and c.archived_at is null)`,
  );
  return rows.map(({ id }) => id);
}

/** Whether anything was ever planned here; and whether something of the example stands as it came. */
export async function findBeginnings(tx: Tx, { workspaceId }: Actor): Promise<{ planned: boolean; example: boolean }> {
  const { rows } = await sql<{ planned: boolean; example: boolean }>`
    select exists (select from plan.objective where workspace_id = ${workspaceId} and archived_at is null)
        or exists (select from plan.programme where workspace_id = ${workspaceId} and archived_at is null)
        or exists (select from plan.journey where workspace_id = ${workspaceId} and archived_at is null) as planned,
      exists (select from plan.objective where workspace_id = ${workspaceId} and archived_at is null and example)
        or exists (select from plan.programme where workspace_id = ${workspaceId} and archived_at is null and example)
        or exists (select from plan.journey where workspace_id = ${workspaceId} and archived_at is null and example) as example`.execute(
    tx,
  );
  return rows[0]!;
}

/** Whether these are active members. */
export async function areActive(tx: Tx, { workspaceId }: Actor, memberIds: readonly string[]): Promise<boolean> {
  const wanted = new Set(memberIds);
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from identity.member
    where workspace_id = ${workspaceId} and member_id = any(${[...wanted]}::uuid[]) and status = 'active'`.execute(tx);
  return rows[0]!.count === wanted.size;
}

export type CampaignKind = (typeof campaignKinds)[number];
