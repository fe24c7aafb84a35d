import { sql } from 'kysely';
import type { Role } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';

export interface NewMember {
  accountId: string;
  name: string;
  email: string;
  role: Role;
  locale: 'fr' | 'en';
}

const mainBookName = { fr: 'Mes contacts', en: 'My contacts' } as const;

/** Takes the next number for a book of the workspace. */
export async function takeBookNo(tx: Tx, workspaceId: string): Promise<number> {
  const row = await tx
    .updateTable('identity.workspace')
    .set({ next_book_no: sql`next_book_no + 1` })
    .where('workspace_id', '=', workspaceId)
    .returning('next_book_no')
    .executeTakeFirstOrThrow();
  return row.next_book_no - 1;
}

/** Adds a member with their main book; role `identity`, because nobody is inside yet. */
export async function addMember(tx: Tx, workspaceId: string, member: NewMember): Promise<string> {
  const memberId = newId();
  await tx
    .insertInto('identity.member')
    .values({
      workspace_id: workspaceId,
      member_id: memberId,
      account_id: member.accountId,
      name: member.name,
      email: member.email,
      role: member.role,
      locale: member.locale,
    })
    .execute();
  await tx
    .insertInto('delegation.book')
    .values({
      workspace_id: workspaceId,
      book_id: newId(),
      book_no: await takeBookNo(tx, workspaceId),
      holder_id: memberId,
      name: mainBookName[member.locale],
      main: true,
    })
    .execute();
  return memberId;
}

export async function addWorkspace(
  tx: Tx,
  name: string,
  country: string,
  demo: boolean,
  workspaceId = newId(),
): Promise<string> {
  await tx.insertInto('identity.workspace').values({ workspace_id: workspaceId, name, country, demo }).execute();
  return workspaceId;
}

export async function hasWorkspace(tx: Tx, workspaceId: string): Promise<boolean> {
  const found = await tx
    .selectFrom('identity.workspace')
    .select('workspace_id')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return found !== undefined;
}

export async function anyWorkspace(tx: Tx): Promise<{ demo: boolean } | undefined> {
  // No workspace: whether there is one is the question.
  return tx.selectFrom('identity.workspace').select('demo').limit(1).executeTakeFirst();
}

/** There is a newer charter than the member has accepted. */
export const charterDue = sql<boolean>`m.charter_version < w.charter_version`.as('charter_due');

/** Whether the account's own password or passkey opens it: the company may ask for its own sign-in instead. */
const ownKeyOpens = sql<boolean>`split_part(lower(m.email), '@', 2) <> all(w.company_domains)
  or coalesce(m.password_until > now(), false)`.as('own_key_opens');

/** The active memberships of an account, oldest first. */
export async function findMemberships(tx: Tx, accountId: string) {
  // No workspace: only the account is known at sign-in.
  return tx
    .selectFrom('identity.member as m')
    .innerJoin('identity.workspace as w', 'w.workspace_id', 'm.workspace_id')
    .select(['m.workspace_id', 'm.member_id', 'm.role', 'w.name as workspace', charterDue, ownKeyOpens])
    .where('m.account_id', '=', accountId)
    .where('m.status', '=', 'active')
    .orderBy('m.joined_at')
    .orderBy('m.workspace_id')
    .execute();
}

export type Membership = Awaited<ReturnType<typeof findMemberships>>[number];

/** Active members with this address, in any workspace. */
export async function findMembersByEmail(tx: Tx, email: string) {
  // No workspace: the operator at the command line names an address only.
  return tx
    .selectFrom('identity.member')
    .select(['workspace_id', 'member_id', 'name'])
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('status', '=', 'active')
    .execute();
}

export async function getMember(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('identity.member as m')
    .innerJoin('identity.workspace as w', 'w.workspace_id', 'm.workspace_id')
    .select([
      'm.member_id',
      'm.account_id',
      'm.name',
      'm.email',
      'm.role',
      'm.locale',
      'm.theme',
      'm.status',
      'm.joined_at',
      'w.workspace_id',
      'w.name as workspace',
      'w.country',
      'w.demo',
      charterDue,
    ])
    .where('m.workspace_id', '=', actor.workspaceId)
    .where('m.member_id', '=', actor.memberId)
    .executeTakeFirst();
}

/** Whose numbers are written without a country's prefix. */
export async function getCountry(tx: Tx, workspaceId: string): Promise<string> {
  const row = await tx
    .selectFrom('identity.workspace')
    .select('country')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return row.country;
}

export async function listMembers(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('identity.member')
    .select(['member_id', 'name', 'email', 'role', 'status', 'joined_at'])
    .where('workspace_id', '=', workspaceId)
    .orderBy(sql`name collate "fr-x-icu"`)
    .orderBy('member_id')
    .execute();
}

export async function listTeams(tx: Tx, workspaceId: string) {
  return (await listGroups(tx, workspaceId, sql<boolean>`purpose is null`)).map(({ id, name, members }) => ({
    id,
    name,
    members,
  }));
}

/** Named uses: teams with a purpose and, mostly, an end. */
export async function listProcesses(tx: Tx, workspaceId: string) {
  return listGroups(tx, workspaceId, sql<boolean>`purpose is not null`);
}

async function listGroups(tx: Tx, workspaceId: string, which: ReturnType<typeof sql<boolean>>) {
  const teams = await tx
    .selectFrom('identity.team')
    .select(['team_id', 'name', 'purpose', 'ends_at', sql<boolean>`coalesce(ends_at, 'infinity') <= now()`.as('over')])
    .where('workspace_id', '=', workspaceId)
    .where(which)
    .orderBy(sql`name collate "fr-x-icu"`)
    .execute();
  const members = await tx
    .selectFrom('identity.team_member as t')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.workspace_id', '=', 't.workspace_id').onRef('m.member_id', '=', 't.member_id'),
    )
    .select(['t.team_id', 'm.member_id', 'm.name', 't.lead'])
    .where('t.workspace_id', '=', workspaceId)
    .where('m.status', '<>', 'left')
    .orderBy(sql`m.name collate "fr-x-icu"`)
    .execute();
  const byTeam = Map.groupBy(members, (row) => row.team_id);
  return teams.map((team) => ({
    id: team.team_id,
    name: team.name,
    purpose: team.purpose,
    endsAt: team.ends_at?.toISOString() ?? null,
    over: team.over,
    members: (byTeam.get(team.team_id) ?? []).map((row) => ({ id: row.member_id, name: row.name, lead: row.lead })),
  }));
}

/** The active admins and auditors. */
export async function listOverseers(tx: Tx, workspaceId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('identity.member')
    .select('member_id')
    .where('workspace_id', '=', workspaceId)
    .where('role', 'in', ['admin', 'auditor'])
    .where('status', '=', 'active')
    .execute();
  return rows.map(({ member_id }) => member_id);
}

/** Locks the active admins, so that two who demote each other at once do so one after the other. */
export async function lockActiveAdmins(tx: Tx, workspaceId: string): Promise<void> {
  await tx
    .selectFrom('identity.member')
    .select('member_id')
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .orderBy('member_id')
    .forUpdate()
    .execute();
}

export async function countActiveAdmins(tx: Tx, workspaceId: string): Promise<number> {
  const row = await tx
    .selectFrom('identity.member')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Changes of one team come one after the other. */
export async function lockTeam(tx: Tx, workspaceId: string, teamId: string): Promise<void> {
  await sql`select from identity.team where workspace_id = ${workspaceId} and team_id = ${teamId} for update`.execute(
    tx,
  );
}

/** @throws AppError invalid_input when somebody is no member of the workspace, or leads without being one of the team */
export async function setTeamMembers(
  tx: Tx,
  workspaceId: string,
  teamId: string,
  memberIds: readonly string[],
  leadIds: readonly string[],
): Promise<void> {
  if (leadIds.some((lead) => !memberIds.includes(lead)))
    throw new AppError('invalid_input', { fields: { leadIds: 'unknown' } });
  await tx
    .deleteFrom('identity.team_member')
    .where('workspace_id', '=', workspaceId)
    .where('team_id', '=', teamId)
    .execute();
  if (memberIds.length === 0) return;
  await tx
    .insertInto('identity.team_member')
    .values(
      [...new Set(memberIds)].map((memberId) => ({
        workspace_id: workspaceId,
        team_id: teamId,
        member_id: memberId,
        lead: leadIds.includes(memberId),
      })),
    )
    .execute()
    .catch((error: { code?: string }) => {
      if (error.code === '23503') throw new AppError('invalid_input', { fields: { memberIds: 'unknown' } });
      throw error;
    });
}

/** Adds to a team, unless the team has been dissolved since. */
export async function addToTeam(tx: Tx, workspaceId: string, teamId: string, memberId: string): Promise<void> {
  await sql`insert into identity.team_member (workspace_id, team_id, member_id)
    select workspace_id, team_id, ${memberId} from identity.team where workspace_id = ${workspaceId} and team_id = ${teamId}`.execute(
    tx,
  );
}

/** For a day the password opens nevertheless where the company asks for its own sign-in. */
export async function letPasswordOpen(tx: Tx, { workspaceId, memberId }: Actor): Promise<void> {
  await tx
    .updateTable('identity.member')
    .set({ password_until: sql`now() + interval '1 day'` })
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .execute();
}

export async function setMember(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  changes: { name?: string; email?: string; locale?: string; theme?: string; role?: string; status?: string },
): Promise<void> {
  await tx
    .updateTable('identity.member')
    .set(changes)
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .execute();
}

export async function addTeam(tx: Tx, workspaceId: string, teamId: string, name: string): Promise<void> {
  await tx.insertInto('identity.team').values({ workspace_id: workspaceId, team_id: teamId, name }).execute();
}

/** Writes a named use, new or changed. */
export async function saveProcess(
  tx: Tx,
  workspaceId: string,
  process: { id: string; name: string; purpose: string; endsAt: string | null },
): Promise<void> {
  await sql`
    insert into identity.team (workspace_id, team_id, name, purpose, ends_at)
    values (${workspaceId}, ${process.id}, ${process.name}, ${process.purpose}, ${process.endsAt})
    on conflict on constraint team_pk do update
    set name = excluded.name, purpose = excluded.purpose, ends_at = excluded.ends_at`.execute(tx);
}

export async function endProcess(tx: Tx, workspaceId: string, processId: string): Promise<void> {
  await tx
    .updateTable('identity.team')
    .set({ ends_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('team_id', '=', processId)
    .execute();
}

export async function renameTeam(tx: Tx, workspaceId: string, teamId: string, name: string): Promise<void> {
  await tx
    .updateTable('identity.team')
    .set({ name })
    .where('workspace_id', '=', workspaceId)
    .where('team_id', '=', teamId)
    .execute();
}

export async function deleteTeam(tx: Tx, workspaceId: string, teamId: string): Promise<void> {
  await tx.deleteFrom('identity.team').where('workspace_id', '=', workspaceId).where('team_id', '=', teamId).execute();
}
