import { sql } from 'kysely';
import type { UseKind } from '../delegation/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { NoticeKind, NoticeSettings, Way } from './contract.ts';
import type { Told } from './sentences.ts';

export interface NewNotice extends Told {
  occasion: string;
  in_app: boolean;
}

/** Writes a notice down, as the keeper. @returns null where it has been told before */
export async function addNotice(tx: Tx, { workspaceId, memberId }: Actor, notice: NewNotice): Promise<string | null> {
  const row = await tx
    .insertInto('notices.notice')
    .values({ workspace_id: workspaceId, notice_id: newId(), member_id: memberId, ...notice })
    .onConflict((conflict) => conflict.doNothing())
    .returning('notice_id')
    .executeTakeFirst();
  return row?.notice_id ?? null;
}

/** A page of the actor's notices, newest first. */
export async function listNotices(tx: Tx, actor: Actor, before: string | null, limit: number) {
  return tx
    .selectFrom('notices.notice')
    .select(['notice_id', 'kind', 'subject_id', 'actor_id', 'at', 'read_at'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('in_app', '=', true)
    .where(before ? sql<boolean>`notice_id < ${before}` : sql<boolean>`true`)
    .orderBy('notice_id', 'desc')
    .limit(limit)
    .execute();
}

/** How many the actor has not read, up to `most`. */
export async function countUnread(tx: Tx, actor: Actor, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from notices.notice
      where workspace_id = ${actor.workspaceId} and member_id = ${actor.memberId} and in_app and read_at is null
      limit ${most}) unread`.execute(tx);
  return rows[0]!.count;
}

export async function markRead(tx: Tx, actor: Actor, ids: readonly string[] | undefined): Promise<void> {
  await tx
    .updateTable('notices.notice')
    .set({ read_at: sql`now()` })
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .where('read_at', 'is', null)
    .where(ids ? sql<boolean>`notice_id = any(${ids})` : sql<boolean>`true`)
    .execute();
}

/** Where the member wants something else than is usual. */
export async function listPreferences(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('notices.preference')
    .select(['kind', 'way', 'wanted'])
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .execute();
}

export async function setPreference(tx: Tx, actor: Actor, kind: NoticeKind, way: Way, wanted: boolean): Promise<void> {
  await tx
    .insertInto('notices.preference')
    .values({ workspace_id: actor.workspaceId, member_id: actor.memberId, kind, way, wanted })
    .onConflict((conflict) => conflict.constraint('preference_pk').doUpdateSet({ wanted }))
    .execute();
}

export async function findDigestChoice(tx: Tx, actor: Actor): Promise<NoticeSettings['digest']> {
  const row = await tx
    .selectFrom('notices.digest_choice')
    .select('every')
    .where('workspace_id', '=', actor.workspaceId)
    .where('member_id', '=', actor.memberId)
    .executeTakeFirst();
  return (row?.every as NoticeSettings['digest'] | undefined) ?? 'week';
}

export async function setDigestChoice(tx: Tx, actor: Actor, every: NoticeSettings['digest']): Promise<void> {
  await tx
    .insertInto('notices.digest_choice')
    .values({ workspace_id: actor.workspaceId, member_id: actor.memberId, every })
    .onConflict((conflict) => conflict.constraint('digest_choice_pk').doUpdateSet({ every }))
    .execute();
}

/** Whether mail leaves this workspace. */
export async function hasMail(tx: Tx, workspaceId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('outreach.mail_setup')
    .select('sender_address')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row !== undefined;
}

export async function nameMembers(tx: Tx, actor: Actor, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('identity.member')
    .select(['member_id', 'name'])
    .where('workspace_id', '=', actor.workspaceId)
    .where(sql<boolean>`member_id = any(${ids})`)
    .execute();
  return new Map(rows.map((row) => [row.member_id, row.name]));
}

/** What the subjects of notices are called, as far as the actor may see them: books lent, tasks, imports. */
export async function nameSubjects(tx: Tx, actor: Actor, ids: readonly string[]): Promise<Map<string, string>> {
  const { workspaceId } = actor;
  // Which conversations they see depends on the channels they tend.
  await sql`select conversations.enter()`.execute(tx);
  const { rows } = await sql<{ id: string; name: string }>`
    select task_id as id, title as name from tasks.task where workspace_id = ${workspaceId} and task_id = any(${ids})
    union all
    select ask_id, sought from introductions.ask where workspace_id = ${workspaceId} and ask_id = any(${ids})
    union all
    select request_id, sought from introductions.request where workspace_id = ${workspaceId} and request_id = any(${ids})
    union all
    select import_id, file_name from sources.import where workspace_id = ${workspaceId} and import_id = any(${ids})
    union all
    select r.removal_id, s.name from cards.device_removal r
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = r.source_id
    where r.workspace_id = ${workspaceId} and r.removal_id = any(${ids})
    union all
    select day_id, goal from lead_days.day where workspace_id = ${workspaceId} and day_id = any(${ids})
    union all
    select opportunity_id, name from opportunities.opportunity where workspace_id = ${workspaceId} and opportunity_id = any(${ids})
    union all
    select conversation_id, coalesce(nullif(subject, ''), contact_name) from conversations.conversation
    where workspace_id = ${workspaceId} and conversation_id = any(${ids})
    union all
    select r.rise_id, c.name from voices.rise r
    join conversations.channel c on c.workspace_id = ${workspaceId} and c.channel_no = r.channel_no
    where r.workspace_id = ${workspaceId} and r.rise_id = any(${ids})
    union all
    select team_id, name from identity.team where workspace_id = ${workspaceId} and team_id = any(${ids})
    union all
    select distinct on (g.grant_id) g.grant_id, b.name from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    where g.workspace_id = ${workspaceId} and g.grant_id = any(${ids})`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.name]));
}

/**
 * Whom a grant names by itself, through a team or a use, but neither the whole company nor an app, and may read its terms; where `version` has ended by
 * its date, when that is asked. As the keeper.
 */
export async function findGrantees(
  tx: Tx,
  workspaceId: string,
  grantId: string,
  version: number,
  ended: boolean,
): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select n.member_id from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    left join identity.team_member t on t.workspace_id = ${workspaceId} and g.grantee_kind in ('team', 'process')
      and t.team_id = g.grantee_id
    cross join lateral (select case g.grantee_kind when 'member' then g.grantee_id else t.member_id end as member_id) n
    where g.workspace_id = ${workspaceId} and g.grant_id = ${grantId} and g.version = ${version}
      and n.member_id is not null and (g.reads or 'contact' = any(g.acts))
      and (not ${ended} or g.ends_at <= now() and not exists (select from delegation.grant later
        where later.workspace_id = ${workspaceId} and later.grant_id = g.grant_id and later.version > g.version))
      and n.member_id is distinct from b.holder_id`.execute(tx);
  return rows.map((row) => row.member_id);
}

/** Who lends contacts to a named use: of a book of the workspace, its stewards. As the keeper. */
export async function findLenders(tx: Tx, workspaceId: string, processId: string): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select distinct coalesce(b.holder_id, s.member_id) as member_id from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    left join delegation.steward s on s.workspace_id = ${workspaceId} and s.book_id = b.book_id
    where coalesce(b.holder_id, s.member_id) is not null and g.workspace_id = ${workspaceId} and g.grantee_id = ${processId} and (g.ends_at is null or g.ends_at > now())`.execute(
    tx,
  );
  return rows.map((row) => row.member_id);
}

/** Forgets what is older than this. */
export async function deleteOld(tx: Tx, days: number): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from notices.notice where at < now() - make_interval(days => ${days})`.execute(tx);
}

/** Who is to get a digest: the active members of workspaces that send mail, by what they chose. As the keeper. */
export async function listDigestsDue(tx: Tx, monday: boolean) {
  // No workspace: the digests of all are due at once.
  const { rows } = await sql<{ workspace_id: string; member_id: string; every: 'day' | 'week' }>`
    select m.workspace_id, m.member_id, coalesce(c.every, 'week') as every from identity.member m
    join outreach.mail_setup s on s.workspace_id = m.workspace_id
    left join notices.digest_choice c on c.workspace_id = m.workspace_id and c.member_id = m.member_id
    where m.status = 'active' and (coalesce(c.every, 'week') = 'day' or coalesce(c.every, 'week') = 'week' and ${monday})`.execute(
    tx,
  );
  return rows;
}

/** @returns false where it has been written */
export async function addDigest(tx: Tx, { workspaceId, memberId }: Actor, period: string): Promise<boolean> {
  const row = await tx
    .insertInto('notices.digest')
    .values({ workspace_id: workspaceId, member_id: memberId, period })
    .onConflict((conflict) => conflict.doNothing())
    .returning('period')
    .executeTakeFirst();
  return row !== undefined;
}

export interface UsesOfOne {
  who: string;
  kind: UseKind;
  book: string;
  count: number;
}

/** What each colleague did with the contacts of each of the actor's books, the latest first. */
export async function listUsesSince(tx: Tx, actor: Actor, since: Date): Promise<UsesOfOne[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<UsesOfOne>`
    select coalesce(m.name, a.name, '') as who, h.kind, b.name as book, sum(h.count)::int as count
    from delegation.book b
    join delegation.happening h on h.workspace_id = ${workspaceId} and h.book_no = b.book_no and h.at > ${since}
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = h.user_id
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = h.user_id
    where b.workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
    group by 1, h.kind, b.name order by max(h.at) desc limit 200`.execute(tx);
  return rows;
}

/** What waits for the actor: answers of holders, requests, tasks due by the end of the week that follows. */
export async function countWaiting(tx: Tx, actor: Actor, day: string) {
  const { workspaceId, memberId } = actor;
  const { rows } = await sql<{ replies: number; asks: number; tasks: number }>`
    select
      (select count(*)::int from delegation.use_reply
        where workspace_id = ${workspaceId} and user_id = ${memberId} and seen_at is null) as replies,
      (select count(*)::int from introductions.ask where workspace_id = ${workspaceId} and holder_id = ${memberId}
        and state in ('waiting', 'introducing')) as asks,
      (select count(*)::int from tasks.task where workspace_id = ${workspaceId} and owner_id = ${memberId}
        and done_at is null and due_on <= ${day}::date + 7) as tasks`.execute(tx);
  return rows[0]!;
}

export interface KeptVapid {
  publicKey: string;
  /** The private key, sealed, in hexadecimal. */
  sealed: string;
}

export async function findVapid(tx: Tx): Promise<KeptVapid | undefined> {
  const row = await tx.selectFrom('kernel.installation').select('value').where('key', '=', 'vapid').executeTakeFirst();
  return row?.value as KeptVapid | undefined;
}

/** @returns those that are kept, which are others' where somebody was quicker */
export async function keepVapid(tx: Tx, keys: KeptVapid): Promise<KeptVapid> {
  const { rows } = await sql<{ value: KeptVapid }>`
    insert into kernel.installation (key, value) values ('vapid', ${JSON.stringify(keys)}::jsonb)
    on conflict (key) do update set value = kernel.installation.value returning value`.execute(tx);
  return rows[0]!.value;
}

/** Keeps where a browser of the actor's is reached; the same browser again is the same device. @returns its id */
export async function addDevice(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  device: { hash: Buffer; subscription: Buffer; userAgent: string },
): Promise<string> {
  const known = await tx
    .deleteFrom('notices.device')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('endpoint_hash', '=', device.hash)
    .returning('device_id')
    .executeTakeFirst();
  const deviceId = known?.device_id ?? newId();
  await tx
    .insertInto('notices.device')
    .values({
      workspace_id: workspaceId,
      device_id: deviceId,
      member_id: memberId,
      endpoint_hash: device.hash,
      subscription: device.subscription,
      user_agent: device.userAgent,
    })
    .execute();
  return deviceId;
}

export async function listDevices(tx: Tx, { workspaceId, memberId }: Actor): Promise<string[]> {
  const rows = await tx
    .selectFrom('notices.device')
    .select('device_id')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .execute();
  return rows.map((row) => row.device_id);
}

/** A device of an active member, with their language. */
export async function findDevice(tx: Tx, workspaceId: string, deviceId: string) {
  return tx
    .selectFrom('notices.device as d')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'd.member_id').on('m.workspace_id', '=', workspaceId),
    )
    .select(['d.subscription', 'm.locale'])
    .where('d.workspace_id', '=', workspaceId)
    .where('d.device_id', '=', deviceId)
    .where('m.status', '=', 'active')
    .executeTakeFirst();
}

/** @returns false when there is none, or none that one may see */
export async function deleteDevice(tx: Tx, workspaceId: string, deviceId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('notices.device')
    .where('workspace_id', '=', workspaceId)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}
