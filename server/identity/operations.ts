import { announce } from '../kernel/announce.ts';
import { version } from '../kernel/config.ts';
import type { Role } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import {
  type Caller,
  type Context,
  implement,
  implementOutside,
  type Operation,
  type PublicContext,
} from '../kernel/http.ts';
import { newToken } from '../kernel/ids.ts';
import { type Accounts, headersOf, type OpenedSession } from './accounts.ts';
import { endApps } from './apps.ts';
import { recordAudit } from './audit.ts';
import * as contracts from './contract.ts';
import { deviceOperations } from './devices.ts';
import { factorOperations } from './factors.ts';
import { invitationOperations } from './invitations.ts';
import { noteDevice, tellMember } from './known-devices.ts';
import * as links from './links.ts';
import { describeMember, memberOperations } from './members.ts';
import { passkeyHost } from './passkeys.ts';
import { processOperations } from './processes.ts';
import * as queries from './queries.ts';
import { closeSetup, findSeat, isSetUp, isSetupToken, takeSeat } from './setup.ts';
import { openedBy, pickMembership, toWorkspace, workspaceOperations } from './workspaces.ts';

const day = 86_400_000;

async function describeMe(tx: Tx, actor: Actor, workspaces: Caller['workspaces']): Promise<contracts.Me> {
  const member = await queries.getMember(tx, actor);
  if (!member) throw new AppError('unauthenticated');
  const teams = await queries.listTeams(tx, actor.workspaceId);
  return {
    memberId: member.member_id,
    name: member.name,
    email: member.email,
    role: member.role as Role,
    locale: member.locale as contracts.Me['locale'],
    theme: member.theme as contracts.Me['theme'],
    workspace: { id: member.workspace_id, name: member.workspace, country: member.country, demo: member.demo },
    workspaces: [...workspaces],
    teams: teams.flatMap(({ id, name, members }) =>
      members.filter((one) => one.id === actor.memberId).map(({ lead }) => ({ id, name, lead })),
    ),
    charterDue: member.charter_due,
  };
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

function memberAlready(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new AppError('conflict', { fields: { email: 'taken' } });
  throw error;
}

/** The operations of identity, over the given accounts. */
export function identityOperations(accounts: Accounts): Operation[] {
  async function openSession(
    { app, request, reply }: Pick<PublicContext, 'app' | 'request' | 'reply'>,
    email: string,
    password: string,
    workspaceId: string | undefined,
  ) {
    return admit({ app, request, reply }, await accounts.signIn(email, password, headersOf(request)), workspaceId);
  }
  /** Lets an opened session in, unless no workspace admits its account. */
  async function admit(
    { app, request, reply }: Pick<PublicContext, 'app' | 'request' | 'reply'>,
    { accountId, sessionToken, cookies }: OpenedSession,
    workspaceId: string | undefined,
  ) {
    const all = await app.db.asSystem('identity', (tx) => queries.findMemberships(tx, accountId));
    const memberships = openedBy(null, all);
    const membership = pickMembership(memberships, workspaceId);
    if (!membership) throw new AppError(all.length > 0 ? 'company_sign_in' : 'wrong_credentials');
    await accounts.chooseWorkspace(sessionToken, membership.workspace_id);
    const actor = { workspaceId: membership.workspace_id, memberId: membership.member_id };
    reply.header('set-cookie', [...cookies, await noteDevice(app, request, actor)]);
    return {
      actor,
      workspaces: memberships.map(toWorkspace),
    };
  }
  /** The code counts, and is used up, only beside the right password. */
  async function demandCode(email: string, password: string, code: string | undefined): Promise<void> {
    const accountId = await accounts.find(email);
    if (accountId === null || (await accounts.secondFactor.state(accountId)) === null) return;
    await accounts.checkPassword(accountId, password);
    await accounts.secondFactor.demand(accountId, code);
  }
  /** Signs in and tells who that is. */
  async function enter(context: PublicContext, email: string, password: string, workspaceId: string | undefined) {
    const { actor, workspaces } = await openSession(context, email, password, workspaceId);
    return context.app.db.asActor(actor, (tx) => describeMe(tx, actor, workspaces));
  }
  /** @throws AppError wrong_credentials when the address has an account with another password, and what `demand` throws */
  async function findOrCreateAccount(email: string, password: string, name: string, code?: string): Promise<string> {
    const known = await accounts.find(email);
    if (known === null) {
      checkPassword(password, email);
      return accounts.create(email, password, name);
    }
    await accounts.checkPassword(known, password).catch(() => {
      throw new AppError('wrong_credentials', { fields: { password: 'has_account' } });
    });
    await accounts.secondFactor.demand(known, code);
    return known;
  }
  async function accountOf(
    context: Context,
    memberId = context.actor.memberId,
  ): Promise<{ accountId: string; workspaceId: string; email: string }> {
    const member = await queries.getMember(context.tx, { ...context.actor, memberId });
    if (!member) throw notFound();
    return { accountId: member.account_id, workspaceId: member.workspace_id, email: member.email };
  }

  return [
    implement(contracts.getStatus, async (_input, { app }) => {
      const [setUp, workspace] = await app.db.asSystem('identity', async (tx) => [
        await isSetUp(tx),
        await queries.anyWorkspace(tx),
      ]);
      return { setUp, version, demo: workspace?.demo ?? false, passkeyHost: passkeyHost(app.config) };
    }),

    implement(contracts.setUp, async (input, context) => {
      const workspace = await context.app.db.asSystem('identity', async (tx) => {
        if (!(await isSetupToken(tx, input.token))) throw new AppError('link_expired');
        const accountId = await findOrCreateAccount(input.email, input.password, input.name);
        const newcomer = { accountId, name: input.name, email: input.email, locale: input.locale };
        await closeSetup(tx);
        const seat = await findSeat(tx);
        if (seat) {
          await takeSeat(tx, seat, newcomer);
          return seat.workspaceId;
        }
        if (!input.workspace) throw new AppError('invalid_input', { fields: { workspace: 'required' } });
        const workspaceId = await queries.addWorkspace(tx, input.workspace, input.country, false);
        await queries.addMember(tx, workspaceId, { ...newcomer, role: 'admin' });
        return workspaceId;
      });
      return enter(context, input.email, input.password, workspace);
    }),

    implement(contracts.signIn, async ({ email, password, workspaceId, code }, context) => {
      return accounts.attempts.guard(email, context.request.ip, async () => {
        await demandCode(email, password, code);
        return enter(context, email, password, workspaceId);
      });
    }),

    implement(contracts.startPasskeySignIn, async (_input, { request, reply }) => {
      const { options, cookies } = await accounts.passkeys.startSignIn(headersOf(request));
      reply.header('set-cookie', cookies);
      return { options };
    }),

    implement(contracts.signInByPasskey, async ({ answer, workspaceId }, context) => {
      const session = await accounts.passkeys.signIn(headersOf(context.request), answer);
      const { actor, workspaces } = await admit(context, session, workspaceId);
      return context.app.db.asActor(actor, (tx) => describeMe(tx, actor, workspaces));
    }),

    implement(contracts.signOut, async (_input, { app, request, reply }) => {
      const session = await accounts.ofSession(headersOf(request));
      reply.header('set-cookie', await accounts.signOut(headersOf(request)));
      if (session)
        await app.db.asSystem('identity', async (tx) => {
          for (const one of await queries.findMemberships(tx, session.accountId))
            await announce(tx, one.workspace_id, [one.member_id], 'session');
        });
      return {};
    }),

    implement(contracts.getMe, async (_input, { tx, actor, workspaces }) => describeMe(tx, actor, workspaces)),

    implement(contracts.updateMe, async (input, { tx, actor, workspaces }) => {
      const { name, locale, theme } = input;
      const changes = { ...(name && { name }), ...(locale && { locale }), ...(theme && { theme }) };
      if (Object.keys(changes).length > 0) {
        await queries.setMember(tx, actor, changes);
      }
      return describeMe(tx, actor, workspaces);
    }),

    implementOutside(contracts.changePassword, async (input, context) => {
      const { accountId, workspaceId, email } = await context.asCaller((inside) => accountOf(inside));
      await accounts.attempts.guard(email, context.request.ip, () => accounts.checkPassword(accountId, input.current));
      checkPassword(input.password, email);
      const session = await accounts.ofSession(headersOf(context.request));
      await accounts.setPassword(accountId, input.password);
      await context.asCaller(async ({ app, tx, actor }) => {
        await announce(tx, workspaceId, [actor.memberId], 'session');
        await tellMember(app, tx, actor, 'access_changed');
      });
      if (session?.boundTo) {
        const opened = await accounts.companySessions.open(accountId, session.boundTo, headersOf(context.request));
        context.reply.header('set-cookie', opened.cookies);
      } else await openSession(context, email, input.password, workspaceId);
      return {};
    }),

    implement(contracts.createResetLink, async ({ memberId }, { tx, actor, app }) => {
      await describeMember(tx, actor.workspaceId, memberId);
      const token = newToken();
      const expiresAt = new Date(Date.now() + day);
      await links.addLink(tx, actor.workspaceId, {
        purpose: 'reset',
        token,
        expiresAt,
        memberId,
        createdBy: actor.memberId,
      });
      // Who has the link can become that member, and read what is theirs: it is not to be had unseen.
      await recordAudit(tx, actor, 'member.reset_link', memberId);
      return { url: `${app.config.publicUrl}/reset#token=${token}`, expiresAt: expiresAt.toISOString() };
    }),

    implement(contracts.resetPassword, async (input, { app }) => {
      await app.db.asSystem('identity', async (tx) => {
        const link = await links.findOpenLink(tx, 'reset', input.token);
        const member = link?.member_id
          ? await queries.getMember(tx, { workspaceId: link.workspace_id, memberId: link.member_id })
          : undefined;
        if (!link || !member) throw new AppError('link_expired');
        const others = (await queries.findMemberships(tx, member.account_id)).filter(
          (one) => one.workspace_id !== link.workspace_id,
        );
        // An admin's link must not open another workspace; the operator's may.
        if (link.created_by !== null && others.length > 0) throw new AppError('shared_account');
        checkPassword(input.password, member.email);
        await accounts.setPassword(member.account_id, input.password);
        await accounts.secondFactor.remove(member.account_id);
        await accounts.passkeys.removeAll(member.account_id);
        await announce(tx, link.workspace_id, [member.member_id], 'session');
        if (link.created_by === null)
          await queries.letPasswordOpen(tx, { workspaceId: link.workspace_id, memberId: member.member_id });
        await links.useLink(tx, link.workspace_id, link.link_id);
        // Whoever made the link could have followed it.
        await tellMember(app, tx, { workspaceId: link.workspace_id, memberId: member.member_id }, 'access_changed');
        await recordAudit(tx, { workspaceId: link.workspace_id, memberId: null }, 'member.reset', member.member_id);
      });
      return {};
    }),

    ...invitationOperations,

    implement(contracts.getInvitation, async ({ token }, { app }) =>
      app.db.asSystem('identity', async (tx) => {
        const link = await links.findOpenLink(tx, 'invitation', token);
        if (!link) throw new AppError('link_expired');
        const inviter = await queries.getMember(tx, { workspaceId: link.workspace_id, memberId: link.created_by! });
        return { workspace: inviter?.workspace ?? '', invitedBy: inviter?.name ?? '', email: link.email };
      }),
    ),

    implement(contracts.acceptInvitation, async (input, context) => {
      const workspace = await context.app.db.asSystem('identity', async (tx) => {
        const link = await links.findOpenLink(tx, 'invitation', input.token);
        if (!link) throw new AppError('link_expired');
        // Nobody proves here that an address is theirs: one that was invited by name must not come as somebody else's.
        if (link.email && link.email.toLowerCase() !== input.email.toLowerCase())
          throw new AppError('invalid_input', { fields: { email: 'other_address' } });
        const accountId = await accounts.attempts.guard(input.email, context.request.ip, () =>
          findOrCreateAccount(input.email, input.password, input.name, input.code),
        );
        const { name, email, locale } = input;
        const role = link.role as Role;
        const memberId = await queries
          .addMember(tx, link.workspace_id, { accountId, name, email, role, locale })
          .catch(memberAlready);
        const { workspace_id: workspaceId } = link;
        await recordAudit(tx, { workspaceId, memberId }, 'member.joined', memberId, { role });
        for (const teamId of link.team_ids) await queries.addToTeam(tx, link.workspace_id, teamId, memberId);
        await links.useLink(tx, link.workspace_id, link.link_id);
        if (link.created_by) {
          const told = { kind: 'joined', memberIds: [link.created_by], subjectId: memberId, actorId: memberId };
          await context.app.enqueue(tx, { workspaceId: link.workspace_id, task: 'notices.tell', payload: told });
        }
        return link.workspace_id;
      });
      return enter(context, input.email, input.password, workspace);
    }),

    implement(contracts.listApiKeys, async (_input, context) => {
      return { items: (await accounts.listKeys(await accountOf(context))).map(describeKey) };
    }),
    implement(contracts.createApiKey, async (input, context) => {
      const owner = await accountOf(context);
      const { record, key } = await accounts.createKey(owner, input.name, input.scopes, input.expiresInDays);
      await tellMember(context.app, context.tx, context.actor, 'access_changed');
      return { apiKey: describeKey(record), key };
    }),
    implement(contracts.deleteApiKey, async ({ apiKeyId }, context) => {
      const ended = await accounts.deleteKey(await accountOf(context), apiKeyId);
      if (!ended) throw notFound();
      const { app, tx, actor } = context;
      if (ended.appId && (await endApps(tx, actor, { appId: ended.appId })).length > 0)
        await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'apps.ended', payload: { appId: ended.appId } });
      return {};
    }),

    ...memberOperations(accounts),
    ...processOperations,
    ...workspaceOperations(accounts),
    ...deviceOperations(accounts),
    ...factorOperations(accounts),
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
