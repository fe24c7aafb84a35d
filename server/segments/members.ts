import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Stirred } from '../kernel/stirring.ts';
import { tell } from '../kernel/telling.ts';
import type { Edge } from './compiling.ts';
import type { Found } from './computing.ts';
import type { Problem } from './contract.ts';

// Who is in segments, as the keeper writes it.

/** The clusters of cards and contact points, and of whoever has a part in an opportunity or a group; of `person`, themselves. */
export async function findClustersOf(
  tx: Tx,
  workspaceId: string,
  stirred: readonly { about: Stirred; subject_ids: readonly string[] }[],
): Promise<string[]> {
  const of = (isPerson: boolean) => [
    ...new Set(
      stirred.filter(({ about }) => (about === 'person') === isPerson).flatMap(({ subject_ids }) => subject_ids),
    ),
  ];
  const subjects = of(false);
  const named = (which: Stirred) =>
    stirred.filter(({ about }) => about === which).flatMap(({ subject_ids }) => subject_ids);
  if (subjects.length === 0) return of(true);
  const { rows } = await sql<{ cluster_id: string }>`
    select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${subjects}::uuid[])
    union
    select c.cluster_id from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id
    where f.workspace_id = ${workspaceId} and f.contact_point_id = any(${subjects}::uuid[])
    union
    select c.cluster_id from cards.participant p
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = p.card_id
    where p.workspace_id = ${workspaceId} and p.opportunity_id = any(${named('opportunity')}::uuid[])
    union
    select c.cluster_id from cards.membership s
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = s.card_id
    where s.workspace_id = ${workspaceId} and s.group_id = any(${named('group')}::uuid[]) and s.ended_at is null`.execute(
    tx,
  );
  return [...new Set([...of(true), ...rows.map((row) => row.cluster_id)])];
}

interface Standing {
  segment_id: string;
  person_id: string;
  cluster_id: string;
  audience_id: string;
  book_nos: number[];
  book_masks: number[];
  since: Date;
}

/** Writes which of these persons are in which segments, and says who came and who left. @param found what was evaluated, with `holds` as places in `segmentIds` */
export async function settle(
  tx: Tx,
  workspaceId: string,
  clusterIds: readonly string[],
  segmentIds: readonly string[],
  found: readonly Found[],
): Promise<void> {
  const { rows: standing } = await sql<Standing>`
    select segment_id, person_id, cluster_id, audience_id, book_nos, book_masks, since from segments.member
    where workspace_id = ${workspaceId} and cluster_id = any(${clusterIds}::uuid[]) and segment_id = any(${segmentIds}::uuid[])`.execute(
    tx,
  );
  const now = found.flatMap((person) => person.holds.map((at) => ({ segmentId: segmentIds[at]!, person })));
  const key = (segmentId: string, personId: string) => `${segmentId} ${personId}`;
  const before = new Map(standing.map((row) => [key(row.segment_id, row.person_id), row]));
  const after = new Map(now.map((one) => [key(one.segmentId, one.person.person_id), one]));
  const gone = standing.filter((row) => !after.has(key(row.segment_id, row.person_id)));
  const same = (row: Standing, { cluster_id, audience_id, book_nos, book_masks }: Found) =>
    row.cluster_id === cluster_id &&
    row.audience_id === audience_id &&
    String(row.book_nos) === String(book_nos) &&
    String(row.book_masks) === String(book_masks);
  const written = now.filter(({ segmentId, person }) => {
    const row = before.get(key(segmentId, person.person_id));
    return !row || !same(row, person);
  });
  if (gone.length === 0 && written.length === 0) return;
  const come = written.filter(({ segmentId, person }) => !before.has(key(segmentId, person.person_id)));
  // Who is called by another of their cards now has neither left nor come.
  const renamed = new Map<Standing, (typeof come)[number]>();
  for (const one of come) {
    const row = gone.find(
      ({ segment_id, person_id }) => segment_id === one.segmentId && one.person.subject_ids.includes(person_id),
    );
    if (row && !renamed.has(row)) renamed.set(row, one);
  }
  const sinceOf = new Map([...renamed].map(([row, one]) => [one, row.since]));
  await removeMembers(tx, workspaceId, gone);
  await writeMembers(tx, workspaceId, written, sinceOf);
  await recount(tx, workspaceId, [
    ...[...gone, ...written.flatMap(({ segmentId, person }) => before.get(key(segmentId, person.person_id)) ?? [])].map(
      (row) => ({ ...row, by: -1 }),
    ),
    ...written.map(({ segmentId, person }) => ({ ...person, segment_id: segmentId, by: 1 })),
  ]);
  const moved = new Set(renamed.values());
  await addMovements(tx, workspaceId, [
    ...gone.filter((row) => !renamed.has(row)).map((row) => ({ ...row, entered: false })),
    ...come
      .filter((one) => !moved.has(one))
      .map(({ segmentId, person }) => ({ ...person, segment_id: segmentId, entered: true })),
  ]);
}

async function removeMembers(tx: Tx, workspaceId: string, gone: readonly Standing[]): Promise<void> {
  await sql`delete from segments.member m using unnest(${gone.map((row) => row.segment_id)}::uuid[], ${gone.map((row) => row.person_id)}::uuid[]) n (segment_id, person_id)
    where m.workspace_id = ${workspaceId} and m.segment_id = n.segment_id and m.person_id = n.person_id`.execute(tx);
}

async function writeMembers(
  tx: Tx,
  workspaceId: string,
  written: readonly { segmentId: string; person: Found }[],
  sinceOf: ReadonlyMap<unknown, Date>,
): Promise<void> {
  const rows = written.map((one) => ({
    ...{
      segment_id: one.segmentId,
      person_id: one.person.person_id,
      cluster_id: one.person.cluster_id,
      audience_id: one.person.audience_id,
    },
    ...{ book_nos: one.person.book_nos, book_masks: one.person.book_masks, since: sinceOf.get(one) ?? null },
  }));
  await sql`
    insert into segments.member as m (workspace_id, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks, since)
    select ${workspaceId}, n.segment_id, n.person_id, n.cluster_id, n.audience_id, n.book_nos, n.book_masks, coalesce(n.since, now())
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (segment_id uuid, person_id uuid, cluster_id uuid, audience_id uuid, book_nos int[],
      book_masks int[], since timestamptz)
    on conflict on constraint member_pk do update
    set cluster_id = excluded.cluster_id, audience_id = excluded.audience_id, book_nos = excluded.book_nos, book_masks = excluded.book_masks`.execute(
    tx,
  );
}

/** By what members of a row's books and fields are counted together. */
const reachKey = sql`md5(m.audience_id || ' ' || m.book_nos::text || ' ' || m.book_masks::text)::uuid`;

/** Brings the numbers by which viewers count up to what has changed. */
async function recount(
  tx: Tx,
  workspaceId: string,
  changes: readonly (Pick<Standing, 'segment_id' | 'audience_id' | 'book_nos' | 'book_masks'> & { by: number })[],
): Promise<void> {
  const together = Map.groupBy(changes, (one) =>
    [one.segment_id, one.audience_id, one.book_nos, one.book_masks].join(' '),
  );
  const rows = [...together.values()]
    .map((of) => {
      const { segment_id, audience_id, book_nos, book_masks } = of[0]!;
      return { segment_id, audience_id, book_nos, book_masks, by: of.reduce((sum, one) => sum + one.by, 0) };
    })
    .filter(({ by }) => by !== 0);
  if (rows.length === 0) return;
  await sql`
    insert into segments.counted as c (workspace_id, segment_id, reach_key, audience_id, book_nos, book_masks, members)
    select ${workspaceId}, m.segment_id, ${reachKey}, m.audience_id, m.book_nos, m.book_masks, m.by
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) m (segment_id uuid, audience_id uuid, book_nos int[], book_masks int[], by int)
    on conflict on constraint counted_pk do update set members = c.members + excluded.members`.execute(tx);
  await sql`delete from segments.counted where workspace_id = ${workspaceId} and segment_id = any(${rows.map((row) => row.segment_id)}::uuid[])
    and members = 0`.execute(tx);
}

/** The same of a segment that was computed whole. */
export async function countAnew(tx: Tx, workspaceId: string, segmentId: string): Promise<void> {
  await sql`delete from segments.counted where workspace_id = ${workspaceId} and segment_id = ${segmentId}`.execute(tx);
  await sql`
    insert into segments.counted (workspace_id, segment_id, reach_key, audience_id, book_nos, book_masks, members)
    select ${workspaceId}, ${segmentId}, ${reachKey}, m.audience_id, m.book_nos, m.book_masks, count(*) from segments.member m
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId} group by m.audience_id, m.book_nos, m.book_masks`.execute(
    tx,
  );
}

type Movement = Omit<Standing, 'since'> & { entered: boolean };

async function addMovements(tx: Tx, workspaceId: string, moves: readonly Movement[]): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map((move) => ({ ...move, movement_id: newId() }));
  await sql`
    insert into segments.movement (workspace_id, movement_id, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks, entered)
    select ${workspaceId}, n.movement_id, n.segment_id, n.person_id, n.cluster_id, n.audience_id, n.book_nos, n.book_masks, n.entered
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (movement_id uuid, segment_id uuid, person_id uuid, cluster_id uuid, audience_id uuid,
      book_nos int[], book_masks int[], entered boolean)`.execute(tx);
  const idsOf = (entered: boolean) => rows.flatMap((row) => (row.entered === entered ? [row.movement_id] : []));
  await tell(tx, workspaceId, 'entered', idsOf(true));
  await tell(tx, workspaceId, 'left', idsOf(false));
  const deltas = [...Map.groupBy(moves, (move) => move.segment_id)].map(([segment_id, of]) => ({
    segment_id,
    entered: of.filter(({ entered }) => entered).length,
    gone: of.filter(({ entered }) => !entered).length,
  }));
  await sql`
    with n as (select * from jsonb_to_recordset(${JSON.stringify(deltas)}::jsonb) n (segment_id uuid, entered int, gone int)),
    counted as (
      update segments.segment s set members = s.members + n.entered - n.gone from n
      where s.workspace_id = ${workspaceId} and s.segment_id = n.segment_id returning s.segment_id, s.audience_id, s.members)
    insert into segments.day as d (workspace_id, segment_id, audience_id, day, members, entered, gone)
    select ${workspaceId}, c.segment_id, c.audience_id, current_date, c.members, n.entered, n.gone from counted c join n using (segment_id)
    on conflict on constraint day_pk do update
    set members = excluded.members, entered = d.entered + excluded.entered, gone = d.gone + excluded.gone`.execute(tx);
}

export interface Built {
  members: number;
  entered: number;
  gone: number;
  madeOf: string;
  follows: readonly Stirred[];
  asksTies: boolean;
  daily: boolean;
}

/** It stands computed whole. */
export async function markBuilt(tx: Tx, workspaceId: string, segmentId: string, built: Built): Promise<void> {
  await sql`
    with counted as (
      update segments.segment set built_at = now(), problem = null, members = ${built.members}, made_of = ${built.madeOf}, follows = ${built.follows},
        asks_ties = ${built.asksTies}, daily = ${built.daily}
      where workspace_id = ${workspaceId} and segment_id = ${segmentId} returning audience_id)
    insert into segments.day as d (workspace_id, segment_id, audience_id, day, members, entered, gone)
    select ${workspaceId}, ${segmentId}, audience_id, current_date, ${built.members}, ${built.entered}, ${built.gone} from counted
    on conflict on constraint day_pk do update
    set members = excluded.members, entered = d.entered + excluded.entered, gone = d.gone + excluded.gone`.execute(tx);
}

/** It cannot be computed: nobody is in it. */
export async function markProblem(tx: Tx, workspaceId: string, segmentId: string, problem: Problem): Promise<void> {
  await sql`delete from segments.member where workspace_id = ${workspaceId} and segment_id = ${segmentId}`.execute(tx);
  await countAnew(tx, workspaceId, segmentId);
  await sql`update segments.segment set built_at = now(), problem = ${JSON.stringify(problem)}, members = 0, made_of = null
    where workspace_id = ${workspaceId} and segment_id = ${segmentId}`.execute(tx);
}

// --- time ---

export interface Clock {
  ticked_at: Date;
  day: string;
}

/** Until when the passing of time has been followed, locked; from now on where it never was. */
export async function takeClock(tx: Tx, workspaceId: string): Promise<Clock> {
  await sql`insert into segments.clock (workspace_id, ticked_at, day) values (${workspaceId}, now(), current_date)
    on conflict on constraint clock_pk do nothing`.execute(tx);
  const { rows } =
    await sql<Clock>`select ticked_at, day::text from segments.clock where workspace_id = ${workspaceId} for update`.execute(
      tx,
    );
  return rows[0]!;
}

export async function setClock(tx: Tx, workspaceId: string, at: Date): Promise<void> {
  await sql`update segments.clock set ticked_at = ${at}, day = (${at}::timestamptz at time zone 'UTC')::date where workspace_id = ${workspaceId}`.execute(
    tx,
  );
}

/** Of whom a fact, or message, has come to be exactly so old between two moments. */
export async function findAtEdge(
  tx: Tx,
  workspaceId: string,
  { kindNo, span }: Edge,
  from: Date,
  to: Date,
): Promise<string[]> {
  const length = sql`${sql.lit(`${span.n} ${span.unit}`)}::interval`;
  const between = sql`between ${from}::timestamptz - ${length} and ${to}::timestamptz - ${length}`;
  const { rows } = await (kindNo === null
    ? sql<{
        id: string;
      }>`select distinct contact_point_id as id from voices.reading where workspace_id = ${workspaceId} and sent_at ${between}`
    : sql<{
        id: string;
      }>`select distinct subject_id as id from facts.fact where workspace_id = ${workspaceId} and kind_no = ${kindNo} and at ${between}`
  ).execute(tx);
  return rows.map((row) => row.id);
}

/** Who leaves takes their own segments along. As the keeper. */
export async function endSegmentsOf(tx: Tx, workspaceId: string, accountId: string): Promise<void> {
  await sql`update segments.segment s set ended_at = now(), built_at = null from identity.member m
    where s.workspace_id = ${workspaceId} and s.ended_at is null and s.audience_kind = 'member' and m.workspace_id = ${workspaceId}
      and m.member_id = s.audience_id and m.account_id = ${accountId}`.execute(tx);
}

/** The workspaces that have segments. */
export async function listSegmented(tx: Tx): Promise<string[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{
    workspace_id: string;
  }>`select distinct workspace_id from segments.segment where ended_at is null`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

/** What is kept no longer: movements of more than ninety days, days of more than three years, segments that ended thirty days ago. */
export async function forgetOld(tx: Tx, workspaceId: string): Promise<void> {
  await sql`delete from segments.movement where workspace_id = ${workspaceId} and at < now() - interval '90 days'`.execute(
    tx,
  );
  await sql`delete from segments.day where workspace_id = ${workspaceId} and day < current_date - 1100`.execute(tx);
  const over = sql`(select segment_id from segments.segment where workspace_id = ${workspaceId} and ended_at < now() - interval '30 days')`;
  await sql`delete from segments.member where workspace_id = ${workspaceId} and segment_id in ${over}`.execute(tx);
  await sql`delete from segments.counted where workspace_id = ${workspaceId} and segment_id in ${over}`.execute(tx);
  await sql`delete from segments.segment where workspace_id = ${workspaceId} and ended_at < now() - interval '30 days'`.execute(
    tx,
  );
}
