import { z } from 'zod';
import { Trouble } from '../../connectors/connector.ts';
import type { App } from '../../kernel/app.ts';
import type { Tx } from '../../kernel/database.ts';
import { defineTask, type Task } from '../../kernel/jobs.ts';
import type { Topic } from '../contract.ts';
import { wake } from '../index.ts';
import { readAs } from '../jobs.ts';
import * as readings from '../readings.ts';
import { loadTopics, readyTopics } from '../tree.ts';
import { askModel, type Reached } from './asking.ts';
import * as queries from './queries.ts';
import type { ModelReading } from './request.ts';

/** Seconds after which a model is asked again that would not answer; then what was read here stands. */
const pauses = [60, 900, 7200];

/** What a message is to be asked with; undefined: nothing is to leave. */
async function prepare(app: App, tx: Tx, workspaceId: string, places: readonly readings.Place[]) {
  const model = await queries.findModel(tx, workspaceId);
  if (model?.state !== 'working' || model.asks === 'none') return undefined;
  const sealed = await queries.findKey(tx, workspaceId);
  const reached: Reached = {
    url: model.url,
    name: model.name,
    key: sealed ? app.secrets.decrypt(sealed).toString() : '',
  };
  const topics = (await loadTopics(tx, workspaceId)).filter(({ ended }) => !ended);
  return { reached, topics, messages: await queries.findToAsk(tx, workspaceId, places) };
}

/** Puts what a model said in the place of what was read here, unless the message or the topics have changed, or a member has spoken. */
async function keep(
  app: App,
  tx: Tx,
  workspaceId: string,
  message: queries.Asked,
  { said, topics, name }: { said: ModelReading; topics: readonly Topic[]; name: string },
): Promise<void> {
  const { readMessage } = await import('../reading/index.ts');
  await readings.lockReadings(tx, workspaceId);
  const places = [{ conversationId: message.conversation_id, messageId: message.message_id }];
  if (!(await queries.saysStill(tx, workspaceId, message))) return;
  const [unread] = await readings.findUnread(tx, workspaceId, places);
  if (!unread || unread.said_tone || unread.said_topics) return;
  const now = new Set((await loadTopics(tx, workspaceId)).flatMap(({ id, ended }) => (ended ? [] : [id])));
  const ours = readAs(unread, readMessage(unread.text, await readyTopics(tx, workspaceId)));
  const known = topics.filter(({ id }) => now.has(id) && said.topicIds.includes(id));
  const topicIds = known.map(({ id }) => id);
  const lost = await readings.replaceReadings(tx, workspaceId, places, [
    {
      ...{ ...ours, tone: said.tone, confidence: 1, why: [], by_model: name },
      topics: topicIds.map((topic_id) => ({ topic_id, confidence: 1, why: [], said: false })),
    },
  ]);
  await wake({ app, tx, workspaceId }, lost, true);
  await wake({ app, tx, workspaceId }, topicIds);
}

/** Asked right before a message leaves: another model may be chosen meanwhile, the message taken back, erased or edited. */
async function mayGo(
  tx: Tx,
  workspaceId: string,
  reached: Reached,
  message: queries.Asked,
): Promise<'yes' | 'changed' | 'over'> {
  const model = await queries.findModel(tx, workspaceId);
  if (model?.url !== reached.url || model.name !== reached.name || model.asks === 'none') return 'over';
  if (!(await queries.saysStill(tx, workspaceId, message))) return 'changed';
  return (await queries.countAsked(tx, workspaceId)) ? 'yes' : 'over';
}

async function askOf(
  app: App,
  workspaceId: string,
  { messages: places, tried }: { messages: readings.Place[]; tried: number },
  signal: AbortSignal,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const ready = await asKeeper((tx) => prepare(app, tx, workspaceId, places));
  if (!ready) return;
  const { reached, topics, messages } = ready;
  for (const [at, message] of messages.entries()) {
    const go = await asKeeper((tx) => mayGo(tx, workspaceId, reached, message));
    if (go === 'over') return;
    if (go === 'changed') continue;
    try {
      const said = await askModel(app, reached, topics, { text: message.text, name: message.author }, signal);
      await asKeeper(async (tx) => {
        await keep(app, tx, workspaceId, message, { said, topics, name: reached.name });
        await queries.noteProblem(tx, workspaceId, null);
      });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      const rest = messages
        .slice(at)
        .map((one) => ({ conversationId: one.conversation_id, messageId: one.message_id }));
      const pause = pauses[tried];
      await asKeeper(async (tx) => {
        await queries.noteProblem(tx, workspaceId, error.code);
        if (pause === undefined) return;
        const payload = { messages: rest, tried: tried + 1 };
        const delaySeconds = Math.max(pause, error.afterSeconds ?? 0);
        await app.enqueue(tx, {
          workspaceId,
          task: 'voices.ask',
          payload,
          queue: `model ${workspaceId}`,
          delaySeconds,
        });
      });
      return;
    }
  }
}

export const modelTasks: Task[] = [
  defineTask({
    name: 'voices.ask',
    payload: z.object({
      messages: z.array(z.object({ conversationId: z.uuid(), messageId: z.uuid() })).max(100),
      tried: z.number().int().default(0),
    }),
    run: (asked, { app, workspaceId, signal }) => askOf(app, workspaceId, asked, signal),
  }),
];
