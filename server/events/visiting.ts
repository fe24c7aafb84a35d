import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { tellOfAnswer } from '../outreach/unsubscribe.ts';
import { timingOf } from './inviting.ts';
import * as queries from './queries.ts';
import { companionCount, companionsOf, isOpen, readToken } from './rules.ts';
import { takeAnswer } from './seating.ts';

/** What somebody finds who follows a guest's link. */
export interface Visit {
  workspaceId: string;
  event: NonNullable<Awaited<ReturnType<typeof queries.findEvent>>>;
  guest: queries.GuestRow;
  /** Whom they bring, as far as they said. */
  party: readonly queries.CompanionRow[];
  /** Answers are taken still. */
  open: boolean;
}

/** Follows a link; null for one that is not ours, or whose event is gone. As the keeper; it changes nothing: scanners of mail follow links. */
async function follow(app: Pick<App, 'secrets'>, tx: Tx, token: string): Promise<Visit | null> {
  const link = readToken(app.secrets.links, token);
  const guest = link && (await queries.findGuest(tx, link.workspaceId, link.guestId));
  if (!link || !guest) return null;
  const event = await queries.findEvent(tx, link.workspaceId, guest.event_id);
  if (!event) return null;
  const party = (await queries.listCompanions(tx, link, [link.guestId])).get(link.guestId) ?? [];
  return { ...link, event, guest, party, open: isOpen(timingOf(event), new Date()) };
}

export const visit = (app: App, token: string): Promise<Visit | null> =>
  app.db.asSystem('keeper', (tx) => follow(app, tx, token));

export interface Taken {
  outcome: 'unknown' | 'closed' | 'missing' | 'full' | 'kept';
  visit: Visit | null;
}

/** Takes a guest's answer. Whose card they were invited by hears that they answered, the first time. */
export function answer(app: App, token: string, form: URLSearchParams): Promise<Taken> {
  return app.db.asSystem('keeper', async (tx) => {
    const first = await follow(app, tx, token);
    if (!first) return { outcome: 'unknown', visit: null };
    const { workspaceId, event } = first;
    await queries.lockEvent(tx, workspaceId, event.event_id);
    // As it stands now that nobody else changes it.
    const found = (await follow(app, tx, token))!;
    if (!found.open) return { outcome: 'closed', visit: found };
    const coming = form.get('coming');
    const badge = (form.get('badge') ?? '').trim();
    const most = found.event.most_companions;
    const names = companionsOf(form, most);
    const companions = companionCount(form, names.length, most);
    if ((coming !== 'yes' && coming !== 'no') || (coming === 'yes' && badge === ''))
      return { outcome: 'missing', visit: found };
    const wish = { coming: coming === 'yes', companions, names, badge, answeredBy: null };
    const { full } = await takeAnswer(app, tx, workspaceId, found.event, found.guest, wish);
    if (full) return { outcome: 'full', visit: found };
    if (found.guest.answered_at === null && found.guest.message_id)
      await tellOfAnswer(tx, workspaceId, found.guest.message_id);
    return { outcome: 'kept', visit: await follow(app, tx, token) };
  });
}
