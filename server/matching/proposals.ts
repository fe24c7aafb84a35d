import { sql } from 'kysely';
import { joinPersons } from '../cards/persons.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { groupOf, type Judgement, judge, offeredFrom, type StoredReason } from './rules.ts';

export interface ProposalFilter {
  kind?: string | undefined;
  mine: boolean;
  group?: string | undefined;
}

export interface Position {
  /** Pairs of which the viewer may read everything come first, then pairs of books that hide something from them. */
  hidden: boolean;
  /** As the viewer may know it: the order must not tell what is hidden. */
  probability: number;
  a: string;
  b: string;
}

/** Where reading goes on among the stored rows; known here only, because the stored probability counts what is hidden, too. */
type Row = Omit<Position, 'hidden'>;

interface ProposalRow {
  card_a: string;
  card_b: string;
  kind: 'person' | 'organization';
  probability: number;
  prior: number;
  reasons: StoredReason[];
  reach_a: number;
  reach_b: number;
  cluster_a: string;
  cluster_b: string;
  /** The viewer answered already: put it off, or said that the two are not the same. */
  answered: boolean;
}

/** A pair offered to a viewer, with what they may know of it. */
export interface Offer extends Judgement {
  a: string;
  b: string;
  kind: 'person' | 'organization';
  group: string;
  at: Position;
}

/** The reach of a reader from whom no field class is hidden; a holder's is negative. See delegation.reach_of. */
const everyClass = 0x7fffffff;
const chunk = 200;
/** So many rows are looked at; who has decided on the likeliest finds the others. */
const furthest = 5000;

/**
 * Pairs of cards that the viewer may both see and decide about (see `addVerdicts`), best first; the cards are asked too, because
 * policies of pairs follow them. Pairs that were put off or decided come too, marked: they have stood for their persons.
 *
 * @param hidden pairs with a book of which the viewer may not read every field class, or all others
 */
async function readChunk(
  tx: Tx,
  actor: Actor,
  { kind, mine }: ProposalFilter,
  hidden: boolean,
  after: Row | null,
): Promise<ProposalRow[]> {
  // A bound that the index can seek: without it each further chunk was read from the start (1,000 offers: 1.6 s).
  const behind = after
    ? sql`and p.probability <= ${after.probability}
        and (p.probability < ${after.probability} or (p.card_a, p.card_b) > (${after.a}::uuid, ${after.b}::uuid))`
    : sql``;
  const { rows } = await sql<ProposalRow>`
    select p.card_a, p.card_b, p.kind, p.probability, p.prior, p.reasons, a.cluster_id as cluster_a, b.cluster_id as cluster_b,
      delegation.reach_of(a.book_no) as reach_a, delegation.reach_of(b.book_no) as reach_b,
      exists (select from matching.postponed l where l.workspace_id = ${actor.workspaceId}
        and l.member_id = ${actor.memberId} and l.card_a = p.card_a and l.card_b = p.card_b and l.until > now())
      or exists (select from matching.verdict v where v.workspace_id = ${actor.workspaceId}
        and v.card_a = p.card_a and v.card_b = p.card_b and v.withdrawn_at is null) as answered
    from matching.proposal p
    -- Card by card, in the order of the index: joined freely, all cards were read for each chunk (30 ms become 250).
    cross join lateral (select c.book_no, c.cluster_id from cards.card c
      where c.workspace_id = ${actor.workspaceId} and c.card_id = p.card_a limit 1) a
    cross join lateral (select c.book_no, c.cluster_id from cards.card c
      where c.workspace_id = ${actor.workspaceId} and c.card_id = p.card_b limit 1) b
    where p.workspace_id = ${actor.workspaceId} and (${kind ?? null}::text is null or p.kind = ${kind ?? null})
      and (delegation.reach_of(a.book_no) < 0 or delegation.reach_of(b.book_no) < 0 or not ${mine}
        and (select k.holder_id from delegation.book k where k.workspace_id = ${actor.workspaceId} and k.book_no = a.book_no)
          is distinct from
          (select k.holder_id from delegation.book k where k.workspace_id = ${actor.workspaceId} and k.book_no = b.book_no))
      and (delegation.reach_of(a.book_no) between 0 and ${everyClass - 1}
        or delegation.reach_of(b.book_no) between 0 and ${everyClass - 1}) = ${hidden}
      and ${hidden ? sql`p.offered is not null and cards.is_told(a.book_no, p.asks_a, b.book_no, p.asks_b, p.offered)` : sql`p.to_all`}
      ${behind}
    order by p.probability desc, p.card_a, p.card_b limit ${chunk}`.execute(tx);
  return rows;
}

/** The persons of pairs as the viewer sees them: along the links whose cards they see both, and no others. */
async function loadPersons(tx: Tx, actor: Actor, rows: readonly ProposalRow[]): Promise<(cardId: string) => string> {
  const clusters = [...new Set(rows.flatMap((row) => [row.cluster_a, row.cluster_b]))];
  const found = await sql<{ card_a: string; card_b: string }>`
    select l.card_a, l.card_b from cards.card c
    join cards.link l on l.workspace_id = ${actor.workspaceId} and l.card_a = c.card_id
    join cards.card o on o.workspace_id = ${actor.workspaceId} and o.card_id = l.card_b
    where c.workspace_id = ${actor.workspaceId} and c.cluster_id = any(${clusters})`.execute(tx);
  return joinPersons(found.rows.map((row) => [row.card_a, row.card_b] as const));
}

/**
 * What waits for the viewer: pairs that may be one as far as they can see, one pair for two persons of theirs. Each page is read from the
 * start, because which pair stands for two persons is known from those before it.
 *
 * @param limit at most so many; `next` says where the next page begins
 */
export async function listOffers(
  tx: Tx,
  actor: Actor,
  filter: ProposalFilter,
  after: Position | null,
  limit: number,
): Promise<{ offers: Offer[]; next: Position | null }> {
  const offers: Offer[] = [];
  for await (const offer of walkOffers(tx, actor, filter)) {
    if (after && !isBehind(offer.at, after)) continue;
    if (offers.length === limit) return { offers, next: offers.at(-1)!.at };
    offers.push(offer);
  }
  return { offers, next: null };
}

/** All offers in their order. Where nothing is hidden the stored order is theirs, and what is not asked for is not read. */
async function* walkOffers(tx: Tx, actor: Actor, filter: ProposalFilter): AsyncGenerator<Offer> {
  const persons = new Set<string>();
  const asked = ({ offer, two, answered }: Found): boolean => {
    if (persons.has(two)) return false;
    persons.add(two);
    return !answered && (filter.group === undefined || offer.group === filter.group);
  };
  for await (const found of readOffers(tx, actor, filter, false)) if (asked(found)) yield found.offer;
  const others: Found[] = [];
  for await (const found of readOffers(tx, actor, filter, true)) others.push(found);
  // Which pair stands for its two persons must not tell the stored order, either.
  for (const found of others.sort((one, other) => (isBehind(one.offer.at, other.offer.at) ? 1 : -1)))
    if (asked(found)) yield found.offer;
}

interface Found {
  offer: Offer;
  /** The two persons. */
  two: string;
  answered: boolean;
}

/** Pairs of two persons that are likely enough as far as the viewer can see, in the stored order. */
async function* readOffers(tx: Tx, actor: Actor, filter: ProposalFilter, hidden: boolean): AsyncGenerator<Found> {
  let at: Row | null = null;
  for (let looked = 0; looked < furthest; looked += chunk) {
    const rows: ProposalRow[] = await readChunk(tx, actor, filter, hidden, at);
    const personOf = await loadPersons(tx, actor, rows);
    for (const row of rows) {
      const offer = offerOf(row, hidden);
      at = { probability: row.probability, a: row.card_a, b: row.card_b };
      // What is likely enough was kept; how much of that rests on what the viewer may not read is asked here.
      if (hidden && offer.probability < offeredFrom) continue;
      const [one, other] = [personOf(row.card_a), personOf(row.card_b)].sort();
      if (one !== other) yield { offer, two: `${one} ${other}`, answered: row.answered };
    }
    if (rows.length < chunk) return;
  }
}

function isBehind(one: Position, other: Position): boolean {
  if (one.hidden !== other.hidden) return one.hidden;
  if (one.probability !== other.probability) return one.probability < other.probability;
  return `${one.a} ${one.b}` > `${other.a} ${other.b}`;
}

function offerOf(row: ProposalRow, hidden: boolean): Offer {
  const { card_a: a, card_b: b, kind, prior, reasons } = row;
  const judgement = judge(prior, reasons, row.probability, { a: row.reach_a, b: row.reach_b });
  return {
    ...judgement,
    a,
    b,
    kind,
    group: groupOf(judgement.reasons),
    at: { hidden, probability: judgement.probability, a, b },
  };
}

/** Does not ask about pairs again before a time. */
export async function postpone(
  tx: Tx,
  actor: Actor,
  pairs: readonly { a: string; b: string }[],
  until: Date,
): Promise<void> {
  await tx
    .insertInto('matching.postponed')
    .values(
      pairs.map(({ a, b }) => ({
        workspace_id: actor.workspaceId,
        member_id: actor.memberId,
        card_a: a,
        card_b: b,
        until,
      })),
    )
    .onConflict((conflict) => conflict.constraint('postponed_pk').doUpdateSet({ until }))
    .execute();
}

/** Asks about pairs again that this member had put off. */
export async function recall(tx: Tx, actor: Actor, pairs: readonly { a: string; b: string }[]): Promise<void> {
  await sql`
    delete from matching.postponed where workspace_id = ${actor.workspaceId} and member_id = ${actor.memberId}
      and (card_a, card_b) in (select * from unnest(
        ${pairs.map(({ a }) => a)}::uuid[], ${pairs.map(({ b }) => b)}::uuid[]))`.execute(tx);
}

/** Forgets what was put off and may be asked again, and what was put off about cards that are no more. Over all workspaces. */
export async function purgePostponed(app: App): Promise<void> {
  await app.db.asSystem('keeper', (tx) =>
    // No workspace: each of them.
    sql`delete from matching.postponed p where p.until < now() or not exists (
        select from cards.card c where c.workspace_id = p.workspace_id and c.card_id = p.card_a) or not exists (
        select from cards.card c where c.workspace_id = p.workspace_id and c.card_id = p.card_b)`.execute(tx),
  );
}

/** What the viewer reaches in the books of two cards; undefined when one of them does not exist for them. */
export async function findReached(tx: Tx, actor: Actor, a: string, b: string) {
  const { rows } = await sql<{ card_id: string; reach: number }>`
    select card_id, delegation.reach_of(book_no) as reach from cards.card
    where workspace_id = ${actor.workspaceId} and card_id = any(${[a, b]})`.execute(tx);
  const reach = new Map(rows.map((row) => [row.card_id, row.reach]));
  return reach.size < 2 ? undefined : { a: reach.get(a)!, b: reach.get(b)! };
}
