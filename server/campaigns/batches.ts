import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { batchStates } from './letters-contract.ts';

// Batches of letters, what is in them, and their files.

export interface BatchRow {
  batch_id: string;
  campaign_id: string;
  sender_id: string;
  no: number;
  planned: number;
  letters: number;
  pages: number;
  state: (typeof batchStates)[number];
  made_at: Date | null;
  ended_at: Date | null;
}

export async function listBatches(tx: Tx, workspaceId: string, campaignId: string): Promise<BatchRow[]> {
  const { rows } = await sql<BatchRow>`
    select batch_id, campaign_id, sender_id, no, planned, letters, pages, state, made_at, ended_at from campaigns.batch
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} order by no`.execute(tx);
  return rows;
}

/** @param lock nobody else ends it until the transaction does */
export async function findBatch(
  tx: Tx,
  workspaceId: string,
  batchId: string,
  lock = false,
): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`
    select batch_id, campaign_id, sender_id, no, planned, letters, pages, state, made_at, ended_at from campaigns.batch
    where workspace_id = ${workspaceId} and batch_id = ${batchId} ${lock ? sql`for update` : sql``}`.execute(tx);
  return rows[0];
}

/** Letters of a campaign that wait and are in no batch, with where they go. As their author, who sees the addresses. */
export async function listUncut(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
): Promise<{ messageId: string; pointId: string }[]> {
  const { rows } = await sql<{ messageId: string; pointId: string }>`
    select m.message_id as "messageId", m.contact_point_id as "pointId" from outreach.message m
    where m.workspace_id = ${workspaceId} and m.campaign_id = ${campaignId} and m.state = 'queued' and m.way = 'letter'
      and not exists (select from campaigns.letter l where l.workspace_id = ${workspaceId} and l.message_id = m.message_id)
    order by m.message_id`.execute(tx);
  return rows;
}

/** Cuts a batch of letters that are in none. As the keeper. @returns its id */
export async function addBatch(
  tx: Tx,
  workspaceId: string,
  { campaignId, senderId }: { campaignId: string; senderId: string },
  messageIds: readonly string[],
): Promise<string> {
  const batchId = newId();
  await sql`insert into campaigns.batch (workspace_id, batch_id, campaign_id, sender_id, no, planned)
    select ${workspaceId}, ${batchId}, ${campaignId}, ${senderId}, coalesce(max(no), 0) + 1, ${messageIds.length}::int from campaigns.batch
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(tx);
  await sql`insert into campaigns.letter (workspace_id, message_id, batch_id, sender_id, place)
    select ${workspaceId}, n.id, ${batchId}, ${senderId}, n.place from unnest(${messageIds}::uuid[]) with ordinality n (id, place)`.execute(
    tx,
  );
  return batchId;
}

export interface LetterRow {
  message_id: string;
  card_id: string;
  first_page: number | null;
  pages: number | null;
}

/** The letters of a batch, in their order. */
export async function listLetters(tx: Tx, workspaceId: string, batchId: string): Promise<LetterRow[]> {
  const { rows } = await sql<LetterRow>`
    select l.message_id, m.card_id, l.first_page, l.pages from campaigns.letter l
    join outreach.message m on m.workspace_id = ${workspaceId} and m.message_id = l.message_id
    where l.workspace_id = ${workspaceId} and l.batch_id = ${batchId} order by l.place`.execute(tx);
  return rows;
}

export interface Made {
  letters: { messageId: string; firstPage: number; pages: number }[];
  pages: number;
  pieces: readonly Buffer[];
}

/** The file of a batch is there. As the keeper, who has locked it. One without a letter is over. */
export async function setMade(
  tx: Tx,
  workspaceId: string,
  batch: BatchRow,
  { letters, pages, pieces }: Made,
): Promise<void> {
  const { batch_id: batchId, sender_id } = batch;
  await sql`update campaigns.letter l set first_page = n.first_page, pages = n.pages
    from unnest(${letters.map((one) => one.messageId)}::uuid[], ${letters.map((one) => one.firstPage)}::int[], ${letters.map((one) => one.pages)}::int[])
      n (id, first_page, pages)
    where l.workspace_id = ${workspaceId} and l.message_id = n.id`.execute(tx);
  for (const [no, octets] of pieces.entries())
    await tx
      .insertInto('campaigns.batch_piece')
      .values({ workspace_id: workspaceId, batch_id: batchId, no, sender_id, octets })
      .execute();
  const isEmpty = letters.length === 0;
  await sql`update campaigns.batch set state = ${isEmpty ? 'called_back' : 'ready'}, letters = ${letters.length}, pages = ${isEmpty ? 0 : pages},
      made_at = now(), ended_at = case when ${isEmpty} then now() end
    where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
}

/** A batch has ended: its file goes. */
export async function endBatch(
  tx: Tx,
  workspaceId: string,
  batchId: string,
  state: 'posted' | 'called_back',
  letters: number,
): Promise<void> {
  await sql`update campaigns.batch set state = ${state}, ended_at = now(), letters = ${letters}
    where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
  await sql`delete from campaigns.batch_piece where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(
    tx,
  );
}

/** The file of a batch, piece by piece, as its sender; none for anybody else. */
export async function readPiece(tx: Tx, workspaceId: string, batchId: string, no: number): Promise<Buffer | undefined> {
  const { rows } = await sql<{ octets: Buffer }>`
    select octets from campaigns.batch_piece where workspace_id = ${workspaceId} and batch_id = ${batchId} and no = ${no}`.execute(
    tx,
  );
  return rows[0]?.octets;
}

/** Who was in a batch that is called back is written to no more. As the keeper. */
export async function stopRecipients(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  messageIds: readonly string[],
): Promise<void> {
  await sql`update campaigns.recipient set state = 'stopped', message_id = null, contact_point_id = null
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and message_id = any(${messageIds}::uuid[])`.execute(
    tx,
  );
}

/** Batches that nobody has posted for a month: files with addresses are not kept for good. As the keeper. */
export async function listOverdue(tx: Tx): Promise<{ workspace_id: string; batch_id: string }[]> {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string; batch_id: string }>`
    select workspace_id, batch_id from campaigns.batch where state = 'ready' and made_at < now() - interval '30 days'`.execute(
    tx,
  );
  return rows;
}
