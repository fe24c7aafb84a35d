import { type SqlBool, sql } from 'kysely';
import { recordUses } from '../delegation/ledger.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';

export interface Pair {
  a: string;
  b: string;
}

/**
 * Writes what the actor says of pairs of cards. Who lends them hears of it.
 * @returns the verdicts' ids
 * @throws AppError not_found when the actor may not see a card, invalid_input for a card with itself or with one of another kind,
 *   forbidden for two cards of one holder who is somebody else: holders decide about their own cards
 */
export async function addVerdicts(
  tx: Tx,
  actor: Actor,
  pairs: readonly Pair[],
  same: boolean,
  origin: 'decided' | 'split',
): Promise<string[]> {
  const cards = await loadPlaces(tx, actor, pairs);
  const rows = pairs.map(({ a, b }) => {
    const [one, other] = [cards.get(a), cards.get(b)];
    if (!one || !other) throw notFound();
    if (a === b || one.kind !== other.kind) throw new AppError('invalid_input', { fields: { pairs: 'kind' } });
    if (!one.mine && !other.mine && one.holder_id === other.holder_id) throw new AppError('forbidden');
    return {
      workspace_id: actor.workspaceId,
      verdict_id: newId(),
      card_a: a,
      card_b: b,
      book_no_a: one.book_no,
      book_no_b: other.book_no,
      exposure_a: one.exposure,
      exposure_b: other.exposure,
      key_a: one.key,
      key_b: other.key,
      same,
      origin,
      member_id: actor.memberId,
    };
  });
  // Row security asks for the holders too: a rule forgotten here shows in a refusal.
  const bookNos = [...new Set([...cards.values()].map((card) => card.book_no))];
  await sql`select delegation.enter_holders(${actor.workspaceId}, ${bookNos})`.execute(tx);
  for (let at = 0; at < rows.length; at += 1000)
    await tx
      .insertInto('matching.verdict')
      .values(rows.slice(at, at + 1000))
      .execute();
  await recordUses(tx, actor, 'decided', [...cards.values()]);
  return rows.map((row) => row.verdict_id);
}

interface Place {
  card_id: string;
  kind: string;
  book_id: string;
  book_no: number;
  exposure: number;
  key: Buffer;
  /** Null: the workspace holds the book, through its stewards. */
  holder_id: string | null;
  /** The actor holds it, or is a steward of it. */
  mine: boolean;
}

async function loadPlaces(tx: Tx, actor: Actor, pairs: readonly Pair[]) {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const { rows } = await sql<Place>`
    select c.card_id, c.kind, b.book_id, c.book_no, c.exposure, matching.source_hash(c.source_id, c.source_key) as key, b.holder_id,
      delegation.reach_of(c.book_no) < 0 as mine
    from cards.card c
    join delegation.book b on b.workspace_id = ${actor.workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${actor.workspaceId} and c.card_id = any(${ids})`.execute(tx);
  return new Map(rows.map((row) => [row.card_id, row]));
}

/** @throws AppError not_found when the actor may not see one of the cards */
export async function requireVisible(tx: Tx, actor: Actor, pairs: readonly Pair[]): Promise<void> {
  const cards = await loadPlaces(tx, actor, pairs);
  if (pairs.some(({ a, b }) => !cards.has(a) || !cards.has(b))) throw notFound();
}

interface VerdictRow {
  verdict_id: string;
  card_a: string;
  card_b: string;
  same: boolean;
  member_id: string | null;
  member: string | null;
  revocable: boolean;
  at: Date;
  /** `at` in microseconds: a Date holds milliseconds only. */
  cursor: string;
}

export interface VerdictFilter {
  ids?: readonly string[];
  /** Verdicts about any of these cards. */
  cardIds?: readonly string[];
  pair?: Pair;
}

/** Verdicts that stand, about cards that the viewer may both see, newest first. */
export async function listVerdicts(
  tx: Tx,
  actor: Actor,
  { ids, cardIds, pair }: VerdictFilter,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<VerdictRow[]> {
  const only = (condition: unknown, test: ReturnType<typeof sql>) => (condition ? sql<SqlBool>`and ${test}` : sql``);
  const { rows } = await sql<VerdictRow>`
    select v.verdict_id, v.card_a, v.card_b, v.same, v.member_id, m.name as member, v.at, to_json(v.at) #>> '{}' as cursor,
      (v.member_id is not distinct from ${actor.memberId} or delegation.reach_of(v.book_no_a) < 0
        or delegation.reach_of(v.book_no_b) < 0) as revocable
    from matching.verdict v
    join cards.card a on a.workspace_id = ${actor.workspaceId} and a.card_id = v.card_a
    join cards.card b on b.workspace_id = ${actor.workspaceId} and b.card_id = v.card_b
    left join identity.member m on m.workspace_id = ${actor.workspaceId} and m.member_id = v.member_id
    where v.workspace_id = ${actor.workspaceId} and v.withdrawn_at is null
      ${only(ids, sql`v.verdict_id = any(${ids ?? []}::uuid[])`)}
      ${only(cardIds, sql`(v.card_a = any(${cardIds ?? []}::uuid[]) or v.card_b = any(${cardIds ?? []}::uuid[]))`)}
      ${only(pair, sql`v.card_a = ${pair?.a ?? null}::uuid and v.card_b = ${pair?.b ?? null}::uuid`)}
      ${only(before, sql`(v.at, v.verdict_id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid)`)}
    order by v.at desc, v.verdict_id desc limit ${limit}`.execute(tx);
  return rows;
}

/**
 * Takes verdicts back: the actor's own, or others' about cards that the actor holds. What was said before counts again.
 * @returns the cards they were about
 * @throws AppError not_found when one is not there to be taken back by the actor
 */
export async function withdraw(tx: Tx, actor: Actor, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ verdict_id: string; card_a: string; card_b: string }>`
    update matching.verdict set withdrawn_at = now(), withdrawn_by = ${actor.memberId}
    where workspace_id = ${actor.workspaceId} and verdict_id = any(${ids}) and withdrawn_at is null
      and (member_id = ${actor.memberId} or delegation.reach_of(book_no_a) < 0 or delegation.reach_of(book_no_b) < 0)
    returning verdict_id, card_a, card_b`.execute(tx);
  if (rows.length < new Set(ids).size) throw notFound();
  return [...new Set(rows.flatMap((row) => [row.card_a, row.card_b]))];
}
