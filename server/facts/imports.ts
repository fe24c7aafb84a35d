import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { FactImport, ImportOptions, ImportProblem } from './imports-contract.ts';

// What is kept of files of facts. As the keeper, but for what is shown.

export interface Counts {
  kept: number;
  changed: number;
  unchanged: number;
  refused: number;
}
export interface ImportRow {
  import_id: string;
  file_name: string;
  state: FactImport['state'];
  report: (Counts & { problems: ImportProblem[] }) | null;
  created_at: Date;
  finished_at: Date | null;
}

/** Days within which what came can be taken out again. */
export const undoDays = 30;

export async function listImports(tx: Tx, { workspaceId }: Actor): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    select import_id, file_name, state, report, created_at, finished_at from facts.import
    where workspace_id = ${workspaceId} and state <> 'ready' order by created_at desc limit 50`.execute(tx);
  return rows;
}

export async function findImport(tx: Tx, workspaceId: string, importId: string): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select import_id, file_name, state, report, created_at, finished_at from facts.import
    where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(tx);
  return rows[0];
}

const pieceSize = 2 ** 20;

export async function addImport(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { importId, fileName, octets }: { importId: string; fileName: string; octets: Buffer },
): Promise<void> {
  await sql`insert into facts.import (workspace_id, import_id, file_name, created_by)
    values (${workspaceId}, ${importId}, ${fileName}, ${memberId})`.execute(tx);
  for (let no = 0; no * pieceSize < octets.length; no++)
    await sql`insert into facts.import_part (workspace_id, import_id, no, data)
      values (${workspaceId}, ${importId}, ${no}, ${octets.subarray(no * pieceSize, (no + 1) * pieceSize)})`.execute(
      tx,
    );
}

export async function readParts(tx: Tx, workspaceId: string, importId: string): Promise<Buffer> {
  const { rows } = await sql<{ data: Buffer }>`select data from facts.import_part
    where workspace_id = ${workspaceId} and import_id = ${importId} order by no`.execute(tx);
  return Buffer.concat(rows.map(({ data }) => data));
}

/** @returns false where it is in hand already, or done */
export async function queueImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
  options: ImportOptions,
): Promise<boolean> {
  const done = await sql`update facts.import set state = 'queued', tried = 0, options = ${JSON.stringify(options)}
    where workspace_id = ${workspaceId} and import_id = ${importId} and state in ('ready', 'failed')`.execute(tx);
  return done.numAffectedRows === 1n;
}

export interface Begun {
  import_id: string;
  file_name: string;
  options: ImportOptions;
  tried: number;
  done_lines: number;
}

/** Counts, committed, that it is begun. @returns undefined where it does not wait for it */
export async function beginImport(tx: Tx, workspaceId: string, importId: string): Promise<Begun | undefined> {
  const { rows } = await sql<Begun>`update facts.import set tried = tried + 1
    where workspace_id = ${workspaceId} and import_id = ${importId} and state = 'queued'
    returning import_id, file_name, options, tried, done_lines`.execute(tx);
  return rows[0];
}

/** What a batch came to, in its transaction. */
export async function noteBatch(
  tx: Tx,
  workspaceId: string,
  importId: string,
  said: { doneLines: number; added: readonly string[]; counts: Counts; problems: ImportProblem[]; mostTold: number },
): Promise<void> {
  const row = await findImport(tx, workspaceId, importId);
  const before = row?.report ?? { kept: 0, changed: 0, unchanged: 0, refused: 0, problems: [] };
  const report = {
    kept: before.kept + said.counts.kept,
    changed: before.changed + said.counts.changed,
    unchanged: before.unchanged + said.counts.unchanged,
    refused: before.refused + said.counts.refused,
    problems: [...before.problems, ...said.problems].slice(0, said.mostTold),
  };
  await sql`update facts.import set done_lines = ${said.doneLines}, report = ${JSON.stringify(report)}
    where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(tx);
  await sql`insert into facts.import_fact (workspace_id, import_id, fact_id)
    select ${workspaceId}, ${importId}, n.id from unnest(${said.added}::uuid[]) n (id) on conflict do nothing`.execute(
    tx,
  );
}

export async function settleImport(
  tx: Tx,
  workspaceId: string,
  importId: string,
  state: 'done' | 'failed',
): Promise<void> {
  await sql`update facts.import set state = ${state}, finished_at = now()
    where workspace_id = ${workspaceId} and import_id = ${importId} and state = 'queued'`.execute(tx);
  if (state === 'done')
    await sql`delete from facts.import_part where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(
      tx,
    );
}

/** @returns the facts that go; null where it cannot be undone (any more) */
export async function undoImport(tx: Tx, workspaceId: string, importId: string): Promise<string[] | null> {
  const done = await sql`update facts.import set state = 'undone'
    where workspace_id = ${workspaceId} and import_id = ${importId} and state in ('done', 'failed')
      and finished_at > now() - make_interval(days => ${undoDays})`.execute(tx);
  if (done.numAffectedRows !== 1n) return null;
  const { rows } = await sql<{ fact_id: string }>`delete from facts.import_fact
    where workspace_id = ${workspaceId} and import_id = ${importId} returning fact_id`.execute(tx);
  await sql`delete from facts.import_part where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(tx);
  return rows.map((row) => row.fact_id);
}

/** Days after which a file that nobody brought in is forgotten, and ids by which what came could be taken out. */
const waitingDays = 7;

export async function forgetImports(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from facts.import where state = 'ready' and created_at < now() - make_interval(days => ${waitingDays})`.execute(
    tx,
  );
  // No workspace: housekeeping of all of them.
  await sql`delete from facts.import_fact f using facts.import i
    where i.workspace_id = f.workspace_id and i.import_id = f.import_id and i.finished_at < now() - make_interval(days => ${undoDays})`.execute(
    tx,
  );
}
