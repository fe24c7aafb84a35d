import type { z } from 'zod';
import { getMember } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { Locale } from '../kernel/messages.ts';
import * as campaigns from './campaigns.ts';
import * as contracts from './contract.ts';
import * as describing from './describing.ts';
import { writeExample } from './example.ts';
import { listAllMoments } from './journeys.ts';
import { pressureOperations } from './pressure-operations.ts';
import * as queries from './queries.ts';
import { plans, weekOf } from './rules.ts';
import { followTasks, moveStep } from './workflow.ts';

export const wrong = (field: string, why: string) => new AppError('invalid_input', { fields: { [field]: why } });

/** @throws AppError forbidden for who neither plans nor owns it; of something new: who does not plan */
export function checkMine(context: Context, ownerId: string | null): void {
  if (ownerId === null ? !plans(context.role) : !describing.isMine(context, ownerId)) throw new AppError('forbidden');
}

/** A segment that is named anew is one that the writer sees. @throws AppError invalid_input */
export async function checkSegments(
  { tx, actor }: Context,
  field: string,
  segmentIds: readonly (string | null)[],
  before: readonly (string | null)[],
): Promise<void> {
  const named = [...new Set(segmentIds)].filter((one): one is string => one !== null && !before.includes(one));
  if (named.length > 0 && (await queries.countSeenSegments(tx, actor, named)) < named.length)
    throw wrong(field, 'unknown');
}

/** @throws AppError invalid_input for who is no active member */
export async function checkOwner(
  { tx, actor }: Context,
  field: string,
  memberId: string | null,
  before: string | null,
): Promise<void> {
  if (memberId !== null && memberId !== before && !(await queries.areActive(tx, actor, [memberId])))
    throw wrong(field, 'unknown');
}

/** Writes something new, or changes it where nobody else has since that version. @throws AppError conflict */
export async function write<K extends Parameters<typeof queries.add>[2]>(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  part: K,
  id: string,
  version: number | null,
  row: Parameters<typeof queries.change<K>>[5],
  more: object = {},
): Promise<void> {
  if (version === null)
    await queries.add(tx, actor, part, { [`${part}_id`]: id, ...row, ...more } as unknown as Parameters<
      typeof queries.add<K>
    >[3]);
  else if (!(await queries.change(tx, actor, part, id, version, row))) throw new AppError('conflict');
}

/** Once it is committed the tasks follow, before the answer. */
async function followSteps(context: Context, campaignId: string): Promise<void> {
  const { app, tx, actor, afterCommit } = context;
  const { workspaceId, memberId } = actor;
  const outboxId = await followTasks({ app, tx, workspaceId, memberId }, campaignId);
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'plan.followTasks'));
}

/** Of a measured objective today's figure is there with the answer. */
async function count(context: Context): Promise<void> {
  const { app, tx, actor, afterCommit } = context;
  const { workspaceId } = actor;
  const job = { workspaceId, task: 'plan.keepFigures', payload: {}, delaySeconds: 20 };
  const outboxId = await app.enqueue(tx, job);
  afterCommit((whole) => whole.runNow(workspaceId, outboxId, 'plan.keepFigures'));
}

type SavedObjective = z.output<typeof contracts.saveObjective.input>;

/** @throws AppError invalid_input */
async function checkMeasure({ tx, actor }: Context, said: SavedObjective): Promise<void> {
  const { measuredBy, segmentId, baseSegmentId, startsOn, dueOn } = said;
  if (startsOn >= dueOn) throw wrong('dueOn', 'reversed');
  if (contracts.isStock(measuredBy) !== (segmentId !== null))
    throw wrong('segmentId', segmentId === null ? 'required' : 'unknown');
  if ((measuredBy === 'won_amount') !== (said.currency !== null))
    throw wrong('currency', said.currency === null ? 'required' : 'unknown');
  if (measuredBy !== 'share' && baseSegmentId !== null) throw wrong('baseSegmentId', 'unknown');
  const named = [...new Set([segmentId, baseSegmentId])].filter((one) => one !== null);
  if ((await queries.countOpenSegments(tx, actor, named)) < named.length) throw wrong('segmentId', 'not_for_all');
}

async function saveObjective(context: Context, said: SavedObjective): Promise<{ id: string }> {
  const { tx, actor } = context;
  const { objectiveId, version } = said;
  const [before] = objectiveId ? await queries.listObjectives(tx, actor, { objectiveId }) : [];
  if (objectiveId && !before) throw notFound();
  checkMine(context, before?.owner_id ?? null);
  await checkMeasure(context, said);
  const ownerId = said.ownerId ?? before?.owner_id ?? actor.memberId;
  await checkOwner(context, 'ownerId', ownerId, before?.owner_id ?? null);
  const id = objectiveId ?? newId();
  await write(context, 'objective', id, before ? (version ?? before.version) : null, {
    ...{ name: said.name, kind: said.kind, why: said.why, measured_by: said.measuredBy, unit: said.unit },
    currency: said.currency,
    ...{ segment_id: said.segmentId, base_segment_id: said.baseSegmentId, from_value: said.from, to_value: said.to },
    ...{ starts_on: said.startsOn, due_on: said.dueOn, owner_id: ownerId },
  });
  if (contracts.isStock(said.measuredBy)) await count(context);
  return { id };
}

async function saveProgramme(
  context: Context,
  { programmeId, version, ...said }: z.output<typeof contracts.saveProgramme.input>,
): Promise<{ id: string }> {
  const { tx, actor } = context;
  const [before] = programmeId ? await queries.listProgrammes(tx, actor, { programmeId }) : [];
  if (programmeId && !before) throw notFound();
  checkMine(context, before?.owner_id ?? null);
  const objectiveIds = [...new Set(said.objectiveIds)];
  if ((await queries.countObjectives(tx, actor, objectiveIds)) < objectiveIds.length)
    throw wrong('objectiveIds', 'unknown');
  if (said.startsOn && said.endsOn && said.startsOn > said.endsOn) throw wrong('endsOn', 'reversed');
  await checkSegments(context, 'segmentId', [said.segmentId], [before?.segment_id ?? null]);
  const ownerId = said.ownerId ?? before?.owner_id ?? actor.memberId;
  await checkOwner(context, 'ownerId', ownerId, before?.owner_id ?? null);
  const id = programmeId ?? newId();
  await write(context, 'programme', id, before ? (version ?? before.version) : null, {
    ...{ name: said.name, why: said.why, objective_ids: objectiveIds, segment_id: said.segmentId, target: said.target },
    ...{ priority: said.priority, budget_cents: said.budgetCents, currency: said.currency, owner_id: ownerId },
    ...{ colour: said.colour, starts_on: said.startsOn, ends_on: said.endsOn },
  });
  return { id };
}

async function saveCampaign(
  context: Context,
  { campaignId, version, ...said }: z.output<typeof contracts.saveCampaign.input>,
): Promise<{ id: string }> {
  const { tx, actor } = context;
  const { workspaceId, memberId } = actor;
  const before = campaignId ? await describing.getCampaignRow(context, campaignId) : undefined;
  if (before) checkMine(context, before.programme_owner_id);
  const [programme] = await queries.listProgrammes(tx, actor, { programmeId: said.programmeId });
  if (!programme || (programme.archived && !before)) throw wrong('programmeId', 'unknown');
  // It is put into a programme by whoever may change that one, too.
  checkMine(context, programme.owner_id);
  if (said.plannedTime !== null && said.plannedOn === null) throw wrong('plannedOn', 'required');
  await checkSegments(context, 'segmentId', [said.segmentId], [before?.segment_id ?? null]);
  const id = campaignId ?? newId();
  const row = {
    ...{
      programme_id: said.programmeId,
      kind: said.kind,
      name: said.name,
      purpose: said.purpose,
      channel: said.channel,
    },
    ...{ segment_id: said.segmentId, target: said.target, planned_on: said.plannedOn, planned_time: said.plannedTime },
    ...{ priority: said.priority, budget_cents: said.budgetCents },
  };
  await write(context, 'campaign', id, before ? (version ?? before.version) : null, row, { created_by: memberId });
  if (!before) await campaigns.addSteps(tx, workspaceId, id);
  const moved = before && before.planned_on !== said.plannedOn;
  await campaigns.addMove(tx, workspaceId, memberId, {
    ...{ campaignId: id, act: before ? (moved ? 'day' : 'changed') : 'made' },
    said: moved ? { day: said.plannedOn, from: before.planned_on } : {},
  });
  if (before && before.name !== said.name) await followSteps(context, id);
  return { id };
}

const planning: Operation[] = [
  implement(contracts.getPlan, async ({ archived }, context) => {
    const { tx, actor, role } = context;
    return {
      objectives: await describing.describeObjectives(context, { archived }),
      programmes: await describing.describeProgrammes(context, { archived }),
      campaigns: await describing.describeCampaigns(context, archived),
      moments: await listAllMoments(tx, actor),
      mayPlan: plans(role),
      example: (await queries.findBeginnings(tx, actor)).example,
    };
  }),
  implement(contracts.saveObjective, (said, context) => saveObjective(context, said)),
  implement(contracts.saveProgramme, (said, context) => saveProgramme(context, said)),
  implement(contracts.saveCampaign, (said, context) => saveCampaign(context, said)),

  implement(contracts.recordFigure, async ({ objectiveId, day, value }, context) => {
    const { tx, actor } = context;
    const [row] = await queries.listObjectives(tx, actor, { objectiveId });
    if (!row) throw notFound();
    checkMine(context, row.owner_id);
    if (row.measured_by !== 'hand') throw wrong('value', 'counted');
    if (day > describing.today()) throw wrong('day', 'future');
    const before = await queries.findFigure(tx, actor, objectiveId, weekOf(day));
    await queries.sayFigure(tx, actor, objectiveId, weekOf(day), value);
    return { before };
  }),

  implement(contracts.setArchived, async ({ part, id, archived }, context) => {
    const { tx, actor } = context;
    const { workspaceId, memberId } = actor;
    if (part === 'campaign') {
      const row = await describing.getCampaignRow(context, id);
      checkMine(context, row.programme_owner_id);
      await queries.setArchived(tx, actor, part, id, archived);
      await campaigns.addMove(tx, workspaceId, memberId, { campaignId: id, act: archived ? 'archived' : 'restored' });
      await followSteps(context, id);
      return {};
    }
    const [row] =
      part === 'objective'
        ? await queries.listObjectives(tx, actor, { objectiveId: id })
        : await queries.listProgrammes(tx, actor, { programmeId: id });
    if (!row) throw notFound();
    checkMine(context, row.owner_id);
    await queries.setArchived(tx, actor, part, id, archived);
    if (part === 'programme')
      for (const { campaign_id } of await campaigns.listCampaigns(tx, workspaceId, { programmeId: id }))
        await followSteps(context, campaign_id);
    return {};
  }),

  implement(contracts.addExample, async (_input, context) => {
    const { tx, actor } = context;
    if ((await queries.findBeginnings(tx, actor)).planned) throw new AppError('conflict');
    const me = await getMember(tx, actor);
    await writeExample(tx, actor, (me?.locale ?? 'en') as Locale);
    return {};
  }),
  implement(contracts.archiveExample, async ({ archived }, context) => {
    for (const campaignId of await queries.setExampleArchived(context.tx, context.actor, archived))
      await followSteps(context, campaignId);
    return {};
  }),
];

/** Writes something of a campaign as its version says. @throws AppError conflict */
async function changeCampaign(
  context: Context,
  campaignId: string,
  version: number,
  row: Parameters<typeof queries.change<'campaign'>>[5],
): Promise<void> {
  await write(context, 'campaign', campaignId, version, row);
}

const producing: Operation[] = [
  implement(contracts.getCampaign, ({ campaignId }, context) => describing.describeFully(context, campaignId)),

  implement(contracts.writeBrief, async ({ campaignId, version, brief }, context) => {
    const { tx, actor } = context;
    const row = await describing.getCampaignRow(context, campaignId);
    const production = await describing.findProduction(context, row);
    if (!describing.mayBrief(context, row, production)) throw new AppError('forbidden');
    await changeCampaign(context, campaignId, version, { brief });
    await campaigns.addMove(tx, actor.workspaceId, actor.memberId, { campaignId, act: 'brief' });
    return describing.describeFully(context, campaignId);
  }),

  implement(contracts.moveDay, async ({ campaignId, version, plannedOn }, context) => {
    const { tx, actor } = context;
    const row = await describing.getCampaignRow(context, campaignId);
    checkMine(context, row.programme_owner_id);
    const time = plannedOn === null ? { planned_time: null } : {};
    await changeCampaign(context, campaignId, version, { planned_on: plannedOn, ...time });
    const said = { day: plannedOn, from: row.planned_on };
    await campaigns.addMove(tx, actor.workspaceId, actor.memberId, { campaignId, act: 'day', said });
    return describing.describeFully(context, campaignId);
  }),

  implement(contracts.giveStep, async ({ campaignId, step, responsibleId, dueOn }, context) => {
    const { tx, actor } = context;
    const { workspaceId, memberId } = actor;
    const row = await describing.getCampaignRow(context, campaignId);
    checkMine(context, row.programme_owner_id);
    await campaigns.lockCampaign(tx, workspaceId, campaignId);
    const before = (await campaigns.listSteps(tx, workspaceId, [campaignId])).find((one) => one.step === step)!;
    await checkOwner(context, 'responsibleId', responsibleId, before.responsible_id);
    if (before.responsible_id === responsibleId && before.due_on === dueOn)
      return describing.describeFully(context, campaignId);
    await campaigns.giveStep(tx, workspaceId, campaignId, step, responsibleId, dueOn);
    const said = { memberId: responsibleId, day: dueOn };
    await campaigns.addMove(tx, workspaceId, memberId, { campaignId, act: 'given', step, said });
    await followSteps(context, campaignId);
    return describing.describeFully(context, campaignId);
  }),

  implement(contracts.moveStep, async ({ campaignId, step, done, words }, context) => {
    const { app, tx, actor, role } = context;
    await moveStep(
      { app, tx, workspaceId: actor.workspaceId, memberId: actor.memberId, role },
      campaignId,
      step,
      done,
      words,
    );
    await followSteps(context, campaignId);
    return describing.describeFully(context, campaignId);
  }),

  implement(contracts.reportOutcome, async ({ campaignId, version, ...said }, context) => {
    const { tx, actor } = context;
    const row = await describing.getCampaignRow(context, campaignId);
    const { steps } = await describing.findProduction(context, row);
    const measures = steps.some(({ step, responsibleId }) => step === 'measured' && responsibleId === actor.memberId);
    if (!measures) checkMine(context, row.programme_owner_id);
    if (said.endedOn !== null && (said.beganOn === null || said.beganOn > said.endedOn))
      throw wrong('endedOn', 'reversed');
    await changeCampaign(context, campaignId, version, {
      ...{ began_on: said.beganOn, ended_on: said.endedOn, spent_cents: said.spentCents, brought: said.brought },
    });
    await campaigns.addMove(tx, actor.workspaceId, actor.memberId, { campaignId, act: 'outcome' });
    return describing.describeFully(context, campaignId);
  }),
];

export const planOperations: Operation[] = [...planning, ...producing, ...pressureOperations];
