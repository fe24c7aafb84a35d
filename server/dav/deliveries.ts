import { sql } from 'kysely';
import type { ResourceChange } from '../cards/resources.ts';
import type { Tx } from '../kernel/database.ts';
import type { Device } from './queries.ts';

/**
 * What others lend a member, as one address book of a device. All of it is asked in a transaction of the member's that was entered to take
 * along: row security then shows what of others may be taken along now, and nothing else.
 */

/** Rows per insert, below PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 3000;

export const nameOfLent = (cardId: string): string => `${cardId}.vcf`;

/**
 * The device, locked, so that two of its requests number one after the other. @returns null when it is let in no more; `lentChangeNo` null
 * when it does not want what is lent, or its member has yet to accept the charter, without which nobody reads what is others'
 */
async function lockDevice(tx: Tx, { workspaceId, deviceId }: Device): Promise<{ lentChangeNo: number | null } | null> {
  const { rows } = await sql<{ lentChangeNo: number | null }>`
    select case when d.lent and m.charter_version >= w.charter_version then d.lent_change_no end as "lentChangeNo"
    from dav.device d
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = d.member_id
    join identity.workspace w on w.workspace_id = ${workspaceId}
    where d.workspace_id = ${workspaceId} and d.device_id = ${deviceId} for update of d`.execute(tx);
  return rows[0] ?? null;
}

/** Cards of which something else is lent now than the device was told; `state` null: nothing any more. */
async function listDifferences(
  tx: Tx,
  { workspaceId, deviceId }: Device,
): Promise<{ card_id: string; state: string | null }[]> {
  const { rows } = await sql<{ card_id: string; state: string | null }>`
    with lent as (
      -- The bits of the book say which fields are lent.
      select c.card_id, concat_ws(' ', c.change_no, c.book_no, encode(substr(
        nullif(current_setting('app.reach_' || (c.book_no >> 6), true), '')::bytea, ((c.book_no & 63) << 2) + 1, 4), 'hex')) as state
      from delegation.book b
      join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = b.book_no and c.exposure = 0
      where b.workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), b.book_id::text) = 0),
    told as (
      select card_id, state from dav.delivery where workspace_id = ${workspaceId} and device_id = ${deviceId} and not gone)
    select coalesce(l.card_id, t.card_id) as card_id, l.state
    from lent l full join told t on t.card_id = l.card_id
    where l.state is distinct from t.state order by 1`.execute(tx);
  return rows;
}

/** Whether a state of `listDifferences` opens what the one before did not: another book's holder, or further classes of fields. */
const isMore = sql`(split_part(excluded.state, ' ', 2) <> split_part(delivery.state, ' ', 2)
  or ('x' || split_part(excluded.state, ' ', 3))::bit(32) & ~('x' || split_part(delivery.state, ' ', 3))::bit(32) <> 0::bit(32))`;

/**
 * Brings what the device is told to what is lent now, each difference under a number of its own. @returns the last number; null when the
 * device is let in no more, `none` when it does not want what is lent
 */
export async function followLending(tx: Tx, device: Device): Promise<number | 'none' | null> {
  const { workspaceId, deviceId, memberId } = device;
  const locked = await lockDevice(tx, device);
  if (!locked) return null;
  if (locked.lentChangeNo === null) return 'none';
  const differences = await listDifferences(tx, device);
  if (differences.length === 0) return locked.lentChangeNo;
  const rows = differences.map(({ card_id, state }, index) => ({
    workspace_id: workspaceId,
    device_id: deviceId,
    card_id,
    member_id: memberId,
    state: state ?? '',
    change_no: locked.lentChangeNo! + 1 + index,
    gone: state === null,
  }));
  for (let at = 0; at < rows.length; at += rowsPerInsert)
    await tx
      .insertInto('dav.delivery')
      .values(rows.slice(at, at + rowsPerInsert))
      .onConflict((conflict) =>
        conflict.constraint('delivery_pk').doUpdateSet((row) => ({
          state: row.ref('excluded.state'),
          change_no: row.ref('excluded.change_no'),
          gone: row.ref('excluded.gone'),
          // Lent again, in another book or with more of it, it is a new copy, which is told anew.
          told_at: sql`case when excluded.gone or ${isMore} then null else delivery.told_at end`,
        })),
      )
      .execute();
  const last = rows.at(-1)!.change_no;
  await tx
    .updateTable('dav.device')
    .set({ lent_change_no: last })
    .where('workspace_id', '=', workspaceId)
    .where('device_id', '=', deviceId)
    .execute();
  return last;
}

/** What has changed of that book for the device since a number (see `listChanges` of the cards). */
export async function listDeliveries(
  tx: Tx,
  { workspaceId, deviceId }: Device,
  after: number,
  limit: number | null,
): Promise<{ changes: ResourceChange[]; more: boolean; upTo: number }> {
  const { rows } = await sql<{ card_id: string; change_no: number; gone: boolean }>`
    select card_id, change_no, gone from dav.delivery
    where workspace_id = ${workspaceId} and device_id = ${deviceId} and change_no > ${after} and (not gone or ${after} > 0)
    order by change_no limit ${limit === null ? null : limit + 1}`.execute(tx);
  const more = limit !== null && rows.length > limit;
  const kept = more ? rows.slice(0, limit) : rows;
  return {
    changes: kept.map(({ card_id, change_no, gone }) => ({ name: nameOfLent(card_id), changeNo: change_no, gone })),
    more,
    upTo: kept.at(-1)?.change_no ?? after,
  };
}

/** Cards of that book by their names, with the numbers of their states. */
export async function findDeliveries(
  tx: Tx,
  { workspaceId, deviceId }: Device,
  names: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ card_id: string; change_no: number }>`
    select card_id, change_no from dav.delivery
    where workspace_id = ${workspaceId} and device_id = ${deviceId} and not gone and card_id || '.vcf' = any(${names})`.execute(
    tx,
  );
  return new Map(rows.map(({ card_id, change_no }) => [card_id, change_no]));
}

/** Notes that cards are given to the device. @returns those that it is given for the first time */
export async function setTold(
  tx: Tx,
  { workspaceId, deviceId }: Device,
  cardIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ card_id: string }>`
    update dav.delivery set told_at = now()
    where workspace_id = ${workspaceId} and device_id = ${deviceId} and card_id = any(${cardIds}) and told_at is null
    returning card_id`.execute(tx);
  return new Set(rows.map(({ card_id }) => card_id));
}
