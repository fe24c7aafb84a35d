import { findPersonsByPoints } from '../cards/facts.ts';
import { nameCards } from '../cards/persons.ts';
import type { App } from '../kernel/app.ts';
import { notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import type { Reason } from '../outreach/contract.ts';
import type { AtDoor, Event, Guest } from './contract.ts';
import * as queries from './queries.ts';
import { registrationUrl } from './registering.ts';
import { type LinkOf, ticketOf, writeToken } from './rules.ts';

type Viewer = Pick<Context, 'app' | 'tx' | 'actor' | 'role'>;

/** The page of a guest. */
export const guestUrl = ({ config, secrets }: Pick<App, 'config' | 'secrets'>, link: LinkOf): string =>
  `${config.publicUrl}/e/${writeToken(secrets.links, link)}`;

const mayChange = (row: queries.EventRow, { actor, role }: Viewer): boolean =>
  row.owner_id === actor.memberId || role === 'admin';

/** The events that the viewer sees. @throws AppError not_found where the one that is asked for is not among them */
export async function describeEvents(viewer: Viewer, eventId?: string): Promise<Event[]> {
  const { tx, actor } = viewer;
  const rows = await queries.listEvents(tx, actor, eventId);
  if (eventId && rows.length === 0) throw notFound();
  const quotas = Map.groupBy(
    await queries.listQuotas(
      tx,
      actor,
      rows.map((row) => row.event_id),
    ),
    (row) => row.event_id,
  );
  return rows.map((row) => ({
    id: row.event_id,
    ...{ kind: row.kind, place: row.place, onlineUrl: row.online_url, zone: row.zone, seats: row.seats },
    name: { fr: row.name_fr, en: row.name_en },
    intro: { fr: row.intro_fr, en: row.intro_en },
    ...{ startsAt: row.starts_at.toISOString(), endsAt: row.ends_at.toISOString() },
    answersUntil: row.answers_until?.toISOString() ?? null,
    ...{ mostCompanions: row.most_companions, waitingList: row.waiting_list, remindDays: row.remind_days },
    quotas: (quotas.get(row.event_id) ?? []).map(({ team_id, team, seats, taken }) => ({
      ...{ teamId: team_id, team, seats, taken },
    })),
    audience: {
      kind: row.audience_id === actor.workspaceId ? 'workspace' : row.team === null ? 'mine' : 'team',
      id: row.audience_id,
      name: row.team ?? '',
    },
    owner: { id: row.owner_id, name: row.owner },
    mine: mayChange(row, viewer),
    cancelled: row.cancelled_at !== null,
    settled: row.settled_at !== null,
    registration: row.registration_channel_id
      ? {
          ...{ channelId: row.registration_channel_id, open: row.registration_open },
          url: registrationUrl(viewer.app, actor.workspaceId, row.event_id),
        }
      : null,
    counts: row.counts,
  }));
}

export async function getEvent(viewer: Viewer, eventId: string): Promise<Event> {
  return (await describeEvents(viewer, eventId))[0]!;
}

/** The row of an event that the viewer sees. @throws AppError not_found */
export async function getRow(
  { tx, actor }: Pick<Viewer, 'tx' | 'actor'>,
  eventId: string,
): Promise<queries.CountedRow> {
  const [row] = await queries.listEvents(tx, actor, eventId);
  if (!row) throw notFound();
  return row;
}

/** Whom the viewer sees of these guests: by contact point, a card of the person and their name. */
async function nameGuests({ tx, actor }: Pick<Viewer, 'tx' | 'actor'>, rows: readonly queries.GuestRow[]) {
  const persons = await findPersonsByPoints(tx, actor, [...new Set(rows.map((row) => row.contact_point_id))]);
  const names = await nameCards({ tx, actor }, [...persons.values()].flat(2));
  return (row: queries.GuestRow): { personId: string | null; name: string } => {
    // Several people at one address: the one that was invited, where they are seen.
    const found = persons.get(row.contact_point_id) ?? [];
    const cardIds = found.find((one) => row.card_id && one.includes(row.card_id)) ?? found[0] ?? [];
    return { personId: cardIds[0] ?? null, name: cardIds.map((cardId) => names.get(cardId)).find(Boolean) ?? '' };
  };
}

/** Whom guests bring along, by the names that they gave. */
async function describeParties({ tx, actor }: Pick<Viewer, 'tx' | 'actor'>, rows: readonly queries.GuestRow[]) {
  const companions = await queries.listCompanions(
    tx,
    actor,
    rows.map((row) => row.guest_id),
  );
  return (row: queries.GuestRow): Guest['party'] =>
    (companions.get(row.guest_id) ?? []).map(({ companion_no: no, given, family, attended_at }) => ({
      ...{ no, name: [given, family].filter(Boolean).join(' ') },
      attendedAt: attended_at?.toISOString() ?? null,
    }));
}

/** Who has neither a name that the viewer knows nor a place at the event is nobody to them. */
const isThere = ({ name, state, attendedAt }: Pick<Guest, 'name' | 'state' | 'attendedAt'>): boolean =>
  name !== '' || state === 'coming' || state === 'waiting' || attendedAt !== null;

/** Guests as far as they are anybody's to the viewer. */
export async function describeGuests(viewer: Viewer, event: queries.EventRow, rows: readonly queries.GuestRow[]) {
  const { tx, actor } = viewer;
  const nameOf = await nameGuests(viewer, rows);
  const told = await queries.listTold(
    tx,
    actor,
    rows.map((row) => row.guest_id),
  );
  const partyOf = await describeParties(viewer, rows);
  const guests = rows.map((row): Guest => {
    const { personId, name } = nameOf(row);
    const last = told.get(row.guest_id);
    return {
      ...{ id: row.guest_id, state: row.state, companions: row.companions, personId, name: name || row.badge },
      ...{ party: partyOf(row), registered: row.registered_at !== null },
      invitedBy: { id: row.invited_by, name: row.inviter },
      team: row.team_id ? { id: row.team_id, name: row.team ?? '' } : null,
      answeredAt: row.answered_at?.toISOString() ?? null,
      answeredBy: row.answerer,
      attendedAt: row.attended_at?.toISOString() ?? null,
      attendedCompanions: row.attended_companions,
      told: last ? { kind: last.kind, reasons: last.reasons as Reason[], at: last.at.toISOString() } : null,
      mine: row.invited_by === actor.memberId || mayChange(event, viewer),
    };
  });
  return guests.filter(isThere);
}

/** All guests as the door needs them: as they want to be called, else as the viewer sees them, else by who invited them. */
export async function describeDoor(viewer: Viewer, eventId: string): Promise<AtDoor[]> {
  const { app, tx, actor } = viewer;
  const rows = await queries.listGuests(tx, actor, eventId, {}, mostAtDoor);
  const nameOf = await nameGuests(viewer, rows);
  const partyOf = await describeParties(viewer, rows);
  const guests = rows.map((row) => ({
    ...{ id: row.guest_id, name: row.badge || nameOf(row).name, invitedBy: row.inviter, state: row.state },
    ...{ companions: row.companions, party: partyOf(row) },
    attendedAt: row.attended_at?.toISOString() ?? null,
    attendedCompanions: row.attended_companions,
    ticket: ticketOf(writeToken(app.secrets.links, { workspaceId: actor.workspaceId, guestId: row.guest_id })),
  }));
  return guests.filter(isThere);
}

/** Guests that a phone at the door keeps. */
const mostAtDoor = 10_000;
