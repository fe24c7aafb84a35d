import { UnreadableFile } from '../../../formats/contact.ts';
import { openTables } from '../../../formats/index.ts';
import { normaliseEmail } from '../../../formats/normalise/email.ts';
import { cellValue } from '../../../formats/table/cells.ts';
import { foldHeader } from '../../../formats/table/header.ts';
import { type Correspondent, type Incoming, type IncomingMessage, Unreadable } from '../channel.ts';
import { clean, handleOf, isoTime, nameOf, toMessage } from '../reading.ts';

/** Tables of a help desk as its export has them: one file each. */
export interface ZendeskTables {
  tickets: Uint8Array;
  comments?: Uint8Array;
  users?: Uint8Array;
}

/** Columns that are read, of all three. */
const ticketColumns = ['id', 'description', 'requester id', 'created at', 'status', 'subject'] as const;
const commentColumns = ['id', 'body', 'ticket id', 'user id', 'created', 'created at', 'public'] as const;
const userColumns = ['id', 'email', 'name', 'role'] as const;
type Column = (typeof ticketColumns | typeof commentColumns | typeof userColumns)[number];

type Row = (column: Column) => string;

/** Rows of one file; more is no export of tickets. */
const mostRows = 1_000_000;

/** @throws Unreadable where it is no table with the columns that are needed */
async function rowsOf(bytes: Uint8Array, read: readonly Column[], needed: readonly Column[] = read): Promise<Row[]> {
  try {
    for await (const { rows } of (await openTables(() => once(bytes))) ?? []) {
      let columns: Columns | undefined;
      const found: Row[] = [];
      for await (const { cells } of rows) {
        if (columns) found.push(toRow(columns, cells));
        else columns = columnsOf(cells.map(foldHeader), read);
        if (found.length > mostRows) throw new Unreadable('too many rows');
      }
      if (columns && needed.every((name) => columns.some(([one]) => one === name))) return found;
    }
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Unreadable(error.code);
    throw error;
  }
  throw new Unreadable('no tickets');
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

type Columns = readonly (readonly [Column, number])[];

const columnsOf = (header: readonly string[], read: readonly Column[]): Columns =>
  read.flatMap((column) => (header.includes(column) ? [[column, header.indexOf(column)] as const] : []));

/** Keeps what is read, not the whole row: an export has dozens of columns more. */
function toRow(columns: Columns, cells: readonly string[]): Row {
  const said = columns.map(([, at]) => clean(cellValue(cells[at])));
  return (column) => said[columns.findIndex(([one]) => one === column)] ?? '';
}

interface User {
  correspondent: Correspondent;
  isOurs: boolean;
}

/** Several people may write from one mailbox: an address that two of them have is nobody's. */
function usersOf(rows: readonly Row[]): Map<string, User> {
  const counts = Map.groupBy(rows, (row) => row('email').toLowerCase());
  return new Map(
    rows.map((row) => {
      const email = counts.get(row('email').toLowerCase())!.length === 1 ? normaliseEmail(row('email')) : undefined;
      const point = email ? ({ channel: 'email', address: email } as const) : handleOf('zendesk', row('id'));
      const isOurs = /^(?:agent|admin)$/.test(row('role'));
      return [row('id'), { correspondent: { point, name: nameOf(row('name')) }, isOurs }];
    }),
  );
}

/**
 * Reads conversations out of an export of Zendesk (tickets, comments, users): the first words of each ticket and what was said in public behind
 * them, the earliest first. Deleted tickets and notes among colleagues are left, and counted.
 *
 * @throws Unreadable where a file is none of these
 */
export async function readZendesk(tables: ZendeskTables): Promise<{ incoming: Incoming[]; ignored: number }> {
  const users = usersOf(tables.users ? await rowsOf(tables.users, userColumns) : []);
  const tickets = await rowsOf(tables.tickets, ticketColumns, ticketColumns.slice(0, 4));
  const comments = tables.comments ? await rowsOf(tables.comments, commentColumns, commentColumns.slice(0, 4)) : [];
  const byId = new Map(tickets.map((row) => [row('id'), row]));
  const userOf = (id: string): User =>
    users.get(id) ?? { correspondent: { point: handleOf('zendesk', id), name: '' }, isOurs: false };
  const messages = [
    ...tickets.map((row) => ticketMessage(row, userOf)),
    ...comments.map((row) => commentMessage(row, byId.get(row('ticket id')), userOf)),
  ];
  const incoming = messages
    .filter((one): one is IncomingMessage => one !== null)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(toMessage);
  return { incoming, ignored: messages.length - incoming.length };
}

const isDeleted = (ticket: Row | undefined): boolean => ticket?.('status') === 'deleted';

function ticketMessage(row: Row, userOf: (id: string) => User): IncomingMessage | null {
  const at = isoTime.safeParse(row('created at').replace(' ', 'T')).data;
  if (isDeleted(row) || !at || row('id') === '' || row('requester id') === '') return null;
  const { correspondent } = userOf(row('requester id'));
  const subject = row('subject');
  return {
    externalId: `ticket:${row('id')}`,
    thread: row('id'),
    correspondent,
    direction: 'in',
    at,
    text: row('description'),
    ...(subject && { subject }),
  };
}

/** What an agent wrote went to whoever asked. */
function commentMessage(row: Row, ticket: Row | undefined, userOf: (id: string) => User): IncomingMessage | null {
  const at = isoTime.safeParse((row('created') || row('created at')).replace(' ', 'T')).data;
  const author = row('user id');
  if (isDeleted(ticket) || !at || row('id') === '' || author === '' || /^false$/i.test(row('public'))) return null;
  const { isOurs, correspondent } = userOf(author);
  const requester = ticket?.('requester id');
  // Of a ticket that is not there nobody knows whom we answered.
  if (isOurs && !requester) return null;
  return {
    externalId: `comment:${row('id')}`,
    thread: row('ticket id') || row('id'),
    correspondent: isOurs ? userOf(requester!).correspondent : correspondent,
    direction: isOurs ? 'out' : 'in',
    at,
    text: row('body'),
  };
}
