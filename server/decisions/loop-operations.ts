import { z } from 'zod';
import type { AnyChannel } from '../conversations/channels/channel.ts';
import { nameAudiences } from '../conversations/queries.ts';
import { getMember } from '../identity/queries.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { giveTask } from '../tasks/giving.ts';
import { loadTopics } from '../voices/index.ts';
import * as answers from './answers.ts';
import { getCase, type Viewer } from './describing.ts';
import * as loop from './loop.ts';
import * as contracts from './loop-contract.ts';

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

/** Answers one of them, in a transaction of their own: what fails for one fails for nobody else. */
async function sendOne(
  context: Context,
  channels: readonly AnyChannel[],
  wanted: Sending,
  { key, seen }: Sending['targets'][number],
): Promise<{ became: z.output<typeof contracts.sendAnswers.output>['items'][number]['became']; to?: string }> {
  const { tx, actor } = context;
  const row = await getCase(context, wanted.caseId);
  await answers.lockAnswer(tx, actor, wanted.caseId);
  const [found] = await planAll(context, channels, wanted, [key]);
  if (!found) throw notFound();
  const { one, planned } = found;
  if (isAnswered(one) && answerOf(one)!.kind !== 'not_answered') return { became: 'earlier' };
  // A colleague is handed the text as it was written: they fill it in as themselves.
  const text = planned.way === 'handed' ? wanted.texts[planned.language]! : planned.text;
  const became = await loop.carryOut(context, channels, row, one, { ...planned, text }, seen);
  return { became, ...(became === 'handed' ? { to: planned.to!.id } : {}) };
}

/** Tells colleagues what was handed to them: a task each. */
async function tellColleagues(context: Context, caseId: string, to: readonly string[]): Promise<void> {
  const { tx, actor } = context;
  const row = await getCase(context, caseId);
  const topic = (await loadTopics(tx, actor.workspaceId)).find((one) => one.id === row.topic_id);
  for (const [ownerId, group] of Map.groupBy(to, (one) => one)) {
    const owner = await getMember(tx, { workspaceId: actor.workspaceId, memberId: ownerId });
    const locale = (owner?.locale ?? 'en') as Locale;
    const title = translator(locale)('decisions.task.answer', {
      topic: topic?.name[locale] ?? '',
      count: group.length,
    });
    await giveTask(context, { task_id: newId(), title: title.slice(0, 300), note: null, owner_id: ownerId });
  }
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
    const items: z.output<typeof contracts.sendAnswers.output>['items'] = [];
    const handed: string[] = [];
    for (const target of wanted.targets) {
      const { became, to } = await asCaller((context) => sendOne(context, channels, wanted, target)).catch(
        (error: unknown): Awaited<ReturnType<typeof sendOne>> => {
          if (error instanceof AppError && error.code === 'conflict') return { became: 'newer' };
          if (error instanceof AppError && error.code === 'too_many_requests') return { became: 'refused' };
          throw error;
        },
      );
      items.push({ key: target.key, became });
      if (to) handed.push(to);
    }
    if (handed.length > 0) await asCaller((context) => tellColleagues(context, wanted.caseId, handed));
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
