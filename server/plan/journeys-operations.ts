import type { z } from 'zod';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { countVoices, loadTopics } from '../voices/index.ts';
import { isMine, segmentOf, type Viewer } from './describing.ts';
import * as journeys from './journeys.ts';
import * as contracts from './journeys-contract.ts';
import { checkMine, checkOwner, checkSegments, write, wrong } from './operations.ts';
import * as queries from './queries.ts';
import { hurts, loses, plans } from './rules.ts';

const segmentsOf = (stages: readonly contracts.Stage[]) => stages.flatMap(({ segmentId }) => segmentId ?? []);

async function describeJourneys(
  viewer: Viewer,
  which: Parameters<typeof journeys.listJourneys>[2],
): Promise<contracts.Journey[]> {
  const { tx, actor } = viewer;
  const rows = await journeys.listJourneys(tx, actor, which);
  const moments = Map.groupBy(
    await journeys.listMoments(
      tx,
      actor,
      rows.map(({ journey_id }) => journey_id),
    ),
    ({ journey_id }) => journey_id,
  );
  const named = await journeys.nameSegments(
    tx,
    actor,
    rows.flatMap(({ stages }) => segmentsOf(stages)),
  );
  return rows.map((row) => ({
    ...{ id: row.journey_id, name: row.name, segment: segmentOf(row.segment_id, row.segment), target: row.target },
    owner: { id: row.owner_id, name: row.owner },
    ...{ example: row.example, version: row.version, mine: isMine(viewer, row.owner_id), stages: row.stages },
    segments: named.filter(({ id }) => segmentsOf(row.stages).includes(id)),
    // Of a stage that was taken out nothing is said; put in again, it has its moments back.
    moments: (moments.get(row.journey_id) ?? [])
      .filter(({ stage_id }) => row.stages.some(({ id }) => id === stage_id))
      .map(describeMoment),
  }));
}

const describeMoment = (row: journeys.MomentRow): contracts.Moment => ({
  ...{ id: row.moment_id, journeyId: row.journey_id, stageId: row.stage_id, name: row.name, words: row.words },
  ...{ programmeId: row.programme_id, found: row.found, version: row.version },
});

/** @throws AppError not_found */
async function getRow({ tx, actor }: Pick<Context, 'tx' | 'actor'>, journeyId: string): Promise<journeys.JourneyRow> {
  const [row] = await journeys.listJourneys(tx, actor, { journeyId });
  if (!row) throw notFound();
  return row;
}

/** Days back in which voices are counted. */
const heardDays = 90;

/** What the data say of the stages, before people have said anything about it. */
async function findFigures(
  { tx, actor }: Pick<Context, 'tx' | 'actor'>,
  stages: readonly contracts.Stage[],
): Promise<(Omit<contracts.Finding, 'state'> & { enough: boolean })[]> {
  const topics = new Map((await loadTopics(tx, actor.workspaceId)).map((topic) => [topic.id, topic]));
  const linked = stages.flatMap((stage) =>
    [...new Set(stage.touchpoints.flatMap(({ topicIds }) => topicIds))].map((topicId) => ({ stage, topicId })),
  );
  const heard = await countVoices(tx, actor, [...new Set(linked.map(({ topicId }) => topicId))], heardDays);
  const voices = linked.flatMap(({ stage, topicId }) => {
    const topic = topics.get(topicId);
    const counts = heard.get(topicId)!;
    if (!topic || counts.voices === 0) return [];
    const figures = { kind: 'voices' as const, topic: { id: topicId, ...topic.name }, ...counts };
    return [{ found: `voices ${stage.id} ${topicId}`, stageId: stage.id, figures, enough: hurts(counts) }];
  });
  const passages = stages.flatMap(({ id, segmentId }, at) => {
    const next = stages.slice(at + 1).find((one) => one.segmentId !== null);
    return segmentId && next ? [{ stageId: id, segmentId, nextId: next.segmentId! }] : [];
  });
  const passed = await journeys.countPassages(tx, actor, passages);
  const leaving = passed.flatMap(({ stage_id, next, came, went_on: wentOn }) => {
    if (came === 0) return [];
    const figures = { kind: 'leaving' as const, next, came, wentOn };
    return [{ found: `leaving ${stage_id}`, stageId: stage_id, figures, enough: loses({ came, wentOn }) }];
  });
  return [...voices, ...leaving];
}

async function listFindings(context: Context, journeyId: string): Promise<contracts.Finding[]> {
  const { tx, actor } = context;
  const { stages } = await getRow(context, journeyId);
  const found = await findFigures(context, stages);
  const marked = new Set((await journeys.listMoments(tx, actor, [journeyId])).map((moment) => moment.found));
  const dismissed = await journeys.listDismissed(tx, actor, journeyId);
  return found.map(({ enough, ...one }) => {
    const state = marked.has(one.found)
      ? 'moment'
      : dismissed.has(one.found)
        ? 'dismissed'
        : enough
          ? 'proposed'
          : 'quiet';
    return { ...one, state };
  });
}

type SavedMoment = z.output<typeof contracts.saveMoment.input>;

async function saveMoment(context: Context, said: SavedMoment): Promise<{ id: string }> {
  const { tx, actor } = context;
  const { journeyId, momentId, version, stageId, name, words, programmeId, found } = said;
  const journey = await getRow(context, journeyId);
  const [before] = momentId ? await journeys.listMoments(tx, actor, [journeyId], momentId) : [];
  if (momentId && !before) throw notFound();
  checkMine(context, journey.owner_id);
  if (!journey.stages.some(({ id }) => id === stageId)) throw wrong('stageId', 'unknown');
  if (programmeId && programmeId !== before?.programme_id) {
    const [programme] = await queries.listProgrammes(tx, actor, { programmeId });
    if (!programme || programme.archived) throw wrong('programmeId', 'unknown');
  }
  if (!before && found && found.split(' ')[1] !== stageId) throw wrong('found', 'unknown');
  if (!before && found && (await journeys.isMarked(tx, actor, journeyId, found))) throw new AppError('conflict');
  const id = momentId ?? newId();
  const row = { stage_id: stageId, name, words, programme_id: programmeId };
  const more = { journey_id: journeyId, found, marked_by: actor.memberId };
  await write(context, 'moment', id, before ? (version ?? before.version) : null, row, more);
  return { id };
}

async function saveJourney(
  context: Context,
  { journeyId, version, ...said }: z.output<typeof contracts.saveJourney.input>,
): Promise<{ id: string }> {
  const { tx, actor } = context;
  const before = journeyId ? await getRow(context, journeyId) : undefined;
  checkMine(context, before?.owner_id ?? null);
  const ownerId = said.ownerId ?? before?.owner_id ?? actor.memberId;
  await checkOwner(context, 'ownerId', ownerId, before?.owner_id ?? null);
  const named = before ? [before.segment_id, ...segmentsOf(before.stages)] : [];
  await checkSegments(context, 'segmentId', [said.segmentId, ...segmentsOf(said.stages)], named);
  const topicIds = said.stages.flatMap((stage) => stage.touchpoints.flatMap((one) => one.topicIds));
  const known = new Set((await loadTopics(tx, actor.workspaceId)).map(({ id }) => id));
  if (topicIds.some((one) => !known.has(one))) throw wrong('topicIds', 'unknown');
  const id = journeyId ?? newId();
  await write(context, 'journey', id, before ? (version ?? before.version) : null, {
    ...{ name: said.name, segment_id: said.segmentId, target: said.target, owner_id: ownerId },
    stages: JSON.stringify(said.stages),
  });
  return { id };
}

export const journeysOperations: Operation[] = [
  implement(contracts.listJourneys, async ({ archived }, context) => ({
    items: await describeJourneys(context, { archived }),
    mayPlan: plans(context.role),
  })),
  implement(contracts.getJourney, async ({ journeyId }, context) => {
    const [journey] = await describeJourneys(context, { journeyId });
    if (!journey) throw notFound();
    return journey;
  }),
  implement(contracts.saveJourney, (said, context) => saveJourney(context, said)),
  implement(contracts.listFindings, async ({ journeyId }, context) => ({
    items: await listFindings(context, journeyId),
  })),
  implement(contracts.saveMoment, (said, context) => saveMoment(context, said)),

  implement(contracts.dismissFinding, async ({ journeyId, found, dismissed }, context) => {
    checkMine(context, (await getRow(context, journeyId)).owner_id);
    await journeys.dismiss(context.tx, context.actor, journeyId, found, dismissed);
    return {};
  }),
  implement(contracts.setJourneyArchived, async ({ journeyId, momentId, archived }, context) => {
    const { tx, actor } = context;
    const journey = await getRow(context, journeyId);
    const [moment] = momentId ? await journeys.listMoments(tx, actor, [journeyId], momentId) : [];
    if (momentId && !moment) throw notFound();
    checkMine(context, journey.owner_id);
    if (!moment) {
      await queries.setArchived(tx, actor, 'journey', journeyId, archived);
      return {};
    }
    const again = !archived && moment.archived && moment.found !== null;
    if (again && (await journeys.isMarked(tx, actor, journeyId, moment.found!))) throw new AppError('conflict');
    await queries.setArchived(tx, actor, 'moment', moment.moment_id, archived);
    return {};
  }),
];
