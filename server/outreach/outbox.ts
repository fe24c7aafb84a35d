import { type SqlBool, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { MailSetup } from './contract.ts';

// What is shown of outgoing mail: the settings without the password, the queue, what somebody wrote.

/** How mail leaves, for admins. The password stays where it is: whether there is one is all that is told. */
export async function findSetup(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('outreach.mail_setup')
    .select([
      'host',
      'port',
      'security',
      'username',
      'has_password',
      'sender_name',
      'sender_address',
      'reply_to',
      'changed_at',
    ])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

/** @param sealed the password; undefined: the one that is kept stays */
export async function saveSetup(tx: Tx, actor: Actor, setup: MailSetup, sealed: Buffer | undefined): Promise<void> {
  const values = {
    host: setup.host,
    port: setup.port,
    security: setup.security,
    username: setup.username,
    sender_name: setup.senderName,
    sender_address: setup.senderAddress,
    reply_to: setup.replyTo,
    changed_by: actor.memberId,
    ...(sealed ? { password: sealed } : {}),
    ...(setup.username ? {} : { password: null }),
  };
  const { numUpdatedRows } = await tx
    .updateTable('outreach.mail_setup')
    .set({ ...values, changed_at: sql`now()` })
    .where('workspace_id', '=', actor.workspaceId)
    .executeTakeFirst();
  if (numUpdatedRows === 1n) return;
  await tx
    .insertInto('outreach.mail_setup')
    .values({ workspace_id: actor.workspaceId, ...values })
    .execute();
}

export async function removeSetup(tx: Tx, workspaceId: string): Promise<void> {
  await tx.deleteFrom('outreach.mail_setup').where('workspace_id', '=', workspaceId).execute();
}

/** When mail last left and last failed, what waits, and the last failures. */
export async function readHealth(tx: Tx, workspaceId: string) {
  const setup = await tx
    .selectFrom('outreach.mail_setup')
    .select(['last_success_at', 'last_failure_at', 'last_failure'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  const { rows: counts } = await sql<{ waiting: number; in_doubt: number; oldest: Date | null }>`
    select count(*) filter (where state <> 'in_doubt')::int as waiting, count(*) filter (where state = 'in_doubt')::int as in_doubt,
      min(created_at) filter (where state <> 'in_doubt') as oldest
    from outreach.message where workspace_id = ${workspaceId} and state in ('queued', 'sending', 'in_doubt')`.execute(
    tx,
  );
  const { rows: failures } = await sql<{ at: Date; answer: string }>`
    select coalesce(settled_at, sending_at) as at, answer from outreach.message
    where workspace_id = ${workspaceId} and answer is not null and state in ('queued', 'failed', 'in_doubt') and sending_at is not null
    order by 1 desc limit 5`.execute(tx);
  const { rows: suppressed } = await sql<{ count: number }>`
    select count(*)::int as count from outreach.suppression where workspace_id = ${workspaceId}`.execute(tx);
  return { setup, ...counts[0]!, failures, suppressed: suppressed[0]!.count };
}

export async function setSuppressed(tx: Tx, actor: Actor, contactPointId: string, suppressed: boolean): Promise<void> {
  if (suppressed)
    await tx
      .insertInto('outreach.suppression')
      .values({ workspace_id: actor.workspaceId, contact_point_id: contactPointId, by_id: actor.memberId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  else
    await tx
      .deleteFrom('outreach.suppression')
      .where('workspace_id', '=', actor.workspaceId)
      .where('contact_point_id', '=', contactPointId)
      .execute();
}

/** Messages by id, newest first; row security lets admins see all and others their own. */
const messages = (tx: Tx, workspaceId: string) =>
  tx
    .selectFrom('outreach.message as m')
    .leftJoin('identity.member as a', (join) =>
      join.onRef('a.member_id', '=', 'm.author_id').on('a.workspace_id', '=', workspaceId),
    )
    .select([
      'm.message_id',
      'm.kind',
      'm.purpose',
      'm.state',
      'm.attempts',
      'm.answer',
      'm.reasons',
      'm.manner',
      'm.way',
      'm.weight',
      'm.author_id',
      'm.card_id',
      'm.created_at',
      'm.next_at',
      'm.settled_at',
      'm.bounce',
      'a.name as author',
    ])
    .where('m.workspace_id', '=', workspaceId)
    .orderBy('m.message_id', 'desc');
export type MessageRow = Awaited<ReturnType<ReturnType<typeof messages>['execute']>>[number];

export async function listMessages(
  tx: Tx,
  actor: Actor,
  filter: { mine: boolean; state?: string | undefined; before?: string | undefined },
  limit: number,
): Promise<MessageRow[]> {
  let query = messages(tx, actor.workspaceId).limit(limit);
  if (filter.mine) query = query.where('m.author_id', '=', actor.memberId);
  if (filter.state) query = query.where('m.state', '=', filter.state);
  if (filter.before) query = query.where('m.message_id', '<', filter.before);
  return query.execute();
}

/** What the actor wrote to any address of these cards. */
export async function listMineTo(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  limit: number,
): Promise<MessageRow[]> {
  return messages(tx, actor.workspaceId)
    .where('m.author_id', '=', actor.memberId)
    .where(
      sql<SqlBool>`m.contact_point_id in (select f.contact_point_id from cards.card_field f
        where f.workspace_id = ${actor.workspaceId} and f.card_id = any(${cardIds}) and f.contact_point_id is not null)`,
    )
    .limit(limit)
    .execute();
}

/** What colleagues wrote by way of those of these cards that the actor holds. */
export async function listThroughMe(tx: Tx, actor: Actor, cardIds: readonly string[], limit: number) {
  const { rows } = await sql<{ author: string; purpose: string; at: Date }>`
    select m.name as author, c.purpose, max(c.at) as at from outreach.message_card c
    join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = c.author_id
    where c.workspace_id = ${actor.workspaceId} and c.card_id = any(${cardIds}) and c.author_id <> ${actor.memberId}
    group by c.message_id, m.name, c.purpose order by c.message_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** What messages say, as far as the actor wrote them and it has not been erased. */
export async function findContents(tx: Tx, workspaceId: string, messageIds: readonly string[]) {
  const rows = await tx
    .selectFrom('outreach.message_content')
    .select(['message_id', 'subject', 'paragraphs', 'content_id', 'content_version'])
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`message_id = any(${messageIds})`)
    .execute();
  return new Map(rows.map((row) => [row.message_id, row]));
}
