import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { batchStates } from './contract.ts';

// Batches of letters, what is in them, their files, and the piles from which they are cut.

/** Letters of a campaign or scenario that go in one member's name. */
export interface Pile {
  workspaceId: string;
  campaignId: string;
  senderId: string;
}

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
    select batch_id, campaign_id, sender_id, no, planned, letters, pages, state, made_at, ended_at from letters.batch
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
    select batch_id, campaign_id, sender_id, no, planned, letters, pages, state, made_at, ended_at from letters.batch
    where workspace_id = ${workspaceId} and batch_id = ${batchId} ${lock ? sql`for update` : sql``}`.execute(tx);
  return rows[0];
}

/** Letters that somebody has written in a campaign or scenario, that wait and are in no batch, with where they go. As their author, or the keeper. */
export async function listUncut(
  tx: Tx,
  { workspaceId, campaignId, senderId }: Pile,
): Promise<{ messageId: string; pointId: string }[]> {
  const { rows } = await sql<{ messageId: string; pointId: string }>`
    select m.message_id as "messageId", m.contact_point_id as "pointId" from outreach.message m
    where m.workspace_id = ${workspaceId} and m.campaign_id = ${campaignId} and m.author_id = ${senderId} and m.state = 'queued' and m.way = 'letter'
      and not exists (select from letters.letter l where l.workspace_id = ${workspaceId} and l.message_id = m.message_id)
    order by m.message_id`.execute(tx);
  return rows;
}

/** Cuts a batch of letters that are in none. As the keeper, or their author. @returns its id */
export async function addBatch(
  tx: Tx,
  { workspaceId, campaignId, senderId }: Pile,
  messageIds: readonly string[],
): Promise<string> {
  const batchId = newId();
  const of = { workspace_id: workspaceId, batch_id: batchId, sender_id: senderId };
  const { rows } = await sql<{ no: number }>`
    select coalesce(max(no), 0) + 1 as no from letters.batch where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(
    tx,
  );
  await tx
    .insertInto('letters.batch')
    .values({ ...of, campaign_id: campaignId, no: rows[0]!.no, planned: messageIds.length })
    .execute();
  await tx
    .insertInto('letters.letter')
    .values(messageIds.map((message_id, at) => ({ ...of, message_id, place: at + 1 })))
    .execute();
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
    select l.message_id, m.card_id, l.first_page, l.pages from letters.letter l
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
  await sql`update letters.letter l set first_page = n.first_page, pages = n.pages
    from unnest(${letters.map((one) => one.messageId)}::uuid[], ${letters.map((one) => one.firstPage)}::int[], ${letters.map((one) => one.pages)}::int[])
      n (id, first_page, pages)
    where l.workspace_id = ${workspaceId} and l.message_id = n.id`.execute(tx);
  for (const [no, octets] of pieces.entries())
    await tx
      .insertInto('letters.batch_piece')
      .values({ workspace_id: workspaceId, batch_id: batchId, no, sender_id, octets })
      .execute();
  const isEmpty = letters.length === 0;
  await sql`update letters.batch set state = ${isEmpty ? 'called_back' : 'ready'}, letters = ${letters.length}, pages = ${isEmpty ? 0 : pages},
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
  await sql`update letters.batch set state = ${state}, ended_at = now(), letters = ${letters}
    where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
  await sql`delete from letters.batch_piece where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
}

/** As its sender. @returns of how many pieces the file of a batch is */
export async function countPieces(tx: Tx, workspaceId: string, batchId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from letters.batch_piece where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** The file of a batch, piece by piece, as its sender; none for anybody else. */
export async function readPiece(tx: Tx, workspaceId: string, batchId: string, no: number): Promise<Buffer | undefined> {
  const { rows } = await sql<{ octets: Buffer }>`
    select octets from letters.batch_piece where workspace_id = ${workspaceId} and batch_id = ${batchId} and no = ${no}`.execute(
    tx,
  );
  return rows[0]?.octets;
}

/** A batch is to be made anew: its file goes. As the keeper, who has locked it. */
export async function unmake(tx: Tx, workspaceId: string, batchId: string): Promise<void> {
  await sql`update letters.batch set state = 'making', letters = 0, pages = 0, made_at = null
    where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
  await sql`update letters.letter set first_page = null, pages = null
    where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
  await sql`delete from letters.batch_piece where workspace_id = ${workspaceId} and batch_id = ${batchId}`.execute(tx);
}

/** The batches in which letters are. As the keeper. */
export async function listBatchesOf(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct batch_id as id from letters.letter where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[])
    order by 1`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Whether a letter of a batch is made, and neither posted nor called back. As the keeper. */
export async function hasMade(tx: Tx, workspaceId: string, batchId: string): Promise<boolean> {
  const { rows } = await sql`select from letters.letter l
    join outreach.message m on m.workspace_id = ${workspaceId} and m.message_id = l.message_id and m.state = 'made'
    where l.workspace_id = ${workspaceId} and l.batch_id = ${batchId} limit 1`.execute(tx);
  return rows.length > 0;
}

/**
 * Letters are laid on a pile, in the transaction that writes them: whoever has them made meanwhile waits for it, and finds them there.
 * @returns whether it is new: nobody was asked to have it made
 */
export async function layOnPile(tx: Tx, { workspaceId, campaignId, senderId }: Pile, taskId: string): Promise<boolean> {
  const { rows } = await sql<{ task_id: string }>`
    insert into letters.pile (workspace_id, campaign_id, sender_id, task_id) values (${workspaceId}, ${campaignId}, ${senderId}, ${taskId})
    on conflict (workspace_id, campaign_id, sender_id) do update set since = letters.pile.since returning task_id`.execute(
    tx,
  );
  return rows[0]!.task_id === taskId;
}

export async function findPile(tx: Tx, { workspaceId, campaignId, senderId }: Pile): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date }>`select since from letters.pile
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and sender_id = ${senderId}`.execute(tx);
  return rows[0]?.since;
}

/** A pile is taken up: what is laid down from now on is another. @returns its task; undefined: there is none, or somebody else has taken it */
export async function takePile(tx: Tx, { workspaceId, campaignId, senderId }: Pile): Promise<string | undefined> {
  const { rows } = await sql<{ task_id: string }>`delete from letters.pile
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and sender_id = ${senderId} returning task_id`.execute(
    tx,
  );
  return rows[0]?.task_id;
}

/** The piles of a campaign or scenario. As the keeper. */
export async function listPiles(tx: Tx, workspaceId: string, campaignId: string): Promise<Pile[]> {
  const { rows } = await sql<Pile>`
    select workspace_id as "workspaceId", campaign_id as "campaignId", sender_id as "senderId" from letters.pile
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} for update`.execute(tx);
  return rows;
}

/** Piles that nobody has had made for a month. As the keeper. */
export async function listOldPiles(tx: Tx): Promise<Pile[]> {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<Pile>`
    select workspace_id as "workspaceId", campaign_id as "campaignId", sender_id as "senderId" from letters.pile
    where since < now() - interval '30 days'`.execute(tx);
  return rows;
}

/** Batches that nobody has posted for a month: files with addresses are not kept for good. As the keeper. */
export async function listOverdue(tx: Tx): Promise<{ workspace_id: string; batch_id: string }[]> {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string; batch_id: string }>`
    select workspace_id, batch_id from letters.batch where state = 'ready' and made_at < now() - interval '30 days'`.execute(
    tx,
  );
  return rows;
}
