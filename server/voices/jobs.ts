import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { type Cron, defineTask, type Task } from '../kernel/jobs.ts';
import { origin, type Tone, tone } from './contract.ts';
import { wake } from './index.ts';
import { queueAsking } from './model/asking.ts';
import type { Reading } from './reading/index.ts';
import { learn, nothingLearnt } from './reading/topics.ts';
import * as readings from './readings.ts';
import { findReported, replaceReported } from './reported.ts';
import { forgetRises, tellRises } from './rising.ts';
import { readyTopics } from './tree.ts';

const place = z.object({ conversationId: z.uuid(), messageId: z.uuid() });

/** Messages of one transaction: what is corrected meanwhile waits for its end. */
const together = 200;
/** Days that are read anew when the topics have changed: as far as the picture goes. */
const anewDays = 90;

const wordsOf = (why: Reading['tone']['why']): string[] => why.map(({ text }) => text);

/** Stars as a tone: the upper third is good, the lower half is not. */
const toneOf = ({ value, of }: { value: number; of: number }): Tone => {
  // Of five, one star is the least there is; of a hundred, nothing.
  const least = of === 5 ? 1 : 0;
  const share = (value - least) / (of - least);
  return share >= 2 / 3 ? 'positive' : share < 1 / 2 ? 'negative' : 'neutral';
};

/** What is kept of a reading: what a member said goes before what the machine thinks. */
export function readAs(
  { text, rating, said_tone, said_topics, ...message }: readings.Unread,
  words: Reading,
): readings.Read {
  // Where nobody wrote a word, the stars say how they feel.
  const read =
    text === '' && rating ? { ...words, tone: { ...words.tone, tone: toneOf(rating), confidence: 1, why: [] } } : words;
  return {
    ...message,
    language: read.code ?? read.language,
    tone: said_tone ?? read.tone.tone,
    confidence: said_tone ? 1 : read.tone.confidence,
    why: said_tone ? [] : wordsOf(read.tone.why.filter(({ weight }) => weight > 0)),
    by_model: null,
    topics: said_topics
      ? said_topics.map((topic_id) => ({ topic_id, confidence: 1, why: [], said: true }))
      : read.topics.map(({ topic, confidence, why }) => ({
          ...{ topic_id: topic, confidence, why: wordsOf(why), said: false },
        })),
  };
}

/** Reads messages, anew where they had been read; of what was taken back, is unwanted or gone nothing is left. */
async function readThese(app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string, places: readonly readings.Place[]) {
  if (places.length === 0) return;
  // 34 MB of it are needed from the first message on, not before.
  const { readMessage } = await import('./reading/index.ts');
  await readings.lockReadings(tx, workspaceId);
  const topics = await readyTopics(tx, workspaceId);
  const learnt = await readings.findLearnt(tx, workspaceId);
  if (await readings.settleCorrections(tx, workspaceId, places)) await queueLearning(app, tx, workspaceId);
  const unread = await readings.findUnread(tx, workspaceId, places);
  const read = unread.map((message) => readAs(message, readMessage(message.text, topics, learnt)));
  const lost = await readings.replaceReadings(tx, workspaceId, places, read);
  await wake({ app, tx, workspaceId }, lost, true);
  const open = new Set(
    unread.filter(({ said_tone, said_topics }) => !said_tone && !said_topics).map(({ message_id }) => message_id),
  );
  await queueAsking(
    app,
    tx,
    workspaceId,
    read.filter(({ message_id }) => open.has(message_id)),
  );
  const spokenOf = read.flatMap(({ topics: of }) => of.map(({ topic_id }) => topic_id));
  await wake({ app, tx, workspaceId }, spokenOf);
}

const reported = z.object({
  origin: origin.exclude(['message']),
  originId: z.uuid(),
  topicIds: z.array(z.uuid()).optional(),
  tone: tone.optional(),
});

/** Reads what was reported, as far as who reported it did not say what it is about and how it sounds. */
async function readReported(app: App, workspaceId: string, said: z.output<typeof reported>): Promise<void> {
  const { readMessage } = await import('./reading/index.ts');
  await app.db.asSystem('keeper', async (tx) => {
    await readings.lockReadings(tx, workspaceId);
    const voice = await findReported(tx, workspaceId, said.origin, said.originId);
    if (!voice) return;
    const read = readMessage(
      voice.text,
      await readyTopics(tx, workspaceId),
      await readings.findLearnt(tx, workspaceId),
    );
    const topicIds = said.topicIds ?? read.topics.map(({ topic }) => topic);
    await replaceReported(tx, workspaceId, { ...voice, topicIds, tone: said.tone ?? read.tone.tone });
    await wake({ app, tx, workspaceId }, topicIds);
  });
}

/** Learns anew from all corrections, so that one that was taken back leaves no trace. */
async function learnAnew(app: App, workspaceId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    await readings.lockReadings(tx, workspaceId);
    const topics = await readyTopics(tx, workspaceId);
    const known = new Set(topics.ids);
    const learnt = nothingLearnt();
    for (const { text, topics: said } of await readings.listCorrections(tx, workspaceId))
      learn(learnt, { text, topics: said.filter((id) => known.has(id)) }, topics);
    await readings.keepLearnt(tx, workspaceId, learnt);
  });
}

export const queueLearning = (app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string): Promise<string> =>
  app.enqueue(tx, { workspaceId, task: 'voices.learn', payload: {}, queue: `voices ${workspaceId}` });

/** Has the messages of the last weeks read by the topics as they are now. */
export const queueReadingAnew = (app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string): Promise<string> => {
  const since = new Date(Date.now() - anewDays * 86_400_000).toISOString();
  return app.enqueue(tx, { workspaceId, task: 'voices.goOn', payload: { since }, queue: `voices ${workspaceId}` });
};

/** Reads the next messages of a walk through all of them, and goes on from there in another job. */
async function goOn(
  app: App,
  workspaceId: string,
  walk: { since?: string | undefined; after?: readings.Place | undefined },
) {
  await app.db.asSystem('keeper', async (tx) => {
    const next = await readings.listOn(tx, workspaceId, walk, together);
    const places = next.length > 0 ? next : await readings.listOrphans(tx, workspaceId, together);
    await readThese(app, tx, workspaceId, places);
    const after = next.at(-1);
    if (after)
      await app.enqueue(tx, {
        ...{ workspaceId, task: 'voices.goOn', queue: `voices ${workspaceId}` },
        payload: { ...(walk.since ? { since: walk.since } : {}), after },
      });
  });
}

export const voicesTasks: Task[] = [
  defineTask({
    name: 'voices.read',
    payload: z.object({ messages: z.array(place).default([]), conversationId: z.uuid().optional() }),
    async run({ messages, conversationId }, { app, workspaceId }) {
      const places = conversationId
        ? await app.db.asSystem('keeper', (tx) => readings.placesIn(tx, workspaceId, conversationId))
        : messages;
      for (let at = 0; at < places.length; at += together)
        await app.db.asSystem('keeper', (tx) => readThese(app, tx, workspaceId, places.slice(at, at + together)));
    },
  }),
  defineTask({
    name: 'voices.learn',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) => learnAnew(app, workspaceId),
  }),
  defineTask({
    name: 'voices.readReported',
    payload: reported,
    run: (said, { app, workspaceId }) => readReported(app, workspaceId, said),
  }),
  defineTask({
    name: 'voices.tellRises',
    payload: z.object({}),
    run: (_payload, { app, workspaceId }) => tellRises(app, workspaceId),
  }),
  defineTask({
    name: 'voices.goOn',
    payload: z.object({ since: z.iso.datetime().optional(), after: place.optional() }),
    run: (walk, { app, workspaceId }) => goOn(app, workspaceId, walk),
  }),
];

export const voicesCrons: Cron[] = [
  {
    // What stood here before anything was read, and whatever was missed; readings of what was purged go.
    name: 'voices.catchUp',
    schedule: '50 2 * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        for (const workspaceId of await readings.listWorkspaces(tx))
          await app.enqueue(tx, { workspaceId, task: 'voices.goOn', payload: {}, queue: `voices ${workspaceId}` });
      }),
  },
  {
    // After the day has ended (UTC); what was late is found on the next two.
    name: 'voices.watchRises',
    schedule: '40 0 * * *',
    run: (app) =>
      app.db.asSystem('keeper', async (tx) => {
        await forgetRises(tx);
        for (const workspaceId of await readings.listWorkspaces(tx))
          await app.enqueue(tx, { workspaceId, task: 'voices.tellRises', payload: {} });
      }),
  },
];
