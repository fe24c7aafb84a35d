import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor, Tx } from '../kernel/database.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import { type Batch, type Deal, type DealItem, deal, dealContact } from './connector.ts';
import { findItems } from './queries.ts';

/** Deals at services: which stand there, and what they say as long as nobody has taken it in. */

/** A deal with the cards that its connection made of its contacts, which its member need not see any more. */
const keptDeal = deal.extend({ contacts: z.array(dealContact.extend({ cardId: z.uuid().nullable() })) });
export type KeptDeal = z.output<typeof keptDeal>;

/** Whose deals they are. */
export interface DealsOf {
  workspaceId: string;
  connectionId: string;
  memberId: string;
}

/** Those that stand there. As the keeper. */
export async function listDeals(
  tx: Tx,
  { workspaceId, connectionId }: Omit<DealsOf, 'memberId'>,
): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('connectors.deal')
    .select(['deal_key', 'state'])
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', connectionId)
    .where('gone', '=', false)
    .execute();
  return new Map(rows.map((row) => [row.deal_key, row.state]));
}

/** Names the cards of its contacts. */
async function withCards(tx: Tx, of: DealsOf, items: readonly DealItem[]): Promise<Map<string, KeptDeal>> {
  const keys = [...new Set(items.flatMap(({ deal: { contacts } }) => contacts.map(({ key }) => key)))];
  const found = await findItems(tx, of.workspaceId, of.connectionId, { keys });
  const cards = new Map(found.map((row) => [row.item_key, row.card_id]));
  const named = ({ contacts, ...rest }: Deal): KeptDeal => ({
    ...rest,
    contacts: contacts.map((one) => ({ ...one, cardId: cards.get(one.key) ?? null })),
  });
  return new Map(items.map((item) => [item.key, named(item.deal)]));
}

const hashOf = (said: string): string => createHash('sha256').update(said).digest('base64url');

/** Keeps what a batch says that is new, until it is taken in. As the keeper. @returns counts for the log */
export async function keepDeals(
  tx: Tx,
  of: DealsOf,
  { items, gone }: Batch<DealItem>,
): Promise<{ deals: number; dealsEnded: number }> {
  const { workspaceId, connectionId, memberId } = of;
  // The last word on a deal counts.
  const last = await withCards(tx, of, items);
  const [keys, said] = [[...last.keys()], [...last.values()].map((one) => toJsonb(one))];
  const kept = await sql`
    insert into connectors.deal as d (workspace_id, connection_id, deal_key, member_id, state, said)
    select ${workspaceId}, ${connectionId}, n.key, ${memberId}, n.state, n.said::jsonb
    from unnest(${keys}::text[], ${said.map(hashOf)}::text[], ${said}::text[]) n(key, state, said)
    on conflict on constraint deal_pk do update set state = excluded.state, said = excluded.said, gone = false
    where d.state <> excluded.state or d.gone`.execute(tx);
  const ended = await sql`update connectors.deal set gone = true, said = null
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and deal_key = any(${gone}) and not gone
      and not (deal_key = any(${keys}))`.execute(tx);
  return { deals: Number(kept.numAffectedRows), dealsEnded: Number(ended.numAffectedRows) };
}

/** Whether something waits to be taken in. */
export async function hasWaiting(tx: Tx, { workspaceId, connectionId }: Omit<DealsOf, 'memberId'>): Promise<boolean> {
  const { rows } = await sql`select from connectors.deal
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and (said is not null or gone) limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Of which connection deals are, and for whom they are read. */
export interface DealSource {
  kind: string;
  name: string;
  deals_audience: string;
  deals_currency: string;
}

/** A connection of the actor's that reads deals. */
export async function findDealSource(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  connectionId: string,
): Promise<DealSource | undefined> {
  const { rows } = await sql<DealSource>`
    select c.kind, s.name, c.deals_audience, c.deals_currency
    from connectors.connection c
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id
    where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId} and c.member_id = ${memberId}
      and c.deals_audience is not null`.execute(tx);
  return rows[0];
}

/** What waits to be taken in; `deal` null: it stands there no more. */
export interface WaitingDeal {
  key: string;
  deal: KeptDeal | null;
}

/** Takes what waits out of the queue, in the transaction that makes something of it. As the member whose deals they are. */
export async function takeWaiting(
  tx: Tx,
  { workspaceId }: Actor,
  connectionId: string,
  limit: number,
): Promise<WaitingDeal[]> {
  const { rows } = await sql<{ key: string; said: unknown }>`
    select deal_key as key, said from connectors.deal
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and (said is not null or gone)
    order by deal_key limit ${limit} for update`.execute(tx);
  const keys = rows.map(({ key }) => key);
  await sql`delete from connectors.deal
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and deal_key = any(${keys}) and gone`.execute(
    tx,
  );
  await sql`update connectors.deal set said = null
    where workspace_id = ${workspaceId} and connection_id = ${connectionId} and deal_key = any(${keys})`.execute(tx);
  return rows.map(({ key, said }) => ({ key, deal: said === null ? null : keptDeal.parse(said) }));
}
