import { type RawBuilder, sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { stir } from '../kernel/stirring.ts';

export { loadPersons } from './staff.ts';

/** That somebody belongs to a group, as a member says. */
export interface MembershipRow {
  membership_id: string;
  group_id: string;
  card_id: string;
  author_id: string;
  author: string;
  shared: boolean;
  role: string;
  /** Days of the calendar; null: not said. */
  since: string | null;
  until: string | null;
}

/** What a member says of somebody's belonging. */
export type Belonging = Pick<MembershipRow, 'shared' | 'role' | 'since' | 'until'>;

/** The card that a membership hangs on. */
type On = { card_id: string; book_no: number; exposure: number };

/** Of a membership `s` with its author `m`. */
const columns = sql`s.membership_id, s.group_id, s.card_id, s.author_id, coalesce(m.name, '') as author, s.shared, s.role, s.since, s.until`;

/** So many memberships of the groups that one asks for are looked at. */
const looked = 20_000;

/** Who belongs to these groups by somebody's word, as far as the viewer sees it. */
export async function listMemberships(tx: Tx, actor: Actor, groupIds: readonly string[]): Promise<MembershipRow[]> {
  if (groupIds.length === 0) return [];
  const { workspaceId } = actor;
  const { rows } = await sql<MembershipRow>`
    select ${columns} from cards.membership s
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.author_id
    where s.workspace_id = ${workspaceId} and s.group_id = any(${groupIds}) and s.ended_at is null
    order by s.created_at, s.membership_id limit ${looked}`.execute(tx);
  return rows;
}

/** To which groups the person of these cards belongs by somebody's word, as far as the viewer sees it. */
export async function listMembershipsOf(tx: Tx, actor: Actor, cardIds: readonly string[]): Promise<MembershipRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<MembershipRow>`
    select ${columns} from cards.membership s
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.author_id
    where s.workspace_id = ${workspaceId} and s.card_id = any(${cardIds}) and s.ended_at is null
    order by s.created_at, s.membership_id`.execute(tx);
  return rows;
}

/** Rows per insert, below PostgreSQL's 65,535 parameters. */
const rowsPerInsert = 3000;

/**
 * Says of these cards that they belong to a group. What the actor says of one of them already stays as it is.
 *
 * @param batchId with which all of them can be taken back at once
 * @returns the cards of which it was not said before
 */
export async function addMemberships(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  groupId: string,
  batchId: string,
  cards: readonly On[],
  { shared, role, since, until }: Belonging,
): Promise<Set<string>> {
  const added = new Set<string>();
  for (let at = 0; at < cards.length; at += rowsPerInsert) {
    const rows = await tx
      .insertInto('cards.membership')
      .values(
        cards.slice(at, at + rowsPerInsert).map(({ card_id, book_no, exposure }) => ({
          ...{ workspace_id: workspaceId, membership_id: newId(), group_id: groupId, batch_id: batchId },
          ...{ card_id, book_no, exposure, author_id: memberId, shared, role, since, until },
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('card_id')
      .execute();
    for (const { card_id } of rows) added.add(card_id);
  }
  await stir(tx, workspaceId, 'group', added);
  return added;
}

/** What the actor says of one belonging, its row held; undefined where no such word of theirs stands. */
export async function holdMembership(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  membershipId: string,
): Promise<{ group_id: string; card_id: string; shared: boolean } | undefined> {
  const { rows } = await sql<{ group_id: string; card_id: string; shared: boolean }>`
    select group_id, card_id, shared from cards.membership
    where workspace_id = ${workspaceId} and membership_id = ${membershipId} and author_id = ${memberId} and ended_at is null
    for update`.execute(tx);
  return rows[0];
}

/** Changes what the actor says. @param on the card as it lies now: what a member keeps to themselves its holder cannot bring along */
export async function changeMembership(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  membershipId: string,
  on: On,
  { shared, role, since, until }: Belonging,
): Promise<void> {
  await sql`update cards.membership set book_no = ${on.book_no}, exposure = ${on.exposure}, shared = ${shared}, role = ${role},
      since = ${since}, until = ${until}
    where workspace_id = ${workspaceId} and membership_id = ${membershipId} and author_id = ${memberId}`.execute(tx);
  await stir(tx, workspaceId, 'group', [on.card_id]);
}

/** The actor says it no more. @returns false where no such word of theirs stands */
export async function endMembership(tx: Tx, actor: Actor, membershipId: string): Promise<boolean> {
  return (await endThose(tx, actor, sql`membership_id = ${membershipId}`)) > 0;
}

/** The actor takes back what they put in at once. @returns how many that was */
export const endBatch = (tx: Tx, actor: Actor, groupId: string, batchId: string): Promise<number> =>
  endThose(tx, actor, sql`group_id = ${groupId} and batch_id = ${batchId}`);

async function endThose(tx: Tx, { workspaceId, memberId }: Actor, which: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ card_id: string }>`update cards.membership set ended_at = now()
    where workspace_id = ${workspaceId} and ${which} and author_id = ${memberId} and ended_at is null returning card_id`.execute(
    tx,
  );
  await stir(
    tx,
    workspaceId,
    'group',
    rows.map(({ card_id }) => card_id),
  );
  return rows.length;
}

/** For good, with their groups. As the keeper. */
export async function deleteMembershipsOf(tx: Tx, workspaceId: string, groupIds: readonly string[]): Promise<void> {
  await sql`delete from cards.membership where workspace_id = ${workspaceId} and group_id = any(${groupIds})`.execute(
    tx,
  );
}

/** The labels on the persons' cards that the viewer may read, as they are written, with the number of cards. */
export async function listLabels(tx: Tx, actor: Actor): Promise<{ label: string; cards: number }[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ label: string; cards: number }>`
    select f.value->>'value' as label, count(distinct f.card_id)::int as cards from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.kind = 'person'
    where f.workspace_id = ${workspaceId} and f.kind = 'category' and f.value ? 'value' group by 1`.execute(tx);
  return rows;
}

/** The persons' cards with these labels, written exactly so, as far as the viewer sees them. */
export async function findLabelled(
  tx: Tx,
  actor: Actor,
  labels: readonly string[],
): Promise<{ card_id: string; label: string }[]> {
  if (labels.length === 0) return [];
  const { workspaceId } = actor;
  const { rows } = await sql<{ card_id: string; label: string }>`
    select distinct f.card_id, f.value->>'value' as label from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.kind = 'person'
    where f.workspace_id = ${workspaceId} and f.kind = 'category' and f.value->>'value' = any(${labels})
    limit ${looked}`.execute(tx);
  return rows;
}

/** The labels on these cards, as far as the viewer may read them. */
export async function listLabelsOn(tx: Tx, actor: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ label: string }>`
    select distinct value->>'value' as label from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and kind = 'category' and value ? 'value'`.execute(
    tx,
  );
  return rows.map(({ label }) => label);
}

/** The cards that ids of persons stand for; those merged away lead on. Ids of nobody that the viewer sees are left out. */
export async function findCardsOf(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
): Promise<Map<string, { cardId: string; kind: string }>> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ person_id: string; card_id: string; kind: string }>`
    select n.person_id, c.card_id, c.kind
    from unnest(${personIds}::uuid[]) n(person_id)
    left join cards.person_redirect r on r.workspace_id = ${workspaceId} and r.person_id = n.person_id
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id in (n.person_id, r.card_id)
    order by c.card_id = n.person_id`.execute(tx);
  return new Map(rows.map(({ person_id, card_id, kind }) => [person_id, { cardId: card_id, kind }]));
}

/** The persons' cards with these e-mail addresses, as far as the viewer sees them. */
export async function findCardsAt(
  tx: Tx,
  actor: Actor,
  contactPointIds: readonly string[],
): Promise<{ card_id: string; contact_point_id: string }[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<{ card_id: string; contact_point_id: string }>`
    select distinct f.card_id, f.contact_point_id from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.kind = 'person'
    where f.workspace_id = ${workspaceId} and f.contact_point_id = any(${contactPointIds})`.execute(tx);
  return rows;
}
