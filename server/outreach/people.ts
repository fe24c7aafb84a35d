import { sql } from 'kysely';
import { joinPersons } from '../cards/persons.ts';
import type { ContactName } from '../formats/contact.ts';
import type { CardAddress } from '../formats/normalise/postal.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { GateRules } from './contract.ts';
import type { Load } from './pressure.ts';
import type { Way } from './ways-contract.ts';

// What the gate asks of many people at once: each a query, however many they are.

/** A card of a person, as the actor sees it. */
export interface HeldCard {
  cardId: string;
  clusterId: string;
  bookNo: number;
  bookId: string;
  mine: boolean;
  createdAt: Date;
}

/** `findPersonCards` of many, with what the gate asks of the cards; of whom the actor sees nothing, there is nothing. */
export async function findPeople(tx: Tx, actor: Actor, personIds: readonly string[]): Promise<Map<string, HeldCard[]>> {
  const { workspaceId } = actor;
  const found = await findTogether(tx, workspaceId, personIds);
  const missing = personIds.filter((id) => !found.has(id));
  if (missing.length === 0) return found;
  const { rows } = await sql<{ person_id: string; card_id: string }>`
    select person_id, card_id from cards.person_redirect
    where workspace_id = ${workspaceId} and person_id = any(${missing}::uuid[])`.execute(tx);
  if (rows.length === 0) return found;
  const now = await findTogether(
    tx,
    workspaceId,
    rows.map((row) => row.card_id),
  );
  for (const { person_id, card_id } of rows) {
    const cards = now.get(card_id);
    if (cards) found.set(person_id, cards);
  }
  return found;
}

async function findTogether(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<Map<string, HeldCard[]>> {
  const { rows: cards } = await sql<HeldCard>`
    select c.card_id as "cardId", c.cluster_id as "clusterId", c.book_no as "bookNo", b.book_id as "bookId", c.created_at as "createdAt",
      strpos(current_setting('app.own_books', true), b.book_id::text) > 0 as mine
    from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and c.cluster_id = any(array(
      select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[])))
    order by c.card_id`.execute(tx);
  const seen = new Map(cards.map((card) => [card.cardId, card]));
  const clusters = Map.groupBy(cards, (card) => card.clusterId);
  const several = [...clusters.values()].filter((of) => of.length > 1).flatMap((of) => of.map(({ cardId }) => cardId));
  // Along visible links: what hidden cards alone would join stays apart.
  const links =
    several.length === 0
      ? []
      : (
          await sql<{ card_a: string; card_b: string }>`
            select card_a, card_b from cards.link
            where workspace_id = ${workspaceId} and card_a = any(${several}::uuid[])`.execute(tx)
        ).rows;
  const personOf = joinPersons(links.map((link) => [link.card_a, link.card_b] as const));
  const persons = Map.groupBy(cards, (card) => personOf(card.cardId));
  return new Map(cardIds.filter((id) => seen.has(id)).map((id) => [id, persons.get(personOf(id))!]));
}

/** A book of which the actor sees cards, or that is theirs. */
export interface ReachedBook {
  bookId: string;
  bookNo: number;
  mine: boolean;
}

export async function listReachedBooks(tx: Tx, workspaceId: string): Promise<ReachedBook[]> {
  const { rows } = await sql<ReachedBook>`
    select book_id as "bookId", book_no as "bookNo", strpos(current_setting('app.own_books', true), book_id::text) > 0 as mine
    from delegation.book where workspace_id = ${workspaceId}`.execute(tx);
  return rows;
}

/** Whether something goes to a field by a way: a mail address, a number that may be a mobile one, or an address to which a letter can go. */
export function isReached(way: Way, { kind, normalised, mobile, pointId }: HeldField): boolean {
  if (way === 'letter') return kind === 'address' && pointId !== null;
  return normalised !== null && (way === 'email' ? kind === 'email' : kind === 'phone' && mobile);
}

/** A field by which one is reached, or that says where one is or works. */
export interface HeldField {
  cardId: string;
  /** Its place on the card. */
  no: number;
  kind: string;
  class: number;
  copied: boolean;
  pointId: string | null;
  /** The address, or the number as E.164; of a postal one its words. */
  normalised: string | null;
  /** Of a number: it may be a mobile one. */
  mobile: boolean;
  country: string | null;
}

/** What stands on cards, as far as the actor may read it. */
export async function findHeldFields(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<HeldField[]> {
  const { rows } = await sql<HeldField>`
    select card_id as "cardId", no, kind, class, copied, contact_point_id as "pointId",
      case kind when 'phone' then value ->> 'e164' when 'address' then coalesce(value ->> 'raw', value ->> 'city', '') else value ->> 'normalised' end as normalised,
      kind = 'phone' and coalesce(value ->> 'type', 'mobile') = 'mobile' as mobile,
      case kind when 'address' then coalesce(value ->> 'countryCode', value ->> 'country') end as country
    from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[])
      and (contact_point_id is not null or kind = 'address' or (kind = 'organization' and value <> '{}'))
    order by card_id, no`.execute(tx);
  return rows;
}

/** What is known of a contact point, whoever asks. */
export interface PointFacts {
  id: string;
  consent: 'unknown' | 'given' | 'objected';
  agreedTo: string[] | null;
  health: 'unknown' | 'good' | 'failing' | 'dead';
  objectedTo: string[];
  suppressed: boolean;
  complainedAt: Date | null;
  profile: string | null;
}

export async function findPointFacts(
  tx: Tx,
  workspaceId: string,
  pointIds: readonly string[],
): Promise<Map<string, PointFacts>> {
  const { rows } = await sql<PointFacts>`
    select p.contact_point_id as id, p.consent, p.consent_purposes as "agreedTo", p.health,
      array(select o.purpose from outreach.objection o
        where o.workspace_id = ${workspaceId} and o.contact_point_id = p.contact_point_id) as "objectedTo",
      exists (select from outreach.suppression s
        where s.workspace_id = ${workspaceId} and s.contact_point_id = p.contact_point_id) as suppressed,
      c.at as "complainedAt", k.profile
    from cards.contact_point p
    left join outreach.complaint c on c.workspace_id = ${workspaceId} and c.contact_point_id = p.contact_point_id
    left join outreach.profile_of k on k.workspace_id = ${workspaceId} and k.contact_point_id = p.contact_point_id
    where p.workspace_id = ${workspaceId} and p.contact_point_id = any(${pointIds}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** What the workspace is to the gate: its country, from whom its mail comes (null: it has none), which channels it has, its rules where it has some. */
export async function findGround(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{
    country: string;
    sender: string | null;
    roads: Exclude<Way, 'email' | 'letter'>[];
    rules: GateRules | null;
  }>`
    select w.country, s.sender_address as sender, r.rules, array(
      select distinct case c.kind when 'whatsapp' then 'whatsapp' else 'sms' end from conversations.channel c
      where c.workspace_id = ${workspaceId} and c.owner_id is null and c.state = 'working' and c.kind in ('sms_ovh', 'sms_twilio', 'whatsapp')) as roads
    from identity.workspace w
    left join outreach.mail_setup s on s.workspace_id = ${workspaceId}
    left join outreach.rules r on r.workspace_id = ${workspaceId}
    where w.workspace_id = ${workspaceId}`.execute(tx);
  return rows[0]!;
}

/** By which ways something can leave this workspace; letters are posted by its members. */
export async function findOpenWays(tx: Tx, workspaceId: string): Promise<Set<Way>> {
  const { sender, roads } = await findGround(tx, workspaceId);
  return new Set<Way>([...(sender === null ? [] : ['email' as const]), ...roads, 'letter']);
}

/** What the whole company knows of contact points and cards: yes or no (`outreach.know`, which no row of others leaves). */
export interface Known {
  ever: boolean;
  lately: boolean;
  customer: boolean;
  waits: boolean;
}

/** @param months 0: however long ago */
export async function findKnown(tx: Tx, subjectIds: readonly string[], months: number): Promise<Map<string, Known>> {
  const { rows } = await sql<Known & { subject_id: string }>`
    select subject_id, ever, lately, customer, waits from outreach.know(${subjectIds}::uuid[], ${months || 1200})`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.subject_id, row]));
}

/**
 * Waits until nobody else takes a place of who bears these contact points: of two who write to somebody at once, the second sees what the first took.
 * Held until the transaction ends; in one order, so that two who write to many do not wait in a circle.
 */
export async function lockTurns(tx: Tx, workspaceId: string, pointIds: readonly string[]): Promise<void> {
  const sorted = [...new Set(pointIds)].sort();
  const lock = async () => {
    const { rows } = await sql<{ id: string }>`
      select contact_point_id as id from outreach.turn
      where workspace_id = ${workspaceId} and contact_point_id = any(${sorted}::uuid[]) order by contact_point_id for update`.execute(
      tx,
    );
    return new Set(rows.map(({ id }) => id));
  };
  if (sorted.length === 0) return;
  const held = await lock();
  const missing = sorted.filter((id) => !held.has(id));
  if (missing.length === 0) return;
  await tx
    .insertInto('outreach.turn')
    .values(missing.map((id) => ({ workspace_id: workspaceId, contact_point_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await lock();
}

/** What weighs on contact points between two instants: received, to be received, planned. */
export async function findLoads(
  tx: Tx,
  workspaceId: string,
  pointIds: readonly string[],
  since: Date,
  until: Date,
): Promise<Map<string, Load[]>> {
  const { rows } = await sql<Load & { point: string }>`
    select contact_point_id as point, case when has_left then 'left' else 'queued' end as state, message_id as id, at, channel, weight, priority
    from outreach.received
    where workspace_id = ${workspaceId} and contact_point_id = any(${pointIds}::uuid[]) and at > ${since} and weight > 0
    union all
    select contact_point_id, 'planned', plan_id, planned_at, channel, weight, priority from outreach.plan
    where workspace_id = ${workspaceId} and contact_point_id = any(${pointIds}::uuid[]) and planned_at > ${since} and planned_at < ${until}
      and weight > 0`.execute(tx);
  return Map.groupBy(rows, (row) => row.point);
}

/** How many left for a domain in an hour or from a mailbox in a day, and when that ends. */
export interface Flow {
  id: string;
  beginsAt: Date;
}
const keyOfFlow = (id: string, beginsAt: Date): string => `${id} ${beginsAt.getTime()}`;

/** @returns what a flow has counted so far */
export async function readFlows(tx: Tx, workspaceId: string, flows: readonly Flow[]): Promise<(flow: Flow) => number> {
  if (flows.length === 0) return () => 0;
  const { rows } = await sql<{ id: string; beginsAt: Date; count: number }>`
    select flow_id as id, begins_at as "beginsAt", count from outreach.flow
    where workspace_id = ${workspaceId} and (flow_id, begins_at) in (
      select * from unnest(${flows.map(({ id }) => id)}::uuid[], ${flows.map(({ beginsAt }) => beginsAt)}::timestamptz[]))`.execute(
    tx,
  );
  const counts = new Map(rows.map((row) => [keyOfFlow(row.id, row.beginsAt), row.count]));
  return ({ id, beginsAt }) => counts.get(keyOfFlow(id, beginsAt)) ?? 0;
}

/** Takes the next places in a flow. @returns how many were taken before */
export async function takePlacesIn(
  tx: Tx,
  workspaceId: string,
  { id, beginsAt }: Flow,
  places: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    insert into outreach.flow as f (workspace_id, flow_id, begins_at, count) values (${workspaceId}, ${id}, ${beginsAt}, ${places})
    on conflict on constraint flow_pk do update set count = f.count + excluded.count returning count`.execute(tx);
  return rows[0]!.count - places;
}

/** To whom, and where, a letter to a contact point goes. */
export interface PostalPlace {
  pointId: string;
  name: ContactName | null;
  organization: string | null;
  address: CardAddress;
}

/** What the cards that the actor sees say of postal contact points: one of each, own cards' first. */
export async function findPostalPlaces(
  tx: Tx,
  { workspaceId }: Actor,
  pointIds: readonly string[],
): Promise<Map<string, PostalPlace>> {
  const { rows } = await sql<PostalPlace>`
    select distinct on (f.contact_point_id) f.contact_point_id as "pointId", f.value as address,
      (select n.value from cards.card_field n where n.workspace_id = ${workspaceId} and n.card_id = f.card_id and n.kind = 'name' and n.value <> '{}'
        order by n.no limit 1) as name,
      (select o.value ->> 'name' from cards.card_field o where o.workspace_id = ${workspaceId} and o.card_id = f.card_id and o.kind = 'organization'
        and o.value <> '{}' order by o.no limit 1) as organization
    from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where f.workspace_id = ${workspaceId} and f.contact_point_id = any(${pointIds}::uuid[]) and f.kind = 'address'
    order by f.contact_point_id, strpos(current_setting('app.own_books', true), b.book_id::text) > 0 desc, f.card_id, f.no`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.pointId, row]));
}
