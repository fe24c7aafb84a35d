import type { Contact, ContactKind } from '../../formats/contact.ts';
import { contactBuilder } from '../../formats/table/build.ts';

/** What the fields of a service's records are called, and what they hold in the words of a table's columns (formats/table/columns.ts). */
export type Fields = Readonly<Record<string, string>>;

export interface RecordOf {
  /** Its id at the service. */
  uid: string;
  kind: ContactKind;
  country: string;
  /** As the service sent it: kept as the card's original. */
  original: unknown;
}

const encoder = new TextEncoder();

/**
 * Makes the function that turns records of a service into contacts, by the rules by which the columns of a file are read. It never throws,
 * and of what is no text, number or tick it says nothing.
 */
export function recordReader(fields: Fields): (record: Readonly<Record<string, unknown>>, of: RecordOf) => Contact {
  const names = Object.keys(fields);
  const mapping = names.map((header, column) => {
    return { header, column, target: fields[header]!, confidence: 1, reason: 'layout' as const };
  });
  return (record, { uid, kind, country, original }) => {
    const plan = { layout: 'api', headerRow: null, headers: names, mapping, kind, groups: false };
    // The id stands in a column of its own: a row of blanks would be no contact.
    const withId = { ...plan, mapping: [...mapping, { ...mapping[0]!, column: names.length, target: 'uid' }] };
    const cells = [...names.map((name) => cellOf(record[name])), uid];
    const contact = contactBuilder(withId, { country })({ cells })!;
    return {
      ...contact,
      uid,
      original: { mediaType: 'application/json', data: encoder.encode(JSON.stringify(original)) },
    };
  };
}

/** Characters of a value; a longer one is no contact's. */
const longest = 100_000;

function cellOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, longest);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Whether a contact says who it is, or how to reach it. */
export const saysSomething = ({ name, organization, emails, phones }: Contact): boolean =>
  Boolean(name.full || organization || emails.length > 0 || phones.length > 0);
