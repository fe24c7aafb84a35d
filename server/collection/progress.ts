import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { describeFilling } from './rules.ts';

/** Of more contacts than these some are drawn by lot: a share is known to half a hundredth all the same. */
const mostCounted = 50_000;

/**
 * Counts today's progress of each data item among the contacts that the company may read: as the list of its audience has them, through no card or
 * field that it does not see. As the keeper.
 */
export async function countProgress(tx: Tx, workspaceId: string): Promise<void> {
  const { rows } = await sql<{ people: number }>`
    select count(*)::int as people from cards.entry where workspace_id = ${workspaceId} and audience_id = ${workspaceId} and kind = 'person'`.execute(
    tx,
  );
  const people = rows[0]!.people;
  // The last octet of an id is random: so many of 256 are drawn, the same every day.
  const drawn = Math.max(1, Math.min(256, Math.floor((256 * mostCounted) / Math.max(1, people))));
  await sql`
    insert into collection.progress (workspace_id, item_id, day, people, filled)
    select ${workspaceId}, i.item_id, (now() at time zone 'UTC')::date, ${people}, round(filled.count * ${256 / drawn}::float8)
    from collection.item i
    left join attributes.attribute a on a.workspace_id = ${workspaceId} and i.kind = 'attribute' and a.attribute_id::text = i.ref
      and a.ended_at is null and a.sensitivity <> 'special'
    cross join lateral (select count(*) from cards.entry e
      where e.workspace_id = ${workspaceId} and e.audience_id = ${workspaceId} and e.kind = 'person'
        and get_byte(uuid_send(e.person_id), 15) < ${drawn}
        and case when i.kind = 'attribute' then exists (select from attributes.value v
              where v.workspace_id = ${workspaceId} and v.subject_id = any(e.subject_ids) and v.attribute_no = a.attribute_no
                and (i.stale_months is null or v.at > now() - make_interval(months => i.stale_months)))
            when i.ref = 'email' then e.email is not null when i.ref = 'phone' then e.phone is not null
            when i.ref = 'organization' then e.organization is not null when i.ref = 'title' then e.title is not null
            else exists (select from cards.card_field f
              join delegation.reach r on r.workspace_id = ${workspaceId} and r.audience_id = ${workspaceId} and r.chunk_no = f.book_no >> 6
              where f.workspace_id = ${workspaceId} and f.card_id = any(e.subject_ids) and f.kind = i.ref and f.exposure = 0 and f.value <> '{}'
                -- As settings count bits: from the low end of each octet.
                and get_bit(r.bits, (((f.book_no & 63) << 5) | f.class) # 7) = 1) end) filled
    where i.workspace_id = ${workspaceId} and i.ended_at is null and (i.kind = 'field' or a.attribute_id is not null)
    on conflict on constraint progress_pk do update set people = excluded.people, filled = excluded.filled`.execute(tx);
}

/** The workspaces that have a plan. As the keeper. */
export async function findPlans(tx: Tx): Promise<string[]> {
  // No workspace: it is asked which have one.
  const { rows } = await sql<{ workspace_id: string }>`select distinct workspace_id from collection.item`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

export interface FillingRow {
  day: string;
  people: number;
  filled: number;
}

/** Day by day, for a year. */
export async function listProgress(tx: Tx, workspaceId: string, itemId: string): Promise<FillingRow[]> {
  return tx
    .selectFrom('collection.progress')
    .select(['day', 'people', 'filled'])
    .where('workspace_id', '=', workspaceId)
    .where('item_id', '=', itemId)
    .where('day', '>', sql<string>`(now() - interval '1 year')::date`)
    .orderBy('day')
    .execute();
}

/** Something that a need asks for, as it stands. */
export interface WantedRow {
  need_id: string;
  need: string;
  /** Of how many of a hundred contacts it is to be known; null: nobody has said. */
  wanted: number | null;
  item_id: string;
  kind: 'attribute' | 'field' | 'fact';
  ref: string;
  name: string | null;
  day: string | null;
  people: number | null;
  filled: number | null;
  /** A mechanism asks for it, or is being tested. */
  collected: boolean;
  /** Of a fact: there are some. */
  told: boolean;
}

/** What the plan's needs ask for, need by need, with its last count. As the keeper; the plan is everybody's to read. */
export async function listWanted(tx: Tx, workspaceId: string): Promise<WantedRow[]> {
  const { rows } = await sql<WantedRow>`
    select n.need_id, n.name as need, n.wanted_share as wanted, i.item_id, i.kind, i.ref, a.name, p.day, p.people, p.filled,
      exists (select from collection.mechanism m
        where m.workspace_id = ${workspaceId} and m.item_id = i.item_id and m.state in ('test', 'rolled_out')) as collected,
      i.kind = 'fact' and exists (select from facts.kind k where k.workspace_id = ${workspaceId} and k.key = i.ref and k.ended_at is null
        and exists (select from facts.kind_access x where x.workspace_id = ${workspaceId} and x.kind_id = k.kind_id and x.audience_id = ${workspaceId}::uuid)
        and exists (select from facts.fact f where f.workspace_id = ${workspaceId} and f.kind_no = k.kind_no)) as told
    from collection.need n
    join collection.need_item ni on ni.workspace_id = ${workspaceId} and ni.need_id = n.need_id
    join collection.item i on i.workspace_id = ${workspaceId} and i.item_id = ni.item_id and i.ended_at is null
    left join attributes.attribute a on a.workspace_id = ${workspaceId} and i.kind = 'attribute' and a.attribute_id::text = i.ref
    left join lateral (select day, people, filled from collection.progress
      where workspace_id = ${workspaceId} and item_id = i.item_id order by day desc limit 1) p on true
    where n.workspace_id = ${workspaceId} and n.ended_at is null
    order by n.created_at, n.need_id, i.created_at, i.item_id`.execute(tx);
  return rows;
}

/** Of how many of a hundred contacts it is known, as it is told: nought where there are fewer than five; null: not counted, or of hardly anybody. */
export function shareOf({ day, people, filled }: Pick<WantedRow, 'day' | 'people' | 'filled'>): number | null {
  if (day === null || people === null || filled === null) return null;
  const told = describeFilling({ day, people, filled });
  return told.people === null ? null : (told.share ?? 0);
}
