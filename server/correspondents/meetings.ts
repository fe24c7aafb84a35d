import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** A calendar that is read: whose it is, its source, and the connection behind it; without one it is what its owner dropped. */
export interface CalendarRef {
  workspaceId: string;
  sourceId: string;
  memberId: string;
  connectionId: string | null;
}

/** The calendar is there from now on. */
export async function openCalendar(tx: Tx, calendar: CalendarRef): Promise<void> {
  const { workspaceId, sourceId, memberId, connectionId } = calendar;
  await sql`insert into correspondents.calendar (workspace_id, source_id, member_id, connection_id)
    values (${workspaceId}, ${sourceId}, ${memberId}, ${connectionId}) on conflict do nothing`.execute(tx);
}

/** All addresses that the member is said to have: their account's, and what was entered with their mailboxes and calendars. */
export async function findOwnAddresses(
  tx: Tx,
  { workspaceId, memberId }: Pick<CalendarRef, 'workspaceId' | 'memberId'>,
) {
  const { rows } = await sql<{ address: string }>`
    select email as address from identity.member where workspace_id = ${workspaceId} and member_id = ${memberId}
    union select unnest(array[settings ->> 'user', settings ->> 'username']) from connectors.connection
      where workspace_id = ${workspaceId} and member_id = ${memberId} and kind <> 'drop_box'
    union select jsonb_array_elements_text(settings -> 'addresses') from connectors.connection
      where workspace_id = ${workspaceId} and member_id = ${memberId} and jsonb_typeof(settings -> 'addresses') = 'array'`.execute(
    tx,
  );
  return rows.map(({ address }) => address ?? '');
}

/** What of a calendar was read, with its state. */
export async function findEntryStates(tx: Tx, workspaceId: string, sourceId: string): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('correspondents.calendar_entry')
    .select(['entry_key', 'state'])
    .where('workspace_id', '=', workspaceId)
    .where('source_id', '=', sourceId)
    .execute();
  return new Map(rows.map((row) => [row.entry_key, row.state]));
}

export interface EntryRow {
  key: string;
  state: string;
  private: boolean;
  leftOut: boolean;
}

export interface MeetingRow {
  /** In hexadecimal. */
  key: string;
  entry: string;
  starts: Date[];
  minutes: number;
  people: number;
  organised: boolean;
}

export interface AttendeeRow {
  meeting: string;
  point: string;
  email: string;
  name: string;
  organised: boolean;
  answer: string;
}

/** Forgets what stands under these keys, with its meetings; and meetings of these keys (in hexadecimal) wherever they stand in the calendar. */
export async function forgetEntries(
  tx: Tx,
  { workspaceId, sourceId }: CalendarRef,
  entryKeys: readonly string[],
  meetingKeys: readonly string[],
): Promise<void> {
  await sql`delete from correspondents.meeting where workspace_id = ${workspaceId} and source_id = ${sourceId}
    and (entry_key = any(${entryKeys}) or encode(meeting_key, 'hex') = any(${meetingKeys}))`.execute(tx);
  await sql`delete from correspondents.calendar_entry where workspace_id = ${workspaceId} and source_id = ${sourceId}
    and entry_key = any(${entryKeys})`.execute(tx);
}

export async function addEntries(
  tx: Tx,
  { workspaceId, sourceId, memberId }: CalendarRef,
  entries: readonly EntryRow[],
  meetings: readonly MeetingRow[],
  attendees: readonly AttendeeRow[],
): Promise<void> {
  await sql`insert into correspondents.calendar_entry (workspace_id, source_id, entry_key, member_id, state, private, left_out)
    select ${workspaceId}, ${sourceId}, e.key, ${memberId}, e.state, e.private, e."leftOut"
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) e(key text, state text, private boolean, "leftOut" boolean)`.execute(
    tx,
  );
  await sql`insert into correspondents.meeting (workspace_id, source_id, meeting_key, entry_key, member_id, starts, minutes, people,
      organised)
    select ${workspaceId}, ${sourceId}, decode(m.key, 'hex'), m.entry, ${memberId}, m.starts, m.minutes, m.people, m.organised
    from jsonb_to_recordset(${JSON.stringify(meetings)}::jsonb) m(key text, entry text, starts timestamptz[], minutes int, people int,
      organised boolean)`.execute(tx);
  await sql`insert into correspondents.attendee (workspace_id, source_id, meeting_key, contact_point_id, member_id, email, name,
      organised, answer)
    select ${workspaceId}, ${sourceId}, decode(a.meeting, 'hex'), a.point, ${memberId}, a.email, a.name, a.organised, a.answer
    from jsonb_to_recordset(${JSON.stringify(attendees)}::jsonb) a(meeting text, point uuid, email text, name text, organised boolean,
      answer text)
    where not exists (select from cards.suppressed s where s.workspace_id = ${workspaceId} and s.suppressed_id = a.point)`.execute(
    tx,
  );
}

/** The member's calendars and what was read of each, the latest last. In their transaction. */
export async function listCalendars(tx: Tx, { workspaceId, memberId }: Actor) {
  const { rows } = await sql<{
    source_id: string;
    name: string;
    connection_id: string | null;
    meetings: number;
    people: number;
    private: number;
    left_out: number;
    created_at: Date;
  }>`
    select c.source_id, s.name, c.connection_id, c.created_at,
      (select count(*)::int from correspondents.meeting m cross join unnest(m.starts) t(at)
        where m.workspace_id = ${workspaceId} and m.source_id = c.source_id and t.at <= now()) as meetings,
      (select count(distinct a.contact_point_id)::int from correspondents.attendee a
        where a.workspace_id = ${workspaceId} and a.source_id = c.source_id) as people,
      e.private, e.left_out
    from correspondents.calendar c
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id
    cross join lateral (select count(*) filter (where e.private)::int as private, count(*) filter (where e.left_out)::int as left_out
      from correspondents.calendar_entry e where e.workspace_id = ${workspaceId} and e.source_id = c.source_id) e
    where c.workspace_id = ${workspaceId} and c.member_id = ${memberId}
    order by c.created_at, c.source_id`.execute(tx);
  return rows;
}

/** Forgets a calendar that its member dropped, in their transaction. @returns false when there is none, or a connection reads it */
export async function forgetCalendar(tx: Tx, { workspaceId, memberId }: Actor, sourceId: string): Promise<boolean> {
  const done = await tx
    .deleteFrom('correspondents.calendar')
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .where('source_id', '=', sourceId)
    .where('connection_id', 'is', null)
    .executeTakeFirst();
  return done.numDeletedRows > 0n;
}

/** A meeting that is over, of which the member has said nothing yet. */
export interface PastMeeting {
  meeting: string;
  at: Date;
  minutes: number;
  attendees: { point: string; email: string; name: string }[];
}

/** Days for which one is asked what was said. */
const askedForDays = 7;

/** In the member's transaction: the last ones first, of the past week, without those of which they have said what there is to say. */
export async function listPast(tx: Tx, { workspaceId, memberId }: Actor, most: number): Promise<PastMeeting[]> {
  const { rows } = await sql<PastMeeting>`
    select encode(m.meeting_key, 'hex') || ' ' || extract(epoch from t.at)::bigint as meeting, t.at, m.minutes,
      (select json_agg(json_build_object('point', a.contact_point_id, 'email', a.email, 'name', a.name) order by a.organised desc, a.email)
        from correspondents.attendee a where a.workspace_id = ${workspaceId} and a.source_id = m.source_id and a.meeting_key = m.meeting_key
          and a.answer <> 'declined') as attendees
    from correspondents.meeting m cross join unnest(m.starts) t(at)
    where m.workspace_id = ${workspaceId} and m.member_id = ${memberId} and t.at > now() - make_interval(days => ${askedForDays})
      and t.at + make_interval(mins => m.minutes) <= now()
      and exists (select from correspondents.attendee a where a.workspace_id = ${workspaceId} and a.source_id = m.source_id
        and a.meeting_key = m.meeting_key and a.answer <> 'declined')
      and not exists (select from correspondents.meeting_done d where d.workspace_id = ${workspaceId} and d.member_id = ${memberId}
        and d.meeting = encode(m.meeting_key, 'hex') || ' ' || extract(epoch from t.at)::bigint)
    order by t.at desc limit ${most}`.execute(tx);
  return rows;
}

/** There is nothing more to say of a meeting. */
export async function settleMeeting(tx: Tx, { workspaceId, memberId }: Actor, meeting: string): Promise<void> {
  await sql`insert into correspondents.meeting_done (workspace_id, member_id, meeting) values (${workspaceId}, ${memberId}, ${meeting})
    on conflict do nothing`.execute(tx);
}
