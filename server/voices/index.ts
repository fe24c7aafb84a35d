import { enterConversations } from '../conversations/queries.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { enqueue } from '../kernel/jobs.ts';
import type { Tone } from './contract.ts';
import { countElsewhere, keepElsewhere } from './elsewhere.ts';
import { countRaised } from './queries.ts';
import { findLearnt } from './readings.ts';
import { type Reported, removeReported, replaceReported, stir } from './reported.ts';
import { readyTopics } from './tree.ts';

export { personal } from './model/request.ts';
export { askForWords } from './model/wording.ts';
export { takeStirred } from './reported.ts';
export { loadTopics } from './tree.ts';
export { findSpeakers, type Speaker, type Speakers, sumOf } from './weighing.ts';

/** Which language a text is in; the detector (34 MB) is loaded with the first one. */
export const readLanguage = async (text: string): Promise<'fr' | 'en' | 'other' | 'unknown'> =>
  (await import('./reading/language.ts')).languageOf(text).language;

/** How many voices were raised on topics in the last days, and how many of them were dissatisfied, as far as the viewer may hear them. */
export async function countVoices(
  tx: Tx,
  actor: Actor,
  topicIds: readonly string[],
  days: number,
): Promise<Map<string, { voices: number; negative: number }>> {
  await enterConversations(tx);
  const rows = [...(await countRaised(tx, actor, topicIds, days)), ...(await countElsewhere(tx, actor, days))];
  return new Map(
    topicIds.map((topicId) => {
      const of = rows.filter((row) => row.topic_id === topicId);
      const sum = (key: 'voices' | 'negative') => of.reduce((all, row) => all + row[key], 0);
      return [topicId, { voices: sum('voices'), negative: sum('negative') }];
    }),
  );
}

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

/** Something that was said elsewhere than in a conversation. */
export interface Elsewhere {
  /** A module's word for where: `survey`, `interview`, `idea`, `vote`. */
  origin: string;
  /** What it was said about: a survey, a deal, an idea. */
  originId: string;
  /** Which saying it is: heard again, it takes the place of what stood there. */
  itemId: string;
  /** Null: nobody knows, or is to know, who it was. */
  contactPointId: string | null;
  /** Who sees it: the workspace, a team or a member, by its id. */
  audienceId: string;
  /** A day of the calendar, UTC. */
  saidOn: string;
  /** Empty: nothing is left of it. */
  text: string;
  /** Where they are known already, as of a vote for an idea; else they are read in the text. */
  topicIds?: readonly string[];
  /** What the deal is worth that it was said about. */
  value?: { cents: number; currency: string } | null;
}

/** What was read of it. */
export interface Heard {
  language: string;
  tone: Tone;
  topicIds: string[];
}

/**
 * Takes a voice that comes from elsewhere, read as a message is. Of somebody who is known it counts in weights and for decisions, too. As the
 * keeper, in the transaction that keeps what was said.
 */
export async function heardElsewhere(tx: Tx, workspaceId: string, said: Elsewhere): Promise<Heard | null> {
  if (said.text === '' && said.topicIds === undefined) {
    await keepElsewhere(tx, workspaceId, said, null);
    await count(tx, workspaceId, said, null);
    return null;
  }
  // 34 MB of it are needed from the first text on, not before.
  const { readMessage } = await import('./reading/index.ts');
  const topics = await readyTopics(tx, workspaceId);
  const read = readMessage(said.text, topics, await findLearnt(tx, workspaceId));
  const known = said.topicIds?.map((topic) => ({ topic, confidence: 1, why: [] as string[] }));
  const heard = {
    language: read.code ?? read.language,
    tone: read.tone.tone,
    topics: known ?? read.topics.map(({ why, ...one }) => ({ ...one, why: why.map(({ text }) => text) })),
  };
  await keepElsewhere(tx, workspaceId, said, heard);
  await count(tx, workspaceId, said, heard);
  return { language: heard.language, tone: heard.tone, topicIds: heard.topics.map(({ topic }) => topic) };
}

/** A vote is a voice on what its idea raises. */
const countedAs: Partial<Record<string, Reported['origin']>> = { survey: 'survey', idea: 'idea', vote: 'idea' };

async function count(
  tx: Tx,
  workspaceId: string,
  { origin, itemId, contactPointId, audienceId, saidOn, text }: Elsewhere,
  heard: { tone: Tone; topics: readonly { topic: string }[] } | null,
): Promise<void> {
  const as = countedAs[origin];
  if (!as) return;
  const reporting = { app: { enqueue }, tx, workspaceId };
  await withdrawVoice(reporting, { origin: as, originId: itemId });
  if (!heard || contactPointId === null) return;
  await reportVoice(reporting, {
    ...{ origin: as, originId: itemId, contactPointId, cardId: null, audienceId, at: new Date(saidOn), text },
    ...{ quotable: false, topicIds: heard.topics.map(({ topic }) => topic), tone: heard.tone },
  });
}
