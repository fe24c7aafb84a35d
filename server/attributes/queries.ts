import { sql } from 'kysely';
import { themself } from '../cards/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { stir } from '../kernel/stirring.ts';
import type { Access, AttributeType, Bounds, Choice, Origin } from './contract.ts';
import type { Stored, Word } from './rules.ts';

/** Opens the attributes whose values the viewer sees, for the rest of the transaction: without it none is seen. */
export async function enterAttributes(tx: Tx): Promise<void> {
  await sql`select attributes.enter()`.execute(tx);
}

export interface AttributeRow {
  attribute_id: string;
  attribute_no: number;
  key: string;
  name: string;
  meaning: string;
  type: AttributeType;
  unit: string | null;
  choices: Choice[];
  many: boolean;
  bounds: Bounds;
  sensitivity: 'ordinary' | 'confidential' | 'special';
  purpose: string;
  basis: 'consent' | 'contract' | 'legal_obligation' | 'vital_interests' | 'public_task' | 'legitimate_interests';
  special_basis: string | null;
  months: number;
  version: number;
  changed_at: Date;
  ended_at: Date | null;
  access: { kind: 'workspace' | 'team' | 'member'; id: string; name: string; writes: boolean }[];
  uses: { kind: string; count: number }[];
  reads: boolean;
  writes: boolean;
}

const bit = (setting: 'app.attributes' | 'app.attributes_written') =>
  sql<boolean>`coalesce(get_bit(nullif(current_setting(${sql.lit(setting)}, true), '')::bytea, a.attribute_no) = 1, false)`;

/** The dictionary, by name. As a member who has entered, or as the keeper, who sees no bits. */
export async function listAttributes(
  tx: Tx,
  workspaceId: string,
  { attributeId, ended = false }: { attributeId?: string; ended?: boolean } = {},
): Promise<AttributeRow[]> {
  const { rows } = await sql<AttributeRow>`
    select a.attribute_id, a.attribute_no, a.key, a.name, a.meaning, a.type, a.unit, a.choices, a.many, a.bounds, a.sensitivity, a.purpose,
      a.basis, a.special_basis, a.months, a.version, a.changed_at, a.ended_at,
      coalesce((select jsonb_agg(jsonb_build_object('kind', s.audience_kind, 'id', s.audience_id, 'writes', s.writes,
          'name', coalesce(t.name, m.name, '')) order by s.audience_kind desc, coalesce(t.name, m.name, ''), s.audience_id)
        from attributes.access s
        left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = s.audience_id
        left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.audience_id
        where s.workspace_id = ${workspaceId} and s.attribute_id = a.attribute_id), '[]') as access,
      coalesce((select jsonb_agg(jsonb_build_object('kind', u.kind, 'count', u.count) order by u.kind)
        from (select kind, count(*) from attributes.use where workspace_id = ${workspaceId} and attribute_id = a.attribute_id group by kind) u),
        '[]') as uses,
      ${bit('app.attributes')} as reads, ${bit('app.attributes_written')} as writes
    from attributes.attribute a
    where a.workspace_id = ${workspaceId} and ${attributeId ? sql`a.attribute_id = ${attributeId}` : ended ? sql`true` : sql`a.ended_at is null`}
    order by lower(a.name), a.attribute_id`.execute(tx);
  return rows;
}

export interface NewAttribute {
  attribute_id: string;
  key: string;
  type: AttributeType;
  many: boolean;
}
export interface Entry {
  name: string;
  meaning: string;
  unit: string | null;
  choices: readonly Choice[];
  bounds: Bounds;
  sensitivity: string;
  purpose: string;
  basis: string;
  specialBasis: string | null;
  months: number;
}

const columnsOf = ({ specialBasis, choices, bounds, ...entry }: Entry) => ({
  ...entry,
  choices: JSON.stringify(choices),
  bounds: JSON.stringify(bounds),
  special_basis: specialBasis,
});

const keyTaken = (error: { constraint?: string }): never => {
  throw error.constraint === 'attribute_key_uq' ? new AppError('conflict', { fields: { key: 'taken' } }) : error;
};

/** @throws AppError conflict where another has the key */
export async function addAttribute(tx: Tx, actor: Actor, made: NewAttribute, entry: Entry): Promise<void> {
  const { workspaceId, memberId } = actor;
  // One after the other, for their numbers.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`attributes ${workspaceId}`}, 0))`.execute(tx);
  const { rows } = await sql<{ no: number }>`
    select coalesce(max(attribute_no), -1) + 1 as no from attributes.attribute where workspace_id = ${workspaceId}`.execute(
    tx,
  );
  await tx
    .insertInto('attributes.attribute')
    .values({
      ...{ workspace_id: workspaceId, attribute_no: rows[0]!.no, created_by: memberId },
      ...made,
      ...columnsOf(entry),
    })
    .execute()
    .catch(keyTaken);
}

/** @returns false where somebody else has changed it since that version */
export async function updateAttribute(
  tx: Tx,
  { workspaceId }: Actor,
  attributeId: string,
  version: number,
  entry: Entry,
): Promise<boolean> {
  const done = await tx
    .updateTable('attributes.attribute')
    .set({ ...columnsOf(entry), version: version + 1, changed_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('attribute_id', '=', attributeId)
    .where('version', '=', version)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Ends an attribute, or takes it into use again. @throws AppError conflict where another has its key meanwhile */
export async function setEnded(tx: Tx, { workspaceId }: Actor, attributeId: string, ended: boolean): Promise<void> {
  await tx
    .updateTable('attributes.attribute')
    .set({ ended_at: ended ? sql<Date>`now()` : null, changed_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('attribute_id', '=', attributeId)
    .where('ended_at', ended ? 'is' : 'is not', null)
    .execute()
    .catch(keyTaken);
}

export async function setAccess(
  tx: Tx,
  { workspaceId }: Actor,
  attributeId: string,
  access: readonly Access[],
): Promise<void> {
  await tx
    .deleteFrom('attributes.access')
    .where('workspace_id', '=', workspaceId)
    .where('attribute_id', '=', attributeId)
    .execute();
  const rows = new Map(access.map((one) => [one.kind === 'workspace' ? workspaceId : one.id, one]));
  await tx
    .insertInto('attributes.access')
    .values(
      [...rows].map(([audience_id, { kind, writes }]) => ({
        ...{ workspace_id: workspaceId, attribute_id: attributeId, audience_kind: kind },
        ...{ audience_id, writes },
      })),
    )
    .execute();
}

/** Those of these teams and members that there are not. */
export async function findUnknown(tx: Tx, { workspaceId }: Actor, access: readonly Access[]): Promise<string[]> {
  const ids = access.flatMap((one) => (one.kind === 'workspace' ? [] : [one.id]));
  const { rows } = await sql<{ id: string }>`
    select n.id from unnest(${ids}::uuid[]) n (id)
    where not exists (select from identity.team t where t.workspace_id = ${workspaceId} and t.team_id = n.id)
      and not exists (select from identity.member m where m.workspace_id = ${workspaceId} and m.member_id = n.id and m.status = 'active')`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** Writes down what rests on attributes: all of it, of this one that uses them. */
export async function setUses(
  tx: Tx,
  workspaceId: string,
  kind: string,
  usedBy: string,
  attributeIds: Iterable<string>,
): Promise<void> {
  await tx
    .deleteFrom('attributes.use')
    .where('workspace_id', '=', workspaceId)
    .where('kind', '=', kind)
    .where('used_by', '=', usedBy)
    .execute();
  const rows = [...new Set(attributeIds)].map((attribute_id) => ({
    ...{ workspace_id: workspaceId, attribute_id, kind, used_by: usedBy },
  }));
  if (rows.length > 0) await tx.insertInto('attributes.use').values(rows).execute();
}

export interface ValueRow extends Word {
  attributeNo: number;
  bookNo: number | null;
}

/** What is said of these cards and contact points: as far as the viewer, who has entered, sees it, or all of it as the keeper. */
export async function findValueRows(
  tx: Tx,
  workspaceId: string,
  subjectIds: readonly string[],
  attributeNos?: readonly number[],
): Promise<ValueRow[]> {
  const { rows } = await sql<ValueRow>`
    select subject_id as "subjectId", attribute_no as "attributeNo", value, origin, said_by as "saidBy", at, book_no as "bookNo"
    from attributes.value
    where workspace_id = ${workspaceId} and subject_id = any(${subjectIds}::uuid[])
      and ${attributeNos ? sql`attribute_no = any(${attributeNos}::int[])` : sql`true`}`.execute(tx);
  return rows;
}

/** A value on its way onto a card, with its place, or onto a contact point. */
export interface NewValue {
  subjectId: string;
  card?: { book_no: number; exposure: number } | undefined;
  attributeNo: number;
  value: Stored;
}

const rank = (of: string) =>
  sql.raw(`case when ${of}.said_by = '${themself}' then 3 when ${of}.origin = 'member' then 2 else 1 end`);

/**
 * Writes values. A subject has one word of each attribute: what a program says does not take the place of what the person or a member said.
 */
export async function writeValues(
  tx: Tx,
  workspaceId: string,
  by: { origin: Origin; saidBy: string; at?: Date },
  values: readonly NewValue[],
): Promise<void> {
  // Of two in one batch the last: one statement may not change a row twice.
  const last = [...new Map(values.map((one) => [`${one.subjectId} ${one.attributeNo}`, one])).values()].sort((a, b) =>
    a.subjectId < b.subjectId ? -1 : 1,
  );
  if (last.length === 0) return;
  const column = <T>(of: (one: NewValue) => T): T[] => last.map(of);
  const { rows } = await sql<{ subject_id: string }>`
    insert into attributes.value as v (workspace_id, subject_id, attribute_no, book_no, exposure, value, text, number, day, origin, said_by, at)
    select ${workspaceId}, n.subject_id, n.attribute_no, n.book_no, n.exposure, n.value, n.text, n.number, n.day, ${by.origin}, ${by.saidBy}::uuid,
      ${by.at ?? new Date()}
    from unnest(${column((one) => one.subjectId)}::uuid[], ${column((one) => one.attributeNo)}::int[],
      ${column((one) => one.card?.book_no ?? null)}::int[], ${column((one) => one.card?.exposure ?? null)}::smallint[],
      ${column((one) => JSON.stringify(one.value.value))}::jsonb[], ${column((one) => one.value.text)}::text[],
      ${column((one) => one.value.number)}::numeric[], ${column((one) => one.value.day)}::date[])
      n (subject_id, attribute_no, book_no, exposure, value, text, number, day)
    on conflict on constraint value_pk do update
    set value = excluded.value, text = excluded.text, number = excluded.number, day = excluded.day, origin = excluded.origin,
      said_by = excluded.said_by, at = excluded.at
    where (${rank('excluded')}) >= (${rank('v')})
    returning v.subject_id`.execute(tx);
  await stir(
    tx,
    workspaceId,
    'attribute',
    rows.map((row) => row.subject_id),
  );
}

/** Takes back what cards say of an attribute. */
export async function deleteValues(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  attributeNo: number,
): Promise<void> {
  const { rows } = await sql<{ subject_id: string }>`
    delete from attributes.value where workspace_id = ${workspaceId} and subject_id = any(${cardIds}::uuid[]) and attribute_no = ${attributeNo}
    returning subject_id`.execute(tx);
  await stir(
    tx,
    workspaceId,
    'attribute',
    rows.map((row) => row.subject_id),
  );
}

/** The contact points of the fields that the viewer sees of these cards. */
export async function findPoints(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct contact_point_id as id from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[]) and contact_point_id is not null and value <> '{}'`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** Rows in a transaction. */
const batch = 5000;

/**
 * Deletes what is over: values older than their attribute keeps them, those of attributes that were ended 30 days ago, and those of contact
 * points that no card has carried for so long. As the keeper. @returns whether there may be more
 */
export async function deleteOver(tx: Tx, restorableDays: number): Promise<boolean> {
  // No workspace: retention is the same for all.
  const { rows } = await sql<{ workspace_id: string; subject_id: string }>`
    delete from attributes.value v using (
      select v.workspace_id, v.subject_id, v.attribute_no
      from attributes.value v join attributes.attribute a on a.workspace_id = v.workspace_id and a.attribute_no = v.attribute_no
      where v.at < now() - make_interval(months => a.months) or a.ended_at < now() - make_interval(days => ${restorableDays})
        or v.book_no is null and v.at < now() - make_interval(days => ${restorableDays}) and not exists (select from cards.card_field f
          where f.workspace_id = v.workspace_id and f.contact_point_id = v.subject_id)
      limit ${batch} for update of v skip locked) o
    where v.workspace_id = o.workspace_id and v.subject_id = o.subject_id and v.attribute_no = o.attribute_no
    returning v.workspace_id, v.subject_id`.execute(tx);
  for (const [workspaceId, group] of Map.groupBy(rows, (row) => row.workspace_id))
    await stir(
      tx,
      workspaceId,
      'attribute',
      group.map((row) => row.subject_id),
    );
  return rows.length === batch;
}
