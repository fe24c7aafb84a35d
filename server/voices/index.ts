import type { Tx } from '../kernel/database.ts';
import type { Tone } from './contract.ts';
import { keepElsewhere } from './elsewhere.ts';
import { findLearnt } from './readings.ts';
import { readyTopics } from './tree.ts';

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

/** Takes a voice that comes from elsewhere, read as a message is. As the keeper, in the transaction that keeps what was said. */
export async function heardElsewhere(tx: Tx, workspaceId: string, said: Elsewhere): Promise<Heard | null> {
  if (said.text === '' && said.topicIds === undefined) {
    await keepElsewhere(tx, workspaceId, said, null);
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
  return { language: heard.language, tone: heard.tone, topicIds: heard.topics.map(({ topic }) => topic) };
}
