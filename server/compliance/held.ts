import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { type Holding, holdings, type Reach } from './holdings.ts';

// What is held of a person, read and erased table by table, as `holdings.ts` says. As the keeper.

/** Whom it is about, by ids. */
export interface Subject {
  workspaceId: string;
  cardIds: readonly string[];
  pointIds: readonly string[];
}

const isMember = (column: string, ids: readonly string[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} = any(${ids}::uuid[])`;

/** The rows of a table `t` that are about them. */
function reached(by: Reach, { workspaceId, cardIds, pointIds }: Subject): RawBuilder<unknown> {
  const card = isMember('t.card_id', cardIds);
  const point = isMember('t.contact_point_id', pointIds);
  switch (by) {
    case 'card':
      return card;
    case 'pair':
      return sql`(${isMember('t.card_a', cardIds)} or ${isMember('t.card_b', cardIds)})`;
    case 'point':
      return point;
    case 'hash':
      return isMember('t.suppressed_id', pointIds);
    case 'pointPair':
      return sql`(${isMember('t.point_a', pointIds)} or ${isMember('t.point_b', pointIds)})`;
    case 'subject':
      return isMember('t.subject_id', [...cardIds, ...pointIds]);
    case 'cardOrPoint':
      return sql`(${card} or ${point})`;
    case 'conversation':
      return sql`t.conversation_id in (select c.conversation_id from conversations.conversation c
        where c.workspace_id = ${workspaceId} and c.contact_point_id = any(${pointIds}::uuid[]))`;
    case 'message':
      return sql`t.message_id in (select m.message_id from outreach.message m
        where m.workspace_id = ${workspaceId} and m.kind = 'contact'
          and (m.contact_point_id = any(${pointIds}::uuid[]) or m.card_id = any(${cardIds}::uuid[])))`;
    case 'guest':
      return sql`t.guest_id in (select g.guest_id from events.guest g
        where g.workspace_id = ${workspaceId} and (g.contact_point_id = any(${pointIds}::uuid[]) or g.card_id = any(${cardIds}::uuid[])))`;
    case 'participant':
      return sql`t.person_id in (select p.person_id from community.person p
        where p.workspace_id = ${workspaceId} and p.contact_point_id = any(${pointIds}::uuid[]))`;
    case 'journey':
      return sql`t.journey_id in (select j.journey_id from scenarios.journey j
        where j.workspace_id = ${workspaceId} and (j.contact_point_id = any(${pointIds}::uuid[]) or j.card_id = any(${cardIds}::uuid[])))`;
    case 'import':
      return sql`t.import_id in (select c.import_id from cards.card c
        where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]))`;
    // By words, an introduction is sought to whoever was found: it is of them where nobody else was.
    case 'sought':
      return sql`(${card} or ${isMember('t.lent_card_id', cardIds)} or t.request_id in (select a.request_id from introductions.ask a
        where a.workspace_id = ${workspaceId} and a.card_ids <> '{}' and a.card_ids <@ ${cardIds}::uuid[]))`;
    case 'askedFor':
      return sql`(${card} or (t.card_ids <> '{}' and t.card_ids <@ ${cardIds}::uuid[]))`;
  }
}

/** What a table tells of them, under the names of the answer; all of it or, of an answer to take along, what they gave. */
export async function readHolding(
  tx: Tx,
  subject: Subject,
  { table, by, tells }: Holding,
): Promise<Record<string, unknown>[]> {
  const columns = Object.entries(tells ?? {});
  if (columns.length === 0) return [];
  const told = sql.join(columns.map(([name, column]) => sql`${sql.raw(column)} as ${sql.ref(name)}`));
  const { rows } = await sql<{ row: Record<string, unknown> }>`
    select to_jsonb(r) as row from (select ${told} from ${sql.table(table)} t
      where t.workspace_id = ${subject.workspaceId} and ${reached(by, subject)}) r`.execute(tx);
  return rows.map(({ row }) => row);
}

/** Deletes or blanks what is not its module's own to erase. @returns how many rows of each table */
export async function eraseHeld(tx: Tx, subject: Subject): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, by, erased } of holdings) {
    if (erased === 'own' || (typeof erased === 'object' && 'stays' in erased)) continue;
    const where = sql`t.workspace_id = ${subject.workspaceId} and ${reached(by, subject)}`;
    const done =
      erased === 'deleted'
        ? await sql`delete from ${sql.table(table)} t where ${where}`.execute(tx)
        : await sql`update ${sql.table(table)} t set ${sql.join(
            Object.entries(erased.set).map(([column, value]) => sql`${sql.ref(column)} = ${sql.raw(value)}`),
          )} where ${where}`.execute(tx);
    const rows = Number(done.numAffectedRows ?? 0);
    if (rows > 0) counts[table] = rows;
  }
  return counts;
}
