import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor, Tx } from '../kernel/database.ts';
import type { rules } from './contract.ts';

export type Rules = z.output<typeof rules>;

/** The charter that holds; undefined where none was published. */
export async function findCharter(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{
    version: number;
    text_fr: string;
    text_en: string;
    least: Rules['least'];
    on_leaving: Rules['onLeaving'];
    naming: Rules['naming'];
    published_at: Date;
    published_by: string | null;
  }>`
    select c.version, c.text_fr, c.text_en, c.least, c.on_leaving, c.naming, c.published_at, m.name as published_by
    from charter.charter c
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = c.published_by
    where c.workspace_id = ${workspaceId} order by c.version desc limit 1`.execute(tx);
  return rows[0];
}

/** Publishes the next version. Two at once: the second waits at the workspace's row and becomes the one after. */
export async function addCharter(tx: Tx, actor: Actor, one: Rules & { textFr: string; textEn: string }): Promise<void> {
  const { workspaceId } = actor;
  const { charter_version: version } = await tx
    .updateTable('identity.workspace')
    .set({ charter_version: sql`charter_version + 1` })
    .where('workspace_id', '=', workspaceId)
    .returning('charter_version')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('charter.charter')
    .values({
      workspace_id: workspaceId,
      version,
      text_fr: one.textFr,
      text_en: one.textEn,
      least: one.least,
      on_leaving: one.onLeaving,
      naming: one.naming,
      published_by: actor.memberId,
    })
    .execute();
}

export async function findAcceptance(tx: Tx, actor: Actor, version: number): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('charter.acceptance')
    .select('at')
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.at;
}

/** Writes down that the actor accepts. Said twice, the first time counts. @returns whether this was the first */
export async function addAcceptance(tx: Tx, actor: Actor, version: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('charter.acceptance')
    .values({ workspace_id: actor.workspaceId, member_id: actor.memberId, version })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('identity.member')
    .set({ charter_version: version })
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .execute();
  return numInsertedOrUpdatedRows === 1n;
}

/** Active members with when they accepted a version. */
export async function listAcceptances(tx: Tx, workspaceId: string, version: number) {
  const { rows } = await sql<{ member_id: string; name: string; at: Date | null }>`
    select m.member_id, m.name, a.at from identity.member m
    left join charter.acceptance a on a.workspace_id = ${workspaceId} and a.member_id = m.member_id and a.version = ${version}
    where m.workspace_id = ${workspaceId} and m.status = 'active'
    order by a.at is not null, m.name collate "fr-x-icu", m.member_id`.execute(tx);
  return rows;
}

/** How names that are typed are written. */
export async function findNaming(tx: Tx, workspaceId: string): Promise<Rules['naming']> {
  const row = await tx
    .selectFrom('charter.charter')
    .select('naming')
    .where('workspace_id', '=', workspaceId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (row?.naming ?? 'as_typed') as Rules['naming'];
}
