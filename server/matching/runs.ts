import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { hunterOf } from './hunt/hunter.ts';
import { matchAgain } from './matching.ts';
import { addRun, isRunning, listWorkspacesWithCards, pageCards, type RunState, updateRun } from './queries.ts';

const batch = 2000;

/**
 * Begins a full run: the model is learned anew, and every link and proposal is brought to what it says.
 * @returns false when one is under way
 */
export async function startRun(app: AppInside, tx: Tx, workspaceId: string, memberId: string | null): Promise<boolean> {
  if (await isRunning(tx, workspaceId)) return false;
  const runId = newId();
  await addRun(tx, workspaceId, runId, memberId);
  await app.enqueue(tx, { workspaceId, task: 'matching.run', payload: { runId }, queue: `matching ${workspaceId}` });
  return true;
}

/** Every night, in every workspace that has cards. */
export async function startNightlyRuns(app: App): Promise<void> {
  const workspaces = await app.db.asSystem('keeper', listWorkspacesWithCards);
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

async function setRun(app: App, workspaceId: string, runId: string, values: RunState): Promise<void> {
  await app.db.asSystem('keeper', (tx) => updateRun(tx, workspaceId, runId, values));
}
