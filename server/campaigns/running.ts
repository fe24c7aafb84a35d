import { senderVariables } from '../content/index.ts';
import { isBeingSharedOut, listHunted } from '../hunting/index.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { callBackAll, cut, sortUncut } from '../letters/index.ts';
import { copyToAddress, mailContent } from '../outreach/members.ts';
import { findOpenWays } from '../outreach/people.ts';
import { countDueOf, dropPlansOf, takeBackOf } from '../outreach/planning.ts';
import { getPlannedCampaign, markBegun, markEnded, moveCampaignStep, type PlannedCampaign } from '../plan/index.ts';
import { findEverybody, isShown, type Looking } from '../segments/index.ts';
import { endChoice, giveChoice } from './choosing.ts';
import type { SendingProblem } from './contract.ts';
import { changedSince, findContents, isAgreed, waitsForChoice } from './describing.ts';
import * as queries from './queries.ts';
import { tally } from './results.ts';
import { fills, lotDue, lotOf, nextLotAt, numbersOf, roomAt } from './rules.ts';
import { isHeld } from './uplift.ts';
import { sharesOf, variantOf } from './variants.ts';
import { approvedOf, writeTo } from './writing.ts';

// A campaign that runs: its people are gathered, and some hundred after the other are written to, each in one transaction. Whatever breaks off leaves
// what was committed; the next job goes on from there.

/** People who are written to in one transaction. */
const atOnce = 250;
/** Milliseconds for which a job works before it makes room for others. */
const shift = 2000;
/** Messages that wait for nothing but their turn: no more are written until they have left. */
const mostDue = 1000;
/** Seconds until it is looked again whether all letters are posted. */
const letterPause = 60;
/** Messages that are taken back in one transaction. */
const backAtOnce = 500;

/** Whose turn it is to work on which campaign. */
export interface Turn {
  workspaceId: string;
  campaignId: string;
  chain: string;
}

const jobOf = ({ workspaceId, campaignId, chain }: Turn, seconds = 0) => ({
  ...{ workspaceId, task: 'campaigns.run', queue: `campaign ${campaignId}`, payload: { campaignId, chain } },
  ...(seconds > 0 ? { delaySeconds: Math.ceil(seconds) } : {}),
});

/** Has somebody work on a campaign, after so many seconds. */
export const queueRun = (app: Pick<App, 'enqueue'>, tx: Tx, turn: Turn, seconds = 0): Promise<string> =>
  app.enqueue(tx, jobOf(turn, seconds));

/** As whoever sends it. */
export const looking = (app: App, viewer: Actor): Looking => ({
  viewer,
  audience: { kind: 'member', id: viewer.memberId },
  asViewer: (work) => app.db.asActor(viewer, work),
  asKeeper: (work) => app.db.asSystem('keeper', work),
});

/** Works on a campaign for a while, and has the next job do so when there is more to do. */
export async function run(app: App, turn: Turn, signal: AbortSignal): Promise<void> {
  const row = await read(app, turn);
  if (!row) return;
  if (row.state === 'scheduled') await begin(app, turn, row);
  else if (row.state === 'gathering') await gather(app, turn, row);
  else if (row.state === 'sending') await write(app, turn, row, signal);
}

const queueTakeBack = (app: Pick<App, 'enqueue'>, tx: Tx, { workspaceId, campaignId }: Omit<Turn, 'chain'>) =>
  app.enqueue(tx, { workspaceId, task: 'campaigns.takeBack', payload: { campaignId } });

/** How it stands; undefined where somebody else's turn has come. */
async function read(app: App, { workspaceId, campaignId, chain }: Turn): Promise<queries.SendingRow | undefined> {
  const row = await app.db.asSystem('keeper', (tx) => queries.findSending(tx, workspaceId, campaignId));
  return row?.chain === chain ? row : undefined;
}

/** In one transaction what its turn has it do, as the keeper, while nobody else changes it. */
async function inTurn(app: App, turn: Turn, work: (tx: Tx, row: queries.SendingRow) => Promise<void>): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    const row = await queries.findSending(tx, turn.workspaceId, turn.campaignId, true);
    if (row?.chain === turn.chain) await work(tx, row);
  });
}

/** The product pauses it itself: somebody has to look. */
const giveUp = (app: App, turn: Turn, problem: SendingProblem) =>
  inTurn(app, turn, async (tx) => {
    await queries.setState(tx, turn.workspaceId, turn.campaignId, { state: 'paused', problem });
    // What has not left is taken back, as when somebody pauses it.
    await queueTakeBack(app, tx, turn);
  });

/** Its time has come: what was approved must still be what it is. */
async function begin(app: App, turn: Turn, row: queries.SendingRow): Promise<void> {
  const { workspaceId, campaignId } = turn;
  if (row.starts_at && row.starts_at > new Date())
    return inTurn(app, turn, async (tx) => {
      await queueRun(app, tx, turn, (row.starts_at!.getTime() - Date.now()) / 1000 + 1);
    });
  await inTurn(app, turn, async (tx, now) => {
    const keeper = { workspaceId, memberId: '' };
    const planned = await getPlannedCampaign(tx, keeper, campaignId);
    const contents = await findContents({ tx, actor: keeper }, now);
    const filter = await queries.findFilter(tx, workspaceId, campaignId);
    const same = changedSince(now, planned, contents, filter).length === 0;
    if (!planned.archived && planned.done.includes('approval') && same && isAgreed(now)) return startNow(app, tx, turn);
    await unschedule(tx, workspaceId, campaignId);
  });
}

/** From now on its people are gathered and written to. In the transaction of whoever starts it, or the keeper's. */
export async function startNow(app: Pick<App, 'enqueue'>, tx: Tx, { workspaceId, campaignId }: Omit<Turn, 'chain'>) {
  const chain = await queries.setState(tx, workspaceId, campaignId, { state: 'gathering' });
  await queueRun(app, tx, { workspaceId, campaignId, chain });
}

/** The people are those whom its sender sees in the segment at this moment; kept all together, or not at all. */
async function gather(app: App, turn: Turn, row: queries.SendingRow): Promise<void> {
  const { workspaceId, campaignId } = turn;
  const sender = { workspaceId, memberId: row.sender_id };
  const found = await orProblem(findEverybody(looking(app, sender), row.approved_segment_id!), {
    not_found: 'segment_gone',
  });
  if (typeof found === 'string') return giveUp(app, turn, found);
  const variables = await app.db.asActor(sender, (tx) => senderVariables(tx, sender));
  await inTurn(app, turn, async (tx) => {
    // Somebody has changed whom the segment finds since this was begun: it is to be approved anew.
    const filter = await queries.findFilter(tx, workspaceId, campaignId);
    if (row.approved_filter !== null && filter !== row.approved_filter) return unschedule(tx, workspaceId, campaignId);
    if (await isBeingSharedOut(tx, workspaceId, campaignId)) return void (await queueRun(app, tx, turn, 5));
    // Whom a colleague has on their list in a hunt of this campaign is theirs to write to, or to let go.
    const hunted = await listHunted(tx, workspaceId, campaignId, found);
    const people = found.filter((personId) => !hunted.has(personId));
    await queries.setRecipients(tx, workspaceId, { campaignId, authorId: row.sender_id }, people, {
      lot: (at) => lotOf(at, people.length, row.lots),
      held: (personId) => isHeld(campaignId, personId, row.holdout),
      variant: dealingOf(row),
    });
    const planned = await getPlannedCampaign(tx, sender, campaignId);
    const seeds = row.seeds.map(({ id }) => id);
    for (const approved of approvedOf(row)) {
      const content = { ...approved, variables };
      const copy = { kind: 'copy' as const, content, subject: planned.name };
      await mailContent(app, tx, workspaceId, seeds, copy);
      for (const address of row.seed_addresses)
        await copyToAddress(app, tx, workspaceId, address, { ...copy, locale: row.sender_locale as Locale });
    }
    await markBegun(tx, workspaceId, campaignId, new Date().toISOString().slice(0, 10), null);
    const chain = await queries.setState(tx, workspaceId, campaignId, {
      state: 'sending',
      problem: people.length === 0 ? 'nobody' : null,
    });
    await queueRun(app, tx, { ...turn, chain });
  });
}

/** Which variant is dealt to whom; none where there is one content. */
function dealingOf(row: queries.SendingRow): (personId: string) => number | null {
  if (row.variants.length === 0) return () => null;
  const shares = sharesOf(row.variants.map(({ share }) => share));
  return (personId) => variantOf(row.campaign_id, personId, shares, row.test_share);
}

/** What came, or which problem a certain error is. */
async function orProblem<T>(
  work: Promise<T>,
  of: Partial<Record<AppError['code'], SendingProblem>>,
): Promise<T | SendingProblem> {
  try {
    return await work;
  } catch (error) {
    const problem =
      error instanceof AppError ? { unauthenticated: 'sender_gone' as const, ...of }[error.code] : undefined;
    if (!problem) throw error;
    return problem;
  }
}

/** What a transaction came to. */
type Wrote =
  | { after: 'more' | 'over' }
  | { after: 'wait'; seconds: number }
  | { after: 'stop'; problem: SendingProblem };

/** Some hundred people after the other, until the shift is over or there is nothing to do for a while. */
async function write(app: App, turn: Turn, row: queries.SendingRow, signal: AbortSignal): Promise<void> {
  const sender = { workspaceId: turn.workspaceId, memberId: row.sender_id };
  const until = Date.now() + shift;
  let wrote: Wrote;
  do {
    signal.throwIfAborted();
    const done = await orProblem(
      app.db.asActor(sender, (tx) => writeSome(app, tx, sender, turn)),
      {},
    );
    wrote = typeof done === 'string' ? { after: 'stop', problem: done } : done;
  } while (wrote.after === 'more' && Date.now() < until);
  if (wrote.after === 'stop') return giveUp(app, turn, wrote.problem);
  if (wrote.after === 'over') return;
  // Whoever was to be written to has been: their letters are cut into batches.
  const pile = { ...turn, senderId: sender.memberId };
  const letters =
    row.way === 'letter' && wrote.after === 'wait' ? await app.db.asActor(sender, (tx) => sortUncut(tx, pile)) : [];
  await inTurn(app, turn, async (tx, now) => {
    if (now.state !== 'sending') return;
    await cut(app, tx, pile, letters);
    if (now.chosen_no !== null) await endChoice(tx, turn.workspaceId, now);
    const open = await queries.countOpen(tx, turn.workspaceId, turn.campaignId);
    if (open.waiting || open.unsettled) await queueRun(app, tx, turn, wrote.after === 'wait' ? wrote.seconds : 0);
    else await finish(tx, turn, now);
  });
}

/** What was approved still is: the step stands, and neither the purpose nor the segment is another. */
const isApproved = (row: queries.SendingRow, planned: PlannedCampaign): boolean =>
  planned.done.includes('approval') && changedSince(row, planned, new Map()).length === 0;

/** One transaction as the sender: some people are written to, and stand as such. */
async function writeSome(app: App, tx: Tx, sender: Actor, turn: Turn): Promise<Wrote> {
  const { workspaceId, campaignId } = turn;
  const row = await queries.findSending(tx, workspaceId, campaignId, true);
  if (row?.chain !== turn.chain || row.state !== 'sending') return { after: 'over' };
  const planned = await getPlannedCampaign(tx, sender, campaignId);
  if (planned.archived) return { after: 'stop', problem: 'archived' };
  if (!isApproved(row, planned)) return { after: 'stop', problem: 'not_approved' };
  if (!(await isShown(tx, sender, row.approved_segment_id!))) return { after: 'stop', problem: 'segment_gone' };
  if (!(await findOpenWays(tx, workspaceId)).has(row.way))
    return { after: 'stop', problem: row.way === 'email' ? 'no_mail_server' : 'no_channel' };
  const now = new Date();
  // Letters wait for each other: they are sorted together.
  const room = row.way === 'letter' || (await countDueOf(tx, workspaceId, campaignId)) < mostDue;
  const pace = { perHour: row.per_hour, lots: row.lots, overHours: row.over_hours };
  const most = room ? roomAt(pace, row.paced_until, now, atOnce) : 0;
  const due = lotDue(pace, row.started_at!, now);
  const dealt = waitsForChoice(row);
  const waiting = most > 0 ? await queries.takeWaiting(tx, workspaceId, campaignId, { lot: due, most, dealt }) : [];
  const written = await writeTo({ app, tx, actor: sender }, row, planned, waiting);
  const filled = fills(pace, row.paced_until, now, written);
  await queries.beat(tx, workspaceId, campaignId, filled ?? row.paced_until);
  if (waiting.length === most && most > 0 && pace.perHour === null) return { after: 'more' };
  const later = pace.perHour === null ? null : await queries.findNotBefore(tx, workspaceId, campaignId);
  // Some to whom one was dealt may wait for the morning.
  const over = dealt && most > 0 && waiting.length === 0 && due === row.lots - 1;
  const toChoose = over && (await queries.isDealtOut(tx, workspaceId, campaignId));
  if (toChoose) await giveChoice({ app, tx, actor: sender }, row, planned);
  return {
    after: 'wait',
    // Letters wait for people, who have it looked at when they have posted some.
    seconds:
      row.way === 'letter' && waiting.length === 0
        ? letterPause
        : toChoose
          ? 30
          : secondsUntil(now, room, [filled ?? row.paced_until, nextLotAt(pace, row.started_at!, due), later]),
  };
}

/** Until there is something to do again: room in the queue, the pace, the next lot, the morning; else it is looked now and then how the last messages fare. */
function secondsUntil(now: Date, room: boolean, until: readonly (Date | null)[]): number {
  if (!room) return 1;
  const times = until.flatMap((time) => (time && time > now ? [(time.getTime() - now.getTime()) / 1000] : []));
  return Math.min(30, ...times.map((seconds) => Math.max(1, seconds)), times.length > 0 ? 30 : 2);
}

/** Everybody has been written to, and every message come to an end: those in doubt wait for people. */
async function finish(tx: Tx, { workspaceId, campaignId }: Turn, row: queries.SendingRow): Promise<void> {
  await queries.setState(tx, workspaceId, campaignId, { state: 'done', problem: row.problem });
  await dropPlansOf(tx, workspaceId, campaignId);
  await sayEnded(tx, workspaceId, campaignId, row);
}

/** The plan says when it ended; what it brought in numbers, unless somebody has said so in words. */
async function sayEnded(tx: Tx, workspaceId: string, campaignId: string, row: queries.SendingRow): Promise<void> {
  const planned = await getPlannedCampaign(tx, { workspaceId, memberId: '' }, campaignId);
  const { sent, planned: people, refused, aside } = numbersOf(await tally(tx, workspaceId, campaignId));
  const t = translator(row.sender_locale as Locale);
  const brought = planned.brought || t('campaigns.brought', { sent, people, others: refused + aside });
  const day = new Date().toISOString().slice(0, 10);
  await markEnded(tx, workspaceId, campaignId, { day, spentCents: null, brought }, null);
}

/**
 * Of a campaign that is paused or stopped what has not left is taken back: who waits for it waits to be written to, or is written to no more. Done again it
 * changes nothing.
 */
export async function takeBack(app: App, workspaceId: string, campaignId: string): Promise<void> {
  const state = async (tx: Tx) => (await queries.findSending(tx, workspaceId, campaignId, true))?.state;
  for (let more = true; more; )
    more = await app.db.asSystem('keeper', async (tx) => {
      const now = await state(tx);
      if (now === 'draft') await dropPlansOf(tx, workspaceId, campaignId);
      if (now !== 'paused' && now !== 'stopped') return false;
      const ids = await takeBackOf(tx, workspaceId, campaignId, backAtOnce);
      await queries.takeBack(tx, workspaceId, campaignId, ids, now === 'paused' ? 'waiting' : 'stopped');
      return ids.length === backAtOnce;
    });
  for (let more = true; more; )
    more = await app.db.asSystem('keeper', async (tx) => {
      const row = await queries.findSending(tx, workspaceId, campaignId, true);
      if (row?.state !== 'stopped') return false;
      if ((await queries.stopWaiting(tx, workspaceId, campaignId, atOnce * 20)) > 0) return true;
      await dropPlansOf(tx, workspaceId, campaignId);
      await callBackAll(tx, workspaceId, campaignId);
      await queries.stopCalledBack(tx, workspaceId, campaignId);
      await endChoice(tx, workspaceId, row);
      if (row.started_at) await sayEnded(tx, workspaceId, campaignId, row);
      return false;
    });
}

/** Letters were posted, or called back: who was in the latter is written to no more, and the campaign may be over. As the keeper; done again it changes nothing. */
export async function followLetters(app: App, workspaceId: string, campaignId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    const row = await queries.findSending(tx, workspaceId, campaignId, true);
    if (!row) return;
    await queries.stopCalledBack(tx, workspaceId, campaignId);
    if (row.state !== 'sending') return;
    const { state, problem } = row;
    const chain = await queries.setState(tx, workspaceId, campaignId, { state, problem });
    await queueRun(app, tx, { workspaceId, campaignId, chain });
  });
}

/** What was approved and is another now is to be approved again: the step opens, and what was to begin does not. As the keeper; done again it changes nothing. */
export async function followChange(app: App, workspaceId: string, campaignId: string): Promise<void> {
  const cause = await app.db.asSystem('keeper', async (tx) => {
    const row = await queries.findSending(tx, workspaceId, campaignId, true);
    if (!row || row.approved_version === null || (row.state !== 'draft' && row.state !== 'scheduled')) return null;
    const keeper = { workspaceId, memberId: '' };
    const planned = await getPlannedCampaign(tx, keeper, campaignId);
    const contents = await findContents({ tx, actor: keeper }, row);
    const filter = await queries.findFilter(tx, workspaceId, campaignId);
    if (changedSince(row, planned, contents, filter).length === 0) return null;
    await queries.setApproved(tx, workspaceId, campaignId, null);
    if (row.state === 'scheduled') await unschedule(tx, workspaceId, campaignId);
    if (!planned.done.includes('approval') || planned.archived) return null;
    const moving = { app, tx, workspaceId, memberId: null, role: 'admin' as const };
    return moveCampaignStep(moving, campaignId, 'approval', false);
  });
  if (cause) await app.runNow(workspaceId, cause, 'plan.followTasks');
}

/** It does not begin by itself any more, and nobody is held back for it. As the keeper. */
async function unschedule(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  await queries.setState(tx, workspaceId, campaignId, { state: 'draft', startsAt: null });
  await dropPlansOf(tx, workspaceId, campaignId);
}

/** Works on campaigns that a crash, or a word that was lost, has left lying. */
export async function wake(app: App): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const { workspace_id: workspaceId, campaign_id: campaignId, state } of await queries.findForgotten(tx)) {
      const chain = await queries.setState(tx, workspaceId, campaignId, { state });
      await queueRun(app, tx, { workspaceId, campaignId, chain });
    }
    for (const { workspace_id: workspaceId, campaign_id: campaignId } of await queries.findLeftovers(tx))
      await queueTakeBack(app, tx, { workspaceId, campaignId });
  });
}
