import { Readable } from 'node:stream';
import writeXlsx from 'write-excel-file/node';
import type { z } from 'zod';
import type {
  Contact,
  ContactAddress,
  ContactEmail,
  ContactName,
  ContactPhone,
  ContactUrl,
  ExtraValue,
} from '../formats/contact.ts';
import { escapeFormula, writeCsvRow } from '../formats/table/write.ts';
import { writeVcard } from '../formats/vcard/index.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { compose, type Value } from './compose.ts';
import type { exportQuery } from './contract.ts';
import { cursorOf, findEntries, findPersonCards, loadCards, pageOwnCards, toVisible } from './queries.ts';

type ExportQuery = z.output<typeof exportQuery>;

/** A person or card as a contact again, from its chosen values. */
function toContact(uid: string, kind: Contact['kind'], values: readonly Value[]): Contact {
  const chosen = values.filter((value) => value.chosen);
  const all = <T>(wanted: Value['kind']) =>
    chosen.filter((value) => value.kind === wanted).map((value) => value.value as unknown as T);
  const text = (wanted: Value['kind']) => all<{ value: string }>(wanted).map(({ value }) => value);
  const [organization] = all<{ name?: string; department?: string }>('organization');
  const [title] = text('title');
  const [birthday] = text('birthday');
  const notes = text('note');
  return {
    kind,
    uid,
    name: all<ContactName>('name')[0] ?? {},
    emails: all<ContactEmail>('email'),
    phones: all<ContactPhone>('phone'),
    ...(organization?.name ? { organization: organization.name } : {}),
    ...(organization?.department ? { department: organization.department } : {}),
    ...(title ? { title } : {}),
    addresses: all<ContactAddress>('address'),
    urls: all<ContactUrl>('url'),
    ...(birthday ? { birthday } : {}),
    ...(notes.length > 0 ? { note: notes.join('\n\n') } : {}),
    categories: text('category'),
    extra: all<ExtraValue>('extra'),
    warnings: [],
    original: { mediaType: 'text/vcard', data: new Uint8Array() },
  };
}

const pageSize = 200;

/** The contacts of an export, a page a transaction: a grant withdrawn meanwhile ends the rest. */
async function* contacts(app: App, actor: Actor, query: ExportQuery): AsyncGenerator<Contact> {
  const { format: _format, mine, ...filter } = query;
  let after: string[] | null = null;
  for (;;) {
    const page: { contacts: Contact[]; next: string[] | null } = await app.db.asActor(actor, async (tx) => {
      if (mine) {
        const ids = await pageOwnCards(tx, actor, after?.[0] ?? '00000000-0000-0000-0000-000000000000', pageSize);
        const cards = await loadCards(tx, actor, ids);
        return {
          contacts: cards.map((card) =>
            toContact(card.uid ?? card.card_id, card.kind as 'person', compose([toVisible(card)])),
          ),
          next: ids.length === pageSize ? [ids.at(-1)!] : null,
        };
      }
      const rows = await findEntries(tx, actor, filter, 'name', after && { key: after[0]!, id: after[1]! }, pageSize);
      const found: Contact[] = [];
      for (const row of rows) {
        const person = await findPersonCards(tx, actor, row.person_id);
        const cards = person ? (await loadCards(tx, actor, person.cardIds)).map(toVisible) : [];
        if (cards.length > 0) found.push(toContact(row.person_id, row.kind, compose(cards)));
      }
      return { contacts: found, next: rows.length === pageSize ? cursorOf(rows.at(-1)!, 'name') : null };
    });
    yield* page.contacts;
    if (!page.next) return;
    after = page.next;
  }
}

const header = [
  'Kind',
  'Name Prefix',
  'First Name',
  'Middle Name',
  'Last Name',
  'Name Suffix',
  'Full Name',
  'Organization',
  'Department',
  'Title',
  'E-mail 1',
  'E-mail 2',
  'E-mail 3',
  'Phone 1',
  'Phone 1 - Type',
  'Phone 2',
  'Phone 2 - Type',
  'Phone 3',
  'Phone 3 - Type',
  'Street',
  'Postal Code',
  'City',
  'Region',
  'Country',
  'Website',
  'Birthday',
  'Categories',
  'Notes',
  'Id',
];

function toRow(contact: Contact): string[] {
  const { name, emails, phones, addresses } = contact;
  const phone = (index: number) => [phones[index]?.e164 ?? phones[index]?.raw ?? '', phones[index]?.type ?? ''];
  const address = addresses[0];
  return [
    contact.kind,
    name.prefix ?? '',
    name.given ?? '',
    name.additional ?? '',
    name.family ?? '',
    name.suffix ?? '',
    name.full ?? '',
    contact.organization ?? '',
    contact.department ?? '',
    contact.title ?? '',
    ...[0, 1, 2].map((index) => emails[index]?.value ?? ''),
    ...phone(0),
    ...phone(1),
    ...phone(2),
    address?.street ?? address?.raw ?? '',
    address?.postcode ?? '',
    address?.city ?? '',
    address?.region ?? '',
    address?.country ?? '',
    contact.urls[0]?.value ?? '',
    contact.birthday ?? '',
    contact.categories.join(', '),
    contact.note ?? '',
    contact.uid ?? '',
  ];
}

async function* toText(rows: AsyncIterable<Contact>, format: 'vcf' | 'csv'): AsyncGenerator<string> {
  // Excel reads UTF-8 only with a byte order mark.
  if (format === 'csv') yield `\uFEFF${writeCsvRow(header)}`;
  for await (const contact of rows) yield format === 'csv' ? writeCsvRow(toRow(contact)) : writeVcard(contact, '3.0');
}

/** A workbook is made in memory; CSV and vCard are streamed and have no such limit. */
const maxWorkbookRows = 100_000;

/** @throws AppError too_many_rows: a workbook that leaves contacts out without saying so would be taken for the whole */
export async function toWorkbook(rows: AsyncIterable<Contact>, limit = maxWorkbookRows): Promise<Readable> {
  const data = [header.map((value) => ({ value, fontWeight: 'bold' as const }))] as {
    value: string;
    type?: StringConstructor;
  }[][];
  for await (const contact of rows) {
    if (data.length > limit) throw new AppError('too_many_rows', { values: { limit } });
    data.push(toRow(contact).map((value) => ({ value: escapeFormula(value).slice(0, 32_767), type: String })));
  }
  return Readable.from([await writeXlsx(data).toBuffer()]);
}

export const exportType = {
  vcf: 'text/vcard; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** The export as a stream; vCard and CSV in constant memory. */
export async function exportContacts(app: App, actor: Actor, query: ExportQuery): Promise<Readable> {
  const rows = contacts(app, actor, query);
  return query.format === 'xlsx' ? toWorkbook(rows) : Readable.from(toText(rows, query.format));
}
