import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Contact, type ReadOptions, UnreadableFile } from '../contact.ts';
import { readVcards } from './read.ts';
import { LARGEST_CARD } from './slices.ts';

const OPTIONS: ReadOptions = { country: 'FR' };

async function* chunked(octets: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

async function read(text: string | Uint8Array, options = OPTIONS, size = 1 << 16): Promise<Contact[]> {
  const octets = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return Array.fromAsync(readVcards(chunked(octets, size), options));
}

async function readOne(...lines: string[]): Promise<Contact> {
  const [contact] = await read(`BEGIN:VCARD\r\n${lines.join('\r\n')}\r\nEND:VCARD\r\n`);
  return contact!;
}

const codes = (contact: Contact) => contact.warnings.map(({ code }) => code);

describe('names and kinds', () => {
  test('N gives the parts, FN what is shown', async () => {
    const { name } = await readOne('VERSION:3.0', 'N:Doe;John;Richter\\, James;Mr.;Jr.,M.D.', 'FN:Johnny Doe');
    expect(name).toEqual({
      full: 'Johnny Doe',
      family: 'Doe',
      given: 'John',
      additional: 'Richter, James',
      prefix: 'Mr.',
      suffix: 'Jr., M.D.',
    });
  });

  test('without N the shown name is taken apart, without FN it is made', async () => {
    expect((await readOne('FN:Mme Claire de La Tour')).name).toMatchObject({
      prefix: 'Mme',
      given: 'Claire',
      family: 'de La Tour',
    });
    expect((await readOne('N:Doe;John;;;')).name.full).toBe('John Doe');
  });

  test('a company is told by KIND, by Apple, and by its name', async () => {
    expect((await readOne('VERSION:4.0', 'KIND:org', 'FN:Foo')).kind).toBe('organization');
    expect(await readOne('FN:Jean', 'N:;Jean;;;', 'ORG:Foo', 'X-ABShowAs:COMPANY')).toMatchObject({
      kind: 'organization',
      name: { full: 'Foo' },
      extra: [{ name: 'FN', value: 'Jean' }],
    });
    expect((await readOne('N:;;;;', 'FN:Foo', 'ORG:Foo;')).kind).toBe('organization');
    expect(await readOne('FN:Dupont SARL')).toMatchObject({ kind: 'organization', organization: 'Dupont SARL' });
    expect((await readOne('VERSION:4.0', 'KIND:individual', 'FN:Dupont SARL')).kind).toBe('person');
  });

  test('of several N the first counts and the others are kept', async () => {
    const contact = await readOne('VERSION:4.0', 'FN:x', 'N;ALTID=1:a;b;;;', 'N;ALTID=1:c;d;;;');
    expect(contact.name).toMatchObject({ family: 'a', given: 'b' });
    expect(contact.extra).toEqual([{ name: 'N;ALTID=1', value: 'c;d;;;' }]);
  });
});

describe('contact points', () => {
  test('types, labels and preference are read in every dialect', async () => {
    const contact = await readOne(
      'EMAIL;PREF;INTERNET;WORK:A@Example.FR',
      'item1.EMAIL:b@example.fr',
      'item1.X-ABLabel:Assistante',
      'item2.EMAIL:c@example.fr',
      'item2.X-ABLabel:_$!<Home>!$_',
    );
    expect(contact.emails).toEqual([
      { value: 'A@Example.FR', normalised: 'a@example.fr', type: 'work', preferred: true },
      { value: 'b@example.fr', normalised: 'b@example.fr', label: 'Assistante' },
      { value: 'c@example.fr', normalised: 'c@example.fr', type: 'home' },
    ]);
    expect(contact.extra).toEqual([]);
  });

  test('a number given several times is one number, what else was said of it is kept', async () => {
    const contact = await readOne(
      'TEL;CELL:06 12 34 56 78',
      'TEL;WORK:+33612345678',
      'TEL;HOME:01 42 33 44 55 / 01 42 33 44 56',
    );
    expect(contact.phones.map(({ e164, type, place }) => [e164, type, place])).toEqual([
      ['+33612345678', 'mobile', 'work'],
      ['+33142334455', 'landline', 'home'],
      ['+33142334456', 'landline', 'home'],
    ]);
    expect(contact.extra).toEqual([{ name: 'TEL;WORK', value: '+33612345678' }]);
  });

  test('a number that is none here may be one where the contact lives', async () => {
    const { phones, warnings } = await readOne(
      'TEL:(404) 555-1212',
      'ADR:;;1 Main St;Atlanta;GA;30314;USA',
      'TEL:nobody',
    );
    expect(phones.map(({ e164 }) => e164)).toEqual(['+14045551212', null]);
    expect(warnings).toEqual([{ code: 'phone.invalid', detail: 'nobody' }]);
  });

  test('accounts of services become urls', async () => {
    const { urls } = await readOne(
      'X-SKYPE:jean',
      'IMPP;X-SERVICE-TYPE=Jabber:xmpp:jean@example.fr',
      'X-SOCIALPROFILE;type=twitter:https://twitter.com/jean',
      'URL:https://www.linkedin.com/in/jean',
      'item1.URL:http\\://example.fr',
      'item1.X-ABLabel:_$!<HomePage>!$_',
    );
    expect(urls.map(({ type }) => type)).toEqual(['skype', 'jabber', 'twitter', 'linkedin', 'homepage']);
    expect(urls.at(-1)!.value).toBe('http://example.fr');
  });

  test('an address in one component is taken apart, a country code of Apple used', async () => {
    const { addresses } = await readOne(
      'ADR;HOME:;;12 rue X\\n75001 Paris;;;;',
      'item1.ADR:;;Weg 1;Bern;;3000;',
      'item1.X-ABADR:ch',
    );
    expect(addresses[0]).toEqual({
      raw: '12 rue X\n75001 Paris',
      street: '12 rue X',
      postcode: '75001',
      city: 'Paris',
      type: 'home',
    });
    expect(addresses[1]!.countryCode).toBe('CH');
  });
});

describe('dates, photos and what has no place', () => {
  test.each([
    ['BDAY:19700415', '1970-04-15'],
    ['BDAY:--0203', '--02-03'],
    ['BDAY:1604-02-03', '--02-03'],
    ['BDAY;X-APPLE-OMIT-YEAR=1984:1984-02-03', '--02-03'],
    ['BDAY:1996-04-15T20:12:43Z', '1996-04-15'],
  ])('%s is %s', async (line, expected) => {
    expect((await readOne(line)).birthday).toBe(expected);
  });

  test('a birthday that is no date is told and kept', async () => {
    const contact = await readOne('FN:x', 'BDAY:printemps');
    expect(codes(contact)).toEqual(['date.invalid']);
    expect(contact.extra).toEqual([{ name: 'BDAY', value: 'printemps' }]);
  });

  test('photos are decoded, linked ones left where they are', async () => {
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]).toString('base64');
    expect((await readOne(`PHOTO;ENCODING=b:${jpeg}`)).photo).toMatchObject({ type: 'image/jpeg', size: 7 });
    expect((await readOne(`PHOTO:data:image/png;base64,${jpeg}`)).photo).toMatchObject({ type: 'image/png', size: 7 });
    expect((await readOne('PHOTO;VALUE=uri:https://example.fr/a.gif')).photo).toEqual({
      type: 'image/gif',
      size: 0,
      url: 'https://example.fr/a.gif',
    });
  });

  test('unknown properties are kept with group and parameters', async () => {
    const contact = await readOne(
      'FN:x',
      'item7.X-ABDATE;type=pref:2010-01-01',
      'item7.X-ABLabel:_$!<Anniversary>!$_',
      'X-A;ENCODING=QUOTED-PRINTABLE:=C3=A9=0Aa',
    );
    expect(contact.extra).toEqual([
      { name: 'item7.X-ABDATE;type=pref', value: '2010-01-01' },
      { name: 'X-A', value: 'é\\na' },
      { name: 'item7.X-ABLabel', value: '_$!<Anniversary>!$_' },
    ]);
  });
});

describe('charsets', () => {
  const text = 'BEGIN:VCARD\r\nFN:Zoë Müller\r\nEND:VCARD\r\n';

  test.each([
    'utf-16le',
    'utf-16be',
  ] as const)('%s is read with and without mark, and the original kept in it', async (charset) => {
    for (const mark of ['\ufeff', '']) {
      const octets = Buffer.from(mark + text, 'utf16le');
      const [contact] = await read(charset === 'utf-16be' ? octets.swap16() : octets);
      expect(contact!.name.full).toBe('Zoë Müller');
      expect(new TextDecoder(charset).decode(contact!.original.data)).toBe(text);
      expect(contact!.original.mediaType).toBe(`text/vcard;charset=${charset}`);
    }
  });

  test('windows-1252 and MacRoman are guessed and told', async () => {
    const [latin] = await read(Buffer.from(text, 'latin1'));
    expect(latin!.name.full).toBe('Zoë Müller');
    expect(latin!.warnings).toEqual([{ code: 'charset.guessed', detail: 'windows-1252' }]);
    const [mac] = await read(Buffer.from(text.replace('ë', '\x91').replace('ü', '\x9f'), 'latin1'));
    expect(mac!.name.full).toBe('Zoë Müller');
  });

  test('a declared charset is believed, one property at a time', async () => {
    const [contact] = await read(
      Buffer.from(
        'BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=windows-1252:Do\xeb\nTITLE;CHARSET=UTF-8:\xc3\xa9\nEND:VCARD\n',
        'latin1',
      ),
    );
    expect(contact).toMatchObject({ name: { full: 'Doë' }, title: 'é', warnings: [] });
  });

  test('a fold through the middle of a character is healed', async () => {
    const [contact] = await read(Buffer.from('BEGIN:VCARD\r\nNOTE:caf\xc3\r\n \xa9\r\nEND:VCARD\r\n', 'latin1'));
    expect(contact).toMatchObject({ note: 'café', warnings: [] });
  });
});

describe('damage', () => {
  test('a cut file gives its good cards, and the last with a warning and without the half value', async () => {
    const contacts = await read('BEGIN:VCARD\nFN:a\nEND:VCARD\nBEGIN:VCARD\nFN:b\nTEL:06 12 34');
    expect(contacts.map(({ name }) => name.full)).toEqual(['a', 'b']);
    expect(contacts[1]).toMatchObject({ phones: [], extra: [{ name: 'TEL', value: '06 12 34' }] });
    expect(codes(contacts[1]!)).toEqual(['card.truncated']);
  });

  test('a card without end is told, the next is read', async () => {
    const contacts = await read('BEGIN:VCARD\nFN:a\nBEGIN:VCARD\nFN:b\nEND:VCARD\n');
    expect(contacts.map(({ name }) => name.full)).toEqual(['a', 'b']);
    expect(contacts.map(codes)).toEqual([['card.unterminated'], []]);
  });

  test.each([
    ['', 'empty'],
    ['hello', 'no_contacts'],
    ['%PDF-1.4 \0', 'binary'],
    ['BEGIN:VCALENDAR\nEND:VCALENDAR\n', 'calendar'],
    ['BEGIN:VCARD\nFN:Je', 'truncated'],
  ])('%j is refused as %s', async (text, code) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'UnreadableFile', code });
  });

  test('a file without cards is not read to its end', async () => {
    let given = 0;
    async function* endless() {
      for (; given < 4000; given++) yield Buffer.alloc(1 << 16, 'x\n');
    }
    await expect(Array.fromAsync(readVcards(endless(), OPTIONS))).rejects.toBeInstanceOf(UnreadableFile);
    expect(given).toBeLessThan(20);
  });

  test('a photo beyond the limit is left out and told, the rest of the card read', async () => {
    async function* large() {
      yield Buffer.from('BEGIN:VCARD\nFN:a\nPHOTO;ENCODING=b:\n');
      const lines = Buffer.from(` ${'A'.repeat(75)}\n`.repeat(1000));
      for (let size = 0; size < 2 * LARGEST_CARD; size += lines.length) yield lines;
      yield Buffer.from('TITLE:x\nEND:VCARD\nBEGIN:VCARD\nFN:b\nEND:VCARD\n');
    }
    const contacts = await Array.fromAsync(readVcards(large(), OPTIONS));
    expect(contacts.map(({ name }) => name.full)).toEqual(['a', 'b']);
    expect(contacts[0]).toMatchObject({ title: 'x', warnings: [{ code: 'property.too_large' }] });
    expect(contacts[0]!.warnings[0]!.detail).toMatch(/^PHOTO 3\d{7}$/);
    expect(contacts[0]!.original.data.length).toBeLessThan(100);
  });

  test('arbitrary octets give cards or a clear refusal, never another error', async () => {
    const octets = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
    );
    const run = async (bytes: Uint8Array) => {
      try {
        await read(bytes, OPTIONS, 7);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableFile);
      }
    };
    await fc.assert(fc.asyncProperty(octets, run));
    const inside = octets.map((bytes) =>
      Buffer.concat([Buffer.from('BEGIN:VCARD\nN:'), bytes, Buffer.from('\nEND:VCARD')]),
    );
    await fc.assert(fc.asyncProperty(inside, run));
  });
});

test('any cut into chunks gives the same cards', async () => {
  const whole = Buffer.from(
    [
      'BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=91=20=\r\n=C3=91;;;;\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:Nested\r\nEND:VCARD\r\nTEL:1\r\nEND:VCARD\r\n',
      'junk\nBEGIN:VCARD\nFN:Zoë\n NOTE\nPHOTO;BASE64:\n AAAA\n\nEND:VCARD\n',
      '\ufeffbegin:vcard\nfn:x\nagent:BEGIN:VCARD\n FN:y\n END:VCARD\nend:vcard\nBEGIN:VCARD\nFN:last',
    ].join(''),
  );
  const expected = await read(whole);
  expect(expected.map(({ name }) => name.full)).toEqual(['Ñ Ñ', 'ZoëNOTE', 'x', undefined]);
  for (let size = 1; size < whole.length; size += 3) expect(await read(whole, OPTIONS, size)).toEqual(expected);
});
