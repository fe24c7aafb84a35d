import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** How it stands with somebody, by the opportunities in which they have a part: one that was won goes before one that is open, that before one lost. */
const standings = ['customer', 'in_talks', 'lost'] as const;
export type Standing = (typeof standings)[number];

/** Contact points of which it is said; those of the opportunities that changed last. */
const most = 50_000;

/** The contact points of people in opportunities, as far as the viewer sees both, and how it stands with them. */
export async function findStandings(
  tx: Tx,
  { workspaceId }: Actor,
): Promise<{ pointId: string; standing: Standing }[]> {
  const { rows } = await sql<{ pointId: string; rank: number }>`
    select f.contact_point_id as "pointId", min(case o.outcome when 'won' then 0 when 'lost' then 2 else 1 end) as rank
    from opportunities.opportunity o
    join cards.participant p on p.workspace_id = ${workspaceId} and p.opportunity_id = o.opportunity_id
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = p.card_id and f.contact_point_id is not null and f.value <> '{}'
    where o.workspace_id = ${workspaceId} and o.removed_at is null
    group by f.contact_point_id order by max(o.changed_at) desc, f.contact_point_id limit ${most}`.execute(tx);
  return rows.map(({ pointId, rank }) => ({ pointId, standing: standings[rank]! }));
}
