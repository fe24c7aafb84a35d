import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { hashedId, newId } from '../kernel/ids.ts';
import { type Stage, stageKeys } from './contract.ts';

/** How likely what stands at the stages is won that everybody begins with, in percent. */
const beginning: Record<(typeof stageKeys)[number], number> = {
  lead: 10,
  qualified: 30,
  proposal: 50,
  negotiation: 75,
};

export interface StageRow {
  stage_id: string;
  key: Stage['key'];
  name: string | null;
  position: number;
  probability: number;
  ended_at: Date | null;
}

/** Those that every workspace begins with; their ids are the same whoever writes them first. */
const beginnings = ({ workspaceId }: Actor): StageRow[] =>
  stageKeys.map((key, position) => ({
    stage_id: hashedId(`${workspaceId} stage ${key}`),
    ...{ key, name: null, position, probability: beginning[key], ended_at: null },
  }));

/** The stages in order, those last that are ended; to look writes nothing. */
export async function loadStages(tx: Tx, actor: Actor): Promise<StageRow[]> {
  const here = await listStages(tx, actor);
  return here.length > 0 ? here : beginnings(actor);
}

/** The stages, which stand from here on: something is to point to one. */
export async function ensureStages(tx: Tx, actor: Actor): Promise<StageRow[]> {
  const here = await listStages(tx, actor);
  if (here.length > 0) return here;
  await tx
    .insertInto('opportunities.stage')
    .values(
      beginnings(actor).map(({ stage_id, key, position, probability }) => ({
        workspace_id: actor.workspaceId,
        ...{ stage_id, key, position, probability },
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return listStages(tx, actor);
}

async function listStages(tx: Tx, { workspaceId }: Actor): Promise<StageRow[]> {
  const { rows } = await sql<StageRow>`
    select stage_id, key, name, position, probability, ended_at from opportunities.stage
    where workspace_id = ${workspaceId} order by ended_at is not null, position, stage_id`.execute(tx);
  return rows;
}

export interface WantedStage {
  stageId: string;
  /** Null: as it is called now. */
  name: string | null;
  probability: number;
}

/** Keeps others from changing the stages until the end of the transaction. */
export async function lockStages(tx: Tx, { workspaceId }: Actor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} stages`}, 0))`.execute(tx);
}

/** Writes the list: what is not in it is ended, what is in it stands. */
export async function saveStages(
  tx: Tx,
  { workspaceId }: Actor,
  here: readonly StageRow[],
  wanted: readonly WantedStage[],
): Promise<void> {
  const known = new Map(here.map((one) => [one.stage_id, one]));
  for (const [position, { stageId, name, probability }] of wanted.entries()) {
    if (known.has(stageId))
      await sql`update opportunities.stage set position = ${position}, probability = ${probability}, ended_at = null,
          key = ${name === null ? sql`key` : null}, name = ${name ?? sql`name`}
        where workspace_id = ${workspaceId} and stage_id = ${stageId}`.execute(tx);
    else await addStage(tx, workspaceId, { stageId, name: name ?? '', probability }, position);
  }
  await sql`update opportunities.stage set ended_at = now()
    where workspace_id = ${workspaceId} and not (stage_id = any(${wanted.map(({ stageId }) => stageId)}::uuid[]))
      and ended_at is null`.execute(tx);
}

async function addStage(
  tx: Tx,
  workspaceId: string,
  { stageId, name, probability }: WantedStage,
  position: number,
): Promise<void> {
  await tx
    .insertInto('opportunities.stage')
    .values({ workspace_id: workspaceId, stage_id: stageId, name, position, probability })
    .execute();
}

/** Adds stages behind the others: a file named them. @returns their ids by name */
export async function addStages(
  tx: Tx,
  { workspaceId }: Actor,
  here: readonly StageRow[],
  names: readonly string[],
): Promise<Map<string, string>> {
  const ids = new Map(names.map((name) => [name, newId()]));
  let position = Math.max(-1, ...here.map((one) => one.position));
  for (const [name, stageId] of ids) await addStage(tx, workspaceId, { stageId, name, probability: 50 }, ++position);
  return ids;
}
