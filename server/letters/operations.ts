import { nameCards } from '../cards/persons.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { askToPost, settlePosted, takeOut } from '../outreach/posting.ts';
import { getPlannedCampaign } from '../plan/index.ts';
import * as contracts from './contract.ts';
import { callBackBatch, makePile, queueFollowing, unmakeBatch } from './making.ts';
import * as queries from './queries.ts';

const at = (time: Date | null): string | null => time?.toISOString() ?? null;

/** Seconds until the worker takes up what the request does itself after its commit. */
const ownTime = 20;

interface OfBatch {
  campaignId: string;
  batchId: string;
}

/** A batch that goes in the caller's name. @throws AppError not_found for any other, whoever handles the campaign */
async function getOwn(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  { campaignId, batchId }: OfBatch,
  lock = false,
): Promise<queries.BatchRow> {
  const batch = await queries.findBatch(tx, actor.workspaceId, batchId);
  if (batch?.campaign_id !== campaignId || batch.sender_id !== actor.memberId) throw notFound();
  return lock ? (await queries.findBatch(tx, actor.workspaceId, batchId, true))! : batch;
}

/** Numbers are for planners, whoever answers for it, and in whose name letters go. @throws AppError not_found, forbidden */
async function listBatches({ tx, actor, role }: Context, campaignId: string) {
  const planned = await getPlannedCampaign(tx, actor, campaignId);
  const rows = await queries.listBatches(tx, actor.workspaceId, campaignId);
  const pile = { workspaceId: actor.workspaceId, campaignId, senderId: actor.memberId };
  const since = await queries.findPile(tx, pile);
  const me = actor.memberId;
  const handles = planned.programme.ownerId === me || planned.responsibleIds.includes(me);
  const mine = since !== undefined || rows.some(({ sender_id }) => sender_id === me);
  if (role !== 'admin' && role !== 'marketing' && !handles && !mine) throw new AppError('forbidden');
  return {
    items: rows.map((row) => ({
      ...{ id: row.batch_id, no: row.no, state: row.state, mine: row.sender_id === me },
      ...{ planned: row.planned, letters: row.letters, pages: row.pages },
      ...{ madeAt: at(row.made_at), endedAt: at(row.ended_at) },
    })),
    waiting: since ? { letters: (await queries.listUncut(tx, pile)).length, since: since.toISOString() } : null,
  };
}

/** The campaign may be over now: it is looked at before the answer. */
async function follow({ app, tx, actor, afterCommit }: Context, campaignId: string): Promise<void> {
  const cause = await queueFollowing(app, tx, actor.workspaceId, campaignId, ownTime);
  afterCommit((whole) => whole.runNow(actor.workspaceId, cause, 'campaigns.followLetters'));
}

/** The gate once more; where it lets all through that are not taken out, they are posted. */
async function post(context: Context, asked: OfBatch & { takenOut: readonly number[] }) {
  const { tx, actor } = context;
  const batch = await getOwn(context, asked, true);
  if (batch.state !== 'ready') throw new AppError('conflict', { fields: { batch: batch.state } });
  const letters = (await queries.listLetters(tx, actor.workspaceId, batch.batch_id)).filter(
    ({ first_page }) => first_page !== null,
  );
  const ids = letters.map(({ message_id }) => message_id);
  const { free, refused } = await askToPost(tx, actor, ids);
  const may = new Set(free.map(({ message }) => message.message_id));
  const out = new Set(asked.takenOut);
  // Told and lost on the way, it is told again: nothing is posted before somebody has said that these lie aside.
  const gone = letters.filter(({ message_id, first_page }) => !may.has(message_id) && !out.has(first_page!));
  if (gone.length === 0) {
    await settlePosted(tx, actor, free);
    await queries.endBatch(tx, actor.workspaceId, batch.batch_id, 'posted', free.length);
    await follow(context, asked.campaignId);
    return { posted: free.length, takeOut: [], refused };
  }
  // Whom its sender sees no more has no name here: the pages tell which it is.
  const names = await nameCards(
    context,
    gone.map(({ card_id }) => card_id),
  );
  const toTake = gone.map(({ card_id, first_page, pages }) => ({
    ...{ name: names.get(card_id) ?? '', firstPage: first_page!, pages: pages ?? 0 },
  }));
  return { posted: 0, takeOut: toTake, refused };
}

async function postAsked(context: OutsideContext, asked: OfBatch & { takenOut: readonly number[] }) {
  const { refused, ...answer } = await context.asCaller((caller) => post(caller, asked));
  if (refused.length > 0) await context.asSystem('keeper', (tx) => takeOut(tx, context.actor, refused));
  return answer;
}

async function callBackAsked(context: OutsideContext, asked: OfBatch) {
  await context.asCaller((caller) => getOwn(caller, asked));
  const calledBack = await context.asSystem('keeper', (tx) =>
    callBackBatch(tx, context.actor.workspaceId, asked.batchId),
  );
  await context.asCaller((caller) => follow(caller, asked.campaignId));
  if (calledBack === null) throw new AppError('conflict', { fields: { batch: 'not_ready' } });
  return { calledBack };
}

async function makeAnew(context: OutsideContext, asked: OfBatch) {
  await context.asCaller((caller) => getOwn(caller, asked));
  const { app, actor } = context;
  const begun = await context.asSystem('keeper', (tx) => unmakeBatch(app, tx, actor.workspaceId, asked.batchId));
  if (!begun) throw new AppError('conflict', { fields: { batch: 'not_ready' } });
  return {};
}

export const lettersOperations: Operation[] = [
  implement(contracts.listBatches, ({ campaignId }, context) => listBatches(context, campaignId)),

  implement(contracts.makeBatches, async ({ campaignId }, { app, tx, actor }) => {
    await getPlannedCampaign(tx, actor, campaignId);
    const pile = { workspaceId: actor.workspaceId, campaignId, senderId: actor.memberId };
    const letters = await makePile(app, tx, pile);
    if (letters === null) throw new AppError('conflict', { fields: { letters: 'none' } });
    return { letters };
  }),

  implementOutside(contracts.postBatch, (asked, context) => postAsked(context, asked)),
  implementOutside(contracts.makeAnew, (asked, context) => makeAnew(context, asked)),
  implementOutside(contracts.callBackBatch, (asked, context) => callBackAsked(context, asked)),
];
