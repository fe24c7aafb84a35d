import { type Insertable, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { stir } from '../kernel/stirring.ts';
import type { LineProblem, Outcome, Reason } from './contract.ts';

/** What files of opportunities brought, and what they are matched with. */

/** What a file says of an opportunity, as columns; by which is told what it changed since. */
export interface SaidColumns {
  name: string;
  organization_name: string;
  stage_id: string | null;
  value_cents: number | null;
  currency: string | null;
  expected_on: string | null;
  opened_on: string | null;
  closed_on: string | null;
  outcome: Outcome | null;
  reasons: Reason[];
  outcome_note: string;
  note: string;
}

export interface SourceState {
  said: SaidColumns;
  cells: [string, string][];
  /** Contacts at a connection's service that have met a card of ours already. */
  contacts?: string[];
}

export interface KnownRow extends Omit<SaidColumns, 'stage_id' | 'opened_on'> {
  opportunity_id: string;
  external_id: string;
  imported_by: string;
  version: number;
  stage_id: string;
  opened_on: string;
  owner_id: string;
  audience_id: string;
  removed_at: Date | null;
  source_state: SourceState;
}

/** Two imports of one member follow each other, so that the second sees what the first brought. */
export async function lockImports(tx: Tx, { workspaceId, memberId }: Actor): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} ${memberId} opportunities`}, 0))`.execute(
    tx,
  );
}

/** What is here already of these ids of a source and the actor sees: brought by themself, or by somebody else. */
export async function findKnown(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  source: string,
  externalIds: readonly string[],
): Promise<Map<string, KnownRow>> {
  const { rows } = await sql<KnownRow>`
    select opportunity_id, external_id, imported_by, version, name, organization_name, stage_id, value_cents, currency, expected_on, opened_on,
      closed_on, outcome, reasons, outcome_note, note, owner_id, audience_id, removed_at, source_state
    from opportunities.opportunity
    where workspace_id = ${workspaceId} and source = ${source} and external_id = any(${externalIds})
      and (imported_by = ${memberId} or removed_at is null)
    order by imported_by = ${memberId}, opportunity_id`.execute(tx);
  return new Map(rows.map((row) => [row.external_id, row]));
}

/** Of these names as lists sort them, those that exactly one of the viewer's contacts of a kind has. @returns a card of it by name */
export async function findByNames(
  tx: Tx,
  { workspaceId }: Actor,
  kind: 'person' | 'organization',
  names: readonly string[],
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ sort_name: string; person_id: string }>`
    select e.sort_name, min(e.person_id::text)::uuid as person_id from cards.entry e
    where e.workspace_id = ${workspaceId} and e.audience_id = any(string_to_array(current_setting('app.audiences'), ',')::uuid[])
      and e.sort_name = any(${names}) and e.kind = ${kind}
    group by e.sort_name having count(distinct e.cluster_id) = 1`.execute(tx);
  return new Map(rows.map((row) => [row.sort_name, row.person_id]));
}

export async function addImport(
  tx: Tx,
  actor: Actor,
  record: Omit<Insertable<DB['opportunities.import']>, 'workspace_id' | 'member_id' | 'problems'> & {
    problems: readonly LineProblem[];
  },
): Promise<void> {
  const row = { ...record, ...{ workspace_id: actor.workspaceId, member_id: actor.memberId } };
  await tx
    .insertInto('opportunities.import')
    .values({ ...row, problems: JSON.stringify(record.problems) })
    .onConflict((conflict) =>
      conflict.constraint('import_pk').doUpdateSet({
        file_name: record.file_name,
        created: sql`import.created + ${record.created}`,
        updated: sql`import.updated + ${record.updated}`,
        unchanged: sql`import.unchanged + ${record.unchanged}`,
        at: sql`now()`,
      }),
    )
    .execute();
}

export interface ImportRow {
  import_id: string;
  file_name: string;
  source: string;
  created: number;
  updated: number;
  unchanged: number;
  problems: LineProblem[];
  at: Date;
  undone_at: Date | null;
}

/** The actor's own, the last first. @param one that import alone */
export async function listImports(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  before: string | null,
  limit: number,
  one?: string,
): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    select import_id, file_name, source, created, updated, unchanged, problems, at, undone_at from opportunities.import
    where workspace_id = ${workspaceId} and member_id = ${memberId}
      and ${one ? sql`import_id = ${one}` : sql`not connected`}
      and ${before ? sql`import_id < ${before}::uuid` : sql`true`}
    order by import_id desc limit ${limit}`.execute(tx);
  return rows;
}

export interface ImportChange {
  opportunity_id: string;
  external_id: string;
  /** What was changed, as it was and as it became; null: it was brought. */
  before: Partial<SaidColumns> | null;
  after: Partial<SaidColumns> | null;
}

export async function addChanges(
  tx: Tx,
  { workspaceId }: Actor,
  importId: string,
  changes: readonly ImportChange[],
): Promise<void> {
  const perInsert = 2000;
  for (let at = 0; at < changes.length; at += perInsert)
    await tx
      .insertInto('opportunities.import_change')
      .values(
        changes.slice(at, at + perInsert).map(({ opportunity_id, external_id, before, after }) => ({
          workspace_id: workspaceId,
          import_id: importId,
          opportunity_id,
          external_id,
          before: before && JSON.stringify(before),
          after: after && JSON.stringify(after),
        })),
      )
      .onConflict((conflict) =>
        // What goes on bringing changes the same again: back leads what stood there first.
        conflict.constraint('import_change_pk').doUpdateSet({
          before: sql`case when import_change.before is null or excluded.before is null then null
            else excluded.before || import_change.before end`,
          after: sql`case when import_change.before is null or excluded.before is null then null
            else import_change.after || excluded.after end`,
        }),
      )
      .execute();
}

/** Of what an import brought, what was handed on out of the actor's sight, taken out of sight since, or deleted for good: ids at its source. */
export async function listLeft(tx: Tx, { workspaceId }: Actor, importId: string): Promise<Set<string>> {
  const { rows } = await sql<{ external_id: string }>`
    select c.external_id from opportunities.import_change c
    where c.workspace_id = ${workspaceId} and c.import_id = ${importId} and c.external_id is not null
      and not exists (select from opportunities.opportunity o
        where o.workspace_id = ${workspaceId} and o.opportunity_id = c.opportunity_id and o.removed_at is null)`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.external_id));
}

/** Says of what the actor's source knows by these ids that it stands there, or does no more. @returns how many that is new of */
export async function setEnded(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { source, ended }: { source: string; ended: boolean },
  externalIds: readonly string[],
): Promise<number> {
  const done = await sql`update opportunities.opportunity set ended_at = ${ended ? sql`now()` : null}
    where workspace_id = ${workspaceId} and imported_by = ${memberId} and source = ${source} and external_id = any(${externalIds})
      and ${ended ? sql`ended_at is null` : sql`ended_at is not null`}`.execute(tx);
  return Number(done.numAffectedRows);
}

/** What an import changed of what was there before. */
export async function listChanged(tx: Tx, { workspaceId }: Actor, importId: string) {
  const { rows } = await sql<{ row: KnownRow } & ImportChange>`
    select c.opportunity_id, c.before, c.after, to_jsonb(o) as row
    from opportunities.import_change c
    join opportunities.opportunity o on o.workspace_id = ${workspaceId} and o.opportunity_id = c.opportunity_id
    where c.workspace_id = ${workspaceId} and c.import_id = ${importId} and c.before is not null`.execute(tx);
  return rows;
}

/** Takes what an import brought out of sight. @returns what that was */
export async function removeBrought(tx: Tx, { workspaceId }: Actor, importId: string): Promise<string[]> {
  const { rows } = await sql<{ opportunity_id: string }>`
    update opportunities.opportunity o set removed_at = now(), version = version + 1, changed_at = now()
    from opportunities.import_change c
    where o.workspace_id = ${workspaceId} and c.workspace_id = ${workspaceId} and c.import_id = ${importId}
      and c.opportunity_id = o.opportunity_id and c.before is null and o.removed_at is null
    returning o.opportunity_id`.execute(tx);
  await stir(
    tx,
    workspaceId,
    'opportunity',
    rows.map((row) => row.opportunity_id),
  );
  return rows.map((row) => row.opportunity_id);
}

/** What an import brought that the actor sees still. */
export async function countBrought(tx: Tx, { workspaceId }: Actor, importId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from opportunities.import_change c
    join opportunities.opportunity o on o.workspace_id = ${workspaceId} and o.opportunity_id = c.opportunity_id and o.removed_at is null
    where c.workspace_id = ${workspaceId} and c.import_id = ${importId} and c.before is null`.execute(tx);
  return rows[0]!.count;
}

/** @returns false when it is undone already */
export async function markUndone(tx: Tx, { workspaceId, memberId }: Actor, importId: string): Promise<boolean> {
  const done = await sql`update opportunities.import set undone_at = now()
    where workspace_id = ${workspaceId} and import_id = ${importId} and member_id = ${memberId} and undone_at is null`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/** Keeps what a file said last of what it did not change. */
export async function keepStates(
  tx: Tx,
  { workspaceId }: Actor,
  states: readonly { opportunityId: string; state: SourceState }[],
): Promise<void> {
  const perUpdate = 2000;
  for (let at = 0; at < states.length; at += perUpdate) {
    const part = states.slice(at, at + perUpdate);
    await sql`update opportunities.opportunity o set source_state = n.state::jsonb
      from unnest(${part.map((one) => one.opportunityId)}::uuid[], ${part.map((one) => JSON.stringify(one.state))}::text[]) n(id, state)
      where o.workspace_id = ${workspaceId} and o.opportunity_id = n.id`.execute(tx);
  }
}
