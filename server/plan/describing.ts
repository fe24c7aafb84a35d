import type { Role } from '../kernel/contract.ts';
import type { Actor } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import * as campaigns from './campaigns.ts';
import type { Campaign, Flow, FullCampaign, Move, Objective, Programme } from './contract.ts';
import { isFlow, steps } from './contract.ts';
import { measure } from './measuring.ts';
import * as queries from './queries.ts';
import { expectedOn, mayMove, type Production, plans, risen, standingOf } from './rules.ts';

export type Viewer = Pick<Context, 'tx' | 'actor' | 'role'>;
type Who = { actor: Actor; role: Role };

/** Planners, and whoever owns it. */
export const isMine = ({ actor, role }: Who, ownerId: string): boolean => plans(role) || actor.memberId === ownerId;

export const today = (): string => new Date().toISOString().slice(0, 10);

export const segmentOf = (id: string | null, name: string | null) => (id === null ? null : { id, name });

export async function describeObjectives(
  viewer: Viewer,
  which: Parameters<typeof queries.listObjectives>[2],
): Promise<Objective[]> {
  const { tx, actor } = viewer;
  const rows = await queries.listObjectives(tx, actor, which);
  const figures = await queries.listFigures(
    tx,
    actor,
    rows.map(({ objective_id }) => objective_id),
  );
  const of = Map.groupBy(figures, ({ objective_id }) => objective_id);
  const described: Objective[] = [];
  for (const row of rows)
    described.push(
      isFlow(row.measured_by)
        ? describeObjective(viewer, row, await measureOf(viewer, row, row.measured_by))
        : describeObjective(viewer, row, saidOf(of.get(row.objective_id) ?? [])),
    );
  return described;
}

/** Where an objective stands and stood; `hidden`: the viewer may see nothing of it. */
interface Figured {
  now: Objective['now'];
  trend: Objective['trend'];
  hidden: boolean;
}

/** What was said, or counted at night. */
function saidOf(figures: readonly queries.FigureRow[]): Figured {
  const last = figures.at(-1);
  return {
    now: last ? { value: last.value, at: last.at.toISOString(), saidBy: last.sayer } : null,
    trend: figures.map(({ week, value }) => ({ week, value })),
    hidden: false,
  };
}

/** What happened from the day on which it begins until it is due, as the viewer sees it; before it begins, nothing is counted. */
async function measureOf({ tx, actor }: Viewer, row: queries.ObjectiveRow, flow: Flow): Promise<Figured> {
  const at = today();
  const [since, until] = [row.starts_on, row.due_on < at ? row.due_on : at];
  const happened = await measure(tx, actor, flow, { since, until }, row.currency);
  if (!happened) return { now: null, trend: [], hidden: true };
  const trend = risen(row.from_value, since, until, happened);
  const last = trend.at(-1);
  return {
    now: since <= at && last ? { value: last.value, at: new Date().toISOString(), saidBy: null } : null,
    trend: since <= at ? trend : [],
    hidden: false,
  };
}

function describeObjective(who: Who, row: queries.ObjectiveRow, { now, trend, hidden }: Figured): Objective {
  const path = { from: row.from_value, to: row.to_value, startsOn: row.starts_on, dueOn: row.due_on };
  return {
    ...{
      id: row.objective_id,
      name: row.name,
      kind: row.kind,
      why: row.why,
      measuredBy: row.measured_by,
      unit: row.unit,
    },
    currency: row.currency,
    segment: segmentOf(row.segment_id, row.segment),
    base: segmentOf(row.base_segment_id, row.base),
    ...path,
    owner: { id: row.owner_id, name: row.owner },
    ...{ example: row.example, version: row.version, mine: isMine(who, row.owner_id) },
    ...{ now, hidden },
    expected: expectedOn(path, today()),
    standing: standingOf(path, now?.value ?? null, today()),
    trend,
  };
}

export async function describeProgrammes(
  viewer: Viewer,
  which: Parameters<typeof queries.listProgrammes>[2],
): Promise<Programme[]> {
  return (await queries.listProgrammes(viewer.tx, viewer.actor, which)).map((row) => ({
    ...{ id: row.programme_id, name: row.name, why: row.why, objectiveIds: row.objective_ids },
    segment: segmentOf(row.segment_id, row.segment),
    ...{ target: row.target, priority: row.priority, budgetCents: row.budget_cents, currency: row.currency },
    owner: { id: row.owner_id, name: row.owner },
    ...{ colour: row.colour, startsOn: row.starts_on, endsOn: row.ends_on, example: row.example, version: row.version },
    mine: isMine(viewer, row.owner_id),
  }));
}

function describeCampaign(who: Who, row: campaigns.CampaignRow, of: readonly campaigns.StepRow[]): Campaign {
  const next = of.find(({ done_at }) => done_at === null);
  const { memberId } = who.actor;
  return {
    ...{ id: row.campaign_id, programmeId: row.programme_id, kind: row.kind, name: row.name, purpose: row.purpose },
    segment: segmentOf(row.segment_id, row.segment),
    ...{ target: row.target, channel: row.channel, plannedOn: row.planned_on, plannedTime: row.planned_time },
    ...{ priority: row.priority, budgetCents: row.budget_cents, beganOn: row.began_on, endedOn: row.ended_on },
    ...{ spentCents: row.spent_cents, brought: row.brought, example: row.example, version: row.version },
    step: next?.step ?? null,
    responsible: next?.responsible_id ? { id: next.responsible_id, name: next.responsible } : null,
    dueOn: next?.due_on ?? null,
    mine: isMine(who, row.programme_owner_id),
    forMe: row.programme_owner_id === memberId || of.some(({ responsible_id }) => responsible_id === memberId),
  };
}

export async function describeCampaigns(viewer: Viewer, archived: boolean): Promise<Campaign[]> {
  const { tx, actor } = viewer;
  const rows = await campaigns.listCampaigns(tx, actor.workspaceId, { archived });
  const ids = rows.map(({ campaign_id }) => campaign_id);
  const of = Map.groupBy(await campaigns.listSteps(tx, actor.workspaceId, ids), ({ campaign_id }) => campaign_id);
  return rows.map((row) => describeCampaign(viewer, row, of.get(row.campaign_id) ?? []));
}

/** @throws AppError not_found */
export async function getCampaignRow({ tx, actor }: Pick<Viewer, 'tx' | 'actor'>, campaignId: string) {
  const [row] = await campaigns.listCampaigns(tx, actor.workspaceId, { campaignId });
  if (!row) throw notFound();
  return row;
}

/** What is known of a campaign's production. */
export async function findProduction(
  { tx, actor }: Pick<Viewer, 'tx' | 'actor'>,
  row: campaigns.CampaignRow,
): Promise<Production & { rows: campaigns.StepRow[] }> {
  const rows = await campaigns.listSteps(tx, actor.workspaceId, [row.campaign_id]);
  return {
    rows,
    steps: rows.map((one) => ({ step: one.step, responsibleId: one.responsible_id, done: one.done_at !== null })),
    programmeOwnerId: row.programme_owner_id,
    writerIds: await campaigns.listWriters(tx, actor.workspaceId, row.campaign_id),
    plannedOn: row.planned_on,
    alone: await campaigns.isAlone(tx, actor),
  };
}

/** Planners, the owner of its programme, and who answers for the brief. */
export const mayBrief = (who: Who, row: campaigns.CampaignRow, production: Production): boolean =>
  isMine(who, row.programme_owner_id) ||
  production.steps.some(({ step, responsibleId }) => step === 'brief' && responsibleId === who.actor.memberId);

const describeMove = ({ said, ...row }: campaigns.MoveRow): Move => ({
  ...{ id: row.move_id, act: row.act, step: row.step, by: row.member_id === null ? null : row.mover },
  ...{ at: row.at.toISOString(), alone: row.alone, to: said.memberId ? row.receiver : null },
  ...{ day: said.day ?? null, from: said.from ?? null, words: said.words || null },
});

/** @throws AppError not_found */
export async function describeFully(viewer: Viewer, campaignId: string): Promise<FullCampaign> {
  const { tx, actor, role } = viewer;
  const row = await getCampaignRow(viewer, campaignId);
  const production = await findProduction(viewer, row);
  const { rows } = production;
  return {
    ...describeCampaign(viewer, row, rows),
    brief: row.brief,
    mayBrief: mayBrief(viewer, row, production),
    steps: steps.map((step) => {
      const one = rows.find((each) => each.step === step)!;
      return {
        step,
        responsible: one.responsible_id === null ? null : { id: one.responsible_id, name: one.responsible },
        dueOn: one.due_on,
        done: one.done_at === null ? null : { at: one.done_at.toISOString(), by: one.doer },
        may: mayMove(production, step, { memberId: actor.memberId, role }),
      };
    }),
    history: (await campaigns.listMoves(tx, actor.workspaceId, campaignId)).map(describeMove),
  };
}
