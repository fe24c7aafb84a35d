import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Row } from './rules.ts';

/** All that the viewer's list shows, without its texts: what is counted of it. */
const shown = sql`cards.find_entries(null, null, '{}'::jsonb, 'none', null, null, 2147483647)`;

interface Reference {
  kinds: Row[];
  freshness: Row[];
  sources: Row[];
  growth: Row[];
  held: Row[];
}

/** What is counted of the viewer's list, in one reading of it. An id tells when its card was made (UUIDv7). */
export async function countReference(
  tx: Tx,
  { workspaceId }: Actor,
  step: 'week' | 'month',
  since: string,
): Promise<Reference> {
  const { rows } = await sql<{ of: keyof Reference; key: string; name: string | null; value: number }>`
    with e as materialized (select * from ${shown}),
    own as (
      select coalesce(array_agg(book_no), '{}') as nos from delegation.book
      where workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), book_id::text) > 0
    )
    select 'kinds' as of, kind as key, null as name, count(*)::int as value from e group by kind
    union all
    select 'freshness', case when seen_at > now() - interval '92 days' then 'quarter' when seen_at > now() - interval '366 days' then 'year'
      when seen_at > now() - interval '1096 days' then 'three_years' else 'older' end, null, count(*)::int
    from e where kind = 'person' group by 2
    union all
    (select 'sources', s.source_id::text, s.name, count(*)::int
    from e cross join unnest(e.source_ids) u (source_id)
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = u.source_id
    where e.kind = 'person' group by s.source_id, s.name order by 4 desc, 2 limit 8)
    union all
    select 'growth', to_char(date_trunc(${step}, made), 'YYYY-MM-DD'), null, count(*)::int
    from (select to_timestamp((('x' || translate(left(person_id::text, 13), '-', ''))::bit(48)::bigint) / 1000.0) at time zone 'UTC' as made
      from e where kind = 'person') m
    where made >= ${since}::date group by 2
    union all
    select 'held', case when e.book_nos <@ own.nos then 'alone' when e.book_nos && own.nos then 'both' else 'others' end, null, count(*)::int
    from e, own where e.kind = 'person' group by 2`.execute(tx);
  const of = (which: keyof Reference) => rows.filter((row) => row.of === which);
  return {
    kinds: of('kinds'),
    freshness: of('freshness'),
    sources: of('sources'),
    growth: of('growth'),
    held: of('held'),
  };
}

/** Pairs that wait for somebody to say whether they are one, of those that the viewer sees. */
export async function countDoubts(tx: Tx, { workspaceId }: Actor): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select case when probability >= 0.8 then 'likely' when probability >= 0.5 then 'even' else 'unlikely' end as key, count(*)::int as value
    from matching.proposal where workspace_id = ${workspaceId} group by 1`.execute(tx);
  return rows;
}

/** Whom the viewer knows, in bands; their own and nobody else's. */
export async function countTies(tx: Tx, { workspaceId, memberId }: Actor, from: { strong: number; good: number }) {
  const { rows } = await sql<Row>`
    select case when strength >= ${from.strong} then 'strong' when strength >= ${from.good} then 'good' else 'weak' end as key, count(*)::int as value
    from cards.acquaintance where workspace_id = ${workspaceId} and member_id = ${memberId} and not shared group by 1`.execute(
    tx,
  );
  return rows;
}

/** What the viewer asked for, and what came of it. */
export async function countIntroductions(tx: Tx, { workspaceId, memberId }: Actor, since: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select case when state = 'answered' then answer else state end as key, count(*)::int as value from introductions.request
    where workspace_id = ${workspaceId} and asker_id = ${memberId} and created_at >= ${since}::date group by 1 order by 2 desc, 1`.execute(
    tx,
  );
  return rows;
}

const bits = sql`coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea`;

/** Messages by tone and step, on the channels that the viewer tends. */
export async function countTones(tx: Tx, { workspaceId }: Actor, step: 'week' | 'month', since: string) {
  const { rows } = await sql<Row>`
    select to_char(date_trunc(${step}, sent_at at time zone 'UTC'), 'YYYY-MM-DD') as key, tone as series, count(*)::int as value
    from voices.reading where workspace_id = ${workspaceId} and sent_at >= ${since}::date and get_bit(${bits}, channel_no) = 1
    group by 1, 2`.execute(tx);
  return rows;
}

/** Voices by topic and tone, the most first. */
export async function countTopics(tx: Tx, { workspaceId }: Actor, since: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select v.topic_id as key, v.tone as series, sum(v.voices)::int as value from voices.tally v
    where v.workspace_id = ${workspaceId} and v.day >= ${since}::date and v.tone <> 'any' and get_bit(${bits}, v.channel_no) = 1
    group by 1, 2 order by sum(sum(v.voices)) over (partition by v.topic_id) desc, 1`.execute(tx);
  return rows;
}

/** What is open, by stage: how many, and in the currency of most what they are worth. */
export async function countStages(tx: Tx, { workspaceId }: Actor) {
  const { rows } = await sql<{
    key: string;
    code: string | null;
    name: string | null;
    count: number;
    currency: string | null;
    cents: number;
  }>`
    select s.stage_id as key, s.key as code, s.name, count(o.opportunity_id)::int as count, o.currency, coalesce(sum(o.value_cents), 0)::float as cents
    from opportunities.stage s
    left join opportunities.opportunity o on o.workspace_id = ${workspaceId} and o.stage_id = s.stage_id and o.outcome is null
      and o.removed_at is null and o.ended_at is null
    where s.workspace_id = ${workspaceId} and s.ended_at is null
    group by s.stage_id, s.key, s.name, s.position, o.currency order by s.position`.execute(tx);
  return rows;
}

export async function countOutcomes(tx: Tx, { workspaceId }: Actor, step: 'week' | 'month', since: string) {
  const { rows } = await sql<Row>`
    select to_char(date_trunc(${step}, closed_on), 'YYYY-MM-DD') as key, outcome as series, count(*)::int as value
    from opportunities.opportunity where workspace_id = ${workspaceId} and closed_on >= ${since}::date and removed_at is null
    group by 1, 2`.execute(tx);
  return rows;
}

export async function countDecisions(tx: Tx, { workspaceId }: Actor): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select coalesce(outcome, 'open') as key, count(*)::int as value from decisions."case" where workspace_id = ${workspaceId} group by 1`.execute(
    tx,
  );
  return rows;
}

/** The viewer's own tasks that are to be done. */
export async function countTasks(tx: Tx, { workspaceId, memberId }: Actor): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select case when due_on is null then 'no_date' when due_on < current_date then 'late' when due_on < current_date + 7 then 'this_week' else 'later' end as key,
      count(*)::int as value
    from tasks.task where workspace_id = ${workspaceId} and owner_id = ${memberId} and done_at is null group by 1`.execute(
    tx,
  );
  return rows;
}
