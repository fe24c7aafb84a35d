import { sql } from 'kysely';
import { fieldClassName } from '../delegation/field-classes.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { notFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type AgeingSign, ageingClasses, lossAYear, measuredLoss } from './ageing.ts';
import { announce, type Editing } from './editing.ts';
import { listOwnBooks } from './queries.ts';
import { takeChangeNo } from './rows.ts';

export type Losses = typeof lossAYear;

/**
 * The share of values of each class that is lost a year as the workspace has seen it, to a hundredth; only of what is many values of several
 * holders (row security), so that nobody's private cards are counted by it.
 */
export async function loadMeasured(tx: Tx, { workspaceId }: Actor): Promise<Losses> {
  const rows = await tx
    .selectFrom('cards.decay')
    .select(['class', 'lost', 'years'])
    .where('workspace_id', '=', workspaceId)
    .execute();
  const measured: Losses = {};
  for (const row of rows) {
    const name = fieldClassName(row.class);
    const usual = lossAYear[name];
    if (usual !== undefined) measured[name] = Math.round(100 * measuredLoss(usual, row.lost, row.years)) / 100;
  }
  return measured;
}

/** The same, with the usual shares where nothing was measured. */
export const loadLosses = async (tx: Tx, actor: Actor): Promise<Losses> => ({
  ...lossAYear,
  ...(await loadMeasured(tx, actor)),
});

/** A value of the viewer's that is likelier wrong than right. */
export interface Doubtful {
  card_id: string;
  no: number;
  kind: string;
  value: Record<string, unknown>;
  class: number;
  seen_at: Date;
  signs: AgeingSign[];
  likely: number;
  cursor: string;
}

/** What is as likely wrong as right is worth a look. */
const doubtful = 0.5;

/**
 * Values on cards that the viewer holds that are likely wrong, the worst first; `ageing.ts` in SQL. `moved`: the card's employer changed
 * after the value was seen.
 */
export async function findDoubtful(
  tx: Tx,
  actor: Actor,
  losses: Losses,
  after: { cursor: string; cardId: string; no: number } | null,
  limit: number,
): Promise<Doubtful[]> {
  const { workspaceId } = actor;
  const bookNos = (await listOwnBooks(tx, actor)).map((book) => book.book_no);
  const { classes, losses: shares, ofWork } = ageingClasses(losses);
  const { rows } = await sql<Doubtful>`
    select * from (
      select f.card_id, f.no, f.kind, f.value, f.class, f.seen_at, s.signs, l.likely, l.likely::text as cursor
      from unnest(${classes}::smallint[], ${shares}::double precision[]) k(class, loss)
      join cards.card_field f on f.workspace_id = ${workspaceId} and f.class = k.class
      join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id
      left join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = f.contact_point_id
      cross join lateral (select array_remove(array[
        case when p.health in ('failing', 'dead') then p.health end,
        case when f.class = any(${ofWork}::smallint[]) and exists (
          select from cards.card_change h where h.workspace_id = ${workspaceId} and h.card_id = f.card_id
            and 'organization' = any(h.fields) and h.at > f.seen_at) then 'moved' end], null) as signs) s
      cross join lateral (select case when 'dead' = any(s.signs) then 0 else power(1 - k.loss,
        greatest(extract(epoch from now() - f.seen_at), 0) / 31557600
          * case when 'moved' = any(s.signs) then 4 when 'failing' = any(s.signs) then 3 else 1 end) end as likely) l
      where f.book_no = any(${bookNos}) and c.exposure < 2 and c.ended_at is null and f.value <> '{}'
        and l.likely < ${doubtful}) v
    where ${after === null} or (v.likely, v.card_id, v.no) > (${after?.cursor ?? '0'}::double precision, ${after?.cardId ?? null}::uuid, ${after?.no ?? 0})
    order by v.likely, v.card_id, v.no limit ${limit}`.execute(tx);
  return rows;
}

/**
 * Says of values on a card of the actor's that they are right as they stand, or takes that back. History keeps it; devices and sources
 * notice nothing, since nothing they hold changed.
 *
 * @throws AppError not_found when the card is not the actor's, or says nothing there
 */
export async function confirmFields(
  editing: Editing,
  cardId: string,
  nos: readonly number[],
  confirm: boolean,
): Promise<void> {
  const { tx, actor } = editing;
  const { workspaceId } = actor;
  const { rows: fields } = await sql<{ no: number; kind: string; book_no: number; exposure: number; seen_at: Date }>`
    select f.no, f.kind, c.book_no, c.exposure, f.seen_at from cards.card c
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.no = any(${nos}) and f.value <> '{}'
    where c.workspace_id = ${workspaceId} and c.card_id = ${cardId} and c.exposure < 2 and delegation.reach_of(c.book_no) < 0
    order by f.no for update of c`.execute(tx);
  if (fields.length < new Set(nos).size) throw notFound();
  const [{ book_no, exposure }] = fields as [(typeof fields)[0]];
  // Of several values the one seen last is chosen, in the list too.
  await announce(editing, [cardId]);
  if (!confirm) {
    await sql`
      update cards.card_field f set seen_at = (e.said->>'seenAt')::timestamptz
      from (select x.said, h.at from (
          select before, at from cards.card_change where workspace_id = ${workspaceId} and card_id = ${cardId} and kind = 'confirmed'
          order by change_no desc limit 1) h, jsonb_array_elements(h.before->'confirmed') x(said)) e
      where f.workspace_id = ${workspaceId} and f.card_id = ${cardId} and f.no = any(${nos}) and f.no = (e.said->>'no')::int and f.seen_at = e.at`.execute(
      tx,
    );
    return;
  }
  await sql`update cards.card_field set seen_at = now()
    where workspace_id = ${workspaceId} and card_id = ${cardId} and no = any(${nos})`.execute(tx);
  await tx
    .insertInto('cards.card_change')
    .values({
      workspace_id: workspaceId,
      card_id: cardId,
      change_id: newId(),
      change_no: await takeChangeNo(tx, workspaceId, book_no),
      book_no,
      exposure,
      kind: 'confirmed',
      member_id: actor.memberId,
      fields: [...new Set(fields.map((field) => field.kind))],
      before: JSON.stringify({ confirmed: fields.map(({ no, seen_at }) => ({ no, seenAt: seen_at.toISOString() })) }),
    })
    .execute();
}

/**
 * Counts anew what each workspace lost: values that a source or a member took away or replaced, and addresses that died, against the years
 * for which values stood. Figures of all cards, of nobody in particular.
 */
export async function measureDecay(app: App): Promise<void> {
  const { classes } = ageingClasses();
  await app.db.asSystem('keeper', (tx) =>
    // No workspace: each of them.
    sql`
      with stood as (
        select f.workspace_id, f.class, c.book_no, case when p.health = 'dead' then 1 else 0 end as lost,
          extract(epoch from coalesce(p.health_since, now()) - c.created_at) / 31557600 as years
        from cards.card_field f
        join cards.card c on c.workspace_id = f.workspace_id and c.card_id = f.card_id and c.exposure < 2
        left join cards.contact_point p on p.workspace_id = f.workspace_id and p.contact_point_id = f.contact_point_id and p.health = 'dead'
        where f.class = any(${classes}::smallint[]) and f.value <> '{}'
      ), gone as (
        select h.workspace_id, (b.field->>'class')::smallint as class, c.book_no, 1 as lost,
          extract(epoch from h.at - c.created_at) / 31557600 as years
        from cards.card_change h
        join cards.card c on c.workspace_id = h.workspace_id and c.card_id = h.card_id and c.exposure < 2
        cross join lateral jsonb_array_elements(h.before->'fields') b(field)
        where h.kind in ('edited', 'updated_by_import') and (b.field->>'class')::int = any(${classes}::int[])
          and b.field->>'kind' = any(h.fields) and b.field->'value' <> '{}'
          and not exists (select from cards.card_field f where f.workspace_id = h.workspace_id and f.card_id = h.card_id
            and f.kind = b.field->>'kind' and f.value = b.field->'value')
      )
      insert into cards.decay (workspace_id, class, lost, years, holders)
      select v.workspace_id, v.class, sum(v.lost), greatest(sum(v.years), 0), count(distinct coalesce(k.holder_id, k.book_id))
      from (select * from stood union all select * from gone) v
      join delegation.book k on k.workspace_id = v.workspace_id and k.book_no = v.book_no
      group by 1, 2
      on conflict on constraint decay_pk do update set lost = excluded.lost, years = excluded.years, holders = excluded.holders,
        counted_at = now()`.execute(tx),
  );
}
