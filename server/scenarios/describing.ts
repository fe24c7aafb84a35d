import { isDeepStrictEqual } from 'node:util';
import { nameCards } from '../cards/persons.ts';
import { findBriefly, getContent } from '../content/index.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import {
  findApproval,
  getPlannedCampaign,
  listPlannedScenarios,
  mayApprove as mayApproveStep,
  type PlannedCampaign,
} from '../plan/index.ts';
import { isGone } from './checking.ts';
import { type Definition, definition, type FullScenario } from './contract.ts';
import * as effects from './effects.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';

type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;

/** Planners, and whoever owns its programme. */
const isMine = (
  { actor, role }: Pick<Viewer, 'actor' | 'role'>,
  { programme }: Pick<PlannedCampaign, 'programme'>,
): boolean => role === 'admin' || role === 'marketing' || programme.ownerId === actor.memberId;

/** Whether the caller is a second pair of eyes: who drew it, or wrote in a content of it last, is none, unless nobody else is there. */
export async function isSecondPair({ tx, actor }: Viewer, row: queries.ScenarioRow): Promise<boolean> {
  const mine = row.writer_ids.includes(actor.memberId) || (await wroteContent(tx, actor, row));
  return !mine || queries.isAlone(tx, actor);
}

async function wroteContent(
  tx: Viewer['tx'],
  actor: Viewer['actor'],
  { draft }: queries.ScenarioRow,
): Promise<boolean> {
  for (const node of draft.nodes)
    if (node.kind === 'message' && node.contentId)
      if ((await findBriefly(tx, actor, node.contentId))?.authorId === actor.memberId) return true;
  return false;
}

/** Whether what is drawn is what somebody approved, and their word stands. @param at when the step of the plan was done; undefined: it is open */
export const isAsApproved = ({ approved, edition }: queries.ScenarioRow, at: Date | undefined): boolean =>
  approved?.edition === edition && approved.at === at?.toISOString();

/** Whether the caller may approve it now. */
const mayApprove = async (viewer: Viewer, planned: PlannedCampaign, row: queries.ScenarioRow): Promise<boolean> =>
  (await mayApproveStep(viewer, planned.id)) && (await isSecondPair(viewer, row));

/** A scenario of the plan. @throws AppError not_found for what is none */
export async function getPlanned(viewer: Pick<Viewer, 'tx' | 'actor'>, scenarioId: string): Promise<PlannedCampaign> {
  const planned = await getPlannedCampaign(viewer.tx, viewer.actor, scenarioId);
  if (planned.kind !== 'scenario') throw notFound();
  return planned;
}

/** One that the caller may change. @throws AppError not_found, forbidden */
export async function getMine(viewer: Viewer, scenarioId: string): Promise<PlannedCampaign> {
  const planned = await getPlanned(viewer, scenarioId);
  if (!isMine(viewer, planned)) throw new AppError('forbidden');
  return planned;
}

export const nothingDrawn: Definition = { entry: { kind: 'hand' }, again: null, goal: null, start: null, nodes: [] };

const none = { in_flight: 0, goal: 0, ended: 0 };
/** @param byMe it runs in the caller's name: who came to the goal rests on what they see */
const numbersOf = ({ in_flight, goal, ended } = none, byMe = false) => ({
  ...{ inFlight: in_flight, goal: byMe ? goal : null, ended },
});

export async function describeScenarios({ tx, actor }: Viewer) {
  const planned = await listPlannedScenarios(tx, actor);
  const rows = new Map((await queries.listScenarios(tx, actor)).map((row) => [row.scenario_id, row]));
  const counts = await journeys.countPeople(tx, actor, [...rows.keys()]);
  return planned.map(({ id, name, programme }) => {
    const row = rows.get(id);
    return {
      ...{ id, name, programme: { id: programme.id, name: programme.name }, state: row?.state ?? null },
      ...{
        standstill: row?.problem ?? null,
        version: row?.version ?? 0,
        ...numbersOf(counts.get(id), row?.published_by === actor.memberId),
      },
    };
  });
}

/** What of a drawing counts for whether it has changed, however it is kept: not which version of a content was sealed for it, nor what is left out by default. */
const plainly = (drawn: Definition): Definition => {
  const whole = definition.safeParse(drawn).data ?? drawn;
  return {
    ...whole,
    nodes: whole.nodes.map((node) => (node.kind === 'message' ? { ...node, contentVersion: null } : node)),
  };
};
/** Whether two drawings say the same: PostgreSQL keeps the keys of a document in an order of its own. */
export const isSameDrawing = (a: Definition, b: Definition): boolean => isDeepStrictEqual(plainly(a), plainly(b));

/** A drawing as anybody may see it: addresses of other programs may hold a secret, and are for whoever draws it. */
const shown = (drawn: Definition, mine: boolean): Definition =>
  mine
    ? drawn
    : { ...drawn, nodes: drawn.nodes.map((node) => (node.kind === 'webhook' ? { ...node, url: '' } : node)) };

/** All of a scenario but what is wrong with it, and how what it names is called. */
export async function describeScenario(
  viewer: Viewer,
  scenarioId: string,
): Promise<Omit<FullScenario, 'problems' | 'names'>> {
  const { tx, actor } = viewer;
  const planned = await getPlanned(viewer, scenarioId);
  const [row] = await queries.listScenarios(tx, actor, scenarioId);
  const counts = (await journeys.countPeople(tx, actor, [scenarioId])).get(scenarioId);
  const mine = isMine(viewer, planned);
  const byMe = row?.published_by === actor.memberId;
  const contents = await describeContents(viewer, row?.draft ?? nothingDrawn);
  const approval = await findApproval(tx, actor, scenarioId);
  const owners = await queries.nameActive(tx, actor.workspaceId, [planned.programme.ownerId]);
  const { id, name, programme, purpose } = planned;
  return {
    ...{ id, name, programme: { id: programme.id, name: programme.name }, purpose },
    ...{
      state: row?.state ?? null,
      standstill: row?.problem ?? null,
      version: row?.version ?? 0,
      edition: row?.edition ?? 0,
    },
    ...numbersOf(counts, byMe),
    ...{
      draft: shown(row?.draft ?? nothingDrawn, mine),
      published: row?.published ? shown(row.published, mine) : null,
    },
    changed: !row?.published || !isSameDrawing(row.draft, row.published),
    approved: row !== undefined && isAsApproved(row, approval?.at),
    contents,
    mayApprove: row !== undefined && !isAsApproved(row, approval?.at) && (await mayApprove(viewer, planned, row)),
    owner: { id: programme.ownerId, name: owners.get(programme.ownerId) ?? '' },
    ...{ mine, byMe },
    at: row ? await journeys.countAt(tx, actor, scenarioId) : [],
    passed: row ? await journeys.countPassed(tx, actor, scenarioId) : [],
    doubts: row && mine ? await effects.countDoubts(tx, actor, scenarioId) : 0,
  };
}

/** What is told of an outcome to whom its cause is not: the end that a person came to rests on conditions. */
const blurred = (outcome: journeys.Outcome | null) =>
  outcome === 'goal' || outcome === 'exit' ? ('ended' as const) : outcome;

/** The contents that a drawing sends, as far as the viewer sees them, by their order in it. */
async function describeContents(viewer: Viewer, { nodes }: Definition): Promise<FullScenario['contents']> {
  const ids = new Set(nodes.flatMap((node) => (node.kind === 'message' ? (node.contentId ?? []) : [])));
  const found: FullScenario['contents'] = [];
  for (const id of ids) {
    const content = await getContent(viewer, id).catch(isGone);
    if (content) found.push({ id, name: content.name, edition: content.edition });
  }
  return found;
}

export async function describeTravellers({ tx, actor }: Viewer, rows: readonly journeys.Traveller[]) {
  const names = await nameCards(
    { tx, actor },
    rows.map(({ card_id }) => card_id),
  );
  return rows.map((row) => ({
    ...{ id: row.journey_id, personId: row.card_id, name: names.get(row.card_id) ?? '', version: row.version },
    ...(row.by_me
      ? { nodeId: row.node_id, dueAt: row.due_at.toISOString(), asked: row.phase === 'asked', outcome: row.outcome }
      : { nodeId: null, dueAt: null, asked: false, outcome: blurred(row.outcome) }),
    ...{ enteredAt: row.entered_at.toISOString(), endedAt: row.ended_at?.toISOString() ?? null },
  }));
}
