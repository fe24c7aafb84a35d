import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Origin, Tone } from './contract.ts';
import { tended } from './queries.ts';

// Who said something on which topic, as the viewer sees it: on the channels that they tend, and what was reported to them.

export interface HeardBy {
  topic_id: string;
  contact_point_id: string | null;
  card_id: string | null;
  first: Date;
  last: Date;
  times: number;
  tone: Tone;
  origins: Origin[];
}

export interface Hearing {
  topicIds: readonly string[];
  /** What was said before is left out. */
  since: Date;
  tone: Tone | 'any';
}

/** Each contact point or card once a topic, who spoke last first. */
export async function listHeardBy(
  tx: Tx,
  { workspaceId }: Actor,
  { topicIds, since, tone }: Hearing,
  limit: number,
): Promise<HeardBy[]> {
  const such = tone === 'any' ? sql`true` : sql`tone = ${tone}`;
  const { rows } = await sql<HeardBy>`
    with mine as (select array_agg(k.channel_no) as nos from conversations.channel k
      where k.workspace_id = ${workspaceId} and ${tended('k.channel_no')})
    select topic_id, contact_point_id, card_id, min(at) as first, max(at) as last, count(*)::int as times,
      (array_agg(tone order by at desc))[1] as tone, array_agg(distinct origin) as origins
    from (
      select r.topic_id, r.contact_point_id, null::uuid as card_id, r.sent_at as at, r.tone, 'message' as origin
      from voices.reading_topic r
      where r.workspace_id = ${workspaceId} and r.topic_id = any(${topicIds}::uuid[]) and r.channel_no = any((select nos from mine)::int[])
        and r.sent_at >= ${since} and ${such}
      union all
      select r.topic_id, r.contact_point_id, r.card_id, r.said_at, r.tone, r.origin from voices.reported r
      where r.workspace_id = ${workspaceId} and r.topic_id = any(${topicIds}::uuid[]) and r.said_at >= ${since} and ${such}) said
    group by topic_id, contact_point_id, card_id order by last desc limit ${limit}`.execute(tx);
  return rows;
}

/** How contact points call themselves in the last of their conversations that the viewer tends. */
export async function nameHeard(
  tx: Tx,
  { workspaceId }: Actor,
  pointIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ contact_point_id: string; name: string }>`
    select distinct on (c.contact_point_id) c.contact_point_id, c.contact_name as name from conversations.conversation c
    where c.workspace_id = ${workspaceId} and c.contact_point_id = any(${pointIds}::uuid[]) and c.contact_name <> ''
    order by c.contact_point_id, c.last_at desc`.execute(tx);
  return new Map(rows.map((row) => [row.contact_point_id, row.name]));
}

export interface Weighing {
  person: number;
  account: number;
  thousand: number;
  currency: string;
}

export async function findWeighing(tx: Tx, { workspaceId }: Actor): Promise<Weighing | undefined> {
  return tx
    .selectFrom('voices.weighing')
    .select(['person', 'account', 'thousand', 'currency'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

export async function keepWeighing(tx: Tx, { workspaceId }: Actor, weighing: Weighing): Promise<void> {
  await tx
    .insertInto('voices.weighing')
    .values({ workspace_id: workspaceId, ...weighing })
    .onConflict((conflict) => conflict.constraint('weighing_pk').doUpdateSet(weighing))
    .execute();
}
