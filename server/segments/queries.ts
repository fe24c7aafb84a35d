import { type RawBuilder, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Stirred } from '../kernel/stirring.ts';
import { stageKeys } from '../opportunities/contract.ts';
import type { AudienceKind, MeasureDefinition, Problem } from './contract.ts';

// Segments, measures and stages as they are kept, and what the language can name.

export interface SegmentRow {
  segment_id: string;
  key: string;
  name: string;
  description: string;
  kind: 'filter' | 'list';
  filter: string;
  audience_kind: AudienceKind;
  audience_id: string;
  audience_name: string;
  shown_to: string[];
  owner_id: string;
  owner: string;
  version: number;
  problem: Problem | null;
  asks_ties: boolean;
  built_at: Date | null;
  members: number;
  changed_at: Date;
  /** The viewer belongs to its audience: who is in it is theirs to see. */
  belongs: boolean;
  /** The viewer may change it. */
  mine: boolean;
}

/** Segments that the viewer sees, by name. */
export async function listSegments(tx: Tx, actor: Actor, segmentId?: string): Promise<SegmentRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<SegmentRow>`
    select s.segment_id, s.key, s.name, s.description, s.kind, s.filter, s.audience_kind, s.audience_id, s.shown_to, s.owner_id,
      coalesce(t.name, a.name, '') as audience_name, coalesce(o.name, '') as owner, s.version, s.problem, s.asks_ties, s.built_at, s.members,
      s.changed_at, strpos(current_setting('app.audiences', true), s.audience_id::text) > 0 as belongs,
      strpos(current_setting('app.audiences', true), s.audience_id::text) > 0 and (s.owner_id = ${actor.memberId}
        or current_setting('app.role', true) in ('admin', 'marketing') and s.audience_kind <> 'member') as mine
    from segments.segment s
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = s.audience_id
    left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = s.audience_id
    left join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = s.owner_id
    where s.workspace_id = ${workspaceId} and s.ended_at is null and ${segmentId ? sql`s.segment_id = ${segmentId}` : sql`true`}
    order by lower(s.name), s.segment_id`.execute(tx);
  return rows;
}

export interface NewSegment {
  segmentId: string;
  key: string;
  name: string;
  description: string;
  kind: 'filter' | 'list';
  filter: string;
  audienceKind: AudienceKind;
  audienceId: string;
  shownTo: readonly string[];
}

/** @returns false where the key is taken */
export async function addSegment(tx: Tx, actor: Actor, one: NewSegment): Promise<boolean> {
  const { rows } = await sql`
    insert into segments.segment (workspace_id, segment_id, key, name, description, kind, filter, audience_kind, audience_id, shown_to, owner_id)
    values (${actor.workspaceId}, ${one.segmentId}, ${one.key}, ${one.name}, ${one.description}, ${one.kind}, ${one.filter}, ${one.audienceKind},
      ${one.audienceId}, ${one.shownTo}, ${actor.memberId})
    on conflict (workspace_id, audience_id, key) where ended_at is null do nothing returning segment_id`.execute(tx);
  return rows.length > 0;
}

export interface SegmentChange {
  name: string;
  description: string;
  filter: string;
  shownTo: readonly string[];
}

/** What the filter asks is computed anew. @returns false where it was changed meanwhile, or is not the viewer's to change */
export async function changeSegment(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
  version: number,
  one: SegmentChange,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update segments.segment set name = ${one.name}, description = ${one.description}, filter = ${one.filter}, shown_to = ${one.shownTo},
      version = version + 1, changed_at = now(), problem = null,
      built_at = case when filter = ${one.filter} then built_at end
    where workspace_id = ${workspaceId} and segment_id = ${segmentId} and version = ${version} and ended_at is null`.execute(
    tx,
  );
  return numAffectedRows === 1n;
}

/** Its key is free for another from then on. @returns false where it is not the viewer's to change */
export async function endSegment(tx: Tx, { workspaceId }: Actor, segmentId: string, ended: boolean): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update segments.segment set ended_at = ${ended ? sql`now()` : null}, built_at = null, version = version + 1
    where workspace_id = ${workspaceId} and segment_id = ${segmentId} and (ended_at is null) = ${ended}`.execute(tx);
  return numAffectedRows === 1n;
}

/** What the viewer reaches now (see segments.reach()). */
export async function findReach(tx: Tx): Promise<Buffer> {
  const { rows } = await sql<{ reach: Buffer | null }>`select segments.reach() as reach`.execute(tx);
  return rows[0]!.reach ?? Buffer.alloc(0);
}

/** Whether the viewer is of an audience. */
export async function belongsTo(tx: Tx, audienceId: string): Promise<boolean> {
  const { rows } = await sql<{ belongs: boolean }>`
    select strpos(current_setting('app.audiences', true), ${audienceId}) > 0 as belongs`.execute(tx);
  return rows[0]!.belongs;
}

/** What audiences are called. */
export async function nameAudiences(
  tx: Tx,
  { workspaceId }: Actor,
  ids: readonly string[],
): Promise<Map<string, { kind: AudienceKind; id: string; name: string }>> {
  const { rows } = await sql<{ kind: AudienceKind; id: string; name: string }>`
    select 'workspace' as kind, n.id, '' as name from unnest(${ids}::uuid[]) n (id) where n.id = ${workspaceId}
    union all
    select 'team', t.team_id, t.name from identity.team t where t.workspace_id = ${workspaceId} and t.team_id = any(${ids}::uuid[])
    union all
    select 'member', m.member_id, m.name from identity.member m where m.workspace_id = ${workspaceId} and m.member_id = any(${ids}::uuid[])`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Keys that are taken in an audience, of which the viewer is. */
export async function findByKey(tx: Tx, { workspaceId }: Actor, key: string): Promise<string | undefined> {
  const { rows } = await sql<{ segment_id: string }>`
    select segment_id from segments.segment
    where workspace_id = ${workspaceId} and audience_id = ${workspaceId} and key = ${key} and kind = 'filter' and ended_at is null`.execute(
    tx,
  );
  return rows[0]?.segment_id;
}

export async function listKeys(tx: Tx, { workspaceId }: Actor, audienceId: string): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from segments.segment where workspace_id = ${workspaceId} and audience_id = ${audienceId} and ended_at is null`.execute(
    tx,
  );
  return rows.map((row) => row.key);
}

/** About how many persons an audience sees: the planner's guess, for large companies; else counted. As the keeper. */
export async function countAbout(tx: Tx, workspaceId: string, audiences: readonly string[]): Promise<number> {
  const { rows } = await sql<{ people: number }>`
    select count(*)::int as people from (select from cards.entry
      where workspace_id = ${workspaceId} and audience_id = any(${audiences}::uuid[]) and kind = 'person') e`.execute(
    tx,
  );
  return rows[0]!.people;
}

// --- lists ---

export async function addListed(
  tx: Tx,
  actor: Actor,
  segmentId: string,
  audienceId: string,
  cardIds: readonly string[],
) {
  await sql`insert into segments.listed (workspace_id, segment_id, audience_id, card_id, added_by)
    select ${actor.workspaceId}, ${segmentId}, ${audienceId}, n.id, ${actor.memberId} from unnest(${cardIds}::uuid[]) n (id)
    on conflict on constraint listed_pk do nothing`.execute(tx);
}

export async function removeListed(tx: Tx, { workspaceId }: Actor, segmentId: string, cardIds: readonly string[]) {
  await sql`delete from segments.listed where workspace_id = ${workspaceId} and segment_id = ${segmentId} and card_id = any(${cardIds})`.execute(
    tx,
  );
}

/** Writes down who is in a segment now as a list. As the keeper, after the viewer was asked whether they may. */
export async function copyMembers(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  from: string,
  to: string,
  audienceId: string,
) {
  await sql`insert into segments.listed (workspace_id, segment_id, audience_id, card_id, added_by)
    select ${workspaceId}, ${to}, ${audienceId}, m.person_id, ${memberId} from segments.member m
    where m.workspace_id = ${workspaceId} and m.segment_id = ${from}`.execute(tx);
}

// --- who is in it ---

export interface MemberRow {
  person_id: string;
  name: string;
  organization: string | null;
  title: string | null;
  since: Date;
  sort_name: string;
}

/** A page of members by name, as the viewer who belongs to its audience reaches them now. */
export async function listMembers(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
  after: { name: string; id: string } | null,
  limit: number,
): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select m.person_id, e.name, e.organization, e.title, m.since, e.sort_name
    from segments.member m
    join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = m.audience_id and e.person_id = m.person_id
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId}
      ${after ? sql`and (e.sort_name, m.person_id) > (${after.name}, ${after.id})` : sql``}
    order by e.sort_name, m.person_id limit ${limit}`.execute(tx);
  return rows;
}

/** All members by name, as the viewer who belongs to its audience reaches them now. */
export async function listAllMembers(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
): Promise<{ person_id: string; since: Date }[]> {
  const { rows } = await sql<{ person_id: string; since: Date }>`
    select m.person_id, m.since from segments.member m
    join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = m.audience_id and e.person_id = m.person_id
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId}
    order by e.sort_name, m.person_id`.execute(tx);
  return rows;
}

/** All members by id, as the viewer who belongs to its audience reaches them now. */
export async function listMemberIds(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
  page?: { after: string | null; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ person_id: string }>`
    select person_id from segments.member
    where workspace_id = ${workspaceId} and segment_id = ${segmentId} and ${page?.after ? sql`person_id > ${page.after}::uuid` : sql`true`}
    order by person_id ${page ? sql`limit ${page.limit}` : sql``}`.execute(tx);
  return rows.map((row) => row.person_id);
}

/** Who of these is a member now, by whichever of their cards they are called. */
export async function keepMembers(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
  personIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ card_id: string }>`
    select c.card_id from cards.card c
    where c.workspace_id = ${workspaceId} and c.card_id = any(${personIds}::uuid[]) and exists (select from segments.member m
      where m.workspace_id = ${workspaceId} and m.cluster_id = c.cluster_id and m.segment_id = ${segmentId})`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.card_id));
}

/** How many of each the viewer reaches now, of segments to whose audience they belong: by what the members were made through, under row security. */
export async function countMembers(
  tx: Tx,
  { workspaceId }: Actor,
  segmentIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ segment_id: string; members: number }>`
    select segment_id, sum(members)::int as members from segments.counted
    where workspace_id = ${workspaceId} and segment_id = any(${segmentIds}::uuid[]) group by segment_id`.execute(tx);
  return new Map(rows.map((row) => [row.segment_id, row.members]));
}

export interface MovementRow {
  movement_id: string;
  person_id: string;
  name: string;
  organization: string | null;
  title: string | null;
  entered: boolean;
  at: Date;
}

/** Who came and left, the newest first, as far as they are still there to be seen. */
export async function listMovements(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<MovementRow[]> {
  const { rows } = await sql<MovementRow>`
    select m.movement_id, m.person_id, e.name, e.organization, e.title, m.entered, m.at from segments.movement m
    join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = m.audience_id and e.person_id = m.person_id
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId}
      ${before ? sql`and (m.at, m.movement_id) < (${before.at}::timestamptz, ${before.id})` : sql``}
    order by m.at desc, m.movement_id desc limit ${limit}`.execute(tx);
  return rows;
}

export interface DayRow {
  day: string;
  members: number;
  entered: number;
  gone: number;
}

export async function listDays(tx: Tx, { workspaceId }: Actor, segmentId: string, days: number): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`
    select day::text, members, entered, gone from segments.day
    where workspace_id = ${workspaceId} and segment_id = ${segmentId} and day > current_date - ${days}::int order by day`.execute(
    tx,
  );
  return rows;
}

/** Of the largest segments to whose audience the viewer belongs, how many were in them before each of these days. */
export async function listTrendRows(
  tx: Tx,
  { workspaceId }: Actor,
  days: readonly string[],
  most: number,
  withoutTies: boolean,
): Promise<{ segment_id: string; name: string; members: number }[]> {
  const { rows } = await sql<{ segment_id: string; name: string; members: number }>`
    select s.segment_id, s.name, coalesce((select d.members from segments.day d
        where d.workspace_id = ${workspaceId} and d.segment_id = s.segment_id and d.day < n.day order by d.day desc limit 1), 0) as members
    from (select segment_id, name, members from segments.segment
      where workspace_id = ${workspaceId} and ended_at is null and built_at is not null and problem is null
        and strpos(current_setting('app.audiences', true), audience_id::text) > 0 and not (asks_ties and ${withoutTies})
      order by members desc, segment_id limit ${most}) s
    cross join unnest(${days}::date[]) with ordinality n (day, at)
    order by s.members desc, s.segment_id, n.at`.execute(tx);
  return rows;
}

/** How many are in both of each two of these segments, of one audience, as the viewer reaches them. */
export async function listOverlaps(
  tx: Tx,
  { workspaceId }: Actor,
  segmentIds: readonly string[],
): Promise<{ a: string; b: string; both: number }[]> {
  const { rows } = await sql<{ a: string; b: string; both: number }>`
    select a.segment_id as a, b.segment_id as b, count(*)::int as both
    from segments.member a
    join segments.member b on b.workspace_id = ${workspaceId} and b.person_id = a.person_id and b.segment_id = any(${segmentIds})
    where a.workspace_id = ${workspaceId} and a.segment_id = any(${segmentIds}) and a.segment_id < b.segment_id
    group by a.segment_id, b.segment_id`.execute(tx);
  return rows;
}

/** Of these persons' rows of the list, those segments that they are in and that the viewer sees. */
export async function findSegmentsOf(
  tx: Tx,
  { workspaceId }: Actor,
  cardIds: readonly string[],
): Promise<{ segment_id: string; since: Date }[]> {
  const { rows } = await sql<{ segment_id: string; since: Date }>`
    select m.segment_id, m.since from segments.member m
    join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = m.audience_id and e.person_id = m.person_id
    where m.workspace_id = ${workspaceId} and m.cluster_id in (select cluster_id from cards.card
        where workspace_id = ${workspaceId} and card_id = any(${cardIds}))
      and e.subject_ids && ${cardIds}::uuid[]`.execute(tx);
  return rows;
}

/** Rows of the list, by name, of persons as the viewer sees them. */
export async function listPersons(
  tx: Tx,
  { workspaceId }: Actor,
  personIds: readonly string[],
  after: { name: string; id: string } | null,
  limit: number,
): Promise<Omit<MemberRow, 'since'>[]> {
  const { rows } = await sql<Omit<MemberRow, 'since'>>`
    select distinct on (e.sort_name, e.person_id) e.person_id, e.name, e.organization, e.title, e.sort_name from cards.entry e
    where e.workspace_id = ${workspaceId} and e.audience_id = any(string_to_array(current_setting('app.audiences', true), ',')::uuid[])
      and e.person_id = any(${personIds}::uuid[]) ${after ? sql`and (e.sort_name, e.person_id) > (${after.name}, ${after.id})` : sql``}
    order by e.sort_name, e.person_id, e.card_count desc limit ${limit}`.execute(tx);
  return rows;
}

/** The cards of whoever is in a segment, by which a viewer with other grants finds them. As the keeper. */
export async function listMemberCards(tx: Tx, workspaceId: string, segmentId: string): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select distinct c.card_id from segments.member m
    join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = m.audience_id and e.person_id = m.person_id
    join cards.card c on c.workspace_id = ${workspaceId} and c.cluster_id = m.cluster_id and c.card_id = any(e.subject_ids)
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId}`.execute(tx);
  return rows.map((row) => row.card_id);
}

// --- what the language can name ---

/** The audiences whose grants somebody enjoys who is of this one: of the workspace, itself; of a team, both; of a member, their teams, too. */
export async function findAudiences(
  tx: Tx,
  workspaceId: string,
  { kind, id }: { kind: AudienceKind; id: string },
): Promise<string[]> {
  if (kind === 'workspace') return [workspaceId];
  if (kind === 'team') return [id, workspaceId];
  const { rows } = await sql<{ team_id: string }>`
    select tm.team_id from identity.team_member tm
    join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = tm.team_id and coalesce(t.ends_at, 'infinity') > now()
    where tm.workspace_id = ${workspaceId} and tm.member_id = ${id}`.execute(tx);
  return [id, workspaceId, ...rows.map((row) => row.team_id)];
}

export interface Nameable {
  kinds: {
    kind_no: number;
    key: string;
    name: string;
    fields: {
      key: string;
      name?: string;
      type: string;
      choices?: { key: string; name?: string; fr?: string; en?: string }[];
    }[];
    has_amount: boolean;
    open: boolean;
  }[];
  attributes: {
    attribute_no: number;
    attribute_id: string;
    key: string;
    name: string;
    type: 'text' | 'number' | 'boolean' | 'date' | 'choice';
    unit: string | null;
    choices: { key: string; fr: string; en: string }[];
    many: boolean;
    open: boolean;
  }[];
  measures: MeasureRow[];
  stages: StageRow[];
  segments: { segment_id: string; key: string; name: string; kind: 'filter' | 'list'; filter: string }[];
  topics: { topic_id: string; parent_id: string | null; name_fr: string; name_en: string }[];
  channels: number[];
  audiences: readonly string[];
  dealStages: { stage_id: string; key: string | null; name: string | null }[];
  groups: { group_id: string; name: string; label: string | null }[];
}

/** Until the first opportunity is written, nothing stands at the stages with which everybody begins. */
const usualDealStages = stageKeys.map((key) => ({ stage_id: '00000000-0000-0000-0000-000000000000', key, name: null }));

/** Everything that can be named by whoever is of these audiences, the first of them being their own. As the keeper. */
export async function findNameable(tx: Tx, workspaceId: string, audiences: readonly string[]): Promise<Nameable> {
  const all = <T>(query: RawBuilder<T>) => query.execute(tx).then(({ rows }) => rows);
  const open = sql`audience_id = any(${audiences}::uuid[])`;
  const kinds = await all(sql<Nameable['kinds'][number]>`
    select k.kind_no, k.key, k.name, k.fields, k.has_amount, exists (select from facts.kind_access x
      where x.workspace_id = ${workspaceId} and x.kind_id = k.kind_id and x.${open}) as open
    from facts.kind k where k.workspace_id = ${workspaceId} and k.ended_at is null order by k.kind_no`);
  const attributes = await all(sql<Nameable['attributes'][number]>`
    select a.attribute_no, a.attribute_id, a.key, a.name, a.type, a.unit, a.choices, a.many, exists (select from attributes.access x
      where x.workspace_id = ${workspaceId} and x.attribute_id = a.attribute_id and x.${open}) as open
    from attributes.attribute a where a.workspace_id = ${workspaceId} and a.ended_at is null order by lower(a.name)`);
  const segments = await all(sql<Nameable['segments'][number]>`
    select segment_id, key, name, kind, filter from segments.segment
    where workspace_id = ${workspaceId} and ended_at is null and (${open} or kind = 'filter' and shown_to && ${audiences}::uuid[])
    -- Of two that are called the same, the audience's own is meant: it comes last.
    order by audience_id = ${audiences[0]!}, lower(name)`);
  const topics = await all(sql<Nameable['topics'][number]>`
    select topic_id, parent_id, name_fr, name_en from voices.topic where workspace_id = ${workspaceId} and ended_at is null`);
  const channels = await all(sql<{ channel_no: number }>`
    select c.channel_no from conversations.channel c where c.workspace_id = ${workspaceId} and (c.owner_id = ${audiences[0]!}
      or exists (select from conversations.access x where x.workspace_id = ${workspaceId} and x.channel_id = c.channel_id and x.${open}))`);
  const dealStages = await all(sql<Nameable['dealStages'][number]>`
    select stage_id, key, name from opportunities.stage where workspace_id = ${workspaceId} order by ended_at is not null, position, stage_id`);
  const groups = await all(sql<Nameable['groups'][number]>`
    select group_id, name, label from relations.group where workspace_id = ${workspaceId} and removed_at is null and ${open} order by sort_name, group_id`);
  return {
    audiences,
    dealStages: dealStages.length > 0 ? dealStages : usualDealStages,
    groups,
    kinds,
    attributes,
    segments,
    topics,
    channels: channels.map((row) => row.channel_no),
    measures: await listMeasures(tx, workspaceId),
    stages: await listStages(tx, workspaceId),
  };
}

/** Whether the key of a segment that ended is another's now. */
export async function isKeyTaken(tx: Tx, { workspaceId }: Actor, segmentId: string): Promise<boolean> {
  const { rows } = await sql`
    select from segments.segment o join segments.segment s on s.workspace_id = ${workspaceId} and s.segment_id = ${segmentId}
    where o.workspace_id = ${workspaceId} and o.audience_id = s.audience_id and o.key = s.key and o.ended_at is null
      and o.segment_id <> s.segment_id`.execute(tx);
  return rows.length > 0;
}

// --- measures and stages ---

export interface MeasureRow {
  measure_id: string;
  key: string;
  kind: 'aggregate' | 'score';
  name: string;
  meaning: string;
  unit: string;
  definition: MeasureDefinition;
  version: number;
  changed_at: Date;
}

async function listMeasures(tx: Tx, workspaceId: string): Promise<MeasureRow[]> {
  const { rows } = await sql<MeasureRow>`
    select measure_id, key, kind, name, meaning, unit, definition, version, changed_at from segments.measure
    where workspace_id = ${workspaceId} order by lower(name), measure_id`.execute(tx);
  return rows;
}

export interface MeasureEntry {
  name: string;
  meaning: string;
  unit: string;
  definition: MeasureDefinition;
}

/** @returns false where the key is taken */
export async function addMeasure(
  tx: Tx,
  actor: Actor,
  one: MeasureEntry & { measureId: string; key: string; kind: 'aggregate' | 'score' },
): Promise<boolean> {
  const { rows } = await sql`
    insert into segments.measure (workspace_id, measure_id, key, kind, name, meaning, unit, definition, changed_by)
    values (${actor.workspaceId}, ${one.measureId}, ${one.key}, ${one.kind}, ${one.name}, ${one.meaning}, ${one.unit},
      ${JSON.stringify(one.definition)}, ${actor.memberId})
    on conflict on constraint measure_key_uq do nothing returning measure_id`.execute(tx);
  return rows.length > 0;
}

/** @returns false where it was changed meanwhile, or is gone */
export async function changeMeasure(
  tx: Tx,
  actor: Actor,
  measureId: string,
  version: number,
  one: MeasureEntry,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update segments.measure set name = ${one.name}, meaning = ${one.meaning}, unit = ${one.unit}, definition = ${JSON.stringify(one.definition)},
      changed_by = ${actor.memberId}, changed_at = now(), version = version + 1
    where workspace_id = ${actor.workspaceId} and measure_id = ${measureId} and version = ${version}`.execute(tx);
  return numAffectedRows === 1n;
}

export async function deleteMeasure(tx: Tx, { workspaceId }: Actor, measureId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from segments.measure where workspace_id = ${workspaceId} and measure_id = ${measureId}`.execute(tx);
  return numAffectedRows === 1n;
}

export interface StageRow {
  key: string;
  name: string;
  filter: string;
}

async function listStages(tx: Tx, workspaceId: string): Promise<StageRow[]> {
  const { rows } = await sql<StageRow>`
    select key, name, filter from segments.stage where workspace_id = ${workspaceId} order by position`.execute(tx);
  return rows;
}

export async function replaceStages(tx: Tx, { workspaceId }: Actor, stages: readonly StageRow[]): Promise<void> {
  await sql`delete from segments.stage where workspace_id = ${workspaceId}`.execute(tx);
  for (const [position, one] of stages.entries())
    await sql`insert into segments.stage (workspace_id, position, key, name, filter)
      values (${workspaceId}, ${position}, ${one.key}, ${one.name}, ${one.filter})`.execute(tx);
}

/** All that stand, to be computed. As the keeper. */
export interface KeptSegment {
  segment_id: string;
  key: string;
  kind: 'filter' | 'list';
  filter: string;
  audience_kind: AudienceKind;
  audience_id: string;
  follows: Stirred[];
  daily: boolean;
  built_at: Date | null;
  made_of: string | null;
}

/** Those that are to be computed, or looked at whether what they are made of has changed. */
export async function listKept(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ segment_id: string }>`
    select segment_id from segments.segment where workspace_id = ${workspaceId} and ended_at is null order by built_at nulls first, segment_id`.execute(
    tx,
  );
  return rows.map((row) => row.segment_id);
}

/** Locked, so that two computations of one follow each other. */
export async function lockSegments(
  tx: Tx,
  workspaceId: string,
  segmentIds?: readonly string[],
): Promise<KeptSegment[]> {
  const { rows } = await sql<KeptSegment>`
    select segment_id, key, kind, filter, audience_kind, audience_id, follows, daily, built_at, made_of from segments.segment
    where workspace_id = ${workspaceId} and ended_at is null and ${segmentIds ? sql`segment_id = any(${segmentIds}::uuid[])` : sql`true`}
    order by segment_id for update`.execute(tx);
  return rows;
}
