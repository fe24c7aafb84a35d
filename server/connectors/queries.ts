import { type Insertable, type Selectable, sql } from 'kysely';
import { exposures } from '../cards/rows.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { newId } from '../kernel/ids.ts';
import type { Health } from './rules.ts';

/** What its member may read: everything but the secret. */
const shown = [
  'c.workspace_id',
  'c.connection_id',
  'c.source_id',
  'c.book_id',
  'c.kind',
  'c.settings',
  'c.place',
  'c.place_name',
  'c.two_way',
  'c.member_id',
  'c.deals_audience',
  'c.deals_currency',
  'c.state',
  'c.problem',
  'c.wanted_at',
  'c.next_at',
  'c.created_at',
  'c.synced_at',
] as const;

/** The member's connections with their names and how many of their cards are in sight. */
export async function listConnections(tx: Tx, { workspaceId, memberId }: Actor, connectionId: string | null = null) {
  return tx
    .selectFrom('connectors.connection as c')
    .innerJoin('sources.source as s', (join) =>
      join.onRef('s.source_id', '=', 'c.source_id').on('s.workspace_id', '=', workspaceId),
    )
    .select([...shown, 's.name'])
    .select((e) =>
      e
        .selectFrom('cards.card as k')
        .select((count) => count.fn.countAll<number>().as('count'))
        .where('k.workspace_id', '=', workspaceId)
        .whereRef('k.source_id', '=', 'c.source_id')
        .as('cards'),
    )
    .where('c.workspace_id', '=', workspaceId)
    .where('c.member_id', '=', memberId)
    .where('c.state', '<>', 'ending')
    .$if(connectionId !== null, (query) => query.where('c.connection_id', '=', connectionId))
    .orderBy('c.connection_id')
    .execute();
}
export type ShownRow = Awaited<ReturnType<typeof listConnections>>[number];

/** Newest first. */
export async function listRuns(tx: Tx, { workspaceId }: Actor, connectionId: string) {
  return tx
    .selectFrom('connectors.run')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .orderBy('run_id', 'desc')
    .limit(keptRuns)
    .execute();
}

/** Of each connection. */
const keptRuns = 100;

export async function addConnection(tx: Tx, row: Insertable<DB['connectors.connection']>): Promise<void> {
  await tx.insertInto('connectors.connection').values(row).execute();
}

/** @returns false when it is not there (any more) */
export async function setConnection(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  connectionId: string,
  values: { state?: string; problem?: null; failures?: number; wanted_at?: Date | null; secret?: Buffer },
): Promise<boolean> {
  const done = await tx
    .updateTable('connectors.connection')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('connection_id', '=', connectionId)
    .where('state', '<>', 'ending')
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** A connection as a job works with it. */
export type ConnectionRow = Selectable<DB['connectors.connection']> & {
  /** `wanted_at` in microseconds, which a Date does not hold. */
  wanted: string | null;
  bookNo: number | null;
  country: string;
  active: boolean;
};

/** With its row locked, so that a pause, an end and a batch come one after the other. As the keeper. */
export async function lockConnection(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
): Promise<ConnectionRow | undefined> {
  const { rows } = await sql<ConnectionRow>`
    select c.*, c.wanted_at::text as wanted, w.country, m.status = 'active' as active,
      (select b.book_no from delegation.book b where b.workspace_id = ${workspaceId} and b.book_id = c.book_id
        and (b.holder_id = c.member_id or exists (select from delegation.steward s
          where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = c.member_id))) as "bookNo"
    from connectors.connection c
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = c.member_id
    join identity.workspace w on w.workspace_id = ${workspaceId}
    where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId}
    for update of c`.execute(tx);
  return rows[0];
}

/** Begins a line of the log; one that a crash left open is said to be interrupted. */
export async function beginRun(tx: Tx, of: ConnectionRow): Promise<string> {
  const { workspace_id, connection_id, member_id } = of;
  await tx
    .updateTable('connectors.run')
    .set({ outcome: 'interrupted', ended_at: new Date() })
    .where('workspace_id', '=', workspace_id)
    .where('connection_id', '=', connection_id)
    .where('ended_at', 'is', null)
    .execute();
  const runId = newId();
  await tx.insertInto('connectors.run').values({ workspace_id, connection_id, member_id, run_id: runId }).execute();
  return runId;
}

/** Which synchronisation of which connection. */
export interface RunOf {
  workspaceId: string;
  connectionId: string;
  runId: string;
}

export async function setCounts(
  tx: Tx,
  { workspaceId, connectionId, runId }: RunOf,
  counts: Record<string, number>,
): Promise<void> {
  await tx
    .updateTable('connectors.run')
    .set({ counts: JSON.stringify(counts) })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('run_id', '=', runId)
    .execute();
}

export async function setCursor(tx: Tx, { workspaceId, connectionId }: RunOf, cursor: unknown): Promise<void> {
  await tx
    .updateTable('connectors.connection')
    .set({ cursor: JSON.stringify(cursor) })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .execute();
}

export async function setDealsCursor(tx: Tx, { workspaceId, connectionId }: RunOf, cursor: unknown): Promise<void> {
  await tx
    .updateTable('connectors.connection')
    .set({ deals_cursor: JSON.stringify(cursor) })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .execute();
}

/** Whether there is a team of this id to which the member belongs. */
export async function isOfTeam(tx: Tx, { workspaceId, memberId }: Actor, teamId: string): Promise<boolean> {
  const { rows } = await sql`select from identity.team t
    join identity.team_member m on m.workspace_id = ${workspaceId} and m.team_id = t.team_id and m.member_id = ${memberId}
    where t.workspace_id = ${workspaceId} and t.team_id = ${teamId} and t.purpose is null`.execute(tx);
  return rows.length > 0;
}

/** Ends a line of the log and lets go of the oldest ones. */
export async function endRun(
  tx: Tx,
  { workspaceId, connectionId, runId }: RunOf,
  outcome: string,
  counts: Record<string, number>,
): Promise<void> {
  await tx
    .updateTable('connectors.run')
    .set({ outcome, counts: JSON.stringify(counts), ended_at: new Date() })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('run_id', '=', runId)
    .execute();
  await sql`delete from connectors.run where workspace_id = ${workspaceId} and connection_id = ${connectionId} and run_id in (
    select run_id from connectors.run where workspace_id = ${workspaceId} and connection_id = ${connectionId}
    order by run_id desc offset ${keptRuns})`.execute(tx);
}

/** How a connection fares after a synchronisation that was wanted then; one that is wanted since is wanted still. */
export async function settleHealth(
  tx: Tx,
  { workspaceId, connectionId }: Omit<RunOf, 'runId'>,
  wanted: string,
  health: Health | null,
): Promise<void> {
  const { state = null, problem = null, failures = 0, nextAt = new Date() } = health ?? {};
  await sql`update connectors.connection set
      wanted_at = case when wanted_at = ${wanted}::timestamptz then null else wanted_at end,
      state = case when state in ('paused', 'ending') then state else coalesce(${state}, state) end,
      problem = case when ${state}::text is null then problem else ${problem} end,
      failures = case when ${state}::text is null then failures else ${failures} end,
      next_at = case when ${state}::text is null then next_at else ${nextAt} end,
      synced_at = case when ${state}::text = 'ok' then now() else synced_at end
    where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(tx);
}

/** @returns false where it has another one by now */
export async function keepSecret(
  tx: Tx,
  { workspaceId, connectionId, before }: { workspaceId: string; connectionId: string; before: Buffer },
  secret: Buffer,
): Promise<boolean> {
  const done = await tx
    .updateTable('connectors.connection')
    .set({ secret })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('secret', '=', before)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** @returns false when it is not there, is paused, or is wanted already */
export async function setWanted(tx: Tx, workspaceId: string, connectionId: string): Promise<boolean> {
  const done = await tx
    .updateTable('connectors.connection')
    .set({ wanted_at: sql`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('state', 'in', ['ok', 'retrying'])
    .where('wanted_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Connections whose time has come. Of all workspaces; as the keeper. */
export async function listDue(tx: Tx): Promise<{ workspace_id: string; connection_id: string }[]> {
  // No workspace: time comes for all.
  const { rows } = await sql<{ workspace_id: string; connection_id: string }>`
    select c.workspace_id, c.connection_id from connectors.connection c
    join identity.member m on m.workspace_id = c.workspace_id and m.member_id = c.member_id and m.status = 'active'
    where c.state in ('ok', 'retrying') and c.next_at <= now() and c.wanted_at is null`.execute(tx);
  return rows;
}

/** Begins to end the connections of these kinds of who leaves. @returns their ids */
export async function beginEnding(
  tx: Tx,
  workspaceId: string,
  accountId: string,
  kinds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ connection_id: string }>`
    update connectors.connection c set state = 'ending' from identity.member m
    where c.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.member_id = c.member_id and m.account_id = ${accountId}
      and c.kind = any(${kinds})
    returning c.connection_id`.execute(tx);
  return rows.map((row) => row.connection_id);
}

/** All that stands there as far as it is known, with its state; what was about to be sent is not. */
export async function listStates(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
): Promise<Map<string, string | null>> {
  const rows = await tx
    .selectFrom('connectors.item')
    .select(['item_key', 'state'])
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('change_no', '>', 0)
    .execute();
  return new Map(rows.map((row) => [row.item_key, row.state]));
}

/** A contact at the service, and its card as it stands; `exposure` null: the card was deleted for good. */
export interface ItemRow {
  item_key: string;
  state: string | null;
  item_change_no: number;
  card_id: string;
  source_key: string | null;
  content_hash: Buffer | null;
  ended_at: Date | null;
  exposure: number | null;
  book_no: number | null;
  change_no: number | null;
  source_id: string | null;
}

/** What stands under these keys, or is one of these cards. */
export async function findItems(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { keys = [], cardIds = [] }: { keys?: readonly string[]; cardIds?: readonly string[] },
): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`
    select i.item_key, i.state, i.change_no as item_change_no, i.card_id, c.source_key, c.content_hash, c.ended_at, c.exposure, c.book_no, c.change_no,
      c.source_id
    from connectors.item i
    left join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = i.card_id
    where i.workspace_id = ${workspaceId} and i.connection_id = ${connectionId}
      and (i.item_key = any(${keys}) or i.card_id = any(${cardIds}::uuid[]))`.execute(tx);
  return rows;
}

/** Keeps which card each contact is. Both sides say the same up to the card's present change, unless it was touched here meanwhile. */
export async function putItems(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  items: readonly { key: string; cardId: string; state: string | null; touched: boolean }[],
): Promise<void> {
  if (items.length === 0) return;
  const [keys, cardIds] = [items.map(({ key }) => key), items.map(({ cardId }) => cardId)];
  const [states, touched] = [items.map(({ state }) => state), items.map((item) => item.touched)];
  await sql`with n as (
      select * from unnest(${keys}::text[], ${cardIds}::uuid[], ${states}::text[], ${touched}::boolean[]) n(key, card_id, state, touched))
    insert into connectors.item as i (workspace_id, connection_id, item_key, card_id, state, change_no)
    select ${workspaceId}, ${connectionId}, n.key, n.card_id, n.state, case when n.touched then 0 else c.change_no end
    from n join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = n.card_id
    on conflict on constraint item_pk do update set card_id = excluded.card_id, state = excluded.state,
      change_no = case when excluded.change_no = 0 then i.change_no else excluded.change_no end`.execute(tx);
}

/** Keeps the states of contacts whose cards are out of sight: nothing is written on them. */
export async function setStates(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  items: readonly { key: string; state: string | null }[],
): Promise<void> {
  if (items.length === 0) return;
  await sql`update connectors.item i set state = n.state
    from unnest(${items.map(({ key }) => key)}::text[], ${items.map(({ state }) => state)}::text[]) n(key, state)
    where i.workspace_id = ${workspaceId} and i.connection_id = ${connectionId} and i.item_key = n.key`.execute(tx);
}

export async function deleteItems(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await sql`delete from connectors.item
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and item_key = any(${keys})`.execute(tx);
}

/** What is to be written at the service. */
export interface Pending {
  what: 'changed' | 'added' | 'removed';
  card_id: string;
  /** Null: it is not there yet. */
  item_key: string | null;
  state: string | null;
  /** What it is called there, or is to be. */
  uid: string;
  change_no: number;
  /** It comes from elsewhere: from here, or from a device. */
  fresh: boolean;
}

/**
 * What was changed since both sides said the same, was added to the book by hand or by a device, or taken out of sight. What has ended there is
 * not written there again, and what is archived here stays.
 */
export async function listPending(tx: Tx, of: ConnectionRow): Promise<Pending[]> {
  const { workspace_id: workspaceId, connection_id: connectionId } = of;
  const { rows } = await sql<Pending>`
    select case when c.exposure = ${sql.lit(exposures.removed)} then 'removed' when i.state is null then 'added' else 'changed' end as what,
      c.card_id, i.item_key, i.state, coalesce(c.uid, c.card_id::text) as uid, c.change_no, c.source_id <> ${of.source_id} as fresh
    from connectors.item i
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = i.card_id
    where i.workspace_id = ${workspaceId} and i.connection_id = ${connectionId} and c.ended_at is null
      and (c.exposure = ${sql.lit(exposures.removed)} or c.exposure < ${sql.lit(exposures.removed)} and c.change_no > i.change_no)
    union all
    select 'added', c.card_id, null, null, coalesce(case when c.resource_name is null then null else c.uid end, c.card_id::text), c.change_no, true
    from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.book_id = ${of.book_id}
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id and s.kind = any(${writtenHere})
    where c.workspace_id = ${workspaceId} and c.exposure < ${sql.lit(exposures.removed)} and c.held_at is null
      and c.created_at >= ${of.created_at} and c.ended_at is null
      and not exists (select from connectors.item i
        where i.workspace_id = ${workspaceId} and i.connection_id = ${connectionId} and i.card_id = c.card_id)`.execute(
    tx,
  );
  return rows;
}

/** Kinds of source whose cards were made here, or on a device whose book this is. */
const writtenHere = ['entregent', 'carddav', 'business_card'];

/** Keeps under which keys new cards are about to be sent. */
export async function addIntended(
  tx: Tx,
  { workspaceId, connectionId }: RunOf,
  items: readonly { key: string; cardId: string }[],
): Promise<void> {
  if (items.length === 0) return;
  await sql`insert into connectors.item (workspace_id, connection_id, item_key, card_id, state, change_no)
    select ${workspaceId}, ${connectionId}, i.key, i.card_id, null, 0
    from unnest(${items.map(({ key }) => key)}::text[], ${items.map(({ cardId }) => cardId)}::uuid[]) i(key, card_id)
    on conflict do nothing`.execute(tx);
}

/**
 * Both sides say what the card said at a change. What was written here bears it as what the source says; what was taken away is gone there
 * too.
 */
export async function agree(
  tx: Tx,
  { workspaceId, connectionId }: RunOf,
  to: {
    cardId: string;
    key: string;
    changeNo: number;
    state: string | null;
    fields: readonly { no: number; value: unknown; taken: boolean }[];
  },
): Promise<void> {
  await sql`update connectors.item set state = ${to.state}, change_no = ${to.changeNo}
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and item_key = ${to.key}`.execute(tx);
  for (const { no, value, taken } of to.fields) {
    const field = sql`card_id = ${to.cardId} and no = ${no} and author_id is not null`;
    if (taken)
      await sql`delete from cards.card_field
        where workspace_id = ${workspaceId} and ${field} and value = '{}'`.execute(tx);
    else
      await sql`update cards.card_field set source_value = ${JSON.stringify(value)}::jsonb
        where workspace_id = ${workspaceId} and ${field}`.execute(tx);
  }
}

/** Cards that were made here stand at the service now: it is their source from now on. */
export async function adopt(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  cards: readonly { cardId: string; key: string }[],
): Promise<void> {
  if (cards.length === 0) return;
  await sql`update cards.card c set source_id = ${sourceId}, source_key = 'item ' || n.key
    from unnest(${cards.map(({ cardId }) => cardId)}::uuid[], ${cards.map(({ key }) => key)}::text[]) n(card_id, key)
    where c.workspace_id = ${workspaceId} and c.card_id = n.card_id and c.source_id <> ${sourceId}`.execute(tx);
}

export async function deleteConnection(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  await tx
    .deleteFrom('connectors.connection')
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .execute();
}
