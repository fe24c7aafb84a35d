import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { stir } from '../kernel/stirring.ts';

/** The card that a part hangs on, and in which book it lies. */
type On = { card_id: string; book_no: number; exposure: number };

/** An opportunity, with who sees it. */
export interface OpportunityRef {
  opportunity_id: string;
  owner_id: string;
  audience_id: string;
}

export interface ParticipantRow {
  card_id: string;
  cluster_id: string;
  roles: string[];
  author_id: string;
  author: string;
}

/** Who has a part in an opportunity, as far as the viewer may read their cards: in the order in which they came. */
export async function listParticipants(tx: Tx, actor: Actor, opportunityId: string): Promise<ParticipantRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<ParticipantRow>`
    select p.card_id, c.cluster_id, p.roles, p.author_id, coalesce(m.name, '') as author
    from cards.participant p
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = p.card_id
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = p.author_id
    where p.workspace_id = ${workspaceId} and p.opportunity_id = ${opportunityId}
    order by p.added_at, p.card_id`.execute(tx);
  return rows;
}

/**
 * Says that the person of a card has a part in an opportunity, or says anew which.
 *
 * @throws AppError conflict when somebody adds the same at this moment whose row the actor does not see
 */
export async function setParticipant(
  tx: Tx,
  actor: Actor,
  to: OpportunityRef,
  on: On,
  roles: readonly string[],
): Promise<void> {
  const changed = await sql`update cards.participant set roles = ${roles}
    where workspace_id = ${actor.workspaceId} and opportunity_id = ${to.opportunity_id} and card_id = ${on.card_id}`.execute(
    tx,
  );
  if (changed.numAffectedRows === 1n) return stir(tx, actor.workspaceId, 'opportunity', [on.card_id]);
  await addParticipants(tx, actor, [{ ...to, ...on, roles }]).catch((error: { code?: string }) => {
    throw error.code === '23505' ? new AppError('conflict') : error;
  });
}

/** Writes parts that are not there yet, many at once. */
export async function addParticipants(
  tx: Tx,
  actor: Actor,
  parts: readonly (OpportunityRef & On & { roles: readonly string[] })[],
): Promise<void> {
  const perInsert = 2000;
  for (let at = 0; at < parts.length; at += perInsert)
    await tx
      .insertInto('cards.participant')
      .values(
        parts
          .slice(at, at + perInsert)
          .map(({ opportunity_id, owner_id, audience_id, card_id, book_no, exposure, roles }) => ({
            workspace_id: actor.workspaceId,
            ...{ opportunity_id, owner_id, audience_id, card_id, book_no, exposure },
            roles: [...roles],
            author_id: actor.memberId,
          })),
      )
      .execute();
  await stir(
    tx,
    actor.workspaceId,
    'opportunity',
    parts.map(({ card_id }) => card_id),
  );
}

/** @returns false where none of these cards has a part in it that the actor sees */
export async function removeParticipants(
  tx: Tx,
  actor: Actor,
  opportunityId: string,
  cardIds: readonly string[],
): Promise<boolean> {
  const done = await sql`delete from cards.participant
    where workspace_id = ${actor.workspaceId} and opportunity_id = ${opportunityId} and card_id = any(${cardIds})`.execute(
    tx,
  );
  await stir(tx, actor.workspaceId, 'opportunity', cardIds);
  return (done.numAffectedRows ?? 0n) > 0n;
}

/** What is said of persons in an opportunity follows it to another owner or audience. As the keeper. */
export async function setOpportunityAudience(tx: Tx, workspaceId: string, to: OpportunityRef): Promise<void> {
  await sql`update cards.participant set owner_id = ${to.owner_id}, audience_id = ${to.audience_id}
    where workspace_id = ${workspaceId} and opportunity_id = ${to.opportunity_id}`.execute(tx);
  await sql`update cards.viewpoint set opportunity_owner_id = ${to.owner_id}, opportunity_audience_id = ${to.audience_id}
    where workspace_id = ${workspaceId} and opportunity_id = ${to.opportunity_id}`.execute(tx);
}

/** The opportunity of this id, if the viewer sees it; row security shows no others. */
export async function findOpportunityRef(
  tx: Tx,
  { workspaceId }: Actor,
  opportunityId: string,
): Promise<OpportunityRef | undefined> {
  const { rows } = await sql<OpportunityRef>`
    select opportunity_id, owner_id, audience_id from opportunities.opportunity
    where workspace_id = ${workspaceId} and opportunity_id = ${opportunityId} and removed_at is null`.execute(tx);
  return rows[0];
}
