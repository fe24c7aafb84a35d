import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { LeftAs } from './carrier-port.ts';
import type { ReturnBox } from './returns-contract.ts';

// The mailbox where reports arrive, and what they said of messages that left here.

export async function findBox(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('outreach.return_box')
    .select(['host', 'port', 'security', 'username', 'changed_at', 'read_at', 'failure'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

/** @param sealed the password; undefined: the one that is kept stays. How far it is read is forgotten where it is another mailbox. */
export async function saveBox(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  box: ReturnBox,
  sealed: Buffer | undefined,
): Promise<void> {
  const before = await findBox(tx, workspaceId);
  const same = before && before.host === box.host && before.username === box.username;
  const values = {
    ...{ host: box.host, port: box.port, security: box.security, username: box.username, changed_by: memberId },
    ...(sealed ? { password: sealed } : {}),
  };
  if (before)
    await tx
      .updateTable('outreach.return_box')
      .set({
        ...{ ...values, changed_at: sql`now()`, failure: null },
        ...(same ? {} : { uid_validity: null, last_uid: null, read_at: null }),
      })
      .where('workspace_id', '=', workspaceId)
      .execute();
  else
    await tx
      .insertInto('outreach.return_box')
      .values({ workspace_id: workspaceId, password: sealed!, ...values })
      .execute();
}

export async function removeBox(tx: Tx, workspaceId: string): Promise<void> {
  await tx.deleteFrom('outreach.return_box').where('workspace_id', '=', workspaceId).execute();
}

/** How much came back within thirty days, and how many addresses were given up by themselves. */
export async function countReturned(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{ bounced: number; given: number }>`
    select (select count(*) from outreach.message where workspace_id = ${workspaceId} and bounced_at > now() - interval '30 days')::int as bounced,
      (select count(*) from outreach.suppression where workspace_id = ${workspaceId} and by_id is null)::int as given`.execute(
    tx,
  );
  return rows[0]!;
}

/**
 * What came of a campaign's messages after they had left: those that came back, and those that somebody complained of. As a member, of their own;
 * admins of all.
 * @public
 */
export async function countReturnsOf(tx: Tx, workspaceId: string, campaignId: string) {
  const { rows } = await sql<{ bounced: number; complained: number }>`
    select count(*) filter (where m.bounced_at is not null)::int as bounced, count(c.message_id)::int as complained
    from outreach.message m
    left join outreach.complaint c on c.workspace_id = ${workspaceId} and c.contact_point_id = m.contact_point_id and c.message_id = m.message_id
    where m.workspace_id = ${workspaceId} and m.campaign_id = ${campaignId}`.execute(tx);
  return rows[0]!;
}

/** With the sealed password, and how far it is read; as the keeper. */
export async function openBox(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('outreach.return_box')
    .select(['host', 'port', 'security', 'username', 'password', 'uid_validity', 'last_uid', 'changed_at'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

export async function listBoxes(tx: Tx): Promise<string[]> {
  // No workspace: each with a mailbox is read.
  const rows = await tx.selectFrom('outreach.return_box').select('workspace_id').execute();
  return rows.map((row) => row.workspace_id);
}

/** How far it is read now, unless it has become another mailbox meanwhile; as the keeper. */
export async function noteRead(
  tx: Tx,
  workspaceId: string,
  { changedAt, uidValidity, lastUid }: { changedAt: Date; uidValidity: number; lastUid: number },
): Promise<void> {
  await tx
    .updateTable('outreach.return_box')
    .set({ uid_validity: uidValidity, last_uid: lastUid, read_at: sql`now()`, failure: null })
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`date_trunc('milliseconds', changed_at) = ${changedAt}`)
    .execute();
}

export async function noteFailure(tx: Tx, workspaceId: string, failure: string): Promise<void> {
  await tx.updateTable('outreach.return_box').set({ failure }).where('workspace_id', '=', workspaceId).execute();
}

/**
 * Writes down that a message came back; of several reports the worst holds.
 * @param bounce.rank how bad it is: 0 it passes, 1 the message was refused for good, 2 the address is dead
 * @returns false where that, or worse, was known already. As the keeper.
 */
export async function addBounce(
  tx: Tx,
  workspaceId: string,
  bounce: { messageId: string; contactPointId: string; status: string; counts: boolean; rank: number },
): Promise<boolean> {
  const { messageId, contactPointId, status, counts, rank } = bounce;
  const done = await sql`
    insert into outreach.bounce as b (workspace_id, message_id, contact_point_id, status, counts, rank)
    values (${workspaceId}, ${messageId}, ${contactPointId}, ${status}, ${counts}, ${rank})
    on conflict on constraint bounce_pk do update set status = excluded.status, counts = excluded.counts, rank = excluded.rank
      where b.rank < excluded.rank`.execute(tx);
  if (done.numAffectedRows !== 1n) return false;
  await tx
    .updateTable('outreach.message')
    .set({ bounced_at: sql`coalesce(bounced_at, now())`, bounce: bounce.status })
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', bounce.messageId)
    .execute();
  // They have not received it.
  await tx
    .deleteFrom('outreach.received')
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', bounce.messageId)
    .execute();
  return true;
}

/** What left by a channel did not arrive, as its platform says afterwards: it was not received. As the keeper. @returns whether it is one of ours */
export async function noteUndelivered(
  tx: Tx,
  workspaceId: string,
  { channelId, externalId }: LeftAs,
  reason: string,
): Promise<boolean> {
  const row = await tx
    .updateTable('outreach.message')
    .set({ bounced_at: sql`now()`, bounce: reason })
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('external_id', '=', externalId)
    .where('bounced_at', 'is', null)
    .returning('message_id')
    .executeTakeFirst();
  if (!row) return false;
  await tx
    .deleteFrom('outreach.received')
    .where('workspace_id', '=', workspaceId)
    .where('message_id', '=', row.message_id)
    .execute();
  return true;
}

/** How many messages to an address came back within so many days for reasons that pass; as the keeper. */
export async function countSoft(tx: Tx, workspaceId: string, contactPointId: string, days: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from outreach.bounce
    where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and counts and at > now() - make_interval(days => ${days})`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** Nobody writes there any more, by nobody's word; as the keeper. */
export async function giveUp(tx: Tx, workspaceId: string, contactPointId: string): Promise<void> {
  await tx
    .insertInto('outreach.suppression')
    .values({ workspace_id: workspaceId, contact_point_id: contactPointId, by_id: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
