import type { Role } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newToken } from '../kernel/ids.ts';
import { recordAudit } from './audit.ts';
import * as contracts from './contract.ts';
import * as links from './links.ts';
import * as queries from './queries.ts';

const week = 7 * 86_400_000;

async function describeInvitations(tx: Tx, workspaceId: string) {
  const teams = await queries.listTeams(tx, workspaceId);
  const rows = await links.listOpenInvitations(tx, workspaceId);
  return rows.map((row) => ({
    id: row.link_id,
    email: row.email,
    role: row.role as Role,
    teams: teams.filter((team) => row.team_ids.includes(team.id)).map(({ id, name }) => ({ id, name })),
    invitedBy: row.invited_by ?? '',
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }));
}

/** @throws AppError invalid_input for a team that is not there (any more) */
async function checkTeams({ tx, actor }: Context, teamIds: readonly string[]): Promise<void> {
  const teams = await queries.listTeams(tx, actor.workspaceId);
  if (teamIds.some((id) => !teams.some((team) => team.id === id)))
    throw new AppError('invalid_input', { fields: { teamIds: 'unknown' } });
}

interface Invited {
  email: string | undefined;
  role: Role;
  teamIds: string[];
  expiresAt: Date;
}

/** Makes a link that lets somebody in, and writes down who made it. */
async function invite({ tx, actor, app }: Context, { email, role, teamIds, expiresAt }: Invited) {
  const token = newToken();
  const linkId = await links.addLink(tx, actor.workspaceId, {
    purpose: 'invitation',
    token,
    expiresAt,
    role,
    teamIds,
    createdBy: actor.memberId,
    ...(email ? { email } : {}),
  });
  await recordAudit(tx, actor, 'invitation.made', linkId, { role });
  return { linkId, url: `${app.config.publicUrl}/join#token=${token}` };
}

/** Each address once, as it was written first. */
function eachOnce(emails: readonly string[]): string[] {
  const folded = emails.map((email) => email.toLowerCase());
  return emails.filter((_email, index) => folded.indexOf(folded[index]!) === index);
}

/** Links that let colleagues in; the admin passes them on. */
export const invitationOperations: Operation[] = [
  implement(contracts.listInvitations, async (_input, { tx, actor }) => ({
    items: await describeInvitations(tx, actor.workspaceId),
  })),

  implement(contracts.createInvitation, async (input, context) => {
    await checkTeams(context, input.teamIds);
    const expiresAt = new Date(Date.now() + week);
    const { linkId, url } = await invite(context, { ...input, email: input.email, expiresAt });
    const all = await describeInvitations(context.tx, context.actor.workspaceId);
    return { invitation: all.find((one) => one.id === linkId)!, url };
  }),

  implement(contracts.createInvitations, async ({ emails, role, teamIds }, context) => {
    await checkTeams(context, teamIds);
    const expiresAt = new Date(Date.now() + week);
    const here = (await queries.listMembers(context.tx, context.actor.workspaceId)).filter(
      ({ status }) => status !== 'left',
    );
    const known = new Set(here.map(({ email }) => email.toLowerCase()));
    const asked = eachOnce(emails);
    const items = [];
    for (const email of asked.filter((one) => !known.has(one.toLowerCase()))) {
      const { url } = await invite(context, { email, role, teamIds, expiresAt });
      items.push({ email, url });
    }
    const members = asked.filter((one) => known.has(one.toLowerCase()));
    return { items, members, expiresAt: expiresAt.toISOString() };
  }),

  implement(contracts.withdrawInvitation, async ({ invitationId }, { tx, actor }) => {
    if (!(await links.endInvitation(tx, actor.workspaceId, invitationId))) throw notFound();
    await recordAudit(tx, actor, 'invitation.withdrawn', invitationId, {});
    return {};
  }),
];
