import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contact } from '../formats/contact.ts';
import { toContact as fromGoogle } from './google/person.ts';
import { isThing, type Thing } from './json.ts';
import { toContact as fromMicrosoft } from './microsoft/contact.ts';

describe('what Google says of a person', () => {
  test('is a contact, all of it', () => {
    const contact = fromGoogle(
      {
        resourceName: 'people/c1',
        etag: '%1',
        metadata: { sources: [{ type: 'CONTACT', id: '1a', updateTime: '2026-11-02T08:00:00Z' }] },
        names: [{ displayName: 'Dr. Zoé Le Goff', givenName: 'Zoé', familyName: 'Le Goff', honorificPrefix: 'Dr.' }],
        nicknames: [{ value: 'Zo' }],
        emailAddresses: [
          { value: 'Zoe@LeGoff.example', type: 'work' },
          { value: 'zoe@legoff.example', type: 'home' },
          { value: 'z@example.com', type: 'Assistante' },
        ],
        phoneNumbers: [
          { value: '06 39 98 00 01', canonicalForm: '+33639980001', type: 'mobile' },
          { value: '01 99 00 00 02', type: 'workFax' },
        ],
        addresses: [
          {
            formattedValue: '1 rue de la Paix\n75002 Paris\nFrance',
            type: 'work',
            streetAddress: '1 rue de la Paix',
            city: 'Paris',
            postalCode: '75002',
            country: 'France',
          },
        ],
        organizations: [
          { name: 'Avant SA' },
          { name: 'Acme', department: 'Achats', title: 'Directrice', current: true },
        ],
        birthdays: [{ date: { year: 0, month: 3, day: 4 } }],
        urls: [{ value: 'https://legoff.example', type: 'homePage' }],
        photos: [{ url: 'https://lh3.example/default', default: true }, { url: 'https://lh3.example/p' }],
        biographies: [{ value: 'Aime le thé', contentType: 'TEXT_PLAIN' }],
        memberships: [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/7' } }],
        relations: [{ person: 'Max', type: 'spouse' }],
        events: [{ date: { year: 2010, month: 6, day: 12 }, type: 'anniversary' }],
        userDefined: [{ key: 'Fax privé', value: 'non' }],
      },
      new Map([['contactGroups/7', 'Clients']]),
      'FR',
    );
    expect(contact).toMatchObject({
      kind: 'person',
      uid: '1a',
      name: { full: 'Dr. Zoé Le Goff', given: 'Zoé', family: 'Le Goff', prefix: 'Dr.', nickname: 'Zo' },
      emails: [
        { value: 'Zoe@LeGoff.example', normalised: 'zoe@legoff.example', type: 'work' },
        { value: 'z@example.com', label: 'Assistante' },
      ],
      phones: [
        { raw: '06 39 98 00 01', e164: '+33639980001', type: 'mobile' },
        { raw: '01 99 00 00 02', e164: '+33199000002', type: 'fax', place: 'work' },
      ],
      addresses: [{ street: '1 rue de la Paix', postcode: '75002', city: 'Paris', countryCode: 'FR', type: 'work' }],
      organization: 'Acme',
      department: 'Achats',
      title: 'Directrice',
      birthday: '--03-04',
      urls: [{ value: 'https://legoff.example', type: 'homePage' }],
      photo: { url: 'https://lh3.example/p' },
      note: 'Aime le thé',
      categories: ['Clients'],
      revision: '2026-11-02T08:00:00Z',
      extra: [
        { name: 'organization', value: 'Avant SA' },
        { name: 'relation spouse', value: 'Max' },
        { name: 'Fax privé', value: 'non' },
        { name: 'event anniversary', value: '2010-06-12' },
      ],
      warnings: [],
    });
  });

  test('is a company where only that is said', () => {
    const contact = fromGoogle({ resourceName: 'people/c2', organizations: [{ name: 'Acme' }] }, new Map(), 'FR');
    expect(contact).toMatchObject({ kind: 'organization', name: { full: 'Acme' }, organization: 'Acme' });
  });
});

describe('what Outlook says of a contact', () => {
  test('is a contact, all of it', () => {
    const contact = fromMicrosoft(
      {
        id: 'AAMk=',
        changeKey: 'x',
        lastModifiedDateTime: '2026-11-02T08:00:00Z',
        displayName: 'Yves Martin',
        givenName: 'Yves',
        surname: 'Martin',
        title: 'M.',
        companyName: 'Acme',
        department: null,
        jobTitle: 'Juriste',
        emailAddresses: [{ name: 'Yves Martin', address: 'yves@acme.example' }],
        businessPhones: ['01 99 00 00 03'],
        homePhones: [],
        mobilePhone: '06 39 98 00 04',
        businessAddress: { street: '2 rue du Bac', city: 'Lyon', postalCode: '69002', countryOrRegion: 'France' },
        homeAddress: {},
        birthday: '1604-05-06T11:59:00Z',
        personalNotes: 'Parle breton',
        categories: ['Clients'],
        spouseName: 'Anne',
        businessHomePage: 'https://acme.example',
      },
      'FR',
    );
    expect(contact).toMatchObject({
      uid: 'AAMk=',
      name: { full: 'Yves Martin', given: 'Yves', family: 'Martin', prefix: 'M.' },
      emails: [{ value: 'yves@acme.example' }],
      phones: [
        { e164: '+33639980004', type: 'mobile' },
        { e164: '+33199000003', place: 'work' },
      ],
      addresses: [{ raw: '2 rue du Bac\n69002 Lyon\nFrance', countryCode: 'FR', type: 'work' }],
      organization: 'Acme',
      title: 'Juriste',
      birthday: '--05-06',
      note: 'Parle breton',
      categories: ['Clients'],
      extra: [{ name: 'relation spouse', value: 'Anne' }],
      warnings: [],
    });
    expect(contact.department).toBeUndefined();
  });
});

/** Whatever stands where the services say that something stands, and things that they do not say. */
const anything = fc.oneof(
  fc.anything(),
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\ud800',
    '__proto__',
    'a@b.example',
    '+33 6 39 98 00 01',
    '1 rue X\n75001 Paris',
    '9'.repeat(500),
  ),
  fc.integer(),
  fc.constant(null),
);
const thing = (...names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });
const list = (one: fc.Arbitrary<unknown>) => fc.oneof(fc.array(fc.oneof(one, anything), { maxLength: 4 }), anything);

const person = fc.record(
  {
    resourceName: anything,
    metadata: fc.oneof(fc.record({ sources: list(thing('type', 'id', 'updateTime')) }), anything),
    names: list(thing('displayName', 'unstructuredName', 'givenName', 'familyName', 'middleName', 'honorificPrefix')),
    nicknames: list(thing('value')),
    emailAddresses: list(thing('value', 'type')),
    phoneNumbers: list(thing('value', 'canonicalForm', 'type')),
    addresses: list(thing('formattedValue', 'streetAddress', 'city', 'postalCode', 'country', 'countryCode', 'type')),
    organizations: list(thing('name', 'department', 'title', 'current')),
    birthdays: list(fc.oneof(thing('text'), fc.record({ date: thing('year', 'month', 'day') }))),
    urls: list(thing('value', 'type')),
    photos: list(thing('url', 'default')),
    biographies: list(thing('value')),
    memberships: list(fc.record({ contactGroupMembership: thing('contactGroupResourceName') })),
    relations: list(thing('person', 'type')),
    userDefined: list(thing('key', 'value')),
  },
  { requiredKeys: [] },
);
const outlook = fc.record(
  {
    ...Object.fromEntries(
      [
        'id',
        'displayName',
        'givenName',
        'surname',
        'title',
        'companyName',
        'jobTitle',
        'mobilePhone',
        'birthday',
        'personalNotes',
        'spouseName',
      ].map((name) => [name, anything]),
    ),
    emailAddresses: list(thing('name', 'address')),
    businessPhones: list(anything),
    homePhones: list(anything),
    categories: list(anything),
    businessAddress: fc.oneof(thing('street', 'city', 'postalCode', 'state', 'countryOrRegion'), anything),
  },
  { requiredKeys: [] },
);

/** All texts within, with blanks made one: what a contact says must stand among them. */
function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [squeeze(value)];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap((part) => textsIn(part, seen));
}
const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

function saidBy({
  emails,
  phones,
  urls,
  organization,
  department,
  title,
  addresses,
  categories,
  name,
}: Contact): string[] {
  const points = [
    ...emails.map(({ value }) => value),
    ...phones.map(({ raw }) => raw),
    ...urls.map(({ value }) => value),
  ];
  const parts = addresses.flatMap(({ street, city, postcode, region }) => [street, city, postcode, region]);
  const said = [
    ...points,
    ...parts,
    ...categories,
    organization,
    department,
    title,
    name.given,
    name.family,
    ...(name.nickname ?? '').split(', '),
  ];
  // Several of one kind stand one behind the other.
  return said.flatMap((text) => (text ? [squeeze(text)] : []));
}

describe('of whatever a service says', () => {
  const readers: [string, fc.Arbitrary<unknown>, (said: Thing) => Contact][] = [
    ['Google', person, (said) => fromGoogle(said, new Map([['contactGroups/7', 'Clients']]), 'FR')],
    ['Microsoft', outlook, (said) => fromMicrosoft(said, 'FR')],
  ];
  test.each(readers)('%s: a contact comes, which says nothing that was not said', (_service, arbitrary, read) => {
    fc.assert(
      fc.property(arbitrary, (raw) => {
        // As it comes: through JSON.
        let text: string;
        try {
          text = JSON.stringify(raw);
        } catch {
          return;
        }
        const said: unknown = JSON.parse(text);
        if (!isThing(said)) return;
        const contact = read(said);
        const all = textsIn(said).join('\n');
        for (const one of saidBy(contact)) expect(all).toContain(one);
        expect(JSON.parse(Buffer.from(contact.original.data).toString())).toEqual(said);
        for (const { e164 } of contact.phones) expect(e164 ?? '+1').toMatch(/^\+\d+$/);
        if (contact.birthday) expect(contact.birthday).toMatch(/^(?:\d{4}|-)-\d\d-\d\d$/);
      }),
      { numRuns: 300 },
    );
  });
});
