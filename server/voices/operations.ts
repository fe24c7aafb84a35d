import { z } from 'zod';
import { enterConversations, findConversation } from '../conversations/queries.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { findStandings } from '../opportunities/standing.ts';
import * as contracts from './contract.ts';
import * as elsewhere from './elsewhere.ts';
import { queueLearning, queueReadingAnew } from './jobs.ts';
import * as queries from './queries.ts';
import { proposeTopics } from './reading/proposals.ts';
import { findRise, readRises } from './rising.ts';
import { loadTopics, lockTopics, writeTopics } from './tree.ts';

const byTime = z.tuple([instant, id]);
const byDay = z.tuple([z.iso.date(), id]);
/** Messages shown of a proposal. */
const mostExamples = 3;

/** Puts the rows of the tally together: topics in the order of the tree, those without a message left out, and what fits none last. */
function boardOf(rows: readonly queries.BoardRow[], topics: readonly contracts.Topic[]): contracts.Board['rows'] {
  const cells = new Map<string, Map<string, contracts.Cell>>();
  for (const { topic_id, column, tone, count } of rows) {
    const row = cells.get(topic_id) ?? new Map<string, contracts.Cell>();
    const cell = row.get(column) ?? { column, negative: 0, neutral: 0, positive: 0, all: 0 };
    cell[tone === 'any' ? 'all' : tone] = count;
    cells.set(topic_id, row.set(column, cell));
  }
  const known = topics.map(({ id: topicId, name, parentId }) => ({ topicId, name, parentId }));
  return [...known, { topicId: contracts.noTopic, name: null, parentId: null }].flatMap((topic) => {
    const row = cells.get(topic.topicId);
    return row ? [{ ...topic, cells: [...row.values()] }] : [];
  });
}

const numbersOf = (channels: readonly { channel_no: number }[]): number[] =>
  channels.map(({ channel_no }) => channel_no);

/** What those said with whom it stands so by the opportunities that the viewer sees; the rest is the whole less that. */
async function boardByStanding(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  which: z.output<typeof contracts.getBoard.input>,
): Promise<contracts.Board> {
  const whole = await queries.readBoard(
    tx,
    actor,
    { ...which, by: 'channel' },
    numbersOf(await queries.listTended(tx, actor)),
  );
  const known = await queries.readBoardOf(tx, actor, which, await findStandings(tx, actor));
  const others = new Map<string, queries.BoardRow>();
  const add = ({ topic_id, tone, count }: queries.BoardRow, sign: 1 | -1) => {
    const key = `${topic_id} ${tone}`;
    const row = others.get(key) ?? { topic_id, column: 'other', tone, count: 0 };
    others.set(key, { ...row, count: row.count + sign * count });
  };
  for (const row of whole) add(row, 1);
  for (const row of known) add(row, -1);
  const rows = [...known, ...[...others.values()].filter(({ count }) => count > 0)];
  const present = new Set(rows.map(({ column }) => column));
  const columns = contracts.standingColumns.filter((key) => present.has(key)).map((key) => ({ key, name: '' }));
  return { columns, rows: boardOf(rows, await loadTopics(tx, actor.workspaceId)) };
}

/** The contact points of those with whom it stands so. */
async function spokenBy(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  standing: (typeof contracts.standingColumns)[number] | undefined,
): Promise<queries.Spoken | undefined> {
  if (!standing) return undefined;
  const known = await findStandings(tx, actor);
  const such = standing === 'other' ? known : known.filter((one) => one.standing === standing);
  return { pointIds: such.map(({ pointId }) => pointId), is: standing !== 'other' };
}

async function board(
  { tx, actor }: Context,
  which: z.output<typeof contracts.getBoard.input>,
): Promise<contracts.Board> {
  await enterConversations(tx);
  if (which.by === 'standing') return boardByStanding({ tx, actor }, which);
  const { by, ...rest } = which;
  const tended = await queries.listTended(tx, actor);
  const rows = await queries.readBoard(tx, actor, { ...rest, by }, numbersOf(tended));
  const present = new Set(rows.map(({ column }) => column));
  const columns =
    which.by === 'week'
      ? [...present].sort().map((key) => ({ key, name: '' }))
      : tended.flatMap(({ channel_id, name }) => (present.has(channel_id) ? [{ key: channel_id, name }] : []));
  return { columns, rows: boardOf(rows, await loadTopics(tx, actor.workspaceId)) };
}

/** Has a message read anew before the answer, and what is learnt follow. */
async function readAnew(
  { app, tx, actor, afterCommit }: Context,
  place: { conversationId: string; messageId: string },
) {
  const { workspaceId } = actor;
  const { conversationId, messageId } = place;
  const payload = { messages: [{ conversationId, messageId }] };
  const cause = await app.enqueue(tx, { workspaceId, task: 'voices.read', payload });
  await queueLearning(app, tx, workspaceId);
  afterCommit(() => app.runNow(workspaceId, cause, 'voices.read'));
}

export const voicesOperations: Operation[] = [
  implement(contracts.listTopics, async (_input, { tx, actor }) => ({
    items: await loadTopics(tx, actor.workspaceId),
  })),

  implement(contracts.saveTopic, async ({ topicId, ...said }, { app, tx, actor }) => {
    await lockTopics(tx, actor.workspaceId);
    const before = await loadTopics(tx, actor.workspaceId);
    const topic: contracts.Topic = { id: topicId, ...said };
    const after = before.some((one) => one.id === topicId)
      ? before.map((one) => (one.id === topicId ? topic : one))
      : [...before, topic];
    // Two levels: a topic under a topic that is under none.
    const parent = after.find((one) => one.id === said.parentId);
    if (
      said.parentId &&
      (!parent || parent.parentId || parent.id === topicId || after.some((one) => one.parentId === topicId))
    )
      throw new AppError('invalid_input', { fields: { parentId: 'unknown' } });
    if (after.filter(({ ended }) => !ended).length > contracts.mostTopics)
      throw new AppError('invalid_input', { fields: { topicId: 'too_many' } });
    await writeTopics(tx, actor.workspaceId, after);
    await queueLearning(app, tx, actor.workspaceId);
    await queueReadingAnew(app, tx, actor.workspaceId);
    return topic;
  }),

  implement(contracts.getBoard, (which, context) => board(context, which)),

  implement(contracts.listMessages, async ({ after, limit, standing, ...said }, { tx, actor }) => {
    await enterConversations(tx);
    const which = { ...said, by: await spokenBy({ tx, actor }, standing) };
    const found = await queries.listHeard(tx, actor, which, after ? decodeCursor(after, byTime) : null, limit + 1);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map((row) => ({
        conversationId: row.conversation_id,
        messageId: row.message_id,
        channel: { id: row.channel_id, kind: row.channel_kind, name: row.channel_name },
        contactName: row.contact_name,
        text: row.text,
        at: row.sent_at.toISOString(),
        tone: row.tone,
      })),
      next: last ? encodeCursor([last.cursor, last.message_id]) : null,
    };
  }),

  implement(contracts.countElsewhere, async ({ days }, { tx, actor }) => {
    const names = new Map((await loadTopics(tx, actor.workspaceId)).map(({ id: topicId, name }) => [topicId, name]));
    const byTopic = Map.groupBy(await elsewhere.countElsewhere(tx, actor, days), ({ topic_id }) => topic_id);
    const items = [...byTopic].map(([topicId, rows]) => ({
      ...{ topicId, name: names.get(topicId) ?? null },
      origins: rows.map(({ origin, voices, negative }) => ({ origin, voices, negative })),
    }));
    const sum = (one: contracts.ElsewhereTopic) => one.origins.reduce((all, { voices }) => all + voices, 0);
    return { items: items.sort((a, b) => sum(b) - sum(a)) };
  }),

  implement(contracts.listElsewhere, async ({ topicId, days, after, limit }, { tx, actor }) => {
    const cursor = after ? decodeCursor(after, byDay) : null;
    const rows = await elsewhere.listElsewhere(tx, actor, { topicId, days }, cursor, limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      items: shown.map((row) => ({
        ...{
          origin: row.origin,
          originId: row.origin_id,
          id: row.item_id,
          on: row.said_on,
          text: row.text,
          tone: row.tone,
        },
        value: row.value_cents === null ? null : { cents: Number(row.value_cents), currency: row.currency! },
      })),
      next: last ? encodeCursor([last.said_on, last.item_id]) : null,
    };
  }),

  implement(contracts.listReadings, async ({ conversationId }, { tx, actor }) => {
    await enterConversations(tx);
    if (!(await findConversation(tx, actor, conversationId))) throw notFound();
    const names = new Map((await loadTopics(tx, actor.workspaceId)).map(({ id: topicId, name }) => [topicId, name]));
    return {
      items: (await queries.listReadings(tx, actor, conversationId)).map(({ message_id, topics, ...reading }) => ({
        ...{ messageId: message_id, ...reading },
        topics: topics.flatMap(({ id: topicId, ...topic }) => {
          const name = names.get(topicId);
          return name ? [{ id: topicId, name, ...topic }] : [];
        }),
      })),
    };
  }),

  implement(contracts.correct, async ({ topicIds, ...said }, context) => {
    const { tx, actor } = context;
    await enterConversations(tx);
    const channelNo = await queries.findTendedChannel(tx, actor, said.conversationId, said.messageId);
    if (channelNo === undefined) throw notFound();
    const known = new Set((await loadTopics(tx, actor.workspaceId)).flatMap((one) => (one.ended ? [] : [one.id])));
    if (topicIds?.some((one) => !known.has(one)))
      throw new AppError('invalid_input', { fields: { topicIds: 'unknown' } });
    await queries.saveCorrection(tx, actor, { ...said, channelNo, topicIds: topicIds && [...new Set(topicIds)] });
    await readAnew(context, said);
    return {};
  }),

  implement(contracts.takeBack, async (place, context) => {
    const { tx, actor } = context;
    await enterConversations(tx);
    if (!(await queries.removeCorrection(tx, actor, place.conversationId, place.messageId))) throw notFound();
    await readAnew(context, place);
    return {};
  }),

  implement(contracts.listProposals, async (_input, { tx, actor }) => {
    await enterConversations(tx);
    const rows = await queries.listUnplaced(tx, actor);
    const dismissed = await queries.listDismissed(tx, actor);
    const texts = new Map(rows.map((row) => [row.message_id, row]));
    const proposals = proposeTopics(
      rows.map(({ message_id, contact_point_id, text }) => ({ id: message_id, sender: contact_point_id, text })),
    );
    return {
      items: proposals
        .filter(({ words }) => !dismissed.has(words[0]!))
        .map(({ words, messages, senders }) => ({
          ...{ words, people: senders, messages: messages.length },
          examples: messages.slice(0, mostExamples).map((messageId) => {
            const { conversation_id: conversationId, text } = texts.get(messageId)!;
            return { conversationId, messageId, text: text.slice(0, 300).toWellFormed() };
          }),
        })),
    };
  }),

  implement(contracts.dismissProposal, async ({ word }, { tx, actor }) => {
    await queries.addDismissed(tx, actor, word);
    return {};
  }),

  implement(contracts.listRises, async (_input, { tx, actor }) => {
    await enterConversations(tx);
    const names = new Map((await loadTopics(tx, actor.workspaceId)).map((topic) => [topic.id, topic.name]));
    const channels = new Map((await queries.listTended(tx, actor)).map((channel) => [channel.channel_no, channel]));
    return {
      items: (await readRises(tx, actor)).flatMap(({ topicId, channelNo, ...rise }) => {
        const channel = channels.get(channelNo);
        if (!channel) return [];
        const { channel_id, name } = channel;
        return [{ ...rise, topicId, name: names.get(topicId) ?? null, channel: { id: channel_id, name } }];
      }),
    };
  }),

  implement(contracts.getRise, async ({ riseId }, { tx, actor }) => {
    await enterConversations(tx);
    const row = await findRise(tx, actor, riseId);
    if (!row) throw notFound();
    const topic = (await loadTopics(tx, actor.workspaceId)).find((one) => one.id === row.topic_id);
    const { day, topic_id, count, expected, channel_id, channel } = row;
    const of = { topicId: topic_id, name: topic?.name ?? null, channel: { id: channel_id, name: channel } };
    return { day, count, expected, ...of };
  }),
];
