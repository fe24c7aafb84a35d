import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';

// Whose browsers and customer numbers are. As the keeper: nobody is shown who is behind an alias but by the facts that are theirs.

/** What is decided of one alias is decided one after the other. */
export async function lockAlias(tx: Tx, workspaceId: string, aliasId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`fact alias ${workspaceId} ${aliasId}`}, 0))`.execute(tx);
}

/** Whose it was said to be last. */
export async function findOwner(tx: Tx, workspaceId: string, aliasId: string): Promise<string | undefined> {
  const { rows } = await sql<{ subject_id: string }>`select subject_id from facts.alias
    where workspace_id = ${workspaceId} and alias_id = ${aliasId} order by since desc limit 1`.execute(tx);
  return rows[0]?.subject_id;
}

/** What other aliases led to this one leads on from now on. */
export async function addAlias(
  tx: Tx,
  workspaceId: string,
  { aliasId, subjectId, via, since }: { aliasId: string; subjectId: string; via: string; since: Date },
): Promise<void> {
  await sql`insert into facts.alias (workspace_id, alias_id, since, subject_id, via)
    values (${workspaceId}, ${aliasId}, ${since}, ${subjectId}, ${via})
    on conflict on constraint alias_pk do update set subject_id = excluded.subject_id, via = excluded.via`.execute(tx);
  await sql`update facts.alias set subject_id = ${subjectId}
    where workspace_id = ${workspaceId} and subject_id = ${aliasId}`.execute(tx);
  await sql`update facts.visitor set claimed_id = null where workspace_id = ${workspaceId} and visitor_id = ${aliasId}`.execute(
    tx,
  );
}

export async function endAlias(tx: Tx, workspaceId: string, aliasId: string, subjectId: string): Promise<void> {
  await sql`delete from facts.alias
    where workspace_id = ${workspaceId} and alias_id = ${aliasId} and subject_id = ${subjectId}`.execute(tx);
}

/** Hangs what an alias told on somebody else. What they have already under the same id stays. @param since null: all of it */
export async function moveFacts(
  tx: Tx,
  workspaceId: string,
  { from, aliasId, to, since }: { from: readonly string[]; aliasId: string; to: string; since: Date | null },
): Promise<number> {
  // What came by another alias that led here (a browser known by its customer number) comes along.
  const theirs = sql`f.subject_id = any(${from}::uuid[])
    and (f.visitor_id = ${aliasId} or f.subject_id = ${aliasId}) and f.subject_id <> ${to}
    and ${since ? sql`f.at >= ${since}` : sql`true`}`;
  await sql`delete from facts.fact f where f.workspace_id = ${workspaceId} and ${theirs} and exists (select from facts.fact o
    where o.workspace_id = ${workspaceId} and o.subject_id = ${to} and o.fact_id = f.fact_id)`.execute(tx);
  const done =
    await sql`update facts.fact f set subject_id = ${to} where f.workspace_id = ${workspaceId} and ${theirs}`.execute(
      tx,
    );
  return Number(done.numAffectedRows);
}

/** Whether a browser's user agreed once and does not any more. */
export async function isWithdrawn(tx: Tx, workspaceId: string, visitorId: string): Promise<boolean> {
  const { rows } = await sql`select from facts.visitor
    where workspace_id = ${workspaceId} and visitor_id = ${visitorId} and withdrawn_at is not null`.execute(tx);
  return rows.length > 0;
}

/**
 * Somebody whose browser agreed says without proof that an address is theirs: it is kept beside the browser's number, and joins nothing. What the
 * browser did may still be on its way.
 */
export async function claim(tx: Tx, workspaceId: string, visitorId: string, pointId: string): Promise<void> {
  await sql`insert into facts.visitor as v (workspace_id, visitor_id, agreed_at, seen_on, claimed_id)
    values (${workspaceId}, ${visitorId}, now(), current_date, ${pointId})
    on conflict on constraint visitor_pk do update set claimed_id = excluded.claimed_id where v.withdrawn_at is null`.execute(
    tx,
  );
}
