import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { registrationPath } from './contract.ts';
import { guestUrl } from './describing.ts';
import { timingOf } from './inviting.ts';
import * as queries from './queries.ts';
import { type CompanionName, isNamed, isOpen, roomFor } from './rules.ts';
import { takeAnswer } from './seating.ts';
import { enqueueTelling } from './telling.ts';

// Registering for an event that is open to all. Forms (above) confirm by mail who it is; here they get a place, once.

export interface OpenEvent {
  row: queries.EventRow;
  channelId: string;
  /** `full`: nobody finds a place any more; `waiting`: who registers waits for one. */
  standing: 'open' | 'waiting' | 'full' | 'closed' | 'past' | 'cancelled';
}

/** An event that is, or once was, open to all; tells how it stands and nothing of who comes. As the keeper. */
export async function findOpenEvent(tx: Tx, workspaceId: string, eventId: string): Promise<OpenEvent | null> {
  const row = await queries.findEvent(tx, workspaceId, eventId);
  if (!row?.registration_channel_id) return null;
  return { row, channelId: row.registration_channel_id, standing: await standingOf(tx, workspaceId, row) };
}

async function standingOf(tx: Tx, workspaceId: string, row: queries.EventRow): Promise<OpenEvent['standing']> {
  if (row.cancelled_at) return 'cancelled';
  if (row.ends_at < new Date()) return 'past';
  if (!row.registration_open || !isOpen(timingOf(row), new Date())) return 'closed';
  const room = await queries.readRoom(tx, workspaceId, row);
  if (roomFor(room, null) >= 1) return 'open';
  return row.waiting_list ? 'waiting' : 'full';
}

/** The page on which anybody registers. */
export const registrationUrl = ({ config }: Pick<App, 'config'>, workspaceId: string, eventId: string): string =>
  `${config.publicUrl}${registrationPath.replace(':workspaceId', workspaceId).replace(':eventId', eventId)}`;

export interface Registration {
  eventId: string;
  /** The form by which they came. */
  channelId: string;
  contactPointId: string;
  name: string;
  companions: number;
  names: readonly CompanionName[];
  locale: 'fr' | 'en';
}

export interface Registered {
  /** `known`: they had a place already, which stays as it is. */
  outcome: 'coming' | 'waiting' | 'known' | 'full' | 'closed';
  /** Their own page; null where there is none, or it was sent to another address of theirs. */
  url: string | null;
}

/**
 * Gives whoever confirmed their address a place: a seat, or one among those who wait. Who is invited already answers that invitation and is not
 * seated twice; who has a place keeps it. As the keeper, in the transaction that confirms.
 */
export async function register(
  app: Pick<App, 'config' | 'secrets'> & Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  said: Registration,
): Promise<Registered> {
  await queries.lockEvent(tx, workspaceId, said.eventId);
  const event = await queries.findEvent(tx, workspaceId, said.eventId);
  const takes = event?.registration_open && event.registration_channel_id === said.channelId;
  if (!event || !takes || !isOpen(timingOf(event), new Date())) return { outcome: 'closed', url: null };
  const known = await findKnown(tx, workspaceId, said);
  const guest = known ?? (await addGuest(tx, workspaceId, event, said));
  const theirs = guest.contact_point_id === said.contactPointId;
  const url = theirs ? guestUrl(app, { workspaceId, guestId: guest.guest_id }) : null;
  if (guest.state === 'coming' || guest.state === 'waiting') return { outcome: 'known', url };
  const { companions, names, name: badge } = said;
  const wish = { coming: true, companions, names, badge, answeredBy: null };
  const { state, full } = await takeAnswer(app, tx, workspaceId, event, guest, wish);
  if (!full) return { outcome: state === 'waiting' ? 'waiting' : 'coming', url };
  if (!known) await queries.dropGuest(tx, workspaceId, guest.guest_id);
  return { outcome: 'full', url: null };
}

/** By the address, or by another one that the card bears by which somebody of that name was invited. */
async function findKnown(
  tx: Tx,
  workspaceId: string,
  { eventId, contactPointId, name }: Registration,
): Promise<queries.GuestRow | undefined> {
  const there = await queries.findGuestAt(tx, workspaceId, eventId, contactPointId);
  if (there) return there;
  const bearing = await queries.listBearing(tx, workspaceId, eventId, contactPointId);
  const same = bearing.find(({ names }) => isNamed(name, names));
  return same && queries.findGuest(tx, workspaceId, same.guest_id);
}

async function addGuest(
  tx: Tx,
  workspaceId: string,
  event: queries.EventRow,
  { contactPointId, locale }: Registration,
): Promise<queries.GuestRow> {
  const row = { guest_id: newId(), contact_point_id: contactPointId, locale };
  await queries.addRegistered(tx, workspaceId, event, row);
  return (await queries.findGuest(tx, workspaceId, row.guest_id))!;
}

/**
 * Whoever registered has a card in a book that a member looks after: from now on they are written to in that member's name, first with how they
 * stand. Done once, however often it is called.
 */
export async function noteRegisteredCard(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  { eventId, contactPointId }: Pick<Registration, 'eventId' | 'contactPointId'>,
  by: { cardId: string; memberId: string },
): Promise<void> {
  const guestId = await queries.noteCard(tx, workspaceId, eventId, contactPointId, by);
  if (!guestId) return;
  const event = await queries.findEvent(tx, workspaceId, eventId);
  if (event?.cancelled_at) await enqueueTelling(app, tx, workspaceId, guestId, 'cancelled', 'once');
  else await enqueueTelling(app, tx, workspaceId, guestId, 'confirmed', 'registered');
}
