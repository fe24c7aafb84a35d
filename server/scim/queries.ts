import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';

export async function listTokens(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('scim.token')
    .select(['token_id', 'name', 'created_at', 'last_used_at'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('token_id')
    .execute();
}

export async function addToken(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  tokenId: string,
  name: string,
  token: string,
): Promise<void> {
  const values = {
    workspace_id: workspaceId,
    token_id: tokenId,
    name,
    token_hash: sha256(token),
    created_by: memberId,
  };
  await tx.insertInto('scim.token').values(values).execute();
}

/** @returns false when there is no such token */
export async function deleteToken(tx: Tx, workspaceId: string, tokenId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('scim.token')
    .where('workspace_id', '=', workspaceId)
    .where('token_id', '=', tokenId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Whether a token opens its workspace; notes that it was used, once a minute at most. As the keeper. */
export async function isToken(tx: Tx, workspaceId: string, token: string): Promise<boolean> {
  const found = await tx
    .selectFrom('scim.token')
    .select('token_id')
    .where('workspace_id', '=', workspaceId)
    .where('token_hash', '=', sha256(token))
    .executeTakeFirst();
  if (!found) return false;
  await sql`update scim.token set last_used_at = now() where workspace_id = ${workspaceId} and token_id = ${found.token_id}
    and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(tx);
  return true;
}

export interface PersonRow {
  member_id: string;
  account_id: string;
  name: string;
  email: string;
  role: string;
  status: string;
  joined_at: Date;
  external_id: string | null;
  user_name: string;
  changed_at: Date;
}

/** Members as the directory knows them: all, or one. As the keeper. */
export async function listPeople(tx: Tx, workspaceId: string, memberId: string | null = null): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select m.member_id, m.account_id, m.name, m.email, m.role, m.status, m.joined_at, p.external_id,
      coalesce(p.user_name, m.email) as user_name, coalesce(p.changed_at, m.joined_at) as changed_at
    from identity.member m
    left join scim.person p on p.workspace_id = ${workspaceId} and p.member_id = m.member_id
    where m.workspace_id = ${workspaceId} and p.gone is not true and (${memberId}::uuid is null or m.member_id = ${memberId}::uuid)
    order by m.member_id`.execute(tx);
  return rows;
}

/** Keeps what the directory calls a member. */
export async function savePerson(
  tx: Tx,
  workspaceId: string,
  memberId: string,
  { userName, externalId }: { userName: string; externalId: string | null },
): Promise<void> {
  await sql`
    insert into scim.person (workspace_id, member_id, external_id, user_name)
    values (${workspaceId}, ${memberId}, ${externalId}, ${userName})
    on conflict (workspace_id, member_id)
      do update set external_id = excluded.external_id, user_name = excluded.user_name, gone = false, changed_at = now()`.execute(
    tx,
  );
}

/** The directory has deleted somebody, whom it is no longer told of. */
export async function setGone(tx: Tx, workspaceId: string, { member_id, user_name }: PersonRow): Promise<void> {
  await sql`
    insert into scim.person (workspace_id, member_id, user_name, gone) values (${workspaceId}, ${member_id}, ${user_name}, true)
    on conflict (workspace_id, member_id) do update set gone = true, changed_at = now()`.execute(tx);
}

/** Whoever has this account here, in whatever state, and whether the directory has deleted them. */
export async function findByAccount(tx: Tx, workspaceId: string, accountId: string) {
  const { rows } = await sql<{ member_id: string; gone: boolean }>`
    select m.member_id, coalesce(p.gone, false) as gone from identity.member m
    left join scim.person p on p.workspace_id = ${workspaceId} and p.member_id = m.member_id
    where m.workspace_id = ${workspaceId} and m.account_id = ${accountId}`.execute(tx);
  return rows[0];
}

export interface TeamRow {
  team_id: string;
  name: string;
  external_id: string | null;
  changed_at: Date;
}

/** The teams that the directory made: all, or one. */
export async function listTeamRows(tx: Tx, workspaceId: string, teamId: string | null = null): Promise<TeamRow[]> {
  const { rows } = await sql<TeamRow>`
    select t.team_id, t.name, s.external_id, s.changed_at
    from scim.team s
    join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = s.team_id
    where s.workspace_id = ${workspaceId} and (${teamId}::uuid is null or s.team_id = ${teamId}::uuid)
    order by s.team_id`.execute(tx);
  return rows;
}

export async function saveTeam(tx: Tx, workspaceId: string, teamId: string, externalId: string | null): Promise<void> {
  await sql`
    insert into scim.team (workspace_id, team_id, external_id) values (${workspaceId}, ${teamId}, ${externalId})
    on conflict (workspace_id, team_id) do update set external_id = excluded.external_id, changed_at = now()`.execute(
    tx,
  );
}

/** One change of the directory's after the other, in each workspace. */
export async function lockDirectory(tx: Tx, workspaceId: string): Promise<void> {
  await sql`select 1 from identity.workspace where workspace_id = ${workspaceId} for update`.execute(tx);
}

export async function listActiveAdmins(tx: Tx, workspaceId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('identity.member')
    .select('member_id')
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .execute();
  return rows.map((row) => row.member_id);
}
