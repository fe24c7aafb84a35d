import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

export interface LentBook {
  persons: number;
  organizations: number;
  withheld: number;
  /** Field class → values of cards that are not withheld. */
  values: Map<number, number>;
}

/** What lies in a book of the actor. */
export async function countBook(tx: Tx, actor: Actor, bookNo: number): Promise<LentBook> {
  const { workspaceId } = actor;
  const cards = await sql<{ kind: string; withheld: boolean; count: number }>`
    select kind, exposure <> 0 as withheld, count(*)::int as count from cards.card
    where workspace_id = ${workspaceId} and book_no = ${bookNo} group by 1, 2`.execute(tx);
  const fields = await sql<{ class: number; count: number }>`
    select f.class, count(*)::int as count from cards.card c
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = c.card_id
    where c.workspace_id = ${workspaceId} and c.book_no = ${bookNo} and c.exposure = 0 and f.value <> '{}'
    group by f.class`.execute(tx);
  const sum = (test: (row: (typeof cards.rows)[number]) => boolean) =>
    cards.rows.filter(test).reduce((total, row) => total + row.count, 0);
  return {
    persons: sum((row) => !row.withheld && row.kind === 'person'),
    organizations: sum((row) => !row.withheld && row.kind === 'organization'),
    withheld: sum((row) => row.withheld),
    values: new Map(fields.rows.map((row) => [row.class, row.count])),
  };
}

/** Some cards of a book that are not withheld, those with most to show first. */
export async function findExamples(tx: Tx, actor: Actor, bookNo: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select c.card_id from (select card_id from cards.card
      where workspace_id = ${actor.workspaceId} and book_no = ${bookNo} and exposure = 0 order by card_id limit 500) c
    join cards.card_field f on f.workspace_id = ${actor.workspaceId} and f.card_id = c.card_id and f.value <> '{}'
    group by c.card_id order by count(distinct f.class) desc, c.card_id limit ${limit}`.execute(tx);
  return rows.map((row) => row.card_id);
}

/** The field classes of a book that standing grants open to a member, as bits; 0 where none is open. */
export async function findOpenMask(tx: Tx, actor: Actor, bookId: string, memberId: string): Promise<number> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ mask: number | null }>`
    select bit_or(g.field_mask & x'7ffffffe'::int) as mask from delegation.grant g
    where g.workspace_id = ${workspaceId} and g.book_id = ${bookId} and g.reads
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      and (g.grantee_id in (${workspaceId}, ${memberId}) or exists (
        select from identity.team_member t where t.workspace_id = ${workspaceId} and t.team_id = g.grantee_id
          and t.member_id = ${memberId}))`.execute(tx);
  return rows[0]?.mask ?? 0;
}

/** Whether a member is in a team. */
export async function isInTeam(tx: Tx, actor: Actor, teamId: string, memberId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('identity.team_member')
    .select('member_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('team_id', '=', teamId)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return row !== undefined;
}
