import { z } from 'zod';
import { enterConversations } from '../conversations/queries.ts';
import { getMember } from '../identity/queries.ts';
import { id, instant } from '../kernel/contract.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { giveTask } from '../tasks/giving.ts';
import { findTask, updateTask } from '../tasks/queries.ts';
import { loadTopics } from '../voices/index.ts';
import * as contracts from './contract.ts';
import { describeCase, describeCases, describeQuotes, getCase, speakersOf } from './describing.ts';
import * as queries from './queries.ts';

const byTime = z.tuple([instant, id]);

/** The owner's task, with a reminder on its day; the one before it, where it is the actor's to end, is done. */
async function remind(context: Context, row: queries.CaseRow, said: z.output<typeof contracts.decide.input>) {
  const { tx, actor } = context;
  const before = row.task_id ? await findTask(tx, actor, row.task_id) : undefined;
  if (before && before.done_at === null)
    await updateTask(tx, actor, before.task_id, { done_at: new Date(), done_by: actor.memberId });
  if (said.outcome === 'done' || said.outcome === 'will_not_do') return null;
  const owner = await getMember(tx, { workspaceId: actor.workspaceId, memberId: said.ownerId });
  const locale = (owner?.locale ?? 'en') as Locale;
  const topic = (await loadTopics(tx, actor.workspaceId)).find((one) => one.id === row.topic_id);
  const taskId = newId();
  await giveTask(context, {
    task_id: taskId,
    title: translator(locale)(`decisions.task.${said.outcome}`, { topic: topic?.name[locale] ?? '' }).slice(0, 300),
    note: said.words.slice(0, 5000) || null,
    owner_id: said.ownerId,
    due_on: said.dueOn,
    remind_at: said.dueOn ? `${said.dueOn}T08:00:00.000Z` : null,
  });
  return taskId;
}

async function decide(context: Context, said: z.output<typeof contracts.decide.input>): Promise<void> {
  const { tx, actor } = context;
  const { caseId, version, outcome, words, ownerId, dueOn } = said;
  const row = await getCase(context, caseId);
  if (!row.may_decide) throw new AppError('forbidden');
  const owner = await getMember(tx, { workspaceId: actor.workspaceId, memberId: ownerId });
  if (owner?.status !== 'active') throw new AppError('invalid_input', { fields: { ownerId: 'unknown' } });
  // What was said since on a topic that is open again stands in its own case.
  const reopens = row.settled_at !== null && outcome !== 'done' && outcome !== 'will_not_do';
  if (row.version !== version || (reopens && (await queries.findOpen(tx, actor.workspaceId, row.topic_id))))
    throw new AppError('conflict');
  const task_id = await remind(context, row, said);
  if (
    !(await queries.decide(tx, actor, caseId, version, { outcome, words, owner_id: ownerId, due_on: dueOn, task_id }))
  )
    throw new AppError('conflict');
  await queries.addStep(tx, actor.workspaceId, caseId, 'decided', actor.memberId, {
    ...{ outcome, words, ownerId },
    ...(dueOn ? { dueOn } : {}),
  });
}

/** A case with what the keeper alone may count: whether anybody is left unanswered. */
export async function readCase({ actor, asCaller, asSystem }: OutsideContext, caseId: string) {
  const found = await asCaller(async (context) => describeCase(context, await getCase(context, caseId)));
  const allAnswered = await asSystem('keeper', (tx) => queries.isAllAnswered(tx, actor.workspaceId, caseId));
  return { ...found, allAnswered };
}

const thresholds: Operation[] = [
  implement(contracts.listThresholds, async (_input, { tx, actor }) => {
    const said = await queries.listThresholds(tx, actor.workspaceId);
    return {
      usual: said.get(contracts.allOthers) ?? contracts.usualThreshold,
      items: (await loadTopics(tx, actor.workspaceId))
        .filter(({ ended }) => !ended)
        .map(({ id: topicId, name }) => ({ topicId, name, own: said.get(topicId) ?? null })),
    };
  }),

  implement(contracts.setThreshold, async ({ topicId, threshold }, { app, tx, actor }) => {
    const { workspaceId } = actor;
    const known = (await loadTopics(tx, workspaceId)).map((topic) => topic.id);
    if (topicId !== contracts.allOthers && !known.includes(topicId)) throw notFound();
    if (threshold?.teamId && !(await queries.findTeam(tx, actor, threshold.teamId)))
      throw new AppError('invalid_input', { fields: { teamId: 'unknown' } });
    await queries.setThreshold(tx, actor, topicId, threshold);
    const topicIds = topicId === contracts.allOthers ? known : [topicId];
    await app.enqueue(tx, {
      ...{ workspaceId, task: 'decisions.consider', payload: { topicIds } },
      queue: `decisions ${workspaceId}`,
    });
    return {};
  }),
];

export const decisionsOperations: Operation[] = [
  ...thresholds,

  implement(contracts.listCases, async ({ state, after, limit }, context) => {
    const { tx, actor } = context;
    await enterConversations(tx);
    const rows = await queries.listCases(tx, actor, state, after ? decodeCursor(after, byTime) : null, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: await describeCases(context, rows.slice(0, limit)),
      next: last ? encodeCursor([last.cursor, last.case_id]) : null,
    };
  }),

  implementOutside(contracts.getCase, ({ caseId }, context) => readCase(context, caseId)),

  implementOutside(contracts.decide, async (said, context) => {
    await context.asCaller((inside) => decide(inside, said));
    return readCase(context, said.caseId);
  }),

  implement(contracts.listQuotes, async ({ caseId, after, limit }, context) => {
    const { tx, actor } = context;
    await getCase(context, caseId);
    const rows = await queries.listEvidence(tx, actor, caseId, after ? decodeCursor(after, byTime) : null, limit + 1);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      items: describeQuotes(page, await speakersOf(context, page)),
      next: last ? encodeCursor([last.cursor, last.voice_id]) : null,
    };
  }),

  implement(contracts.setConsent, async ({ caseId, voiceId, agreed }, context) => {
    const { tx, actor } = context;
    await getCase(context, caseId);
    const [quote] = await queries.listEvidence(tx, actor, caseId, null, 1, [voiceId]);
    // What was reported says for itself whether it may be quoted.
    if (!quote?.contact_point_id || quote.channel_no === null) throw notFound();
    await queries.setConsent(tx, actor, quote.contact_point_id, quote.channel_no, agreed);
    return {};
  }),
];
