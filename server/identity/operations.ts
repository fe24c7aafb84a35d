import type { FastifyReply, FastifyRequest } from 'fastify';
import { version } from '../kernel/config.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId, newToken } from '../kernel/ids.ts';
import type { Accounts } from './accounts.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { closeSetup, findSeat, isSetUp, isSetupToken, takeSeat } from './setup.ts';

const day = 86_400_000;

export function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  return headers;
}

async function describeMe(tx: Tx, actor: Actor): Promise<contracts.Me> {
  const member = await queries.getMember(tx, actor);
  if (!member) throw new AppError('unauthenticated');
  const teams = await queries.listTeams(tx, actor.workspaceId);
  return {
    memberId: member.member_id,
    name: member.name,
    email: member.email,
    role: member.role as contracts.Me['role'],
    locale: member.locale as contracts.Me['locale'],
    theme: member.theme as contracts.Me['theme'],
    workspace: { id: member.workspace_id, name: member.workspace, country: member.country, demo: member.demo },
    teams: teams
      .filter((team) => team.members.some((one) => one.id === actor.memberId))
      .map(({ id, name }) => ({ id, name })),
  };
}

async function describeMember(tx: Tx, workspaceId: string, memberId: string) {
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
    role: row.role as 'member' | 'admin',
    status: row.status as 'active' | 'suspended',
    teams: teams
      .filter((team) => team.members.some((one) => one.id === row.member_id))
      .map(({ id, name }) => ({ id, name })),
    joinedAt: row.joined_at.toISOString(),
  }));
}

async function describeTeam(tx: Tx, workspaceId: string, teamId: string) {
  const team = (await queries.listTeams(tx, workspaceId)).find((one) => one.id === teamId);
  if (!team) throw notFound();
  return team;
}

/** A password that repeats the address or one character is refused (NIST SP 800-63B, 3.1.1.2). */
function checkPassword(password: string, email: string): void {
  const folded = password.toLowerCase();
  const mailbox = email.split('@')[0]!.toLowerCase();
  const weak =
    new Set(folded).size < 4 ||
    // A short one ("eve@") stands in half of all words.
    (mailbox.length > 3 && folded.includes(mailbox)) ||
    /^(password|motdepasse|azerty|qwerty|123456)/.test(folded);
  if (weak) throw new AppError('weak_password', { fields: { password: 'weak' } });
}

function unique(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new AppError('conflict', { fields: { name: 'taken' } });
  throw error;
}

/** The operations of identity, over the given accounts. */
export function identityOperations(accounts: Accounts): Operation[] {
  async function openSession(
    request: FastifyRequest,
    reply: FastifyReply,
    email: string,
    password: string,
  ): Promise<string> {
    const { accountId, cookies } = await accounts.signIn(email, password, headersOf(request));
    reply.header('set-cookie', cookies);
    return accountId;
  }
  async function accountOf(
    context: Context,
    memberId = context.actor.memberId,
  ): Promise<{ accountId: string; email: string }> {
    const member = await queries.getMember(context.tx, { ...context.actor, memberId });
    if (!member) throw notFound();
    return { accountId: member.account_id, email: member.email };
  }

  return [
    implement(contracts.getStatus, async (_input, { app }) => {
      const [setUp, workspace] = await app.db.asSystem('identity', async (tx) => [
        await isSetUp(tx),
        await queries.anyWorkspace(tx),
      ]);
      return { setUp, version, demo: workspace?.demo ?? false };
    }),

    implement(contracts.setUp, async (input, { app, request, reply }) => {
      checkPassword(input.password, input.email);
      const actor = await app.db.asSystem('identity', async (tx) => {
        if (!(await isSetupToken(tx, input.token))) throw new AppError('link_expired');
        const accountId =
          (await accounts.find(input.email)) ?? (await accounts.create(input.email, input.password, input.name));
        const newcomer = { accountId, name: input.name, email: input.email, locale: input.locale };
        await closeSetup(tx);
        const seat = await findSeat(tx);
        if (seat) {
          await takeSeat(tx, seat, newcomer);
          return seat;
        }
        const workspaceId = await queries.addWorkspace(tx, input.workspace, input.country, false);
        const memberId = await queries.addMember(tx, workspaceId, { ...newcomer, role: 'admin' });
        return { workspaceId, memberId };
      });
      await openSession(request, reply, input.email, input.password);
      return app.db.asActor(actor, (tx) => describeMe(tx, actor));
    }),

    implement(contracts.signIn, async (input, { app, request, reply }) => {
      const accountId = await openSession(request, reply, input.email, input.password);
      const [membership] = await app.db.asSystem('identity', (tx) => queries.findMemberships(tx, accountId));
      if (!membership) throw new AppError('wrong_credentials');
      const actor = { workspaceId: membership.workspace_id, memberId: membership.member_id };
      return app.db.asActor(actor, (tx) => describeMe(tx, actor));
    }),

    implement(contracts.signOut, async (_input, { request, reply }) => {
      reply.header('set-cookie', await accounts.signOut(headersOf(request)));
      return {};
    }),

    implement(contracts.getMe, async (_input, { tx, actor }) => describeMe(tx, actor)),

    implement(contracts.updateMe, async (input, { tx, actor }) => {
      const { name, locale, theme } = input;
      const changes = { ...(name && { name }), ...(locale && { locale }), ...(theme && { theme }) };
      if (Object.keys(changes).length > 0) {
        await queries.setMember(tx, actor, changes);
      }
      return describeMe(tx, actor);
    }),

    implement(contracts.changePassword, async (input, context) => {
      const { accountId, email } = await accountOf(context);
      await accounts.checkPassword(accountId, input.current);
      checkPassword(input.password, email);
      await accounts.setPassword(accountId, input.password);
      await openSession(context.request, context.reply, email, input.password);
      return {};
    }),

    implement(contracts.listMembers, async (_input, { tx, actor }) => ({
      items: await describeMembers(tx, actor.workspaceId),
    })),

    implement(contracts.updateMember, async ({ memberId, role, status }, { tx, actor, afterCommit }) => {
      await queries.lockActiveAdmins(tx, actor.workspaceId);
      const before = await describeMember(tx, actor.workspaceId, memberId);
      const { workspaceId } = actor;
      await queries.setMember(
        tx,
        { workspaceId, memberId },
        { role: role ?? before.role, status: status ?? before.status },
      );
      if ((await queries.countActiveAdmins(tx, actor.workspaceId)) === 0) throw new AppError('last_admin');
      const member = await queries.getMember(tx, { workspaceId: actor.workspaceId, memberId });
      if (status === 'suspended' && member) afterCommit(() => accounts.endSessions(member.account_id));
      return describeMember(tx, actor.workspaceId, memberId);
    }),

    implement(contracts.createResetLink, async ({ memberId }, { tx, actor, app }) => {
      await describeMember(tx, actor.workspaceId, memberId);
      const token = newToken();
      const expiresAt = new Date(Date.now() + day);
      await queries.addLink(tx, actor.workspaceId, {
        purpose: 'reset',
        token,
        expiresAt,
        memberId,
        createdBy: actor.memberId,
      });
      return { url: `${app.config.publicUrl}/reset#token=${token}`, expiresAt: expiresAt.toISOString() };
    }),

    implement(contracts.resetPassword, async (input, { app }) => {
      await app.db.asSystem('identity', async (tx) => {
        const link = await queries.findOpenLink(tx, 'reset', input.token);
        const member = link?.member_id
          ? await queries.getMember(tx, { workspaceId: link.workspace_id, memberId: link.member_id })
          : undefined;
        if (!link || !member) throw new AppError('link_expired');
        checkPassword(input.password, member.email);
        await accounts.setPassword(member.account_id, input.password);
        await queries.useLink(tx, link.workspace_id, link.link_id);
      });
      return {};
    }),

    implement(contracts.listInvitations, async (_input, { tx, actor }) => ({
      items: await describeInvitations(tx, actor.workspaceId),
    })),

    implement(contracts.createInvitation, async (input, { tx, actor, app }) => {
      const teams = await queries.listTeams(tx, actor.workspaceId);
      if (input.teamIds.some((id) => !teams.some((team) => team.id === id)))
        throw new AppError('invalid_input', { fields: { teamIds: 'unknown' } });
      const token = newToken();
      const linkId = await queries.addLink(tx, actor.workspaceId, {
        purpose: 'invitation',
        token,
        expiresAt: new Date(Date.now() + 7 * day),
        role: input.role,
        teamIds: input.teamIds,
        createdBy: actor.memberId,
        ...(input.email ? { email: input.email } : {}),
      });
      const invitation = (await describeInvitations(tx, actor.workspaceId)).find((one) => one.id === linkId)!;
      return { invitation, url: `${app.config.publicUrl}/join#token=${token}` };
    }),

    implement(contracts.withdrawInvitation, async ({ invitationId }, { tx, actor }) => {
      if (!(await queries.deleteInvitation(tx, actor.workspaceId, invitationId))) throw notFound();
      return {};
    }),

    implement(contracts.getInvitation, async ({ token }, { app }) =>
      app.db.asSystem('identity', async (tx) => {
        const link = await queries.findOpenLink(tx, 'invitation', token);
        if (!link) throw new AppError('link_expired');
        const inviter = await queries.getMember(tx, { workspaceId: link.workspace_id, memberId: link.created_by! });
        return { workspace: inviter?.workspace ?? '', invitedBy: inviter?.name ?? '', email: link.email };
      }),
    ),

    implement(contracts.acceptInvitation, async (input, { app, request, reply }) => {
      checkPassword(input.password, input.email);
      const actor = await app.db.asSystem('identity', async (tx) => {
        const link = await queries.findOpenLink(tx, 'invitation', input.token);
        if (!link) throw new AppError('link_expired');
        const accountId = await accounts.create(input.email, input.password, input.name);
        const role = link.role === 'admin' ? 'admin' : 'member';
        const memberId = await queries.addMember(tx, link.workspace_id, {
          accountId,
          name: input.name,
          email: input.email,
          role,
          locale: input.locale,
        });
        for (const teamId of link.team_ids) await queries.addToTeam(tx, link.workspace_id, teamId, memberId);
        await queries.useLink(tx, link.workspace_id, link.link_id);
        return { workspaceId: link.workspace_id, memberId };
      });
      await openSession(request, reply, input.email, input.password);
      return app.db.asActor(actor, (tx) => describeMe(tx, actor));
    }),

    implement(contracts.listTeams, async (_input, { tx, actor }) => ({
      items: await queries.listTeams(tx, actor.workspaceId),
    })),

    implement(contracts.createTeam, async ({ name, memberIds }, { tx, actor, app }) => {
      const teamId = newId();
      await queries.addTeam(tx, actor.workspaceId, teamId, name).catch(unique);
      await queries.setTeamMembers(tx, actor.workspaceId, teamId, memberIds);
      await app.enqueue(tx, {
        workspaceId: actor.workspaceId,
        task: 'cards.refreshTeam',
        payload: { teamIds: [teamId] },
      });
      return describeTeam(tx, actor.workspaceId, teamId);
    }),

    implement(contracts.updateTeam, async ({ teamId, name, memberIds }, { tx, actor, app }) => {
      await describeTeam(tx, actor.workspaceId, teamId);
      if (name) {
        await queries.renameTeam(tx, actor.workspaceId, teamId, name).catch(unique);
      }
      if (memberIds) {
        await queries.setTeamMembers(tx, actor.workspaceId, teamId, memberIds);
        await app.enqueue(tx, {
          workspaceId: actor.workspaceId,
          task: 'cards.refreshTeam',
          payload: { teamIds: [teamId] },
        });
      }
      return describeTeam(tx, actor.workspaceId, teamId);
    }),

    implement(contracts.deleteTeam, async ({ teamId }, { tx, actor, app }) => {
      await describeTeam(tx, actor.workspaceId, teamId);
      await queries.setTeamMembers(tx, actor.workspaceId, teamId, []);
      await queries.deleteTeam(tx, actor.workspaceId, teamId);
      // Rows of the list made of what was lent to the team hide those of wider audiences until they are made anew.
      await app.enqueue(tx, {
        workspaceId: actor.workspaceId,
        task: 'cards.refreshTeam',
        payload: { teamIds: [teamId] },
      });
      return {};
    }),

    implement(contracts.listApiKeys, async (_input, context) => {
      const { accountId } = await accountOf(context);
      return { items: (await accounts.listKeys(accountId)).map(describeKey) };
    }),
    implement(contracts.createApiKey, async (input, context) => {
      const { accountId } = await accountOf(context);
      const { record, key } = await accounts.createKey(accountId, input.name, input.scopes, input.expiresInDays);
      return { apiKey: describeKey(record), key };
    }),
    implement(contracts.deleteApiKey, async ({ apiKeyId }, context) => {
      const { accountId } = await accountOf(context);
      if (!(await accounts.deleteKey(accountId, apiKeyId))) throw notFound();
      return {};
    }),
  ];
}

function describeKey(record: Awaited<ReturnType<Accounts['listKeys']>>[number]) {
  return {
    ...record,
    createdAt: record.createdAt.toISOString(),
    lastUsedAt: record.lastUsedAt?.toISOString() ?? null,
    expiresAt: record.expiresAt?.toISOString() ?? null,
  };
}

async function describeInvitations(tx: Tx, workspaceId: string) {
  const teams = await queries.listTeams(tx, workspaceId);
  const rows = await queries.listOpenInvitations(tx, workspaceId);
  return rows.map((row) => ({
    id: row.link_id,
    email: row.email,
    role: row.role as 'member' | 'admin',
    teams: teams.filter((team) => row.team_ids.includes(team.id)).map(({ id, name }) => ({ id, name })),
    invitedBy: row.invited_by ?? '',
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}
