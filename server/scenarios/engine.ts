import { createHash } from 'node:crypto';
import { type CompiledSet, findCompiled } from '../content/index.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { findPeople, type HeldCard } from '../outreach/people.ts';
import { getPlannedCampaign, type PlannedCampaign } from '../plan/index.ts';
import { judge, readSight, type Sight } from '../segments/index.ts';
import type { Definition, Node } from './contract.ts';
import { enterAll, type Running } from './entering.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';
import { dueAt, type Happened, moveFrom, nodesOf } from './rules.ts';
import { contentKey, type Done, doStep, type Hand } from './steps.ts';
import { findZones, type Zones } from './zones.ts';

/** People who take a step in one transaction: so many are held by a crash at most, and taken up again. */
const together = 500;
/** How often a step that fails is tried before its person is taken out, and minutes in between. */
const mostTries = 5;
const pause = 15;
/** Steps of one person: a circle with a wait may go on for years, not for ever. */
const mostSteps = 2000;

/** Where time comes from. */
export type Clock = () => Date;

interface Run extends Running {
  planned: PlannedCampaign;
  versions: Map<number, { definition: Definition; nodes: Map<string, Node> }>;
  clock: Clock;
}

/** A number from 0 to 99.99 that stays somebody's at a step, and falls evenly over all. */
export const drawFor = (journeyId: string, nodeId: string): number =>
  (createHash('sha256').update(`${journeyId} ${nodeId}`).digest().readUInt32BE(0) % 10_000) / 100;

/**
 * Lets a scenario go on: whoever is to comes in, and all whose step is due take it, some hundreds a transaction.
 * @returns how many steps were taken
 */
export async function runScenario(
  app: App,
  workspaceId: string,
  scenarioId: string,
  { clock = () => new Date(), signal }: { clock?: Clock; signal?: AbortSignal } = {},
): Promise<number> {
  const run = await open(app, workspaceId, scenarioId, clock);
  if (!run) return 0;
  let steps = 0;
  try {
    await enterAll(app, run, clock());
    for (let more = true; more; ) {
      signal?.throwIfAborted();
      const taken = await takeSome(app, run);
      steps += taken;
      more = taken > 0;
    }
    await app.db.asActor(run.actor, (tx) => journeys.countUnseen(tx, run.actor, scenarioId, clock()));
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    await app.db.asSystem('keeper', (tx) => queries.setProblem(tx, workspaceId, scenarioId, problem));
  }
  return steps;
}

/** A condition asks for what is gone, or no longer open: everybody stands still until it is mended. */
class Unreadable extends Error {}

/** Why a scenario stands still as a whole; undefined: it does not. In whose name it ran has left, or a condition cannot be asked. */
function problemOf(error: unknown): 'owner_gone' | 'unreadable' | undefined {
  if (error instanceof Unreadable) return 'unreadable';
  return error instanceof AppError && error.code === 'unauthenticated' ? 'owner_gone' : undefined;
}

/** Opens a scenario that is to run. @returns undefined where it does not */
async function open(app: App, workspaceId: string, scenarioId: string, clock: Clock): Promise<Run | undefined> {
  return app.db.asSystem('keeper', async (tx) => {
    const [row] = await queries.listScenarios(tx, { workspaceId }, scenarioId);
    if (row?.state !== 'running' || !row.published || !row.published_by) return undefined;
    const actor = { workspaceId, memberId: row.published_by };
    const planned = await getPlannedCampaign(tx, actor, scenarioId);
    // It runs with the rights of who published it: a programme that is another's now has it published anew.
    const owned = planned.programme.ownerId === row.published_by;
    const there = owned && (await queries.nameActive(tx, workspaceId, [row.published_by])).size > 0;
    const problem = planned.archived ? 'archived' : there ? null : 'owner_gone';
    await queries.setProblem(tx, workspaceId, scenarioId, problem);
    if (problem !== null) return undefined;
    const versions = new Map(
      (await queries.listVersions(tx, workspaceId, scenarioId)).map(({ version, definition }) => [
        version,
        { definition, nodes: nodesOf(definition) },
      ]),
    );
    return { actor, scenarioId, version: row.version, definition: row.published, planned, versions, clock };
  });
}

/** Takes the steps that are due, of some of those whom the actor sees. @returns how many were taken */
async function takeSome(app: App, run: Run): Promise<number> {
  const { actor, scenarioId } = run;
  const now = run.clock();
  const { due, sight } = await app.db.asActor(actor, async (tx) => {
    const found = await journeys.listDue(tx, actor, scenarioId, now, together);
    return { due: found, sight: needsSight(run, found) ? await readSight(tx, actor) : null };
  });
  if (due.length === 0) return 0;
  try {
    return await takeTogether(app, run, due, sight, now);
  } catch (error) {
    if (error instanceof Unreadable || (error instanceof AppError && error.code === 'unauthenticated')) throw error;
    if (due.length === 1) return giveUp(app, run, due[0]!, error, now);
    // One of them is in the way of the others: each by itself.
    app.log.error('steps of a scenario are taken one by one', { error });
    let taken = 0;
    for (const one of due)
      taken += await takeTogether(app, run, [one], sight, now).catch((single: unknown) =>
        giveUp(app, run, one, single, now),
      );
    return taken;
  }
}

async function takeTogether(
  app: App,
  run: Run,
  due: readonly journeys.JourneyRow[],
  sight: Sight | null,
  now: Date,
): Promise<number> {
  const found = await look(app, run, due, sight);
  return app.db.asActor(run.actor, (tx) => takeSteps(app, tx, run, due, found, now));
}

/** A step failed: it is tried again later, and at last its person taken out. @throws what it failed with where not even that can be written */
async function giveUp(
  app: App,
  { actor, scenarioId }: Run,
  row: journeys.JourneyRow,
  error: unknown,
  now: Date,
): Promise<number> {
  app.log.error('a step of a scenario failed', { error });
  return app.db.asActor(actor, async (tx) => {
    const [held] = await journeys.lockDue(tx, actor, [row.journey_id], now);
    if (held?.step_no !== row.step_no) return 0;
    const tries = held.tries + 1;
    const over = tries >= mostTries;
    const { journey_id: journeyId, node_id: nodeId, step_no: stepNo, version, phase } = held;
    if (over)
      await journeys.addPassages(
        tx,
        actor.workspaceId,
        scenarioId,
        [{ journeyId, stepNo, version, nodeId, result: 'failed', said: {} }],
        now,
      );
    const dueAgain = new Date(now.getTime() + pause * tries * 60_000);
    const next = {
      journeyId,
      nodeId,
      stepNo: over ? stepNo + 1 : stepNo,
      phase,
      dueAt: dueAgain,
      tries,
      outcome: over ? ('failed' as const) : null,
    };
    await journeys.advance(tx, actor.workspaceId, [next], now);
    return 1;
  });
}

const nodeOf = ({ versions }: Run, { version, node_id }: journeys.JourneyRow): Node | undefined =>
  versions.get(version)?.nodes.get(node_id);

function needsSight(run: Run, due: readonly journeys.JourneyRow[]): boolean {
  return due.some((row) => run.versions.get(row.version)?.definition.goal || nodeOf(run, row)?.kind === 'condition');
}

/** What was found out before the steps are taken: of which cards each condition holds, and what contents compile to. */
interface Found {
  holds: ReadonlyMap<string, ReadonlySet<string>>;
  compiled: ReadonlyMap<string, CompiledSet>;
}

/** Asks conditions, and reads what is to be sent, as the keeper for the actor: once for all. @throws Error where a condition cannot be read (any more) */
async function look(app: App, run: Run, due: readonly journeys.JourneyRow[], sight: Sight | null): Promise<Found> {
  const goals = due.flatMap((row) => run.versions.get(row.version)?.definition.goal ?? []);
  const nodes = [...new Set(due.flatMap((row) => nodeOf(run, row) ?? []))];
  const filters = [...new Set([...goals, ...nodes.flatMap((node) => (node.kind === 'condition' ? node.filter : []))])];
  const contents = nodes.flatMap((node) =>
    node.kind === 'message' ? [[node.contentId!, node.contentVersion!] as const] : [],
  );
  const { workspaceId } = run.actor;
  if (filters.length === 0 && contents.length === 0) return { holds: new Map(), compiled: new Map() };
  return app.db.asSystem('keeper', async (tx) => {
    const cardIds = due.map(({ card_id }) => card_id);
    const judged = sight && filters.length > 0 ? await judge(tx, run.actor, sight, filters, cardIds) : null;
    const unreadable = judged?.problems.find((one) => one !== null);
    if (unreadable) throw new Unreadable(unreadable.problem);
    const compiled = new Map<string, CompiledSet>();
    for (const [contentId, version] of contents)
      compiled.set(contentKey(contentId, version), await findCompiled(tx, workspaceId, contentId, version));
    return { holds: new Map(filters.map((text, at) => [text, judged!.holds[at]!])), compiled };
  });
}

/** Takes the steps, and writes where everybody stands, in one transaction: all of it or nothing. */
async function takeSteps(
  app: App,
  tx: Tx,
  run: Run,
  due: readonly journeys.JourneyRow[],
  found: Found,
  now: Date,
): Promise<number> {
  const { actor, scenarioId } = run;
  const { workspaceId } = actor;
  // Whoever holds or ends it waits for this, and what comes after waits for them.
  if (!(await queries.isStillRunning(tx, actor, scenarioId))) return 0;
  const stood = new Map(due.map((row) => [row.journey_id, row]));
  const ids = due.map(({ journey_id }) => journey_id);
  // Who has gone on meanwhile, or is another's, is left alone.
  const held = (await journeys.lockDue(tx, actor, ids, now)).filter((row) => {
    const before = stood.get(row.journey_id)!;
    return row.step_no === before.step_no && row.node_id === before.node_id && row.version === before.version;
  });
  if (held.length === 0) return 0;
  const cardsOf = await findPeople(tx, actor, [...new Set(held.map(({ card_id }) => card_id))]);
  const hand: Hand = { app, tx, actor, scenarioId, planned: run.planned, cardsOf, compiled: found.compiled, now };
  const moves = await decide(hand, run, held, found);
  const zones = await zonesFor(tx, run, moves, cardsOf, now);
  const passages: journeys.Passage[] = [];
  const places: journeys.Advance[] = [];
  for (const { row, move, until } of moves) {
    const { journey_id: journeyId, step_no: stepNo, version, node_id: nodeId } = row;
    const next = move.to === null ? undefined : run.versions.get(version)!.nodes.get(move.to);
    const outcome = move.outcome ?? (stepNo >= mostSteps || (!next && !until) ? 'failed' : null);
    const at = outcome ? now : (until ?? dueAt(next!, now, zones(row.card_id), row.day));
    const waits = next?.kind === 'wait' && !outcome ? { until: at.toISOString() } : {};
    passages.push({ journeyId, stepNo, version, nodeId, result: move.result, said: { ...move.said, ...waits } });
    places.push({
      ...{ journeyId, nodeId: outcome || until ? nodeId : move.to!, stepNo: stepNo + 1 },
      ...{ phase: until ? 'asked' : 'moving', dueAt: at, tries: 0, outcome },
    });
  }
  await journeys.addPassages(tx, workspaceId, scenarioId, passages, now);
  await journeys.advance(tx, workspaceId, places, now);
  await withdrawAsked(hand, held);
  return passages.length;
}

interface Moved {
  row: journeys.HeldRow;
  move: ReturnType<typeof moveFrom>;
  /** They stay until then. */
  until?: Date | undefined;
}

/** What comes of each one's step: those at the same step take it at once. */
async function decide(hand: Hand, run: Run, held: readonly journeys.HeldRow[], { holds }: Found): Promise<Moved[]> {
  const reached = (row: journeys.JourneyRow) => {
    const { goal } = run.versions.get(row.version)!.definition;
    return goal !== null && holds.get(goal)!.has(row.card_id);
  };
  const done = new Map<string, Done>();
  const standing = held.filter((row) => nodeOf(run, row));
  const acting = standing.filter((row) => row.phase === 'moving' && !reached(row));
  for (const group of Map.groupBy(acting, (row) => `${row.version} ${row.node_id}`).values()) {
    const became = await doStep(hand, nodeOf(run, group[0]!)!, group);
    for (const [at, one] of (became ?? []).entries()) done.set(group[at]!.journey_id, one);
  }
  return standing.map((row) => {
    const node = nodeOf(run, row)!;
    const of = done.get(row.journey_id);
    const happened: Happened = {
      goal: reached(row),
      holds: node.kind === 'condition' ? holds.get(node.filter)!.has(row.card_id) : null,
      drawn: node.kind === 'split' ? drawFor(row.journey_id, row.node_id) : 0,
      result: row.phase === 'asked' ? (row.answer ?? 'unanswered') : (of?.result ?? null),
      said: of?.said ?? {},
    };
    return { row, move: moveFrom(node, run.versions.get(row.version)!.definition, happened), until: of?.until };
  });
}

/** Time zones are asked for where somebody comes to a wait for a time on their wall. */
async function zonesFor(
  tx: Tx,
  run: Run,
  moves: readonly Moved[],
  cardsOf: ReadonlyMap<string, readonly HeldCard[]>,
  now: Date,
): Promise<Zones> {
  const waiting = moves.filter(({ row, move }) => {
    const node = move.to === null ? undefined : run.versions.get(row.version)!.nodes.get(move.to);
    return node?.kind === 'wait' && node.until !== null;
  });
  if (waiting.length === 0) return () => 'UTC';
  const cards = new Map(waiting.map(({ row }) => [row.card_id, cardsOf.get(row.card_id) ?? []]));
  return findZones(tx, run.actor, cards, now);
}

/** Whose holder did not answer in time is asked no more. */
async function withdrawAsked({ app, tx, actor, scenarioId }: Hand, held: readonly journeys.HeldRow[]): Promise<void> {
  const late = held
    .filter(({ phase, answer }) => phase === 'asked' && answer === null)
    .map(({ journey_id }) => journey_id);
  if (late.length === 0) return;
  const payload = { scenarioId, journeyIds: late };
  await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'scenarios.withdraw', payload });
}
