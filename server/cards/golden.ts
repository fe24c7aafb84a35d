import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { compose, type EntryContent, entryOf } from './compose.ts';
import { findPersonCards, loadCards, toVisible } from './queries.ts';

/** Golden values of a person or organisation, and through which books, and what of them, they were made. */
export type Golden = Pick<
  EntryContent,
  'kind' | 'name' | 'organization' | 'title' | 'email' | 'phone' | 'city' | 'cardCount' | 'seenAt' | 'sourceIds'
> & { personId: string; bookNos: number[]; bookMasks: number[] };

/** The audiences that a transaction reads for. */
export async function listAudiences(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ ids: string[] }>`
    select string_to_array(current_setting('app.audiences'), ',') as ids`.execute(tx);
  return rows[0]!.ids;
}

/** Whom the viewer's list shows by the rows of one audience, by id: a page of them after an id. */
export async function listShown(
  tx: Tx,
  { workspaceId }: Actor,
  audienceId: string,
  after: string,
  limit: number,
): Promise<{ personId: string; clusterId: string }[]> {
  const { rows } = await sql<{ personId: string; clusterId: string }>`
    select e.person_id as "personId", e.cluster_id as "clusterId" from cards.entry e
    where e.workspace_id = ${workspaceId} and e.audience_id = ${audienceId} and e.person_id > ${after}
      and not exists (select from cards.entry_cover c where c.workspace_id = ${workspaceId}
        and strpos(current_setting('app.audiences', true), c.audience_id::text) > 0
        and c.covered_audience_id = e.audience_id and c.covered_person_id = e.person_id)
    order by e.person_id limit ${limit}`.execute(tx);
  return rows;
}

/** Those of the clusters of which this transaction reaches a card. */
export async function clustersReached(
  tx: Tx,
  { workspaceId }: Actor,
  clusterIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ cluster_id: string }>`
    select distinct cluster_id from cards.card where workspace_id = ${workspaceId} and cluster_id = any(${clusterIds}::uuid[])`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.cluster_id));
}

/** Those of them whose line is made of nothing but what this transaction reaches: in one entered to take along, of what may be. */
export async function readWhole(
  tx: Tx,
  { workspaceId }: Actor,
  audienceId: string,
  personIds: readonly string[],
): Promise<Golden[]> {
  const { rows } = await sql<Golden>`
    select person_id as "personId", kind, name, organization, title, email, phone, city, card_count as "cardCount", seen_at as "seenAt",
      source_ids as "sourceIds", book_nos as "bookNos", book_masks as "bookMasks"
    from cards.entry
    where workspace_id = ${workspaceId} and audience_id = ${audienceId} and person_id = any(${personIds}::uuid[])`.execute(
    tx,
  );
  return rows;
}

/** The cards of persons that the viewer reads. */
export async function cardsOfEach(
  tx: Tx,
  actor: Actor,
  personIds: readonly string[],
): Promise<{ personId: string; cardIds: string[] }[]> {
  const found: { personId: string; cardIds: string[] }[] = [];
  for (const personId of personIds) {
    const person = await findPersonCards(tx, actor, personId);
    if (person) found.push({ personId, cardIds: person.cardIds });
  }
  return found;
}

/** Composes persons from those of their cards, and that of them, which this transaction reaches; who has none is left out. */
export async function composeReached(
  tx: Tx,
  actor: Actor,
  persons: readonly { personId: string; cardIds: string[] }[],
): Promise<Golden[]> {
  const cards = await loadCards(
    tx,
    actor,
    persons.flatMap(({ cardIds }) => cardIds),
  );
  const byId = new Map(cards.map((card) => [card.card_id, card]));
  const { rows } = await sql<{ no: number; mask: number }>`
    select no, delegation.reach_of(no) as mask from unnest(${[...new Set(cards.map((card) => card.book_no))]}::int[]) no`.execute(
    tx,
  );
  const masks = new Map(rows.map(({ no, mask }) => [no, mask]));
  return persons.flatMap(({ personId, cardIds }) => {
    const own = cardIds.flatMap((cardId) => byId.get(cardId) ?? []).map(toVisible);
    if (own.length === 0) return [];
    const entry = entryOf(own, compose(own));
    return [{ ...entry, personId, bookMasks: entry.bookNos.map((no) => masks.get(no)!) }];
  });
}

/** The cards of which the lines of these persons were made, as far as this transaction reaches them. */
export async function cardsOfWhole(
  tx: Tx,
  { workspaceId }: Actor,
  audienceId: string,
  personIds: readonly string[],
): Promise<{ personId: string; cardIds: string[] }[]> {
  const { rows } = await sql<{ personId: string; cardIds: string[] }>`
    select e.person_id as "personId", array_agg(c.card_id) as "cardIds" from cards.entry e
    join cards.card c on c.workspace_id = ${workspaceId} and c.cluster_id = e.cluster_id and c.card_id = any(e.subject_ids)
    where e.workspace_id = ${workspaceId} and e.audience_id = ${audienceId} and e.person_id = any(${personIds}::uuid[])
    group by e.person_id`.execute(tx);
  return rows;
}

/** On what hangs what is said of these persons: their cards, and the contact points on them, as far as this transaction reaches each. */
export async function subjectsReached(
  tx: Tx,
  { workspaceId }: Actor,
  persons: readonly { personId: string; cardIds: readonly string[] }[],
): Promise<{ personId: string; subjectId: string }[]> {
  const pairs = persons.flatMap(({ personId, cardIds }) => cardIds.map((cardId) => ({ personId, cardId })));
  const { rows } = await sql<{ personId: string; subjectId: string }>`
    with n as (select * from unnest(${pairs.map((one) => one.personId)}::uuid[], ${pairs.map((one) => one.cardId)}::uuid[]) n (person_id, card_id))
    select n.person_id as "personId", c.card_id as "subjectId" from n
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = n.card_id
    union
    select n.person_id, f.contact_point_id from n
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = n.card_id
    where f.contact_point_id is not null and f.value <> '{}'`.execute(tx);
  return rows;
}
