import { z } from 'zod';
import { contract, id, instant, nothing, page, paging, roles } from '../kernel/contract.ts';

export const locale = z.enum(['fr', 'en']);
export const role = z.enum(roles);
export const country = z.string().regex(/^[A-Z]{2}$/);
const password = z.string().min(10).max(200);
/** Of the authenticator app, or a recovery code: for accounts that have switched the second factor on. */
const signInCode = z.string().max(50).optional();
const personName = z.string().trim().min(1).max(200);

export const me = z.object({
  memberId: id,
  name: z.string(),
  email: z.string(),
  role,
  locale,
  theme: z.enum(['light', 'dark', 'system']),
  workspace: z.object({ id, name: z.string(), country, demo: z.boolean() }),
  /** All workspaces I belong to, this one included, the one I joined first first; for an API key its own only. */
  workspaces: z.array(z.object({ id, name: z.string() })),
  teams: z.array(z.object({ id, name: z.string(), lead: z.boolean() })),
  /** The charter has to be read and accepted before anything else. */
  charterDue: z.boolean(),
});
export type Me = z.output<typeof me>;

export const member = z.object({
  id,
  name: z.string(),
  email: z.string(),
  role,
  /** left: gone for good; the name stays beside what they did. */
  status: z.enum(['active', 'suspended', 'left']),
  teams: z.array(z.object({ id, name: z.string() })),
  joinedAt: instant,
});
export type Member = z.output<typeof member>;
export const team = z.object({
  id,
  name: z.string(),
  /** Leads say who is in the team. */
  members: z.array(z.object({ id, name: z.string(), lead: z.boolean() })),
});
export const invitation = z.object({
  id,
  email: z.string().nullable(),
  role,
  teams: z.array(z.object({ id, name: z.string() })),
  invitedBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
});

export const getStatus = contract({
  name: 'identity.getStatus',
  method: 'GET',
  path: '/status',
  summary: 'Whether this installation is set up, and its version',
  input: nothing,
  output: z.object({
    setUp: z.boolean(),
    version: z.string(),
    demo: z.boolean(),
    /** The host name that passkeys are bound to; null where the address allows none. */
    passkeyHost: z.string().nullable(),
  }),
  access: 'public',
});
export const setUp = contract({
  name: 'identity.setUp',
  method: 'POST',
  path: '/setup',
  summary: 'Create the first workspace and its admin with the one-time setup token; signs in',
  input: z.object({
    token: z.string().max(200),
    /** Left out in the demo, whose company is there already. */
    workspace: z.string().trim().min(1).max(200).optional(),
    country: country.default('FR'),
    name: personName,
    email: z.email(),
    password,
    locale: locale.default('fr'),
  }),
  output: me,
  access: 'public',
  errors: ['link_expired', 'weak_password'],
});
export const signIn = contract({
  name: 'identity.signIn',
  method: 'POST',
  path: '/sign-in',
  summary: 'Sign in by e-mail, password and, where a second factor is switched on, its code; sets the session cookie',
  input: z.object({
    email: z.email(),
    password: z.string().max(200),
    /** Which of my workspaces to work in; the one I joined first when left out, or not mine. */
    workspaceId: id.optional(),
    code: signInCode,
  }),
  output: me,
  access: 'public',
  errors: ['wrong_credentials', 'code_required', 'wrong_code', 'too_many_codes', 'company_sign_in'],
});
/** As the WebAuthn API of browsers writes it (PublicKeyCredentialJSON and the like). */
const webAuthn = z.record(z.string(), z.unknown());
const webAuthnAnswer = z.looseObject({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal('public-key'),
  response: webAuthn,
});
export type WebAuthnAnswer = z.output<typeof webAuthnAnswer>;
export const startPasskeySignIn = contract({
  name: 'identity.startPasskeySignIn',
  method: 'POST',
  path: '/sign-in/passkey/start',
  summary: 'What the browser is to ask its passkeys, valid for five minutes',
  input: nothing,
  output: z.object({ options: webAuthn }),
  access: 'public',
});
export const signInByPasskey = contract({
  name: 'identity.signInByPasskey',
  method: 'POST',
  path: '/sign-in/passkey',
  summary: 'Sign in by a passkey, which stands for password and second factor; sets the session cookie',
  input: z.object({ answer: webAuthnAnswer, workspaceId: id.optional() }),
  output: me,
  access: 'public',
  errors: ['passkey_refused'],
});
export const signOut = contract({
  name: 'identity.signOut',
  method: 'POST',
  path: '/sign-out',
  summary: 'End this session',
  input: nothing,
  output: nothing,
  access: 'public',
});
export const getMe = contract({
  name: 'identity.getMe',
  method: 'GET',
  path: '/me',
  summary: 'Who I am, in which workspace and teams',
  input: nothing,
  output: me,
  access: 'member',
  scope: 'workspace:read',
  beforeCharter: true,
});
export const updateMe = contract({
  name: 'identity.updateMe',
  method: 'PATCH',
  path: '/me',
  summary: 'Change my name, language or theme',
  input: z.object({ name: personName.optional(), locale: locale.optional(), theme: me.shape.theme.optional() }),
  output: me,
  access: 'member',
  beforeCharter: true,
});
export const chooseWorkspace = contract({
  name: 'identity.chooseWorkspace',
  method: 'POST',
  path: '/me/workspace',
  summary: 'Work in another of my workspaces from now on, in this session',
  input: z.object({ workspaceId: id }),
  output: nothing,
  access: 'member',
  beforeCharter: true,
});
export const createWorkspace = contract({
  name: 'identity.createWorkspace',
  method: 'POST',
  path: '/workspaces',
  summary:
    'Create another workspace on this installation, with me as its first admin; nothing is shared between the two',
  input: z.object({ name: z.string().trim().min(1).max(200), country: country.default('FR') }),
  output: z.object({ id, name: z.string() }),
  access: 'admin',
});
export const changePassword = contract({
  name: 'identity.changePassword',
  method: 'POST',
  path: '/me/password',
  summary: 'Change my password; ends my other sessions',
  input: z.object({ current: z.string().max(200), password }),
  output: nothing,
  access: 'member',
  errors: ['wrong_credentials', 'weak_password'],
});
export const session = z.object({
  id,
  /** Firefox, Chrome, Safari…; null when the program that signed in names none we know. */
  browser: z.string().nullable(),
  /** Windows, macOS, Android…; null likewise. */
  system: z.string().nullable(),
  since: instant,
  /** To a quarter of an hour. */
  lastSeenAt: instant,
  /** The one that asks. */
  current: z.boolean(),
});
export const listSessions = contract({
  name: 'identity.listSessions',
  method: 'GET',
  path: '/me/sessions',
  summary: 'Where I am signed in, the last seen first',
  input: nothing,
  output: z.object({ items: z.array(session) }),
  access: 'member',
});
export const endSession = contract({
  name: 'identity.endSession',
  method: 'DELETE',
  path: '/me/sessions/:sessionId',
  summary: 'Sign out on one of my devices; it is refused at its next request',
  input: z.object({ sessionId: id }),
  output: nothing,
  access: 'member',
});
export const endOtherSessions = contract({
  name: 'identity.endOtherSessions',
  method: 'POST',
  path: '/me/sessions/end-others',
  summary: 'Sign out everywhere but here',
  input: nothing,
  output: z.object({ ended: z.number().int() }),
  access: 'member',
});
export const getSecondFactor = contract({
  name: 'identity.getSecondFactor',
  method: 'GET',
  path: '/me/second-factor',
  summary: 'Whether signing in asks for a code of my authenticator app',
  input: nothing,
  output: z.object({
    /** Whether there is a password at all: who came by the company's own sign-in has none. */
    hasPassword: z.boolean(),
    on: z.boolean(),
    since: instant.nullable(),
    recoveryCodesLeft: z.number().int(),
  }),
  access: 'member',
});
export const prepareSecondFactor = contract({
  name: 'identity.prepareSecondFactor',
  method: 'POST',
  path: '/me/second-factor',
  summary: 'A secret for my authenticator app; nothing is asked for before it is confirmed',
  input: z.object({ password: z.string().max(200) }),
  /** `uri` is what a QR code for the app says (otpauth:). */
  output: z.object({ secret: z.string(), uri: z.string() }),
  access: 'member',
  secret: true,
  errors: ['wrong_credentials', 'conflict'],
});
export const confirmSecondFactor = contract({
  name: 'identity.confirmSecondFactor',
  method: 'POST',
  path: '/me/second-factor/confirm',
  summary: 'Switch the second factor on with a code of the app; the recovery codes are shown once',
  input: z.object({ code: z.string().max(50) }),
  output: z.object({ recoveryCodes: z.array(z.string()) }),
  access: 'member',
  secret: true,
  errors: ['wrong_code', 'conflict'],
});
export const removeSecondFactor = contract({
  name: 'identity.removeSecondFactor',
  method: 'POST',
  path: '/me/second-factor/remove',
  summary: 'Switch the second factor off; the password alone opens again',
  input: z.object({ password: z.string().max(200) }),
  output: nothing,
  access: 'member',
  errors: ['wrong_credentials'],
});
export const passkey = z.object({ id, name: z.string(), createdAt: instant });
export const listPasskeys = contract({
  name: 'identity.listPasskeys',
  method: 'GET',
  path: '/me/passkeys',
  summary: 'My passkeys',
  input: nothing,
  output: z.object({ items: z.array(passkey) }),
  access: 'member',
});
export const startPasskey = contract({
  name: 'identity.startPasskey',
  method: 'POST',
  path: '/me/passkeys/start',
  summary: 'What the browser is to be asked for a new passkey, valid for five minutes',
  input: z.object({ password: z.string().max(200) }),
  output: z.object({ options: webAuthn }),
  access: 'member',
  secret: true,
  errors: ['wrong_credentials'],
});
export const addPasskey = contract({
  name: 'identity.addPasskey',
  method: 'POST',
  path: '/me/passkeys',
  summary: 'Add the passkey that the browser has made',
  input: z.object({ name: z.string().trim().min(1).max(100), answer: webAuthnAnswer }),
  output: passkey,
  access: 'member',
  errors: ['passkey_refused'],
});
export const removePasskey = contract({
  name: 'identity.removePasskey',
  method: 'DELETE',
  path: '/me/passkeys/:passkeyId',
  summary: 'Remove a passkey; it opens no more',
  input: z.object({ passkeyId: id }),
  output: nothing,
  access: 'member',
});
export const listMembers = contract({
  name: 'identity.listMembers',
  method: 'GET',
  path: '/members',
  summary: 'The members of the workspace',
  input: nothing,
  output: z.object({ items: z.array(member) }),
  access: 'member',
  scope: 'workspace:read',
});
export const updateMember = contract({
  name: 'identity.updateMember',
  method: 'PATCH',
  path: '/members/:memberId',
  summary: "Change a member's role or suspend them",
  input: z.object({ memberId: id, role: role.optional(), status: z.enum(['active', 'suspended']).optional() }),
  output: member,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['last_admin'],
});
export const createResetLink = contract({
  name: 'identity.createResetLink',
  method: 'POST',
  path: '/members/:memberId/reset-link',
  summary: 'A one-time link with which a member chooses a new password, valid for 24 hours',
  input: z.object({ memberId: id }),
  output: z.object({ url: z.string(), expiresAt: instant }),
  access: 'admin',
  secret: true,
});
export const resetPassword = contract({
  name: 'identity.resetPassword',
  method: 'POST',
  path: '/password-reset',
  summary:
    'Choose a new password with a one-time link; ends all sessions of that account and switches its second factor and passkeys off',
  input: z.object({ token: z.string().max(200), password }),
  output: nothing,
  access: 'public',
  errors: ['link_expired', 'weak_password', 'shared_account'],
});
export const listInvitations = contract({
  name: 'identity.listInvitations',
  method: 'GET',
  path: '/invitations',
  summary: 'Open invitations',
  input: nothing,
  output: z.object({ items: z.array(invitation) }),
  access: 'admin',
  scope: 'workspace:read',
});
export const createInvitation = contract({
  name: 'identity.createInvitation',
  method: 'POST',
  path: '/invitations',
  summary: 'Invite somebody by link, valid for 7 days; the link is shown once',
  input: z.object({
    email: z.email().optional(),
    role: role.default('member'),
    teamIds: z.array(id).max(50).default([]),
  }),
  output: z.object({ invitation, url: z.string() }),
  access: 'admin',
  secret: true,
  scope: 'workspace:write',
});
/** At most so many at once. */
export const invitedAtOnce = 200;
export const createInvitations = contract({
  name: 'identity.createInvitations',
  method: 'POST',
  path: '/invitations/many',
  summary: 'Invite many by address, a link each; who is a member already, or named twice, gets none',
  input: z.object({
    emails: z.array(z.email()).min(1).max(invitedAtOnce),
    role: role.default('member'),
    teamIds: z.array(id).max(50).default([]),
  }),
  output: z.object({
    items: z.array(z.object({ email: z.string(), url: z.string() })),
    /** Addresses of members, who need no invitation. */
    members: z.array(z.string()),
    expiresAt: instant,
  }),
  access: 'admin',
  secret: true,
  scope: 'workspace:write',
});
export const withdrawInvitation = contract({
  name: 'identity.withdrawInvitation',
  method: 'DELETE',
  path: '/invitations/:invitationId',
  summary: 'Withdraw an invitation; its link stops working',
  input: z.object({ invitationId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});
export const getInvitation = contract({
  name: 'identity.getInvitation',
  method: 'POST',
  path: '/invitation',
  summary: 'What an invitation link is for (the token travels in the body, not in the URL)',
  input: z.object({ token: z.string().max(200) }),
  output: z.object({ workspace: z.string(), invitedBy: z.string(), email: z.string().nullable() }),
  access: 'public',
  errors: ['link_expired'],
});
export const acceptInvitation = contract({
  name: 'identity.acceptInvitation',
  method: 'POST',
  path: '/invitation/accept',
  summary:
    'Join the workspace with an invitation link; signs in. Who has an account here already joins with its password',
  input: z.object({
    token: z.string().max(200),
    name: personName,
    email: z.email(),
    password,
    locale: locale.default('fr'),
    code: signInCode,
  }),
  output: me,
  access: 'public',
  errors: [
    'link_expired',
    'weak_password',
    'conflict',
    'wrong_credentials',
    'code_required',
    'wrong_code',
    'too_many_codes',
  ],
});
export const listTeams = contract({
  name: 'identity.listTeams',
  method: 'GET',
  path: '/teams',
  summary: 'The teams and who is in them',
  input: nothing,
  output: z.object({ items: z.array(team) }),
  access: 'member',
  scope: 'workspace:read',
});
export const createTeam = contract({
  name: 'identity.createTeam',
  method: 'POST',
  path: '/teams',
  summary: 'Create a team',
  input: z.object({
    name: z.string().trim().min(1).max(100),
    memberIds: z.array(id).max(1000).default([]),
    leadIds: z.array(id).max(1000).default([]),
  }),
  output: team,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const updateTeam = contract({
  name: 'identity.updateTeam',
  method: 'PATCH',
  path: '/teams/:teamId',
  summary: 'Rename a team (admins), set its leads (admins) or its members (admins and its leads)',
  input: z.object({
    teamId: id,
    name: z.string().trim().min(1).max(100).optional(),
    memberIds: z.array(id).max(1000).optional(),
    /** Those of the members who lead it. */
    leadIds: z.array(id).max(1000).optional(),
  }),
  output: team,
  access: 'member',
  scope: 'workspace:write',
  errors: ['conflict', 'forbidden'],
});
export const deleteTeam = contract({
  name: 'identity.deleteTeam',
  method: 'DELETE',
  path: '/teams/:teamId',
  summary: 'Dissolve a team; what was lent to it is no longer visible through it',
  input: z.object({ teamId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

/** What the audit tells. */
export const auditCode = z.enum([
  'member.joined',
  'member.role',
  'member.active',
  'member.suspended',
  'member.left',
  'member.returned',
  'member.reset_link',
  'member.reset',
  'team.created',
  'team.members',
  'team.dissolved',
  'charter.published',
  'charter.accepted',
  'departure.opened',
  'departure.cancelled',
  'use.said',
  'use.ended',
  'member.changed',
  'sign_in.added',
  'sign_in.changed',
  'sign_in.removed',
  'sign_in.linked',
  'directory.opened',
  'directory.closed',
  'member.reset_on_server',
  'invitation.made',
  'invitation.withdrawn',
  'mail.changed',
  'mail.removed',
  'mail.key_made',
  'mail.key_confirmed',
  'mail.key_removed',
  'mail.returns_changed',
  'mail.returns_removed',
  'gate.changed',
  'program.registered',
  'program.ended',
  'programs.changed',
  'connection.made',
  'connection.renewed',
  'connection.ended',
  'connection.handed_over',
  'client.set',
  'client.removed',
  'ties.reciprocal',
  'channel.opened',
  'channel.changed',
  'attribute.added',
  'attribute.changed',
  'attribute.ended',
  'attribute.restored',
  'collection.rolled_out',
  'collection.dropped',
  'channel.ended',
  'conversation.erased',
  'model.removed',
  'model.set',
  'bi.made',
  'bi.renewed',
  'bi.ended',
  'webhook.made',
  'webhook.changed',
  'webhook.secret',
  'webhook.removed',
  'webhook.replayed',
  'parts.opened',
  'facts.kind',
  'facts.source',
  'facts.detached',
  'facts.forgotten',
  'audit.exported',
  'uses.read',
]);
export type AuditCode = z.output<typeof auditCode>;
export const listAudit = contract({
  name: 'identity.listAudit',
  method: 'GET',
  path: '/audit',
  summary: 'What was done to the workspace, newest first: who, what, to whom; never a contact',
  input: z.object(paging),
  output: page(
    z.object({
      id,
      /** Null: a system did it. */
      actor: z.string().nullable(),
      code: auditCode,
      /** Whom or what it was done to, where there is one: a member or team by name, else as it was called then. */
      subject: z.string().nullable(),
      detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      at: instant,
    }),
  ),
  access: 'overseer',
  scope: 'workspace:read',
});
export const namedUse = z.object({
  id,
  name: z.string(),
  purpose: z.string(),
  /** When it is over; null: without an end. */
  endsAt: instant.nullable(),
  over: z.boolean(),
  members: z.array(z.object({ id, name: z.string() })),
});
export const listProcesses = contract({
  name: 'identity.listProcesses',
  method: 'GET',
  path: '/processes',
  summary: 'The named uses of the company (programmes, campaigns, searches), with who runs them',
  input: nothing,
  output: z.object({ items: z.array(namedUse) }),
  access: 'member',
  scope: 'workspace:read',
});
const useTerms = {
  name: z.string().trim().min(1).max(100),
  purpose: z.string().trim().min(1).max(300),
  endsAt: instant.nullable().default(null),
  memberIds: z.array(id).max(1000),
};
export const createProcess = contract({
  name: 'identity.createProcess',
  method: 'POST',
  path: '/processes',
  summary: 'Open a named use: those who run it see what is lent to it, until it ends',
  input: z.object(useTerms),
  output: namedUse,
  access: 'marketer',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const changeProcess = contract({
  name: 'identity.changeProcess',
  method: 'PUT',
  path: '/processes/:processId',
  summary: 'Say a named use that is not over anew: its purpose, its end, who runs it',
  input: z.object({ processId: id, ...useTerms }),
  output: namedUse,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const endProcess = contract({
  name: 'identity.endProcess',
  method: 'DELETE',
  path: '/processes/:processId',
  summary: 'End a named use: nobody sees anything through it from the next request on',
  input: z.object({ processId: id }),
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
});

export const apiScope = z.enum([
  'contacts:read',
  'contacts:write',
  'messages:write',
  'imports:write',
  'facts:write',
  'workspace:read',
  'workspace:write',
]);
/** What an app may be allowed; which contacts, its grants say. */
const appVerbs = ['contacts:contact', 'contacts:export'] as const;
const assistantVerbs = ['assistant:read', 'assistant:write'] as const;
export const appScope = z.enum(['contacts:read', ...appVerbs, 'facts:write', ...assistantVerbs]);
/** What a key for some books may be allowed: an assistant comes by OAuth only. */
export const appKeyScope = appScope.exclude(assistantVerbs);
export const apiKey = z.object({
  id,
  name: z.string(),
  /** The first characters, to recognise it by. */
  start: z.string(),
  scopes: z.array(z.enum([...apiScope.options, ...appVerbs, ...assistantVerbs])),
  /** It acts for some of my books only, which grants lend it: as this app. */
  appId: id.nullable(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  expiresAt: instant.nullable(),
});
export const listApiKeys = contract({
  name: 'identity.listApiKeys',
  method: 'GET',
  path: '/api-keys',
  summary: 'My API keys',
  input: nothing,
  output: z.object({ items: z.array(apiKey) }),
  access: 'member',
});
export const createApiKey = contract({
  name: 'identity.createApiKey',
  method: 'POST',
  path: '/api-keys',
  summary: 'An API key that acts as me, within its scopes; the key is shown once',
  input: z.object({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(apiScope).min(1),
    expiresInDays: z.number().int().min(1).max(730).optional(),
  }),
  output: z.object({ apiKey, key: z.string() }),
  access: 'member',
  secret: true,
});
export const deleteApiKey = contract({
  name: 'identity.deleteApiKey',
  method: 'DELETE',
  path: '/api-keys/:apiKeyId',
  summary: 'End an API key',
  input: z.object({ apiKeyId: id }),
  output: nothing,
  access: 'member',
});
