import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

// The key with which a workspace's mail is signed.

/** For admins: all but the private key. */
export async function findKey(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('outreach.signing_key')
    .select(['domain', 'selector', 'public_key', 'created_at', 'seen_at', 'confirmed_by'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}
export type KeyRow = NonNullable<Awaited<ReturnType<typeof findKey>>>;

export interface NewKey {
  domain: string;
  selector: string;
  publicKey: string;
  /** Sealed. */
  privateKey: Buffer;
}

/** In place of the one there is. */
export async function saveKey(tx: Tx, { workspaceId, memberId }: Actor, key: NewKey): Promise<void> {
  await removeKey(tx, workspaceId);
  await tx
    .insertInto('outreach.signing_key')
    .values({
      ...{ workspace_id: workspaceId, domain: key.domain, selector: key.selector },
      ...{ private_key: key.privateKey, public_key: key.publicKey, created_by: memberId },
    })
    .execute();
}

export async function removeKey(tx: Tx, workspaceId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('outreach.signing_key')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** @param selector of the key that was seen, which another may have replaced meanwhile */
export async function noteSeen(tx: Tx, workspaceId: string, selector: string): Promise<void> {
  await tx
    .updateTable('outreach.signing_key')
    .set({ seen_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('selector', '=', selector)
    .execute();
}

/** @returns false where there is none */
export async function confirmKey(tx: Tx, { workspaceId, memberId }: Actor): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('outreach.signing_key')
    .set({ confirmed_by: memberId })
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The key by which mail of a domain is signed, sealed; undefined where none was seen or confirmed. As the keeper. */
export async function findSigner(tx: Tx, workspaceId: string, domain: string) {
  return tx
    .selectFrom('outreach.signing_key')
    .select(['domain', 'selector', 'private_key'])
    .where('workspace_id', '=', workspaceId)
    .where('domain', '=', domain)
    .where((where) => where.or([where('seen_at', 'is not', null), where('confirmed_by', 'is not', null)]))
    .executeTakeFirst();
}
