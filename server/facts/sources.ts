import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { SourceKind } from './sources-contract.ts';

// Where facts come from, and how much came from where.

export interface Source {
  source_id: string;
  source_no: number;
}

/** What a source is known by. */
export interface SourceRef {
  kind: SourceKind;
  ref: string;
  name: string;
}

/**
 * The source, made when it tells for the first time. As the keeper. Held until the end of the transaction: what one source says twice at once is
 * taken one after the other, so that what it says of somebody else then stands once.
 */
export async function holdSource(tx: Tx, workspaceId: string, { kind, ref, name }: SourceRef): Promise<Source> {
  const find = () =>
    sql<Source>`select source_id, source_no from facts.source
      where workspace_id = ${workspaceId} and kind = ${kind} and ref = ${ref} for update`.execute(tx);
  const [known] = (await find()).rows;
  if (known) return known;
  await lockNumbers(tx, workspaceId);
  await sql`insert into facts.source (workspace_id, source_id, source_no, kind, ref, name)
    values (${workspaceId}, ${newId()}, facts.next_source_no(${workspaceId}, false), ${kind}, ${ref}, ${name})
    on conflict on constraint source_ref_uq do nothing`.execute(tx);
  return (await find()).rows[0]!;
}

export async function lockNumbers(tx: Tx, workspaceId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`fact sources ${workspaceId}`}, 0))`.execute(tx);
}

/** A site or a program that calls, as it is set up. As the keeper. */
export interface WorkingSource extends Source {
  settings: Record<string, unknown>;
  secret: Buffer | null;
}
export async function findWorking(
  tx: Tx,
  workspaceId: string,
  sourceId: string,
  kind: 'tag' | 'hook',
): Promise<WorkingSource | undefined> {
  const { rows } = await sql<WorkingSource>`
    select source_id, source_no, settings, secret from facts.source
    where workspace_id = ${workspaceId} and source_id = ${sourceId} and kind = ${kind} and ended_at is null`.execute(tx);
  return rows[0];
}

/** Adds to the counts of today. In one order, so that two at once cannot block each other. @param counts by the number of the kind */
export async function addVolumes(
  tx: Tx,
  workspaceId: string,
  sourceNo: number,
  counts: ReadonlyMap<number, { kept: number; counted: number }>,
): Promise<void> {
  const rows = [...counts].filter(([, { kept, counted }]) => kept !== 0 || counted !== 0).sort(([a], [b]) => a - b);
  if (rows.length === 0) return;
  await sql`
    insert into facts.volume as v (workspace_id, kind_no, source_no, day, kept, counted)
    select ${workspaceId}, n.kind_no, ${sourceNo}, current_date, n.kept, n.counted
    from unnest(${rows.map(([no]) => no)}::int[], ${rows.map(([, { kept }]) => kept)}::int[],
      ${rows.map(([, { counted }]) => counted)}::int[]) n (kind_no, kept, counted) order by n.kind_no
    on conflict on constraint volume_pk do update
    set kept = v.kept + excluded.kept, counted = v.counted + excluded.counted, last_at = now()`.execute(tx);
}

export interface Counted {
  code: string;
  kindKey: string;
  field: string;
}

/** Counts what was not taken today, by its reason. */
export async function addRefusals(
  tx: Tx,
  workspaceId: string,
  sourceNo: number,
  refused: readonly Counted[],
): Promise<void> {
  if (refused.length === 0) return;
  const groups = [...Map.groupBy(refused, ({ code, kindKey, field }) => `${code} ${kindKey} ${field}`)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const of = (pick: (one: Counted) => string) => groups.map(([, group]) => pick(group[0]!));
  await sql`
    insert into facts.refusal as r (workspace_id, source_no, day, code, kind_key, field, count)
    select ${workspaceId}, ${sourceNo}, current_date, n.code, n.kind_key, n.field, n.count
    from unnest(${of((one) => one.code)}::text[], ${of((one) => one.kindKey)}::text[], ${of((one) => one.field)}::text[],
      ${groups.map(([, group]) => group.length)}::int[]) n (code, kind_key, field, count)
    on conflict on constraint refusal_pk do update set count = r.count + excluded.count, last_at = now()`.execute(tx);
}
