import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';

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
