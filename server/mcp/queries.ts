import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** Writes down that a fingerprint has done its work, in the transaction that does it. @returns false when it had done it before */
export async function spend(tx: Tx, { workspaceId, memberId }: Actor, spentId: string): Promise<boolean> {
  const done = await sql`insert into mcp.spent (workspace_id, spent_id, member_id)
    values (${workspaceId}, ${spentId}, ${memberId}) on conflict do nothing`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** Fingerprints that are over open nothing, spent or not. Over all workspaces. */
export async function forgetSpent(tx: Tx): Promise<void> {
  // No workspace: each of them.
  await sql`delete from mcp.spent where at < now() - interval '1 day'`.execute(tx);
}
