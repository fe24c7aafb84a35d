import { sql } from 'kysely';
import {
  deleteValues,
  enterAttributes,
  findValueRows,
  isRefusal,
  listAttributes,
  listDictionary,
  readValue,
  writeValues,
} from '../attributes/index.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { TypedValue, Writable } from './typing.ts';

/** The attributes that a member writes, as it stands now; of one who is here no more, none. */
export async function findWritable(app: App, actor: { workspaceId: string; memberId: string }): Promise<Writable> {
  try {
    return await app.db.asActor(actor, async (tx) => {
      await enterAttributes(tx);
      const all = await listAttributes(tx, actor.workspaceId);
      return new Map(all.filter(({ writes }) => writes).map((one) => [one.key, one]));
    });
  } catch (error) {
    if (error instanceof AppError) return new Map();
    throw error;
  }
}

interface By {
  workspaceId: string;
  importId: string;
  memberId: string;
  at: Date;
}

interface Said {
  value: unknown;
  origin: 'form' | 'self_update' | 'member' | 'api' | 'import';
  saidBy: string;
  at: string;
}

/** Writes what a file says of attributes onto its cards, and what stood there, so that it can be taken back. What stands already is left alone. */
export async function bringValues(
  tx: Tx,
  { workspaceId, importId, memberId, at }: By,
  said: readonly { cardId: string; values: readonly TypedValue[] }[],
): Promise<void> {
  const wanted = said.flatMap(({ cardId, values }) => values.map((one) => ({ cardId, ...one })));
  if (wanted.length === 0) return;
  const ids = [...new Set(wanted.map(({ cardId }) => cardId))];
  const standing = new Map(
    (await findValueRows(tx, workspaceId, ids)).map((row) => [`${row.subjectId} ${row.attributeNo}`, row]),
  );
  const before = (one: { cardId: string; no: number }) => standing.get(`${one.cardId} ${one.no}`);
  const news = wanted.filter((one) => JSON.stringify(before(one)?.value) !== JSON.stringify(one.value.value));
  if (news.length === 0) return;
  const { rows: cards } = await sql<{ card_id: string; book_no: number; exposure: number }>`
    select card_id, book_no, exposure from cards.card where workspace_id = ${workspaceId} and card_id = any(${ids}::uuid[])`.execute(
    tx,
  );
  const places = new Map(cards.map((card) => [card.card_id, card]));
  const kept = news.map((one) => {
    const was = before(one);
    const said: Said | null = was
      ? { value: was.value, origin: was.origin, saidBy: was.saidBy, at: was.at.toISOString() }
      : null;
    return { card_id: one.cardId, attribute_no: one.no, before: said, value: one.value.value };
  });
  // After a crash what was first found there is what stood before.
  await sql`
    insert into sources.import_value (workspace_id, import_id, card_id, attribute_no, before, value)
    select ${workspaceId}, ${importId}, n.card_id, n.attribute_no, nullif(n.before, 'null'::jsonb), n.value
    from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) n (card_id uuid, attribute_no int, before jsonb, value jsonb)
    on conflict on constraint import_value_pk do update set value = excluded.value`.execute(tx);
  await writeValues(
    tx,
    workspaceId,
    { origin: 'import', saidBy: memberId, at },
    news.map(({ cardId, no, value }) => ({ subjectId: cardId, card: places.get(cardId), attributeNo: no, value })),
  );
}

/** Puts back what stood on cards that were there before an import; on those that it brought, values go out of sight with them. */
export async function takeBackValues(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  const { rows } = await sql<{
    card_id: string;
    attribute_no: number;
    before: Said | null;
    book_no: number;
    exposure: number;
  }>`
    select v.card_id, v.attribute_no, v.before, c.book_no, c.exposure from sources.import_value v
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = v.card_id and c.import_id is distinct from ${importId}
    join attributes.value n on n.workspace_id = ${workspaceId} and n.subject_id = v.card_id and n.attribute_no = v.attribute_no
      and n.origin = 'import' and n.value = v.value
    where v.workspace_id = ${workspaceId} and v.import_id = ${importId}`.execute(tx);
  for (const [no, of] of Map.groupBy(rows, (row) => row.attribute_no))
    await deleteValues(
      tx,
      workspaceId,
      of.map(({ card_id }) => card_id),
      no,
    );
  const dictionary = new Map((await listDictionary(tx, workspaceId)).map((one) => [one.attribute_no, one]));
  for (const { card_id, attribute_no, before, book_no, exposure } of rows) {
    const attribute = dictionary.get(attribute_no);
    const value = before && attribute ? readValue(attribute, before.value as string) : 'type';
    if (!before || isRefusal(value)) continue;
    const { origin, saidBy, at } = before;
    await writeValues(tx, workspaceId, { origin, saidBy, at: new Date(at) }, [
      { subjectId: card_id, card: { book_no, exposure }, attributeNo: attribute_no, value },
    ]);
  }
  await sql`delete from sources.import_value where workspace_id = ${workspaceId} and import_id = ${importId}`.execute(
    tx,
  );
}

/** What can be undone no longer needs no way back, and lines that could not be taken wait for nobody so long. */
export async function forgetValues(tx: Tx): Promise<void> {
  // No workspace: of all.
  await sql`delete from sources.import_value v using sources.import i
    where i.workspace_id = v.workspace_id and i.import_id = v.import_id and i.finished_at < now() - interval '30 days'`.execute(
    tx,
  );
  await sql`delete from sources.import_failure f using sources.import i
    where i.workspace_id = f.workspace_id and i.import_id = f.import_id and i.finished_at < now() - interval '30 days'`.execute(
    tx,
  );
}
