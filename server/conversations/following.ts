import { sql } from 'kysely';
import { themself } from '../cards/contract.ts';
import { recordUses, type UsedCard } from '../delegation/ledger.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { hashedId } from '../kernel/ids.ts';
import type { Arrived } from './arrivals.ts';
import type { WorkingChannel } from './channels.ts';
import { listenersOf } from './queries.ts';

// Who hears that somebody wrote: the holders who lend them, and whoever follows.

/**
 * Tells of what came. Holders of cards that are lent hear that their contact wrote to the company, not what, and not what was written to a
 * colleague's own mailbox or under an address that is only claimed; followers hear of it where they may read it now.
 */
export async function tellHeard(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  { workspace_id: workspaceId, owner_id, kind }: Pick<WorkingChannel, 'workspace_id' | 'owner_id' | 'kind'>,
  messages: Arrived['messages'],
): Promise<void> {
  const wanted = await withoutSpam(tx, workspaceId, messages);
  const heard = wanted.filter((one) => one.kind === 'in' && !one.automatic);
  if (heard.length === 0) return;
  if (owner_id === null) {
    const points = heard.filter(({ claimed }) => !claimed).map(({ contactPointId }) => contactPointId);
    const cards = await findLent(tx, workspaceId, [...new Set(points)]);
    await recordUses(tx, { workspaceId, memberId: themself }, 'wrote', cards, { channel: kind, grants: new Map() });
  }
  const hour = Math.floor(Date.now() / 3_600_000);
  const spoken = [...new Set(heard.map((one) => one.conversationId))];
  for (const [conversationId, memberIds] of await findFollowers(tx, workspaceId, spoken)) {
    const occasion = hashedId(`heard ${conversationId} ${hour}`);
    const payload = { kind: 'followed_wrote', memberIds, subjectId: conversationId, actorId: null, occasion };
    await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
  }
}

/** What comes to a conversation that is unwanted is told to nobody. */
async function withoutSpam(tx: Tx, workspaceId: string, messages: Arrived['messages']): Promise<Arrived['messages']> {
  const ids = [...new Set(messages.map(({ conversationId }) => conversationId))];
  const { rows } = await sql<{ id: string }>`
    select conversation_id as id from conversations.conversation
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[]) and status = 'spam'`.execute(tx);
  const unwanted = new Set(rows.map(({ id }) => id));
  return messages.filter(({ conversationId }) => !unwanted.has(conversationId));
}

/** Cards with these contact points that their holders let others read or write to now. As the keeper. */
async function findLent(tx: Tx, workspaceId: string, pointIds: readonly string[]): Promise<UsedCard[]> {
  if (pointIds.length === 0) return [];
  const { rows } = await sql<UsedCard>`
    select distinct c.card_id, c.book_no, b.book_id, false as mine from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.exposure = 0 and c.ended_at is null
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id and s.kind <> 'self'
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where f.workspace_id = ${workspaceId} and f.contact_point_id = any(${pointIds}::uuid[]) and exists (
      select from delegation.grant g where g.workspace_id = ${workspaceId} and g.book_id = b.book_id
        and (g.reads or 'contact' = any(g.acts)) and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now()))`.execute(
    tx,
  );
  return rows;
}

/** Of each conversation those who follow whom it is with, and may read it now. As the keeper. */
async function findFollowers(
  tx: Tx,
  workspaceId: string,
  conversationIds: readonly string[],
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ conversation_id: string; member_ids: string[] }>`
    select c.conversation_id, array_agg(f.member_id order by f.member_id) as member_ids from conversations.conversation c
    join conversations.follower f on f.workspace_id = ${workspaceId} and f.contact_point_id = c.contact_point_id
    join (${listenersOf(workspaceId, conversationIds)}) l on l.subject = c.conversation_id and l.member_id = f.member_id
    where c.workspace_id = ${workspaceId} and c.conversation_id = any(${conversationIds}::uuid[])
    group by c.conversation_id`.execute(tx);
  return new Map(rows.map((row) => [row.conversation_id, row.member_ids]));
}

/** Whether the actor hears of what this contact point says. */
export async function setFollowing(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  contactPointId: string,
  follows: boolean,
): Promise<void> {
  const row = { workspace_id: workspaceId, contact_point_id: contactPointId, member_id: memberId };
  if (follows)
    await tx
      .insertInto('conversations.follower')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  else
    await tx
      .deleteFrom('conversations.follower')
      .where('workspace_id', '=', workspaceId)
      .where('contact_point_id', '=', contactPointId)
      .where('member_id', '=', memberId)
      .execute();
}
