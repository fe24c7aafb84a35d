import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Seen } from './database-rules.ts';
import type { DatabaseReport, DatabaseSettings, DatabaseState } from './databases-contract.ts';
import type { Source } from './sources.ts';

// Databases that facts are read from, and how far.

export interface DatabaseRow {
  source_id: string;
  settings: DatabaseSettings;
  version: number;
  state: DatabaseState['state'];
  problem: string | null;
  wanted_at: Date | null;
  next_at: Date;
  read_at: Date | null;
  report: DatabaseReport | null;
}

/** As a viewer who oversees. */
export async function listDatabases(tx: Tx, { workspaceId }: Actor, sourceId?: string): Promise<DatabaseRow[]> {
  const { rows } = await sql<DatabaseRow>`
    select source_id, settings, version, state, problem, wanted_at, next_at, read_at, report from facts.database
    where workspace_id = ${workspaceId} and ${sourceId ? sql`source_id = ${sourceId}` : sql`true`}`.execute(tx);
  return rows;
}

export async function addDatabase(
  tx: Tx,
  { workspaceId }: Actor,
  sourceId: string,
  settings: DatabaseSettings,
): Promise<void> {
  await sql`insert into facts.database (workspace_id, source_id, settings, wanted_at)
    values (${workspaceId}, ${sourceId}, ${JSON.stringify(settings)}, now())`.execute(tx);
}

/** Read by other settings, rows say something else: all of them are read again, and stand once under their ids. */
export async function changeSettings(
  tx: Tx,
  { workspaceId }: Actor,
  sourceId: string,
  settings: DatabaseSettings,
): Promise<void> {
  await sql`update facts.database set settings = ${JSON.stringify(settings)}, version = version + 1, cursor = null, seen = '[]'
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

/** How often it is read changes nothing of what was. */
export async function changeSchedule(
  tx: Tx,
  { workspaceId }: Actor,
  sourceId: string,
  settings: DatabaseSettings,
): Promise<void> {
  await sql`update facts.database set settings = ${JSON.stringify(settings)}
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

/** What is read at this moment is not kept any more. */
export async function pause(tx: Tx, { workspaceId }: Actor, sourceId: string): Promise<void> {
  await sql`update facts.database set state = 'paused', problem = null, wanted_at = null, version = version + 1
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

/** A reading is wanted now, whatever held it back. @param again from the beginning */
export async function want(tx: Tx, { workspaceId }: Actor, sourceId: string, again: boolean): Promise<void> {
  const fresh = again ? sql`, version = version + 1, cursor = null, seen = '[]'` : sql``;
  await sql`update facts.database set state = 'ok', problem = null, failures = 0, wanted_at = now() ${fresh}
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

/** What a database is asked with, as the keeper: for a trial of one that is set up. */
export async function findPassword(tx: Tx, workspaceId: string, sourceId: string): Promise<Buffer | null> {
  const { rows } = await sql<{ secret: Buffer | null }>`select secret from facts.source
    where workspace_id = ${workspaceId} and source_id = ${sourceId} and kind = 'database'`.execute(tx);
  return rows[0]?.secret ?? null;
}

/** One that a job reads. */
export interface Reading extends Source {
  settings: DatabaseSettings;
  version: number;
  secret: Buffer;
  failures: number;
  /** In microseconds, which a Date does not hold. */
  wanted: string;
  cursor: string | null;
  seen: Seen;
}

/** With its row locked; undefined where no reading is wanted (any more). As the keeper. */
export async function lockReading(tx: Tx, workspaceId: string, sourceId: string): Promise<Reading | undefined> {
  const { rows } = await sql<Reading>`
    select s.source_id, s.source_no, s.secret, d.settings, d.version, d.failures, d.wanted_at::text as wanted, d.cursor, d.seen
    from facts.database d
    join facts.source s on s.workspace_id = ${workspaceId} and s.source_id = d.source_id and s.ended_at is null and s.secret is not null
    where d.workspace_id = ${workspaceId} and d.source_id = ${sourceId} and d.state <> 'paused' and d.wanted_at is not null
    for update of d`.execute(tx);
  return rows[0];
}

/** How far reading came, in the transaction that keeps what it read. */
export async function setCursor(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  { cursor, seen, report }: { cursor: string | null; seen: Seen; report: DatabaseReport },
): Promise<void> {
  await sql`update facts.database set cursor = ${cursor}, seen = ${JSON.stringify(seen)}, report = ${JSON.stringify(report)}
    where workspace_id = ${workspaceId} and source_id = ${sourceId}`.execute(tx);
}

/**
 * How it fares after a reading that was wanted then; one that is wanted since is wanted still. @param isMore the next one is wanted at once
 * @returns false where it was paused or changed meanwhile
 */
export async function settle(
  tx: Tx,
  workspaceId: string,
  { source_id: sourceId, wanted, version }: Pick<Reading, 'source_id' | 'wanted' | 'version'>,
  health: { state: string; problem: string | null; failures: number; nextAt: Date },
  isMore: boolean,
): Promise<boolean> {
  const { state, problem, failures, nextAt } = health;
  const done = await sql`update facts.database set
      wanted_at = case when ${isMore} then now() when wanted_at = ${wanted}::timestamptz then null else wanted_at end,
      state = ${state}, problem = ${problem}, failures = ${failures}, next_at = ${nextAt},
      read_at = case when ${state} = 'ok' then now() else read_at end
    where workspace_id = ${workspaceId} and source_id = ${sourceId} and version = ${version} and state <> 'paused'`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/** Those whose time has come, which want a reading from now on. Of all workspaces; as the keeper. */
export async function wakeDue(tx: Tx): Promise<{ workspace_id: string; source_id: string }[]> {
  // No workspace: time comes for all.
  const { rows } = await sql<{ workspace_id: string; source_id: string }>`
    update facts.database d set wanted_at = now() from facts.source s
    where s.workspace_id = d.workspace_id and s.source_id = d.source_id and s.ended_at is null
      and d.state in ('ok', 'retrying') and d.next_at <= now() and d.wanted_at is null
    returning d.workspace_id, d.source_id`.execute(tx);
  return rows;
}
