import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { stir } from '../kernel/stirring.ts';
import type { OpportunityRef } from './participants.ts';

/** What a member thinks of somebody. Scales: importance and influence 1 to 5, stance −2 to 2, closeness 0 to 4; null: not said. */
export interface Viewpoint {
  shared: boolean;
  roles: string[];
  importance: number | null;
  influence: number | null;
  stance: number | null;
  closeness: number | null;
  callable: boolean | null;
  note: string;
}

export interface ViewpointRow extends Viewpoint {
  viewpoint_id: string;
  card_id: string;
  author_id: string;
  author: string;
  created_at: Date;
  ended_at: Date | null;
}

/** The card that a viewpoint hangs on. */
type On = { card_id: string; book_no: number; exposure: number };

/** What may be changed without leaving a trace: a slip of the hand. */
const young = sql`now() - interval '10 minutes'`;

/** Of a viewpoint `v` with its author `m`. */
const columns = sql`v.viewpoint_id, v.card_id, v.author_id, coalesce(m.name, '') as author, v.shared, v.roles, v.importance, v.influence,
  v.stance, v.closeness, v.callable, v.note, v.created_at, v.ended_at`;

/** In one opportunity, which the viewer sees; null: in general. */
type In = OpportunityRef | null;

const within = (opportunity: In) =>
  sql`opportunity_id is not distinct from ${opportunity?.opportunity_id ?? null}::uuid`;

/** What members think of the person of these cards, as far as the viewer sees it: of each author the newest. */
export async function listViewpoints(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  opportunity: In,
): Promise<ViewpointRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<ViewpointRow>`
    select ${columns}
    from (select distinct on (author_id) * from cards.viewpoint
      where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and ${within(opportunity)} and ended_at is null
      order by author_id, created_at desc, viewpoint_id) v
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.author_id
    order by v.created_at desc, v.viewpoint_id`.execute(tx);
  return rows;
}

/** What they thought before, the last first. */
export async function listPastViewpoints(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  opportunity: In,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<(ViewpointRow & { cursor: string })[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<ViewpointRow & { cursor: string }>`
    select ${columns}, to_json(v.ended_at) #>> '{}' as cursor
    from cards.viewpoint v
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.author_id
    where v.workspace_id = ${workspaceId} and v.card_id = any(${cardIds}) and ${within(opportunity)} and v.ended_at is not null
      and ${before ? sql`(v.ended_at, v.viewpoint_id) < (${before.at}::timestamptz, ${before.id}::uuid)` : sql`true`}
    order by v.ended_at desc, v.viewpoint_id desc limit ${limit}`.execute(tx);
  return rows;
}

/**
 * Writes the actor's viewpoint on a card in place of the one that stood there, which becomes history unless it is some minutes old only. What is
 * shared no more is taken from the others' sight with all that went before, on whichever of the person's cards it was said.
 *
 * @param cardIds those of the person that the actor sees
 * @param on the one of them that it hangs on
 * @param opportunity that it is about; null: it is general
 * @throws AppError conflict when the same member writes another one at this moment
 */
export async function writeViewpoint(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  on: On,
  opportunity: In,
  viewpoint: Viewpoint,
): Promise<void> {
  const { workspaceId, memberId } = actor;
  const { shared, roles, importance, influence, stance, closeness, callable, note } = viewpoint;
  const own = sql`card_id = ${on.card_id} and author_id = ${memberId} and ${within(opportunity)}`;
  await stir(tx, workspaceId, 'viewpoint', [on.card_id, ...cardIds]);
  if (!shared)
    await sql`update cards.viewpoint set shared = false
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and author_id = ${memberId} and shared and ${within(opportunity)}`.execute(
      tx,
    );
  const changed =
    await sql`update cards.viewpoint set book_no = ${on.book_no}, exposure = ${on.exposure}, shared = ${shared}, roles = ${roles},
      importance = ${importance}, influence = ${influence}, stance = ${stance}, closeness = ${closeness}, callable = ${callable}, note = ${note}
    where workspace_id = ${workspaceId} and ${own} and ended_at is null and created_at > ${young}`.execute(tx);
  if (changed.numAffectedRows === 1n) return;
  await sql`update cards.viewpoint set ended_at = now()
    where workspace_id = ${workspaceId} and ${own} and ended_at is null`.execute(tx);
  await sql`insert into cards.viewpoint (workspace_id, viewpoint_id, card_id, book_no, exposure, author_id, shared, roles, importance, influence,
      stance, closeness, callable, note, opportunity_id, opportunity_owner_id, opportunity_audience_id)
    values (${workspaceId}, ${newId()}, ${on.card_id}, ${on.book_no}, ${on.exposure}, ${memberId}, ${shared}, ${roles}, ${importance},
      ${influence}, ${stance}, ${closeness}, ${callable}, ${note}, ${opportunity?.opportunity_id ?? null}, ${opportunity?.owner_id ?? null},
      ${opportunity?.audience_id ?? null})`
    .execute(tx)
    .catch((error: { constraint?: string }) => {
      throw error.constraint === 'viewpoint_standing_uq' ? new AppError('conflict') : error;
    });
}

/** The actor thinks nothing of the person any more; what they thought stays in the history. @returns false where nothing stood */
export async function endViewpoints(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  opportunity: In,
): Promise<boolean> {
  const done = await sql`update cards.viewpoint set ended_at = now()
    where workspace_id = ${actor.workspaceId} and card_id = any(${cardIds}) and author_id = ${actor.memberId} and ${within(opportunity)}
      and ended_at is null`.execute(tx);
  await stir(tx, actor.workspaceId, 'viewpoint', cardIds);
  return (done.numAffectedRows ?? 0n) > 0n;
}
