import { sql } from 'kysely';
import type { Actor, Tx } from '../../kernel/database.ts';
import type { Place } from '../readings.ts';

type Asks = 'none' | 'unclear' | 'all';

export interface ModelRow {
  url: string;
  name: string;
  state: 'working' | 'paused';
  asks: Asks;
  suggests: boolean;
  most_a_day: number;
  today: number;
  asked: number;
  problem: string | null;
  problem_since: Date | null;
  changed_by: string;
  changed_at: Date;
}

export async function findModel(tx: Tx, workspaceId: string): Promise<ModelRow | undefined> {
  const { rows } = await sql<ModelRow>`
    select v.url, v.name, v.state, v.asks, v.suggests, v.most_a_day, v.asked::float8 as asked, v.problem, v.problem_since, v.changed_at,
      case when v.asked_on = (now() at time zone 'UTC')::date then v.asked_that_day else 0 end as today, coalesce(m.name, '') as changed_by
    from voices.model v left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.changed_by
    where v.workspace_id = ${workspaceId}`.execute(tx);
  return rows[0];
}

/** As the keeper. */
export async function findKey(tx: Tx, workspaceId: string): Promise<Buffer | null> {
  const row = await tx
    .selectFrom('voices.model')
    .select('key')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return row?.key ?? null;
}

export interface ModelChange {
  url: string;
  name: string;
  /** Undefined: as it is kept. */
  key: Buffer | null | undefined;
  state: 'working' | 'paused';
  asks: Asks;
  suggests: boolean;
  mostADay: number;
}

export async function saveModel(tx: Tx, { workspaceId, memberId }: Actor, said: ModelChange): Promise<void> {
  const row = {
    ...{ url: said.url, name: said.name, state: said.state, asks: said.asks },
    ...{ suggests: said.suggests, most_a_day: said.mostADay },
    ...(said.key === undefined ? {} : { key: said.key }),
    ...{ problem: null, problem_since: null, changed_by: memberId, changed_at: sql<Date>`now()` },
  };
  const done = await tx.updateTable('voices.model').set(row).where('workspace_id', '=', workspaceId).executeTakeFirst();
  if (done.numUpdatedRows === 0n)
    await tx
      .insertInto('voices.model')
      .values({ workspace_id: workspaceId, ...row })
      .execute();
}

export async function deleteModel(tx: Tx, { workspaceId }: Actor): Promise<void> {
  await tx.deleteFrom('voices.model').where('workspace_id', '=', workspaceId).execute();
}

/** A message as it is asked about. */
export interface Asked {
  conversation_id: string;
  message_id: string;
  text: string;
  author: string;
}

/** Those of these that stand on a channel of the company, and of which no member has said all. As the keeper. */
export async function findToAsk(tx: Tx, workspaceId: string, places: readonly Place[]): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    select m.conversation_id, m.message_id, m.text, concat_ws(' ', m.author_name, c.contact_name) as author
    from unnest(${places.map(({ conversationId }) => conversationId)}::uuid[], ${places.map(({ messageId }) => messageId)}::uuid[])
      p (conversation_id, message_id)
    join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = p.conversation_id and m.message_id = p.message_id
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = m.conversation_id and c.owner_id is null
    left join voices.correction k on k.workspace_id = ${workspaceId} and k.conversation_id = m.conversation_id and k.message_id = m.message_id
    where m.kind = 'in' and not m.automatic and m.deleted_at is null and m.text <> '' and c.status <> 'spam' and k.message_id is null`.execute(
    tx,
  );
  return rows;
}

/** A message that the viewer may read, as it is asked about. */
export async function findAskable(tx: Tx, { workspaceId }: Actor, place: Place): Promise<Asked | undefined> {
  const { rows } = await sql<Asked>`
    select m.conversation_id, m.message_id, m.text, concat_ws(' ', m.author_name, c.contact_name) as author
    from conversations.message m
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = m.conversation_id
    where m.workspace_id = ${workspaceId} and m.conversation_id = ${place.conversationId} and m.message_id = ${place.messageId}
      and m.kind = 'in'`.execute(tx);
  return rows[0];
}

/** Counts a message before it leaves, so that a crash counts it rather than not. @returns false where today’s are used up, or it rests */
export async function countAsked(tx: Tx, workspaceId: string): Promise<boolean> {
  const done = await sql`
    update voices.model set asked = asked + 1, asked_on = (now() at time zone 'UTC')::date,
      asked_that_day = case when asked_on = (now() at time zone 'UTC')::date then asked_that_day else 0 end + 1
    where workspace_id = ${workspaceId} and state = 'working'
      and case when asked_on = (now() at time zone 'UTC')::date then asked_that_day else 0 end < most_a_day`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/** What it would not do; null: it answers. */
export async function noteProblem(tx: Tx, workspaceId: string, problem: string | null): Promise<void> {
  await sql`
    update voices.model set problem = ${problem},
      problem_since = case when ${problem}::text is null then null when problem is null then now() else problem_since end
    where workspace_id = ${workspaceId} and problem is distinct from ${problem}`.execute(tx);
}

/** Whether a message still says what was asked about. As the keeper. */
export async function saysStill(
  tx: Tx,
  workspaceId: string,
  { conversation_id, message_id, text }: Asked,
): Promise<boolean> {
  const { rows } = await sql`
    select from conversations.message m
    join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = m.conversation_id and c.status <> 'spam'
    where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversation_id} and m.message_id = ${message_id} and m.text = ${text}
      and m.deleted_at is null`.execute(tx);
  return rows.length === 1;
}
