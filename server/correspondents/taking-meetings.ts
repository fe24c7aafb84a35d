import { contactPointId } from '../cards/writing.ts';
import type { CalendarEvent } from '../formats/calendar/index.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { announce } from '../kernel/announce.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import type { AttendeeRow, CalendarRef, EntryRow, MeetingRow } from './meetings.ts';
import * as meetings from './meetings.ts';
import { evidenceOf } from './rules.ts';

/** Something that a calendar holds under a name of its own: an event with its series. */
export interface CalendarEntry {
  key: string;
  /** Compared, never read. */
  state: string;
  events: readonly CalendarEvent[];
}

/** What a batch came to, for the log. */
export interface Met {
  /** Those that have begun. */
  meetings: number;
  private_events: number;
  left_out: number;
}

/**
 * Keeps what calendars say, in place of what they said before under the same names: however often an event is read, moved or taken away, it counts
 * as it stands. In the transaction that also keeps how far the calendar is read.
 */
export async function takeMeetings(
  app: Pick<App, 'secrets'>,
  tx: Tx,
  calendar: CalendarRef,
  entries: readonly CalendarEntry[],
  gone: readonly string[],
): Promise<Met> {
  await meetings.openCalendar(tx, calendar);
  const own = new Set((await meetings.findOwnAddresses(tx, calendar)).flatMap((one) => normaliseEmail(one) ?? []));
  const rows = new Map<string, EntryRow>();
  const met = new Map<string, MeetingRow>();
  const attendees = new Map<string, AttendeeRow[]>();
  for (const { key, state, events } of entries) {
    let kept = false;
    for (const { uid, occasions } of events)
      for (const { recurrence, starts, minutes, people } of occasions) {
        const evidence = evidenceOf(people, own);
        if (!evidence) continue;
        kept = true;
        // Of two entries that hold the same meeting the last one counts.
        const meeting = sha256(`${uid}\n${recurrence}`).toString('hex');
        met.set(meeting, {
          key: meeting,
          entry: key,
          starts,
          minutes,
          people: evidence.people,
          organised: evidence.organised,
        });
        const point = (address: string) =>
          contactPointId(app.secrets, calendar.workspaceId, { channel: 'email', address });
        attendees.set(
          meeting,
          evidence.others.map(({ email, name, organiser: organised, answer }) => {
            return { meeting, point: point(email), email, name, organised, answer };
          }),
        );
      }
    const isPrivate = events.some((one) => one.private);
    rows.set(key, { key, state, private: isPrivate, leftOut: !kept && !isPrivate });
  }
  const now = new Date();
  await meetings.forgetEntries(tx, calendar, [...rows.keys(), ...gone], [...met.keys()]);
  await meetings.addEntries(tx, calendar, [...rows.values()], [...met.values()], [...attendees.values()].flat());
  if (rows.size + gone.length > 0) await announce(tx, calendar.workspaceId, [calendar.memberId], 'feed');
  return {
    meetings: [...met.values()].reduce((sum, { starts }) => sum + starts.filter((at) => at <= now).length, 0),
    private_events: [...rows.values()].filter((one) => one.private).length,
    left_out: [...rows.values()].filter((one) => one.leftOut).length,
  };
}
