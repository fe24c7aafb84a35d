import { type Insertable, sql } from 'kysely';
import { announce } from '../kernel/announce.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { hashedId, newId } from '../kernel/ids.ts';
import type { UseKind } from './contract.ts';
import { findHolders } from './queries.ts';

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

/** Told once an hour, however often it happens. */
const hourly = new Set<UseKind>(['opened', 'compared']);
/** Postgres takes 65,535 parameters a statement. */
const rowsAtOnce = 1000;

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
  const bookIds = [...new Set(lent.map((card) => card.book_id))];
  const grants = details.grants ?? (await findGrantsFor(tx, actor, kind, bookIds));
  const now = new Date();
  const occasion = details.together ?? now.toISOString().slice(0, 10);
  const uses = lent.map((card) => ({
    workspace_id: actor.workspaceId,
    use_id: newId(),
    happening_id: hashedId([actor.workspaceId, card.book_no, actor.memberId, kind, occasion].join(' ')),
    book_no: card.book_no,
    card_id: card.card_id,
    user_id: actor.memberId,
    kind,
    purpose: details.purpose ?? null,
    channel: details.channel ?? null,
    grant_id: grants.get(card.book_id)?.grant_id ?? null,
    grant_version: grants.get(card.book_id)?.version ?? null,
    at: now,
    hour: Math.floor(now.getTime() / 3_600_000),
  }));
  const written: { happening_id: string; book_no: number }[] = [];
  for (let from = 0; from < uses.length; from += rowsAtOnce)
    written.push(...(await addUses(tx, uses.slice(from, from + rowsAtOnce), hourly.has(kind))));
  if (written.length === 0) return;
  await countHappenings(tx, actor, kind, now, written);
  const bookNos = [...new Set(written.map((use) => use.book_no))];
  await announce(tx, actor.workspaceId, await findHolders(tx, actor.workspaceId, bookNos), 'feed');
}

async function addUses(tx: Tx, uses: Insertable<DB['delegation.use']>[], once: boolean) {
  const insert = tx.insertInto('delegation.use').values(uses);
  return (once ? insert.onConflict((conflict) => conflict.doNothing()) : insert)
    .returning(['happening_id', 'book_no'])
    .execute();
}

/** The grant that opens each book to the actor for this: the one made most nearly to them; by book. */
export async function findGrantsFor(tx: Tx, actor: Actor, kind: UseKind, bookIds: readonly string[]) {
  const { rows } = await sql<{ book_id: string; grant_id: string; version: number }>`
    select distinct on (book_id) book_id, grant_id, version from delegation.grant
    where workspace_id = ${actor.workspaceId} and book_id = any(${bookIds})
      and strpos(current_setting('app.audiences', true), grantee_id::text) > 0
      and ${opening(kind)} and starts_at <= now() and (ends_at is null or ends_at > now())
    order by book_id, array_position(array['app', 'member', 'process', 'team', 'workspace'], grantee_kind), created_at`.execute(
    tx,
  );
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
  if (kind === 'exported') return sql`exports`;
  if (kind === 'introduced' || kind === 'passed_on') return sql`'discover' = any(acts)`;
  return kind === 'contacted' || kind === 'invited' ? sql`('contact' = any(acts) and not ask_first)` : sql`reads`;
}

async function countHappenings(
  tx: Tx,
  actor: Actor,
  kind: UseKind,
  at: Date,
  uses: readonly { happening_id: string; book_no: number }[],
): Promise<void> {
  // In one order, so that two transactions of one member do not wait for each other in a circle.
  const groups = [...Map.groupBy(uses, (use) => use.happening_id)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [happeningId, group] of groups) {
    await sql`
      insert into delegation.happening as h (workspace_id, happening_id, book_no, user_id, kind, count, at)
      values (${actor.workspaceId}, ${happeningId}, ${group[0]!.book_no}, ${actor.memberId}, ${kind}, ${group.length}, ${at})
      on conflict on constraint happening_pk do update set count = h.count + excluded.count, at = excluded.at`.execute(
      tx,
    );
  }
}
