import { z } from 'zod';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import { id, type Parsed, type Role } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import type { Accounts } from './accounts.ts';
import { listAudit, recordAudit } from './audit.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { unique } from './rules.ts';
import { type Writing, writing } from './writing.ts';

/** @throws AppError not_found */
export async function describeMember(tx: Tx, workspaceId: string, memberId: string) {
  const found = (await describeMembers(tx, workspaceId)).find((one) => one.id === memberId);
  if (!found) throw notFound();
  return found;
}

async function describeMembers(tx: Tx, workspaceId: string) {
  const teams = await queries.listTeams(tx, workspaceId);
  return (await queries.listMembers(tx, workspaceId)).map((row) => ({
    id: row.member_id,
    name: row.name,
    email: row.email,
    role: row.role as Role,
    status: row.status as contracts.Member['status'],
    teams: teams
      .filter((team) => team.members.some((one) => one.id === row.member_id))
      .map(({ id: teamId, name }) => ({ id: teamId, name })),
    joinedAt: row.joined_at.toISOString(),
  }));
}

async function describeTeam(tx: Tx, workspaceId: string, teamId: string) {
  const team = (await queries.listTeams(tx, workspaceId)).find((one) => one.id === teamId);
  if (!team) throw notFound();
  return team;
}

/**
 * Who is in a team sees what is lent to it: the open pages of those who come and go ask again, and the lists follow; rows made of
 * what was lent to the team hide those of wider audiences until they are made anew.
 */
async function followTeam(
  { app, tx, actor: { workspaceId } }: Writing,
  teamId: string,
  memberIds: readonly string[],
): Promise<void> {
  await announce(tx, workspaceId, [...new Set(memberIds)], 'visibility');
  await app.enqueue(tx, { workspaceId, task: 'cards.refreshTeam', payload: { teamIds: [teamId] } });
}

async function updateTeam(
  by: Writing,
  role: Role,
  { teamId, name, memberIds, leadIds }: Parsed<typeof contracts.updateTeam>,
): Promise<void> {
  const { tx, actor } = by;
  const { workspaceId } = actor;
  await queries.lockTeam(tx, workspaceId, teamId);
  const before = await describeTeam(tx, workspaceId, teamId);
  const leads = before.members.filter((one) => one.lead).map((one) => one.id);
  // A lead says who is in the team; its name and leads are the admins' to say.
  const asLead = role !== 'admin' && leads.includes(actor.memberId);
  if (role !== 'admin' && (!asLead || name !== undefined || leadIds !== undefined)) throw new AppError('forbidden');
  if (asLead && memberIds && leads.some((lead) => !memberIds.includes(lead))) throw new AppError('forbidden');
  if (name) await queries.renameTeam(tx, workspaceId, teamId, name).catch(unique);
  if (!memberIds && !leadIds) return;
  const members = memberIds ?? before.members.map((one) => one.id);
  await queries.setTeamMembers(tx, workspaceId, teamId, members, leadIds ?? leads);
  await recordAudit(tx, actor, 'team.members', teamId, { count: members.length });
  await followTeam(by, teamId, [...members, ...before.members.map((one) => one.id)]);
}

/** Ends the sessions of an account that no workspace admits any more. */
export async function endIdleSessions(accounts: Accounts, app: App, accountId: string): Promise<void> {
  const left = await app.db.asSystem('identity', (tx) => queries.findMemberships(tx, accountId));
  if (left.length === 0) await accounts.endSessions(accountId);
}

/** Ends what opens a workspace to an account that has left it: its keys there, and its sessions unless another admits it. */
export async function endAccess(accounts: Accounts, app: App, workspaceId: string, accountId: string): Promise<void> {
  const owner = { accountId, workspaceId };
  for (const { id: keyId } of await accounts.listKeys(owner)) await accounts.deleteKey(owner, keyId);
  await endIdleSessions(accounts, app, accountId);
}

/** Members, teams and what was done to them. */
export function memberOperations(accounts: Accounts): Operation[] {
  return [
    implement(contracts.listMembers, async (_input, { tx, actor }) => ({
      items: await describeMembers(tx, actor.workspaceId),
    })),

    implement(contracts.updateMember, async ({ memberId, role, status }, { tx, actor, afterCommit }) => {
      const { workspaceId } = actor;
      await queries.lockActiveAdmins(tx, workspaceId);
      const before = await describeMember(tx, workspaceId, memberId);
      // Who has left comes back by undoing the departure.
      if (before.status === 'left') throw notFound();
      const after = { role: role ?? before.role, status: status ?? before.status };
      await queries.setMember(tx, { workspaceId, memberId }, after);
      if ((await queries.countActiveAdmins(tx, workspaceId)) === 0) throw new AppError('last_admin');
      if (after.role !== before.role) await recordAudit(tx, actor, 'member.role', memberId, { role: after.role });
      if (after.status !== before.status) await recordAudit(tx, actor, `member.${after.status}` as const, memberId);
      const member = await queries.getMember(tx, { workspaceId, memberId });
      if (status === 'suspended') await announce(tx, workspaceId, [memberId], 'session');
      if (status === 'suspended' && member) afterCommit((app) => endIdleSessions(accounts, app, member.account_id));
      return describeMember(tx, workspaceId, memberId);
    }),

    implement(contracts.listTeams, async (_input, { tx, actor }) => ({
      items: await queries.listTeams(tx, actor.workspaceId),
    })),

    implement(contracts.createTeam, async ({ name, memberIds, leadIds }, context) => {
      const { tx, actor } = context;
      const teamId = newId();
      await queries.addTeam(tx, actor.workspaceId, teamId, name).catch(unique);
      await queries.setTeamMembers(tx, actor.workspaceId, teamId, memberIds, leadIds);
      await recordAudit(tx, actor, 'team.created', teamId);
      await followTeam(context, teamId, memberIds);
      return describeTeam(tx, actor.workspaceId, teamId);
    }),

    implementOutside(contracts.updateTeam, async (input, context) => {
      await writing(context, (by) => updateTeam(by, context.role, input));
      return context.asCaller(({ tx, actor }) => describeTeam(tx, actor.workspaceId, input.teamId));
    }),

    implement(contracts.deleteTeam, async ({ teamId }, context) => {
      const { tx, actor } = context;
      const { members } = await describeTeam(tx, actor.workspaceId, teamId);
      await queries.setTeamMembers(tx, actor.workspaceId, teamId, [], []);
      await queries.deleteTeam(tx, actor.workspaceId, teamId);
      await recordAudit(tx, actor, 'team.dissolved', teamId);
      await followTeam(
        context,
        teamId,
        members.map((one) => one.id),
      );
      return {};
    }),

    implement(contracts.listAudit, async ({ after, limit }, { tx, actor }) => {
      const before = after ? decodeCursor(after, z.tuple([id]))[0] : null;
      const rows = await listAudit(tx, actor, before, limit + 1);
      const shown = rows.slice(0, limit);
      return {
        items: shown.map((row) => ({
          id: row.audit_id,
          actor: row.actor,
          code: row.code,
          subject: row.subject,
          detail: row.detail,
          at: row.at.toISOString(),
        })),
        next: rows.length > limit ? encodeCursor([shown.at(-1)!.audit_id]) : null,
      };
    }),
  ];
}
