import { type SqlBool, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { Audience } from './channels-contract.ts';
import type { ChannelKind } from './contract.ts';

// What is kept of channels: how they are set up, who tends them, how far they are read, what is wrong with them.

export interface ChannelRow {
  channel_id: string;
  kind: ChannelKind;
  name: string;
  owner_id: string | null;
  settings: Record<string, unknown>;
  state: 'working' | 'paused' | 'ended';
  problem: string | null;
  problem_since: Date | null;
  heard_at: Date | null;
  keep_months: number;
  tends: boolean;
  access: { kind: 'workspace' | 'team' | 'member'; id: string; name: string }[];
}

/** The company's channels and the viewer's own, those in use first. */
export async function listChannels(tx: Tx, { workspaceId }: Actor, channelId?: string): Promise<ChannelRow[]> {
  const { rows } = await sql<ChannelRow>`
    select c.channel_id, c.kind, c.name, c.owner_id, c.settings, c.state, c.problem, c.problem_since, c.heard_at, c.keep_months,
      coalesce(get_bit(nullif(current_setting('app.channels', true), '')::bytea, c.channel_no) = 1, false) as tends,
      coalesce((select json_agg(json_build_object('kind', a.audience_kind, 'id', a.audience_id, 'name', coalesce(t.name, m.name, ''))
          order by a.audience_kind desc, coalesce(t.name, m.name))
        from conversations.access a
        left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = a.audience_id
        left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.audience_id
        where a.workspace_id = ${workspaceId} and a.channel_id = c.channel_id), '[]') as access
    from conversations.channel c
    where c.workspace_id = ${workspaceId} and ${channelId ? sql`c.channel_id = ${channelId}` : sql`true`}
    order by c.state = 'ended', c.name, c.channel_id`.execute(tx);
  return rows;
}

export interface NewChannel {
  kind: ChannelKind;
  name: string;
  ownerId: string | null;
  settings: unknown;
  secret: Buffer | null;
  /** It is asked what is new there. */
  pulled: boolean;
}

/** @returns its id. Numbers are taken one after the other: two at once wait for each other. */
export async function addChannel(tx: Tx, { workspaceId, memberId }: Actor, said: NewChannel): Promise<string> {
  const channelId = newId();
  await sql`select pg_advisory_xact_lock(hashtextextended(${`channels ${workspaceId}`}, 0))`.execute(tx);
  await sql`
    insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, owner_id, settings, secret, next_pull_at, created_by)
    values (${workspaceId}, ${channelId}, conversations.next_channel_no(${workspaceId}), ${said.kind}, ${said.name}, ${said.ownerId},
      ${JSON.stringify(said.settings)}, ${said.secret}, ${said.pulled ? sql`now()` : null}, ${memberId})`.execute(tx);
  return channelId;
}

export interface ChannelChange {
  name?: string | undefined;
  settings?: unknown;
  secret?: Buffer | undefined;
  state?: 'working' | 'paused' | 'ended' | undefined;
  keepMonths?: number | undefined;
}

/** A channel that is set up anew is asked again at once, and what was wrong with it is forgotten. */
export async function changeChannel(
  tx: Tx,
  { workspaceId }: Actor,
  channelId: string,
  change: ChannelChange,
  pulled: boolean,
): Promise<void> {
  const { name, settings, secret, state, keepMonths } = change;
  if ([name, settings, secret, state, keepMonths].every((said) => said === undefined)) return;
  await tx
    .updateTable('conversations.channel')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
      ...(secret === undefined ? {} : { secret }),
      ...(state === undefined ? {} : { state }),
      ...(keepMonths === undefined ? {} : { keep_months: keepMonths }),
      ...(state === 'ended' ? { ended_at: sql<Date>`now()`, secret: null, next_pull_at: null } : {}),
      ...(state !== 'ended' && pulled ? { next_pull_at: sql<Date>`now()` } : {}),
      ...(settings === undefined && secret === undefined ? {} : { problem: null, problem_since: null }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .execute();
}

export async function setAccess(
  tx: Tx,
  { workspaceId }: Actor,
  channelId: string,
  access: readonly Audience[],
): Promise<void> {
  await tx
    .deleteFrom('conversations.access')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .execute();
  const rows = new Map(access.map((one) => [one.kind === 'workspace' ? workspaceId : one.id, one.kind]));
  if (rows.size === 0) return;
  await tx
    .insertInto('conversations.access')
    .values(
      [...rows].map(([audience_id, audience_kind]) => ({
        ...{ workspace_id: workspaceId, channel_id: channelId },
        ...{ audience_id, audience_kind },
      })),
    )
    .execute();
}

/** Those of these ids that are no team or active member here. */
export async function findUnknown(tx: Tx, { workspaceId }: Actor, access: readonly Audience[]): Promise<string[]> {
  const ids = access.flatMap((one) => (one.kind === 'workspace' ? [] : [one.id]));
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select n.id from unnest(${ids}::uuid[]) n (id)
    where not exists (select from identity.team t where t.workspace_id = ${workspaceId} and t.team_id = n.id)
      and not exists (select from identity.member m where m.workspace_id = ${workspaceId} and m.member_id = n.id and m.status = 'active')`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** A channel as what works with it needs it. As the keeper. */
export interface WorkingChannel {
  workspace_id: string;
  channel_id: string;
  channel_no: number;
  kind: ChannelKind;
  name: string;
  owner_id: string | null;
  settings: unknown;
  secret: Buffer | null;
  state: 'working' | 'paused' | 'ended';
  cursor: unknown;
}

export async function findWorking(tx: Tx, workspaceId: string, channelId: string): Promise<WorkingChannel | undefined> {
  return tx
    .selectFrom('conversations.channel')
    .select([
      'workspace_id',
      'channel_id',
      'channel_no',
      'kind',
      'name',
      'owner_id',
      'settings',
      'secret',
      'state',
      'cursor',
    ])
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst() as Promise<WorkingChannel | undefined>;
}

/** A member's own mailbox from which leaves what they write: the first of those that work, while they are there. As that member, or the keeper. */
export async function findOwnMailbox(tx: Tx, workspaceId: string, memberId: string) {
  return tx
    .selectFrom('conversations.channel as ch')
    .select(['ch.channel_id', 'ch.settings'])
    .where('ch.workspace_id', '=', workspaceId)
    .where('ch.owner_id', '=', memberId)
    .where('ch.kind', '=', 'mail')
    .where('ch.state', '=', 'working')
    .where(sql<SqlBool>`ch.settings ->> 'letters' = 'here'`)
    .where(sql<SqlBool>`not (${ownerAway})`)
    .orderBy('ch.channel_id')
    .executeTakeFirst();
}

/** As the keeper. */
export async function findOwnSecret(tx: Tx, workspaceId: string, channelId: string): Promise<Buffer | null> {
  const row = await tx
    .selectFrom('conversations.channel')
    .select('secret')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return row?.secret ?? null;
}

/** Whether a shared mailbox of the company is there, and works. */
export async function findMailbox(tx: Tx, workspaceId: string, channelId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('conversations.channel')
    .select('state')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('kind', '=', 'mail')
    .where('owner_id', 'is', null)
    .executeTakeFirst();
  return row?.state === 'working';
}

/** How a channel is set up, for whoever tends it. */
export async function findSettings(tx: Tx, workspaceId: string, channelId: string): Promise<unknown> {
  const row = await tx
    .selectFrom('conversations.channel')
    .select('settings')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return row?.settings;
}

/** Something came: told at most once a minute, so that many messages at once do not wait for this row. */
export async function noteHeard(tx: Tx, workspaceId: string, channelId: string): Promise<void> {
  await sql`
    update conversations.channel set heard_at = now(), problem = null, problem_since = null
    where workspace_id = ${workspaceId} and channel_id = ${channelId}
      and (heard_at is null or heard_at < now() - interval '1 minute' or problem is not null)`.execute(tx);
}

/** Of a channel `ch`: whether it is a member's own who is not here, or not now: then it rests. */
const ownerAway = sql`ch.owner_id is not null and not exists (select from identity.member o
  where o.workspace_id = ch.workspace_id and o.member_id = ch.owner_id and o.status = 'active')`;

/** The state of a channel `ch`. */
export const stateOf = sql`case when ch.state = 'working' and ${ownerAway} then 'paused' else ch.state end`;

/** Those that are to be asked now, the longest due first. */
export async function listDue(tx: Tx): Promise<{ workspace_id: string; channel_id: string }[]> {
  // No workspace: it looks for work in all of them.
  const { rows } = await sql<{ workspace_id: string; channel_id: string }>`
    select ch.workspace_id, ch.channel_id from conversations.channel ch
    where ch.next_pull_at <= now() and ch.state = 'working' and not (${ownerAway}) order by ch.next_pull_at limit 500`.execute(
    tx,
  );
  return rows;
}

/** Takes a channel in hand until it has been read; when whoever reads it is killed, it is due again after ten minutes. @returns false where somebody has it */
export async function claimDue(tx: Tx, workspaceId: string, channelId: string): Promise<boolean> {
  const done = await sql`
    update conversations.channel set next_pull_at = now() + interval '10 minutes'
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and next_pull_at <= now() and state = 'working'`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/** How far it is read now. */
export async function keepCursor(tx: Tx, workspaceId: string, channelId: string, cursor: unknown): Promise<void> {
  await sql`update conversations.channel set cursor = ${toJsonb(cursor)}
    where workspace_id = ${workspaceId} and channel_id = ${channelId}`.execute(tx);
}

/** When it is asked next, and what the platform would not do. */
export async function settlePull(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  problem: string | null,
  seconds: number,
): Promise<void> {
  await sql`
    update conversations.channel set next_pull_at = now() + make_interval(secs => ${seconds}),
      problem_since = case when ${problem}::text is null then null when problem is null then now() else problem_since end, problem = ${problem}
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and next_pull_at is not null`.execute(tx);
}

/** Who leaves takes their own channels along: nothing comes or leaves there any more, and the passwords are forgotten. */
export async function endChannelsOf(tx: Tx, workspaceId: string, accountId: string): Promise<void> {
  await sql`update conversations.channel ch set state = 'ended', ended_at = now(), secret = null, next_pull_at = null
    from identity.member m
    where ch.workspace_id = ${workspaceId} and ch.state <> 'ended' and m.workspace_id = ${workspaceId} and m.member_id = ch.owner_id
      and m.account_id = ${accountId}`.execute(tx);
}
