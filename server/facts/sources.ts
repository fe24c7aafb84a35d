import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Refusal } from './contract.ts';
import type { SourceKind, SourceSettings } from './sources-contract.ts';

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

/** As `holdSource`, of one that is known. */
export async function holdKnown(tx: Tx, workspaceId: string, { source_id: sourceId }: Source): Promise<void> {
  await sql`select from facts.source where workspace_id = ${workspaceId} and source_id = ${sourceId} for update`.execute(
    tx,
  );
}

async function lockNumbers(tx: Tx, workspaceId: string): Promise<void> {
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
    where workspace_id = ${workspaceId} and source_id = ${sourceId} and kind = ${kind} and ended_at is null`.execute(
    tx,
  );
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
  const groups = [...Map.groupBy(refused, ({ code, kindKey, field }) => `${code} ${kindKey} ${field}`)].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  const of = (pick: (one: Counted) => string) => groups.map(([, group]) => pick(group[0]!));
  await sql`
    insert into facts.refusal as r (workspace_id, source_no, day, code, kind_key, field, count)
    select ${workspaceId}, ${sourceNo}, current_date, n.code, n.kind_key, n.field, n.count
    from unnest(${of((one) => one.code)}::text[], ${of((one) => one.kindKey)}::text[], ${of((one) => one.field)}::text[],
      ${groups.map(([, group]) => group.length)}::int[]) n (code, kind_key, field, count)
    on conflict on constraint refusal_pk do update set count = r.count + excluded.count, last_at = now()`.execute(tx);
}

/** As the keeper. */
export async function findAppName(tx: Tx, workspaceId: string, appId: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from identity.app
    where workspace_id = ${workspaceId} and app_id = ${appId}`.execute(tx);
  return rows[0]?.name ?? '';
}

export interface SourceRow {
  source_id: string;
  source_no: number;
  kind: SourceKind;
  name: string;
  settings: Partial<SourceSettings>;
  ended_at: Date | null;
  kept: number;
  recent: number;
  counted: number;
  refused: number;
  last_at: Date | null;
}

/** Days of which lists tell. */
const recentDays = 30;

/** All sources with what came of them, those in use first, then those that told last. As a viewer who oversees, whom row security shows the counts. */
export async function listSources(tx: Tx, { workspaceId }: Actor, sourceId?: string): Promise<SourceRow[]> {
  const { rows } = await sql<SourceRow>`
    select s.source_id, s.source_no, s.kind, s.name, s.settings, s.ended_at, coalesce(v.kept, 0)::int as kept, coalesce(v.recent, 0)::int as recent,
      coalesce(v.counted, 0)::int as counted, coalesce(r.refused, 0)::int as refused, greatest(v.last_at, r.last_at) as last_at
    from facts.source s
    left join (
      select source_no, sum(kept) as kept, sum(counted) as counted, max(last_at) as last_at,
        sum(greatest(kept, 0)) filter (where day > current_date - ${recentDays}::int) as recent
      from facts.volume where workspace_id = ${workspaceId} group by source_no) v on v.source_no = s.source_no
    left join (
      select source_no, sum(count) as refused, max(last_at) as last_at from facts.refusal where workspace_id = ${workspaceId} group by source_no
    ) r on r.source_no = s.source_no
    where s.workspace_id = ${workspaceId} and ${sourceId ? sql`s.source_id = ${sourceId}` : sql`true`}
    order by s.ended_at is not null, last_at desc nulls last, s.name`.execute(tx);
  return rows;
}

export interface KindVolume {
  kind_id: string;
  kept: number;
  recent: number;
  counted: number;
  last_at: Date | null;
  days: number[];
}

/** What came of each kind, with the last thirty days. */
export async function listVolumes(tx: Tx, { workspaceId }: Actor): Promise<KindVolume[]> {
  const { rows } = await sql<KindVolume>`
    with said as (
      select kind_no, day, sum(kept) as kept, sum(counted) as counted, max(last_at) as last_at from facts.volume
      where workspace_id = ${workspaceId} group by kind_no, day)
    select k.kind_id, coalesce(sum(s.kept), 0)::int as kept, coalesce(sum(s.counted), 0)::int as counted, max(s.last_at) as last_at,
      coalesce(sum(greatest(s.kept, 0)) filter (where s.day > current_date - ${recentDays}::int), 0)::int as recent,
      array(select coalesce(greatest(d.kept, 0), 0)::int from generate_series(current_date - ${recentDays - 1}::int, current_date, '1 day') g (day)
        left join said d on d.kind_no = k.kind_no and d.day = g.day::date order by g.day) as days
    from facts.kind k left join said s on s.kind_no = k.kind_no
    where k.workspace_id = ${workspaceId} group by k.kind_id, k.kind_no order by k.kind_no`.execute(tx);
  return rows;
}

export interface RefusalRow {
  source: string;
  code: Refusal;
  kind_key: string;
  field: string;
  count: number;
  last_at: Date;
}

export async function listRefusals(tx: Tx, { workspaceId }: Actor): Promise<RefusalRow[]> {
  const { rows } = await sql<RefusalRow>`
    select s.name as source, r.code, r.kind_key, r.field, sum(r.count)::int as count, max(r.last_at) as last_at from facts.refusal r
    join facts.source s on s.workspace_id = ${workspaceId} and s.source_no = r.source_no
    where r.workspace_id = ${workspaceId} group by s.name, r.code, r.kind_key, r.field order by count desc, last_at desc limit 100`.execute(
    tx,
  );
  return rows;
}

/** How many browsers are nobody's that is known, and somebody's. As the keeper: numbers only. */
export async function countVisitors(tx: Tx, workspaceId: string): Promise<{ anonymous: number; known: number }> {
  const { rows } = await sql<{ anonymous: number; known: number }>`
    select count(*) filter (where not is_known)::int as anonymous, count(*) filter (where is_known)::int as known
    from (select exists (select from facts.alias a where a.workspace_id = ${workspaceId} and a.alias_id = v.visitor_id) as is_known
      from facts.visitor v where v.workspace_id = ${workspaceId} and v.withdrawn_at is null) seen`.execute(tx);
  return rows[0]!;
}

export async function addSource(
  tx: Tx,
  { workspaceId }: Actor,
  said: { kind: 'tag' | 'hook' | 'database'; name: string; settings: SourceSettings; secret: Buffer },
): Promise<string> {
  const sourceId = newId();
  await lockNumbers(tx, workspaceId);
  await sql`insert into facts.source (workspace_id, source_id, source_no, kind, ref, name, settings, secret)
    values (${workspaceId}, ${sourceId}, facts.next_source_no(${workspaceId}, ${said.kind === 'tag'}), ${said.kind}, ${sourceId}, ${said.name},
      ${JSON.stringify(said.settings)}, ${said.secret})`.execute(tx);
  return sourceId;
}

export async function changeSource(
  tx: Tx,
  { workspaceId }: Actor,
  sourceId: string,
  said: {
    name?: string | undefined;
    settings?: SourceSettings | undefined;
    secret?: Buffer;
    ended?: boolean | undefined;
  },
): Promise<void> {
  const { name, settings, secret, ended } = said;
  await tx
    .updateTable('facts.source')
    .set({
      ...(name === undefined ? {} : { name }),
      ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
      ...(secret === undefined ? {} : { secret }),
      ended_at: ended === undefined ? sql<Date | null>`ended_at` : ended ? new Date() : null,
    })
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .execute();
}
