import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

export interface FiguresRow {
  /** Null: of all. */
  channel_id: string | null;
  name: string | null;
  opened: number;
  answered: number;
  closed: number;
  first_median: number | null;
  first_p90: number | null;
  resolution_median: number | null;
  resolution_p90: number | null;
  waiting: number;
  longest: number | null;
}

/** How the viewer's channels did since a day ago, by channel and of all together. Seconds. */
export async function readFigures(
  tx: Tx,
  { workspaceId }: Actor,
  days: number,
  channelId: string | undefined,
): Promise<FiguresRow[]> {
  const { rows } = await sql<FiguresRow>`
    with taken as (
      select c.channel_id, c.opened_at, c.waiting_since, c.closed_at, extract(epoch from c.first_answer_at - c.opened_at) as first,
        extract(epoch from c.closed_at - c.opened_at) as resolution, c.opened_at > now() - make_interval(days => ${days}) as recent
      from conversations.conversation c
      where c.workspace_id = ${workspaceId} and c.status <> 'spam' and c.last_in_at is not null
        and (c.opened_at > now() - make_interval(days => ${days}) or c.waiting_since is not null)
        and ${channelId ? sql`c.channel_id = ${channelId}` : sql`true`}
        and get_bit(coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea, c.channel_no) = 1)
    select s.channel_id, max(k.name) as name, count(*) filter (where recent)::int as opened,
      count(first) filter (where recent)::int as answered, count(s.closed_at) filter (where recent)::int as closed,
      percentile_cont(0.5) within group (order by first) filter (where recent and first >= 0) as first_median,
      percentile_cont(0.9) within group (order by first) filter (where recent and first >= 0) as first_p90,
      percentile_cont(0.5) within group (order by resolution) filter (where recent and resolution >= 0) as resolution_median,
      percentile_cont(0.9) within group (order by resolution) filter (where recent and resolution >= 0) as resolution_p90,
      count(s.waiting_since)::int as waiting, extract(epoch from now() - min(s.waiting_since))::float as longest
    from taken s left join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_id = s.channel_id
    group by grouping sets ((), (s.channel_id))
    order by s.channel_id nulls first`.execute(tx);
  return rows;
}

/** Open ones in hand, by team, and the viewer's own: of other single members nothing is counted. */
export async function readWorkload(tx: Tx, { workspaceId, memberId }: Actor, channelId: string | undefined) {
  const { rows } = await sql<{ of: 'team' | 'mine'; id: string | null; name: string; open: number; waiting: number }>`
    with held as (
      select c.team_id, c.assignee_id, c.waiting_since from conversations.conversation c
      where c.workspace_id = ${workspaceId} and c.status = 'open' and ${channelId ? sql`c.channel_id = ${channelId}` : sql`true`}
        and get_bit(coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea, c.channel_no) = 1)
    select 'team' as of, o.team_id as id, coalesce(max(t.name), '') as name, count(*)::int as open, count(o.waiting_since)::int as waiting
    from held o left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = o.team_id
    group by o.team_id
    union all
    select 'mine', null, '', count(*)::int, count(waiting_since)::int from held where assignee_id = ${memberId}
    order by 1 desc, 3`.execute(tx);
  return rows;
}
