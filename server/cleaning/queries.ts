import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { RuleId, Run } from './contract.ts';

/**
 * Cards that the actor holds or looks after, in a fixed order; not those on which somebody keeps what a contact said of themself.
 * @param bookId of this book only @param after beyond this card
 */
export async function listOwn(
  tx: Tx,
  { workspaceId }: Actor,
  bookId: string | null,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select c.card_id from delegation.book b
    join cards.card c on c.workspace_id = ${workspaceId} and c.book_no = b.book_no and c.exposure < 2 and c.ended_at is null
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id and s.kind <> 'self'
    where b.workspace_id = ${workspaceId} and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
      and ${bookId ? sql`b.book_id = ${bookId}` : sql`true`} and ${after ? sql`c.card_id > ${after}` : sql`true`}
    order by c.card_id limit ${limit}`.execute(tx);
  return rows.map((row) => row.card_id);
}

/** What rules leave alone on cards: hashes, by card. */
export async function listExceptions(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  rule: RuleId,
  cardIds: readonly string[],
): Promise<Map<string, Set<string>>> {
  const { rows } = await sql<{ card_id: string; hash: string }>`
    select card_id, encode(value_hash, 'hex') as hash from cleaning.exception
    where workspace_id = ${workspaceId} and member_id = ${memberId} and rule = ${rule} and card_id = any(${cardIds}::uuid[])`.execute(
    tx,
  );
  const groups = Map.groupBy(rows, (row) => row.card_id);
  return new Map([...groups].map(([cardId, group]) => [cardId, new Set(group.map((row) => row.hash))]));
}

export async function setException(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  rule: RuleId,
  cardId: string,
  hash: Buffer,
  leave: boolean,
): Promise<void> {
  if (leave)
    await sql`insert into cleaning.exception (workspace_id, member_id, card_id, rule, value_hash)
      values (${workspaceId}, ${memberId}, ${cardId}, ${rule}, ${hash}) on conflict do nothing`.execute(tx);
  else
    await sql`delete from cleaning.exception where workspace_id = ${workspaceId} and member_id = ${memberId} and card_id = ${cardId}
      and rule = ${rule} and value_hash = ${hash}`.execute(tx);
}

export interface RunRow {
  run_id: string;
  member_id: string;
  rule: RuleId;
  book_id: string | null;
  state: Run['state'];
  after_id: string | null;
  looked_at: number;
  changed: number;
  left_alone: number;
  started_at: Date;
  done_at: Date | null;
}

/** @returns false where a run of the member's works still */
export async function addRun(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  run: { runId: string; rule: RuleId; bookId: string | null },
): Promise<boolean> {
  // Two at once would change what the other one is about to.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`cleaning ${memberId}`}, 0))`.execute(tx);
  const { rows } = await sql`select from cleaning.run
    where workspace_id = ${workspaceId} and member_id = ${memberId} and state in ('running', 'undoing')`.execute(tx);
  if (rows.length > 0) return false;
  await sql`insert into cleaning.run (workspace_id, run_id, member_id, rule, book_id)
    values (${workspaceId}, ${run.runId}, ${memberId}, ${run.rule}, ${run.bookId})`.execute(tx);
  return true;
}

/** The actor's runs, the newest first. */
export async function listRuns(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  runId: string | null = null,
): Promise<RunRow[]> {
  const { rows } = await sql<RunRow>`
    select run_id, member_id, rule, book_id, state, after_id, looked_at, changed, left_alone, started_at, done_at from cleaning.run
    where workspace_id = ${workspaceId} and member_id = ${memberId} and ${runId ? sql`run_id = ${runId}` : sql`true`}
    order by started_at desc, run_id limit 50`.execute(tx);
  return rows;
}

/** Whose run it is. As the keeper. */
export async function findRunner(tx: Tx, workspaceId: string, runId: string): Promise<string | null> {
  const { rows } = await sql<{ member_id: string }>`
    select member_id from cleaning.run where workspace_id = ${workspaceId} and run_id = ${runId}`.execute(tx);
  return rows[0]?.member_id ?? null;
}

/** Takes a run in hand, so that nobody else goes on with it. @returns undefined where there is nothing to do any more */
export async function lockRun(
  tx: Tx,
  { workspaceId }: Actor,
  runId: string,
  state: 'running' | 'undoing',
): Promise<RunRow | undefined> {
  const { rows } = await sql<RunRow>`
    select run_id, member_id, rule, book_id, state, after_id, looked_at, changed, left_alone, started_at, done_at from cleaning.run
    where workspace_id = ${workspaceId} and run_id = ${runId} and state = ${state} for update`.execute(tx);
  return rows[0];
}

/** Writes down how far a run has come. */
export async function advance(
  tx: Tx,
  { workspaceId }: Actor,
  runId: string,
  by: { lookedAt?: number; changed?: number; leftAlone?: number; afterId?: string | null; state?: Run['state'] },
): Promise<void> {
  const { lookedAt = 0, changed = 0, leftAlone = 0, afterId, state } = by;
  const over = state !== undefined && state !== 'undoing';
  await sql`update cleaning.run set looked_at = looked_at + ${lookedAt}, changed = changed + ${changed}, left_alone = left_alone + ${leftAlone},
      after_id = coalesce(${afterId ?? null}::uuid, after_id), state = coalesce(${state ?? null}, state),
      done_at = case when ${over} then now() else done_at end
    where workspace_id = ${workspaceId} and run_id = ${runId}`.execute(tx);
}

/** What a run did to a value. */
export interface Edit {
  no: number;
  kind: string;
  /** As it stood; null after: it was taken away. */
  before: Record<string, unknown>;
  after: Record<string, unknown> | null;
  /** It stood as its source says. */
  ofSource: boolean;
}

export async function addChange(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  runId: string,
  cardId: string,
  edits: readonly Edit[],
): Promise<void> {
  await sql`insert into cleaning.change (workspace_id, run_id, card_id, member_id, edits)
    values (${workspaceId}, ${runId}, ${cardId}, ${memberId}, ${JSON.stringify(edits)}::jsonb)`.execute(tx);
}

/** Takes what a run did to some cards, to put it back. */
export async function takeChanges(
  tx: Tx,
  { workspaceId }: Actor,
  runId: string,
  limit: number,
): Promise<{ card_id: string; edits: Edit[] }[]> {
  const { rows } = await sql<{ card_id: string; edits: Edit[] }>`
    delete from cleaning.change where workspace_id = ${workspaceId} and run_id = ${runId} and card_id in (select card_id from cleaning.change
      where workspace_id = ${workspaceId} and run_id = ${runId} order by card_id limit ${limit})
    returning card_id, edits`.execute(tx);
  return rows;
}

/** Forgets what runs did that cannot be undone any more. As the keeper. */
export async function forgetChanges(tx: Tx, days: number): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from cleaning.change c using cleaning.run r
    where r.workspace_id = c.workspace_id and r.run_id = c.run_id and r.done_at < now() - make_interval(days => ${days})`.execute(
    tx,
  );
}
