import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { noTopic, type Tone } from './contract.ts';
import type { Elsewhere } from './index.ts';

// Voices that come from elsewhere than a conversation. Kept by the keeper, read under row security.

interface Read {
  language: string;
  tone: Tone;
  topics: { topic: string; confidence: number; why: string[] }[];
}

/** Keeps what was said in the place of what stood there; null: nothing is left of it. */
export async function keepElsewhere(tx: Tx, workspaceId: string, said: Elsewhere, read: Read | null): Promise<void> {
  const { origin, originId, itemId, contactPointId, audienceId, saidOn, text, value } = said;
  await sql`delete from voices.elsewhere where workspace_id = ${workspaceId} and origin = ${origin} and item_id = ${itemId}`.execute(
    tx,
  );
  if (!read) return;
  await sql`
    insert into voices.elsewhere (workspace_id, origin, item_id, origin_id, contact_point_id, audience_id, said_on, text, language, tone,
      value_cents, currency)
    values (${workspaceId}, ${origin}, ${itemId}, ${originId}, ${contactPointId}, ${audienceId}, ${saidOn}, ${text}, ${read.language},
      ${read.tone}, ${value?.cents ?? null}, ${value?.currency ?? null})`.execute(tx);
  const topics = read.topics.length > 0 ? read.topics : [{ topic: noTopic, confidence: 1, why: [] }];
  for (const { topic, confidence, why } of topics)
    await sql`
      insert into voices.elsewhere_topic (workspace_id, origin, item_id, topic_id, origin_id, contact_point_id, audience_id, said_on, tone,
        confidence, why)
      values (${workspaceId}, ${origin}, ${itemId}, ${topic}, ${originId}, ${contactPointId}, ${audienceId}, ${saidOn}, ${read.tone},
        ${confidence}, ${why})`.execute(tx);
}

export interface ElsewhereCount {
  topic_id: string;
  origin: string;
  /** People, each once; whoever is not known counts for what they said. */
  voices: number;
  negative: number;
}

/** Of a survey answered by nobody one knows, a topic of fewer people is left out: it could lead to who it was. */
const fewest = 5;

const manyEnough = (workspaceId: string) => sql`(t.origin <> 'survey' or t.contact_point_id is not null or (
  select count(*) from voices.elsewhere_topic o where o.workspace_id = ${workspaceId} and o.origin = 'survey' and o.origin_id = t.origin_id
    and o.topic_id = t.topic_id and o.contact_point_id is null) >= ${fewest})`;

/** Who counts once: a person, what is said of one deal, or whoever is not known. */
const speaker = sql`coalesce(contact_point_id, case origin when 'interview' then origin_id else item_id end)`;

/** Voices of the last days by topic and origin, as far as the viewer sees them. */
export async function countElsewhere(tx: Tx, { workspaceId }: Actor, days: number): Promise<ElsewhereCount[]> {
  const { rows } = await sql<ElsewhereCount>`
    select topic_id, origin, count(distinct ${speaker})::int as voices,
      (count(distinct ${speaker}) filter (where tone = 'negative'))::int as negative
    from voices.elsewhere_topic t
    where workspace_id = ${workspaceId} and said_on > current_date - ${days}::int and ${manyEnough(workspaceId)}
    group by topic_id, origin order by topic_id, origin`.execute(tx);
  return rows;
}

export interface ElsewhereRow {
  origin: string;
  origin_id: string;
  item_id: string;
  said_on: string;
  text: string;
  tone: Tone;
  value_cents: number | null;
  currency: string | null;
}

/** The very words on a topic, the last day first. A vote has none of its own. */
export async function listElsewhere(
  tx: Tx,
  { workspaceId }: Actor,
  { topicId, days }: { topicId: string; days: number },
  after: readonly [day: string, id: string] | null,
  limit: number,
): Promise<ElsewhereRow[]> {
  const { rows } = await sql<ElsewhereRow>`
    select e.origin, e.origin_id, e.item_id, e.said_on::text, e.text, e.tone, e.value_cents, e.currency
    from voices.elsewhere_topic t
    join voices.elsewhere e on e.workspace_id = ${workspaceId} and e.origin = t.origin and e.item_id = t.item_id
    where t.workspace_id = ${workspaceId} and t.topic_id = ${topicId} and t.said_on > current_date - ${days}::int and e.text <> '' and ${manyEnough(workspaceId)}
      and ${after ? sql`(e.said_on, e.item_id) < (${after[0]}::date, ${after[1]}::uuid)` : sql`true`}
    order by e.said_on desc, e.item_id desc limit ${limit}`.execute(tx);
  return rows;
}
