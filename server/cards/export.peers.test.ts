import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPython } from '../../tools/peers.ts';
import { readContacts } from '../formats/index.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { createCard, exportPath, type FieldInput } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-peer-'));
let app: TestApp;
let alice: Member;

const people = [
  {
    full: 'Éloïse d’Aubigny',
    given: 'Éloïse',
    family: 'd’Aubigny',
    organization: 'Acmé, Fils & Cie',
    title: 'Directrice ; achats',
    email: 'eloise@acme.example',
    phone: '+33612345678',
    street: '3, rue Royale',
    postcode: '01000',
    city: 'Bourg-en-Bresse',
    birthday: '1980-05-17',
    note: `Préfère le matin.\n=1+1 n’est pas une formule ; « salut » \u{1f642}. ${'Un long texte, pour les lignes repliées. '.repeat(5)}`.trim(),
    categories: ['clients', 'salon'],
  },
  {
    full: '=HYPERLINK("x") Renée',
    given: '=HYPERLINK("x")',
    family: 'Renée',
    organization: '株式会社',
    title: '',
    email: 'renee@acme.example',
    phone: '+81312345678',
    street: '',
    postcode: '',
    city: '',
    birthday: '',
    note: '',
    categories: [],
  },
];

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  for (const one of people) {
    const fields: FieldInput[] = [
      { kind: 'name' as const, value: { given: one.given, family: one.family } },
      { kind: 'organization' as const, value: { name: one.organization } },
      { kind: 'email' as const, value: { value: one.email, type: 'work' } },
      { kind: 'phone' as const, value: { raw: one.phone } },
      ...(one.title ? [{ kind: 'title' as const, value: { value: one.title } }] : []),
      ...(one.street
        ? [{ kind: 'address' as const, value: { street: one.street, postcode: one.postcode, city: one.city } }]
        : []),
      ...(one.birthday ? [{ kind: 'birthday' as const, value: { value: one.birthday } }] : []),
      ...(one.note ? [{ kind: 'note' as const, value: { value: one.note } }] : []),
      ...one.categories.map((value) => ({ kind: 'category' as const, value: { value } })),
    ];
    await alice.call(createCard, { fields });
  }
  await app.settle();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a Python program on a file. @returns what it printed, as JSON */
function python(module: string, program: string, file: string): unknown {
  const { status, stdout, stderr } = spawnSync(findPython(module)!, ['-c', program, file], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

async function exported(format: 'vcf' | 'xlsx'): Promise<string> {
  const file = join(folder, `contacts.${format}`);
  const answer = await alice.fetch(`${exportPath}?format=${format}&locale=en`);
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  return file;
}

const read = (file: string) =>
  Array.fromAsync(
    readContacts(
      async function* () {
        yield readFileSync(file);
      },
      { country: 'FR', fileName: file },
    ),
  );

const byEmail = <T extends { email: string }>(list: T[]): T[] => list.sort((a, b) => (a.email < b.email ? -1 : 1));

const readVcards = `
import json, sys, vobject
text = lambda card, name: getattr(card, name).value if hasattr(card, name) else ''
out = []
for card in vobject.readComponents(open(sys.argv[1], encoding='utf-8', newline='')):
    address = card.adr.value if hasattr(card, 'adr') else vobject.vcard.Address()
    out.append({
        'full': text(card, 'fn'), 'given': card.n.value.given, 'family': card.n.value.family,
        'organization': card.org.value[0], 'title': text(card, 'title'), 'email': text(card, 'email'), 'phone': text(card, 'tel'),
        'street': address.street, 'postcode': address.code, 'city': address.city,
        'birthday': text(card, 'bday'), 'note': text(card, 'note'), 'categories': text(card, 'categories') or []})
print(json.dumps(out))`;

const writeVcards = `
import sys, vobject
card = vobject.vCard()
card.add('n').value = vobject.vcard.Name(family='Lefèvre', given='Éloïse')
card.add('fn').value = 'Éloïse Lefèvre'
card.add('org').value = ['Acmé; Fils', 'Achats']
card.add('email').value = 'eloise@acme.example'
card.email.type_param = 'WORK'
card.add('tel').value = '06 12 34 56 78'
card.tel.type_param = 'CELL'
card.add('adr').value = vobject.vcard.Address(street='3, rue Royale', city='Paris', code='75008', country='France')
card.add('note').value = 'Une ligne, longue. ' * 12 + '\\nUne autre'
open(sys.argv[1], 'w', encoding='utf-8', newline='').write(card.serialize())`;

describe.skipIf(!findPython('vobject'))('vobject, a vCard library (apt install python3-vobject)', () => {
  test('reads from our export what was typed', async () => {
    const found = python('vobject', readVcards, await exported('vcf')) as typeof people;
    expect(byEmail(found)).toEqual(byEmail(people));
  });

  test('writes a card that we read as it meant it', async () => {
    const file = join(folder, 'theirs.vcf');
    python('vobject', writeVcards, file);
    const [card] = await read(file);
    expect(card).toMatchObject({
      name: { given: 'Éloïse', family: 'Lefèvre', full: 'Éloïse Lefèvre' },
      organization: 'Acmé; Fils',
      department: 'Achats',
      emails: [{ value: 'eloise@acme.example', type: 'work' }],
      phones: [{ raw: '06 12 34 56 78', e164: '+33612345678', type: 'mobile' }],
      addresses: [{ street: '3, rue Royale', postcode: '75008', city: 'Paris', country: 'France' }],
      note: `${'Une ligne, longue. '.repeat(12)}\nUne autre`,
      warnings: [],
    });
  });
});

const readSheet = `
import json, sys, openpyxl
rows = list(openpyxl.load_workbook(sys.argv[1]).active.iter_rows(values_only=True))
print(json.dumps([dict(zip(rows[0], row)) for row in rows[1:]]))`;

const writeSheet = `
import sys, datetime, openpyxl
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['Salon 2026'])
sheet.merge_cells('A1:F1')
sheet.append(['Nom', 'Prénom', 'Portable', 'Code postal', 'Ville', 'Date de naissance'])
sheet.append(['Lefèvre', 'Éloïse', 612345678, 1000, 'Bourg', datetime.date(1980, 5, 17)])
sheet['C3'].number_format = '0#" "##" "##" "##" "##'
sheet['D3'].number_format = '00000'
book.save(sys.argv[1])`;

describe.skipIf(!findPython('openpyxl'))('openpyxl, a reader of workbooks (apt install python3-openpyxl)', () => {
  test('reads from our export what was typed, formulas as texts', async () => {
    const found = python('openpyxl', readSheet, await exported('xlsx')) as Record<string, string | null>[];
    const rows = found.map((row) => ({
      given: row['First Name'],
      family: row['Last Name'],
      organization: row.Organization,
      title: row.Title ?? '',
      email: row['E-mail 1']!,
      phone: row['Phone 1'],
      street: row.Street ?? '',
      postcode: row['Postal Code'] ?? '',
      city: row.City ?? '',
      birthday: row.Birthday ?? '',
      note: row.Notes ?? '',
      categories: (row.Categories ?? '').split(', ').filter(Boolean),
    }));
    const typed = people.map(({ full: _, ...one }) => ({ ...one, given: one.given.replace(/^=/, "'=") }));
    expect(byEmail(rows)).toEqual(byEmail(typed));
  });

  test('writes a sheet that we read as it shows', async () => {
    const file = join(folder, 'theirs.xlsx');
    python('openpyxl', writeSheet, file);
    const contacts = await read(file);
    expect(contacts).toMatchObject([
      {
        name: { given: 'Éloïse', family: 'Lefèvre' },
        phones: [{ e164: '+33612345678' }],
        addresses: [{ postcode: '01000', city: 'Bourg' }],
        birthday: '1980-05-17',
      },
    ]);
  });
});
