import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { Compiler } from './compiling.ts';
import type { Dictionary } from './dictionary.ts';
import type { Filter, Value } from './language-contract.ts';

// Statements made of conditions. All run as the keeper, for an audience, or for a viewer against what they reach.

type Sql = RawBuilder<unknown>;

/** Of whom it is asked. */
export interface Scope {
  workspaceId: string;
  /** Whose grants open what is seen: a viewer's are all of theirs. */
  audiences: readonly string[];
  /** The member whose own words and channels count, too; null: of no single member. */
  memberId: string | null;
  /** What a viewer reaches now; null: for an audience, whose rows are all its own. */
  reach: Buffer | null;
  /** Only these. */
  clusterIds?: readonly string[];
  cardIds?: readonly string[];
  /** About so many of a hundred, taken by pages of the table. */
  percent?: number;
}

const reached = sql`(case when e.book_nos[1] << 2 < octet_length(r.reach) then (get_byte(r.reach, e.book_nos[1] << 2)
    | (get_byte(r.reach, (e.book_nos[1] << 2) + 1) << 8) | (get_byte(r.reach, (e.book_nos[1] << 2) + 2) << 16)
    | (get_byte(r.reach, (e.book_nos[1] << 2) + 3) << 24)) & e.book_masks[1] = e.book_masks[1] else false end
  and (cardinality(e.book_nos) = 1 or segments.is_reached(r.reach, e.book_nos, e.book_masks)))`;

/** The persons of a scope, with the columns that are asked for. */
function personsOf(scope: Scope, columns: ReadonlySet<string>): Sql {
  const { workspaceId, audiences, reach, clusterIds, cardIds, percent } = scope;
  const asked = [...columns].map((column) => sql`, e.${sql.ref(column)}`);
  const conditions = [
    sql`e.workspace_id = ${workspaceId}`,
    sql`e.audience_id = any(${audiences}::uuid[])`,
    sql`e.kind = 'person'`,
    // A row of nobody wider than the workspace is covered by nothing.
    ...(audiences.length > 1
      ? [
          sql`not exists (select from cards.entry_cover c where c.workspace_id = ${workspaceId} and c.audience_id = any(${audiences}::uuid[])
            and c.covered_audience_id = e.audience_id and c.covered_person_id = e.person_id)`,
        ]
      : []),
    ...(clusterIds ? [sql`e.cluster_id = any(${clusterIds}::uuid[])`] : []),
    ...(cardIds
      ? [
          sql`e.cluster_id = any(array(select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[])))
            and e.subject_ids && ${cardIds}::uuid[]`,
        ]
      : []),
    ...(reach ? [reached] : []),
  ];
  // The same ones wherever a statement, or the next one while one edits, looks at some.
  const from = percent
    ? sql`cards.entry e tablesample system (${sql.lit(percent)}) repeatable (1)`
    : sql`cards.entry e`;
  return sql`select e.person_id, e.cluster_id, e.audience_id, e.book_nos, e.book_masks, e.subject_ids ${sql.join(asked, sql``)}
    from ${from} ${reach ? sql`cross join (select ${reach}::bytea as reach) r` : sql``} where ${sql.join(conditions, sql` and `)}`;
}

/** `with …` up to the persons and all that was gathered of them, and what stands behind `from p`. @param narrowed of whom alone it is gathered */
function frame(compiler: Compiler, scope: Scope, narrowed: Sql | null = null): { opening: Sql; joins: Sql } {
  const gathered = compiler.gathered(scope.workspaceId, scope.memberId, Boolean(scope.clusterIds ?? scope.cardIds));
  const subjects = sql`ps as (select p.person_id, s.subject_id from p cross join lateral unnest(p.subject_ids) s (subject_id))`;
  const persons = personsOf(scope, compiler.columns);
  const p = narrowed ? sql`select * from (${persons}) p where ${narrowed}` : persons;
  return {
    // Twice read is cheaper than kept aside, unless each row costs a viewer's reach.
    opening: sql`with ${sql.join([sql`p as ${scope.reach ? sql`materialized` : sql`not materialized`} (${p})`, subjects, ...gathered.with])}`,
    joins: sql.join(gathered.joins, sql` `),
  };
}

export interface Found {
  person_id: string;
  cluster_id: string;
  audience_id: string;
  book_nos: number[];
  book_masks: number[];
  subject_ids: string[];
  /** The places of the conditions that hold. */
  holds: number[];
}

/** Which of several conditions hold of each person, in one pass. */
export async function evaluate(tx: Tx, compiler: Compiler, conditions: readonly Sql[], scope: Scope): Promise<Found[]> {
  const { opening, joins } = frame(compiler, scope);
  const holds = conditions.map((condition, at) => sql`case when ${condition} then ${sql.lit(at)} end`);
  const { rows } = await sql<Found>`${opening}
    select p.person_id, p.cluster_id, p.audience_id, p.book_nos, p.book_masks, p.subject_ids,
      array_remove(array[${sql.join(holds)}]::int[], null) as holds
    from p ${joins}`.execute(tx);
  return rows;
}

/**
 * Memoizing, the planner takes subjects from an array for a few that come again, and looks for the facts of each: 2.4 s where reading the kind's facts
 * once takes 0.14 s (30,000 persons, 1,500,000 facts). Compiling costs more than it saves.
 */
async function planWell(tx: Tx): Promise<void> {
  await sql`set local work_mem = '64MB'`.execute(tx);
  await sql`set local enable_memoize = off`.execute(tx);
  await sql`set local jit = off`.execute(tx);
}

/** A segment to be computed, and what it asks. */
export interface Part {
  segmentId: string;
  filter: Filter;
}

export interface Rebuilt {
  members: number;
  entered: number;
  gone: number;
}

/** The persons of each segment: of several what they ask is gathered in one pass. */
function findAll(dictionary: Dictionary, parts: readonly Part[], scope: Scope): { opening: Sql; found: Sql } {
  const compiler = new Compiler(dictionary);
  const row = sql`p.person_id, p.cluster_id, p.audience_id, p.book_nos, p.book_masks`;
  const [first] = parts;
  if (first && parts.length === 1) {
    const { rows: narrowed, rest } = compiler.halves(first.filter);
    const { opening, joins } = frame(compiler, scope, narrowed);
    return { opening, found: sql`select ${first.segmentId}::uuid as segment_id, ${row} from p ${joins} where ${rest}` };
  }
  const asked = parts.map(({ segmentId, filter }) => sql`(${segmentId}::uuid, ${compiler.filter(filter)})`);
  const { opening, joins } = frame(compiler, scope);
  return {
    opening,
    found: sql`select asked.segment_id, ${row} from p ${joins} cross join lateral (values ${sql.join(asked)}) asked (segment_id, holds) where asked.holds`,
  };
}

/** Writes who is in these segments, whole. @param announced who comes and who leaves is said: time did it, not another filter @throws FilterProblem */
export async function rebuild(
  tx: Tx,
  dictionary: Dictionary,
  parts: readonly Part[],
  scope: Scope,
  announced: boolean,
): Promise<Map<string, Rebuilt>> {
  const { workspaceId } = scope;
  const { opening, found } = findAll(dictionary, parts, scope);
  const ids = parts.map(({ segmentId }) => segmentId);
  // A segment over all facts of a large company takes longer than any request may.
  await sql`set local statement_timeout = '15min'`.execute(tx);
  await planWell(tx);
  const { rows } = await sql<Rebuilt & { segment_id: string }>`${opening},
    found as materialized (${found}),
    gone as (
      delete from segments.member m where m.workspace_id = ${workspaceId} and m.segment_id = any(${ids}::uuid[])
        and not exists (select from found where found.segment_id = m.segment_id and found.person_id = m.person_id)
      returning m.segment_id, m.person_id, m.cluster_id, m.audience_id, m.book_nos, m.book_masks, false as entered),
    -- The segment is locked, so nobody else writes who is in it: a plain insert costs less than one that reckons with conflicts.
    altered as (
      update segments.member m
      set cluster_id = found.cluster_id, audience_id = found.audience_id, book_nos = found.book_nos, book_masks = found.book_masks
      from found where m.workspace_id = ${workspaceId} and m.segment_id = found.segment_id and m.person_id = found.person_id
        and (m.cluster_id, m.audience_id, m.book_nos, m.book_masks) is distinct from (found.cluster_id, found.audience_id, found.book_nos, found.book_masks)),
    come as (
      insert into segments.member as m (workspace_id, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks)
      select ${workspaceId}, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks from found
      where not exists (
        select from segments.member s where s.workspace_id = ${workspaceId} and s.segment_id = found.segment_id and s.person_id = found.person_id)
      -- In the order of the key: pages of it are written one after the other.
      order by segment_id, person_id
      returning m.segment_id, m.person_id, m.cluster_id, m.audience_id, m.book_nos, m.book_masks, true as entered),
    moved as (select * from gone union all select * from come),
    said as (
      insert into segments.movement (workspace_id, movement_id, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks, entered)
      select ${workspaceId}, gen_random_uuid(), segment_id, person_id, cluster_id, audience_id, book_nos, book_masks, entered
      from moved where ${announced}
      returning movement_id, entered),
    -- As 'tell' says it, in the same statement: there may be as many as the segment has members.
    told as (
      insert into kernel.told (workspace_id, told_id, kind, subject_ids)
      select ${workspaceId}, gen_random_uuid(), case when entered then 'entered' else 'left' end, array_agg(movement_id)
      from (select movement_id, entered, row_number() over () / 2000 as lot from said) lots group by entered, lot)
    select s.segment_id, (select count(*)::int from found where found.segment_id = s.segment_id) as members,
      count(m.entered) filter (where m.entered)::int as entered, count(m.entered) filter (where not m.entered)::int as gone
    from unnest(${ids}::uuid[]) s (segment_id) left join moved m on m.segment_id = s.segment_id and ${announced} group by s.segment_id`.execute(
    tx,
  );
  return new Map(rows.map(({ segment_id, ...counts }) => [segment_id, counts]));
}

/** Whether ties are asked for, which the house rule may keep from a viewer. */
export function asksTies(dictionary: Dictionary, filter: Filter): boolean {
  const compiler = new Compiler(dictionary);
  compiler.filter(filter);
  return compiler.asksTies;
}

/** How many there are of whom a condition holds, and how many of all; with some of them. */
export async function count(
  tx: Tx,
  dictionary: Dictionary,
  filter: Filter,
  scope: Scope,
  { timeout, shown }: { timeout: string; shown: number },
): Promise<{ found: number; all: number; ids: string[] }> {
  const compiler = new Compiler(dictionary);
  const { rows: narrowed, rest: condition } = compiler.halves(filter);
  const { opening, joins } = frame(compiler, scope, narrowed);
  await sql`set local statement_timeout = ${sql.lit(timeout)}`.execute(tx);
  // Of a few thousand the facts of each are looked for.
  if (!scope.percent) await planWell(tx);
  const { rows } = await sql<{ found: number; all: number; ids: string[] }>`${opening},
    found as materialized (select p.person_id from p ${joins} where ${condition})
    select (select count(*)::int from found) as found, (select count(*)::int from (${personsOf(scope, new Set())}) everybody) as all,
      array(select person_id from found limit ${shown}) as ids`.execute(tx);
  return rows[0]!;
}

/** Which of these persons a condition holds of, for a viewer. */
export async function narrow(
  tx: Tx,
  dictionary: Dictionary,
  filter: Filter,
  scope: Scope,
): Promise<{ person_id: string; subject_ids: string[] }[]> {
  const compiler = new Compiler(dictionary);
  const condition = compiler.filter(filter);
  const { opening, joins } = frame(compiler, scope);
  await planWell(tx);
  const { rows } = await sql<{ person_id: string; subject_ids: string[] }>`${opening}
    select p.person_id, p.subject_ids from p ${joins} where ${condition}`.execute(tx);
  return rows;
}

/** Of one person, whether each condition holds and what each value is. */
export async function explain(
  tx: Tx,
  dictionary: Dictionary,
  parts: readonly { filter: Filter; value: Value | null }[],
  scope: Scope,
): Promise<{ holds: boolean; shown: string | null }[]> {
  const compiler = new Compiler(dictionary);
  const asked = parts.map(({ filter, value }) => ({
    holds: compiler.filter(filter),
    shown: value ? sql`(${compiler.value(value).sql})::text` : sql`null::text`,
  }));
  const { opening, joins } = frame(compiler, scope);
  const { rows } = await sql<{ holds: boolean[]; shown: (string | null)[] }>`${opening}
    select array[${sql.join(asked.map((one) => sql`coalesce(${one.holds}, false)`))}]::boolean[] as holds,
      array[${sql.join(asked.map((one) => one.shown))}]::text[] as shown
    from p ${joins} limit 1`.execute(tx);
  const row = rows[0];
  return row ? row.holds.map((holds, at) => ({ holds, shown: row.shown[at]! })) : [];
}

/** Answers what is asked of one person. */
export type Ask = (
  parts: readonly { filter: Filter; value: Value | null }[],
) => Promise<{ holds: boolean; shown: string | null }[]>;

/** How many persons there are of each value; null: of whom it is not known. */
export async function countBy(
  tx: Tx,
  dictionary: Dictionary,
  value: Value,
  scope: Scope,
): Promise<Map<string | null, number>> {
  const compiler = new Compiler(dictionary);
  const term = compiler.value(value);
  const { opening, joins } = frame(compiler, scope);
  await planWell(tx);
  const { rows } = await sql<{ value: string | null; people: number }>`${opening}
    select (${term.sql})::text as value, count(*)::int as people from p ${joins} group by 1`.execute(tx);
  return new Map(rows.map((row) => [row.value, row.people]));
}

/** How often a score and an outcome came together: of each tenth of the persons by score, how many there are and how many have the outcome. */
export interface Tenth {
  tenth: number;
  least: number;
  most: number;
  people: number;
  outcomes: number;
}

/**
 * Holds a score, as it was at a moment, against what came of it since. @param outcome what came, as of now
 * @returns tenths, the lowest scores first, and the area under the ROC curve (Mann and Whitney, 1947; ties count half); null where nobody, or everybody, has
 *   the outcome
 */
export async function checkScore(
  tx: Tx,
  dictionary: Dictionary,
  score: Value,
  outcome: Filter,
  at: Date,
  scope: Scope,
): Promise<{ tenths: Tenth[]; auc: number | null }> {
  const [then, now] = [new Compiler(dictionary, at), new Compiler(dictionary)];
  const points = then.value(score).sql;
  const came = now.filter(outcome);
  const [before, after] = [frame(then, scope), frame(now, scope)];
  await sql`set local statement_timeout = '60s'`.execute(tx);
  await planWell(tx);
  const { rows } = await sql<Tenth & { rank_sum: string | null; all_outcomes: number; all_people: number }>`
    with scored as materialized (${before.opening} select p.person_id, (${points})::float8 as points from p ${before.joins}),
    outcome as materialized (${after.opening} select p.person_id from p ${after.joins} where ${came}),
    judged as materialized (select s.points, o.person_id is not null as came,
        rank() over (order by s.points) + (count(*) over (partition by s.points) - 1) / 2.0 as middle,
        ntile(10) over (order by s.points) as tenth
      from scored s left join outcome o using (person_id) where s.points is not null),
    total as (select sum(middle) filter (where came) as rank_sum, count(*) filter (where came)::int as all_outcomes, count(*)::int as all_people from judged)
    select b.tenth, min(b.points) as least, max(b.points) as most, count(*)::int as people, count(*) filter (where b.came)::int as outcomes,
      t.rank_sum::text, t.all_outcomes, t.all_people
    from judged b cross join total t group by b.tenth, t.rank_sum, t.all_outcomes, t.all_people order by b.tenth`.execute(
    tx,
  );
  const first = rows[0];
  const [ones, others] = [first?.all_outcomes ?? 0, (first?.all_people ?? 0) - (first?.all_outcomes ?? 0)];
  const auc = ones > 0 && others > 0 ? (Number(first!.rank_sum) - (ones * (ones + 1)) / 2) / (ones * others) : null;
  return {
    tenths: rows.map(({ tenth, least, most, people, outcomes }) => ({ tenth, least, most, people, outcomes })),
    auc,
  };
}
