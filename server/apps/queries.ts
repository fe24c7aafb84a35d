import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

export interface ContactableRow {
  contact_point_id: string;
  card_id: string;
  email: string;
  consent: 'given' | 'unknown';
}

/** Addresses on cards lent to the acting app for being written to for this purpose, one line an address. */
export async function listContactable(
  tx: Tx,
  { workspaceId, memberId: appId }: Actor,
  purpose: string,
  after: string | null,
  limit: number,
): Promise<ContactableRow[]> {
  const { rows } = await sql<ContactableRow>`
    select distinct on (f.contact_point_id) f.contact_point_id, c.card_id, coalesce(f.value ->> 'normalised', f.value ->> 'value') as email,
      p.consent
    from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = b.book_no and c.ended_at is null and c.kind = 'person'
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.kind = 'email' and f.value <> '{}'
    join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = f.contact_point_id
      and p.consent <> 'objected' and p.health <> 'dead'
    where g.workspace_id = ${workspaceId} and g.grantee_id = ${appId} and 'contact' = any(g.acts) and not g.ask_first
      and (g.channels = '{}' or 'email' = any(g.channels)) and (g.purposes = '{}' or ${purpose} = any(g.purposes))
      and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      and ${after ? sql`f.contact_point_id > ${after}` : sql`true`}
    order by f.contact_point_id, c.card_id limit ${limit}`.execute(tx);
  return rows;
}
