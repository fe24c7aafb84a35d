import { sql } from 'kysely';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { parsePhone } from '../formats/normalise/phone.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { joinPersons } from './queries.ts';
import { contactPointId } from './writing.ts';

/** The contact point of an address or number as somebody wrote it; null where it is none. */
export function pointOf(
  { secrets }: Pick<App, 'secrets'>,
  workspaceId: string,
  country: string,
  { email, phone }: { email?: string | undefined; phone?: string | undefined },
): string | null {
  const address = email === undefined ? undefined : normaliseEmail(email);
  if (address) return contactPointId(secrets, workspaceId, { channel: 'email', address });
  const e164 = phone === undefined ? undefined : parsePhone(phone, country).e164;
  return e164 ? contactPointId(secrets, workspaceId, { channel: 'phone', address: e164 }) : null;
}

/** Contact point → the cards that show it to the viewer, the oldest first. */
export async function findCardsByPoints(
  tx: Tx,
  workspaceId: string,
  pointIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await tx
    .selectFrom('cards.card_field')
    .select(['contact_point_id', 'card_id'])
    .distinct()
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`contact_point_id = any(${pointIds})`)
    .where(sql<boolean>`value <> '{}'`)
    .orderBy('card_id')
    .execute();
  const groups = Map.groupBy(rows, (row) => row.contact_point_id!);
  return new Map([...groups].map(([pointId, group]) => [pointId, group.map((row) => row.card_id)]));
}

/** Contact point → the persons that have it, each as their cards that the viewer sees, the oldest first; several where they share it. */
export async function findPersonsByPoints(
  tx: Tx,
  { workspaceId }: Actor,
  pointIds: readonly string[],
): Promise<Map<string, string[][]>> {
  const byPoint = await findCardsByPoints(tx, workspaceId, pointIds);
  const found = [...new Set([...byPoint.values()].flat())];
  if (found.length === 0) return new Map();
  const { rows } = await sql<{ card_id: string; links: string[] }>`
    select c.card_id, coalesce((select array_agg(l.card_b) from cards.link l
      where l.workspace_id = ${workspaceId} and l.card_a = c.card_id), '{}') as links
    from cards.card c where c.workspace_id = ${workspaceId} and c.cluster_id in (select o.cluster_id from cards.card o
      where o.workspace_id = ${workspaceId} and o.card_id = any(${found}))
    order by c.card_id`.execute(tx);
  const visible = new Set(rows.map((row) => row.card_id));
  const personOf = joinPersons(
    rows.flatMap((row) => row.links.flatMap((to) => (visible.has(to) ? [[row.card_id, to] as const] : []))),
  );
  const persons = Map.groupBy([...visible], personOf);
  return new Map(
    [...byPoint].map(([pointId, cardIds]) => [
      pointId,
      [...new Set(cardIds.map(personOf))].map((person) => persons.get(person)!),
    ]),
  );
}

export interface NewFact {
  factId: string;
  cardId: string;
  bookNo: number;
  kind: string;
  title: string;
  url: string | null;
  cents: number | null;
  currency: string | null;
  at: string;
}

/** Writes what an app reports, once for each card; what it reported before says what it says now. @returns the cards of new or changed ones */
export async function addFacts(tx: Tx, actor: Actor, facts: readonly NewFact[]): Promise<string[]> {
  if (facts.length === 0) return [];
  const column = <K extends keyof NewFact>(name: K) => facts.map((fact) => fact[name]);
  const { rows } = await sql<{ card_id: string }>`
    insert into cards.fact as f (workspace_id, fact_id, card_id, book_no, exposure, app_id, kind, title, url, amount, currency, at)
    select ${actor.workspaceId}, n.fact_id, n.card_id, n.book_no, 0, ${actor.memberId}, n.kind, n.title, n.url, n.amount, n.currency, n.at
    from unnest(${column('factId')}::uuid[], ${column('cardId')}::uuid[], ${column('bookNo')}::int[], ${column('kind')}::text[],
      ${column('title')}::text[], ${column('url')}::text[], ${column('cents')}::bigint[], ${column('currency')}::text[],
      ${column('at')}::timestamptz[]) n (fact_id, card_id, book_no, kind, title, url, amount, currency, at)
    on conflict on constraint fact_pk do update
    set kind = excluded.kind, title = excluded.title, url = excluded.url, amount = excluded.amount, currency = excluded.currency,
      at = excluded.at
    where (f.kind, f.title, f.url, f.amount, f.currency, f.at)
      is distinct from (excluded.kind, excluded.title, excluded.url, excluded.amount, excluded.currency, excluded.at)
    returning f.card_id`.execute(tx);
  return [...new Set(rows.map((row) => row.card_id))];
}

export interface FactRow {
  fact_id: string;
  kind: string;
  title: string;
  url: string | null;
  amount: number | null;
  currency: string | null;
  at: Date;
  cursor: string;
  app: string;
  mine: boolean;
}

/** What apps say of these cards, as far as the viewer sees them; what is said of several stands once. */
export async function listFacts(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  before: { at: string; id: string } | null,
  limit: number,
): Promise<FactRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<FactRow>`
    select f.fact_id, f.kind, f.title, f.url, f.amount, f.currency, f.at, to_json(f.at) #>> '{}' as cursor,
      coalesce(a.name || ' (' || m.name || ')', '') as app, f.mine
    from (
      select distinct on (f.fact_id) f.*,
        bool_or(strpos(current_setting('app.own_books', true), b.book_id::text) > 0) over (partition by f.fact_id) as mine
      from cards.fact f
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = f.book_no
      where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}) order by f.fact_id, f.card_id) f
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = f.app_id
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.member_id
    where ${before ? sql`(f.at, f.fact_id) < (${before.at}::timestamptz, ${before.id})` : sql`true`}
    order by f.at desc, f.fact_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Deletes a fact from those of the cards that the actor holds. @returns false where none of them carries it */
export async function deleteFact(tx: Tx, actor: Actor, cardIds: readonly string[], factId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('cards.fact')
    .where('workspace_id', '=', actor.workspaceId)
    .where('fact_id', '=', factId)
    .where(sql<boolean>`card_id = any(${cardIds})`)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** Mail addresses on these cards, as the viewer sees them: their own cards' first, each once. */
export async function listMailAddresses(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select f.contact_point_id as id from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}) and f.kind = 'email' and f.contact_point_id is not null
      and f.value ? 'normalised'
    group by f.contact_point_id
    order by bool_or(strpos(current_setting('app.own_books', true), b.book_id::text) > 0) desc, min(f.card_id::text), min(f.no)`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}
