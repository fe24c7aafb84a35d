// The worker thread that holds the index of matching: nothing else in the process waits for it.
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import '../../kernel/node20.ts';
import { giveBackWhenAtRest } from '../../kernel/memory.ts';
import type { Answered, Asked, Question } from './messages.ts';
import { WorkspaceIndex } from './workspace-index.ts';

const { url } = workerData as { url: string };
const port = parentPort!;
const indexes = new Map<string, WorkspaceIndex>();
let connection: pg.Client | undefined;

/** A connection of its own, as the keeper; a broken one is replaced at the next question. */
async function connected(): Promise<pg.Client> {
  if (connection) return connection;
  const client = new pg.Client({
    connectionString: url,
    application_name: 'entregent-matching',
    options: '-c role=entregent_keeper',
  });
  client.on('error', () => {
    connection = undefined;
  });
  await client.connect();
  connection = client;
  return client;
}

async function open(workspaceId: string, learn: boolean): Promise<WorkspaceIndex> {
  const known = indexes.get(workspaceId);
  if (known && !learn) return known;
  // Two of them at once would need twice the memory.
  indexes.delete(workspaceId);
  const index = await WorkspaceIndex.open(await connected(), workspaceId, learn);
  indexes.set(workspaceId, index);
  return index;
}

async function answer(question: Question): Promise<unknown> {
  const { workspaceId } = question;
  switch (question.ask) {
    case 'open':
    case 'learn':
      return (await open(workspaceId, question.ask === 'learn')).size;
    case 'confirm':
      indexes.get(workspaceId)?.confirm(question.version);
      return null;
    case 'explain':
      return indexes.get(workspaceId)?.explain(question.a, question.b) ?? null;
    case 'change': {
      const index = await open(workspaceId, false);
      if (index.version !== question.version - 1) {
        indexes.delete(workspaceId);
        return null;
      }
      const client = await connected();
      await index.change(client, question.cardIds);
      return index.find(client, question.context);
    }
  }
}

/** One after the other, in the order in which they were asked. */
let turn = Promise.resolve();

port.on('message', (asked: Asked) => {
  turn = turn.then(async () => {
    const { no, ...question } = asked;
    const answered: Answered = { no };
    try {
      answered.answer = await answer(question as Question);
    } catch (error) {
      // What was half done is read anew.
      indexes.delete(question.workspaceId);
      answered.error = (error as Error).stack ?? String(error);
    }
    port.postMessage(answered);
  });
});
giveBackWhenAtRest();
port.on('close', () => void connection?.end());
