import { type Selectable, sql } from 'kysely';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { searchTextOf } from './octets.ts';
import { type Exposure, listFields } from './rows.ts';

/**
 * A book as devices see it: cards under names. A card that no device has written is known by its id, as name (`<id>.vcf`) and as UID;
 * the others by the name and the UID that their device gave them.
 */

/** What a name stands for. `octets` only where asked for. */
interface Resource {
  name: string;
  /** Rises with each change of the book (`delegation.book.change_no`). */
  changeNo: number;
}

export interface ResourceChange extends Resource {
  gone: boolean;
}

const nameOf = sql<string>`coalesce(c.resource_name, c.card_id || '.vcf')`;

/** The id in the name of a card that no device has named. */
const idInName = (name: string): string | null =>
  /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.vcf$/.exec(name)?.[1] ?? null;

/**
 * What has changed in a book since a change number, in the order of the changes, each name once: there (again), or gone. From 0 what is
 * there. Tombstones are never forgotten, so that any number is a good beginning (RFC 6578, 3.2). In the holder's transaction: nothing of a
 * book that is not theirs.
 * @param limit changes at most @returns `upTo`: the change to go on from, where there are `more`
 */
export async function listChanges(
  tx: Tx,
  bookNo: number,
  after: number,
  limit: number | null = null,
): Promise<{ changes: ResourceChange[]; more: boolean; upTo: number }> {
  const { rows } = await sql<{ name: string; change_no: number; gone: boolean }>`
    select name, change_no, gone from cards.list_device_changes(${bookNo}, ${after}, ${limit === null ? null : limit + 1})`.execute(
    tx,
  );
  const more = limit !== null && rows.length > limit;
  const kept = more ? rows.slice(0, limit) : rows;
  // Under a name that has gone another card may stand now: the later word counts.
  const byName = new Map<string, ResourceChange>();
  for (const { name, change_no, gone } of kept) {
    byName.delete(name);
    byName.set(name, { name, changeNo: change_no, gone });
  }
  return { changes: [...byName.values()], more, upTo: kept.at(-1)?.change_no ?? after };
}

const asPattern = (words: string): string => `%${words.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

/**
 * Names in a book under which one of these words may be said: all where it is, and where nobody knows (groups, and cards that no device has
 * put as they are). In the holder's transaction: nothing of a book that is not theirs. @param words as `foldLetters` writes them
 */
export async function findCandidates(tx: Tx, bookNo: number, words: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from cards.find_on_devices(${bookNo}, ${words.map(asPattern)}) name`.execute(tx);
  return rows.map(({ name }) => name);
}

/** A card or group with what it takes to write it as a vCard. */
export interface LoadedResource extends Resource {
  /** Null for a group. */
  cardId: string | null;
  uid: string;
  /** The whole state, as a device put it; null where a vCard has yet to be made of `cardId`. */
  octets: string | null;
}

/** What stands under these names, as far as anything does. In the holder's transaction. */
export async function findResources(
  tx: Tx,
  workspaceId: string,
  bookNo: number,
  names: readonly string[],
): Promise<LoadedResource[]> {
  const { rows } = await sql<{
    name: string;
    card_id: string | null;
    change_no: number;
    uid: string;
    octets: Buffer | null;
  }>`
    with c as (
      select card_id, resource_name, uid, change_no from cards.card
      where workspace_id = ${workspaceId} and book_no = ${bookNo} and exposure < 2 and held_at is null
        and resource_name = any(${names})
      union all
      select card_id, resource_name, uid, change_no from cards.card
      where workspace_id = ${workspaceId} and book_no = ${bookNo} and exposure < 2 and held_at is null and resource_name is null
        and card_id = any(${names.flatMap((name) => idInName(name) ?? [])}::uuid[]))
    select ${nameOf} as name, c.card_id, c.change_no, case when c.resource_name is null then c.card_id::text else c.uid end as uid,
      o.data as octets
    from c left join cards.card_original o on o.workspace_id = ${workspaceId} and o.card_id = c.card_id and o.change_no = c.change_no
    union all
    select resource_name, null, change_no, uid, octets from cards.device_group
    where workspace_id = ${workspaceId} and book_no = ${bookNo} and not gone and resource_name = any(${names})`.execute(
    tx,
  );
  return rows.map(({ name, card_id, change_no, uid, octets }) => ({
    name,
    cardId: card_id,
    changeNo: change_no,
    uid,
    octets: octets?.toString('utf8') ?? null,
  }));
}

/** Says that a name of this book holds nothing any more. */
export async function addDeparted(
  tx: Tx,
  workspaceId: string,
  gone: readonly { bookNo: number; name: string; changeNo: number }[],
): Promise<void> {
  if (gone.length === 0) return;
  await sql`insert into cards.departed (workspace_id, book_no, resource_name, change_no)
    select ${workspaceId}, d.book_no, d.name, d.change_no
    from unnest(${gone.map((one) => one.bookNo)}::int[], ${gone.map((one) => one.name)}::text[], ${gone.map((one) => one.changeNo)}::bigint[]) d(book_no, name, change_no)
    on conflict on constraint departed_pk do update set change_no = excluded.change_no`.execute(tx);
}

/**
 * Before a card comes into a book (moved there, restored): where its name or UID is taken there, it goes on under its id, which no other
 * has.
 */
export async function freeName(tx: Tx, workspaceId: string, cardId: string, bookNo: number): Promise<void> {
  await sql`update cards.card c set resource_name = null
    where c.workspace_id = ${workspaceId} and c.card_id = ${cardId} and c.resource_name is not null and exists (
      select from cards.card o where o.workspace_id = ${workspaceId} and o.book_no = ${bookNo} and o.exposure < 2 and o.held_at is null and o.card_id <> c.card_id
        and o.resource_name is not null and (o.resource_name = c.resource_name or o.uid = c.uid))`.execute(tx);
}

/** The name under which devices know a card. */
export async function getName(tx: Tx, workspaceId: string, cardId: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select ${nameOf} as name from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = ${cardId}`.execute(
    tx,
  );
  return rows[0]!.name;
}

/** What of a book awaits the list and matching: cards changed after `afterNo`, up to `upTo`. */
export interface Unsettled {
  afterNo: number;
  upTo: number;
  cardIds: string[];
}

/** At most `limit` cards that devices have written and that the list and matching have yet to follow. As the keeper. */
export async function findUnsettled(
  tx: Tx,
  workspaceId: string,
  bookNo: number,
  limit: number,
): Promise<Unsettled | null> {
  const { rows } = await sql<{ after_no: number; change_no: number }>`
    select u.after_no, b.change_no from cards.unsettled u
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = ${bookNo}
    where u.workspace_id = ${workspaceId} and u.book_no = ${bookNo}`.execute(tx);
  const [due] = rows;
  if (!due) return null;
  const cards = await sql<{ card_id: string; change_no: number }>`
    select card_id, change_no from cards.card where workspace_id = ${workspaceId} and book_no = ${bookNo}
      and change_no > ${due.after_no} and change_no <= ${due.change_no} order by change_no limit ${limit}`.execute(tx);
  return {
    afterNo: due.after_no,
    upTo: cards.rows.length === limit ? cards.rows.at(-1)!.change_no : due.change_no,
    cardIds: cards.rows.map((row) => row.card_id),
  };
}

/** Says that they have followed up to a change. @returns false where devices have written more since, which remains. As the keeper. */
export async function settleUpTo(tx: Tx, workspaceId: string, bookNo: number, upTo: number): Promise<boolean> {
  // A device's transaction holds the book until it has committed: none can be overlooked.
  const book = await tx
    .selectFrom('delegation.book')
    .select('change_no')
    .where('workspace_id', '=', workspaceId)
    .where('book_no', '=', bookNo)
    .forUpdate()
    .executeTakeFirst();
  const all = !book || book.change_no <= upTo;
  if (all)
    await tx
      .deleteFrom('cards.unsettled')
      .where('workspace_id', '=', workspaceId)
      .where('book_no', '=', bookNo)
      .execute();
  else
    await tx
      .updateTable('cards.unsettled')
      .set({ after_no: upTo })
      .where('workspace_id', '=', workspaceId)
      .where('book_no', '=', bookNo)
      .execute();
  return all;
}

/** Whose device writes, and where. */
export interface DeviceBook {
  workspaceId: string;
  memberId: string;
  sourceId: string;
  bookId: string;
  bookNo: number;
}

/** What stands under a name, or stood there and can be restored. */
export interface KnownRow {
  card_id: string | null;
  name: string;
  uid: string;
  book_no: number;
  book_id: string;
  change_no: number;
  exposure: number;
  exposure_before: number | null;
  kind: 'person' | 'organization';
  /** Off the devices, and here still (`cards.device_removal`). */
  held: boolean;
  /** In this book, or in another one of the holder's. */
  mine: boolean;
  /** Colleagues may have cards of the person too. */
  shared: boolean;
}

/**
 * What stands under the names, or has the UIDs, in any book of the holder, what they removed included; and, not `mine`, what of others' has
 * the UIDs.
 */
export async function findKnown(
  tx: Tx,
  to: DeviceBook,
  puts: readonly { name: string; uid: string }[],
): Promise<KnownRow[]> {
  const names = puts.map((put) => put.name);
  const uids = puts.map((put) => put.uid);
  const ids = [
    ...names.flatMap((name) => idInName(name) ?? []),
    ...uids.flatMap((uid) => idInName(`${uid}.vcf`) ?? []),
  ];
  const { rows } = await sql<KnownRow>`
    with c as (
      select * from cards.card where workspace_id = ${to.workspaceId} and book_no = ${to.bookNo} and exposure < 2 and held_at is null
        and resource_name = any(${names})
      union
      select * from cards.card where workspace_id = ${to.workspaceId} and resource_name is not null and uid = any(${uids}) and exposure <> 3
      union
      select * from cards.card where workspace_id = ${to.workspaceId} and resource_name is null and card_id = any(${ids}::uuid[]) and exposure <> 3)
    select c.card_id, coalesce(c.resource_name, c.card_id || '.vcf') as name, coalesce(case when c.resource_name is null then null else c.uid end, c.card_id::text) as uid,
      c.book_no, b.book_id, c.change_no, c.exposure, c.exposure_before, c.kind, c.held_at is not null as held,
      c.book_no = ${to.bookNo} or b.holder_id is not distinct from ${to.memberId} as mine,
      exists (select from cards.card o
        where o.workspace_id = ${to.workspaceId} and o.cluster_id = c.cluster_id and o.book_no <> c.book_no) as shared
    from c join delegation.book b on b.workspace_id = ${to.workspaceId} and b.book_no = c.book_no
    union all
    select null, resource_name, uid, book_no, ${to.bookId}, change_no, 0, null, 'organization', false, true, false from cards.device_group
    where workspace_id = ${to.workspaceId} and book_no = ${to.bookNo} and not gone and (resource_name = any(${names}) or uid = any(${uids}))`.execute(
    tx,
  );
  return rows;
}

/** Cards that a device means by a name in a book, or by a UID wherever. In the member's transaction: those they see. */
export async function findMeant(
  tx: Tx,
  workspaceId: string,
  bookNo: number,
  { name, uid }: { name: string; uid: string },
): Promise<string[]> {
  const ids = [idInName(name), idInName(`${uid}.vcf`)].filter((id) => id !== null);
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card where workspace_id = ${workspaceId} and book_no = ${bookNo} and exposure < 2 and resource_name = ${name}
    union
    select card_id from cards.card where workspace_id = ${workspaceId} and resource_name is not null and uid = ${uid}
    union
    select card_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${ids}::uuid[])`.execute(tx);
  return rows.map((row) => row.card_id);
}

/** Keeps a group of contacts under a name, as a device put it. */
export async function putGroup(
  tx: Tx,
  to: DeviceBook,
  put: { name: string; uid: string; octets: string },
  changeNo: number,
): Promise<void> {
  const values = { uid: put.uid, octets: Buffer.from(put.octets), change_no: changeNo, gone: false };
  await tx
    .insertInto('cards.device_group')
    .values({ workspace_id: to.workspaceId, book_no: to.bookNo, resource_name: put.name, ...values })
    .onConflict((conflict) => conflict.constraint('device_group_pk').doUpdateSet(values))
    .execute();
}

/** Lets groups go: the one of a name, or all of the book. */
export async function removeGroups(
  tx: Tx,
  { workspaceId, bookNo }: DeviceBook,
  name: string | null,
  changeNo: number,
): Promise<void> {
  await sql`update cards.device_group set gone = true, change_no = ${changeNo}
    where workspace_id = ${workspaceId} and book_no = ${bookNo} and not gone and (${name}::text is null or resource_name = ${name})`.execute(
    tx,
  );
}

type FieldRow = Selectable<DB['cards.card_field']>;

/** A card with all that an edit has to know of it. */
export interface CardContent {
  cardId: string;
  bookNo: number;
  fields: FieldRow[];
  /** A device's own card: what it writes is its source's word, not a correction of it. */
  ofDevice: boolean;
  original: { mediaType: string; data: string } | null;
}

export async function getContent(tx: Tx, workspaceId: string, cardId: string): Promise<CardContent> {
  const card = await tx
    .selectFrom('cards.card as c')
    .innerJoin('sources.source as s', (join) =>
      join.onRef('s.source_id', '=', 'c.source_id').on('s.workspace_id', '=', workspaceId),
    )
    .leftJoin('cards.card_original as o', (join) =>
      join.onRef('o.card_id', '=', 'c.card_id').on('o.workspace_id', '=', workspaceId),
    )
    .select(['c.book_no', 's.kind', 'o.media_type', 'o.data'])
    .where('c.workspace_id', '=', workspaceId)
    .where('c.card_id', '=', cardId)
    .executeTakeFirstOrThrow();
  const fields = await listFields(tx, workspaceId, cardId);
  return {
    cardId,
    bookNo: card.book_no,
    fields,
    ofDevice: card.kind === 'carddav',
    original: card.data ? { mediaType: card.media_type!, data: card.data.toString('base64') } : null,
  };
}

/** Keeps the octets of cards: new ones, or those that take the place of others. */
export async function putOriginal(
  tx: Tx,
  { workspaceId, bookNo }: DeviceBook,
  exposure: Exposure,
  originals: readonly { cardId: string; octets: string; changeNo: number }[],
): Promise<void> {
  await tx
    .insertInto('cards.card_original')
    .values(
      originals.map(({ cardId, octets, changeNo }) => ({
        workspace_id: workspaceId,
        card_id: cardId,
        book_no: bookNo,
        exposure,
        media_type: 'text/vcard',
        data: Buffer.from(octets),
        search: searchTextOf(octets),
        change_no: changeNo,
      })),
    )
    .onConflict((conflict) =>
      conflict.constraint('card_original_pk').doUpdateSet((row) => ({
        media_type: row.ref('excluded.media_type'),
        data: row.ref('excluded.data'),
        search: row.ref('excluded.search'),
        change_no: row.ref('excluded.change_no'),
      })),
    )
    .execute();
}

/** Says that a card's octets, which were its whole state, still are after a change that touched none of its values. */
export async function keepOriginal(
  tx: Tx,
  workspaceId: string,
  cardId: string,
  change: { from: number; to: number },
): Promise<void> {
  await tx
    .updateTable('cards.card_original')
    .set({ change_no: change.to })
    .where('workspace_id', '=', workspaceId)
    .where('card_id', '=', cardId)
    .where('change_no', '=', change.from)
    .execute();
}

/** The cards of a book that devices see. */
export async function listOnDevices(tx: Tx, { workspaceId, bookNo }: DeviceBook): Promise<string[]> {
  const rows = await tx
    .selectFrom('cards.card')
    .select('card_id')
    .where('workspace_id', '=', workspaceId)
    .where('book_no', '=', bookNo)
    .where('exposure', '<', 2)
    .where('held_at', 'is', null)
    .execute();
  return rows.map((row) => row.card_id);
}

/** Says that cards of the book changed after `afterNo` await the list and matching, and wakes the job unless it is due already. */
export async function setUnsettled(
  app: AppInside,
  tx: Tx,
  { workspaceId, bookNo }: DeviceBook,
  afterNo: number,
): Promise<void> {
  const made = await tx
    .insertInto('cards.unsettled')
    .values({ workspace_id: workspaceId, book_no: bookNo, after_no: afterNo })
    .onConflict((conflict) => conflict.doNothing())
    .returning('book_no')
    .executeTakeFirst();
  if (made) await wakeSettling(app, tx, { workspaceId, bookNo });
}

/** Has the list and matching follow what stands in `cards.unsettled`. */
export async function wakeSettling(
  app: AppInside,
  tx: Tx,
  { workspaceId, bookNo }: Pick<DeviceBook, 'workspaceId' | 'bookNo'>,
): Promise<void> {
  const queue = `matching ${workspaceId}`;
  await app.enqueue(tx, { workspaceId, task: 'cards.settleBook', payload: { bookNo }, queue, delaySeconds: 1 });
}
