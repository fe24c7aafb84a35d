import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Event, GuestState } from './contract.ts';
import type { CompanionName, Room } from './rules.ts';

export interface EventRow {
  event_id: string;
  kind: Event['kind'];
  name_fr: string;
  name_en: string;
  intro_fr: string;
  intro_en: string;
  place: string;
  online_url: string;
  starts_at: Date;
  ends_at: Date;
  zone: string;
  seats: number | null;
  most_companions: number;
  waiting_list: boolean;
  answers_until: Date | null;
  remind_days: number | null;
  audience_id: string;
  owner_id: string;
  sequence: number;
  cancelled_at: Date | null;
  settled_at: Date | null;
  /** The form by which anybody registers; null: it never was open to all. */
  registration_channel_id: string | null;
  registration_open: boolean;
}

const columns = sql`e.event_id, e.kind, e.name_fr, e.name_en, e.intro_fr, e.intro_en, e.place, e.online_url, e.starts_at, e.ends_at, e.zone, e.seats,
  e.most_companions, e.waiting_list, e.answers_until, e.remind_days, e.audience_id, e.owner_id, e.sequence, e.cancelled_at, e.settled_at,
  e.registration_channel_id, e.registration_open`;

export interface CountedRow extends EventRow {
  owner: string;
  team: string | null;
  counts: Event['counts'];
}

/** Those that the viewer sees, or one of them: those to come by their date, then those that were, the last first. */
export async function listEvents(tx: Tx, { workspaceId }: Actor, eventId?: string): Promise<CountedRow[]> {
  const { rows } = await sql<CountedRow>`
    select ${columns}, m.name as owner, t.name as team, c.counts
    from events.event e
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = e.owner_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = e.audience_id
    cross join lateral (
      select jsonb_build_object(
        'invited', count(*) filter (where g.state = 'invited'), 'coming', count(*) filter (where g.state = 'coming'),
        'waiting', count(*) filter (where g.state = 'waiting'), 'declined', count(*) filter (where g.state = 'declined'),
        'companions', coalesce(sum(g.companions) filter (where g.state = 'coming'), 0),
        'attended', count(g.attended_at), 'attendedCompanions', coalesce(sum(g.attended_companions) filter (where g.attended_at is not null), 0)
          + (select count(*) from events.companion p join events.guest b on b.workspace_id = ${workspaceId} and b.guest_id = p.guest_id
            where p.workspace_id = ${workspaceId} and b.event_id = e.event_id and p.attended_at is not null)
      ) as counts
      from events.guest g where g.workspace_id = ${workspaceId} and g.event_id = e.event_id) c
    where e.workspace_id = ${workspaceId} and ${eventId ? sql`e.event_id = ${eventId}` : sql`true`}
    order by e.ends_at < now(), case when e.ends_at < now() then null else e.starts_at end, e.starts_at desc, e.event_id
    limit 500`.execute(tx);
  return rows;
}

export interface QuotaRow {
  event_id: string;
  team_id: string;
  team: string;
  seats: number;
  taken: number;
}

/** Seats kept for teams, and those that their guests sit on. */
export async function listQuotas(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  eventIds: readonly string[],
): Promise<QuotaRow[]> {
  const { rows } = await sql<QuotaRow>`
    select q.event_id, q.team_id, coalesce(t.name, '') as team, q.seats,
      (select coalesce(sum(1 + g.companions), 0)::int from events.guest g
        where g.workspace_id = ${workspaceId} and g.event_id = q.event_id and g.team_id = q.team_id and g.state = 'coming') as taken
    from events.quota q left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = q.team_id
    where q.workspace_id = ${workspaceId} and q.event_id = any(${eventIds}::uuid[])
    order by team, q.team_id`.execute(tx);
  return rows;
}

/** As the keeper: for whoever follows a link. */
export async function findEvent(tx: Tx, workspaceId: string, eventId: string) {
  const { rows } = await sql<EventRow & { workspace: string }>`
    select ${columns}, w.name as workspace from events.event e
    join identity.workspace w on w.workspace_id = ${workspaceId}
    where e.workspace_id = ${workspaceId} and e.event_id = ${eventId}`.execute(tx);
  return rows[0];
}

/** Of those who change who sits where, one after the other, until the transaction ends. */
export async function lockEvent(tx: Tx, workspaceId: string, eventId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`event ${workspaceId} ${eventId}`}, 0))`.execute(tx);
}

export type EventWords = Omit<
  EventRow,
  | 'event_id'
  | 'audience_id'
  | 'owner_id'
  | 'sequence'
  | 'cancelled_at'
  | 'settled_at'
  | 'registration_channel_id'
  | 'registration_open'
>;

export async function addEvent(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  row: EventWords & { event_id: string; audience_id: string },
): Promise<void> {
  await tx
    .insertInto('events.event')
    .values({ workspace_id: workspaceId, owner_id: memberId, ...row })
    .execute();
}

export async function updateEvent(
  tx: Tx,
  { workspaceId }: Actor,
  eventId: string,
  set: Partial<
    EventWords & Pick<EventRow, 'sequence' | 'cancelled_at' | 'registration_channel_id' | 'registration_open'>
  >,
): Promise<void> {
  await tx
    .updateTable('events.event')
    .set(set)
    .where('workspace_id', '=', workspaceId)
    .where('event_id', '=', eventId)
    .execute();
}

export async function setQuotas(
  tx: Tx,
  { workspaceId }: Actor,
  { event_id, audience_id }: Pick<EventRow, 'event_id' | 'audience_id'>,
  quotas: readonly { teamId: string; seats: number }[],
): Promise<void> {
  await tx
    .deleteFrom('events.quota')
    .where('workspace_id', '=', workspaceId)
    .where('event_id', '=', event_id)
    .execute();
  if (quotas.length > 0)
    await tx
      .insertInto('events.quota')
      .values(
        quotas.map(({ teamId, seats }) => ({
          workspace_id: workspaceId,
          event_id,
          audience_id,
          team_id: teamId,
          seats,
        })),
      )
      .execute();
}

/** Which of these are teams of the workspace. */
export async function countTeams(tx: Tx, { workspaceId }: Actor, teamIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from identity.team where workspace_id = ${workspaceId} and team_id = any(${teamIds}::uuid[])`.execute(
    tx,
  );
  return rows[0]!.count;
}

/** Who sits where now; under the event's lock. */
export async function readRoom(
  tx: Tx,
  workspaceId: string,
  { event_id, seats }: Pick<EventRow, 'event_id' | 'seats'>,
): Promise<Room> {
  const { rows } = await sql<{ team_id: string | null; taken: number }>`
    select team_id, sum(1 + companions)::int as taken from events.guest
    where workspace_id = ${workspaceId} and event_id = ${event_id} and state = 'coming' group by team_id`.execute(tx);
  const quotas = await listQuotas(tx, { workspaceId }, [event_id]);
  return {
    seats,
    quotas: new Map(quotas.map((row) => [row.team_id, row.seats])),
    taken: new Map(rows.map((row) => [row.team_id, row.taken])),
  };
}

/** The first of the teams for which seats are kept that a member belongs to. */
export async function findTeamOf(tx: Tx, { workspaceId, memberId }: Actor, eventId: string): Promise<string | null> {
  const { rows } = await sql<{ team_id: string }>`
    select q.team_id from events.quota q
    join identity.team_member t on t.workspace_id = ${workspaceId} and t.team_id = q.team_id and t.member_id = ${memberId}
    where q.workspace_id = ${workspaceId} and q.event_id = ${eventId} order by q.team_id limit 1`.execute(tx);
  return rows[0]?.team_id ?? null;
}

export interface GuestRow {
  guest_id: string;
  event_id: string;
  audience_id: string;
  contact_point_id: string;
  /** Null: who registered themselves, before the form's card is made. */
  card_id: string | null;
  /** They registered themselves. */
  registered_at: Date | null;
  invited_by: string;
  inviter: string;
  team_id: string | null;
  team: string | null;
  message_id: string | null;
  locale: 'fr' | 'en';
  state: GuestState;
  companions: number;
  badge: string;
  answered_at: Date | null;
  answered_by: string | null;
  answerer: string | null;
  attended_at: Date | null;
  attended_companions: number;
}

const guests = (workspaceId: string) => sql`
  select g.guest_id, g.event_id, g.audience_id, g.contact_point_id, g.card_id, g.registered_at, g.invited_by, i.name as inviter, g.team_id, t.name as team,
    g.message_id, g.locale, g.state, g.companions, g.badge, g.answered_at, g.answered_by, a.name as answerer, g.attended_at, g.attended_companions
  from events.guest g
  join identity.member i on i.workspace_id = ${workspaceId} and i.member_id = g.invited_by
  left join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = g.answered_by
  left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = g.team_id`;

const filters = {
  attended: sql`g.attended_at is not null`,
  absent: sql`g.state = 'coming' and g.attended_at is null`,
};

/** Guests of an event, in the order in which they were invited. */
export async function listGuests(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  eventId: string,
  { state, after }: { state?: GuestState | keyof typeof filters | undefined; after?: string | undefined },
  limit: number,
): Promise<GuestRow[]> {
  const which =
    state === undefined ? sql`true` : state in filters ? filters[state as 'absent'] : sql`g.state = ${state}`;
  const { rows } = await sql<GuestRow>`${guests(workspaceId)}
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and ${which}
      and ${after ? sql`g.guest_id > ${after}` : sql`true`}
    order by g.guest_id limit ${limit}`.execute(tx);
  return rows;
}

export async function findGuest(tx: Tx, workspaceId: string, guestId: string): Promise<GuestRow | undefined> {
  const { rows } = await sql<GuestRow>`${guests(workspaceId)}
    where g.workspace_id = ${workspaceId} and g.guest_id = ${guestId}`.execute(tx);
  return rows[0];
}

/** Who is invited at an address. Under the event's lock. */
export async function findGuestAt(
  tx: Tx,
  workspaceId: string,
  eventId: string,
  pointId: string,
): Promise<GuestRow | undefined> {
  const { rows } = await sql<GuestRow>`${guests(workspaceId)}
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and g.contact_point_id = ${pointId}`.execute(tx);
  return rows[0];
}

/** Guests invited at another address whose card bears this one, too, with the names that stand on it. As the keeper. */
export async function listBearing(
  tx: Tx,
  workspaceId: string,
  eventId: string,
  pointId: string,
): Promise<{ guest_id: string; names: Record<string, unknown>[] }[]> {
  const { rows } = await sql<{ guest_id: string; names: Record<string, unknown>[] }>`
    select g.guest_id, (select coalesce(jsonb_agg(n.value), '[]'::jsonb) from cards.card_field n
      where n.workspace_id = ${workspaceId} and n.card_id = g.card_id and n.kind = 'name') as names
    from events.guest g
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and exists (select from cards.card_field f
      where f.workspace_id = ${workspaceId} and f.card_id = g.card_id and f.contact_point_id = ${pointId})
    order by g.guest_id`.execute(tx);
  return rows;
}

/** Puts whoever registered on the list. As the keeper, under the event's lock. */
export async function addRegistered(
  tx: Tx,
  workspaceId: string,
  { event_id, audience_id, owner_id }: Pick<EventRow, 'event_id' | 'audience_id' | 'owner_id'>,
  row: Pick<GuestRow, 'guest_id' | 'contact_point_id' | 'locale'>,
): Promise<void> {
  await tx
    .insertInto('events.guest')
    .values({
      ...{ workspace_id: workspaceId, event_id, audience_id, invited_by: owner_id, state: 'invited', ...row },
      registered_at: new Date(),
    })
    .execute();
}

/** Takes whoever found no place off the list again. */
export async function dropGuest(tx: Tx, workspaceId: string, guestId: string): Promise<void> {
  await sql`delete from events.guest where workspace_id = ${workspaceId} and guest_id = ${guestId}`.execute(tx);
}

/** Whoever registered has a card now. @returns the guest, where they had none before */
export async function noteCard(
  tx: Tx,
  workspaceId: string,
  eventId: string,
  pointId: string,
  { cardId, memberId }: { cardId: string; memberId: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ guest_id: string }>`
    update events.guest set card_id = ${cardId}, invited_by = ${memberId}
    where workspace_id = ${workspaceId} and event_id = ${eventId} and contact_point_id = ${pointId} and card_id is null
    returning guest_id`.execute(tx);
  return rows[0]?.guest_id;
}

export interface CompanionRow {
  guest_id: string;
  companion_no: number;
  given: string;
  family: string;
  attended_at: Date | null;
}

/** Whom these guests bring along, as far as they said their names. */
export async function listCompanions(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  guestIds: readonly string[],
): Promise<Map<string, CompanionRow[]>> {
  const { rows } = await sql<CompanionRow>`
    select guest_id, companion_no, given, family, attended_at from events.companion
    where workspace_id = ${workspaceId} and guest_id = any(${guestIds}::uuid[]) order by guest_id, companion_no`.execute(
    tx,
  );
  return Map.groupBy(rows, (row) => row.guest_id);
}

/** Keeps whom a guest brings along: who is named as before stays let in. As the keeper. */
export async function setCompanions(
  tx: Tx,
  workspaceId: string,
  { guest_id, audience_id }: Pick<GuestRow, 'guest_id' | 'audience_id'>,
  names: readonly CompanionName[],
): Promise<void> {
  await sql`delete from events.companion
    where workspace_id = ${workspaceId} and guest_id = ${guest_id} and companion_no > ${names.length}`.execute(tx);
  await sql`
    insert into events.companion as c (workspace_id, guest_id, companion_no, audience_id, given, family)
    select ${workspaceId}, ${guest_id}, n.no, ${audience_id}, n.given, n.family
    from unnest(${names.map((_, at) => at + 1)}::int[], ${names.map((one) => one.given)}::text[], ${names.map((one) => one.family)}::text[])
      n(no, given, family)
    on conflict on constraint companion_pk do update set given = excluded.given, family = excluded.family,
      attended_at = case when c.given = excluded.given and c.family = excluded.family then c.attended_at end`.execute(
    tx,
  );
}

/** Companions beyond this number come no more. */
export async function trimCompanions(tx: Tx, workspaceId: string, guestId: string, most: number): Promise<void> {
  await sql`delete from events.companion
    where workspace_id = ${workspaceId} and guest_id = ${guestId} and companion_no > ${most}`.execute(tx);
}

/** What guests at these addresses, or by these cards, said of themselves and of whom they bring is forgotten. As the keeper. */
export async function forgetGuests(
  tx: Tx,
  workspaceId: string,
  { cardIds, contactPointIds }: { cardIds: readonly string[]; contactPointIds: readonly string[] },
): Promise<void> {
  const { rows } = await sql<{ guest_id: string }>`
    update events.guest set badge = ''
    where workspace_id = ${workspaceId} and (card_id = any(${cardIds}::uuid[]) or contact_point_id = any(${contactPointIds}::uuid[]))
    returning guest_id`.execute(tx);
  await sql`delete from events.companion where workspace_id = ${workspaceId} and guest_id = any(${rows.map((row) => row.guest_id)}::uuid[])`.execute(
    tx,
  );
}

/** Those of an event who wait for a seat, the longest first; under the event's lock. */
export async function listWaiting(tx: Tx, workspaceId: string, eventId: string): Promise<GuestRow[]> {
  const { rows } = await sql<GuestRow>`${guests(workspaceId)}
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and g.state = 'waiting'
    order by g.placed_at, g.guest_id`.execute(tx);
  return rows;
}

/** Which of these contact points are invited already. */
export async function listInvited(
  tx: Tx,
  { workspaceId }: Actor,
  eventId: string,
  pointIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ contact_point_id: string }>`
    select contact_point_id from events.guest
    where workspace_id = ${workspaceId} and event_id = ${eventId} and contact_point_id = any(${pointIds}::uuid[])`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.contact_point_id));
}

export interface NewGuest {
  guest_id: string;
  contact_point_id: string;
  card_id: string;
  team_id: string | null;
  locale: 'fr' | 'en';
}

/** @returns false where that contact point is invited already */
export async function addGuest(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { event_id, audience_id }: Pick<EventRow, 'event_id' | 'audience_id'>,
  row: NewGuest,
): Promise<boolean> {
  const done = await tx
    .insertInto('events.guest')
    .values({ workspace_id: workspaceId, event_id, audience_id, invited_by: memberId, state: 'invited', ...row })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return done.numInsertedOrUpdatedRows === 1n;
}

export async function setMessage(tx: Tx, workspaceId: string, guestId: string, messageId: string): Promise<void> {
  await sql`update events.guest set message_id = ${messageId}
    where workspace_id = ${workspaceId} and guest_id = ${guestId}`.execute(tx);
}

export interface Answer {
  state: GuestState;
  companions: number;
  badge: string;
  /** A colleague who took it down; null: the guest. */
  answeredBy: string | null;
}

/** Keeps an answer. Who came or waited before keeps their place. */
export async function keepAnswer(tx: Tx, workspaceId: string, guestId: string, answer: Answer): Promise<void> {
  const { state, companions, badge, answeredBy } = answer;
  await sql`
    update events.guest set state = ${state}, companions = ${companions}, badge = ${badge}, answered_at = now(), answered_by = ${answeredBy}::uuid,
      placed_at = case when ${state} not in ('coming', 'waiting') then null when state = ${state} then placed_at else now() end
    where workspace_id = ${workspaceId} and guest_id = ${guestId}`.execute(tx);
}

/** Gives seats to those who waited for one. */
export async function seat(tx: Tx, workspaceId: string, guestIds: readonly string[]): Promise<void> {
  await sql`update events.guest set state = 'coming', placed_at = now()
    where workspace_id = ${workspaceId} and guest_id = any(${guestIds}::uuid[]) and state = 'waiting'`.execute(tx);
}

export interface AtDoor {
  guestId: string;
  /** One whom the guest named, instead of the guest. */
  companionNo?: number | undefined;
  attended: boolean;
  companions: number;
  at: string;
}

/** The last word of each of several, as of now at the latest: a clock that is ahead counts as ours. */
const lastWords = (items: readonly AtDoor[], companions: boolean) => {
  const chosen = items.filter((one) => (one.companionNo !== undefined) === companions);
  return sql`(select distinct on (guest_id, no) guest_id, no, attended, companions, least(at, now()) as at
    from unnest(${chosen.map((one) => one.guestId)}::uuid[], ${chosen.map((one) => one.companionNo ?? 0)}::int[],
      ${chosen.map((one) => one.attended)}::bool[], ${chosen.map((one) => one.companions)}::int[],
      ${chosen.map((one) => one.at)}::timestamptz[]) as w (guest_id, no, attended, companions, at)
    order by guest_id, no, at desc)`;
};

/** Takes down what was said at the door; of several words of one guest, or of one companion, the last one holds. */
export async function letIn(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  eventId: string,
  items: readonly AtDoor[],
): Promise<void> {
  await sql`
    update events.guest g set door_at = n.at, let_in_by = ${memberId},
      attended_at = case when n.attended then coalesce(case when g.attended_at < n.at then g.attended_at end, n.at) end,
      attended_companions = case when n.attended then n.companions else 0 end
    from ${lastWords(items, false)} n
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and g.guest_id = n.guest_id
      and (g.door_at is null or g.door_at < n.at)`.execute(tx);
  await sql`
    update events.companion c set door_at = n.at, let_in_by = ${memberId},
      attended_at = case when n.attended then coalesce(case when c.attended_at < n.at then c.attended_at end, n.at) end
    from ${lastWords(items, true)} n, events.guest g
    where c.workspace_id = ${workspaceId} and c.guest_id = n.guest_id and c.companion_no = n.no
      and g.workspace_id = ${workspaceId} and g.guest_id = c.guest_id and g.event_id = ${eventId}
      and (c.door_at is null or c.door_at < n.at)`.execute(tx);
}

export type Telling = 'confirmed' | 'seat' | 'nudge' | 'reminder' | 'changed' | 'cancelled';

/** Takes the turn to tell a guest something: of two at once, and after a crash, one gets it. */
export async function takeTurn(
  tx: Tx,
  { workspaceId }: Pick<Actor, 'workspaceId'>,
  { guest_id, audience_id }: Pick<GuestRow, 'guest_id' | 'audience_id'>,
  kind: Telling,
  occasion: string,
): Promise<boolean> {
  const done = await sql`
    insert into events.told (workspace_id, guest_id, audience_id, kind, occasion)
    values (${workspaceId}, ${guest_id}, ${audience_id}, ${kind}, ${occasion}) on conflict do nothing`.execute(tx);
  return done.numAffectedRows === 1n;
}

export async function noteTold(
  tx: Tx,
  workspaceId: string,
  { guestId, kind, occasion }: { guestId: string; kind: Telling; occasion: string },
  { messageId, reasons }: { messageId: string | null; reasons: readonly string[] },
): Promise<void> {
  await sql`update events.told set message_id = ${messageId}::uuid, reasons = ${reasons}::text[]
    where workspace_id = ${workspaceId} and guest_id = ${guestId} and kind = ${kind} and occasion = ${occasion}`.execute(
    tx,
  );
}

/** What each of these was told last. */
export async function listTold(tx: Tx, { workspaceId }: Actor, guestIds: readonly string[]) {
  const { rows } = await sql<{ guest_id: string; kind: string; reasons: string[]; at: Date }>`
    select distinct on (guest_id) guest_id, kind, reasons, at from events.told
    where workspace_id = ${workspaceId} and guest_id = any(${guestIds}::uuid[]) order by guest_id, at desc`.execute(tx);
  return new Map(rows.map((row) => [row.guest_id, row]));
}

/** Guests to be told something, by whom it concerns: those of these states, without whom they were told it since. */
export async function listToTell(
  tx: Tx,
  workspaceId: string,
  eventId: string,
  states: readonly GuestState[],
  without?: { kind: Telling; days: number },
): Promise<string[]> {
  const { rows } = await sql<{ guest_id: string }>`
    select g.guest_id from events.guest g
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and g.state = any(${states})
      and ${
        without
          ? sql`not exists (select from events.told t where t.workspace_id = ${workspaceId} and t.guest_id = g.guest_id
              and t.kind = ${without.kind} and t.at > now() - make_interval(days => ${without.days}))
            and g.invited_at < now() - make_interval(days => ${without.days})`
          : sql`true`
      }
    order by g.guest_id`.execute(tx);
  return rows.map((row) => row.guest_id);
}

/** Events whose reminder is due: as the clock, of every workspace. */
export async function listToRemind(tx: Tx): Promise<{ workspace_id: string; event_id: string }[]> {
  // No workspace: the clock looks after those of all.
  const { rows } = await sql<{ workspace_id: string; event_id: string }>`
    select e.workspace_id, e.event_id from events.event e
    where e.cancelled_at is null and e.starts_at > now() and e.remind_days is not null
      and e.starts_at - make_interval(days => e.remind_days) <= now()
      and exists (select from events.guest g where g.workspace_id = e.workspace_id and g.event_id = e.event_id and g.state = 'coming'
        and not exists (select from events.told t where t.workspace_id = e.workspace_id and t.guest_id = g.guest_id and t.kind = 'reminder'
          and t.occasion = e.sequence::text))`.execute(tx);
  return rows;
}

/** Events that ended a day ago and whose list of who came is open still. */
export async function listToSettle(tx: Tx): Promise<{ workspace_id: string; event_id: string }[]> {
  // No workspace: the clock looks after those of all.
  const { rows } = await sql<{ workspace_id: string; event_id: string }>`
    select workspace_id, event_id from events.event
    where cancelled_at is null and settled_at is null and ends_at < now() - interval '1 day'`.execute(tx);
  return rows;
}

/** @returns false where it was settled before, or is called off */
export async function settle(tx: Tx, workspaceId: string, eventId: string): Promise<boolean> {
  const done = await sql`update events.event set settled_at = now()
    where workspace_id = ${workspaceId} and event_id = ${eventId} and settled_at is null and cancelled_at is null`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/**
 * The lent cards of those who came: those by which they had been invited, with the grants; of whom somebody put on the list, the card they saw, unless
 * they hold it.
 */
export async function listCardsOfAttended(tx: Tx, workspaceId: string, eventId: string) {
  const { rows } = await sql<{
    invited_by: string;
    card_id: string;
    book_no: number;
    book_id: string;
    grant_id: string | null;
    grant_version: number | null;
  }>`
    select g.invited_by, m.card_id, c.book_no, b.book_id, m.grant_id, m.grant_version
    from events.guest g
    join outreach.message_card m on m.workspace_id = ${workspaceId} and m.message_id = g.message_id
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = m.card_id
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and g.attended_at is not null
    union all
    select g.invited_by, g.card_id, c.book_no, b.book_id, null, null
    from events.guest g
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = g.card_id
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where g.workspace_id = ${workspaceId} and g.event_id = ${eventId} and g.attended_at is not null and g.message_id is null
      and b.holder_id is distinct from g.invited_by
      and not exists (select from delegation.steward s
        where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = g.invited_by)
    order by 1, 2`.execute(tx);
  return rows;
}

/** What guests said they and those whom they bring are called goes a month after the event. */
export async function forgetBadges(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`delete from events.companion c using events.guest g, events.event e
    where g.workspace_id = c.workspace_id and g.guest_id = c.guest_id and e.workspace_id = g.workspace_id and e.event_id = g.event_id
      and e.ends_at < now() - interval '1 month'`.execute(tx);
  // No workspace: housekeeping of all of them.
  await sql`update events.guest g set badge = '' from events.event e
    where e.workspace_id = g.workspace_id and e.event_id = g.event_id and g.badge <> '' and e.ends_at < now() - interval '1 month'`.execute(
    tx,
  );
}

/** Which of these tasks are written already. */
export async function listTasksThere(tx: Tx, { workspaceId }: Actor, taskIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ task_id: string }>`
    select task_id from tasks.task where workspace_id = ${workspaceId} and task_id = any(${taskIds}::uuid[])`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.task_id));
}

/** Whether the viewer belongs to it. */
export async function isAudience(tx: Tx, audienceId: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select strpos(current_setting('app.audiences', true), ${audienceId}) > 0 as is`.execute(tx);
  return rows[0]!.is;
}
