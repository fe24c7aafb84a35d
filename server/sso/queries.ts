import { sql } from 'kysely';
import type { Role } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import { newId, sha256 } from '../kernel/ids.ts';

const shown = [
  'workspace_id',
  'provider_id',
  'kind',
  'name',
  'domains',
  'issuer',
  'client_id',
  'trusts_email',
  'sso_url',
  'certificates',
  'newcomers',
  'role',
  'team_ids',
  'only_way',
  'last_used_at',
] as const;

/** What members' transactions may see of them; the secret is not among it. */
export async function listProviders(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('sso.provider')
    .select(shown)
    .where('workspace_id', '=', workspaceId)
    .orderBy('provider_id')
    .execute();
}
export type ProviderRow = Awaited<ReturnType<typeof listProviders>>[number];

/** A provider whose workspace is not known yet, with its secret. As identity. */
export async function findProvider(tx: Tx, providerId: string) {
  // No workspace: whoever signs in has none yet.
  return tx
    .selectFrom('sso.provider')
    .select([...shown, 'client_secret'])
    .where('provider_id', '=', providerId)
    .executeTakeFirst();
}
export type FoundProvider = NonNullable<Awaited<ReturnType<typeof findProvider>>>;

/** Those that vouch for addresses of a domain, in any workspace. As identity. */
export async function findByDomain(tx: Tx, domain: string) {
  // No workspace: whoever signs in has none yet.
  return tx
    .selectFrom('sso.provider')
    .select(['provider_id', 'name'])
    .where(sql<boolean>`${domain} = any(domains)`)
    .orderBy('provider_id')
    .limit(10)
    .execute();
}

export interface NewProvider {
  kind: 'oidc' | 'saml';
  name: string;
  domains: string[];
  issuer: string;
  client_id: string | null;
  /** Undefined: the one that is kept stays. */
  client_secret?: Buffer;
  trusts_email: boolean;
  sso_url: string | null;
  certificates: string[];
  newcomers: boolean;
  role: Role;
  team_ids: string[];
  only_way: boolean;
}

/** Of these domains members sign in by their company's way only; see `company_domains`. */
async function followOnlyWay(tx: Tx, workspaceId: string): Promise<void> {
  const providers = await listProviders(tx, workspaceId);
  const domains = new Set(providers.filter((one) => one.only_way).flatMap((one) => one.domains));
  await tx
    .updateTable('identity.workspace')
    .set({ company_domains: [...domains] })
    .where('workspace_id', '=', workspaceId)
    .execute();
}

export async function addProvider(tx: Tx, workspaceId: string, values: NewProvider): Promise<string> {
  const providerId = newId();
  await tx
    .insertInto('sso.provider')
    .values({ workspace_id: workspaceId, provider_id: providerId, ...values })
    .execute();
  await followOnlyWay(tx, workspaceId);
  return providerId;
}

export async function changeProvider(
  tx: Tx,
  workspaceId: string,
  providerId: string,
  values: NewProvider,
): Promise<void> {
  await tx
    .updateTable('sso.provider')
    .set({ ...values, changed_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('provider_id', '=', providerId)
    .execute();
  await followOnlyWay(tx, workspaceId);
}

/** @returns false when there is no such provider */
export async function removeProvider(tx: Tx, workspaceId: string, providerId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('sso.provider')
    .where('workspace_id', '=', workspaceId)
    .where('provider_id', '=', providerId)
    .executeTakeFirst();
  await followOnlyWay(tx, workspaceId);
  return done.numDeletedRows > 0n;
}

/** One sign-in by a provider after the other, so that a newcomer at two browsers becomes one member. */
export async function lockProvider(tx: Tx, workspaceId: string, providerId: string): Promise<void> {
  await tx
    .updateTable('sso.provider')
    .set({ last_used_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('provider_id', '=', providerId)
    .execute();
}

export interface NewAttempt {
  attemptId: string;
  providerId: string;
  /** The secret of the browser's cookie. */
  browser: string;
  sealed: Buffer | null;
  back: string;
}

export async function addAttempt(tx: Tx, workspaceId: string, attempt: NewAttempt): Promise<void> {
  await tx
    .insertInto('sso.attempt')
    .values({
      workspace_id: workspaceId,
      attempt_id: attempt.attemptId,
      provider_id: attempt.providerId,
      browser: sha256(attempt.browser),
      sealed: attempt.sealed,
      back: attempt.back,
    })
    .execute();
}

const inTime = sql<boolean>`began_at > now() - interval '10 minutes'`;

/** Takes an attempt of this browser, which nobody can take again. `proven` ones have their proof in `sealed`. */
export async function takeAttempt(tx: Tx, workspaceId: string, attemptId: string, browser: string, proven: boolean) {
  return tx
    .deleteFrom('sso.attempt')
    .where('workspace_id', '=', workspaceId)
    .where('attempt_id', '=', attemptId)
    .where('browser', '=', sha256(browser))
    .where('proven', '=', proven)
    .where(inTime)
    .returning(['provider_id', 'sealed', 'back'])
    .executeTakeFirst();
}

/** Since when an attempt waits for its proof. */
export async function findWaiting(
  tx: Tx,
  { workspace_id, provider_id }: FoundProvider,
  attemptId: string,
): Promise<Date | null> {
  const row = await tx
    .selectFrom('sso.attempt')
    .select('began_at')
    .where('workspace_id', '=', workspace_id)
    .where('attempt_id', '=', attemptId)
    .where('provider_id', '=', provider_id)
    .where('proven', '=', false)
    .where(inTime)
    .executeTakeFirst();
  return row?.began_at ?? null;
}

/** Keeps what an assertion said until its browser comes for it. @returns false when another answer came first */
export async function proveAttempt(
  tx: Tx,
  { workspace_id, provider_id }: FoundProvider,
  attemptId: string,
  sealed: Buffer,
): Promise<boolean> {
  const done = await tx
    .updateTable('sso.attempt')
    .set({ proven: true, sealed })
    .where('workspace_id', '=', workspace_id)
    .where('attempt_id', '=', attemptId)
    .where('provider_id', '=', provider_id)
    .where('proven', '=', false)
    .where(inTime)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function forgetAttempts(tx: Tx): Promise<void> {
  // No workspace: ten minutes are over for all.
  await sql`delete from sso.attempt where began_at < now() - interval '10 minutes'`.execute(tx);
}

/** The member whom a subject was linked to. */
export async function findSubject(tx: Tx, workspaceId: string, providerId: string, subject: string) {
  return tx
    .selectFrom('sso.subject as s')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.workspace_id', '=', 's.workspace_id').onRef('m.member_id', '=', 's.member_id'),
    )
    .select(['m.member_id', 'm.account_id', 'm.status'])
    .where('s.workspace_id', '=', workspaceId)
    .where('s.provider_id', '=', providerId)
    .where('s.subject', '=', subject)
    .executeTakeFirst();
}

export async function linkSubject(
  tx: Tx,
  workspaceId: string,
  providerId: string,
  subject: string,
  memberId: string,
): Promise<void> {
  await tx
    .insertInto('sso.subject')
    .values({ workspace_id: workspaceId, provider_id: providerId, subject, member_id: memberId })
    .execute();
}

/** Whoever of the workspace has this account, in whatever state. */
export async function findByAccount(tx: Tx, workspaceId: string, accountId: string) {
  return tx
    .selectFrom('identity.member')
    .select(['member_id', 'account_id', 'status'])
    .where('workspace_id', '=', workspaceId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
}

/** An open invitation that names this address. */
export async function findInvitation(tx: Tx, workspaceId: string, email: string) {
  return tx
    .selectFrom('identity.link')
    .select(['link_id', 'role', 'team_ids'])
    .where('workspace_id', '=', workspaceId)
    .where('purpose', '=', 'invitation')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
}
