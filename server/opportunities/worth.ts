import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** What is at stake with somebody, or was won from them. */
export interface Worth {
  opportunity_id: string;
  name: string;
  cents: number;
  /** ISO 4217. */
  currency: string;
  /** In lower case; empty: of none. */
  organization: string;
  card_ids: string[];
}

/** The open and won opportunities that the viewer sees in which these cards have a part, or that are with these organisations (in lower case). */
export async function findWorth(
  tx: Tx,
  { workspaceId }: Actor,
  cardIds: readonly string[],
  organizations: readonly string[],
): Promise<Worth[]> {
  const { rows } = await sql<Worth>`
    select o.opportunity_id, o.name, o.value_cents as cents, o.currency, lower(o.organization_name) as organization,
      array(select p.card_id from cards.participant p where p.workspace_id = ${workspaceId} and p.opportunity_id = o.opportunity_id) as card_ids
    from opportunities.opportunity o
    where o.workspace_id = ${workspaceId} and o.removed_at is null and o.outcome is distinct from 'lost' and o.value_cents > 0
      and (o.organization_name <> '' and lower(o.organization_name) = any(${organizations})
        or exists (select from cards.participant p where p.workspace_id = ${workspaceId} and p.opportunity_id = o.opportunity_id
          and p.card_id = any(${cardIds})))
    order by o.value_cents desc, o.opportunity_id`.execute(tx);
  return rows;
}
