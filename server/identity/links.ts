import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId, sha256 } from '../kernel/ids.ts';

/** One-time links: that let somebody in, or choose a new password. Only what their token hashes to is kept. */
export interface NewLink {
  purpose: 'invitation' | 'reset';
  token: string;
  expiresAt: Date;
  email?: string;
  role?: string;
  teamIds?: string[];
  memberId?: string;
  createdBy?: string;
}

export async function addLink(tx: Tx, workspaceId: string, link: NewLink): Promise<string> {
  const linkId = newId();
  await tx
    .insertInto('identity.link')
    .values({
      workspace_id: workspaceId,
      link_id: linkId,
      purpose: link.purpose,
      token_hash: sha256(link.token),
      email: link.email ?? null,
      role: link.role ?? null,
      team_ids: link.teamIds ?? [],
      member_id: link.memberId ?? null,
      created_by: link.createdBy ?? null,
      expires_at: link.expiresAt,
    })
    .execute();
  return linkId;
}

/** A link that still admits. Locked, so that two clicks at once admit once. */
export async function findOpenLink(tx: Tx, purpose: 'invitation' | 'reset', token: string) {
  // No workspace: only the link tells which.
  return tx
    .selectFrom('identity.link')
    .selectAll()
    .where('token_hash', '=', sha256(token))
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
}

export async function useLink(tx: Tx, workspaceId: string, linkId: string): Promise<void> {
  await tx
    .updateTable('identity.link')
    .set({ used_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('link_id', '=', linkId)
    .execute();
}

/** It admits nobody any more. @returns false when there is no such invitation, or it is over already */
export async function endInvitation(tx: Tx, workspaceId: string, linkId: string): Promise<boolean> {
  const row = await tx
    .updateTable('identity.link')
    .set({ expires_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('link_id', '=', linkId)
    .where('purpose', '=', 'invitation')
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('link_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Invitations that nobody has followed yet and that still admit, the latest first. */
export async function listOpenInvitations(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('identity.link as l')
    .leftJoin('identity.member as m', (join) =>
      join.onRef('m.workspace_id', '=', 'l.workspace_id').onRef('m.member_id', '=', 'l.created_by'),
    )
    .select(['l.link_id', 'l.email', 'l.role', 'l.team_ids', 'l.created_at', 'l.expires_at', 'm.name as invited_by'])
    .where('l.workspace_id', '=', workspaceId)
    .where('l.purpose', '=', 'invitation')
    .where('l.used_at', 'is', null)
    .where('l.expires_at', '>', sql<Date>`now()`)
    .orderBy('l.created_at', 'desc')
    .execute();
}
