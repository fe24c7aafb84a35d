import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { TieEnd } from './ties.ts';

/** A moment of a map that can be looked at again. */
interface Version {
  revision: number;
  /** ISO 8601. */
  at: string;
  memberId: string;
  label: string;
}

export interface MapRow {
  map_id: string;
  subject_kind: 'organization' | 'opportunity';
  subject_id: string;
  card_id: string;
  author_id: string;
  author: string;
  /** Its author is here no more. */
  abandoned: boolean;
  shared: boolean;
  name: string;
  revision: number;
  changed_by: string;
  changer: string;
  changed_at: Date;
  versions: Version[];
}

export interface NodeRow {
  card_id: string;
  influence: number | null;
  stance: number | null;
  left_out: boolean;
  author_id: string;
  since_revision: number;
}

export interface LineRow {
  card_a: string;
  card_b: string;
  author_id: string;
}

/** So many versions are kept within reach; the rows of older ones stay. */
const versionsKept = 200;

const columns = sql`m.map_id, m.subject_kind, m.subject_id, m.card_id, m.author_id, coalesce(a.name, '') as author,
  coalesce(a.status, '') <> 'active' as abandoned, m.shared, m.name, m.revision,
  m.changed_by, coalesce(c.name, '') as changer, m.changed_at, m.versions`;

/** Of a map `m`: of an opportunity it is there for whoever sees that, which its own row security says. */
const subjectSeen = (
  workspaceId: string,
) => sql`(m.subject_kind = 'organization' or exists (select from opportunities.opportunity o
  where o.workspace_id = ${workspaceId} and o.opportunity_id = m.subject_id and o.removed_at is null))`;

/** Of a map `m`: its author is not here any more, and somebody else may name it. */
const isAbandoned = (workspaceId: string) => sql`not exists (select from identity.member w
  where w.workspace_id = ${workspaceId} and w.member_id = m.author_id and w.status = 'active')`;

/** Maps of a subject that the viewer sees, the last changed first. @param subjectIds all ids that it goes by */
export async function listMaps(tx: Tx, actor: Actor, subjectIds: readonly string[]): Promise<MapRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<MapRow>`
    select ${columns} from cards.power_map m
    left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = m.author_id
    left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = m.changed_by
    where m.workspace_id = ${workspaceId} and m.subject_id = any(${subjectIds}) and m.removed_at is null and ${subjectSeen(workspaceId)}
    order by m.changed_at desc, m.map_id limit 100`.execute(tx);
  return rows;
}

export async function findMap(tx: Tx, actor: Actor, mapId: string): Promise<MapRow | undefined> {
  const { workspaceId } = actor;
  const { rows } = await sql<MapRow>`
    select ${columns} from cards.power_map m
    left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = m.author_id
    left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = m.changed_by
    where m.workspace_id = ${workspaceId} and m.map_id = ${mapId} and m.removed_at is null and ${subjectSeen(workspaceId)}`.execute(
    tx,
  );
  return rows[0];
}

/** @param on the card that it hangs on: the organisation's, or of an opportunity without one, a participant's */
export async function addMap(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  on: TieEnd,
  { kind, subjectId, name }: { kind: MapRow['subject_kind']; subjectId: string; name: string },
): Promise<string> {
  const mapId = newId();
  await sql`insert into cards.power_map (workspace_id, map_id, subject_kind, subject_id, card_id, book_no, exposure, author_id, name, changed_by)
    values (${workspaceId}, ${mapId}, ${kind}, ${subjectId}, ${on.card_id}, ${on.book_no}, ${on.exposure}, ${memberId}, ${name}, ${memberId})`.execute(
    tx,
  );
  return mapId;
}

/** Its author's to name, to share and to remove; what stands on it follows. @returns false where the actor has no such map */
export async function updateMap(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  mapId: string,
  { name, shared, removed }: { name?: string | undefined; shared?: boolean | undefined; removed?: boolean | undefined },
): Promise<boolean> {
  const isNameAlone = shared === undefined && removed === undefined;
  const changed =
    await sql`update cards.power_map m set name = coalesce(${name ?? null}, name), shared = coalesce(${shared ?? null}, shared),
      removed_at = case ${removed ?? null}::boolean when true then now() when false then null else removed_at end
    where workspace_id = ${workspaceId} and map_id = ${mapId} and ${subjectSeen(workspaceId)}
      and (author_id = ${memberId} or ${isNameAlone} and shared and ${isAbandoned(workspaceId)})`.execute(tx);
  if (changed.numAffectedRows !== 1n) return false;
  if (shared !== undefined)
    for (const table of ['cards.map_node', 'cards.map_line'])
      await sql`update ${sql.table(table)} set shared = ${shared}
        where workspace_id = ${workspaceId} and map_id = ${mapId} and map_author_id = ${memberId}`.execute(tx);
  return true;
}

/** Where the rows of a map stood at a revision. */
const standingAt = (revision: number) =>
  sql`since_revision <= ${revision} and (until_revision is null or until_revision > ${revision})`;

export async function listNodes(tx: Tx, actor: Actor, mapId: string, revision: number): Promise<NodeRow[]> {
  const { rows } = await sql<NodeRow>`
    select card_id, influence, stance, left_out, author_id, since_revision from cards.map_node
    where workspace_id = ${actor.workspaceId} and map_id = ${mapId} and ${standingAt(revision)}
    order by since_revision desc, node_id desc`.execute(tx);
  return rows;
}

export async function listLines(tx: Tx, actor: Actor, mapId: string, revision: number): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    select card_a, card_b, author_id from cards.map_line
    where workspace_id = ${actor.workspaceId} and map_id = ${mapId} and ${standingAt(revision)}
    order by since_revision, line_id`.execute(tx);
  return rows;
}

/** What a version before the coming change is called; none: the state before is no version. */
export interface Before {
  label: string;
}

/**
 * Takes the next revision for a change. The state before becomes a version when it is asked for, or when it stood for an hour.
 *
 * @param upon the revision that the change was made upon
 * @returns undefined where somebody else has changed the map meanwhile
 */
export async function takeRevision(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  map: MapRow,
  upon: number,
  before: Before | null,
): Promise<{ revision: number; shared: boolean } | undefined> {
  const keeps = before !== null || (upon > 0 && Date.now() - map.changed_at.getTime() > 3_600_000);
  const kept = versionsWith(map, keeps ? (before?.label ?? '') : null);
  const { rows } = await sql<{ revision: number; shared: boolean }>`
    update cards.power_map set revision = revision + 1, changed_by = ${memberId}, changed_at = now(), versions = ${JSON.stringify(kept)}::jsonb
    where workspace_id = ${workspaceId} and map_id = ${map.map_id} and revision = ${upon} and removed_at is null
    returning revision, shared`.execute(tx);
  return rows[0];
}

/** The versions, with the state of now where it is to become one and is none yet. */
function versionsWith({ versions, revision, changed_at, changed_by }: MapRow, label: string | null): Version[] {
  if (label === null || (label === '' && versions.at(-1)?.revision === revision)) return versions;
  const one = { revision, at: changed_at.toISOString(), memberId: changed_by, label };
  return [...versions.filter((other) => other.revision !== revision), one].slice(-versionsKept);
}

/** Makes the state of now a version. @returns false where the map has been changed meanwhile */
export async function keepVersion(tx: Tx, actor: Actor, map: MapRow, label: string): Promise<boolean> {
  const changed = await sql`update cards.power_map set versions = ${JSON.stringify(versionsWith(map, label))}::jsonb
    where workspace_id = ${actor.workspaceId} and map_id = ${map.map_id} and revision = ${map.revision}`.execute(tx);
  return changed.numAffectedRows === 1n;
}

/** What stands already where the actor does not see it: somebody lost their sight of it before the map was shared. */
function refuseTwice(error: { code?: string }): never {
  throw error.code === '23505' ? new AppError('conflict') : error;
}

/** Where a person is put on a map: on one of their cards. */
export interface Placing {
  /** All cards of the person that the actor sees. */
  cardIds: readonly string[];
  /** The one of them that it hangs on. */
  on: TieEnd;
  /** Null: nothing is said of them by hand any more. */
  place: { influence: number | null; stance: number | null; leftOut: boolean } | null;
}

/** Ends what stood of these persons by hand, and writes what stands from this revision on. */
export async function placeNodes(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  map: Pick<MapRow, 'map_id' | 'author_id' | 'shared'>,
  revision: number,
  placings: readonly Placing[],
): Promise<void> {
  const cardIds = placings.flatMap((one) => one.cardIds);
  await sql`update cards.map_node set until_revision = ${revision}
    where workspace_id = ${workspaceId} and map_id = ${map.map_id} and card_id = any(${cardIds}) and until_revision is null`.execute(
    tx,
  );
  const rows = placings.flatMap(({ on, place }) =>
    place
      ? [
          {
            workspace_id: workspaceId,
            node_id: newId(),
            map_id: map.map_id,
            card_id: on.card_id,
            book_no: on.book_no,
            exposure: on.exposure,
            map_author_id: map.author_id,
            shared: map.shared,
            author_id: memberId,
            influence: place.influence,
            stance: place.stance,
            left_out: place.leftOut,
            since_revision: revision,
          },
        ]
      : [],
  );
  if (rows.length > 0) await tx.insertInto('cards.map_node').values(rows).execute().catch(refuseTwice);
}

/** A line of influence between two persons, to be there or not. */
export interface LineChange {
  /** Cards of the one who is listened to, and of the one who listens, that the actor sees. */
  fromIds: readonly string[];
  toIds: readonly string[];
  from: TieEnd;
  to: TieEnd;
  drawn: boolean;
}

export async function changeLines(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  map: Pick<MapRow, 'map_id' | 'author_id' | 'shared'>,
  revision: number,
  changes: readonly LineChange[],
): Promise<void> {
  for (const { fromIds, toIds, from, to, drawn } of changes) {
    await sql`update cards.map_line set until_revision = ${revision}
      where workspace_id = ${workspaceId} and map_id = ${map.map_id} and card_a = any(${fromIds}) and card_b = any(${toIds})
        and until_revision is null`.execute(tx);
    if (!drawn) continue;
    await sql`insert into cards.map_line (workspace_id, line_id, map_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b,
        map_author_id, shared, author_id, since_revision)
      values (${workspaceId}, ${newId()}, ${map.map_id}, ${from.card_id}, ${to.card_id}, ${from.book_no}, ${to.book_no}, ${from.exposure},
        ${to.exposure}, ${map.author_id}, ${map.shared}, ${memberId}, ${revision})`
      .execute(tx)
      .catch(refuseTwice);
  }
}

export interface ViewpointOn {
  card_id: string;
  author_id: string;
  author: string;
  roles: string[];
  influence: number | null;
  stance: number | null;
  closeness: number | null;
  /** Said in the opportunity; else in general. */
  here: boolean;
}

/**
 * What members think of many persons at once, as far as the viewer sees it, now or as it stood at a time: what they said in the opportunity first.
 *
 * @param opportunityId which the viewer sees; null: what was said in general alone
 */
export async function listViewpointsOn(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  at: string | null,
  opportunityId: string | null,
): Promise<ViewpointOn[]> {
  const { workspaceId } = actor;
  const standing = at
    ? sql`v.created_at <= ${at}::timestamptz and (v.ended_at is null or v.ended_at > ${at}::timestamptz)`
    : sql`v.ended_at is null`;
  const { rows } = await sql<ViewpointOn>`
    select v.card_id, v.author_id, coalesce(m.name, '') as author, v.roles, v.influence, v.stance, v.closeness, v.opportunity_id is not null as here
    from cards.viewpoint v
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.author_id
    where v.workspace_id = ${workspaceId} and v.card_id = any(${cardIds}) and ${standing}
      and (v.opportunity_id is null or v.opportunity_id = ${opportunityId}::uuid)
    order by here desc, v.created_at desc, v.viewpoint_id`.execute(tx);
  return rows;
}

/** What an opportunity that the viewer sees is called, and the card of its organisation. */
export async function findOpportunityHead(tx: Tx, { workspaceId }: Actor, opportunityId: string) {
  const { rows } = await sql<{ name: string; organization_card: string | null }>`
    select name, organization_card from opportunities.opportunity
    where workspace_id = ${workspaceId} and opportunity_id = ${opportunityId} and removed_at is null`.execute(tx);
  return rows[0];
}
