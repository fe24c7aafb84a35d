import { recordUses } from '../delegation/ledger.ts';
import { recordFacts } from '../facts/index.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import * as queries from './queries.ts';

/** Guests that are written among facts at once. */
const together = 1000;

/**
 * Closes the list of who came: holders of the lent cards hear of it, and it stands among facts, once. As the keeper, in one transaction.
 *
 * @returns false where it was closed before, or the event is called off
 */
export async function settleEvent(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  eventId: string,
): Promise<boolean> {
  const event = await queries.findEvent(tx, workspaceId, eventId);
  if (!event || !(await queries.settle(tx, workspaceId, eventId))) return false;
  const facts = event.audience_id === workspaceId;
  for (let after: string | undefined; ; ) {
    const guests = await queries.listGuests(tx, { workspaceId }, eventId, { state: 'attended', after }, together);
    // What an event of some alone saw is not told to everybody.
    if (facts) await record(app, tx, workspaceId, event, guests);
    if (guests.length < together) break;
    after = guests.at(-1)!.guest_id;
  }
  await tellHolders(tx, workspaceId, eventId);
  return true;
}

function record(
  app: Pick<AppInside, 'secrets'>,
  tx: Tx,
  workspaceId: string,
  event: queries.EventRow,
  guests: readonly queries.GuestRow[],
): Promise<void> {
  const told = guests.map((guest) => ({
    ...{ externalId: guest.guest_id, kind: 'attendance', at: guest.attended_at!, subjectId: guest.contact_point_id },
    props: { event: event.name_fr, ...(event.place ? { place: event.place } : {}) },
  }));
  return recordFacts(app, tx, workspaceId, 'events', told);
}

async function tellHolders(tx: Tx, workspaceId: string, eventId: string): Promise<void> {
  const cards = await queries.listCardsOfAttended(tx, workspaceId, eventId);
  for (const [memberId, group] of Map.groupBy(cards, (row) => row.invited_by)) {
    const used = group.map(({ card_id, book_no, book_id }) => ({ card_id, book_no, book_id, mine: false }));
    const grants = new Map(
      group.flatMap(({ book_id, grant_id, grant_version }) =>
        grant_id === null ? [] : [[book_id, { grant_id, version: grant_version! }] as const],
      ),
    );
    const details = { purpose: 'invitation', channel: 'email', grants, together: eventId };
    await recordUses(tx, { workspaceId, memberId }, 'attended', used, details);
  }
}
