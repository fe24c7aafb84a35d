import { sql } from 'kysely';
import { listOverseers } from '../identity/queries.ts';
import { announcing } from '../kernel/announce.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { hashedId, newId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs.ts';
import type { UseKind } from './contract.ts';
import { holdersOf } from './queries.ts';

/** A card that somebody used, as `loadCards` gives it. */
export interface UsedCard {
  card_id: string;
  book_no: number;
  book_id: string;
  /** The one who uses it holds it: nobody has to be told. */
  mine: boolean;
}

/** What a use is, besides who did what to whom. */
export interface UseDetails {
  /** What was done in one go (an export) and is told so; otherwise what happens in one day is told together. */
  together?: string;
  purpose?: string;
  channel?: string;
  /** By book, where the grants are known already; otherwise they are looked for. */
  grants?: ReadonlyMap<string, { grant_id: string; version: number }>;
}

/** Of others' contacts that somebody takes along in a day: from here on who oversees is told. */
export const many = 200;

/** Told once an hour, however often it happens. */
const hourly = new Set<UseKind>(['opened', 'compared', 'wrote']);

/**
 * Writes down what the actor does with cards that others lend, in the transaction that does it, so that their holders hear of
 * it (domain.md, rule 4). One line for each card: no holder learns of another.
 */
export async function recordUses(
  tx: Tx,
  actor: Actor,
  kind: UseKind,
  cards: readonly UsedCard[],
  details: UseDetails = {},
): Promise<void> {
  const lent = cards.filter((card) => !card.mine);
  if (lent.length === 0) return;
  const at = new Date();
  const occasion = details.together ?? at.toISOString().slice(0, 10);
  const happeningOf = (bookNo: number) =>
    hashedId([actor.workspaceId, bookNo, actor.memberId, kind, occasion].join(' '));
  await sql`
    with opened as (${details.grants ? listed(details.grants) : openingGrants(actor, kind, [...new Set(lent.map((card) => card.book_id))])}),
    used as (
      insert into delegation.use (workspace_id, use_id, happening_id, book_no, card_id, user_id, kind, purpose, channel, grant_id,
        grant_version, at, hour)
      select ${actor.workspaceId}, n.use_id, n.happening_id, n.book_no, n.card_id, ${actor.memberId}, ${kind}, ${details.purpose ?? null},
        ${details.channel ?? null}, o.grant_id, o.version, ${at}, ${Math.floor(at.getTime() / 3_600_000)}
      from unnest(${lent.map(() => newId())}::uuid[], ${lent.map((card) => happeningOf(card.book_no))}::uuid[],
        ${lent.map((card) => card.book_no)}::int[], ${lent.map((card) => card.card_id)}::uuid[], ${lent.map((card) => card.book_id)}::uuid[])
        as n (use_id, happening_id, book_no, card_id, book_id)
      left join opened o on o.book_id = n.book_id
      ${hourly.has(kind) ? sql`on conflict do nothing` : sql``}
      returning happening_id, book_no),
    told as (
      insert into delegation.happening as h (workspace_id, happening_id, book_no, user_id, kind, count, at)
      select ${actor.workspaceId}, happening_id, book_no, ${actor.memberId}, ${kind}, count(*), ${at} from used
      -- In one order, so that two transactions of one member do not wait for each other in a circle.
      group by happening_id, book_no order by happening_id
      on conflict on constraint happening_pk do update set count = h.count + excluded.count, at = excluded.at
      returning book_no)
    ${announcing(actor.workspaceId, holdersOf(actor.workspaceId, sql`any(select book_no from told)`), 'feed')}`.execute(
    tx,
  );
  if (kind === 'exported') await tellOfMany(tx, actor, at);
}

/** Tells overseers, once a day, that somebody takes many contacts of others along. */
async function tellOfMany(tx: Tx, { workspaceId, memberId }: Actor, at: Date): Promise<void> {
  const day = at.toISOString().slice(0, 10);
  const { rows } = await sql<{ taken: number }>`select coalesce(sum(count), 0)::int as taken from delegation.happening
    where workspace_id = ${workspaceId} and user_id = ${memberId} and kind = 'exported' and at >= ${day}::timestamptz`.execute(
    tx,
  );
  if (rows[0]!.taken < many) return;
  const memberIds = await listOverseers(tx, workspaceId);
  const told = { kind: 'many_exported', memberIds, subjectId: memberId, actorId: memberId, occasion: day };
  await enqueue(tx, { workspaceId, task: 'notices.tell', payload: told });
}

/**
 * Writes down that so many contacts of each book left together, as rows that something keeps up to date (BI): counted by book and day, without a
 * line for each contact. As the keeper; what the user holds is not told.
 */
export async function recordTaken(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  kind: UseKind,
  taker: string,
  byBook: ReadonlyMap<number, number>,
): Promise<void> {
  if (byBook.size === 0) return;
  const at = new Date();
  const books = [...byBook.keys()];
  const occasion = `${taker} ${at.toISOString().slice(0, 10)}`;
  const ids = books.map((no) => hashedId([workspaceId, no, memberId, kind, occasion].join(' ')));
  await sql`
    with told as (
      insert into delegation.happening as h (workspace_id, happening_id, book_no, user_id, kind, count, at)
      select ${workspaceId}, n.id, n.book_no, ${memberId}, ${kind}, n.count, ${at}
      from unnest(${ids}::uuid[], ${books}::int[], ${[...byBook.values()]}::int[]) n (id, book_no, count)
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = n.book_no and b.holder_id is distinct from ${memberId}
        and not exists (select from delegation.steward s
          where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${memberId})
      order by n.id
      on conflict on constraint happening_pk do update set count = h.count + excluded.count, at = excluded.at
      returning book_no)
    ${announcing(workspaceId, holdersOf(workspaceId, sql`any(select book_no from told)`), 'feed')}`.execute(tx);
}

const listed = (grants: NonNullable<UseDetails['grants']>) => {
  const all = [...grants];
  return sql`select * from unnest(${all.map(([bookId]) => bookId)}::uuid[], ${all.map(([, grant]) => grant.grant_id)}::uuid[],
    ${all.map(([, grant]) => grant.version)}::int[]) as o (book_id, grant_id, version)`;
};

/** The grant that opens each book to the actor for this: the one made most nearly to them. */
const openingGrants = (actor: Actor, kind: UseKind, bookIds: readonly string[]) =>
  sql<{ book_id: string; grant_id: string; version: number }>`
    select distinct on (book_id) book_id, grant_id, version from delegation.grant
    where workspace_id = ${actor.workspaceId} and book_id = any(${bookIds}::uuid[])
      and strpos(current_setting('app.audiences', true), grantee_id::text) > 0
      and ${opening(kind)} and starts_at <= now() and (ends_at is null or ends_at > now())
    order by book_id, array_position(array['app', 'member', 'process', 'team', 'workspace'], grantee_kind), created_at`;

/** `openingGrants`, by book. */
export async function findGrantsFor(tx: Tx, actor: Actor, kind: UseKind, bookIds: readonly string[]) {
  const { rows } = await openingGrants(actor, kind, bookIds).execute(tx);
  return new Map(rows.map((row) => [row.book_id, row]));
}

/** Those of the books whose cards the actor may enrich. */
export async function findEnrichable(tx: Tx, actor: Actor, bookIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ book_id: string }>`
    select distinct book_id from delegation.grant
    where workspace_id = ${actor.workspaceId} and book_id = any(${bookIds})
      and strpos(current_setting('app.audiences', true), grantee_id::text) > 0
      and reads and 'enrich' = any(acts) and starts_at <= now() and (ends_at is null or ends_at > now())`.execute(tx);
  return new Set(rows.map((row) => row.book_id));
}

function opening(kind: UseKind) {
  if (kind === 'exported' || kind === 'sent_out') return sql`exports`;
  if (kind === 'introduced' || kind === 'passed_on') return sql`'discover' = any(acts)`;
  return kind === 'contacted' || kind === 'invited' ? sql`('contact' = any(acts) and not ask_first)` : sql`reads`;
}
