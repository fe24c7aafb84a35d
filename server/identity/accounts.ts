import { apiKey } from '@better-auth/api-key';
import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import type { Config } from '../kernel/config.ts';
import type { Scope } from '../kernel/contract.ts';
import { NoConnection, openPool } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Secrets } from '../kernel/secrets.ts';
import { type Attempts, attemptsTable, openAttempts } from './attempts.ts';
import { type CompanySessions, companySessions, openCompanySessions } from './company.ts';
import { type OAuth, oauthPlugin, openOAuth, resourceOf } from './oauth.ts';
import { openPasskeys, type Passkeys, passkeyRules } from './passkeys.ts';
import { openSecondFactor, type SecondFactor, secondFactorTable } from './second-factor.ts';

/** Accounts, sessions and API keys: a library's work behind the few promises that this module needs. */
export interface Accounts {
  migrate(): Promise<void>;
  /**
   * A null password opens nothing until a reset link sets one.
   * @throws AppError conflict when the address has an account already
   */
  create(email: string, password: string | null, name: string): Promise<string>;
  find(email: string): Promise<string | null>;
  /** Opens a session. @throws AppError wrong_credentials */
  signIn(email: string, password: string, headers: Headers): Promise<OpenedSession>;
  signOut(headers: Headers): Promise<string[]>;
  /** Whose session a cookie names, and the workspace chosen in it; null when there is none. */
  ofSession(headers: Headers): Promise<{
    accountId: string;
    sessionId: string;
    sessionToken: string;
    workspaceId: string | null;
    /** The only workspace it opens: it was opened by that company's own sign-in. */
    boundTo: string | null;
  } | null>;
  /** From now on the session works in this workspace. The caller has made sure that the account belongs to it. */
  chooseWorkspace(sessionToken: string, workspaceId: string): Promise<void>;
  attempts: Attempts;
  secondFactor: SecondFactor;
  passkeys: Passkeys;
  oauth: OAuth;
  companySessions: CompanySessions;
  /** Changes the address one signs in with. @throws AppError conflict when another account has it */
  changeEmail(accountId: string, email: string): Promise<void>;
  /** @throws AppError wrong_credentials */
  checkPassword(accountId: string, password: string): Promise<void>;
  /** Whether a password has been chosen: who came by the company's own sign-in has none. */
  hasPassword(accountId: string): Promise<boolean>;
  /** Sets a new password and ends all sessions of the account. */
  setPassword(accountId: string, password: string): Promise<void>;
  endSessions(accountId: string): Promise<void>;
  /** Those that still open something, the last seen first. */
  listSessions(account: SessionOwner): Promise<SessionRecord[]>;
  /** @returns false when the account has no such session */
  endSession(account: SessionOwner, sessionId: string): Promise<boolean>;
  /** Ends all but this one. @returns how many */
  endOtherSessions(account: SessionOwner, sessionId: string): Promise<number>;
  /** A key opens the one workspace in which it was made. */
  createKey(
    owner: KeyOwner,
    name: string,
    scopes: readonly Scope[],
    expiresInDays: number | undefined,
    /** Present for a key to some books only: as which app it acts. */
    appId?: string,
  ): Promise<{ record: KeyRecord; key: string }>;
  listKeys(owner: KeyOwner): Promise<KeyRecord[]>;
  /** @returns as which app it acted, or null when there is no such key */
  deleteKey(owner: KeyOwner, keyId: string): Promise<{ appId: string | null } | null>;
  /** The owner and scopes of a key, or null when it is unknown, ended or expired. */
  ofKey(
    key: string,
  ): Promise<(KeyOwner & { id: string; scopes: Scope[]; appId: string | null; endsAt: Date | null }) | null>;
  close(): Promise<void>;
}

/** Whose sessions: all of the account's, or those bound to one workspace. */
interface SessionOwner {
  accountId: string;
  boundTo: string | null;
}

interface KeyOwner {
  accountId: string;
  /** Null for keys made before there could be several: the oldest membership's. */
  workspaceId: string | null;
}

export interface OpenedSession {
  accountId: string;
  sessionToken: string;
  cookies: string[];
}

interface SessionRecord {
  id: string;
  /** As the browser called itself when it signed in. */
  userAgent: string;
  createdAt: Date;
  /** Noted every quarter of an hour at most. */
  lastSeenAt: Date;
}

interface KeyRecord {
  id: string;
  name: string;
  start: string;
  scopes: Scope[];
  /** The app as which it acts; null for one that acts as its owner. */
  appId: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

export function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  return headers;
}

/** No hash: verification of any password against it fails. */
const noPassword = 'none:none';

export const keyPrefix = 'ent_';

/** Scopes travel as the library's permissions: `contacts:read` is action `read` on resource `contacts`. */
function toPermissions(scopes: readonly Scope[]): Record<string, string[]> {
  const permissions: Record<string, string[]> = {};
  for (const scope of scopes) {
    const [resource, action] = scope.split(':') as [string, string];
    permissions[resource] = [...(permissions[resource] ?? []), action];
  }
  return permissions;
}

function toScopes(permissions: unknown): Scope[] {
  const parsed = typeof permissions === 'string' ? JSON.parse(permissions) : permissions;
  return Object.entries((parsed ?? {}) as Record<string, string[]>).flatMap(([resource, actions]) =>
    actions.map((action) => `${resource}:${action}` as Scope),
  );
}

/** How passwords are kept and compared. */
export interface Passwords {
  hash(password: string): Promise<string>;
  verify(known: { hash: string; password: string }): Promise<boolean>;
}

export type Auth = ReturnType<typeof makeAuth>;

/** @param passwords instead of the library's, which take a tenth of a second each on purpose */
function makeAuth(pool: pg.Pool, config: Config, secrets: Secrets, resources: string[], passwords?: Passwords) {
  return betterAuth({
    database: pool,
    baseURL: config.publicUrl,
    basePath: '/api/auth',
    secret: secrets.sessions,
    telemetry: { enabled: false },
    // Ours stand before it (kernel/http.ts, apps/routes.ts).
    rateLimit: { enabled: false },
    logger: { disabled: true },
    // Accounts are made by set-up and invitations only.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 200,
      ...(passwords && { password: passwords }),
    },
    session: {
      expiresIn: 60 * 60 * 24 * 30,
      // So that people see when a device was last used.
      updateAge: 60 * 15,
      // The library would let only fresh sessions add a passkey; here the password is asked for.
      freshAge: 0,
      additionalFields: {
        workspaceId: { type: 'string', required: false, input: false },
        boundTo: { type: 'string', required: false, input: false },
      },
    },
    advanced: {
      database: { generateId: 'uuid' },
      useSecureCookies: config.publicUrl.startsWith('https:'),
      cookiePrefix: 'entregent',
    },
    plugins: [
      attemptsTable,
      secondFactorTable,
      companySessions,
      passkey(passkeyRules),
      oauthPlugin(resources),
      apiKey({
        defaultPrefix: keyPrefix,
        rateLimit: { enabled: false },
        enableMetadata: true,
        startingCharactersConfig: { charactersLength: 8 },
      }),
    ],
  });
}

/** Of a key's row: that it was made in this workspace, or before there could be several. */
const ofWorkspace = (parameter: string) =>
  `coalesce(metadata::jsonb ->> 'workspaceId', ${parameter}::text) = ${parameter}::text`;

/** Of a session's row: that it is one of those that are asked for. */
const inView = (parameter: string) => `(${parameter}::text is null or "boundTo" = ${parameter}::text)`;

/** Opens accounts on their own schema `auth`, with a role that sees nothing but identity. */
export function openAccounts(url: string, config: Config, secrets: Secrets, quick?: Passwords): Accounts {
  const pool = openPool({
    connectionString: url,
    max: 4,
    options: '-c search_path=auth -c role=entregent_identity',
    application_name: 'entregent-accounts',
  });
  const auth = makeAuth(pool, config, secrets, [], quick);
  let issuer: Auth | undefined;
  const context = () => auth.$context;
  async function hashOf(accountId: string): Promise<string | undefined> {
    const known = await (await context()).internalAdapter.findAccounts(accountId);
    return known.find((account) => account.providerId === 'credential')?.password ?? undefined;
  }

  return {
    migrate: async () => (await getMigrations(auth.options)).runMigrations(),
    async create(email, password, name) {
      const { internalAdapter, password: passwords } = await context();
      if (await internalAdapter.findUserByEmail(email.toLowerCase()))
        throw new AppError('conflict', { fields: { email: 'taken' } });
      const user = await internalAdapter.createUser(
        { email: email.toLowerCase(), name, emailVerified: true },
        { method: 'email-password' },
      );
      await internalAdapter.linkAccount({
        userId: user.id,
        accountId: user.id,
        providerId: 'credential',
        password: password === null ? noPassword : await passwords.hash(password),
      });
      return user.id;
    },
    async find(email) {
      const found = await (await context()).internalAdapter.findUserByEmail(email.toLowerCase());
      return found?.user.id ?? null;
    },
    async signIn(email, password, headers) {
      try {
        const { headers: answer, response } = await auth.api.signInEmail({
          body: { email, password },
          headers,
          returnHeaders: true,
        });
        return { accountId: response.user.id, sessionToken: response.token, cookies: answer.getSetCookie() };
      } catch (error) {
        throw error instanceof NoConnection ? error : new AppError('wrong_credentials');
      }
    },
    async signOut(headers) {
      const { headers: answer } = await auth.api.signOut({ headers, returnHeaders: true });
      return answer.getSetCookie();
    },
    async ofSession(headers) {
      const found = await auth.api.getSession({ headers });
      if (!found) return null;
      const { id, token, workspaceId, boundTo } = found.session;
      return {
        accountId: found.user.id,
        sessionId: id,
        sessionToken: token,
        workspaceId: workspaceId ?? null,
        boundTo: boundTo ?? null,
      };
    },
    attempts: openAttempts(pool),
    secondFactor: openSecondFactor(pool, secrets),
    passkeys: openPasskeys(auth, pool, config),
    oauth: openOAuth(
      () => (issuer ??= makeAuth(pool, config, secrets, [resourceOf(config), resourceOf(config, 'mcp')], quick)),
      pool,
      config,
    ),
    companySessions: openCompanySessions(auth),
    async changeEmail(accountId, email) {
      const { internalAdapter } = await context();
      const other = await internalAdapter.findUserByEmail(email.toLowerCase());
      if (other?.user.id === accountId) return;
      if (other) throw new AppError('conflict', { fields: { email: 'taken' } });
      await internalAdapter.updateUser(accountId, { email: email.toLowerCase() });
    },
    async chooseWorkspace(sessionToken, workspaceId) {
      await (await context()).internalAdapter.updateSession(sessionToken, { workspaceId });
    },
    async checkPassword(accountId, password) {
      const { password: passwords } = await context();
      const hash = await hashOf(accountId);
      if (!hash || !(await passwords.verify({ hash, password }))) throw new AppError('wrong_credentials');
    },
    async hasPassword(accountId) {
      const hash = await hashOf(accountId);
      return hash !== undefined && hash !== noPassword;
    },
    async setPassword(accountId, password) {
      const { internalAdapter, password: passwords } = await context();
      await internalAdapter.updatePassword(accountId, await passwords.hash(password));
      await internalAdapter.deleteUserSessions(accountId);
    },
    async endSessions(accountId) {
      await (await context()).internalAdapter.deleteUserSessions(accountId);
    },
    async listSessions({ accountId, boundTo }) {
      const { rows } = await pool.query<SessionRecord>(
        `select id, coalesce("userAgent", '') as "userAgent", "createdAt", "updatedAt" as "lastSeenAt" from session
         where "userId" = $1 and ${inView('$2')} and "expiresAt" > now() order by "updatedAt" desc`,
        [accountId, boundTo],
      );
      return rows;
    },
    async endSession({ accountId, boundTo }, sessionId) {
      const done = await pool.query(`delete from session where id = $3 and "userId" = $1 and ${inView('$2')}`, [
        accountId,
        boundTo,
        sessionId,
      ]);
      return (done.rowCount ?? 0) > 0;
    },
    async endOtherSessions({ accountId, boundTo }, sessionId) {
      const done = await pool.query(`delete from session where id <> $3 and "userId" = $1 and ${inView('$2')}`, [
        accountId,
        boundTo,
        sessionId,
      ]);
      return done.rowCount ?? 0;
    },
    async createKey({ accountId, workspaceId }, name, scopes, expiresInDays, appId) {
      const made = await auth.api.createApiKey({
        body: {
          userId: accountId,
          name,
          permissions: toPermissions(scopes),
          metadata: { workspaceId, ...(appId ? { appId } : {}) },
          ...(expiresInDays ? { expiresIn: expiresInDays * 86_400 } : {}),
        },
      });
      return { key: made.key, record: toRecord(made) };
    },
    async listKeys({ accountId, workspaceId }) {
      const { rows } = await pool.query(
        `select * from apikey where "referenceId" = $1 and ${ofWorkspace('$2')} order by "createdAt" desc`,
        [accountId, workspaceId],
      );
      return rows.map(toRecord);
    },
    async deleteKey({ accountId, workspaceId }, keyId) {
      const { rows } = await pool.query(
        `delete from apikey where id::text = $3 and "referenceId" = $1 and ${ofWorkspace('$2')} returning metadata`,
        [accountId, workspaceId, keyId],
      );
      return rows[0] ? { appId: appOf(rows[0].metadata) } : null;
    },
    async ofKey(key) {
      const found = await auth.api.verifyApiKey({ body: { key } });
      if (!found.valid || !found.key) return null;
      const { workspaceId, appId } = (found.key.metadata ?? {}) as { workspaceId?: string; appId?: string };
      return {
        id: found.key.id,
        endsAt: found.key.expiresAt ? new Date(found.key.expiresAt) : null,
        accountId: found.key.referenceId,
        workspaceId: workspaceId ?? null,
        appId: appId ?? null,
        scopes: toScopes(found.key.permissions),
      };
    },
    close: () => pool.end(),
  };
}

interface LibraryKey {
  id: string;
  name: string | null;
  start: string | null;
  permissions?: unknown;
  metadata?: unknown;
  createdAt: Date;
  lastRequest: Date | null;
  expiresAt: Date | null;
}

function appOf(metadata: unknown): string | null {
  const parsed = typeof metadata === 'string' ? JSON.parse(metadata) : metadata;
  return (parsed as { appId?: string } | null)?.appId ?? null;
}

function toRecord(row: LibraryKey): KeyRecord {
  return {
    id: row.id,
    name: row.name ?? '',
    start: row.start ?? '',
    scopes: toScopes(row.permissions),
    appId: appOf(row.metadata),
    createdAt: row.createdAt,
    lastUsedAt: row.lastRequest,
    expiresAt: row.expiresAt,
  };
}
