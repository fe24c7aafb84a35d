import { type RawBuilder, sql } from 'kysely';
import type { Dictionary } from './dictionary.ts';

// Rows of persons `p` and their subjects `ps` that take more than one table to find; each says whose it is (`person_id`).

type Sql = RawBuilder<unknown>;

/** Opportunities in which somebody has a part, each once however many of their cards do; as far as the audience sees them. */
export function opportunityRows(workspaceId: string, audiences: readonly string[], memberId: string | null): Sql {
  const own = memberId ? sql`or o.owner_id = ${memberId}` : sql``;
  return sql`
    select s.person_id, o.opportunity_id, coalesce(o.outcome, 'open') as state, o.stage_id as stage, o.value_cents / 100.0 as amount, o.currency,
      o.expected_on::timestamp at time zone 'UTC' as expected, o.opened_on::timestamp at time zone 'UTC' as opened,
      o.closed_on::timestamp at time zone 'UTC' as closed, coalesce(o.closed_on, o.opened_on)::timestamp at time zone 'UTC' as at,
      o.reasons, array_agg(distinct r.role) filter (where r.role is not null) as roles
    from ps s
    join cards.participant c on c.workspace_id = ${workspaceId} and c.card_id = s.subject_id and c.exposure < 2
    join opportunities.opportunity o on o.workspace_id = ${workspaceId} and o.opportunity_id = c.opportunity_id and o.removed_at is null
      and (o.audience_id = any(${audiences}::uuid[]) ${own})
    left join lateral unnest(c.roles) r (role) on true
    group by s.person_id, o.workspace_id, o.opportunity_id`;
}

type Groups = Dictionary['groups'];

/** Groups to which one belongs by a category, too. */
export const labelled = (groups: Groups): { name: string; label: string }[] =>
  [...groups.values()].flatMap(({ name, label }) => (label === null ? [] : [{ name, label }]));

/** Names of groups to which somebody belongs by a word that the audience sees, or by a category. */
export function groupRows(workspaceId: string, groups: Groups, memberId: string | null): Sql {
  const own = memberId ? sql`or s.author_id = ${memberId}` : sql``;
  const [ids, names] = [[...groups.keys()], [...groups.values()].map(({ name }) => name)];
  const byCategory = labelled(groups);
  const borne = sql`union all
    select p.person_id, n.name from p
    join unnest(${byCategory.map(({ label }) => label)}::text[], ${byCategory.map(({ name }) => name)}::text[]) n (label, name)
      on n.label = any(p.categories)`;
  return sql`
    select ps.person_id, n.name from ps
    join cards.membership s on s.workspace_id = ${workspaceId} and s.card_id = ps.subject_id and s.ended_at is null and s.exposure < 2 and (s.shared ${own})
    join unnest(${ids}::uuid[], ${names}::text[]) n (group_id, name) on n.group_id = s.group_id
    ${byCategory.length > 0 ? borne : sql``}`;
}
