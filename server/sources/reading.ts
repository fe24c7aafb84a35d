import { setImmediate } from 'node:timers/promises';
import { type PreparedCard, prepareCard } from '../cards/writing.ts';
import type { Contact, Recognised } from '../formats/contact.ts';
import { readContacts } from '../formats/index.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { readPieces } from './files.ts';
import type { ImportRow } from './queries.ts';
import { sourceKeyOf } from './rules.ts';
import { type TypedValue, typeValues, type Writable } from './typing.ts';

/** What a source is called by kind: the product that wrote the file, else its format. */
export function kindOf(recognised: Recognised): string {
  return recognised.layout !== 'unknown' ? recognised.layout : recognised.format;
}

/** A contact as it was read, and made ready to be written. */
export interface ReadContact {
  contact: Contact;
  card: PreparedCard;
  values: TypedValue[];
}

export async function* prepareAll(contacts: AsyncIterable<Contact>, writable: Writable): AsyncGenerator<ReadContact> {
  for await (const contact of contacts) {
    const values = typeValues(contact, writable);
    const card = prepareCard(contact, sourceKeyOf);
    // Two rows that differ in an attribute alone are not the same.
    if (values.length > 0)
      card.contentHash = sha256(
        `${card.contentHash.toString('hex')} ${JSON.stringify(values.map(({ no, value }) => [no, value.value]))}`,
      );
    yield { contact, card, values };
  }
}

/** Opens the contacts of an uploaded file with the mapping and country chosen so far. */
export function openContacts(
  app: App,
  row: ImportRow,
  report?: (recognised: Recognised) => void,
): AsyncGenerator<Contact> {
  const inTx = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  return readContacts(
    () => readPieces(inTx, row.workspace_id, row.import_id),
    { country: row.country, fileName: row.file_name, ...(row.mapping ? { mapping: row.mapping as never } : {}) },
    report,
  );
}

/** Reads the next item while the one before is being dealt with. */
export async function* readAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next();
  try {
    for (let now = await next; !now.done; now = await next) {
      next = items.next();
      // Whoever asks for it gets the failure; until then it must not count as unhandled.
      next.catch(() => {});
      yield now.value;
    }
  } finally {
    await items.return(undefined);
  }
}

const breath = 50;

/** Collects contacts into batches, so that each needs one look-up. */
export async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    // Between two reads of the file all is one breath: others' requests, and the rows on their way to the database, wait.
    if (batch.length % breath === 0) await setImmediate();
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
