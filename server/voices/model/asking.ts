import { passingTrouble, Trouble, troubleOf } from '../../connectors/connector.ts';
import type { App } from '../../kernel/app.ts';
import type { Tx } from '../../kernel/database.ts';
import { openGuarded } from '../../kernel/guarded.ts';
import type { Topic } from '../contract.ts';
import type { Read } from '../readings.ts';
import { findModel } from './queries.ts';
import { type ModelReading, readAnswer, requestOf } from './request.ts';

/** Seconds that a model gets for one message, and octets of its answer. */
const patience = 60;
const mostOctets = 256 * 1024;

/** How a model is reached. */
export interface Reached {
  url: string;
  name: string;
  /** Empty: it wants none. */
  key: string;
}

/** Asks a model of one message. @throws Trouble, with the code of what it would not do */
export function askModel(
  { config }: Pick<App, 'config'>,
  { url, name, key }: Reached,
  topics: readonly Topic[],
  message: { text: string; name: string },
  signal?: AbortSignal,
): Promise<ModelReading> {
  const body = JSON.stringify(requestOf(name, topics, message));
  return askFor({ config }, { url, key }, body, (said) => readAnswer(said, topics), { signal });
}

/** Sends a request to a model. @param read what it answers; undefined: nothing that can be used @throws Trouble, with the code of what it would not do */
export async function askFor<T>(
  { config }: Pick<App, 'config'>,
  { url, key }: Pick<Reached, 'url' | 'key'>,
  body: string,
  read: (answer: unknown) => T | undefined,
  { seconds = patience, signal }: { seconds?: number; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  try {
    const answer = await openGuarded(config.privateNetworks).fetch(`${url.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body,
      seconds,
      limit: mostOctets,
      ...(signal ? { signal } : {}),
    });
    const passing = passingTrouble(answer);
    if (passing) throw passing;
    if (answer.status === 401 || answer.status === 403) throw new Trouble('refused');
    if (answer.status === 404) throw new Trouble('place_gone');
    const said = answer.status === 200 ? read(parse(await answer.text())) : undefined;
    if (said === undefined) throw new Trouble('malformed');
    return said;
  } catch (error) {
    throw troubleOf(error) ?? error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Messages of one job. */
const together = 20;

/** A reading is unclear where the tone is a guess or no topic fits. */
const leastSure = 0.6;

const isUnclear = ({ confidence, topics }: Read): boolean => confidence < leastSure || topics.length === 0;

/** Has a model asked of what was read here, where the company wants that, in the transaction that read it. */
export async function queueAsking(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  read: readonly Read[],
): Promise<void> {
  if (read.length === 0) return;
  const model = await findModel(tx, workspaceId);
  if (model?.state !== 'working' || model.asks === 'none') return;
  const wanted = model.asks === 'all' ? read : read.filter(isUnclear);
  const messages = wanted.map((one) => ({ conversationId: one.conversation_id, messageId: one.message_id }));
  for (let at = 0; at < messages.length; at += together)
    await app.enqueue(tx, {
      ...{ workspaceId, task: 'voices.ask', queue: `model ${workspaceId}` },
      payload: { messages: messages.slice(at, at + together) },
    });
}
