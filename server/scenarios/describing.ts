import { nameCards } from '../cards/persons.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { findApproval, getPlannedCampaign, listPlannedScenarios, type PlannedCampaign } from '../plan/index.ts';
import type { Definition, FullScenario } from './contract.ts';
import * as effects from './effects.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';

type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;

/** Planners, and whoever owns its programme. */
const isMine = (
  { actor, role }: Pick<Viewer, 'actor' | 'role'>,
  { programme }: Pick<PlannedCampaign, 'programme'>,
): boolean => role === 'admin' || role === 'marketing' || programme.ownerId === actor.memberId;

/** A scenario of the plan. @throws AppError not_found for what is none */
async function getPlanned(viewer: Pick<Viewer, 'tx' | 'actor'>, scenarioId: string): Promise<PlannedCampaign> {
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
const numbersOf = ({ in_flight, goal, ended } = none) => ({ inFlight: in_flight, goal, ended });

export async function describeScenarios({ tx, actor }: Viewer) {
  const planned = await listPlannedScenarios(tx, actor);
  const rows = new Map((await queries.listScenarios(tx, actor)).map((row) => [row.scenario_id, row]));
  const counts = await journeys.countPeople(tx, actor, [...rows.keys()]);
  return planned.map(({ id, name, programme }) => {
    const row = rows.get(id);
    return {
      ...{ id, name, programme: { id: programme.id, name: programme.name }, state: row?.state ?? null },
      ...{ standstill: row?.problem ?? null, version: row?.version ?? 0, ...numbersOf(counts.get(id)) },
    };
  });
}

/** What of a definition counts for whether it has changed: not which version of a content was sealed for it. */
export const withoutVersions = (definition: Definition): string =>
  JSON.stringify({
    ...definition,
    nodes: definition.nodes.map((node) => (node.kind === 'message' ? { ...node, contentVersion: null } : node)),
  });

/** All of a scenario but what is wrong with it, and how what it names is called. */
export async function describeScenario(
  viewer: Viewer,
  scenarioId: string,
): Promise<Omit<FullScenario, 'problems' | 'names'>> {
  const { tx, actor } = viewer;
  const planned = await getPlanned(viewer, scenarioId);
  const [row] = await queries.listScenarios(tx, actor, scenarioId);
  const counts = (await journeys.countPeople(tx, actor, [scenarioId])).get(scenarioId);
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
    ...numbersOf(counts),
    ...{ draft: row?.draft ?? nothingDrawn, published: row?.published ?? null },
    changed: !row?.published || withoutVersions(row.draft) !== withoutVersions(row.published),
    approved: (await findApproval(tx, actor, scenarioId)) !== null,
    owner: { id: programme.ownerId, name: owners.get(programme.ownerId) ?? '' },
    mine: isMine(viewer, planned),
    at: row ? await journeys.countAt(tx, actor, scenarioId) : [],
    passed: row ? await journeys.countPassed(tx, actor, scenarioId) : [],
    doubts: row && isMine(viewer, planned) ? await effects.countDoubts(tx, actor, scenarioId) : 0,
  };
}

export async function describeTravellers({ tx, actor }: Viewer, rows: readonly journeys.Traveller[]) {
  const names = await nameCards(
    { tx, actor },
    rows.map(({ card_id }) => card_id),
  );
  return rows.map((row) => ({
    ...{ id: row.journey_id, personId: row.card_id, name: names.get(row.card_id) ?? '', version: row.version },
    ...{ nodeId: row.node_id, dueAt: row.due_at.toISOString(), asked: row.phase === 'asked', outcome: row.outcome },
    ...{ enteredAt: row.entered_at.toISOString(), endedAt: row.ended_at?.toISOString() ?? null },
  }));
}
