import { z } from 'zod';
import { nameCards } from '../cards/persons.ts';
import { findBriefly, type Kind, sealContent, senderVariables } from '../content/index.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { AppError } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import { decodeCursor, encodeCursor } from '../kernel/paging.ts';
import { mailContent } from '../outreach/members.ts';
import { findOpenWays } from '../outreach/people.ts';
import { ways } from '../outreach/ways-contract.ts';
import { listServing, moveCampaignStep } from '../plan/index.ts';
import type { Looking } from '../segments/index.ts';
import { listBrought } from './brought.ts';
import * as brought from './brought-contract.ts';
import { compareVariants, watchedUntil } from './choosing.ts';
import * as contracts from './contract.ts';
import {
  changedSince,
  contentsOf,
  describe,
  findContents,
  type Handled,
  handle,
  isAgreed,
  isOrphaned,
  waitsForChoice,
} from './describing.ts';
import { estimate } from './estimating.ts';
import { queuePlanning } from './planning.ts';
import * as queries from './queries.ts';
import * as results from './results.ts';
import { fewest, goesBy, may, numbersOf } from './rules.ts';
import { queueRun, startNow } from './running.ts';
import { type Share, upliftOf } from './uplift.ts';
import { wishOf } from './writing.ts';

const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });
const notNow = (field: string, why: string) => new AppError('conflict', { fields: { [field]: why } });

const atOnce: contracts.Pace = { perHour: null, lots: 1, overHours: 0 };

/** What is to be sent has been said. @throws AppError not_found, forbidden, conflict */
async function handleSaid(context: Context, campaignId: string, lock = false) {
  const { planned, row } = await handle(context, campaignId, lock);
  if (!row) throw notNow('contentId', 'required');
  return { planned, row };
}

/** @throws AppError conflict for what no campaign by mail to a segment is */
function checkKind({ planned }: Pick<Handled, 'planned'>): string {
  if (planned.archived) throw notNow('campaign', 'archived');
  if (planned.kind !== 'campaign') throw notNow('campaign', 'scenario');
  if (!ways.some((way) => goesBy(way, planned.channel))) throw notNow('campaign', 'channel');
  if (planned.segmentId === null) throw notNow('segment', 'required');
  return planned.segmentId;
}

/** Moves a step of the plan as the caller; its tasks follow before the answer. @throws AppError forbidden, conflict */
async function move(
  context: Context,
  campaignId: string,
  step: 'approval' | 'scheduled',
  done: boolean,
): Promise<void> {
  const { app, tx, actor, role, afterCommit } = context;
  const { workspaceId, memberId } = actor;
  const outboxId = await moveCampaignStep({ app, tx, role, workspaceId, memberId }, campaignId, step, done);
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'plan.followTasks'));
}

async function answer(context: OutsideContext, campaignId: string): Promise<contracts.SendingOf> {
  const { workspaceId } = context.actor;
  const [tallied, ...standing] = await context.asSystem('keeper', async (tx) => [
    await results.tally(tx, workspaceId, campaignId),
    await queries.isDealtOut(tx, workspaceId, campaignId),
    await queries.findFilter(tx, workspaceId, campaignId),
  ]);
  const [dealtOut, filter] = standing;
  return context.asCaller((caller) => describe(caller, campaignId, numbersOf(tallied), { dealtOut, filter }));
}

type Saying = z.output<typeof contracts.saveSending.input>;

/** Each variant is a content of its own, that the caller sees or that was chosen before, and the first keeps a share. @throws AppError invalid_input */
async function checkVariants(
  { tx, actor }: Context,
  row: queries.SendingRow | undefined,
  { contentId, variants, testShare }: Saying,
  kind: Kind | undefined,
): Promise<void> {
  const before = new Set(row?.variants.map((one) => one.contentId));
  const all = [contentId, ...variants.map((one) => one.contentId)];
  if (new Set(all).size < all.length) throw wrong('variants', 'twice');
  if (variants.reduce((sum, { share }) => sum + share, 0) > 99) throw wrong('variants', 'shares');
  if (variants.length === 0 && testShare < 100) throw wrong('testShare', 'one_variant');
  for (const one of variants) {
    const content = await findBriefly(tx, actor, one.contentId);
    if (!before.has(one.contentId) && !content) throw wrong('variants', 'unknown');
    if (kind && content && content.kind !== kind) throw wrong('variants', 'kind');
  }
}

async function save(context: Context, said: Saying): Promise<void> {
  const { tx, actor } = context;
  const { workspaceId } = actor;
  // Nobody is written to who is no contact of somebody's: what the gate asks is not known of an address alone.
  if (said.addresses !== undefined) throw wrong('addresses', 'segment_or_list');
  const { planned, row } = await handle(context, said.campaignId, true);
  if (planned.kind !== 'campaign') throw notNow('campaign', 'scenario');
  if (row && isOrphaned(row) && said.inMyName) return takeOver(context, row);
  if (row && !may.change(row.state)) throw notNow('state', row.state);
  if (row && said.edition !== undefined && said.edition !== row.edition) throw new AppError('conflict');
  const content = await findBriefly(tx, actor, said.contentId);
  if (row?.content_id !== said.contentId && !content) throw wrong('contentId', 'unknown');
  const way = content?.kind ?? row!.way;
  if (!goesBy(way, planned.channel)) throw wrong('contentId', 'kind');
  await checkVariants(context, row, said, content?.kind);
  if ((await queries.countActive(tx, workspaceId, said.seedIds)) < new Set(said.seedIds).size)
    throw wrong('seedIds', 'unknown');
  const seedAddresses = [...new Set(said.seedAddresses.map(normaliseEmail))];
  if (!seedAddresses.every((one) => one !== undefined)) throw wrong('seedAddresses', 'email');
  const senderId = row && !said.inMyName ? row.sender_id : actor.memberId;
  const { contentId, seedIds, pace, holdout, testShare, aim } = said;
  const watched = { holdout: holdout.percent, watchDays: holdout.days, testShare, aim };
  // Letters are posted together: there is no pace at which they leave.
  const kept = { contentId, way, senderId, seedIds, seedAddresses, ...(way === 'letter' ? atOnce : pace), ...watched };
  if (row) await queries.changeSending(tx, actor, said.campaignId, kept);
  else if (!(await queries.addSending(tx, actor, said.campaignId, kept))) throw new AppError('conflict');
  await queries.setVariants(tx, workspaceId, said.campaignId, said.variants);
  // Another who handles it may choose another content; that it goes in their name, its sender alone says.
  const contentIds = [contentId, ...said.variants.map((one) => one.contentId)];
  if (senderId === actor.memberId) await queries.setAgreed(tx, actor, said.campaignId, contentIds);
  if (row && (row.content_id !== contentId || row.sender_id !== senderId))
    await queries.saveEstimate(tx, workspaceId, said.campaignId, null);
  if (row?.approved_version) await follow(context, said.campaignId);
}

/** What has not been sent goes on in the caller's name, with what they see and may, once it is approved anew. */
async function takeOver({ tx, actor }: Context, row: queries.SendingRow): Promise<void> {
  await queries.setSender(tx, actor, row.campaign_id);
  await queries.setAgreed(tx, actor, row.campaign_id, contentsOf(row));
}

/** What was approved and has changed opens again before the answer. */
async function follow({ app, tx, actor, afterCommit }: Context, campaignId: string): Promise<void> {
  const { workspaceId } = actor;
  const job = { workspaceId, task: 'campaigns.followChange', payload: { campaignId }, delaySeconds: 20 };
  const outboxId = await app.enqueue(tx, job);
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'campaigns.followChange'));
}

/** Seals the content, unless its checker stops it. */
async function seal(context: Context, contentId: string) {
  const sealed = await sealContent(context, contentId);
  if ('version' in sealed) return { version: sealed.version, stops: [] };
  return { version: null, stops: sealed.stops.map(({ language, kind }) => ({ language, kind })) };
}

/** All contents of a campaign. @throws AppError conflict where one is not shown to the caller */
async function findShown(context: Context, row: queries.SendingRow) {
  const contents = await findContents(context, row);
  if (contents.size < contentsOf(row).length) throw notNow('content', 'not_shown');
  return [...contents.values()];
}

/** Seals all contents of a campaign, the first one first; what a checker stops is said of all. */
async function sealAll(context: Context, row: queries.SendingRow) {
  const sealed: { contentId: string; version: number }[] = [];
  const stops: z.output<typeof contracts.approveSending.output>['stops'] = [];
  for (const contentId of contentsOf(row)) {
    const one = await seal(context, contentId);
    if (one.version !== null) sealed.push({ contentId, version: one.version });
    stops.push(...one.stops);
  }
  return { sealed, stops };
}

type Seen = z.output<typeof contracts.approveSending.input>;

/** Approves what the caller has seen, to the segment as it was found just before. */
async function approve(context: Context, { campaignId, edition, contents: seen }: Seen, filter: string | null) {
  const { tx, actor } = context;
  const { workspaceId } = actor;
  const { planned, row } = await handleSaid(context, campaignId, true);
  const segmentId = checkKind({ planned });
  if (!may.change(row.state) && !isOrphaned(row)) throw notNow('state', row.state);
  if (row.edition !== edition) throw notNow('edition', 'changed');
  if (!isAgreed(row)) throw notNow('sender', 'says_anew');
  const contents = await findShown(context, row);
  if (contents.some(({ kind }) => kind !== contents[0]!.kind || !goesBy(kind, planned.channel)))
    throw notNow('content', 'kind');
  // Four eyes: whoever wrote in one last is no second pair, whatever the steps say.
  if (contents.some(({ authorId }) => authorId === actor.memberId) && !(await queries.isAlone(tx, workspaceId)))
    throw new AppError('forbidden', { fields: { step: 'four_eyes' } });
  const { sealed, stops } = await sealAll(context, row);
  // Sealing holds them: nobody writes in them until this is committed.
  const editions = new Map(seen.map((one) => [one.id, one.edition]));
  for (const one of await findShown(context, row))
    if (editions.get(one.id) !== one.edition) throw notNow('content', 'changed');
  const [first, ...others] = sealed;
  if (stops.length > 0 || !first) return { stops };
  // Said before without what is sent being sealed, or of something else: it is said anew.
  if (planned.done.includes('approval')) await move(context, campaignId, 'approval', false);
  await move(context, campaignId, 'approval', true);
  await queries.setApproved(tx, workspaceId, campaignId, {
    ...{ ...first, segmentId, senderId: row.sender_id, purpose: planned.purpose, filter },
    variants: others.map((one, at) => ({ ...one, no: at + 2 })),
  });
  return { stops };
}

async function start(context: Context, campaignId: string, at: Date | null, filter: string | null): Promise<void> {
  const { app, tx, actor } = context;
  const { workspaceId } = actor;
  const { planned, row } = await handleSaid(context, campaignId, true);
  checkKind({ planned });
  if (!may.start(row.state)) throw notNow('state', row.state);
  if (!(await findOpenWays(tx, workspaceId)).has(row.way))
    throw row.way === 'email' ? notNow('mail', 'no_mail_server') : notNow('channel', row.way);
  const contents = await findContents(context, row);
  if (row.approved_version === null || !planned.done.includes('approval')) throw notNow('approval', 'required');
  const [changed] = changedSince(row, planned, contents, filter);
  if (changed) throw notNow('approval', changed);
  if (!isAgreed(row)) throw notNow('sender', 'says_anew');
  if (!planned.done.includes('scheduled')) await move(context, campaignId, 'scheduled', true);
  if (at === null || at <= new Date()) return startNow(app, tx, { workspaceId, campaignId });
  const chain = await queries.setState(tx, workspaceId, campaignId, { state: 'scheduled', startsAt: at });
  const turn = { workspaceId, campaignId, chain };
  await queueRun(app, tx, turn, (at.getTime() - Date.now()) / 1000 + 1);
  await queuePlanning(app, tx, turn);
}

async function steer(context: Context, campaignId: string, act: 'pause' | 'resume' | 'stop'): Promise<void> {
  const { app, tx, actor, afterCommit } = context;
  const { workspaceId } = actor;
  const { row } = await handleSaid(context, campaignId, true);
  if (!may[act](row.state)) throw notNow('state', row.state);
  if (act === 'resume') {
    // Who was not gathered yet is gathered now.
    const state = row.gathered ? 'sending' : 'gathering';
    const chain = await queries.setState(tx, workspaceId, campaignId, { state });
    await queueRun(app, tx, { workspaceId, campaignId, chain });
    return;
  }
  const state = act === 'pause' ? 'paused' : row.state === 'scheduled' ? 'draft' : 'stopped';
  await queries.setState(tx, workspaceId, campaignId, { state, ...(state === 'draft' ? { startsAt: null } : {}) });
  const outboxId = await app.enqueue(tx, {
    ...{ workspaceId, task: 'campaigns.takeBack', payload: { campaignId }, delaySeconds: 20 },
  });
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'campaigns.takeBack'));
}

/** Those to whom none was dealt get this one from now on. @throws AppError conflict where nothing is to be chosen */
async function choose(context: Context, campaignId: string, variant: number): Promise<void> {
  const { app, tx, actor } = context;
  const { workspaceId } = actor;
  const { row } = await handleSaid(context, campaignId, true);
  if (!waitsForChoice(row)) throw notNow('variant', 'not_waiting');
  if (variant > contentsOf(row).length) throw wrong('variant', 'unknown');
  await queries.setChosen(tx, actor, campaignId, variant);
  if (row.state !== 'sending') return;
  const chain = await queries.setState(tx, workspaceId, campaignId, { state: 'sending', problem: row.problem });
  await queueRun(app, tx, { workspaceId, campaignId, chain });
}
const findFilter = (context: OutsideContext, campaignId: string): Promise<string | null> =>
  context.asSystem('keeper', (tx) => queries.findFilter(tx, context.actor.workspaceId, campaignId));

const looking = (context: OutsideContext): Looking => ({
  viewer: context.actor,
  audience: { kind: 'member', id: context.actor.memberId },
  asViewer: (work) => context.asCaller(({ tx }) => work(tx)),
  asKeeper: (work) => context.asSystem('keeper', work),
});

const cursor = z.tuple([z.uuid()]);
/** Rows that are read at once, and how often, until enough of them are seen. */
const rowsAtOnce = 200;
const mostReads = 20;

async function listSeen(
  context: OutsideContext,
  { campaignId, outcome, reason, variant, after, limit }: z.output<typeof contracts.listRecipients.input>,
) {
  const { workspaceId, memberId } = context.actor;
  const items: contracts.Recipient[] = [];
  let from = after ? decodeCursor(after, cursor)[0] : null;
  for (let read = 0; read < mostReads; read++) {
    const which = { outcome, reason: reason ?? null, variant: variant ?? null, memberId };
    const rows = await context.asSystem('keeper', (tx) =>
      results.listOf(tx, workspaceId, campaignId, which, from, rowsAtOnce),
    );
    const cardIds = rows.map(({ card_id }) => card_id);
    // Only whom the caller sees has a name for them.
    const names = await context.asCaller((caller) => nameCards(caller, cardIds));
    for (const row of rows) {
      const name = names.get(row.card_id);
      from = row.recipient_id;
      if (name === undefined) continue;
      items.push({
        ...{ id: row.recipient_id, person: { id: row.card_id, name }, outcome: row.outcome, reasons: row.reasons },
        ...{ answer: row.answer, messageId: row.message_id, at: row.at?.toISOString() ?? null },
      });
      if (items.length === limit) return { items, next: encodeCursor([from]) };
    }
    if (rows.length < rowsAtOnce) return { items, next: null };
  }
  return { items, next: from && encodeCursor([from]) };
}

export const campaignsOperations: Operation[] = [
  implementOutside(contracts.getSending, ({ campaignId }, context) => answer(context, campaignId)),

  implementOutside(contracts.saveSending, async (said, context) => {
    await context.asCaller((caller) => save(caller, said));
    return answer(context, said.campaignId);
  }),

  implementOutside(contracts.estimateSending, async ({ campaignId }, context) => {
    const { actor } = context;
    const { planned, row } = await context.asCaller(async (caller) => {
      const said = await handleSaid(caller, campaignId);
      // With whose grants it is asked is theirs to say.
      if (said.row.sender_id !== actor.memberId) throw new AppError('forbidden', { fields: { sender: 'others' } });
      return said;
    });
    const segmentId = checkKind({ planned });
    const asked = await estimate(looking(context), segmentId, wishOf(campaignId, planned, row.way));
    await context.asCaller(({ tx }) => queries.saveEstimate(tx, actor.workspaceId, campaignId, asked));
    return answer(context, campaignId);
  }),

  implement(contracts.sendTrials, async ({ campaignId, memberIds }, context) => {
    const { app, tx, actor } = context;
    const { row, planned } = await handleSaid(context, campaignId);
    if ((await queries.countActive(tx, actor.workspaceId, memberIds)) < new Set(memberIds).size)
      throw wrong('memberIds', 'unknown');
    await findShown(context, row);
    const { sealed, stops } = await sealAll(context, row);
    if (stops.length > 0) return { queued: 0, stops };
    const variables = await senderVariables(tx, { workspaceId: actor.workspaceId, memberId: row.sender_id });
    let queued = 0;
    for (const one of sealed) {
      const trial = { kind: 'trial' as const, content: { ...one, variables }, subject: planned.name };
      queued += await mailContent(app, tx, actor.workspaceId, memberIds, trial);
    }
    if (queued === 0) throw notNow('mail', 'no_mail_server');
    return { queued, stops };
  }),

  implementOutside(contracts.approveSending, async (asked, context) => {
    const filter = await findFilter(context, asked.campaignId);
    return context.asCaller((caller) => approve(caller, asked, filter));
  }),

  implementOutside(contracts.startSending, async ({ campaignId, at }, context) => {
    const filter = await findFilter(context, campaignId);
    await context.asCaller((caller) => start(caller, campaignId, at === null ? null : new Date(at), filter));
    return answer(context, campaignId);
  }),

  implementOutside(contracts.steerSending, async ({ campaignId, act }, context) => {
    // What is left to write is whose name it goes in, who may be another by now.
    if (act === 'resume')
      await context.asSystem('keeper', (tx) => queries.handOver(tx, context.actor.workspaceId, campaignId));
    await context.asCaller((caller) => steer(caller, campaignId, act));
    return answer(context, campaignId);
  }),

  implementOutside(contracts.getChange, async ({ campaignId }, context) => {
    const { workspaceId } = context.actor;
    const { row } = await context.asCaller((caller) => handle(caller, campaignId));
    const since = row?.started_at;
    if (!since) return { until: null, changes: [] };
    const until = watchedUntil(row, since);
    const arms = await context.asSystem('keeper', (tx) =>
      results.countDeeds(tx, workspaceId, campaignId, since, until),
    );
    const [all, back] = [results.sumOf(arms, false), results.sumOf(arms, true)];
    // Who wrote is known from colleagues' mailboxes, too: of a few people it would tell of one.
    const isMany = all.people >= fewest && (back.people >= fewest || back.people === 0);
    return {
      until: until.toISOString(),
      changes: contracts.deeds
        .filter((deed) => deed !== 'wrote' || isMany)
        .map((deed) => {
          const [meant, held] = [all, back].map((arm) => ({ did: arm[deed], people: arm.people })) as [Share, Share];
          return { deed, meant, held, uplift: upliftOf(meant, held) };
        }),
    };
  }),

  implementOutside(contracts.getVariants, async ({ campaignId }, context) => {
    const { row } = await context.asCaller((caller) => handle(caller, campaignId));
    return compareVariants(context, row);
  }),

  implementOutside(contracts.chooseVariant, async ({ campaignId, variant }, context) => {
    await context.asCaller((caller) => choose(caller, campaignId, variant));
    return answer(context, campaignId);
  }),

  implementOutside(brought.getBrought, async ({ programmeId }, context) => {
    const { items, all } = await listBrought(context, [programmeId]);
    return { items, all };
  }),
  implementOutside(brought.getBroughtToObjective, async ({ objectiveId }, context) =>
    listBrought(context, await context.asCaller(({ tx, actor }) => listServing(tx, actor, objectiveId))),
  ),

  implementOutside(contracts.getResults, async ({ campaignId }, context) => {
    const { workspaceId } = context.actor;
    const { row } = await context.asCaller((caller) => handle(caller, campaignId));
    if (!row?.started_at) return { results: null };
    return context.asSystem('keeper', async (tx) => {
      const reasons = await results.countReasons(tx, workspaceId, campaignId);
      const of = (outcome: 'refused' | 'aside') =>
        reasons.filter((one) => one.outcome === outcome).map(({ reason, people }) => ({ reason, people }));
      const numbers = numbersOf(await results.tally(tx, workspaceId, campaignId));
      const { memberId } = context.actor;
      const counted = await results.countAnswered(tx, workspaceId, campaignId, memberId);
      const { heardFrom, replied, repliedToMe, ...answered } = counted;
      // Mailboxes of colleagues are told of in numbers alone, and of a few people it would tell of one; whoever sends it has their own.
      const isMany = numbers.sent >= fewest;
      const few = row.sender_id === memberId ? repliedToMe : null;
      const seen = await results.countSeen(tx, workspaceId, campaignId);
      return {
        results: {
          numbers,
          seen: seen.agreed < fewest ? null : seen,
          ...{ refused: of('refused'), aside: of('aside') },
          failed: await results.countAnswers(tx, workspaceId, campaignId),
          ...{ ...answered, replied: isMany ? replied : few, heardFrom: isMany ? heardFrom : null },
        },
      };
    });
  }),

  implementOutside(contracts.listRecipients, async (asked, context) => {
    await context.asCaller((caller) => handle(caller, asked.campaignId));
    return listSeen(context, asked);
  }),
];
