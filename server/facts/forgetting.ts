import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';

// What is deleted of facts: by whoever asks for it, whoever does not agree any more, and by its time. As the keeper.

/** Deletes facts `f`, and says so to the counts and to who follows. @returns how many */
async function deleteFacts(tx: Tx, workspaceId: string, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ kind_no: number; count: number; subject_ids: string[] }>`
    with gone as (
      delete from facts.fact f where f.workspace_id = ${workspaceId} and ${which} returning f.kind_no, f.source_no, f.subject_id
    ), said as (
      insert into facts.volume as v (workspace_id, kind_no, source_no, day, kept)
      select ${workspaceId}, kind_no, source_no, current_date, -count(*) from gone group by kind_no, source_no order by kind_no, source_no
      on conflict on constraint volume_pk do update set kept = v.kept + excluded.kept)
    select kind_no, count(*)::int as count, array_agg(distinct subject_id) as subject_ids from gone group by kind_no`.execute(
    tx,
  );
  for (const { kind_no, subject_ids } of rows) await stir(tx, workspaceId, `fact:${kind_no}`, subject_ids);
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** The kinds that tracking tells. */
const tracking = (workspaceId: string) =>
  sql`f.kind_no in (select k.kind_no from facts.kind k where k.workspace_id = ${workspaceId} and k.asks_consent)`;

/** All facts of contact points and cards, and of the browsers and numbers that are theirs; these are forgotten, too. @returns how many facts */
export async function forgetSubjects(tx: Tx, workspaceId: string, subjectIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ alias_id: string }>`
    delete from facts.alias where workspace_id = ${workspaceId} and subject_id = any(${subjectIds}::uuid[]) returning alias_id`.execute(
    tx,
  );
  const aliasIds = rows.map((row) => row.alias_id);
  // A browser that had somebody else as well goes on as theirs.
  await sql`delete from facts.visitor v where v.workspace_id = ${workspaceId} and v.visitor_id = any(${aliasIds}::uuid[])
    and not exists (select from facts.alias a where a.workspace_id = ${workspaceId} and a.alias_id = v.visitor_id)`.execute(
    tx,
  );
  await sql`update facts.visitor set claimed_id = null
    where workspace_id = ${workspaceId} and claimed_id = any(${subjectIds}::uuid[])`.execute(tx);
  return deleteFacts(tx, workspaceId, sql`f.subject_id = any(${subjectIds}::uuid[])`);
}

/** These facts, whosever they are now. */
export async function forgetFacts(tx: Tx, workspaceId: string, factIds: readonly string[]): Promise<void> {
  await deleteFacts(tx, workspaceId, sql`f.fact_id = any(${factIds}::uuid[]) and f.source_no > 0`);
}

/** They object: what tracking told of them goes, what was agreed by contract stays. */
export async function forgetTracked(tx: Tx, workspaceId: string, pointIds: readonly string[]): Promise<void> {
  await deleteFacts(tx, workspaceId, sql`f.subject_id = any(${pointIds}::uuid[]) and ${tracking(workspaceId)}`);
}

/** A browser's user does not agree any more: what it told goes, whosever it was, and it is taken for nobody's. */
export async function withdraw(tx: Tx, workspaceId: string, visitorId: string): Promise<void> {
  const done = await sql`update facts.visitor set withdrawn_at = now(), claimed_id = null
    where workspace_id = ${workspaceId} and visitor_id = ${visitorId} and withdrawn_at is null`.execute(tx);
  if (done.numAffectedRows === 0n) return;
  const which = sql`f.visitor_id = ${visitorId} and ${tracking(workspaceId)} and f.subject_id in (
    select ${visitorId}::uuid union all
    select a.subject_id from facts.alias a where a.workspace_id = ${workspaceId} and a.alias_id = ${visitorId})`;
  await deleteFacts(tx, workspaceId, which);
  await sql`delete from facts.alias where workspace_id = ${workspaceId} and alias_id = ${visitorId}`.execute(tx);
}

/** Rows of one transaction: locks are held for less than a second. */
const together = 10_000;

/** The kinds that have a time to end, each with the first instant that is kept still. */
export async function listDue(tx: Tx): Promise<{ workspace_id: string; kind_no: number; since: Date }[]> {
  // No workspace: retention looks into all of them.
  const { rows } = await sql<{ workspace_id: string; kind_no: number; since: Date }>`
    select workspace_id, kind_no, now() - make_interval(months => keep_months) as since from facts.kind
    order by workspace_id, kind_no`.execute(tx);
  return rows;
}

/** Deletes the oldest of a kind whose time is over. @returns whether there may be more */
export async function forgetOld(
  tx: Tx,
  { workspace_id: workspaceId, kind_no: kindNo, since }: { workspace_id: string; kind_no: number; since: Date },
): Promise<boolean> {
  const which = sql`(f.subject_id, f.fact_id) in (select o.subject_id, o.fact_id from facts.fact o
    where o.workspace_id = ${workspaceId} and o.kind_no = ${kindNo} and o.at < ${since} order by o.at limit ${together})`;
  return (await deleteFacts(tx, workspaceId, which)) === together;
}

/** Months after which a browser that did not come again is forgotten: as long as a cookie may live (CNIL, 17 September 2020). */
const visitorMonths = 13;

/** Forgets browsers that did not come again, with what they told while they were nobody's. @returns whether there may be more */
export async function forgetVisitors(tx: Tx): Promise<boolean> {
  // No workspace: retention is the same for all.
  const { rows } = await sql<{ workspace_id: string; visitor_id: string }>`
    select workspace_id, visitor_id from facts.visitor
    where seen_on < current_date - make_interval(months => ${visitorMonths}) limit 1000 for update skip locked`.execute(
    tx,
  );
  for (const [workspaceId, group] of Map.groupBy(rows, (row) => row.workspace_id)) {
    const ids = group.map((row) => row.visitor_id);
    await deleteFacts(tx, workspaceId, sql`f.subject_id = any(${ids}::uuid[])`);
    await sql`delete from facts.alias where workspace_id = ${workspaceId} and alias_id = any(${ids}::uuid[])`.execute(
      tx,
    );
    await sql`delete from facts.visitor where workspace_id = ${workspaceId} and visitor_id = any(${ids}::uuid[])`.execute(
      tx,
    );
  }
  return rows.length === 1000;
}

/** Days for which it is told what was not taken. */
const refusalDays = 30;

export async function forgetRefusals(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from facts.refusal where day < current_date - ${refusalDays}::int`.execute(tx);
}

/** Contact points whose owners object, on whichever way that was said and whenever, and of which tracking has told something still. */
export async function listObjected(tx: Tx): Promise<{ workspace_id: string; point_ids: string[] }[]> {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string; point_ids: string[] }>`
    select p.workspace_id, array_agg(p.contact_point_id) as point_ids from cards.contact_point p
    where p.consent = 'objected' and exists (
      select from facts.fact f join facts.kind k on k.workspace_id = p.workspace_id and k.kind_no = f.kind_no and k.asks_consent
      where f.workspace_id = p.workspace_id and f.subject_id = p.contact_point_id)
    group by p.workspace_id`.execute(tx);
  return rows;
}
