import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

export interface ContactableRow {
  contact_point_id: string;
  card_id: string;
  email: string;
  field_class: number;
  at_company: boolean;
  consent: 'given' | 'unknown' | 'objected';
  health: 'unknown' | 'good' | 'failing' | 'dead';
  /** To this purpose. */
  objected: boolean;
  suppressed: boolean;
}

/**
 * Addresses on cards lent to the acting app for being written to for this purpose, by a grant that opens the address, one line an
 * address; with what is known of each, by which the gate's own rules decide (outreach/rules.ts).
 */
export async function listContactable(
  tx: Tx,
  { workspaceId, memberId: appId }: Actor,
  purpose: string,
  after: string | null,
  limit: number,
): Promise<ContactableRow[]> {
  const { rows } = await sql<ContactableRow>`
    select distinct on (f.contact_point_id) f.contact_point_id, c.card_id, coalesce(f.value ->> 'normalised', f.value ->> 'value') as email,
      f.class as field_class, p.consent, p.health,
      exists (select from cards.card_field o where o.workspace_id = ${workspaceId} and o.card_id = c.card_id
        and o.kind = 'organization' and o.value <> '{}') as at_company,
      exists (select from outreach.objection o where o.workspace_id = ${workspaceId}
        and o.contact_point_id = f.contact_point_id and o.purpose = ${purpose}) as objected,
      exists (select from outreach.suppression s where s.workspace_id = ${workspaceId}
        and s.contact_point_id = f.contact_point_id) as suppressed
    from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = b.book_no and c.ended_at is null and c.kind = 'person'
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.kind = 'email' and f.value <> '{}'
      and (g.field_mask >> f.class) & 1 = 1
    join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = f.contact_point_id
    where g.workspace_id = ${workspaceId} and g.grantee_id = ${appId} and 'contact' = any(g.acts) and not g.ask_first
      and (g.channels = '{}' or 'email' = any(g.channels)) and (g.purposes = '{}' or ${purpose} = any(g.purposes))
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      and ${after ? sql`f.contact_point_id > ${after}` : sql`true`}
    order by f.contact_point_id, c.card_id limit ${limit}`.execute(tx);
  return rows;
}
