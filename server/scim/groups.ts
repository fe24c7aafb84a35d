import { recordAudit } from '../identity/audit.ts';
import { addTeam, deleteTeam, listTeams, renameTeam, setTeamMembers } from '../identity/queries.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { noSuch, ScimError } from './errors.ts';
import type { Directory } from './people.ts';
import * as queries from './queries.ts';
import { type Group, patched, type Resource, readGroup, toGroup } from './resources.ts';

async function describe({ tx, workspaceId, base }: Directory, rows: readonly queries.TeamRow[]): Promise<Resource[]> {
  const teams = new Map((await listTeams(tx, workspaceId)).map((team) => [team.id, team.members]));
  return rows.map((row) => toGroup(row, teams.get(row.team_id) ?? [], base));
}

/** The teams that the directory made: those of people are none of its affairs. */
export async function listGroups(directory: Directory): Promise<Resource[]> {
  return describe(directory, await queries.listTeamRows(directory.tx, directory.workspaceId));
}

/** @throws ScimError 404 */
async function getRow({ tx, workspaceId }: Directory, teamId: string): Promise<queries.TeamRow> {
  const [row] = await queries.listTeamRows(tx, workspaceId, teamId);
  if (!row) throw noSuch();
  return row;
}

/** @throws ScimError 404 */
export async function getGroup(directory: Directory, teamId: string): Promise<Resource> {
  return (await describe(directory, [await getRow(directory, teamId)]))[0]!;
}

function named(error: unknown): never {
  if ((error as { code?: string }).code === '23505')
    throw new ScimError(409, 'There is a team of this name.', 'uniqueness');
  throw error;
}

/** Who leads the team stays its lead, as long as they are in it. */
async function setMembers(directory: Directory, teamId: string, memberIds: string[]): Promise<void> {
  const { app, tx, workspaceId } = directory;
  const before = (await listTeams(tx, workspaceId)).find((team) => team.id === teamId)?.members ?? [];
  const now = new Set(memberIds);
  if (before.length === now.size && before.every((one) => now.has(one.id))) return;
  const leads = before.filter((one) => one.lead && now.has(one.id)).map((one) => one.id);
  await setTeamMembers(tx, workspaceId, teamId, memberIds, leads).catch((error: unknown) => {
    throw error instanceof AppError ? new ScimError(400, 'There is no such member.', 'invalidValue') : error;
  });
  await recordAudit(tx, { workspaceId, memberId: null }, 'team.members', teamId, { count: memberIds.length });
  await app.enqueue(tx, { workspaceId, task: 'cards.refreshTeam', payload: { teamIds: [teamId] } });
}

/** @throws ScimError */
export async function createGroup(directory: Directory, body: unknown): Promise<Resource> {
  const { tx, workspaceId } = directory;
  const group = readGroup(body);
  const teamId = newId();
  await addTeam(tx, workspaceId, teamId, group.name).catch(named);
  await queries.saveTeam(tx, workspaceId, teamId, group.externalId);
  await recordAudit(tx, { workspaceId, memberId: null }, 'team.created', teamId);
  await setMembers(directory, teamId, group.memberIds);
  return getGroup(directory, teamId);
}

async function update(directory: Directory, row: queries.TeamRow, group: Group): Promise<Resource> {
  const { tx, workspaceId } = directory;
  if (group.name !== row.name) await renameTeam(tx, workspaceId, row.team_id, group.name).catch(named);
  await queries.saveTeam(tx, workspaceId, row.team_id, group.externalId);
  await setMembers(directory, row.team_id, group.memberIds);
  return getGroup(directory, row.team_id);
}

/** @throws ScimError */
export async function replaceGroup(directory: Directory, teamId: string, body: unknown): Promise<Resource> {
  return update(directory, await getRow(directory, teamId), readGroup(body));
}

/** @throws ScimError */
export async function patchGroup(directory: Directory, teamId: string, body: unknown): Promise<Resource> {
  const before = await getGroup(directory, teamId);
  const members = (before.members as { value: string }[]).map(({ value }) => ({ value }));
  return update(directory, await getRow(directory, teamId), readGroup(patched({ ...before, members }, body)));
}

/** What was lent to the team is no longer visible through it. @throws ScimError */
export async function deleteGroup(directory: Directory, teamId: string): Promise<void> {
  const { app, tx, workspaceId } = directory;
  await getRow(directory, teamId);
  await setTeamMembers(tx, workspaceId, teamId, [], []);
  await deleteTeam(tx, workspaceId, teamId);
  await recordAudit(tx, { workspaceId, memberId: null }, 'team.dissolved', teamId);
  await app.enqueue(tx, { workspaceId, task: 'cards.refreshTeam', payload: { teamIds: [teamId] } });
}
