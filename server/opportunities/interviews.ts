import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { Outcome } from './contract.ts';
import type { Said } from './interview-contract.ts';

// What is said of opportunities that have ended. Row security shows what is said of those that the viewer sees.

export async function findInterview(tx: Tx, { workspaceId }: Actor, opportunityId: string) {
  const { rows } = await sql<{ said: Said; author: string; changed_at: Date }>`
    select i.said, coalesce(m.name, '') as author, i.changed_at from opportunities.interview i
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = i.author_id
    where i.workspace_id = ${workspaceId} and i.opportunity_id = ${opportunityId}`.execute(tx);
  return rows[0];
}

/** For those who see the opportunity at this moment: whoever hands it on waits, or is waited for. @returns false where it has not ended */
export async function keepInterview(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  opportunityId: string,
  said: Said,
): Promise<boolean> {
  const done = await sql`
    insert into opportunities.interview (workspace_id, opportunity_id, owner_id, audience_id, said, author_id)
    select o.workspace_id, o.opportunity_id, o.owner_id, o.audience_id, ${toJsonb(said)}, ${memberId} from opportunities.opportunity o
    where o.workspace_id = ${workspaceId} and o.opportunity_id = ${opportunityId} and o.outcome is not null and o.removed_at is null
    for share
    on conflict (workspace_id, opportunity_id) do update
      set said = excluded.said, author_id = excluded.author_id, changed_at = now()`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** Of these opportunities, those of which something was said. */
export async function listInterviewed(tx: Tx, { workspaceId }: Actor, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ opportunity_id: string }>`
    select opportunity_id from opportunities.interview where workspace_id = ${workspaceId} and opportunity_id = any(${ids}::uuid[])`.execute(
    tx,
  );
  return rows.map((row) => row.opportunity_id);
}

/** It follows its opportunity to another owner or audience. As the keeper. */
export async function setInterviewAudience(
  tx: Tx,
  workspaceId: string,
  to: { opportunity_id: string; owner_id: string; audience_id: string },
): Promise<void> {
  await sql`update opportunities.interview set owner_id = ${to.owner_id}, audience_id = ${to.audience_id}
    where workspace_id = ${workspaceId} and opportunity_id = ${to.opportunity_id}`.execute(tx);
}

export interface ToHear {
  said: Said | null;
  audience_id: string;
  closed_on: string | null;
  value_cents: number | null;
  currency: string | null;
  standing: boolean;
}

/** What is to be heard of an opportunity; undefined: it is gone. As the keeper. */
export async function findToHear(tx: Tx, workspaceId: string, opportunityId: string): Promise<ToHear | undefined> {
  const { rows } = await sql<ToHear>`
    select i.said, o.audience_id, o.closed_on::text, o.value_cents, o.currency, o.outcome is not null and o.removed_at is null as standing
    from opportunities.opportunity o
    left join opportunities.interview i on i.workspace_id = ${workspaceId} and i.opportunity_id = o.opportunity_id
    where o.workspace_id = ${workspaceId} and o.opportunity_id = ${opportunityId}`.execute(tx);
  return rows[0];
}

const quarterOf = sql`to_char(o.closed_on, 'YYYY"-Q"Q')`;
/** Ended, and not further back than the picture goes. */
const ended = (workspaceId: string) =>
  sql`o.workspace_id = ${workspaceId} and o.removed_at is null and o.outcome is not null
    and o.closed_on >= date_trunc('quarter', current_date)::date - interval '21 months'`;

export async function countReasons(tx: Tx, { workspaceId }: Actor) {
  const { rows } = await sql<{ outcome: Outcome; reason: string | null; quarter: string; count: number }>`
    select o.outcome, r.reason, ${quarterOf} as quarter, count(*)::int as count
    from opportunities.opportunity o
    left join lateral unnest(o.reasons) r (reason) on true
    where ${ended(workspaceId)}
    group by o.outcome, r.reason, 3 order by 3, 1, 4 desc, 2 nulls last`.execute(tx);
  return rows;
}

export async function countEnded(tx: Tx, { workspaceId }: Actor) {
  const { rows } = await sql<{ outcome: Outcome; quarter: string; count: number }>`
    select o.outcome, ${quarterOf} as quarter, count(*)::int as count from opportunities.opportunity o
    where ${ended(workspaceId)} group by o.outcome, 2 order by 2, 1`.execute(tx);
  return rows;
}

export interface WordsRow {
  opportunity_id: string;
  name: string;
  organization_name: string;
  closed_on: string;
  reasons: string[];
  value_cents: number | null;
  currency: string | null;
  outcome_note: string;
  said: Said | null;
}

export async function listWords(
  tx: Tx,
  { workspaceId }: Actor,
  which: { outcome: Outcome; reason?: string | undefined; quarter?: string | undefined },
  after: readonly [day: string, id: string] | null,
  limit: number,
): Promise<WordsRow[]> {
  const { outcome, reason, quarter } = which;
  const { rows } = await sql<WordsRow>`
    select o.opportunity_id, o.name, o.organization_name, o.closed_on::text, o.reasons, o.value_cents, o.currency, o.outcome_note, i.said
    from opportunities.opportunity o
    left join opportunities.interview i on i.workspace_id = ${workspaceId} and i.opportunity_id = o.opportunity_id
    where ${ended(workspaceId)} and o.outcome = ${outcome}
      and ${reason ? sql`${reason} = any(o.reasons)` : sql`true`}
      and ${quarter ? sql`${quarterOf} = ${quarter}` : sql`true`}
      and ${after ? sql`(o.closed_on, o.opportunity_id) < (${after[0]}::date, ${after[1]}::uuid)` : sql`true`}
    order by o.closed_on desc, o.opportunity_id desc limit ${limit}`.execute(tx);
  return rows;
}
