import { z } from 'zod';
import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { withdrawTask } from '../tasks/giving.ts';
import { makeCalls } from './calling.ts';
import * as effects from './effects.ts';
import { queueTakeBack, takeBack } from './ending.ts';
import { runScenario } from './engine.ts';
import * as journeys from './journeys.ts';
import * as queries from './queries.ts';

const queueOf = (workspaceId: string) => `scenarios ${workspaceId}`;

/** Lets a scenario go on as soon as this transaction is committed; each minute it does anyway. */
export async function wakeScenario(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  scenarioId: string,
): Promise<void> {
  await app.enqueue(tx, { workspaceId, task: 'scenarios.run', payload: { scenarioId }, queue: queueOf(workspaceId) });
}

export const scenariosTasks: Task[] = [
  defineTask({
    name: 'scenarios.takeBack',
    payload: z.object({ scenarioId: z.uuid(), journeyId: z.uuid().nullable() }),
    run: ({ scenarioId, journeyId }, { app, workspaceId }) => takeBack(app, workspaceId, scenarioId, journeyId),
  }),
  defineTask({
    name: 'scenarios.run',
    payload: z.object({ scenarioId: z.uuid() }),
    async run({ scenarioId }, { app, workspaceId, signal }) {
      await runScenario(app, workspaceId, scenarioId, { signal });
    },
  }),
  defineTask({
    name: 'scenarios.call',
    payload: z.object({ effectIds: z.array(z.uuid()).max(100) }),
    run: ({ effectIds }, { app, workspaceId, signal }) => makeCalls(app, workspaceId, effectIds, signal),
  }),
  defineTask({
    name: 'scenarios.withdraw',
    payload: z.object({ scenarioId: z.uuid(), journeyIds: z.array(z.uuid()) }),
    run: ({ journeyIds }, { app, workspaceId }) =>
      app.db.asSystem('keeper', async (tx) => {
        for (const { task_id, holder_id, answered } of await journeys.listOver(tx, workspaceId, journeyIds))
          await withdrawTask({ tx, actor: { workspaceId, memberId: holder_id } }, task_id, answered ? 'done' : 'gone');
      }),
  }),
];

/** Each minute every scenario goes on: in jobs, so that a large one keeps no other waiting. */
async function tick(app: App): Promise<void> {
  for (const { workspace_id, scenario_id } of await app.db.asSystem('keeper', queries.listRunning))
    await app.db.asSystem('keeper', async (tx) => {
      if (!(await queries.isAwake(tx, workspace_id, scenario_id)))
        await wakeScenario(app, tx, workspace_id, scenario_id);
    });
}

export const scenariosCrons: Cron[] = [
  { name: 'scenarios.tick', schedule: '* * * * *', run: tick },
  {
    name: 'scenarios.doubtStranded',
    schedule: '*/5 * * * *',
    run: (app) => app.db.asSystem('keeper', effects.doubtStranded),
  },
  {
    name: 'scenarios.takeLeftovers',
    schedule: '*/5 * * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        for (const { workspace_id, scenario_id } of await journeys.listLeftovers(tx))
          await queueTakeBack(app, tx, workspace_id, scenario_id, null);
      }),
  },
  {
    name: 'scenarios.forgetOld',
    schedule: '45 2 * * *',
    run: (app) => app.db.asSystem('keeper', journeys.forgetOld),
  },
];
