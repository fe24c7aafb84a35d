import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { type Reported, removeReported, replaceReported, stir } from './reported.ts';

export { takeStirred } from './reported.ts';
export { loadTopics } from './tree.ts';
export { findSpeakers, type Speaker, type Speakers, sumOf } from './weighing.ts';

/** Where a voice is reported: a transaction of the member who may see it, or the keeper's. */
interface Reporting {
  app: Pick<AppInside, 'enqueue'>;
  tx: Tx;
  workspaceId: string;
}

/**
 * Reports what somebody said elsewhere than in a message: a field note, an interview, a survey's answer, an idea. It counts as a voice for its
 * audience from the commit on; without topics or tone, once a job has read its text. Reported again by the same origin and id, it takes the
 * place of what stood there.
 */
export async function reportVoice({ app, tx, workspaceId }: Reporting, voice: Reported): Promise<void> {
  await replaceReported(tx, workspaceId, voice);
  if (voice.topicIds === undefined || voice.tone === undefined) {
    const { origin, originId, topicIds, tone } = voice;
    const payload = { origin, originId, ...(topicIds && { topicIds: [...topicIds] }), ...(tone && { tone }) };
    await app.enqueue(tx, { workspaceId, task: 'voices.readReported', payload, queue: `voices ${workspaceId}` });
  } else await wake({ app, tx, workspaceId }, voice.topicIds);
}

/** It was taken back: nothing of it is left. */
export async function withdrawVoice(
  reporting: Reporting,
  { origin, originId }: Pick<Reported, 'origin' | 'originId'>,
): Promise<void> {
  await wake(reporting, await removeReported(reporting.tx, reporting.workspaceId, origin, originId), true);
}

/** Wakes whoever watches these topics, once for all that is said until they have looked. @param lost something was taken back */
export async function wake(
  { app, tx, workspaceId }: Reporting,
  topicIds: readonly string[],
  lost = false,
): Promise<void> {
  if (await stir(tx, workspaceId, topicIds, lost))
    await app.enqueue(tx, { workspaceId, task: 'decisions.weigh', payload: {}, queue: `decisions ${workspaceId}` });
}
