import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';
import { noTopic, type Tone } from './contract.ts';
import type { Learnt } from './reading/topics.ts';

// What was read, and what is counted of it, in one transaction. As the keeper.

/** Where a message stands. */
export interface Place {
  conversationId: string;
  messageId: string;
}

/** A message that is to be read, with what a member said of it. */
export interface Unread {
  conversation_id: string;
  message_id: string;
  channel_no: number;
  contact_point_id: string;
  sent_at: string;
  day: string;
  text: string;
  /** Stars that came with it. */
  rating: { value: number; of: number } | null;
  said_tone: Tone | null;
  said_topics: string[] | null;
}

/** What a message was read to say. */
export interface Read extends Omit<Unread, 'text' | 'rating' | 'said_tone' | 'said_topics'> {
  language: string;
  tone: Tone;
  confidence: number;
  why: string[];
  /** The model that said so; null: it was read here. */
  by_model: string | null;
  topics: { topic_id: string; confidence: number; why: string[]; said: boolean }[];
}

/** Each once: a message that comes and is edited at once is named twice. */
const placesOf = (places: readonly Place[]) => sql`
  (select distinct conversation_id, message_id
    from unnest(${places.map(({ conversationId }) => conversationId)}::uuid[], ${places.map(({ messageId }) => messageId)}::uuid[])
      u (conversation_id, message_id)) p`;

/** One after the other, so that what is counted stays equal to what was read. */
export async function lockReadings(tx: Tx, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} voices`}, 0))`.execute(tx);
}

/** Those of these that people wrote to us, and that are to be read. */
export async function findUnread(tx: Tx, workspaceId: string, places: readonly Place[]): Promise<Unread[]> {
  const { rows } = await sql<Unread>`
    select m.conversation_id, m.message_id, m.channel_no, c.contact_point_id, to_json(m.sent_at) #>> '{}' as sent_at,
      (m.sent_at at time zone 'UTC')::date::text as day, m.text, m.rating, k.tone as said_tone, k.topic_ids as said_topics
    from ${placesOf(places)}
    join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = p.conversation_id and m.message_id = p.message_id
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = m.conversation_id
    left join voices.correction k on k.workspace_id = ${workspaceId} and k.conversation_id = m.conversation_id and k.message_id = m.message_id
    where (m.kind = 'in' and not m.automatic or m.kind = 'note' and m.held ->> 'theirs' = 'true') and m.deleted_at is null
      and (m.text <> '' or m.rating is not null) and c.status <> 'spam'`.execute(tx);
  return rows;
}

/** The messages of a conversation that came from the other side. */
export async function placesIn(tx: Tx, workspaceId: string, conversationId: string): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select conversation_id as "conversationId", message_id as "messageId" from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and (kind = 'in' or kind = 'note' and held is not null)`.execute(
    tx,
  );
  return rows;
}

/** Something said on a topic, as far as it is counted. */
interface Counted {
  contact_point_id: string;
  topic_id: string;
  channel_no: number;
  day: string;
  tone: Tone;
}

/** A voice as it is counted: on the day on which it was first heard. */
interface First {
  topic_id: string;
  channel_no: number;
  day: string;
  tone: string;
}

/**
 * Puts what was read in the place of what stood there for these messages, and counts it. Of those that are not in `all`, nothing is left.
 * @returns the topics of these
 */
export async function replaceReadings(
  tx: Tx,
  workspaceId: string,
  places: readonly Place[],
  all: readonly Read[],
): Promise<string[]> {
  const before = await removeReadings(tx, workspaceId, places);
  const after = await addReadings(tx, workspaceId, all);
  const voices = await recountVoices(tx, workspaceId, [...before, ...after]);
  await stir(
    tx,
    workspaceId,
    'conversation',
    [...before, ...after].map((row) => row.contact_point_id),
  );
  const changes = new Map<string, { messages: number; voices: number }>();
  const count = ({ day, channel_no, topic_id, tone }: First, what: 'messages' | 'voices', by: number) => {
    const key = JSON.stringify([day, channel_no, topic_id, tone]);
    const change = changes.get(key) ?? { messages: 0, voices: 0 };
    change[what] += by;
    changes.set(key, change);
  };
  for (const [rows, by] of [[before, -1] as const, [after, 1] as const])
    for (const row of rows) for (const tone of [row.tone, 'any']) count({ ...row, tone }, 'messages', by);
  for (const row of voices.before) count(row, 'voices', -1);
  for (const row of voices.after) count(row, 'voices', 1);
  await changeTally(tx, workspaceId, changes);
  const stands = new Set(all.map(({ message_id }) => message_id));
  return before.filter(({ message_id }) => !stands.has(message_id)).map(({ topic_id }) => topic_id);
}

async function removeReadings(
  tx: Tx,
  workspaceId: string,
  places: readonly Place[],
): Promise<(Counted & { message_id: string })[]> {
  const { rows } = await sql<Counted & { message_id: string }>`
    delete from voices.reading_topic r using ${placesOf(places)}
    where r.workspace_id = ${workspaceId} and r.conversation_id = p.conversation_id and r.message_id = p.message_id
    returning r.message_id, r.contact_point_id, r.topic_id, r.channel_no, (r.sent_at at time zone 'UTC')::date::text as day, r.tone`.execute(
    tx,
  );
  await sql`
    delete from voices.reading r using ${placesOf(places)}
    where r.workspace_id = ${workspaceId} and r.conversation_id = p.conversation_id and r.message_id = p.message_id`.execute(
    tx,
  );
  return rows;
}

async function addReadings(tx: Tx, workspaceId: string, all: readonly Read[]): Promise<Counted[]> {
  await sql`
    insert into voices.reading (workspace_id, conversation_id, message_id, channel_no, contact_point_id, sent_at, language, tone, confidence, why,
      by_model)
    select ${workspaceId}, n.conversation_id, n.message_id, n.channel_no, n.contact_point_id, n.sent_at, n.language, n.tone, n.confidence, n.why,
      n.by_model
    from jsonb_to_recordset(${JSON.stringify(all.map(({ topics: _, ...reading }) => reading))}::jsonb) n (conversation_id uuid,
      message_id uuid, channel_no int, contact_point_id uuid, sent_at timestamptz, language text, tone text, confidence float8, why text[], by_model text)`.execute(
    tx,
  );
  const none = [{ topic_id: noTopic, confidence: 0, why: [], said: false }];
  const rows = all.flatMap(({ topics, why: _, confidence: __, ...reading }) =>
    (topics.length > 0 ? topics : none).map((topic) => ({ ...reading, ...topic })),
  );
  await sql`
    insert into voices.reading_topic (workspace_id, conversation_id, message_id, topic_id, channel_no, contact_point_id, sent_at, tone,
      confidence, why, said)
    select ${workspaceId}, n.conversation_id, n.message_id, n.topic_id, n.channel_no, n.contact_point_id, n.sent_at, n.tone, n.confidence,
      n.why, n.said
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (conversation_id uuid, message_id uuid, topic_id uuid, channel_no int,
      contact_point_id uuid, sent_at timestamptz, tone text, confidence float8, why text[], said boolean)`.execute(tx);
  return rows;
}

/** Finds anew, for those who said or no longer say something, on which day of a month they were first heard. */
async function recountVoices(tx: Tx, workspaceId: string, changed: readonly Counted[]) {
  const keys = new Map(
    changed.map(({ contact_point_id, topic_id, channel_no, day }) => {
      const key = { contact_point_id, topic_id, channel_no, month: `${day.slice(0, 7)}-01` };
      return [JSON.stringify(key), key] as const;
    }),
  );
  const concerned = sql`jsonb_to_recordset(${JSON.stringify([...keys.values()])}::jsonb)
    k (contact_point_id uuid, topic_id uuid, channel_no int, month date)`;
  const { rows: before } = await sql<First>`
    delete from voices.voice v using ${concerned}
    where v.workspace_id = ${workspaceId} and v.contact_point_id = k.contact_point_id and v.topic_id = k.topic_id
      and v.channel_no = k.channel_no and v.month = k.month
    returning v.topic_id, v.channel_no, v.first_day::text as day, v.tone`.execute(tx);
  const { rows: after } = await sql<First>`
    insert into voices.voice (workspace_id, contact_point_id, topic_id, channel_no, month, tone, first_day)
    select ${workspaceId}, k.contact_point_id, k.topic_id, k.channel_no, k.month, t.tone, min((r.sent_at at time zone 'UTC')::date)
    from ${concerned}
    join voices.reading_topic r on r.workspace_id = ${workspaceId} and r.contact_point_id = k.contact_point_id and r.topic_id = k.topic_id
      and r.channel_no = k.channel_no and r.sent_at >= k.month::timestamp at time zone 'UTC'
      and r.sent_at < (k.month + interval '1 month') at time zone 'UTC'
    cross join lateral (values (r.tone), ('any')) t (tone)
    group by k.contact_point_id, k.topic_id, k.channel_no, k.month, t.tone
    returning topic_id, channel_no, first_day::text as day, tone`.execute(tx);
  return { before, after };
}

async function changeTally(
  tx: Tx,
  workspaceId: string,
  changes: ReadonlyMap<string, { messages: number; voices: number }>,
): Promise<void> {
  const rows = [...changes].flatMap(([key, { messages, voices }]) => {
    const [day, channel_no, topic_id, tone] = JSON.parse(key);
    return messages === 0 && voices === 0 ? [] : [{ day, channel_no, topic_id, tone, messages, voices }];
  });
  if (rows.length === 0) return;
  const changed = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    n (day date, channel_no int, topic_id uuid, tone text, messages int, voices int)`;
  await sql`
    insert into voices.tally (workspace_id, day, channel_no, topic_id, tone, messages, voices)
    select ${workspaceId}, n.day, n.channel_no, n.topic_id, n.tone, n.messages, n.voices from ${changed}
    on conflict (workspace_id, day, channel_no, topic_id, tone)
      do update set messages = tally.messages + excluded.messages, voices = tally.voices + excluded.voices`.execute(tx);
  await sql`
    delete from voices.tally t using ${changed}
    where t.workspace_id = ${workspaceId} and t.day = n.day and t.channel_no = n.channel_no and t.topic_id = n.topic_id and t.tone = n.tone
      and t.messages = 0 and t.voices = 0`.execute(tx);
}

/** Corrections of messages that were taken back, or are gone, go with them. @returns whether what was learnt is out of date */
export async function settleCorrections(tx: Tx, workspaceId: string, places: readonly Place[]): Promise<boolean> {
  const { rows } = await sql<{ gone: boolean; edited: boolean }>`
    with of as (
      select k.conversation_id, k.message_id, m.message_id is null or m.deleted_at is not null as gone,
        m.edited_at is not null as edited
      from ${placesOf(places)}
      join voices.correction k on k.workspace_id = ${workspaceId} and k.conversation_id = p.conversation_id and k.message_id = p.message_id
      left join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = k.conversation_id
        and m.message_id = k.message_id),
    removed as (
      delete from voices.correction k using of
      where k.workspace_id = ${workspaceId} and of.gone and k.conversation_id = of.conversation_id and k.message_id = of.message_id)
    select gone, edited from of`.execute(tx);
  return rows.some(({ gone, edited }) => gone || edited);
}

/** What is learnt from: the last corrections of the company's channels; of members' own nothing is learnt. */
const mostLearnt = 5000;

export async function listCorrections(tx: Tx, workspaceId: string): Promise<{ text: string; topics: string[] }[]> {
  const { rows } = await sql<{ text: string; topics: string[] }>`
    select m.text, k.topic_ids as topics from voices.correction k
    join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = k.conversation_id and m.message_id = k.message_id
    join conversations.channel c on c.workspace_id = ${workspaceId} and c.channel_id = m.channel_id
    where k.workspace_id = ${workspaceId} and k.topic_ids is not null and m.deleted_at is null and c.owner_id is null
    order by k.at desc limit ${mostLearnt}`.execute(tx);
  return rows;
}

export async function findLearnt(tx: Tx, workspaceId: string): Promise<Learnt | undefined> {
  const { rows } = await sql<{ state: Learnt }>`
    select state from voices.learnt where workspace_id = ${workspaceId}`.execute(tx);
  return rows[0]?.state;
}

export async function keepLearnt(tx: Tx, workspaceId: string, state: Learnt): Promise<void> {
  await sql`
    insert into voices.learnt (workspace_id, state) values (${workspaceId}, ${JSON.stringify(state)})
    on conflict (workspace_id) do update set state = excluded.state`.execute(tx);
}

/** Messages of theirs, in the order of their keys: since a time, or those that were never read. */
export async function listOn(
  tx: Tx,
  workspaceId: string,
  { since, after }: { since?: string | undefined; after?: Place | undefined },
  limit: number,
): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select m.conversation_id as "conversationId", m.message_id as "messageId" from conversations.message m
    where m.workspace_id = ${workspaceId} and (m.kind = 'in' and not m.automatic or m.kind = 'note' and m.held ->> 'theirs' = 'true') and m.deleted_at is null
      and ${after ? sql`(m.conversation_id, m.message_id) > (${after.conversationId}::uuid, ${after.messageId}::uuid)` : sql`true`}
      and ${
        since
          ? sql`m.sent_at >= ${since}::timestamptz`
          : sql`not exists (select from voices.reading r where r.workspace_id = ${workspaceId} and r.conversation_id = m.conversation_id
              and r.message_id = m.message_id)`
      }
    order by m.conversation_id, m.message_id limit ${limit}`.execute(tx);
  return rows;
}

/** Readings whose messages were purged. */
export async function listOrphans(tx: Tx, workspaceId: string, limit: number): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select r.conversation_id as "conversationId", r.message_id as "messageId" from voices.reading r
    where r.workspace_id = ${workspaceId} and not exists (select from conversations.message m
      where m.workspace_id = ${workspaceId} and m.conversation_id = r.conversation_id and m.message_id = r.message_id) limit ${limit}`.execute(
    tx,
  );
  return rows;
}

/** Workspaces that have channels. */
export async function listWorkspaces(tx: Tx): Promise<string[]> {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string }>`select distinct workspace_id from conversations.channel`.execute(
    tx,
  );
  return rows.map((row) => row.workspace_id);
}
