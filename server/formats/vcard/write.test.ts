import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contact } from '../contact.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { parsePhone } from '../normalise/phone.ts';
import { readVcards } from './read.ts';
import { type VcardVersion, writeVcard } from './write.ts';

async function reread(contact: Contact, version: VcardVersion): Promise<Contact> {
  async function* source() {
    yield Buffer.from(writeVcard(contact, version));
  }
  const [read] = await Array.fromAsync(readVcards(source(), { country: 'FR' }));
  return read!;
}

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the writer leaves them out
  .map((one) => one.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim())
  .filter((one) => one !== '');
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const place = optional(fc.constantFrom('work', 'home', 'other'));
const label = optional(text.filter((one) => !one.startsWith('_$!<')));
const preferred = optional(fc.constant(true as const));

const email = fc
  .record({ value: fc.emailAddress(), type: place, label, preferred })
  .map((one) => ({ ...one, normalised: normaliseEmail(one.value) }));
const phone = fc
  .record({
    raw: fc.constantFrom(
      '06 12 34 56 78',
      '+49 30 1234567',
      'tel:+1-418-656-9254;ext=102',
      'demander Paul',
      '01 42 33 44 55 poste 12',
    ),
    type: optional(fc.constantFrom('mobile', 'fax', 'pager', 'main', 'voip')),
    place,
    label,
    preferred,
  })
  .map(({ type, ...one }) => {
    const parsed = parsePhone(one.raw, 'FR');
    return { ...one, ...parsed, type: type ?? parsed.type };
  });
const address = fc
  .record({
    street: text,
    city: text,
    postcode: optional(text),
    country: fc.constant('Atlantis'),
    countryCode: optional(fc.constant('CH')),
    type: place,
    label,
  })
  .map((one) => ({
    ...one,
    raw: [one.street, one.city, one.postcode, one.country].filter(Boolean).join('\n'),
  }));
const url = fc.oneof(
  fc.record({
    value: fc.constant('https://example.fr/a,b;c'),
    type: optional(fc.constantFrom('homepage', 'work', 'blog', 'linkedin')),
  }),
  fc.record({ value: fc.constantFrom('jean', 'skype:jean'), type: fc.constantFrom('skype', 'jabber') }),
);
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2025-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const contact: fc.Arbitrary<Contact> = fc
  .record({
    kind: fc.constant('person' as const),
    uid: optional(text),
    name: fc.record({
      full: text,
      family: text,
      given: optional(text),
      additional: optional(text),
      prefix: optional(text),
      suffix: optional(text),
      nickname: optional(text),
    }),
    emails: fc.uniqueArray(email, { maxLength: 3, selector: ({ normalised }) => normalised }),
    phones: fc.uniqueArray(phone, { maxLength: 3, selector: ({ raw }) => raw }),
    organization: optional(text),
    department: optional(text),
    title: optional(text),
    addresses: fc.array(address, { maxLength: 2 }),
    urls: fc.uniqueArray(url, { maxLength: 3, selector: ({ value, type }) => `${value} ${type}` }),
    birthday: optional(
      fc.oneof(
        day,
        day.map((one) => `-${one.slice(4)}`),
      ),
    ),
    note: optional(text),
    categories: fc.uniqueArray(text, { maxLength: 3 }),
    photo: optional(
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 200 }).map((data) => ({ type: 'image/png', size: data.length, data })),
        fc.constant({ type: 'image/gif', size: 0, url: 'https://example.fr/a' }),
      ),
    ),
    consent: optional(
      fc.array(
        fc.record({
          channel: fc.constant('email' as const),
          state: fc.constantFrom('given', 'objected'),
          since: optional(day),
          evidence: text,
        }),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    revision: optional(fc.constantFrom('2026-06-10T04:26:53Z', '1997-11-15')),
    extra: fc.array(
      fc.record({
        name: fc.constantFrom('X-A', 'item3.X-ABDATE;type=pref', 'RELATED'),
        value: fc.constantFrom('a\\,b;c', 'é', 'http://x'),
      }),
      { maxLength: 3 },
    ),
    original: fc.constant({ mediaType: 'text/vcard', data: new Uint8Array(0) }),
  })
  .map((one) => ({ ...one, warnings: [] }));

function comparable(one: Contact): unknown {
  return { ...one, original: undefined, warnings: undefined };
}

describe('writeVcard', () => {
  test.each(['3.0', '4.0'] as const)('%s is read back as the same contact', async (version) => {
    const property = fc.asyncProperty(contact, async (one) => {
      expect(comparable(await reread(one, version))).toEqual(comparable(one));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test.each([
    '3.0',
    '4.0',
  ] as const)('columns of another source travel in %s under their own names', async (version) => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).map((one) => one.replace(/\r/g, '').trim());
    const property = fc.asyncProperty(
      name.filter((one) => one !== ''),
      text,
      async (column, value) => {
        const one: Contact = { ...EMPTY, name: { full: 'x', family: 'x' }, extra: [{ name: column, value }] };
        expect((await reread(one, version)).extra).toEqual([{ name: column, value }]);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  test.each(['3.0', '4.0'] as const)('an organisation stays one in %s', async (version) => {
    const one: Contact = { ...EMPTY, kind: 'organization', name: { full: 'Foo' }, organization: 'Foo' };
    expect(comparable(await reread(one, version))).toEqual(comparable(one));
  });

  test('a column named like a property cannot close the card or change what it is', () => {
    const extra = [
      { name: 'END', value: 'VCARD' },
      { name: 'KIND', value: 'org' },
    ];
    for (const mediaType of ['text/csv', 'text/vcard']) {
      const written = writeVcard(
        { ...EMPTY, name: { full: 'x' }, extra, original: { mediaType, data: new Uint8Array(0) } },
        '3.0',
      );
      expect(written.match(/^END:VCARD/gm)).toHaveLength(1);
    }
  });

  test('a nameless contact is shown by its address', () => {
    const written = writeVcard({ ...EMPTY, emails: [{ value: 'a@b.fr' }] }, '3.0');
    expect(written).toContain('\r\nFN:a@b.fr\r\n');
  });
});

const EMPTY: Contact = {
  kind: 'person',
  name: {},
  emails: [],
  phones: [],
  addresses: [],
  urls: [],
  categories: [],
  extra: [],
  warnings: [],
  original: { mediaType: 'text/csv', data: new Uint8Array(0) },
};
