import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { id, type Output } from '../kernel/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { enqueue } from '../kernel/jobs.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import type { Reason } from './contract.ts';
import { getOpportunity } from './finding.ts';
import * as contracts from './interview-contract.ts';
import * as interviews from './interviews.ts';

/**
 * What was said of an opportunity is heard anew, once this transaction stands: it was said, or the opportunity changed hands, was opened, removed.
 * In a queue of its own, so that whom it is no longer for does not read on while many messages are read.
 */
export const queueHearing = (app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string, opportunityId: string) =>
  app.enqueue(tx, {
    ...{ workspaceId, task: 'surveys.hearInterview', payload: { opportunityId } },
    queue: `interviews ${workspaceId}`,
  });

/** Of several opportunities that were changed in this transaction, those of which something was said are heard anew. */
export async function queueHearings(tx: Tx, actor: Actor, opportunityIds: readonly string[]): Promise<void> {
  for (const opportunityId of await interviews.listInterviewed(tx, actor, opportunityIds))
    await queueHearing({ enqueue }, tx, actor.workspaceId, opportunityId);
}

const byDay = z.tuple([z.iso.date(), id]);

async function describe({ tx, actor }: Context, opportunityId: string) {
  const row = await interviews.findInterview(tx, actor, opportunityId);
  return row ? { said: row.said, author: row.author, at: row.changed_at.toISOString() } : null;
}

function describeWords(row: interviews.WordsRow): Output<typeof contracts.listOutcomes>['items'][number] {
  return {
    ...{ id: row.opportunity_id, name: row.name, organization: row.organization_name, closedOn: row.closed_on },
    ...{ reasons: row.reasons as Reason[], note: row.outcome_note, said: row.said },
    value: row.currency ? { cents: Number(row.value_cents), currency: row.currency } : null,
  };
}

export const interviewOperations: Operation[] = [
  implement(contracts.getInterview, async ({ opportunityId }, context) => {
    await getOpportunity(context, opportunityId);
    return { interview: await describe(context, opportunityId) };
  }),

  implement(contracts.saveInterview, async ({ opportunityId, said }, context) => {
    const { app, tx, actor } = context;
    await getOpportunity(context, opportunityId);
    if (!(await interviews.keepInterview(tx, actor, opportunityId, said))) throw new AppError('conflict');
    await queueHearing(app, tx, actor.workspaceId, opportunityId);
    return { interview: (await describe(context, opportunityId))! };
  }),

  implement(contracts.countOutcomes, async (_input, { tx, actor }) => ({
    items: (await interviews.countReasons(tx, actor)).map((row) => ({ ...row, reason: row.reason as Reason | null })),
    totals: await interviews.countEnded(tx, actor),
  })),

  implement(contracts.listOutcomes, async ({ after, limit, ...which }, { tx, actor }) => {
    const rows = await interviews.listWords(tx, actor, which, after ? decodeCursor(after, byDay) : null, limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      items: shown.map(describeWords),
      next: last ? encodeCursor([last.closed_on, last.opportunity_id]) : null,
    };
  }),
];
