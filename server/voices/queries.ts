import { sql } from 'kysely';
import type { ChannelKind } from '../conversations/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { noTopic, type Tone } from './contract.ts';

// What members see: row security lets through what stands on the channels that they tend (`enterConversations` before).

export const tended = (no: string) =>
  sql`get_bit(coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea, ${sql.raw(no)}) = 1`;

/** The first day of so many, today with them, in UTC. */
const firstOf = (days: number) => sql`((now() at time zone 'UTC')::date - ${days - 1}::int)`;

export interface Which {
  days: number;
  channelId?: string | undefined;
}

export interface BoardRow {
  topic_id: string;
  column: string;
  tone: Tone | 'any';
  count: number;
}

/**
 * Counts by topic, by channel or week, and by tone.
 *
 * @param channelNos those that the viewer tends: compared before row security asks of each row, which costs some microseconds
 */
export async function readBoard(
  tx: Tx,
  { workspaceId }: Actor,
  { days, channelId, by, count }: Which & { by: 'channel' | 'week'; count: 'messages' | 'voices' },
  channelNos: readonly number[],
): Promise<BoardRow[]> {
  const week = sql`date_trunc('week', t.day)::date`;
  const { rows } = await sql<BoardRow>`
    select s.topic_id, ${by === 'week' ? sql`s.week::text` : sql`c.channel_id::text`} as "column", s.tone, sum(s.count)::int as count
    from (
      select t.topic_id, t.channel_no, ${by === 'week' ? week : sql`null::date`} as week, t.tone,
        sum(${count === 'voices' ? sql`t.voices` : sql`t.messages`}) as count
      from voices.tally t
      where t.workspace_id = ${workspaceId} and t.day >= ${firstOf(days)} and t.channel_no = any(${channelNos}::int[])
      group by 1, 2, 3, 4) s
    join conversations.channel c on c.workspace_id = ${workspaceId} and c.channel_no = s.channel_no
    where ${channelId ? sql`c.channel_id = ${channelId}` : sql`true`}
    group by 1, 2, 3`.execute(tx);
  return rows;
}

export interface Raised {
  topic_id: string;
  /** Voices: whoever raised it on a channel, once a month. */
  voices: number;
  /** Of them those that were dissatisfied. */
  negative: number;
}

/** Voices on topics in the channels that the viewer tends (`enterConversations` before). */
export async function countRaised(
  tx: Tx,
  { workspaceId }: Actor,
  topicIds: readonly string[],
  days: number,
): Promise<Raised[]> {
  const { rows } = await sql<Raised>`
    select t.topic_id, coalesce(sum(t.voices) filter (where t.tone = 'any'), 0)::int as voices,
      coalesce(sum(t.voices) filter (where t.tone = 'negative'), 0)::int as negative
    from voices.tally t
    where t.workspace_id = ${workspaceId} and t.topic_id = any(${topicIds}::uuid[]) and t.day >= ${firstOf(days)}
    group by t.topic_id`.execute(tx);
  return rows;
}

/** Contact points, and the column that each counts in. */
export type Grouped = readonly { pointId: string; standing: string }[];

const grouped = (of: Grouped) =>
  sql`unnest(${of.map(({ pointId }) => pointId)}::uuid[], ${of.map(({ standing }) => standing)}::text[]) g (contact_point_id, "column")`;

/** The same by who speaks: what these contact points said, by their columns; what others said is the whole less that. */
export async function readBoardOf(
  tx: Tx,
  { workspaceId }: Actor,
  { days, channelId, count }: Which & { count: 'messages' | 'voices' },
  of: Grouped,
): Promise<BoardRow[]> {
  const onChannel = channelId
    ? sql`r.channel_no = (select c.channel_no from conversations.channel c where c.workspace_id = ${workspaceId} and c.channel_id = ${channelId})`
    : sql`true`;
  const { rows } =
    count === 'voices'
      ? await sql<BoardRow>`
          select r.topic_id, g."column", r.tone, count(*)::int as count from ${grouped(of)}
          join voices.voice r on r.workspace_id = ${workspaceId} and r.contact_point_id = g.contact_point_id
            and r.first_day >= ${firstOf(days)} and ${onChannel}
          group by 1, 2, 3`.execute(tx)
      : await sql<BoardRow>`
          select r.topic_id, g."column", t.tone, count(*)::int as count from ${grouped(of)}
          join voices.reading_topic r on r.workspace_id = ${workspaceId} and r.contact_point_id = g.contact_point_id
            and r.sent_at >= ${firstOf(days)}::timestamp at time zone 'UTC' and ${onChannel}
          cross join lateral (values (r.tone), ('any')) t (tone)
          group by 1, 2, 3`.execute(tx);
  return rows;
}

/** The channels that the viewer tends, by name. */
export async function listTended(tx: Tx, { workspaceId }: Actor) {
  const { rows } = await sql<{ channel_id: string; channel_no: number; name: string }>`
    select c.channel_id, c.channel_no, c.name from conversations.channel c
    where c.workspace_id = ${workspaceId} and ${tended('c.channel_no')} order by c.name, c.channel_id`.execute(tx);
  return rows;
}

export interface HeardRow {
  conversation_id: string;
  message_id: string;
  channel_id: string;
  channel_kind: ChannelKind;
  channel_name: string;
  contact_name: string;
  text: string;
  sent_at: Date;
  cursor: string;
  tone: Tone;
}

/** Said by one of these contact points, or by none of them. */
export interface Spoken {
  pointIds: readonly string[];
  is: boolean;
}

/** Messages on a topic, the newest first: of each channel's own order, put together. */
export async function listHeard(
  tx: Tx,
  { workspaceId }: Actor,
  {
    topicId,
    days,
    channelId,
    week,
    day,
    tone,
    by,
  }: Which & {
    topicId: string;
    week?: string | undefined;
    day?: string | undefined;
    tone?: Tone | undefined;
    by?: Spoken | undefined;
  },
  after: readonly [at: string, id: string] | null,
  limit: number,
): Promise<HeardRow[]> {
  const { rows } = await sql<HeardRow>`
    with page as (
      select p.*, k.channel_id, k.kind, k.name from conversations.channel k
      cross join lateral (
        select r.conversation_id, r.message_id, r.sent_at, r.tone from voices.reading_topic r
        where r.workspace_id = ${workspaceId} and r.topic_id = ${topicId} and r.channel_no = k.channel_no
          and r.sent_at >= ${firstOf(days)}::timestamp at time zone 'UTC'
          and ${
            week
              ? sql`r.sent_at >= ${week}::date::timestamp at time zone 'UTC' and r.sent_at < (${week}::date + 7)::timestamp at time zone 'UTC'`
              : sql`true`
          }
          and ${
            day
              ? sql`r.sent_at >= ${day}::date::timestamp at time zone 'UTC' and r.sent_at < (${day}::date + 1)::timestamp at time zone 'UTC'`
              : sql`true`
          }
          and ${tone ? sql`r.tone = ${tone}` : sql`true`}
          and ${by ? sql`(r.contact_point_id = any(${by.pointIds}::uuid[])) = ${by.is}` : sql`true`}
          and ${after ? sql`(r.sent_at, r.message_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql`true`}
        order by r.sent_at desc, r.message_id desc limit ${limit}) p
      where k.workspace_id = ${workspaceId} and ${tended('k.channel_no')} and ${channelId ? sql`k.channel_id = ${channelId}` : sql`true`}
      order by p.sent_at desc, p.message_id desc limit ${limit})
    select p.conversation_id, p.message_id, p.channel_id, p.kind as channel_kind, p.name as channel_name, c.contact_name,
      left(m.text, 300) as text, p.sent_at, to_json(p.sent_at) #>> '{}' as cursor, p.tone
    from page p
    join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = p.conversation_id and m.message_id = p.message_id
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = p.conversation_id
    order by p.sent_at desc, p.message_id desc`.execute(tx);
  return rows;
}

export interface ReadingRow {
  message_id: string;
  language: string;
  tone: Tone;
  confidence: number;
  why: string[];
  byModel: string | null;
  topics: { id: string; confidence: number; why: string[]; said: boolean }[];
  corrected: { by: string; tone: Tone | null; topicIds: string[] | null } | null;
}

/** What the last messages of a conversation were read to say. */
export async function listReadings(tx: Tx, { workspaceId }: Actor, conversationId: string): Promise<ReadingRow[]> {
  const { rows } = await sql<ReadingRow>`
    select r.message_id, r.language, r.tone, r.confidence, r.why, r.by_model as "byModel",
      coalesce((select json_agg(json_build_object('id', t.topic_id, 'confidence', t.confidence, 'why', t.why, 'said', t.said)
          order by t.confidence desc, t.topic_id)
        from voices.reading_topic t where t.workspace_id = ${workspaceId} and t.conversation_id = r.conversation_id
          and t.message_id = r.message_id and t.topic_id <> ${noTopic}), '[]') as topics,
      (select json_build_object('by', coalesce(a.name, ''), 'tone', k.tone, 'topicIds', k.topic_ids) from voices.correction k
        left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = k.member_id
        where k.workspace_id = ${workspaceId} and k.conversation_id = r.conversation_id and k.message_id = r.message_id) as corrected
    from voices.reading r where r.workspace_id = ${workspaceId} and r.conversation_id = ${conversationId}
    order by r.sent_at desc, r.message_id desc limit 500`.execute(tx);
  return rows;
}

/** The number of the channel on which a message of theirs stands, where the viewer tends it. */
export async function findTendedChannel(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
  messageId: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ channel_no: number }>`
    select m.channel_no from conversations.message m
    where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId} and m.message_id = ${messageId}
      and (m.kind = 'in' and not m.automatic or m.kind = 'note' and m.held ->> 'theirs' = 'true') and m.deleted_at is null and ${tended('m.channel_no')}`.execute(
    tx,
  );
  return rows[0]?.channel_no;
}

export interface Correction {
  conversationId: string;
  messageId: string;
  channelNo: number;
  tone: Tone | null;
  topicIds: readonly string[] | null;
}

export async function saveCorrection(tx: Tx, { workspaceId, memberId }: Actor, said: Correction): Promise<void> {
  await sql`
    insert into voices.correction (workspace_id, conversation_id, message_id, channel_no, tone, topic_ids, member_id)
    values (${workspaceId}, ${said.conversationId}, ${said.messageId}, ${said.channelNo}, ${said.tone}, ${said.topicIds}, ${memberId})
    on conflict (workspace_id, conversation_id, message_id)
      do update set tone = excluded.tone, topic_ids = excluded.topic_ids, member_id = excluded.member_id, at = now()`.execute(
    tx,
  );
}

/** @returns false where nothing had been said */
export async function removeCorrection(
  tx: Tx,
  { workspaceId }: Actor,
  conversationId: string,
  messageId: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from voices.correction
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and message_id = ${messageId}`.execute(
    tx,
  );
  return numAffectedRows === 1n;
}

/** Days and messages of what fits no topic that is looked at for new ones. */
const unplaced = { days: 30, most: 2000 };

export async function listUnplaced(tx: Tx, { workspaceId }: Actor) {
  const { rows } = await sql<{ conversation_id: string; message_id: string; contact_point_id: string; text: string }>`
    select p.conversation_id, p.message_id, p.contact_point_id, left(m.text, 6000) as text from conversations.channel k
    cross join lateral (
      select r.conversation_id, r.message_id, r.contact_point_id, r.sent_at from voices.reading_topic r
      where r.workspace_id = ${workspaceId} and r.topic_id = ${noTopic} and r.channel_no = k.channel_no
        and r.sent_at >= ${firstOf(unplaced.days)}::timestamp at time zone 'UTC'
        and not exists (select from voices.correction c where c.workspace_id = ${workspaceId} and c.conversation_id = r.conversation_id
          and c.message_id = r.message_id and c.topic_ids is not null)
      order by r.sent_at desc, r.message_id desc limit ${unplaced.most}) p
    join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = p.conversation_id and m.message_id = p.message_id
    where k.workspace_id = ${workspaceId} and ${tended('k.channel_no')}
    order by p.sent_at desc, p.message_id desc limit ${unplaced.most}`.execute(tx);
  return rows;
}

export async function listDismissed(tx: Tx, { workspaceId, memberId }: Actor): Promise<Set<string>> {
  const { rows } = await sql<{ word: string }>`
    select word from voices.dismissed where workspace_id = ${workspaceId} and member_id = ${memberId}`.execute(tx);
  return new Set(rows.map((row) => row.word));
}

export async function addDismissed(tx: Tx, { workspaceId, memberId }: Actor, word: string): Promise<void> {
  await sql`insert into voices.dismissed (workspace_id, member_id, word) values (${workspaceId}, ${memberId}, ${word})
    on conflict do nothing`.execute(tx);
}

/** Dissatisfied messages by day, for each topic on each channel; a whole day's each, the last one yesterday's. */
export async function readDays(tx: Tx, { workspaceId }: Pick<Actor, 'workspaceId'>, days: number) {
  const { rows } = await sql<{ topic_id: string; channel_no: number; ago: number; messages: number }>`
    select t.topic_id, t.channel_no, (now() at time zone 'UTC')::date - t.day as ago, t.messages from voices.tally t
    where t.workspace_id = ${workspaceId} and t.tone = 'negative' and t.day >= ${firstOf(days + 1)}
      and t.day < (now() at time zone 'UTC')::date`.execute(tx);
  return rows;
}
