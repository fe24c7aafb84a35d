import { sql } from 'kysely';
import { contactPointId } from '../cards/writing.ts';
import { announceSubject, announcingEach } from '../kernel/announce.ts';
import type { Tx } from '../kernel/database.ts';
import { hashedId, newId } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { Secrets } from '../kernel/secrets.ts';
import type { Correspondent, Incoming, IncomingMessage } from './channels/channel.ts';
import { makeHarmless } from './channels/safe-html.ts';
import { type FileToKeep, keepFiles, toKeep } from './files.ts';
import { listenersOf } from './queries.ts';
import { arrive, believed, excerptOf, inOrder, isOver, mostCharacters, type State, wordsOf } from './rules.ts';

/** A channel as what arrives there needs it. */
export interface Receiver {
  workspaceId: string;
  channelId: string;
  channelNo: number;
}

/** What was kept of what came. */
export interface Arrived {
  /** Messages that had not come before. */
  messages: {
    conversationId: string;
    messageId: string;
    kind: 'in' | 'out';
    automatic: boolean;
    contactPointId: string;
    /** The address is only what they say. */
    claimed: boolean;
  }[];
  /** Messages that stood here, and were edited or taken back. */
  changed: { conversationId: string; messageId: string }[];
  /** Files whose octets the channel still has. */
  waitingFiles: string[];
}

interface ConversationRow {
  conversation_id: string;
  thread: string;
  contact_point_id: string;
  point_channel: string;
  address: string;
  reply_to: string | null;
  claimed: boolean;
  contact_name: string;
  subject: string;
  status: State['status'];
  last_at: Date;
  last_in_at: Date | null;
  opened_at: Date;
  first_answer_at: Date | null;
  waiting_since: Date | null;
  closed_at: Date | null;
}

/** A conversation in hand, while messages are put into it. */
interface Open {
  row: ConversationRow;
  state: State;
  last: { kind: 'in' | 'out'; text: string; at: Date } | null;
}

type Taken = IncomingMessage & { messageId: string; sentAt: Date; conversation: Open };

/**
 * Keeps what a channel brings, in the transaction that says so (of a request that is answered afterwards, or together with the cursor of a
 * reading): what came before stands once, what is older finds its place, an edit that overtook its message waits for it. As the keeper.
 */
export async function receive(
  tx: Tx,
  { secrets }: { secrets: Secrets },
  to: Receiver,
  incoming: readonly Incoming[],
  now = new Date(),
): Promise<Arrived> {
  const ordered = inOrder(incoming);
  const messages = new Map(
    ordered.flatMap((one) => (one.kind === 'message' ? [[one.message.externalId, one.message]] : [])),
  );
  const taken = await takeMessages(tx, secrets, to, [...messages.values()], now);
  const files = await keepFiles(tx, to, (await Promise.all(taken.map(filesOf))).flat());
  const touched = new Set(taken.map(({ conversation }) => conversation.row.conversation_id));
  for (const id of await applyEarly(
    tx,
    to,
    taken.map(({ externalId }) => externalId),
  ))
    touched.add(id);
  const changed: Arrived['changed'] = [];
  for (const news of ordered) {
    if (news.kind === 'message') continue;
    const found = await apply(tx, secrets, to, news, now);
    if (found) touched.add(found.conversation_id);
    if (found?.message_id && (news.kind === 'edited' || news.kind === 'deleted'))
      changed.push({ conversationId: found.conversation_id, messageId: found.message_id });
    if (found) continue;
    if (news.kind !== 'moved') await keepEarly(tx, to, news);
  }
  await tellAgents(tx, to, [...touched]);
  return {
    messages: taken.map(({ messageId, conversation, direction, automatic }) => ({
      ...{ messageId, conversationId: conversation.row.conversation_id },
      ...{ kind: direction, automatic: automatic ?? false },
      ...{ contactPointId: conversation.row.contact_point_id, claimed: conversation.row.claimed },
    })),
    changed,
    waitingFiles: files,
  };
}

/** Those that had not come, put into their conversations. */
async function takeMessages(
  tx: Tx,
  secrets: Secrets,
  to: Receiver,
  messages: readonly IncomingMessage[],
  now: Date,
): Promise<Taken[]> {
  if (messages.length === 0) return [];
  const known = await findKnown(tx, to, [
    ...messages.map(({ externalId }) => externalId),
    ...messages.flatMap(({ answers }) => answers ?? []),
  ]);
  const fresh = messages.filter(({ externalId }) => !known.has(externalId));
  if (fresh.length === 0) return [];
  const points = pointsOf(secrets, to.workspaceId, fresh);
  const threads = threadsOf(fresh, known, points);
  await addPoints(tx, to.workspaceId, fresh, points);
  await openThreads(tx, to, fresh, threads, points, now);
  const open = await lockConversations(tx, to, threads);
  const taken: Taken[] = [];
  for (const message of fresh) {
    const sentAt = believed(message.at, now);
    const conversation = await conversationFor(tx, to, open, threads.get(message.externalId)!, message, points, sentAt);
    noteReplyTo(conversation, message, points, sentAt);
    conversation.state = arrive(conversation.state, message, sentAt);
    if (!conversation.last || conversation.last.at <= sentAt)
      conversation.last = {
        kind: message.direction,
        text: message.text || message.subject || message.nature || '',
        at: sentAt,
      };
    taken.push({ ...message, messageId: newId(), sentAt, conversation });
  }
  const kept = await addMessages(tx, to, taken);
  await updateConversations(tx, to, [...new Set(taken.map(({ conversation }) => conversation))]);
  return taken.filter(({ messageId }) => kept.has(messageId));
}

const filesOf = ({ files, messageId, conversation }: Taken): Promise<FileToKeep[]> =>
  Promise.all(
    (files ?? []).map((file) => toKeep(file, { messageId, conversationId: conversation.row.conversation_id })),
  );

/** Where a message stands, and whose conversation that is. */
interface Known {
  conversation_id: string;
  contact_point_id: string;
}

/** External id → where it stands. */
async function findKnown(
  tx: Tx,
  { workspaceId, channelId }: Receiver,
  ids: readonly string[],
): Promise<Map<string, Known>> {
  const { rows } = await sql<Known & { external_id: string }>`
    select m.external_id, m.conversation_id, c.contact_point_id from conversations.message m
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = m.conversation_id
    where m.workspace_id = ${workspaceId} and m.channel_id = ${channelId} and m.external_id = any(${[...new Set(ids)]})`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.external_id, row]));
}

/** Their newest word says where answers go. */
function noteReplyTo(
  { row, state }: Open,
  { direction, correspondent, apart }: IncomingMessage,
  points: ReadonlyMap<string, string>,
  at: Date,
): void {
  const theirs = direction === 'in' && points.get(pointKey(correspondent)) === row.contact_point_id;
  if (theirs && !(state.lastInAt && state.lastInAt > at))
    row.reply_to = correspondent.replyTo ?? (apart ? null : row.reply_to);
}

/** Where a message belongs: a conversation in which one stands that it answers, or what its thread is called. */
type Place = { conversationId: string } | { thread: string };

function threadsOf(
  fresh: readonly IncomingMessage[],
  known: ReadonlyMap<string, Known>,
  points: ReadonlyMap<string, string>,
): Map<string, Place> {
  const places = new Map<string, Place & { pointId: string }>();
  for (const { externalId, thread, answers, apart, correspondent } of fresh) {
    const pointId = points.get(pointKey(correspondent))!;
    const isOpen = (to: string | undefined) => to !== undefined && (!apart || to === pointId);
    const answered = (answers ?? []).find(
      (one) => isOpen(known.get(one)?.contact_point_id) || isOpen(places.get(one)?.pointId),
    );
    const there = answered === undefined ? undefined : known.get(answered);
    const beside = answered === undefined ? undefined : places.get(answered);
    const place: Place = there ? { conversationId: there.conversation_id } : (beside ?? { thread });
    places.set(externalId, { ...place, pointId });
  }
  return places;
}

const pointKey = ({ point }: Correspondent) => `${point.channel} ${point.address}`;

function pointsOf(secrets: Secrets, workspaceId: string, fresh: readonly IncomingMessage[]): Map<string, string> {
  return new Map(
    fresh.map(({ correspondent }) => [
      pointKey(correspondent),
      contactPointId(secrets, workspaceId, correspondent.point),
    ]),
  );
}

async function addPoints(
  tx: Tx,
  workspaceId: string,
  fresh: readonly IncomingMessage[],
  points: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = new Map(
    fresh.map(({ correspondent }) => [points.get(pointKey(correspondent))!, correspondent.point.channel]),
  );
  // In one order, so that two that bring the same do not wait for each other in a circle.
  const ids = [...rows.keys()].sort();
  await sql`
    insert into cards.contact_point (workspace_id, contact_point_id, channel)
    select ${workspaceId}, n.id, n.channel from unnest(${ids}::uuid[], ${ids.map((id) => rows.get(id)!)}::text[]) n (id, channel)
    on conflict do nothing`.execute(tx);
}

function newRow(
  message: IncomingMessage,
  thread: string,
  points: ReadonlyMap<string, string>,
  at: Date,
): ConversationRow {
  const { correspondent, subject } = message;
  return {
    conversation_id: newId(),
    thread: thread.slice(0, 500),
    contact_point_id: points.get(pointKey(correspondent))!,
    point_channel: correspondent.point.channel,
    address: correspondent.point.address,
    reply_to: correspondent.replyTo ?? null,
    claimed: correspondent.claimed ?? false,
    contact_name: correspondent.name.slice(0, 200),
    subject: (subject ?? '').slice(0, 500),
    status: 'open',
    last_at: at,
    last_in_at: null,
    opened_at: at,
    first_answer_at: null,
    waiting_since: null,
    closed_at: null,
  };
}

/** Makes the conversations of threads that have none, empty: whoever brings the same at once waits for us here, and finds ours. */
async function openThreads(
  tx: Tx,
  to: Receiver,
  fresh: readonly IncomingMessage[],
  places: ReadonlyMap<string, Place>,
  points: ReadonlyMap<string, string>,
  now: Date,
): Promise<void> {
  const rows = new Map<string, ConversationRow>();
  for (const message of fresh) {
    const place = places.get(message.externalId)!;
    if ('thread' in place && !rows.has(place.thread))
      rows.set(place.thread, newRow(message, place.thread, points, believed(message.at, now)));
  }
  await addConversations(
    tx,
    to,
    [...rows.values()].sort((a, b) => (a.thread < b.thread ? -1 : 1)),
  );
}

async function addConversations(
  tx: Tx,
  { workspaceId, channelId, channelNo }: Receiver,
  rows: readonly ConversationRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into conversations.conversation (workspace_id, conversation_id, channel_id, channel_no, thread, contact_point_id, point_channel,
      address, reply_to, claimed, contact_name, subject, status, last_at, opened_at, owner_id)
    select ${workspaceId}, n.conversation_id, ${channelId}, ${channelNo}, n.thread, n.contact_point_id, n.point_channel, n.address,
      n.reply_to, n.claimed, n.contact_name, n.subject, 'open', n.last_at, n.opened_at,
      (select ch.owner_id from conversations.channel ch where ch.workspace_id = ${workspaceId} and ch.channel_id = ${channelId})
    from jsonb_to_recordset(${toJsonb(rows)}::jsonb) n (conversation_id uuid, thread text, contact_point_id uuid, point_channel text,
      address text, reply_to text, claimed boolean, contact_name text, subject text, last_at timestamptz, opened_at timestamptz)
    on conflict do nothing`.execute(tx);
}

const opened = (row: ConversationRow): Open => ({
  row,
  last: null,
  state: {
    status: row.status,
    lastAt: row.last_at,
    lastInAt: row.last_in_at,
    openedAt: row.opened_at,
    firstAnswerAt: row.first_answer_at,
    waitingSince: row.waiting_since,
    closedAt: row.closed_at,
  },
});

/** The current conversations of threads, locked in one order until the end of the transaction. */
async function lockThreads(
  tx: Tx,
  { workspaceId, channelId }: Pick<Receiver, 'workspaceId' | 'channelId'>,
  threads: readonly string[],
): Promise<ConversationRow[]> {
  const { rows } = await sql<ConversationRow>`
    select conversation_id, thread, contact_point_id, point_channel, address, reply_to, claimed, contact_name, subject, status, last_at,
      last_in_at, opened_at, first_answer_at, waiting_since, closed_at
    from conversations.conversation
    where workspace_id = ${workspaceId} and channel_id = ${channelId} and thread = any(${threads}) and is_current
    order by conversation_id for update`.execute(tx);
  return rows;
}

/** The conversations concerned, by id and by thread, locked in one order until the end of the transaction. */
async function lockConversations(tx: Tx, { workspaceId, channelId }: Receiver, places: ReadonlyMap<string, Place>) {
  const all = [...places.values()];
  const threads = all.flatMap((place) => ('thread' in place ? [place.thread.slice(0, 500)] : []));
  const ids = all.flatMap((place) => ('conversationId' in place ? [place.conversationId] : []));
  const { rows: of } = await sql<{ conversation_id: string; thread: string }>`
    select conversation_id, thread from conversations.conversation
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])`.execute(tx);
  const rows = await lockThreads(tx, { workspaceId, channelId }, [...threads, ...of.map(({ thread }) => thread)]);
  return {
    byThread: new Map(rows.map((row) => [row.thread, opened(row)])),
    threadOf: new Map(of.map((row) => [row.conversation_id, row.thread])),
  };
}

/** The conversation that a message goes to; another one where the last was closed long ago. */
async function conversationFor(
  tx: Tx,
  to: Receiver,
  open: Awaited<ReturnType<typeof lockConversations>>,
  place: Place,
  message: IncomingMessage,
  points: ReadonlyMap<string, string>,
  at: Date,
): Promise<Open> {
  const thread = ('thread' in place ? place.thread : open.threadOf.get(place.conversationId)!).slice(0, 500);
  const current = open.byThread.get(thread);
  if (current && !(message.direction === 'in' && isOver(current.state, at))) return current;
  if (current)
    await sql`update conversations.conversation set is_current = false
      where workspace_id = ${to.workspaceId} and conversation_id = ${current.row.conversation_id}`.execute(tx);
  await addConversations(tx, to, [newRow(message, thread, points, at)]);
  // Ours, or that of whoever brought something at the same moment: their row was not there when we looked, and we have waited for it.
  const [row] = await lockThreads(tx, to, [thread]);
  if (!row) throw new Error('A thread has no current conversation.');
  const fresh = opened(row);
  open.byThread.set(thread, fresh);
  return fresh;
}

const clean = (text: string) => text.slice(0, mostCharacters).replaceAll('\u0000', '').toWellFormed();

async function addMessages(
  tx: Tx,
  { workspaceId, channelId, channelNo }: Receiver,
  taken: readonly Taken[],
): Promise<Set<string>> {
  const rows = taken.map((one) => ({
    message_id: one.messageId,
    conversation_id: one.conversation.row.conversation_id,
    kind: one.direction,
    author_name:
      one.correspondent.name !== one.conversation.row.contact_name
        ? clean(one.correspondent.name).slice(0, 200) || null
        : null,
    subject: one.subject ? clean(one.subject).slice(0, 500) : null,
    text: clean(one.text),
    quoted: one.quoted ? clean(one.quoted) : null,
    html: one.html ? makeHarmless(clean(one.html)) : null,
    external_id: one.externalId.slice(0, 500),
    sent_at: one.sentAt,
    state: one.direction === 'out' ? 'sent' : null,
    automatic: one.automatic ?? false,
    nature: one.nature ?? null,
    held: one.held ?? (one.seconds === undefined ? null : { seconds: Math.round(one.seconds) }),
    url: one.url ?? null,
    rating: one.rating ?? null,
    others: one.others?.length ? one.others.slice(0, 100) : null,
    words: wordsOf(
      one.subject,
      one.text,
      one.correspondent.name,
      one.correspondent.point.channel === 'visitor' ? '' : one.correspondent.point.address,
    ),
  }));
  const { rows: kept } = await sql<{ message_id: string }>`
    insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, shared_with, kind, author_name, subject,
      text, quoted, html, external_id, sent_at, state, automatic, nature, held, url, rating, others, words)
    select ${workspaceId}, n.conversation_id, n.message_id, ${channelId}, ${channelNo}, c.shared_with, n.kind, n.author_name, n.subject,
      n.text, n.quoted, n.html, n.external_id, n.sent_at, n.state, n.automatic, n.nature, n.held, n.url, n.rating, n.others,
      to_tsvector('simple', n.words)
    from jsonb_to_recordset(${toJsonb(rows)}::jsonb) n (message_id uuid, conversation_id uuid, kind text, author_name text, subject text,
      text text, quoted text, html text, external_id text, sent_at timestamptz, state text, automatic boolean, nature text, held jsonb, url text,
      rating jsonb, others text[], words text)
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = n.conversation_id
    on conflict do nothing returning message_id`.execute(tx);
  return new Set(kept.map((row) => row.message_id));
}

async function updateConversations(tx: Tx, { workspaceId }: Receiver, all: readonly Open[]): Promise<void> {
  const rows = all.map(({ row, state, last }) => ({
    conversation_id: row.conversation_id,
    status: state.status,
    last_at: state.lastAt,
    last_in_at: state.lastInAt,
    opened_at: state.openedAt,
    first_answer_at: state.firstAnswerAt,
    waiting_since: state.waitingSince,
    closed_at: state.closedAt,
    reply_to: row.reply_to,
    // What came late is not the last word.
    ...(last && state.lastAt && last.at >= state.lastAt ? { excerpt: excerptOf(last.text), last_kind: last.kind } : {}),
  }));
  await sql`
    update conversations.conversation c
    set status = n.status, snoozed_until = case when n.status = 'snoozed' then c.snoozed_until end, last_at = n.last_at,
      last_in_at = n.last_in_at, opened_at = n.opened_at, first_answer_at = n.first_answer_at, waiting_since = n.waiting_since,
      closed_at = n.closed_at, reply_to = n.reply_to, excerpt = coalesce(n.excerpt, c.excerpt), last_kind = coalesce(n.last_kind, c.last_kind)
    from jsonb_to_recordset(${toJsonb(rows)}::jsonb) n (conversation_id uuid, status text, last_at timestamptz, last_in_at timestamptz,
      opened_at timestamptz, first_answer_at timestamptz, waiting_since timestamptz, closed_at timestamptz, reply_to text, excerpt text,
      last_kind text)
    where c.workspace_id = ${workspaceId} and c.conversation_id = n.conversation_id`.execute(tx);
}

type News = Exclude<Incoming, { kind: 'message' }>;

/** What is said of a message that stands here, or of an address. @returns what it concerns; undefined: it is not here */
async function apply(
  tx: Tx,
  secrets: Secrets,
  to: Receiver,
  news: News,
  now: Date,
): Promise<{ conversation_id: string; message_id?: string } | undefined> {
  if (news.kind === 'moved') return applyMove(tx, secrets, to, news, now);
  const { rows } = await sql<{ conversation_id: string; message_id: string }>`
    update conversations.message m set ${changeOf(news)}
    where m.workspace_id = ${to.workspaceId} and m.channel_id = ${to.channelId} and m.external_id = ${news.externalId.slice(0, 500)}
    returning m.conversation_id, m.message_id`.execute(tx);
  if (rows[0] && (news.kind === 'edited' || news.kind === 'deleted'))
    await follow(tx, to, rows[0], news.kind === 'deleted');
  return rows[0];
}

/** What stands beside a message that says something else now, or nothing: its files, and the last word in lists. */
async function follow(
  tx: Tx,
  { workspaceId }: Pick<Receiver, 'workspaceId'>,
  { conversation_id, message_id }: { conversation_id: string; message_id: string },
  gone: boolean,
): Promise<void> {
  if (gone)
    await sql`delete from conversations.file where workspace_id = ${workspaceId} and conversation_id = ${conversation_id}
      and message_id = ${message_id}`.execute(tx);
  const { rows } = await sql<{ text: string }>`
    select left(text, 1000) as text from conversations.message
    where workspace_id = ${workspaceId} and conversation_id = ${conversation_id} and kind <> 'event'
    order by sent_at desc, message_id desc limit 1`.execute(tx);
  await sql`update conversations.conversation set excerpt = ${excerptOf(rows[0]?.text ?? '')}
    where workspace_id = ${workspaceId} and conversation_id = ${conversation_id}`.execute(tx);
}

function changeOf(news: Exclude<News, { kind: 'moved' }>) {
  switch (news.kind) {
    case 'edited': {
      const text = clean(news.text);
      // What was edited last stands, in whichever order it is told; what was taken back stays that.
      const newer = sql`m.deleted_at is null and coalesce(m.edited_at, '-infinity') <= ${news.at}`;
      return sql`text = case when ${newer} then ${text} else m.text end,
        html = case when ${newer} then ${news.html ? makeHarmless(clean(news.html)) : null}::text else m.html end,
        words = case when ${newer} then to_tsvector('simple', ${wordsOf(text)}) else m.words end,
        edited_at = greatest(m.edited_at, case when m.deleted_at is null then ${news.at}::timestamptz end)`;
    }
    case 'deleted':
      return sql`text = '', subject = null, html = null, quoted = null, words = null, reactions = null, others = null, url = null, rating = null,
        deleted_at = coalesce(m.deleted_at, ${news.at})`;
    case 'settled':
      // A message that was read is not delivered again, nor failed.
      return sql`state = case when array_position(${stages}::text[], m.state) < array_position(${stages}::text[], ${news.state}::text)
          then ${news.state} else m.state end,
        answer = case when ${news.state} = 'failed' and m.state in ('queued', 'sending', 'sent', 'in_doubt') then ${news.reason ?? null} else m.answer end`;
    case 'reacted':
      // Of a message that is gone nothing is written down, not even whose reaction it was.
      return sql`reactions = case when m.deleted_at is null then ${
        news.emoji === null
          ? sql`coalesce(m.reactions, '{}') - ${pointKey(news.correspondent)}::text`
          : sql`coalesce(m.reactions, '{}') || jsonb_build_object(${pointKey(news.correspondent)}::text, ${news.emoji.slice(0, 16)}::text)`
      } end`;
  }
}

const stages = ['cancelled', 'queued', 'sending', 'in_doubt', 'sent', 'failed', 'delivered', 'read'];

/** They have another address: what is current goes on there, and says so; their cards are for people to change. */
async function applyMove(
  tx: Tx,
  secrets: Secrets,
  to: Receiver,
  { from, at, ...move }: Extract<News, { kind: 'moved' }>,
  now: Date,
) {
  const [before, after] = [from, move.to].map((point) => contactPointId(secrets, to.workspaceId, point));
  await sql`insert into cards.contact_point (workspace_id, contact_point_id, channel)
    values (${to.workspaceId}, ${after}, ${move.to.channel}) on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ conversation_id: string }>`
    update conversations.conversation set contact_point_id = ${after}, point_channel = ${move.to.channel}, address = ${move.to.address},
      reply_to = null, thread = case when thread = ${from.address} and not exists (select from conversations.conversation o
          where o.workspace_id = ${to.workspaceId} and o.channel_id = ${to.channelId} and o.thread = ${move.to.address} and o.is_current)
        then ${move.to.address} else thread end
    where workspace_id = ${to.workspaceId} and channel_id = ${to.channelId} and contact_point_id = ${before} and is_current
    returning conversation_id`.execute(tx);
  for (const { conversation_id } of rows)
    await sql`insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, kind, text, sent_at, event)
      values (${to.workspaceId}, ${conversation_id}, ${newId()}, ${to.channelId}, ${to.channelNo}, 'event', '', ${believed(at, now)},
        ${toJsonb({ kind: 'moved', from: from.address, to: move.to.address })})`.execute(tx);
  return rows[0];
}

async function keepEarly(
  tx: Tx,
  { workspaceId, channelId }: Receiver,
  news: Exclude<News, { kind: 'moved' }>,
): Promise<void> {
  await sql`insert into conversations.early (workspace_id, channel_id, external_id, early_id, news, at)
    values (${workspaceId}, ${channelId}, ${news.externalId.slice(0, 500)}, ${newId()}, ${toJsonb(news)}, ${news.at})`.execute(
    tx,
  );
}

/** What was said of messages before they came, or before we knew under which id ours went. @returns the conversations concerned */
export async function applyEarly(
  tx: Tx,
  { workspaceId, channelId }: Pick<Receiver, 'workspaceId' | 'channelId'>,
  externalIds: readonly string[],
): Promise<string[]> {
  if (externalIds.length === 0) return [];
  const { rows } = await sql<{ news: Exclude<News, { kind: 'moved' }> }>`
    with gone as (delete from conversations.early where workspace_id = ${workspaceId} and channel_id = ${channelId}
      and external_id = any(${externalIds.map((one) => one.slice(0, 500))}) returning news, at)
    select news from gone order by at`.execute(tx);
  const touched: string[] = [];
  for (const { news } of rows) {
    const { rows: changed } = await sql<{ conversation_id: string; message_id: string }>`
      update conversations.message m set ${changeOf({ ...news, at: new Date(news.at) })}
      where m.workspace_id = ${workspaceId} and m.channel_id = ${channelId} and m.external_id = ${news.externalId.slice(0, 500)}
      returning m.conversation_id, m.message_id`.execute(tx);
    for (const one of changed) {
      touched.push(one.conversation_id);
      if (news.kind === 'edited' || news.kind === 'deleted')
        await follow(tx, { workspaceId }, one, news.kind === 'deleted');
    }
  }
  return touched;
}

/** Days that news wait for their message. */
const earlyDays = 7;

export async function forgetEarly(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from conversations.early where created_at < now() - make_interval(days => ${earlyDays})`.execute(tx);
}

/** The open pages of who tends the channel ask again. */
export async function tellAgents(
  tx: Tx,
  to: Pick<Receiver, 'workspaceId' | 'channelId'>,
  conversationIds: readonly string[],
): Promise<void> {
  if (conversationIds.length === 0) return;
  await announcingEach(to.workspaceId, listenersOf(to.workspaceId, conversationIds), 'conversations').execute(tx);
}

/** What a visitor's page waits for: something of its own, so that it is not told of what is among ourselves. */
export const visitorSubject = (conversationId: string): string => hashedId(`visitor of ${conversationId}`);

/** The pages of a visitor look again. */
export const tellVisitor = (tx: Tx, workspaceId: string, conversationId: string): Promise<void> =>
  announceSubject(tx, workspaceId, visitorSubject(conversationId));
