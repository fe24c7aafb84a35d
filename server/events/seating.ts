import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { GuestState } from './contract.ts';
import * as queries from './queries.ts';
import { badgeOf, type CompanionName, place, type Seated, seatNext } from './rules.ts';
import { enqueueTelling } from './telling.ts';

export interface Wish {
  coming: boolean;
  companions: number;
  /** How they want to be called at the door; left out: as before. */
  badge?: string;
  /** Whom they bring, as far as they say their names; left out: as before. As the keeper alone. */
  names?: readonly CompanionName[];
  /** A colleague who takes it down; null: the guest. */
  answeredBy: string | null;
}

const seated = (row: queries.GuestRow): queries.GuestRow & Seated => ({ ...row, teamId: row.team_id });

/**
 * Takes an answer: a seat, a place among those who wait, or none; whoever waits gets what becomes free, in the same transaction. Under the
 * event's lock, so that no seat is given twice.
 */
export async function takeAnswer(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  event: queries.EventRow,
  guest: queries.GuestRow,
  { badge = guest.badge, names, answeredBy, ...wish }: Wish,
): Promise<{ state: GuestState; full: boolean }> {
  const companions = Math.min(wish.companions, event.most_companions);
  const room = await queries.readRoom(tx, workspaceId, event);
  const { full, ...placed } = place(room, seated(guest), { ...wish, companions }, event.waiting_list);
  if (full) return { state: guest.state, full };
  const answer = { ...placed, badge: badgeOf(badge), answeredBy };
  await queries.keepAnswer(tx, workspaceId, guest.guest_id, answer);
  if (names) await queries.setCompanions(tx, workspaceId, guest, names.slice(0, placed.companions));
  else await queries.trimCompanions(tx, workspaceId, guest.guest_id, placed.companions);
  // Told of each answer: who forwarded their link hears what others say by it.
  const changed = placed.state !== guest.state || placed.companions !== guest.companions;
  if (changed && guest.card_id)
    await enqueueTelling(app, tx, workspaceId, guest.guest_id, 'confirmed', new Date().toISOString());
  await giveSeats(app, tx, workspaceId, event);
  return { state: placed.state, full };
}

/** Gives free seats to those who wait, and has them told. Under the event's lock. */
export async function giveSeats(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  event: queries.EventRow,
): Promise<void> {
  const waiting = await queries.listWaiting(tx, workspaceId, event.event_id);
  if (waiting.length === 0) return;
  const next = seatNext(await queries.readRoom(tx, workspaceId, event), waiting.map(seated));
  await queries.seat(
    tx,
    workspaceId,
    next.map((row) => row.guest_id),
  );
  const occasion = new Date().toISOString();
  for (const { guest_id } of next) await enqueueTelling(app, tx, workspaceId, guest_id, 'seat', occasion);
}
