import { sql } from 'kysely';
import { fold } from '../formats/normalise/fold.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';

export interface GroupRow {
  group_id: string;
  name: string;
  sort_name: string;
  kind: string;
  organization: string;
  place: string;
  /** Days of the calendar. */
  starts_on: string | null;
  ends_on: string | null;
  note: string;
  label: string | null;
  audience_id: string;
  team: string | null;
  made_by: string;
  maker: string;
  version: number;
}

/** What its maker says of a group. */
export interface GroupWords {
  name: string;
  kind: string;
  organization: string;
  place: string;
  startsOn: string | null;
  endsOn: string | null;
  note: string;
  label: string | null;
  audienceId: string;
}

/** The name as it is searched and sorted. */
const sortNameOf = (name: string): string => fold(name).slice(0, 200);

const select = (workspaceId: string) => sql`
  select g.group_id, g.name, g.sort_name, g.kind, g.organization, g.place, g.starts_on, g.ends_on, g.note, g.label, g.audience_id,
    t.name as team, g.made_by, coalesce(m.name, '') as maker, g.version
  from relations.group g
  left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = g.audience_id
  left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = g.made_by
  where g.workspace_id = ${workspaceId}`;

/** A page of the groups that the viewer sees, by name. */
export async function listGroups(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  filter: { q?: string | undefined; kind?: string | undefined; joined?: boolean },
  after: { sortName: string; id: string } | null,
  limit: number,
): Promise<GroupRow[]> {
  const words = fold(filter.q ?? '').trim();
  const { rows } = await sql<GroupRow>`${select(workspaceId)} and g.removed_at is null
      and strpos(g.sort_name, ${words}) > 0
      and ${filter.kind ? sql`g.kind = ${filter.kind}` : sql`true`}
      and ${
        filter.joined
          ? sql`exists (select from relations.group_member o where o.workspace_id = ${workspaceId} and o.group_id = g.group_id
            and o.member_id = ${memberId})`
          : sql`true`
      }
      and ${after ? sql`(g.sort_name, g.group_id) > (${after.sortName}, ${after.id}::uuid)` : sql`true`}
    order by g.sort_name, g.group_id limit ${limit}`.execute(tx);
  return rows;
}

/** Those of these groups that the viewer sees, by name. */
export async function findGroups(tx: Tx, { workspaceId }: Actor, groupIds: readonly string[]): Promise<GroupRow[]> {
  if (groupIds.length === 0) return [];
  const { rows } = await sql<GroupRow>`${select(workspaceId)} and g.removed_at is null and g.group_id = any(${groupIds})
    order by g.sort_name, g.group_id`.execute(tx);
  return rows;
}

/** A group with its row held, for whoever may change it. @param removed one that is out of sight */
export async function holdGroup(
  tx: Tx,
  { workspaceId }: Actor,
  groupId: string,
  removed = false,
): Promise<{ version: number; audience_id: string; made_by: string } | undefined> {
  const { rows } = await sql<{ version: number; audience_id: string; made_by: string }>`
    select version, audience_id, made_by from relations.group
    where workspace_id = ${workspaceId} and group_id = ${groupId} and (removed_at is not null) = ${removed} for update`.execute(
    tx,
  );
  return rows[0];
}

/** The groups to which one belongs by a label. */
export async function listLabelled(tx: Tx, { workspaceId }: Actor): Promise<{ group_id: string; label: string }[]> {
  const { rows } = await sql<{ group_id: string; label: string }>`
    select group_id, label from relations.group
    where workspace_id = ${workspaceId} and label is not null and removed_at is null`.execute(tx);
  return rows;
}

/** So many names are held against a new one. */
const names = 5000;

export async function listNames(
  tx: Tx,
  { workspaceId }: Actor,
): Promise<{ group_id: string; name: string; kind: string }[]> {
  const { rows } = await sql<{ group_id: string; name: string; kind: string }>`
    select group_id, name, kind from relations.group
    where workspace_id = ${workspaceId} and removed_at is null order by sort_name, group_id limit ${names}`.execute(tx);
  return rows;
}

export async function addGroup(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  groupId: string,
  words: GroupWords,
): Promise<void> {
  await tx
    .insertInto('relations.group')
    .values({ workspace_id: workspaceId, group_id: groupId, made_by: memberId, ...columnsOf(words) })
    .execute();
}

export async function changeGroup(tx: Tx, { workspaceId }: Actor, groupId: string, words: GroupWords): Promise<void> {
  await tx
    .updateTable('relations.group')
    .set({ ...columnsOf(words), version: sql`version + 1` })
    .where('workspace_id', '=', workspaceId)
    .where('group_id', '=', groupId)
    .execute();
  await stir(tx, workspaceId, 'group', [groupId]);
}

function columnsOf({ startsOn, endsOn, audienceId, ...words }: GroupWords) {
  return {
    ...words,
    sort_name: sortNameOf(words.name),
    starts_on: startsOn,
    ends_on: endsOn,
    audience_id: audienceId,
  };
}

/** Takes a group out of sight, or brings it back. */
export async function setRemoved(tx: Tx, { workspaceId }: Actor, groupId: string, removed: boolean): Promise<void> {
  await sql`update relations.group set removed_at = case when ${removed} then now() end
    where workspace_id = ${workspaceId} and group_id = ${groupId}`.execute(tx);
  await stir(tx, workspaceId, 'group', [groupId]);
}

/** The teams that the actor is in: no named uses, which are no people. */
export async function findOwnTeam(tx: Tx, { workspaceId, memberId }: Actor, teamId: string): Promise<boolean> {
  const { rows } = await sql`
    select from identity.team_member m
    join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = m.team_id and t.purpose is null
    where m.workspace_id = ${workspaceId} and m.team_id = ${teamId} and m.member_id = ${memberId}`.execute(tx);
  return rows.length > 0;
}

/** A member of the company who says that they belong. */
export interface ColleagueRow {
  group_id: string;
  member_id: string;
  name: string;
  role: string;
  since: string | null;
  until: string | null;
}

/** The active members who say of themselves that they belong to these groups. */
export async function listColleagues(
  tx: Tx,
  { workspaceId }: Actor,
  groupIds: readonly string[],
): Promise<ColleagueRow[]> {
  if (groupIds.length === 0) return [];
  const { rows } = await sql<ColleagueRow>`
    select o.group_id, o.member_id, m.name, o.role, o.since, o.until from relations.group_member o
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = o.member_id and m.status = 'active'
    where o.workspace_id = ${workspaceId} and o.group_id = any(${groupIds})
    order by m.name collate "fr-x-icu", o.member_id`.execute(tx);
  return rows;
}

/** The actor belongs to a group; said again, it replaces what they said. */
export async function joinGroup(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  groupId: string,
  said: Pick<ColleagueRow, 'role' | 'since' | 'until'>,
): Promise<void> {
  await tx
    .insertInto('relations.group_member')
    .values({ workspace_id: workspaceId, group_id: groupId, member_id: memberId, ...said })
    .onConflict((conflict) => conflict.constraint('group_member_pk').doUpdateSet(said))
    .execute();
}

/** @returns false where the actor does not belong */
export async function leaveGroup(tx: Tx, { workspaceId, memberId }: Actor, groupId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('relations.group_member')
    .where('workspace_id', '=', workspaceId)
    .where('group_id', '=', groupId)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Deletes for good the groups whose 30 days out of sight are over. As the keeper. @returns them, by workspace */
export async function deleteRemoved(tx: Tx, days: number): Promise<Map<string, string[]>> {
  // No workspace: retention is the same for all.
  const { rows } = await sql<{ workspace_id: string; group_id: string }>`
    delete from relations.group where removed_at < now() - make_interval(days => ${days})
    returning workspace_id, group_id`.execute(tx);
  return new Map(
    [...Map.groupBy(rows, (row) => row.workspace_id)].map(([id, group]) => [id, group.map((row) => row.group_id)]),
  );
}
