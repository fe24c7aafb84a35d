import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { takeStirred } from '../voices/index.ts';
import { allOthers, usualThreshold } from './contract.ts';
import * as crossing from './crossing.ts';
import { addStep, listThresholds } from './queries.ts';

const day = 86_400_000;
/** What comes later than this is taken into the evidence by the night. */
const lateAtMost = 2 * day;

type Watching = { db: App['db'] } & Pick<AppInside, 'enqueue'>;

/**
 * Looks at the topics on which something was said: takes it into the evidence of their case, or opens one where the threshold is reached. In one
 * transaction with the marks that woke it: after a crash they stand, and all is done again, once.
 */
export async function watchTopics(app: Watching, workspaceId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const { topicId, lost } of await takeStirred(tx, workspaceId)) {
      if (lost) await crossing.forgetTakenBack(tx, workspaceId, topicId);
      const open = await crossing.findOpenCase(tx, workspaceId, topicId);
      if (open) await crossing.gather(tx, workspaceId, open, new Date(Date.now() - lateAtMost));
      else await consider(app, tx, workspaceId, topicId);
    }
  });
}

/** Takes what came late, or was read anew, into the evidence of all open cases. */
export async function gatherAll(app: Watching, workspaceId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const topicId of await crossing.listOpenTopics(tx, workspaceId)) {
      const open = await crossing.findOpenCase(tx, workspaceId, topicId);
      if (open) await crossing.gather(tx, workspaceId, open);
    }
  });
}

/** Asks of topics whether they have reached a threshold that was said anew. */
export async function considerTopics(app: Watching, workspaceId: string, topicIds: readonly string[]): Promise<void> {
  for (const topicId of topicIds)
    await app.db.asSystem('keeper', async (tx) => {
      if (!(await crossing.findOpenCase(tx, workspaceId, topicId))) await consider(app, tx, workspaceId, topicId);
    });
}

async function consider(app: Watching, tx: Tx, workspaceId: string, topicId: string): Promise<void> {
  const thresholds = await listThresholds(tx, workspaceId);
  const threshold = thresholds.get(topicId) ?? thresholds.get(allOthers) ?? usualThreshold;
  if (threshold.off) return;
  const begins = new Date(Date.now() - threshold.days * day);
  const settled = await crossing.findSettled(tx, workspaceId, topicId);
  const since = settled && settled > begins ? settled : begins;
  const mass = await crossing.readMass(tx, workspaceId, topicId, threshold, since);
  if (mass.people < threshold.people || mass.accounts < threshold.accounts || mass.cents < threshold.cents) return;
  const caseId = await crossing.openCase(tx, workspaceId, topicId, threshold, since);
  if (!caseId) return;
  await crossing.gather(tx, workspaceId, { case_id: caseId, topic_id: topicId, threshold, since });
  await addStep(tx, workspaceId, caseId, 'opened', null);
  const memberIds = await crossing.listConcerned(tx, workspaceId, caseId);
  const payload = { kind: 'case_opened', memberIds, subjectId: caseId, actorId: null };
  await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
}
