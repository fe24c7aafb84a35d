import { sql } from 'kysely';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { hunterOf } from './hunt/hunter.ts';
import { matchAgain } from './matching.ts';

const batch = 2000;

/** Longer than any run takes: what is still called running was lost with its job. */
const longest = '6 hours';

/**
 * Begins a full run: the model is learned anew, and every link and proposal is brought to what it says.
 * @returns false when one is under way
 */
export async function startRun(app: App, tx: Tx, workspaceId: string, memberId: string | null): Promise<boolean> {
  const { rows } = await sql`select from matching.run where workspace_id = ${workspaceId} and state = 'running'
    and started_at > now() - ${sql.raw(`interval '${longest}'`)} limit 1`.execute(tx);
  if (rows.length > 0) return false;
  const runId = newId();
  await tx
    .insertInto('matching.run')
    .values({ workspace_id: workspaceId, run_id: runId, started_by: memberId })
    .execute();
  await app.enqueue(tx, { workspaceId, task: 'matching.run', payload: { runId }, queue: `matching ${workspaceId}` });
  return true;
}

/** Every night, in every workspace that has cards. */
export async function startNightlyRuns(app: App): Promise<void> {
  const workspaces = await app.db.asSystem('keeper', async (tx) => {
    // No workspace: each of them.
    const { rows } = await sql<{ workspace_id: string }>`
      select w.workspace_id from identity.workspace w
      where exists (select from cards.card c where c.workspace_id = w.workspace_id)`.execute(tx);
    return rows.map((row) => row.workspace_id);
  });
  for (const workspaceId of workspaces) await app.db.asSystem('keeper', (tx) => startRun(app, tx, workspaceId, null));
}

/**
 * Does a full run, in steps of a transaction each; cards that change meanwhile are matched in between. Broken off, it is done
 * again from its start, and comes to the same.
 *
 * @param step cards to a transaction
 */
export async function runFully(
  app: App,
  workspaceId: string,
  runId: string,
  signal: AbortSignal,
  step = batch,
): Promise<void> {
  const total = await hunterOf(app).inTurn(workspaceId, () => hunterOf(app).ask({ ask: 'learn', workspaceId }));
  const counts = { done: 0, linked: 0, unlinked: 0, proposed: 0 };
  await setRun(app, workspaceId, runId, { state: 'running', total, ...counts });
  try {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      if (signal.aborted) throw new Error('aborted');
      const cardIds = await app.db.asSystem('keeper', (tx) => pageCards(tx, workspaceId, after, step));
      if (cardIds.length === 0) break;
      const found = await matchAgain(app, workspaceId, cardIds);
      counts.done += cardIds.length;
      counts.linked += found.linked;
      counts.unlinked += found.unlinked;
      counts.proposed += found.proposed;
      await setRun(app, workspaceId, runId, counts);
      after = cardIds.at(-1)!;
    }
    await setRun(app, workspaceId, runId, { ...counts, state: 'done', finished_at: new Date() });
  } catch (error) {
    await setRun(app, workspaceId, runId, { state: 'failed', finished_at: new Date() });
    throw error;
  }
}

async function pageCards(tx: Tx, workspaceId: string, after: string, step: number): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card where workspace_id = ${workspaceId} and card_id > ${after}
    order by card_id limit ${step}`.execute(tx);
  return rows.map((row) => row.card_id);
}

interface RunState {
  state?: 'running' | 'done' | 'failed';
  finished_at?: Date;
  done?: number;
  total?: number;
  linked?: number;
  unlinked?: number;
  proposed?: number;
}

async function setRun(app: App, workspaceId: string, runId: string, values: RunState): Promise<void> {
  await app.db.asSystem('keeper', (tx) =>
    tx
      .updateTable('matching.run')
      .set(values)
      .where('workspace_id', '=', workspaceId)
      .where('run_id', '=', runId)
      .execute(),
  );
}

/** The last run, for those who may see it. */
export async function findLastRun(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('matching.run')
    .selectAll()
    .where('workspace_id', '=', actor.workspaceId)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The most links in a thousand made without asking that may be wrong. */
export async function getPrecision(tx: Tx, actor: Actor): Promise<number> {
  const row = await tx
    .selectFrom('matching.state')
    .select('wrong_per_thousand')
    .where('workspace_id', '=', actor.workspaceId)
    .executeTakeFirst();
  return row?.wrong_per_thousand ?? 2;
}

export async function setPrecision(tx: Tx, actor: Actor, wrongPerThousand: number): Promise<void> {
  await tx
    .insertInto('matching.state')
    .values({ workspace_id: actor.workspaceId, wrong_per_thousand: wrongPerThousand })
    .onConflict((conflict) => conflict.constraint('state_pk').doUpdateSet({ wrong_per_thousand: wrongPerThousand }))
    .execute();
}
