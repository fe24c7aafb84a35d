import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { directedKinds, type TieKind } from './tie-contract.ts';

export interface TieRow {
  tie_id: string;
  kind: TieKind;
  card_a: string;
  card_b: string;
  author_id: string;
  author: string;
  declared: boolean;
  shared: boolean;
  /** 0 to 100 when it was last seen. */
  strength: number;
  seen_at: Date;
  note: string;
}

/** The card that an end of a tie hangs on. */
export interface TieEnd {
  card_id: string;
  book_no: number;
  exposure: number;
}

/** What is said to stand between the persons of these cards and others, as far as the viewer sees both: the strongest first. */
export async function listTies(tx: Tx, actor: Actor, cardIds: readonly string[], limit: number): Promise<TieRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<TieRow>`
    select t.tie_id, t.kind, t.card_a, t.card_b, t.author_id, coalesce(m.name, '') as author, t.declared, t.shared, t.strength, t.seen_at, t.note
    from cards.tie t
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = t.author_id
    where t.workspace_id = ${workspaceId} and (t.card_a = any(${cardIds}) or t.card_b = any(${cardIds})) and t.ended_at is null
    order by t.strength desc, t.tie_id limit ${limit}`.execute(tx);
  return rows;
}

/** Ties of these kinds with both ends among the given cards: an organisation's chart, a map. */
export async function listTiesAmong(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  kinds: readonly TieKind[],
): Promise<TieRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<TieRow>`
    select t.tie_id, t.kind, t.card_a, t.card_b, t.author_id, coalesce(m.name, '') as author, t.declared, t.shared, t.strength, t.seen_at, t.note
    from cards.tie t
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = t.author_id
    where t.workspace_id = ${workspaceId} and t.card_a = any(${cardIds}) and t.card_b = any(${cardIds}) and t.kind = any(${kinds})
      and t.ended_at is null
    order by t.created_at, t.tie_id`.execute(tx);
  return rows;
}

/** What a member says of two persons. */
export interface DeclaredTie {
  kind: TieKind;
  /** 0 to 100. */
  strength: number;
  shared: boolean;
  note: string;
}

/**
 * Writes what the actor says of two cards; what they said of the same two and kind before is replaced. Ties without a direction are kept from the
 * lower id to the higher, so that one said from both sides is one.
 *
 * @throws AppError conflict when the same is being said at this moment
 */
export async function declareTie(
  tx: Tx,
  actor: Actor,
  from: TieEnd,
  to: TieEnd,
  { kind, strength, shared, note }: DeclaredTie,
): Promise<string> {
  const { workspaceId, memberId } = actor;
  const [a, b] = directedKinds.has(kind) || from.card_id < to.card_id ? [from, to] : [to, from];
  const tieId = newId();
  await sql`update cards.tie set ended_at = now()
    where workspace_id = ${workspaceId} and card_a = ${a.card_id} and card_b = ${b.card_id} and kind = ${kind}
      and author_id = ${memberId} and declared and ended_at is null`.execute(tx);
  const clusterOf = ({ card_id }: TieEnd) =>
    sql`(select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = ${card_id})`;
  await sql`insert into cards.tie (workspace_id, tie_id, kind, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, cluster_a, cluster_b,
      author_id, declared, shared, strength, note)
    values (${workspaceId}, ${tieId}, ${kind}, ${a.card_id}, ${b.card_id}, ${a.book_no}, ${b.book_no}, ${a.exposure}, ${b.exposure},
      ${clusterOf(a)}, ${clusterOf(b)}, ${memberId}, true, ${shared}, ${strength}, ${note})`
    .execute(tx)
    .catch((error: { constraint?: string }) => {
      throw error.constraint === 'tie_standing_uq' ? new AppError('conflict') : error;
    });
  return tieId;
}

/** The actor says it no more. @returns false where no such tie of theirs stands */
export async function endTie(tx: Tx, { workspaceId, memberId }: Actor, tieId: string): Promise<boolean> {
  const done = await sql`update cards.tie set ended_at = now()
    where workspace_id = ${workspaceId} and tie_id = ${tieId} and author_id = ${memberId} and declared and ended_at is null`.execute(
    tx,
  );
  return (done.numAffectedRows ?? 0n) > 0n;
}

/** Ties follow their cards from one cluster to another. As the keeper. */
export async function moveTies(
  tx: Tx,
  workspaceId: string,
  moves: readonly { cardId: string; clusterId: string }[],
): Promise<void> {
  for (const end of ['a', 'b'])
    await sql`update cards.tie t set ${sql.ref(`cluster_${end}`)} = n.cluster_id
      from unnest(${moves.map((move) => move.cardId)}::uuid[], ${moves.map((move) => move.clusterId)}::uuid[]) n(card_id, cluster_id)
      where t.workspace_id = ${workspaceId} and ${sql.ref(`t.card_${end}`)} = n.card_id`.execute(tx);
}
