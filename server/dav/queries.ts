import { type SqlBool, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';

/** A device that has shown its password. */
export interface Device {
  workspaceId: string;
  memberId: string;
  deviceId: string;
  sourceId: string;
  writes: boolean;
  /** What others lend its member is an address book of it too. */
  lent: boolean;
  /** Whose numbers are written without a country's prefix. */
  country: string;
}

/** Whom a password lets in, if anybody; notes the use once a minute at most. As the keeper. */
export async function findDevice(tx: Tx, password: string, client: string | null): Promise<Device | null> {
  const hash = sha256(password);
  // No workspace: the password tells it.
  const { rows } = await sql<Device & { stale: boolean }>`
    select d.workspace_id as "workspaceId", d.member_id as "memberId", d.device_id as "deviceId", d.source_id as "sourceId", d.writes, d.lent,
      w.country, d.last_used_at is null or d.last_used_at < now() - interval '1 minute' as stale
    from dav.device d
    join identity.member m on m.workspace_id = d.workspace_id and m.member_id = d.member_id and m.status = 'active'
    join identity.workspace w on w.workspace_id = d.workspace_id
    where d.secret_hash = ${hash}`.execute(tx);
  const [found] = rows;
  if (!found) return null;
  const { stale, ...device } = found;
  if (stale)
    await sql`update dav.device set last_used_at = now(), client = coalesce(${client?.slice(0, 200) ?? null}, client)
      where workspace_id = ${device.workspaceId} and device_id = ${device.deviceId}`.execute(tx);
  return device;
}

const columns = ['device_id', 'name', 'writes', 'lent', 'created_at', 'last_used_at', 'client'] as const;

export async function listDevices(tx: Tx, { workspaceId, memberId }: Actor) {
  return tx
    .selectFrom('dav.device')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .orderBy('device_id')
    .execute();
}
export type DeviceRow = Awaited<ReturnType<typeof listDevices>>[number];

export async function findOwnDevice(tx: Tx, { workspaceId, memberId }: Actor, deviceId: string) {
  return tx
    .selectFrom('dav.device')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
}

export async function addDevice(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  device: { deviceId: string; sourceId: string; name: string; password: string; writes: boolean },
): Promise<void> {
  await tx
    .insertInto('sources.source')
    .values({
      workspace_id: workspaceId,
      source_id: device.sourceId,
      holder_id: memberId,
      name: device.name,
      kind: 'carddav',
    })
    .execute();
  await tx
    .insertInto('dav.device')
    .values({
      workspace_id: workspaceId,
      device_id: device.deviceId,
      member_id: memberId,
      source_id: device.sourceId,
      name: device.name,
      secret_hash: sha256(device.password),
      writes: device.writes,
    })
    .execute();
}

export async function updateDevice(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  deviceId: string,
  values: { name?: string | undefined; writes?: boolean | undefined; lent?: boolean | undefined },
): Promise<void> {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return;
  await tx
    .updateTable('dav.device')
    .set(given)
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('device_id', '=', deviceId)
    .execute();
  // What it is given when it wants it again is a new copy.
  if (values.lent === false)
    await tx
      .updateTable('dav.delivery')
      .set({ told_at: null })
      .where('workspace_id', '=', workspaceId)
      .where('device_id', '=', deviceId)
      .execute();
}

/** @returns false when there is no such device */
export async function deleteDevice(tx: Tx, { workspaceId, memberId }: Actor, deviceId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('dav.device')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** A member who has left connects again with new passwords only, should they come back. As the keeper. */
export async function endDevicesOf(tx: Tx, workspaceId: string, accountId: string): Promise<void> {
  await sql`delete from dav.device d using identity.member m
    where d.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.member_id = d.member_id
      and m.account_id = ${accountId}`.execute(tx);
}

/** An address book as devices see it. */
export interface DeviceBookRow {
  bookId: string;
  bookNo: number;
  /** Its name in URLs. */
  slug: string;
  name: string;
  main: boolean;
  changeNo: number;
}

const bookColumns = sql`b.book_id as "bookId", b.book_no as "bookNo", coalesce(b.resource_name, b.book_id::text) as slug, b.name, b.main, b.change_no as "changeNo"`;

/**
 * The books that the member holds or looks after, the main one first; none that was made for one occasion. In the member's transaction.
 */
export async function listDeviceBooks(tx: Tx, { workspaceId, memberId }: Actor): Promise<DeviceBookRow[]> {
  const { rows } = await sql<DeviceBookRow>`
    select ${bookColumns} from delegation.book b
    where b.workspace_id = ${workspaceId} and b.on_devices and b.once_for is null
      and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
    order by b.holder_id is distinct from ${memberId}, b.main desc, b.book_no`.execute(tx);
  return rows;
}

/** What a device finds under a book's name in URLs. No row: the device itself is let in no more. In the member's transaction. */
export async function findDeviceBook(
  tx: Tx,
  { workspaceId, deviceId }: Pick<Device, 'workspaceId' | 'deviceId'>,
  slug: string,
): Promise<{ writes: boolean; book: DeviceBookRow | null } | null> {
  const { rows } = await sql<DeviceBookRow & { writes: boolean }>`
    select d.writes, ${bookColumns} from dav.device d
    left join delegation.book b on ${isBook(workspaceId, slug)} and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
    where d.workspace_id = ${workspaceId} and d.device_id = ${deviceId}`.execute(tx);
  const [found] = rows;
  if (!found) return null;
  const { writes, ...book } = found;
  return { writes, book: book.bookId ? book : null };
}

/** Whether a device that was let in may write; null when it is let in no more. */
export async function findRights(tx: Tx, { workspaceId, deviceId }: Device): Promise<{ writes: boolean } | null> {
  const { rows } = await sql<{ writes: boolean }>`
    select d.writes from dav.device d
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = d.member_id and m.status = 'active'
    where d.workspace_id = ${workspaceId} and d.device_id = ${deviceId}`.execute(tx);
  return rows[0] ?? null;
}

const isBook = (
  workspaceId: string,
  slug: string,
) => sql<SqlBool>`b.workspace_id = ${workspaceId} and b.on_devices and b.once_for is null
  and (b.resource_name = ${slug} or (b.resource_name is null and b.book_id::text = ${slug}))`;

const isHeld = ({ workspaceId, memberId }: Actor) => sql<SqlBool>`(b.holder_id = ${memberId}
  or (b.holder_id is null and exists (select from delegation.steward s
    where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${memberId})))`;

/** A book that the member holds or looks after, by its name in URLs. As the keeper: for writing, where nothing is shown. */
export async function findHeldBook(tx: Tx, actor: Actor, slug: string): Promise<DeviceBookRow | null> {
  const { rows } = await sql<DeviceBookRow>`
    select ${bookColumns} from delegation.book b where ${isBook(actor.workspaceId, slug)} and ${isHeld(actor)}`.execute(
    tx,
  );
  return rows[0] ?? null;
}

/**
 * The same for a device that has `count` cards to write there: takes their change numbers, so that the book's row is locked. As the keeper.
 * @returns null where the device may not write (any more), or there is no such book
 */
export async function takeBookToWrite(
  tx: Tx,
  { deviceId, ...actor }: Device,
  slug: string,
  count: number,
): Promise<(DeviceBookRow & { first: number }) | null> {
  const { rows } = await sql<DeviceBookRow>`
    update delegation.book b set change_no = b.change_no + ${count}
    from dav.device d
    join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = d.member_id and m.status = 'active'
    where d.workspace_id = ${actor.workspaceId} and d.device_id = ${deviceId} and d.writes
      and ${isBook(actor.workspaceId, slug)} and ${isHeld(actor)}
    returning ${bookColumns}`.execute(tx);
  const [book] = rows;
  return book ? { ...book, first: book.changeNo - count + 1 } : null;
}

/** The names that the member's own books have, those that no device sees included. */
export async function listBookNames(tx: Tx, { workspaceId, memberId }: Actor): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('delegation.book')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .where('holder_id', '=', memberId)
    .execute();
  return new Set(rows.map((row) => row.name));
}

/** Takes a book off the devices. What was in it can be restored here. */
export async function takeOffDevices(tx: Tx, { workspaceId }: Actor, bookId: string): Promise<void> {
  await tx
    .updateTable('delegation.book')
    .set({ on_devices: false })
    .where('workspace_id', '=', workspaceId)
    .where('book_id', '=', bookId)
    .execute();
}
