import { type ColumnMapping, type Contact, type ContactKind, UnreadableFile } from '../../formats/contact.ts';
import { contactBuilder } from '../../formats/table/build.ts';
import { planTable } from '../../formats/table/mapping.ts';
import { sha256 } from '../../kernel/ids.ts';
import { type Item, Trouble } from '../connector.ts';

/** What the columns of a result hold: decided once, for a later result may have too few rows to tell. */
export interface Plan {
  headers: string[];
  mapping: ColumnMapping[];
  kind?: ContactKind | undefined;
}

export type SqlRow = readonly (string | null)[];

/** Characters of a value; a longer one is no contact's. */
const longest = 100_000;
const cellsOf = (row: SqlRow): string[] => row.map((value) => (value ?? '').slice(0, longest));

/**
 * Reads the columns as those of a CSV file are read; the key is the contact's id, and no other column is.
 * @throws Trouble bad_query where there is no such column or two of them, no_contacts
 */
export function planRows(headers: readonly string[], rows: readonly SqlRow[], key: string): Plan {
  if (headers.filter((header) => header === key).length !== 1) throw new Trouble('bad_query');
  try {
    const { mapping, kind } = planTable([[...headers], ...rows.map(cellsOf)]);
    const own = mapping.map((column) => {
      if (headers[column.column] === key) return { ...column, header: key, target: 'uid' };
      return column.target === 'uid' ? { ...column, target: 'ignore' } : column;
    });
    return { headers: [...headers], mapping: own, kind };
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Trouble('no_contacts');
    throw error;
  }
}

const encoder = new TextEncoder();

/** A row as a contact; undefined for one without key. Its state tells whether the row, or how it is read, has changed. */
export function toItem({ headers, mapping, kind }: Plan, row: SqlRow, key: string, country: string): Item | undefined {
  const uid = row[headers.indexOf(key)]?.trim();
  if (!uid) return undefined;
  const plan = { layout: 'sql', headerRow: null, headers, mapping, ...(kind && { kind }), groups: false };
  const contact: Contact = contactBuilder(plan, { country })({ cells: cellsOf(row) })!;
  const named = Object.fromEntries(headers.map((header, column) => [header, row[column] ?? null]));
  const original = { mediaType: 'application/json', data: encoder.encode(JSON.stringify(named)) };
  const targets = mapping.map(({ target }) => target);
  const state = sha256(JSON.stringify([targets, row])).toString('base64');
  return { key: uid.slice(0, 500), state, contact: { ...contact, uid, original } };
}

/** `:since`, but not the cast `::since`. */
export const since = /(?<!:):since\b/g;

/** The query as it is sent, and whether it asks for what has changed since a time. */
export function toStatement(query: string): { text: string; since: boolean } {
  const text = query.trim().replace(/;\s*$/, '');
  return { text: text.replace(since, '$1::timestamptz'), since: text.search(since) >= 0 };
}
