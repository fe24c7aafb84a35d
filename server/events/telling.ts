import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { translator } from '../kernel/messages.ts';
import { sendToContact } from '../outreach/contacts.ts';
import { guestUrl } from './describing.ts';
import * as queries from './queries.ts';
import { wordsOf } from './words.ts';

// What guests are told after they were invited: each by a message of their inviter's that passes the gate, once for each occasion.

export async function enqueueTelling(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  guestId: string,
  kind: queries.Telling,
  occasion: string,
): Promise<void> {
  await app.enqueue(tx, { workspaceId, task: 'events.tell', payload: { guestId, kind, occasion } });
}

interface Occasion {
  guestId: string;
  kind: queries.Telling;
  occasion: string;
}

/** Whether it is still true when its turn has come: who has changed their mind meanwhile is not told what they were to be told. */
const holds: Record<queries.Telling, (guest: queries.GuestRow, event: queries.EventRow) => boolean> = {
  confirmed: ({ state }) => state !== 'invited',
  seat: ({ state }) => state === 'coming',
  nudge: ({ state }, event) => state === 'invited' && event.cancelled_at === null,
  reminder: ({ state }, event) => state === 'coming' && event.cancelled_at === null && event.starts_at > new Date(),
  changed: ({ state }, event) => (state === 'coming' || state === 'waiting') && event.cancelled_at === null,
  cancelled: ({ state }) => state !== 'declined',
};

/** Tells a guest something, in one transaction with the note that they were told: after a crash it is done once. */
export async function tell(app: App, workspaceId: string, { guestId, kind, occasion }: Occasion): Promise<void> {
  const about = await app.db.asSystem('keeper', async (tx) => {
    const guest = await queries.findGuest(tx, workspaceId, guestId);
    return guest && { guest, event: (await queries.findEvent(tx, workspaceId, guest.event_id))! };
  });
  const personId = about?.guest.card_id;
  // Who registered and has no card yet is told once there is one.
  if (!about || !personId || !holds[kind](about.guest, about.event)) return;
  const actor = { workspaceId, memberId: about.guest.invited_by };
  const note = (tx: Tx, outcome: Outcome) => queries.noteTold(tx, workspaceId, { guestId, kind, occasion }, outcome);
  try {
    await app.db.asActor(actor, async (tx) => {
      if (await queries.takeTurn(tx, actor, about.guest, kind, occasion))
        await note(tx, await write({ app, tx, actor }, kind, personId, about));
    });
  } catch (error) {
    const outcome = refusedFor(error);
    // What its author did is undone: that they may no longer write is noted without them.
    await app.db.asSystem('keeper', async (tx) => {
      if (await queries.takeTurn(tx, { workspaceId }, about.guest, kind, occasion)) await note(tx, outcome);
    });
  }
}

type Outcome = { messageId: string | null; reasons: readonly string[] };

/** @throws what is no reason against writing */
function refusedFor(error: unknown): Outcome {
  if (error instanceof AppError && error.code === 'not_found') return { messageId: null, reasons: ['out_of_sight'] };
  if (error instanceof AppError && error.code === 'unauthenticated')
    return { messageId: null, reasons: ['author_gone'] };
  throw error;
}

async function write(
  author: Parameters<typeof sendToContact>[0],
  kind: queries.Telling,
  personId: string,
  { guest, event }: { guest: queries.GuestRow; event: queries.EventRow },
): Promise<Outcome> {
  const { locale } = guest;
  const t = translator(locale);
  const words = wordsOf(event, locale);
  const about = kind === 'confirmed' ? `confirmed.${guest.state}` : kind;
  const url = guestUrl(author.app, { workspaceId: author.actor.workspaceId, guestId: guest.guest_id });
  return sendToContact(author, {
    ...{ personId, contactPointId: guest.contact_point_id, purpose: 'invitation', locale },
    // To who has said something it is an answer: it weighs nothing and waits for no morning.
    manner: kind === 'nudge' ? 'bulk' : 'answer',
    subject: t(`events.mail.${about}.subject`, words),
    text: t(`events.mail.${about}`, { ...words, companions: guest.companions }),
    forContactOnly: { action: { label: t(`events.mail.${kind === 'nudge' ? 'answer' : 'see'}`), url } },
  });
}
