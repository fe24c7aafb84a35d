import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor, Tx } from '../kernel/database.ts';
import { addSource } from '../sources/queries.ts';
import type { mailSettings } from './settings.ts';

/** A mailbox that is read: whose it is, and the source that its cards have. */
export interface MailboxRef {
  workspaceId: string;
  sourceId: string;
  memberId: string;
  connectionId: string;
}

/** The mailbox is there from now on, and nobody else reads it until the transaction ends. */
export async function openMailbox(tx: Tx, mailbox: MailboxRef): Promise<{ country: string }> {
  const { workspaceId, sourceId, memberId, connectionId } = mailbox;
  const { rows } = await sql<{ country: string }>`
    with opened as (
      insert into correspondents.mailbox as m (workspace_id, source_id, member_id, connection_id)
      values (${workspaceId}, ${sourceId}, ${memberId}, ${connectionId})
      on conflict on constraint mailbox_pk do update set connection_id = excluded.connection_id returning m.workspace_id)
    select w.country from identity.workspace w where w.workspace_id = ${workspaceId} and exists (select from opened)`.execute(
    tx,
  );
  return rows[0]!;
}

/** All that was read for a member who leaves, mail and calendars, and whom they set aside. */
export async function forgetMailboxesOf(tx: Tx, workspaceId: string, accountId: string): Promise<void> {
  for (const table of ['mailbox', 'calendar', 'aside'])
    await sql`delete from correspondents.${sql.ref(table)} b using identity.member m
      where b.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.member_id = b.member_id
        and m.account_id = ${accountId}`.execute(tx);
}

export interface MessageRow {
  key: Buffer;
  own: boolean;
  at: Date;
}

/** Remembers messages. @returns the keys, in hexadecimal, of those that were not counted before */
export async function addMessages(tx: Tx, { workspaceId, sourceId }: MailboxRef, messages: readonly MessageRow[]) {
  const { rows } = await sql<{ key: string }>`
    insert into correspondents.message (workspace_id, source_id, message_key, own, at)
    select ${workspaceId}, ${sourceId}, * from unnest(${messages.map(({ key }) => key)}::bytea[],
      ${messages.map(({ own }) => own)}::bool[], ${messages.map(({ at }) => at)}::timestamptz[])
    on conflict do nothing returning encode(message_key, 'hex') as key`.execute(tx);
  return new Set(rows.map(({ key }) => key));
}

/** Those of the messages that the mailbox's owner sent, in hexadecimal. */
export async function findOwnMessages(tx: Tx, { workspaceId, sourceId }: MailboxRef, keys: readonly Buffer[]) {
  if (keys.length === 0) return new Set<string>();
  const { rows } = await sql<{ key: string }>`
    select encode(message_key, 'hex') as key from correspondents.message
    where workspace_id = ${workspaceId} and source_id = ${sourceId} and message_key = any(${keys}::bytea[]) and own`.execute(
    tx,
  );
  return new Set(rows.map(({ key }) => key));
}

/** Whether the mailbox's owner wrote to an address. */
export async function findWritten(tx: Tx, { workspaceId, sourceId }: MailboxRef, contactPointId: string) {
  return tx
    .selectFrom('correspondents.correspondent')
    .select('sent')
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .where('contact_point_id', '=', contactPointId)
    .where('sent', '>', 0)
    .executeTakeFirst();
}

/** What messages add to a correspondent. */
export interface Tally {
  contactPointId: string;
  email: string;
  /** As the newest message that names them does; empty: none does. */
  name: string;
  received: number;
  sent: number;
  beside: number;
  firstAt: Date;
  lastAt: Date;
  lastReceivedAt: Date | null;
  lastSentAt: Date | null;
}

export async function countCorrespondents(tx: Tx, mailbox: MailboxRef, tallies: readonly Tally[]): Promise<void> {
  if (tallies.length === 0) return;
  const { workspaceId, sourceId, memberId } = mailbox;
  const rows = JSON.stringify(tallies);
  await sql`
    insert into correspondents.correspondent as c (workspace_id, source_id, contact_point_id, member_id, email, name, received, sent,
      beside, first_at, last_at, last_received_at, last_sent_at)
    select ${workspaceId}, ${sourceId}, t."contactPointId", ${memberId}, t.email, t.name, t.received, t.sent, t.beside, t."firstAt",
      t."lastAt", t."lastReceivedAt", t."lastSentAt"
    from jsonb_to_recordset(${rows}::jsonb) t("contactPointId" uuid, email text, name text, received int, sent int, beside int,
      "firstAt" timestamptz, "lastAt" timestamptz, "lastReceivedAt" timestamptz, "lastSentAt" timestamptz)
    -- Who asked to be forgotten is not gathered again.
    where not exists (select from cards.suppressed s where s.workspace_id = ${workspaceId} and s.suppressed_id = t."contactPointId")
    on conflict on constraint correspondent_pk do update set
      name = case when excluded.name <> '' and (c.name = '' or excluded.last_at >= c.last_at) then excluded.name else c.name end,
      received = c.received + excluded.received, sent = c.sent + excluded.sent, beside = c.beside + excluded.beside,
      first_at = least(c.first_at, excluded.first_at), last_at = greatest(c.last_at, excluded.last_at),
      last_received_at = greatest(c.last_received_at, excluded.last_received_at),
      last_sent_at = greatest(c.last_sent_at, excluded.last_sent_at)`.execute(tx);
}

/** Two who stand on the same messages; the lower contact point first. */
export interface Pair {
  a: string;
  b: string;
  messages: number;
  lastAt: Date;
}

export async function countPairs(tx: Tx, mailbox: MailboxRef, pairs: readonly Pair[]): Promise<void> {
  if (pairs.length === 0) return;
  const { workspaceId, sourceId, memberId } = mailbox;
  await sql`
    insert into correspondents.pair as p (workspace_id, source_id, point_a, point_b, member_id, messages, last_at)
    select ${workspaceId}, ${sourceId}, t.a, t.b, ${memberId}, t.messages, t."lastAt"
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) t(a uuid, b uuid, messages int, "lastAt" timestamptz)
    where not exists (select from cards.suppressed s where s.workspace_id = ${workspaceId} and s.suppressed_id in (t.a, t.b))
    on conflict on constraint pair_pk do update set messages = p.messages + excluded.messages,
      last_at = greatest(p.last_at, excluded.last_at)`.execute(tx);
}

export async function countRead(
  tx: Tx,
  { workspaceId, sourceId }: MailboxRef,
  count: { read: number; private: number; machines: number },
): Promise<void> {
  await sql`update correspondents.mailbox set read_count = read_count + ${count.read},
      private_count = private_count + ${count.private}, machine_count = machine_count + ${count.machines}
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

export async function setCaughtUp(tx: Tx, { workspaceId, sourceId }: MailboxRef): Promise<void> {
  await sql`update correspondents.mailbox set caught_up_at = coalesce(caught_up_at, now())
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

/** An address where mail was refused, for now or for good, or from where it comes again. */
export interface HealthSign {
  contactPointId: string;
  health: 'failing' | 'dead' | 'good';
  at: Date;
}

/**
 * Brings what was seen to contact points that cards have; as the keeper, oldest first. What is dead stays so; what failed is good again once
 * mail came from there. Only for addresses that the owner wrote to is a refusal believed, and where no mail has come from since.
 */
export async function setHealth(
  tx: Tx,
  { workspaceId, sourceId }: MailboxRef,
  signs: readonly HealthSign[],
): Promise<void> {
  for (const { contactPointId, health, at } of signs)
    await sql`update cards.contact_point p set health = ${health}, health_since = ${at}
      where p.workspace_id = ${workspaceId} and p.contact_point_id = ${contactPointId} and p.health <> ${health}
        and (p.health_since is null or p.health_since < ${at})
        and case when ${health} = 'good' then p.health = 'failing' else p.health <> 'dead' and exists (
          select from correspondents.correspondent c where c.workspace_id = ${workspaceId} and c.source_id = ${sourceId}
            and c.contact_point_id = p.contact_point_id and c.sent > 0
            and (c.last_received_at is null or c.last_received_at <= ${at})) end`.execute(tx);
}

export interface Away {
  contactPointId: string;
  left: boolean;
  until: string | null;
  at: Date;
}

export async function setAway(tx: Tx, { workspaceId, sourceId }: MailboxRef, all: readonly Away[]): Promise<void> {
  for (const { contactPointId, left, until, at } of all)
    await sql`update correspondents.correspondent set away_until = greatest(away_until, ${until}::date),
        left_at = case when ${left} then greatest(left_at, ${at}) else left_at end
      where workspace_id = ${workspaceId} and source_id = ${sourceId} and contact_point_id = ${contactPointId}`.execute(
      tx,
    );
}

/** A mailbox to watch, of whichever workspace. */
export interface WatchedRow {
  workspace_id: string;
  connection_id: string;
  settings: z.output<typeof mailSettings>;
  secret: Buffer;
  /** Its reading stopped to let other work go first. */
  unfinished: boolean;
}

/** Seconds for which a mailbox is a process's to watch, without a further word of it. */
export const watchSeconds = 30;

/** Mailboxes whose connection works and that are this process's to watch: those that it has watched, and those that nobody else does. As the keeper. */
export async function claimWatched(tx: Tx, watcherId: string): Promise<WatchedRow[]> {
  // No workspace: one process watches for all of them.
  const { rows } = await sql<WatchedRow>`
    with open as (
      select c.workspace_id, c.connection_id, c.settings, c.secret,
        coalesce(c.cursor ->> 'done' = 'false' and c.wanted_at is null, false) as unfinished
      from connectors.connection c
      join identity.member m on m.workspace_id = c.workspace_id and m.member_id = c.member_id and m.status = 'active'
      where c.kind in ('imap', 'drop_box') and c.state in ('ok', 'retrying')),
    claimed as (
      insert into correspondents.watch as w (workspace_id, connection_id, watcher_id, until)
      select workspace_id, connection_id, ${watcherId}, now() + make_interval(secs => ${watchSeconds}) from open
      order by workspace_id, connection_id
      on conflict on constraint watch_pk do update set watcher_id = excluded.watcher_id, until = excluded.until
      where w.watcher_id = excluded.watcher_id or w.until < now()
      returning w.workspace_id, w.connection_id)
    select open.* from open join claimed using (workspace_id, connection_id)`.execute(tx);
  return rows;
}

/** A process that ends leaves its mailboxes to the others. As the keeper. */
export async function releaseWatched(tx: Tx, watcherId: string): Promise<void> {
  // No workspace: one process watches for all of them.
  await sql`delete from correspondents.watch where watcher_id = ${watcherId}`.execute(tx);
}

/** The drop-box is this connection's from now on. */
export async function openDropBox(tx: Tx, workspaceId: string, connectionId: string) {
  const { rows } = await sql<{ address: string; country: string }>`
    with box as (
      insert into correspondents.drop_box as b (workspace_id, connection_id, address)
      select c.workspace_id, c.connection_id, c.settings ->> 'address' from connectors.connection c
      where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId}
      on conflict on constraint drop_box_pk do update set connection_id = excluded.connection_id, address = excluded.address
      returning b.address)
    select box.address, w.country from box, identity.workspace w where w.workspace_id = ${workspaceId}`.execute(tx);
  return rows[0]!;
}

/** Members who may send copies, with the number of their tag. */
export async function listDroppers(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('identity.member as m')
    .leftJoin('correspondents.drop_tag as t', (join) =>
      join.onRef('t.member_id', '=', 'm.member_id').on('t.workspace_id', '=', workspaceId),
    )
    .select(['m.member_id', 'm.email', 'm.locale', sql<number>`coalesce(t.version, 0)`.as('version')])
    .where('m.workspace_id', '=', workspaceId)
    .where('m.status', '=', 'active')
    .execute();
}

/** The source of what a member drops, of each kind one. */
export async function openDropSource(
  tx: Tx,
  actor: Actor,
  name: string,
  kind: 'drop_box' | 'calendar_file',
): Promise<string> {
  const found = await tx
    .selectFrom('sources.source')
    .select('source_id')
    .where('workspace_id', '=', actor.workspaceId)
    .where('holder_id', '=', actor.memberId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return found?.source_id ?? addSource(tx, actor, name, kind);
}

export async function findDropBox(tx: Tx, { workspaceId, memberId }: Actor) {
  const { rows } = await sql<{ address: string; version: number }>`
    select b.address, coalesce(t.version, 0) as version from correspondents.drop_box b
    left join correspondents.drop_tag t on t.workspace_id = ${workspaceId} and t.member_id = ${memberId}
    where b.workspace_id = ${workspaceId}`.execute(tx);
  return rows[0];
}

/** The member's address of the drop-box is another one from now on. */
export async function renewDropTag(tx: Tx, { workspaceId, memberId }: Actor): Promise<void> {
  await sql`insert into correspondents.drop_tag as t (workspace_id, member_id, version) values (${workspaceId}, ${memberId}, 1)
    on conflict on constraint drop_tag_pk do update set version = t.version + 1`.execute(tx);
}
