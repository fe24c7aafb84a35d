import { sql } from 'kysely';
import type { Actor, Tx } from '../../kernel/database.ts';
import { sha256 } from '../../kernel/ids.ts';
import type { Provider } from '../contract.ts';

/** Without their secrets. */
export async function listClients(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('connectors.oauth_client')
    .select(['provider', 'client_id', 'tenant', 'changed_at'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('provider')
    .execute();
}
export type ClientRow = Awaited<ReturnType<typeof listClients>>[number];

/** With its secret, as the keeper. */
export async function findClient(tx: Tx, workspaceId: string, provider: Provider) {
  return tx
    .selectFrom('connectors.oauth_client')
    .select(['client_id', 'client_secret', 'tenant'])
    .where('workspace_id', '=', workspaceId)
    .where('provider', '=', provider)
    .executeTakeFirst();
}

interface ClientValues {
  client_id: string;
  tenant: string | null;
  client_secret?: Buffer;
}

/** @returns false where there is none */
export async function changeClient(
  tx: Tx,
  workspaceId: string,
  provider: Provider,
  values: ClientValues,
): Promise<boolean> {
  const done = await tx
    .updateTable('connectors.oauth_client')
    .set({ ...values, changed_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('provider', '=', provider)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

export async function addClient(
  tx: Tx,
  workspaceId: string,
  provider: Provider,
  values: Required<ClientValues>,
): Promise<void> {
  await tx
    .insertInto('connectors.oauth_client')
    .values({ workspace_id: workspaceId, provider, ...values })
    .execute();
}

/** @returns false where there is none */
export async function removeClient(tx: Tx, workspaceId: string, provider: Provider): Promise<boolean> {
  const done = await tx
    .deleteFrom('connectors.oauth_client')
    .where('workspace_id', '=', workspaceId)
    .where('provider', '=', provider)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Those that a service would not open because of how the company is known there may try again; as the keeper. */
export async function retryRefused(tx: Tx, workspaceId: string, kinds: readonly string[]): Promise<void> {
  await tx
    .updateTable('connectors.connection')
    .set({ state: 'retrying', next_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('kind', 'in', kinds)
    .where('state', '=', 'attention')
    .where('problem', '=', 'client_refused')
    .execute();
}

interface NewAuthorisation {
  authorisationId: string;
  kind: string;
  connectionId: string | null;
  /** The secret of the browser's cookie. */
  browser: string;
  sealed: Buffer;
}

/** A member sets out. What they left unfinished an hour ago is forgotten. */
export async function addAuthorisation(tx: Tx, { workspaceId, memberId }: Actor, of: NewAuthorisation): Promise<void> {
  await tx
    .deleteFrom('connectors.authorisation')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where(sql<boolean>`began_at < now() - interval '1 hour'`)
    .execute();
  await tx
    .insertInto('connectors.authorisation')
    .values({
      workspace_id: workspaceId,
      authorisation_id: of.authorisationId,
      member_id: memberId,
      kind: of.kind,
      connection_id: of.connectionId,
      browser: sha256(of.browser),
      sealed: of.sealed,
    })
    .execute();
}

/** Takes what a member of this browser set out with, which nobody can take again. As the keeper. */
export async function takeAuthorisation(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  authorisationId: string,
  browser: string,
) {
  return tx
    .updateTable('connectors.authorisation')
    .set({ state: 'taken' })
    .where('workspace_id', '=', workspaceId)
    .where('authorisation_id', '=', authorisationId)
    .where('member_id', '=', memberId)
    .where('browser', '=', sha256(browser))
    .where('state', '=', 'waiting')
    .where(sql<boolean>`began_at > now() - interval '10 minutes'`)
    .returning(['kind', 'connection_id', 'sealed'])
    .executeTakeFirst();
}

/** Keeps what the service gave. As the keeper. */
export async function grantAuthorisation(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  authorisationId: string,
  sealed: Buffer,
): Promise<void> {
  await tx
    .updateTable('connectors.authorisation')
    .set({ state: 'granted', sealed })
    .where('workspace_id', '=', workspaceId)
    .where('authorisation_id', '=', authorisationId)
    .where('member_id', '=', memberId)
    .where('state', 'in', ['taken', 'granted'])
    .execute();
}

/** What a service gave a member for a kind, not used yet. As the keeper. */
export async function findGranted(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  kind: string,
  authorisationId: string,
): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('connectors.authorisation')
    .select('sealed')
    .where('workspace_id', '=', workspaceId)
    .where('authorisation_id', '=', authorisationId)
    .where('member_id', '=', memberId)
    .where('kind', '=', kind)
    .where('state', '=', 'granted')
    .where(sql<boolean>`began_at > now() - interval '1 hour'`)
    .executeTakeFirst();
  return row?.sealed;
}

/** A connection is made of it. @returns false where one was made already */
export async function spendAuthorisation(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  authorisationId: string,
): Promise<boolean> {
  const done = await tx
    .deleteFrom('connectors.authorisation')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('authorisation_id', '=', authorisationId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Those of whoever did not come back, or made nothing of it. As the keeper. */
export async function forgetAuthorisations(tx: Tx): Promise<void> {
  // No workspace: time passes in all.
  await sql`delete from connectors.authorisation where began_at < now() - interval '1 hour'`.execute(tx);
}

/** Whether another connection of a member's reads this account already. */
export async function isConnected(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  of: { kind: string; place: string; accountId: string },
): Promise<boolean> {
  const row = await tx
    .selectFrom('connectors.connection')
    .select('connection_id')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('kind', '=', of.kind)
    .where('place', '=', of.place)
    .where('state', '<>', 'ending')
    .where(sql<boolean>`settings ->> 'accountId' = ${of.accountId}`)
    .executeTakeFirst();
  return row !== undefined;
}
