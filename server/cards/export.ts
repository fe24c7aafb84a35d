import { Readable } from 'node:stream';
import writeXlsx from 'write-excel-file/node';
import type { z } from 'zod';
import { recordUses } from '../delegation/ledger.ts';
import type { Contact } from '../formats/contact.ts';
import { escapeFormula, writeCsvRow } from '../formats/table/write.ts';
import { writeVcard } from '../formats/vcard/index.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type Translate, translator } from '../kernel/messages.ts';
import { compose, entryOf, type Value } from './compose.ts';
import type { exportQuery } from './contract.ts';
import { exportHeader, exportRow } from './export-columns.ts';
import { contactOf } from './fields.ts';
import {
  cursorOf,
  findEntries,
  findPersonCards,
  findPhoto,
  type LoadedCard,
  loadCards,
  pageOwnCards,
  toVisible,
} from './queries.ts';

type ExportQuery = z.output<typeof exportQuery>;

/** A person or card as a contact again, from its chosen values. */
const toContact = (uid: string, kind: Contact['kind'], values: readonly Value[]): Contact =>
  contactOf(
    uid,
    kind,
    values.filter((value) => value.chosen),
  );

/** A person as what some cards say of them, for a program of others; the cards as the transaction shows them. */
export const contactFrom = (uid: string, cards: readonly LoadedCard[]): Contact =>
  toContact(uid, 'person', compose(cards.map(toVisible)));

const pageSize = 200;

/** Cursor of a page: keys of the list, or the id of a card. */
type After = string[] | null;

/** The contacts of an export, a page a transaction: a grant withdrawn meanwhile ends the rest. */
async function* contacts(app: App, actor: Actor, query: ExportQuery): AsyncGenerator<Contact> {
  // The pages of one export are told to a holder together.
  const together = newId();
  let after: After = null;
  do {
    const page: { contacts: Contact[]; next: After } = query.mine
      ? await pageOfOwn(app, actor, after)
      : await pageOfList(app, actor, query, after, together);
    yield* page.contacts;
    after = page.next;
  } while (after);
}

async function pageOfOwn(app: App, actor: Actor, after: After): Promise<{ contacts: Contact[]; next: After }> {
  return app.db.asActor(actor, async (tx) => {
    const ids = await pageOwnCards(tx, actor, after?.[0] ?? '00000000-0000-0000-0000-000000000000', pageSize);
    const cards = await loadCards(tx, actor, ids);
    return {
      contacts: cards.map((card) =>
        toContact(card.uid ?? card.card_id, card.kind as 'person', compose([toVisible(card)])),
      ),
      next: ids.length === pageSize ? [ids.at(-1)!] : null,
    };
  });
}

/**
 * Whom the list shows is read first; of them, a transaction that sees only what may be taken along composes what goes into the
 * file, and tells the holders.
 */
async function pageOfList(app: App, actor: Actor, query: ExportQuery, after: After, together: string) {
  const { format: _format, mine: _mine, locale: _locale, ...filter } = query;
  const page = await app.db.asActor(actor, async (tx) => {
    const rows = await findEntries(tx, actor, filter, 'name', after && { key: after[0]!, id: after[1]! }, pageSize);
    const people: Candidate[] = [];
    for (const row of rows) {
      const person = await findPersonCards(tx, actor, row.person_id);
      if (person) people.push({ id: row.person_id, kind: row.kind, cardIds: person.cardIds });
    }
    return { people, next: rows.length === pageSize ? cursorOf(rows.at(-1)!, 'name') : null };
  });
  const taken = await takeAlong(app, actor, page.people, together);
  return { contacts: taken.map(({ contact }) => contact), next: page.next };
}

/** Somebody who may come along, with the cards that the viewer sees of them. */
export interface Candidate {
  id: string;
  kind: Contact['kind'];
  cardIds: readonly string[];
}

/**
 * Of these persons those of whom something may be taken along, composed of nothing else; who lends it hears of it, in the same transaction.
 *
 * @param also reads in that transaction what else goes into the file, for each of them
 */
export async function takeAlong<T = undefined>(
  app: App,
  actor: Actor,
  people: readonly Candidate[],
  together: string,
  also?: (tx: Tx, cardsOfEach: readonly LoadedCard[][]) => Promise<T[]>,
): Promise<{ contact: Contact; also: T | undefined }[]> {
  return app.db.asActor(
    actor,
    async (tx) => {
      const cards = await loadCards(
        tx,
        actor,
        people.flatMap((person) => person.cardIds),
      );
      await recordUses(tx, actor, 'exported', cards, { together });
      const byId = new Map(cards.map((card) => [card.card_id, card]));
      const taken = people
        .map(({ id, kind, cardIds }) => ({ id, kind, own: cardIds.flatMap((cardId) => byId.get(cardId) ?? []) }))
        .filter(({ own }) => own.length > 0);
      const more = await also?.(
        tx,
        taken.map(({ own }) => own),
      );
      return taken.map(({ id, kind, own }, at) => ({
        contact: toContact(id, kind, compose(own.map(toVisible))),
        also: more?.[at],
      }));
    },
    'export',
  );
}

async function* toText(rows: AsyncIterable<Contact>, format: 'vcf' | 'csv', t: Translate): AsyncGenerator<string> {
  // Excel reads UTF-8 only with a byte order mark.
  if (format === 'csv') yield `\uFEFF${writeCsvRow(exportHeader(t))}`;
  for await (const contact of rows) yield format === 'csv' ? writeCsvRow(exportRow(contact, t)) : vcardOf(contact);
}

const vcardOf = (contact: Contact): string => writeVcard(contact, '3.0');

/** A workbook is made in memory; CSV and vCard are streamed and have no such limit. */
const maxWorkbookRows = 100_000;

/** @throws AppError too_many_rows: a workbook that leaves contacts out without saying so would be taken for the whole */
export async function toWorkbook(
  rows: AsyncIterable<Contact>,
  t: Translate,
  limit = maxWorkbookRows,
): Promise<Readable> {
  async function* lines() {
    for await (const contact of rows) yield exportRow(contact, t);
  }
  return workbookOf(exportHeader(t), lines(), limit);
}

/** @throws AppError too_many_rows */
export async function workbookOf(
  header: readonly string[],
  rows: AsyncIterable<readonly string[]>,
  limit = maxWorkbookRows,
): Promise<Readable> {
  const data = [header.map((value) => ({ value, fontWeight: 'bold' as const }))] as {
    value: string;
    type?: StringConstructor;
  }[][];
  for await (const row of rows) {
    if (data.length > limit) throw new AppError('too_many_rows', { values: { limit } });
    data.push(row.map((value) => ({ value: escapeFormula(value).slice(0, 32_767), type: String })));
  }
  return Readable.from([await writeXlsx(data).toBuffer()]);
}

export const exportType = {
  vcf: 'text/vcard; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** The export as a stream; vCard and CSV in constant memory. Columns are named in the member's language unless asked otherwise. */
export async function exportContacts(app: App, actor: Actor, query: ExportQuery): Promise<Readable> {
  const rows = contacts(app, actor, query);
  const own = query.locale ?? (await app.db.asActor(actor, (tx) => getMember(tx, actor)))?.locale;
  const t = translator(own === 'en' ? 'en' : 'fr');
  return query.format === 'xlsx' ? toWorkbook(rows, t) : Readable.from(toText(rows, query.format, t));
}

/**
 * One person as a vCard, with their photo, made of the cards that may be taken along.
 * @throws AppError not_found when no card of theirs is visible, not_exportable when none may be taken along
 */
export async function exportPerson(app: App, actor: Actor, personId: string): Promise<{ name: string; vcard: string }> {
  const person = await app.db.asActor(actor, (tx) => findPersonCards(tx, actor, personId));
  if (!person) throw notFound();
  return app.db.asActor(
    actor,
    async (tx) => {
      const loaded = await loadCards(tx, actor, person.cardIds);
      if (loaded.length === 0) throw new AppError('not_exportable');
      await recordUses(tx, actor, 'exported', loaded, { together: newId() });
      const cards = loaded.map(toVisible);
      const values = compose(cards);
      const { kind, name, photo } = entryOf(cards, values);
      const picture = photo ? await findPhoto(tx, actor, person.cardIds, photo) : undefined;
      const contact = toContact(personId, kind, values);
      if (picture)
        contact.photo = { type: picture.media_type, size: picture.data.length, data: new Uint8Array(picture.data) };
      return { name, vcard: vcardOf(contact) };
    },
    'export',
  );
}
