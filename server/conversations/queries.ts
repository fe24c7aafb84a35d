import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Held } from './channels/channel.ts';
import type { ChannelKind, SendingState, Status } from './contract.ts';

/**
 * Opens the channels that the actor tends to this transaction's row security. Before anything of a conversation is read or written;
 * without it nothing is seen but what is shared.
 */
export async function enterConversations(tx: Tx): Promise<void> {
  await sql`select conversations.enter()`.execute(tx);
}

/** Whose open pages hear of a conversation: who tends its channel, its owner, whom it is shared with. Gives `member_id`. */
const listeners = (workspaceId: string, conversationId: string) =>
  sql`select l.member_id from (${listenersOf(workspaceId, [conversationId])}) l`;

/** The same of several conversations, each the `subject`. */
export const listenersOf = (workspaceId: string, conversationIds: readonly string[]) => sql`
  select c.conversation_id as subject, m.member_id from identity.member m
  join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = any(${conversationIds}::uuid[])
  where m.workspace_id = ${workspaceId} and m.status = 'active' and (c.owner_id = m.member_id
    or exists (select from (
        select a.audience_id from conversations.access a where a.workspace_id = ${workspaceId} and a.channel_id = c.channel_id
        union all select c.shared_with where c.shared_with is not null) audience
      where audience.audience_id in (m.member_id, m.workspace_id)
        or exists (select from identity.team_member t where t.workspace_id = ${workspaceId} and t.team_id = audience.audience_id
          and t.member_id = m.member_id)))`;

export interface ConversationRow {
  conversation_id: string;
  channel_id: string;
  channel_no: number;
  channel_kind: ChannelKind;
  channel_name: string;
  channel_state: 'working' | 'paused' | 'ended';
  channel_owner: string | null;
  contact_point_id: string;
  point_channel: string;
  address: string;
  claimed: boolean;
  they_write: boolean;
  contact_name: string;
  subject: string;
  status: Status;
  snoozed_until: Date | null;
  assignee_id: string | null;
  assignee: string | null;
  team_id: string | null;
  team: string | null;
  shared_with: string | null;
  excerpt: string;
  last_kind: 'in' | 'out' | 'note' | 'event';
  last_at: Date;
  last_in_at: Date | null;
  opened_at: Date;
  first_answer_at: Date | null;
  waiting_since: Date | null;
  closed_at: Date | null;
  seen_at: Date | null;
  /** The viewer wants to hear what this contact point says. */
  follows: boolean;
  /** The viewer tends the channel: they may answer, and decide. */
  tends: boolean;
  version: number;
  /** Its last word, to the microsecond: where a page goes on. */
  cursor: string;
}

const columns = (actor: Actor) => sql`
  c.conversation_id, c.channel_id, c.channel_no, coalesce(ch.kind, 'mail') as channel_kind, coalesce(ch.name, '') as channel_name,
  coalesce(ch.state, 'working') as channel_state,
  c.owner_id as channel_owner, c.contact_point_id, c.point_channel, c.address, c.claimed,
  coalesce(c.writing_until > now(), false) as they_write, c.contact_name, c.subject, c.status, c.snoozed_until,
  c.assignee_id, a.name as assignee, c.team_id, t.name as team, c.shared_with, c.excerpt, c.last_kind, c.last_at, c.last_in_at, c.opened_at,
  c.first_answer_at, c.waiting_since, c.closed_at, c.version, to_json(c.last_at) #>> '{}' as cursor, ${tends} as tends,
  exists (select from conversations.follower f where f.workspace_id = ${actor.workspaceId} and f.contact_point_id = c.contact_point_id
    and f.member_id = ${actor.memberId}) as follows,
  (select s.seen_at from conversations.seen s
    where s.workspace_id = ${actor.workspaceId} and s.member_id = ${actor.memberId} and s.conversation_id = c.conversation_id) as seen_at`;

const tends = sql`coalesce(get_bit(nullif(current_setting('app.channels', true), '')::bytea, c.channel_no) = 1, false)`;

/** What stands beside a conversation `c`. Of a colleague's own channel that shares it, only what kind it is: its row is theirs. */
const beside = ({ workspaceId }: Actor) => sql`
  left join conversations.channel ch on ch.workspace_id = ${workspaceId} and ch.channel_id = c.channel_id
  left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = c.assignee_id
  left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = c.team_id`;

/** The channels that the viewer tends, from which the list is put together: each has its own order. */
const mine = (workspaceId: string) => sql`
  select k.channel_id from conversations.channel k where k.workspace_id = ${workspaceId}
    and get_bit(coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea, k.channel_no) = 1`;

export interface ConversationFilter {
  whose: 'all' | 'mine' | 'unassigned' | 'mentioned';
  /** `any`: whatever is not unwanted. */
  status: Status | 'any';
  channelId?: string | undefined;
  teamId?: string | undefined;
  /** Contact points of a person. */
  pointIds?: readonly string[] | undefined;
}

function condition(
  { workspaceId, memberId }: Actor,
  { whose, status, channelId, teamId, pointIds }: ConversationFilter,
) {
  return sql`c.erased_at is null and ${status === 'any' ? sql`c.status <> 'spam'` : sql`c.status = ${status}`}
    and ${channelId ? sql`c.channel_id = ${channelId}` : sql`true`}
    and ${teamId ? sql`c.team_id = ${teamId}` : sql`true`}
    and ${pointIds ? sql`c.contact_point_id = any(${pointIds}::uuid[])` : sql`true`}
    and ${whose === 'mine' ? sql`c.assignee_id = ${memberId}` : whose === 'unassigned' ? sql`c.assignee_id is null` : sql`true`}
    and ${
      whose === 'mentioned'
        ? sql`exists (select from conversations.mention n where n.workspace_id = ${workspaceId} and n.member_id = ${memberId}
            and n.conversation_id = c.conversation_id)`
        : sql`true`
    }`;
}

/** Where a page goes on: the last one's last word, and its id. */
export type ConversationCursor = readonly [at: string, id: string];

/**
 * Ids of a page in order, of each channel's own order and of what is shared, put together: one order over many channels would read all
 * those that the viewer does not see.
 */
export async function listConversations(
  tx: Tx,
  actor: Actor,
  filter: ConversationFilter,
  after: ConversationCursor | null,
  limit: number,
): Promise<ConversationRow[]> {
  const { workspaceId } = actor;
  const such = condition(actor, filter);
  const beyond = after
    ? sql`(c.last_at, c.conversation_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
    : sql`true`;
  const page = (more: ReturnType<typeof sql>) => sql`
    (select c.conversation_id, c.last_at from conversations.conversation c
      where c.workspace_id = ${workspaceId} and ${such} and ${beyond} and ${more} order by c.last_at desc, c.conversation_id desc limit ${limit})`;
  const { rows } = await sql<ConversationRow>`
    with ids as (
      select p.conversation_id, p.last_at from (${mine(workspaceId)}) k cross join lateral ${page(sql`c.channel_id = k.channel_id`)} p
      union
      select p.conversation_id, p.last_at from ${page(sql`c.shared_with is not null`)} p
      order by last_at desc, conversation_id desc limit ${limit})
    select ${columns(actor)} from ids
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = ids.conversation_id
    ${beside(actor)}
    order by c.last_at desc, c.conversation_id desc`.execute(tx);
  return rows;
}

export async function findConversation(
  tx: Tx,
  actor: Actor,
  conversationId: string,
): Promise<ConversationRow | undefined> {
  return (await findConversations(tx, actor, [conversationId]))[0];
}

export async function findConversations(tx: Tx, actor: Actor, ids: readonly string[]): Promise<ConversationRow[]> {
  const { rows } = await sql<ConversationRow>`
    select ${columns(actor)} from conversations.conversation c ${beside(actor)}
    where c.workspace_id = ${actor.workspaceId} and c.conversation_id = any(${ids}::uuid[]) and c.erased_at is null`.execute(
    tx,
  );
  return rows;
}

/** For one decision after the other: the row stays locked until the end of the transaction. */
export async function lockConversation(tx: Tx, { workspaceId }: Actor, conversationId: string): Promise<void> {
  await sql`select from conversations.conversation where workspace_id = ${workspaceId} and conversation_id = ${conversationId}
    for update`.execute(tx);
}

export interface Counts {
  tends: boolean;
  mine: number;
  unassigned: number;
  mentioned: number;
  all: number;
  waiting: number;
}

/** Open ones beyond so many are not counted: a badge says "999+". */
const mostCounted = 1000;

export async function countConversations(tx: Tx, { workspaceId, memberId }: Actor): Promise<Counts> {
  const open = (more: ReturnType<typeof sql>) => sql`(select count(*)::int from (
    select from (${mine(workspaceId)}) k join conversations.conversation c
      on c.workspace_id = ${workspaceId} and c.channel_id = k.channel_id and c.status = 'open' where ${more} limit ${mostCounted}) counted)`;
  const { rows } = await sql<Counts>`
    select exists (${mine(workspaceId)}) or exists (select from conversations.conversation c
        where c.workspace_id = ${workspaceId} and c.shared_with is not null) as tends,
      ${open(sql`c.assignee_id = ${memberId}`)} as mine, ${open(sql`c.assignee_id is null`)} as unassigned, ${open(sql`true`)} as "all",
      ${open(sql`(c.assignee_id = ${memberId} or c.assignee_id is null) and c.waiting_since is not null`)} as waiting,
      (select count(distinct n.conversation_id)::int from conversations.mention n
        join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = n.conversation_id and c.status = 'open'
        where n.workspace_id = ${workspaceId} and n.member_id = ${memberId}) as mentioned`.execute(tx);
  return rows[0]!;
}

export interface MessageRow {
  message_id: string;
  conversation_id: string;
  kind: 'in' | 'out' | 'note' | 'event';
  author_id: string | null;
  author: string | null;
  author_name: string | null;
  subject: string | null;
  text: string;
  quoted: string | null;
  html: string | null;
  sent_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  state: SendingState | null;
  answer: string | null;
  decision: { refusals: string[] } | null;
  automatic: boolean;
  nature: string | null;
  held: Held | null;
  url: string | null;
  rating: { value: number; of: number } | null;
  others: string[] | null;
  reactions: Record<string, string> | null;
  event: Record<string, unknown> | null;
  files: {
    id: string;
    name: string;
    mediaType: string;
    size: number;
    shown: boolean;
    state: 'kept' | 'waiting' | 'refused';
    reason: string | null;
  }[];
  cursor: string;
}

const messageColumns = ({ workspaceId }: Actor) => sql`
  m.message_id, m.conversation_id, m.kind, m.author_id, a.name as author, m.author_name, m.subject, m.text, m.quoted, m.html, m.sent_at,
  m.edited_at, m.deleted_at, m.state, m.answer, m.decision, m.automatic, m.nature, m.held, m.url, m.rating, m.others, m.reactions, m.event,
  to_json(m.sent_at) #>> '{}' as cursor,
  coalesce((select json_agg(json_build_object('id', f.file_id, 'name', f.name, 'mediaType', f.media_type, 'size', f.size, 'shown', f.shown,
      'state', f.state, 'reason', f.reason) order by f.file_id)
    from conversations.file f where f.workspace_id = ${workspaceId} and f.conversation_id = m.conversation_id
      and f.message_id = m.message_id), '[]') as files`;

/** The last ones first. */
export async function listMessages(
  tx: Tx,
  actor: Actor,
  conversationId: string,
  before: readonly [at: string, id: string] | null,
  limit: number,
): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(actor)} from conversations.message m
    left join identity.member a on a.workspace_id = ${actor.workspaceId} and a.member_id = m.author_id
    where m.workspace_id = ${actor.workspaceId} and m.conversation_id = ${conversationId}
      and ${before ? sql`(m.sent_at, m.message_id) < (${before[0]}::timestamptz, ${before[1]}::uuid)` : sql`true`}
    order by m.sent_at desc, m.message_id desc limit ${limit}`.execute(tx);
  return rows;
}

export async function findMessage(
  tx: Tx,
  actor: Actor,
  conversationId: string,
  messageId: string,
): Promise<MessageRow | undefined> {
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(actor)} from conversations.message m
    left join identity.member a on a.workspace_id = ${actor.workspaceId} and a.member_id = m.author_id
    where m.workspace_id = ${actor.workspaceId} and m.conversation_id = ${conversationId} and m.message_id = ${messageId}`.execute(
    tx,
  );
  return rows[0];
}

/** Whether they have said something after this message: who answers has not read it. */
export async function hasNewer(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
  messageId: string,
): Promise<boolean> {
  const { rows } = await sql<{ newer: boolean }>`
    select exists (select from conversations.message m
      join conversations.message seen on seen.workspace_id = ${workspaceId} and seen.conversation_id = ${conversationId}
        and seen.message_id = ${messageId}
      where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId} and m.kind in ('in', 'out')
        and m.created_at > seen.created_at and m.message_id <> ${messageId}) as newer`.execute(tx);
  return rows[0]!.newer;
}

export interface NewMessage {
  messageId: string;
  kind: 'out' | 'note' | 'event';
  text: string;
  words?: string;
  state?: SendingState;
  answer?: string | null;
  decision?: { refusals: readonly string[] };
  template?: unknown;
  event?: Record<string, unknown>;
}

/** Writes down what the actor says or does. */
export async function addMessage(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  of: Pick<ConversationRow, 'conversation_id' | 'channel_id' | 'channel_no' | 'shared_with'>,
  said: NewMessage,
): Promise<void> {
  await sql`
    insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, shared_with, kind, author_id, text,
      sent_at, state, answer, decision, template, event, words)
    values (${workspaceId}, ${of.conversation_id}, ${said.messageId}, ${of.channel_id}, ${of.channel_no}, ${of.shared_with}, ${said.kind},
      ${memberId}, ${said.text}, now(), ${said.state ?? null}, ${said.answer ?? null}, ${said.decision ? JSON.stringify(said.decision) : null},
      ${said.template ? JSON.stringify(said.template) : null}, ${said.event ? JSON.stringify(said.event) : null},
      to_tsvector('simple', ${said.words ?? ''}))`.execute(tx);
}

/** What is written on a conversation when somebody says or decides something. `undefined`: stays as it is. */
export interface ConversationChange {
  status?: Status | undefined;
  snoozedUntil?: Date | null | undefined;
  assigneeId?: string | null | undefined;
  teamId?: string | null | undefined;
  closedAt?: Date | null | undefined;
  waitingSince?: Date | null | undefined;
  firstAnswerAt?: Date | null | undefined;
  last?: { kind: 'out' | 'note'; excerpt: string } | undefined;
}

/** @returns false where somebody else has decided since `version` */
export async function changeConversation(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
  change: ConversationChange,
  version: number | null,
): Promise<boolean> {
  const { status, snoozedUntil, assigneeId, teamId, closedAt, waitingSince, firstAnswerAt, last } = change;
  const done = await tx
    .updateTable('conversations.conversation')
    .set({
      ...(status === undefined ? {} : { status, snoozed_until: snoozedUntil ?? null }),
      ...(assigneeId === undefined ? {} : { assignee_id: assigneeId }),
      ...(teamId === undefined ? {} : { team_id: teamId }),
      ...(closedAt === undefined ? {} : { closed_at: closedAt }),
      ...(waitingSince === undefined ? {} : { waiting_since: waitingSince }),
      ...(firstAnswerAt === undefined ? {} : { first_answer_at: firstAnswerAt }),
      ...(last === undefined
        ? {}
        : { last_kind: last.kind, excerpt: last.excerpt, last_at: sql<Date>`greatest(last_at, now())` }),
      ...(version === null ? {} : { version: version + 1 }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('conversation_id', '=', conversationId)
    .$if(version !== null, (query) => query.where('version', '=', version!))
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

export async function setSeen(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  conversationId: string,
  unread: boolean,
): Promise<void> {
  await sql`
    insert into conversations.seen (workspace_id, member_id, conversation_id, seen_at)
    values (${workspaceId}, ${memberId}, ${conversationId}, ${unread ? sql`'-infinity'` : sql`now()`})
    on conflict on constraint seen_pk do update set seen_at = excluded.seen_at`.execute(tx);
}

/** Seconds that a word of presence holds. */
const presenceHolds = 40;

/** @returns whether the member writes now and did not, or the other way round */
export async function setPresence(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  of: Pick<ConversationRow, 'conversation_id' | 'channel_no' | 'shared_with'>,
  doing: 'looking' | 'writing' | 'gone',
): Promise<boolean> {
  const before = await sql<{ writes: boolean }>`
    select exists (select from conversations.presence where workspace_id = ${workspaceId} and conversation_id = ${of.conversation_id}
      and member_id = ${memberId} and writing and until > now()) as writes`.execute(tx);
  const changes = before.rows[0]!.writes !== (doing === 'writing');
  if (doing === 'gone') {
    await tx
      .deleteFrom('conversations.presence')
      .where('workspace_id', '=', workspaceId)
      .where('conversation_id', '=', of.conversation_id)
      .where('member_id', '=', memberId)
      .execute();
    return changes;
  }
  await sql`
    insert into conversations.presence (workspace_id, conversation_id, member_id, channel_no, shared_with, writing, until)
    values (${workspaceId}, ${of.conversation_id}, ${memberId}, ${of.channel_no}, ${of.shared_with}, ${doing === 'writing'},
      now() + make_interval(secs => ${presenceHolds}))
    on conflict on constraint presence_pk do update set writing = excluded.writing, until = excluded.until`.execute(tx);
  return changes;
}

/** The others who look or write now. */
export async function listPresent(tx: Tx, { workspaceId, memberId }: Actor, conversationId: string) {
  const { rows } = await sql<{ id: string; name: string; writing: boolean }>`
    select p.member_id as id, coalesce(m.name, '') as name, p.writing from conversations.presence p
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = p.member_id
    where p.workspace_id = ${workspaceId} and p.conversation_id = ${conversationId} and p.member_id <> ${memberId} and p.until > now()
    order by m.name, p.member_id`.execute(tx);
  return rows;
}

/** Those of these members who see the conversation: others are not called upon. */
export async function findListeners(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
  memberIds: readonly string[],
): Promise<string[]> {
  if (memberIds.length === 0) return [];
  const { rows } = await sql<{ member_id: string }>`
    select l.member_id from (${listeners(workspaceId, conversationId)}) l where l.member_id = any(${memberIds}::uuid[])`.execute(
    tx,
  );
  return rows.map((row) => row.member_id);
}

/** Those who see a conversation; of many, the first by name. */
const mostColleagues = 500;

export async function listColleagues(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select m.member_id as id, m.name from identity.member m
    where m.workspace_id = ${workspaceId} and m.member_id in (${listeners(workspaceId, conversationId)})
    order by m.name, m.member_id limit ${mostColleagues}`.execute(tx);
  return rows;
}

export async function addMentions(
  tx: Tx,
  { workspaceId }: Actor,
  of: { conversationId: string; messageId: string },
  memberIds: readonly string[],
): Promise<void> {
  if (memberIds.length === 0) return;
  await tx
    .insertInto('conversations.mention')
    .values(
      memberIds.map((memberId) => ({
        workspace_id: workspaceId,
        member_id: memberId,
        conversation_id: of.conversationId,
        message_id: of.messageId,
      })),
    )
    .execute();
}

/** How many other conversations of this contact point the viewer sees. */
export async function countOthers(
  tx: Tx,
  { workspaceId }: Actor,
  { contact_point_id, conversation_id }: ConversationRow,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from conversations.conversation
    where workspace_id = ${workspaceId} and contact_point_id = ${contact_point_id} and conversation_id <> ${conversation_id}
      and erased_at is null`.execute(tx);
  return rows[0]!.count;
}

/** Messages that hold all words of a query for `to_tsquery`, newest first. */
export async function searchMessages(
  tx: Tx,
  { workspaceId }: Actor,
  query: string,
  before: readonly [at: string, id: string] | null,
  limit: number,
) {
  const { rows } = await sql<{
    conversation_id: string;
    message_id: string;
    text: string;
    sent_at: Date;
    cursor: string;
  }>`
    select f.conversation_id, f.message_id, m.text, f.sent_at, to_json(f.sent_at) #>> '{}' as cursor
    from conversations.find_messages(${workspaceId}, to_tsquery('simple', ${query}), ${before?.[0] ?? null}::timestamptz,
      ${before?.[1] ?? null}::uuid, ${limit}) f
    join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = f.conversation_id and m.message_id = f.message_id
    order by f.sent_at desc, f.message_id desc`.execute(tx);
  return rows;
}

/** Where an audience is called: a team's name; undefined for one that is not there. */
export async function findTeam(tx: Tx, { workspaceId }: Actor, teamId: string): Promise<{ name: string } | undefined> {
  return tx
    .selectFrom('identity.team')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .where('team_id', '=', teamId)
    .executeTakeFirst();
}

/** An active member, by their id. */
export async function findColleague(
  tx: Tx,
  { workspaceId }: Actor,
  memberId: string,
): Promise<{ name: string } | undefined> {
  return tx
    .selectFrom('identity.member')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('status', '=', 'active')
    .executeTakeFirst();
}

/** When the holder of a contact point objected to all mail; null where it is not known since when, which is before everything. */
export async function findObjection(tx: Tx, workspaceId: string, contactPointId: string): Promise<Date | null> {
  const row = await tx
    .selectFrom('cards.contact_point')
    .select('consent_since')
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', contactPointId)
    .where('consent', '=', 'objected')
    .executeTakeFirst();
  return row?.consent_since ?? null;
}

/** The contact points that stand on these cards, as far as the viewer reads them. */
export async function findPointsOfCards(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct contact_point_id as id from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and contact_point_id is not null and value <> '{}'`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** What is said of a message whose outcome nobody knows, or that did not leave. @returns false where it is neither any more */
export async function settleDoubt(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
  messageId: string,
  arrived: boolean,
): Promise<boolean> {
  const done = await tx
    .updateTable('conversations.message')
    .set({ state: arrived ? 'sent' : 'queued', answer: null, ...(arrived ? {} : { attempts: 0 }) })
    .where('workspace_id', '=', workspaceId)
    .where('conversation_id', '=', conversationId)
    .where('message_id', '=', messageId)
    .where('state', 'in', arrived ? ['in_doubt'] : ['in_doubt', 'failed'])
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** With whom the owner of a thread shares it; everything that stands in it follows. As the keeper: what others wrote in it is not theirs. */
export async function setShared(
  tx: Tx,
  workspaceId: string,
  conversationId: string,
  audienceId: string | null,
  version: number,
): Promise<boolean> {
  const done = await sql`update conversations.conversation set shared_with = ${audienceId}, version = version + 1
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and version = ${version}`.execute(tx);
  if (done.numAffectedRows !== 1n) return false;
  await sql`update conversations.message set shared_with = ${audienceId}
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId}`.execute(tx);
  await sql`update conversations.presence set shared_with = ${audienceId}
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId}`.execute(tx);
  await sql`update conversations.file_part set shared_with = ${audienceId} where workspace_id = ${workspaceId} and file_id in (
    select file_id from conversations.file where workspace_id = ${workspaceId} and conversation_id = ${conversationId})`.execute(
    tx,
  );
  await sql`update conversations.file set shared_with = ${audienceId}
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId}`.execute(tx);
  return true;
}

/** What members and teams are called, by id. */
export async function nameAudiences(
  tx: Tx,
  { workspaceId }: Actor,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string }>`
    select member_id as id, name from identity.member where workspace_id = ${workspaceId} and member_id = any(${ids}::uuid[])
    union all select team_id, name from identity.team where workspace_id = ${workspaceId} and team_id = any(${ids}::uuid[])`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Whether the viewer is one of an audience: a team of theirs, themself, the workspace. */
export async function isAudience(tx: Tx, audienceId: string): Promise<boolean> {
  const { rows } = await sql<{
    is: boolean;
  }>`select strpos(current_setting('app.audiences', true), ${audienceId}) > 0 as is`.execute(tx);
  return rows[0]!.is;
}
