import { describe, expect, test } from 'vitest';
import type { Contact, Recognised } from '../formats/contact.ts';
import { readContacts } from '../formats/index.ts';
import { writeCsvRow } from '../formats/table/write.ts';
import { translator } from '../kernel/messages.ts';
import { toWorkbook } from './export.ts';
import { exportHeader, exportRow } from './export-columns.ts';

async function* people(count: number): AsyncGenerator<Contact> {
  for (let at = 0; at < count; at++) {
    yield {
      kind: 'person',
      name: { full: `Person ${at}` },
      emails: [],
      phones: [],
      addresses: [],
      urls: [],
      categories: [],
      extra: [],
      warnings: [],
      original: { mediaType: 'text/vcard', data: new Uint8Array() },
    };
  }
}

test('a workbook is whole, or is refused with the limit', async () => {
  const [whole] = await (await toWorkbook(people(3), translator('en'), 3)).toArray();
  expect(Buffer.from(whole).subarray(0, 2).toString()).toBe('PK');
  await expect(toWorkbook(people(4), translator('en'), 3)).rejects.toMatchObject({
    code: 'too_many_rows',
    details: { values: { limit: 3 } },
  });
});

const full: Contact = {
  kind: 'person',
  uid: '0199c6f0-0000-7000-8000-000000000001',
  name: { prefix: 'Mme', given: 'Éloïse', additional: 'Anne', family: 'd’Aubigny', full: 'Mme Éloïse Anne d’Aubigny' },
  emails: [
    { value: 'eloise@acme.example', normalised: 'eloise@acme.example', type: 'work' },
    { value: 'elo@maison.example', normalised: 'elo@maison.example', type: 'home' },
  ],
  phones: [
    { raw: '06 12 34 56 78', e164: '+33612345678', type: 'mobile', place: 'work' },
    { raw: '01 42 68 53 00', e164: '+33142685300', type: 'landline', place: 'home' },
    { raw: '01 42 68 53 01', e164: '+33142685301', type: 'fax', place: 'work' },
  ],
  organization: 'Acmé SAS',
  department: 'Achats',
  title: 'Directrice',
  addresses: [
    { raw: '', street: '3 rue Royale', postcode: '75008', city: 'Paris', country: 'France', type: 'work' },
    { raw: '', street: '12 chemin du Lac', postcode: '74000', city: 'Annecy', country: 'France', type: 'home' },
    { raw: '', street: '1 rue du Port', postcode: '29200', city: 'Brest', country: 'France' },
  ],
  urls: [{ value: 'https://acme.example' }],
  birthday: '1980-05-17',
  categories: ['clients', 'salon'],
  note: 'Préfère le matin',
  extra: [],
  warnings: [],
  original: { mediaType: 'text/vcard', data: new Uint8Array() },
};
const company: Contact = {
  ...full,
  kind: 'organization',
  uid: '0199c6f0-0000-7000-8000-000000000002',
  name: { full: 'Acmé SAS' },
  emails: [],
  phones: [{ raw: '01 42 68 53 02', e164: '+33142685302', type: 'main' }],
};

describe.each(['fr', 'en'] as const)('a table exported in %s', (locale) => {
  const t = translator(locale);
  test.each(['csv', 'xlsx'] as const)('is read back from %s as it was', async (format) => {
    const contacts = [full, company];
    const octets =
      format === 'csv'
        ? Buffer.from([exportHeader(t), ...contacts.map((one) => exportRow(one, t))].map(writeCsvRow).join(''))
        : Buffer.concat(await (await toWorkbook(each(contacts), t)).toArray());
    let recognised: Recognised | undefined;
    const read = await Array.fromAsync(
      readContacts(
        () => each([octets]),
        { country: 'FR', fileName: `contacts.${format}` },
        (found) => {
          recognised = found;
        },
      ),
    );
    expect(recognised!.layout).toBe('entregent_export');
    expect(read.map(({ extra, warnings }) => [extra, warnings])).toEqual([
      [[], []],
      [[], []],
    ]);
    expect(read.map(essence)).toEqual(contacts.map(essence));
  });
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** What must survive; how an address is written in one line is the reader's own. */
function essence({ kind, uid, name, emails, phones, organization, department, title, ...rest }: Contact) {
  return {
    kind,
    uid,
    name: { given: name.given, family: name.family, full: name.full, prefix: name.prefix },
    emails: emails.map(({ value, type }) => [value, type]),
    phones: phones.map(({ e164, type, place }) => [e164, type, place]),
    work: [organization, department, title],
    addresses: rest.addresses.map(({ street, postcode, city, type }) => [street, postcode, city, type]),
    rest: [rest.urls.map(({ value }) => value), rest.birthday, rest.categories, rest.note],
  };
}
