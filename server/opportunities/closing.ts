import type { z } from 'zod';
import { getMember } from '../identity/queries.ts';
import { AppError } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { giveTask } from '../tasks/giving.ts';
import { deleteTask, findTask } from '../tasks/queries.ts';
import * as contracts from './contract.ts';
import { describeOpportunity } from './describing.ts';
import { cardFor, getOpportunity, today } from './finding.ts';
import { queueHearing } from './interviewing.ts';
import * as queries from './queries.ts';
import { monthsAfter } from './rules.ts';

type Word = NonNullable<z.output<typeof contracts.closeOpportunity.input>['word']>;

/** Whether the owner has a word ahead of them already, from the last time it was lost. */
async function hasWordAhead({ tx, actor }: Context, row: queries.OpportunityRow): Promise<boolean> {
  if (row.word_task_id === null || row.word_due_on === null || row.word_due_on < today()) return false;
  const task = await findTask(tx, actor, row.word_task_id);
  return !task || task.done_at === null;
}

/**
 * Gives the owner the task of an informal word with those whom the lost opportunity was about, so that they stay people. In the transaction of the
 * loss: none is made twice, and none without it. It names the opportunity, not the person, whom the owner may not be able to see.
 */
async function planWord(context: Context, row: queries.OpportunityRow, { months, personId }: Word) {
  const { tx, actor } = context;
  const card = personId === undefined ? null : await cardFor(context, personId);
  const owner = await getMember(tx, { workspaceId: actor.workspaceId, memberId: row.owner_id });
  const t = translator((owner?.locale ?? 'en') as Locale);
  const [taskId, dueOn] = [newId(), monthsAfter(today(), months)];
  await giveTask(context, {
    task_id: taskId,
    title: t('opportunities.word.task', { name: row.name }).slice(0, 300),
    note: t('opportunities.word.note'),
    // Of who is not here any more nobody would be reminded.
    owner_id: owner?.status === 'active' ? row.owner_id : actor.memberId,
    card_id: card?.card_id ?? null,
    due_on: dueOn,
    remind_at: `${dueOn}T08:00:00.000Z`,
  });
  return { word_task_id: taskId, word_due_on: dueOn };
}

export const closingOperations: Operation[] = [
  implement(contracts.closeOpportunity, async (input, context) => {
    const { opportunityId, version, outcome, note } = input;
    const { tx, actor } = context;
    const before = await getOpportunity(context, opportunityId);
    if (before.version !== version || before.outcome !== null) throw new AppError('conflict');
    const known: readonly string[] = contracts.reasons[outcome];
    const reasons = [...new Set(input.reasons)];
    if (!reasons.every((reason) => known.includes(reason)))
      throw new AppError('invalid_input', { fields: { reasons: 'unknown' } });
    const closedOn = input.closedOn ?? (today() < before.opened_on ? before.opened_on : today());
    if (closedOn < before.opened_on) throw new AppError('invalid_input', { fields: { closedOn: 'reversed' } });
    const planned = outcome === 'lost' && input.word && !(await hasWordAhead(context, before));
    const closed = { outcome, closed_on: closedOn, reasons, outcome_note: note };
    // First: of two clicks at once the second waits here, and is refused.
    await queries.updateOpportunity(tx, actor, before, closed);
    await queries.addMoves(tx, actor, [{ of: before, kind: outcome, from: before.stage_id, reasons, note }]);
    // Closed once more, what was said the last time is heard again.
    await queueHearing(context.app, tx, actor.workspaceId, opportunityId);
    if (planned) {
      const word = await planWord(context, before, input.word!);
      await queries.updateOpportunity(tx, actor, { opportunity_id: opportunityId, version: version + 1 }, word);
    }
    return describeOpportunity(context, opportunityId);
  }),

  implement(contracts.reopenOpportunity, async ({ opportunityId, version }, context) => {
    const { tx, actor } = context;
    const before = await getOpportunity(context, opportunityId);
    if (before.version !== version || before.outcome === null) throw new AppError('conflict');
    // What I gave by mistake goes with it; what somebody else gave is their owner's.
    const withdrawn = before.word_task_id !== null && (await withdrawWord(context, before.word_task_id));
    await queries.updateOpportunity(tx, actor, before, {
      ...{ outcome: null, closed_on: null, reasons: [], outcome_note: '' },
      ...(withdrawn ? { word_task_id: null, word_due_on: null } : {}),
    });
    await queries.addMoves(tx, actor, [{ of: before, kind: 'reopened', to: before.stage_id }]);
    await queueHearing(context.app, tx, actor.workspaceId, opportunityId);
    return describeOpportunity(context, opportunityId);
  }),
];

/** @returns whether the task was the actor's to take back, and still to be done */
async function withdrawWord({ tx, actor }: Context, taskId: string): Promise<boolean> {
  const task = await findTask(tx, actor, taskId);
  return task?.done_at === null && (await deleteTask(tx, actor, taskId));
}
