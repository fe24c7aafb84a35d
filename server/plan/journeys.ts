import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Stage } from './journeys-contract.ts';
import { memberName, segmentName } from './queries.ts';

// Journeys of customers, the moments of truth that people marked in them, and what the data say as the viewer may see it.

export interface JourneyRow {
  journey_id: string;
  name: string;
  segment_id: string | null;
  segment: string | null;
  target: string;
  stages: Stage[];
  owner_id: string;
  owner: string;
  example: boolean;
  version: number;
}

export async function listJourneys(
  tx: Tx,
  { workspaceId }: Actor,
  which: { archived: boolean } | { journeyId: string },
): Promise<JourneyRow[]> {
  const { rows } = await sql<JourneyRow>`
    select j.journey_id, j.name, j.segment_id, ${segmentName(workspaceId, 'j.segment_id')} as segment, j.target, j.stages, j.owner_id,
      ${memberName(workspaceId, 'j.owner_id')} as owner, j.example, j.version
    from plan.journey j
    where j.workspace_id = ${workspaceId} and ${
      'journeyId' in which
        ? sql`j.journey_id = ${which.journeyId}`
        : sql`(j.archived_at is not null) = ${which.archived}`
    }
    order by j.created_at, j.journey_id`.execute(tx);
  return rows;
}

/** Segments by their ids, as the viewer sees them. */
export async function nameSegments(
  tx: Tx,
  { workspaceId }: Actor,
  segmentIds: readonly string[],
): Promise<{ id: string; name: string | null }[]> {
  const { rows } = await sql<{ id: string; name: string | null }>`
    select n.id, ${segmentName(workspaceId, 'n.id')} as name from unnest(${[...new Set(segmentIds)]}::uuid[]) n (id)`.execute(
    tx,
  );
  return rows;
}

export interface MomentRow {
  moment_id: string;
  journey_id: string;
  stage_id: string;
  name: string;
  words: string;
  programme_id: string | null;
  found: string | null;
  version: number;
  archived: boolean;
}

/** Those that stand; a programme in the archive serves none. @param momentId one of them, or of the archive */
export async function listMoments(
  tx: Tx,
  { workspaceId }: Actor,
  journeyIds: readonly string[],
  momentId?: string,
): Promise<MomentRow[]> {
  const { rows } = await sql<MomentRow>`
    select m.moment_id, m.journey_id, m.stage_id, m.name, m.words, p.programme_id, m.found, m.version, m.archived_at is not null as archived
    from plan.moment m
    left join plan.programme p on p.workspace_id = ${workspaceId} and p.programme_id = m.programme_id and p.archived_at is null
    where m.workspace_id = ${workspaceId} and m.journey_id = any(${journeyIds}::uuid[])
      and ${momentId ? sql`m.moment_id = ${momentId}` : sql`m.archived_at is null`}
    order by m.created_at, m.moment_id`.execute(tx);
  return rows;
}

/** Those of all journeys that stand. */
export async function listAllMoments(
  tx: Tx,
  { workspaceId }: Actor,
): Promise<{ id: string; journeyId: string; name: string; programmeId: string | null }[]> {
  const { rows } = await sql<{ id: string; journeyId: string; name: string; programmeId: string | null }>`
    select m.moment_id as id, m.journey_id as "journeyId", m.name, p.programme_id as "programmeId"
    from plan.moment m
    join plan.journey j on j.workspace_id = ${workspaceId} and j.journey_id = m.journey_id and j.archived_at is null
      and j.stages @> jsonb_build_array(jsonb_build_object('id', m.stage_id))
    left join plan.programme p on p.workspace_id = ${workspaceId} and p.programme_id = m.programme_id and p.archived_at is null
    where m.workspace_id = ${workspaceId} and m.archived_at is null
    order by m.created_at, m.moment_id`.execute(tx);
  return rows;
}

/** Whether what was found stands as a moment already. */
export async function isMarked(tx: Tx, { workspaceId }: Actor, journeyId: string, found: string): Promise<boolean> {
  const { rows } = await sql`
    select moment_id from plan.moment
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and found = ${found} and archived_at is null`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function listDismissed(tx: Tx, { workspaceId }: Actor, journeyId: string): Promise<Set<string>> {
  const { rows } = await sql<{ found: string }>`
    select found from plan.dismissed where workspace_id = ${workspaceId} and journey_id = ${journeyId}`.execute(tx);
  return new Set(rows.map((row) => row.found));
}

export async function dismiss(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  journeyId: string,
  found: string,
  dismissed: boolean,
): Promise<void> {
  if (dismissed)
    await sql`insert into plan.dismissed (workspace_id, journey_id, found, dismissed_by) values (${workspaceId}, ${journeyId}, ${found}, ${memberId})
      on conflict on constraint dismissed_pk do nothing`.execute(tx);
  else
    await sql`delete from plan.dismissed where workspace_id = ${workspaceId} and journey_id = ${journeyId} and found = ${found}`.execute(
      tx,
    );
}

/** A stage's segment, and that of the next stage which has one. */
export interface Passage {
  stageId: string;
  segmentId: string;
  nextId: string;
}
/** Days back between which somebody came into a stage: movements are kept for so long, and who came yesterday has had no time to go on. */
const [oldest, youngest] = [90, 14];

export interface Passed {
  stage_id: string;
  next: string;
  came: number;
  went_on: number;
}

/**
 * How many came into each stage's segment, and how many of them have been in the next one's since. Counted under the viewer's row security: only of
 * segments whose members they see, through no more than they reach now. Segments that ask for ties are left out.
 */
export async function countPassages(tx: Tx, { workspaceId }: Actor, passages: readonly Passage[]): Promise<Passed[]> {
  if (passages.length === 0) return [];
  const { rows } = await sql<Passed>`
    select p.stage_id, n.name as next, count(distinct m.cluster_id)::int as came,
      (count(distinct m.cluster_id) filter (where exists (select from segments.member w
          where w.workspace_id = ${workspaceId} and w.segment_id = p.next_id and w.cluster_id = m.cluster_id)
        or exists (select from segments.movement w where w.workspace_id = ${workspaceId} and w.segment_id = p.next_id
          and w.cluster_id = m.cluster_id and w.entered and w.at >= m.at)))::int as went_on
    from unnest(${passages.map((one) => one.stageId)}::uuid[], ${passages.map((one) => one.segmentId)}::uuid[],
      ${passages.map((one) => one.nextId)}::uuid[]) p (stage_id, segment_id, next_id)
    join segments.segment s on s.workspace_id = ${workspaceId} and s.segment_id = p.segment_id and s.ended_at is null and not s.asks_ties
      and strpos(current_setting('app.audiences', true), s.audience_id::text) > 0
    join segments.segment n on n.workspace_id = ${workspaceId} and n.segment_id = p.next_id and n.ended_at is null and not n.asks_ties
      and strpos(current_setting('app.audiences', true), n.audience_id::text) > 0
    left join segments.movement m on m.workspace_id = ${workspaceId} and m.segment_id = p.segment_id and m.entered
      and m.at > now() - make_interval(days => ${oldest}) and m.at <= now() - make_interval(days => ${youngest})
    group by p.stage_id, n.name`.execute(tx);
  return rows;
}
