import { sql } from 'kysely';
import { freshnessOf } from '../cards/freshness.ts';
import type { Actor, Tx } from '../kernel/database.ts';

/** What is counted stops here; an audit needs no more, and nobody waits for it. */
const most = 200_000;
/** Persons looked at for how complete they are, and links for where their cards disagree. */
const sample = 2000;

/** Cards, persons and their ages, as far as the viewer may see them. */
export async function countAll(tx: Tx, actor: Actor) {
  const cards = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from cards.card where workspace_id = ${actor.workspaceId} limit ${most}) c`.execute(tx);
  const persons = await sql<{ kind: 'person' | 'organization'; age: string; count: number }>`
    select kind, ${freshnessOf} as age, count(*)::int as count
    -- No workspace: the function takes it from the viewer's settings.
    from cards.find_entries('{}', null, '{}', 'none', null, null, ${most}) group by 1, 2`.execute(tx);
  return { cards: cards.rows[0]!.count, persons: persons.rows };
}

const filledKinds = ['email', 'phone', 'organization', 'title', 'address', 'photo'] as const;

/** Share of persons that have a value, by kind; of the first persons of the list where there are many. */
export async function measureFill(tx: Tx): Promise<{ kind: string; share: number }[]> {
  const { rows } = await sql<Record<string, number>>`
    select count(*)::int as all, count(email)::int as email, count(phone)::int as phone, count(organization)::int as organization,
      count(title)::int as title, count(city)::int as address, count(photo)::int as photo
    -- No workspace: the function takes it from the viewer's settings.
    from cards.find_entries('{}', null, '{"kind":"person"}', 'name', null, null, ${sample})`.execute(tx);
  const counts = rows[0]!;
  return filledKinds.map((kind) => ({ kind, share: counts.all ? counts[kind]! / counts.all : 0 }));
}

/** The last twelve months, oldest first: links made, and what people decided. */
export async function countMonths(tx: Tx, actor: Actor) {
  const { rows } = await sql<{ month: string; linked: number; same: number; different: number }>`
    with months as (
      select date_trunc('month', now()) - make_interval(months => n) as month from generate_series(0, 11) n
    ), linked as (
      select date_trunc('month', created_at) as month, count(*)::int as count from (
        select created_at from cards.link where workspace_id = ${actor.workspaceId} limit ${most}) l group by 1
    ), decided as (
      -- The cards are asked too: a verdict's own copies of book and exposure follow them.
      select date_trunc('month', v.at) as month, count(*) filter (where v.same)::int as same,
        count(*) filter (where not v.same)::int as different
      from matching.verdict v
      join cards.card a on a.workspace_id = ${actor.workspaceId} and a.card_id = v.card_a
      join cards.card b on b.workspace_id = ${actor.workspaceId} and b.card_id = v.card_b
      where v.workspace_id = ${actor.workspaceId} and v.withdrawn_at is null and v.origin <> 'edited' group by 1
    )
    select to_char(m.month, 'YYYY-MM') as month, coalesce(l.count, 0) as linked, coalesce(d.same, 0) as same, coalesce(d.different, 0) as different
    from months m left join linked l on l.month = m.month left join decided d on d.month = m.month
    order by m.month`.execute(tx);
  return rows.map(({ month, linked, same, different }) => ({
    month,
    linked,
    decidedSame: same,
    decidedDifferent: different,
  }));
}

/** Kinds of values of which linked cards say different things, with some of these cards. */
export async function findDisagreements(tx: Tx, actor: Actor) {
  const { rows } = await sql<{ kind: string; count: number; examples: string[] }>`
    with l as (
      select card_a, card_b from cards.link where workspace_id = ${actor.workspaceId} limit ${sample}
    )
    select a.kind, count(distinct l.card_a)::int as count, (array_agg(distinct l.card_a))[1:5] as examples
    from l
    -- Field by field from each link: gathered first, 20,000 cards took over a minute.
    join cards.card_field a on a.workspace_id = ${actor.workspaceId} and a.card_id = l.card_a
      and a.kind in ('organization', 'title', 'birthday')
    join cards.card_field b on b.workspace_id = ${actor.workspaceId} and b.card_id = l.card_b and b.kind = a.kind
    where lower(coalesce(a.value->>'value', a.value->>'name')) <> lower(coalesce(b.value->>'value', b.value->>'name'))
    group by a.kind order by 2 desc`.execute(tx);
  return rows;
}
