import { sql } from 'kysely';
import type { UsedCard } from '../delegation/ledger.ts';
import { enterFacts } from '../facts/index.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { ChosenEvent, EventName } from './contract.ts';

// What of an event is open to whom it is told, as the grantee and for taking along. Of what they do not see there is no row.

/** What is told of one delivery. */
export interface Seen {
  data: Record<string, unknown>;
  /** Of which contacts it tells. */
  cardIds: string[];
  /** By what it can be narrowed, besides the books of its contacts. */
  about: (string | null)[];
}

interface Asked {
  actor: Actor;
  deliveryIds: readonly string[];
}
type Look = (tx: Tx, asked: Asked) => Promise<Map<string, Seen>>;

/** The deliveries `d` that are asked for: their times are those of the transactions that said what happened. */
const asked = ({ actor, deliveryIds }: Asked) => sql`(select * from distribution.delivery
  where workspace_id = ${actor.workspaceId} and delivery_id = any(${deliveryIds}::uuid[])) d`;

const added: Look = async (tx, which) => {
  const { workspaceId } = which.actor;
  const { rows } = await sql<{ id: string; card_id: string }>`
    select d.delivery_id as id, c.card_id from ${asked(which)}
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = d.subject_id and c.exposure < 2`.execute(tx);
  return new Map(
    rows.map(({ id, card_id }) => [id, { data: { personId: card_id }, cardIds: [card_id], about: [] }] as const),
  );
};

const changed: Look = async (tx, which) => {
  const { workspaceId } = which.actor;
  const { rows } = await sql<{ id: string; card_id: string; fields: string[] }>`
    select d.delivery_id as id, c.card_id, array_agg(distinct k order by k) filter (where k is not null) as fields
    from ${asked(which)}
    join cards.card_change c on c.workspace_id = ${workspaceId} and c.card_id = d.subject_id and c.at = d.happened_at and c.kind <> 'confirmed'
    join cards.card r on r.workspace_id = ${workspaceId} and r.card_id = c.card_id and r.exposure < 2
    left join lateral unnest(c.fields) k on exists (select from cards.card_field f
        where f.workspace_id = ${workspaceId} and f.card_id = c.card_id and f.kind = k and f.value <> '{}')
      -- What is not there any more was open to them.
      or exists (select from jsonb_array_elements(coalesce(c.before->'fields', '[]')) f where f->>'kind' = k
        and get_bit(nullif(current_setting('app.reach_' || (c.book_no >> 6), true), '')::bytea, ((c.book_no & 63) << 5) | (f->>'class')::int) = 1)
    group by d.delivery_id, c.card_id having bool_or(k is not null or cardinality(c.fields) = 0)`.execute(tx);
  return new Map(
    rows.map(({ id, card_id, fields }) => [
      id,
      { data: { personId: card_id, fields: fields ?? [] }, cardIds: [card_id], about: [] },
    ]),
  );
};

const consent: Look = async (tx, which) => {
  const { workspaceId } = which.actor;
  const { rows } = await sql<{
    id: string;
    point: string;
    channel: string;
    consent: string;
    purposes: string[] | null;
    card_ids: string[];
  }>`
    select d.delivery_id as id, p.contact_point_id as point, p.channel, p.consent, p.consent_purposes as purposes,
      array_agg(distinct c.card_id order by c.card_id) as card_ids
    from ${asked(which)}
    join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = d.subject_id
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.contact_point_id = p.contact_point_id and f.value <> '{}'
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.exposure < 2
    group by 1, 2, 3, 4, 5`.execute(tx);
  return new Map(
    rows.map(({ id, point, channel, consent: said, purposes, card_ids }) => [
      id,
      {
        data: { contactPointId: point, channel, personIds: card_ids, consent: said, purposes },
        cardIds: card_ids,
        about: [],
      },
    ]),
  );
};

const fact: Look = async (tx, which) => {
  const { workspaceId } = which.actor;
  await enterFacts(tx);
  const { rows } = await sql<{ id: string; fact_id: string; kind: string; at: Date; card_ids: string[] }>`
    select d.delivery_id as id, f.fact_id, k.key as kind, f.at, array_agg(distinct c.card_id order by c.card_id) as card_ids
    from ${asked(which)}
    join facts.fact f on f.workspace_id = ${workspaceId} and f.fact_id = d.subject_id and f.source_no > 0
    join facts.kind k on k.workspace_id = ${workspaceId} and k.kind_no = f.kind_no
    join lateral (
      select r.card_id from cards.card r where r.workspace_id = ${workspaceId} and r.card_id = f.subject_id and r.exposure < 2
      union
      select r.card_id from cards.card_field v join cards.card r on r.workspace_id = ${workspaceId} and r.card_id = v.card_id and r.exposure < 2
      where v.workspace_id = ${workspaceId} and v.contact_point_id = f.subject_id and v.value <> '{}') c on true
    group by 1, 2, 3, 4`.execute(tx);
  return new Map(
    rows.map(({ id, fact_id, kind, at, card_ids }) => [
      id,
      {
        data: { factId: fact_id, kind, at: at.toISOString(), personIds: card_ids },
        cardIds: card_ids,
        about: [kind],
      },
    ]),
  );
};

const movement: Look = async (tx, which) => {
  const { workspaceId } = which.actor;
  const { rows } = await sql<{ id: string; segment_id: string; person_id: string }>`
    select d.delivery_id as id, m.segment_id, m.person_id from ${asked(which)}
    join segments.movement m on m.workspace_id = ${workspaceId} and m.at = d.happened_at and m.movement_id = d.subject_id
    join segments.segment s on s.workspace_id = ${workspaceId} and s.segment_id = m.segment_id and s.ended_at is null
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = m.person_id and c.exposure < 2`.execute(tx);
  return new Map(
    rows.map(({ id, segment_id, person_id }) => [
      id,
      { data: { segmentId: segment_id, personId: person_id }, cardIds: [person_id], about: [segment_id] },
    ]),
  );
};

const move: Look = async (tx, which) => {
  const { workspaceId } = which.actor;
  const { rows } = await sql<{ id: string; of: string; kind: string; from_stage: string; to_stage: string | null }>`
    select distinct on (d.delivery_id) d.delivery_id as id, m.opportunity_id as of, m.kind, m.from_stage, m.to_stage
    from ${asked(which)}
    join opportunities.move m on m.workspace_id = ${workspaceId} and m.opportunity_id = d.subject_id and m.at = d.happened_at
    join opportunities.opportunity o on o.workspace_id = ${workspaceId} and o.opportunity_id = m.opportunity_id and o.removed_at is null
    order by d.delivery_id, m.move_id desc`.execute(tx);
  return new Map(
    rows.map(({ id, of, kind, from_stage, to_stage }) => [
      id,
      {
        data: { opportunityId: of, change: kind, fromStageId: from_stage, toStageId: to_stage },
        cardIds: [],
        about: [to_stage],
      },
    ]),
  );
};

const looks: Record<ChosenEvent, Look> = {
  'person.added': added,
  'person.changed': changed,
  'consent.changed': consent,
  'fact.recorded': fact,
  'segment.entered': movement,
  'segment.left': movement,
  'opportunity.moved': move,
};

/** What the actor sees of these deliveries, all of one event. */
export const look = (tx: Tx, event: Exclude<EventName, 'person.withdrawn' | 'test.ping'>, which: Asked) =>
  looks[event](tx, which);

/** The cards that are told of, for the ledger: what the maker of an endpoint holds themself is told to nobody. */
export async function findUsed(
  tx: Tx,
  { workspaceId }: Actor,
  makerId: string,
  cardIds: readonly string[],
): Promise<UsedCard[]> {
  const { rows } = await sql<UsedCard>`
    select c.card_id, c.book_no, b.book_id, coalesce(strpos(current_setting('app.own_books', true), b.book_id::text) > 0
        or b.holder_id = ${makerId} or exists (select from delegation.steward s
          where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${makerId}), false) as mine
    from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[])`.execute(tx);
  return rows;
}
