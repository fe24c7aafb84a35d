import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { AuditCode } from './contract.ts';

/**
 * Writes down what was done to the workspace, in the transaction that does it: who, what, to which member, team or book. Ids and
 * codes only; names are looked up when it is read. What has no name to look up (an address that was invited, a program, a mail server) is
 * written as it was called, in `detail.name`.
 *
 * @param memberId null: a system (a directory, a date)
 */
export async function recordAudit(
  tx: Tx,
  { workspaceId, memberId }: { workspaceId: string; memberId: string | null },
  code: AuditCode,
  subjectId: string | null,
  detail: Record<string, string | number | boolean> = {},
): Promise<void> {
  await tx
    .insertInto('identity.audit')
    .values({
      workspace_id: workspaceId,
      audit_id: newId(),
      actor_id: memberId,
      code,
      subject_id: subjectId,
      detail: JSON.stringify(detail),
    })
    .execute();
}

/** Newest first; row security shows it to those who oversee. */
export async function listAudit(tx: Tx, { workspaceId }: Actor, before: string | null, limit: number) {
  const { rows } = await sql<{
    audit_id: string;
    actor: string | null;
    code: AuditCode;
    subject: string | null;
    detail: Record<string, string | number | boolean>;
    at: Date;
  }>`
    select a.audit_id, m.name as actor, a.code, coalesce(s.name, t.name, i.email, a.detail ->> 'name') as subject, a.detail, a.at
    from identity.audit a
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.actor_id
    left join identity.member s on s.workspace_id = ${workspaceId} and s.member_id = a.subject_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = a.subject_id
    -- Whom an invitation is for stands in its link.
    left join identity.link i on i.workspace_id = ${workspaceId} and i.link_id = a.subject_id and i.purpose = 'invitation'
    where a.workspace_id = ${workspaceId} and (${before}::uuid is null or a.audit_id < ${before}::uuid)
    order by a.audit_id desc limit ${limit}`.execute(tx);
  return rows;
}
