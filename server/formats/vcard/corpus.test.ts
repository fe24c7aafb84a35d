import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Contact } from '../contact.ts';
import { readVcards } from './read.ts';
import { writeVcard } from './write.ts';

const DATA = new URL('../../../../shared/data/', import.meta.url);

/** What a contact must say, as the manifest of the collection states it; numbers only as their E.164 or raw value. */
interface Expected {
  kind?: string;
  name?: Partial<Contact['name']>;
  emails?: string[];
  phones?: string[];
  more?: Record<string, unknown>;
}

const FILES: Record<string, Expected[]> = {
  'contacts_csv/roundcube__gmail.vcf': [
    {
      name: { full: 'Prefix Firstname Middle Lastname Suffix' },
      emails: ['home@aaa.pl', 'work@email.pl', 'unknown@email.com', 'other@email.com'],
      phones: ['pager', 'mainphone', 'homephone', 'homefax', 'mobile', 'workphone', 'workfax'],
      more: { birthday: '1975-12-12', categories: ['My Contacts', 'Test'] },
    },
  ],
  'contacts_csv/roundcube__tb_plain.vcf': [
    {
      name: { full: 'Displayname', given: 'Firstname', family: 'Lastname' },
      emails: ['test@domain.tld', 'next@domain.tld'],
      phones: ['phone work', 'phone home', 'fax', 'pager', 'mobile'],
      more: { birthday: '1970-11-15', organization: 'Organization', department: 'department' },
    },
  ],
  'vcards/davx5__allfields-vcard3.vcf': [
    {
      name: {
        full: 'Ämi Display',
        family: 'Lastname',
        given: 'Firstname',
        additional: 'Middlename1 Middlename2',
        prefix: 'DDDr.',
        suffix: 'MBA',
      },
      emails: ['private@example.com', 'work@example.com'],
      phones: ['+49123456788', '+1-800-MYFAX'],
      more: { organization: 'ABC, Inc.', department: 'North American Division, Marketing', categories: ['A', "B'C"] },
    },
  ],
  'vcards/ezvcard__John_Doe_ANDROID.vcf': [
    { name: {}, emails: ['john.doe@company.com'], more: { categories: ['My Contacts'] } },
    { name: {}, emails: ['jane.doe@company.com'] },
    { name: { full: 'Ñ Ñ Ñ Ñ Ñ', family: 'Ñ Ñ Ñ Ñ' } },
    { name: { full: 'Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ Ñ' }, phones: ['123456', '234567', '3456789', '45678901'] },
    { emails: ['bob@company.com', 'ÑÑÑÑÑÑÑÑÑÑÑÑÑÑ'], phones: ['123456'], more: { photo: { type: 'image/jpeg' } } },
    { name: { full: 'ÑÑÑÑ' }, emails: ['henry@company.com'], phones: ['55556666'] },
  ],
  'vcards/ezvcard__John_Doe_GMAIL.vcf': [
    {
      name: { full: 'Mr. John Richter, James Doe Sr.', additional: 'Richter, James' },
      emails: ['john.doe@ibm.com'],
      phones: ['+19055551234', '+19056661234'],
      more: { organization: 'IBM', birthday: '1980-03-22' },
    },
  ],
  'vcards/ezvcard__John_Doe_IPHONE.vcf': [
    {
      name: { family: 'Doe', given: 'John', additional: 'Richter James', prefix: 'Mr.', suffix: 'Sr.' },
      emails: ['john.doe@ibm.com'],
      phones: [
        '+19055551234',
        '+19056661234',
        '+19057771234',
        '+19058881234',
        '+19059991234',
        '905-111-1234',
        '+19052221234',
      ],
      more: {
        organization: 'IBM',
        department: 'Accounting',
        title: 'Money Counter',
        birthday: '2012-06-06',
        photo: { type: 'image/jpeg', size: 32531 },
      },
    },
  ],
  'vcards/ezvcard__gmail-list.vcf': [
    { name: { full: 'Arnold Smith' }, emails: ['asmithk@gmail.com'] },
    { name: { full: 'Chris Beatle' }, emails: ['chrisy55d@yahoo.com'] },
    { name: { full: 'Doug White' }, emails: ['dwhite@gmail.com'] },
  ],
  'vcards/ezvcard__outlook-2003.vcf': [
    {
      name: { full: 'John Doe III', suffix: 'III' },
      emails: ['jdoe@hotmail.com'],
      phones: ['BusinessPhone', 'HomePhone', 'MobilePhone', 'BusinessFaxPhone'],
      more: {
        organization: 'Company, The',
        department: 'TheDepartment',
        birthday: '1980-03-21',
        note: 'This is the note field!!\nSecond line\n\nThird line is empty\n',
      },
    },
  ],
  'vcards/ezvcard__rfc6350-example.vcf': [
    {
      name: { full: 'Simon Perreault', suffix: 'ing. jr, M.Sc.' },
      emails: ['simon.perreault@viagenie.ca'],
      phones: ['+14186569254', '+14182626501'],
      more: { birthday: '--02-03', organization: 'Viagenie' },
    },
  ],
  'vcards/ezvcard__thunderbird-MoreFunctionsForAddressBook-extension.vcf': [
    {
      name: { full: 'John Doe' },
      emails: [
        'doe.john@hotmail.com',
        'additional-email@company.com',
        'additional-email1@company.com',
        'additional-email2@company.com',
        'additional-email3@company.com',
      ],
      phones: ['555-555-1111', '555-555-2222', '555-555-5555', '555-555-3333', '555-555-4444'],
      more: { categories: ['category1, category2, category3'], photo: { type: 'image/jpeg' } },
    },
  ],
  'vcards/icaljs__vcard3.vcf': [
    {
      name: {
        full: 'Mr. John Q. Public, Esq.',
        family: 'Public',
        given: 'John',
        additional: 'Quinlan',
        prefix: 'Mr.',
        suffix: 'Esq.',
      },
      emails: ['jqpublic@xyz.dom1.com', 'jdoe@isp.net', 'jane_doe@abc.com'],
      phones: ['+12135551234'],
      more: { title: 'Director, Research and Development', birthday: '1996-04-15' },
    },
  ],
  'vcards/icaljs__vcard_grouped.vcf': [
    {
      name: {},
      more: {
        addresses: [
          { city: 'city', type: 'work' },
          { city: 'city1', type: 'home' },
        ],
      },
    },
  ],
  'vcards/kde__vcard10.vcf': [
    {
      kind: 'organization',
      more: { organization: 'Bike Shop', note: 'This one has a funny character at the end in the contact list' },
    },
    {
      name: { full: 'Field after Address broken' },
      more: { urls: [{ value: 'http://some-webseite.com' }], addresses: [{ city: 'Urt' }] },
    },
    { name: { full: 'Field after Address not broken' }, more: { urls: [{ value: 'http://some-webseite.com' }] } },
    {
      name: { prefix: 'Dr. med.', family: 'Name', given: 'Surname' },
      more: { title: 'Facharzt für Allgemeinmedizin' },
    },
    { name: { full: 'Second Doctor' }, more: { title: 'Dentist' } },
  ],
  'vcards/kde__vcard14.vcf': [{ name: { full: 'Test User' }, emails: ['thejoe@abc.com', 'johndoe@abc.com'] }],
  'vcards/kde__vcard5.vcf': [
    {
      name: { full: 'Mustermann, Heiko', given: 'Heiko', family: 'Mustermann', nickname: 'clown' },
      emails: ['heiko.mustermann@freenet.org', 'heiko8@tst.inf.tu-dresden.de'],
      more: {
        organization: 'KDE',
        birthday: '1955-07-19',
        photo: { type: 'image/png' },
        phones: [{ raw: '0351 223344' }, { raw: '0351 443322' }, { raw: '0173 223344' }],
      },
    },
  ],
  'vcards/kde__vcardwithitemasapplesupport.vcf': [
    {
      kind: 'organization',
      name: { full: 'SOME COMPANY' },
      phones: ['(111) 111-1111'],
      more: { organization: 'SOME COMPANY', addresses: [{ city: 'CITY' }] },
    },
  ],
  'vcards/khard__altid.vcf': [{ name: { full: 'altid', given: 'one', family: 'representation' } }],
  'vcards/khard__labels.vcf': [{ name: { full: 'labeled guy' }, more: { organization: 'Test Inc' } }],
  'vcards/nuovo__Example3.0.vcf': [
    {
      name: { full: 'Forrest Gump' },
      emails: ['forrestgump@example.com'],
      phones: ['(111) 555-1212', '+14045551212', '+14045551213'],
      more: { organization: 'Bubba Gump Shrimp Co.', title: 'Shrimp Man' },
    },
  ],
  'vcards/qoobaa__ex3.vcard': [
    {
      name: { full: 'Meister Berger', family: 'Berger' },
      emails: ['mb@goerlitz.de'],
      phones: ['+493581123456'],
      more: { title: 'Mayor', birthday: '1963-09-21' },
    },
  ],
  'vcards/qoobaa__ex_21.vcard': [
    { name: { full: 'AAA Our Fax' }, emails: ['e@c'], phones: ['925 833-7660', '1', '2'] },
  ],
  'vcards/qoobaa__ex_21_case0.vcard': [
    {
      name: { family: 'Middle Family', given: 'Ny_full' },
      emails: ['email@email.com', 'work@work.com'],
      phones: ['+33123456789'],
    },
  ],
  'vcards/qoobaa__gmail.vcard': [
    {
      name: { full: 'Stepcase TestUser' },
      emails: ['testuser@stepcase.com'],
      phones: ['44444444', '66666666', '22222222', '11111111', '55555555', '33333333'],
      more: {
        title: 'CTO',
        organization: 'Stepcase.com',
        addresses: [{ country: 'Hong Kong' }, { country: 'Hong Kong' }],
      },
    },
  ],
  'vcards/qoobaa__highrise.vcard': [
    {
      name: { full: 'John Doe' },
      emails: ['john.doe@work.com', 'john.doe@home.com', 'john.doe@other.com', 'john.doe@custom.com'],
      phones: [
        '11111111',
        '22222222',
        '33333333',
        '44444444',
        '55555555',
        '66666666',
        '77777777',
        '88888888',
        '99999999',
      ],
      more: { organization: 'John Doe & Partners Limited', title: 'Sales Manager' },
    },
  ],
  'vcards/radicale__contact4-with-bday-no-year.vcf': [{ more: { birthday: '--01-01' } }],
  'vcards/radicale__contact_photo_with_data_uri_v4.vcf': [
    { name: { full: 'Contact', nickname: 'test' }, more: { photo: { type: 'image/png', size: 72 } } },
  ],
  'vcards/roundcube__apple.vcf': [
    {
      kind: 'organization',
      name: { full: 'Apple Computer AG' },
      more: { organization: 'Apple Computer AG', photo: { type: 'image/jpeg' } },
    },
  ],
  'vcards/roundcube__johndoe.vcf': [
    {
      name: { full: 'John Doë' },
      emails: ['inbox@roundcube.net', 'roundcube@gmail.com'],
      phones: ['+123456789', '+987654321'],
    },
  ],
  'vcards/sabre__issue64.vcf': [{ name: {}, more: { photo: { type: 'image/jpeg' } } }],
  'vcards/textvcard__latin1.vcf': [
    {
      name: { full: 'Bruce Banner, PhD' },
      emails: ['bbanner.work@example.com', 'bbanner.home@example.com'],
      phones: ['+16512901234', '+16512901111'],
      more: { photo: { url: 'http://shh.supersecret.army.mil/bbanner.gif' } },
    },
  ],
  'vcards/textvcard__mix_type.vcf': [
    {
      name: { full: 'T-firstname T-surname' },
      more: {
        phones: [
          { raw: '020 666 6666', place: 'home' },
          { raw: '0793 777 7777', type: 'mobile' },
        ],
      },
    },
  ],
  'vcards/textvcard__quotedprintable.vcf': [{ name: { full: 'Carl Gauß', given: 'Carl', family: 'Gauß' } }],
  'vcards/textvcard__unwrap.vcf': [
    {
      name: { full: 'Bruce Banner, PhD' },
      emails: ['bbanner.work@example.com', 'bbanner.home@example.com'],
      phones: ['+16512901234', '+16512901111'],
    },
  ],
};

const read = (file: string) => Array.fromAsync(readVcards(createReadStream(new URL(file, DATA)), { country: 'FR' }));

describe.skipIf(!existsSync(DATA))('the collection of real files', () => {
  test('every vCard file of it has its expectations here', () => {
    const found = ['vcards', 'contacts_csv'].flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, DATA))
        .filter((name) => /\.(?:vcf|vcard)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    expect(found.sort()).toEqual(Object.keys(FILES).sort());
  });

  test.each(Object.entries(FILES))('%s is read as its manifest says', async (file, expected) => {
    const contacts = await read(file);
    expect(contacts).toHaveLength(expected.length);
    for (const [i, { kind = 'person', name, emails = [], phones, more = {} }] of expected.entries()) {
      const contact = contacts[i]!;
      expect(contact).toMatchObject({ ...more, kind });
      if (name) expect(contact.name).toMatchObject(name);
      if (name && Object.keys(name).length === 0) expect(contact.name).toEqual({});
      expect(contact.emails.map(({ value }) => value)).toEqual(emails);
      if (phones) expect(contact.phones.map(({ e164, raw }, at) => (phones[at] === raw ? raw : e164))).toEqual(phones);
    }
  });

  test.each(Object.keys(FILES))('%s says the same after a round trip through 3.0 and 4.0', async (file) => {
    for (const contact of await read(file)) {
      for (const version of ['3.0', '4.0'] as const) {
        async function* source() {
          yield Buffer.from(writeVcard(contact, version));
        }
        const [again] = await Array.fromAsync(readVcards(source(), { country: 'FR' }));
        for (const list of ['emails', 'phones', 'urls', 'categories', 'addresses'] as const) {
          expect(again![list]).toEqual(contact[list]);
        }
        expect({ ...again!.photo }).toEqual({ ...contact.photo });
        expect([again!.note, again!.birthday, again!.organization, again!.title]).toEqual([
          contact.note,
          contact.birthday,
          contact.organization,
          contact.title,
        ]);
      }
    }
  });
});
