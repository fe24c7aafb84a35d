import { z } from 'zod';
import type { AnyChannel } from '../conversations/channels/channel.ts';
import { nameAudiences } from '../conversations/queries.ts';
import { getMember } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { giveTask } from '../tasks/giving.ts';
import { updateTask } from '../tasks/queries.ts';
import { loadTopics } from '../voices/index.ts';
import * as answers from './answers.ts';
import { getCase, type Viewer } from './describing.ts';
import * as loop from './loop.ts';
import * as contracts from './loop-contract.ts';
import type { CaseRow } from './queries.ts';

const byTime = z.tuple([instant, id]);

const isAnswered = ({ rows }: loop.One): boolean => rows.some(({ answered }) => answered);
/** What is said of them: an answer that left, else the last thing that was done. */
const answerOf = ({ rows }: loop.One) =>
  rows.find(({ answered }) => answered) ?? rows.find(({ kind }) => kind !== null);
const placeOf = ({ rows, key }: loop.One) => [rows[0]!.said_at.toISOString(), key] as const;

async function describeRaised(viewer: Viewer, caseId: string, all: readonly loop.One[]): Promise<contracts.Raised[]> {
  const { tx, actor } = viewer;
  const colleagues = await loop.findColleagues(viewer, all);
  const names = await nameAudiences(tx, actor, [...colleagues.values()]);
  const points = all.flatMap(({ rows }) => rows.map(({ point_id }) => point_id));
  const reactions = await answers.listReactions(tx, actor, caseId, points);
  return all.map((one) => {
    const [last] = one.rows as [answers.RaisedRow];
    const { speaker, key } = one;
    const tie = colleagues.get(one);
    const colleagueId = tie ?? last.assignee_id;
    const said = new Map(
      reactions
        .filter(({ point_id }) => one.rows.some((row) => row.point_id === point_id))
        .map((r) => [r.message_id, r]),
    );
    return {
      key,
      person: speaker.personId ? { id: speaker.personId, name: speaker.name } : null,
      ...{ name: speaker.name, account: speaker.account, conversationId: last.conversation_id },
      channel: last.channel_id
        ? { id: last.channel_id, kind: last.channel_kind!, name: last.channel_name ?? '' }
        : null,
      ...{ text: last.text.toWellFormed(), at: last.said_at.toISOString(), tone: last.tone },
      colleague: colleagueId ? { id: colleagueId, name: names.get(colleagueId) ?? last.assignee ?? '' } : null,
      because: tie ? 'tie' : last.assignee_id ? 'assignee' : null,
      answer: describeAnswer(answerOf(one)),
      answered: isAnswered(one),
      reactions: [...said.values()].map(({ conversation_id, message_id, text, tone, sent_at }) => ({
        ...{ conversationId: conversation_id, messageId: message_id, text: text.toWellFormed(), tone },
        at: sent_at.toISOString(),
      })),
    };
  });
}

function describeAnswer(row: answers.RaisedRow | undefined): contracts.Raised['answer'] {
  if (!row?.kind || !row.member_id || !row.answered_at) return null;
  return {
    ...{ kind: row.kind, state: row.state, by: { id: row.member_id, name: row.member ?? '' } },
    to: row.to_id ? { id: row.to_id, name: row.to_name ?? '' } : null,
    ...{ text: row.answer_text, reason: row.reason, at: row.answered_at.toISOString() },
  };
}

type Wanted = Pick<z.output<typeof contracts.previewAnswers.input>, 'caseId' | 'texts' | 'byColleagues'>;

/** What each of these would be told, in the order in which they spoke. */
async function planAll(
  context: Viewer,
  channels: readonly AnyChannel[],
  { caseId, texts, byColleagues }: Wanted,
  keys: readonly string[],
) {
  const { tx, actor } = context;
  const all = await loop.findRaised(context, caseId, keys);
  const ties = await loop.findColleagues(context, all);
  const ids = all.map((one) => ties.get(one) ?? one.rows[0]!.assignee_id);
  const names = await nameAudiences(
    tx,
    actor,
    ids.flatMap((one) => one ?? []),
  );
  const plans: { one: loop.One; planned: contracts.Planned }[] = [];
  for (const [at, one] of all.entries()) {
    const colleagueId = byColleagues ? (ids[at] ?? null) : null;
    plans.push({ one, planned: await loop.plan(context, channels, one, { texts, colleagueId, names }) });
  }
  return plans;
}

type Sending = z.output<typeof contracts.sendAnswers.input>;
type Became = z.output<typeof contracts.sendAnswers.output>['items'][number]['became'];

/** The task of a colleague to whom so many were handed at once. */
interface Given {
  taskId: string;
  count: number;
}
interface Done {
  became: Became;
  handed?: Given & { ownerId: string };
}

/**
 * Answers one of them, in a transaction of their own, in which a colleague is told too: what fails for one fails for nobody else.
 * @param given by colleague, what was handed to them before
 */
async function sendOne(
  context: Context,
  channels: readonly AnyChannel[],
  wanted: Sending,
  { key, seen }: Sending['targets'][number],
  given: ReadonlyMap<string, Given>,
): Promise<Done> {
  const { tx, actor } = context;
  const row = await getCase(context, wanted.caseId);
  await answers.lockAnswer(tx, actor, wanted.caseId);
  const [found] = await planAll(context, channels, wanted, [key]);
  if (!found) throw notFound();
  const { one, planned } = found;
  if (isAnswered(one) && answerOf(one)!.kind !== 'not_answered') return { became: 'earlier' };
  if (planned.seen !== seen) return { became: 'newer' };
  // A colleague is handed the text as it was written: they fill it in as themselves.
  const text = planned.way === 'handed' ? wanted.texts[planned.language]! : planned.text;
  const became = await loop.carryOut(context, channels, row, one, { ...planned, text });
  if (became !== 'handed') return { became };
  const ownerId = planned.to!.id;
  return { became, handed: { ownerId, ...(await tellColleague(context, row, ownerId, given.get(ownerId))) } };
}

/** Tells a colleague whom they are to answer: one task, which counts them. */
async function tellColleague(context: Context, row: CaseRow, ownerId: string, before?: Given): Promise<Given> {
  const { tx, actor } = context;
  const topic = (await loadTopics(tx, actor.workspaceId)).find((one) => one.id === row.topic_id);
  const owner = await getMember(tx, { workspaceId: actor.workspaceId, memberId: ownerId });
  const locale = (owner?.locale ?? 'en') as Locale;
  const count = (before?.count ?? 0) + 1;
  const words = { topic: topic?.name[locale] ?? '', count };
  const title = translator(locale)('decisions.task.answer', words).slice(0, 300);
  const taskId = before?.taskId ?? newId();
  if (before) {
    await updateTask(tx, actor, taskId, { title });
    await announce(tx, actor.workspaceId, [ownerId, actor.memberId], 'tasks');
  } else await giveTask(context, { task_id: taskId, title, note: null, owner_id: ownerId });
  return { taskId, count };
}

/** What becomes of one who cannot be answered as was planned. @throws what is no fault of theirs */
function becameOf(error: unknown): Done {
  const code = error instanceof AppError ? error.code : null;
  if (code === 'conflict') return { became: 'newer' };
  if (code === 'too_many_requests' || code === 'not_found' || code === 'forbidden') return { became: 'refused' };
  throw error;
}

export const loopOperations = (channels: readonly AnyChannel[]): Operation[] => [
  implement(contracts.listRaised, async ({ caseId, which, after, limit }, context) => {
    await getCase(context, caseId);
    const cursor = after ? decodeCursor(after, byTime) : null;
    const all = (await loop.findRaised(context, caseId))
      .filter((one) => which === 'all' || isAnswered(one) === (which === 'answered'))
      .filter((one) => !cursor || placeOf(one) < cursor)
      .slice(0, limit + 1);
    const page = all.slice(0, limit);
    const last = all.length > limit ? page.at(-1) : undefined;
    return {
      items: await describeRaised(context, caseId, page),
      next: last ? encodeCursor([...placeOf(last)]) : null,
    };
  }),

  implement(contracts.previewAnswers, async ({ keys, ...wanted }, context) => {
    await getCase(context, wanted.caseId);
    await loop.checkTexts(wanted.texts);
    const plans = await planAll(context, channels, wanted, keys);
    return { items: plans.map(({ planned }) => planned) };
  }),

  implementOutside(contracts.sendAnswers, async (wanted, { asCaller }) => {
    await loop.checkTexts(wanted.texts);
    await asCaller((context) => getCase(context, wanted.caseId));
    const items: z.output<typeof contracts.sendAnswers.output>['items'] = [];
    const given = new Map<string, Given>();
    for (const target of wanted.targets) {
      const { became, handed } = await asCaller((context) => sendOne(context, channels, wanted, target, given)).catch(
        becameOf,
      );
      items.push({ key: target.key, became });
      if (handed) given.set(handed.ownerId, handed);
    }
    return { items };
  }),

  implement(contracts.leaveUnanswered, async ({ caseId, key, reason }, context) => {
    const { tx, actor } = context;
    await getCase(context, caseId);
    await answers.lockAnswer(tx, actor, caseId);
    const [one] = await loop.findRaised(context, caseId, [key]);
    if (!one) throw notFound();
    if (isAnswered(one) && answerOf(one)!.kind !== 'not_answered') throw new AppError('conflict');
    await answers.keepAnswer(tx, actor, caseId, one.rows, { kind: 'not_answered', reason });
    return {};
  }),
];
