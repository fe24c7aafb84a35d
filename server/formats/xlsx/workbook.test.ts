import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableFile } from '../contact.ts';
import { readContacts } from '../index.ts';
import { readAll } from '../testing.ts';
import { numberStyle, showNumber } from './number.ts';
import { partsOf, row, workbook, zip } from './testing.ts';

describe('workbooks', () => {
  it('reads below merged title rows, and gives a value merged over rows to each of them', async () => {
    const rows = [
      row(1, 'Salon des maires 2026 &amp; invités'),
      row(3, 'Société', 'Nom', 'Prénom', 'Portable', 'Code postal', 'Ville', 'Date de naissance', 'E-mail'),
      row(4, 'Acme SAS', 'DUPONT', 'Jean', '=612345678:2', '=1000:3', 'Bourg', '=29221:1', 'jean@acme.fr'),
      row(5, '', 'MARTIN', 'Zoé', '=33612345679:0', '=74000:0', 'Annecy', '', 'zoe@acme.fr'),
      row(6, 'Beta', 'PETIT', 'Luc', '=6.12345670E8:0', '', '', '', ''),
    ];
    const contacts = await readAll(workbook([{ name: 'Liste', rows: rows.join(''), merges: ['A1:H2', 'A4:A5'] }]));
    expect(contacts.map((one) => [one.name.family, one.organization, one.phones[0]?.e164])).toEqual([
      ['DUPONT', 'Acme SAS', '+33612345678'],
      ['MARTIN', 'Acme SAS', '+33612345679'],
      ['PETIT', 'Beta', '+33612345670'],
    ]);
    expect(contacts[0]).toMatchObject({
      birthday: '1980-01-01',
      addresses: [{ postcode: '01000' }],
      phones: [{ raw: '06 12 34 56 78' }],
    });
  });

  it('reads several sheets, passes over those without contacts, and leaves hidden ones alone', async () => {
    const people = (number: number) => row(1, 'Nom', 'Prénom', 'E-mail') + row(2, `N${number}`, 'P', `n${number}@d.fr`);
    const contacts = await readAll(
      workbook([
        { name: 'Lisez-moi', rows: row(1, 'Export du 3 mai') },
        { name: 'A', rows: people(1) },
        { name: 'B', rows: people(2) },
        { name: 'listes', rows: people(3), hidden: true },
      ]),
    );
    expect(contacts.map((one) => one.name.family)).toEqual(['N1', 'N2']);
  });

  it('refuses a sheet that inflates beyond belief, whatever its directory declares', async () => {
    const honest = workbook([{ name: 'A', rows: `<!--${' '.repeat(1 << 20)}-->`.repeat(80) }]);
    await expect(readAll(honest, {}, 1 << 16)).rejects.toMatchObject({ code: 'zip_bomb' });
    const book = (declared?: number) =>
      zip([
        {
          name: 'xl/workbook.xml',
          data: Buffer.from('<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>'),
        },
        {
          name: 'xl/_rels/workbook.xml.rels',
          data: Buffer.from('<R><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/></R>'),
        },
        { name: 'xl/s.xml', data: Buffer.alloc(100_000, ' '), declared },
      ]);
    await expect(readAll(book(1000))).rejects.toMatchObject({ code: 'zip_bomb' });
  });

  it('says of a value without end that it is too large when unpacked, not that it is damaged', async () => {
    const endless = workbook([{ name: 'A', rows: `<row r="1"><c r="A1" t="str"><v>${'x'.repeat(17 << 20)}` }]);
    await expect(readAll(endless, {}, 1 << 16)).rejects.toMatchObject({ code: 'zip_bomb' });
  });

  it('reads parts that stand before what is kept of a large file, and lets go of what it opened', async () => {
    const ballast = { name: 'media/photo.bin', data: randomBytes(5 << 20) };
    const whole = zip([...partsOf([{ name: 'A', rows: row(1, 'Nom', 'E-mail') + row(2, 'A', 'a@b.fr') }]), ballast]);
    let [opened, closed] = [0, 0];
    async function* source() {
      opened++;
      try {
        for (let at = 0; at < whole.length; at += 1 << 16) yield whole.subarray(at, at + (1 << 16));
      } finally {
        closed++;
      }
    }
    const contacts = await Array.fromAsync(readContacts(source, { country: 'FR' }));
    expect(contacts.map((one) => one.emails[0]?.value)).toEqual(['a@b.fr']);
    expect(opened).toBeGreaterThan(2);
    expect(closed).toBe(opened);
  });

  it('refuses what is cut off, encrypted, too wide, or another kind of archive', async () => {
    const whole = workbook([{ name: 'A', rows: row(1, 'Nom', 'E-mail') + row(2, 'A', 'a@b.fr') }]);
    await expect(readAll(whole.subarray(0, whole.length - 30))).rejects.toMatchObject({ code: 'truncated' });
    const protectedBook = Buffer.concat([
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]);
    await expect(readAll(protectedBook)).rejects.toMatchObject({ code: 'encrypted' });
    const wide = workbook([{ name: 'A', rows: '<row r="1"><c r="XFD1" t="str"><v>x</v></c></row>' }]);
    await expect(readAll(wide)).rejects.toMatchObject({ code: 'too_many_columns' });
    const word = zip([{ name: 'word/document.xml', data: Buffer.from('<w/>') }]);
    await expect(readAll(word)).rejects.toMatchObject({ code: 'no_contacts', details: { what: 'docx' } });
  });
});

describe('damaged workbooks', () => {
  it('are read or refused, whatever octets are changed', async () => {
    const whole = workbook([{ name: 'A', rows: row(1, 'Nom', 'E-mail') + row(2, 'A', 'a@b.fr'), merges: ['A2:A3'] }]);
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const damaged = Buffer.from(whole);
        for (const [at, octet] of list) damaged[at] = octet;
        const error: unknown = await readAll(damaged).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error === undefined || error instanceof UnreadableFile).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('number formats', () => {
  it.each([
    ['612345678', 170, '0#" "##" "##" "##" "##', '06 12 34 56 78'],
    ['1000', 171, '00000', '01000'],
    ['33612345678', 172, '[>=3000000000000]#" "##" "##" "##" "##" "##" "##;0#" "##" "##" "##" "##', '336 12 34 56 78'],
    ['33612345678', 0, undefined, '33612345678'],
    ['0.1', 0, undefined, '0.1'],
    ['45292', 14, undefined, '2024-01-01'],
    ['45292.5', 22, undefined, '2024-01-01T12:00:00'],
    ['45292', 173, 'dd/mm/yyyy', '2024-01-01'],
    ['12.5', 174, '#,##0.00', '12.5'],
    ['abc', 0, undefined, 'abc'],
  ])('%s in format %i %s is shown as it reads', (raw, id, code, shown) => {
    expect(showNumber(raw, numberStyle(id, code), false)).toBe(shown);
  });
});
