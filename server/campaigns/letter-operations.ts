import { nameCards } from '../cards/persons.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { askToPost, settlePosted, takeOut } from '../outreach/posting.ts';
import * as batches from './batches.ts';
import { handle } from './describing.ts';
import { callBackBatch } from './letters.ts';
import * as contracts from './letters-contract.ts';
import * as queries from './queries.ts';
import { queueRun } from './running.ts';

const at = (time: Date | null): string | null => time?.toISOString() ?? null;

/** A batch that goes in the caller's name. @throws AppError not_found for any other, whoever handles the campaign */
async function getOwn(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  { campaignId, batchId }: { campaignId: string; batchId: string },
  lock = false,
): Promise<batches.BatchRow> {
  const batch = await batches.findBatch(tx, actor.workspaceId, batchId);
  if (batch?.campaign_id !== campaignId || batch.sender_id !== actor.memberId) throw notFound();
  return lock ? (await batches.findBatch(tx, actor.workspaceId, batchId, true))! : batch;
}

/** The campaign may be over now. In the transaction of whoever has posted or called back. */
async function wake({ app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>, campaignId: string): Promise<void> {
  const row = await queries.findSending(tx, actor.workspaceId, campaignId, true);
  if (row?.state !== 'sending') return;
  const { state, problem } = row;
  const chain = await queries.setState(tx, actor.workspaceId, campaignId, { state, problem });
  await queueRun(app, tx, { workspaceId: actor.workspaceId, campaignId, chain });
}

/** The gate once more; where it lets all through, they are posted. */
async function post(context: Context, asked: { campaignId: string; batchId: string }) {
  const { tx, actor } = context;
  const batch = await getOwn(context, asked, true);
  if (batch.state !== 'ready') throw new AppError('conflict', { fields: { batch: batch.state } });
  const letters = await batches.listLetters(tx, actor.workspaceId, batch.batch_id);
  const ids = letters.map(({ message_id }) => message_id);
  const { free, refused } = await askToPost(tx, actor, ids);
  if (refused.length === 0) {
    await settlePosted(tx, actor, free);
    await batches.endBatch(tx, actor.workspaceId, batch.batch_id, 'posted', free.length);
    await wake(context, asked.campaignId);
    return { posted: free.length, takeOut: [], refused };
  }
  const out = new Set(refused.map(({ message }) => message.message_id));
  const gone = letters.filter(({ message_id }) => out.has(message_id));
  // Whom its sender sees no more has no name here: the pages tell which it is.
  const names = await nameCards(
    context,
    gone.map(({ card_id }) => card_id),
  );
  const takeOut = gone.map(({ card_id, first_page, pages }) => ({
    ...{ name: names.get(card_id) ?? '', firstPage: first_page ?? 0, pages: pages ?? 0 },
  }));
  return { posted: 0, takeOut, refused };
}

async function postAsked(context: OutsideContext, asked: { campaignId: string; batchId: string }) {
  const { refused, ...answer } = await context.asCaller((caller) => post(caller, asked));
  if (refused.length > 0) await context.asSystem('keeper', (tx) => takeOut(tx, context.actor, refused));
  return answer;
}

export const letterOperations: Operation[] = [
  implement(contracts.listBatches, async ({ campaignId }, context) => {
    await handle(context, campaignId);
    const rows = await batches.listBatches(context.tx, context.actor.workspaceId, campaignId);
    return {
      items: rows.map((row) => ({
        ...{
          id: row.batch_id,
          no: row.no,
          state: row.state,
          planned: row.planned,
          letters: row.letters,
          pages: row.pages,
        },
        ...{ madeAt: at(row.made_at), endedAt: at(row.ended_at) },
      })),
    };
  }),

  implementOutside(contracts.postBatch, (asked, context) => postAsked(context, asked)),

  implementOutside(contracts.callBackBatch, async (asked, context) => {
    await context.asCaller((caller) => getOwn(caller, asked));
    const calledBack = await context.asSystem('keeper', (tx) =>
      callBackBatch(tx, context.actor.workspaceId, asked.batchId),
    );
    await context.asCaller((caller) => wake(caller, asked.campaignId));
    if (calledBack === null) throw new AppError('conflict', { fields: { batch: 'not_ready' } });
    return { calledBack };
  }),
];
