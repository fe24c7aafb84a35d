import { type SqlBool, sql } from 'kysely';
import type { AttributeRow } from '../attributes/index.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { MechanismKind, MechanismState } from './contract.ts';
import type { Wanted } from './rules.ts';

export interface NeedRow {
  need_id: string;
  name: string;
  kind: 'segment' | 'programme' | 'personalisation' | 'law' | 'other';
  why: string;
  link: string | null;
  wanted: number | null;
  item_ids: string[];
}

export async function listNeeds(tx: Tx, { workspaceId }: Actor): Promise<NeedRow[]> {
  const { rows } = await sql<NeedRow>`
    select n.need_id, n.name, n.kind, n.why, n.link, n.wanted_share as wanted, coalesce((select array_agg(i.item_id order by i.item_id) from collection.need_item i
      where i.workspace_id = ${workspaceId} and i.need_id = n.need_id), '{}') as item_ids
    from collection.need n where n.workspace_id = ${workspaceId} and n.ended_at is null order by n.created_at, n.need_id`.execute(
    tx,
  );
  return rows;
}

export interface ItemRow {
  item_id: string;
  kind: 'attribute' | 'field' | 'fact';
  ref: string;
  name: string | null;
  stale_months: number | null;
  day: string | null;
  people: number | null;
  filled: number | null;
}

/** Data items with their last count. */
export async function listItems(tx: Tx, { workspaceId }: Pick<Actor, 'workspaceId'>): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`
    select i.item_id, i.kind, i.ref, a.name, i.stale_months, p.day, p.people, p.filled
    from collection.item i
    left join attributes.attribute a on a.workspace_id = ${workspaceId} and i.kind = 'attribute' and a.attribute_id::text = i.ref
    left join lateral (select day, people, filled from collection.progress
      where workspace_id = ${workspaceId} and item_id = i.item_id order by day desc limit 1) p on true
    where i.workspace_id = ${workspaceId} and i.ended_at is null order by i.created_at, i.item_id`.execute(tx);
  return rows;
}

export async function listTouchpoints(tx: Tx, { workspaceId }: Actor) {
  return tx
    .selectFrom('collection.touchpoint')
    .select(['touchpoint_id as id', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where('ended_at', 'is', null)
    .orderBy('created_at')
    .orderBy('touchpoint_id')
    .execute();
}

export interface MechanismRow {
  mechanism_id: string;
  item_id: string;
  touchpoint_id: string;
  kind: MechanismKind;
  idea: string;
  question_fr: string;
  question_en: string;
  channel_id: string | null;
  business: number | null;
  business_note: string;
  it: number | null;
  it_note: string;
  cost_euros: number | null;
  responsible_id: string | null;
  responsible: string | null;
  due_on: string | null;
  state: MechanismState;
  proposed_by: string;
  proposer: string;
  version: number;
  decided_at: Date | null;
  decider: string | null;
  decision: string | null;
  tested_since: Date | null;
}

export async function listMechanisms(
  tx: Tx,
  { workspaceId }: Actor,
  mechanismId: string | null = null,
): Promise<MechanismRow[]> {
  const { rows } = await sql<MechanismRow>`
    select m.mechanism_id, m.item_id, m.touchpoint_id, m.kind, m.idea, m.question_fr, m.question_en, m.channel_id, m.business, m.business_note,
      m.it, m.it_note, m.cost_euros, m.responsible_id, r.name as responsible, m.due_on, m.state, m.proposed_by, coalesce(p.name, '') as proposer,
      m.version, m.decided_at, d.name as decider, m.decision, t.started_at as tested_since
    from collection.mechanism m
    left join identity.member r on r.workspace_id = ${workspaceId} and r.member_id = m.responsible_id
    left join identity.member p on p.workspace_id = ${workspaceId} and p.member_id = m.proposed_by
    left join identity.member d on d.workspace_id = ${workspaceId} and d.member_id = m.decided_by
    left join collection.test t on t.workspace_id = ${workspaceId} and t.mechanism_id = m.mechanism_id and t.ended_at is null
    where m.workspace_id = ${workspaceId} and ${mechanismId ? sql`m.mechanism_id = ${mechanismId}` : sql`true`}
    order by m.created_at, m.mechanism_id`.execute(tx);
  return rows;
}

interface Need {
  name: string;
  kind: string;
  why: string;
  link: string | null;
  wanted: number | null;
}

/** Writes a need with what it asks for, in place of what stood there. @returns false where there is none to change */
export async function saveNeed(
  tx: Tx,
  { workspaceId }: Actor,
  needId: string,
  { wanted, ...said }: Need,
  itemIds: readonly string[],
  isNew: boolean,
): Promise<boolean> {
  const of = { workspace_id: workspaceId, need_id: needId };
  const need = { ...said, wanted_share: wanted };
  if (isNew)
    await tx
      .insertInto('collection.need')
      .values({ ...of, ...need })
      .execute();
  else {
    const done = await tx
      .updateTable('collection.need')
      .set(need)
      .where('workspace_id', '=', workspaceId)
      .where('need_id', '=', needId)
      .executeTakeFirst();
    if (done.numUpdatedRows === 0n) return false;
  }
  await tx
    .deleteFrom('collection.need_item')
    .where('workspace_id', '=', workspaceId)
    .where('need_id', '=', needId)
    .execute();
  const rows = [...new Set(itemIds)].map((item_id) => ({ ...of, item_id }));
  if (rows.length > 0) await tx.insertInto('collection.need_item').values(rows).execute();
  return true;
}

/** Takes a data item into the plan, again where it was taken out. @returns its id */
export async function saveItem(
  tx: Tx,
  { workspaceId }: Actor,
  itemId: string,
  { kind, ref, staleMonths }: { kind: string; ref: string; staleMonths: number | null },
): Promise<string> {
  const { rows } = await sql<{ item_id: string }>`
    insert into collection.item (workspace_id, item_id, kind, ref, stale_months) values (${workspaceId}, ${itemId}, ${kind}, ${ref}, ${staleMonths})
    on conflict on constraint item_ref_uq do update set stale_months = excluded.stale_months, ended_at = null
    returning item_id`.execute(tx);
  return rows[0]!.item_id;
}

/** @returns false where there is none of this id */
export async function saveTouchpoint(
  tx: Tx,
  { workspaceId }: Actor,
  touchpointId: string,
  name: string,
  isNew: boolean,
): Promise<boolean> {
  if (isNew) {
    await tx
      .insertInto('collection.touchpoint')
      .values({ workspace_id: workspaceId, touchpoint_id: touchpointId, name })
      .execute();
    return true;
  }
  const done = await tx
    .updateTable('collection.touchpoint')
    .set({ name })
    .where('workspace_id', '=', workspaceId)
    .where('touchpoint_id', '=', touchpointId)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** @returns false where there is none of this id */
export async function setEnded(
  tx: Tx,
  { workspaceId }: Actor,
  part: 'need' | 'item' | 'touchpoint',
  id: string,
  ended: boolean,
): Promise<boolean> {
  const done = await sql`update collection.${sql.raw(part)} set ended_at = ${ended ? sql`now()` : null}
    where workspace_id = ${workspaceId} and ${sql.raw(`${part}_id`)} = ${id}`.execute(tx);
  return (done.numAffectedRows ?? 0n) > 0n;
}

/** Those of these data items that there are. */
export async function countItems(tx: Tx, { workspaceId }: Actor, itemIds: readonly string[]): Promise<number> {
  const found = await tx
    .selectFrom('collection.item')
    .select('item_id')
    .where('workspace_id', '=', workspaceId)
    .where(sql<SqlBool>`item_id = any(${itemIds}::uuid[])`)
    .execute();
  return found.length;
}

export interface NewMechanism {
  mechanism_id: string;
  item_id: string;
  touchpoint_id: string;
  kind: MechanismKind;
  idea: string;
}

export async function addMechanism(tx: Tx, { workspaceId, memberId }: Actor, one: NewMechanism): Promise<void> {
  await tx
    .insertInto('collection.mechanism')
    .values({ workspace_id: workspaceId, proposed_by: memberId, ...one })
    .execute();
}

export type MechanismChange = Omit<NewMechanism, 'mechanism_id' | 'item_id' | 'touchpoint_id'> & {
  question_fr: string;
  question_en: string;
  channel_id: string | null;
  business: number | null;
  business_note: string;
  it: number | null;
  it_note: string;
  cost_euros: number | null;
  responsible_id: string | null;
  due_on: string | null;
};

/** What an idea is once somebody has studied it. @returns false where somebody else has changed it since that version */
export async function updateMechanism(
  tx: Tx,
  { workspaceId }: Actor,
  mechanismId: string,
  version: number,
  change: MechanismChange,
): Promise<boolean> {
  const done = await tx
    .updateTable('collection.mechanism')
    .set({
      ...change,
      version: version + 1,
      state: sql`case when state = 'idea' and (${change.business}::int is not null or ${change.it}::int is not null) then 'studied' else state end`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('mechanism_id', '=', mechanismId)
    .where('version', '=', version)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Begins a test. @returns false where one runs */
export async function startTest(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  mechanismId: string,
  testId: string,
): Promise<boolean> {
  const done = await sql`
    insert into collection.test (workspace_id, test_id, mechanism_id, started_by) values (${workspaceId}, ${testId}, ${mechanismId}, ${memberId})
    on conflict do nothing`.execute(tx);
  if ((done.numAffectedRows ?? 0n) === 0n) return false;
  await sql`update collection.mechanism set state = 'test', version = version + 1
    where workspace_id = ${workspaceId} and mechanism_id = ${mechanismId}`.execute(tx);
  return true;
}

export async function decide(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  mechanismId: string,
  outcome: 'rolled_out' | 'dropped',
  why: string,
): Promise<void> {
  await sql`update collection.test set ended_at = now()
    where workspace_id = ${workspaceId} and mechanism_id = ${mechanismId} and ended_at is null`.execute(tx);
  await sql`update collection.mechanism set state = ${outcome}, decided_at = now(), decided_by = ${memberId}, decision = ${why},
      version = version + 1
    where workspace_id = ${workspaceId} and mechanism_id = ${mechanismId}`.execute(tx);
}

/** Whether there is a member, and a form of the company, of these ids. */
export async function checkRefs(
  tx: Tx,
  { workspaceId }: Actor,
  { memberId, channelId }: { memberId: string | null; channelId: string | null },
): Promise<{ member: boolean; form: boolean }> {
  const { rows } = await sql<{ member: boolean; form: boolean }>`
    select ${memberId}::uuid is null or exists (select from identity.member
        where workspace_id = ${workspaceId} and member_id = ${memberId} and status = 'active') as member,
      ${channelId}::uuid is null or exists (select from conversations.channel
        where workspace_id = ${workspaceId} and channel_id = ${channelId} and kind = 'form' and ended_at is null) as form`.execute(
    tx,
  );
  return rows[0]!;
}

// What pages ask, and what came of it. As the keeper.

/** A question of the plan, with what an answer must be. */
export interface Question
  extends Wanted,
    Pick<AttributeRow, 'attribute_no' | 'name' | 'type' | 'unit' | 'choices' | 'many' | 'bounds'> {
  fr: string;
  en: string;
  staleMonths: number | null;
}

/**
 * What pages of these kinds ask now, the most wanted first: attributes that a need asks for, by mechanisms that are tested or rolled out. Nothing of
 * a special category: that asks for an explicit consent of its own.
 */
export async function listQuestions(
  tx: Tx,
  workspaceId: string,
  kinds: readonly MechanismKind[],
  channelId: string | null,
): Promise<Question[]> {
  const { rows } = await sql<Question>`
    select m.mechanism_id as "mechanismId", m.item_id as "itemId", a.attribute_no as "attributeNo", t.test_id as "testId", a.attribute_no, a.name,
      a.type, a.unit, a.choices, a.many, a.bounds, m.question_fr as fr, m.question_en as en, i.stale_months as "staleMonths"
    from collection.mechanism m
    join collection.item i on i.workspace_id = ${workspaceId} and i.item_id = m.item_id and i.kind = 'attribute' and i.ended_at is null
    join attributes.attribute a on a.workspace_id = ${workspaceId} and a.attribute_id::text = i.ref and a.ended_at is null
      and a.sensitivity <> 'special'
    join collection.touchpoint p on p.workspace_id = ${workspaceId} and p.touchpoint_id = m.touchpoint_id and p.ended_at is null
    cross join lateral (select count(*) as needs from collection.need_item ni
      join collection.need n on n.workspace_id = ${workspaceId} and n.need_id = ni.need_id and n.ended_at is null
      where ni.workspace_id = ${workspaceId} and ni.item_id = m.item_id) w
    left join collection.test t on t.workspace_id = ${workspaceId} and t.mechanism_id = m.mechanism_id and t.ended_at is null
    where m.workspace_id = ${workspaceId} and m.kind = any(${kinds}) and m.state in ('test', 'rolled_out') and w.needs > 0
      and (m.channel_id is null or m.channel_id = ${channelId}::uuid)
    order by w.needs desc, m.channel_id is null, m.created_at, m.mechanism_id`.execute(tx);
  return rows;
}

/** Writes down in which half of a test somebody was who has sent a page; once for each. */
export async function addTrial(
  tx: Tx,
  workspaceId: string,
  one: {
    testId: string;
    unitId: string;
    asked: boolean;
    answered: boolean;
    firstTry: boolean;
    contactPointId: string | null;
    confirmed: boolean;
  },
): Promise<void> {
  await sql`insert into collection.trial (workspace_id, test_id, unit_id, asked, answered, first_try, contact_point_id, confirmed_at)
    values (${workspaceId}, ${one.testId}, ${one.unitId}, ${one.asked}, ${one.answered}, ${one.firstTry}, ${one.contactPointId},
      ${one.confirmed ? sql`now()` : null})
    on conflict do nothing`.execute(tx);
}

/** Whoever has the address said that it was them who sent the page. */
export async function confirmTrials(tx: Tx, workspaceId: string, unitId: string): Promise<void> {
  await sql`update collection.trial set confirmed_at = coalesce(confirmed_at, now())
    where workspace_id = ${workspaceId} and unit_id = ${unitId}`.execute(tx);
}

export interface Tally {
  asked: boolean;
  sent: number;
  confirmed: number;
  filled: number;
  opted_out: number;
  answers: number;
  first_try: number;
  /** Answers of 30 days ago or more, and how many of these nobody has corrected. */
  old: number;
  standing: number;
}

/** The last test of a mechanism, and both its halves counted: aggregates only. */
export async function tallyTest(
  tx: Tx,
  workspaceId: string,
  mechanismId: string,
): Promise<{ since: Date; until: Date | null; halves: Tally[] } | null> {
  const tests = await sql<{ test_id: string; started_at: Date; ended_at: Date | null; no: number | null }>`
    select t.test_id, t.started_at, t.ended_at, a.attribute_no as no from collection.test t
    join collection.mechanism m on m.workspace_id = ${workspaceId} and m.mechanism_id = t.mechanism_id
    join collection.item i on i.workspace_id = ${workspaceId} and i.item_id = m.item_id
    left join attributes.attribute a on a.workspace_id = ${workspaceId} and i.kind = 'attribute' and a.attribute_id::text = i.ref
    where t.workspace_id = ${workspaceId} and t.mechanism_id = ${mechanismId} order by t.started_at desc limit 1`.execute(
    tx,
  );
  const [test] = tests.rows;
  if (!test) return null;
  const { rows } = await sql<Tally>`
    select t.asked, count(*) as sent, count(t.confirmed_at) as confirmed,
      count(*) filter (where t.confirmed_at is not null and v.value is not null) as filled,
      count(*) filter (where t.confirmed_at is not null and (p.consent = 'objected' and p.consent_since > t.sent_at
        or exists (select from outreach.objection o where o.workspace_id = ${workspaceId} and o.contact_point_id = t.contact_point_id
          and o.at > t.sent_at))) as opted_out,
      count(*) filter (where t.asked and t.answered) as answers,
      count(*) filter (where t.asked and t.answered and t.first_try) as first_try,
      count(*) filter (where t.answered and t.confirmed_at < now() - interval '30 days') as old,
      count(*) filter (where t.answered and t.confirmed_at < now() - interval '30 days' and v.value is not null
        and v.at <= t.confirmed_at + interval '1 minute' and not exists (select from cards.card_field f
          join attributes.value c on c.workspace_id = ${workspaceId} and c.subject_id = f.card_id and c.attribute_no = ${test.no}::int
          where f.workspace_id = ${workspaceId} and f.contact_point_id = t.contact_point_id and c.at > t.confirmed_at and c.value <> v.value)) as standing
    from collection.trial t
    left join attributes.value v on v.workspace_id = ${workspaceId} and v.subject_id = t.contact_point_id and v.attribute_no = ${test.no}::int
    left join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = t.contact_point_id
    where t.workspace_id = ${workspaceId} and t.test_id = ${test.test_id}
    group by t.asked`.execute(tx);
  return { since: test.started_at, until: test.ended_at, halves: rows };
}

/** Months after the end of a test for which it is known who was in which half. */
const trialMonths = 12;

export async function deleteTrials(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from collection.trial t using collection.test s
    where s.workspace_id = t.workspace_id and s.test_id = t.test_id and s.ended_at < now() - make_interval(months => ${trialMonths})`.execute(
    tx,
  );
}
