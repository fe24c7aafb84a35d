import { sql } from 'kysely';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { tell } from '../kernel/telling.ts';
import { type DeviceBook, wakeSettling } from './resources.ts';
import type { toFieldRows } from './writing.ts';

/** New cards of a device, and all that comes with them. */
export interface Arrivals {
  cards: {
    card_id: string;
    uid: string;
    resource_name: string;
    kind: string;
    change_no: number;
    content_hash: Buffer;
  }[];
  points: ReadonlyMap<string, 'email' | 'phone'>;
  fields: ReturnType<typeof toFieldRows>;
  originals: { card_id: string; octets: string; search: string; change_no: number }[];
}

const hex = (octets: Buffer) => `\\x${octets.toString('hex')}`;

/**
 * Writes new cards, each a person of its own until matching has looked at it, in one statement: a phone that puts a thousand contacts waits
 * for each of them. They await the list and matching from `afterNo` on.
 */
export async function insertArrivals(
  app: AppInside,
  tx: Tx,
  to: DeviceBook,
  { cards, points, fields, originals }: Arrivals,
  afterNo: number,
): Promise<void> {
  const { workspaceId, bookNo } = to;
  const cardsJson = JSON.stringify(cards.map((card) => ({ ...card, content_hash: hex(card.content_hash) })));
  // In one order, so that two who write at once cannot block each other.
  const pointIds = [...points.keys()].sort();
  const channels = pointIds.map((id) => points.get(id)!);
  const originalsJson = JSON.stringify(
    originals.map(({ octets, ...one }) => ({ ...one, data: hex(Buffer.from(octets)) })),
  );
  const { rows } = await sql`
    with card as (
      insert into cards.card (workspace_id, card_id, book_no, source_id, source_key, uid, resource_name, kind, cluster_id, change_no,
        content_hash, created_at, created_by, seen_at)
      -- What identifies it to the device is its name and UID; these change with the book.
      select ${workspaceId}::uuid, c.card_id, ${bookNo}::int, ${to.sourceId}::uuid, 'card ' || c.card_id, c.uid, c.resource_name, c.kind,
        c.card_id, c.change_no, c.content_hash, now(), ${to.memberId}::uuid, now()
      from json_to_recordset(${cardsJson}::json)
        c(card_id uuid, uid text, resource_name text, kind text, change_no bigint, content_hash bytea)
    ), point as (
      insert into cards.contact_point (workspace_id, contact_point_id, channel)
      select ${workspaceId}::uuid, p.id, p.channel from unnest(${pointIds}::uuid[], ${channels}::text[]) p(id, channel)
      on conflict do nothing
    ), field as (
      insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, contact_point_id, copied, seen_at)
      select ${workspaceId}::uuid, f.card_id, f.no, ${bookNo}::int, 0, f.class, f.kind, f.value::jsonb, f.contact_point_id, f.copied, now()
      from json_to_recordset(${JSON.stringify(fields)}::json)
        f(card_id uuid, no int, class int, kind text, value text, contact_point_id uuid, copied boolean)
    ), original as (
      insert into cards.card_original (workspace_id, card_id, book_no, exposure, media_type, data, search, change_no)
      select ${workspaceId}::uuid, o.card_id, ${bookNo}::int, 0, 'text/vcard', o.data, o.search, o.change_no
      from json_to_recordset(${originalsJson}::json) o(card_id uuid, data bytea, search text, change_no bigint)
    )
    insert into cards.unsettled (workspace_id, book_no, after_no) values (${workspaceId}, ${bookNo}, ${afterNo})
    on conflict do nothing returning book_no`.execute(tx);
  await tell(
    tx,
    workspaceId,
    'card_added',
    cards.map(({ card_id }) => card_id),
  );
  if (rows.length > 0) await wakeSettling(app, tx, to);
}
