import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId, sha256 } from '../kernel/ids.ts';
import { type Field, identityOf, isTaken } from './fields.ts';

export interface NewOffer {
  card_id: string;
  book_no: number;
  /** With an empty value: what stands in `replaced` is to go. */
  field: Field;
  /** The value that it is offered instead of; until it is accepted. */
  replaced: Record<string, unknown> | null;
}

/** Offers values to the holders of cards; what waits there already, or was ignored, is not offered again. @returns their ids */
export async function addOffers(tx: Tx, actor: Actor, offers: readonly NewOffer[]): Promise<string[]> {
  const rows = offers.map(({ card_id, book_no, field, replaced }) => ({
    workspace_id: actor.workspaceId,
    offer_id: newId(),
    card_id,
    book_no,
    exposure: 0,
    author_id: actor.memberId,
    kind: field.kind,
    value: JSON.stringify(field.value),
    value_hash: sha256(
      isTaken(field) ? `without ${identityOf({ kind: field.kind, value: replaced! })}` : identityOf(field),
    ),
    replaced: replaced && JSON.stringify(replaced),
  }));
  if (rows.length > 0)
    await tx
      .insertInto('cards.offer')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  return rows.map((row) => row.offer_id);
}

export interface OfferRow {
  offer_id: string;
  card_id: string;
  book_no: number;
  author_id: string;
  author: string;
  kind: string;
  value: Record<string, unknown>;
  state: string;
  field_no: number | null;
  replaced: Record<string, unknown> | null;
  created_at: Date;
}

/** Which offers: those of these cards, these themselves, or all of the actor's cards. */
interface OfferFilter {
  cardIds?: readonly string[] | undefined;
  offerIds?: readonly string[] | undefined;
}

function readOffers(tx: Tx, actor: Actor, condition: ReturnType<typeof sql>, limit: number) {
  const { workspaceId } = actor;
  return sql<OfferRow>`
    select o.offer_id, o.card_id, o.book_no, o.author_id, coalesce(m.name, '') as author, o.kind, o.value, o.state, o.field_no,
      o.replaced, o.created_at
    from cards.offer o
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = o.author_id
    where o.workspace_id = ${workspaceId} and ${condition}
    order by o.offer_id limit ${limit}`
    .execute(tx)
    .then(({ rows }) => rows);
}

/** What waits for the actor as a holder, oldest first; row security shows no others. */
export function listWaiting(
  tx: Tx,
  actor: Actor,
  { cardIds, offerIds }: OfferFilter,
  after: string | null,
  limit: number,
) {
  return readOffers(
    tx,
    actor,
    sql`o.state = 'waiting' and ${cardIds ? sql`o.card_id = any(${cardIds})` : sql`true`}
      and ${offerIds ? sql`o.offer_id = any(${offerIds})` : sql`true`}
      and ${after ? sql`o.offer_id > ${after}` : sql`true`}`,
    limit,
  );
}

export async function findOffer(tx: Tx, actor: Actor, offerId: string): Promise<OfferRow | undefined> {
  return (await readOffers(tx, actor, sql`o.offer_id = ${offerId}`, 1))[0];
}

interface Decision {
  state: 'waiting' | 'accepted' | 'ignored';
  field_no: number | null;
  replaced: Record<string, unknown> | null;
}

/** @returns false when it is not in that state any more */
export async function decideOffer(
  tx: Tx,
  actor: Actor,
  offerId: string,
  from: string,
  { state, field_no, replaced }: Decision,
): Promise<boolean> {
  const done = await tx
    .updateTable('cards.offer')
    .set({
      state,
      field_no,
      replaced: replaced && JSON.stringify(replaced),
      decided_at: state === 'waiting' ? null : new Date(),
    })
    .where('workspace_id', '=', actor.workspaceId)
    .where('offer_id', '=', offerId)
    .where('state', '=', from)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** From now on what this member offers for the book is written at once, in the actor's name. */
export async function addTrust(tx: Tx, actor: Actor, bookId: string, memberId: string): Promise<void> {
  await tx
    .insertInto('cards.trust')
    .values({ workspace_id: actor.workspaceId, book_id: bookId, member_id: memberId, said_by: actor.memberId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** @returns false when there was none */
export async function endTrust(tx: Tx, actor: Actor, bookId: string, memberId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('cards.trust')
    .where('workspace_id', '=', actor.workspaceId)
    .where('book_id', '=', bookId)
    .where('member_id', '=', memberId)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** From whom the actor accepts always, for which of their books. */
export async function listTrusted(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('cards.trust as t')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 't.member_id').on('m.workspace_id', '=', actor.workspaceId),
    )
    .innerJoin('delegation.book as b', (join) =>
      join.onRef('b.book_id', '=', 't.book_id').on('b.workspace_id', '=', actor.workspaceId),
    )
    .select(['t.book_id', 'b.name as book', 't.member_id', 'm.name as member'])
    .where('t.workspace_id', '=', actor.workspaceId)
    .orderBy('b.name')
    .orderBy('m.name')
    .execute();
}

/** Offers that wait, with who accepts them always, as the keeper. */
export async function findMade(tx: Tx, workspaceId: string, offerIds: readonly string[]) {
  const { rows } = await sql<{
    offer_id: string;
    card_id: string;
    book_no: number;
    author_id: string;
    said_by: string | null;
  }>`
    select o.offer_id, o.card_id, o.book_no, o.author_id, t.said_by from cards.offer o
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = o.book_no
    left join cards.trust t on t.workspace_id = ${workspaceId} and t.book_id = b.book_id and t.member_id = o.author_id
    where o.workspace_id = ${workspaceId} and o.offer_id = any(${offerIds}) and o.state = 'waiting'
    order by o.offer_id`.execute(tx);
  return rows;
}

/** An offer that was accepted and still is, as the keeper: whom to tell, about which card. */
export async function findAccepted(tx: Tx, workspaceId: string, offerId: string) {
  return tx
    .selectFrom('cards.offer')
    .select(['card_id', 'author_id'])
    .where('workspace_id', '=', workspaceId)
    .where('offer_id', '=', offerId)
    .where('state', '=', 'accepted')
    .executeTakeFirst();
}
