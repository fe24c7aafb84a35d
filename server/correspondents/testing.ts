import { newId } from '../kernel/ids.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import { dropBox } from './drop-box.ts';
import type { MailboxRef } from './queries.ts';
import { type Received, readMessage } from './reading.ts';
import { type Outcome, takeReadings } from './taking.ts';

interface Placed {
  folder?: string;
  sent?: boolean;
  at?: string;
}

export interface TestMailbox {
  ref: MailboxRef;
  /** Reads messages as a connector would that has just fetched them. */
  receive(messages: string | readonly string[], placed?: Placed): Promise<void>;
}

/** A connection that no server stands behind. */
async function addConnection(
  app: TestApp,
  member: Member,
  kind: string,
  name: string,
  settings: object = {},
): Promise<MailboxRef> {
  const { workspace, memberId } = member.me;
  const ref = { workspaceId: workspace.id, memberId, sourceId: newId(), connectionId: newId() };
  await app.query(
    'insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, $4, $5)',
    [ref.workspaceId, ref.sourceId, memberId, name, kind],
  );
  await app.query(
    `insert into connectors.connection (workspace_id, connection_id, member_id, source_id, book_id, kind, settings, secret, place, place_name,
       two_way, state)
     select workspace_id, $2, $3, $4, book_id, $5, $6, '', 'mailbox', $7, false, 'paused' from delegation.book
     where workspace_id = $1 and holder_id = $3 and main`,
    [ref.workspaceId, ref.connectionId, memberId, ref.sourceId, kind, JSON.stringify(settings), name],
  );
  return ref;
}

const asReceived = (text: string, { folder = 'INBOX', sent = false, at }: Placed): Received => ({
  raw: Buffer.from(text.replaceAll(/\r?\n/g, '\r\n')),
  filedUnder: [folder],
  receivedAt: new Date(at ?? Date.now()),
  sent,
});

/** A mailbox of a member's, without a server behind it. */
export async function openTestMailbox(app: TestApp, member: Member, address: string): Promise<TestMailbox> {
  const ref = await addConnection(app, member, 'imap', address);
  return {
    ref,
    async receive(messages, placed = {}) {
      const outcomes: Outcome[] = [];
      for (const text of [messages].flat())
        outcomes.push(await readMessage(asReceived(text, placed), { own: [address], country: 'FR' }));
      await app.app.db.asSystem('keeper', (tx) => takeReadings(app.app, tx, ref, outcomes));
    },
  };
}

/** The company's drop-box, without a server behind it. @returns reads what was sent to it, and gives what was counted */
export async function openTestDropBox(app: TestApp, admin: Member, address: string) {
  const ref = await addConnection(app, admin, 'drop_box', address, { address });
  return (...messages: string[]) =>
    app.app.db.withClient('keeper', (client, tx) =>
      dropBox.take!(
        { app: app.app, client, tx, ...ref, bookId: '' },
        { items: messages.map((text) => asReceived(text, {})), gone: [] },
      ),
    );
}

interface Letter {
  from: string;
  to: string;
  cc?: string;
  subject?: string;
  date?: string;
  id?: string;
  headers?: string[];
  text?: string;
}

let letters = 0;

/** A message as it travels. */
export function letter({
  from,
  to,
  cc,
  subject = 'Bonjour',
  date,
  id,
  headers = [],
  text = 'Bonjour.',
}: Letter): string {
  return [
    `From: ${from}`,
    `To: ${to}`,
    ...(cc ? [`Cc: ${cc}`] : []),
    `Subject: ${subject}`,
    `Date: ${date ?? new Date().toUTCString()}`,
    `Message-ID: <${id ?? `letter-${++letters}`}@test.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...headers,
    '',
    text,
    '',
  ].join('\n');
}

/** A calendar file of events, each given by its lines. */
export const calendarOf = (...events: readonly (readonly string[])[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

/** A time as iCalendar writes it, so many days from now at nine in the morning. */
const daysAway = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}T090000Z`;

/** An event of half an hour, with its people: `=` before an address calls it, `-` declines, `+` accepts. */
export function event(uid: string, days: number, people: readonly string[], ...lines: string[]): string[] {
  const signs: Record<string, string> = {
    '=': 'ORGANIZER',
    '-': 'ATTENDEE;PARTSTAT=DECLINED',
    '+': 'ATTENDEE;PARTSTAT=ACCEPTED',
  };
  const who = people.map((one) =>
    signs[one[0]!] ? `${signs[one[0]!]}:mailto:${one.slice(1)}` : `ATTENDEE:mailto:${one}`,
  );
  return [`UID:${uid}`, `DTSTART:${daysAway(days)}`, 'DURATION:PT30M', ...who, ...lines];
}
