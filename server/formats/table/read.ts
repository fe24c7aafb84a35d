import { type Contact, type ReadOptions, type Recognised, UnreadableFile } from '../contact.ts';
import { contactBuilder } from './build.ts';
import { addEmails } from './cells.ts';
import type { Dialect } from './delimited.ts';
import { planTable, SAMPLE_ROWS, type TablePlan } from './mapping.ts';
import type { Row } from './rows.ts';

/** One sheet, or the one table of a text file. */
export interface Table {
  /** The sheet's name; "" for a text file. Key of `ReadOptions.mapping`. */
  name: string;
  rows: AsyncIterable<Row>;
  /** Of a text file that may be read from any place where a row begins: how. */
  text?: TextForm;
}

/** How octets are made rows. */
export interface TextForm extends Dialect {
  charset: string;
}

export type SheetPlan = NonNullable<Recognised['sheets']>[number] & { layout: string };

/**
 * Reads the contacts of one table, row by row.
 *
 * @param planned called once, before the first contact, with how the table is read
 * @throws UnreadableFile when the table holds no contacts
 */
async function* readTable(
  table: Table,
  options: ReadOptions,
  planned?: (plan: SheetPlan) => void,
): AsyncGenerator<Contact> {
  const rows = table.rows[Symbol.asyncIterator]();
  try {
    const sample = await take(rows, SAMPLE_ROWS);
    const plan = planTable(
      sample.map((row) => row.cells),
      options.mapping?.[table.name],
    );
    planned?.({ name: table.name, layout: plan.layout, headerRow: plan.headerRow, mapping: plan.mapping });
    const read = rowReader(plan, options, sample);
    for (const row of sample.slice(plan.headerRow === null ? 0 : plan.headerRow + 1)) yield* read(row);
    for (let next = await rows.next(); !next.done; next = await rows.next()) yield* read(next.value);
  } finally {
    await rows.return?.(undefined);
  }
}

/**
 * Reads the contacts of all tables of a file; tables without contacts are passed over as long as another one has some.
 *
 * @throws UnreadableFile when none has
 */
export async function* readTables(
  tables: AsyncIterable<Table>,
  options: ReadOptions,
  planned?: (plan: SheetPlan) => void,
): AsyncGenerator<Contact> {
  let found = false;
  let refused: UnreadableFile | undefined;
  for await (const table of tables) {
    try {
      for await (const contact of readTable(table, options, planned)) {
        found = true;
        yield contact;
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile) || !PASSED_OVER.has(error.code)) throw error;
      refused ??= error;
    }
  }
  if (!found) throw refused ?? new UnreadableFile('no_contacts', { what: 'table' });
}

const PASSED_OVER = new Set(['no_contacts', 'messages', 'events', 'invoice', 'empty']);

async function take(rows: AsyncIterator<Row>, count: number): Promise<Row[]> {
  const taken: Row[] = [];
  while (taken.length < count) {
    const next = await rows.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

function rowReader(plan: TablePlan, options: ReadOptions, sample: Row[]): (row: Row) => Iterable<Contact> {
  const build = contactBuilder(plan, options);
  const header = plan.headerRow === null ? undefined : sample[plan.headerRow];
  const head = header ? `${rowText(header)}\r\n` : '';
  const withOriginal = (contact: Contact, row: Row): Contact => {
    if (options.octets !== false)
      contact.original = { mediaType: 'text/csv', data: ENCODER.encode(`${head}${rowText(row)}\r\n`) };
    return contact;
  };
  if (plan.groups) return (row) => membersOf(row, plan.headers).map((contact) => withOriginal(contact, row));
  return (row) => {
    const contact = build(row);
    return contact ? [withOriginal(contact, row)] : [];
  };
}

const ENCODER = new TextEncoder();

/** Each cell of a table of groups is a member, the column's header the group. */
function membersOf(row: Row, groups: string[]): Contact[] {
  return row.cells.flatMap((cell, column): Contact[] => {
    if (cell.trim() === '') return [];
    const contact: Contact = {
      kind: 'person',
      name: {},
      emails: [],
      phones: [],
      addresses: [],
      urls: [],
      categories: groups[column] ? [groups[column]] : [],
      extra: [],
      warnings: [],
      original: { mediaType: 'text/csv', data: new Uint8Array(0) },
    };
    addEmails(contact, cell.trim(), {});
    return [contact];
  });
}

/** The row as the file wrote it, or as CSV (RFC 4180) where the file is none. */
function rowText(row: Row): string {
  return (
    row.raw ?? row.cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
  );
}
