import { sql } from 'kysely';
import type { z } from 'zod';
import type { Actor, Tx } from '../kernel/database.ts';
import type { FieldKind, historyItem } from './contract.ts';
import { displayOf, type Field, fullIdentityOf, isTaken } from './fields.ts';

interface HistoryRow {
  at: Date;
  /** `at` in microseconds: a Date holds milliseconds only, and a page that began there would skip rows. */
  cursor: string;
  id: string;
  kind: string;
  card_id: string;
  member_id: string | null;
  fields: string[];
  text: string | null;
  member: string | null;
  acceptor: string | null;
  /** The viewer holds the book: nothing of the card is hidden from them. */
  holds: boolean | null;
  /** The card's values before and after, as far as the viewer may see them; null where the change touched none. */
  before: NumberedField[] | null;
  after: NumberedField[] | null;
  /** What the source last said where a correction stands now; only for the holder. */
  sourced: NumberedField[] | null;
}

type NumberedField = Field & { no: number };

/** Bit `bit` of what the viewer may see in the book of a row; see delegation.enter. */
export const reachBit = (bookNo: string, bit: string) =>
  sql.raw(
    `get_bit(nullif(current_setting('app.reach_' || (${bookNo} >> 6), true), '')::bytea, ((${bookNo} & 63) << 5) | ${bit})`,
  );

/** The values kept with a change, without those whose class the viewer may not see. */
const visibleFields = (change: string) =>
  sql`(select coalesce(jsonb_agg(jsonb_build_object('no', f->'no', 'kind', f->'kind', 'value', f->'value')), '[]')
    from jsonb_array_elements(${sql.raw(`${change}.before->'fields'`)}) f
    where ${reachBit(`${change}.book_no`, '31')} = 1 or ${reachBit(`${change}.book_no`, "(f->>'class')::int")} = 1)`;

/**
 * Notes and changes of the given cards, newest first, each change with the values before and after it: those after are the
 * ones that the next change found, or today's.
 */
export async function listHistory(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  before: { at: string; id: string } | null,
  limit: number,
): Promise<HistoryRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<HistoryRow>`
    select h.*, to_json(h.at) #>> '{}' as cursor, m.name as member, a.name as acceptor, c.before, c.after, c.holds, c.sourced from (
      select n.created_at as at, 'note ' || n.note_id as id, 'note' as kind, n.card_id, n.author_id as member_id, '{}'::text[] as fields, n.text, null::uuid as change_id, null::uuid as accepted_by
      from cards.note n where n.workspace_id = ${workspaceId} and n.card_id = any(${cardIds})
      union all
      select c.at, 'change ' || c.card_id || ' ' || c.change_no,
        case when c.before->'card' ? 'archived_at' then 'revived' else c.kind end, c.card_id, c.member_id, c.fields, null, c.change_id, c.accepted_by
      from cards.card_change c where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds})
        -- Of which values somebody said that they are right is nobody's business who may not read them all.
        and (c.kind <> 'confirmed' or ${reachBit('c.book_no', '31')} = 1)
      union all
      select c.created_at, 'card ' || c.card_id, case when c.import_id is null then 'created' else 'imported' end, c.card_id, c.created_by, '{}', null, null, null
      from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds})
    ) h
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = h.member_id
    left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = h.accepted_by
    left join lateral (
      select ${visibleFields('c')} as before, ${reachBit('c.book_no', '31')} = 1 as holds, coalesce(
        (select ${visibleFields('n')} from cards.card_change n
          where n.workspace_id = ${workspaceId} and n.card_id = c.card_id and n.before ? 'fields' and (n.at, n.change_no) > (c.at, c.change_no)
          order by n.at, n.change_no limit 1),
        (select coalesce(jsonb_agg(jsonb_build_object('no', f.no, 'kind', f.kind, 'value', f.value)), '[]') from cards.card_field f
          where f.workspace_id = ${workspaceId} and f.card_id = c.card_id)) as after,
        case when ${reachBit('c.book_no', '31')} = 1 then (
          select jsonb_agg(jsonb_build_object('no', f.no, 'kind', f.kind, 'value', f.source_value)) from cards.card_field f
          where f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.author_id is not null and f.source_value is not null) end as sourced
      from cards.card_change c
      where c.workspace_id = ${workspaceId} and c.card_id = h.card_id and c.change_id = h.change_id and c.before ? 'fields'
    ) c on true
    where ${before === null} or (h.at, h.id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::text)
    order by h.at desc, h.id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Long notes are told by their beginning. */
const shown = 200;

function wordsOf(field: Field | undefined): string | null {
  if (!field) return null;
  const words = displayOf(field);
  return words.length > shown ? `${words.slice(0, shown)}…` : words;
}

/** What differs between two states of a card, kind by kind: what went beside what came. */
function differences(before: readonly NumberedField[], after: readonly NumberedField[]) {
  const filled = (fields: readonly NumberedField[]) => fields.filter((field) => !isTaken(field));
  const was = new Set(before.map(fullIdentityOf));
  const is = new Set(after.map(fullIdentityOf));
  const gone = Map.groupBy(
    filled(before).filter((field) => !is.has(fullIdentityOf(field))),
    ({ kind }) => kind,
  );
  const come = Map.groupBy(
    filled(after).filter((field) => !was.has(fullIdentityOf(field))),
    ({ kind }) => kind,
  );
  const kinds = [...new Set<FieldKind>([...gone.keys(), ...come.keys()])].sort();
  return kinds.flatMap((kind) => {
    const [old = [], next = []] = [gone.get(kind), come.get(kind)];
    const count = Math.max(old.length, next.length);
    return Array.from({ length: count }, (_, at) => ({
      kind,
      no: (old[at] ?? next[at])!.no,
      before: wordsOf(old[at]),
      after: wordsOf(next[at]),
    }));
  });
}

type Item = z.output<typeof historyItem>;

/** Whether this change took the source's word away, and a correction still stands in its place. */
function isCorrection({ kind, sourced }: HistoryRow, no: number, before: string | null): boolean {
  const said = kind === 'edited' ? sourced?.find((field) => field.no === no) : undefined;
  return said !== undefined && wordsOf(said) === before;
}

/** A line of the history, or null for a change of what the viewer may not see: it does not exist for them. */
export function describeHistory(row: HistoryRow, memberId: string): Item | null {
  const found = row.before && row.after ? differences(row.before, row.after) : [];
  if (row.before && !row.holds && found.length === 0) return null;
  return {
    at: row.at.toISOString(),
    kind: row.kind as Item['kind'],
    cardId: row.card_id,
    memberName: row.member,
    acceptedBy: row.acceptor,
    fields: row.before && !row.holds ? [...new Set(found.map(({ kind }) => kind))] : (row.fields as FieldKind[]),
    // A label changed or a photo replaced reads the same before and after.
    changes: found
      .filter((change) => change.kind !== 'photo' && change.before !== change.after)
      .map(({ no, ...change }) => ({ ...change, giveBack: isCorrection(row, no, change.before) ? no : null })),
    note:
      row.text === null ? null : { id: row.id.slice('note '.length), text: row.text, mine: row.member_id === memberId },
  };
}
