import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

// Whom something lets in. As who answers for the scenario: of whom they see nothing, nothing comes.

/** Somebody who may come in, by what. */
export interface Arrival {
  cardId: string;
  contactPointId: string | null;
  occasion: string;
}

/** What is committed late bears the time at which its transaction began: so far one looks back. A segment that is computed whole takes minutes. */
const lookBack = sql`interval '30 minutes'`;
/** Facts that are told later than so long after they happened let nobody in: what follows would come too late. */
const latest = sql`interval '2 days'`;

interface Asked {
  scenarioId: string;
  /** Of the page before. */
  after: string | null;
  limit: number;
}

const since = (workspaceId: string, scenarioId: string) => sql`
  (select greatest(least(coalesce(s.looked_at, s.since), now()) - ${lookBack}, s.since) from scenarios.scenario s
    where s.workspace_id = ${workspaceId} and s.scenario_id = ${scenarioId})`;
const isNew = (workspaceId: string, scenarioId: string, occasion: ReturnType<typeof sql>) => sql`
  not exists (select from scenarios.journey j where j.workspace_id = ${workspaceId} and j.scenario_id = ${scenarioId} and j.occasion = ${occasion})`;

/** Who has come into a segment, or left it, since it was last looked; in the order of their movements' ids. */
export async function listMoved(
  tx: Tx,
  { workspaceId }: Actor,
  { scenarioId, after, limit }: Asked,
  segmentId: string,
  entered: boolean,
): Promise<(Arrival & { id: string })[]> {
  const { rows } = await sql<{ id: string; cardId: string }>`
    select m.movement_id as id, m.person_id as "cardId" from segments.movement m
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId} and m.entered = ${entered}
      and m.at > ${since(workspaceId, scenarioId)} and ${after ? sql`m.movement_id > ${after}::uuid` : sql`true`}
      and ${isNew(workspaceId, scenarioId, sql`'movement ' || m.movement_id`)}
    order by m.movement_id limit ${limit}`.execute(tx);
  return rows.map((row) => ({ ...row, contactPointId: null, occasion: `movement ${row.id}` }));
}

/** Of whom a fact of a kind was told since it was last looked. The caller has entered facts. */
export async function listTold(
  tx: Tx,
  { workspaceId }: Actor,
  { scenarioId, after, limit }: Asked,
  kindNo: number,
  where: { property: string; value: string } | null,
): Promise<(Arrival & { id: string })[]> {
  const { rows } = await sql<{ id: string; cardId: string | null; contactPointId: string | null }>`
    with f as materialized (
      select f.fact_id, f.subject_id from facts.fact f
      where f.workspace_id = ${workspaceId} and f.kind_no = ${kindNo} and f.at > now() - ${latest} and f.at < now() + interval '1 minute'
        and f.received_at > ${since(workspaceId, scenarioId)} and ${after ? sql`f.fact_id > ${after}::uuid` : sql`true`}
        and ${where ? sql`lower(f.props ->> ${where.property}) = lower(${where.value})` : sql`true`}
        and ${isNew(workspaceId, scenarioId, sql`'fact ' || f.fact_id`)}
      order by f.fact_id limit ${limit})
    select f.fact_id as id, coalesce(
        (select c.card_id from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = f.subject_id and c.exposure < 2),
        (select d.card_id from cards.card_field d join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = d.card_id and c.exposure < 2
          where d.workspace_id = ${workspaceId} and d.contact_point_id = f.subject_id order by d.card_id limit 1)) as "cardId",
      (select p.contact_point_id from cards.contact_point p where p.workspace_id = ${workspaceId} and p.contact_point_id = f.subject_id
        and p.channel = 'email') as "contactPointId"
    from f order by f.fact_id`.execute(tx);
  return rows.map((row) => ({ ...row, cardId: row.cardId ?? '', occasion: `fact ${row.id}` }));
}

/** Cards that say a birthday on one of these days (`MM-DD`), whoever sees it. As the keeper: who answers for the scenario is asked next. */
export async function listBirthdays(tx: Tx, workspaceId: string, monthDays: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card_field
    where workspace_id = ${workspaceId} and kind = 'birthday' and right(value ->> 'value', 5) = any(${monthDays}::text[])`.execute(
    tx,
  );
  return rows.map((row) => row.card_id);
}

export interface Dated {
  cardId: string;
  contactPointId: string | null;
  /** `MM-DD` */
  monthDay: string;
}

/** Of these cards the birthdays that the actor reads. */
export async function readBirthdays(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<Dated[]> {
  const { rows } = await sql<{ cardId: string; monthDay: string }>`
    select f.card_id as "cardId", right(f.value ->> 'value', 5) as "monthDay" from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.exposure < 2
    where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}::uuid[]) and f.kind = 'birthday'
      and f.value ->> 'value' ~ '-\\d\\d-\\d\\d$'`.execute(tx);
  return rows.map((row) => ({ ...row, contactPointId: null }));
}

/** The years that a date of somebody alive may be of. */
const years = Array.from({ length: 130 }, (_, at) => at);

/** Of whom an attribute says a day of one of these (`MM-DD`), of whatever year. The caller has entered attributes. */
export async function listDays(
  tx: Tx,
  { workspaceId }: Actor,
  attributeNo: number,
  monthDays: readonly string[],
): Promise<Dated[]> {
  const first = new Date().getUTCFullYear() - years.length + 2;
  const days = years
    .flatMap((year) => monthDays.map((one) => `${first + year}-${one}`))
    .filter(
      (one) =>
        !Number.isNaN(Date.parse(`${one}T00:00:00Z`)) && new Date(`${one}T00:00:00Z`).toISOString().startsWith(one),
    );
  const { rows } = await sql<{ cardId: string | null; contactPointId: string | null; monthDay: string }>`
    select to_char(v.day, 'MM-DD') as "monthDay", case when v.book_no is null then v.subject_id end as "contactPointId",
      coalesce(case when v.book_no is not null then v.subject_id end,
        (select d.card_id from cards.card_field d join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = d.card_id and c.exposure < 2
          where d.workspace_id = ${workspaceId} and d.contact_point_id = v.subject_id order by d.card_id limit 1)) as "cardId"
    from attributes.value v
    where v.workspace_id = ${workspaceId} and v.attribute_no = ${attributeNo} and v.day = any(${days}::date[])`.execute(
    tx,
  );
  return rows.flatMap(({ cardId, ...row }) => (cardId === null ? [] : [{ ...row, cardId }]));
}

/** Some of who is in a segment, as the actor sees them, in the order of their ids. */
export async function listMembers(
  tx: Tx,
  { workspaceId }: Actor,
  segmentId: string,
  after: string | null,
  limit: number,
): Promise<Arrival[]> {
  const { rows } = await sql<{ cardId: string }>`
    select m.person_id as "cardId" from segments.member m
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId} and ${after ? sql`m.person_id > ${after}::uuid` : sql`true`}
    order by m.person_id limit ${limit}`.execute(tx);
  return rows.map(({ cardId }) => ({ cardId, contactPointId: null, occasion: `member ${cardId}` }));
}

/** How far whoever is in the segment already has been let in; null: all were. */
export async function setTakenIn(
  tx: Tx,
  { workspaceId }: Actor,
  scenarioId: string,
  after: string | null,
): Promise<void> {
  await sql`update scenarios.scenario set taking_in_after = ${after} where workspace_id = ${workspaceId} and scenario_id = ${scenarioId}`.execute(
    tx,
  );
}

/** All that happened until now has been looked for. */
export async function setLooked(tx: Tx, { workspaceId }: Actor, scenarioId: string, at: Date): Promise<void> {
  await sql`update scenarios.scenario set looked_at = ${at} where workspace_id = ${workspaceId} and scenario_id = ${scenarioId}`.execute(
    tx,
  );
}

/** What the database's clock says. */
export async function readClock(tx: Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(tx);
  return rows[0]!.now;
}
