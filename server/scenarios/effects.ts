import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

// Calls to other programs: queued in the transaction of the step, claimed before anybody hears of them.

export interface NewEffect {
  effectId: string;
  journeyId: string;
  stepNo: number;
  nodeId: string;
  url: string;
  body: object;
}

export async function addEffects(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  all: readonly NewEffect[],
): Promise<void> {
  if (all.length === 0) return;
  await tx
    .insertInto('scenarios.effect')
    .values(
      all.map((one) => ({
        ...{ workspace_id: workspaceId, effect_id: one.effectId, scenario_id: scenarioId, journey_id: one.journeyId },
        ...{ step_no: one.stepNo, node_id: one.nodeId, url: one.url, body: JSON.stringify(one.body) },
      })),
    )
    .execute();
}

export interface Claimed {
  url: string;
  body: object;
  attempts: number;
}

/** Takes a call in hand; whoever comes later, after a crash too, leaves it alone. As the keeper. */
export async function claimEffect(tx: Tx, workspaceId: string, effectId: string): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    update scenarios.effect set state = 'sending', attempts = attempts + 1, claimed_at = now()
    where workspace_id = ${workspaceId} and effect_id = ${effectId} and state = 'queued' returning url, body, attempts`.execute(
    tx,
  );
  return rows[0];
}

export async function settleEffect(
  tx: Tx,
  workspaceId: string,
  effectId: string,
  state: 'queued' | 'sent' | 'failed' | 'in_doubt',
  answer: string | null,
): Promise<void> {
  await sql`update scenarios.effect set state = ${state}, answer = ${answer}
    where workspace_id = ${workspaceId} and effect_id = ${effectId} and state = 'sending'`.execute(tx);
}

/** What has been in hand for five minutes was cut off by a crash: nobody knows whether it arrived. As the keeper. */
export async function doubtStranded(tx: Tx): Promise<void> {
  // No workspace: all of them.
  await sql`update scenarios.effect set state = 'in_doubt' where state = 'sending' and claimed_at < now() - interval '5 minutes'`.execute(
    tx,
  );
}

export interface EffectRow {
  effect_id: string;
  node_id: string;
  url: string;
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'in_doubt' | 'cancelled';
  attempts: number;
  answer: string | null;
  made_at: Date;
}

const unsettled = sql`e.state in ('queued', 'sending', 'in_doubt', 'failed') and e.looked_by is null`;
/** Who is not seen is absent: each call is somebody's, and joined with the card by which they came in. */
const seen = (workspaceId: string) => sql`
  join scenarios.journey j on j.workspace_id = ${workspaceId} and j.journey_id = e.journey_id
  join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = j.card_id and c.exposure < 2`;

export async function listEffects(tx: Tx, { workspaceId }: Actor, scenarioId: string): Promise<EffectRow[]> {
  const { rows } = await sql<EffectRow>`
    select e.effect_id, e.node_id, e.url, e.state, e.attempts, e.answer, e.made_at from scenarios.effect e ${seen(workspaceId)}
    where e.workspace_id = ${workspaceId} and e.scenario_id = ${scenarioId} and ${unsettled} order by e.made_at desc, e.effect_id limit 200`.execute(
    tx,
  );
  return rows;
}

export async function countDoubts(tx: Tx, { workspaceId }: Actor, scenarioId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from scenarios.effect e ${seen(workspaceId)}
    where e.workspace_id = ${workspaceId} and e.scenario_id = ${scenarioId} and e.state in ('in_doubt', 'failed') and e.looked_by is null`.execute(
    tx,
  );
  return rows[0]!.n;
}

/** Of a call in doubt, or that failed: it stands, or is to be made again. @returns false where it is neither */
export async function decideEffect(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  scenarioId: string,
  effectId: string,
  as: 'looked' | 'again',
): Promise<boolean> {
  const { rows } = await sql`
    update scenarios.effect set state = ${as === 'again' ? 'queued' : sql`state`}, looked_by = ${as === 'looked' ? memberId : null}
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and effect_id = ${effectId} and state in ('in_doubt', 'failed')
      and looked_by is null
    returning effect_id`.execute(tx);
  return rows.length === 1;
}

/** Calls that nobody has made yet are not made any more: all of a scenario's, or somebody's. Those in hand are not called back. */
export async function cancelEffects(
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
  which: { journeyId: string } | 'all',
): Promise<void> {
  await sql`
    update scenarios.effect set state = 'cancelled'
    where workspace_id = ${workspaceId} and scenario_id = ${scenarioId} and state = 'queued'
      and ${which === 'all' ? sql`true` : sql`journey_id = ${which.journeyId}`}`.execute(tx);
}
