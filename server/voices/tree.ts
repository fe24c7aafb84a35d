import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import type { Aspect, Topic } from './contract.ts';
import { DEFAULT_TOPICS } from './reading/default-topics.ts';
import { prepareTopics, type Topics } from './reading/topics.ts';

interface TopicRow {
  topic_id: string;
  parent_id: string | null;
  name_fr: string;
  name_en: string;
  aspect: Aspect | null;
  words: string[];
  ended_at: Date | null;
}

/** Of what the topics speak that everybody begins with. */
const aspectOf: Record<string, Aspect> = {
  ...{ contact: 'service', answering: 'service', delivery: 'service', billing: 'service', afterSales: 'service' },
  ...{
    product: 'product',
    price: 'product',
    contract: 'product',
    usability: 'product',
    bugs: 'product',
    website: 'product',
  },
  ...{ message: 'message', competition: 'competition' },
};

/** Those that every workspace begins with; their ids are the same whoever writes them first. */
function beginnings(workspaceId: string): Topic[] {
  const idOf = (key: string) => hashedId(`${workspaceId} topic ${key}`);
  return DEFAULT_TOPICS.map(({ id, parent, name, words }) => ({
    ...{ id: idOf(id), parentId: parent ? idOf(parent) : null, name, words: [...words], ended: false },
    aspect: aspectOf[id] ?? null,
  }));
}

/** The topics in order, those last that are ended; to look writes nothing. */
export async function loadTopics(tx: Tx, workspaceId: string): Promise<Topic[]> {
  const { rows } = await sql<TopicRow>`
    select topic_id, parent_id, name_fr, name_en, aspect, words, ended_at from voices.topic
    where workspace_id = ${workspaceId} order by ended_at is not null, position, topic_id`.execute(tx);
  if (rows.length === 0) return beginnings(workspaceId);
  return rows.map((row) => ({
    id: row.topic_id,
    parentId: row.parent_id,
    name: { fr: row.name_fr, en: row.name_en },
    aspect: row.aspect,
    words: row.words,
    ended: row.ended_at !== null,
  }));
}

/** The topics as the engine takes them; those that are ended are read by no more. */
export async function readyTopics(tx: Tx, workspaceId: string): Promise<Topics> {
  const all = await loadTopics(tx, workspaceId);
  return prepareTopics(all.filter(({ ended }) => !ended).map(({ id, name, words }) => ({ id, name, words })));
}

/** Keeps others from changing the topics until the end of the transaction. */
export async function lockTopics(tx: Tx, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} topics`}, 0))`.execute(tx);
}

/** Writes the tree, which stands from here on; topics that are not in it stay as they are. */
export async function writeTopics(tx: Tx, workspaceId: string, topics: readonly Topic[]): Promise<void> {
  const rows = topics.map(({ id, parentId, name, aspect, words, ended }, position) => ({
    ...{ topic_id: id, parent_id: parentId, name_fr: name.fr, name_en: name.en, aspect, words, position, ended },
  }));
  await sql`
    insert into voices.topic (workspace_id, topic_id, parent_id, name_fr, name_en, aspect, words, position, ended_at)
    select ${workspaceId}, n.topic_id, n.parent_id, n.name_fr, n.name_en, n.aspect, n.words, n.position, case when n.ended then now() end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (topic_id uuid, parent_id uuid, name_fr text, name_en text, aspect text, words text[],
      position int, ended boolean)
    on conflict (workspace_id, topic_id) do update set parent_id = excluded.parent_id, name_fr = excluded.name_fr, name_en = excluded.name_en,
      aspect = excluded.aspect, words = excluded.words, position = excluded.position, changed_at = now(),
      ended_at = case when excluded.ended_at is not null then coalesce(topic.ended_at, now()) end`.execute(tx);
}
