import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { GateRules } from './contract.ts';

// What is shown of the gate: its rules, what it answered about somebody, how much they and all together received.

export async function findRules(tx: Tx, workspaceId: string) {
  const row = await tx
    .selectFrom('outreach.rules')
    .select(['rules', 'changed_at'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row && { rules: row.rules as unknown as GateRules, changedAt: row.changed_at };
}

export async function saveRules(tx: Tx, { workspaceId, memberId }: Actor, rules: GateRules): Promise<void> {
  const kept = { rules: JSON.stringify(rules), changed_by: memberId };
  await tx
    .insertInto('outreach.rules')
    .values({ workspace_id: workspaceId, ...kept })
    .onConflict((conflict) => conflict.constraint('rules_pk').doUpdateSet({ ...kept, changed_at: sql`now()` }))
    .execute();
}

export interface DecisionRow {
  id: string;
  messageId: string | null;
  author: string | null;
  mine: boolean;
  purpose: string;
  manner: string;
  moment: string;
  allowed: boolean;
  reasons: string[];
  laterAt: Date | null;
  laterReasons: string[];
  at: Date;
}

/** What the gate answered about addresses on these cards, the last first: to the actor, and to everybody for admins (row security). */
export async function listDecisions(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  cardIds: readonly string[],
  before: string | null,
  limit: number,
): Promise<DecisionRow[]> {
  const { rows } = await sql<DecisionRow>`
    select d.decision_id as id, d.message_id as "messageId", m.name as author, d.author_id = ${memberId} as mine, d.purpose, d.manner, d.way, d.moment,
      d.allowed, d.reasons, d.later_at as "laterAt", d.later_reasons as "laterReasons", d.at
    from outreach.decision d
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = d.author_id
    where d.workspace_id = ${workspaceId} and d.contact_point_id = any(array(
        select f.contact_point_id from cards.card_field f
        where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}::uuid[]) and f.contact_point_id is not null))
      ${before ? sql`and d.decision_id < ${before}` : sql``}
    order by d.decision_id desc limit ${limit}`.execute(tx);
  return rows;
}

interface MonthRow {
  month: string;
  weight: number;
  messages: number;
}

const months = (workspaceId: string, points: readonly string[] | null) => sql<MonthRow>`
  select to_char(m, 'YYYY-MM') as month, coalesce(sum(r.weight), 0)::int as weight, count(r.message_id)::int as messages
  from generate_series(date_trunc('month', now() at time zone 'UTC') - interval '11 months', date_trunc('month', now() at time zone 'UTC'), '1 month') m
  left join outreach.received r on r.workspace_id = ${workspaceId} and r.has_left and r.at >= m at time zone 'UTC'
    and r.at < (m + interval '1 month') at time zone 'UTC' ${points ? sql`and r.contact_point_id = any(${points}::uuid[])` : sql``}
  group by m order by m`;

/** What these contact points received, by month (UTC), the last twelve; null: all of the workspace. */
export async function listMonths(tx: Tx, workspaceId: string, points: readonly string[] | null): Promise<MonthRow[]> {
  return (await months(workspaceId, points).execute(tx)).rows;
}

/** Messages from which on all are counted together. */
const andMore = 10;

/** How many addresses received how many messages that weigh something in thirty days: numbers, of nobody. */
export async function readSpread(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{ messages: number; addresses: number }>`
    select least(n, ${andMore})::int as messages, count(*)::int as addresses
    from (select count(*) as n from outreach.received
      where workspace_id = ${workspaceId} and at > now() - interval '30 days' and has_left and weight > 0 group by contact_point_id) by_point
    group by 1 order by 1`.execute(tx);
  const { rows: ahead } = await sql<{ waiting: number; planned: number }>`
    select (select count(*) from outreach.received where workspace_id = ${workspaceId} and not has_left and at > now() - interval '60 days')::int as waiting,
      (select count(*) from outreach.plan where workspace_id = ${workspaceId} and planned_at > now())::int as planned`.execute(
    tx,
  );
  return { spread: rows, ...ahead[0]! };
}
